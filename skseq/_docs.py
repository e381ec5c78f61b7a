"""The documentation that estimators share: parameters, attributes and references, written once."""

from inspect import signature
from textwrap import indent

__all__ = ["with_shared_docs"]

_SHARED_PARAMETERS = """
cell : {"lstm", "gru", "cho-gru"}, default="lstm"
    Recurrent layer. "cho-gru" is the gated recurrent unit as published [cho]_: its reset gate acts before the recurrent
    product (``keras.layers.GRU(reset_after=False)``). In "gru" it acts after the product, as the stock Keras layer has
    it by default: one product a step instead of two, so it is faster.

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
    Memory is no reason to cut: from 1,000 timesteps on, where they would keep more than half a gigabyte, layers keep
    their states alone and work out the rest again for the gradient, which stays exact, at 1.1 to 1.6 times the time
    [recompute]_.

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

dtype : {"float32", "float64", "mixed_bfloat16"}, default="float32"
    Type of weights and computation. "mixed_bfloat16" multiplies matrices in bfloat16, which keeps 8 bits of precision
    instead of 24; all else is float32: weights, states, losses, everything that goes in and comes out, and the models
    to export (`nn.kernels.precision`). It pays from about 512 units on, on a processor with bfloat16
    units (AVX512_BF16, AMX) and without XLA, which does not use them; ``jit_compile="auto"`` sees to that. A processor
    without such units is slower at it than in float32.

jit_compile : bool or "auto", default="auto"
    Whether updates are compiled with XLA, which takes seconds for every new shape of a batch. "auto" compiles if
    there is enough work ahead to win them back (`nn.training.plan`), but leaves to cuDNN what that has a kernel for,
    where there is a GPU. XLA rounds otherwise and draws other dropout masks: the same `random_state` gives the same
    numbers for the same value.

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
      output is read off h~ = tanh(W_c [c; h]) [luong]_. Encoder outputs of another width than the state, which a
      bidirectional encoder gives, have no product with it: "dot" then is "general".
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
    What may be written: a closed list of outputs in the form of y or as token lists (one-hot vectors as their indices),
    of which those of no possible length are left out; or a function from the list of tokens so far to the tokens that
    may come next, with None among them where the output may end.

forced_prefix : list, str or None, default=None
    Tokens that every output begins with; a string if y holds text.
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
    parameters of the recurrent layers and of their training have no effect then. Mixed precision is up to the function:
    with ``dtype="float32"`` it may give ``dtype="mixed_bfloat16"`` to its layers. The wrapper itself is never fitted or
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

_MEMORY_NOTES = """
Arrays are never copied as a whole, so they may be larger than memory, as ``numpy.load(path, mmap_mode="r")`` gives
them. Training and prediction read them piece by piece, an epoch in several graph calls over the batches that it would
have had in one: no number changes but sums over an epoch in `history_`, by rounding (with XLA and sequences of
different lengths all numbers may, and noise is drawn anew). A piece and its conversion to `dtype` or to token ids lie
within the ``working_memory`` of scikit-learn, in MiB (set it by ``sklearn.config_context(working_memory=32)``; of more
than 64 no use is made), or have a single batch. What a sample has besides its sequence takes some hundred bytes. Lists
of sequences are padded once, into one array.
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
.. [cho] Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine Translation",
   EMNLP 2014, section 2.3.
.. [dropout] Gal and Ghahramani, "A Theoretically Grounded Application of Dropout in Recurrent Neural Networks",
   NeurIPS 2016.
.. [clipnorm] Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013,
   algorithm 1.
.. [bptt] Williams and Peng, "An Efficient Gradient-Based Algorithm for On-Line Training of Recurrent Network
   Trajectories", Neural Computation 1990; Sutskever, "Training Recurrent Neural Networks", PhD thesis, University of
   Toronto 2013, section 2.8.6.
.. [recompute] Chen, Xu, Zhang and Guestrin, "Training Deep Nets with Sublinear Memory Cost", arXiv:1604.06174, 2016.
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
        ("<memory notes>", _MEMORY_NOTES),
        ("<shared attributes>", _SHARED_ATTRIBUTES),
        ("<shared references>", _SHARED_REFERENCES),
    ):
        cls.__doc__ = cls.__doc__.replace(marker, indent(text.strip(), "    ").strip())
    for name, parameter in signature(cls).parameters.items():
        cls.__doc__ = cls.__doc__.replace(f"default=<{name}>", f"default={parameter.default!r}")
    return cls
