"""What is known of a fit: its `Facts`, and figures of its history that several checks use."""

from collections import Counter
from dataclasses import dataclass
from itertools import chain

import numpy as np

from skseq._data.constant_answer import ConstantAnswer

LEAST_EPOCHS = 5  # fewer are a trial, and show nothing
POOR = 0.9  # loss over that of a constant answer, also of held-out samples: little was learnt
DOUBTFUL = 0.5  # loss over that of a constant answer from which on a fit is worth a closer look
MUCH_LEFT = 0.2  # of a constant's errors: below it, even halving them gains little


@dataclass(frozen=True, kw_only=True, eq=False)
class Facts:
    """What is known of a fit besides its history; None is what was not measured."""

    # The fit
    of: str  # what messages call the estimator
    n_epochs: int  # so many of the history, the last ones, are judged
    most_epochs: int  # so many were allowed
    early_stopping: bool
    constant: ConstantAnswer
    auto_epochs: bool = False  # whether the estimator chose the number of epochs
    clipnorm: float | None = None
    grouped: bool = False  # whether whole groups are held out
    few: bool = False  # whether the last call had so few samples that their losses jump
    odd_place: str | None = None  # where validation data lie, if not as those in training
    told_levels: bool = False  # whether the fit has warned of levels or absolute times before training
    unknown_targets: bool = False  # whether a number in y, far from all others, stands for what is not known

    # Its trial
    noisy: bool = False  # whether the fit has few epochs because more would learn noise
    held_out: float | None = None  # the least loss of what is held out, over that of a constant
    lowest: float | None = None  # the same, also where so few samples are held out that it may be chance
    whole_trial: bool = False  # whether it had all epochs
    tried_epochs: int | None = None  # the epochs of the trial
    by_heart: bool = False  # whether there was none because of too few samples, which a fit learns by heart
    stuck_trial: bool = False  # whether it learnt hardly anything of its own samples
    above_chance: bool = False  # whether clearly more was right than with the most frequent class for all
    n_others: int | None = None  # so many of what is held out are not of that class
    rare: bool = False  # whether that is a small part of it, as counted without weights
    uncut_epochs: int | None = None  # the epochs of a fit without a trial
    # errors of a linear model of a few numbers of each sequence, in what is held out; of the trial
    summaries: tuple[float, float] | None = None
    columns_in_trial: tuple[float, float] | None = None  # the same, of all timesteps, where these tell more

    # What it predicts, as shares
    silent: float | None = None  # of units
    unknown: float | None = None  # of tokens
    same_output: float | None = None  # of predictions

    # X
    tokens: bool = False
    words: bool = False  # whether some tokens are words
    longest: int | None = None  # timesteps of the longest sequence
    wide: tuple[int, int] | None = None  # timesteps and features, where these are far more and as alike as steps
    equal: tuple[int, float] | None = None  # distinct sequences, where they are few; the least loss of any answer

    # Simple models of X beside the fit. Errors are over those of a constant: of a linear model in samples that it has
    # not seen, of the fit in training without dropout. Labels are shares of them that forests tell in such samples
    # errors of a linear model of all timesteps; of the fit; the standard error of the former, less those of a constant
    columns: tuple[float, float, float] | None = None
    levels: tuple[int, float] | None = None  # a feature; how far its levels lie apart
    scales: bool = False  # whether sequences move in proportion to their levels
    steps: str = ""  # code that puts the steps of that feature in its place, if it never falls
    # errors of a linear model of movements; of the fit; of the fit if each sequence has the level of another
    other_levels: tuple[float, float, float] | None = None
    shares_told: tuple[float, float] | None = None  # labels that forests tell by values of timesteps; by steps alone
    # a feature; large deviations of a sequence over small ones; labels told by values; by values without levels, gains
    gains: tuple[int, float, float, float] | None = None
    # a feature, or None of all; large mean sizes of a sequence over small ones; labels of other sequences told by
    # values; by values over these sizes; the standard error of the difference
    sizes: tuple[int | None, float, float, float, float] | None = None
    inside: float | None = None  # share of counts in training inside the intervals of 90 % of their Poisson forecasts
    # nats per timestep by which one normal distribution of steps is likelier than the fit
    by_steps: float | None = None
    # nats per token in what a fit or its trial held out, by counted pairs of neighbours; by the network at best; a
    # standard error of the difference
    pairs: tuple[float, float, float] | None = None
    # nats per timestep by which whole rows of flags are likelier than single flags, and than the fit
    by_rows: float | None = None

    # Calls of `partial_fit`
    beyond: tuple[str, float, float, float, float] | None = None  # what `first_beyond` found in this one or before
    beyond_is_new: bool = True  # whether this one found it
    n_beyond: int = 0  # samples of the last calls in which it found something


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
