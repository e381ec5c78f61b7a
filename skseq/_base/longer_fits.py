"""Whether a network beside a linear model is worth more epochs than the few that windows with noise allow.

Of most series a linear model takes what there is to know, and a network soon learns the noise that is left by heart. Of
others, such as what a machine or an equation makes, there is hardly any noise, and the few epochs end long before the
network has learnt them. Where windows follow a rule, what follows on one is near to what followed on its nearest
neighbours [1]_. If these tell, a trial on the earlier windows decides (docs/figures.md).

References
----------
.. [1] Sugihara and May, "Nonlinear forecasting as a way of distinguishing chaos from measurement error in time series",
   Nature 1990.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass, replace

import numpy as np
from sklearn.neighbors import KNeighborsRegressor

from skseq._base.decisions import tell_longer_trial
from skseq._base.noise import smoothed

FEWEST_EARLIER = 90  # windows: a tenth of 100, held out, still tells something
MOST_EARLIER, MOST_LATER = 1_000, 250  # windows that are looked at
N_NEIGHBORS = 4
TELLING = 0.75  # of the errors of a linear model: with a rule 0.2 to 0.5 were left, and 0.8 to 1.6 with noise
EXACT = 0.01  # of what targets differ by: errors of a linear model that leaves nothing to learn but its penalty
PATIENCE = 20  # epochs without a better loss that end a trial
TIMES = 1.5  # as many epochs as until the least loss, since all windows are more than those of the trial


@dataclass(frozen=True, kw_only=True, eq=False)
class Windows:
    """Windows (n, d), their targets (n, m), and what a linear model leaves of these, NaN where there are none."""

    read: np.ndarray
    targets: np.ndarray
    left: np.ndarray


def neighbours_tell(earlier, later):
    """Whether neighbours among earlier `Windows` take away enough of what a linear model leaves of later ones."""
    linear = np.nanmean(np.abs(later.left))
    usual = np.nanmean(np.abs(later.targets - np.nanmean(later.targets, axis=0)))
    if len(earlier.read) < N_NEIGHBORS or linear <= EXACT * usual:
        return False
    neighbours = KNeighborsRegressor(N_NEIGHBORS, weights="distance").fit(earlier.read, np.nan_to_num(earlier.left))
    errors = later.left - neighbours.predict(later.read).reshape(later.left.shape)
    return np.nanmean(np.abs(errors)) < TELLING * linear


def epochs_worth_having(losses):
    """How many epochs all windows are worth, from the losses of later windows in a trial on the earlier ones."""
    return round(TIMES * (int(np.argmin(smoothed(losses))) + 1))


def some_of(indices, most):
    """At most so many of the indices, evenly."""
    return indices[np.linspace(0, len(indices) - 1, min(len(indices), most)).astype(int)]


class LongerFitsMixin:
    """Fits of few epochs that have many where a trial shows that these pay (`Job.longer`).

    What derives from it has `_left_by_linear` and `_is_better`.
    """

    def _learn(self, learnt, examples, validation, job):
        parts = self._parts_of_trial(learnt, examples, job) if validation is None else None
        if parts is None:
            return super()._learn(learnt, examples, validation, job)
        trial = copy(self)
        result = trial._try(learnt, *map(examples.take, parts), job)
        if result.interrupted:  # and so is the fit, which keeps what was learnt
            if job.checkpoint is not None:
                job.checkpoint.interrupted = True  # of an earlier time: its files stay
            vars(self).update(vars(trial))
            job.rest(self)
            return result
        if result.diverged is None and trial._is_better(examples.take(some_of(parts[1], MOST_LATER))):
            most = replace(job, auto=job.longer).of(len(parts[0])).epochs
            job = replace(job, epochs=min(most, epochs_worth_having(result.history["val_loss"])), stops=False)
        return super()._learn(learnt, examples, None, job)

    def _parts_of_trial(self, learnt, examples, job):
        """Indices of the earlier and the last examples where a trial may show that more epochs pay, or None."""
        if not self._may_be_longer(job):
            return None
        parts = examples.apart(self.validation_fraction, learnt.targets.horizon)
        if parts is None or len(parts[0]) < FEWEST_EARLIER:
            return None
        some = (examples.take(some_of(own, most)) for own, most in zip(parts, (MOST_EARLIER, MOST_LATER)))
        return parts if neighbours_tell(*self._left_by_linear(learnt, *some)) else None

    def _try(self, learnt, earlier, later, job):
        """A longer fit of the earlier windows, which ends if it gets no better for the later ones; its `FitResult`."""
        longer = replace(job, auto=job.longer, n_runs=1, checkpoint=None, rest=None, trial=True)
        n_epochs = longer.of(len(earlier.sequences)).epochs
        tell_longer_trial(type(self).__name__, n_epochs, len(later.sequences), int(self.verbose))
        return super()._learn(learnt, earlier, later, replace(longer, stops=True, patience=PATIENCE))

    def _may_be_longer(self, job):
        """Whether a fit may have a trial."""
        auto = job.longer is not None and self.epochs == "auto" and self.early_stopping == "auto"
        watched = self.callbacks or job.told is not None  # these are to see one fit
        goes_on = job.incremental or job.goes_on or job.tried is not None
        return auto and not (watched or goes_on)
