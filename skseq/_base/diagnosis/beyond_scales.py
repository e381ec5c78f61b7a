"""Numbers of a later fit that lie beyond the scales of the first one, where training cuts them."""

import numpy as np

from skseq._base.diagnosis.far_targets import variances
from skseq._data.scaling import some_steps

CUT_MOST = 0.5  # of what they vary by: regressors then lost a fourth of their R^2, at 20 times the first deviation
OFTEN = 0.25  # of the numbers
FEWEST = 5  # samples, of one call or of calls that follow on each other: fewer may be outliers


def first_beyond(numbers, data):
    """The first channel of which much lies beyond its scale: (name, share, least, most, farthest), or None.

    ``numbers`` are (name, values (n, t, f), lengths, `Scale`) of rows of the `TrainingData`, not scaled yet. Of large
    data some steps are looked at, as many as decide a scale.
    """
    for name, values, lengths, scale in numbers:
        steps, weights = some_steps(values, lengths, samples=data.samples, weight=data.rows.get("weight"))
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is not found
            own = (steps - scale.mean) / scale.deviation  # (n_steps, f)
            cut = np.clip(own, scale.least, scale.most)
            lost = 1 - variances(cut, weights) / variances(own, weights)
        if len(steps) == 1:
            lost[:] = 1  # nothing is left that tells it from others
        shares = np.average(cut != own, axis=0, weights=weights)
        if (far := np.flatnonzero((shares >= OFTEN) & (lost > CUT_MOST))).size:
            channel = far[0]
            least, most = (float(scale.undo(limit)[channel]) for limit in (scale.least, scale.most))
            farthest = float(steps[np.argmax(np.abs(own[:, channel])), channel])
            label = {"X": f"feature {channel} of X", "y": f"y[:, {channel}]"}[name]
            return name if values.shape[2] == 1 else label, float(shares[channel]), least, most, farthest
    return None


def seen_beyond(found, n_samples, last):
    """Fields of `Facts` of a call with so many samples, in which `first_beyond` has ``found`` something or None.

    ``last`` are the `Facts` of the call before in a stream, or None. What was told once is no news.
    """
    if last is not None and last.beyond is not None:
        return {"beyond": last.beyond, "beyond_is_new": False}
    n_before = 0 if last is None else last.n_beyond
    n_beyond = 0 if found is None else n_before + max(1, round(found[1] * n_samples))
    return {"beyond": found if n_beyond >= FEWEST else None, "n_beyond": n_beyond}
