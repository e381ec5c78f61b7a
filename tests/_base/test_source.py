"""Sources: what X was in fit decides how it is read ever after, whatever becomes of the parameters."""

import copy
import re

import numpy as np
import pytest
import scipy.sparse
from sklearn.feature_extraction.text import TfidfVectorizer

from skseq import (
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceEncoder,
    SequenceGenerator,
    SequenceRegressor,
    SequenceTagger,
)
from skseq._base.source import with_unknown
from skseq.exceptions import TrainingWarning

pytestmark = pytest.mark.usefixtures("eager")

WORDS = ["ab", "ba", "b", "aab"] * 3
Y = [0, 1, 1, 0] * 3


def classifier(**parameters):
    return SequenceClassifier(**{"units": 2, "epochs": 1, "random_state": 0, **parameters})


@pytest.mark.parametrize(
    ("X", "kind", "size", "columns"),
    [
        (np.arange(6.0).reshape(2, 3), "columns", 1, 3),
        (np.zeros((2, 3, 4)), "features", 4, 4),
        ([np.zeros((2, 4)), np.zeros((3, 4))], "features", 4, 4),
        ([np.zeros(2), np.zeros(3)], "series", 1, 1),
        (np.array([[5, 7, 5], [7, 7, 5]]), "tokens", 3, 3),
        ([["a"], ["b", "c", "d"]], "token lists", 5, None),
    ],
    ids=["columns", "features", "ragged-features", "series", "tokens", "token-lists"],
)
def test_what_reading_finds_out(X, kind, size, columns):
    model = classifier()
    sequences, form = model._read_source(X, None, "X")
    assert (form.kind, form.size, form.n_features_in) == (kind, size, columns)
    assert form.n_timesteps == sequences.values.shape[1] == 3
    assert model._read_source(X, form, "X")[1] is form


def test_reading_stores_nothing_but_what_later_data_must_have():
    model = classifier(analyzer="char")
    before = dict(vars(model))
    model._read_source(WORDS, None, "X")
    assert vars(model) == before
    model = classifier()
    model._read_source(np.zeros((2, 3)), None, "X")
    assert set(vars(model)) - set(before) == {"n_features_in_", "_column_names"}


def test_text_is_split_as_in_fit():
    """Parameters that are set after fit wait for the next one."""
    model = classifier(analyzer="char").fit(WORDS, Y)
    expected = model.predict_proba(WORDS)
    np.testing.assert_array_equal(model.set_params(analyzer="word").predict_proba(WORDS), expected)
    model = Seq2SeqTransducer(units=2, epochs=1, random_state=0, analyzer="char", target_analyzer="char")
    model.fit(WORDS, WORDS).set_params(target_analyzer="word")
    assert model.score_samples(["ab"], ["ab"]) == model.set_params(target_analyzer="char").score_samples(["ab"], ["ab"])
    assert model.set_params(target_analyzer="word").partial_fit(WORDS, WORDS).n_timesteps_out_ == 4  # three and the end


def test_a_refit_reads_anew():
    model = classifier(analyzer="char").fit(WORDS, Y)
    assert model.vocabulary_ == {"a": 1, "b": 2}
    assert not hasattr(model, "n_features_in_")
    model.set_params(analyzer=None).fit(np.zeros((12, 3)), Y)
    assert not hasattr(model, "vocabulary_")
    assert (model.n_features_in_, model.n_timesteps_in_) == (3, 3)


def test_parameters_of_tokens_need_tokens():
    X = np.zeros((12, 3))
    for name, value in {"embedding_dim": 2, "vocabulary": ["a"], "max_vocabulary": 3, "min_frequency": 2}.items():
        with pytest.raises(ValueError, match=f"{name}=.* is for tokens, but X is read as measurements"):
            classifier(**{name: value}).fit(X, Y)
    with pytest.raises(ValueError, match="source_type='numeric' and an analyzer exclude each other"):
        classifier(source_type="numeric", analyzer="char").fit(WORDS, Y)


@pytest.mark.parametrize("options", [{}, {"analyzer": "word"}, {"source_type": "tokens"}], ids=str)
@pytest.mark.parametrize("kind", [scipy.sparse.csr_array, scipy.sparse.csr_matrix, scipy.sparse.dok_array])
def test_counts_of_words_are_no_sequences(options, kind, untrained):
    texts, y = ["a red lamp", "a blue lamp", "the red cup"] * 2, [0, 1, 0] * 2
    counts = kind(TfidfVectorizer().fit_transform(texts))
    model = SequenceClassifier(units=2, epochs=1, **options)
    told = r"Rows of counts, .*: pass the texts themselves with analyzer='word', .* pass {}\.toarray\(\)\."
    with pytest.raises(TypeError, match="Sparse data was passed for X, .*" + told.format("X")):
        model.fit(counts, y)
    model.set_params(source_type="auto", analyzer="word").fit(texts, y)  # what it advises
    with pytest.raises(TypeError, match="Sparse data was passed for X, "):
        model.predict(counts)
    with pytest.raises(TypeError, match="Sparse data was passed for X_val, .*" + told.format("X_val")):
        model.fit(texts, y, X_val=counts, y_val=y)
    assert model.set_params(analyzer=None).fit(counts.toarray(), y).n_features_in_ == counts.shape[1]


