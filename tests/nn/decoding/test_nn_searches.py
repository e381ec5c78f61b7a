"""Searches over a step function: with an alphabet for a model, and against a list of all outputs."""

import numpy as np
import pytest
import tensorflow as tf
from search_tools import END, Letters, Recurrent, all_outputs, assert_finds, best_of

from skseq.nn.decoding.constraints import Lengths, NoRepeat, Table
from skseq.nn.decoding.searches import beam, greedy, greedy_search, sample
from skseq.nn.kernels.loops import unfold

ALPHABET = "_abcdefghijklmnopqrstuvwxyz"
WORDS = ["greedy", "search"]


def spell(t, tokens, states):
    """A model whose best letter at step t is the next letter of its word if it was fed the letter before, else "_"."""
    position = states["position"]
    before = tf.constant([[ALPHABET.index(letter) for letter in "_" + word] for word in WORDS])
    right = tf.gather(before, position, batch_dims=1) == tokens
    best = tf.where(right, tf.gather(before, position + 1, batch_dims=1), 0)
    logits = tf.one_hot(best, len(ALPHABET)) + 0.5 * tf.one_hot(tf.fill([2], ALPHABET.index("z")), len(ALPHABET))
    chosen = tf.argmax(logits, -1, output_type=tf.int32)
    return {"letters": chosen, "time": tf.fill([2], t)}, chosen, {"position": position + 1}


def run(n_timesteps):
    like = {"letters": tf.TensorSpec([None], tf.int32), "time": tf.TensorSpec([None], tf.int32)}
    start, states = tf.zeros(2, tf.int32), {"position": tf.zeros(2, tf.int32)}
    found = greedy_search(spell, start, states, n_timesteps, like)
    return np.array(found["letters"]).T, np.array(found["time"])


def test_greedy_search_spells_words():
    letters, time = run(6)
    assert ["".join(ALPHABET[k] for k in row) for row in letters] == WORDS
    np.testing.assert_array_equal(time[:, 0], range(6))


def test_greedy_search_in_a_graph_of_unknown_length():
    traced = tf.function(lambda n: run_in_graph(n), input_signature=[tf.TensorSpec([], tf.int32)], autograph=False)
    for n_timesteps in (1, 4):
        letters = traced(n_timesteps).numpy().T
        assert ["".join(ALPHABET[k] for k in row) for row in letters] == [word[:n_timesteps] for word in WORDS]


def run_in_graph(n_timesteps):
    like = {"letters": tf.TensorSpec([None], tf.int32)}
    start, states = tf.zeros(2, tf.int32), {"position": tf.zeros(2, tf.int32)}
    return greedy_search(spell, start, states, n_timesteps, like)["letters"]


@pytest.mark.parametrize("unroll", [False, True], ids=["looped", "unrolled"])
def test_unfold_carries_states_and_stacks_outputs(unroll):
    """Fibonacci: the step sees t and the states that the step before returned."""

    def step(t, states):
        a, (b,) = states
        return {"sum": a + b, "t": tf.convert_to_tensor(t)}, (b, (a + b,))

    like = {"sum": tf.TensorSpec([], tf.int32), "t": tf.TensorSpec([], tf.int32)}
    out = unfold(step, (tf.constant(0), (tf.constant(1),)), 6, like, unroll=unroll)
    np.testing.assert_array_equal(out["sum"], [1, 2, 3, 5, 8, 13])
    np.testing.assert_array_equal(out["t"], range(6))


def test_unfold_unrolled_and_looped_have_the_same_gradient():
    """x_{t+1} = x_t^2 stacked: d(x^2 + x^4 + x^8)/dx = 2x + 4x^3 + 8x^7."""
    like = {"x": tf.TensorSpec([], tf.float64)}
    for unroll in (False, True):
        x = tf.constant(0.9, tf.float64)
        with tf.GradientTape() as tape:
            tape.watch(x)
            out = unfold(lambda t, x: ({"x": x * x}, x * x), x, 3, like, unroll=unroll)["x"]
            total = tf.reduce_sum(out)
        np.testing.assert_allclose(tape.gradient(total, x), 2 * 0.9 + 4 * 0.9**3 + 8 * 0.9**7, rtol=1e-12)


