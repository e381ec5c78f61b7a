"""What the displays of forecasts share: reading forecasts and intervals, and asking estimators for them."""

import numpy as np
from sklearn.utils import check_consistent_length, get_tags

from skseq._data.column_names import check_column_names
from skseq._data.plain import until_mask
from skseq._data.sequences import as_samples
from skseq._data.times.calendars import is_a_series
from skseq.inspection._series import check_has, choose, feature_names_of
from skseq.metrics._scorers import final_step, is_one_sample

OF_NO_FORECASTER = {"classifier": "classes", "outlier_detector": "marks of outliers", "clusterer": "clusters"}


def as_steps(values, argument):
    """(t, k), float64, of one series (t,) or (t, k), up to its mask; NaN is a missing value."""
    values = until_mask(values, argument)
    try:
        steps = np.asarray(values, dtype=float)
    except (TypeError, ValueError) as error:
        raise ValueError(f"{argument} must hold numbers, one row per step: {error}") from error
    if steps.ndim not in (1, 2) or 0 in steps.shape:
        raise ValueError(
            f"{argument} must be one series of shape (n_timesteps,) or (n_timesteps, n_targets). Got shape "
            f"{steps.shape}{': choose one of its samples' if steps.ndim > 2 else ''}."
        )
    return steps[:, None] if steps.ndim == 1 else steps


def check_targets(steps, n_targets, argument):
    """Raise an error unless (t, k) has the targets of the series."""
    if steps.shape[1] != n_targets:
        raise ValueError(
            f"{argument} must have the {n_targets} target(s) of series, in columns. Got shape {steps.shape}: of a "
            "forecast with an axis of samples choose one sample, such as forecast[0]."
        )


def target_names_of(y_true, n_targets, given=None):
    """One name per target: given ones, the columns of frames in a list, or numbers."""
    if given is None:
        given = check_column_names((as_samples(y_true) or [])[:1], "y_true")  # None of arrays
    return feature_names_of(None, n_targets, given, word="target")


def as_coverages(coverage):
    """A tuple of shares between 0 and 1, of one or several."""
    try:
        coverages = tuple(np.atleast_1d(np.asarray(coverage, dtype=float)).tolist())
    except (TypeError, ValueError):
        coverages = ()
    if not coverages or not all(isinstance(one, float) and 0 < one < 1 for one in coverages):
        raise ValueError(f"coverage must be a number above 0 and below 1, or a list of them. Got {coverage!r}.")
    return coverages


def percent(share):
    """0.9 -> 90 %"""
    return f"{100 * share:.3g} %"


def ask(estimator, display, method, X, **given):
    """What a method gives for X, of a fitted estimator or of the last step of a pipeline or search.

    What is given beside X, if it is not None, goes with it.
    """
    estimator, X = final_step(estimator, X)
    check_has(estimator, display, [method])
    _check_forecasts(estimator, display)
    return getattr(estimator, method)(X=X, **{name: value for name, value in given.items() if value is not None})


def _check_forecasts(estimator, display):
    """Raise TypeError for a fitted estimator that predicts no numbers of its own, though labels may be numbers."""
    gives = OF_NO_FORECASTER.get(get_tags(estimator).estimator_type)
    if gives is None and any(hasattr(estimator, known) for known in ("classes_", "target_vocabulary_")):
        gives = "labels or tokens"  # of a tagger, a transducer or a generator
    if gives is not None:
        raise TypeError(
            f"{display} draws numbers that follow a window: it needs a regressor that forecasts them, such as "
            f"Seq2SeqRegressor or SeriesForecaster. Got {type(estimator).__name__}, which predicts {gives}."
        )


def as_lists(estimator, X, y, X_future, X_static):
    """X, y, X_future and X_static, each in a list if X is a single series of a forecaster of long ones."""
    if not is_one_sample(estimator, X):
        return X, y, X_future, X_static
    listed = isinstance(X_future, (list, tuple)) and all(map(is_a_series, X_future))
    X_future = X_future if X_future is None or listed else [X_future]
    X_static = X_static if X_static is None or np.ndim(X_static) == 2 else [X_static]
    return [X], None if y is None else [y], X_future, X_static


def choose_covariates(X, samples, **covariates):
    """The covariates of one sample or several, by name, each in the container that it came in."""
    given = {name: values for name, values in covariates.items() if values is not None}
    for name, values in given.items():
        try:
            check_consistent_length(X, values)
        except ValueError as error:
            raise ValueError(f"{name} must have one entry per sample of X: {error}") from error
    return {name: choose(values, samples, name, of=name)[1] for name, values in given.items()}
