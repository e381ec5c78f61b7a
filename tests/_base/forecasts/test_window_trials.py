"""One size, or size and level, for all windows where that suits them; windows that hold no past of the target."""

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import BaseEstimator, RegressorMixin
from sklearn.compose import TransformedTargetRegressor
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from warned import told

from skseq import Seq2SeqRegressor, SeriesForecaster
from skseq._base.forecasts.window_trials import goes_on
from skseq._data.forecasts.window_units import WindowScaling
from skseq._data.sequences import Sequences

N_KNOWN = 340


def river(seed=1, n=400):
    """Levels in cm and the rain that raises them two steps later, and then ever less."""
    rng = np.random.RandomState(seed)
    rain = rng.gamma(0.3, 6, n) * (rng.rand(n) < 0.15)
    return 100 + 2 * np.convolve(rain, np.r_[0, 0, 0.8 ** np.arange(30)])[:n] + 0.5 * rng.randn(n), rain


def shops(seed=0, n=120):
    """Sales of shops of many levels, which a promotion doubles."""
    rng = np.random.RandomState(seed)
    ahead = [(rng.rand(n) < 0.1) * 1.0 for _ in range(8)]
    return [level * (1 + own) * np.exp(0.1 * rng.randn(n)) for level, own in zip(10.0 ** np.arange(8), ahead)], ahead


