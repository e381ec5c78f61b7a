"""Whether columns that stand beside the timesteps of a table go on with these, or hold another quantity."""

import numpy as np

BEYOND = 1, 99  # percentiles
WIDER = 5  # times
FEWEST_ROWS = 10
FEWEST_PAIRS = 30  # for correlations, which are 0.2 by chance among fewer
RELATED = 0.6  # correlation of steps beside each other, at least
UNRELATED = 0.3


def is_other_quantity(values, steps):
    """Whether values (n, m) lie apart from steps (n, t) beside them, or are not related to the first one of these.

    Steps are those nearest to the values first, and so are the values. What is missing is left out.
    """
    if len(values) < FEWEST_ROWS:
        return False
    return _lie_apart(values, steps) or _is_unrelated(values[:, 0], steps)


def _lie_apart(values, steps):
    """Whether most values lie beyond nearly all steps, or are far less, or more, spread."""
    low, high = np.nanpercentile(steps, BEYOND)
    if np.mean((values < low) | (values > high)) > 0.5:
        return True
    spread, usual = (np.subtract(*np.nanpercentile(some, [75, 25])) for some in (values, steps))
    return bool(usual > 0 and not usual / WIDER <= spread <= usual * WIDER)


def goes_on(own, steps):
    """Whether own (n,) goes with the first of steps (n, t), at whatever level."""
    between = _correlations(own, steps)
    return bool(between.size and between[0] > RELATED)


def _is_unrelated(own, steps):
    """Whether own (n,) goes without the first of steps (n, t), while these go with their neighbours."""
    between = _correlations(own, steps)
    return bool(between.size > 1 and between[0] < UNRELATED and np.median(between[1:]) > RELATED)


def _correlations(own, steps):
    """Sizes of the correlations (t,) of own (n,) and steps (n, t), each with the next; none of few rows."""
    columns = np.column_stack([own, steps])
    columns = columns[~np.isnan(columns).any(axis=1)]
    if len(columns) < FEWEST_PAIRS:
        return np.empty(0)
    columns = columns - columns.mean(axis=0)
    sizes = np.sqrt((columns**2).sum(axis=0))
    products = np.abs((columns[:, 1:] * columns[:, :-1]).sum(axis=0))
    with np.errstate(divide="ignore", invalid="ignore"):  # a constant one is related to none
        return np.nan_to_num(products / (sizes[1:] * sizes[:-1]))
