"""How estimators train on what was read: a trial, the fit itself, and what is kept of it."""

from __future__ import annotations

from copy import copy, deepcopy
from dataclasses import replace
from functools import partial
from numbers import Integral

import numpy as np

from skseq._arguments import as_random_state
from skseq._base.diagnosis.beyond_scales import first_beyond, seen_beyond
from skseq._base.diagnosis.few_long import warn_if_few_are_long
from skseq._base.diagnosis.validation_scale import odd_place, places, warn_if_elsewhere
from skseq._base.fits.callbacks import FitTask
from skseq._base.fits.decisions import tell, tell_trial, tell_verdict
from skseq._base.fits.job import Training, n_updates, rates_of_merged, rates_of_weights
from skseq._base.fits.keras_callbacks import checked_callbacks, warn_of_callbacks
from skseq._base.fits.noise import NO_VERDICT, Trial, beside_pairs, n_others, rounded_up, sees_noise
from skseq._data.hold_out import MOST_HELD_OUT
from skseq._data.overlapping import last_block
from skseq._data.training_data import TrainingData
from skseq._data.working_memory import working_memory
from skseq._sklearn import with_callbacks

PERFECT = 0.001  # times the loss of a constant answer: next to nothing (docs/figures/training.md)
DROPPED = 0.05  # of the rate of dropout, on top of that
EARLY_STOPPING_SAMPLES = 10_000  # "auto" stops early above this many samples, as HistGradientBoosting does


def _joined(past, new):
    """One history after another; what only one of them has is NaN in the epochs of the other."""
    n_past, n_new = (len(history.get("loss", [])) for history in (past, new))
    names = dict.fromkeys([*past, *new])
    return {name: past.get(name, [np.nan] * n_past) + new.get(name, [np.nan] * n_new) for name in names}


def _merged(data, batch_size, **options):
    """Data with equal samples as one row, if one batch has them all: weights mean repetition, to the last digit."""
    return data.merged(**options) if data.n_samples <= batch_size else data


class GroupsMixin:
    """An estimator whose fit takes groups. They are routed to it without being asked for, as to splitters."""

    __metadata_request__fit = {"groups": True}


