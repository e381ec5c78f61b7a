"""The linear part against scikit-learn's Ridge on windows laid flat, and on targets that are linear."""

from dataclasses import replace

import numpy as np
import pytest
from sklearn.linear_model import Ridge
from threadpoolctl import threadpool_info, threadpool_limits

from skseq._data.forecasts import linear_part
from skseq._data.forecasts.linear_part import LinearPart

pytestmark = pytest.mark.usefixtures("_none_are_few")
rng = np.random.RandomState(0)
SOURCE, FUTURE = rng.randn(60, 4, 2), rng.randn(60, 3, 1)
ROWS = {"source": SOURCE, "future": FUTURE, "weight": rng.rand(60)}
TARGET = rng.randn(60, 3, 2)


@pytest.fixture
def _none_are_few(monkeypatch):
    """60 samples are few for 8 inputs; here what is solved is looked at."""
    monkeypatch.setattr(linear_part, "MOST_FEW", 0)


def test_every_step_is_a_ridge_regression():
    part = LinearPart.learn(ROWS, TARGET, np.arange(60), n_known=1)
    found = part.predict(ROWS)
    for step in range(3):
        inputs = np.concatenate([SOURCE.reshape(60, 8), FUTURE[:, step]], axis=1)
        ridge = Ridge().fit(inputs, TARGET[:, step], sample_weight=ROWS["weight"] / ROWS["weight"].mean())
        np.testing.assert_allclose(found[:, step], ridge.predict(inputs))
    some = {name: x[:5] for name, x in ROWS.items()} | {"future": FUTURE[:5, :2]}
    np.testing.assert_allclose(part.predict(some), found[:5, :2])  # a forecast of fewer steps


def test_the_step_one_season_before_is_read_where_the_last_steps_end_behind_it(monkeypatch):
    """A target that is a difference to the last season cannot be told without what made the value there."""
    monkeypatch.setattr(linear_part, "MOST_INPUTS", 2)  # of the last step alone
    place = linear_part.Place(columns=[1], mean=np.zeros(1), deviation=np.ones(1), season=2)
    part = LinearPart.learn(ROWS, TARGET, np.arange(60), n_known=1, place=place)
    for step, before in enumerate((2, 3, 2)):  # of 4 steps
        inputs = np.concatenate([SOURCE[:, -1], FUTURE[:, step], SOURCE[:, before]], axis=1)
        ridge = Ridge().fit(inputs, TARGET[:, step], sample_weight=ROWS["weight"] / ROWS["weight"].mean())
        np.testing.assert_allclose(part.predict(ROWS)[:, step], ridge.predict(inputs))
    longer = replace(place, season=5)  # than the windows
    alone, given = (LinearPart.learn(ROWS, TARGET, np.arange(60), place=own) for own in (None, longer))
    np.testing.assert_array_equal(given.past, alone.past)


def test_windows_and_targets_of_other_lengths():
    """Windows end where they end; a step is learnt from the targets that have it, and from chosen samples alone."""
    lengths = np.where(np.arange(60) % 3, 4, 3).astype(np.int32)
    padded = np.where(np.arange(4)[:, None] < lengths[:, None, None], SOURCE, 99)
    rows = {"source": padded, "source_lengths": lengths, "weight": np.ones(60), "target_lengths": 1 + np.arange(60) % 3}
    samples = np.arange(50)
    part = LinearPart.learn(rows, TARGET, samples)
    last = np.stack([own[n - 3 : n].ravel() for own, n in zip(SOURCE, lengths)])
    for step in range(3):
        has = samples[rows["target_lengths"][samples] > step]
        expected = Ridge().fit(last[has], TARGET[has, step]).predict(last)
        np.testing.assert_allclose(part.predict(rows)[:, step], expected)