# ---------------------------------------------------------------- searches, spelled

ANIMALS = {
    "^": {"c": 0.55, "d": 0.45},
    "c": {"a": 0.6, "u": 0.4},
    "a": {"t": 0.6, "r": 0.4},
    "u": {"t": 1},
    "d": {"o": 1},
    "o": {"g": 1},
    "g": {"$": 1},
    "t": {"$": 1},
    "r": {"$": 1},
}


def test_greedy_takes_the_likelier_letter_and_beam_the_likelier_word():
    """P(cat) = 0.55 x 0.6 x 0.6, P(dog) = 0.45, P(cut) = 0.55 x 0.4, P(car) = 0.55 x 0.6 x 0.4; there is no fifth."""
    model = Letters(ANIMALS)
    found = model.search(greedy, 6)
    assert model.words(found) == [["cat"]]
    np.testing.assert_allclose(found["log_probs"], [[np.log(0.198)]])
    found = model.search(beam, 6, beam_width=5)
    assert model.words(found) == [["dog", "cut", "cat", "car", ""]]
    np.testing.assert_allclose(found["log_probs"], [[*np.log([0.45, 0.22, 0.198, 0.132]), -np.inf]])
    np.testing.assert_array_equal(found["scores"], found["log_probs"])
    np.testing.assert_array_equal(found["tokens"][0, :, 3:], END)


def test_a_narrow_beam_prunes():
    """Width 2: "c" and "d" live, then "do" at 0.45 and "ca" at 0.33; "cut", the second best word, is lost with "cu"."""
    model = Letters(ANIMALS)
    assert model.words(model.search(beam, 6, beam_width=2)) == [["dog", "cat"]]


def test_finished_hypotheses_are_frozen():
    """ "a" is finished after two steps at 0.6; fed on, the network would give what follows an end a chance of 0.1."""
    model = Letters({"^": {"a": 1}, "a": {"$": 0.6, "b": 0.4}, "b": {"b": 0.9, "$": 0.1}, "$": {"$": 0.1, "a": 0.9}})
    for n_steps in (4, 9):
        found = model.search(beam, n_steps, beam_width=3)
        assert model.words(found)[0][:2] == ["a", "ab"]
        np.testing.assert_allclose(found["log_probs"][0, :2], np.log([0.6, 0.04]))
        np.testing.assert_array_equal(found["tokens"][0, 0], [1] + [END] * (n_steps - 1))


def test_finished_hypotheses_have_places_of_their_own():
    """At step 1 "aa" and "ab" live at 0.52 x 0.35 = 0.182; "a" is finished at 0.52 x 0.3, "b" at 0.48 x 0.3 = 0.144.

    At step 2 what lives has 0.182 x 0.35 = 0.064 at most, which is too little to beat "b", so the search stops.
    """
    after = {"$": 0.3, "a": 0.35, "b": 0.35}
    model, steps = Letters({"^": {"a": 0.52, "b": 0.48}, "a": after, "b": after}), []

    def step(t, tokens, states):
        steps.append(int(t))
        return model.step(t, tokens, states)

    found = beam(step, model.states, 1, 99, beam_width=2, end=END)
    assert model.words(found) == [["a", "b"]]
    np.testing.assert_allclose(found["log_probs"], [np.log([0.156, 0.144])])
    assert steps == [0, 1, 2]


def test_unfinished_hypotheses_come_behind_finished_ones():
    """After four steps "abbb" at 0.4 x 0.81 has no end; finished are "a" at 0.6, "ab" at 0.04 and "abb" at 0.036."""
    model = Letters({"^": {"a": 1}, "a": {"$": 0.6, "b": 0.4}, "b": {"b": 0.9, "$": 0.1}})
    found = model.search(beam, 4, beam_width=5)
    assert model.words(found) == [["a", "ab", "abb", "abbb", ""]]
    np.testing.assert_allclose(np.exp(found["log_probs"]), [[0.6, 0.04, 0.036, 0.324, 0]])
    assert model.words(model.search(greedy, 1)) == [["a"]]


