"""Intervals and paths of SeriesForecaster."""

import re

import numpy as np
import pandas as pd
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from recorded_windows import (
    Recorder,
    forecaster,
    forget,  # noqa: F401 - each test begins with nothing recorded
    walks,
)
from sklearn.linear_model import Ridge

from skseq import SeasonalNaive, Seq2SeqRegressor, SeriesForecaster
from skseq._data.forecasts.conformal import half_widths, quantiles_of
from skseq._data.forecasts.series import read_series
from skseq.exceptions import PathWarning
from skseq.metrics import interval_coverage


def test_intervals_by_hand():
    """Zeros are forecast, so the half width of a step is the 4th smallest of 4 absolute values, in units of X."""
    series = np.r_[np.zeros(8), [5.0, -6, 7, -8, 9]]
    model = SeriesForecaster(Recorder(), window=2, horizon=2, scaling=None, calibration_windows=4).fit([series])
    assert model.predict_interval(coverage=0.8)[0].tolist() == [[-8, 8], [-9, 9]]
    assert model.predict_interval(coverage=[0.2, 0.8])[0, 0].tolist() == [[-5, -8], [5, 8]]
    assert model.predict_quantiles(quantiles=[0.2, 0.8])[0].tolist() == [[-8, 7], [-8, 9]]
    assert model.predict_interval(n_steps=1, coverage=0.8)[0].tolist() == [[-8, 8]]
    with pytest.warns(PathWarning, match="Paths are"):
        paths = model.sample_y(n_samples=30, random_state=1)
    assert {tuple(path) for path in paths[0].T} == {(5, -6), (-6, 7), (7, -8), (-8, 9)}


def test_paths_of_few_windows_that_overlap_are_told_of():
    """Ten windows of 14 steps hold 23 steps, of which 1.6 fortnights; 99 hold eight. A single step is none of a sum."""
    series = [np.random.RandomState(0).randn(200)]
    few, enough = (SeriesForecaster(Ridge(), horizon=14, calibration_windows=n).fit(series) for n in (10, 99))
    with pytest.warns(
        PathWarning, match=r"10 held-out .* no more than 1\.6 horizons of 14 .*calibration_windows=99 or"
    ):
        few.sample_y()
    few.sample_y(n_steps=1)
    assert_array_equal(enough.sample_y(random_state=1), enough.sample_y(random_state=1))


def test_windows_far_apart_hold_no_more_than_their_own_steps():
    """Five of 600 steps, 20 and more from each to the next; eight, or more without such a distance, are enough."""
    series = [np.random.RandomState(0).randn(600)]
    few = SeriesForecaster(Ridge(), horizon=2, calibration_windows=5).fit(series)
    with pytest.warns(PathWarning, match=r"more than 5 horizons of 2 .*calibration_windows=15 or"):
        few.sample_y()
    del few._held_out_stride  # as in files of older releases, which held out the last windows, a stride apart
    with pytest.warns(PathWarning, match=r"more than 3 horizons of 2 "):
        few.sample_y()
    few.set_params(calibration_windows=15).fit(series).sample_y()
    apart = SeriesForecaster(Ridge(), horizon=2, calibration_windows=5, stride=20).fit(series)
    with pytest.warns(PathWarning, match=r"more than 5 horizons of 2 .*calibration_windows=8 or"):
        apart.sample_y()
    apart.set_params(calibration_windows=8).fit(series).sample_y()


def test_errors_of_a_calm_time_do_not_stand_for_the_year():
    """Noise of 0.2 to 1.8 over a year of 300 steps, calm before the one to forecast: 40 steps would hold 0.5 of it."""
    size = 1 - 0.8 * np.cos(2 * np.pi * np.arange(2_100) / 300)
    noise = size * np.random.RandomState(0).randn(2_100)
    model = SeriesForecaster(Ridge(), window=6, horizon=1, scaling=None, calibration_windows=40)
    found = model.backtest([noise], n_windows=300, coverage=0.9)
    assert 0.85 < interval_coverage(found["y_true"].ravel(), found["y_interval"].reshape(-1, 2)) < 0.95


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize(
    "estimator", [Ridge(), SeasonalNaive(), Seq2SeqRegressor(loss="quantile", units=2, epochs=1)], ids=repr
)
def test_sums_over_series_spread_as_their_errors_do(estimator):
    """Of 30 series of deviation d: d sqrt(30) where each has shocks of its own, 30 d where they share them."""
    alone, shared = np.random.RandomState(1).randn(30, 150), np.random.RandomState(2).randn(150)
    model = SeriesForecaster(estimator, window=7, horizon=2, calibration_windows=40, max_windows=20, random_state=0)

    def spread(noise, X=None):
        paths = model.fit(100 + 10 * noise).sample_y(X, n_samples=300)
        return paths.sum(axis=0).std(axis=-1).mean() / paths.std(axis=-1).mean()

    assert_allclose(spread(alone), np.sqrt(30), rtol=0.25)
    assert_allclose(spread(np.tile(shared, (30, 1))), 30, rtol=1e-3)
    assert_allclose(spread(alone, X=100 + 10 * alone[:29]), np.sqrt(29), rtol=0.25)  # others: nothing is to be told


