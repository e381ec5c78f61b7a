"""Checks of the curve of a fit: (history, facts, parameters) -> `Seen`, or None if the fit does not tell."""

import numpy as np

from skseq._base.diagnosis.advice import (
    LEARNT_NOTHING,
    MORE_EPOCHS,
    Seen,
    after_a_cut,
    in_words,
    of_cut,
    or_motifs,
    remedies,
    scales_of_own_network,
    scales_to_set,
    smaller_penalty,
)
from skseq._base.diagnosis.exploding import explosion
from skseq._base.diagnosis.validation_scale import NOT_TRANSFORMED, ROUTED
from skseq._base.fits.facts import DOUBTFUL, LEAST_EPOCHS, POOR, finite, share_of_constant

RISING = 0.5  # share of the epochs: most of them did harm
APART = 3.0  # times the loss of a constant answer in training: a fit that learnt much stays below it on similar data
WORSE = 1.02  # times the loss of another epoch: it wanders by less
TREND_EPOCHS = 10  # fewer show no trend
STEEP = 0.05  # of the loss of a constant answer, per tenth of the epochs: good fits end at 0.03 or less
LEFT = 0.2  # of that loss is left to gain
FAST = 0.1  # a learning rate from which on a larger one helps nobody
ENDED = 0.25  # of its peak: a rate below it has ended the fall of a loss
STEEP_BEFORE, LEFT_AFTER = 0.02, 0.1  # instead of STEEP and LEFT then; chosen as docs/guide/diagnose.md says
AGAIN = 1.5  # times the fall before: 1.9 or more in fits that learnt noise by heart, 1 at most in others
CERTAIN = 3.0  # standard errors of a slope: of five epochs of noise, one in 35 has such a slope
CLIPPED = 2.0  # mean norm over max(clipnorm, 1): a few large updates can reach 1, only nearly all of them 2
LONG_BEFORE = 0.75  # of the epochs
MEAN_BEGINS = 0.75  # the share of the epochs after which "swa" begins its mean (`skseq.nn.training.schedules`)


def exploding(history, facts, parameters):
    loss = history.get("loss", np.empty(0))
    if "gradient_norm" not in history or len(loss) == 0 or loss[0] <= 0:  # a network of the user's own has no norms
        return None
    what = explosion(history, few=facts.few)
    advice = "" if what is None else f"{remedies(parameters)}. history_ has the figures of every epoch"
    return Seen(loss.max() / loss[0], what is not None, f"Gradients of {facts.of} exploded: {what}.", advice)


def constant_answer(history, facts, parameters):
    share, constant = share_of_constant(history, facts), facts.constant.loss
    if share is None:
        return None
    end = share * constant
    says = f"{facts.of} learnt nothing: its loss ended at {end:.3g}, and that of the best constant is {constant:.3g}."
    own = parameters.get("network") is not None
    if own:
        says += " Its network is your own, for which nothing is scaled."
    penalty = {} if own else smaller_penalty(parameters)
    scales = scales_of_own_network(facts) if own else scales_to_set(parameters)
    advice = penalty | scales | MORE_EPOCHS | {"learning_rate": "another learning_rate"}
    if end > WORSE * history["loss"][0]:
        advice = penalty | scales | {"learning_rate": "a smaller learning_rate"}
    elif facts.noisy and not penalty:  # and has few epochs because of that
        advice = after_a_cut({"learning_rate": "another learning_rate"}, facts, parameters)
    if _is_stuck(share, facts) and not penalty:
        return Seen(share, True, *_of_stuck(share, facts))
    found = end > LEARNT_NOTHING * constant
    return Seen(share, found, says + of_cut(facts), or_motifs(advice, facts, parameters))


def _is_stuck(share, facts):
    """Whether a fit ended near a constant answer, though its trial or few samples had shown much to learn."""
    if facts.by_heart:  # but no fit learns several answers to equal samples by heart
        return share > POOR and (facts.equal is None or facts.equal[1] < DOUBTFUL * facts.constant.loss)
    return not facts.noisy and facts.lowest is not None and share > POOR and facts.lowest < DOUBTFUL


def _of_stuck(share, facts):
    """(What was seen, advice) of such a fit."""
    says = f"{facts.of} got stuck: its loss ended at {share:.2g} times that of a constant answer. "
    if facts.by_heart:
        says += "So few samples are learnt by heart as a rule, even noise."
    else:
        says += f"In a trial, that of samples held out fell to {facts.lowest:.2g} times."
    return says, {"random_state": "another random_state", "n_init": "n_init=3", "clipnorm": "a larger clipnorm"}


def validation(history, facts, parameters):
    loss = finite(history, "val_loss", LEAST_EPOCHS)
    if loss is None:
        return None
    best = int(np.argmin(loss))
    share = np.count_nonzero(loss[best:] > WORSE * loss[best]) / len(loss)
    # Early stopping waits on purpose, and keeps the best weights. Those of the first epoch have hardly learnt.
    rises = share > RISING and (best == 0 or not facts.early_stopping)
    apart = _is_apart(loss, history, facts)
    says = (
        f"The validation loss of {facts.of} was lowest after epoch {best + 1} of {len(loss)}: {loss[best]:.3g}, and "
        f"{loss[-1]:.3g} at the end."
    )
    advice = {"learning_rate": "a smaller learning_rate", "dropout": "more dropout", "l2": "a larger l2"}
    if not facts.early_stopping:
        advice = {"early_stopping": "early_stopping=True"} | advice
    if facts.odd_place is not None:
        says += f" {facts.odd_place} {NOT_TRANSFORMED}."
        otherwise = "training data that lie there, too" if apart else in_words(advice, parameters)
        advice = f"to transform them as the training data, in a Pipeline by {ROUTED}. If they are, try {otherwise}"
    return Seen(share, rises or apart, says, advice)


