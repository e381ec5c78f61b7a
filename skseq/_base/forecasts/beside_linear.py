"""A forecaster whose network learns what a linear model of windows leaves: when, of which samples, and for how long.

See `LinearPart`.
"""

from dataclasses import replace
from functools import partial

import numpy as np

from skseq._base.fits.job import AUTO_EPOCHS
from skseq._data.forecasts.linear_part import LinearPart, Place
from skseq._data.scaling import Scale
from skseq._data.sequences import Sequences
from skseq._losses import LOSSES

UPDATES, SAMPLES_PER_EPOCH, LIMITS = 500, 50, (5, 100)  # beside a linear model: what that leaves is soon learnt
CAUTION = 0.1  # times the learning rate beside a linear model of few windows of series: it leaves mostly noise
MOST_READ = 100  # times that a step of a series is a target then: windows of one series share their steps


def _beside_linear(n_samples, horizon, few):
    """`Job.auto` beside a linear model, for so many samples, whose steps are in ``horizon`` of them each.

    ``few``: of samples that are few for a linear model, a network learns noise from the first epochs on.
    """
    least, limit = LIMITS
    most = np.clip(n_samples // SAMPLES_PER_EPOCH, 1 if few else least, limit)  # a few samples are learnt by heart
    return UPDATES, 1, int(max(1, min(most, MOST_READ // horizon)))


def _of_counts(scale):
    """The scale that divides counts by their mean alone; where all are 0, the next fit may know one."""
    varies = scale.mean > 0
    deviation = np.where(varies, scale.mean, 1.0)
    return Scale(mean=np.zeros(len(varies)), deviation=deviation, constant=~varies, n_samples=scale.n_samples)


def _joined_counts(known, scale):
    """The scale of counts ``known`` so far, and of those that have another `Scale`."""
    if not known.joins(scale):
        return known.joined(_of_counts(scale))
    return _of_counts(replace(known, mean=np.where(known.constant, 0.0, known.deviation)).joined(scale))


class BesideLinearMixin:
    """A `ForecastingEstimator` with a linear model beside its network."""

    def _wants_linear(self, learnt):
        return self._may_have_linear and (self.linear != "auto" or learnt.scaling.columns is not None)

    @property
    def _may_have_linear(self):
        """Whether the parameters ask for a linear model, or leave it to what X holds."""
        if self.linear != "auto":
            return self.linear
        return self.decoder == "direct" and not LOSSES[self.loss].of_counts

    def _job_beside_linear(self, learnt, examples, job):
        """The job with the epochs that a network has beside a linear model, and caution beside one of few windows."""
        n_samples, n_given = len(examples.sequences), learnt.n_future + learnt.n_static
        of_series = examples.groups is not None
        few = LinearPart.are_few(n_samples, examples.sequences.rows, n_given)
        horizon = learnt.targets.horizon if of_series else 1
        caution = CAUTION if few and of_series and job.epochs == "auto" else 1.0
        return replace(job, auto=_beside_linear(n_samples, horizon, few), longer=AUTO_EPOCHS, caution=caution)

    def _with_linear(self, learnt, data):
        """`Learnt` with the `LinearPart` of settled rows, if there is to be one."""
        learnt = replace(learnt, wants_linear=self._wants_linear(learnt))
        if not (learnt.wants_linear and learnt.linear_pays):
            return learnt
        rows, near = data.rows | learnt.read_source(data.rows), self._for_linear(data.rows["target"], data, learnt)
        given = learnt.n_future + learnt.n_static  # beyond the sizes and places in fit a line would lead astray
        robust, place = LOSSES[self.loss].is_robust, self._place_of_targets(learnt)
        learn = partial(LinearPart.learn, rows, near, n_known=given, robust=robust, place=place)
        chosen, least = self._moving(learnt, data), self._fewest(learnt, data)
        linear = learn(samples=chosen) if len(chosen) >= least else None
        if linear is not None and not learnt.few_are_enough:
            linear = replace(linear, larger=1.0)  # the network goes on to learn of samples that are new to it
        return replace(learnt, linear=linear)

    def _place_of_targets(self, learnt):
        """The `Place` of the past of y in a window, where forecasts go on from it; None elsewhere."""
        columns, scale = learnt.scaling.columns, learnt.source.scale
        if columns is None:
            return None
        place = {"mean": scale.mean[columns], "deviation": scale.deviation[columns]}
        return Place(columns=columns, season=learnt.scaling.season, **place)

    def _target_scale(self, learnt, data):
        """`Scale` of what the network is to write: the targets of settled rows, less the linear part."""
        known, target, lengths = learnt.targets.scale, data.rows["target"], data.rows.get("target_lengths")
        if known is not None and known.is_settled:
            return known
        if learnt.linear is not None:
            target = target - learnt.linear.predict(data.rows | learnt.read_source(data.rows))
        if learnt.targets.counts:
            scale = self._scale(self.scale_targets, data, target, lengths)
            return _of_counts(scale) if known is None else _joined_counts(known, scale)
        if known is not None or learnt.linear is None or not learnt.linear.few or not self.scale_targets:
            return self._scale(self.scale_targets, data, target, lengths, known=known)
        moving = replace(data, samples=self._moving(learnt, data))  # those that taught the linear model
        return self._scale(True, moving, target, lengths).of_errors(learnt.linear.errors)

    def _moving(self, learnt, data):
        """The samples whose windows ever move, if they may teach a linear model: still ones say little. Else all."""
        moving = data.samples[learnt.moved(data.rows)[data.samples].any(axis=1)]
        return moving if len(moving) >= self._fewest(learnt, data) else data.samples

    def _fewest(self, learnt, data):
        """How many samples may teach a linear model."""
        return 1 if learnt.few_are_enough else LinearPart.n_enough(data.rows, learnt.n_future + learnt.n_static)

    def _for_linear(self, target, data, learnt):
        """Targets (n, h, k) for a linear model, whose squared errors a single one that is far out would decide.

        Outliers are cut as in training, and windows that never moved get the target 0.
        """
        scale = self._scale(True, data, target, data.rows.get("target_lengths"))
        near = scale.undo(scale.apply(Sequences(values=target), "float64", "y", training=True).values)
        return np.where(learnt.moved(data.rows)[:, None], near, 0.0)
