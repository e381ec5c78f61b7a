"""Samples that are overlapping windows of one series, as lookback windows are: each goes on in another one.

What follows a window then stands near the end of the next, so that it shows whether y is the next value.
"""

from dataclasses import dataclass
from math import ceil

import numpy as np

from skseq._callers import warn_caller
from skseq._data.working_memory import evenly, some_of

LOOKED_AT = 200  # windows
FEWEST = 20  # windows that move: of fewer, the next one may hold the same values by chance
MOST = 0.75  # of the windows in order: those at the ends of several series have no next one
STILL_THERE = 0.4  # of the windows in any order: train_test_split leaves three of four
MOST_ROWS = 10_000  # in which the next one is looked for
STEPS_COMPARED = 12  # of long windows in any order
NEARLY_ALL = 0.99  # of the targets that are the next value
DISTINCT = 0.9  # of the windows in any order: those of a few values are alike by chance
MOVES_LITTLE = 1.0  # deviation of the levels of windows over that within: 1.4 for random walks, 0.2 for whole waves
FEWEST_CHANGES = 10  # of labels held out: lasting states, of which a block holds one or two, tell little
TIMES_OF_NUMBERS = 2  # as many windows are held out as of samples that stand alone
FARTHEST_BLOCK = 1.5  # deviations: 1.9 or more in trends, which had half of the epochs worth having; 0.9 in others


def stride_in_order(sequences):
    """The steps from most of these sequences to the next one, which goes on with what they share, or None."""
    values = sequences.values
    found = next_windows_in_order(values) if sequences.lengths is None and values.ndim == 3 else None
    return found and found.stride


@dataclass(frozen=True, kw_only=True, eq=False)
class NextWindows:
    """Indices of some windows (m,), and of those that go on ``stride`` steps later."""

    rows: np.ndarray
    following: np.ndarray
    stride: int = 1


def next_windows(values):
    """`NextWindows` of windows (n, t, f), or None if most have no next one."""
    in_order = next_windows_in_order(values)
    return _next_windows_in_any_order(values) if in_order is None else in_order


def next_windows_in_order(values):
    """`NextWindows` where the next window is the next row, some steps later; else None."""
    if len(values) <= FEWEST or values.shape[1] < 2:
        return None
    rows = evenly(len(values) - 1, LOOKED_AT)
    earlier, later = np.asarray(values[rows]), np.asarray(values[rows + 1])
    moves = (earlier != earlier[:, :1]).any(axis=(1, 2))
    fewest = max(FEWEST, MOST * moves.sum())
    first = (earlier == later[:, :1]).all(axis=2) & moves[:, None]  # (m, t), where later ones may begin
    last = (later == earlier[:, -1:]).all(axis=2)
    for stride in range(1, values.shape[1]):
        goes_on = first[:, stride] & last[:, -1 - stride]
        if goes_on.sum() < fewest:
            continue
        shared = earlier[:, stride:]
        goes_on &= (shared == later[:, :-stride]).all(axis=(1, 2))
        if goes_on.sum() >= fewest and (stride == 1 or _n_distinct(shared[goes_on]) >= FEWEST):
            return NextWindows(rows=rows[goes_on], following=rows[goes_on] + 1, stride=stride)
    return None


def _n_distinct(values):
    """How many rows are different ones: a few values, or equal samples, agree by chance somewhere."""
    return len({row.tobytes() for row in values})


def _next_windows_in_any_order(values):
    n, n_timesteps = values.shape[:2]
    if not FEWEST < n <= MOST_ROWS or n_timesteps < 2:
        return None
    n_compared = min(n_timesteps - 1, STEPS_COMPARED)
    begins = {row[:n_compared].tobytes(): index for index, row in enumerate(values)}
    if len(begins) < DISTINCT * n:
        return None
    rows = evenly(n, LOOKED_AT)
    ends = (row[1 : n_compared + 1].tobytes() for row in values[rows])
    following = np.array([begins.get(end, -1) for end in ends])
    found = (following >= 0) & (following != rows)  # one that does not move goes on in itself
    if found.sum() < max(FEWEST, STILL_THERE * len(rows)):
        return None
    return NextWindows(rows=rows[found], following=following[found])


def next_value_columns(values, y):
    """The column of windows (n, t, f) whose next value each target of y (n, k) is, in a list; None if one has none."""
    if (found := next_windows(values)) is None:
        return None
    next_values = np.asarray(values[found.following])[:, -found.stride]  # (m, f)
    share = np.isclose(y[found.rows][:, :, None], next_values[:, None], rtol=1e-6, atol=0).mean(axis=0)  # (k, f)
    columns = share.argmax(axis=1).tolist()
    return columns if share.max(axis=1).min() >= NEARLY_ALL and len(set(columns)) == len(columns) else None


def warn_if_next_values(sequences, y):
    """Warn where y (n,) or (n, k) of a `SequenceRegressor` is how windows go on whose levels differ."""
    values = sequences.values
    if sequences.lengths is not None or values.ndim != 3 or len(y) != len(values):
        return
    targets = y.reshape(len(y), -1)
    columns, passed = next_value_columns(values, targets), "y"
    if columns is None:
        columns = next_value_columns(values, targets[:, :1])
        passed = "y" if columns is None else _of_first_target(values, targets, columns[0])
    elif len(columns) > 1:
        passed = "y[:, None]"  # one step of several targets
    if columns is None or _levels(values, columns[0]) < MOVES_LITTLE:
        return
    parameters = "" if columns == list(range(values.shape[2])) else f"target_features={columns}"
    what = passed if passed == "y[:, 0]" else "y"
    warn_caller(
        f"X holds overlapping windows of a series, and {what} is its next value. SequenceRegressor learns the level of "
        "a window only as it was in fit, so to repeat the last value may be better. Seq2SeqRegressor reads every "
        f"window on its own level: Seq2SeqRegressor({parameters}).fit(X, {passed})."
    )


