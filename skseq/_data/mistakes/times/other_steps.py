"""How long the steps of timed series are beside those of others: a forecaster counts steps, whatever time they take."""

import numpy as np

from skseq._arguments import library_of
from skseq._callers import warn_caller
from skseq._data.mistakes.times.calendar_codes import code_for_each

MOSTLY = 0.5  # of the gaps between steps: weekends and nights beside business hours are fewer
FAR = 1.15  # times as long: months are nearer to 30 days or four weeks, and half months to two weeks
COUNTED = "A forecaster counts steps: its window, horizon and season"


def refuse_other_steps(series, fitted):
    """Raise ValueError for `LongSeries` with a step of time that is far from all those of the series in fit."""
    known = _forms(fitted).values()
    for index, form in _forms(series).items():
        if known and all(_are_apart(form, own) for own in known):
            raise _other_step(series, index, fitted, min(known, key=lambda own: _ratio(form, own)))


def warn_if_steps_differ(series):
    """Warn of `LongSeries` whose steps of time are far from each other."""
    forms = _forms(series)
    if not forms:
        return
    finest, coarsest = (end(forms, key=lambda index: forms[index].step_length) for end in (min, max))
    if not _are_apart(forms[finest], forms[coarsest]):
        return
    as_coarse = code_for_each(series.is_one, lambda own: forms[finest].resampled(own, forms[coarsest]))
    warn_caller(
        f"X[{finest}] has times with a step of {forms[finest].step_code}, X[{coarsest}] with one of "
        f"{forms[coarsest].step_code}. {COUNTED} take other times in each. If one forecaster of all is not meant, fit "
        f"one for every step, or give all the same step: pass {as_coarse}, with sum() in place of mean() for amounts "
        "such as sales."
    )


def warn_of_rows_between(samples, times, series, argument, *, is_alone):
    """Warn of frames that have rows between most steps of their `LongSeries`, such as months beside quarters.

    ``times`` are of the rows of each, or None. ``is_alone`` is whether they came as one frame without a list.
    """
    for index, (sample, own, steps) in enumerate(zip(samples, times, series.times)):
        if own is None or steps is None or not own.dtype.kind == steps.dtype.kind == "M":
            continue
        if not _lie_between(own, steps):
            continue
        form = series.forms[index]
        of_one, name = ("", argument) if is_alone else (f"[{index}]", "own")
        code = form.means_of(sample, name) if library_of(sample) == library_of(form.after(1)) else ""
        code = code if is_alone or not code else f"[{code} for own in {argument}]"
        warn_caller(
            f"{argument}{of_one} has rows between the steps of {series.name_of(index)}, whose step is "
            f"{form.step_code}. Rows are looked up by time, so that those between are not read. Pass a row for every "
            f"step, such as its mean{code and f': {code}'}, with sum() in place of mean() for amounts, or with first() "
            "or last() for one of them."
        )
        return


def _lie_between(times, steps):
    """Whether some of times lie within most of the gaps between steps, (t,) each and ascending."""
    others = np.setdiff1d(times[(times > steps[0]) & (times < steps[-1])], steps)
    return len(np.unique(np.searchsorted(steps, others))) > MOSTLY * (len(steps) - 1)


def _forms(series):
    """The first form of every step of time, by the number of its series; integers may just count."""
    firsts = {}
    for index, form in enumerate(series.forms):
        if form is not None and not isinstance(form.step, int):
            firsts.setdefault(form.step, index)
    return {index: series.forms[index] for index in firsts.values()}


def _are_apart(form, other):
    return _ratio(form, other) > FAR


def _ratio(form, other):
    """How many times as long the longer step is."""
    lengths = form.step_length, other.step_length
    return max(lengths) / min(lengths)


def _other_step(series, index, fitted, near):
    """The error about a series whose step is not that of fit, of which a form is ``near``."""
    form = series.forms[index]
    if form.step_length < near.step_length:
        same = f"Pass {code_for_each(series.is_one, lambda own: form.resampled(own, near))}"
    else:
        same = (
            "Fit it on series of that step: "
            f"{code_for_each(fitted.is_one, lambda own: near.resampled(own, form))} of X in fit"
        )
    plain = code_for_each(series.is_one, form.without_times)
    return ValueError(
        f"{series.name_of(index)} has times with a step of {form.step_code}. Expected {near.step_code}, as in fit. "
        f"{COUNTED} would take other times here. {same}, with sum() in place of mean() for amounts such as "
        f"sales. If steps shall count alone, leave the times out: pass {f'[{plain}]' if series.is_one else plain}."
    )
