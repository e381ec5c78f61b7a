"""Displays of forecasts: numbers by hand or of the metrics, and the drawn artists show these numbers."""

import warnings
from inspect import signature
from itertools import pairwise, product

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from warned import told

from skseq import (
    LSTMAutoencoderDetector,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceGenerator,
    SequenceTagger,
    SeriesForecaster,
)
from skseq.inspection import BacktestDisplay, CoverageDisplay, ForecastDisplay, ForecastErrorDisplay
from skseq.metrics import interval_coverage, mean_interval_width

pytest.importorskip("matplotlib")
import matplotlib.pyplot as plt
from matplotlib.dates import num2date

DISPLAYS = [BacktestDisplay, CoverageDisplay, ForecastDisplay, ForecastErrorDisplay]
NUMBERS, TOKENS = np.sin(np.arange(24.0)).reshape(6, 4), [["a", "b"], ["b"]] * 3
HALF = {0.5: 1, 0.8: 2, 0.9: 3}  # half widths of the intervals of `LastValue`


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


class LastValue(RegressorMixin, BaseEstimator):
    """Repeats the last value of each target, plus the covariates, with intervals as wide as `HALF` says."""

    def __init__(self, horizon=3, target_features=None, univariate=True):
        self.horizon = horizon
        self.target_features = target_features
        self.univariate = univariate

    def fit(self, X, y=None):
        self.fitted_ = True
        if self.target_features is not None:
            self.target_features_ = self.target_features
        return self

    def predict(self, X, *, X_future=None, X_static=None, n_steps=None):
        self.seen_ = X, X_future, X_static  # for the tests: estimators must not do this
        n_steps = self.horizon if n_steps is None else n_steps
        last = [np.asarray(window)[-1] for window in X]
        if not self.univariate:
            last = [own[self.target_features or slice(None)] for own in last]
        forecast = np.repeat(np.stack(last)[:, None], n_steps, axis=1)
        return forecast if X_static is None else forecast + np.asarray(X_static)

    def predict_interval(self, X, coverage=0.9, **given):
        half = np.array([HALF[one] for one in np.atleast_1d(coverage)])
        forecast = self.predict(X, **given)[..., None]
        bounds = np.stack([forecast - half, forecast + half], axis=-2)
        return bounds if np.ndim(coverage) else bounds[..., 0]


def texts(legend):
    return [text.get_text() for text in legend.get_texts()]


def shown_ticks(axes):
    left, right = axes.get_xlim()
    ticks = zip(axes.get_xticks(), axes.get_xticklabels())
    return [label.get_text() for place, label in ticks if left <= place <= right]


def band_at(band, place):
    """Lowest and highest corner of an area at a place."""
    vertices = np.concatenate([path.vertices for path in band.get_paths()])
    heights = vertices[np.isclose(vertices[:, 0], place), 1]
    return heights.min(), heights.max()


# --- forecasts --------------------------------------------------------------------------------------------------------


def test_a_forecast_follows_the_series():
    interval = [[[3.0, 1], [5, 7]], [[2, 0], [6, 8]]]  # (2 steps, 2 bounds, 2 coverages)
    display = ForecastDisplay.from_predictions([1, 2, 3], [4, 4], interval=interval, coverage=[0.5, 0.9], truth=[5, 6])
    (history,), (forecast,), (truth,) = display.history_lines_, display.forecast_lines_, display.truth_lines_
    np.testing.assert_array_equal(history.get_xydata(), [[0, 1], [1, 2], [2, 3]])
    np.testing.assert_array_equal(forecast.get_xydata(), [[3, 4], [4, 4]])
    np.testing.assert_array_equal(truth.get_xydata(), [[2, 3], [3, 5], [4, 6]])  # joined to the last observation
    assert display.coverage == (0.9, 0.5)
    assert display.interval.shape == (2, 1, 2, 2)
    wide, narrow = display.bands_[0]
    assert [band_at(wide, 3), band_at(wide, 4)] == [(1, 7), (0, 8)]
    assert [band_at(narrow, 3), band_at(narrow, 4)] == [(3, 5), (2, 6)]
    assert texts(display.legend_) == ["history", "true values", "forecast", "90 % interval", "50 % interval"]
    assert display.axes_[0].get_xlabel() == "timestep"
    assert display.axes_[0].get_ylabel() == "series"


@pytest.mark.parametrize("n_bands", [1, 2, 9])
def test_inner_bands_are_darker_and_none_hides_the_rest(n_bands):
    widths = np.arange(1, n_bands + 1.0)
    interval = np.stack([-widths, widths])[None].repeat(2, axis=0)
    coverage = list(widths / 10)
    display = ForecastDisplay.from_predictions([0, 0], [0, 0], interval=interval, coverage=coverage)
    (alpha,) = {band.get_alpha() for band in display.bands_[0]}
    assert 1 - (1 - alpha) ** n_bands <= 0.61
    in_legend = [handle.get_alpha() for handle in display.legend_.legend_handles[2:]]
    assert in_legend == sorted(in_legend)
    assert in_legend[-1] == pytest.approx(1 - (1 - alpha) ** n_bands)
    assert band_at(display.bands_[0][0], 2) == (-n_bands, n_bands)


def test_how_much_history_is_shown():
    series = np.arange(100.0)
    shown = {steps: ForecastDisplay.from_predictions(series, np.zeros(steps)).history_lines_[0] for steps in (2, 12)}
    assert shown[2].get_xdata().tolist() == list(range(70, 100))
    assert len(shown[12].get_xdata()) == 48
    display = ForecastDisplay.from_predictions(series, [0], n_history=1000)
    assert len(display.history_lines_[0].get_xdata()) == 100
    assert display.plot(n_history=1).history_lines_[0].get_xdata().tolist() == [99]
    for count in (0, 2.5, True):
        with pytest.raises(ValueError, match="n_history must be an integer from 1 to"):
            display.plot(n_history=count)


