"""Every form in which X and y may come, and every way to break them.

What is drawn is plain: a list of float64 arrays, of token lists or of strings. `forms` wraps it into containers that
mean the same, `broken` makes of it what must be refused, and `readable` says in a few lines of its own which of all
other things are data after all.
"""

import datetime
import decimal
import fractions

import numpy as np
import pandas as pd
import polars as pl
import scipy.sparse

NUMBERS = ("features", "series", "columns", "table")  # "columns" hold one series each, "table" has no timesteps
TOKENS = ("strings", "integers", "rows")
FLOAT32_MAX = float(np.finfo(np.float32).max)


def objects(values):
    """A 1-D object array of anything."""
    array = np.empty(len(values), object)
    for index, value in enumerate(values):
        array[index] = value
    return array


# --- containers that mean the same ------------------------------------------------------------------------------------


def forms(kind, samples):
    """Name -> X of the same samples."""
    if kind == "text":
        return _forms_of_text(samples)
    if kind in ("rows", "table"):
        return _forms_of_tables("integers" if kind == "rows" else kind, np.array(samples))
    found = _forms_of_lists(samples)
    found |= _forms_of_numbers(kind, samples) if kind in NUMBERS else _forms_of_tokens(kind, samples)
    if len({len(sample) for sample in samples}) == 1:
        found |= _forms_of_tables(kind, np.array(samples))
    return found


def _forms_of_lists(samples):
    return {
        "list": list(samples),
        "tuple": tuple(samples),
        "object array": objects(samples),
        "Series": pd.Series(objects(samples)),
        "Series with an index": pd.Series(objects(samples), index=np.arange(len(samples))[::-1] + 7),
        "column": objects(samples)[:, None],
        "frame of one column": pd.DataFrame({"x": objects(samples)}),
    }


def _forms_of_numbers(kind, samples):
    exact = {"float32": np.float32, "float16": np.float16, "longdouble": np.longdouble, "big-endian": ">f8"}
    found = {name: [sample.astype(dtype) for sample in samples] for name, dtype in exact.items()}
    longest = max(map(len, samples))
    mask = np.arange(longest) >= np.array([len(sample) for sample in samples])[:, None]
    values = np.full((len(samples), longest, *samples[0].shape[1:]), 999.0)
    for row, sample in zip(values, samples):
        row[: len(sample)] = sample
    mask = np.broadcast_to(mask.reshape(*mask.shape, *(1,) * (values.ndim - 2)), values.shape)
    found |= {
        "nested lists": [sample.tolist() for sample in samples],
        "strided": [np.repeat(sample, 2, axis=0)[::2] for sample in samples],
        "reversed": [sample[::-1].copy()[::-1] for sample in samples],
        "fortran": [np.asfortranarray(sample) for sample in samples],
        "read-only": [_locked(sample) for sample in samples],
        "objects": [sample.astype(object) for sample in samples],
        "fractions": [_each(fractions.Fraction, sample) for sample in samples],
        "decimals": [_each(decimal.Decimal, sample) for sample in samples],
        "mixed types": [sample.astype(np.float32 if i % 2 else np.float64) for i, sample in enumerate(samples)],
        "masked array": np.ma.array(values, mask=mask),
        "masked samples": [np.ma.array(row, mask=where) for row, where in zip(values, mask)],
    }
    if all((sample == np.round(sample)).all() for sample in samples):
        found |= {name: [sample.astype(name) for sample in samples] for name in ("int8", "int64")}
    if kind == "features":
        found["frames"] = [pd.DataFrame(sample) for sample in samples]
        found["polars frames"] = [pl.DataFrame(sample) for sample in samples]
    else:
        found["list of Series"] = [pd.Series(sample) for sample in samples]
        found["list of polars Series"] = [pl.Series(sample) for sample in samples]
        found["polars Series of lists"] = pl.Series([sample.tolist() for sample in samples])
    return found


def _forms_of_tokens(kind, samples):
    found = {
        "tuples": [tuple(sample) for sample in samples],
        "arrays": [np.array(sample) for sample in samples],
        "object arrays": [objects(sample) for sample in samples],
        "Series of arrays": pd.Series([np.array(sample) for sample in samples]),
        "polars Series of lists": pl.Series(samples),
    }
    if kind == "integers":
        found |= {name: [np.array(sample, name) for sample in samples] for name in ("int8", "uint64", "int32")}
    return found


