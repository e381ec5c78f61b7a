"""A warning of later calls whose numbers lie beyond the scales of the first, and none of ordinary streams."""

import pickle
import warnings

import numpy as np
import pytest
from quiet_fits import assert_no_warning
from sklearn.base import clone
from warned import told

from skseq import LSTMAutoencoderTransformer, Seq2SeqRegressor, SequenceClassifier, SequenceRegressor
from skseq._base.diagnosis.beyond_scales import first_beyond
from skseq._data.scaling import Scale
from skseq._data.training_data import TrainingData
from skseq.exceptions import ExplodingGradientWarning, TrainingWarning

pytestmark = pytest.mark.usefixtures("eager")

RNG = np.random.RandomState(0)
X = RNG.randn(40, 3)
Y = X.sum(axis=1)
SMALL = {"units": 4, "learning_rate": 0.05, "learning_rate_schedule": "constant", "random_state": 0}


def stream(model, *factors):
    """The warnings of calls whose data are so many times as large."""
    return [message for factor in factors for message in told(model.partial_fit, factor * X, factor * Y)]


# --- fits -------------------------------------------------------------------------------------------------------------


def test_a_stream_that_began_small_says_so_once_and_what_helps():
    model, far = SequenceRegressor(**SMALL | {"learning_rate": 0.1}, batch_size=20), 100 * X
    assert stream(model, 1) == []
    scale = model._learnt.source.scale
    least, most = (scale.undo(limit).item() for limit in (scale.least, scale.most))
    share, farthest = np.mean((far < least) | (far > most)), far.flat[np.abs(far).argmax()]
    [message] = stream(model, *[100] * 6)
    assert message == (
        f"{share:.0%} of X lies beyond {least:.4g} to {most:.4g}, as far as {farthest:.4g}: there SequenceRegressor "
        "cuts numbers in training, now and later, by the scale of its first calls, so that it learns little of them. "
        "Try a new fit, or partial_fit of a sklearn.base.clone, that begins with data that vary as much as these."
    )
    assert model.score(far, 100 * Y) < 0.5
    assert stream(pickle.loads(pickle.dumps(model)), 1, 100) == []
    anew = clone(model)
    assert stream(anew, *[100] * 7, 1) == []
    assert anew.score(far, 100 * Y) > 0.9
    assert told(model.set_params(epochs=1).fit, far, 100 * Y) == stream(model, 100) == []


def test_no_explosion_is_told_beside_it():
    """There is one, and the table has both."""
    model = SequenceRegressor(**SMALL, scale_targets=False)
    told(model.partial_fit, X, Y)
    with pytest.warns(TrainingWarning, match="beyond") as warned:
        model.partial_fit(100 * X, 100 * Y)
    assert not any(issubclass(one.category, ExplodingGradientWarning) for one in warned)
    assert [check.name for check in model.diagnose().found] == ["exploding gradients", "beyond scales"]
    assert stream(model, 100, 100) == []


@pytest.mark.usefixtures("untrained")
def test_targets_alone_may_lie_beyond():
    model = SequenceRegressor(**SMALL)
    two = np.stack([Y, 100 * Y], axis=1)
    assert told(model.partial_fit, X, two / [1, 100]) == []
    [message] = told(model.partial_fit, X, two)
    assert " of y[:, 1] lies beyond " in message
    assert told(model.partial_fit, X, two) == []


@pytest.mark.usefixtures("untrained")
def test_a_warm_start_says_so_every_time():
    model = SequenceRegressor(**SMALL, epochs=1, warm_start=True)
    assert told(model.fit, X, Y) == []
    for _ in range(2):
        [message] = told(model.fit, 100 * X, 100 * Y)
        assert "100" not in message[:3]
        assert " of X lies beyond " in message
    assert told(model.fit, X, Y) == []
    assert_no_warning(model.set_params(warm_start=False), 100 * X, 100 * Y)


