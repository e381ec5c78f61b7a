"""SequenceClassifier and SequenceRegressor: the network by hand, several outputs, class weights, partial fits."""

import keras
import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.metrics import accuracy_score, r2_score

from skseq import Seq2SeqClassifier, Seq2SeqTransducer, SequenceClassifier, SequenceRegressor, SequenceTagger
from skseq._base.probabilities import logarithms
from skseq.preprocessing import SlidingWindows

pytestmark = pytest.mark.usefixtures("eager")

N_SAMPLES, N_TIMESTEPS = 30, 5
rng = np.random.RandomState(0)
X = rng.randn(N_SAMPLES, N_TIMESTEPS, 2)
Y = rng.randint(3, size=N_SAMPLES)
PAIRS = np.stack([Y, Y % 2], axis=1)
LENGTHS = rng.randint(2, N_TIMESTEPS + 1, size=N_SAMPLES)
RAGGED = [sample[:length] for sample, length in zip(X, LENGTHS)]


SMALL = {"units": 4, "bidirectional": False, "epochs": 1, "random_state": 0}


def classifier(**parameters):
    return SequenceClassifier(**{**SMALL, **parameters})


def regressor(**parameters):
    return SequenceRegressor(**{**SMALL, **parameters})


def softmax(logits):
    odds = np.exp(logits - logits.max(axis=-1, keepdims=True))
    return odds / odds.sum(axis=-1, keepdims=True)


# --- the network ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("pooling", ["last", "mean", "attention", "concat"])
def test_probabilities_are_those_of_a_stock_keras_layer(pooling):
    """keras.layers.LSTM on each unpadded sample, pooled and read out in NumPy."""
    network = {"cell": "lstm", "bidirectional": False, "pooling": pooling}
    model = classifier(**network, dtype="float64", scale_inputs=False).fit(RAGGED, Y)
    weights = model.weights_
    lstm = keras.layers.LSTM(4, return_sequences=True, dtype="float64")
    lstm.build((None, None, 2))
    lstm.set_weights([weights[f"encoder/0/{name}"] for name in ("kernel", "recurrent_kernel", "bias")])
    expected, expected_attention = [], []
    for sample in RAGGED:
        hidden = np.asarray(lstm(sample[None]).numpy())[0]
        if pooling == "attention":  # Yang et al. 2016, equations 5 to 7
            keys = np.tanh(hidden @ weights["attention/key"] + weights["attention/bias"])
            expected_attention.append(softmax(keys @ weights["attention/scale"]))
            pooled = expected_attention[-1] @ hidden
        else:
            parts = {"mean": hidden.mean(axis=0), "largest": hidden.max(axis=0), "last": hidden[-1]}
            pooled = np.concatenate([*parts.values()]) if pooling == "concat" else parts[pooling]
        expected.append(softmax(pooled @ weights["output/kernel"] + weights["output/bias"]))
    np.testing.assert_allclose(model.predict_proba(RAGGED), expected, atol=1e-12)
    if pooling == "attention":
        for own, hand in zip(model.attention_weights(RAGGED), expected_attention):
            np.testing.assert_allclose(own, hand, atol=1e-12)
    else:
        assert not hasattr(model, "attention_weights")


def test_attention_weights_of_arrays():
    weights = classifier(pooling="attention").fit(X, Y).attention_weights(X)
    assert weights.shape == (N_SAMPLES, N_TIMESTEPS)
    np.testing.assert_allclose(weights.sum(axis=1), 1, rtol=1e-5)
    without = classifier(pooling="mean").fit(X, Y)
    with pytest.raises(AttributeError, match=r"'attention_weights'\. This method needs pooling='attention'"):
        without.attention_weights(X)
    assert not hasattr(without.set_params(pooling="attention"), "attention_weights")


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(
    ("n_timesteps", "n_conv_layers"), [(15, 0), (16, 1), (64, 1), (65, 2), (128, 2), (129, 3), (2000, 4)]
)
def test_convolutions_leave_at_most_32_timesteps_if_four_can(n_timesteps, n_conv_layers):
    model = classifier(epochs=1, units=2).fit(np.random.RandomState(0).normal(size=(4, n_timesteps)), [0, 1, 0, 1])
    assert sum(name.startswith("encoder/convolution") for name in model.weights_) == 2 * n_conv_layers
    assert model.weights_["encoder/0/kernel"].shape[0] == (2 if n_conv_layers else 1)


