"""How a forecaster reads windows, on scales of their own, and what it tells its decoder."""

from dataclasses import dataclass, replace

import numpy as np
from sklearn.utils import check_consistent_length
from sklearn.utils.validation import check_is_fitted

from skseq._base import distributions
from skseq._base.decoder import DecoderMixin, check_positions
from skseq._base.estimator import Examples, Learnt
from skseq._base.pretrained import EncoderEstimator
from skseq._data import constant_answer
from skseq._data.horizon_targets import HorizonTargets
from skseq._data.known_numbers import read_future, read_static
from skseq._data.scaling import Scale
from skseq._data.sequences import Sequences
from skseq._data.window_units import Units, WindowScaling


@dataclass(frozen=True, kw_only=True, eq=False)
class Windows:
    """What a forecast is made from, as the user gave it; ``groups`` are numbers that ascend with time."""

    past: object
    future: object = None
    static: object = None
    groups: object = None


@dataclass(frozen=True, kw_only=True, eq=False)
class ForecastLearnt(Learnt):
    """`Learnt`, how windows are scaled, how much is known beforehand, and the `Scale` of these numbers."""

    scaling: WindowScaling | None = None
    n_future: int | None = None
    n_static: int | None = None
    known: Scale | None = None

    @property
    def n_told(self):
        """Numbers that the decoder is told of every step besides the step before."""
        return self.n_future + self.n_static + self.scaling.n_known

    @property
    def scales(self):
        """As in `Learnt`, that of "known", and how "windows" are scaled: a `WindowScaling`."""
        known = {} if self.known is None or self.known.changes_nothing else {"known": self.known}
        return super().scales | known | {"windows": self.scaling, "n_future": self.n_future, "n_static": self.n_static}

    def rows(self, sequences, units, future, static):
        """What the network reads of windows, not scaled yet: the source, "before" (n, k) and "future" (n, h, c)."""
        rows = dict(self.scaling.scaled(sequences, units).rows)
        rows["before"] = self.scaling.before(sequences, units)
        same = np.concatenate([static, self.scaling.known(units)], axis=1)  # at all steps: (n, c)
        if self.n_told:
            rows["future"] = np.concatenate([future, np.repeat(same[:, None], future.shape[1], axis=1)], axis=2)
        return rows

    def scaled(self, data, suffix=""):
        """`TrainingData` as the network reads them."""
        data = super().scaled(data, suffix)
        return replace(data, rows=data.rows | self._told(data.rows, suffix, training=True))

    def as_read(self, rows):
        """Rows of `rows` as the network reads them in a forecast."""
        sequences = Sequences(values=rows["source"], lengths=rows.get("source_lengths"))
        return rows | {"source": self.source.scaled(sequences).values} | self._told(rows, "", training=False)

    def _told(self, rows, suffix, *, training):
        """What the decoder is told, on the scales of the network."""
        dtype, before = self.targets.dtype, Sequences(values=rows["before"][:, None])
        told = {"before": self.targets.scale.apply(before, dtype, f"X{suffix}", training=training).values[:, 0]}
        if "future" in rows:
            known = Sequences(values=rows["future"])
            told["future"] = self.known.apply(known, dtype, f"X_future{suffix}", training=training).values
        return told


@dataclass(frozen=True, kw_only=True, eq=False)
class ForecastExamples(Examples):
    """`Examples` with what else was read of them; ``groups`` (n,) or None."""

    groups: np.ndarray | None = None

    def take(self, index):
        """Some of the samples."""
        weight = None if self.sample_weight is None else np.asarray(self.sample_weight)[index]
        return replace(
            self,
            sequences=self.sequences.take(index),
            targets={name: x[index] for name, x in self.targets.items()},
            sample_weight=weight,
            groups=None if self.groups is None else self.groups[index],
        )

    def last(self, fraction):
        """(the others, the last of the samples) by position, or whole groups where there are some; each at least one.

        None if there are too few.
        """
        n = len(self.sequences)
        order = np.arange(n) if self.groups is None else np.unique(self.groups, return_inverse=True)[1]
        n_parts = order.max() + 1
        n_held_out = int(np.ceil(fraction * n_parts))
        if n_held_out >= n_parts:
            return None
        held_out = order >= n_parts - n_held_out
        return self.take(np.flatnonzero(~held_out)), self.take(np.flatnonzero(held_out))


