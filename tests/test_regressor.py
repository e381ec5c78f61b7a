"""Seq2SeqRegressor: forms of y, what is known beforehand, units, leaks, intervals, paths, densities, and errors."""

import pickle
import tracemalloc
from copy import copy
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
import sklearn
from scipy import stats
from sklearn.base import clone
from sklearn.model_selection import GridSearchCV, cross_val_score

from skseq import LSTMAutoencoderTransformer, Seq2SeqRegressor, SeriesForecaster
from skseq._base.forecasts.forecasting import ForecastingEstimator
from skseq._data.forecasts.linear_part import LinearPart
from skseq.exceptions import PathWarning, TrainingWarning
from skseq.metrics import continuous_ranked_probability_score, make_forecast_scorer

pytestmark = pytest.mark.usefixtures("eager")

rng = np.random.RandomState(0)
X = rng.randn(20, 6).cumsum(axis=1)
Y = X[:, -1:] + rng.randn(20, 3)  # (n, h)
X2, Y2 = rng.randn(20, 6, 2).cumsum(axis=1), rng.randn(20, 3, 2)
FUTURE, STATIC = rng.randn(20, 3, 2), rng.randn(20, 1)
LENGTHS = rng.randint(3, 7, size=20)
RAGGED = [x[:n] for x, n in zip(X, LENGTHS)]


def walks(lengths):
    return [np.random.RandomState(n).randn(n).astype(np.float32).cumsum() for n in lengths]


def changed(array, value):
    """One number of sample 3 is another one: that of step 2 where there are steps."""
    array = array.copy()
    array[(3, 2, 0)[: array.ndim] if len(array[0:1].ravel()) > 1 else 3] = value
    return array


LAYERS = {"attention": False, "cell": "gru", "bidirectional": False}
SMALL = {"units": 4, **LAYERS, "epochs": 1, "decoder": "recursive", "random_state": 0}


def regressor(**parameters):
    return Seq2SeqRegressor(**{**SMALL, **parameters})


# --- forms ------------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(("X", "y"), [(X, Y[:, 0]), (X, Y[:, :1]), (X, Y), (X2, Y2), (X2, Y2[:, :1]), (RAGGED, Y)])
def test_predictions_have_the_form_of_y(X, y):
    model = regressor().fit(X, y)
    assert model.predict(X).shape == y.shape
    assert model.predict(X).dtype == np.float64
    model.conformalize(X, y)
    assert model.predict_interval(X, 0.8).shape == (*y.shape, 2)
    assert model.predict_interval(X, [0.5, 0.8]).shape == (*y.shape, 2, 2)
    assert model.predict_quantiles(X, [0.3, 0.5, 0.9]).shape == (*y.shape, 3)
    assert model.sample_y(X, 4).shape == (*y.shape, 4)
    assert isinstance(model.score(X, y), float)
    assert (model.horizon_, model.n_targets_) == (y.shape[1] if y.ndim > 1 else 1, y.shape[2] if y.ndim > 2 else 1)


def test_ragged_targets_are_forecast_to_the_longest():
    y = [own[: 1 + k % 3] for k, own in enumerate(Y)]
    model = regressor().fit(X, y)
    assert model.predict(X).shape == (20, 3)
    assert model.horizon_ == 3
    scores = model.conformalize(X, y).conformal_scores_
    assert scores.shape == (20, 3, 1)
    np.testing.assert_array_equal(
        np.isfinite(scores).sum(axis=0).ravel(), [sum(len(own) > k for own in y) for k in range(3)]
    )
    assert np.isfinite(model.score(X, y))


def test_sequences_and_nested_lists():
    """Lists of one length are the array, others are ragged; padding changes nothing."""
    whole = regressor().fit(X, Y)
    np.testing.assert_array_equal(regressor().fit(X.tolist(), Y.tolist()).predict(X), whole.predict(X))
    ragged = regressor().fit(RAGGED, Y)
    alone = np.concatenate([ragged.predict([own]) for own in RAGGED[:5]])
    np.testing.assert_allclose(ragged.predict(RAGGED)[:5], alone, atol=1e-5)


# --- units, leaks and neighbours --------------------------------------------------------------------------------------


@pytest.mark.parametrize("scaling", ["standard", "robust", "difference"])
@pytest.mark.parametrize("season", [None, 1, 3])
def test_a_fit_follows_its_units(scaling, season):
    """predict(a X + b) of a fit on a X + b and a y + b is a predict(X) + b."""
    parameters = {"dtype": "float64", "scaling": scaling, "season": season}
    plain = regressor(**parameters).fit(X, Y).predict(X)
    moved = regressor(**parameters).fit(1000 * X - 70, 1000 * Y - 70).predict(1000 * X - 70)
    np.testing.assert_allclose(moved, 1000 * plain - 70, rtol=1e-7, atol=1e-5)


def test_sizes_follow_with_scaling_by_the_mean():
    parameters = {"dtype": "float64", "scaling": "mean"}
    plain = regressor(**parameters).fit(X, Y).predict(X)
    np.testing.assert_allclose(regressor(**parameters).fit(1e4 * X, 1e4 * Y).predict(1e4 * X), 1e4 * plain, rtol=1e-7)


def test_a_window_is_scaled_by_its_own_past():
    """A window does not depend on its neighbours, nor a fit on what stands behind the horizon."""
    model = regressor(season=1).fit(X, Y)
    np.testing.assert_array_equal(model.predict(X)[3:5], model.predict(X[3:5]))
    far = np.concatenate([X[:1] * 1e6, X[1:]])
    np.testing.assert_array_equal(model.predict(far)[1:], model.predict(X)[1:])


@pytest.mark.parametrize("value", [0.0, 1e6, -0.02])
def test_a_constant_window_goes_on_as_it_is(value):
    model = regressor().fit(X, Y)
    found = model.predict(np.full((1, 6), value))
    assert np.abs(found - value).max() < 1e-2  # in units of X, whose windows have deviations around 1


def test_a_window_that_never_moved_does_not_decide_what_others_learn():
    """Its targets are thousands of its own size away, which is a thousandth of the others'."""
    waves = np.sin(np.arange(200)[:, None] + np.arange(10))
    windows, following = np.vstack([waves[:, :7], np.full((1, 7), 5.0)]), np.vstack([waves[:, 7:], [[15.0, -10, 9]]])
    model = regressor(decoder="direct", epochs=1).fit(windows, following)
    assert model.score(waves[:, :7], waves[:, 7:]) > 0.99  # a wave is a linear function of two steps before


@pytest.fixture
def asked(monkeypatch):
    """The samples and options of every linear model that is learnt."""
    learnt, learn = [], LinearPart.learn

    def kept(*given, **options):
        learnt.append(options)
        return learn(*given, **options)

    monkeypatch.setattr(LinearPart, "learn", kept)
    return learnt


@pytest.mark.parametrize("attention", [False, "bahdanau", "dot"])
def test_a_network_of_few_windows_begins_at_the_linear_model(attention):
    """Whatever was drawn, so two seeds forecast the same; as wide as errors of windows that were held out are."""
    own = {"loss": "normal", "attention": attention, "decoder": "direct", "learning_rate": 1e-9, "epochs": "auto"}
    fits = [regressor(**own, random_state=seed) for seed in range(2)]
    first, second = (model.fit(X, Y) for model in fits)
    assert first.n_iter_ == 1  # not 5
    np.testing.assert_allclose(first.predict(X), second.predict(X), rtol=1e-5)
    [linear, scale] = first._learnt.linear, first._learnt.targets.scale
    assert (scale.deviation >= linear.errors).all()
    assert (linear.errors > 0).all()


def as_in_training(model):
    """The same model with errors of others as large as those of the fit."""
    same = copy(model)
    same._learnt = replace(model._learnt, linear=replace(model._learnt.linear, larger=1.0))
    return same


@pytest.mark.parametrize("loss", ["quantile", "normal"])
def test_intervals_beside_a_linear_model_of_many_inputs_hold_for_other_windows(monkeypatch, loss):
    """Noise after 40 steps: of 90 windows the linear model leaves hardly more than half of it, and of others more."""
    monkeypatch.setattr("skseq._data.forecasts.linear_part.MOST_FEW", 0)
    drawn = np.random.RandomState(0).randn(1090, 41)
    model = regressor(loss=loss, decoder="direct", epochs="auto").fit(drawn[:90, :40], drawn[:90, 40])

    def covered(model):
        low, high = model.predict_interval(drawn[90:, :40], 0.9).T
        return np.mean((low <= drawn[90:, 40]) & (drawn[90:, 40] <= high))

    assert covered(as_in_training(model)) < 0.7
    assert 0.8 < covered(model) < 0.98


@pytest.fixture
def _four_times_as_large(monkeypatch):
    """20 windows are few for 6 inputs and more; here, errors of others are four times those of the fit."""
    monkeypatch.setattr("skseq._data.forecasts.linear_part.MOST_FEW", 0)
    monkeypatch.setattr("skseq._data.forecasts.linear_part._larger", lambda *given: 4.0)


