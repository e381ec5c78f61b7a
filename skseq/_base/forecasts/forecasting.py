"""How a forecaster reads windows, on scales of their own, and what it tells its decoder."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from math import ceil
from numbers import Integral
from typing import Any, ClassVar

import numpy as np

from skseq._arguments import check_count, check_counts, refuse_tables
from skseq._base.decoders.decoder import DecoderMixin, check_positions
from skseq._base.diagnosis.fit_checks import Diagnosis
from skseq._base.diagnosis.mostly_one_value import warn_if_mostly_one_value
from skseq._base.fits.longer_fits import LongerFitsMixin, TrialWindows, errors_to_gain, left_if_a_rule, mean_errors
from skseq._base.forecasts import distributions
from skseq._base.forecasts.beside_linear import BesideLinearMixin
from skseq._base.forecasts.forecast_values import Forecast, ForecastExamples, ForecastLearnt, GivenWindows
from skseq._base.forecasts.window_trials import HELD_OUT, goes_on, units_that_suit
from skseq._base.pretrained import AUTO_LAYERS, BEST_LAYERS, EncoderEstimator
from skseq._data import constant_answer
from skseq._data.checks import check_same_samples, check_weights
from skseq._data.finite import check_finite, check_if_not_finite, is_fine
from skseq._data.forecasts import conformal
from skseq._data.forecasts.covariates import known_names
from skseq._data.forecasts.known_numbers import read_future, read_static
from skseq._data.forecasts.linear_part import LinearPart
from skseq._data.forecasts.window_units import CENTRED, WindowScaling, usual_scaling
from skseq._data.groups import check_spans
from skseq._data.mistakes.numbers.other_levels import warn_if_beyond
from skseq._data.mistakes.targets.angles import warn_if_angles
from skseq._data.mistakes.targets.forecast_targets import warn_if_beside, warn_of_another_quantity
from skseq._data.overlapping import stride_in_order, warn_if_own_past_is_not_named
from skseq._data.sequences import Sequences
from skseq._data.targets.horizon_targets import HorizonTargets
from skseq._data.working_memory import some_of
from skseq._losses import LOSSES
from skseq._typing import Array, SequencesLike

FIRST_STEPS = 8  # of y tell whether it goes on
MOST_LEFT = 2 / 3  # of the samples that train, where those before the last ones reach into these and are left out
WATCHED, PATIENCE = 100, 30  # windows, from which a fit without a linear model is watched; epochs it waits
LOOKED_AT = 1_000  # windows, for how far counts are from forecasts


def _truth(rows):
    """Targets (n, h, k) of rows, NaN where there are none."""
    truth, lengths = rows["target"], rows.get("target_lengths")
    if lengths is None:
        return truth
    return np.where((np.arange(truth.shape[1]) < lengths[:, None])[:, :, None], truth, np.nan)


class ForecastingEstimator(LongerFitsMixin, BesideLinearMixin, DecoderMixin, EncoderEstimator):
    """An estimator on a `ForecastSpec`."""

    horizon_: int
    n_targets_: int
    target_features_: list[int] | None
    n_future_features_in_: int
    n_static_features_in_: int
    conformal_scores_: Array
    _still: tuple[Any, Any] = (0.0, False)  # files of older releases have none

    _nothing_learnt = ForecastLearnt()
    _parameter_constraints = {
        **EncoderEstimator._parameter_constraints,
        **DecoderMixin._decoder_constraints,
        **AUTO_LAYERS,
    }
    _best_layers: ClassVar = BEST_LAYERS

    def _check_parameters(self):
        super()._check_parameters()
        conformal.check_ascending("quantiles", self.quantiles)
        if self.linear is True and self.decoder != "direct":
            raise ValueError(
                f"linear=True forecasts all steps at once, but decoder={self.decoder!r} goes from step to step: set "
                "decoder='direct', or linear=False."
            )
        self._check_counts_alone()

    def _check_counts_alone(self):
        """What would subtract something from counts raises ValueError."""
        if not LOSSES[self.loss].of_counts:
            return
        if self.scaling in CENTRED:
            wrong, instead = f"scaling={self.scaling!r}", "'auto', 'mean' or None"
        elif self.season is not None:
            wrong, instead = f"season={self.season!r}", "None, and a recurrent network sees the season in the window"
        elif self.linear is True:
            wrong, instead = "linear=True", "'auto' or False"
        else:
            return
        raise ValueError(
            f"loss={self.loss!r} is for counts, from which nothing can be subtracted, but {wrong} does: set it to "
            f"{instead}."
        )

    def _callback_data(self, X, y, sample_weight):
        data = super()._callback_data(X.past, y, sample_weight)
        known = {"X_future": X.future, "X_static": X.static}
        data["metadata"] |= {name: value for name, value in known.items() if value is not None}
        return data

    def _try_learning_rates(self, X, y, sample_weight, factors, *, X_future=None, X_static=None):
        windows = GivenWindows(past=X, future=X_future, static=X_static)
        return super()._try_learning_rates(windows, y, sample_weight, factors)

    def _read(self, X, y, sample_weight, known, *, suffix=""):
        windows = X if isinstance(X, GivenWindows) else GivenWindows(past=X)
        if y is None:
            raise ValueError(f"{type(self).__name__} requires y to be passed, but the target y is None.")
        sequences, form = self._read_source(windows.past, known.source, f"X{suffix}")
        check_positions(sequences, self._source_steps(form), f"X{suffix}")
        targets = known.targets or HorizonTargets.learn(
            y,
            f"y{suffix}",
            dtype=self._number_type,
            of=type(self).__name__,
            counts=LOSSES[self.loss].of_counts,
        )
        values = targets.check(y, f"y{suffix}")
        check_same_samples(len(sequences), len(values.lengths), f"X{suffix}", f"y{suffix}")
        learnt = replace(known, source=form, targets=targets)
        if known.scaling is None:
            learnt = replace(learnt, scaling=self._window_scaling(form, targets))
        lengths = values.lengths
        learnt, future, static = self._read_known(learnt, windows, len(sequences), lengths.max(), suffix, lengths)
        units = learnt.scaling.units(sequences, f"X{suffix}")
        encoded = targets.encode(values)
        groups = None if windows.groups is None else check_spans(windows.groups, len(sequences))
        weight = check_weights(sample_weight, len(sequences), f"sample_weight{suffix}", dtype=self._number_type)
        if known.scaling is None:
            raw = ForecastExamples(sequences=sequences, targets=encoded, sample_weight=weight, groups=groups)
            before, learnt = learnt, self._with_units_that_suit(learnt, raw, units, future, static)
            units = units if learnt is before else learnt.scaling.units(sequences, f"X{suffix}")
        rows = learnt.rows(sequences, units, future, static)
        if known.scaling is None:
            weighted = units.moves.any(axis=1) & (weight > 0)
            self._tell_of_targets(sequences, learnt.scaling, encoded["target"], lengths, weighted)
            single = encoded["target"].shape[2] == 1 and not np.ptp(lengths)
            if groups is None and single:  # of series `SeriesForecaster` tells
                warn_if_angles(sequences, encoded["target"], "concatenate" if targets.has_targets else "stack")
        rows |= encoded | {"target": units.with_least(1.0).apply(encoded["target"])}  # 1: until they are `settled`
        read = Sequences(values=rows.pop("source"), lengths=rows.pop("source_lengths", None))
        examples = ForecastExamples(sequences=read, targets=rows, sample_weight=weight, groups=groups)
        if not weight.all():  # samples without one are as if left out
            examples, sequences = examples.take(examples.counted), sequences.take(examples.counted)
        return learnt, replace(examples, stride=stride_in_order(sequences) if groups is None else None)

    def _with_units_that_suit(self, learnt, raw, units, future, static):
        """`Learnt` whose windows have units that a linear model can forecast in: see `window_trials`.

        ``raw``: examples in the units of the data, ``units`` those of each window.
        """
        scaling, columns = learnt.scaling, learnt.scaling.columns
        if not scaling.n_known:
            return learnt
        steps = slice(raw.targets["target_lengths"].min() if "target_lengths" in raw.targets else None)
        target = raw.targets["target"][:, steps]
        parts = self._parts_for_trials(raw, learnt)
        if isinstance(self.target_features, str):  # "auto"
            going_on = goes_on(raw.sequences, units, target[:, :FIRST_STEPS], columns=columns, parts=parts)
            if not going_on.all():
                warn_of_another_quantity(raw.sequences, columns, target, going_on, self.season)
                return learnt if self.season is not None else replace(learnt, scaling=replace(scaling, columns=None))
        if self.scaling == "auto" and scaling.has_centre:
            data = (raw.sequences, units, target, future[:, steps], static)
            return replace(learnt, scaling=replace(scaling, **units_that_suit(scaling, *data, parts=parts)))
        return learnt

    def _parts_for_trials(self, raw, learnt):
        """Indices of earlier and later windows, or None; those for calibration are to decide nothing."""
        calibration, horizon = float(self.calibration_fraction), learnt.targets.horizon
        parts = raw.apart(HELD_OUT + calibration, horizon)
        if parts is not None and calibration > 0:
            return parts[0], np.setdiff1d(parts[1], raw.apart(calibration, horizon)[1])
        return parts

    def _tell_of_targets(self, sequences, scaling, targets, lengths, weighted):
        """Warn of targets (n, h, k) of these lengths that are no forecasts, or that a few values are good forecasts of.

        ``weighted`` (n,): the samples that count; of windows that never move, their value is a good forecast.
        """
        if scaling.columns is None and isinstance(self.target_features, str):
            warn_if_own_past_is_not_named(sequences, targets[:, 0])
        warn_if_beside(sequences.real_lengths, lengths)
        counted = weighted[:, None] & (np.arange(targets.shape[1]) < lengths[:, None])
        warn_if_mostly_one_value(sequences, scaling.columns, targets, counted, self.loss)

    def _read_source(self, X, form, argument):
        try:
            sequences, form = super()._read_source(X, form, argument)
        except ValueError as error:
            check_if_not_finite(error, X, argument)
            raise
        if not is_fine(sequences.values):
            check_finite(X, argument, of="sample")
        return sequences, form

    def _read_known(self, learnt, windows, n_samples, n_steps, suffix="", lengths=None):
        """(`ForecastLearnt`, numbers of the future (n, n_steps, c), those of samples (n, s))."""
        future = read_future(windows.future, n_samples, n_steps, learnt.n_future, f"X_future{suffix}", lengths)
        static = read_static(windows.static, n_samples, learnt.n_static, f"X_static{suffix}")
        names = known_names(learnt.known_names, suffix, X_future=windows.future, X_static=windows.static)
        learnt = replace(learnt, n_future=future.shape[2], n_static=static.shape[1], known_names=names)
        return learnt, future, static

    def _window_scaling(self, form, targets):
        columns = self._target_columns(form.n_features, targets.n_targets)
        kind, counts = self.scaling, targets.counts
        if kind == "auto":
            kind = "mean" if counts else usual_scaling(self.season)
        if kind == "mean" and counts:
            kind = "count"
        if self.encoder is not None and kind is not None and columns is not None:
            raise ValueError(
                f"An encoder reads X in the units of its own fit, but scaling={self.scaling!r} puts every window on "
                "its own scale: set scaling=None, or encoder=None."
            )
        if self.season is not None and columns is None:
            raise ValueError(
                f"season={self.season!r} needs the past of y among the columns of X, but target_features="
                f"{self.target_features!r} names none of {form.n_features} for {targets.n_targets} target(s): name "
                "them, or set season=None."
            )
        season = None if self.season is None else int(self.season)
        by_auto = self.scaling == "auto"
        return WindowScaling(kind=kind, season=season, columns=columns, n_targets=targets.n_targets, by_auto=by_auto)

    def _target_columns(self, n_features, n_targets):
        """Columns of X that are the past of the targets, or None."""
        if isinstance(self.target_features, str):  # "auto"
            return list(range(n_features)) if n_features == n_targets else None
        if self.target_features is None:
            return None
        columns = list(self.target_features)
        numbers = all(isinstance(column, Integral) and not isinstance(column, bool) for column in columns)
        if not numbers or len(set(columns)) != n_targets or not all(0 <= column < n_features for column in columns):
            raise ValueError(
                f"target_features must name one column of X for each of {n_targets} target(s), by numbers from 0 to "
                f"{n_features - 1}. Got {self.target_features!r}."
            )
        return [int(column) for column in columns]

    def _learn(self, learnt, examples, validation, job):
        linear = self._wants_linear(learnt) and learnt.linear_pays
        learnt = replace(learnt, few_are_enough=not job.incremental, in_order=examples.groups is not None)
        calibration, fraction = None, float(self.calibration_fraction)
        if fraction > 0 and job.is_usual:
            examples, calibration = self._parted(examples, fraction, "calibration_fraction")
        job = self._job_beside_linear(learnt, examples, job) if linear else job
        watched = not linear and self._learns_by_heart(examples, job)
        if validation is None and (examples.groups is not None or watched):
            examples, validation = self._last_for_validation(learnt, examples, job, watched)
            at_random = watched and examples.groups is None  # if none are held out here, the fit draws some
            patience = max(PATIENCE, self.n_iter_no_change) if watched else None
            job = replace(job, stops=at_random or validation is not None, patience=patience)
        job = replace(job, rest=lambda fitted: fitted._keep_scores(calibration))
        return super()._learn(learnt, examples, validation, job)

    def _learns_by_heart(self, examples, job):
        """Whether a fit may learn the noise, and there is enough to see when it does."""
        n_samples = len(examples.counted)
        job = job.of(n_samples)
        stops = self.early_stopping != "auto" or self._early_stops(n_samples, job, False)  # or not, by what was set
        return not stops and n_samples >= WATCHED and job.epochs > PATIENCE

    def _keep_scores(self, calibration):
        for name in ("conformal_scores_", "_still"):  # those of other weights
            vars(self).pop(name, None)
        if calibration is not None:
            self.conformal_scores_, self._still = self._scores(calibration)

    def _early_stops(self, n_samples, job, has_validation):
        few = job.epochs <= self.n_iter_no_change  # it could not stop, and held-out groups are the newest
        return super()._early_stops(n_samples, job, has_validation) and not (
            few and self.early_stopping == "auto" and not has_validation
        )

    def _last_for_validation(self, learnt, examples, job, watched):
        """(samples to train on, the last ones or those of the last groups if training may stop early, or None)."""
        n_samples = len(examples.sequences)
        if job.incremental or not (watched or self._early_stops(n_samples, job.of(n_samples), False)):
            return examples, None
        if examples.groups is None:
            stride, horizon = examples.stride, learnt.targets.horizon
            parts = stride and examples.apart(self.validation_fraction, ceil(horizon / stride))
            few = parts is None or len(parts[0]) < MOST_LEFT * len(examples.counted)
            return (examples, None) if few else tuple(map(examples.take, parts))
        if self.early_stopping == "auto" and examples.last(self.validation_fraction) is None:
            return examples, None  # such as many series with one window each
        return self._parted(examples, self.validation_fraction, "validation_fraction")

    def _parted(self, examples, fraction, name):
        """The samples but the last ones, or last groups, and these."""
        parts = examples.last(fraction)
        if parts is None:
            raise ValueError(
                f"{name}={fraction!r} of X with {len(examples.sequences)} sample(s) leaves none to train on whose "
                "targets end before those held out: pass more samples or groups, or a smaller fraction."
            )
        return parts

    def _scores(self, examples):
        """What `conformal.calibrated` says of truth minus forecast (n, h, k)."""
        rows, truth = self._as_asked(examples)
        moved, sizes = self._learnt.moved(rows), self._learnt.sizes(rows)
        return conformal.calibrated(truth - self._forecast_of(self._learnt.as_read(rows), truth), sizes, moved)

    def _as_asked(self, examples):
        """Settled rows of examples, and the truth (n, h, k) in units of windows."""
        rows = self._learnt.settled(dict(self._rows(examples, "X")))
        truth = _truth(rows)
        return {name: x for name, x in rows.items() if name not in ("target", "target_lengths")}, truth

    def _forecast_of(self, rows, truth):
        """The forecast in the place of the truth (n, h, k), from rows as the network reads them."""
        return self._learnt.undo(self._points(self._numbers(rows, truth.shape[1])), rows)

    # --- whether more epochs pay --------------------------------------------------------------------------------------

    def _left_if_a_rule(self, learnt, earlier, later):
        """`left_if_a_rule` of earlier and later examples, in units of their windows."""
        n_given = learnt.n_future + learnt.n_static
        return left_if_a_rule(*(self._windows(part, n_given) for part in (earlier, later)))

    def _are_few(self, learnt, examples):
        """Whether these are few samples without groups: then a trial takes no longer than to look."""
        n_given = learnt.n_future + learnt.n_static
        return examples.groups is None and LinearPart.are_few(len(examples.sequences), examples.sequences.rows, n_given)

    def _candidates(self, learnt):
        """What is tried of few samples: the network beside a linear model, and without it if nobody asks for one."""
        return [learnt, replace(learnt, linear_pays=False)] if self.linear == "auto" else [learnt]

    def _errors_of_linear(self, examples):
        """As `_mean_errors`, of the linear model alone; NaN where it leaves next to nothing."""
        rows, truth = self._as_asked(examples)
        moves = self._learnt.moved(rows).all(axis=1)
        rows = self._learnt.as_read(rows)
        return errors_to_gain(truth[moves], self._learnt.undo(np.zeros(truth.shape), rows)[moves])

    def _windows(self, examples, n_given):
        """`TrialWindows` of examples that move."""
        rows = self._rows(examples, "X")
        n, h = rows["target"].shape[:2]
        future = rows.get("future", np.zeros((n, h, 0)))
        past, known = rows["source"].reshape(n, -1), future[..., :n_given].reshape(n, -1)
        read = np.concatenate([past, known], axis=1, dtype=np.float64)
        sizes = future[:, 0, n_given:]
        moves = np.isfinite(sizes).all(axis=1)  # the logarithm of the size of others is not
        return TrialWindows(read=read[moves], sizes=sizes[moves], targets=_truth(rows)[moves], n_past=past.shape[1])

    def _mean_errors(self, examples):
        """Mean absolute errors (k,) in units of windows."""
        rows, truth = self._as_asked(examples)
        moves = self._learnt.moved(rows).all(axis=1)
        forecast = self._forecast_of(self._learnt.as_read(rows), truth)
        return mean_errors(truth[moves], forecast[moves])

    # --- what went wrong ----------------------------------------------------------------------------------------------

    def diagnose(
        self,
        X: SequencesLike | None = None,
        *,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
    ) -> Diagnosis:
        """Print a table of what the last fit shows of itself: all that it warns of, with figures and limits.

        Parameters
        ----------
        X : array-like of the kind in fit, default=None
            Windows to look at, training data or others: what is forecast for them, and which units of a relu network
            are 0 for the first 128 of them. None shows what is known from fit, and computes nothing.
        X_future : array-like of shape (n_samples, n_steps) or (n_samples, n_steps, n_columns), default=None
            What is known of every step after the windows X, as in fit.
        X_static : array-like of shape (n_samples, n_columns), default=None
            What is known of every window of X, as in fit.

        Returns
        -------
        diagnosis : tuple
            One entry for every check, with ``name``, ``measured``, ``value``, ``limit``, ``found`` and ``message``.
            The list ``diagnosis.found`` has those that warn. ``str(diagnosis)`` is the table.

        Raises
        ------
        ValueError
            If `X_future` or `X_static` comes without X, or is not as in fit.

        Examples
        --------
        >>> import numpy as np
        >>> from skseq import Seq2SeqRegressor
        >>> windows = np.random.RandomState(0).randn(40, 6)
        >>> model = Seq2SeqRegressor(units=4, epochs=2, random_state=0).fit(windows, windows[:, 0])
        >>> diagnosis = model.diagnose(windows)  # doctest: +ELLIPSIS
        check                   what is measured ...
        """
        if X is None and (X_future is not None or X_static is not None):
            raise ValueError("X_future and X_static tell of windows X: pass X, too, or neither.")
        return self._diagnosed(X, X_future=X_future, X_static=X_static)

    def _facts_of(self, learnt, spec, data, job, *given):
        facts = super()._facts_of(learnt, spec, data, job, *given)
        looks = spec.loss == "poisson" and not job.incremental
        return replace(facts, inside=self._inside_poisson(data)) if looks else facts

    def _inside_poisson(self, data):
        """What `Facts.inside` is of these data; a recursive decoder forecasts the first steps alone."""
        some = some_of(data.samples, LOOKED_AT)
        rows = {name: x[some] for name, x in data.rows.items()}
        truth = _truth(rows)[:, : 1 if self._spec.recursive else None]  # (n, h, k)
        mean = distributions.of_counts(self._numbers(rows, truth.shape[1]), rows["unit"][:, None].astype(np.float64))
        low, high = np.moveaxis(distributions.quantiles("poisson", mean, [0.05, 0.95]), -1, 0)
        counts = np.round(truth * rows["unit"][:, None])
        return float(np.mean((low <= counts) & (counts <= high), where=np.isfinite(counts)))

    # --- from the network and back ------------------------------------------------------------------------------------

    def _make_spec(self, learnt, rows):
        from skseq.nn.spec import ForecastSpec

        return ForecastSpec(
            source_size=learnt.source.size,
            frozen=bool(self.freeze),
            n_targets=learnt.targets.n_targets,
            n_future=learnt.n_told,
            loss=self.loss,
            levels=tuple(map(float, self.quantiles)) if self.loss == "quantile" else (),
            **self._decoder_fields(learnt.source),
            **self._spec_fields(),
        )

    def _check_same_network(self, spec, incremental):
        super()._check_same_network(spec, incremental)
        learnt = self._learnt
        now, fitted = self._window_scaling(learnt.source, learnt.targets), learnt.scaling
        if fitted.columns is None and isinstance(self.target_features, str):
            now = replace(now, columns=None)  # "auto" had found none, or another quantity
        if self.scaling == "auto" and fitted.kind == "mean":  # which it may have found
            now = replace(now, kind="mean")
        pairs = {
            "target_features": (now.columns, fitted.columns),
            "scaling": (now.named, fitted.named) if now.columns is not None else (None, None),  # else it has no effect
            "season": (now.season, fitted.season),
            "linear": (self._wants_linear(learnt), learnt.wants_linear),
        }
        if fitted.common is not None and self.scaling != "auto":
            pairs["scaling"] = (self.scaling, "auto")
        told = {name: repr(was) for name, (_, was) in pairs.items()}
        if fitted.by_auto and self.scaling != "auto":
            taken = repr(fitted.named) if fitted.common is None else "one size for all windows"
            told["scaling"] = f"'auto' and took {taken}"
        changed = [f"{name}={value!r}, which was {told[name]}" for name, (value, was) in pairs.items() if value != was]
        if changed:
            raise ValueError(
                f"{type(self).__name__} cannot go on from its last fit with {', and '.join(changed)}: its weights "
                f"belong to windows that were read as before. {self._to_begin_anew(incremental)}, or set the "
                "parameters back."
            )

    def _model_timesteps(self, learnt):
        return learnt.source.n_timesteps, learnt.targets.horizon

    def _constant_answer(self, learnt, spec, data):
        if learnt.linear is not None:  # what that leaves may well be noise
            return super()._constant_answer(learnt, spec, data)
        return constant_answer.of_horizons(data, spec.loss, spec.levels)

    def _with_scales(self, learnt, data):
        learnt = super()._with_scales(learnt, data)
        begins = learnt.targets.scale is None  # else what was learnt in the last fit stands
        if begins:
            learnt = replace(learnt, scaling=learnt.scaling.learnt(learnt.told_of_windows(data.rows)[data.samples]))
        data = replace(data, rows=learnt.settled(data.rows))
        if learnt.n_told:
            future, lengths = data.rows["future"], data.rows.get("target_lengths")
            learnt = replace(learnt, known=self._scale(True, data, future, lengths, known=learnt.known))
        learnt = self._with_linear(learnt, data) if begins else learnt
        return replace(learnt, targets=replace(learnt.targets, scale=self._target_scale(learnt, data)))

    def _scaled_numbers(self, learnt, data):
        return []  # windows have scales of their own

    def _starting_weights(self, network, rng, learnt):
        from skseq.nn.networks.weights import silent_in

        weights, loss = super()._starting_weights(network, rng, learnt), LOSSES[self.loss]
        if loss.n_numbers and not loss.of_counts:  # the first number of a target says where it is
            weights = silent_in(loss.n_numbers * np.flatnonzero(learnt.targets.scale.constant), weights)
        if learnt.linear is not None and learnt.linear.few:
            for name in weights:
                if name.startswith("output/") and name.endswith("kernel"):
                    weights[name][...] = 0  # after few updates what was drawn would still add noise to the forecast
        return weights

    def _keep_learnt(self, learnt):
        super()._keep_learnt(learnt)
        self.horizon_, self.n_targets_ = learnt.targets.horizon, learnt.targets.n_targets
        self.target_features_ = learnt.scaling.columns
        self.n_future_features_in_, self.n_static_features_in_ = learnt.n_future, learnt.n_static

    def _to_forecast(self, windows, n_steps, lengths=None):
        """The `Forecast` of `GivenWindows` for a fitted estimator.

        A ragged X_future has as many rows as ``n_steps`` asks for, or as ``lengths`` (n,) say: those of a true y.
        """
        sequences, learnt = self._read_fitted(windows.past), self._learnt
        if lengths is not None:
            check_same_samples(len(sequences), len(lengths), "X", "y")
        n_steps, own = self._checked_steps(n_steps, len(sequences))
        lengths = own if lengths is None else lengths
        _, future, static = self._read_known(learnt, windows, len(sequences), n_steps, lengths=lengths)
        units = learnt.scaling.units(sequences)
        warn_if_beyond(learnt.scaling.levels, units)
        rows = learnt.as_read(learnt.rows(sequences, units, future, static))
        return Forecast(rows=rows, units=units, n_steps=n_steps, learnt=learnt, lengths=own)

    def _checked_steps(self, n_steps, n_samples):
        """(steps of the longest forecast, those of each sample (n,) or None if all have as many)."""
        horizon, own = self._targets.horizon, None
        if n_steps is None:
            return horizon, None
        refuse_tables(n_steps=n_steps)
        if isinstance(n_steps, Iterable) and getattr(n_steps, "ndim", 1):  # an array may hold one number alone
            own = check_counts(n_steps, n_samples)
            n_steps = own.max()
        check_count("n_steps", n_steps)
        if n_steps > horizon and not self._spec.recursive:
            raise ValueError(
                f"n_steps={n_steps} is beyond the horizon of {horizon} steps in fit, where a direct decoder ends: fit "
                "on longer targets, or with decoder='recursive'."
            )
        return int(n_steps), own

    def _numbers(self, rows, n_steps):
        """What the network's head says (n, n_steps, k, p), float64."""
        numbers = self._predict("numbers", rows, n_steps=np.int32(n_steps)).astype(np.float64)
        if self._spec.loss == "quantile":
            return self._learnt.widened(numbers, self._points(numbers)[..., None])
        if self._spec.loss in ("normal", "student_t"):
            numbers[..., 1] *= self._learnt.larger
        return numbers

    def _points(self, numbers):
        """The forecast (n, h, k) in what the head says."""
        if self._spec.loss != "quantile":
            return numbers[..., 0]
        levels = self._spec.levels
        return distributions.between(numbers, levels, np.clip([0.5], levels[0], levels[-1]))[..., 0]

    def _as_network_reads(self, X):
        """`Sequences` on the scale of the fitted network."""
        sequences, learnt = self._read_fitted(X), self._learnt
        return learnt.source.scaled(learnt.scaling.scaled(sequences, learnt.scaling.units(sequences)))
