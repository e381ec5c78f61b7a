"""Classes in y: checked, numbered, and compared."""

from collections.abc import Mapping, Set
from numbers import Real

import numpy as np
from sklearn.utils import check_array

from skseq._arguments import brief, library_of
from skseq._data.checks import check_no_measurements, check_same_samples, check_weights, naming
from skseq._data.mistakes.targets.unseen_labels import warn_if_unseen
from skseq._data.plain import plain, tokens_of_vectors
from skseq._data.sequences import as_samples, is_sequence, keep_types
from skseq._data.tokens.token_columns import with_lone_columns
from skseq._data.tokens.vocabulary import ONE_KIND, check_targets, distinct

_SHAPES = {
    2: "(n_samples,) or (n_samples, n_outputs)",
    3: "(n_samples,), (n_samples, n_timesteps_out) or (n_samples, n_timesteps_out, n_classes)",
}


def check_classes(y, *, argument, n_dimensions):
    """Y as an array of one to ``n_dimensions`` dimensions that holds classes."""
    y = with_lone_columns(plain(y, argument), argument)
    to_one_kind = _to_one_kind(y, argument)  # while it is a frame
    samples = as_samples(y) or []
    if len({len(sample) if is_sequence(sample) else None for sample in samples}) > 1:
        remedy = "pad the targets to one length with a token of their own, or use a Seq2SeqTransducer"
        if n_dimensions == 2:  # no sequences
            remedy = (
                "if each holds a set of labels, pass the indicators that sklearn.preprocessing.MultiLabelBinarizer()"
                f".fit_transform({argument}) gives; if a sequence of labels, use a Seq2SeqTransducer"
            )
        raise ValueError(
            f"{argument} holds targets of different lengths. Expected shape {_SHAPES[n_dimensions]}: {remedy}, which "
            "writes outputs of any length."
        )
    if samples and is_sequence(samples[0]) and not isinstance(y, (list, tuple)):
        y = [list(sample) for sample in samples]  # a Series or an object array of them
    y = keep_types(y)
    with naming(y, argument, _SHAPES[n_dimensions], what="labels"):
        y = check_targets(y, argument, "label")
        y = check_array(y, dtype=None, ensure_2d=False, allow_nd=True, ensure_min_features=0, input_name=argument)
    if not 1 <= y.ndim <= n_dimensions:
        raise ValueError(
            f"{argument} has {y.ndim} dimensions (shape {y.shape}). Expected shape {_SHAPES[n_dimensions]}."
        )
    if y.ndim > 1 and 0 in y.shape[1:]:
        raise ValueError(f"{argument} has shape {y.shape}: targets of zero length cannot be learnt.")
    if y.dtype == object:
        what = "label" if n_dimensions == 2 else "token"
        distinct(y, argument=argument, of=what, remedy=to_one_kind)  # raises where they have no common order
    if y.ndim == 3:
        _check_one_hot(y, argument)
    elif y.dtype.kind == "f" or (y.ndim == 1 and not are_strings(y)):
        check_no_measurements(y, argument)  # others are classes; many of them are no sign of a regression
    return y


def _to_one_kind(y, argument):
    """What to do with labels of different kinds."""
    if library_of(y) != "pandas" or not hasattr(y, "columns"):
        return ONE_KIND
    return f"pass {argument}.astype(str), for labels of one kind in all of the columns {list(map(str, y.columns))}"


def are_strings(labels):
    return labels.dtype.kind == "U" or all(isinstance(label, str) for label in labels.ravel().tolist())


def _check_one_hot(y, argument):
    are_numbers = y.dtype.kind in "biuf"
    wrong = ~(np.isin(y, (0, 1)).all(axis=-1) & (y.sum(axis=-1) == 1)) if are_numbers else np.ones(y.shape[:2], bool)
    if not wrong.any():
        return
    sample, step = np.argwhere(wrong)[0]
    if are_numbers and not y[wrong].any():
        found = (
            f"{argument}[{sample}, {step}] holds no 1, and looks like padding. Outputs of a Seq2SeqClassifier have one "
            f"length, those of a Seq2SeqTransducer any: pass it token lists, {tokens_of_vectors(argument)}."
        )
    else:
        found = f"{argument}[{sample}, {step}] is {brief(y[sample, step].tolist())}. Pass 2-D tokens otherwise."
    raise ValueError(
        f"3-D {argument} must be one-hot: every vector along the last axis holds one 1 and else 0. {found}"
    )


