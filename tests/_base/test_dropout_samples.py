"""`n_dropout_samples` as users have it: units, forms, seeds, errors, pipelines, and the numbers of decoders.

Those of other networks are tested in nn.
"""

from itertools import product

import keras
import numpy as np
import pytest
from scikeras.wrappers import BaseWrapper
from sklearn import config_context
from sklearn.ensemble import BaggingClassifier, BaggingRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skseq import (
    LSTMAutoencoderTransformer,
    Seq2SeqClassifier,
    Seq2SeqRegressor,
    SequenceClassifier,
    SequenceRegressor,
    SequenceTagger,
)

pytestmark = pytest.mark.usefixtures("eager")

rng = np.random.RandomState(0)
LEVELS = rng.uniform(-1, 1, 60)
RAGGED = [level + 0.05 * rng.randn(length) for level, length in zip(LEVELS, rng.randint(3, 6, 60))]
WAVES = 100 * np.sin(2 * LEVELS)
FEW, SMALL = RAGGED[:12], {"units": 3, "epochs": 1, "random_state": 0, "dropout": 0.3}
LABELS = np.array(["down", "up"])[(LEVELS[:12] > 0).astype(int)]


@pytest.fixture(scope="module")
def regressor(eager):
    return SequenceRegressor(units=16, epochs=40, dropout=0.1, random_state=0).fit(RAGGED, WAVES)


# --- numbers ----------------------------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore:Most numbers of X")
def test_the_deviation_is_larger_far_from_the_training_data(regressor):
    far = [x + 3 * np.sign(x.mean()) for x in RAGGED]
    mean, near = regressor.predict(RAGGED, return_std=True, n_dropout_samples=12)
    assert near.min() > 0
    assert regressor.predict(far, True, n_dropout_samples=12)[1].mean() > 1.3 * near.mean()
    assert np.corrcoef(mean, WAVES)[0, 1] > 0.95


def test_draws_are_those_of_random_state(regressor):
    """The same for an int in every call, whatever the neighbours; others for every other seed, and for None."""
    drawn = regressor.predict(FEW, n_dropout_samples=3)
    np.testing.assert_array_equal(regressor.predict(FEW, n_dropout_samples=3), drawn)
    np.testing.assert_allclose(regressor.predict(FEW[3:5], n_dropout_samples=3), drawn[3:5], rtol=1e-5)
    assert abs(regressor.predict(FEW) - drawn).min() > 0  # without dropout
    other = SequenceRegressor(**{**SMALL, "random_state": None}).fit(FEW, WAVES[:12])
    assert (other.predict(FEW, n_dropout_samples=3) != other.predict(FEW, n_dropout_samples=5)).all()


def test_rates_are_those_of_the_fit():
    model = SequenceRegressor(**SMALL).fit(FEW, WAVES[:12])
    drawn = model.predict(FEW, n_dropout_samples=3)
    np.testing.assert_array_equal(model.set_params(dropout=0.0).predict(FEW, n_dropout_samples=3), drawn)


def test_the_score_is_that_of_the_ordinary_prediction(regressor):
    error = ((regressor.predict(RAGGED) - WAVES) ** 2).sum() / ((WAVES - WAVES.mean()) ** 2).sum()
    assert regressor.score(RAGGED, WAVES) == pytest.approx(1 - error, rel=1e-12)


@pytest.mark.parametrize("n_outputs", [1, 2])
def test_mean_and_deviation_are_in_the_units_and_the_form_of_y(n_outputs):
    y = np.outer(WAVES[:12], [1, -2])[:, :n_outputs]
    y = y[:, 0] if n_outputs == 1 else y
    mean, std = SequenceRegressor(**SMALL).fit(FEW, y).predict(FEW, return_std=True, n_dropout_samples=3)
    moved = SequenceRegressor(**SMALL).fit(FEW, 1000 + 50 * y).predict(FEW, return_std=True, n_dropout_samples=3)
    assert mean.shape == std.shape == y.shape
    np.testing.assert_allclose(moved[0], 1000 + 50 * mean, rtol=1e-3)
    np.testing.assert_allclose(moved[1], 50 * std, rtol=1e-3)


