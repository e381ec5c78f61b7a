"""Labels in `score` that fit did not see: no prediction can be one of them."""

from collections import Counter

from skseq._arguments import brief
from skseq._callers import warn_caller
from skseq._data.mistakes.texts.spelling import advice_on_spelling

FEW, MOSTLY = 3, 0.5  # labels, and their share: a fold of rare ones may lack some in fit


def warn_if_unseen(labels, known, *, nested):
    """Warn where most labels, an array of any shape, are not among those that are ``known``, a list.

    ``nested`` is code that gives lists of labels one by one, or None where y has one label for each sample.
    """
    seen = set(known)
    unseen = Counter(label for label in labels.ravel().tolist() if label not in seen)
    if unseen.total() < FEW or unseen.total() <= MOSTLY * labels.size:
        return
    frequent = [label for label, _ in unseen.most_common()]
    form = {"kind": "labels", "rows": "y"} if nested is None else {"kind": "token lists", "rows": nested}
    spelling = advice_on_spelling(frequent, known, analyzer=None, **form)
    remedy = (
        spelling or f" Fit saw labels such as {brief(known[0], 80)}: pass these, or fit on samples with others, too."
    )
    warn_caller(
        f"{unseen.total()} of {labels.size} labels in y were not seen in fit, such as "
        f"{brief(frequent[0], 80)}. No prediction can be one of these, so that all count as wrong.{remedy}"
    )
