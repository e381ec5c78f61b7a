"""Which graph is chosen."""

from dataclasses import replace

import numpy as np
import pytest
import tensorflow as tf

from skseq._data.training_data import TrainingData
from skseq.nn.spec import AutoencoderSpec, GeneratorSpec, PooledSpec, Seq2SeqSpec
from skseq.nn.training.plan import (
    BLOCK_BATCH_UNITS,
    BLOCK_UNITS,
    CALL_SECONDS,
    MIXED_BATCH_UNITS2,
    RECOMPUTE_BYTES,
    RECOMPUTE_TIMESTEPS,
    SAMPLED_WEIGHTS,
    SHORT_OUTPUTS,
    SHORT_PRODUCTS,
    UPDATES_IN_PIECE,
    WAITING_BYTES,
    XLA_BLOCK_TIMESTEPS,
    XLA_TIMESTEPS,
    Pace,
    Work,
    bytes_kept,
    planned,
    updates_in_call,
    updates_in_piece,
    work_of_updates,
)

SPEC = PooledSpec(source_size=3, units=16, sizes=(2,))
GRU = replace(SPEC, cell="gru")  # the block kernel has none
WORK = Work(n_updates=1, batch_size=1, n_source=1)
CHOSEN = ("jit_compile", "unroll", "recompute", "cudnn", "block", "short")


def chosen(spec=GRU, jit_compile="auto", unroll="auto", **work):
    found = planned(spec, replace(WORK, **work), jit_compile, unroll)
    assert replace(found, **{name: getattr(spec, name) for name in CHOSEN}) == spec
    return {name: getattr(found, name) for name in CHOSEN}


@pytest.mark.parametrize("n_updates", [1, XLA_TIMESTEPS])
@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("unroll", [False, True])
def test_what_is_set_is_obeyed(jit_compile, unroll, n_updates):
    found = chosen(jit_compile=jit_compile, unroll=unroll, n_updates=n_updates)
    assert found == dict.fromkeys(CHOSEN, False) | {"jit_compile": jit_compile, "unroll": unroll, "short": True}


