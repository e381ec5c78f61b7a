"""The linear part of a forecast: ridge regression on the last steps of a window; a network learns what it leaves.

Linear models of the past are hard to beat, and a recurrent network takes long to learn one (Zhang, "Time series
forecasting using a hybrid ARIMA and neural network model", Neurocomputing 2003; Lai et al., "Modeling Long- and
Short-Term Temporal Patterns with Deep Neural Networks", SIGIR 2018, section 3.6). Where medians are forecast, large
errors count by their size, not by its square: an M-estimate of Huber by modified residuals, for which one factorization
serves all steps of a forecast (Huber, "Robust Statistics", 1981, section 7.8).

What it leaves of the samples that taught it is less than of others, by the share of its degrees of freedom in their
number (Golub, Heath and Wahba, "Generalized cross-validation as a method for choosing a good ridge parameter",
Technometrics 1979).
"""

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from scipy.linalg import lu_factor, lu_solve
from threadpoolctl import threadpool_limits

from skseq._data.forecasts import cautious_ridge
from skseq._data.forecasts.cautious_ridge import Caution
from skseq._data.forecasts.window_units import weights_of_seasons
from skseq._data.working_memory import some_of

MOST_INPUTS = 1000  # past steps times features
MOST_SAMPLES = 20_000  # more tell a linear model nothing new
FEW_PER_INPUT, MOST_FEW = 10, 500  # of fewer samples, caution pays; of 1,000 with as many inputs it takes 5 s
SAMPLES_PER_INPUT = 2  # of fewer the errors are too good to be true
ROUNDS = 10  # of weights by size; 30 change errors by a thousandth, but by 2 % on hourly traffic


@dataclass(frozen=True, kw_only=True, eq=False)
class Place:
    """Where a window holds the past of k targets: in ``columns`` [k], in ``deviation`` (k,) from ``mean`` (k,).

    With a ``season``, targets are differences to the last one.
    """

    columns: list
    mean: np.ndarray
    deviation: np.ndarray
    season: int | None = None

    def start(self, n_steps, horizon):
        """Weights (horizon, n_steps) of the past by which forecasts of few samples may start; None if it is too short.

        Without a season they are those of the last value. With one, they say how far `weights_of_seasons` is from the
        last season.
        """
        m, steps = self.season, np.arange(horizon)
        if m is None:
            return np.eye(n_steps)[[-1] * horizon]
        if m > n_steps:
            return None
        weights = weights_of_seasons(n_steps, m)[steps % m]
        weights[steps, n_steps - m + steps % m] -= 1
        return weights

    def from_start(self, weights, past):
        """Where forecasts start (n, h, k), in units of the targets, of windows laid flat (n, n_steps * n_features)."""
        values = past.reshape(len(past), weights.shape[1], -1)[:, :, self.columns] * self.deviation + self.mean
        return np.einsum("hp,npk->nhk", weights, values)


