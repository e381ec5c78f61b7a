"""A network of the user's own: the scikeras wrapper around a build function, and what the estimator decides instead.

What it asks of scikeras goes through `skseq._base._scikeras`.
"""

from __future__ import annotations

import inspect
import random
import threading
import uuid
from contextlib import contextmanager
from dataclasses import dataclass, replace
from typing import Any, Self

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import check_is_fitted

from skseq._base._scikeras import build_model, compile_arguments, fit_callbacks, is_default, is_wrapper, prepared
from skseq._base.diagnosis.renumbered_ids import warn_if_renumbered
from skseq._base.fits.facts import LEAST_EPOCHS
from skseq._base.fits.job import rates_of_merged
from skseq._callers import warn_caller
from skseq._data.constant_answer import ConstantAnswer

NETWORK_CONSTRAINTS = {"network": "no_validation"}  # `check_network` says more than scikit-learn could
_OURS = {  # parameter of a wrapper -> what decides it instead
    "epochs": "epochs",
    "initial_epoch": "partial_fit or warm_start",
    "batch_size": "batch_size",
    "validation_batch_size": "batch_size",
    "validation_split": "early_stopping and validation_fraction",
    "validation_data": "X_val and y_val of fit",
    "shuffle": "shuffle",
    "verbose": "verbose",
    "random_state": "random_state",
    "warm_start": "warm_start",
    "class_weight": "class_weight",
    "sample_weight": "sample_weight of fit",
}
_WITHOUT_MEANING = {  # parameter of an estimator -> the only value that goes with a network
    "encoder": None,
    "freeze": False,
    "decoder": "reconstruct",
    "horizon": None,
    "output": "last",
}

_OF_ITS_OPTIMIZER = {  # parameter -> the only value with a network besides its default, and what a wrapper has instead
    "learning_rate_schedule": (
        "constant",
        "optimizer__learning_rate=keras.optimizers.schedules.CosineDecay(0.01, decay_steps=n_updates)",
    ),
    "warmup": (
        0.0,
        "optimizer__learning_rate=keras.optimizers.schedules.CosineDecay(0.0, decay_steps=n_updates, "
        "warmup_target=0.01, warmup_steps=n_warm_updates)",
    ),
    "weight_decay": (None, "optimizer__weight_decay=0.01"),
    "weight_average": (None, "optimizer__use_ema=True"),
}
_OF_ITS_LAYERS = (
    *("units", "pooling", "embedding_dim", "n_conv_layers", "kernel_size", "cell", "n_layers", "bidirectional"),
    *("activation", "dropout", "recurrent_dropout", "l1", "l2", "bptt_steps"),
    *("conditional", "code", "input_noise", "step_dropout"),
)
_IDLE = {  # parameter that does nothing for a network -> what does it instead
    **{name: f"network__model__{name}" for name in _OF_ITS_LAYERS},
    "optimizer": "network__optimizer",
    "learning_rate": "network__optimizer__learning_rate",
    "clipnorm": "network__optimizer__global_clipnorm",
    "clipvalue": "network__optimizer__clipvalue",
}


def check_network(network, *, of):
    """Raise TypeError or ValueError unless the parameter is a scikeras wrapper that leaves fitting to the estimator."""
    if not is_wrapper(network):
        shown = f"the class {network.__name__}" if inspect.isclass(network) else type(network).__name__
        raise TypeError(
            f"The 'network' parameter of {of} must be a scikeras wrapper around a function that builds a keras.Model, "
            f"or None. Got {shown}. For a function `build(meta)` pass scikeras.wrappers.KerasClassifier(model=build), "
            "KerasRegressor(model=build) or BaseWrapper(model=build)."
        )
    model = network.build_fn if network.model is None else network.model
    if model is not None and not inspect.isroutine(model) and hasattr(model, "get_weights"):
        raise TypeError(
            f"The 'network' parameter of {of} wraps a ready {type(model).__name__}. Wrap a function that builds the "
            "model instead: every fit needs a new one."
        )
    for name, value in network.get_params(deep=False).items():
        _check_wrapped(network, name, value, of)


def _check_wrapped(network, name, value, of):
    """Raise ValueError if a parameter of a wrapper decides what the estimator decides."""
    own = name.removeprefix("fit__")
    if own in _OURS and (own != name or not is_default(network, name, value)):  # a default is no decision of the user
        raise ValueError(
            f"network has {name}={value!r}, but the fit is up to {of}, not to the wrapper: leave {name} out, and "
            f"use {_OURS[own]} of {of}."
        )
    if name.startswith("predict__"):
        raise ValueError(f"network has {name}={value!r}, but predictions are up to {of}: leave it out.")


