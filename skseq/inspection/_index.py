"""Where the steps of a series stand in time: at numbers or dates, and where those that follow it do."""

import numpy as np

from skseq._arguments import brief
from skseq._data.times.time_steps import regular_step
from skseq.inspection._axes import whole_numbers

DATE_INCHES = 0.75  # of an axis for each of its dates
DATE_TYPE = "datetime64[us]"  # fine enough for parts of a step, and reaches as far as matplotlib's dates


def split_index(series):
    """(series, its index or None): a data frame's one column of dates, or else the index of a pandas object."""
    if hasattr(series, "columns"):
        dated = [name for name, dtype in zip(series.columns, series.dtypes) if "date" in str(dtype).lower()]
        if len(dated) == 1:
            return series[[name for name in series.columns if name != dated[0]]], series[dated[0]]
    return series, series.index if hasattr(series, "iloc") else None


def places_in_time(n_steps, n_following, *, given=None, own=None, own_following=None):
    """Places (n_steps + n_following,) of a series and of what follows it: float64, or datetime64 for dates.

    ``given`` is for the steps of the series or for all, ``own`` is the index that the series came with, and
    ``own_following`` the one that the following steps came with. Without any, steps are counted from 0.
    """
    places = _as_places(own if given is None else given)
    if places is None and given is not None:
        raise ValueError(
            "index must hold numbers or dates, such as numpy.datetime64 or a pandas DatetimeIndex. Got "
            f"{brief(given, 80)}."
        )
    if places is None:
        return np.arange(n_steps + n_following, dtype=float)
    if places.shape not in {(n_steps,), (n_steps + n_following,)}:
        raise ValueError(
            f"index must have one entry for each of the {n_steps} steps of series, or for these and the "
            f"{n_following} steps that follow. Got shape {places.shape}."
        )
    _check_increases(places)
    if len(places) > n_steps or not n_following:
        return places
    following = _as_places(own_following)
    if following is None or places.dtype.kind == "f" or following.dtype != places.dtype:  # numbers may count anew
        following = next_places(places, n_following)
    together = np.concatenate([places, following[:n_following]])
    _check_increases(together)
    return together


def next_places(places, n_following):
    """The places that continue an index: dates by their days, months or working days, others by their usual step."""
    step = regular_step(places) if places.dtype.kind == "M" else None
    return _next_steps(places, n_following) if step is None else step.after(places[-1], n_following).astype(DATE_TYPE)


def step_between(places):
    """The usual distance of two neighbours."""
    apart = np.sort(np.diff(places))
    return apart[len(apart) // 2] if len(apart) else np.ones(1).astype(apart.dtype)[0]


def label_time(axes, places):
    """Ticks at dates, as many as have room, or else at whole numbers below the word "timestep"."""
    from matplotlib.dates import HOURLY, MINUTELY, MONTHLY, SECONDLY, AutoDateLocator, ConciseDateFormatter

    if places is None or places.dtype.kind != "M":
        whole_numbers(axes.xaxis)
        axes.set_xlabel("timestep")
        return
    inches = axes.get_position().width * axes.figure.canvas.figure.get_figwidth()
    most = max(3, int(inches / DATE_INCHES))
    locator = AutoDateLocator(minticks=max(2, most // 2), maxticks=most)
    for unit, whole in ((MONTHLY, 12), (HOURLY, 24), (MINUTELY, 60), (SECONDLY, 60)):
        locator.intervald[unit] = [*locator.intervald[unit], whole]  # without it, short axes get a warning
    axes.xaxis.set_major_locator(locator)
    axes.xaxis.set_major_formatter(ConciseDateFormatter(locator))  # the year is at the end, if no tick says it


def _as_places(index):
    """float64 or datetime64 of an index of numbers, dates or periods; None of any other."""
    index = getattr(index, "array", index)  # a pandas Series and an Index alike
    if hasattr(index, "to_timestamp"):  # periods stand where they begin
        index = index.to_timestamp()
    if getattr(index, "tz", None) is not None:
        return _on_the_wall(index)
    values = np.asarray(index)
    if values.dtype.kind == "O" and values.size and all(hasattr(value, "year") for value in values.flat):
        values = np.array([_without_zone(value) for value in values.flat], DATE_TYPE)
    if values.dtype.kind == "M":
        return values.astype(DATE_TYPE)
    return values.astype(float) if values.dtype.kind in "iuf" else None


def _on_the_wall(index):
    """What clocks said where the dates are from, or would have said if they had never been put back between them."""
    wall, greenwich = (
        np.asarray(dates).astype(DATE_TYPE) for dates in (index.tz_localize(None), index.tz_convert(None))
    )
    return wall if (wall[1:] > wall[:-1]).all() else greenwich + (wall[0] - greenwich[0])


def _without_zone(date):
    return date.replace(tzinfo=None) if hasattr(date, "tzinfo") else date


def _check_increases(places):
    rises = places[1:] > places[:-1]  # False beside a missing one, too
    if not rises.all():
        step = int(np.argmin(rises))
        raise ValueError(
            f"index must increase from step to step. Got {places[step]} and then {places[step + 1]} at steps {step} "
            f"and {step + 1}: sort the series by time, or pass index=range({len(places)}) to count its steps."
        )


def _next_steps(places, n_following):
    """Further places at the distance that most of them have."""
    step, apart = step_between(places), np.diff(places)
    is_usual = np.isclose(apart.astype(float), step.astype(float), rtol=1e-6, atol=0)
    is_known = 2 * is_usual.sum() > len(apart) if len(apart) else places.dtype.kind == "f"  # of one number: 1
    if not is_known:
        raise ValueError(
            "index has no regular step, so the places of the forecast cannot be told: pass an index that goes on "
            f"through the {n_following} steps after the series."
        )
    return places[-1] + step * np.arange(1, n_following + 1)
