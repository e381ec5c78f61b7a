"""Sequence accuracy, token accuracy, edit distance, perplexity and bits per token."""

from __future__ import annotations

from collections.abc import Callable
from operator import eq
from typing import Any, Literal

import numpy as np
from rapidfuzz.distance import Levenshtein

from skseq._data.checks import check_numbers, check_weights
from skseq._data.plain import plain
from skseq._files import public
from skseq._sklearn import StrOptions, validate_params
from skseq._typing import ArrayLike, SequencesLike
from skseq.metrics._targets import ANALYZERS, read_pair


@public
def sequence_accuracy_score(
    y_true: SequencesLike, y_pred: SequencesLike, *, sample_weight: ArrayLike | None = None
) -> float:
    """Share of samples whose whole target is right.

    One minus this score is the sequence error rate. Papers on letters and phonemes call that the word error rate (WER):
    a word is wrong as soon as one of its phonemes is wrong.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,), (n_samples, n_timesteps) or (n_samples, n_timesteps, n_classes), or list
        True targets: labels, tokens, one-hot vectors, strings, or a list, Series or object array of token lists.

    y_pred : array-like or list of the same form
        Predicted targets. Lengths may differ from those of `y_true`. For one-hot vectors or probabilities, the largest
        entry counts.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples.

    Returns
    -------
    score : float
        Between 0 and 1. Higher is better.

    Raises
    ------
    ValueError
        If there is no sample, if `y_true` and `y_pred` differ in form or number, if one holds strings and the other
        numbers as tokens, or if tokens are NaN or not hashable.

    See Also
    --------
    token_accuracy_score : Share of positions that are right.
    normalized_edit_distance : Token error rate, which forgives a shift.

    Examples
    --------
    >>> from skseq.metrics import sequence_accuracy_score
    >>> sequence_accuracy_score([["K", "AE", "T"], ["D", "AO", "G"]], [["K", "AE", "T"], ["D", "AO"]])
    0.5
    """
    true, predicted, weights = read_pair(y_true, y_pred, sample_weight, analyzer=None)
    return float(np.average(list(map(eq, true, predicted)), weights=weights))


@public
@validate_params({"analyzer": ANALYZERS}, prefer_skip_nested_validation=True)
def token_accuracy_score(
    y_true: SequencesLike,
    y_pred: SequencesLike,
    *,
    sample_weight: ArrayLike | None = None,
    analyzer: Literal["char", "word"] | Callable[..., Any] | None = "char",
) -> float:
    """Share of positions that hold the right token.

    A sample has as many positions as the longer of its two targets, so missing tokens and surplus tokens are wrong.
    Positions are counted over all samples: long targets weigh more than short ones. If all targets have one length,
    this is the mean of the element-wise comparison.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,), (n_samples, n_timesteps) or (n_samples, n_timesteps, n_classes), or list
        True targets: labels, tokens, one-hot vectors, strings, or a list, Series or object array of token lists.

    y_pred : array-like or list of the same form
        Predicted targets. Lengths may differ from those of `y_true`. For one-hot vectors or probabilities, the largest
        entry counts.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples. A weight holds for all positions of its sample.

    analyzer : {"char", "word"}, callable or None, default="char"
        How strings are split into tokens: "char" into characters, "word" into words and punctuation marks. A function
        gets a string and returns a list of tokens. None takes each string as one token, as for labels.

    Returns
    -------
    score : float
        Between 0 and 1. Higher is better.

    Raises
    ------
    ValueError
        As `sequence_accuracy_score` does, and if no target has a token.

    See Also
    --------
    normalized_edit_distance : Token error rate, which forgives a shift.

    Examples
    --------
    Two of the four positions are right:

    >>> from skseq.metrics import token_accuracy_score
    >>> token_accuracy_score([[3, 1, 2]], [[3, 2, 2, 2]])
    0.5

    Labels that are strings are not split into characters:

    >>> token_accuracy_score(["cat", "dog"], ["cat", "cow"], analyzer=None)
    0.5
    """
    true, predicted, weights = read_pair(y_true, y_pred, sample_weight, analyzer=analyzer)
    right = [sum(map(eq, *pair)) for pair in zip(true, predicted)]  # up to the end of the shorter one
    positions = [max(map(len, pair)) for pair in zip(true, predicted)]
    return _ratio(right, positions, weights, of="y_true and y_pred hold")


