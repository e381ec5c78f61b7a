"""What can be said of generated sequences: what they copied from the training data, and how they differ."""

from __future__ import annotations

from collections.abc import Callable
from itertools import chain
from numbers import Integral
from typing import Any, Literal

import numpy as np

from skseq._data.sequences import as_samples
from skseq._data.tokens.token_columns import with_columns
from skseq._data.tokens.vocabulary import check_tokens
from skseq._sklearn import Interval, StrOptions, validate_params
from skseq._typing import Array, SequencesLike
from skseq.metrics._targets import ANALYZERS, read_form, split_samples

_LENGTH = [Interval(Integral, 1, None, closed="left")]
_BREAK = "\0"  # between sequences


@validate_params(
    {"n": [*_LENGTH, None], "parts": ["boolean", StrOptions({"auto"})], "analyzer": ANALYZERS},
    prefer_skip_nested_validation=True,
)
def copied_fraction(
    samples: SequencesLike,
    X_train: SequencesLike,
    n: int | None = None,
    *,
    parts: bool | Literal["auto"] = "auto",
    analyzer: Literal["char", "word"] | Callable[..., Any] | None = "char",
) -> float:
    """Share of the samples that are sequences of the training data, or of their n-grams that occur there.

    A good model of few sequences copies some by right: it has to give them a high probability. Compare with the share
    of held-out sequences that are copies.

    Parameters
    ----------
    samples : list of str, list of token lists, or array-like of shape (n_samples, n_timesteps)
        Sequences, as the `sample` of a `SequenceGenerator` gives them.

    X_train : str, list of str, list of token lists, or array-like of shape (n_samples, n_timesteps)
        Sequences of the training data, of the kind of `samples`; or one long text.

    n : int, default=None
        Count n-grams: of all runs of n tokens in the samples, the share that occurs within a training sequence. None
        counts whole samples.

    parts : bool or "auto", default="auto"
        Whether a whole sample also counts where it is a part of a longer training sequence, as "Ann" is of "Joanna".
        "auto": only if `X_train` is a single sequence.

    analyzer : {"char", "word"}, callable or None, default="char"
        How strings are split into tokens, as in `token_accuracy_score`.

    Returns
    -------
    share : float
        From 0 to 1.

    Raises
    ------
    ValueError
        If there are no sequences of tokens, if one side holds strings and the other lists, or if no sample has n
        tokens.

    See Also
    --------
    longest_copied_substring : How long the copied parts are.

    Examples
    --------
    One of two names is in the training data, and of their five pairs of letters all but "ha" are:

    >>> from skseq.metrics import copied_fraction
    >>> copied_fraction(["anna", "han"], ["anna", "nana"])
    0.5
    >>> copied_fraction(["anna", "han"], ["anna", "nana"], n=2)
    0.8
    >>> copied_fraction(["a rose", "a nose"], "a rose is a rose is a rose")
    0.5
    """
    samples, train = _read_both(samples, X_train, analyzer)
    if n is None:
        within = len(train) == 1 if parts == "auto" else parts
        known = _BREAK.join(train) if within else set(train)
        return float(np.mean([sample in known for sample in samples]))
    copied = _copied_ngrams(samples, train, n)
    return float(np.mean([ngram in copied for ngram in _all_ngrams(samples, n)]))


@validate_params({"analyzer": ANALYZERS}, prefer_skip_nested_validation=True)
def longest_copied_substring(
    samples: SequencesLike,
    X_train: SequencesLike,
    *,
    analyzer: Literal["char", "word"] | Callable[..., Any] | None = "char",
) -> Array:
    """Length of the longest run of tokens that each sample shares with a training sequence.

    Parameters
    ----------
    samples : list of str, list of token lists, or array-like of shape (n_samples, n_timesteps)
        Sequences, as the `sample` of a `SequenceGenerator` gives them.

    X_train : str, list of str, list of token lists, or array-like of shape (n_samples, n_timesteps)
        Sequences of the training data, of the kind of `samples`; or one long text.

    analyzer : {"char", "word"}, callable or None, default="char"
        How strings are split into tokens, as in `token_accuracy_score`.

    Returns
    -------
    lengths : ndarray of shape (n_samples,)
        Tokens of the longest run; 0 where no token of a sample occurs in the training data.

    Raises
    ------
    ValueError
        If there are no sequences of tokens, or if one side holds strings and the other lists.

    See Also
    --------
    copied_fraction : Share of samples, or of n-grams, that are copies.

    Notes
    -----
    If a run of n tokens is copied, so are all shorter ones within it. The length is therefore found by bisection, with
    sets of n-grams.

    Examples
    --------
    >>> from skseq.metrics import longest_copied_substring
    >>> longest_copied_substring(["a nose is a rose", "no"], "a rose is a rose is a rose")  # "ose is a rose"; "o"
    array([13,  1])
    """
    samples, train = _read_both(samples, X_train, analyzer)
    least = np.zeros(len(samples), int)  # a run of this length is copied
    most = np.array([min(len(sample), max(map(len, train))) for sample in samples])  # and none of a greater length
    while (open_ := least < most).any():
        middle = (least + most + 1) // 2
        for n in np.unique(middle[open_]).tolist():
            rows = np.flatnonzero(open_ & (middle == n))
            copied = _copied_ngrams([samples[row] for row in rows], train, n)
            found = np.array([any(ngram in copied for ngram in _ngrams(samples[row], n)) for row in rows])
            least[rows[found]] = n
            most[rows[~found]] = n - 1
    return least


