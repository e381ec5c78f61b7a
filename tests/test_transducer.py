"""Seq2SeqTransducer: forms of y, ends and lengths of outputs, the padding contract, workflows, errors."""

import copy
import pickle
import re
import unicodedata
from functools import partial

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone, is_classifier
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, KFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from warned import told

from skseq import DecodingSearch, Seq2SeqTransducer
from skseq._data.targets import token_targets
from skseq.metrics import (
    SCORERS,
    neg_normalized_edit_distance_scorer,
    sequence_accuracy_scorer,
    token_accuracy_scorer,
)

pytestmark = pytest.mark.usefixtures("eager")

KINDS = [
    {"attention": False},
    {"attention": True},
    {"attention": "dot", "bidirectional": True},
    {"attention": True, "decoder": "direct", "cell": "gru"},
]
# few networks in this file: building them takes the time
SMALL = {"units": 12, "bidirectional": False, "epochs": 1, "batch_size": 40, "random_state": 0}


def small(**parameters):
    return Seq2SeqTransducer(**{**SMALL, **parameters})


def objects(samples):
    array = np.empty(len(samples), object)
    for index, sample in enumerate(samples):
        array[index] = sample
    return array


def rewritten(text):
    """Every a is left out, every b is written twice; so "aa" has the empty output."""
    return text.replace("a", "").replace("b", "bb")


rng = np.random.RandomState(0)
TEXTS = ["".join(rng.choice(list("abc"), rng.randint(1, 4))) for _ in range(40)]
WRITTEN = [rewritten(text) for text in TEXTS]
LISTS = [[{"b": 2, "c": 3}[letter] for letter in text] for text in WRITTEN]
LONGEST = max(map(len, WRITTEN))


def scribe(**parameters):
    """A model from text over the letters a, b, c to text over b, c."""
    known = {"vocabulary": list("abc"), "target_vocabulary": list("bc")}
    return small(**{"analyzer": "char", "target_analyzer": "char", **known, **parameters})


def lister(**parameters):
    """The same from text to lists of 0, 1, 2, of which two are used."""
    return small(**{"analyzer": "char", "vocabulary": list("abc"), **parameters})


@pytest.fixture(scope="module")
def learnt():
    """A model that has learnt its task."""
    return scribe(epochs=150, learning_rate=0.02).fit(TEXTS, WRITTEN)


@pytest.fixture(scope="module")
def endless():
    """A model whose weights never let an output end, but at its largest length."""
    model = scribe().fit(TEXTS, WRITTEN)
    model.weights_["output/bias"][token_targets.END] = -1e9
    return model


@pytest.fixture(scope="module")
def longest(endless):
    """What it writes in 12 steps."""
    return copy.copy(endless).set_params(max_length=12).predict(["a", "abc", "cabc"])


# --- what is learnt ---------------------------------------------------------------------------------------------------


def test_learns_to_write_and_to_end(learnt):
    assert learnt.score(TEXTS, WRITTEN) > 0.95
    assert learnt.history_["sequence_accuracy"][-1] > 0.95
    assert learnt.predict(["bc", "cab", "aa", "c"]).tolist() == ["bbc", "cbb", "", "c"]
    assert learnt.target_vocabulary_ == {"b": 1, "c": 2}
    assert learnt.n_timesteps_out_ == LONGEST + 1


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_kinds(kind):
    """Two letters are told apart and written as often as they stand there."""
    X = ["b", "bb", "c", "cc"] * 5
    model = scribe(**kind, epochs=60, learning_rate=0.03, dtype="float64").fit(X, X)
    assert model.predict(X[:4]).tolist() == X[:4]


def test_no_classifier():
    assert not is_classifier(small())
    assert not hasattr(small(attention=False), "attention_weights")


# --- forms of y -------------------------------------------------------------------------------------------------------


def asked(model, y):
    """A fitted model, what it writes and its score."""
    model.fit(TEXTS, y)
    return model, model.predict(TEXTS).tolist(), model.score(TEXTS, y)


@pytest.fixture(scope="module")
def listed(eager):
    return asked(lister(), LISTS)


@pytest.fixture(scope="module")
def scribbled(eager):
    return asked(scribe(), WRITTEN)


