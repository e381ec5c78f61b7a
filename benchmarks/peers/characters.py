"""What the character models of stock Keras and PyTorch share: ids, bits per character, words drawn step by step."""

import numpy as np

__all__ = ["Characters", "bits", "draw"]


class Characters:
    """Ids: 0 pads on the right, 1 is the start of an input and the end of a target, the characters follow.

    The softmax says ids less 1, so that it has no padding.
    """

    def __init__(self, words):
        self.characters = sorted(set().union(*words))
        self.ids = {character: k for k, character in enumerate(self.characters, start=2)}
        self.n_ids, self.n_outputs = len(self.ids) + 2, len(self.ids) + 1
        self.longest = max(map(len, words))

    def encode(self, words):
        """(inputs, targets), both (n, t): the ids before every step, and what the softmax is to say, -1 on padding."""
        rows = np.zeros((len(words), max(map(len, words)) + 2), np.int32)
        for row, word in zip(rows, words):
            row[: len(word) + 2] = [1, *(self.ids[character] for character in word), 1]
        targets = rows[:, 1:] - 1
        return np.where(targets >= 0, rows[:, :-1], 0), targets

    def decode(self, written):
        """Words of ids (n, t) of the softmax, each up to its end, which has the id 0."""
        return ["".join(self.characters[k - 1] for k in row[: _first_zero(row)]) for row in written.tolist()]


def _first_zero(row):
    return row.index(0) if 0 in row else len(row)


def bits(logits, targets):
    """Mean of -log2 p of the targets (n, t) by logits (n, t, n_outputs), the end counted as a step."""
    counted = targets >= 0
    logits = logits[counted].astype(np.float64)  # (steps, n_outputs)
    own = np.take_along_axis(logits, targets[counted][:, None], axis=1)[:, 0]
    return float((np.logaddexp.reduce(logits, axis=1) - own).mean() / np.log(2))


def draw(step, n_samples, longest, rng):
    """Ids of the softmax (n_samples, t), all rows in one batch: the largest of logits and Gumbel noise is a draw.

    ``step(ids, states)`` gives logits (n, n_outputs) and states from the ids before (n, 1); states start as None.
    """
    ids, states, ended, written = np.ones((n_samples, 1), np.int32), None, np.zeros(n_samples, bool), []
    while len(written) < longest and not ended.all():
        logits, states = step(ids, states)
        written.append((logits + rng.gumbel(size=logits.shape)).argmax(axis=1))
        ended |= written[-1] == 0
        ids = written[-1][:, None].astype(np.int32) + 1
    return np.stack(written, axis=1)
