"""LSTMAutoencoderDetector: errors, scores and thresholds by hand; windows; what is held out."""

import pickle

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from warned import told

from skseq import LSTMAutoencoderDetector
from skseq._data import windows
from skseq._detector import _bound_of_few, _code_precision, _feature_weights, _inverse

pytestmark = pytest.mark.usefixtures("eager")

rng = np.random.RandomState(0)
N_SAMPLES, N_TIMESTEPS = 40, 6
PHASES = rng.uniform(0, 6, N_SAMPLES)
WAVES = np.sin(np.arange(N_TIMESTEPS) + PHASES[:, None])
CHANNELS = np.stack([WAVES, np.cos(np.arange(N_TIMESTEPS) + PHASES[:, None])], axis=2) + 0.1 * rng.randn(40, 6, 2)
RAGGED = [sample[: 3 + index % 4] for index, sample in enumerate(CHANNELS)]
SERIES = np.sin(np.arange(60) * 0.7) + 0.1 * rng.randn(60)


def detector(**parameters):
    return LSTMAutoencoderDetector(**{"units": 4, "epochs": 1, "batch_size": 64, "random_state": 0, **parameters})


@pytest.fixture(scope="module")
def fitted():
    return detector(scoring="mahalanobis", dtype="float64").fit(CHANNELS, X_val=CHANNELS[:9])


# --- errors and scores by hand ----------------------------------------------------------------------------------------


def absolute_errors(model, X):
    """In deviations of each channel, which the model has learnt."""
    written = model._reconstruction(model._read_fitted(X))
    return np.abs(np.asarray(X, float).reshape(written.shape) - written) / model._learnt.source.scale.deviation


def test_the_network_writes_what_the_exported_model_writes(fitted):
    """So that expected numbers below may come from either."""
    exported = np.asarray(fitted.model_.predict_on_batch(CHANNELS))
    np.testing.assert_allclose(exported, fitted._reconstruction(fitted._read_fitted(CHANNELS)), atol=1e-12)


def test_mean_and_covariance_of_the_errors_on_validation_data(fitted):
    errors = absolute_errors(fitted, CHANNELS[:9]).reshape(-1, 2)
    np.testing.assert_allclose(fitted.location_, errors.mean(axis=0), rtol=1e-12)
    np.testing.assert_allclose(fitted.covariance_, np.cov(errors.T, bias=True), rtol=1e-12)
    np.testing.assert_allclose(fitted.precision_, np.linalg.inv(np.cov(errors.T, bias=True)), rtol=1e-9)


def test_scores_by_hand(fitted):
    """(e - mu)' S^-1 (e - mu) of every timestep, without a square root, and its mean; higher is more normal."""
    errors = absolute_errors(fitted, CHANNELS)
    expected = np.empty((N_SAMPLES, N_TIMESTEPS))
    for sample, timestep in np.ndindex(expected.shape):
        centred = errors[sample, timestep] - fitted.location_
        expected[sample, timestep] = -centred @ np.linalg.solve(fitted.covariance_, centred)
    np.testing.assert_allclose(fitted.score_timesteps(CHANNELS), expected, rtol=1e-7)
    np.testing.assert_allclose(fitted.score_samples(CHANNELS), expected.mean(axis=1), rtol=1e-7)
    largest = clone(fitted).set_params(aggregation="max").fit(CHANNELS, X_val=CHANNELS[:9])
    np.testing.assert_allclose(largest.score_samples(CHANNELS), expected.min(axis=1), rtol=1e-7)


@pytest.mark.usefixtures("untrained")
def test_plain_errors_and_ragged_means():
    model = detector(scoring="squared_error").fit(RAGGED)
    for sample, score, steps in zip(RAGGED, model.score_samples(RAGGED), model.score_timesteps(RAGGED)):
        expected = -(absolute_errors(model, sample[None]) ** 2).mean(axis=2)[0]
        np.testing.assert_allclose(steps, expected, rtol=1e-4, atol=1e-7)
        assert score == pytest.approx(expected.mean(), rel=1e-4)


@pytest.mark.usefixtures("untrained")
def test_reconstruction_errors_by_hand():
    """|x - x'| in deviations of each feature; of windows a mean over those that contain a timestep."""
    X = CHANNELS * [1, 50]
    model = detector(dtype="float64").fit(X)
    written = np.asarray(model.model_.predict_on_batch(X))
    deviation = model._learnt.source.scale.deviation
    np.testing.assert_allclose(model.reconstruction_errors(X), np.abs(X - written) / deviation, rtol=1e-9)
    assert detector().fit(WAVES).reconstruction_errors(WAVES).shape == WAVES.shape
    ragged = model.reconstruction_errors([x * [1, 50] for x in RAGGED])
    assert [errors.shape for errors in ragged] == [x.shape for x in RAGGED]
    cut = detector(window=8, stride=5, dtype="float64", scale_inputs=False).fit([SERIES])
    windows = [SERIES[:8], SERIES[5:13]]
    written = cut.model_.predict_on_batch(np.stack(windows)[:, :, None])[:, :, 0]
    errors = np.full((2, 13), np.nan)
    errors[0, :8], errors[1, 5:] = np.abs(windows - written)
    np.testing.assert_allclose(cut.reconstruction_errors([SERIES[:13]])[0], np.nanmean(errors, axis=0), rtol=1e-9)


