"""What a language model is measured against: n-grams smoothed after Witten and Bell, and the most popular items.

Witten and Bell, "The Zero-Frequency Problem", IEEE Transactions on Information Theory 1991, method C, interpolated with
shorter histories as in Chen and Goodman, "An Empirical Study of Smoothing Techniques for Language Modeling", 1998.
"""

from collections import Counter, defaultdict

import numpy as np

START, END = object(), object()


class WittenBell:
    """Markov chain of an order: probabilities of the next token given the last ``order`` ones, (order + 1)-grams.

    p(w | h) = (c(h w) + T(h) p(w | h')) / (c(h) + T(h)), where T(h) counts the different tokens after h, and h' is h
    without its first token. Below one token stands the uniform distribution over all that were seen, and over the end
    if sequences have one.
    """

    def __init__(self, order, *, ends):
        self.order, self.ends = order, ends

    def fit(self, sequences):
        self.follow_ = defaultdict(Counter)  # history of any length -> what follows it
        for history, token in self._steps(sequences):
            for k in range(self.order + 1):
                self.follow_[history[len(history) - k :]][token] += 1
        self.totals_ = {history: sum(counts.values()) for history, counts in self.follow_.items()}
        return self

    def _steps(self, sequences):
        """(last order tokens, token) of every step; where sequences have an end, they have a start, too."""
        n = self.order
        for sequence in sequences:
            tokens = [*[START] * n, *sequence, *[END] * self.ends]
            for t in range(n, len(tokens)):
                yield tuple(tokens[t - n : t]), tokens[t]

    def prob(self, history, token):
        """p(token | history)."""
        p = 1 / len(self.follow_[()])
        for k in range(len(history) + 1):
            own = history[len(history) - k :]
            counts = self.follow_.get(own)
            if counts is None:
                break  # neither has a longer history been seen
            p = (counts[token] + len(counts) * p) / (self.totals_[own] + len(counts))
        return p

    def bits(self, sequences):
        """Mean of -log2 p of a step, the end counted as one."""
        return float(np.mean([-np.log2(self.prob(*step)) for step in self._steps(sequences)]))

    def topk(self, history, k):
        """The k tokens of the largest probability after a history of any length."""
        history = tuple(history)[max(0, len(history) - self.order) :]
        tokens = [token for token in self.follow_[()] if token is not END]
        return sorted(tokens, key=lambda token: -self.prob(history, token))[:k]

    def sample(self, n_samples, random_state, longest):
        """Sequences as lists of tokens, each up to its end, or to the longest length."""
        rng = np.random.RandomState(random_state)
        tokens, known = list(self.follow_[()]), {}  # history -> cumulated probabilities of the tokens
        return [self._drawn(tokens, known, rng, longest) for _ in range(n_samples)]

    def _drawn(self, tokens, known, rng, longest):
        """One sequence, token by token."""
        history, written = (START,) * self.order, []
        for _ in range(longest):
            if history not in known:
                known[history] = np.cumsum([self.prob(history, token) for token in tokens])
            token = tokens[min(np.searchsorted(known[history], rng.random_sample(), "right"), len(tokens) - 1)]
            if token is END:
                break
            written.append(token)
            history = (*history, token)[1:] if self.order else ()
        return written
