"""How far linear models of few samples are held back, beside brute force and answers that are known."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from skseq._data.forecasts import cautious_ridge
from skseq._data.forecasts.cautious_ridge import AS_GOOD, DOUBT, PENALTIES, chosen

rng = np.random.RandomState(0)
INPUTS, WEIGHT = rng.randn(23, 4), 1.0 + np.arange(23) % 3


@pytest.fixture(autouse=True)
def drawn_anew():
    """Every test draws the same, whatever was run before it."""
    rng.seed(1)


def by_hand(targets, n_apart):
    """Squared errors of five blocks for each penalty."""
    forecasts = [forecast_by_hand(targets, n_apart, penalty) for penalty in PENALTIES]
    return np.array([np.sum(WEIGHT[:, None] * (forecast - targets) ** 2) for forecast in forecasts])


def forecast_by_hand(targets, n_apart, penalty):
    """What the other blocks say of each (23, k); the samples next to a block are not trained on."""
    blocks = np.split(np.arange(23), np.cumsum([5, 5, 5, 4]))
    found = []
    for block in blocks:
        near = (np.arange(23) > block[0] - n_apart) & (np.arange(23) < block[-1] + n_apart)
        ridge = Ridge(alpha=penalty).fit(INPUTS[~near], targets[~near], sample_weight=WEIGHT[~near])
        found.append(ridge.predict(INPUTS[block]))
    return np.concatenate(found)


def of_steps(targets, **options):
    """What is `chosen` for (23, h) steps of one target."""
    options = {name: x[:, :, None] if name == "start" else x for name, x in options.items()}
    return chosen(INPUTS, targets[:, :, None], WEIGHT, **options)


@pytest.mark.parametrize("n_apart", [1, 3])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_largest_penalty_that_is_as_good_as_the_best(n_apart, share):
    targets = share * INPUTS[:, :2] + rng.randn(23, 2)
    errors = by_hand(targets, n_apart)
    expected = max(np.array(PENALTIES)[errors <= AS_GOOD * errors.min()])
    found = of_steps(targets, n_apart=n_apart)
    assert (found.penalty, found.start) == (expected, False)
    assert found.errors**2 * 2 * WEIGHT.sum() == pytest.approx(errors[PENALTIES.index(expected)])  # a mean of two steps


def test_blocks_are_apart_by_a_tenth_of_the_samples_at_most():
    targets = INPUTS[:, :1] + rng.randn(23, 1)
    far = [of_steps(targets, n_apart=n) for n in (3, 23)]
    assert far[0] == far[1]


@pytest.mark.parametrize(("walks", "last"), [(True, True), (False, False)])
def test_whether_targets_go_on_from_the_last_value(walks, last):
    values = 3 * rng.randn(23, 1)
    targets = np.where(walks, values, 0) + rng.randn(23, 1)
    assert of_steps(targets, start=values).start == last


@pytest.mark.parametrize("slope", [0.1, 0.5, 1.0])
def test_of_changes_the_share_that_errs_least(monkeypatch, slope):
    """Without doubt that of a regression of the targets on held-out forecasts; a grid of shares has none better."""
    monkeypatch.setattr(cautious_ridge, "DOUBT", 0)
    targets = slope * INPUTS[:, :2] + rng.randn(23, 2)
    found = of_steps(targets, n_apart=3, changes=True)
    forecast = forecast_by_hand(targets, 3, found.penalty)
    shares = np.linspace(0, 1, 1001)
    errors = [np.average(np.mean((targets - share * forecast) ** 2, axis=1), weights=WEIGHT) for share in shares]
    assert found.share == pytest.approx(shares[np.argmin(errors)], abs=5e-4)
    assert found.errors**2 == pytest.approx(min(errors))


def test_errors_lower_the_share_the_more_the_fewer_horizons_the_samples_hold():
    targets = 0.5 * INPUTS[:, :2] + rng.randn(23, 2)
    found = of_steps(targets, n_apart=2, changes=True)
    forecast = forecast_by_hand(targets, 2, found.penalty)
    products, squares, errors = (
        np.sum(WEIGHT[:, None] * own) for own in (targets * forecast, forecast**2, (targets - forecast) ** 2)
    )
    assert found.share == pytest.approx(products / (squares + DOUBT * 2 / 23 * errors))
    exact = of_steps(INPUTS[:, :2], n_apart=2, changes=True)
    assert exact.share > 0.98  # there is nothing to doubt


@pytest.mark.parametrize("changes", [True, False])
def test_each_target_is_as_if_it_were_alone(changes):
    """One is exact, and the other noise that goes on from its last value."""
    exact, noise = INPUTS[:, :2, None], rng.randn(23, 2, 1)
    last = np.broadcast_to(5 * rng.randn(23, 1, 1), exact.shape)
    own = {"changes": True} if changes else {}
    lasts = [{"start": None if changes else x} for x in (last, last, np.concatenate([last, last], axis=2))]
    targets = exact, noise if changes else noise + last
    both = chosen(INPUTS, np.concatenate(targets, axis=2), WEIGHT, **own, **lasts[2])
    each = [chosen(INPUTS, target, WEIGHT, **own, **more) for target, more in zip(targets, lasts)]
    for name in both._fields:
        np.testing.assert_allclose(getattr(both, name), [getattr(one, name)[0] for one in each], rtol=1e-9)
    assert both.penalty[0] < both.penalty[1]
    assert both.start.tolist() == [False, not changes]


@pytest.mark.parametrize("nearer", [True, False])
def test_changes_start_where_they_are_small(nearer):
    """From the last season, which a target is, or from another start."""
    start = 3 * rng.randn(23, 2)
    found = of_steps(nearer * start + 0.1 * rng.randn(23, 2), start=start, changes=True)
    assert (found.start, found.share < 0.5) == (nearer, True)


def test_levels_are_followed_all_the_way():
    assert of_steps(rng.randn(23, 2)).share == 1
    far = 3 * rng.randn(23, 1)
    level, walk = (of_steps(x + rng.randn(23, 1), start=far) for x in (0, far))
    assert (level.start, level.share) == (False, 1)
    assert walk.start
    assert walk.share < 0.5  # the changes are noise


def test_where_nothing_can_be_held_out_the_most_cautious_is_taken():
    last, one = np.ones((1, 2, 1)), (INPUTS[:1], np.ones((1, 2, 1)) + 1, WEIGHT[:1])
    assert chosen(*one, start=last) == (PENALTIES[-1], True, 1, 0)
    assert chosen(*one) == (PENALTIES[-1], False, 1, 0)
    assert chosen(*one, changes=True) == (PENALTIES[-1], False, 0, 0)  # from the last season, which is forecast
    only = np.eye(23)[0]  # one sample alone counts: its block has none to train on, and all others no weight
    assert chosen(INPUTS, rng.randn(23, 1, 1), only).penalty == PENALTIES[-1]