# --- labels -----------------------------------------------------------------------------------------------------------


def test_classifier_averages_probabilities():
    model = SequenceClassifier(**SMALL).fit(FEW, LABELS)
    probs = model.predict_proba(FEW, n_dropout_samples=3)
    np.testing.assert_allclose(probs.sum(axis=1), 1, rtol=1e-12)
    assert abs(probs - model.predict_proba(FEW)).max() > 1e-4
    expected = model.classes_[probs.argmax(axis=1)]
    np.testing.assert_array_equal(model.predict(FEW, n_dropout_samples=3), expected)


def test_classifier_of_text_with_two_labels():
    texts, y = ["abc", "ab", "c", "cab"] * 3, [["a", "x"], ["b", "x"], ["a", "y"], ["b", "y"]] * 3
    model = SequenceClassifier(analyzer="char", embedding_dim=2, recurrent_dropout=0.2, **SMALL)
    model.fit(texts, np.array(y))
    assert [p.shape for p in model.predict_proba(texts, n_dropout_samples=2)] == [(12, 2), (12, 2)]
    assert model.predict(["ab", "abcabc"], n_dropout_samples=2).shape == (2, 2)


@pytest.mark.parametrize("transitions", [False, True])
def test_tagger_takes_the_most_probable_label_of_every_timestep(transitions):
    X, y = [list("abc"), list("ab"), list("c")] * 4, [list("xyz"), list("xy"), list("z")] * 4
    tagger = SequenceTagger(transitions=transitions, **SMALL).fit(X, y)
    probs = tagger.predict_proba(X[:3], n_dropout_samples=3)
    assert [p.shape for p in probs] == [(3, 3), (2, 3), (1, 3)]
    for found, own in zip(tagger.predict(X[:3], n_dropout_samples=3), probs):
        np.testing.assert_array_equal(found, tagger.classes_[own.argmax(axis=1)])


def test_tagger_of_one_label_per_sequence():
    tagger = SequenceTagger(**SMALL).fit(FEW, LABELS)
    probs = tagger.predict_proba(FEW, n_dropout_samples=3)
    np.testing.assert_array_equal(tagger.predict(FEW, n_dropout_samples=3), tagger.classes_[probs.argmax(axis=1)])


# --- forecasts --------------------------------------------------------------------------------------------------------


RATES = {"dropout": 0.25, "recurrent_dropout": 0.5}
TINY = RATES | {"units": 2, "cell": "lstm", "bidirectional": False, "epochs": 1, "random_state": 0, "dtype": "float64"}
RAW = {"scaling": None, "scale_inputs": False, "scale_targets": False, "linear": False, "loss": "squared_error"}
WINDOWS, STEPS = rng.randn(12, 3), rng.randn(12, 3)


def masks(width, rate):
    """(probability, mask) of every mask of so many numbers."""
    for kept in product([0, 1], repeat=width):
        yield np.prod(np.where(kept, 1 - rate, rate)), np.array(kept) / (1 - rate)


def lstm_by_hand(weights, layer, kernel, x, states, inputs_mask, states_mask):
    """States (h, c) after one step, gates in the order i, f, g, o, with masks of what the layer reads."""
    h, c = states
    U, b = weights[f"{layer}/recurrent_kernel"], weights[f"{layer}/bias"]
    gates = (x * inputs_mask) @ weights[f"{layer}/{kernel}"] + (h * states_mask) @ U + b
    i, f, g, o = np.split(gates, 4, axis=1)
    c = c / (1 + np.exp(-f)) + np.tanh(g) / (1 + np.exp(-i))
    return np.tanh(c) / (1 + np.exp(-o)), c