@pytest.mark.usefixtures("_four_times_as_large")
@pytest.mark.filterwarnings("ignore::skseq.exceptions.PathWarning")
@pytest.mark.parametrize("loss", ["quantile", "normal", "student_t"])
def test_all_that_tells_of_errors_is_as_wide_as_errors_of_others(loss):
    """Points stay; quantiles, paths, and what networks in stock Keras write, are four times as far from them."""
    model = regressor(loss=loss, decoder="direct", dtype="float64", linear=True).fit(X, 50 * Y)
    same, points = as_in_training(model), model.predict(X)
    np.testing.assert_array_equal(same.predict(X), points)
    for method, given in (("predict_quantiles", [0.1, 0.5, 0.6]), ("sample_y", 5)):
        wide, narrow = (getattr(own, method)(X, given) - points[..., None] for own in (model, same))
        np.testing.assert_allclose(wide, 4 * narrow, atol=1e-8)
    written = np.asarray(model.model_(X[..., None]))[:, :, 0]  # (n, h, p)
    if loss == "quantile":
        np.testing.assert_allclose(written, model.predict_quantiles(X), rtol=1e-8)
        return
    found = model.predict_distribution(X)
    np.testing.assert_allclose(written[..., :2], np.stack([found["loc"], found["scale"]], axis=-1), rtol=1e-8)
    exact = (stats.norm if loss == "normal" else stats.t)(**found)
    np.testing.assert_allclose(model.score_samples(X, 50 * Y), exact.logpdf(50 * Y).sum(axis=1), rtol=1e-8)


@pytest.mark.usefixtures("_four_times_as_large")
def test_a_stream_goes_on_to_learn_how_large_errors_are():
    model = regressor(loss="normal", decoder="direct")
    assert model.partial_fit(X, Y)._learnt.larger == 1
    assert model.fit(X, Y)._learnt.larger == 4
    assert regressor(loss="normal").fit(X, Y)._learnt.larger == 1  # a recursive decoder has no linear model


@pytest.mark.parametrize("groups", [None, np.arange(20)])
def test_a_linear_model_reads_few_windows_of_series_in_their_order(monkeypatch, groups):
    """Without groups the order of samples is to change nothing: a linear model finds them sorted."""
    seen, learn = [], LinearPart.learn
    monkeypatch.setattr(
        LinearPart, "learn", lambda rows, *given, **more: seen.append(rows) or learn(rows, *given, **more)
    )
    regressor(decoder="direct", scaling=None, scale_inputs=False).fit(X, Y, groups=groups)
    in_order = np.array_equal(seen[0]["source"][:, :, 0], X.astype(np.float32))
    assert in_order is (groups is not None)


@pytest.mark.parametrize("season", [None, 2])
def test_the_linear_model_knows_that_it_learns_changes_from_a_season(asked, season):
    regressor(decoder="direct", season=season).fit(X, Y)
    assert asked[-1]["place"].season == season


def test_a_stream_that_begins_with_few_windows_has_no_linear_model():
    """What these leave would be too small a unit for all that follow."""
    assert regressor(decoder="direct").partial_fit(X[:10], Y[:10])._learnt.linear is None  # of 6 steps
    assert regressor(decoder="direct").partial_fit(X[:12], Y[:12])._learnt.linear is not None
    assert regressor(decoder="direct").fit(X[:10], Y[:10])._learnt.linear is not None


def test_windows_that_never_moved_teach_the_linear_model_nothing(asked):
    """They are met exactly, so beside their errors those of all others would be large, and count little."""
    windows, following = np.concatenate([X, np.ones((50, 6))]), np.concatenate([Y, np.ones((50, 3))])
    regressor(decoder="direct", linear=True).fit(windows, following)
    assert sorted(asked[-1]["samples"]) == list(range(20))
    regressor(decoder="direct", linear=True).fit(windows[20:], following[20:])  # there are no others
    assert len(asked[-1]["samples"]) == 50
    regressor(decoder="direct", linear=True).fit(windows[15:], following[15:])  # 5 are few for 6 steps, but move
    assert sorted(asked[-1]["samples"]) == list(range(5))


@pytest.mark.parametrize(
    ("losses", "robust"),
    [(("absolute_error", "huber", "quantile", "student_t"), True), (("squared_error", "normal"), False)],
    ids=["medians", "means"],
)
def test_large_errors_count_less_where_no_mean_is_forecast(asked, losses, robust):
    for loss in losses:
        regressor(decoder="direct", linear=True, loss=loss).fit(X, Y)
    assert [options["robust"] for options in asked] == [robust] * len(losses)


def test_windows_that_never_moved_may_be_the_shortest():
    """One step never moves. What the linear model reads, all windows have."""
    ragged = [*X, *(np.full(1, value) for value in (5.0, 7.0))]
    model = regressor(decoder="direct", linear=True).fit(ragged, [*Y, np.full(3, 5.0), np.full(3, 7.0)])
    assert model._learnt.linear.past.shape[1] == 1
    np.testing.assert_allclose(model.predict([ragged[-1]])[0], 7, rtol=0.05)


def test_only_ratios_of_sample_weights_count_beside_a_linear_model():
    model, weight = regressor(decoder="direct", epochs=3), np.r_[np.full(6, 2.0), np.ones(14), np.zeros(4)]
    windows, steps = np.r_[X, 9 + X[:4]], np.r_[Y, Y[:4]]
    expected = model.fit(windows, steps, sample_weight=weight).predict(X)
    assert model._learnt.linear is not None
    for factor in (1e-4, 100):
        found = model.fit(windows, steps, sample_weight=factor * weight).predict(X)
        np.testing.assert_allclose(found, expected, rtol=1e-6)
    repeated = model.fit(np.r_[X, X[:6]], np.r_[Y, Y[:6]]).predict(X)
    np.testing.assert_allclose(repeated, expected, rtol=1e-6)


def test_epochs_beside_a_linear_model_give_500_updates():
    series = np.random.RandomState(0).normal(size=(1_000, 4))
    assert regressor(decoder="direct", epochs="auto", batch_size=10).fit(series[:, :3], series[:, 3:]).n_iter_ == 5


def test_season_repeats_the_past_where_nothing_is_learnt():
    """With weights of zero the forecast is the value one season before; without a season the mean of the window."""
    for season, expected in ((None, X.mean(axis=1, keepdims=True)), (1, X[:, -1:]), (2, X[:, [-2, -1, -2]])):
        model = regressor(season=season, scale_targets=False).fit(X, Y)
        model.weights_ = {name: np.zeros_like(value) for name, value in model.weights_.items()}
        np.testing.assert_allclose(model.predict(X), np.broadcast_to(expected, (20, 3)), atol=1e-6)


# --- what is known beforehand -----------------------------------------------------------------------------------------


def test_the_future_stands_at_its_step():
    """A target that is the covariate of its own step is learnt; one that is that of the next step is not."""
    many = np.random.RandomState(1)
    past, future = many.randn(300, 4), many.randn(300, 3)
    model = regressor(units=8, epochs=12, scaling=None, decoder="direct", learning_rate=0.03)
    shifted = model.fit(past, future, X_future=np.roll(future, 1, axis=0)).score(
        past, future, X_future=np.roll(future, 1, axis=0)
    )
    aligned = model.fit(past, future, X_future=future).score(past, future, X_future=future)
    assert aligned > 0.98
    assert shifted < 0.5
    changed = future.copy()
    changed[:, 2] += 1
    before, after = (model.predict(past, X_future=own) for own in (future, changed))
    np.testing.assert_array_equal(before[:, :2], after[:, :2])
    assert np.abs(after[:, 2] - before[:, 2]).min() > 0.3


def test_the_future_may_be_as_ragged_as_y():
    """It is that of an array whose further rows are never asked for; its scale is that of real steps."""
    lengths = np.arange(20) % 3 + 1
    y = [own[:n] for own, n in zip(Y, lengths)]
    ragged = [own[:n] for own, n in zip(FUTURE, lengths)]
    padded = np.stack([own[np.minimum(np.arange(3), n - 1)] for own, n in zip(FUTURE, lengths)])
    far = np.where(np.arange(3)[:, None] < lengths[:, None, None], padded, 9.0)
    model = regressor(decoder="direct").fit(X, y, X_future=ragged)
    for known in (padded, far):
        other = regressor(decoder="direct").fit(X, y, X_future=known)
        np.testing.assert_allclose(other.predict(X, X_future=FUTURE), model.predict(X, X_future=FUTURE), rtol=1e-4)
    assert model.score(X, y, X_future=ragged) == pytest.approx(model.score(X, y, X_future=padded))
    assert model.conformalize(X, y, X_future=ragged).conformal_scores_.shape == (20, 3, 1)
    with pytest.raises(ValueError, match=r"X_future\[0\] has shape \(1, 2\). Expected a row for each of its 3 step"):
        model.predict(X, X_future=ragged)


