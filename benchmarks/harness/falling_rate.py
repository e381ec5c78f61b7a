"""A learning rate that falls to zero while a network is fitted."""

import keras

__all__ = ["falling"]


def falling(network, n_samples):
    """The parameters of a network, with a learning rate that falls to zero along a cosine while it is fitted."""
    n_updates = network["epochs"] * -(-n_samples // network["batch_size"])
    schedule = keras.optimizers.schedules.CosineDecay(network["learning_rate"], n_updates)
    optimizer = keras.optimizers.serialize(keras.optimizers.Adam(schedule))
    return network | {"optimizer": optimizer, "learning_rate": None, "early_stopping": False}
