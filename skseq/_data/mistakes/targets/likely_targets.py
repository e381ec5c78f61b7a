"""Targets that are most likely not what an estimator takes them for: warnings that say what to do."""

import numpy as np
from sklearn.exceptions import DataConversionWarning

from skseq._callers import warn_caller
from skseq._data.mistakes.limits import LOOKED_AT, MANY, SOME
from skseq._data.working_memory import evenly

RARE = 5  # samples for each label: of fewer, a generator learns little of one
ENOUGH_SERIES = 10  # of fewer, whole numbers that differ may be labels
OF_A_CURVE = 8  # timesteps: as many outputs as fewer may well be by chance
NEARLY_ALL_GO = 0.9  # of the outputs: a delay leaves the first few to chance
FAR_FROM_CHANCE = 3  # times the deviation of a correlation of noise
STEPS_LOOKED_AT = 100  # of long sequences
FEWEST_NUMBERS = 20  # of which quantiles tell little
LOW, MIDDLE, HIGH = 0.05, 0.5, 0.95  # quantiles
ORDERS, ABOVE_MIDDLE = 200, 15  # factors between them: 60 and 6 of exponential numbers, 1,300 and 9 of squares
NEAR_0 = 1.25  # power of the factor above the middle: squared times and the like are farther apart below it
MOST_LABELS, LAST = 30, 0.5  # labels of timesteps, and Cohen's kappa of neighbours
AS_WIDE = 10  # times the deviation of X: outputs of its range


def warn_if_numbers_of_series(y):
    """Warn where one value for each series (n,), which all of its windows get, is a number that hardly recurs.

    Whole numbers that ascend are ids.
    """
    if y.dtype.kind not in "iuf" or len(np.unique(y)) <= len(y) / 2:
        return
    if (y == np.round(y)).all() and (len(y) < ENOUGH_SERIES or (np.diff(y) > 0).all()):
        return
    warn_caller(
        f"y holds one number for each of {len(y)} series, which every window of a series gets. If it is that of the "
        "last timestep, such as how many are left then, pass the numbers of all timesteps as y, of a countdown "
        "[own + numpy.arange(len(x))[::-1] for x, own in zip(X, y)], and use targets[:, -1]. If it is that of a whole "
        "series, pass [numpy.full(len(x), own) for x, own in zip(X, y)], and use targets[:, -1] without this warning."
    )


def warn_if_timesteps_as_outputs(sequences, y):
    """Warn where outputs y (n, t) of one number for a whole sequence are most likely one for each of its t timesteps.

    Then each goes best with its own timestep or one before. Outputs in the range of X are left alone: they are most
    likely what follows, and go with the same hour of the day before.
    """
    values = sequences.values
    if sequences.lengths is not None or values.ndim != 3 or len(y) != len(values) or len(y) < MANY:
        return
    n_timesteps = values.shape[1]
    if n_timesteps < OF_A_CURVE or y.shape[1:] != (n_timesteps,):
        return
    some = evenly(len(y), LOOKED_AT)
    at = evenly(n_timesteps, STEPS_LOOKED_AT)
    inputs, outputs = (np.asarray(numbers[some][:, at], np.float64) for numbers in (values, y))
    if _are_in_range(inputs, outputs) or not _go_with_the_past(inputs, outputs):
        return
    warn_caller(
        f"y has as many columns as X has timesteps, {n_timesteps}, and each goes best with its own timestep or one "
        f"before. SequenceRegressor learns {n_timesteps} outputs of the whole sequence. If y is what follows X, "
        "Seq2SeqRegressor forecasts it. If y has a number for every timestep of X, learn each from the window that "
        f"ends there: cut X and y with SlidingWindows(window={min(24, n_timesteps // 2)}).split_series, and fit "
        "SequenceRegressor on the last step of every target."
    )


def warn_if_timesteps_as_labels(sequences, y):
    """Warn where labels y (n, t) of several outputs are most likely one for each of the t timesteps of X.

    Then nearly all columns have the same labels, and neighbours are mostly the same.
    """
    n_timesteps = sequences.values.shape[1]
    if sequences.lengths is not None or n_timesteps < OF_A_CURVE or y.shape[1:] != (n_timesteps,) or len(y) < MANY:
        return
    labels = y[evenly(len(y), LOOKED_AT)]
    id_of = {label: k for k, label in enumerate(dict.fromkeys(labels.ravel().tolist()))}
    ids = np.array([[id_of[label] for label in row] for row in labels.tolist()])  # (n, t)
    counts = np.stack([(ids == k).sum(axis=0) for k in range(min(len(id_of), MOST_LABELS + 1))])  # (n_labels, t)
    if not 2 <= len(counts) <= MOST_LABELS or (counts > 0).mean() < NEARLY_ALL_GO:
        return
    by_chance = np.square(counts.sum(axis=1) / ids.size).sum()
    if (ids[:, 1:] == ids[:, :-1]).mean() - by_chance < LAST * (1 - by_chance):
        return
    warn_caller(
        f"y has as many columns as X has timesteps, {n_timesteps}, all with the same labels, which last: most likely "
        f"it has a label for every timestep. SequenceClassifier learns {n_timesteps} outputs of the whole sequence. "
        "For one label per sequence pass numpy.asarray(y)[:, -1], that of its end. SequenceTagger learns one for every "
        "timestep, and Seq2SeqClassifier those that follow X."
    )