def _warn_if_idle(parameters, defaults):
    """Warn of parameters that ask for something, and do nothing for a network of the user's own."""
    asked = {name: value for name, value in parameters.items() if name in _IDLE and value not in (None, 0)}
    idle = {name: value for name, value in asked.items() if value != defaults[name]}
    if not idle:
        return
    of_layers = any(name in _OF_ITS_LAYERS for name in idle)
    default, instead = {name: defaults[name] for name in idle}, {_IDLE[name]: value for name, value in idle.items()}
    warn_caller(
        f"A network of your own does not read {_listed(idle)}: leave {_listed(default)}, and set "
        f"{_listed(instead)}, in a search as well"
        f"{', where network__model__... are arguments of its build function' if of_layers else ''}."
    )


def _listed(parameters):
    return ", ".join(f"{name}={value!r}" for name, value in parameters.items())


def _seed(rng):
    """A seed for a build function."""
    return int(rng.randint(np.iinfo(np.int32).max))


_building = threading.Lock()  # Python's and NumPy's random states are one for all threads


@contextmanager
def _seeded(seed, dtype):
    """Seed what Keras initialisers and layers draw from, and set their dtype policy; restore both afterwards."""
    import keras

    with _building:
        before, before_numpy, policy = random.getstate(), np.random.get_state(), keras.config.dtype_policy()  # noqa: NPY002
        random.seed(seed)  # Keras draws the seeds of its initialisers from it
        np.random.seed(seed)  # noqa: NPY002 - build functions may draw from it
        keras.config.set_dtype_policy(dtype)
        try:
            yield
        finally:
            random.setstate(before)
            np.random.set_state(before_numpy)  # noqa: NPY002
            keras.config.set_dtype_policy(policy)


@dataclass(frozen=True)
class Builder:
    """What makes the model of a fit: an unfitted wrapper, which is cloned for every use, and the `meta` of that fit."""

    wrapper: Any
    meta: dict

    def build(self, seed):
        """The `keras.Model` of the build function, not yet compiled unless the function does that."""
        import keras

        with _seeded(seed, self.meta["dtype"]):
            try:
                model = build_model(prepared(self.wrapper, self.meta))
            except Exception as error:
                raise ValueError(
                    f"The build function of network failed: {type(error).__name__}: {error}. It gets meta with "
                    f"{', '.join(self.meta)}, and the parameters model__... of the wrapper."
                ) from error
        if not isinstance(model, keras.Model):
            raise TypeError(f"The build function of network must return a keras.Model. Got {type(model).__name__}.")
        return model

    def compile(self, model, default_loss):
        """Compile a model that its build function did not compile, or compiled without a loss."""
        if model.compiled and (_has_own_training(model) or model.loss is not None):
            return
        arguments = compile_arguments(prepared(self.wrapper, self.meta))
        if arguments.get("loss") is None:
            arguments["loss"] = default_loss
        if model.compiled:  # its build function chose an optimizer, though no loss
            arguments["optimizer"] = model.optimizer
        model.compile(**arguments)

    def callbacks(self):
        """The wrapper's callbacks for fit."""
        return fit_callbacks(prepared(self.wrapper, self.meta))

    def fit_arguments(self):
        """The wrapper's other parameters fit__..., for ``keras.Model.fit``."""
        routed = self.wrapper.get_params(deep=False).items()
        own = {name.removeprefix("fit__"): value for name, value in routed if name.startswith("fit__")}
        return {name: value for name, value in own.items() if not name.startswith("callbacks")}


def _has_own_training(model):
    """Whether the class of a model replaces what Keras does in an update."""
    import keras

    replaceable = ("train_step", "compute_loss")
    return any(getattr(type(model), name) is not getattr(keras.Model, name) for name in replaceable)