@pytest.mark.parametrize(
    "y",
    [
        tuple(map(tuple, LISTS)),
        objects(LISTS),
        pd.Series(LISTS),
        [np.array(target, int) for target in LISTS],
        objects([np.array(target, np.int8) for target in LISTS]),
        [pd.Series(target, dtype=int) for target in LISTS],
        [[np.int64(token) for token in target] for target in LISTS],
    ],
    ids=["tuples", "objects", "Series", "arrays", "object array of arrays", "list of Series", "NumPy scalars"],
)
def test_token_lists_are_read_alike(listed, y):
    expected, written, score = listed
    model = lister().fit(TEXTS, y)
    assert model.target_vocabulary_ == expected.target_vocabulary_ == {2: 1, 3: 2}
    for name, value in expected.weights_.items():
        np.testing.assert_array_equal(model.weights_[name], value)
    outputs = model.predict(TEXTS)
    assert outputs.shape == (len(TEXTS),)
    assert outputs.dtype == object
    assert outputs.tolist() == written
    assert {type(output) for output in outputs} == {list}
    assert {type(token) for output in outputs for token in output} <= {int}
    assert model.score(TEXTS, y) == score


@pytest.mark.filterwarnings("ignore:Outputs will have other spaces")
@pytest.mark.parametrize(
    ("analyzer", "join", "y", "as_given"),
    [
        ("char", None, objects(WRITTEN), "".join),
        ("char", "-", pd.Series(WRITTEN), "-".join),
        ("word", None, [" ".join(text) for text in WRITTEN], " ".join),
        (list, None, np.array(WRITTEN), "".join),
        (str.split, None, [" ".join(text) for text in WRITTEN], " ".join),
        (list, list, WRITTEN, list),
        (list, "".join, WRITTEN, "".join),
        (str.split, "+", ["  ".join(text) for text in WRITTEN], "+".join),
    ],
)
def test_text_is_put_together_again(scribbled, analyzer, join, y, as_given):
    _, written, score = scribbled
    model = scribe(target_analyzer=analyzer, target_join=join, target_vocabulary=None).fit(TEXTS, y)
    assert model.predict(TEXTS).tolist() == [as_given(text) for text in written]
    assert model.score(TEXTS, y) == score
    assert sequence_accuracy_scorer(model, TEXTS, y) == score


def test_rows_are_targets():
    rows = np.array([[1, 2], [2, 1], [1, 1], [2, 2]] * 10)
    outputs = lister().fit(TEXTS, rows).predict(TEXTS)
    assert outputs.shape == (40,)
    assert {type(output) for output in outputs} == {list}
    for y in (rows.tolist(), pd.DataFrame(rows), rows.astype(float)):
        assert lister().fit(TEXTS, y).predict(TEXTS).tolist() == outputs.tolist()
    letters = np.array([None, "b", "c"], object)[rows]
    for y in (letters, letters.astype("U1"), letters.tolist()):
        assert lister().fit(TEXTS, y).target_vocabulary_ == {"b": 1, "c": 2}


@pytest.mark.parametrize("dtype", [np.int64, np.int8, np.float64, bool, object])
def test_one_number_a_sample_is_one_token(dtype):
    X, y = ["b", "c"] * 20, (np.arange(40) % 2).astype(dtype)
    model = lister(epochs=20, learning_rate=0.03).fit(X, y)
    assert model.predict(X).dtype == dtype
    np.testing.assert_array_equal(model.predict(X), y)
    assert model.score(X, y.tolist()) == 1
    assert model.score(X, pd.Series(y)) == 1
    assert model.n_timesteps_out_ == 2
    model.weights_["output/bias"][token_targets.END] = 50  # a label cannot be left out
    np.testing.assert_array_equal(model.predict(X), y)


# --- lengths ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("max_length", "expected"),
    [
        (None, [LONGEST] * 3),
        (1, [1, 1, 1]),
        (np.int64(3), [3, 3, 3]),
        (12, [12, 12, 12]),
        ((2, 1), [3, 7, 9]),  # 2 * source length + 1
        ([0.5, 0], [1, 1, 2]),  # rounded down, at least 1
        ((0, 5), [5, 5, 5]),
    ],
)
def test_max_length(endless, longest, max_length, expected):
    model = copy.copy(endless)
    outputs = model.set_params(max_length=max_length).predict(["a", "abc", "cabc"])
    assert [len(output) for output in outputs] == expected
    assert all(long.startswith(output) for long, output in zip(longest, outputs))
    assert [len(weights) for weights in model.attention_weights(["a"])] == [expected[0]]


