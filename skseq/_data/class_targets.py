"""Targets that are classes, equally many for every sample: what y was in fit, and how classes become y again.

`ClassTargets` go through one softmax, `LabelTargets` through one for every output. Both learn themselves from y, then
check, encode and decode; they are asked by estimators, searches and displays, and know none of these.
"""

import sys
from collections.abc import Mapping, Set
from dataclasses import dataclass
from itertools import combinations
from numbers import Real
from typing import ClassVar

import numpy as np
from sklearn.utils import check_array

from skseq._arguments import brief, library_of
from skseq._callers import warn_caller
from skseq._data.checks import check_no_measurements, check_same_samples, check_weights, naming
from skseq._data.mistakes.label_ends import warn_if_ends_differ
from skseq._data.mistakes.unseen_labels import warn_if_unseen
from skseq._data.parts import derived, slices
from skseq._data.plain import plain, tokens_of_vectors
from skseq._data.sequences import as_samples, is_sequence, keep_types
from skseq._data.token_columns import with_lone_columns
from skseq._data.vocabulary import ONE_KIND, check_targets, distinct

FEW = 20  # samples below which most labels may well be distinct
EXPECTED = 8  # repeats of a label within a sample: were outputs chosen apart, none would come once in e ** 8
ALIKE = 3  # deviations of chi squared above its mean: of outputs that are alike few are beyond
_FORMS = {1: "labels", 2: "tokens", 3: "onehot"}
_SHAPES = {
    2: "(n_samples,) or (n_samples, n_outputs)",
    3: "(n_samples,), (n_samples, n_timesteps_out) or (n_samples, n_timesteps_out, n_classes)",
}


@dataclass(frozen=True, kw_only=True, eq=False)
class ClassTargets:
    """Targets of one length through one softmax: labels (n,), tokens (n, t) or one-hot vectors (n, t, c).

    Parameters
    ----------
    form : {"labels", "tokens", "onehot"}
        Which of these y was in fit.
    tokens : ndarray
        All target tokens, sorted: the classes of the softmax.
    classes : ndarray or list of ndarray
        Labels, or the tokens that can be predicted at every position.
    n_timesteps : int
        Length of every target.
    per_position : bool
        Whether ``classes`` were learnt position by position.
    of : str
        What errors call the estimator.
    """

    form: str
    tokens: np.ndarray
    classes: np.ndarray | list
    n_timesteps: int
    per_position: bool
    of: str
    end: ClassVar[None] = None  # no class ends an output

    @classmethod
    def learn(cls, y, classes=None, *, per_position=True, of):
        """From checked targets, or from ``classes`` if they are given."""
        form, n_timesteps = _FORMS[y.ndim], 1 if y.ndim == 1 else y.shape[1]
        options = {"form": form, "n_timesteps": n_timesteps, "per_position": per_position, "of": of}
        if form == "onehot":
            tokens = np.arange(y.shape[2])
            return cls(tokens=tokens, classes=[tokens] * n_timesteps, **options)
        if classes is None:
            warn_if_texts(y)
            _warn_if_ends_differ(y, strip="strip" if form == "labels" else "rstrip")  # " a" may be a piece of a text
        columns = _columns(y) if classes is None else _given_classes(classes, n_timesteps)  # one array per position
        tokens = distinct(np.concatenate([distinct(column, argument="y") for column in columns]), argument="y")
        if form == "labels":
            return cls(tokens=tokens, classes=tokens, **options)
        own = [np.unique(column) if per_position else tokens for column in columns]  # what a position can predict
        return cls(tokens=tokens, classes=own, **options)

    @staticmethod
    def check(y, argument):
        """Y as an array of labels, tokens or one-hot vectors; anything else raises ValueError."""
        return check_classes(y, argument=argument, n_dimensions=3)

    def check_same_classes(self, y, classes):
        """Raise ValueError if ``classes`` are not those of the first partial_fit."""
        given = ClassTargets.learn(y, classes, per_position=self.per_position, of=self.of)
        check_equal_classes(given.classes, self.classes, classes)

    @property
    def size(self):
        """Number of classes of the softmax."""
        return len(self.tokens)

    @property
    def class_tokens(self):
        """The token of every class, plain Python values."""
        return self.tokens.tolist()

    @property
    def token_classes(self):
        """{token: class}."""
        return {token: k for k, token in enumerate(self.class_tokens)}

    @property
    def allowed(self):
        """Which classes can be predicted at each position, (t, n_classes) of bool."""
        if self.form == "labels":
            return np.ones((1, self.size), bool)
        return np.array([np.isin(self.tokens, classes) for classes in self.classes])

    def limits(self, source_lengths, _=None):
        """Number of tokens of every output, (n,)."""
        return np.full(len(source_lengths), self.n_timesteps)

    def encode(self, y, argument):
        """Rows of the network, {"target": classes (n, t), int32}, from checked targets of the form in fit."""
        expected = {"labels": (), "tokens": (self.n_timesteps,), "onehot": (self.n_timesteps, self.size)}
        if _FORMS[y.ndim] != self.form or y.shape[1:] != expected[self.form]:
            _raise_shape(y, expected[self.form], argument, self.of)
        if self.form == "onehot":
            return {"target": y.argmax(axis=-1).astype(np.int32)}  # (n, t, n_classes) to (n, t)
        y = y.reshape(len(y), self.n_timesteps)  # labels (n,) to (n, 1)
        ids = derived(lambda index: class_ids(y[index], self.tokens, argument=argument), y.shape, np.int32)
        return {"target": ids}

    def scored(self, y):
        """Rows of the network that hold given outputs."""
        return self.encode(self.check(y, "y"), "y")

    def n_scored(self, y):
        """How many tokens every given output has, (n,)."""
        return np.full(len(self.check(y, "y")), self.n_timesteps)

    def decode(self, ids, _=None):
        """Targets in the form of y in fit from classes (n, t)."""
        if self.form == "onehot":
            return np.eye(self.size, dtype=np.int64)[ids]  # (n, t, n_classes)
        return self.tokens[ids[:, 0] if self.form == "labels" else ids]

    def split_probabilities(self, probs):
        """Probabilities (n, t, n_classes) in the form of y: (n, n_labels), an array per position, or as they are."""
        if self.form == "labels":
            return probs[:, 0]  # the only position
        if self.form == "onehot":
            return probs
        return [probs[:, position, allowed] for position, allowed in enumerate(self.allowed)]

    def class_weights(self, class_weight, rows):
        """Weights of the classes, (n_classes,), by the parameter of that name."""
        if class_weight == "balanced":
            return balanced_weights(_counts(rows["target"], rows["weight"], self.size))
        return given_weights(class_weight or {}, self.tokens)

    def tokens_of(self, output, argument):
        """The token list of one output."""
        return np.ravel(output).tolist()

    def labels(self, y):
        """Tokens of every target as strings, one list per sample, for displays."""
        y = np.asarray(y)
        tokens = y.argmax(axis=-1) if y.ndim == 3 else y
        return [list(map(str, target)) for target in tokens.reshape(len(y), -1).tolist()]


