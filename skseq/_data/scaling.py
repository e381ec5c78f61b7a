"""Numbers on a scale of their own, channel by channel: learnt, applied to what a network reads, undone in its outputs.

The mean and the deviation of a channel are those of its values on real timesteps, weighed as the samples are. A few
outliers do not decide them: a value that is further beyond the 5th or the 95th percentile than these are apart counts
as if it were just that far. Nor do they decide what is learnt: training reads, and asks for, values at most 5 spans
beyond. A channel of which 9 values in 10 are equal has no such span: there all values count as they are.

Of fewer than 20 values none is beyond a percentile. There, if it is asked for, one value on either side is an outlier
if it stands alone: further than 20 spans from all others, and of one sample, whose weight is at most 1.

Of many one-hot columns among inputs, the deviation is half the distance of both values, as it is where both are as
frequent. Else a rare word, once in 2,000 timesteps, would be read as 45, and drown others. A rare flag is so, since it
may decide.

Where many samples hold values that are so far out, such as short bursts of machines that mostly idle, they are what
samples differ by, and no outliers. Then the percentiles are those of the least and the largest value of each sample.
"""

from dataclasses import dataclass, replace

import numpy as np

from skseq._data.sequences import overflow
from skseq._data.working_memory import Derived, derived, slices

TAIL = 0.05  # share of the values on either side that may be outliers: one in 20
REACH = 1.0  # times the span between the percentiles beyond them: of normal values one in a million is further out
FAR = 5.0  # spans: a squared error from further out would drown all others
FEWEST, ALONE = 6, 20.0  # values, of which one may be an outlier: spans of all others that it is away from these
MANY, SHARE = 10, 0.2  # samples, and of all, that hold bursts
ENOUGH = 20  # samples of a stream: those of fewer may all be alike, and a scale by them would not suit what follows
FARTHEST = FAR * 3.3 + 1.65  # deviations: the limits of a normal distribution
RANGES = 0.01, 0.95  # quantiles of how far each sample ranges: of a quiet one, and of a lively one
WIDER = 10  # times the deviation of a channel that rarely moved: one small reading does not say how far it moves
OF_RARE = 200  # samples of a stream: later, weights have learnt what a channel says that rarely moves
ROUNDED = 1e-6  # of a variance
CATEGORIES, USUAL = 20, 0.95  # columns of two values, and timesteps that have the usual number of the upper ones
PART_VALUES = 2**17  # read at a time: a fixed number, so that sums do not depend on the working memory
SORTED_VALUES = 2**20  # at most, to find the percentiles