def growing(n=400, seed=0):
    """Sales of a shop that grow tenfold, and that a promotion of three days raises by half; whether there is one."""
    rng, days = np.random.RandomState(seed), np.arange(n)
    ahead = np.repeat(rng.rand(n // 3 + 1) < 0.15, 3)[:n] * 1.0
    return 100 * 10 ** (days / n) * (1 + 0.5 * ahead) * np.exp(0.04 * rng.randn(n)), ahead


LEVEL, RAIN = river()
SERIES, AHEAD = [LEVEL[:N_KNOWN]], [RAIN[:N_KNOWN]]


def forecaster(estimator=None, **parameters):
    return SeriesForecaster(estimator or Ridge(), **{"window": 10, "horizon": 2, **parameters})


def errors(model, level=LEVEL, rain=RAIN):
    """Mean absolute error two steps ahead, without and with a forecast."""
    origins = range(N_KNOWN, len(level) - 2, 2)
    truth = np.array([level[end : end + 2] for end in origins])
    pasts, beside = ([values[:end] for end in origins] for values in (level, rain))
    last = np.array([past[-1:] for past in pasts])
    return [np.abs(forecast - truth).mean() for forecast in (last, model.predict(pasts, X_past=beside))]


def cut(level, rain, window=10, horizon=2):
    """Windows (n, 10, 2) of both, and what follows of the level."""
    both = np.lib.stride_tricks.sliding_window_view(np.stack([level, rain], axis=1), window + horizon, axis=0)
    both = np.moveaxis(both, 2, 1)
    return both[:, :window], both[:, window:, 0]


X, Y = cut(*river())
SMALL = {"units": 4, "epochs": 2, "target_features": [0], "decoder": "direct", "random_state": 0}


def common_of(model):
    return model._learnt.scaling.common


def test_rain_on_a_river_is_learnt_in_centimetres():
    """As well as by a linear model of the same windows as they are; in sizes of windows worse than the last value."""
    last, by_default = errors(forecaster().fit(SERIES, X_past=AHEAD))
    assert by_default < 1.2 * errors(forecaster(scaling=None).fit(SERIES, X_past=AHEAD))[1] < 0.5 * last
    assert errors(forecaster(scaling="standard").fit(SERIES, X_past=AHEAD))[1] > 1.8 * by_default


def test_the_size_is_the_mean_of_all_windows_that_are_learnt_from():
    level = SERIES[0] + np.arange(N_KNOWN)  # which rises, so that windows keep centres of their own
    model = forecaster().fit([level], X_past=AHEAD)
    windows = cut(level, AHEAD[0])[0][:262, :, 0]  # of the first 264, a fifth held out, two reach into the last
    assert_allclose(model._regressor_in_fit.common, windows.std(axis=1).mean(), rtol=1e-2)
    units = model._regressor_in_fit.units(model._known.last_windows(10, 2))
    assert_allclose(units.centre.ravel(), level[-10:].mean())


def test_covariates_near_the_largest_numbers_are_judged():
    known = [1e140 * values for values in AHEAD]
    model = forecaster(make_pipeline(StandardScaler(), Ridge())).fit(SERIES, X_past=known)
    assert model._regressor_in_fit.common is not None


def test_forecasts_do_not_depend_on_units():
    level, rain = SERIES[0], AHEAD[0]
    forecast = forecaster().fit([level], X_past=[rain]).predict()
    assert_allclose(forecaster().fit([level / 100], X_past=[rain]).predict(), forecast / 100)


def test_a_promotion_that_raises_growing_sales_by_a_share_is_learnt_in_means_of_windows():
    """A window's deviation is as large as the promotions in it are many; its mean is what they raise."""
    sales, ahead = growing()

    def forecasts(scaling):
        model = forecaster(scaling=scaling, horizon=5).fit([sales[:N_KNOWN]], X_future=[ahead[:N_KNOWN]])
        ends = range(N_KNOWN, len(sales) - 5, 5)
        pasts, known = [sales[:end] for end in ends], [ahead[: end + 5] for end in ends]
        return model, np.array(model.predict(pasts, X_future=known)), np.array([sales[end : end + 5] for end in ends])

    (model, found, truth), (_, by_mean, _), (_, own, _) = map(forecasts, ("auto", "mean", "standard"))
    assert model._regressor_in_fit.scaling == "mean"
    assert_array_equal(found, by_mean)
    assert np.abs(found - truth).mean() < 0.8 * np.abs(own - truth).mean()


def test_a_network_that_reads_windows_by_their_means_goes_on_so():
    sales, ahead = growing()
    X, y = cut(sales, ahead)
    known = cut(ahead, ahead)[1][..., None]
    model = Seq2SeqRegressor(**SMALL, warm_start=True, dtype="float64").fit(X, y, X_future=known)
    assert model._learnt.scaling.kind == "mean"
    assert_allclose(model.model_([X, known])[..., 0], model.predict(X, X_future=known), rtol=1e-8)
    for scaling in ("auto", "mean"):
        model.set_params(scaling=scaling).fit(X, y, X_future=known)
    model.set_params(scaling="standard")
    for again in (model.fit, model.partial_fit):
        with pytest.raises(ValueError, match="with scaling='standard', which was 'auto' and took 'mean': "):
            again(X, y, X_future=known)
    model.set_params(scaling="auto").partial_fit(X, y, X_future=known)  # what it advises


def test_forecasts_have_the_units_in_which_errors_were_counted():
    """Where sales end below 0, their means tell nothing any more, but all windows but the last ones do not show it."""
    sales, ahead = growing(300)
    sales[-9:] *= -3
    model = forecaster(horizon=5, calibration_windows=5).fit([sales], X_future=[ahead])
    assert model._regressor_in_fit.scaling == model._error_scaling.kind == "mean"
    assert forecaster(horizon=5).fit([sales], X_future=[ahead])._regressor_in_fit.scaling == "standard"


def swinging(n=400, seed=0):
    """A wave of 25 steps around 50, and noise: three steps do not show on which side of 50 they are."""
    return 50 + 10 * np.sin(2 * np.pi * np.arange(n) / 25) + np.random.RandomState(seed).randn(n)


def test_short_windows_are_read_on_the_level_of_all():
    """As well as by a linear model of the same windows as they are, which the one in its own units is far behind."""
    series, short = swinging(), {"window": 3, "horizon": 3}
    model = forecaster(**short).fit([series[:300]])
    regressor = model._regressor_in_fit
    windows = np.lib.stride_tricks.sliding_window_view(series[:300], 3)[:230]  # the earlier ones, three more or less
    assert_allclose(
        [regressor.levels[1], regressor.common], [[windows.mean()], [windows.std(axis=1).mean()]], rtol=0.02
    )

    def error(own):
        pasts = [series[end - 3 : end] for end in range(303, 397)]
        truth = np.array([series[end : end + 3] for end in range(303, 397)])
        return np.abs(own.predict(pasts) - truth).mean()

    assert error(model) == pytest.approx(error(forecaster(**short, scaling=None).fit([series[:300]])), rel=0.02)
    assert error(model) < 0.8 * error(forecaster(**short, scaling="standard").fit([series[:300]]))


def test_windows_beyond_the_levels_of_fit_are_read_as_at_the_nearest():
    """Forecasts rise with them, and a warning tells of those that are far."""
    series = swinging()[:300]
    model = forecaster(window=3, horizon=3).fit([series])
    top = np.sort(np.lib.stride_tricks.sliding_window_view(series, 3).mean(axis=1))[-1]
    high = top + np.array([[-1.0, 0, 1]])
    assert_allclose(model.predict(list(high + 5)), model.predict(list(high)) + 5)
    assert told(model.predict, list(high + 5)) == []
    (message,) = told(model.predict, list(high + 12))
    assert message.startswith(f"Window 0 of X lies at a level of {top + 12:.3g}, and those of fit from ")
    network = Seq2SeqRegressor(units=4, epochs=2, decoder="direct", dtype="float64", random_state=0)
    windows = np.lib.stride_tricks.sliding_window_view(series, 6)
    network.fit(windows[:, :3], windows[:, 3:])
    with pytest.warns(UserWarning, match="Window 0 of X lies at a level of"):
        far = network.predict(high + 12)
    assert_allclose(far, network.predict(high) + 12, rtol=1e-3)
    assert_allclose(np.asarray(network.model_(high + 12))[..., 0], far, rtol=1e-8)


def test_targets_that_go_on_from_levels_of_their_own_keep_these():
    both = np.stack([swinging(300), np.cumsum(np.random.RandomState(0).randn(300))], axis=1)
    lowest, usual, highest = forecaster(window=3, horizon=3).fit([both])._regressor_in_fit.levels.T[1]
    assert lowest == usual == highest == 0


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("window", [3, 24])
def test_walks_are_read_on_levels_of_their_own(window, seed):
    walk = np.cumsum(np.random.RandomState(seed).randn(300))
    assert forecaster(window=window).fit([walk])._regressor_in_fit.levels is None


def test_windows_with_a_season_keep_their_levels():
    assert forecaster(window=25, season=25).fit([swinging()])._regressor_in_fit.levels is None


def test_models_read_windows_of_one_level():
    windows = np.lib.stride_tricks.sliding_window_view(swinging(), 6)
    X, y = windows[:, :3], windows[:, 3:]
    model = Seq2SeqRegressor(units=4, epochs=2, decoder="direct", dtype="float64", random_state=0).fit(X, y)
    assert model._learnt.scaling.levels is not None
    assert_allclose(np.asarray(model.model_(X))[..., 0], model.predict(X), rtol=1e-8)


@pytest.mark.filterwarnings("ignore:Each series in X is one number")  # as it is in the last case
@pytest.mark.parametrize(
    ("parameters", "series", "known"),
    [
        ({}, *shops()),  # the effect is a share
        ({"scaling": "standard"}, SERIES, AHEAD),  # as asked for
        ({}, [LEVEL[:70]], [RAIN[:70]]),  # too few windows to tell
        ({}, [np.full(N_KNOWN, 3.0)], AHEAD),  # no window has a size
    ],
    ids=["shares", "asked", "few", "constant"],
)
def test_windows_keep_sizes_of_their_own(parameters, series, known):
    model = forecaster(**parameters).fit(series, X_future=known)
    assert model._regressor_in_fit.common is None


@pytest.mark.usefixtures("untrained")
def test_nothing_changes_without_covariates_that_change_with_time():
    level = SERIES[0] + np.arange(N_KNOWN)
    assert forecaster().fit([level, level], X_static=[[1.0], [2.0]])._regressor_in_fit.common is None
    X, y = cut(level, AHEAD[0])
    model = Seq2SeqRegressor(**SMALL).fit(X[..., :1], y, X_static=X[:, 0, 1:])
    assert common_of(model) is None


class Mean(RegressorMixin, BaseEstimator):
    """Forecasts means, whatever it reads, so no size is better than another."""

    def fit(self, X, y):
        self.mean_ = y.mean(axis=0)
        return self

    def predict(self, X):
        return np.tile(self.mean_, (len(X), 1))


def test_an_estimator_that_gains_nothing_keeps_sizes_of_windows():
    assert forecaster(Mean()).fit(SERIES, X_past=AHEAD)._regressor_in_fit.common is None


def test_an_estimator_that_cannot_learn_from_fewer_windows_keeps_sizes_of_windows():
    model = forecaster(KNeighborsRegressor(270)).fit(SERIES, X_past=AHEAD)  # of 329, but 262 are the earlier ones
    assert model._regressor_in_fit.common is None


@pytest.mark.usefixtures("untrained")
def test_a_later_fit_does_not_ask_for_sizes_of_windows_in_silence():
    model = Seq2SeqRegressor(**SMALL, warm_start=True).fit(X, Y)
    assert common_of(model) is not None
    with pytest.raises(
        ValueError, match="with scaling='standard', which was 'auto' and took one size for all windows: "
    ):
        model.set_params(scaling="standard").fit(X, Y)


def test_several_targets_have_a_size_each():
    other, rain = (values[:N_KNOWN] for values in river(2))
    both, beside = np.stack([SERIES[0], 10 * other], axis=1), np.stack([AHEAD[0], rain], axis=1)
    model = forecaster().fit([both], X_past=[beside])
    sizes = model._regressor_in_fit.common
    assert sizes.shape == (2,)
    assert sizes[1] > 4 * sizes[0]
    assert model.predict().shape == (1, 2, 2)


def test_a_network_learns_rain_on_a_river():
    model = forecaster(Seq2SeqRegressor(**SMALL)).fit(SERIES, X_past=AHEAD)
    last, error = errors(model)
    assert error < 0.5 * last


@pytest.mark.parametrize("season", [None, 3])
def test_models_read_windows_of_one_size(season):
    model = Seq2SeqRegressor(**SMALL, season=season, dtype="float64").fit(X, Y)
    assert common_of(model) is not None
    assert_allclose(np.asarray(model.model_(X))[..., 0], model.predict(X), rtol=1e-8)


def test_windows_that_never_move_are_forecast_by_their_covariates():
    """After a dry time the river has no size of its own, but rain still raises it."""
    dry = np.stack([np.full(10, 100.0), np.r_[np.zeros(8), 30, 30]], axis=1)[None]
    model = Seq2SeqRegressor(**SMALL).fit(X, Y)
    assert (model.predict(dry) > 110).all()
    assert_allclose(np.asarray(model.model_(dry))[..., 0], model.predict(dry), rtol=1e-4)


def test_ragged_windows_and_targets():
    windows = [own[k % 3 :] for k, own in enumerate(X)]
    model, targets = Seq2SeqRegressor(**SMALL), [own[: 1 + k % 2] for k, own in enumerate(Y)]
    learnt, _ = model._read(windows, targets, None, model._nothing_learnt)
    assert learnt.scaling.common > 0


def test_samples_for_calibration_decide_nothing():
    y = Y.copy()
    y[-80:] *= 1000
    spoilt, clean = (Seq2SeqRegressor(**SMALL, calibration_fraction=0.25).fit(X, own) for own in (y, Y))
    assert_array_equal(common_of(spoilt), common_of(clean))
    assert common_of(clean) is not None


def test_the_size_stands_in_later_fits_and_files():
    model = Seq2SeqRegressor(**SMALL).partial_fit(X[:300], Y[:300])
    size = common_of(model)
    model.partial_fit(X[300:], Y[300:])
    assert_array_equal(common_of(model), size)
    stored = Seq2SeqRegressor.__new__(Seq2SeqRegressor)
    stored.__setstate__(model.__getstate__())
    assert_array_equal(stored.predict(X), model.predict(X))


def test_files_from_before_there_was_one_size_forecast_as_they_did():
    """They say nothing of it."""
    model = forecaster(scaling="standard").fit(SERIES, X_past=AHEAD)
    state = model.__getstate__()
    for name in ("common", "levels"):
        del state["_regressor_in_fit"]["fields"][name]
    stored = SeriesForecaster.__new__(SeriesForecaster)
    stored.__setstate__(state)
    assert_array_equal(stored.predict(), model.predict())


def test_intervals_are_in_the_size_of_all_windows():
    model = forecaster(calibration_windows=30).fit(SERIES, X_past=AHEAD)
    assert model._regressor_in_fit.common is not None
    width = np.diff(model.predict_interval(coverage=0.8), axis=-1)
    past = [values[:200] for values in (LEVEL, RAIN)]
    assert_allclose(np.diff(model.predict_interval(past[:1], X_past=past[1:], coverage=0.8), axis=-1), width)


# --- windows that hold another quantity than y ------------------------------------------------------------------------

DAYS, RNG = np.arange(300), np.random.RandomState(0)
GOING_ON = {
    "noise": RNG.randn(300),
    "high walk": 1e5 + RNG.randn(300).cumsum(),
    "trend": 5 * DAYS + 0.01 * RNG.randn(300),
    "growth": 1.1**DAYS,
    "decay": 0.9**DAYS,
    "rare counts": 1.0 * RNG.poisson(0.05, 300),
    "large counts": 1.0 * RNG.poisson(10_000, 300),
    "one step": 1000.0 * (DAYS > 150) + RNG.randn(300),
    "many steps": 1000.0 * (DAYS // 30),
    "season": 1e6 + 1e4 * np.sin(DAYS / 3),
    "pulses": np.where(DAYS % 7 == 6, 1e5, 1.0),
    "outliers": RNG.standard_cauchy(300),
}
WALKS = 15 + 0.3 * RNG.randn(300, 14).cumsum(axis=1)


def going_on(past, targets):
    """Which targets go on from windows (n, t) or (n, t, k), by a fifth of the last ones."""
    past, targets = (x.reshape(*x.shape[:2], -1) for x in (past, targets))
    n, n_targets = len(past), targets.shape[2]
    scaling = WindowScaling(kind="standard", season=None, columns=list(range(n_targets)), n_targets=n_targets)
    sequences, parts = Sequences(values=past), (np.arange(n * 4 // 5), np.arange(n * 4 // 5 + 2, n))
    return goes_on(sequences, scaling.units(sequences), targets, columns=scaling.columns, parts=parts).tolist()


@pytest.mark.parametrize("lead", [1, 24])
@pytest.mark.parametrize("window", [4, 12])
@pytest.mark.parametrize("name", GOING_ON)
def test_series_go_on(name, window, lead):
    cut_in = np.lib.stride_tricks.sliding_window_view(GOING_ON[name], window + lead + 2)
    for n_samples in (60, len(cut_in)):
        assert going_on(cut_in[:n_samples, :window], cut_in[:n_samples, -3:]) == [True]


@pytest.mark.parametrize("noise", [1e-4, 0.1])
@pytest.mark.parametrize("curve", [1.0 + DAYS, 3.0**DAYS, 1 / (1.0 + DAYS)])
def test_many_series_of_one_time_go_on(curve, noise):
    """All grow or fall alike, and y is far away from each of them."""
    series = curve[:24] * (1 + noise * RNG.randn(80, 1)) * (1 + noise / 10 * RNG.randn(80, 24))
    for window in (4, 12):
        assert going_on(series[:, :window], series[:, -1:]) == [True]


@pytest.mark.parametrize(
    "other",
    [
        40_000 - 600 * WALKS[:, -2:],
        np.log(1000 * WALKS[:, -2:]),
        (WALKS[:, -2:] - 15) / 0.6,
        1e6 + 3 * WALKS[:, -2:],
        1e-3 * WALKS[:, -2:],
    ],
    ids=["linear", "log", "standardised", "far", "small"],
)
def test_another_quantity_does_not_go_on(other):
    windows = WALKS[:, :12]
    assert going_on(windows, other) == [False]
    both = np.stack([windows, windows], axis=2), np.stack([WALKS[:, -2:], other], axis=2)
    assert going_on(*both) == [True, False]
    assert going_on(windows[:20], other[:20]) == [True]  # too few to tell


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(
    "goes_on", [lambda model, *data: model.partial_fit(*data), lambda model, *data: model.fit(*data)]
)
def test_fits_go_on_with_what_was_taken(goes_on):
    X, y = WALKS[:, :12], 40_000 - 600 * WALKS[:, -2:]
    model = Seq2SeqRegressor(units=2, epochs=1, warm_start=True, random_state=0)
    with pytest.warns(UserWarning, match="does not go on from column 0 of X"):
        goes_on(model, X, y)
    assert goes_on(model, X, y).target_features_ is None
    with pytest.raises(ValueError, match=r"target_features=\[0\], which was None"):
        model.set_params(target_features=[0]).partial_fit(X, y)


@pytest.mark.usefixtures("untrained")
def test_other_targets_are_told_of():
    both = np.stack([WALKS[:, -2:], np.log(1000 * WALKS[:, -2:])], axis=2)
    with pytest.warns(UserWarning, match=r"column 1 of X.* The other targets are read without their past, too"):
        Seq2SeqRegressor(units=2, epochs=1).fit(np.stack([WALKS[:, :12]] * 2, axis=2), both)


def test_transformed_targets_are_learnt_from_windows_as_they_are():
    """In units of each window, forecasts of the logarithm were wrong by hundreds."""
    series = 30_000 + 5000 * np.sin(np.arange(360) * 2 * np.pi / 24) + 300 * RNG.randn(360)
    cut_in = np.lib.stride_tricks.sliding_window_view(series, 27)
    X, y = cut_in[:, :24], cut_in[:, 24:]
    network = Seq2SeqRegressor(units=4, epochs=2, decoder="direct", random_state=0)
    with pytest.warns(UserWarning, match=r"y does not go on .* to 10\.\d+: .*If y was transformed"):
        model = TransformedTargetRegressor(network, func=np.log, inverse_func=np.exp).fit(X[:250], y[:250])
    assert model.regressor_.target_features_ is None
    assert model.score(X[260:], y[260:]) > 0.4  # two epochs; it was below -1e100
