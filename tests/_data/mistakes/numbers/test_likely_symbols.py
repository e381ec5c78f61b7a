"""Numbers that are most likely symbols, codes or flags, or never change."""

import re
import warnings

import numpy as np
import pandas as pd
import pytest
from quiet_fits import assert_no_warning

from skseq import (
    LSTMAutoencoderTransformer,
    SequenceGenerator,
)
from skseq._data.mistakes.numbers.likely_symbols import warn_if_constant

RNG = np.random.RandomState(0)
WALKS = RNG.randn(20, 3, 100).cumsum(axis=2)  # channels first
SMALL = {"units": 2, "epochs": 1}
pytestmark = pytest.mark.usefixtures("eager", "untrained")


def flags(rng, n):
    return rng.randint(2, size=n)


def test_a_density_of_a_feature_that_never_changes():
    walks = WALKS[:, :, :4].transpose(0, 2, 1)  # (20, 4, 3)
    constant = walks.copy()
    constant[:, :, 1] = 3.5
    with pytest.warns(
        UserWarning, match=r"Feature 1 of X is 3\.5 at every timestep\. .*: leave it out, \[np"
    ) as caught:
        SequenceGenerator(**SMALL).fit(constant)
    code = re.search(r"\[np.*X\)\]", str(caught[0].message))[0]
    np.testing.assert_array_equal(eval(code, {"np": np, "X": constant}), walks[:, :, [0, 2]])
    assert_no_warning(SequenceGenerator(**SMALL), walks)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        SequenceGenerator(**SMALL).partial_fit(constant)  # the next call may differ


def test_several_constants_are_told_of_at_once():
    numbers = np.insert(RNG.randn(9, 2), [0, 1, 2], [0, 1, 4], axis=1)  # 0, a, 1, b, 4
    told = (
        r"^Feature 0 of X is 0 at every timestep, and features 2, 4 do not .*: leave them out, (\[np\.delete.*X\)\])\.$"
    )
    with pytest.warns(UserWarning, match=told) as caught:
        warn_if_constant(numbers, ())
    assert len(caught) == 1
    code = re.search(told, str(caught[0].message))[1]
    np.testing.assert_array_equal(eval(code, {"np": np, "X": [numbers.tolist()]})[0], numbers[:, [1, 3]])
    with pytest.warns(UserWarning, match="Feature 4 of X is 4 at every timestep"):
        warn_if_constant(numbers, (0, 2))
    with pytest.warns(UserWarning, match="nothing else is left to learn"):
        warn_if_constant(numbers[:, :1], ())


def notes(n_sequences, dtype=int):
    """Pairs of a pitch (5 of them) and a duration (3), 10 of each sequence."""
    return [
        np.c_[RNG.choice([60, 62, 64, 65, 67], 10), RNG.choice([1, 2, 4], 10)].astype(dtype) for _ in range(n_sequences)
    ]


def test_symbols_that_are_read_as_numbers():
    told = (
        r"X holds at most 5 distinct numbers per feature, but is read as measurements.* source_type='tokens' and "
        r"\[list\(map\(tuple, np.asarray\(x\).tolist\(\)\)\) for x in X\]"
    )
    beats = [sample * [1, 0.25] for sample in notes(10)]
    for X in (notes(10), np.array(notes(10, float)), [sample.tolist() for sample in notes(10)], beats):
        with pytest.warns(UserWarning, match=told):
            SequenceGenerator(**SMALL).fit(X)
    with pytest.warns(UserWarning, match=r"such as notes, pass source_type='tokens'\. Set source_type='numeric'"):
        SequenceGenerator(**SMALL).fit([sample[:, 0].astype(float) for sample in notes(10)])
    with pytest.warns(UserWarning, match="at most 3 distinct numbers"):
        SequenceGenerator(**SMALL).fit([sample[:, 1].tolist() for sample in beats])
    pairs = [list(map(tuple, np.asarray(x).tolist())) for x in beats]
    assert (60, 0.5) in SequenceGenerator(**SMALL, source_type="tokens").fit(pairs).vocabulary_


def strokes(n_states):
    """Steps of a pen, of which the second of three numbers is its state."""
    return [np.insert(RNG.randn(10, 2), 1, RNG.randint(n_states, size=10), axis=1) for _ in range(20)]