def test_a_search_stops_when_all_have_ended():
    steps = []

    def step(t, tokens, states):
        steps.append(int(t))
        return model.step(t, tokens, states)

    model = Letters(ANIMALS)
    for function, options in ((greedy, {}), (beam, {"beam_width": 4}), (sample, {"uniform": np.full((1, 2, 99), 0.5)})):
        steps.clear()
        function(step, model.states, 1, 99, end=END, **options)
        assert steps == [0, 1, 2, 3]


# ---------------------------------------------------------------- penalties by hand


def test_length_penalty_by_hand():
    """|Y| = 2 for "a" and its end, lp = 7/6; |Y| = 7 for "abcdef" and its end, lp = 2 (alpha 1) or 4 (alpha 2)."""
    letters = {before: {after: 1} for before, after in zip("^bcdef", "abcdef"[:1] + "cdef$")}
    model = Letters(letters | {"a": {"$": 0.55, "b": 0.45}})
    for alpha, words, lps in ((0.0, ["a", "abcdef"], [1, 1]), (1.0, ["abcdef", "a"], [2, 7 / 6])):
        found = model.search(beam, 9, beam_width=2, length_penalty=alpha)
        assert model.words(found) == [words]
        log_probs = np.log([0.55 if word == "a" else 0.45 for word in words])
        np.testing.assert_allclose(found["log_probs"], [log_probs])
        np.testing.assert_allclose(found["scores"], [log_probs / lps])
    found = model.search(beam, 9, beam_width=2, length_penalty=2.0)
    np.testing.assert_allclose(found["scores"][0, 0], np.log(0.45) / 4)


def test_a_finished_hypothesis_gives_way_to_a_longer_one_with_a_better_score():
    """alpha 2: "abcdef" has log 0.45 / 4 = -0.20, "a" log 0.55 / (7/6)^2 = -0.44. There is one place."""
    letters = {before: {after: 1} for before, after in zip("^bcdef", "acdef$")}
    model = Letters(letters | {"a": {"$": 0.55, "b": 0.45}})
    for alpha, word in ((0.0, "a"), (2.0, "abcdef")):
        assert model.words(model.search(beam, 9, beam_width=1, length_penalty=alpha)) == [[word]]


def test_length_penalty_of_outputs_without_an_end():
    """Seven steps are written: lp = 2."""
    model = Letters({"^": {"a": 0.5, "b": 0.5}, "a": {"a": 1}, "b": {"b": 1}})
    found = beam(model.step, model.states, 1, 7, beam_width=2, length_penalty=1.0)
    assert model.words(found) == [["a" * 7, "b" * 7]]
    np.testing.assert_allclose(found["scores"], [[np.log(0.5) / 2] * 2])
    np.testing.assert_array_equal(found["lengths"], 7)


LOOKS = {"^": [0.5, 0.5, 0, 0], "a": [0.75, 0.125, 0, 0.125], "b": [0.25, 0.5, 0, 0.25]}


@pytest.mark.parametrize(
    ("mask", "covered"),
    [
        ([True, True, False, True], {"ab": [1, 1, 0.375], "a": [1, 0.625, 0.125]}),
        ([True, True, False, False], {"a": [1, 0.625], "ab": [1, 1]}),
        (None, {"ab": [1, 1, 1e-6, 0.375], "a": [1, 0.625, 1e-6, 0.125]}),
    ],
)
def test_coverage_penalty_by_hand(mask, covered):
    """The word a sums the steps that read ^ and a: 1.25, 0.625, 0, 0.125; ab that of b too: 1.5, 1.125, 0, 0.375."""
    model = Letters({"^": {"a": 1}, "a": {"$": 0.6, "b": 0.4}, "b": {"$": 1}}, LOOKS)
    mask = None if mask is None else np.array([mask])
    found = model.search(beam, 9, beam_width=2, coverage_penalty=0.5, source_mask=mask)
    assert model.words(found) == [list(covered)]
    scores = [np.log({"a": 0.6, "ab": 0.4}[word]) + 0.5 * np.sum(np.log(sums)) for word, sums in covered.items()]
    np.testing.assert_allclose(found["scores"], [scores])