@validate_params({"n": _LENGTH, "analyzer": ANALYZERS}, prefer_skip_nested_validation=True)
def distinct_n(
    samples: SequencesLike, n: int, *, analyzer: Literal["char", "word"] | Callable[..., Any] | None = "char"
) -> float:
    """Diversity: the number of different n-grams in all samples, divided by the number of all of their n-grams.

    It falls as there are more samples. Compare sets of the same size, such as samples with held-out sequences.

    Parameters
    ----------
    samples : list of str, list of token lists, or array-like of shape (n_samples, n_timesteps)
        Sequences, as the `sample` of a `SequenceGenerator` gives them.

    n : int
        How many tokens an n-gram has.

    analyzer : {"char", "word"}, callable or None, default="char"
        How strings are split into tokens, as in `token_accuracy_score`.

    Returns
    -------
    share : float
        Above 0, and 1 if no n-gram occurs twice. Li et al. divide by the number of all tokens instead, which for n = 1
        is the same.

    Raises
    ------
    ValueError
        If there are no sequences of tokens, or if no sample has n tokens.

    References
    ----------
    J. Li, M. Galley, C. Brockett, J. Gao, B. Dolan, "A diversity-promoting objective function for neural conversation
    models", NAACL 2016, section 5.

    Examples
    --------
    The pairs of words are "a rose" twice, "rose is" and "is a":

    >>> from skseq.metrics import distinct_n
    >>> distinct_n(["a rose is", "is a rose"], 2, analyzer="word")
    0.75
    """
    (samples,) = _encoded([_read(samples, "samples", analyzer)[1]])
    ngrams = _all_ngrams(samples, n)
    return len(set(ngrams)) / len(ngrams)


# --- sequences as strings of one character per token ------------------------------------------------------------------


def _read_both(samples, X_train, analyzer):
    """Samples and training sequences, encoded."""
    forms, both = zip(_read(samples, "samples", analyzer), _read(X_train, "X_train", analyzer))
    if len(set(forms)) > 1:
        raise ValueError(
            f"samples and X_train must have one form. Got {forms[0]} in samples and {forms[1]} in X_train: pass both "
            "as strings, or both as token lists or arrays."
        )
    return _encoded(both)


def _read(samples, argument, analyzer):
    """(form, token lists), form "text" or "sequences"."""
    if argument == "X_train" and isinstance(samples, str):
        samples = [samples]  # one long text
    samples = with_columns(samples, argument)
    form, read = read_form(samples, argument)
    if form == "labels" or any(map(_holds_vectors, as_samples(samples) or samples)):
        raise ValueError(
            f"{argument} must hold sequences of tokens: strings, token lists or an array (n_samples, n_timesteps). Got "
            f"{'single values' if form == 'labels' else 'sequences of vectors, of which hardly two are equal'}."
        )
    read = split_samples(form, read, analyzer)
    check_tokens(chain.from_iterable(read), argument)
    return form, read


def _holds_vectors(sample):
    """Whether the steps of a sample are vectors; tokens of several parts are tuples."""
    return getattr(sample, "ndim", 1) > 1 or (isinstance(sample, list) and bool(sample) and isinstance(sample[0], list))


def _encoded(groups):
    """Token lists as strings, one character for each token: parts of strings are found and hashed fast."""
    ids = {}
    return [["".join([chr(ids.setdefault(x, len(ids) + 1)) for x in tokens]) for tokens in group] for group in groups]


def _ngrams(sample, n):
    return (sample[start : start + n] for start in range(len(sample) - n + 1))


def _all_ngrams(samples, n):
    """Every n-gram of every sample; none at all raises ValueError."""
    found = [ngram for sample in samples for ngram in _ngrams(sample, n)]
    if not found:
        longest = max(map(len, samples))
        raise ValueError(f"n={n}, but the longest of samples has {longest} token(s): choose a smaller n.")
    return found


def _copied_ngrams(samples, train, n):
    """The n-grams of samples that occur in a training sequence."""
    wanted = {ngram for sample in samples for ngram in _ngrams(sample, n)}
    return wanted.intersection(ngram for sequence in train for ngram in _ngrams(sequence, n))
