"""A warning of few samples that take most of the timesteps of an epoch."""

import numpy as np
import pytest

from skseq import SequenceClassifier, SequenceGenerator
from skseq._base.diagnosis import few_long
from skseq._base.diagnosis.few_long import warn_if_few_are_long
from skseq._base.fits.job import Job
from skseq._data.training_data import TrainingData
from skseq.exceptions import TrainingWarning
from skseq.nn.training.record import FitResult

pytestmark = pytest.mark.usefixtures("eager")
USUAL = np.random.RandomState(0).geometric(0.2, 999)  # 1 to about 35 steps


def check(source, target=None, batch_size=32, epochs=40):
    rows = {"source_lengths": np.asarray(source)} | ({} if target is None else {"target_lengths": np.asarray(target)})
    warn_if_few_are_long(TrainingData(rows), Job(epochs=epochs, batch_size=batch_size))


def test_one_long_sample_among_short_ones():
    """Brute force of a case in which it does not matter where the long one is: batches of equal ones but for one."""
    words = (
        r"1 of 320 samples have up to 1000 timesteps in X, and 99% have 5 or fewer\. .* these few take 95% .* about 21"
    )
    with pytest.warns(TrainingWarning, match=words):  # 9 * 5 + 1000 steps instead of 50
        check([*[5] * 319, 1000])
    with pytest.warns(TrainingWarning, match="1000 timesteps in X and y together, and 99% have 5 or fewer"):
        check([*[3] * 319, 600], [*[2] * 319, 400])


@pytest.mark.parametrize(
    "lengths",
    [
        USUAL,
        [*USUAL, 400],  # long, but of no weight
        [5] * 200,
        [*[5] * 98, 1000],  # of few samples
        [*[5] * 300, *[1000] * 20],  # not few
        np.exp(np.random.RandomState(0).randn(1000)).astype(int) + 1,
        np.random.RandomState(0).randint(1, 1000, 1000),
    ],
)
def test_ordinary_lengths(lengths):
    check(lengths)


def test_what_takes_no_time():
    check([*USUAL, 2000], epochs=5)
    check([*USUAL, 2000], epochs=40, batch_size=2)  # batches are as many as to make one long one count little
    warn_if_few_are_long(TrainingData({"source": np.ones((200, 3))}), Job(epochs=40, batch_size=32))
    with pytest.warns(TrainingWarning, match="1 of 1000 samples have up to 2000"):
        check([*USUAL, 2000])


@pytest.mark.parametrize("estimator", [SequenceGenerator, SequenceClassifier])
def test_a_fit_warns_before_it_trains_and_the_remedies_help(estimator, monkeypatch):
    monkeypatch.setattr(few_long, "MUCH", 0)
    nothing = FitResult(weights={}, slots=[], history={})
    monkeypatch.setattr(estimator, "_fit_rows", lambda self, *given: nothing)  # nothing is trained
    monkeypatch.setattr(estimator, "_warn", lambda self, *given: None)  # of what was learnt
    X, y = [*[list("ab")] * 119, list("ab" * 30)], [0, 1] * 60
    model = estimator(units=2, epochs=1, batch_size=40, early_stopping=False)
    data = (X,) if estimator is SequenceGenerator else (X, y)
    with pytest.warns(TrainingWarning, match="1 of 120 samples have up to 60 timesteps in X, and 99% have 2 or fewer"):
        model.fit(*data)
    model.partial_fit(*data, **({} if estimator is SequenceGenerator else {"classes": [0, 1]}))  # warnings are errors
    model.fit([x[:2] for x in X], *data[1:])
    model.fit(X[:-1], *(own[:-1] for own in data[1:]))
