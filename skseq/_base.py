"""What all sequence estimators share: parameters, the ladder of fit, numbers in and out of the network pool."""

import json
import warnings
from contextlib import contextmanager
from dataclasses import replace
from inspect import signature
from numbers import Integral, Real
from textwrap import indent

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.model_selection import train_test_split
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skseq._exploding import explosion, remedies
from skseq._own_network import OwnNetworkMixin
from skseq._sklearn import Interval, StrOptions, _check_sample_weight
from skseq.exceptions import ExplodingGradientWarning

__all__ = ["BaseSequenceEstimator", "all_or_nothing", "merge_equal_rows", "with_shared_docs"]

_SHARED_PARAMETERS = """
cell : {"lstm", "gru"}, default="lstm"
    Recurrent layer. The GRU resets after the recurrent product, as the stock Keras layer does.

n_layers : int, default=1
    Recurrent layers in the encoder, and as many in the decoder.

bidirectional : bool, default=False
    Whether the encoder also reads the sequence backwards; the two directions are joined, so an encoding is twice
    as wide.

activation : {"tanh", "relu"}, default="tanh"
    Activation of candidate and output in the recurrent layers. With "relu" states are not bounded.

dropout : float in [0, 1), default=0.0
    Share of a recurrent layer's inputs that is dropped in training, the same ones at every timestep [dropout]_; the
    context of an attention is never dropped.

recurrent_dropout : float in [0, 1), default=0.0
    Share of a recurrent layer's hidden state that is dropped in training, the same units at every timestep.

optimizer : str or dict, default="adam"
    Name of a Keras optimizer, or what ``keras.optimizers.serialize`` gives. Live optimizers are refused: they could
    not be cloned.

learning_rate : float or None, default=0.01
    Step size. None leaves it to the configuration in `optimizer`, schedules included.

clipnorm : float or None, default=1.0
    Largest norm of the gradient of all weights together; a longer one is scaled down [clipnorm]_.

clipvalue : float or None, default=None
    Largest absolute value of a gradient's element, applied after `clipnorm`.

l1, l2 : float, default=0.0
    Penalties l1 * sum(abs(w)) and l2 * sum(w ** 2) over all kernels, recurrent ones included; biases are free. The
    losses in `history_` are those of the data alone.

bptt_steps : int or None, default=None
    Truncated backpropagation through time [bptt]_: every sequence is cut into chunks of so many timesteps, in encoders
    counted back from where a layer stops reading, in decoders from their first step; states go on from chunk to chunk,
    gradients do not. A small number bounds how far
    a gradient can grow, and how far back a dependency can be learnt. The first step of a decoder is no cut: what it
    gets from the encoder has its gradient, as has what it reads at every step (code, attention). None cuts nowhere.

epochs : int, default=50
    Passes over the training data, at most.

batch_size : int, default=32
    Samples for each update. If all samples fit one batch, equal ones are merged into one with the sum of their
    weights: the same loss and gradient (with dropout or noise they share what is drawn).

shuffle : bool, default=True
    Whether samples are drawn in a new order in every epoch.

early_stopping : bool or "auto", default="auto"
    Whether training ends when the validation loss has not become better for `n_iter_no_change` epochs; the best
    weights are restored. "auto" is on above 10,000 samples, and whenever `X_val` is given to `fit`.

validation_fraction : float in (0, 1), default=0.1
    Share of the samples held out for early stopping if no `X_val` is given.

n_iter_no_change : int, default=10
    Epochs to wait for a better validation loss.

warm_start : bool, default=False
    Whether `fit` goes on from the last fit: its weights and the state of the optimizer.

callbacks : list of keras.callbacks.Callback or None, default=None
    Called around epochs with a stock Keras model that carries the current weights; what they change of its weights,
    its learning rate or `stop_training` takes effect. Every fit uses shallow copies, so the parameter itself stays
    as it is. Hooks for single batches work too, at the price of one graph call a batch.

random_state : int, RandomState instance or None, default=None
    Decides initial weights, order of samples, dropout and the validation split. The same int gives the same weights,
    bit for bit, also in threads and other processes.

verbose : int, default=0
    1 shows Keras' progress bar with the loss, 2 one line an epoch.

dtype : {"float32", "float64"}, default="float32"
    Type of weights and computation.

jit_compile : bool or "auto", default="auto"
    Whether updates are compiled with XLA, which takes seconds for every new shape of a batch. "auto" compiles if
    there is enough work ahead to win them back (`skseq.nn.plan`). XLA rounds otherwise and draws other dropout masks:
    the same `random_state` gives the same numbers for the same value.

unroll : bool or "auto", default="auto"
    Whether recurrences are written out step by step in the graph. Then every number of timesteps has a graph of its
    own. "auto" leaves it off.
"""

