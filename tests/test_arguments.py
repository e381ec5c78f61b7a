"""Paths and seeds that are none, wherever one is taken; integers are in tests/properties/test_counts.py."""

import numpy as np
import pytest

import skseq
from skseq._arguments import as_random_state, brief
from skseq.export import to_onnx


@pytest.mark.parametrize(
    ("argument", "call", "wrong"),
    [
        ("file", skseq.load, [None, 3, "\0"]),
        ("path", lambda path: to_onnx(None, path), [None, 3, "\0"]),
        ("folder", skseq.set_compile_cache, ["\0"]),
    ],
)
def test_what_is_no_path(argument, call, wrong):
    """An integer would be an open file of the process."""
    for path in wrong:
        with pytest.raises(ValueError, match=f"{argument} must be a path"):
            call(path)


@pytest.mark.parametrize("seed", ["a", -1, 2**32, 1.5, True, np.random.default_rng(0)])
def test_what_is_no_seed(seed):
    """A boolean would be the seed 0 or 1."""
    windows = np.random.RandomState(0).randn(12, 8)
    naive = skseq.SeasonalNaive().fit(windows, windows[:, :2])
    for draw in (as_random_state, lambda seed: naive.sample_y(windows, random_state=seed)):
        with pytest.raises(ValueError, match="random_state must be None, an integer from 0 to 4294967295 or a Random"):
            draw(seed)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("short", "'short'"),
        ("22.6, 22.4, 22.0", "'22.6, 22...'"),
        (b"22.6, 22.4, 22.0", "b'22.6, 2...'"),
        (np.str_("22.6, 22.4, 22.0"), "'22.6, 22...'"),
        (np.bytes_(b"22.6, 22.4, 22.0"), "b'22.6, 2...'"),
        (np.array([0.2009, 0.5]), "array([0.2..."),
        ([1, 2], "[1, 2]"),
    ],
    ids=["short", "text", "bytes", "text of NumPy", "bytes of NumPy", "array", "list"],
)
def test_what_is_cut_ends_with_dots(value, shown):
    """A number that was cut looks like another one."""
    assert brief(value, 13) == shown
