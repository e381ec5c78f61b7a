"""Strategies of hypothesis over all that `forms` knows: drawn data, their containers, what is broken, and mere junk."""

import datetime
import decimal
import fractions

import forms
import numpy as np
import pandas as pd
from hypothesis import settings
from hypothesis import strategies as st

LETTERS = "abcd"
MANY = settings(max_examples=5 * settings.default.max_examples)  # of what is refused before a network is looked at


@st.composite
def samples(draw, case, *, n=None):
    """A plain list of samples of the kind that a case reads; some hold whole numbers alone, which integers can hold."""
    kind, lengths = case.X, st.integers(case.shortest, case.shortest + 5)
    lengths = lengths if case.n_timesteps is None else st.just(case.n_timesteps)
    n = draw(st.integers(1, 5) if n is None else n)
    sizes = [draw(lengths)] * n if draw(st.booleans()) else [draw(lengths) for _ in range(n)]
    dice = np.random.RandomState(draw(st.integers(0, 2**16)))
    if kind == "text":
        return ["".join(LETTERS[i] for i in dice.randint(4, size=size)) for size in sizes]
    if kind == "strings":
        return [[LETTERS[i] for i in dice.randint(4, size=size)] for size in sizes]
    if kind in ("integers", "rows"):
        return [(dice.randint(4, size=size) + 1).tolist() for size in sizes]
    step = draw(st.sampled_from([0.25, 1.0]))  # exact in float16
    shapes = [(size, 2) if kind == "features" else (size,) for size in sizes]
    return [dice.randint(-8, 9, size=shape) * step for shape in shapes]


@st.composite
def named(draw, table):
    """One (name, value) of a dict."""
    name = draw(st.sampled_from(sorted(table)))
    return name, table[name]


LEAVES = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 3),
    st.integers(),
    st.just(10**400),  # beyond float64
    st.floats(),
    st.floats(-2, 2),
    st.text(max_size=3),
    st.binary(max_size=3),
    st.complex_numbers(),
    st.sampled_from([pd.NA, pd.NaT, np.nan, np.float32(1), np.int8(2), np.str_("a"), np.datetime64("2024-01-01")]),
    st.sampled_from([decimal.Decimal("1.5"), fractions.Fraction(1, 2), datetime.date(2024, 1, 1), len, object(), ...]),
)


def _wrapped(children):
    """Containers of what there is already."""
    lists = st.lists(children, max_size=4)
    return st.one_of(
        lists,
        lists.map(tuple),
        lists.map(forms.objects),
        lists.map(lambda values: pd.Series(forms.objects(values), dtype=object)),  # pandas 2 infers no 10**400
        lists.map(lambda values: forms.objects(values)[:, None]),
        st.lists(st.integers(-3, 3), max_size=4).map(np.array),
        st.lists(st.floats(-2, 2, width=16), min_size=1, max_size=4).map(lambda values: np.array([values] * 2)),
        st.dictionaries(st.text(max_size=2), children, max_size=2),
        st.sets(st.integers(0, 3)),
    )


JUNK = st.recursive(LEAVES, _wrapped, max_leaves=12)


@st.composite
def targets(draw, kind, X):
    """Plain targets of the kind for samples X: those that begin a list have all classes."""
    dice = np.random.RandomState(draw(st.integers(0, 2**16)))

    def letters(alphabet, n):
        return [alphabet[i] for i in dice.randint(len(alphabet), size=n)]

    n = len(X)
    if kind in ("numbers", "horizon"):
        shape = n if kind == "numbers" else (n, 2)
        return (dice.randint(-8, 9, size=shape) / 4).tolist()
    if kind == "labels":
        return letters("ab", n)
    if kind == "positions":
        return (dice.randint(2, size=(n, 2)) + 1).tolist()
    if kind == "tags":
        return [letters("xy", len(own)) for own in X]
    sizes = dice.randint(1, 4, size=n)
    return ["".join(letters("abc", size)) if kind == "texts" else letters("pq", size) for size in sizes]
