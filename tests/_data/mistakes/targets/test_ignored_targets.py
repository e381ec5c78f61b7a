"""A y that `SeriesForecaster` or an autoencoder ignores: whether that is told."""

import re
import warnings

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse
from quiet_fits import assert_no_warning
from sklearn.linear_model import Ridge
from sklearn.model_selection import cross_validate
from sklearn.pipeline import make_pipeline

import skseq
from skseq import (
    LSTMAutoencoderDetector,
    LSTMAutoencoderTransformer,
    SeasonalNaive,
    SequenceRegressor,
    SeriesForecaster,
)

STEPS = np.arange(60)
DATES = pd.date_range("2024", periods=60)
WEATHER = pd.DataFrame({"temperature": 10 + np.sin(STEPS / 6), "wind": 5 + np.cos(STEPS / 9)}, DATES)
SALES = pd.Series(1000 + 50 * np.sin(STEPS / 6), DATES, name="sales")
LISTED = [WEATHER.to_numpy(), WEATHER.to_numpy()[:50]]


def forecaster(regressor=None):
    return SeriesForecaster(regressor or Ridge(), window=6, horizon=2)


def follow_all(message, X, y):
    """Do all that a message advises, in all ways: with X_future, too, where it names this."""
    for code in re.findall(r"fit\(.*?\)", str(message)):
        for argument in ("X_past", "X_future") if "X_past" in code else ("X_future",):
            with warnings.catch_warnings():
                warnings.simplefilter("error", UserWarning)
                told = f"forecaster().{code.replace('X_past', argument)}"
                eval(told, {"forecaster": forecaster, "X": X, "y": y})


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (WEATHER, SALES),
        (WEATHER, SALES.to_numpy()),
        (WEATHER, SALES.to_frame()),
        (WEATHER, SALES.to_list()),
        ([WEATHER], SALES),
        ([WEATHER], [SALES]),
        (LISTED, [SALES.to_numpy(), SALES.to_numpy()[:50]]),
        (pl.from_pandas(WEATHER.reset_index()), pl.from_pandas(SALES.reset_index())),
        (WEATHER.to_numpy().T, np.stack([SALES, SALES])),
    ],
    ids=["frame", "array", "column", "numbers", "listed", "lists", "several", "polars", "table"],
)
def test_a_series_in_y(X, y):
    for model in (forecaster(), forecaster(SeasonalNaive())):
        with pytest.warns(UserWarning, match="y is ignored: .* an entry for every step of X") as caught:
            model.fit(X, y)
    follow_all(caught[0].message, X, y)
    assert len(re.findall(r"fit\(", str(caught[0].message))) == 2  # the roles of X and y, either way


AHEAD = 1000 + np.sin(np.arange(62) / 5)
LATER = pd.Series(AHEAD, pd.date_range("2024", periods=62))


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (SALES, LATER),
        (SALES, LATER.to_frame("rain")),
        (SALES, AHEAD),
        (SALES, AHEAD.tolist()),
        (SALES, np.c_[AHEAD, AHEAD**2]),
        ([SALES], LATER),
        ([SALES], [LATER]),
        ([SALES.to_numpy()], AHEAD),
        (LISTED, [AHEAD, AHEAD[:52]]),
        (LISTED, [AHEAD, AHEAD[:50]]),
        (pl.from_pandas(SALES.reset_index()), pl.from_pandas(LATER.reset_index())),
        (WEATHER.to_numpy().T, np.stack([AHEAD, AHEAD])),
    ],
    ids=["series", "frame", "array", "numbers", "columns", "a list", "listed", "arrays", "lists", "one", "pl", "table"],
)
def test_a_covariate_with_rows_of_the_future_in_y(X, y):
    with pytest.warns(UserWarning, match="y is ignored: .* covariate that is known ahead, .*X_future=") as caught:
        forecaster().fit(X, y)
    assert "X_past" not in str(caught[0].message)  # X, which is shorter, is no covariate of y
    follow_all(caught[0].message, X, y)


def test_what_is_told_forecasts_from_rows_of_the_future():
    rain = pd.Series(np.random.RandomState(0).gamma(0.3, 10, 302), pd.date_range("2024", periods=302))
    flow = 50 + 2 * rain
    found = SeriesForecaster(Ridge(), window=6, horizon=2).fit(flow[:300], X_future=rain).predict()
    np.testing.assert_allclose(found, flow[300:], rtol=0.01)


def test_what_is_told_forecasts_y():
    assert (forecaster().fit(SALES, X_past=WEATHER).predict() > 900).all()