@validate_params({"analyzer": ANALYZERS}, prefer_skip_nested_validation=True)
def edit_distance(
    y_true: SequencesLike,
    y_pred: SequencesLike,
    *,
    sample_weight: ArrayLike | None = None,
    analyzer: Literal["char", "word"] | Callable[..., Any] | None = "char",
) -> float:
    """Mean Levenshtein distance per sample.

    The distance is the smallest number of insertions, deletions and replacements of tokens that turn the prediction
    into the true target. Tokens may be any hashable values.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,), (n_samples, n_timesteps) or (n_samples, n_timesteps, n_classes), or list
        True targets: labels, tokens, one-hot vectors, strings, or a list, Series or object array of token lists.

    y_pred : array-like or list of the same form
        Predicted targets. Lengths may differ from those of `y_true`. For one-hot vectors or probabilities, the largest
        entry counts.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples.

    analyzer : {"char", "word"}, callable or None, default="char"
        How strings are split into tokens: "char" into characters, "word" into words and punctuation marks. A function
        gets a string and returns a list of tokens. None takes each string as one token, as for labels.

    Returns
    -------
    distance : float
        Edits per sample, at least 0. Lower is better.

    Raises
    ------
    ValueError
        As `sequence_accuracy_score` does.

    See Also
    --------
    normalized_edit_distance : The same as a share of the tokens.

    Examples
    --------
    >>> from skseq.metrics import edit_distance
    >>> edit_distance(["sitting"], ["kitten"])  # s for k, i for e, g added
    3.0
    >>> edit_distance([[1, 2, 3], [4]], [[1, 3], [4]])  # 1 and 0
    0.5
    """
    true, predicted, weights = read_pair(y_true, y_pred, sample_weight, analyzer=analyzer)
    return float(np.average(_edits(true, predicted), weights=weights))


@validate_params(
    {"analyzer": ANALYZERS, "average": [StrOptions({"micro", "samples"})]}, prefer_skip_nested_validation=True
)
@public
def normalized_edit_distance(
    y_true: SequencesLike,
    y_pred: SequencesLike,
    *,
    sample_weight: ArrayLike | None = None,
    average: Literal["micro", "samples"] = "micro",
    analyzer: Literal["char", "word"] | Callable[..., Any] | None = "char",
) -> float:
    """Token error rate: edits as a share of the tokens.

    With ``average="micro"`` this is all edits divided by all tokens of the true targets. It is known as phoneme error
    rate (PER) on phonemes, character error rate (CER) on characters, and word error rate (WER) on words.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,), (n_samples, n_timesteps) or (n_samples, n_timesteps, n_classes), or list
        True targets: labels, tokens, one-hot vectors, strings, or a list, Series or object array of token lists.

    y_pred : array-like or list of the same form
        Predicted targets. Lengths may differ from those of `y_true`. For one-hot vectors or probabilities, the largest
        entry counts.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples, for their edits and their tokens.

    average : {"micro", "samples"}, default="micro"
        What the edits are divided by. "micro" divides the sum of edits by the sum of the lengths of `y_true`. It can
        exceed 1 if predictions are far too long. "samples" divides the edits of each sample by the length of the longer
        of its two targets (0 if both are empty), and takes the mean over samples. It is at most 1.

    analyzer : {"char", "word"}, callable or None, default="char"
        How strings are split into tokens: "char" into characters, "word" into words and punctuation marks. A function,
        for example `str.split`, gets a string and returns a list of tokens. None takes each string as one token, as for
        labels.

    Returns
    -------
    rate : float
        At least 0. Lower is better.

    Raises
    ------
    ValueError
        As `sequence_accuracy_score` does, and with ``average="micro"`` if no true target has a token.

    See Also
    --------
    sequence_accuracy_score : One minus this score is called word error rate if targets are the phonemes of a word.

    References
    ----------
    V. I. Levenshtein, "Binary codes capable of correcting deletions, insertions, and reversals", Soviet Physics
    Doklady 10 (1966) 707-710.

    Examples
    --------
    Three edits, for seven characters in the true word:

    >>> from skseq.metrics import normalized_edit_distance
    >>> round(normalized_edit_distance(["sitting"], ["kitten"]), 4)
    0.4286

    The word error rate of speech recognition:

    >>> normalized_edit_distance(["the cat sat down"], ["the cat sat"], analyzer=str.split)
    0.25
    """
    true, predicted, weights = read_pair(y_true, y_pred, sample_weight, analyzer=analyzer)
    edits = _edits(true, predicted)
    if average == "micro":
        return _ratio(edits, list(map(len, true)), weights, of="y_true holds")
    longer = [max(map(len, pair)) for pair in zip(true, predicted)]
    return float(np.average(edits / np.maximum(longer, 1), weights=weights))  # two empty targets: 0 edits of 1


def _edits(true, predicted):
    """Levenshtein distance of every pair, (n,)."""
    ids = {}  # of tokens: rapidfuzz takes the number 97 for the letter "a", and hashes other tokens
    pairs = [
        [[ids.setdefault(token, len(ids)) for token in tokens] for tokens in pair] for pair in zip(true, predicted)
    ]
    return np.array([Levenshtein.distance(*pair) for pair in pairs])


def _ratio(parts, wholes, weights, *, of):
    """sum(w * part) / sum(w * whole)"""
    whole = weights @ np.asarray(wholes)
    if whole == 0:
        raise ValueError(
            f"{of} no token in samples of positive weight, and a share of none is undefined: leave such data out."
        )
    return float(weights @ np.asarray(parts) / whole)


