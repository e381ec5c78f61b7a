"""Frames with one row per sequence and timestep."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from quiet_fits import assert_no_warning
from sklearn.datasets import load_diabetes, load_iris, load_wine

import skseq
from skseq import LSTMAutoencoderTransformer, SequenceClassifier
from skseq._data.long_frames import long_frame

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