def _of_first_target(values, y, column):
    """What to pass of targets y (n, k) whose first is a next value: all if the others are of the steps after it."""
    if y.shape[1] == 1:
        return "y"
    found = next_windows(values)
    known = np.asarray(values[found.following])[:, -found.stride :, column]  # the steps behind a window
    after = np.concatenate([known, y[found.following, :1]], axis=1)
    steps = np.isclose(y[found.rows, 1], after[:, 1], rtol=1e-6, atol=0).mean() >= NEARLY_ALL
    return "y" if steps else "y[:, 0]"


@np.errstate(over="ignore", invalid="ignore")
def _levels(values, column):
    """Deviation of the levels of windows (n, t, f) in a column over that within them; 0 where nothing is known."""
    some = np.asarray(values[evenly(len(values), LOOKED_AT)], np.float64)[:, :, column]
    within = some.var(axis=1).mean()
    ratio = np.sqrt(some.mean(axis=1).var() / within) if within > 0 else 0.0
    return ratio if np.isfinite(ratio) else 0.0


def warn_if_own_past_is_not_named(sequences, y):
    """Warn where targets y (n, k), of the first steps, are next values of columns that no parameter names."""
    if sequences.lengths is not None or (columns := next_value_columns(sequences.values, y)) is None:
        return
    names = f"column {columns[0]}" if len(columns) == 1 else f"columns {columns}"
    warn_caller(
        f"y is the next value of {names} of X, but target_features='auto' takes none of the "
        f"{sequences.values.shape[2]} columns for the past of y. Set target_features={columns}: then forecasts go on "
        "from the level of each window. target_features=None reads windows as they are without this warning."
    )


def warn_if_windows_are_features(values, argument):
    """Warn where the features of one timestep (n, 1, f) are windows that overlap; returns whether it did."""
    _, n_timesteps, n_features = values.shape
    found = next_windows(np.asarray(values[:MOST_ROWS]).transpose(0, 2, 1)) if n_timesteps == 1 else None
    if found is None or found.stride > 1:  # past steps of several columns, laid flat, overlap by more than one
        return False
    warn_caller(
        f"{argument} of shape {values.shape} is read as one timestep of {n_features} features, but these overlap from "
        f"row to row, as windows of {n_features} timesteps do. If they are such, pass {argument}[:, 0, :], of shape "
        f"({len(values)}, {n_features})."
    )
    return True


def last_block(rows, samples, n_held_out, *, labels=None, numbers=None):
    """(samples to train on, the last ones) where rows are overlapping windows, in order, or None.

    Windows at the end of the training part share no timestep with those held out: neighbours of windows that are held
    out at random show what is to be seen there alone. ``labels`` (n_rows,) must often change. Of ``numbers`` (n_rows,
    k) a block is held out that is twice as long, because neighbours are alike, if it and its windows lie where the
    others do. Ids of tokens (n_rows, t) lie nowhere.
    """
    values = rows["source"]
    if (labels is None and numbers is None) or "source_lengths" in rows:
        return None
    are_ids = values.ndim == 2
    values = values[:, :, None] if are_ids else values
    if numbers is not None:
        n_held_out = min(TIMES_OF_NUMBERS * n_held_out, max(n_held_out, len(samples) // 4))
    if (found := next_windows_in_order(values)) is None:
        return None
    n_train = len(samples) - n_held_out - ceil(values.shape[1] / found.stride)
    if n_train < len(samples) / 2:
        return None
    train, held_out = samples[:n_train], samples[-n_held_out:]
    if labels is not None:
        return (train, held_out) if _change(labels, samples, train, held_out) else None
    looked_at = (np.asarray(values[some_of(part, LOOKED_AT)]) for part in (train, held_out))  # of (n, t, f)
    together = _lie_together(numbers[train], numbers[held_out]) and (are_ids or _lie_together(*looked_at))
    return (train, held_out) if together else None


def _change(labels, samples, train, held_out):
    """Whether labels held out often change, and both parts have all of them."""
    in_all = all(len(np.unique(labels[part])) == len(np.unique(labels[samples])) for part in (train, held_out))
    return in_all and np.count_nonzero(np.diff(labels[held_out])) >= FEWEST_CHANGES


@np.errstate(over="ignore", invalid="ignore")
def _lie_together(train, held_out):
    """Whether means of numbers (n, ..., k) that are held out are near those of the others.

    A block of another level, as at the end of a trend, tells nothing of these.
    """
    train, held_out = (np.asarray(part, np.float64).reshape(-1, part.shape[-1]) for part in (train, held_out))
    distance = np.abs((held_out - train[0]).mean(axis=0) - (train - train[0]).mean(axis=0))  # (k,), 0 of constants
    return bool((distance <= FARTHEST_BLOCK * (train - train[0]).std(axis=0)).all())