@pytest.mark.usefixtures("untrained")
def test_few_long_sequences_decide_nothing_about_convolutions():
    X = [np.ones(12)] * 18 + [np.ones(600)] * 2
    assert not any("convolution" in name for name in classifier(epochs=1).fit(X, [0, 1] * 10).weights_)
    more = [*X, np.ones(600)]  # 3 of 21 are more than a tenth
    model = classifier(epochs=1).fit(more, [0, 1] * 10 + [0])
    assert sum(name.startswith("encoder/convolution") for name in model.weights_) == 8
    model.partial_fit([np.ones(5)] * 2, [0, 1])  # the first fit decides


@pytest.mark.usefixtures("untrained")
def test_convolutions_read_where_sequences_end_if_lengths_differ():
    """One more channel than X has; the first fit decides, and an encoder, whatever comes later."""
    even = np.random.RandomState(0).normal(size=(4, 16))
    ragged = [*even[:3], even[3, :12]]
    few = {"epochs": 1, "units": 2}

    def n_channels(model):
        return model.weights_["encoder/convolution/0/kernel"].shape[1]

    for first, then, n_read in ((even, ragged, 1), (ragged, even, 2)):
        model = classifier(**few, warm_start=True).fit(first, Y[:4])
        assert n_channels(model) == n_read
        model.partial_fit(then, Y[:4]).fit(then, Y[:4])
        assert n_channels(model) == n_read
        frozen = regressor(**few, encoder=model, freeze=True).fit(then, [1.0, 2, 3, 4])
        started = regressor(**few, encoder=model, warm_start=True).fit(then, [1.0, 2, 3, 4])
        assert n_channels(frozen) == n_channels(started) == n_read
        started.set_params(encoder=None).fit(then, [1.0, 2, 3, 4])  # goes on from its own weights


@pytest.mark.usefixtures("untrained")
def test_equal_lengths_are_the_same_in_any_container():
    even = np.random.RandomState(0).normal(size=(4, 16))
    objects = np.empty(4, object)
    objects[:] = list(even)
    for container in (even, list(even), objects, pd.Series(list(even)), pl.Series(even.tolist())):
        model = classifier(epochs=1, units=2).fit(container, Y[:4])
        assert model.weights_["encoder/convolution/0/kernel"].shape == (8, 1, 2)


def test_ends_are_told_from_zeros_below_convolutions():
    """y is the last value: a window at the end reads one real step or two, and zeros."""
    rng = np.random.RandomState(0)
    samples = [rng.normal(size=length) for length in rng.randint(16, 22, size=100)]
    last = np.array([sample[-1] for sample in samples])
    trained = {"units": 8, "epochs": 20, "learning_rate": 0.03, "bidirectional": True, "n_conv_layers": 1}
    model = regressor(**trained, batch_size=16, pooling="concat").fit(samples, last)
    assert model.score(samples, last) > 0.9


def test_single_timesteps_are_told_below_convolutions():
    """y are the last and the first value of series of several lengths with a spike each."""
    rng = np.random.RandomState(0)
    samples = [20 + 0.5 * rng.randn(length) for length in rng.randint(20, 80, size=240)]
    for sample in samples:
        sample[rng.randint(len(sample))] += 8
    targets = np.array([[sample[-1], sample[0]] for sample in samples])
    model = regressor(units=2, epochs=30, learning_rate=0.01).fit(samples[:120], targets[:120])
    assert model.score(samples[120:], targets[120:]) > 0.95


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(
    ("X_given", "pooling"),
    [
        (np.ones((4, 15)), "concat"),
        (np.ones((4, 64)), "concat"),
        (np.ones((4, 65)), "mean"),
        ([["a"], ["b", "a"], ["b"], ["a"]], "concat"),
    ],
    ids=["measurements", "convolved once", "convolved twice", "tokens"],
)
def test_pooling_by_default(X_given, pooling):
    model = SequenceClassifier(units=2, epochs=1).fit(X_given, [0, 1, 0, 1])
    width = model.weights_["output/kernel"].shape[0]
    assert width == {"mean": 1, "concat": 3}[pooling] * 4  # two directions
    assert not hasattr(model, "attention_weights")
    assert ("output/ends" in model.weights_) is any("convolution" in name for name in model.weights_)
    raw = SequenceClassifier(units=2, epochs=1, scale_inputs=False).fit(X_given, [0, 1, 0, 1])
    for other in ({"pooling": pooling}, {"scale_inputs": False}, {"encoder": raw}):
        without = SequenceClassifier(units=2, epochs=1).set_params(**other).fit(X_given, [0, 1, 0, 1])
        assert "output/ends" not in without.weights_


