"""Labels that are most likely texts, sets or one-hot vectors."""

from itertools import combinations

import numpy as np

from skseq._arguments import brief
from skseq._callers import warn_caller
from skseq._data.mistakes.targets.label_ends import warn_if_ends_differ
from skseq._data.targets.classes import are_strings, by_output

FEW = 20  # samples below which most labels may well be distinct
EXPECTED = 8  # expected repeats of a label within samples: independent outputs would show none once in e ** 8
ALIKE = 3  # deviations of chi squared above its mean: of outputs that are alike few are beyond


def warn_if_texts(y):
    """Warn where checked targets are strings, most of them distinct: most likely texts to be written, not classes."""
    if y.ndim > 1 or len(y) < FEW or not are_strings(y):
        return
    n_distinct = len(set(y.tolist()))
    if n_distinct > len(y) / 2:
        warn_caller(
            f"y holds {len(y)} strings, {n_distinct} of them distinct, and each is one class. If these are texts to be "
            "written letter by letter, use Seq2SeqTransducer(target_analyzer='char'), or a Seq2SeqClassifier with "
            "[list(text) for text in y] if all have one length."
        )


def warn_if_label_ends_differ(y, strip="strip"):
    """`warn_if_ends_differ` of checked labels, or of each of several outputs."""
    if are_strings(y):
        for column in by_output(y):
            warn_if_ends_differ(
                np.unique(column).tolist(), "y", nested=None if y.ndim == 1 else "numpy.asarray(y)", strip=strip
            )


def warn_if_sets(y):
    """Warn where the strings of checked labels (n, n_outputs) are most likely sets, which have no order.

    Outputs share their labels then, but no sample has a label twice, and the order tells nothing: labels are sorted
    within each sample, or outputs hold them about equally often. Pairs may do so where they have an order, such as the
    home and away teams of matches.
    """
    if y.ndim < 2 or not are_strings(y) or any(len(set(labels)) < len(labels) for labels in y.tolist()):
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
        "sklearn.preprocessing.MultiLabelBinarizer().fit_transform(y) gives."
    )


def warn_if_one_hot(y):
    """Warn where checked labels (n, n_outputs) are 0 and 1, with a single 1 in each sample: most likely one label each.

    Two outputs of which one is the opposite of the other may well be meant.
    """
    if y.ndim == 2 and y.shape[1] > 2 and _is_one_hot(y):
        warn_caller(
            f"y of shape {y.shape} looks one-hot: each sample has a single 1. It is read as {y.shape[1]} outputs, each "
            "learnt for itself, so that predictions may hold several 1 or none. For one label per sample pass "
            "numpy.argmax(y, axis=1)."
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
        "for each column, without this warning."
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
