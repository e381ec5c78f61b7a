"""The targets of a tagger: one label per timestep of the source, in one of these forms, decided in fit.

* "array": (n, t), for sources that all have t timesteps.
* "lists": a list, Series or 1-D object array of label lists or arrays, each as long as its source.
* "labels": (n,), one label per sequence, which stands for each of its timesteps. So does a column (n, 1), with a
  warning, if sources have more timesteps than one. A string is one label, never a list of its characters.

A list of lists has the form "lists", whether or not all its lists have one length.
"""

from collections.abc import Set
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from sklearn.exceptions import DataConversionWarning
from sklearn.utils import check_array

from skseq._arguments import brief
from skseq._callers import warn_caller
from skseq._data.checks import NUMBERS_OF_STEPS, check_no_measurements, check_same_samples, check_weights, naming_tokens
from skseq._data.mistakes.targets.label_ends import warn_if_ends_differ
from skseq._data.mistakes.targets.likely_classes import warn_if_texts
from skseq._data.mistakes.targets.unseen_labels import warn_if_unseen
from skseq._data.mistakes.texts.spelling import rows_of
from skseq._data.plain import flat_tokens, plain
from skseq._data.sequences import as_samples, is_sequence, keep_types, pad, split
from skseq._data.targets.class_weights import balanced_weights, given_weights
from skseq._data.targets.classes import check_comparable, check_equal_classes, class_ids
from skseq._data.tokens.no_texts import if_written
from skseq._data.tokens.token_columns import with_columns
from skseq._data.tokens.vocabulary import check_targets, distinct
from skseq._data.working_memory import derived, slices


