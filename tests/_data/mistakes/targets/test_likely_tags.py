"""Padding and numbers among the labels of timesteps: what is told, and what is not."""

import re

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from quiet_fits import assert_no_warning
from warned import told

import skseq
from skseq import SequenceRegressor, SequenceTagger

SMALL = {"units": 2, "epochs": 1}
RNG = np.random.RandomState(0)
LENGTHS = RNG.randint(3, 13, 60)  # of the longest, which have no padding
WORDS = [RNG.randint(1, 6, n) for n in LENGTHS]
TAGS = [RNG.randint(1, 4, n) for n in LENGTHS]
pytestmark = pytest.mark.usefixtures("eager", "untrained")


def padded(samples, value=0, side="right"):
    """Samples (n, 12) with a value in the place of missing steps."""
    shape = (len(samples), 12, *np.shape(samples[0])[1:])
    table = np.full(shape, value, samples[0].dtype)
    for row, sample in zip(table, samples):
        place = slice(len(sample)) if side == "right" else slice(12 - len(sample), None)
        row[place] = sample
    return table


NUMBERS = [RNG.randn(n, 3) for n in LENGTHS]
NAMES = [np.array(list("-abc"))[own] for own in TAGS]


@pytest.mark.parametrize(
    ("X", "y", "label"),
    [
        (padded(WORDS), padded(TAGS), "0"),
        (padded(WORDS), padded(TAGS, 1), "1"),  # which real timesteps have, too
        (padded(WORDS), padded(NAMES, "-"), "'-'"),
        (padded(WORDS).tolist(), padded(TAGS).tolist(), "0"),
        (padded(NUMBERS), padded(TAGS), "0"),
        (padded(NUMBERS, -999), padded(TAGS), "0"),
    ],
    ids=["ids", "label of others", "names", "lists", "numbers", "far numbers"],
)
def test_padding(X, y, label):
    with pytest.warns(UserWarning, match=f"X and y look padded: most samples end in .* the label {label}") as caught:
        SequenceTagger(**SMALL).fit(X, y)
    assert len(caught) == 1
    code = re.search(r"(\[x\[:n\] for x, n in zip\(X, lengths\)\])", str(caught[0].message))[1]
    own, labels = (eval(code, {"X": values, "lengths": LENGTHS}) for values in (X, y))
    assert_no_warning(SequenceTagger(**SMALL), own, labels)


def test_padding_on_the_left():
    X, y = padded(WORDS, side="left"), padded(TAGS, side="left")
    with pytest.warns(UserWarning, match=r"most samples begin in .* \[x\[-n:\] for x, n in zip\(X, lengths\)\]"):
        SequenceTagger(**SMALL).fit(X, y)
    assert_no_warning(
        SequenceTagger(**SMALL), [x[-n:] for x, n in zip(X, LENGTHS)], [x[-n:] for x, n in zip(y, LENGTHS)]
    )


STATES = np.sort(RNG.randint(0, 4, (60, 12)), axis=1)  # each sample ends in the last state
PULSES = (np.arange(12) >= RNG.randint(2, 10, 60)[:, None]).astype(int)


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (RNG.randint(0, 6, (60, 12)), RNG.randint(0, 3, (60, 12))),
        (padded(WORDS, 5), padded(TAGS)),  # a token that stands elsewhere, too
        (padded(WORDS), RNG.randint(0, 3, (60, 12))),  # labels of their own
        (padded(WORDS)[:15], padded(TAGS)[:15]),
        (np.c_[RNG.randint(1, 6, (60, 11)), np.zeros(60, int)], np.c_[RNG.randint(1, 4, (60, 11)), np.zeros(60, int)]),
        (np.cumsum(RNG.rand(60, 12, 2) * PULSES[:, :, None], axis=1), PULSES),  # which begin after a while
        (padded(NUMBERS), np.zeros((60, 12), int)),
        (WORDS, TAGS),
        (RNG.randn(60, 12, 3), np.tile(np.arange(12) < 6, (60, 1)).astype(int)),
        (RNG.randint(0, 2, (60, 12)), PULSES),
        (RNG.rand(60, 12, 2) * (1 - PULSES[:, :, None]), PULSES),  # machines that are all off in the end
    ],
    ids=["noise", "elsewhere", "labels", "few", "end token", "onsets", "one label", "lists", "halves", "bits", "off"],
)
def test_no_padding(X, y):
    messages = told(SequenceTagger(**SMALL, bidirectional=True).fit, X, y)
    assert not any(message.startswith("X and y look padded") for message in messages)


LIVES = [np.arange(n)[::-1] for n in RNG.randint(30, 60, 20)]
WEAR = [(own + RNG.randn(len(own)))[:, None] for own in LIVES]