def test_convolutions_of_tokens_need_an_embedding():
    words = ["ab", "ba", "abba", "baab"]
    model = classifier(n_conv_layers=1, kernel_size=2, embedding_dim=3, analyzer="char").fit(words, [0, 1, 0, 1])
    assert model.weights_["encoder/convolution/0/kernel"].shape == (2, 3, 4)
    with pytest.raises(ValueError, match="n_conv_layers=1 needs numbers at every timestep.*set embedding_dim"):
        classifier(n_conv_layers=1, analyzer="char").fit(words, [0, 1, 0, 1])


@pytest.mark.parametrize("pooling", ["last", "mean", "attention", "concat"])
def test_learns(pooling):
    """The label and the number are the sum of the steps, of sequences of different lengths."""
    rng = np.random.RandomState(1)
    samples = [rng.randn(length) for length in rng.randint(3, 8, size=120)]
    sums = np.array([sample.sum() for sample in samples])
    trained = {"units": 8, "pooling": pooling, "epochs": 30, "learning_rate": 0.03, "batch_size": 32}
    model = classifier(**trained).fit(samples, sums > 0)
    assert model.score(samples, sums > 0) > 0.95
    assert model.classes_.tolist() == [False, True]
    model = regressor(**trained).fit(samples, sums)
    assert model.score(samples, sums) > 0.9


def test_history_and_scores():
    model = classifier().fit(X, Y, X_val=X[:5], y_val=Y[:5])
    assert {"loss", "accuracy", "val_loss", "val_accuracy", "gradient_norm"} <= set(model.history_)
    assert model.score(X, Y) == pytest.approx(accuracy_score(Y, model.predict(X)))
    weight = np.arange(N_SAMPLES)
    expected = accuracy_score(Y, model.predict(X), sample_weight=weight)
    assert model.score(X, Y, sample_weight=weight) == pytest.approx(expected)
    assert model.history_["val_accuracy"][-1] == pytest.approx(model.score(X[:5], Y[:5]))
    targets = X.sum(axis=(1, 2))
    model = regressor().fit(X, targets)
    assert model.score(X, targets) == pytest.approx(r2_score(targets, model.predict(X)))


def test_the_loss_is_the_cross_entropy_and_the_squared_error():
    """A step too small to matter leaves the weights of which the first loss is a mean over samples."""
    still = {"epochs": 1, "learning_rate": 1e-15, "dtype": "float64"}
    model = classifier(**still).fit(X, PAIRS)
    p, q = model.predict_proba(X)
    likelihood = p[np.arange(N_SAMPLES), PAIRS[:, 0]] * q[np.arange(N_SAMPLES), PAIRS[:, 1]]
    assert model.history_["loss"][0] == pytest.approx(-np.log(likelihood).mean() / 2, rel=1e-9)  # a mean over outputs
    targets, weight = X.sum(axis=1), np.arange(N_SAMPLES)
    model = regressor(**still, scale_targets=False).fit(X, targets, sample_weight=weight)
    errors = ((model.predict(X) - targets) ** 2).mean(axis=1)
    assert model.history_["loss"][0] == pytest.approx(np.average(errors, weights=weight), rel=1e-9)


# --- several outputs --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", ["array", "list", "strings"])
def test_several_labels(form):
    y = PAIRS.tolist() if form == "list" else np.array(["no", "yes", "why"])[PAIRS] if form == "strings" else PAIRS
    model = classifier().fit(RAGGED, y)
    assert model.n_outputs_ == 2
    assert [classes.tolist() for classes in model.classes_] == [np.unique(column).tolist() for column in np.array(y).T]
    probs, predicted = model.predict_proba(RAGGED), model.predict(RAGGED)
    assert [p.shape for p in probs] == [(N_SAMPLES, 3), (N_SAMPLES, 2)]
    assert predicted.shape == (N_SAMPLES, 2)
    assert predicted.dtype == np.asarray(y).dtype
    for p, classes, column in zip(probs, model.classes_, predicted.T):
        assert p.dtype == np.float64
        np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-12)
        np.testing.assert_array_equal(classes[p.argmax(axis=1)], column)
    assert model.score(RAGGED, y) == pytest.approx(np.mean((predicted == np.array(y)).all(axis=1)))