@dataclass(frozen=True, kw_only=True, eq=False)
class TagTargets:
    """Sorted labels (n_classes,), and the form in which targets came in fit.

    ``lengths`` (n,) are the numbers of real timesteps of the sources, here and in all methods.
    """

    classes: np.ndarray
    form: str

    _WORDS: ClassVar = {"labels": "one label per sequence", "array": "one label per timestep"}

    @classmethod
    def learn(cls, y, lengths, classes=None, *, argument="y"):
        """The labels in y, or in ``classes`` if these are given, and the form of y."""
        form, labels = read_tags(y, lengths, argument=argument)
        if form == "labels" and not _check_not_split(labels, lengths, argument) and classes is None:
            warn_if_texts(labels)
        known = distinct(labels, argument=argument, of="label") if classes is None else _given(classes)
        if classes is None:
            nested = {"labels": None, "lists": argument, "array": f"numpy.asarray({argument})"}[form]
            warn_if_ends_differ(known.tolist(), argument, nested=nested)
        return cls(classes=known, form=form)

    @property
    def size(self):
        """Number of labels."""
        return len(self.classes)

    @property
    def asks(self):
        """What `decode` wants of a network: ids of "tags", or "probs" where it weighs all steps of a sequence."""
        return "probs" if self.form == "labels" else "tags"

    def check(self, y, lengths, *, argument="y"):
        """Labels of y as `read_tags` gives them; those of whole sequences do not go with those of timesteps."""
        form, labels = read_tags(y, lengths, argument=argument)
        if (form == "labels") != (self.form == "labels"):
            if form == "labels":
                _refuse_unsplit(labels, lengths, argument)
            got, wanted = (self._WORDS.get(one, self._WORDS["array"]) for one in (form, self.form))
            raise ValueError(f"{argument} holds {got}, but fit had {wanted}: pass targets in the form they had in fit.")
        return labels

    def check_same_classes(self, classes):
        """Raise ValueError if ``classes`` are not those learnt."""
        check_equal_classes(_given(classes), self.classes, classes)

    def encode(self, y, lengths, *, argument="y"):
        """Rows of the network: {"target": indices of classes (n, t), int32, 0 on padding}."""
        labels = self.check(y, lengths, argument=argument)

        def ids(index):
            return class_ids(labels[index], self.classes, argument=argument, of="label")

        if labels.ndim == 2:
            return {"target": derived(ids, labels.shape, np.int32)}
        found = ids(slice(None))
        return {"target": pad(np.repeat(found, lengths) if self.form == "labels" else found, lengths)}

    def decode(self, found, lengths=None):
        """Targets in the form of fit from what the network `asks` gives; lengths of None say that every step is real.

        Sequences of different lengths come back as a 1-D object array of arrays. One label per sequence is the one
        with the largest mean probability.
        """
        if self.form == "labels":
            return self.classes[self.decode_probs(found, lengths).argmax(axis=1)]
        return self._in_form(self.classes[found.astype(np.int32)], lengths)

    def decode_probs(self, probs, lengths=None):
        """Probabilities (n, t, n_classes) in the form of fit; of whole sequences the mean over steps (n, n_classes)."""
        if self.form != "labels":
            return self._in_form(probs, lengths)
        if lengths is None:
            return probs.mean(axis=1)
        real = np.arange(probs.shape[1]) < lengths[:, None]
        return np.einsum("ntk,nt->nk", probs, real / lengths[:, None])

    def _in_form(self, values, lengths):
        """(n, t, ...) as they are, or split."""
        if lengths is None and self.form == "array":
            return values
        return split(values, [values.shape[1]] * len(values) if lengths is None else lengths)

    def accuracy(self, y, predicted, lengths, sample_weight=None):
        """Share of timesteps (of whole sequences where y has one label for each) that are right.

        The weight of a sample counts for each of its timesteps. Labels not seen in fit are wrong.
        """
        true, found = (self.check(labels, lengths).ravel() for labels in (y, predicted))
        check_comparable(true, found)
        nested = None if self.form == "labels" else rows_of(y, "tokens", "y")
        warn_if_unseen(true, self.classes.tolist(), nested=nested)
        check_one_weight_each(sample_weight, "sample_weight")
        weights = check_weights(sample_weight, len(lengths))
        weights = np.repeat(weights, 1 if self.form == "labels" else lengths)
        return float(np.average(true == found, weights=weights))

    def class_weights(self, class_weight, rows):
        """Weights (n_classes,) by the parameter of that name; with "balanced" timesteps count by their sample."""
        if class_weight != "balanced":
            return given_weights(class_weight or {}, self.classes, of="label")
        target, weight, counts = rows["target"], rows["weight"], np.zeros(self.size)
        lengths = rows.get("source_lengths", np.full(len(target), target.shape[1]))
        for part in slices(target, 4):
            real = np.arange(target.shape[1]) < lengths[part, None]
            counts += np.bincount(target[part][real], np.repeat(weight[part], lengths[part]), minlength=self.size)
        return balanced_weights(counts)

    def n_scored(self, y):
        """How many labels y has for every sample, (n,)."""
        if self.form == "labels":
            raise ValueError(
                "A perplexity per timestep needs one label per timestep, but y has one label per sequence: use another "
                "scorer, such as accuracy."
            )
        return np.array([len(labels) for labels in self.labels(y)])

    @staticmethod
    def labels(y):
        """The labels of every sample as strings, a list per sample, for displays; y in any of the forms."""
        samples = _samples(with_columns(y, "y"))
        samples = list(np.asarray(y)) if samples is None else samples
        return [list(map(str, sample)) if is_sequence(sample) else [str(sample)] for sample in samples]


def check_one_weight_each(sample_weight, argument, then=None):
    """Raise ValueError for weights of timesteps; ``then`` says how those with a label of their own weigh nothing."""
    is_table = getattr(sample_weight, "shape", ())[1:] not in ((), (1,))
    if is_table or any(is_sequence(own) and len(own) > 1 for own in as_samples(sample_weight) or ()):
        instead = "" if then is None else f" To leave out timesteps, give them a label of their own{then}."
        raise ValueError(
            f"{argument} holds weights of timesteps. Expected one number for every sequence, shape (n_samples,)."
            f"{instead}"
        )


def _given(classes):
    """The parameter ``classes``, sorted."""
    labels = np.asarray(keep_types(classes))
    if labels.ndim != 1:
        remedy = ": pass list(classes)" if isinstance(classes, Set) else ""
        raise ValueError(
            f"classes must be a 1-D array of all labels that will ever come. Got {brief(classes, 80)}{remedy}."
        )
    return distinct(labels, argument="classes", of="label")


