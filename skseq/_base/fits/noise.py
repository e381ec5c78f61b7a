"""How many epochs a fit may have before it learns the noise of its samples: what a trial on most of them shows."""

from dataclasses import dataclass

import numpy as np

from skseq._base.fits.facts import DOUBTFUL, POOR
from skseq._data.hold_out import MOST_HELD_OUT

FEWEST_HELD_OUT = 30  # whose mean loss says something: also of whether it is below that of a constant answer
FEWEST_OF_OTHERS = 10  # not of the most frequent class, held out, too: the loss of three of a rare one is chance
FEWEST_SAMPLES = 100  # of which a fourth, held out, still tells something
FEWEST_EPOCHS = 5  # that are worth having
SMOOTHED = 5  # epochs whose median counts, because the loss of a few samples jumps
BETTER = 0.05  # by which accuracy must have grown, so that it is hardly chance
FAR = 2.0  # times the loss in training
WAITING = 0.95  # of the loss of a constant answer: above it nothing is learnt yet
MOVED = 0.9  # the same: below it something is
NOISE = 0.4  # the same: what stays above it is noise, and below it hardly
RARE = 0.25  # of the samples: fewer outside the most frequent class
CERTAIN = 1.5  # standard errors: in none of 19 fits whose network was better in the end a linear model was so far ahead
ABOVE_CHANCE = 2.5  # standard errors of an accuracy: of y that has nothing to do with X, one trial in 160 has so much


def rounded_up(fraction, n_samples):
    """How many samples a fraction of them is."""
    return int(np.ceil(fraction * n_samples))


def n_others(classes, samples):
    """How many of the samples with these indices are not of their most frequent class; None without classes."""
    return None if classes is None else int(len(samples) - np.unique(classes[samples], return_counts=True)[1].max())


@dataclass(frozen=True, kw_only=True)
class Rules:
    """What a trial goes by (docs/figures/training.md).

    A trial ends after a ``share`` of the epochs of a fit, or as soon after that as the loss of what is held out still
    falls and is near that in training, at the latest after the share ``longest``. ``rise`` is the part of the loss of a
    constant answer by which it must rise; after a rise by ``clear`` there is no need to wait, unless ``waits`` is set
    and the loss was never below that of a constant answer. A fit then has ``times``
    as many epochs as until its least, and ``waits`` times as many as it stayed at that of a constant answer: when it
    leaves that is chance. If much of that loss is left, which no longer falls by more than the part ``slack``, a fit
    has as many epochs as the trial; a slack of 0 asks for a rise. Where it falls below ``solved`` of that of a constant
    answer, there is hardly any noise. ``by_accuracy`` is whether accuracy that still grows forgives a rise: answers
    that are right may be too sure. ``fewest_held_out`` samples are held out at least, where they are few enough
    (`n_held_out`). ``of_classes`` is whether a rare class decides what is learnt of each sample, and ``of_numbers``
    whether each has a number or several.
    """

    share: float = 1 / 3
    longest: float = 1.0
    rise: float = 0.02
    clear: float = 0.5
    slack: float = 0.0
    times: float = 1.5
    waits: float = 0.0
    solved: float = 0.1
    by_accuracy: bool = True
    fewest_held_out: int = FEWEST_HELD_OUT
    of_classes: bool = False
    of_numbers: bool = False
    by_heart: bool = False

    def n_held_out(self, fraction, n_samples, n_others=None):
        """How many of ``n_samples`` a trial holds out, a ``fraction`` or more: the loss of ten says nothing.

        Nor does that of three of a rare class. ``n_others`` samples are not of the most frequent one.
        """
        if self.fewest_held_out == 0:
            return rounded_up(fraction, n_samples)
        wanted = max(self.fewest_held_out, rounded_up(FEWEST_OF_OTHERS / (n_others or n_samples), n_samples))
        return max(min(wanted, int(MOST_HELD_OUT * n_samples)), rounded_up(fraction, n_samples))


OF_LABELS = Rules(rise=0.05, waits=2.0, solved=0.15, of_classes=True, by_heart=True)
# Nine tenths of the variance may be known, and the last one be noise.
OF_NUMBERS = Rules(solved=0.03, of_numbers=True, by_heart=True)
# Many timesteps are held out, so that their mean loss jumps less: that it stays tells something, too.
OF_TAGS = Rules(longest=1 / 3, clear=0.2, slack=0.01, fewest_held_out=0)
# Dropped states put off what is learnt by heart, and probabilities count, not which token is the likeliest.
OF_NEXT_TOKENS = Rules(
    share=2 / 3, longest=2 / 3, rise=0.01, clear=0.1, times=2.0, by_accuracy=False, fewest_held_out=0
)


