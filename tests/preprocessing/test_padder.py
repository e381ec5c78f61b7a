"""Padding and cutting: every side by hand, numbers and tokens, masks, and the way back."""

import numpy as np
import pandas as pd
import pytest
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

from skseq.preprocessing import SequencePadder

RAGGED = [[1.5, 2.5, 3.5], [4.5]]


# --- by hand ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("side", "truncate", "rows"),
    [
        ("right", "right", [[1.5, 2.5], [4.5, 0]]),
        ("right", "left", [[2.5, 3.5], [4.5, 0]]),
        ("left", "right", [[1.5, 2.5], [0, 4.5]]),
        ("left", "left", [[2.5, 3.5], [0, 4.5]]),
    ],
)
def test_sides(side, truncate, rows):
    padder = SequencePadder(length=2, side=side, truncate=truncate).fit(RAGGED)
    np.testing.assert_array_equal(padder.transform(RAGGED), rows)
    np.testing.assert_array_equal(padder.mask(RAGGED), np.array(rows) > 0)


def test_the_longest_sequence_of_fit():
    padder = SequencePadder().fit(RAGGED)
    assert padder.length_ == padder.n_timesteps_in_ == 3
    np.testing.assert_array_equal(padder.transform([[1.0, 2.0, 3.0, 4.0], [5.0]]), [[1, 2, 3], [5, 0, 0]])
    np.testing.assert_array_equal(padder.mask([[1.0, 2.0, 3.0, 4.0], [5.0]]), [[1, 1, 1], [1, 0, 0]])


def test_vectors():
    X = [np.array([[1.0, 2.0]]), np.array([[3.0, 4.0], [5.0, 6.0]])]
    padded = SequencePadder(length=3, side="left", value=-1).fit_transform(X)
    np.testing.assert_array_equal(padded, [[[-1, -1], [-1, -1], [1, 2]], [[-1, -1], [3, 4], [5, 6]]])


def test_arrays():
    np.testing.assert_array_equal(SequencePadder(length=3).fit_transform([[1.5, 2.5]]), [[1.5, 2.5, 0]])
    cube = np.arange(1.0, 9.0).reshape(2, 2, 2)
    np.testing.assert_array_equal(SequencePadder(length=1, truncate="left").fit_transform(cube), cube[:, 1:])
    longer = SequencePadder(length=3).fit(cube).transform(np.ones((1, 5, 2)))
    assert longer.shape == (1, 3, 2)


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("truncate", ["right", "left"])
@pytest.mark.parametrize("n_timesteps", [1, 2, 3, 4, 6])
def test_against_a_loop(side, truncate, n_timesteps):
    rng = np.random.RandomState(0)
    X = [rng.randn(length) for length in (2, 4, 1, 3)]
    padder = SequencePadder(n_timesteps, side=side, truncate=truncate, value=9.0).fit(X)
    for sample, row in zip(X, padder.transform(X)):
        kept = list(sample[:n_timesteps] if truncate == "right" else sample[-n_timesteps:])
        filler = [9.0] * (n_timesteps - len(kept))
        assert row.tolist() == (kept + filler if side == "right" else filler + kept)


# --- values and types -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("X", "value", "padded", "dtype"),
    [
        ([["ab", "c"], ["d"]], None, [["ab", "c"], ["d", ""]], "<U2"),
        ([["a", "b"], ["c"]], "<pad>", [["a", "b"], ["c", "<pad>"]], "<U5"),
        ([[1, 2], [3]], None, [[1, 2], [3, 0]], np.int64),
        ([[1, 2], [3]], 0.5, [[1, 2], [3, 0.5]], np.float64),
        ([np.array([1, 2], np.int8), np.array([3], np.int8)], 300, [[1, 2], [3, 300]], np.int32),
        ([np.array([1, 2], np.int32), np.array([3], np.int32)], None, [[1, 2], [3, 0]], np.int32),
        ([np.array([1, 2], np.float32), np.array([3], np.float32)], 0.5, [[1, 2], [3, 0.5]], np.float32),
        (np.array([[1], [2]], np.int8), 2049.5, [[1, 2049.5], [2, 2049.5]], np.float64),  # no float16 holds it
        (np.array([[1], [2]], np.uint8), 0.5, [[1, 0.5], [2, 0.5]], np.float16),
        (np.array([[1], [2]], np.int16), np.inf, [[1, np.inf], [2, np.inf]], np.float32),
        ([["a", 1], ["b"]], None, [["a", 1], ["b", None]], object),
        ([["a", 1], ["b"]], "-", [["a", 1], ["b", "-"]], object),
        (pd.Series([["a", "b"], ["c"]]), "-", [["a", "b"], ["c", "-"]], "<U1"),
        (np.array([["a"], ["b"]]), None, [["a", ""], ["b", ""]], "<U1"),
        (pd.DataFrame({"first": ["a", "b"]}), None, [["a", ""], ["b", ""]], object),
        (np.array([[b"a"], [b"b"]]), None, [[b"a", None], [b"b", None]], object),
    ],
)
def test_values(X, value, padded, dtype):
    result = SequencePadder(length=2, value=value).fit_transform(X)
    assert result.dtype == dtype
    assert result.tolist() == padded