def test_an_output_ends_at_its_first_end(endless):
    model = pickle.loads(pickle.dumps(endless))
    model.weights_["output/bias"][token_targets.END] = 1e9
    assert model.predict(["a", "abc"]).tolist() == ["", ""]
    assert [weights.shape for weights in model.attention_weights(["a", "abc"])] == [(0, 1), (0, 3)]


def test_longer_targets_than_max_length_are_trained_on_and_never_written_in_full():
    short, free = scribe(max_length=1).fit(TEXTS, WRITTEN), scribe().fit(TEXTS, WRITTEN)
    for name, value in free.weights_.items():
        np.testing.assert_array_equal(short.weights_[name], value)
    short.weights_["output/bias"][token_targets.END] = -1e9
    assert {len(output) for output in short.predict(TEXTS)} == {1}


def test_attention_weights_are_cut_to_what_was_written_and_read(learnt):
    X = ["bc", "aa", "cacb"]
    weights, outputs = learnt.attention_weights(X), learnt.predict(X)
    assert weights.dtype == object
    assert [sample.shape for sample in weights] == [(len(o), len(x)) for o, x in zip(outputs, X)]
    assert outputs[1] == ""  # its end is no row
    for sample in weights:
        np.testing.assert_allclose(sample.sum(axis=1), 1, atol=1e-6)


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("kind", KINDS[1:3], ids=str)
def test_the_exported_model_agrees_at_every_step(kind):
    """Stock Keras layers, told the output, find each of its tokens the best, and after it the end."""
    model = scribe(**kind, dtype="float64").fit(TEXTS, WRITTEN)
    keras_model, n_steps = model.model_, model.n_timesteps_out_
    X = [text for text in TEXTS if len(text) > 1][:4]  # Keras warns of a softmax over one step
    for text, output in zip(X, model.predict(X)):
        classes = [model.target_vocabulary_[token] for token in output]
        before = np.zeros((1, n_steps), int)
        before[0, 1 : 1 + len(classes)] = np.array(classes[: n_steps - 1]) + 1
        source = np.array([[model.vocabulary_[letter] for letter in text]])
        probs = np.asarray(keras_model([source, before]))[0]
        assert probs.shape == (n_steps, 3)
        best = [*classes, *([token_targets.END] if len(classes) < LONGEST else [])]
        np.testing.assert_array_equal(probs.argmax(axis=1)[: len(best)], best)


@pytest.mark.usefixtures("untrained")
def test_sources_longer_than_in_fit_are_told_until_a_fit_has_seen_some():
    """Targets are a letter longer than sources, of which the longest has 4: outputs of 5 letters can be written."""
    texts = ["abca", *TEXTS]
    copied = [text.replace("a", "c") + "b" for text in texts]
    model = scribe().fit(texts, copied)
    model.predict(texts)  # warnings are errors
    told = "4 of 4 sources.*outputs of up to 7 tokens.*in fit has 5.*attention='bahdanau'.*max_length.*end at 5 tokens"
    for method in ("predict", "score", "predict_nbest"):
        with pytest.warns(UserWarning, match=told):
            getattr(model, method)(["abcabc"] * 4, *{"score": [copied[:4]], "predict_nbest": [2]}.get(method, []))
    with pytest.warns(UserWarning, match="go a token or two farther.$"):
        model.set_params(max_length=20).predict(["abcabc"])
    longer = ["abcabc", *texts]
    model.fit(longer, ["cbccbcb", *copied]).predict(["abcabc"])
    scribe(max_length=20, attention="bahdanau", cell="lstm", dropout=0.0, recurrent_dropout=0.7).fit(
        texts, copied
    ).predict(["abcab"])  # 6 tokens of 5 in fit
    model = scribe().partial_fit(texts, copied).partial_fit(["abcabc"], ["cbccbcb"])
    model.predict(["abcabc"])


# --- the padding contract ---------------------------------------------------------------------------------------------


