"""BlockTimeSeriesSplit: splits by hand, no timestep on both sides by brute force, and everything that takes a cv."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
import sklearn
from sklearn.base import clone
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.feature_selection import RFECV
from sklearn.linear_model import Ridge
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    KFold,
    RandomizedSearchCV,
    TimeSeriesSplit,
    check_cv,
    cross_val_predict,
    cross_val_score,
    cross_validate,
    learning_curve,
    permutation_test_score,
    validation_curve,
)
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skseq import SeriesForecaster
from skseq.model_selection import BlockTimeSeriesSplit
from skseq.preprocessing import SlidingWindows

# --- by hand ----------------------------------------------------------------------------------------------------------


def blocks_of(splitter, groups):
    """[(training blocks, test blocks)], and that each side has all samples of its blocks."""
    groups, found = np.asarray(groups), []
    for train, test in splitter.split(np.zeros(len(groups)), groups=groups):
        for side in (train, test):
            np.testing.assert_array_equal(side, np.flatnonzero(np.isin(groups, groups[side])))
        found.append((np.unique(groups[train]).tolist(), np.unique(groups[test]).tolist()))
    return found


SIX = [0, 0, 1, 2, 2, 2, 3, 4, 4, 5]


@pytest.mark.parametrize(
    ("splitter", "expected"),
    [
        (
            BlockTimeSeriesSplit(),
            [([0], [1]), ([0, 1], [2]), ([0, 1, 2], [3]), ([0, 1, 2, 3], [4]), ([0, 1, 2, 3, 4], [5])],
        ),
        (BlockTimeSeriesSplit(1), [([0, 1, 2, 3, 4], [5])]),
        (BlockTimeSeriesSplit(2, gap=2), [([0, 1], [4]), ([0, 1, 2], [5])]),
        (BlockTimeSeriesSplit(2, test_blocks=2), [([0, 1], [2, 3]), ([0, 1, 2, 3], [4, 5])]),
        (BlockTimeSeriesSplit(3, max_train_blocks=2), [([1, 2], [3]), ([2, 3], [4]), ([3, 4], [5])]),
        (BlockTimeSeriesSplit(4, max_train_blocks=2, gap=1), [([0], [2]), ([0, 1], [3]), ([1, 2], [4]), ([2, 3], [5])]),
        (BlockTimeSeriesSplit(2, gap=1, test_blocks=2, max_train_blocks=1), [([0], [2, 3]), ([2], [4, 5])]),
    ],
    ids=str,
)
def test_splits_by_hand(splitter, expected):
    assert blocks_of(splitter, SIX) == expected
    assert splitter.get_n_splits() == splitter.get_n_splits(SIX, SIX, groups=SIX) == len(expected)


def test_samples_need_no_order():
    """Windows come series by series, and blocks repeat in each."""
    groups = [0, 1, 2, 0, 2, 2, 1]
    splits = list(BlockTimeSeriesSplit(2).split(groups, groups=groups))
    assert [(train.tolist(), test.tolist()) for train, test in splits] == [([0, 3], [1, 6]), ([0, 1, 3, 6], [2, 4, 5])]


def test_numbers_without_samples_are_no_blocks():
    splitter = BlockTimeSeriesSplit(2, gap=1)
    assert blocks_of(splitter, [9, 2, 4, 4, 7]) == [([2], [7]), ([2, 4], [9])]
    assert blocks_of(splitter, [2.5, 3.0, -1.0, 4.0]) == [([-1.0], [3.0]), ([-1.0, 2.5], [4.0])]


@pytest.mark.parametrize("container", [list, tuple, pd.Series], ids=lambda container: container.__name__)
def test_containers_of_groups(container):
    ((train, test),) = BlockTimeSeriesSplit(1).split(SIX, groups=container(SIX))
    assert train.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8]
    assert test.tolist() == [9]


def test_dates_and_years_are_groups():
    days = pd.Series(pd.to_datetime(["2024-10-01", "2024-09-30", "2025-01-01"]))
    ((train, test),) = BlockTimeSeriesSplit(1).split(days, groups=days)
    assert (train.tolist(), test.tolist()) == ([0, 1], [2])
    ((train, test),) = BlockTimeSeriesSplit(1, max_train_blocks=1).split(days, groups=days.dt.year)
    assert (train.tolist(), test.tolist()) == ([0, 1], [2])


def test_windows_may_be_lists_of_tokens():
    windows, y, groups = SlidingWindows(window=2, horizon=1, n_blocks=2).split_series([list("abcdefgh")])
    ((train, test),) = BlockTimeSeriesSplit(1).split(windows.tolist(), y, groups)
    assert windows[train].tolist() == [["a", "b"], ["b", "c"]]
    assert windows[test].tolist() == [["e", "f"], ["f", "g"]]


# --- no timestep on both sides ----------------------------------------------------------------------------------------


def clocked(lengths, align):
    """Series whose values are their number and the time, on the clock of the longest."""
    first = [max(lengths) - length if align == "end" else 0 for length in lengths]
    return [np.stack([np.full(n, i), np.arange(n) + first[i]], axis=1) for i, n in enumerate(lengths)]


def sides(cutter, lengths, splitter, align):
    """Every split's (training, test) timesteps (n, 2) of windows and targets: number of the series, and time."""
    windows, y, groups = cutter.split_series(clocked(lengths, align))
    steps = windows if y is None else np.concatenate([windows, y], axis=1)  # (n_windows, window + horizon, 2)
    assert len(np.unique(groups)) == cutter.n_blocks
    return [
        (steps[train].reshape(-1, 2), steps[test].reshape(-1, 2)) for train, test in splitter.split(windows, y, groups)
    ]


