"""Whether a network beside a linear model is worth more epochs than the few that windows with noise allow.

Of most series a linear model takes what there is to know, and a network soon learns the noise that is left by heart. Of
others, such as what a machine or an equation makes, there is hardly any noise, and the few epochs end long before the
network has learnt them. Where windows follow a rule, what follows on one is near to what followed on its nearest
neighbours [1]_. If these tell, a trial on the earlier windows decides (docs/figures/forecast_defaults.md).

Of few samples without ``groups``, most of which are series of their own, neighbours are too far away to tell, and a
trial takes a second or two: it decides alone. A linear model of few samples leaves less of them than of others, so
there is a second trial without it.

References
----------
.. [1] Sugihara and May, "Nonlinear forecasting as a way of distinguishing chaos from measurement error in time series",
   Nature 1990.
"""

from __future__ import annotations

from copy import copy, deepcopy
from dataclasses import dataclass, replace
from operator import attrgetter

import numpy as np
from sklearn.linear_model import Ridge
from sklearn.neighbors import KNeighborsRegressor
from sklearn.preprocessing import StandardScaler

from skseq._base.fits.decisions import tell_longer_trial
from skseq._base.fits.noise import smoothed
from skseq._data.working_memory import some_of

FEWEST_EARLIER = 90  # windows: a tenth of 100, held out, still tells something
MOST_LOOKED_AT = 1_000, 250  # earlier and later windows
N_NEIGHBORS = 4
TELLING = 0.65  # of the errors of a linear model: with a rule 0.2 to 0.5 were left, and 0.7 to 1.6 with noise
FAR = 1e6  # deviations
BETTER = 0.75  # of them: what a trial must leave at most
EXACT = 0.01  # of what targets differ by: errors of a linear model that leaves nothing to learn but its penalty
ROUNDING = 1e-9  # times the largest target: all that a linear model leaves of constants
PATIENCE = 20  # epochs without a better loss that end a trial
TIMES = 1.5  # as many epochs as until the least loss, since all windows are more than those of the trial


@dataclass(frozen=True, kw_only=True, eq=False)
class TrialWindows:
    """Windows (n, d), their sizes and places (n, c), and their targets (n, h, k), NaN where there are none.

    The first ``n_past`` numbers of a window are its past, the others known beforehand; None: all are past.
    """

    read: np.ndarray
    sizes: np.ndarray
    targets: np.ndarray
    n_past: int | None = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Tried:
    """The ``share`` of errors that a trial leaves, what it began with, and (the estimator, its `FitResult`)."""

    share: float
    learnt: object
    trained: tuple

    @property
    def interrupted(self):
        """Whether it ended before it could be judged."""
        return self.trained[1].interrupted

    @property
    def n_epochs(self):
        """How many epochs all windows are worth."""
        return epochs_worth_having(self.trained[1].history["val_loss"])


def left_if_a_rule(earlier, later):
    """What a linear model of earlier `TrialWindows` leaves of each target of later ones (k,), or None.

    None unless neighbours leave far less; NaN where it leaves nothing. Which windows are near depends on their sizes,
    too; a line would lead astray there. Neighbours and line may know all that there is, or the past alone: among
    numbers that say little, none is near.
    """
    if min(len(earlier.read), len(later.read)) < N_NEIGHBORS:  # such as those of a series that stands still in the end
        return None
    read = scaled_by_earlier(earlier.read, later.read)
    sizes = scaled_by_earlier(earlier.sizes, later.sizes)
    if not all(np.isfinite(numbers).all() for numbers in (*read, *sizes)):
        return None
    target = np.nan_to_num(earlier.targets).reshape(len(earlier.targets), -1)  # (n, h k)
    usual = mean_errors(later.targets, target.mean(axis=0))
    differ = usual > _rounding(later.targets)
    left = []
    for n in dict.fromkeys([None, earlier.n_past]):
        of_line, nearer = _left(*(numbers[:, :n] for numbers in read), *sizes, target, later.targets)
        left.append(of_line)
        has_rest = (of_line > EXACT * usual) & differ
        if np.sum(nearer[has_rest] / usual[has_rest]) < TELLING * np.sum(of_line[has_rest] / usual[has_rest]):
            return np.where((left[0] > EXACT * usual) & differ, left[0], np.nan)
    return None


def _left(past, asked, sizes, others, target, truth):
    """Mean absolute errors (k,) of a linear model, and of it and neighbours, which forecast the truth (n, h, k)."""
    model = Ridge()
    forecast = model.fit(past, target).predict(asked).reshape(len(asked), -1)
    rest = target - model.predict(past).reshape(target.shape)
    neighbours = KNeighborsRegressor(N_NEIGHBORS, weights="distance").fit(np.concatenate([past, sizes], axis=1), rest)
    nearer = forecast + neighbours.predict(np.concatenate([asked, others], axis=1)).reshape(forecast.shape)
    return mean_errors(truth, forecast), mean_errors(truth, nearer)


def scaled_by_earlier(earlier, later):
    """Both (n, d) by the means and deviations of the earlier ones, up to `FAR`: larger squares no float may hold."""
    if not earlier.size:
        return earlier, later
    with np.errstate(over="ignore", invalid="ignore"):
        scaler = StandardScaler().fit(earlier)
        return tuple(np.clip(scaler.transform(x), -FAR, FAR) for x in (earlier, later))


