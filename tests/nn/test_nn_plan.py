"""Which graph is chosen."""

import pytest

from skseq.nn.plan import JIT_STEPS, MIXED_SIZE, plan


@pytest.mark.parametrize("n_steps", [0, JIT_STEPS - 1, JIT_STEPS, 100 * JIT_STEPS])
@pytest.mark.parametrize("jit_compile", [False, True])
@pytest.mark.parametrize("unroll", [False, True])
def test_what_is_set_is_obeyed(jit_compile, unroll, n_steps):
    assert plan(jit_compile, unroll, n_steps=n_steps) == {"jit_compile": jit_compile, "unroll": unroll}


def test_auto_compiles_when_there_is_work_enough():
    assert [plan("auto", False, n_steps=n)["jit_compile"] for n in (1, JIT_STEPS - 1, JIT_STEPS)] == [
        False,
        False,
        True,
    ]


def test_auto_leaves_large_products_of_bfloat16_to_units_that_xla_does_not_use():
    sizes = (1, MIXED_SIZE - 1, MIXED_SIZE)
    assert [plan("auto", False, n_steps=JIT_STEPS, mixed_size=n)["jit_compile"] for n in sizes] == [True, True, False]
    assert plan(True, False, n_steps=JIT_STEPS, mixed_size=MIXED_SIZE)["jit_compile"]


def test_auto_never_unrolls():
    assert [plan(False, "auto", n_steps=n)["unroll"] for n in (1, 100 * JIT_STEPS)] == [False, False]


def test_each_auto_is_decided_by_itself():
    assert plan("auto", True, n_steps=1) == {"jit_compile": False, "unroll": True}
    assert plan(True, "auto", n_steps=1) == {"jit_compile": True, "unroll": False}
