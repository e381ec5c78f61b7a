"""What generated sequences depend on: a label or a vector of each."""

from dataclasses import dataclass
from numbers import Real

import numpy as np
from sklearn.utils import check_array
from sklearn.utils.multiclass import type_of_target

from skseq._data.checks import check_same_samples, check_weights, naming, too_large
from skseq._data.finite import check_static
from skseq._data.mistakes.targets.label_ends import warn_if_ends_differ
from skseq._data.mistakes.targets.likely_targets import warn_if_rare_numbers
from skseq._data.plain import plain
from skseq._data.scaling import Scale
from skseq._data.sequences import keep_types
from skseq._data.tokens.vocabulary import distinct, is_missing

ROUNDING = 1e-13  # times the mean: a smaller deviation is that of a constant
_AS_NUMBERS = (
    "If y is a quantity, fit and ask with one number in each row, numpy.reshape(y, (-1, 1)): then any number may come."
)
_ADVICE = "Pass y as in fit: one {} for each sequence."


@dataclass(frozen=True, kw_only=True, eq=False)
class Conditions:
    """What y was in fit.

    Parameters
    ----------
    kind : {"labels", "vectors"}
        One label of each sequence, or numbers.
    size : int
        How many labels there are, or how many numbers a vector has.
    univariate : bool
        Whether vectors came as one number (n_samples,).
    classes : ndarray or None
        The labels in order.
    shares : ndarray or None
        How often each label occurred in fit, as shares.
    center, spread : ndarray of shape (size,) or None
        What numbers are standardised with.
    """

    kind: str
    size: int
    univariate: bool = False
    classes: np.ndarray | None = None
    shares: np.ndarray | None = None
    center: np.ndarray | None = None
    spread: np.ndarray | None = None

    @classmethod
    def learn(cls, y, weight=None, argument="y"):
        """From labels (n,), or numbers (n,) with fractions or (n, d), and the weights of samples."""
        y = _read(y, argument)
        weight = check_weights(weight, len(y))
        if y.ndim == 1 and type_of_target(y, input_name=argument) != "continuous":
            classes, indices = np.unique(y, return_inverse=True)
            warn_if_rare_numbers(classes, len(y), argument)
            warn_if_ends_differ(classes.tolist(), argument, nested=None)
            counts = np.bincount(indices, weight)
            return cls(kind="labels", size=len(classes), classes=classes, shares=counts / counts.sum())
        numbers = _as_vectors(y, argument)
        center = np.average(numbers, axis=0, weights=weight)
        spread = np.sqrt(np.average(np.square(numbers - center), axis=0, weights=weight))
        return cls(
            kind="vectors",
            size=numbers.shape[1],
            univariate=y.ndim == 1,
            center=center,
            spread=np.where(spread > ROUNDING * np.abs(center), spread, 1.0),
        )

    @property
    def log_shares(self):
        """log of the shares; -inf of labels that had no weight."""
        with np.errstate(divide="ignore"):
            return np.log(self.shares)

    @property
    def scale(self):
        """`Scale` of vectors; None of labels."""
        return None if self.kind == "labels" else Scale(mean=self.center, deviation=self.spread)

    def is_one(self, y):
        """Whether y is what one sequence depends on, rather than a list for several."""
        return np.ndim(y) == (0 if self.kind == "labels" or self.univariate else 1)

    def listed(self, y):
        """A list for several sequences, or what one of them depends on in one; a number may be a vector of one."""
        one = [y] if np.ndim(y) == 0 and self.kind == "vectors" and not self.univariate else y
        return [one] if self.is_one(one) else one

    def draw(self, uniform, shares=None):
        """Indices of labels for uniform numbers (n,), each as often as it occurred, or with shares (n, size)."""
        shares = self.shares[None] if shares is None else shares
        drawn = (np.cumsum(shares, axis=1) <= uniform[:, None]).sum(axis=1)
        return np.minimum(drawn, self.size - 1).astype(np.int32)

    def encode(self, y, dtype, argument="y"):
        """What the network reads: indices of labels (n,), or standardised vectors (n, size)."""
        y = _read(y, argument)
        if self.kind == "labels":
            return self._encode_labels(y, argument)
        numbers = _as_vectors(y, argument)
        if numbers.shape[1] != self.size or (y.ndim == 1) != self.univariate:
            wanted = "(n_samples,)" if self.univariate else f"(n_samples, {self.size})"
            raise ValueError(f"{argument} must be of shape {wanted}, as y was in fit. Got shape {y.shape}.")
        numbers = (numbers - self.center) / self.spread
        if (far := np.abs(numbers) > np.finfo(dtype).max).any():
            index = int(far.any(axis=1).argmax())
            raise ValueError(f"{argument} is too far from y in fit at index {index}: {np.asarray(y)[index]}.")
        return numbers.astype(dtype)

    def _encode_labels(self, y, argument):
        if y.ndim != 1:
            raise ValueError(f"{argument} must hold one label for each sequence, as in fit. Got shape {y.shape}.")
        known = {label: k for k, label in enumerate(self.classes.tolist())}
        unknown = [label for label in y.tolist() if label not in known]
        if unknown:
            shown = ", ".join(map(repr, list(known)[:10])) + (", ..." if len(known) > 10 else "")
            numbers = self.classes.dtype.kind in "iuf"
            remedy = f" {_AS_NUMBERS}" if numbers and isinstance(unknown[0], Real) else ""
            raise ValueError(
                f"{argument} holds the label {unknown[0]!r}, which y did not have in fit: {shown}.{remedy}"
            )
        return np.array([known[label] for label in y.tolist()], np.int32)


