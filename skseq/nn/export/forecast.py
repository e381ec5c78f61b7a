"""Forecasters as `keras.Model`s of stock layers, which read raw windows and write the units of y.

Shapes: b samples, t timesteps, f features, h steps, k targets, p numbers per target, c known numbers.
"""

from dataclasses import replace

import keras
import numpy as np
from keras import ops

from skseq.nn.export.seq2seq import DecoderParts
from skseq.nn.export.stock_layers import flat
from skseq.nn.networks.heads import LEAST_DF, LEAST_DISPERSION, LEAST_MEAN, LEAST_SCALE, OF_ONE


def forecast_models(builder, n_source, n_target):
    """Models for windows of ``n_source`` timesteps and ``n_target`` steps.

    "model" reads "source" (b, t, f) and, where they are known, "X_future" (b, h, c) and "X_static" (b, s), and writes
    (b, h, k), or (b, h, k, p) if there are several numbers of every target: quantiles, or parameters of a distribution.
    The other two read and write the numbers of the network.
    """
    parts, spec = DecoderParts(builder), builder.spec
    windows = _Windows(builder, n_source)
    read = builder.input("source", n_source, spec.source_size)
    told = windows.told_inputs(n_target)
    source = parts.encode(windows.scaled(read))
    before, known = windows.told(read, told, n_target)
    forecast = windows.in_units(read, known, _write(parts, source, before, known, n_target))
    model = keras.Model([read, *told.values()] if told else read, forecast, name="forecaster")
    code = [source.values, source.code, *flat(source.states)]
    encoder = keras.Model(read, code, name="encoder")
    return {"model": model, "encoder_model": encoder, "decoder_model": _decoder(parts, n_target)}


def _decoder(parts, n_target):
    """The decoder on what the encoder gives: all steps, or one of a recursive decoder."""
    spec, given = parts.spec, parts.source_inputs()
    inputs = [given.values, given.code, *flat(given.states)]
    if spec.recursive:
        told = parts.builder.input("decoder_inputs", spec.input_size)
        numbers, after = parts.write(given, [told])
        return keras.Model([told, *inputs], [numbers[:, 0], *flat(after)], name="decoder_step")
    known = [parts.builder.input("known", n_target, spec.n_future)] if spec.n_future else []
    numbers, _ = parts.write(given, [known[0][:, t] if known else None for t in range(n_target)])
    return keras.Model([*known, *inputs], numbers, name="decoder")


def _write(parts, source, before, known, n_target):
    """Numbers (b, h, k p) that are told only what was written before."""
    spec = parts.spec
    known = [None if known is None else known[:, t] for t in range(n_target)]
    if not spec.recursive:
        return parts.write(source, known)[0]
    written = []
    for t in range(n_target):
        inputs = before if known[t] is None else ops.concatenate([before, known[t]], axis=-1)
        numbers, states = parts.write(source, [inputs], t)
        source = replace(source, states=states)
        before = _point(spec, _read(spec, numbers[:, 0]))
        written.append(numbers)
    return ops.concatenate(written, axis=1)


def _read(spec, numbers):
    """(..., k p) to what the head says of it (..., k, p), as in `skseq.nn.networks.heads`."""
    numbers = ops.reshape(numbers, (-1, *numbers.shape[1:-1], spec.n_targets, spec.numbers_per_target))
    if spec.loss == "quantile":
        return ops.cumsum(ops.concatenate([numbers[..., :1], ops.softplus(numbers[..., 1:])], axis=-1), axis=-1)
    if spec.loss in ("poisson", "negative_binomial"):
        mean = LEAST_MEAN + ops.softplus(numbers[..., :1] + OF_ONE)
        return ops.concatenate([mean, LEAST_DISPERSION + ops.softplus(numbers[..., 1:] + OF_ONE)], axis=-1)
    if spec.loss not in ("normal", "student_t"):
        return numbers
    parts = [numbers[..., 0], LEAST_SCALE + ops.softplus(numbers[..., 1] + OF_ONE)]
    if spec.loss == "student_t":
        parts.append(LEAST_DF + ops.softplus(numbers[..., 2] + OF_ONE))
    return ops.stack(parts, axis=-1)


