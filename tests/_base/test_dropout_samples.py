"""`n_dropout_samples` as users have it: units, forms, seeds, errors, pipelines. The numbers are tested in nn."""

import keras
import numpy as np
import pytest
from scikeras.wrappers import BaseWrapper
from sklearn import config_context
from sklearn.ensemble import BaggingClassifier, BaggingRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skseq import LSTMAutoencoderTransformer, SequenceClassifier, SequenceRegressor, SequenceTagger

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


# --- how much there is ------------------------------------------------------------------------------------------------


CONVOLVED = SMALL | {"n_conv_layers": 1}


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
    model = of(**SMALL | {"dropout": "auto"} | parameters).fit(X, rng.randint(2, size=120))
    assert model._dropout_rates["dropout"] == pytest.approx(rate)


def test_what_depends_on_the_size_of_x_is_predicted_as_it_was_in_training():
    """The amplitude of a decay: with a dropout of a tenth, predictions for the training data were far off its loss."""
    own = np.random.RandomState(0)
    amplitude = own.uniform(50, 80, 100)
    X = amplitude[:, None] * np.exp(-np.arange(6) / 2) + 0.5 * own.randn(100, 6)
    model = SequenceRegressor(units=16, random_state=0).fit(X, amplitude)
    assert model.score(X, amplitude) > 0.98


def test_auto_leaves_a_network_of_ones_own_alone():
    X, y = rng.randn(120, 4), rng.randn(120)
    model = SequenceRegressor(network=BaseWrapper(build), epochs=1).fit(X, y)
    assert model.predict(X).shape == (120,)


def test_auto_behind_a_frozen_encoder():
    X, y = rng.randn(120, 3, 1), rng.randn(120)
    encoder = LSTMAutoencoderTransformer(units=3, epochs=1).fit(X)
    model = SequenceRegressor(encoder=encoder, freeze=True, **SMALL | {"dropout": "auto"}).fit(X, y)
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
    model = SequenceRegressor(network=BaseWrapper(build), **SMALL).fit(rng.rand(8, 4), rng.rand(8))
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