def test_static_numbers_are_read():
    kinds = np.random.RandomState(1).randint(2, size=(100, 1)).astype(float)
    past = np.random.RandomState(2).randn(100, 4)
    model = Seq2SeqRegressor(units=8, **LAYERS, epochs=15, scaling=None, learning_rate=0.03, random_state=0)
    y = np.tile(kinds * 5, (1, 2))
    assert model.fit(past, y, X_static=kinds).score(past, y, X_static=kinds) > 0.95
    assert model.n_static_features_in_ == 1


def test_known_numbers_in_a_search():
    with sklearn.config_context(enable_metadata_routing=True):
        model = regressor(epochs=1).set_fit_request(X_future=True, X_static=True)
        model.set_score_request(X_future=True, X_static=True)
        search = GridSearchCV(model, {"units": [2, 3]}, cv=2).fit(X, Y, X_future=FUTURE, X_static=STATIC)
        assert np.isfinite(search.cv_results_["mean_test_score"]).all()


def test_a_single_column_of_x_is_taken_for_the_past_of_a_single_target():
    """As documented of "auto": then forecasts follow the level of X. None says that it is something else."""
    auto, other = regressor().fit(X, Y), regressor(target_features=None).fit(X, Y)
    assert (auto.target_features_, other.target_features_) == ([0], None)
    assert np.abs(auto.predict(X + 1e4) - 1e4).max() < 100
    assert np.abs(other.predict(X + 1e4)).max() < 100


def test_columns_of_the_targets():
    """The past of y may be any column of X; named or not, the same numbers."""
    three = np.concatenate([STATIC[:, None] * np.ones((20, 6, 1)), X[..., None]], axis=2)
    model = regressor(target_features=[1], season=1).fit(three, Y)
    assert model.target_features_ == [1]
    assert regressor().fit(X2, Y2).target_features_ == [0, 1]
    assert regressor().fit(X2, Y).target_features_ is None
    far = three.copy()
    far[..., 1] += 1e4
    np.testing.assert_allclose(
        model.fit(far, Y + 1e4).predict(far) - 1e4, model.fit(three, Y).predict(three), atol=0.05
    )


# --- steps ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("attention", [False, True, "dot"])
def test_a_recursive_forecast_goes_on(attention):
    model = regressor(attention=attention).fit(X, Y)
    long = model.predict(X, n_steps=8)
    assert long.shape == (20, 8)
    np.testing.assert_allclose(model.predict(X, n_steps=2), long[:, :2], rtol=1e-6)
    if attention:
        assert model.attention_weights(X, n_steps=5).shape == (20, 5, 6)
        weights = model.attention_weights(RAGGED)
        assert [own.shape for own in weights] == [(3, n) for n in LENGTHS]
        np.testing.assert_allclose([own.sum(axis=1) for own in weights], 1, rtol=1e-5)
    else:
        with pytest.raises(AttributeError) as error:
            model.attention_weights(X)
        assert "needs attention=True" in str(error.value)


OWN_STEPS = np.arange(20) % 4 + 1


@pytest.mark.usefixtures("untrained")
def test_each_sample_may_have_its_own_number_of_steps():
    """They are those of the longest forecast, cut."""
    model = regressor(loss="normal", dropout=0.1, attention=True).fit(X, Y)
    asked = {
        "predict": {},
        "predict_quantiles": {"quantiles": [0.3, 0.9]},
        "predict_interval": {"coverage": 0.5, "method": "model"},
        "sample_y": {"n_samples": 3},
    }
    for method, more in asked.items():
        longest = getattr(model, method)(X, n_steps=4, **more)
        found = getattr(model, method)(X, n_steps=OWN_STEPS.tolist(), **more)
        assert found.shape == (20,)
        for own, n, whole in zip(found, OWN_STEPS, longest):
            np.testing.assert_array_equal(own, whole[:n])
    short = np.minimum(OWN_STEPS, 3)
    bounds = model.conformalize(X, Y).predict_interval(X, n_steps=short)
    assert [own.shape for own in bounds] == [(n, 2) for n in short]
    mean, deviation = model.predict(X, return_std=True, n_steps=OWN_STEPS, n_dropout_samples=2)
    assert [own.shape for own in mean] == [own.shape for own in deviation] == [(n,) for n in OWN_STEPS]
    assert [own.shape for own in model.attention_weights(X, n_steps=OWN_STEPS)] == [(n, 6) for n in OWN_STEPS]
    assert [own.shape for own in model.attention_weights(RAGGED, n_steps=OWN_STEPS)] == list(zip(OWN_STEPS, LENGTHS))
    assert [own.shape for own in regressor().fit(X, Y[:, 0]).predict(X, n_steps=OWN_STEPS)] == [(n,) for n in OWN_STEPS]
    two = regressor().fit(X2, Y2).predict(X2, n_steps=OWN_STEPS)
    assert [own.shape for own in two] == [(n, 2) for n in OWN_STEPS]


def test_the_future_is_as_long_as_the_own_steps():
    future = [np.full((n, 2), 1.0 * n) for n in OWN_STEPS]
    model = regressor().fit(X, Y, X_future=FUTURE)
    found = model.predict(X, X_future=future, n_steps=OWN_STEPS)
    for k in range(4):
        alone = model.predict(X[k : k + 1], X_future=[future[k]], n_steps=int(OWN_STEPS[k]))
        np.testing.assert_allclose(found[k], alone[0], rtol=1e-6)
    with pytest.raises(ValueError, match=r"X_future\[0\] has shape \(1, 2\).*pass n_steps, one for each"):
        model.predict(X, X_future=future)


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(
    ("wrong", "got"),
    [
        ([1, 2], "2 numbers"),
        ([2] * 19 + [2.5], "2.5 at index 19"),
        ([0] * 20, "0 at index 0"),
        ([1, True] * 10, "True at index 1"),
        ([[1], [1, 2]] * 10, r"\[1\] at index 0"),
    ],
)
def test_own_steps_are_whole_numbers_of_all_samples(wrong, got):
    expected = f"n_steps must be an integer from 1 to 2147483647, or one for each of the 20 sample.s. of X. Got {got}"
    with pytest.raises(ValueError, match=expected):
        regressor().fit(X, Y).predict(X, n_steps=wrong)


@pytest.mark.usefixtures("untrained")
def test_own_steps_of_any_kind():
    model, direct = regressor().fit(X, Y, X_future=FUTURE), regressor(decoder="direct").fit(X, Y)
    future = [np.ones((n + 1, 2)) for n in OWN_STEPS]  # rows beyond are left out, as those of an array
    expected = model.predict(X, X_future=np.ones((20, 5, 2)), n_steps=OWN_STEPS)
    for own in (OWN_STEPS.astype(np.uint64), pd.Series(OWN_STEPS), tuple(OWN_STEPS)):
        for one, other in zip(model.predict(X, X_future=future, n_steps=own), expected):
            np.testing.assert_array_equal(one, other)
    with pytest.raises(ValueError, match="n_steps=4 is beyond the horizon of 3"):
        direct.predict(X, n_steps=OWN_STEPS)
    with pytest.raises(ValueError, match=r"n_steps must be an integer from 1 to 2147483647. Got array\(3\)"):
        direct.predict(X, n_steps=np.array(3))


@pytest.mark.usefixtures("untrained")
@pytest.mark.filterwarnings("ignore::skseq.exceptions.PathWarning")
def test_covariates_in_the_place_of_another_argument():
    """The second argument of most methods is no covariate, so that such a table is told of by its own name."""
    model = regressor(loss="normal").fit(X, Y, X_future=FUTURE)
    for ask, name in (
        (model.predict, "return_std"),
        (model.predict_quantiles, "quantiles"),
        (model.predict_interval, "coverage"),
        (model.sample_y, "n_samples"),
    ):
        for table in (FUTURE, pd.DataFrame(FUTURE[:, 0])):
            said = f"^{name} must be no table. Got {type(table).__name__} .* by name, such as X_future"
            with pytest.raises(ValueError, match=said):
                ask(X, table)
            with pytest.raises(ValueError, match="^n_steps must be no table"):
                ask(X, X_future=FUTURE, n_steps=table)
        assert len(ask(X, X_future=FUTURE)) == len(X)  # as it says
    with pytest.raises(ValueError, match="^return_std must be True or False. Got 5.$"):  # n_steps is no second one
        model.predict(X, 5)


def test_one_number_may_be_forecast_on():
    model = regressor().fit(X, Y[:, 0])
    assert model.predict(X).shape == (20,)
    assert model.predict(X, n_steps=4).shape == (20, 4)


