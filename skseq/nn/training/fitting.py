"""The training loop around compiled epochs: Keras callbacks, validation, checkpoints, interrupts.

The way down to one optimizer step, each line called by the line above it:

* `runs.best_fit` repeats a fit from other starting weights and keeps the best, if there is to be more than one run;
* `fit_network` loads the numbers, makes a `_Fit` of all that training needs, and returns what that has left;
* `_Fit.run` goes on from a checkpoint, trains, and keeps what was learnt if an interrupt has ended training;
* `_Fit._train` goes from epoch to epoch, fills the `record.Record` and decides when to stop;
* `_Fit._epochs` draws the batches of the next epochs, as many as may share a graph call, and asks `schedules.Paths`
  for what is fed for every update alone;
* `_Fit._run_epochs` makes one graph call of them, or several of a long epoch (`_cut`): an interrupt waits for the call;
* `CompiledNetwork.train` turns arrays into tensors and makes one graph call. From here on everything is traced:
* `CompiledNetwork._train` loops over epochs, `_train_epoch` and `_descend` over the batches of one;
* `_update_one` gathers the rows of a batch, or `_update_piece` those of several for XLA, then `_update_each`;
* `_update` is one step: forward, gradient, clip, apply;
* `WeightStore.apply` is the optimizer's own equation.
"""

import logging
import math
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np

from skseq.nn.training.batching import by_length, make_batches
from skseq.nn.training.checkpoint import Checkpoint, Moment
from skseq.nn.training.ending import Ending
from skseq.nn.training.hooks import Hooks
from skseq.nn.training.interrupts import EpochInterrupted, accept_interrupt
from skseq.nn.training.plan import CALL_SECONDS, ONE_BY_ONE, Pace, Pieces, plan_pieces, updates_in_call, work_of_updates
from skseq.nn.training.progress import Progress
from skseq.nn.training.record import Record
from skseq.nn.training.schedules import Paths, Plateau, factors, shares
from skseq.nn.training.tasks import NoTask

MAX_CALL_INDICES = 1_000_000  # row indices that are drawn for a graph call of several epochs
LOGGER = logging.getLogger("skseq")


@dataclass(frozen=True, kw_only=True)
class FitOptions:
    """How to train: nothing here is part of a graph.

    ``rates`` are the numbers that are fed to every update, such as dropout and l2. ``learning_rate_schedule`` and
    ``warmup`` are those of `schedules.factors`; ``plateau_patience`` is the number of epochs without a better loss
    after which "reduce_on_plateau" halves the rate.
    ``caution`` is a factor of all rates. ``rate_factors`` are factors to be tried instead: every epoch is one update
    then, and has one of them. ``weight_average`` is that of `schedules.shares`, for a spec that is ``averaged``.
    ``patience`` is the number of epochs without a better validation loss after which training stops and the best
    weights return; None is off. ``least_loss`` is a loss that is next to nothing, for `Ending`, and ``n_least`` how
    many epochs it waits; None is off. ``n_runs`` is how often `best_fit` trains, and ``stuck_above`` the loss of a
    single run from which on there is a second one; None is off. ``max_bytes`` limits what an epoch holds besides the
    data (`TrainingData.n_that_fit`); None is no limit. ``checkpoint`` is where a fit goes on from another time, or
    None. ``task`` is told of runs and epochs. ``is_over(history)`` says after every epoch whether training ends there;
    None is off.
    """

    epochs: int
    batch_size: int
    rates: dict
    n_runs: int = 1
    stuck_above: float | None = None
    learning_rate: float | None = None
    learning_rate_schedule: str = "constant"
    warmup: float = 0.0
    caution: float = 1.0
    plateau_patience: int = 5
    weight_average: str | None = None
    rate_factors: np.ndarray | None = None
    patience: int | None = None
    least_loss: float | None = None
    n_least: int = 10
    shuffle: bool = True
    verbose: int = 0
    callbacks: list = field(default_factory=list)
    max_bytes: int | None = None
    checkpoint: Checkpoint | None = None
    task: Any = field(default_factory=NoTask)
    is_over: Callable | None = None

    @property
    def may_end(self):
        """Whether training may end before its last epoch."""
        return any(limit is not None for limit in (self.patience, self.least_loss, self.is_over))


# --- the fit ----------------------------------------------------------------------------------------------------------


