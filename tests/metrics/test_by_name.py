"""Scorers by what a user passes as ``scoring``."""

import numpy as np
import pytest
from sklearn.dummy import DummyRegressor

from skseq import SeriesForecaster
from skseq.inspection import permutation_importance
from skseq.metrics import FORECAST_SCORERS, NEXT_ITEM_SCORERS, SCORERS
from skseq.metrics._by_name import scorer_of

X, Y = np.arange(12.0).reshape(6, 2), np.arange(6.0)
MEAN = DummyRegressor().fit(X, Y)


@pytest.mark.parametrize(
    ("name", "holder"),
    [("token_accuracy", "SCORERS"), ("neg_winkler", "FORECAST_SCORERS"), ("hit_rate", "NEXT_ITEM_SCORERS")],
)
def test_names_of_ours_are_told_with_the_scorer(name, holder):
    told = rf"names '{name}', which scikit-learn does not know: .*, skseq\.metrics\.{holder}\['{name}'\]"
    for scoring in (name, ["r2", name], {"mine": name}):
        with pytest.raises(ValueError, match=told):
            scorer_of(MEAN, scoring)


def test_all_else_is_as_in_scikit_learn():
    for scoring in ("r2", None, ["r2", "neg_mean_squared_error"], SCORERS, FORECAST_SCORERS, NEXT_ITEM_SCORERS):
        assert callable(scorer_of(MEAN, scoring))


def test_who_takes_a_scoring():
    with pytest.raises(ValueError, match=r"skseq\.metrics\.SCORERS\['token_accuracy'\]"):
        permutation_importance(MEAN, X, Y, scoring="token_accuracy")
    with pytest.raises(ValueError, match=r"skseq\.metrics\.SCORERS\['token_accuracy'\]"):
        SeriesForecaster(DummyRegressor(), horizon=1, window=2).backtest([Y], n_windows=1, scoring="token_accuracy")