def drawn(rng):
    """(SlidingWindows, lengths of series, BlockTimeSeriesSplit) that go together."""
    n_splits, gap, test_blocks = rng.randint(1, 4), rng.randint(3), rng.randint(1, 3)
    n_blocks = n_splits * test_blocks + gap + rng.randint(1, 3)
    window, horizon, stride = rng.randint(1, 7), rng.randint(4), rng.randint(1, 8)
    longest = n_blocks * (window + horizon) + rng.randint(40)
    others = rng.randint(2 * (window + horizon) - 1, longest + 1, size=rng.randint(4))  # room on one side of a seam
    lengths = rng.permutation([longest, *others]).tolist()
    align = ["start", "end"][rng.randint(2)] if len(lengths) > 1 else None
    cutter = SlidingWindows(window, stride=stride, horizon=horizon, n_blocks=n_blocks, align=align)
    most = [None, 1, 2][rng.randint(3)]
    return cutter, lengths, BlockTimeSeriesSplit(n_splits, gap=gap, test_blocks=test_blocks, max_train_blocks=most)


@pytest.mark.parametrize("random_state", range(100))
def test_training_and_test_share_no_timestep(random_state):
    """And every training timestep comes before every test timestep, with the gap between them."""
    cutter, lengths, splitter = drawn(np.random.RandomState(random_state))
    found = sides(cutter, lengths, splitter, cutter.align)
    assert len(found) == splitter.n_splits
    for train, test in found:
        assert len(train) > 0
        assert len(test) > 0
        assert not set(map(tuple, train)) & set(map(tuple, test))
        between = test[:, 1].min() - train[:, 1].max() - 1
        assert between >= splitter.gap * (max(lengths) // cutter.n_blocks)


@pytest.mark.parametrize("align", ["start", "end"])
def test_seams_of_short_series_lie_at_the_same_times(align):
    """A window of every time of the longest series that crosses no seam, and of the short one where it is."""
    cutter = SlidingWindows(window=3, horizon=1, n_blocks=4, align=align)
    windows, y, groups = cutter.split_series(clocked([21, 10], align))
    seams = np.array([6, 11, 16])  # blocks of 6, 5, 5 and 5 steps
    for number, begin, end in [(0, 0, 21), (1, *((0, 10) if align == "start" else (11, 21)))]:
        firsts = [t for t in range(begin, end - 3) if not ((t < seams) & (seams <= t + 3)).any()]
        own = windows[:, 0, 0] == number
        assert windows[own, 0, 1].tolist() == firsts
        assert groups[own].tolist() == np.searchsorted(seams, firsts, side="right").tolist()
        assert (y[own, 0, 1] == np.array(firsts) + 3).all()


def test_numbers_that_count_on_through_all_series_are_no_times():
    """What `align` is for; the test above could not fail without it."""
    cutter = SlidingWindows(window=3, n_blocks=2)
    windows, _, groups = cutter.split_series(clocked([20, 20], "start"))
    train, test = next(BlockTimeSeriesSplit(2).split(windows, groups=groups))
    assert windows[train, :, 1].max() > windows[test, :, 1].min()


def test_scores_of_random_walks_are_honest():
    """Where a random walk goes next is known only from windows that overlap the tested ones."""
    walks = np.cumsum(np.random.RandomState(0).randn(2, 600), axis=1)
    windows, y, groups = SlidingWindows(30, horizon=30, n_blocks=6, align="end").split_series(walks)
    model, moves = KNeighborsRegressor(1), y - windows[:, [-1]]
    assert cross_val_score(model, windows, moves, cv=KFold(3, shuffle=True, random_state=0)).min() > 0.5
    assert cross_val_score(model, windows, moves, groups=groups, cv=BlockTimeSeriesSplit(3)).max() < 0.1


# --- as cv= -----------------------------------------------------------------------------------------------------------

ALPHAS = [1e-3, 1.0]
WINDOWS, Y, GROUPS = SlidingWindows(window=5, horizon=1, n_blocks=5, align="end").split_series(
    [np.sin(np.arange(90) / 5), np.cos(np.arange(60) / 5)]
)
Y = Y[:, 0]
CV = BlockTimeSeriesSplit(3, gap=1)


def expected_scores(alpha=1.0):
    splits = CV.split(WINDOWS, Y, GROUPS)
    return [Ridge(alpha).fit(WINDOWS[a], Y[a]).score(WINDOWS[b], Y[b]) for a, b in splits]


@pytest.mark.parametrize("routing", [False, True])
def test_cross_validation(routing):
    given = {"params": {"groups": GROUPS}} if routing else {"groups": GROUPS}
    with sklearn.config_context(enable_metadata_routing=routing):
        found = cross_validate(Ridge(), WINDOWS, Y, cv=CV, **given)["test_score"]
        np.testing.assert_allclose(found, expected_scores())
        pipeline = make_pipeline(StandardScaler(with_mean=False, with_std=False), Ridge())
        np.testing.assert_allclose(cross_val_score(pipeline, WINDOWS, Y, cv=CV, **given), expected_scores())
        curve = learning_curve(
            Ridge(), WINDOWS, Y, cv=CV, train_sizes=[len(next(CV.split(Y, groups=GROUPS))[0])], **given
        )
        np.testing.assert_allclose(curve[2][0, 0], expected_scores()[0])
        curve = validation_curve(Ridge(), WINDOWS, Y, param_name="alpha", param_range=ALPHAS, cv=CV, **given)[1]
        np.testing.assert_allclose(curve, [expected_scores(alpha) for alpha in ALPHAS])
        assert permutation_test_score(Ridge(), WINDOWS, Y, cv=CV, n_permutations=2, random_state=0, **given)[0] > 0.9


@pytest.mark.parametrize("routing", [False, True])
def test_searches(routing):
    expected = np.transpose([expected_scores(alpha) for alpha in ALPHAS])
    with sklearn.config_context(enable_metadata_routing=routing):
        for search in (
            GridSearchCV(Ridge(), {"alpha": ALPHAS}, cv=CV),
            RandomizedSearchCV(Ridge(), {"alpha": ALPHAS}, n_iter=2, cv=CV, random_state=1),
        ):
            search = clone(search).fit(WINDOWS, Y, groups=GROUPS)
            assert search.n_splits_ == 3
            order = np.argsort([chosen["alpha"] for chosen in search.cv_results_["params"]])
            for number, scores in enumerate(expected):
                np.testing.assert_allclose(search.cv_results_[f"split{number}_test_score"][order], scores)


def test_a_search_in_a_cross_validation():
    """Both split by blocks. Only routing brings groups to the search inside."""
    search = GridSearchCV(Ridge(), {"alpha": ALPHAS}, cv=BlockTimeSeriesSplit(1))
    with sklearn.config_context(enable_metadata_routing=True):
        scores = cross_val_score(search, WINDOWS, Y, cv=BlockTimeSeriesSplit(2), params={"groups": GROUPS})
    assert scores.min() > 0.99


def test_other_searches():
    halving = HalvingGridSearchCV(Ridge(max_iter=1), {"alpha": ALPHAS}, cv=CV, resource="max_iter", max_resources=4)
    halving.set_params(estimator__solver="lsqr", min_resources=4).fit(WINDOWS, Y, groups=GROUPS)
    assert halving.n_splits_ == 3
    selection = RFECV(Ridge(), cv=CV, min_features_to_select=4).fit(WINDOWS, Y, groups=GROUPS)
    np.testing.assert_allclose([selection.cv_results_[f"split{i}_test_score"][-1] for i in range(3)], expected_scores())


def test_routing_can_be_turned_off():
    assert CV.get_metadata_routing().split.requests == {"groups": True}
    with sklearn.config_context(enable_metadata_routing=True):
        other = copy.deepcopy(CV).set_split_request(groups=False)
        assert other.get_metadata_routing().split.requests == {"groups": False}


def test_predictions_need_every_sample_in_one_test_set():
    with pytest.raises(ValueError, match="only works for partitions"):
        cross_val_predict(Ridge(), WINDOWS, Y, groups=GROUPS, cv=CV)


def test_copies_look_alike():
    splitter = BlockTimeSeriesSplit(4, gap=1, test_blocks=2, max_train_blocks=3)
    text = "BlockTimeSeriesSplit(gap=1, max_train_blocks=3, n_splits=4, test_blocks=2)"
    twins = [splitter, clone(splitter, safe=False), copy.deepcopy(splitter), pickle.loads(pickle.dumps(splitter))]
    assert {repr(twin) for twin in twins} == {text}
    assert check_cv(splitter) is splitter
    assert f"cv={text}" in "".join(repr(GridSearchCV(Ridge(), {}, cv=splitter)).split("\n")).replace("  ", "")


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "parameters",
    [{"n_splits": 0}, {"n_splits": 2.0}, {"n_splits": None}, {"gap": -1}, {"gap": 0.5}, {"test_blocks": 0}]
    + [{"max_train_blocks": 0}, {"max_train_blocks": "all"}],
    ids=str,
)
def test_bad_parameters(parameters):
    ((name, value),) = parameters.items()
    with pytest.raises(ValueError, match=rf"'{name}' parameter of BlockTimeSeriesSplit.* Got {value!r} instead"):
        BlockTimeSeriesSplit(**parameters)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({}, "n_splits=5 and test_blocks=1 with gap=0 need at least 6 blocks .*groups holds 4: set smaller numbers"),
        ({"n_splits": 4}, "need at least 5 blocks .*groups holds 4: set smaller numbers, or cut the series into more"),
        ({"n_splits": 2, "test_blocks": 2}, "n_splits=2 and test_blocks=2 with gap=0 need at least 5 blocks"),
        ({"n_splits": 2, "gap": 2}, "with gap=2 need at least 5 blocks .*groups holds 4: set gap to at most 1"),
        ({"n_splits": 3, "gap": 9}, "set gap to at most 0, or cut the series into more blocks"),
    ],
)
def test_too_few_blocks(parameters, message):
    groups = [0, 1, 2, 3, 3]
    with pytest.raises(ValueError, match=message):
        next(BlockTimeSeriesSplit(**parameters).split(groups, groups=groups))


