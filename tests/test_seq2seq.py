"""Seq2SeqClassifier: forms of X and y, attention, probabilities, weights."""

import numpy as np
import pandas as pd
import pytest

from skseq import Seq2SeqClassifier
from skseq.datasets import make_echo, make_reversed

pytestmark = pytest.mark.usefixtures("eager")

KINDS = [
    {"attention": attention, "decoder": decoder}
    for attention in (False, "bahdanau", "dot")
    for decoder in ("recursive", "direct")
]


SMALL = {"units": 12, "bidirectional": False, "epochs": 1, "batch_size": 120, "random_state": 0}


def small(**parameters):
    return Seq2SeqClassifier(**{**SMALL, **parameters})


@pytest.fixture(scope="module")
def echo():
    """First two of four tokens out of five."""
    return make_echo(120, n_timesteps=4, n_kept=2, cardinality=5, random_state=0)


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_learns_echo(kind):
    X, y = make_echo(240, n_timesteps=3, n_kept=2, cardinality=4, random_state=0)
    model = small(units=24, bidirectional=True, epochs=25, batch_size=32, learning_rate=0.03, **kind).fit(
        X[:160], y[:160]
    )
    assert model.score(X[160:], y[160:]) > 0.9
    assert model.history_["sequence_accuracy"][-1] > 0.9
    assert model.history_["token_accuracy"][-1] >= model.history_["sequence_accuracy"][-1]


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_predict_is_the_argmax_of_the_probabilities(echo, kind):
    X, y = echo
    model = small(**kind).fit(X, y)
    predicted, probs = model.predict(X), model.predict_proba(X)
    assert predicted.shape == y.shape
    for position, p in enumerate(probs):
        assert p.dtype == np.float64
        np.testing.assert_allclose(p.sum(axis=1), 1, rtol=1e-12)
        np.testing.assert_array_equal(model.classes_[position][p.argmax(axis=1)], predicted[:, position])


@pytest.mark.parametrize("attention", [True, "bahdanau", "dot"])
def test_attention_weights(echo, attention):
    X, y = echo
    weights = small(attention=attention).fit(X, y).attention_weights(X[:7])
    assert weights.shape == (7, 2, 4)
    assert (weights >= 0).all()
    np.testing.assert_allclose(weights.sum(axis=2), 1, rtol=1e-5)


def test_true_attention_is_bahdanau(echo):
    X, y = echo
    one, other = (small(attention=attention).fit(X, y) for attention in (True, "bahdanau"))
    np.testing.assert_array_equal(one.attention_weights(X), other.attention_weights(X))
    without = small(attention=False)
    for model in (without, small(attention=False).fit(X, y).set_params(attention="dot")):  # the fit counts
        assert not hasattr(model, "attention_weights")
        with pytest.raises(AttributeError, match="has no attribute 'attention_weights'") as error:
            model.attention_weights(X)
        assert "needs attention=True" in str(error.value)


# --- forms of y -------------------------------------------------------------------------------------------------------


LABELS = {
    "int": np.array([3, 7, 9]),
    "negative": np.array([-2, -1, 5]),
    "str": np.array(["no", "perhaps", "yes"]),
    "bool": np.array([False, True]),
}


@pytest.mark.parametrize("labels", LABELS.values(), ids=LABELS)
def test_labels(labels):
    rng = np.random.RandomState(0)
    index = rng.randint(len(labels), size=90)
    X = index[:, None] + 0.1 * rng.randn(90, 5)
    model = small(epochs=30).fit(X, labels[index])
    np.testing.assert_array_equal(model.classes_, labels)
    assert model.predict(X).dtype == labels.dtype
    assert model.predict_proba(X).shape == (90, len(labels))
    assert model.score(X, labels[index]) > 0.95
    assert model.n_timesteps_out_ == 1


def test_many_different_tokens_are_no_sign_of_a_regression():
    X = np.arange(40).reshape(20, 2)
    assert small(source_type="tokens").fit(X, X).predict(X).shape == (
        20,
        2,
    )  # scikit-learn's warning would be an error here


def test_string_tokens_in_and_out():
    X = np.array([list("abc"), list("bca"), list("cab"), list("acb")] * 10)
    model = small(epochs=60).fit(X, X[:, ::-1])
    assert model.vocabulary_ == {"a": 1, "b": 2, "c": 3}
    np.testing.assert_array_equal(model.predict(X[:4]), X[:4, ::-1])
    assert [list(classes) for classes in model.classes_] == [["a", "b", "c"]] * 3