def test_nan_may_be_padding():
    padded = SequencePadder(value=np.nan).fit_transform(RAGGED)
    np.testing.assert_array_equal(padded, [[1.5, 2.5, 3.5], [4.5, np.nan, np.nan]])


def test_tokens_that_are_tuples():
    X = [[("a", 1), ("b", 2)], [("c", 3)]]
    assert SequencePadder().fit_transform(objects(X)).tolist() == [[("a", 1), ("b", 2)], [("c", 3), None]]
    padded = SequencePadder(value=("-", 0)).fit_transform(X)
    assert padded.tolist() == [[("a", 1), ("b", 2)], [("c", 3), ("-", 0)]]


def objects(samples):
    array = np.empty(len(samples), object)
    array[:] = samples
    return array


# --- back -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("side", ["right", "left"])
@pytest.mark.parametrize("X", [RAGGED, [np.ones((1, 2)), np.ones((3, 2))], [["a"], ["b", "c"]]], ids=str)
def test_lengths_give_the_sequences_back(X, side):
    padder = SequencePadder(length=4, side=side).fit(X)
    back = padder.inverse_transform(padder.transform(X), lengths=[len(sample) for sample in X])
    assert back.shape == (2,)
    for sample, one in zip(X, back):
        np.testing.assert_array_equal(one, sample)


def test_what_was_cut_stays_lost():
    padder = SequencePadder(length=2, truncate="left").fit(RAGGED)
    back = padder.inverse_transform(padder.transform(RAGGED), lengths=[3, 1])
    assert [one.tolist() for one in back] == [[2.5, 3.5], [4.5]]


def test_without_lengths_all_steps_are_real():
    padder = SequencePadder().fit(RAGGED)
    padded = padder.transform(RAGGED)
    np.testing.assert_array_equal(padder.inverse_transform(padded), padded)


@pytest.mark.parametrize("lengths", [[1], [0, 1], [1.0, 2.0], [[1, 2]]])
def test_bad_lengths(lengths):
    padder = SequencePadder().fit(RAGGED)
    with pytest.raises(ValueError, match="lengths must be 2 integers of at least 1"):
        padder.inverse_transform(padder.transform(RAGGED), lengths)


@pytest.mark.parametrize("shape", [(2, 4), (3,), (2, 2, 3)])
def test_padded_data_have_the_length(shape):
    with pytest.raises(ValueError, match="pads to 3 timesteps"):
        SequencePadder().fit(RAGGED).inverse_transform(np.ones(shape))


# --- in scikit-learn, errors ------------------------------------------------------------------------------------------


def test_in_a_grid_search():
    """The last token decides, so what keeps the last one alone finds the rule."""
    X = [["a", "b"], ["a"], ["b"], ["a", "b", "a"]] * 6
    y = [tokens[-1] for tokens in X]
    pipeline = make_pipeline(
        SequencePadder(length=1, value="-"), OneHotEncoder(handle_unknown="ignore"), DecisionTreeClassifier()
    )
    search = GridSearchCV(pipeline, {"sequencepadder__truncate": ["right", "left"]}, cv=3).fit(X, y)
    assert search.best_params_ == {"sequencepadder__truncate": "left"}
    assert search.best_score_ == 1


@pytest.mark.parametrize(
    ("X", "value", "message"),
    [
        (RAGGED, "x", "value='x' cannot pad the numbers of X"),
        (RAGGED, np.datetime64("2026-01-01"), "cannot pad the numbers of X: set value to a number"),
        (RAGGED, np.timedelta64(1, "D"), "cannot pad the numbers of X"),
        (RAGGED, 1j, "cannot pad the numbers of X"),
        ([["a"], ["b", "c"]], 0, "value=0 cannot pad the strings of X"),
        ([["a"], ["b", "c"]], ("x",), "cannot pad the strings of X"),
        (RAGGED, [0], "cannot pad the numbers of X"),
    ],
)
def test_bad_values(X, value, message):
    with pytest.raises(ValueError, match=message):
        SequencePadder(value=value).fit(X)


@pytest.mark.parametrize("parameters", [{"length": 0}, {"length": 2.5}, {"side": "both"}, {"truncate": None}])
def test_bad_parameters(parameters):
    with pytest.raises(ValueError, match=f"The '{next(iter(parameters))}' parameter of SequencePadder"):
        SequencePadder(**parameters).fit(RAGGED)


def test_empty_sequences_are_refused():
    with pytest.raises(ValueError, match="1 empty"):
        SequencePadder().fit([[1.0], []])
