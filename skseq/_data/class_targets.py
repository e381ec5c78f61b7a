"""The three forms of a classifier's y: labels (n,), tokens (n, t) and one-hot vectors (n, t, c)."""

import numpy as np
from sklearn.utils import check_array, check_consistent_length
from sklearn.utils.multiclass import check_classification_targets

from skseq._data.parts import derived
from skseq._data.sequences import as_samples, is_sequence, keep_types
from skseq._data.vocabulary import distinct

__all__ = [
    "allowed_tokens",
    "check_class_weight",
    "check_equal_classes",
    "check_same_classes",
    "check_targets",
    "class_ids",
    "decode_targets",
    "encode_targets",
    "exact_match",
    "learn_classes",
    "learn_targets",
    "split_probabilities",
    "target_labels",
]

_FORMS = {1: "labels", 2: "tokens", 3: "onehot"}


_SHAPES = {
    2: "(n_samples,) or (n_samples, n_outputs)",
    3: "(n_samples,), (n_samples, n_timesteps_out) or (n_samples, n_timesteps_out, n_classes)",
}


def check_targets(y, *, argument, n_dimensions=3):
    """Y as an array of one to ``n_dimensions`` dimensions that holds classes."""
    samples = as_samples(y) or []
    if len({len(sample) if is_sequence(sample) else None for sample in samples}) > 1:
        raise ValueError(
            f"{argument} holds targets of different lengths. Expected shape {_SHAPES[n_dimensions]}: pad the targets "
            "to one length with a token of their own, or use a Seq2SeqTransducer, which writes outputs of any length."
        )
    if samples and is_sequence(samples[0]) and not isinstance(y, (list, tuple)):
        y = [list(sample) for sample in samples]  # a Series or an object array of them
    if getattr(y, "dtype", None) is not None and getattr(y.dtype, "kind", "") == "T":
        y = np.array(y.tolist())  # NumPy's strings of any length
    y = check_array(
        keep_types(y),
        dtype=None,
        ensure_2d=False,
        allow_nd=True,
        ensure_min_samples=1,
        ensure_min_features=0,
        input_name=argument,
    )
    if not 1 <= y.ndim <= n_dimensions:
        raise ValueError(
            f"{argument} has {y.ndim} dimensions (shape {y.shape}). Expected shape {_SHAPES[n_dimensions]}."
        )
    if y.ndim > 1 and 0 in y.shape[1:]:
        raise ValueError(f"{argument} has shape {y.shape}: targets of zero length cannot be learnt.")
    if y.dtype == object:
        distinct(y, argument=argument)
    if y.ndim == 3:
        _check_one_hot(y, argument)
    elif y.ndim == 1 or y.dtype.kind == "f":  # other tokens are classes; many of them are no sign of a regression
        check_classification_targets(y)
    return y


def _check_one_hot(y, argument):
    if y.dtype.kind not in "biuf" or not (np.isin(y, (0, 1)).all() and (y.sum(axis=-1) == 1).all()):
        raise ValueError(
            f"3-D {argument} must be one-hot: every vector along the last axis holds one 1 and else 0. Pass 2-D tokens "
            "otherwise."
        )


def learn_targets(y, classes, *, per_position):
    """(form, all tokens, classes of the estimator, number of target timesteps) from y, or from classes if given."""
    form = _FORMS[y.ndim]
    n_timesteps = 1 if y.ndim == 1 else y.shape[1]
    if form == "onehot":
        tokens = np.arange(y.shape[2])
        return form, tokens, [tokens] * n_timesteps, n_timesteps
    columns = [y] if y.ndim == 1 else list(y.T)
    if classes is not None:
        columns = _given_classes(classes, n_timesteps)
    tokens = distinct(np.concatenate([distinct(column, argument="y") for column in columns]), argument="y")
    if form == "labels":
        return form, tokens, tokens, n_timesteps
    per_step = [np.unique(column) if per_position else tokens for column in columns]
    return form, tokens, per_step, n_timesteps


def learn_classes(y, classes):
    """Classes of labels (n,), an array, or of each output of (n, n_outputs), a list; from ``classes`` if given."""
    columns = [y] if y.ndim == 1 else list(y.T)
    if classes is not None:
        columns = _given_classes(classes, len(columns))
    learnt = [distinct(column, argument="y") for column in columns]
    return learnt[0] if y.ndim == 1 else learnt


def check_same_classes(estimator, y, classes):
    """Raise ValueError if classes are not those of the first partial_fit."""
    given = learn_targets(y, classes, per_position=estimator.classes_per_position)[2]
    check_equal_classes(given, estimator.classes_, classes)