@pytest.mark.parametrize(
    "y",
    [
        LIVES,
        [own.astype(float) for own in LIVES],
        [5 * own for own in LIVES],
        [own // 2 for own in LIVES[:5]] + LIVES[5:],
    ],
    ids=["integers", "floats", "in fives", "slower"],
)
def test_numbers_at_every_timestep(y):
    with pytest.warns(
        UserWarning, match=r"y holds \d\d distinct whole numbers from 0 to \d+, and neighbours"
    ) as caught:
        SequenceTagger(**SMALL).fit(WEAR, y)
    assert len(caught) == 1
    code = re.search(r"from windows, targets, _ = (.*?\(X, y\))", str(caught[0].message))[1]
    windows, targets, _ = eval(code, {"skseq": skseq, "X": WEAR, "y": y})
    assert_no_warning(SequenceRegressor(**SMALL), windows, targets[:, -1])
    assert_no_warning(SequenceTagger(**SMALL, bidirectional=False), WEAR, [list(map(str, own)) for own in y])


@pytest.mark.parametrize(
    "y",
    [
        [RNG.randint(0, 40, len(own)) for own in LIVES],
        [RNG.choice(np.r_[32, 1040:1104], len(own)) for own in LIVES],
        [np.repeat(RNG.permutation(40), 2)[: len(own)] for own in LIVES],
        [np.repeat(np.arange(30), 3)[: len(own)] for own in LIVES],
        [own % 15 for own in LIVES],
        [60 + np.cumsum(RNG.choice([-5, -2, 0, 2, 4], len(own))) for own in LIVES],
        [(np.arange(len(own)) + k) % 24 for k, own in enumerate(LIVES)],
    ],
    ids=["noise", "codes of letters", "segments", "states in order", "few", "melodies", "hours"],
)
def test_names_at_every_timestep(y):
    messages = told(SequenceTagger(**SMALL, bidirectional=False).fit, WEAR, y)
    assert not any(message.startswith("y holds") for message in messages)


SENTENCES = [[(str(word), str(tag)) for word, tag in zip(*pair)] for pair in zip(WORDS, TAGS)]
NAMED = [[tag for _, tag in sentence] for sentence in SENTENCES]
TRIPLES = [[(tag, word, "x") for word, tag in sentence] for sentence in SENTENCES]


@pytest.mark.parametrize(
    ("X", "place"),
    [
        (SENTENCES, 1),
        ([sentence[:3] for sentence in SENTENCES], 1),
        (TRIPLES, 0),
        ([list(map(list, sentence)) for sentence in SENTENCES], 1),
        (pd.Series(SENTENCES), 1),
    ],
    ids=["pairs", "one length", "triples", "lists", "Series"],
)
def test_labels_in_x(X, place):
    y = [labels[: len(x)] for labels, x in zip(NAMED, X)]
    with pytest.raises(ValueError, match=rf"X holds the labels: value {place} of each timestep, such as") as caught:
        SequenceTagger(**SMALL).fit(X, y)
    code = re.search(r"tokens alone, (.*)\.$", str(caught.value))[1]
    assert_no_warning(SequenceTagger(**SMALL), eval(code, {"X": X}), y)


def test_labels_of_an_array_in_x():
    with pytest.raises(ValueError, match="X holds the labels: value 1"):
        SequenceTagger(**SMALL).fit([sentence[:3] for sentence in SENTENCES], np.array([tags[:3] for tags in NAMED]))


def test_labels_in_tokens():
    with pytest.warns(
        UserWarning, match=r"X holds the labels: value 1 of each .* \[\[step\[0\] for step in x\] for x in X\]"
    ):
        SequenceTagger(**SMALL, source_type="tokens").fit(SENTENCES, NAMED)
    assert_no_warning(SequenceTagger(**SMALL, source_type="tokens"), SENTENCES[:5], NAMED[:5])


def test_a_list_of_sparse_matrices_is_told_to_be_made_dense():
    X, y = [scipy.sparse.csr_array(own) for own in NUMBERS], [own.tolist() for own in TAGS]
    with pytest.raises(TypeError, match=r"^X\[0\] is a sparse csr_array, .*: pass X\[0\]\.toarray\(\)\.$"):
        SequenceTagger(**SMALL).fit(X, y)
    SequenceTagger(**SMALL).fit([own.toarray() for own in X], y)


def test_other_pairs_are_tokens():
    others = [[str(k % 2) for k in range(len(sentence))] for sentence in SENTENCES]
    assert_no_warning(SequenceTagger(**SMALL, source_type="tokens"), SENTENCES, others)
    assert_no_warning(SequenceTagger(**SMALL), [[word for word, _ in own] for own in SENTENCES], NAMED)