@pytest.mark.usefixtures("untrained")
def test_combined_scores_by_hand():
    """(e / s)^2 with the usual error of each place, and the distance of the code from those of the training data."""
    model = detector(dtype="float64", units=2).fit(CHANNELS, X_val=CHANNELS[:9])
    squares = (absolute_errors(model, CHANNELS) ** 2).mean(axis=2)  # (n, t)
    usual = (squares.sum(axis=0) + 5 * squares.mean()) / (N_SAMPLES + 5)
    np.testing.assert_allclose(model.typical_errors_, np.sqrt(usual), rtol=1e-9)
    codes = np.concatenate(model.encoder_model_.predict_on_batch(CHANNELS), axis=1)  # (n, 4)
    centred = codes - codes.mean(axis=0)
    covariance = centred.T @ centred / N_SAMPLES
    raised = covariance + 0.2 * np.trace(covariance) / 4 * np.eye(4)
    distances = np.array([x @ np.linalg.solve(raised, x) for x in centred])
    expected = -squares / usual - distances[:, None] / distances.mean()
    np.testing.assert_allclose(model.score_timesteps(CHANNELS), expected, rtol=1e-7)


@pytest.mark.usefixtures("untrained")
def test_combined_scores_of_windows_are_means_over_windows():
    model = detector(window=8, stride=4, smoothing=1).fit([SERIES[:40]], X_val=[SERIES[40:]])
    starts, n_steps = [0, 4, 8], 16
    windows = np.stack([SERIES[start : start + 8] for start in starts])
    sequences = model._read_fitted(windows)
    errors, distances = np.moveaxis(model._errors_and_distances(sequences), 2, 0)
    for step, score in enumerate(model.score_timesteps([SERIES[:n_steps]])[0]):
        own = [k for k, start in enumerate(starts) if start <= step < start + 8]
        expected = np.mean([errors[k, step - starts[k]] for k in own]) ** 2 + distances[own, 0].mean()
        assert score == pytest.approx(-expected, rel=1e-4)


@pytest.mark.usefixtures("untrained")
def test_places_beyond_those_of_the_training_data_count_as_the_last():
    model = detector(window=8).fit([SERIES[:6], SERIES[6:11]], X_val=[SERIES[:6]])
    assert model.typical_errors_.shape == (6,)
    assert np.isfinite(model.score_timesteps([SERIES])[0]).all()


def test_codes_that_are_all_the_same_have_no_distance():
    np.testing.assert_array_equal(_code_precision(np.zeros((3, 2))), np.zeros((2, 2)))
    still = detector().fit(np.ones((20, 4, 3)))
    assert np.isfinite(still.score_samples(np.ones((2, 4, 3)) * [[[1, 2, 3]]])).all()


def test_decision_function_and_predict(fitted):
    scores = fitted.score_samples(CHANNELS)
    np.testing.assert_array_equal(fitted.decision_function(CHANNELS), scores - fitted.offset_)
    np.testing.assert_array_equal(fitted.predict(CHANNELS), np.where(scores < fitted.offset_, -1, 1))
    steps = fitted.score_timesteps(CHANNELS)
    np.testing.assert_array_equal(fitted.predict_timesteps(CHANNELS), np.where(steps < fitted.timestep_offset_, -1, 1))


def test_a_singular_covariance_gives_finite_scores():
    """Two equal channels have equal errors, more or less; three constant ones have none at all."""
    twins = np.stack([WAVES, WAVES], axis=2)
    model = detector(scoring="mahalanobis", reverse_target=False).fit(twins)
    assert np.isfinite(model.precision_).all()
    assert np.isfinite(model.score_timesteps(twins)).all()
    assert np.isfinite(model.score_samples(100 * twins)).all()
    still = detector(scoring="mahalanobis").fit(np.ones((20, 4, 3)))
    assert np.isfinite(still.score_samples(np.ones((2, 4, 3)))).all()
    assert (still.predict(np.ones((2, 4, 3))) == 1).all()


def test_the_inverse_by_hand():
    np.testing.assert_allclose(_inverse(np.array([[2.0, 0], [0, 4]])), [[0.5, 0], [0, 0.25]])
    singular = np.array([[1.0, 1], [1, 1]])  # eigenvalues 2 and 0, which becomes 2e-6
    one, other = np.array([1, 1]) / np.sqrt(2), np.array([1, -1]) / np.sqrt(2)
    np.testing.assert_allclose(_inverse(singular), np.outer(one, one) / 2 + np.outer(other, other) / 2e-6)
    np.testing.assert_allclose(_inverse(np.zeros((2, 2))), 1e12 * np.eye(2))


