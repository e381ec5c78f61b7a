"""What training and predictions ask of every network."""


class Network:
    """Flow of tensors of a spec: what a network may say of itself, and what holds if it says nothing.

    A network adds ``weights()``, its table; ``losses(weights, batch, noise)``; and functions ``predict_...``, which are
    asked by the rest of their names.
    """

    least = 1  # fewest timesteps that a batch is cut to
    metrics = ()  # what `losses` measures besides the loss
    added = ()  # which of the metrics training descends besides the loss
    critic = None  # the `Critic` that measures some of the metrics in training alone
    parts = {}  # prediction of several outputs -> their names
    timed = {}  # prediction, or one of several -> what its axes from the second on are timesteps of: "source", "target"
    ranks = {}  # prediction -> number of its axes, unless it has samples, the timed ones and one more
