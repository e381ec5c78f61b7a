"""The training loop around compiled epochs: Keras callbacks, validation, checkpoints, interrupts.

The way down to one optimizer step, each line called by the line above it:

* `runs.best_fit` repeats a fit from other starting weights and keeps the best, if there is to be more than one run;
* `fit_network` loads the numbers, and returns what training has left, even if an interrupt has ended it;
* `_train` goes from epoch to epoch, fills the `record.Record` and decides when to stop;
* `_epochs` draws the batches of the next epochs (`_epoch_batches`), as many as may share a graph call, and asks
  `schedules.Paths` for what is fed for every update alone;
* `_run_epochs` makes one graph call of them, or several of a long epoch (`_cut`): an interrupt waits for the call;
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
from skseq.nn.training.plan import CALL_SECONDS, Pace, plan_pieces, updates_in_call, work_of_updates
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
    store, record = runner.store, Record(options.patience)
    store.load(weights)
    store.begin_means()
    _start_optimizer(store, slots, options)
    n_steps, interrupted = store.n_steps, False
    some_batches = _epoch_batches(data, options, np.random.RandomState(0))  # a draw of its own, for numbers and sizes
    hooks = Hooks(runner, options, n_timesteps, scales, len(some_batches))
    paths = _paths(options, len(some_batches))
    pieces = plan_pieces(data, some_batches, options.epochs, options.max_bytes) if runner.spec.jit_compile else ()
    _resume(store, options, rng, record, paths)
    try:
        _train(runner, data, validation, options, rng, paths, hooks, pieces, record)
    except KeyboardInterrupt as interrupt:
        if options.checkpoint is not None:
            options.checkpoint.interrupt()
        if store.n_steps == n_steps:  # nothing was learnt that could be kept
            raise
        if isinstance(interrupt, EpochInterrupted):
            record.note_diverged(interrupt.logs, interrupt.finite, record.n_epochs)
            names = () if validation is None else _validated_metrics(runner)
            record.add(interrupt.logs | {f"val_{name}": math.nan for name in names})
        interrupted = True
        accept_interrupt()
        store.finalize()

    def begin_again():
        _start_optimizer(store, slots, options)
        return weights, store.slots()

    return record.result(store, begin_again, interrupted)


def _resume(store, options, rng, record, paths):
    """Put everything back as it was after the last epoch in the checkpoint, if there is one."""
    moment = None if options.checkpoint is None else options.checkpoint.found()
    if moment is None:
        return
    moment.load(store, rng, record.best)
    n_epochs = len(moment.history["loss"])
    for epoch in range(n_epochs):
        logs = {name: values[epoch] for name, values in moment.history.items()}
        paths.update(logs)
        if record.best is not None:
            record.best.judge(logs["val_loss"])
    record.history = moment.history
    LOGGER.info("The fit goes on after epoch %d, from its checkpoint.", n_epochs)


def _train(runner, data, validation, options, rng, paths, hooks, pieces, record):
    """Train epoch after epoch, and put into the record what they gave; Keras callbacks and tasks are told."""
    store, progress = runner.store, Progress(options.epochs, options.verbose, may_end=options.may_end)
    pace, pace_of_validation = (Pace(_n_weights(runner), options.batch_size) for _ in range(2))
    shared_calls = hooks.idle and validation is None and paths.known and data.fits(options.max_bytes)
    hooks("on_train_begin")
    losses = record.history.get("loss", ())
    epochs = _epochs(runner, data, options, rng, paths, hooks, shared_calls, pieces, pace, losses)
    if record.best is not None and record.best.gives_up:  # the run had ended
        epochs = ()
    for epoch, (logs, finite, at_end) in enumerate(epochs, record.n_epochs):
        if validation is not None:
            logs |= _validated(logs, runner, validation, options, hooks, pace_of_validation)
        record.add(logs)
        record.note_diverged(logs, finite, epoch)  # before callbacks, which might save the weights
        if record.diverged:
            break
        paths.update(logs)
        progress.show(epoch, logs)
        hooks("on_epoch_end", epoch, dict(logs))
        progress.tell_if_long(epoch)
        gives_up = record.keep_best(logs, store)
        if options.checkpoint is not None and at_end:
            options.checkpoint.save(Moment.of(store, record.history, rng, record.best))
        hooks.end_task(partial(record.so_far, runner))
        if gives_up or hooks.stop or (options.is_over is not None and options.is_over(record.history)):
            break
    store.finalize()  # moving averages become the weights, and callbacks may still restore others
    hooks("on_train_end", record.last())


def _n_weights(runner):
    """Numbers in all weights of a network."""
    return sum(math.prod(entry.shape) for entry in runner.table)


def _start_optimizer(store, slots, options):
    """Give the optimizer the state that a fit begins with."""
    store.load_slots(slots)
    if options.learning_rate is not None:
        store.learning_rate = options.learning_rate


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


# --- epochs and graph calls -------------------------------------------------------------------------------------------


def _epochs(runner, data, options, rng, paths, hooks, shared_calls, pieces, pace, losses=()):
    """Yield (logs, whether all updates were finite, whether a call ends here) epoch by epoch.

    With ``shared_calls`` several run in one call. ``losses`` are those of epochs before. After an interrupt the last
    epoch is not yielded: `EpochInterrupted` has its logs.
    """
    done, n_epochs, ending = len(losses), 1, paths.ending or Ending(-math.inf, options.epochs, options.epochs)
    for loss in losses:
        ending.add(loss)
    while done < ending.n_epochs:
        some = range(done, int(min(done + n_epochs, ending.n_epochs, ending.next_look)))
        drawn = [(_epoch_batches(data, options, rng), int(rng.randint(np.iinfo(np.int32).max))) for _ in some]
        for epoch in some:
            hooks.begin_epoch(epoch)
        batches, seeds = (np.stack(part) for part in zip(*drawn))  # (n_epochs, n_batches, batch_size), (n_epochs,)
        started = time.perf_counter()
        found, interrupted = _run_epochs(runner, data, batches, options, paths(some), seeds, hooks, pieces, pace)
        for k, (logs, finite) in enumerate(found, 1):
            if interrupted and k == len(found):
                raise EpochInterrupted(logs, finite)
            yield logs, finite, k == len(found)
            ending.add(logs["loss"])
        if shared_calls:
            in_time = CALL_SECONDS * len(some) / (time.perf_counter() - started)
            n_epochs = max(1, int(min(in_time, MAX_CALL_INDICES // batches[0].size)))
        done += len(some)


def _epoch_batches(data, options, rng):
    """The batches of one epoch, (n_batches, batch_size) row indices."""
    samples = data.samples[rng.permutation(data.n_samples)] if options.shuffle else data.samples
    if options.rate_factors is not None:
        samples = samples[: options.batch_size]
    return make_batches(samples, min(options.batch_size, data.n_samples))


def _run_epochs(runner, data, batches, options, paths, seeds, hooks, pieces, pace):
    """(logs, finite) of each epoch of batches (n_epochs, n_batches, batch_size), and whether an interrupt ended them.

    ``paths``, name -> (n_epochs, n_batches), are fed for every update alone. Several epochs share one graph call. A
    single one has more where callbacks want to see its batches, where memory is short, or where one would take long.
    """
    timesteps = runner.timesteps(data, batches, *pieces)
    cuts = [slice(None)]  # epochs share a call only if nothing watches and all fits
    if len(batches) == 1:
        most = 1 if hooks.each_batch else data.n_that_fit(batches[0], options.max_bytes)
        cuts = _cut(work_of_updates(data.rows, timesteps[0]), most, pace, *pieces[1:])
    found, interrupted = None, False
    try:
        for cut in cuts:
            if hooks.each_batch:
                hooks("on_train_batch_begin", cut.start)
            call, fed = data.gather(batches[:, cut]), {name: x[:, cut] for name, x in paths.items()}
            of_epoch = {"timesteps": timesteps[:, cut], "so_far": found}
            found = runner.train(*call, options.rates, seeds, *pieces, paths=fed, **of_epoch)
            interrupted = bool(found["interrupted"].any())
            if interrupted or not found["finite"].all():
                break
            if hooks.each_batch:
                hooks("on_train_batch_end", cut.start, _means(_entry(_totals(runner, found), 0)))
                if hooks.stop:
                    break
    except KeyboardInterrupt:
        if found is None:  # nothing is known of the epoch
            raise
        interrupted = True
    totals, peaks = _totals(runner, found), ("largest_gradient_norm", "largest_weight", "learning_rate")
    logs = [_means(_entry(totals, k)) | {name: float(found[name][k]) for name in peaks} for k in range(len(batches))]
    return list(zip(logs, found["finite"].astype(bool))), interrupted


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


def _validated(logs, runner, validation, options, hooks, pace):
    """What `_validate` returns, after the updates of an epoch with these logs, which an interrupt takes along."""
    try:
        with runner.store.result_loaded():
            return _validate(runner, validation, options, hooks, pace)
    except KeyboardInterrupt as interrupt:
        raise EpochInterrupted(logs) from interrupt


def _validate(runner, validation, options, hooks, pace):
    """Loss and metrics on the validation data, under names that begin with "val_"."""
    samples = validation.samples[by_length(validation)]  # neighbours of one length: less padding to compute
    batches = make_batches(samples, min(options.batch_size, len(samples)))
    hooks("on_test_begin")
    totals = None
    most = 1 if hooks.each_test_batch else validation.n_that_fit(batches, options.max_bytes)
    work = work_of_updates(validation.rows, runner.timesteps(validation, batches))
    for k, cut in enumerate(_cut(work, most, pace)):
        if hooks.each_test_batch:
            hooks("on_test_batch_begin", k)
        totals = runner.evaluate(*validation.gather(batches[cut]), totals)
        if hooks.each_test_batch:
            hooks("on_test_batch_end", k, _means(totals))
    totals = {name: totals[name] for name in _validated_metrics(runner)}
    if not np.array(totals["loss"])[1]:
        raise ValueError(
            "The validation data weigh nothing, so they have no loss: all their samples or labels have the weight 0 "
            "(sample_weight, class_weight). Pass others as X_val and y_val, or leave these out; of X a part is held "
            "out with early_stopping alone."
        )
    hooks("on_test_end", _means(totals))
    return {f"val_{name}": value for name, value in _means(totals).items()}


def _validated_metrics(runner):
    """The names of what `_validate` measures: a critic is not asked."""
    critic = getattr(runner.network, "critic", None)
    return "loss", *(name for name in runner.network.metrics if critic is None or name not in critic.metrics)


# --- sums and means ---------------------------------------------------------------------------------------------------


def _entry(arrays, k):
    return {name: x[k] for name, x in arrays.items()}


def _totals(runner, found):
    """Those of the history in what `CompiledNetwork.train` returned."""
    return {name: found[name] for name in ("loss", *runner.network.metrics, "gradient_norm")}


def _means(totals: dict[str, Any]):
    """Amount over weight, as Python floats."""
    pairs = {name: np.array(total) for name, total in totals.items()}  # of tensors, too
    return {name: float(amount / weight) if weight else 0.0 for name, (amount, weight) in pairs.items()}
