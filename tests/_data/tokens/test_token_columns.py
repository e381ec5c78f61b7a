"""Frames in the place of token and label lists: the column counts, not its name, in every library."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skseq import (
    LSTMAutoencoderTransformer,
    Seq2SeqClassifier,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceGenerator,
    SequenceTagger,
)
from skseq._data.tokens.token_columns import with_columns
from skseq.inspection import permutation_importance
from skseq.metrics import (
    copied_fraction,
    hit_rate_at_k,
    normalized_edit_distance,
    sequence_accuracy_score,
    token_accuracy_score,
)
from skseq.preprocessing import SequenceOneHotEncoder, SequenceTokenizer

pytestmark = pytest.mark.usefixtures("eager")

SMALL = {"units": 4, "epochs": 1, "random_state": 0}
WORDS = [list("abc"), list("ba"), ["c"], list("cabb")]
NUMBERS = [np.arange(len(word)) / 3.0 for word in WORDS]


def table(column):
    return pytest.importorskip("pyarrow").table({"w": column})


def column_of_table(column):
    return table(column).column("w")


def cell_of_table(column):
    return table([column]).column("w")[0]


MAKERS = {
    "pandas": lambda column: pd.DataFrame({"w": column}, index=range(5, 5 + len(column))),
    "categories": lambda column: pd.DataFrame({"w": pd.Categorical(column)}),
    "polars": lambda column: pl.DataFrame({"w": column}),
    "pyarrow": table,
    "column of pyarrow": column_of_table,
    "cell of pyarrow": cell_of_table,
}
EVERY = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


@EVERY
def test_a_frame_of_one_column_is_a_list(make):
    assert with_columns([make(word) for word in WORDS], "y") == WORDS
    assert with_columns([WORDS[0], make(WORDS[1])], "y") == WORDS[:2]
    assert with_columns(WORDS, "y") is WORDS


def test_what_a_frame_holds_stays():
    times = [pd.Timestamp("2024-05-01"), pd.Timestamp("2024-05-02")]
    assert with_columns([pd.DataFrame({"w": times})], "y") == [times]
    assert with_columns([pd.DataFrame({"w": pd.array([1, None], "Int64")})], "y") == [[1, pd.NA]]


@EVERY
def test_metrics_compare_columns(make):
    true, other = [make(list("abc"))], [make(list("abx"))]
    assert token_accuracy_score(true, other) == token_accuracy_score([list("abc")], other) == pytest.approx(2 / 3)
    assert sequence_accuracy_score(true, other) == 0
    assert normalized_edit_distance(true, [list("abc")]) == 0
    assert copied_fraction(true, [list("xabc"), list("abc")]) == 1
    assert hit_rate_at_k(["b", "w"], [make(["a", "b"]), make(["a", "b"])], k=2) == 0.5


@EVERY
def test_a_tagger_reads_columns(make):
    frames = [make(word) for word in WORDS]
    tagger, same = (SequenceTagger(**SMALL).fit(NUMBERS, y) for y in (frames, WORDS))
    assert tagger.classes_.tolist() == ["a", "b", "c"]
    assert list(map(list, tagger.predict(NUMBERS))) == list(map(list, same.predict(NUMBERS)))
    assert tagger.score(NUMBERS, frames) == same.score(NUMBERS, WORDS)


@EVERY
def test_encoder_decoders_read_columns(make):
    frames = [make(word) for word in WORDS]
    model = Seq2SeqTransducer(**SMALL).fit(frames, frames)
    same = Seq2SeqTransducer(**SMALL).fit(WORDS, WORDS)
    assert model.predict(frames).tolist() == same.predict(WORDS).tolist()
    y = [list("ab"), list("ba")] * 2
    assert Seq2SeqClassifier(**SMALL).fit(frames, [make(own) for own in y]).predict(WORDS).shape == (4, 2)


@EVERY
@pytest.mark.parametrize("words", [WORDS, [list("ab"), list("cb")]], ids=["ragged", "of one length"])
def test_sources_are_read_as_columns(make, words):
    frames, y = [make(word) for word in words], np.arange(len(words)) % 2
    model = SequenceClassifier(**SMALL).fit(frames, y)
    assert list(model.vocabulary_) == ["a", "b", "c"]
    np.testing.assert_array_equal(model.predict_proba(frames), model.predict_proba(words))
    assert SequenceOneHotEncoder().fit(frames).tokens_.tolist() == ["a", "b", "c"]
    found = SequenceTokenizer(analyzer=None).fit(words).transform(frames)
    assert list(map(list, found)) == [["_abc".index(token) for token in word] for word in words]


@EVERY
def test_integers_are_tokens_where_they_are_said_to_be(make):
    X, y = [make([1, 2, 1]), make([2])], [0, 1]
    model = SequenceClassifier(**SMALL, source_type="tokens").fit(X, y)
    assert list(model.vocabulary_) == [1, 2]


def test_a_generator_goes_on_from_columns():
    frames = [pd.DataFrame({"w": word}) for word in WORDS]
    model = SequenceGenerator(**SMALL).fit(frames)
    assert [sample[:2] for sample in model.sample(prefix=frames[:2], random_state=0)] == [["a", "b"], ["b", "a"]]


def test_importances_permute_columns():
    frames, y = [pd.DataFrame({"w": word}) for word in WORDS], [0, 1, 0, 1]
    model = SequenceClassifier(**SMALL).fit(WORDS, y)
    found, same = (permutation_importance(model, X, y, n_repeats=2, random_state=0) for X in (frames, WORDS))
    np.testing.assert_array_equal(found.importances_mean, same.importances_mean)


@pytest.mark.parametrize(
    ("make", "select"),
    [
        (lambda word: pd.DataFrame({"w": word, "n": 1}), lambda frame: frame[["w"]]),
        (lambda word: pl.DataFrame({"w": word, "n": 1}), lambda frame: frame[["w"]]),
        (
            lambda word: pytest.importorskip("pyarrow").table({"w": word, "n": [1] * len(word)}),
            lambda frame: frame.select(["w"]),
        ),
    ],
    ids=["pandas", "polars", "pyarrow"],
)
def test_several_columns_are_refused_with_what_to_select(make, select):
    frames = [make(word) for word in WORDS]
    code = r"(\[\['w'\]\]|\.select\(\['w'\]\))"
    message = rf"\[0\] is a .* with the columns \['w', 'n'\]. Expected one column, .* such as {{}}\[0\]{code}\.$"
    with pytest.raises(ValueError, match="^y" + message.format("y")):
        SequenceTagger(**SMALL).fit(NUMBERS, frames)
    with pytest.raises(ValueError, match="^y" + message.format("y")):
        Seq2SeqTransducer(**SMALL).fit(WORDS, frames)
    with pytest.raises(ValueError, match="^X" + message.format("X")):
        SequenceClassifier(**SMALL, source_type="tokens").fit(frames, [0, 1, 0, 1])
    with pytest.raises(ValueError, match="^y_pred" + message.format("y_pred")):
        token_accuracy_score(WORDS, frames)
    assert with_columns([select(frame) for frame in frames], "y") == WORDS


def test_a_frame_without_columns_has_nothing_to_select():
    with pytest.raises(ValueError, match=r"with the columns \[\]. Expected one column, .* every timestep\.$"):
        with_columns([pd.DataFrame(index=[0])], "y")


def test_estimators_of_numbers_name_those_of_tokens():
    with pytest.raises(ValueError, match="reads numbers alone"):
        LSTMAutoencoderTransformer(**SMALL).fit([pd.DataFrame({"w": word}) for word in WORDS])