def test_what_an_error_says_of_forecasters_helps():
    """They take series, not the windows that have groups."""
    days = pd.Series(np.random.RandomState(0).rand(60), pd.date_range("2024-01-01", periods=60))
    forecaster, grid = SeriesForecaster(Ridge(), window=3, horizon=2), {"estimator__alpha": [0.1, 10]}
    with pytest.raises(ValueError, match="take its backtest, TimeSeriesSplit .* or KFold"):
        GridSearchCV(forecaster, grid, cv=BlockTimeSeriesSplit(2)).fit(days)
    for cv, X in ((TimeSeriesSplit(2), days), (KFold(2), [days, days[:50]])):
        assert np.isfinite(GridSearchCV(forecaster, grid, cv=cv).fit(X).cv_results_["mean_test_score"]).all()


@pytest.mark.parametrize(
    ("groups", "message"),
    [
        (None, "The 'groups' parameter should not be None.*Pass the groups of SlidingWindows.split_series"),
        ([0, 1, 2], r"one number per sample, shape \(4,\) for this X. Got shape \(3,\)"),
        ([[0], [1], [2], [3]], r"shape \(4,\) for this X. Got shape \(4, 1\)"),
        (3, r"Got shape \(\)"),
        ([0, 1, np.nan, np.nan], r"groups contains NaN for 2 sample\(s\): leave these samples out"),
        (np.array(["2024-01-01", "NaT", "2025-01-01", "2026-01-01"], "M8[D]"), r"contains NaN for 1 sample\(s\)"),
        (["9", "10", "11", "12"], "groups must be numbers or dates that ascend with time.*Got <U2"),
        ([0, 1, None, 2], "none may be missing. Got object"),
        (pd.array([0, 1, None, 2]), "groups contains NaN|Got object"),  # pandas 3 or 2
    ],
    ids=str,
)
def test_bad_groups(groups, message):
    with pytest.raises(ValueError, match=message):
        next(BlockTimeSeriesSplit(1).split(np.zeros(4), groups=groups))


def test_a_search_without_groups():
    with pytest.raises(ValueError, match="The 'groups' parameter should not be None"):
        cross_val_score(Ridge(), WINDOWS, Y, cv=CV)
