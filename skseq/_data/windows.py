"""Sequences cut into overlapping windows, and what is said of windows brought back to the timesteps."""

import numpy as np

from skseq._data.sequences import Sequences
from skseq._data.working_memory import derived

CHUNK_WINDOWS = 4096  # at a time: plenty for full batches, and a bound on memory that does not grow with the series


def window_starts(length, window, stride, *, to_end=True):
    """Where windows start: every ``stride`` timesteps, and so that the last one ends with the sequence, if it must."""
    last = max(length - window, 0)  # a sequence shorter than a window is one window
    starts = np.arange(0, last + 1, stride)
    return np.append(starts, last) if to_end and starts[-1] != last else starts


def window_places(lengths, window, stride, *, to_end=True):
    """(samples, first timesteps) of all windows, each (n_windows,)."""
    starts = [window_starts(length, window, stride, to_end=to_end) for length in lengths]
    return np.repeat(np.arange(len(lengths)), [len(own) for own in starts]), np.concatenate(starts)


def cut(sequences, samples, starts, window):
    """The windows at these places, as `Sequences` of at most ``window`` timesteps."""
    lengths = sequences.real_lengths
    steps = starts[:, None] + np.arange(min(window, lengths.max()))  # (n_windows, window)
    values = sequences.values[samples[:, None], np.minimum(steps, sequences.values.shape[1] - 1)]  # (..., window, f)
    if lengths.min() >= steps.shape[1]:  # no sequence is shorter than a window
        return Sequences(values=values, univariate=sequences.univariate)
    own = np.minimum(lengths[samples], window).astype(np.int32)
    values[np.arange(steps.shape[1]) >= own[:, None]] = 0  # padding, as in `Sequences`
    return Sequences(values=values, lengths=own, univariate=sequences.univariate)


def windows_of(sequences, window, stride):
    """All windows of all sequences, as `Sequences` of at most ``window`` timesteps: many are cut when they are read."""
    lengths, n_features = sequences.real_lengths, sequences.values.shape[2]
    samples, starts = window_places(lengths, window, stride)
    longest, own = min(window, lengths.max()), np.minimum(lengths[samples], window).astype(np.int32)
    values = derived(
        lambda index: cut(sequences, samples[index], starts[index], window).values,
        (len(samples), longest, n_features),
        sequences.values.dtype,
    )
    lengths = None if (own == longest).all() else own
    return Sequences(values=values, lengths=lengths, univariate=sequences.univariate)


def mean_over_windows(function, sequences, window, stride):
    """Means (n, t, k), over the windows that a timestep is in, of ``function(windows)`` (n_windows, window, k)."""
    samples, starts = window_places(sequences.real_lengths, window, stride)
    n, t, _ = sequences.values.shape
    totals, counts = None, np.zeros((n, t, 1))
    for first in range(0, len(samples), CHUNK_WINDOWS):
        chunk = slice(first, first + CHUNK_WINDOWS)
        windows = cut(sequences, samples[chunk], starts[chunk], window)
        mask = windows.mask  # (n_windows, window)
        rows = np.broadcast_to(samples[chunk, None], mask.shape)[mask]  # (n_real_steps,), as the steps
        steps = (starts[chunk, None] + np.arange(mask.shape[1]))[mask]
        found = function(windows)[mask]  # (n_real_steps, k)
        totals = np.zeros((n, t, found.shape[1])) if totals is None else totals
        np.add.at(totals, (rows, steps), found)  # `+=` would count a repeated index once
        np.add.at(counts, (rows, steps), 1)
    return totals / np.maximum(counts, 1)  # padding is in no window