@pytest.mark.filterwarnings("ignore:A column-vector y")
@pytest.mark.parametrize("y", [Y, PAIRS, PAIRS[:, :1]], ids=["(n,)", "(n, 2)", "(n, 1)"])
def test_outputs_have_the_form_of_y(y):
    assert classifier().fit(X, y).predict(X).shape == y.shape
    predicted = regressor().fit(X, y).predict(X)
    assert predicted.shape == y.shape
    assert predicted.dtype == np.float64


@pytest.mark.parametrize(
    "labels",
    [np.array(["a", "bb", "c"]), np.array([-5, 0, 9]), np.array(["x", "y", "z"], object), np.array([1.0, 2.0, 3.0])],
)
def test_labels_of_any_type(labels):
    model = classifier().fit(X, labels[Y])
    np.testing.assert_array_equal(model.classes_, labels)
    assert set(model.predict(X)) <= set(labels)


# --- class weights ----------------------------------------------------------------------------------------------------


def assert_same_fit(one, other):
    for name, value in one.weights_.items():
        np.testing.assert_allclose(other.weights_[name], value, atol=1e-6, err_msg=name)


def test_class_weights_are_sample_weights():
    by_class = classifier(class_weight={0: 2, 2: 0.5}).fit(X, Y)
    by_sample = classifier().fit(X, Y, sample_weight=np.array([2, 1, 0.5])[Y])
    assert_same_fit(by_class, by_sample)


ALIKE, HALVES = np.zeros((40, 3)), np.tile([0, 1], 20)


@pytest.mark.parametrize("batch_size", [1, 2, 8])
@pytest.mark.parametrize("weighted", ["samples", "classes"])
def test_weights_count_between_batches_as_within(batch_size, weighted):
    """Of equal sequences with labels half each and weights of 4 to 1, the best probability is 0.8."""
    weights = {"sample_weight": np.where(HALVES == 0, 4.0, 1.0)} if weighted == "samples" else {}
    class_weight = {0: 4, 1: 1} if weighted == "classes" else None
    given = {"batch_size": batch_size, "epochs": 40, "learning_rate": 0.03, "class_weight": class_weight}
    model = classifier(**given, learning_rate_schedule="cosine", early_stopping=False, clipnorm=None)
    assert model.fit(ALIKE, HALVES, **weights).predict_proba(ALIKE[:1])[0, 0] == pytest.approx(0.8, abs=0.05)


def test_weights_in_a_stream_of_single_samples():
    streams = [classifier(learning_rate=0.15, clipnorm=None) for _ in range(2)]
    for sample in range(10):
        label = HALVES[sample % 2 : sample % 2 + 1]
        for model, weight in zip(streams, (4.0 - 3 * label, None)):
            model.partial_fit(ALIKE[:1], label, classes=[0, 1], sample_weight=weight)
    heavier, alike = (model.predict_proba(ALIKE[:1])[0, 0] for model in streams)
    assert alike == pytest.approx(0.5, abs=0.1)
    assert heavier > 0.7


def test_balanced_class_weights():
    """n / (n_classes * count), as scikit-learn has it; samples count by their weight."""
    counts = np.bincount(Y)
    assert_same_fit(
        classifier(class_weight="balanced").fit(X, Y),
        classifier().fit(X, Y, sample_weight=(N_SAMPLES / (3 * counts))[Y]),
    )
    twice = np.where(np.arange(N_SAMPLES) < 6, 2, 1)
    assert_same_fit(
        classifier(class_weight="balanced", batch_size=64).fit(X, Y, sample_weight=twice),
        classifier(class_weight="balanced", batch_size=64).fit(np.repeat(X, twice, axis=0), np.repeat(Y, twice)),
    )


