"""What is known of a fit: its `Facts`, and figures of its history that several checks use."""

from collections import Counter
from dataclasses import dataclass
from itertools import chain

import numpy as np

from skseq._data.constant_answer import ConstantAnswer

LEAST_EPOCHS = 5  # fewer are a trial, and show nothing
DOUBTFUL = 0.5  # loss over that of a constant answer from which on a fit is worth a closer look
MUCH_LEFT = 0.2  # of the errors of a constant: of less, half is little


@dataclass(frozen=True, kw_only=True, eq=False)
class Facts:
    """What is known of a fit besides its history.

    ``of`` is what messages call the estimator. The last ``n_epochs`` of the history are judged, of ``most_epochs`` that
    were allowed; ``auto_epochs`` says whether the estimator chose that, and ``noisy`` whether it did because more would
    learn noise. ``held_out`` is the least loss of what a trial held out over that of a constant, ``whole_trial``
    whether it had all epochs, and ``above_chance`` whether clearly more of what it held out was right than with the
    most frequent class for all; ``n_others`` of these are not of that class, and ``uncut_epochs`` are those of a fit
    without a trial. ``lowest`` is what ``held_out`` is, but also known of so few samples that it may be chance.
    ``silent``, ``unknown`` and ``same_output`` are shares of units, of tokens and of predictions. ``tokens`` is whether
    X holds tokens, ``words`` whether some tokens are words, and ``longest`` the number of timesteps of the longest
    sequence. ``equal`` is how many distinct sequences X holds, where they are few, and the least loss of any answer to
    these. ``levels`` are a feature of X, and how far its levels lie apart; ``other_levels`` are what a linear model of
    movements alone leaves of the errors of a constant in samples that it has not seen, what the fit leaves in training,
    without dropout, and what it leaves if each sequence has the level of another one there. ``shares_told`` are the
    shares of labels that forests tell by the values of timesteps, and by their steps alone. ``gains`` are a feature of
    X, the ratio of large deviations of a sequence to small ones, and such shares by values, and by values without
    levels and gains. ``sizes`` are a feature of X, the ratio of large mean sizes of a sequence to small ones, such
    shares of other sequences by values, and by values that are divided by these sizes, and the standard error of the
    difference.
    ``columns`` are what a linear model of all timesteps leaves of the errors of a constant in samples that it has not
    seen, and what the fit leaves in training, without dropout. ``summaries`` are what a linear model of a few numbers
    of each sequence leaves of them in what a trial held out, and what the trial itself left there. ``inside`` is the
    share of counts in training that lie in intervals of 90 % by the Poisson distributions that the fit forecasts.
    ``by_steps`` is by how many nats one normal distribution of steps is likelier, for a timestep of a sequence that
    wanders, than what was learnt. ``by_rows`` is by how many nats whole rows of flags, counted after the row before
    them, are likelier for a timestep than flags that are counted each on its own, and than what was learnt.
    ``beyond`` is what `first_beyond` found in this `partial_fit` or an earlier one; what an earlier one found is no
    news. ``n_beyond`` is in how many samples of the last calls it found something. ``grouped`` is whether whole groups
    are held out. ``few`` is whether the last call had so few samples that their losses jump.
    ``odd_place`` says where validation data lie, if not as those in training. None is what was not measured.
    """

    of: str
    n_epochs: int
    most_epochs: int
    early_stopping: bool
    constant: ConstantAnswer
    auto_epochs: bool = False
    noisy: bool = False
    held_out: float | None = None
    whole_trial: bool = False
    above_chance: bool = False
    n_others: int | None = None
    lowest: float | None = None
    uncut_epochs: int | None = None
    clipnorm: float | None = None
    silent: float | None = None
    unknown: float | None = None
    same_output: float | None = None
    tokens: bool = False
    words: bool = False
    longest: int | None = None
    equal: tuple[int, float] | None = None
    levels: tuple[int, float] | None = None
    other_levels: tuple[float, float, float] | None = None
    shares_told: tuple[float, float] | None = None
    gains: tuple[int, float, float, float] | None = None
    sizes: tuple[int, float, float, float, float] | None = None
    columns: tuple[float, float] | None = None
    summaries: tuple[float, float] | None = None
    inside: float | None = None
    by_steps: float | None = None
    by_rows: float | None = None
    beyond: tuple[str, float, float, float, float] | None = None
    beyond_is_new: bool = True
    grouped: bool = False
    n_beyond: int = 0
    few: bool = False
    odd_place: str | None = None


def judged(history, facts):
    """The epochs of a history that are judged: {name: array}."""
    return {name: np.asarray(values[len(values) - facts.n_epochs :], np.float64) for name, values in history.items()}


def is_doubtful(history, facts):
    """Whether the loss of a fit, or of what its trial held out, is closer to that of a constant answer than to 0."""
    return poorest(judged(history, facts), facts) > DOUBTFUL


def leaves_much(history, facts):
    """Whether more than a few errors are left in training: of wrong labels, where these are counted, or of the loss."""
    history, shares = judged(history, facts), facts.constant.shares
    if shares is None:
        return (share_of_constant(history, facts) or 0.0) > MUCH_LEFT
    accuracy = finite(history, "accuracy" if "accuracy" in history else "token_accuracy", LEAST_EPOCHS)
    return accuracy is not None and 1 - accuracy[-1] > MUCH_LEFT * (1 - shares.max())


def poorest(history, facts):
    """The loss at the end over that of a constant answer, or the same of what a trial held out if that is more."""
    return max(share_of_constant(history, facts) or 0.0, facts.held_out or 0.0)


def share_of_constant(history, facts):
    """The loss at the end over that of a constant answer, or None if the fit does not tell."""
    loss, constant = finite(history, "loss", LEAST_EPOCHS), facts.constant.loss
    if loss is None or not constant:
        return None
    return np.median(loss[-min(LEAST_EPOCHS, len(loss) // 2) :]) / constant


def same_output_share(labels):
    """Share of the most frequent one of all labels in a list of lists, one per sample; None of fewer than two."""
    counts = Counter(chain.from_iterable(own or [""] for own in labels))
    return max(counts.values()) / counts.total() if counts.total() > 1 else None


def finite(history, name, least):
    """The values of all epochs, or None if one is missing or not finite, or if there are fewer than ``least``."""
    values = history.get(name, np.empty(0))
    return values if len(values) >= least and np.isfinite(values).all() else None
