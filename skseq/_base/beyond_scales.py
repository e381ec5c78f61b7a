"""Numbers of a later fit that lie beyond the scales of the first one, where training cuts them."""

import numpy as np

from skseq._base.far_targets import variances
from skseq._data.scaling import some_steps

CUT_MOST = 0.5  # of what they vary by: regressors then lost a fourth of their R^2, at 20 times the first deviation
OFTEN, FEWEST = 0.25, 5  # of the numbers, and samples: fewer may be outliers


def first_beyond(numbers, data):
    """The first channel of which most lies beyond its scale: (name, share, least, most, farthest), or None.

    ``numbers`` are (name, values (n, t, f), lengths, `Scale`) of rows of the `TrainingData`, not scaled yet. Of large
    data some steps are looked at, as many as decide a scale.
    """
    often = max(OFTEN, FEWEST / data.n_samples)
    for name, values, lengths, scale in numbers:
        steps, weights = some_steps(values, lengths, samples=data.samples, weight=data.rows.get("weight"))
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is not found
            own = (steps - scale.mean) / scale.deviation  # (n_steps, f)
            cut = np.clip(own, scale.least, scale.most)
            lost = 1 - variances(cut, weights) / variances(own, weights)
        shares = np.average(cut != own, axis=0, weights=weights)
        if (far := np.flatnonzero((shares >= often) & (lost > CUT_MOST))).size:
            channel = far[0]
            least, most = (float(scale.undo(limit)[channel]) for limit in (scale.least, scale.most))
            farthest = float(steps[np.argmax(np.abs(own[:, channel])), channel])
            label = {"X": f"feature {channel} of X", "y": f"y[:, {channel}]"}[name]
            return name if values.shape[2] == 1 else label, float(shares[channel]), least, most, farthest
    return None
