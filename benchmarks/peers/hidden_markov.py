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

    def _flat(self, sequences):
        """All tokens (n_steps, 1) and lengths."""
        unknown = len(self.ids_)
        end = [unknown + 1] * self.ends
        rows = [[self.ids_.get(token, unknown) for token in sequence] + end for sequence in sequences]
        return np.concatenate(rows)[:, None], [len(row) for row in rows]


def drawn_numbers(rows, n_samples, n_timesteps, random_state, *, n_states=16, n_mix=2):
    """Sequences (n_samples, n_timesteps) drawn from hidden states that write mixtures of Gaussians, fit on (n, t)."""
    from hmmlearn.hmm import GMMHMM

    own = {"n_iter": N_ITER, "covariance_type": "diag", "random_state": random_state, "implementation": "scaling"}
    model = GMMHMM(n_states, n_mix, **own).fit(np.reshape(rows, (-1, 1)), [len(row) for row in rows])
    return np.stack([model.sample(n_timesteps, random_state=seed)[0][:, 0] for seed in range(n_samples)])