def test_coverage_penalty_without_attention_changes_nothing():
    model = Letters(ANIMALS)
    found = model.search(beam, 6, beam_width=5, coverage_penalty=0.3, source_mask=np.ones((1, 3), bool))
    np.testing.assert_array_equal(found["scores"], found["log_probs"])


# ---------------------------------------------------------------- searches, against writing down all outputs

PENALTIES = [(0.0, 0.0), (0.7, 0.0), (0.0, 0.4), (1.2, 0.3)]
MASK = np.array([[True, True, True], [True, True, False]])


@pytest.mark.parametrize(("alpha", "beta"), PENALTIES)
@pytest.mark.parametrize("seed", [0, 1])
def test_a_beam_as_wide_as_the_space_finds_the_best_of_all_outputs(seed, alpha, beta):
    model, max_length = Recurrent(seed=seed), 3
    outputs = all_outputs(4, max_length)  # 1 + 3 + 9 + 27
    lengths = [Lengths(4, END, [max_length] * 2)]
    penalties = {"length_penalty": alpha, "coverage_penalty": beta, "source_mask": MASK}
    found = model.search(beam, max_length + 1, beam_width=43, end=END, constraints=lengths, **penalties)
    expected = best_of(model, outputs, max_length + 1, alpha=alpha, beta=beta, mask=MASK)
    assert_finds(found, expected)


def test_a_beam_as_wide_as_the_space_without_an_end():
    model = Recurrent(seed=3, n_classes=3)
    found = model.search(beam, 4, beam_width=81, length_penalty=0.7, coverage_penalty=0.2)
    assert_finds(found, best_of(model, all_outputs(3, 4, None), 4, alpha=0.7, beta=0.2, end=None))


@pytest.mark.parametrize(("alpha", "beta"), PENALTIES)
def test_a_beam_that_loses_no_beginning_finds_the_best_of_all_outputs(alpha, beta):
    """27 beginnings of three tokens, and places of their own for 27 of the 40 outputs."""
    model, lengths = Recurrent(seed=2), [Lengths(4, END, [3] * 2)]
    penalties = {"length_penalty": alpha, "coverage_penalty": beta, "source_mask": MASK}
    found = model.search(beam, 4, beam_width=27, end=END, constraints=lengths, **penalties)
    expected = best_of(model, all_outputs(4, 3), 4, alpha=alpha, beta=beta, mask=MASK)
    assert_finds(found, [(outputs[:27], log_probs[:27], scores[:27]) for outputs, log_probs, scores in expected])


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("kind", ["free", "without repeats"])
def test_a_beam_of_width_one_without_an_end_is_greedy(kind, seed):
    model = Recurrent(n_samples=5, n_classes=6, seed=seed, dtype=np.float32)
    options = {"constraints": [NoRepeat(2, 6)] if kind == "without repeats" else []}
    best, narrow = model.search(greedy, 10, **options), model.search(beam, 10, beam_width=1, **options)
    for name in best:
        np.testing.assert_array_equal(best[name], narrow[name])


@pytest.mark.parametrize("seed", range(4))
def test_a_beam_of_width_one_finds_the_best_of_all_ends_of_one_path(seed):
    """The path takes the best token that is not the end; it may end after any of its tokens."""
    model, longest = Recurrent(n_samples=5, n_classes=6, seed=seed), 9
    no_end = np.ones((1, 6), bool)
    no_end[0, END] = False
    path = np.array(model.search(greedy, longest, constraints=[Table(no_end)])["tokens"])[:, 0]  # (5, 9)
    cut = np.arange(longest + 1)[:, None] > np.arange(longest)
    tokens = np.pad(np.where(cut, path[:, None], END), ((0, 0), (0, 0), (0, 1)))  # (5, 10, 10)
    log_probs, _ = model.rescore(tokens, np.tile(np.arange(1, longest + 2), (5, 1)))
    found = model.search(beam, longest + 1, beam_width=1, end=END, constraints=[Lengths(6, END, [longest] * 5)])
    np.testing.assert_array_equal(found["lengths"][:, 0], log_probs.argmax(axis=1))
    np.testing.assert_allclose(found["log_probs"][:, 0], log_probs.max(axis=1), rtol=1e-12)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("end", [END, None])
