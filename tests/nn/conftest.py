"""What holds for the engine's tests."""

import pytest
from nn_tools import compiled, eager


@pytest.fixture(autouse=True, scope="module")
def forget_compiled():
    """As `forget_networks`: networks of the engine's own tests lie outside the pool."""
    yield
    compiled.cache_clear()
    eager.cache_clear()
