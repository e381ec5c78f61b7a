"""Validation data that lie far from the training data: most likely they have not been transformed as these were."""

from typing import NamedTuple

import numpy as np

from skseq._callers import warn_caller
from skseq._data.scaling import Scale, some_steps

FAR = 5.0  # deviations of the training data from their mean: a forgotten transformation moves data by tens or thousands
WIDE = 20.0  # times their deviation
OFF, OTHER_WIDTH = 1.5, 3.0  # narrower limits, reported only where the loss is odd as well
QUARTILES_OF_NORMAL = 1.35  # deviations apart
ROUNDING = 1e-6  # deviations that a mean of scaled data may be off
FEWEST = 5  # samples: fewer may be odd ones
ROUTED = "transform_input=['X_val'] with metadata routing and set_fit_request(X_val=True, y_val=True)"
NOT_TRANSFORMED = (
    "Validation data pass no earlier steps of a Pipeline, nor the function of a TransformedTargetRegressor"
)


class ChannelPlace(NamedTuple):
    """Where channels of validation data, ``name`` "X" or "y", lie on the ``scale`` of training.

    ``quartiles`` (3, f) are in units of the data, ``middle`` and ``width`` (f,) in deviations of the training data from
    their mean. ``known`` (f,) are channels whose scale tells: not those of rare flags, nor constants.
    """

    name: str
    scale: Scale
    quartiles: np.ndarray
    middle: np.ndarray
    width: np.ndarray
    known: np.ndarray

    def in_words(self, channel):
        """Where a channel lies."""
        of = f"Feature {channel} of X_val" if self.name == "X" else f"Column {channel} of y_val"
        what = of if len(self.middle) > 1 else f"{self.name}_val"
        low, middle, high = self.quartiles[:, channel]
        usual, deviation = self.scale.mean[channel], self.scale.deviation[channel]
        usual = 0.0 if abs(usual) < ROUNDING * deviation else usual
        return (
            f"{what} has a median of {middle:.4g} and quartiles of {low:.4g} and {high:.4g}, but {self.name} a mean of "
            f"{usual:.4g} and a deviation of {deviation:.2g} in training."
        )


def places(numbers, data):
    """The `ChannelPlace` of each (name, values (n, t, f), lengths, `Scale`) of validation `TrainingData`.

    There is none of few samples. The values are not scaled yet.
    """
    return [_place(*own, data.samples) for own in numbers] if data.n_samples >= FEWEST else []


def _place(name, values, lengths, scale, samples):
    steps, _ = some_steps(values, lengths, samples=samples)
    with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is not found
        quartiles = np.quantile(steps, (0.25, 0.5, 0.75), axis=0)
        low, middle, high = (quartiles - scale.mean) / scale.deviation
        width = (high - low) / QUARTILES_OF_NORMAL
    known = np.isfinite(np.broadcast_to(scale.least, middle.shape))
    return ChannelPlace(name, scale, quartiles, middle, width, known)


def warn_if_elsewhere(places):
    """Warn where most of a channel lies far from where it lay in training, or is far wider."""
    for place in places:
        found = np.flatnonzero(place.known & ((abs(place.middle) > FAR) | (place.width > WIDE)))
        if found.size:
            warn_caller(
                f"{place.in_words(found[0])} {NOT_TRANSFORMED}: transform them as the training data, or in a Pipeline "
                f"set {ROUTED}."
            )
            return


def odd_place(places):
    """In words where X or y lies if half of its channels do not lie as in training, or None.

    That alone says little: another season may be as far away.
    """
    for place in places:
        off, narrow = abs(place.middle) > OFF, (place.width > 0) & (place.width < 1 / OTHER_WIDTH)
        odd = place.known & (off | narrow | (place.width > OTHER_WIDTH))
        if odd.any() and 2 * odd.sum() >= place.known.sum():
            return place.in_words(np.flatnonzero(odd)[0])
    return None