def test_dates_on_the_axis():
    months = np.arange("1957-01", "1961-01", dtype="datetime64[M]")
    display = ForecastDisplay.from_predictions(np.zeros(48), np.ones(12), index=months)
    assert str(display.index[-1])[:10] == "1961-12-01"
    axes = display.axes_[0]
    assert axes.get_xlabel() == ""
    display.figure_.canvas.draw()
    assert shown_ticks(axes) == ["1957", "1958", "1959", "1960", "1961", "1962"]
    assert {num2date(tick).month for tick in axes.get_xticks()} == {1}


@pytest.mark.parametrize("width", [2.5, 5, 12])
@pytest.mark.parametrize("step", ["h", "D", "W", "M", "Y"])
def test_dates_do_not_overlap(width, step):
    index = (np.datetime64("1999-10", step) + np.arange(40)).astype("datetime64[h]")
    axes = plt.subplots(figsize=(width, 2.5), layout="constrained")[1]
    display = ForecastDisplay.from_predictions(np.zeros(40), np.zeros(8), index=index, ax=axes)
    display.figure_.canvas.draw()
    labels = [label for label in axes.get_xticklabels() if label.get_text()]
    extents = sorted((label.get_window_extent().x0, label.get_window_extent().x1) for label in labels)
    assert len(extents) >= 2
    assert all(left[1] < right[0] for left, right in pairwise(extents))


@pytest.mark.parametrize("library", [pd, pl], ids=["pandas", "polars"])
def test_frames_bring_names_and_dates(library):
    dates = pd.date_range("2024-01-01", periods=4)
    frame = library.DataFrame({"when": dates.to_pydatetime().tolist(), "in": [1.0, 2, 3, 4], "out": [5.0, 6, 7, 8]})
    display = ForecastDisplay.from_predictions(frame[:3], [[0, 0]], truth=frame[3:])
    assert display.target_names == ["in", "out"]
    assert [axes.get_ylabel() for axes in display.axes_] == ["in", "out"]
    np.testing.assert_array_equal(display.index, dates.to_numpy())
    np.testing.assert_array_equal(display.truth, [[4, 8]])


def test_a_series_brings_its_name_and_index():
    series = pd.Series([1.0, 2, 3], index=pd.period_range("2024-01", periods=3, freq="M"), name="sales")
    display = ForecastDisplay.from_predictions(series, [0])
    assert display.axes_[0].get_ylabel() == "sales"
    assert str(display.index[-1])[:10] == "2024-04-01"
    display = ForecastDisplay.from_predictions(series.reset_index(drop=True)[1:], [0], target_names="mine")
    assert display.target_names == ["mine"]
    assert display.index.tolist() == [1, 2, 3]
    assert ForecastDisplay.from_predictions(pl.Series([1, 2]), [0]).target_names == ["series"]
    row = series.rename(3)  # as pandas calls a row of a frame
    assert ForecastDisplay.from_predictions(row, [0]).target_names == ["series"]
    assert ForecastDisplay.from_estimator(LastValue(horizon=1).fit([row]), [row]).target_names == ["series"]


@pytest.mark.parametrize("library", [pd, pl], ids=["pandas", "polars"])
def test_frames_of_true_values_bring_names(library):
    y = np.random.RandomState(0).randn(4, 3, 2)
    frames = [library.DataFrame(own, **{"columns" if library is pd else "schema": ["in", "out"]}) for own in y]
    errors = ForecastErrorDisplay.from_predictions(frames, y)
    assert [axes.get_ylabel() for axes in errors.axes_[:, 0]] == ["error of in", "error of out"]
    interval = np.stack([y - 1, y + 1], axis=-1)
    display = CoverageDisplay.from_predictions(frames, interval, targets="out")
    assert display.axes_[0, 0].get_title() == "out"
    np.testing.assert_array_equal(display.observed, 1)
    assert ForecastErrorDisplay.from_predictions(frames, y, target_names=["a", "b"]).target_names == ["a", "b"]
    assert ForecastErrorDisplay.from_predictions(list(y), y).target_names == ["target 0", "target 1"]
    table = library.DataFrame(y[:, :, 0], **{"columns" if library is pd else "schema": ["1", "2", "3"]})
    assert ForecastErrorDisplay.from_predictions(table, y[:, :, 0]).target_names == ["series"], "columns are steps"


def test_targets_by_index_and_name():
    series, forecast = np.arange(12.0).reshape(2, 6), np.arange(6.0)[None]
    display = ForecastDisplay.from_predictions(series, forecast)
    assert display.target_names == ["target 0", "target 1", "target 2", "target 3"]
    interval = np.stack([forecast - 1, forecast + 1], axis=-1)
    names = list("abcdef")
    display = ForecastDisplay.from_predictions(
        series, forecast, interval=interval, truth=forecast, targets=["f", 0], target_names=names
    )
    np.testing.assert_array_equal(display.forecast, [[5, 0]])
    np.testing.assert_array_equal(display.truth, [[5, 0]])
    np.testing.assert_array_equal(display.interval[0, :, :, 0], [[4, 6], [-1, 1]])
    assert [axes.get_ylabel() for axes in display.axes_] == ["f", "a"]
    with pytest.raises(ValueError, match=r"targets has \['x'\], but the targets are"):
        ForecastDisplay.from_predictions(series, forecast, targets="x")
    with pytest.raises(IndexError, match="targets has index 6, but there are 6"):
        ForecastDisplay.from_predictions(series, forecast, targets=6)
    with pytest.raises(ValueError, match="target_names must hold 6 names, one per target. Got 1"):
        ForecastDisplay.from_predictions(series, forecast, target_names="a")


def test_a_single_step_can_be_seen():
    display = ForecastDisplay.from_predictions([1, 2], [3], interval=[[2, 4]])
    assert display.forecast_lines_[0].get_marker() == "o"
    assert band_at(display.bands_[0][0], 2 - 0.4) == band_at(display.bands_[0][0], 2 + 0.4) == (2, 4)
    assert texts(display.legend_)[-1] == "interval"
    dates = np.array(["2024-01-01", "2024-01-02"], "datetime64[D]")
    display = ForecastDisplay.from_predictions([1, 2], [3], interval=[[2, 4]], index=dates)
    extent = display.bands_[0][0].get_paths()[0].get_extents()
    assert extent.width == pytest.approx(0.8)  # of a day
    assert np.diff(display.axes_[0].get_ylim()) > 0