def test_going_on():
    model = regressor(warm_start=True).fit(X, Y)
    first = model.predict(X)
    assert len(model.set_params(epochs=2).fit(X, Y).history_["loss"]) == 3
    assert np.abs(model.predict(X) - first).max() > 0
    parts = regressor().partial_fit(X[:10], Y[:10]).partial_fit(X[10:], Y[10:])
    assert parts.predict(X).shape == (20, 3)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(parts)).predict(X), parts.predict(X))


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        (
            {"scaling": "mean"},
            "with scaling='mean', which was 'auto' and took 'standard': .*False, or set the parameters",
        ),
        (
            {"season": 2, "scaling": None},
            "with scaling=None, which was 'auto' and took 'standard', and season=2, which",
        ),
        ({"season": 2}, "with scaling='difference', which was 'standard', and season=2, which was None"),
        ({"target_features": [1, 0]}, r"with target_features=\[1, 0\], which was \[0, 1\]"),
        ({"linear": False}, "with linear=False, which was True"),
    ],
)
def test_what_a_fit_has_fixed_stays_in_later_ones(parameters, message):
    model = regressor(warm_start=True, decoder="direct").fit(X2, Y2)
    weights = model.weights_
    with pytest.raises(ValueError, match=f"Seq2SeqRegressor cannot go on from its last fit {message}"):
        model.set_params(**parameters).fit(X2, Y2)
    with pytest.raises(ValueError, match="Call fit with warm_start=False, or partial_fit of a sklearn.base.clone"):
        model.partial_fit(X2, Y2)
    assert model.weights_ is weights
    assert model.predict(X2).shape == Y2.shape  # what was set waits for the next fit
    model.conformalize(X2, Y2)
    model.set_params(scaling="standard", season=None, linear=True, target_features=[0, 1]).fit(X2, Y2)  # the same
    assert len(model.history_["loss"]) == 2


def test_an_encoder_may_be_trained_before():
    encoder = LSTMAutoencoderTransformer(units=4, epochs=1, random_state=0).fit(X)
    model = regressor(encoder=encoder, cell="lstm", freeze=True, scaling=None).fit(X, Y)
    np.testing.assert_array_equal(model.weights_["encoder/0/kernel"], encoder.weights_["encoder/0/kernel"])
    with pytest.raises(ValueError, match="scaling=None"):
        regressor(encoder=encoder, cell="lstm").fit(X, Y)


# --- how sure it is ---------------------------------------------------------------------------------------------------


def test_conformal_intervals_by_hand():
    """Of 9 scores, the 9th smallest covers 0.9 (ceil(10 * 0.9) = 9), the 5th 0.5, in units of each window."""
    model = regressor(dtype="float64").fit(X, Y).conformalize(X[:9], Y[:9])
    deviation = X.std(axis=1)
    scores = np.sort(np.abs((Y[:9] - model.predict(X[:9])) / deviation[:9, None]), axis=0)
    points = model.predict(X[9:])
    for coverage, place in ((0.9, 8), (0.5, 4)):
        half = scores[place] * deviation[9:, None]
        expected = np.stack([points - half, points + half], axis=-1)
        np.testing.assert_allclose(model.predict_interval(X[9:], coverage), expected, rtol=1e-9)
    with pytest.raises(ValueError, match=r"coverage=0.95 needs at least 19 windows .*Got 9"):
        model.predict_interval(X, 0.95)
    with pytest.raises(ValueError, match="n_steps=4"):
        model.predict_interval(X, n_steps=4)
    assert not hasattr(model.fit(X, Y), "conformal_scores_")  # those of other weights


def test_samples_without_weight_are_as_if_left_out():
    weight = np.r_[np.ones(15), np.zeros(5)]
    wild = np.r_[Y[:15], 1e6 * Y[15:]]
    model = regressor().fit(X[:15], Y[:15])
    assert model.score(X, wild, sample_weight=weight) == pytest.approx(model.score(X[:15], Y[:15]))
    one = np.eye(20)[3]
    with pytest.warns(UserWarning, match="less than two samples"):
        assert np.isnan(model.score(X, wild, sample_weight=one))
    found = regressor(calibration_fraction=0.3).fit(X, wild, sample_weight=weight)
    expected = regressor(calibration_fraction=0.3).fit(X[:15], Y[:15])
    np.testing.assert_array_equal(found.predict(X), expected.predict(X))
    np.testing.assert_array_equal(found.conformal_scores_, expected.conformal_scores_)


def test_one_weight_for_all_samples():
    for own in ({"calibration_fraction": 0.3}, {"epochs": 31, "decoder": "direct"}):
        found = regressor(**own).fit(X, Y, sample_weight=0.5).predict(X)
        np.testing.assert_array_equal(found, regressor(**own).fit(X, Y, sample_weight=np.full(20, 0.5)).predict(X))


def test_errors_of_windows_that_never_moved_are_no_measure_for_others():
    model = regressor().fit(X, Y).conformalize(X, Y)
    interval = model.predict_interval(X, 0.8)
    dead = np.vstack([X, np.full((9, 6), 5.0)]), np.vstack([Y, np.full((9, 3), 8.0)])
    np.testing.assert_allclose(model.conformalize(*dead).predict_interval(X, 0.8), interval, rtol=1e-5)
    assert np.isnan(model.conformal_scores_[20:]).all()


def test_calibration_keeps_the_last_samples():
    model = regressor(calibration_fraction=0.25).fit(X, Y)
    assert model.conformal_scores_.shape == (5, 3, 1)
    by_hand = regressor().fit(X[:15], Y[:15]).conformalize(X[15:], Y[15:])
    np.testing.assert_array_equal(model.conformal_scores_, by_hand.conformal_scores_)
    groups = np.arange(20) % 4  # the last group is spread over X
    model.fit(X, Y, groups=groups)
    by_hand = regressor().fit(X[groups < 3], Y[groups < 3]).conformalize(X[groups == 3], Y[groups == 3])
    np.testing.assert_allclose(model.conformal_scores_, by_hand.conformal_scores_, rtol=1e-9)  # rows in another order


def test_windows_that_never_move_learn_nothing_of_held_out_ones():
    """Their size is a share of that of the training windows: larger windows for calibration change no forecast."""
    far = np.concatenate([X[:15], 1000 * X[15:]]), np.concatenate([Y[:15], 1000 * Y[15:]])
    for samples in (np.arange(20), np.r_[0, 0, 0, 0:20]):  # with such windows in fit, too
        past, following = (own[samples].copy() for own in far)
        past[: len(samples) - 20] = 3.0
        n_training = len(samples) - 5
        model = regressor(calibration_fraction=4.5 / len(samples)).fit(past, following)
        by_hand = regressor().fit(past[:n_training], following[:n_training])
        still = np.full((1, 6), 3.0)
        np.testing.assert_array_equal(model.predict(still), by_hand.predict(still))
        np.testing.assert_array_equal(model.predict(X), by_hand.predict(X))


def test_early_stopping_holds_out_the_last_groups():
    groups = np.arange(20) % 4
    model = regressor(epochs=2, early_stopping=True, validation_fraction=0.25).fit(X, Y, groups=groups)
    held_out = {"X_val": X[groups == 3], "y_val": Y[groups == 3]}
    told = regressor(epochs=2, early_stopping=True).fit(X[groups < 3], Y[groups < 3], **held_out)
    assert model.history_["val_loss"] == told.history_["val_loss"]


@pytest.mark.usefixtures("untrained")
def test_fits_of_series_without_a_linear_model_keep_their_best_epoch(monkeypatch):
    """From so many windows on; a fit by early_stopping=True waits for fewer epochs, if it is told to."""
    monkeypatch.setattr("skseq._base.forecasts.forecasting.WATCHED", 20)
    groups, patience = np.arange(20), []
    own = ForecastingEstimator._options

    def spy(self, job, **given):
        options = own(self, job, **given)
        patience.append(options.patience)
        return replace(options, epochs=1)  # they need not run

    monkeypatch.setattr(ForecastingEstimator, "_options", spy)
    recursive, counts = {"decoder": "recursive"}, {"loss": "poisson"}
    no_look, linear = recursive | {"early_stopping": False}, {"decoder": "direct", "linear": True}
    for settings in (recursive, counts, recursive | {"early_stopping": True}, no_look, linear):
        regressor(epochs=31, **settings).fit(X, np.abs(np.round(Y)), groups=groups)
    regressor(epochs=30, **recursive).fit(X, Y, groups=groups)  # too few to learn much by heart
    regressor(epochs=31, **recursive).fit(X[:19], Y[:19], groups=groups[:19])
    regressor(epochs=31, **recursive).fit(X, Y)
    regressor(epochs=31, **recursive).fit(X, Y, sample_weight=np.arange(20) > 0)
    assert patience == [30, 30, 10, None, None, None, None, 30, None]


FOLLOWING = np.lib.stride_tricks.sliding_window_view(rng.randn(48).cumsum(), 9)  # 40 windows


@pytest.fixture
def watched(monkeypatch):
    """The regressor whose fits of 20 samples or more keep their best epoch; two show what is held out."""
    monkeypatch.setattr("skseq._base.forecasts.forecasting.WATCHED", 20)
    own = ForecastingEstimator._options
    monkeypatch.setattr(ForecastingEstimator, "_options", lambda *given, **more: replace(own(*given, **more), epochs=2))
    return regressor(epochs=31, decoder="recursive")


