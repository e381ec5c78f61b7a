"""What a fit shows of itself: checks of its history and of some facts, each with a figure, a limit and a remedy.

All functions are of values: a history, `Facts` and parameters go in, a `Diagnosis` comes out.
"""

from collections import Counter
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

import numpy as np
from sklearn.exceptions import ConvergenceWarning

from skseq._base.exploding import RISEN, explosion, remedies, scales_to_set, with_values
from skseq._base.noise import FEWEST_OF_OTHERS
from skseq._data.constant_answer import ConstantAnswer
from skseq._data.levels_and_lengths import FARTHER_LEVELS
from skseq.exceptions import ExplodingGradientWarning, TrainingWarning

LEAST_EPOCHS = 5  # fewer are a trial, and show nothing
LEARNT_NOTHING = 0.99  # loss over that of one answer: what explains less than 1 % may be noise
RISING = 0.5  # share of the epochs: most of them did harm
WORSE = 1.02  # times the loss of another epoch: it wanders by less
TREND_EPOCHS = 10  # fewer show no trend
STEEP = 0.05  # of the loss of a constant answer, per tenth of the epochs: good fits end with 0.03, or less than
LEFT = 0.2  # of that loss is left to gain
FAST = 0.1  # a learning rate from which on a larger one helps nobody
ENDED = 0.25  # of its peak: a rate below it has ended the fall of a loss
STEEP_BEFORE, LEFT_AFTER = 0.02, 0.1  # instead of STEEP and LEFT then; chosen as docs/guide/diagnose.md says
AGAIN = 1.5  # times the fall before: 1.9 or more in fits that learnt noise by heart, 1 at most in others
CERTAIN = 3.0  # standard errors of a slope: of five epochs of noise, one in 35 has such a slope
CLIPPED = 2.0  # mean norm over clipnorm, or over 1 if larger: a few large updates may make 1, but only nearly all 2
SAME = 1e-5  # accuracies are sums in float32
SILENT = 0.5  # share of the units: a fit does without some of them
TELLS = 0.95  # the same of held-out samples, below which probabilities tell more than how frequent classes are
DOUBTFUL = 0.5  # loss over that of a constant answer from which on a fit is worth a closer look
POOR = 0.9  # the same, or that of held-out samples: little was learnt
MOSTLY = 0.75  # share of a class beside which the others are rare
FEW_OF_OTHERS = 30  # beside ten of a rare class, 1.02 times the loss of a constant was an area under ROC of 0.80
UNKNOWN = 0.5  # share of the tokens
MUCH_LEFT = 0.2  # of the errors of a constant: of less, half is little
COLUMNS_TELL = 0.5  # times the errors that a fit leaves in training: what a linear model must leave of others at most
STEPS_TELL = 0.1  # of the labels more than all else: chance differs by less of the thousands that are looked at
LEVELS_TELL = 0.05  # of the errors of a constant: chance is less, of 500 samples
MOVEMENTS_TELL = 0.05  # of the same: at most so much is left where levels say nothing
UNEQUAL = 2.0  # times the mean share of the other classes: below it no class hides the others
MEAN_BEGINS = 0.75  # the share of the epochs after which "swa" begins its mean (`skseq.nn.training.schedules`)
PENALTY = 0.01  # an l1 or l2 from which on fits of small tasks got worse; 0.1 ended some at nothing learnt
_LITTLE_LEARNT = ("constant answer", "held-out samples")  # checks that say so, whatever the reason
_EXPLAINED = {
    "levels": _LITTLE_LEARNT,
    "steps": _LITTLE_LEARNT,
    "gains": _LITTLE_LEARNT,
    "columns": (*_LITTLE_LEARNT, "one class", "levels"),
    "equal sequences": (*_LITTLE_LEARNT, "one class"),
}


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
    levels and gains.
    ``columns`` are what a linear model of all timesteps leaves of the errors of a constant in samples that it has not
    seen, and what the fit leaves in training, without dropout. ``beyond`` is what
    `first_beyond` found in this `partial_fit` or one before, of which the last is no news. None is what was not
    measured.
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
    columns: tuple[float, float] | None = None
    beyond: tuple[str, float, float, float, float] | None = None
    beyond_is_new: bool = True


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that a fit is looked at for.

    Parameters
    ----------
    name : str
        What it is.
    measured : str
        What the value is.
    limit : str
        For which values it warns.
    value : float or None
        None if this fit does not tell.
    found : bool
        Whether it warns.
    message : str
        If it warns: what was seen, with figures, and what to do.
    category : type
        The class of the warning.
    """

    name: str
    measured: str
    limit: str
    value: float | None = None
    found: bool = False
    message: str = ""
    category: type = field(default=TrainingWarning, repr=False)


class Diagnosis(tuple[Check, ...]):
    """The checks of a fit. As a string it is a table."""

    __slots__ = ()

    @property
    def found(self) -> list[Check]:
        """The checks that warn, as a list."""
        return [check for check in self if check.found]

    @property
    def told(self) -> list[Check]:
        """Those that a fit warns of. Levels, steps, gains, columns and equal sequences explain why little was learnt.

        Numbers beyond the scales explain all else, or an explosion does.
        """
        beyond = [check for check in self.found if check.name == "beyond scales"]
        exploding = beyond or [check for check in self.found if check.category is ExplodingGradientWarning]
        explained = set(chain.from_iterable(_EXPLAINED.get(check.name, ()) for check in self.found))
        return exploding or [check for check in self.found if check.name not in explained]

    def __repr__(self) -> str:
        return f"<Diagnosis: {len(self.found)} of {len(self)} checks warn>"

    def __str__(self) -> str:
        rows = [("check", "what is measured", "value", "warns if", "")]
        for check in self:
            value = "-" if check.value is None else f"{check.value:.3g}"
            rows.append((check.name, check.measured, value, check.limit, "WARNS" if check.found else ""))
        widths = [max(map(len, column)) for column in zip(*rows)]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
        return "\n".join([*lines, *(f"- {check.message}" for check in self.found)])


def diagnose(history, facts, parameters):
    """The `Diagnosis` of a fit with these parameters, from the history of the estimator."""
    return Diagnosis(_check(judged(history, facts), facts, parameters, *look) for look in _LOOKS)


def judged(history, facts):
    """The epochs of a history that are judged: {name: array}."""
    return {name: np.asarray(values[len(values) - facts.n_epochs :], np.float64) for name, values in history.items()}


def _check(history, facts, parameters, name, measured, limit, look, category=TrainingWarning):
    seen = look(history, facts, parameters)
    told = {} if seen is None else {"value": float(seen.value), "found": bool(seen.found)}
    if told.get("found"):
        told["message"] = f"{seen.says} Try {_tried(seen.advice, parameters)}."
    return Check(name=name, measured=measured, limit=limit, category=category, **told)


def is_doubtful(history, facts):
    """Whether the loss of a fit, or of what its trial held out, is closer to that of a constant answer than to 0."""
    return _poorest(judged(history, facts), facts) > DOUBTFUL


def leaves_much(history, facts):
    """Whether more than a few errors are left in training: of wrong labels, where these are counted, or of the loss."""
    history, shares = judged(history, facts), facts.constant.shares
    if shares is None:
        return (_share_of_constant(history, facts) or 0.0) > MUCH_LEFT
    accuracy = _finite(history, "accuracy" if "accuracy" in history else "token_accuracy", LEAST_EPOCHS)
    return accuracy is not None and 1 - accuracy[-1] > MUCH_LEFT * (1 - shares.max())


def _poorest(history, facts):
    """The loss at the end over that of a constant answer, or the same of what a trial held out if that is more."""
    return max(_share_of_constant(history, facts) or 0.0, facts.held_out or 0.0)


def _share_of_constant(history, facts):
    """The loss at the end over that of a constant answer, or None if the fit does not tell."""
    loss, constant = _finite(history, "loss", LEAST_EPOCHS), facts.constant.loss
    if loss is None or not constant:
        return None
    return np.median(loss[-min(LEAST_EPOCHS, len(loss) // 2) :]) / constant


def same_output_share(labels):
    """Share of the most frequent one of all labels in a list of lists, one per sample; None of fewer than two."""
    counts = Counter(chain.from_iterable(own or [""] for own in labels))
    return max(counts.values()) / counts.total() if counts.total() > 1 else None


# --- what is looked at: (history, facts, parameters) -> Seen, or None if the fit does not tell ------------------------


class Seen(NamedTuple):
    """A value, whether it warns, and if so: what was seen, and parameters to change, or that advice in words."""

    value: float
    found: bool
    says: str
    advice: dict | str


_MORE_EPOCHS = {"epochs": "more epochs"}
_TELLING = "whether X and y are in the same order, an X that tells more of y, and more samples"
_TELLING_ALONE = "sequences whose steps tell of each other, and more of them"  # to what learns without y
_WITHOUT_Y = ("SequenceGenerator", "LSTMAutoencoderTransformer", "LSTMAutoencoderDetector")
_OF_MOTIFS = (
    "TF-IDF of short runs of letters with a linear model where motifs anywhere in X decide: "
    "sklearn.feature_extraction.text.TfidfVectorizer(analyzer='char', ngram_range=(3, {}))"
)
_MOTIFS = 3, 6  # letters
_NOT_OF_OWN_NETWORKS = ("dropout", "l1", "l2")


def _exploding(history, facts, parameters):
    loss = history.get("loss", np.empty(0))
    if "gradient_norm" not in history or len(loss) == 0 or loss[0] <= 0:  # a network of the user's own has no norms
        return None
    what = explosion(history)
    advice = "" if what is None else f"{remedies(parameters)}. history_ has the figures of every epoch"
    return Seen(loss.max() / loss[0], what is not None, f"Gradients of {facts.of} exploded: {what}.", advice)


def _constant_answer(history, facts, parameters):
    share, constant = _share_of_constant(history, facts), facts.constant.loss
    if share is None:
        return None
    end = share * constant
    says = f"{facts.of} learnt nothing: its loss ended at {end:.3g}, and that of the best constant is {constant:.3g}."
    own = parameters.get("network") is not None
    if own:
        says += " Its network is your own, for which nothing is scaled."
    penalty = {} if own else _smaller_penalty(parameters)
    scales = _scales_of_own_network(facts) if own else scales_to_set(parameters)
    advice = penalty | scales | _MORE_EPOCHS | {"learning_rate": "another learning_rate"}
    if end > WORSE * history["loss"][0]:
        advice = penalty | scales | {"learning_rate": "a smaller learning_rate"}
    elif facts.noisy and not penalty:  # and has few epochs because of that
        advice = _after_a_cut({"learning_rate": "another learning_rate"}, facts, parameters)
    found = end > LEARNT_NOTHING * constant
    return Seen(share, found, says + _of_cut(facts), _or_motifs(advice, facts, parameters))


def _is_cut(facts):
    """Whether a trial gave the fit fewer epochs."""
    return facts.uncut_epochs is not None and facts.most_epochs < facts.uncut_epochs


def _uncut(facts):
    """Advice to have all epochs."""
    return {"epochs": f"epochs={facts.uncut_epochs}"}


def _of_cut(facts):
    """What a trial cut, in words that follow others."""
    return f" A trial gave it {facts.most_epochs} of {facts.uncut_epochs} epochs." if _is_cut(facts) else ""


def _after_a_cut(advice, facts, parameters):
    """Advice to a fit that ended at a constant answer after a trial had shown noise.

    If the trial itself did better than a constant, the fit had too few epochs. If it did not, X and y are to blame.
    """
    if facts.lowest is None or facts.lowest > LEARNT_NOTHING:
        return _telling(facts)
    advice = (_uncut(facts) if _is_cut(facts) else {}) | advice
    return advice if facts.lowest < POOR or facts.above_chance else f"{_tried(advice, parameters)}, {_telling(facts)}"


def _telling(facts):
    """What to look at where X seems to say nothing."""
    return _TELLING_ALONE if facts.of in _WITHOUT_Y else _TELLING


def _scales_of_own_network(facts):
    """Advice to scale the numbers that a user's own network gets."""
    advice = {} if facts.tokens else {"X": "numbers of about 1 in X, as from SequenceScaler in a pipeline"}
    if facts.of == "SequenceRegressor":
        advice["y"] = "and in y, as with TransformedTargetRegressor(..., transformer=StandardScaler()) of scikit-learn"
    return advice