def test_integers_are_tokens_to_classifiers_and_numbers_to_regressors():
    X = np.array([[1, 2], [2, 2], [1, 1]])
    assert classifier()._read_source(X, None, "X")[1].reads_tokens
    assert not SequenceRegressor()._read_source(X, None, "X")[1].reads_tokens
    assert SequenceRegressor(source_type="tokens")._read_source(X, None, "X")[1].reads_tokens


# --- data most tokens of which are unknown ----------------------------------------------------------------------------


DNA = ["ACGT", "AACC", "GTTA", "CGCG"] * 3
LOWER = [text.lower() for text in DNA]
TEXTS = {"units": 2, "epochs": 1, "random_state": 0, "analyzer": "char", "handle_unknown": "use_unknown"}
UNKNOWN = (
    r"^100% of the 48 tokens of X are unknown, such as 'c': .*{}, which reads all of them as one and the same token\. "
    r"'c' differs from 'C' of fit only by case\. If case tells nothing: "
    r"fit with analyzer=letters, where def letters\(text\): return list"
)


@pytest.mark.parametrize(
    ("model", "y", "methods"),
    [
        (SequenceClassifier(**TEXTS), Y, ["predict", "predict_proba"]),
        (SequenceRegressor(**TEXTS), Y, ["predict"]),
        (SequenceTagger(**TEXTS), [list(text) for text in DNA], ["predict"]),
        (Seq2SeqTransducer(**TEXTS, target_analyzer="char"), DNA, ["predict"]),
        (SequenceGenerator(**TEXTS), None, ["score", "score_samples", "perplexity"]),
        (SequenceEncoder(SequenceGenerator(**TEXTS)), None, ["transform"]),
    ],
    ids=lambda value: type(value).__name__,
)
def test_data_of_unknown_tokens_are_warned_of_once(model, y, methods):
    model.fit(DNA, y)
    of = type(getattr(model, "estimator_", model)).__name__
    for name in methods:
        ask = getattr(copy.deepcopy(model), name)  # which has said nothing yet
        ask(DNA)  # without a warning, which would be an error
        with pytest.warns(UserWarning, match="unknown") as told:
            ask(LOWER)
        [message] = [str(warning.message) for warning in told]
        assert re.search(UNKNOWN.format(of), message)


def test_the_score_of_unknown_tokens_and_validation_data():
    model = SequenceClassifier(**TEXTS).fit(DNA, Y)
    with pytest.warns(UserWarning, match="100% of the 48 tokens of X are unknown"):
        model.score(LOWER, Y)
    model.fit(DNA, Y, X_val=LOWER, y_val=Y)  # warnings are errors
    rows = np.arange(40).reshape(10, 4) % 5
    model = classifier(handle_unknown="use_unknown").fit(rows, np.arange(10) % 2)
    with pytest.warns(UserWarning, match="100% of the 40 tokens of X are unknown, such as 50: .* such as 0, or fit on"):
        model.predict(rows + 50)


def test_unknown_tokens_that_are_few_but_spelt_otherwise():
    """Of half of the letters in lower case: what to do, and then nothing more."""
    new, told = [*LOWER[:6], *DNA[:6]], r"^24 of the 48 tokens of X are unknown because .* from 'C' of fit only by case"
    with pytest.warns(UserWarning, match=told) as warned:
        SequenceClassifier(**TEXTS).fit(DNA, Y).predict(new)
    scope = {}
    exec(re.search(r"where (def .*)\.$", str(warned[0].message))[1], scope)
    SequenceClassifier(**TEXTS | {"analyzer": scope["letters"]}).fit(DNA, Y).predict(new)  # warnings are errors


@pytest.mark.filterwarnings("error")
def test_unknown_tokens_that_are_few_or_were_or_were_told_of_in_fit():
    model = SequenceClassifier(**TEXTS).fit(DNA, Y)
    model.predict(["a"])
    model.predict(["bdef"] * 6 + DNA[:6])
    with pytest.warns(TrainingWarning, match="100% of the tokens"):
        model.set_params(vocabulary=["x"]).fit(DNA, Y)
    model.predict(DNA)


