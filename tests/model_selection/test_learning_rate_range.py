"""The rate finder: its rates and losses by hand, what it leaves alone, its picture and its errors."""

import builtins

import keras
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline

from skseq import (
    LSTMAutoencoderDetector,
    SeasonalNaive,
    Seq2SeqRegressor,
    SequenceClassifier,
    SequenceEncoder,
    SequenceRegressor,
    SeriesForecaster,
)
from skseq.model_selection import LearningRateRange, learning_rate_range
from skseq.preprocessing import SlidingWindows

rng = np.random.RandomState(0)
X = rng.randn(20, 4)
Y = X.sum(axis=1) > 0


def classifier(**parameters):
    training = {"batch_size": 8, "learning_rate_schedule": "constant"}
    return SequenceClassifier(**{"units": 2, **training, "random_state": 0, **parameters})


# --- the run ----------------------------------------------------------------------------------------------------------


def test_rates_rise_by_one_factor_and_every_update_has_a_loss():
    found = learning_rate_range(classifier(), X, Y, low=0.01, high=0.16, n_updates=5)
    np.testing.assert_allclose(found.learning_rates_, [0.01, 0.02, 0.04, 0.08, 0.16], rtol=1e-6)
    assert found.losses_.shape == (5,)
    assert len(set(found.losses_)) == 5  # batches differ


def test_the_losses_are_those_of_a_fit_with_these_rates():
    """All samples are one batch, so that an epoch is an update."""
    model = classifier(batch_size=20, cell="gru")
    found = learning_rate_range(model, X, Y, low=0.01, high=0.16, n_updates=5)
    rise = keras.callbacks.LearningRateScheduler(lambda epoch, rate: 0.01 * 2**epoch)
    expected = model.set_params(epochs=5, callbacks=[rise]).fit(X, Y).history_["loss"]
    np.testing.assert_allclose(found.losses_, expected, rtol=1e-4)


def test_what_is_known_of_the_future_is_learnt_from():
    """A target that is known beforehand is learnt at once: its loss falls further than that of noise."""
    future, static = rng.randn(64, 3), rng.randn(64, 1)
    options = {"units": 8, "linear": False, "scaling": None, "batch_size": 8, "learning_rate_schedule": "constant"}
    model = Seq2SeqRegressor(**options, random_state=0)
    past, y = rng.randn(64, 4), 10 * future + static
    rates = {"low": 0.01, "high": 0.011, "n_updates": 40}
    told = learning_rate_range(model, past, y, X_future=future, X_static=static, **rates).losses_
    untold = learning_rate_range(model, past, y, **rates).losses_
    assert told[-5:].mean() < 0.5 * untold[-5:].mean()
    with pytest.raises(ValueError, match="X_static must hold one entry per sample of X. Got 5"):
        learning_rate_range(model, past, y, X_future=future, X_static=static[:5])
    with pytest.raises(TypeError, match="SequenceClassifier knows no X_future: leave it out"):
        learning_rate_range(classifier(), X, Y, X_future=future)


def test_the_estimator_and_its_parameters_stay_as_they_are():
    model = classifier(epochs=1, warm_start=True, learning_rate_schedule="cosine").fit(X, Y)
    before, weights = model.get_params(), model.weights_
    learning_rate_range(model, X, Y, n_updates=2)
    assert model.get_params() == before
    assert model.weights_ is weights
    assert model.n_iter_ == 1


def test_a_rate_in_the_configuration_gives_way():
    config = keras.optimizers.serialize(keras.optimizers.SGD(keras.optimizers.schedules.CosineDecay(0.1, 10), 0.9))
    found = learning_rate_range(classifier(optimizer=config, learning_rate=None), X, Y, n_updates=2, low=0.1, high=0.2)
    np.testing.assert_allclose(found.learning_rates_, [0.1, 0.2], rtol=1e-6)


def test_a_run_that_diverges_ends_there_without_a_word():
    model = SequenceRegressor(units=2, optimizer="sgd", clipnorm=None, random_state=0)
    found = learning_rate_range(model, 10 * X, 10 * X.sum(axis=1), low=1e-3, high=1e9, n_updates=30)
    assert 2 < len(found.losses_) == len(found.learning_rates_) < 30
    assert np.isfinite(found.losses_).all()


def test_detectors_cut_windows_as_in_fit():
    detector = LSTMAutoencoderDetector(units=2, window=3, random_state=0)
    assert len(learning_rate_range(detector, [rng.randn(30)], n_updates=3).losses_) == 3