def test_every_log_prob_is_that_of_rescoring(end, dtype):
    """Under constraints too: an output costs what the network says, whatever was excluded on the way."""
    model, max_lengths = Recurrent(n_samples=3, n_classes=7, seed=4, dtype=dtype), [5, 2, 7]
    constraints = [NoRepeat(2, 7)] if end is None else [NoRepeat(2, 7), Lengths(7, END, max_lengths)]
    uniform = np.random.default_rng(0).uniform(size=(3, 4, 8))
    searches = [
        (greedy, {}),
        (beam, {"beam_width": 4}),
        (sample, {"uniform": uniform, "temperature": 1.5, "top_k": 5, "top_p": 0.9, "min_p": 0.1}),
    ]
    for function, options in searches:
        found = model.search(function, 8, end=end, constraints=constraints, **options)
        expected, _ = model.rescore(np.array(found["tokens"]), found["lengths"] + (end is not None))
        np.testing.assert_allclose(found["log_probs"], expected, rtol=1e-5 if dtype == np.float32 else 1e-12)


def test_nothing_depends_on_other_samples_or_on_more_steps():
    options = {"beam_width": 3, "length_penalty": 0.8, "coverage_penalty": 0.2, "end": END}
    uniform = np.random.default_rng(0).uniform(size=(3, 2, 9))
    max_lengths = np.array([2, 5, 4])
    for function, more in ((greedy, {"end": END}), (beam, options), (sample, {"end": END, "uniform": uniform})):
        for rows in ([0, 1, 2], [2, 1], [1]):
            for n_steps in (6, 9):
                if function is sample:
                    more = more | {"uniform": uniform[rows, :, :n_steps]}
                lengths = [Lengths(5, END, max_lengths[rows])]
                model = Recurrent(n_samples=3, n_classes=5, seed=6, rows=rows)
                found = model.search(function, n_steps, constraints=lengths, **more)
                if (rows, n_steps) == ([0, 1, 2], 6):
                    all_found = found
                for name in found:
                    expected, actual = np.array(all_found[name])[rows], np.array(found[name])
                    if name == "tokens":
                        np.testing.assert_array_equal(actual[..., 6:], END)
                        actual = actual[..., :6]
                    np.testing.assert_allclose(actual, expected, rtol=1e-12)


# ---------------------------------------------------------------- sampling

FOUR = {"^": {"a": 0.5, "b": 0.25, "c": 0.15, "d": 0.1}}