_SOURCE_PARAMETERS = """
source_type : {"auto", "numeric", "tokens"}, default="auto"
    How X is read. "auto" takes strings and, in classifiers and transducers, integers for tokens and everything else
    for measurements.

analyzer : {"char", "word"}, callable or None, default=None
    How strings are split into tokens: into characters, into words and punctuation marks, or by a function from a
    string to a list of tokens. None if X holds no text.

embedding_dim : int or None, default=None
    Width of a learnt embedding of source tokens. None is the one-hot encoding, without ever making it.

vocabulary : array-like or None, default=None
    All source tokens. None learns them from X.

handle_unknown : {"error", "use_unknown"}, default="error"
    What becomes of a token that is not in the vocabulary: an error, or one id for all unknown tokens. That id is
    trained only if `min_frequency` or `max_vocabulary` leaves out tokens of the training data.

min_frequency : int, default=1
    Tokens that occur less often in X are unknown. Above 1 only with ``handle_unknown="use_unknown"``.

max_vocabulary : int or None, default=None
    Only this many of the most frequent tokens are known. Needs ``handle_unknown="use_unknown"``.
"""

_DECODER_PARAMETERS = """
attention : bool or {"bahdanau", "dot", "general", "concat", "location", "local-m", "local-p"}, default=<attention>
    Whether the decoder attends to all encoder outputs, and how it scores them. True means "bahdanau".

    - "bahdanau": additively, by the previous decoder state. The decoder starts from s_0 = tanh(W_s h_1) and reads its
      output off the previous state, the previous token and the context [bahdanau]_.
    - "dot", "general", "concat": by the current state, as a product, a product through a matrix, or additively; the
      output is read off h~ = tanh(W_c [c; h]) [luong]_.
    - "location": by the current state alone, for every position up to the longest source in fit.
    - "local-m", "local-p": as "general", but inside a window around the target step itself, or around a position that
      the state predicts; the latter is weighed by a Gaussian.

attention_window : int, default=10
    Source timesteps on either side of the centre that "local-m" and "local-p" look at: D of [luong]_. Other kinds do
    not use it.

input_feeding : bool, default=False
    Whether h~ of a step is joined to the input of the next one; for the kinds of [luong]_ only.

decoder : {"recursive", "direct", "merge"}, default="recursive"
    - "recursive": is fed back its previous token [sutskever]_.
    - "direct": writes all steps at once and never sees a token. With "bahdanau" it reads the contexts alone.
    - "merge": encodes the tokens so far alone, and joins that with the code, or with the context of an attention of
      [luong]_, by one layer before the output [merge]_.

code : {"auto", "state", "repeated", "both"}, default="auto"
    How the code (the final states of the encoder) reaches the decoder, besides any attention: as its initial state, as
    an input at every step, or both. "auto" is the state for "recursive" decoders, repeated for "direct" ones (both with
    an attention of [luong]_); with "bahdanau" neither. A "merge" decoder joins it after its recurrent layers, if there
    is no attention.

reverse_source : bool, default=False
    Whether the encoder reads the last timestep first [sutskever]_. Attention weights still stand in the order of X.

scheduled_sampling : {"linear", "exponential", "inverse_sigmoid"} or None, default=None
    Train on own tokens [scheduled]_: each token fed back is the true one with a probability that falls with the number
    i of the update, else the most probable one of the step before. The probability is max(floor, k - c i), k ** i or
    k / (k + exp(i / k)). None is teacher forcing.

schedule_k, schedule_c : float or None, default=None
    k and c of the schedule. None makes the probability fall over the whole fit: "linear" from 1 to the floor,
    "exponential" to 0.01, "inverse_sigmoid" to one half in its middle. i goes on with `warm_start` and `partial_fit`,
    for which they should be given.

schedule_floor : float in [0, 1], default=0.0
    Least probability of the true token in the "linear" schedule.

label_smoothing : float in [0, 1), default=0.0
    Share of every target that is spread evenly over all classes in the training loss [smoothing]_.
"""

