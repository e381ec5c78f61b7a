"""SequenceTagger: one label per timestep."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from os import PathLike
from typing import Any, Literal, Self

import numpy as np

from skseq._base.diagnosis.advice import BY_ENDS
from skseq._base.diagnosis.diagnosed import facts_of_levels
from skseq._base.dropout_samples import DropoutSamplesMixin
from skseq._base.estimator import RATE_OR_AUTO
from skseq._base.fits.class_weight import ClassWeightMixin
from skseq._base.fits.noise import OF_TAGS
from skseq._base.fits.training import GroupsMixin
from skseq._base.pretrained import AUTO_LAYERS, BEST_LAYERS
from skseq._base.probabilities import LogProbabilitiesMixin
from skseq._base.source import SourceEstimator
from skseq._data import constant_answer
from skseq._data.mistakes.numbers.levels import FARTHER_LEVELS
from skseq._data.mistakes.numbers.likely_padding import looks_padded
from skseq._data.mistakes.tables.likely_series import warn_if_labelled_steps
from skseq._data.mistakes.targets.likely_tags import check_no_labels, warn_if_labelled_padding, warn_if_numbers
from skseq._data.mistakes.targets.told_by_ends import warn_if_labels_told_by_ends, warn_if_told_by_the_next
from skseq._data.mistakes.times.unread_times import warn_if_times_are_unread
from skseq._data.sequences import Sequences, as_samples
from skseq._data.simple_models.forests import told_by_gains, told_by_values_and_steps, told_without_sizes
from skseq._data.targets.tag_targets import (
    WEIGHTLESS,
    OtherLengthError,
    TagTargets,
    check_one_weight_each,
    how_transposed,
)
from skseq._data.times.time_order import check_same_times_of_all
from skseq._data.tokens.tokens import how_split
from skseq._files import public
from skseq._sklearn import StrOptions, _fit_context
from skseq._typing import Array, ArrayLike, ClassWeight, RandomState, SequencesLike

MANY_STEPS, FEWEST_SEQUENCES = 1_000, 40  # with so many timesteps so few sequences count as many


@public
class SequenceTagger(GroupsMixin, LogProbabilitiesMixin, ClassWeightMixin, DropoutSamplesMixin, SourceEstimator):
    """Recurrent network from sequences to one label per timestep: named entities, phases of a machine, hyphenation.

    An encoder reads the sequence, in both directions by default. One dense layer scores every label at every timestep.
    The output is a softmax per timestep, or a linear-chain conditional random field (CRF), which also scores which
    label follows which [1]_, [2]_.

    Parameters
    ----------
    units : int, default=64
        Width of the recurrent layers.

    transitions : bool, default=False
        The output layer. False: a softmax per timestep. Every label is then chosen by itself, which is best for the
        share of timesteps that are right. True: a conditional random field (CRF) with one score for every pair of
        neighbouring labels, for every first and for every last label. `predict` then gives the most probable sequence
        of labels (Viterbi), in which labels mostly fit together: an "I-PER" after "B-LOC" is rare if training has none,
        but not ruled out. A CRF takes longer: one more loop over timesteps, with n_classes ** 2 sums in each.

    source_type : {"auto", "numeric", "tokens"}, default="auto"
        How X is read. "auto" reads strings and integers as tokens, and all other numbers as measurements.

    analyzer : {"char", "word"}, callable or None, default=None
        How strings in X are split into tokens: "char" into characters, "word" into words and punctuation marks. A
        function gets a string and returns a list of tokens. None if X holds no text.

    embedding_dim : int or None, default=None
        Width of a learnt embedding of the source tokens. None reads each token as a one-hot vector, without ever
        building that vector.

    vocabulary : array-like or None, default=None
        All source tokens. None learns them from X.

    handle_unknown : {"error", "use_unknown"}, default="error"
        What to do with a token that is not in the vocabulary. "error" raises an error. "use_unknown" gives all unknown
        tokens one id in common. That id is trained only if `min_frequency` or `max_vocabulary` leaves out tokens of the
        training data: try ``min_frequency=2``, but leave it at 1 where rare tokens decide. Else its weights are the
        mean of those of tokens that occur once.

    min_frequency : int, default=1
        Tokens that occur less often than this in X count as unknown. Values above 1 need
        ``handle_unknown="use_unknown"``.

    max_vocabulary : int or None, default=None
        Only this many of the most frequent tokens are known. Needs ``handle_unknown="use_unknown"``.

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

        It has no effect on tokens and text. With an `encoder`, the scale of the encoder is taken, whatever this says.

    class_weight : dict, "balanced" or None, default=None
        Weights of the labels in the loss. "balanced" weights labels inversely to their frequency. With a softmax every
        timestep has the weight of its label, times the weight of its sample. A CRF has one loss per sequence, which is
        weighted by the mean weight of its labels.

        A label of weight 0 stands for "not labelled": with ``class_weight={"?": 0}`` nothing is learnt from timesteps
        whose label is "?", and "?" is hardly ever predicted. `score` counts these timesteps as wrong. A CRF learns
        which label follows which, so it cannot leave single timesteps out, and refuses a weight of 0.

    encoder : estimator or None, default=None
        A fitted estimator of skseq, such as a `LSTMAutoencoderTransformer`. Training starts from the weights of its
        encoder, from the scale of its inputs and from its vocabulary. It is never refitted or changed, and clones keep
        it. Features, `units`, `cell`, `n_layers`, `bidirectional`, `activation`, `embedding_dim` and convolutions must
        be the same as in the encoder. A parameter that is "auto" takes the value of the encoder. To search over
        encoders, wrap them in ``sklearn.frozen.FrozenEstimator``.

    freeze : bool, default=False
        Whether the weights taken from `encoder` stay as they are. Otherwise they are trained with all others.

    cell : {"auto", "lstm", "gru", "cho-gru"}, default="auto"
        Kind of recurrent layer. "cho-gru" is the gated recurrent unit as published [cho]_: its reset gate acts before
        the recurrent product (``keras.layers.GRU(reset_after=False)``). In "gru", as in Keras by default, the reset
        gate acts after the product. That takes one product per step instead of two, so it is faster.
        "auto" is that of the `encoder`, or "gru" without one.

    n_layers : int, default=1
        Number of recurrent layers.

    bidirectional : bool or "auto", default="auto"
        Whether the encoder also reads the sequence backwards. The outputs of both directions are joined, so an encoding
        is twice as wide.
        "auto" is as the `encoder` is, or True without one.

    activation : {"tanh", "relu"}, default="tanh"
        Activation of the candidate and of the output in the recurrent layers. With "relu" the states are not bounded.

    dropout : float in [0, 1) or "auto", default="auto"
        Share of the inputs of a recurrent layer that is dropped in training. The same inputs are dropped at every
        timestep [dropout]_.
        "auto" is 0.1 in a `fit` on 100 samples or more, those held out included, and 0 in one on fewer. The first
        `partial_fit` counts its own samples; later ones keep to what the fit before had.
        1,000 timesteps or more, in 40 sequences or more, count as 100 samples, here and for the trial of `epochs`.

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

    clipnorm : float or None, default=1.0
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
        Truncated backpropagation through time [bptt]_: every sequence is cut into chunks of this many timesteps. States
        pass from chunk to chunk, gradients do not. Chunks are counted backwards from the last step read. A small number
        bounds how far a gradient can grow, and how far back a dependency can be learnt. None cuts nowhere.

        Cutting is not needed to save memory. From 1,000 timesteps on, layers that would keep more than half a gigabyte
        keep only their states, and compute the rest again for the gradient. The gradient stays exact, and an update
        takes 1.1 to 1.6 times as long [recompute]_.

    epochs : int or "auto", default="auto"
        Largest number of passes over the training data. "auto" takes as many as give 5,000 updates, but at least 10 and
        at most 100. So a fit of fewer than about 400 samples has fewer updates.

        With 100 sequences or more, "auto" first makes a trial, to see whether so many epochs would learn the noise of
        the labels by heart. The trial holds out a share of `validation_fraction`, and takes up to a third of the
        epochs.

        The verdict is noise if three things are true at the end of the trial. The held-out loss was least
        `n_iter_no_change` epochs ago, or more. It has risen since by a fiftieth of the loss of a constant answer. The
        accuracy on the held-out sequences has not grown by 0.05 since. Then the fit on all sequences has one and a half
        times as many epochs as the trial had at its least loss. Otherwise it has all epochs. The logger "skseq" shows
        the verdict at level INFO.

        There is no trial with `early_stopping` True or False, `X_val` or `callbacks`, nor in a fit that goes on from
        another one.

    batch_size : int or "auto", default=32
        Number of samples per update. "auto" is 32 above 511 samples, 16 above 255 and 8 above 32; up to 32 samples are
        one batch. If all samples fit into one batch, equal samples are merged into one that has the sum of their
        weights. Loss and gradient stay the same, but dropout and noise are then drawn once for all of them.

    shuffle : bool, default=True
        Whether the samples are put in a new order in every epoch.

    early_stopping : bool or "auto", default="auto"
        Whether training ends when the validation loss has not improved for `n_iter_no_change` epochs. The best weights
        are restored. "auto" is on above 10,000 samples, and whenever `X_val` is passed to `fit`.
        With fewer samples, "auto" ends a fit that is perfect on its training data: for `n_iter_no_change` epochs, the
        training loss has been below 0.001 + 0.05 * (rate of dropout) times that of a constant answer. The step size
        then falls to 0 over a tenth of `epochs`, and the fit ends. False trains for all `epochs`.

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
    classes_ : ndarray of shape (n_classes,)
        Labels, sorted.

    vocabulary_ : dict
        Source token to id, if X holds tokens. Id 0 is reserved for padding, and id 1 for unknown tokens if
        ``handle_unknown="use_unknown"``.

    n_features_in_ : int
        Number of columns of 2-D X, or of features of 3-D and ragged X. Not set for text and ragged tokens.

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

    weights_ : dict of str to ndarray
        Fitted weights, in the layout of the stock Keras layers.

    optimizer_state_ : list of ndarray
        State of the optimizer, from which `partial_fit` and `warm_start` continue.

    model_ : keras.Model
        The network from source to output: stock Keras layers with the fitted weights, so it can be saved and loaded
        without skseq. It is built anew at every access.

    encoder_model_ : keras.Model
        The part of `model_` that reads the source.

    decoder_model_ : keras.Model
        The part of `model_` that turns what the encoder gives into the output.

    Notes
    -----
    The loss is a mean over timesteps: the cross entropy of a softmax, or the negative log-likelihood of a sequence
    under the CRF divided by its length. A sequence counts by its length in both; padding never counts.

    `history_["token_accuracy"]` is the share of timesteps whose most probable label is right; with a CRF by the
    marginals of `predict_proba`, not by the path of `predict`.

    The exported models read token sources as ids of `vocabulary_`, and sequences without padding: they have no masks.
    They give probabilities, or with ``transitions=True`` the scores that the CRF reads, as stock Keras has no layer for
    a CRF; its weights are in `weights_`: "transitions/kernel" (from row to column), "transitions/start" and
    "transitions/end".

    A tagger is no classifier to scikit-learn, whose classifiers have one label per sample: an integer ``cv`` means
    `KFold`, since stratified splits refuse lists of label lists.

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
    .. [1] Lafferty, McCallum and Pereira, "Conditional Random Fields: Probabilistic Models for Segmenting and Labeling
       Sequence Data", ICML 2001.
    .. [2] Huang, Xu and Yu, "Bidirectional LSTM-CRF Models for Sequence Tagging", arXiv:1508.01991, 2015.
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
    Hyphenation: 1 marks a letter after which the word may be broken:

    >>> from skseq import SequenceTagger
    >>> words = ["data", "meta", "beta", "mode", "tone", "pipe"]
    >>> breaks = [[0, 1, 0, 0], [0, 1, 0, 0], [0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0], [0, 0, 0, 0]]
    >>> model = SequenceTagger(units=8, analyzer="char", epochs=100, random_state=0).fit(words, breaks)
    >>> [tags.tolist() for tags in model.predict(["data", "pipe"])]
    [[0, 1, 0, 0], [0, 0, 0, 0]]
    """

    classes_: Array

    _trial_rules = OF_TAGS
    _ends_when_perfect = True
    _needs_neighbours = True
    _of_new_words = BY_ENDS
    _best_layers = BEST_LAYERS
    _parameter_constraints = {
        **SourceEstimator._parameter_constraints,
        **AUTO_LAYERS,
        "dropout": RATE_OR_AUTO,
        "transitions": ["boolean"],
        "class_weight": [dict, StrOptions({"balanced"}), None],
    }

    def __init__(
        self,
        units: int = 64,
        *,
        transitions: bool = False,
        source_type: Literal["auto", "numeric", "tokens"] = "auto",
        analyzer: Literal["char", "word"] | Callable[..., Any] | None = None,
        embedding_dim: int | None = None,
        vocabulary: ArrayLike | None = None,
        handle_unknown: Literal["error", "use_unknown"] = "error",
        min_frequency: int = 1,
        max_vocabulary: int | None = None,
        scale_inputs: bool = True,
        class_weight: ClassWeight = None,
        encoder: Any = None,
        freeze: bool = False,
        cell: Literal["auto", "lstm", "gru", "cho-gru"] = "auto",
        n_layers: int = 1,
        bidirectional: bool | Literal["auto"] = "auto",
        activation: Literal["tanh", "relu"] = "tanh",
        dropout: float | Literal["auto"] = "auto",
        recurrent_dropout: float = 0.0,
        optimizer: str | dict[str, Any] = "adam",
        learning_rate: float | None = 0.01,
        learning_rate_schedule: str = "cosine",
        warmup: float = 0.0,
        weight_decay: float | None = None,
        weight_average: Literal["ema", "swa"] | None = None,
        clipnorm: float | None = 1.0,
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
        self.transitions = transitions
        self.source_type = source_type
        self.analyzer = analyzer
        self.embedding_dim = embedding_dim
        self.vocabulary = vocabulary
        self.handle_unknown = handle_unknown
        self.min_frequency = min_frequency
        self.max_vocabulary = max_vocabulary
        self.scale_inputs = scale_inputs
        self.class_weight = class_weight
        self.encoder = encoder
        self.freeze = freeze
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
        y: SequencesLike,
        sample_weight: ArrayLike | None = None,
        *,
        groups: ArrayLike | None = None,
        X_val: SequencesLike | None = None,
        y_val: SequencesLike | None = None,
        sample_weight_val: ArrayLike | None = None,
    ) -> Self:
        """Learn to label timesteps.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences: 2-D numbers (a univariate sequence per row), 3-D numbers, 2-D tokens (integers or strings), lists
            of (t,) or (t, n_features) arrays or of tokens whose lengths differ, or strings if there is an `analyzer`.
        y : list, or array-like of shape (n_samples, n_timesteps) or (n_samples,)
            Labels, as many for every sequence as it has timesteps: a list, Series or object array of label lists or
            arrays, or an array. Labels (n_samples,) are one label per sequence, which stands for all of its timesteps;
            a string is one label.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples in the loss; each of its timesteps has the weight of the sample.
        groups : array-like of shape (n_samples,), default=None
            The group of each sample, such as a person or a machine. What the fit holds out by itself, in a trial or to
            stop early, are whole groups then.
        X_val, y_val : array-like of the kind of X and y, default=None
            Data to compute validation loss and accuracy on.
        sample_weight_val : array-like of shape (n_samples_val,), default=None
            Weights of the validation samples.

        Returns
        -------
        self : object
            The fitted tagger.

        Raises
        ------
        ValueError
            If parameters or data are not as described; above all if a target has more or fewer labels than its
            sequence has timesteps.
        FloatingPointError
            If the loss or its gradient stopped being finite.
        """
        return self._fit(X, y, sample_weight, (X_val, y_val, sample_weight_val), groups=groups)

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self,
        X: SequencesLike,
        y: SequencesLike,
        classes: ArrayLike | Sequence[ArrayLike] | None = None,
        sample_weight: ArrayLike | None = None,
    ) -> Self:
        """One epoch over X and y, going on from the current weights and the state of the optimizer.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences. Tokens must be in the parameter `vocabulary`, or in X of the first call.
        y : list, or array-like of shape (n_samples, n_timesteps) or (n_samples,)
            Labels, as in `fit`.
        classes : array-like of shape (n_classes,), default=None
            All labels that will ever come. None: those in y of the first call.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples in the loss.

        Returns
        -------
        self : object
            The fitted tagger.
        """
        return self._fit(X, y, sample_weight, incremental=True, classes=classes)

    def _read(self, X, y, sample_weight, known, *, suffix="", **given):
        if known.source is None and self.source_type != "numeric":
            check_no_labels(X, y, f"X{suffix}", are_tokens=self.source_type == "tokens")
        check_same_times_of_all(as_samples(X), as_samples(y), f"X{suffix}", f"y{suffix}")
        try:
            return super()._read(X, y, sample_weight, known, suffix=suffix, **given)
        except OtherLengthError as error:
            analyzer = self.analyzer if known.source is None else known.source.analyzer
            if analyzer is None:
                remedy = how_transposed(X, f"X{suffix}", error.index, error.n_labels)
            else:
                remedy = how_split(X, analyzer, f"X{suffix}", error.index, error.n_labels)
            raise ValueError(f"{error}{remedy}") from error

    def _read_source(self, X, form, argument):
        sequences, read = super()._read_source(X, form, argument)
        if form is None and not read.reads_tokens:
            warn_if_times_are_unread(X, argument)
        return sequences, read

    def _read_targets(self, y, sequences, targets, argument, classes=None):
        lengths = sequences.real_lengths  # one label for each of these steps
        is_first = targets is None
        if is_first:
            targets = TagTargets.learn(y, lengths, classes, argument=argument)
        elif classes is not None:
            targets.check_same_classes(classes)
        rows = targets.encode(y, lengths, argument=argument)
        if is_first and targets.form != "labels":
            warn_if_labelled_padding(sequences, rows["target"], targets.classes)
            if not warn_if_numbers(sequences, rows["target"], targets.classes):
                self._warn_if_told_by_what_follows(sequences, rows["target"])
        return targets, rows

    def _warn_if_told_by_what_follows(self, sequences, tags):
        if self.bidirectional != "auto" or not self._layer_fields()["bidirectional"]:
            return
        cure = "bidirectional=False" + self.transitions * " and transitions=False"  # a CRF looks back from later labels
        warn_if_told_by_the_next(sequences, tags, cure)
        warn_if_labels_told_by_ends(sequences, tags, cure)

    def _with_weights(self, rows, sample_weight, argument="sample_weight"):
        check_one_weight_each(sample_weight, argument, then=WEIGHTLESS)
        return super()._with_weights(rows, sample_weight, argument)

    def _class_weights(self, targets, rows, incremental):
        weights = super()._class_weights(targets, rows, incremental)
        if self.transitions and not weights.all():
            label = targets.classes.tolist()[int(weights.argmin())]
            raise ValueError(
                f"class_weight of {label!r} is 0, but with transitions=True a loss is that of a whole sequence: "
                f"{label!r} would be learnt all the same. Set transitions=False, or a weight above 0."
            )
        return weights

    def _is_told_as_padded(self, sequences, argument):
        """What the labels say of padding, `_read_targets` warns of."""
        return looks_padded(sequences)

    def _warn_if_one_labelled_series(self, X, values, targets, rows, argument, target_argument):
        if targets.form == "labels":
            warn_if_labelled_steps(X, values, rows["target"][:, 0], argument, target_argument)

    def _told_by_forests(self, rows, form, *, settled, much, doubtful):
        told = {}
        if settled:
            told["sizes"] = self._told_by(partial(told_without_sizes, scale=form.scale), rows)
        if much:
            told["gains"] = self._told_by(told_by_gains, rows)
        if doubtful:
            told["shares_told"] = self._told_by(told_by_values_and_steps, rows)
        elif much:
            told |= self._told_beside_levels(rows, form)
        return told

    def _told_beside_levels(self, rows, form):
        """What `Facts` has of levels of these rows that lie far apart and of what steps tell, by name."""
        levels = {"levels": None} if form.reads_tokens else facts_of_levels(Sequences.of_rows(rows), form)
        if levels["levels"] is None or levels["levels"][1] <= FARTHER_LEVELS:
            return {}
        return levels | {"shares_told": self._told_by(told_by_values_and_steps, rows)}

    def _told_by(self, told, rows):
        """What forests tell of numbers whose labels all count, or None."""
        sequences = Sequences.of_rows(rows)
        numbers = sequences.values.ndim == 3  # no tokens
        all_count = not isinstance(self.class_weight, dict) or all(self.class_weight.values())
        return told(sequences, rows["target"]) if numbers and all_count and len(sequences) > 1 else None

    def _learn(self, learnt, examples, validation, job):
        if examples.sequences.real_lengths.sum() >= MANY_STEPS:  # each of them is labelled
            dropout = min(FEWEST_SEQUENCES, job.auto_dropout[0]), job.auto_dropout[1]
            job = replace(job, auto_dropout=dropout, fewest_to_try=FEWEST_SEQUENCES)
        return super()._learn(learnt, examples, validation, job)

    def _make_spec(self, learnt, rows):
        from skseq.nn.spec import TaggerSpec

        return TaggerSpec(
            n_tags=learnt.targets.size,
            transitions=bool(self.transitions),
            **self._source_fields(learnt.source),
            **self._spec_fields(),
        )

    def _constant_answer(self, learnt, spec, data):
        answer = constant_answer.of_tokens(data, spec.n_tags, "source_lengths")
        if spec.transitions and (data.shared["class_weight"] != 1).any():  # a path is weighed as a whole
            return replace(answer, loss=None)
        return answer

    def _strata(self, targets, rows):
        return rows["target"][:, 0] if targets.form == "labels" else None  # (n, t), equal in all steps

    def _keep_learnt(self, learnt):
        super()._keep_learnt(learnt)
        self.classes_ = learnt.targets.classes

    def predict(self, X: SequencesLike, *, n_dropout_samples: int | None = None) -> Array:
        """The most probable label of every timestep; with ``transitions=True`` the most probable labels together.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit; lists and 3-D X may have other lengths.
        n_dropout_samples : int or None, default=None
            As in `predict_proba`. The labels are then the most probable ones of each timestep by itself, with
            ``transitions=True``, too: paths of different networks have no mean.

        Returns
        -------
        y : ndarray of shape (n_samples, n_timesteps), object array of shape (n_samples,), or ndarray of shape \
