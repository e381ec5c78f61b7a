"""slow.txt lists functions that are there."""

from pathlib import Path

TESTS = Path(__file__).parent


def test_listed_functions_exist():
    listed = [line.split()[1] for line in (TESTS / "slow.txt").read_text().splitlines()]
    assert len(listed) == len(set(listed))
    for name in listed:
        path, _, function = name.partition("::")
        assert f"def {function}(" in (TESTS / path).read_text(), name