def _forms_of_tables(kind, table):
    found = {
        "table": table,
        "table of objects": table.astype(object),
        "fortran table": np.asfortranarray(table),
        "table of lists": table.tolist(),
        "read-only table": _locked(table),
    }
    if kind in NUMBERS:
        found |= {f"{name} table": table.astype(name) for name in ("float32", "float16", ">f8")}
    if table.ndim == 2:
        names = [f"c{i}" for i in range(table.shape[1])]
        found |= {"frame": pd.DataFrame(table), "frame with names": pd.DataFrame(table, columns=names)}
        found["polars frame"] = pl.DataFrame(table.tolist(), schema=names, orient="row")
    if kind == "strings":
        found["table of any length"] = table.astype(np.dtypes.StringDType())
        found["frame of strings"] = pd.DataFrame(table).astype("string")
    if kind == "integers":
        found["nullable frame"] = pd.DataFrame(table).astype("Int64")
    return found


def _forms_of_text(samples):
    return {
        "list": list(samples),
        "tuple": tuple(samples),
        "array": np.array(samples),
        "object array": objects(samples),
        "Series": pd.Series(samples),
        "Series of objects": pd.Series(objects(samples)),
        "Series of strings": pd.Series(samples, dtype="string"),
        "categories": pd.Series(samples, dtype="category"),
        "polars Series": pl.Series(samples),
        "array of any length": np.array(samples, np.dtypes.StringDType()),
        "column": objects(samples)[:, None],
        "frame of one column": pd.DataFrame({"x": samples}),
        "strings of NumPy": [np.str_(sample) for sample in samples],
    }


def _locked(array):
    array = array.copy()
    array.flags.writeable = False
    return array


def _each(kind, sample):
    flat = objects([kind(float(number)) for number in sample.ravel()])
    return flat.reshape(sample.shape)


# --- forms of y -------------------------------------------------------------------------------------------------------


def forms_of_y(kind, y):
    """Name -> y of the same targets."""
    if kind in ("texts", "text"):
        return _forms_of_text(y)
    if kind in ("tags", "token lists"):
        found = _forms_of_lists(y)
        del found["column"], found["frame of one column"]  # a column is one target per sample
        return found | {"arrays": [np.array(own) for own in y], "tuples": [tuple(own) for own in y]}
    table = np.array(y)
    found = {
        "array": table,
        "list": table.tolist(),
        "objects": table.astype(object),
        "strided": np.repeat(table, 2, axis=0)[::2],
        "read-only": _locked(table),
    }
    if table.ndim == 1:
        found |= {"Series": pd.Series(table), "tuple": tuple(y), "polars Series": pl.Series(table.tolist())}
        found["Series with an index"] = pd.Series(table, index=np.arange(len(y))[::-1] + 7)
        if kind == "labels":
            found |= {"categories": pd.Series(table, dtype="category"), "strings": pd.Series(table, dtype="string")}
    else:
        found |= {"frame": pd.DataFrame(table), "fortran": np.asfortranarray(table)}
    if table.dtype.kind == "f":
        found |= {name: table.astype(name) for name in ("float32", "float16", ">f8")}
    return found


# --- what must be refused ---------------------------------------------------------------------------------------------


def broken(kind, samples):
    """Name -> X that holds no data of the kind."""
    found = {
        "nothing": None,
        "a number": 3.0,
        "an object": object(),
        "a function": len,
        "an empty list": [],
        "a set": {1, 2},
        "a dict": {"a": samples},
        "a generator": iter(samples),
        "a map": map(list, samples),
        "bytes": b"abc",
        "an empty sequence": [*samples[1:], samples[0][:0]],
        "a sample of None": [*samples[1:], None],
        "a sample that is a set": [*samples[1:], {1.0, 2.0}],
        "a sample that is a dict": [*samples[1:], {"a": 1.0}],
        "a sample that is a generator": [*samples[1:], iter([1.0])],
        "a sample that is a number": [*samples[1:], 3.0],
        "sparse": scipy.sparse.csr_array(np.eye(3)),
        "sparse matrix": scipy.sparse.csr_matrix(np.eye(3)),
        "sparse samples": [scipy.sparse.csr_array(np.eye(2))] * 3,
        "no sample": np.zeros((0, 3)),
        "no column": np.zeros((3, 0)),
        "four axes": np.zeros((3, 2, 2, 2)),
        "dates": np.full((3, 4), np.datetime64("2024-01-01")),
        "complex": np.ones((3, 4), complex),
        "records": np.zeros((3, 4), [("a", float), ("b", int)]),
    }
    if kind == "text":
        return found | {"a string": "abc", "strings among others": [*samples, 3], "no letters": [*samples, ""]}
    lists = [list(sample) for sample in samples]
    found |= {
        "None inside": [[*lists[0], None], *lists[1:]],
        "pandas.NA inside": [[*lists[0], pd.NA], *lists[1:]],
        "pandas.NaT inside": [[*lists[0], pd.NaT], *lists[1:]],
        "NaN inside": [[*lists[0], np.nan], *lists[1:]],
        "a list inside": [[*lists[0], [[[1.0]]]], *lists[1:]],
        "a dict inside": [[*lists[0], {"a": 1}], *lists[1:]],
    }
    return found | (_broken_numbers(kind, samples) if kind in NUMBERS else {})


