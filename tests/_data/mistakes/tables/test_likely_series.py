"""Tables that are most likely one series, and tables that are none: who is warned, and of what."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from quiet_fits import assert_no_warning
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from sklearn.linear_model import Ridge
from warned import told

import skseq
from skseq import (
    LSTMAutoencoderTransformer,
    Seq2SeqClassifier,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceGenerator,
    SequenceRegressor,
    SequenceTagger,
    SeriesForecaster,
)
from skseq._data.mistakes.tables.likely_series import (
    warn_if_one_column,
    warn_if_one_series,
    warn_if_timed_steps,
)

RNG = np.random.RandomState(0)
WALKS = RNG.randn(20, 3, 100).cumsum(axis=2)  # channels first
SMALL = {"units": 2, "epochs": 1}
pytestmark = pytest.mark.usefixtures("eager", "untrained")


# --- a table that is one long series ----------------------------------------------------------------------------------


def read_as_rows(X, **options):
    """What is warned of when an autoencoder reads X."""
    return told(warn_if_one_series, X, np.asarray(X, np.float64)[:, :, None], "X", **options)


STEPS = np.arange(300.0)
CHANNELS = np.stack([50 + np.sin(STEPS / 5), np.cos(STEPS / 9), STEPS / 600], axis=1)


@pytest.mark.parametrize(
    "X",
    [CHANNELS, CHANNELS[:, :1], pd.DataFrame(CHANNELS), pd.DataFrame(CHANNELS[:9], pd.date_range("2024", periods=9))],
    ids=["channels", "one channel", "frame", "frame with times"],
)
def test_a_table_whose_rows_are_steps(X):
    (message,) = read_as_rows(X)
    assert message.startswith(f"X of shape {X.shape} is read as {len(X)} sequences of {X.shape[1]} timestep(s), but ")
    rows = " If rows are samples, pass X.reset_index(drop=True)." if "holds times" in message else ""
    assert message.endswith(f"If it is one long series with a timestep in every row, pass a list of it, [X].{rows}")


QUARTERS = pd.period_range("1990Q1", periods=60, freq="Q")
WRITTEN = [
    (QUARTERS.astype(str), QUARTERS),
    (QUARTERS.strftime("%Y-Q%q"), QUARTERS),
    (QUARTERS.to_timestamp().strftime("%Y-%m"), QUARTERS.to_timestamp()),
    (QUARTERS.to_timestamp().strftime("%Y-%m-%d"), QUARTERS.to_timestamp()),
]


@pytest.mark.parametrize(("index", "times"), WRITTEN, ids=lambda own: str(own[0]))
def test_a_table_whose_index_holds_times_as_text(index, times):
    """As of a CSV file with growth rates of countries, in which nothing else tells rows from columns."""
    X = pd.DataFrame(np.random.RandomState(0).randn(60, 20), index)
    (message,) = read_as_rows(X)
    assert message.endswith("pass a list of it, [X]. If rows are samples, pass X.reset_index(drop=True).")
    (message,) = read_as_rows(X, side_by_side=True)
    timed = eval(re.search(r"in every row, pass (.*)\. If rows", message)[1], {"X": X, "pandas": pd})
    assert timed.index.equals(pd.Index(times))
    assert read_as_rows(X.reset_index(drop=True), side_by_side=True) == []
    assert_no_warning(SeriesForecaster(Ridge(), window=4), [timed[name] for name in timed])


@pytest.mark.parametrize("labels", ["{}", "2019-{:04}", "patient {}", "{}Q1", "2019-{:02}-a"])
def test_names_of_samples_are_no_times(labels):
    names = [labels.format(number + 1) for number in range(60)]
    assert read_as_rows(pd.DataFrame(np.random.RandomState(0).randn(60, 20), names), side_by_side=True) == []


def test_times_of_samples_in_no_order_are_none_of_steps():
    X = pd.DataFrame(np.random.RandomState(0).randn(60, 20), QUARTERS.astype(str)[::-1])
    assert read_as_rows(X, side_by_side=True) == []


@pytest.mark.parametrize("n_steps", [2, 3])
def test_windows_of_a_smooth_series_are_no_steps(n_steps):
    """So few steps of it are as unlike as channels."""
    X = np.lib.stride_tricks.sliding_window_view(100 + 20 * np.sin(STEPS / 8), n_steps)
    assert read_as_rows(X) == []


@pytest.mark.parametrize(
    "X",
    [
        np.random.RandomState(0).permutation(CHANNELS),
        np.random.RandomState(0).permutation(CHANNELS)[:, :1],
        np.random.RandomState(0).randn(300, 3),
        np.lib.stride_tricks.sliding_window_view(np.sin(STEPS / 5), 12),
        np.sin(np.add.outer(np.random.RandomState(0).rand(300), np.arange(8) / 4)),
        CHANNELS[:40],
        np.zeros((300, 3)),
    ],
    ids=["shuffled", "shuffled numbers", "noise", "windows", "waves", "few", "constant"],
)
def test_a_table_whose_rows_are_sequences(X):
    assert read_as_rows(X) == []


SHOPS = [f"shop{i}" for i in range(40)]
MANY_NOISES = np.random.RandomState(0).randn(300, 40)
WEEK = np.sin(2 * np.pi * STEPS / 7)[:, None]
MONTHS = pd.period_range("2020-01", periods=24, freq="M").astype(str)
YEAR = np.sin(2 * np.pi * np.arange(24) / 12)
PRICES = np.tile([10, 200, 3000, 40, 77], 60)[:, None]  # of five products in each shop
LEVELS = np.linspace(10, 1000, 40)[np.random.RandomState(0).permutation(40)]


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
@pytest.mark.parametrize(
    "values",
    [
        100 + 10 * WEEK + 3 * MANY_NOISES,
        100 + 10 * WEEK + 8 * MANY_NOISES,
        LEVELS * (1 + 0.2 * WEEK + 0.1 * MANY_NOISES),
        100 + 10 * np.sin(2 * np.pi * STEPS[:, None] / 12 + np.arange(40) ** 2) + 3 * MANY_NOISES,
    ],
    ids=["weeks", "noisy weeks", "levels", "phases"],
)
def test_seasons_side_by_side_are_steps_to_a_forecaster(values, frame):
    X = frame(values, SHOPS) if frame is pl.DataFrame else frame(values, columns=SHOPS)
    (message,) = read_as_rows(X, side_by_side=True)
    assert "rows a season apart are as alike as steps" in message
    assert message.endswith("pass a list of it, [X]; if each row is a series, X.to_numpy().")
    assert read_as_rows(X) == read_as_rows(X.to_numpy(), side_by_side=True) == []


@pytest.mark.parametrize(
    "X",
    [
        pd.DataFrame(PRICES * (1 + 0.3 * YEAR + 0.1 * MANY_NOISES[:, :24]), columns=MONTHS),
        pd.DataFrame(PRICES * (1 + 0.1 * MANY_NOISES[:, :24]), columns=MONTHS),
        pd.DataFrame(PRICES * (1 + 0.1 * MANY_NOISES[:, :24]), columns=[f"t{i}" for i in range(24)]),
        pd.DataFrame(PRICES * (1 + 0.1 * MANY_NOISES[:, :24]), columns=[f"hour_{i}" for i in range(24)]),
        pd.DataFrame(PRICES * (1 + 0.1 * MANY_NOISES[:, :24]), columns=list(map(str, range(24)))),
        pd.DataFrame(PRICES * (1 + 0.1 * MANY_NOISES[:, :24])),
        pd.DataFrame(PRICES * (1 + 0.1 * MANY_NOISES[:, :3]), columns=["Sales Jan", "Sales Feb", "Sales Mar"]),
        pd.DataFrame(PRICES * (1 + 0.3 * YEAR + 0.1 * MANY_NOISES[:, :24]), columns=SHOPS[:24]),
        pd.DataFrame(PRICES + 0.1 * MANY_NOISES, list(map("row {}".format, STEPS)), SHOPS),
        pd.DataFrame(MANY_NOISES, columns=SHOPS),
        pd.DataFrame(MANY_NOISES.cumsum(axis=1), columns=SHOPS),
    ],
    ids=["season", "months", "t", "hours", "text", "numbers", "names", "shops", "rows", "noise", "walks"],
)
def test_frames_of_one_series_per_row(X):
    assert read_as_rows(X, side_by_side=True) == []


NOISE = np.random.RandomState(0).randn(300, 4)
SENSORS = [60, 101325, 0.002, 1500] + ([5, 300, 0.0005, 100] * (np.sin(STEPS / 3)[:, None] + 0.5 * NOISE))


@pytest.mark.parametrize("X", [SENSORS, SENSORS[:, :2], SENSORS[:, 1:]], ids=["four", "two", "three"])
def test_sensors_of_different_units_are_steps_of_one_series(X):
    (message,) = read_as_rows(X)
    assert "neighbouring rows are as alike as steps of a series" in message


CANCER = load_breast_cancer(as_frame=True).data
HOURLY = np.sin(STEPS[:, None] * np.pi / 12 - [0, 1]) * [100, 8] + NOISE[:, :2] * [12, 1] + [300, 15]


def test_columns_with_names_of_different_units_are_steps_of_one_series():
    (message,) = read_as_rows(pd.DataFrame(HOURLY, columns=["load", "temp"]))
    assert "neighbouring rows are alike, and its columns have names of no times and are of different units" in message


@pytest.mark.parametrize(
    "X",
    [
        pd.DataFrame(HOURLY, columns=["t1", "t2"]),
        pd.DataFrame(HOURLY / HOURLY.std(axis=0), columns=["load", "temp"]).sub([0, 13.5]),
        pd.DataFrame(np.random.RandomState(0).permutation(HOURLY), columns=["load", "temp"]),
        load_iris(as_frame=True).data,
        load_wine(as_frame=True).data,
        load_diabetes(as_frame=True).data,
        CANCER,
        CANCER.sort_values("mean radius"),
    ],
    ids=["names of times", "one unit", "shuffled", "iris", "wine", "diabetes", "cancer", "sorted cancer"],
)
def test_named_columns_that_are_no_quantities_of_one_series(X):
    assert read_as_rows(X) == []


GRID = np.linspace(0, 6, 100)
HEIGHTS = [87, 116, 150] + np.random.RandomState(1).randn(300, 1) * 5 + NOISE[:, :3]  # at three ages


@pytest.mark.parametrize(
    "X",
    [
        np.random.RandomState(0).permutation(SENSORS),
        [20, 80, 150, 25] + 0.5 * NOISE,
        [1, 10, 100, 1000] * (1 + 0.05 * NOISE),
        HEIGHTS,
        HEIGHTS[np.argsort(HEIGHTS[:, 0])],
        [500, 900, 1100, 800] * (1 + 0.2 * np.sin(STEPS / 58)[:, None]) + 50 * NOISE,
        np.exp(-((GRID - 4) ** 2)) + 0.02 * NOISE[:, :1] + 0.001 * np.random.RandomState(0).randn(300, 100),
        load_digits().data,
        load_wine().data,
        np.tile([1.0, 1000.0, 5.0], (300, 1)),
    ],
    ids=["shuffled", "recipe", "dilution", "heights", "sorted", "days", "spectra", "pixels", "wine", "constant"],
)
def test_rows_whose_columns_lie_far_apart_may_be_sequences(X):
    assert read_as_rows(X) == []


DATES = pd.date_range("2024", periods=300)
DATED_SENSORS = pd.DataFrame(
    {"temp": 20 + CHANNELS[:, 0], "rpm": 1500 + 80 * CHANNELS[:, 1], "load": CHANNELS[:, 2]}, DATES
)
STATES = pd.Series(np.where(DATED_SENSORS["rpm"] > 1500, "run", "idle"), DATES)


@pytest.mark.parametrize(
    "X", [DATED_SENSORS, CHANNELS, DATED_SENSORS.round().astype(int)], ids=["times", "alike", "integers"]
)
def test_a_table_whose_rows_are_steps_with_labels(X):
    why = "neighbouring rows are as alike" if X is CHANNELS else "its index holds times"
    [message] = [one for one in told(SequenceTagger(**SMALL).fit, X, STATES) if "with one label each" in one]
    assert message.startswith("X of shape (300, 3) is read as 300 sequences of 3 timestep(s) with one label each, but ")
    assert why in message
    assert message.endswith("pass lists of it and of its labels, [X] and [y].")


def test_tables_whose_rows_are_sequences_to_a_tagger():
    assert_no_warning(SequenceTagger(**SMALL), [DATED_SENSORS], [STATES])
    assert_no_warning(SequenceTagger(**SMALL), DATED_SENSORS, np.repeat(STATES.to_numpy()[:, None], 3, axis=1))
    assert_no_warning(
        SequenceTagger(**SMALL), np.random.RandomState(0).randn(300, 3), STATES.sample(frac=1, random_state=0)
    )


PHASES = np.repeat(np.random.RandomState(2).permutation(np.tile([0, 1, 2], 10)), 10)  # (300,)
MACHINE = pd.DataFrame(NOISE[:, :3] * [2, 50, 300] + [20, 300, 1500], columns=["temp", "load", "rpm"])


@pytest.mark.parametrize(
    "X",
    [MACHINE, MACHINE.to_numpy(), NOISE[:, :3], np.tile(MACHINE, (1, 10))],
    ids=["frame", "array", "one unit", "many columns"],
)
def test_a_table_whose_labels_last_for_many_rows_and_return(X):
    with pytest.warns(
        UserWarning, match=r"one label each, but labels last for many rows and return.*\[X\] and \[y\]"
    ) as caught:
        SequenceTagger(**SMALL).fit(X, PHASES)
    array = eval(re.search(r"Pass (.+) to read every row", str(caught[0].message))[1], {"np": np, "X": X})
    assert_no_warning(SequenceTagger(**SMALL), array, PHASES)


def test_labels_that_last_for_some_rows_beside_named_channels():
    """They change at 0.4 of the rows of a random order, as the stages of restless nights."""
    phases = np.repeat(np.random.RandomState(0).randint(0, 3, 120), 300 // 120 + 1)[:300]
    with pytest.warns(UserWarning, match="labels last for many rows and return"):
        SequenceTagger(**SMALL).fit(MACHINE, phases)
    assert_no_warning(SequenceTagger(**SMALL), MACHINE.to_numpy(), phases)
    assert_no_warning(SequenceTagger(**SMALL), MACHINE, np.random.RandomState(0).permutation(phases))


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (MACHINE, np.sort(PHASES)),
        (MACHINE, np.random.RandomState(0).permutation(PHASES)),
        (MACHINE, np.arange(300) % 50 == 0),  # rare events do not last
        (np.sin(np.arange(12) / 2 + 6 * np.random.RandomState(0).rand(300, 1)) + PHASES[:, None], PHASES),
        (np.lib.stride_tricks.sliding_window_view(NOISE[:, 0], 8), PHASES[7:]),
        (np.random.RandomState(0).randn(300, 100) * (1 + PHASES[:, None]), PHASES),
    ],
    ids=["sorted", "shuffled", "rare", "curves", "overlapping windows", "windows of noise"],
)
def test_labels_in_runs_that_may_be_those_of_sequences(X, y):
    assert_no_warning(SequenceTagger(**SMALL), X, y)


@pytest.mark.parametrize("model", [SequenceClassifier, SequenceRegressor, Seq2SeqClassifier])
@pytest.mark.parametrize("n_columns", [2, 3])
def test_a_table_with_times_whose_rows_are_steps_with_targets(model, n_columns):
    y = STEPS if model is SequenceRegressor else STATES
    with pytest.warns(UserWarning, match=f"300 sequences of {n_columns} timestep.*{model.__name__} needs windows of"):
        model(**SMALL).fit(DATED_SENSORS.iloc[:, :n_columns], y)
    assert_no_warning(model(**SMALL), DATED_SENSORS.iloc[:, :n_columns].to_numpy(), y)


RETURNS = pd.DataFrame(np.random.RandomState(0).randn(300, 3) * [0.01, 1.0, 50.0], DATES, ["return", "z", "volume"])


@pytest.mark.parametrize(
    "X",
    [
        RETURNS,
        RETURNS.set_axis(DATES.to_period("D")),
        pd.DataFrame(np.random.RandomState(0).randn(300, 2) + [0, 100], DATES, ["spread", "level"]),
    ],
    ids=["scales", "periods", "levels"],
)
def test_indicators_of_every_day_are_no_sequences(X):
    """No row is like its neighbour, but no quantity has steps of so different scales."""
    n_columns = X.shape[1]
    with pytest.warns(UserWarning, match=f"300 sequences of {n_columns} timestep.*columns differ in scale") as caught:
        SequenceRegressor(**SMALL).fit(X, STEPS)
    code = re.search(r"windows, y, _ = (.*?\]\))", str(caught[0].message))[1]
    windows, targets, _ = eval(code, {"skseq": skseq, "X": X, "y": pd.Series(STEPS, X.index)})
    assert windows.shape == (291, 10, n_columns)
    np.testing.assert_array_equal(targets[:, -1], STEPS[9:])
    assert_no_warning(SequenceRegressor(**SMALL), windows, targets[:, -1])


@pytest.mark.parametrize(
    "X",
    [
        RETURNS.set_axis([0, 1, 2], axis=1),
        RETURNS.set_axis(["t0", "t1", "t2"], axis=1),
        RETURNS.set_axis(["mon", "tue", "wed"], axis=1),
        RETURNS.iloc[::-1],
        pd.DataFrame(np.random.RandomState(0).randn(300, 24) * np.arange(1, 25), DATES).add_prefix("slot "),
        pd.DataFrame(np.random.RandomState(0).randn(300, 3) * [1, 2, 3], DATES, ["a", "b", "c"]),
        RETURNS.set_axis(["night", "morning", "noon"], axis=1),
        RETURNS.set_axis(["breakfast", "lunch_calories", "dinner"], axis=1),
        RETURNS.set_axis(["First", "Second", "bonus"], axis=1),
        RETURNS.set_axis(["before", "during", "after"], axis=1),
        pd.DataFrame(np.random.RandomState(0).poisson([1, 100, 300, 200], (300, 4)), DATES, list("abcd")),
        pd.DataFrame(np.random.RandomState(0).poisson([1, 9000], (300, 2)), DATES, list("ab")),
    ],
    ids=[
        "integers", "times", "weekdays", "descending", "many", "one scale", "parts of a day", "meals", "ordinals",
        "stages", "counts", "counts far apart",
    ],
)  # fmt: skip
def test_rows_with_dates_that_may_be_windows(X):
    assert_no_warning(SequenceRegressor(**SMALL), X, STEPS)


@pytest.mark.parametrize("names", [["return", "z", "volume"], ["firsts", "endings", "latency"]])
def test_names_of_no_times(names):
    counts = pd.DataFrame(np.random.RandomState(0).poisson(5, (300, 3)) * [1, 1, 1000], DATES, names)
    with pytest.warns(UserWarning, match="columns differ in scale"):
        warn_if_timed_steps(counts, counts.to_numpy(float)[:, :, None], "X", "SequenceRegressor")


def test_of_numbers_near_the_largest_nothing_is_told():
    huge = RETURNS * 1e200
    values = huge.to_numpy()[:, :, None]
    assert not told(warn_if_timed_steps, huge, values, "X", "SequenceRegressor")
    assert not told(warn_if_one_series, huge.reset_index(drop=True), values, "X", side_by_side=True)


def walk_of(n_steps):
    return pd.Series(np.random.RandomState(0).randn(n_steps).cumsum(), pd.date_range("2024", periods=n_steps))


HOURS = np.arange(24)
DAYS = 1 + 0.3 * np.sin(np.arange(300) / 60) + 0.02 * np.random.RandomState(0).randn(300)
DATED = {
    "load curves": np.multiply.outer(DAYS, 3 + np.sin(HOURS / 4) + 0.5 * np.sin(HOURS / 2)),
    "noise": np.random.RandomState(0).randn(300, 3),
    "two lags": pd.concat([walk_of(300).shift(lag).fillna(0) for lag in (2, 1)], axis=1),
    "five lags": pd.concat([walk_of(300).shift(lag).fillna(0) for lag in (5, 4, 3, 2, 1)], axis=1),
    "lags of a curve": pd.concat([pd.Series(np.sin(STEPS / 20)).shift(lag).fillna(0) for lag in (3, 2, 1)], axis=1),
}


@pytest.mark.parametrize("X", DATED.values(), ids=DATED)
def test_samples_with_dates(X):
    frame = pd.DataFrame(np.asarray(X), DATES).add_prefix("at ")
    assert_no_warning(SequenceClassifier(**SMALL), frame, STATES)
    assert_no_warning(SequenceRegressor(**SMALL), frame, STEPS)


def test_smooth_readings_of_few_values_are_warned_of():
    beats = [np.round(70 + 10 * np.sin(np.arange(60) / 8 + shift)).astype(int).tolist() for shift in range(8)]
    with pytest.warns(UserWarning, match="X holds 21 distinct integers from 60 to 80, which look like measurements"):
        SequenceClassifier(**SMALL).fit(beats, [0, 1] * 4)


def test_what_needs_no_y_warns_once_and_what_has_y_does_not():
    with pytest.warns(UserWarning, match="X of shape .300, 3. is read as 300 sequences of 3 timestep"):
        LSTMAutoencoderTransformer(**SMALL).fit(CHANNELS)
    assert_no_warning(SequenceRegressor(**SMALL, source_type="numeric"), CHANNELS, STEPS)
    assert_no_warning(LSTMAutoencoderTransformer(**SMALL), [CHANNELS[:199]])  # a longer one is better cut into windows


# --- one row per word -------------------------------------------------------------------------------------------------

WORDS = pd.DataFrame({"word": list("abcde") * 12})
TAGS = list("xy") * 30


@pytest.mark.parametrize("model", [SequenceClassifier, SequenceTagger, Seq2SeqTransducer, Seq2SeqClassifier])
@pytest.mark.parametrize("X", [WORDS, WORDS.to_numpy(), pl.from_pandas(WORDS)], ids=["pandas", "NumPy", "polars"])
def test_a_column_with_a_word_in_every_row(model, X):
    expected = r"X is read as 60 sequences of a single timestep.*df.groupby\('sentence'\)\['word'\].agg\(list\)"
    y = [[tag] for tag in TAGS] if model is Seq2SeqTransducer else TAGS
    with pytest.warns(UserWarning, match=expected + ".*source_type='tokens'"):
        model(**SMALL).fit(X, y)
    assert_no_warning(model(**SMALL, source_type="tokens"), X, y)


def test_a_column_of_words_or_numbers_with_an_item_in_every_row():
    with pytest.warns(UserWarning, match="X is read as 60 sequences of a single timestep"):
        SequenceGenerator(**SMALL).fit(np.arange(60)[:, None] % 7)
    with pytest.warns(UserWarning, match="X is read as 60 sequences of a single timestep"):
        SequenceClassifier(**SMALL, analyzer="word").fit(WORDS, TAGS)
    with pytest.warns(UserWarning, match="single timestep.*source_type='numeric'"):
        SequenceTagger(**SMALL).fit(RNG.rand(60, 1), TAGS)
    with pytest.warns(UserWarning, match="single timestep.*source_type='tokens'"):
        SequenceTagger(**SMALL).fit(WORDS.to_numpy().tolist(), TAGS)


def test_single_timesteps_that_may_be_meant():
    assert_no_warning(SequenceClassifier(**SMALL), WORDS.to_numpy().tolist(), TAGS)  # a list for every sequence
    assert_no_warning(SequenceClassifier(**SMALL), RNG.rand(60, 1), TAGS)
    assert_no_warning(SequenceClassifier(**SMALL), WORDS[:20], TAGS[:20])
    assert_no_warning(SequenceTagger(**SMALL), WORDS[:20], TAGS[:20])
    assert_no_warning(SequenceClassifier(**SMALL, analyzer="char"), pd.DataFrame({"word": ["ab", "abc"] * 30}), TAGS)


STREAM = ["login", "ls", "su", "ls", "exit"] * 12 + ["git push"]


@pytest.mark.parametrize("X", [STREAM, np.array(STREAM), pd.Series(STREAM)], ids=["list", "NumPy", "pandas"])
def test_a_stream_of_events_is_one_sequence(X):
    with pytest.raises(ValueError, match=r"events of one stream, it is one sequence: pass \[X\]\.$"):
        SequenceGenerator(**SMALL).fit(X)
    with pytest.warns(UserWarning, match=r"61 texts, .* 6 distinct words .* pass \[X\], without an analyzer") as caught:
        SequenceGenerator(**SMALL, analyzer="word").fit(X)
    assert len(caught) == 1
    one = SequenceGenerator(**SMALL)
    assert_no_warning(one, [X])
    assert len(one.vocabulary_) == 5
    assert_no_warning(SequenceGenerator(**SMALL, analyzer="word", source_type="tokens"), X)
    with pytest.warns(UserWarning, match="64 texts, nearly all of a single word"):
        SequenceGenerator(**SMALL, analyzer="word").fit([*X, *["git push"] * 3])


def test_texts_that_are_no_stream():
    queries = [f"query{k % 30}" for k in range(60)]
    for X in (queries, STREAM[:49], ["so it is"] * 60, [*STREAM, *["git push"] * 7]):  # nine of ten have one word
        assert_no_warning(SequenceClassifier(**SMALL, analyzer="word"), X, np.arange(len(X)) % 2)
    with pytest.raises(ValueError, match="list of tokens\\.$"):
        SequenceClassifier(**SMALL).fit(queries, TAGS)


def test_words_that_were_put_into_lists():
    rows = WORDS.assign(sentence=np.arange(60) // 5, tag=TAGS)
    X, y = (rows.groupby("sentence")[name].agg(list) for name in ("word", "tag"))
    assert_no_warning(SequenceTagger(**SMALL), X, y)


@pytest.fixture(scope="module")
def of_lists():
    X = [np.sin(np.arange(n) / 4 + n) for n in (30, 35, 40, 45)]
    tags = [np.where(x > 0, "up", "down") for x in X]
    return SequenceTagger(units=2, epochs=1, random_state=0).fit(X, tags)


COLUMN = np.sin(np.arange(50) / 3)[:, None]


@pytest.mark.parametrize("X", [COLUMN, pd.DataFrame({"x": COLUMN[:, 0]}), pl.DataFrame({"x": COLUMN[:, 0]})])
def test_a_series_as_a_column_of_a_predict(of_lists, X):
    with pytest.warns(UserWarning, match=r"X of shape \(50, 1\) is read as 50 sequences of one timestep") as caught:
        of_lists.predict(X)
    message = str(caught[0].message)
    for code in re.findall(r"pass (?:a list of it, )?(\[.*?\]|list\(.*?\)) ?[;t]", message.replace("];", "] ;")):
        passed = eval(code, {"X": X, "np": np})
        assert len(of_lists.predict(passed)) == len(passed)  # in silence
    assert "[np.ravel(X)]" in message


def test_a_column_with_labels_is_no_text_to_be_split(of_lists):
    with pytest.warns(UserWarning, match="read as 50 sequences"), pytest.raises(ValueError, match="y holds .* but fit"):
        of_lists.score(COLUMN, np.where(COLUMN[:, 0] > 0, "up", "down"))


def test_sequences_of_one_step(of_lists):
    assert told(of_lists.predict, list(COLUMN)) == told(of_lists.predict, COLUMN[:4]) == []
    short = SequenceClassifier(units=2, epochs=1).fit([[1.5, 2.5], [2.5], [3.5, 1.5], [0.5]], [0, 1, 0, 1])
    assert not told(short.predict, COLUMN)


# --- one target per row -----------------------------------------------------------------------------------------------

WAVE = 100 + 10 * np.sin(np.arange(301) * 2 * np.pi / 24) + np.random.RandomState(3).randn(301)
BLOCK = np.repeat(np.random.RandomState(3).randn(20), 15)[:, None]  # (300, 1), the level of every group


@pytest.mark.parametrize("form", [np.asarray, pd.DataFrame], ids=["array", "frame"])
@pytest.mark.parametrize(("model", "y"), [(SequenceRegressor, WAVE[1:]), (SequenceClassifier, WAVE[1:] > 100)])
def test_a_series_as_a_column(form, model, y):
    X = form(WAVE[:-1, None])
    with pytest.warns(
        UserWarning, match="300 sequences of a single timestep, but neighbouring rows.*windows"
    ) as caught:
        model(**SMALL).fit(X, y)
    message = str(caught[0].message)
    cuts = re.search(r"y, _ = (skseq.*\(\[X\], \[y\]\))", message)[1]
    windows, targets, _ = eval(cuts, {"skseq": skseq, "X": X, "y": y})
    assert windows.shape == (291, 10, 1)
    np.testing.assert_array_equal(targets[:, -1], y[9:])
    assert_no_warning(model(**SMALL), eval(re.search(r"Pass (.*) to read every", message)[1], {"np": np, "X": X}), y)


@pytest.mark.parametrize(
    "X",
    [
        NOISE[:, :1],
        np.linspace(0, 9, 300)[:, None],
        BLOCK,
        BLOCK + 0.2 * NOISE[:, :1],
        np.tile(np.linspace(0, 9, 100), 3)[:, None],  # sorted in each group
        WAVE[:150, None],  # few
    ],
    ids=["noise", "grid", "groups", "noise in groups", "sorted groups", "few"],
)
def test_columns_that_are_no_series(X):
    y = np.random.RandomState(0).rand(len(X))
    assert_no_warning(SequenceRegressor(**SMALL), X, y)
    assert_no_warning(SequenceClassifier(**SMALL), X, y > 0.5)


@pytest.mark.parametrize("load", [load_iris, load_wine, load_breast_cancer, load_diabetes])
def test_columns_of_tables(load):
    X, y = load(return_X_y=True)
    order = np.argsort(y, kind="stable")
    for column in X.T:
        for values in (column, column[order]):
            assert not told(warn_if_one_column, values[:, None, None], y, "X", "SequenceClassifier")


def test_a_column_in_the_order_of_its_targets():
    assert not told(warn_if_one_column, WAVE[:, None, None], np.arange(301), "X", "SequenceRegressor")


def test_quantities_with_labels_that_last():
    with pytest.warns(UserWarning, match="different units, and labels last for many rows and return") as caught:
        SequenceClassifier(**SMALL).fit(MACHINE, PHASES)
    message, ids = str(caught[0].message), np.repeat(np.arange(30), 10)
    sequences = eval(re.search(r"pass (\[own.*?\]),", message)[1], {"X": MACHINE, "ids": ids})
    assert [own.shape for own in sequences] == [(10, 3)] * 30
    assert_no_warning(SequenceClassifier(**SMALL), sequences, PHASES[::10])
    assert_no_warning(SequenceTagger(**SMALL), [MACHINE], [PHASES])
    for X, y in (
        (MACHINE.to_numpy(), PHASES),
        (MACHINE, np.sort(PHASES)),
        (MACHINE, np.random.RandomState(0).permutation(PHASES)),
        (MACHINE.set_axis(["mon", "tue", "wed"], axis=1), PHASES),
        (pd.DataFrame(NOISE[:, :3], columns=["a_left", "a_right", "a_top"]), PHASES),  # one unit
    ):
        assert_no_warning(SequenceClassifier(**SMALL), X, y)
