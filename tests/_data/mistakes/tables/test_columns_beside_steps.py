"""Tables with a few columns beside numbered timesteps: which are warned of, and that the code in a warning works."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from quiet_fits import assert_no_warning
from sklearn.compose import ColumnTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from warned import told

from skseq import LSTMAutoencoderTransformer, SequenceClassifier, SequenceEncoder, SequenceRegressor
from skseq._data.mistakes.tables.columns_beside_steps import columns_beside_steps
from skseq.preprocessing import SequenceImputer, SequenceScaler

SMALL = {"units": 2, "epochs": 1}
RNG = np.random.RandomState(0)
N, T = 60, 12
WAVES = 20 + 3 * np.sin(np.arange(T) / 2 + 6 * RNG.rand(N, 1)) + 0.3 * RNG.randn(N, T)
STEPS = pd.DataFrame(WAVES, columns=[f"t{step}" for step in range(T)])
HOURS = RNG.randint(200, 20_000, N)
TEMP = RNG.normal(60, 8, N)
SCALED = (STEPS - STEPS.mean()) / STEPS.std()
Y = np.arange(N) % 2


def named(names, values=WAVES):
    return pd.DataFrame(values[:, : len(names)], columns=names)


def test_a_static_column_beside_steps():
    X = STEPS.assign(operating_hours=HOURS)
    [message] = told(SequenceClassifier(**SMALL).fit, X, Y)
    assert message.startswith(
        "X of shape (60, 13) is read as 60 sequences of 13 timesteps, one per row, but 12 columns are numbered, 't0' "
        "to 't11', and 'operating_hours' beside them holds something else."
    )
    assert_no_warning(SequenceClassifier(**SMALL), X.to_numpy(), Y)


@pytest.mark.parametrize("library", [pd.DataFrame, pl.from_pandas])
def test_the_code_in_a_warning(library):
    X = library(pd.concat([pd.DataFrame({"hours": HOURS, "oil_temp": TEMP}), STEPS], axis=1))
    [message] = told(SequenceRegressor(**SMALL).fit, X, Y)
    rest = eval(re.search(r"pass (X\.drop\(.*?\)),", message)[1])
    assert list(rest.columns) == list(STEPS.columns)
    assert_no_warning(SequenceRegressor(**SMALL), rest, Y)
    code = re.search(r"put (ColumnTransformer\(.*?'passthrough'\)) and", message)[1]
    encoder = LSTMAutoencoderTransformer(**SMALL)
    names = {"ColumnTransformer": ColumnTransformer, "SequenceEncoder": lambda: SequenceEncoder(encoder), "X": X}
    model = make_pipeline(eval(code, names), StandardScaler(), LogisticRegression()).fit(X, Y)
    assert model[0].transform(X).shape[1] > 2
    np.testing.assert_array_equal(np.asarray(model[0].transform(X))[:, -2], HOURS)


@pytest.mark.usefixtures("eager", "untrained")
@pytest.mark.parametrize(
    "model", [SequenceRegressor(**SMALL), LSTMAutoencoderTransformer(**SMALL), SequenceImputer(), SequenceScaler()]
)
def test_all_that_read_tables_warn(model):
    assert len(told(model.fit, STEPS.assign(hours=HOURS), Y)) == 1


@pytest.mark.parametrize(
    ("frame", "others"),
    [
        (STEPS.assign(hours=HOURS, oil_temp=TEMP), ["hours", "oil_temp"]),
        (STEPS.assign(machine=1000 + np.arange(N)), ["machine"]),
        (SCALED.assign(age=np.random.RandomState(3).randn(N)), ["age"]),
        (SCALED.assign(is_old=RNG.randint(0, 2, N)), ["is_old"]),
        (named([f"2024-{month:02}" for month in range(1, T + 1)]).assign(area=HOURS), ["area"]),
        (named([f"{1100 - 2 * step}.5 nm" for step in range(T)]).assign(moisture=TEMP), ["moisture"]),
        (named([str(step) for step in range(T)]).assign(label=Y), ["label"]),
        (STEPS.assign(hours=HOURS, t12=WAVES[:, -1]), ["hours"]),
    ],
)
def test_columns_that_are_told(frame, others):
    assert columns_beside_steps(frame)[1] == others


WEEKS = np.cumsum(np.c_[80 + 5 * RNG.randn(N), RNG.randn(N, T)], axis=1)


@pytest.mark.parametrize(
    "frame",
    [
        STEPS,
        named(["baseline", *(f"week_{week}" for week in range(1, T + 1))], WEEKS),
        named([*(f"lag_{T - lag}" for lag in range(T)), "today"], WEEKS),
        named(["start", *(f"t{step}" for step in range(T - 1)), "end"], WEEKS),
        named(["x", *(f"x.{copy}" for copy in range(1, T))], WEEKS),
        named([f"{of}{step}" for step in range(6) for of in "xy"]).assign(hours=HOURS),
        named(["age", "height", "x1", "x2", "x3", "mass", "y1", "y2"]).assign(hours=HOURS),
        named(["t0", "t2", "t1", "t3", "t5", "t4", "t7"]).assign(hours=HOURS),
        STEPS[["t0", "t1", "t2", "t3"]].assign(hours=HOURS),
        STEPS.assign(hours=HOURS)[:8],
        STEPS.assign(state="on"),
        pd.DataFrame(WAVES),
        pd.DataFrame(),
        WAVES,
        None,
    ],
)
def test_other_tables(frame):
    assert columns_beside_steps(frame) is None