class TrainingMixin:
    """An estimator that trains: `_learn` calls the methods below, and the hooks of a `BaseSequenceEstimator`."""

    @with_callbacks  # inside `all_or_nothing`: outside, the attributes to tear down would be gone
    def _learn(self, learnt, examples, validation, job):
        """Train on what was read and keep what comes of it; returns the `FitResult`."""
        from skseq.nn.process import check_process

        check_process()  # the optimizer makes variables below
        rows = self._weighted_rows(examples, "X")
        class_weights = self._class_weights(learnt.targets, rows, job.incremental)
        data = TrainingData(*self._assembled(rows, class_weights))
        if job.incremental:
            data = replace(data, n_in_stream=data.n_samples)
        job = job.of(data.n_samples)
        if validation is not None:  # weighed as the training data are: one loss for both
            validation = TrainingData(*self._assembled(self._weighted_rows(validation, "X_val"), class_weights))
        if job.checkpoint is not None:
            job.checkpoint.note_data(data, validation)
        n_learnt_from = _merged(data, job.batch_size).n_samples
        spec = self._planned(self._make_spec(learnt, data.rows), learnt, n_learnt_from, job)
        if job.goes_on:
            self._check_same_network(spec, job.incremental)
        if not (job.incremental or job.trial or spec.is_own):  # a user's own network reads all padding
            warn_if_few_are_long(data, job)
        rng = self._rng(len(self.history_.get("loss", [])) if job.goes_on else 0)
        early_stopping = job.stops
        if early_stopping is None:
            has_validation = validation is not None
            early_stopping = not job.incremental and self._early_stops(data.n_samples, job, has_validation)
        parting = self._parting(learnt.targets, rows, job.groups)
        may_try = not early_stopping and validation is None and self._may_try(learnt, job)
        if may_try and data.n_samples < job.fewest_to_try:
            job = replace(job, verdict=replace(NO_VERDICT, n_epochs=job.epochs, by_heart=self._trial_rules.by_heart))
        elif may_try:
            fitted, result, verdict = self._trial(learnt, spec, data, parting, job, deepcopy(rng))
            if result is not None and result.interrupted:  # and so is the fit, which keeps what was learnt
                if job.checkpoint is not None:
                    job.checkpoint.interrupted = True  # of an earlier time: its files stay
                self._finish(*fitted, spec, result, job, early_stopping=False)
                return result
            if verdict is not None:
                job = replace(job, epochs=verdict.n_epochs, verdict=verdict)
        return self._fit_rows(learnt, spec, data, validation, parting, job, rng, early_stopping)

    def _fit_rows(self, learnt, spec, data, validation, parting, job, rng, early_stopping):
        """Train on rows that are ready, less what is held out, and finish; returns the `FitResult`."""
        train, held_out = data.samples, None
        if early_stopping and validation is None:
            n_held_out = rounded_up(self.validation_fraction, data.n_samples)
            train, held_out = self._split(data.samples, n_held_out, rng, parting)
        given, unscaled = data.take(train), validation
        learnt, data, validation = self._scaled(learnt, data, validation, train, held_out, job.batch_size)
        seen = self._seen_in_scales(learnt, given, unscaled, job.goes_on)
        constant = self._constant_answer(learnt, spec, data)
        options = self._options(job, n_samples=data.n_samples, early_stopping=early_stopping)
        options = replace(options, least_loss=self._least_loss(constant, options, validation))
        options = replace(options, rates=options.rates | rates_of_weights(data, job))
        if job.verdict is not None and job.checkpoint is None and job.callback_data is None:  # these expect one run
            options = replace(options, stuck_above=job.verdict.stuck_above(constant.loss))
        if constant.of_one_class and job.rate_factors is None and not spec.is_own:
            options = replace(options, epochs=1)  # there is nothing to learn, but to a network of the user's own
        judged_by = validation.n_samples if early_stopping else None
        tell(type(self).__name__, spec, job, n_updates(data.n_samples, job.batch_size), judged_by, self.bptt_steps)
        if not job.incremental:
            schedule = "constant" if spec.is_own else self.learning_rate_schedule
            warn_of_callbacks(options.callbacks, schedule, validation is not None)
        task = self._begin_task(learnt, job)
        if task is not None:
            options = replace(options, task=task)
        training = Training(
            learnt=learnt, spec=spec, data=data, validation=validation, options=options, rng=rng, goes_on=job.goes_on
        )
        result, spec = self._train(training)
        if validation is not None and job.begins:
            seen["pairs"] = beside_pairs(self._nats_by_pairs(spec, data, validation), result.history)
        self._finish(learnt, data, constant, spec, result, job, early_stopping=early_stopping, **seen)
        if result.diverged is None and task is not None:
            task.end_fit()
        return result

    def _seen_in_scales(self, learnt, data, validation, goes_on):
        """What `_finish` keeps of numbers that are not scaled yet, beside their scales; warns of what they show."""
        seen = [] if validation is None else places(self._scaled_numbers(learnt, validation), validation)
        warn_if_elsewhere(seen)
        beyond, has_unknown = None, False
        if goes_on:  # then the scales are of an earlier fit
            beyond = first_beyond(self._scaled_numbers(learnt, data), data)
        else:
            has_unknown = self._warn_of_scales(learnt, data)
        return {"beyond": beyond, "odd_place": odd_place(seen), "unknown_targets": has_unknown}

    def _finish(self, learnt, data, constant, spec, result, job, *, early_stopping, beyond=None, **seen):
        """Keep what comes of a fit, and what it shows; ``seen`` are `Facts` of its data."""
        last = self._facts if job.incremental and job.goes_on else None
        compares = job.incremental and job.goes_on and learnt.has_scales_of(self._learnt)
        n_before = self._facts.n_epochs if compares else 0
        self._keep(learnt, spec, result, job)
        facts = self._facts_of(learnt, spec, data, job, early_stopping, constant, n_before)
        facts = self._with_simple_models(facts, data, result, job)
        self._facts = replace(facts, **seen, **seen_beyond(beyond, data.n_samples, last))

    def _may_try(self, learnt, job):
        """Whether a trial says how many epochs a fit has, if there are enough samples."""
        auto = self._trial_rules is not None and self.epochs == "auto" and self.early_stopping == "auto"
        if not (auto and job.begins):
            return False
        alike = not self.callbacks and self.validation_fraction <= MOST_HELD_OUT  # else a trial is another fit
        return alike and sees_noise(self._trial_rules, job.epochs, self.n_iter_no_change)

    def _trial(self, learnt, spec, data, parting, job, rng):
        """A fit that holds some samples out: (`Learnt`, data, constant answer), its result, and the `Verdict`.

        The verdict is None after an interrupt, and the result where the loss of a constant answer is not known.
        """
        rules = self._trial_rules
        classes = parting.classes if rules.of_classes else None
        n_held_out = rules.n_held_out(self.validation_fraction, data.n_samples, n_others(classes, data.samples))
        if parting.has_groups(data.samples):  # the loss of one group alone is chance
            n_held_out, parts = max(n_held_out, int(MOST_HELD_OUT * data.n_samples)), None
        else:
            numbers = data.rows["target"] if rules.of_numbers else None
            parts = last_block(data.rows, data.samples, n_held_out, labels=classes, numbers=numbers)
        parts = parts or self._split(data.samples, n_held_out, rng, parting)
        learnt, data, validation = self._scaled(learnt, data, None, *parts, job.batch_size)
        constant, held_out = (self._constant_answer(learnt, spec, part) for part in (data, validation))
        if not (constant.loss and held_out.loss):
            return None, None, None
        trial = Trial(
            rules=rules,
            n_epochs=job.epochs,
            n_held_out=validation.n_samples,
            patience=int(self.n_iter_no_change),
            constant_loss=constant.loss,
            held_out_loss=held_out.loss,
            n_others=n_others(classes, parts[1]),
            held_out_share=None if held_out.shares is None else float(max(held_out.shares)),
        )
        tell_trial(type(self).__name__, trial, int(self.verbose))
        options = self._options(job, n_samples=data.n_samples, early_stopping=False)
        options = replace(options, n_runs=1, checkpoint=None, is_over=trial.is_over)
        training = Training(
            learnt=learnt, spec=spec, data=data, validation=validation, options=options, rng=rng, goes_on=False
        )
        result, _ = self._train(training)
        if result.interrupted:
            return (learnt, data, constant), result, None
        beside = trial.beside_best(self._left_in_trial(data, validation), result.history)
        pairs = beside_pairs(self._nats_by_pairs(spec, data, validation), result.history)
        verdict = replace(trial.verdict(result.history), **beside, pairs=pairs, stuck=trial.is_stuck(result.history))
        tell_verdict(type(self).__name__, verdict, job.epochs)
        return (learnt, data, constant), result, verdict

    def _scaled(self, learnt, data, validation, train, held_out, batch_size):
        """`Learnt` with the scales of the samples to train on; their data, and validation data or None, on these.

        Samples that are ``held_out``, or None, are the validation data.
        """
        learnt = self._with_scales(learnt, _merged(data.take(train), batch_size, in_order=learnt.in_order))
        data = learnt.scaled(data)
        if held_out is not None:
            validation = data.take(held_out)  # indices only: no row is copied
        elif validation is not None:
            validation = learnt.scaled(validation, "_val")
        return learnt, data.take(train), validation

    def _split(self, samples, n_validation, rng, parting):
        """Indices of training and validation samples, by a `HoldOut`."""
        n_samples = len(samples)
        if n_samples - n_validation < 1:
            raise ValueError(
                f"validation_fraction={self.validation_fraction!r} of X with {n_samples} sample(s) leaves none to "
                "train on: pass more samples, a smaller fraction, X_val, or early_stopping=False."
            )
        return parting.split(samples, n_validation, rng)

    def _begin_task(self, learnt, job):
        """The `FitTask` of a fit that callbacks of scikit-learn watch, or None."""
        if job.callback_data is None:
            return None
        task = FitTask(
            estimator=self, given=job.callback_data, attributes=partial(self._attributes_so_far, learnt, job)
        )
        return task.begin_fit(job.epochs if job.n_runs == 1 else job.n_runs)

    def _attributes_so_far(self, learnt, job, result, spec):
        """Attributes of this estimator if its fit had ended with this result."""
        fitted = copy(self)
        fitted._keep(learnt, spec, result, job)
        return vars(fitted)

    def _train(self, training):
        """(`FitResult`, spec) of a `Training` of a leased network: the best of its ``options.n_runs``."""
        from skseq.nn.pool import lease
        from skseq.nn.training.fitting import fit_network
        from skseq.nn.training.runs import best_fit

        learnt, goes_on, options = training.learnt, training.goes_on, training.options
        data = _merged(training.data, options.batch_size)
        options = replace(options, rates=rates_of_merged(options.rates, training.data, data))
        with lease(training.spec) as runner:

            def start(rng):
                return {
                    "weights": self.weights_ if goes_on else self._starting_weights(runner.network, rng, learnt),
                    "slots": self.optimizer_state_ if goes_on else None,
                    "rng": rng,
                }

            def fit(rng, task):
                more = {"n_timesteps": self._model_timesteps(learnt), "scales": learnt.scales}
                own = replace(options, task=task)
                return fit_network(runner, data, own, **start(rng), **more, validation=training.validation)

            if options.checkpoint is not None:
                options.checkpoint.begin(runner, data, training.validation, options, **start(deepcopy(training.rng)))
            return best_fit(fit, options, training.rng), training.spec

    def _keep(self, learnt, spec, result, job):
        """Set what a fit leaves on the estimator: numbers and plain values only, and learn what follows from them."""
        self.n_iter_ = len(result.history.get("loss", []))
        self.history_ = _joined(self.history_, result.history) if job.goes_on else result.history
        self.weights_, self.optimizer_state_ = result.weights, result.slots
        self.init_losses_ = np.array(result.losses)
        self._spec, self._learnt = spec, learnt
        self._sizes = {"batch_size": job.batch_size, "dropout": job.dropout}  # what "auto" stood for
        self._sizes |= {} if job.incremental else {"epochs": job.epochs}
        self.n_timesteps_in_ = learnt.source.n_timesteps
        self._keep_learnt(learnt)
        if job.rest is not None:
            job.rest(self)

    # --- from parameters to training ----------------------------------------------------------------------------------

    def _options(self, job, *, n_samples, early_stopping):
        from skseq.nn.training.fitting import FitOptions

        of_all_epochs = {  # a `partial_fit` is one epoch of an unknown number
            "learning_rate_schedule": self.learning_rate_schedule,
            "warmup": self.warmup,
            "weight_average": self.weight_average,
        }
        return FitOptions(
            epochs=job.epochs,
            n_runs=job.n_runs,
            batch_size=job.batch_size,
            rates=self._rates(job.epochs * n_updates(n_samples, job.batch_size)) | {"dropout": job.dropout},
            learning_rate=None if self.learning_rate is None else float(self.learning_rate),
            caution=job.caution,
            **({} if job.incremental else of_all_epochs),
            plateau_patience=-(-int(self.n_iter_no_change) // 2),  # before early stopping gives up
            rate_factors=job.rate_factors,
            patience=(job.patience or int(self.n_iter_no_change)) if early_stopping else None,
            n_least=int(self.n_iter_no_change),
            shuffle=self.shuffle,
            verbose=int(self.verbose),
            callbacks=checked_callbacks(self.callbacks, type(self).__name__),
            max_bytes=working_memory(),
            checkpoint=job.checkpoint,
        )

    def _least_loss(self, constant, options, validation):
        """The training loss that is next to nothing, where it ends a fit that nothing else ends, or None."""
        ends = self._ends_when_perfect and self.early_stopping == "auto" and options.patience is None
        known = options.learning_rate_schedule != "reduce_on_plateau" and options.weight_average is None
        if not (ends and known and options.rate_factors is None and validation is None) or constant.loss is None:
            return None
        return (PERFECT + DROPPED * options.rates["dropout"]) * constant.loss

    def _rates(self, n_updates):
        """Numbers that are fed to every update of a fit with ``n_updates`` of them."""
        unlimited, most_steps = float(np.finfo(np.float32).max), np.iinfo(np.int32).max
        decay = {} if self.weight_decay is None else {"weight_decay": self.weight_decay}
        return decay | {
            "recurrent_dropout": self.recurrent_dropout,
            "l1": self.l1,
            "l2": self.l2,
            "clipnorm": unlimited if self.clipnorm is None else self.clipnorm,
            "clipvalue": unlimited if self.clipvalue is None else self.clipvalue,
            "bptt_steps": most_steps if self.bptt_steps is None else min(int(self.bptt_steps), most_steps),
        }

    def _rng(self, n_done):
        """The random state of this fit; an estimator that goes on draws other numbers than at its start."""
        if n_done and isinstance(self.random_state, Integral) and not isinstance(self.random_state, bool):
            return np.random.RandomState([int(self.random_state), n_done])
        return as_random_state(self.random_state)  # a RandomState goes on by itself

    def _early_stops(self, n_samples, job, has_validation):
        if self.early_stopping == "auto":
            return has_validation or (job.epochs != 1 and n_samples > EARLY_STOPPING_SAMPLES)
        return bool(self.early_stopping)