def test_containers_of_targets_of_one_length():
    """Lists, a Series and an object array of lists or arrays are the array they make."""
    X, y = [[1, 2], [2, 1]] * 6, [[3, 4], [4, 3]] * 6
    expected = small(epochs=1).fit(X, y).predict(X)
    arrays = pd.Series([np.array(target) for target in y])
    for given in (pd.Series(y), arrays, arrays.to_numpy()):
        np.testing.assert_array_equal(small(epochs=1).fit(X, given).predict(X), expected)
    with pytest.raises(ValueError, match="y holds targets of different lengths"):
        small(epochs=1).fit(X, pd.Series([[3], [4, 3]] * 6))
    for mixed in ([[3, "3"], ["3", 3]], [3, "3"]):
        with pytest.raises(ValueError, match=r"y mixes tokens that have no common order \(types int, str\)"):
            small(epochs=1).fit(X, mixed * 6)


def test_one_hot_targets_come_back_one_hot(echo):
    X, y = echo
    one_hot = np.eye(6)[y]  # a sixth class that never occurs
    model = small().fit(X, one_hot)
    predicted, probs = model.predict(X), model.predict_proba(X)
    assert predicted.shape == probs.shape == one_hot.shape
    np.testing.assert_array_equal(predicted.sum(axis=2), 1)
    np.testing.assert_array_equal(predicted.argmax(axis=2), probs.argmax(axis=2))
    tokens = small(classes_per_position=False).fit(X, y)
    wrong = predicted.copy()
    wrong[:30, 1] = np.roll(wrong[:30, 1], 1, axis=1)  # another class at the second position
    assert model.score(X, wrong) == 0.75
    assert len(model.classes_[0]) == 6
    assert len(tokens.classes_[0]) == 5


def test_only_tokens_seen_at_a_position_can_be_predicted_there():
    X = np.arange(40).reshape(20, 2) % 7
    y = np.column_stack([np.tile([1, 2], 10), np.tile([3, 4], 10)])
    model = small().fit(X, y)
    assert [list(classes) for classes in model.classes_] == [[1, 2], [3, 4]]
    free = small(classes_per_position=False).fit(X, y)
    assert [list(classes) for classes in free.classes_] == [[1, 2, 3, 4]] * 2
    for name, value in model.weights_.items():  # training is the same
        np.testing.assert_array_equal(free.weights_[name], value)
    restricted, whole = model.predict_proba(X)[1], free.predict_proba(X)[1]
    assert restricted.shape[1] == 2
    assert whole.shape[1] == 4
    for fitted in (model, free):
        fitted.weights_["output/bias"][0] = 50  # the class 1 is by far the most probable
    assert set(model.predict(X)[:, 1]) <= {3, 4}
    assert set(free.predict(X)[:, 1]) == {1}


def test_score_is_the_share_of_wholly_right_sequences(echo):
    X, y = echo
    model = small().fit(X, y)
    wrong = model.predict(X)
    wrong[:30, 1] = (wrong[:30, 1] + 1) % 5  # of 120 samples, at one of two positions
    assert model.score(X, wrong) == 0.75
    weights = np.arange(len(X))
    assert model.score(X, wrong, sample_weight=weights) == pytest.approx(weights[30:].sum() / weights.sum())
    right = (model.predict(X) == y).all(axis=1)
    assert model.score(X, y) == right.mean()


# --- forms of X -------------------------------------------------------------------------------------------------------


def test_integers_are_tokens_unless_told_otherwise(echo):
    X, y = echo
    tokens, numbers = (small(source_type=kind, cell="lstm").fit(X, y) for kind in ("auto", "numeric"))
    assert tokens.vocabulary_ == {token: token + 1 for token in range(5)}
    assert tokens.weights_["encoder/0/kernel"].shape == (6, 48)
    assert not hasattr(numbers, "vocabulary_")
    assert numbers.weights_["encoder/0/kernel"].shape == (1, 48)
    floats = small(cell="lstm").fit(X.astype(float), y)
    np.testing.assert_array_equal(floats.predict(X), numbers.predict(X))


def test_data_frames(echo):
    pd = pytest.importorskip("pandas")
    X, y = echo
    frame = pd.DataFrame(X, columns=list("abcd"))
    model = small().fit(frame, pd.DataFrame(y))
    np.testing.assert_array_equal(model.predict(frame), small().fit(X, y).predict(X))
    assert list(model.feature_names_in_) == list("abcd")
    for kind in (str, object, "category", "Int64"):
        tokens = (frame if kind == "Int64" else frame.astype(str)).astype(kind)
        np.testing.assert_array_equal(small().fit(tokens, y).predict(tokens), model.predict(frame), err_msg=str(kind))
    strings = frame.astype(str)
    np.testing.assert_array_equal(small().fit(strings, y).predict(strings), model.predict(frame))


