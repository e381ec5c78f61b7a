"""Numbers to predict from that lie far from those of the fit: most likely in other units, or not transformed."""

import numpy as np

from skseq._callers import warn_caller_once
from skseq._data.scaling import ENOUGH, FARTHEST, some_steps

FAR = 5.0  # deviations of a channel in fit from its mean there
FEW = 5  # samples: of fewer, most timesteps must lie where training cuts even outliers


def warn_if_far(sequences, scale, argument="X"):
    """Warn where most timesteps of a channel of `Sequences` lie far from the `Scale` of a fit, and beyond its numbers.

    A rare class may have a level of its own. Channels that are constant or mostly have one value tell nothing, nor does
    the beginning of a stream.
    """
    known = np.isfinite(np.broadcast_to(scale.least, scale.mean.shape))
    if scale.n_samples < ENOUGH or not known.any():
        return
    far = FAR if len(sequences) >= FEW else FARTHEST
    steps, _ = some_steps(sequences.values, sequences.lengths, samples=np.arange(len(sequences)))  # (n_steps, f)
    with np.errstate(over="ignore", invalid="ignore"):
        beyond = abs(steps - scale.mean) > far * scale.deviation
        beyond &= (steps < scale.lowest - scale.deviation) | (steps > scale.highest + scale.deviation)
    found = np.flatnonzero(known & (beyond.mean(axis=0) > 0.5))
    if found.size:
        channel = found[0]
        what = argument if len(known) == 1 else f"feature {channel} of {argument}"
        median = np.median(steps[:, channel])
        warn_caller_once(
            scale,
            "far",
            lambda: (
                f"Most numbers of {what}, whose median is {median:.4g}, lie more than {far:.3g} deviations from the "
                f"mean of those in fit, {scale.mean[channel]:.4g} with a deviation of {scale.deviation[channel]:.2g}: "
                "the network never saw such numbers. Pass them in the units of the fit, and transformed as there; if "
                "they are right, fit on data that hold such numbers, too."
            ),
        )
