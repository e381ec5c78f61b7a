"""Scorers by what a user passes as ``scoring``: scikit-learn knows names of its own alone."""

from __future__ import annotations

from sklearn.metrics import check_scoring

from skseq._arguments import brief
from skseq.metrics._forecast_scorers import FORECAST_SCORERS
from skseq.metrics._next_item_scorers import NEXT_ITEM_SCORERS
from skseq.metrics._scorers import SCORERS

_HOLDERS = {"SCORERS": SCORERS, "FORECAST_SCORERS": FORECAST_SCORERS, "NEXT_ITEM_SCORERS": NEXT_ITEM_SCORERS}


def scorer_of(estimator, scoring):
    """What `check_scoring` gives; the name of a scorer of ours raises ValueError, which says what to pass instead."""
    named = scoring.values() if isinstance(scoring, dict) else scoring
    for name in named if isinstance(scoring, (dict, list, tuple, set)) else [scoring]:
        holder = next((of for of, scorers in _HOLDERS.items() if isinstance(name, str) and name in scorers), None)
        if holder is not None:
            raise ValueError(
                f"scoring={brief(scoring, 80)} names {name!r}, which scikit-learn does not know: pass "
                "the scorer itself, "
                f"skseq.metrics.{holder}[{name!r}]."
            )
    return check_scoring(estimator, scoring=scoring)