@dataclass(frozen=True, kw_only=True, eq=False)
class Scale:
    """A network reads (x - mean) / deviation of a number x, in training between ``least`` and ``most``.

    All are (n_channels,), float64. ``constant`` says which channels are constant: their deviation is 1. ``n_samples``
    of a stream have taught it, and while these are few, more may change it. Others are as if there were no end of them.
    ``lowest`` and ``highest`` are the ends of all numbers that were seen, infinite where that is not known. ``ranges``
    (2, n_channels) are the `RANGES` of samples, None where they are not known.
    """

    mean: np.ndarray
    deviation: np.ndarray
    least: np.ndarray | float = -np.inf
    most: np.ndarray | float = np.inf
    constant: np.ndarray | bool = False
    n_samples: float = np.inf
    lowest: np.ndarray | float = -np.inf
    highest: np.ndarray | float = np.inf
    ranges: np.ndarray | None = None

    @classmethod
    def none(cls, n_channels):
        """The scale that leaves numbers as they are."""
        return cls(mean=np.zeros(n_channels), deviation=np.ones(n_channels))

    @classmethod
    def learn(cls, values, lengths=None, *, samples=None, weight=None, bursts=False, alone=False):
        """From the real timesteps of some samples of values (n, t, f). None: all steps, all samples, equal weights.

        ``bursts``: what is far out in many samples is no outlier, and one-hot columns all have one deviation.
        ``alone``: what stands alone among few values is one.
        """
        parts = _Parts(values, lengths, np.arange(len(values)) if samples is None else np.sort(samples), weight)
        rounding = np.finfo(values.dtype).eps  # smaller differences are none
        some = parts.some()
        low, high = _percentiles(*some)  # (f,) each
        ends, ranges = {}, None
        if alone:
            low, high = _without_lone(*some, low, high, rounding)
        with np.errstate(over="ignore", invalid="ignore"):  # what is not finite here, `apply` refuses
            span = np.where(high - low > rounding * np.maximum(abs(low), abs(high)), high - low, np.inf)
            if bursts:
                lowest, highest = parts.extremes()  # (n, f) each
                ends = {"lowest": lowest.min(axis=0), "highest": highest.max(axis=0)}
                ranges = np.quantile(highest - lowest, RANGES, axis=0, method="lower")  # (2, f)
                low, high = _with_bursts(low, high, span, lowest, highest)
                span = np.where(np.isinf(span), span, high - low)
            mean, deviation = _moments(parts, low, high, span)
            varies = np.isfinite(deviation) & (deviation > rounding * abs(mean))
            if bursts:
                one_hot = _are_one_hot(*some, mean, deviation, **ends)
                deviation = np.where(one_hot, (ends["highest"] - ends["lowest"]) / 2, deviation)
            deviation = np.where(varies, deviation, 1.0)
            least, most = (low - FAR * span - mean) / deviation, (high + FAR * span - mean) / deviation
        return cls(mean=mean, deviation=deviation, least=least, most=most, constant=~varies, ranges=ranges, **ends)

    def of_errors(self, errors):
        """The scale around 0, and as wide as errors (n_channels,) at least; what is constant and has none stays."""
        constant = self.constant & (errors == 0)
        larger = np.where(self.constant, errors, np.maximum(self.deviation, errors))
        larger, mean = np.where(constant, self.deviation, larger), np.where(constant, self.mean, 0.0)
        share, shift = self.deviation / larger, (self.mean - mean) / larger
        least, most = self.least * share + shift, self.most * share + shift
        return replace(self, mean=mean, deviation=larger, least=least, most=most, constant=constant)

    def leaving(self, channels):
        """The scale, but numbers of these channels stay as they are."""
        unknown = dict.fromkeys(("least", "lowest"), -np.inf) | dict.fromkeys(("most", "highest"), np.inf)
        kept = {"mean": 0.0, "deviation": 1.0, "constant": False} | unknown
        fields = {name: np.array(np.broadcast_to(getattr(self, name), self.mean.shape)) for name in kept}
        for name, value in kept.items():
            fields[name][list(channels)] = value
        return replace(self, **fields)

    def joined(self, other):
        """The scale of the samples of both, if these are the first few of a stream; else `completed`."""
        if not self.joins(other):
            completed = self.completed(other)
            return completed if np.isfinite(other.n_samples) else completed.kept()
        n_samples = self.n_samples + other.n_samples
        share, moved = other.n_samples / n_samples, other.mean - self.mean
        own, there = self._variance, other._variance
        mean = self.mean + share * moved
        deviation = np.sqrt(own + share * (there - own) + share * (1 - share) * np.square(moved))
        lowest, highest = np.minimum(self.lowest, other.lowest), np.maximum(self.highest, other.highest)
        one_hot = self._reads_one_hots_of(lowest, highest) & other._reads_one_hots_of(lowest, highest)
        deviation = np.where(one_hot & ~(self.constant & other.constant), (highest - lowest) / 2, deviation)
        constant = deviation <= np.finfo(np.float64).eps * abs(mean)
        deviation = np.where(constant, 1.0, deviation)
        least = np.minimum(self.undo(self.least), other.undo(other.least))
        most = np.maximum(self.undo(self.most), other.undo(other.most))
        farthest = np.where(self._is_rare & other._is_rare, np.inf, FARTHEST)  # what mostly has one value has no limits
        return Scale(
            mean=mean,
            deviation=deviation,
            least=np.where(np.isfinite(least), (least - mean) / deviation, -farthest),
            most=np.where(np.isfinite(most), (most - mean) / deviation, farthest),
            constant=constant,
            n_samples=n_samples,
            lowest=lowest,
            highest=highest,
        )

    def kept(self):
        """The scale, which no later samples of a stream change."""
        return self if np.isinf(self.n_samples) else replace(self, n_samples=np.inf)

    def joins(self, other):
        """Whether both are of a stream, of which few samples have taught this one."""
        return self.n_samples < ENOUGH and np.isfinite(other.n_samples)

    def completed(self, other):
        """The scale, but channels that are constant here are as there, if they vary there or between both.

        No weight has read them yet. The scale of two values has their mean and half their distance. While a stream
        begins, channels that rarely moved are as there, too, if they often move there, and much further.
        """
        constant, still = (np.broadcast_to(scale.constant, self.mean.shape) for scale in (self, other))
        moved = still & (other.mean != self.mean)
        middle, half = (self.mean + other.mean) / 2, abs(self.mean - other.mean) / 2
        there = {
            "mean": np.where(moved, middle, other.mean),
            "deviation": np.where(moved, half, other.deviation),
            "least": other.least,
            "most": other.most,
            "constant": False,
        }
        new = constant & (moved | ~still)
        n_samples = self.n_samples
        if n_samples < OF_RARE and np.isfinite(other.n_samples):
            new |= self._is_rare & ~other._is_rare & (other.deviation > WIDER * self.deviation)
            n_samples += other.n_samples
        elif not new.any():
            return self
        fields = {name: np.where(new, value, getattr(self, name)) for name, value in there.items()}
        return replace(self, **fields, n_samples=n_samples)

    @property
    def is_settled(self):
        """Whether enough samples have taught it, and all channels vary: then `joined` changes nothing."""
        few = self.n_samples < ENOUGH or (self.n_samples < OF_RARE and np.any(self._is_rare))
        return not (few or np.any(self.constant))

    @property
    def _variance(self):
        """Variances (f,), also of one-hot columns, whose deviation is half the distance of their values."""
        largest = (self.mean - self.lowest) * (self.highest - self.mean)
        return np.where(self.constant, 0.0, np.minimum(np.square(self.deviation), largest))

    def _reads_one_hots_of(self, lowest, highest):
        """Which channels (f,) have half the distance of these two values as their deviation, or one of them alone."""
        both = (self.lowest == lowest) & (self.highest == highest) & (self.deviation == (highest - lowest) / 2)
        return both | (self.constant & ((self.lowest == lowest) | (self.highest == highest)))

    @property
    def _is_rare(self):
        """Which channels (f,) mostly have one value: they have no limits."""
        return np.isinf(self.least) & np.isinf(self.most)

    @property
    def changes_nothing(self):
        """Whether numbers stay as they are."""
        return not self.mean.any() and bool((self.deviation == 1).all())

    def apply(self, sequences, dtype, argument="X", *, training=False):
        """`Sequences` as the network reads them, zeros on padding; a value that overflows there raises ValueError."""
        if self.changes_nothing:
            return sequences.astype(dtype, argument)

        def scaled(index):
            part = sequences.take(index)
            with np.errstate(over="ignore"):  # the error says it
                numbers = ((np.asarray(part.values, np.float64) - self.mean) / self.deviation).astype(dtype)
            if part.lengths is not None:
                numbers[~part.mask] = 0
            if not np.isfinite(numbers).all():
                raise overflow(argument, numbers)
            return np.clip(numbers, self.least, self.most, dtype=dtype, casting="unsafe") if training else numbers

        values = derived(scaled, sequences.values.shape, dtype)
        if isinstance(values, Derived):  # then nothing has been computed yet
            for part in slices(values):
                scaled(part)
        return replace(sequences, values=values)

    def undo(self, numbers):
        """What the network wrote (..., n_channels) in the units of the data, float64."""
        return self.undo_deviations(numbers) + self.mean

    def undo_deviations(self, numbers):
        """Deviations of what the network wrote (..., n_channels) in the units of the data, float64."""
        return np.asarray(numbers, np.float64) * self.deviation