_SEARCH_PARAMETERS = """
search : {"greedy", "beam", "sampling"}, default="greedy"
    How `predict` finds its output. This and what follows is read at predict: set and predict again, without a fit.
    "greedy" takes the most probable token at every step, "beam" keeps the `beam_width` most probable beginnings,
    "sampling" draws every token.

beam_width : int, default=5
    Beginnings of an output that a beam search keeps at every step. Finished ones stay as they are.

coverage_penalty : float, default=0.0
    beta of a beam search: how much less an output counts that leaves source timesteps without attention; without
    attention it changes nothing [gnmt]_.

temperature : float, default=1.0
    Log-probabilities are divided by it before a draw: below 1 sharpens, above 1 flattens.

top_k : int or None, default=None
    Only the so many most probable tokens are drawn from.

top_p : float in (0, 1] or None, default=None
    Only the most probable tokens that together reach this probability are drawn from [nucleus]_.

no_repeat_ngram : int or None, default=None
    No sequence of so many tokens occurs twice in an output.

allowed_outputs : list, callable or None, default=None
    What may be written: a closed list of outputs in the form of y (one-hot vectors as their indices), or a function
    from the list of tokens so far to the tokens that may come next, with None among them where the output may end.

forced_prefix : list, str or None, default=None
    Tokens that every output begins with.
"""

_ENCODER_PARAMETERS = """
encoder : estimator or None, default=None
    A fitted estimator of skseq, such as a `LSTMAutoencoderTransformer`, whose encoder (and vocabulary) training starts
    from; it is neither refitted nor changed, and clones keep it. Features, `units`, `cell`, `n_layers`, `bidirectional`
    and `activation` must be the same. To search over encoders, wrap them in ``sklearn.frozen.FrozenEstimator``.

freeze : bool, default=False
    Whether the weights of `encoder` stay as they are given; otherwise they are trained on with all others.
"""

_NETWORK_PARAMETERS = """
network : scikeras wrapper or None, default=None
    A network of your own in the place of the recurrent layers: a ``scikeras.wrappers.BaseWrapper`` (`KerasClassifier`
    and `KerasRegressor` are) around a function that builds a `keras.Model`. Only the model, its optimizer, loss,
    metrics, callbacks and parameters ``fit__...`` are the wrapper's. How X and y are read, weights of samples and
    classes, `epochs`, `batch_size`, `shuffle`, validation and early stopping, `warm_start`, `random_state`, `verbose`
    and `dtype` are the estimator's, and a wrapper that sets them is refused; `callbacks` of both are called. All other
    parameters of the recurrent layers and of their training have no effect then. The wrapper itself is never fitted or
    changed.

    Parameters are set by name, in searches too: ``network__model__units``, ``network__optimizer__learning_rate``,
    ``network__callbacks``, ``network__callbacks__0__patience``.

    The function may take ``model__...`` parameters of the wrapper by their names, `meta`, `compile_kwargs` and
    `params`. ``meta`` is a dict of what was learnt in fit:

    - task: "classify", "regress" or "reconstruct"; dtype: "float32" or "float64", in which its layers will compute
    - n_features: width of a timestep, None for tokens; n_features_in_, where the estimator has it
    - tokens: whether X holds ids; vocabulary_size: number of ids, those of padding (0) and unknown tokens included,
      None for measurements
    - n_timesteps_in_: number of timesteps, or of the longest sequence; lengths: (shortest, longest); ragged: whether
      lengths differ
    - classes_, n_classes_ (lists if y is 2-D) for classifiers; n_outputs_ for classifiers and regressors

    A model with one input reads the sequences, padded with zeros on the right: (n_samples, n_timesteps, n_features)
    numbers or (n_samples, n_timesteps) ids. A model with several names them "source" (those), "mask" ((n_samples,
    n_timesteps) bool, True on real steps) and "lengths" ((n_samples,) int32). Where lengths differ it is up to the
    model to leave out padding, by "mask", "lengths" or ``mask_zero=True``.

    It writes class probabilities (n_samples, n_classes), a list of such outputs if y is 2-D, or (n_samples, 1) for the
    second of two classes; numbers (n_samples, n_outputs); or the reconstruction, of the shape of its input. A missing
    loss is "sparse_categorical_crossentropy" ("binary_crossentropy" for one output of two classes) or
    "mean_squared_error". Targets are class ids, or one-hot vectors for a loss named "categorical_...".

    `history_` then holds Keras' loss and metrics and "learning_rate". The last models are kept in the pool that
    `skseq.clear_pool` clears.
"""