@dataclass(frozen=True, kw_only=True, eq=False)
class LinearPart:
    """``past`` (h, p, f, k) and ``known`` (h, c, k) coefficients, and ``intercept`` (h, k) of every step.

    It reads the last p steps of a window, and the first c numbers that are known of the step itself, as the network
    reads them. Of a season that is longer than the last steps that are read, p reaches back to its start, but only the
    step one season before the forecast has coefficients: what made the value there that the target is a difference to.
    If it was learnt of so few samples that it was held back, ``errors`` (k,) are those of samples that were
    held out; those of the samples that taught it are too good to be true. Of more samples, but not many beside its
    inputs, errors of others are about ``larger`` times those of the samples that taught it.
    """

    past: np.ndarray
    known: np.ndarray
    intercept: np.ndarray
    errors: np.ndarray | None = None
    larger: float = 1.0

    @property
    def few(self):
        """Whether it was learnt of few samples."""
        return self.errors is not None

    @classmethod
    @threadpool_limits.wrap(limits=1, user_api="blas")  # many small solves: threads wait for each other on shared cores
    def learn(cls, rows, target, samples, *, n_known=0, robust=False, place=None):
        """From some samples of rows as the network reads them, and targets (n, h, k).

        ``robust``: large errors count less, as for medians. Weights count by their ratios: beside the penalty of ridge
        they are divided by their mean, so that a common factor changes nothing. A sample of weight 2 counts for two.
        Few samples are learnt with the `Caution` that suits them, block by block in the order of the rows. ``place`` is
        where a window holds the past of the targets, a `Place`; None if the targets do not go on from there.
        """
        n_features, n_steps = rows["source"].shape[2], _n_steps(rows)
        chosen = some_of(np.sort(samples), MOST_SAMPLES)
        past, weight, target = _last(rows, chosen, n_steps), _relative(rows["weight"][chosen]), target[chosen]
        known = rows["future"][chosen][..., :n_known] if n_known else np.zeros((*target.shape[:2], 0))
        lengths = rows["target_lengths"][chosen] if "target_lengths" in rows else np.full(len(chosen), target.shape[1])
        season = _unread_season(rows, n_steps, place)
        if season:
            known = np.concatenate([known, _one_season_before(rows, chosen, season, target.shape[1])], axis=2)
        few, caution = cls.are_few(len(samples), rows, n_known), Caution()
        if few:
            weights = None if place is None else place.start(n_steps, target.shape[1])
            start = None if weights is None else place.from_start(weights, past)
            changes = place is not None and place.season is not None
            caution = _caution(past, known, target, weight, lengths, start, changes)
        if np.any(caution.start):
            target = target - np.where(caution.start, start, 0)
        coefficients, intercept = _each_step(caution.penalty, past, known, target, weight, lengths, ROUNDS * robust)
        coefficients, intercept = caution.share * coefficients, caution.share * intercept
        inputs = np.concatenate([past, known[:, _middle(lengths)]], axis=1)
        larger = 1.0 if few else _larger(inputs, weight, caution.penalty)
        n_past = n_steps * n_features
        past, beside = coefficients[:, :n_past], coefficients[:, n_past:]
        past = past.reshape(len(coefficients), n_steps, n_features, target.shape[2])
        if season:
            past, beside = _with_season(past, season, beside[:, n_known:]), beside[:, :n_known]
        if np.any(caution.start):
            own = np.where(caution.start, place.deviation, 0)
            past[:, :, place.columns, np.arange(target.shape[2])] += weights[:, :, None] * own
            intercept = intercept + np.where(caution.start, weights.sum(axis=1)[:, None] * place.mean, 0)
        return cls(past=past, known=beside, intercept=intercept, errors=caution.errors, larger=larger)

    @staticmethod
    def are_few(n_samples, rows, n_known):
        """Whether so many samples are few to learn from, if they are like these rows."""
        return are_few(n_samples, _n_inputs(rows, n_known))

    @staticmethod
    def n_enough(rows, n_known):
        """How many samples leave errors that tell of those of others."""
        return SAMPLES_PER_INPUT * _n_inputs(rows, n_known)

    def predict(self, rows, samples=slice(None)):
        """(n, h, k) for rows as the network reads them."""
        n_future = rows["future"].shape[1] if "future" in rows else len(self.intercept)
        h = min(n_future, len(self.intercept))
        past = _last(rows, np.arange(len(rows["source"]))[samples], self.past.shape[1])  # (n, p f)
        found = np.einsum("ni,hik->nhk", past, self.past[:h].reshape(h, past.shape[1], -1)) + self.intercept[:h]
        if n_known := self.known.shape[1]:
            found += np.einsum("nhc,hck->nhk", rows["future"][samples][:, :h, :n_known], self.known[:h])
        return found


def are_few(n_samples, n_inputs):
    """Whether so many samples are few to learn a linear model of so many inputs from."""
    return n_samples < min(FEW_PER_INPUT * n_inputs, MOST_FEW)


class _Inputs(NamedTuple):
    """Inputs (n, d) of samples by ``weight``, less their ``mean``, and their ``products`` (d, d), summed by weight."""

    centred: np.ndarray
    weight: np.ndarray
    mean: np.ndarray
    products: np.ndarray

    @classmethod
    def of(cls, inputs, weight):
        mean = _mean(inputs, weight)
        centred = inputs - mean
        return cls(centred, weight, mean, centred.T @ (weight[:, None] * centred))

    def beside(self, inputs):
        """These, and others (n, c) of the same samples."""
        own = _Inputs.of(inputs, self.weight)
        across = self.centred.T @ (self.weight[:, None] * own.centred)
        return _Inputs(
            np.concatenate([self.centred, own.centred], axis=1),
            self.weight,
            np.concatenate([self.mean, own.mean]),
            np.block([[self.products, across], [across.T, own.products]]),
        )


def _each_step(penalty, past, known, target, weight, lengths, rounds):
    """Coefficients (h, n_inputs, k) and intercepts (h, k) of all steps; zeros where no sample has one."""
    n, horizon, k = target.shape
    of_all = _Inputs.of(past, weight)
    if not known.shape[2] and lengths.min() >= horizon:  # all steps have the same inputs
        coefficients, intercept = _solve(of_all, target.reshape(n, -1), penalty, rounds)
        return coefficients.reshape(-1, horizon, k).swapaxes(0, 1), intercept.reshape(horizon, k)
    coefficients, intercept = np.zeros((horizon, past.shape[1] + known.shape[2], k)), np.zeros((horizon, k))
    for h in range(horizon):
        has = lengths > h
        if (weight[has] > 0).any():
            inputs = of_all if has.all() else _Inputs.of(past[has], weight[has])
            coefficients[h], intercept[h] = _solve(inputs.beside(known[has, h]), target[has, h], penalty, rounds)
    return coefficients, intercept