def test_class_weights_of_several_outputs_multiply():
    one, other = np.array([2, 1, 0.5]), np.array([1, 3])
    expected = classifier().fit(X, PAIRS, sample_weight=one[PAIRS[:, 0]] * other[PAIRS[:, 1]])
    assert_same_fit(classifier(class_weight=[{0: 2, 2: 0.5}, {1: 3}]).fit(X, PAIRS), expected)
    counts = [np.bincount(column) for column in PAIRS.T]
    one, other = (N_SAMPLES / (len(count) * count) for count in counts)
    expected = classifier().fit(X, PAIRS, sample_weight=one[PAIRS[:, 0]] * other[PAIRS[:, 1]])
    assert_same_fit(classifier(class_weight="balanced").fit(X, PAIRS), expected)
    assert_same_fit(classifier(class_weight=["balanced", "balanced"]).fit(X, PAIRS), expected)


def test_class_weights_weigh_the_validation_loss_too():
    by_class = classifier(class_weight={0: 2}).fit(X, Y, X_val=X[:9], y_val=Y[:9])
    weight = np.where(Y == 0, 2, 1)
    by_sample = classifier().fit(X, Y, weight, X_val=X[:9], y_val=Y[:9], sample_weight_val=weight[:9])
    np.testing.assert_allclose(by_class.history_["val_loss"], by_sample.history_["val_loss"], rtol=1e-5)


# --- partial fits -----------------------------------------------------------------------------------------------------


def test_partial_fit_of_single_classes():
    model = classifier(class_weight={2: 3, 0: 2})  # a batch need not hold every class that has a weight
    model.partial_fit(RAGGED[:10], np.zeros(10, int), classes=[0, 1, 2]).partial_fit(RAGGED[10:], Y[10:])
    assert model.classes_.tolist() == [0, 1, 2]
    assert len(model.history_["loss"]) == 2
    assert model.predict_proba(RAGGED).shape == (N_SAMPLES, 3)


def test_partial_fit_of_several_outputs():
    model = classifier().partial_fit(X[:4], PAIRS[:4], classes=[[0, 1, 2], [0, 1]]).partial_fit(X, PAIRS)
    assert [len(classes) for classes in model.classes_] == [3, 2]
    same = classifier().partial_fit(X[:4], PAIRS[:4], classes=[0, 1, 2])  # one array for all outputs
    assert [len(classes) for classes in same.classes_] == [3, 3]


@pytest.mark.parametrize("Estimator", [SequenceClassifier, SequenceRegressor])
def test_partial_fit_continues_where_fit_stopped(Estimator):
    small = {**SMALL, "shuffle": False, "batch_size": 15, "learning_rate_schedule": "constant"}
    together = Estimator(**small | {"epochs": 2}).fit(RAGGED, Y)
    apart = Estimator(**small).fit(RAGGED, Y).partial_fit(RAGGED, Y)
    np.testing.assert_allclose(apart.history_["loss"], together.history_["loss"], rtol=1e-6)
    assert_same_fit(together, apart)


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("model", "y", "message"),
    [
        (classifier(), rng.randn(N_SAMPLES), "Unknown label type: continuous"),
        (
            classifier(),
            np.zeros((N_SAMPLES, 2, 2), int),
            r"y has 3 dimensions.*\(n_samples,\) or \(n_samples, n_outputs\)\.",
        ),
        (classifier(), [[1], [1, 2]] * 15, "y holds targets of different lengths"),
        (classifier(class_weight=[{0: 1}] * 3), PAIRS, r"class_weight lists 3 dict\(s\), but y has 2 output\(s\)"),
        (classifier(class_weight=[5]), Y, "class_weight must be a dict, 'balanced' or None.*Got 5"),
        (classifier(class_weight={7: 1}), Y, "class_weight has a weight for 7, which is no label of y: the labels are"),
        (classifier(class_weight={0: -1}), Y, "class_weight must map .* Got 0: -1"),
        (regressor(), np.zeros((N_SAMPLES, 2, 2)), r"y has shape \(30, 2, 2\).*one number, or several, a sequence"),
        (regressor(), np.zeros((N_SAMPLES, 0)), "which holds no target"),
        (regressor(), np.full(N_SAMPLES, np.nan), "Input y contains NaN"),
        (
            regressor(scale_targets=False),
            np.full(N_SAMPLES, 1e300),
            "Input y contains infinity or a value too large for dtype",
        ),
        (regressor(), None, "requires y to be passed"),
        (classifier(), Y[:5], "inconsistent numbers of samples"),
    ],
    ids=lambda value: value[:25] if isinstance(value, str) else "",
)
def test_bad_targets(model, y, message):
    with pytest.raises(ValueError, match=message):
        model.fit(X, y)


