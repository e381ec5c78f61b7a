"""What a forecaster is told besides the past: numbers of every step to come (X_future), and of a sample (X_static)."""

import numpy as np

from skseq._data.checks import check_numbers, check_rows
from skseq._data.finite import check_finite, check_static
from skseq._data.plain import plain
from skseq._data.sequences import as_samples, is_ragged


def read_future(X, n_samples, n_steps, n_columns, argument, lengths=None):
    """(n, n_steps, c) of X_future (n, h) or (n, h, c) with at least so many steps; (n, n_steps, 0) of None.

    ``n_columns`` is that in fit, or None in fit, where there must be exactly as many steps. A ragged list has as many
    rows per sample as ``lengths`` (n,) say, by default ``n_steps``; the last one fills up.
    """
    if X is None:
        _check_given(0, n_columns, argument)
        return np.zeros((n_samples, n_steps, 0))
    X = plain(X, argument)
    if is_ragged(X):
        advice = " If samples differ in steps, pass n_steps, one for each." if lengths is None and n_columns else ""
        lengths = np.full(n_samples, n_steps) if lengths is None else lengths
        most = n_steps if n_columns is None else np.inf  # later rows are known, but not asked for
        X = _filled(as_samples(X), lengths, n_steps, most, argument, advice)
    options = {"ensure_2d": False, "allow_nd": True, "ensure_all_finite": False, "input_name": argument}
    X = check_numbers(X, argument, **options)
    check_finite(X, argument, of="sample")
    if X.ndim not in (2, 3):
        raise ValueError(
            f"{argument} must be of shape (n_samples, n_steps) or (n_samples, n_steps, n_columns): one row for every "
            f"step of the forecast. Got shape {X.shape}."
        )
    X = X[..., None] if X.ndim == 2 else X
    _check_samples(X, n_samples, argument)
    _check_given(X.shape[2], n_columns, argument)
    if X.shape[1] < n_steps:
        missing = f"step {n_steps}" if X.shape[1] == n_steps - 1 else f"steps {X.shape[1] + 1} to {n_steps}"
        raise ValueError(
            f"{argument} has {X.shape[1]} step(s), but {n_steps} are forecast: {missing} of the future are missing. "
            "Pass a row for every step, or forecast fewer."
        )
    if n_columns is None and X.shape[1] > n_steps:
        raise ValueError(
            f"{argument} has {X.shape[1]} steps, but y only {n_steps}: pass the rows of the steps of y alone, without "
            "those of the past. Columns are the last axis: those of one step are (n_samples, 1, n_columns)."
        )
    return X[:, :n_steps]


def read_static(X, n_samples, n_columns, argument):
    """(n, s) of X_static (n, s); (n, 0) of None."""
    if X is None:
        _check_given(0, n_columns, argument)
        return np.zeros((n_samples, 0))
    X = check_table(X, argument, "numbers (n_samples, n_columns), one row for every sample of X")
    check_static(X, argument, of="sample")
    _check_samples(X, n_samples, argument)
    _check_given(X.shape[1], n_columns, argument)
    return X


def check_table(X, argument, expected, *, is_row=False):
    """Float64 numbers (n, c) of X_static, which may not be finite; one that ``is_row`` may be (c,)."""
    options = {"ensure_2d": False, "allow_nd": True, "ensure_min_samples": 0, "ensure_all_finite": False}
    names = f"{expected} (strings become numbers by sklearn.preprocessing.OneHotEncoder(sparse_output=False))"
    table = check_numbers(plain(X, argument), argument, expected=names, input_name=argument, **options)
    table = table[None] if is_row and table.ndim == 1 else table
    if table.ndim != 2:
        remedy = f": if it is a single column, pass numpy.reshape({argument}, (-1, 1))" if table.ndim == 1 else ""
        raise ValueError(f"{argument} must be {expected}. Got shape {table.shape}{remedy}.")
    return table


def _filled(samples, lengths, n_steps, most, argument, advice):
    """(n, n_steps, c) of a ragged list whose entries have at most so many rows."""
    _check_samples(samples, len(lengths), argument)
    rows = [check_rows(sample, f"{argument}[{index}]") for index, sample in enumerate(samples)]
    for index, (own, length) in enumerate(zip(rows, lengths)):
        if len(own) < length or len(own) > most or own.shape[1:] != rows[0].shape[1:]:
            raise ValueError(
                f"{argument}[{index}] has shape {own.shape}. Expected a row for each of its {length} step(s), and as "
                f"many columns as {argument}[0], which has shape {rows[0].shape}.{advice}"
            )
    return np.stack([own[np.minimum(np.arange(n_steps), length - 1)] for own, length in zip(rows, lengths)])


def _check_samples(X, n_samples, argument):
    if len(X) != n_samples:
        raise ValueError(f"{argument} must hold one entry per sample of X. Got {len(X)} for {n_samples} sample(s).")


def _check_given(n_given, n_columns, argument):
    if n_columns is not None and n_given != n_columns:
        got = "None" if n_given == 0 else f"{n_given} column(s)"
        wanted = "none" if n_columns == 0 else f"{n_columns} column(s)"
        raise ValueError(f"{argument} is {got}, but fit had {wanted}: pass what is known as in fit.")
