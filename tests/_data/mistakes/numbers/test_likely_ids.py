"""Numbers that are most likely ids, and those that are not."""

import re

import numpy as np
import pandas as pd
import pytest
from quiet_fits import assert_no_warning

from skseq import (
    LSTMAutoencoderDetector,
    LSTMAutoencoderTransformer,
    Seq2SeqClassifier,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceGenerator,
    SequenceRegressor,
    SequenceTagger,
)
from skseq._data.mistakes.numbers.likely_ids import ids_among
from skseq._data.number_sequences import read_numbers

RNG = np.random.RandomState(0)
SMALL = {"units": 2, "epochs": 1}
pytestmark = pytest.mark.usefixtures("eager", "untrained")


def popular(rng, ids, n, *, exponent=1.0):
    """Draw ids, each with a popularity of its own."""
    weights = 1 / np.arange(1, len(ids) + 1) ** exponent
    return np.random.RandomState(0).permutation(ids)[rng.choice(len(ids), n, p=weights / weights.sum())]


def ragged(draw, seed=0, n_samples=200):
    """Sequences of 4 to 11 draws."""
    rng = np.random.RandomState(seed)
    return [np.asarray(draw(rng, rng.randint(4, 12))).tolist() for _ in range(n_samples)]


CATALOGUE = np.random.RandomState(1).randint(10_000_000, 99_000_000, 150)
IDS = {
    "side by side": lambda rng, n: rng.randint(4600, 4620, n),
    "by popularity": lambda rng, n: popular(rng, np.arange(10_001, 10_061), n),
    "of 8 digits": lambda rng, n: popular(rng, CATALOGUE, n),
    "users of 6 digits": lambda rng, n: popular(rng, CATALOGUE[:60] // 100, n),
    "with gaps": lambda rng, n: rng.choice([4624, 4625, 4634, 4648, 4672, 4688, 4720, 4768, 4776, 5140], n),
}


@pytest.mark.parametrize("name", IDS)
def test_ids_that_are_read_as_numbers(name):
    told = r"X holds \d+ distinct whole numbers from \d+ to \d+ .* look like ids.* Set source_type='tokens' for ids"
    X, y = ragged(IDS[name]), np.arange(200) % 2
    floats = [[float(token) for token in x] for x in X]
    equal = np.array([x[:4] for x in X])
    for model, own in (
        (SequenceRegressor, X),
        (SequenceRegressor, equal),
        (SequenceClassifier, floats),
        (SequenceClassifier, equal.astype(float)),
    ):
        with pytest.warns(UserWarning, match=told):
            model(**SMALL).fit(own, y)
        for source_type in ("tokens", "numeric"):  # what it advises
            quiet = model(**SMALL, source_type=source_type, handle_unknown="use_unknown")  # as new data hold others
            assert_no_warning(quiet, own, y)
            assert hasattr(quiet, "vocabulary_") == (source_type == "tokens")


NUMBERS = {
    "ratings": lambda rng, n: rng.randint(1, 6, n),
    "kinds from 0": lambda rng, n: rng.randint(12, size=n),
    "spins": lambda rng, n: rng.choice([-1, 1], n),
    "ages": lambda rng, n: rng.randint(30, 60, n),
    "years": lambda rng, n: rng.randint(1990, 2021, n),
    "pulse": lambda rng, n: (75 + 4 * rng.randn(n)).round(),
    "a level": lambda rng, n: (512 + 3 * rng.randn(n)).round(),
    "two levels": lambda rng, n: (rng.choice([1000, 1020], n) + 2 * rng.randn(n)).round(),
    "waiting times": lambda rng, n: (1000 + rng.exponential(5, n)).round(),
    "prices": lambda rng, n: rng.choice([999, 1099, 1199, 1299, 1499, 1599, 1699, 1899], n),
    "low prices": lambda rng, n: rng.choice([15, 99, 199, 249, 399, 499, 999, 1499], n),
    "prices in cents": lambda rng, n: CATALOGUE[:60][rng.randint(60, size=n)] // 10_000 * 100 + 99,
    "populations": lambda rng, n: rng.choice([52311, 81022, 1200340, 340221, 99001, 612003, 77012, 45000], n),
    "readings of 24 bits": lambda rng, n: rng.randint(2**21, 2**24, n),
    "walks": lambda rng, n: (1013 + rng.randn(n).cumsum()).round(),
    "waves": lambda rng, n: (1000 + 20 * np.sin(2.2 * np.arange(n) + 6 * rng.rand())).round(),
    "counts": lambda rng, n: rng.poisson(3, n),
    "large counts": lambda rng, n: rng.poisson(3000, n),
    "pixels": lambda rng, n: rng.randint(256, size=n),
    "single steps": lambda rng, n: rng.randint(4600, 4620, 1),
    "fractions": lambda rng, n: 4600 + rng.randint(20, size=n) / 2,
}


@pytest.mark.parametrize("name", NUMBERS)
def test_numbers_that_are_no_ids(name):
    for seed in range(3):
        X = ragged(NUMBERS[name], seed)
        assert_no_warning(SequenceRegressor(**SMALL), X, RNG.randn(200))
        LSTMAutoencoderDetector(**SMALL)._read_source(X, None, "X")  # warnings are errors


@pytest.mark.parametrize("width", [3, 14, 28])
@pytest.mark.parametrize(
    "series",
    [
        np.exp(RNG.uniform(np.log(3_000), np.log(300_000), 400)),
        RNG.uniform(100_000, 900_000, 400),
        RNG.normal(55_000, 2_000, 400),
        RNG.uniform(20_000, 35_000, 3_000),  # some days have the same revenue
    ],
    ids=["small days", "large days", "steady days", "many days"],
)
def test_windows_of_revenue_in_whole_euros(series, width):
    """A number occurs in as many windows as these are wide."""
    windows = np.lib.stride_tricks.sliding_window_view(series.round(), width)
    shuffled = RNG.permutation(windows)
    for X in (windows, shuffled, shuffled[::2], windows[::2], [x[: width - k % 2] for k, x in enumerate(windows)]):
        assert_no_warning(SequenceRegressor(**SMALL), X, RNG.randn(len(X)))


def test_even_numbers_of_six_digits_are_no_ids():
    populations = np.random.RandomState(2).randint(100_000, 900_000, 40)
    X = ragged(lambda rng, n: rng.choice(populations, n))
    assert_no_warning(SequenceRegressor(**SMALL), X, RNG.randn(200))


def test_ids_in_windows_of_one_long_log():
    for ids in (CATALOGUE, CATALOGUE[:60] // 100, np.arange(10_001, 10_031)):
        log = popular(np.random.RandomState(0), ids, 3_000)
        windows = np.lib.stride_tricks.sliding_window_view(log, 8).astype(float)
        with pytest.warns(UserWarning, match="look like ids"):
            SequenceRegressor(**SMALL).fit(windows, RNG.randn(len(windows)))


def test_ids_on_few_paths():
    """400 visitors on 25 paths: their samples are equal, and do not overlap as windows do."""
    paths = RNG.choice(CATALOGUE[:60], (25, 8))[RNG.choice(25, 400)].astype(float)
    with pytest.warns(UserWarning, match="look like ids"):
        SequenceRegressor(**SMALL).fit(paths, RNG.randn(400))


def test_revenue_in_equal_samples():
    """As of a shop beside each of its articles; also in windows, and once more."""
    revenue = np.random.RandomState(0).uniform(10_000_000, 90_000_000, 200).round()
    windows = np.lib.stride_tricks.sliding_window_view(revenue, 8)
    for X in (np.repeat(revenue.reshape(25, 8), 10, axis=0), np.concatenate([windows] * 3)):
        assert_no_warning(SequenceRegressor(**SMALL), X, RNG.randn(len(X)))


def test_the_beginnings_of_long_sequences_are_looked_at():
    ids = popular(np.random.RandomState(0), CATALOGUE, 2 * 2**17).astype(float)
    later = np.where(np.arange(len(ids)) < 2**17, ids, 0.5)  # no ids
    for log, found in ((ids, True), (later, True), (later[::-1], False)):
        sequences, _ = read_numbers(SequenceRegressor(), log[None, :, None])
        assert (ids_among(sequences) is not None) == found


def beside(draw, other, seed=0, n_samples=200):
    """Sequences of 4 to 11 pairs of one draw and another."""
    rng = np.random.RandomState(seed)
    lengths = rng.randint(4, 12, n_samples)
    return [np.column_stack([draw(rng, n), other(rng, n)]) for n in lengths]


def flags(rng, n):
    return rng.randint(2, size=n)


def pairs_of(X):
    return [list(map(tuple, x.tolist())) for x in X]


ANSWERS = beside(IDS["side by side"], flags)
LAST = [int(x[-1, 0]) for x in ANSWERS]
OF_IDS = (
    r"X holds 20 distinct whole numbers from 4600 to 4619 in feature 0 .* look like ids.* Set source_type='tokens' "
)


@pytest.mark.parametrize(
    ("model", "y"),
    [
        (SequenceClassifier, LAST),
        (SequenceRegressor, LAST),
        (SequenceTagger, [x[:, 0] for x in ANSWERS]),
        (Seq2SeqClassifier, LAST),
        (Seq2SeqTransducer, [x[:, 0].tolist() for x in ANSWERS]),
        (SequenceGenerator, None),
    ],
)
def test_ids_beside_flags(model, y):
    tuples, arguments = pairs_of(ANSWERS), () if y is None else (y,)
    with pytest.warns(UserWarning, match=OF_IDS + "to read every timestep as one token") as caught:
        model(**SMALL).fit(tuples, *arguments)
    assert sum("source_type" in str(own.message) for own in caught) == 1
    for source_type in ("tokens", "numeric"):  # what it advises
        quiet = model(**SMALL, source_type=source_type)
        assert_no_warning(quiet, tuples, *arguments)
        assert hasattr(quiet, "vocabulary_") == (source_type == "tokens")


@pytest.mark.parametrize("to_frame", [lambda x: x, lambda x: x.astype(float), pd.DataFrame])
def test_ids_beside_flags_in_arrays_become_tuples(to_frame):
    X = list(map(to_frame, ANSWERS))
    with pytest.warns(
        UserWarning, match=OF_IDS + r"and pass \[list\(map\(tuple, np\.asarray\(x\)\.tolist\(\)\)\) for x"
    ):
        SequenceClassifier(**SMALL).fit(X, LAST)
    tuples = [list(map(tuple, np.asarray(x).tolist())) for x in X]
    assert_no_warning(SequenceClassifier(**SMALL, source_type="tokens"), tuples, LAST)


@pytest.mark.parametrize("to_frame", [lambda x: x, pd.DataFrame])
def test_ids_in_a_column_become_tokens(to_frame):
    X = [to_frame(np.asarray(x, float)[:, None]) for x in ragged(IDS["with gaps"])]
    with pytest.warns(UserWarning, match=r"tokens' and pass \[np\.ravel\(x\)\.tolist\(\) for x in X\] to") as caught:
        SequenceGenerator(**SMALL).fit(X)
    lists = eval(re.search(r"pass (\[.*\]) to", str(caught[0].message))[1], {"np": np, "X": X})
    model = SequenceGenerator(**SMALL, source_type="tokens")
    assert_no_warning(model, lists)
    assert 4624 in model.vocabulary_
    with pytest.raises(ValueError, match=r"If a timestep is one token, in a column of its own, pass \[np\.ravel"):
        model.fit([np.asarray(x) for x in X])


@pytest.mark.parametrize("model", [LSTMAutoencoderDetector, LSTMAutoencoderTransformer])
def test_ids_that_autoencoders_can_only_measure(model):
    says = r"look like ids, but are read as measurements\. If they are ids, take an estimator with source_type='tokens'"
    lists = ragged(IDS["with gaps"])
    with pytest.warns(UserWarning, match=says + ": a SequenceGenerator has score_samples") as caught:
        model(**SMALL).fit(lists)
    assert len(caught) == 1
    assert_no_warning(SequenceGenerator(**SMALL, source_type="tokens"), lists)
    with pytest.warns(UserWarning, match=says) as caught:
        model(**SMALL).fit(ANSWERS)
    code = re.search(r" and (\[.*\]): a Seq", str(caught[0].message))[1]
    tuples = eval(code, {"np": np, "X": ANSWERS})
    assert_no_warning(SequenceGenerator(**SMALL, source_type="tokens"), tuples)


OTHERS = {
    "flags": flags,
    "counts": lambda rng, n: rng.poisson(2, n),
    "levels": lambda rng, n: (512 + 3 * rng.randn(n)).round(),
}
MORE_NUMBERS = {
    "one-hot": lambda rng, n: np.eye(12)[rng.randint(12, size=n)],
    "far from 1 to 7": lambda rng, n: 100 + rng.randint(1, 8, n),
    "a sensor": lambda rng, n: (293 + 3 * np.sin(np.arange(n) / 3 + 6 * rng.rand()) + rng.randn(n)).round(),
    "days": lambda rng, n: np.sort(rng.randint(20_000, 20_030, n)),
    "months": lambda rng, n: np.sort(202_400 + rng.randint(1, 13, n)),
    "times of day": lambda rng, n: np.sort(100 * rng.randint(8, 18, n) + rng.choice([0, 15, 30, 45], n)),
    "pixels of few levels": lambda rng, n: rng.randint(17, size=n),
    "sums of dice": lambda rng, n: 100 + rng.randint(1, 7, (2, n)).sum(axis=0),
    "one for each sequence": lambda rng, n: np.full(n, rng.randint(1000, 1030)),
}


@pytest.mark.parametrize("name", [name for name in NUMBERS | MORE_NUMBERS if name != "single steps"])
def test_timesteps_that_hold_no_ids(name):
    draw = (NUMBERS | MORE_NUMBERS)[name]
    for seed, other in enumerate(OTHERS.values()):
        found = SequenceRegressor(**SMALL)._read_source(beside(draw, other, seed), None, "X")  # warnings are errors
        assert not found[1].reads_tokens


def test_ids_beside_what_makes_timesteps_new_are_not_told_of():
    """Tokens would hardly occur again."""
    for other in (lambda rng, n: rng.randint(40, size=n), lambda rng, n: rng.rand(n)):
        rng = np.random.RandomState(0)
        X = [np.column_stack([IDS["side by side"](rng, n), other(rng, n)]) for n in rng.randint(4, 12, 200)]
        assert_no_warning(SequenceClassifier(**SMALL), X, np.arange(200) % 2)


def test_ids_are_told_of_once():
    with pytest.warns(UserWarning, match="look like ids") as caught:
        SequenceGenerator(**SMALL).fit([np.asarray(x, float) for x in ragged(IDS["side by side"])])
    assert sum("source_type" in str(own.message) for own in caught) == 1