# --- thresholds -------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(("contamination", "n_outliers"), [(0.1, 4), (0.25, 10), (0.5, 20), (0.33, 13), (0.01, 1)])
def test_contamination_is_the_share_of_training_samples_that_is_flagged(contamination, n_outliers):
    """k below the quantile of n scores at place q (n - 1) from the lowest: k = ceil(q (n - 1)) if there are no ties."""
    model = detector(contamination=contamination)
    assert (model.fit_predict(WAVES) == -1).sum() == n_outliers == np.ceil(contamination * (N_SAMPLES - 1))
    steps = model.predict_timesteps(WAVES)
    assert (steps == -1).sum() == np.ceil(contamination * (steps.size - 1))
    assert model.offset_ == pytest.approx(np.quantile(model.score_samples(WAVES), contamination))


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(("aggregation", "of_window"), [("mean", np.mean), ("max", np.min)])
def test_of_a_single_series_it_is_the_share_of_its_pieces(aggregation, of_window):
    """Of one held-out series there is one score, below which half of all normal ones would be.

    Pieces score higher than the same steps alone, which have no windows before and behind to average over.
    """
    for window, n_steps in ((2, 2), (5, 2)):  # of 20 held-out steps are ten pieces of at most two
        model = detector(quantile=0.8, window=window, aggregation=aggregation).fit([SERIES[:40]], X_val=[SERIES[40:]])
        steps = model.score_timesteps([SERIES[40:]])[0]  # (20,)
        scores = [of_window(steps[start : start + n_steps]) for start in range(20 - n_steps + 1)]
        alone = [[part[i : i + window] for i in range(len(part) - window + 1)] for part in (SERIES[:40], SERIES[40:])]
        thresholds = [np.quantile(own, 0.2) for own in (scores, *map(model.score_samples, alone))]
        assert model.offset_ == pytest.approx(min(thresholds))


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("aggregation", ["mean", "max"])
def test_sequences_that_are_much_longer_than_those_of_the_threshold(aggregation):
    model = detector(window=5, aggregation=aggregation).fit([SERIES[:40]], X_val=[SERIES[40:]])
    scores = model.score_samples([SERIES[:21]])
    with pytest.warns(
        UserWarning, match=f"up to 21 timesteps, .* of up to 5. With aggregation='{aggregation}'"
    ) as told:
        assert model.predict([SERIES[:21]]) == np.where(scores < model.offset_, -1, 1)
    assert "or cut X into sequences of about 5 timesteps, or fit" in str(told[0].message)
    model.predict_timesteps([SERIES[:21]])
    model.predict([SERIES[:20]])
    model.predict(SERIES[:20].reshape(4, 5))
    whole = detector(window=5, aggregation=aggregation).fit([SERIES[:21]] * 100)
    whole.predict([SERIES[:21]])


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("predict", ["predict", "predict_timesteps"])
def test_sequences_that_are_much_shorter_than_a_window(predict):
    """Half or more of the normal ones are then outliers."""
    model = detector(window=8).fit([SERIES])
    with pytest.warns(UserWarning, match=r"median of 5 timesteps\) than the pieces of 8 .* those before them"):
        getattr(model, predict)([SERIES[:5]])
    for normal in ([SERIES[:6]], [SERIES[:5], SERIES[:8], SERIES[:7]]):
        getattr(model, predict)(normal)  # warnings are errors
    for X in ([SERIES[:5]] * 12, [SERIES[:3], *[SERIES[:8]] * 12]):  # fit has seen some that are as short
        getattr(detector(window=8).fit(X), predict)([SERIES[:4]])


def test_ends_of_series_with_a_trend_are_warned_of():
    steps = np.arange(160)
    waves = np.sin(steps * 0.7)
    with pytest.warns(UserWarning, match=r"16 timesteps or less that are held out, have \S+ times the usual anomaly"):
        detector(window=16, epochs=20).fit([waves + steps / 20])
    detector(window=16, epochs=20).fit([waves])  # warnings are errors


def test_series_that_wander_are_warned_of_if_many_steps_are_outliers():
    """Two calm series are held out, so that the steps of the others are too odd for their thresholds."""
    draws = np.random.RandomState(0)
    prices = [100 + size * draws.randn(300).cumsum() for size in np.linspace(0.3, 2, 12)]
    with pytest.warns(UserWarning, match=r"timesteps in training are outliers.* np\.diff\(np\.log\(x\), axis=0\)"):
        detector(window=5, epochs=2, batch_size=32).fit(prices)
    detector(window=5, epochs=2, batch_size=32).fit([np.diff(np.log(own), axis=0) for own in prices])  # as it says
    detector(window=5, epochs=2, batch_size=32, contamination=0.1).fit(prices)


@pytest.mark.usefixtures("untrained")
def test_constant_features_have_no_scale():
    still = np.stack([SERIES, np.full(60, 7.5), np.full(60, 1e6)], axis=1)
    says = (
        r"Feature 1 of X is 7\.5 at every timestep in training.*\(and of 1 other feature of X, too\) count in its own"
    )
    with pytest.warns(UserWarning, match=says):
        detector(window=8).fit([still])
    detector(window=8, scale_inputs=False).fit([still])  # warnings are errors: all count in their own units
    still[5, 1:] += 1
    detector(window=8).fit([still])


def sensors(n_timesteps=600, count=0.02, **more):
    """Two waves and a count that is mostly zero, with columns of more."""
    rng, steps = np.random.RandomState(0), np.arange(n_timesteps)
    count = np.where(rng.rand(n_timesteps) < count, rng.randint(1, 5, n_timesteps), 0)
    waves = {f"wave{k}": np.sin(steps / 3 + k) + 0.1 * rng.randn(n_timesteps) for k in range(2)}
    return pd.DataFrame({**waves, "count": count, **more})


