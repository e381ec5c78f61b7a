"""Series with anomalies whose place is known: normal behaviour, and one rule for every kind of anomaly."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from numbers import Real

import numpy as np

from skseq._arguments import Count, Number, as_random_state
from skseq._sklearn import validate_params
from skseq._typing import Array, RandomState

_PERIODS = np.array([20.0, 47.0])  # timesteps of the two waves that all channels share


@dataclass(frozen=True)
class _Channels:
    """The properties of the channels: functions of their number alone, so every draw is of the same process."""

    mixture: np.ndarray  # (n_waves, n_features): how much of each wave a channel carries; columns of length 1
    gain: np.ndarray  # (n_features,): standard deviation of a channel without its noise
    noise: np.ndarray  # (n_features,): standard deviation of its noise

    @classmethod
    def spread(cls, n_features):
        """Gains from 0.1 to 10 and, against them, noise from 60 % of the gain down to 2 %."""
        place = (np.arange(n_features) + 0.5) / n_features  # in (0, 1)
        angle = place * np.pi / 2  # cos^2 + sin^2 = 1, so a channel's deviation is its gain, however it mixes
        gain = 10 ** (2 * place - 1)
        return cls(np.stack([np.cos(angle), np.sin(angle)]), gain, gain * 0.02 * 30 ** (1 - place))

    def signal(self, time, phase):
        """gain * mixture . sqrt(2) sin(2 pi (time / period + phase)): (t, 1) and (..., 1, n_waves) -> (..., t, f)"""
        waves = np.sqrt(2) * np.sin(2 * np.pi * (time / _PERIODS + phase))  # sqrt(2) makes their variance 1
        return self.gain * (waves @ self.mixture)


@dataclass(frozen=True)
class _Span:
    """The place of an anomaly: the series (t, f), its phases, a stretch of timesteps, and one channel."""

    series: np.ndarray
    phase: np.ndarray
    channels: _Channels
    start: int
    stop: int
    channel: int

    @property
    def values(self):
        return self.series[self.start : self.stop, self.channel]

    @property
    def gain(self):
        return self.channels.gain[self.channel]

    @property
    def time(self):
        return np.arange(self.start, self.stop)

    def signal(self, time, phase):
        return self.channels.signal(time[:, None], phase)[:, self.channel]

    def with_signal(self, time, phase):
        """The values with the signal of another time and phase; their noise stays: (n,)"""
        return self.signal(time, phase) + (self.values - self.signal(self.time, self.phase))


def _spike(span, rng):
    """One timestep, off by 1 to 2 gains."""
    return span.values + _signed(rng, 1, 2) * span.gain


def _shift_level(span, rng):
    """A constant of 0.5 to 1 gains on top."""
    return span.values + _signed(rng, 0.5, 1) * span.gain


def _add_noise(span, rng):
    """Further noise with a standard deviation of 0.5 to 1 gains."""
    return span.values + rng.uniform(0.5, 1) * span.gain * rng.standard_normal(len(span.values))


def _speed_up(span, rng):
    """The channel runs 2 to 3 times as fast."""
    last = span.start - 1  # the channel's clock is right until here
    return span.with_signal(last + rng.uniform(2, 3) * (span.time - last), span.phase)


def _stick(span, rng):
    """The channel stays at its last value before."""
    return np.full(len(span.values), span.series[span.start - 1, span.channel])


def _decouple(span, rng):
    """The channel leaves the others: its waves move by a quarter to three quarters of a turn, alone still plausible."""
    return span.with_signal(span.time, span.phase + rng.uniform(0.25, 0.75, size=span.phase.shape))


def _signed(rng, low, high):
    return rng.choice([-1, 1]) * rng.uniform(low, high)


_RULES = {
    "spike": _spike,
    "level shift": _shift_level,
    "noise": _add_noise,
    "frequency": _speed_up,
    "flat": _stick,
    "decoupling": _decouple,
}


@validate_params(
    {
        "n_samples": [Count()],
        "n_timesteps": [Count(40)],  # the shortest anomaly has 40 / 20 timesteps
        "n_features": [Count()],
        "anomaly_rate": [Number(Real, 0, 1, closed="both")],
        "kinds": [list, tuple],
        "random_state": ["random_state"],
    },
    prefer_skip_nested_validation=True,
)
def make_anomalies(
    n_samples: int = 100,
    *,
    n_timesteps: int = 200,
    n_features: int = 3,
    anomaly_rate: float = 0.1,
    kinds: Sequence[str] = ("spike", "level shift", "noise", "frequency", "flat", "decoupling"),
    random_state: RandomState = None,
) -> tuple[Array, Array]:
    """Draw multivariate series, some of which hold one anomaly each, and say where.

    All channels of a normal series share two waves, of periods 20 and 47 with random phases. Each channel mixes them in
    its own way, and adds white noise. Channels differ in scale (by a factor of up to 100) and in noise (2 to 60 % of
    their scale), so one threshold on the plain error cannot suit all of them. The channels depend only on `n_features`:
    draws with different seeds come from the same process, so one can train and the other can test.

    Parameters
    ----------
    n_samples : int, default=100
        Number of series.
    n_timesteps : int, default=200
        Length of a series, at least 40.
    n_features : int, default=3
        Number of channels.
    anomaly_rate : float, default=0.1
        Share of the series that hold an anomaly, rounded to whole series and chosen at random. 0 gives only normal
        series, to train on.
    kinds : list or tuple of str, default=("spike", "level shift", "noise", "frequency", "flat", "decoupling")
        Kinds of the anomalies, taken in turn. Each anomaly is in one random channel and at a random place, but never at
        the first timestep. Its size is in proportion to the gain of the channel, its standard deviation without noise.

        - "spike": one timestep, off by 1 to 2 gains.
        - "level shift": off by a constant 0.5 to 1 gains.
        - "noise": further noise, with a standard deviation of 0.5 to 1 gains.
        - "frequency": the channel's waves run 2 to 3 times as fast.
        - "flat": the channel stays at its last value.
        - "decoupling": the channel's waves are out of step with those of the others, by a quarter to three quarters of
          a turn. No value is unusual on its own, so this needs at least two channels.

        All but the spike last for 5 to 15 % of the series.
    random_state : int, RandomState instance or None, default=None
        Source of the draws. An int gives the same series every time. With the same int, the normal timesteps are the
        same for all values of `anomaly_rate` and `kinds`.

    Returns
    -------
    X : ndarray of shape (n_samples, n_timesteps, n_features), dtype float64
        Series.
    y : ndarray of shape (n_samples, n_timesteps), dtype int64
        1 where a timestep is anomalous, else 0.

    Examples
    --------
    >>> from skseq.datasets import make_anomalies
    >>> X_train, _ = make_anomalies(anomaly_rate=0, random_state=0)
    >>> X, y = make_anomalies(60, anomaly_rate=0.5, random_state=1)
    >>> X.shape, y.shape
    ((60, 200, 3), (60, 200))
    >>> int(y.any(axis=1).sum())
    30
    """
    _check_kinds(kinds, n_features)
    rng = as_random_state(random_state)
    channels = _Channels.spread(n_features)
    phases = rng.uniform(size=(n_samples, 1, len(_PERIODS)))
    X = channels.signal(np.arange(n_timesteps)[:, None], phases)  # (n_samples, n_timesteps, n_features)
    X += channels.noise * rng.standard_normal(X.shape)
    y = np.zeros((n_samples, n_timesteps), dtype=np.int64)
    anomalous = rng.permutation(n_samples)[: round(anomaly_rate * n_samples)]  # drawn after all that is normal
    for turn, sample in enumerate(anomalous):
        kind = kinds[turn % len(kinds)]
        length = 1 if kind == "spike" else rng.randint(n_timesteps // 20, 3 * n_timesteps // 20 + 1)  # 5 to 15 % of it
        start = rng.randint(1, n_timesteps - length + 1)  # not 0: two rules look at the timestep before
        span = _Span(X[sample], phases[sample], channels, start, start + length, rng.randint(n_features))
        X[sample, span.start : span.stop, span.channel] = _RULES[kind](span, rng)
        y[sample, span.start : span.stop] = 1
    return X, y


def _check_kinds(kinds, n_features):
    unknown = [kind for kind in kinds if kind not in _RULES]
    if unknown or not kinds:
        raise ValueError(f"kinds={kinds!r} must name one or more of {list(_RULES)}, got {unknown or 'none'}.")
    if "decoupling" in kinds and n_features == 1:
        raise ValueError(
            "A channel can leave others only if there are others: with n_features=1, leave 'decoupling' out of kinds, "
            "or raise n_features to at least 2."
        )
