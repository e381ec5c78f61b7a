"""Sources that ask for longer outputs than a transducer has learnt to write: a warning."""

import numpy as np

from skseq._callers import warn_caller

ENOUGH_PAIRS = 20  # sources and targets: of fewer, lengths may be alike by chance
MANY_LONG, MANY_LONG_SHARE = 20, 0.1  # sources: one that is longer is no surprise, say in a fold of a cross-validation
FARTHER = 1.2  # times the longest target: with these settings, trained on 10 tokens, 12 are right, and 14 mostly wrong


def line_of_lengths(source_lengths, target_lengths):
    """A line that targets (n,) hardly fall below, by the lengths of their sources (n,), and where it ends; or None.

    (slope, intercept, longest source). It is two deviations below that of least squares. There is none where longer
    sources have no longer targets.
    """
    if len(source_lengths) < ENOUGH_PAIRS or np.ptp(source_lengths) == 0:
        return None
    slope, intercept = np.polyfit(source_lengths, target_lengths, 1)
    deviation = np.std(target_lengths - (slope * source_lengths + intercept))
    return (float(slope), float(intercept - 2 * deviation), int(source_lengths.max())) if slope > 0 else None


def warn_if_outputs_are_longer(line, source_lengths, longest, limits, *, farther):
    """Warn where many sources (n,) ask, by a `line_of_lengths`, for outputs above the ``longest`` target in fit.

    No output has more tokens than its limit (n,). ``farther`` is whether the network goes somewhat beyond.
    """
    if line is None:
        return
    slope, intercept, longest_source = line
    expected = np.rint(slope * source_lengths + intercept).astype(int)  # tokens of each output, and mostly more
    cut, limit = expected > limits, longest * (FARTHER if farther else 1)
    beyond = (source_lengths > longest_source) & (expected > longest) & (cut | (expected > limit))
    n_beyond, n_samples = np.count_nonzero(beyond), len(beyond)
    if n_beyond <= min(MANY_LONG, MANY_LONG_SHARE * n_samples):
        return
    remedy = "Fit on such lengths, too"
    if not farther:
        remedy += (
            ", or set attention='bahdanau', cell='lstm', dropout=0.0 and recurrent_dropout=0.7 before fit, which go a "
            "token or two farther"
        )
    if (cut & beyond).any():
        remedy += f", and set max_length: as it is, outputs end at {limits[cut & beyond].min()} tokens"
    warn_caller(
        f"{n_beyond} of {n_samples} sources in X are longer than those in fit: by their lengths, outputs of up to "
        f"{expected[beyond].max()} tokens are expected, but the longest target in fit has {longest}, and longer "
        f"outputs are usually wrong. {remedy}."
    )
