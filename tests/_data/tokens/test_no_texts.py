"""What comes where texts are wanted, and what errors and warnings say to do with it."""

import ast
import re
import warnings
from functools import partial

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone

from skseq import (
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceGenerator,
)

pytestmark = pytest.mark.usefixtures("eager")
Y = np.arange(12) % 2
WORDS = ["abc", "ba", "c", "cab"] * 3
SMALL = {"units": 4, "epochs": 1, "random_state": 0}


def classifier(**parameters):
    return SequenceClassifier(**SMALL, **parameters)


TEXT_COLUMNS = pd.DataFrame({"title": ["red car", "blue bike"] * 4, "status": ["very fast", "slow"] * 4})


@pytest.mark.parametrize(
    "form", [pd.DataFrame, pd.DataFrame.to_numpy, lambda frame: pl.DataFrame(frame.to_dict("list"))]
)
def test_columns_of_texts_are_joined_as_the_error_says(form):
    X, y = form(TEXT_COLUMNS), [0, 1] * 4
    with pytest.raises(ValueError, match=r"Join the strings of each .*, or read each column by a Seq") as told:
        SequenceClassifier(**SMALL, analyzer="word").fit(X, y)
    code = re.search("one text, (.*), or read each column by a SequenceEncoder", str(told.value))[1]
    model = SequenceClassifier(**SMALL, analyzer="word").fit(eval(code, {"X": X}), y)
    assert list(model.vocabulary_) == ["bike", "blue", "car", "fast", "red", "slow", "very"]


LEMMAS = pd.DataFrame({"lemma": ["ev", "kitap"] * 4, "features": ["N;PL", "N;SG"] * 4})


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(
    "X",
    [
        LEMMAS,
        pl.DataFrame(LEMMAS.to_dict("list")),
        LEMMAS.to_numpy(),
        list(LEMMAS.itertuples(index=False, name=None)),
        LEMMAS.to_numpy().tolist(),
        pd.Series(LEMMAS.to_numpy().tolist()),
    ],
    ids=["frame", "polars", "array", "tuples", "lists", "series"],
)
def test_strings_of_a_sample_are_joined_as_the_error_says(X):
    joined, y = ["ev N;PL", "kitap N;SG"] * 4, ["evler", "kitap"] * 4
    one_token = r"\. Or (set|fit again with) analyzer=None where each string is one token\.$"
    model = Seq2SeqTransducer(**SMALL, analyzer="char", target_analyzer="char")
    for fitted in (model, clone(model).fit(joined, y)):
        call = partial(model.fit, y=y) if fitted is model else fitted.predict
        with pytest.raises(ValueError, match=one_token) as told:
            call(X)
        code = re.search(r"of each sample to one text, (.*)\. Or", str(told.value))[1]
        assert eval(code, {"X": X}) == joined
    with pytest.raises(ValueError, match=r"\[' '.join\(x\) for x in y.*\]. Or set target_analyzer=None where each"):
        clone(model).fit(joined, X)


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_a_column_of_text_beside_others_is_named(frame):
    X = frame({"price": [1.0, 2.0] * 4, "title": ["red car", "bike"] * 4})
    with pytest.raises(ValueError, match=r"Pass X\['title'\], or to use all ColumnTransformer\(.*\) before an") as told:
        SequenceClassifier(**SMALL, analyzer="word").fit(X, [0, 1] * 4)
    assert "analyzer=None" not in str(told.value)
    model = SequenceClassifier(**SMALL, analyzer="word").fit(X["title"], [0, 1] * 4)
    assert list(model.vocabulary_) == ["bike", "car", "red"]


@pytest.mark.parametrize(
    "sound", [np.arange(-60, 60, dtype="<i2"), np.arange(120, dtype="<i2")], ids=["both", "letters"]
)
def test_sound_as_bytes_becomes_numbers(sound):
    """UTF-8 reads small numbers that are not negative as letters and zeros."""
    sound = sound.reshape(12, 10)
    X = [x.tobytes() for x in sound]
    with pytest.raises(ValueError, match="if they are sound of 16 bits, pass ") as told:
        classifier().fit(X, Y)
    numbers, text = re.findall(r"(\[np.*?\]|\[x.decode.*?\])", str(told.value))
    np.testing.assert_array_equal(eval(numbers, {"np": np, "X": X}), sound / 32768)
    assert all(isinstance(x, str) for x in eval(text, {"X": X}))


class Letters:
    """A text of another library, as the Seq of Biopython."""

    def __init__(self, text):
        self.text = text

    def __str__(self):
        return self.text

    def __len__(self):
        return len(self.text)

    def __getitem__(self, index):
        return self.text[index]


