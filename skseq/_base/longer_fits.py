"""Whether a network beside a linear model is worth more epochs than the few that windows with noise allow.

Of most series a linear model takes what there is to know, and a network soon learns the noise that is left by heart. Of
others, such as what a machine or an equation makes, there is hardly any noise, and the few epochs end long before the
network has learnt them. The first fit shows which of them it may be, and a trial on the earlier windows decides
(docs/figures.md).
"""

from __future__ import annotations

from copy import copy
from dataclasses import replace

import numpy as np

from skseq._base.decisions import tell_longer_trial
from skseq._base.noise import smoothed

FEWEST_WINDOWS = 100  # of which a tenth, held out, still tells something
FEW_WINDOWS = 300  # of fewer, the first fit has too few updates to show anything
LEFT = 0.75  # of the errors of the linear model: what noise there is in most series leaves more
BETTER = 0.75  # times what the few epochs leave of windows held out, of which a tenth may be better by chance
PATIENCE = 20  # epochs without a better loss that end a trial
TIMES = 1.5  # as many epochs as until the least loss, since all windows are more than those of the trial


def is_promising(n_windows, left):
    """Whether a first fit on so many windows leaves room for more; ``left`` of the errors of the linear model.

    It is infinite if that model has none.
    """
    return n_windows >= FEWEST_WINDOWS and left < (np.inf if n_windows < FEW_WINDOWS else LEFT)


def epochs_worth_having(first_left, longer_left, losses):
    """How many epochs a fit may have that is longer than the first, or None if it is no better.

    Both trained on the earlier windows, and for later ones both have ``left`` so much of the errors of the linear
    model. ``losses`` are those of the longer one for the later windows, epoch by epoch.
    """
    if not longer_left < BETTER * first_left:
        return None
    return round(TIMES * (int(np.argmin(smoothed(losses))) + 1))


class LongerFitsMixin:
    """Fits of few epochs that are made once more, of many, where a trial shows that these pay (`Job.longer`).

    What derives from it has `_left`: what forecasts of examples are wrong by over what simple ones are.
    """

    def _learn(self, learnt, examples, validation, job):
        if validation is not None or not self._may_be_longer(len(examples.sequences), job):
            return self._train_on(learnt, examples, validation, job)
        from skseq.nn.training.interrupts import accept_interrupt

        first = copy(self)
        result = first._train_on(learnt, examples, None, replace(job, checkpoint=None))
        ended, longer = result.interrupted or result.diverged is not None, None
        try:
            if not ended:
                longer, ended = first._longer(learnt, examples, job)
            if not ended and (longer or job.checkpoint) is not None:
                return self._train_on(learnt, examples, None, replace(longer or job, again=True))
        except KeyboardInterrupt:  # before the first update of a trial or of the longer fit
            accept_interrupt()
            ended = True
        if result.diverged is None:
            result = replace(result, interrupted=ended)
        if job.checkpoint is not None:
            job.checkpoint.interrupted = result.interrupted  # of an earlier time: its files stay
        self._become(first)
        return result

    def _become(self, other):
        """Have the attributes of another estimator, and no more."""
        for name in vars(self).keys() - vars(other).keys():
            delattr(self, name)
        vars(self).update(vars(other))

    def _train_on(self, learnt, examples, validation, job):
        """Train, and keep what comes of it."""
        return super()._learn(learnt, examples, validation, job)

    def _may_be_longer(self, n_samples, job):
        """Whether there may be a trial."""
        auto = job.longer is not None and self.epochs == "auto" and self.early_stopping == "auto"
        watched = self.callbacks or job.told is not None  # these are to see one fit
        goes_on = job.incremental or job.goes_on or job.tried is not None
        return auto and not (watched or goes_on) and n_samples >= FEWEST_WINDOWS

    def _longer(self, learnt, examples, job):
        """The `Job` of a longer fit, or None unless a trial on the earlier windows shows that it pays after this one.

        And whether an interrupt has ended the trial.
        """
        n_samples, parts = len(examples.sequences), examples.apart(self.validation_fraction, learnt.targets.horizon)
        if parts is None or not is_promising(n_samples, self._left(examples)):
            return None, False
        longer = replace(job, auto=job.longer, stops=False)
        most = longer.of(n_samples).epochs
        tell_longer_trial(type(self).__name__, most, len(parts[1].sequences), int(self.verbose))
        few, many = copy(self), copy(self)
        for model, its in ((few, replace(job, stops=False)), (many, replace(longer, stops=True, patience=PATIENCE))):
            trial = replace(its, n_runs=1, checkpoint=None, rest=None, again=True)
            result = model._train_on(learnt, *parts, trial)
            if result.interrupted or result.diverged is not None:
                return None, result.interrupted
        worth = epochs_worth_having(few._left(parts[1]), many._left(parts[1]), many.history_["val_loss"])
        return None if worth is None else replace(longer, epochs=min(worth, most)), False