def fit_network(runner, data, options, *, weights, slots=None, rng, n_timesteps, scales=None, validation=None):
    """Train a runner from these weights and optimizer slots (None: those of a new optimizer); returns a `FitResult`.

    Data and validation data are `TrainingData`; ``scales`` are for the model that callbacks see. A KeyboardInterrupt
    ends training and keeps what was learnt, after the graph call that is running. Of an epoch that it cuts short, the
    history has the means over the updates done; figures of validation data are NaN then.

    Short epochs share a graph call if no callback and no validation comes between them, because a call costs 1.6 ms
    before any update, and Python as much again. Long ones are cut into calls of half a second, and learn the same.
    """
    store = runner.store
    store.load(weights)
    store.begin_means()
    _start_optimizer(store, slots, options)
    some_batches = _epoch_batches(data, options, np.random.RandomState(0))  # only their number and sizes count
    pieces = ONE_BY_ONE
    if runner.spec.jit_compile:
        pieces = plan_pieces(data, some_batches, options.epochs, options.max_bytes)
    fit = _Fit(
        runner=runner,
        data=data,
        validation=validation,
        options=options,
        rng=rng,
        hooks=Hooks(runner, options, n_timesteps, scales, len(some_batches)),
        paths=_paths(options, len(some_batches)),
        pieces=pieces,
        record=Record(options.patience),
        pace=_pace(runner, options),
        pace_of_validation=_pace(runner, options),
    )
    interrupted = fit.run()

    def begin_again():
        _start_optimizer(store, slots, options)
        return weights, store.slots()

    return fit.record.result(store, begin_again, interrupted)


def _start_optimizer(store, slots, options):
    """Give the optimizer the state that a fit begins with."""
    store.load_slots(slots)
    if options.learning_rate is not None:
        store.learning_rate = options.learning_rate


def _epoch_batches(data, options, rng):
    """The batches of one epoch, (n_batches, batch_size) row indices."""
    samples = data.samples[rng.permutation(data.n_samples)] if options.shuffle else data.samples
    if options.rate_factors is not None:
        samples = samples[: options.batch_size]
    return make_batches(samples, min(options.batch_size, data.n_samples))


def _paths(options, n_batches):
    """What a fit with so many batches per epoch feeds for every update alone."""
    schedule, n_updates = options.learning_rate_schedule, options.epochs * n_batches
    path = partial(factors, schedule, options.warmup, n_updates)

    def factors_of(updates):
        return options.caution * path(updates)

    if options.rate_factors is not None:
        factors_of = options.rate_factors.__getitem__
    plateau = Plateau(options.plateau_patience) if schedule == "reduce_on_plateau" else None
    ending = None
    if options.least_loss is not None:
        ending = Ending(options.least_loss, options.n_least, options.epochs)
    return Paths(factors_of, partial(shares, options.weight_average, n_updates), n_batches, plateau, ending)


def _pace(runner, options):
    """The `Pace` of a fit that has made no graph call yet."""
    n_weights = sum(math.prod(entry.shape) for entry in runner.table)
    return Pace(n_weights, options.batch_size)


