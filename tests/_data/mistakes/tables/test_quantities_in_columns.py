"""Tables with a column for each of several quantities at each time: which are warned of, and that the code is right."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from quiet_fits import assert_no_warning
from warned import told

from skseq import LSTMAutoencoderDetector, SequenceClassifier, SequenceRegressor
from skseq._data.mistakes.tables.quantities_in_columns import quantities_in_blocks, quantities_of
from skseq.preprocessing import SequenceImputer, SequenceScaler, as_sequences

pytestmark = pytest.mark.usefixtures("eager", "untrained")

SMALL = {"units": 2, "epochs": 1}
DAYS = ["20240322", "20240401", "20240411", "20240421"]
CUBE = np.random.RandomState(0).rand(12, 4, 3)
Y = np.arange(12) % 2
HOURS = pd.date_range("2024", periods=9, freq="h")
BY_QUANTITY = [(name, day) for name in ("ndvi", "b4", "b8") for day in DAYS]
BY_DAY = [(day, name) for day in DAYS for name in ("ndvi", "b4", "b8")]
LEVELS = pd.DataFrame(CUBE.transpose(0, 2, 1).reshape(12, 12), columns=pd.MultiIndex.from_tuples(BY_QUANTITY))
FRAMES = {
    "names": LEVELS.set_axis(["_".join(pair) for pair in BY_QUANTITY], axis=1),
    "levels": LEVELS,
    "days first": pd.DataFrame(CUBE.reshape(12, 12), columns=["_".join(pair) for pair in BY_DAY]),
    "days in the first level": pd.DataFrame(CUBE.reshape(12, 12), columns=pd.MultiIndex.from_tuples(BY_DAY)),
}
FRAMES["polars"] = pl.DataFrame(dict(FRAMES["names"]))


def made(message, frame):
    """What the code in a message makes of a frame, under the name it has there."""
    code = re.search(r"pass ((\w+)\.to_numpy\(\)\.reshape.*?)(?:, and|;) ", message)
    return eval(code[1], {code[2]: frame})


@pytest.mark.parametrize("name", FRAMES)
def test_columns_of_several_quantities(name):
    X = FRAMES[name]
    [message] = told(SequenceClassifier(**SMALL).fit, X, Y)
    assert message.startswith(
        "X of shape (12, 12) is read as 12 sequences of 12 timesteps, one per row, but its columns"
    )
    assert "name 3 quantities, 'ndvi', 'b4', 'b8', at the same 4 times" in message
    np.testing.assert_array_equal(made(message, X), CUBE)
    assert_no_warning(SequenceClassifier(**SMALL), made(message, X), Y)
    assert_no_warning(SequenceClassifier(**SMALL), X.to_numpy(), Y)


@pytest.mark.parametrize(
    "model", [SequenceRegressor(**SMALL), LSTMAutoencoderDetector(**SMALL), SequenceImputer(), SequenceScaler()]
)
def test_all_that_read_tables_warn(model):
    assert len(told(model.fit, FRAMES["names"], Y)) == 1


def test_tables_of_strings_are_no_features():
    letters = FRAMES["names"].map(lambda number: "ab"[number > 0.5])
    assert_no_warning(SequenceClassifier(**SMALL), letters, Y)


def test_integers():
    [message] = told(SequenceRegressor(**SMALL).fit, (FRAMES["names"] * 10_000).astype(int), Y)
    assert "name 3 quantities" in message


def test_as_sequences_reads_levels_and_says_how_names_are_read():
    for name in ("levels", "days in the first level"):
        np.testing.assert_array_equal(as_sequences(FRAMES[name], verbose=0), CUBE)
    for name in ("names", "days first"):
        with pytest.raises(ValueError, match="For 3 features at 4 times pass frame") as caught:
            as_sequences(FRAMES[name])
        np.testing.assert_array_equal(made(str(caught.value), FRAMES[name]), CUBE)
    mixed = LEVELS.iloc[:, [1, 0, *range(2, 12)]]
    with pytest.raises(ValueError, match="for several quantities at the same times name both in two levels of columns"):
        as_sequences(mixed)


def columns(firsts, seconds, between="_"):
    return pd.DataFrame(columns=[f"{first}{between}{second}" for first in firsts for second in seconds])


@pytest.mark.parametrize(
    ("frame", "names", "n_times"),
    [
        (columns(["NDVI", "EVI"], [20240100 + day for day in range(1, 12)], ""), ["NDVI", "EVI"], 11),
        (columns(["swir_1", "b4"], DAYS), ["swir_1", "b4"], 4),
        (
            columns(["swir_1", "swir_2"], ["2024-03-22", *DAYS[1:]]),
            ["swir_1", "swir_2"],
            4,
        ),
        (columns(["20240322T105021_T31", *DAYS[1:]], ["B4", "B8A"]), ["B4", "B8A"], 4),
        (columns(["temp", "rain"], ["2024-01", "2024-02", "2024-03", "2024-04"]), ["temp", "rain"], 4),
        (pd.DataFrame(columns=[f"{of}{step}" for step in range(12) for of in ("x", "y", "ms")]), ["x", "y", "ms"], 12),
        (pd.DataFrame(columns=[f"hand_{of}_{step}" for step in range(9) for of in "xy"]), ["hand_x", "hand_y"], 9),
        (pd.DataFrame(columns=pd.MultiIndex.from_product([list("xyz"), range(50)])), ["x", "y", "z"], 50),
        (
            pd.DataFrame(columns=pd.MultiIndex.from_product([pd.date_range("2024", periods=9, freq="h"), ["a", "b"]])),
            ["a", "b"],
            9,
        ),
    ],
)
def test_names_that_are_parted(frame, names, n_times):
    found = quantities_of(frame)
    assert found.n_times == n_times
    assert found.names == names


def alternating(names, between="_"):
    return pd.DataFrame(columns=[f"{name}{between}{step}" for step in range(1, 7) for name in names])


@pytest.mark.parametrize(
    "names",
    [
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"],
        [f"{day}day" for day in ("Mon", "Tues", "Wednes", "Thurs", "Fri", "Satur", "Sun")],
        ["mon", "tue", "wed", "thu", "fri"],
        ["q1", "q2", "q3", "q4"],
        ["H1", "H2"],
        ["AM", "PM"],
        ["sales_am", "sales_pm"],
        ["day", "night"],
        ["2023", "2024"],
        ["y2023", "y2024"],
        ["left", "right"],
        ["winter", "spring", "summer", "fall"],
    ],
)
@pytest.mark.parametrize("between", ["_", "", "-"])
def test_times_that_alternate_are_no_quantities(names, between):
    assert quantities_of(alternating(names, between)) is None
    assert quantities_of(columns(DAYS, names)) is None


@pytest.mark.parametrize("names", [["x", "y"], ["am_x", "pm_y"], ["left_x", "left_y", "right_x", "right_y"]])
def test_quantities_that_alternate(names):
    assert quantities_of(alternating(names)).names == names


@pytest.mark.parametrize(
    "frame",
    [
        columns(["ndvi"], DAYS),
        columns(["mean", "worst"], ["radius", "area", "texture", "symmetry"]),
        columns(["sales", "price"], [2023, 2024, 2025]),  # few times
        columns(["mon", "tue", "wed"], range(24)),
        columns(["day1", "day2"], range(24)),
        columns([2023, 2024], range(1, 13)),
        columns(["ndvi_2023", "ndvi_2024"], range(1, 13)),
        columns(["trial_1", "trial_2"], range(1, 13)),
        columns([f"h{hour:02}" for hour in range(24)], ["00", "30"]),
        columns([f"pixel_{row}" for row in range(8)], range(8)),
        columns([f"{hour:02}" for hour in range(24)], ["00", "15", "30", "45"], ":"),
        columns(["lag"], range(40)),
        columns(["ndvi", "b4"], DAYS).drop(columns="b4_20240401"),
        columns(["ndvi", "b4"], DAYS[::-1]),
        columns([f"x{number}" for number in range(1, 6)], ["mean", "std", "min", "max"]),
        columns(["mfcc", "delta"], range(13)),
        pd.DataFrame(columns=[f"{of}{step}" for step in (2, 0, 1, 3) for of in "xy"]),  # in no order
        columns(["alpha", "beta"], ["T3", "T4", "P3", "P4"]),
        columns(["q1", "q2", "q3", "q4"], ["answer", "time"]),
        columns(["spring", "summer", "autumn", "winter"], range(2019, 2024)),
        pd.DataFrame(columns=[f"G{gene}A|{gene}" for gene in range(20_000)]),
        pd.DataFrame(columns=pd.MultiIndex.from_product([["a", "b"], ["apr", "aug", "dec", "feb", "jan"]])),
        pd.DataFrame(),
        pl.DataFrame(),
        pd.DataFrame(np.zeros((2, 12))),
        pd.DataFrame(columns=pd.MultiIndex.from_product([[2023, 2024], range(1, 13)])),
        CUBE[0],
        None,
    ],
)
def test_other_columns(frame):
    assert quantities_of(frame) is None


N, T = 60, 8
RNG = np.random.RandomState(0)
VIBRATION = 20 + 3 * np.sin(np.arange(T) / 2 + 6 * RNG.rand(N, 1)) + 0.3 * RNG.randn(N, T)
PRESSURE = 1013 + 4 * RNG.randn(N, T)
RATES = RNG.randn(N, 1) + np.cumsum(RNG.randn(N, T), axis=1)


def blocks(**tables):
    """A frame with the columns name0, name1, ... of each table beside each other."""
    names = [f"{name}{step}" for name, table in tables.items() for step in range(table.shape[1])]
    return pd.DataFrame(np.hstack(list(tables.values())), columns=names)


@pytest.mark.parametrize("library", [pd.DataFrame, pl.from_pandas])
def test_blocks_of_quantities(library):
    X = library(blocks(vib_=VIBRATION, press_=PRESSURE))
    [message] = told(SequenceClassifier(**SMALL).fit, X, np.arange(N) % 2)
    assert "name 2 quantities, 'vib', 'press', at the same 8 times" in message
    np.testing.assert_array_equal(made(message, X), np.stack([VIBRATION, PRESSURE], axis=2))


@pytest.mark.parametrize(
    ("frame", "names"),
    [
        (blocks(x=VIBRATION, y=0.01 * VIBRATION[::-1], z=PRESSURE), ["x", "y", "z"]),
        (blocks(vib=(VIBRATION - 20) / 3, rate=RATES / RATES.std()), ["vib", "rate"]),
    ],
)
def test_blocks_that_are_told(frame, names):
    found = quantities_in_blocks(frame)
    assert found.names == names
    assert found.side_by_side


WALKS = np.cumsum(np.c_[50 + RNG.randn(N), 5 + RNG.randn(N, 2 * T - 1)], axis=1)


@pytest.mark.parametrize(
    "frame",
    [
        blocks(rest_=RATES[:, :4], task_=RATES[:, 4:]),
        blocks(rest_=PRESSURE[:, :4], task_=PRESSURE[:, 4:]),
        blocks(rising_=WALKS[:, :T], late_=WALKS[:, T:]),
        blocks(mon_=VIBRATION, tue_=PRESSURE),
        blocks(day1_=VIBRATION, day2_=PRESSURE),
        blocks(vib_=VIBRATION, press_=PRESSURE[:, 1:]),
        blocks(vib_=VIBRATION, press_=PRESSURE)[:8],
        blocks(vib_=VIBRATION[:, :3], press_=PRESSURE[:, :3]),
        blocks(vib_=VIBRATION),
        blocks(vib_=VIBRATION, press_=PRESSURE).astype(str),
        pd.DataFrame(VIBRATION),
        pd.DataFrame(),
        CUBE[0],
        None,
    ],
)
def test_blocks_that_may_be_one_series(frame):
    assert quantities_in_blocks(frame) is None
