"""Every estimator and transformer, each with the kinds of X and y that it reads and what is asked of it.

A class without an entry here fails `test_registry.py`. An entry is one line: what is drawn and tested follows from the
kinds, which `forms` and `strategies` know.
"""

from dataclasses import dataclass
from functools import cache
from inspect import signature

import forms
import keras
import numpy as np
from beside import (
    HORIZON,
    ForecasterOnFuture,
    ForecasterOnPast,
    ForecasterOnStatic,
    RegressorOnFuture,
    RegressorOnStatic,
)
from scikeras.wrappers import KerasClassifier, KerasRegressor
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import Ridge

from skseq import (
    DecodingSearch,
    LSTMAutoencoderDetector,
    LSTMAutoencoderTransformer,
    SeasonalNaive,
    Seq2SeqClassifier,
    Seq2SeqRegressor,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceEncoder,
    SequenceGenerator,
    SequenceRegressor,
    SequenceTagger,
    SeriesForecaster,
)
from skseq.datasets import SequencePairGenerator
from skseq.preprocessing import (
    SequenceImputer,
    SequenceOneHotEncoder,
    SequencePadder,
    SequenceScaler,
    SequenceTokenizer,
    SlidingWindows,
)

SMALL = {"units": 2, "epochs": 1, "random_state": 0}
READS_NUMBERS = {**SMALL, "source_type": "numeric"}
N = 6  # samples of a fit


@dataclass(frozen=True, eq=False, repr=False)
class Case:
    """An estimator, the kinds of its X and y (None: it takes no y) and the methods that give one result per sample.

    ``parameters`` is a dict, or a function that gives one. ``shortest`` is the least length of a sequence,
    ``n_timesteps`` the only one, if there is only one. ``argument`` is what errors about X call it.
    """

    kind: type
    parameters: object
    X: str
    y: str | None
    methods: tuple
    shortest: int = 1
    n_timesteps: int | None = None
    independent: bool = True  # whether what is predicted for a sample depends on that sample alone
    gaps: bool = False  # whether it reads NaN
    argument: str = "X"

    @property
    def name(self):
        """The class, what it reads, and what is special."""
        network = "-own network" if self.has_own_network else ""
        return f"{self.kind.__name__}-{self.X}{network}" + ("-given y" if self.is_conditional else "")

    @property
    def is_conditional(self):
        """Whether y is what sequences depend on, not what is predicted."""
        return self.kind is SequenceGenerator and self.y is not None

    @property
    def has_own_network(self):
        """Whether Keras trains it."""
        return isinstance(self.parameters, dict) and "network" in self.parameters

    @property
    def is_public(self):
        """Whether users have it as it is, and files may hold it."""
        return self.argument == "X" and not self.has_own_network

    def arguments(self, method):
        """What a method takes, by name."""
        return signature(getattr(self.kind, method)).parameters

    @property
    def takes_weights(self):
        """Whether `fit` has sample weights."""
        return "sample_weight" in self.arguments("fit")

    @property
    def takes_validation(self):
        """Whether `fit` has validation data."""
        return "X_val" in self.arguments("fit")

    @property
    def is_network(self):
        """Whether there are weights for us to train."""
        return "units" in signature(self.kind).parameters and not self.has_own_network

    @property
    def placeless(self):
        """Methods that give a sample the same at any place in X; what is drawn depends on the place."""
        return [name for name in self.methods if name != "sample_y"]

    @property
    def optional(self):
        """Methods that need no X: they have that of the fit."""
        return [name for name in ("fit", *self.methods) if self.arguments(name)["X"].default is None]

    def readable(self, X):
        """The plain form of anything that this case reads, or None."""
        return forms.readable(self.X, X, largest=self.largest, gaps=self.gaps)

    def meanings(self, X, *kinds):
        """All plain forms that anything may have as data of these kinds; a single feature may be a dimension."""
        found = [
            forms.readable(kind, X, largest=self.largest, gaps=self.gaps, flat=flat)
            for kind in kinds
            for flat in (True, False)
        ]
        return [own for own in found if own is not None]

    @property
    def largest(self):
        """The largest number that it reads: networks are float32."""
        return forms.FLOAT32_MAX if self.is_network or self.has_own_network else 1e308

    def __repr__(self):
        return self.name

    def make(self):
        """A new estimator that is not fitted."""
        return self.kind(**(self.parameters() if callable(self.parameters) else self.parameters))

    def training(self):
        """(X, y) that a fit succeeds with: every token and class is there."""
        return training_X(self), training_y(self.y)

    def fit(self, X, y, **more):
        """A new estimator, fitted."""
        return fit(self.make(), self, X, y, **more)

    @cache  # noqa: B019 - cases live as long as the process
    def fitted(self):
        """The estimator after a fit on its training data, shared by all tests: none may change it."""
        return self.fit(*self.training())