def test_infinite_bounds_leave_the_panel():
    interval = [[2.0, 4], [-np.inf, 9], [-np.inf, np.inf]]
    display = ForecastDisplay.from_predictions([1, 2], [3, 3, 3], interval=interval)
    low, high = display.axes_[0].get_ylim()
    assert 0 < low <= 1  # no more than the finite values need
    assert 9 <= high < 10
    lower, upper = band_at(display.bands_[0][0], 4)
    assert (lower < low, upper > high) == (True, True)
    assert band_at(display.bands_[0][0], 3)[1] == 9
    everywhere = ForecastDisplay.from_predictions([1, 2], [3, 3], interval=[[-np.inf, np.inf]] * 2)
    assert np.diff(everywhere.axes_[0].get_ylim()) < 4


def test_missing_values_are_gaps():
    display = ForecastDisplay.from_predictions([1, np.nan, 3], [4, np.nan], interval=[[3, 5], [np.nan, np.nan]])
    np.testing.assert_array_equal(display.history_lines_[0].get_ydata(), [1, np.nan, 3])
    display.figure_.canvas.draw()


def test_a_window_of_an_estimator():
    X, y = np.arange(12.0).reshape(3, 4), np.zeros((3, 3))
    y[1] = [8, 9, 10]
    display = ForecastDisplay.from_estimator(LastValue().fit(X), X, y, sample=1, coverage=[0.5, 0.9])
    np.testing.assert_array_equal(display.series, [[4], [5], [6], [7]])
    np.testing.assert_array_equal(display.forecast, [[7], [7], [7]])
    np.testing.assert_array_equal(display.truth, [[8], [9], [10]])
    np.testing.assert_array_equal(display.interval[0, 0], [[4, 6], [10, 8]])  # lower, upper; 90 % and 50 %
    assert ForecastDisplay.from_estimator(LastValue().fit(X), X, coverage=0.8).coverage == (0.8,)
    assert ForecastDisplay.from_estimator(LastValue().fit(X), X).interval is None


def test_a_regressor_of_scikit_learn():
    X, y = np.random.RandomState(0).randn(2, 20, 5)
    for target in (y, y[:, 0]):
        model = Ridge().fit(X, target)
        display = ForecastDisplay.from_estimator(model, pd.DataFrame(X), target, sample=-1)
        np.testing.assert_array_equal(display.series[:, 0], X[-1])
        np.testing.assert_allclose(display.forecast[:, 0], np.atleast_1d(model.predict(X)[-1]))
        np.testing.assert_array_equal(display.truth[:, 0], np.atleast_1d(target[-1]))


def test_pipelines_and_searches_forecast_what_they_were_given():
    X = np.arange(60.0).reshape(20, 3)
    pipeline = make_pipeline(FunctionTransformer(np.negative), LastValue()).fit(X)
    display = ForecastDisplay.from_estimator(pipeline, X, sample=1, coverage=0.9)
    np.testing.assert_array_equal(display.series[:, 0], [3, 4, 5])
    assert display.forecast[0] == -5
    np.testing.assert_array_equal(display.interval[0, 0, :, 0], [-8, -2])
    search = GridSearchCV(LastValue(horizon=1), {"univariate": [True]}, cv=2, refit=True).fit(X, X[:, :1])
    assert ForecastDisplay.from_estimator(search, X, coverage=0.5).forecast.tolist() == [[2]]


def test_ragged_windows_and_targets():
    X, y = [np.arange(3.0), np.arange(5.0)], [[1.0, 2], [3.0]]
    display = ForecastDisplay.from_estimator(LastValue().fit(X), X, y, sample=1)
    assert display.series.shape == (5, 1)
    assert display.forecast.tolist() == [[4]] * 3
    assert display.truth_lines_[0].get_xydata().tolist() == [[4, 4], [5, 3]]


def test_covariates_of_the_sample_alone():
    X = np.arange(12.0).reshape(3, 4)
    model = LastValue().fit(X)
    given = {"X_future": [[1], [2], [3]], "X_static": np.array([[100], [200], [300]]), "n_steps": 5}
    display = ForecastDisplay.from_estimator(model, X, sample=-1, coverage=0.5, **given)
    assert display.forecast.ravel().tolist() == [311] * 5
    assert display.interval[4, 0, :, 0].tolist() == [310, 312]
    windows, future, static = model.seen_
    assert (windows.tolist(), future, static.tolist()) == ([[8, 9, 10, 11]], [[3]], [[300]])
    with pytest.raises(ValueError, match=r"X_future must have one entry per sample of X.*\[3, 2\]"):
        ForecastDisplay.from_estimator(model, X, X_future=[1, 2])


def test_the_past_of_the_targets():
    X = np.arange(24.0).reshape(2, 4, 3)
    known = LastValue(target_features=[2, 0], univariate=False).fit(X)
    np.testing.assert_array_equal(ForecastDisplay.from_estimator(known, X).series, X[0][:, [2, 0]])
    np.testing.assert_array_equal(
        ForecastDisplay.from_estimator(known, X, target_features=[1, 0]).series, X[0][:, [1, 0]]
    )
    with pytest.raises(
        ValueError, match=r"target_features must name.*3 target\(s\), X has 3 feature.*\[0, 3\].*\[\] to"
    ):
        ForecastDisplay.from_estimator(LastValue(univariate=False).fit(X), X, target_features=[0, 3])
    display = ForecastDisplay.from_estimator(known, X, np.ones((2, 3, 2)), target_features=[])
    assert texts(display.legend_) == ["true values", "forecast"]
    assert display.forecast_lines_[0].get_xdata().tolist() == [4, 5, 6]


def test_windows_that_are_frames():
    frame = pd.DataFrame({"a": [1.0, 2], "b": [3.0, 4]}, index=pd.date_range("2024-01-31", periods=2))
    model = LastValue(target_features=[1], univariate=False).fit([frame])
    display = ForecastDisplay.from_estimator(model, [frame])
    assert display.target_names == ["b"]
    assert str(display.index[2])[:10] == "2024-02-02"