def test_3d_numbers_of_other_lengths_at_predict():
    rng = np.random.RandomState(0)
    X, y = rng.randn(30, 5, 3), rng.randint(2, size=30)
    model = small().fit(X, y)
    assert (model.n_features_in_, model.n_timesteps_in_) == (3, 5)
    assert model.predict(rng.randn(4, 9, 3)).shape == (4,)


def test_one_hot_rows_and_row_lookup_are_the_same_network(echo):
    """Tokens by row lookup give the numbers of the same weights on one-hot vectors.

    Of a single batch, equal samples would be merged, in an order that depends on their form.
    """
    X, y = echo
    tokens = small(batch_size=60).fit(X, y)
    one_hot = small(batch_size=60, scale_inputs=False).fit(np.eye(6)[X + 1], y)
    for name, value in tokens.weights_.items():
        np.testing.assert_allclose(one_hot.weights_[name], value, atol=1e-5)


def test_embedding(echo):
    X, y = echo
    model = small(embedding_dim=3).fit(X, y)
    assert model.weights_["embedding"].shape == (6, 3)
    assert model.predict(X).shape == y.shape


def test_given_vocabulary_admits_tokens_that_fit_did_not_see(echo):
    X, y = echo
    model = small(vocabulary=range(8)).fit(X, y)
    assert model.predict([[7, 6, 5, 0]]).shape == (1, 2)


# --- weights ----------------------------------------------------------------------------------------------------------


def test_sample_weight_zero_removes_and_two_doubles():
    X, y = make_reversed(20, n_timesteps=3, cardinality=4, random_state=0)
    weight = np.ones(20)
    weight[:5], weight[5:10] = 0, 2
    weighted = small(dtype="float64", epochs=2).fit(X, y, sample_weight=weight)
    repeated = small(dtype="float64", epochs=2, classes_per_position=True).fit(
        np.vstack([X[5:], X[5:10]]), np.vstack([y[5:], y[5:10]])
    )
    for name, value in repeated.weights_.items():
        if value.shape == weighted.weights_[name].shape:
            np.testing.assert_allclose(weighted.weights_[name], value, atol=1e-9)
    assert weighted.history_["loss"] == pytest.approx(repeated.history_["loss"])


def test_class_weight_moves_the_prediction():
    rng = np.random.RandomState(0)
    X, y = rng.randn(60, 4), np.repeat([0, 1], [50, 10])
    weights = (None, "balanced", {0: 0.01, 1: 10})
    plain, balanced, heavy = (small(epochs=20, class_weight=weight).fit(X, y) for weight in weights)
    assert plain.predict(X).mean() < balanced.predict_proba(X)[:, 1].mean() < heavy.predict(X).mean() == 1


def test_balanced_class_weight_counts_sample_weights():
    rng = np.random.RandomState(0)
    X, y = rng.randn(20, 3), np.repeat([0, 1], [15, 5])
    weight = np.where(y == 1, 3, 1)
    options = {"class_weight": "balanced", "dtype": "float64", "batch_size": 64, "epochs": 2}
    weighted = small(**options).fit(X, y, sample_weight=weight)
    repeated = small(**options).fit(X.repeat(weight, axis=0), y.repeat(weight))
    assert weighted.history_["loss"] == pytest.approx(repeated.history_["loss"], rel=1e-9)


def test_partial_fit(echo):
    X, y = echo
    model = small()
    for labels in (y, [[1, 2], [1]]):
        with pytest.raises(ValueError, match="classes must be passed on the first call to partial_fit"):
            model.partial_fit(X[: len(labels)], labels)
    model.partial_fit(X[:60], y[:60], classes=range(6)).partial_fit(X[60:], y[60:])
    assert len(model.history_["loss"]) == 2
    assert [len(classes) for classes in model.classes_] == [6, 6]
    per_position = small().partial_fit(X, y, classes=[[0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 9]])
    assert [len(classes) for classes in per_position.classes_] == [5, 6]
    with pytest.raises(ValueError, match=r"y contains token\(s\) that were not seen in fit: 8"):
        model.partial_fit(X, np.full_like(y, 8))