def shares(constraints=(), **options):
    """Shares of a, b, c, d among 1,000 draws from uniform numbers on a grid: exact to 1 / 1,000."""
    model, grid = Letters(FOUR), ((np.arange(1000) + 0.5) / 1000)[None, :, None]
    found = sample(model.step, model.states, 1, 1, uniform=grid, constraints=constraints, **options)
    return np.array([np.mean(np.array(found["tokens"]) == k) for k in (1, 2, 3, 4)])


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, [0.5, 0.25, 0.15, 0.1]),
        ({"temperature": 0.5}, np.array([0.25, 0.0625, 0.0225, 0.01]) / 0.345),  # squares
        ({"temperature": 1e-4}, [1, 0, 0, 0]),
        ({"temperature": 1e6}, [0.25, 0.25, 0.25, 0.25]),
        ({"top_k": 1}, [1, 0, 0, 0]),
        ({"top_k": 2}, [2 / 3, 1 / 3, 0, 0]),
        ({"top_k": 3}, [5 / 9, 2.5 / 9, 1.5 / 9, 0]),
        ({"top_k": 99}, [0.5, 0.25, 0.15, 0.1]),
        ({"top_p": 0.01}, [1, 0, 0, 0]),
        ({"top_p": 0.45}, [1, 0, 0, 0]),
        ({"top_p": 0.55}, [2 / 3, 1 / 3, 0, 0]),
        ({"top_p": 0.8}, [5 / 9, 2.5 / 9, 1.5 / 9, 0]),
        ({"top_p": 0.95}, [0.5, 0.25, 0.15, 0.1]),
        ({"top_p": 1.0}, [0.5, 0.25, 0.15, 0.1]),
        ({"top_p": 0.54}, [2 / 3, 1 / 3, 0, 0]),
        ({"top_p": 0.54, "top_k": 3}, [1, 0, 0, 0]),  # a alone has 5/9 of what top_k left
        ({"top_p": 0.7, "temperature": 0.5}, [1, 0, 0, 0]),  # a alone has 0.25 / 0.345 = 0.72
        ({"min_p": 0.15}, [0.5, 0.25, 0.15, 0.1]),
        ({"min_p": 0.25}, [5 / 9, 2.5 / 9, 1.5 / 9, 0]),  # a quarter of 0.5 is 0.125
        ({"min_p": 0.49}, [2 / 3, 1 / 3, 0, 0]),
        ({"min_p": 1.0}, [1, 0, 0, 0]),
        ({"min_p": 0.2, "temperature": 0.5}, np.array([0.8, 0.2, 0, 0])),  # of squares: 1, 0.25, 0.09, 0.04
        ({"min_p": 0.25, "top_p": 0.8}, [5 / 9, 2.5 / 9, 1.5 / 9, 0]),  # min_p first would leave a and b
    ],
)
def test_sampling_follows_the_distribution(options, expected):
    np.testing.assert_allclose(shares(**options), expected, atol=1.1e-3)


def test_sampling_renormalises_what_constraints_allow_but_not_what_it_reports():
    """Without a, b has a half; log P is that of the network."""
    model, allowed = Letters(FOUR), np.ones((1, 27), bool)
    allowed[0, 1] = False
    np.testing.assert_allclose(shares([Table(allowed)]), [0, 0.5, 0.3, 0.2], atol=1.1e-3)
    np.testing.assert_allclose(shares([Table(allowed)], top_p=0.45), [0, 1, 0, 0])
    np.testing.assert_allclose(shares([Table(allowed)], min_p=0.7), [0, 1, 0, 0])
    uniform = np.array([[[0.1], [0.6], [0.9]]])
    found = sample(model.step, model.states, 1, 1, uniform=uniform, constraints=[Table(allowed)], temperature=0.9)
    np.testing.assert_allclose(found["log_probs"], np.log([[0.25, 0.15, 0.1]]))


def test_equally_probable_classes_stay_together():
    model = Letters({"^": {"a": 0.25, "b": 0.25, "c": 0.25, "d": 0.25}})
    uniform = np.array([[[0.1], [0.3], [0.6], [0.9]]])
    for options in ({"top_k": 2}, {"top_p": 0.3}, {"min_p": 1.0}):
        found = sample(model.step, model.states, 1, 1, uniform=uniform, **options)
        assert model.words(found) == [["a", "b", "c", "d"]]


def test_a_nucleus_ends_where_its_probability_is_reached():
    """a alone has one half; nothing less probable is drawn with it."""
    model = Letters({"^": {"a": 0.5, "b": 0.25, "c": 0.125, "d": 0.125}})
    uniform = np.array([[[0.1], [0.4], [0.6], [0.9]]])
    assert model.words(sample(model.step, model.states, 1, 1, uniform=uniform, top_p=0.5)) == [["a", "a", "a", "a"]]


def test_draws_at_both_ends_are_classes_of_positive_probability():
    """The largest float64 below one is one in float32."""
    for dtype in (np.float32, np.float64):
        model = Letters({"^": {"b": 0.3, "c": 0.7}}, dtype=dtype)
        uniform = np.array([[[0.0], [np.nextafter(1.0, 0)]]])
        assert model.words(sample(model.step, model.states, 1, 1, uniform=uniform)) == [["b", "c"]]