class Monthly(LastValue):
    """Series with times in, series and frames with the times that follow out."""

    def _after(self, series, values, columns=None):
        index = pd.date_range(series.index[-1], periods=len(values) + 1, freq="ME")[1:]
        return pd.Series(values, index) if columns is None else pd.DataFrame(values, index, columns)

    def predict(self, X, **given):
        return [self._after(series, forecast) for series, forecast in zip(X, super().predict(X, **given))]

    def predict_interval(self, X, coverage=0.9, **given):
        half = np.array([HALF[one] for one in coverage])
        bounds = [np.stack([own[:, None] - half, own[:, None] + half], axis=1) for own in super().predict(X, **given)]
        columns = pd.MultiIndex.from_product([["lower", "upper"], coverage])
        return [self._after(series, own.reshape(len(own), -1), columns) for series, own in zip(X, bounds)]


def test_forecasts_of_long_series_with_times():
    X = [pd.Series(np.arange(40.0), pd.date_range("2020-01-31", periods=40, freq="ME"), name="sales")]
    X.append(2 * X[0][:30])
    model = Monthly().fit(X)
    forecast, interval = model.predict(X)[1], model.predict_interval(X, [0.5, 0.9])[1]
    given = {"interval": interval, "coverage": [0.5, 0.9]}
    direct = ForecastDisplay.from_predictions(X[1], forecast, truth=2 * X[0][30:33], **given)
    display = ForecastDisplay.from_estimator(model, X, sample=1, coverage=[0.5, 0.9])
    for drawn in (direct, display):
        assert str(drawn.index[-1])[:10] == "2022-09-30"
        assert drawn.forecast.ravel().tolist() == [58] * 3
        assert drawn.interval[2, 0].tolist() == [[55, 57], [61, 59]]
        assert drawn.axes_[0].get_ylabel() == "sales"
    assert direct.truth.ravel().tolist() == [60, 62, 64]


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"series": [[[1]]]}, r"series must be one series .* Got shape \(1, 1, 1\): choose one of its samples"),
        ({"series": []}, r"series must be one series .* Got shape \(0,\)"),
        ({"series": ["a"]}, "series must hold numbers, one row per step"),
        ({"forecast": [[1, 2]]}, r"forecast must have the 1 target\(s\) of series.*\(1, 2\).*forecast\[0\]"),
        ({"truth": [1, 2, 3]}, r"truth must end with the forecast.* 2 step\(s\).* Got 3 steps: pass truth\[:2\]"),
        ({"truth": [[1, 2]]}, r"truth must have the 1 target\(s\)"),
        ({"interval": [[1, 2]]}, r"interval must have shape \(2, 2\) .* or \(2, 2, n_coverages\). Got shape \(1, 2\)"),
        ({"interval": [[1, 2], [2, 1]]}, "a lower bound before its upper bound. Got others at step 1"),
        ({"interval": np.zeros((2, 2, 3))}, r"coverage must name the coverages of all 3 interval\(s\). Got None"),
        ({"interval": np.zeros((2, 2)), "coverage": [0.5, 0.9]}, r"all 1 interval\(s\). Got \[0.5, 0.9\]"),
        ({"interval": np.zeros((2, 2)), "coverage": 90}, "coverage must be a number above 0 and below 1.*Got 90"),
        ({"interval": np.zeros((2, 2)), "coverage": "90 %"}, "coverage must be a number above 0 and below 1"),
    ],
)
def test_forecasts_that_do_not_fit(given, message):
    with pytest.raises(ValueError, match=message):
        ForecastDisplay.from_predictions(**{"series": [1, 2], "forecast": [3, 3]} | given)


# --- coverage ---------------------------------------------------------------------------------------------------------


def test_coverage_and_width_by_hand():
    y_true = [[1, 2], [3, 4]]
    y_interval = [[[0, 2], [0, 1]], [[3, 4], [0, 9]]]
    display = CoverageDisplay.from_predictions(y_true, y_interval)
    np.testing.assert_array_equal(display.observed[:, 0, 0], [1, 0.5])
    np.testing.assert_array_equal(display.width[:, 0, 0], [1.5, 5])
    np.testing.assert_array_equal(display.n_samples, [2, 2])
    np.testing.assert_array_equal(display.observed_lines_[0][0].get_xydata(), [[1, 1], [2, 0.5]])
    np.testing.assert_array_equal(display.width_lines_[0][0].get_xydata(), [[1, 1.5], [2, 5]])
    assert display.nominal_lines_[0][0].get_ydata() == [0.9, 0.9]
    assert display.axes_[1, 0].get_ylim()[0] == 0
    assert texts(display.legend_) == ["90 % intervals", "nominal", "range of chance (95 %)"]


def test_what_chance_allows():
    """Tables of the binomial distribution of 10 trials at 1/2: P(X <= 1) = 0.011, P(X <= 7) = 0.945, each +- 0.044."""
    y_true, y_interval = np.zeros((10, 2)), np.zeros((10, 2, 2))
    display = CoverageDisplay.from_predictions(y_true, y_interval, coverage=0.5)
    np.testing.assert_allclose(display.chance_[:, :, 0], [[0.2, 0.8]] * 2)
    assert band_at(display.bands_[0][0], 1) == pytest.approx((0.2, 0.8))


def test_several_coverages_and_targets():
    rng = np.random.RandomState(0)
    y_true, half = rng.randn(30, 4, 2), np.array([0.5, 1, 2])
    y_interval = np.zeros((30, 4, 2, 2, 3)) + np.stack([-half, half])
    display = CoverageDisplay.from_predictions(y_true, y_interval, coverage=[0.4, 0.7, 0.95], target_names=["a", "b"])
    for number in range(3):
        own = y_interval[..., number]
        expected = interval_coverage(y_true, own, multioutput="raw_values")
        np.testing.assert_allclose(display.observed[:, :, number], expected)
        np.testing.assert_allclose(display.width[:, :, number], mean_interval_width(own, multioutput="raw_values"))
    assert display.axes_.shape == (2, 2)
    assert [axes.get_title() for axes in display.axes_[0]] == ["a", "b"]
    labels = ["40 % intervals", "70 % intervals", "95 % intervals", "nominal", "range of chance (95 %)"]
    assert texts(display.legend_) == labels
    assert len({line.get_color() for line in display.observed_lines_[0]}) == 3
    one = CoverageDisplay.from_predictions(y_true, y_interval, coverage=[0.4, 0.7, 0.95], targets=1)
    np.testing.assert_array_equal(one.observed, display.observed[:, 1:])


