"""Networks with any combination of options, drawn such that few of them have every value of every option."""

from dataclasses import dataclass, replace
from itertools import cycle, islice

import numpy as np
from nn_tools import (
    autoencoder_spec,
    data_of,
    forecast_rows,
    forecast_spec,
    generator_spec,
    lengths,
    make_rows,
    pooled_spec,
    random_weights,
    seq2seq_spec,
    tagger_spec,
)

from skseq.nn.kernels import cudnn
from skseq.nn.kernels.cells import CELLS
from skseq.nn.spec import ForecastSpec

BOTH = (False, True)
LAYERS = {
    "cell": tuple(CELLS),
    "n_layers": (1, 2),
    "bidirectional": BOTH,
    "activation": ("tanh", "relu"),
    "dropout": BOTH,
    "recurrent_dropout": BOTH,
    "penalty": BOTH,
    "truncated": BOTH,  # with chunks as long as the sequences and their end: the same gradient
    "kernel": ("loop", "unroll", "recompute", "cudnn", "block"),  # which runs the recurrent layers
    "ragged": BOTH,
}
SOURCE = {"tokens": BOTH, "embedding_dim": (None, 2), "frozen": BOTH}
DECODER = {
    "attention": (None, "bahdanau", "dot", "general", "concat", "location", "local-m", "local-p"),
    "input_feeding": BOTH,
    "code": ("auto", "state", "repeated", "both"),
    "reverse_source": BOTH,
    "scheduled_sampling": (None, "linear", "exponential", "inverse_sigmoid"),
    "frozen": BOTH,
}
LOSSES = ("squared_error", "absolute_error", "huber", "quantile", "normal", "student_t", "poisson", "negative_binomial")
OPTIONS = {
    "autoencoder": {
        "code": ("repeated", "state", "both"),
        "reverse_target": BOTH,
        "decoder": ("reconstruct", "predict", "composite"),
        "conditional": BOTH,
        "held_back": BOTH,
        "input_noise": BOTH,
        "step_dropout": BOTH,
    },
    "forecast": DECODER | {"decoder": ("recursive", "direct"), "loss": LOSSES, "n_targets": (1, 2), "n_future": (0, 2)},
    "generator": SOURCE
    | {
        "bidirectional": (False,),
        "tied": BOTH,
        "ends": BOTH,
        "condition": (None, "labels", "vectors"),
        "carried": BOTH,
        "n_components": (1, 2),
        "correlated": BOTH,
        "binary": ((), (1,)),
    },
    "pooled": SOURCE
    | {
        "task": ("classify", "regress"),
        "sizes": ((3,), (3, 2), (1,), (1, 1)),
        "pooling": ("last", "attention", "mean", "concat"),
        "n_conv_layers": (0, 1, 2),
        "kernel_size": (2, 3),
        "marks_steps": BOTH,
        "reads_ends": BOTH,
    },
    "seq2seq": SOURCE | DECODER | {"decoder": ("recursive", "direct", "merge"), "label_smoothing": BOTH},
    "tagger": SOURCE | {"transitions": BOTH},
}
MAKERS = {
    "autoencoder": autoencoder_spec,
    "forecast": forecast_spec,
    "generator": generator_spec,
    "pooled": pooled_spec,
    "seq2seq": seq2seq_spec,
    "tagger": tagger_spec,
}
# as few as have every value (test_nn_drawn_gradients.py says so): more where an option gets another value
FEW = {"autoencoder": 5, "forecast": 8, "generator": 6, "pooled": 5, "seq2seq": 8, "tagger": 5}
RATES = {
    "dropout": 0.3,
    "recurrent_dropout": 0.3,
    "input_noise": 0.5,
    "step_dropout": 0.3,
    "label_smoothing": 0.1,
    "schedule_k": 0.5,
    "l1": 0.01,
    "l2": 0.02,
    "bptt_steps": 6,
    "seed": 4,
}