@pytest.mark.usefixtures("untrained")
@pytest.mark.filterwarnings("ignore:1 of 4 sources in X are longer:UserWarning")
@pytest.mark.parametrize(
    ("kind", "dtype"), [*((kind, "float64") for kind in KINDS), (KINDS[1], "float32")], ids=lambda value: str(value)
)
def test_a_sample_does_not_depend_on_its_neighbours(kind, dtype):
    """Alone, in another order, among so many that batches differ, beside a much longer source."""
    model = scribe(**{**kind, "bidirectional": True}, dtype=dtype, max_length=(1, 2)).fit(TEXTS, WRITTEN)
    atol = {"float32": 1e-6, "float64": 1e-12}[dtype]
    X, methods = ["ab", "b", "cab"], ["predict", "attention_weights"][: 2 if kind["attention"] else 1]
    longer = "abc" * 2
    for method in methods:
        expected = getattr(model, method)(X)
        others = {
            "alone": [getattr(model, method)([text])[0] for text in X],
            "backwards": getattr(model, method)(X[::-1])[::-1],
            "batches": getattr(model, method)([*TEXTS[::-1], *X])[-3:],
            "padded": getattr(model, method)([*X, longer])[:3],
        }
        for name, found in others.items():
            for one, other in zip(expected, found):
                if method == "predict":
                    assert one == other, name
                else:
                    np.testing.assert_allclose(other, one, atol=atol, err_msg=name)


def test_losses_count_real_tokens_and_one_end_each():
    """The loss of two sets together is the mean of their losses weighted by tokens and ends, whatever the padding."""
    short, long = ([t for t in TEXTS if (len(rewritten(t)) > 3) == is_long] for is_long in (False, True))
    losses, counts = [], []
    for X_val in (short, long, short + long):
        y_val = [rewritten(text) for text in X_val]
        model = scribe(early_stopping=False, dtype="float64").fit(TEXTS, WRITTEN, X_val=X_val, y_val=y_val)
        losses += model.history_["val_loss"][-1:]
        counts.append(sum(len(text) + 1 for text in y_val))
    assert losses[0] != pytest.approx(losses[1], rel=1e-3)
    assert losses[2] == pytest.approx(np.average(losses[:2], weights=counts[:2]), rel=1e-12)


def test_weight_zero_removes_a_sample_and_its_padding():
    weight = np.ones(41)
    weight[0] = 0
    model = scribe(epochs=2).fit(["abc", *TEXTS], ["b" * 30, *WRITTEN], sample_weight=weight)
    expected = scribe(epochs=2).fit(TEXTS, WRITTEN)
    for name, value in expected.weights_.items():
        np.testing.assert_allclose(model.weights_[name], value, atol=1e-6)


# --- score ------------------------------------------------------------------------------------------------------------


def test_score_is_the_share_of_wholly_right_outputs(learnt):
    X, y = ["bc", "c", "aa", "ab"], ["bbc", "cc", "", "z"]  # right, wrong, right, unknown
    assert learnt.score(X, y) == 0.5
    assert learnt.score(X, y, sample_weight=[3, 1, 0, 0]) == 0.75


def test_targets_that_no_output_can_equal_are_told_of(learnt):
    told = r"^3 of 4 targets in y hold tokens that fit did not see, .*, too\. 'B' differs from 'b' of fit only by case"
    with pytest.warns(UserWarning, match=told) as warned:
        assert learnt.score(["bc", "c", "aa", "ab"], ["BB", "BB", "", "B"]) == 0.25
    assert str(warned[0].message).endswith("pass [text.lower() for text in y], in fit, too.")
    assert learnt.score(["aa"] * 30, [*["z"] * 3, *[""] * 27]) == 0.9  # a tenth


@pytest.mark.usefixtures("untrained")
def test_texts_that_are_hard_to_write_are_told_of():
    y = ["\xe9", "e\u0301"] * 10
    with pytest.warns(UserWarning, match="^y holds letters in two forms of Unicode"):
        small(analyzer="char", target_analyzer="char").fit(TEXTS[:20], y)
    with pytest.warns(UserWarning, match="^20 of 20 texts in y end in white space"):
        small(analyzer="char", target_analyzer="char").fit(TEXTS[:20], ["a\n", "ab\n"] * 10)


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(
    ("analyzer", "y"),
    [
        ("word", ["a b\n"] * 20),
        (str.split, ["a b\n"] * 20),
        (lambda text: list(unicodedata.normalize("NFC", text)), ["\xe9", "e\u0301"] * 10),
    ],
    ids=["words", "split", "composed"],
)
def test_an_analyzer_that_mends_texts_is_not_told_of_them(analyzer, y):
    assert not told(small(analyzer="char", target_analyzer=analyzer).fit, TEXTS[:20], y)