@pytest.mark.parametrize(
    ("usual", "constant", "weights"),
    [
        ([0.1, 0.2, 1.0], False, [1, 1, 0.4]),
        ([0.1, 0.9], False, [1, 2 / 9]),
        ([0.1, 0.2, 0.3, 0.9], False, [1, 1, 1, 4 / 9]),  # the lower one of the two in the middle
        ([0.0, 0.0, 0.1, 0.9], [True, True, False, False], [1, 1, 1, 2 / 9]),
        ([1e-9, 1e-9, 1.0], False, [1, 1, 2e-4]),  # what is learnt by heart is no measure
        ([0.0, 0.0], [True, True], [1, 1]),
    ],
)
def test_weights_of_features_by_hand(usual, constant, weights):
    np.testing.assert_allclose(_feature_weights(np.array(usual), constant), weights)


def with_spikes(X):
    """In the second feature, and too few to widen its scale."""
    X = X.copy()
    X[::10, 3, 1] += 100
    return X


@pytest.mark.filterwarnings("ignore:Feature 1 of X makes up")
@pytest.mark.usefixtures("untrained")
def test_scores_with_weights_of_features_by_hand():
    X = with_spikes(CHANNELS)
    model = detector(dtype="float64", code="repeated").fit(X, X_val=X[:9])
    errors = model.reconstruction_errors(X)
    usual = (errors**2).mean(axis=(0, 1))
    assert usual[1] > 3 * usual[0]
    np.testing.assert_allclose(model.feature_weights_, [1, 2 * usual[0] / usual[1]], rtol=1e-9)
    squares = (model.feature_weights_ * errors**2).mean(axis=2)  # (n, t)
    usual = (squares.sum(axis=0) + 5 * squares.mean()) / (N_SAMPLES + 5)
    distances = model._errors_and_distances(model._read_fitted(X))[:, :, -1]
    np.testing.assert_allclose(model.score_timesteps(X), -squares / usual - distances, rtol=1e-9)
    np.testing.assert_array_equal(detector(scale_inputs=False).fit(X, X_val=X[:9]).feature_weights_, [1, 1])


@pytest.mark.filterwarnings("ignore:Feature 1 of X makes up")
@pytest.mark.usefixtures("untrained")
def test_other_scores_have_no_weights_of_features():
    X = with_spikes(CHANNELS)
    model = detector(dtype="float64").fit(X, X_val=X[:9])
    assert model.feature_weights_[1] < 1
    scores = model.set_params(scoring="squared_error").fit(X, X_val=X[:9]).score_timesteps(X)
    np.testing.assert_allclose(scores, -(model.reconstruction_errors(X) ** 2).mean(axis=2))


@pytest.mark.filterwarnings("ignore:.* has not converged")
def test_a_count_hides_no_faults_of_others():
    """By squared errors alone none of these steps is found."""
    stuck = sensors().assign(count=np.roll(sensors()["count"], 77))
    stuck.loc[300:330, "wave0"] = stuck["wave0"][300]
    model = detector(window=12, units=8, epochs=20, batch_size=32).fit([sensors()])  # warnings are errors
    np.testing.assert_allclose(model.feature_weights_[:2], 1)
    assert model.feature_weights_[2] < 0.2
    found = model.predict_timesteps([stuck])[0] == -1
    assert found[300:331].mean() > 0.3
    assert np.delete(found, np.arange(290, 341)).mean() < 0.05


@pytest.mark.filterwarnings("ignore:.* has not converged")
def test_a_feature_that_hides_faults_of_others_is_warned_of():
    """Beside such a count, faults of waves were found in 0 to 0.2 of their steps, and without it in all."""
    trained = {"units": 8, "epochs": 10, "batch_size": 32, "scoring": "squared_error"}
    with pytest.warns(UserWarning, match=r"Feature 2 \('count'\) of X makes up 9\d\.\d% of .*, or set scoring='mahal"):
        detector(window=12, **trained).fit([sensors()])
    cycles = sensors(2400, count=0.005).to_numpy().reshape(200, 12, 3)
    with pytest.warns(UserWarning, match="Feature 2 of X makes up"):
        detector(**trained).fit(cycles)
    without = cycles[~cycles[:, :, 2].any(axis=1)][:9]
    with pytest.warns(UserWarning, match=r"Feature 2 of X makes up .* rule of its own\.$"):
        detector(**trained).fit(cycles, X_val=without)


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(
    ("parameters", "columns"),
    [
        ({"scoring": "mahalanobis"}, ["wave0", "wave1", "count"]),
        ({"contamination": 0.02}, ["wave0", "wave1", "count"]),  # the anomalies may be in one feature
        ({"scale_inputs": False}, ["wave0", "wave1", "count"]),  # all count in their own units
        ({}, ["wave0", "wave1"]),
        ({}, ["count"]),
        ({}, ["count", "count"]),
    ],
    ids=["mahalanobis", "contamination", "unscaled", "waves", "alone", "twice"],
)
def test_where_none_hides_faults_of_others_nothing_is_said(parameters, columns):
    assert not told(detector(window=12, **parameters).fit, [sensors()[columns].to_numpy()])