@pytest.mark.usefixtures("untrained")
def test_labels_and_vectors():
    model, labels = SequenceClassifier(**SMALL), (Y > 0).astype(int)
    vectors = np.stack([X, X], axis=2)  # (n, 3, 2)
    model.partial_fit(vectors, labels, classes=[0, 1])
    with pytest.warns(TrainingWarning, match="of feature 1 of X lies beyond .* SequenceClassifier cuts"):
        model.partial_fit(vectors * [1, 100], labels)
    with pytest.warns(TrainingWarning, match="of X lies beyond .* LSTMAutoencoderTransformer cuts"):
        LSTMAutoencoderTransformer(**SMALL).partial_fit(X).partial_fit(100 * X)


def test_the_warning_as_an_error_loses_nothing():
    model = SequenceRegressor(**SMALL).partial_fit(X, Y)
    with warnings.catch_warnings():
        warnings.simplefilter("error", TrainingWarning)
        with pytest.raises(TrainingWarning, match="lies beyond"):
            model.partial_fit(100 * X, 100 * Y)
    assert len(model.history_["loss"]) == 2


def test_ordinary_streams_say_nothing_of_it():
    """Drift, outliers, and a first batch that was on a larger scale; nor do windows with scales of their own."""
    assert stream(SequenceRegressor(**SMALL), 1, 2, 0.1, 8) == []
    model, glitches = SequenceRegressor(**SMALL), X.copy()
    glitches[:4] *= 1000
    assert stream(model, 1) == told(model.partial_fit, glitches, glitches.sum(axis=1)) == []
    assert told(model.partial_fit, 1000 * X[:4], Y[:4]) == []
    forecaster = Seq2SeqRegressor(**SMALL)
    assert all("beyond" not in message for message in stream(forecaster, 1, 100))


@pytest.mark.usefixtures("untrained")
def test_a_stream_of_few_samples_says_so_after_five():
    model = SequenceRegressor(**SMALL)
    assert stream(model, 1) == []
    messages = [told(model.partial_fit, 100 * X[k : k + 2], 100 * Y[k : k + 2]) for k in range(0, 12, 2)]
    assert [len(own) for own in messages] == [0, 0, 1, 0, 0, 0]
    assert " lies beyond " in messages[2][0]
    alternating = SequenceRegressor(**SMALL)
    assert stream(alternating, 1) == []
    for k in range(0, 12, 2):  # glitches of single samples
        x, y = X[k : k + 1], Y[k : k + 1]
        assert told(alternating.partial_fit, 100 * x, y) == told(alternating.partial_fit, x, y) == []


# --- the rule ---------------------------------------------------------------------------------------------------------


def found(values, lengths=None, weight=None):
    """What is found of values (n, t) beside a scale of 0 to 20, in which 10 is the mean, and the limits -90 and 110."""
    scale = Scale(mean=np.array([10.0]), deviation=np.array([5.0]), least=np.array([-20.0]), most=np.array([20.0]))
    data = TrainingData({"source": values[..., None]} | ({} if weight is None else {"weight": weight}))
    return first_beyond([("X", data.rows["source"], lengths, scale)], data)


def test_limits():
    near = np.tile([0.0, 20.0], (20, 2))  # (20, 4)
    far = near.copy()
    far[:5] = [-1e3, 1e3, -1e3, 1e3]
    assert found(far) == ("X", 0.25, -90.0, 110.0, -1e3)
    assert found(far[1:]) is None  # 4 of 19
    assert found(far[:10]) == ("X", 0.5, -90.0, 110.0, -1e3)
    assert found(far[:1]) == ("X", 1.0, -90.0, 110.0, -1e3)
    assert found(np.full((1, 1), 400.0)) == ("X", 1.0, -90.0, 110.0, 400.0)
    little = np.where(np.arange(20)[:, None] < 5, [-91.0, 111, -91, 111], near)
    assert found(little) is None  # beyond, but hardly any of the variance
    assert found(far, lengths=np.repeat([0, 4], [5, 15])) is None  # padding
    assert found(far, weight=np.repeat([0.9, 1.0], [5, 15])) is None
    assert found(np.full((20, 4), 1e3)) is None  # they do not vary
