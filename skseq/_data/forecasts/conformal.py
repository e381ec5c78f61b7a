"""Split conformal forecasts: what residuals of forecasts that a fit has not seen say of new ones, step by step.

Residuals are (n, horizon, n_targets), in sizes of their window, and NaN where a target has no such step.

V. Vovk, A. Gammerman and G. Shafer, "Algorithmic Learning in a Random World", Springer 2005; the index is that of J.
Lei et al., "Distribution-Free Predictive Inference for Regression", JASA 113 (2018) 1094-1111, algorithm 2.
"""

import numpy as np

from skseq._arguments import as_random_state
from skseq._data.uniforms import uniforms

DECILES = tuple(round(0.1 * tenth, 1) for tenth in range(1, 10))


class NotCalibratedError(ValueError):
    """Errors of forecasts that a fit has not seen are needed, and none are known."""


class TooFewWindowsError(ValueError):
    """``what`` asks for the errors of ``needed`` windows, but ``n`` are known."""

    def __init__(self, message, what=None, needed=None, n=None):  # copies get the message alone
        super().__init__(message)
        self.what, self.needed, self.n = what, needed, n


# --- forecasts (n, n_steps, n_targets) and the sizes (n, 1, n_targets) of their windows -------------------------------


def intervals(predicted, sizes, residuals, coverage):
    """Bounds (n, n_steps, n_targets, 2), for a list of coverages (..., 2, n_coverages)."""
    check_steps(predicted.shape[1], residuals.shape[1])
    widths = np.stack([half_widths(residuals, level) for level in np.atleast_1d(coverage)], axis=-1)
    reach = sizes[..., None] * widths[: predicted.shape[1]]  # (n, n_steps, n_targets, n_coverages)
    bounds = np.stack([predicted[..., None] - reach, predicted[..., None] + reach], axis=-2)
    return bounds[..., 0] if np.ndim(coverage) == 0 else bounds


def quantiles(predicted, sizes, residuals, levels):
    """Quantiles (n, n_steps, n_targets, n_levels)."""
    check_steps(predicted.shape[1], residuals.shape[1])
    return predicted[..., None] + sizes[..., None] * quantiles_of(residuals, levels)[: predicted.shape[1]]


def paths(predicted, sizes, residuals, n_samples, random_state, rows=None):
    """Whole paths (n, n_steps, n_targets, n_samples), each with the residuals of a row that `rows_drawn` gives."""
    n_steps = predicted.shape[1]
    check_steps(n_steps, residuals.shape[1])
    drawn = rows_drawn(residuals, len(predicted), n_samples, random_state, rows)
    errors = np.moveaxis(residuals[:, :n_steps][drawn], 1, -1)  # (n, n_steps, n_targets, n_samples)
    return predicted[..., None] + sizes[..., None] * errors


def interval_scores(truth, low, high, coverage):
    """Widths, plus 2 / (1 - coverage) times the distance of what lies outside (Winkler 1972)."""
    outside = np.maximum(low - truth, 0) + np.maximum(truth - high, 0)
    return high - low + 2 / (1 - coverage) * outside


# --- what residuals say -----------------------------------------------------------------------------------------------


def half_widths(residuals, coverage):
    """The ceil((n + 1) coverage)-th smallest absolute residual of every step, (horizon, n_targets)."""
    return _ranked(np.abs(residuals), coverage, _up, f"coverage={coverage:g}", coverage)


def quantiles_of(residuals, levels):
    """Quantiles (horizon, n_targets, n_levels) of the residuals, towards the outside: they never cross."""
    found = [
        _ranked(residuals, level, _up if level >= 0.5 else _down, f"the quantile {level:g}", max(level, 1 - level))
        for level in levels
    ]
    return np.stack(found, axis=-1)


def _ranked(residuals, level, rounded, what, coverage):
    """The (n + 1) level-th smallest of the n residuals of every step that are not NaN, (horizon, n_targets)."""
    counts = np.isfinite(residuals).sum(axis=0)
    ranks = rounded((counts + 1) * level)
    if (ranks < 1).any() or (ranks > counts).any():
        raise _too_few(counts.min(), what, coverage)
    return np.take_along_axis(np.sort(residuals, axis=0), ranks[None] - 1, axis=0)[0]  # NaN comes last


