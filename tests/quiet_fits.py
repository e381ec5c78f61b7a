"""Fits that are to say nothing."""

import warnings


def assert_no_warning(model, *data, fit="fit", **more):
    """Fit the model; a `UserWarning` is an error."""
    with warnings.catch_warnings(action="error", category=UserWarning):
        getattr(model, fit)(*data, **more)
