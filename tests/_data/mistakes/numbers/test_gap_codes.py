"""Codes such as -999 in long series and beside them, what mends them, and large numbers that were measured."""

import numpy as np
import pandas as pd
import pytest
from sklearn.linear_model import Ridge
from warned import told

import skseq.preprocessing
from skseq import SeriesForecaster
from skseq._data.mistakes.numbers.gap_codes import gap_code

RNG = np.random.RandomState(0)
DAYS = pd.date_range("2024-01-01", periods=200)
FLOW = pd.Series(20 + 5 * np.sin(np.arange(200) / 9) + RNG.rand(200), DAYS, name="flow")
RAIN = pd.DataFrame({"rain": RNG.gamma(0.5, 5, 200), "temperature": 10 * RNG.randn(200)}, DAYS)
CODE = r"is -999 at 4 of \d+ steps"


def with_gaps(values, number=-999.0, column=0):
    values = values.copy()
    places = [20, 21, 70, 198]
    if values.ndim > 1:
        values.iloc[places, column] = number
    else:
        values.iloc[places] = number
    return values


def forecaster():
    return SeriesForecaster(Ridge(), window=14, horizon=7)


@pytest.mark.parametrize(
    ("number", "column"), [(-99.0, 0), (-999.0, 1), (-9999.0, 1), (999.9, 1), (9999.0, 0), (-999.25, 1)]
)
def test_codes(number, column):
    assert gap_code(with_gaps(RAIN, number, column).to_numpy()) == (number, column)


@pytest.mark.parametrize(
    "values",
    [
        RAIN.to_numpy(),
        with_gaps(FLOW, -1.0).to_numpy()[:, None],
        with_gaps(FLOW, 999.0).to_numpy()[:, None] + 300,
        with_gaps(RAIN, -99.0, 1).to_numpy() * 2,
        np.where(RNG.rand(200, 1) < 0.1, 99.99, 119.99),
        np.where(RNG.rand(200, 1) < 0.1, 9.99, 1.0),
        np.where(RNG.rand(200, 1) < 0.1, 99.0, 0.0),
        np.where(np.arange(200)[:, None] == 7, -999.0, 1.0),
        np.full((200, 1), -999.0),
        np.where(np.arange(200)[:, None] < 150, 0.0, 999.0) + 200,
    ],
    ids=[
        "rain",
        "below 0",
        "level",
        "not of nines",
        "offers",
        "small",
        "some",
        "once",
        "constant",
        "another level",
    ],
)
def test_what_was_measured(values):
    assert gap_code(values) is None


@pytest.mark.parametrize("argument", ["X", "X_past", "X_future"])
def test_fit_and_predict_tell_and_the_code_mends_it(argument):
    """Of a list of series of pandas, of a single one, and of arrays."""
    given = {"X": with_gaps(FLOW) if argument == "X" else FLOW}
    if argument != "X":
        given[argument] = with_gaps(RAIN)
    for form in ("list", "one", "arrays"):
        own = {name: value.to_numpy() if form == "arrays" else value for name, value in given.items()}
        own = own if form == "one" else {name: [value] for name, value in own.items()}
        with pytest.warns(UserWarning, match=CODE) as found:
            forecaster().fit(**own)
        (message,) = map(str, (warning.message for warning in found))
        codes = message.split("like a gap: ")[1].split(" of pandas, or ")
        code = codes[1].removesuffix(" of arrays.") if form == "arrays" else codes[0]
        mended = eval(code, {"np": np, "skseq": skseq, argument: own[argument]})
        fitted = forecaster()
        assert told(lambda: fitted.fit(**own | {argument: mended})) == []  # noqa: B023


@pytest.mark.filterwarnings("ignore:Window 0 of X lies at a level")  # as it does with such numbers
def test_predict_of_later_series():
    fitted = forecaster().fit([FLOW])
    late = FLOW.copy()
    late.iloc[-3:] = -999
    with pytest.warns(UserWarning, match=r"X\[0\] is -999 at 3 of 200 steps, far from all others\. "):
        fitted.predict([late])


def test_backtest_and_several_series():
    with pytest.warns(UserWarning, match=CODE + ", far from all others, and so is 1 other series"):
        forecaster().backtest([FLOW, with_gaps(FLOW), with_gaps(FLOW)])
