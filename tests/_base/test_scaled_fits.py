"""Fits on numbers of any size: what changes with their unit, what does not, and which numbers decide the scale."""

import pickle

import numpy as np
import pytest
from quiet_fits import assert_no_warning

from skseq import (
    LSTMAutoencoderDetector,
    LSTMAutoencoderTransformer,
    Seq2SeqClassifier,
    Seq2SeqRegressor,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceRegressor,
    SequenceTagger,
)
from skseq._data.scaling import Scale

pytestmark = pytest.mark.usefixtures("eager")

rng = np.random.default_rng(0)
LENGTHS = rng.integers(3, 5, size=24)
X = [np.cumsum(rng.standard_normal((length, 2)), axis=0) for length in LENGTHS]
NUMBERS = np.array([[x.sum(), x[-1, 0]] for x in X])
LABELS = np.array([x[-1, 0] > 0 for x in X]).astype(int)
FACTORS, OFFSETS = np.array([2e3, 3e-4]), np.array([1e6, -7.0])
OTHER = [x * FACTORS + OFFSETS for x in X]  # the same in other units
FORWARDS = {"bidirectional": False, "random_state": 0}
PLAIN = {"cell": "gru", "n_conv_layers": 0, **FORWARDS}
SMALL = {"units": 4, "epochs": 1, "batch_size": 64, **FORWARDS}
TOLERANCE = {"float32": 1e-4, "float64": 1e-7}


def assert_close(actual, expected, tolerance=1e-9):
    for one, other in zip(actual, expected, strict=True):
        np.testing.assert_allclose(one, other, rtol=tolerance, atol=tolerance)


def both(model, y=None):
    """The same estimator fitted on X and on the same data in other units."""
    params = model.get_params()
    return model.fit(X, y), type(model)(**params).fit(OTHER, y)