def _caution(past, known, target, weight, lengths, start, changes):
    """The `Caution` that suits samples as they are in `LinearPart.learn`: of all steps, if these have the same inputs.

    Else of the middle one of those that all samples have.
    """
    horizon = target.shape[1]
    step = slice(None)
    if known.shape[2] or lengths.min() < horizon:
        middle = _middle(lengths)
        step = slice(middle, middle + 1)
    inputs, own = np.concatenate([past, known[:, step][:, 0]], axis=1), target[:, step]
    start = None if start is None else start[:, step]
    return cautious_ridge.chosen(inputs, own, weight, n_apart=horizon, start=start, changes=changes)


def _middle(lengths):
    """The middle one of the steps that all samples have."""
    return (lengths.min() - 1) // 2


def _larger(inputs, weight, penalty):
    """n / (n - degrees of freedom): how many times as large errors of samples are that ridge has not seen."""
    n = np.count_nonzero(weight)
    if not 0 < n < FEW_PER_INPUT * inputs.shape[1]:
        return 1.0
    centred = np.sqrt(weight)[:, None] * (inputs - np.average(inputs, axis=0, weights=weight))
    squares = np.maximum(np.linalg.eigvalsh(centred.T @ centred), 0)
    freedom = 1 + np.sum(squares / (squares + penalty))
    return float(n / (n - freedom)) if freedom < n else 1.0


def _solve(inputs, target, penalty, rounds):
    """Coefficients (n_inputs, m) and intercept (m,) of targets (n, m), each by itself, as `_ridge` gives them.

    ``penalty`` is one for all targets, or one for each, which are repeated for several steps.
    """
    coefficients, intercept = np.zeros((len(inputs.mean), target.shape[1])), np.zeros(target.shape[1])
    penalties = np.resize(penalty, target.shape[1])
    for own in np.unique(penalties):
        which = penalties == own
        coefficients[:, which], intercept[which] = _ridge(inputs, target[:, which], own, rounds)
    return coefficients, intercept


def _ridge(inputs, target, penalty, rounds):
    """A ridge regression, and from there ``rounds`` towards one of which errors beyond the median count by their size.

    A round moves by the ridge regression of what is left, each error times the weight that its size gives it.
    """
    level, by = _mean(target, inputs.weight), inputs.weight[:, None]
    factor = lu_factor(inputs.products + penalty * np.eye(len(inputs.mean)))
    coefficients = lu_solve(factor, inputs.centred.T @ (by * (target - level)))
    for _ in range(rounds):
        errors = target - level - inputs.centred @ coefficients
        errors *= _weights_by_size(np.abs(errors), inputs.weight)
        level = level + _mean(errors, inputs.weight)
        coefficients = coefficients + lu_solve(factor, inputs.centred.T @ (by * errors) - penalty * coefficients)
    return coefficients, level - inputs.mean @ coefficients


def _mean(values, weight):
    return np.average(values, axis=0, weights=weight)


def _relative(weight):
    """Weights (n,), float64, whose mean over samples that have any is 1, as that of samples without weights is."""
    weight = weight.astype(np.float64)
    return weight / np.mean(weight, where=weight > 0)


def _weights_by_size(errors, weight):
    """Less for errors (n, k) beyond the median, where samples count by weight. The mean is 1: ridge has a penalty."""
    typical = np.quantile(errors, 0.5, axis=0, weights=weight, method="inverted_cdf")
    less = np.divide(typical, errors, where=errors > typical, out=np.ones_like(errors))
    return less / np.average(less, axis=0, weights=weight)


def _n_inputs(rows, n_known):
    return _n_steps(rows) * rows["source"].shape[2] + n_known


def _n_steps(rows):
    """How many last steps of a window are read: as many as the shortest has, since all are forecast."""
    return int(min(_lengths(rows, slice(None)).min(), max(1, MOST_INPUTS // rows["source"].shape[2])))


def _lengths(rows, samples):
    return rows["source_lengths"][samples] if "source_lengths" in rows else np.array([rows["source"].shape[1]])


def _unread_season(rows, n_steps, place):
    """The season of targets if it is in all windows, but reaches back beyond the last ``n_steps``; else 0."""
    season = (place and place.season) or 0
    return season if n_steps < season <= _lengths(rows, slice(None)).min() else 0


def _one_season_before(rows, samples, season, horizon):
    """The steps (n, horizon, f) of windows that targets are the differences to, float64."""
    steps = _last(rows, samples, season).reshape(len(samples), season, -1)
    return steps[:, np.arange(horizon) % season]


def _with_season(past, season, coefficients):
    """Coefficients (h, season, f, k) of the last steps (h, p, f, k), and of those one season before (h, f, k)."""
    steps = np.arange(len(past))
    joined = np.pad(past, [(0, 0), (season - past.shape[1], 0), (0, 0), (0, 0)])
    joined[steps, steps % season] += coefficients
    return joined


def _last(rows, samples, n_steps):
    """The last steps (n, n_steps * f) of some windows, float64."""
    source = np.asarray(rows["source"][samples], np.float64)
    ends = np.broadcast_to(_lengths(rows, samples), len(source))
    places = np.maximum(0, ends[:, None] - n_steps + np.arange(n_steps))  # before a shorter window: its first step
    return source[np.arange(len(source))[:, None], places].reshape(len(source), -1)
