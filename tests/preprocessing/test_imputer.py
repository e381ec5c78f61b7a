"""What stands in gaps."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.impute import SimpleImputer
from sklearn.pipeline import make_pipeline

from skseq import SequenceClassifier, SeriesForecaster
from skseq.preprocessing import SequenceImputer, SequenceScaler

pytestmark = pytest.mark.filterwarnings("ignore:Sequence [0-9] of X has no reading")  # as in the third of these

NAN = np.nan
GAPPY = np.array([[NAN, 2.0, NAN, NAN, 8.0, NAN], [1.0, 1.0, NAN, 3.0, 3.0, 3.0], [NAN] * 6])
MEAN = (2 + 8 + 1 + 1 + 3 + 3 + 3) / 7


@pytest.mark.parametrize(
    ("strategy", "first", "second"),
    [
        ("forward", [MEAN, 2, 2, 2, 8, 8], [1, 1, 1, 3, 3, 3]),
        ("interpolate", [2, 2, 4, 6, 8, 8], [1, 1, 2, 3, 3, 3]),
        ("mean", [MEAN, 2, MEAN, MEAN, 8, MEAN], [1, 1, MEAN, 3, 3, 3]),
        ("median", [3, 2, 3, 3, 8, 3], [1, 1, 3, 3, 3, 3]),  # of 1, 1, 2, 3, 3, 3 and 8
    ],
)
def test_gaps_by_hand(strategy, first, second):
    imputer = SequenceImputer(strategy).fit(GAPPY)
    np.testing.assert_allclose(imputer.mean_, [MEAN])
    third = [3 if strategy == "median" else MEAN] * 6
    np.testing.assert_allclose(imputer.transform(GAPPY), [first, second, third])


def test_a_constant_fills_all_gaps(recwarn):
    """Also those of a channel without a reading, of which nothing warns then."""
    X = [np.array([[NAN, NAN], [2.0, NAN], [NAN, NAN]])]
    imputer = SequenceImputer("constant", fill_value=-1).fit(X)
    np.testing.assert_array_equal(imputer.transform(X)[0], [[-1, -1], [2, -1], [-1, -1]])
    assert not recwarn.list
    np.testing.assert_array_equal(SequenceImputer("constant").fit_transform([[NAN, 1.0]]), [[0, 1]])
    imputer.set_params(fill_value=5)
    np.testing.assert_array_equal(imputer.transform(X)[0][:, 1], [-1, -1, -1])  # as in fit
    for wrong in (NAN, "0", None, np.inf):
        with pytest.raises(ValueError, match="'fill_value' parameter"):
            SequenceImputer("constant", fill_value=wrong).fit(X)


@pytest.mark.parametrize("strategy", ["forward", "interpolate", "mean", "median"])
def test_channels_and_samples_do_not_touch_each_other(strategy):
    """Each filled alone, ragged or padded, gives the same."""
    rng = np.random.RandomState(0)
    ragged = [rng.randn(n, 2) for n in (4, 7, 5)]
    for own in ragged:
        own[rng.rand(*own.shape) < 0.4] = NAN
    imputer = SequenceImputer(strategy).fit(ragged)
    filled = imputer.transform(ragged)
    for own, all_together in zip(ragged, filled):
        assert all_together.shape == own.shape
        np.testing.assert_array_equal(imputer.transform([own])[0], all_together)
        np.testing.assert_array_equal(all_together[~np.isnan(own)], own[~np.isnan(own)])
    means = np.nanmean(np.concatenate(ragged), axis=0)
    np.testing.assert_allclose(imputer.mean_, means)
    for channel in range(2):
        one = SequenceImputer(strategy).fit([own[:, channel] for own in ragged])
        for alone, both in zip(one.transform([own[:, channel] for own in ragged]), filled):
            np.testing.assert_allclose(alone, both[:, channel])


def test_forward_reads_the_past_only():
    later = GAPPY.copy()
    later[:, 4:] += 5
    imputer = SequenceImputer().fit(GAPPY)
    np.testing.assert_array_equal(imputer.transform(later)[:, :4], imputer.transform(GAPPY)[:, :4])


@pytest.mark.parametrize("ragged", [False, True])
def test_sequences_without_a_reading_are_told_of(ragged):
    imputer = SequenceImputer().fit(GAPPY)
    later = GAPPY[[0, 2, 1]]
    with pytest.warns(UserWarning, match=r"^Sequence 1 of X has no reading: .* those are X\[\[1\]\]\.$"):
        imputer.transform([own[: 6 - k] for k, own in enumerate(later)] if ragged else later)
    later[2] = np.nan
    with pytest.warns(UserWarning, match=r"^Sequence 1 of X has no reading, as 1 other\(s\): .* X\[\[1, 2\]\]\.$"):
        imputer.transform(later)


def test_indicators_stand_behind_all_channels():
    X = np.stack([GAPPY, np.ones_like(GAPPY)], axis=2)  # (3, 6, 2)
    found = SequenceImputer(add_indicator=True).fit_transform(X)
    assert found.shape == (3, 6, 4)
    np.testing.assert_array_equal(found[..., 2], np.isnan(GAPPY))
    np.testing.assert_array_equal(found[..., 3], 0)
    ragged = SequenceImputer(add_indicator=True).fit_transform([GAPPY[0], GAPPY[1, :4]])
    assert [own.shape for own in ragged] == [(6, 2), (4, 2)]
    np.testing.assert_array_equal(ragged[1][:, 1], [0, 0, 1, 0])


def test_a_channel_that_was_never_read_becomes_zero_with_a_warning():
    X = np.full((2, 3, 2), NAN)
    X[..., 0] = 5
    for imputer in (SequenceImputer(), SequenceImputer("median")):
        with pytest.warns(UserWarning, match=r"No reading is in channel\(s\) 1 of X, whose gaps are filled with 0"):
            filled = imputer.fit_transform(X)
        np.testing.assert_array_equal(filled, np.stack([X[..., 0], np.zeros((2, 3))], axis=2))
        imputer.fit(X[..., :1])  # without it none
    frames = [pd.DataFrame(own, columns=["level", "flow"]) for own in X]
    with pytest.warns(UserWarning, match=r"channel\(s\) flow of X"):
        SequenceImputer().fit(frames)
    with pytest.warns(UserWarning, match=r"channel\(s\) 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, \.\.\. of X"):
        SequenceImputer().fit(np.full((2, 3, 30), NAN))
    with pytest.warns(UserWarning, match="No reading is in X, whose gaps"):
        SequenceImputer().fit(X[..., 1])


def test_medians_are_those_of_scikit_learn_and_of_the_last_fit():
    imputer = SequenceImputer("median").fit(GAPPY)
    columns = SimpleImputer(strategy="median").fit(GAPPY[:2].reshape(-1, 1))  # every reading is one of one channel
    np.testing.assert_array_equal(imputer.median_, columns.statistics_)
    assert not hasattr(imputer.set_params(strategy="mean").fit(GAPPY), "median_")


def test_an_unknown_strategy_is_told_those_that_there_are():
    with pytest.raises(ValueError, match="among {.*}. Got 'ffill'") as refusal:
        SequenceImputer("ffill").fit(GAPPY)
    assert all(repr(own) in str(refusal.value) for own in ("forward", "interpolate", "mean", "median"))


def test_numbers_near_the_largest_one_do_not_overflow():
    assert SequenceImputer("interpolate").fit_transform([[1e308, NAN, -1e308]]).tolist() == [[1e308, 0, -1e308]]
    for strategy in ("mean", "median"):
        assert SequenceImputer(strategy).fit_transform([[1e308, 1.5e308, NAN]])[0, 2] == 1.25e308


def test_none_is_missing_and_float32_stays():
    assert SequenceImputer().fit_transform([[1.0, None], [None, 3.0]]).tolist() == [[1, 1], [2, 3]]
    assert SequenceImputer().fit_transform(GAPPY.astype(np.float32)).dtype == np.float32


def test_infinity_is_an_error():
    with pytest.raises(ValueError, match="X contains infinity"):
        SequenceImputer().fit([[1.0, np.inf]])
    with pytest.raises(ValueError, match="X contains infinity"):
        SequenceImputer().fit([[1.0, 2.0]]).transform([np.array([np.inf])])


def test_without_gaps_nothing_changes():
    X = np.random.RandomState(0).randn(4, 5)
    np.testing.assert_array_equal(SequenceImputer("interpolate").fit_transform(X), X)


def test_columns_beside_indicators_have_no_names():
    X = [[1.0, NAN], [3.0, 4.0]]
    with pytest.raises(AttributeError, match="have no names. Set add_indicator=False, and fit"):
        SequenceImputer(add_indicator=True).fit(X).get_feature_names_out()
    assert SequenceImputer(add_indicator=False).fit(X).get_feature_names_out().tolist() == ["x0", "x1"]


def test_parameters_that_are_set_later_belong_to_the_next_fit():
    imputer = SequenceImputer("interpolate").fit(GAPPY)
    expected = imputer.transform(GAPPY)
    imputer.set_params(strategy=None, add_indicator=True)
    np.testing.assert_array_equal(imputer.transform(GAPPY), expected)
    assert imputer.get_feature_names_out().tolist() == ["x0", "x1", "x2", "x3", "x4", "x5"]


# --- Series and frames ------------------------------------------------------------------------------------------------

DAYS = pd.date_range("2024-01-01", periods=40, tz="Europe/Berlin")
WAVE = np.sin(np.arange(40) / 3)


def test_series_keep_index_and_name():
    X = [pd.Series([1, 2, 3], DAYS[:3], name="a"), pd.Series([4.0, NAN], DAYS[5:7]), np.array([NAN, 6.0])]
    for given in (X, tuple(X)):
        first, second, third = SequenceImputer().fit_transform(given)
        pd.testing.assert_series_equal(first, X[0].astype(float))
        pd.testing.assert_series_equal(second, pd.Series([4.0, 4.0], DAYS[5:7]))
        np.testing.assert_array_equal(third, [np.mean([1, 2, 3, 4, 6]), 6])
    assert X[1].isna().tolist() == [False, True]


@pytest.mark.parametrize("n", [3, 4])  # of one length, and ragged
def test_frames_keep_index_and_columns(n):
    numbered = [pd.DataFrame([[1, NAN]] * 3), pd.DataFrame([[NAN, 2]] * n, ["x", "y", "z", "z"][:n])]
    found = SequenceImputer().fit_transform(numbered)
    for frame, own in zip(found, numbered):
        pd.testing.assert_frame_equal(frame, pd.DataFrame(1.0 + np.tile([0, 1], (len(own), 1)), own.index, own.columns))
    small = SequenceImputer().fit_transform([frame.astype("float32") for frame in numbered])
    assert set(small[1].dtypes) == {np.dtype("float32")}


def test_missing_values_of_pandas_own_types():
    found = SequenceImputer().fit_transform([pd.Series([1, None, 3], dtype="Int64"), pd.Series([2], dtype="Float64")])
    pd.testing.assert_series_equal(found[0], pd.Series([1.0, 1.0, 3.0]))


def test_indicators_are_columns_of_frames():
    imputer = SequenceImputer(add_indicator=True)
    (named,) = imputer.fit_transform([pd.Series([1.0, NAN], DAYS[:2], name="a")])
    expected = pd.DataFrame({"x0": [1.0, 1.0], "missingindicator_x0": [0.0, 1.0]}, DAYS[:2])
    pd.testing.assert_frame_equal(named, expected)
    assert imputer.fit_transform([pd.Series([1.0])])[0].columns.tolist() == ["x0", "missingindicator_x0"]
    levels = pd.DataFrame([[1.0, NAN]], columns=pd.MultiIndex.from_tuples([("a", 1), ("b", 1)], names=["of", None]))
    with pytest.warns(UserWarning, match=r"channel\(s\) \('b', 1\) of X"):
        (found,) = imputer.fit_transform([levels])
    assert found.columns.tolist() == [("a", 1), ("b", 1), ("missingindicator_a", 1), ("missingindicator_b", 1)]
    assert found.columns.names == ["of", None]
    np.testing.assert_array_equal(found, [[1, 0, 0, 1]])


@pytest.mark.parametrize("library", [pd, pl])
def test_series_of_other_names_stand_in_one_list_with_indicators(library):
    """What comes next refuses frames whose columns differ."""
    series = [pd.Series([1.0, None, 2.0], name="a"), pd.Series([3.0, 4.0], name="b")]
    if library is pl:
        series = list(map(pl.from_pandas, series))
    told = SequenceImputer(add_indicator=True).fit_transform(series)
    assert [list(own.columns) for own in told] == [["x0", "missingindicator_x0"]] * 2
    assert SequenceScaler().fit_transform(told)[0].shape == (3, 2)


def test_polars_keeps_names_and_columns_of_times():
    imputer = SequenceImputer()
    series = imputer.fit_transform([pl.Series("a", [1, None, 3]), pl.Series([2.0])])
    assert [own.to_list() for own in series] == [[1, 1, 3], [2]]
    assert [own.name for own in series] == ["a", ""]
    frame = pl.DataFrame({"a": [1, None, 3], "day": DAYS[:3], "b": [1.5, 2.5, None]})
    whole, half = imputer.fit_transform([frame, frame[:2]])
    filled = pl.DataFrame({"a": [1.0, 1.0, 3.0], "day": DAYS[:3], "b": [1.5, 2.5, 2.5]})
    assert whole.equals(filled)
    assert half.equals(filled[:2])
    told = SequenceImputer(add_indicator=True).fit_transform([frame])[0]
    assert told.columns == ["a", "day", "b", "missingindicator_a", "missingindicator_b"]
    assert told["missingindicator_b"].to_list() == [0, 0, 1]
    (told,) = SequenceImputer(add_indicator=True).fit_transform([pl.Series([1.0])])
    assert told.columns == ["x0", "missingindicator_x0"]
    with pytest.raises(TypeError, match=r"X\[0\] holds dates"):
        imputer.fit([frame[["day"]]])


def test_a_fit_on_a_table_gives_arrays():
    imputer = SequenceImputer().fit(GAPPY)
    assert isinstance(imputer.transform([pd.Series(GAPPY[0])]), np.ndarray)


@pytest.mark.parametrize("library", ["pandas", "polars"])
def test_dated_series_with_gaps_have_dated_forecasts(library):
    gappy = [np.where(np.arange(40) % gap == 5, NAN, WAVE) for gap in (7, 9)]
    if library == "pandas":
        X = [pd.Series(own, DAYS, name="level") for own in gappy]
    else:
        X = [pl.DataFrame({"day": DAYS, "level": own}).fill_nan(None) for own in gappy]
    forecaster = SeriesForecaster(window=6, horizon=3)
    with pytest.raises(ValueError, match=r"contains NaN: series 0, step 5.*SequenceImputer"):
        forecaster.fit(X)
    model = make_pipeline(SequenceImputer("interpolate"), forecaster).fit(X)
    forecasts = model.predict(X)
    assert len(forecasts) == 2
    if library == "pandas":
        pd.testing.assert_index_equal(forecasts[0].index, pd.date_range("2024-02-10", periods=3, tz="Europe/Berlin"))
        assert forecasts[0].name == "level"
    else:
        assert [day.day for day in forecasts[0]["day"]] == [10, 11, 12]
    np.testing.assert_allclose(np.asarray(forecasts[0])[..., -1].ravel()[-1:], np.sin([42 / 3]), atol=0.3)


def test_in_front_of_an_estimator(eager):
    X, y = [GAPPY[0], GAPPY[1], GAPPY[0, :4], GAPPY[1, 1:]], [0, 1, 0, 1]
    model = make_pipeline(SequenceScaler(), SequenceClassifier(units=2, epochs=1))
    with pytest.raises(ValueError, match="contains NaN"):
        model.fit(X, y)
    model = make_pipeline(SequenceImputer(add_indicator=True), SequenceClassifier(units=2, epochs=1))
    assert model.fit(X, y).predict(X).shape == (4,)


# --- sequences that begin late or end early ---------------------------------------------------------------------------

LISTED = np.r_[np.full(20, NAN), np.arange(30.0), NAN]  # from step 20 on
TELLS_OF_ENDS = (
    r"Sequence 1 of X has no reading in its {} of {} steps, which strategy='{}' fills with {}: .* as by x{} "
)


@pytest.mark.parametrize(
    ("X", "strategy", "told"),
    [
        ([np.arange(9.0), LISTED], "forward", ("first 20", 51, "forward", "the mean of all sequences", r"\[20:50\]")),
        ([LISTED[20:], LISTED], "interpolate", ("first 20", 51, "interpolate", "its nearest reading", r"\[20:50\]")),
        ([LISTED[20:], LISTED[::-1]], "forward", ("last 20", 51, "forward", "its nearest reading", r"\[1:31\]")),
        (np.stack([np.ones(51), LISTED]), "forward", ("first 20", 51, "forward", "the mean of all .*", r"\[20:50\]")),
    ],
)
def test_a_sequence_that_begins_late_or_ends_early(X, strategy, told):
    with pytest.warns(UserWarning, match=TELLS_OF_ENDS.format(*told)) as caught:
        imputer = SequenceImputer(strategy).fit(X)
    assert len(caught) == 1
    imputer.transform(X)


@pytest.mark.parametrize(
    ("X", "parameters"),
    [
        ([LISTED[11:]], {}),
        ([LISTED], {"strategy": "mean"}),
        ([LISTED], {"strategy": "constant"}),
        ([LISTED], {"add_indicator": True}),
        ([np.stack([LISTED, np.ones(51)], axis=1)], {}),
        ([np.r_[np.full(9, NAN), np.ones(100)]], {}),
        ([np.r_[1.0, np.full(20, NAN), 2.0, np.full(20, NAN)]], {}),
    ],
    ids=["few", "mean", "constant", "indicator", "another channel", "a small part", "as within"],
)
def test_gaps_at_ends_that_are_usual(X, parameters, recwarn):
    SequenceImputer(**parameters).fit_transform(X)
    assert not recwarn.list


def test_only_sequences_with_long_ends_are_looked_at_one_by_one(monkeypatch):
    """Of 100,000 with a gap each, that took most of the fit."""
    X = np.ones((30, 40))
    X[:, 3] = NAN
    X[20, :] = LISTED[10:50]  # no reading in the first 10 steps
    looked_at = []
    monkeypatch.setattr(np, "diff", lambda *args, diff=np.diff, **kwargs: looked_at.append(1) or diff(*args, **kwargs))
    with pytest.warns(UserWarning, match="Sequence 20 of X has no reading in its first 10 of 40 steps"):
        SequenceImputer().fit(X)
    assert len(looked_at) == 1
