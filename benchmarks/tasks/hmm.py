"""Sequences from a hidden Markov model, and what is best to say of its states: its own forward-backward recursions."""

from dataclasses import dataclass

import numpy as np
from sklearn.utils import check_random_state

__all__ = ["HiddenMarkov", "confused"]


@dataclass(frozen=True)
class HiddenMarkov:
    """Probabilities of the first state (k,), of the next state (k, k) from row to column, and of outputs (k, m)."""

    start: np.ndarray
    transitions: np.ndarray
    emissions: np.ndarray

    def draw(self, lengths, random_state=0):
        """(outputs, states), each a list of lists of numbers from 0 on, of these lengths."""
        rng, n_samples, n_timesteps = check_random_state(random_state), len(lengths), max(lengths)

        def drawn(probabilities):  # one draw from every row
            places = probabilities.cumsum(axis=1) < rng.random_sample((len(probabilities), 1))
            return places.sum(axis=1).clip(max=probabilities.shape[1] - 1)

        states = [drawn(np.tile(self.start, (n_samples, 1)))]
        for _ in range(n_timesteps - 1):
            states.append(drawn(self.transitions[states[-1]]))
        outputs = [drawn(self.emissions[now]) for now in states]
        columns = np.transpose(outputs), np.transpose(states)  # (n, t)
        return tuple([row[:n].tolist() for row, n in zip(part, lengths)] for part in columns)

    def marginals(self, outputs):
        """P(state | all outputs) at every step of one sequence (t, k), scaled at every step (Rabiner 1989)."""
        seen = self.emissions[:, outputs].T  # (t, k)
        forward, backward = seen.copy(), np.ones_like(seen)
        forward[0] *= self.start
        for t in range(len(seen)):
            if t > 0:
                forward[t] *= forward[t - 1] @ self.transitions
            forward[t] /= forward[t].sum()
        for t in range(len(seen) - 2, -1, -1):
            backward[t] = self.transitions @ (seen[t + 1] * backward[t + 1])
            backward[t] /= backward[t].sum()
        found = forward * backward
        return found / found.sum(axis=1, keepdims=True)

    def most_probable(self, sequences):
        """The most probable state of every step, a list of arrays: in expectation nothing has more steps right."""
        return [self.marginals(outputs).argmax(axis=1) for outputs in sequences]

    def best_paths(self, sequences):
        """The most probable states of every sequence together (Viterbi), a list of arrays."""
        with np.errstate(divide="ignore"):  # log 0: what cannot be
            start, transitions, emissions = (np.log(part) for part in (self.start, self.transitions, self.emissions))
        paths = []
        for outputs in sequences:
            best, pointers = start + emissions[:, outputs[0]], []
            for output in outputs[1:]:
                scores = best[:, None] + transitions  # from row to column
                pointers.append(scores.argmax(axis=0))
                best = scores.max(axis=0) + emissions[:, output]
            path = [best.argmax()]
            for pointer in reversed(pointers):
                path.append(pointer[path[-1]])
            paths.append(np.array(path[::-1]))
        return paths


def confused(n_states=8, right=0.6, stay=0.5, ahead=0.4):
    """A ring of states, each with two outputs: its own, and that of its successor. So every output has two origins.

    A state stays with probability ``stay``, goes on by two places with ``ahead``, else to any state alike.
    """
    ring = np.eye(n_states)
    rest = (1 - stay - ahead) / n_states
    return HiddenMarkov(
        start=np.full(n_states, 1 / n_states),
        transitions=stay * ring + ahead * np.roll(ring, 2, axis=1) + rest,
        emissions=right * ring + (1 - right) * np.roll(ring, 1, axis=1),
    )
