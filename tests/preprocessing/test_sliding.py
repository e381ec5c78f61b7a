"""Windows as samples: by hand, targets, and that no timestep is in training and test."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.linear_model import LinearRegression, Ridge
from sklearn.model_selection import GridSearchCV, GroupKFold, LeaveOneGroupOut, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from warned import told

from skseq import SequenceRegressor
from skseq.model_selection import BlockTimeSeriesSplit
from skseq.preprocessing import SlidingWindows

ROW = np.arange(6.0)


# --- transform --------------------------------------------------------------------------------------------------------


def test_windows_of_rows():
    X = np.array([[0, 1, 2, 3], [5, 6, 7, 8]], float)
    windows = SlidingWindows(window=3).fit_transform(X)
    np.testing.assert_array_equal(windows, [[[0, 1, 2], [1, 2, 3]], [[5, 6, 7], [6, 7, 8]]])
    np.testing.assert_array_equal(SlidingWindows(window=4).fit_transform(X), X[:, None])


def test_strides_leave_the_end_out():
    windows = SlidingWindows(window=2, stride=3).fit_transform([ROW])
    np.testing.assert_array_equal(windows, [[[0, 1], [3, 4]]])
    np.testing.assert_array_equal(SlidingWindows(window=3, stride=9).fit_transform([ROW]), [[[0, 1, 2]]])


def test_strides_from_the_end_leave_the_beginning_out():
    windows = SlidingWindows(window=2, stride=3, from_end=True).fit_transform([ROW])
    np.testing.assert_array_equal(windows, [[[1, 2], [4, 5]]])
    np.testing.assert_array_equal(SlidingWindows(window=3, stride=9, from_end=True).fit_transform([ROW]), [[[3, 4, 5]]])


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_windows_of_vectors(dtype):
    X = np.arange(16, dtype=dtype).reshape(2, 4, 2)
    windows = SlidingWindows(window=3).fit_transform(X)
    assert windows.dtype == dtype
    expected = np.lib.stride_tricks.sliding_window_view(X, 3, axis=1).swapaxes(2, 3)
    np.testing.assert_array_equal(windows, expected)


def test_windows_of_ragged_series():
    X = [np.array([1.0, 2.0]), np.array([5.0, 6.0, 7.0])]
    windows = SlidingWindows(window=2).fit_transform(X)
    assert windows.shape == (2,)
    np.testing.assert_array_equal(windows[0], [[1, 2]])
    np.testing.assert_array_equal(windows[1], [[5, 6], [6, 7]])
    vectors = SlidingWindows(window=2).fit_transform([np.ones((2, 3)), np.ones((4, 3))])
    assert [sample.shape for sample in vectors] == [(1, 2, 3), (3, 2, 3)]


def test_tokens_stay_tokens():
    windows = SlidingWindows(window=2).fit_transform([["a", "b", "c"], ["d", "e"]])
    assert windows[0].tolist() == [["a", "b"], ["b", "c"]]
    ids = SlidingWindows(window=2).fit_transform(np.array([[4, 5, 6]]))
    assert ids.dtype == int
    assert ids.tolist() == [[[4, 5], [5, 6]]]


def test_transform_has_no_horizon():
    fitted = SlidingWindows(window=5, horizon=4, n_blocks=3).fit([ROW])
    np.testing.assert_array_equal(fitted.transform([ROW]), [[ROW[:5], ROW[1:]]])


def test_in_a_grid_search():
    """y is the largest mean of two neighbours: the window that sees it wins."""
    X = np.random.RandomState(0).randn(60, 5)
    y = (X[:, 1:] + X[:, :-1]).max(axis=1)
    largest = FunctionTransformer(lambda windows: windows.mean(axis=2).max(axis=1, keepdims=True))
    pipeline = make_pipeline(SlidingWindows(), largest, Ridge(alpha=1e-6))
    search = GridSearchCV(pipeline, {"slidingwindows__window": [1, 2, 3]}, cv=3).fit(X, y)
    assert search.best_params_ == {"slidingwindows__window": 2}


# --- split_series -----------------------------------------------------------------------------------------------------


def test_following_steps_are_targets():
    windows, y, groups = SlidingWindows(window=3, horizon=2).split_series([ROW])
    np.testing.assert_array_equal(windows, [[0, 1, 2], [1, 2, 3]])
    np.testing.assert_array_equal(y, [[3, 4], [4, 5]])
    np.testing.assert_array_equal(groups, [0, 0])


def test_several_series_are_groups():
    X = [np.array([0.0, 1.0, 2.0]), np.array([5.0, 6.0]), np.array([7.0, 8.0, 9.0])]
    windows, y, groups = SlidingWindows(window=2).split_series(X)
    np.testing.assert_array_equal(windows, [[0, 1], [1, 2], [5, 6], [7, 8], [8, 9]])
    assert y is None
    np.testing.assert_array_equal(groups, [0, 0, 1, 2, 2])


def test_blocks_by_hand():
    """0 1 2 3 | 4 5 6: windows over the seam are left out."""
    windows, y, groups = SlidingWindows(window=2, horizon=1, n_blocks=2).split_series([np.arange(7.0)])
    np.testing.assert_array_equal(windows, [[0, 1], [1, 2], [4, 5]])
    np.testing.assert_array_equal(y, [[2], [3], [6]])
    np.testing.assert_array_equal(groups, [0, 0, 1])


def test_blocks_of_several_series_are_numbered_through():
    X = [np.arange(4.0), np.arange(10.0, 15.0)]
    windows, y, groups = SlidingWindows(window=2, n_blocks=2).split_series(X, y=["low", "high"])
    np.testing.assert_array_equal(windows, [[0, 1], [2, 3], [10, 11], [11, 12], [13, 14]])
    assert y.tolist() == ["low", "low", "high", "high", "high"]
    np.testing.assert_array_equal(groups, [0, 1, 2, 2, 3])


def test_blocks_from_their_ends():
    """0 1 2 3 4 | 5 6 7 8: windows of 2 with the step behind them end with their block, every 2 steps."""
    cutter = SlidingWindows(window=2, stride=2, horizon=1, n_blocks=2, from_end=True)
    windows, y, groups = cutter.split_series([np.arange(9.0), np.arange(10.0, 16.0)])
    np.testing.assert_array_equal(windows, [[0, 1], [2, 3], [6, 7], [10, 11], [13, 14]])
    np.testing.assert_array_equal(y, [[2], [4], [8], [12], [15]])
    assert groups.tolist() == [0, 0, 1, 2, 3]


def test_blocks_of_series_that_start_together():
    """0 1 2 3 | 4 5 6 on the clock of the longest; the second has 0 1 2 3 | 4, and no window in block 1."""
    X = [np.arange(5.0), np.arange(10.0, 17.0)]
    windows, y, groups = SlidingWindows(window=2, horizon=1, n_blocks=2, align="start").split_series(X)
    np.testing.assert_array_equal(windows, [[0, 1], [1, 2], [10, 11], [11, 12], [14, 15]])
    np.testing.assert_array_equal(y, [[2], [3], [12], [13], [16]])
    assert groups.tolist() == [0, 0, 0, 0, 1]


def test_blocks_of_series_that_end_together():
    """The first five steps are 2 3 | 4 5 6 on the clock of the longest."""
    X = [np.arange(5.0), np.arange(10.0, 17.0)]
    windows, y, groups = SlidingWindows(window=2, n_blocks=2, align="end").split_series(X, y=["low", "high"])
    np.testing.assert_array_equal(windows, [[0, 1], [2, 3], [3, 4], [10, 11], [11, 12], [12, 13], [14, 15], [15, 16]])
    assert groups.tolist() == [0, 1, 1, 0, 0, 0, 1, 1]
    assert y.tolist() == ["low"] * 3 + ["high"] * 5


@pytest.mark.parametrize("align", ["start", "end"])
def test_alignment_renumbers_the_blocks_of_equal_lengths_only(align):
    X = np.arange(40.0).reshape(2, 20)
    windows, y, groups = SlidingWindows(window=2, horizon=1, n_blocks=3).split_series(X)
    aligned = SlidingWindows(window=2, horizon=1, n_blocks=3, align=align).split_series(X)
    for found, expected in zip(aligned, (windows, y, groups % 3)):
        np.testing.assert_array_equal(found, expected)


@pytest.mark.parametrize("container", [list, tuple, np.array, pd.Series], ids=lambda container: container.__name__)
def test_labels_of_series(container):
    _, targets, _ = SlidingWindows(window=3).split_series(np.arange(8.0).reshape(2, 4), container([10, 20]))
    assert targets.tolist() == [10, 10, 20, 20]


LEFT = [112, 98, 69, 82, 91, 93, 91, 95, 111, 96]  # timesteps behind the last one of each series


@pytest.mark.parametrize("y", [LEFT, np.array(LEFT, float), [0.5, 3.25]], ids=["whole", "floats", "fractions"])
def test_numbers_of_last_timesteps_are_no_labels(y):
    X = [np.arange(3.0 + k) for k in range(len(y))]
    cutter = SlidingWindows(window=2)
    with pytest.warns(UserWarning, match=f"y holds one number for each of {len(y)} series") as caught:
        _, copied, series = cutter.split_series(X, y)
    assert copied.tolist() == np.array(y)[series].tolist()
    countdown, whole = re.findall(r"\[own .*?zip\(X, y\)\]|\[numpy.full.*?zip\(X, y\)\]", str(caught[0].message))
    names = {"X": X, "y": y, "numpy": np}
    assert cutter.split_series(X, eval(countdown, names))[1][series == 0].tolist() == [
        [y[0] + 2, y[0] + 1],
        [y[0] + 1, y[0]],
    ]
    np.testing.assert_array_equal(cutter.split_series(X, eval(whole, names))[1][:, -1], copied)


@pytest.mark.parametrize(
    "y",
    [
        list("abcdefghij"),
        LEFT[:9],
        list(range(10)),
        [103, 104, 109, 201, 202, 203, 207, 208, 301, 302],
        [0, 1] * 5,
        [0.5, 1.5] * 5,
        [True, False] * 5,
    ],
    ids=["strings", "few", "counts", "ids", "classes", "levels", "booleans"],
)
def test_labels_of_series_that_are_as_they_seem(y):
    assert not told(SlidingWindows(window=2).split_series, [ROW] * len(y), y)


def test_values_beside_every_timestep():
    X, y = [ROW[:4], ROW[:3]], [[0, 0, 1, 1], [1, 0, 1]]
    _, beside, _ = SlidingWindows(window=3).split_series(X, y)
    assert beside.tolist() == [[0, 0, 1], [0, 1, 1], [1, 0, 1]]
    _, following, _ = SlidingWindows(window=2, horizon=1).split_series(X, y)
    assert following.tolist() == [[1], [1], [1]]
    vectors = np.arange(12.0).reshape(1, 6, 2)
    windows, y, _ = SlidingWindows(window=4, horizon=1).split_series(vectors, [ROW])
    assert windows.shape == (2, 4, 2)
    assert y.tolist() == [[4], [5]]
    _, y, _ = SlidingWindows(window=4, horizon=2).split_series([ROW], vectors)
    np.testing.assert_array_equal(y, vectors[:, 4:])


@pytest.mark.parametrize("container", [list, np.array, pd.Series], ids=["list", "array", "Series"])
def test_what_was_not_measured_stays_nan(container):
    y = [container([0.0, 1, np.nan, 3, 4, 5]), container([0.0, np.nan, 2])]
    windows, following, groups = SlidingWindows(window=2, horizon=1).split_series([ROW, ROW[:3]], y)
    np.testing.assert_array_equal(following, [[np.nan], [3], [4], [5], [2]])
    known = np.isfinite(following).all(axis=1)
    assert windows[known].tolist() == [[1, 2], [2, 3], [3, 4], [0, 1]]
    assert groups[known].tolist() == [0, 0, 0, 1]
    _, beside, _ = SlidingWindows(window=2).split_series([ROW, ROW[:3]], y)
    np.testing.assert_array_equal(beside[:, -1], [1, np.nan, 3, 4, 5, np.nan, 2])


def test_windows_without_a_target_are_refused_with_what_to_do():
    """What the error of a fit says gives the fit of the windows that have one."""
    y = np.where(np.arange(6) == 3, np.nan, ROW)
    windows, targets, _ = SlidingWindows(window=2).split_series([ROW], [y])
    model, targets = SequenceRegressor(units=2, epochs=1, random_state=0), targets[:, -1]
    with pytest.raises(ValueError, match=r"with known = np.isfinite\(np.asarray\(y, float\)\), pass X\[known\]"):
        model.fit(windows, targets)
    known = np.isfinite(np.asarray(targets, float))
    assert model.fit(windows[known], np.asarray(targets)[known]).predict(windows).shape == (5,)


def test_gaps_of_other_kinds_are_refused():
    cutter = SlidingWindows(window=2)
    gaps = np.array([np.nan, 1, np.inf])
    with pytest.raises(ValueError, match=r"Input y contains infinity.* The first is at timestep 2 of y\[0\]"):
        cutter.split_series([ROW[:3]], [gaps])
    with pytest.raises(ValueError, match="Input X contains NaN"):
        cutter.split_series([gaps], [ROW[:3]])
    with pytest.raises(ValueError, match="Input y contains NaN"):
        cutter.split_series([ROW], [np.nan])


def test_following_steps_of_vectors_and_tokens():
    vectors = np.arange(8.0).reshape(1, 4, 2)
    _, y, _ = SlidingWindows(window=3, horizon=1).split_series(vectors)
    np.testing.assert_array_equal(y, [[[6, 7]]])
    windows, y, _ = SlidingWindows(window=2, horizon=1).split_series([list("abcd")])
    assert windows.tolist() == [["a", "b"], ["b", "c"]]
    assert y.tolist() == [["c"], ["d"]]


def test_it_changes_nothing():
    cutter = SlidingWindows(window=2)
    cutter.split_series([ROW])
    assert vars(cutter) == vars(clone(cutter))


# --- no timestep in two groups ----------------------------------------------------------------------------------------


def series_of_own_steps(lengths):
    """Every timestep of every series has a number of its own."""
    return list(np.split(np.arange(float(sum(lengths))), np.cumsum(lengths)[:-1]))


@pytest.mark.parametrize(
    ("lengths", "n_blocks"),
    [([60], 3), ([61], 4), ([25, 40, 31], 1), ([25, 40, 31], 3), ([24] * 4, 1), ([24] * 4, 4)],
    ids=str,
)
@pytest.mark.parametrize("horizon", [0, 2])
@pytest.mark.parametrize("stride", [1, 2, 7])
@pytest.mark.parametrize("splitter", [GroupKFold(3), LeaveOneGroupOut()], ids=lambda splitter: type(splitter).__name__)
def test_training_and_test_share_no_timestep(lengths, n_blocks, horizon, stride, splitter):
    cutter = SlidingWindows(window=4, stride=stride, horizon=horizon, n_blocks=n_blocks)
    windows, y, groups = cutter.split_series(series_of_own_steps(lengths))
    steps = windows if y is None else np.hstack([windows, y])
    assert (np.diff(steps, axis=1) == 1).all()
    for train, test in splitter.split(windows, y, groups):
        assert not set(steps[train].ravel()) & set(steps[test].ravel())


def test_windows_of_a_plain_split_do_share_timesteps():
    """What the groups are for; the test above could not fail without such overlaps."""
    windows, _, groups = SlidingWindows(window=4, n_blocks=4).split_series([np.arange(60.0)])
    half = len(windows) // 2 - 3
    assert set(windows[:half].ravel()) & set(windows[half:].ravel())
    every = SlidingWindows(window=4).split_series([np.arange(60.0)])[0]
    assert len(every) == 57
    assert len(windows) == 57 - 3 * 3  # window - 1 at each of three seams
    assert np.bincount(groups).tolist() == [12] * 4


def test_scores_with_groups_are_honest():
    """A wave is known from its past, noise is not."""
    rng = np.random.RandomState(0)
    windows, y, groups = SlidingWindows(window=10, horizon=1, n_blocks=5).split_series([np.sin(np.arange(300) / 7)])
    assert cross_val_score(LinearRegression(), windows, y, groups=groups, cv=GroupKFold(5)).min() > 0.999
    noise = rng.randn(300)
    windows, y, groups = SlidingWindows(window=10, horizon=1, n_blocks=5).split_series([noise])
    assert cross_val_score(LinearRegression(), windows, y, groups=groups, cv=GroupKFold(5)).mean() < 0.1


# --- series with dates ------------------------------------------------------------------------------------------------

DAYS = pd.date_range("2023-01-01", periods=40)


def dated(library, first, end, *, zone=None):
    """Days numbered from ``first``, so that a value says its date."""
    days, values = DAYS[first:end].tz_localize(zone), np.arange(float(first), end)
    return pd.Series(values, days) if library == "pandas" else pl.DataFrame({"day": days, "sold": values})


@pytest.mark.parametrize("align", ["start", "end"])
@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("spans", [[(0, 30), (10, 40)], [(0, 40), (5, 25), (28, 40)], [(0, 12), (20, 40)]], ids=str)
def test_blocks_follow_dates(library, align, spans):
    """Of series that have been discontinued, or begin late, no later day is trained on than the first one tested."""
    cutter = SlidingWindows(window=3, horizon=1, n_blocks=4, align=align)
    windows, y, groups = cutter.split_series([dated(library, *span) for span in spans])
    assert windows.shape == (len(groups), 3)
    for train, test in BlockTimeSeriesSplit(n_splits=2, gap=1).split(windows, y, groups):
        assert y[train].max() < windows[test].min() - 5  # a block of 8 days or so lies between
    assert np.unique(groups).tolist() == [0, 1, 2, 3]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_blocks_of_dates_by_hand(library):
    """Days 0 to 3 | 4 to 7 in both series, whatever align says; without it each has blocks of its own."""
    series = [dated(library, 0, 6), dated(library, 2, 8)]
    for align in ("start", "end"):
        windows, _, groups = SlidingWindows(window=2, n_blocks=2, align=align).split_series(series)
        assert windows.tolist() == [[0, 1], [1, 2], [2, 3], [4, 5], [2, 3], [4, 5], [5, 6], [6, 7]]
        assert groups.tolist() == [0, 0, 0, 1, 0, 1, 1, 1]
    _, _, groups = SlidingWindows(window=2, n_blocks=2).split_series(series)
    assert groups.tolist() == [0, 0, 1, 1, 2, 2, 3, 3]


def test_positions_are_no_dates():
    """Rows of one long frame are numbered on from series to series."""
    numbered = [pd.Series(np.arange(5.0)), pd.Series(np.arange(5.0), index=range(5, 10))]
    found = SlidingWindows(window=2, n_blocks=2, align="end").split_series(numbered)
    expected = SlidingWindows(window=2, n_blocks=2, align="end").split_series([np.arange(5.0)] * 2)
    np.testing.assert_array_equal(found[2], expected[2])


def test_windows_leave_columns_of_dates_out():
    series = [dated("polars", 0, 3), dated("polars", 0, 4)]
    assert [own.tolist() for own in SlidingWindows(3).fit_transform(series)] == [[[0, 1, 2]], [[0, 1, 2], [1, 2, 3]]]
    two = [own.with_columns(price=pl.lit(7.0)) for own in series]
    assert SlidingWindows(3).fit_transform(two)[0].tolist() == [[[0, 7], [1, 7], [2, 7]]]


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_dates_that_cannot_be_compared(library):
    cut = SlidingWindows(window=2, n_blocks=2, align="end").split_series
    own, others = dated(library, 0, 8), dated(library, 0, 8, zone="Europe/Berlin")
    with pytest.raises(ValueError, match=r"The times of X\[1\] have a time zone, those of X\[0\] have none"):
        cut([own, others])
    with pytest.raises(ValueError, match=r"X\[0\] has times, but X\[1\] has none.* or leave the times out, by reset_"):
        cut([own, np.arange(8.0)])
    undated = own.reset_index(drop=True) if library == "pandas" else own.drop("day")["sold"]
    assert len(cut([undated, np.arange(8.0)])[0]) == 12
    assert SlidingWindows(window=2).split_series([own, others])[2].tolist() == [0] * 7 + [1] * 7


def test_dated_series_without_room():
    with pytest.raises(
        ValueError, match=r"X\[1\], whose longest block has 2 .* which cuts dated series at the same dates"
    ):
        SlidingWindows(window=3, n_blocks=2, align="end").split_series([dated("pandas", 0, 8), dated("pandas", 2, 6)])


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"window": 0}, "'window' parameter"),
        ({"stride": 0}, "'stride' parameter"),
        ({"horizon": -1}, "'horizon' parameter"),
        ({"n_blocks": 1.5}, "'n_blocks' parameter"),
        ({"align": "left"}, "'align' parameter"),
        ({"from_end": None}, "'from_end' parameter"),
    ],
)
def test_bad_parameters(parameters, message):
    with pytest.raises(ValueError, match=message):
        SlidingWindows(**parameters).fit([ROW])
    with pytest.raises(ValueError, match=message):
        SlidingWindows(**parameters).split_series([ROW])


def test_series_that_are_too_short():
    with pytest.raises(ValueError, match=r"array with 6 feature\(s\), one per timestep, while a minimum of 7"):
        SlidingWindows(window=7).fit([ROW])
    fitted = SlidingWindows(window=3).fit([ROW[:3], ROW])
    with pytest.raises(ValueError, match=r"1 series shorter than window=3, the first at index 1 with 2 timestep"):
        fitted.transform([ROW, ROW[:2]])
    with pytest.raises(ValueError, match=r"window=5 and horizon=2 need 7 timesteps, more than X\[0\], which has 6"):
        SlidingWindows(window=5, horizon=2).split_series([ROW])
    with pytest.raises(ValueError, match=r"more than X\[1\], a block of which has 2 with n_blocks=3"):
        SlidingWindows(window=3, n_blocks=3).split_series([np.arange(9.0), ROW])


@pytest.mark.parametrize("align", ["start", "end"])
def test_aligned_series_that_are_too_short(align):
    with pytest.raises(ValueError, match=r"need 3 timesteps, more than X\[1\], a block of which has 2 with n_blocks=3"):
        SlidingWindows(window=3, n_blocks=3, align=align).split_series([ROW, np.arange(8.0)])
    with pytest.raises(ValueError, match=rf"more than X\[1\], whose longest block has 2 .* align='{align}'"):
        SlidingWindows(window=3, n_blocks=2, align=align).split_series([ROW, ROW[:2]])


@pytest.mark.parametrize(
    ("y", "horizon", "message"),
    [
        ([1, 2, 3], 0, r"y holds 3 labels, but X 1 series.*those of a single series are \[y\]"),
        ([1], 1, "horizon=1 asks for the timesteps after a window, but y holds one label per series"),
        ([[1, 2]], 0, "y has 1 sequences of 2 timesteps, but X 1 of 6"),
        ([[1, 2, 3], [4]], 1, "y has 2 sequences of 1, 3 timesteps, but X 1 of 6"),
    ],
)
def test_targets_that_do_not_fit(y, horizon, message):
    with pytest.raises(ValueError, match=message):
        SlidingWindows(window=2, horizon=horizon).split_series([ROW], y)


@pytest.mark.parametrize("library", [pd, pl])
def test_a_series_of_a_library_is_one_series(library):
    cutter, row = SlidingWindows(window=2, horizon=1, n_blocks=2), library.Series(ROW)
    for y, beside in ((None, None), (row, [ROW]), ([ROW], [ROW])):
        for own, expected in zip(cutter.split_series(row, y), cutter.split_series([ROW], beside)):
            np.testing.assert_array_equal(own, expected)
    _, labels, _ = SlidingWindows(window=3).split_series(row, ["low"])
    assert labels.tolist() == ["low"] * 4


@pytest.mark.parametrize("horizon", [0, 1])
def test_targets_at_other_times_are_refused(horizon):
    days, cutter = pd.date_range("2025-01-01", periods=4), SlidingWindows(window=2, horizon=horizon)
    x, y = pd.Series([1.0, 2.0, 3.0], days[:3]), pd.Series([10.0, 20.0, 30.0], days[1:])
    says = r"^X\[{0}\] and y\[{0}\] have the times 2025-01-01.* and 2025-01-02.* at step 0\. .* with reindex\(\)"
    for X, targets, place in (([x], [y], 0), (x, y, 0), ([x, x], [x, y], 1), ([x.to_frame()], [y.to_frame()], 0)):
        with pytest.raises(ValueError, match=says.format(place)):
            cutter.split_series(X, targets)
    _, expected, _ = cutter.split_series([x.to_numpy()], [y.to_numpy()])
    for other in (y.set_axis(x.index), y.reset_index(drop=True), y.to_numpy(), y.set_axis([5, 6, 7])):
        np.testing.assert_array_equal(cutter.split_series([x], [other])[1], expected)
    assert cutter.split_series([x], y=None)[0].tolist()[0] == [1.0, 2.0]
    assert cutter.split_series([pd.Series([1.0, 2.0, 3.0])], [y])[0].tolist()[0] == [1.0, 2.0]


def test_one_array_needs_a_list_around_it():
    with pytest.raises(ValueError, match="Reshape your data"):
        SlidingWindows().split_series(ROW)


def test_one_long_series_that_is_too_short_as_rows():
    table = np.random.RandomState(0).randn(30, 2)
    says = r"one long series with a timestep in every row, pass a list of it, \[X\]"
    for cut in (SlidingWindows(24).fit, SlidingWindows(24).split_series):
        with pytest.raises(ValueError, match=says):
            cut(table)
        cut([table])
        with pytest.raises(ValueError, match=r"(set smaller numbers|window=24)\.$"):
            cut(table[:2])
