"""Read every accepted form of targets into one list of tokens per sample; the errors for all others.

Targets have one of these forms:

* "labels": (n,) numbers, or anything else that is neither a string nor a sequence. Each is one token.
* "text": a list, Series or 1-D array of strings, which an analyzer splits; without one each is one token.
* "sequences": (n, t) tokens, (n, t, c) one-hot vectors, or a list, Series or 1-D object array of such samples.
"""

from itertools import chain
from numbers import Number

import numpy as np

from skseq._arguments import brief
from skseq._data.checks import check_weights
from skseq._data.plain import plain
from skseq._data.sequences import as_samples, is_sequence
from skseq._data.tokens.analyzers import splitter
from skseq._data.tokens.token_columns import with_columns
from skseq._data.tokens.vocabulary import check_tokens
from skseq._sklearn import StrOptions

ANALYZERS = [StrOptions({"char", "word"}), callable, None]


def read_pair(y_true, y_pred, sample_weight, *, analyzer, of_steps=False):
    """Token lists of both, and weights (n,); with ``of_steps`` every sample must be a sequence of its own."""
    forms = [read_form(y, argument) for y, argument in ((y_true, "y_true"), (y_pred, "y_pred"))]
    if of_steps:
        _check_sequences(y_true=forms[0], y_pred=forms[1])
    _check_same_forms(*forms)
    pair = [split_samples(form, samples, analyzer) for form, samples in forms]
    _check_same_tokens(*pair)
    return *pair, check_weights(sample_weight, len(pair[0]))


def read_targets(y):
    """The token list of every sample, strings split into characters."""
    return split_samples(*read_form(y, "y"), "char")


def read_form(y, argument):
    """The form of y, and its samples: labels, strings, or lists of tokens."""
    samples = _as_list(y, argument)
    forms = {
        "text" if isinstance(sample, str) else "sequences" if is_sequence(sample) else "labels" for sample in samples
    }
    if len(forms) != 1:
        got = " among ".join(sorted(forms)) or "no sample"
        raise ValueError(
            f"{argument} must hold one target per sample: all labels, all strings or all sequences. Got {got}."
        )
    form = forms.pop()
    return form, [_tokens(sample, argument) for sample in samples] if form == "sequences" else samples


def _as_list(y, argument):
    if isinstance(y, str):
        raise ValueError(f"{argument} must hold one target per sample. Got the string {y!r}: pass a list, [{y!r}].")
    y = plain(y, argument)
    samples = as_samples(with_columns(y, argument))
    if samples is None:
        array = np.asarray(y)
        if not 1 <= array.ndim <= 3:
            raise ValueError(
                f"{argument} must hold one target per sample. Got {type(y).__name__} of shape {array.shape}: pass "
                "labels (n_samples,), tokens (n_samples, n_timesteps), one-hot vectors (n_samples, n_timesteps, "
                "n_classes), strings, or a list of token lists."
            )
        samples = list(array) if array.ndim == 3 else array.tolist()  # vectors (t, c) stay arrays, for `argmax`
    return samples


def _tokens(sample, argument):
    """The tokens of one sample, plain Python values; of one-hot vectors (t, c) the classes."""
    tokens = sample.tolist() if hasattr(sample, "tolist") else list(sample)
    if not tokens or not isinstance(tokens[0], (list, np.ndarray)):  # tokens of several parts are tuples
        return tokens
    try:
        vectors = np.asarray(tokens, np.float64)
    except (OverflowError, TypeError, ValueError):
        vectors = np.empty(0)  # for the error below
    if vectors.ndim != 2 or not vectors.size or np.isnan(vectors).any():
        raise ValueError(
            f"{argument} holds lists as tokens, which are read as one-hot vectors, but those of a sample make no array "
            f"of numbers (n_timesteps, n_classes). Got {brief(tokens, 80)}: tokens of several parts must be tuples."
        )
    if vectors.shape[1] == 1:
        raise ValueError(
            f"{argument} holds samples of shape {vectors.shape}, which are read as one-hot vectors of a single class. "
            f"Expected tokens (n_timesteps,): pass [np.ravel(own) for own in {argument}], and round probabilities."
        )
    return vectors.argmax(axis=1).tolist()  # (t, c) -> (t,)


def split_samples(form, samples, analyzer):
    if form == "sequences":
        return samples
    if form == "labels" or analyzer is None:
        return [[sample] for sample in samples]
    split = splitter(analyzer)
    return [list(split(text)) for text in samples]


def _check_sequences(**forms):
    """Raise ValueError for a flat list, most likely one sequence, of which each step would be a sample."""
    for argument, (form, samples) in forms.items():
        if form != "sequences":
            raise ValueError(
                f"{argument} must hold one sequence of labels per sample. Got a flat list of {len(samples)}, "
                f"such as {brief(samples[0], 80)}: if these are the labels of one sequence, pass [y_true] and [y_pred]."
            )


def _check_same_forms(true, predicted):
    (true_form, true), (predicted_form, predicted) = true, predicted
    if len(true) != len(predicted):
        raise ValueError(
            f"y_true and y_pred must hold the same samples. Got {len(true)} in y_true and {len(predicted)} in y_pred."
        )
    if true_form != predicted_form:
        unsplit = {("text", "sequences"): "y_true", ("sequences", "text"): "y_pred"}.get((true_form, predicted_form))
        remedy = f", such as [list(tags) for tags in {unsplit}] for labels of one letter" if unsplit else ""
        raise ValueError(
            f"y_true and y_pred must have one form. Got {true_form} in y_true and {predicted_form} in y_pred: pass "
            f"both as labels (n_samples,), both as strings, or both as token lists or arrays{remedy}."
        )


def _check_same_tokens(true, predicted):
    """Strings never equal numbers: a score of 0 would hide that only one side was decoded."""
    kinds = _token_kind(true, "y_true"), _token_kind(predicted, "y_pred")
    if set(kinds) == {"strings", "numbers"}:
        raise ValueError(
            f"y_true holds {kinds[0]} and y_pred {kinds[1]} as tokens, which are never equal: pass both as they are "
            "before encoding, or both after it."
        )


def _token_kind(y, argument):
    """What all tokens are, "strings" or "numbers"; else None."""
    kinds = {type(token) for token in check_tokens(chain.from_iterable(y), argument, allowed={None})}
    for name, base in (("strings", str), ("numbers", Number)):
        if kinds and all(issubclass(kind, base) for kind in kinds):
            return name
    return None