# --- unknown tokens that training has not -----------------------------------------------------------------------------


ROWS = np.array([[9.0, 9], [7, 7], [1, 2], [5, 0], [3, 4]])  # of padding, unknown tokens, and three tokens


@pytest.mark.parametrize(
    ("counts", "row"),
    [
        ([0, 0, 1, 6, 1], [2, 3]),  # the mean of two rows that occur once
        ([0, 0, 2, 2, 5], [3, 2]),  # of all rows, none of which does
        ([0, 0, 2, 0, 5], [2, 3]),  # a token of a given vocabulary that never occurs is as untrained
        ([0, 4, 1, 6, 1], [7, 7]),  # it was trained
    ],
)
def test_a_row_for_unknown_tokens(counts, row):
    expected = ROWS.copy()
    expected[1] = row
    embedded = with_unknown({"embedding": ROWS, "encoder/0/kernel": ROWS}, np.array(counts))
    np.testing.assert_array_equal(embedded["embedding"], expected)
    assert embedded["encoder/0/kernel"] is ROWS
    one_hot = with_unknown({"encoder/0/kernel": ROWS, "encoder/0/backward/kernel": 2 * ROWS}, np.array(counts))
    np.testing.assert_array_equal(one_hot["encoder/0/kernel"], expected)
    np.testing.assert_array_equal(one_hot["encoder/0/backward/kernel"], 2 * expected)
    assert ROWS[1].tolist() == [7, 7]


@pytest.mark.parametrize("embedding_dim", [None, 3])
def test_unknown_tokens_are_read_as_those_that_occur_once(embedding_dim):
    """The vocabulary is a, b, c and d, of ids 2 to 5; c and d occur once."""
    options = {"embedding_dim": embedding_dim, "handle_unknown": "use_unknown", "bidirectional": True}
    model = classifier(**options).fit([list("abc"), list("aab"), list("bd")], [0, 1, 1])
    names = ["embedding"] if embedding_dim else ["encoder/0/kernel", "encoder/0/backward/kernel"]
    for name in names:
        np.testing.assert_allclose(model.weights_[name][1], model.weights_[name][4:6].mean(axis=0), rtol=1e-6)
    before = {name: model.weights_[name][1] for name in names}
    model.partial_fit([list("ab")], [0])  # which may train it, and keeps what it has
    assert all(np.abs(model.weights_[name][1] - before[name]).max() < 0.02 for name in names)


def test_rows_that_an_encoder_or_a_softmax_has_trained_stay():
    words, options = [list("abc"), list("aab"), list("bd")], {"handle_unknown": "use_unknown", "embedding_dim": 3}
    encoder = classifier(**options, min_frequency=2).fit(words, [0, 1, 1])
    tuned = classifier(**options, encoder=encoder, freeze=True).fit([list("ab"), list("ba")], [0, 1])
    np.testing.assert_array_equal(tuned.weights_["embedding"], encoder.weights_["embedding"])
    tied = SequenceGenerator(units=3, epochs=1, tie_embeddings=True, **options).fit(words)
    assert not np.allclose(tied.weights_["embedding"][1], tied.weights_["embedding"][4:6].mean(axis=0))


SPACED, HALVES = ["ab", "ba", "b a", "aa"] * 5, [0, 1, 0, 1] * 5


@pytest.mark.usefixtures("eager", "untrained")
@pytest.mark.parametrize(
    ("changed", "X", "message"),
    [
        ({"analyzer": "word"}, SPACED, "analyzer='word', which was 'char'"),
        ({"handle_unknown": "use_unknown"}, SPACED, "handle_unknown='use_unknown', which was 'error'"),
        ({"source_type": "numeric"}, SPACED, "source_type='numeric'"),
        ({"vocabulary": [*"ab ", "!"]}, SPACED, r"a vocabulary that differs in 1 token\(s\), such as '!'"),
    ],
)
def test_a_fit_that_goes_on_reads_as_the_last_one_did(changed, X, message):
    model = SequenceClassifier(units=2, epochs=1, analyzer="char", warm_start=True).fit(X, HALVES).set_params(**changed)
    before = model.weights_
    for fit in (model.fit, model.partial_fit):
        with pytest.raises(ValueError, match=rf"cannot go on from its last fit with {message}.* parameters back"):
            fit(X, HALVES)
    assert model.weights_ is before
    if "source_type" not in changed:
        model.set_params(warm_start=False).fit(X, HALVES)
    SequenceClassifier(units=2, epochs=1, handle_unknown="use_unknown").partial_fit(
        [[1.5, 2.5]] * 4, [0, 1] * 2, classes=[0, 1]
    ).partial_fit([[1.5, 2.5]] * 4, [0, 1] * 2)  # numbers have no unknown tokens
