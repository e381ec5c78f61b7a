"""Uniform numbers for draws: each depends on the seed, its row, its step and its place there alone."""

import numpy as np


def uniforms(seed, n_rows, n_steps, width, dtype):
    """Numbers (n_rows, n_steps, width) in (0, 1).

    More rows, steps or places change none of the others: for every step and place a stream of its own is drawn by a
    counter, one number for each row.
    """
    drawn = np.empty((n_rows, n_steps, width), dtype)
    stream = np.random.Philox(seed)
    generator, state = np.random.Generator(stream), stream.state  # a new generator for each would take 5 times as long
    for step, place in np.ndindex(n_steps, width):
        state["state"]["counter"][2:] = place, step
        stream.state = state
        drawn[:, step, place] = generator.random(n_rows)
    one, zero = drawn.dtype.type(1), drawn.dtype.type(0)
    least = np.finfo(dtype).tiny  # a quantile of 0 would be infinite, and float32 rounds the largest numbers up to 1
    return np.clip(drawn, least, np.nextafter(one, zero), out=drawn)