def test_a_window_that_is_shorter_than_all_in_fit_begins_with_its_first_step():
    part = LinearPart.learn(ROWS, TARGET, np.arange(60))
    short = ROWS | {"source": SOURCE[:, 2:], "source_lengths": np.full(60, 2, np.int32)}
    longer = ROWS | {"source": SOURCE[:, [2, 2, 2, 3]]}
    np.testing.assert_array_equal(part.predict(short), part.predict(longer))


def test_solves_have_one_thread_whatever_the_process_has(monkeypatch):
    """Threads that wait for each other on cores which others use, too, take many times as long."""
    seen, solve = [], linear_part._solve
    monkeypatch.setattr(
        linear_part, "_solve", lambda *given, **options: seen.append(blas_threads()) or solve(*given, **options)
    )
    with threadpool_limits(2, user_api="blas"):
        before = blas_threads()
        LinearPart.learn(ROWS, TARGET, np.arange(60), n_known=1, robust=True)
        assert set.union(*seen) <= {1}  # of libraries that can be told
        assert blas_threads() == before


def blas_threads():
    return {library["num_threads"] for library in threadpool_info() if library["user_api"] == "blas"}


def test_how_many_samples_are_enough():
    assert LinearPart.n_enough(ROWS, 1) == 18  # of 9 inputs


@pytest.mark.parametrize("weights", [np.ones(60), ROWS["weight"] / ROWS["weight"].mean()])
def test_errors_of_other_samples_are_larger_by_the_degrees_of_freedom(weights):
    """They are the trace of the matrix by which ridge makes its forecasts of the targets: that of the middle step."""
    inputs = np.concatenate([SOURCE.reshape(60, 8), FUTURE[:, 1]], axis=1)
    forecasts = [Ridge().fit(inputs, one, sample_weight=weights).predict(inputs) for one in np.eye(60)]
    part = LinearPart.learn(ROWS | {"weight": weights}, TARGET, np.arange(60), n_known=1)
    np.testing.assert_allclose(part.larger, 60 / (60 - np.trace(forecasts)))


def test_errors_of_many_samples_are_those_of_others():
    repeated = {name: np.repeat(x, 2, axis=0) for name, x in ROWS.items()}
    many = LinearPart.learn(repeated, np.repeat(TARGET, 2, axis=0), np.arange(90), n_known=1)  # ten times the inputs
    assert many.larger == 1


def test_of_few_samples_a_penalty_is_chosen(monkeypatch):
    """Noise is held back to its mean; what is linear is not. 90 samples of 9 inputs are no longer few."""
    monkeypatch.setattr(linear_part, "MOST_FEW", 1000)
    assert [LinearPart.are_few(n, ROWS, 1) for n in (0, 89, 90)] == [True, True, False]
    noise = LinearPart.learn(ROWS, TARGET, np.arange(60), n_known=1)
    assert noise.few
    np.testing.assert_allclose(noise.errors, TARGET.std(axis=(0, 1)), rtol=0.2)  # of samples that were held out
    np.testing.assert_allclose(noise.past, 0, atol=0.01)
    exact = SOURCE[:, -1:, :1] + 3 * FUTURE  # (60, 3, 1)
    for robust in (False, True):
        part = LinearPart.learn(ROWS, exact, np.arange(60), n_known=1, robust=robust)
        np.testing.assert_allclose(part.predict(ROWS), exact, atol=0.05)


@pytest.mark.parametrize("robust", [False, True])
def test_of_few_samples_changes_from_the_last_value_may_be_learnt(monkeypatch, robust):
    """Targets are the last value of the second column, in their own units, plus a step that is noise, and its drift."""
    monkeypatch.setattr(linear_part, "MOST_FEW", 1000)
    place = linear_part.Place(columns=[1], mean=np.array([5.0]), deviation=np.array([2.0]))
    last = 5 + 2 * SOURCE[:, -1:, 1:]  # (60, 1, 1)
    walked = last + np.array([0.5, 1, 1.5])[:, None] + 0.01 * np.random.RandomState(3).randn(60, 3, 1)
    part = LinearPart.learn(ROWS, walked, np.arange(60), robust=robust, place=place)
    np.testing.assert_allclose(part.past[:, -1, 1, 0], 2, atol=0.01)
    np.testing.assert_allclose(part.predict(ROWS), last + np.array([0.5, 1, 1.5])[:, None], atol=0.01)
    level = LinearPart.learn(ROWS, TARGET[..., :1], np.arange(60), robust=robust, place=place)  # that does not go on
    assert level.predict(ROWS).std(axis=0).max() < 0.3 * last.std()  # and forecasts do not