def test_windows_tell_the_number_at_every_timestep():
    rng = np.random.RandomState(0)
    X = [rng.randn(n) for n in rng.randint(20, 30, size=20)]
    y = [np.convolve(x, [1.0, 0.5])[: len(x)] for x in X]  # a step, and half of the one before
    for model in (SequenceRegressor(), SequenceTagger(), Seq2SeqTransducer()):
        with pytest.raises(ValueError, match=r"pass windows and targets\[:, -1\].*SlidingWindows\(window=24\).split_s"):
            model.fit(X, y)
    windows, targets, _ = SlidingWindows(window=2).split_series(X[:15], y[:15])
    model = regressor(epochs=15, learning_rate=0.03).fit(windows, targets[:, -1])
    windows, targets, _ = SlidingWindows(window=2).split_series(X[15:], y[15:])
    assert model.score(windows, targets[:, -1]) > 0.9


def test_targets_unlike_those_of_fit():
    model = classifier().fit(X, Y)
    with pytest.raises(ValueError, match="y has shape .* but SequenceClassifier predicts targets of shape"):
        model.score(X, PAIRS)
    for one, message in (
        (PAIRS, "y_val has shape .* fitted on targets of shape"),
        (Y + 5, "y_val contains label.*: 5, 6, 7. Leave such samples out of X_val"),
    ):
        with pytest.raises(ValueError, match=message):
            model.fit(X, Y, X_val=X, y_val=one)
    with pytest.raises(ValueError, match=r"y_val has shape .* \(n_samples, 2\)"):
        regressor().fit(X, PAIRS, X_val=X, y_val=Y)
    for model in (classifier(), regressor()):
        with pytest.raises(ValueError, match="X_val and y_val go together"):
            model.fit(X, Y, X_val=X)


def test_partial_fit_checks_classes():
    with pytest.raises(ValueError, match="classes must be passed on the first call to partial_fit"):
        classifier().partial_fit(X, Y)
    with pytest.raises(ValueError, match="class_weight='balanced' is not supported by partial_fit"):
        classifier(class_weight="balanced").partial_fit(X, Y, classes=[0, 1, 2])
    with pytest.raises(ValueError, match=r"y contains label\(s\) that were not seen in fit: 1"):
        classifier().partial_fit(X, Y, classes=[0, 2])
    with pytest.raises(ValueError, match="is not the same as on last call to partial_fit"):
        classifier().partial_fit(X, Y, classes=[0, 1, 2]).partial_fit(X, Y, classes=[0, 1])


def test_a_part_of_the_data_cannot_balance_classes():
    for class_weight in ("balanced", ["balanced"], [None, "balanced"]):
        with pytest.raises(ValueError, match="class_weight='balanced' is not supported by partial_fit"):
            classifier(class_weight=class_weight).partial_fit(X, PAIRS, classes=[[0, 1, 2], [0, 1]])


def test_log_probabilities_have_the_form_of_probabilities(untrained):
    X = [np.random.RandomState(0).randn(n, 2) for n in (3, 5, 4, 6)]
    small = {"units": 2, "epochs": 1, "random_state": 0}
    single = SequenceClassifier(**small).fit(X, [0, 1, 0, 1])
    np.testing.assert_array_equal(single.predict_log_proba(X), np.log(single.predict_proba(X)))
    several = SequenceClassifier(**small).fit(X, [[0, 0], [1, 1], [0, 0], [1, 0]])
    for logs, probs in zip(several.predict_log_proba(X), several.predict_proba(X), strict=True):
        np.testing.assert_array_equal(logs, np.log(probs))
    tagger = SequenceTagger(**small).fit(X, [["x", "y", *"x" * (len(own) - 2)] for own in X])
    for logs, probs in zip(tagger.predict_log_proba(X), tagger.predict_proba(X), strict=True):
        np.testing.assert_array_equal(logs, np.log(probs))
    rows = np.random.RandomState(0).randn(6, 4)
    positions = Seq2SeqClassifier(**small).fit(rows, np.arange(12).reshape(6, 2) % 3)
    for logs, probs in zip(positions.predict_log_proba(rows), positions.predict_proba(rows), strict=True):
        np.testing.assert_array_equal(logs, np.log(probs))


def test_the_logarithm_of_nothing_is_minus_infinity():
    assert logarithms(np.array([0.0, 1.0])).tolist() == [-np.inf, 0.0]