def _point(spec, said):
    """The number that is fed back (..., k)."""
    if spec.loss != "quantile" or len(spec.levels) == 1:
        return said[..., 0]
    levels, middle = spec.levels, min(max(0.5, spec.levels[0]), spec.levels[-1])
    above = next(k for k in range(1, len(levels)) if levels[k] >= middle)
    share = (middle - levels[above - 1]) / (levels[above] - levels[above - 1])
    return said[..., above - 1] * (1 - share) + said[..., above] * share


class _Windows:
    """`WindowScaling` in stock operations, samples first."""

    def __init__(self, builder, n_source):
        self.builder, self.spec, self.n_source = builder, builder.spec, n_source
        self.scaling = scaling = builder.scales.get("windows")
        self.columns, self.kind, self.season = [], None, None
        if scaling is not None and scaling.columns:
            self.columns, self.kind, self.season = scaling.columns, scaling.kind, scaling.season

    def told_inputs(self, n_target):
        """Inputs by name for what is known beforehand."""
        shapes = {"X_future": (n_target, self.builder.scales.get("n_future", 0))}
        shapes["X_static"] = (self.builder.scales.get("n_static", 0),)
        if self.scaling is None and self.spec.n_future:
            shapes["X_future"] = (n_target, self.spec.n_future)
        return {name: self.builder.input(name, *shape) for name, shape in shapes.items() if shape[-1]}

    def _past(self, source):
        """(b, t, k)"""
        return ops.stack([source[:, :, column] for column in self.columns], axis=-1)

    def _units(self, source):
        """Centre and size (b, k)."""
        past = self._past(source)
        if self.kind == "standard":
            centre, size = ops.mean(past, axis=1), ops.std(past, axis=1)
        elif self.kind == "difference":
            centre, size = ops.mean(past, axis=1), self._mean_difference(past)
        elif self.kind in ("mean", "count"):
            size = ops.mean(ops.abs(past), axis=1) + (self.kind == "count")
            centre = ops.zeros_like(size)
        elif self.kind == "robust":
            low, centre, high = (ops.quantile(past, share, axis=1) for share in (0.25, 0.5, 0.75))
            size = ops.where(high > low, (high - low) / self.scaling.normal_spread, ops.std(past, axis=1))
        else:
            raise NotImplementedError(f"Windows on scales of the kind {self.kind!r} cannot be exported yet.")
        if self.scaling.levels is not None:
            lowest, usual, highest = np.asarray(self.scaling.levels, self.spec.dtype)
            centre = centre - ops.minimum(ops.maximum(centre, lowest), highest) + usual
        if self.scaling.common is not None:  # that of all windows
            return centre, ops.zeros_like(size) + np.asarray(self.scaling.common, self.spec.dtype)
        moves = size > ops.abs(centre) * float(4 * np.finfo(self.spec.dtype).eps)
        # A NumPy array is a constant of a traced graph; Keras' ONNX files would ask their users for a tensor.
        return centre, ops.where(moves, size, np.asarray(self.scaling.least, self.spec.dtype))

    def _mean_difference(self, past):
        """What `window_units` makes of differences and the deviation (b, k)."""
        season, deviation = self.season or 1, ops.std(past, axis=1)
        share, counts = self.scaling.share_of_deviation, max(self.n_source - season, 0)
        if not counts:
            return (1 + share) * deviation
        moved = ops.sum(ops.abs(past[:, season:] - past[:, :-season]), axis=1)
        return (moved + deviation) / (counts + 1) + share * deviation

    def scaled(self, source):
        """The window on its own scale (b, t, f); that of all windows comes after it."""
        if self.kind is None:
            return source
        centre, size = self._units(source)
        parts = [source[:, :, column] for column in range(self.spec.source_size)]
        for target, column in enumerate(self.columns):
            parts[column] = (parts[column] - centre[:, target, None]) / size[:, target, None]
        return ops.stack(parts, axis=-1)

    def told(self, source, given, n_target):
        """(the target of the step before the first (b, k), what is known of every step (b, h, c) or None)."""
        return self.builder.scaled(self._before(source), "target"), self._known(source, given, n_target)

    def _before(self, source):
        if not self.columns:
            zeros = ops.zeros_like(source[:, 0, :1])
            return ops.concatenate([zeros] * self.spec.n_targets, axis=-1)
        past = self._past(source)
        last = past[:, -1]
        if self.season is not None and self.n_source <= self.season:
            return ops.zeros_like(last)
        origin = 0 if self.season is None else past[:, -1 - self.season]
        if self.kind is None:
            return last - origin
        centre, size = self._units(source)
        return (last - (centre if self.season is None else origin)) / size

    def _known(self, source, given, n_target):
        parts = [given["X_future"]] if "X_future" in given else []
        same = [given["X_static"]] if "X_static" in given else []
        if self.kind is not None:
            centre, size = self._units(source)
            if self.scaling.levels is not None:
                centre = ops.where(self.scaling.on_level, np.asarray(self.scaling.levels[1], self.spec.dtype), centre)
            same += [ops.log(size), *([centre] if self.scaling.has_centre else [])]
        if same:
            parts.append(ops.repeat(ops.concatenate(same, axis=-1)[:, None], n_target, axis=1))
        if not parts:
            return None
        known = self.builder.scaled(ops.concatenate(parts, axis=-1), "known")
        if self.kind is None or not self.scaling.has_centre:
            return known
        n_targets = self.spec.n_targets  # the centres stand last
        return ops.concatenate([known[..., :-n_targets], ops.arcsinh(known[..., -n_targets:])], axis=-1)

    def in_units(self, source, known, numbers):
        """(b, h, k p) in the units of y: (b, h, k), or (b, h, k, p)."""
        spec, said = self.spec, _read(self.spec, numbers)  # (b, h, k, p)
        linear = self._linear(source, known, said.shape[1])
        said = said if linear is None else self._widened(said)
        if spec.loss in ("normal", "student_t"):
            location, zero = (self._undo(source, linear, x) for x in (said[..., 0], ops.zeros_like(said[..., 1])))
            scale = self._undo(source, linear, said[..., 1]) - zero
            return ops.stack([location, scale, *([said[..., 2]] if spec.loss == "student_t" else [])], axis=-1)
        if spec.numbers_per_target == 1:
            return self._undo(source, linear, said[..., 0])
        if spec.loss == "negative_binomial":
            mean, unit = (self._undo(source, None, x) for x in (said[..., 0], ops.ones_like(said[..., 0])))
            dispersion = said[..., 1] / ops.sqrt(unit)
            return ops.stack([1 / dispersion, 1 / (1 + dispersion * mean)], axis=-1)
        levels = [self._undo(source, linear, said[..., level]) for level in range(spec.numbers_per_target)]
        return ops.stack(levels, axis=-1)

    def _widened(self, said):
        """Quantiles and deviations as wide as errors of others are beside the linear part."""
        larger = self.builder.scales["linear"].larger
        if larger == 1 or self.spec.loss not in ("quantile", "normal", "student_t"):
            return said
        point = _point(self.spec, said)[..., None]
        if self.spec.loss == "quantile":
            return point + larger * (said - point)
        return ops.concatenate([point, larger * said[..., 1:2], said[..., 2:]], axis=-1)

    def _linear(self, source, known, n_steps):
        """What the linear part forecasts (b, h, k), or None."""
        part = self.builder.scales.get("linear")
        if part is None:
            return None
        past = self.builder.scaled(self.scaled(source))[:, self.n_source - part.past.shape[1] :]
        past = ops.reshape(past, (-1, part.past.shape[1] * self.spec.source_size))
        steps = []
        for step in range(n_steps):
            n_known = part.known.shape[1]
            inputs = ops.concatenate([past, known[:, step, :n_known]], axis=-1) if n_known else past
            kernel = [[*row] for row in part.past[step].reshape(past.shape[1], -1)] + part.known[step].tolist()
            steps.append(self.builder.fixed(f"linear/{step}", inputs, kernel, part.intercept[step]))
        return ops.stack(steps, axis=1)

    def _undo(self, source, linear, numbers):
        """(b, h, k) in the units of y."""
        numbers = self.builder.unscaled(numbers, "target")
        if linear is not None:
            numbers = numbers + linear
        if not self.columns:
            return numbers
        if self.kind is not None:
            centre, size = self._units(source)
            numbers = numbers * size[:, None]
            if self.season is None:
                return numbers + centre[:, None]
        if self.season is None:
            return numbers
        past, n_steps = self._past(source), numbers.shape[1]
        origins = [past[:, self.n_source - self.season + step % self.season] for step in range(n_steps)]
        return numbers + ops.stack(origins, axis=1)
