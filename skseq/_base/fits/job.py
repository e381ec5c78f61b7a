"""The values that a fit passes on: what it has learnt of the data, what was read, and what it is to do."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from skseq._base.fits.noise import FEWEST_SAMPLES, Verdict
from skseq._data.sequences import Sequences
from skseq._data.source_form import SourceForm
from skseq._data.training_data import TrainingData

SIZES_OF_BATCHES, BATCHES = (8, 32), 16  # with batch_size="auto": limits, and how many batches there are at least
AUTO_DROPOUT = 100, 0.1  # with dropout="auto": the fewest samples of a fit with dropout, and its rate
NO_DROPOUT = 0, 0.0  # the same, for a fit that is to have none
AUTO_EPOCHS = 5000, 10, 100  # with epochs="auto": updates of a fit, and fewest and most epochs


@dataclass(frozen=True, kw_only=True, eq=False)
class Learnt:
    """What reading found out: how X is read from now on, and what y is, for estimators that have targets.

    ``in_order`` is whether the order of samples tells something, as that of the windows of a series does.
    """

    source: SourceForm | None = None
    targets: object = None
    in_order: bool = False

    def scaled(self, data, suffix=""):
        """`TrainingData` as training reads them; ``suffix`` ends the arguments of what was read."""
        rows = dict(data.rows)
        rows["source"] = self.source.scaled(Sequences.of_rows(rows), f"X{suffix}", training=True).values
        if self._scales_targets:
            rows["target"] = self.targets.scaled(rows["target"], f"y{suffix}")
        return replace(data, rows=rows)

    @property
    def scales(self):
        """Name -> `Scale` of the numbers that the network reads as "source" or writes as "target", if they have one.

        A targets object may have ``scales`` of more that the network reads.
        """
        scales = {"source": self.source.scale, "target": self.targets.scale if self._scales_targets else None}
        scales |= getattr(self.targets, "scales", {})
        return {name: scale for name, scale in scales.items() if scale is not None and not scale.changes_nothing}

    def has_scales_of(self, other):
        """Whether losses are in the units of another `Learnt`, from which this one goes on."""
        same_targets = getattr(self.targets, "scale", None) is getattr(other.targets, "scale", None)
        return same_targets and self.source.scale is other.source.scale  # which an autoencoder writes

    @property
    def _scales_targets(self):
        return hasattr(self.targets, "scale")  # only numbers have one


@dataclass(frozen=True, kw_only=True, eq=False)
class Examples:
    """One data set as it was read: sequences, the rows of its targets, and the weights that were given, if any."""

    sequences: Sequences
    targets: dict = field(default_factory=dict)
    sample_weight: object = None


@dataclass(frozen=True, kw_only=True, eq=False)
class Training:
    """One training: the ``data`` for a network of this ``spec``, how it is trained, and whether the last fit goes on.

    ``data`` and ``validation``, or None, are `TrainingData`, ``options`` the `FitOptions`.
    """

    learnt: Learnt
    spec: object
    data: TrainingData
    validation: TrainingData | None
    options: object
    rng: np.random.RandomState
    goes_on: bool


@dataclass(frozen=True, kw_only=True)
class Job:
    """What a fit is to do: epochs at most, whether it is a `partial_fit`, and whether it continues the last fit.

    Of ``n_runs`` from different starting weights the best is kept. ``epochs``, ``batch_size`` and ``dropout`` may be
    "auto" until the number of samples is known. ``rate_factors`` are factors of the learning rate to be tried one after
    another, each in an epoch of one update. ``stops`` is whether training may stop early, if that is decided
    beforehand, and ``patience`` the epochs that it waits for a better validation loss, if not `n_iter_no_change`.
    ``auto`` is what "auto" epochs are: how many updates they are to give, and the fewest and the most epochs.
    ``longer`` is the same for a fit that a trial has shown to pay, or None for no such trial. The step size is
    multiplied by ``caution``, but not in such a longer fit.
    ``auto_dropout`` is what an "auto" dropout is: the fewest samples to have any, and its rate. A trial needs
    ``fewest_to_try``, and ``verdict`` is what it has said, or None. ``checkpoint`` is the `Checkpoint` that a fit goes
    on from another time. ``callback_data`` is what scikit-learn's callbacks receive; None without callbacks.
    ``rest(estimator)`` runs after training, such as learning thresholds. ``trial``: this fit is only a trial, and the
    real fit gives the warnings. ``groups`` (n_samples,) are whole numbers: samples of a group are held out together.
    ``told_levels`` is whether levels or absolute times have been warned of.
    """

    epochs: int | str
    batch_size: int | str
    dropout: float | str = 0.0
    n_runs: int = 1
    incremental: bool = False
    goes_on: bool = False
    rate_factors: np.ndarray | None = None
    stops: bool | None = None
    patience: int | None = None
    auto: tuple = AUTO_EPOCHS
    longer: tuple | None = None
    caution: float = 1.0
    auto_dropout: tuple = AUTO_DROPOUT
    fewest_to_try: int = FEWEST_SAMPLES
    checkpoint: object = None
    verdict: Verdict | None = None
    callback_data: dict | None = None
    rest: object = None
    trial: bool = False
    groups: np.ndarray | None = None
    told_levels: bool = False

    @property
    def is_usual(self):
        """Whether it is a `fit` to be kept: neither a `partial_fit` nor a search for a learning rate."""
        return not self.incremental and self.rate_factors is None

    @property
    def begins(self):
        """Whether it is a usual fit that starts anew."""
        return self.is_usual and not self.goes_on

    def of(self, n_samples):
        """The job with so many samples."""
        batch_size = _batch_size(n_samples) if self.batch_size == "auto" else self.batch_size
        epochs = _n_epochs(n_updates(n_samples, batch_size), *self.auto) if self.epochs == "auto" else self.epochs
        fewest, rate = self.auto_dropout
        dropout = (rate if n_samples >= fewest else 0.0) if self.dropout == "auto" else self.dropout
        return replace(self, epochs=epochs, batch_size=batch_size, dropout=dropout)


def _batch_size(n_samples):
    """Small batches for few samples, so that an epoch has several updates; a power of two.

    Up to 32 samples make one batch: there a sample weight is a repetition, to the last digit.
    """
    least, most = SIZES_OF_BATCHES
    if n_samples <= most:
        return most
    return int(np.clip(2 ** int(np.log2(n_samples / BATCHES)), least, most))


def _n_epochs(n_batches, updates, fewest, most):
    """Many epochs if one has few updates."""
    return int(np.clip(updates // n_batches, fewest, most))


def n_updates(n_samples, batch_size):
    """Updates of one epoch; its last batch may be smaller."""
    return -(-n_samples // batch_size)


def rates_of_weights(data, job):
    """{"mean_weight": what the mean weight of a batch is divided by}, or {} where all batches count alike.

    It is that of all samples, so that a batch of rare ones counts for more; `partial_fit` takes weights as they are.
    """
    weight = data.rows["weight"][data.samples]
    weight = weight[weight > 0]
    if job.incremental:
        return {} if (weight == 1).all() else {"mean_weight": 1.0}
    alike = len(weight) == 0 or weight.min() == weight.max() or data.n_samples <= job.batch_size
    return {} if alike else {"mean_weight": float(weight.mean(dtype=np.float64))}


def rates_of_merged(rates, data, merged):
    """`rates_of_weights` for merged rows, whose weights are sums: a batch still counts by the samples that it had."""
    if "mean_weight" not in rates:
        return rates
    n_given, n_merged = (np.count_nonzero(own.rows["weight"][own.samples]) for own in (data, merged))
    return rates | {"mean_weight": rates["mean_weight"] * n_given / n_merged}
