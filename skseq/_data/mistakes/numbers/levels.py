"""Levels of sequences that lie far apart, beside which little is learnt of their movements: a warning."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.forecasts.window_units import WindowScaling
from skseq._data.mistakes.limits import LOOKED_AT

MANY_SENSORS = 20  # in rows of equal lengths: more rows are hardly those of one machine
FAR_LEVELS = 3  # distance of the levels of series over what one moves: 1.4 for random walks
ENOUGH_SCALES, SAME_SHARE = 8, 1 / 3  # sequences; spread of deviations over levels, over that of deviations: 1 if added
FARTHER_LEVELS = 10  # costs what is learnt of movements nothing yet; 30 cost nearly all of it


@np.errstate(over="ignore", invalid="ignore")  # of numbers whose squares no float holds nothing is known
def levels_apart(sequences, *, counters=True, usual=False):
    """(feature, ratio) whose levels lie farthest apart, over what one of some `Sequences` moves, or None.

    Features that rarely move, such as flags, have no level; nor have those that never fall, without ``counters``.
    ``usual`` is whether quartiles of levels over the usual movement count, too: a few sequences that move far do not
    hide the levels of the others there, nor do a few large ones look like levels.
    """
    some = sequences.take(slice(LOOKED_AT))
    steps = {"axis": 1, "where": some.mask[:, :, None]}
    values = np.asarray(some.values, np.float64)  # (n, t, f)
    within = values.var(**steps)  # (n, f)
    levels, usually = values.mean(**steps), np.median(within, axis=0)  # (n, f), (f,)
    moved = usually > 0
    if not counters:
        moved &= (np.where(some.mask[:, 1:, None], np.diff(values, axis=1), 0) < 0).any(axis=(0, 1))
    if not moved.any():
        return None
    ratios = _ratios(levels.std(axis=0), within.mean(axis=0), moved)
    if usual:
        quartiles = np.subtract(*np.quantile(levels, (0.75, 0.25), axis=0)) / WindowScaling.normal_spread
        ratios = np.maximum(ratios, _ratios(quartiles, usually, moved))
    return int(ratios.argmax()), float(ratios.max())


@np.errstate(over="ignore", invalid="ignore")
def levels_are_scales(sequences):
    """Whether some `Sequences` of positive numbers move in proportion to their levels, as fluxes of stars do."""
    some = sequences.take(slice(LOOKED_AT))
    steps = {"axis": 1, "where": some.mask[:, :, None]}
    values = np.asarray(some.values, np.float64)  # (n, t, f)
    if not (values[some.mask] > 0).all():
        return False
    levels, deviations = values.mean(**steps), values.std(**steps)  # (n, f)
    moved = (deviations > 0).all(axis=1)
    if np.count_nonzero(moved) < ENOUGH_SCALES:
        return False
    of_shares, of_deviations = (np.log(x[moved]).std(axis=0) for x in (deviations / levels, deviations))
    return bool((of_shares < SAME_SHARE * of_deviations).all())


def _ratios(deviations, variances, moved):
    """Deviations (f,) over square roots of variances; 0 for features that have not moved."""
    return np.divide(deviations, np.sqrt(variances), out=np.zeros_like(deviations), where=moved)


def warn_if_levels_differ(sequences, effect, *, least=FARTHER_LEVELS, counters=True):
    """Warn of the effect where levels of several `Sequences` differ by far more than any of them moves.

    Returns whether they do.
    """
    feature, ratio = levels_apart(sequences, counters=counters) or (0, 0)
    found = least < ratio < np.inf  # of numbers beyond floats other warnings tell
    if found:
        many = sequences.values.shape[2] > 1
        of_feature, own = (f" in feature {feature}", f"[:, {feature}]") if many else ("", "")
        few = sequences.univariate and len(sequences) <= MANY_SENSORS and sequences.lengths is None
        without = f"subtract from each series its own, in fit and later: of an array x np.mean(x{own}) from x{own}"
        if levels_are_scales(sequences):  # movements, too, are then alike
            without = f"divide each series by its own, in fit and later: x{own} / np.mean(x{own}) of an array x"
        rows = " If they are sensors of one machine, pass one series of them, [np.transpose(X)]." if few else ""
        warn_caller(
            f"The levels of the series in X differ by {ratio:.3g} times what one of them moves{of_feature}, so that "
            f"{effect}. If levels do not matter, {without}.{rows}"
        )
    return found