def fit(estimator, case, X, y, **more):
    """Fit with y where the case has one."""
    return estimator.fit(X, **more) if case.y is None else estimator.fit(X, y, **more)


def training_X(case):
    """Plain samples, of equal lengths if X has columns."""
    dice = np.random.RandomState(0)
    sizes = [case.n_timesteps or 6] * N if case.X == "columns" or case.n_timesteps else [6, 7, 8, 6, 7, 9]
    letters = [["abcd"[(i + place) % 4] for place in dice.permutation(size)] for i, size in enumerate(sizes)]
    if case.X == "text":
        return ["".join(own) for own in letters]
    if case.X == "strings":
        return letters
    if case.X in ("integers", "rows"):
        return [["_abcd".index(token) for token in own] for own in letters]
    shapes = [(size, 2) if case.X == "features" else size for size in sizes]
    return [dice.randint(-12, 13, size=shape) / 8 for shape in shapes]  # exact in float16


def training_y(kind):
    """Plain targets of `training_X`."""
    dice = np.random.RandomState(1)
    return {
        None: None,
        "labels": ["a", "b", "a", "b", "b", "a"],
        "numbers": [0.5, -1.0, 2.0, 0.25, 1.0, -0.5],
        "horizon": dice.randint(-8, 9, size=(N, 2)) / 4,
        "positions": [[1, 2], [2, 1], [2, 2], [1, 1], [1, 2], [2, 1]],
        "tags": [["x", "y"] * (size // 2) + ["x"] * (size % 2) for size in (6, 7, 8, 6, 7, 9)],
        "texts": ["ab", "b", "abc", "ca", "b", "a"],
        "token lists": [["p", "q"], ["q"], ["p"], ["q", "p", "p"], ["p"], ["q"]],
    }[kind]


def _search():
    """Parameters of a search over a fitted estimator, which `clone` leaves as it is."""
    transducer = Seq2SeqTransducer(**SMALL, analyzer="char", target_analyzer="char", max_length=3)
    fitted = FrozenEstimator(transducer.fit(["abcd", "bcda", "a"], ["ab", "b", "c"]))
    return {"estimator": fitted, "param_grid": {"search": ["beam"], "beam_width": [1, 2]}}


def build(meta):
    """A network of one's own, which reads no padding."""
    tokens = meta["tokens"]
    source = keras.Input((None,) if tokens else (None, meta["n_features"]), name="source")
    mask = keras.Input((None,), dtype="bool", name="mask")
    steps = keras.layers.Embedding(meta["vocabulary_size"], 2)(source) if tokens else source
    hidden = keras.layers.GRU(2)(steps, mask=mask)
    is_label = meta["task"] == "classify"
    outputs = keras.layers.Dense(meta["n_classes_"] if is_label else 1, activation="softmax" if is_label else None)
    return keras.Model({"source": source, "mask": mask}, outputs(hidden))


OWN = {"optimizer": "sgd", "run_eagerly": True}
CLASSIFIER = {"network": KerasClassifier(build, **OWN), "epochs": 1, "random_state": 0, "source_type": "numeric"}
REGRESSOR = {"network": KerasRegressor(build, **OWN), "epochs": 1, "random_state": 0}
RIDGE = {"estimator": Ridge(solver="svd"), "window": 2, "horizon": HORIZON}
PROBABILITIES = ("predict", "predict_proba", "predict_log_proba")
SCORED = ("predict", "score_samples")
FORECASTS = ("predict", "sample_y")
ERRORS = ("transform", "score_samples", "reconstruct", "reconstruction_errors")


CASES = (
    Case(SequenceClassifier, READS_NUMBERS, "features", "labels", PROBABILITIES),
    Case(SequenceClassifier, SMALL, "strings", "labels", PROBABILITIES),
    Case(SequenceClassifier, {**SMALL, "pooling": "attention"}, "integers", "labels", ("predict_proba",)),
    Case(SequenceRegressor, {**READS_NUMBERS, "n_conv_layers": 0}, "columns", "numbers", ("predict",)),
    Case(SequenceRegressor, {**SMALL, "analyzer": "char"}, "text", "horizon", ("predict",)),
    Case(SequenceClassifier, CLASSIFIER, "features", "labels", PROBABILITIES),
    Case(SequenceRegressor, REGRESSOR, "strings", "numbers", ("predict",)),
    Case(SequenceTagger, READS_NUMBERS, "series", "tags", PROBABILITIES),
    Case(SequenceTagger, {**SMALL, "transitions": True}, "strings", "tags", ("predict", "predict_proba")),
    Case(Seq2SeqClassifier, READS_NUMBERS, "features", "positions", SCORED),
    Case(Seq2SeqClassifier, {**SMALL, "decoder": "direct", "attention": False}, "strings", "labels", PROBABILITIES),
    Case(
        Seq2SeqTransducer,
        {**SMALL, "analyzer": "char", "target_analyzer": "char", "max_length": 3},
        "text",
        "texts",
        SCORED,
    ),
    Case(Seq2SeqTransducer, {**SMALL, "max_length": 3}, "strings", "token lists", SCORED),
    Case(SequenceGenerator, SMALL, "integers", None, ("score_samples", "predict_proba")),
    Case(SequenceGenerator, {**SMALL, "n_sampled_tokens": 2}, "strings", None, ("score_samples",)),
    Case(SequenceGenerator, {**READS_NUMBERS, "n_components": 2}, "features", None, ("predict", "score_samples")),
    Case(SequenceGenerator, SMALL, "strings", "labels", ("score_samples", "predict", "predict_proba")),
    Case(Seq2SeqRegressor, SMALL, "columns", "horizon", ("predict",), shortest=2),
    Case(RegressorOnFuture, SMALL, "features", "horizon", ("predict",), n_timesteps=HORIZON, argument="X_future"),
    Case(RegressorOnStatic, SMALL, "table", "horizon", ("predict",), n_timesteps=3, argument="X_static"),
    Case(LSTMAutoencoderTransformer, SMALL, "features", None, ERRORS),
    Case(LSTMAutoencoderTransformer, {**SMALL, "decoder": "predict"}, "columns", None, ("transform",), shortest=2),
    Case(LSTMAutoencoderDetector, SMALL, "series", None, ("predict", "score_samples", "score_timesteps")),
    Case(LSTMAutoencoderDetector, {**SMALL, "window": 3}, "features", None, ("score_timesteps",), shortest=3),
    Case(SeasonalNaive, {"m": 2}, "columns", "horizon", FORECASTS, shortest=3),
    Case(SeriesForecaster, {**RIDGE, "calibration_windows": 1}, "series", None, FORECASTS, shortest=2),
    Case(SeriesForecaster, {"estimator": SeasonalNaive(), "window": 2}, "features", None, ("predict",), shortest=2),
    Case(SeriesForecaster, {**RIDGE, "exponential_smoothing": True}, "series", None, ("predict",), shortest=3),
    Case(SeriesForecaster, {**RIDGE, "n_seasons": 3}, "series", None, ("predict",), shortest=3),
    Case(ForecasterOnPast, RIDGE, "features", None, ("predict",), shortest=6, argument="X_past"),
    Case(ForecasterOnFuture, RIDGE, "series", None, ("predict",), shortest=6, argument="X_future"),
    Case(ForecasterOnStatic, RIDGE, "table", None, ("predict",), n_timesteps=3, argument="X_static"),
    Case(DecodingSearch, _search, "text", "texts", ("predict",)),
    Case(SequenceEncoder, {"estimator": SequenceGenerator(**SMALL)}, "strings", None, ("transform",)),
    Case(
        SequenceEncoder, {"estimator": SequenceClassifier(**SMALL, analyzer="char")}, "text", "labels", ("transform",)
    ),
    Case(SequenceScaler, {}, "features", None, ("transform",)),
    Case(SequenceScaler, {"method": "robust"}, "columns", None, ("transform",), n_timesteps=6),
    Case(SequenceScaler, {"n_regimes": 2}, "features", None, ("transform",)),
    Case(SequenceImputer, {}, "features", None, ("transform",), gaps=True),
    Case(SequencePadder, {}, "features", None, ("transform", "mask"), independent=False),
    Case(SequencePadder, {"length": 4}, "strings", None, ("transform", "mask")),
    Case(SequenceTokenizer, {}, "text", None, ("transform",)),
    Case(SequenceTokenizer, {"analyzer": None}, "strings", None, ("transform",)),
    Case(SequenceOneHotEncoder, {}, "strings", None, ("transform",)),
    Case(SlidingWindows, {"window": 2}, "series", None, ("transform",), shortest=2),
    Case(SlidingWindows, {"window": 2}, "strings", None, ("transform",), shortest=2),
    Case(SequencePairGenerator, {"n_timesteps": 3, "cardinality": 5}, "rows", None, ("transform",), n_timesteps=3),
)
