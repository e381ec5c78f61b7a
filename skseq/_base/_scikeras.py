"""The one door to scikeras: if a release renames something, only this file changes.

Importing scikeras changes how every Keras model of the process is pickled. That is left to the user, who imports it to
make a wrapper; nothing here imports it first.
"""

import inspect
import sys

from sklearn.base import clone

__all__ = ["build_model", "compile_arguments", "fit_callbacks", "is_default", "is_wrapper", "prepared"]


def is_wrapper(network):
    """Whether an object is a scikeras wrapper."""
    if "scikeras.wrappers" not in sys.modules:  # then nobody can have made one
        return False
    from scikeras.wrappers import BaseWrapper

    return isinstance(network, BaseWrapper)


def is_default(wrapper, name, value):
    """Whether a parameter of a wrapper is as its class has it."""
    from scikeras.wrappers import BaseWrapper

    for known in (type(wrapper), BaseWrapper):  # a subclass may leave the parameters of its base to **kwargs
        if name in (parameters := inspect.signature(known.__init__).parameters):
            default = parameters[name].default
            return value is default or (type(value) is type(default) and value == default)
    return value is None


def prepared(wrapper, meta):
    """A clone that is ready to build; private, since scikeras sets seed and ``meta`` only inside its own fit."""
    wrapper = clone(wrapper)
    wrapper._random_state = None  # with a seed scikeras would switch TensorFlow's global seed and determinism
    wrapper._get_metadata = lambda: dict(meta)
    vars(wrapper).update({name: value for name, value in meta.items() if name.endswith("_")})
    return wrapper


def build_model(wrapper):
    """What the build function returns; private, since the public `initialize` needs X and y and encodes them."""
    return wrapper._build_keras_model()


def compile_arguments(wrapper):
    """Arguments of ``keras.Model.compile``; private, since scikeras only hands them to build functions that ask."""
    return wrapper._get_compile_kwargs()


def fit_callbacks(wrapper):
    """The callbacks for fit; private, since scikeras makes them only inside its own fit."""
    wrapper._initialize_callbacks()
    return wrapper._fit_callbacks