def _or_motifs(advice, facts, parameters):
    """The same advice, and to letters with one label or number each what finds motifs among them."""
    if facts.of not in ("SequenceClassifier", "SequenceRegressor") or parameters.get("analyzer") != "char":
        return advice
    least, most = _MOTIFS
    if facts.longest is not None and facts.longest <= least:
        return advice
    most = most if facts.longest is None else min(most, facts.longest)
    return f"{_tried(advice, parameters)}, or {_OF_MOTIFS.format(most)}"


def _validation(history, facts, parameters):
    loss = _finite(history, "val_loss", LEAST_EPOCHS)
    if loss is None:
        return None
    best = int(np.argmin(loss))
    share = np.count_nonzero(loss[best:] > WORSE * loss[best]) / len(loss)
    # Early stopping waits on purpose, and keeps the best weights. Those of the first epoch have hardly learnt.
    found = share > RISING and (best == 0 or not facts.early_stopping)
    says = (
        f"The validation loss of {facts.of} was lowest after epoch {best + 1} of {len(loss)}: {loss[best]:.3g}, and "
        f"{loss[-1]:.3g} at the end."
    )
    advice = {"learning_rate": "a smaller learning_rate", "dropout": "more dropout", "l2": "a larger l2"}
    if not facts.early_stopping:
        advice = {"early_stopping": "early_stopping=True"} | advice
    return Seen(share, found, says, advice)