def mean_errors(targets, forecast):
    """Mean absolute errors (k,) of a forecast of targets (n, h, k), where these are known; NaN where none is."""
    errors = np.abs(targets - np.reshape(forecast, (-1, *targets.shape[1:])))
    known = np.isfinite(errors)
    n_known, total = known.sum(axis=(0, 1)), np.sum(errors, axis=(0, 1), where=known)
    return np.divide(total, n_known, out=np.full(len(total), np.nan), where=n_known > 0)


def errors_to_gain(targets, forecast):
    """As `mean_errors`, but NaN where the forecast leaves next to nothing of what targets differ by."""
    left = mean_errors(targets, forecast)
    known = np.where(np.isfinite(targets), targets, 0)
    middle = known.sum(axis=(0, 1)) / np.maximum(1, np.isfinite(targets).sum(axis=(0, 1)))
    usual = mean_errors(targets, np.broadcast_to(middle, targets.shape))
    return np.where(left > np.maximum(EXACT * usual, _rounding(targets)), left, np.nan)


def _rounding(targets):
    """Errors (k,) of targets (n, h, k) that are none."""
    return ROUNDING * np.abs(np.nan_to_num(targets)).max(axis=(0, 1))


def share_left(errors, left):
    """The mean over targets of errors (k,) over what was left (k,); 1 if nothing was."""
    had = left > 0
    return float(np.mean(errors[had] / left[had])) if had.any() else 1.0


def epochs_worth_having(losses):
    """How many epochs all windows are worth, from the losses of later windows in a trial on the earlier ones."""
    return round(TIMES * (int(np.argmin(smoothed(losses))) + 1))


class LongerFitsMixin:
    """Fits of few epochs that have many where a trial shows that these pay (`Job.longer`).

    What derives from it has `_left_if_a_rule`, as `left_if_a_rule` of earlier and later examples, and `_mean_errors` of
    examples; `_are_few` says whether a trial decides alone, `_candidates` with what, and `_errors_of_linear` what there
    is to gain.
    """

    def _learn(self, learnt, examples, validation, job):
        parts = self._parts_of_trial(learnt, examples, job) if validation is None else None
        tried = [] if parts is None else self._tried(learnt, examples, parts, job)
        if tried and tried[-1].interrupted:  # so is the fit, which keeps what was learnt by the first of the trials
            return self._become(*tried[0].trained, job)
        if tried:
            best = min(tried, key=attrgetter("share"))
            few, most = (its.of(len(parts[0])).epochs for its in (job, replace(job, auto=job.longer)))
            n_epochs = max(few, min(most, best.n_epochs))
            learnt, job = best.learnt, replace(job, epochs=n_epochs, stops=False, caution=1.0)
        return super()._learn(learnt, examples, validation, job)

    def _tried(self, learnt, examples, parts, job):
        """The trials up to the first that does not pay, or up to one that was interrupted, which is the last one."""
        earlier, later = (examples.take(some_of(own, most)) for own, most in zip(parts, MOST_LOOKED_AT))
        left, of_few = self._left_if_a_rule(learnt, earlier, later), self._are_few(learnt, examples)
        if left is None and not of_few:
            return []
        tried = []
        for candidate in self._candidates(learnt) if of_few else [learnt]:
            trial = copy(self)
            trial.random_state = deepcopy(self.random_state)  # what it draws is its own
            result = trial._try(candidate, *map(examples.take, parts), job)
            if result.interrupted:
                return [*tried, Tried(share=np.inf, learnt=candidate, trained=(trial, result))]
            if result.diverged is not None:
                break
            left = trial._errors_of_linear(later) if left is None else left
            share = share_left(trial._mean_errors(later), left)
            if not share < BETTER:
                break
            tried.append(Tried(share=share, learnt=candidate, trained=(trial, result)))
        return tried

    def _become(self, trial, result, job):
        """Be what a trial has learnt, since it was interrupted or the next one was."""
        if job.checkpoint is not None:
            job.checkpoint.interrupted = True  # of an earlier time: its files stay
        vars(self).update({**vars(trial), "random_state": self.random_state})
        job.rest(self)
        return replace(result, interrupted=True)

    def _parts_of_trial(self, learnt, examples, job):
        """Indices of the earlier and the last examples for a trial, or None if there is to be none."""
        auto = job.longer is not None and self.epochs == "auto" and self.early_stopping == "auto"
        watched = self.callbacks or job.callback_data is not None  # these are to see one fit
        if not auto or watched or not job.begins:
            return None
        parts = examples.apart(self.validation_fraction, learnt.targets.horizon)
        return None if parts is None or len(parts[0]) < FEWEST_EARLIER else parts

    def _try(self, learnt, earlier, later, job):
        """A longer fit of the earlier windows, which ends if it gets no better for the later ones; its `FitResult`."""
        longer = replace(job, auto=job.longer, caution=1.0, n_runs=1, checkpoint=None, rest=None, trial=True)
        n_epochs = longer.of(len(earlier.sequences)).epochs
        tell_longer_trial(type(self).__name__, n_epochs, len(later.sequences), int(self.verbose))
        return super()._learn(learnt, earlier, later, replace(longer, stops=True, patience=PATIENCE))
