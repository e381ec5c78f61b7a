"""How many epochs a fit may have before it learns the noise of its samples: what a trial on most of them shows."""

from dataclasses import dataclass

import numpy as np

FEWEST_HELD_OUT = 30  # whose mean loss says something: also of whether it is below that of a constant answer
FEWEST_SAMPLES = 100  # of which a fourth, held out, still tells something
FEWEST_EPOCHS = 5  # that are worth having
SMOOTHED = 5  # epochs whose median counts, because the loss of a few samples jumps
BETTER = 0.05  # by which accuracy must have grown, so that it is hardly chance
MOST_HELD_OUT = 0.25  # of the samples: a trial on fewer of them says little of a fit of all
CLEAR = 10  # times the rise that counts: no need to wait for the end of a trial
SOLVED = 0.1  # of the loss of a constant answer: below that there is hardly any noise


def rounded_up(fraction, n_samples):
    """How many samples a fraction of them is."""
    return int(np.ceil(fraction * n_samples))


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a trial goes by (docs/figures.md).

    ``share`` of the epochs of a fit is the longest trial, and ``rise`` the part of the loss of a constant answer by
    which the loss of what is held out must rise. A fit then has ``times`` as many epochs as until its least.
    ``by_accuracy`` is whether accuracy that still grows forgives a rise: answers that are right may be too sure.
    ``fewest_held_out`` samples are held out at least, where they are few enough (`n_held_out`).
    """

    share: float = 1 / 3
    rise: float = 0.05
    times: float = 1.5
    by_accuracy: bool = True
    fewest_held_out: int = FEWEST_HELD_OUT

    def n_held_out(self, fraction, n_samples):
        """How many of ``n_samples`` a trial holds out, a ``fraction`` or more: the loss of ten says nothing."""
        fewest = min(self.fewest_held_out, int(MOST_HELD_OUT * n_samples))
        return max(fewest, rounded_up(fraction, n_samples))


OF_TAGS = Rules(rise=0.02, fewest_held_out=0)  # of many timesteps held out, whose mean loss jumps less
# Dropped states put off what is learnt by heart, and probabilities count, not which token is the likeliest.
OF_NEXT_TOKENS = Rules(share=2 / 3, rise=0.01, times=2.0, by_accuracy=False, fewest_held_out=0)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a trial says: how many epochs are worth having, and whether more would learn noise.

    ``least`` is the least loss of what was held out over that of a constant answer, or None of too few samples.
    """

    n_epochs: int
    noisy: bool
    least: float | None


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A trial of a fit with ``n_epochs``: it ends early, and the losses of ``n_held_out`` samples give a `Verdict`.

    They have risen if the least of them is ``patience`` epochs ago and is exceeded at the end by a part of
    ``constant_loss``, which the best constant answer has for the samples in training. ``held_out_loss`` is the same
    for those held out. A rise on the way is no verdict: a network may learn by heart first, and then what holds.
    """

    rules: Rules
    n_epochs: int
    n_held_out: int
    patience: int
    constant_loss: float
    held_out_loss: float

    def is_over(self, history):
        """Whether the trial needs no more epochs."""
        ended = len(history["val_loss"]) >= self.n_longest
        return ended or self._is_solved(history) or self._is_worse(history, CLEAR)

    def verdict(self, history):
        """The `Verdict`: epochs by that of the least validation loss if it rises after it, or all of them."""
        smooth = _smooth(history["val_loss"])
        noisy = not self._is_solved(history) and self._is_worse(history)
        worth = max(FEWEST_EPOCHS, round(self.rules.times * (np.argmin(smooth) + 1)))
        n_epochs = min(worth, self.n_epochs) if noisy else self.n_epochs
        constant = max(self.constant_loss, self.held_out_loss)
        least = float(min(smooth) / constant) if self.n_held_out >= FEWEST_HELD_OUT else None
        return Verdict(n_epochs=n_epochs, noisy=noisy, least=least)

    @property
    def n_longest(self):
        """The most epochs of the trial itself."""
        return max(int(self.rules.share * self.n_epochs), self.patience + SMOOTHED)

    def _is_solved(self, history):
        return min(history["val_loss"]) < SOLVED * self.constant_loss

    def _is_worse(self, history, times=1):
        """Whether the loss has risen by so many times what counts, and no more answers are right than at its least."""
        losses = history["val_loss"]
        smooth = _smooth(losses)
        best = int(np.argmin(smooth))
        rise = np.median(losses[-SMOOTHED:]) - smooth[best]
        risen = len(losses) - 1 - best >= self.patience and rise > times * self.rules.rise * self.constant_loss
        return bool(risen) and not (self.rules.by_accuracy and _is_right_more_often(history, best))


def _is_right_more_often(history, best):
    """Whether the accuracy of what is held out, if there is one, is clearly higher at the end than at this epoch."""
    name = next((name for name in ("val_accuracy", "val_token_accuracy") if name in history), None)
    return name is not None and np.median(history[name][-SMOOTHED:]) > _smooth(history[name])[best] + BETTER


def _smooth(values):
    """The median of every value and its neighbours."""
    side = SMOOTHED // 2
    return [np.median(values[max(0, k - side) : k + side + 1]) for k in range(len(values))]


def sees_noise(rules, n_epochs, patience):
    """Whether a trial of a fit with so many epochs is long enough to see the loss of what is held out rise."""
    return rules.share * n_epochs > patience