# --- predictions follow the units -------------------------------------------------------------------------------------


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize(
    ("model", "y"),
    [
        (SequenceClassifier(**SMALL), LABELS),
        (SequenceTagger(**SMALL), [(x[:, 0] > 0).astype(int) for x in X]),
        (Seq2SeqClassifier(**SMALL), np.stack([LABELS, 1 - LABELS], axis=1)),
        (Seq2SeqTransducer(**SMALL, attention="dot"), [["ab"[label]] * (1 + label) for label in LABELS]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_probabilities_do_not_depend_on_units(model, y, dtype):
    one, other = both(model.set_params(dtype=dtype), y)
    assert_close(other.history_["loss"], one.history_["loss"], TOLERANCE[dtype])
    if isinstance(model, Seq2SeqTransducer):
        assert_close(other.score_samples(OTHER, y), one.score_samples(X, y), TOLERANCE[dtype])
    else:
        assert_close(other.predict_proba(OTHER), one.predict_proba(X), TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("y", [NUMBERS, NUMBERS[:, 0]], ids=["two", "one"])
def test_numbers_follow_the_unit_of_y(y, dtype):
    one = SequenceRegressor(**SMALL, dtype=dtype).fit(X, y)
    other = SequenceRegressor(**SMALL, dtype=dtype).fit(OTHER, 250 * y - 1e5)
    assert one.predict(X).dtype == np.float64
    assert_close((other.predict(OTHER) + 1e5) / 250, one.predict(X), TOLERANCE[dtype])
    assert other.score(OTHER, 250 * y - 1e5) == pytest.approx(one.score(X, y), rel=1e-3)
    assert_close(other.history_["loss"], one.history_["loss"], TOLERANCE[dtype])


@pytest.mark.parametrize("dtype", ["float32", "float64"])
@pytest.mark.parametrize("params", [{}, {"decoder": "composite", "horizon": 2, "conditional": True, "code": "both"}])
def test_what_an_autoencoder_writes_follows_the_unit_of_x(params, dtype):
    """And what it encodes does not: `transform` gives the same."""
    one, other = both(LSTMAutoencoderTransformer(**SMALL, dtype=dtype, output="state", **params))
    tolerance = TOLERANCE[dtype]
    assert_close(other.transform(OTHER), one.transform(X), tolerance)
    assert_close([(x - OFFSETS) / FACTORS for x in other.reconstruct(OTHER)], one.reconstruct(X), tolerance)
    assert_close([x / FACTORS for x in other.reconstruction_errors(OTHER)], one.reconstruction_errors(X), tolerance)
    decoded = other.inverse_transform(other.transform(OTHER), lengths=LENGTHS)
    expected = one.inverse_transform(one.transform(X), LENGTHS)
    assert_close([(x - OFFSETS) / FACTORS for x in decoded], expected, tolerance)
    if params:
        for name in ("predict_next", "forecast"):
            written = getattr(other, name)(OTHER)
            assert_close((written - OFFSETS) / FACTORS, getattr(one, name)(X), tolerance)


def test_errors_and_scores_of_an_autoencoder_are_in_the_units_of_x():
    model = LSTMAutoencoderTransformer(**SMALL, dtype="float64").fit(OTHER)
    errors = [abs(x - written) for x, written in zip(OTHER, model.reconstruct(OTHER))]
    assert_close(model.reconstruction_errors(OTHER), errors, 1e-6)
    np.testing.assert_allclose(model.score_samples(OTHER), [-np.mean(e**2) for e in errors], rtol=1e-9)


@pytest.mark.parametrize("params", [{}, {"window": 3}, {"scoring": "squared_error", "contamination": 0.1}])
def test_scores_of_a_detector_do_not_depend_on_units(params):
    one, other = both(LSTMAutoencoderDetector(**SMALL, dtype="float64", **params))
    np.testing.assert_allclose(other.score_samples(OTHER), one.score_samples(X), rtol=1e-5)
    assert other.offset_ == pytest.approx(one.offset_, rel=1e-5)


# --- what is learnt ---------------------------------------------------------------------------------------------------


def test_a_small_channel_is_not_drowned():
    """Every label hangs on the channel of size 1e-3; beside it is noise of size 1e6."""
    draws = np.random.default_rng(1)
    small, noise = draws.standard_normal((2, 80, 5))
    columns = np.stack([1e6 * noise, 1e-3 * small], axis=2)
    labels = small.sum(axis=1) > 0
    settings = {"units": 8, "epochs": 8, "learning_rate": 0.1, "batch_size": 40, **PLAIN}
    model = SequenceClassifier(**settings)
    assert model.fit(columns, labels).score(columns, labels) > 0.95
    scaled = np.stack([noise, small], axis=2)
    as_scaled = SequenceClassifier(**settings).fit(scaled, labels)
    np.testing.assert_allclose(model.predict_proba(columns), as_scaled.predict_proba(scaled), atol=1e-3)


def test_targets_of_large_numbers_are_learnt():
    y = 1e6 + 50 * np.array([x[:, 0].mean() for x in X])
    model = SequenceRegressor(units=8, epochs=60, learning_rate=0.03, **FORWARDS)
    assert model.fit(X, y).score(X, y) > 0.95


@pytest.mark.parametrize("where", ["X", "y"])
def test_one_outlier_does_not_ruin_a_fit(where):
    samples = np.random.default_rng(1).standard_normal((60, 5))
    y = samples.mean(axis=1)
    if where == "X":
        samples[3, 2] = 1e6
    else:
        y[3] = -1e6
    model = SequenceRegressor(units=8, epochs=10, learning_rate=0.1, **PLAIN).fit(samples, y)
    ordinary = np.arange(60) != 3
    assert model.score(samples[ordinary], y[ordinary]) > 0.9


def test_one_outlier_does_not_ruin_a_detector():
    """A glitch is in 25 windows of 600. What is learnt of the rest tells a flat stretch from a wave."""
    steps = np.arange(600)
    normal = np.sin(steps / 5)
    normal[300] = 1e6
    odd = np.sin(steps / 5)
    odd[200:220] = 0
    detector = LSTMAutoencoderDetector(units=16, window=25, stride=2, epochs=20, random_state=0).fit([normal])
    scores = detector.score_timesteps([odd])[0]
    assert np.mean(scores[200:220]) < np.quantile(scores, 0.05)
    assert detector.score_timesteps([normal])[0].argmin() == 300


def test_a_constant_channel_changes_nothing_but_its_own_weights():
    constant = [np.c_[x, np.full(len(x), 1e9)] for x in X]
    model = LSTMAutoencoderTransformer(**SMALL).fit(constant)
    for written in model.reconstruct(constant):
        np.testing.assert_allclose(written[:, 2], 1e9, rtol=1e-6)


@pytest.mark.parametrize("value", [0.0, 2.5e-6, -1e6])
def test_targets_that_are_constant_are_predicted_exactly(value):
    y, weights = np.full(len(X), value), np.ones(len(X))
    y[0], weights[0] = 7, 0  # what has no weight does not count
    assert_predicts(SequenceRegressor(**SMALL, dropout=0.5).fit(X, y, weights), [-x for x in X], value)
    beside = SequenceRegressor(**SMALL, dropout=0.5).fit(X, np.c_[NUMBERS, np.full(len(X), value)])
    assert_predicts(beside, [-x for x in X], value)
    assert np.ptp(beside.predict(X)[:, :2], axis=0).min() > 0


def assert_predicts(model, X, value):
    """The model, its network in Keras and its draws give this value as the last number of all samples."""
    mean, deviation = model.predict(X, return_std=True, n_dropout_samples=2)
    for found in (model.predict(X), mean, deviation + value):
        assert (found.reshape(len(X), -1)[:, -1] == value).all()
    written = model.model_(np.stack([x[:3] for x in X])).numpy()
    np.testing.assert_array_equal(written[:, -1], np.float32(value))


@pytest.mark.parametrize("settings", [{}, {"decoder": "direct"}, {"loss": "huber"}, {"loss": "normal"}], ids=str)
def test_forecasts_of_a_constant_are_exact(settings):
    series, drawn = np.cumsum(rng.standard_normal((30, 8)), axis=1), rng.standard_normal((30, 2))
    model = Seq2SeqRegressor(**SMALL | {"epochs": 2}, scaling=None, linear=False, **settings)
    forecast = model.fit(series, np.stack([np.full((30, 2), 2.5e-6), drawn], axis=2)).predict(9 * series)
    assert (forecast[:, :, 0] == 2.5e-6).all()
    assert np.ptp(forecast[:, :, 1]) > 0


def test_targets_that_are_constant_so_far_are_learnt_once_they_vary():
    model = SequenceRegressor(units=8, learning_rate=0.1, **PLAIN).partial_fit(X, np.full(len(X), 3.0))
    for _ in range(25):
        model.partial_fit(X, NUMBERS[:, 1])
    assert model.score(X, NUMBERS[:, 1]) > 0.8


def test_an_odd_small_channel_is_found_beside_a_large_one():
    draws = np.random.default_rng(1)
    normal = np.stack([1e5 * draws.standard_normal((40, 6)), 1e-2 * draws.standard_normal((40, 6))], axis=2)
    odd = normal.copy()
    odd[:, 3, 1] += 0.1  # ten deviations of the small channel
    model = LSTMAutoencoderDetector(units=4, epochs=5, scoring="squared_error", random_state=0).fit(normal)
    assert model.score_samples(odd).max() < np.median(model.score_samples(normal))


# --- which numbers decide the scale -----------------------------------------------------------------------------------


def scales(model):
    of_targets = getattr(model._learnt.targets, "scale", None)  # only numbers have one
    return [model._learnt.source.scale] if of_targets is None else [model._learnt.source.scale, of_targets]


def assert_scales(model, *expected):
    for own, (values, lengths) in zip(scales(model), expected, strict=True):
        right = Scale.learn(values, lengths)
        np.testing.assert_allclose(own.mean, right.mean, rtol=1e-12)
        np.testing.assert_allclose(own.deviation, right.deviation, rtol=1e-12)


def padded(samples):
    values = np.zeros((len(samples), max(map(len, samples)), 2))
    for row, sample in zip(values, samples):
        row[: len(sample)] = sample
    return values, np.array([len(sample) for sample in samples])


def test_neither_padding_nor_validation_data_decide():
    y = NUMBERS[:, 0]
    far, far_y = [1e9 * x for x in X[:3]], 1e9 * y[:3]
    model = SequenceRegressor(**SMALL).fit(OTHER, y, X_val=far, y_val=far_y)
    assert_scales(model, padded(OTHER), (y[:, None, None], None))
    assert_scales(LSTMAutoencoderDetector(**SMALL).fit(OTHER, X_val=far), padded(OTHER))


def test_samples_that_are_held_out_do_not_decide(monkeypatch):
    monkeypatch.setattr(SequenceRegressor, "_split", lambda self, samples, *rest: (samples[14::-1], samples[15:]))
    y = NUMBERS[:, 0]
    model = SequenceRegressor(**SMALL, early_stopping=True).fit(OTHER, y)
    assert_scales(model, padded(OTHER[:15]), (y[:15, None, None], None))
    assert np.isfinite(model.history_["val_loss"]).all()


def test_timesteps_that_a_detector_holds_out_do_not_decide():
    series = np.r_[np.random.default_rng(1).standard_normal(90), 1e9 + np.arange(10)]  # the last tenth is held out
    with pytest.warns(UserWarning, match="there is a trend, or a change"):
        model = LSTMAutoencoderDetector(**SMALL, window=4).fit([series])
    assert_scales(model, (series[None, :90, None], None))


def test_later_fits_keep_the_scale_with_the_weights():
    y = NUMBERS[:, 0]
    model = SequenceRegressor(**SMALL).partial_fit(X, y)
    more, more_y = [x + 1 for x in X], y + 1
    for warm_start in (False, True):
        model.set_params(warm_start=warm_start)
        (model.fit if warm_start else model.partial_fit)(more, more_y)
        assert_scales(model, padded(X), (y[:, None, None], None))
    model.set_params(warm_start=False).fit(more, more_y)
    assert_scales(model, padded(more), (more_y[:, None, None], None))


def test_the_scale_of_an_encoder_comes_with_it():
    encoder = LSTMAutoencoderTransformer(**SMALL).fit(OTHER)
    for scale_inputs in (True, False):
        model = SequenceClassifier(**SMALL, encoder=encoder, freeze=True, scale_inputs=scale_inputs).fit(X, LABELS)
        assert scales(model)[0] is scales(encoder)[0]
    raw = LSTMAutoencoderTransformer(**SMALL, scale_inputs=False).fit(X)
    assert scales(SequenceClassifier(**SMALL, encoder=raw).fit(X, LABELS))[0].changes_nothing


def test_switched_off_numbers_stay_as_they_are():
    model = SequenceRegressor(**SMALL, scale_inputs=False, scale_targets=False).fit(X, NUMBERS)
    assert all(scale.changes_nothing for scale in scales(model))
    tokens = SequenceClassifier(**SMALL).fit([["a", "b"], ["b"]], [0, 1])
    assert tokens._learnt.source.scale is None


def test_a_fitted_estimator_is_pickled_with_its_scales():
    model = SequenceRegressor(**SMALL).fit(OTHER, NUMBERS)
    np.testing.assert_array_equal(pickle.loads(pickle.dumps(model)).predict(OTHER), model.predict(OTHER))


def stays(n, oxygen, seed):
    """Two channels, of which the first tells the label and the second is off, or far above it."""
    drawn = np.random.RandomState(seed)
    labels = drawn.randint(0, 2, n)
    pulse = 80 + 10 * labels[:, None] + 2 * drawn.randn(n, 4)
    return np.stack([pulse, oxygen + (oxygen > 0) * drawn.randn(n, 4)], axis=2), labels


@pytest.mark.parametrize("n_conv_layers", [0, 1])
def test_a_channel_that_was_constant_in_fit_has_no_say(n_conv_layers):
    model = SequenceClassifier(units=4, n_conv_layers=n_conv_layers, epochs=2, **FORWARDS).fit(*stays(40, 0, 0))
    off, on = stays(40, 0, 1)[0], stays(40, 0, 1)[0] + [0, 1e4]
    np.testing.assert_array_equal(model.predict_proba(on), model.predict_proba(off))


def test_it_is_read_once_it_varies():
    model = SequenceClassifier(units=4, learning_rate=0.1, batch_size=40, **PLAIN)
    model.partial_fit(*stays(40, 0, 0), classes=[0, 1])
    for seed in range(1, 12):
        model.partial_fit(*stays(40, 9_000, seed))
    assert model.score(*stays(100, 9_000, 20)) > 0.95
    assert model._learnt.source.scale.mean[1] == pytest.approx(9_000, rel=1e-3)
    assert np.abs(model.weights_["encoder/0/kernel"][1]).max() > 0


def test_targets_that_are_constant_so_far_are_scaled_once_they_vary():
    """The second column begins later. Losses of other units explode nothing."""
    y = 1000 + 50 * NUMBERS
    late = np.stack([y[:, 0], np.full(len(y), y[0, 1])], axis=1)
    model = SequenceRegressor(**SMALL).partial_fit(X, np.full(y.shape, y[0]))
    for now, expected in ((late, late), (y, y), (y + 1, y)):
        model.partial_fit(X, now)
        assert_scales(model, padded(X), (expected[:, None], None))
    assert model.diagnose()[0].value < 10  # the highest loss over that of the first epoch in these units


def test_a_stream_of_single_samples_has_the_scale_of_the_first_20():
    y = 1000 + 50 * NUMBERS[:, 0]
    model = SequenceRegressor(**SMALL)
    for x, number in zip(X, y):
        model.partial_fit([x], [number])
    scale = model._learnt.targets.scale
    np.testing.assert_allclose([scale.mean[0], scale.deviation[0]], [y[:20].mean(), y[:20].std()])


def test_single_samples_teach_as_much_as_batches():
    """The first two targets are nearly the same, so that a scale by them alone would suit no other."""
    drawn = np.random.RandomState(0)
    x = drawn.randn(90, 3)
    y = 50 + 10 * x.mean(axis=1)
    order = np.argsort(np.abs(y - 50), kind="stable")
    order = np.r_[order[:2], drawn.permutation(order[2:])]
    x, y = x[order], y[order]
    model = SequenceRegressor(units=8, learning_rate=0.03, batch_size=1, **PLAIN)
    for index in range(40):
        assert_no_warning(model, x[index : index + 1], y[index : index + 1], fit="partial_fit")
    assert model.score(x[40:], y[40:]) > 0.6


def test_targets_that_are_constant_in_fit_are_scaled_after_a_warm_start():
    y = 1000 + 50 * NUMBERS[:, 0]
    model = SequenceRegressor(**SMALL, warm_start=True).fit(X, np.full(len(X), 1000.0)).fit(X, y)
    assert_scales(model, padded(X), (y[:, None, None], None))


def forecast_scales(model):
    return [*scales(model), model._learnt.known]


@pytest.mark.parametrize("settings", [{"scaling": None}, {"loss": "poisson"}, {"loss": "poisson", "scaling": None}, {}])
def test_forecasts_that_are_constant_so_far_are_scaled_once_they_vary(settings):
    drawn = np.random.RandomState(0)
    counts, promotion = drawn.poisson(40, (24, 8)), drawn.poisson(3, (24, 2))
    model, other = (Seq2SeqRegressor(**SMALL, linear=False, **settings) for _ in range(2))
    model.partial_fit(np.zeros((20, 6)), np.zeros((20, 2)), X_future=np.full((20, 2), 7))
    for fitted in (model, other):
        fitted.partial_fit(counts[:, :6], counts[:, 6:], X_future=promotion)
    for name in ("mean", "deviation"):
        for own, expected in zip(forecast_scales(model), forecast_scales(other)):
            np.testing.assert_allclose(getattr(own, name), getattr(expected, name), rtol=1e-12)


def test_reconstructions_of_a_constant_channel():
    X = stays(40, 0, 0)[0] + [0, 21]
    model = LSTMAutoencoderTransformer(units=4, epochs=2, random_state=0).fit(X)
    assert np.isfinite(model.reconstruct(X)).all()