def _held_out(history, facts, parameters):
    if facts.held_out is None:
        return None
    ratio = f"{facts.held_out:.3g}"
    was = "no better than" if ratio == "1" else f"{ratio} times"
    says = (
        f"What {facts.of} learnt does not hold for other samples: at best, the loss of those that its trial held out "
        f"was {was} that of a constant."
    )
    trained = _share_of_constant(history, facts)
    by_heart = facts.whole_trial and trained is not None and trained < POOR  # else nothing may be learnt yet
    # Answers that are right may be too sure, so that their loss alone is poor.
    found = facts.held_out > 1 and (facts.noisy or by_heart) and not facts.above_chance
    advice = _telling(facts)
    shares = facts.constant.shares
    if shares is not None and shares.max() > MOSTLY and facts.n_others is not None and facts.n_others < FEW_OF_OTHERS:
        says += f" Only {facts.n_others} of them are outside the most frequent class, so this may be chance."
        advice = f"to judge {_of_rare(facts)}, and {advice}"
    return Seen(facts.held_out, found, says, _or_motifs(advice, facts, parameters))


def _rare_classes(history, facts, parameters):
    if facts.n_others is None:
        return None
    cut, few = _is_cut(facts), facts.n_others < FEWEST_OF_OTHERS
    trained = _share_of_constant(history, facts)
    by_heart = trained is not None and trained < DOUBTFUL < (facts.lowest or 0)
    says, advice = (_cut_by_few if cut else _uncut_by_few)(facts, parameters)
    return Seen(facts.n_others, few and (cut or by_heart), says, advice)


