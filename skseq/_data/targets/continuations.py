"""What follows in a sequence: what fit found out about it, and what a generator writes turned back into the form of X.

Class k of the softmax is the token of id k + 1. If sequences have an end, it is the last class.
"""

from dataclasses import dataclass, replace
from functools import partial
from numbers import Integral

import numpy as np

from skseq._data.plain import flat_tokens
from skseq._data.source_form import SourceForm
from skseq._data.targets.conditions import Conditions
from skseq._data.tokens.analyzers import joined
from skseq._data.tokens.token_columns import with_columns

LEAST_IN_STREAM = 4  # windows of one long sequence that follow one another in training
UNKNOWN = "<unknown>"  # how the class of tokens that are not in the vocabulary is called; it is never written


@dataclass(frozen=True, kw_only=True, eq=False)
class Continuations:
    """What sequences were in fit.

    Parameters
    ----------
    form : SourceForm
        How they are read.
    ends : bool
        Whether a sequence has an end, which is learnt.
    longest : int
        Timesteps of the longest one.
    carried : bool
        Whether there was one long sequence, which is cut into windows whose states go on.
    alone : bool
        Whether there was one sequence, long or not, in each call.
    varied : bool
        Whether later calls had sequences of other lengths than the longest before.
    lists : bool
        Whether X was a list rather than an array.
    dtype : dtype or None
        That of an array.
    binary : tuple of int
        Features of numbers that are 0 or 1.
    one_hot : tuple of tuple of int
        Groups of them of which exactly one is 1.
    conditions : Conditions or None
        What sequences depend on.
    join : str, callable or None
        How text is made of tokens.
    """

    form: SourceForm
    ends: bool
    longest: int
    carried: bool = False
    lists: bool = True
    dtype: np.dtype | None = None
    binary: tuple = ()
    one_hot: tuple = ()
    conditions: Conditions | None = None
    join: object = None
    alone: bool = False
    varied: bool = False

    def seen(self, sequences):
        """These continuations, after these sequences were trained on as well."""
        return replace(
            self,
            longest=max(self.longest, int(sequences.real_lengths.max())),
            alone=self.alone and len(sequences) == 1,
            varied=self.varied or bool((sequences.real_lengths != self.longest).any()),
        )

    def check_binary(self, sequences, argument):
        """Raise ValueError if a feature that was 0 or 1 in fit is something else."""
        for feature in self.binary:
            numbers = np.asarray(sequences.values)[..., feature][sequences.mask]
            if not np.isin(numbers, (0, 1)).all():
                wrong = numbers[~np.isin(numbers, (0, 1))][0]
                raise ValueError(
                    f"Feature {feature} of {argument} was 0 or 1 at all timesteps in fit, but is {wrong} now. Fit with "
                    f"binary_features={self._binary_without(feature)} if it may have other values."
                )

    def _binary_without(self, feature):
        """What `binary_features` may be where a feature is a measurement."""
        groups = [group for group in self.one_hot if feature not in group]
        return [k for k in self.binary if k not in (feature, *sum(groups, ()))] + groups

    @property
    def scales(self):
        """{"condition": `Scale`} of vectors that sequences depend on."""
        return {} if self.conditions is None else {"condition": self.conditions.scale}

    # --- tokens: what a search asks -----------------------------------------------------------------------------------

    @property
    def size(self):
        """Number of classes."""
        return self.form.size - 1 + self.ends

    @property
    def end(self):
        """The class that ends a sequence, or None."""
        return self.size - 1 if self.ends else None

    @property
    def class_tokens(self):
        """The token of every class; None for the end."""
        return [UNKNOWN] * self.form.has_unknown + list(self.form.vocabulary) + [None] * self.ends

    @property
    def token_classes(self):
        """{token: class}."""
        return {token: index - 1 for token, index in self.form.vocabulary.items()}

    @property
    def allowed(self):
        """Which classes can be written, (1, n_classes) of bool: what is unknown is not."""
        return np.arange(self.size)[None] >= self.form.has_unknown

    def limits(self, begun, max_length=None):
        """How many tokens may follow those of prefixes of lengths ``begun`` (n,)."""
        return self.most(max_length) - begun

    @staticmethod
    def least(begun, min_length):
        """How many tokens must follow those of prefixes of lengths ``begun`` (n,): nothing at all is no sequence."""
        return np.maximum(max(min_length, 1) - begun, 0)

    def most(self, max_length):
        """Timesteps of a sequence at most, what it begins with included."""
        if max_length is None and (self.carried or (self.alone and not self.ends)):
            raise ValueError(
                "max_length=None, but fit, or each call of partial_fit, had one sequence, whose continuations have no "
                "end: say how many timesteps to write, as in sample(max_length=200)."
            )
        return self.longest if max_length is None else int(max_length)

    def tokens_of(self, output, argument):
        """The token list of one output."""
        from skseq._data.tokens.analyzers import splitter

        if isinstance(output, str) and self.form.analyzer is not None:
            return list(splitter(self.form.analyzer)(output))
        return list(output)

    # --- what is written, in the form of X ----------------------------------------------------------------------------

    def decode_tokens(self, classes, prefixes):
        """Samples in the form of X from one array of classes for each, and what each of them begins with."""
        tokens = self.class_tokens
        written = [[tokens[k] for k in sample.tolist()] for sample in classes]
        if self.form.kind == "text":
            samples = [self._text(prefix, sample) for prefix, sample in zip(prefixes, written)]
        else:
            known = {token: token for token in self.form.vocabulary}  # 60 in the place of NumPy's 60 in a prefix
            prefixes = with_columns(prefixes, "prefix")
            begun = [[known.get(token, token) for token in flat_tokens([prefix])] for prefix in prefixes]
            samples = [[*prefix, *sample] for prefix, sample in zip(begun, written)]
        return samples if self.lists else _as_array(samples, self.dtype)

    def _text(self, prefix, tokens):
        """A prefix, which is kept as it is, and the tokens after it."""
        text = partial(joined, analyzer=self.form.analyzer, join=self.join, between=self.form.between)
        if callable(self.join):
            return text([*self.tokens_of(prefix, "prefix"), *tokens])
        if not prefix:
            return text(tokens)
        is_spaced = prefix[-1].isspace() and self.join in (None, " ")  # no second space comes then
        return prefix + text(tokens) if is_spaced else text([prefix, *tokens])

    def decode_numbers(self, samples, prefixes):
        """Samples in the form of X from one array (t, f) for each, and what each of them begins with."""
        samples = [sample[:, 0] for sample in samples] if self.form.univariate else samples
        samples = [np.concatenate(pair) if len(pair[0]) else pair[1] for pair in zip(prefixes, samples)]
        return samples if self.lists else _as_array(samples, np.float64)

    def next_tokens(self, classes):
        """The tokens of classes (...), None for the end: in the type of X if it is an array."""
        tokens = np.array([*self.class_tokens, None], object)[:-1][np.asarray(classes)]
        return tokens if self.ends or self.lists else tokens.astype(self.dtype)

    def labels(self, predicted):
        """What is predicted as text, one list per sample, for a look at whether all is the same."""
        return [[str(value)] for value in np.asarray(predicted, object).tolist()]


