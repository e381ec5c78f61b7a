"""Split conformal prediction, step by step: how far off forecasts are that a fit has not seen."""

import numpy as np


def check_coverage(coverage):
    """Coverages as an array (n_coverages,), and whether there was but one; others than in (0, 1) raise ValueError."""
    levels = np.atleast_1d(np.asarray(coverage, np.float64))
    if levels.ndim != 1 or not len(levels) or not ((levels > 0) & (levels < 1)).all():
        raise ValueError(f"coverage must be a number in (0, 1), such as 0.9, or a list of them. Got {coverage!r}.")
    return levels, np.ndim(coverage) == 0


def half_widths(scores, coverage):
    """Half widths (h, k) of intervals that cover the truth with this probability, step by step.

    scores (n, h, k) are distances of n forecasts from the truth, NaN where there is none. Of the n absolute scores of a
    step it is the ceil((n + 1) coverage)-th smallest (Vovk et al. 2005; Lei et al. 2018, equation 2).
    """
    counts = np.isfinite(scores).sum(axis=0)  # (h, k)
    ranks = np.ceil((counts + 1) * coverage - 1e-9).astype(int)  # not one more for a rounded product
    if (ranks > counts).any():
        needed = int(np.ceil(coverage / (1 - coverage) - 1e-9))
        step = int(np.argmax((ranks > counts).any(axis=1)))
        raise ValueError(
            f"coverage={coverage:g} needs at least {needed} calibration samples for every step, but step {step + 1} "
            f"has {counts[step].min()}: pass more to conformalize, raise calibration_fraction, or lower the coverage."
        )
    ordered = np.sort(np.abs(scores), axis=0)  # NaN comes last
    return np.take_along_axis(ordered, ranks[None] - 1, axis=0)[0]


def score_quantiles(scores, levels):
    """Quantiles (h, k, n_levels) of the signed scores of every step."""
    return np.moveaxis(np.nanquantile(scores, levels, axis=0), 0, -1)


def drawn_scores(scores, uniform):
    """Whole rows of scores, as uniform numbers (n,) say: errors of one forecast belong together."""
    whole = scores[np.isfinite(scores).all(axis=(1, 2))]
    if not len(whole):
        raise ValueError("No calibration sample has all steps of the horizon: pass such to conformalize.")
    return whole[(np.asarray(uniform) * len(whole)).astype(int)]