def test_score_compares_tokens_of_text_and_not_spaces():
    model = scribe(target_analyzer="word", target_vocabulary=None, epochs=60, learning_rate=0.02)
    model.fit(["a", "b"] * 9, ["no, no", "no"] * 9)
    assert model.predict(["a", "b"]).tolist() == ["no, no", "no"]
    assert model.score(["a", "b"], ["no,  no", "no"]) == 1
    X, y = ["a", "b", "b"], ["no,  no", "no", "no no"]  # 5 of 6 words
    searched = DecodingSearch(model, {"search": ["greedy"]}, scoring=sequence_accuracy_scorer).fit(X, y)
    for fitted in (model, make_pipeline(model), searched, FrozenEstimator(model)):
        assert sequence_accuracy_scorer(fitted, X, y) == 2 / 3
        assert token_accuracy_scorer(fitted, X, y) == 5 / 6
        assert neg_normalized_edit_distance_scorer(fitted, X, y) == -1 / 6
        assert sequence_accuracy_scorer(fitted, X, y, sample_weight=[1, 1, 0]) == 1
    assert searched.best_score_ == 2 / 3
    for join in ("", list):
        model.set_params(target_join=join)
        assert sequence_accuracy_scorer(model, X, y) == model.score(X, y) == 2 / 3
    with pytest.raises(ValueError, match=r"numbers of samples: \[3, 2\], which are those of X and y"):
        sequence_accuracy_scorer(model, X, y[:2])


# --- going on ---------------------------------------------------------------------------------------------------------


def test_partial_fit_with_tokens_to_come():
    model = scribe().partial_fit(["a", "c"], ["", "c"]).partial_fit(["abcb"], ["bbcbb"])
    assert model.target_vocabulary_ == {"b": 1, "c": 2}
    assert len(model.history_["loss"]) == 2
    assert model.n_timesteps_out_ == 6  # the longest so far, and its end
    model.partial_fit(["a"], [""], sample_weight=[2])
    assert model.n_timesteps_out_ == 6
    with pytest.raises(ValueError, match=r"y contains 1 token\(s\) .* fit: 'x'.*parameter `target_vocabulary`"):
        model.partial_fit(["a"], ["x"])
    assert len(model.history_["loss"]) == 3


def test_the_first_partial_fit_learns_the_vocabulary():
    model = scribe(target_vocabulary=None).partial_fit(TEXTS, WRITTEN)
    assert model.target_vocabulary_ == {"b": 1, "c": 2}
    with pytest.raises(ValueError, match="not seen in fit: 'a'.*`target_vocabulary` of a new fit, or partial_fit of a"):
        model.partial_fit(TEXTS, TEXTS)
    clone(model).set_params(target_vocabulary=["a", "b", "c"]).partial_fit(TEXTS, TEXTS)


def test_warm_start_goes_on_and_a_new_fit_forgets():
    model = scribe(warm_start=True).fit(TEXTS, WRITTEN).fit(TEXTS, WRITTEN)
    assert len(model.history_["loss"]) == 2
    model.set_params(warm_start=False, target_vocabulary=None).fit(TEXTS, ["c", "d"] * 20)
    assert len(model.history_["loss"]) == 1
    assert model.n_timesteps_out_ == 2
    assert model.target_vocabulary_ == {"c": 1, "d": 2}


def test_validation_data_and_early_stopping():
    model = scribe(epochs=9, early_stopping=True, n_iter_no_change=1, learning_rate=1e-12)
    model.fit(TEXTS, WRITTEN, X_val=["ab"], y_val=["c" * 20])
    assert model.n_iter_ == 2  # so small a step changes nothing
    assert model.n_timesteps_out_ == LONGEST + 1  # validation data are not learnt from
    assert len(scribe(early_stopping=True).fit(TEXTS, WRITTEN).history_["val_loss"]) == 1


