"""Every accepted form of X, read into one array with samples first, and the errors about its shape.

A source has one of three forms, decided in fit:

* "columns": 2-D numbers, a univariate sequence a row, one column a timestep. (n, t) is read as (n, t, 1).
* "features": 3-D numbers (n_samples, n_timesteps, n_features). Other lengths are welcome after fit.
* "tokens": 2-D integers or strings, one token a timestep.
"""

from numbers import Integral

import numpy as np
from sklearn.utils import check_array

from skseq._sklearn import validate_data

__all__ = ["check_fits_dtype", "read_source", "source_form"]


def _as_array(X):
    """X as an array to look at, or None where scikit-learn has to say what is wrong with it."""
    if hasattr(X, "toarray"):  # sparse containers
        return None
    try:
        return np.asarray(X)
    except ValueError as error:
        if "inhomogeneous" not in str(error):
            raise
        raise ValueError(
            "X holds sequences of different lengths. Expected an array of shape (n_samples, n_timesteps) or "
            "(n_samples, n_timesteps, n_features): pad or cut the sequences to one length."
        ) from error


def _looks_like_tokens(array):
    """Whether all elements are integers, or all are strings; truth values are measurements."""
    if array is None or array.dtype != object:
        return array is not None and array.dtype.kind in "iuUST"
    kinds = {type(token) for token in array.flat}
    return bool(kinds) and (
        all(issubclass(kind, str) for kind in kinds)
        or all(issubclass(kind, Integral) and kind is not bool for kind in kinds)
    )


def source_form(X, source_type):
    """Which of the three forms X has: "columns", "features" or "tokens"."""
    array = _as_array(X)
    if array is not None and array.ndim == 3 and source_type != "tokens":
        return "features"
    if source_type == "tokens" or (source_type == "auto" and _looks_like_tokens(array)):
        return "tokens"
    return "columns"


def read_source(estimator, X, *, reset, source_type="numeric"):
    """Validated X: (n, t, f) numbers as they came, or (n, t) tokens. Sets or checks ``n_features_in_``.

    Raises ValueError in scikit-learn's own words where it has some.
    """
    form = source_form(X, source_type) if reset else estimator._source_form
    if reset:
        estimator._source_form = form
    if form == "features":
        return _read_features(estimator, X, reset=reset)
    if form == "tokens":
        if getattr(getattr(X, "dtype", None), "kind", "") == "T":
            X = np.array(X.tolist())  # NumPy's strings of any length
        X = validate_data(estimator, X, dtype=None, reset=reset)
    else:
        X = validate_data(estimator, X, dtype=(np.float64, np.float32), reset=reset)[:, :, None]
    if reset:
        estimator.n_timesteps_in_ = X.shape[1]
    return X


def _read_features(estimator, X, *, reset):
    name = type(estimator).__name__
    X = check_array(
        X, dtype=(np.float64, np.float32), ensure_2d=False, allow_nd=True, estimator=estimator, input_name="X"
    )
    if X.ndim != 3:
        raise ValueError(
            f"Expected 3D array, got {X.ndim}D array instead: {name} was fitted on X of shape (n_samples, "
            f"n_timesteps, {estimator.n_features_in_}), but X has shape {X.shape}."
        )
    _, n_timesteps, n_features = X.shape
    if n_timesteps == 0 or n_features == 0:
        raise ValueError(
            f"Found array with {n_timesteps} timestep(s) and {n_features} feature(s) (shape={X.shape}) while a minimum "
            f"of 1 of each is required by {name}: a sequence of zero length cannot be read."
        )
    if reset:
        vars(estimator).pop("feature_names_in_", None)
        estimator.n_features_in_, estimator.n_timesteps_in_ = n_features, n_timesteps
    elif n_features != estimator.n_features_in_:
        raise ValueError(
            f"X has {n_features} features, but {name} is expecting {estimator.n_features_in_} features as input."
        )
    return X


def check_fits_dtype(X, dtype, *, argument="X"):
    """X in the network's dtype; a finite value that overflows there raises ValueError."""
    with np.errstate(over="ignore"):
        converted = X.astype(dtype, copy=False)
    if converted.dtype != X.dtype and not np.isfinite(converted).all():
        raise ValueError(
            f"Input {argument} contains infinity or a value too large for dtype({np.dtype(dtype).name!r})."
        )
    return converted