@dataclass(frozen=True, kw_only=True)
class Verdict:
    """What a trial says: how many epochs are worth having, and whether more would learn noise.

    ``least`` is the least loss of what was held out over that of a constant answer, or None of too few samples.
    ``whole`` is whether the trial went on to the last epoch of the fit. ``above_chance`` is whether clearly more of
    what was held out was right in the end than with the most frequent class for all. ``n_others`` is that of the
    `Trial`, and ``rare`` whether that is a small part of what it held out. ``n_uncut`` is how many epochs the fit has
    without it. ``lowest`` is what ``least`` is, of few samples, too. ``summaries`` or ``columns`` is what
    `Trial.beside` says of a linear model of these, the better one, and ``pairs`` what `beside_pairs` says.
    ``stuck`` is `Trial.is_stuck`, and ``n_tried`` how many epochs the trial had. ``by_heart`` is that of the `Rules`,
    where there was no trial because of too few samples.
    """

    n_epochs: int
    noisy: bool
    least: float | None
    whole: bool = False
    above_chance: bool = False
    n_others: int | None = None
    rare: bool = False
    n_uncut: int | None = None
    lowest: float | None = None
    summaries: tuple[float, float] | None = None
    columns: tuple[float, float] | None = None
    pairs: tuple[float, float, float] | None = None
    stuck: bool = False
    n_tried: int | None = None
    by_heart: bool = False

    def stuck_above(self, constant_loss):
        """The loss from which on a fit got stuck, where a trial did well or samples are few; None of others."""
        well = not self.noisy and self.lowest is not None and self.lowest < DOUBTFUL
        return POOR * constant_loss if (well or self.by_heart) and constant_loss is not None else None


NO_VERDICT = Verdict(n_epochs=0, noisy=False, least=None)  # of no trial


