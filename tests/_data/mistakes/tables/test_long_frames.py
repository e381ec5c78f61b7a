"""Frames with one row per sequence and timestep."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from quiet_fits import assert_no_warning
from sklearn.datasets import load_diabetes, load_iris, load_wine

import skseq
from skseq import LSTMAutoencoderTransformer, SequenceClassifier, SequenceRegressor
from skseq._data.mistakes.tables.long_frames import log_of_several, long_by_targets, long_frame

pytestmark = pytest.mark.usefixtures("untrained", "eager")

RNG = np.random.RandomState(0)
N_STEPS = [6, 4, 5, 7]  # of each patient
PATIENTS = np.repeat([3, 8, 1, 5], N_STEPS)
DAYS = np.concatenate([np.sort(RNG.permutation(30)[:n]) for n in N_STEPS])
VISITS = pd.DataFrame({"patient": PATIENTS, "day": DAYS, "pulse": RNG.rand(22), "pressure": RNG.rand(22)})


DATES = pd.Timestamp("2024-01-01") + pd.to_timedelta(DAYS, "D")
LONG = {
    "numbers": VISITS,
    "another order": VISITS[["pulse", "day", "pressure", "patient"]],
    "names": VISITS.assign(patient=[f"p{k}" for k in PATIENTS]),
    "dates": VISITS.assign(day=DATES),
    "dates of a zone": VISITS.assign(day=DATES.tz_localize("CET")),
    "fractions": VISITS.assign(day=np.concatenate([np.arange(n) / 4 for n in N_STEPS])),
    "polars": pl.DataFrame(VISITS.to_dict("list")),
}
OTHERS = {
    "shuffled": VISITS.sample(frac=1, random_state=0),
    "by measurement": VISITS[["patient", "pulse", "pressure"]].sort_values(["patient", "pulse"]),
    "by day": VISITS.sort_values("day"),
    "no id": VISITS.drop(columns="patient"),
    "falls": VISITS.assign(day=DAYS[::-1]),
    "goes on": VISITS.assign(day=np.arange(22)),  # rows of one series
    "rows": VISITS.assign(patient=np.arange(22)),
    "few": VISITS[:9],
    "texts": VISITS.assign(page="a"),  # of events, others tell
    "named 3": VISITS.rename(columns={"day": 3}),
    "missing": VISITS.assign(patient=pd.array([*PATIENTS[:-1], pd.NA], "Int64")),
    "lists": VISITS.assign(pulse=[[1.0]] * 22),
    "structs": pl.DataFrame(VISITS.to_dict("list")).with_columns(pl.struct("pulse").alias("pulse")),
    "wide": pd.DataFrame(np.sort(RNG.randint(0, 5, (300, 200)), axis=0)).add_prefix("t"),
    "array": VISITS.to_numpy(),
    "iris": load_iris(as_frame=True).data,
    "wine": load_wine(as_frame=True).data,
    "diabetes": load_diabetes(as_frame=True).data,
}


@pytest.mark.parametrize("X", LONG.values(), ids=LONG)
def test_patient_and_day_are_found(X):
    found = long_frame(X)
    assert (found.id, found.time, found.values, found.n_sequences) == ("patient", "day", ["pulse", "pressure"], 4)


@pytest.mark.parametrize("X", OTHERS.values(), ids=OTHERS)
def test_other_frames_are_not(X):
    assert long_frame(X) is None


def test_chance_is_not_enough():
    """Frames of noise that are sorted by a column."""
    for seed in range(200):
        columns = np.random.RandomState(seed).randint(0, 30, size=(10, 20))
        columns[:, 0] = np.sort(columns[:, 0] % 5)
        assert long_frame(pd.DataFrame(columns).add_prefix("c")) is None


@pytest.mark.parametrize("kind", [SequenceClassifier, LSTMAutoencoderTransformer])
def test_fits_say_how_to_read_them(kind):
    model, y = kind(epochs=1, units=2), [RNG.randint(0, 2, 22)] if kind is SequenceClassifier else []
    with pytest.warns(UserWarning, match="column 'patient' has the same value in rows beside each other") as told:
        model.fit(VISITS, *y)
    (call,) = re.findall(r"skseq\S*from_long\(.*\)\.X", str(told[0].message))
    series = eval(call, {"skseq": skseq, "X": VISITS})  # what it advises
    assert [len(one) for one in series] == N_STEPS
    assert_no_warning(model, series, *(own[:4] for own in y))


def test_names_of_sequences_are_no_numbers():
    says = r"float: 'p3'.* timesteps of 4 sequences, pass skseq\.preprocessing\.from_long\(X, id='patient', time='day'"
    with pytest.raises(ValueError, match=says):
        LSTMAutoencoderTransformer(epochs=1, units=2).fit(LONG["names"])


def test_another_number_of_targets_is_explained():
    with (
        pytest.warns(UserWarning, match="column 'patient'"),
        pytest.raises(ValueError, match=r"\[22, 4\].* timesteps of 4 sequences, pass skseq\.preprocessing\.from_long"),
    ):
        SequenceClassifier(epochs=1, units=2).fit(VISITS, [0, 1, 0, 1])


TIMED = {
    "in runs": LONG["dates"],
    "by day": LONG["dates"].sort_values("day"),
    "shuffled": LONG["dates"].sample(frac=1, random_state=0),
    "id in the index": LONG["dates"].sort_values("day").set_index("patient"),
    "an id of strings": LONG["dates"].sort_values("pulse").assign(patient=LONG["names"]["patient"]),
    "polars": pl.from_pandas(LONG["dates"]),
    "polars by day": pl.from_pandas(LONG["dates"].sort_values("day")),
}


@pytest.mark.parametrize("X", TIMED.values(), ids=TIMED)
def test_seconds_between_rows_begin_anew_with_each_sequence(X):
    with pytest.raises(TypeError, match=r"holds dates, .*: if its rows are timesteps of 4 sequences, pass ") as refusal:
        SequenceClassifier(epochs=1, units=2).fit(X, [0, 1, 0, 1])
    codes = re.findall(r"pass (.*?(?:\.X|True\)\]))", str(refusal.value))
    without, timed = (eval(code, {"skseq": skseq, "polars": pl, "X": X}) for code in codes)
    for own, series in zip(without, timed):
        assert list(own.columns) == ["pulse", "pressure"]
        of_patient = LONG["dates"][LONG["dates"]["pulse"] == own["pulse"].to_numpy()[0]].iloc[0]["patient"]
        days = DAYS[of_patient == PATIENTS]
        np.testing.assert_array_equal(series["gap"].to_numpy(), np.diff(days, prepend=days[0]) * 86_400)
    assert_no_warning(SequenceClassifier(epochs=1, units=2), timed, [0, 1, 0, 1])


@pytest.mark.parametrize("change", ["no id", "an id of each row", "names", "two times"])
def test_other_rows_with_dates(change):
    X = {
        "no id": LONG["dates"].drop(columns="patient"),
        "an id of each row": LONG["dates"].assign(patient=np.arange(22)),
        "names": LONG["dates"].sort_values("day").assign(ward="a"),
        "two times": LONG["dates"].assign(until=DATES),
    }[change]
    assert log_of_several(X) is None


# --- an id or a time alone, and y that is the same along each sequence ------------------------------------------------

STAYS = np.repeat(np.arange(12), 4)
VITALS = pd.DataFrame(RNG.rand(48, 3), columns=["pulse", "pressure", "oxygen"])
BY_ID = VITALS.assign(stay=STAYS + 1000)
BY_TIME = VITALS.assign(minute=np.tile(np.arange(4) * 60, 12))
DIED = np.repeat(np.arange(12) % 3 == 0, 4).astype(int)
BLOCKS = np.repeat([0, 1, 2], 16)  # sorted by class


@pytest.mark.parametrize(
    "X", [BY_ID, BY_TIME, pl.DataFrame(BY_ID.to_dict("list")), pl.DataFrame(BY_TIME.to_dict("list"))]
)
@pytest.mark.parametrize(("kind", "y"), [(SequenceClassifier, DIED), (SequenceRegressor, np.repeat(RNG.rand(12), 4))])
def test_fits_on_rows_with_an_id_or_a_time(X, kind, y):
    model = kind(epochs=1, units=2)
    with pytest.warns(UserWarning, match="in rows beside each other, along which y stays the same.*12 seq") as told:
        model.fit(X, y)
    call = re.search(r"pass (.*), and one y for each", str(told[0].message))[1]
    series = eval(call, {"skseq": skseq, "np": np, "X": X})
    assert [np.shape(one) for one in series] == [(4, 3)] * 12
    np.testing.assert_array_equal(np.concatenate(series), X[["pulse", "pressure", "oxygen"]].to_numpy())
    assert_no_warning(model, series, y[::4])
    assert_no_warning(model, X.to_numpy(), y)


NIGHTS = (59_000 + 30 * RNG.rand(12, 1) + np.array([0, 10, 10.5, 40])).ravel()  # of every star, as MJD


@pytest.mark.parametrize("nights", [NIGHTS, NIGHTS.astype(int)])
def test_times_that_begin_anywhere(nights):
    """Two looks in one night, which is one time as an integer, stay in their sequence."""
    X = VITALS.assign(night=nights)
    with pytest.warns(UserWarning, match="'night' grows, and then falls back, in rows.* 12 sequences") as told:
        SequenceClassifier(epochs=1, units=2).fit(X, DIED)
    call = re.search(r"pass (.*), and one y for each", str(told[0].message))[1]
    assert [np.shape(one) for one in eval(call, {"np": np, "X": X})] == [(4, 3)] * 12


def test_an_id_and_times_with_fractions():
    X = VITALS.assign(night=NIGHTS, star=STAYS)
    with pytest.warns(UserWarning, match="'star' has the same value.*time='night'") as told:
        SequenceClassifier(epochs=1, units=2).fit(X, DIED)
    call = re.search(r"pass (.*), and one y for each", str(told[0].message))[1]
    series = eval(call, {"skseq": skseq, "X": X})
    assert [np.shape(one) for one in series] == [(4, 3)] * 12
    assert np.concatenate([one.index for one in series]).tolist() == NIGHTS.tolist()


def test_rising_runs_of_chance_are_not_enough():
    """Rows of noise, also sorted in blocks by a column, with y of each or of blocks."""
    for seed in range(200):
        rng = np.random.RandomState(seed)
        X = pd.DataFrame(rng.randint(0, 9, (60, 6))).add_prefix("c")
        for y in (rng.randint(0, 2, 60), np.repeat(rng.randint(0, 2, 15), 4)):
            assert long_by_targets(X, y) is None
            assert long_by_targets(X.assign(block=np.arange(60) // 20).sort_values(["block", "c0"]), y) is None


@pytest.mark.parametrize(
    ("X", "y"),
    [
        (BY_ID, RNG.permutation(DIED)),  # y of each row
        (BY_TIME, RNG.permutation(DIED)),
        (BY_ID, BLOCKS),
        (BY_TIME, BLOCKS),
        (VITALS.assign(night=NIGHTS), RNG.permutation(DIED)),
        (VITALS.assign(night=NIGHTS), BLOCKS),
        (BY_ID, BLOCKS[::-1] / 2),
        (BY_ID, np.zeros(48, int)),
        (VITALS, DIED),  # as rows that are sorted in blocks have it
        (BY_ID.sample(frac=1, random_state=0), DIED),
        (BY_TIME.assign(minute=np.arange(48)), DIED),
        (BY_ID.assign(ward="a"), DIED),
        (VITALS.sort_values("pulse").round(1), RNG.permutation(DIED)),
        (pd.DataFrame(RNG.rand(48, 12).cumsum(axis=1)).add_prefix("t"), DIED),
        (pd.DataFrame(RNG.randint(0, 9, (48, 12))).add_prefix("t"), DIED),
        (load_iris(as_frame=True).data, load_iris().target),
        (load_wine(as_frame=True).data, load_wine().target),
        (load_diabetes(as_frame=True).data, load_diabetes().target),
    ],
)
def test_other_frames_with_targets_are_not(X, y):
    assert long_by_targets(X, y) is None


# --- an id, or an id and a time, in the index -------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [SequenceClassifier, LSTMAutoencoderTransformer])
@pytest.mark.parametrize(
    "X", [LONG["dates"].set_index(["patient", "day"]), VISITS.set_index(["patient", "day"])[["pulse"]]]
)
def test_an_id_and_a_time_in_the_index(X, kind):
    y = [np.arange(22) % 2] if kind is SequenceClassifier else []
    with pytest.warns(UserWarning, match="index 'patient' has the same value.*along which 'day' grows") as told:
        kind(epochs=1, units=2).fit(X, *y)
    (call,) = re.findall(r"skseq\S*from_long\(.*\)\.X", str(told[0].message))
    series = eval(call, {"skseq": skseq, "X": X})  # what it advises
    assert [len(one) for one in series] == N_STEPS
    np.testing.assert_array_equal(np.concatenate(series).ravel(), X.to_numpy().ravel())
    assert_no_warning(kind(epochs=1, units=2), series, *(own[:4] for own in y))


def test_an_id_in_the_index_that_repeats():
    X = BY_ID.set_index("stay")
    with pytest.warns(UserWarning, match="index 'stay' has the same value.*along which y stays") as told:
        SequenceClassifier(epochs=1, units=2).fit(X, DIED)
    call = re.search(r"pass (.*), and one y for each", str(told[0].message))[1]
    assert [np.shape(one) for one in eval(call, {"skseq": skseq, "X": X})] == [(4, 3)] * 12


HOURS = pd.MultiIndex.from_product([range(12), range(4)], names=["shop", "week"])


@pytest.mark.parametrize(
    "X",
    [
        pd.DataFrame(RNG.rand(48, 5), HOURS, ["mon", "tue", "wed", "thu", "fri"]),  # every row is a sequence
        pd.DataFrame(RNG.rand(48, 5), HOURS, range(5)),
        pd.DataFrame(RNG.rand(48, 5), HOURS).add_prefix("h"),
        VITALS.set_index(RNG.permutation(48)),
        VITALS.set_index(pd.MultiIndex.from_arrays([STAYS, range(48)], names=["stay", "stay"])),
        VITALS.set_index(pd.Index(range(48), name="row")),
        VITALS.set_index(pd.MultiIndex.from_arrays([RNG.permutation(STAYS), range(48)], names=["stay", "row"])),
        load_wine(as_frame=True).data.set_index(pd.Index(load_wine().target, name="cultivar")),  # in order of class
    ],
)
def test_other_indices(X):
    y = load_wine().target if len(X) > 48 else DIED
    assert long_frame(X) is long_by_targets(X, y) is None
