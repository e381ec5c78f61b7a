"""Constraints: each by hand, and in searches against a list of all outputs that keep it."""

import numpy as np
import pytest
import tensorflow as tf
from search_tools import END, Recurrent, all_outputs, assert_finds, best_of, found_outputs

from skseq.nn.decoding.constraints import Callback, Every, Lengths, NoRepeat, Outputs, Prefix, Table, tokens_left, trie
from skseq.nn.decoding.searches import beam, greedy, sample

N_CLASSES, MAX_LENGTH = 4, 3
TABLE = np.array([[0, 1, 1, 0], [1, 0, 1, 1], [1, 1, 0, 1], [1, 1, 1, 1]], bool)
LIST = [(1,), (1, 2), (1, 2, 3), (3, 1, 1), (3, 3)]


def sum_is_even(samples, prefixes):
    """The end only after an even sum."""
    allowed = np.ones((len(prefixes), N_CLASSES), bool)
    allowed[:, END] = prefixes.sum(1) % 2 == 0
    return allowed


def n_grams(y, n):
    return [y[i : i + n] for i in range(len(y) - n + 1)]


def repeats_none(n):
    return lambda y: len(set(n_grams(y, n))) == len(n_grams(y, n))


# name: the constraints of an output up to MAX_LENGTH, and when an output keeps them
CONSTRAINTS = {
    "table": ([Table(TABLE)], lambda y: all(TABLE[t, k] for t, k in enumerate([*y, END]))),
    "prefix": ([Prefix([3, 1], N_CLASSES)], lambda y: y[:2] == (3, 1)),
    "prefix with its end": ([Prefix([3, END], N_CLASSES)], lambda y: y == (3,)),
    "empty prefix": ([Prefix(np.zeros(0, int), N_CLASSES)], lambda y: True),
    "minimum length": ([Lengths(N_CLASSES, END, [9, 9], 2)], lambda y: len(y) >= 2),
    "no class twice": ([NoRepeat(1, N_CLASSES)], repeats_none(1)),
    "no pair twice": ([NoRepeat(2, N_CLASSES)], repeats_none(2)),
    "no class twice, of what went before": (
        [NoRepeat(1, N_CLASSES, [[-1, 2], [-1, 2]])],
        lambda y: repeats_none(1)((2, *y)),
    ),
    "no pair twice, of what went before": (
        [NoRepeat(2, N_CLASSES, [[1, 2, 3], [1, 2, 3]])],
        lambda y: repeats_none(2)((1, 2, 3, *y)),
    ),
    "no quintuple twice": ([NoRepeat(5, N_CLASSES)], lambda y: True),
    "list": ([Outputs(trie(LIST, N_CLASSES, END))], lambda y: y in LIST),
    "callback": ([Callback(sum_is_even, N_CLASSES)], lambda y: sum(y) % 2 == 0),
    "several": (
        [Prefix([1], N_CLASSES), NoRepeat(1, N_CLASSES), Outputs(trie(LIST, N_CLASSES, END))],
        lambda y: y in [(1,), (1, 2), (1, 2, 3)],
    ),
    "one at odds with another": ([Prefix([3, 3], N_CLASSES), NoRepeat(1, N_CLASSES)], lambda y: False),
}


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_a_beam_finds_what_keeps_the_constraint_and_nothing_else(name):
    """With the log-probabilities of the unconstrained network: constraints exclude, they do not renormalise."""
    constraints, keeps = CONSTRAINTS[name]
    model = Recurrent(seed=1)
    outputs = [y for y in all_outputs(N_CLASSES, MAX_LENGTH) if keeps(y)]
    constraints = [*constraints, Lengths(N_CLASSES, END, [MAX_LENGTH] * 2)]
    found = model.search(beam, MAX_LENGTH + 1, beam_width=42, end=END, constraints=constraints)
    assert_finds(found, best_of(model, outputs, MAX_LENGTH + 1) if outputs else [([], [], [])] * 2)


