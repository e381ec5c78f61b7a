"""The one door to what Keras keeps private: if a release renames something, only this file changes."""

__all__ = ["adam_moments", "carries_mask", "reduce_nothing"]


def reduce_nothing(optimizer):
    """Skip the sum of gradients over replicas, which TensorFlow remembers for every graph; no option does that."""
    optimizer._all_reduce_sum_gradients = list


def adam_moments(optimizer):
    """First and second moments of Adam, one of each per variable: `optimizer.variables` does not say which is which."""
    return optimizer._momentums, optimizer._velocities


def carries_mask(tensor):
    """Whether Keras' losses leave out masked steps of an output: the mask has no public name on a tensor."""
    return getattr(tensor, "_keras_mask", None) is not None
