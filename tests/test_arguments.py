"""Paths that are none, wherever one is taken; integers are in tests/properties/test_counts.py."""

import pytest

import skseq
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
