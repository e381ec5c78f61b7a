"""Numbers that stand for what was not measured: which are warned of, that the advice helps, and which are not."""

import re

import numpy as np
import pandas as pd
import pytest
from quiet_fits import assert_no_warning
from sklearn.pipeline import make_pipeline

from skseq import LSTMAutoencoderDetector, SequenceClassifier, SequenceRegressor
from skseq._data.likely_gaps import number_of_gaps
from skseq.preprocessing import SequenceImputer

SMALL = {"units": 2, "epochs": 1}
RNG = np.random.RandomState(0)
Y = np.arange(60) % 2
RATES = RNG.normal(80, 8, (60, 15))
GAPS = RNG.rand(60, 15) < 0.1
pytestmark = pytest.mark.usefixtures("eager", "untrained")


@pytest.mark.parametrize("number", [999, -1, 1e6])
@pytest.mark.parametrize("form", ["array", "list", "frame"])
def test_a_number_far_from_all_others(number, form):
    filled = np.where(GAPS, number, RATES)
    X = {"array": filled, "list": [x[: 9 + k % 7] for k, x in enumerate(filled)], "frame": pd.DataFrame(filled)}[form]
    with pytest.warns(
        UserWarning, match=rf"% of the numbers in X are {re.escape(f'{number:g}')}, farther from all"
    ) as caught:
        SequenceClassifier(**SMALL).fit(X, Y)
    code = re.search(r"such as (\[.*?\]) of an array", str(caught[0].message))[1]
    code = code.replace("np.asarray(X)", "X") if form == "list" else code
    gaps = eval(code, {"X": X, "np": np})
    model = make_pipeline(SequenceImputer(add_indicator=True), SequenceClassifier(**SMALL))
    assert_no_warning(model, gaps, Y)
    assert model[0].mean_[0] == pytest.approx(RATES[~GAPS].mean(), rel=0.02)


def test_the_feature_is_named():
    X = np.stack([RATES, np.where(GAPS, -999, RATES)], axis=2)
    for model, y in ((SequenceRegressor(**SMALL), Y), (LSTMAutoencoderDetector(**SMALL), None)):
        with pytest.warns(UserWarning, match="of the numbers of feature 1 in X are -999, farther"):
            model.fit(X, y)


@pytest.mark.parametrize(
    "readings",
    [
        RATES.ravel(),
        np.where(GAPS, 0, RATES).ravel(),  # closed days, say
        np.where(GAPS, 110, RATES).ravel(),  # near others
        np.r_[RATES.ravel(), [999] * 9],  # outliers
        np.r_[RATES.ravel(), 500 + RNG.rand(90)],  # that differ
        np.where(GAPS, 999, np.round(RATES / 10)).ravel(),  # counts
        np.where(~GAPS, 999, RATES).ravel(),  # what is usual
        np.minimum(RATES, 85).ravel(),  # the end of a scale
        RNG.exponential(size=900) * (RNG.rand(900) < 0.3),
        np.r_[np.full(20, -1e308), 1e308 * np.linspace(-0.9, 1, 100)],
        [],
    ],
    ids=["none", "zeros", "near", "few", "differ", "counts", "usual", "clipped", "mostly zero", "huge", "empty"],
)
def test_numbers_that_may_well_be_measured(readings):
    assert number_of_gaps(np.asarray(readings, float)) is None