def test_ragged_intervals():
    """The steps that y_true lacks count for neither coverage nor width."""
    y_true, y_interval = [[1.0], [1.0, 5]], [[[0, 2], [0, 100]], [[2, 3], [4, 6]]]
    display = CoverageDisplay.from_predictions(y_true, y_interval)
    np.testing.assert_array_equal(display.observed[:, 0, 0], [0.5, 1])
    np.testing.assert_array_equal(display.width[:, 0, 0], [1.5, 2])
    np.testing.assert_array_equal(display.n_samples, [2, 1])
    listed = [np.array(own)[..., None] for own in y_interval]
    again = CoverageDisplay.from_predictions(y_true, listed, coverage=[0.9])
    np.testing.assert_array_equal(again.observed, display.observed)


def test_infinite_widths_are_marked():
    y_interval = np.array([[[0, 1], [0, np.inf]], [[0, 3], [0, 1]]])
    display = CoverageDisplay.from_predictions(np.ones((2, 2)), y_interval)
    np.testing.assert_array_equal(display.width[:, 0, 0], [2, np.inf])
    np.testing.assert_array_equal(display.infinite_[0].get_xdata(), [2])
    assert texts(display.legend_)[-1] == "infinite"
    display.figure_.canvas.draw()
    assert CoverageDisplay.from_predictions(np.ones((2, 1)), y_interval[:, :1]).infinite_ == [None]


def test_coverage_of_an_estimator():
    X, y = np.zeros((4, 5)), np.array([[0.0, 0.5, 5], [2, 0, 0], [0, 0, -2.5], [0, 0, 0]])
    pipeline = make_pipeline(FunctionTransformer(), LastValue()).fit(X)
    display = CoverageDisplay.from_estimator(pipeline, X, y, coverage=[0.5, 0.9])
    np.testing.assert_array_equal(display.observed[:, 0], [[0.75, 1], [1, 1], [0.5, 0.75]])
    np.testing.assert_array_equal(display.width[:, 0], [[2, 6]] * 3)
    single = CoverageDisplay.from_estimator(LastValue().fit(X), X, y, coverage=0.5, X_static=[[10]] * 4)
    np.testing.assert_array_equal(single.observed.ravel(), [0, 0, 0])


def test_a_single_step_of_y_without_axis():
    display = CoverageDisplay.from_predictions([1, 2, 3], [[0, 1], [3, 4], [3, 3]])
    assert display.observed.ravel() == pytest.approx([2 / 3])
    assert display.observed_lines_[0][0].get_marker() == "o"
    display.figure_.canvas.draw()
    assert shown_ticks(display.axes_[1, 0]) == ["1"]


def test_intervals_that_do_not_fit():
    y_true = np.zeros((3, 2))
    with pytest.raises(ValueError, match="y_true and y_interval must hold the same samples. Got 3 in y_true and 2"):
        CoverageDisplay.from_predictions(y_true, np.zeros((2, 2, 2)))
    with pytest.raises(ValueError, match=r"y_interval must end in axes of \(2, 2\).* Got samples of shape \(2, 2, 3\)"):
        CoverageDisplay.from_predictions(y_true, np.zeros((3, 2, 2, 3)), coverage=[0.5, 0.9])
    with pytest.raises(ValueError, match=r"Got samples of shape \(2,\): intervals of a single coverage take a number"):
        CoverageDisplay.from_predictions(np.zeros(3), np.zeros((3, 2)), coverage=[0.9])
    with pytest.raises(ValueError, match="y_interval must hold lower bounds up to the upper bounds"):
        CoverageDisplay.from_predictions(y_true, np.zeros((3, 2, 2)) + [1, 0])
    with pytest.raises(ValueError, match="coverage must be a number above 0 and below 1.* Got 1"):
        CoverageDisplay.from_predictions(y_true, np.zeros((3, 2, 2)), coverage=1)


# --- errors of forecasts ----------------------------------------------------------------------------------------------


def test_errors_by_hand():
    """Errors of 0, 1, ..., 100 at the first step, and 10 times that at the second: the quantile q is 100 q."""
    y_true = np.arange(101.0)[:, None] * [1, 10]
    display = ForecastErrorDisplay.from_predictions(y_true + 7, np.full((101, 2), 7))
    np.testing.assert_allclose(display.quantiles_[:, 0], np.outer([1, 10], [5, 25, 50, 75, 95]))
    np.testing.assert_allclose(display.median_lines_[0].get_xydata(), [[1, 50], [2, 500]])
    outer, inner = display.bands_[0]
    assert band_at(outer, 1) == pytest.approx((5, 95))
    assert band_at(inner, 2) == pytest.approx((250, 750))
    assert texts(display.legend_) == ["no error", "median", "middle 50 %", "middle 90 %"]
    points = display.points_[0].get_offsets()
    assert {tuple(point) for point in points.tolist()} == {(7, value) for value in (y_true + 7).ravel()}


def test_only_some_points_are_drawn():
    y = np.arange(5000.0)
    display = ForecastErrorDisplay.from_predictions(y, -y, subsample=50)
    drawn = display.points_[0].get_offsets()
    assert len(np.unique(drawn[:, 1])) == 50
    np.testing.assert_array_equal(drawn[:, 0], -drawn[:, 1])
    again = ForecastErrorDisplay.from_predictions(y, -y, subsample=50).points_[0].get_offsets()
    np.testing.assert_array_equal(drawn, again)
    assert (display.plot(subsample=50, random_state=1).points_[0].get_offsets() != drawn).any()
    assert len(display.plot().points_[0].get_offsets()) == 1000
    assert len(display.plot(subsample=None).points_[0].get_offsets()) == 5000
    np.testing.assert_allclose(display.quantiles_[0, 0, 2], 4999)  # the errors are those of all values
    with pytest.raises(ValueError, match="subsample must be an integer from 1 to [0-9]+. Got 0"):
        display.plot(subsample=0)
    with pytest.raises(ValueError, match="random_state must be .* Got True"):
        display.plot(subsample=50, random_state=True)


