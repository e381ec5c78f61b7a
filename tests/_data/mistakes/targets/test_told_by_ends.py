"""Warnings about targets that are told by where samples end or by what comes next, and none about others."""

import re

import numpy as np
import pytest
from quiet_fits import assert_no_warning
from warned import told

import skseq
from skseq import LSTMAutoencoderTransformer, SequenceRegressor, SequenceTagger

RNG = np.random.RandomState(0)
SMALL = {"units": 2, "epochs": 1}
LENGTHS = RNG.permutation(np.arange(12, 32))
X = [RNG.randn(length, 2) for length in LENGTHS]
SOON = [np.where(np.arange(length)[::-1] < 5, "soon", "ok") for length in LENGTHS]
STAGES = [np.minimum(np.arange(length)[::-1] // 4, 2) for length in LENGTHS]
TOLD = r"labels in y are told by how many timesteps of a sample follow.* set bidirectional=False: then"
pytestmark = pytest.mark.usefixtures("eager", "untrained")


# --- labels of timesteps ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (X, SOON),
        (X, STAGES),
        ([x[:, 0] for x in X], SOON),
        ([RNG.choice(list("abc"), length).tolist() for length in LENGTHS], SOON),
        (X[:10], SOON[:10]),
        ([x[-4:] for x in X[:2]] + X[2:], [own[-4:] for own in SOON[:2]] + SOON[2:]),
        ([np.c_[x, np.ones(len(x))] for x in X], SOON),
    ],
    ids=["two", "stages", "a channel", "tokens", "few", "short", "constant"],
)
def test_labels_that_are_told_by_the_end(X, y):
    with pytest.warns(UserWarning, match=TOLD):
        SequenceTagger(**SMALL).fit(X, y)
    assert_no_warning(SequenceTagger(**SMALL, bidirectional=False), X, y)
    assert_no_warning(SequenceTagger(**SMALL, bidirectional=True), X, y)


def test_read_from_the_past_alone_a_cut_record_has_the_labels_of_the_whole_one():
    model = SequenceTagger(**SMALL, bidirectional=False, random_state=0).fit(X, SOON)
    cut, whole = (model.predict_proba(own) for own in ([x[:10] for x in X], X))
    np.testing.assert_allclose(np.stack(list(cut)), [own[:10] for own in whole], atol=1e-6)
    with pytest.warns(UserWarning, match="set bidirectional=False and transitions=False: then"):
        SequenceTagger(**SMALL, transitions=True).fit(X, SOON)


FAULTS = [np.where((np.arange(length) > 8) & (np.arange(length) < 12), 1, 0) for length in LENGTHS]
RARE = [np.where(np.arange(length)[::-1] > 27, 1, 0) for length in LENGTHS]


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (X, [own[::-1] for own in SOON]),
        (X, FAULTS),
        (X, [np.where(RNG.rand(length) < 0.3, 1, 0) for length in LENGTHS]),
        (X, [np.where(np.arange(length)[::-1] < length // 4, 1, 0) for length in LENGTHS]),
        (X, [np.zeros(length, int) for length in LENGTHS]),
        (X, RARE),
        (X, [np.r_[np.zeros(length - 1, int), 1] for length in LENGTHS]),
        (X[:9], SOON[:9]),
        ([x[: 12 + i % 4] for i, x in enumerate(X)], [own[-(12 + i % 4) :] for i, own in enumerate(SOON)]),
        (np.stack([x[:12] for x in X]), np.stack([own[-12:] for own in SOON])),
        ([np.c_[x, own == "soon"] for x, own in zip(X, SOON)], SOON),
        ([np.c_[x, np.arange(len(x))[::-1]] for x in X], STAGES),
        (X, [own[0] for own in SOON]),
    ],
    ids=[
        "start", "middle", "drawn", "shares", "one label", "of the longest alone", "a mark at the end", "fewer",
        "few lengths", "one length", "a flag", "a count", "of sequences",
    ],
)  # fmt: skip
def test_labels_that_are_not_told_by_the_end(X, y):
    assert_no_warning(SequenceTagger(**SMALL), X, y)


def test_texts_that_end_in_a_point():
    words = ["the", "a", "cat", "dog", "sees", "likes"]
    texts = [[*RNG.choice(words, length), "."] for length in LENGTHS]
    kinds = {**dict.fromkeys(words[:2], "DET"), **dict.fromkeys(words[2:4], "NOUN"), ".": "PUNCT"}
    assert_no_warning(SequenceTagger(**SMALL), texts, [[kinds.get(word, "VERB") for word in own] for own in texts])
    assert_no_warning(SequenceTagger(**SMALL), texts, [[int(word == ".") for word in own] for own in texts])


def test_remaining_life_as_labels_is_told_once():
    left = [np.arange(30 + length)[::-1] for length in LENGTHS]
    (message,) = told(SequenceTagger(**SMALL).fit, [RNG.randn(len(own), 1) for own in left], left)
    assert "distinct whole numbers" in message


# --- numbers of sequences ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (X, LENGTHS),
        (X, (0.1 * LENGTHS - 7).astype(np.float32)),
        (X[:10], 1e30 * LENGTHS[:10]),
        ([x[:, 0] for x in X], -LENGTHS + 0.01 * RNG.randn(20)),
    ],
    ids=["lengths", "a line", "few", "rounded"],
)
def test_numbers_that_are_told_by_the_length(X, y):
    """And windows with what is left of their series are learnt as the warning says."""
    with pytest.warns(UserWarning, match=r"y is the number of timesteps of each sample in X") as caught:
        SequenceRegressor(**SMALL).fit(X, y)
    code = re.search(r"series = (.*\]\)), and fit\(windows, left\[:, -1\], groups=series\)", str(caught[0].message))[1]
    windows, left, series = eval(code, {"skseq": skseq, "numpy": np, "X": X})
    assert_no_warning(SequenceRegressor(**SMALL), windows, left[:, -1], groups=series)
    window = windows.shape[1]
    assert left[0].tolist() == list(range(len(X[0]))[::-1][:window])


