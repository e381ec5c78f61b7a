"""Unknown tokens that outputs would copy: what is told of them, when nothing is, and whether the advice works."""

import re

import numpy as np
import pytest
from warned import told

from skseq import Seq2SeqTransducer

pytestmark = pytest.mark.usefixtures("eager", "untrained")

NAMES, NEW = ["Anna", "Uwe", "Maria"], ["Heiko", "Anna"]
WORDS = {"analyzer": str.split, "target_analyzer": str.split, "target_join": " ", "handle_unknown": "use_unknown"}
SOURCES, TARGETS = [f"{name} hat 7 euro ." for name in NAMES] * 8, [f"{name} has 7 euros ." for name in NAMES] * 8


def transducer(X, y, **changed):
    return Seq2SeqTransducer(units=2, epochs=1, **WORDS | changed).fit(X, y)


@pytest.mark.parametrize("one_by_one", [False, True])
def test_sources_with_names_that_fit_did_not_see(one_by_one):
    model, X = transducer(SOURCES, TARGETS), [f"{name} hat 7 euro ." for name in NEW]
    if one_by_one:
        [message] = told(lambda: [model.predict([x]) for x in X])  # once at each line
        assert message.startswith("1 of 1 sources in X hold tokens that the vocabulary lacks, such as 'Heiko'. ")
    else:
        [message] = told(model.predict, X)
        assert message.startswith("1 of 2 sources in X hold tokens")
    assert "or put placeholders, such as NAME and NUMBER, in the place of names" in message


def test_token_lists_of_one_length():
    rows = [["a", "b", "c", "d"], ["b", "c", "d", "a"]] * 10
    model = transducer(rows, rows, analyzer=None, target_analyzer=None, target_join=None)
    [message] = told(model.predict, [["a", "x", "c", "y"], ["b", "c", "d", "z"], ["a", "b", "c", "d"]])
    assert message.startswith("2 of 3 sources in X hold tokens that the vocabulary lacks, such as 'x'")


def test_placeholders_as_advised():
    masked = ([re.sub("Anna|Uwe|Maria", "NAME", text) for text in texts] for texts in (SOURCES, TARGETS))
    assert not told(transducer(*masked).predict, ["NAME hat 7 euro ."])


def test_outputs_that_copy_nothing():
    """Labels, and texts that share but a full stop with their sources."""
    new = ["Heiko hat 7 euro ."]
    for y in (["paid ."] * 24, [f"{k % 3}th case" for k in range(24)]):
        assert not told(transducer(SOURCES, y).predict, new)


def test_outputs_in_the_tokens_of_sources_that_copy_nothing():
    """Digits that are computed of others, and words that two languages write alike."""
    rng = np.random.RandomState(0)
    digits = rng.randint(10, size=(100, 6))
    same = {"analyzer": None, "target_analyzer": None, "target_join": None}
    sums = [[(a + 7 * b) % 10, (3 * c + d) % 10] for a, b, c, d, *_ in digits.tolist()]
    assert not told(transducer(digits, sums, **same).predict, [[0, 1, 2, 3, 4, 77]] * 3)
    X = [f"{a} Hund will {b}" for a, b in zip(["die", "in", "war", "man"] * 10, ["hat", "also", "so", "am"] * 10)]
    y = [f"{b} dog {a}" for a, b in zip(["in", "war", "man", "die"] * 10, ["also", "so", "am", "hat"] * 10)]
    assert not told(transducer(X, y).predict, ["die Katze will also"] * 3)


def test_a_stray_letter():
    """One of 200 letters."""
    texts = ["abcde" * 4, "edcba" * 4] * 10
    model = transducer(texts, texts, analyzer="char", target_analyzer="char", target_join=None)
    assert not told(model.predict, [*texts[:9], "abcdx" + texts[0][5:]])


def test_tokens_that_were_unknown_in_fit():
    """As many as there, by min_frequency=2, are no news."""
    rare = [f"N{k} hat 7 euro ." for k in range(24)]
    assert not told(transducer(rare, TARGETS, min_frequency=2).predict, ["Heiko hat 7 euro ."] * 3)