class OtherLengthError(ValueError):
    """A target has more or fewer labels than its source has timesteps; ``index`` is the first such sample."""

    def __init__(self, message, index=None, n_labels=None):  # copies get the message alone
        super().__init__(message)
        self.index, self.n_labels = index, n_labels


def how_transposed(X, argument, index, n_labels):
    """The end of an error about a sample with channels first, whose other axis is as long as its labels; else nothing.

    ``index`` is that of the sample.
    """
    samples = as_samples(X)
    shape = np.shape(X)[1:] if samples is None else getattr(samples[index], "shape", ())
    if len(shape) != 2 or shape[1] != n_labels:
        return ""
    transposed = f"{argument}.transpose(0, 2, 1)" if samples is None else f"[np.transpose(x) for x in {argument}]"
    return f" If samples are {shape[0]} channel(s) over {n_labels} timesteps, pass {transposed}."


# --- reading ----------------------------------------------------------------------------------------------------------


def read_tags(y, lengths, *, argument="y"):
    """(form, labels) of targets for sources of these lengths; what has none of the forms raises ValueError.

    Labels are an array: (n,), one per sequence; (n, t); or those of lists one after another, (n_steps,).
    """
    y = with_columns(plain(y, argument), argument)
    samples = _samples(y)
    nested = [is_sequence(sample) for sample in samples or []]
    if any(nested):
        if not all(nested):
            index = nested.index(False)
            raise ValueError(
                f"{argument}[{index}] = {samples[index]!r} is no list of labels, but other elements of {argument} are. "
                "Expected one label for every timestep of every sample; a string is one label: pass list(tags) for a "
                "string of one-letter labels."
            )
        return "lists", _read_lists(samples, lengths, argument)
    y = _read_array(y, argument)
    check_same_samples(len(lengths), len(y), _source_of(argument), argument)
    if y.ndim == 2 and y.shape[1] == 1 and lengths.max() > 1:
        warn_caller(
            f"A column-vector {argument} was passed when a 1d array was expected: each label stands for all timesteps "
            "of its sequence. Please change the shape of y to (n_samples,), for example using ravel().",
            DataConversionWarning,
        )
        y = y[:, 0]
    if y.ndim == 1:
        if looks := if_written(y.tolist(), argument, measured=False):
            raise ValueError(f"{argument} holds strings, of which each would be one label.{looks}")
        return "labels", y
    _check_lengths(np.full(len(y), y.shape[1]), lengths, argument)
    return "array", y


def _samples(y):
    """`as_samples`, of a Series that is not from pandas as well."""
    samples = as_samples(y)
    return as_samples(np.asarray(y)) if samples is None and hasattr(y, "to_numpy") else samples


def _read_lists(samples, lengths, argument):
    """All labels one after another."""
    check_same_samples(len(lengths), len(samples), _source_of(argument), argument)
    _check_lengths(np.array([len(sample) for sample in samples]), lengths, argument)
    labels = flat_tokens(samples)
    wrong = next((label for label in labels if is_sequence(label)), None)
    if wrong is not None and all(is_sequence(label) and len(label) == 1 for label in labels):
        raise ValueError(
            f"{argument} holds labels as columns (n_timesteps, 1). Expected (n_timesteps,) for each sample: pass "
            f"[np.ravel(labels) for labels in {argument}]."
        )
    if wrong is not None:
        raise ValueError(
            f"{argument} holds {brief(wrong, 80)} as a label. Expected one string, integer or other value that can be "
            "sorted for every timestep; of one-hot vectors or probabilities pass the argmax."
        )
    return _check_labels(np.concatenate(samples) if _have_one_type(samples) else keep_types(labels), argument)


def _have_one_type(samples):
    """Whether samples are arrays of integers or booleans of one type, which lists would make int64 of."""
    dtypes = {getattr(sample, "dtype", None) for sample in samples}
    arrays = all(isinstance(sample, np.ndarray) and sample.ndim == 1 for sample in samples)
    return arrays and len(dtypes) == 1 and dtypes.pop().kind in "biu"


