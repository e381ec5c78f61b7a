"""Validation data that lie far from the training data: most likely they have not been transformed as these were."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.scaling import some_steps

FAR = 5.0  # deviations of the training data from their mean: a step that is left out moves data by tens or thousands
WIDE = 20.0  # times their deviation
QUARTILES_OF_NORMAL = 1.35  # deviations apart
ROUNDING = 1e-6  # deviations that a mean of scaled data may be off
FEWEST = 5  # samples: fewer may be odd ones


def warn_if_elsewhere(numbers, data):
    """Warn where most of a channel lies far from where it lay in training, or is far wider.

    ``numbers`` are (name, values (n, t, f), lengths, `Scale`) of rows of the validation `TrainingData`, not scaled yet.
    """
    for name, values, lengths, scale in numbers if data.n_samples >= FEWEST else ():
        steps, _ = some_steps(values, lengths, samples=data.samples)
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is not found
            low, middle, high = np.quantile((steps - scale.mean) / scale.deviation, (0.25, 0.5, 0.75), axis=0)
            elsewhere = (np.abs(middle) > FAR) | (high - low > WIDE * QUARTILES_OF_NORMAL)
        known = np.isfinite(np.broadcast_to(scale.least, elsewhere.shape))  # not of rare flags, nor of constants
        found = np.flatnonzero(elsewhere & known)
        if found.size:
            channel = found[0]
            of = f"Feature {channel} of X_val" if name == "X" else f"Column {channel} of y_val"
            what = of if values.shape[2] > 1 else f"{name}_val"
            usual, deviation = scale.mean[channel], scale.deviation[channel]
            usual = 0.0 if abs(usual) < ROUNDING * deviation else usual
            warn_caller(
                f"{what} has a median of {np.median(steps[:, channel]):.4g}, but {name} a mean of {usual:.4g} and a "
                f"deviation of {deviation:.2g} in training. Validation data pass no earlier steps of a Pipeline, nor "
                "the function of a TransformedTargetRegressor: transform them as the training data, or in a Pipeline "
                "set transform_input=['X_val'] with metadata routing and set_fit_request(X_val=True, y_val=True).",
                UserWarning,
            )
            return