(n_samples,)
            Labels in the form of y in fit. That is an array, or an object array of label arrays (also if y was an array
            and X now holds sequences of different lengths). If y had one label per sequence, it is the label with the
            largest mean probability over timesteps.

        Raises
        ------
        ValueError
            With `n_dropout_samples`, if the last fit had no dropout.
        """
        source = self._as_network_reads(X)
        if n_dropout_samples is None:
            return self._labels(source)
        probs, _ = self._predict_moments("probs", source.rows, n_dropout_samples)  # (n, t, n_classes)
        return self._targets.decode(probs if self._targets.asks == "probs" else probs.argmax(axis=2), source.lengths)

    def _labels(self, source):
        """The most probable labels of what the network reads, in the form of y."""
        return self._targets.decode(self._predict(self._targets.asks, source.rows), source.lengths)

    def predict_proba(self, X: SequencesLike, *, n_dropout_samples: int | None = None) -> Array:
        """Probability of every label at every timestep; with ``transitions=True`` the marginals of the CRF.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.
        n_dropout_samples : int or None, default=None
            Number of networks to draw by dropout, at the rates of the last fit; their probabilities are averaged. One
            draw has the same masks for all samples and timesteps. `random_state` decides the draws: an int gives the
            same ones in every call. None takes one network, without dropout.

        Returns
        -------
        p : ndarray of shape (n_samples, n_timesteps, n_classes), object array of (n_timesteps, n_classes) arrays, or \
