"""What all sequence estimators share: parameters, the ladder of fit, numbers in and out of the network pool."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from numbers import Integral, Real
from os import PathLike
from typing import Any

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.utils import get_tags
from sklearn.utils.validation import check_is_fitted

from skseq._arguments import Count
from skseq._base.diagnosis.diagnosed import DiagnosedMixin
from skseq._base.diagnosis.far_inputs import warn_if_far, warn_if_hardly_moves
from skseq._base.fits.callbacks import CallbacksMixin
from skseq._base.fits.checkpoint import CheckpointMixin, forget
from skseq._base.fits.job import AUTO_DROPOUT, AUTO_EPOCHS, Examples, Job, Learnt, n_updates
from skseq._base.fits.keras_callbacks import checked_callbacks
from skseq._base.fits.optimizers import optimizer_config
from skseq._base.fits.same_network import changes, is_same_network
from skseq._base.fits.training import TrainingMixin
from skseq._base.models import ModelsMixin
from skseq._base.options import advice_on_option
from skseq._data.checks import check_same_samples, check_weights, network_weights
from skseq._data.constant_answer import ConstantAnswer
from skseq._data.hold_out import HoldOut, group_numbers
from skseq._data.mistakes.numbers.clocks_as_values import warn_if_absolute_times
from skseq._data.mistakes.numbers.likely_gaps import warn_if_one_stands_for_gaps
from skseq._data.mistakes.numbers.likely_padding import warn_if_padded
from skseq._data.mistakes.tables.columns_beside_steps import warn_if_columns_beside_steps
from skseq._data.mistakes.tables.likely_channels import warn_if_channels_first
from skseq._data.mistakes.tables.likely_series import (
    warn_if_one_column,
    warn_if_one_series,
    warn_if_series_in_a_column,
    warn_if_timed_steps,
)
from skseq._data.mistakes.tables.long_frames import warn_if_long, warn_if_long_by_targets
from skseq._data.mistakes.tables.quantities_in_columns import warn_if_quantities_in_columns
from skseq._data.mistakes.tables.row_labels import warn_if_in_another_order
from skseq._data.mistakes.tables.several_inputs import refuse_several_inputs
from skseq._data.number_sequences import read_numbers
from skseq._data.scaling import Scale
from skseq._data.source_form import SourceForm
from skseq._data.training_data import TrainingData
from skseq._data.working_memory import working_memory
from skseq._docs import DocLinkMixin
from skseq._files import StoredMixin
from skseq._sklearn import Interval, InvalidParameterError, StrOptions, validate_parameter_constraints, watches
from skseq._typing import Array
from skseq._whole import all_or_nothing

CELLS = {"lstm", "gru", "cho-gru"}
SHARE = Interval(Real, 0, 1, closed="left")  # what a rate of dropout may be
RATE_OR_AUTO = [SHARE, StrOptions({"auto"})]
USUAL = 0.9  # the share of the sequences whose length is usual
MOST_UNITS, MOST_LAYERS = 2**20, 1000  # beyond any use; larger networks would fail without saying why


class BaseSequenceEstimator(
    TrainingMixin,
    DocLinkMixin,
    StoredMixin,
    CallbacksMixin,
    CheckpointMixin,
    DiagnosedMixin,
    ModelsMixin,
    BaseEstimator,
):
    """A recurrent network as an estimator. `_fit` is the one ladder; subclasses fill in its hooks.

    Hooks in the order of their calls; what one returns, later ones receive. Three write to the estimator: the last one,
    reading X, which sets ``n_features_in_`` as in scikit-learn, and `_learn` of a detector.

    1. ``_check_parameters()`` raises ValueError for parameters that do not go together.
    2. ``_read_source(X, form, argument)`` -> (`Sequences`, `SourceForm`): reads X, and learns how X is read if ``form``
       is None.
    3. ``_read_targets(y, sequences, targets, argument, **given)`` -> (targets, rows): reads y into rows of the network,
       and learns the targets object if ``targets`` is None. Autoencoders have no targets.
    4. ``_learn(learnt, examples, validation, job)`` -> the `FitResult`: goes on with the hooks below. A detector
       cuts windows before, keeps how it does, and learns its thresholds afterwards.
    5. ``_rows(examples, argument)`` -> rows: what the network reads of every sample, without weights.
    6. ``_class_weights(targets, rows, incremental)`` -> weights of classes in any form, or None.
    7. ``_assembled(rows, class_weights)`` -> (rows, shared): the weights put to use, and what all batches share.
    8. ``_make_spec(learnt, rows)`` -> the spec of the network; ``_planned`` adds what suits the work: dropout, graph.
    9. ``_parting(targets, rows, groups)`` -> `HoldOut`: labels that a validation split keeps in proportion, and groups.
    10. ``_with_scales(learnt, data)`` -> `Learnt` with the scales of its numbers, from the training rows alone.
    11. ``_starting_weights(network, rng, learnt)`` -> {name: array}, where a fit starts that goes on from no other.
    12. ``_keep_learnt(learnt)`` sets the public attributes that tell what was learnt.

    ``_rates(n_updates)``, ``_scale(wanted, data, numbers, lengths, known, **outliers)``, ``_model_timesteps(learnt)``
    and ``_constant_answer(learnt, spec, data)``, with which the loss is compared, are asked in between.
    """

    n_features_in_: int
    feature_names_in_: Array
    n_timesteps_in_: int
    n_iter_: int
    init_losses_: Array
    history_: dict[str, list[float]]
    weights_: dict[str, Array]
    optimizer_state_: list[Array]

    _parameter_constraints = {
        "units": [Interval(Integral, 1, MOST_UNITS, closed="both")],
        "scale_inputs": ["boolean"],
        "cell": [StrOptions(CELLS)],
        "n_layers": [Interval(Integral, 1, MOST_LAYERS, closed="both")],
        "bidirectional": ["boolean"],
        "activation": [StrOptions({"tanh", "relu"})],
        "dropout": [SHARE],
        "recurrent_dropout": [SHARE],
        "optimizer": [str, dict],
        "learning_rate": [Interval(Real, 0, None, closed="neither"), None],
        "learning_rate_schedule": [
            StrOptions({"constant", "cosine", "linear", "exponential", "one_cycle", "reduce_on_plateau"})
        ],
        "warmup": [Interval(Real, 0, 1, closed="left")],
        "weight_decay": [Interval(Real, 0, None, closed="left"), None],
        "weight_average": [StrOptions({"ema", "swa"}), None],
        "clipnorm": [Interval(Real, 0, None, closed="neither"), None],
        "clipvalue": [Interval(Real, 0, None, closed="neither"), None],
        "l1": [Interval(Real, 0, None, closed="left")],
        "l2": [Interval(Real, 0, None, closed="left")],
        "bptt_steps": [Interval(Integral, 1, None, closed="left"), None],
        "epochs": [Count(), StrOptions({"auto"})],
        "batch_size": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "shuffle": ["boolean"],
        "early_stopping": ["boolean", StrOptions({"auto"})],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "n_init": [Count()],
        "warm_start": ["boolean"],
        "callbacks": "no_validation",  # `checked_callbacks` says more
        "checkpoint": [str, PathLike, None],
        "checkpoint_minutes": [Interval(Real, 0, None, closed="left")],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
        "dtype": [StrOptions({"float32", "float64", "mixed_bfloat16"})],
        "jit_compile": ["boolean", StrOptions({"auto"})],
        "unroll": ["boolean", StrOptions({"auto"})],
    }

    _auto_epochs = AUTO_EPOCHS
    _auto_dropout = AUTO_DROPOUT
    _trial_rules = None  # what a trial goes by that says how many epochs a fit has, or None for no trial
    _ends_when_perfect = False  # whether a training loss next to nothing ends a fit with early_stopping="auto"
    _nothing_learnt = Learnt()

    def __sklearn_is_fitted__(self) -> bool:
        return hasattr(self, "weights_")  # reading sets n_features_in_ before anything is fitted

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags

    @property
    def _number_type(self):
        """Type of all numbers that go in and out: mixed is what happens between."""
        return "float32" if self.dtype == "mixed_bfloat16" else self.dtype

    @property
    def _targets(self):
        """The targets object of the last fit."""
        check_is_fitted(self)
        return self._learnt.targets

    # --- the ladder ---------------------------------------------------------------------------------------------------

    def _fit(
        self,
        X,
        y,
        sample_weight,
        validation=(None, None, None),
        *,
        incremental=False,
        rate_factors=None,
        ignored_y=None,
        groups=None,
        **given,
    ):
        """Every fit of every estimator: check, read, describe the network, train, keep.

        ``validation`` is (X_val, y_val, sample_weight_val), ``incremental`` a `partial_fit`, ``rate_factors`` those of
        a `Job`; ``ignored_y`` is y where nothing is learnt from it; samples of one of the ``groups`` are held out
        together; ``given`` is what the caller says of the targets beforehand.
        """
        X_val, y_val, weight_val = validation
        _check_go_together(y, X_val, y_val, weight_val)
        self._check_parameters()
        was_fitted = hasattr(self, "weights_") and rate_factors is None
        job = self._job(X, y, sample_weight, incremental, rate_factors, ignored_y)
        with all_or_nothing(self):
            known = self._learnt if job.goes_on else self._nothing_learnt
            learnt, examples = self._read(X, y, sample_weight, known, **given)
            if groups is not None:
                job = replace(job, groups=self._read_groups(groups, learnt, examples))
            validation = None if X_val is None else self._read(*validation, learnt, suffix="_val")[1]
            if job.checkpoint is not None:
                job.checkpoint.note_arguments(
                    X=examples.sequences,
                    y=y,
                    sample_weight=sample_weight,
                    groups=groups,
                    X_val=None if validation is None else validation.sequences,
                    y_val=y_val,
                    sample_weight_val=weight_val,
                    **given,
                )
            result = self._learn(learnt, examples, validation, job)
            if was_fitted and result.diverged is not None:  # within: what it had learnt is not lost
                forget(job.checkpoint)
                self._raise_if_diverged(result.diverged, "is as it was before")
        forget(job.checkpoint)
        self._raise_if_diverged(result.diverged, "keeps the last finite weights")
        self._warn(result, job)  # after all is kept: where warnings are errors, nothing is lost
        return self

    def _job(self, X, y, sample_weight, incremental, rate_factors, ignored_y):
        """The `Job` of a fit by the parameters, and by the fit before where it goes on from that."""
        goes_on = (incremental or self.warm_start) and hasattr(self, "weights_")  # from the numbers of the last fit
        epochs = 1 if incremental else self.epochs if rate_factors is None else len(rate_factors)
        last = self._sizes if incremental and goes_on else {}  # what "auto" was then stands
        is_usual = not incremental and rate_factors is None
        job = Job(
            epochs=epochs if epochs == "auto" else int(epochs),
            batch_size=self.batch_size if self.batch_size == "auto" else int(self.batch_size),
            dropout=last.get("dropout", "auto") if self.dropout == "auto" else float(self.dropout),
            n_runs=int(self.n_init) if is_usual and not goes_on else 1,
            incremental=incremental,
            goes_on=goes_on,
            rate_factors=rate_factors,
            auto=self._auto_epochs,
            auto_dropout=self._auto_dropout,
            checkpoint=self._checkpoint() if is_usual else None,
            callback_data=self._callback_data(X, y, sample_weight) if is_usual and watches(self) else None,
        )
        if job.callback_data is not None and y is None:
            job.callback_data["y"] = ignored_y
        return job

    def _try_learning_rates(self, X, y, sample_weight, factors):
        """The history of a fit whose every epoch is one update, which multiplies `learning_rate` by its factor."""
        self._validate_params()
        with suppress(FloatingPointError):  # the highest rates may well diverge
            self._fit(X, y, sample_weight, rate_factors=factors)
        return self.history_

    def _read(self, X, y, sample_weight, known, *, suffix="", **given):
        """(`Learnt`, `Examples`) of data whose arguments end in ``suffix``."""
        refuse_several_inputs(X, y, f"X{suffix}", f"y{suffix}", has_decoder=False)
        warn_if_in_another_order(X, y, f"X{suffix}", f"y{suffix}")
        sequences, form = self._read_source(X, known.source, f"X{suffix}")
        if known.source is not None and not suffix:
            form = form.with_shortest_of(sequences)
        if y is None and get_tags(self).target_tags.required:  # autoencoders need none
            raise ValueError(f"{type(self).__name__} requires y to be passed, but the target y is None.")
        # Before errors about y, which such a table may bring about
        told = known.source is None and self._warn_of_table(X, y, sequences, form, f"X{suffix}")
        targets, rows = self._read_targets(y, sequences, known.targets, f"y{suffix}", **given)
        if "target" in rows:
            check_same_samples(len(sequences), len(rows["target"]), f"X{suffix}", f"y{suffix}", X)
        if known.source is None and not told and y is not None:
            self._warn_of_labelled_table(X, sequences, form, targets, rows, f"X{suffix}", f"y{suffix}")
            if "target" in rows:  # y may be what generated sequences depend on, and generators look themselves
                warn_if_absolute_times(sequences, f"X{suffix}")
        examples = Examples(sequences=sequences, targets=rows, sample_weight=sample_weight)
        return Learnt(source=form, targets=targets), examples

    def _warn_of_table(self, X, y, sequences, form, argument):
        """Warn where X is most likely no table of samples, or padded; returns whether it is told as another table."""
        looks = (warn_if_long, warn_if_quantities_in_columns, warn_if_columns_beside_steps)
        told = form.kind in ("columns", "tokens") and any(look(X, argument) for look in looks)
        if y is None and form.kind == "columns" and not (form.reads_tokens or told):
            self._warn_if_one_series(X, sequences.values, argument)
        if not self._is_told_as_padded(sequences, argument):
            warn_if_one_stands_for_gaps(sequences, argument)
        return told

    def _warn_of_labelled_table(self, X, sequences, form, targets, rows, argument, target_argument):
        """Warn where y says that X is most likely a long table, or one series."""
        by_targets = form.kind == "columns" and "target" in rows
        told = by_targets and warn_if_long_by_targets(X, rows["target"], argument, target_argument)
        if form.kind in ("columns", "tokens") and not told:
            self._warn_if_one_labelled_series(X, sequences.values, targets, rows, argument, target_argument)

    def _read_groups(self, groups, learnt, examples):
        return group_numbers(groups, len(examples.sequences))

    def _is_told_as_padded(self, sequences, argument):
        return warn_if_padded(sequences, argument)

    def _warn_if_one_series(self, X, values, argument):
        warn_if_one_series(X, values, argument)

    def _warn_if_one_labelled_series(self, X, values, targets, rows, argument, target_argument):
        """Warn if X with one target per row looks like one series."""
        warn_if_timed_steps(X, values, argument, type(self).__name__)
        if values.ndim == 3 and "target" in rows:  # y may be what generated sequences depend on
            warn_if_one_column(values, rows["target"], argument, type(self).__name__)

    def _callback_data(self, X, y, sample_weight):
        """What callbacks of scikit-learn are told of the data."""
        return {"X": X, "y": y, "metadata": {} if sample_weight is None else {"sample_weight": sample_weight}}

    # --- hooks, as most estimators have them --------------------------------------------------------------------------

    def _validate_params(self, names=None):
        """scikit-learn's check of parameters, all or these, by their constraints, with the option most likely meant."""
        own = self._parameter_constraints  # to read the signature takes a tenth of a short prediction
        some = self.get_params(deep=False) if names is None else {n: getattr(self, n) for n in names if n in own}
        try:
            validate_parameter_constraints(self._parameter_constraints, some, caller_name=type(self).__name__)
        except InvalidParameterError as error:
            name = str(error).split("'")[1]  # The 'loss' parameter of ...
            advice = advice_on_option(getattr(self, name, None), self._parameter_constraints.get(name, ()))
            raise InvalidParameterError(f"{error}{advice}") from error

    def _check_parameters(self):
        if self.learning_rate_schedule == "one_cycle" and self.warmup >= 0.9:
            raise ValueError(
                f"warmup={self.warmup!r} leaves learning_rate_schedule='one_cycle' no updates for its fall: set a "
                "warmup below 0.9, or 0 for the default rise."
            )
        checked_callbacks(self.callbacks, type(self).__name__)
        if self.checkpoint is not None:
            self._check_checkpoint()

    def _read_source(self, X, form, argument):
        sequences, kind = read_numbers(self, X, kind=None if form is None else form.kind, argument=argument)
        if form is None:
            _, n_timesteps, n_features = sequences.values.shape  # (n, t, f)
            if kind == "features" and sequences.lengths is None:
                warn_if_channels_first(sequences.values, argument)
            form = SourceForm(
                kind=kind,
                n_features=n_features,
                n_timesteps=n_timesteps,
                dtype=self._number_type,
                usual_timesteps=int(np.quantile(sequences.real_lengths, USUAL, method="inverted_cdf")),
                least_timesteps=int(sequences.real_lengths.min()),
                ragged=bool(np.ptp(sequences.real_lengths)),
            )
        elif kind == "series":
            warn_if_series_in_a_column(X, sequences.values.shape[1], form.usual_timesteps or form.n_timesteps, argument)
        return sequences, form

    def _read_targets(self, y, sequences, targets, argument):
        return None, {}

    def _rows(self, examples, argument):
        return {**examples.sequences.rows, **examples.targets}

    def _class_weights(self, targets, rows, incremental):
        pass

    def _assembled(self, rows, class_weights):
        if class_weights is None:
            return rows, {}
        largest = float(rows["weight"].max()) * float(class_weights.max())  # the network multiplies them
        network_weights(np.array([largest]), "sample_weight times class_weight", self._number_type)
        return rows, {"class_weight": class_weights.astype(self._number_type)}

    def _model_timesteps(self, learnt):
        return learnt.source.n_timesteps, 0  # no decoder

    def _parting(self, targets, rows, groups):
        return HoldOut(classes=self._strata(targets, rows), groups=groups)

    def _strata(self, targets, rows):
        """Labels (n,) that a validation split keeps in proportion, or None."""

    def _constant_answer(self, learnt, spec, data):
        return ConstantAnswer()

    def _with_scales(self, learnt, data):
        form = learnt.source
        if form.reads_tokens:
            return learnt
        numbers, lengths = data.rows["source"], data.rows.get("source_lengths")
        scale = self._scale(self.scale_inputs, data, numbers, lengths, known=form.scale, bursts=True)
        return learnt if scale is form.scale else replace(learnt, source=replace(form, scale=scale))

    def _warn_of_scales(self, learnt, data):
        """Warn where the scales of numbers change what is learnt from data that are not scaled yet.

        Returns whether a number of y was told that stands for what is not known.
        """
        return False

    def _scaled_numbers(self, learnt, data):
        """(name, values (n, t, f), lengths, `Scale`) of all numbers of rows that are not scaled yet."""
        if learnt.source.reads_tokens:
            return []
        return [("X", data.rows["source"], data.rows.get("source_lengths"), learnt.source.scale)]

    def _scale(self, wanted, data, numbers, lengths=None, known=None, **outliers):
        """`Scale` of numbers (n, t, f) among the rows of data; without ``wanted`` that which changes nothing.

        What is ``known`` from the last fit, or of an encoder, stands, but for channels that were constant, and where
        few samples of a stream have taught it. What are ``outliers``, "bursts" and "alone", is as in `Scale.learn`.
        """
        if known is not None and known.is_settled:
            return known
        if not wanted:
            return Scale.none(numbers.shape[-1]) if known is None else known
        scale = Scale.learn(numbers, lengths, samples=data.samples, weight=data.rows.get("weight"), **outliers)
        if data.n_in_stream is not None:
            scale = replace(scale, n_samples=data.n_in_stream)
        return scale if known is None else known.joined(scale)

    def _starting_weights(self, network, rng, learnt):
        from skseq.nn.networks.weights import blind_to, initial_weights

        weights, scale = initial_weights(network, rng), learnt.source.scale
        return weights if scale is None else blind_to(np.flatnonzero(scale.constant), weights)

    def _keep_learnt(self, learnt):
        pass

    # --- from parameters to the network -------------------------------------------------------------------------------

    def _spec_fields(self):
        """Fields that every spec has, from the parameters shared by all estimators."""
        return {
            **self._layer_fields(),
            # Whether there is any: rates are fed, so that all share one network. `dropout` depends on the job.
            "recurrent_dropout": self.recurrent_dropout > 0,
            "penalty": self.l1 > 0 or self.l2 > 0,
            "truncated": self.bptt_steps is not None,
            "optimizer": optimizer_config(
                type(self).__name__,
                optimizer=self.optimizer,
                learning_rate=self.learning_rate,
                learning_rate_schedule=self.learning_rate_schedule,
                warmup=self.warmup,
                weight_decay=self.weight_decay,
            ),
            "averaged": self.weight_average is not None,
            "dtype": self._number_type,
            "mixed": self.dtype == "mixed_bfloat16",
        }

    def _planned(self, spec, learnt, n_samples, job):
        """The spec with the dropout and the graph that suit the work ahead."""
        from skseq.nn.training.plan import Work, planned

        spec = replace(spec, dropout=job.dropout > 0)
        batch_size = min(job.batch_size, n_samples)
        n_source, n_target = self._model_timesteps(learnt)
        n = job.epochs * n_updates(n_samples, batch_size)
        work = Work(n_updates=n, batch_size=batch_size, n_source=n_source, n_target=n_target)
        return planned(spec, work, self.jit_compile, self.unroll)

    def _layer_fields(self):
        """Fields that decide what the recurrent layers are."""
        return {
            "units": int(self.units),
            "cell": self.cell,
            "n_layers": int(self.n_layers),
            "bidirectional": bool(self.bidirectional),
            "activation": self.activation,
        }

    def _is_same_network(self, spec):
        """Whether the last fit had a network of this spec."""
        return is_same_network(spec, self._spec)

    def _check_same_network(self, spec, incremental):
        if not self._is_same_network(spec):
            changed = ", and ".join(changes(spec, self._spec))
            raise ValueError(
                f"{type(self).__name__} cannot go on from its last fit with {changed}: its weights belong to the "
                f"network as it was. {self._to_begin_anew(incremental)}, or set the parameters back."
            )

    def _to_begin_anew(self, incremental):
        """What to do instead of going on, for errors."""
        if not incremental:
            return "Use warm_start=False"
        fit = "fit with warm_start=False" if self.warm_start else "fit"
        return f"Call {fit}, or partial_fit of a sklearn.base.clone, to begin anew"

    # --- weights of samples -------------------------------------------------------------------------------------------

    def _weighted_rows(self, examples, argument):
        """What the network reads of every sample, its weight included."""
        name = argument.replace("X", "sample_weight")
        return self._with_weights(self._rows(examples, argument), examples.sample_weight, name)

    def _with_weights(self, rows, sample_weight, argument="sample_weight"):
        """Rows with their sample weights; those of weight zero are never drawn."""
        n_samples = len(next(iter(rows.values())))
        return {**rows, "weight": check_weights(sample_weight, n_samples, argument, dtype=self._number_type)}

    # --- the fitted network -------------------------------------------------------------------------------------------

    @property
    def loss_(self) -> float:
        """Loss of the training data in the last epoch."""
        check_is_fitted(self)
        if not self.history_.get("loss"):
            raise AttributeError(f"{type(self).__name__} has no loss_: its last fit recorded no loss.")
        return self.history_["loss"][-1]

    @property
    def n_weights_(self) -> int:
        """Number of weights of the network."""
        check_is_fitted(self)
        return sum(int(np.size(weight)) for weight in self.weights_.values())

    def _read_fitted(self, X):
        """`Sequences` for a fitted estimator, in the units of X."""
        check_is_fitted(self)
        return self._read_source(X, self._learnt.source, "X")[0]

    def _as_network_reads(self, X):
        """`Sequences` on the scale of the fitted network."""
        sequences = self._read_fitted(X)  # first, as it says so if there was no fit
        form = self._learnt.source
        if not form.reads_tokens and self._has_own_scale:
            warn_if_far(sequences, form.scale)
            warn_if_hardly_moves(sequences, form)
        return form.scaled(sequences)

    @property
    def _has_own_scale(self):
        """Whether the samples of the last fit gave the scale of X: neither an earlier fit nor an encoder."""
        return len(self.history_.get("loss", [])) == self.n_iter_ and getattr(self, "encoder", None) is None

    def _predict(self, what, rows, **shared):
        """A function of the fitted network over all samples, samples first."""
        from skseq.nn.pool import lease

        with lease(self._spec, self.weights_) as runner:
            runner.store.load(self.weights_)
            return runner.predict(what, TrainingData(rows, shared), max_bytes=working_memory())


def _check_go_together(y, X_val, y_val, weight_val):
    if (y is not None and (X_val is None) != (y_val is None)) or (X_val is None and y_val is not None):
        raise ValueError("X_val and y_val go together: pass both or neither.")
    if X_val is None and weight_val is not None:
        raise ValueError("sample_weight_val needs X_val, whose samples it weighs: pass both, or leave it out.")