def test_of_few_changes_from_a_season_that_are_noise_hardly_any_is_forecast(monkeypatch):
    """The same targets as levels keep their means; what is linear is forecast as it is."""
    monkeypatch.setattr(linear_part, "MOST_FEW", 1000)
    season = linear_part.Place(columns=[0, 1], mean=np.zeros(2), deviation=np.ones(2), season=5)  # no start of its own
    changes, levels = (
        LinearPart.learn(ROWS, TARGET, np.arange(60), place=place).predict(ROWS) for place in (season, None)
    )
    assert np.abs(changes).mean() < 0.2 * np.abs(levels).mean()
    exact = SOURCE[:, -1:, :1] + np.zeros((1, 3, 1))
    one = linear_part.Place(columns=[0], mean=np.zeros(1), deviation=np.ones(1), season=5)
    part = LinearPart.learn(ROWS, exact, np.arange(60), place=one)
    np.testing.assert_allclose(part.predict(ROWS), exact, atol=0.05)


@pytest.mark.parametrize("robust", [False, True])
@pytest.mark.parametrize("stays", [True, False])
def test_of_few_samples_a_season_goes_on_as_the_mean_of_all_or_as_the_last_one(monkeypatch, stays, robust):
    """Two seasons of two steps, in units of the targets; these are what follows less the last season."""
    monkeypatch.setattr(linear_part, "MOST_FEW", 1000)
    place = linear_part.Place(columns=[1], mean=np.array([5.0]), deviation=np.array([2.0]), season=2)
    first, second = np.split(5 + 2 * SOURCE[:, :, 1], 2, axis=1)
    shape = ((first + second) / 2 + (second - first).mean(axis=1, keepdims=True) / 2)[:, [0, 1, 0]]
    expected = (shape - second[:, [0, 1, 0]])[:, :, None] * stays
    part = LinearPart.learn(ROWS, expected + 0.1 * rng.randn(60, 3, 1), np.arange(60), robust=robust, place=place)
    np.testing.assert_allclose(part.predict(ROWS), expected, atol=0.15)
    weights = place.start(4, 3)
    np.testing.assert_allclose(weights[0], [1 / 4, -1 / 4, -1 / 4, 1 / 4])
    np.testing.assert_allclose(weights[2], weights[0])
    assert not place.start(3, 3).any()  # one season is the last
    assert place.start(1, 3) is None


