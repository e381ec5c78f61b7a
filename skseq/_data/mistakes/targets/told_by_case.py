"""Labels that are told by the case of letters, as of sequences from data banks of which one writes small letters."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.simple_models.columns import MOST_LOOKED_AT
from skseq._data.working_memory import evenly

ENOUGH, SHARE = 10, 0.1  # texts of either case, and their share
ONE_CASE = 0.9  # of the texts: where more of them mix cases, as in prose or SMILES, case has a meaning
SHARED = 0.5  # of the tokens that either case has: of fewer, these may be other tokens
STRAYS = 0.05  # of the texts of one case: so many may have a label of the other one


def warn_if_told_by_case(form, sequences, labels, code_of_rows, argument):
    """Warn where texts are wholly in capitals or in small letters, and labels (n,) go with that.

    ``form`` and `Sequences` of ids are as `SequenceClassifier` reads them, and ``code_of_rows`` gives samples.
    """
    if not _are_shared(form.vocabulary):
        return
    rows = evenly(len(sequences), MOST_LOOKED_AT)
    ids, labels = np.asarray(sequences.take(rows).values), labels[rows]
    has_small, has_capitals = _cases(form)
    small, capitals = has_small[ids].any(axis=1), has_capitals[ids].any(axis=1)
    one_case = small != capitals
    n_small, n_capitals = np.sum(one_case & small), np.sum(one_case & capitals)
    if min(n_small, n_capitals) < max(ENOUGH, SHARE * len(ids)) or one_case.sum() < ONE_CASE * len(ids):
        return
    if not _go_together(small[one_case], labels[one_case]):
        return
    upper = "x.upper()" if form.kind == "text" else "[str(token).upper() for token in x]"
    warn_caller(
        f"Of {len(ids)} samples in {argument}, {n_small} are all in small letters, {n_capitals} all in capitals, and "
        "this alone tells nearly all labels in y: it may be all that is learnt. If case tells where samples come from, "
        f"and not what they are, pass [{upper} for x in {code_of_rows}], and alike later. Else it is no mistake."
    )


def _cases(form):
    """Which ids (n_ids,) hold small letters, and which hold capitals."""
    has_small, has_capitals = np.zeros((2, form.size), bool)
    for token, index in form.vocabulary.items():
        if isinstance(token, str):
            has_small[index], has_capitals[index] = token != token.upper(), token != token.lower()
    return has_small, has_capitals


def _are_shared(vocabulary):
    """Whether tokens in small letters are mostly those in capitals, of whichever there are fewer."""
    strings = [token for token in vocabulary if isinstance(token, str)]
    small = {token.upper() for token in strings if token.islower()}
    capitals = {token for token in strings if token.isupper()}
    return len(small & capitals) > SHARED * max(1, min(len(small), len(capitals)))


def _go_together(small, labels):
    """Whether labels (n,) that occur often enough to tell have nearly all texts in one case, ``small`` (n,) or not."""
    n_labels = labels.max() + 1
    counts = np.stack([np.bincount(labels[own], minlength=n_labels) for own in (small, ~small)])  # (2, n_labels)
    counts = counts[:, counts.sum(axis=0) >= ENOUGH]
    strays, each = counts.min(axis=0).sum(), counts.sum(axis=1)
    return each.min() >= ENOUGH and strays <= STRAYS * counts.sum()
