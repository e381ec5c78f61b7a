"""A warning of targets that are cut although they vary most, and none of glitches."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from quiet_fits import assert_no_warning
from sklearn.compose import TransformedTargetRegressor
from sklearn.metrics import r2_score
from warned import told

from skseq import SequenceRegressor
from skseq._base.diagnosis.far_targets import warn_if_cut
from skseq._data.scaling import Scale
from skseq.exceptions import TrainingWarning

RNG = np.random.RandomState(0)
SMALL = {"units": 2, "epochs": 1}


FAR_TARGETS = np.r_[np.arange(96.0), np.full(4, 1e6)]  # the percentiles are 5 and 94, so that 94 + 5 * 89 is the limit


@pytest.mark.usefixtures("untrained")
def test_targets_that_are_cut_although_they_vary_most():
    X, both = RNG.randn(100, 3), np.r_[np.arange(97.0), -1e6, 1e6, 1e6]  # 4 and 93: 93 + 5 * 89, and 4 - 5 * 89
    model = SequenceRegressor(**SMALL)
    with pytest.warns(
        TrainingWarning, match=r"learns 4\.0% of y as if they were 539: .* as far as 1e\+06.*100%.*False"
    ):
        model.fit(X, FAR_TARGETS)
    with pytest.warns(TrainingWarning, match=r"3\.0% of y\[:, 1\] as if they were -441 or 538: "):
        model.fit(X, np.stack([np.arange(100.0), both], axis=1))
    assert_no_warning(model.set_params(scale_targets=False), X, FAR_TARGETS)


LONG_TAIL = np.r_[np.arange(294.0), 700, 1000, 1e6, 1e6]  # 14 and 283: cut beyond 283 + 5 * 269, far beyond 552


def told_of(y):
    """The warnings of numbers y (n,)."""
    return told(warn_if_cut, y[:, None], None, Scale.learn(y[:, None, None]), "It")


def told_by_fit(y):
    return [one for one in told(SequenceRegressor(**SMALL).fit, RNG.randn(100, 3), y) if "as if they were" in one]


def test_few_targets_that_go_on_a_long_tail():
    """Two of 298, and as many between one and five spans beyond the percentiles."""
    [message] = told_of(LONG_TAIL)
    assert message.startswith("It learns 0.7% of y as if they were 1628: they lie beyond, as far as 1e+06, ")
    assert "100% of the variance" in message
    assert told_of(-LONG_TAIL)
    assert not told_of(np.where(LONG_TAIL == 700, 500, LONG_TAIL))  # one other alone: the tail has ended
    assert not told_of(np.where(np.arange(298) == 297, 1628, LONG_TAIL))  # one glitch
    assert not told_of(np.where(LONG_TAIL == 1e6, 3000, LONG_TAIL))  # about half of the variance
    assert not told_of(np.r_[LONG_TAIL, np.arange(202.0)])  # two of 500


# Their percentiles are 0 and 50, so that all above 300 counts as 300.
TAIL = [80, 90, 120, 150, 180, 200, 220, 240, 260, 280, 290, 500, 600, 700]
MONEY = np.r_[np.zeros(275), np.linspace(10, 50, 10), 50, TAIL]  # 900 of 4260 are cut


def test_the_sum_of_money_that_a_cut_lowers():
    [message] = told_of(MONEY)
    assert re.search(r"1\.0% of y as if they were 300:.* of the variance and 21% of the sum\. To learn", message)
    assert "np.log" not in message  # most are 0
    assert not told_of(MONEY - 1)  # sums of what may be negative mean nothing
    assert not told_of(np.where(MONEY == 700, 250, MONEY))  # two are cut


@pytest.mark.parametrize("make", [np.asarray, np.ndarray.tolist, pd.Series, pd.DataFrame, pl.DataFrame])
def test_the_factor_for_sums_works(make):
    y = np.stack([MONEY, MONEY[::-1]], axis=1) if make in (pd.DataFrame, pl.DataFrame) else MONEY
    X = np.random.RandomState(0).randn(300, 3)
    model = SequenceRegressor(units=2, epochs=3, random_state=0)
    with pytest.warns(TrainingWarning, match="of the sum") as warned:
        model.fit(X, make(y))
    [message] = [str(own.message) for own in warned if "of the sum" in str(own.message)]
    known = {"np": np, "y": make(y), "model": model, "X": X}
    factor = eval(re.search(r"by (np\.sum.*axis=0\)) of", message)[1], known)
    np.testing.assert_allclose((factor * model.predict(X)).sum(axis=0), y.sum(axis=0))


def test_nothing_is_said_of_sums_that_the_cut_hardly_changes():
    y = np.r_[np.linspace(1_000, 1_001, 980), np.full(20, 1_040)]  # cut at about 1006
    [message] = told_of(y)
    assert "of the variance. " in message
    assert "sum" not in message.replace("not sums", "")


@pytest.mark.parametrize("draw", ["exponential", "poisson", "standard_normal", "geometric"])
def test_ordinary_targets_have_their_sum(draw):
    random = np.random.RandomState(0)
    y = random.geometric(0.2, 1000) if draw == "geometric" else getattr(random, draw)(size=1000)
    assert not told_of(np.exp(y) if draw == "standard_normal" else y.astype(float))


def test_the_logarithm_of_a_long_tail_is_learnt():
    """Where two of 300 targets are all the variance, as the warning advises."""
    X = np.random.RandomState(0).randn(300, 4)
    y = np.exp(8 * X.mean(axis=1))
    own = SequenceRegressor(units=2, epochs=15, learning_rate=0.03, random_state=0)
    with pytest.warns(TrainingWarning, match="as if they were .*try its func=np.log"):
        own.fit(X, y)
    model = TransformedTargetRegressor(own, func=np.log, inverse_func=np.exp).fit(X, y)
    assert own.score(X, y) < 0.1
    assert r2_score(np.log(y), np.log(model.predict(X))) > 0.8


def test_one_number_may_stand_for_what_is_not_known():
    """Of several this is not said."""
    [message] = told_of(FAR_TARGETS)
    assert "If 1e+06 stands for what is not known, leave such samples out. Else, to learn them in full, try" in message
    [message] = told_of(np.r_[FAR_TARGETS[:-1], 2e6])
    assert "100% of the variance and 100% of the sum. To learn them in full, try" in message


def test_many_columns_of_far_targets_are_told_of_once():
    y = np.stack([np.arange(100.0), *[FAR_TARGETS] * 3], axis=1)
    (message,) = told_by_fit(y)
    assert "4.0% of y[:, 1], one of 3 such columns of 4, as if they were 539" in message


@pytest.mark.parametrize(
    ("least", "says"),
    [(-1, "transformer=StandardScaler()) of scikit-learn."), (0, "of y in a unit in which most are above 1.")],
)
def test_the_logarithm_is_one_that_all_columns_have(least, says):
    """Without the other column it would be np.log."""
    y = np.stack([1e-6 * (1 + FAR_TARGETS), np.arange(100.0) + least], axis=1)
    (message,) = told_by_fit(y)
    assert says in message


@pytest.mark.parametrize(
    ("y", "says"),
    [
        (
            FAR_TARGETS,
            "of scikit-learn. Where relative errors count, not sums, try its func=np.log1p, inverse_func=np.expm1.",
        ),
        (1e-6 * (1 + FAR_TARGETS), " Where relative errors count, not sums, try its func=np.log, inverse_func=np.exp."),
        (1e-6 * FAR_TARGETS, "=np.expm1, of y in a unit in which most are above 1."),  # there is a 0
        (-FAR_TARGETS, "transformer=StandardScaler()) of scikit-learn."),
    ],
    ids=["above 1", "below 1", "with 0", "negative"],
)
def test_the_logarithm_goes_by_the_unit(y, says):
    (message,) = told_by_fit(y)
    assert says in message
    assert ("Where sums count" in message) == (y.min() >= 0)


def test_the_logarithm_of_small_targets_is_learnt():
    X = RNG.randn(100, 3)
    y = 1e-6 * np.exp(2 * X[:, 0] + 1)
    own = SequenceRegressor(units=2, epochs=5, random_state=0)
    model = TransformedTargetRegressor(own, func=np.log, inverse_func=np.exp).fit(X, y)
    np.testing.assert_allclose(np.log(model.predict(X)), model.regressor_.predict(X), rtol=1e-9)
    log1p = TransformedTargetRegressor(own, func=np.log1p, inverse_func=np.expm1).fit(X, y)
    errors = [np.mean((np.log(abs(fitted.predict(X))) - np.log(y)) ** 2) for fitted in (model, log1p)]
    assert errors[0] < errors[1]


def test_later_fits_do_not_warn_of_cut_targets():
    model = SequenceRegressor(**SMALL).fit(X := RNG.randn(100, 3), np.arange(100.0))
    assert_no_warning(model, X, FAR_TARGETS, fit="partial_fit")


@pytest.mark.parametrize(
    "y",
    [
        np.r_[np.arange(99.0), 1e6],  # one glitch
        np.r_[np.arange(96.0), np.full(4, 600.0)],  # cut, but by little
        np.exp(RNG.randn(100)),
        np.r_[np.zeros(96), np.full(4, 1e6)],  # nearly all are equal: nothing is cut
    ],
)
def test_targets_that_are_cut_as_they_should_be(y):
    assert_no_warning(SequenceRegressor(**SMALL), RNG.randn(100, 3), y)


@pytest.mark.usefixtures("untrained")
def test_weights_decide_which_share_of_the_targets_is_cut():
    weight = np.r_[np.ones(96), np.full(4, 0.2)]  # 0.8 of 96.8
    assert_no_warning(SequenceRegressor(**SMALL), RNG.randn(100, 3), FAR_TARGETS, sample_weight=weight)


def test_a_trial_does_not_warn_twice_of_cut_targets():
    messages = told(SequenceRegressor(units=2, random_state=0).fit, RNG.randn(100, 3), FAR_TARGETS)
    assert sum("as if they were" in message for message in messages) == 1
