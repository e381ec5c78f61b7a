"""What a fitted `SeriesForecaster` forecasts: points, intervals, quantiles and paths of series."""

from contextlib import contextmanager
from dataclasses import replace
from math import ceil
from numbers import Integral, Real

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skseq._arguments import check_count
from skseq._base.forecasts.window_regressors import FlatRegressor, reads_windows
from skseq._callers import warn_caller
from skseq._data.by_step import is_judged_step_by_step
from skseq._data.forecasts.conformal import (
    NotCalibratedError,
    TooFewWindowsError,
    check_levels,
    check_steps,
    intervals,
    paths,
    quantiles,
    rows_needed,
    sizes_with,
    times_as_wide,
)
from skseq._data.forecasts.covariates import check_same_kinds, known_names, read_covariate
from skseq._data.forecasts.forecast_windows import horizons_held
from skseq._data.forecasts.known_series import KnownSeries
from skseq._data.forecasts.series import read_series
from skseq._data.forecasts.window_units import sizes_of_series
from skseq._data.mistakes.numbers.gap_codes import warn_of_gap_codes
from skseq._data.mistakes.numbers.other_levels import warn_if_beyond
from skseq._data.mistakes.numbers.outliers import warn_of_outliers
from skseq._data.mistakes.times.clock_changes import warn_if_clock_changes
from skseq._data.mistakes.times.other_steps import refuse_other_steps
from skseq._data.times.calendars import are_times_alone
from skseq.exceptions import PathWarning

SHORT_PAST = 1.5  # windows, of series that had as many times more steps in fit
MUCH_SHORTER = 1.5  # times shorter than a window: half of it, filled up, cost a quarter more error
TOGETHER = 1.5  # times as wide as draws of each series by itself are sums of errors that series share
FEWEST_SPANS = 8  # horizons of errors: of 3, bounds of 90 % hold 0.62 to 0.68 of the sums over a horizon, of 9 0.83
_ROUTED = (
    " In searches and cross-validation they reach score only if they are routed: call "
    "sklearn.set_config(enable_metadata_routing=True), and of the forecaster set_fit_request(...=True) and "
    "set_score_request(...=True) with their names."
)


