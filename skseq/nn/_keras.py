"""The one door to what Keras keeps private: if a release renames something, only this file changes."""

import keras

__all__ = ["adam_moments", "carries_mask", "embeddings", "reduce_nothing"]


def reduce_nothing(optimizer):
    """Skip the sum of gradients over devices, which TensorFlow remembers for every graph; no option does that."""
    # On one device the sum changes nothing, but it goes through `tf.custom_gradient`, which keeps graphs for ever. If a
    # release renames the method, they are kept again.
    for one in (optimizer, getattr(optimizer, "inner_optimizer", None)):
        if hasattr(one, "_all_reduce_sum_gradients"):
            one._all_reduce_sum_gradients = list


def adam_moments(optimizer):
    """First and second moments of Adam, one of each per variable: `optimizer.variables` does not say which is which."""
    return optimizer._momentums, optimizer._velocities


def carries_mask(tensor):
    """Whether Keras' losses leave out masked steps of an output: the mask has no public name on a tensor."""
    return getattr(tensor, "_keras_mask", None) is not None


def embeddings(model):
    """The layers of a model, those within others included, that look ids up."""
    return [layer for layer in model._flatten_layers() if isinstance(layer, keras.layers.Embedding)]
