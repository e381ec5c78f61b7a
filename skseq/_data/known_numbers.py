"""What a forecaster is told besides the past: numbers of every step to come (X_future), and of a sample (X_static)."""

import numpy as np

from skseq._data.checks import check_numbers, plain


def read_future(X, n_samples, n_steps, n_columns, argument):
    """(n, n_steps, c) of X_future (n, h) or (n, h, c) with at least so many steps; (n, n_steps, 0) of None.

    ``n_columns`` is that in fit, or None in fit, where there must be exactly as many steps.
    """
    if X is None:
        _check_given(0, n_columns, argument)
        return np.zeros((n_samples, n_steps, 0))
    X = check_numbers(plain(X, argument), argument, ensure_2d=False, allow_nd=True, input_name=argument)
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
    X = check_numbers(plain(X, argument), argument, expected="numbers (n_samples, n_columns)", input_name=argument)
    _check_samples(X, n_samples, argument)
    _check_given(X.shape[1], n_columns, argument)
    return X


def _check_samples(X, n_samples, argument):
    if len(X) != n_samples:
        raise ValueError(f"{argument} must hold one entry per sample of X. Got {len(X)} for {n_samples} sample(s).")


def _check_given(n_given, n_columns, argument):
    if n_columns is not None and n_given != n_columns:
        got = "None" if n_given == 0 else f"{n_given} column(s)"
        wanted = "none" if n_columns == 0 else f"{n_columns} column(s)"
        raise ValueError(f"{argument} is {got}, but fit had {wanted}: pass what is known as in fit.")