@dataclass(frozen=True, kw_only=True, eq=False)
class LabelTargets:
    """One label per sample (n,), or one for each of several outputs (n, n_outputs), which have a softmax each.

    Parameters
    ----------
    classes : list of ndarray
        The labels of every output, sorted.
    multioutput : bool
        Whether y was 2-D.
    of : str
        What errors call the estimator.
    """

    classes: list
    multioutput: bool
    of: str

    @classmethod
    def learn(cls, y, classes=None, *, of, class_weight=None):
        """From checked labels, or from ``classes`` if they are given."""
        weighs = warn_if_weights_of_one_hot(y, class_weight)
        if classes is None:
            warn_if_texts(y)
            _warn_if_ends_differ(y)
            _warn_if_sets(y)
            if not weighs:
                _warn_if_one_hot(y)
        columns = _columns(y) if classes is None else _given_classes(classes, len(_columns(y)))
        return cls(classes=[distinct(column, argument="y") for column in columns], multioutput=y.ndim == 2, of=of)

    @staticmethod
    def check(y, argument):
        """Y as an array of labels, (n,) or (n, n_outputs); anything else raises ValueError."""
        return check_classes(y, argument=argument, n_dimensions=2)

    def check_same_classes(self, y, classes):
        """Raise ValueError if ``classes`` are not those of the first partial_fit."""
        given = LabelTargets.learn(y, classes, of=self.of)
        check_equal_classes(given.in_form(given.classes), self.in_form(self.classes), classes)

    def in_form(self, parts):
        """A list of something per output as it is, or its only entry if y was 1-D."""
        return parts if self.multioutput else parts[0]

    @property
    def class_tokens(self):
        """The labels of all outputs, plain Python values."""
        return list(dict.fromkeys(label for classes in self.classes for label in classes.tolist()))

    @property
    def sizes(self):
        """Number of classes of every output."""
        return tuple(len(classes) for classes in self.classes)

    def encode(self, y, argument):
        """Rows of the network, {"target": classes (n, n_outputs), int32}, from checked labels."""
        expected = (len(self.classes),) if self.multioutput else ()
        if y.shape[1:] != expected:
            _raise_shape(y, expected, argument, self.of)
        pairs = zip(_columns(y), self.classes)  # output by output: the same label has another index in each
        return {"target": np.stack([class_ids(*pair, argument=argument, of="label") for pair in pairs], axis=1)}

    def decode(self, ids):
        """Labels in the form of y in fit from the classes of every output, a list of (n,)."""
        labels = np.stack([classes[own] for classes, own in zip(self.classes, ids)], axis=1)
        return labels if self.multioutput else labels[:, 0]

    def class_weights(self, class_weight, rows):
        """One array of class weights per output; with "balanced" samples count by their weight."""
        given = class_weight if isinstance(class_weight, list) else [class_weight] * len(self.classes)
        if len(given) != len(self.classes):
            raise ValueError(
                f"class_weight lists {len(given)} dict(s), but y has {len(self.classes)} output(s): one dict per "
                "output."
            )
        triples = zip(given, self.classes, rows["target"].T)
        return [_of_classes(own, classes, ids, rows["weight"]) for own, classes, ids in triples]

    def labels(self, y):
        """All labels of a sample as one string, in a list of its own, for displays."""
        return [[", ".join(map(str, outputs))] for outputs in np.asarray(y).reshape(len(y), -1).tolist()]


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
    elif y.dtype.kind == "f" or (y.ndim == 1 and not _are_strings(y)):
        check_no_measurements(y, argument)  # others are classes; many of them are no sign of a regression
    return y


