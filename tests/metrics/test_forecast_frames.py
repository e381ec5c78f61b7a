"""Forecasts in frames of pandas and polars against arrays: their columns, their times, and their last axis."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skseq.metrics import (
    continuous_ranked_probability_score,
    interval_coverage,
    mean_absolute_scaled_error,
    mean_interval_width,
    symmetric_mean_absolute_percentage_error,
    weighted_quantile_loss,
    winkler_score,
)

RNG = np.random.RandomState(0)
DAYS = pd.date_range("2025-01-01", periods=12)
FRAME = pd.DataFrame({"a": RNG.randn(12) + 50, "b": RNG.randn(12) + 500}, DAYS)
TRUE = FRAME[8:]
PREDICTED = TRUE + 1
ERROR = symmetric_mean_absolute_percentage_error([TRUE.to_numpy()], [PREDICTED.to_numpy()])


def smape(y_true, y_pred):
    return symmetric_mean_absolute_percentage_error([y_true], [y_pred])


def in_polars(frame):
    return pl.from_pandas(frame.reset_index(names="day"))


def with_entries(entries):
    """A frame of two targets and several entries each, and the same as an array (4, 2, n_entries)."""
    values = np.sort(RNG.randn(4, 2, len(entries)), axis=-1) + TRUE.to_numpy()[..., None]
    columns = pd.MultiIndex.from_product([["a", "b"], entries])
    return pd.DataFrame(values.reshape(4, -1), TRUE.index, columns), values


# --- columns ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("container", [lambda frame: frame, in_polars])
def test_columns_in_another_order_are_refused(container):
    reordered, predicted = container(TRUE[["b", "a"]]), container(PREDICTED)
    message = (
        r"^y_true\[0\] has the columns \['b', 'a'\] and y_pred\[0\] has \['a', 'b'\]. Expected the same names in the "
        r"same order, because columns are compared by position: pass y_pred\[0\]\[\['b', 'a'\]\], or pass arrays.$"
    )
    with pytest.raises(ValueError, match=message):
        smape(reordered, predicted)
    assert smape(reordered, predicted[["b", "a"]]) == pytest.approx(ERROR)


def test_other_columns_are_refused():
    message = (
        r"^y_true\[1\] has the columns \['a', 'b'\] and y_pred\[1\] has \['a', 'c'\]. Expected .* by position: rename "
        "or select the columns, or pass arrays.$"
    )
    other = PREDICTED.rename(columns={"b": "c"})
    with pytest.raises(ValueError, match=message):
        symmetric_mean_absolute_percentage_error([TRUE, TRUE], [PREDICTED, other])
    assert smape(TRUE, other.rename(columns={"c": "b"})) == ERROR


def test_numbered_columns_are_names_in_another_order_only():
    numbered = PREDICTED.set_axis([0, 1], axis=1)
    assert smape(TRUE, numbered) == ERROR
    with pytest.raises(
        ValueError, match=r"has the columns \[0, 1\] and y_pred\[0\] has \[1, 0\].*: pass y_pred\[0\]\[\[0, 1\]\]"
    ):
        smape(TRUE.set_axis([0, 1], axis=1), numbered[[1, 0]])


@pytest.mark.parametrize("container", [lambda frame: frame, in_polars])
def test_an_array_beside_a_frame_is_read_by_position(container):
    assert smape(container(TRUE), PREDICTED.to_numpy()) == ERROR
    assert smape(TRUE.to_numpy(), container(PREDICTED)) == ERROR
    assert smape(container(TRUE), container(PREDICTED)) == ERROR


def test_the_past_has_the_columns_of_the_truth_but_other_times():
    past = FRAME[:8]
    expected = mean_absolute_scaled_error([TRUE.to_numpy()], [PREDICTED], y_train=[past.to_numpy()])
    assert mean_absolute_scaled_error([TRUE], [PREDICTED], y_train=[past]) == expected
    message = r"y_train\[0\] has \['b', 'a'\].*: pass y_train\[0\]\[\['a', 'b'\]\]"
    with pytest.raises(ValueError, match=message):
        mean_absolute_scaled_error([TRUE], [PREDICTED], y_train=[past[["b", "a"]]])


# --- times ------------------------------------------------------------------------------------------------------------


def test_the_truth_of_other_days_is_refused():
    message = (
        r"^y_true\[0\] and y_pred\[0\] must be of the same times. At step 0, y_true\[0\] has 2025-01-05 and "
        r"y_pred\[0\] has 2025-01-09: pass the true values of the times that were forecast, such as with "
        r"loc\[y_pred\[0\].index\], or arrays, whose steps are compared by position.$"
    )
    with pytest.raises(ValueError, match=message):
        smape(FRAME[4:8], PREDICTED)
    assert smape(FRAME.loc[PREDICTED.index], PREDICTED) == ERROR


def test_the_truth_of_other_days_is_refused_in_polars():
    message = r"At step 0, y_true\[0\] has 2025-01-05 and y_pred\[0\] has 2025-01-09: .* that were forecast, or arrays"
    with pytest.raises(ValueError, match=message):
        smape(in_polars(FRAME[4:8]), in_polars(PREDICTED))


def test_the_first_time_that_differs_is_named():
    later = PREDICTED.set_axis([*TRUE.index[:2], *(TRUE.index[2:] + pd.Timedelta(hours=1))])
    with pytest.raises(ValueError, match=r"At step 2, y_true\[1\] has 2025-01-11 and y_pred\[1\] has 2025-01-11 01:00"):
        symmetric_mean_absolute_percentage_error([TRUE["a"]] * 2, [PREDICTED["a"], later["a"]])


def test_times_of_periods_zones_and_units():
    periods = TRUE.index.to_period("D")
    assert smape(TRUE.set_axis(periods), PREDICTED.set_axis(periods)) == ERROR
    assert smape(TRUE.set_axis(periods), PREDICTED) == ERROR
    with pytest.raises(ValueError, match=r"At step 0, y_true\[0\] has 2025-01-08 and y_pred\[0\] has 2025-01-09"):
        smape(TRUE.set_axis(periods - 1), PREDICTED.set_axis(periods))
    zoned = TRUE.tz_localize("UTC")
    assert smape(zoned.tz_convert("Europe/Berlin"), PREDICTED.tz_localize("UTC")) == ERROR
    assert smape(TRUE.set_axis(TRUE.index.as_unit("s")), in_polars(PREDICTED)) == ERROR


def test_forecasts_may_go_on_for_longer_and_numbers_are_no_times():
    assert smape(TRUE[:2], PREDICTED) == smape(TRUE[:2], PREDICTED[:2])
    assert smape(TRUE.reset_index(drop=True), PREDICTED.set_axis(range(4, 8))) == ERROR
    assert smape(TRUE.reset_index(drop=True), PREDICTED) == ERROR


def test_of_several_columns_of_times_none_is_left_out():
    two = in_polars(TRUE).with_columns(other=pl.col("day"))
    with pytest.raises(TypeError, match=r"y_true\[0\] holds dates, which are no numbers"):
        smape(two, in_polars(PREDICTED))


# --- a last axis ------------------------------------------------------------------------------------------------------


def test_intervals_of_several_targets():
    frame, values = with_entries(["lower", "upper"])
    true = [TRUE.to_numpy()]
    assert interval_coverage([TRUE], [frame]) == interval_coverage(true, [values])
    assert winkler_score([TRUE], [frame]) == winkler_score(true, [values])
    assert mean_interval_width([frame]) == mean_interval_width([values])


def test_quantiles_and_samples_of_several_targets():
    frame, values = with_entries([0.1, 0.5, 0.9])
    true = [TRUE.to_numpy()]
    expected = weighted_quantile_loss(true, [values], [0.1, 0.5, 0.9])
    assert weighted_quantile_loss([TRUE], [frame], [0.1, 0.5, 0.9]) == expected
    expected = continuous_ranked_probability_score(true, [values])
    assert continuous_ranked_probability_score([TRUE], [frame]) == expected


def test_entries_that_do_not_stand_side_by_side_are_refused():
    frame, _ = with_entries(["lower", "upper"])
    message = r"^y_interval\[0\] has the columns .*Expected those of each target side by side.* Select them by name.$"
    with pytest.raises(ValueError, match=message):
        interval_coverage([TRUE], [frame.sort_index(axis=1, level=1)])


def test_intervals_of_other_targets_or_days_are_refused():
    frame, _ = with_entries(["lower", "upper"])
    with pytest.raises(ValueError, match=r"has the columns \['b', 'a'\] and y_interval\[0\] has \['a', 'b'\]"):
        interval_coverage([TRUE[["b", "a"]]], [frame])
    with pytest.raises(ValueError, match=r"y_true\[0\] and y_interval\[0\] must be of the same times"):
        interval_coverage([FRAME[:4]], [frame])


def test_intervals_of_one_target_have_the_columns_lower_and_upper():
    frame, values = with_entries(["lower", "upper"])
    expected = winkler_score([TRUE["a"].to_numpy()], [values[:, 0]])
    assert winkler_score([TRUE["a"]], [frame["a"]]) == expected
    assert winkler_score([TRUE[["a"]]], [in_polars(frame["a"])]) == expected


def test_several_targets_side_by_side_without_levels_are_refused():
    frame, _ = with_entries(["lower", "upper"])
    flat = frame.set_axis(["a_lower", "a_upper", "b_lower", "b_upper"], axis=1)
    with pytest.raises(ValueError, match=r"Got 4: .* targets are arrays \(horizon, n_targets, 2\), or frames"):
        interval_coverage([in_polars(TRUE)], [in_polars(flat)])


# --- what stays as it is ----------------------------------------------------------------------------------------------


def test_bounds_of_several_coverages_are_of_one_target():
    lower, upper = (pd.DataFrame({0.5: TRUE["a"] + d, 0.8: TRUE["a"] + 2 * d}) for d in (-1, 1))
    both = pd.concat({"lower": lower, "upper": upper}, axis=1)
    one = both.loc[:, (slice(None), [0.8])]
    assert interval_coverage([TRUE["a"]], [one]) == 1
    assert mean_interval_width([one]) == pytest.approx(4)
    with pytest.raises(ValueError, match="Got 4: intervals of several coverages are judged one by one"):
        interval_coverage([TRUE["a"]], [both])


def test_a_single_column_may_have_any_name():
    assert smape(TRUE[["a"]], PREDICTED[["a"]].rename(columns={"a": "a_hat"})) == smape(TRUE["a"], PREDICTED["a"])


def test_times_that_cannot_be_compared_are_not():
    far = pd.Series([1.0, 2.0], pd.period_range("2300", periods=2, freq="Y"))
    assert smape(far, far) == 0
    local = TRUE["a"].tz_localize("Europe/Berlin")
    assert smape(TRUE["a"], local) == smape(local, TRUE["a"]) == 0
    assert smape(in_polars(TRUE), in_polars(TRUE.tz_localize("UTC"))) == 0


@pytest.mark.parametrize("levels", [[0.9, 0.5, 0.1], [0.1, 0.5, 0.8]])
def test_quantiles_of_other_levels_than_columns_name_are_refused(levels):
    one = pd.DataFrame([[1.0, 2.0, 3.0]], columns=[0.1, 0.5, 0.9])
    several, _ = with_entries([0.1, 0.5, 0.9])
    for true, frame in (
        (pd.Series([2.0]), one),
        (pl.Series([2.0]), pl.from_pandas(one.rename(columns=str))),
        (TRUE, several),
    ):
        with pytest.raises(
            ValueError, match=r"of the columns of y_quantiles\[0\], .* order: \[0\.1, 0\.5, 0\.9\]\. Got"
        ):
            weighted_quantile_loss([true], [frame], levels)
        assert weighted_quantile_loss([true], [frame], [0.1, 0.5, 0.9]) >= 0


def test_levels_in_names_of_columns_may_be_rounded():
    frame = pd.DataFrame([[1.0, 2.0]], columns=["0.333", "0.667"])
    assert weighted_quantile_loss([pd.Series([2.0])], [frame], [1 / 3, 2 / 3]) >= 0
    assert weighted_quantile_loss([pd.Series([2.0])], [frame], np.float32([1 / 3, 2 / 3])) >= 0


def test_columns_that_name_no_levels_may_have_any():
    frame = pd.DataFrame([[1.0, 2.0]], columns=["low", "high"])
    assert weighted_quantile_loss([pd.Series([2.0])], [frame], [0.1, 0.9]) >= 0
    assert weighted_quantile_loss([pd.Series([2.0])], [frame.set_axis([0, 1], axis=1)], [0.1, 0.9]) >= 0