def written_by_hand(weights, windows, n_steps, recursive, drawn):
    """What the output layer writes (n, n_steps, output size) of one network, by its four masks."""
    of_inputs, of_states, of_told, of_decoder = drawn
    states = zeros = (np.zeros((len(windows), 2)),) * 2
    for x in windows.T[..., None]:  # (n, 1)
        states = lstm_by_hand(weights, "encoder/0", "kernel", x, states, of_inputs, of_states)
    kernel, told, found = "kernel" if recursive else "code_kernel", windows[:, -1:], []
    told, states = (told, states) if recursive else (states[0], zeros)  # a direct decoder reads the code at every step
    for _ in range(n_steps):
        states = lstm_by_hand(weights, "decoder/0", kernel, told, states, of_told, of_decoder)
        found.append(states[0] @ weights["output/kernel"] + weights["output/bias"])
        told = found[-1] if recursive else told
    return np.stack(found, axis=1)


def all_networks(model, windows, n_steps):
    """What every network writes (n_networks, n, n_steps, output size), and the probabilities of the networks."""
    rate, of_states = RATES.values()
    recursive = model.decoder == "recursive"
    four = masks(1, rate), masks(2, of_states), masks(1 if recursive else 2, rate), masks(2, of_states)
    probabilities, drawn = zip(*(zip(*parts) for parts in product(*four)))
    found = [written_by_hand(model.weights_, windows, n_steps, recursive, own) for own in drawn]
    return np.array(found), np.prod(probabilities, axis=1)


@pytest.fixture(scope="module", params=["direct", "recursive"])
def tiny(request, eager):
    """A forecaster whose network reads and writes the numbers themselves."""
    return Seq2SeqRegressor(decoder=request.param, target_features=[0], **RAW, **TINY).fit(WINDOWS, STEPS)


def test_forecasts_are_those_of_all_masks(tiny):
    """Sixty draws come within five standard errors of 2 * 4 * 2 * 4 networks, or twice as many."""
    networks, probabilities = all_networks(tiny, WINDOWS[:3], 3)
    networks = networks[..., 0]
    exact = np.average(networks, axis=0, weights=probabilities)
    deviation = np.sqrt(np.average((networks - exact) ** 2, axis=0, weights=probabilities))
    mean, std = tiny.predict(WINDOWS[:3], return_std=True, n_dropout_samples=60)
    assert (abs(mean - exact) < 5 * deviation / np.sqrt(60)).all()
    np.testing.assert_allclose(std, deviation, rtol=0.4)


def test_one_draw_is_one_network_at_all_steps_of_all_windows(tiny):
    networks, _ = all_networks(tiny, WINDOWS, 3)
    drawn, nothing = tiny.predict(WINDOWS, return_std=True, n_dropout_samples=1)
    assert abs(networks[..., 0] - drawn).max(axis=(1, 2)).min() < 1e-12
    assert nothing.max() == 0


def test_drawn_forecasts_depend_on_seed_and_window_alone(tiny):
    drawn = tiny.predict(WINDOWS, n_dropout_samples=5)
    np.testing.assert_array_equal(tiny.predict(WINDOWS, n_dropout_samples=5), drawn)
    np.testing.assert_allclose(tiny.predict(WINDOWS[4:6], n_dropout_samples=5), drawn[4:6], rtol=1e-12)
    shorter = tiny.predict(WINDOWS, n_steps=2, n_dropout_samples=5)
    np.testing.assert_allclose(shorter, drawn[:, :2], rtol=1e-12)
    assert abs(tiny.predict(WINDOWS) - drawn).min() > 0  # without dropout
    other = Seq2SeqRegressor(**tiny.get_params() | {"random_state": 1}).fit(WINDOWS, STEPS)
    other.weights_ = tiny.weights_
    assert (other.predict(WINDOWS, n_dropout_samples=5) != drawn).all()


LOSSES = ("absolute_error", "quantile", "normal", "student_t", "poisson")
OF_FORECASTS = [{"loss": loss, "decoder": decoder} for loss in LOSSES for decoder in ("direct", "recursive")]
OF_FORECASTS += [{"linear": True}, {"season": 2}, {"attention": "bahdanau", "n_layers": 2}, {"quantiles": [0.2, 0.9]}]


def without_rates(model):
    """The model, of whose draws none drops anything."""
    model._dropout_rates = dict.fromkeys(model._dropout_rates, 0.0)
    return model