def test_of_windows_without_groups_the_last_ones_are_held_out_that_share_no_step(watched):
    X, Y = FOLLOWING[:, :6], FOLLOWING[:, 6:]
    model, told = watched.fit(X, Y), clone(watched).fit(X[:34], Y[:34], X_val=X[36:], y_val=Y[36:])
    np.testing.assert_allclose(model.history_["val_loss"], told.history_["val_loss"], rtol=1e-5)


@pytest.mark.parametrize("order", ["random", "of few windows"])
def test_else_random_samples_are_held_out(watched, order, monkeypatch):
    X, Y = FOLLOWING[:, :6], FOLLOWING[:, 6:]
    if order == "random":
        X, Y = X[::-1], Y[::-1]
    else:  # half of them would be left
        monkeypatch.setattr("skseq._base.forecasts.forecasting.MOST_LEFT", 0.9)
    model, told = watched.fit(X, Y), clone(watched).set_params(early_stopping=True, n_iter_no_change=30).fit(X, Y)
    np.testing.assert_array_equal(model.history_["val_loss"], told.history_["val_loss"])


def test_noise_is_not_learnt_by_heart():
    """Of independent counts the mean is the best forecast, and far from it what 31 epochs of large steps make."""
    learning = {"epochs": 31, "learning_rate": 0.03, "batch_size": 32}
    counts = np.random.RandomState(0).poisson(1.5, 400).astype(float)
    windows, truth = [counts[t - 10 : t] for t in range(200, 398)], [counts[t : t + 2] for t in range(200, 398)]

    def excess(**settings):
        estimator = Seq2SeqRegressor(units=16, **LAYERS, **learning, loss="poisson", **settings)
        model = SeriesForecaster(estimator, window=10, horizon=2, random_state=0).fit([counts[:200]])
        return np.mean(np.square(np.array(model.predict(windows)) - truth)) / np.var(truth) - 1

    assert excess() < 0.5 * excess(early_stopping=False)


def test_targets_that_reach_into_the_held_out_ones_are_not_learnt(monkeypatch):
    """Brute force: every number of the series is another one, so that each target step can be told from its number."""
    series, seen = walks([40, 31]), {}
    own = ForecastingEstimator._with_scales

    def spy(self, learnt, data):
        seen["train"] = data.rows["target"][data.samples]
        return own(self, learnt, data)

    monkeypatch.setattr(ForecastingEstimator, "_with_scales", spy)
    options = {"scaling": None, "scale_targets": False, "linear": False, "epochs": 1}
    estimator = regressor(**options, early_stopping=True, calibration_fraction=0.2, validation_fraction=0.2)
    model = SeriesForecaster(estimator, window=5, horizon=4).fit(series)
    learnt = set(seen["train"].ravel())
    n_starts = 40 - 5 - 4 + 1  # of targets
    n_calibrating = int(np.ceil(0.2 * n_starts))
    n_stopping = int(np.ceil(0.2 * (n_starts - n_calibrating - 3)))  # 3 starts reach into the held-out targets
    for own_steps in series:
        assert not learnt & set(own_steps[-(n_calibrating + 3 + n_stopping + 3) :])
    assert learnt == {x for own_steps in series for x in own_steps[5 : -(n_calibrating + 3 + n_stopping + 3)]}
    assert len(model.estimator_.conformal_scores_) == 2 * n_calibrating


def test_training_goes_on_where_no_group_can_be_held_out(monkeypatch):
    """Many series of one window each: they have one group, which is all there is to learn."""
    monkeypatch.setattr("skseq._base.fits.training.EARLY_STOPPING_SAMPLES", 10)
    model = regressor(epochs=11).fit(X, Y, groups=np.zeros(20))
    assert "val_loss" not in model.history_
    with pytest.raises(ValueError, match="validation_fraction=0.1 of X with 20 sample.* leaves none to train on"):
        regressor(early_stopping=True).fit(X, Y, groups=np.zeros(20))


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("decoder", ["recursive", "direct"])
@pytest.mark.parametrize("loss", ["quantile", "normal", "student_t", "squared_error"])
def test_quantiles_never_cross(loss, decoder):
    model = regressor(loss=loss, decoder=decoder).fit(X, Y).conformalize(X, Y)
    found = model.predict_quantiles(10 * X2[..., 0], np.linspace(0.1, 0.9, 7))
    assert (np.diff(found, axis=-1) >= 0).all()
    interval = model.predict_interval(X, [0.5, 0.8], method="model")
    assert (interval[:, :, 0, 1] <= interval[:, :, 0, 0]).all()
    assert (interval[:, :, 1, 1] >= interval[:, :, 1, 0]).all()


def test_learnt_quantiles_are_returned_as_they_are():
    model = regressor(loss="quantile", quantiles=(0.2, 0.5, 0.9), decoder="direct").fit(X, Y)
    found = model.predict_quantiles(X)
    np.testing.assert_allclose(found[..., 1], model.predict(X))
    between = model.predict_quantiles(X, [0.35])
    np.testing.assert_allclose(between[..., 0], (found[..., 0] + found[..., 1]) / 2)
    with pytest.raises(ValueError, match=r"from 0.2 to 0.9 were learnt, but 0.95"):
        model.predict_quantiles(X, [0.5, 0.95])
    model.conformalize(X, Y)
    np.testing.assert_array_equal(model.predict_quantiles(X), found)
    far = model.predict_quantiles(X, [0.1, 0.95])  # by the errors of 20 samples: the second smallest, the largest
    sizes = X.std(axis=1)[:, None]
    errors = np.sort((Y - model.predict(X)) / sizes, axis=0)
    expected = model.predict(X)[..., None] + sizes[..., None] * errors[[1, -1]].T
    np.testing.assert_allclose(far, expected, rtol=1e-4)


def test_quantiles_of_a_recursive_decoder_are_those_of_its_paths():
    """Those of a later step were given that all steps before were medians, and far too narrow."""
    model = regressor(loss="quantile", quantiles=(0.1, 0.5, 0.8)).fit(X, Y)
    drawn, levels = model.sample_y(X[:1], 500)[0], [0.1, 0.3, 0.8]  # (n_steps, 500), the same draws
    np.testing.assert_allclose(model.predict_quantiles(X, levels)[0], np.quantile(drawn, levels, axis=1).T, rtol=1e-5)
    learnt = np.asarray(model.model_(X[..., None].astype(np.float32)))[:, :1, 0]  # (n, 1, n_levels)
    np.testing.assert_allclose(model.predict_quantiles(X, n_steps=1), learnt, rtol=1e-4)  # as they are
    with pytest.raises(ValueError, match=r"from 0.1 to 0.8 were learnt, but 0.9"):
        model.predict_interval(X, 0.8)
    points = model.predict(X)
    far = model.conformalize(X, Y).predict_quantiles(X, [0.5, 0.9])  # by the errors of 20 samples: the 19th
    errors = np.sort((Y - points) / X.std(axis=1)[:, None], axis=0)[18]
    np.testing.assert_allclose(far[..., 1], points + X.std(axis=1)[:, None] * errors, rtol=1e-4)


@pytest.mark.filterwarnings("ignore::skseq.exceptions.PathWarning")
def test_paths_of_learnt_quantiles():
    """A direct decoder writes its steps independently of each other; errors of samples are not.

    Paths go beyond the outermost quantiles, in exponential tails: once, none did.
    """
    model = regressor(loss="quantile", decoder="direct").fit(X, Y)
    drawn, learnt = model.sample_y(X, 200), model.predict_quantiles(X)
    low, high = np.moveaxis(learnt[..., [0, -1]], -1, 0)
    np.testing.assert_allclose([np.mean(drawn.T < low.T), np.mean(drawn.T > high.T)], 0.05, atol=0.01)
    rare = high + (high - learnt[..., -2]) / np.log(2) * np.log(5)  # of 1 %
    np.testing.assert_allclose(np.mean(drawn.T > rare.T), 0.01, atol=0.005)
    sizes, errors = X.std(axis=1)[:, None], Y - model.predict(X)
    paths = model.conformalize(X, Y).sample_y(X, 50) - model.predict(X)[..., None]
    found = (paths / sizes[..., None])[3].T  # (n_paths, h)
    distances = np.abs(found[:, None] - (errors / sizes)[None]).max(axis=2)  # to the errors of every sample
    assert (distances.min(axis=1) < 1e-4).all()
    recursive = regressor(loss="quantile", decoder="recursive").fit(X, Y)
    drawn = recursive.sample_y(X, 5)
    np.testing.assert_array_equal(recursive.conformalize(X, Y).sample_y(X, 5), drawn)