_SOURCE_ATTRIBUTES = """
vocabulary_ : dict
    Source token to id, if X holds tokens. Id 0 is reserved for padding, id 1 for unknown tokens if
    ``handle_unknown="use_unknown"``.
"""

_SHARED_ATTRIBUTES = """
n_features_in_ : int
    Number of columns of 2-D X, or of features of 3-D and ragged X. Not set for text and ragged tokens.

feature_names_in_ : ndarray of shape (n_features_in_,)
    Names of the columns, if X was a data frame with string names.

n_timesteps_in_ : int
    Number of timesteps of X in fit; of the longest sequence if X was ragged.

n_iter_ : int
    Epochs run by the last fit.

history_ : dict of str to list of float
    One entry an epoch: "loss", metrics, "gradient_norm" (mean over updates of the norm of the whole gradient, before
    clipping), "largest_gradient_norm" (of these updates), "largest_weight" (absolute value, over all weights after the
    epoch), "learning_rate", and "val_..." of loss and metrics if there are validation data.

weights_ : dict of str to ndarray
    Fitted weights, in the layout of the stock Keras layers.

optimizer_state_ : list of ndarray
    State of the optimizer, from which `partial_fit` and `warm_start` go on.

model_, encoder_model_, decoder_model_ : keras.Model
    Built anew at every access, of stock Keras layers only, carrying the fitted weights: they can be saved and
    loaded without skseq.
"""

_DECODER_REFERENCES = """
.. [bahdanau] Bahdanau, Cho and Bengio, "Neural Machine Translation by Jointly Learning to Align and Translate",
   ICLR 2015, section 3 and appendix A.2.
.. [luong] Luong, Pham and Manning, "Effective Approaches to Attention-based Neural Machine Translation", EMNLP 2015,
   section 3.
.. [sutskever] Sutskever, Vinyals and Le, "Sequence to Sequence Learning with Neural Networks", NeurIPS 2014.
.. [merge] Tanti, Gatt and Camilleri, "Where to put the image in an image caption generator", Natural Language
   Engineering 2018.
.. [scheduled] Bengio, Vinyals, Jaitly and Shazeer, "Scheduled Sampling for Sequence Prediction with Recurrent Neural
   Networks", NeurIPS 2015, section 2.4.
.. [smoothing] Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016, section 7.
.. [gnmt] Wu et al., "Google's Neural Machine Translation System", arXiv:1609.08144, 2016, equation 14.
.. [nucleus] Holtzman et al., "The Curious Case of Neural Text Degeneration", ICLR 2020, section 3.1.
"""

_SHARED_REFERENCES = """
.. [dropout] Gal and Ghahramani, "A Theoretically Grounded Application of Dropout in Recurrent Neural Networks",
   NeurIPS 2016.
.. [clipnorm] Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013,
   algorithm 1.
.. [bptt] Williams and Peng, "An Efficient Gradient-Based Algorithm for On-Line Training of Recurrent Network
   Trajectories", Neural Computation 1990; Sutskever, "Training Recurrent Neural Networks", PhD thesis, University of
   Toronto 2013, section 2.8.6.
"""