@pytest.mark.filterwarnings("ignore::UserWarning")  # of counts that say little
@pytest.mark.parametrize("parameters", OF_FORECASTS, ids=str)
def test_moments_are_those_of_forecasts_in_the_units_of_y(parameters):
    """With two draws the deviation is how far one of them is from the mean; those of nothing are what `predict` gives.

    So points, scales, known numbers and the linear part are those of `predict`.
    """
    X, y = rng.poisson(5, (12, 4, 1)).astype(float), rng.poisson(5, (12, 3, 1)).astype(float)
    known = {"X_future": rng.randn(12, 3, 2), "X_static": rng.randn(12, 1)}
    loss = {"loss": "quantile"} if "quantiles" in parameters else {}
    model = Seq2SeqRegressor(**SMALL | loss | parameters).fit(X, y, **known)
    one = model.predict(X, **known, n_dropout_samples=1)
    mean, std = model.predict(X, return_std=True, **known, n_dropout_samples=2)
    assert mean.shape == std.shape == y.shape
    assert std.max() > 1e-4
    np.testing.assert_allclose(std, abs(one - mean), rtol=1e-3, atol=1e-5)
    nothing = without_rates(model).predict(X, **known, n_dropout_samples=2)
    np.testing.assert_allclose(nothing, model.predict(X, **known), rtol=1e-5)


def test_recursive_forecasts_go_on_beyond_the_horizon():
    model = Seq2SeqRegressor(decoder="recursive", **SMALL).fit(WINDOWS, STEPS[:, 0])
    mean, std = model.predict(WINDOWS, return_std=True, n_steps=4, n_dropout_samples=3)
    assert mean.shape == std.shape == (12, 4)
    one = model.predict(WINDOWS, return_std=True, n_dropout_samples=3)
    for own, all_steps in zip(one, (mean, std)):
        np.testing.assert_allclose(own, all_steps[:, 0], rtol=1e-5)


def test_behind_a_frozen_encoder_a_decoder_drops_states():
    encoder = LSTMAutoencoderTransformer(units=3, epochs=1).fit(WINDOWS)
    options = {"encoder": encoder, "freeze": True, "scaling": None, "linear": False, "recurrent_dropout": 0.3}
    model = Seq2SeqRegressor(**SMALL | options | {"dropout": 0.0}).fit(WINDOWS, STEPS)
    assert model.predict(WINDOWS, return_std=True, n_dropout_samples=3)[1][:, 1:].min() > 0  # first states are 0


# --- tokens -----------------------------------------------------------------------------------------------------------


TOKENS_OUT = np.array(["a", "b", "c"])[rng.randint(3, size=(12, 2))]


def test_seq2seq_classifier_averages_probabilities():
    """A single draw is one of all networks; more of them have the mean that this draw and others have."""
    model = Seq2SeqClassifier(decoder="direct", attention=False, scale_inputs=False, **TINY).fit(WINDOWS, TOKENS_OUT)
    powers = np.exp(all_networks(model, WINDOWS, 2)[0])
    networks = powers / powers.sum(axis=-1, keepdims=True)
    one, two = (np.stack(model.predict_proba(WINDOWS, n_dropout_samples=n), axis=1) for n in (1, 2))  # (n, t, classes)
    for probs in (one, 2 * two - one):
        assert abs(networks - probs).max(axis=(1, 2, 3)).min() < 1e-12
    expected = model.target_tokens_[two.argmax(axis=2)]
    np.testing.assert_array_equal(model.predict(WINDOWS, n_dropout_samples=2), expected)
    logs = model.predict_log_proba(WINDOWS, n_dropout_samples=2)
    np.testing.assert_allclose(logs[1], np.log(two[:, 1]), rtol=1e-12)