class Record:
    """As the SeqRecord of Biopython, which compares with nothing."""

    __hash__ = None

    def __init__(self, text):
        self.seq = Letters(text)

    def __eq__(self, other):
        raise NotImplementedError

    __ne__ = __eq__


@pytest.mark.parametrize("form", [list, pd.Series], ids=lambda form: form.__name__)
@pytest.mark.parametrize(
    ("kind", "code"), [(Record, "[str(x.seq) for x in X]"), (Letters, "[str(x) for x in X]")], ids=["record", "text"]
)
def test_texts_of_other_libraries_become_strings_as_the_error_says(kind, code, form):
    X = form([kind(word) for word in WORDS])
    told = rf"Got a {kind.__name__} as X\[0\]: pass {re.escape(code)}\.$"
    with pytest.raises(ValueError, match=told):
        classifier(analyzer="char").fit(X, Y)
    fitted = classifier(analyzer="char").fit(eval(code, {"X": X}), Y)
    with pytest.raises(ValueError, match=told):
        fitted.predict(X)
    with pytest.raises(ValueError, match=r"Got an element of type range, X\[0\]"):  # which prints in 12 letters
        fitted.fit([range(12)] * 12, Y)


WRITTEN = ["['ab', 'c']", "['c']"] * 6  # lists, as they come out of a CSV file


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("analyzer", ["char", "word"])
@pytest.mark.parametrize("form", [list, pd.Series, lambda X: pd.DataFrame({"X": X})])
def test_lists_that_an_analyzer_splits(analyzer, form):
    X, y = form(WRITTEN), [["a"]] * 12
    with pytest.warns(UserWarning, match=f"^X holds strings that analyzer='{analyzer}' splits, .* like a list") as told:
        classifier(analyzer=analyzer).fit(X, Y)
    assert len(told) == 1
    reader, silence = re.search(r"list of what (.*) gives for each\..* out by (.*)\.$", str(told[0].message)).groups()
    with warnings.catch_warnings():
        eval(silence, {"warnings": warnings})
        classifier(analyzer=analyzer).fit(X, Y)  # other warnings are errors
    classifier(analyzer=analyzer).fit([*WRITTEN[:-1], "c"], Y)
    classifier().fit([eval(reader, {"ast": ast, "text": text}) for text in WRITTEN], Y)
    with pytest.warns(UserWarning, match=f"^y holds strings that target_analyzer='{analyzer}' splits"):
        Seq2SeqTransducer(**SMALL, target_analyzer=analyzer).fit(y, X)
    with pytest.raises(ValueError, match=r"one token\. \"\['ab', 'c'\]\" looks like a list: pass a list of"):
        Seq2SeqTransducer(**SMALL).fit(y, WRITTEN)


DAYS = pd.date_range("2020-01-01", periods=12)


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("values", [list(range(12)), np.arange(12), pd.Series(range(12)), DAYS, list(DAYS)])
def test_numbers_and_dates_become_texts_as_the_error_says(values):
    with pytest.raises(ValueError, match=r"y\[0\] = .*None if each is one of a few classes\.$") as told:
        Seq2SeqTransducer(**SMALL, analyzer="char", target_analyzer="char").fit(WORDS, values)
    code = re.search(r"Pass (.*), or set target_analyzer=None", str(told.value))[1]
    model = Seq2SeqTransducer(**SMALL, analyzer="char", target_analyzer="char").fit(WORDS, eval(code, {"y": values}))
    assert set(model.target_vocabulary_) <= set("0123456789-:T ")
    with pytest.raises(ValueError, match=r"X\[0\] = .*\. Pass (.*) for x in X\]\.$"):
        classifier(analyzer="char").fit(values, Y)
    with pytest.raises(ValueError, match=r"y\[1\] = None. It is missing"):  # of which str would make a text
        model.fit(WORDS, [1.0, *[None] * 11])


def test_an_analyzer_is_read_in_fit():
    fitted = classifier(analyzer="char").fit(WORDS, Y).set_params(analyzer=None)
    told = r"analyzer is read in fit, and the last fit had 'char'\. .*fit again with analyzer=None"
    with pytest.raises(ValueError, match=f"Got an element of type list.* {told}"):
        fitted.predict([list("abc")])
    assert fitted.fit([list(word) for word in WORDS], Y).predict([list("abc")]).shape == (1,)