@pytest.mark.parametrize(
    ("X", "n_told"),
    [
        (rng.randn(400, 2), 1),
        (rng.randn(400, 10), 1),
        (np.column_stack([sensors(400)[["wave0", "wave1"]], rng.randn(400)]), 0),
        (np.column_stack([sensors(400)[["wave0", "wave1"]], np.sin(np.arange(400) / 5) + 0.5 * rng.randn(400)]), 0),
        (np.sin(np.arange(400) / 3)[:, None] * [1, 2, 0.5] + 0.3 * rng.randn(400, 3), 0),
    ],
    ids=["noise", "ten", "waves and noise", "a noisier one", "correlated"],
)
def test_ordinary_sensors_hide_no_faults(X, n_told):
    """Of noise nothing can be written, so that it would look more normal if it stood still."""
    messages = told(detector(window=12, units=8, epochs=8, batch_size=32).fit, [X])
    assert ["more normal if they stood still" in message for message in messages] == [True] * n_told


@pytest.mark.usefixtures("untrained")
def test_long_sequences_of_the_training_data_are_not_too_long():
    """Of a few very long ones none may be among those that the threshold is learnt from."""
    X = [SERIES[: 4 + index % 3] for index in range(30)]
    assert not told(detector(random_state=0).fit_predict, [*X, SERIES[:40]])


@pytest.mark.usefixtures("untrained")
def test_quantile_is_the_share_of_validation_samples_that_is_not():
    model = detector(quantile=0.8).fit(WAVES[:30], X_val=WAVES[30:])
    assert model.offset_ == pytest.approx(np.quantile(model.score_samples(WAVES[30:]), 0.2))
    assert model.timestep_offset_ == pytest.approx(np.quantile(model.score_timesteps(WAVES[30:]), 0.2))
    assert (model.predict(WAVES[30:]) == 1).sum() == 8
    everything = detector(quantile=1.0).fit(WAVES[:30], X_val=WAVES[30:])
    assert (everything.predict(WAVES[30:]) == 1).all()


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("quantile", [0.8, 0.95])
def test_where_few_are_held_out_the_training_data_may_set_more_lenient_thresholds(quantile):
    """Of 10 sequences, or windows side by side, 20 % are two, but 5 % are none."""
    train, held_out = 3 * WAVES[:30], 0.1 * WAVES[30:]  # errors of the latter are small
    series = [3 * SERIES[:40]], [0.1 * SERIES[:20]]
    for model, data, few in ((detector(), (train, held_out), True), (detector(window=2), series, False)):
        model.set_params(quantile=quantile, scoring="squared_error").fit(data[0], X_val=data[1])
        parts = data if quantile == 0.95 else data[1:]
        steps = [np.quantile(np.ravel(model.score_timesteps(part)), 1 - quantile) for part in parts]
        assert model.timestep_offset_ == pytest.approx(min(steps))
        if few:
            assert model.offset_ == pytest.approx(min(np.quantile(model.score_samples(x), 1 - quantile) for x in parts))


def test_the_bound_of_few_scores_by_hand():
    """Roots are 2 held out, and 0.9 or 1.1 in training, which are 1.8 or 2.2 beside it: deviations 0 and 0.2.

    Of these nine, two means are known, so that s ** 2 = 8 * 0.04 / 7. Student's t has 1 % beyond 2.998 with 7 degrees
    of freedom, and 1 + 1 / k is 2.
    """
    bound = _bound_of_few(np.array([-8.0]), -(np.array([0.9, 1.1] * 4) ** 3), 0.01)
    assert bound == pytest.approx(-((2 + 2.998 * np.sqrt(2 * 8 * 0.04 / 7)) ** 3), rel=1e-4)


def test_the_bound_of_few_scores_leaves_out_about_the_share_that_is_asked_for():
    """Brute force: cube roots are normal, and those of the training data a tenth of the others."""
    rng = np.random.RandomState(0)

    def scores(n, size=1.0):
        return -((size * rng.normal(1.0, 0.15, n)) ** 3)

    bounds = [_bound_of_few(scores(12), scores(108, 0.1), 0.05) for _ in range(1000)]
    shares = [stats.norm.sf(np.cbrt(-bound), 1.0, 0.15) for bound in bounds]
    assert np.mean(shares) == pytest.approx(0.055, abs=0.01)


def test_odd_sequences_of_the_training_data_hardly_move_the_bound_of_few():
    roots = stats.norm.ppf(np.arange(0.5, 27) / 27, 1.0, 0.1)
    odd = np.append(roots[:-2], [5.0, 9.0])
    bounds = [_bound_of_few(-np.ones(3), -(trained**3), 0.01) for trained in (roots, odd)]
    assert 0.9 < np.cbrt(bounds[1] / bounds[0]) < 1.1
    assert _bound_of_few(np.zeros(3), np.zeros(27), 0.01) == 0  # all is written perfectly


@pytest.mark.usefixtures("untrained")
def test_a_threshold_of_few_is_at_least_as_lenient_as_their_bound():
    train, held_out = WAVES[:30], WAVES[30:]
    model = detector(scoring="squared_error").fit(train, X_val=held_out)
    scores = [model.score_samples(part) for part in (held_out, train)]
    bound = _bound_of_few(*scores, 1 - 0.99)
    assert bound < min(np.quantile(own, 0.01) for own in scores)
    assert model.offset_ == pytest.approx(bound)


def test_odd_ones_are_found():
    model = LSTMAutoencoderDetector(units=8, epochs=80, random_state=0).fit(WAVES)
    odd = np.array([2 * (-1.0) ** np.arange(N_TIMESTEPS), np.full(N_TIMESTEPS, 3.0)])
    assert model.predict(odd).tolist() == [-1, -1]
    assert (model.predict(WAVES) == 1).mean() > 0.8
    assert model.score_samples(odd).max() < model.score_samples(WAVES).min()


