"""Precision, recall and F1 of spans: runs of timesteps that belong together, written as one label per timestep."""

from __future__ import annotations

from collections import Counter
from typing import Any, Literal

from skseq._files import public
from skseq._sklearn import StrOptions, validate_params
from skseq._typing import ArrayLike, SequencesLike
from skseq.metrics._targets import read_pair

_ALIKE = {"L": "E", "U": "S", "M": "I"}  # places in BILOU and BMES
_STARTS, _ENDS, _INSIDE = {"B", "S"}, {"E", "S"}, {"B", "I", "E", "S"}


@public
@validate_params({"average": [StrOptions({"micro", "macro"})]}, prefer_skip_nested_validation=True)
def span_f1_score(
    y_true: SequencesLike,
    y_pred: SequencesLike,
    *,
    sample_weight: ArrayLike | None = None,
    average: Literal["micro", "macro"] = "micro",
) -> float:
    """F1 of spans, of named entities for example: 2 times the spans found, over those there are plus those predicted.

    A span is found if its first step, its last step and its type are all right. Labels are those of the IOB2 scheme:
    "B-PER" begins a span of the type PER, "I-PER" goes on with it, "O" is outside. As in the evaluation of the CoNLL
    shared tasks (conlleval) [1]_ [2]_, "B-" always begins a span, and "I-" does so as well after "O" or after another
    type. "E-" and "S-" of the IOBES scheme, the last step of a span and a span of a single step, are read too. Types
    may be left out: "B", "I", "O".

    Parameters
    ----------
    y_true : array-like of shape (n_samples, n_timesteps), or list
        True labels, one per timestep: an array, or a list, Series or object array of label lists of any lengths.

    y_pred : array-like of shape (n_samples, n_timesteps), or list
        Predicted labels, as many for every sample.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples. The weight of a sample counts for each of its spans.

    average : {"micro", "macro"}, default="micro"
        "micro": F1 over the spans of all types together, the figure of CoNLL. "macro": the mean of the F1 of all types
        that occur.

    Returns
    -------
    score : float
        Between 0 and 1; the higher, the better.

    Raises
    ------
    ValueError
        If labels come in one flat list, if a sample has more labels in one than in the other, if a label is not of
        these schemes or has white space at its ends, if there is no span at all, or as `sequence_accuracy_score` does.

    See Also
    --------
    span_report : Precision, recall and F1 of every type.
    token_accuracy_score : Share of steps that are right, spans or not.

    References
    ----------
    .. [1] Tjong Kim Sang and De Meulder, "Introduction to the CoNLL-2003 Shared Task: Language-Independent Named Entity
       Recognition", CoNLL 2003.
    .. [2] Tjong Kim Sang and Buchholz, "Introduction to the CoNLL-2000 Shared Task: Chunking", CoNLL 2000, whose script
       conlleval counts spans.

    Examples
    --------
    Of two spans one is found, and one ends too early, so that two are predicted and one of them is right:

    >>> from skseq.metrics import span_f1_score
    >>> true = [["B-PER", "I-PER", "O"], ["O", "B-LOC"]]
    >>> predicted = [["B-PER", "O", "O"], ["O", "B-LOC"]]
    >>> span_f1_score(true, predicted)
    0.5
    """
    report = span_report(y_true, y_pred, sample_weight=sample_weight)
    return report[f"{average} avg"]["f1"]


