"""Tokens that are most likely measurements, numbers that are most likely names, and what is neither."""

import re
import warnings
import zlib

import numpy as np
import pandas as pd
import polars as pl
import pytest
from quiet_fits import assert_no_warning
from sklearn.datasets import load_digits
from sklearn.feature_extraction.text import TfidfVectorizer
from warned import told

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
from skseq._data.mistakes.likely_tokens import are_written_lists, sentences, warn_if_constant

RNG = np.random.RandomState(0)
WALKS = RNG.randn(20, 3, 100).cumsum(axis=2)  # channels first
SMALL = {"units": 2, "epochs": 1}
pytestmark = pytest.mark.usefixtures("eager", "untrained")


READINGS = [np.round(1000 + 300 * np.sin(np.arange(n) / 6 + n)).astype(int).tolist() for n in (40, 55, 60, 70)]
LABELS = [0, 1, 0, 1]


def test_integer_readings_in_a_classifier():
    with pytest.warns(UserWarning, match="X holds .* distinct integers from 70[0-9] to 1[23].* source_type='numeric'"):
        SequenceClassifier(**SMALL).fit(READINGS, LABELS)
    with pytest.warns(UserWarning, match="look like measurements"):
        SequenceClassifier(**SMALL).fit(np.array([own[:40] for own in READINGS]), LABELS)
    noise = [RNG.randint(-500, 500, size=n).tolist() for n in (40, 55, 60, 70)]
    with pytest.warns(UserWarning, match="look like measurements"):  # no token has a negative number
        SequenceClassifier(**SMALL).fit(noise, LABELS)


def test_integers_that_span_orders_of_magnitude():
    """As microseconds between packets; logarithms are read as numbers."""
    rng = np.random.RandomState(0)
    X = [rng.lognormal(7, 2.5, n).astype(int).tolist() for n in rng.randint(10, 40, 100)]
    y = np.arange(100) % 2
    with pytest.warns(UserWarning, match=r"look like measurements.* np\.log1p\(x\) of each sequence x") as caught:
        SequenceClassifier(**SMALL).fit(X, y)
    assert len(caught) == 1
    logarithms = SequenceClassifier(**SMALL)
    assert_no_warning(logarithms, [np.log1p(x) for x in X], y)
    assert not hasattr(logarithms, "vocabulary_")
    assert_no_warning(SequenceClassifier(**SMALL, source_type="tokens"), X, y)


def popular(rng, ids, n, *, exponent=1.0):
    """Draw ids, each with a popularity of its own."""
    weights = 1 / np.arange(1, len(ids) + 1) ** exponent
    return np.random.RandomState(0).permutation(ids)[rng.choice(len(ids), n, p=weights / weights.sum())]


@pytest.mark.parametrize("n_sequences", [4, 200])
@pytest.mark.parametrize(
    "draw",
    [
        lambda rng, n: rng.poisson(3000, n),
        lambda rng, n: rng.randint(900, 1400, n),
        lambda rng, n: 5 * rng.normal(1000, 50, n).astype(int),
        lambda rng, n: np.where(rng.rand(n) < 0.3, rng.poisson(800, n), rng.poisson(1500, n)),
    ],
    ids=["counts", "even", "in steps of 5", "two levels"],
)
def test_integers_that_scatter_around_a_level(draw, n_sequences):
    rng = np.random.RandomState(0)
    X = [draw(rng, 40 + index % 3).tolist() for index in range(n_sequences)]
    with pytest.warns(UserWarning, match="look like measurements"):
        SequenceClassifier(**SMALL).fit(X, np.arange(n_sequences) % 2)


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng, n: popular(rng, np.arange(10001, 11000), n),  # a shop's items
        lambda rng, n: popular(rng, np.arange(10001, 11000), n, exponent=0.6),
        lambda rng, n: popular(rng, np.arange(100, 500), n),  # words, without special tokens
        lambda rng, n: popular(rng, np.arange(100, 190), n),
        lambda rng, n: popular(rng, np.arange(1000, 30000), n),
        lambda rng, n: rng.randint(1, 5000, n),
        lambda rng, n: rng.randint(10**6, 10**7, n),  # numbers of articles
        lambda rng, n: rng.randint(101, 161, n),  # stimuli of an experiment, each as often
        lambda rng, n: rng.randint(1, 10**6, n),  # a large catalogue
        lambda rng, n: popular(rng, np.arange(1, 100_000), n),
        lambda rng, n: np.minimum(rng.zipf(1.3, n), 10**9),  # words by rank
    ],
    ids=[
        *("items", "even items", "words", "few words", "many words", "from 1", "large", "balanced"),
        *("catalogue", "popular", "by rank"),
    ],
)
def test_ids_that_do_not_start_near_0(draw):
    rng = np.random.RandomState(0)
    X = [draw(rng, 40 + index % 3).tolist() for index in range(80)]
    assert_no_warning(SequenceClassifier(**SMALL), X, np.arange(80) % 2)


