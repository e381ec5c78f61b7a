"""What all sequence estimators share: parameters, the ladder of fit, numbers in and out of the network pool."""

import json
import warnings
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import replace
from functools import lru_cache
from numbers import Integral, Real

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skseq._base.exploding import explosion, remedies
from skseq._base.own_network import OwnNetworkMixin
from skseq._data.parts import working_memory
from skseq._data.training_data import TrainingData
from skseq._sklearn import Interval, StrOptions, _check_sample_weight
from skseq.exceptions import ExplodingGradientWarning

__all__ = ["BaseSequenceEstimator", "all_or_nothing"]

_NOISE = ("dropout", "recurrent_dropout", "input_noise", "step_dropout")  # what makes training random
EARLY_STOPPING_SAMPLES = 10_000  # "auto" stops early above this many samples, as HistGradientBoosting does


@contextmanager
def all_or_nothing(estimator):
    """Undo every attribute a failing fit has set: an estimator is fitted as a whole or stays as it was."""
    before = dict(vars(estimator))
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        raise


def _serialized(optimizer):
    """The whole configuration of a Keras optimizer, from one that may leave things out."""
    import keras

    return keras.optimizers.serialize(keras.optimizers.get(optimizer))


@lru_cache(maxsize=1)
def _adam():
    """The default, made once: to make an optimizer takes 5 ms, and a small fit 40."""
    return _serialized("adam")


def _joined(past, new):
    """One history after another; what only one of them has is NaN in the epochs of the other."""
    n_past, n_new = (len(history.get("loss", [])) for history in (past, new))
    names = dict.fromkeys([*past, *new])
    return {name: past.get(name, [np.nan] * n_past) + new.get(name, [np.nan] * n_new) for name in names}