def _is_apart(loss, history, facts):
    """Whether a fit learnt numbers, but its validation loss stayed far above that of a constant answer in training."""
    trained = share_of_constant(history, facts)
    learnt = facts.odd_place is not None and facts.constant.shares is None and trained is not None
    return learnt and trained < DOUBTFUL and loss.min() > APART * facts.constant.loss


def still_falling(history, facts, parameters):
    name = "val_loss" if "val_loss" in history else "loss"
    loss = finite(history, name, TREND_EPOCHS)
    if loss is None:
        return None
    falls = _rate_falls(history, parameters)
    some, when = (_middle(len(loss)), "middle") if falls else (slice(-max(LEAST_EPOCHS, len(loss) // 5), None), "last")
    steepest, most_left = (STEEP_BEFORE, LEFT_AFTER) if falls else (STEEP, LEFT)
    slope, error = _trend(loss[some])
    whole = max(facts.constant.loss or loss[0], loss[-1]) or 1.0  # far above that of a constant, its own scale counts
    fall = -slope * len(loss) / 10 / whole
    # A fit that ended before its epochs did has been stopped for a reason.
    steep = fall > steepest and -slope > CERTAIN * error
    found = steep and loss[-1] > most_left * whole and len(loss) == facts.most_epochs
    found = found and not (falls and _falls_again(loss, some.start, slope))
    # Epochs of "auto" are enough for most data. A training loss that falls to their end may learn noise by heart.
    found = found and (name == "val_loss" or not facts.auto_epochs)
    says = (
        f"{facts.of} has not converged: in the {when} of {len(loss)} epochs its {name}, {loss[-1]:.3g} at the end, "
        f"fell by {-slope:.2g} per epoch."
    )
    slow = np.max(history.get("learning_rate", 0), initial=0) < FAST
    advice = MORE_EPOCHS | ({"learning_rate": "a larger learning_rate"} if slow else {})
    if name == "loss":
        says += " This training loss alone does not tell whether new data gain."
        advice = {"early_stopping": "early_stopping=True"} | MORE_EPOCHS
    return Seen(fall, found, says, advice)


def _rate_falls(history, parameters):
    """Whether the rate fell so far that the end of a loss tells nothing; on a plateau the loss came first."""
    rate = history.get("learning_rate", np.empty(0))
    on_plateau = parameters.get("learning_rate_schedule") == "reduce_on_plateau"
    return len(rate) > 0 and rate[-1] < ENDED * rate.max() and not on_plateau


def _middle(n_epochs):
    """The middle two fifths of the epochs."""
    n = max(LEAST_EPOCHS, 2 * n_epochs // 5)
    start = (n_epochs - n) // 2
    return slice(start, start + n)


def _falls_again(loss, start, slope):
    """Whether a loss that had slowed down falls faster again from ``start`` on: such a fit learns noise by heart."""
    first = len(loss) // 10
    return len(loss) >= 2 * TREND_EPOCHS and slope < AGAIN * min(0, loss[start] - loss[first]) / (start - first)


def _trend(values):
    """Slope per epoch of a straight line through the values, and its standard error."""
    t = np.arange(len(values)) - (len(values) - 1) / 2
    slope = t @ values / (t @ t)
    rest = values - values.mean() - slope * t
    return slope, np.sqrt(rest @ rest / (t @ t) / (len(values) - 2))


def mean_of_weights(history, facts, parameters):
    few = facts.most_epochs < LEAST_EPOCHS or facts.constant.of_one_class  # as those of `partial_fit`
    if parameters.get("weight_average") != "swa" or facts.n_epochs == 0 or few:
        return None
    advice, kept = {"weight_average": "weight_average='ema'"}, facts.n_epochs
    if facts.early_stopping and (loss := finite(history, "val_loss", 1)) is not None:
        kept = int(np.argmin(loss)) + 1  # the best weights return
        advice["early_stopping"] = "early_stopping=False"
    says = (
        f"{facts.of} has no mean of weights: those it keeps are of epoch {kept} of {facts.most_epochs}, and "
        "weight_average='swa' takes the mean over the last quarter of them."
    )
    return Seen(kept / facts.most_epochs, kept <= MEAN_BEGINS * facts.most_epochs, says, advice)


def clipped(history, facts, parameters):
    norm = finite(history, "gradient_norm", LEAST_EPOCHS)
    if norm is None or facts.clipnorm is None:
        return None
    says = (
        f"Nearly all gradients of {facts.of} were clipped: their mean norm was {norm.min():.3g} or more in each epoch, "
        f"with clipnorm={facts.clipnorm:g}."
    )
    ratio = norm.min() / max(facts.clipnorm, 1)  # a smaller one clips on purpose
    of_noise = facts.noisy or _held_out_gain_no_more(history, facts)  # the gradients of noise stay long
    found = ratio > CLIPPED and not (of_noise or facts.unknown_targets)  # which longer steps would learn, too
    advice = smaller_penalty(parameters) | scales_to_set(parameters) | {"clipnorm": "a larger clipnorm"}
    return Seen(ratio, found, says, advice)


def _held_out_gain_no_more(history, facts):
    """Whether a validation loss ended the fit, or was lowest long before: longer steps would learn noise sooner."""
    loss = finite(history, "val_loss", LEAST_EPOCHS)
    return loss is not None and (len(loss) < facts.most_epochs or loss.argmin() < LONG_BEFORE * len(loss))