def class_ids(y, classes, *, argument, of="token"):
    """Index of every label among the sorted classes, int32, in the shape of y; an unknown one raises ValueError."""
    ids = np.searchsorted(classes, y).clip(max=len(classes) - 1)  # of an unknown one, that of a neighbour
    if (unknown := classes[ids] != y).any():
        shown = ", ".join(map(repr, np.unique(y[unknown])[:5].tolist()))
        remedy = "Pass all of them as `classes` to the first partial_fit, or fit anew."
        if argument == "y_val":
            remedy = f"Leave such samples out of X_val and y_val, or add some with such a {of} to X and y."
        raise ValueError(f"{argument} contains {of}(s) that were not seen in fit: {shown}. {remedy}")
    return ids.astype(np.int32)


def by_output(y):
    """The labels of every output."""
    return [y] if y.ndim == 1 else list(y.T)


def check_comparable(y, predicted):
    """Raise ValueError for strings and numbers, which never equal each other: 0 is not "0"."""
    (own, first), (other, known) = ((_kind_of(x), x[:1].ravel().tolist()) for x in (y, predicted))
    if {own, other} == {"strings", "numbers"}:
        raise ValueError(
            f"y holds {own}, such as {first[0]!r}, but labels in fit were {other}, such as {known[0]!r}: pass y in the "
            "form it had in fit."
        )


def _kind_of(labels):
    """Whether all labels are strings, or all numbers; None for others."""
    kinds = {type(label) for label in labels.ravel().tolist()}
    for name, wanted in (("strings", str), ("numbers", Real)):
        if kinds and all(issubclass(kind, wanted) for kind in kinds):
            return name
    return None


def exact_match(y, predicted, sample_weight, *, known, of):
    """Share of samples that are right as a whole; ``of`` names the estimator in the error about shapes.

    Where most labels are not among those that are ``known``, a list, it warns.
    """
    if y.shape[1:] != predicted.shape[1:]:
        raise ValueError(
            f"y has shape {y.shape}, but {of} predicts targets of shape {predicted.shape}: pass y in the form it had "
            "in fit."
        )
    check_same_samples(len(predicted), len(y), "X", "y")
    check_comparable(y, predicted)
    if y.ndim < 3:  # one-hot vectors have the classes of fit
        warn_if_unseen(y, known, nested=None if y.ndim == 1 else "numpy.asarray(y)")
    right = np.all((predicted == y).reshape(len(y), -1), axis=1)  # (n,)
    return float(np.average(right, weights=check_weights(sample_weight, len(y))))


def given_classes(classes, n_timesteps):
    """One array of classes for every position."""
    if not is_sequence(classes) or any(isinstance(entry, (Set, Mapping)) for entry in classes):
        remedy = ": pass list(classes)" if isinstance(classes, Set) else ""
        raise ValueError(
            f"classes must be an array of tokens, or a list of such arrays. Got {brief(classes, 200)}{remedy}."
        )
    if all(np.ndim(entry) == 0 for entry in classes):  # one list of tokens, for all positions
        return [np.asarray(classes)] * n_timesteps
    if len(classes) != n_timesteps:
        raise ValueError(
            f"classes lists the tokens of {len(classes)} position(s), but y has {n_timesteps}: pass one array of "
            "tokens for all positions, or one for each."
        )
    return [np.asarray(entry) for entry in classes]


def check_equal_classes(given, known, classes):
    """Raise ValueError if two arrays, or lists of arrays, of classes are not equal."""
    pairs = zip(given, known) if isinstance(known, list) else [(given, known)]
    if not all(np.array_equal(one, other) for one, other in pairs):
        raise ValueError(f"`classes={classes!r}` is not the same as on last call to partial_fit, was: {known!r}")