def _as_array(samples, dtype):
    """(n, t) or (n, t, f) if all are of one length, else an object array of samples."""
    if len({len(sample) for sample in samples}) == 1:
        return np.array(samples, dtype)
    ragged = np.empty(len(samples), object)
    ragged[:] = [np.asarray(sample, dtype) for sample in samples]
    return ragged


def binary_features(sequences, may_be_constant=True):
    """Features of numbers (n, t, f) that are 0 or 1 at all real steps.

    One has both values. Others may be constant where nothing else is there, such as a drum that is never hit: beside
    measurements they may be one that has not moved yet, such as rain.
    """
    numbers = np.asarray(sequences.values)[sequences.mask]  # (n_steps, f)
    flags = ((numbers == 0) | (numbers == 1)).all(axis=0)
    both = flags & (numbers.min(axis=0) < numbers.max(axis=0))
    return tuple(np.flatnonzero(flags if may_be_constant and both.any() and flags.all() else both).tolist())


def one_hot_groups(sequences, binary):
    """Runs of the binary features of which exactly one is 1 at every real step; others may stand between.

    Features that are always 0 are categories that have not come yet where they stand within a group, or where there is
    nothing but a group and them. Else they are flags of their own, such as a holiday behind the weekdays.
    """
    ones = np.asarray(sequences.values)[sequences.mask][:, list(binary)].T  # (n_binary, n_steps)
    zeros = np.array(binary, int)[~ones.any(axis=1)].tolist()
    varies = ones.any(axis=1) & ~ones.all(axis=1)
    varied = np.array(binary, int)[varies].tolist()
    n_before = np.pad(ones[varies], ((1, 0), (0, 0))).cumsum(axis=0).astype(np.int32)
    groups, starts = [], {}
    for end, n_ones in enumerate(map(np.ndarray.tobytes, n_before)):
        start = starts.get((n_before[end] - 1).tobytes())  # since when each step has had one more
        if start is not None:
            groups.append(varied[start:end])
            starts = {}
        starts[n_ones] = end
    if [*map(len, groups)] == [len(binary) - len(zeros)]:
        return (tuple(binary),)
    return tuple(tuple(sorted(group + [k for k in zeros if group[0] < k < group[-1]])) for group in groups)


