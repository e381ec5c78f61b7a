"""Sequences cut into overlapping windows, and what is said of windows brought back to the timesteps."""

import numpy as np

from skseq._sequences import Sequences

__all__ = ["joined", "windows_of"]


def window_starts(length, window, stride):
    """Where windows start: every ``stride`` timesteps, and so that the last one ends with the sequence."""
    last = max(length - window, 0)
    starts = np.arange(0, last + 1, stride)
    return starts if starts[-1] == last else np.append(starts, last)


def windows_of(sequences, window, stride):
    """(windows, places): `Sequences` of at most ``window`` timesteps, and the (sample, first timestep) of each."""
    lengths = sequences.real_lengths
    places = [(sample, start) for sample, n in enumerate(lengths) for start in window_starts(n, window, stride)]
    samples, starts = np.array(places).T
    steps = starts[:, None] + np.arange(min(window, lengths.max()))
    own = np.minimum(lengths[samples], window).astype(np.int32)
    values = sequences.values[samples[:, None], np.minimum(steps, sequences.values.shape[1] - 1)]
    short = (own < steps.shape[1]).any()
    if short:
        values[np.arange(steps.shape[1]) >= own[:, None]] = 0
    windows = Sequences(values=values, lengths=own if short else None, univariate=sequences.univariate)
    return windows, (samples, starts)


def joined(outputs, windows, places, shape):
    """Means (n, t, f) over the windows that a timestep is in, of outputs (n_windows, window, f)."""
    samples, starts = places
    mask = windows.mask
    rows = np.broadcast_to(samples[:, None], mask.shape)[mask]
    steps = (starts[:, None] + np.arange(mask.shape[1]))[mask]
    total, count = np.zeros((*shape, outputs.shape[2])), np.zeros(shape)
    np.add.at(total, (rows, steps), outputs[mask])
    np.add.at(count, (rows, steps), 1)
    return total / np.maximum(count, 1)[:, :, None]