@pytest.mark.parametrize("name", CONSTRAINTS)
def test_greedy_search_and_schedule_keep_the_constraint(name):
    constraints, keeps = CONSTRAINTS[name]
    constraints = [*constraints, Lengths(N_CLASSES, END, [MAX_LENGTH] * 2)]
    uniform = np.random.default_rng(0).uniform(size=(2, 10, MAX_LENGTH + 1))
    for function, options in ((greedy, {}), (sample, {"uniform": uniform})):
        found = Recurrent(seed=1).search(function, MAX_LENGTH + 1, end=END, constraints=constraints, **options)
        assert all(keeps(y) for row in found_outputs(found) for y in row)
        if name == "one at odds with another":
            np.testing.assert_array_equal(found["log_probs"], -np.inf)
            np.testing.assert_array_equal(found["scores"], -np.inf)
            np.testing.assert_array_equal(found["lengths"], 0)
            np.testing.assert_array_equal(found["tokens"], END)
        elif name != "callback":  # which leads into a dead end: an odd sum at the maximum length
            assert np.all(np.isfinite(found["log_probs"]))


def test_without_an_end():
    """A list of outputs of one length, no class twice, a table without an end."""
    model, listed = Recurrent(seed=2), [(0, 0, 1), (2, 0, 1), (2, 3, 0), (1, 2, 3)]
    table = np.array([[1, 0, 1, 0], [1, 1, 1, 1], [0, 1, 0, 0]], bool)
    constraints = [Outputs(trie(listed, N_CLASSES)), NoRepeat(1, N_CLASSES), Table(table)]
    found = model.search(beam, 3, beam_width=3, constraints=constraints)
    assert found_outputs(found) == [[(2, 0, 1)]] * 2
    assert_finds(found, best_of(model, [(2, 0, 1)], 3, end=None))


def test_lengths_are_those_of_the_sample():
    model, max_lengths = Recurrent(seed=1), [0, 2]
    for function, options in ((greedy, {}), (beam, {"beam_width": 20})):
        constraints = [Lengths(N_CLASSES, END, max_lengths)]
        found = model.search(function, 3, end=END, constraints=constraints, **options)
        if function is beam:
            assert_finds(found, [best_of(model, all_outputs(N_CLASSES, n), 3)[i] for i, n in enumerate(max_lengths)])
        assert np.all(np.array(found["lengths"]) <= np.array(max_lengths)[:, None])


def test_a_closed_list_by_the_length_of_the_sample():
    """The likeliest beginning of a long output leads nowhere where outputs must be short."""
    table, max_lengths = trie(LIST, N_CLASSES, END), [1, 3]
    constraints = [
        Lengths(N_CLASSES, END, max_lengths),
        Outputs(table, tokens_left(table), max_lengths),
    ]
    for seed in range(5):
        model = Recurrent(seed=seed)
        fitting = [best_of(model, [y for y in LIST if len(y) <= n], 4)[i] for i, n in enumerate(max_lengths)]
        assert_finds(model.search(beam, 4, beam_width=20, end=END, constraints=constraints), fitting)
        found = found_outputs(model.search(greedy, 4, end=END, constraints=constraints))
        assert [len(row) for row in found] == [1, 1]  # none died
        assert all(row[0] in LIST and len(row[0]) <= n for row, n in zip(found, max_lengths))


def test_a_minimum_above_the_maximum_allows_nothing():
    lengths = Lengths(N_CLASSES, END, [1, 3], 2)
    found = Recurrent().search(greedy, 4, end=END, constraints=[lengths])
    np.testing.assert_array_equal(np.isfinite(found["log_probs"]), [[False], [True]])


@pytest.mark.parametrize(
    ("size", "forbidden"),
    [
        (1, [{1, 2, 3}, {2}, {1, 2}]),
        (2, [{2}, {2}, set()]),  # 2 and 3 followed 1 and 2; "2 2" was there; nothing followed 2
        (3, [{3}, {2}, set()]),  # 3 followed "1 2"
        (4, [set(), set(), set()]),
        (9, [set(), set(), set()]),
    ],
)
def test_no_repeat_by_hand(size, forbidden):
    """Written so far: 1 2 3 1 2, 2 2 2 2 2 and 1 1 1 1 2, but for the pairs, where it is 1 2 3 4 1."""
    written = [[1, 2, 3, 1, 2], [2, 2, 2, 2, 2], [1, 1, 1, 1, 2]]
    if size == 2:
        written[0] = [1, 2, 3, 4, 1]
    if size == 4:
        written[1] = [2, 2, 2, 3, 2]
    tokens = tf.constant([[*row, -1, -1] for row in written])
    allowed = NoRepeat(size, 5).allowed(tf.constant(5), tokens, ())
    assert [set(np.flatnonzero(~row)) for row in np.array(allowed)] == forbidden