def _n_ones_besides_one(sequences, group):
    """How many features of a group are 1 at the first step where not exactly one is; else None."""
    n_ones = np.asarray(sequences.values)[sequences.mask][:, list(group)].sum(axis=1)
    wrong = n_ones[n_ones != 1]
    return int(wrong[0]) if wrong.size else None


def _named(group):
    return ", ".join(map(str, group))


def chosen_binary(asked, sequences, scale, may_be_constant=True):
    """(features that are to be 0 or 1, groups of them of which exactly one is 1), as Continuations have them.

    They are those ``asked`` for, or with "auto" all `binary_features` that the scale leaves so.
    """
    moved = [] if scale is None else np.flatnonzero((scale.mean != 0) | (scale.deviation != 1)).tolist()
    if isinstance(asked, str):
        binary = tuple(k for k in binary_features(sequences, may_be_constant) if k not in moved)
        return binary, one_hot_groups(sequences, binary)
    groups = [tuple(part) for part in asked if isinstance(part, (tuple, list)) and len(part)]
    given = [k for part in asked for k in (part if isinstance(part, (tuple, list)) else [part])]
    n = sequences.values.shape[2]
    if wrong := [k for k in given if not isinstance(k, Integral) or isinstance(k, bool) or not 0 <= k < n]:
        raise ValueError(
            f"binary_features names the feature {wrong[0]!r}, but X has {n}: expected integers from 0 to {n - 1}."
        )
    given = [int(k) for k in given]
    if scaled := [k for k in given if k in moved]:
        raise ValueError(
            f"Feature {scaled[0]} is named in binary_features, but the encoder reads it standardised: fit the encoder "
            "with scale_inputs=False, or leave the feature out."
        )
    not_binary = [k for k in given if not np.isin(np.asarray(sequences.values)[sequences.mask][:, k], (0, 1)).all()]
    if not_binary:
        raise ValueError(f"Feature {not_binary[0]} of X is named in binary_features, but holds more than 0 and 1.")
    _check_groups(groups, given, sequences)
    return tuple(sorted(set(given))), tuple(tuple(sorted(map(int, group))) for group in groups)


def _check_groups(groups, given, sequences):
    """Raise ValueError if a feature of a group is named twice, or not exactly one of a group is 1."""
    for group in groups:
        if twice := [k for k in group if given.count(k) > 1]:
            raise ValueError(
                f"binary_features names the feature {twice[0]} of the group {group} twice: a feature is in one group, "
                "or on its own."
            )
        n_ones = _n_ones_besides_one(sequences, group)
        if n_ones is not None:
            raise ValueError(
                f"binary_features holds the group {group}, of which exactly one feature must be 1 at every timestep, "
                f"but {n_ones} are at one of X. Write {_named(group)} without the parentheses to draw each on its own."
            )


def following_windows(ids, width):
    """Windows of one sequence (t, ...) that follow one another: rows of "source" and its lengths."""
    n = -(-len(ids) // width)
    padded = np.zeros((n * width, *ids.shape[1:]), ids.dtype)
    padded[: len(ids)] = ids
    source = padded.reshape(n, width, *ids.shape[1:])
    lengths = np.full(n, width, np.int32)
    lengths[-1] = len(ids) - (n - 1) * width
    return {"source": source, "source_lengths": lengths}


def followed(data):
    """`TrainingData` of all windows of a sequence with the step "before" each; before the first is the start: zeros."""
    last = np.asarray(data.rows["source"][np.arange(data.n_rows)])[:, -1]
    before = np.concatenate([np.zeros_like(last[:1]), last[:-1]])
    return replace(data, rows={**data.rows, "before": before})


def streams(n_windows, batch_size):
    """(order, batch size) of windows, such that those of one place in batches follow one another.

    The sequence is cut into so many streams of equal length; where they do not divide it, the last one goes on with
    the first windows. Each has `LEAST_IN_STREAM` windows or more, if there are so many: states are to go on.
    """
    n_batches = max(-(-n_windows // batch_size), min(n_windows, LEAST_IN_STREAM))
    n_streams = -(-n_windows // n_batches)
    order = np.arange(n_streams * n_batches).reshape(n_streams, n_batches).T.ravel()
    return order % n_windows, n_streams
