"""Series that move by far less than others, of which a detector then sees hardly any faults: a warning."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.mistakes.limits import LOOKED_AT
from skseq._data.mistakes.numbers.levels import levels_are_scales

ENOUGH_SERIES, ENOUGH_WINDOWS = 5, 8  # of a few series, each may have its own part; a few windows may all be calm
SMALL, LARGE, BUSY = 0.1, 0.9, 0.9  # quantiles of series, and of the windows of one
FAR_SIZES = 5  # of eight waves of one shape that stuck: at 1 all were found, at 6 none of the smallest 3, at 11 of 4


def warn_if_sizes_differ(sequences, window):
    """Warn where some of several `Sequences` of numbers, read by windows, move by far less than others."""
    feature, ratio = sizes_apart(sequences, window) or (0, 0)
    if ratio <= FAR_SIZES:
        return
    many = sequences.values.shape[2] > 1
    of_feature, own = (f" in feature {feature}", f"[:, {feature}]") if many else ("", "")
    divided = f"x{own} / np.mean(past{own})"
    if not levels_are_scales(sequences):
        divided = f"(x{own} - np.mean(past{own})) / np.std(past{own})"
    warn_caller(
        f"Some series in X move by {ratio:.3g} times what others move by{of_feature}, but all errors count on one "
        "scale: faults of the small ones, such as a value that is stuck, may pass for normal. If sizes do not matter, "
        f"divide each series by its own, in fit and later: {divided} of an array x, where past is it in fit."
    )


@np.errstate(over="ignore", invalid="ignore")  # of numbers whose squares no float holds nothing is known
def sizes_apart(sequences, window):
    """(feature, ratio) of what large series usually move in a window to what small ones do in a busy one, or None.

    A series that is calm for a while, and at times as busy as the others, is no small one.
    """
    some = sequences.take(slice(LOOKED_AT))
    moves = [
        _moves(np.asarray(own[:length], np.float64), window)
        for own, length in zip(some.values, some.real_lengths)
        if length >= ENOUGH_WINDOWS * window
    ]
    if len(moves) < ENOUGH_SERIES:
        return None
    large = np.quantile([np.median(own, axis=0) for own in moves], LARGE, axis=0)  # (f,)
    small = np.quantile([np.quantile(own, BUSY, axis=0) for own in moves], SMALL, axis=0)
    ratios = np.divide(large, small, out=np.zeros_like(large), where=small > 0)
    return int(ratios.argmax()), float(ratios.max())


def _moves(series, window):
    """Deviations (n_windows, f) of a series (t, f) in windows side by side."""
    n_windows = len(series) // window
    return series[: n_windows * window].reshape(n_windows, window, -1).std(axis=1)