ndarray of shape (n_samples, n_classes)
            In the form of y in fit, with a last axis in the order of `classes_`. If y had one label per sequence, the
            mean over timesteps.

        Raises
        ------
        ValueError
            With `n_dropout_samples`, if the last fit had no dropout.

        References
        ----------
        Gal and Ghahramani, "Dropout as a Bayesian Approximation: Representing Model Uncertainty in Deep Learning",
        ICML 2016.
        """
        source = self._as_network_reads(X)
        probs, _ = self._predict_moments("probs", source.rows, n_dropout_samples)  # (n, t, n_classes)
        return self._targets.decode_probs(probs, source.lengths)

    def score_samples(self, X: SequencesLike, y: SequencesLike | None = None) -> Array:
        """Log-probability of labels, of all labels of a sequence together: of given ones, or of what `predict` gives.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.
        y : list, or array-like of shape (n_samples, n_timesteps) or (n_samples,), default=None
            Labels, as in `fit`. None: those that `predict` gives; their log-probabilities tell where it is unsure.

        Returns
        -------
        log_probs : ndarray of shape (n_samples,)
            The log P(y | X). `skseq.metrics.neg_perplexity_scorer` makes a perplexity per timestep of it.
        """
        source = self._as_network_reads(X)
        given = self._targets.encode(self._labels(source) if y is None else y, source.real_lengths)
        return self._predict("log_probs", {**source.rows, **given}).astype(np.float64)  # (n,)

    def score(self, X: SequencesLike, y: SequencesLike, sample_weight: ArrayLike | None = None) -> float:
        """Share of timesteps whose label is right; where y has one label per sequence, of sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.
        y : list, or array-like of shape (n_samples, n_timesteps) or (n_samples,)
            True labels, as in `fit`. A warning tells if fit did not see most of them.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples. The weight of a sample counts for each of its timesteps.

        Returns
        -------
        score : float
            Between 0 and 1.
        """
        source = self._as_network_reads(X)
        return self._targets.accuracy(y, self._labels(source), source.real_lengths, sample_weight)
