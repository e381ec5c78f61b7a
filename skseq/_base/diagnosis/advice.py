"""What checks of a fit say and advise, in words: parameters to change, with their values now, or other remedies."""

from typing import NamedTuple

import numpy as np

from skseq._arguments import of_python
from skseq._base.fits.facts import POOR

LEARNT_NOTHING = 0.99  # loss over that of one answer: what explains less than 1 % may be noise
UNEQUAL = 2.0  # times the mean share of the other classes: below it no class hides the others
PENALTY = 0.01  # an l1 or l2 from which on fits of small tasks got worse; 0.1 ended some at nothing learnt
MORE_EPOCHS = {"epochs": "more epochs"}
_TELLING = "whether X and y are in the same order, an X that tells more of y, and more samples"
_TELLING_ALONE = "sequences whose steps tell of each other, and more of them"  # to what learns without y
_WITHOUT_Y = ("SequenceGenerator", "LSTMAutoencoderTransformer", "LSTMAutoencoderDetector")
_OF_MOTIFS = (
    "TF-IDF of short runs of letters with a linear model where motifs anywhere in X decide: "
    "sklearn.feature_extraction.text.TfidfVectorizer(analyzer='char', ngram_range=(3, {}))"
)
_MOTIFS = 3, 6  # letters
_OF_PHRASES = (
    "TF-IDF of words and pairs of neighbours with a linear model: "
    "sklearn.feature_extraction.text.TfidfVectorizer(ngram_range=(1, 2))"
)
BY_ENDS = "the ends of words as tokens if they tell the tag: [[word[-3:] for word in x] for x in X]"
_NOT_OF_OWN_NETWORKS = ("dropout", "l1", "l2")


class Seen(NamedTuple):
    """A value, whether it warns, and if so: what was seen, and parameters to change, or that advice in words."""

    value: float
    found: bool
    says: str
    advice: dict | str


def in_words(advice, parameters):
    """Advice in words, with the values of parameters now; a user's own network has some of them in its wrapper."""
    if isinstance(advice, str):
        return advice
    if parameters.get("network") is not None:
        inside = {"learning_rate": "network__optimizer__learning_rate"}
        advice = {inside.get(name, name): text.replace(name, inside.get(name, name)) for name, text in advice.items()}
        advice = {name: text for name, text in advice.items() if name not in _NOT_OF_OWN_NETWORKS}
    return with_values(advice, parameters)


def with_values(advice, parameters):
    """Advice in words, parameter by parameter, each with its value now."""
    now = {name: f" (now {of_python(parameters[name])!r})" for name in advice if name in parameters}
    return ", ".join(text + now.get(name, "") for name, text in advice.items())


def remedies(parameters):
    """Parameters to change where a fit explodes, with their values now; those that cannot go further are left out."""
    advice = {
        "clipnorm": "a smaller clipnorm" if parameters["clipnorm"] else "clipnorm=1.0",
        "clipvalue": "a smaller clipvalue" if parameters["clipvalue"] else "clipvalue=0.5",
        "learning_rate": "a smaller learning_rate",
        "l2": "a larger l2" if parameters["l2"] else "l2=1e-4",
        "bptt_steps": "fewer bptt_steps" if parameters["bptt_steps"] else "bptt_steps=10",
    }
    advice |= scales_to_set(parameters)
    if parameters["activation"] != "tanh":
        advice["activation"] = "activation='tanh'"
    advice |= {name: f"a smaller {name}" for name in ("n_layers", "batch_size") if parameters[name] > 1}
    return with_values(advice, parameters)


def scales_to_set(parameters):
    """Advice to set the scales that are off."""
    off = [name for name in ("scale_inputs", "scale_targets") if not parameters.get(name, True)]
    return {name: f"{name}=True" for name in off}


def is_cut(facts):
    """Whether a trial gave the fit fewer epochs."""
    return facts.uncut_epochs is not None and facts.most_epochs < facts.uncut_epochs