def named(values, names):
    days = pd.date_range("2024-01-01", periods=values.shape[1])
    return [pd.Series(own, days, name=name) for own, name in zip(values, names)]


def of_two_sizes():
    """A forecaster of four series that share their shocks, some far harder to forecast than they move, and these."""
    rng = np.random.RandomState(0)
    shared = np.cumsum(rng.randn(4, 80), axis=1) + np.array([[0], [0], [9], [9]]) * rng.randn(80)
    model = SeriesForecaster(Ridge(), window=7, horizon=2, calibration_windows=40, random_state=0)
    return model, shared * np.array([[1], [10], [1], [10]])


def test_paths_of_the_series_of_fit_do_not_depend_on_how_they_are_passed():
    """By the values that are kept, in their order, or by names in any order; some of them are not others."""
    model, values = of_two_sizes()
    of_fit = model.fit(values).sample_y(n_samples=50)
    assert_allclose(model.sample_y(values, n_samples=50), of_fit)
    series = named(values, "abcd")
    model.fit(series)
    for order in ([0, 1, 2, 3], [2, 0, 3]):
        found = model.sample_y([series[place] for place in order], n_samples=50)
        assert_allclose(np.stack(found), of_fit[order])


def test_intervals_of_the_series_of_fit_do_not_depend_on_how_they_are_passed():
    """The size of errors of each is known by its name; others have that of their steps alone."""
    model, values = of_two_sizes()
    series = named(values, "abcd")
    of_fit = np.stack(model.fit(series).predict_interval())
    others = np.stack(model.predict_interval(named(values, "efgh")))
    assert_allclose(np.stack(model.predict_interval(series[::-1])), of_fit[::-1])
    assert_allclose(np.stack(model.predict_interval(named(values, "abeg"))), [*of_fit[:2], *others[2:]])
    assert_allclose(np.stack(model.predict_quantiles(series)), np.stack(model.predict_quantiles()))
    assert not np.allclose(others, of_fit)


def test_series_without_names_are_those_of_fit_if_they_hold_what_is_kept_of_them():
    """With later steps, or from a later one on; neither in another order nor others of the same number."""
    model, values = of_two_sizes()
    kept = model.fit(values)._known.series

    def places(X):
        return read_series(model, list(X), kind=model._kind)[0].places_in(kept)

    later = [np.r_[own, own[:5]] for own in values]
    for X in (values, later, [own[20:] for own in later]):
        assert places(X).tolist() == [0, 1, 2, 3]
    for X in (values[::-1], [own + 1 for own in values], [own[-3:] for own in values], values[:3]):
        assert places(X) is None


def test_series_that_are_not_those_of_fit_draw_by_themselves_with_a_warning():
    """Four that share all their shocks spread twice as much together, three 1.7 times; two are told nothing."""
    shared = np.tile(np.random.RandomState(0).randn(80), (4, 1))
    model, series = of_two_sizes()[0], named(shared, "abcd")
    model.fit(series)
    for X in (named(shared, "abce"), named(shared[:3], "efg")):
        with pytest.warns(PathWarning, match=r"last values of all 4 in their order\. .* 2\.0 times "):
            paths = np.stack(model.sample_y(X, n_samples=20))
        assert np.ptp(paths, axis=0).max() > 0
    model.sample_y(named(shared[:1], "z"))  # of one series there are no sums
    model.fit(series[:2]).sample_y(named(shared, "efgh"))


@pytest.mark.filterwarnings("ignore::skseq.exceptions.PathWarning")
def test_scorers_of_a_backtest_see_the_errors_that_series_share():
    """Of three equal series each path is the same, as in `sample_y` without X; before, each drew a time of its own."""
    series = np.tile(np.random.RandomState(2).randn(80), (3, 1))

    def apart(model, X, y):
        return np.ptp(model.sample_y(X, n_samples=20, random_state=0), axis=0).max()

    model = forecaster(calibration_windows=20)
    for refit in (True, False):
        assert_array_equal(model.backtest(series, n_windows=2, scoring=apart, refit=refit)["score"], [0, 0])
    assert_allclose(apart(model.fit(series), series, None), 0, atol=1e-12)


@pytest.mark.filterwarnings("ignore::skseq.exceptions.PathWarning")
def test_few_held_out_windows_are_drawn_from_those_of_all_series():
    model = forecaster(calibration_windows=8).fit(np.random.RandomState(0).randn(30, 60))
    assert len(np.unique(model.sample_y(n_samples=100)[0, 0])) > 8
    assert len(np.unique(model.set_params(calibration_windows=9).fit(walks()).sample_y(n_samples=100)[0, 0])) == 9