def test_errors_of_ragged_targets():
    display = ForecastErrorDisplay.from_predictions([[1, 2], [3.0]], [[0, 0, 50], [0, 50, 50]])
    np.testing.assert_array_equal(display.steps, [1, 2, 1])
    np.testing.assert_array_equal(display.quantiles_[:, 0, 2], [2, 2])


def test_errors_of_an_estimator_with_two_targets():
    X = np.arange(16.0).reshape(2, 4, 2)
    model = LastValue(univariate=False).fit(X)
    y = model.predict(X) + [1, -1]
    display = ForecastErrorDisplay.from_estimator(model, X, y, target_names=["a", "b"])
    np.testing.assert_array_equal(display.quantiles_[:, :, 2], [[1, -1]] * 3)
    assert display.axes_.shape == (2, 2)
    assert [axes.get_ylabel() for axes in display.axes_[:, 0]] == ["error of a", "error of b"]
    moved = ForecastErrorDisplay.from_estimator(model, X, y, X_static=np.ones((2, 1, 1)), targets=1)
    np.testing.assert_array_equal(moved.quantiles_[:, 0, 2], [-2] * 3)
    with pytest.raises(ValueError, match="y_true and y_pred must have the same steps. Got 2 in y_true"):
        ForecastErrorDisplay.from_estimator(model, X, y[:, :2])


# --- backtests --------------------------------------------------------------------------------------------------------


def test_backtest_of_a_forecaster():
    series = np.cumsum(np.random.RandomState(0).randn(2, 40), axis=1)
    forecaster, ahead = SeriesForecaster(Ridge(), window=6, horizon=3), np.zeros((2, 40))
    tested = forecaster.backtest(series, n_windows=4, step=2, X_future=ahead)
    display = BacktestDisplay.from_estimator(forecaster, series, n_windows=4, step=2, X_future=ahead, sample=1)
    np.testing.assert_array_equal(display.origins, tested["origin"][:, 1])
    np.testing.assert_array_equal(np.stack(display.y_pred)[..., 0], tested["y_pred"][:, 1])
    with pytest.raises(AttributeError, match=r"must have the method backtest, .* Got Ridge: wrap it, SeriesForecaster"):
        BacktestDisplay.from_estimator(Ridge(), series)


NOT_DRAWN = {"scoring", "coverage"}  # of a backtest: the panel below has errors of its own, and there are no bands


def test_all_that_a_backtest_takes_can_be_given_to_its_display():
    asked = {}

    class Forecaster:
        def backtest(self, X, **given):
            asked.update(given)
            return {"origin": [6], "y_pred": [[6, 8]]}

    taken = signature(SeriesForecaster.backtest).parameters.keys() - {"self", "X"} - NOT_DRAWN
    given = {name: object() for name in taken}
    BacktestDisplay.from_estimator(Forecaster(), np.arange(10.0), **given)
    assert {name: asked[name] for name in given} == given


def test_backtest_of_a_series_that_repeats_exactly():
    """Its scaled error is not defined, and not shown."""
    week = np.tile([5.0, 3, 3, 4, 6, 9, 8], 6)
    forecaster = SeriesForecaster(Ridge(), window=7, horizon=7, season=7)
    assert not told(BacktestDisplay.from_estimator, forecaster, [week], n_windows=2)


def test_backtest_by_hand():
    series = np.arange(10.0)
    backtest = {"origin": [6, 4], "y_pred": [[6, 8], [0, 0]], "y_true": [[6, 7], [4, 5]], "scores": [0.5, 4.5]}
    display = BacktestDisplay.from_backtest(series, backtest)
    np.testing.assert_array_equal(display.origins, [4, 6])
    np.testing.assert_array_equal(display.errors_, [[4.5], [0.5]])
    first, second = display.forecast_lines_[0]
    np.testing.assert_array_equal(first.get_xydata(), [[4, 0], [5, 0]])
    np.testing.assert_array_equal(second.get_xydata(), [[6, 6], [7, 8]])
    assert first.get_color() != second.get_color()
    np.testing.assert_array_equal(display.error_lines_[0].get_xydata(), [[4, 4.5], [6, 0.5]])
    np.testing.assert_array_equal(display.series_lines_[0].get_ydata(), series)
    assert texts(display.legend_) == ["series", "forecasts"]


def test_masked_steps_of_a_series_are_not_drawn():
    series = np.ma.array(np.arange(12.0), mask=np.arange(12) >= 10)
    backtest = {"origin": [6, 4], "y_pred": [[6, 8], [0, 0]]}
    display = BacktestDisplay.from_backtest(series, backtest)
    np.testing.assert_array_equal(display.series_lines_[0].get_ydata(), np.arange(10))


def test_the_backtest_of_several_series():
    X = [np.arange(10.0), pd.Series(10 * np.arange(8.0), pd.date_range("2024-01-01", periods=8))]
    y_true = np.array([[[6, 7], [40, 50]], [[8, 9], [60, 70]]])  # (2 origins, 2 series, 2 steps)
    backtest = {"origin": np.array([[6, 4], [8, 6]]), "y_true": y_true, "y_pred": y_true + 1, "score": [1, 1]}
    display = BacktestDisplay.from_backtest(X, backtest, sample=-1)
    np.testing.assert_array_equal(display.series[:, 0], X[1])
    np.testing.assert_array_equal(display.origins, [4, 6])
    np.testing.assert_array_equal(display.errors_, [[1], [1]])
    assert str(display.index[0])[:10] == "2024-01-01"
    with pytest.raises(IndexError, match="sample has index 2, but there are 2"):
        BacktestDisplay.from_backtest(X, backtest, sample=2)
    alone = {name: np.asarray(values)[:, :1] for name, values in backtest.items() if name != "score"}
    for series in (X[0], X[:1], X[0][None]):
        np.testing.assert_array_equal(BacktestDisplay.from_backtest(series, alone).series[:, 0], X[0])
    with pytest.raises(ValueError, match=r"y_true\[0\] must be the values of the series"):
        BacktestDisplay.from_backtest(X[1], alone)


