"""The hidden Markov model of the benchmark on tagging, against sums over all paths of states; and a run of it."""

from itertools import pairwise, product

import numpy as np
import pytest

from benchmarks.tasks.hmm import HiddenMarkov, confused

SMALL = HiddenMarkov(
    start=np.array([0.6, 0.3, 0.1]),
    transitions=np.array([[0.5, 0.4, 0.1], [0.1, 0.6, 0.3], [0.7, 0.0, 0.3]]),
    emissions=np.array([[0.7, 0.2, 0.1, 0.0], [0.1, 0.4, 0.3, 0.2], [0.3, 0.3, 0.3, 0.1]]),
)


def paths_of(model, outputs):
    """All paths of states and the probability of each, given the outputs."""
    paths = list(product(range(len(model.start)), repeat=len(outputs)))
    probs = [
        model.start[path[0]]
        * np.prod([model.transitions[pair] for pair in pairwise(path)])
        * np.prod(model.emissions[list(path), outputs])
        for path in paths
    ]
    return np.array(paths), np.array(probs) / sum(probs)


def test_best_states_and_paths_are_those_of_all_paths():
    sequences, _ = SMALL.draw([1, 2, 3, 4, 4, 4, 4])
    for outputs, states, path in zip(sequences, SMALL.most_probable(sequences), SMALL.best_paths(sequences)):
        paths, probs = paths_of(SMALL, outputs)
        marginals = np.array([np.bincount(column, probs, minlength=3) for column in paths.T])
        np.testing.assert_allclose(SMALL.marginals(outputs), marginals, atol=1e-12)
        np.testing.assert_array_equal(states, marginals.argmax(axis=1))
        np.testing.assert_array_equal(path, paths[probs.argmax()])


def test_draws_have_the_lengths_and_the_frequencies_of_the_model():
    model, lengths = confused(n_states=4, right=0.6, stay=0.5, ahead=0.4), np.tile([3, 50], 400)
    outputs, states = model.draw(lengths, random_state=0)
    assert [len(row) for row in outputs] == [len(row) for row in states] == lengths.tolist()
    assert model.draw(lengths, random_state=0) == (outputs, states)
    flat_outputs, flat = np.concatenate(outputs), np.concatenate(states)
    assert np.mean(flat_outputs == flat) == pytest.approx(0.6, abs=0.015)
    assert set((flat_outputs - flat) % 4) == {0, 1}  # two outputs of every state
    moves = np.concatenate([np.diff(row) % 4 for row in states])
    np.testing.assert_allclose(np.bincount(moves) / len(moves), [0.525, 0.025, 0.425, 0.025], atol=0.015)
    for part in (model.transitions, model.emissions):
        np.testing.assert_allclose(part.sum(axis=1), 1)


def test_a_smoke_run(tmp_path):
    pytest.importorskip("sklearn_crfsuite")
    from benchmarks import tagging

    assert tagging.main(["--quick", "--output", str(tmp_path)]) == 0
    text = (tmp_path / "tagging.txt").read_text()
    assert all(by in text for by in ("forward-backward", "SequenceTagger", "transitions=True", "CRFsuite"))
    assert "steps right, forward-backward minus SequenceTagger" in text
