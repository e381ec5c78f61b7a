"""Arrays with padding in them, which is read as timesteps: what is told, and what is not."""

import re

import numpy as np
import pytest
from quiet_fits import assert_no_warning
from warned import told

from skseq import (
    LSTMAutoencoderTransformer,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceGenerator,
    SequenceRegressor,
)

SMALL = {"units": 2, "epochs": 1}
RNG = np.random.RandomState(0)
LENGTHS = RNG.randint(3, 13, 60)
WORDS = [RNG.randint(1, 6, n) for n in LENGTHS]
NUMBERS = [RNG.randn(n, 3) for n in LENGTHS]
Y = np.arange(60) % 2
pytestmark = pytest.mark.usefixtures("eager", "untrained")


def padded(samples, value=0, n_timesteps=12, side="right"):
    """Samples (n, n_timesteps) with a value in the place of missing steps."""
    table = np.full((len(samples), n_timesteps, *np.shape(samples[0])[1:]), value, samples[0].dtype)
    for row, sample in zip(table, samples):
        row[: len(sample) if side == "right" else None][-len(sample) :] = sample
    return table


@pytest.mark.parametrize(
    ("X", "share"),
    [
        (padded(NUMBERS), 90),
        (padded(NUMBERS, -999), 90),
        (padded(NUMBERS, n_timesteps=20), 100),
        (padded([own[:, 0] for own in NUMBERS]), 90),
        (padded(WORDS), 90),
        (padded(WORDS).tolist(), 90),
        (padded(WORDS).astype(str), 90),
    ],
    ids=["numbers", "far numbers", "longer than all", "columns", "ids", "lists", "strings"],
)
def test_padding(X, share):
    with pytest.warns(UserWarning, match=rf"X looks padded: {share // 10}\d+% of the samples end in") as caught:
        SequenceClassifier(**SMALL).fit(X, Y)
    assert len(caught) == 1
    code = re.search(r"(\[x\[:n\] for x, n in zip\(X, lengths\)\])", str(caught[0].message))[1]
    assert_no_warning(SequenceClassifier(**SMALL), eval(code, {"X": X, "lengths": LENGTHS}), Y)


@pytest.mark.parametrize(
    ("model", "X", "y"),
    [
        (SequenceRegressor(**SMALL), padded(NUMBERS), RNG.randn(60)),
        (LSTMAutoencoderTransformer(**SMALL), padded(NUMBERS), None),
        (Seq2SeqTransducer(**SMALL), padded(WORDS), [own.tolist() for own in WORDS]),
        (SequenceGenerator(**SMALL), padded(WORDS), None),
    ],
    ids=["numbers", "reconstructions", "sequences", "next tokens"],
)
def test_other_estimators_tell(model, X, y):
    with pytest.warns(UserWarning, match="X looks padded: "):
        model.fit(X, y)


def test_padding_on_the_left():
    X = padded(WORDS, side="left")
    with pytest.warns(UserWarning, match=r"begin in a run .* \[x\[-n:\] for x, n in zip\(X, lengths\)\]"):
        SequenceClassifier(**SMALL).fit(X, Y)
    assert_no_warning(SequenceClassifier(**SMALL), [x[-n:] for x, n in zip(X, LENGTHS)], Y)


def test_numbers_that_are_padded_on_the_left_far_from_all_others():
    logs = [1013 + 5 * own for own in NUMBERS]
    X = padded(logs, side="left")
    with pytest.warns(UserWarning, match=r"begin in a run .* \[x\[-n:\] for x, n in zip\(X, lengths\)\]"):
        SequenceRegressor(**SMALL).fit(X, Y)
    assert_no_warning(SequenceRegressor(**SMALL), [x[-n:] for x, n in zip(X, LENGTHS)], Y)
    assert_no_warning(SequenceRegressor(**SMALL), padded(logs, 1005, side="left"), Y)  # as others are


WAITS = np.arange(12) >= RNG.randint(2, 10, 60)[:, None]


@pytest.mark.parametrize(
    "X",
    [
        RNG.randn(60, 12, 3),
        RNG.randint(0, 6, (60, 12)),
        padded(WORDS, 5),  # a token that stands elsewhere, too
        padded([np.round(own) for own in NUMBERS])[:, :, :1],  # zeros among others
        padded(WORDS)[:15],
        np.c_[RNG.randint(1, 6, (60, 11)), np.zeros(60, int)],  # an end
        np.cumsum(RNG.rand(60, 12, 2) * WAITS[:, :, None], axis=1),  # what begins after a while
        WORDS,
        NUMBERS,
    ],
    ids=["numbers", "ids", "elsewhere", "counts", "few", "end", "onsets", "lists of ids", "lists"],
)
def test_no_padding(X):
    messages = told(SequenceClassifier(**SMALL).fit, X, Y[: len(X)])
    assert not any(message.startswith("X looks padded") for message in messages)


def test_later_data_may_be_padded():
    """As far as they may hold what fit has not seen."""
    model = SequenceRegressor(**SMALL).fit(NUMBERS, Y)
    assert not told(model.predict, padded(NUMBERS))