@pytest.mark.parametrize("decoder", ["recursive", "direct", "merge"])
def test_seq2seq_classifier_of_labels_needs_no_direct_decoder(decoder):
    """No network reads what it wrote."""
    model = Seq2SeqClassifier(decoder=decoder, recurrent_dropout=0.2, **SMALL).fit(WINDOWS, LABELS)
    probs = model.predict_proba(WINDOWS, n_dropout_samples=3)
    np.testing.assert_allclose(probs.sum(axis=1), 1, rtol=1e-12)
    assert abs(probs - model.predict_proba(WINDOWS)).max() > 1e-4
    np.testing.assert_allclose(model.predict_proba(WINDOWS[4:6], n_dropout_samples=3), probs[4:6], rtol=1e-5)
    np.testing.assert_array_equal(model.predict(WINDOWS, n_dropout_samples=3), model.classes_[probs.argmax(axis=1)])


def test_seq2seq_classifier_predicts_at_a_position_what_may_stand_there():
    one_hot = np.eye(3, dtype=int)[rng.randint(3, size=(12, 2))]
    model = Seq2SeqClassifier(decoder="direct", **SMALL).fit(WINDOWS, one_hot)
    assert model.predict_proba(WINDOWS, n_dropout_samples=3).shape == (12, 2, 3)
    np.testing.assert_array_equal(model.predict(WINDOWS, n_dropout_samples=3).sum(axis=2), 1)
    apart = np.stack([LABELS, TOKENS_OUT[:, 1]], axis=1)
    model.fit(WINDOWS, apart)
    assert [p.shape for p in model.predict_proba(WINDOWS, n_dropout_samples=3)] == [(12, 2), (12, 3)]
    assert np.isin(model.predict(WINDOWS, n_dropout_samples=3)[:, 0], LABELS).all()


# --- how much there is ------------------------------------------------------------------------------------------------


CONVOLVED = SMALL | {"n_conv_layers": 1, "batch_size": 128}


@pytest.mark.parametrize(("n_samples", "rate"), [(99, 0.0), (100, 0.1)])
def test_auto_is_a_tenth_from_a_hundred_samples_on(n_samples, rate):
    X, y = rng.randn(n_samples, 3, 1), rng.randn(n_samples)
    auto = SequenceRegressor(**CONVOLVED | {"dropout": "auto"}).fit(X, y)
    named = SequenceRegressor(**CONVOLVED | {"dropout": rate}).fit(X, y)
    for name, weight in named.weights_.items():
        np.testing.assert_array_equal(auto.weights_[name], weight)
    if rate:
        drawn = auto.predict(X[:5], n_dropout_samples=3)
        np.testing.assert_array_equal(named.predict(X[:5], n_dropout_samples=3), drawn)
    else:
        with pytest.raises(ValueError, match="was fitted without any .*: fit it with dropout"):
            auto.predict(X[:5], n_dropout_samples=3)


def test_auto_looks_at_the_samples_of_every_fit():
    X, y = rng.randn(120, 3, 1), rng.randint(2, size=120)
    model = SequenceClassifier(**CONVOLVED | {"dropout": "auto"}, warm_start=True).fit(X[:50], y[:50])
    assert model.fit(X, y).predict_proba(X[:5], n_dropout_samples=3).shape == (5, 2)
    assert len(model.history_["loss"]) == 2  # it has gone on
    model.partial_fit(X[:50], y[:50])  # keeps to the dropout of the fit
    assert model.predict_proba(X[:5], n_dropout_samples=3).shape == (5, 2)
    with pytest.raises(
        ValueError,
        match="without any .dropout=.auto. is none below 100 samples, and where .*: fit it with dropout=0.2",
    ):
        model.fit(X[:50], y[:50]).predict(X[:5], n_dropout_samples=3)


def test_auto_in_a_stream_is_that_of_its_first_batch():
    X, y = rng.randn(120, 3, 1), rng.randn(120)
    few = SequenceRegressor(**CONVOLVED | {"dropout": "auto"}).partial_fit(X[:50], y[:50]).partial_fit(X, y)
    with pytest.raises(ValueError, match="was fitted without any"):
        few.predict(X, n_dropout_samples=3)
    many = SequenceRegressor(**CONVOLVED | {"dropout": "auto"}).partial_fit(X, y).partial_fit(X[:50], y[:50])
    assert many.predict(X[:5], n_dropout_samples=3).shape == (5,)


