"""Files without pickle: what is stored, what loading asks to be trusted, and what other releases may have written."""

import copy
import functools
import importlib
import inspect
import json
import math
import pickle
import re
import zipfile
from datetime import UTC, date, datetime, time, timedelta, timezone
from decimal import Decimal
from enum import Enum, IntEnum
from fractions import Fraction
from importlib.resources import files
from itertools import islice
from uuid import UUID
from zoneinfo import ZoneInfo

import keras
import numpy as np
import pandas as pd
import polars as pl
import pytest
import skops.io
from dateutil import relativedelta, tz
from eager_network import EagerNetwork
from pandas.tseries.holiday import USFederalHolidayCalendar
from prepared import printed
from scikeras.wrappers import KerasClassifier
from sklearn import model_selection
from sklearn.base import BaseEstimator
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import (
    BaggingClassifier,
    BaggingRegressor,
    StackingClassifier,
    StackingRegressor,
    VotingClassifier,
    VotingRegressor,
)
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.linear_model import Ridge
from sklearn.metrics import get_scorer, get_scorer_names
from sklearn.model_selection import (
    GridSearchCV,
    HalvingGridSearchCV,
    HalvingRandomSearchCV,
    RandomizedSearchCV,
    TunedThresholdClassifierCV,
    check_cv,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.utils import Bunch
from stored_estimators import (
    DATA,
    LABELS,
    RAGGED,
    SERIES,
    SMALL,
    STEPS,
    TEXTS,
    WINDOWS,
    build,
    called,
    fitted,
    load,
    store,
)

import skseq
from skseq import SeasonalNaive, SequenceClassifier, SequenceRegressor, SeriesForecaster, _files, _trusted, metrics
from skseq._files import MARK, StoredMixin, plain, restored
from skseq.model_selection import search_space
from skseq.nn import pool
from skseq.nn.training.compiled import CompiledNetwork
from skseq.preprocessing import SequenceTokenizer


def through_a_file(model, *more):
    return skops.io.loads(skops.io.dumps(model), trusted=[*skseq.TRUSTED_TYPES, *more])


def naive(**attributes):
    """The lightest fitted estimator, with attributes of one's own."""
    model = SeasonalNaive(2).fit(np.zeros((3, 4)), np.zeros((3, 1)))
    vars(model).update(attributes)
    return model


# --- values -----------------------------------------------------------------------------------------------------------

VALUES = [
    None,
    True,
    2**80,
    -0.0,
    float("inf"),
    "ä\0\ud800",
    b"\0\xff",
    1 + 2j,
    (1, ("a", (b"b",))),
    {1, "1", (1, 2)},
    frozenset({frozenset(), 1}),
    {1: "a", "1": "b", (1, 2): {None: 3}, b"1": [], True is None: 4},
    {MARK: "list", "items": 1},
    [[], {}, ()],
    range(2, 9, 3),
    date(2020, 2, 29),
    datetime(2020, 2, 29, 1, 2, 3, 4, tzinfo=UTC),
    time(1, 2, 3, 4),
    timedelta(-1, 2, 3),
    Decimal("1.10"),
    Fraction(1, 3),
    UUID(int=5),
    slice(1, None, 2),
    np.float32(0.1),
    np.str_("a"),
    np.datetime64("2020-01-01T00:00", "m"),
    np.dtype("<U5"),
    np.dtypes.StringDType(),
    pd.Timestamp("2020-10-25 00:30", tz="UTC").tz_convert("Europe/Berlin"),
    pd.Timestamp("2020-01-01").as_unit("s"),
    pd.Period("2020-03", "M"),
    pd.offsets.MonthEnd(2),
    pd.offsets.Week(weekday=3),
    pd.DateOffset(months=2),
    pl.Datetime("ms", "Europe/Berlin"),
    pl.Date(),
]


@pytest.mark.parametrize("value", VALUES, ids=map(str, range(len(VALUES))))  # a set prints in any order
def test_values_come_back_as_they_were(value):
    model = through_a_file(naive(attribute_=value))
    assert type(model.attribute_) is type(value)
    if not isinstance(value, (set, frozenset)):  # which print in any order
        assert repr(model.attribute_) == repr(value)  # -0.0, and keys in their order
    assert model.attribute_ == value


ARRAYS = [
    np.arange(6.0).reshape(2, 3),
    np.asfortranarray(np.eye(3)[:, :2]),
    np.empty((0, 3), np.int32),
    np.array([[(1, 2), "a"], [None, (3,)]], object),
    np.array(["a", "bcd"], np.dtypes.StringDType()),
    np.array(["2020-01-01"], "M8[D]"),
    np.array(1.5),
]
ARRAYS[3][0, 0] = (1, 2)


@pytest.mark.parametrize("array", ARRAYS, ids=lambda array: str(array.dtype))
def test_arrays_come_back_as_they_were(array):
    found = through_a_file(naive(attribute_=array)).attribute_
    assert found.dtype == array.dtype
    assert found.shape == array.shape
    assert found.tolist() == array.tolist()


def test_nan_comes_back():
    found = through_a_file(naive(attribute_={"loss": [np.nan, 1.0], "y": (float("nan"),)})).attribute_
    assert np.isnan(found["loss"][0])
    assert np.isnan(found["y"][0])


def test_what_is_shared_is_stored_once():
    array = np.zeros(10_000)
    data = skops.io.dumps(naive(a_=array, b_={"c": array}))
    assert array.nbytes < len(data) < 1.5 * array.nbytes


# --- steps and time zones of pandas -----------------------------------------------------------------------------------

FREE = ["2024-12-25", "2024-12-28", "2024-12-31", "2025-01-01"]  # the second is a Saturday
PARTS_OF_A_DAY = {"start": ["08:00", "13:00"], "end": ["12:00", "17:30"]}
OFFSETS = [
    pd.offsets.CustomBusinessDay(holidays=FREE),
    pd.offsets.CustomBusinessDay(2, holidays=FREE, weekmask="Sun Mon Tue Wed Thu", offset=timedelta(hours=9)),
    pd.offsets.CustomBusinessDay(calendar=USFederalHolidayCalendar()),
    pd.offsets.CustomBusinessDay(normalize=True, weekmask="1111110"),
    pd.offsets.CustomBusinessHour(3, holidays=FREE, **PARTS_OF_A_DAY),
    pd.offsets.CustomBusinessMonthEnd(holidays=FREE),
    pd.offsets.CustomBusinessMonthBegin(2, holidays=FREE, normalize=True),
    pd.offsets.BusinessHour(**PARTS_OF_A_DAY),
    pd.offsets.BusinessHour(start="22:00", end="06:00", offset=timedelta(minutes=15)),
    pd.offsets.BusinessDay(offset=timedelta(hours=9)),
    pd.offsets.BusinessDay(offset=pd.Timedelta("90min"), normalize=True),
    pd.offsets.Week(),
    pd.offsets.Week(2, normalize=True),
    pd.offsets.SemiMonthEnd(day_of_month=10, normalize=True),
    pd.offsets.FY5253Quarter(
        startingMonth=3, weekday=4, qtr_with_extra_week=2, variation="nearest", normalize=True
    ),
    pd.DateOffset(months=1, days=2),
    pd.DateOffset(2, normalize=True, days=1, weekday=relativedelta.MO(2)),
]  # fmt: skip


@pytest.mark.parametrize("offset", OFFSETS, ids=map(str, range(len(OFFSETS))))
def test_offsets_come_back_as_they_were(offset):
    model = naive(attribute_=offset)
    expected = pd.date_range("2024-12-19 09:30", periods=20, freq=offset)
    for twin in (through_a_file(model), pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert twin.attribute_ == offset
        assert pd.date_range("2024-12-19 09:30", periods=20, freq=twin.attribute_).equals(expected)


@pytest.mark.parametrize("name", [name for name in pd.offsets.__all__ if name not in ("BaseOffset", "Tick")])
@pytest.mark.parametrize("own", [{}, {"n": 3}, {"n": 2, "normalize": True}], ids=["1", "3", "normalized"])
def test_all_offsets_of_pandas_are_stored(name, own):
    try:
        offset = getattr(pd.offsets, name)(**own)
    except ValueError:
        pytest.skip("ticks cannot be normalized")
    assert restored(plain(offset)) == offset


@pytest.mark.parametrize(
    "given",
    [
        {"calendar": np.busdaycalendar("1111000", FREE)},
        {"calendar": np.busdaycalendar("1111000"), "holidays": FREE},
        {"weekmask": [1, 1, 1, 1, 0, 0, 0], "holidays": FREE},
    ],
    ids=["calendar", "calendar without the holidays", "list"],
)
def test_what_counts_of_a_calendar_is_stored(given):
    """However its days are given; an offset is equal to one with another calendar of NumPy."""
    offset = pd.offsets.CustomBusinessDay(**given)
    found = through_a_file(naive(attribute_=offset)).attribute_
    expected, times = (pd.date_range("2024-12-19", periods=9, freq=own) for own in (offset, found))
    assert times.equals(expected)
    assert expected[1].day_name() == "Monday"


def test_holidays_of_many_series_are_stored_once():
    days = pd.date_range("2000-01-01", periods=1000, freq="W")
    steps = [pd.offsets.CustomBusinessDay(n, holidays=days.tolist()) for n in range(1, 9)]
    model = naive(a_=steps)
    assert len(pickle.dumps(model)) < len(pickle.dumps(naive())) + 2 * 8 * len(days)
    found = through_a_file(model).a_
    assert found == steps
    assert all(own.holidays is found[0].holidays for own in found)


def test_offsets_that_cannot_be_made_again_are_named():
    offset = pd.offsets.BusinessDay(offset=pd.Timedelta(1, "ns"))
    for write in (skops.io.dumps, pickle.dumps, copy.deepcopy):
        with pytest.raises(ValueError, match=r"<BusinessDay.*> is an offset .* cannot be stored: .* another freq"):
            write(naive(attribute_=offset))


def of_pytz(name, given):
    return getattr(pytest.importorskip("pytz"), name)(given)


def of_dateutil(zone):
    try:
        pd.Timestamp("2024-01-01", tz=zone)
    except AttributeError:
        pytest.skip("this pandas does not know the zones of this dateutil")
    return zone


ZONES = {
    "zoneinfo": lambda: ZoneInfo("America/Argentina/Buenos_Aires"),
    "zoneinfo, fixed": lambda: ZoneInfo("Etc/GMT+5"),
    "zoneinfo, UTC": lambda: ZoneInfo("UTC"),
    "pytz": lambda: of_pytz("timezone", "Europe/London"),
    "pytz, fixed": lambda: of_pytz("FixedOffset", -90),
    "dateutil by name": lambda: of_dateutil("dateutil/Europe/London"),
    "dateutil": lambda: of_dateutil(tz.gettz("America/Port-au-Prince")),
    "dateutil, its own": lambda: of_dateutil(tz.gettz.nocache("Europe/London")),
    "dateutil, fixed": lambda: tz.tzoffset("X", 5400),
    "dateutil, UTC": tz.tzutc,
    "dateutil, local": tz.tzlocal,
    "datetime": lambda: timezone(timedelta(hours=2)),
    "datetime, UTC": lambda: UTC,
    "datetime, named": lambda: timezone(timedelta(hours=2), "CEST"),
    "datetime, of another's name": lambda: timezone(timedelta(hours=2), "Europe/London"),
    "datetime, seconds": lambda: timezone(timedelta(hours=-1, seconds=30)),
}


@pytest.mark.parametrize("zone", ZONES.values(), ids=ZONES)
def test_time_zones_come_back_equal(zone):
    times = pd.date_range("2024-01-01", periods=3, freq="90D", tz=zone())
    model = naive(attribute_=times.tolist())
    for twin in (through_a_file(model), pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert pd.DatetimeIndex(twin.attribute_).equals(pd.DatetimeIndex(times, freq=None))
        assert [time.utcoffset() for time in twin.attribute_] == [time.utcoffset() for time in times]


def test_time_zones_without_a_name_are_named():
    pytest.importorskip("tzdata")
    with files("tzdata.zoneinfo.Europe").joinpath("London").open("rb") as file:
        zone = ZoneInfo.from_file(file)
    with pytest.raises(ValueError, match=r"time zone zoneinfo\..* cannot be stored: .*tz_convert\('Europe/Berlin'\)"):
        skops.io.dumps(naive(attribute_=pd.Timestamp("2024-01-01", tz=zone)))


@pytest.mark.parametrize("zone", ["dateutil//etc/passwd", "dateutil/../../../etc/passwd", "tzfile('/etc/passwd')"])
def test_no_time_zone_is_read_from_any_file(zone):
    with pytest.raises(ValueError, match=f"has times of {re.escape(repr(zone))}, which is no"):
        restored({MARK: "Timestamp", "utc": np.array("2024-01-01", "M8[ns]"), "zone": zone})


def test_a_time_that_would_lose_its_zone_is_refused(monkeypatch):
    """Some releases of pandas cannot read the zones of some of dateutil, and go on without one."""
    monkeypatch.setattr(pd.Timestamp, "tz_convert", lambda self, zone: self.tz_localize(None), raising=False)
    with pytest.raises(ValueError, match="has times of 'Europe/London', which is no time zone"):
        restored({MARK: "Timestamp", "utc": np.array("2024-01-01", "M8[ns]"), "zone": "Europe/London"})


# --- names ------------------------------------------------------------------------------------------------------------

CLASSES = [
    *(value for value in (getattr(skseq, name) for name in skseq._HOME) if inspect.isclass(value)),
    *(value for name in ("preprocessing", "datasets") for value in vars(getattr(skseq, name)).values()
      if inspect.isclass(value)),
    skseq.model_selection.BlockTimeSeriesSplit,
    skseq.model_selection.Range,
]  # fmt: skip


@pytest.mark.parametrize("cls", CLASSES, ids=lambda cls: cls.__name__)
def test_files_name_classes_as_users_import_them(cls):
    """New ones get the decorator `public`, and a line in `TRUSTED_TYPES`."""
    assert getattr(importlib.import_module(cls.__module__), cls.__name__) is cls
    assert "_" not in cls.__module__.replace("model_selection", "")
    assert f"{cls.__module__}.{cls.__name__}" in skseq.TRUSTED_TYPES


NEW = {"_TemperatureScaling", "d2_brier_score"}  # in scikit-learn 1.8


def named(name):
    module, _, own = name.rpartition(".")
    return getattr(importlib.import_module(module), own, None)


@pytest.mark.parametrize("name", skseq.TRUSTED_TYPES)
def test_trusted_names_exist(name):
    value = named(name)
    if value is None and name.rpartition(".")[2] in NEW:
        pytest.skip("this scikit-learn is older")
    assert f"{value.__module__}.{value.__name__}" == name


def test_trusted_types_do_no_harm():
    """What stands in a state is kept: only scikit-learn's estimators, and ours, do something with theirs."""
    assert len(set(skseq.TRUSTED_TYPES)) == len(skseq.TRUSTED_TYPES)
    values = {name: named(name) for name in skseq.TRUSTED_TYPES}
    for name, value in values.items():
        assert inspect.isfunction(value) == (name in _trusted.FUNCTIONS) or value is None, name
        if inspect.isclass(value):
            keeps = getattr(value, "__setstate__", None) in (None, StoredMixin.__setstate__, BaseEstimator.__setstate__)
            assert keeps or issubclass(value, Bunch), name  # whose method does nothing
    assert {name.partition(".")[0] for name in values} == {"skseq", "sklearn"}


@pytest.mark.parametrize("kind", _files.VALUES)
def test_our_own_values_are_found_by_their_kind(kind):
    assert getattr(importlib.import_module(_files.VALUES[kind]), kind).__name__ == kind


def test_scorers_are_stored():
    """All of ours, and those of scikit-learn that searches of sequences are told by name most often."""
    ours = [scorer for name, scorer in vars(metrics).items() if name.endswith("_scorer") and not callable_maker(name)]
    assert len(ours) > 10
    for scorer in [*ours, *metrics.FORECAST_SCORERS.values(), *map(get_scorer, ("accuracy", "r2", "neg_log_loss"))]:
        assert repr(through_a_file(scorer)) == repr(scorer)


def callable_maker(name):
    return name.startswith("make_")


def test_all_named_scorers_of_scikit_learn_are_stored():
    scorers = {name: get_scorer(name) for name in get_scorer_names()}
    assert repr(through_a_file(scorers)) == repr(scorers)


GIVEN = {"LeavePOut": {"p": 2}, "LeavePGroupsOut": {"n_groups": 2}, "PredefinedSplit": {"test_fold": [0, 1, -1, 1]}}
SPLITTERS = [
    cls(**GIVEN.get(name, {}))
    for name, cls in vars(model_selection).items()
    if hasattr(cls, "get_n_splits") and not name.startswith("Base")
]


@pytest.mark.filterwarnings("ignore:The groups parameter is ignored:UserWarning")
def test_all_splitters_of_scikit_learn_are_stored():
    assert len(SPLITTERS) >= 15
    labels, groups = np.array([0, 1] * 12), np.repeat(np.arange(12), 2)
    for splitter in [*SPLITTERS, check_cv([([0, 1], [2, 3])])]:
        given = {"X": labels[:4] if hasattr(splitter, "test_fold") else labels, "y": labels, "groups": groups}
        if "random_state" in vars(splitter):
            splitter.random_state = 0
        pairs = zip(through_a_file(splitter).split(**given), splitter.split(**given), strict=True)
        for found, expected in islice(pairs, 9):
            np.testing.assert_array_equal(np.concatenate(found), np.concatenate(expected))


def combined():
    """Name -> (estimator of scikit-learn around ours, y): what keeps values of kinds of its own."""
    classifier, regressor = SequenceClassifier(**SMALL), SequenceRegressor(**SMALL)
    two = [("a", classifier), ("b", SeasonalNaive(2))]
    space = {name: search_space(classifier)[name] for name in ("dropout", "learning_rate", "batch_size")}
    classes, numbers = np.arange(12) % 2, STEPS[:, 0]
    return {
        "halving": (HalvingGridSearchCV(classifier, {"dropout": [0.1, 0.2, 0.3]}, cv=2), classes),
        "halving at random": (HalvingRandomSearchCV(classifier, space, n_candidates=2, cv=2, random_state=0), classes),
        "at random": (RandomizedSearchCV(classifier, space, n_iter=1, cv=2, random_state=0), classes),
        "voting": (VotingClassifier([("a", classifier), ("b", GaussianNB())], voting="soft"), classes),
        "voting of numbers": (VotingRegressor(two[1:] + [("c", regressor)]), numbers),
        "stacking": (StackingClassifier([("a", classifier)], cv=2), classes),
        "stacking of numbers": (StackingRegressor([("a", regressor)], cv=2), numbers),
        "bagging": (BaggingClassifier(classifier, 2, random_state=0), classes),
        "bagging of numbers": (BaggingRegressor(regressor, 2, random_state=0), numbers),
        "calibrated": (CalibratedClassifierCV(classifier, cv=2), classes),
        "threshold": (TunedThresholdClassifierCV(classifier, cv=2), classes),
    }


@pytest.mark.parametrize("name", combined())
def test_searches_and_ensembles_around_ours_come_back_bit_equal(name, eager):
    model, y = combined()[name]
    model.fit(WINDOWS, y)
    twin = through_a_file(model)
    assert called(twin, "predict", WINDOWS) == called(model, "predict", WINDOWS)
    assert repr(twin) == repr(model)


# --- estimators -------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def models(eager):
    return fitted()


def test_every_public_class_is_among_the_fitted(models):
    names = {cls.__name__ for cls in CLASSES} - {"BlockTimeSeriesSplit", "Range"}  # which are in searches
    assert names <= {type(model).__name__ for model, _, _ in models.values()}


def test_estimators_come_back_bit_equal(models):
    for name, (model, method, X) in models.items():
        twin = through_a_file(model)
        assert called(twin, method, X) == called(model, method, X), name
        assert type(twin) is type(model)
        assert repr(twin) == repr(model), name


def test_states_hold_plain_values_only(models):
    """Whatever an estimator keeps, except other estimators, is plain: a file then needs no name of ours for it."""

    def look(value, path):
        if isinstance(value, dict):
            assert all(type(key) is str for key in value), path
            for key, item in value.items():
                look(item, f"{path}.{key}")
        elif isinstance(value, list):
            for item in value:
                look(item, f"{path}[]")
        elif isinstance(value, np.ndarray):
            assert value.dtype != object or isinstance(value, np.ma.MaskedArray), path  # which skops knows
        else:
            assert type(value) in (str, int, float, bool, type(None), type) or hasattr(value, "get_params"), (
                f"{path}: {value}"
            )

    for name, (model, _, _) in models.items():
        if hasattr(model, "_plain_state"):
            look({key: value for key, value in model.__getstate__().items() if "scor" not in key}, name)


def test_a_loaded_estimator_goes_on_as_the_stored_one(models):
    model, _, X = models["SequenceClassifier"]
    twins = [through_a_file(model), pickle.loads(pickle.dumps(model)), copy.deepcopy(model)]
    expected = copy.deepcopy(model).partial_fit(X, LABELS).predict_proba(X)
    for twin in twins:
        np.testing.assert_array_equal(twin.partial_fit(X, LABELS).predict_proba(X), expected)


def test_shallow_copies_share_what_they_hold(models):
    model = models["SequenceClassifier"][0]
    assert vars(copy.copy(model)) == vars(model)
    assert copy.copy(model).weights_ is model.weights_


def test_forecasts_of_frames_come_back_with_their_times():
    times = pd.date_range("2020-01-31", periods=30, freq="ME", tz="Europe/Berlin")
    open_days = pd.offsets.CustomBusinessDay(holidays=["2024-02-09", "2024-02-12"])  # right behind the end
    for series in (
        pd.Series(SERIES[0], times, name="x"),
        pd.Series(SERIES[0], times.tz_localize(None).tz_localize(tz.tzoffset(None, 3600))),
        pd.Series(SERIES[0], pd.date_range(end="2024-02-08", periods=30, freq=open_days)),
        pd.DataFrame({"x": SERIES[0]}, pd.PeriodIndex(times.tz_localize(None), freq="M")),
        pl.DataFrame({"t": times.tz_localize(None).to_list(), "x": SERIES[0]}),
    ):
        model = SeriesForecaster(Ridge(), window=6, horizon=2).fit(series)
        expected = model.predict()
        for twin in (through_a_file(model), pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
            found = twin.predict()
            assert found.equals(expected)
            if hasattr(expected, "index"):
                assert found.index.equals(expected.index)


WITH_GRAPHS = {"LSTMAutoencoderTransformer", "SequenceClassifier", "Seq2SeqRegressor", "Seq2SeqTransducer"}


def test_all_estimators_in_a_fresh_process(tmp_path, untrained, monkeypatch, request):
    """Bit-equal, from a file and from a pickle; some with graphs on both sides, as users have it.

    A pickle names the module of a build function; Keras' sums may differ in their last bits.
    """
    request.addfinalizer(pool.clear_pool)
    models, pickled = fitted(), {}
    own = SequenceClassifier(network=KerasClassifier(build), epochs=1, random_state=0).fit(WINDOWS[:6], LABELS)
    for runner in (EagerNetwork, CompiledNetwork):
        monkeypatch.setattr(pool, "CompiledNetwork", runner)
        pool.clear_pool()
        chosen = {name: entry for name, entry in models.items() if (name in WITH_GRAPHS) == (runner is CompiledNetwork)}
        store(tmp_path / f"{runner.__name__}.skops", chosen)
        pickled[runner.__name__] = {f"pickled {name}": (called(*entry), *entry) for name, entry in chosen.items()}
    assert len(chosen) == len(WITH_GRAPHS)
    (tmp_path / "all.pickle").write_bytes(pickle.dumps((pickled, own, own.predict_proba(WINDOWS))))
    script = (
        "import pickle\n"
        "import numpy as np\n"
        "from eager_network import CompiledNetwork, EagerNetwork\n"
        "from stored_estimators import WINDOWS, called, load\n"
        "from skseq.nn import pool\n"
        "pickled, own, probs = pickle.load(open('all.pickle', 'rb'))\n"
        "for runner in (CompiledNetwork, EagerNetwork):\n"
        "    pool.CompiledNetwork = runner\n"
        "    pool.clear_pool()\n"
        "    stored = load(f'{runner.__name__}.skops') | pickled[runner.__name__]\n"
        "    different = [name for name, (found, *entry) in stored.items() if called(*entry) != found]\n"
        "    assert not different, different\n"
        "np.testing.assert_allclose(own.predict_proba(WINDOWS), probs, rtol=1e-6)\n"
    )
    printed(script, cwd=tmp_path)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.InconsistentVersionWarning")  # they hold its estimators, too
@pytest.mark.parametrize("path", sorted(DATA.glob("*.skops")), ids=lambda path: path.stem)
def test_files_of_earlier_releases(eager, path):
    """Tests of other machines: predictions are close, not equal."""
    stored = load(path)
    assert len(stored) > 20
    for name, (found, *entry) in stored.items():
        for own, expected in zip(called(*entry), found, strict=True):
            if np.asarray(expected).dtype.kind == "f":
                np.testing.assert_allclose(own, expected, rtol=1e-4, atol=1e-6, err_msg=name)
            else:
                assert own == expected, name


def test_there_is_a_file_of_this_release():
    assert (DATA / f"skseq-{skseq.__version__}.skops").exists(), "write it with python tests/stored_estimators.py"


# --- functions, callbacks, networks of one's own ----------------------------------------------------------------------


def letters(text):
    return list(text)


def test_functions_are_named_and_have_to_be_trusted():
    model = SequenceTokenizer(analyzer=letters).fit(TEXTS)
    data, name = skops.io.dumps(model), f"{letters.__module__}.letters"
    assert set(skops.io.get_untrusted_types(data=data)) - set(skseq.TRUSTED_TYPES) == {name}
    assert through_a_file(model, name).analyzer is letters


class Step(Enum):
    LEFT = 1


class Turn(IntEnum):
    UP = 1


@pytest.mark.usefixtures("untrained", "eager")
@pytest.mark.parametrize("member", [Step.LEFT, Turn.UP])
def test_members_of_an_enum_are_refused(member):
    """skops writes them without a word, and cannot make them again, or makes plain numbers of them."""
    model = SequenceClassifier(2, source_type="tokens", epochs=1).fit([[member, member], [member]] * 3, LABELS)
    with pytest.raises(ValueError, match="is a member of an Enum, which a file without pickle cannot hold. Use names"):
        skops.io.dumps(model)
    for twin in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        np.testing.assert_array_equal(twin.predict_proba([[member]]), model.predict_proba([[member]]))


ATOMS = re.compile(r"\[[^\]]+\]|Br|Cl|.")


class Splitter:
    def __init__(self):
        self.pattern = r"Br|Cl|."

    def split(self, text):
        return re.findall(self.pattern, text)

    @classmethod
    def letters(cls, text):
        return list(text)


NAMELESS = {
    "lambda": lambda text: list(text),
    "method of a type": str.split,
    "of a pattern": ATOMS.findall,
    "class method": Splitter.letters,
    "class method of C": dict.fromkeys,
    "slot": str.__iter__,
    "slot of an object": "text".__add__,
    "partial": functools.partial(ATOMS.findall),
}
NAMED = {
    "def": letters,
    "type": list,
    "of C": math.sqrt,
    "NumPy's": np.array,
    "method": Splitter().split,
    "partial": functools.partial(re.findall, ATOMS.pattern),
}


@pytest.mark.parametrize("analyzer", NAMELESS.values(), ids=NAMELESS)
def test_functions_that_have_no_name_of_their_own(analyzer):
    with pytest.raises(ValueError, match="analyzer of SequenceTokenizer is .* a function that stands in a module"):
        skops.io.dumps(SequenceTokenizer(analyzer=analyzer))


@pytest.mark.parametrize("analyzer", NAMED.values(), ids=NAMED)
def test_functions_that_files_can_name(analyzer):
    data = skops.io.dumps(SequenceTokenizer(analyzer=analyzer))
    loaded = skops.io.loads(data, trusted=[*skseq.TRUSTED_TYPES, *skops.io.get_untrusted_types(data=data)])
    assert type(loaded.analyzer) is type(analyzer)


def test_methods_of_a_pattern_are_stored_by_pickle():
    model = SequenceTokenizer(analyzer=ATOMS.findall).fit(["CCl", "BrC"])
    assert pickle.loads(pickle.dumps(model)).transform(["ClC"])[0].tolist() == model.transform(["ClC"])[0].tolist()


def test_callbacks_are_left_out_of_files_and_kept_in_copies(eager):
    model = SequenceClassifier(**SMALL, callbacks=[keras.callbacks.TerminateOnNaN()]).fit(RAGGED, LABELS)
    with pytest.warns(UserWarning, match="callbacks of SequenceClassifier are live objects and are not stored"):
        twin = through_a_file(model)
    assert twin.callbacks is None
    np.testing.assert_array_equal(twin.predict_proba(RAGGED), model.predict_proba(RAGGED))
    assert len(pickle.loads(pickle.dumps(SequenceClassifier(callbacks=model.callbacks))).callbacks) == 1


def test_callbacks_of_scikit_learn_are_left_out_of_files(eager):
    callback = pytest.importorskip("sklearn.callback")  # scikit-learn 1.9
    model = SequenceClassifier(**SMALL).set_callbacks(callback.ScoringMonitor(scoring="accuracy")).fit(RAGGED, LABELS)
    with pytest.warns(UserWarning, match="set_callbacks gave this SequenceClassifier are live objects and are not"):
        twin = through_a_file(model)
    assert vars(model).keys() - vars(twin).keys() == {"_skl_callbacks"}
    np.testing.assert_array_equal(twin.predict_proba(RAGGED), model.predict_proba(RAGGED))


def test_networks_of_ones_own_are_built_by_the_function_that_is_named():
    model = SequenceClassifier(network=KerasClassifier(build), epochs=1, random_state=0).fit(WINDOWS[:6], LABELS)
    twin = through_a_file(model, "scikeras.wrappers.KerasClassifier", f"{build.__module__}.build")
    np.testing.assert_array_equal(twin.predict_proba(WINDOWS), model.predict_proba(WINDOWS))


# --- other releases ---------------------------------------------------------------------------------------------------


def test_a_file_of_a_newer_release_is_an_error_that_names_the_releases(tmp_path):
    """A file as this release writes it, except for the number of its format and the name of its release."""
    path, newer = tmp_path / "model.skops", tmp_path / "newer.skops"
    skops.io.dump(naive(), path)
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(newer, "w") as target:
        for name in source.namelist():
            content = source.read(name)
            if name == "schema.json":
                schema = json.loads(content)
                state = schema["content"]["content"]
                state["skseq_format"]["content"] = json.dumps(_files.FORMAT + 1)
                state["skseq_version"]["content"] = json.dumps("9.9")
                content = json.dumps(schema, indent=2)
            target.writestr(name, content)
    for read in (lambda: skops.io.load(newer, trusted=skseq.TRUSTED_TYPES), lambda: skseq.load(newer)):
        with pytest.raises(
            ValueError, match=r"SeasonalNaive was stored by skseq 9\.9 in format 2, but .* Update skseq"
        ):
            read()


@pytest.mark.parametrize(
    ("stored", "named"),
    [
        ({MARK: "Unheard"}, "'Unheard'"),
        ({MARK: "Scale", "fields": {"mean": 1.0, "deviation": 1.0, "new": 1}}, "Scale with new"),
    ],
)  # fmt: skip
def test_values_of_newer_releases(stored, named):
    with pytest.raises(ValueError, match=f"holds a {named}, which skseq .* does not know: update skseq"):
        restored(stored)


def test_parameters_that_a_file_does_not_have_yet_get_their_defaults():
    state = naive().__getstate__()
    del state["m"]
    model = SeasonalNaive.__new__(SeasonalNaive)
    model.__setstate__(state)
    assert model.m == SeasonalNaive().m


def test_pickles_without_a_format_are_taken_as_they_are():
    model = SeasonalNaive.__new__(SeasonalNaive)
    model.__setstate__(dict(vars(naive())))
    assert model.predict(np.ones((1, 4))).shape == (1, 1)


def test_searches_are_stored_with_their_results(models):
    search = models["GridSearchCV"][0]
    twin = through_a_file(search)
    assert twin.best_params_ == search.best_params_
    assert isinstance(twin, GridSearchCV)
    np.testing.assert_array_equal(twin.cv_results_["mean_test_score"], search.cv_results_["mean_test_score"])