@pytest.mark.parametrize("loss", ["normal", "student_t"])
def test_densities_are_in_the_units_of_y(loss):
    """A direct decoder's are those of the distributions that it forecasts."""
    model = regressor(loss=loss, decoder="direct", dtype="float64").fit(X, 50 * Y)
    found = model.predict_distribution(X)
    exact = (stats.norm if loss == "normal" else stats.t)(**found)
    np.testing.assert_allclose(model.score_samples(X, 50 * Y), exact.logpdf(50 * Y).sum(axis=1), rtol=1e-8)
    np.testing.assert_allclose(model.predict_quantiles(X, [0.3]), exact.ppf(0.3)[..., None], rtol=1e-8)
    ragged = [own[:2] for own in 50 * Y[:5]] + list(50 * Y[5:])
    model.fit(X, ragged)
    exact = (stats.norm if loss == "normal" else stats.t)(**model.predict_distribution(X))
    expected = exact.logpdf(50 * Y)
    expected[:5, 2] = 0
    np.testing.assert_allclose(model.score_samples(X, ragged), expected.sum(axis=1), rtol=1e-8)
    assert not hasattr(regressor().fit(X, Y), "score_samples")


@pytest.mark.parametrize("parameters", [{"loss": "normal"}, {"loss": "quantile", "decoder": "direct"}, {}])
def test_paths_depend_on_their_own_seed_alone(parameters):
    model = regressor(**parameters).fit(X, Y).conformalize(X, Y)
    paths = model.sample_y(X, 5, random_state=3)
    np.testing.assert_array_equal(paths, model.sample_y(X, 5, random_state=3))
    np.testing.assert_allclose(model.sample_y(X[:4], 5, random_state=3), paths[:4], rtol=1e-5)
    assert np.abs(model.sample_y(X, 5, random_state=4) - paths).max() > 0
    with sklearn.config_context(working_memory=1e-3):
        np.testing.assert_allclose(model.sample_y(X, 5, random_state=3), paths, rtol=1e-5)
    with pytest.raises(ValueError, match="random_state must be .* Got -1"):
        model.sample_y(X, random_state=-1)


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("loss", ["quantile", "normal"])
def test_quantiles_of_paths_depend_on_their_window_alone(loss):
    """Whatever the order of windows; and a long forecast begins as a short one."""
    model = regressor(loss=loss).fit(X, Y)
    found = model.predict_quantiles(X, [0.1, 0.5])
    np.testing.assert_allclose(model.predict_quantiles(X[::-1], [0.1, 0.5])[::-1], found, rtol=1e-5)
    np.testing.assert_allclose(model.predict_quantiles(X, [0.1, 0.5], n_steps=2), found[:, :2], rtol=1e-5)
    np.testing.assert_allclose(model.sample_y(X, 3, n_steps=2), model.sample_y(X, 3)[:, :2], rtol=1e-5)


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("loss", ["quantile", "normal", "poisson"])
def test_quantiles_of_paths_never_hold_all_paths(loss):
    """Part by part of the windows, within the working memory, which changes no number."""
    many, y = np.tile(X, (5, 1)), np.tile(np.round(np.exp(Y / 5)), (5, 1))
    model = regressor(loss=loss).fit(many, y)
    whole = model.predict_quantiles(many, [0.1, 0.5])
    with sklearn.config_context(working_memory=0.2):  # 8 windows
        tracemalloc.start()
        found = model.predict_quantiles(many, [0.1, 0.5])
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    np.testing.assert_array_equal(found, whole)
    assert peak < many[:, :3].size * 500 * 8  # bytes of all paths


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("loss", ["quantile", "normal"])
def test_steps_that_are_drawn_alone_are_told(loss):
    """Where none are: of one step, of a recursive decoder, of errors, and in scores of single steps."""
    model = regressor(loss=loss, decoder="direct").fit(X, Y)
    remedy = "calibration_fraction.*, or set decoder" if loss == "quantile" else "too little: set decoder"
    with pytest.warns(PathWarning, match=f"drawn by itself, because .* with loss='{loss}' .* {remedy}='recursive'"):
        model.sample_y(X, 2)
    model.sample_y(X, 2, n_steps=1)
    make_forecast_scorer(continuous_ranked_probability_score)(model, X, Y)
    with pytest.warns(PathWarning):
        model.sample_y(X, 2)
    regressor(loss=loss, decoder="recursive").fit(X, Y).sample_y(X, 2)
    if loss == "quantile":
        model.conformalize(X, Y).sample_y(X, 2)


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::skseq.exceptions.PathWarning")
def test_paths_of_an_autoregressive_process_spread_as_the_formula_says():
    """AR(1) with phi = 0.8: the deviation h steps ahead is sqrt((1 - phi^2h) / (1 - phi^2)) (Box and Jenkins)."""
    phi, horizon, many = 0.8, 10, np.random.RandomState(0)
    series = np.zeros((1000, 12 + horizon))
    noise = many.randn(*series.shape)
    series[:, 0] = noise[:, 0] / np.sqrt(1 - phi**2)
    for t in range(1, series.shape[1]):
        series[:, t] = phi * series[:, t - 1] + noise[:, t]
    past, following = series[:, :12], series[:, 12:]
    learning = {"epochs": 20, "learning_rate": 0.01, "batch_size": 32, "jit_compile": False}
    model = Seq2SeqRegressor(units=8, **LAYERS, **learning, loss="normal", scaling=None, random_state=0)
    paths = model.fit(past, following).sample_y(past[:200], 200)  # (n, h, n_paths)
    spread = np.sqrt(paths.var(axis=2).mean(axis=0))
    steps = np.arange(1, horizon + 1)
    exact = np.sqrt((1 - phi ** (2 * steps)) / (1 - phi**2))
    np.testing.assert_allclose(spread[[0, 9]], exact[[0, 9]], rtol=0.05)


# --- counts -----------------------------------------------------------------------------------------------------------

COUNTS = np.random.RandomState(5).poisson(np.linspace(0.2, 60, 20)[:, None], size=(20, 9)).astype(float)
SOLD, NEXT = COUNTS[:, :6], COUNTS[:, 6:]
both_kinds = pytest.mark.parametrize("loss", ["poisson", "negative_binomial"])


def exactly(model, X):
    """The distribution of scipy that a fitted regressor of counts forecasts."""
    return (stats.poisson if model.loss == "poisson" else stats.nbinom)(**model.predict_distribution(X))


@pytest.mark.usefixtures("untrained")
@both_kinds
@pytest.mark.parametrize("decoder", ["direct", "recursive"])
def test_counts_are_forecast_as_scipy_says(loss, decoder):
    model = regressor(loss=loss, decoder=decoder, dtype="float64").fit(SOLD, NEXT)
    np.testing.assert_allclose(model.predict(SOLD), exactly(model, SOLD).mean(), rtol=1e-8)
    assert (np.diff(model.predict_quantiles(SOLD, [0.1, 0.5, 0.9]), axis=-1) >= 0).all()
    model.fit(SOLD, NEXT[:, 0])  # one step is told nothing but the window
    exact = exactly(model, SOLD)
    np.testing.assert_allclose(model.score_samples(SOLD, NEXT[:, 0]), exact.logpmf(NEXT[:, 0]), rtol=1e-8)
    np.testing.assert_array_equal(model.predict_quantiles(SOLD, [0.1, 0.9])[..., 1], exact.ppf(0.9))
    np.testing.assert_array_equal(model.predict_interval(SOLD, 0.8)[..., 1], exact.ppf((1 + 0.8) / 2))
    assert np.isfinite(model.score_samples(SOLD)).all()
    assert np.isfinite(model.predict(np.zeros((1, 6)))).all()  # a window without any sale


@pytest.mark.usefixtures("untrained")
@both_kinds
def test_paths_of_counts_are_counts(loss):
    model = regressor(loss=loss).fit(SOLD, NEXT)
    paths = model.sample_y(SOLD, 5, random_state=3)
    np.testing.assert_array_equal(paths, np.round(paths))
    assert paths.min() >= 0
    np.testing.assert_array_equal(model.sample_y(SOLD[:4], 5, random_state=3), paths[:4])
    assert np.abs(model.sample_y(SOLD, 5, random_state=4) - paths).max() > 0
    means, spread = model.predict(SOLD)[:, 0], exactly(model, SOLD).std()[:, 0]
    drawn = model.sample_y(SOLD, 400)[:, 0].mean(axis=1)
    np.testing.assert_allclose(drawn, means, atol=1e-9, rtol=4 * (spread / means).max() / 20)


def test_counts_have_the_unit_of_their_window():
    """1 + its mean (Salinas et al. 2020), times the mean of the targets; what is written without weights is 1."""
    size = 1 + SOLD.mean(axis=1, keepdims=True)
    following = np.round(5 * size) * np.ones(3)  # 5 in units of their windows, but for rounding
    for scale_targets, mean in ((False, 1.0), (True, 5.0)):
        model = regressor(loss="negative_binomial", scale_targets=scale_targets).fit(SOLD, following)
        model.weights_ = {name: np.zeros_like(value) for name, value in model.weights_.items()}
        np.testing.assert_allclose(model.predict(SOLD), np.broadcast_to(size * mean, (20, 3)), rtol=0.02)