# --- windows ----------------------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("stride", [1, 3])
def test_scores_of_timesteps_are_means_over_windows(stride):
    """Each window is written on its own; the errors of a timestep are a mean over the windows it is in."""
    raw = {"scale_inputs": False, "scoring": "squared_error", "dtype": "float64"}
    model = detector(window=8, stride=stride, smoothing=1, **raw).fit([SERIES])
    whole = SERIES[:21]
    errors, starts = [[] for _ in whole], sorted({*range(0, 14, stride), 13})
    pieces = np.stack([whole[start : start + 8] for start in starts])  # (n, 8)
    written = model.model_.predict_on_batch(pieces[..., None])[..., 0]
    for start, of_piece in zip(starts, np.abs(pieces - written)):
        for step, error in enumerate(of_piece):
            errors[start + step].append(error)
    expected = [-(np.mean(own) ** 2) for own in errors]
    np.testing.assert_allclose(model.score_timesteps([whole])[0], expected, rtol=1e-9)
    assert model.n_timesteps_in_ == 60


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(
    ("n_timesteps", "window", "stride", "expected"),
    [
        (60, 8, "auto", 1),
        (100, 12, "auto", 2),  # of 88 steps that are not held out: 77 windows
        (300, 12, "auto", 3),  # no more than a quarter of the window
        (300, 3, "auto", 1),
        (100, 12, 7, 7),
        (60, None, "auto", None),
    ],
)
def test_the_stride_grows_with_the_series(n_timesteps, window, stride, expected, monkeypatch):
    monkeypatch.setattr("skseq._detector.MANY_WINDOWS", 50)
    model = detector(window=window, stride=stride, epochs=1, units=1)
    X = [np.sin(np.arange(n_timesteps))] * (1 if window else 3)
    assert model.fit(X).stride_ == expected


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(("window", "smoothing", "expected"), [(8, "auto", 2), (3, "auto", 1), (8, 5, 5), (None, 9, 9)])
def test_smoothed_scores_are_means_of_real_neighbours(window, smoothing, expected):
    """The weights of neighbours fall linearly: with 2 they are 1, 2, 1."""
    X = [SERIES, SERIES[:20], SERIES[:4]]
    model = detector(window=window, smoothing=smoothing, dtype="float64").fit([SERIES, SERIES[:20]])
    assert model.smoothing_ == expected
    smoothed = model.score_timesteps(X)
    model.smoothing_ = 1
    for one, raw in zip(smoothed, model.score_timesteps(X)):
        away = np.abs(np.subtract.outer(np.arange(len(raw)), np.arange(len(raw))))
        near = [np.average(raw, weights=np.maximum(expected - steps, 0)) for steps in away]
        np.testing.assert_allclose(one, near, rtol=1e-9)


def test_without_windows_scores_are_smoothed_only_if_asked():
    assert detector().fit(WAVES).smoothing_ == 1


@pytest.mark.usefixtures("untrained")
def test_scores_do_not_depend_on_the_length_of_the_series():
    """Timesteps a window away from the end have their final score, however the series goes on."""
    model = detector(window=8, smoothing=1, dtype="float64").fit([SERIES])
    rest = [SERIES, np.r_[SERIES, 50 * rng.randn(40)], SERIES[:30]]
    one, longer, shorter = model.score_timesteps(rest)
    np.testing.assert_allclose(longer[: 60 - 7], one[: 60 - 7], rtol=1e-9)
    np.testing.assert_allclose(shorter[: 30 - 7], one[: 30 - 7], rtol=1e-9)
    np.testing.assert_allclose(model.score_timesteps([SERIES])[0], one, rtol=1e-9)  # nor on its neighbours


@pytest.mark.usefixtures("untrained")
def test_series_shorter_than_the_window_are_read_whole():
    model = detector(window=8, smoothing=1, scoring="squared_error", dtype="float64", scale_inputs=False).fit([SERIES])
    short = SERIES[:5]
    expected = -((short - model._reconstruction(model._read_fitted([short]))[0, :, 0]) ** 2)
    np.testing.assert_allclose(model.score_timesteps([SERIES, short])[1], expected, rtol=1e-9)
    all_short = detector(window=80, smoothing=1).fit(RAGGED)
    assert all_short.n_timesteps_in_ == 6
    plain = detector().fit(RAGGED)
    np.testing.assert_allclose(all_short.score_samples(RAGGED), plain.score_samples(RAGGED), rtol=1e-5)


ONE_SERIES = {
    "list of (t,)": lambda series: [series],
    "list of (t, 1)": lambda series: [series[:, None]],
    "array (1, t, 1)": lambda series: series[None, :, None],
    "array (1, t)": lambda series: series[None],
}


OTHER_LENGTHS = np.r_[SERIES, SERIES], SERIES[:20], SERIES[:5], SERIES[:1]


@pytest.fixture(scope="module")
def scored(eager):
    """Their scores."""
    model = detector(window=8).fit([SERIES])
    assert model.n_features_in_ == 1
    return [model.score_timesteps([other])[0] for other in OTHER_LENGTHS]


