"""The pairs that the benchmarks on transduction learn from: known sources and targets, no leaks, no second meanings."""

import datetime
import re
from collections import defaultdict
from itertools import product

import numpy as np
import pytest

from benchmarks.tasks.text_pairs import (
    DATE_FORMATS,
    Segments,
    addition_pairs,
    date_pairs,
    number_pairs,
    phoneme_pairs,
    read_pronunciations,
    reversal_pairs,
    write_date,
)

MAKERS = {
    "dates": lambda seed: date_pairs(300, 50, seed),
    "English": lambda seed: number_pairs("en", 300, 50, seed),
    "German": lambda seed: number_pairs("de", 300, 50, seed),
    "phonemes": lambda seed: phoneme_pairs(250, 50, seed)[0],
    "sums": lambda seed: addition_pairs(300, 50, random_state=seed),
}


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_as_many_as_asked_for_and_none_twice(make):
    pairs = make(0)
    assert [len(part) for part in (pairs.X_train, pairs.y_train, pairs.X_test, pairs.y_test)] == [250, 250, 50, 50]
    sources = ["".join(source).lower() for source in (*pairs.X_train, *pairs.X_test)]
    assert len(set(sources)) == 300


@pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)
def test_the_same_state_gives_the_same_pairs(make):
    once, again, other = make(1), make(1), make(2)
    for part in ("X_train", "y_train", "X_test", "y_test"):
        np.testing.assert_array_equal(
            np.asarray(getattr(once, part), dtype=object), np.asarray(getattr(again, part), dtype=object)
        )
    assert ["".join(source) for source in once.X_train] != ["".join(source) for source in other.X_train]


# --- dates ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("locale", "pattern", "expected"),
    [
        ("en_US", "full", "Monday, December 31, 2018"),
        ("en_US", "M/d/yyy", "12/31/2018"),
        ("de", "EEEE d MMMM yyy", "Montag 31 Dezember 2018"),
        ("fr", "long", "31 décembre 2018"),
        ("es", "long", "31 de diciembre de 2018"),
        ("nl", "dd.MM.yy", "31.12.18"),
    ],
)
def test_a_date_in_its_locale(locale, pattern, expected):
    assert write_date(datetime.date(2018, 12, 31), locale, pattern) == expected


@pytest.mark.parametrize("date", [(2018, 12, 31), (2016, 1, 1), (2021, 1, 3)])  # their weeks belong to other years
def test_every_format_writes_the_calendar_year(date):
    date = datetime.date(*date)
    for locale, patterns in DATE_FORMATS.items():
        for pattern in patterns:
            text = write_date(date, locale, pattern)
            numbers = re.findall(r"\d+", text)
            assert str(date.year) in numbers or f"{date:%y}" in (numbers[0], numbers[-1]), (locale, pattern, text)


def test_a_source_stands_for_one_date():
    meanings = defaultdict(set)
    days = [
        datetime.date(year, month, day)
        for year in (1950, 2011, 2049)
        for month in range(1, 13)
        for day in (1, 2, 11, 12)
    ]
    for locale, patterns in DATE_FORMATS.items():
        for pattern in patterns:
            for day in days:
                meanings[write_date(day, locale, pattern).lower()].add(day)
    assert len(meanings) > len(days) * 20
    assert {text: dates for text, dates in meanings.items() if len(dates) > 1} == {}


def test_targets_are_iso_dates_of_a_hundred_years():
    pairs = date_pairs(300, 50)
    dates = [datetime.date.fromisoformat(target) for target in (*pairs.y_train, *pairs.y_test)]
    assert datetime.date(1950, 1, 1) <= min(dates) < datetime.date(1955, 1, 1)
    assert datetime.date(2045, 1, 1) < max(dates) <= datetime.date(2049, 12, 31)
    small = np.mean([source == source.lower() for source in pairs.X_train])
    assert 0.5 < small < 1  # half of them, and those without capital letters


# --- numbers --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("language", "known"),
    [
        ("en", {"21": "twenty-one", "305": "three hundred and five", "7": "seven"}),
        ("de", {"21": "einundzwanzig", "305": "dreihundertfünf", "7": "sieben"}),
    ],
)
def test_numbers_in_words(language, known):
    pairs = number_pairs(language, 3_000, 300)
    words = dict(zip(pairs.y_train + pairs.y_test, pairs.X_train + pairs.X_test))
    assert {digits: words.get(digits, text) for digits, text in known.items()} == known
    assert known.keys() & words.keys()
    lengths = np.bincount([len(digits) for digits in words])
    assert len(lengths) == 7
    assert lengths[1] == 10
    assert lengths[2] == 90
    assert min(lengths[4:]) > 600
    assert all(str(int(digits)) == digits for digits in words)