def with_shared_docs(cls):
    """Class decorator: fill in the documentation of what all sequence estimators share, with the defaults of each."""
    for marker, text in (
        ("<source parameters>", _SOURCE_PARAMETERS),
        ("<decoder parameters>", _DECODER_PARAMETERS),
        ("<search parameters>", _SEARCH_PARAMETERS),
        ("<decoder references>", _DECODER_REFERENCES),
        ("<encoder parameters>", _ENCODER_PARAMETERS),
        ("<network parameters>", _NETWORK_PARAMETERS),
        ("<source attributes>", _SOURCE_ATTRIBUTES),
        ("<shared parameters>", _SHARED_PARAMETERS),
        ("<shared attributes>", _SHARED_ATTRIBUTES),
        ("<shared references>", _SHARED_REFERENCES),
    ):
        cls.__doc__ = cls.__doc__.replace(marker, indent(text.strip(), "    ").strip())
    for name, parameter in signature(cls).parameters.items():
        cls.__doc__ = cls.__doc__.replace(f"default=<{name}>", f"default={parameter.default!r}")
    return cls


_NOISE = ("dropout", "recurrent_dropout", "input_noise", "step_dropout")  # what makes training random
EARLY_STOPPING_SAMPLES = 10_000  # "auto" stops early above this many samples, as HistGradientBoosting does


@contextmanager
def all_or_nothing(estimator):
    """Undo every attribute a failing fit has set: an estimator is fitted as a whole or stays as it was."""
    before = dict(vars(estimator))
    try:
        yield
    except BaseException:
        vars(estimator).clear()
        vars(estimator).update(before)
        raise


def merge_equal_rows(rows):
    """Equal samples as one sample with the sum of their weights, in sorted order: the same loss, the same gradient."""
    n_samples = len(rows["weight"])
    parts = [np.ascontiguousarray(x.reshape(n_samples, -1)).view(np.uint8) for k, x in rows.items() if k != "weight"]
    keys = np.concatenate([part.reshape(n_samples, -1) for part in parts], axis=1)
    _, first, inverse = np.unique(keys, axis=0, return_index=True, return_inverse=True)
    merged = {name: x[first] for name, x in rows.items()}
    merged["weight"] = np.bincount(inverse.ravel(), rows["weight"]).astype(rows["weight"].dtype)
    return merged


def _joined(past, new):
    """One history after another; what only one of them has is NaN in the epochs of the other."""
    n_past, n_new = (len(history.get("loss", [])) for history in (past, new))
    names = dict.fromkeys([*past, *new])
    return {name: past.get(name, [np.nan] * n_past) + new.get(name, [np.nan] * n_new) for name in names}


