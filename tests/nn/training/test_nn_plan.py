"""Which graph is chosen."""

import numpy as np
import pytest

from skseq._data.training_data import TrainingData
from skseq.nn.training.plan import (
    BLOCK_BATCH_UNITS,
    BLOCK_UNITS,
    MIXED_BATCH_UNITS2,
    RECOMPUTE_BYTES,
    RECOMPUTE_TIMESTEPS,
    UPDATES_IN_PIECE,
    WAITING_BYTES,
    XLA_TIMESTEPS,
    bytes_kept,
    plan,
    updates_in_piece,
)

LOOP = {"recompute": False, "cudnn": False, "block": False}


@pytest.mark.parametrize("n_steps", [0, XLA_TIMESTEPS - 1, XLA_TIMESTEPS, 100 * XLA_TIMESTEPS])
@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("unroll", [False, True])
def test_what_is_set_is_obeyed(jit_compile, unroll, n_steps):
    expected = {"jit_compile": jit_compile, "unroll": unroll} | LOOP
    assert plan(jit_compile, unroll, n_steps=n_steps, n_timesteps=RECOMPUTE_TIMESTEPS - 1) == expected


def test_auto_compiles_when_there_is_work_enough():
    found = [
        plan("auto", False, n_steps=n, n_timesteps=1)["jit_compile"] for n in (1, XLA_TIMESTEPS - 1, XLA_TIMESTEPS)
    ]
    assert found == [False, False, True]


def test_auto_leaves_large_products_of_bfloat16_to_units_that_xla_does_not_use():
    work, units = {"n_steps": XLA_TIMESTEPS, "n_timesteps": 1}, 100
    sizes = [
        {"batch_size": n, "units": units}
        for n in (1, MIXED_BATCH_UNITS2 // units**2 - 1, MIXED_BATCH_UNITS2 // units**2)
    ]
    assert [plan("auto", False, mixed=True, **work, **size)["jit_compile"] for size in sizes] == [True, True, False]
    assert plan("auto", False, **work, **sizes[-1])["jit_compile"]
    assert plan(True, False, mixed=True, **work, **sizes[-1])["jit_compile"]


def test_auto_never_unrolls():
    assert [plan(False, "auto", n_steps=n, n_timesteps=1)["unroll"] for n in (1, 100 * XLA_TIMESTEPS)] == [
        False,
        False,
    ]


def test_each_auto_is_decided_by_itself():
    few = {"n_steps": 1, "n_timesteps": 1}
    assert plan("auto", True, **few) == {"jit_compile": False, "unroll": True} | LOOP
    assert plan(True, "auto", **few) == {"jit_compile": True, "unroll": False} | LOOP


def test_long_sequences_are_worked_out_again_unless_they_are_unrolled():
    found = [
        plan(False, unroll, n_steps=1, n_timesteps=RECOMPUTE_TIMESTEPS)["recompute"] for unroll in ("auto", False, True)
    ]
    assert found == [True, True, False]


@pytest.mark.parametrize(
    ("n_timesteps", "more", "expected"),
    [(RECOMPUTE_TIMESTEPS, 1, True), (RECOMPUTE_TIMESTEPS, 0, False), (RECOMPUTE_TIMESTEPS - 1, 1, False)],
)
def test_layers_that_keep_little_are_not_worked_out_again(n_timesteps, more, expected):
    assert plan(False, False, n_steps=1, n_timesteps=n_timesteps, kept=RECOMPUTE_BYTES + more)["recompute"] == expected


@pytest.mark.parametrize(
    ("n_timesteps", "fields", "n_steps"),
    [
        ((10,), {}, 10),
        ((10,), {"bidirectional": True, "n_layers": 2}, 40),
        ((10, 7), {"bidirectional": True}, 27),  # decoders have one direction
        ((10, 10), {"n_decoders": 2}, 30),
    ],
)
def test_what_is_kept(n_timesteps, fields, n_steps):
    """16 numbers of 4 bytes for each of 8 units."""
    fields = {"units": 8, "n_layers": 1, "bidirectional": False, "dtype": "float32"} | fields
    assert bytes_kept(n_timesteps=n_timesteps, **fields) == 16 * 4 * 8 * n_steps


@pytest.mark.parametrize(
    ("fields", "expected"),
    [
        ({}, True),
        ({"units": BLOCK_UNITS, "batch_size": BLOCK_BATCH_UNITS // BLOCK_UNITS}, True),
        ({"units": BLOCK_UNITS + 1}, False),
        ({"units": 2, "batch_size": BLOCK_BATCH_UNITS // 2 + 1}, False),
        ({"unroll": True}, False),
        ({"n_timesteps": RECOMPUTE_TIMESTEPS}, False),
        ({"cudnn": True}, False),
        ({"jit_compile": True}, True),  # to predict
        ({"block": False}, False),
    ],
)
def test_small_layers_are_one_operation(fields, expected):
    fields = {"jit_compile": "auto", "unroll": False, "n_steps": 1, "n_timesteps": 1, "block": True} | fields
    assert plan(fields.pop("jit_compile"), fields.pop("unroll"), **fields)["block"] == expected


@pytest.mark.parametrize(
    ("jit_compile", "unroll", "n_timesteps", "expected"),
    [
        ("auto", "auto", 1, True),
        (False, False, 1, True),
        (True, "auto", 1, False),
        ("auto", True, 1, False),
        ("auto", "auto", RECOMPUTE_TIMESTEPS, False),
    ],
)
def test_cudnn_has_the_layers_that_are_not_compiled_unrolled_or_worked_out_again(
    jit_compile, unroll, n_timesteps, expected
):
    found = plan(jit_compile, unroll, n_steps=XLA_TIMESTEPS, n_timesteps=n_timesteps, cudnn=True)
    assert found["cudnn"] == expected
    assert not (found["cudnn"] and found["jit_compile"])


def test_pieces_hold_few_bytes():
    """Ten timesteps of three features and a weight are 31 numbers of 8 bytes per row."""
    data = TrainingData({"source": np.zeros((5, 10, 3)), "weight": np.zeros(5)})
    most = WAITING_BYTES // (31 * 8 * UPDATES_IN_PIECE)
    found = [updates_in_piece(data, batch_size) for batch_size in (1, most, 2 * most, WAITING_BYTES)]
    assert found == [UPDATES_IN_PIECE, UPDATES_IN_PIECE, UPDATES_IN_PIECE // 2, 1]
    a_batch = 31 * 8 * 2
    assert [updates_in_piece(data, 2, max_bytes) for max_bytes in (0, 4 * 3 * a_batch, 10**9)] == [
        1,
        3,
        UPDATES_IN_PIECE,
    ]
