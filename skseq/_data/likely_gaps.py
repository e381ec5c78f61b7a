"""Numbers that most likely stand for what was not measured, such as 999: what to do with them."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.likely_padding import STEPS_LOOKED_AT

OFTEN, AT_LEAST = 0.01, 10  # share of the readings, and how many: fewer may be outliers
MOSTLY = 0.5  # share from which such a number is what is usual
MEASURED = 20  # distinct other numbers: fewer may be counts or codes


def warn_if_one_stands_for_gaps(sequences, argument):
    """Warn where one number of `Sequences` of numbers recurs, far from all others of its feature."""
    if sequences.values.ndim != 3:
        return
    n_samples = max(1, STEPS_LOOKED_AT // int(np.prod(sequences.values.shape[1:])))
    some = np.asarray(sequences.values[:n_samples])[sequences.mask[:n_samples]]  # (n_steps, f)
    for feature, readings in enumerate(some.T):
        found = number_of_gaps(readings)
        if found is None:
            continue
        number, share = found
        of = f" of feature {feature}" if some.shape[1] > 1 else ""
        warn_caller(
            f"{share:.0%} of the numbers{of} in {argument} are {number:g}, farther from all others than these lie "
            f"apart. If {number:g} stands for what was not measured, put NaN in its place, such as [np.where(np.equal("
            f"x, {number!r}), np.nan, x) for x in np.asarray({argument})] of an array, or of a list without "
            "np.asarray. Then fill in by skseq.preprocessing.SequenceImputer(add_indicator=True) in a pipeline.",
            UserWarning,
        )
        return


def number_of_gaps(readings):
    """(number, share of the readings (n,)) of a number that stands for gaps, or None; 0 may well be measured."""
    distinct, counts = np.unique(readings, return_counts=True)
    if len(distinct) <= MEASURED:
        return None
    for place, beside in ((-1, -2), (0, 1)):
        others = np.delete(distinct, place)
        share = counts[place] / len(readings)
        recurs = distinct[place] != 0 and counts[place] >= AT_LEAST and OFTEN <= share < MOSTLY
        with np.errstate(over="ignore"):  # of the largest floats
            apart = abs(distinct[place] - distinct[beside]) > others[-1] - others[0]
        if recurs and apart:
            return distinct[place].item(), float(share)
    return None
