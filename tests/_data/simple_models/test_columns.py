"""What a linear model of columns leaves, beside answers that are known and scikit-learn's models by hand."""

import numpy as np
import pytest
from sklearn.linear_model import RidgeCV
from sklearn.preprocessing import StandardScaler

from skseq._data.sequences import Sequences
from skseq._data.simple_models import columns
from skseq._data.simple_models.columns import error_of_labels, left_by_columns, left_in_others

rng = np.random.RandomState(0)
X = rng.randn(60, 5, 1)
Y = 3 * X[:, 1, 0] - X[:, 4, 0]


def left(X, y, *, labels=False, **more):
    return left_by_columns(Sequences(values=X, **more), y, labels=labels)


def test_of_what_is_linear_in_the_columns_hardly_anything_is_left():
    assert left(X, Y) < 1e-6
    assert left(X, np.stack([Y, -Y], axis=1)) < 1e-6
    assert left(X, (Y > 0).astype(int), labels=True) < 0.4
    assert left(X[:, :, [0, 0]] * [1, -1], Y) < 1e-6  # two features


def test_noise_is_left():
    assert left(X, rng.randn(60)) > 0.9
    assert left(X, rng.randint(2, size=60), labels=True) > 0.5


def test_every_second_block_of_three_samples_teaches_and_the_others_are_told():
    y, told = Y + rng.randn(60), np.arange(60) // 3 % 2 == 1
    scaler = StandardScaler().fit(X[~told, :, 0])
    model = RidgeCV(columns.PENALTIES).fit(scaler.transform(X[~told, :, 0]), y[~told])
    errors = y[told] - model.predict(scaler.transform(X[told, :, 0]))
    expected = np.sum(errors**2) / np.sum((y[told] - y[~told].mean()) ** 2)
    assert left(X, y) == pytest.approx(expected)


def test_labels_may_alternate_or_be_sorted():
    for y in (np.arange(60) % 2, np.arange(60) // 30, np.arange(60) // 20):
        exact = np.eye(3)[y][:, :, None]
        assert left(exact, y, labels=True) == 0


def test_samples_side_by_side_that_belong_together_are_not_told_by_each_other():
    """Of twenty persons with three recordings each, which have one random label."""
    persons, labels = np.repeat(rng.randn(20, 30, 1), 3, axis=0), np.repeat(rng.randint(2, size=20), 3)
    assert left(persons, labels, labels=True) > 0.5


def test_a_token_at_a_place_is_a_column():
    """Each of two letters adds to y at its own timesteps, as in aligned strings."""
    draws = np.random.RandomState(1)
    ids = 1 + draws.randint(2, size=(400, 6))
    y = (ids == 2) @ np.array([1.0, -2, 0, 0, 3, 0])
    assert left(ids, y) < 1e-6
    assert left(ids, (ids[:, 3] == 1).astype(int), labels=True) == 0
    assert left(ids, draws.randn(400)) > 0.9
    assert left(ids, y, lengths=np.full(400, 5)) is None


def test_samples_that_are_told_may_hold_other_tokens():
    ids = 1 + np.random.RandomState(2).randint(3, size=(90, 4))
    is_told, y = ids[:, 0] == 3, 1.0 * (ids[:, 2] == 2)
    both = Sequences(values=ids)
    parts = both.take(~is_told), y[~is_told], both.take(is_told), y[is_told]
    assert left_in_others(*parts, labels=False) < 1e-6


def test_a_large_vocabulary_makes_no_columns(monkeypatch):
    ids = np.arange(300).reshape(60, 5) + 1
    monkeypatch.setattr(columns, "MOST_COLUMNS", 299)
    assert left(ids, Y) is None
    monkeypatch.setattr(columns, "MOST_COLUMNS", 300)
    assert left(ids, Y) is not None
    monkeypatch.setattr(columns, "MOST_COLUMNS", 4)
    assert left(np.ones((60, 5), int), Y) is None


def test_of_other_lengths_few_samples_or_many_columns_nothing_is_said(monkeypatch):
    assert left(X, Y, lengths=np.full(60, 4)) is None
    assert left(X, Y, lengths=np.full(60, 5)) < 1e-6
    assert left(X[:39], Y[:39]) is None
    monkeypatch.setattr(columns, "MOST_COLUMNS", 4)
    assert left(X, Y) is None


def test_a_constant_that_is_right_leaves_nothing_to_compare_with():
    assert left(X, np.ones(60)) is None
    assert left(X, np.ones(60, int), labels=True) is None


def test_numbers_whose_squares_no_float_holds():
    far = X.copy()
    far[3, 2] = 1e300
    assert np.isfinite(left(far, Y))


def test_standard_error_of_wrong_labels():
    """A constant has 50 of 100 labels wrong, 25 of those that the linear model is told, of which 11 are wrong then."""
    assert error_of_labels(0.44, np.arange(100) % 2) == pytest.approx(np.sqrt(11 + 25) / 25)


def test_sequences_of_other_lengths_have_no_columns_to_tell_them_by():
    told = Sequences(values=X[:, :4])
    assert left_in_others(Sequences(values=X), Y, told, Y, labels=False) is None