def _of_rare(facts):
    """How fits with rare classes are compared; accuracies hardly count what is rare, and labels not what ranks."""
    n_classes = 2 if facts.constant.shares is None else len(facts.constant.shares)
    scoring = "roc_auc" if n_classes == 2 else "balanced_accuracy"
    return f"by cross-validation and a score that counts rare classes: cross_val_score(..., scoring={scoring!r})"


def _cut_by_few(facts, parameters):
    """(What was seen, advice) of a fit whose epochs a trial cut."""
    says = (
        f"A trial gave {facts.of} {facts.most_epochs} of its {facts.uncut_epochs} epochs, and may be wrong: it held "
        f"out only {facts.n_others} sample(s) outside the most frequent class."
    )
    more = _balanced(parameters) | _uncut(facts)
    advice = f"{_tried(more, parameters)} as well, and compare {_of_rare(facts)}"
    if facts.lowest is None or facts.lowest <= POOR:
        return says, advice
    says += f" At best, the loss of what it held out was {facts.lowest:.3g} times that of a constant."
    return says, _or_motifs(advice, facts, parameters)


def _uncut_by_few(facts, parameters):
    """The same of a fit that has all its epochs, and has learnt its samples much better than others."""
    says = (
        f"{facts.of} may have learnt its rare classes by heart. A trial left it all {facts.most_epochs} epochs, but "
        f"held out only {facts.n_others} sample(s) outside the most frequent class. At best, the loss of what it held "
        f"out was {facts.lowest or np.nan:.3g} times that of a constant."
    )
    balanced = _tried(_balanced(parameters), parameters)
    advice = f"X_val and y_val with {FEWEST_OF_OTHERS} such samples or more, and compare {_of_rare(facts)}"
    return says, ", ".join(filter(None, [balanced, advice]))


