"""Validation data that were not transformed as the training data."""

import numpy as np
import pytest
import sklearn
from quiet_fits import assert_no_warning
from sklearn.compose import TransformedTargetRegressor
from sklearn.pipeline import make_pipeline

from skseq import SequenceClassifier, SequenceRegressor
from skseq._base.diagnosis.validation_scale import odd_place, places
from skseq._data.scaling import Scale
from skseq._data.training_data import TrainingData
from skseq.preprocessing import SequenceScaler

pytestmark = pytest.mark.usefixtures("untrained", "eager")

RNG = np.random.RandomState(1)
X = [100 + 10 * RNG.randn(n).cumsum() for n in RNG.randint(5, 9, 30)]
Y = np.array([x[-1] for x in X])
GIVEN = {"X_val": X[20:], "y_val": Y[20:]}
SMALL = {"units": 2, "epochs": 1, "random_state": 0}


@pytest.mark.parametrize("estimator", [SequenceRegressor, SequenceClassifier])
def test_steps_before_do_not_transform_validation_data(estimator):
    y = Y if estimator is SequenceRegressor else (Y > 100).astype(int)
    name = estimator.__name__.lower()
    given = {f"{name}__X_val": X[20:], f"{name}__y_val": y[20:]}
    model = make_pipeline(SequenceScaler(), estimator(**SMALL))
    with pytest.warns(UserWarning, match=r"^X_val has a median of 10.*, but X a mean of 0 and a deviation of 1 in .*"):
        model.fit(X[:20], y[:20], **given)
    assert_no_warning(estimator(**SMALL), X[:20], y[:20], X_val=X[20:], y_val=y[20:])


def test_what_the_warning_advises():
    with sklearn.config_context(enable_metadata_routing=True):
        model = SequenceRegressor(**SMALL).set_fit_request(X_val=True, y_val=True)
        model = make_pipeline(SequenceScaler(), model, transform_input=["X_val"])
        assert_no_warning(model, X[:20], Y[:20], **GIVEN)


def test_targets_that_a_function_transforms():
    model = TransformedTargetRegressor(
        SequenceRegressor(**SMALL), func=lambda y: y / 1000, inverse_func=lambda y: 1000 * y
    )
    with pytest.warns(UserWarning, match=r"^y_val has a median of .*, but y a mean of 0\.1"):
        model.fit(X[:20], Y[:20], **GIVEN)
    model.fit(X[:20], Y[:20], X_val=X[20:], y_val=Y[20:] / 1000)  # warnings are errors


def test_channels_are_looked_at_one_by_one():
    three = RNG.randn(30, 6, 3)
    three[..., 1] = 7  # constant, which has no scale
    later = three[20:] + [0, 1, 0]
    assert_no_warning(SequenceRegressor(**SMALL), three[:20], Y[:20], X_val=later, y_val=Y[20:])
    for other in (three[20:] + [0, 0, 6], three[20:] * [1, 1, 100]):
        with pytest.warns(UserWarning, match="^Feature 2 of X_val has a median of"):
            SequenceRegressor(**SMALL).fit(three[:20], Y[:20], X_val=other, y_val=Y[20:])
    flags = np.concatenate([three, np.zeros((30, 6, 1))], axis=2)
    flags[0, 0, 3], flags[20:, :, 3] = 1, 1  # rare in training
    assert_no_warning(SequenceRegressor(**SMALL), flags[:20], Y[:20], X_val=flags[20:], y_val=Y[20:])
    few = three[20:24] + [0, 0, 6]
    assert_no_warning(SequenceRegressor(**SMALL), three[:20], Y[:20], X_val=few, y_val=Y[20:24])


def odd(channels):
    """What is odd of channels (n, t, f) beside training data of a normal distribution."""
    scale = Scale.learn(np.random.RandomState(0).randn(200, 5, channels.shape[2]))
    return odd_place(places([("X", channels, None, scale)], TrainingData({"source": channels})))


def test_what_is_odd_of_data_that_are_not_far():
    usual = np.random.RandomState(1).randn(40, 5, 1)
    assert odd(usual + 2).startswith("X_val has a median of ")
    assert odd(0.45 + 0.05 * usual).startswith("X_val has a median of 0.4")  # volts beside what is standardised
    assert odd(4 * usual) is not None
    season, idle, few = usual + 1, np.full_like(usual, 0.3), usual[:4] + 2
    assert [odd(x) for x in (usual, season, 2 * usual, usual / 2, idle, few)] == [None] * 6
    one_of_three = np.concatenate([usual, usual, usual + 3], axis=2)
    assert odd(one_of_three) is None
    assert odd(one_of_three[..., 1:]).startswith("Feature 1 of X_val")