def _read_array(y, argument):
    """Labels (n,) or (n, t)."""
    if np.asarray(y).ndim == 0:
        raise ValueError(f"{argument} must hold labels for every sample, in a list or an array. Got {y!r}.")
    with naming_tokens(y, argument, "labels (n_samples,) or (n_samples, n_timesteps), or label lists"):
        y = _check_labels(keep_types(y), argument)
    if y.ndim == 3 and y.shape[2] == 1:
        raise ValueError(
            f"{argument} has the shape {y.shape}, labels as columns. Expected (n_samples, n_timesteps): pass "
            f"{argument}[:, :, 0]."
        )
    if y.ndim > 2:
        raise ValueError(
            f"{argument} has {y.ndim} dimensions (shape {y.shape}). Expected one label per timestep: shape (n_samples, "
            "n_timesteps), or a list of label lists; of one-hot vectors or probabilities pass y.argmax(axis=-1)."
        )
    return y


# Ends advice to put a label of their own in the place of missing ones.
WEIGHTLESS = ", with class_weight={that label: 0}, so that nothing is learnt from its timesteps"


def _check_labels(labels, argument):
    """Labels as an array without NaN; numbers with fractions are measurements, which scikit-learn refuses."""
    labels = check_targets(labels, argument, "label", then=WEIGHTLESS)
    labels = check_array(labels, dtype=None, ensure_2d=False, allow_nd=True, ensure_min_features=0, input_name=argument)
    if labels.dtype.kind == "f":
        check_no_measurements(labels.ravel(), argument, NUMBERS_OF_STEPS)
    return labels


def _source_of(argument):
    """The name of the sources that go with targets of this name."""
    return argument.replace("y", "X", 1)


def _check_lengths(own, lengths, argument):
    """Raise ValueError unless every target has as many labels as its source has timesteps."""
    differ = np.flatnonzero(own != lengths)
    if len(differ):
        index, source = differ[0], _source_of(argument)
        raise OtherLengthError(
            f"{argument}[{index}] holds {own[index]} label(s), but {source}[{index}] has {lengths[index]} timestep(s). "
            f"{len(differ)} of {len(lengths)} samples differ. Give every timestep exactly one label, and pass "
            "sequences of different lengths as lists of label lists, without padding.",
            int(index),
            int(own[index]),
        )


def _parts_between(sign):
    return (
        f"parts between {sign!r}",
        f"[tag.strip() for tag in tags.split({sign!r})]",
        lambda label: [tag.strip() for tag in label.split(sign)],
    )


# what labels may hold one of for each timestep, and how they are split into these, in code and in fact
_SPLITS = (
    ("characters", "list(tags)", list),
    *map(_parts_between, ",|;/"),  # before words, which would keep the signs
    ("words", "tags.split()", str.split),
)


def _check_not_split(y, lengths, argument):
    """Strings with as many parts as their sources have timesteps are most likely labels that nobody has split.

    Where all sources have one length, this may be chance. But many strings of few letters, not all of them digits, are
    hardly names of classes. Returns whether it warned.
    """
    if lengths.max() <= 2:  # "very good" may well be one label
        return False
    if lengths.min() < lengths.max():
        _refuse_unsplit(y, lengths, argument)
        return False
    about, parts = _unsplit(y, lengths, argument)
    if about is None or all(label.isdigit() for label in y.tolist()):
        return False
    if len(set().union(*parts)) > len(set(y.tolist())):
        return False
    warn_caller(f"{about} Otherwise the whole string is the label of every timestep.")
    return True


def _refuse_unsplit(y, lengths, argument):
    """Raise ValueError for strings with as many parts as their sources have timesteps."""
    about, _ = _unsplit(y, lengths, argument)
    if about is not None:
        raise ValueError(about)


def _unsplit(y, lengths, argument):
    """(what to do, parts of every label) for strings with as many parts as their sources have timesteps; else Nones."""
    if lengths.max() == 1 or not all(isinstance(label, str) for label in y.tolist()):
        return None, None
    for what, code, split_by in _SPLITS:
        parts = [split_by(label) for label in y.tolist()]
        if [len(own) for own in parts] == lengths.tolist():
            return (
                f"{argument} holds strings, each with as many {what} as its source has timesteps. A string is one "
                f"label: pass [{code} for tags in {argument}] for one label per timestep.",
                parts,
            )
    return None, None
