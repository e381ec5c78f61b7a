"""Warnings point to lines that a user wrote."""

import numpy as np
import pytest
from sklearn.pipeline import make_pipeline
from warned import recorded, told

from skseq import LSTMAutoencoderTransformer, SequenceRegressor, _callers
from skseq.preprocessing import SequenceImputer

pytestmark = pytest.mark.usefixtures("untrained")

X = 1e3 * np.arange(40.0)[:, None] + np.random.RandomState(0).randn(40, 6)  # levels that lie far apart


@pytest.mark.parametrize(
    "fit",
    [
        lambda: LSTMAutoencoderTransformer(units=2, epochs=1).fit(X),
        lambda: LSTMAutoencoderTransformer(units=2, epochs=1).fit_transform(X),
        lambda: make_pipeline(SequenceImputer(), LSTMAutoencoderTransformer(units=2, epochs=1)).fit(X),
        lambda: SequenceRegressor(units=2, epochs=1).fit(X, np.logspace(0, 6, 40)),
    ],
    ids=["fit", "fit_transform", "pipeline", "regressor"],
)
def test_warnings_are_told_at_the_line_that_called(fit):
    caught = recorded(fit)
    assert caught
    assert {warning.filename for warning in caught} == {__file__}


def test_a_warning_without_a_caller(monkeypatch):
    """As in a process whose frames are all of libraries."""
    monkeypatch.setattr(_callers, "WITHIN", type("All", (), {"__contains__": lambda self, name: True})())
    with pytest.warns(UserWarning, match="told anyway"):
        _callers.warn_caller("told anyway")


def test_once_at_each_line_of_each_thing():
    class Fit:
        """What is told of."""

    fit, other = Fit(), Fit()

    def tell():
        for of, what in [(fit, "far"), (fit, "far"), (fit, "spelling"), (other, "far")]:
            _callers.warn_caller_once(of, what, lambda what=what: what)
        _callers.warn_caller_once(fit, "nothing", lambda: "")

    assert told(tell) == ["far", "spelling", "far"]