# --- workflows --------------------------------------------------------------------------------------------------------


def test_grid_search_in_a_pipeline_uses_k_fold():
    lower = FunctionTransformer(lambda texts: [text.lower() for text in texts])
    X = [text.upper() for text in TEXTS]
    grid = {"seq2seqtransducer__learning_rate": [1e-12, 0.02], "seq2seqtransducer__max_length": [(1, 4)]}
    model = make_pipeline(lower, scribe(epochs=40))
    search = GridSearchCV(model, grid, cv=2, error_score="raise").fit(X, WRITTEN)
    assert search.best_params_["seq2seqtransducer__learning_rate"] == 0.02
    assert search.predict(X[:3]).dtype == object
    scores = []
    for train, test in KFold(2).split(X):
        fold = clone(search.best_estimator_).fit([X[i] for i in train], [WRITTEN[i] for i in train])
        scores.append(fold.score([X[i] for i in test], [WRITTEN[i] for i in test]))
    assert search.best_score_ == np.mean(scores)


@pytest.mark.parametrize("y", [LISTS, objects(LISTS)], ids=["list", "object array"])
def test_cross_val_predict_gives_an_object_array(y):
    outputs = cross_val_predict(lister(target_vocabulary=[2, 3]), TEXTS, y, cv=3)
    assert outputs.shape == (40,)
    assert outputs.dtype == object
    assert {type(output) for output in outputs} == {list}


@pytest.fixture(scope="module")
def forced():
    return scribe(attention="general", training="professor_forcing", epochs=2).fit(TEXTS, WRITTEN)


def test_a_fit_by_professor_forcing_tells_of_its_critic(forced):
    assert {"critic_loss", "fooling_loss", "critic_accuracy"} <= forced.history_.keys()
    assert all(0 < accuracy < 1 for accuracy in forced.history_["critic_accuracy"])


def test_neither_predictions_nor_models_read_the_critic(forced):
    """Whatever its weights are, all else is the same; of ONNX files see tests/export."""
    blind = copy.deepcopy(forced)
    critic = [name for name in blind.weights_ if name.startswith("critic/")]
    assert critic == list(blind.weights_)[-len(critic) :]
    for name in critic:
        blind.weights_[name][:] = np.nan
    assert list(blind.predict(TEXTS)) == list(forced.predict(TEXTS))
    np.testing.assert_array_equal(blind.score_samples(TEXTS, WRITTEN), forced.score_samples(TEXTS, WRITTEN))
    ours = sum(value.size for name, value in forced.weights_.items() if name not in critic)
    assert forced.model_.count_params() == ours
    assert not any(np.isnan(value).any() for value in blind.model_.get_weights())


def test_an_encoder_is_shared_without_its_critic(forced):
    other = small(analyzer="char", target_analyzer="char", attention=False, encoder=forced, freeze=True)
    other.fit(TEXTS, WRITTEN)
    assert not any(name.startswith("critic/") for name in other.weights_)
    np.testing.assert_array_equal(other.weights_["encoder/0/kernel"], forced.weights_["encoder/0/kernel"])


def test_a_warm_start_cannot_change_how_decoders_are_trained(forced):
    other = copy.deepcopy(forced).set_params(training="teacher_forcing", warm_start=True)
    with pytest.raises(ValueError, match="with training=.teacher_forcing., which was .professor_forcing.: "):
        other.fit(TEXTS, WRITTEN)


def test_copies_predict_the_same(learnt):
    copied = pickle.loads(pickle.dumps(learnt))
    assert copied.predict(TEXTS).tolist() == learnt.predict(TEXTS).tolist()
    again = clone(learnt).set_params(epochs=2).fit(TEXTS, WRITTEN)
    other = clone(learnt).set_params(epochs=2).fit(TEXTS, WRITTEN)
    for name, value in again.weights_.items():
        np.testing.assert_array_equal(other.weights_[name], value)


# --- errors -----------------------------------------------------------------------------------------------------------

X4 = np.ones((4, 2))


