"""What flags tell of the next row each on its own, and what whole rows do, by hand and in chords, drums and noise."""

import numpy as np
import pytest

from skseq._data.simple_models.flags_together import nats_given_the_row_before

RNG = np.random.RandomState(0)
CHORDS = np.array([[1, 1, 0, 0, 1], [0, 1, 1, 1, 0], [1, 0, 1, 0, 1], [1, 0, 0, 1, 1]], float)
BAR = np.column_stack([np.arange(16) % 8 == 0, np.arange(16) % 8 == 4, np.arange(16) % 2 == 0]).astype(float)


def test_by_hand(monkeypatch):
    """Rows 01, 10, 01, 01: the last one came after a 01 as the second did, so that its own place leaves one 10."""
    monkeypatch.setattr("skseq._data.simple_models.flags_together.OFTEN", 2)
    flags = np.array([[0, 1], [1, 0], [0, 1], [0, 1]], float)
    # share of 01 + others after the same row, over all after it: none before the first, 01 twice, 10 once
    together = np.log([0.75 / 1, (0 + 0.25) / 2, 0.75 / 1, (0 + 0.75) / 2])
    alone, whole = nats_given_the_row_before(flags, np.arange(4) == 0)
    np.testing.assert_allclose(whole, -together.mean())
    np.testing.assert_allclose(alone, 2 * whole)  # one flag tells the other


@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (CHORDS[RNG.randint(4, size=1000)], True),
        (CHORDS[np.arange(1000) % 4], False),  # the next one is known
        (np.tile(BAR, (60, 1)), False),
        ((RNG.rand(2000, 5) < 0.4).astype(float), False),
        (np.insert(np.eye(12), 0, 0, axis=1)[RNG.randint(12, size=2000)], False),  # one-hot
    ],
    ids=["chords", "in order", "drums", "noise", "one note"],
)
def test_chords_alone_are_likelier_by_a_nat(flags, expected):
    alone, together = nats_given_the_row_before(flags, np.arange(len(flags)) % 10 == 0)
    assert (alone - together > 1) is expected


def test_rows_that_hardly_recur():
    assert nats_given_the_row_before((RNG.rand(300, 6) < 0.5).astype(float), np.arange(300) == 0) is None