class ForecastingEstimator(DecoderMixin, EncoderEstimator):
    """An estimator on a `ForecastSpec`."""

    _nothing_learnt = ForecastLearnt()

    def _check_parameters(self):
        super()._check_parameters()
        levels = list(self.quantiles)
        if not levels or sorted(set(levels)) != levels or not all(0 < level < 1 for level in levels):
            raise ValueError(f"quantiles must be levels in (0, 1) in ascending order. Got {self.quantiles!r}.")

    def _read(self, X, y, sample_weight, known, *, suffix=""):
        windows = X if isinstance(X, Windows) else Windows(past=X)
        if y is None:
            raise ValueError(f"{type(self).__name__} requires y to be passed, but the target y is None.")
        sequences, form = self._read_source(windows.past, known.source, f"X{suffix}")
        check_positions(sequences, form.n_timesteps if self._attention_kind == "location" else None, f"X{suffix}")
        targets = known.targets or HorizonTargets.learn(
            y, f"y{suffix}", dtype=self._number_type, of=type(self).__name__
        )
        values = targets.check(y, f"y{suffix}")
        check_consistent_length(sequences.values, values.lengths)
        learnt = replace(known, source=form, targets=targets)
        if known.scaling is None:
            learnt = replace(learnt, scaling=self._window_scaling(form, targets).learnt(sequences))
        learnt, future, static = self._read_known(learnt, windows, len(sequences), values.lengths.max(), suffix)
        units = learnt.scaling.units(sequences, f"X{suffix}")
        rows = learnt.rows(sequences, units, future, static)
        encoded = targets.encode(values)
        rows |= encoded | {"target": units.apply(encoded["target"])}
        read = Sequences(values=rows.pop("source"), lengths=rows.pop("source_lengths", None))
        groups = None if windows.groups is None else np.asarray(windows.groups)
        check_consistent_length(sequences.values, groups)
        return learnt, ForecastExamples(sequences=read, targets=rows, sample_weight=sample_weight, groups=groups)

    def _read_known(self, learnt, windows, n_samples, n_steps, suffix=""):
        """(`ForecastLearnt`, numbers of the future (n, n_steps, c), those of samples (n, s))."""
        future = read_future(windows.future, n_samples, n_steps, learnt.n_future, f"X_future{suffix}")
        static = read_static(windows.static, n_samples, learnt.n_static, f"X_static{suffix}")
        return replace(learnt, n_future=future.shape[2], n_static=static.shape[1]), future, static

    def _window_scaling(self, form, targets):
        columns = self._target_columns(form.n_features, targets.n_targets)
        if self.encoder is not None and self.scaling is not None and columns is not None:
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
        return WindowScaling(kind=self.scaling, season=season, columns=columns, n_targets=targets.n_targets)

    def _target_columns(self, n_features, n_targets):
        """Columns of X that are the past of the targets, or None."""
        if isinstance(self.target_features, str):  # "auto"
            return list(range(n_features)) if n_features == n_targets else None
        if self.target_features is None:
            return None
        columns = [int(column) for column in self.target_features]
        if len(columns) != n_targets or not all(0 <= column < n_features for column in columns):
            raise ValueError(
                f"target_features must name one column of X for each of {n_targets} target(s), by numbers from 0 to "
                f"{n_features - 1}. Got {self.target_features!r}."
            )
        return columns

    def _learn(self, learnt, examples, validation, job):
        calibration, fraction = None, float(self.calibration_fraction)
        if fraction > 0 and not job.incremental and job.tried is None:
            examples, calibration = self._parted(examples, fraction, "calibration_fraction")
        if examples.groups is not None and validation is None:
            own = job.of(len(examples.sequences))
            if not job.incremental and self._early_stops(len(examples.sequences), own, False):
                examples, validation = self._parted(examples, self.validation_fraction, "validation_fraction")
                job = replace(job, stops=True)
        diverged = super()._learn(learnt, examples, validation, job)
        vars(self).pop("conformal_scores_", None)  # those of other weights
        if calibration is not None:
            self.conformal_scores_ = self._scores(calibration)
        return diverged

    def _parted(self, examples, fraction, name):
        """The samples but the last ones, or last groups, and these."""
        parts = examples.last(fraction)
        if parts is None:
            raise ValueError(
                f"{name}={fraction!r} of {len(examples.sequences)} sample(s) leaves none to train on: pass more "
                "samples or groups, or a smaller fraction."
            )
        return parts

    def _scores(self, examples):
        """Truth minus forecast (n, h, k) in the units of the windows, NaN where there is no truth."""
        rows = dict(self._rows(examples, "X"))
        target, lengths = rows.pop("target"), rows.pop("target_lengths", None)
        numbers = self._numbers(self._learnt.as_read(rows), target.shape[1])
        scores = target - self._targets.undo(self._points(numbers))
        if lengths is not None:
            scores[np.arange(target.shape[1]) >= lengths[:, None]] = np.nan
        return scores

    # --- from the network and back ------------------------------------------------------------------------------------

    def _make_spec(self, learnt, data, job):
        from skseq.nn.spec import ForecastSpec

        return ForecastSpec(
            source_size=learnt.source.size,
            frozen=bool(self.freeze),
            n_targets=learnt.targets.n_targets,
            n_future=learnt.n_told,
            loss=self.loss,
            levels=tuple(map(float, self.quantiles)) if self.loss == "quantile" else (),
            **self._decoder_fields(learnt.source),
            **self._spec_fields(data.n_samples, job, self._model_timesteps(learnt)),
        )

    def _model_timesteps(self, learnt):
        return learnt.source.n_timesteps, learnt.targets.horizon

    def _constant_answer(self, learnt, spec, data):
        squared = self.loss == "squared_error"
        return constant_answer.of_horizons(data) if squared else super()._constant_answer(learnt, spec, data)

    def _with_scales(self, learnt, data):
        learnt = super()._with_scales(learnt, data)
        if learnt.targets.scale is not None:  # that of the last fit stands
            return learnt
        target = self._scale(self.scale_targets, data, data.rows["target"], data.rows.get("target_lengths"))
        learnt = replace(learnt, targets=replace(learnt.targets, scale=target))
        if learnt.n_told:
            learnt = replace(learnt, known=self._scale(True, data, data.rows["future"]))
        return learnt

    def _keep_learnt(self, learnt):
        super()._keep_learnt(learnt)
        self.horizon_, self.n_targets_ = learnt.targets.horizon, learnt.targets.n_targets
        self.target_features_ = learnt.scaling.columns
        self.n_future_features_in_, self.n_static_features_in_ = learnt.n_future, learnt.n_static

    def _to_forecast(self, windows, n_steps):
        """(rows that the network reads, `Units`, n_steps) of windows for a fitted estimator."""
        sequences, learnt = self._read_raw(windows.past), self._learnt
        n_steps = self._checked_steps(n_steps)
        _, future, static = self._read_known(learnt, windows, len(sequences), n_steps)
        units = learnt.scaling.units(sequences)
        return learnt.as_read(learnt.rows(sequences, units, future, static)), units, n_steps

    def _checked_steps(self, n_steps):
        horizon = self._targets.horizon
        if n_steps is None:
            return horizon
        if n_steps < 1 or int(n_steps) != n_steps:
            raise ValueError(f"n_steps must be a positive integer. Got {n_steps!r}.")
        if n_steps > horizon and not self._spec.recursive:
            raise ValueError(
                f"n_steps={n_steps} is beyond the horizon of {horizon} steps in fit, where a direct decoder ends: fit "
                "on longer targets, or with decoder='recursive'."
            )
        return int(n_steps)

    def _numbers(self, rows, n_steps):
        """What the network's head says (n, n_steps, k, p), float64."""
        return self._predict("numbers", rows, n_steps=np.int32(n_steps)).astype(np.float64)

    def _points(self, numbers):
        """The forecast (n, h, k) in what the head says."""
        if self._spec.loss != "quantile":
            return numbers[..., 0]
        levels = self._spec.levels
        return distributions.between(numbers, levels, np.clip([0.5], levels[0], levels[-1]))[..., 0]

    def _in_units(self, numbers, units: Units):
        """Numbers (n, h, k, ...) of the network in the units of y."""
        return units.undo(self._targets.undo(numbers))

    def _deviations_in_units(self, numbers, units: Units):
        return units.undo_deviations(self._targets.undo_deviations(numbers))

    def _read_raw(self, X):
        """`Sequences` for a fitted estimator, in the units of X."""
        check_is_fitted(self)
        sequences = self._read_source(X, self._learnt.source, "X")[0]
        check_positions(sequences, self._spec.source_steps, "X")
        return sequences

    def _as_network_reads(self, X):
        """`Sequences` on the scale of the fitted network."""
        sequences, learnt = self._read_raw(X), self._learnt
        return learnt.source.scaled(learnt.scaling.scaled(sequences, learnt.scaling.units(sequences)))