def vibrations(rng, n_samples=100):
    """Readings of a sensor in int16 without a level, half of them with a tone: (n_samples, 64)."""
    tone = 10 * (np.arange(n_samples) % 2)[:, None] * np.sin(1.9 * np.arange(64) + 6 * rng.rand(n_samples, 1))
    return (12 * rng.randn(n_samples, 64) + tone).round().clip(-30, 30).astype(np.int16)


MEASURED = {
    "vibrations": vibrations,
    "few kinds": lambda rng: (6 * rng.randn(100, 64)).round().astype(np.int16),
    "clipped": lambda rng: (30 * rng.randn(100, 64)).round().clip(-25, 25).astype(int),
    "often idle": lambda rng: vibrations(rng) * (rng.rand(100, 1) < 0.5),
    "many kinds": lambda rng: (300 * rng.randn(20, 512)).round().astype(np.int16),
    "hardly any twice": lambda rng: (9000 * rng.randn(10, 50)).round().astype(np.int16),
    "far apart": lambda rng: (100 * rng.standard_t(3, (100, 64))).round().astype(int),
    "even": lambda rng: rng.randint(-500, 500, (60, 64)),
    "around a level": lambda rng: (512 + 20 * rng.randn(100, 64)).round().astype(np.uint16),
    "counts": lambda rng: rng.poisson(3000, (100, 64)),
    "in steps of 5": lambda rng: 5 * rng.normal(1000, 50, (100, 64)).astype(int),
}


@pytest.mark.parametrize("name", MEASURED)
def test_readings_of_one_length(name):
    X = MEASURED[name](np.random.RandomState(0))
    y = np.arange(len(X)) % 2
    for own in (X, list(X), pd.DataFrame(X), [x[: 50 - index % 3] for index, x in enumerate(X)]):
        with pytest.warns(UserWarning, match="look like measurements.* source_type='numeric'"):
            SequenceClassifier(**SMALL).fit(own, y)
    assert_no_warning(SequenceClassifier(**SMALL, source_type="numeric"), X, y)