SMILES = partial(re.findall, r"\[[^\]]+\]|Br|Cl|.")


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("analyzer", ["char", SMILES, "word", str.split], ids=["char", "pattern", "word", "split"])
def test_lists_are_joined_so_that_the_analyzer_makes_them_again(analyzer):
    tokens = [["no", "!"], ["so", "on"]] if analyzer in ("word", str.split) else [["C", "C", "[O-]"], ["C", "N"]]
    known = sorted({token for own in tokens for token in ("".join(own) if analyzer == "char" else own)})
    with pytest.raises(ValueError, match="Join the strings of each sample") as told:
        classifier(analyzer=analyzer).fit(tokens * 6, Y)
    code = re.search(r"one text, (.*)\. Or set", str(told.value))[1]
    texts = eval(code, {"X": tokens})
    fitted = classifier(analyzer=analyzer).fit(texts * 6, Y)
    assert list(fitted.vocabulary_) == known
    with pytest.raises(ValueError, match=re.escape(code)):
        fitted.predict(tokens)
    model = SequenceGenerator(**SMALL, analyzer=analyzer).fit(texts * 6)
    with pytest.raises(ValueError, match="for x in prefix") as told:
        model.sample(prefix=tokens)
    prefix = eval(re.search(r"one text, (.*)\. Or fit", str(told.value))[1], {"prefix": tokens})
    assert len(model.sample(prefix=prefix, max_length=9)) == 2


@pytest.mark.parametrize("form", [pd.DataFrame, pl.DataFrame], ids=["pandas", "polars"])
def test_a_column_of_names_beside_one_of_labels(form):
    X = form({"county": ["Cork", "Fife", "Cork"] * 6, "name": [f"Kil{letter}" for letter in "abcdefghijklmnopqr"]})
    with pytest.raises(ValueError, match="or pass the texts alone, X") as told:
        SequenceGenerator(**SMALL, analyzer="char").fit(X)
    names, counties = re.search(r"alone, (.*), and to a SequenceGenerator also y=(.*?)\. Or", str(told.value)).groups()
    model = SequenceGenerator(**SMALL, analyzer="char").fit(eval(names, {"X": X}), eval(counties, {"X": X}))
    assert list(model.condition_classes_) == ["Cork", "Fife"]


def test_several_right_answers():
    X, y = ["ab", "ba", "aa"] * 4, [["a", "aque"], ["b"], ["a"]] * 4
    with pytest.raises(ValueError, match="several right answers") as told:
        Seq2SeqTransducer(**SMALL, analyzer="char", target_analyzer="char").fit(X, y)
    one, sources, targets = re.search(r"choose one, (.*), or .* each: (.*) and (.*)\. Or", str(told.value)).groups()
    assert eval(one, {"y": y}) == ["a", "b", "a"] * 4
    assert eval(sources, {"X": X, "y": y}) == ["ab", "ab", "ba", "aa"] * 4
    assert eval(targets, {"y": y}) == ["a", "aque", "b", "a"] * 4


def test_an_analyzer_that_fails_on_what_is_joined():
    def fails(text):
        raise RuntimeError

    with pytest.raises(ValueError, match=r"\[' '\.join\(x\) for x in X\]"):
        classifier(analyzer=fails).fit([["a", "b"]] * 12, Y)


@pytest.mark.parametrize("form", [list, np.array, pd.Series])
def test_numbers_one_per_sample_become_digits_as_the_error_says(form):
    X, y = form(range(12)), [f"number {n}" for n in range(12)]
    with pytest.raises(ValueError, match=r"a single sequence is \[X\]\. If each number is a sample, .* pass") as told:
        Seq2SeqTransducer(**SMALL, target_analyzer="char").fit(X, y)
    code = re.search(r"pass (\[str.*\]), with analyzer='char' in fit\.", str(told.value))[1]
    model = Seq2SeqTransducer(**SMALL, analyzer="char", target_analyzer="char").fit(eval(code, {"X": X}), y)
    assert list(model.vocabulary_) == list("0123456789")
    assert "groupby" not in str(told.value)


def test_a_column_of_ids_is_told_to_be_grouped():
    frame = pd.DataFrame({"session": [0, 0, 1, 1, 2, 2], "item": [41, 87, 41, 87, 87, 41]})
    with pytest.raises(
        ValueError, match=r"ids, one per row of a log, pass lists of them, such as (frame.*list\))"
    ) as told:
        SequenceGenerator(**SMALL).fit(frame["item"])
    lists = eval(re.search(r"(frame\.groupby.*list\)) with", str(told.value))[1], {"frame": frame})
    assert lists.tolist() == [[41, 87], [41, 87], [87, 41]]