def test_codes_that_are_read_as_numbers():
    X = strokes(3)
    with pytest.warns(UserWarning, match=r"Feature 1 of X holds 0, 1, 2 alone.*a column of 0 and 1 for each") as caught:
        SequenceGenerator(**SMALL).fit(X)
    columns = eval(re.search(r"\[np.column_stack.*asarray, X\)\]", str(caught[0].message))[0], {"np": np, "X": X})
    np.testing.assert_array_equal(columns[0][:, 2:], np.eye(3)[X[0][:, 1].astype(int)])
    np.testing.assert_array_equal(columns[0][:, :2], X[0][:, [0, 2]])
    assert_no_warning(model := SequenceGenerator(**SMALL), columns)
    assert model.fit(columns)._spec.one_hot == ((2, 3, 4),)
    assert_no_warning(SequenceGenerator(**SMALL, source_type="numeric"), X)


@pytest.mark.parametrize(("low", "high"), [(1, 2), (-1, 1), (0, 255)])
def test_a_flag_that_is_read_as_numbers(low, high):
    flags = strokes(2)
    X = [x * [1, high - low, 1] + [0, low, 0] for x in flags]
    with pytest.warns(UserWarning, match=rf"Feature 1 of X holds {low} and {high} alone.*make 0 and 1") as caught:
        SequenceGenerator(**SMALL).fit(X)
    made = eval(re.search(r"\[np.column_stack.*asarray, X\)\]", str(caught[0].message))[0], {"np": np, "X": X})
    np.testing.assert_array_equal(made, flags)
    assert_no_warning(SequenceGenerator(**SMALL), made)
    assert_no_warning(SequenceGenerator(**SMALL, source_type="numeric"), X)
    assert_no_warning(SequenceGenerator(**SMALL), X[:3])  # 30 timesteps


@pytest.mark.parametrize("levels", [(20, 21), (0.5, 1), (-1, 2)])
def test_two_levels_of_readings_are_no_flag(levels):
    X = np.column_stack([RNG.randn(400), RNG.choice(levels, 400)]).reshape(20, 20, 2)
    assert_no_warning(SequenceGenerator(**SMALL), X)


@pytest.mark.parametrize(
    "second",
    [RNG.randint(2, size=400), RNG.randint(9, size=400), RNG.choice([0, 1, 5], 400), RNG.choice([0.1, 0.2, 0.3], 400)],
    ids=["flag", "counts", "steps", "fractions"],
)
def test_numbers_beside_measurements_that_are_no_codes(second):
    X = np.column_stack([RNG.randn(400), second]).reshape(20, 20, 2)
    assert_no_warning(SequenceGenerator(**SMALL), X)


def test_rounded_readings_are_no_symbols():
    assert_no_warning(SequenceGenerator(**SMALL), RNG.randn(40, 10).round(2))
    assert_no_warning(SequenceGenerator(**SMALL), RNG.randint(36, 50, (40, 10)) / 2)  # 14 levels
    one_hot = np.concatenate([RNG.rand(20, 20, 1), np.eye(4)[RNG.randint(4, size=(20, 20))]], axis=2)
    assert_no_warning(SequenceGenerator(**SMALL), one_hot)


def test_steps_that_hardly_recur_are_no_symbols():
    images = [RNG.randint(0, 17, (8, 8)) for _ in range(200)]
    assert_no_warning(SequenceGenerator(**SMALL), images)


def test_numbers_that_are_no_symbols():
    flags = RNG.randint(2, size=(10, 10, 3))
    for X in (notes(9), flags, flags[..., :1] + RNG.randn(10, 10, 2)):
        assert_no_warning(SequenceGenerator(**SMALL), X)  # the first has 90 timesteps, below 20 for each of 5 values
    assert_no_warning(SequenceGenerator(**SMALL, source_type="numeric"), notes(10))
    pairs = [list(map(tuple, sample)) for sample in notes(10)]
    assert_no_warning(SequenceGenerator(**SMALL, source_type="tokens"), pairs)
    X = [pd.DataFrame(sample, columns=["pitch", "beats"]) for sample in notes(10)]
    told = SequenceGenerator(**SMALL, source_type="tokens").fit([list(map(tuple, np.asarray(x).tolist())) for x in X])
    assert all(isinstance(value, int) for token in told.vocabulary_ for value in token)
    assert_no_warning(LSTMAutoencoderTransformer(**SMALL), notes(10))
