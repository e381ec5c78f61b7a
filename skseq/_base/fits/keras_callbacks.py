"""The Keras callbacks in `callbacks`: what is refused, and those that do something else than they seem to."""

from skseq._callers import warn_caller
from skseq._sklearn import InvalidParameterError


def checked_callbacks(callbacks, of):
    """A list of callbacks; anything else is an error that names the estimator as ``of``."""
    if callbacks is None:
        return []
    import keras

    wanted = f"The 'callbacks' parameter of {of} must be a list of keras.callbacks.Callback instances"
    if not isinstance(callbacks, (list, tuple)):
        is_one = isinstance(callbacks, keras.callbacks.Callback)
        how = f": set callbacks=[{type(callbacks).__name__}(...)]" if is_one else ""
        raise InvalidParameterError(f"{wanted}, or None. Got {callbacks!r} instead{how}.")
    for callback in callbacks:
        if not isinstance(callback, keras.callbacks.Callback):
            raise TypeError(
                f"{wanted}. Got an element of type {type(callback).__name__}. Callbacks of scikit-learn go into "
                "set_callbacks."
            )
    return list(callbacks)


def warn_of_callbacks(callbacks, schedule, has_validation):
    """Warn of rates that a schedule multiplies, and of callbacks that wait for a validation loss that is not there.

    ``schedule`` is what multiplies the rates of this fit.
    """
    if not callbacks:
        return
    from keras.callbacks import EarlyStopping, LearningRateScheduler, ModelCheckpoint, ReduceLROnPlateau

    for callback in callbacks:
        name, monitor = type(callback).__name__, getattr(callback, "monitor", "")
        if schedule != "constant" and isinstance(callback, (LearningRateScheduler, ReduceLROnPlateau)):
            warn_caller(
                f"{name} in callbacks sets the learning rate, and learning_rate_schedule={schedule!r} multiplies what "
                "it sets. Set learning_rate_schedule='constant' for the rates of the callback alone."
            )
        waits = isinstance(callback, (EarlyStopping, ReduceLROnPlateau)) or (
            isinstance(callback, ModelCheckpoint) and callback.save_best_only
        )
        if waits and str(monitor).startswith("val_") and not has_validation:
            warn_caller(
                f"{name} in callbacks does nothing: it waits for {monitor!r}, but this fit has no validation data. "
                "Pass X_val and what goes with it, or set early_stopping=True, which holds out validation_fraction of "
                "the samples, and itself stops the fit and keeps its best epoch."
            )
