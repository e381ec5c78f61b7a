"""Data larger than the working memory: the same numbers, from calls that are never given more than fits."""

from itertools import pairwise

import numpy as np
import pytest
from sklearn import config_context

from skseq import LSTMAutoencoderTransformer, Seq2SeqClassifier, SequenceClassifier, SequenceRegressor
from skseq._data.sequences import check_fits_dtype
from skseq._data.tokens.vocabulary import encode, learn_vocabulary
from skseq._data.working_memory import Derived, derived, evenly, slices
from skseq.nn.training.compiled import CompiledNetwork

MEMORY = 11_400  # bytes, less than X has; half of it holds one batch of a prediction, and a few of training
N_SAMPLES, SHAPE = 300, (5, 2)


def little_memory():
    return config_context(working_memory=MEMORY / 2**20)


@pytest.fixture
def held(monkeypatch):
    """What every graph call was given: (name of the function, samples, bytes)."""
    calls, ready = [], CompiledNetwork._ready

    def spy(self, body, data, *rest, **options):
        rows = data.rows
        name = getattr(body, "__name__", "_predict")
        calls.append((name, len(rows["source"]), sum(np.asarray(x).nbytes for x in rows.values())))
        return ready(self, body, data, *rest, **options)

    monkeypatch.setattr(CompiledNetwork, "_ready", spy)
    return calls


def numbers(dtype):
    return np.random.default_rng(0).standard_normal((N_SAMPLES, *SHAPE)).astype(dtype)


def problems():
    """Estimator, X, y, and what is asked of it after fit."""
    draws = np.random.default_rng(1)
    common = {"units": 2, "epochs": 2, "batch_size": 16, "random_state": 0}
    labels, tokens = draws.integers(3, size=N_SAMPLES), draws.integers(4, size=(N_SAMPLES, 10))
    ragged = [x[:length] for x, length in zip(numbers("float32"), draws.integers(1, 6, size=N_SAMPLES))]
    regressor = SequenceRegressor(**common, early_stopping=True, validation_fraction=0.5)
    yield pytest.param(regressor, numbers("float64"), draws.random(N_SAMPLES), ["predict"], id="float64-held-out")
    classifier = SequenceClassifier(**common, class_weight={0: 2.0, 1: 0.0})
    yield pytest.param(classifier, ragged, labels, ["predict_proba"], id="ragged-weighted")
    autoencoder = LSTMAutoencoderTransformer(**common)
    yield pytest.param(autoencoder, numbers("float32"), None, ["transform", "score_samples"], id="autoencoder")
    translator = Seq2SeqClassifier(**common, class_weight="balanced")
    yield pytest.param(translator, tokens, tokens[:, ::-1], ["predict", "score_samples"], id="tokens")


def on_disk(X, folder):
    """X as a memory-mapped file, if it is an array."""
    if not isinstance(X, np.ndarray):
        return X
    np.save(folder / "X.npy", X)
    return np.load(folder / "X.npy", mmap_mode="r")


@pytest.mark.parametrize(("estimator", "X", "y", "asked"), list(problems()))
def test_streaming_changes_no_number_and_holds_no_more_than_fits(estimator, X, y, asked, held, tmp_path):
    weights = estimator.fit(X, y).weights_
    history, expected = estimator.history_, [getattr(estimator, name)(X) for name in asked]
    assert max(n for _, n, _ in held) == N_SAMPLES  # a spy that sees them
    held.clear()
    with little_memory():
        streamed = estimator.fit(on_disk(X, tmp_path), y)
        for name, outputs in zip(asked, expected):
            np.testing.assert_array_equal(getattr(streamed, name)(on_disk(X, tmp_path)), outputs)
    assert max(n_bytes for *_, n_bytes in held) <= MEMORY / 2
    assert max(n for _, n, _ in held) < N_SAMPLES
    assert {name for name, *_ in held} >= {"_train", "_predict"}
    for name, value in streamed.weights_.items():
        np.testing.assert_array_equal(value, weights[name])
    for name, values in streamed.history_.items():
        np.testing.assert_allclose(values, history[name], rtol=1e-6)  # sums of other parts