@np.errstate(over="ignore", invalid="ignore")
def _are_in_range(values, y):
    """Whether a channel of (n, t, f) has about the mean and deviation of outputs (n, t)."""
    means, deviations = values.mean(axis=(0, 1)), values.std(axis=(0, 1))  # (f,)
    near = np.abs(means - y.mean()) <= np.maximum(deviations, y.std())
    as_wide = (deviations <= AS_WIDE * y.std()) & (y.std() <= AS_WIDE * deviations)
    return bool((near & as_wide).any())


def _go_with_the_past(values, y):
    """Whether each output but the last correlates best with its own timestep of (n, t, f), or one before.

    And later outputs with later timesteps: in a running sum all up to its own count alike.
    """
    n, n_timesteps, _ = values.shape
    inputs, outputs = _standardised(values), _standardised(y)
    alike = np.abs(np.tensordot(outputs, inputs, axes=(0, 0))).max(axis=2) / n  # (outputs, timesteps)
    best = alike.argmax(axis=1)
    goes = (best <= np.arange(n_timesteps)) & (alike.max(axis=1) > FAR_FROM_CHANCE / np.sqrt(n))
    early, late = np.array_split(best, 2)
    return goes[:-1].mean() >= NEARLY_ALL_GO and late.mean() - early.mean() > n_timesteps / 8


@np.errstate(over="ignore", invalid="ignore", divide="ignore")
def _standardised(numbers):
    """Numbers (n, ...) less their mean, in units of their deviation; 0 where they have none."""
    return np.nan_to_num((numbers - numbers.mean(axis=0)) / numbers.std(axis=0), nan=0.0, posinf=0.0, neginf=0.0)


_WRAPPERS = (
    " Wrappers of scikit-learn for one label, as CalibratedClassifierCV, TunedThresholdClassifierCV and "
    "FixedThresholdClassifier are, need that shape."
)


def warn_if_targets_in_a_column(y, argument, *, of_labels=False):
    """Warn of checked targets (n, 1): most often one column of a frame, where each sample has one target."""
    if y.shape[1:] == (1,):
        warn_caller(
            f"A column-vector {argument} was passed, which is read as one output of several: predictions have the "
            f"shape (n_samples, 1). If each sample has one target, pass {argument} in the shape (n_samples,), by "
            f"{argument}.ravel(), or {argument}.iloc[:, 0] of a frame.{_WRAPPERS if of_labels else ''}",
            DataConversionWarning,
        )


def warn_if_orders_apart(targets, of):
    """Warn of positive targets (n, n_outputs) over orders of magnitude, of which squared errors see the top.

    Numbers that are orders apart only near 0, as squares are, do not matter there.
    """
    if len(targets) < FEWEST_NUMBERS or not (targets > 0).all():
        return
    low, middle, high = np.quantile(targets, [LOW, MIDDLE, HIGH], axis=0)  # (n_outputs,) each
    with np.errstate(over="ignore"):
        above, below = high / middle, middle / low
        far = np.flatnonzero((high / low >= ORDERS) & (above >= ABOVE_MIDDLE) & (below <= above**NEAR_0))
    if far.size == 0:
        return
    k = far[0]
    name = "y" if targets.shape[1] == 1 else f"y[:, {k}]"
    warn_caller(
        f"Nine in ten numbers of {name} lie between {low[k]:.3g} and {high[k]:.3g}, over orders of magnitude, and all "
        f"are above 0. {of} learns from squared errors, in which only the largest numbers count, and may predict "
        f"others below 0. To learn all of them by their factors, fit TransformedTargetRegressor({of}(...), "
        "func=np.log, inverse_func=np.exp) of scikit-learn."
    )


def warn_if_rare_numbers(labels, n_samples, argument):
    """Warn where labels that sequences depend on are most likely a quantity: many numbers, most of which are rare.

    Those that count from 0 or 1 are the numbers of what they name.
    """
    if labels.dtype.kind not in "iuf" or len(labels) <= SOME or n_samples >= RARE * len(labels):
        return
    if any(np.array_equal(labels, np.arange(first, first + len(labels))) for first in (0, 1)):
        return
    warn_caller(
        f"{argument} holds {len(labels)} distinct whole numbers in {n_samples} samples, from {labels.min():g} to "
        f"{labels.max():g}, which are read as labels: no other may come later. If they are a quantity, such as a "
        f"tempo, pass one in each row, numpy.reshape({argument}, (-1, 1)), in fit and later. If they are names, pass "
        f"strings, list(map(str, {argument}))."
    )
