"""What fits warn of, each with a fit that does and one that does not; the limits."""

import collections
import itertools
import re
from functools import partial
from types import SimpleNamespace

import numpy as np
import pandas as pd
import polars as pl
import pytest
import sklearn.feature_extraction.text
from sklearn.exceptions import ConvergenceWarning
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import RidgeCV
from sklearn.pipeline import make_pipeline, make_union
from sklearn.preprocessing import Binarizer, Normalizer, StandardScaler
from told_fits import NOISE, RARE, WORDS, X, Y, classifier, told, value_of

import skseq
from skseq import (
    Seq2SeqClassifier,
    Seq2SeqRegressor,
    SequenceClassifier,
    SequenceGenerator,
    SequenceRegressor,
    SequenceTagger,
    SeriesForecaster,
)
from skseq._base.diagnosis.fit_checks import LOOKS, diagnose
from skseq._base.diagnosis.looks_at_curves import MEAN_BEGINS, still_falling
from skseq._base.fits.facts import Facts, leaves_much, same_output_share
from skseq._base.fits.noise import Trial
from skseq._data.constant_answer import ConstantAnswer
from skseq.exceptions import ExplodingGradientWarning, TrainingWarning
from skseq.nn.training.schedules import SWA_SHARE

pytestmark = pytest.mark.usefixtures("eager")


PLAIN = {"units": 2, "cell": "gru", "bidirectional": False, "n_conv_layers": 0, "batch_size": 128}
SOME = {"units": 4, "batch_size": 20}  # several updates per epoch


# --- fits that warn, and fits like them that do not -------------------------------------------------------------------


def test_a_fit_that_learns_tells_of_nothing():
    assert told(classifier(), X, Y) == []


def test_a_loss_that_is_no_better_than_that_of_a_constant_answer():
    model = classifier(learning_rate=1e-9, random_state=1)
    found = told(model, X, NOISE)
    end = np.median(model.history_["loss"][-2:])
    assert found == [
        (
            f"SequenceClassifier learnt nothing: its loss ended at {end:.3g}, and that of the best constant is 0.693. "
            "Try more epochs (now 5), another learning_rate (now 1e-09).",
            TrainingWarning,
        )
    ]


FORECASTS = np.stack([X.sum(axis=1)] * 2, axis=1)  # of two steps
LOSSES = ["squared_error", "absolute_error", "huber", "quantile", "normal", "student_t"]


@pytest.mark.parametrize("loss", LOSSES)
def test_a_forecaster_that_learns_nothing_by_any_loss(loss):
    network = {"units": 4, "cell": "gru", "bidirectional": False, "target_features": None}
    model = Seq2SeqRegressor(loss=loss, epochs=10, learning_rate=0.1, random_state=0, **network)
    assert all("learnt nothing" not in message for message, _ in told(model, X, FORECASTS))
    assert value_of("constant answer", model.diagnose()) < 0.8
    found = told(model.set_params(epochs=5, learning_rate=1e-9), X, FORECASTS[::-1])
    assert any(message.startswith("Seq2SeqRegressor learnt nothing") for message, _ in found)
    assert value_of("constant answer", model.diagnose()) > 0.99


def test_noise_beside_a_linear_model_is_no_failure():
    windows = np.random.RandomState(0).randn(24, 6).cumsum(axis=1)
    model = Seq2SeqRegressor(loss="huber", linear=True, units=2, epochs=5, learning_rate=1e-9, random_state=0)
    assert all("learnt nothing" not in message for message, _ in told(model, windows[:, :4], windows[:, 4:]))
    assert value_of("constant answer", model.diagnose()) is None


def test_a_series_forecaster_that_learns_nothing():
    series = [np.sin(0.7 * np.arange(14) + start) for start in range(3)]
    network = Seq2SeqRegressor(linear=False, loss="normal", units=4, epochs=5, learning_rate=1e-9, random_state=1)
    network.set_params(cell="gru", bidirectional=False, batch_size=32)
    model = SeriesForecaster(network, window=5, horizon=2)
    assert any("learnt nothing" in message for message, _ in told(model, series))
    network.set_params(learning_rate=0.1)
    assert all("learnt nothing" not in message for message, _ in told(model, series))


@pytest.mark.parametrize("binary", [False, True])
def test_a_generator_of_numbers_that_learns_nothing(binary):
    waves = np.sin(np.arange(8) + 6 * np.random.RandomState(0).rand(24, 1))[:, :, None]
    paths = np.concatenate([waves, waves > 0], axis=2) if binary else waves
    model = SequenceGenerator(units=4, cell="gru", n_components=2, epochs=6, batch_size=24, random_state=0)
    nothing = told(model.set_params(learning_rate=1e-9), paths)
    assert any(message.startswith("SequenceGenerator learnt nothing") for message, _ in nothing)
    healthy = told(model.set_params(learning_rate=0.1), paths)
    assert all("learnt nothing" not in message for message, _ in healthy)
    assert value_of("constant answer", model.diagnose()) < 0.95


def test_of_letters_without_a_loss_the_remedy_for_motifs_is_named():
    texts = ["TATAAT", "GATACA", "AATTAT", "CC"] * 6
    found = told(classifier(learning_rate=1e-9, random_state=1, analyzer="char"), texts, NOISE)
    message = next(message for message, _ in found if "learnt nothing" in message)
    assert "another learning_rate (now 1e-09), or TF-IDF of short runs of letters" in message
    counts = counter_of(message).fit_transform(["TATAAT"] * 2)
    assert counts.shape == (2, 4 + 3 + 2 + 1)  # TATAAT has so many runs of 3, 4, 5 and 6 letters


def counter_of(message):
    """The estimator in code that a message names."""
    return eval(re.search(r"sklearn\S*\(.*\)", message)[0], {"sklearn": sklearn})