def test_one_output_of_several_is_told_by_the_length():
    with pytest.warns(UserWarning, match=r"y\[:, 1\] is the number of timesteps"):
        SequenceRegressor(**SMALL).fit(X, np.stack([RNG.randn(20), LENGTHS], axis=1))


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (X, LENGTHS + RNG.randn(20)),
        (X, LENGTHS**2),
        (X, np.ones(20)),
        (X[:9], LENGTHS[:9]),
        ([x[: 8 + i % 4] for i, x in enumerate(X)], 8 + np.arange(20) % 4),
        (np.stack([x[:12] for x in X]), LENGTHS),
        ([list("abc" * length) for length in LENGTHS], LENGTHS),
    ],
    ids=["noise", "squares", "constant", "fewer", "few lengths", "one length", "tokens"],
)
def test_numbers_that_are_not_told_by_the_length(X, y):
    assert_no_warning(SequenceRegressor(**SMALL), X, y)


# --- labels that stand in the next timestep ---------------------------------------------------------------------------

DRAWS = np.random.RandomState(0)
TOSSES = DRAWS.randint(2, size=(60, 31))
TASKS = DRAWS.randint(5, size=(60, 31))
PAIRED = [[f"{task}-{own}" for task, own in zip(*both)] for both in zip(TASKS[:, :-1], TOSSES[:, :-1])]
SPELT = [list("the cat sat on the mat by the sea with a hat"[index % 7 :]) for index in range(60)]
RARE = [[f"word{index}" for index in DRAWS.randint(5000, size=20)] for _ in range(60)]
TOLD_BY_NEXT = (
    r"next timestep of X tells \d+% of the labels in y by a table, and their own \d+%.*set bidirectional=False: then"
)


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (TOSSES[:, :-1], TOSSES[:, 1:]),
        (TOSSES[:, :-1].tolist(), np.where(TOSSES, "right", "wrong")[:, 1:].tolist()),
        (
            [own[: 12 + index % 9] for index, own in enumerate(PAIRED)],
            [own[1:][: 12 + i % 9] for i, own in enumerate(TOSSES)],
        ),
        (np.stack([DRAWS.randn(60, 30), TOSSES[:, :-1]], axis=2), TOSSES[:, 1:]),
    ],
    ids=["array", "lists", "ragged", "a channel"],
)
def test_labels_that_a_tagger_reads_in_the_next_timestep(X, y):
    with pytest.warns(UserWarning, match=TOLD_BY_NEXT):
        SequenceTagger(**SMALL).fit(X, y)
    assert_no_warning(SequenceTagger(**SMALL, bidirectional=False), X, y)
    assert_no_warning(SequenceTagger(**SMALL, bidirectional=True), X, y)


RETURNS = np.random.RandomState(1).standard_t(5, size=(30, 41))
UP = (RETURNS[:, 1:] > 0).astype(int)


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (RETURNS[:, :-1], UP),
        ([*RETURNS[:, :-1]], [*np.where(UP, "up", "down")]),
        (100 + RETURNS.cumsum(axis=1)[:, :-1], UP),
        (np.stack([DRAWS.randn(30, 40), 1e6 * RETURNS[:, :-1]], axis=2), UP),
        (RETURNS[:, :-1], np.digitize(RETURNS[:, 1:], [-0.6, 0.5])),
        (RETURNS.reshape(1, -1)[:, :-1], (RETURNS.reshape(1, -1)[:, 1:] > 0).astype(int)),
    ],
    ids=["returns", "lists", "prices", "a channel", "three classes", "one series"],
)
def test_numbers_of_the_next_step_that_tell_labels(X, y):
    """Whether it goes up tomorrow cannot be known of noise, but stands in the next step."""
    with pytest.warns(UserWarning, match=TOLD_BY_NEXT):
        SequenceTagger(**SMALL).fit(X, y)
    assert_no_warning(SequenceTagger(**SMALL, bidirectional=False), X, y)