@pytest.mark.parametrize("robust", [False, True])
def test_few_targets_are_learnt_as_if_each_were_alone(monkeypatch, robust):
    """The first is exact, and the second is noise that goes on from its last value."""
    monkeypatch.setattr(linear_part, "MOST_FEW", 1000)
    exact = SOURCE[:, -1:, :1] + np.zeros((1, 3, 1))
    walk = SOURCE[:, -1:, 1:] + np.random.RandomState(5).randn(60, 3, 1)
    targets, places = [exact, walk, np.concatenate([exact, walk], axis=2)], [[0], [1], [0, 1]]
    first, second, both = (
        LinearPart.learn(
            ROWS,
            target,
            np.arange(60),
            robust=robust,
            place=linear_part.Place(columns=own, mean=np.zeros(len(own)), deviation=np.ones(len(own))),
        )
        for target, own in zip(targets, places)
    )
    alone = np.concatenate([first.predict(ROWS), second.predict(ROWS)], axis=2)
    np.testing.assert_allclose(both.predict(ROWS), alone, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(both.errors, np.concatenate([first.errors, second.errors]), rtol=1e-6)


def test_a_few_samples_of_other_lengths_or_one_alone(monkeypatch):
    monkeypatch.setattr(linear_part, "MOST_FEW", 1000)
    lengths = 1 + np.arange(60) % 3
    part = LinearPart.learn(ROWS | {"target_lengths": lengths}, 1 + 0 * TARGET, np.arange(7), n_known=1)
    np.testing.assert_allclose(part.predict(ROWS), 1)
    place = linear_part.Place(columns=[0, 1], mean=np.zeros(2), deviation=np.ones(2))
    one = LinearPart.learn(ROWS, TARGET, np.array([4]), place=place)
    np.testing.assert_allclose(one.predict(ROWS)[4], TARGET[4])  # and other windows go on as this one did
    np.testing.assert_allclose(one.predict(ROWS)[5] - SOURCE[5, -1], TARGET[4] - SOURCE[4, -1])


def test_large_errors_do_not_decide_a_robust_one():
    """One target in twenty is far out; the others are linear, and remain so. Nothing else differs from ridge."""
    inputs, slopes = np.random.RandomState(1).randn(400, 3, 1), np.array([[1.0, -2], [0.5, 0], [3, 1]])
    rows = {"source": inputs, "weight": np.ones(400)}
    linear = inputs[:, :, 0] @ slopes  # (400, 2)
    seen = linear + np.where(np.arange(400) % 20 == 0, 100, 0)[:, None] + 0.01 * rng.randn(400, 2)
    by_squares, robust = (LinearPart.learn(rows, seen[:, None], np.arange(400), robust=flag) for flag in (False, True))
    np.testing.assert_allclose(robust.past[0, :, 0], slopes, atol=0.02)  # ridge shrinks a little
    np.testing.assert_allclose(robust.intercept, 0, atol=0.02)
    assert np.abs(by_squares.intercept).min() > 4
    first, second = (LinearPart.learn(rows, seen[:, None, [k]], np.arange(400), robust=True) for k in (0, 1))
    np.testing.assert_allclose(robust.predict(rows)[:, :, 0], first.predict(rows)[:, :, 0])  # targets by themselves
    np.testing.assert_allclose(robust.predict(rows)[:, :, 1], second.predict(rows)[:, :, 0])


def test_a_robust_one_ends_at_weights_by_its_own_errors():
    """Where more rounds change nothing: a ridge with every weight times the median error over its own, 1 on average."""
    target, own = np.random.RandomState(2).standard_t(2, size=(60, 3, 1)), np.repeat([1.0, 2], 30) / 1.5
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linear_part, "ROUNDS", 200)
        part = LinearPart.learn(ROWS | {"weight": own}, target, np.arange(60), robust=True)
    flat = SOURCE.reshape(60, 8)
    errors = np.abs(target - part.predict(ROWS))[:, :, 0]  # (60, 3)
    for step in range(3):
        typical = np.sort(np.repeat(errors[:, step], [1] * 30 + [2] * 30))[44]  # the 45th of 90
        less = np.minimum(1, typical / errors[:, step])
        again = Ridge().fit(flat, target[:, step, 0], sample_weight=own * less / np.average(less, weights=own))
        np.testing.assert_allclose(part.predict(ROWS)[:, step, 0], again.predict(flat), atol=1e-6)


@pytest.mark.parametrize("robust", [False, True])
def test_a_weight_of_two_is_a_sample_given_twice(robust):
    """But for the penalty of ridge, which is that of 60 samples, not of 91: as if these had weights of 60 / 91."""
    twice = {name: np.concatenate([x, x[:31]]) for name, x in ROWS.items()}
    once = ROWS | {"weight": np.repeat([2.0, 1], [31, 29])}
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(linear_part, "_relative", lambda weight: np.full(len(weight), 60 / 91))
        repeated = LinearPart.learn(twice, np.concatenate([TARGET, TARGET[:31]]), np.arange(91), robust=robust)
    found = LinearPart.learn(once, TARGET, np.arange(60), robust=robust)
    np.testing.assert_allclose(found.predict(ROWS), repeated.predict(ROWS))