class SeriesForecastsMixin:
    """A fitted forecaster of series that is asked."""

    def _known_of(self, X, X_past, X_future, X_static, beside="n_steps"):
        """The series to forecast: those of fit if X is None. ``beside`` is what might be passed in their place.

        None: they are to be scored.
        """
        check_is_fitted(self)
        if name := _named_by(X, beside):
            raise ValueError(f"X must hold series, or be None for those of fit. Got {X!r}: pass {name}={X!r} by name.")
        if beside is not None and are_times_alone(X):
            n_steps = f"n_steps={len(X)}" if hasattr(X, "__len__") else "n_steps, their number,"
            raise TypeError(
                f"X must hold series, or be None for those of fit. Got {type(X).__name__}: forecasts have the times "
                f"that follow their series, so pass {n_steps} by name."
            )
        if X is None:
            return self._known_in_fit(X_past, X_future, X_static)
        hint = "" if beside else _ROUTED
        check_same_kinds({"X_past": X_past, "X_future": X_future, "X_static": X_static}, self._known.widths, hint)
        series, _ = read_series(self, X, kind=self._kind, season=self._window_choice().held_season)
        refuse_other_steps(series, self._known.series)
        known = KnownSeries.read(series, X_past, X_future, X_static, fitted=self._known)
        known = replace(known, smoothing=self._known.smoothing, n_seasons=self._known.n_seasons)
        if beside is not None:
            self._check_long_enough(series.lengths, self._least_window())
        if known.smoothing is not None:
            self._warn_of_short_pasts(series.lengths)
        if beside is not None:
            self._warn_of_filled_windows(series.lengths)
            warn_of_gap_codes(known)
            warn_of_outliers(known, self.window_)
            warn_if_clock_changes(series, self._of_fit("horizon"), self._window_choice().held_season)
        return known

    def _known_in_fit(self, X_past, X_future, X_static):
        for name, value in (("X_past", X_past), ("X_static", X_static)):
            if value is not None:
                raise ValueError(f"{name} belongs to series X, and fit has kept its own. Pass X, too, or neither.")
        if X_future is None:
            return self._known
        check_same_kinds({"X_future": X_future}, self._known.widths)
        known_names(self._known.names, X_future=X_future)
        future = read_covariate(X_future, "X_future", self._known.series, n_columns=self._known.widths["X_future"])
        return replace(self._known, future=future)

    def _check_long_enough(self, lengths, least):
        short = np.flatnonzero(lengths < least)
        if not short.size:
            return
        shortest, season = int(lengths[short].min()), self._season_of_sizes or 1
        instead = f": no window may be shorter than a season of {season}."
        if shortest >= season:
            window = f"window={shortest}" + (", min_window=None" if self._of_fit("min_window") else "")
            instead = (
                f", or fit with min_window={shortest} to forecast them beside longer ones, or with {window} if most "
                "are as short: the regressor then learns from windows of that length."
            )
        raise ValueError(
            f"X holds {short.size} series with fewer timesteps than a window of {least}, the first X[{short[0]}] "
            f"with {lengths[short[0]]}: leave them out{instead}"
        )

    def _warn_of_filled_windows(self, lengths):
        """Warn where most series have windows that are filled up, of which a regressor that knows none saw none."""
        usual, had = int(np.median(lengths)), self._known.series.lengths.min() - self._of_fit("horizon")
        if reads_windows(self.estimator_) or MUCH_SHORTER * usual > self.window_ or had < self.window_:
            return
        warn_caller(
            f"Most series of X are far shorter than a window of {self.window_}: they have {usual} timesteps (median). "
            "Means stand for the steps that they lack, and all windows of fit were whole, so forecasts are less exact: "
            f"fit with window={usual} to forecast such series."
        )

    def _warn_of_short_pasts(self, lengths):
        """Warn of series that are most likely the ends of longer ones, which would have told more if read whole."""
        has, had, n_seasons = np.median(lengths), np.median(self._known.series.lengths), self._known.n_seasons
        if n_seasons is not None:
            had = min(had, self._known.smoothing * n_seasons)
            told, without = f"the mean of the last {n_seasons} seasons of a series", "n_seasons=None"
        else:
            told = "what exponential smoothing of the whole past of a series forecasts"
            without = "exponential_smoothing=False"
        if has < min(SHORT_PAST * self.window_, had / SHORT_PAST):
            warn_caller(
                f"X holds series of {has:g} timesteps, and those of fit had {had:g} (medians). The regressor is told "
                f"{told}, so forecasts of its end alone are less exact: pass whole series, or fit with {without}."
            )

    def _steps(self, n_steps):
        if n_steps is None:
            return self._regressor_in_fit.horizon
        check_count("n_steps", n_steps)
        return int(n_steps)

    def _last_windows(self, known, n_steps):
        regressor = self._regressor_in_fit  # whatever the parameters have been set to since
        if n_steps > regressor.horizon and known.past is not None:
            raise ValueError(
                f"n_steps={n_steps} is more than horizon={regressor.horizon}: forecasts beyond the horizon would need "
                "steps of X_past that nobody knows yet. Fit with a longer horizon."
            )
        future_steps = regressor.future_steps(n_steps)
        whole = f" This regressor reads X_future of whole horizons of {regressor.horizon}, also for n_steps={n_steps}."
        windows = known.last_windows(self.window_, future_steps, hint=whole if future_steps > n_steps else "")
        if isinstance(regressor, FlatRegressor):  # others have a fit and a look of their own
            warn_if_beyond(regressor.levels, regressor.units(windows))
        return regressor, windows

    def _predict(self, known, n_steps):
        """(n_series, n_steps, n_targets)"""
        regressor, windows = self._last_windows(known, n_steps)
        return regressor.predict(windows, n_steps)

    def _interval(self, known, coverage, n_steps):
        """(n_series, n_steps, n_targets, 2[, n_coverages])"""
        check_levels("coverage", coverage)
        with self._naming_calibration_windows():
            if self._asks_estimator("predict_interval"):
                return self._asked("predict_interval", known, n_steps, coverage=coverage)
            return intervals(*self._predicted_with_sizes(known, n_steps), self.residuals_, coverage)

    def _quantiles(self, known, levels, n_steps):
        """(n_series, n_steps, n_targets, n_levels)"""
        if np.ndim(levels) != 1:
            raise ValueError(f"quantiles must be a list of levels. Got {levels!r}.")
        check_levels("quantiles", levels)
        with self._naming_calibration_windows():
            if self._asks_estimator("predict_quantiles", self._regressor_in_fit.has_learnt(levels)):
                return self._asked("predict_quantiles", known, n_steps, quantiles=list(levels))
            return quantiles(*self._predicted_with_sizes(known, n_steps), self.residuals_, levels)

    def _paths(self, known, n_samples, random_state, n_steps):
        """(n_series, n_steps, n_targets, n_samples)"""
        check_count("n_samples", n_samples)
        drawn = {"n_samples": n_samples, "random_state": random_state}
        if self._asks_estimator("sample_y", self._regressor_in_fit.draws_paths):
            return self._asked("sample_y", known, n_steps, **drawn)
        of_fit = self._rows_of_fit()
        places = None if of_fit is None else known.series.places_in(self._known.series)
        self._warn_of_few_rows(self.n_series_in_ if places is None else 1, n_steps)
        if places is None:
            self._warn_of_errors_together(of_fit, len(known.series))
            return paths(*self._predicted_with_sizes(known, n_steps), self.residuals_, **drawn)
        known = self._with_sizes_of_fit(known, places)
        return paths(*self._predicted_with_sizes(known, n_steps), self.residuals_, **drawn, rows=of_fit[places])

    def _rows_of_fit(self):
        """Rows of `residuals_` of series of fit at the same times (n_series, n_origins), -1 for none; None of few."""
        held_out = self._held_out_windows
        if held_out is None or held_out.shape[1] < rows_needed(0.9):  # few times give few paths
            return None
        return np.where(held_out < 0, -1, self._places[held_out])

    def _with_sizes_of_fit(self, known, places):
        """`KnownSeries`, those of fit at these places, -1 for none, with sizes like those of their errors."""
        if known.sizes is not None or self._size_factors is None or (places < 0).all():
            return known
        sizes = sizes_of_series(known.series.values, self._error_scaling.kind, self._season_of_sizes)
        return replace(known, sizes=sizes * np.where(places[:, None] < 0, 1.0, self._size_factors[places]))

    def _warn_of_errors_together(self, rows, n_series):
        """Warn where so many series draw errors by themselves, though those of series of fit rise and fall together."""
        times = 1 if rows is None or n_series == 1 or is_judged_step_by_step() else times_as_wide(self.residuals_, rows)
        if times < TOGETHER:
            return
        warn_caller(
            "Each series of X draws errors by itself, since nothing says that X holds the series of fit: neither names "
            f"of their own nor the last values of all {self.n_series_in_} in their order. Series of fit rise and fall "
            f"together: sums of their errors spread {times:.1f} times as much as such draws. Sums over series will "
            "spread too little: pass the series of fit, as Series of pandas whose names tell them apart, or fit on the "
            "series of X, or look at single series alone.",
            PathWarning,
        )

    def _warn_of_few_rows(self, n_series, n_steps):
        """Warn where paths of several steps are drawn from few windows of so many series, or from ones that overlap."""
        windows, stride, horizon = (self._of_fit(name) for name in ("calibration_windows", "stride", "horizon"))
        spans = n_series * horizons_held(windows, horizon, self._held_out_stride or stride)
        if n_steps > 1 and spans < FEWEST_SPANS and not is_judged_step_by_step():
            enough = ceil((FEWEST_SPANS / n_series - 1) * max(1, horizon / stride)) + 1
            warn_caller(
                f"Paths are forecasts plus errors of {windows} held-out window(s) of each series, in which are no "
                f"more than {spans:.2g} horizons of {horizon} steps. Sums over steps will spread too little: set "
                f"calibration_windows={enough} or more and fit again, or look at single steps alone.",
                PathWarning,
            )

    def _predicted_with_sizes(self, known, n_steps):
        """Forecasts (n_series, n_steps, n_targets), and sizes of their windows (n_series, 1, n_targets)."""
        check_steps(n_steps, self._of_fit("horizon"))
        known = self._with_sizes_of_fit(known, known.series.places_by_name(self._known.series))
        regressor, windows = self._last_windows(known, n_steps)
        units = self._error_units(regressor, known, windows)
        return regressor.predict(windows, n_steps), sizes_with(units.size, units.moves, self._still)[:, None]

    def _asks_estimator(self, method, knows_more=False):
        """Whether the estimator answers a method itself: it ``knows_more`` than `residuals_`, or there are none."""
        was_calibrated = self._season_of_sizes is None and hasattr(self.estimator_, "conformalize")
        knows_more |= was_calibrated  # itself, as in files of older releases
        if reads_windows(self.estimator_) and hasattr(self.estimator_, method):
            return knows_more or self.residuals_ is None
        if self.residuals_ is not None:
            return False
        raise self._nothing_held_out(method)

    def _asked(self, method, known, n_steps, **arguments):
        regressor, windows = self._last_windows(known, n_steps)
        if n_steps > regressor.horizon and regressor.ends_at_horizon:
            raise ValueError(
                f"{method} of n_steps={n_steps} must know how errors grow beyond horizon={regressor.horizon}, where a "
                f"direct decoder ends: set horizon={n_steps} in SeriesForecaster, or estimator=Seq2SeqRegressor("
                "loss='normal', decoder='recursive'), and fit again."
            )
        try:
            return regressor.ask(method, windows, n_steps, **arguments)
        except NotCalibratedError:
            raise self._nothing_held_out(method) from None

    def _nothing_held_out(self, method):
        own = ", or use an estimator that forecasts a distribution, such as Seq2SeqRegressor(loss='quantile')"
        return ValueError(
            f"{method} needs forecasts of windows that fit has held out: set calibration_windows, their number of each "
            "series, such that all series have 9 or more (for 90 percent), and fit again"
            f"{own if reads_windows(self.estimator_) else ''}."
        )

    @contextmanager
    def _naming_calibration_windows(self):
        """Let the error about too few windows say which parameter gives more of them."""
        try:
            yield
        except TooFewWindowsError as error:
            held_out = self._of_fit("calibration_windows")
            enough = ceil(error.needed * held_out / error.n) if held_out and error.n else error.needed
            raise ValueError(
                f"{error.what} needs at least {error.needed} windows for calibration. Got {error.n}: set "
                f"calibration_windows, the number that each series holds out, to at least {enough} and fit again, or "
                "ask for less."
            ) from error


def _named_by(X, beside):
    """The argument that X was most likely meant for, if it is one number, or a list of shares, and no series."""
    if isinstance(X, bool):
        return None
    numbers = list(X) if isinstance(X, (list, tuple)) else [X]
    shares = numbers and all(isinstance(x, Real) and 0 < x < 1 for x in numbers)
    if beside in ("coverage", "quantiles"):
        return beside if shares else "n_steps" if isinstance(X, Integral) else None
    return beside if isinstance(X, Integral) else None