def test_of_many_channels_50_are_looked_at():
    """All of 600 would take seconds."""
    first, last, left_out = (np.random.RandomState(2).randn(30, 40, 60) for _ in range(3))
    for X, channel in ((first, 0), (last, 59), (left_out, 5)):
        X[:, :, channel] = RETURNS[:, :-1]
    for X in (first, last):
        with pytest.warns(UserWarning, match=TOLD_BY_NEXT):
            SequenceTagger(**SMALL).fit(X, UP)
    assert_no_warning(SequenceTagger(**SMALL), left_out, UP)


STATES = np.repeat(DRAWS.randint(2, size=(30, 8)), 5, axis=1)
LEVELS_OF_STATES = 3.0 * STATES + DRAWS.randn(30, 40)
SLOW = np.sin(np.arange(41) / 4 + DRAWS.rand(30, 1) * 6)


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (RETURNS[:, 1:], UP),
        (RETURNS[:, 2:], UP[:, :-1]),
        (LEVELS_OF_STATES, STATES),
        (np.stack([RETURNS[:, 1:], RETURNS[:, :-1]], axis=2), UP),
        (np.stack([UP, RETURNS[:, :-1]], axis=2), UP),
        (np.roll(LEVELS_OF_STATES, 1, axis=1), STATES),
        (SLOW[:, :-1], (SLOW[:, 1:] > 0).astype(int)),
        (SLOW[:, :-1], (np.diff(SLOW, axis=1) > 0).astype(int)),
        (RETURNS[:, :-1], (RETURNS[:, 1:] > 1.5).astype(int)),
        (LEVELS_OF_STATES[:, :-1], (np.diff(STATES, axis=1) != 0).astype(int)),
        (RETURNS[:, :-1], (RETURNS[:, :-1] + RETURNS[:, 1:] > 0).astype(int)),
        (RETURNS[:, :-1], DRAWS.randint(2, size=(30, 40))),
        (RETURNS[:8, :-1], UP[:8]),
    ],
    ids=[
        "own", "before", "states", "another channel", "an own flag", "late sensor", "slow",
        "slopes", "rare", "ends of states", "both", "noise", "few",
    ],
)  # fmt: skip
def test_numbers_of_the_next_step_that_tell_no_more(X, y):
    assert_no_warning(SequenceTagger(**SMALL), X, y)


def test_a_crf_looks_back_too():
    with pytest.warns(UserWarning, match="set bidirectional=False and transitions=False: then"):
        SequenceTagger(**SMALL, transitions=True).fit(TOSSES[:, :-1], TOSSES[:, 1:])


def test_an_encoder_decides_whether_a_tagger_reads_both_ways():
    forwards, both = (
        LSTMAutoencoderTransformer(**SMALL, cell="gru", bidirectional=both).fit(TOSSES.astype(float))
        for both in (False, True)
    )
    X, y = TOSSES[:, :-1].astype(float), TOSSES[:, 1:]
    assert_no_warning(SequenceTagger(**SMALL, encoder=forwards), X, y)
    with pytest.warns(UserWarning, match=TOLD_BY_NEXT):
        SequenceTagger(**SMALL, encoder=both).fit(X, y)


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (TOSSES, TOSSES),
        (TOSSES, TOSSES ^ np.roll(TOSSES, -1, axis=1)),
        (TOSSES[:, 1:], TOSSES[:, :-1]),
        (SPELT, [[int(letter in "aeiou") for letter in text] for text in SPELT]),
        (RARE, [[int(word[-1] < "5") for word in [*text[1:], "0"]] for text in RARE]),
        (TASKS, (DRAWS.rand(60, 31) < 0.02).astype(int)),
        (TASKS, np.zeros_like(TASKS)),
        (np.repeat(TASKS[:, :4], 12, axis=1)[:, :-1], np.repeat(TASKS[:, :4], 12, axis=1)[:, 1:]),
        (DRAWS.randn(60, 30).cumsum(axis=1), TOSSES[:, 1:]),
        (TOSSES[:1, :-1], TOSSES[:1, 1:]),
        (TOSSES[:, :1].repeat(2, axis=1), TOSSES[:, :2]),
        (TOSSES, TOSSES[:, 0]),
    ],
    ids=[
        "own", "both", "before", "letters", "rare", "mostly one", "one", "phases", "numbers", "few", "two steps",
        "of sequences",
    ],
)  # fmt: skip
def test_labels_that_are_not_told_by_the_next_timestep(X, y):
    assert_no_warning(SequenceTagger(**SMALL, handle_unknown="use_unknown"), X, y)  # as rare words are