TOKENS = rng.randint(3, size=(120, 3))


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(
    ("of", "X", "parameters", "rate"),
    [
        (SequenceRegressor, rng.randn(120, 3, 1), {}, 0),
        (SequenceRegressor, rng.randn(120, 3, 4), {}, 0),
        (SequenceRegressor, rng.randn(120, 16, 1), {}, 0.1),
        (SequenceRegressor, TOKENS, {"source_type": "tokens"}, 0.1),
        (SequenceRegressor, rng.randn(120, 3, 1), {"dropout": 0.2}, 0.2),
        (SequenceClassifier, rng.randn(120, 3, 1), {}, 0),
        (SequenceClassifier, rng.randn(120, 3, 2), {}, 0.1),
        (SequenceClassifier, rng.randn(120, 16, 1), {}, 0.1),
        (SequenceClassifier, TOKENS, {}, 0.1),
    ],
)
def test_auto_is_none_where_it_would_change_the_size_of_measurements(of, X, parameters, rate):
    model = of(**SMALL | {"dropout": "auto", "batch_size": 128} | parameters).fit(X, rng.randint(2, size=120))
    assert model._dropout_rates["dropout"] == pytest.approx(rate)


def test_what_depends_on_the_size_of_x_is_predicted_as_it_was_in_training():
    """The amplitude of a decay: with a dropout of a tenth, predictions for the training data were far off its loss."""
    own = np.random.RandomState(0)
    amplitude = own.uniform(50, 80, 100)
    X = amplitude[:, None] * np.exp(-np.arange(6) / 2) + 0.5 * own.randn(100, 6)
    network = {"units": 16, "cell": "gru", "bidirectional": False, "n_conv_layers": 0, "random_state": 0}
    model = SequenceRegressor(**network, epochs=40, learning_rate=0.05).fit(X, amplitude)
    assert model.score(X, amplitude) > 0.99  # with that dropout it is 0.97


def test_auto_leaves_a_network_of_ones_own_alone():
    X, y = rng.randn(120, 4), rng.randn(120)
    model = SequenceRegressor(network=BaseWrapper(build), epochs=1).fit(X, y)
    assert model.predict(X).shape == (120,)


def test_auto_behind_a_frozen_encoder():
    X, y = rng.randn(120, 3, 1), rng.randn(120)
    encoder = LSTMAutoencoderTransformer(units=3, epochs=1).fit(X)
    model = SequenceRegressor(encoder=encoder, freeze=True, **SMALL | {"dropout": "auto", "batch_size": 128}).fit(X, y)
    assert model.predict(X, return_std=True, n_dropout_samples=50)[1].min() > 0


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "options", "message"),
    [
        ({}, {"return_std": True}, "return_std=True needs several predictions: pass n_dropout_samples=100"),
        ({}, {"n_dropout_samples": 0}, "must be None or an integer from 1 to 2147483647. Got 0"),
        ({}, {"n_dropout_samples": 2.5}, "must be None or an integer from 1 to 2147483647. Got 2.5"),
        (
            {"dropout": 0.0},
            {"n_dropout_samples": 5},
            "was fitted without any: fit it with dropout=0.2",
        ),
    ],
)
def test_errors_say_what_to_do(parameters, options, message):
    model = SequenceRegressor(**SMALL | parameters).fit(FEW, WAVES[:12])
    with pytest.raises(ValueError, match=message):
        model.predict(FEW, **options)


@pytest.mark.parametrize(
    ("parameters", "options", "message"),
    [
        ({}, {"return_std": True}, "return_std=True needs several predictions: pass n_dropout_samples=100"),
        ({}, {"n_dropout_samples": 0}, "must be None or an integer from 1 to 2147483647. Got 0"),
        (
            {"dropout": 0.0},
            {"n_dropout_samples": 5},
            "Seq2SeqRegressor was fitted without any: fit it with dropout=0.2",
        ),
    ],
)
def test_errors_of_forecasts_say_what_to_do(parameters, options, message):
    model = Seq2SeqRegressor(**SMALL | parameters).fit(WINDOWS, STEPS)
    with pytest.raises(ValueError, match=message):
        model.predict(WINDOWS, **options)