@dataclass(frozen=True)
class Drawn:
    """A network in float64, whether its sequences are ragged, and whether it has a twin of one operation a layer."""

    spec: object
    ragged: bool
    block: bool
    options: dict
    seed: int

    @property
    def block_spec(self):
        """The twin, which is float32."""
        return replace(self.spec, dtype="float32", block=True)

    def problem(self):
        """Weights and data: 3 samples of up to 5 timesteps, and weights of samples and classes that all matter."""
        spec, seed = self.spec, self.seed
        if isinstance(spec, ForecastSpec):
            rows = forecast_rows(spec, n_timesteps=5, seed=seed)
        else:
            rows = make_rows(spec, n_timesteps=5, seed=seed)
        rows["weight"] = np.array([1.0, 0.5, 2.0])
        if self.ragged:
            rows["source_lengths"] = lengths([5, 3, 4])
            if hasattr(spec, "attention"):
                rows["target_lengths"] = lengths([2, 3, 1])
        return random_weights(spec, seed), data_of(spec, rows, class_weight=[1.0, 0.5, 2.0, 1.5], horizon=2)


def drawn_networks(network, n, seed=657):
    """n networks of a kind; `FEW` of them have every value of every option, where others do not exclude it."""
    dice, options = np.random.RandomState(seed), LAYERS | OPTIONS[network]
    columns = {name: _spread(values, n, dice) for name, values in options.items()}
    return [_drawn(network, {name: column[row] for name, column in columns.items()}, row) for row in range(n)]


def _spread(values, n, dice):
    """n values in random order, each as often as any other."""
    found = list(islice(cycle(values), n))
    return [found[index] for index in dice.permutation(n)]


def _drawn(network, options, seed):
    options = _settled(network, options)
    fields = dict(options)
    kernel, ragged = fields.pop("kernel"), fields.pop("ragged")
    if network == "generator":
        fields["condition_size"] = 2 if fields["condition"] else 0
        if not fields["tokens"]:
            fields["source_size"] = 2 + len(fields["binary"]) if fields["correlated"] else 3
    elif fields.get("tokens"):
        fields["source_size"] = 5
    elif network == "seq2seq":
        fields["source_size"] = 2
    if "attention" in fields:
        fields["source_steps"] = 5 if fields["attention"] == "location" else None
        fields["attention_window"] = {"local-m": 1, "local-p": 2}.get(fields["attention"], 10)
    if fields.get("loss") == "quantile":
        fields["levels"] = (0.1, 0.5, 0.8)
    if kernel in ("unroll", "recompute", "cudnn"):
        fields[kernel] = True
    return Drawn(MAKERS[network](**fields), ragged, kernel == "block", options, seed)


def _settled(network, options):
    """The options without what estimators refuse, or never plan."""
    options = dict(options)

    def set_if(when, /, **others):
        if when:
            options.update({name: value for name, value in others.items() if name in options})

    kernel = options["kernel"]
    set_if(kernel == "block" or (kernel == "cudnn" and options["cell"] not in cudnn.KINDS), cell="lstm")
    set_if(kernel in ("block", "cudnn"), activation="tanh", recurrent_dropout=False, truncated=False)
    # In float32 other numbers are drawn.
    set_if(kernel == "block", dropout=False, input_noise=False, step_dropout=False, scheduled_sampling=None)
    if "tokens" in options:
        numeric = not options["tokens"]
        set_if(options.get("tied") or options.get("n_conv_layers"), embedding_dim=2)
        set_if(numeric, embedding_dim=None, tied=False)
        if network == "generator":
            set_if(not numeric, n_components=0, correlated=False, binary=())
            set_if(options["carried"] and options["condition"], carried=False)  # one long sequence has no condition
            set_if(options["carried"], ends=False, ragged=False)
    if network == "autoencoder":
        set_if(options["decoder"] == "reconstruct", held_back=False)
        set_if(options["held_back"] and kernel == "unroll", kernel="loop")
    if network == "pooled":
        options["task"] = "regress" if set(options["sizes"]) == {1} else "classify"
        set_if(not options["n_conv_layers"], kernel_size=0, marks_steps=False)
        set_if(options["tokens"], reads_ends=False)
    if "attention" in options:
        set_if(options["attention"] in (None, "bahdanau"), input_feeding=False)
        set_if(options["decoder"] == "direct", scheduled_sampling=None)
        if options["decoder"] == "merge":
            set_if(options["attention"] == "bahdanau", attention="concat")
            set_if(options["code"] in ("state", "both"), code="repeated")
            options["input_feeding"] = False
    return options