@pytest.mark.parametrize(
    ("model", "X", "says"),
    [
        (
            classifier(analyzer="char"),
            ["ab"] * 24,
            "X holds one distinct sequence only. It .* the most frequent y. Try",
        ),
        (classifier(), np.ones((24, 3)), "As SequenceClassifier reads it, X holds one distinct sequence only"),
        (SequenceRegressor(units=2, epochs=5), np.ones((24, 3)), "As SequenceRegressor .* than the mean y. Try"),
        (
            classifier(),
            [["a", "b"], ["b", "b"], ["c"]] * 8,
            "X holds 3 distinct sequences .* the most frequent y of each",
        ),
    ],
    ids=["text", "numbers", "regressor", "three"],
)
def test_equal_sequences_of_different_y(model, X, says):
    [(message, category)] = told(model, X, np.arange(24) // 3 % 2)
    assert category is TrainingWarning
    assert re.search(says, message)
    assert message.endswith("Try an X that differs where y does.")


def test_few_sequences_that_tell_y_are_told_to_learn_longer():
    X, y = [["a", "a"], ["a", "b"], ["b", "a"], ["b", "b"]] * 6, [0, 1, 1, 0] * 6
    [message, *_] = [message for message, _ in told(classifier(learning_rate=1e-9, random_state=1), X, y)]
    assert message.startswith("SequenceClassifier learnt nothing")
    assert "Try more epochs" in message
    remedy = classifier(epochs=60, units=8, random_state=1)  # what it advises
    assert told(remedy, X, y) == []
    assert remedy.score(X, y) == 1


def test_equal_sequences_with_tags_of_their_own_may_be_learnt():
    tagger = SequenceTagger(units=2, epochs=5, learning_rate=1e-9, random_state=0)
    [message] = [message for message, _ in told(tagger, [["a", "a"]] * 12, [[0, 1]] * 12) if "nothing" in message]
    assert "more epochs" in message


@pytest.mark.parametrize("n_rare", [7, 60])
def test_a_trial_of_rare_classes_that_cuts_epochs(monkeypatch, n_rare):
    monkeypatch.setattr(Trial, "_is_worse", lambda *given: True)
    samples, labels = np.random.RandomState(0).randn(120, 3), (np.arange(120) < n_rare).astype(int)
    found = told(classifier(epochs="auto"), samples, labels)
    rare = [message for message, _ in found if "outside the most frequent class" in message]
    assert len(rare) == (n_rare == 7)
    assert all("5 of its 100 epochs, and may be wrong: it held out only 2 sample(s)" in message for message in rare)


def test_a_validation_loss_that_rises():
    model = classifier(epochs=6, early_stopping=False)
    [(message, category)] = told(model, X, Y, X_val=X, y_val=1 - Y)
    losses = model.history_["val_loss"]
    assert category is TrainingWarning
    assert message == (
        f"The validation loss of SequenceClassifier was lowest after epoch 1 of 6: {losses[0]:.3g}, and "
        f"{losses[-1]:.3g} at the end. Try early_stopping=True (now False), a smaller learning_rate (now 0.1), more "
        "dropout (now 0.0), a larger l2 (now 0.0)."
    )
    assert told(model, X, Y, X_val=X, y_val=Y) == []


def test_early_stopping_at_the_first_epoch():
    [(message, _)] = told(classifier(n_iter_no_change=5, epochs=9), X, Y, X_val=X, y_val=1 - Y)
    assert message.startswith("The validation loss of SequenceClassifier was lowest after epoch 1 of 6: ")
    assert "early_stopping" not in message


def test_raw_targets_beside_standardised_ones():
    """Early stopping chose a poor epoch by them."""
    X = np.random.RandomState(0).rand(60, 4)
    y = X.mean(axis=1)
    standardised = (y - y[:40].mean()) / y[:40].std()
    model = SequenceRegressor(**PLAIN | SOME, epochs=12, learning_rate=0.1, dropout=0.0, random_state=0)
    [(message, _)] = told(model, X[:40], standardised[:40], X_val=X[40:], y_val=2 + 3 * y[40:])
    assert "y_val has a median of 3." in message
    assert "Try to transform them as the training data" in message
    assert told(model, X[:40], standardised[:40], X_val=X[40:], y_val=standardised[40:]) == []


def test_a_loss_that_still_falls():
    model = classifier(epochs=10, learning_rate=0.05)
    [(message, category)] = told(model, X, Y)
    assert category is ConvergenceWarning
    assert message.startswith("SequenceClassifier has not converged: in the last of 10 epochs its loss, ")
    assert message.endswith(
        " per epoch. This training loss alone does not tell whether new data gain. Try early_stopping=True (now "
        "'auto'), more epochs (now 10)."
    )


@pytest.mark.parametrize(("rate", "remedies"), [(0.05, {"learning_rate"}), (0.1, set())])
def test_a_large_rate_is_not_to_be_larger(rate, remedies):
    facts = SimpleNamespace(of="Model", constant=SimpleNamespace(loss=1.0), most_epochs=10, auto_epochs=False)
    history = {"val_loss": np.linspace(1, 0.5, 10), "learning_rate": np.full(10, rate)}
    seen = still_falling(history, facts, {})
    assert seen.found
    assert set(seen.advice) == {"epochs"} | remedies


def test_a_training_loss_asks_for_new_data_first():
    """What fell may be noise that is learnt by heart, and a larger rate learns it sooner."""
    facts = SimpleNamespace(of="Model", constant=SimpleNamespace(loss=1.0), most_epochs=10, auto_epochs=False)
    seen = still_falling({"loss": np.linspace(1, 0.5, 10), "learning_rate": np.full(10, 0.01)}, facts, {})
    assert list(seen.advice) == ["early_stopping", "epochs"]
    assert seen.says.endswith(" per epoch. This training loss alone does not tell whether new data gain.")


def test_numbers_of_numpy_are_told_as_those_of_python():
    [(message, _)] = told(classifier(epochs=np.int64(10), learning_rate=0.05), X, Y)
    assert "more epochs (now 10)." in message


def test_a_fit_of_too_few_epochs_whose_rate_falls_to_0():
    model = classifier(epochs=10, learning_rate=0.05, learning_rate_schedule="cosine")
    [(message, category)] = told(model, X, Y)
    assert category is ConvergenceWarning
    assert message.startswith("SequenceClassifier has not converged: in the middle of 10 epochs its loss, ")
    assert told(model.set_params(epochs=60), X, Y) == []


def test_gradients_that_are_always_clipped():
    model = SequenceRegressor(units=2, epochs=9, learning_rate=0.1, scale_targets=False, random_state=0)
    messages = dict(told(model, X, 1000 * X.sum(axis=1)))
    norm = min(model.history_["gradient_norm"])
    assert messages[
        f"Nearly all gradients of SequenceRegressor were clipped: their mean norm was {norm:.3g} or more in each "
        "epoch, with clipnorm=1. Try scale_targets=True (now False), a larger clipnorm (now 1.0)."
    ]
    assert len(messages) == 2  # the other one says that it has learnt nothing
    assert told(model.set_params(scale_targets=True), X, 1000 * X.sum(axis=1)) == []


def test_relu_units_that_are_dead():
    """Large positive numbers: a unit is dead or alive by the sign of a single weight."""
    model = classifier(activation="relu", scale_inputs=False, learning_rate=1e-3, units=8, random_state=1)
    assert (
        "75% of the relu units in the last layer of the encoder of SequenceClassifier are always 0. Try "
        "scale_inputs=True (now False), activation='tanh' (now 'relu'), a smaller learning_rate (now 0.001).",
        TrainingWarning,
    ) in told(model, np.abs(X) + 5, NOISE)
    alive = told(model.set_params(scale_inputs=True), np.abs(X) + 5, NOISE)
    assert all("relu" not in message for message, _ in alive)
    assert value_of("dead relu", model.diagnose()) < 0.5


@pytest.mark.parametrize("labels", [True, False])
def test_levels_that_are_learnt_by_heart(labels):
    """Level and slope both have the sign of y: a network reads the level, which is a hundred times as large."""
    rng = np.random.RandomState(0)
    up = rng.permutation(np.repeat([-1.0, 1.0], 40))
    series = 1e-2 * (up[:, None] * np.arange(8) + rng.randn(80, 8)) + (3 * up + rng.randn(80))[:, None]
    make = classifier if labels else partial(SequenceRegressor, **PLAIN | SOME, random_state=0)
    model = make(epochs=40, learning_rate=0.01)
    of_levels = [message for message, _ in told(model, series, up) if "learnt levels by heart" in message]
    assert len(of_levels) == 1
    assert re.search(r"feature 0 of X differ by \d+ times .* leaves 1?[\d.]+ of the .* not 0", of_levels[0])
    assert value_of("levels", model.diagnose()) > 10
    centred = series - series.mean(axis=1, keepdims=True)
    assert told(make(epochs=40, learning_rate=0.01), centred, up) == []
    noise = (3 * up + rng.randn(80))[:, None] + 1e-2 * rng.randn(80, 8)  # the level alone tells
    assert told(make(epochs=40, learning_rate=0.01), noise, up) == []


def test_movements_that_are_small_beside_levels():
    """Without its level each walk tells which way it went, as the remedy says."""
    rng = np.random.RandomState(0)
    way = np.repeat([0, 1], 40)
    walks = 1e-3 * (2 * way[:, None] - 1) * np.arange(8) + 1e-4 * rng.randn(80, 8) + rng.randn(80, 1)
    model = classifier(epochs=5, learning_rate=1e-3)
    [(message, category)] = [one for one in told(model, walks, way) if "levels" in one[0]]
    assert category is TrainingWarning
    assert re.search(r"differ by 5\d\d times what one of them moves.*subtract from each sequence its own mean", message)
    centred = np.stack([x - np.mean(x, axis=0) for x in walks])
    assert all("levels" not in message for message, _ in told(model, centred, way))
    assert told(classifier(), centred, way) == []
    assert model.set_params(epochs=8, learning_rate=0.1).fit(centred, way).score(centred, way) == 1


def test_movements_in_proportion_to_levels():
    """As of stars: divided by their means all move alike, as the remedy says."""
    rng = np.random.RandomState(0)
    way = np.repeat([0, 1], 40)
    moves = 1e-3 * (2 * way[:, None] - 1) * np.arange(8) + 1e-4 * rng.randn(80, 8)
    fluxes = 10 ** rng.uniform(3, 5, (80, 1)) * (1 + moves)
    model = classifier(epochs=5, learning_rate=1e-3)
    [message] = [message for message, _ in told(model, fluxes, way) if "levels" in message]
    code = re.search(r"in fit and later, (.*) of an array x", message)[1]
    divided = np.stack([eval(code, {"np": np, "x": x}) for x in fluxes])
    assert all("levels" not in message for message, _ in told(model, divided, way))
    assert classifier(epochs=8, learning_rate=0.1).fit(divided, way).score(divided, way) == 1


def test_steps_of_positions():
    """Where something is says nothing, how fast it goes says all, as the remedy shows."""
    rng = np.random.RandomState(0)
    fast = np.repeat(rng.randint(0, 2, (60, 3)), 8, axis=1)
    tracks = 300 * rng.randn(60, 1, 2) + np.cumsum((0.2 + 5 * fast[:, :, None]) * rng.randn(60, 24, 2), axis=1)
    model = SequenceTagger(units=4, epochs=5, learning_rate=0.05, dropout=0.0, random_state=0)
    assert [category for message, category in told(model, tracks, fast) if "how X changes" in message] == [
        TrainingWarning
    ]
    steps = np.stack([np.diff(x, axis=0, prepend=x[:1]) for x in tracks])
    before = model.score(tracks, fast)
    assert all("how X changes" not in message for message, _ in told(model, steps, fast))
    assert model.score(steps, fast) > 0.85 > before + 0.2


def test_gains_of_sequences():
    """Two frequencies, which gains hide, are seen in sequences without them, as the remedy says."""
    rng = np.random.RandomState(0)
    fast = np.repeat(rng.randint(0, 2, (60, 3)), 12, axis=1)
    waves = np.sin(np.cumsum(0.3 + 1.2 * fast, axis=1)) * 10 ** rng.uniform(0, 5, (60, 1))
    model = SequenceTagger(units=8, epochs=12, learning_rate=0.05, dropout=0.0, random_state=0, cell="gru")
    (message,) = [message for message, _ in told(model, waves, fast) if "have gains of their own" in message]
    before = model.score(waves, fast)
    without = [eval(re.search(r"later: (.*) of an array", message)[1], {"np": np, "x": x}) for x in waves]
    assert all("gains" not in message for message, _ in told(model, without, list(fast)))
    assert model.score(without, list(fast)) > 0.85 > before + 0.1
    sizes = np.repeat(np.abs(waves).max(axis=1, keepdims=True) > 300, 36, axis=1) ^ (rng.rand(60, 36) < 0.3)
    assert all("gains" not in message for message, _ in told(model, waves, sizes))  # where they are what is to be told


def test_one_class_for_all():
    model = classifier(epochs=6)
    assert told(model, X, RARE) == [
        (
            "SequenceClassifier predicts one class for all: in each of the last 5 epochs its accuracy was 0.833, which "
            "is the share of that class. Try class_weight='balanced' (now None), more epochs (now 6), another "
            "learning_rate (now 0.1).",
            TrainingWarning,
        )
    ]
    assert set(model.predict(X)) == {0}
    assert all("one class" not in message for message, _ in told(model.set_params(class_weight="balanced"), X, RARE))
    assert set(model.predict(X)) == {0, 1}


def test_probabilities_of_a_rare_class_may_tell_more_than_labels():
    history, shares = {"loss": [1.0, 0.9, 0.85, 0.8, 0.8], "accuracy": [0.9] * 5}, np.array([0.9, 0.1])
    for told_by in ({}, {"lowest": 0.9, "noisy": True}):
        says = found(history, shares=shares, **told_by)["one class"]
        assert re.search(r"tell more: its loss was 0\.[89]\d* times that of a constant\. Try predict_proba", says)
        assert says.endswith("CV. Else try class_weight='balanced', and judge by scoring='roc_auc'.")
        weighed = found(history, shares=shares, parameters={"class_weight": {1: 2}}, **told_by)["one class"]
        assert weighed.endswith("TunedThresholdClassifierCV, and judge by scoring='roc_auc'.")
    several = found(history, shares=np.array([0.9, 0.06, 0.04]))["one class"]
    balanced = "Else try class_weight='balanced', and judge by scoring='roc_auc_ovr'."
    assert several.endswith(f"Try predict_proba, which ranks samples for each class. {balanced}")
    for silent in ({"lowest": 0.96, "noisy": True}, {"noisy": True}):  # of what is held out nothing is known better
        assert "predict_proba" not in found(history, shares=shares, **silent)["one class"]


def test_of_few_rare_samples_a_trial_may_be_wrong():
    history = {"loss": [1.0, 0.8, 0.7, 0.6, 0.5]}
    known = {"held_out": 1.02, "lowest": 1.02, "noisy": True, "n_others": 10, "rare": True}
    says = found(history, shares=np.array([0.5, 0.5]), **known)["held-out samples"]  # as class weights make them
    assert "Only 10 of them are outside the most frequent class, so this may be chance. Try to judge by cross-" in says
    for sure in ({"rare": False}, {"n_others": 30}):
        assert "chance" not in found(history, **{**known, **sure})["held-out samples"]


@pytest.mark.parametrize(("name", "penalty"), [("l1", 10.0), ("l2", 5.0)])
def test_a_penalty_that_holds_a_fit_down_is_named_first(name, penalty):
    """Nor is there a word of class weights: there are as many of either class."""
    model = classifier(epochs=8, **{name: penalty})
    found = told(model, X, Y)
    assert any("learnt nothing" in message for message, _ in found)
    for message, _ in found:
        assert f"Try a smaller {name} (now {penalty})" in message
        assert "class_weight" not in message
    assert told(model.set_params(**{name: 1e-3}), X, Y) == []


@pytest.mark.parametrize(
    ("parameters", "advice"),
    [
        ({"vocabulary": ["a"]}, "a vocabulary with the tokens of X, or None, another analyzer (now 'word')"),
        ({"min_frequency": 6}, "another analyzer (now 'word'), a smaller min_frequency (now 6)"),
        ({"max_vocabulary": 1}, "another analyzer (now 'word'), a larger max_vocabulary (now 1)"),
    ],
)
def test_tokens_that_are_mostly_unknown(parameters, advice):
    model = classifier(analyzer="word", handle_unknown="use_unknown", epochs=1)
    assert told(model, WORDS, [0, 1] * 5) == []
    assert told(model.set_params(**parameters), WORDS, [0, 1] * 5) == [
        (
            "71% of the tokens that SequenceClassifier reads are unknown: they are not in its vocabulary. Try "
            f"{advice}.",
            TrainingWarning,
        )
    ]


def sentences(n):
    """Sentences of an article and new words, whose ends tell their tags."""
    stems, ends = np.random.RandomState(0).choice(list("bcdfgklm"), (n, 2, 6)), {"N": "ness", "V": "ize"}
    tags = [["D", *"NV"[:: 1 if k % 2 else -1]] for k in range(n)]
    words = [["the", *("".join(stem) + ends[tag] for stem, tag in zip(own, y[1:]))] for own, y in zip(stems, tags)]
    return words, tags


def test_of_words_that_are_mostly_unknown_a_tagger_advises_their_ends():
    words, tags = sentences(16)
    tagger = SequenceTagger(units=2, epochs=1, cell="gru", handle_unknown="use_unknown", random_state=0)
    [(message, _)] = told(tagger.set_params(min_frequency=2), words[:12], tags[:12])
    code = "[[word[-3:] for word in x] for x in X]"
    advice = f"the ends of words as tokens if they tell the tag: {code}."
    assert message.endswith(f"Try a smaller min_frequency (now 2), {advice}")
    known = tagger.set_params(min_frequency=1).fit(words[:12], tags[:12])
    with pytest.warns(UserWarning, match=rf"such as '\w+', or fit on data that hold these, or on {re.escape(advice)}$"):
        known.predict(words[12:] * 2)
    unknown = next(check for check in known.diagnose(words[12:]) if check.name == "unknown tokens")
    assert unknown.message.endswith(f"Try {advice}")
    ends = eval(code, {"X": words})
    tagger.set_params(epochs=4, learning_rate=0.2).fit(ends[:12], tags[:12])
    assert tagger.score(ends[12:], tags[12:]) == 1


@pytest.mark.parametrize(
    ("model", "X", "unseen", "y"),
    [
        (SequenceTagger, [["a", "of"]] * 4, [["the", "this"]], [[0, 1]] * 4),
        (SequenceTagger, [[1, 100]] * 4, [[2, 200]], [[0, 1]] * 4),
        (SequenceClassifier, [["the", "word"]] * 4, [["another", "one"]], [0, 1] * 2),
    ],
    ids=["no words", "integers", "classifier"],
)
def test_tokens_whose_ends_tell_no_tags(model, X, unseen, y):
    fitted = model(units=2, epochs=1, handle_unknown="use_unknown", random_state=0).fit(X, y)
    with pytest.warns(UserWarning, match="100% of the 2 tokens"):
        unknown = next(check for check in fitted.diagnose(unseen) if check.name == "unknown tokens")
    assert unknown.message.endswith("Try a fit of samples that hold more of these tokens.")


def test_an_explosion_is_told_alone():
    """It is why the loss is no better than that of a constant answer, too."""
    model = classifier(activation="relu", learning_rate=3.0)
    [(_, category)] = told(model, X, Y)
    assert category is ExplodingGradientWarning
    assert "constant answer" in [check.name for check in model.diagnose().found]


def test_what_does_not_warn():
    model = classifier(learning_rate=1e-9)
    assert told(model.set_params(epochs=4), X, NOISE) == []  # a trial
    assert told(model.set_params(epochs=4), X, np.zeros(24)) == []  # and so is this
    assert told(classifier(), X, NOISE, fit="partial_fit", classes=[0, 1]) == []


STEPS = np.zeros(X.shape[:2], int)  # one class each


@pytest.mark.parametrize(
    ("Estimator", "y", "other"),
    [
        (SequenceClassifier, ["a"] * 24, ["a", "b"] * 12),
        (SequenceClassifier, [["a", "b"]] * 24, [["a", "b"], ["b", "b"]] * 12),  # two outputs
        (SequenceTagger, STEPS, STEPS + np.arange(X.shape[1]) % 2),
        (Seq2SeqClassifier, STEPS, STEPS + np.arange(X.shape[1]) % 2),
    ],
    ids=lambda given: getattr(given, "__name__", ""),
)
def test_one_class_ends_a_fit_at_once(Estimator, y, other):
    model = Estimator(units=2, epochs=30, random_state=0)
    says = f"There is one class only for {Estimator.__name__} to learn, so that it predicts that for all X, and ends"
    [(message, category)] = told(model, X, y)
    assert (message, category) == (f"{says} at once. Try samples of other classes, too.", TrainingWarning)
    assert model.n_iter_ == 1
    np.testing.assert_array_equal(model.predict(X), y)
    assert all("one class only" not in message for message, _ in told(model, X, other))  # the remedy
    assert model.n_iter_ > 1


def test_one_class_is_no_reason_for_a_trial():
    model = SequenceClassifier(units=2, random_state=0)
    many = np.repeat(X, 5, axis=0)  # enough for a trial
    assert len(told(model, many, ["a"] * len(many))) == 1
    assert model.n_iter_ == 1


# --- the limits -------------------------------------------------------------------------------------------------------

PARAMETERS = classifier().get_params()


def diagnosed(history, constant=1.0, shares=None, parameters=(), **facts):
    """The diagnosis of a history."""
    n_epochs = len(history["loss"])
    answer = ConstantAnswer(loss=constant, shares=shares)
    known = {"of": "Model", "n_epochs": n_epochs, "most_epochs": n_epochs, "early_stopping": False, **facts}
    return diagnose(history, Facts(constant=answer, **known), {**PARAMETERS, **dict(parameters)})


def found(history, *args, **facts):
    """{name: message} of what a history shows."""
    return {check.name: check.message for check in diagnosed(history, *args, **facts).found}


def test_limit_of_the_constant_answer():
    assert set(found({"loss": [1.0] * 5})) == {"constant answer"}
    assert found({"loss": [1.0, 1.0, 1.0, 0.9, 0.98]}) == {}
    assert set(found({"loss": [1.0, 1.0, 0.9, 1.0, 1.0]})) == {"constant answer"}  # the end counts
    assert found({"loss": [1.0] * 4}) == {}
    assert found({"loss": [1.0] * 5}, constant=None) == {}
    assert found({"loss": [0.0] * 5}, constant=0.0) == {}  # nothing could be learnt
    assert found({"loss": [1.0, np.nan, 1.0, 1.0, 1.0]}) == {}


def test_a_fit_that_ends_far_worse_than_its_trial_got_stuck():
    stuck = {"loss": [1.0, 1.0, 0.97, 0.95, 0.95]}
    says = found(stuck, lowest=0.37)["constant answer"]
    assert "got stuck: its loss ended at 0.95 times that of a constant answer. In a trial, that of" in says
    assert "Try another random_state (now 0), n_init=3 (now 1), a larger clipnorm" in says
    for other in ({"lowest": 0.6}, {"lowest": 0.37, "noisy": True}, {}):
        assert "constant answer" not in found(stuck, **other)


def test_a_fit_that_does_not_learn_few_samples_by_heart_got_stuck():
    stuck = {"loss": [1.0, 1.0, 0.97, 0.95, 0.95]}
    says = found(stuck, by_heart=True)["constant answer"]
    assert "got stuck: its loss ended at 0.95 times that of a constant answer. So few samples are learnt by" in says
    assert "Try another random_state (now 0), n_init=3 (now 1), a larger clipnorm" in says
    assert found({"loss": [1.0, 1.0, 0.97, 0.89, 0.89]}, by_heart=True) == {}
    assert found(stuck, by_heart=True, equal=(3, 0.6)) == {}  # equal sequences with several labels each
    assert found(stuck, by_heart=True, parameters={"l2": 1.0}) == {}


def test_limit_of_rare_classes():
    learnt = {"loss": [1.0, 0.9, 0.8, 0.7, 0.6]}
    says = found(learnt, n_others=9, uncut_epochs=100)["rare classes"]
    assert "gave Model 5 of its 100 epochs" in says
    assert "only 9 sample(s) outside the most frequent class" in says
    weighed = "class_weight='balanced' (now None), which labels more samples as rare, but makes that too probable"
    assert f"Try {weighed}, or epochs=100 (now 5), and compare by" in says
    assert found(learnt, n_others=10, uncut_epochs=100) == {}
    assert found(learnt, n_others=9, uncut_epochs=5) == {}
    balanced = found(learnt, n_others=9, uncut_epochs=100, parameters={"class_weight": "balanced"})["rare classes"]
    assert "Try epochs=100 (now 5), and compare by" in balanced


def test_limits_of_rare_classes_that_are_learnt_by_heart():
    """In all epochs, because too few of them were held out to show it."""
    known, by_heart = {"n_others": 9, "uncut_epochs": 5}, {"loss": [1.0, 0.8, 0.6, 0.4, 0.1]}
    says = found(by_heart, lowest=0.72, **known)["rare classes"]
    assert "left it all 5 epochs, but held out only 9 sample(s) outside the most frequent class" in says
    assert "was 0.72 times that of a constant. Try class_weight='balanced' (now None), which labels" in says
    assert "too probable, or X_val and y_val with 10 such samples or more, and compare by" in says
    balanced = found(by_heart, lowest=0.72, parameters={"class_weight": "balanced"}, **known)["rare classes"]
    assert "Try X_val and y_val" in balanced
    assert found(by_heart, lowest=0.5, **known) == {}  # they are well predicted
    assert found({"loss": [1.0, 0.9, 0.8, 0.7, 0.6]}, lowest=0.72, **known) == {}  # hardly more is learnt
    assert found(by_heart, lowest=0.72, n_others=10, uncut_epochs=5) == {}  # others are enough


def test_of_rare_classes_that_are_told_by_nothing_the_remedy_for_motifs_is_named():
    letters = {"parameters": {"analyzer": "char", "class_weight": "balanced"}, "of": "SequenceClassifier"}
    learnt, known = {"loss": [1.0, 0.98, 0.97, 0.96, 0.95]}, {"n_others": 8, "uncut_epochs": 100, "noisy": True}
    says = found(learnt, lowest=0.98, **known, **letters)["rare classes"]
    assert "the loss of what it held out was 0.98 times that of a constant" in says
    assert "TfidfVectorizer" in says
    assert "TfidfVectorizer" not in found(learnt, lowest=0.9, **known, **letters)["rare classes"]
    assert "TfidfVectorizer" not in found(learnt, lowest=0.98, **known)["rare classes"]  # of no letters


@pytest.mark.parametrize(
    ("lowest", "has_epochs", "has_order"), [(0.35, True, False), (0.95, True, True), (1.0, False, True)]
)
def test_a_cut_that_leaves_a_constant_answer_is_named_first(lowest, has_epochs, has_order):
    """Where the trial itself did better; where it did not, X and y are to blame."""
    history = {"loss": [1.0, 1.0, 1.0, 1.0, 1.0], "accuracy": [0.8] * 5}
    says = found(history, shares=np.array([0.8, 0.2]), noisy=True, lowest=lowest, n_others=10, uncut_epochs=100)
    for name, rest in (("one class", "class_weight='balanced' (now None), another"), ("constant answer", "another")):
        assert "A trial gave it 5 of 100 epochs." in says[name]
        assert (f"Try epochs=100 (now 5), {rest} learning_rate (now 0.1)" in says[name]) is has_epochs
        assert ("whether X and y are in the same order" in says[name]) is has_order


def test_of_columns_that_tell_more_than_a_cut_fit_both_are_named():
    known = {"columns": (0.1, 0.9, 1), "noisy": True, "uncut_epochs": 100}
    cut = found({"loss": [1.0, 0.8, 0.7, 0.6, 0.6]}, lowest=0.35, **known)["columns"]
    assert "A trial gave it 5 of 100 epochs. Try epochs=100 (now 5), or make_pipeline(" in cut
    noise = found({"loss": [1.0, 0.8, 0.7, 0.6, 0.6]}, lowest=0.95, **known)["columns"]
    assert "Try make_pipeline(" in noise


def test_what_no_trial_cut_is_not_named():
    says = found({"loss": [1.0] * 5, "accuracy": [0.8] * 5}, shares=np.array([0.8, 0.2]), uncut_epochs=5)
    assert not any("trial" in message for message in says.values())


def test_limits_of_what_was_learnt_by_heart():
    """A trial that ended early, or a fit whose own loss hardly fell, may not have learnt anything yet."""
    learnt = {"loss": [1.0, 0.9, 0.8, 0.7, 0.6]}
    assert (
        "at best, the loss of those that its trial held out was 1.1 times that of a constant. Try"
        in (found(learnt, held_out=1.1, whole_trial=True)["held-out samples"])
    )
    assert set(found(learnt, held_out=1.1, noisy=True)) == {"held-out samples"}
    assert (
        "held out was no better than that of a constant. Try"
        in (found(learnt, held_out=1.004, noisy=True)["held-out samples"])
    )
    assert found(learnt, held_out=1.1, noisy=True, above_chance=True) == {}
    assert found(learnt, held_out=1.1) == {}
    assert found(learnt, held_out=0.99, whole_trial=True, noisy=True) == {}
    assert found({"loss": [1.0, 0.98, 0.96, 0.94, 0.94]}, held_out=1.1, whole_trial=True) == {}


def test_features_that_may_be_timesteps_are_named_where_nothing_holds_for_others():
    learnt = {"loss": [1.0, 0.9, 0.8, 0.7, 0.6]}
    says = found(learnt, held_out=1.1, noisy=True, wide=(2, 150))["held-out samples"]
    assert "Try whether axis 1 of X, read as 2 timestep(s) of 150 features, is time, whether X and y are in" in says
    assert "axis" not in found(learnt, held_out=1.1, noisy=True)["held-out samples"]
    says = found(learnt, held_out=1.1, noisy=True, wide=(2, 150), grouped=True)["held-out samples"]
    assert says.index("Try whether axis 1") < says.index("X without what is a group's own")


@pytest.mark.parametrize(("longest", "runs"), [(9, (3, 6)), (6, (3, 6)), (4, (3, 4)), (3, None), (2, None)])
def test_motifs_are_no_longer_than_texts(longest, runs):
    """Of texts of three letters all would be one motif; of two there would be none."""
    letters = {"of": "SequenceClassifier", "parameters": {"analyzer": "char"}, "longest": longest}
    nothing, by_heart = {"loss": [1.0] * 5}, {"loss": [1.0, 0.9, 0.8, 0.7, 0.6]}
    messages = [*found(nothing, **letters).values(), *found(by_heart, held_out=1.1, noisy=True, **letters).values()]
    assert len(messages) == 2
    for message in messages:
        assert (counter_of(message).ngram_range if "TF-IDF" in message else None) == runs


OF_WORDS = {"of": "SequenceClassifier", "parameters": {"analyzer": "word", "pooling": "mean", "epochs": 5}}
CUT_EARLY = {"most_epochs": 5, "uncut_epochs": 100, "noisy": True}


def test_a_trial_that_ends_a_fit_of_words_early_says_what_else_there_is():
    learnt = {"loss": [1.0, 0.9, 0.8, 0.7, 0.6]}
    says = found(learnt, held_out=0.97, **CUT_EARLY, **OF_WORDS)
    assert set(says) == {"early cut"}
    assert says["early cut"].startswith(
        "SequenceClassifier may have learnt little: a trial gave it 5 of 100 epochs. At best, the loss of what it held "
        "out was 0.97 times that of a constant. Try TF-IDF of words and pairs of neighbours with a linear model"
    )
    assert "decides, pooling='attention' (now 'mean'), epochs=100 (now 5), whose probabilities" in says["early cut"]
    with_attention = {**OF_WORDS, "parameters": {"analyzer": "word", "pooling": "attention"}}
    says = found(learnt, held_out=0.97, **CUT_EARLY, **with_attention)["early cut"]
    assert "pooling" not in says
    assert "decides, epochs=100 (now 5)," in says


@pytest.mark.parametrize(
    "other", [{"held_out": 0.6}, {"held_out": None}, {"uncut_epochs": 8}, {"of": "SequenceRegressor"}]
)
def test_other_fits_of_words_are_not_called_cut_too_early(other):
    learnt = {"loss": [1.0, 0.9, 0.8, 0.7, 0.6]}
    assert found(learnt, **{"held_out": 0.97, **CUT_EARLY, **OF_WORDS, **other}) == {}
    assert found(learnt, held_out=0.97, **CUT_EARLY, of="SequenceClassifier", parameters={"analyzer": "char"}) == {}


def test_words_that_do_no_better_than_a_constant_are_told_of_once():
    learnt = {"loss": [1.0, 0.9, 0.8, 0.7, 0.6]}
    (check,) = diagnosed(learnt, held_out=1.1, **CUT_EARLY, **OF_WORDS).told
    assert check.name == "held-out samples"
    assert "more samples, or TF-IDF of words and pairs of neighbours with a linear model: sklearn." in check.message
    assert "epochs=100" in check.message
    whole = diagnosed(learnt, held_out=1.1, whole_trial=True, **OF_WORDS).told[0].message
    assert "pooling='attention' (now 'mean'), whose" in whole
    assert "epochs=" not in whole


def test_limits_of_levels_that_lie_apart():
    """They are told of poor fits only: of those that learnt little, or nothing that holds."""
    poor, good = {"loss": [1.0, 0.98, 0.96, 0.95, 0.95]}, {"loss": [1.0, 0.7, 0.6, 0.5, 0.5]}
    message = found(poor, levels=(2, 70.3))["levels"]
    assert message.startswith(
        "Model learnt little. The levels of sequences in feature 2 of X differ by 70.3 times what"
    )
    rising = found(poor, levels=(2, 70.3), steps="np.diff(x, axis=0, prepend=x[:1])")["levels"]
    assert "Try the steps of this feature" in rising
    assert "mean" not in rising
    assert found(poor, levels=(2, 9.9)) == found(good, levels=(2, 70.3)) == found(poor) == {}
    assert set(found(good, levels=(0, 70.3), held_out=0.95)) == {"levels"}
    assert found(good, levels=(0, 70.3), held_out=0.85) == {}


def test_limits_of_levels_that_are_learnt_by_heart():
    """Of fits that look good: those that err far more at other levels, where movements tell twice as much."""
    good = {"loss": [1.0, 0.7, 0.3, 0.1, 0.01]}
    message = found(good, levels=(2, 70.3), other_levels=(0.01, 0.002, 0.2))["levels"]
    assert message.startswith(
        "The levels of sequences in feature 2 of X differ by 70.3 times what one of them moves, and Model may have "
        "learnt levels by heart. If each has the level of another one, it leaves 0.2 of the squared errors of a "
        "constant answer in training, not 0.002. A linear model of movements alone leaves 0.01 in samples that it has "
    )
    for other_levels in ((0.01, 0.002, 0.05), (0.051, 0.002, 0.2), (0.05, 0.002, 2), (0.01, 0.19, 0.2)):
        assert found(good, levels=(2, 70.3), other_levels=other_levels) == {}
    assert found(good, levels=(2, 9.9), other_levels=(0.01, 0.002, 0.2)) == {}


def test_limits_of_levels_beside_which_steps_tell_labels():
    """With four classes, the most frequent of which is 0.45 of all, a fit that is right in 0.8."""
    fair, shares = {"loss": [1.0, 0.7, 0.5, 0.4, 0.4], "token_accuracy": [0.8] * 5}, np.array([0.45, 0.25, 0.2, 0.1])
    known = {"levels": (1, 27.2), "shares": shares}
    message = found(fair, shares_told=(0.14, 0.61), **known)["levels"]
    assert "movements hardly count. But these tell labels: a random forest that sees only by how much" in message
    assert "in 61 % of other timesteps, one that sees their values in 14 %. Try these differences in place" in message
    assert found(fair, shares_told=(0.14, 0.54), **known) == found(fair, shares_told=(0.52, 0.61), **known) == {}
    assert found(fair, shares_told=(0.14, 0.61), **known | {"levels": (1, 9.9)}) == {}
    rising = found(fair, shares_told=(0.14, 0.61), steps="np.diff(x, axis=0, prepend=x[:1])", **known)["levels"]
    assert "Try the steps of this feature" in rising


def test_limits_of_what_wanders():
    losses = {"loss": [1.0, 0.7, 0.6, 0.5, 0.5]}
    message = found(losses, by_steps=2.04)["wandering"]
    assert "log-densities that are higher by 2.0 than those learnt. Try to learn the steps, [np.diff(" in message
    assert found(losses, by_steps=0.9) == {}


def test_limits_of_flags_together():
    losses = {"loss": [1.0, 0.7, 0.6, 0.5, 0.5]}
    message = found(losses, by_rows=1.86)["together"]
    assert "log-probabilities that are higher by 1.9 than those learnt. Try to learn what is 1 at a timestep" in message
    assert found(losses, by_rows=0.9) == {}


def test_limits_of_levels_that_other_groups_do_not_have():
    good = {"loss": [1.0, 0.7, 0.3, 0.1, 0.1]}
    message = found(good, levels=(2, 70.3), held_out=0.21, grouped=True)["levels"]
    assert "Groups that its trial held out have 0.21 times the loss of a constant, and those in training 0.1" in message
    assert found(good, levels=(2, 70.3), held_out=0.19, grouped=True) == {}
    assert (
        found(good, levels=(2, 70.3), held_out=0.21) == found(good, levels=(2, 9.9), held_out=0.21, grouped=True) == {}
    )
    apart = {"levels": (2, 70.3), "held_out": 0.76, "grouped": True}
    assert "learnt levels by heart" in found(good, other_levels=(0.1, 0.08, 0.22), **apart)["levels"]
    assert found(good, other_levels=(0.37, 0.05, 0.16), **apart) == {}  # errs less than movements alone would
    poor = found(good, held_out=1.5, noisy=True, grouped=True)["held-out samples"]
    assert "Try X without what is a group's own, such as its level: subtract" in poor
    assert "group" not in found(good, held_out=1.5, noisy=True)["held-out samples"]


def test_limits_of_steps_that_tell_more():
    poor = {"loss": [1.0, 0.9, 0.8, 0.7, 0.7], "token_accuracy": [0.4, 0.5, 0.6, 0.6, 0.6]}
    message = found(poor, shares_told=(0.4, 0.91))["steps"]
    assert "is right in 91 % of other timesteps, one that sees their values in 40 %, and Model in 60 % of" in message
    assert "Try these differences in place of X or beside it, in fit and later: np.diff(x, axis=0, " in message
    assert found(poor, shares_told=(0.4, 0.69)) == found(poor, shares_told=(0.85, 0.91)) == found(poor) == {}
    assert found(poor | {"loss": [1.0, 0.7, 0.6, 0.5, 0.4]}, shares_told=(0.4, 0.91)) == {}
    assert found({"loss": poor["loss"]}, shares_told=(0.4, 0.91)) == {}  # a network of one's own


def test_limits_of_gains():
    history = {"loss": [1.0, 0.9, 0.8, 0.7, 0.7], "token_accuracy": [0.6] * 5}
    message = found(history, gains=(1, 29830.9, 0.5, 0.91))["gains"]
    assert "in feature 1 of X: the deviation of some is 29,831 times that of others." in message
    assert "is right in 91 % of the others if each sequence is divided" in message
    assert "in 50 % if not, and Model in 60 % of those in training. Try X without gains, in fit and later: " in message
    assert found(history, gains=(1, 1e4, 0.5, 0.69)) == found(history, gains=(1, 1e4, 0.85, 0.91)) == {}
    assert found({"loss": history["loss"]}, gains=(1, 1e4, 0.5, 0.91)) == {}


def test_patients_of_sizes_that_are_learnt_by_heart():
    """Ten of them, three nights each: what the remedy makes is told no more, nor are sizes that decide labels."""
    rng = np.random.RandomState(0)
    deep = np.repeat(rng.randint(0, 2, (30, 10)), 4, axis=1)
    power = np.repeat(rng.lognormal(0, 0.8, (10, 1)), 3, axis=0) * (1 + deep) * rng.lognormal(0, 0.1, (30, 40))
    model = SequenceTagger(units=4, epochs=5, random_state=0)
    (message,) = [message for message, _ in told(model, power, deep) if "have sizes of their own" in message]
    code = re.search(r"later: (.*) of an array", message)[1]
    without = [eval(code, {"np": np, "x": x}) for x in power[:, :, None]]
    np.testing.assert_allclose(eval(code, {"np": np, "x": 1e-17 * power[0, :, None]}), without[0])  # as of fluxes
    np.testing.assert_array_equal(eval(code, {"np": np, "x": np.zeros((4, 2), np.float32)}), 0)
    assert all("sizes" not in message for message, _ in told(model, without, list(deep)))
    assert all("sizes" not in message for message, _ in told(model, power, 1 * (power > 1.5)))


def test_songs_of_one_gain_each():
    """Their channels keep their proportions by one size of all; sizes of each take these, and tell less."""
    rng = np.random.RandomState(0)
    chords = (rng.randint(0, 3, (40, 1)) + rng.randint(0, 2, (40, 40))) % 3  # two of three in each song
    songs = (1 + 0.6 * np.eye(3)[chords]) * rng.lognormal(0, 0.1, (40, 40, 3)) * rng.lognormal(0, 1.2, (40, 1, 1))
    model = SequenceTagger(units=4, epochs=5, random_state=0)
    (message,) = [message for message, _ in told(model, songs, chords) if "have sizes of their own" in message]
    assert "of their own over all features of X" in message
    code = re.search(r"later: (.*) of an array x, one size of all", message)[1]
    without = [eval(code, {"np": np, "x": x}) for x in songs]
    np.testing.assert_allclose(without[0], songs[0] / songs[0].mean())
    np.testing.assert_array_equal(eval(code, {"np": np, "x": np.zeros((4, 2), np.float32)}), 0)
    assert all("sizes" not in message for message, _ in told(model, without, list(chords)))
    loud = 1 * (songs.mean(axis=2) > 1)
    assert all("sizes" not in message for message, _ in told(model, songs, loud))


def test_limits_of_sizes():
    history, shares = {"loss": [0.5] * 5, "token_accuracy": [0.99] * 5}, np.array([0.6, 0.4])
    message = found(history, sizes=(1, 9.04, 0.7, 0.88, 0.01), shares=shares)["sizes"]
    assert "in feature 1 of X, and Model may have learnt them by heart: the mean size of some is 9 times" in message
    assert "is right in 88 % of those of other sequences if each sequence is divided" in message
    for silent in ((0.84, 0.88, 0.01), (0.7, 0.88, 0.07), (0.4, 0.64, 0.01), (0.88, 0.7, 0.01)):
        assert found(history, sizes=(1, 9.0, *silent), shares=shares) == {}


def test_limits_of_columns_that_tell_more():
    """The linear model leaves less than half of what the fit leaves, and that is more than a fifth."""
    any_loss = {"loss": [1.0, 0.7, 0.5, 0.4, 0.3]}
    message = found(any_loss, columns=(0.19, 0.4, 1))["columns"]
    assert message.startswith("Model leaves 0.4 of the squared errors of a constant answer in training. A linear model")
    assert "leaves 0.19 in samples that it has not seen. X may be a table" in message
    assert "Try make_pipeline(StandardScaler(), RidgeCV()) of" in message
    assert found(any_loss, columns=(0.21, 0.4, 1)) == found(any_loss, columns=(0.01, 0.19, 1)) == found(any_loss) == {}
    assert found(any_loss, columns=(0.0, 0.0, 1)) == {}
    message = found(any_loss, columns=(0.19, 0.4, 1), shares=np.array([0.5, 0.5]))["columns"]
    assert "leaves 0.4 of the wrong labels" in message
    assert "LogisticRegression()" in message


def test_limits_of_columns_that_surely_tell_where_nothing_holds_for_others():
    """Then the linear model need not leave half, but less than a constant by 2.5 standard errors."""
    learnt, shares = {"loss": [1.0, 0.9, 0.8, 0.7, 0.6]}, np.array([0.5, 0.5])
    known = {"columns": (0.6, 0.5, 0.15), "held_out": 1.02, "noisy": True, "shares": shares}
    message = found(learnt, **known)["columns"]
    assert "does not hold for other samples. Try make_pipeline(StandardScaler(), RidgeClassifierCV(np.log" in message
    for silent in ({"columns": (0.6, 0.5, 0.17)}, {"held_out": 0.99}, {"above_chance": True}, {"grouped": True}):
        assert "columns" not in found(learnt, **known | silent)


def test_limits_of_summaries_that_tell_more():
    """The linear model leaves less than half of what the trial left, and that is more than a fifth."""
    any_loss = {"loss": [1.0, 0.7, 0.5, 0.4, 0.3]}
    message = found(any_loss, summaries=(0.19, 0.4))["summaries"]
    assert message.startswith(
        "A trial of Model left 0.4 of the squared errors of a constant answer in samples that it held out. There a "
        "linear model of the length, mean, deviation, least, largest, first and last value of each sequence leaves "
        "0.19. Try "
        "make_pipeline(StandardScaler(), RidgeCV()) of scikit-learn, on np.array([np.r_[x.mean(0), "
    )
    assert found(any_loss, summaries=(0.21, 0.4)) == found(any_loss, summaries=(0.01, 0.19)) == {}
    assert found(any_loss, summaries=(0.0, 0.0)) == {}
    message = found(any_loss, summaries=(0.19, 0.4), shares=np.array([0.5, 0.5]))["summaries"]
    assert "left 0.4 of the wrong labels" in message
    assert "LogisticRegression()" in message


def test_limits_of_columns_that_tell_more_than_a_trial():
    """The same as those of summaries."""
    any_loss = {"loss": [1.0, 0.7, 0.5, 0.4, 0.3]}
    message = found(any_loss, columns_in_trial=(0.19, 0.4))["columns in a trial"]
    assert message.startswith(
        "A trial of Model left 0.4 of the squared errors of a constant answer in samples that it held out. There a "
        "linear model to which every timestep of X is a column of its own leaves 0.19. X may be a table"
    )
    assert message.endswith("where y is what follows each window of a series, skseq.Seq2SeqRegressor().fit(X, y).")
    assert found(any_loss, columns_in_trial=(0.21, 0.4)) == found(any_loss, columns_in_trial=(0.01, 0.19)) == {}
    message = found(any_loss, columns_in_trial=(0.19, 0.4), shares=np.array([0.5, 0.5]))["columns in a trial"]
    assert message.endswith("LogisticRegression()) of scikit-learn, on np.reshape(X, (len(X), -1)).")


@pytest.mark.parametrize("name", ["summaries", "columns_in_trial"])
def test_a_trial_that_got_stuck_tells_nothing_of_a_fit_that_did_not(name):
    known = {name: (0.1, 0.9), "stuck_trial": True}
    assert name.replace("_in_", " in a ") in found({"loss": [1.0] * 5}, **known)
    assert found({"loss": [1.0, 0.8, 0.6, 0.5, 0.4]}, **known) == {}


def test_a_trial_that_ended_early_tells_no_columns_of_a_longer_fit():
    known = {"columns_in_trial": (0.1, 0.9)}
    assert found({"loss": [0.6] * 5}, tried_epochs=4, **known) == {}
    assert [*found({"loss": [0.6] * 5}, tried_epochs=5, **known)] == ["columns in a trial"]


def test_columns_are_told_once():
    diagnosis = diagnosed({"loss": [1.0] * 5}, columns=(0.01, 1.0, 1), columns_in_trial=(0.01, 1.0))
    assert [check.name for check in diagnosis.found] == ["constant answer", "columns", "columns in a trial"]
    assert [check.name for check in diagnosis.told] == ["columns"]


def test_summaries_explain_why_little_was_learnt():
    diagnosis = diagnosed({"loss": [1.0] * 5}, summaries=(0.01, 1.0))
    assert [check.name for check in diagnosis.found] == ["constant answer", "summaries"]
    assert [check.name for check in diagnosis.told] == ["summaries"]


OF_PAIRS = {"units": 64, "cell": "lstm"}


def test_limits_of_counted_pairs_that_tell_more():
    """They have 0.05 nats less per token, and 2.5 standard errors; and the trial did not end because all is learnt."""
    any_loss = {"loss": [4.0, 3.5, 3.2, 3.1, 3.0]}
    message = found(any_loss, 4.5, pairs=(3.8, 3.9, 0.03), parameters=OF_PAIRS)["pairs"]
    assert message.startswith(
        "Counted pairs of neighbours tell the next token better than Model: in held-out sequences, they have a mean "
        "log-likelihood of -3.8 per token, and Model had -3.9 at best. Try units=256 (now 64), cell='gru' (now "
        "'lstm'), or more sequences, or these counts: "
    )
    for silent in ((3.8, 3.84, 0.001), (3.8, 3.9, 0.05), (0.5, 0.8, 0.01), (3.9, 3.8, 0.001)):
        assert found(any_loss, 4.5, pairs=silent, parameters=OF_PAIRS) == {}
    cut = {"uncut_epochs": 15, "parameters": OF_PAIRS}  # which does better than its trial
    assert found(any_loss, 4.5, pairs=(3.8, 3.89, 0.01), **cut) == {}
    assert "epochs" not in found(any_loss, 4.5, pairs=(3.8, 3.91, 0.01), **cut)["pairs"]
    assert found({"loss": [4.0] * 4}, 4.5, pairs=(3.8, 3.9, 0.03), parameters=OF_PAIRS) == {}


def test_advice_beside_counted_pairs_is_of_what_may_be_changed():
    def advice(n_epochs=15, **given):
        history = {"loss": np.linspace(4, 3, n_epochs)}
        message = found(history, 4.5, pairs=(3.8, 3.9, 0.03), parameters=OF_PAIRS | given)["pairs"]
        return re.search("Try (.*?),? or more sequences", message.replace("Try more", "Try , or more"))[1]

    assert advice() == "units=256 (now 64), cell='gru' (now 'lstm'), epochs=5 (now 5)"
    assert advice(units=256, cell="gru") == "epochs=5 (now 5)"
    assert advice(5, units=(64, 256), cell="auto") == "units=256 (now (64, 256))"
    assert advice(5, units=512, cell="auto") == ""


LEVELS = np.random.RandomState(0).randn(120)
AROUND = [level + 0.3 * np.random.RandomState(i).randn(2 + i % 2) for i, level in enumerate(LEVELS)]


@pytest.fixture
def of_levels(monkeypatch):
    """What a fit of few updates tells of summaries, and its warning."""
    for of in (SequenceRegressor, SequenceClassifier):
        monkeypatch.setattr(of, "_auto_epochs", (1, 5, 5))

    def tells(of, y=LEVELS, X=AROUND, **given):
        model = of(**PLAIN, learning_rate=1e-5, n_iter_no_change=1, random_state=0)
        return [message for message, _ in told(model, X, y, **given) if "There a linear model of the" in message]

    return tells


def test_what_summaries_tell_is_told_and_the_advice_works(of_levels):
    [message] = of_levels(SequenceRegressor)
    code = re.search(r"Try (make_pipeline\(.*\)) of scikit-learn, on (np\.array\(.*\]\)), or", message)
    known = {"make_pipeline": make_pipeline, "StandardScaler": StandardScaler, "RidgeCV": RidgeCV}
    model, table = eval(code[1], known), eval(code[2], {"np": np, "skseq": skseq, "X": AROUND})
    assert model.fit(table[:60], LEVELS[:60]).score(table[60:], LEVELS[60:]) > 0.8
    assert len(of_levels(SequenceClassifier, y=LEVELS > 0)) == 1
    assert len(of_levels(SequenceRegressor, groups=np.arange(120) // 2)) == 1


CUBE = np.random.RandomState(0).randn(4, 5, 2)


@pytest.mark.parametrize(
    ("X", "arrays"),
    [
        (list(CUBE), CUBE),
        (CUBE, CUBE),
        (CUBE[..., 0], CUBE[..., 0]),
        (pd.DataFrame(CUBE[..., 0]).add_prefix("t"), CUBE[..., 0]),
        (pl.DataFrame(CUBE[..., 0]), CUBE[..., 0]),
        (pd.Series(CUBE[..., 0].tolist()), CUBE[..., 0]),
        ([pd.DataFrame(own) for own in CUBE], CUBE),
        (
            np.ma.array(CUBE[..., 0], mask=np.arange(5) >= [[5], [2], [3], [4]]),
            [x[:n, 0] for x, n in zip(CUBE, (5, 2, 3, 4))],
        ),
    ],
    ids=["list", "features", "array", "frame", "polars", "lists in cells", "frames", "masked"],
)
def test_code_for_summaries_reads_every_container(X, arrays):
    message = found({"loss": [1.0, 0.7, 0.5, 0.4, 0.3]}, summaries=(0.19, 0.4))["summaries"]
    code = re.search(r", on (np\.array\(.*\]\)), or", message)[1]
    by_hand = [np.r_[x.mean(0), x.std(0), x.min(0), x.max(0), x[0], x[-1], len(x)] for x in arrays]
    np.testing.assert_allclose(eval(code, {"np": np, "skseq": skseq, "X": X}), by_hand)


def test_what_summaries_do_not_tell(of_levels):
    assert of_levels(SequenceRegressor, y=np.random.RandomState(1).randn(120)) == []
    assert of_levels(SequenceClassifier, y=np.arange(120) // 2 % 2) == []
    assert of_levels(SequenceRegressor, sample_weight=np.arange(120) + 1.0) == []
    assert of_levels(SequenceClassifier, y=LEVELS > 0, X=[["a", "b"] if x > 0 else ["b", "a"] for x in LEVELS]) == []


CHAINS = [[f"p{(a + k) % 20}" for k in range(3 + a % 5)] for a in range(120)]
SHUFFLED = [[f"p{i}" for i in np.random.RandomState(a).randint(0, 20, 3 + a % 5)] for a in range(120)]


@pytest.fixture
def of_pairs(monkeypatch):
    """What a fit of few updates tells of counted pairs."""
    monkeypatch.setattr(SequenceGenerator, "_auto_epochs", (1, 5, 5))

    def tells(X=CHAINS, *, given=(), **parameters):
        model = SequenceGenerator(units=2, learning_rate=1e-5, n_iter_no_change=1, random_state=0, **parameters)
        return [message for message, _ in told(model, X, **dict(given)) if "Counted pairs" in message]

    return tells


def test_what_counted_pairs_tell_is_told_and_the_code_works(of_pairs):
    [message] = of_pairs()
    parts = r"counts: (follows = .*), then (follows.*) for each x of X and each a, b of (itertools.*), and (.*)\.$"
    first, each, neighbours, best = re.search(parts, message).groups()
    code = f"{first}\nfor x in X:\n    for a, b in {neighbours}: {each}\na = 'p3'\nbest = {best}"
    known = {"collections": collections, "itertools": itertools, "X": CHAINS}
    exec(code, known)
    assert [token for token, _ in known["best"]] == ["p4"]


def test_counted_pairs_are_told_of_validation_data_too(of_pairs):
    assert len(of_pairs(early_stopping=True)) == len(of_pairs(epochs=5, given={"X_val": CHAINS})) == 1
    assert len(of_pairs(given={"y": ["a", "b"] * 60})) == 1
    assert len(of_pairs([list(itertools.chain(*CHAINS))], window=10, early_stopping=True)) == 1


def test_what_counted_pairs_do_not_tell(of_pairs):
    assert of_pairs(SHUFFLED) == of_pairs(SHUFFLED, early_stopping=True) == []
    assert of_pairs(epochs=5) == []  # nothing is held out
    assert of_pairs(n_sampled_tokens=5, early_stopping=True) == []
    assert of_pairs(np.random.RandomState(0).randn(120, 5), early_stopping=True) == []


IDS = np.random.RandomState(3).randint(0, 3, (120, 9))
SHARES = (IDS == 1).mean(axis=1) - (IDS == 2).mean(axis=1)
LETTERS = ["".join("aA-"[i] for i in own) for own in IDS]
BY_SHARES = re.compile(r"Try (make_pipeline\(.*\)) of scikit-learn, on X \((\S+\))(, or the one column,)? of a frame")


def test_counts_of_tokens_are_told(of_levels):
    X = [text[: 5 + i % 5] for i, text in enumerate(LETTERS)]
    y = np.array([text.count("a") / len(text) for text in X])
    [message] = of_levels(partial(SequenceRegressor, analyzer="char"), y=y, X=X)
    assert "linear model of the count, the share and the presence of each token in a sequence," in message
    assert of_levels(partial(SequenceRegressor, analyzer="char"), y=1.0 * (IDS[:, 0] > IDS[:, 1]), X=X) == []


@pytest.mark.parametrize(
    ("analyzer", "X"),
    [
        ("char", LETTERS),
        ("char", pd.DataFrame({"text": LETTERS})),
        ("word", [" ".join(text) for text in LETTERS]),
        (None, [[1 if token == "a" else token for token in text] for text in LETTERS]),
        (None, IDS),
        (None, pd.DataFrame(IDS)),
        (list, LETTERS),
    ],
    ids=["text", "frame of text", "words", "lists", "integers", "frame", "function"],
)
def test_code_for_counts_of_tokens_works(analyzer, X):
    history = {"loss": [1.0, 0.7, 0.5, 0.4, 0.3]}
    message = found(history, summaries=(0.19, 0.4), tokens=True, parameters={"analyzer": analyzer})["summaries"]
    code, of_frame, _ = BY_SHARES.search(message).groups()
    X = eval(of_frame, {"np": np, "X": X}) if hasattr(X, "columns") else X
    known = (make_pipeline, make_union, CountVectorizer, Normalizer, Binarizer, StandardScaler, RidgeCV)
    model = eval(code, {one.__name__: one for one in known} | {"analyzer": analyzer})
    assert model.fit(X[:60], SHARES[:60]).score(X[60:], SHARES[60:]) > 0.99


def test_limits_of_counts_that_are_not_poissons():
    history = {"loss": [1.0, 0.7, 0.5, 0.4, 0.3]}
    message = found(history, inside=0.7449)["poisson"]
    assert message.startswith("Of the counts in training, 74% lie in the intervals by loss='poisson' that are to hold")
    assert message.endswith("Intervals and drawn paths are too narrow. Try loss='negative_binomial'.")
    assert found(history, inside=0.75) == found(history) == {}


def test_columns_of_tokens_are_encoded():
    message = found({"loss": [0.5] * 5}, columns=(0.1, 0.4, 1), tokens=True)["columns"]
    assert "at which timestep a token stands" in message
    assert "OneHotEncoder(handle_unknown='ignore'), RidgeCV()) of scikit-learn, on np.array(X)" in message


def test_columns_explain_why_little_was_learnt():
    diagnosis = diagnosed({"loss": [1.0] * 5}, levels=(0, 70.3), columns=(0.01, 1.0, 1))
    assert [check.name for check in diagnosis.told] == ["columns"]


@pytest.mark.parametrize(
    ("history", "shares", "much"),
    [
        ({"loss": [0.21] * 5}, None, True),
        ({"loss": [0.19] * 5}, None, False),
        ({"loss": [0.9] * 5, "accuracy": [0.89] * 5}, [0.5, 0.5], True),
        ({"loss": [0.9] * 5, "accuracy": [0.91] * 5}, [0.5, 0.5], False),
        ({"loss": [0.9] * 4, "accuracy": [0.5] * 4}, [0.5, 0.5], False),
        ({"loss": [0.9] * 5}, [0.5, 0.5], False),
        ({"loss": [0.0] * 5, "accuracy": [1.0] * 5}, [1.0], False),
        ({"loss": [0.3] * 5, "token_accuracy": [0.89] * 5}, [0.5, 0.5], True),
    ],
)
def test_more_than_a_fifth_of_the_errors_is_much(history, shares, much):
    constant = ConstantAnswer(loss=1.0, shares=None if shares is None else np.array(shares))
    facts = Facts(of="Model", n_epochs=len(history["loss"]), most_epochs=5, early_stopping=False, constant=constant)
    assert leaves_much(history, facts) == much


TABLE = np.random.RandomState(0).randn(60, 6)
DIFFERENCE = TABLE[:, 0] - TABLE[:, -1]


@pytest.fixture
def of_table(monkeypatch):
    """Whether a fit of few updates tells of columns, which are hardly learnt in some, and exact for a linear model."""
    for of in (SequenceRegressor, SequenceClassifier):
        monkeypatch.setattr(of, "_auto_epochs", (1, 5, 5))

    def tells(of, X=TABLE, y=DIFFERENCE, sample_weight=None, **parameters):
        model = of(**PLAIN | {"pooling": "mean", "random_state": 0} | parameters)  # "concat" learns such tables
        return any("column of its own" in message for message, _ in told(model, X, y, sample_weight=sample_weight))

    return tells


def test_a_table_is_told_to_whoever_gives_it_as_sequences(of_table):
    assert of_table(SequenceRegressor)
    assert of_table(SequenceClassifier, y=DIFFERENCE > 0)
    assert of_table(SequenceClassifier, y=np.where(DIFFERENCE > 0, "up", "down"))
    assert of_table(SequenceRegressor, X=np.stack([TABLE, -TABLE], axis=2))


def test_windows_are_told_that_a_trial_learns_worse_than_a_linear_model(monkeypatch):
    """Whatever their fit leaves in training."""
    monkeypatch.setattr(SequenceRegressor, "_auto_epochs", (1, 40, 40))
    monkeypatch.setattr(SequenceRegressor, "_left_by_columns", lambda self, data: None)
    monkeypatch.setattr(Seq2SeqRegressor, "_auto_epochs", (1, 2, 2))
    windows = np.random.RandomState(2).randn(120, 8)
    y = windows @ np.array([1, -1, 1, 0, 0, 1, -1, 1])
    model = SequenceRegressor(units=8, n_conv_layers=0, pooling="mean", n_iter_no_change=5, random_state=0)
    [message] = [own for own, _ in told(model, windows, y) if "every timestep of X is a column" in own]
    assert message.startswith("A trial of SequenceRegressor left")
    code, on, other = re.search(r"Try (.*) of scikit-learn, on (.*), or, where .* (skseq.*).$", message).groups()
    known = {"make_pipeline": make_pipeline, "StandardScaler": StandardScaler, "RidgeCV": RidgeCV}
    X = eval(on, {"np": np, "X": windows})
    assert eval(code, known).fit(X[:60], y[:60]).score(X[60:], y[60:]) > 0.99
    assert eval(other, {"skseq": skseq, "X": windows, "y": y}).predict(windows).shape == (120,)


def test_no_table_is_told_of_other_lengths_weights_or_epochs(of_table):
    assert not of_table(SequenceRegressor, X=[x[: 3 + i % 4] for i, x in enumerate(TABLE)])
    assert not of_table(SequenceRegressor, epochs=1)
    assert not of_table(SequenceRegressor, sample_weight=np.arange(60) + 1.0)
    assert not of_table(SequenceClassifier, y=DIFFERENCE > 0, class_weight="balanced")
    assert not of_table(SequenceClassifier, y=np.stack([DIFFERENCE > 0, DIFFERENCE < 1], axis=1))
    assert not of_table(SequenceRegressor, y=np.random.RandomState(1).randn(60))


def test_what_a_fit_leaves_is_measured_without_dropout():
    """With half of the inputs dropped, the loss in training is far above that of what is then predicted."""
    model = SequenceRegressor(units=16, dropout=0.5, learning_rate=0.02, random_state=0)
    X = np.random.RandomState(0).randn(64, 4)
    assert not any("column" in message for message, _ in told(model, X, X.sum(axis=1)))
    assert model.loss_ > 0.2 * X.sum(axis=1).var() / model._targets.scale.deviation[0] ** 2


def test_one_class_of_noisy_labels_asks_for_no_more_epochs():
    history = {"loss": [1.0, 0.7, 0.6, 0.6, 0.6], "accuracy": [0.9] * 5}
    message = found(history, shares=np.array([0.9, 0.1]), noisy=True)["one class"]
    assert message.endswith("Try whether X and y are in the same order, an X that tells more of y, and more samples.")


def test_levels_explain_why_nothing_was_learnt():
    """What asks for samples in the same order does not come beside the remedy; the table has both."""
    diagnosis = diagnosed({"loss": [1.0] * 5}, levels=(0, 70.3))
    assert [check.name for check in diagnosis.found] == ["constant answer", "levels"]
    assert [check.name for check in diagnosis.told] == ["levels"]


def test_a_loss_that_went_up_asks_for_a_smaller_rate():
    message = found({"loss": [1.0, 2.0, 3.0, 4.0, 5.0]})["constant answer"]
    assert message.endswith("Try a smaller learning_rate (now 0.1).")


def test_which_penalties_are_named():
    flat, rising = {"loss": [1.0] * 5}, {"loss": [1.0, 2.0, 3.0, 4.0, 5.0]}
    smaller = "Try a smaller l1 (now 0.02), a smaller l2 (now 0.01), "
    both = {"l1": 0.02, "l2": 0.01}
    assert smaller + "more epochs" in found(flat, parameters=both)["constant answer"]
    assert smaller + "more epochs" in found(flat, parameters=both, noisy=True)["constant answer"]  # not of noise alone
    assert smaller + "a smaller learning_rate" in found(rising, parameters=both)["constant answer"]
    assert "l2" not in found(flat, parameters={"l2": 0.009})["constant answer"]
    norms = dict.fromkeys(("gradient_norm", "largest_gradient_norm", "largest_weight"), [3.0] * 5)
    clipped = found(flat | norms, parameters=both, clipnorm=1.0)["clipped gradients"]
    assert smaller + "a larger clipnorm" in clipped


@pytest.mark.parametrize(
    ("shares", "weighs"),
    [
        ([0.5, 0.5], False),
        ([0.65, 0.35], False),
        ([0.67, 0.33], True),  # twice the other
        ([0.3, 0.175, 0.175, 0.175, 0.175], False),
        ([0.34, 0.165, 0.165, 0.165, 0.165], True),
        ([0.65, 0.35, 0.0], False),  # a class that does not occur
    ],
)
def test_which_classes_are_to_be_weighed(shares, weighs):
    history = {"loss": [1.0] * 5, "accuracy": [shares[0]] * 5}
    message = found(history, shares=np.array(shares))["one class"]
    assert ("class_weight='balanced'" in message) is weighs


def test_limit_of_a_rising_validation_loss():
    loss = [0.5] * 8
    assert "rising validation loss" in found({"loss": loss, "val_loss": [2, 1, 0.9, 1, 1, 1, 1, 1]})
    assert found({"loss": loss, "val_loss": [2, 1, 1, 0.9, 1, 1, 1, 1]}) == {}  # half of them
    assert found({"loss": loss, "val_loss": [2, 1, 0.99, 1, 1, 1, 1, 1]}) == {}  # it wanders
    assert found({"loss": loss, "val_loss": [2, 1, 0.9, 1, 1, 1, 1, 1]}, early_stopping=True) == {}
    assert found({"loss": loss, "val_loss": [np.nan] * 4 + [0.5, 2, 2, 2]}) == {}  # of a part of the epochs


def test_validation_data_that_do_not_lie_as_in_training():
    """What lies elsewhere is told where the loss is odd, too; labels of other shares have large losses as they are."""
    odd = {"odd_place": "y_val has a median of 2.", "early_stopping": True}
    far = {"loss": [0.1] * 6, "val_loss": [6.0, 4.0, 4.5, 5.0, 4.5, 5.0]}
    message = found(far, **odd)["rising validation loss"]
    assert "y_val has a median of 2. Validation data pass no earlier steps of a Pipeline" in message
    assert "Try to transform them as the training data, in a Pipeline by transform_input=['X_val']" in message
    assert message.endswith("If they are, try training data that lie there, too.")
    rising = found({"loss": [0.1] * 6, "val_loss": [1.0, 2.0, 2.0, 2.0, 2.0, 2.0]}, **odd)["rising validation loss"]
    assert "If they are, try a smaller learning_rate" in rising
    assert found(far, early_stopping=True) == {}
    assert found(far, **odd, shares=np.array([0.5, 0.5])) == {}
    assert found({"loss": [0.6] * 6, "val_loss": far["val_loss"]}, **odd) == {}  # little was learnt
    assert found({"loss": [0.1] * 6, "val_loss": [6.0, 2.9, 4.5, 5.0, 4.5, 5.0]}, **odd) == {}


def falling(n, slope, noise=0.0):
    return (0.4 - slope * np.arange(1 - n, 1) + noise * np.random.RandomState(0).randn(n)).tolist()


def test_limit_of_a_loss_that_falls():
    assert set(found({"loss": falling(20, 0.03)})) == {"still falling"}  # 0.06 in two epochs
    assert found({"loss": falling(20, 0.02)}) == {}
    assert found({"loss": falling(9, 0.1)}) == {}
    assert found({"loss": falling(20, 0.03)}, constant=2.0) == {}
    assert set(found({"loss": np.add(falling(20, 0.03), 2).tolist()})) == {"constant answer"}  # 0.06 of 2.4
    assert found({"loss": falling(20, 0.03)}, most_epochs=21) == {}  # it was stopped
    assert found({"loss": falling(20, 0.03, noise=0.2)}, constant=0.5).keys() <= {"constant answer"}
    assert found({"loss": np.subtract(falling(20, 0.03), 0.3).tolist()}) == {}  # little is left
    assert found({"loss": falling(20, 0.03), "val_loss": [0.5] * 20}) == {}  # no use for what is held out
    assert set(found({"loss": [0.1] * 20, "val_loss": falling(20, 0.03)})) == {"still falling"}


COSINE = ((1 + np.cos(np.pi * np.arange(1, 21) / 20)) / 2).tolist()


def falling_before(end, per_tenth):
    """20 losses that fall in the first 14 epochs, two of which are a tenth, and end flat."""
    return (end + per_tenth / 2 * np.maximum(0, 14 - np.arange(20.0))).tolist()


def test_limit_of_a_loss_that_falls_before_the_rate_does():
    assert set(found({"loss": falling_before(0.2, 0.03), "learning_rate": COSINE})) == {"still falling"}
    assert found({"loss": falling_before(0.2, 0.03), "learning_rate": [1.0] * 20}) == {}  # the end counts
    assert found({"loss": falling_before(0.2, 0.015), "learning_rate": COSINE}) == {}
    assert found({"loss": falling_before(0.05, 0.03), "learning_rate": COSINE}) == {}  # little is left
    assert found({"loss": falling_before(0.2, 0.03), "learning_rate": COSINE}, constant=2.0) == {}
    assert found({"loss": falling_before(0.2, 0.03), "learning_rate": COSINE}, most_epochs=21) == {}
    by_heart = [0.9, 0.62, 0.62, 0.61, 0.61, 0.6, 0.6, *np.linspace(0.6, 0.3, 10), 0.3, 0.3, 0.3]
    assert found({"loss": by_heart, "learning_rate": COSINE}) == {}  # faster after it had slowed down
    halved = [1.0] * 14 + [0.125] * 6
    on_plateau = {"learning_rate_schedule": "reduce_on_plateau"}
    assert found({"loss": falling_before(0.2, 0.03), "learning_rate": halved}, parameters=on_plateau) == {}


def test_epochs_of_auto_are_judged_by_new_data_alone():
    """By their training loss, noise that is learnt by heart looks like too few epochs."""
    falls = falling(20, 0.03)
    assert found({"loss": falls}, auto_epochs=True) == {}
    assert set(found({"loss": falls}, auto_epochs=False)) == {"still falling"}
    message = found({"loss": falls, "val_loss": falls}, auto_epochs=True)["still falling"]
    assert "early_stopping" not in message


def test_limit_of_a_mean_that_never_began():
    history = {"loss": [1.0, 0.5, 0.3, 0.2, 0.1, 0.1]}
    of_the_end = {"parameters": {"weight_average": "swa"}}
    message = found(history, most_epochs=8, **of_the_end)["mean of weights"]
    assert "those it keeps are of epoch 6 of 8" in message
    assert message.endswith("Try weight_average='ema' (now 'swa').")
    assert found(history, most_epochs=7, **of_the_end) == {}
    assert found(history, most_epochs=8, parameters={"weight_average": "ema"}) == {}
    assert MEAN_BEGINS == 1 - SWA_SHARE


def test_early_stopping_may_keep_weights_from_before_the_mean():
    history = {"loss": [0.5] * 8, "val_loss": [0.5, 0.4, 0.3, 0.2, 0.2, 0.2, 0.2, 0.2]}
    known = {"parameters": {"weight_average": "swa"}, "early_stopping": True}
    message = found(history, **known)["mean of weights"]
    assert "those it keeps are of epoch 4 of 8" in message
    assert "early_stopping=False" in message
    assert found(history | {"val_loss": [0.3] * 6 + [0.2, 0.3]}, **known) == {}


@pytest.mark.parametrize("fits", ["one class", "calls"])
def test_no_mean_is_asked_for_where_there_is_none(fits):
    model = classifier(epochs=20, weight_average="swa", random_state=0)
    if fits == "one class":
        with pytest.warns(TrainingWarning, match="one class only"):
            model.fit(X, np.zeros(len(Y), int))
    else:
        model.partial_fit(X, Y, classes=[0, 1]).partial_fit(X, Y)
    [check] = [check for check in model.diagnose() if check.name == "mean of weights"]
    assert (check.value, check.found) == (None, False)


def test_a_mean_that_early_stopping_cuts_off():
    model = classifier(epochs=40, early_stopping=True, n_iter_no_change=2, weight_average="swa", random_state=0)
    with pytest.warns(TrainingWarning, match="has no mean of weights: those it keeps are of epoch"):
        model.fit(X, np.random.RandomState(1).permutation(Y))


def test_limit_of_clipping():
    def clipped(norms, clipnorm, **facts):
        history = {"loss": [0.5] * 5, "largest_weight": [1.0] * 5, "largest_gradient_norm": norms}
        history |= {"val_loss": facts.pop("val_loss")} if "val_loss" in facts else {}
        return set(found({**history, "gradient_norm": norms}, clipnorm=clipnorm, **facts))

    assert clipped([9, 8, 7, 5, 6.0], 2.0) == {"clipped gradients"}
    assert clipped([9, 8, 7, 3, 6.0], 2.0) == set()
    assert clipped([9, 8, 7, 5, 6.0], None) == set()
    assert clipped([0.9, 0.8, 1.9, 0.9, 0.9], 0.1) == set()  # clipped on purpose
    assert clipped([9, 8, 7, 2.1, 6.0], 0.1) == {"clipped gradients"}
    assert clipped([9, 8, 7, 5, 6.0], 2.0, unknown_targets=True) == set()  # as `fit` has told
    lasts, ends = [0.9, 0.8, 0.7, 0.6, 0.5], [0.9, 0.59, 0.6, 0.6, 0.6]
    assert clipped([9.0] * 5, 1.0, val_loss=lasts) == {"clipped gradients"}
    assert clipped([9.0] * 5, 1.0, val_loss=ends) == set()  # the rest was noise
    assert clipped([9.0] * 5, 1.0, val_loss=lasts, most_epochs=50) == set()  # early stopping has ended it


def test_limit_of_one_class():
    loss, shares = [0.5] * 6, np.array([0.25, 0.75])
    assert set(found({"loss": loss, "accuracy": [0.1] + [0.75] * 5}, shares=shares)) == {"one class"}
    assert set(found({"loss": loss, "token_accuracy": [0.25] * 6}, shares=shares)) == {"one class"}
    assert found({"loss": loss, "accuracy": [0.75, 0.75, 0.25, 0.75, 0.75, 0.75]}, shares=shares) == {}
    assert found({"loss": loss, "accuracy": [0.75] * 5 + [0.76]}, shares=shares) == {}


def test_a_network_of_the_users_own_is_told_of_its_own_parameters():
    """Its loss may be anything, so that no constant answer is known: falls are measured by the first loss."""
    network = {"network": object()}
    message = found({"loss": falling(20, 0.06)}, constant=None, parameters=network)["still falling"]
    assert message.endswith("Try early_stopping=True (now 'auto'), more epochs (now 5).")
    losses = {"loss": falling(20, 0.06), "val_loss": falling(20, 0.06)}
    message = found(losses, constant=None, parameters=network)["still falling"]
    assert message.endswith("Try more epochs (now 5), a larger network__optimizer__learning_rate.")
    rising = found({"loss": [0.5] * 6, "val_loss": [1, 2, 2, 2, 2, 2]}, constant=None, parameters=network)
    assert rising["rising validation loss"].endswith(
        "Try early_stopping=True (now 'auto'), a smaller network__optimizer__learning_rate."
    )


def test_share_of_the_same_output():
    assert same_output_share([["a"], ["a"], ["b"]]) == pytest.approx(2 / 3)
    assert same_output_share([["a", "b"], ["a"], []]) == 0.5  # an empty output is one, too
    assert same_output_share([["a"]]) is None


@pytest.mark.parametrize("of", ["SequenceGenerator", "LSTMAutoencoderTransformer"])
def test_of_fits_without_y_no_y_is_spoken(of):
    says = found({"loss": [1.0] * 5}, of=of, noisy=True)["constant answer"]
    assert says.endswith("Try sequences whose steps tell of each other, and more of them.")


def test_checks_explain_checks_that_there_are():
    names = [look.name for look in LOOKS]
    assert len(set(names)) == len(names)
    assert {name for look in LOOKS for name in look.explains} - {"all"} <= set(names)
