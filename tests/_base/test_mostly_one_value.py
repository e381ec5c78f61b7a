"""A warning of medians of targets that are mostly one value, whose advice gives sums that are right."""

import warnings

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from skseq import Seq2SeqRegressor, SeriesForecaster
from skseq._base.mostly_one_value import warn_if_mostly_one_value
from skseq.exceptions import TrainingWarning

SMALL = {"units": 2, "epochs": 2, "batch_size": 250, "random_state": 0}
SALES = np.random.RandomState(3).poisson(0.4, (50, 40)).astype(float)


def test_what_is_said_by_hand():
    """Three of five are 2, with a mean of 3; the second target has no half, the third one value alone."""
    targets = np.array([[2.0, 0, 1], [2, 0, 1], [2, 1, 1], [4, 1, 1], [5, 2, 1]])
    with pytest.warns(TrainingWarning, match=r"60% of target 0 of y is 2, .* the mean is 3\..*'negative_binomial'"):
        warn_if_mostly_one_value(targets, "quantile")
    with pytest.warns(TrainingWarning, match=r"60% of y is -2, .* the mean is -3\..* set loss='squared_error'; in"):
        warn_if_mostly_one_value(-targets[:, :1], "absolute_error")


def test_no_warning_where_nothing_is_wrong():
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for loss in ("squared_error", "negative_binomial", "normal"):
            warn_if_mostly_one_value(SALES[:1].T, loss)
        warn_if_mostly_one_value(np.ones((9, 1)), "quantile")
        warn_if_mostly_one_value(np.arange(9.0)[:, None], "quantile")
        warn_if_mostly_one_value(np.zeros((0, 1)), "quantile")


@pytest.mark.usefixtures("eager")
def test_windows_that_never_move_do_not_count():
    """Eleven of twelve windows are of articles that are no longer sold."""
    X, y = np.zeros((12, 4)), np.zeros((12, 2))
    X[0], y[0] = [1, 2, 3, 4], [5, 6]
    with warnings.catch_warnings():
        warnings.simplefilter("error", TrainingWarning)
        Seq2SeqRegressor(units=2, epochs=1).fit(X, y)


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("loss", ["squared_error", "negative_binomial"])
def test_slow_movers(loss):
    """About 40 articles are sold in 50 shops on 2 days; both losses that are named come near that sum."""
    model = SeriesForecaster(Seq2SeqRegressor(**SMALL), horizon=2, window=14, max_windows=20)
    with warnings.catch_warnings():
        warnings.simplefilter("error", TrainingWarning)
        with pytest.raises(TrainingWarning, match=rf"6\d% of y is 0, .* forecasts medians: near 0, .*'{loss}'"):
            model.fit(SALES)
        assert 30 < model.set_params(estimator__loss=loss).fit(SALES).predict().sum() < 55


def test_other_regressors_forecast_means():
    with warnings.catch_warnings():
        warnings.simplefilter("error", TrainingWarning)
        assert 30 < SeriesForecaster(Ridge(10), horizon=2).fit(SALES).predict().sum() < 55