def _to_one_kind(y, argument):
    """What to do with labels of different kinds."""
    if library_of(y) != "pandas" or not hasattr(y, "columns"):
        return ONE_KIND
    return f"pass {argument}.astype(str), for labels of one kind in all of the columns {list(map(str, y.columns))}"


def _are_strings(labels):
    return labels.dtype.kind == "U" or all(isinstance(label, str) for label in labels.ravel().tolist())


def warn_if_texts(y):
    """Warn where checked targets are strings, most of them distinct: most likely texts to be written, not classes."""
    if y.ndim > 1 or len(y) < FEW or not _are_strings(y):
        return
    n_distinct = len(set(y.tolist()))
    if n_distinct > len(y) / 2:
        warn_caller(
            f"y holds {len(y)} strings, {n_distinct} of them distinct, and each is one class. If these are texts to be "
            "written letter by letter, use Seq2SeqTransducer(target_analyzer='char'), or a Seq2SeqClassifier with "
            "[list(text) for text in y] if all have one length.",
            UserWarning,
        )


def _warn_if_ends_differ(y, strip="strip"):
    """`warn_if_ends_differ` of checked labels, or of each of several outputs."""
    if _are_strings(y):
        for column in _columns(y):
            warn_if_ends_differ(
                np.unique(column).tolist(), "y", nested=None if y.ndim == 1 else "numpy.asarray(y)", strip=strip
            )


def _warn_if_sets(y):
    """Warn where the strings of checked labels (n, n_outputs) are most likely sets, which have no order.

    Outputs share their labels then, but no sample has a label twice, and the order tells nothing: labels are sorted
    within each sample, or outputs hold them about equally often. Pairs may do so where they have an order, such as the
    home and away teams of matches.
    """
    if y.ndim < 2 or not _are_strings(y) or any(len(set(labels)) < len(labels) for labels in y.tolist()):
        return
    counts = np.stack([np.sum(y == label, axis=0) for label in np.unique(y)])  # (n_labels, n_outputs)
    pairs = combinations(counts.T, 2)
    if len(counts) == y.shape[1] or sum(one @ other for one, other in pairs) / len(y) < EXPECTED:
        return  # where each sample has all labels, sets tell nothing
    if all(labels == sorted(labels) for labels in y.tolist()):
        why = "in which labels are sorted"
    elif y.shape[1] > 2 and _are_shared_alike(counts):
        why = "whose order tells nothing"
    else:
        return
    warn_caller(
        f"y of shape {y.shape} is read as {y.shape[1]} outputs in this order, but they share their labels, and no "
        f"sample has one twice, as in sets, {why}. If the order means nothing, pass the indicators that "
        "sklearn.preprocessing.MultiLabelBinarizer().fit_transform(y) gives.",
        UserWarning,
    )


def _warn_if_one_hot(y):
    """Warn where checked labels (n, n_outputs) are 0 and 1, with a single 1 in each sample: most likely one label each.

    Two outputs of which one is the opposite of the other may well be meant.
    """
    if y.ndim == 2 and y.shape[1] > 2 and _is_one_hot(y):
        warn_caller(
            f"y of shape {y.shape} looks one-hot: each sample has a single 1. It is read as {y.shape[1]} outputs, each "
            "learnt for itself, so that predictions may hold several 1 or none. For one label per sample pass "
            "numpy.argmax(y, axis=1).",
            UserWarning,
        )


