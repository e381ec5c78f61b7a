"""Speeds that can be compared: warm, at the best setting of each side, in alternation, repeated; and slopes."""

import resource
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from benchmarks.harness.report import timed

__all__ = [
    "PATIENCE",
    "Chosen",
    "Contender",
    "Ratio",
    "alternating",
    "calibrated",
    "chosen",
    "geometric_mean",
    "in_cpu",
    "seconds_of",
    "slope",
]

MAX_PIECES = 4_000  # of work in one timed call
GROWTH = 20  # a call is at most this many times as long as the call before it
PATIENCE = 20  # a setting is not tried if its shortest call would last this many times the wanted seconds


def cpu_seconds():
    """Of this process, all threads: others on the same machine do not stretch it."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def in_cpu(function, *args, **kwargs):
    """(CPU seconds, result) of one call."""
    start = cpu_seconds()
    result = function(*args, **kwargs)
    return cpu_seconds() - start, result


@dataclass(frozen=True, kw_only=True)
class Contender:
    """One implementation at one setting.

    ``ready(n)`` prepares n pieces of work and returns the function that does them, which alone is timed. n is a
    multiple of ``granule``. A piece is a ``share`` of what is compared: less than 1 where the whole takes minutes.
    """

    by: str
    setting: str
    ready: Callable
    granule: int = 1
    share: float = 1.0

    def spent(self, n):
        """Seconds of n pieces."""
        return timed(self.ready(n))[0]

    def speed(self, n):
        """Seconds of one of what is compared, from n pieces."""
        return self.spent(n) / (n * self.share)


@dataclass(frozen=True, kw_only=True)
class Chosen:
    """A contender, how many pieces to time it by, its speed, and what the first call took on top (compiling)."""

    contender: Contender
    n: int
    speed: float
    compiling: float

    def measure(self):
        return self.contender.speed(self.n)


def calibrated(contender, seconds, most=MAX_PIECES):
    """(n, speed) of a warm call that lasts about the given seconds, or has ``most`` pieces."""
    n = granule = contender.granule
    while True:
        spent = contender.spent(n)
        if spent >= seconds / 2 or n >= most:
            return n, spent / (n * contender.share)
        wanted = int(n * min(GROWTH, max(2, seconds / max(spent, 1e-9))))
        n = -(-min(wanted, most) // granule) * granule


def chosen(contenders, seconds):
    """Implementation -> its fastest setting. They are drawn one by one, so losers can be forgotten on the way."""
    best = {}
    for contender in contenders:
        known, granule = best.get(contender.by), contender.granule
        if known is not None and known.speed * granule * contender.share > PATIENCE * seconds:
            continue
        first = contender.spent(granule)
        n, speed = calibrated(contender, seconds)
        if known is None or speed < known.speed:
            compiling = max(first - speed * granule * contender.share, 0.0)
            best[contender.by] = Chosen(contender=contender, n=n, speed=speed, compiling=compiling)
    return best


def seconds_of(function):
    """How long a call takes."""
    return timed(function)[0]


def alternating(measures, repeats):
    """Name -> array (repeats,) of what each function gives, one after the other, every second time in reverse."""
    found = {name: [] for name in measures}
    for repeat in range(repeats):
        for name in list(measures)[:: -1 if repeat % 2 else 1]:
            found[name].append(measures[name]())
    return {name: np.array(values) for name, values in found.items()}


@dataclass(frozen=True)
class Ratio:
    """How many times as long the other one takes: median, least and largest over the repeats."""

    median: float
    least: float
    largest: float

    @classmethod
    def of(cls, others, ours):
        ratios = np.asarray(others) / np.asarray(ours)
        return cls(float(np.median(ratios)), float(ratios.min()), float(ratios.max()))

    def __str__(self):
        return f"{self.median:.3g} ({self.least:.3g} to {self.largest:.3g})"


def geometric_mean(values):
    return float(np.exp(np.mean(np.log(list(values)))))


def slope(x, y, *, log=False):
    """Slope of the straight line through y over x, or through log y over log x: then 1 where y grows as x."""
    x, y = (np.log(values) if log else np.asarray(values, float) for values in (x, y))
    return float(np.polyfit(x, y, 1)[0])