def _balanced(parameters):
    """Advice to weigh rare classes, where nothing is weighed yet."""
    return {"class_weight": "class_weight='balanced'"} if parameters.get("class_weight", "") is None else {}


def _still_falling(history, facts, parameters):
    name = "val_loss" if "val_loss" in history else "loss"
    loss = _finite(history, name, TREND_EPOCHS)
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
    advice = _MORE_EPOCHS | ({"learning_rate": "a larger learning_rate"} if slow else {})
    if name == "loss":
        says += " This training loss alone does not tell whether new data gain."
        advice = {"early_stopping": "early_stopping=True"} | _MORE_EPOCHS
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


def _mean_of_weights(history, facts, parameters):
    few = facts.most_epochs < LEAST_EPOCHS or facts.constant.of_one_class  # as those of `partial_fit`
    if parameters.get("weight_average") != "swa" or facts.n_epochs == 0 or few:
        return None
    advice, kept = {"weight_average": "weight_average='ema'"}, facts.n_epochs
    if facts.early_stopping and (loss := _finite(history, "val_loss", 1)) is not None:
        kept = int(np.argmin(loss)) + 1  # the best weights return
        advice["early_stopping"] = "early_stopping=False"
    says = (
        f"{facts.of} has no mean of weights: those it keeps are of epoch {kept} of {facts.most_epochs}, and "
        "weight_average='swa' takes the mean over the last quarter of them."
    )
    return Seen(kept / facts.most_epochs, kept <= MEAN_BEGINS * facts.most_epochs, says, advice)


def _clipped(history, facts, parameters):
    norm = _finite(history, "gradient_norm", LEAST_EPOCHS)
    if norm is None or facts.clipnorm is None:
        return None
    says = (
        f"Nearly all gradients of {facts.of} were clipped: their mean norm was {norm.min():.3g} or more in each epoch, "
        f"with clipnorm={facts.clipnorm:g}."
    )
    ratio = norm.min() / max(facts.clipnorm, 1)  # a smaller one clips on purpose
    found = ratio > CLIPPED and not facts.noisy  # the gradients of noise stay long
    advice = _smaller_penalty(parameters) | scales_to_set(parameters) | {"clipnorm": "a larger clipnorm"}
    return Seen(ratio, found, says, advice)


def _dead_relu(history, facts, parameters):
    if facts.silent is None:
        return None
    says = f"{facts.silent:.0%} of the relu units in the last layer of the encoder of {facts.of} are always 0."
    advice = scales_to_set(parameters) | {"activation": "activation='tanh'", "learning_rate": "a smaller learning_rate"}
    return Seen(facts.silent, facts.silent > SILENT, says, advice)


def _one_class(history, facts, parameters):
    name = "accuracy" if "accuracy" in history else "token_accuracy"
    accuracy, shares = _finite(history, name, LEAST_EPOCHS), facts.constant.shares
    if accuracy is None or shares is None:
        return None
    shares = shares[(shares > 0) & (shares < 1)]
    if len(shares) == 0:  # there is but one class
        return None
    gap = np.abs(accuracy[-LEAST_EPOCHS:, None] - shares).max(axis=0).min()  # over epochs, then over classes
    says = (
        f"{facts.of} predicts one class for all: in each of the last {LEAST_EPOCHS} epochs its {name} was "
        f"{accuracy[-1]:.3g}, which is the share of that class."
    )
    advice = _to_tell_apart(facts, parameters)
    if name == "accuracy" and (share := _what_probabilities_leave(history, facts)) is not None:
        says += f" But its probabilities tell more: its loss was {share:.2g} times that of a constant."
        return Seen(gap, gap < SAME, says + _of_cut(facts), _of_rare_labels(parameters))
    if facts.noisy:  # it has few epochs because of that
        advice = _after_a_cut({name: text for name, text in advice.items() if name != "epochs"}, facts, parameters)
    return Seen(gap, gap < SAME, says + _of_cut(facts), advice)


def _what_probabilities_leave(history, facts):
    """Loss over that of a constant, of held-out samples if there are any, where it is clearly below; else None."""
    trained = _share_of_constant(history, facts)
    if trained is None or trained >= POOR:
        return None
    if not facts.noisy and facts.lowest is None:
        return trained
    return facts.lowest if facts.lowest is not None and facts.lowest < TELLS else None