def warn_if_weights_of_one_hot(y, class_weight):
    """Warn where classes are to be weighed that checked labels (n, n_outputs) hold one-hot: labels are 0 and 1 then.

    A list weighs outputs one by one, as its user knows. Returns whether it did.
    """
    if class_weight is None or isinstance(class_weight, list) or y.ndim < 2 or not _is_one_hot(y):
        return False
    warn_caller(
        f"class_weight={brief(class_weight)} weighs no classes, but the labels 0 and 1 of each column of y, whose "
        f"shape is {y.shape} and whose rows hold a single 1, as one-hot vectors do. To weigh classes pass "
        "numpy.argmax(y, axis=1). If the columns are outputs of their own, pass class_weight as a list, with one entry "
        "for each column, without this warning.",
        UserWarning,
    )
    return True


def _is_one_hot(y):
    """Whether labels (n, n_outputs), enough of them, are 0 and 1, with a single 1 in each row."""
    if len(y) < FEW or y.dtype.kind not in "biuf" or not np.isin(y[:FEW], (0, 1)).all():
        return False
    return bool(np.isin(y, (0, 1)).all() and (y.sum(axis=1) == 1).all())


def _are_shared_alike(counts):
    """Whether columns of counts (n_labels, n_outputs) differ by little more than chance gives."""
    expected = counts.mean(axis=1, keepdims=True)
    degrees = (counts.shape[0] - 1) * (counts.shape[1] - 1)
    return np.sum((counts - expected) ** 2 / expected) <= degrees + ALIKE * np.sqrt(2 * degrees)


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


def _raise_shape(y, expected, argument, of):
    shown = ", ".join(map(str, ("n_samples", *expected))) + ("" if expected else ",")
    raise ValueError(f"{argument} has shape {y.shape}, but {of} was fitted on targets of shape ({shown}).")


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


def _columns(y):
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
        warn_if_unseen(y, known, "y", nested=None if y.ndim == 1 else "numpy.asarray(y)")
    right = np.all((predicted == y).reshape(len(y), -1), axis=1)  # (n,)
    return float(np.average(right, weights=check_weights(sample_weight, len(y))))


def _given_classes(classes, n_timesteps):
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


def given_weights(class_weight, classes, *, of="target token"):
    """Weights (n_classes,) from a dict of classes, each a token or label as ``of`` says; of others 1.

    As in scikit-learn, it may have more of them, as where a fold lacks a rare one, if it has all that there are.
    """
    known = classes.tolist()
    shown = f"the {of}s are {known[:10]}{' ...' if len(known) > 10 else ''}"
    for token, weight in class_weight.items():
        if not isinstance(weight, Real) or not 0 <= weight <= sys.float_info.max:
            raise ValueError(
                f"class_weight must map {of}s to weights of at least 0. Got {token!r}: {weight!r}, where {shown}."
            )
    others = [token for token in class_weight if token not in known]
    if others and any(token not in class_weight for token in known):
        raise ValueError(
            f"class_weight has a weight for {others[0]!r}, which is no {of} of y: {shown}. Correct it, or leave it "
            f"out. There may be others only where every {of} of y has a weight."
        )
    weights = np.array([class_weight.get(token, 1) for token in known], np.float64)
    if not weights.any():
        raise ValueError(f"class_weight is zero for every {of}: at least one must be positive.")
    return weights


def balanced_weights(counts):
    """Weights (n_classes,) inversely to how often classes occur; of those that never do nothing is known: 1."""
    weights, seen = np.ones(len(counts)), counts > 0
    weights[seen] = counts.sum() / (np.count_nonzero(seen) * counts[seen])
    return weights


def _counts(target, weight, n_classes):
    """Weight of all tokens of each class in (n, t), part by part."""
    counts = np.zeros(n_classes)
    for part in slices(target, 4):  # bincount holds ids as int64 and weights as float64
        ids = target[part]
        counts += np.bincount(ids.ravel(), np.repeat(weight[part], ids.shape[1]), minlength=n_classes)
    return counts


def _of_classes(class_weight, classes, ids, sample_weight):
    """Weights of the classes of one output, (n_classes,), from its part of the parameter `class_weight`."""
    if class_weight is None or isinstance(class_weight, dict):
        return given_weights(class_weight or {}, classes, of="label")
    if class_weight == "balanced":
        return balanced_weights(np.bincount(ids, sample_weight, minlength=len(classes)))
    raise ValueError(f"class_weight must be a dict, 'balanced' or None, or a list of these. Got {class_weight!r}.")
