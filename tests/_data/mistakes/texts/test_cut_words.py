"""Words that analyzer="word" cuts inside: names of notes, and silence for prose."""

import functools
import pickle
import re
import warnings
from pydoc_data.topics import topics

import numpy as np
import pandas as pd
import pytest
from warned import told

from skseq import SequenceGenerator
from skseq._data.mistakes.texts.cut_words import warn_if_words_are_cut

pytestmark = pytest.mark.usefixtures("eager")

NOTES = ["E4 F#4 G4 C#5", "D4 E4 G4 A4", "C#5 D4 E4"] * 8
SMALL = {"units": 2, "epochs": 1, "random_state": 0}


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("form", [list, np.array, pd.Series, " ".join], ids=["list", "array", "column", "one text"])
def test_names_of_notes(form):
    X = form(NOTES)
    told = r"^analyzer='word' cuts 27% of the words in X inside, such as 'F#4' into 'F', '#', '4', so .* hold 'F # 4'\."
    with pytest.warns(UserWarning, match=told) as caught:
        SequenceGenerator(**SMALL, analyzer="word").fit(X)
    assert len(caught) == 1
    analyzer, silence = re.search(r"set analyzer=(.*)\. Where .* out by (.*)\.$", str(caught[0].message)).groups()
    model = SequenceGenerator(**SMALL, analyzer=eval(analyzer)).fit(X)  # other warnings are errors
    assert set(model.vocabulary_) == {"A4", "C#5", "D4", "E4", "F#4", "G4"}
    samples = pickle.loads(pickle.dumps(model)).sample(9, random_state=0, max_length=5)
    assert {note for sample in samples for note in sample.split()} <= set(model.vocabulary_)
    with warnings.catch_warnings():
        eval(silence, {"warnings": warnings})
        SequenceGenerator(**SMALL, analyzer="word").fit(X)


@pytest.mark.parametrize("name", ["F#", "G\u266f4", "B\u266d", "B-4", "C/G", "2020-01-02", "a=1"])
def test_what_is_cut(name):
    with pytest.warns(UserWarning, match="analyzer='word' cuts 50%"):
        warn_if_words_are_cut([f"{name} C"])


@pytest.mark.parametrize("names", ["G4:1.0 E4:0.5 C5", "G4_0.5 E4_1.5 C5_1.0", "V;PST;3;SG N;NOM", "3.5 2.25 1"])
def test_marks_that_prose_has_are_told_where_most_words_have_them(names):
    with pytest.warns(UserWarning, match=r"analyzer='word' cuts (67|100)% .* set analyzer=str.split"):
        warn_if_words_are_cut([names])


@pytest.mark.parametrize(
    "text",
    [
        "Hello, world!  He said: \"yes, that's it\" (or 'no').",
        "L'homme qu'il a vu n'est pas l'\u00e9t\u00e9 d'un well-known e-mail.",
        "It costs $5, or 3.14, at 10:30 in the U.S.A. by 50%; 1,234 of them...",
        "@user #tag nice!! *really*",
        "e4 d4 c\u0327a_b",
    ],
)
def test_prose(text):
    assert not told(warn_if_words_are_cut, [text])


PLACES = ["Stow-on-the-Wold", "King's Lynn", "Weston-super-Mare", "Ashton"] * 4


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("way", [0, 1])
def test_names_with_hyphens(way):
    told = r"^analyzer='word' cuts 75% of the texts in X inside, .* hold 'Stow - on - the - Wold'\. .*"
    with pytest.warns(UserWarning, match=told) as caught:
        SequenceGenerator(**SMALL, analyzer="word").fit(PLACES)
    ways = re.search(r" set (analyzer='char'), or (analyzer=.* with join='')\. Where", str(caught[0].message)).groups()
    options = eval(f"dict({ways[way].replace(' with', ',')})", {"functools": functools, "re": re})
    model = SequenceGenerator(**SMALL, **options).fit(PLACES)  # other warnings are errors
    assert set("".join(model.vocabulary_)) == set("".join(PLACES))
    samples = model.sample(9, random_state=0, max_length=5)
    assert all(set(sample) <= set("".join(PLACES)) for sample in samples)


@pytest.mark.parametrize(
    "texts",
    [
        ["Ashton", "King's Lynn"] * 5,
        ["It's a well-known fact, isn't it"] * 5,
        ["O'Neill", "Smith-Jones"],
        ["- a -"] * 5,
    ],
)
def test_few_names_and_sentences(texts):
    assert not told(warn_if_words_are_cut, texts)


def test_documentation():
    assert not told(warn_if_words_are_cut, list(topics.values()))


def test_who_says_how_to_join_is_not_told():
    assert not told(SequenceGenerator(**SMALL, analyzer="word", join="".join).fit, NOTES)