def _of_rare_labels(parameters):
    """What to do where no label but that of the most frequent class is ever the likeliest, as it may be."""
    balanced = "".join(f"{text}, " for text in _balanced(parameters).values())
    return (
        "predict_proba, which ranks samples, or a threshold of your own, such as by sklearn.model_selection."
        f"TunedThresholdClassifierCV. {balanced and f'Else try {balanced}'}and judge by scoring='roc_auc'"
    )


def _only_class(history, facts, parameters):
    shares = facts.constant.shares
    if shares is None or facts.most_epochs < LEAST_EPOCHS:
        return None
    kind = "token" if facts.of == "SequenceGenerator" else "class"
    says = f"There is one {kind} only for {facts.of} to learn, so that it predicts that for all X, and ends at once."
    advice = "sequences of other tokens, too" if kind == "token" else "samples of other classes, too"
    return Seen(len(shares), facts.constant.of_one_class, says, advice)


def _one_output(history, facts, parameters):
    if facts.same_output is None:
        return None
    says = f"{facts.of} predicts the same for all of X."
    return Seen(facts.same_output, facts.same_output == 1, says, _to_tell_apart(facts, parameters))


def _equal_sequences(history, facts, parameters):
    if facts.equal is None:
        return None
    n_distinct, least = facts.equal
    best = "mean y" if facts.of == "SequenceRegressor" else "most frequent y"
    if n_distinct == 1:
        what, known = "one distinct sequence", best
    else:
        what = f"{n_distinct} distinct sequences"
        known = f"{best} of each, and equal ones differ so much in y that this is hardly better than a constant"
    says = f"As {facts.of} reads it, X holds {what} only. It can learn nothing better than the {known}."
    advice = "an X that differs where y does"
    return Seen(least / facts.constant.loss, least > LEARNT_NOTHING * facts.constant.loss, says, advice)


def _levels(history, facts, parameters):
    if facts.levels is None:
        return None
    feature, ratio = facts.levels
    poor = _poorest(history, facts) > POOR
    says = f"The levels of sequences in feature {feature} of X differ by {ratio:.3g} times what one of them moves"
    if poor:
        says = f"{facts.of} learnt little. {says}, so that movements hardly count."
    else:
        says = f"{says}, and {facts.of} may have learnt levels by heart.{_of_other_levels(facts)}"
    advice = (
        "X without levels if these do not matter: subtract from each sequence its own mean or first value, in fit and "
        "later, such as np.mean(x, axis=0) from an array x of (n_timesteps, n_features)"
    )
    return Seen(ratio, ratio > FARTHER_LEVELS and (poor or _is_by_levels(facts)), says, advice)


def _is_by_levels(facts):
    """Whether the fit errs at other levels, where movements alone tell nearly all."""
    if facts.other_levels is None:
        return False
    by_movements, left, elsewhere = facts.other_levels
    of_levels = min(1, elsewhere) / (2 if facts.constant.shares is None else 1)  # squares of a wrong level count twice
    return elsewhere - left > LEVELS_TELL and by_movements < min(MOVEMENTS_TELL, COLUMNS_TELL * of_levels)


def _of_other_levels(facts):
    if facts.other_levels is None:
        return ""
    by_movements, left, elsewhere = facts.other_levels
    errors = "squared errors" if facts.constant.shares is None else "wrong labels"
    return (
        f" If each has the level of another one, it leaves {elsewhere:.2g} of the {errors} of a constant answer in "
        f"training, not {left:.2g}. A linear model of movements alone leaves {by_movements:.2g} in samples that it has "
        "not seen."
    )


def _steps(history, facts, parameters):
    right = _finite(history, "token_accuracy", 1)
    if facts.shares_told is None or right is None:
        return None
    by_values, by_steps = facts.shares_told
    gap = by_steps - max(by_values, right[-1])
    says = (
        f"{facts.of} learnt little of how X changes: a random forest that sees only by how much three timesteps differ "
        f"from those before them is right in {100 * by_steps:.0f} % of other timesteps, one that sees their values in "
        f"{100 * by_values:.0f} %, and {facts.of} in {100 * right[-1]:.0f} % of those in training."
    )
    advice = (
        "these differences in place of X or beside it, in fit and later: np.diff(x, axis=0, prepend=x[:1]) of an array "
        "x of (n_timesteps, n_features)"
    )
    return Seen(gap, gap > STEPS_TELL and _poorest(history, facts) > DOUBTFUL, says, advice)


