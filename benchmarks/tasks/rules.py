"""Windows of numbers that follow a rule, with little noise or none, and of one process that is mostly noise.

Mackey and Glass, "Oscillation and Chaos in Physiological Control Systems", Science 1977; Lorenz, "Deterministic
Nonperiodic Flow", Journal of the Atmospheric Sciences 1963.
"""

from typing import NamedTuple

import numpy as np


class Windows(NamedTuple):
    """Windows to learn from, and later ones that share no step with them."""

    X: np.ndarray  # (n, t) or (n, t, k)
    y: np.ndarray  # (n, h) or (n, h, k)
    X_test: np.ndarray
    y_test: np.ndarray
    future: np.ndarray | None = None  # (n, h, c), what is known beforehand; None if nothing is
    future_test: np.ndarray | None = None

    @property
    def flat(self):
        """The same as rows of numbers, with what is known beforehand at their ends."""
        known = [x for x in (self.future, self.future_test) if x is not None] or [self.X[:, :0], self.X_test[:, :0]]
        X, X_test = (
            np.concatenate([x.reshape(len(x), -1), ahead.reshape(len(x), -1)], axis=1)
            for x, ahead in zip((self.X, self.X_test), known)
        )
        return Windows(X, self.y.reshape(len(X), -1), X_test, self.y_test.reshape(len(X_test), -1))


def mackey_glass(n_steps, seed, *, delay=17, per_step=6):
    """Every sixth value (n_steps,) of dx/dt = 0.2 x(t - 17) / (1 + x(t - 17)^10) - 0.1 x(t), in steps of 1."""
    x = list(1.2 + 0.1 * np.random.RandomState(seed).randn(delay + 1))
    while len(x) < 600 + n_steps * per_step:
        past = x[-delay - 1]
        x.append(x[-1] + 0.2 * past / (1 + past**10) - 0.1 * x[-1])
    return np.array(x[600::per_step][:n_steps])


def lorenz(n_steps, seed, *, per_step=5):
    """Every fifth state (n_steps, 3) of the Lorenz system, by Euler's method in steps of 0.01."""
    x, y, z = np.random.RandomState(seed).randn(3) + [0, 0, 20]
    states = []
    while len(states) < 500 + n_steps * per_step:
        x, y, z = x + 0.1 * (y - x), y + 0.01 * (x * (28 - z) - y), z + 0.01 * (x * y - 8 / 3 * z)
        states.append((x, y, z))
    return np.array(states[500::per_step][:n_steps])


def autoregressive(n_steps, seed):
    """y[t] = 1.5 y[t - 1] - 0.8 y[t - 2] + e with e ~ N(0, 1), (n_steps,): most of it is noise."""
    y = [0.0, 0.0]
    for e in np.random.RandomState(seed).randn(n_steps + 100):
        y.append(1.5 * y[-1] - 0.8 * y[-2] + e)
    return np.array(y[-n_steps:])


def windows_of(series, n_steps, horizon, n_train):
    """`Windows` of a series (t,) or (t, k): the first ``n_train`` and those whose steps come later."""
    n = len(series) - n_steps - horizon + 1
    X = np.stack([series[i : i + n_steps] for i in range(n)])
    y = np.stack([series[i + n_steps : i + n_steps + horizon] for i in range(n)])
    later = n_train + n_steps + horizon
    return Windows(X[:n_train], y[:n_train], X[later:], y[later:])


def reversed_numbers(n_train, n_test, seed):
    """Eight random numbers, and the same backwards."""
    X = np.random.RandomState(seed).randn(n_train + n_test, 8)
    y = X[:, ::-1].copy()
    return Windows(X[:n_train], y[:n_train], X[n_train:], y[n_train:])


def starts_of(make, n_train, n_test, n_steps, horizon):
    """`Windows` of the first numbers of as many series, each from a start of its own."""
    drawn = np.array(
        [make(n_steps + horizon, seed).reshape(n_steps + horizon, -1)[:, 0] for seed in range(n_train + n_test)]
    )
    X, y = drawn[:, :n_steps], drawn[:, n_steps:]
    return Windows(X[:n_train], y[:n_train], X[n_train:], y[n_train:])


def doses(n_train, n_test, seed, *, n_steps=36, horizon=24):
    """Levels of a drug in persons who lose 5 to 15 % of it an hour, and the doses: (n, t, 2). Doses ahead are known.

    One compartment, first order, errors of 3 % (Gibaldi and Perrier, "Pharmacokinetics", 1982, chapter 1).
    """
    rng, n, t = np.random.RandomState(seed), n_train + n_test, n_steps + horizon
    rates = rng.uniform(0.05, 0.15, n)
    dose = (rng.rand(n, t) < 0.12) * rng.choice([1.0, 2.0, 4.0], (n, t))
    level = np.zeros((n, t))
    for i in range(1, t):
        level[:, i] = level[:, i - 1] * np.exp(-rates) + dose[:, i]
    level *= 1 + 0.03 * rng.randn(n, t)
    X, y, future = np.stack([level, dose], axis=2)[:, :n_steps], level[:, n_steps:], dose[:, n_steps:, None]
    return Windows(X[:n_train], y[:n_train], X[n_train:], y[n_train:], future[:n_train], future[n_train:])


TASKS = {
    "Mackey-Glass, 600": lambda: windows_of(mackey_glass(900, 0), 24, 6, 600),
    "Mackey-Glass, 150": lambda: windows_of(mackey_glass(400, 1), 24, 6, 150),
    "Lorenz, 600": lambda: windows_of(lorenz(900, 0), 16, 4, 600),
    "eight numbers backwards, 700": lambda: reversed_numbers(700, 200, 3),
    "autoregressive noise, 600": lambda: windows_of(autoregressive(900, 0), 20, 5, 600),
    "Lorenz, 120 starts": lambda: starts_of(lorenz, 120, 200, 24, 12),
    "doses, 150 persons": lambda: doses(150, 200, 0),
    "autoregressive noise, 120 starts": lambda: starts_of(autoregressive, 120, 200, 24, 12),
}