def test_trie_by_hand():
    """Root 0, 1: node 1, 1 2: node 2, 3: node 3; the end leads from where an output ends to where it is."""
    expected = [[-1, 1, -1, 3], [1, -1, 2, -1], [2, -1, -1, -1], [3, -1, -1, -1]]
    table = trie([[1], [1, 2], np.array([3]), [1, 2]], 4, 0)
    np.testing.assert_array_equal(table, expected)
    assert table.dtype == np.int32
    np.testing.assert_array_equal(tokens_left(table), [1, 0, 0, 0])
    np.testing.assert_array_equal(tokens_left(trie([[1, 1, 2], [1, 2]], 3, 0)), [2, 1, 1, 0, 0])
    np.testing.assert_array_equal(trie([[0, 1]], 2), [[1, -1], [-1, 2], [-1, -1]])
    np.testing.assert_array_equal(trie([[]], 2, 1), [[-1, 0]])
    np.testing.assert_array_equal(trie([], 2, 1), [[-1, -1]])


@pytest.mark.parametrize("output", [[4], [-1], [1, 0]])
def test_trie_refuses_what_is_no_class_of_an_output(output):
    with pytest.raises(ValueError, match=r"class ids below 4 and not the end 0, got \("):
        trie([[1], output], 4, 0)


def test_trie_without_an_end_wants_one_length():
    with pytest.raises(ValueError, match=r"must have one length, got lengths \[1, 2\]"):
        trie([[1], [1, 2]], 4)


def test_callback_sees_samples_and_prefixes_of_what_goes_on():
    """Sample 0 must be 1 2 3, sample 1 must be 2: nothing is asked about it once it has ended."""
    seen, outputs = [], {0: [1, 2, 3, END], 1: [2, END]}

    def function(samples, prefixes):
        seen.append([(int(i), tuple(y.tolist())) for i, y in zip(samples, prefixes)])
        return np.eye(N_CLASSES, dtype=bool)[[outputs[int(i)][prefixes.shape[1]] for i in samples]]

    found = Recurrent().search(greedy, 6, end=END, constraints=[Callback(function, N_CLASSES)])
    assert found_outputs(found) == [[(1, 2, 3)], [(2,)]]
    assert seen == [[(0, ()), (1, ())], [(0, (1,)), (1, (2,))], [(0, (1, 2))], [(0, (1, 2, 3))]]
    found = Recurrent().search(beam, 6, beam_width=3, end=END, constraints=[Callback(function, N_CLASSES)])
    assert found_outputs(found) == [[(1, 2, 3)], [(2,)]]
    assert seen[-2:] == [[(0, (1, 2))], [(0, (1, 2, 3))]]


@pytest.mark.parametrize("answer", [np.ones(4, bool), np.ones((2, 3), bool), np.ones((2, 4))])
def test_callback_says_what_it_wants(answer):
    with pytest.raises(ValueError, match=r"must return booleans of shape \(2, 4\).*but it returned .* of shape \("):
        Recurrent().search(greedy, 2, constraints=[Callback(lambda samples, prefixes: answer, N_CLASSES)])


def test_callback_in_a_graph():
    def search():
        lengths = Lengths(N_CLASSES, END, [MAX_LENGTH] * 2)
        constraints = [Callback(sum_is_even, N_CLASSES), lengths]
        return model.search(beam, MAX_LENGTH + 1, beam_width=42, end=END, constraints=constraints)

    model = Recurrent(seed=1)
    outputs = [y for y in all_outputs(N_CLASSES, MAX_LENGTH) if sum(y) % 2 == 0]
    assert_finds(tf.function(search, autograph=False)(), best_of(model, outputs, MAX_LENGTH + 1))


def test_none_allows_everything():
    every = Every(())
    assert every.initial(3) == ()
    np.testing.assert_array_equal(every.allowed(0, None, ()), [[True]])