def test_many_forecasts_are_not_all_drawn():
    series = np.arange(2000.0)
    origins = np.arange(500, 1500)
    display = BacktestDisplay.from_predictions(series, np.zeros((1000, 3)), origins)
    assert len(display.forecast_lines_[0]) == len(display.axes_[0, 0].lines) - 1 == 20
    assert display.shown_[[0, -1]].tolist() == [0, 999]
    assert len(display.error_lines_[0].get_xdata()) == 1000
    crowded = BacktestDisplay.from_predictions(series, np.zeros((25, 12)), np.arange(25))
    assert crowded.shown_.tolist() == [0, 5, 10, 14, 19, 24]  # twice 36 steps over a horizon of 12
    assert len(crowded.plot(max_forecasts=25).shown_) == 25
    assert texts(display.legend_)[1] == "forecasts (20 of 1,000)"
    assert display.series_lines_[0].get_xdata()[0] == 500 - 12
    display.plot(max_forecasts=1, n_history=3)
    assert display.shown_.tolist() == [0]
    assert display.series_lines_[0].get_xdata()[0] == 497
    with pytest.raises(ValueError, match="max_forecasts must be an integer from 1 to"):
        display.plot(max_forecasts=0)


def test_forecasts_that_end_behind_the_series():
    series = pd.DataFrame({"a": [1.0, 2, np.nan, 4], "b": [0.0, 0, 0, 0]}, index=pd.date_range("2024-01-01", periods=4))
    y_pred = [np.ones((2, 2)), np.ones((2, 2)), np.ones((1, 2))]  # the numbers of steps may differ
    display = BacktestDisplay.from_predictions(series, y_pred, [1, 3, 4])
    np.testing.assert_array_equal(display.errors_, [[1, 1], [3, 1], [np.nan, np.nan]])
    assert str(display.index[-1])[:10] == "2024-01-05"
    assert len(display.index) == 5
    assert [axes.get_title() for axes in display.axes_[0]] == ["a", "b"]
    display.figure_.canvas.draw()
    one = BacktestDisplay.from_predictions(series, y_pred, [1, 3, 4], targets="b")
    assert one.axes_[0, 0].get_ylabel() == "b"


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"origins": [1]}, r"origins must be 2 whole numbers, one per forecast in y_pred. Got int64 of shape \(1,\)"),
        ({"origins": [1.5, 2]}, "origins must be 2 whole numbers.* Got float64"),
        ({"origins": [1, 5]}, "origins must be steps of the series, 0 to 4. Got 1 to 5"),
        ({"origins": [-1, 3]}, "Got -1 to 3"),
        ({"y_pred": np.zeros((2, 1, 2))}, r"y_pred\[0\] must have the 1 target\(s\) of series"),
        ({"y_pred": [[1, np.nan], [2, 2]]}, "Input y_pred contains NaN"),
        ({"y_true": [[2], [3]]}, r"y_true\[0\] must be the values of the series from step 1 on.*\[1.\].* Got \[2.\]"),
    ],
)
def test_backtests_that_do_not_fit(given, message):
    with pytest.raises(ValueError, match=message):
        BacktestDisplay.from_predictions(
            **{"series": [0, 1, 2, 3], "y_pred": [[0.0], [0.0]], "origins": [1, 2]} | given
        )


def test_a_backtest_without_its_keys():
    with pytest.raises(ValueError, match=r"backtest must have the keys 'origin' and 'y_pred'. Got \['y_true'\]"):
        BacktestDisplay.from_backtest([1, 2], {"y_true": [[1]]})


# --- where things are drawn -------------------------------------------------------------------------------------------


def draw(display, n_targets=1, **where):
    """One of the displays, in long words and large numbers."""
    rng = np.random.RandomState(0)
    y, names = 1e5 * rng.randn(30, 6, n_targets), [f"measurements of station {target}" for target in range(n_targets)]
    interval = np.stack([y - 1e5, y, y + 1e5], axis=-1)[..., [[1, 0], [1, 2]]]
    where = {"target_names": names} | where
    if display is ForecastDisplay:
        interval, coverage, index = interval[0], [0.5, 0.999], np.datetime64("2020-02-28") + np.arange(36)
        return display.from_predictions(
            y[:, 0], y[0], interval=interval, coverage=coverage, truth=y[1], index=index, **where
        )
    if display is CoverageDisplay:
        return display.from_predictions(y + 1e5 * rng.randn(*y.shape), interval, coverage=[0.5, 0.999], **where)
    if display is ForecastErrorDisplay:
        return display.from_predictions(y, y[::-1], **where)
    return display.from_predictions(y[:, 0], y[:3], [4, 10, 16], **where)


@pytest.mark.parametrize("own_figure", [True, False])
@pytest.mark.parametrize("n_targets", [1, 3])
@pytest.mark.parametrize("display", DISPLAYS)
def test_long_names_stand_beside_their_panels(display, n_targets, own_figure):
    names = [
        f"{index}: electricity demand of the region north (kW), hourly mean of all years since 1990 or so"
        for index in range(n_targets)
    ]
    ax = None if own_figure else plt.subplots(figsize=(12, 9), layout="constrained")[1]
    drawn = draw(display, n_targets, target_names=names, ax=ax)
    drawn.figure_.canvas.draw()
    in_columns = display is CoverageDisplay or (display is BacktestDisplay and n_targets > 1)
    named = drawn.axes_[0] if in_columns else drawn.axes_.reshape(n_targets, -1)[:, 0]
    for axes, name in zip(named, names):
        text = axes.title if in_columns else axes.yaxis.label
        start = text.get_text().replace("\n", " ").removeprefix("error of ")[:30]
        assert name.startswith(start)
        shown, panel = text.get_window_extent(), axes.get_window_extent()
        others = [*drawn.axes_.flat, drawn.legend_]
        assert not any(shown.overlaps(other.get_window_extent()) for other in others)
        room = 15  # pixels, to neighbours
        assert panel.x0 - room <= shown.x0 < shown.x1 <= panel.x1 + room or not in_columns
        assert panel.y0 - room <= shown.y0 < shown.y1 <= panel.y1 + room or in_columns


