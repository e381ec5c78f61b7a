"""benchmarks.parts.curriculum: which sums each call brings, what is held out, and a smoke run."""

from collections import Counter

import numpy as np
import pytest

from benchmarks.harness.report import Report
from benchmarks.parts import curriculum


def lengths(pairs):
    """How many sums have 1, 2 and 3 digits at most in each number."""
    return Counter(max(map(len, text.split("+"))) for text in pairs[0])


def test_the_naive_curriculum_ends_with_three_digits():
    assert curriculum.digits_of_calls(6) == [1, 1, 2, 2, 3, 3]


@pytest.mark.parametrize(
    ("name", "of_one_digit", "of_two", "of_three"),  # 2-digit numbers are 0 to 99: one pair of 100 has one digit each
    [("none", 0, 0.01, 0.99), ("naive", 1, 0, 0), ("mix", 0.337, 0.333, 0.33), ("combined", 0.668, 0.167, 0.165)],
)
def test_what_a_call_brings_when_one_digit_is_due(name, of_one_digit, of_two, of_three):
    pairs = curriculum.lesson(name, 1, 4_000, np.random.RandomState(0))
    found = lengths(pairs)
    for n_digits, share in zip(curriculum.DIGITS, (of_one_digit, of_two, of_three)):
        assert found[n_digits] / 4_000 == pytest.approx(share, abs=0.03)
    assert all(sum(map(int, source.split("+"))) == int(target) for source, target in zip(*pairs))


@pytest.mark.parametrize("name", curriculum.CURRICULA)
def test_a_call_brings_no_sum_that_is_held_out(name):
    held_out = {curriculum.terms(f"{a}+{b}") for a in range(4) for b in range(5)}
    X, y = curriculum.lesson(name, 3, 100, np.random.RandomState(0), held_out)
    assert len(X) == len(y) == 100
    assert not held_out & set(map(curriculum.terms, X))


def test_both_orders_of_a_sum_are_one():
    assert curriculum.terms("42+137") == curriculum.terms("137+42") != curriculum.terms("421+37")


def test_one_of_several_draws():
    X, y = curriculum.one_of(np.random.RandomState(0), (["a", "b"] * 50, ["A", "B"] * 50), (["c"] * 100, ["C"] * 100))
    assert [text.upper() for text in X] == y
    assert all(text in pair for text, pair in zip(X, ["ac", "bc"] * 50))
    assert set(X) == {"a", "b", "c"}


@pytest.mark.slow
def test_a_smoke_run():
    report = Report("curriculum", columns=(curriculum.CURRICULA,))
    curriculum.follow_curricula(report, curriculum.QUICK_CURRICULUM)
    for network in curriculum.NETWORKS:
        for name in curriculum.CURRICULA:
            (right,) = report.values("curriculum", curriculum.right_after(3, network), name)
            assert 0 <= right <= 100


@pytest.mark.parametrize(("of_default", "of_weaker", "holds"), [((60, 20), (1, 9), True), ((20, 20), (1, 2), False)])
def test_claims(of_default, of_weaker, holds):
    report = Report("curriculum")
    for network, (none, other) in ((curriculum.DEFAULT, of_default), (curriculum.BAHDANAU, of_weaker)):
        for name, right in (("none", none), ("naive", other), ("mix", other)):
            report.add("curriculum", curriculum.right_after(3, network), "%", name, right)
    curriculum.claim(report, 3)
    assert [one.holds for one in report.claims] == [holds, holds]
