"""The same recursive forecaster in skseq and PyTorch: a whole fit, and paths drawn for many windows in one batch.

One LSTM reads the window, a second one writes a normal distribution of every step, told the true number of the step
before in training and the drawn one in paths. Each side gets the same windows, batches of the same size, Adam at 0.001
and a gradient clipped to a norm of 1. Weights are each side's own.
"""

from dataclasses import dataclass

import numpy as np

from skseq import Seq2SeqRegressor

__all__ = ["Ours", "Shape", "names"]


@dataclass(frozen=True, kw_only=True)
class Shape:
    """How large everything is."""

    n_windows: int = 2_000
    window: int = 48
    horizon: int = 24
    units: int = 64
    batch_size: int = 32
    epochs: int = 10
    n_forecasts: int = 1_000
    n_paths: int = 100

    @property
    def windows(self):
        """(n_windows, window) and what follows them, (n_windows, horizon): noisy waves of many periods."""
        rng, steps = np.random.RandomState(0), np.arange(self.window + self.horizon)
        phases, periods = rng.uniform(0, 2 * np.pi, (self.n_windows, 1)), rng.uniform(6, 24, (self.n_windows, 1))
        waves = np.sin(2 * np.pi * steps / periods + phases) + 0.2 * rng.randn(self.n_windows, len(steps))
        return waves[:, : self.window], waves[:, self.window :]


def names(shape):
    """What is timed, for the table."""
    return {
        "fit": f"fit on {shape.n_windows:,} windows of {shape.window}, {shape.horizon} steps to write, {shape.units} "
        f"units, {shape.epochs} epochs",
        "paths": f"{shape.n_paths} paths of {shape.horizon} steps for {shape.n_forecasts:,} windows",
    }


class Ours:
    """`Seq2SeqRegressor` through its public methods, without what the other network does not have."""

    def __init__(self, shape):
        self.shape, (self.X, self.y) = shape, shape.windows
        self.model = Seq2SeqRegressor(
            units=shape.units,
            decoder="recursive",
            code="state",
            loss="normal",
            cell="lstm",
            bidirectional=False,
            linear=False,
            scaling=None,
            scale_inputs=False,
            scale_targets=False,
            recurrent_dropout=0.0,
            learning_rate=0.001,
            learning_rate_schedule="constant",
            early_stopping=False,
            epochs=shape.epochs,
            batch_size=shape.batch_size,
            random_state=0,
        )

    def fit(self):
        self.model.fit(self.X, self.y)

    def paths(self):
        return self.model.sample_y(self.X[: self.shape.n_forecasts], self.shape.n_paths, random_state=0)