@pytest.mark.parametrize(
    ("work", "expected"),
    [
        ({"n_updates": XLA_TIMESTEPS - 1}, False),
        ({"n_updates": XLA_TIMESTEPS}, True),
        ({"n_updates": XLA_TIMESTEPS // 10, "n_source": 4, "n_target": 6}, True),
        ({"n_updates": XLA_TIMESTEPS // 10, "n_source": 4, "n_target": 5}, False),
    ],
)
def test_auto_compiles_when_there_is_work_enough(work, expected):
    assert chosen(**work)["jit_compile"] is expected


TOKENS = {"units": 16, "source_size": 12, "tokens": True, "target_size": 10}


@pytest.mark.parametrize(
    ("spec", "whole"),
    [
        (SPEC, True),
        (replace(SPEC, source_size=16), True),
        (replace(SPEC, source_size=17), False),  # wider than the layer
        (replace(SPEC, n_layers=2), True),
        (replace(SPEC, n_layers=2, bidirectional=True), False),  # the second layer reads both directions
        (replace(SPEC, source_size=17, n_conv_layers=1, kernel_size=3), True),  # the layer reads the convolution
        (replace(SPEC, units=BLOCK_UNITS + 1), False),
        (Seq2SeqSpec(**TOKENS), True),
        (Seq2SeqSpec(**TOKENS, attention="dot"), True),
        (Seq2SeqSpec(**TOKENS, attention="bahdanau"), False),
        (Seq2SeqSpec(**TOKENS, attention="dot", input_feeding=True), False),
        (Seq2SeqSpec(**TOKENS, scheduled_sampling="linear"), False),
        (Seq2SeqSpec(**TOKENS, training="professor_forcing"), False),
        (Seq2SeqSpec(**TOKENS, code="both"), False),  # reads its outputs and the code
        (Seq2SeqSpec(**TOKENS | {"target_size": 20}), False),
        (Seq2SeqSpec(**TOKENS, embedding_dim=20), False),
        (Seq2SeqSpec(**TOKENS | {"target_size": 20}, decoder="direct"), True),  # is told nothing
        (AutoencoderSpec(source_size=3, units=16), True),
        (AutoencoderSpec(source_size=3, units=16, code="state"), True),
        (AutoencoderSpec(source_size=3, units=16, conditional=True), False),
        (AutoencoderSpec(source_size=3, units=16, bidirectional=True), False),
        (GeneratorSpec(source_size=3, units=16), True),
        (GeneratorSpec(source_size=3, units=16, condition="labels", condition_size=2), False),
    ],
)
def test_layers_of_one_operation_are_compiled_later(spec, whole):
    enough = XLA_BLOCK_TIMESTEPS if whole else XLA_TIMESTEPS
    assert [chosen(spec, n_updates=n)["jit_compile"] for n in (enough - 1, enough)] == [False, True]


@pytest.mark.parametrize("batch_size", [1, BLOCK_BATCH_UNITS // SPEC.units])
def test_layers_of_one_operation_are_compiled_whatever_their_size(batch_size):
    found = [chosen(SPEC, n_updates=n, batch_size=batch_size) for n in (XLA_BLOCK_TIMESTEPS - 1, XLA_BLOCK_TIMESTEPS)]
    assert [one["jit_compile"] for one in found] == [False, True]
    assert found[0]["block"]


def test_auto_leaves_large_products_of_bfloat16_to_units_that_xla_does_not_use():
    spec, work = replace(GRU, units=100, mixed=True), {"n_updates": XLA_TIMESTEPS}
    sizes = 1, MIXED_BATCH_UNITS2 // 100**2 - 1, MIXED_BATCH_UNITS2 // 100**2
    assert [chosen(spec, batch_size=n, **work)["jit_compile"] for n in sizes] == [True, True, False]
    assert chosen(replace(spec, mixed=False), batch_size=sizes[-1], **work)["jit_compile"]
    assert chosen(spec, True, batch_size=sizes[-1], **work)["jit_compile"]


def test_auto_leaves_large_output_layers_alone_of_which_an_update_reads_a_few_rows():
    work, most = {"n_updates": XLA_BLOCK_TIMESTEPS}, SAMPLED_WEIGHTS // 100
    for size, n, expected in ((most, 5, True), (most + 1, 5, False), (most + 1, None, True)):
        spec = GeneratorSpec(source_size=size + 1, units=100, tokens=True, embedding_dim=10, n_sampled_tokens=n)
        assert chosen(spec, **work)["jit_compile"] is expected
    assert chosen(replace(spec, n_sampled_tokens=5), True, **work)["jit_compile"]


def test_auto_never_unrolls():
    assert not any(chosen(n_updates=n)["unroll"] for n in (1, 100 * XLA_TIMESTEPS))


@pytest.mark.parametrize(
    ("n_timesteps", "more", "unroll", "expected"),
    [
        (RECOMPUTE_TIMESTEPS, 1, "auto", True),
        (RECOMPUTE_TIMESTEPS, 1, False, True),
        (RECOMPUTE_TIMESTEPS, 1, True, False),
        (RECOMPUTE_TIMESTEPS, 0, "auto", False),
        (RECOMPUTE_TIMESTEPS - 1, 1, "auto", False),
    ],
)
def test_long_layers_that_keep_much_are_worked_out_again(n_timesteps, more, unroll, expected):
    batch_size = RECOMPUTE_BYTES // bytes_kept(GRU, replace(WORK, n_source=n_timesteps)) + more
    found = chosen(unroll=unroll, n_source=n_timesteps, batch_size=batch_size)
    assert found["recompute"] is expected


@pytest.mark.parametrize(
    ("spec", "n_target", "n_steps"),
    [
        (SPEC, 0, 10),
        (replace(SPEC, bidirectional=True, n_layers=2), 0, 40),
        (Seq2SeqSpec(**TOKENS, bidirectional=True), 7, 27),  # decoders have one direction
        (AutoencoderSpec(source_size=3, units=16, decoder="composite"), 10, 30),
    ],
)
def test_what_is_kept(spec, n_target, n_steps):
    """16 numbers of 4 bytes for each of 16 units and 2 samples."""
    work = replace(WORK, n_source=10, n_target=n_target, batch_size=2)
    assert bytes_kept(spec, work) == 16 * 4 * 16 * n_steps * 2


def test_what_convolutions_shorten_is_less_work():
    """Each halves the timesteps."""
    spec = replace(GRU, n_conv_layers=2, kernel_size=3)
    assert not chosen(spec, n_updates=XLA_TIMESTEPS // 2 - 1, n_source=8)["jit_compile"]
    assert chosen(spec, n_updates=XLA_TIMESTEPS // 2, n_source=8)["jit_compile"]


@pytest.mark.parametrize(
    ("spec", "work", "options", "expected"),
    [
        (SPEC, {}, {}, True),
        (replace(SPEC, units=BLOCK_UNITS), {"batch_size": BLOCK_BATCH_UNITS // BLOCK_UNITS}, {}, True),
        (replace(SPEC, units=BLOCK_UNITS + 1), {}, {}, False),
        (replace(SPEC, units=2), {"batch_size": BLOCK_BATCH_UNITS // 2 + 1}, {}, False),
        (SPEC, {}, {"unroll": True}, False),
        (SPEC, {}, {"jit_compile": True}, True),  # to predict
        (GRU, {}, {}, False),
    ],
)
def test_small_layers_are_one_operation(spec, work, options, expected):
    assert chosen(spec, **options, **work)["block"] is expected


@pytest.mark.parametrize(
    ("attention", "batch_size", "expected"),
    [("dot", 32, True), ("dot", 33, False), ("bahdanau", 32, True)],
)
def test_attention_is_short_up_to_so_many_multiplications(attention, batch_size, expected):
    spec = Seq2SeqSpec(source_size=3, target_size=3, units=16, attention=attention)
    n_target = SHORT_PRODUCTS // (32 * 10 * 16)
    assert chosen(spec, batch_size=batch_size, n_source=10, n_target=n_target)["short"] is expected


@pytest.mark.parametrize(
    ("spec", "n_source", "n_target", "expected"),
    [
        (GRU, SHORT_OUTPUTS // 160, 0, True),
        (GRU, SHORT_OUTPUTS // 160 + 1, 0, False),
        (replace(GRU, bidirectional=True), SHORT_OUTPUTS // 160, 0, False),
        (Seq2SeqSpec(source_size=3, target_size=3, units=16), 10, SHORT_OUTPUTS // 160, True),
        (Seq2SeqSpec(source_size=3, target_size=3, units=16), 10, SHORT_OUTPUTS // 160 + 1, False),
    ],
)
def test_layers_are_short_up_to_so_many_numbers(spec, n_source, n_target, expected):
    assert chosen(spec, batch_size=10, n_source=n_source, n_target=n_target)["short"] is expected


@pytest.mark.parametrize(
    ("jit_compile", "unroll", "more", "expected"),
    [
        ("auto", "auto", {}, True),
        (False, False, {}, True),
        (True, "auto", {}, False),
        ("auto", True, {}, False),
        ("auto", "auto", {"n_source": RECOMPUTE_TIMESTEPS, "batch_size": RECOMPUTE_BYTES}, False),
    ],
)
def test_cudnn_has_the_layers_that_are_not_compiled_unrolled_or_worked_out_again(
    jit_compile, unroll, more, expected, monkeypatch
):
    monkeypatch.setattr(tf.config, "list_physical_devices", lambda kind=None: ["GPU:0"])
    found = chosen(SPEC, jit_compile, unroll, **{"n_updates": XLA_BLOCK_TIMESTEPS} | more)
    assert found["cudnn"] is expected
    assert not (found["cudnn"] and (found["jit_compile"] or found["block"]))


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


# --- how an epoch is cut ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("first", "most", "in_piece", "expected"),
    [
        (0, 7, 1, 7),
        (5, 7, 1, 7),
        (0, 7, 8, 7),  # a part of a piece
        (6, 7, 8, 2),  # no more than is left of it
        (8, 8, 8, 8),
        (8, 23, 8, 16),  # whole pieces
        (9, 23, 8, 7),  # not beyond the end of a piece that is begun
    ],
)
def test_a_call_has_whole_pieces_or_a_part_of_one(first, most, in_piece, expected):
    assert updates_in_call(first, most, in_piece) == expected


def test_work_is_counted_in_timesteps():
    timesteps = np.array([[3, 0], [5, 0]])
    rows = {"source": np.zeros((4, 9)), "source_lengths": np.ones(4), "target": np.zeros((4, 2))}
    assert work_of_updates(rows, timesteps).tolist() == [6, 8]  # the target has no lengths: it is read whole
    assert work_of_updates({"source": np.zeros((4, 9, 2)), "target": np.zeros(4)}, 0 * timesteps).tolist() == [10, 10]


def test_calls_are_as_long_as_was_measured():
    pace, work = Pace(n_weights=1000, batch_size=32), np.full(1000, 10)
    n = pace.n_updates(work)
    assert 1 <= n < 1000
    pace.measure(work[:n], 60.0)  # it has compiled
    assert pace.n_updates(work) == n
    pace.measure(work[:n], 0.001 * n)
    assert pace.n_updates(work) == 2 * n  # no faster
    pace.measure(work[: 2 * n], 2 * CALL_SECONDS)
    assert pace.n_updates(work) == n
    assert pace.n_updates(10 * work) == n // 10  # ten times as many timesteps
    pace.measure(work[:1], CALL_SECONDS / 20)  # the last update of an epoch: mostly the call itself
    assert pace.n_updates(work) == n
    pace.measure(work[:1], 2 * CALL_SECONDS)
    assert pace.n_updates(work) == 1  # at least


def test_a_short_epoch_is_one_call():
    assert Pace(n_weights=5000, batch_size=32).n_updates(np.full(10, 20)) == 10
