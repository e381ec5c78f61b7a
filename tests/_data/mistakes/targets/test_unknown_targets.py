"""Numbers in y that stand for what is not known: which are told, that the code leaves them out, and which are not."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from quiet_fits import assert_no_warning
from warned import told

from skseq import SequenceRegressor
from skseq._data.mistakes.targets.unknown_targets import number_for_unknown

RNG = np.random.RandomState(0)
X = RNG.randn(200, 4)
Y = RNG.gamma(2, 0.15, 200)  # redshifts
SMALL = {"units": 2, "epochs": 1}
UNKNOWN = np.arange(200) % 25 == 3
pytestmark = pytest.mark.usefixtures("eager", "untrained")


def told_of(y, **parameters):
    """The warnings of a fit that name such a number."""
    messages = told(SequenceRegressor(**SMALL, **parameters).fit, X, y)
    return [one for one in messages if "stands for what is not known" in one]


def left_out(message, X, y):
    """The samples that the code in a message keeps."""
    names = {"np": np, "X": X, "y": y}
    names["known"] = eval(re.search(r"with known = (.*?), pass X", message)[1], names)
    of_lists, own = re.search(r"of a list (\[x .*? own\]), and (.*?\[known\])\.", message).groups()
    return eval(of_lists if isinstance(X, list) else "X[known]", names), eval(own, names)


@pytest.mark.parametrize("kind", [list, np.asarray, pd.DataFrame])
@pytest.mark.parametrize("scale_targets", [True, False])
def test_such_samples_are_left_out(kind, scale_targets):
    """It says nothing of TransformedTargetRegressor, which learns -99."""
    y = np.where(UNKNOWN, -99.0, Y)
    [message] = told_of(y, scale_targets=scale_targets)
    assert message.startswith("4% of y are -99, far from all others. SequenceRegressor learns them as any other.")
    assert "scale_targets" not in message
    some, own = left_out(message, kind(X), list(y))
    np.testing.assert_array_equal(own, Y[~UNKNOWN])
    np.testing.assert_array_equal(some, X[~UNKNOWN])
    assert_no_warning(SequenceRegressor(**SMALL), some, own)


def fitted_one_by_one(message, y):
    """The regressors that the code in a message fits, of numbers or objects."""
    code = re.search(r"samples that have it: (\[.*\]), with", message)[1].replace("()", "(**SMALL)", 1)
    return eval(code, {"np": np, "X": X, "y": y, "SMALL": SMALL, "SequenceRegressor": SequenceRegressor})


def test_columns_are_left_out_or_fitted_one_by_one():
    third = np.arange(200) % 3 == 0
    y = np.stack([Y, np.where(third, -999, Y), np.where(UNKNOWN, 999, Y)], axis=1)
    [message] = told_of(y)
    assert message.startswith("33.5% of y[:, 1] are -999, far from all others; likewise 999 in column 2. ")
    some, own = left_out(message, X, y)
    np.testing.assert_array_equal(own, y[~(third | UNKNOWN)])
    assert_no_warning(SequenceRegressor(**SMALL), some, own)
    models = fitted_one_by_one(message, y)
    assert [model.predict(X[:2]).shape for model in models] == [(2,)] * 3


def test_a_column_alone_and_columns_of_which_no_sample_has_all():
    y = np.where(UNKNOWN, -99.0, Y)[:, None]
    [message] = told_of(y)
    np.testing.assert_array_equal(left_out(message, X, y)[1][:, 0], Y[~UNKNOWN])
    half = np.arange(200) % 2 == 0
    [message] = told_of(np.where(np.stack([half, ~half], axis=1), -99, Y[:, None]))
    assert "known, no sample has all columns: fit one regressor for each column on" in message


@pytest.mark.parametrize(
    "kind", [np.asarray, np.ndarray.tolist, pd.DataFrame, lambda y: pd.DataFrame(y).convert_dtypes(), pl.DataFrame]
)
def test_nan_in_columns(kind):
    y = np.stack([np.round(1e3 * Y), np.where(UNKNOWN, np.nan, Y)], axis=1)
    says = r"^Input y contains NaN: in 8 of 200 rows, the first at row 3, column 1\. .* Or fit one regressor for each"
    with pytest.raises(ValueError, match=says) as error:
        SequenceRegressor(**SMALL).fit(X, kind(y))
    some, own = left_out(str(error.value), list(X), kind(y))
    np.testing.assert_array_equal(own.astype(float), y[~UNKNOWN])
    SequenceRegressor(**SMALL).fit(some, own)
    assert len(fitted_one_by_one(str(error.value), kind(y))) == 2


@pytest.mark.parametrize("n_outputs", [1, 2])
def test_a_mask_of_targets_is_no_padding(n_outputs):
    mask = np.stack([UNKNOWN, UNKNOWN[::-1]], axis=1)[:, :n_outputs]
    y = np.ma.masked_array(np.stack([Y, Y], axis=1)[:, :n_outputs], mask)
    y, rows = (y[:, 0], 8) if n_outputs == 1 else (y, 16)
    place = "row 3" if n_outputs == 1 else "row 3, column 0"
    says = rf"^y has a mask, which marks targets that are missing: in {rows} of 200 rows, the first at {place}\. "
    with pytest.raises(ValueError, match=says) as error:
        SequenceRegressor(**SMALL).fit(X, y)
    some, own = left_out(str(error.value), X, y)
    assert len(some) == len(own) == 200 - rows
    SequenceRegressor(**SMALL).fit(some, own)
    if n_outputs == 2:
        assert len(fitted_one_by_one(str(error.value), y)) == 2


def test_missing_targets_elsewhere():
    y = np.where(UNKNOWN, np.nan, Y)
    with pytest.raises(
        ValueError, match=r"^Input y contains NaN: in 8 of 200 rows, the first at row 3\. .*\[known\]\.$"
    ):
        SequenceRegressor(**SMALL).fit(X, y)
    with pytest.raises(
        ValueError, match=r"^Input y_val contains NaN: .* pass X_val\[known\], .*asarray\(y_val\)\[known"
    ):
        SequenceRegressor(**SMALL).fit(X, Y, X_val=X, y_val=y)
    half = np.where(np.eye(2, dtype=bool)[np.arange(200) % 2], np.nan, 1)
    with pytest.raises(ValueError, match=r"in 200 of 200 rows, .*\. No sample has all columns: fit one regressor"):
        SequenceRegressor(**SMALL).fit(X, half)


LOG_P = RNG.normal(2.5, 1.6, 400)
RARE = np.arange(400) % 97 == 5  # 5 times
YEARS = RNG.randint(1480, 1750, 400)


@pytest.mark.parametrize(
    ("y", "number"),
    [
        (np.where(RARE, -9.99, LOG_P), -9.99),
        (np.where(RARE, LOG_P, -9999), None),  # 5 others
        (np.where(np.arange(400) % 10, -9999, LOG_P), -9999),  # nine in ten
        (np.where(RARE, -1000, abs(LOG_P)), -1000),
        (np.where(RARE, -999.25, LOG_P), -999.25),
        (np.where(RARE, 99, LOG_P), 99),
        (np.where(RARE, 999, np.round(8 * LOG_P) + 40), 999),
        (np.where(RARE, 0, YEARS), 0),
        (np.where(RARE, -1, YEARS), -1),
        (np.where(np.arange(400) < 30, 0, YEARS), 0),
    ],
)
def test_numbers_that_look_chosen(y, number):
    assert number_for_unknown(y) == number


@pytest.mark.parametrize(
    "y",
    [
        LOG_P,
        np.where(np.arange(400) > 397, -99, LOG_P),  # two
        np.where(RARE, 0, LOG_P + 100),
        np.minimum(LOG_P * 20 + 60, 100),
        np.minimum(LOG_P * 20 + 60, 99),
        np.minimum(np.arange(400)[::-1], 125),
        np.where(RARE, 1000, RNG.poisson(30, 400)),
        np.where(RARE, 999, np.round(np.exp(LOG_P))),
        np.where(RARE, 99.99, np.round(np.exp(LOG_P / 2)) - 0.01),
        np.where(np.arange(400) % 9 < 4, -1, RNG.uniform(0.1, 0.8, 400)),
        np.where(np.arange(400) % 9 < 4, -1, RNG.randint(5, 60, 400)),
        np.where(np.arange(400) % 7 == 6, 0, RNG.poisson(300, 400)),
        np.where(np.arange(400) % 7 == 6, 0, RNG.poisson(900, 400)),
        np.where(np.arange(400) % 3 > 0, 0, np.round(np.exp(LOG_P))),
        np.where(np.arange(400) % 10 > 0, 0, YEARS),
        np.where(RARE, 0, RNG.randint(1200, 1750, 400)),
        np.where(np.arange(400) % 3 == 0, 0, RNG.randint(160, 185, 400)),
        np.maximum(LOG_P, -0.99),
        np.round(RNG.standard_cauchy(400)),
        np.r_[np.full(9, -1e308), 1e308 * np.linspace(-0.9, 1, 100)],
    ],
    ids=[
        "none",
        "few",
        "zeros",
        "cap of 100",
        "cap of nines",
        "censored lives",
        "large orders",
        "prices",
        "prices in cents",
        "lost bets",
        "lost bets in cents",
        "sales",
        "many sales",
        "rain",
        "mostly zero",
        "years of long",
        "hours of people on leave",
        "floor",
        "counts",
        "huge",
    ],
)
def test_numbers_that_may_well_be_right(y):
    assert number_for_unknown(np.asarray(y, float)) is None


def test_profits_that_are_mostly_zero_and_cut_at_a_number_of_nines():
    """Nearly all others are one value, so that none lies far from these."""
    profits = np.where(RNG.rand(2_000) < 0.96, 0, np.maximum(RNG.normal(0, 100, 2_000).round(), -99))
    assert np.count_nonzero(profits == -99) > 2
    assert number_for_unknown(profits) is None


def test_validation_targets_that_lack_some_are_to_be_left_out():
    y = np.stack([Y, np.where(UNKNOWN, np.nan, Y)], axis=1)
    with pytest.raises(ValueError, match="^Input y_val contains NaN: .*np.asarray.y_val..known.[.]$"):
        SequenceRegressor(**SMALL).fit(X, np.stack([Y, Y], axis=1), X_val=X, y_val=y)