@pytest.mark.parametrize("X", [WEATHER, WEATHER["wind"], [WEATHER], LISTED, WEATHER.to_numpy().T])
def test_what_scikit_learn_may_pass(X):
    n_series = len(X) if isinstance(X, (list, np.ndarray)) else 1
    following = [[1.0, 2.0]] * n_series
    copied = [own.copy() for own in X] if isinstance(X, list) else X.copy()
    whole = [np.concatenate([own, own[-2:]]) for own in X] if isinstance(X, list) else None
    for y in (None, X, copied, whole, np.zeros(n_series), following, np.array(following), ["a"] * n_series):
        assert_no_warning(forecaster(), X, y)


def test_a_whole_series_beside_its_beginning():
    for whole in (SALES, WEATHER, pl.from_pandas(WEATHER.reset_index())):
        assert_no_warning(forecaster(), whole[:50], whole)


def test_steps_that_follow_in_a_cross_validation():
    X = np.random.RandomState(0).randn(6, 40)
    assert np.isfinite(
        cross_validate(forecaster(), X[:, :-2], X[:, -2:], cv=3, error_score="raise")["test_score"]
    ).all()


CLEAN = np.sin(np.arange(40) / 4 + np.arange(12)[:, None])
NOISY = CLEAN + 0.3 * np.random.RandomState(0).randn(12, 40)
RAGGED = [20 + index for index in range(12)]
SMALL = {"units": 2, "epochs": 1, "random_state": 0}


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (NOISY, CLEAN),
        (NOISY.reshape(12, 20, 2), CLEAN.reshape(12, 20, 2)),
        ([x[:n] for x, n in zip(NOISY, RAGGED)], [x[:n] for x, n in zip(CLEAN, RAGGED)]),
        ((1000 * NOISY[:, :7]).astype(np.int16), (1000 * CLEAN[:, :7]).astype(np.int16)),
    ],
    ids=["columns", "features", "ragged", "short integers"],
)
def test_clean_sequences_in_y(X, y, eager, untrained):
    for model in (LSTMAutoencoderTransformer(**SMALL), LSTMAutoencoderDetector(**SMALL)):
        with pytest.warns(UserWarning, match="^y is ignored: LSTMAutoencoder.* learns to write X again") as caught:
            model.fit(X, y)
    code = re.search(r"from (windows, targets, _ = .*?\(X, y\))", str(caught[0].message))[1]
    found = {"skseq": skseq, "X": X, "y": y}
    exec(code, found)
    assert_no_warning(SequenceRegressor(**SMALL), found["windows"], found["targets"][:, -1])
    assert_no_warning(LSTMAutoencoderTransformer(**SMALL, input_noise=0.5), y)


@pytest.mark.parametrize(
    "y",
    [
        NOISY.copy(),
        (CLEAN > 0).astype(int),
        np.where(CLEAN > 0, "up", "down"),
        np.random.RandomState(1).randn(12, 40),
        -CLEAN,
        np.sin(np.arange(1, 41) / 4 + np.arange(12)[:, None]),
        CLEAN[:, 0],
        CLEAN[:, :1],
        CLEAN[:, 1:],
        [*CLEAN[1:], CLEAN[0, 1:]],
        pd.Series(CLEAN[:, 0]),
        scipy.sparse.csr_array(CLEAN),
        [[1, [2]]] * 12,
        "y",
        0.5,
    ],
    ids=[
        "itself", "labels of steps", "strings", "unrelated", "opposite", "of the next steps", "numbers",
        "column", "next steps", "ragged", "Series", "sparse", "nested", "text", "number",
    ],
)  # fmt: skip
def test_a_y_that_an_autoencoder_ignores(y, eager, untrained):
    for model in (LSTMAutoencoderTransformer(**SMALL), LSTMAutoencoderDetector(**SMALL)):
        assert_no_warning(model, NOISY, y)


@pytest.mark.parametrize("y", [CLEAN, NOISY[:, ::-1], np.roll(NOISY, -1, axis=1)], ids=["alike", "back", "next"])
def test_a_y_for_the_next_step_of_a_pipeline(y, eager, untrained):
    codes = LSTMAutoencoderTransformer(**SMALL)
    assert_no_warning(make_pipeline(codes, Ridge()), NOISY, y)
    assert_no_warning(codes, NOISY, y, fit="fit_transform", sample_weight=np.ones(12))
    assert_no_warning(codes.set_output(transform="pandas"), NOISY, y, fit="fit_transform")
