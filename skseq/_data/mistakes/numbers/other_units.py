"""Series whose unit changes at some step, as from kW to MW: one error then has two sizes."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.mistakes.numbers.outliers import place_of
from skseq._data.times.polars_times import PolarsForm

LEAST = np.log(100)  # of the ratio of levels: seasons, growth and new customers change them by less in one step
FEWEST = 12  # steps on either side that are not 0
APART = 3  # what lies between nearly all values before and after is at least so much of the ratio, as logarithms go
OTHER_SPREAD = 2  # times as wide is no other unit, but another process: of noise that was nearly 0, and of a signal
NEAR = 0.2  # powers of ten: a ratio so near to one is taken for it


def warn_of_units(series):
    """Warn of `LongSeries` that change their level a hundredfold from one step to the next, and stay there."""
    found = [
        (number, target, *change)
        for number, values in enumerate(series.values)
        for target, own in enumerate(values.T)
        if (change := other_unit(own)) is not None
    ]
    if not found:
        return
    number, target, step, ratio = found[0]
    others = f" So do {len(found) - 1} others." if len(found) > 1 else ""
    times = f"{ratio:,.5g} times as large" if ratio > 1 else f"{1 / ratio:,.5g} times as small"
    warn_caller(
        f"The values from {place_of(series, number, step, target)} on are {times} as those before, and spread in "
        f"proportion, as after a change of unit, such as from kW to MW.{others} Errors are counted in sizes of whole "
        "series, so intervals will be far too wide here, and too narrow for other series. If the unit has changed, "
        f"count the earlier steps in the later one: {_in_one_unit(series, number, step, target, ratio)}. If the level "
        "has, leave out the steps before."
    )


def other_unit(values):
    """(step, ratio) from which on values (t,) are ratio times those before, with as much spread for their level.

    Zeros, as of nights and days without sales, tell nothing. The step is where sums of deviations from the mean of
    logarithms turn.
    """
    sizes = np.abs(values)
    steps = np.flatnonzero(sizes)
    if len(steps) < 2 * FEWEST or np.log(sizes.max()) - np.log(sizes[steps].min()) < LEAST:
        return None
    logs = np.log(sizes[steps])
    split = int(np.abs(np.cumsum(logs - logs.mean())[:-1]).argmax()) + 1
    before, after = logs[:split], logs[split:]
    if min(len(before), len(after)) < FEWEST or not _is_other_level(before, after):
        return None
    return int(steps[split]), _near_power_of_ten(np.exp(np.median(after) - np.median(before)))


def _is_other_level(before, after):
    """Whether logarithms step from one level to another, and spread as much around it."""
    sign = np.sign(np.median(after) - np.median(before))
    before, after = sign * before, sign * after
    change = np.median(after) - np.median(before)
    apart = np.quantile(after, 0.05) - np.quantile(before, 0.95)
    spreads = sorted(np.quantile(own, 0.9) - np.quantile(own, 0.1) for own in (before, after))
    steps_at_once = after[0] - before[-1] > change / 2
    alike = 0 < spreads[1] <= OTHER_SPREAD * spreads[0]
    return bool(change >= LEAST and apart >= change / APART and steps_at_once and alike)


def _near_power_of_ten(ratio):
    """The power of ten, of which most units are, or else the ratio itself."""
    power = np.log10(ratio)
    return float(f"1e{power:.0f}") if abs(power - np.round(power)) < NEAR else float(f"{ratio:.3g}")


def _in_one_unit(series, number, step, target, ratio):
    """Code that multiplies the steps of a target before this one."""
    name = series.name_of(number)
    form = series.forms[number]
    if isinstance(form, PolarsForm):
        column = f"polars.col({form.names[target]!r})"
        earlier = f"polars.when(polars.int_range(polars.len()) < {step})"
        return f"{name} = {name}.with_columns({earlier}.then({column} * {ratio:g}).otherwise({column}))"
    own = "X" if series.is_one else "own"
    earlier = f"numpy.arange(len({own})) < {step}"
    if not series.univariate or (form is not None and form.is_frame):
        earlier = f"({earlier})[:, None] & (numpy.arange({series.n_targets}) == {target})"
    one = f"{own} * numpy.where({earlier}, {ratio:g}, 1)"
    return f"X = {one}" if series.is_one else f"X = [{one} if k == {number} else own for k, own in enumerate(X)]"
