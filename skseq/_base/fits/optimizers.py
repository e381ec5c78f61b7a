"""From the parameters of an estimator to the optimizer in the spec of its network."""

import json
from copy import deepcopy
from functools import lru_cache

_NESTEROV = {"class_name": "SGD", "config": {"momentum": 0.9, "nesterov": True}}


def optimizer_config(of, *, optimizer, learning_rate, learning_rate_schedule, warmup, weight_decay):
    """The optimizer as canonical JSON; errors name the parameter, what it accepts, and the estimator as ``of``."""
    config = _NESTEROV if optimizer == "nesterov" else optimizer
    if not isinstance(config, str) and not isinstance(config.get("config"), dict):
        config = {**config, "config": {}}  # Keras wants the key, though all of it may be left out
    try:
        serialized = deepcopy(_adam()) if config == "adam" else _serialized(config)  # it is changed below
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise ValueError(
            f"The 'optimizer' parameter of {of} must be the name of a Keras optimizer such as "
            f"'adam', or what keras.optimizers.serialize gives. Got {optimizer!r} instead: {error}"
        ) from error
    if serialized["class_name"] == "LossScaleOptimizer" or serialized["config"].get("loss_scale_factor"):
        raise ValueError("The 'optimizer' parameter cannot scale the loss: float32 and float64 have no use for it.")
    if serialized["config"].get("gradient_accumulation_steps"):
        raise ValueError(
            "The 'optimizer' parameter cannot accumulate gradients (gradient_accumulation_steps): set a larger "
            "batch_size instead, which gives the same mean over as many samples."
        )
    serialized["config"].pop("name", None)  # Keras numbers them: it must not make another network
    if learning_rate is not None:
        if isinstance(optimizer, dict) and "learning_rate" in (optimizer.get("config") or {}):
            raise ValueError(
                "The learning rate is given twice: in the configuration of 'optimizer' and as "
                f"learning_rate={learning_rate!r}. Set learning_rate=None to use the one in the configuration."
            )
        serialized["config"]["learning_rate"] = 0.001  # fed in training: it must not make another network
    _check_one_schedule(serialized["config"], learning_rate_schedule, warmup)
    if weight_decay is not None:
        _check_decays(serialized, optimizer, weight_decay)
        serialized["config"]["weight_decay"] = 0.001  # fed as well
    return json.dumps(serialized, sort_keys=True)


def _check_one_schedule(config, learning_rate_schedule, warmup):
    """Raise ValueError if both the optimizer's configuration and the parameters have a learning-rate path."""
    own = {"learning_rate_schedule": (learning_rate_schedule, "constant"), "warmup": (warmup, 0.0)}
    given = [f"{name}={value!r}" for name, (value, none) in own.items() if value != none]
    if given and isinstance(config.get("learning_rate"), dict):
        raise ValueError(
            f"The learning rate has two paths: the schedule in the configuration of 'optimizer', and "
            f"{' with '.join(given)}. Set learning_rate_schedule='constant' and warmup=0.0, or give the "
            "configuration no schedule."
        )


def _check_decays(serialized, optimizer, weight_decay):
    """Raise ValueError if the optimizer knows no weight decay, or is given one twice."""
    if isinstance(optimizer, dict) and (optimizer.get("config") or {}).get("weight_decay") is not None:
        raise ValueError(
            "The weight decay is given twice: in the configuration of 'optimizer' and as "
            f"weight_decay={weight_decay!r}. Set weight_decay=None to use the one in the configuration."
        )
    if "weight_decay" not in serialized["config"]:
        raise ValueError(
            f"weight_decay={weight_decay!r}, but the optimizer {serialized['class_name']!r} has no weight "
            "decay: set weight_decay=None, or use l2."
        )


def _serialized(optimizer):
    """The whole configuration of a Keras optimizer, from one that may leave things out."""
    import keras

    return keras.optimizers.serialize(keras.optimizers.get(optimizer))


@lru_cache(maxsize=1)
def _adam():
    """The default, made once: to make an optimizer takes 5 ms, and a small fit 40."""
    return _serialized("adam")
