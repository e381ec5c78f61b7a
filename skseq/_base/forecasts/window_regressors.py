"""Regressors that forecast `Windows`: those that read windows themselves, and any other of scikit-learn.

Both fit on windows and predict (n, n_steps, n_targets). An estimator reads windows if its ``fit`` has the argument
``X_future``. For all others windows are scaled and laid flat: the columns of the past step by step, with past rows of
the known future among them, those of the known future of the whole horizon, and the static ones. What exponential
smoothing forecasts is one more number that is known ahead, in the units of the window.
"""

from dataclasses import dataclass, replace
from math import ceil

import numpy as np
from sklearn.base import BaseEstimator, clone, is_classifier
from sklearn.preprocessing import StandardScaler
from sklearn.utils.validation import has_fit_parameter

from skseq._base.forecasts.distributions import beyond
from skseq._base.forecasts.window_trials import HELD_OUT, MOST, units_that_suit
from skseq._data.forecasts.conformal import calibrated
from skseq._data.forecasts.window_units import (
    scaling_of,
    told_smoothed,
    units_of,
    usual_scaling,
    weights_of_seasons,
    within_reach,
)
from skseq._data.groups import last_groups
from skseq._data.working_memory import some_of
from skseq._whole import undivided

WORTH_IT = 0.9  # of the errors of windows with sizes of their own: what an estimator must leave with common ones


def reads_windows(estimator):
    """Whether an estimator takes windows as they are, with covariates beside them."""
    return has_fit_parameter(estimator, "X_future")


