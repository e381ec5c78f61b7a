"""Targets that training cuts as outliers, although they are most of what there is to learn."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.scaling import FAR, REACH
from skseq.exceptions import TrainingWarning

CUT_OFTEN, CUT_MOST = 0.01, 0.5  # of the targets, of which fewer may be glitches, and of their variance
TAIL_OFTEN, TAIL_MOST = 0.005, 0.9  # the same where they go on a long tail
TAIL_FEWEST, TAIL_SUM = 3, 0.05  # targets of such a tail, and the share of the sum, if none is below 0
_FOR_SUMS = (
    " Where sums count, multiply predictions of a fitted model by np.sum(np.asarray(y), axis=0) / "
    "np.sum(model.predict(X), axis=0) of the samples in fit: else they are too low."
)


def warn_if_cut(targets, weights, scale, estimator):
    """Warn where training cuts many of the targets (n, n_outputs), and with them most of what they vary by.

    Two cut targets suffice if as many more lie far out uncut: that is a long tail, not glitches. Three suffice if the
    cut lowers the sum of targets that are never negative, such as money.
    Returns whether it did.
    """
    with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is not found
        numbers = (targets - scale.mean) / scale.deviation
        cut = np.clip(numbers, scale.least, scale.most)
        lost = 1 - variances(cut, weights) / variances(numbers, weights)  # (n_outputs,)
        kept = np.where(cut == numbers, targets, scale.undo(cut))
    sum_lost = _sum_lost(targets, kept, weights)
    shares = np.average(cut != numbers, axis=0, weights=weights)
    others = np.average((cut == numbers) & _is_far(numbers, scale), axis=0, weights=weights)
    n_cut = (cut != numbers).sum(axis=0)
    tail_goes_on = (others >= shares) & (n_cut > 1)
    few = tail_goes_on & (shares > TAIL_OFTEN) & (lost > TAIL_MOST)
    lowers_sum = tail_goes_on & (n_cut >= TAIL_FEWEST) & (sum_lost > TAIL_SUM)
    far = np.flatnonzero(few | lowers_sum | ((shares > CUT_OFTEN) & (lost > CUT_MOST)))
    if far.size == 0:
        return False
    output = far[0]
    own, kept = targets[:, output], kept[:, output]
    bounds = map("{:.4g}".format, np.unique(kept[own != kept]))
    farthest = own[np.argmax(abs(own - kept))]
    is_one = len(np.unique(own[own != kept])) == 1 < np.count_nonzero(own != kept)
    unknown = f"If {farthest:.4g} stands for what is not known, leave such samples out. Else, to" if is_one else "To"
    of_sum = f" and {sum_lost[output]:.0%} of the sum" if sum_lost[output] > TAIL_SUM else ""
    warn_caller(
        f"{estimator} learns {shares[output]:.1%} of {_named(far, targets.shape[1])} as if they were "
        f"{' or '.join(bounds)}: they lie beyond, as far as {farthest:.4g}, and would drown all others. But they make "
        f"up {lost[output]:.0%} of the variance{of_sum}. {unknown} learn them in full, try TransformedTargetRegressor("
        f"{estimator}(..., scale_targets=False), transformer=StandardScaler()) of scikit-learn."
        f"{_logarithm(targets, own)}{_FOR_SUMS if of_sum else ''}",
        TrainingWarning,
    )
    return True


def _is_far(numbers, scale):
    """Whether numbers (n, n_outputs) are further out than counts in the deviation: a span beyond the percentiles."""
    with np.errstate(invalid="ignore"):  # without a span there is no limit
        further = (FAR - REACH) * (scale.most - scale.least) / (1 + 2 * FAR)  # (n_outputs,) from there to the limits
        return (numbers < scale.least + further) | (numbers > scale.most - further)


def _sum_lost(targets, kept, weights):
    """The share (n_outputs,) of the sum of targets (n, n_outputs) that is not kept; 0 where some are negative."""
    with np.errstate(over="ignore", invalid="ignore", divide="ignore"):
        lost = 1 - np.average(kept, axis=0, weights=weights) / np.average(targets, axis=0, weights=weights)
    return np.where(targets.min(axis=0) < 0, 0.0, lost)


def _named(far, n_outputs):
    """The first of the columns of y that are far."""
    if n_outputs == 1:
        return "y"
    others = f", one of {len(far)} such columns of {n_outputs}," if len(far) > 1 else ""
    return f"y[:, {far[0]}]{others}"


def _logarithm(targets, own):
    """What to try where targets (n, n_outputs), with those in question ``own`` (n,), may differ by factors.

    It is taken of all of them; log1p leaves numbers far below 1 as they are. Of targets that are mostly 0, what it
    learns is mostly 0, too.
    """
    if targets.min() < 0 or np.median(own) == 0:
        return ""
    if np.median(own) >= 1:
        pair = "func=np.log1p, inverse_func=np.expm1"
    elif targets.min() > 0:
        pair = "func=np.log, inverse_func=np.exp"
    else:
        pair = "func=np.log1p, inverse_func=np.expm1, of y in a unit in which most are above 1"
    return f" Where relative errors count, not sums, try its {pair}."


def variances(numbers, weights):
    """The variance (n_outputs,) of numbers (n, n_outputs), above 0."""
    mean = np.average(numbers, axis=0, weights=weights)
    return np.average(np.square(numbers - mean), axis=0, weights=weights) + np.finfo(np.float64).tiny
