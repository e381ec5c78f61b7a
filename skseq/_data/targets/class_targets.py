"""Targets that are classes, equally many for every sample: what y was in fit, and how classes become y again.

`ClassTargets` go through one softmax, `LabelTargets` through one for every output. Both learn themselves from y, then
check, encode and decode; they are asked by estimators, searches and displays, and know none of these.
"""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from skseq._data.mistakes.targets.likely_classes import (
    warn_if_label_ends_differ,
    warn_if_one_hot,
    warn_if_sets,
    warn_if_texts,
    warn_if_weights_of_one_hot,
)
from skseq._data.targets.class_weights import (
    balanced_weights,
    check_no_numbers,
    counts_of,
    given_weights,
    weights_of_output,
)
from skseq._data.targets.classes import by_output, check_classes, check_equal_classes, class_ids, given_classes
from skseq._data.tokens.vocabulary import distinct
from skseq._data.working_memory import derived

_FORMS = {1: "labels", 2: "tokens", 3: "onehot"}


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
            warn_if_label_ends_differ(
                y, strip="strip" if form == "labels" else "rstrip"
            )  # " a" may be a piece of a text
        columns = by_output(y) if classes is None else given_classes(classes, n_timesteps)  # one array per position
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
            return balanced_weights(counts_of(rows["target"], rows["weight"], self.size))
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
            warn_if_label_ends_differ(y)
            warn_if_sets(y)
            if not weighs:
                warn_if_one_hot(y)
        columns = by_output(y) if classes is None else given_classes(classes, len(by_output(y)))
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
    def known_labels(self):
        """Those of all outputs, plain Python values."""
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
        pairs = zip(by_output(y), self.classes)  # output by output: the same label has another index in each
        return {"target": np.stack([class_ids(*pair, argument=argument, of="label") for pair in pairs], axis=1)}

    def decode(self, ids):
        """Labels in the form of y in fit from the classes of every output, a list of (n,)."""
        labels = np.stack([classes[own] for classes, own in zip(self.classes, ids)], axis=1)
        return labels if self.multioutput else labels[:, 0]

    def class_weights(self, class_weight, rows):
        """One array of class weights per output; with "balanced" samples count by their weight."""
        given = class_weight if isinstance(class_weight, list) else [class_weight] * len(self.classes)
        if len(given) != len(self.classes):
            if len(self.classes) == 1:
                check_no_numbers(given, self.classes[0])
            raise ValueError(
                f"class_weight lists {len(given)} dict(s), but y has {len(self.classes)} output(s): one dict per "
                "output."
            )
        triples = zip(given, self.classes, rows["target"].T)
        return [weights_of_output(own, classes, ids, rows["weight"]) for own, classes, ids in triples]

    def labels(self, y):
        """All labels of a sample as one string, in a list of its own, for displays."""
        return [[", ".join(map(str, outputs))] for outputs in np.asarray(y).reshape(len(y), -1).tolist()]


def _raise_shape(y, expected, argument, of):
    shown = ", ".join(map(str, ("n_samples", *expected))) + ("" if expected else ",")
    raise ValueError(f"{argument} has shape {y.shape}, but {of} was fitted on targets of shape ({shown}).")