# --- pronunciations -------------------------------------------------------------------------------------------


def test_which_words_are_read():
    long = ["AH0"] * 13
    entries = [
        ("cat", ["K", "AE1", "T"]),
        ("read", ["R", "EH1", "D"]),
        ("read", ["R", "IY1", "D"]),
        ("the", ["DH", "AH0"]),
        ("the", ["DH", "AH1"]),  # differs in stress alone
        ("the", ["DH", "IY0"]),
        ("at", ["AE1", "T"]),  # too short
        ("internationally", ["IH2", "N"]),  # too long
        ("can't", ["K", "AE1", "N", "T"]),  # not letters alone
        ("naïve", ["N", "AY0", "IY1", "V"]),
        ("aaa", ["T", "R", "IH2"]),
        ("aaa", long),  # too many phonemes
    ]
    assert read_pronunciations(entries) == {
        "cat": [("K", "AE", "T")],
        "read": [("R", "EH", "D"), ("R", "IY", "D")],
        "the": [("DH", "AH"), ("DH", "IY")],
    }


def test_pronunciations_of_the_dictionary():
    pairs, variants = phoneme_pairs()
    assert (len(pairs.X_train), len(pairs.X_test)) == (109_000, 2_000)
    assert list(variants) == pairs.X_test
    assert all(list(variants[word][0]) == target for word, target in zip(pairs.X_test, pairs.y_test))
    words = dict(zip(pairs.X_train + pairs.X_test, pairs.y_train + pairs.y_test))
    assert words["house"] == ["HH", "AW", "S"]
    vowels = "AA AE AH AO AW AY EH ER EY IH IY OW OY UH UW"
    consonants = "B CH D DH F G HH JH K L M N NG P R S SH T TH V W Y Z ZH"
    assert {phoneme for target in pairs.y_train for phoneme in target} == set(f"{vowels} {consonants}".split())


# --- sums and made sequences ----------------------------------------------------------------------------------


def test_sums_are_right_and_differ_from_their_mirror_images():
    pairs = addition_pairs(2_000, 200)
    sums = ["".join(row) for row in (*pairs.X_train, *pairs.X_test)]
    terms = [sorted(map(int, text.split("+"))) for text in sums]
    assert len({tuple(pair) for pair in terms}) == 2_000
    assert [int("".join(row)) for row in (*pairs.y_train, *pairs.y_test)] == [sum(pair) for pair in terms]
    with pytest.raises(ValueError, match=r"Expected at most \d+ pairs of 1 digits, got n_pairs=90"):
        addition_pairs(90, 10, n_digits=1)  # there are 55


def test_reversed_tokens_of_the_lengths_asked_for():
    X, y = reversal_pairs(500, range(3, 6), cardinality=4, random_state=0)
    assert y == [source[::-1] for source in X]
    assert {len(source) for source in X} == {3, 4, 5}
    assert {token for source in X for token in source} == {0, 1, 2, 3}
    assert (X, y) == reversal_pairs(500, range(3, 6), cardinality=4, random_state=0)


def test_segments_stay_and_are_observed_as_often_as_asked():
    segments = Segments(n_timesteps=20, n_labels=5, stay=0.8, right=0.6)
    X, y = segments.draw(2_000, random_state=0)
    assert X.shape == y.shape == (2_000, 20)
    assert set(np.unique(X)) == set(np.unique(y)) == set(range(5))
    wrong = y != X
    np.testing.assert_allclose(np.mean(y[:, 1:] == y[:, :-1]), 0.8, atol=0.01)
    np.testing.assert_allclose(wrong.mean(), 0.4, atol=0.01)
    np.testing.assert_allclose(np.bincount((X - y)[wrong] % 5, minlength=5) / wrong.sum(), [0, *[0.25] * 4], atol=0.02)
    np.testing.assert_array_equal(X, segments.draw(2_000, random_state=0)[0])


def test_the_most_probable_labels_are_those_of_all_paths_weighed():
    """Three labels over four timesteps: 81 paths, each with its probability given the observations."""
    segments = Segments(n_timesteps=4, n_labels=3, stay=0.7, right=0.5)
    X, _ = segments.draw(20, random_state=0)
    paths = np.array(list(product(range(3), repeat=4)))
    stays = np.where(paths[:, 1:] == paths[:, :-1], 0.7, 0.15).prod(axis=1)
    for observations, labels in zip(X, segments.most_probable(X)):
        weights = stays * np.where(paths == observations, 0.5, 0.25).prod(axis=1)
        marginals = np.array([[weights[paths[:, step] == label].sum() for label in range(3)] for step in range(4)])
        chosen = np.take_along_axis(marginals, labels[:, None], axis=1)[:, 0]
        np.testing.assert_allclose(chosen, marginals.max(axis=1))  # equal ones may go either way
