"""Other values for every parameter of the networks, and values that are none."""

import decimal

import numpy as np
from hypothesis import strategies as st

from skseq import LSTMAutoencoderTransformer
from skseq._base.decoders.decoding import SEARCH_PARAMETERS

# parameters that are documented to be read after a fit: set them, and predict again without a new one
READ_LATER = {*SEARCH_PARAMETERS, "join", "handle_unknown", "output", "quantiles"}
READ_LATER -= {"random_state"}  # which sampling alone reads
_OTHERS = {  # where another value does not follow from the type of the default
    "activation": "relu",
    "aggregation": "max",
    "analyzer": "word",
    "attention": "dot",
    "batch_size": 1,
    "binary_features": False,
    "bidirectional": True,
    "bptt_steps": 1,
    "callbacks": (),
    "cell": "gru",
    "checkpoint": "elsewhere",
    "class_weight": "balanced",
    "clipvalue": 0.1,
    "code": "repeated",
    "contamination": 0.3,
    "covariance": "full",
    "dtype": "float64",
    "early_stopping": True,
    "embedding_dim": 3,
    "encoder": LSTMAutoencoderTransformer(),
    "end": False,
    "epochs": 7,
    "horizon": 1,
    "jit_compile": True,
    "kernel_size": 3,
    "learning_rate_schedule": "linear",
    "linear": False,
    "loss": "squared_error",
    "max_vocabulary": 1,
    "min_window": 2,
    "n_conv_layers": 1,
    "n_sampled_tokens": 1,
    "n_seasons": 2,
    "network": len,
    "optimizer": "sgd",
    "pooling": "last",
    "random_state": 7,
    "recurrent_dropout": 0.25,
    "scaling": None,
    "schedule_c": 0.1,
    "schedule_k": 5.0,
    "scheduled_sampling": "linear",
    "scoring": "squared_error",
    "season": 2,
    "smoothing": 2,
    "source_type": "tokens",
    "stride": 2,
    "target_analyzer": "word",
    "target_features": [0],
    "target_join": "-",
    "target_vocabulary": ["z"],
    "training": "professor_forcing",
    "unroll": True,
    "vocabulary": ["z"],
    "weight_average": "ema",
    "weight_decay": 0.1,
    "window": 2,
}


_DECODERS = {"recursive": "direct", "direct": "merge", "reconstruct": "predict", "predict": "composite"}


def other(name, value):
    """A value of the parameter that is not this one."""
    found = _other(name, value)
    assert found != value, f"{name}={value!r} has no other value: give it one in _OTHERS"
    return found


def _other(name, value):
    if name == "decoder":
        return _DECODERS[value]
    if name in _OTHERS and _OTHERS[name] != value:
        return _OTHERS[name]
    if isinstance(value, bool):
        return not value
    if isinstance(value, (int, float)):
        return value + 1 if isinstance(value, int) else value / 2 + 0.25
    return None


JUNK = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-3, 4),
    st.sampled_from([-(10**30), 1e300, np.nan, np.inf, -np.inf, 0.5, -0.5, 1e-300]),
    st.text(max_size=3),
    st.sampled_from([b"auto", 1j, decimal.Decimal("0.5"), np.datetime64("2024-01-01"), len, object(), int, ...]),
    st.sampled_from([[], (), {}, set(), [None], [0], ["a"], {"a": 1}, {0: 1.0}, np.ones(2), np.zeros((2, 2))]),
    st.sampled_from(["auto", "lstm", "gru", "linear", "mean", "last", "dot", "balanced", "float64", "word", "sgd"]),
)
