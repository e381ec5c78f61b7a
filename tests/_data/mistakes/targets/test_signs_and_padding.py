"""Targets with padding, and with signs for start and end: what is told, whether the advice helps, and what is not."""

import numpy as np
import pandas as pd
import pytest
from quiet_fits import assert_no_warning
from warned import told

from skseq import Seq2SeqTransducer
from skseq._data.mistakes.targets.signs_and_padding import (
    warn_if_padded_targets,
    warn_if_signs,
    warn_if_texts_have_signs,
)
from skseq._data.targets.token_targets import read_token_lists

RNG = np.random.RandomState(0)
PLAIN = [RNG.randint(4, 16, length).tolist() for length in RNG.randint(2, 9, 40)]
SIGNED = [[1, *target, 2] for target in PLAIN]
LETTERS = [list(map(chr, np.add(target, 93))) for target in PLAIN]
TEXTS = ["".join(target) for target in LETTERS]
pytestmark = pytest.mark.usefixtures("eager", "untrained")


def padded(targets, side="right"):
    """An array (n, 10) of targets with zeros."""
    rows = [target + [0] * (10 - len(target)) for target in targets]
    return np.array(rows if side == "right" else [row[-1:0:-1] + row[:1] for row in rows])


def of_lists(warn, y):
    return told(warn, read_token_lists(y, analyzer=None, argument="y"), "y", rows="y")


def advised(message, y):
    """What the code in a warning makes of y."""
    begins = "now and later: " if "looks padded" in message else "your own, pass "
    code = message.split(begins)[1].removesuffix(".").removesuffix(", now and later")
    return eval(code, {"y": y, "numpy": np})


@pytest.mark.parametrize("make", [np.asarray, np.ndarray.tolist, lambda y: y.astype(str)], ids=["array", "list", "str"])
def test_padding(make):
    y = make(padded(PLAIN))
    [message] = of_lists(warn_if_padded_targets, y)
    assert message.startswith("y looks padded: 100% of the targets end in a run of ")
    assert [[int(token) for token in target] for target in advised(message, y)] == PLAIN


def test_padding_on_the_left():
    [message] = of_lists(warn_if_padded_targets, padded(PLAIN)[:, ::-1])
    assert "of the targets begin in a run of 0" in message


def test_other_targets_are_not_padded():
    full = RNG.randint(0, 9, (40, 10))
    ends = np.c_[full + 1, np.zeros(40, int)]
    states = np.where(padded(PLAIN) == 0, "dead", "alive")
    ordered, moved = np.sort(full % 4, axis=1), padded(PLAIN) + (full > 6)
    for y in (PLAIN, SIGNED, full, ends, states, padded(PLAIN)[:10], ordered, moved):
        assert of_lists(warn_if_padded_targets, y) == []


@pytest.mark.parametrize(
    ("y", "where"),
    [
        (SIGNED, "begin with 1 and end with 2. Such signs"),
        ([np.array(target) for target in SIGNED], "begin with 1 and end with 2. Such signs"),
        ([["<s>", *target] for target in LETTERS], "in y begin with '<s>'. Such signs"),
        ([[*target, "</s>"] for target in LETTERS], "in y end with '</s>'. Such signs"),
        ([["\t", *target, "\n"] for target in LETTERS], r"begin with '\t' and end with '\n'. Such signs"),
    ],
    ids=["ids", "arrays", "begin", "end", "white space"],
)
def test_signs(y, where):
    [message] = of_lists(warn_if_signs, y)
    assert where in message
    assert advised(message, y) in (PLAIN, LETTERS)


def test_tokens_that_are_no_signs():
    named = [["login", *target, "logout"] for target in LETTERS]
    again = [[1, *target, 1] for target in PLAIN]
    high = [[100, *target, 101] for target in PLAIN]
    some = [[1, *target] for target in PLAIN[1:]] + [PLAIN[0]]
    tours = [target[:-1] for target in SIGNED]
    few = [[1, *np.remainder(target, 4) + 2] for target in PLAIN]
    fractions = [[1.0, *target] for target in PLAIN]
    for y in (PLAIN, LETTERS, named, again, high, some, tours, few, fractions, SIGNED[:15], [[1]] * 40, [*SIGNED, []]):
        assert of_lists(warn_if_signs, y) == []


@pytest.mark.parametrize(
    ("begin", "end"), [("\t", ""), ("\t", "\n"), ("[start] ", " [end]"), ("<sos> ", ""), ("startseq ", " endseq")]
)
def test_signs_in_texts(begin, end):
    y = [begin + text + end for text in TEXTS]
    [message] = told(warn_if_texts_have_signs, y, "y")
    assert [
        text.rstrip() for text in advised(message, y)
    ] == TEXTS  # of the end of a line `warn_if_ends_in_space` tells


def test_texts_without_signs():
    for y in (
        TEXTS,
        [f"the {text}." for text in TEXTS],
        [f"({text})" for text in TEXTS],
        [f" {text}" for text in TEXTS],
    ):
        assert told(warn_if_texts_have_signs, y, "y") == []
    assert told(warn_if_texts_have_signs, [*TEXTS, ""], "y") == []


@pytest.mark.parametrize("kind", [np.asarray, pd.DataFrame])
def test_a_fit_tells_of_padding_first_and_then_of_signs(kind):
    model, y = Seq2SeqTransducer(units=2, epochs=1), kind(padded([[1, *target[:6], 2] for target in PLAIN]))
    for what in ("looks padded", "begin with 1 and end with 2"):
        [message] = [message for message in told(model.fit, PLAIN, y) if "in y" in message]
        assert what in message
        y = advised(message, y)
    assert_no_warning(model, PLAIN, y)