def rows_drawn(residuals, n, n_samples, random_state, rows=None):
    """Rows (n, n_samples) of residuals that lack nothing, drawn for each of the n by its place alone.

    ``rows`` (n, n_origins) has those of each at the same origins, -1 where it has none. Then all draw the same origins,
    and each has its own row there, or else one of any.
    """
    whole = np.isfinite(residuals).all(axis=(1, 2))
    if not whole.any():
        raise ValueError("No window of X that moves has all steps of the horizon: calibrate with some that do.")
    seed = int(as_random_state(random_state).randint(np.iinfo(np.int32).max))
    of_any, of_origins = np.moveaxis(uniforms(seed, n, 2, n_samples, np.float64), 1, 0)  # (n, n_samples)
    drawn = np.flatnonzero(whole)[(of_any * whole.sum()).astype(int)]
    if rows is None:
        return drawn
    own = rows[:, (of_origins[0] * rows.shape[1]).astype(int)]
    return np.where((own >= 0) & whole[own], own, drawn)


def times_as_wide(residuals, rows):
    """How many times as widely sums over series spread as if each drew a time of its own; 1 if few times are known.

    ``rows`` (n_series, n_origins) as in `rows_drawn`; times at which some series have none do not count.
    """
    whole = (rows >= 0).all(axis=0)
    if whole.sum() < rows_needed(0.9):
        return 1.0
    errors = residuals[rows[:, whole]]  # (n_series, n_origins, horizon, n_targets)
    apart = errors.var(axis=1).sum()
    return float(np.sqrt(errors.sum(axis=0).var(axis=0).sum() / apart)) if apart > 0 else 1.0


def rows_needed(coverage):
    """The smallest n with ceil((n + 1) coverage) <= n."""
    return max(1, int(_up(coverage / (1 - coverage))))


def calibrated(scores, sizes, moves):
    """Residuals of n windows, and what they say of windows that never move: see `sizes_with`.

    ``scores`` (n, horizon, n_targets) are errors in ``sizes`` (n, n_targets); ``moves`` (n, n_targets) says which sizes
    are a window's own. A window of zeros, as between two sales, has none: the residuals are those of the others, NaN
    stands for its own, and its size is such that the mean square of its errors is that of the others. Of a target that
    never moves anywhere all errors stay, in the size that was given to its windows.
    """
    alone = ~moves.any(axis=0)
    kept = moves | alone
    residuals = np.where(kept[:, None], scores, np.nan)
    still = [_size_of_still(*of_target) for of_target in zip(scores.T, sizes.T, kept.T)]
    return residuals, (np.array(still), alone)


def sizes_with(sizes, moves, still):
    """Sizes (n, n_targets) of windows, and for those that never move what stands for it (n_targets,).

    ``still`` has that, and which targets are `calibrated` by such windows alone: of others nothing is known then.
    """
    of_still, alone = still
    if (moves & alone).any():
        raise ValueError(
            "Errors are known after windows that never move, and of no other, but X holds one that does move: "
            "calibrate with windows that move, too."
        )
    return np.where(moves, sizes, of_still)


def _size_of_still(scores, sizes, kept):
    """One number, by scores (horizon, n), sizes and which of them are kept (n,), of one target."""
    after_still, usual = np.square(scores * sizes)[:, ~kept], np.square(scores[:, kept])
    known = np.isfinite(after_still).any() and np.nansum(usual) > 0
    return np.sqrt(np.nanmean(after_still) / np.nanmean(usual)) if known else np.median(sizes[kept])


# --- errors -----------------------------------------------------------------------------------------------------------


def check_levels(argument, levels):
    """Coverages and quantiles are above 0 and below 1."""
    try:
        inside = np.size(levels) > 0 and np.ndim(levels) < 2 and all(0 < level < 1 for level in np.atleast_1d(levels))
    except (TypeError, ValueError):  # no numbers, or lists of several lengths
        inside = False
    if not inside:
        raise ValueError(f"{argument} must be above 0 and below 1. Got {levels!r}: 90 percent is 0.9.")


def check_ascending(argument, levels):
    """Levels above 0 and below 1, each larger than the one before."""
    check_levels(argument, levels)
    if (np.diff(np.atleast_1d(levels)) <= 0).any():
        raise ValueError(f"{argument} must be levels in ascending order. Got {levels!r}.")


def check_steps(n_steps, horizon):
    """Errors are known of the steps of the horizon alone."""
    if n_steps > horizon:
        raise ValueError(
            f"n_steps={n_steps} is more than the horizon of {horizon} steps whose errors are known: fit and calibrate "
            "with a longer horizon, or forecast fewer steps."
        )


def _up(number):
    return np.ceil(np.round(number, 9)).astype(int)  # 10 * 0.9 may be a little more than 9


def _down(number):
    return np.floor(np.round(number, 9)).astype(int)


def _too_few(n, what, coverage):
    needed = rows_needed(coverage)
    return TooFewWindowsError(
        f"{what} needs at least {needed} windows for calibration. Got {n}: calibrate with more windows or series, or "
        "ask for less.",
        what,
        needed,
        int(n),
    )
