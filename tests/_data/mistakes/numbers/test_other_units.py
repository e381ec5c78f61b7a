"""Changes of units, and of levels as they are usual."""

import re

import numpy as np
import pandas as pd
import polars
import pytest
from sklearn.linear_model import Ridge
from warned import told

from skseq import SeriesForecaster
from skseq._data.mistakes.numbers.other_units import other_unit

STEPS = np.arange(120)
RNG = np.random.RandomState(0)
LOAD = 2 + np.sin(2 * np.pi * STEPS / 24) + 0.1 * RNG.randn(120)  # 0.8 to 3.2
SWITCHED = np.where(STEPS < 70, 1000, 1) * LOAD
DAYS = pd.date_range("2024-01-01", periods=120)


@pytest.mark.parametrize("ratio", [1e-3, 1e3, 1e6, 3.6e6, 1e-2])
@pytest.mark.parametrize("step", [24, 70, 96])
def test_a_change_of_unit_is_found_at_its_step(ratio, step):
    found, near = other_unit(np.where(step <= STEPS, ratio, 1) * LOAD)
    assert found == step
    np.testing.assert_allclose(near, ratio, rtol=0 if ratio != 3.6e6 else 0.15)


def test_zeros_and_signs_do_not_hide_it():
    """Load with outages, and what flows both ways."""
    assert other_unit(np.where(np.isin(STEPS, [5, 6, 69, 90]), 0, SWITCHED))[0] == 70
    assert other_unit(-SWITCHED) == (70, 1e-3)
    assert other_unit(np.where(STEPS < 70, 1, 1e4) * np.where(STEPS % 7 == 0, -1, 1) * LOAD) == (70, 1e4)


@pytest.mark.parametrize(
    "values",
    [
        LOAD,
        np.where(STEPS < 70, 1, 30) * LOAD,  # a large customer
        np.exp(0.2 * STEPS) * LOAD,
        1000 / (1 + np.exp(60 - STEPS)) + 0.01 * LOAD,  # a start within days
        np.where(STEPS < 40, 0, 300) * LOAD,
        np.where(STEPS < 40, 0.1 * np.abs(RNG.randn(120)), 300 * LOAD),  # noise before the start
        np.where(STEPS < 40, 0.1, 300 * LOAD),
        np.where(STEPS == 60, 1e6, LOAD),
        np.where((STEPS >= 60) & (STEPS < 75), 1e-3, 1) * LOAD,  # an outage
        np.where(STEPS < 110, 1e3, 1) * LOAD,  # ten steps tell little
        np.maximum(0, np.sin(2 * np.pi * (STEPS - 6) / 24)) ** 2 * LOAD * 500,
        RNG.gamma(0.2, 10, 120) * (RNG.rand(120) < 0.3),
        RNG.poisson(3, 120) * (RNG.rand(120) < 0.05) * RNG.choice([1, 100], 120),
        RNG.poisson(np.minimum(1e5, np.exp(0.2 * STEPS - 3))),
        np.cumsum(RNG.randn(120)),
        RNG.standard_cauchy(120),
        np.exp(np.cumsum(0.3 * RNG.randn(120))),
        np.zeros(120),
        np.full(120, 7),
    ],
)
def test_other_levels_are_usual(values):
    assert other_unit(np.asarray(values, float)) is None


def frame(a, b):
    return pd.DataFrame({"a": a, "b": b}, DAYS)


FORMS = {
    "arrays": [LOAD, SWITCHED],
    "columns": [LOAD[:, None], SWITCHED[:, None]],
    "table": np.stack([LOAD, SWITCHED]),
    "integers": np.round(1e6 * np.stack([LOAD, SWITCHED])).astype(int),
    "series": pd.Series(SWITCHED, DAYS),
    "targets": frame(LOAD, SWITCHED),
    "frames": [frame(LOAD, LOAD), frame(SWITCHED, LOAD)],
    "polars": [polars.DataFrame({"day": DAYS.to_numpy(), "kW": own}) for own in (LOAD, SWITCHED)],
}


@pytest.mark.parametrize("form", FORMS)
def test_the_code_of_the_warning_mends_it(form):
    model = SeriesForecaster(Ridge(), window=6, horizon=2)
    X = FORMS[form].copy()
    [message] = told(model.fit, X)
    assert re.search(r"step 70\) on|step 70 on", message)
    assert "1,000 times as small" in message
    given = {"X": X, "numpy": np, "polars": polars}
    exec(re.search(r"later one: (X.*)\. If the level has", message)[1], given)
    assert told(model.fit, given["X"]) == []


def test_others_are_counted():
    [message] = told(SeriesForecaster(Ridge(), window=6).fit, [SWITCHED, LOAD, SWITCHED, SWITCHED])
    assert "from X[0] at step 70 on are" in message
    assert "kW to MW. So do 2 others." in message