@pytest.mark.parametrize(
    ("parameters", "y", "message"),
    [
        ({}, None, "requires y to be passed, but the target y is None"),
        ({}, ["ab", "b", "", "a"], "y holds strings, and nothing says how.*parameter target_analyzer"),
        ({}, np.array(["ab", "b", "c", "a"]), "parameter target_analyzer"),
        ({}, [["a"], "b", ["c"], ["d"]], r"y\[1\] = 'b' is no sequence, but other elements of y are"),
        ({}, [[1], [2], 3, [4]], r"y\[2\] = 3 is no sequence"),
        ({}, [[], [], [], []], "y holds no token: nothing but the end"),
        ({}, [[1], [[2, 3]], [], []], "y holds tokens that cannot be looked up"),
        ({}, [[1], [float("nan")], [], []], "y holds NaN among its tokens"),
        ({}, np.array([0, 1, np.nan, 1]), "Input y contains NaN"),
        ({}, np.array([0.5, 1, 2, 1]), "y holds numbers with fractions.*SequenceRegressor"),
        ({}, [list(np.array([0.5, 1])), [2], [1], []], "y holds numbers with fractions.*SequenceRegressor"),
        (
            {},
            [np.array([0.5, 1], np.float32), np.array([2.0])] * 2,
            "y holds numbers with fractions.*SequenceRegressor",
        ),
        ({}, np.array([[0.5, 1]] * 4, object), "y holds numbers with fractions.*SequenceRegressor"),
        ({}, [[0.5, 1]] * 4, r"y holds numbers with fractions.* every timestep pass windows and targets\[:, -1\]"),
        ({}, np.ones((4, 2, 2)), r"y has 3 dimensions \(shape \(4, 2, 2\)\). Expected token lists"),
        ({}, [[1], [2], []], r"inconsistent numbers of samples: \[4, 3\]"),
        ({}, [], "0 sample"),
        ({}, "abcd", "y must hold a target for every sample, in a list or an array. Got 'abcd'"),
        ({}, [{"a": 1}] * 4, r"y\[0\] must be .* a list or an array. Got a dict"),
        ({"target_analyzer": "char"}, LISTS[:4], "target_analyzer='char' splits text, so y must be.*type list"),
        ({"target_analyzer": "char"}, ["a", "b"], r"inconsistent numbers of samples: \[4, 2\]"),
        ({"target_analyzer": "char"}, ["", "", "", ""], "y holds no token"),
        ({"target_analyzer": len}, ["a"] * 4, "target_analyzer=<.*must give a list of tokens"),
        ({"target_analyzer": frozenset}, ["a"] * 4, r"target_analyzer=<.* gave a frozenset for y\[0\] = 'a'"),
        ({"target_join": "-"}, [[1], [2], [], []], "target_join='-' makes text of tokens.*set a target_analyzer"),
        ({"target_vocabulary": []}, [[1], [2], [], []], "The parameter target_vocabulary holds no token"),
        ({"target_vocabulary": [[1], [2]]}, [[1], [2], [], []], "target_vocabulary holds tokens that cannot be"),
        ({"target_vocabulary": [1]}, [[1], [2], [], []], "y contains 1 token.*: 2. .*parameter `target_vocabulary`"),
        ({"max_length": 0}, [[1], [2], [], []], "'max_length' parameter of Seq2SeqTransducer must be"),
        ({"max_length": (1, 2, 3)}, [[1], [2], [], []], r"max_length must be.*pair \(a, b\).*Got \(1, 2, 3\)"),
        ({"max_length": (-1, 2)}, [[1], [2], [], []], r"Got \(-1, 2\)"),
        ({"max_length": ("a", 2)}, [[1], [2], [], []], r"Got \('a', 2\)"),
        ({"max_length": (np.inf, 2)}, [[1], [2], [], []], r"Got \(inf, 2\)"),
    ],
    ids=lambda value: value[:30] if isinstance(value, str) else "",
)
def test_bad_targets(parameters, y, message):
    with pytest.raises((ValueError, TypeError), match=message):
        small(**parameters).fit(X4, y)