class BaseSequenceEstimator(OwnNetworkMixin, BaseEstimator):
    """Ladder of fit for estimators on a recurrent network. Subclasses read data and say which spec they need."""

    _parameter_constraints = {
        "units": [Interval(Integral, 1, None, closed="left")],
        "cell": [StrOptions({"lstm", "gru"})],
        "n_layers": [Interval(Integral, 1, None, closed="left")],
        "bidirectional": ["boolean"],
        "activation": [StrOptions({"tanh", "relu"})],
        "dropout": [Interval(Real, 0, 1, closed="left")],
        "recurrent_dropout": [Interval(Real, 0, 1, closed="left")],
        "optimizer": [str, dict],
        "learning_rate": [Interval(Real, 0, None, closed="neither"), None],
        "clipnorm": [Interval(Real, 0, None, closed="neither"), None],
        "clipvalue": [Interval(Real, 0, None, closed="neither"), None],
        "l1": [Interval(Real, 0, None, closed="left")],
        "l2": [Interval(Real, 0, None, closed="left")],
        "bptt_steps": [Interval(Integral, 1, None, closed="left"), None],
        "epochs": [Interval(Integral, 1, None, closed="left")],
        "batch_size": [Interval(Integral, 1, None, closed="left")],
        "shuffle": ["boolean"],
        "early_stopping": ["boolean", StrOptions({"auto"})],
        "validation_fraction": [Interval(Real, 0, 1, closed="neither")],
        "n_iter_no_change": [Interval(Integral, 1, None, closed="left")],
        "warm_start": ["boolean"],
        "callbacks": [list, tuple, None],
        "random_state": ["random_state"],
        "verbose": ["verbose"],
        "dtype": [StrOptions({"float32", "float64"})],
        "jit_compile": ["boolean", StrOptions({"auto"})],
        "unroll": ["boolean", StrOptions({"auto"})],
    }

    def __sklearn_is_fitted__(self):
        return hasattr(self, "weights_")

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        return tags

    # --- from parameters to the network -------------------------------------------------------------------------------

    def _optimizer_config(self):
        """The optimizer as canonical JSON; errors name the parameter and what it accepts."""
        import keras

        config = self.optimizer
        if isinstance(config, str):
            config = {"class_name": config, "config": {}}
        elif not isinstance(config.get("config"), dict):
            config = {**config, "config": {}}
        try:
            optimizer = keras.optimizers.get(config)
        except (ValueError, TypeError, AttributeError, KeyError) as error:
            raise ValueError(
                f"The 'optimizer' parameter of {type(self).__name__} must be the name of a Keras optimizer such as "
                f"'adam', or what keras.optimizers.serialize gives. Got {self.optimizer!r} instead: {error}"
            ) from error
        serialized = keras.optimizers.serialize(optimizer)
        if serialized["class_name"] == "LossScaleOptimizer" or serialized["config"].get("loss_scale_factor"):
            raise ValueError("The 'optimizer' parameter cannot scale the loss: float32 and float64 have no use for it.")
        serialized["config"].pop("name", None)  # Keras numbers them: it must not make another network
        if self.learning_rate is not None:
            if isinstance(self.optimizer, dict) and "learning_rate" in (self.optimizer.get("config") or {}):
                raise ValueError(
                    "The learning rate is given twice: in the configuration of 'optimizer' and as "
                    f"learning_rate={self.learning_rate!r}. Set learning_rate=None to use the one in the configuration."
                )
            serialized["config"]["learning_rate"] = 0.001  # fed in training: it must not make another network
        return json.dumps(serialized, sort_keys=True)

    def _spec_fields(self, n_samples, epochs):
        """Fields that every spec has, from the parameters shared by all estimators and the amount of work ahead."""
        from skseq.nn.plan import plan

        n_updates = epochs * -(-n_samples // int(self.batch_size))
        n_timesteps = sum(self._model_timesteps())

        return {
            "units": int(self.units),
            "cell": self.cell,
            "n_layers": int(self.n_layers),
            "bidirectional": bool(self.bidirectional),
            "activation": self.activation,
            "dropout": self.dropout > 0,
            "recurrent_dropout": self.recurrent_dropout > 0,
            "penalty": self.l1 > 0 or self.l2 > 0,
            "truncated": self.bptt_steps is not None,
            "optimizer": self._optimizer_config(),
            "dtype": self.dtype,
            **plan(self.jit_compile, self.unroll, n_steps=n_updates * n_timesteps),
        }

    def _rates(self, n_updates):
        """Numbers that are fed to every update of a fit of so many."""
        unlimited, most_steps = np.inf, np.iinfo(np.int32).max
        return {
            "dropout": self.dropout,
            "recurrent_dropout": self.recurrent_dropout,
            "l1": self.l1,
            "l2": self.l2,
            "clipnorm": unlimited if self.clipnorm is None else self.clipnorm,
            "clipvalue": unlimited if self.clipvalue is None else self.clipvalue,
            "input_noise": getattr(self, "input_noise", 0.0),
            "step_dropout": getattr(self, "step_dropout", 0.0),
            "bptt_steps": most_steps if self.bptt_steps is None else min(int(self.bptt_steps), most_steps),
        }

    def _options(self, *, epochs, n_samples, early_stopping):
        from skseq.nn.fitting import FitOptions

        return FitOptions(
            epochs=epochs,
            batch_size=int(self.batch_size),
            rates=self._rates(epochs * -(-n_samples // int(self.batch_size))),
            learning_rate=None if self.learning_rate is None else float(self.learning_rate),
            patience=int(self.n_iter_no_change) if early_stopping else None,
            shuffle=self.shuffle,
            verbose=int(self.verbose),
            callbacks=self._checked_callbacks(),
        )

    def _checked_callbacks(self):
        import keras

        callbacks = list(self.callbacks or [])
        for callback in callbacks:
            if not isinstance(callback, keras.callbacks.Callback):
                raise TypeError(
                    f"The 'callbacks' parameter of {type(self).__name__} must be a list of keras.callbacks.Callback "
                    f"instances. Got an element of type {type(callback).__name__}."
                )
        return callbacks

    # --- data ---------------------------------------------------------------------------------------------------------

    def _with_weights(self, rows, sample_weight, *, factor=1.0):
        """Rows with their sample weights times a factor; rows of weight zero are dropped."""
        like = next(iter(rows.values()))
        weight = factor * _check_sample_weight(sample_weight, like, dtype=np.float64, ensure_non_negative=True)
        weight = weight.astype(self.dtype)  # first: what is too small for it is zero
        keep = weight > 0
        if not keep.any():
            raise ValueError("sample_weight is zero for every sample: at least one must be positive.")
        rows = rows if keep.all() else {name: x[keep] for name, x in rows.items()}
        return {**rows, "weight": weight[keep]}

    def _early_stops(self, n_samples, epochs, has_validation):
        if self.early_stopping == "auto":
            return has_validation or (epochs > 1 and n_samples > EARLY_STOPPING_SAMPLES)
        return bool(self.early_stopping)

    def _split(self, rows, rng, stratify):
        """Training and validation rows, with every class in both where the counts allow it."""
        n_samples = len(rows["weight"])
        n_validation = int(np.ceil(self.validation_fraction * n_samples))
        if n_samples - n_validation < 1:
            raise ValueError(
                f"validation_fraction={self.validation_fraction!r} of {n_samples} sample(s) leaves none to train on: "
                "pass more samples, a smaller fraction, X_val, or early_stopping=False."
            )
        if stratify is not None:
            counts = np.unique(stratify, return_counts=True)[1]
            if counts.min() < 2 or min(n_validation, n_samples - n_validation) < len(counts):
                stratify = None
        train, val = train_test_split(np.arange(n_samples), test_size=n_validation, random_state=rng, stratify=stratify)
        return [{name: x[index] for name, x in rows.items()} for index in (train, val)]

    # --- the ladder ---------------------------------------------------------------------------------------------------

    def _continues(self, incremental):
        """Whether this fit starts from the numbers of the last one."""
        return (incremental or self.warm_start) and hasattr(self, "weights_")

    def _rng(self, n_done):
        """The random state of this fit; an estimator that goes on draws other numbers than at its start."""
        if n_done and isinstance(self.random_state, Integral):
            return np.random.RandomState([int(self.random_state), n_done])
        return check_random_state(self.random_state)

    def _train(self, spec, rows, shared, *, validation, goes_on, incremental, epochs, stratify=None):
        """Fit a leased network and keep its numbers. ``validation`` are rows given by the user, or None."""
        if goes_on:
            self._check_same_network(spec)
        rng = self._rng(len(self.history_.get("loss", [])) if goes_on else 0)
        early_stopping = not incremental and self._early_stops(len(rows["weight"]), epochs, validation is not None)
        if early_stopping and validation is None:
            rows, validation = self._split(rows, rng, stratify)
        options = self._options(epochs=epochs, n_samples=len(rows["weight"]), early_stopping=early_stopping)
        if self.network is None:
            result = self._train_compiled(spec, rows, shared, validation, options, rng, goes_on)
        else:
            result, spec = self._train_own(spec, rows, validation, options, rng, goes_on)
        self._keep(result, spec, goes_on)
        if result.diverged is None and self.network is None:
            self._warn_if_exploding(result.history, incremental)
        return result.diverged

    def _train_compiled(self, spec, rows, shared, validation, options, rng, goes_on):
        """`FitResult` of a leased network."""
        from skseq.nn.fitting import fit_network
        from skseq.nn.pool import lease

        if len(rows["weight"]) <= self.batch_size:
            rows = merge_equal_rows(rows)
        with lease(spec) as network:
            if goes_on:
                network.store.load(self.weights_)
                network.store.load_slots(self.optimizer_state_)
            else:
                network.store.load(self._starting_weights(network.network, rng))
                network.store.load_slots()
            return fit_network(
                network,
                {"rows": rows, "shared": shared},
                options,
                rng=rng,
                n_timesteps=self._model_timesteps(),
                validation=None if validation is None else {"rows": validation, "shared": shared},
            )

    def _train_own(self, spec, rows, validation, options, rng, goes_on):
        """(`FitResult`, spec) of a fit of the user's model."""
        from skseq.nn.pool import lease

        if goes_on:
            spec = replace(spec, builder=replace(spec.builder, meta=self._spec.builder.meta))
        with lease(spec) as network:
            network.build(int(rng.randint(np.iinfo(np.int32).max)))
            spec = replace(spec, encoding_size=network.check(rows))
            if goes_on:
                try:
                    network.store.load(self.weights_)
                    network.store.load_slots(self.optimizer_state_)
                except ValueError as error:
                    raise ValueError(
                        f"{type(self).__name__} cannot go on from its last fit. Use warm_start=False, or set the "
                        f"parameters of network back. {error}"
                    ) from error
            if len(rows["weight"]) <= options.batch_size and network.adds_up(rows):
                rows = merge_equal_rows(rows)
            return network.fit(rows, validation, options, rng), spec

    def _starting_weights(self, network, rng):
        """Name -> array, what a fit starts from that does not go on from the last one."""
        from skseq.nn.networks import initial_weights

        return initial_weights(network, rng)

    def _check_same_network(self, spec):
        options = ("jit_compile", "unroll", "penalty", "truncated", "scheduled_sampling", "label_smoothing", *_NOISE)
        free = dict.fromkeys((name for name in options if hasattr(spec, name)), False)
        kind_differs = type(self._spec) is not type(spec)
        if kind_differs or (self.network is None and replace(self._spec, **free) != replace(spec, **free)):
            raise ValueError(
                f"{type(self).__name__} cannot go on from its last fit: its parameters or the data now need another "
                "network (features, classes, units, cell, layers, attention, optimizer or freeze have changed). Use "
                "warm_start=False, or set the parameters back."
            )

    def _keep(self, result, spec, goes_on):
        self.n_iter_ = len(result.history.get("loss", []))
        self.history_ = _joined(self.history_, result.history) if goes_on else result.history
        self.weights_, self.optimizer_state_, self._spec = result.weights, result.slots, spec

    def _warn_if_exploding(self, history, incremental):
        """Once a fit. One epoch of `partial_fit` is judged with those before it, and not told of again and again."""
        if incremental:
            history, before = self.history_, {name: values[:-1] for name, values in self.history_.items()}
            if explosion(before):
                return
        what = explosion(history)
        if what is not None:
            warnings.warn(
                f"Gradients of {type(self).__name__} exploded: {what}. Try {remedies(self)}, or scale X. history_ has "
                "the figures of every epoch.",
                ExplodingGradientWarning,
                stacklevel=2,
            )

    def _raise_if_diverged(self, what):
        if what is not None and self.network is not None:
            raise FloatingPointError(
                f"Training of {type(self).__name__} diverged: {what}. Likely causes: a learning rate that is too high, "
                "exploding gradients on long sequences, or unscaled X. Try a smaller network__optimizer__learning_rate"
                ", a network__optimizer__clipnorm, or scale X first, e.g. with StandardScaler. The estimator keeps the "
                "last finite weights."
            )
        if what is not None:
            raise FloatingPointError(
                f"Training of {type(self).__name__} diverged: {what}. Likely causes: a learning rate that is too "
                f"high, exploding gradients on long sequences, or unscaled X. Try {remedies(self)}, or scale X first, "
                "e.g. with StandardScaler. The estimator keeps the last finite weights."
            )

    def _predict(self, what, rows, **shared):
        """A function of the fitted network over all samples, samples first."""
        from skseq.nn.pool import lease

        with lease(self._spec) as network:
            network.store.load(self.weights_)
            n_samples = len(next(iter(rows.values())))
            return network.predict(what, {"rows": rows, "shared": shared}, n_samples)

    # --- export -------------------------------------------------------------------------------------------------------

    def _export(self, name):
        from skseq.nn.export import build_models, set_weights

        check_is_fitted(self)
        if self._has_own_network:
            return self._own_model(name)
        models, bindings = build_models(self._spec, *self._model_timesteps())
        set_weights(bindings, self.weights_)
        return models[name]

    @property
    def model_(self):
        """A `keras.Model` of stock layers, with the fitted weights: source (and decoder inputs) to output."""
        return self._export("model")

    @property
    def encoder_model_(self):
        """A `keras.Model` of stock layers, with the fitted weights: source to what the decoder reads."""
        return self._export("encoder_model")

    @property
    def decoder_model_(self):
        """A `keras.Model` of stock layers, with the fitted weights: what the encoder gives to output."""
        return self._export("decoder_model")