def test_a_batch_may_be_larger_than_the_memory():
    X, y = numbers("float64")[:10], np.arange(10.0)
    regressor = SequenceRegressor(units=2, epochs=1, batch_size=16, random_state=0).fit(X, y)
    expected, weights = regressor.predict(X), regressor.weights_
    with config_context(working_memory=100 / 2**20):
        np.testing.assert_array_equal(regressor.fit(X, y).predict(X), expected)
    for name, value in regressor.weights_.items():
        np.testing.assert_array_equal(value, weights[name])


def test_samples_of_weight_zero_are_never_drawn():
    """They need no place in memory either: the others are taken by their index."""
    X, y, weight = numbers("float32"), np.arange(N_SAMPLES) % 2, np.arange(N_SAMPLES) % 3
    X[weight == 0] *= 1e30
    classifier = SequenceClassifier(units=2, epochs=2, batch_size=16, early_stopping=True, random_state=0)
    classifier.fit(X, y, weight)
    alone = SequenceClassifier(**classifier.get_params()).fit(X[weight > 0], y[weight > 0], weight[weight > 0])
    assert classifier.history_ == alone.history_
    for name, value in classifier.weights_.items():
        np.testing.assert_array_equal(value, alone.weights_[name])


# --- parts ------------------------------------------------------------------------------------------------------------


def test_some_of_many_are_evenly_spaced():
    assert evenly(10, 4).tolist() == [0, 3, 6, 9]
    assert evenly(3, 4).tolist() == [0, 1, 2]
    assert evenly(0, 4).tolist() == []


def test_slices_are_as_long_as_the_memory_allows():
    values = np.zeros((150, 3), np.float32)  # 12 bytes per sample
    with config_context(working_memory=480 / 2**20):
        assert slices(values)[0] == slice(0, 40)
        assert slices(values, 2)[0] == slice(0, 20)
        assert slices(values, 2, multiple=8)[0] == slice(0, 16)
        assert slices(values, 100)[0] == slice(0, 1)  # a sample is never divided
        parts = slices(values)
    assert all(one.stop == other.start for one, other in pairwise(parts))
    assert parts[-1].stop >= 150 > parts[-1].start


def test_derived_arrays_are_computed_where_they_are_indexed():
    values, asked = np.arange(300.0).reshape(150, 2), []

    def function(index):
        asked.append(len(values[index]))
        return values[index].astype(np.float32)

    with config_context(working_memory=1000 / 2**20):
        large = derived(function, values.shape, np.float32)
    assert asked == []
    assert (large.shape, large.ndim, len(large), large.dtype) == ((150, 2), 2, 150, np.float32)
    np.testing.assert_array_equal(large[[3, 1]], values[[3, 1]])
    assert asked == [2]
    np.testing.assert_array_equal(np.asarray(large), values)
    assert isinstance(derived(function, values.shape, np.float32), np.ndarray)  # this fits


def test_a_value_that_overflows_is_found_in_any_part():
    X = np.ones((150, 2))
    X[149] = 1e300
    with little_memory(), pytest.raises(ValueError, match="too large for dtype"):
        check_fits_dtype(X, "float32")
    with config_context(working_memory=100 / 2**20):
        assert isinstance(check_fits_dtype(X[:149], "float32"), Derived)


def test_tokens_are_counted_and_encoded_in_parts():
    tokens = np.array([*"abcabz"] * 30)
    with config_context(working_memory=100 / 2**20):
        vocabulary = learn_vocabulary(tokens, unknown=True, min_frequency=50)
        assert vocabulary == {"a": 2, "b": 3}  # 60 of each, 30 of c and z
        np.testing.assert_array_equal(encode(tokens, vocabulary, unknown=True), [2, 3, 1, 2, 3, 1] * 30)
        with pytest.raises(ValueError, match=r"X contains 2 token\(s\) that were not seen in fit: 'c', 'z'"):
            encode(tokens, vocabulary)
