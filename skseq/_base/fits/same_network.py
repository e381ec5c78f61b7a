"""Whether a fit may go on with the network of the last one, and if not, what has changed."""

import json
from dataclasses import fields, replace

_FOLLOW = ("source_steps", "end", "marks_steps", "one_hot")  # from `attention`, `training`, `n_conv_layers`, `binary`
_NAMES = {  # what users know a field of a spec as; others have the name of a parameter
    "source_size": "features or tokens of X",
    "sizes": "classes or outputs of y",
    "target_size": "tokens of y",
    "n_tags": "labels of y",
    "n_targets": "targets of y",
    "n_future": "columns known beforehand",
    "frozen": "freeze",
    "levels": "quantiles",
    "tied": "tie_embeddings",
    "binary": "binary_features",
}
_PLACEHOLDERS = ("learning_rate", "weight_decay")  # of an optimizer, whose numbers are those of parameters


def is_same_network(spec, fitted):
    """Whether two specs are of one network, however it is trained."""
    return type(spec) is type(fitted) and _fixed(spec) == _fixed(fitted)


def changes(spec, fitted):
    """What makes a spec another one than the fitted one, in words: "units=7, which was 5"."""
    if type(spec) is not type(fitted):
        return ["another network"]
    now, was = (_told(_fixed(one)) for one in (spec, fitted))
    both = {name: (value, was[name]) for name, value in now.items() if name in was}
    if now.get("n_conv_layers") != was.get("n_conv_layers"):
        both.pop("pooling", None)  # by default it follows from them
    found = [f"{name}={value!r}, which was {old!r}" for name, (value, old) in both.items() if value != old]
    return found + _changes_of_optimizer(json.loads(spec.optimizer), json.loads(fitted.optimizer))


def _fixed(spec):
    """The spec without what may change between fits."""
    return replace(spec, **{own.name: own.default for own in fields(spec) if own.metadata.get("free")})


def _told(spec):
    """The values of a spec as users know them, by name, but for the optimizer."""
    values = {field.name: getattr(spec, field.name) for field in fields(spec)}
    values["dtype"] = "mixed_bfloat16" if values.pop("mixed") else values["dtype"]
    without = [name for name in ("levels", "kernel_size") if not values.get(name)]  # it has none
    for name in ("optimizer", *_FOLLOW, *without):
        values.pop(name, None)
    if "attention" in values:
        values["attention"] = values["attention"] or False
    if values.pop("reads_ends", False):
        values["pooling"] = "auto"
    if "held_back" in values:
        values["horizon"] = "a number" if values.pop("held_back") else None
    if "correlated" in values:
        values["covariance"] = "full" if values.pop("correlated") else "diag"
    return {_NAMES.get(name, name): value for name, value in values.items()}


def _changes_of_optimizer(now, was):
    """Changes of serialized optimizers, whose numbers are told of one class alone."""
    if (name := _name(now)) != (old := _name(was)):
        return [f"optimizer={name!r}, which was {old!r}"]
    changed = [name for name, value in now["config"].items() if value != was["config"].get(name)]
    return [_of_optimizer(name, now["config"][name], was["config"].get(name)) for name in changed]


def _name(optimizer):
    return "nesterov" if optimizer["config"].get("nesterov") is True else optimizer["class_name"].lower()


def _of_optimizer(name, now, was):
    if name not in _PLACEHOLDERS:
        return f"{name}={now!r} of the optimizer, which was {was!r}"
    if None in (now, was):
        return f"{name} {'set' if was is None else 'None'}, which was {'None' if was is None else 'set'}"
    return f"another {name} in the configuration of the optimizer"