def _broken_numbers(kind, samples):
    first = samples[0]
    values = {"NaN": np.nan, "infinity": np.inf, "minus infinity": -np.inf, "a huge number": 1e300}
    return {
        **{name: [np.full_like(first, value), *samples[1:]] for name, value in values.items()},
        "letters": [["a"] * len(first), *samples[1:]],
        "strings": [["abc"] * 3] * 3,
        "texts": ["abc", "de"],
        "complex samples": [sample.astype(complex) for sample in samples],
        "a date inside": [[*first.tolist(), datetime.date(2024, 1, 1)], *samples[1:]],
        "date samples": [np.array(["2024-01-01"] * 3, "M8[D]")] * 3,
        "time differences": [np.array([1, 2], "m8[s]")] * 3,
        "frame with a date": pd.DataFrame({"a": [1.0, 2.0], "b": pd.to_datetime(["2024-01-01"] * 2)}),
        "frame with letters": pd.DataFrame({"a": [1.0, 2.0], "b": ["x", "y"]}),
        "frame of one name": pd.DataFrame(np.ones((3, 2)), columns=["a", "a"]),
        "missing integers": pd.DataFrame({"a": [1, None], "b": [1, 2]}, dtype="Int64"),
        "a mask in the middle": np.ma.array(np.ones((2, 3)), mask=[[0, 1, 0]] * 2),
        "all masked": np.ma.array(np.ones((2, 3)), mask=True),
        "other axes": [np.ones((2, 2, 2)), np.ones((3, 2, 2))],
        "mixed axes": [np.ones(3), np.ones((3, 2))],
        "other features": [np.ones((3, 3)), np.ones((2, 3))],
        "no features": [np.ones((3, 0)), np.ones((2, 0))],
        "one axis": np.ones(4),
        "an integer beyond float64": [[*first.tolist()[:-1], 10**400], *samples[1:]],
        "frames with columns in another order": [
            pd.DataFrame(np.ones((3, 2)), columns=names) for names in (["a", "b"], ["b", "a"])
        ],
    }


def broken_y(kind, y):
    """Name -> y that is no target of the kind."""
    n = len(y)
    found = {
        "nothing": None,
        "a number": 3.0,
        "an object": object(),
        "a set": {1, 2},
        "a dict": {"a": y},
        "a generator": iter(y),
        "bytes": b"abc",
        "an empty list": [],
        "too few": y[:-1],
        "too many": [*y, *y],
        "five axes": np.zeros((n, 1, 1, 1, 2)),
        "sparse": scipy.sparse.csr_array(np.eye(n)),
        "None inside": [*y[1:], None],
        "pandas.NA inside": objects([*y[1:], pd.NA]),
        "dicts": [{"a": 1}] * n,
        "sets": [{1}] * n,
        "records": np.zeros(n, [("a", float)]),
        "masked": np.ma.array(np.ones(n), mask=[True] + [False] * (n - 1)),
    }
    if kind in ("numbers", "horizon"):
        table = np.array(y, float)
        for name, value in {"NaN": np.nan, "infinity": np.inf}.items():
            found[name] = np.where(np.arange(table.size).reshape(table.shape), table, value)
        found["an integer beyond float64"] = [10**400, *y[1:]]
        found |= {"letters": ["a"] * n, "dates": np.full(n, np.datetime64("2024-01-01")), "complex": table + 1j}
    if kind in ("labels", "positions", "tags"):
        found["measurements"] = [np.full(len(own), 0.5) for own in y] if kind == "tags" else np.linspace(0.1, 0.9, n)
    return found