def check_equal_classes(given, known, classes):
    """Raise ValueError if two arrays, or lists of arrays, of classes are not equal."""
    pairs = zip(given, known) if isinstance(known, list) else [(given, known)]
    if not all(np.array_equal(one, other) for one, other in pairs):
        raise ValueError(f"`classes={classes!r}` is not the same as on last call to partial_fit, was: {known!r}")


def check_class_weight(class_weight, classes, *, of="target token"):
    """Raise ValueError unless a dict maps classes, each a token or label as ``of`` says, to weights of at least 0."""
    for token, weight in class_weight.items():
        if token not in classes.tolist() or not weight >= 0:
            raise ValueError(
                f"class_weight must map {of}s to weights of at least 0. Got {token!r}: {weight!r}, where the {of}s are "
                f"{classes.tolist()[:10]}{' ...' if len(classes) > 10 else ''}."
            )


def _given_classes(classes, n_timesteps):
    """One array of classes for every position."""
    if not hasattr(classes, "__len__"):
        raise ValueError(f"classes must be an array of tokens, or a list of such arrays. Got {classes!r}.")
    if all(np.ndim(entry) == 0 for entry in classes):
        return [np.asarray(classes)] * n_timesteps
    if len(classes) != n_timesteps:
        raise ValueError(
            f"classes lists the tokens of {len(classes)} position(s), but y has {n_timesteps}: pass one array of "
            "tokens for all positions, or one for each."
        )
    return [np.asarray(entry) for entry in classes]


def encode_targets(estimator, y, *, argument):
    """Class indices (n, t), int32; a form, length or token unlike that of fit raises ValueError."""
    form, n_timesteps = _FORMS[y.ndim], estimator.n_timesteps_out_
    expected = {"labels": (), "tokens": (n_timesteps,), "onehot": (n_timesteps, len(estimator.target_tokens_))}
    if form != estimator._target_form or y.shape[1:] != expected[form]:
        wanted = ("n_samples", *expected[estimator._target_form])
        raise ValueError(
            f"{argument} has shape {y.shape}, but {type(estimator).__name__} was fitted on targets of shape "
            f"({', '.join(map(str, wanted))}{',' if len(wanted) == 1 else ''})."
        )
    if form == "onehot":
        return y.argmax(axis=-1).astype(np.int32)
    y, classes = y.reshape(len(y), n_timesteps), estimator.target_tokens_
    return derived(lambda index: class_ids(y[index], classes, argument=argument), y.shape, np.int32)


def class_ids(y, classes, *, argument, of="token"):
    """Index of every label among the sorted classes, int32, in the shape of y; an unknown one raises ValueError."""
    ids = np.searchsorted(classes, y).clip(max=len(classes) - 1)
    if (unknown := classes[ids] != y).any():
        shown = ", ".join(map(repr, np.unique(y[unknown])[:5].tolist()))
        raise ValueError(
            f"{argument} contains {of}(s) that were not seen in fit: {shown}. Pass all of them as `classes` to the "
            "first partial_fit, or fit anew."
        )
    return ids.astype(np.int32)


def exact_match(y, predicted, sample_weight, *, of):
    """Share of samples that are right as a whole; ``of`` names the estimator in the error about shapes."""
    y = check_targets(y, argument="y")
    if y.shape[1:] != predicted.shape[1:]:
        raise ValueError(
            f"y has shape {y.shape}, but {of} predicts targets of shape {predicted.shape}: pass y in the form it had "
            "in fit."
        )
    check_consistent_length(predicted, y)
    right = np.all((predicted == y).reshape(len(y), -1), axis=1)
    return float(np.average(right, weights=sample_weight))


def allowed_tokens(estimator):
    """Which tokens can be predicted at each position: (t, n_tokens) of bool."""
    if estimator._target_form == "labels":
        return np.ones((1, len(estimator.classes_)), bool)
    return np.array([np.isin(estimator.target_tokens_, classes) for classes in estimator.classes_])


def decode_targets(estimator, ids):
    """Targets in the form of fit from class indices (n, t)."""
    tokens = estimator.target_tokens_
    if estimator._target_form == "onehot":
        return np.eye(len(tokens), dtype=np.int64)[ids]
    return tokens[ids[:, 0] if estimator._target_form == "labels" else ids]


def split_probabilities(estimator, probs):
    """Probabilities (n, t, n_tokens) in the form of fit: (n, n_classes), one array a position, or as they are."""
    if estimator._target_form == "labels":
        return probs[:, 0]
    if estimator._target_form == "onehot":
        return probs
    allowed = allowed_tokens(estimator)
    return [probs[:, position, allowed[position]] for position in range(probs.shape[1])]


def target_labels(y):
    """Tokens of every target as strings, a list a sample, from targets in any of the forms."""
    y = np.asarray(y)
    tokens = y.argmax(axis=-1) if y.ndim == 3 else y
    return [list(map(str, target)) for target in tokens.reshape(len(y), -1).tolist()]
