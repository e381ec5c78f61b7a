"""How far linear models of few samples are held back, beside brute force and answers that are known."""

import numpy as np
import pytest
from sklearn.linear_model import Ridge

from skseq._data.few_samples import AS_GOOD, PENALTIES, chosen

rng = np.random.RandomState(0)
INPUTS, WEIGHT = rng.randn(23, 4), 1.0 + np.arange(23) % 3


def by_hand(targets, n_apart):
    """Squared errors of five blocks for each penalty; the samples next to a block are not trained on."""
    blocks = np.split(np.arange(23), np.cumsum([5, 5, 5, 4]))
    found = []
    for penalty in PENALTIES:
        errors = 0
        for block in blocks:
            near = (np.arange(23) > block[0] - n_apart) & (np.arange(23) < block[-1] + n_apart)
            ridge = Ridge(alpha=penalty).fit(INPUTS[~near], targets[~near], sample_weight=WEIGHT[~near])
            errors += np.sum(WEIGHT[block, None] * (ridge.predict(INPUTS[block]) - targets[block]) ** 2)
        found.append(errors)
    return np.array(found)


@pytest.mark.parametrize("n_apart", [1, 3])
@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_the_largest_penalty_that_is_as_good_as_the_best(n_apart, share):
    targets = share * INPUTS[:, :2] + rng.randn(23, 2)
    errors = by_hand(targets, n_apart)
    expected = max(np.array(PENALTIES)[errors <= AS_GOOD * errors.min()])
    found = chosen(INPUTS, targets, WEIGHT, n_apart=n_apart)
    assert found[:2] == (expected, False)
    squares = found.errors**2 * WEIGHT.sum()
    assert squares.sum() == pytest.approx(errors[PENALTIES.index(expected)])


def test_blocks_are_apart_by_a_tenth_of_the_samples_at_most():
    targets = INPUTS[:, :1] + rng.randn(23, 1)
    far = [chosen(INPUTS, targets, WEIGHT, n_apart=n) for n in (3, 23)]
    assert far[0][:2] == far[1][:2]
    assert far[0].errors == far[1].errors


@pytest.mark.parametrize(("walks", "last"), [(True, True), (False, False)])
def test_whether_targets_go_on_from_the_last_value(walks, last):
    values = 3 * rng.randn(23, 1)
    targets = np.where(walks, values, 0) + rng.randn(23, 1)
    assert chosen(rng.randn(23, 4), targets, WEIGHT, last=values).last is last


def test_where_nothing_can_be_held_out_the_most_cautious_is_taken():
    last = np.ones((1, 2))
    assert chosen(INPUTS[:1], last + 1, WEIGHT[:1], last=last)[:2] == (PENALTIES[-1], True)
    assert chosen(INPUTS[:1], last + 1, WEIGHT[:1])[:2] == (PENALTIES[-1], False)
    assert chosen(INPUTS[:1], last + 1, WEIGHT[:1]).errors.tolist() == [0, 0]
    only = np.eye(23)[0]  # one sample alone counts: its block has none to train on, and all others no weight
    assert chosen(INPUTS, rng.randn(23, 1), only).penalty == PENALTIES[-1]