def _read(y, argument):
    """y (n,) or (n, d), finite."""
    y = plain(y, argument)
    if isinstance(y, str) or not (hasattr(y, "__len__") or hasattr(y, "__array__")) or getattr(y, "ndim", 1) == 0:
        raise ValueError(f"{argument} must hold one label or vector for each sequence. Got {y!r} alone.")
    try:
        array = np.asarray(keep_types(y))  # of NaN among strings NumPy makes "nan"
    except ValueError as error:
        raise ValueError(
            f"{argument} must hold labels, one for each sequence, or vectors of numbers (n_samples, n_numbers). Got "
            "vectors of different lengths."
        ) from error
    if array.dtype == object:
        missing = [k for k, label in enumerate(array.ravel().tolist()) if is_missing(label)]
        if missing:
            raise ValueError(f"{argument} has no label at index {missing[0]}: remove the sequence, or give it a label.")
    with naming(y, argument, "labels, one for each sequence, or vectors of numbers (n_samples, n_numbers)"):
        y = check_array(array, dtype=None, ensure_2d=False, ensure_min_samples=1, input_name=argument)
    if y.dtype == object and y.ndim == 1:  # columns may mix labels and numbers
        distinct(y, argument=argument, of="label")
    return y


def _as_vectors(y, argument):
    try:
        numbers = y.astype(np.float64)
    except OverflowError as error:
        raise too_large(argument) from error
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"{argument} must hold labels, one for each sequence, or vectors of numbers (n_samples, n_numbers). Got "
            f"shape {y.shape}, with a column that holds {_no_number(y)!r}: {_remedy_of_columns(y, argument)}."
        ) from error
    numbers = numbers[:, None] if numbers.ndim == 1 else numbers
    check_static(numbers, argument, of="sample")
    return numbers


def _no_number(y):
    """The first entry of y that makes no number."""
    for entry in y.ravel().tolist():
        try:
            float(entry)
        except (TypeError, ValueError):
            return entry
    return None


def _remedy_of_columns(y, argument):
    if y.shape[1:] == (1,):
        return f"pass labels flat, as numpy.ravel({argument})"
    return (
        "encode such columns to numbers, with OneHotEncoder of scikit-learn or pandas.get_dummies, or pass a single "
        "column of labels (n_samples,)"
    )


def check_one_each(y, n_samples, argument):
    """Raise ValueError unless y holds one entry for each of so many sequences."""
    check_same_samples(n_samples, len(_read(y, argument)), argument.replace("y", "X"), argument)


def check_condition(conditions, y, n_samples, argument="y"):
    """Raise ValueError for a condition where there was none in fit, for vectors that are missing, or too many."""
    if y is not None and conditions is None:
        raise ValueError(
            f"{argument} is given, but the last fit had y=None: these sequences depend on nothing. Fit with y, or "
            f"leave {argument} out."
        )
    if y is None and conditions is not None and conditions.kind == "vectors":
        raise ValueError(
            f"{argument} is missing: fit had y, vectors of {conditions.size} number(s), which every sequence depends "
            f"on. {_ADVICE.format('vector')}"
        )
    if y is not None and n_samples is not None:
        check_one_each(y, n_samples, argument)
