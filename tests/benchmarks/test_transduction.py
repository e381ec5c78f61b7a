"""How the benchmark on transduction judges outputs: distances and lengths worked by hand."""

import pytest

from benchmarks.tasks.judged import judge

SOURCES = ["sit", "one", "ox", "a"]
OUTPUTS = ["kitten", "21", "", "b"]
ACCEPTED = [["sitting"], ["21"], ["ok"], ["c", "ab", "b"]]


def test_outputs_are_judged_by_the_nearest_target():
    judged = judge(SOURCES, OUTPUTS, ACCEPTED)
    assert judged.targets == ["sitting", "21", "ok", "b"]
    assert judged.edits.tolist() == [3, 0, 2, 0]  # k->s, e->i, +g; o and k left out
    assert judged.exact == 50
    assert judged.error_rate == pytest.approx(100 * 5 / (7 + 2 + 2 + 1))


def test_tokens_of_several_characters():
    judged = judge(["read"], [("R", "EH", "D", "Z")], [[("R", "IY", "D"), ("R", "EH", "D")]])
    assert judged.targets == [("R", "EH", "D")]
    assert judged.edits.tolist() == [1]
    assert judged.examples() == "best none. Worst 'read' -> 'R EH D Z' (right: 'R EH D')"


def test_examples_are_the_longest_right_and_the_furthest_wrong():
    judged = judge(SOURCES, OUTPUTS, ACCEPTED)
    assert judged.examples(2) == (
        "best 'one' -> '21'; 'a' -> 'b'. Worst 'ox' -> '' (right: 'ok'); 'sit' -> 'kitten' (right: 'sitting')"
    )
    assert judge(["a"], ["b"], [["b"]]).examples() == "best 'a' -> 'b'. Worst none: all are right"
