"""What a generator is measured against: hidden Markov models of the package hmmlearn."""

from importlib.util import find_spec

import numpy as np

INSTALL = "pip install hmmlearn"
N_STATES, N_ITER = 32, 20
SEEN_BEFORE = 0.01  # times that every state has written every token before fit: none is impossible later


def installed():
    """Whether hmmlearn is there; it is no dependency."""
    return find_spec("hmmlearn") is not None


class HiddenMarkov:
    """A categorical one; tokens that fit has not seen are one token, and so is the end where there is one."""

    def __init__(self, *, ends, n_states=N_STATES, n_iter=N_ITER, random_state=0):
        self.ends, self.n_states, self.n_iter, self.random_state = ends, n_states, n_iter, random_state

    def fit(self, sequences):
        from hmmlearn.hmm import CategoricalHMM

        self.ids_ = {token: k for k, token in enumerate(sorted(set().union(*map(set, sequences))))}
        own = {"n_iter": self.n_iter, "random_state": self.random_state, "implementation": "scaling"}
        own |= {"n_features": len(self.ids_) + 1 + self.ends, "emissionprob_prior": 1 + SEEN_BEFORE}
        self.model_ = CategoricalHMM(self.n_states, **own)
        self.model_.fit(*self._flat(sequences))
        return self

    def bits(self, sequences):
        """Mean of -log2 p of a step, the end counted as one."""
        flat, lengths = self._flat(sequences)
        return -self.model_.score(flat, lengths) / len(flat) / np.log(2)

    def sample(self, n_samples, random_state, longest):
        """Sequences as lists of tokens, each up to its end, or to the longest length. No token is an unknown one."""
        rng, unknown = np.random.RandomState(random_state), len(self.ids_)
        written = self.model_.emissionprob_.copy()  # (state, token)
        written[:, unknown] = 0
        written /= written.sum(axis=1, keepdims=True)
        states, rows = _drawn(np.tile(self.model_.startprob_, (n_samples, 1)), rng), []
        for _ in range(longest):
            rows.append(_drawn(written[states], rng))
            states = _drawn(self.model_.transmat_[states], rng)
        return [self._tokens(row) for row in np.transpose(rows).tolist()]

    def _tokens(self, row):
        """Tokens of ids up to the end."""
        end, tokens = len(self.ids_) + 1, list(self.ids_)
        return [tokens[k] for k in (row[: row.index(end)] if end in row else row)]

    def _flat(self, sequences):
        """All tokens (n_steps, 1) and lengths."""
        unknown = len(self.ids_)
        end = [unknown + 1] * self.ends
        rows = [[self.ids_.get(token, unknown) for token in sequence] + end for sequence in sequences]
        return np.concatenate(rows)[:, None], [len(row) for row in rows]


def _drawn(probabilities, rng):
    """One index (n,) from every row (n, k)."""
    places = probabilities.cumsum(axis=1) <= rng.random_sample((len(probabilities), 1))
    return places.sum(axis=1).clip(max=probabilities.shape[1] - 1)


class HiddenMixtures:
    """Hidden states that write mixtures of Gaussians, for sequences of numbers (n, t)."""

    def __init__(self, *, n_states=16, n_mix=2, n_iter=N_ITER, random_state=0):
        self.n_states, self.n_mix, self.n_iter, self.random_state = n_states, n_mix, n_iter, random_state

    def fit(self, rows):
        from hmmlearn.hmm import GMMHMM

        own = {"n_iter": self.n_iter, "covariance_type": "diag", "random_state": self.random_state}
        self.model_ = GMMHMM(self.n_states, self.n_mix, implementation="scaling", **own).fit(*_one_column(rows))
        return self

    def score(self, rows):
        """Mean log p of a step."""
        return self.model_.score(*_one_column(rows)) / np.size(rows)

    def sample(self, n_samples, *, max_length, random_state):
        """Sequences (n_samples, max_length)."""
        rng = np.random.RandomState(random_state)
        return np.stack([self.model_.sample(max_length, random_state=rng)[0][:, 0] for _ in range(n_samples)])


def _one_column(rows):
    """All numbers of (n, t) as (n * t, 1), and lengths."""
    return np.reshape(rows, (-1, 1)), [len(row) for row in rows]