def broken_weights(n):
    """Name -> sample weights for ``n`` samples that are none."""
    return {
        "negative": -np.ones(n),
        "zero": np.zeros(n),
        "NaN": np.full(n, np.nan),
        "infinity": np.full(n, np.inf),
        "an integer beyond float64": [10**400] * n,
        "numbers near the largest": np.full(n, 1e308),
        "too few": np.ones(n - 1),
        "two axes": np.ones((n, 2)),
        "letters": ["a"] * n,
        "None inside": [None] * n,
        "a dict": {"a": 1},
        "a set": {1.0},
        "a generator": iter(np.ones(n)),
        "complex": np.ones(n) + 1j,
        "dates": np.full(n, np.datetime64("2024-01-01")),
        "an object": object(),
        "sparse": scipy.sparse.csr_array(np.ones((n, 1))),
        "ragged": [[1.0], [1.0, 2.0]] * n,
    }


# --- a reader of its own ----------------------------------------------------------------------------------------------


def readable(kind, X, *, largest=FLOAT32_MAX, gaps=False, flat=True):
    """The samples of anything that means data of the kind, read by plain Python alone; None of other things.

    The kind "numbers" may have any number of features. Numbers are at most the ``largest``; with ``gaps`` NaN is one.
    If not ``flat``, a single feature is a dimension, and tokens are in arrays, in which any of them may stand.
    """
    rows = _rows(X)
    if rows is None or not len(rows):
        return None
    if kind == "text":
        rows = [
            row[0] if _rows(row) is not None and len(row) == 1 and not isinstance(row, str) else row for row in rows
        ]
        return [str(row) for row in rows] if all(isinstance(row, str) and row for row in rows) else None
    if all(_rows(row) is not None and len(row) == 1 and _rows(_rows(row)[0]) is not None for row in rows):
        rows = [_rows(row)[0] for row in rows] if _is_column(X) else rows
    samples = [_rows(row) for row in rows]
    if any(sample is None or not len(sample) for sample in samples):
        return None
    if kind in TOKENS:
        return _as_tokens(samples) if flat else [objects(tokens) for tokens in _as_tokens(samples)]
    return _as_numbers(kind, samples, largest, gaps, flat)


def _rows(X):
    """The items of an ordered container, or None; a string is none."""
    if hasattr(X, "toarray") or isinstance(X, (str, bytes, dict, set, frozenset)):
        return None
    if hasattr(X, "to_numpy"):
        X = X.to_numpy()
    if isinstance(X, np.ma.MaskedArray):
        return None if X.mask.any() else list(X.data)
    if isinstance(X, np.ndarray):
        return list(X) if X.ndim and X.dtype.kind not in "cV" else None
    return list(X) if isinstance(X, (list, tuple, range)) else None


def _is_column(X):
    return getattr(X, "ndim", 0) == 2


def _as_numbers(kind, samples, largest, gaps, flat):
    arrays = [_array(sample, largest, gaps) for sample in samples]
    shapes = {None if array is None else array.shape[1:] for array in arrays}
    if shapes == {(1,)}:
        arrays, shapes = [array[:, 0] for array in arrays], {()}
    expected = {"features": {(2,)}, "numbers": shapes}.get(kind, {()})
    if shapes != expected or None in shapes or len(next(iter(shapes))) > 1:
        return None
    return arrays if flat or shapes != {()} else [array[:, None] for array in arrays]


def _array(sample, largest, gaps):
    leaves = list(_leaves(sample))
    if not leaves or not all(_is_number(leaf) or (gaps and (leaf is None or leaf is pd.NA)) for leaf in leaves):
        return None
    try:
        array = np.array([_plain(row) for row in sample], np.float64)
    except (TypeError, ValueError, OverflowError):
        return None
    return array if ((np.abs(array) <= largest) | (np.isnan(array) & gaps)).all() else None


def _leaves(value):
    rows = _rows(value)
    if rows is None:
        yield value
    else:
        for row in rows:
            yield from _leaves(row)


def _plain(value):
    rows = _rows(value)
    if rows is not None:
        return [_plain(row) for row in rows]
    return np.nan if value is None or value is pd.NA else float(value)


def _is_number(leaf):
    if leaf is None or isinstance(leaf, (complex, np.complexfloating, bytearray)):
        return False
    try:
        float(leaf)
    except (TypeError, ValueError, OverflowError):
        return False
    return not isinstance(leaf, (np.datetime64, np.timedelta64, datetime.date))


def _as_tokens(samples):
    return [[token.item() if isinstance(token, np.generic) else token for token in sample] for sample in samples]
