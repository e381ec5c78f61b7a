"""What a fit keeps: its history, its best weights, what was not finite, and the result of all that."""

import logging
import math
from dataclasses import dataclass, field

import numpy as np

LOGGER = logging.getLogger("skseq")


@dataclass(frozen=True, kw_only=True)
class FitResult:
    """What training leaves: numbers only. ``diverged`` says what was not finite, or is None.

    ``loss`` is what fits are compared by, ``interrupted`` whether an interrupt ended the fit. ``losses`` are those of
    all runs of `best_fit`.
    """

    weights: dict
    slots: list
    history: dict
    diverged: str | None = None
    loss: float = math.inf
    interrupted: bool = False
    losses: list = field(default_factory=list)


class Best:
    """The best weights so far by validation loss."""

    def __init__(self, patience):
        self.patience, self.loss, self.weights, self.slots, self.waited = patience, math.inf, None, None, 0
        self.n_epochs = 0  # that were judged

    def update(self, loss, store):
        """Take the numbers of a store if its loss is the best; returns whether patience has run out."""
        if self.judge(loss):
            self.weights, self.slots = store.result(), store.slots()
        return self.gives_up

    def judge(self, loss):
        """Take the loss of an epoch; returns whether it is the best."""
        self.n_epochs += 1
        better = loss < self.loss
        self.loss, self.waited = (loss, 0) if better else (self.loss, self.waited + 1)
        return better

    @property
    def gives_up(self):
        """Whether patience has run out."""
        return self.waited >= self.patience

    def tell(self):
        """Log where training stopped, if it stopped early, and of which epoch the numbers are kept."""
        if self.gives_up:
            LOGGER.info("Stopped early after epoch %d: no better validation loss in %d.", self.n_epochs, self.waited)
        LOGGER.info("Weights of epoch %d are kept: validation loss %.4g.", self.n_epochs - self.waited, self.loss)


class Record:
    """What one run has left so far: ``history``, ``best`` (None without early stopping) and ``diverged``.

    ``diverged`` says what was not finite, or is None.
    """

    def __init__(self, patience):
        self.history, self.diverged = {}, None
        self.best = None if patience is None else Best(patience)

    @property
    def n_epochs(self):
        """Number of epochs in the history."""
        return len(self.history.get("loss", []))

    def add(self, logs):
        """Take the figures of an epoch."""
        for name, value in logs.items():
            self.history.setdefault(name, []).append(value)

    def last(self):
        """The figures of the last epoch."""
        return {name: values[-1] for name, values in self.history.items()}

    def note_diverged(self, logs, finite, epoch, of="the loss or its gradient"):
        """Note what was not finite in an epoch; ``finite`` is whether ``of`` was."""
        if not finite:
            self.diverged = f"{of} was not finite in epoch {epoch + 1}"
        elif not math.isfinite(logs.get("val_loss", 0.0)):
            self.diverged = f"the validation loss was not finite in epoch {epoch + 1} (look at X_val, too)"

    def keep_best(self, logs, store):
        """Keep the numbers of a store if they are the best; returns whether patience has run out."""
        return self.best is not None and "val_loss" in logs and self.best.update(logs["val_loss"], store)

    @property
    def _has_best(self):
        return self.best is not None and self.best.weights is not None

    def result(self, store, begin_again, interrupted):
        """The numbers that a fit keeps: the best if there are any, else those of a store whose training has ended.

        If those are not finite, ``begin_again()`` gives the weights and slots to return to.
        """
        weights, slots, diverged = store.weights(), store.slots(), self.diverged
        if self._has_best:
            weights, slots = self.best.weights, self.best.slots
            self.best.tell()
        if not all(np.isfinite(value).all() for value in weights.values()):
            weights, slots = begin_again()
            diverged = diverged or f"the weights were not finite after epoch {self.n_epochs}"
        loss = math.inf if diverged else self._loss_kept()
        numbers = {"weights": weights, "slots": slots, "history": self.history}
        return FitResult(**numbers, diverged=diverged, loss=loss, interrupted=interrupted)

    def so_far(self, runner):
        """(`FitResult`, spec) of a fit if it ended now; training goes on as if nobody had asked."""
        weights, slots = runner.store.kept(), runner.store.slots()
        if self._has_best:
            weights, slots = self.best.weights, self.best.slots
        loss = self._loss_kept()
        history = {name: list(values) for name, values in self.history.items()}
        return FitResult(weights=weights, slots=slots, history=history, loss=loss, losses=[loss]), runner.spec

    def _loss_kept(self):
        """The validation loss, or without one the training loss, of the epoch whose weights a fit keeps.

        An epoch that was cut short has no validation loss: that of the epoch before counts, or infinity.
        """
        if self._has_best:
            return self.best.loss
        losses = self.history.get("val_loss") or self.history.get("loss") or []
        return next((loss for loss in reversed(losses) if not math.isnan(loss)), math.inf)