def uncut(facts):
    """Advice to have all epochs."""
    return {"epochs": f"epochs={facts.uncut_epochs}"}


def of_cut(facts):
    """What a trial cut, in words that follow others."""
    return f" A trial gave it {facts.most_epochs} of {facts.uncut_epochs} epochs." if is_cut(facts) else ""


def after_a_cut(advice, facts, parameters):
    """Advice to a fit that ended at a constant answer after a trial had shown noise.

    If the trial itself did better than a constant, the fit had too few epochs. If it did not, X and y are to blame.
    """
    if facts.lowest is None or facts.lowest > LEARNT_NOTHING:
        return telling(facts)
    advice = (uncut(facts) if is_cut(facts) else {}) | advice
    return advice if facts.lowest < POOR or facts.above_chance else f"{in_words(advice, parameters)}, {telling(facts)}"


def telling(facts):
    """What to look at where X seems to say nothing."""
    what = _TELLING_ALONE if facts.of in _WITHOUT_Y else _TELLING
    if facts.wide is None:
        return what
    n_timesteps, n_features = facts.wide
    return f"whether axis 1 of X, read as {n_timesteps} timestep(s) of {n_features} features, is time, {what}"


def or_motifs(advice, facts, parameters):
    """The given advice, and for letters with one label or number each what finds motifs among them."""
    if facts.of not in ("SequenceClassifier", "SequenceRegressor") or parameters.get("analyzer") != "char":
        return advice
    least, most = _MOTIFS
    if facts.longest is not None and facts.longest <= least:
        return advice
    most = most if facts.longest is None else min(most, facts.longest)
    return f"{in_words(advice, parameters)}, or {_OF_MOTIFS.format(most)}"


def reads_words(facts, parameters):
    """Whether it is a classifier of texts of words."""
    return facts.of == "SequenceClassifier" and parameters.get("analyzer") == "word"


def of_phrases(facts, parameters):
    """What to compare a classifier of texts of words with, where a trial did hardly better than a constant."""
    more = {"pooling": "pooling='attention'"} if parameters.get("pooling") != "attention" else {}
    more |= uncut(facts) if is_cut(facts) else {}
    if not more:
        return f"{_OF_PHRASES}, compared by cross-validation"
    more = f"where the order of words decides, {in_words(more, parameters)}, whose probabilities may be far too sure"
    return f"{_OF_PHRASES}, or, {more}, compared by cross-validation"


def to_balance(parameters):
    """Advice to weigh rare classes, where nothing is weighed yet."""
    return {"class_weight": "class_weight='balanced'"} if parameters.get("class_weight", "") is None else {}


def to_weigh(parameters):
    """The same in words, and what it costs."""
    balanced = in_words(to_balance(parameters), parameters)
    return f"{balanced}, which labels more samples as rare, but makes that too probable" if balanced else ""


def to_tell_apart(facts, parameters):
    """What makes classes differ."""
    balanced = {} if _alike(facts.constant.shares) else to_balance(parameters)
    advice = balanced | MORE_EPOCHS | {"learning_rate": "another learning_rate"}
    return smaller_penalty(parameters) | advice


def _alike(shares):
    """Whether no class has many more samples than the others; of shares (n_classes,) that are None it is not known."""
    shares = np.empty(0) if shares is None else shares[shares > 0]
    return len(shares) > 1 and shares.max() * (len(shares) - 1) < UNEQUAL * (1 - shares.max())


def smaller_penalty(parameters):
    """Advice to lower penalties that may hold all weights down."""
    large = [name for name in ("l1", "l2") if parameters.get(name, 0) >= PENALTY]
    return {name: f"a smaller {name}" for name in large}


def scales_of_own_network(facts):
    """Advice to scale the numbers that a user's own network gets."""
    advice = {} if facts.tokens else {"X": "numbers of about 1 in X, as from SequenceScaler in a pipeline"}
    if facts.of == "SequenceRegressor":
        advice["y"] = "and in y, as with TransformedTargetRegressor(..., transformer=StandardScaler()) of scikit-learn"
    return advice