@dataclass(frozen=True, kw_only=True)
class Trial:
    """A trial of a fit with ``n_epochs``: it ends early, and the losses of ``n_held_out`` samples give a `Verdict`.

    They have risen if the least of them is ``patience`` epochs ago and is exceeded at the end by a part of
    ``constant_loss``, which the best constant answer has for the samples in training. ``held_out_loss`` is the same
    for those held out, ``n_others`` of which are not of the most frequent class (None without classes), and
    ``held_out_share`` is the share of that class in what accuracy counts, or None. A rise on the way is no verdict: a
    network may learn by heart first, and then what holds.
    """

    rules: Rules
    n_epochs: int
    n_held_out: int
    patience: int
    constant_loss: float
    held_out_loss: float
    n_others: int | None = None
    held_out_share: float | None = None

    def is_over(self, history):
        """Whether the trial needs no more epochs."""
        n_done = len(history["val_loss"])
        if n_done >= self.n_longest or self._is_solved(history):
            return True
        if self._is_worse(history, self.rules.clear) and (n_done >= self.n_least or not self._waits(history)):
            return True
        return n_done >= self.n_least and not (self._is_stale(history) or _is_far_from_training(history))

    def verdict(self, history):
        """The `Verdict`: epochs by that of the least validation loss if it rises after it or stays, or all of them."""
        smooth = smoothed(history["val_loss"])
        worse, stays = self._is_worse(history), self._stays(history)
        noisy = not self._is_solved(history) and (worse or stays)
        worth = max(self._n_worth(history), 0 if worse else len(smooth))
        few = self.n_held_out < FEWEST_HELD_OUT or (self.n_others is not None and self.n_others < FEWEST_OF_OTHERS)
        lowest = float(min(smooth) / self._constant)
        whole = len(smooth) == self.n_epochs
        return Verdict(
            n_epochs=min(worth, self.n_epochs) if noisy else self.n_epochs,
            noisy=noisy,
            least=None if few else lowest,
            whole=whole,
            above_chance=self._is_above_chance(history),
            n_others=self.n_others,
            rare=self.n_others is not None and self.n_others < RARE * self.n_held_out,
            n_uncut=self.n_epochs,
            lowest=lowest,
            n_tried=len(smooth),
        )

    def beside_best(self, by_others, history):
        """{name: what `beside` says} of the best of other models, of {name: what it leaves}; {} of none."""
        known = {name: left for name, left in by_others.items() if left is not None}
        if not known:
            return {}
        best = min(known, key=known.get)
        return {best: self.beside(known[best], history)}

    def beside(self, by_other, history):
        """What another model leaves of the errors of a constant in what was held out, and what the network left there.

        None where that is not known, where it may be chance (wrong labels less than `CERTAIN` standard errors apart),
        and where hardly anything is left: a trial may end so after few epochs, which began with many errors.
        """
        name, share = _name_of_accuracy(history), self.held_out_share
        if by_other is None or (name is None) != (share is None) or self._is_solved(history):
            return None
        if name is None:
            return by_other, float(min(smoothed(history["val_loss"])) / self.held_out_loss)
        n_of_constant = self.n_held_out * (1 - share)
        left = float((1 - np.median(history[name][-SMOOTHED:])) / (1 - share))
        certain = n_of_constant * (left - by_other) > CERTAIN * np.sqrt(n_of_constant * (left + by_other))
        return (by_other, left) if certain else None

    def is_stuck(self, history):
        """Whether it learnt hardly anything of its own samples."""
        return bool(np.median(history["loss"][-SMOOTHED:]) > POOR * self.constant_loss)

    @property
    def n_longest(self):
        """The most epochs of the trial itself."""
        return max(int(self.rules.longest * self.n_epochs), self.patience + SMOOTHED)

    @property
    def n_least(self):
        """The epochs after which a trial ends whose loss still falls, and is near that of training."""
        return max(int(self.rules.share * self.n_epochs), self.patience + SMOOTHED)

    @property
    def _constant(self):
        """The loss of a constant answer, to either part of the samples."""
        return max(self.constant_loss, self.held_out_loss)

    def _n_worth(self, history):
        """How many epochs a fit has if the loss rises after its least."""
        n_epochs = self.rules.times * (_best(history) + 1) + self.rules.waits * self._n_waiting(history)
        return max(FEWEST_EPOCHS, round(n_epochs))

    def _n_waiting(self, history):
        """How many epochs the loss stayed at that of a constant answer, if it left it then."""
        losses = np.array(smoothed(history["val_loss"]))
        return int(np.argmax(losses < WAITING * self._constant)) if min(losses) < MOVED * self._constant else 0

    def _waits(self, history):
        """Whether the loss may still leave that of a constant answer, where that happens late."""
        return self.rules.waits > 0 and min(smoothed(history["val_loss"])) > WAITING * self._constant

    def _is_solved(self, history):
        return min(history["val_loss"]) < self.rules.solved * self.constant_loss

    def _is_above_chance(self, history):
        name, share = _name_of_accuracy(history), self.held_out_share
        if name is None or share is None:
            return False
        error = np.sqrt(share * (1 - share) / self.n_held_out)
        return bool(np.median(history[name][-SMOOTHED:]) > share + ABOVE_CHANCE * error)

    def _is_stale(self, history):
        """Whether the loss has its least some time ago."""
        return len(history["val_loss"]) - 1 - _best(history) >= self.patience

    def _stays(self, history):
        """Whether the loss was hardly above its least some time ago, with much noise left, and no more is right."""
        losses = np.array(smoothed(history["val_loss"]))
        if self.rules.slack == 0 or not NOISE < min(losses) / self._constant < MOVED:
            return False
        first = np.argmax(losses <= min(losses) + self.rules.slack * self.constant_loss)
        right = self.rules.by_accuracy and _is_right_more_often(history, _best(history))
        return bool(len(losses) - 1 - first >= self.patience and not right)

    def _is_worse(self, history, rise=None):
        """Whether the loss has risen by what counts, and no more answers are right than at its least."""
        losses, best = history["val_loss"], _best(history)
        risen = np.median(losses[-SMOOTHED:]) - smoothed(losses)[best]
        risen = risen > (self.rules.rise if rise is None else rise) * self.constant_loss
        right = self.rules.by_accuracy and _is_right_more_often(history, best)
        return bool(self._is_stale(history) and risen and not right)


def beside_pairs(by_pairs, history):
    """The loss of counted pairs in what was held out, the least one of the network, and an error of the difference.

    None without (loss, error) of pairs.
    """
    if by_pairs is None or not history.get("val_loss"):
        return None
    loss, error = by_pairs
    return loss, float(min(smoothed(history["val_loss"]))), error


def _best(history):
    """The epoch of the least loss of what is held out."""
    return int(np.argmin(smoothed(history["val_loss"])))


def _is_far_from_training(history):
    """Whether the loss of what is held out is twice that in training: then something is learnt by heart."""
    return np.median(history["val_loss"][-SMOOTHED:]) > FAR * np.median(history["loss"][-SMOOTHED:])


def _is_right_more_often(history, best):
    """Whether the accuracy of what is held out, if there is one, is clearly higher at the end than at this epoch."""
    name = _name_of_accuracy(history)
    return name is not None and np.median(history[name][-SMOOTHED:]) > smoothed(history[name])[best] + BETTER


def _name_of_accuracy(history):
    """The name of the accuracy of what is held out, or None."""
    return next((name for name in ("val_accuracy", "val_token_accuracy") if name in history), None)


def smoothed(values):
    """The median of every value and its neighbours."""
    side = SMOOTHED // 2
    return [np.median(values[max(0, k - side) : k + side + 1]) for k in range(len(values))]


def sees_noise(rules, n_epochs, patience):
    """Whether a trial of a fit with so many epochs is long enough to see the loss of what is held out rise."""
    return rules.share * n_epochs >= patience