@pytest.mark.parametrize("display", DISPLAYS)
def test_numbers_that_were_put_in_are_as_good_as_computed_ones(display):
    """A display made by its constructor, without names and index."""
    drawn = draw(display)
    given = {name: value for name, value in vars(drawn).items() if not name.endswith("_") and name != "index"}
    assert display(**given | {"target_names": None}).plot().axes_.shape == drawn.axes_.shape


# --- errors -----------------------------------------------------------------------------------------------------------


def test_an_estimator_without_intervals_is_told_so():
    X, y = np.zeros((4, 3)), np.zeros((4, 2))
    with pytest.raises(TypeError, match="ForecastDisplay needs an estimator with predict_interval. Got Ridge"):
        ForecastDisplay.from_estimator(Ridge().fit(X, y), X, y, coverage=0.9)


@pytest.mark.parametrize("size", [1e-7, 1e-4, 4e-3, 0.05, 1, 4e4, 1e6])
@pytest.mark.parametrize("level", [0, 3])
def test_forecasts_of_any_size_have_ticks_apart(size, level):
    y = size * (level + np.random.RandomState(0).randn(50, 3))
    display = ForecastErrorDisplay.from_predictions(np.stack([y, y], axis=-1), np.stack([y, -y], axis=-1))
    display.figure_.canvas.draw()
    for axes in display.axes_[:, 1]:
        left, right = axes.get_xlim()
        ticks = [tick.label1 for tick in axes.xaxis.get_major_ticks() if left <= tick.get_loc() <= right]
        assert len(ticks) >= 2
        assert not any(one.get_window_extent().overlaps(next_.get_window_extent()) for one, next_ in pairwise(ticks))


OTHERS = {
    "classes": (SequenceClassifier, NUMBERS, [0, 1] * 3),
    "marks of outliers": (LSTMAutoencoderDetector, NUMBERS, None),
    "labels or tokens": (SequenceTagger, NUMBERS, NUMBERS > 0),
    "labels or tokens ": (Seq2SeqTransducer, TOKENS, TOKENS),
    "labels or tokens  ": (SequenceGenerator, TOKENS, None),
}


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("gives", OTHERS)
def test_another_kind_of_estimator_is_told_what_is_needed(gives):
    kind, X, y = OTHERS[gives]
    with warnings.catch_warnings(action="ignore"):  # of fits that are too short
        model = kind(units=2, epochs=1, random_state=0).fit(X, y)
    for display, own in product(
        (ForecastDisplay, ForecastErrorDisplay), (model, make_pipeline(FunctionTransformer(), model))
    ):
        needs = f"{display.__name__} draws .*needs a regressor that .*such as Seq2SeqRegressor or SeriesForecaster"
        with pytest.raises(TypeError, match=rf"{needs}\. Got {kind.__name__}, which predicts {gives.strip()}\."):
            display.from_estimator(own, X, NUMBERS[:, :2])


def test_samples_that_do_not_exist():
    X = np.zeros((4, 3))
    with pytest.raises(IndexError, match="sample has index 4, but there are 4"):
        ForecastDisplay.from_estimator(LastValue().fit(X), X, sample=4)
    with pytest.raises(ValueError, match=r"y must have one entry per sample of X.*\[4, 3\]"):
        ForecastDisplay.from_estimator(LastValue().fit(X), X, X[:3])


def test_a_single_series_is_one_sample_of_a_forecaster():
    series = pd.Series(np.sin(np.arange(60)), pd.date_range("2024", periods=60), name="sold")
    model = SeriesForecaster(Ridge(), window=6, horizon=3, calibration_windows=9).fit(series)
    past, truth = series[:-3], series[-3:]
    for cls, given in ((CoverageDisplay, {"coverage": 0.5}), (ForecastErrorDisplay, {}), (ForecastDisplay, {})):
        one = cls.from_estimator(model, past, truth, **given)
        listed = cls.from_estimator(model, [past], [truth], **given)
        for name, value in vars(listed).items():
            if isinstance(value, np.ndarray) and value.dtype != object:
                np.testing.assert_array_equal(getattr(one, name), value)
    assert ForecastErrorDisplay.from_estimator(model, past, truth).steps.tolist() == [1, 2, 3]
    known = pd.DataFrame({"sun": np.cos(np.arange(60))}, series.index)
    told = SeriesForecaster(Ridge(), window=6, horizon=3).fit(past, X_future=known, X_static=[[1.0]])
    for given in ({"X_future": known, "X_static": [[1.0]]}, {"X_future": [known], "X_static": [1.0]}):
        assert ForecastErrorDisplay.from_estimator(told, past, truth, **given).steps.tolist() == [1, 2, 3]
    frame = series.to_frame()
    other = SeriesForecaster(Ridge(), window=6, horizon=3).fit(frame)
    assert ForecastDisplay.from_estimator(other, frame).forecast.shape == (3, 1)


def test_the_truth_of_other_days_is_not_drawn():
    days = pd.date_range("2025-01-01", periods=43)
    series = pd.Series(np.random.RandomState(0).randn(43), days)
    model = SeriesForecaster(Ridge(), window=6, horizon=3).fit([series[:40]])
    display = ForecastDisplay.from_estimator(model, [series[:40]], [series[40:]])
    assert display.truth[:, 0].tolist() == series[40:].tolist()
    message = "^y and the forecast have the times 2025-01-11 00:00:00 and 2025-02-10 00:00:00 at step 0"
    with pytest.raises(ValueError, match=message):
        ForecastDisplay.from_estimator(model, [series[:40]], [series[10:13]])
