"""Numbers to predict from that lie far from those of the fit, or hardly move: in other units, or not transformed."""

import numpy as np

from skseq._callers import warn_caller_once
from skseq._data.scaling import ENOUGH, FARTHEST, extremes, some_steps
from skseq._data.working_memory import evenly

FAR = 5.0  # deviations of a channel in fit from its mean there
FEW = 5  # samples: of fewer, most timesteps must lie where training cuts even outliers
MANY, LOOKED_AT = 20, 200  # samples: fewer may all be of something quiet
SOME, FEWEST_FAR = 0.1, 3  # of the samples: even with heavy tails, hardly one in ten is twice as far out as all of fit
HARDLY = 20  # times less than in fit: radians are 57 times less than degrees
SHORTER = 2  # times the samples of fit: beginnings range less


def warn_if_far(sequences, scale):
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
    if not found.size:
        _warn_if_some_far(sequences, scale, known)
    else:
        channel = found[0]
        what = "X" if len(known) == 1 else f"feature {channel} of X"
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


def _warn_if_some_far(sequences, scale, known):
    """Warn where one in ten of many `Sequences` lie wholly beyond the numbers of a fit, by more than these range over.

    Single timesteps, and sequences that wander off, do not. ``known`` are the channels (f,) that tell something.
    """
    if len(sequences) < MANY:
        return
    looked_at = evenly(len(sequences), LOOKED_AT)
    least, largest = extremes(sequences.values, sequences.lengths, samples=looked_at)  # (n, f) each
    with np.errstate(over="ignore", invalid="ignore"):
        reach = np.maximum(FAR * scale.deviation, scale.highest - scale.lowest)
        far = known & ((least > scale.highest + reach) | (largest < scale.lowest - reach))
    n_far = np.count_nonzero(far, axis=0)
    channel = int(np.argmax(n_far))
    if n_far[channel] < max(FEWEST_FAR, SOME * len(looked_at)):
        return
    first = ", ".join(f"X[{index}]" for index in looked_at[far[:, channel]][:3])
    what = "" if len(known) == 1 else f" in feature {channel}"
    warn_caller_once(
        scale,
        "some far",
        lambda: (
            f"{n_far[channel]} of {len(looked_at)} sequences looked at, such as {first}, lie wholly beyond the numbers "
            f"of fit{what}, from {scale.lowest[channel]:.4g} to {scale.highest[channel]:.4g}: the network never saw "
            "such numbers. Pass them in the units of the fit, and transformed as there; if they are right, fit on data "
            "that hold such numbers, too."
        ),
    )


def warn_if_hardly_moves(sequences, form):
    """Warn where a channel of many `Sequences` moves far less than in any of a fit, by the scale of its `SourceForm`.

    Both its quiet sequences and its lively ones do: of a resting person, quiet ones are as in fit. Channels that stand
    still in more than one in a hundred sequences of the fit tell nothing, as flags and counts may.
    """
    in_fit, n = form.scale.ranges, len(sequences)
    if in_fit is None or n < MANY or SHORTER * np.median(sequences.real_lengths) < form.n_timesteps:
        return
    least, largest = extremes(sequences.values, sequences.lengths, samples=evenly(n, LOOKED_AT))  # (n, f) each
    with np.errstate(over="ignore", invalid="ignore"):
        quiet, lively = np.quantile(largest - least, (0.05, 0.95), axis=0, method="lower")
        found = np.flatnonzero((HARDLY * quiet < in_fit[0]) & (HARDLY * lively < in_fit[1]))
    if found.size:
        channel = found[0]
        what = "X" if len(quiet) == 1 else f"feature {channel} of X"
        warn_caller_once(form.scale, "hardly moves", lambda: _of_still(what, lively[channel], in_fit[1][channel]))


def _of_still(what, range_now, range_in_fit):
    """What is said of a channel by how far 19 in 20 sequences range at most, now and in fit."""
    if range_now == 0:
        moves, cause = "stand still: 19 in 20 sequences range over 0", "If a sensor is dead or stuck, repair it."
    else:
        moves = f"hardly move: 19 in 20 sequences range over {range_now:.2g} at most"
        cause = (
            "If they are in a larger unit, as radians are for degrees, pass them in the units of the fit, and "
            "transformed as there."
        )
    return (
        f"The numbers of {what} {moves}, in fit over {range_in_fit:.2g}. The network never saw such numbers. {cause} "
        "If they are right, and the sensor works, fit on data that hold such numbers, too."
    )
