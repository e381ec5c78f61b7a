"""Outputs beside the targets that are right: edits, shares, and the best and worst of them as text."""

from dataclasses import dataclass
from functools import partial

import numpy as np
from rapidfuzz.distance import Levenshtein

__all__ = ["Judged", "as_text", "judge"]


@dataclass(frozen=True)
class Judged:
    """Outputs and, for each, the nearest of the targets that are right: its distance in edits and its length."""

    sources: list
    outputs: list
    targets: list
    edits: np.ndarray
    lengths: np.ndarray

    @property
    def exact(self):
        """Percent of the outputs that are wholly right."""
        return 100 * np.mean(self.edits == 0)

    @property
    def error_rate(self):
        """Edits for every hundred tokens of the targets."""
        return 100 * self.edits.sum() / self.lengths.sum()

    def examples(self, n_examples=3):
        """The longest outputs that are right, and those furthest from their targets."""
        right = [row for row in np.argsort(-self.lengths, kind="stable") if self.edits[row] == 0]
        wrong = [row for row in np.argsort(-self.edits / self.lengths, kind="stable") if self.edits[row] > 0]
        best = [f"{as_text(self.sources[row])} -> {as_text(self.outputs[row])}" for row in right[:n_examples]]
        worst = [
            f"{as_text(self.sources[row])} -> {as_text(self.outputs[row])} (right: {as_text(self.targets[row])})"
            for row in wrong[:n_examples]
        ]
        return f"best {'; '.join(best) or 'none'}. Worst {'; '.join(worst) or 'none: all are right'}"


def judge(sources, outputs, accepted):
    """`Judged` outputs; ``accepted`` holds for each the targets that are right, of which the nearest counts."""
    targets = [min(right, key=partial(Levenshtein.distance, output)) for output, right in zip(outputs, accepted)]
    edits = [Levenshtein.distance(output, target) for output, target in zip(outputs, targets)]
    return Judged(list(sources), list(outputs), targets, np.array(edits), np.array([len(t) for t in targets]))


def as_text(tokens):
    """Tokens of one character as a word in quotes, others apart by spaces."""
    apart = "" if all(len(str(token)) == 1 for token in tokens) else " "
    return repr(apart.join(map(str, tokens)))