@dataclass(frozen=True, kw_only=True)
class _Fit:
    """One fit: what it trains on what data and how, who watches it, and what it has left so far."""

    runner: Any
    data: Any
    validation: Any
    options: FitOptions
    rng: np.random.RandomState
    hooks: Hooks
    paths: Paths
    pieces: Pieces
    record: Record
    pace: Pace
    pace_of_validation: Pace

    @property
    def store(self):
        """Weights and optimizer."""
        return self.runner.store

    def run(self):
        """Train to the end; returns whether an interrupt ended it. One before the first update is raised."""
        n_steps, checkpoint = self.store.n_steps, self.options.checkpoint
        self._resume()
        try:
            self._train()
        except KeyboardInterrupt as interrupt:
            if checkpoint is not None:
                checkpoint.interrupt()
            if self.store.n_steps == n_steps:  # nothing was learnt that could be kept
                raise
            if isinstance(interrupt, EpochInterrupted):
                self._add_cut_short(interrupt)
            accept_interrupt()
            self.store.finalize()
            return True
        return False

    def _resume(self):
        """Put everything back as it was after the last epoch in the checkpoint, if there is one."""
        checkpoint, best = self.options.checkpoint, self.record.best
        moment = None if checkpoint is None else checkpoint.found()
        if moment is None:
            return
        moment.load(self.store, self.rng, best)
        n_epochs = len(moment.history["loss"])
        for epoch in range(n_epochs):
            logs = {name: values[epoch] for name, values in moment.history.items()}
            self.paths.update(logs)
            if best is not None:
                best.judge(logs["val_loss"])
        self.record.history = moment.history
        LOGGER.info("The fit goes on after epoch %d, from its checkpoint.", n_epochs)

    def _add_cut_short(self, interrupt):
        """Take an epoch that an interrupt has cut short into the history."""
        self.record.note_diverged(interrupt.logs, interrupt.finite, self.record.n_epochs)
        names = () if self.validation is None else self._validated_metrics
        self.record.add(interrupt.logs | {f"val_{name}": math.nan for name in names})

    def _train(self):
        """Train epoch after epoch, and put into the record what they gave; Keras callbacks and tasks are told."""
        options, record, hooks = self.options, self.record, self.hooks
        progress = Progress(options.epochs, options.verbose, may_end=options.may_end)
        hooks("on_train_begin")
        has_ended = record.best is not None and record.best.gives_up  # before it was cut off
        epochs = () if has_ended else self._epochs(record.history.get("loss", ()))
        for epoch, (logs, finite, at_end) in enumerate(epochs, record.n_epochs):
            if self.validation is not None:
                logs |= self._validated(logs)
            record.add(logs)
            record.note_diverged(logs, finite, epoch)  # before callbacks, which might save the weights
            if record.diverged:
                break
            self.paths.update(logs)
            progress.show(epoch, logs)
            hooks("on_epoch_end", epoch, dict(logs))
            progress.tell_if_long(epoch)
            gives_up = record.keep_best(logs, self.store)
            if options.checkpoint is not None and at_end:
                options.checkpoint.save(Moment.of(self.store, record.history, self.rng, record.best))
            hooks.end_task(partial(record.so_far, self.runner))
            if gives_up or hooks.stop or (options.is_over is not None and options.is_over(record.history)):
                break
        self.store.finalize()  # moving averages become the weights, and callbacks may still restore others
        hooks("on_train_end", record.last())

    # --- epochs and graph calls ---------------------------------------------------------------------------------------

    def _epochs(self, losses):
        """Yield (logs, whether all updates were finite, whether a call ends here) epoch by epoch.

        ``losses`` are those of epochs before. After an interrupt the last epoch is not yielded: `EpochInterrupted` has
        its logs.
        """
        n_most, shared_calls = self.options.epochs, self._shares_calls()
        ending = self.paths.ending or Ending(-math.inf, n_most, n_most)  # after the last epoch, whatever the loss
        done, n_epochs = len(losses), 1
        for loss in losses:
            ending.add(loss)
        while done < ending.n_epochs:
            some = range(done, int(min(done + n_epochs, ending.n_epochs, ending.next_look)))
            drawn = [self._drawn() for _ in some]
            for epoch in some:
                self.hooks.begin_epoch(epoch)
            batches, seeds = (np.stack(part) for part in zip(*drawn))  # (n_epochs, n_batches, batch_size), (n_epochs,)
            started = time.perf_counter()
            found, interrupted = self._run_epochs(batches, self.paths(some), seeds)
            for k, (logs, finite) in enumerate(found, 1):
                if interrupted and k == len(found):
                    raise EpochInterrupted(logs, finite)
                yield logs, finite, k == len(found)
                ending.add(logs["loss"])
            if shared_calls:
                in_time = CALL_SECONDS * len(some) / (time.perf_counter() - started)
                n_epochs = max(1, int(min(in_time, MAX_CALL_INDICES // batches[0].size)))
            done += len(some)

    def _shares_calls(self):
        """Whether several epochs may run in one graph call."""
        all_fits = self.data.fits(self.options.max_bytes)
        return self.hooks.idle and self.validation is None and self.paths.known and all_fits

    def _drawn(self):
        """Batches of the next epoch (n_batches, batch_size), and the seed of its noise."""
        return _epoch_batches(self.data, self.options, self.rng), int(self.rng.randint(np.iinfo(np.int32).max))

    def _run_epochs(self, batches, paths, seeds):
        """(logs, finite) of epochs of batches (n_epochs, n_batches, batch_size), and whether an interrupt ended them.

        ``paths``, name -> (n_epochs, n_batches), are fed for every update alone. Several epochs share one graph call. A
        single one has more where callbacks want to see its batches, where memory is short, or where one would take
        long.
        """
        runner, data, hooks = self.runner, self.data, self.hooks
        timesteps = runner.timesteps(data, batches, self.pieces)
        found, interrupted = None, False
        try:
            for cut in self._cuts(batches, timesteps):
                if hooks.each_batch:
                    hooks("on_train_batch_begin", cut.start)
                call, fed = data.gather(batches[:, cut]), {name: x[:, cut] for name, x in paths.items()}
                of_epoch = {"timesteps": timesteps[:, cut], "so_far": found}
                found = runner.train(*call, self.options.rates, seeds, self.pieces, paths=fed, **of_epoch)
                interrupted = bool(found["interrupted"].any())
                if interrupted or not found["finite"].all():
                    break
                if hooks.each_batch:
                    hooks("on_train_batch_end", cut.start, _means(_entry(self._totals(found), 0)))
                    if hooks.stop:
                        break
        except KeyboardInterrupt:
            if found is None:  # nothing is known of the epoch
                raise
            interrupted = True
        return list(zip(self._logs(found), found["finite"].astype(bool))), interrupted

    def _cuts(self, batches, timesteps):
        """The slices of updates (n_batches,) that each graph call has of epochs of batches."""
        if len(batches) > 1:  # epochs share a call only if nothing watches and all fits
            return [slice(None)]
        most = 1 if self.hooks.each_batch else self.data.n_that_fit(batches[0], self.options.max_bytes)
        return _cut(work_of_updates(self.data.rows, timesteps[0]), most, self.pace, self.pieces.n_at_once)

    def _logs(self, found):
        """The figures of every epoch in what `CompiledNetwork.train` returned."""
        totals, peaks = self._totals(found), ("largest_gradient_norm", "largest_weight", "learning_rate")
        n_epochs = len(found["finite"])
        return [_means(_entry(totals, k)) | {name: float(found[name][k]) for name in peaks} for k in range(n_epochs)]

    def _totals(self, found):
        """Those of the history in what `CompiledNetwork.train` returned."""
        return {name: found[name] for name in ("loss", *self.runner.network.metrics, "gradient_norm")}

    # --- validation ---------------------------------------------------------------------------------------------------

    def _validated(self, logs):
        """What `_validate` returns, after the updates of an epoch with these logs, which an interrupt takes along."""
        try:
            with self.store.result_loaded():
                return self._validate()
        except KeyboardInterrupt as interrupt:
            raise EpochInterrupted(logs) from interrupt

    def _validate(self):
        """Loss and metrics on the validation data, under names that begin with "val_"."""
        runner, validation, hooks = self.runner, self.validation, self.hooks
        samples = validation.samples[by_length(validation)]  # neighbours of one length: less padding to compute
        batches = make_batches(samples, min(self.options.batch_size, len(samples)))
        hooks("on_test_begin")
        totals = None
        most = 1 if hooks.each_test_batch else validation.n_that_fit(batches, self.options.max_bytes)
        work = work_of_updates(validation.rows, runner.timesteps(validation, batches))
        for k, cut in enumerate(_cut(work, most, self.pace_of_validation)):
            if hooks.each_test_batch:
                hooks("on_test_batch_begin", k)
            totals = runner.evaluate(*validation.gather(batches[cut]), totals)
            if hooks.each_test_batch:
                hooks("on_test_batch_end", k, _means(totals))
        totals = {name: totals[name] for name in self._validated_metrics}
        if not np.array(totals["loss"])[1]:
            raise ValueError(
                "The validation data weigh nothing, so they have no loss: all their samples or labels have the weight "
                "0 (sample_weight, class_weight). Pass others as X_val and y_val, or leave these out; of X a part is "
                "held out with early_stopping alone."
            )
        hooks("on_test_end", _means(totals))
        return {f"val_{name}": value for name, value in _means(totals).items()}

    @property
    def _validated_metrics(self):
        """The names of what `_validate` measures: a critic is not asked."""
        network = self.runner.network
        of_critic = () if network.critic is None else network.critic.metrics
        return "loss", *(name for name in network.metrics if name not in of_critic)


def _cut(work, most, pace, in_piece=1):
    """Yield slices of updates with so much work: those of each graph call, at most ``most`` updates at this pace.

    The pace is measured by how long it takes until the next slice is asked for.
    """
    first = 0
    while first < len(work):
        n = updates_in_call(first, pace.n_updates(work[first : first + most]), in_piece)
        cut, started = slice(first, first + n), time.perf_counter()
        yield cut
        pace.measure(work[cut], time.perf_counter() - started)
        first += n


# --- sums and means ---------------------------------------------------------------------------------------------------


def _entry(arrays, k):
    return {name: x[k] for name, x in arrays.items()}


def _means(totals: dict[str, Any]):
    """Amount over weight, as Python floats."""
    pairs = {name: np.array(total) for name, total in totals.items()}  # of tensors, too
    return {name: float(amount / weight) if weight else 0.0 for name, (amount, weight) in pairs.items()}