def span_report(
    y_true: SequencesLike, y_pred: SequencesLike, *, sample_weight: ArrayLike | None = None
) -> dict[str, Any]:
    """Precision, recall and F1 of the spans of every type, and of all together.

    Parameters
    ----------
    y_true : array-like of shape (n_samples, n_timesteps), or list
        True labels, one per timestep, as in `span_f1_score`.

    y_pred : array-like of shape (n_samples, n_timesteps), or list
        Predicted labels, as many for every sample.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples. The weight of a sample counts for each of its spans.

    Returns
    -------
    report : dict
        An entry for every type that occurs, in sorted order, then "micro avg" over the spans of all types and "macro
        avg", the mean over types. Each is a dict of "precision", the share of predicted spans that are right (0 if none
        is predicted), "recall", the share of true spans that are found (0 if there is none), "f1", their harmonic mean,
        and "support", the weighted number of true spans.

    Raises
    ------
    ValueError
        As `span_f1_score` does.

    See Also
    --------
    span_f1_score : F1 alone, as a score.

    Examples
    --------
    >>> from skseq.metrics import span_report
    >>> report = span_report([["B-PER", "I-PER", "O"]], [["B-PER", "I-PER", "B-LOC"]])
    >>> report["PER"]
    {'precision': 1.0, 'recall': 1.0, 'f1': 1.0, 'support': 1.0}
    >>> report["micro avg"]
    {'precision': 0.5, 'recall': 1.0, 'f1': 0.6666666666666666, 'support': 1.0}
    """
    true, predicted, weights = read_pair(y_true, y_pred, sample_weight, analyzer=None, of_steps=True)
    right, there, found = Counter(), Counter(), Counter()  # weighted spans by type
    for index, (one, other, weight) in enumerate(zip(true, predicted, weights.tolist())):
        if len(one) != len(other):
            raise ValueError(
                f"y_true[{index}] has {len(one)} label(s) and y_pred[{index}] has {len(other)}: spans are compared in "
                "sequences of one length, with one label per timestep in both."
            )
        spans, guesses = _spans(one, "y_true"), _spans(other, "y_pred")
        for counts, some in ((right, spans & guesses), (there, spans), (found, guesses)):
            for *_, kind in some:
                counts[kind] += weight
    types = sorted(kind for kind in {*there, *found} if there[kind] + found[kind] > 0)
    if not types:
        raise ValueError(
            "y_true and y_pred hold no span in samples of positive weight, and the F1 of none is undefined: leave such "
            "data out."
        )
    report = {kind: _figures(right[kind], there[kind], found[kind]) for kind in types}
    macro = {name: sum(figures[name] for figures in report.values()) / len(types) for name in _figures(1, 1, 1)}
    micro = _figures(*(float(sum(counts.values())) for counts in (right, there, found)))
    return {**report, "micro avg": micro, "macro avg": macro | {"support": micro["support"]}}


def _figures(right, there, found):
    return {
        "precision": right / found if found else 0.0,
        "recall": right / there if there else 0.0,
        "f1": 2 * right / (there + found),
        "support": there,
    }


def _spans(labels, argument):
    """{(first step, step behind the last one, type)} of one sequence."""
    spans, start, before = set(), None, ("O", "")
    for step, label in enumerate([*labels, "O"]):
        place, kind = _split(label, argument)
        begins = place in _STARTS or before[0] in {"O", *_ENDS} or kind != before[1]
        if start is not None and (place == "O" or begins):
            spans.add((start, step, before[1]))
            start = None
        if place != "O" and begins:
            start = step
        before = place, kind
    return spans


def _split(label, argument):
    """("B", "PER") of "B-PER"; ("O", "") of "O"."""
    place, dash, kind = label.partition("-") if isinstance(label, str) else ("", "", "")
    if isinstance(label, str) and label != label.strip():
        raise ValueError(
            f"{argument} holds the label {label!r}, with white space at its end: pass "
            f"[[label.strip() for label in labels] for labels in {argument}]."
        )
    if place not in _INSIDE and label != "O":
        raise ValueError(
            f"{argument} holds the label {label!r}. Spans are read from labels of the IOB2 scheme: 'O' outside, and "
            "inside 'B-' or 'I-' (or 'E-', 'S-') with a type behind it, such as 'B-PER'."
            f"{_other_scheme(place, dash, argument)}"
        )
    return place, kind


def _other_scheme(place, dash, argument):
    """What makes labels of BILOU, BMES and IO those that are read; nothing of others."""
    if place in _ALIKE:
        label = f"{_ALIKE}.get(label[:1], label[:1]) + label[1:]"
    elif place.isalpha() and not dash:
        label = "label if label == 'O' else 'I-' + label"
    else:
        return ""
    scheme = "BILOU or BMES" if place in _ALIKE else "IO, types alone,"
    return f" Of {scheme} pass [[{label} for label in labels] for labels in {argument}], and both arguments alike."
