"""Sequences of one length that most likely hold padding, which would be read as timesteps: what to pass instead."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.likely_series import LOOKED_AT
from skseq._data.likely_tokens import SOME

STEPS_LOOKED_AT = 10**6  # of all samples, times features
PADDED = 0.5  # of the samples
FEW_LENGTHS = 3  # of padding: an event that ends all samples has one or two


def warn_if_padded(sequences, argument):
    """Warn where `Sequences` of one length end in runs of one timestep, of several lengths, which is nowhere else.

    Tokens may be padded on the left, too; numbers that are 0 there may wait for an event.
    """
    for where, values in sides_of_some(sequences):
        runs = runs_of_padding(values)
        if runs is not None:
            n = ":n" if where == "end" else "-n:"
            warn_caller(
                f"{argument} looks padded: {np.mean(runs > 0):.0%} of the samples {where} in a run of one timestep, "
                f"which is nowhere else in {argument}. It is read as any other. If it is padding, pass lists without "
                f"it: with lengths as the numbers of real timesteps, [x[{n}] for x, n in zip({argument}, lengths)].",
                UserWarning,
            )
            return


def sides_of_some(sequences):
    """("end" or "begin", values (n, t, f) with that side last) of some `Sequences`, if all have one length."""
    values = sequences.values
    n_samples = min(LOOKED_AT, max(SOME, STEPS_LOOKED_AT // int(np.prod(values.shape[1:]))))
    if len(values) < SOME or (sequences.lengths is not None and (sequences.lengths != sequences.lengths[0]).any()):
        return []
    some = np.asarray(values[:n_samples])
    if some.ndim == 3:
        return [("end", some)]
    return [("end", some[:, :, None]), ("begin", some[:, ::-1, None])]


def runs_of_padding(values):
    """How many of the last timesteps of values (n, t, f) are padding, (n,), or None without such."""
    last, counts = np.unique(values[:, -1], axis=0, return_counts=True)
    is_last = (values == last[counts.argmax()]).all(axis=2)  # (n, t)
    runs = length_of_run(is_last)
    padded = runs >= 2
    if padded.mean() < PADDED or len(np.unique(runs[padded])) < FEW_LENGTHS or is_last.sum() > runs.sum():
        return None
    return runs


def length_of_run(mask):
    """How many of (n, t) are true at the end of every row, (n,)."""
    return np.cumprod(mask[:, ::-1], axis=1).sum(axis=1)