@pytest.mark.parametrize(
    ("fitted", "changed", "message"),
    [
        ({}, {}, "with decoder='recursive' every network writes its own output.*: fit with decoder='direct'"),
        ({"decoder": "direct"}, {"search": "sampling"}, "search='sampling' would take others: set search='greedy', or"),
        (
            {"decoder": "direct"},
            {"no_repeat_ngram": 1, "forced_prefix": ["a"]},
            "no_repeat_ngram and forced_prefix would take others: set no_repeat_ngram=None and forced_prefix=None, or",
        ),
        ({"dropout": "auto", "decoder": "direct"}, {}, "is none below 100 samples, and without attention"),
    ],
)
def test_errors_of_tokens_say_what_to_do(fitted, changed, message):
    model = Seq2SeqClassifier(**SMALL | fitted).fit(WINDOWS, TOKENS_OUT).set_params(**changed)
    with pytest.raises(ValueError, match=message):
        model.predict(WINDOWS, n_dropout_samples=5)


def test_files_that_hold_no_rates():
    model = Seq2SeqRegressor(**SMALL).fit(WINDOWS, STEPS)
    del model._dropout_rates  # as in files of older releases
    with pytest.raises(ValueError, match="the file that Seq2SeqRegressor was loaded from has none: fit it anew"):
        model.predict(WINDOWS, n_dropout_samples=3)


def test_a_frozen_encoder_has_only_the_dropout_behind_it():
    encoder = LSTMAutoencoderTransformer(units=3, epochs=1).fit(FEW)
    model = SequenceRegressor(encoder=encoder, freeze=True, **SMALL).fit(FEW, WAVES[:12])
    assert model.predict(FEW, return_std=True, n_dropout_samples=3)[1].min() > 0
    model.set_params(dropout=0.0, recurrent_dropout=0.3).fit(FEW, WAVES[:12])
    with pytest.raises(ValueError, match="was fitted without any"):
        model.predict(FEW, n_dropout_samples=3)


def build(meta):
    return keras.Sequential([keras.Input((4, 1)), keras.layers.Flatten(), keras.layers.Dense(1)])


def test_not_with_a_network_of_ones_own():
    model = SequenceRegressor(network=BaseWrapper(build), epochs=1).fit(rng.rand(8, 4), rng.rand(8))
    with pytest.raises(ValueError, match="a network of your own: call its model_ several times with training=True"):
        model.predict(rng.rand(8, 4), n_dropout_samples=3)


# --- as in scikit-learn -----------------------------------------------------------------------------------------------


def test_pipelines_and_ensembles_pass_it_on():
    X = rng.randn(12, 4)
    model = SequenceRegressor(**SMALL)
    mean, std = (
        make_pipeline(FunctionTransformer(), model).fit(X, WAVES[:12]).predict(X, return_std=True, n_dropout_samples=3)
    )
    assert mean.shape == std.shape == (12,)
    with config_context(enable_metadata_routing=True):
        requesting = SequenceRegressor(**SMALL).set_predict_request(n_dropout_samples=True)
        bagging = BaggingRegressor(requesting, n_estimators=2, random_state=0).fit(X, WAVES[:12])
        found = bagging.predict(X, n_dropout_samples=3)
        classifier = SequenceClassifier(**SMALL).set_predict_proba_request(n_dropout_samples=True)
        voting = BaggingClassifier(classifier, n_estimators=2, random_state=0).fit(X, np.arange(12) % 2)
        shares = voting.predict_proba(X, n_dropout_samples=3)
    expected = np.mean([member.predict(X, n_dropout_samples=3) for member in bagging.estimators_], axis=0)
    np.testing.assert_allclose(found, expected, rtol=1e-12)
    expected = np.mean([member.predict_proba(X, n_dropout_samples=3) for member in voting.estimators_], axis=0)
    np.testing.assert_allclose(shares, expected, rtol=1e-6)