def _gains(history, facts, parameters):
    right = _finite(history, "token_accuracy", 1)
    if facts.gains is None or right is None:
        return None
    feature, ratio, by_values, by_own = facts.gains
    gap = by_own - max(by_values, right[-1])
    says = (
        f"Sequences have gains of their own in feature {feature} of X: the deviation of some is {ratio:,.0f} times "
        f"that of others. A random forest that sees three timesteps is right in {100 * by_own:.0f} % of the others "
        f"if each sequence is divided by its own deviation, in {100 * by_values:.0f} % if not, and {facts.of} in "
        f"{100 * right[-1]:.0f} % of those in training."
    )
    advice = (
        "X without gains, in fit and later: (x - np.mean(x, axis=0)) / np.std(x, axis=0) of an array x of "
        "(n_timesteps, n_features)"
    )
    return Seen(gap, gap > STEPS_TELL, says, advice)


def _columns(history, facts, parameters):
    if facts.columns is None:
        return None
    by_columns, left = facts.columns
    numbers = facts.constant.shares is None
    errors, model = ("squared errors", "RidgeCV") if numbers else ("wrong labels", "LogisticRegression")
    says = (
        f"{facts.of} leaves {left:.2g} of the {errors} of a constant answer in training. A linear model to which every "
        f"timestep of X is a column of its own leaves {by_columns:.2g} in samples that it has not seen."
    )
    if facts.tokens:
        says += " It may matter at which timestep a token stands, as in strings that are aligned."
        first, columns = "OneHotEncoder(handle_unknown='ignore')", _token_columns(parameters.get("analyzer"))
    else:
        says += " X may be a table or a spectrum, or it matters at which timestep a value stands."
        first, columns = "StandardScaler()", "np.reshape(X, (len(X), -1))"
    advice = f"make_pipeline({first}, {model}()) of scikit-learn, on {columns}"
    if _is_cut(facts) and (facts.lowest or 1) < POOR:  # then it is not said otherwise
        says, advice = says + _of_cut(facts), f"{_tried(_uncut(facts), parameters)}, or {advice}"
    return Seen(
        by_columns / left if left else np.inf, left > MUCH_LEFT and by_columns < COLUMNS_TELL * left, says, advice
    )


def _token_columns(analyzer):
    """How tokens of samples of one length become columns."""
    if analyzer is None:
        return "np.array(X)"
    return "[list(text) for text in X]" if analyzer == "char" else "lists of its tokens, one list per text"


def _unknown(history, facts, parameters):
    if facts.unknown is None:
        return None
    advice = {"analyzer": "another analyzer"} if parameters["analyzer"] is not None else {}
    if parameters["min_frequency"] > 1:
        advice["min_frequency"] = "a smaller min_frequency"
    if parameters["max_vocabulary"] is not None:
        advice["max_vocabulary"] = "a larger max_vocabulary"
    advice = [with_values(advice, parameters)]
    if parameters["vocabulary"] is not None:  # which may be long
        advice.insert(0, "a vocabulary with the tokens of X, or None")
    if facts.of == "SequenceTagger" and facts.words and parameters["analyzer"] is None:
        advice.append("the ends of words as tokens if they tell the tag: [[word[-3:] for word in x] for x in X]")
    advice = ", ".join(filter(None, advice)) or "a fit of samples that hold more of these tokens"
    says = f"{facts.unknown:.0%} of the tokens that {facts.of} reads are unknown: they are not in its vocabulary."
    return Seen(facts.unknown, facts.unknown > UNKNOWN, says, advice)


def _beyond(history, facts, parameters):
    if facts.beyond is None:
        return None
    name, share, least, most, farthest = facts.beyond
    says = (
        f"{share:.0%} of {name} lies beyond {least:.4g} to {most:.4g}, as far as {farthest:.4g}: there {facts.of} cuts "
        "numbers in training, now and later, by the scale of its first call, so that it learns little of them."
    )
    advice = "a new fit, or partial_fit of a sklearn.base.clone, that begins with data that vary as much as these"
    return Seen(share, True, says, advice)


