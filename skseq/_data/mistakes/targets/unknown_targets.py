"""Targets that are not known: how to leave them out, and numbers in y that most likely stand for them, such as -99."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.mistakes.numbers.likely_gaps import (
    MEASURED,
    NEARLY_ALL,
    SPANS_OF_CODE,
    by_column,
    is_code,
    is_of_nines,
)

RECURS = 3  # targets: two may be equal by chance
OF_CODE = 0.1  # of y: a third of the staff may be on leave, and work 0 hours
SPANS = 10  # of all others, that a number lies away: prices may end in .99, but a negative number of nines is no price


def warn_if_one_stands_for_unknown(targets, estimator, *, multioutput):
    """Warn where a number of targets (n, n_outputs) recurs, far from all others, that looks chosen; returns whether.

    ``multioutput`` says that y is 2-D. Caps lie near others, and counts and large orders do not look chosen.
    """
    found = {column: number_for_unknown(own) for column, own in enumerate(targets.T)}
    found = {column: number for column, number in found.items() if number is not None}
    if not found:
        return False
    first, number = next(iter(found.items()))
    share = np.mean(targets[:, first] == number)
    of = f"y[:, {first}]" if multioutput else "y"
    more = f"; likewise {', '.join(f'{own:g} in column {k}' for k, own in found.items() if k != first)}" * (
        len(found) > 1
    )
    gap = by_column(found, targets.shape[1]) if multioutput else repr(number)
    known = f"np.not_equal(np.asarray(y), {gap})"
    n_known = np.all([targets[:, column] != number for column, number in found.items()], axis=0).sum()
    warn_caller(
        f"{100 * share:.3g}% of {of} are {number:g}, far from all others{more}. {estimator} learns them as any "
        f"other. If that stands for what is not known, {leaving_out(known, n_known if multioutput else None)}"
    )
    return True


def number_for_unknown(column):
    """A number of a column (n,) that stands for what is not known, or None."""
    distinct, counts = np.unique(column, return_counts=True)
    if len(distinct) <= MEASURED:
        return None
    for place, beside in ((-1, -2), (0, 1)):
        number, others = distinct[place].item(), np.delete(distinct, place)
        with np.errstate(over="ignore"):  # of the largest floats
            apart = abs(distinct[place] - distinct[beside])
            if counts[place] >= RECURS and apart > _far_enough(number, others, column):
                return number
    return None


def _far_enough(number, others, column):
    """How far from all ``others``, which are distinct, a number of a column (n,) lies at least if it is chosen.

    Whole numbers have no NaN, so that years that are not known are 0 or -1. But few sales have 0 so far from others.
    """
    if number in (0, -1) and others.min() > 0 and (others % 1 == 0).all() and np.mean(column == number) <= OF_CODE:
        return SPANS_OF_CODE * np.ptp(others)
    if not is_code(number, others):
        return np.inf
    low, high = np.quantile(column[column != number], NEARLY_ALL)
    nearly_all = max(high - low, np.ptp(others) / 2)  # where most are one value, all of these lie apart
    return nearly_all if number < 0 and is_of_nines(number) else SPANS * np.ptp(others)


def refuse_unknown(missing, what, known, argument):
    """Raise ValueError for targets some of which are ``missing``, (n,) or (n, n_outputs), by code that is ``known``."""
    place = np.argwhere(missing)[0]
    where = ", ".join(f"{name} {number}" for name, number in zip(("row", "column"), place))
    rows = missing if missing.ndim == 1 else missing.any(axis=1)
    by_column = missing.ndim == 2 and argument == "y"  # who learns from part of y_val is another question
    rows_known = known if missing.ndim == 1 or by_column else f"{known}.all(axis=1)"
    remedy = leaving_out(rows_known, np.count_nonzero(~rows) if by_column else None, argument)
    raise ValueError(
        f"{what}: in {np.count_nonzero(rows)} of {len(rows)} rows, the first at {where}. {remedy[0].upper()}"
        f"{remedy[1:]}"
    )


def leaving_out(known, n_known=None, argument="y"):
    """What to do, by code for which targets are ``known``: leave out samples, or fit columns of a 2-D y one by one.

    ``n_known`` is how many samples have all columns of a 2-D y, None of others.
    """
    X = argument.replace("y", "X", 1)
    some = f"[x for x, own in zip({X}, known) if own]"
    rows = known if n_known is None else f"{known}.all(axis=1)"
    out = f"leave such samples out: with known = {rows}, pass {X}[known], of a list {some}, and np.asarray({argument})"
    out += "[known]"
    if n_known is None:
        return f"{out}."
    by_one = (
        f"fit one regressor for each column on the samples that have it: [SequenceRegressor().fit({some}, own_y[known])"
        f" for own_y, known in zip(np.asarray({argument}).T, {known}.T)], with X[known] of a frame."
    )
    return f"{out}. Or {by_one}" if n_known else f"no sample has all columns: {by_one}"