# --- what is read off it ----------------------------------------------------------------------------------------------


def test_the_suggestion_is_a_tenth_of_the_rate_of_the_lowest_smoothed_loss():
    losses = np.full(30, 2.0)
    losses[20:23] = 1.0  # the mean of three is lowest in their middle
    losses[5] = 0.5  # a single batch that was easy
    found = LearningRateRange(np.arange(1, 31) / 10, losses)
    np.testing.assert_allclose(found.smoothed_losses_[[0, 5, 20, 21, 29]], [2, 1.5, 4 / 3, 1, 2])
    assert found.suggestion_ == pytest.approx(0.22)


def test_what_follows_a_loss_that_is_not_finite_is_left_out():
    found = LearningRateRange([1.0, 2.0, 3.0, 4.0], [3.0, 2.0, np.inf, 1.0])
    assert found.losses_.tolist() == [3, 2]
    assert found.learning_rates_.tolist() == [1, 2]
    with pytest.raises(ValueError, match="losses begin with one that is not finite: lower the lowest learning rate"):
        LearningRateRange([1.0, 2.0], [np.nan, 1.0])


# --- the picture ------------------------------------------------------------------------------------------------------


def test_picture():
    plt = pytest.importorskip("matplotlib.pyplot")
    found = LearningRateRange([0.1, 1.0, 10.0, 100.0], [3.0, 2.0, 3.0, 99.0])
    assert found.plot() is found
    losses, smoothed, suggestion = found.lines_
    np.testing.assert_array_equal(losses.get_xdata(), found.learning_rates_)
    np.testing.assert_array_equal(losses.get_ydata(), found.losses_)
    np.testing.assert_array_equal(smoothed.get_ydata(), found.smoothed_losses_)
    np.testing.assert_allclose(suggestion.get_xdata(), 0.1)
    assert found.ax_.get_xscale() == "log"
    low, high = found.ax_.get_ylim()
    assert low < 2
    assert 6 < high < 7  # far higher losses are cut off
    assert [text.get_text() for text in found.legend_.get_texts()][-1] == "suggestion: 0.1"
    figure, axes = plt.subplots()
    assert found.plot(ax=axes).ax_ is axes
    assert found.figure_ is figure
    plt.close("all")


def test_without_matplotlib_the_error_says_how_to_get_it(monkeypatch):
    real = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    with pytest.raises(ImportError, match=r"LearningRateRange draws with matplotlib.*skseq\[plots\]"):
        LearningRateRange([1.0], [1.0]).plot()


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "estimator",
    [
        LogisticRegression(),
        make_pipeline(classifier()),
        SequenceEncoder(classifier()),
        SeasonalNaive(),
        SeriesForecaster(Seq2SeqRegressor()),
    ],
)
def test_another_estimator_is_refused(estimator):
    with pytest.raises(TypeError, match=f"that trains a network. Got {type(estimator).__name__}. Of a Pipeline"):
        learning_rate_range(estimator, X, Y)


def test_what_the_error_says_of_estimators_that_hold_one():
    encoder = SequenceEncoder(classifier())
    learning_rate_range(encoder.estimator, X, Y, n_updates=4)
    forecaster = SeriesForecaster(Seq2SeqRegressor(units=4, random_state=0))
    windows, targets, _ = SlidingWindows(window=24, horizon=6).split_series([np.sin(np.arange(60.0))])
    assert learning_rate_range(forecaster.estimator, windows, targets, n_updates=4).suggestion_ > 0


def test_a_network_of_your_own_is_refused():
    with pytest.raises(ValueError, match="rate of a network of your own: SequenceClassifier has network="):
        learning_rate_range(classifier(network="any"), X, Y)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"low": 0.1, "high": 0.1}, "low must be above 0 and below high. Got low=0.1 and high=0.1"),
        ({"low": 0.0}, "low must be above 0"),
        ({"n_updates": 1}, "n_updates must be a whole number from 2 to 2147483647. Got 1"),
    ],
)
def test_bad_arguments(arguments, message):
    with pytest.raises(ValueError, match=message):
        learning_rate_range(classifier(), X, Y, **arguments)


def test_parameters_are_checked():
    with pytest.raises(ValueError, match="The 'units' parameter of SequenceClassifier must be"):
        learning_rate_range(classifier(units=0), X, Y)