_LOOKS = (  # name, what is measured, when it warns, the function, the class of the warning
    (
        "exploding gradients",
        "highest loss / loss of the first epoch",
        f"> {RISEN} (or norms)",
        _exploding,
        ExplodingGradientWarning,
    ),
    ("constant answer", "loss at the end / loss of a constant answer", f"> {LEARNT_NOTHING}", _constant_answer),
    ("rising validation loss", "share of epochs after the best, and worse", f"> {RISING}", _validation),
    ("held-out samples", "their least loss in a trial / loss of a constant answer", "> 1, learnt by heart", _held_out),
    (
        "rare classes",
        "held-out samples not of the most frequent class",
        f"< {FEWEST_OF_OTHERS} if cut, or by heart",
        _rare_classes,
    ),
    (
        "still falling",
        "fall per tenth of the epochs / loss of a constant answer",
        f"> {STEEP} (> {STEEP_BEFORE} before the rate fell)",
        _still_falling,
        ConvergenceWarning,
    ),
    (
        "mean of weights",
        "epoch that is kept / epochs, with weight_average='swa'",
        f"<= {MEAN_BEGINS}",
        _mean_of_weights,
    ),
    ("clipped gradients", "smallest mean norm of an epoch / clipnorm (or 1)", f"> {CLIPPED:g}", _clipped),
    ("dead relu", "share of encoder units that are always 0", f"> {SILENT}", _dead_relu),
    ("one class", "distance of the accuracy from the share of a class", f"< {SAME}", _one_class),
    ("only class", "number of classes in fit", "= 1", _only_class),
    ("one output", "share of predictions for X that are the same", "= 1", _one_output),
    (
        "equal sequences",
        "least loss for few distinct X / loss of a constant answer",
        f"> {LEARNT_NOTHING}",
        _equal_sequences,
    ),
    (
        "levels",
        "distance of the levels of sequences / what one moves",
        f"> {FARTHER_LEVELS} in poor fits, or by heart",
        _levels,
    ),
    ("steps", "share right by steps, less that by values or in training", f"> {STEPS_TELL} in poor fits", _steps),
    ("gains", "share right without gains, less that with them or in training", f"> {STEPS_TELL}", _gains),
    ("columns", "errors of a linear model of columns / in training", f"< {COLUMNS_TELL} if many are left", _columns),
    ("unknown tokens", "share of tokens outside the vocabulary", f"> {UNKNOWN}", _unknown),
    ("beyond scales", "share of numbers beyond the scale of the first call", ">= 0.25, which vary most", _beyond),
)


# --- figures and advice -----------------------------------------------------------------------------------------------


def _finite(history, name, least):
    """The values of all epochs, or None if one is missing or not finite, or if there are fewer than ``least``."""
    values = history.get(name, np.empty(0))
    return values if len(values) >= least and np.isfinite(values).all() else None


def _trend(values):
    """Slope per epoch of a straight line through the values, and its standard error."""
    t = np.arange(len(values)) - (len(values) - 1) / 2
    slope = t @ values / (t @ t)
    rest = values - values.mean() - slope * t
    return slope, np.sqrt(rest @ rest / (t @ t) / (len(values) - 2))


def _to_tell_apart(facts, parameters):
    """What makes classes differ."""
    balanced = {} if _alike(facts.constant.shares) else _balanced(parameters)
    advice = balanced | _MORE_EPOCHS | {"learning_rate": "another learning_rate"}
    return _smaller_penalty(parameters) | advice


def _alike(shares):
    """Whether no class has many more samples than the others; of shares (n_classes,) that are None it is not known."""
    shares = np.empty(0) if shares is None else shares[shares > 0]
    return len(shares) > 1 and shares.max() * (len(shares) - 1) < UNEQUAL * (1 - shares.max())


def _smaller_penalty(parameters):
    """Advice to lower penalties that may hold all weights down."""
    large = [name for name in ("l1", "l2") if parameters.get(name, 0) >= PENALTY]
    return {name: f"a smaller {name}" for name in large}


def _tried(advice, parameters):
    """Advice in words, with the values of parameters now; a user's own network has some of them in its wrapper."""
    if isinstance(advice, str):
        return advice
    if parameters.get("network") is not None:
        inside = {"learning_rate": "network__optimizer__learning_rate"}
        advice = {inside.get(name, name): text.replace(name, inside.get(name, name)) for name, text in advice.items()}
        advice = {name: text for name, text in advice.items() if name not in _NOT_OF_OWN_NETWORKS}
    return with_values(advice, parameters)
