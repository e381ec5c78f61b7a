"""A fit from several starting weights, of which the best is kept."""

import copy
import logging
from contextlib import nullcontext
from dataclasses import replace

import numpy as np

from skseq.nn.training.interrupts import accept_interrupt
from skseq.nn.training.record import FitResult

LOGGER = logging.getLogger("skseq")


def best_fit(fit, options, rng):
    """The best of ``options.n_runs`` results of ``fit(rng, task)``, by their losses; an interrupt ends all runs.

    A single run has no task besides that of the fit. If it got stuck, there is a second one.
    """
    checkpoint = options.checkpoint
    best, losses, first = (None, [], 1) if checkpoint is None else _earlier_runs(checkpoint)
    interrupted = False
    for run, own in list(enumerate(_random_states(rng, max(2, options.n_runs)), 1))[first - 1 :]:
        if run > options.n_runs and not _is_stuck(best, options):
            break
        if options.verbose and (run > 1 or options.n_runs > 1):
            print(f"Run {run} of {max(run, options.n_runs)}")
        task = options.task if options.n_runs == 1 else options.task.begin("run", options.epochs)
        try:
            with nullcontext() if checkpoint is None else checkpoint.of_run(run):
                result = fit(own, task)
        except KeyboardInterrupt:  # before its first update
            if best is None:
                raise
            accept_interrupt()
            interrupted = True
            break
        losses.append(result.loss)
        if best is None or result.loss < best.loss:
            best = result
        interrupted = result.interrupted
        if interrupted:
            break
        if checkpoint is not None:
            checkpoint.end_run(losses, best)
        if options.n_runs > 1 and task.end():
            break
    if len(losses) > 1:
        LOGGER.info("Run %d of %d is kept: loss %.4g.", np.argmin(losses) + 1, len(losses), best.loss)
    return replace(best, losses=losses, interrupted=interrupted)


def _is_stuck(result, options):
    """Whether a single run that went on to its end learnt nothing, though there is much to learn."""
    return options.stuck_above is not None and options.stuck_above < result.loss < np.inf


def _earlier_runs(checkpoint):
    """(best result, losses, number of the next run) of a fit that may have been cut off."""
    earlier = checkpoint.earlier
    if earlier is None:
        return None, [], 1
    numbers = {"weights": earlier.weights, "slots": earlier.slots, "history": earlier.history}
    best = FitResult(**numbers, diverged=earlier.diverged, loss=min(earlier.losses))
    return best, list(earlier.losses), checkpoint.run


def _random_states(rng, n_runs):
    """One random state per run. The first is ``rng`` itself: a single run draws the same numbers.

    The seeds of the others come from a copy, because how much a run draws may depend on time: several epochs share a
    call.
    """
    seeds = copy.deepcopy(rng).randint(np.iinfo(np.int32).max, size=n_runs - 1)
    return [rng, *map(np.random.RandomState, seeds)]