@dataclass(frozen=True, kw_only=True)
class FlatRegressor:
    """A regressor of scikit-learn on windows laid flat, which are scaled as ``scaling`` says."""

    estimator: BaseEstimator
    horizon: int
    scaling: str | None
    season: int | None
    common: np.ndarray | None = None  # (n_targets,), the size of all windows; None: each has its own
    levels: np.ndarray | None = None  # (3, n_targets), as `WindowScaling` has them
    of_seasons: bool = False  # whether a season is told from the mean of all in a window; not so in files of 0.2.0
    covariates: dict | None = None  # of each kind (2, c): means and deviations; None: they are read as they are

    draws_paths = False

    def has_learnt(self, levels):
        """Whether it has learnt quantiles of these levels: it learns none."""
        return False

    def units(self, windows):
        """`Units` of windows."""
        units = self.scaling_of(windows).units(windows.sequences)
        if units.base is None or not self.of_seasons:
            return units
        base = np.empty_like(units.base)  # (n, season, n_targets)
        for length in np.unique(windows.lengths):
            own = windows.lengths == length
            past = windows.past[own, -length:, : windows.n_targets]
            base[own] = np.einsum("sp,npk->nsk", weights_of_seasons(length, self.season), past)
        return replace(units, base=base)

    def with_scaled_covariates(self, windows):
        """The regressor with covariates in deviations from their means in these windows, unless nothing is scaled."""
        if self.scaling is None:
            return self
        parts = {"past": windows.filled[..., windows.n_targets :], "future": windows.future, "static": windows.static}
        given = {name: part for name, part in parts.items() if part is not None and part.shape[-1]}
        return replace(self, covariates={name: _mean_and_deviation(part) for name, part in given.items()})

    def with_seasons(self, windows):
        """The one with a season told from all in a window, if that was nearer in the last fifth, and at the end."""
        if self.season is None:
            return self
        other, first = replace(self, of_seasons=True), windows.groups[:, 0]  # steps from the end, below 0
        own, mean = (np.abs(regressor.units(windows).apply(windows.targets)) for regressor in (self, other))
        later = np.quantile(np.unique(first), 1 - HELD_OUT, method="higher")
        for start in (later, max(later, -self.horizon - self.season)):
            far, near = (errors[first >= start].mean(axis=(0, 1)) for errors in (own, mean))  # (n_targets,)
            if np.mean((near - far) / np.maximum(near + far, np.finfo(float).tiny)) > 0:
                return self  # seasons change
        return other

    def scaling_of(self, windows):
        """Their `WindowScaling`."""
        return scaling_of(windows, self.scaling, self.season, self.common, self.levels)

    def with_units_that_suit(self, windows):
        """The regressor with units in which all windows are better read: `units_that_suit`."""
        masks = last_groups(windows.groups, HELD_OUT)
        parts = None if masks is None else [np.flatnonzero(mask) for mask in masks]
        scaling, units = self.scaling_of(windows), self.units(windows)
        data = (windows.sequences, units, windows.targets, windows.future, windows.static)
        found = units_that_suit(scaling, *data, parts=parts)
        if not found:
            return self
        other = replace(self, scaling=found.pop("kind", self.scaling), **found)
        earlier, later = (windows.take(some_of(part, most)) for part, most in zip(parts, MOST))
        size = units.size.mean(axis=0)
        try:
            own, new = (np.sum(regressor.mean_errors(earlier, later) / size) for regressor in (self, other))
        except ValueError:  # such as of fewer windows than neighbours
            return self
        return other if new < WORTH_IT * own else self  # it may not be for trees, say, which know no line that goes on

    def with_units_of(self, other):
        """The regressor with the units that another one has found."""
        return replace(self, scaling=other.scaling, common=other.common, levels=other.levels)

    def mean_errors(self, earlier, later):
        """Mean absolute errors (n_targets,) of what a clone has learnt of earlier windows, for later ones."""
        trial = replace(self, estimator=clone(self.estimator))
        with undivided():
            trial.fit(earlier)
        return np.abs(later.targets - trial.predict(later, self.horizon)).mean(axis=(0, 1))

    def fit(self, windows):
        """Learn the targets' differences to the reference, in sizes of the window."""
        units = self.units(windows)
        learnt = units.moves.any(axis=1)  # a window that never moved has no size to learn anything in
        learnt = learnt if learnt.any() else slice(None)
        y = units.apply(windows.targets)[learnt]
        y = within_reach(y) if self.scaling and self.common is None else y
        y = y.reshape(len(y), -1)  # (n, horizon * n_targets)
        y = y[:, 0] if y.shape[1] == 1 else y  # many regressors want one target as a vector
        try:
            self.estimator.fit(self._rows(windows, units)[learnt], y)
        except ValueError as error:
            if is_classifier(self.estimator):
                raise ValueError(
                    f"{type(self.estimator).__name__} is a classifier, and could not learn the numbers that follow a "
                    f"window: pass a regressor, such as Ridge. It said: {error}"
                ) from error
            if y.ndim == 2 and "1d array" in str(error):  # what scikit-learn says where a vector is wanted
                name = type(self.estimator).__name__
                raise ValueError(
                    f"{name} forecasts a single number, and horizon={self.horizon} of {windows.n_targets} target(s) "
                    f"asks for {y.shape[1]}: wrap it, MultiOutputRegressor(estimator) of sklearn.multioutput, or set "
                    "horizon=1."
                ) from error
            if self.scaling is not None and "Input contains" in str(error) and _transforms_targets(self.estimator):
                raise ValueError(
                    f"{type(self.estimator).__name__} made no numbers of its targets: these are differences to the "
                    "level of each window, in its own units, and may be negative. Take logarithms of the series, such "
                    "as [np.log(x) for x in X], fit on them with scaling=None and no TransformedTargetRegressor, and "
                    f"take np.exp of forecasts. It said: {error}"
                ) from error
            raise

    def predict(self, windows, n_steps):
        """(n, n_steps, n_targets), beyond the horizon `in_blocks`."""
        return in_blocks(self._predict_block, windows, self.future_steps(n_steps), self.horizon)[:, :n_steps]

    def future_steps(self, n_steps):
        """How many steps of X_future a forecast reads: whole blocks."""
        return ceil(n_steps / self.horizon) * self.horizon

    def _predict_block(self, windows, n_steps):
        units = self.units(windows)
        predicted = np.asarray(self.estimator.predict(self._rows(windows, units)), np.float64)
        return units.undo(predicted.reshape(len(windows), self.horizon, windows.n_targets))

    def _rows(self, windows, units):
        """(n, window * c + horizon * c_future + c_static): targets in units of their windows, others in their own."""
        k, filled = windows.n_targets, windows.filled
        past = np.concatenate([units.standardised(filled[..., :k]), self._scaled("past", filled[..., k:])], axis=2)
        future, static = self._scaled("future", windows.future), self._scaled("static", windows.static)
        parts = (past, future, self._told(units, windows.smoothed), static)
        return np.concatenate([part.reshape(len(part), -1) for part in parts if part is not None], axis=1)

    def _scaled(self, kind, part):
        """Covariates of a kind in deviations from their means."""
        if not self.covariates or kind not in self.covariates:
            return part
        mean, deviation = self.covariates[kind]
        return (part - mean) / deviation

    def _told(self, units, smoothed):
        """Smoothed forecasts in the units of their windows, or None."""
        own_sizes = self.scaling is not None and self.common is None
        return None if smoothed is None else told_smoothed(units, smoothed, cut=own_sizes)


