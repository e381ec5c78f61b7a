"""What is asked of a generator's network, with a network that adds up ids."""

import numpy as np
import pytest
from sklearn import config_context

from skseq._base.decoders.generation import in_pieces
from skseq._data.working_memory import Derived

IDS = np.random.RandomState(0).randint(1, 9, size=(20, 7)).astype(np.int32)
LENGTHS = np.random.RandomState(1).randint(1, 8, size=20).astype(np.int32)


def ask(rows):
    """The sum of the real ids of a piece for log p, and that of all so far for a state."""
    real = np.arange(rows["source"].shape[1]) < rows["source_lengths"][:, None]
    here = (rows["source"] * real).sum(axis=1)
    before = rows["states"][:, 0] if "states" in rows else 0
    return np.stack([here, before + here], axis=1).astype(np.float32)


@pytest.mark.parametrize("width", [2, 3, 7])
@pytest.mark.parametrize("memory", [1, 100, 10_000], ids=["a row", "some rows", "all rows"])
def test_sequences_are_read_in_blocks_of_rows_and_in_pieces(width, memory):
    """Also where ids are computed where they are indexed, by rows alone."""
    lazy = Derived(lambda index: IDS[index].reshape(-1, 7), IDS.shape, IDS.dtype)
    totals = [ids[:n].sum() for ids, n in zip(IDS, LENGTHS)]
    for source in (IDS, lazy):
        rows = {"source": source, "source_lengths": LENGTHS, "condition": np.arange(20)}
        with config_context(working_memory=memory / 2**20):
            log_probs, left = in_pieces(ask, rows, width, 1)
        np.testing.assert_array_equal(log_probs, totals)
        np.testing.assert_array_equal(left["states"][:, 0], totals)
        np.testing.assert_array_equal(left["before"], IDS[np.arange(20), LENGTHS - 1])
        np.testing.assert_array_equal(left["condition"], np.arange(20))
        assert left["source"].shape == (20, 0)
