"""Sequences of one length that most likely hold padding, which would be read as timesteps: what to pass instead."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.mistakes.limits import LOOKED_AT, SOME

STEPS_LOOKED_AT = 10**6  # of all samples, times features
PADDED = 0.5  # of the samples
FEW_LENGTHS = 3  # of padding: an event that ends all samples has one or two


def warn_if_padded(sequences, argument):
    """Warn where `Sequences` of one length end in runs of one timestep, of several lengths, which is nowhere else.

    They may be padded on the left, too; but numbers that are 0 there may wait for an event, unless 0 lies apart.
    Returns whether it did.
    """
    are_numbers = sequences.values.ndim == 3
    for where, values in sides_of_some(sequences):
        runs = runs_of_padding(values)
        if runs is not None and (where == "end" or not are_numbers or lies_apart(values, runs)):
            n = ":n" if where == "end" else "-n:"
            warn_caller(
                f"{argument} looks padded: {np.mean(runs > 0):.0%} of the samples {where} in a run of one timestep, "
                f"which is nowhere else in {argument}. It is read as any other. If it is padding, pass lists without "
                f"it: with lengths as the numbers of real timesteps, [x[{n}] for x, n in zip({argument}, lengths)]."
            )
            return True
    return False


def looks_padded(sequences):
    """Whether `Sequences` of one length end or begin in such runs."""
    return any(runs_of_padding(values) is not None for _, values in sides_of_some(sequences))


def sides_of_some(sequences):
    """("end" or "begin", values (n, t, f) with that side last) of some `Sequences`, if all have one length."""
    values = sequences.values
    n_samples = min(LOOKED_AT, max(SOME, STEPS_LOOKED_AT // int(np.prod(values.shape[1:]))))
    if len(values) < SOME or (sequences.lengths is not None and (sequences.lengths != sequences.lengths[0]).any()):
        return []
    some = np.asarray(values[:n_samples])
    some = some if some.ndim == 3 else some[:, :, None]
    return [("end", some), ("begin", some[:, ::-1])]


def runs_of_padding(values):
    """How many of the last timesteps of values (n, t, f) are padding, (n,), or None without such."""
    last, counts = np.unique(values[:, -1], axis=0, return_counts=True)
    is_last = (values == last[counts.argmax()]).all(axis=2)  # (n, t)
    runs = length_of_run(is_last)
    padded = runs >= 2
    if padded.mean() < PADDED or len(np.unique(runs[padded])) < FEW_LENGTHS or is_last.sum() > runs.sum():
        return None
    return runs


def lies_apart(values, runs):
    """Whether what ends (n, t, f) in runs (n,) lies farther from all other values of a feature than these lie apart."""
    is_run = np.arange(values.shape[1]) >= values.shape[1] - runs[:, None]
    others, padding = values[~is_run], values[runs.argmax(), -1]
    low, high = others.min(axis=0), others.max(axis=0)
    return bool((np.maximum(low - padding, padding - high) > high - low).any())


def length_of_run(mask):
    """How many of (n, t) are true at the end of every row, (n,)."""
    return np.cumprod(mask[:, ::-1], axis=1).sum(axis=1)
