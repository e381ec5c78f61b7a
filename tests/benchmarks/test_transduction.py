"""How the benchmark on transduction judges outputs, and fits that end early: distances and means worked by hand."""

import pytest

from benchmarks.harness.report import Report
from benchmarks.parts import chosen_defaults
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


def test_what_ending_early_costs_and_saves(monkeypatch):
    """Two sets: 2 points and 0 are lost, 50 and 100 of 100 epochs are run, in 5 and 8 of 10 seconds."""
    told = {chosen_defaults.ALL_EPOCHS: ((90, 60), (100, 100), (10, 10)), "defaults": ((88, 60), (50, 100), (5, 8))}

    def compare(report, scale, of, *rest):
        for by, found in told.items():
            for what, values in zip((chosen_defaults.RIGHT, chosen_defaults.EPOCHS, chosen_defaults.FIT), found):
                report.add(of, what, "", by, values[of == "classifier"])
        return [of]

    monkeypatch.setattr(chosen_defaults, "_compare", compare)
    report = Report("transduction")
    chosen_defaults.compare_endings(report, None)
    assert [claim.value for claim in report.claims] == [1, 0.75, 0.65]
    assert [claim.holds for claim in report.claims] == [False, True, True]