@dataclass(frozen=True, kw_only=True)
class WindowRegressor:
    """An estimator that reads windows as they are, such as `Seq2SeqRegressor`; ``scaling`` is that of its errors.

    ``season`` is that of the units in which smoothed forecasts are told.
    """

    estimator: BaseEstimator
    horizon: int
    scaling: str | None = "standard"
    season: int | None = None

    def scaling_of(self, windows):
        """The `WindowScaling` in which its errors are measured: its own, if it has one."""
        if hasattr(self.estimator, "_own_scaling"):
            return self.estimator._own_scaling
        return scaling_of(windows, self.scaling)

    def fit(self, windows):
        """Fit, with the steps of the targets as groups if the estimator has any use for them."""
        groups = {"groups": windows.groups} if has_fit_parameter(self.estimator, "groups") else {}
        self.estimator.fit(windows.inputs(), _shaped(windows.targets), **self._beside(windows), **groups)

    def predict(self, windows, n_steps):
        """(n, n_steps, n_targets), `in_blocks` beyond the horizon if the estimator ends there."""
        if not self.ends_at_horizon:
            return self._predict_block(windows, n_steps)
        return in_blocks(self._predict_block, windows, n_steps, self.horizon)

    @property
    def ends_at_horizon(self):
        """Whether the estimator forecasts no further: a direct decoder, that of `Seq2SeqRegressor`."""
        return self.estimator.get_params(deep=False).get("decoder") == "direct"

    def has_learnt(self, levels):
        """Whether the estimator has learnt quantiles of these levels, which are each window's own."""
        known = np.atleast_1d(self.estimator.get_params(deep=False).get("quantiles", ())) if self._of_quantiles else ()
        return self._of_distribution or (len(known) > 0 and not beyond(known, levels))

    @property
    def draws_paths(self):
        """Whether it draws paths from what it has learnt, and not each step of quantiles by itself."""
        return self._of_distribution or (self._of_quantiles and not self.ends_at_horizon)

    @property
    def _of_distribution(self):
        return hasattr(self.estimator, "predict_distribution")

    @property
    def _of_quantiles(self):
        return self.estimator.get_params(deep=False).get("loss") == "quantile"

    def _predict_block(self, windows, n_steps):
        return self.ask("predict", windows, n_steps)

    def ask(self, method, windows, n_steps, **arguments):
        """What a method returns, with an axis of targets: (n, n_steps, n_targets, ...)."""
        steps = {} if n_steps == self.horizon else {"n_steps": n_steps}
        found = getattr(self.estimator, method)(windows.inputs(), **arguments, **self._beside(windows), **steps)
        found = np.asarray(found, np.float64)
        further = 1 if windows.n_targets == 1 else 2  # (n, n_steps) and, with several targets, another axis
        return found.reshape(len(windows), n_steps, windows.n_targets, *found.shape[1 + further :])

    def future_steps(self, n_steps):
        """How many steps of X_future a forecast reads."""
        return n_steps

    def _beside(self, windows):
        """Arguments that say what is known besides the past; smoothed forecasts are the last columns of X_future."""
        told = [windows.future, self._smoothed(windows)]
        told = [own for own in told if own is not None]
        given = {"X_future": np.concatenate(told, axis=2) if told else None, "X_static": windows.static}
        return {name: value for name, value in given.items() if value is not None}

    def _smoothed(self, windows):
        """What smoothing forecasts (n, n_steps, n_targets), on the scale of the window unless all have one; or None."""
        if windows.smoothed is None:
            return None
        kind = self.estimator.get_params(deep=False).get("scaling", "auto")
        units = units_of(windows, kind if kind is None else usual_scaling(self.season), self.season)
        return told_smoothed(units, windows.smoothed, cut=kind is not None)


def in_blocks(forecast, windows, n_steps, horizon):
    """``forecast(windows, n)`` of n steps up to the horizon, and of blocks behind it, each of which reads those before.

    Returns (n_windows, n_steps, n_targets).
    """
    blocks = []
    for start in range(0, n_steps, horizon):
        windows = windows.followed_by(blocks[-1]) if blocks else windows
        n = min(horizon, n_steps - start)
        blocks.append(forecast(windows.until(n), n))
    return np.concatenate(blocks, axis=1)


def residuals_of(units, errors):
    """What `calibrated` says of windows with errors like these (n, horizon, n_targets), without rows that have none.

    The third is the row (n,) that each window has there, or -1.
    """
    residuals, still = calibrated(units.with_least(1.0).divide(errors), units.with_least(1.0).size, units.moves)
    known = np.isfinite(residuals).all(axis=(1, 2))
    return residuals[known], still, np.where(known, np.cumsum(known) - 1, -1)


def _transforms_targets(estimator):
    from sklearn.compose import TransformedTargetRegressor  # only now: it imports much else

    parts = [estimator, *estimator.get_params().values()]
    return any(isinstance(part, TransformedTargetRegressor) for part in parts)


def _mean_and_deviation(part):
    """Those of every column of (n, ..., c): (2, c), with 1 for the deviation of a constant."""
    scaler = StandardScaler().fit(part.reshape(-1, part.shape[-1]))
    return np.stack([scaler.mean_, scaler.scale_])


def _shaped(targets):
    """(n, horizon) or (n, horizon, n_targets)"""
    return targets[:, :, 0] if targets.shape[2] == 1 else targets