@public
def perplexity(log_probs: ArrayLike, n_tokens: ArrayLike, *, sample_weight: ArrayLike | None = None) -> float:
    """Perplexity over tokens: exp(-sum(w * log p) / sum(w * n)).

    The model is as uncertain as a uniform choice among this many tokens. The mean is taken over tokens. If lengths
    differ, the exponential of a loss that is averaged over batches or samples is another number.

    Parameters
    ----------
    log_probs : array-like of shape (n_samples,)
        Natural logarithm of the probability of every target, as ``score_samples(X, y)`` returns it. -inf is allowed.

    n_tokens : array-like of shape (n_samples,)
        Number of tokens of every target, the end token included where there is one.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples, for their log-probabilities and their tokens.

    Returns
    -------
    perplexity : float
        At least 1. Lower is better. Infinite if a target has probability 0.

    Raises
    ------
    ValueError
        If the shapes differ, if a log-probability is positive or NaN, or if there is no token.

    See Also
    --------
    neg_perplexity_scorer : The negative perplexity, as a scorer for estimators with `score_samples`.

    Examples
    --------
    Two targets of one and three tokens, each token as likely as one side of a die:

    >>> import numpy as np
    >>> from skseq.metrics import perplexity
    >>> round(perplexity(np.log([1 / 6, 1 / 6**3]), [1, 3]), 6)
    6.0
    """
    mean = _mean_log_prob(log_probs, n_tokens, sample_weight)
    with np.errstate(over="ignore"):  # infinite is the right answer then
        return float(np.exp(-mean))


@public
def bits_per_token(log_probs: ArrayLike, n_tokens: ArrayLike, *, sample_weight: ArrayLike | None = None) -> float:
    """Bits per token: -sum(w * log2 p) / sum(w * n), the base-2 logarithm of the perplexity.

    An ideal code needs this many bits per token. If tokens are characters, the metric is known as bits per character.

    Parameters
    ----------
    log_probs : array-like of shape (n_samples,)
        Natural logarithm of the probability of every sequence, as `score_samples` returns it. -inf is allowed.

    n_tokens : array-like of shape (n_samples,)
        Number of tokens of each, the end token included where there is one, padding not.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples, for their log-probabilities and their tokens.

    Returns
    -------
    bits : float
        At least 0. Lower is better. Infinite if a sample has probability 0.

    Raises
    ------
    ValueError
        If the shapes differ, if a log-probability is positive or NaN, or if there is no token.

    See Also
    --------
    perplexity : Two to the power of it.
    neg_bits_per_token_scorer : The negative bits, as a scorer for estimators with `score_samples`.

    Examples
    --------
    Two sequences of one and three tokens. Each token of the first takes one bit, each of the second three:

    >>> import numpy as np
    >>> from skseq.metrics import bits_per_token
    >>> round(bits_per_token(np.log([1 / 2, 1 / 8**3]), [1, 3]), 6)
    2.5

    Of a `SequenceGenerator`, whose sequences have an end:

    >>> from skseq import SequenceGenerator
    >>> names = ["anna", "hanna", "nina", "hans"]
    >>> model = SequenceGenerator(units=8, analyzer="char", epochs=5, random_state=0).fit(names)
    >>> bits = bits_per_token(model.score_samples(names), [len(name) + 1 for name in names])
    >>> bool(np.isclose(2**bits, model.perplexity(names)))
    True
    """
    return float(-_mean_log_prob(log_probs, n_tokens, sample_weight) / np.log(2))


def _mean_log_prob(log_probs, n_tokens, sample_weight):
    """sum(w * log p) / sum(w * n)"""
    log_probs, n_tokens = _numbers(log_probs, "log_probs"), _numbers(n_tokens, "n_tokens")
    if len(log_probs) != len(n_tokens):
        raise ValueError(
            f"log_probs and n_tokens must hold the same samples. Got {len(log_probs)} in log_probs and {len(n_tokens)} "
            "in n_tokens."
        )
    if np.isnan(log_probs).any() or (log_probs > 1e-6).any():  # rounding may leave a probability of 1 a little above
        raise ValueError(
            f"log_probs must be logarithms of probabilities, at most 0. Got {np.max(log_probs)}: pass log(p), not p."
        )
    is_count = (n_tokens >= 0) & (n_tokens < np.inf)
    if not is_count.all():
        raise ValueError(f"n_tokens must be counts of at least 0. Got {n_tokens[~is_count][0]}.")
    weights = check_weights(sample_weight, len(log_probs))
    counted = weights > 0  # 0 times -inf is NaN
    return _ratio(log_probs[counted], n_tokens[counted], weights[counted], of="n_tokens counts")


def _numbers(values, argument):
    """(n,) float64, infinities and NaN included: -inf is the logarithm of 0."""
    expected = "numbers of shape (n_samples,)"
    options = {"ensure_2d": False, "allow_nd": True, "ensure_all_finite": False, "ensure_min_samples": 0}
    values = check_numbers(plain(values, argument), argument, expected=expected, input_name=argument, **options)
    if values.ndim != 1 or not len(values):
        raise ValueError(f"{argument} must have shape (n_samples,), one number per sample. Got shape {values.shape}.")
    return values
