"""LSTMAutoencoderTransformer: sequences to fixed vectors and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from os import PathLike
from typing import Any, Literal, Self

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted

from skseq._arguments import Count, check_count
from skseq._base.autoencoder import BaseAutoencoder
from skseq._base.fits.training import GroupsMixin
from skseq._base.own_network import NETWORK_CONSTRAINTS, OwnNetworkMixin
from skseq._data.checks import check_weights, given_lengths
from skseq._data.column_names import names_of_inputs
from skseq._data.mistakes.numbers.clocks_as_values import warn_if_clocks
from skseq._data.mistakes.numbers.levels import warn_if_levels_differ
from skseq._data.mistakes.numbers.thresholds import warn_if_few_are_coded
from skseq._data.mistakes.targets.ignored_targets import warn_if_pairs
from skseq._data.sequences import as_samples, check_fits_dtype, check_lengths, is_ragged, split, sum_over_time
from skseq._data.working_memory import slices
from skseq._files import public
from skseq._sklearn import ColumnsOutMixin, StrOptions, _fit_context, available_if, wants
from skseq._typing import Array, ArrayLike, RandomState, SequencesLike

SCORED_COPIES = 16  # of what is scored: what was written, errors and their squares, in float64


def _decoder(estimator):
    """What the fitted network decodes; before fit what the next one would."""
    return (estimator._spec if estimator.__sklearn_is_fitted__() else estimator).decoder


def _gives_vectors(estimator):
    """Names of output features exist only for one vector per sample."""
    return estimator.output != "sequence"


def _reconstructs(estimator):
    """Reconstructions exist where there is a decoder for them."""
    return _decoder(estimator) != "predict"


def _decodes(estimator):
    """Encodings can be decoded where the decoder is a network of its own."""
    return _reconstructs(estimator) and not estimator._has_own_network


def _forecasts(estimator):
    """Predictions exist where there is a decoder for them."""
    return _decoder(estimator) != "reconstruct"


@public
class LSTMAutoencoderTransformer(
    GroupsMixin, ColumnsOutMixin, ClassNamePrefixFeaturesOutMixin, TransformerMixin, OwnNetworkMixin, BaseAutoencoder
):
    """Recurrent autoencoder: sequences to fixed-length encodings, learnt without labels.

    An encoder reads a sequence into its final state, the code. Decoders write from the code alone: the sequence again,
    its next steps, or both. All are trained together on the squared error [1]_.

    Parameters
    ----------
    units : int, default=64
        Width of the recurrent layers. An encoding has as many columns for each state that `output` names.

    decoder : {"reconstruct", "predict", "composite"}, default="reconstruct"
        What is written: the sequence that was read, its next steps, or both. For both, two decoders share one encoder,
        and their losses are added ([1]_, sections 2.2 to 2.4).

    horizon : int or None, default=None
        Number of steps at the end of a training sequence that the encoder does not see and the prediction decoder
        writes. `forecast` needs it. With None the encoder reads the whole sequence, and the decoder writes its second
        to its last step. It must be None for ``decoder="reconstruct"``.

    conditional : bool, default=False
        Whether decoders also read the step before the one they write: in training the true step, afterwards their own
        output ([1]_, section 2.4).

    code : {"state", "repeated", "both"}, default="state"
        How a decoder gets the code: as its initial state, as its input at every step, or as both.

    reverse_target : bool, default=True
        Whether the decoder writes the reconstruction with the last timestep first. This is easier to learn, because it
        starts with what the encoder read last. Outputs are in the order of X either way.

    scale_inputs : bool, default=True
        Whether the network reads every channel of X standardised: its mean is subtracted, and the difference is divided
        by its standard deviation. Both are learnt in fit from the timesteps of training samples, without padding, and
        weighted by `sample_weight`. Outliers have little influence: let the span be the distance between the 5th and
        the 95th percentile. A value more than one span beyond these percentiles counts as one span beyond. In training,
        the network reads values cut at five spans beyond. Where ten samples or more, and a fifth of all, hold such
        values, as bursts of machines that mostly idle, the percentiles are those of the least and the largest value of
        each sample. 20 one-hot columns or more are divided by half the distance of their values. A constant channel is
        not divided. `partial_fit` learns the scale from its first call, or from the first 20 samples of shorter ones;
        later calls and `warm_start` keep it. The exported models contain the scale, so they read the units of X.

    input_noise : float, default=0.0
        Standard deviation of Gaussian noise that is added to what the encoder reads in training: in standard deviations
        of each channel, or in the units of X with ``scale_inputs=False``. The targets stay clean [2]_.

    step_dropout : float in [0, 1), default=0.0
        Share of timesteps that the encoder reads as zeros in training, which are the mean of each channel with
        `scale_inputs`. The targets stay whole.

    output : {"state", "last", "sequence"}, default="state"
        What `transform` returns: the last hidden and cell state side by side, 2 * `units` columns (a GRU has only the
        hidden state); the last hidden state alone; or the hidden state at every timestep, which is a sequence that
        ``set_output`` leaves as it is. `inverse_transform` needs "state", or ``code="repeated"``, or a GRU.

    network : scikeras wrapper or None, default=None
        A network of your own in place of the recurrent layers: a ``scikeras.wrappers.BaseWrapper`` (`KerasClassifier`
        and `KerasRegressor` are) around a function that builds a `keras.Model`.

        The wrapper decides the model, its optimizer, loss, metrics, callbacks and parameters ``fit__...``. The
        estimator decides how X and y are read, the weights of samples and classes, `epochs`, `batch_size`, `shuffle`,
        validation and early stopping, `n_init` (every run builds and compiles the model anew), `warm_start`,
        `random_state`, `verbose` and `dtype`; a wrapper that sets these is refused. The `callbacks` of both are called.
        All other parameters of the recurrent layers and of their training then have no effect, and a fit warns of those
        that ask for something, such as `units` or `learning_rate` with another value than the default. The network
        reads and writes measurements as they are: nothing is standardised. Tokens are read as their ids in
        `vocabulary_`, integers too: for a pretrained embedding of V rows set ``vocabulary=list(range(1, V))``, with
        which every integer is its own id, and 0 is padding. Mixed precision is up to the function: with
        ``dtype="float32"`` it may give ``dtype="mixed_bfloat16"`` to its layers. The wrapper itself is never fitted or
        changed.

        Parameters are set by name, in searches too: ``network__model__units``, ``network__optimizer__learning_rate``,
        ``network__callbacks``, ``network__callbacks__0__patience``.

        The function may take the wrapper's ``model__...`` parameters by their names, and `meta`, `compile_kwargs` and
        `params`. ``meta`` is a dict of what was learnt in fit:

        - task: "classify", "regress" or "reconstruct"
        - dtype: "float32" or "float64", in which its layers will compute
        - n_features: width of a timestep, None for tokens
        - `n_features_in_`: where the estimator has it
        - tokens: whether X holds ids
        - vocabulary_size: number of ids, including those of padding (0) and of unknown tokens; None for measurements
        - `n_timesteps_in_`: number of timesteps, or of the longest sequence
        - lengths: (shortest, longest)
        - ragged: whether lengths differ
        - `classes_`, `n_classes_`: for classifiers; lists if y is 2-D
        - `n_outputs_`: for classifiers and regressors

        A model with one input reads the sequences, padded with zeros on the right: numbers of shape (n_samples,
        n_timesteps, n_features) or ids of shape (n_samples, n_timesteps). A model with several inputs names them
        "source" (the sequences), "mask" ((n_samples, n_timesteps) bool, True on real steps) and "lengths" ((n_samples,)
        int32). Where lengths differ, the model must leave out the padding itself, by "mask", "lengths" or
        ``mask_zero=True``.

        The model returns one of these: class probabilities (n_samples, n_classes), or a list of them if y is 2-D;
        (n_samples, 1), the probability of the second of two classes; numbers (n_samples, n_outputs); or the
        reconstruction, in the shape of its input. A missing loss is "sparse_categorical_crossentropy"
        ("binary_crossentropy" for one output of two classes) or "mean_squared_error". Targets are class ids, or one-hot
        vectors if the name of the loss begins with ``"categorical_"``.

        `history_` then holds Keras' loss and metrics and "learning_rate". The last models stay in the pool, which
        `skseq.clear_pool` clears.

        `transform` then returns the output of the model's layer named "encoding", (n_samples, n_encodings). There is no
        `inverse_transform`, `forecast` or `predict_next`.

    cell : {"lstm", "gru", "cho-gru"}, default="lstm"
        Kind of recurrent layer. "cho-gru" is the gated recurrent unit as published [cho]_: its reset gate acts before
        the recurrent product (``keras.layers.GRU(reset_after=False)``). In "gru", as in Keras by default, the reset
        gate acts after the product. That takes one product per step instead of two, so it is faster.

    n_layers : int, default=1
        Number of recurrent layers in the encoder. A decoder has the same number.

    bidirectional : bool, default=False
        Whether the encoder also reads the sequence backwards. The outputs of both directions are joined, so an encoding
        is twice as wide.

    activation : {"tanh", "relu"}, default="tanh"
        Activation of the candidate and of the output in the recurrent layers. With "relu" the states are not bounded.

    dropout : float in [0, 1), default=0.0
        Share of the inputs of a recurrent layer that is dropped in training. The same inputs are dropped at every
        timestep [dropout]_.

    recurrent_dropout : float in [0, 1), default=0.0
        Share of the hidden state of a recurrent layer that is dropped in training. The same units are dropped at every
        timestep.

    optimizer : str or dict, default="adam"
        Name of a Keras optimizer, such as "adam", "adamw" (Adam with decoupled weight decay [adamw]_), "lion" [lion]_,
        "rmsprop" or "sgd"; "nesterov", which is "sgd" with Nesterov's momentum of 0.9 [nesterov]_; or the dict that
        ``keras.optimizers.serialize`` returns. Optimizer objects are refused because they cannot be cloned.

    learning_rate : float or None, default=0.01
        Step size; with `warmup` or a schedule the largest one. None leaves it to the configuration in `optimizer`,
        which may hold a schedule of Keras.

    learning_rate_schedule : str, default="cosine"
        The path of the step size over a fit: every update multiplies `learning_rate` by a factor f. In what follows, p
        is the share of the updates done so far, among all updates of `epochs` epochs that come after `warmup`.

        - "constant": f = 1.
        - "cosine": f = (1 + cos(pi p)) / 2, which falls to 0, without restarts [cosine]_.
        - "linear": f = 1 - p, which falls to 0.
        - "exponential": f = 0.01 ** p, which falls to a hundredth.
        - "one_cycle": f rises linearly from 0.1 to 1 at p = 0.45, falls back to 0.1 at p = 0.9, and then to 0 [cycle]_.
        - "reduce_on_plateau": f begins at 1. It is halved whenever the validation loss, or without validation data the
          training loss, has not fallen by a share of 0.0001 for half of `n_iter_no_change` epochs (rounded up).

        The path spans all `epochs`, even if training stops early. Every `fit` has a path of its own, also with
        `warm_start`. In `partial_fit`, f is 1. A callback that sets the rate sets the number that f multiplies.
        `history_` has the product.

    warmup : float in [0, 1), default=0.0
        Share of all updates over which the step size rises linearly from 0 to `learning_rate`, before the path begins
        [warmup]_. With "one_cycle", which has a rise of its own, it is the share of that rise: less than 0.9, and 0
        means 0.45.

    weight_decay : float or None, default=None
        Before every update, each weight w is lowered by step size * weight_decay * w. This is not part of the gradient,
        as `l2` is, so that the optimizer does not rescale it [adamw]_. None leaves it to `optimizer`: 0.004 with
        "adamw", and no decay with most others.

    weight_average : {"ema", "swa"} or None, default=None
        Which mean of the weights over the updates `fit` keeps; None keeps the last weights.

        - "ema": an exponential moving average [ema]_. After update t = 0, 1, ... it is d times what it was before, plus
          1 - d times the new weights, where d = min(0.999, (1 + t) / (10 + t)): it spans about the last tenth of the
          updates.
        - "swa": the mean over the last quarter of the updates of `epochs` epochs, before them the last weights [swa]_.

        The validation loss is that of the mean, so early stopping judges it. The training loss is that of the weights
        in training, and callbacks see these. `warm_start` continues from the mean; `partial_fit` keeps none.

    clipnorm : float or None, default=0.1
        Largest norm of the gradient of all weights together. A longer gradient is scaled down to it [clipnorm]_. None
        sets no limit.

    clipvalue : float or None, default=None
        Largest absolute value of any element of the gradient, applied after `clipnorm`. None sets no limit.

    l1 : float, default=0.0
        Strength of the penalty ``l1 * sum(abs(w))`` over all kernels, recurrent ones included. Biases are not
        penalised. The losses in `history_` do not include penalties.

    l2 : float, default=0.0
        Strength of the penalty ``l2 * sum(w ** 2)`` over the same weights as `l1`.

    bptt_steps : int or None, default=None
        Truncated backpropagation through time [bptt]_: every sequence is cut into chunks of this many timesteps.
        States pass from chunk to chunk, gradients do not. In the encoder, chunks are counted backwards from the last
        step read; in a decoder, from its first step. There is no cut between the encoder and a decoder: the code gets
        its gradient, as initial state and as input at every step. A small number bounds how far a gradient can grow,
        and how far back a dependency can be learnt. None cuts nowhere.

        Cutting is not needed to save memory. From 1,000 timesteps on, layers that would keep more than half a gigabyte
        keep only their states, and compute the rest again for the gradient. The gradient stays exact, and an update
        takes 1.1 to 1.6 times as long [recompute]_.

    epochs : int or "auto", default="auto"
        Largest number of passes over the training data. "auto" takes as many as give 1,000 updates, but at least 50 and
        at most 300. So few sequences, which are one or two updates per epoch, are read more often.

    batch_size : int or "auto", default=32
        Number of samples per update. "auto" is 32 above 511 samples, 16 above 255 and 8 above 32; up to 32 samples are
        one batch. If all samples fit into one batch, equal samples are merged into one that has the sum of their
        weights. Loss and gradient stay the same, but dropout and noise are then drawn once for all of them.

    shuffle : bool, default=True
        Whether the samples are put in a new order in every epoch.

    early_stopping : bool or "auto", default="auto"
        Whether training ends when the validation loss has not improved for `n_iter_no_change` epochs. The best weights
        are restored. "auto" is on above 10,000 samples, and whenever `X_val` is passed to `fit`.

    validation_fraction : float in (0, 1), default=0.1
        Share of the samples held out for early stopping if no `X_val` is passed. Some estimators also hold it out in a
        trial (see `epochs`), if it is at most 0.25.

    n_iter_no_change : int, default=10
        Number of epochs to wait for a better validation loss.

    n_init : int, default=1
        Number of runs of a fit. Each begins with other initial weights and has another order of samples. The run with
        the lowest validation loss is kept; without validation data, the one with the lowest training loss. What counts
        is the loss of the last epoch, or of the best one if training may stop early. `init_losses_` has the losses of
        all runs.

        The first run is that of ``n_init=1``. All runs share one compiled network and the same held-out samples. A run
        that diverges loses against all that do not. An interrupt ends all runs and keeps the best so far. Each run
        calls `callbacks` as a fit of its own. A fit that continues (`warm_start`) and every call of `partial_fit` are
        one run. A single run that learnt nothing is followed by a second one where the trial of ``epochs="auto"`` had
        learnt well.

    warm_start : bool, default=False
        Whether `fit` continues from the weights and the optimizer state of the last fit.

    callbacks : list of keras.callbacks.Callback or None, default=None
        Called around epochs with a stock Keras model that carries the current weights. Changes that they make to its
        weights, to its learning rate or to `stop_training` take effect. `learning_rate_schedule` multiplies the rate
        that they set: set it to "constant" beside ``LearningRateScheduler`` or ``ReduceLROnPlateau``. Every fit uses
        shallow copies, so the parameter itself is never changed. Hooks for single batches work too, but cost one graph
        call per batch.

    checkpoint : str, path-like or None, default=None
        A folder in which `fit` keeps what it has learnt so far, for fits that take hours. If the process or the
        machine ends, or you interrupt such a fit, the same call of `fit` goes on where it stopped. It ends with the
        same weights and `history_`, bit for bit, as one that was never interrupted. "The same" means the same data
        and parameters, in another process or on another day; of anything else an error names the differences. A
        file that is damaged is skipped for the one before.

        Files hold numbers, and no code. The last two are kept, and a fit that has ended deletes them. The folder
        belongs to one fit: give each its own, and leave None in searches, cross-validation and ensembles, whose
        fits would share it. `random_state` must be set. `callbacks` and a `network` of your own are refused,
        because they hold what no file can. `partial_fit` leaves the folder alone. While such a fit trains in the
        main thread, SIGTERM is an interrupt, as Ctrl-C is. None keeps nothing.

    checkpoint_minutes : float, default=0.0
        Fewest minutes between two files of `checkpoint`. With 0 there is one after every epoch, unless writing
        would take more than a tenth of the time; short epochs, which share a call of TensorFlow of about half a
        second, share a file.

    random_state : int, RandomState instance or None, default=None
        Decides the initial weights, the order of samples, dropout and noise, and the validation split. The same int
        gives the same weights, bit for bit, also in threads, and in other processes with as many threads
        (`skseq.set_n_threads`).

    verbose : int, default=0
        0 prints nothing, 1 one line per epoch with losses and metrics, 2 the same with all that is in ``history_``.
        With 0, a fit that has taken ten seconds and will take ten more logs one line with the time left, as a warning
        of the logger "skseq". Its level INFO tells what a fit has decided: graph, XLA, where it stopped, which epoch it
        kept.

    dtype : {"float32", "float64", "mixed_bfloat16"}, default="float32"
        Type of weights and computation. "mixed_bfloat16" multiplies matrices in bfloat16, which keeps 8 bits of
        precision instead of 24. All else stays float32: weights, states, losses, inputs, outputs and exported models.
        It pays from about 512 units on, on a processor with bfloat16 units (AVX512_BF16, AMX), and without XLA, which
        does not use these units; ``jit_compile="auto"`` takes care of that. On other processors it is slower than
        float32.

    jit_compile : bool or "auto", default="auto"
        Whether updates are compiled with XLA. That takes seconds for every new shape of a batch. "auto" compiles if the
        fit is long enough to win this time back; on a GPU it leaves to cuDNN what cuDNN has a kernel for. XLA rounds
        differently, so a seed reproduces only for the same `jit_compile` setting.

    unroll : bool or "auto", default="auto"
        Whether the graph writes out every timestep instead of looping. Every number of timesteps then needs a graph of
        its own. "auto" loops.

    Attributes
    ----------
    horizon_ : int or None
        Value of `horizon` in fit.

    n_features_in_ : int
        Number of columns of 2-D X, or of features of 3-D and ragged X.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if X was a data frame with string names.

    n_timesteps_in_ : int
        Number of timesteps of X in fit, or of the longest sequence if X was ragged.

    n_iter_ : int
        Number of epochs run by the last fit. An epoch that an interrupt cut short counts.

    loss_ : float
        Loss of the training data in the last epoch. `history_` has those of all epochs.

    n_weights_ : int
        Number of weights of the network, those that are not trained included.

    init_losses_ : ndarray of shape (n_init,)
        The loss of every run by which the best one was chosen (see `n_init`); infinite if the run diverged. Fewer than
        `n_init` if a fit continued or was interrupted, and two if a single run got stuck.

    history_ : dict of str to list of float
        One list per quantity, with one number per epoch: "loss" and metrics; "gradient_norm", the norm of the whole
        gradient before clipping, a mean over updates; "largest_gradient_norm", the largest of these; "largest_weight",
        the largest absolute value of any weight after the epoch; "learning_rate", the step size at its end; and
        ``"val_..."`` for the loss and the metrics if there are validation data. Of an epoch that an interrupt cut
        short, the figures are those of the updates done, and those of validation data are NaN.
        Losses are squared errors of standardised numbers, unless the standardising is switched off. A constant answer
        has a loss of about 1, or of about 2 if two decoders are trained.

    weights_ : dict of str to ndarray
        Fitted weights, in the layout of the stock Keras layers.

    optimizer_state_ : list of ndarray
        State of the optimizer, from which `partial_fit` and `warm_start` continue.

    model_ : keras.Model
        The network from source to output: stock Keras layers with the fitted weights, so it can be saved and loaded
        without skseq. It is built anew at every access. With `network` it is the model that your function builds.

    encoder_model_ : keras.Model
        The part of `model_` that reads the source. With `network` it ends in the layer named "encoding".

    decoder_model_ : keras.Model
        The part of `model_` that turns what the encoder gives into the output. There is none with `network`.
        With `conditional` it makes one step. Before the first step of a reconstruction it reads the mean of each
        channel, or zeros with ``scale_inputs=False``.

    Notes
    -----
    **Large data.** Arrays are never copied as a whole, so they may be larger than memory: memory maps, such as
    ``numpy.load(path, mmap_mode="r")`` gives. Training and prediction read them piece by piece. An epoch then takes
    several graph calls over the same batches. This changes no number except sums over an epoch in `history_`, by
    rounding. With XLA and sequences of different lengths all numbers may change, and noise is drawn anew.

    **Working memory.** A piece and its conversion to `dtype` or to token ids fit into the ``working_memory`` of
    scikit-learn, in MiB: set it by ``sklearn.config_context(working_memory=32)``. Values above 64 count as 64. A piece
    holds one batch if that is larger. Besides its sequence, a sample takes some hundred bytes. Lists of sequences are
    padded once, into one array.

    References
    ----------
    .. [1] Srivastava, Mansimov and Salakhutdinov, "Unsupervised Learning of Video Representations using LSTMs", ICML
       2015.
    .. [2] Vincent, Larochelle, Bengio and Manzagol, "Extracting and Composing Robust Features with Denoising
       Autoencoders", ICML 2008.
    .. [cho] Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine
       Translation", EMNLP 2014, section 2.3.
    .. [dropout] Gal and Ghahramani, "A Theoretically Grounded Application of Dropout in Recurrent Neural Networks",
       NeurIPS 2016.
    .. [clipnorm] Pascanu, Mikolov and Bengio, "On the difficulty of training recurrent neural networks", ICML 2013,
       algorithm 1.
    .. [adamw] Loshchilov and Hutter, "Decoupled Weight Decay Regularization", ICLR 2019.
    .. [lion] Chen et al., "Symbolic Discovery of Optimization Algorithms", NeurIPS 2023.
    .. [nesterov] Sutskever, Martens, Dahl and Hinton, "On the importance of initialization and momentum in deep
       learning", ICML 2013, section 2.
    .. [ema] Polyak and Juditsky, "Acceleration of Stochastic Approximation by Averaging", SIAM Journal on Control and
       Optimization 1992; the warm-up of d is that of TensorFlow's ``ExponentialMovingAverage``.
    .. [swa] Izmailov et al., "Averaging Weights Leads to Wider Optima and Better Generalization", UAI 2018.
    .. [cosine] Loshchilov and Hutter, "SGDR: Stochastic Gradient Descent with Warm Restarts", ICLR 2017, equation 5.
    .. [cycle] Smith and Topin, "Super-Convergence: Very Fast Training of Neural Networks Using Large Learning Rates",
       arXiv:1708.07120, 2018.
    .. [warmup] Goyal et al., "Accurate, Large Minibatch SGD: Training ImageNet in 1 Hour", arXiv:1706.02677, 2017,
       section 2.2.
    .. [bptt] Williams and Peng, "An Efficient Gradient-Based Algorithm for On-Line Training of Recurrent Network
       Trajectories", Neural Computation 1990; Sutskever, "Training Recurrent Neural Networks", PhD thesis, University
       of Toronto 2013, section 2.8.6.
    .. [recompute] Chen, Xu, Zhang and Guestrin, "Training Deep Nets with Sublinear Memory Cost", arXiv:1604.06174,
       2016.

    Examples
    --------
    >>> import numpy as np
    >>> from skseq import LSTMAutoencoderTransformer
    >>> X = np.sin(np.linspace(0, 6, 12) + np.arange(20)[:, None])  # 20 waves of 12 timesteps
    >>> autoencoder = LSTMAutoencoderTransformer(units=8, epochs=100, random_state=0).fit(X)
    >>> autoencoder.transform(X).shape
    (20, 16)
    >>> autoencoder.reconstruct(X).shape
    (20, 12)
    >>> bool(autoencoder.score(X) > -0.01)  # the negative mean squared error; the variance of X is 0.5
    True
    """

    horizon_: int | None

    _parameter_constraints = {
        **BaseAutoencoder._parameter_constraints,
        "decoder": [StrOptions({"reconstruct", "predict", "composite"})],
        "horizon": [Count(), None],
        "output": [StrOptions({"last", "state", "sequence"})],
        **NETWORK_CONSTRAINTS,
    }

    def __init__(
        self,
        units: int = 64,
        *,
        decoder: Literal["reconstruct", "predict", "composite"] = "reconstruct",
        horizon: int | None = None,
        conditional: bool = False,
        code: Literal["state", "repeated", "both"] = "state",
        reverse_target: bool = True,
        scale_inputs: bool = True,
        input_noise: float = 0.0,
        step_dropout: float = 0.0,
        output: Literal["state", "last", "sequence"] = "state",
        network: Any = None,
        cell: Literal["lstm", "gru", "cho-gru"] = "lstm",
        n_layers: int = 1,
        bidirectional: bool = False,
        activation: Literal["tanh", "relu"] = "tanh",
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        optimizer: str | dict[str, Any] = "adam",
        learning_rate: float | None = 0.01,
        learning_rate_schedule: str = "cosine",
        warmup: float = 0.0,
        weight_decay: float | None = None,
        weight_average: Literal["ema", "swa"] | None = None,
        clipnorm: float | None = 0.1,
        clipvalue: float | None = None,
        l1: float = 0.0,
        l2: float = 0.0,
        bptt_steps: int | None = None,
        epochs: int | Literal["auto"] = "auto",
        batch_size: int | Literal["auto"] = 32,
        shuffle: bool = True,
        early_stopping: bool | Literal["auto"] = "auto",
        validation_fraction: float = 0.1,
        n_iter_no_change: int = 10,
        n_init: int = 1,
        warm_start: bool = False,
        callbacks: Sequence[Any] | None = None,
        checkpoint: str | PathLike[str] | None = None,
        checkpoint_minutes: float = 0.0,
        random_state: RandomState = None,
        verbose: int = 0,
        dtype: Literal["float32", "float64", "mixed_bfloat16"] = "float32",
        jit_compile: bool | Literal["auto"] = "auto",
        unroll: bool | Literal["auto"] = "auto",
    ):
        self.units = units
        self.decoder = decoder
        self.horizon = horizon
        self.conditional = conditional
        self.code = code
        self.reverse_target = reverse_target
        self.scale_inputs = scale_inputs
        self.input_noise = input_noise
        self.step_dropout = step_dropout
        self.output = output
        self.network = network
        self.cell = cell
        self.n_layers = n_layers
        self.bidirectional = bidirectional
        self.activation = activation
        self.dropout = dropout
        self.recurrent_dropout = recurrent_dropout
        self.optimizer = optimizer
        self.learning_rate = learning_rate
        self.learning_rate_schedule = learning_rate_schedule
        self.warmup = warmup
        self.weight_decay = weight_decay
        self.weight_average = weight_average
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.l1 = l1
        self.l2 = l2
        self.bptt_steps = bptt_steps
        self.epochs = epochs
        self.batch_size = batch_size
        self.shuffle = shuffle
        self.early_stopping = early_stopping
        self.validation_fraction = validation_fraction
        self.n_iter_no_change = n_iter_no_change
        self.n_init = n_init
        self.warm_start = warm_start
        self.callbacks = callbacks
        self.checkpoint = checkpoint
        self.checkpoint_minutes = checkpoint_minutes
        self.random_state = random_state
        self.verbose = verbose
        self.dtype = dtype
        self.jit_compile = jit_compile
        self.unroll = unroll

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: SequencesLike,
        y: Any = None,
        sample_weight: ArrayLike | None = None,
        *,
        groups: ArrayLike | None = None,
        X_val: SequencesLike | None = None,
        sample_weight_val: ArrayLike | None = None,
    ) -> Self:
        """Learn to reconstruct sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Training sequences. 2-D X holds one univariate sequence per row. A list holds (t,) or (t, n_features) arrays
            of any lengths.
        y : Ignored
            Present for API consistency.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples in the loss.
        groups : array-like of shape (n_samples,), default=None
            The group of each sample, such as a person or a machine. What the fit holds out by itself, in a trial or to
            stop early, are whole groups then.
        X_val : array-like of the kind of X, default=None
            Sequences to compute the validation loss on.
        sample_weight_val : array-like of shape (n_samples_val,), default=None
            Weights of the validation samples.

        Returns
        -------
        self : object
            The fitted transformer.

        Raises
        ------
        ValueError
            If parameters or data are not as described.
        FloatingPointError
            If the loss or its gradient stopped being finite.
        """
        warn_if_pairs(X, y, type(self).__name__)
        return self._fit(X, None, sample_weight, (X_val, None, sample_weight_val), ignored_y=y, groups=groups)

    def fit_transform(self, X: SequencesLike, y: Any = None, **fit_params: Any) -> Array:
        """Learn to reconstruct sequences, and encode them.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Training sequences.
        y : Ignored
            Targets of the next step of a `Pipeline`.
        **fit_params : dict
            Other arguments of `fit`, such as `sample_weight`.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_features_out) or (n_samples, n_timesteps, n_features_out)
            What `transform` gives for X.
        """
        return super().fit_transform(X, None, **fit_params)  # of targets of another step, `fit` has nothing to warn

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: SequencesLike, y: Any = None, sample_weight: ArrayLike | None = None) -> Self:
        """Train for one epoch on X, from the current weights and the state of the optimizer.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Training sequences.
        y : Ignored
            Present for API consistency.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples in the loss.

        Returns
        -------
        self : object
            The fitted transformer.
        """
        return self._fit(X, None, sample_weight, incremental=True)

    def _check_parameters(self):
        super()._check_parameters()
        if self.decoder == "reconstruct" and self.horizon is not None:
            raise ValueError(
                f"horizon={self.horizon!r} is for the prediction decoder, but decoder='reconstruct' has none: set "
                "decoder='predict' or 'composite', or horizon=None."
            )

    def _learn(self, learnt, examples, validation, job):
        if not job.incremental:
            effect = "movements hardly count in codes and reconstructions"
            told = warn_if_clocks(examples.sequences, effect)
            told = told or warn_if_levels_differ(examples.sequences, effect, counters=False)
            job = replace(job, told_levels=told)
            if self.decoder != "predict" and self.network is None and not job.goes_on:
                warn_if_few_are_coded(examples.sequences.real_lengths)
        return super()._learn(learnt, examples, validation, job)

    def _keep_learnt(self, learnt):
        super()._keep_learnt(learnt)
        self.horizon_ = self.horizon  # `forecast` must not see what is set after fit

    def _gives_columns(self):
        return _gives_vectors(self)

    @property
    def _n_features_out(self):
        """Width of what `transform` gives now; no such attribute before fit."""
        n_states = self._spec.n_states if self.output == "state" and not self._has_own_network else 1
        return self._spec.encoding_size * n_states

    def transform(self, X: SequencesLike) -> Array:
        """Encode sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit; lists and 3-D X may have other lengths.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_features_out) or (n_samples, n_timesteps, n_features_out)
            Encodings as `output` says, in the floating type of X. With ``output="sequence"`` and ragged X a 1-D object
            array that holds one array (n_timesteps of the sample, n_features_out) per sample.
        """
        sequences = self._read_fitted(X)
        if self._has_own_network and self.output == "sequence":
            raise ValueError(
                "output='sequence' has no meaning for a network of your own: set output='last' or 'state'."
            )
        dtype, rows = sequences.values.dtype, self._learnt.source.scaled(sequences).rows  # what comes out has X's type
        if self.output == "sequence":
            return sequences.unpadded(self._predict("sequence", rows).astype(dtype, copy=False))
        states = self._predict("states", rows).astype(dtype, copy=False)
        return states if self.output == "state" else states[:, : self._spec.encoding_size].copy()  # hidden states only

    @property
    def _n_encodings(self):
        return self._n_features_out

    def _encodings(self, X):
        """What `transform` gives: (n, n_encodings)."""
        return self.transform(X)

    def _check_encodes(self):
        """Raise ValueError if `transform` gives more than one vector per sample."""
        if self.output == "sequence":
            raise ValueError(
                "output='sequence' gives an encoding for each timestep, not one for each sample: set output='state' or "
                "'last'."
            )

    @available_if(wants(_gives_vectors, "output='state' or 'last'"))
    def get_feature_names_out(self, input_features: Any = None) -> Array:
        """Names of the output features: the class name in lower case and a number.

        Parameters
        ----------
        input_features : Ignored
            Only checked against `feature_names_in_`. A column of sequences has one name.

        Returns
        -------
        names : ndarray of str of shape (n_features_out,)
            Names. There are none for ``output="sequence"``, because it does not give one vector per sample.
        """
        check_is_fitted(self)
        return super().get_feature_names_out(names_of_inputs(self._learnt.source.kind, input_features))

    @available_if(wants(_decodes, "decoder='reconstruct' or 'composite', and network=None"))
    def inverse_transform(self, X: SequencesLike, lengths: ArrayLike | None = None) -> Array:
        """Decode encodings back to sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features_out) or (n_samples, n_timesteps, n_features_out)
            Encodings, as `transform` returns them.
        lengths : array-like of int of shape (n_samples,), default=None
            Number of timesteps to write for every sample. With None ragged encodings of ``output="sequence"`` keep
            their own lengths, and all others get that of the (longest) sequences in fit.

        Returns
        -------
        X_original : ndarray of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features)
            Reconstructed sequences; univariate ones have no last axis, as in fit. With `lengths`, or from ragged
            encodings, a 1-D object array with one array per sample.

        Raises
        ------
        ValueError
            If the decoder needs the cell state (`code` is "state" or "both", and `cell` is "lstm") but `output` is not
            "state", or if X or `lengths` do not have the shapes above.
        """
        check_is_fitted(self)
        if is_ragged(X):  # lists of hidden states
            X, own = self._last_steps(as_samples(X))
            lengths = own if lengths is None else lengths
        dtypes = (np.float64, np.float32)
        Z = check_array(X, dtype=dtypes, ensure_2d=False, allow_nd=True, estimator=self, input_name="X")
        rows = {"code": check_fits_dtype(self._code_from(Z), self._spec.dtype)[:]}
        n_timesteps = self.n_timesteps_in_
        if lengths is not None:
            rows["lengths"] = lengths = given_lengths(lengths, len(Z)).astype(np.int32)
            n_timesteps = int(lengths.max())  # a decoder writes as many steps as it is asked for
        decoded = self._predict("decoding", rows, n_timesteps=np.int32(n_timesteps))
        decoded = self._learnt.source.scale.undo(decoded).astype(Z.dtype, copy=False)
        decoded = decoded[:, :, 0] if self._learnt.source.univariate else decoded
        return decoded if lengths is None else split(decoded, lengths)

    def _last_steps(self, samples):
        """Last hidden state and length of every ragged sequence of hidden states, as `transform` gives them."""
        shapes = {np.shape(sample)[1:] for sample in samples}
        if self.output != "sequence" or shapes != {(self._n_features_out,)}:
            raise ValueError(
                "inverse_transform takes an object array or a ragged list only as transform gives it with "
                f"output='sequence': one (n_timesteps, {self._spec.encoding_size}) array per sample."
            )
        lengths = check_lengths(samples)
        return np.stack([np.asarray(sample)[-1:] for sample in samples]), lengths  # (n, 1, encoding size)

    def _code_from(self, Z):
        """Hidden (and cell) states side by side, as the decoder takes them, from what `transform` gave."""
        size, n_states = self._spec.encoding_size, self._spec.n_states
        if self.output != "state" and n_states > 1 and self._spec.code != "repeated":
            raise ValueError(
                f"inverse_transform needs the cell state too, because the decoder starts from it (code={self.code!r}), "
                f"but output={self.output!r} leaves it out. Set output='state' or code='repeated'."
            )
        expected_ndim = 3 if self.output == "sequence" else 2
        if Z.ndim != expected_ndim or Z.shape[-1] != self._n_features_out:
            shape = "(n_samples, n_timesteps, {})" if expected_ndim == 3 else "(n_samples, {})"
            raise ValueError(
                f"inverse_transform expects encodings of shape {shape.format(self._n_features_out)}, as transform "
                f"gives them with output={self.output!r}. Got an array of shape {Z.shape}."
            )
        hidden = Z[:, -1] if expected_ndim == 3 else Z  # (n, width)
        if hidden.shape[1] == n_states * size:
            return hidden
        return np.concatenate([hidden, np.zeros_like(hidden)], axis=1)  # a cell state that this decoder never reads

    @available_if(wants(_reconstructs, "decoder='reconstruct' or 'composite'"))
    def reconstruct(self, X: SequencesLike) -> Array:
        """Encode and decode sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences.

        Returns
        -------
        X_reconstructed : ndarray of the shape of X, or object array if X is ragged
            What the decoder writes, in the order and the floating type of X.
        """
        sequences = self._read_fitted(X)
        return sequences.like(self._reconstruction(sequences).astype(sequences.values.dtype, copy=False))

    @available_if(wants(_reconstructs, "decoder='reconstruct' or 'composite'"))
    def reconstruction_errors(self, X: SequencesLike) -> Array:
        """Absolute errors of the reconstruction, one per feature and timestep.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences.

        Returns
        -------
        errors : ndarray of the shape of X, or object array if X is ragged
            Absolute values of X - reconstruct(X), float64.
        """
        sequences = self._read_fitted(X)
        return sequences.like(self._reconstruction_errors(sequences))

    @available_if(wants(_forecasts, "decoder='predict' or 'composite', and a horizon"))
    def forecast(self, X: SequencesLike, n_steps: int | None = None) -> Array:
        """Forecast the steps that follow a sequence.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences up to now. 3-D X and lists may have any length. 2-D X must have as many columns as in fit: pass
            ``list(X)`` to forecast from fewer.
        n_steps : int, default=None
            Number of steps to write. None writes `horizon` steps. The network was not trained for more than that.

        Returns
        -------
        X_next : ndarray of shape (n_samples, n_steps) or (n_samples, n_steps, n_features)
            The steps after the last one of every sample, without the last axis if samples are (n_timesteps,).

        Raises
        ------
        ValueError
            If `horizon` was None in fit. Then the decoder has only learnt to write what the encoder has read.
        """
        sequences = self._read_fitted(X)
        if not self._spec.held_back:
            raise ValueError(
                "forecast needs a network that was trained to write what it has not read: set horizon to the number "
                "of steps to forecast, and fit again."
            )
        n_steps = self.horizon_ if n_steps is None else n_steps  # more than it was trained to write, if need be
        check_count("n_steps", n_steps)
        steps = self._written("forecast", sequences, n_steps=np.int32(n_steps))
        steps = steps.astype(sequences.values.dtype, copy=False)
        return steps[:, :, 0] if sequences.univariate else steps

    @available_if(wants(_forecasts, "decoder='predict' or 'composite'"))
    def predict_next(self, X: SequencesLike) -> Array:
        """Predict the part of X that the prediction decoder was trained to write.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences.

        Returns
        -------
        X_predicted : ndarray or object array
            With a `horizon` the last `horizon` steps, predicted from the steps before them: (n_samples, horizon) or
            (n_samples, horizon, n_features). Without one the second to the last step, predicted from the whole
            sequence: (n_samples, n_timesteps - 1) or (n_samples, n_timesteps - 1, n_features), an object array if X is
            ragged.
        """
        sequences = self._read_fitted(X)
        written, _, lengths = self._next_steps(sequences)
        return replace(sequences, lengths=lengths).like(written.astype(sequences.values.dtype, copy=False))

    def _next_steps(self, sequences):
        """Predicted steps and true steps (n, t, f), and how many of them are real (None: all)."""
        self._check_long_enough(sequences, self.horizon_)
        written = self._written("next", sequences, **self._shared(self.horizon_))
        values, lengths = sequences.values, sequences.lengths  # (n, t, f)
        if not self._spec.held_back:  # every step but the first, each from the steps before it
            return written, values[:, 1:], None if lengths is None else lengths - 1
        horizon = int(self.horizon_)
        steps = sequences.real_lengths[:, None] - horizon + np.arange(horizon)  # (n, horizon): the last ones
        return written, np.take_along_axis(values, steps[:, :, None], axis=1), None

    def score_samples(self, X: SequencesLike) -> Array:
        """Negative mean squared error of every sample: higher is more normal.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences.

        Returns
        -------
        scores : ndarray of shape (n_samples,)
            Scores of at most 0, with the sign of scikit-learn's outlier estimators. They are means over features and
            real timesteps: of the reconstruction, of the prediction, or their sum for ``decoder="composite"``.
        """
        from skseq.nn.training.compiled import PREDICT_ROWS

        sequences = self._read_fitted(X)
        parts = slices(sequences.values, SCORED_COPIES, PREDICT_ROWS)  # whole batches, but for the last
        return np.concatenate([self._scores(sequences.take(part)) for part in parts])

    def _scores(self, sequences):
        """`score_samples` of some `Sequences`."""
        scores = np.zeros(len(sequences))
        if _reconstructs(self):
            scores -= _mean_over_steps(np.square(self._reconstruction_errors(sequences)), sequences.lengths)
        if _forecasts(self):
            written, true, lengths = self._next_steps(sequences)
            scores -= _mean_over_steps(np.square(true.astype(np.float64) - written), lengths)
        return scores

    def score(self, X: SequencesLike, y: Any = None, sample_weight: ArrayLike | None = None) -> float:
        """Mean of `score_samples`: the negative mean squared error of the reconstruction.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences.
        y : Ignored
            Present for API consistency.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples.

        Returns
        -------
        score : float
            Higher is better, so that GridSearchCV works without y.
        """
        scores = self.score_samples(X)
        return float(np.average(scores, weights=check_weights(sample_weight, len(scores))))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags


def _mean_over_steps(values, lengths):
    """Mean over features and real timesteps, (n,), of values (n, t, f)."""
    steps = values.mean(axis=2)  # (n, t)
    if lengths is None:
        return sum_over_time(steps) / steps.shape[1]
    return sum_over_time(steps * (np.arange(steps.shape[1]) < lengths[:, None])) / lengths
