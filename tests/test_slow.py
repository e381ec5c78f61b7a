"""slow.txt lists functions that are there."""

from conftest import SECONDS, TESTS


def test_listed_functions_exist():
    for name in SECONDS:
        path, _, function = name.partition("::")
        assert f"def {function}(" in (TESTS / path).read_text(), name