class BaseSequenceEstimator(OwnNetworkMixin, BaseEstimator):
    """Ladder of fit for estimators on a recurrent network. Subclasses read data and say which spec they need."""

    _parameter_constraints = {
        "units": [Interval(Integral, 1, None, closed="left")],
        "cell": [StrOptions({"lstm", "gru", "cho-gru"})],
        "n_layers": [Interval(Integral, 1, None, closed="left")],
        "bidirectional": ["boolean"],
        "activation": [StrOptions({"tanh", "relu"})],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "recurrent_dropout": [Interval(Real, 0, 1, closed="left")],
        "optimizer": [str, dict],
        "learning_rate": [Interval(Real, 0, None, closed="neither"), None],
        "clipnorm": [Interval(Real, 0, None, closed="neither"), None],
        "clipvalue": [Interval(Real, 0, None, closed="neither"), None],
        "l1": [Interval(Real, 0, None, closed="left")],
        "l2": [Interval(Real, 0, None, closed="left")],
        "bptt_steps": [Interval(Integral, 1, None, closed="left"), None],
        "epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "shuffle": ["boolean"],
        "early_stopping": ["boolean", StrOptions({"auto"})],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "warm_start": ["boolean"],
        "callbacks": [list, tuple, None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
        "dtype": [StrOptions({"float32", "float64", "mixed_bfloat16"})],
        "jit_compile": ["boolean", StrOptions({"auto"})],
        "unroll": ["boolean", StrOptions({"auto"})],
    }

    def __sklearn_is_fitted__(self):
        return hasattr(self, "weights_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags

    _n_decoders = 1  # that run over the timesteps of a target

    @property
    def _number_type(self):
        """Type of all numbers that go in and out: mixed is what happens between."""
        return "float32" if self.dtype == "mixed_bfloat16" else self.dtype

    # --- from parameters to the network -------------------------------------------------------------------------------

    def _optimizer_config(self):
        """The optimizer as canonical JSON; errors name the parameter and what it accepts."""
        config = self.optimizer
        if not isinstance(config, str) and not isinstance(config.get("config"), dict):
            config = {**config, "config": {}}
        try:
            serialized = deepcopy(_adam()) if config == "adam" else _serialized(config)
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise ValueError(
                f"The 'optimizer' parameter of {type(self).__name__} must be the name of a Keras optimizer such as "
                f"'adam', or what keras.optimizers.serialize gives. Got {self.optimizer!r} instead: {error}"
            ) from error
        if serialized["class_name"] == "LossScaleOptimizer" or serialized["config"].get("loss_scale_factor"):
            raise ValueError("The 'optimizer' parameter cannot scale the loss: float32 and float64 have no use for it.")
        serialized["config"].pop("name", None)  # Keras numbers them: it must not make another network
        if self.learning_rate is not None:
            if isinstance(self.optimizer, dict) and "learning_rate" in (self.optimizer.get("config") or {}):
                raise ValueError(
                    "The learning rate is given twice: in the configuration of 'optimizer' and as "
                    f"learning_rate={self.learning_rate!r}. Set learning_rate=None to use the one in the configuration."
                )
            serialized["config"]["learning_rate"] = 0.001  # fed in training: it must not make another network
        return json.dumps(serialized, sort_keys=True)

    def _spec_fields(self, n_samples, epochs):
        """Fields that every spec has, from the parameters shared by all estimators and the amount of work ahead."""
        from skseq.nn.kernels import block_lstm, cudnn
        from skseq.nn.training.plan import bytes_kept, plan

        batch_size, n_timesteps = min(int(self.batch_size), n_samples), self._model_timesteps()
        n_updates = epochs * -(-n_samples // batch_size)
        fields = {
            "units": int(self.units),
            "cell": self.cell,
            "n_layers": int(self.n_layers),
            "bidirectional": bool(self.bidirectional),
            "activation": self.activation,
            "dropout": self.dropout > 0,
            "recurrent_dropout": self.recurrent_dropout > 0,
            "penalty": self.l1 > 0 or self.l2 > 0,
            "truncated": self.bptt_steps is not None,
            "optimizer": self._optimizer_config(),
            "dtype": self._number_type,
            "mixed": self.dtype == "mixed_bfloat16",
        }
        return fields | plan(
            self.jit_compile,
            self.unroll,
            n_steps=n_updates * sum(n_timesteps),
            n_timesteps=max(n_timesteps),
            kept=batch_size * bytes_kept(**fields, n_timesteps=n_timesteps, n_decoders=self._n_decoders),
            batch_size=batch_size,
            units=fields["units"],
            mixed=fields["mixed"],
            cudnn=cudnn.has_kernel(**fields),
            block=block_lstm.has_kernel(**fields),
        )

    def _rates(self, n_updates):
        """Numbers that are fed to every update of a fit of so many."""
        unlimited, most_steps = np.inf, np.iinfo(np.int32).max
        return {
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
            "l1": self.l1,
            "l2": self.l2,
            "clipnorm": unlimited if self.clipnorm is None else self.clipnorm,
            "clipvalue": unlimited if self.clipvalue is None else self.clipvalue,
            "input_noise": getattr(self, "input_noise", 0.0),
            "step_dropout": getattr(self, "step_dropout", 0.0),
            "bptt_steps": most_steps if self.bptt_steps is None else min(int(self.bptt_steps), most_steps),
        }

    def _options(self, *, epochs, n_samples, early_stopping):
        from skseq.nn.training.fitting import FitOptions

        return FitOptions(
            epochs=epochs,
            batch_size=int(self.batch_size),
            rates=self._rates(epochs * -(-n_samples // int(self.batch_size))),
            learning_rate=None if self.learning_rate is None else float(self.learning_rate),
            patience=int(self.n_iter_no_change) if early_stopping else None,
            shuffle=self.shuffle,
            verbose=int(self.verbose),
            callbacks=self._checked_callbacks(),
            max_bytes=working_memory(),
        )

    def _checked_callbacks(self):
        import keras

        callbacks = list(self.callbacks or [])
        for callback in callbacks:
            if not isinstance(callback, keras.callbacks.Callback):
                raise TypeError(
                    f"The 'callbacks' parameter of {type(self).__name__} must be a list of keras.callbacks.Callback "
                    f"instances. Got an element of type {type(callback).__name__}."
                )
        return callbacks

    # --- data ---------------------------------------------------------------------------------------------------------

    def _with_weights(self, rows, sample_weight, *, factor=1.0):
        """Rows with their sample weights times a factor; those of weight zero are never drawn."""
        like = next(iter(rows.values()))
        weight = factor * _check_sample_weight(sample_weight, like, dtype=np.float64, ensure_non_negative=True)
        weight = weight.astype(self._number_type)  # first: what is too small for it is zero
        if not weight.any():
            raise ValueError("sample_weight is zero for every sample: at least one must be positive.")
        return {**rows, "weight": weight}

    def _early_stops(self, n_samples, epochs, has_validation):
        if self.early_stopping == "auto":
            return has_validation or (epochs > 1 and n_samples > EARLY_STOPPING_SAMPLES)
        return bool(self.early_stopping)

    def _split(self, samples, rng, stratify):
        """Indices of training and validation samples, with every class in both where the counts allow it."""
        n_samples = len(samples)
        n_validation = int(np.ceil(self.validation_fraction * n_samples))
        if n_samples - n_validation < 1:
            raise ValueError(
                f"validation_fraction={self.validation_fraction!r} of {n_samples} sample(s) leaves none to train on: "
                "pass more samples, a smaller fraction, X_val, or early_stopping=False."
            )
        if stratify is not None:
            stratify = stratify[samples]
            counts = np.unique(stratify, return_counts=True)[1]
            if counts.min() < 2 or min(n_validation, n_samples - n_validation) < len(counts):
                stratify = None
        return train_test_split(samples, test_size=n_validation, random_state=rng, stratify=stratify)

    # --- the ladder ---------------------------------------------------------------------------------------------------

    def _continues(self, incremental):
        """Whether this fit starts from the numbers of the last one."""
        return (incremental or self.warm_start) and hasattr(self, "weights_")

    def _rng(self, n_done):
        """The random state of this fit; an estimator that goes on draws other numbers than at its start."""
        if n_done and isinstance(self.random_state, Integral):
            return np.random.RandomState([int(self.random_state), n_done])
        return check_random_state(self.random_state)

    def _train(self, spec, rows, shared, *, validation, goes_on, incremental, epochs, stratify=None):
        """Fit a leased network and keep its numbers. ``validation`` are rows given by the user, or None."""
        if goes_on:
            self._check_same_network(spec)
        rng = self._rng(len(self.history_.get("loss", [])) if goes_on else 0)
        data = TrainingData(rows, shared)
        validation = None if validation is None else TrainingData(validation, shared)
        early_stopping = not incremental and self._early_stops(data.n_samples, epochs, validation is not None)
        if early_stopping and validation is None:
            train, held_out = self._split(data.samples, rng, stratify)
            data, validation = data.take(train), data.take(held_out)
        options = self._options(epochs=epochs, n_samples=data.n_samples, early_stopping=early_stopping)
        train = self._train_compiled if self.network is None else self._train_own
        result, spec = train(spec, data, validation, options, rng, goes_on)
        self._keep(result, spec, goes_on)
        if result.diverged is None and self.network is None:
            self._warn_if_exploding(result.history, incremental)
        return result.diverged

    def _train_compiled(self, spec, data, validation, options, rng, goes_on):
        """(`FitResult`, spec) of a leased network."""
        from skseq.nn.pool import lease
        from skseq.nn.training.fitting import fit_network

        if data.n_samples <= self.batch_size:
            data = data.merged()
        with lease(spec) as runner:
            start = {
                "weights": self.weights_ if goes_on else self._starting_weights(runner.network, rng),
                "slots": self.optimizer_state_ if goes_on else None,
            }
            more = {"rng": rng, "n_timesteps": self._model_timesteps(), "validation": validation}
            return fit_network(runner, data, options, **start, **more), spec

    def _train_own(self, spec, data, validation, options, rng, goes_on):
        """(`FitResult`, spec) of a fit of the user's model."""
        from skseq.nn.pool import lease

        if goes_on:
            spec = replace(spec, builder=replace(spec.builder, meta=self._spec.builder.meta))
        with lease(spec) as runner:
            runner.build(int(rng.randint(np.iinfo(np.int32).max)))
            spec = replace(spec, encoding_size=runner.check(data.rows))
            if goes_on:
                try:
                    runner.store.load(self.weights_)
                    runner.store.load_slots(self.optimizer_state_)
                except ValueError as error:
                    raise ValueError(
                        f"{type(self).__name__} cannot go on from its last fit. Use warm_start=False, or set the "
                        f"parameters of network back. {error}"
                    ) from error
            if data.n_samples <= options.batch_size and runner.adds_up(data.rows):
                data = data.merged()
            return runner.fit(data, validation, options, rng), spec

    def _starting_weights(self, network, rng):
        """Name -> array, what a fit starts from that does not go on from the last one."""
        from skseq.nn.networks.weights import initial_weights

        return initial_weights(network, rng)

    def _check_same_network(self, spec):
        options = (
            "jit_compile",
            "unroll",
            "recompute",
            "cudnn",
            "block",
            "penalty",
            "truncated",
            "scheduled_sampling",
            "label_smoothing",
            *_NOISE,
        )
        free = dict.fromkeys((name for name in options if hasattr(spec, name)), False)
        kind_differs = type(self._spec) is not type(spec)
        if kind_differs or (self.network is None and replace(self._spec, **free) != replace(spec, **free)):
            raise ValueError(
                f"{type(self).__name__} cannot go on from its last fit: its parameters or the data now need another "
                "network (features, classes, units, cell, layers, attention, optimizer, dtype or freeze have changed). "
                "Use warm_start=False, or set the parameters back."
            )

    def _keep(self, result, spec, goes_on):
        self.n_iter_ = len(result.history.get("loss", []))
        self.history_ = _joined(self.history_, result.history) if goes_on else result.history
        self.weights_, self.optimizer_state_, self._spec = result.weights, result.slots, spec

    def _warn_if_exploding(self, history, incremental):
        """Once a fit. One epoch of `partial_fit` is judged with those before it, and not told of again and again."""
        if incremental:
            history, before = self.history_, {name: values[:-1] for name, values in self.history_.items()}
            if explosion(before):
                return
        what = explosion(history)
        if what is not None:
            warnings.warn(
                f"Gradients of {type(self).__name__} exploded: {what}. Try {remedies(self)}, or scale X. history_ has "
                "the figures of every epoch.",
                ExplodingGradientWarning,
                stacklevel=2,
            )

    def _raise_if_diverged(self, what):
        if what is not None and self.network is not None:
            raise FloatingPointError(
                f"Training of {type(self).__name__} diverged: {what}. Likely causes: a learning rate that is too high, "
                "exploding gradients on long sequences, or unscaled X. Try a smaller network__optimizer__learning_rate"
                ", a network__optimizer__clipnorm, or scale X first, e.g. with StandardScaler. The estimator keeps the "
                "last finite weights."
            )
        if what is not None:
            raise FloatingPointError(
                f"Training of {type(self).__name__} diverged: {what}. Likely causes: a learning rate that is too "
                f"high, exploding gradients on long sequences, or unscaled X. Try {remedies(self)}, or scale X first, "
                "e.g. with StandardScaler. The estimator keeps the last finite weights."
            )

    def _predict(self, what, rows, **shared):
        """A function of the fitted network over all samples, samples first."""
        from skseq.nn.pool import lease

        with lease(self._spec) as runner:
            runner.store.load(self.weights_)
            return runner.predict(what, TrainingData(rows, shared), max_bytes=working_memory())

    # --- export -------------------------------------------------------------------------------------------------------

    def _export(self, name):
        from skseq.nn.export.models import build_models
        from skseq.nn.export.stock_layers import set_weights

        check_is_fitted(self)
        if self._has_own_network:
            return self._own_model(name)
        models, bindings = build_models(self._spec, *self._model_timesteps())
        set_weights(bindings, self.weights_)
        return models[name]

    @property
    def model_(self):
        """A `keras.Model` of stock layers, with the fitted weights: source (and decoder inputs) to output."""
        return self._export("model")

    @property
    def encoder_model_(self):
        """A `keras.Model` of stock layers, with the fitted weights: source to what the decoder reads."""
        return self._export("encoder_model")

    @property
    def decoder_model_(self):
        """A `keras.Model` of stock layers, with the fitted weights: what the encoder gives to output."""
        return self._export("decoder_model")
