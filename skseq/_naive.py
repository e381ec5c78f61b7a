"""SeasonalNaive: the last season once more, the forecast that every other one has to beat."""

from __future__ import annotations

from collections.abc import Sequence
from numbers import Integral
from typing import Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, MultiOutputMixin, RegressorMixin
from sklearn.utils.validation import check_is_fitted

from skseq._arguments import brief, check_count
from skseq._base.forecasts.window_regressors import residuals_of
from skseq._data.checks import check_numbers, check_same_samples
from skseq._data.forecasts.conformal import DECILES, check_levels, intervals, paths, sizes_with
from skseq._data.forecasts.conformal import quantiles as quantiles_from
from skseq._data.forecasts.forecast_windows import Windows
from skseq._data.forecasts.window_units import SCALINGS, WindowScaling, last_season, units_of
from skseq._data.number_sequences import read_numbers
from skseq._data.plain import plain
from skseq._docs import DocLinkMixin
from skseq._files import StoredMixin, public
from skseq._of_fit import ParametersOfFitMixin
from skseq._sklearn import Interval, StrOptions, _fit_context
from skseq._typing import Array, ArrayLike, RandomState, SequencesLike
from skseq._whole import fits_whole


@public
class SeasonalNaive(ParametersOfFitMixin, RegressorMixin, MultiOutputMixin, DocLinkMixin, StoredMixin, BaseEstimator):
    """Forecast by repeating the last season, of `m` steps, of every window, or the mean of its last seasons.

    A regressor on windows, whose targets are the steps that follow. `fit` learns only how large the errors of this
    forecast are, for intervals. Its mean absolute error in the past is the unit of the mean absolute scaled error
    (MASE).

    Parameters
    ----------
    m : int or None, default=None
        Steps of a season, for example 12 for months. 1 repeats the last value. None: in a `SeriesForecaster` with a
        ``season`` that one, else 1.

    scaling : {"standard", "mean"} or None, default="standard"
        What errors are measured in before those of several windows are compared, for intervals alone: "standard", the
        deviation of the window; "mean", its mean absolute value; None, the units of y, for windows of one series.

    n_seasons : int, default=1
        Number of last seasons whose mean is repeated; windows must hold as many. 1 repeats the last one itself. With
        more, steps at the same place in a season are averaged: the mean of each calendar month of so many years, or of
        each hour of the week of so many weeks. Where seasons differ by noise alone, as those of rain do, this is hard
        to beat. With ``m=1`` it is a moving average.

    Attributes
    ----------
    horizon_ : int
        Number of steps of y in `fit`, and of a forecast unless `n_steps` says otherwise.

    n_targets_ : int
        Number of targets of each step.

    residuals_ : ndarray of shape (n_samples, `horizon_`, `n_targets_`)
        Errors of the windows of `fit`, or of `conformalize`, measured as `scaling` says. Windows that never move are
        left out, unless all are such. After them intervals are as wide as the errors there were large.

    n_features_in_ : int
        Number of columns of 2-D X, or of features.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names of `X` in `fit`, when it had string names.

    See Also
    --------
    SeriesForecaster : Cuts long series into windows for this and other regressors.
    skseq.metrics.mean_absolute_scaled_error : The error over that of this forecast in the past.

    Notes
    -----
    **Intervals.** They are split conformal: nothing is learnt from y, so the errors of `fit` are those of new windows,
    if windows are exchangeable. Overlapping windows of one series are not, and the next time may be unlike the past.

    **Several features.** The targets are the first columns of X, in the order of y. Others are ignored, and so are
    `X_future` and `X_static`: whatever is written for `SeriesForecaster` with covariates runs with this baseline, too.

    Examples
    --------
    >>> import numpy as np
    >>> from skseq import SeasonalNaive
    >>> naive = SeasonalNaive(m=2).fit([[1.0, 2.0, 3.0, 4.0]], [[3.0, 4.0, 3.0]])
    >>> naive.predict([[5.0, 6.0, 7.0, 9.0]])
    array([[7., 9., 7.]])
    >>> naive.predict([[5.0, 6.0, 7.0, 9.0]], n_steps=5)
    array([[7., 9., 7., 9., 7.]])
    >>> SeasonalNaive(m=2, n_seasons=2).fit([[1.0, 2.0, 3.0, 4.0]], [[3.0, 4.0, 3.0]]).predict([[5.0, 6.0, 7.0, 9.0]])
    array([[6. , 7.5, 6. ]])
    """

    horizon_: int
    n_targets_: int
    residuals_: Array
    _still: tuple[Any, Any] = (0.0, False)  # files of older releases have none
    n_features_in_: int
    feature_names_in_: Array

    _parameter_constraints = {
        "m": [Interval(Integral, 1, None, closed="left"), None],
        "scaling": [StrOptions(set(SCALINGS)), None],
        "n_seasons": [Interval(Integral, 1, None, closed="left")],
    }

    def __init__(
        self, m: int | None = None, *, scaling: Literal["standard", "mean"] | None = "standard", n_seasons: int = 1
    ):
        self.m = m
        self.scaling = scaling
        self.n_seasons = n_seasons

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.regressor_tags.poor_score = True  # of data that are no series
        return tags

    @_fit_context(prefer_skip_nested_validation=True)
    @fits_whole
    def fit(self, X: SequencesLike, y: SequencesLike, *, X_future: Any = None, X_static: Any = None) -> Self:
        """Remember the form of y, and how wrong the forecasts of these windows are.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Windows. A list holds windows of any lengths from a season on.
        y : array-like of shape (n_samples,), (n_samples, horizon) or (n_samples, horizon, n_targets)
            The steps that follow each window.
        X_future : Ignored
            Present so that estimators of windows can be exchanged.
        X_static : Ignored
            Present so that estimators of windows can be exchanged.

        Returns
        -------
        self : SeasonalNaive
            The regressor.

        Raises
        ------
        ValueError
            If a window is shorter than `n_seasons` seasons, or y has more targets than X features.
        """
        targets = self._read_targets(y)
        sequences, self._kind = read_numbers(self, X)
        self._y_ndim = np.ndim(targets)
        self.horizon_ = 1 if targets.ndim == 1 else targets.shape[1]
        self.n_targets_ = targets.shape[2] if targets.ndim == 3 else 1
        self._keep_parameters("m", "scaling", "n_seasons")
        windows = self._windows(sequences)
        self.residuals_, self._still = self._residuals(windows, targets)
        return self

    def predict(
        self, X: SequencesLike, *, X_future: Any = None, X_static: Any = None, n_steps: int | None = None
    ) -> Array:
        """Repeat the last season of every window.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Windows.
        X_future : Ignored
            Present so that estimators of windows can be exchanged.
        X_static : Ignored
            Present so that estimators of windows can be exchanged.
        n_steps : int, default=None
            Number of steps, as many as wanted. None: those of y in `fit`.

        Returns
        -------
        y : ndarray of shape (n_samples,), (n_samples, n_steps) or (n_samples, n_steps, n_targets)
            Forecasts in the form of y in `fit`.
        """
        windows = self._read_windows(X)
        return self._shaped(self._repeat(windows, self._steps(n_steps)))

    def conformalize(self, X: SequencesLike, y: SequencesLike, *, X_future: Any = None, X_static: Any = None) -> Self:
        """Learn the errors for intervals from other windows than those of `fit`.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Windows.
        y : array-like of the form in `fit`
            The steps that follow each window.
        X_future : Ignored
            Present so that estimators of windows can be exchanged.
        X_static : Ignored
            Present so that estimators of windows can be exchanged.

        Returns
        -------
        self : SeasonalNaive
            The regressor.
        """
        windows = self._read_windows(X)
        self.residuals_, self._still = self._residuals(windows, self._read_targets(y))
        return self

    def predict_interval(
        self,
        X: SequencesLike,
        coverage: float | Sequence[float] = 0.9,
        *,
        X_future: Any = None,
        X_static: Any = None,
        n_steps: int | None = None,
    ) -> Array:
        """Forecast lower and upper bounds, step by step.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Windows.
        coverage : float or list of float, default=0.9
            Share of true values that shall lie within the bounds, above 0 and below 1.
        X_future : Ignored
            Present so that estimators of windows can be exchanged.
        X_static : Ignored
            Present so that estimators of windows can be exchanged.
        n_steps : int, default=None
            Number of steps, at most those of y in `fit`.

        Returns
        -------
        bounds : ndarray of shape (n_samples, n_steps, 2) or (n_samples, n_steps, n_targets, 2)
            Lower and upper bounds. A list of coverages adds an axis at the end. Without an axis of steps if y had none.

        Raises
        ------
        ValueError
            If a coverage needs more windows than errors are known of, or `n_steps` is larger than the horizon.
        """
        check_levels("coverage", coverage)
        return self._shaped(intervals(*self._with_sizes(X, n_steps), self.residuals_, coverage))

    def predict_quantiles(
        self,
        X: SequencesLike,
        quantiles: ArrayLike | None = None,
        *,
        X_future: Any = None,
        X_static: Any = None,
        n_steps: int | None = None,
    ) -> Array:
        """Forecast quantiles, step by step.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Windows.
        quantiles : list of float, default=None
            Levels above 0 and below 1. None: the nine deciles.
        X_future : Ignored
            Present so that estimators of windows can be exchanged.
        X_static : Ignored
            Present so that estimators of windows can be exchanged.
        n_steps : int, default=None
            Number of steps, at most those of y in `fit`.

        Returns
        -------
        quantiles : ndarray of shape (n_samples, n_steps, n_quantiles) or (n_samples, n_steps, n_targets, n_quantiles)
            They never cross. Without an axis of steps if y had none.

        Raises
        ------
        ValueError
            If a level needs more windows than errors are known of, or `n_steps` is larger than the horizon.
        """
        levels = DECILES if quantiles is None else quantiles
        check_levels("quantiles", levels)
        return self._shaped(quantiles_from(*self._with_sizes(X, n_steps), self.residuals_, levels))

    def sample_y(
        self,
        X: SequencesLike,
        n_samples: int = 1,
        random_state: RandomState = 0,
        *,
        X_future: Any = None,
        X_static: Any = None,
        n_steps: int | None = None,
    ) -> Array:
        """Draw whole paths: the forecast, plus the errors of a window that was drawn.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Windows.
        n_samples : int, default=1
            Number of paths.
        random_state : int, RandomState instance or None, default=0
            What is drawn. With an int, the paths of a window depend on it and on the place of the window in X, not on
            other windows.
        X_future : Ignored
            Present so that estimators of windows can be exchanged.
        X_static : Ignored
            Present so that estimators of windows can be exchanged.
        n_steps : int, default=None
            Number of steps, at most those of y in `fit`.

        Returns
        -------
        paths : ndarray of shape (n_samples, n_steps, n_paths) or (n_samples, n_steps, n_targets, n_paths)
            Paths. Without an axis of steps if y had none.
        """
        check_count("n_samples", n_samples)
        return self._shaped(paths(*self._with_sizes(X, n_steps), self.residuals_, n_samples, random_state))

    def _read_targets(self, y):
        """y as (n,), (n, horizon) or (n, horizon, n_targets)."""
        if y is None:
            raise ValueError("SeasonalNaive requires y to be passed, but the target y is None.")
        options = {"ensure_2d": False, "allow_nd": True, "input_name": "y"}
        targets = check_numbers(plain(y, "y"), "y", expected="numbers (n_samples, horizon)", **options)
        if not targets.ndim >= 1:
            raise ValueError(f"y must hold targets for every window. Got {brief(y, 80)}.")
        if targets.ndim > 3:
            raise ValueError(f"y must have at most 3 dimensions, (n_samples, horizon, n_targets). Got {targets.shape}.")
        return targets

    def _read_windows(self, X):
        check_is_fitted(self)
        sequences, _ = read_numbers(self, X, kind=self._kind)
        return self._windows(sequences)

    def _windows(self, sequences):
        """`Windows` of sequences, whose padding moves to the front; those that are too short raise ValueError."""
        values, lengths = np.asarray(sequences.values, np.float64), sequences.real_lengths
        m, n_seasons = self._season(), self._n_seasons()
        if lengths.min() < n_seasons * m:
            few = n_seasons == 1
            needs = f"m={m} needs windows of as many" if few else f"n_seasons={n_seasons} of m={m} need {n_seasons * m}"
            raise ValueError(
                f"{needs} timesteps, but X[{lengths.argmin()}] has {lengths.min()}: set a smaller "
                f"{'m' if few else 'n_seasons'}, or give longer windows."
            )
        if values.shape[2] < self.n_targets_:
            raise ValueError(
                f"y has {self.n_targets_} targets, but X {values.shape[2]} feature(s). Expected the past of every "
                "target among the features, in the order of y, before all others."
            )
        steps = np.arange(values.shape[1]) - (values.shape[1] - lengths)[:, None]  # (n, t), below 0 in front
        past = np.take_along_axis(values, np.maximum(steps, 0)[:, :, None], axis=1)
        past[steps < 0] = np.nan
        return Windows(past=past, lengths=lengths, n_targets=self.n_targets_)

    def _repeat(self, windows, n_steps):
        """(n, n_steps, n_targets)"""
        past = windows.past[:, :, : self.n_targets_]
        return last_season(past, self._season(), n_steps, self._n_seasons())

    def _season(self):
        return self._of_fit("m") or 1

    def _n_seasons(self):
        return self._of_fit("n_seasons")

    def _residuals(self, windows, targets):
        """`residuals_of` windows with these targets."""
        check_same_samples(len(windows), len(targets), "X", "y")
        if np.ndim(targets) != self._y_ndim:
            raise ValueError(f"y must have {self._y_ndim} dimension(s), as in fit. Got {np.ndim(targets)}.")
        if targets[0].size != self.horizon_ * self.n_targets_ or np.shape(targets)[1:2] not in ((), (self.horizon_,)):
            raise ValueError(
                f"y must have {self.horizon_} step(s) of {self.n_targets_} target(s), as in fit. Got {targets.shape}."
            )
        errors = targets.reshape(len(windows), self.horizon_, self.n_targets_) - self._repeat(windows, self.horizon_)
        return residuals_of(units_of(windows, self._of_fit("scaling")), errors)[:2]

    @property
    def _own_scaling(self):
        """The `WindowScaling` in which its errors are measured."""
        columns = list(range(self.n_targets_))
        return WindowScaling(kind=self._of_fit("scaling"), season=None, columns=columns, n_targets=len(columns))

    def _with_sizes(self, X, n_steps):
        """Forecasts (n, n_steps, n_targets), and sizes of their windows (n, 1, n_targets)."""
        windows = self._read_windows(X)
        units = units_of(windows, self._of_fit("scaling"))
        return self._repeat(windows, self._steps(n_steps)), sizes_with(units.size, units.moves, self._still)[:, None]

    def _steps(self, n_steps):
        if n_steps is None:
            return self.horizon_
        check_count("n_steps", n_steps)
        return int(n_steps)

    def _shaped(self, forecasts):
        """(n, n_steps, n_targets, ...) with the axes that y had in fit, and with that of several steps."""
        if self._y_ndim == 3:
            return forecasts
        forecasts = forecasts[:, :, 0]
        return forecasts[:, 0] if self._y_ndim == 1 and forecasts.shape[1] == 1 else forecasts