@pytest.mark.parametrize("robust", [False, True])
def test_only_ratios_of_weights_count(robust):
    expected = LinearPart.learn(ROWS, TARGET, np.arange(60), robust=robust).predict(ROWS)
    for factor in (1e-30, 1e-4, 100):
        rows = ROWS | {"weight": factor * ROWS["weight"]}
        np.testing.assert_allclose(LinearPart.learn(rows, TARGET, np.arange(60), robust=robust).predict(ROWS), expected)


def test_a_round_moves_by_a_ridge_regression_of_weighted_errors(monkeypatch):
    start = LinearPart.learn(ROWS, TARGET, np.arange(60))
    monkeypatch.setattr(linear_part, "ROUNDS", 1)
    found = LinearPart.learn(ROWS, TARGET, np.arange(60), robust=True)
    errors, weight = (TARGET - start.predict(ROWS))[:, 0, 0], ROWS["weight"] / ROWS["weight"].mean()
    order = np.argsort(np.abs(errors))
    typical = np.abs(errors)[order][np.searchsorted(np.cumsum(weight[order]), weight.sum() / 2)]
    less = np.minimum(1, typical / np.abs(errors))
    pull = errors * less / np.average(less, weights=weight)
    flat, before = SOURCE.reshape(60, 8), start.past[0, :, :, 0].ravel()
    flat = flat - np.average(flat, axis=0, weights=weight)
    move = np.linalg.solve(flat.T * weight @ flat + np.eye(8), flat.T @ (weight * pull) - before)  # the penalty is 1
    np.testing.assert_allclose(found.past[0, :, :, 0].ravel(), before + move)


def test_known_numbers_of_steps_that_some_samples_have():
    """Steps that all samples have share the products of their pasts; another one is learnt from those that have it."""
    rows = ROWS | {"weight": np.ones(60), "target_lengths": np.where(np.arange(60) < 50, 3, 2)}
    found = LinearPart.learn(rows, TARGET, np.arange(60), n_known=1).predict(rows)
    for step, n in enumerate((60, 60, 50)):
        inputs = np.concatenate([SOURCE.reshape(60, 8), FUTURE[:, step]], axis=1)
        np.testing.assert_allclose(found[:, step], Ridge().fit(inputs[:n], TARGET[:n, step]).predict(inputs))


def test_steps_that_no_target_has():
    rows = ROWS | {"target_lengths": np.full(60, 2)}
    robust = LinearPart.learn(rows, TARGET, np.arange(60), robust=True)
    np.testing.assert_array_equal(robust.predict(rows)[:, 2], 0)
    np.testing.assert_allclose(robust.past[:2], LinearPart.learn(ROWS, TARGET[:, :2], np.arange(60), robust=True).past)


def test_samples_without_weight_say_nothing_about_errors():
    rows = ROWS | {"weight": np.r_[np.ones(40), np.zeros(20)]}
    far = np.where(rows["weight"][:, None, None] > 0, TARGET, 1e6)
    found, expected = (LinearPart.learn(rows, y, np.arange(60), robust=True).predict(rows) for y in (far, TARGET))
    np.testing.assert_allclose(found, expected)


def test_targets_that_are_met_exactly():
    """Errors of 0 are no division by zero, not where most are 0 either."""
    robust = LinearPart.learn(ROWS, 0 * TARGET, np.arange(60), robust=True)
    np.testing.assert_array_equal(robust.predict(ROWS), 0)
    few = np.where(np.arange(60) < 10, TARGET.T, 0).T
    np.testing.assert_allclose(LinearPart.learn(ROWS, few, np.arange(60), robust=True).predict(ROWS), 0, atol=0.2)