@pytest.mark.slow
@both_kinds
def test_counts_of_all_sizes_are_learnt(loss):
    """Rates of 0.5 to 500, of one network: medians of the means within 15 %, intervals that cover."""
    many = np.random.RandomState(3)
    rates = np.exp(many.uniform(np.log(0.5), np.log(500), size=400))
    spread = many.gamma(4, 1 / 4, size=(400, 14)) if loss == "negative_binomial" else 1.0  # of dispersion 1 / 4
    counts = many.poisson(rates[:, None] * spread, size=(400, 14))
    past, following = counts[:, :10], counts[:, 10:]
    model = Seq2SeqRegressor(units=8, **LAYERS, epochs=15, loss=loss, random_state=0).fit(past[:300], following[:300])
    ratio = model.predict(past[300:]).mean(axis=1) / rates[300:]
    for some in (rates[300:] < 10, rates[300:] > 50):
        assert abs(np.median(ratio[some]) - 1) < 0.15
    low, high = np.moveaxis(model.predict_interval(past[300:], 0.8), -1, 0)
    assert abs(np.mean((low <= following[300:]) & (following[300:] <= high)) - 0.8) < 0.1


@pytest.mark.parametrize(
    ("parameters", "y", "message"),
    [
        ({}, NEXT - 1e3, r"y must hold counts for this loss, .* Got -\d+ \(sample 0, step 0\): set another loss"),
        ({}, [*(NEXT + 0.5)[:19], NEXT[19, :2]], r"Got [\d.]+ \(sample 0, step 0\)"),
        ({}, NEXT[:, 0] + 0.5, r"Got [\d.]+ \(sample 0\)"),
        ({}, NEXT[..., None] + 0.5, r"Got [\d.]+ \(sample 0, step 0, column 0\)"),
        ({"scaling": "standard"}, NEXT, "be subtracted, but scaling='standard' does: set it to 'auto', 'mean' or None"),
        ({"scaling": "robust"}, NEXT, "scaling='robust' does"),
        ({"scaling": "difference"}, NEXT, "scaling='difference' does"),
        ({"season": 1}, NEXT, "season=1 does: set it to None"),
        ({"linear": True}, NEXT, "linear=True does: set it to 'auto' or False"),
    ],
)
def test_what_does_not_go_with_counts(parameters, y, message):
    with pytest.raises(ValueError, match=message):
        regressor(loss="poisson", decoder="direct", **parameters).fit(SOLD, y)


def test_numbers_that_are_no_counts_after_fit():
    model = regressor(loss="poisson").fit(SOLD, NEXT)
    for method in (model.score_samples, model.conformalize):
        with pytest.raises(ValueError, match="y must hold counts"):
            method(SOLD, NEXT + 0.5)


def counts_around(level, *, spread=0.0):
    """Windows (100, 8) of counts, of means that spread by a share, and the two that follow."""
    drawn = np.random.RandomState(3)
    means = level * drawn.gamma(1 / spread**2, spread**2, (100, 10)) if spread else np.full((100, 10), level)
    return np.split(drawn.poisson(means).astype(float), [8], axis=1)


LEARNT = {"epochs": 10, "learning_rate": 0.01, "clipnorm": None, "early_stopping": False}


@pytest.mark.parametrize("decoder", ["direct", "recursive"])
def test_counts_that_vary_more_than_poissons_are_told(decoder):
    """The variance of counts around 300 that spread by 14 % is 300 + 42^2, seven times their mean."""
    past, following = counts_around(300.0, spread=0.14)
    model = regressor(loss="poisson", decoder=decoder, **LEARNT)
    with pytest.warns(TrainingWarning, match=r"[45]\d% lie in .* hold 90%.*Try loss='negative_binomial'") as told:
        model.fit(past, following)
    assert len(told) == 1
    model.set_params(loss="negative_binomial").fit(past, following)  # says nothing
    low, high = np.moveaxis(model.predict_interval(past, 0.9), -1, 0)
    assert np.mean((low <= following) & (following <= high)) > 0.85


@pytest.mark.parametrize(("level", "spread"), [(0.1, 0.0), (2.0, 0.0), (300.0, 0.0), (5.0, 0.3)])
def test_counts_that_are_nearly_poissons_are_not_told(level, spread):
    """At most 1.45 times the mean is their variance. All is said in errors here: warnings are errors."""
    past, following = counts_around(level, spread=spread)
    model = regressor(loss="poisson", **LEARNT).fit(past, [own[: 1 + n % 2] for n, own in enumerate(following)])
    assert model._facts.inside > 0.8


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("loss", ["poisson", "negative_binomial"])
@pytest.mark.parametrize("scaling", ["auto", None])
def test_models_of_counts_read_raw_windows(loss, scaling):
    model = regressor(loss=loss, scaling=scaling, dtype="float64").fit(SOLD, NEXT, X_future=FUTURE)
    written = np.asarray(model.model_([SOLD[..., None], FUTURE]))[:, :, 0]
    found = [*model.predict_distribution(SOLD, X_future=FUTURE).values()]
    np.testing.assert_allclose(written, found[0] if loss == "poisson" else np.stack(found, axis=-1), rtol=1e-8)


# --- exports, workflows and errors ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(
    "parameters",
    [
        {},
        {"loss": "quantile", "season": 1, "decoder": "direct"},
        {"loss": "normal", "scaling": "mean", "season": 4, "attention": "dot"},
        {"loss": "student_t", "scaling": "robust"},
        {"loss": "huber", "scaling": "difference", "decoder": "direct"},
        {"season": 4, "scaling": "difference"},
        {"scaling": None, "season": 2},
        {"decoder": "direct", "linear": True},
    ],
    ids=str,
)
def test_models_read_raw_windows(parameters):
    model = regressor(**parameters, dtype="float64").fit(40 + X, 40 + Y, X_future=FUTURE, X_static=STATIC)
    known = {"X_future": FUTURE, "X_static": STATIC}
    written = np.asarray(model.model_([40 + X[..., None], FUTURE, STATIC]))
    if model.loss in ("normal", "student_t"):
        expected = np.stack([*model.predict_distribution(40 + X, **known).values()], axis=-1)
        np.testing.assert_allclose(written[:, :, 0], expected, rtol=1e-8)
    elif model.loss == "quantile":
        np.testing.assert_allclose(written[:, :, 0], model.predict_quantiles(40 + X, **known), rtol=1e-8)
    else:
        np.testing.assert_allclose(written[:, :, 0], model.predict(40 + X, **known), rtol=1e-8)
    assert model.encoder_model_ is not None
    assert model.decoder_model_ is not None


@pytest.mark.usefixtures("untrained")
def test_models_know_windows_that_never_move():
    model = regressor().fit(X, Y)
    windows = np.vstack([np.full((1, 6), 0.1), X[:1] * 1e-5])
    written = np.asarray(model.model_(windows[..., None]))[..., 0]
    np.testing.assert_allclose(written, model.predict(windows), rtol=1e-4, atol=1e-7)


def test_diagnosis_of_a_forecaster(capsys):
    model = regressor(epochs=6).fit(X, Y)
    assert model.diagnose(X) is not None
    assert "constant answer" in capsys.readouterr().out
    model = regressor(activation="relu").fit(X, Y, X_future=FUTURE, X_static=STATIC)
    model.diagnose(X, X_future=FUTURE, X_static=STATIC)
    with pytest.raises(ValueError, match="X_future is None, but fit had 2 column"):
        model.diagnose(X, X_static=STATIC)
    with pytest.raises(ValueError, match="X_future and X_static tell of windows X: pass X, too"):
        model.diagnose(X_future=FUTURE)


def test_forecasts_with_equal_steps_are_not_the_same():
    """Days without sales in all forecasts do not make these one output."""
    labels = regressor().fit(X, Y)._output_labels(np.array([[0.0, 0, 1], [0, 0, 2]]))
    assert labels == [["0; 0; 1"], ["0; 0; 2"]]


def test_cross_validation_and_clones():
    assert cross_val_score(regressor(), X, Y, cv=2).shape == (2,)
    assert clone(regressor(season=2)).season == 2


