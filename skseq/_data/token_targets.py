"""The targets of a transducer, read as token lists of any lengths, and what it writes, turned back into their form.

Class 0 of the softmax ends an output, class k is target token k. Targets are padded with 0 on the right, at least once:
the first one is learnt, the others are outside the target lengths. A target has one of these forms, decided in fit:

* "labels": (n,) scalars, each a target of one token; every output then has one token.
* "token lists": lists or arrays of hashable tokens, of any lengths; rows of 2-D arrays are such lists.
* "text": strings, split into tokens by an analyzer.
"""

from dataclasses import dataclass
from numbers import Real

import numpy as np
from sklearn.utils import check_array

from skseq._data import vocabulary as _vocabulary
from skseq._data.sequences import as_samples, is_sequence, keep_types, pad
from skseq._data.tokens import analyzed, check_tokens, flat_tokens

__all__ = [
    "END",
    "Targets",
    "check_max_length",
    "check_same_form",
    "decode_outputs",
    "encode_targets",
    "exact_match",
    "joining",
    "learn_target_vocabulary",
    "length_limits",
    "read_targets",
]

END = _vocabulary.PAD


@dataclass(frozen=True, kw_only=True)
class Targets:
    """Token lists one after another: tokens (n_tokens,) in a list, lengths (n,), and the form in which they came.

    ``dtype`` is that of labels.
    """

    tokens: list
    lengths: np.ndarray
    form: str
    dtype: np.dtype | None = None

    def __len__(self):
        return len(self.lengths)

    def __iter__(self):
        """The token list of every sample."""
        ends = np.cumsum(self.lengths)
        return (self.tokens[end - length : end] for end, length in zip(ends, self.lengths))


# --- reading ----------------------------------------------------------------------------------------------------------


def read_targets(y, *, analyzer, argument):
    """`Targets` of any form; what has none of the forms raises ValueError."""
    if analyzer is not None:
        texts = analyzed(y, analyzer, argument, parameter="target_analyzer", may_be_empty=True)
        return _targets(texts, "text", argument)
    samples = as_samples(y) or []
    nested = [is_sequence(sample) for sample in samples]
    if samples and all(isinstance(sample, str) for sample in samples):
        raise ValueError(
            f"{argument} holds strings, and nothing says how to split them into tokens. Set the parameter "
            "target_analyzer: 'char', 'word', or a function from a string to a list of tokens. If every string is one "
            "token, pass lists of one token."
        )
    if any(nested) and not all(nested):
        index = nested.index(False)
        raise ValueError(
            f"{argument}[{index}] = {samples[index]!r} is no sequence, but other elements of {argument} are. Expected "
            "a list of tokens for every sample, or one token for every sample."
        )
    if any(nested):
        return _targets(samples, "token lists", argument)
    y = _read_array(y, argument)
    if y.ndim == 1:
        return _targets(y[:, None], "labels", argument, y.dtype)
    return _targets(y, "token lists", argument)


def _targets(samples, form, argument, dtype=None):
    tokens = flat_tokens(samples)
    check_tokens(tokens, argument)
    return Targets(tokens=tokens, lengths=np.array([len(s) for s in samples], np.int32), form=form, dtype=dtype)


def _read_array(y, argument):
    """Targets (n,) or (n, t)."""
    if np.asarray(y).ndim == 0:
        raise ValueError(f"{argument} must hold a target for every sample, in a list or an array. Got {y!r}.")
    if getattr(getattr(y, "dtype", None), "kind", "") == "T":
        y = np.array(y.tolist())  # NumPy's strings of any length
    y = check_array(
        keep_types(y), dtype=None, ensure_2d=False, allow_nd=True, ensure_min_features=0, input_name=argument
    )
    if y.ndim > 2:
        raise ValueError(
            f"{argument} has {y.ndim} dimensions (shape {y.shape}). Expected token lists, shape (n_samples,) or "
            "(n_samples, n_timesteps_out): a token a timestep."
        )
    if y.dtype.kind == "f" and (y % 1 != 0).any():
        raise ValueError(
            f"{argument} holds numbers with fractions, which are measurements and no tokens. A SequenceRegressor "
            "learns to predict numbers; pass token lists, integers or strings here."
        )
    return y


def learn_target_vocabulary(targets, given, *, argument):
    """{token: class} in sorted order from ``given``, or from the targets if it is None."""
    tokens = targets.tokens if given is None else list(given)
    if not tokens:
        name = f"{argument} holds" if given is None else "The parameter target_vocabulary holds"
        raise ValueError(f"{name} no token: nothing but the end of an output could be learnt.")
    if given is not None:
        check_tokens(tokens, "target_vocabulary")
    return _vocabulary.learn_vocabulary(tokens)


def check_same_form(targets, form, *, argument, of):
    """Raise ValueError for targets of another form than in fit."""
    if targets.form != form:
        raise ValueError(
            f"{argument} holds {targets.form}, but {of} was fitted on {form}: pass targets in the form they had in fit."
        )


def encode_targets(targets, vocabulary, *, argument):
    """Rows of the network: classes (n, t + 1), each target ended by END, and lengths with that end."""
    remedy = "pass them all as the parameter `target_vocabulary`"
    ids = _vocabulary.encode(targets.tokens, vocabulary, argument=argument, remedy=remedy)
    target = np.pad(pad(ids, targets.lengths), ((0, 0), (0, 1)), constant_values=END)
    return {"target": target, "target_lengths": targets.lengths + np.int32(1)}


# --- writing ----------------------------------------------------------------------------------------------------------


def check_max_length(max_length):
    """Raise ValueError for a pair that makes no length."""
    if isinstance(max_length, (tuple, list)):
        numbers = len(max_length) == 2 and all(isinstance(part, Real) and np.isfinite(part) for part in max_length)
        if not numbers or max_length[0] < 0:
            raise ValueError(
                "max_length must be None, an int of at least 1, or a pair (a, b) for a * source length + b with a of at"
                f" least 0. Got {max_length!r}."
            )


def length_limits(max_length, source_lengths, longest):
    """Largest number of tokens of every output, (n,), at least 1."""
    check_max_length(max_length)
    if isinstance(max_length, (tuple, list)):
        factor, more = max_length
        limits = np.floor(factor * source_lengths.astype(np.float64) + more).astype(np.int64)
    else:
        limits = np.full(len(source_lengths), longest if max_length is None else int(max_length))
    return np.maximum(limits, 1)


def decode_outputs(ids, lengths, tokens, *, form, dtype=None, join=None):
    """Outputs in the form of the targets from classes (n, t): labels in their dtype, or a 1-D object array.

    ``tokens`` are listed by class; ``join`` makes text of a token list.
    """
    if form == "labels":  # what a search did not find is the first one
        return np.array([tokens[k] for k in np.where(lengths > 0, ids[:, 0], END + 1)], dtype)
    written = [[tokens[k] for k in row[:length]] for row, length in zip(ids.tolist(), lengths)]
    outputs = np.empty(len(written), object)
    outputs[:] = written if join is None else [join(output) for output in written]
    return outputs


def joining(analyzer, join):
    """The function that makes text of a token list."""
    if join is None:
        join = "" if analyzer == "char" else " "
    if not isinstance(join, str):
        return join
    return lambda tokens: join.join(map(str, tokens))


def exact_match(targets, outputs, sample_weight):
    """Share of samples whose token lists are equal."""
    right = [list(target) == list(output) for target, output in zip(targets, outputs)]
    return float(np.average(right, weights=sample_weight))
