"""SeriesForecaster: forecasts of long series by any regressor on windows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from math import ceil
from numbers import Integral
from typing import Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, MetaEstimatorMixin, clone
from sklearn.utils.validation import check_is_fitted

from skseq._arguments import Count, as_score, check_count, check_switch, refuse_tables
from skseq._base.diagnosis.fit_checks import Diagnosis
from skseq._base.diagnosis.learnt_intervals import warn_if_learnt_are_better
from skseq._base.diagnosis.worse_than_naive import warn_if_worse_than_naive
from skseq._base.forecasts.series_forecasts import SeriesForecastsMixin
from skseq._base.forecasts.targets_apart import warn_if_better_apart
from skseq._base.forecasts.window_regressors import FlatRegressor, WindowRegressor, reads_windows, residuals_of
from skseq._base.random_states import with_random_states
from skseq._callers import warn_caller
from skseq._data.forecasts.conformal import DECILES
from skseq._data.forecasts.error_sizes import error_units, sizes_by_errors
from skseq._data.forecasts.forecast_windows import last_origins, training_origins
from skseq._data.forecasts.known_series import KnownSeries
from skseq._data.forecasts.linear_part import are_few
from skseq._data.forecasts.series import read_series
from skseq._data.forecasts.window_choice import WindowChoice
from skseq._data.forecasts.window_units import SCALINGS, sizes_of_series, usual_scaling
from skseq._data.mistakes.numbers.clocks_as_values import warn_if_series_restart
from skseq._data.mistakes.numbers.gap_codes import warn_of_gap_codes
from skseq._data.mistakes.numbers.other_units import warn_of_units
from skseq._data.mistakes.numbers.outliers import warn_of_outliers
from skseq._data.mistakes.numbers.still_series import warn_if_still
from skseq._data.mistakes.numbers.unlikely_seasons import warn_if_no_season
from skseq._data.mistakes.tables.counted_rows import warn_if_rows_are_counted
from skseq._data.mistakes.tables.likely_series import warn_if_one_series
from skseq._data.mistakes.targets.angles import warn_if_series_are_angles
from skseq._data.mistakes.targets.ignored_targets import warn_if_beside_series
from skseq._data.mistakes.times.calendar_codes import warn_of_codes
from skseq._data.mistakes.times.clock_changes import warn_if_clock_changes
from skseq._data.mistakes.times.other_steps import warn_if_steps_differ
from skseq._data.mistakes.times.unix_times import warn_of_unix_times
from skseq._docs import DocLinkMixin
from skseq._files import StoredMixin, public
from skseq._losses import COUNTS
from skseq._naive import SeasonalNaive
from skseq._of_fit import ParametersOfFitMixin
from skseq._sklearn import HasMethods, Interval, StrOptions, _fit_context, available_if
from skseq._typing import Array, ArrayLike, RandomState, Scoring, SequencesLike
from skseq._whole import undivided
from skseq.metrics import mean_absolute_scaled_error
from skseq.metrics._by_name import scorer_of

SEASONS = ("season", "m")  # parameters of estimators that read windows: of `Seq2SeqRegressor`, of `SeasonalNaive`
BESIDE_VARIANCE = {"r2": "r2_score", "explained_variance": "explained_variance_score"}  # names and functions
COUNT = Interval(Integral, 1, None, closed="left")  # where more than there are means all of them
FEWEST_SMOOTHED = 10  # series: weights that are learnt of a few know their past already
N_SEASONS = 8  # whose mean is told elsewhere: eight days hold the same day of the week before
MOST_SMOOTHED = 12  # steps of a season: with months it pays, of ten hourly series it did not
LAST_WINDOWS, MANY_WINDOWS = 96, 20_000  # with max_windows="auto": of each series at least, and of all


def _diagnoses(forecaster):
    """Whether the estimator of windows tells what its fit shows."""
    return forecaster.estimator is None or hasattr(getattr(forecaster, "estimator_", forecaster.estimator), "diagnose")


@public
class SeriesForecaster(
    SeriesForecastsMixin, ParametersOfFitMixin, MetaEstimatorMixin, DocLinkMixin, StoredMixin, BaseEstimator
):
    """Forecast long series by a regressor on their windows.

    The forecaster cuts series into windows, and its regressor learns the `horizon` steps that follow each window.
    `predict` forecasts the steps after the last window of every series, of those in `fit` or of others like them. Any
    regressor of scikit-learn can be used. It reads each window on a scale of its own, so it can learn from series of
    all sizes together.

    Parameters
    ----------
    estimator : estimator, default=None
        A regressor that takes y of shape (n_windows, horizon), such as `Ridge` or
        ``MultiOutputRegressor(HistGradientBoostingRegressor())``, or a pipeline that ends in one. It is cloned,
        so every fit begins anew, also with ``warm_start=True``. None: ``Seq2SeqRegressor(loss="quantile",
        scaling=scaling, season=season, random_state=random_state)``, whose points are medians.

    window : int, default=None
        Number of steps that are read before a forecast. None: two horizons, or two seasons if these are longer, and at
        least 14. The season is that of this forecaster or of `estimator` (`season`, or `m` of `SeasonalNaive`, with
        `n_seasons` of them). A window is never longer than the shortest series allows; `fit` warns if this takes more
        than half of the window from most others. It is also shortened, but not below a season, until there are as many
        windows as steps in each, and until those of the longest series begin at every phase of the season: 69 monthly
        values give 26 windows of 26 steps with a horizon of 18, not 16 of 36, and series of 36 give windows of 19 with
        a horizon of 6, whose targets then are of all months.

    stride : int, default=1
        Number of steps from the start of a window to the start of the next in `fit`, counted backwards from the end of
        each series. Windows that calibrate may be a multiple apart.

    horizon : int, default=1
        Number of steps to forecast.

    max_windows : int, "auto" or None, default="auto"
        Largest number of windows per series; the last ones are taken. None: all. Fewer windows may forecast better if
        series have changed with time, and then no long series outweighs the others. "auto": 96, or more if all series
        together would have fewer than 20,000 windows.

    min_window : int, default=None
        Smallest length of a window. A series that is too short for a whole window then gives one shorter window in
        `fit`, and can be forecast from it at `predict`. Regressors that know no windows read its mean in place of the
        missing steps. None: series that are too short raise an error.

    scaling : {"auto", "difference", "standard", "mean"} or None, default="auto"
        What the default estimator and regressors that know no windows read, and learn, of the targets in a window:
        "standard", (x - mean) / deviation; "difference", (x - mean) / size, which is the mean absolute difference from
        the step one `season` before, or from the last step without one, as `Seq2SeqRegressor` has it; "mean", x / mean
        absolute value; None, x itself, for series of one level. With a season, None learns the difference to it in the
        units of x. All are learnt from the window alone. "auto": "difference" with a season, else "standard". Any other
        `estimator` that reads windows has a parameter of its own for it. Regressors that know no windows read
        covariates in deviations from their means in `fit`, and as they are with None.

        With "auto" and `X_past` or `X_future`, the size is the mean of all windows, not that of the window, if this
        suits them better. If a covariate has its effect in the units of the series, as rain has on a river, that effect
        is another one in sizes of each window. "mean" is tried, too, for covariates that raise a series by a share, as
        promotions raise sales. Without a season, one level and one size for all windows are tried: short windows do not
        show how far a series is from where it always comes back to. Windows beyond the levels of those in fit are then
        read as if they were at the nearest one, and a warning tells of far ones. The last fifth of the windows decides:
        in the other units, a linear model must have at most 0.8 times the errors of windows in their own, and of
        repeating the last value, and `estimator` at most 0.9 times those of the first.

    season : int, default=None
        Steps of a season, for example 12 for months. Regressors that know no windows then learn the difference to the
        last season instead of that to the level. Where the mean of all seasons in a window, on the level of the last,
        was nearer to what followed the last fifth of all windows, and the very last ones, they learn the difference to
        that, of all targets. An estimator that reads windows has a parameter of its own for it, which counts: of
        `SeasonalNaive` it is this one by default. Besides, a window has two seasons by default, and `score` compares
        with the seasonal naive forecast.

    calibration_windows : int, default=0
        Number of windows per series whose errors calibrate intervals, quantiles and samples. `fit` then fits twice: a
        first regressor that sees no step from the targets of the earliest of them on, for its errors there, and
        `estimator_`, which learns from all windows. Warnings come from both. Where the last windows are less than a
        fifth of those of a series, as many are spread over this fifth, some multiple of `stride` apart, since errors of
        a few weeks say little of another time of the year. If the fifth is less than a year, and errors differ by time
        of the year, hold out one: 365 windows of days. The shortest series that holds out all of them decides. A
        shorter one holds out fewer or none, so that one window is left to learn from. At least one series must be long
        enough for all of them. More windows give surer intervals, as long as enough others are left for the first
        regressor: from few it learns little, and intervals are too wide. Quantiles that were learnt stay as they are,
        and a warning says where these were far better there, because errors are larger after some windows than after
        others. 0 holds out none. Then there are intervals only if the estimator has its own, as the default one does.
        These are learnt from training windows, so they may be too narrow for later steps. With ``stride=1`` windows
        begin at all phases of `season`, so each step of the horizon has errors of all phases, such as hours of the day.
        If errors differ by phase, and you forecast always from the same one, set ``stride=season``. Of solar power
        forecast at midnight, intervals of 80 % then held 0.76 from 10 to 14 o'clock, and 0.54 before.

    exponential_smoothing : bool or "auto", default="auto"
        Whether the regressor is also told what exponential smoothing of the whole past of a series forecasts, which its
        window alone does not show: the Theta method [2]_, which is simple exponential smoothing with half of the slope
        so far as drift [3]_, with an additive season. The winner of the M4 competition combined smoothing and networks
        in another way [4]_. A regressor that knows no windows reads `horizon` more numbers, in the units of the window.
        To an estimator that reads windows they are the last columns of ``X_future``, in sizes of the window, from its
        mean or its last season on. Then pass whole series to `predict`, not only their ends, of which it warns. "auto":
        for `Seq2SeqRegressor` where its parameters allow for a linear model (a direct decoder, and no loss of counts),
        if it has a season of at most 12 steps, and there are at least 10 series. They must have 500 windows, or ten for
        each number in a window if these are fewer.

    n_seasons : int, "auto" or None, default="auto"
        Number of last seasons of whose mean the regressor is also told, step by step, such as the mean of each hour of
        the week of so many weeks; as many as there are before a window. It is told in place of exponential smoothing,
        as that is, and then `predict` needs series of as many seasons. Where seasons differ mostly by noise, such a
        mean is nearer than what a window of two seasons shows. On half-hourly demand, hourly traffic and sea
        temperatures, errors of the network fell by 5, 1 and 8 % with 8. None: of none. "auto": 8 where smoothing is not
        told, under the same conditions, but of any number of series and with any season.

    random_state : int, RandomState instance or None, default=None
        Decides all that is random in the fit of the regressor. It is passed to the default estimator. Of an `estimator`
        that is given, it draws every parameter named `random_state`, also of estimators within. None leaves these as
        they are.

    Attributes
    ----------
    estimator_ : estimator
        The regressor, fitted on all windows. With `exponential_smoothing` or `n_seasons` it asks for what these tell
        in ``X_future`` or, if it knows no windows, in columns: `predict` of the forecaster gives it that.

    window_ : int
        Number of steps of a window.

    series_ : tuple of ndarray of shape (n_timesteps, n_targets)
        The last `window_` steps of every series of `fit`, from which ``predict()`` forecasts. No more is kept, but for
        the level, slope and season of each at its end with `exponential_smoothing`, and the mean of its last seasons
        with `n_seasons`.

    residuals_ : ndarray of shape (n_windows, horizon, n_targets), or None
        Errors of the first of two fits, in the windows that were held out from it, in a size for each. That is the
        geometric mean of the size of the window, as `scaling` says, and of that of its series: its mean (seasonal)
        difference, or with "mean" its mean absolute value. The more windows of a series are held out, the more its size
        is drawn to how large the errors there are, so that a series that is hard to forecast widens the intervals of
        others less. An estimator that reads windows has its own scaling, or deviations. With ``scaling=None``, or one
        size for all windows, errors are counted in that alone. Windows that never move, as of zeros between two sales,
        are left out, unless all are such; after them intervals are as wide as the errors there were large. None without
        calibration.

    n_series_in_ : int
        Number of series in `fit`.

    n_windows_ : int
        Number of windows that `estimator_` was fitted on.

    n_features_in_ : int
        Number of columns of 2-D X, or of targets.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names of 2-D `X` in `fit`, when it had string names.

    See Also
    --------
    SeasonalNaive : The forecast to beat, for ``estimator=``.
    skseq.preprocessing.from_long : Takes frames of (id, time, value) apart into series.
    skseq.preprocessing.SlidingWindows : Cuts windows alone.

    Notes
    -----
    **Series.** Rows of a 2-D array are series of one target, and a 3-D array is (n_series, n_timesteps, n_targets).
    After `fit`, 2-D X has as many columns. A list holds series of any lengths: arrays (n_timesteps,) or (n_timesteps,
    n_targets), Series or frames. A single array is ``[series]``. A single series with times is passed as it is: a
    pandas Series or DataFrame with an index of times or periods, or a polars DataFrame with a column of times. Times
    must ascend with a regular step, such as an hour, a business day or the end of a quarter. Series to forecast have
    the step of `fit`, or one that is nearly as long, as 30 days are a month. Forecasts have the times that follow.

    **Covariates.** X_future is read twice: its rows of the steps to come, and, like X_past, those beside every step of
    a window, which tell what made the values there. Columns that are in X_past, too, are not read again. So series
    other than those of `fit` need X_future from their start on.

    **Estimators that read windows** are those whose ``fit`` has the argument ``X_future``. They get windows (n_windows,
    window[, n_targets + columns of X_past and X_future]) in the units of the series, and covariates of the steps to
    come beside them. If ``fit`` has the argument ``groups``, too, it gets (n_windows, 2): the first and the last step
    of the targets of each window, counted from the end of its series, -1 for the last step. So `Seq2SeqRegressor` holds
    out the last steps of all series for early stopping, and learns from no window whose targets reach into them. All
    others get one row of numbers per window: its steps with their covariates, the rows of X_future over the whole
    horizon, and X_static. The windows of constant series have no size: they are not learnt from, and forecasts go on
    with their value.

    **Beyond the horizon.** With ``n_steps`` larger than `horizon`, forecasts are read by the regressor as the past of
    the next block. Errors add up, and there are no intervals, quantiles or samples of such steps. An estimator that
    reads windows and has no such end, as ``Seq2SeqRegressor(decoder="recursive")``, is asked for all steps itself.

    **Intervals** without `calibration_windows` are those of the estimator: the quantiles that the default one learns
    reach to 90 %. With `calibration_windows` they are split conformal: half the width is the
    ceil((n + 1) coverage)-th smallest absolute error of the n held-out windows at the same step, in the sizes of
    `residuals_`. They cover as promised if windows are exchangeable. Held-out windows of one time are not, so they may
    hold far less of another time of the year, see `calibration_windows`. Intervals are around forecasts of
    `estimator_`, which has learnt from more windows than the regressor with these errors, and is mostly better. Without
    a penalty it can be far worse where it has about as many windows as columns, so prefer `Ridge` to
    `LinearRegression`. How large errors were is known of the series of `fit` alone, which are known in X by names that
    tell all apart in both, or by ids of `from_long`. Of others, all steps of X alone tell their size. Pass whole series
    of either.
    `predict_quantiles` gives the quantiles that the estimator has learnt, and those of errors beyond. `sample_y` adds
    errors to the forecast, unless the estimator has learnt a distribution, or quantiles with a recursive decoder.

    **Selection.** `score` needs no y, so searches compare forecasters with any splitter over series: ``KFold`` tests
    series that the fit has not seen. For one series with times, ``TimeSeriesSplit`` cuts X in time, and `score`
    reads the test part alone, which must hold a window and a horizon. `backtest` judges forecasts of later steps of the
    same series, right behind those of the fit.

    References
    ----------
    .. [1] J. Lei, M. G'Sell, A. Rinaldo, R. J. Tibshirani and L. Wasserman, "Distribution-Free Predictive Inference for
       Regression", Journal of the American Statistical Association 113 (2018) 1094-1111, algorithm 2.
    .. [2] V. Assimakopoulos and K. Nikolopoulos, "The theta model: a decomposition approach to forecasting",
       International Journal of Forecasting 16 (2000) 521-530.
    .. [3] R. J. Hyndman and B. Billah, "Unmasking the Theta method", International Journal of Forecasting 19 (2003)
       287-290.
    .. [4] S. Smyl, "A hybrid method of exponential smoothing and recurrent neural networks for time series
       forecasting", International Journal of Forecasting 36 (2020) 75-85.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import Ridge
    >>> from skseq import SeriesForecaster
    >>> waves = [10 * size + size * np.sin(np.arange(n) * np.pi / 6) for size, n in [(1, 80), (300, 60), (20, 100)]]
    >>> forecaster = SeriesForecaster(Ridge(1e-3), horizon=3, season=12, calibration_windows=6).fit(waves)
    >>> forecaster.predict().round(1)
    array([[   9.1,    9. ,    9.1],
           [3000. , 3150. , 3259.8],
           [ 217.3,  210. ,  200. ]])
    >>> forecaster.predict([waves[0][:50] * 7]).round(1)  # a series that it has not seen
    array([[76.1, 77. , 76.1]])
    >>> forecaster.predict_interval(coverage=0.8).shape
    (3, 3, 2)

    Times in, times out:

    >>> import pandas as pd
    >>> months = pd.Series(waves[0], pd.date_range("2020-01-31", periods=80, freq="ME"))
    >>> forecaster.fit(months).predict().round(1)
    2026-09-30    9.1
    2026-10-31    9.0
    2026-11-30    9.1
    Freq: ME, dtype: float64
    """

    estimator_: Any
    window_: int
    series_: tuple[Array, ...]
    residuals_: Array | None
    _still: tuple[Any, Any] = (0.0, False)  # files of older releases have none
    _held_out_windows: Array | None = None  # (n_series, n_origins), -1 for none; files of older releases have none
    _held_out_stride: int | None = None  # steps from each of them to the next; `stride` in files of older releases
    _places: Array | None = None  # the row of `residuals_` that each of them has, or -1
    _size_factors: Array | None = None  # (n_series, n_targets): what errors make of sizes of series; not in old files
    _error_scaling: Any = None  # the `WindowScaling` of errors; files of older releases have none
    _season_of_sizes: int | None = None  # of whole series; None in files of older releases, whose errors know of none
    n_series_in_: int
    n_windows_: int
    n_features_in_: int
    feature_names_in_: Array

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict"]), None],
        "window": [COUNT, None],
        "stride": [Count()],
        "horizon": [Count()],
        "max_windows": [COUNT, StrOptions({"auto"}), None],
        "min_window": [COUNT, None],
        "scaling": [StrOptions({"auto", "difference", *SCALINGS}), None],
        "season": [COUNT, None],
        "calibration_windows": [Count(0)],
        "exponential_smoothing": ["boolean", StrOptions({"auto"})],
        "n_seasons": [COUNT, StrOptions({"auto"}), None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator: Any = None,
        *,
        window: int | None = None,
        stride: int = 1,
        horizon: int = 1,
        max_windows: int | Literal["auto"] | None = "auto",
        min_window: int | None = None,
        scaling: Literal["auto", "difference", "standard", "mean"] | None = "auto",
        season: int | None = None,
        calibration_windows: int = 0,
        exponential_smoothing: bool | Literal["auto"] = "auto",
        n_seasons: int | Literal["auto"] | None = "auto",
        random_state: RandomState = None,
    ):
        self.estimator = estimator
        self.window = window
        self.stride = stride
        self.horizon = horizon
        self.max_windows = max_windows
        self.min_window = min_window
        self.scaling = scaling
        self.season = season
        self.calibration_windows = calibration_windows
        self.exponential_smoothing = exponential_smoothing
        self.n_seasons = n_seasons
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags

    @_fit_context(prefer_skip_nested_validation=False)
    def fit(
        self,
        X: SequencesLike,
        y: Any = None,
        *,
        X_past: SequencesLike | None = None,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
    ) -> Self:
        """Cut the series into windows and fit the regressor on them.

        Parameters
        ----------
        X : array-like of shape (n_series, n_timesteps) or (n_series, n_timesteps, n_targets), list, Series or DataFrame
            Series, see Notes of the class. NaN is refused.
        y : Ignored
            Present for API consistency: the targets are the series' own next steps. A y with an entry for every step of
            X is warned of: then one of the two is most likely a covariate of the other.
        X_past : array-like or list, default=None
            Covariates that are known up to now only, a row for every step: one array (n_timesteps,) or (n_timesteps,
            n_columns) per series, or an array of all. Rows that follow the end of a series are not read: where an
            indicator is published two steps before the series, pass ``X_past.shift(-2).dropna()`` of pandas, so that
            each window has its latest values.
        X_future : array-like or list, default=None
            Covariates that are known ahead, a row for every step from the start of each series on. Rows that follow its
            end are kept for ``predict()``. Frames with times are looked up by time.
        X_static : array-like of shape (n_series, n_columns), default=None
            Numbers that belong to whole series. Categories must be encoded. Rows of a frame of pandas are looked up by
            name, if its index holds the names of the series, such as those of pandas Series, or the ids that
            `from_long` gave them, where these are strings. Else they are in the order of `X`.

        Returns
        -------
        self : SeriesForecaster
            The forecaster.

        Raises
        ------
        ValueError
            If X is not as described, holds NaN or irregular times, if a series is too short, or a covariate lacks
            steps. The forecaster then is as it was before.
        KeyboardInterrupt
            After Ctrl-C in the fit of the twin whose errors `calibration_windows` ask for: it comes first. The
            forecaster then is as it was before. In the fit of `estimator_` that follows, a network keeps what it has
            learnt, beside errors of a whole twin.

        Warns
        -----
        UserWarning
            Of a single value that stands far out of its series, such as an error of typing, of numbers such as -999
            that recur far from all others, of a level that changes a
            hundredfold at one step, such as from kW to MW, of series whose times have different steps, such as an hour
            and ten minutes, of frames of covariates with rows between most steps, such as months beside quarters, of
            series that do not move, or not in their last window though they moved before, of a
            clock that is put forward or back near their end, of times such as 202252, behind which there is no week
            202253, of a season of networks that series do not repeat, of forecasts of `calibration_windows` that are
            worse than the last value once more, of an `estimator` with ``warm_start=True``, and of forms of X that are
            most likely meant in another way.
        """
        _warn_if_warm(self.estimator)
        fitted = clone(self)  # so that an error leaves this forecaster as it was
        fitted.random_state = self.random_state  # a RandomState goes on from fit to fit
        is_told = warn_if_rows_are_counted(X)
        series, fitted._kind = read_series(fitted, X, season=self._window_choice().held_season)
        if fitted._kind == "columns" and not series.is_one and not is_told:
            warn_if_one_series(X, np.stack(series.values), "X", side_by_side=True)
        warn_if_beside_series(series, X, y)
        warn_if_steps_differ(series)
        angle = warn_if_series_are_angles(series)
        warn_of_codes(series, self.horizon)
        warn_of_unix_times(series)
        warn_if_series_restart(series)
        known = KnownSeries.read(series, X_past, X_future, X_static)
        if not is_told:  # a number of a row lies far from its steps
            warn_of_gap_codes(known)
            warn_of_outliers(known, but=angle)  # which jumps from one end to the other
            warn_of_units(series)
        fitted._fit(known)
        warn_if_still(series, fitted.window_)
        warn_if_clock_changes(series, self.horizon, fitted._season_of_sizes)
        vars(self).pop("feature_names_in_", None)  # of an earlier fit on a table with names
        vars(self).update(vars(fitted) | self.get_params(deep=False))
        return self

    def predict(
        self,
        X: SequencesLike | None = None,
        *,
        n_steps: int | None = None,
        X_past: SequencesLike | None = None,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
    ) -> Array | Any:
        """Forecast the steps that follow each series.

        Parameters
        ----------
        X : array-like, list, Series or DataFrame, default=None
            Series to forecast, in a form that `fit` reads; they need not be those of `fit`. None: those of `fit`.
        n_steps : int, default=None
            Number of steps. None: `horizon`. More are forecast block by block.
        X_past : array-like or list, default=None
            Covariates of `X`, as in `fit`.
        X_future : array-like or list, default=None
            Rows from the start of `X` on to the last of the steps to come, one entry (n_rows, n_columns) per series. If
            X is None, rows (n_steps, n_columns) of the steps to come are enough, and None are those of `fit`. Frames
            with times are looked up by time. Regressors that know no windows read the rows of whole horizons, also
            where `n_steps` is fewer.
        X_static : array-like of shape (n_series, n_columns), default=None
            Numbers that belong to series of `X`, as in `fit`.

        Returns
        -------
        y : ndarray of shape (n_series, n_steps) or (n_series, n_steps, n_targets), or list
            Forecasts. Of series with times a list of Series or frames with the times that follow; of a single series
            without a list around it, its forecast alone.

        Raises
        ------
        ValueError
            If a series is shorter than a window, if its times have another step than those of `fit`, or if a covariate
            lacks steps.

        Warns
        -----
        UserWarning
            Of a single value in the last windows that stands far out of its series, of numbers such as -999 that recur
            far from all others, of series that are most likely the ends of longer ones, with `exponential_smoothing`
            or `n_seasons`, and, by regressors that know no windows, of series far shorter than any window in `fit`, if
            most are.
        """
        refuse_tables(n_steps=n_steps)
        known = self._known_of(X, X_past, X_future, X_static)
        return known.series.like(self._predict(known, self._steps(n_steps)))

    def predict_interval(
        self,
        X: SequencesLike | None = None,
        coverage: float | Sequence[float] = 0.9,
        *,
        n_steps: int | None = None,
        X_past: SequencesLike | None = None,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
    ) -> Array | Any:
        """Forecast lower and upper bounds of the steps that follow each series.

        Parameters
        ----------
        X : array-like, list, Series or DataFrame, default=None
            Series to forecast, in a form that `fit` reads; they need not be those of `fit`. None: those of `fit`.
        coverage : float or list of float, default=0.9
            Share of true values that shall lie within the bounds, step by step, above 0 and below 1.
        n_steps : int, default=None
            Number of steps. None: `horizon`. With `residuals_` or a direct decoder at most `horizon`.
        X_past : array-like or list, default=None
            Covariates of `X`, as in `fit`.
        X_future : array-like or list, default=None
            Rows from the start of `X` on to the last of the steps to come, one entry (n_rows, n_columns) per series. If
            X is None, rows (n_steps, n_columns) of the steps to come are enough, and None are those of `fit`. Frames
            with times are looked up by time. Regressors that know no windows read the rows of whole horizons, also
            where `n_steps` is fewer.
        X_static : array-like of shape (n_series, n_columns), default=None
            Numbers that belong to series of `X`, as in `fit`.

        Returns
        -------
        bounds : ndarray of shape (n_series, n_steps, 2) or (n_series, n_steps, n_targets, 2), or list
            Lower and upper bounds; a list of coverages adds an axis at the end. In frames columns "lower" and "upper",
            of several targets or coverages combined with these.

        Raises
        ------
        ValueError
            If nothing was calibrated and the estimator has no intervals itself, or none as wide as the coverage needs;
            if fewer windows were held out than it needs: 9 for 0.9, 19 for 0.95.
        """
        refuse_tables(coverage=coverage, n_steps=n_steps)
        known = self._known_of(X, X_past, X_future, X_static, "coverage")
        bounds = self._interval(known, coverage, self._steps(n_steps))
        labels = [["lower", "upper"], *([] if np.ndim(coverage) == 0 else [list(coverage)])]
        return known.series.like(bounds, labels)

    def predict_quantiles(
        self,
        X: SequencesLike | None = None,
        quantiles: ArrayLike | None = None,
        *,
        n_steps: int | None = None,
        X_past: SequencesLike | None = None,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
    ) -> Array | Any:
        """Forecast quantiles of the steps that follow each series.

        Parameters
        ----------
        X : array-like, list, Series or DataFrame, default=None
            Series to forecast, in a form that `fit` reads; they need not be those of `fit`. None: those of `fit`.
        quantiles : list of float, default=None
            Levels above 0 and below 1. None: the nine deciles.
        n_steps : int, default=None
            Number of steps. None: `horizon`. With `residuals_` or a direct decoder at most `horizon`.
        X_past : array-like or list, default=None
            Covariates of `X`, as in `fit`.
        X_future : array-like or list, default=None
            Rows from the start of `X` on to the last of the steps to come, one entry (n_rows, n_columns) per series. If
            X is None, rows (n_steps, n_columns) of the steps to come are enough, and None are those of `fit`. Frames
            with times are looked up by time. Regressors that know no windows read the rows of whole horizons, also
            where `n_steps` is fewer.
        X_static : array-like of shape (n_series, n_columns), default=None
            Numbers that belong to series of `X`, as in `fit`.

        Returns
        -------
        quantiles : ndarray of shape (n_series, n_steps, n_quantiles), or list
            With several targets (n_series, n_steps, n_targets, n_quantiles). They never cross. In frames one column
            per level, of several targets combined with these.

        Raises
        ------
        ValueError
            If nothing was calibrated and the estimator has no quantiles itself, or none so far out; if fewer windows
            were held out than a level needs.
        """
        refuse_tables(quantiles=quantiles, n_steps=n_steps)
        known = self._known_of(X, X_past, X_future, X_static, "quantiles")
        levels = DECILES if quantiles is None else quantiles
        return known.series.like(self._quantiles(known, levels, self._steps(n_steps)), [list(levels)])

    def sample_y(
        self,
        X: SequencesLike | None = None,
        n_samples: int = 1,
        random_state: RandomState = 0,
        *,
        n_steps: int | None = None,
        X_past: SequencesLike | None = None,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
    ) -> Array | Any:
        """Draw whole paths of the steps that follow each series.

        With `residuals_`, a path is the forecast plus the errors of a held-out window. Of the series of `fit`, where
        there are 9 `calibration_windows` or more, a draw is one time, the same for all series, and each has its own
        errors of the window that ended then. So sums over series spread as their errors do, be these independent or
        shared. Series are taken to end at the same time. X holds the series of `fit`, perhaps with more steps, or some
        of them, if all have names of their own there and here, such as those of pandas Series, and each name of X was
        in `fit`; without such names, if X has as many in the order of `fit`, each of which holds half of the window
        that `fit` kept of it. Of other X, or with fewer windows, each series draws from all errors by itself, and sums
        over series that move together spread too little. A warning says so of other X, if sums over series of `fit`
        spread 1.5 times as much. Another says where held-out windows overlap so much that they hold fewer than eight
        horizons: sums over steps then spread too little.

        Without `residuals_`, the estimator draws the paths; beyond the outermost quantiles that it learns, 5 and 95 %
        by default, they have exponential tails, a guess that gives rarer events a probability.

        Parameters
        ----------
        X : array-like, list, Series or DataFrame, default=None
            Series to forecast, in a form that `fit` reads; they need not be those of `fit`. None: those of `fit`.
        n_samples : int, default=1
            Number of paths.
        random_state : int, RandomState instance or None, default=0
            What is drawn. With an int, the paths of a series depend on it and on the place of the series in X.
        n_steps : int, default=None
            Number of steps. None: `horizon`. With `residuals_` or a direct decoder at most `horizon`.
        X_past : array-like or list, default=None
            Covariates of `X`, as in `fit`.
        X_future : array-like or list, default=None
            Rows from the start of `X` on to the last of the steps to come, one entry (n_rows, n_columns) per series. If
            X is None, rows (n_steps, n_columns) of the steps to come are enough, and None are those of `fit`. Frames
            with times are looked up by time. Regressors that know no windows read the rows of whole horizons, also
            where `n_steps` is fewer.
        X_static : array-like of shape (n_series, n_columns), default=None
            Numbers that belong to series of `X`, as in `fit`.

        Returns
        -------
        paths : ndarray of shape (n_series, n_steps, n_samples) or (n_series, n_steps, n_targets, n_samples), or list
            Paths. In frames one column per path.

        Raises
        ------
        ValueError
            If nothing was calibrated and the estimator draws no paths itself.

        Warns
        -----
        PathWarning
            If sums over steps, or over series of X that are not those of `fit`, will spread too little.
        """
        refuse_tables(n_samples=n_samples, random_state=random_state, n_steps=n_steps)
        known = self._known_of(X, X_past, X_future, X_static, "n_samples")
        paths = self._paths(known, n_samples, random_state, self._steps(n_steps))
        return known.series.like(paths, [list(range(n_samples))])

    def score(
        self,
        X: SequencesLike,
        y: Any = None,
        *,
        X_past: SequencesLike | None = None,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
    ) -> float:
        """Return minus the MASE of the steps `y` that follow each series, or of the last `horizon` steps of each.

        Parameters
        ----------
        X : array-like, list, Series or DataFrame
            Series, those of `fit` or others. Of series of `fit`, the regressor has learnt from the steps that it is
            asked for.
        y : array-like of shape (n_series,), (n_series, n_steps) or (n_series, n_steps, n_targets), list, Series or \
                DataFrame, default=None
            The steps that follow `X`, as many of each series; of a single series without a list around it, these
            alone. None: the last `horizon` steps of `X` are forecast from those before.
        X_past : array-like or list, default=None
            Covariates of `X`, as in `fit`.
        X_future : array-like or list, default=None
            Covariates of `X`, a row for every step that is read or forecast.
        X_static : array-like of shape (n_series, n_columns), default=None
            Numbers that belong to series of `X`, as in `fit`.

        Returns
        -------
        score : float
            Minus `skseq.metrics.mean_absolute_scaled_error` with ``m=season``, or 1. Series that do not move before
            the steps that are forecast are left out.

        Raises
        ------
        ValueError
            If a series is too short, or if `y` has not as many steps of every series and target.
        """
        if X is None:
            raise ValueError("score needs X: fit keeps no more than the last window of every series.")
        known = self._known_of(X, X_past, X_future, X_static, None)
        if y is None:
            return self._last_tested(known)["score"]
        self._check_long_enough(known.series.lengths, self._least_window())
        truth = known.series.truth_of(y)
        return -self._mase(known, known.series.lengths, truth, self._predict(known, truth.shape[1]))

    def backtest(
        self,
        X: SequencesLike,
        *,
        n_windows: int = 1,
        step: int | None = None,
        refit: bool = False,
        scoring: Scoring = None,
        coverage: float | Sequence[float] | None = None,
        X_past: SequencesLike | None = None,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
    ) -> dict[str, Array]:
        """Forecast the last steps of every series from several origins, with fits on earlier steps alone.

        It needs no `fit` and changes nothing.

        Parameters
        ----------
        X : array-like, list, Series or DataFrame
            Series. Those without times are taken to end at the same time. A `UserWarning` says if times tell otherwise:
            the fits have then seen later steps of others than those that they forecast of series that end early.
        n_windows : int, default=1
            Number of origins per series. The last one is `horizon` steps before the end.
        step : int, default=None
            Number of steps from origin to origin. None: `horizon`, so that no step is forecast twice.
        refit : bool, default=False
            Whether to fit before every origin, on all steps before it. False fits once, on the steps before the first
            origin; later forecasts then read newer windows.
        scoring : str, callable, list, dict or None, default=None
            How the forecasts from one origin are judged, as in `cross_validate`, for example by one of
            `skseq.metrics.FORECAST_SCORERS`. None: as `score`. Of several series, "r2" and "explained_variance" are
            beside the variance across these, step by step, as a warning says: take such scores of "y_true" and
            "y_pred", series by series.
        coverage : float or list of float, default=None
            Adds bounds of this coverage to the result.
        X_past : array-like or list, default=None
            Covariates, as in `fit`.
        X_future : array-like or list, default=None
            Covariates, as in `fit`.
        X_static : array-like of shape (n_series, n_columns), default=None
            Numbers that belong to whole series, as in `fit`.

        Returns
        -------
        results : dict of str to ndarray
            "origin", the number of the first step that was forecast, (n_windows, n_series), and "origin_time", if all
            series have times, in UTC where they have a zone; "y_true" and "y_pred", (n_windows, n_series, horizon) or
            (n_windows, n_series, horizon, n_targets); "y_interval" with two bounds on top, with `coverage`; "score",
            (n_windows,), or "score_<metric>" for several.

        Raises
        ------
        ValueError
            If a series is too short for a window before the first origin, or if a score is no number.
        """
        self._validate_params()
        step = self.horizon if step is None else step
        check_count("n_windows", n_windows)
        check_count("step", step)
        check_switch("refit", refit)
        forecaster = clone(self)
        series, forecaster._kind = read_series(forecaster, X, season=self._window_choice().held_season)
        _warn_if_some_end_earlier(series)
        warn_if_steps_differ(series)
        known = KnownSeries.read(series, X_past, X_future, X_static).aligned()
        warn_of_gap_codes(known)
        origins = np.stack(
            [last_origins(length, self.horizon, n_windows, step) for length in series.lengths], axis=1
        )  # (n_windows, n_series)
        choice = self._window_choice()
        least, held_out = choice.least + self.horizon, int(choice.n_held_out(self.calibration_windows))
        least += held_out if origins.min(axis=0).max() < least + held_out else 0  # the longest must calibrate
        self._check_origins(series, origins, least)
        scorer = None if scoring is None else scorer_of(forecaster, scoring)
        _warn_if_scored_across(scoring, len(series))
        found = []
        for number, ends in enumerate(origins):
            before = known.until(ends)
            if refit or number == 0:
                forecaster._fit(before)
            before = replace(before, **forecaster._known.told)
            found.append(forecaster._tested(known, before, ends, scorer, coverage))
        results = {name: np.stack([own[name] for own in found]) for name in found[0]}
        return {"origin": origins, **self._origin_times(series, origins), **results}

    # --- what went wrong ----------------------------------------------------------------------------------------------

    @available_if(_diagnoses)
    def diagnose(self) -> Diagnosis:
        """Print a table of what the last fit of `estimator_` shows of itself: all that it warns of.

        Returns
        -------
        diagnosis : tuple
            As ``diagnose`` of `Seq2SeqRegressor` gives it.
        """
        check_is_fitted(self)
        return self.estimator_.diagnose()

    # --- fit ----------------------------------------------------------------------------------------------------------

    def _fit(self, known):
        """Train on all windows. Errors are those of a twin that has not seen the last ones."""
        lengths, choice = known.series.lengths, self._window_choice()
        self.window_ = choice.n_steps(lengths, as_columns=self._kind == "columns")
        self._keep_parameters("horizon", "season", "min_window", "calibration_windows", "stride")
        known = self._with_past(known, choice.held_season)
        estimator, known_beside = self._new_estimator(known), known.aligned()
        self._season_of_sizes = choice.held_season
        self.residuals_ = self._held_out_windows = self._places = self._error_scaling = sizes = None
        self._size_factors = self._held_out_stride = None
        self._still, twin = (0.0, False), None
        if self.calibration_windows:
            held_out = choice.spread(lengths, self.window_, self._least_window())
            n_calibrating = held_out.n_calibrating(lengths, self._least_window())
            earlier = self._training_windows(known_beside, lengths - held_out.n_held_out(n_calibrating))
            with undivided():  # a twin of half the epochs has other errors
                twin = self._fitted(clone(estimator), earlier)
            self._held_out_stride = held_out.stride
            sizes = self._calibrate(twin, known_beside, n_calibrating, n_learnt=len(earlier))
        windows = self._training_windows(known_beside, lengths)
        judge = None if reads_windows(estimator) else estimator  # networks take long
        warn_if_better_apart(windows, known.series, self.horizon, self.season, judge)
        if "season" in estimator.get_params(deep=False):  # regressors that know no windows do better with one here
            warn_if_no_season(windows, [len(own) for own in self._training_origins(lengths)], choice.held_season)
        self.estimator_, self._regressor_in_fit = estimator, self._fitted(estimator, windows, twin)
        self.n_windows_ = len(windows)
        self.n_series_in_ = len(known.series)
        self._known = replace(known.for_forecasts(self.window_), sizes=sizes)
        self.series_ = self._known.series.values

    def _new_estimator(self, known):
        if self.estimator is None:
            from skseq._regressor import Seq2SeqRegressor  # only now: estimators load when they are used

            estimator = Seq2SeqRegressor(
                loss="quantile", scaling=self.scaling, season=self.season, random_state=self.random_state
            )
        else:
            estimator = with_random_states(clone(self.estimator), self.random_state)
        own = estimator.get_params(deep=False)
        if isinstance(estimator, SeasonalNaive) and estimator.m is None:
            estimator.set_params(m=self.season)
        if own.get("target_features") == "auto":
            estimator.set_params(target_features=list(range(known.series.n_targets)))  # they stand first
        alone = known.smoothing is not None and known.past is known.future is None
        if alone and own.get("scaling") == "auto" and own.get("loss") not in COUNTS:
            estimator.set_params(scaling=usual_scaling(own.get("season")))  # smoothing is no covariate to change it
        return estimator

    def _window_choice(self):
        name, season = self._season_of_windows()
        held = max(1, int(season)) if isinstance(season, Integral) else 1  # others are the estimator's to judge
        return WindowChoice(
            horizon=self.horizon,
            window=self.window,
            min_window=self.min_window,
            stride=self.stride,
            calibration_windows=self.calibration_windows,
            season=self.season,
            held_season=held,
            held_season_name=name,
            n_seasons=self._n_seasons(),
            flat=self._is_flat(),
        )

    def _with_past(self, known, season):
        """`KnownSeries` that tell windows of what was before them, as asked, and by default where this pays."""
        pays = season > 1 and self._learns_linear_of_many(known)
        smooths, n_seasons = self.exponential_smoothing, self.n_seasons
        if smooths == "auto":
            pays_smoothing = pays and len(known.series) >= FEWEST_SMOOTHED and season <= MOST_SMOOTHED
            smooths = pays_smoothing and n_seasons in ("auto", None)
        if n_seasons == "auto":
            n_seasons = N_SEASONS if pays and not smooths else None
        if smooths and n_seasons is not None:
            raise ValueError(
                f"exponential_smoothing=True and n_seasons={n_seasons} exclude each other. Expected one of them: the "
                "regressor is told what the one forecasts, or the other."
            )
        return replace(known, smoothing=season if smooths or n_seasons else None, n_seasons=n_seasons)

    def _learns_linear_of_many(self, known):
        """Whether the regressor is a network that may have a linear model, and windows are not few for that."""
        if not (self.estimator is None or getattr(self.estimator, "_may_have_linear", False)):
            return False
        n_windows = sum(map(len, self._training_origins(known.series.lengths)))
        return not are_few(n_windows, self.window_ * known.columns[0].shape[1])

    def _season_of_windows(self):
        """Name and value of the parameter with the season of windows: of an estimator that reads windows its own."""
        if self.estimator is None or self._is_flat():
            return "season", self.season
        own = self.estimator.get_params(deep=False)
        name = next((name for name in SEASONS if name in own), None)
        if name is None:
            return "season", None
        is_open = isinstance(self.estimator, SeasonalNaive) and own[name] is None
        return ("season", self.season) if is_open else (name, own[name])

    def _n_seasons(self):
        """How many seasons every window must hold; 1 also where the estimator is to refuse another number."""
        asked = self.estimator.n_seasons if isinstance(self.estimator, SeasonalNaive) else 1
        return max(1, int(asked)) if isinstance(asked, Integral) else 1

    def _is_flat(self):
        return self.estimator is not None and not reads_windows(self.estimator)

    def _training_origins(self, ends):
        """Those of the windows of every series, each in an array."""
        least = self._least_window()
        most = max(LAST_WINDOWS, ceil(MANY_WINDOWS / len(ends))) if self.max_windows == "auto" else self.max_windows
        return [
            training_origins(end, self.window_, self.horizon, stride=self.stride, max_windows=most, min_window=least)
            for end in ends
        ]

    def _training_windows(self, known, ends):
        origins = self._training_origins(ends)
        series = np.repeat(np.arange(len(origins)), [len(own) for own in origins])
        windows = known.windows_before(series, np.concatenate(origins), window=self.window_, horizon=self.horizon)
        # Steps of the targets before the last one of all series.
        first = np.concatenate(origins) - (ends + known.series.lags)[series]
        return replace(windows, groups=np.stack([first, first + self.horizon - 1], axis=1))

    def _fitted(self, estimator, windows, twin=None):
        """A regressor that has learnt from windows by this estimator, in the units of its twin, if there is one."""
        regressor = self._regressor(estimator)
        if isinstance(regressor, FlatRegressor):
            regressor = regressor.with_scaled_covariates(windows).with_seasons(windows)
            if twin is not None:  # whose errors say nothing of forecasts in other units
                regressor = regressor.with_units_of(twin)
            elif self.scaling == "auto":
                regressor = regressor.with_units_that_suit(windows)
        regressor.fit(windows)
        return regressor

    def _regressor(self, estimator):
        if reads_windows(estimator):
            self._check_scaling_is_read(estimator)
            scaling = None if self.scaling is None else "standard"
            _, season = self._season_of_windows()
            whole = isinstance(season, Integral) and season <= self._least_window()  # else the estimator's to judge
            season = season if whole else None
            return WindowRegressor(estimator=estimator, horizon=self.horizon, scaling=scaling, season=season)
        scaling = usual_scaling(self.season) if self.scaling == "auto" else self.scaling
        return FlatRegressor(estimator=estimator, horizon=self.horizon, scaling=scaling, season=self.season)

    def _check_scaling_is_read(self, estimator):
        """A given estimator that reads windows has scales of its own; only errors of one without may have others."""
        if self.estimator is None or self.scaling == "auto":
            return
        if self.scaling is None and "scaling" not in estimator.get_params(deep=False):
            return
        raise ValueError(
            f"scaling={self.scaling!r} is for regressors that know no windows. {type(estimator).__name__} "
            "reads them as they are: set its own parameter, and leave this one at 'auto'."
        )

    def _least_window(self):
        return min(self._of_fit("min_window") or self.window_, self.window_)

    def _calibrate(self, regressor, known, n_windows, *, n_learnt):
        """Keep the errors of a regressor in the last windows. Returns the sizes of series (n_series, k).

        ``n_learnt``: how many others it has learnt from.
        """
        stride = self._held_out_stride
        origins = [last_origins(length, self.horizon, n, stride) for length, n in zip(known.series.lengths, n_windows)]
        series = np.repeat(np.arange(len(origins)), n_windows)
        windows = known.windows_before(series, np.concatenate(origins), window=self.window_, horizon=self.horizon)
        self._held_out_windows = np.full((len(origins), self.calibration_windows), -1)
        has = np.arange(self.calibration_windows) >= self.calibration_windows - n_windows[:, None]  # all end together
        self._held_out_windows[has] = np.arange(len(series))
        errors = windows.targets - regressor.predict(windows, windows.targets.shape[1])
        how = {"n_learnt": n_learnt, "stride": stride, "season": regressor.season or 1}
        warn_if_worse_than_naive(windows, errors, n_windows, of=regressor.estimator, **how)
        self._error_scaling = scaling = regressor.scaling_of(windows)
        own = sizes_of_series(known.series.values, scaling.kind, self._season_of_sizes)
        sizes = sizes_by_errors(own, error_units(scaling, windows, own[series]), errors, series)
        self._size_factors = np.divide(sizes, own, where=own > 0, out=np.ones_like(own))
        units = error_units(scaling, windows, sizes[series])
        self.residuals_, self._still, self._places = residuals_of(units, errors)
        if isinstance(regressor, WindowRegressor):
            warn_if_learnt_are_better(regressor, windows, units, self.residuals_)
        return sizes

    def _error_units(self, regressor, known, windows):
        """`error_units` of the last windows of series, which know nothing of series in files of older releases."""
        scaling, sizes = self._error_scaling or regressor.scaling_of(windows), known.sizes
        if sizes is None and self._season_of_sizes:
            sizes = sizes_of_series(known.series.values, scaling.kind, self._season_of_sizes)
        return error_units(scaling, windows, sizes)

    # --- scores -------------------------------------------------------------------------------------------------------

    def _check_origins(self, series, origins, least):
        """Every origin (n_windows, n_series) of a backtest needs so many steps to learn from before it."""
        short = np.flatnonzero(origins.min(axis=0) < least)
        if short.size:
            needed = series.lengths[short[0]] - origins[:, short[0]].min() + least
            has = series.lengths[short[0]]
            raise ValueError(
                f"The earliest forecast needs {needed} timesteps, {least} to learn from before it included, more than "
                f"X[{short[0]}] with {has}: ask for fewer or closer origins (n_windows, step), set a shorter window or "
                f"horizon{', or fewer calibration_windows' if self.calibration_windows else ''}, or leave it out."
            )

    def _check_hold_last(self, series, is_mase):
        """Series that are scored without y must hold a window and a horizon, and what scales a MASE."""
        least, horizon = self._least_window(), self._of_fit("horizon")
        least = max(least, (self._of_fit("season") or 1) + 1) if is_mase else least
        short = np.flatnonzero(series.lengths < least + horizon)
        if not short.size:
            return
        in_time = (
            f" In cross-validation, X is the test part alone: set TimeSeriesSplit(test_size={least + horizon}) or "
            "more, or take backtest(refit=True), whose windows reach back into what the fit has seen."
        )
        raise ValueError(
            f"score without y forecasts the last {horizon} timesteps of each series from {least} or more before them, "
            f"so it needs {least + horizon}. X[{short[0]}] has {series.lengths[short[0]]}: leave it out, or fit with a "
            f"shorter window or horizon.{in_time if series.is_one else ''}"
        )

    def _last_tested(self, known, scorer=None):
        """`_tested` on the last horizon of every series."""
        self._check_hold_last(known.series, is_mase=scorer is None)
        known = known.aligned()
        origins = known.series.lengths - self._of_fit("horizon")
        return self._tested(known, known.until(origins), origins, scorer, None)

    def _score_last(self, X, scorer, *, X_past=None, X_future=None, X_static=None):
        """What a scorer says of the last horizon of every series, for scorers that were given no y."""
        found = self._last_tested(self._known_of(X, X_past, X_future, X_static, None), scorer)
        return found["score"]

    def _mase(self, known, origins, truth, predicted):
        """The mean absolute scaled error of forecasts from these origins (n_series,)."""
        return mean_absolute_scaled_error(
            truth,
            predicted,
            y_train=list(known.until(origins).series.values),
            m=self._of_fit("season") or 1,
            handle_constant="skip",
        )

    def _tested(self, known, before, origins, scorer, coverage):
        """What one row of origins gives: true values, forecasts and scores by name."""
        series, horizon = known.series, self._of_fit("horizon")
        true, predicted = _after(series, origins, horizon), self._predict(before, horizon)
        shaped = (lambda values: values[:, :, 0]) if series.univariate else (lambda values: values)
        found = {"y_true": shaped(true), "y_pred": shaped(predicted)}
        if coverage is not None:
            found["y_interval"] = shaped(self._interval(before, coverage, horizon))
        if scorer is None:
            return found | {"score": -self._mase(known, origins, true, predicted)}
        past = [values[:, 0] if series.univariate else values for values in before.series.values]
        listed = replace(before, series=before.series.listed())
        scores = scorer(_AtOrigin(self, listed), past, found["y_true"])
        named = scores if isinstance(scores, dict) else {None: scores}
        checked = {name: as_score(score, scorer) for name, score in named.items()}
        return found | {"score" if name is None else f"score_{name}": score for name, score in checked.items()}

    def _origin_times(self, series, origins):
        """The times of origins, where all series have some."""
        if any(times is None for times in series.times):
            return {}
        return {"origin_time": np.stack([times[own] for times, own in zip(series.times, origins.T)], axis=1)}


class _AtOrigin(BaseEstimator):
    """A fitted forecaster at some origin, as scorers see it: it forecasts the steps that follow, whatever X it gets."""

    def __init__(self, forecaster, known):
        self.forecaster = forecaster
        self.known = known

    def predict(self, X):
        return self._like(self.forecaster._predict)

    def predict_interval(self, X, coverage):
        return self._like(self.forecaster._interval, coverage)

    def predict_quantiles(self, X, quantiles):
        return self._like(self.forecaster._quantiles, quantiles)

    def sample_y(self, X, n_samples, random_state):
        return self._like(self.forecaster._paths, n_samples, random_state)

    def _like(self, forecast, *arguments):
        return self.known.series.like(forecast(self.known, *arguments, self.forecaster._of_fit("horizon")))


def _warn_if_warm(estimator):
    """Warn of an estimator that is to go on from its last fit: it is cloned, so it has none."""
    if getattr(estimator, "warm_start", None) is True:
        warn_caller(
            f"{type(estimator).__name__} has warm_start=True, which does nothing in SeriesForecaster: each fit clones "
            "it, and begins anew. Leave it at False, and fit on all series. To forecast later steps without another "
            "fit, pass the series with them as X to predict."
        )


def _warn_if_some_end_earlier(series):
    """Warn where the last steps of some `LongSeries` lie before steps of others, which fits on them have seen."""
    lags = series.lags
    if not lags.any():
        return
    latest, earliest = int(lags.argmin()), int(lags.argmax())
    more = np.count_nonzero(lags) - 1
    others = f", and {more} other series end(s) early, too" if more else ""
    warn_caller(
        f"X[{earliest}] ends {lags[earliest]} step(s) before X[{latest}]{others}. "
        "The fits that forecast its last steps have seen later steps of the others. If they move together, its errors "
        "are smaller here than they will be. Leave out series that have ended, or cut all at one time."
    )


def _warn_if_scored_across(scoring, n_series):
    """Warn of scores beside the variance of truths, where that is mostly how several series differ."""
    names = scoring.values() if isinstance(scoring, dict) else scoring
    names = names if isinstance(scoring, (dict, list, tuple, set)) else [scoring]
    found = next((name for name in names if isinstance(name, str) and name in BESIDE_VARIANCE), None)
    if found is None or n_series == 1:
        return
    metric = BESIDE_VARIANCE[found]
    warn_caller(
        f"scoring={found!r} has the variance across the {n_series} series at each step below it, most of which may be "
        "the distances between their levels: forecasts that are worse than the mean of each series may still score "
        f"high. For the score of each series over all origins, import {metric} of sklearn.metrics, and from "
        f"results = backtest(...) take [{metric}(results['y_true'][:, k].ravel(), results['y_pred'][:, k].ravel()) "
        f"for k in range({n_series})]."
    )


def _after(series, origins, horizon):
    """The steps (n_series, horizon, n_targets) from the origins on."""
    return np.stack([values[origin : origin + horizon] for values, origin in zip(series.values, origins)])