class _Parts:
    """Real timesteps of some samples, a part at a time: numbers (n_steps, f) and weights (n_steps,), float64."""

    def __init__(self, values, lengths, samples, weight):
        self.values, self.lengths, self.samples, self.weight = values, lengths, samples, weight

    def __iter__(self):
        return map(self._steps, self._indices(self.samples))

    def _indices(self, samples):
        """Those of the samples, a part at a time."""
        step = max(1, PART_VALUES // int(np.prod(self.values.shape[1:])))  # samples; one is never divided
        return (samples[start : start + step] for start in range(0, len(samples), step))

    def _read(self, index):
        """Numbers (n, t, f) of some samples, and which timesteps are real (n, t)."""
        numbers = np.asarray(self.values[index], np.float64)
        real = np.ones(numbers.shape[:2], bool)
        if self.lengths is not None:
            real = np.arange(numbers.shape[1]) < self.lengths[index, None]
        return numbers, real

    def _steps(self, index):
        numbers, real = self._read(index)
        weights = np.ones(len(index)) if self.weight is None else self.weight[index].astype(np.float64)
        return numbers[real], np.broadcast_to(weights[:, None], real.shape)[real]

    def extremes(self):
        """The least and the largest value of each sample that has a weight: (n, f) each."""
        counted = self.samples if self.weight is None else self.samples[self.weight[self.samples] > 0]
        least, largest = [], []
        for index in self._indices(counted):
            numbers, real = self._read(index)
            least.append(numbers.min(axis=1, where=real[..., None], initial=np.inf))
            largest.append(numbers.max(axis=1, where=real[..., None], initial=-np.inf))
        return np.concatenate(least), np.concatenate(largest)

    def some(self):
        """As many of the steps as can be sorted: numbers and weights.

        They are drawn, always alike: every second one, say, might miss one of two sensors that take turns.
        """
        most = max(1, SORTED_VALUES // self.values.shape[2])
        n_samples = max(1, most // self.values.shape[1])
        if len(self.samples) <= n_samples and self.values.shape[1] <= most:
            return self._steps(self.samples)
        draw = np.random.RandomState(0)
        numbers, weights = self._steps(_drawn(self.samples, n_samples, draw))
        chosen = _drawn(np.arange(len(numbers)), most, draw)  # a sample may be longer
        return numbers[chosen], weights[chosen]


def some_steps(values, lengths=None, *, samples, weight=None):
    """Real timesteps of some samples of values (n, t, f), as many as can be sorted: numbers (n_steps, f), weights."""
    return _Parts(values, lengths, np.sort(samples), weight).some()


def extremes(values, lengths=None, *, samples):
    """The least and the largest real value of samples of values (n, t, f): (n_samples, f) each."""
    return _Parts(values, lengths, np.asarray(samples), None).extremes()


def _drawn(items, n, draw):
    """All items if there are at most n, else n of them in their order."""
    return items if len(items) <= n else np.sort(draw.choice(items, n, replace=False))


def _percentiles(numbers, weights):
    """The values (f,) of numbers (n_steps, f) below which, and above which, lies the share `TAIL` of the weights."""
    order = np.argsort(numbers, axis=0)
    below = np.cumsum(weights[order], axis=0)  # (n_steps, f), up to and with each
    total, last = below[-1], len(numbers) - 1
    low = np.minimum((below <= TAIL * total).sum(axis=0), last)
    high = np.minimum((below < (1 - TAIL) * total).sum(axis=0), last)
    ordered = np.take_along_axis(numbers, order, axis=0)
    return ordered[low, np.arange(len(low))], ordered[high, np.arange(len(high))]


def _without_lone(numbers, weights, low, high, rounding):
    """Percentiles (f,) of few numbers (n, f) without one on either side that stands alone; of others as they are."""
    numbers, weights = numbers[weights > 0], weights[weights > 0]
    if len(numbers) < FEWEST or weights.sum() >= 1 / TAIL:
        return low, high
    order = np.argsort(numbers, axis=0)
    ordered, single = np.take_along_axis(numbers, order, axis=0), weights[order] <= 1  # equal samples come as one
    inner_low, inner_high = ordered[1], ordered[-2]
    span = inner_high - inner_low
    varies = span > rounding * np.maximum(abs(ordered[0]), abs(ordered[-1]))
    lone_low = varies & single[0] & (low < inner_low - ALONE * span)
    lone_high = varies & single[-1] & (high > inner_high + ALONE * span)
    return np.where(lone_low, inner_low, low), np.where(lone_high, inner_high, high)


def _with_bursts(low, high, span, least, largest):
    """The percentiles (f,), those of extremes (n, f) of samples in channels where many of these are far out."""
    far = (least < low - FAR * span) | (largest > high + FAR * span)
    many = far.sum(axis=0) >= max(MANY, SHARE * len(least))
    lowest, highest = np.quantile(least, TAIL, axis=0), np.quantile(largest, 1 - TAIL, axis=0)
    return np.where(many, lowest, low), np.where(many, highest, high)


def _are_one_hot(numbers, weights, mean, deviation, lowest, highest):
    """Which channels (f,) are one-hot columns, if there are many: of two values, as many upper ones in each timestep.

    No variance is above (mean - lowest) (highest - mean), and it is less wherever there are values between. ``numbers``
    are some steps (n_steps, f), those whose ``weights`` (n_steps,) are not 0 count.
    """
    two = (lowest < highest) & (np.square(deviation) >= (1 - ROUNDED) * (mean - lowest) * (highest - mean))
    if np.count_nonzero(two) < CATEGORIES:
        return np.zeros(len(two), bool)
    upper = numbers[weights > 0][:, two] == highest[two]  # (n_steps, n_two)
    n_upper = np.count_nonzero(upper, axis=1)
    counts = np.bincount(n_upper)
    usual = 1 + np.argmax(counts[1:]) if len(counts) > 1 else 0
    if not usual or counts[usual] < USUAL * counts.sum():
        return np.zeros(len(two), bool)
    beside = np.count_nonzero(upper[n_upper != usual], axis=0)  # a flag beside them makes one more
    two[two] = 2 * beside <= np.count_nonzero(upper, axis=0)
    return two


def _moments(parts, low, high, span):
    """Mean and deviation (f,) of the values, none of them further than `REACH` spans beyond ``low`` and ``high``."""
    unit = np.where(np.isinf(span), 1.0, span)
    sums = np.zeros((3, len(low)))  # of weights, of values and of their squares
    for numbers, weights in parts:
        # From `low` on, in units of the span: large numbers of small variation keep their digits.
        numbers = (np.clip(numbers, low - REACH * span, high + REACH * span) - low) / unit  # (n_steps, f)
        sums += np.stack([np.full(len(low), weights.sum()), weights @ numbers, weights @ np.square(numbers)])
    mean, square = sums[1:] / sums[0]
    deviation = np.sqrt(np.maximum(square - np.square(mean), 0)) * unit
    return np.where(np.isfinite(mean), low + mean * unit, low), deviation
