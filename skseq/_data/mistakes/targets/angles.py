"""Angles in degrees as targets: 359 and 1 are near, but lie at the two ends of the numbers that are learnt."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.mistakes.limits import LOOKED_AT

LOWS = 0, -180  # of the 360 degrees
END = 18  # degrees, within which both ends are reached: more, and the ends may be those of another quantity
LEAST_JUMP, MIDDLE = 270, (120, 240)  # from one end to the other, and steps that would be as likely among noise
FEWEST_JUMPS, SELDOM = 10, 3  # and how often jumps come for each step in the middle
MOST_JUMPS = 0.3  # of the steps: what jumps more often is a switch
BETWEEN = 0.2  # of the numbers are in the middle half: of a switch none are, nor of longitudes near the date line
MOST_STEPS, AS_SMALL = 0.95, 2  # of the others, and times as large: all around, steps over the date line are as small


def warn_if_angles(sequences, targets, join="stack"):
    """Warn where the one target (n,) or (n, h) and a feature of `Sequences` are most likely angles in degrees.

    ``join`` is the function of NumPy that puts two of y into its last axis.
    """
    some = sequences.take(slice(LOOKED_AT))
    mask = some.mask
    for feature in range(some.values.shape[2]):
        values = np.asarray(some.values[:, :, feature], np.float64)
        low = _low_of_angles(values[mask], np.diff(values, axis=1)[mask[:, 1:]])
        if low is not None and _are_alike(np.asarray(targets, np.float64), values[mask], low):
            warn_caller(
                f"y and feature {feature} of X look like angles in degrees: both lie between {low} and {low + 360}, "
                "and X jumps from one end to the other. As numbers these ends are far apart, and predictions lie "
                f"between them. Pass sines and cosines, numpy.{join}([numpy.sin(numpy.radians(y)), "
                "numpy.cos(numpy.radians(y))], axis=-1) of y, and likewise two features of X. "
                "Of predictions p, an angle is "
                f"numpy.degrees(numpy.arctan2(p[..., 0], p[..., 1])){' % 360' if low == 0 else ''}."
            )
            return


def warn_if_series_are_angles(series):
    """Warn where a target of `LongSeries` is most likely an angle in degrees; returns its number, or None."""
    some = series.values[:LOOKED_AT]
    for target in range(series.n_targets):
        values = [np.asarray(own[:, target], np.float64) for own in some]
        low = _low_of_angles(np.concatenate(values), np.concatenate(list(map(np.diff, values))))
        if low is not None:
            back = "p % 360" if low == 0 else "(p + 180) % 360 - 180"
            warn_caller(
                f"Target {target} of X looks like an angle in degrees: it lies between {low} and {low + 360}, and "
                "jumps from one end to the other. Fit on numpy.unwrap(x, axis=0, period=360) of each series x of "
                f"angles, which goes on beyond them, and take {back} of forecasts p."
            )
            return target
    return None


def _low_of_angles(numbers, steps):
    """The lower end of the range of angles that numbers (n,) with such steps most likely are, or None."""
    low = next((low for low in LOWS if _reaches(numbers, low)), None)
    if low is None:
        return None
    sizes = np.abs(steps)
    jumps, middle = sizes > LEAST_JUMP, np.count_nonzero((sizes > MIDDLE[0]) & (sizes < MIDDLE[1]))
    often = max(FEWEST_JUMPS, SELDOM * middle) <= np.count_nonzero(jumps) <= MOST_JUMPS * len(sizes)
    return low if often and (_fills(numbers, low) or _go_round(sizes[jumps], sizes[~jumps])) else None


def _reaches(numbers, low):
    """Whether numbers lie in 360 degrees from ``low`` on, and reach both ends."""
    high = low + 360
    return low <= numbers.min() <= low + END and high - END <= numbers.max() <= high


def _fills(numbers, low):
    """Whether numbers that reach both ends are often between them."""
    return bool(np.mean((numbers > low + 90) & (numbers < low + 270)) > BETWEEN)


def _go_round(jumps, others):
    """Whether jumps from end to end are as small as most others are, all around: so are those over the date line."""
    usual = np.quantile(others, MOST_STEPS)
    return bool(usual > 0 and np.all(np.abs(360 - jumps) <= AS_SMALL * usual))


def _are_alike(targets, numbers, low):
    """Whether targets reach both ends, and fill what is between if numbers do."""
    return _reaches(targets, low) and _fills(targets, low) == _fills(numbers, low)
