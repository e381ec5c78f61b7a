"""Tokens that are most likely measurements, and those that are not."""

import zlib

import numpy as np
import pandas as pd
import pytest
from quiet_fits import assert_no_warning
from sklearn.datasets import load_digits

from skseq import (
    Seq2SeqClassifier,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceRegressor,
    SequenceTagger,
)

RNG = np.random.RandomState(0)
WALKS = RNG.randn(20, 3, 100).cumsum(axis=2)  # channels first
SMALL = {"units": 2, "epochs": 1}
RARE_TOO = SMALL | {"handle_unknown": "use_unknown"}  # of tokens that occur once there is another warning
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


@pytest.mark.parametrize(
    "draw",
    [
        lambda rng, n: rng.lognormal(7, 2.5, n),  # microseconds between packets
        lambda rng, n: rng.lognormal(12, 1.2, n),  # bytes of files
        lambda rng, n: rng.exponential(1e6, n),  # waiting times of one rate
    ],
    ids=["packets", "files", "waiting"],
)
def test_integers_that_span_orders_of_magnitude(draw):
    """Logarithms are read as numbers."""
    rng = np.random.RandomState(0)
    X = [draw(rng, n).astype(int).tolist() for n in rng.randint(10, 40, 100)]
    y = np.arange(100) % 2
    with pytest.warns(UserWarning, match=r"look like measurements.* np\.log1p\(x\) of each sequence x") as caught:
        SequenceClassifier(**SMALL).fit(X, y)
    assert len(caught) == 1
    logarithms = SequenceClassifier(**SMALL)
    assert_no_warning(logarithms, [np.log1p(x) for x in X], y)
    assert not hasattr(logarithms, "vocabulary_")
    assert_no_warning(SequenceClassifier(**RARE_TOO, source_type="tokens"), X, y)


def popular(rng, ids, n, *, exponent=1.0):
    """Draw ids, each with a popularity of its own."""
    weights = 1 / np.arange(1, len(ids) + 1) ** exponent
    return np.random.RandomState(0).permutation(ids)[rng.choice(len(ids), n, p=weights / weights.sum())]


def by_rank(rng, ids, n, exponent):
    """Draw ids, whose popularity is a power of their number."""
    weights = 1 / np.array(ids) ** exponent
    return rng.choice(ids, n, p=weights / weights.sum())


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
        lambda rng, n: by_rank(rng, range(1, 50_001), n, 0.6),  # items, numbered by popularity
        lambda rng, n: by_rank(rng, range(201, 30_001), n, 1.0),  # pieces of words, without the usual ones
        lambda rng, n: np.where(rng.rand(n) < 0.4, rng.randint(1, 5000, n), rng.randint(10**6, 10**7, n)),
        lambda rng, n: np.where(rng.rand(n) < 0.9, rng.randint(1, 5000, n), rng.randint(10**6, 10**7, n)),
    ],
    ids=[
        *("items", "even items", "words", "few words", "many words", "from 1", "large", "balanced"),
        *("catalogue", "popular", "by rank", "items by rank", "pieces of words", "two catalogues", "one of two"),
    ],
)
def test_ids_that_do_not_start_near_0(draw):
    rng = np.random.RandomState(0)
    X = [draw(rng, 40 + index % 3).tolist() for index in range(80)]
    assert_no_warning(SequenceClassifier(**RARE_TOO), X, np.arange(80) % 2)


@pytest.mark.parametrize(("low", "high"), [(0, 999), (60, 110), (40, 95)], ids=["all", "clipped", "clipped above"])
def test_heart_rates_that_start_near_their_number(low, high):
    for seed in range(3):
        rng = np.random.RandomState(seed)
        X = [
            (80 + 9 * rng.randn() + 9 * rng.randn(10 + n)).round().clip(low, high).astype(int).tolist()
            for n in range(50)
        ]
        with pytest.warns(UserWarning, match="look like measurements"):
            SequenceClassifier(**SMALL).fit(X, np.arange(50) % 2)


def pitches(rng, n):
    """Notes of chords in all keys, in no order: (n,)."""
    return rng.randint(36, 73, n // 4).repeat(4) + rng.choice([0, 4, 7, 12, 16, 19], n)


@pytest.mark.parametrize(
    "draw",
    [
        *(lambda rng, n: popular(rng, np.arange(100), n), lambda rng, n: by_rank(rng, range(1, 200), n, 0.5)),
        *(lambda rng, n: popular(rng, np.r_[32, 97:123, 65:91, 48:58], n), pitches),
        lambda rng, n: rng.randint(18, 90, n),
    ],
    ids=["ids", "by rank", "characters", "pitches", "ages, each as often"],
)
def test_ids_that_start_near_their_number(draw):
    for seed in range(3):
        rng = np.random.RandomState(seed)
        X = [draw(rng, 40 + 4 * (index % 3)).tolist() for index in range(80)]
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
        assert_no_warning(SequenceClassifier(**RARE_TOO), X, np.arange(len(X)) % 2)


@pytest.mark.parametrize("name", PADDED)
def test_of_names_with_padding_that_alone_is_told(name):
    with pytest.warns(UserWarning, match="X looks padded") as caught:
        SequenceClassifier(**SMALL).fit(NAMES[name](np.random.RandomState(0)), np.arange(100) % 2)
    assert len(caught) == 1


def test_names_with_signs_in_lists():
    for name in ("unknown is -1", "specials", "padding is -100", "hashes", "relations and inverses"):
        X = [x[: 64 - index % 3].tolist() for index, x in enumerate(NAMES[name](np.random.RandomState(0)))]
        assert_no_warning(SequenceClassifier(**RARE_TOO), X, np.arange(len(X)) % 2)


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
        [[f"s{n}" for n in own] for own in READINGS],
        [[(n, n + 1) for n in own] for own in READINGS],
    ],
    ids=["word ids", "few", "strings", "tuples"],
)
def test_tokens_are_no_readings(X):
    source_type = "tokens" if isinstance(X[0][0], tuple) else "auto"
    assert_no_warning(SequenceClassifier(**SMALL, source_type=source_type), X, LABELS)


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