class OwnNetworkMixin:
    """How an estimator fits a `network` of the user's own in the place of its recurrent layers.

    It stands left of the estimator whose hooks it overrides, and leaves them alone where ``network`` is None.
    """

    @property
    def _has_own_network(self):
        """Whether the fitted network, or without one the next, is the user's."""
        return self._spec.is_own if hasattr(self, "_spec") else self.network is not None

    def _check_parameters(self):
        super()._check_parameters()
        if self.network is None:
            return
        name = type(self).__name__
        check_network(self.network, of=name)
        # A default is nobody's wish, whatever it would mean for recurrent layers.
        defaults = {name: p.default for name, p in inspect.signature(type(self)).parameters.items()}
        for parameter, value in _WITHOUT_MEANING.items():
            if getattr(self, parameter, value) not in (value, defaults.get(parameter)):
                raise ValueError(
                    f"{parameter}={getattr(self, parameter)!r} has no meaning for a network of your own: set "
                    f"{parameter}={value!r}, or network=None."
                )
        for parameter, (value, instead) in _OF_ITS_OPTIMIZER.items():
            if getattr(self, parameter) not in (value, defaults[parameter]):
                raise ValueError(
                    f"{parameter}={getattr(self, parameter)!r} does not reach a network of your own, which the "
                    f"optimizer of its wrapper trains: pass it to the wrapper, e.g. {instead}, and set "
                    f"{parameter}={value!r} here."
                )
        if self.dtype == "mixed_bfloat16":
            raise ValueError(
                "dtype='mixed_bfloat16' has no meaning for a network of your own, whose build function decides it: set "
                "dtype='float32', and give layers of the network dtype='mixed_bfloat16'."
            )
        _warn_if_idle(self.get_params(deep=False), defaults)

    def _check_checkpoint(self):
        super()._check_checkpoint()
        if self.network is not None:
            raise ValueError(
                f"checkpoint={str(self.checkpoint)!r} is for recurrent layers of {type(self).__name__}: what a network "
                "of your own holds is not known. Set checkpoint=None, and pass keras.callbacks.BackupAndRestore to the "
                "wrapper."
            )

    def _scale(self, wanted, *numbers, **more):  # a user's network gets numbers as they are
        return super()._scale(wanted and self.network is None, *numbers, **more)

    def _make_spec(self, learnt, rows):
        if self.network is None:
            return super()._make_spec(learnt, rows)
        from skseq.nn.spec import OwnNetworkSpec

        form = learnt.source
        return OwnNetworkSpec(
            token=uuid.uuid4().hex,  # no two are equal: nothing tells whether two functions build the same
            builder=Builder(clone(self.network), self._meta(learnt, rows)),
            task=self._task,
            sizes=getattr(learnt.targets, "sizes", ()),
            source_size=form.size,
            n_timesteps=form.n_timesteps,
            tokens=form.reads_tokens,
            dtype=self._number_type,
        )

    def _planned(self, spec, learnt, n_samples, job):  # Keras decides how a user's network runs
        return spec if self.network is not None else super()._planned(spec, learnt, n_samples, job)

    def _meta(self, learnt, rows):
        """What a build function may ask for: what was learnt in fit."""
        form, lengths = learnt.source, rows.get("source_lengths")
        return {
            **({} if form.n_features_in is None else {"n_features_in_": form.n_features_in}),  # text has none
            "n_timesteps_in_": form.n_timesteps,
            **self._meta_of_targets(learnt.targets),
            "task": self._task,
            "dtype": self.dtype,
            "tokens": form.reads_tokens,
            "n_features": form.n_features,
            "vocabulary_size": form.size if form.reads_tokens else None,
            "ragged": lengths is not None,
            "lengths": (form.n_timesteps,) * 2 if lengths is None else (int(lengths.min()), int(lengths.max())),
        }

    @staticmethod
    def _meta_of_targets(targets):
        """What a build function may ask for of y."""
        if targets is None:
            return {}
        meta = {"n_outputs_": len(targets.sizes)}
        if hasattr(targets, "classes"):
            meta["classes_"] = targets.in_form(targets.classes)
            meta["n_classes_"] = targets.in_form(list(targets.sizes))
        return meta

    def _is_same_network(self, spec):  # of a user's network, loading the last numbers tells
        return type(self._spec) is type(spec) if self.network is not None else super()._is_same_network(spec)

    def _may_try(self, learnt, job):
        return self.network is None and super()._may_try(learnt, job)

    def _train(self, training):
        """(`FitResult`, spec) of the user's model: the best of ``options.n_runs``, each with a model built anew."""
        if self.network is None:
            return super()._train(training)
        from skseq.nn.pool import lease
        from skseq.nn.training.runs import best_fit

        spec, data, options, rng = training.spec, training.data, training.options, training.rng
        if training.goes_on:  # the numbers of the last fit belong to the model of the last fit
            spec = replace(spec, builder=replace(spec.builder, meta=self._spec.builder.meta))
        with lease(spec) as runner:
            runner.build(_seed(rng))
            if training.learnt.source.reads_tokens and not training.goes_on:
                warn_if_renumbered(training.learnt.source, runner.embeddings)
            spec = runner.spec = replace(spec, encoding_size=runner.check(data.rows))  # only the built model tells
            validation = training.validation
            if validation is not None and validation.rows is not data.rows:  # not held out from the same
                runner.check(validation.rows)
            if training.goes_on:
                self._load_last(runner)
            if data.n_samples <= options.batch_size and runner.adds_up(data.rows):
                merged = data.merged()
                data, options = merged, replace(options, rates=rates_of_merged(options.rates, data, merged))

            def fit(own, task):
                if own is not rng:  # that of the first run is built already
                    runner.build(_seed(own))
                return runner.fit(data, validation, replace(options, task=task), own)

            return best_fit(fit, options, rng), spec

    def _load_last(self, runner):
        """The numbers of the last fit into the model."""
        try:
            runner.store.load(self.weights_)
            runner.store.load_slots(self.optimizer_state_)
        except ValueError as error:
            raise ValueError(
                f"{type(self).__name__} cannot go on from its last fit. Call fit with warm_start=False, or set the "
                f"parameters of network back. {error}"
            ) from error

    def _constant_answer(self, learnt, spec, data):  # of a loss of the user's own nothing is known
        return super()._constant_answer(learnt, spec, data) if self.network is None else ConstantAnswer()

    def _facts_of(self, learnt, spec, data, job, *more):
        facts = super()._facts_of(learnt, spec, data, job, *more)
        if self.network is None or job.incremental or facts.n_epochs < LEAST_EPOCHS:
            return facts
        from skseq.nn.pool import lease

        with lease(spec) as runner:  # that of the fit, with its loss
            return replace(facts, constant=ConstantAnswer(loss=runner.constant_loss(data)))

    def _with_simple_models(self, facts, *more):  # compares with the loss of our own networks
        return super()._with_simple_models(facts, *more) if self.network is None else facts

    def _remedies(self):
        if self.network is None:
            return super()._remedies()
        return "a smaller network__optimizer__learning_rate, a network__optimizer__clipnorm, or scaling X first"

    def _models(self):
        if not self._has_own_network or not hasattr(self, "weights_"):
            return super()._models()
        return ("model_",) if self._spec.encoding_size is None else ("model_", "encoder_model_")

    def _export(self, name):
        check_is_fitted(self)
        return self._own_model(name) if self._has_own_network else super()._export(name)

    def _own_model(self, name):
        """The user's model with the fitted weights, built anew."""
        import keras

        from skseq.nn.training.keras_network import OwnNetwork

        if f"{name}_" not in self._models():
            raise AttributeError(f"{type(self).__name__} with a network of your own has no {name}_.")
        runner = OwnNetwork(self._spec)  # not one of the pool: the user may keep and change it
        runner.store.load(self.weights_)
        model = runner.model if name == "model" else runner.encoder()
        if getattr(model, "inputs", None):  # one without a graph was called to build it
            is_sequential = isinstance(model, keras.Sequential)  # these know no `input` before they are called
            model(model.inputs[0] if is_sequential else model.input)  # or Keras refuses to export it to ONNX
        return model

    def set_params(self, **parameters: Any) -> Self:
        """Set parameters by name. Those of the `network` have names such as ``network__model__units``.

        Parameters
        ----------
        **parameters : dict
            Parameters of the estimator.

        Returns
        -------
        self : object
            The estimator.
        """
        nested = sorted(name for name in parameters if name.startswith("network__"))
        if nested and parameters.get("network", self.network) is None:
            raise ValueError(f"{', '.join(nested)} cannot be set: network is None.")
        # scikeras takes these in its constructor, but its own set_params does not know them
        routed = {name: parameters.pop(name) for name in nested if name.startswith("network__callbacks__")}
        super().set_params(**parameters)
        if routed and not hasattr(self.network, "callbacks"):
            raise ValueError(f"{', '.join(routed)} cannot be set: network is {self.network!r}.")
        for name, value in routed.items():
            setattr(self.network, name.removeprefix("network__"), value)
        return self