def test_a_nucleus_of_everything_keeps_what_rounding_hides():
    """1 + 1e-9 is 1 in float32, yet a can be drawn."""
    model, uniform = Letters({"^": {"a": 1e-9, "b": 1}}, dtype=np.float32), np.array([[[0.0], [0.5]]])
    assert model.words(sample(model.step, model.states, 1, 1, uniform=uniform, top_p=1.0)) == [["a", "b"]]
    assert model.words(sample(model.step, model.states, 1, 1, uniform=uniform, top_p=0.9)) == [["b", "b"]]


def test_draws_come_in_the_order_of_drawing():
    model = Letters(ANIMALS)
    uniform = np.array([[[0.9, 0, 0, 0], [0.1, 0.7, 0, 0], [0.1, 0.1, 0.1, 0], [0.9, 0, 0, 0]]])
    assert model.words(model.search(sample, 4, uniform=uniform)) == [["dog", "cut", "car", "dog"]]


# ---------------------------------------------------------------- in a graph


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_searches_in_one_graph_of_unknown_sizes(dtype):
    """One trace serves every number of samples and steps, and every setting that is fed."""
    full = Recurrent(n_samples=3, n_classes=5, dtype=dtype, seed=7)
    floats, ints = tf.as_dtype(dtype), tf.int32
    signature = {
        "keys": tf.TensorSpec([None, None, 3], floats),
        "h": tf.TensorSpec([None, 3], floats),
        "max_lengths": tf.TensorSpec([None], ints),
        "mask": tf.TensorSpec([None, None], tf.bool),
        "uniform": tf.TensorSpec([None, None, None], floats),
        "top_k": tf.TensorSpec([], ints),
        **{name: tf.TensorSpec([], floats) for name in ("alpha", "beta", "temperature", "top_p", "min_p")},
    }

    def search(fed):
        model = Recurrent(n_samples=3, n_classes=5, dtype=dtype, seed=7)
        model.keys, model.states, model.n_samples = fed["keys"], {"h": fed["h"]}, tf.shape(fed["h"])[0]
        n_steps = tf.reduce_max(fed["max_lengths"]) + 1
        ends = {"end": END, "constraints": [Lengths(5, END, fed["max_lengths"]), NoRepeat(3, 5)]}
        penalties = {"length_penalty": fed["alpha"], "coverage_penalty": fed["beta"], "source_mask": fed["mask"]}
        drawing = {name: fed[name] for name in ("uniform", "temperature", "top_k", "top_p", "min_p")}
        return {
            "greedy": model.search(greedy, n_steps, **ends),
            "beam": model.search(beam, n_steps, beam_width=3, **penalties, **ends),
            "sample": model.search(sample, n_steps, **drawing, **ends),
        }

    traced = tf.function(search, input_signature=[signature], autograph=False)
    for rows, n_steps, numbers in (([0, 1, 2], 6, (0.5, 0.2, 1.0, 0.9, 0.1)), ([1], 4, (0.0, 0.0, 2.0, 0.5, 0.3))):
        fed = {
            "keys": tf.gather(full.keys, rows),
            "h": tf.gather(full.states["h"], rows),
            "max_lengths": np.full(len(rows), n_steps - 1, np.int32),
            "mask": np.ones((len(rows), 3), bool),
            "uniform": np.random.default_rng(0).uniform(size=(len(rows), 2, n_steps)).astype(dtype),
            "top_k": np.int32(4),
            **{name: dtype(x) for name, x in zip(("alpha", "beta", "temperature", "top_p", "min_p"), numbers)},
        }
        in_graph, eager = traced(fed), search(fed)
        for function in in_graph:
            for name, x in in_graph[function].items():
                np.testing.assert_allclose(x, eager[function][name], rtol=1e-5 if dtype == np.float32 else 1e-12)
    assert traced.experimental_get_tracing_count() == 1


def test_no_samples_and_no_steps():
    for n_samples, n_steps in ((0, 3), (2, 0)):
        model = Recurrent(n_samples=n_samples)
        for function, options in ((greedy, {}), (beam, {"beam_width": 2})):
            found = model.search(function, n_steps, end=END, **options)
            assert found["tokens"].shape == (n_samples, options.get("beam_width", 1), n_steps)