def grey(rng, noise=8):
    """Digits of 8 x 8 pixels, with noise, in bytes: (200, 64)."""
    digits = load_digits().data[:200]
    return np.clip(15.9 * digits + noise * rng.randn(*digits.shape) * (digits > 0), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("model", [SequenceClassifier, SequenceTagger, Seq2SeqClassifier])
@pytest.mark.parametrize("noise", [4, 8, 16])
def test_pixels_in_bytes(model, noise):
    X = grey(np.random.RandomState(0), noise)
    y = load_digits().target[:200]
    with pytest.warns(UserWarning, match="distinct integers from 0 to 255, which look like measurements"):
        model(**SMALL).fit(X, y)
    assert_no_warning(model(**SMALL, source_type="numeric"), X, y)


BYTES = {
    "even": lambda rng: rng.randint(0, 256, (200, 64)),
    "by popularity": lambda rng: popular(rng, np.arange(256), (200, 64)),
    "nearly even": lambda rng: popular(rng, np.arange(256), (200, 64), exponent=0.2),
    "letters": lambda _: np.frombuffer("".join(map(chr, range(0x400, 0x1000))).encode()[:6400], np.uint8).reshape(
        100, 64
    ),
    "compressed": lambda rng: np.frombuffer(zlib.compress(rng.randint(0, 9, 50000).tobytes())[:12800], np.uint8)[None],
}


@pytest.mark.parametrize("name", BYTES)
def test_bytes_that_are_names(name):
    for seed in range(3):
        X = BYTES[name](np.random.RandomState(seed)).astype(np.uint8).reshape(-1, 64)
        assert_no_warning(SequenceClassifier(**SMALL), X, np.arange(len(X)) % 2)


def test_readings_of_one_length_in_a_tagger():
    X = vibrations(np.random.RandomState(0))
    with pytest.warns(UserWarning, match="look like measurements"):
        SequenceTagger(**SMALL).fit(X, X > 0)


def states(rng, n_states):
    """Walks over states, each of which is followed by a few of the others: (100, 64)."""
    follows = rng.randint(n_states, size=(n_states, 3))
    walks = [rng.randint(n_states, size=100)]
    for _ in range(63):
        walks.append(follows[walks[-1], rng.randint(3, size=100)])
    return np.stack(walks, axis=1)


NAMES = {
    "items": lambda rng: popular(rng, np.arange(10001, 11000), (100, 64)),
    "even items": lambda rng: popular(rng, np.arange(10001, 11000), (100, 64), exponent=0.6),
    "by rank": lambda rng: 10_000 + np.minimum(rng.zipf(1.5, (100, 64)), 500),
    "equally often": lambda rng: rng.randint(10_000, 11_000, (100, 64)),
    "equally often, few": lambda rng: rng.randint(10_000, 10_300, (20, 20)),
    "from 0": lambda rng: rng.randint(0, 5000, (100, 64)),
    "states": lambda rng: states(rng, 60),
    "states from 1000": lambda rng: 1000 + states(rng, 60),
    "arpeggios": lambda rng: rng.randint(48, 60, (100, 1)) + np.tile([0, 4, 7, 12, 16, 19, 24, 12], (100, 8)),
    "intervals": lambda rng: rng.binomial(24, 0.5, (100, 64)) - 12,
    "bytes": lambda rng: rng.randint(0, 256, (100, 64)),
    "codes of letters": lambda rng: popular(rng, np.r_[32, 1040:1104], (100, 64)),
    "codons": lambda rng: rng.randint(0, 64, (100, 64)),
    "one-hot": lambda rng: np.eye(64, dtype=int)[rng.randint(64, size=100)],
    "rare counts": lambda rng: rng.poisson(2, (100, 64)),
    "grey": lambda _: load_digits().data[:100].astype(int),
    "unknown is -1": lambda rng: np.where(rng.rand(100, 64) < 0.1, -1, popular(rng, np.arange(400), (100, 64))),
    "specials": lambda rng: np.where(rng.rand(100, 64) < 0.1, -rng.randint(1, 4, (100, 64)), states(rng, 60)),
    "padding is -1": lambda rng: np.where(np.arange(64) > rng.randint(64, size=(100, 1)), -1, states(rng, 60)),
    "padding is -100": lambda rng: np.where(np.arange(64) > rng.randint(64, size=(100, 1)), -100, states(rng, 60)),
    "hashes": lambda rng: popular(rng, rng.randint(-(2**62), 2**62, 500), (100, 64)),
    "even hashes": lambda rng: rng.choice(rng.randint(-(2**31), 2**31, 80), (100, 64)),
    "relations and inverses": lambda rng: popular(rng, np.r_[-30:0, 1:31], (100, 64)),
    "few relations and inverses": lambda rng: rng.choice(np.r_[-25:0, 1:26], (100, 20)),
}


PADDED = [name for name in NAMES if name.startswith("padding")]


@pytest.mark.parametrize("name", [name for name in NAMES if name not in PADDED])
def test_names_of_one_length(name):
    for seed in range(3):
        X = NAMES[name](np.random.RandomState(seed))
        assert_no_warning(SequenceClassifier(**SMALL), X, np.arange(len(X)) % 2)


@pytest.mark.parametrize("name", PADDED)
def test_of_names_with_padding_that_alone_is_told(name):
    with pytest.warns(UserWarning, match="X looks padded") as caught:
        SequenceClassifier(**SMALL).fit(NAMES[name](np.random.RandomState(0)), np.arange(100) % 2)
    assert len(caught) == 1


def test_names_with_signs_in_lists():
    for name in ("unknown is -1", "specials", "padding is -100", "hashes", "relations and inverses"):
        X = [x[: 64 - index % 3].tolist() for index, x in enumerate(NAMES[name](np.random.RandomState(0)))]
        assert_no_warning(SequenceClassifier(**SMALL), X, np.arange(len(X)) % 2)


def test_who_says_what_integers_are_is_not_warned():
    for model in (
        SequenceClassifier(**SMALL, source_type="numeric"),
        SequenceClassifier(**SMALL, source_type="tokens"),
        SequenceClassifier(**SMALL, vocabulary=range(700, 1301)),
        SequenceRegressor(**SMALL),  # reads integers as numbers
    ):
        assert_no_warning(model, READINGS, LABELS)


@pytest.mark.parametrize(
    "X",
    [
        [RNG.randint(1, 400, size=n).tolist() for n in (40, 55, 60, 70)],  # ids of words: many, in no order
        [list(range(n)) for n in (4, 5, 6, 7)],  # few
        [list(map(str, own)) for own in READINGS],
        [[(n, n + 1) for n in own] for own in READINGS],
    ],
    ids=["word ids", "few", "strings", "tuples"],
)
def test_tokens_are_no_readings(X):
    source_type = "tokens" if isinstance(X[0][0], tuple) else "auto"
    assert_no_warning(SequenceClassifier(**SMALL, source_type=source_type), X, LABELS)


def ragged(draw, seed=0, n_samples=200):
    """Sequences of 4 to 11 draws."""
    rng = np.random.RandomState(seed)
    return [np.asarray(draw(rng, rng.randint(4, 12))).tolist() for _ in range(n_samples)]


IDS = {
    "side by side": lambda rng, n: rng.randint(4600, 4620, n),
    "by popularity": lambda rng, n: popular(rng, np.arange(10_001, 10_061), n),
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
            quiet = model(**SMALL, source_type=source_type)
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
    "populations": lambda rng, n: rng.choice([52311, 81022, 1200340, 340221, 99001, 612003, 77012, 45000], n),
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


# --- timesteps of several integers ------------------------------------------------------------------------------------


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


WRITTEN = [[f"{reading:.2f}" for reading in own[:n]] for own, n in zip(WALKS[:, 0], (40, 55, 60, 70))]
SENTENCES = ["the film is good", "bad", "not my taste", "what a waste of time"]
LISTS = ["[1.0, 2.0]", "[3.0]", "[4.0, 5.0, 6.0]", "[7.0]"]


@pytest.mark.parametrize("Estimator", [SequenceClassifier, SequenceRegressor])
@pytest.mark.parametrize(
    ("X", "says"),
    [
        (WRITTEN, r"strings that are numbers, such as '-?\d\.\d\d', .* without an order. Set source_type='numeric'"),
        (np.array([own[:40] for own in WRITTEN]), "strings that are numbers"),
        (pd.DataFrame([own[:40] for own in WRITTEN]), "strings that are numbers"),
        ([["20.31", "20.44", "20"], ["19.8", "20.1"], ["2e1", "-1.5"], ["0.5"]], "strings that are numbers"),
        (pd.DataFrame({"x": SENTENCES}), "one string per sample, such as 'the film is good', .* Set analyzer='word'"),
        ([[text] for text in SENTENCES], "one string per sample"),
        (
            pd.DataFrame({"x": LISTS}),
            r"lists in the form of strings, such as '\[1.0, 2.0\]'.* ast.literal_eval\(text\)",
        ),
        (pd.DataFrame({"x": [str(np.ones(n)) for n in (1, 2, 3, 4)]}), r".*numpy\.fromstring\(text\[1:-1\], sep=' '\)"),
    ],
    ids=["ragged", "array", "frame", "few", "sentences", "lists of sentences", "lists", "arrays"],
)
def test_strings_that_are_no_tokens(Estimator, X, says):
    with pytest.warns(UserWarning, match=rf"^X holds {says}.* or set source_type='tokens' to read them as tokens"):
        Estimator(**SMALL).fit(X, LABELS)
    assert_no_warning(Estimator(**SMALL, source_type="tokens"), X, LABELS)


TITLES = [f"number {n}" for n in range(12)]
BODIES = [f"all that is told of {n}" for n in range(12)]


@pytest.mark.parametrize(
    "X",
    [
        pd.DataFrame({"title": TITLES, "body": BODIES}),
        pd.DataFrame({"title": ["Good", "Bad"] * 6, "body": BODIES}).to_numpy(),
        pd.DataFrame({"title": ["Very good", "Quite bad"] * 6, "body": BODIES}),
        [[*pair, "end"][: 2 + n % 2] for n, pair in enumerate(zip(TITLES, BODIES))],
    ],
    ids=["frame", "array", "titles that occur again", "lists"],
)
def test_several_texts_per_sample(X):
    with pytest.warns(UserWarning, match="^X holds texts, nearly all distinct, .* Join those of each sample") as told:
        SequenceClassifier(**SMALL).fit(X, LABELS * 3)
    assert len(told) == 1
    assert_no_warning(SequenceClassifier(**SMALL, source_type="tokens"), X, LABELS * 3)


STREETS = [f"{side} {2 * name}" for side in ["north", "south"] for name in "abcdefghij"]
TALKS = [
    [f"where is {street} street", "i do not know", f"it is behind {street} bridge"][: 2 + k % 2]
    for k, street in enumerate([*STREETS, *map(str.title, STREETS)])
]
OF_VECTORS = r"(\[vectorizer\.transform.* for x in X\]), with vectorizer = (Tfidf.*\]\)) of scikit-learn"


def as_advised(X, message):
    code, vectorizer = re.search(OF_VECTORS, str(message)).groups()
    given = {"X": X, "TfidfVectorizer": TfidfVectorizer}
    return eval(code, {**given, "vectorizer": eval(vectorizer, given)})


@pytest.mark.parametrize("X", [TALKS, pd.Series(TALKS), [x[:2] for x in TALKS]], ids=["lists", "series", "pairs"])
def test_texts_per_timestep_become_vectors_as_the_warning_says(X):
    labels = [["ask", "yes", "no"][: len(x)] for x in X]
    with pytest.warns(UserWarning, match="^X holds (whole )?texts, .* set source_type='tokens'") as told:
        SequenceTagger(**SMALL).fit(X, labels)
    tagger = SequenceTagger(**SMALL).fit(as_advised(X, told[0].message), labels)  # warnings are errors
    assert tagger.n_features_in_ > 10
    with pytest.raises(ValueError, match="to read one text per timestep, set analyzer=None and pass vectors") as told:
        SequenceTagger(**SMALL, analyzer="word").fit(X, labels)
    tagger.fit(as_advised(X, told.value), labels)


@pytest.mark.parametrize(
    "names",
    [
        [f"2024-01-{1 + k % 28:02} {k % 24:02}:00" for k in range(60)],
        [f"Mon, {1 + k % 28:02} Jan 2024 {k % 24:02}:00:00 GMT" for k in range(60)],
        ["New York", "San Francisco", "Los Angeles", "Rome"] * 15,
        ["New York City", "Rio de Janeiro", "Salt Lake City"] * 20,
        [f"word{k}" for k in range(60)],
        [f"{k}.5 {k}.25 {k}.125" for k in range(60)],
    ],
    ids=["dates", "long dates", "cities", "long names", "words", "numbers"],
)
def test_names_of_several_words_are_no_sentences(names):
    assert sentences(names) == []


EVENTS = pd.DataFrame({"user": np.repeat(np.arange(8), 3), "step": [1, 2, 3] * 8, "page": ["home", "cart", "pay"] * 8})


@pytest.mark.parametrize("library", [pd, pl])
@pytest.mark.parametrize("names", [False, True])
def test_rows_that_are_events(library, names):
    frame = EVENTS.assign(user="u" + EVENTS["user"].astype(str)) if names else EVENTS
    X = frame if library is pd else pl.DataFrame(frame.to_dict("list"))
    told = r"^X holds .* '(user|step)'.* 'page', and is read as 24 sequences of 3 tokens.* such as (X\.gr.*), and y"
    with pytest.warns(UserWarning, match=told) as caught:
        SequenceClassifier(**SMALL).fit(X, [0, 1, 0] * 8)
    advised = eval(re.match(told, str(caught[0].message))[2], {"X": X})
    model = SequenceClassifier(**SMALL).fit(advised, LABELS * 2)  # warnings are errors
    assert set(model.vocabulary_) == {"home", "cart", "pay"}
    assert model.n_timesteps_in_ == 3
    assert_no_warning(SequenceClassifier(**SMALL, source_type="tokens"), X, [0, 1, 0] * 8)


LOG = pd.DataFrame(
    {
        "user": ["bob", "amy", "bob", "amy"] * 6,
        "event": ["login", "login", "su", "exit"] * 6,
        "time": pd.Timestamp("2024-03-01") + pd.to_timedelta(np.arange(24)[::-1], "h"),
    }
)


@pytest.mark.parametrize("library", [pd, pl])
@pytest.mark.parametrize("of_text", [False, True])
def test_rows_of_a_log_with_times(library, of_text):
    frame = LOG.assign(time=LOG["time"].astype(str)) if of_text else LOG
    of_users = ["exit", "login"] * 6, ["su", "login"] * 6  # of amy and bob, from the last row on
    for names, expected in ((["user", "event", "time"], of_users), (["time", "event"], [LOG["event"].tolist()[::-1]])):
        X = frame[names] if library is pd else pl.DataFrame(frame[names].to_dict("list"))
        told = r"^X holds columns of times, .* 'time', and of strings, .* 'event', .* such as (.*), and y to match"
        with pytest.warns(UserWarning, match=told) as caught:
            SequenceGenerator(**SMALL).fit(X)
        assert len(caught) == 1
        assert sorted(eval(re.match(told, str(caught[0].message))[1], {"X": X})) == sorted(expected)
        assert_no_warning(SequenceGenerator(**SMALL, source_type="tokens"), X)


def test_tables_of_strings_alone_are_no_events():
    assert_no_warning(SequenceClassifier(**SMALL), EVENTS[["page", "page"]].set_axis(["a", "b"], axis=1), [0, 1, 0] * 8)


def test_names_of_several_words_are_tokens():
    trips = [["New York", "San Jose"], ["San Jose", "Lyon"], ["Los Angeles"], ["New York"]] * 6
    assert_no_warning(SequenceClassifier(**SMALL), trips, LABELS * 6)


def test_many_strings_are_warned_of_once():
    """Not of single timesteps, too: they are no rows of longer sequences."""
    with pytest.warns(UserWarning, match="one string per sample") as told:
        SequenceClassifier(**SMALL).fit(pd.DataFrame({"x": SENTENCES * 15}), LABELS * 15)
    assert len(told) == 1


@pytest.mark.parametrize(
    "X",
    [
        [["12", "7", "100"], ["3"], ["12", "12"], ["7", "3"]],  # ids
        [["12.0", "7.0"], ["3.0"], ["12.0"], ["7.0"]],  # ids of a column that had gaps
        [["250.1", "038.9"], ["V45.8", "401.9"], ["038.9"], ["250.1"]],  # codes of diseases
        [["1.2.3", "1.10"], ["2.0.1"], ["1.2.3"], ["1.3.0"]],  # versions
        pd.DataFrame({"word": ["good", "bad", "fine", "awful"]}),
        pd.DataFrame({"city": ["York", "New York", "Paris", "Lyon"]}),
        pd.DataFrame({"token": ["[MASK]", "[CLS]", "[SEP]", "[PAD]"]}),
        [["New York", "San Jose"], ["San Jose"], ["Los Angeles"], ["New York"]],
    ],
    ids=["ids", "ids as floats", "codes", "versions", "words", "cities", "special tokens", "trips"],
)
def test_strings_that_are_tokens(X):
    assert_no_warning(SequenceClassifier(**SMALL), X, LABELS)


def test_a_series_of_written_lists_says_what_reads_them():
    with pytest.raises(
        ValueError, match=r"nothing says how to split .* '\[1.0, 2.0\]' looks like a list: .*literal_eval"
    ):
        SequenceClassifier(**SMALL).fit(pd.Series(LISTS), LABELS)


@pytest.mark.parametrize(
    ("texts", "are"),
    [
        (LISTS, True),
        (["['a]', '[']", '["it\'s]"]', "[]"], True),  # brackets of the items
        ([str(np.ones((2, 3)))], True),
        ([f"[{k}.0000] kernel: usb {k} [1]" for k in range(5)], False),
        ([f"[{k}] Smith, J. Title {k} [online]" for k in range(5)], False),
        (["[60,64]-[62]"] * 5, False),
        (["[13C]C[O]", "[2H][C]"], False),
        (["[[1, 2]"], False),
    ],
    ids=["lists", "quoted", "array", "log", "citations", "chords", "molecules", "open"],
)
def test_texts_that_are_written_lists(texts, are):
    assert are_written_lists(texts) is are


def test_unseen_readings_name_the_remedy():
    with pytest.warns(UserWarning, match="look like measurements"):
        model = SequenceClassifier(**SMALL).fit(READINGS, LABELS)
    with pytest.raises(ValueError, match="not seen in fit.* measurements, set source_type='numeric'"):
        model.predict([[1, 2, 3]])


@pytest.mark.filterwarnings("ignore:Most numbers of X")  # they are far from those in fit
@pytest.mark.parametrize(
    "unseen", [[-833, 5], list(range(2000, 2400, 10)), [1.5, 2.0]], ids=["negative", "far apart", "fractions"]
)
def test_unseen_readings_are_called_so_first(unseen):
    X = [list(range(10)), list(range(5))] * 4
    model = SequenceClassifier(**SMALL).fit(X, [0, 1] * 4)
    expected = r"not seen in fit: .*\. They look like measurements: set source_type='numeric' before fit\. If they are "
    with pytest.raises(ValueError, match=expected + "tokens, set handle_unknown='use_unknown'.* Or fit on data"):
        model.predict([unseen])
    SequenceClassifier(**SMALL, source_type="numeric").fit(X, [0, 1] * 4).predict([unseen])


@pytest.mark.parametrize("unseen", [[-1, 5], list(range(2000, 2040)), [40, 400, 4000]])
def test_unseen_names_are_tokens_first(unseen):
    model = SequenceClassifier(**SMALL).fit([list(range(10)), list(range(5))] * 4, [0, 1] * 4)
    with pytest.raises(ValueError, match="not seen in fit: .* fit on data that holds them.* If these integers are"):
        model.predict([unseen])


@pytest.mark.parametrize(
    "y", [READINGS, [own[:40] for own in READINGS], [[], *READINGS, []]], ids=["lists", "of one length", "some empty"]
)
def test_integer_readings_as_outputs(y):
    X = [["a", "b"]] * len(y)
    with pytest.warns(UserWarning, match="y holds .* look like measurements.* SequenceRegressor .* target_vocabulary"):
        Seq2SeqTransducer(**SMALL).fit(X, y)
    assert_no_warning(Seq2SeqTransducer(**SMALL, target_vocabulary=range(1301)), X, y)


@pytest.mark.parametrize("order", [sorted, lambda own: sorted(own, reverse=True)], ids=["up", "down"])
def test_sorted_integers_are_outputs_of_a_transducer(order):
    X = [RNG.randint(1, 100, size=n).tolist() for n in (40, 55, 60, 70)]
    assert_no_warning(Seq2SeqTransducer(**SMALL), X, [order(own) for own in X])


def test_a_density_of_a_feature_that_never_changes():
    walks = WALKS[:, :, :4].transpose(0, 2, 1)  # (20, 4, 3)
    constant = walks.copy()
    constant[:, :, 1] = 3.5
    with pytest.warns(
        UserWarning, match=r"Feature 1 of X is 3\.5 at every timestep\. .*: leave it out, \[np"
    ) as caught:
        SequenceGenerator(**SMALL).fit(constant)
    code = re.search(r"\[np.*X\)\]", str(caught[0].message))[0]
    np.testing.assert_array_equal(eval(code, {"np": np, "X": constant}), walks[:, :, [0, 2]])
    assert_no_warning(SequenceGenerator(**SMALL), walks)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        SequenceGenerator(**SMALL).partial_fit(constant)  # the next call may differ


def test_several_constants_are_told_of_at_once():
    numbers = np.insert(RNG.randn(9, 2), [0, 1, 2], [0, 1, 4], axis=1)  # 0, a, 1, b, 4
    told = (
        r"^Feature 0 of X is 0 at every timestep, and features 2, 4 do not .*: leave them out, (\[np\.delete.*X\)\])\.$"
    )
    with pytest.warns(UserWarning, match=told) as caught:
        warn_if_constant(numbers, (), "X")
    assert len(caught) == 1
    code = re.search(told, str(caught[0].message))[1]
    np.testing.assert_array_equal(eval(code, {"np": np, "X": [numbers.tolist()]})[0], numbers[:, [1, 3]])
    with pytest.warns(UserWarning, match="Feature 4 of X is 4 at every timestep"):
        warn_if_constant(numbers, (0, 2), "X")
    with pytest.warns(UserWarning, match="nothing else is left to learn"):
        warn_if_constant(numbers[:, :1], (), "X")


def notes(n_sequences, dtype=int):
    """Pairs of a pitch (5 of them) and a duration (3), 10 of each sequence."""
    return [
        np.c_[RNG.choice([60, 62, 64, 65, 67], 10), RNG.choice([1, 2, 4], 10)].astype(dtype) for _ in range(n_sequences)
    ]


def test_symbols_that_are_read_as_numbers():
    told = (
        r"X holds at most 5 distinct numbers per feature, but is read as measurements.* source_type='tokens' and "
        r"\[list\(map\(tuple, np.asarray\(x\).tolist\(\)\)\) for x in X\]"
    )
    beats = [sample * [1, 0.25] for sample in notes(10)]
    for X in (notes(10), np.array(notes(10, float)), [sample.tolist() for sample in notes(10)], beats):
        with pytest.warns(UserWarning, match=told):
            SequenceGenerator(**SMALL).fit(X)
    with pytest.warns(UserWarning, match=r"such as notes, pass source_type='tokens'\. Set source_type='numeric'"):
        SequenceGenerator(**SMALL).fit([sample[:, 0].astype(float) for sample in notes(10)])
    with pytest.warns(UserWarning, match="at most 3 distinct numbers"):
        SequenceGenerator(**SMALL).fit([sample[:, 1].tolist() for sample in beats])
    pairs = [list(map(tuple, np.asarray(x).tolist())) for x in beats]
    assert (60, 0.5) in SequenceGenerator(**SMALL, source_type="tokens").fit(pairs).vocabulary_


def strokes(n_states):
    """Steps of a pen, of which the second of three numbers is its state."""
    return [np.insert(RNG.randn(10, 2), 1, RNG.randint(n_states, size=10), axis=1) for _ in range(20)]


def test_codes_that_are_read_as_numbers():
    X = strokes(3)
    with pytest.warns(UserWarning, match=r"Feature 1 of X holds 0, 1, 2 alone.*a column of 0 and 1 for each") as caught:
        SequenceGenerator(**SMALL).fit(X)
    columns = eval(re.search(r"\[np.column_stack.*asarray, X\)\]", str(caught[0].message))[0], {"np": np, "X": X})
    np.testing.assert_array_equal(columns[0][:, 2:], np.eye(3)[X[0][:, 1].astype(int)])
    np.testing.assert_array_equal(columns[0][:, :2], X[0][:, [0, 2]])
    assert_no_warning(model := SequenceGenerator(**SMALL), columns)
    assert model.fit(columns)._spec.one_hot == ((2, 3, 4),)
    assert_no_warning(SequenceGenerator(**SMALL, source_type="numeric"), X)


@pytest.mark.parametrize(("low", "high"), [(1, 2), (-1, 1), (0, 255)])
def test_a_flag_that_is_read_as_numbers(low, high):
    flags = strokes(2)
    X = [x * [1, high - low, 1] + [0, low, 0] for x in flags]
    with pytest.warns(UserWarning, match=rf"Feature 1 of X holds {low} and {high} alone.*make 0 and 1") as caught:
        SequenceGenerator(**SMALL).fit(X)
    made = eval(re.search(r"\[np.column_stack.*asarray, X\)\]", str(caught[0].message))[0], {"np": np, "X": X})
    np.testing.assert_array_equal(made, flags)
    assert_no_warning(SequenceGenerator(**SMALL), made)
    assert_no_warning(SequenceGenerator(**SMALL, source_type="numeric"), X)
    assert_no_warning(SequenceGenerator(**SMALL), X[:3])  # 30 timesteps


@pytest.mark.parametrize("levels", [(20, 21), (0.5, 1), (-1, 2)])
def test_two_levels_of_readings_are_no_flag(levels):
    X = np.column_stack([RNG.randn(400), RNG.choice(levels, 400)]).reshape(20, 20, 2)
    assert_no_warning(SequenceGenerator(**SMALL), X)


@pytest.mark.parametrize(
    "second",
    [RNG.randint(2, size=400), RNG.randint(9, size=400), RNG.choice([0, 1, 5], 400), RNG.choice([0.1, 0.2, 0.3], 400)],
    ids=["flag", "counts", "steps", "fractions"],
)
def test_numbers_beside_measurements_that_are_no_codes(second):
    X = np.column_stack([RNG.randn(400), second]).reshape(20, 20, 2)
    assert_no_warning(SequenceGenerator(**SMALL), X)


def test_rounded_readings_are_no_symbols():
    assert_no_warning(SequenceGenerator(**SMALL), RNG.randn(40, 10).round(2))
    assert_no_warning(SequenceGenerator(**SMALL), RNG.randint(36, 50, (40, 10)) / 2)  # 14 levels
    one_hot = np.concatenate([RNG.rand(20, 20, 1), np.eye(4)[RNG.randint(4, size=(20, 20))]], axis=2)
    assert_no_warning(SequenceGenerator(**SMALL), one_hot)


def test_ids_are_told_of_once():
    with pytest.warns(UserWarning, match="look like ids") as caught:
        SequenceGenerator(**SMALL).fit([np.asarray(x, float) for x in ragged(IDS["side by side"])])
    assert sum("source_type" in str(own.message) for own in caught) == 1


def test_steps_that_hardly_recur_are_no_symbols():
    images = [RNG.randint(0, 17, (8, 8)) for _ in range(200)]
    assert_no_warning(SequenceGenerator(**SMALL), images)


def test_numbers_that_are_no_symbols():
    flags = RNG.randint(2, size=(10, 10, 3))
    for X in (notes(9), flags, flags[..., :1] + RNG.randn(10, 10, 2)):
        assert_no_warning(SequenceGenerator(**SMALL), X)  # the first has 90 timesteps, below 20 for each of 5 values
    assert_no_warning(SequenceGenerator(**SMALL, source_type="numeric"), notes(10))
    pairs = [list(map(tuple, sample)) for sample in notes(10)]
    assert_no_warning(SequenceGenerator(**SMALL, source_type="tokens"), pairs)
    X = [pd.DataFrame(sample, columns=["pitch", "beats"]) for sample in notes(10)]
    told = SequenceGenerator(**SMALL, source_type="tokens").fit([list(map(tuple, np.asarray(x).tolist())) for x in X])
    assert all(isinstance(value, int) for token in told.vocabulary_ for value in token)
    assert_no_warning(LSTMAutoencoderTransformer(**SMALL), notes(10))


# --- texts as classes -------------------------------------------------------------------------------------------------

TEXTS = [f"text {index}" for index in range(25)]


@pytest.mark.parametrize("model", [Seq2SeqClassifier, SequenceClassifier])
@pytest.mark.parametrize("y", [TEXTS, np.array(TEXTS, object), pd.Series(TEXTS)], ids=["list", "objects", "Series"])
def test_texts_that_are_read_as_classes(model, y):
    fitted = model(**SMALL, analyzer="char")
    (message,) = set(told(fitted.fit, TEXTS, y))  # none of scikit-learn's about a regression
    assert message.startswith("y holds 25 strings, 25 of them distinct, and each is one class.")
    assert "Seq2SeqTransducer(target_analyzer='char')" in message
    assert "[list(text) for text in y]" in message
    assert not told(fitted.score, TEXTS, y)


def test_strings_that_are_classes():
    for y in (["yes", "no", "perhaps"] * 8, TEXTS[:19]):
        assert_no_warning(SequenceClassifier(**SMALL, analyzer="char"), TEXTS[: len(y)], y)
    with warnings.catch_warnings():
        warnings.simplefilter("error", UserWarning)
        SequenceClassifier(**SMALL, analyzer="char").partial_fit(TEXTS, TEXTS, classes=TEXTS)


@pytest.mark.parametrize(
    "X", [list(WALKS[:4, 0]), WALKS[:4, 0], WALKS[:4, 0].tolist()], ids=["arrays", "array", "lists"]
)
def test_real_numbers_as_tokens(X):
    with pytest.warns(UserWarning, match="X holds 400 distinct numbers in 400 timesteps, .* source_type='numeric'"):
        SequenceClassifier(**SMALL, source_type="tokens").fit(X, LABELS)


def test_real_numbers_that_are_tokens():
    """Such as lengths of notes, or ids of a column that had gaps."""
    model = SequenceClassifier(**SMALL, source_type="tokens")
    assert_no_warning(model, np.random.RandomState(0).choice([0.25, 0.5, 0.75, 1.5], (4, 30)), LABELS)
    assert_no_warning(model, np.arange(120.0).reshape(4, 30), LABELS)
    assert_no_warning(model, np.round(WALKS[:4, 0], 0) + 0.5, LABELS)
