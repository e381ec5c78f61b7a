"""What holds for all tests."""

import gc

import pytest


@pytest.fixture(autouse=True, scope="module")
def forget_networks():
    """Networks live as long as one module's tests: a process that keeps all grows, and collects garbage ever slower."""
    yield
    import skseq

    skseq.clear_pool()
    gc.collect()
