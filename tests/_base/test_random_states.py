"""Which random states of the estimators within another one are drawn."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal
from sklearn.ensemble import RandomTreesEmbedding
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import Ridge
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import StandardScaler

from skseq import LSTMAutoencoderTransformer, SequenceRegressor, SeriesForecaster
from skseq._base.random_states import with_random_states


def test_a_step_that_is_called_encoder_is_drawn():
    steps = Pipeline([("encoder", RandomTreesEmbedding(n_estimators=3)), ("ridge", Ridge())])
    series = np.random.RandomState(0).randn(2, 40).cumsum(axis=1)
    model = SeriesForecaster(steps, window=5, horizon=2, random_state=0).fit(series)
    assert isinstance(model.estimator_["encoder"].random_state, int)
    assert_array_equal(model.predict(), model.fit(series).predict())


@pytest.mark.parametrize("wrap", [lambda own: own, lambda own: make_pipeline(StandardScaler(), own)])
def test_a_fitted_encoder_is_not_drawn(wrap):
    encoder = LSTMAutoencoderTransformer(random_state=5)
    model = SequenceRegressor(encoder=encoder)
    with_random_states(wrap(model), 0)
    assert isinstance(model.random_state, int)
    assert encoder.random_state == 5


def test_a_frozen_estimator_is_not_drawn():
    frozen = FrozenEstimator(LSTMAutoencoderTransformer(random_state=5))
    assert with_random_states(frozen, 0) is frozen
    ridge = with_random_states(Pipeline([("frozen", frozen), ("ridge", Ridge())]), 0)["ridge"]
    assert isinstance(ridge.random_state, int)
    assert frozen.estimator.random_state == 5
