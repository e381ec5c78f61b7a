"""Numbers of which a density is learnt, and that are most likely symbols, codes or flags, or never change."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.mistakes.limits import LOOKED_AT, OFTEN, SOME

FEW_FRACTIONS = 10  # distinct values of symbols, such as durations: more may well be rounded readings
FEW_CODES = 5  # distinct integers beside measurements: more may well be counts


def warn_if_constant(numbers, flags):
    """Warn where features of real steps (n_steps, f) never change, of which, unlike flags, a density is learnt."""
    never = np.flatnonzero(numbers.min(axis=0) == numbers.max(axis=0))
    constant = np.setdiff1d(never, flags).tolist()
    if constant:
        warn_caller(_constant(constant, numbers))


def _constant(constant, numbers):
    first, *others = constant
    more = f", and features {', '.join(map(str, others))} do not change, either" if others else ""
    without = f"leave {'them' if others else 'it'} out, [np.delete(x, {constant}, axis=1) for x in map(np.asarray, X)]"
    remedy = without if len(constant) < numbers.shape[1] else "nothing else is left to learn"
    return (
        f"Feature {first} of X is {numbers[0, first]:g} at every timestep{more}. The density of a constant "
        f"has no bound, so that likelihoods tell of little else, and samples scatter around it: {remedy}."
    )


def warn_if_symbols(numbers, univariate):
    """Warn where real steps (n_steps, f) are most likely symbols, such as notes, or hold codes, such as those of a pen.

    A feature that holds two values may be drawn by its probability, so one at least has more.
    """
    some = numbers[: 50 * LOOKED_AT]
    distinct = [np.unique(feature) for feature in some.T]
    if all(map(_may_be_symbols, distinct)):
        _warn_of_symbols(some, max(map(len, distinct)), univariate)
    elif any(len(values) > SOME and (values % 1 != 0).any() for values in distinct):
        _warn_of_codes_beside(some, distinct)


def _warn_of_codes_beside(some, distinct):
    codes = [k for k, values in enumerate(distinct) if _may_be_codes(values, len(some))]
    flags = [k for k, values in enumerate(distinct) if _may_be_flag(values, some[:, k])]
    if codes:
        _warn_of_codes(codes[0], distinct[codes[0]])
    if flags:
        _warn_of_flag(flags[0], distinct[flags[0]])


def _may_be_symbols(distinct):
    return len(distinct) <= (FEW_FRACTIONS if (distinct % 1 != 0).any() else SOME)


def _may_be_codes(distinct, n_steps):
    """Whether these are 0, 1, 2, ... or 1, 2, 3, ..., but few."""
    in_order = distinct[0] in (0, 1) and (np.diff(distinct) == 1).all()
    return in_order and 2 < len(distinct) <= FEW_CODES and n_steps >= OFTEN * len(distinct)


def _may_be_flag(distinct, feature):
    """Whether these are two codes of a flag, 1 and 2, -a and a, or 0 and a, that both occur often; 0 and 1 are read."""
    if len(distinct) != 2 or (distinct % 1 != 0).any() or tuple(distinct) == (0, 1):
        return False
    low, high = distinct
    often = min(np.count_nonzero(feature == low), np.count_nonzero(feature == high)) >= OFTEN
    return often and (low in (0, -high) or (low, high) == (1, 2))


def _warn_of_symbols(some, n_distinct, univariate):
    if n_distinct <= 2 or len(some) < OFTEN * n_distinct:
        return
    if not univariate and len(np.unique(some, axis=0)) > len(some) / 2:  # steps that hardly recur are no symbols
        return
    remedy = "" if univariate else " and [list(map(tuple, np.asarray(x).tolist())) for x in X]"
    warn_caller(
        f"X holds at most {n_distinct} distinct numbers per feature, but is read as measurements: samples "
        f"lie between them. If timesteps are symbols, such as notes, pass source_type='tokens'{remedy}. Set "
        "source_type='numeric' to read them as measurements without this warning."
    )


def _warn_of_codes(feature, distinct):
    values = distinct.astype(int).tolist()
    warn_caller(
        f"Feature {feature} of X holds {', '.join(map(str, values))} alone, but is read as a measurement: "
        "samples lie between them. If these are codes, such as the states of a pen, pass a column of 0 and 1 for each: "
        f"[np.column_stack([np.delete(x, {feature}, axis=1), np.equal.outer(x[:, {feature}], {values})]) for x in "
        "map(np.asarray, X)]. Set source_type='numeric' to read measurements without this warning."
    )


def _warn_of_flag(feature, distinct):
    low, high = distinct.astype(int).tolist()
    warn_caller(
        f"Feature {feature} of X holds {low} and {high} alone, but is read as a measurement: samples lie "
        "between them. If it is a flag, such as whether a pen is lifted, make 0 and 1 of it: "
        f"[np.column_stack([x[:, :{feature}], x[:, {feature}] == {high}, x[:, {feature + 1}:]]) for x in "
        "map(np.asarray, X)]. Set source_type='numeric' to read measurements without this warning."
    )