@pytest.mark.parametrize("form", ONE_SERIES)
def test_one_series_is_scored_at_any_length_whatever_its_form(scored, form):
    """A longer one, a shorter one, one shorter than a window, and one timestep."""
    model = detector(window=8).fit(ONE_SERIES[form](SERIES))
    assert model.n_timesteps_in_ == 60
    for other, expected in zip(OTHER_LENGTHS, scored):
        for read in ("list of (t,)", "list of (t, 1)", "array (1, t, 1)"):
            (scores,) = model.score_timesteps(ONE_SERIES[read](other))
            np.testing.assert_array_equal(scores, expected)


def test_a_series_shorter_than_the_window_is_enough_to_learn_from():
    with pytest.warns(UserWarning, match=r"window=80 cuts nothing: X has 1 sequence\(s\), the longest of 60 timesteps"):
        model = detector(window=80).fit([SERIES])
    assert (model.window_, model.stride_) == (80, 1)
    longer = np.r_[SERIES, SERIES]
    assert np.isfinite(model.score_timesteps([longer])[0]).all()


@pytest.mark.parametrize(
    ("X", "remedy"),
    [([SERIES], "window=6 or a smaller one"), ([SERIES[:7]] * 2, "a smaller window")],
    ids=["one", "two"],
)
def test_a_window_that_leaves_too_few_of_them_is_warned_of(untrained, X, remedy):
    """At least five must fit side by side: else most of what is normal was called an outlier."""
    n_steps = sum(map(len, X))
    says = rf"window={n_steps // 5 + 1} is long for X, which has {n_steps} timesteps .* Set {remedy}, or pass more"
    with pytest.warns(UserWarning, match=says):
        detector(window=n_steps // 5 + 1).fit(X)
    detector(window=n_steps // 5).fit(X)  # warnings are errors


LONG = np.sin(np.arange(200) / 3)
WALKS = rng.randn(8, 200).cumsum(axis=1)


def test_series_of_other_levels_are_warned_of(untrained):
    """Movements were so small beside them that a sensor that was stuck got the more normal score."""
    levels = [LONG[: 200 - 9 * k] + 500 * k for k in range(4)]
    says = r"levels of the series in X differ by \d+ times what .*: of an array x np.mean\(x\) from x\."
    with pytest.warns(UserWarning, match=says):
        detector(window=10).fit(levels)
    with pytest.warns(
        UserWarning, match=r"moves in feature 1, so .*: of an array x np.mean\(x\[:, 1\]\) from x\[:, 1\]\."
    ):
        detector(window=10).fit([np.stack([LONG[: len(level)], level], axis=1) for level in levels])


def test_whole_sequences_of_far_levels_are_warned_of(untrained):
    """Such as positions of trips."""
    model = detector(contamination=0.1)  # else their number is told
    tracks = [1000 * trip + WALKS[trip, : 9 + trip] for trip in range(8)]
    [message] = told(model.fit, tracks)
    assert message.endswith("subtract from each series its own, in fit and later: of an array x np.mean(x) from x.")
    assert not told(model.fit, [x - np.mean(x) for x in tracks])
    assert not told(model.fit, [3 * trip + x for trip, x in enumerate(WALKS[:, :9])])


@pytest.mark.parametrize(
    "X",
    [
        [500 + LONG, 500.5 + LONG],
        [500 * LONG, LONG],
        [LONG + 1000],
        list(WALKS),
        [np.stack([LONG, np.full(200, machine)], axis=1) for machine in range(4)],
        list(np.linspace(0, 9, 200) + WALKS),
        [np.stack([LONG, (np.arange(200) < 3) if k == 5 else np.full(200, k % 2)], axis=1) for k in range(6)],
        list(np.arange(800.0).reshape(4, 200)),
    ],
    ids=["alike", "other sizes", "one", "walks", "ids", "trends", "flags", "counter"],
)
def test_series_of_like_levels_are_not(untrained, X):
    assert not told(detector(window=10).fit, X)


@pytest.mark.usefixtures("untrained")
def test_chunks_of_windows_change_nothing(monkeypatch):
    model = detector(window=4).fit(RAGGED)
    expected = model.score_timesteps(RAGGED)
    monkeypatch.setattr(windows, "CHUNK_WINDOWS", 7)
    for one, other in zip(model.score_timesteps(RAGGED), expected):
        np.testing.assert_array_equal(one, other)


def test_an_anomaly_in_a_long_series_is_where_it_is():
    rng = np.random.RandomState(0)
    series = np.sin(np.arange(400) * 0.5) + 0.02 * rng.randn(400)
    model = LSTMAutoencoderDetector(units=8, window=12, epochs=15, random_state=0).fit([series[:300]])
    odd = series[300:].copy()
    odd[60] += 2
    scores = model.score_timesteps([odd])[0]
    assert abs(scores.argmin() - 60) <= 2
    assert model.predict_timesteps([odd])[0][60] == -1


# --- what is held out -------------------------------------------------------------------------------------------------


def held_out(model, X):
    train, held = model._hold_out(model._read_fitted(X), np.random.RandomState(0))
    return train, held


def test_whole_samples_are_held_out_of_many():
    for parameters in ({}, {"window": 3}):
        model = detector(**parameters, validation_fraction=0.2).fit(CHANNELS)
        train, held = held_out(model, CHANNELS)
        assert (len(train), len(held)) == (32, 8)
        rows = np.concatenate([train.values, held.values]).reshape(40, -1)
        np.testing.assert_array_equal(np.unique(rows, axis=0), np.unique(CHANNELS.reshape(40, -1), axis=0))


def test_the_ends_are_held_out_of_few_long_series():
    model = detector(window=4, validation_fraction=0.25).fit([SERIES, SERIES[:20]])
    train, held = held_out(model, [SERIES, SERIES[:20]])
    assert (train.lengths.tolist(), held.lengths.tolist()) == ([45, 15], [15, 5])
    np.testing.assert_array_equal(held.values[0, :, 0], SERIES[45:])
    np.testing.assert_array_equal(held.values[1, :5, 0], SERIES[15:20])
    whole = detector(validation_fraction=0.25).fit([SERIES[:30], SERIES[:20]])  # no window: a whole sample
    assert [len(part) for part in held_out(whole, [SERIES, SERIES[:20]])] == [1, 1]


def test_validation_data_stop_training():
    model = detector(epochs=60, n_iter_no_change=2, learning_rate=0.3).fit(WAVES, X_val=WAVES[:5])
    assert model.n_iter_ < 60
    assert len(model.history_["val_loss"]) == model.n_iter_
    plain = detector().fit(WAVES)
    assert "val_loss" not in plain.history_  # nothing stops so short a training, and all that is not held out is used
    stopped = detector(early_stopping=True).fit(WAVES)
    assert "val_loss" in stopped.history_


def test_many_windows_stop_training_by_what_was_held_out(monkeypatch):
    """The windows decide whether there is enough data, and held-out timesteps are not held out twice."""
    from skseq._base.fits import training

    monkeypatch.setattr(training, "EARLY_STOPPING_SAMPLES", 40)
    split = []
    monkeypatch.setattr(LSTMAutoencoderDetector, "_split", lambda *rest: split.append(rest))
    model = detector(window=4, epochs=2).fit([SERIES])
    assert len(model.history_["val_loss"]) == model.n_iter_
    assert not split


def test_a_window_that_cuts_nothing_is_warned_of():
    message = r"60 sequences of 3 timestep.s., but none is as long as window=20.*pass a list of it, \[X\]"
    with pytest.warns(UserWarning, match=message):
        detector(window=20).fit(np.random.RandomState(0).randn(60, 3))


def test_one_series_in_a_table_is_warned_of_once():
    frame = pd.DataFrame({"a": SERIES, "b": SERIES}, pd.date_range("2024-01-01", periods=len(SERIES), freq="h"))
    with pytest.warns(UserWarning, match="its index holds times") as caught:
        detector(window=20).fit(frame)
    assert sum("[X]" in str(warning.message) for warning in caught) == 1


def test_a_detector_goes_on():
    model = detector(warm_start=True).fit(WAVES)
    first = model.offset_
    model.fit(WAVES)
    assert len(model.history_["loss"]) == 2
    assert model.offset_ != first
    twin = pickle.loads(pickle.dumps(model))
    np.testing.assert_array_equal(twin.predict_timesteps(WAVES), model.predict_timesteps(WAVES))


@pytest.mark.parametrize(
    ("parameters", "X", "message"),
    [
        ({}, WAVES[:1], "validation_fraction=0.1 of X with n_samples=1 leaves none to train on: set window"),
        ({"validation_fraction": 0.95}, WAVES[:10], "validation_fraction=0.95 of X with n_samples=10 leaves none"),
        ({"window": 3}, [[1.0], [1.0, 2.0]], r"of a sequence of X with 1 timestep\(s\) leaves none to train on"),
        ({"window": 3, "stride": 4}, WAVES, "stride=4 is larger than window=3, which leaves timesteps in no window"),
        ({"window": 3}, SERIES, r"Expected 2D array, got 1D.*a single sequence is \[X\]"),
        ({"window": 3}, SERIES[:, None], r"60 sequence\(s\) of one timestep \(shape=\(60, 1\).*of one array, \[X\]"),
        ({"window": 1}, WAVES, "The 'window' parameter of LSTMAutoencoderDetector must be"),
        ({"contamination": 0.6}, WAVES, "The 'contamination' parameter"),
        ({"quantile": 0.0}, WAVES, "The 'quantile' parameter"),
        ({"scoring": "abs"}, WAVES, "The 'scoring' parameter"),
        ({"aggregation": "sum"}, WAVES, "The 'aggregation' parameter"),
        ({"smoothing": 0}, WAVES, "The 'smoothing' parameter"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_bad_input(parameters, X, message):
    model = detector(**parameters)
    with pytest.raises(ValueError, match=message):
        model.fit(X)
    assert not hasattr(model, "offset_")


def test_unfitted():
    for method in (
        "predict",
        "score_samples",
        "score_timesteps",
        "predict_timesteps",
        "decision_function",
        "reconstruction_errors",
    ):
        with pytest.raises(NotFittedError):
            getattr(detector(), method)(WAVES)


def test_scores_are_those_of_the_parameters_in_fit():
    """Else thresholds and scores would be on different scales."""
    X = np.random.RandomState(0).randn(10, 6)
    detector = LSTMAutoencoderDetector(units=2, epochs=1, random_state=0).fit(X)
    scores = detector.score_samples(X)
    detector.set_params(scoring="squared_error", aggregation="max")
    np.testing.assert_array_equal(detector.score_samples(X), scores)