BAD = [
    ({}, {"X": changed(X, np.nan)}, r"Input X contains NaN: sample 3, step 2\. Fill in"),
    ({}, {"X": changed(X2, np.inf)}, r"Input X contains infinity: sample 3, step 2, column 0"),
    ({}, {"X": list(changed(X, 1e200))}, r"Input X contains 1e\+200, which is too large to square: sample 3, step 2"),
    ({}, {"y": changed(Y, np.nan)}, r"Input y contains NaN: sample 3, step 2"),
    ({}, {"y": list(changed(Y, np.inf))}, r"Input y contains infinity: sample 3, step 2"),
    ({}, {"y": changed(Y[:, 0], 1e200)}, r"Input y contains 1e\+200, .*: sample 3\."),
    ({}, {"X_future": changed(FUTURE, np.nan)}, r"Input X_future contains NaN: sample 3, step 2, column 0"),
    ({}, {"X_static": changed(STATIC, np.nan)}, r"Input X_static contains NaN: sample 3, column 0"),
    (
        {},
        {"X": changed(X, 1e60)},
        r"Input X contains .* too large for dtype\('float32'\).*replace those.*dtype='float64'",
    ),
    ({}, {"X_future": changed(FUTURE, 1e60)}, r"Input X_future contains .* too large for dtype\('float32'\)"),
    ({}, {"X_static": changed(STATIC, 1e60)}, r"Input X_static contains .* too large for dtype\('float32'\)"),
    (
        {},
        {"X_future": [*FUTURE[:19], FUTURE[19, :2]]},
        r"X_future\[19\] has shape \(2, 2\). Expected a row for each of its 3",
    ),
    (
        {},
        {"X_future": [[[1], [1, 2], [1]]] * 19 + [[[1]]]},
        r"X_future\[0\] cannot be read as numbers: .*one row for every",
    ),
    ({"season": 7}, {}, r"season=7 needs a past of as many timesteps, but X holds a sequence of 6"),
    ({"season": 1}, {"X": X2}, r"season=1 needs the past of y among the columns of X"),
    ({"target_features": [4]}, {}, r"target_features must name one column of X for each of 1 target"),
    ({}, {"X_future": FUTURE[:, :2]}, r"X_future has 2 step\(s\), but 3 are forecast: step 3 of the future"),
    ({}, {"X_future": FUTURE[:5]}, r"X_future must hold one entry per sample of X. Got 5"),
    ({}, {"X_static": STATIC[:5]}, r"X_static must hold one entry per sample of X. Got 5"),
    (
        {},
        {"X_static": np.arange(20)},
        r"X_static must be numbers \(n_samples, n_columns\).* numpy\.reshape\(X_static, \(-1, 1",
    ),
    (
        {},
        {"X_static": [["a"], ["b"]] * 10},
        r"Expected numbers \(n_samples, n_columns\).*strings become .*OneHotEncoder",
    ),
    ({}, {"groups": np.arange(5)}, r"groups must hold one number per sample, shape \(20,\)"),
    ({}, {"groups": np.where(np.arange(20) > 18, np.nan, 0)}, r"groups contains NaN for 1 sample"),
    ({"target_features": ["a"]}, {}, r"target_features must name one column of X .* Got \['a'\]"),
    ({"target_features": [True]}, {}, r"target_features must name one column of X .* Got \[True\]"),
    ({"target_features": [1, 1]}, {"X": X2, "y": Y2}, r"target_features must name one column of X .* Got \[1, 1\]"),
    ({"quantiles": (0.5, 0.1)}, {}, r"quantiles must be levels in ascending order"),
    ({"quantiles": (0.5, 1.0)}, {}, r"quantiles must be above 0 and below 1"),
    ({"quantiles": ("a",)}, {}, r"quantiles must be above 0 and below 1"),
    ({"quantiles": [[0.1, 0.5]]}, {}, r"quantiles must be above 0 and below 1"),
    ({}, {"X_future": np.zeros((20, 9))}, r"X_future has 9 steps, but y only 3: pass the rows of the steps of y alone"),
    ({"decoder": "direct", "scheduled_sampling": "linear"}, {}, "decoder='direct' reads none"),
    ({"calibration_fraction": 0.99}, {}, r"calibration_fraction=0.99 of X with 20 sample\(s\) leaves none"),
]


@pytest.mark.parametrize(("parameters", "data", "message"), BAD, ids=[message for *_, message in BAD])
def test_errors_of_fit(parameters, data, message):
    model = regressor(**parameters)
    with pytest.raises(ValueError, match=message):
        model.fit(**{"X": X, "y": Y, **data})
    assert not hasattr(model, "weights_")


def test_errors_after_fit():
    model = regressor(decoder="direct").fit(X, Y, X_future=FUTURE)
    known = {"X_future": FUTURE}
    with pytest.raises(ValueError, match="X_future is None, but fit had 2"):
        model.predict(X)
    with pytest.raises(ValueError, match=r"n_steps=4 is beyond the horizon of 3 steps"):
        model.predict(X, **known, n_steps=4)
    for n_steps in (0, "2"):
        with pytest.raises(ValueError, match="n_steps must be an integer from 1 to"):
            model.predict(X, **known, n_steps=n_steps)
    for coverage in (90, [[0.5]], [[0.5], [0.1, 0.2]]):
        with pytest.raises(ValueError, match="coverage must be above 0 and below 1"):
            model.predict_interval(X, coverage, **known)
    with pytest.raises(ValueError, match=r"says nothing of quantiles.* call conformalize"):
        model.predict_interval(X, **known)
    with pytest.raises(ValueError, match=r"says nothing of a distribution.* call conformalize"):
        model.sample_y(X, **known)
    with pytest.raises(ValueError, match="method must be"):
        model.predict_interval(X, method="jackknife", **known)
    with pytest.raises(ValueError, match=r"y has one step of 1 target"):
        model.score(X, Y[:, 0], **known)
    with pytest.raises(ValueError, match=r"up to 2 step\(s\) per sample, but Seq2SeqRegressor was fitted on 3"):
        model.partial_fit(X, Y[:, :2], **known)
    recursive = regressor().fit(X, Y, X_future=FUTURE)
    with pytest.raises(ValueError, match="steps 4 to 6 of the future are missing"):
        recursive.predict(X, X_future=FUTURE, n_steps=6)


# --- defaults ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("horizon", "given", "epochs"),
    [
        (2, {}, 5),  # of 30 samples
        (40, {"groups": np.arange(30)}, 2),  # of windows of series, 100 / horizon
        (2, {"decoder": "recursive"}, 100),  # no linear model beside it
    ],
)
def test_auto_epochs_beside_a_linear_model(horizon, given, epochs):
    series = np.random.RandomState(0).normal(size=(30, 3 + horizon))
    groups = {"groups": given["groups"]} if "groups" in given else {}
    model = Seq2SeqRegressor(units=2, **LAYERS, decoder=given.get("decoder", "direct"), random_state=0)
    assert model.fit(series[:, :3], series[:, 3:], **groups).n_iter_ == epochs


def test_what_is_auto_is_as_in_the_encoder():
    series = np.random.RandomState(0).normal(size=(30, 6))
    encoder = LSTMAutoencoderTransformer(units=2, epochs=1).fit(series[:, :4])
    model = Seq2SeqRegressor(units=2, epochs=1, scaling=None, encoder=encoder).fit(series[:, :4], series[:, 4:])
    assert (model._spec.cell, model._spec.bidirectional) == ("lstm", False)
    model.set_params(encoder=None).fit(series[:, :4], series[:, 4:])
    assert (model._spec.cell, model._spec.bidirectional) == ("gru", True)


def test_the_working_memory_has_no_say():
    """What is known of windows is computed part by part where it exceeds it."""
    X, y = X2[:, :, 0], Y2[:, :, 0]
    regressor = Seq2SeqRegressor(units=2, epochs=1, random_state=0).fit(X, y)
    with sklearn.config_context(working_memory=0):
        part_by_part = regressor.predict(X)
    np.testing.assert_array_equal(part_by_part, regressor.predict(X))


def test_columns_of_what_is_known_keep_their_places():
    shops = pd.DataFrame({"area": np.arange(20.0), "age": np.arange(20.0) % 3})
    model = Seq2SeqRegressor(2, epochs=1, random_state=0).fit(X, Y, X_static=shops)
    with pytest.raises(ValueError, match=r"X_static has the columns \['age', 'area'\]. Expected \['area', 'age'\]"):
        model.predict(X, X_static=shops[["age", "area"]])
    with pytest.raises(ValueError, match="X_static_val has the columns"):
        model.fit(X, Y, X_static=shops, X_val=X, y_val=Y, X_static_val=shops[["age", "area"]])
    np.testing.assert_array_equal(model.predict(X, X_static=shops), model.predict(X, X_static=shops.to_numpy()))


def test_columns_of_targets_keep_their_places():
    past = [pd.DataFrame({"a": own, "b": own**2}) for own in X]
    future = [pd.DataFrame({"a": own, "b": own**2}) for own in Y]
    turned = [own[["b", "a"]] for own in future]
    model = Seq2SeqRegressor(2, epochs=1, random_state=0).fit(past, future)
    for refused in (model.score, model.conformalize, model.partial_fit):
        with pytest.raises(ValueError, match=r"y\[0\] has the columns \['b', 'a'\]. Expected \['a', 'b'\]"):
            refused(past, turned)
    with pytest.raises(ValueError, match=r"y_val\[0\] has the columns"):
        model.fit(past, future, X_val=past, y_val=turned)


@pytest.mark.usefixtures("untrained")
@pytest.mark.filterwarnings("ignore::skseq.exceptions.PathWarning")
@pytest.mark.parametrize("loss", ["squared_error", "normal", "student_t"])
def test_a_type_set_after_a_fit_changes_no_paths(loss):
    model = Seq2SeqRegressor(2, **LAYERS, epochs=1, loss=loss, random_state=0).fit(X, Y).conformalize(X, Y)
    before = model.sample_y(X, 2, random_state=0)
    np.testing.assert_array_equal(model.set_params(dtype="float64").sample_y(X, 2, random_state=0), before)