@pytest.mark.usefixtures("eager")
@pytest.mark.filterwarnings("ignore::skseq.exceptions.PathWarning")
def test_what_a_network_has_learnt_of_each_window_comes_before_errors():
    """But where it has learnt no such quantile, or draws each step by itself."""
    series, drawn = walks([60, 60, 60]), {}
    for loss in ("quantile", "normal", "squared_error"):
        network = Seq2SeqRegressor(loss=loss, units=2, epochs=1, random_state=0)
        model = forecaster(network, calibration_windows=20).fit(series)
        bounds = model.predict_interval(coverage=0.9)
        assert_allclose(bounds.mean(axis=-1), model.predict(), rtol=1e-4)  # from errors, of any loss
        found = model.predict_quantiles(quantiles=[0.3])
        if loss != "squared_error":
            assert_allclose(found, model.estimator_.predict_quantiles([own[-6:] for own in series], [0.3]), rtol=1e-5)
        if loss != "normal":  # of which all quantiles are known
            sizes = np.ptp(bounds, axis=-1)[:, :1] / 2 / half_widths(model.residuals_, 0.9)[0]
            errors = sizes[..., None] * quantiles_of(model.residuals_, [0.04, 0.96])[:, 0]
            found = model.predict_quantiles(quantiles=[0.04, 0.96])
            assert_allclose(found, model.predict()[..., None] + errors, rtol=1e-4)
        drawn[loss] = len(np.unique(model.sample_y(n_samples=200)[0, 0]))
    assert drawn == {"quantile": 20, "normal": 200, "squared_error": 20}


def test_coverage_of_noise():
    """Exchangeable windows are covered as promised: mean of 400 series, each step within 3 standard errors."""
    rng = np.random.RandomState(0)
    noise = [size * rng.randn(43) for size in np.exp(rng.randn(400))]
    model = forecaster(window=10, calibration_windows=1).fit([own[:-3] for own in noise])
    truth = [own[-3:] for own in noise]
    by_step = interval_coverage(truth, model.predict_interval(coverage=0.8), multioutput="raw_values")
    assert_allclose(by_step, 0.8, atol=3 * np.sqrt(2 * 0.16 / 400))  # as many windows calibrate as are tested
    low, high = np.moveaxis(model.predict_quantiles(quantiles=[0.1, 0.9]), -1, 0)
    assert abs(np.mean((low <= truth) & (truth <= high)) - 0.8) < 0.05
    levels = model.predict_quantiles()
    assert (np.diff(levels, axis=-1) >= 0).all()


def test_intervals_that_cannot_be():
    model = forecaster(calibration_windows=2).fit(walks())
    with pytest.raises(
        ValueError, match=r"coverage=0.9 needs at least 9 .* Got 6: set calibration_windows.* least 3 and"
    ):
        model.predict_interval()
    with pytest.raises(
        ValueError, match=r"quantile 0.1 needs at least 9 .* Got 6: set calibration_windows.* least 3 and"
    ):
        model.predict_quantiles()
    forecaster(calibration_windows=3).fit(walks()).predict_interval()  # as the error says: 3 of 3 series
    naive = forecaster(SeasonalNaive(), calibration_windows=2).fit(walks())  # which calibrates itself
    with pytest.raises(ValueError, match="Got 6: set calibration_windows"):
        naive.predict_interval()
    with pytest.raises(ValueError, match=r"n_steps=4 is more than the horizon of 3"):
        model.predict_interval(n_steps=4, coverage=0.5)
    for level in (0, 1, 90, "high", []):
        with pytest.raises(ValueError, match=re.escape(f"coverage must be above 0 and below 1. Got {level!r}")):
            model.predict_interval(coverage=level)
    with pytest.raises(ValueError, match="quantiles must be above 0 and below 1"):
        model.predict_quantiles(quantiles=[0.5, 1.0])
    with pytest.raises(ValueError, match=r"quantiles must be a list of levels. Got 0.5"):
        model.predict_quantiles(quantiles=0.5)
    with pytest.raises(ValueError, match="n_samples must be an integer from 1 to 2147483647. Got 0"):
        model.sample_y(n_samples=0)
    for method in ("predict_interval", "predict_quantiles", "sample_y"):
        with pytest.raises(ValueError, match=rf"{method} needs .*set calibration_windows, .* 9 or more"):
            getattr(forecaster().fit(walks()), method)()


@pytest.mark.usefixtures("eager", "untrained")
@pytest.mark.parametrize("method", ["predict_interval", "predict_quantiles", "sample_y"])
def test_an_estimator_that_is_not_calibrated_is_told_in_words_of_the_forecaster(method):
    model = forecaster(Seq2SeqRegressor(units=2, epochs=1)).fit(walks())
    message = rf"{method} needs forecasts .* set calibration_windows, .*or use .*Seq2SeqRegressor\(loss='quantile'"
    with pytest.raises(ValueError, match=message):
        getattr(model, method)()
