"""The linear part of a forecast: ridge regression on the last steps of a window; a network learns what it leaves.

Linear models of the past are hard to beat, and a recurrent network takes long to learn one (Zhang, "Time series
forecasting using a hybrid ARIMA and neural network model", Neurocomputing 2003; Lai et al., "Modeling Long- and
Short-Term Temporal Patterns with Deep Neural Networks", SIGIR 2018, section 3.6). Where medians are forecast, large
errors count by their size, not by its square: an M-estimate of Huber by iteratively reweighted least squares (Holland
and Welsch, "Robust regression using iteratively reweighted least-squares", Communications in Statistics 1977).
"""

from dataclasses import dataclass

import numpy as np
from sklearn.linear_model import Ridge
from threadpoolctl import threadpool_limits

MOST_INPUTS = 1000  # past steps times features
MOST_SAMPLES = 20_000  # more tell a linear model nothing new
SAMPLES_PER_INPUT = 2  # fewer would be fitted too well for the network to see an error
ROUNDS = 3  # of weights by size; more change forecasts by a thousandth
MOST_WORK = 5e9  # in a round of one step, samples times squared inputs: of wide windows a part has to do


@dataclass(frozen=True, kw_only=True, eq=False)
class LinearPart:
    """``past`` (h, p, f, k) and ``known`` (h, c, k) coefficients, and ``intercept`` (h, k) of every step.

    It reads the last p steps of a window, and the first c numbers that are known of the step itself, as the network
    reads them.
    """

    past: np.ndarray
    known: np.ndarray
    intercept: np.ndarray

    @classmethod
    @threadpool_limits.wrap(limits=1, user_api="blas")  # many small solves: threads wait for each other on shared cores
    def learn(cls, rows, target, samples, *, n_known=0, robust=False):
        """From some samples of rows as the network reads them, and targets (n, h, k); None if there are too few.

        ``robust``: large errors count less, as for medians. Weights count by their ratios: beside the penalty of ridge
        they are divided by their mean, so that a common factor changes nothing. A sample of weight 2 counts for two.
        """
        n_features, n_steps = rows["source"].shape[2], _n_steps(rows)
        known = rows["future"][..., :n_known] if n_known else np.zeros((*target.shape[:2], 0))
        if not cls.is_enough(len(samples), rows, n_known):
            return None
        chosen = samples[np.linspace(0, len(samples) - 1, min(len(samples), MOST_SAMPLES)).astype(int)]
        past, weight = _last(rows, chosen, n_steps), _relative(rows["weight"][chosen])
        lengths = rows["target_lengths"][chosen] if "target_lengths" in rows else np.full(len(chosen), target.shape[1])
        together = None
        if not n_known and lengths.min() >= target.shape[1]:  # all steps have the same inputs
            together = _solve(past, target[chosen].reshape(len(chosen), -1), weight)
        found = []
        for h in range(target.shape[1]):
            if together is not None and not robust:
                found.append(_of_step(together, h, target.shape[2]))
                continue
            has = lengths > h
            inputs, own = np.concatenate([past[has], known[chosen, h][has]], axis=1), target[chosen, h][has]
            solved = _solve(inputs, own, weight[has]) if together is None else _of_step(together, h, target.shape[2])
            found.append(_reweighted(inputs, own, weight[has], solved) if robust else solved)
        coefficients, intercepts = (np.stack(part) for part in zip(*found))  # (h, n_inputs, k), (h, k)
        n_past = n_steps * n_features
        shape = (len(found), n_steps, n_features, target.shape[2])
        return cls(past=coefficients[:, :n_past].reshape(shape), known=coefficients[:, n_past:], intercept=intercepts)

    @staticmethod
    def is_enough(n_samples, rows, n_known):
        """Whether so many samples are enough to learn from, if they are like these rows."""
        return n_samples >= SAMPLES_PER_INPUT * (_n_steps(rows) * rows["source"].shape[2] + n_known)

    def predict(self, rows, samples=slice(None)):
        """(n, h, k) for rows as the network reads them."""
        n_future = rows["future"].shape[1] if "future" in rows else len(self.intercept)
        h = min(n_future, len(self.intercept))
        past = _last(rows, np.arange(len(rows["source"]))[samples], self.past.shape[1])  # (n, p f)
        found = np.einsum("ni,hik->nhk", past, self.past[:h].reshape(h, past.shape[1], -1)) + self.intercept[:h]
        if n_known := self.known.shape[1]:
            found += np.einsum("nhc,hck->nhk", rows["future"][samples][:, :h, :n_known], self.known[:h])
        return found


def _solve(inputs, target, weight):
    """Coefficients (n_inputs, k) and intercept (k,) of one step; zeros if no sample has it."""
    if not len(target):
        return np.zeros((inputs.shape[1], target.shape[1])), np.zeros(target.shape[1])
    ridge = Ridge().fit(inputs, target, sample_weight=weight)
    return np.atleast_2d(ridge.coef_).T, np.atleast_1d(ridge.intercept_)


def _relative(weight):
    """Weights (n,), float64, whose mean over samples that have any is 1, as that of samples without weights is."""
    weight = weight.astype(np.float64)
    return weight / np.mean(weight, where=weight > 0)


def _of_step(solved, h, n_targets):
    """What was solved for one of many steps side by side."""
    return tuple(part[..., h * n_targets : (h + 1) * n_targets] for part in solved)


def _reweighted(inputs, target, weight, solved):
    """What is ``solved`` with the weight of an error beyond the median one divided by how far beyond it is."""
    most = max(SAMPLES_PER_INPUT * inputs.shape[1], int(MOST_WORK / max(1, inputs.shape[1]) ** 2))
    if len(inputs) > most:
        some = np.linspace(0, len(inputs) - 1, most).astype(int)
        inputs, target, weight = inputs[some], target[some], weight[some]
    for _ in range(ROUNDS if (weight > 0).any() else 0):
        coefficients, intercept = solved
        less = _weights_by_size(np.abs(target - inputs @ coefficients - intercept), weight)
        each = [_solve(inputs, own[:, None], weight * by) for own, by in zip(target.T, less.T)]
        solved = tuple(np.concatenate(part, axis=-1) for part in zip(*each))
    return solved


def _weights_by_size(errors, weight):
    """Less for errors (n, k) beyond the median, where samples count by weight. The mean is 1: ridge has a penalty."""
    typical = np.quantile(errors, 0.5, axis=0, weights=weight, method="inverted_cdf")
    less = np.divide(typical, errors, where=errors > typical, out=np.ones_like(errors))
    return less / np.average(less, axis=0, weights=weight)


def _n_steps(rows):
    """How many last steps of a window are read: as many as the shortest has, since all are forecast."""
    return int(min(_lengths(rows, slice(None)).min(), max(1, MOST_INPUTS // rows["source"].shape[2])))


def _lengths(rows, samples):
    return rows["source_lengths"][samples] if "source_lengths" in rows else np.array([rows["source"].shape[1]])


def _last(rows, samples, n_steps):
    """The last steps (n, n_steps * f) of some windows, float64."""
    source = np.asarray(rows["source"][samples], np.float64)
    ends = np.broadcast_to(_lengths(rows, samples), len(source))
    places = ends[:, None] - n_steps + np.arange(n_steps)
    return source[np.arange(len(source))[:, None], places].reshape(len(source), -1)