def test_errors_after_fit(learnt):
    with pytest.raises(ValueError, match="y_val contains 1 token.*not seen in fit: 'z'"):
        scribe().fit(TEXTS, WRITTEN, X_val=["a"], y_val=["z"])
    with pytest.raises(ValueError, match="X_val and y_val go together"):
        scribe().fit(TEXTS, WRITTEN, X_val=["a"])
    with pytest.raises(ValueError, match="must be a list, Series or 1-D array of strings"):
        learnt.score(["a"], [["b"]])
    with pytest.raises(ValueError, match=r"inconsistent numbers of samples: \[2, 1\]"):
        learnt.score(["a", "b"], ["b"])
    labels, lists = lister().fit(TEXTS, [0, 1] * 20), lister(max_length=2).fit(TEXTS, LISTS)
    with pytest.raises(ValueError, match="y holds token lists, but Seq2SeqTransducer was fitted on labels"):
        labels.partial_fit(TEXTS, LISTS)
    with pytest.raises(ValueError, match="y holds token lists, but Seq2SeqTransducer was fitted on labels"):
        labels.score(TEXTS, LISTS)
    with pytest.raises(ValueError, match="y holds labels, but Seq2SeqTransducer was fitted on token lists"):
        lists.score(TEXTS, [2, 3] * 20)
    with pytest.raises(ValueError, match=r"max_length must be.*Got \(1,\)"):
        lists.set_params(max_length=(1,)).predict(TEXTS)


def test_text_of_a_function_can_be_scored():
    """Text in, text out, so that metrics compare like with like."""
    y = ["a, b", "b, a", "a, a", "b, b"] * 5
    model = scribe(target_analyzer=str.split, target_vocabulary=None).fit(TEXTS[:20], y)
    assert SCORERS["sequence_accuracy"](model, TEXTS[:20], y) == model.score(TEXTS[:20], y)


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("form", [list, np.array, pd.Series, lambda y: pd.DataFrame({"y": y})])
def test_spaces_that_are_new_are_warned_of(form):
    y = form(["b", "b.a"] * 10)
    with pytest.warns(UserWarning, match=r"'b. a' for y\[1\] = 'b.a'\. Set target_join='' .*target_analyzer='char'"):
        small(analyzer="char", target_analyzer="word").fit(TEXTS[:20], y)
    small(analyzer="char", target_analyzer="word", target_join="").fit(TEXTS[:20], y)  # warnings are errors
    small(analyzer="char", target_analyzer=list).fit(TEXTS[:20], y)
    small(analyzer="char", target_analyzer=str.split).fit(TEXTS[:20], ["a, b", "b  a"] * 10)
    small(analyzer="char", target_analyzer=str.split).fit(TEXTS[:20], ["a", "b"] * 10)
    small(analyzer="char", target_analyzer=lambda text: text.lower().split()).fit(TEXTS[:20], ["A b", "b"] * 10)


@pytest.mark.usefixtures("untrained")
def test_spaces_that_words_lose_are_warned_of():
    y = ["Hallo, Welt!", "(50%)", "It's 3.14", "a  b"] * 5
    expected = (
        r"than 5 of the 20 texts in y, \"It ' s 3. 14\" for y\[2\] = \"It's 3.14\"\. Set target_analyzer='char', or"
    )
    with pytest.warns(UserWarning, match=expected) as caught:
        small(analyzer="char", target_analyzer="word").fit(TEXTS[:20], y)
    assert len(caught) == 1
    small(analyzer="char", target_analyzer="word").fit(TEXTS[:20], ["Hallo, Welt!"] * 19 + ["3.14"])  # one is odd
    whole = partial(re.findall, r"\w+|\W")  # the remedy
    for join in ("", None):
        model = small(analyzer="char", target_analyzer=whole, target_join=join).fit(TEXTS[:20], y)
        assert model._targets.decode(*written(model, y)).tolist() == y


@pytest.mark.usefixtures("untrained")
def test_words_are_written_as_they_were():
    y = ["Hallo, Welt!", "f (x) = [1; 2]: 50%?"] * 10
    model = small(analyzer="char", target_analyzer="word").fit(TEXTS[:20], y)
    assert model._targets.decode(*written(model, y)).tolist() == y
    outputs = ["Hallo , Welt !", "f (x) = [1; 2]: 50%?"] * 10
    true, predicted = model._targets.token_pairs(y, outputs)  # scorers split what is written
    assert list(map(list, predicted)) == list(map(list, true))


def written(model, y):
    """Classes and lengths of outputs that are these texts."""
    rows = model._targets.encode(model._targets.check(y, "y"), "y")
    return rows["target"], rows["target_lengths"] - 1
