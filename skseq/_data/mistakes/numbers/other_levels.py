"""Windows that lie far beyond the levels of those in fit, where these are read on one level."""

import numpy as np

from skseq._callers import warn_caller

FAR = 0.5  # of the range of the levels in fit


def warn_if_beyond(levels, units):
    """Warn where `Units` lie far beyond ``levels`` (3, k), as `Units.with_common` has them, or None."""
    if levels is None:
        return
    lowest, usual, highest = levels
    beyond = np.abs(units.centre - usual) > FAR * (highest - lowest)
    found = np.argwhere(beyond & (highest > lowest))  # those of other targets have centres of their own
    if not len(found):
        return
    window, target = found[0]
    own = units.centre[window, target] - usual[target]
    at = (highest if own > 0 else lowest)[target] + own
    warn_caller(
        f"Window {window} of X lies at a level of {at:.3g}, and those of fit from {lowest[target]:.3g} to "
        f"{highest[target]:.3g}. Where windows are short, their level tells what comes next, and this one is read as "
        "if it were at the nearest of these: fit with such windows, too, or with scaling='standard', which reads each "
        "on a level of its own."
    )
