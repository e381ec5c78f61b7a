"""BLEU, by sacreBLEU."""

from __future__ import annotations

from typing import Literal

import numpy as np

from skseq._arguments import Count
from skseq._callers import warn_caller
from skseq._files import public
from skseq._sklearn import StrOptions, validate_params
from skseq._typing import ArrayLike, SequencesLike
from skseq.metrics._targets import read_form, read_pair


@validate_params(
    {
        "max_ngram_order": [Count(most=1000)],
        "smooth_method": [StrOptions({"exp", "floor", "add-k", "none"})],
        "tokenize": [str],
    },
    prefer_skip_nested_validation=True,
)
@public
def bleu_score(
    y_true: SequencesLike,
    y_pred: SequencesLike,
    *,
    sample_weight: ArrayLike | None = None,
    max_ngram_order: int = 4,
    smooth_method: Literal["exp", "floor", "add-k", "none"] = "exp",
    tokenize: str = "13a",
) -> float:
    """Corpus BLEU, from 0 to 100: how many n-grams of the predictions are in the true targets, too.

    It is the geometric mean of the precisions of 1-grams to 4-grams, each counted over all samples. A penalty lowers it
    if all predictions together are shorter than all true targets. Needs sacreBLEU: ``pip install 'skseq[text]'``.

    Parameters
    ----------
    y_true : array-like of shape (n_samples,), (n_samples, n_timesteps) or (n_samples, n_timesteps, n_classes), or list
        True targets, one reference per sample: strings, tokens, one-hot vectors, or a list, Series or object array of
        token lists. Tokens may be any hashable values.

    y_pred : array-like or list of the same form
        Predicted targets. Lengths may differ from those of `y_true`. For one-hot vectors or probabilities, the largest
        entry counts.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples, for their n-gram counts and lengths. A weight of 2 is the same as the sample twice.

    max_ngram_order : int, default=4
        Length of the longest n-grams that count. Lower it if all targets are shorter: without any n-gram of that length
        BLEU is 0, of perfect predictions, too. A warning says so.

    smooth_method : {"exp", "floor", "add-k", "none"}, default="exp"
        What sacreBLEU does with an n-gram order that has no match.

    tokenize : str, default="13a"
        The tokenizer of sacreBLEU that splits strings: "13a", with which BLEU is usually published, "intl", "char",
        "zh", "none" (at white space) and others. Token lists are taken as they are.

    Returns
    -------
    score : float
        Between 0 and 100; the higher, the better.

    Raises
    ------
    ImportError
        If sacreBLEU is not installed.
    ValueError
        As `sequence_accuracy_score` does, and if sacreBLEU has no such tokenizer.

    References
    ----------
    K. Papineni, S. Roukos, T. Ward, W.-J. Zhu, "BLEU: a method for automatic evaluation of machine translation", ACL
    2002. M. Post, "A call for clarity in reporting BLEU scores", WMT 2018.

    Examples
    --------
    The precisions are 3/3, 2/2 and 1/1, and there are three tokens instead of four: 100 exp(1 - 4/3).

    >>> from skseq.metrics import bleu_score
    >>> round(bleu_score([["to", "be", "or", "not"]], [["to", "be", "or"]], max_ngram_order=3), 2)
    71.65
    """
    BLEU = _sacrebleu()
    if tokenize not in BLEU.TOKENIZERS:
        raise ValueError(f"tokenize must be one of {sorted(BLEU.TOKENIZERS)}. Got {tokenize!r}.")
    true, predicted, weights = read_pair(y_true, y_pred, sample_weight, analyzer=None)
    of_text = read_form(y_true, "y_true")[0] == "text"
    if of_text:
        true, predicted = ([text for (text,) in samples] for samples in (true, predicted))
    else:
        tokenize = "none"  # splits only at the blanks that stand between tokens now
        true, predicted = _as_text(true, predicted)
    # effective_order changes the score of a sentence, which is not used: without it there is a warning
    metric = BLEU(tokenize=tokenize, max_ngram_order=max_ngram_order, effective_order=True)
    counts = [metric.sentence_score(text, [reference]) for text, reference in zip(predicted, true)]
    if smooth_method != "add-k":  # which gives n-grams that there are none of a precision of 1
        _warn_if_short(counts, weights, max_ngram_order, of_text)
    return _from_counts(counts, weights, max_ngram_order=max_ngram_order, smooth_method=smooth_method)


def _warn_if_short(samples, weights, max_ngram_order, of_text):
    """Warn where no true target has an n-gram of the highest order: perfect predictions score 0.

    Of text it counts words: targets of one are mostly to be judged by their characters.
    """
    longest = max(sample.ref_len for sample, weight in zip(samples, weights) if weight > 0)
    if 0 < longest < max_ngram_order:
        more = ""
        if of_text and longest == 1:
            more = (
                " Words are counted: SCORERS['neg_normalized_edit_distance'] counts the letters that an analyzer gives."
            )
        warn_caller(
            f"BLEU counts n-grams of up to max_ngram_order={max_ngram_order} tokens, but the longest target in y_true "
            f"has {longest}: even a perfect prediction scores 0. Set max_ngram_order={longest} or less; as a scorer, "
            f"make_scorer(bleu_score, max_ngram_order={longest}).{more}"
        )


def _sacrebleu():
    try:
        from sacrebleu.metrics import BLEU
    except ImportError as error:
        raise ImportError("bleu_score needs sacreBLEU. Install it with: pip install 'skseq[text]'") from error
    return BLEU


def _as_text(*pair):
    """Token lists as strings of numbers between blanks: tokens may be no strings, or hold blanks."""
    ids = {}
    return [[" ".join(str(ids.setdefault(token, len(ids))) for token in tokens) for tokens in y] for y in pair]


def _from_counts(samples, weights, *, max_ngram_order, smooth_method):
    """BLEU from the weighted sums of what sacreBLEU counts in every sample."""
    correct, total, length, true_length = (
        weights @ np.array([getattr(sample, name) for sample in samples])
        for name in ("counts", "totals", "sys_len", "ref_len")
    )
    if length == 0:  # nothing was predicted
        return 0.0
    unpenalised = _sacrebleu().compute_bleu(
        correct=correct.tolist(),
        total=total.tolist(),
        sys_len=1,  # it takes whole lengths, which sums of weights may not be
        ref_len=1,
        smooth_method=smooth_method,
        max_ngram_order=max_ngram_order,
    )
    return float(unpenalised.score * np.exp(min(0, 1 - true_length / length)))  # the brevity penalty
