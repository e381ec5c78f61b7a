"""SequenceClassifier and SequenceRegressor: one label or number per sequence, or several."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from os import PathLike
from typing import Any, Literal, Self, overload

import numpy as np
from sklearn.base import ClassifierMixin, MultiOutputMixin, RegressorMixin
from sklearn.metrics import r2_score

from skseq._base.diagnosis.far_targets import warn_if_cut
from skseq._base.diagnosis.other_lengths import (
    grows_with,
    warn_if_all_longer,
    warn_if_below_all,
    warn_if_far_longer,
    warn_if_far_shorter,
)
from skseq._base.fits.class_weight import ClassWeightMixin
from skseq._base.fits.noise import OF_LABELS, OF_NUMBERS
from skseq._base.fits.training import GroupsMixin
from skseq._base.probabilities import LogProbabilitiesMixin
from skseq._base.sequence_predictor import SequencePredictor
from skseq._data.checks import check_same_samples, check_weights
from skseq._data.mistakes.tables.likely_series import warn_if_labels_last
from skseq._data.mistakes.targets.angles import warn_if_angles
from skseq._data.mistakes.targets.likely_targets import (
    warn_if_orders_apart,
    warn_if_targets_in_a_column,
    warn_if_timesteps_as_labels,
    warn_if_timesteps_as_outputs,
)
from skseq._data.mistakes.targets.told_by_case import warn_if_told_by_case
from skseq._data.mistakes.targets.told_by_ends import warn_if_numbers_told_by_lengths
from skseq._data.mistakes.targets.told_by_size import warn_if_told_by_name, warn_if_told_by_size
from skseq._data.mistakes.targets.unknown_targets import warn_if_one_stands_for_unknown
from skseq._data.mistakes.texts.spelling import rows_of
from skseq._data.overlapping import warn_if_next_values
from skseq._data.targets.class_targets import LabelTargets
from skseq._data.targets.classes import exact_match
from skseq._data.targets.number_targets import NumberTargets
from skseq._data.times.calendars import is_one_series
from skseq._files import public
from skseq._sklearn import StrOptions, _fit_context
from skseq._typing import Array, ArrayLike, ClassWeight, RandomState, SequencesLike


@public
class SequenceClassifier(
    GroupsMixin, ClassifierMixin, MultiOutputMixin, LogProbabilitiesMixin, ClassWeightMixin, SequencePredictor
):
    """Recurrent network from sequences to labels: one label per sequence, or several.

    An encoder reads the sequence: convolutions, if they help, then recurrent layers. What `pooling` makes of its
    outputs goes through one dense layer with a softmax for every output. The loss is the mean cross entropy of the
    outputs.

    Parameters
    ----------
    units : int, default=64
        Width of the recurrent layers.

    pooling : {"auto", "mean", "last", "attention", "concat"}, default="auto"
        What the output layer reads: the mean of all hidden states, the last one, their average weighted by learnt
        attention [1]_, or "concat": the mean, the largest values and the last state side by side [concat]_. Choose the
        mean if all of a sequence counts, "concat" if order, ends or extremes do, attention if a few timesteps decide,
        such as the words that answer a question, and the last state with an autoencoder as `encoder`.

        "auto" is "concat" with at most one convolution (by default: up to 64 timesteps), and "mean" with more.
        Convolutions blur the ends of a sequence. Of numbers that are scaled and convolved, the output layer then also
        reads the first and the last value of every feature, up to 10 standard deviations and without dropout.

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

    class_weight : dict, list of dicts, "balanced" or None, default=None
        Weights of the classes, which are multiplied with the weights of the samples. A list holds one dict per output.
        "balanced" weights classes inversely to their frequency. Classes that a dict lacks have the
        weight 1. It may have classes that y lacks, such as a rare one in a fold, only if it has all of y.

    encoder : estimator or None, default=None
        A fitted estimator of skseq, such as a `LSTMAutoencoderTransformer`. Training starts from the weights of its
        encoder, from the scale of its inputs and from its vocabulary. It is never refitted or changed, and clones keep
        it. Features, `units`, `cell`, `n_layers`, `bidirectional`, `activation`, `embedding_dim` and convolutions must
        be the same as in the encoder. A parameter that is "auto" takes the value of the encoder. To search over
        encoders, wrap them in ``sklearn.frozen.FrozenEstimator``.

    freeze : bool, default=False
        Whether the weights taken from `encoder` stay as they are. Otherwise they are trained with all others.

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

    n_conv_layers : int or "auto", default="auto"
        Number of convolutional layers over time below the recurrent layers, as in [conv]_. Each layer has `units`
        filters with relu and a stride of two, so it halves the number of timesteps that the next layer reads.
        Convolutions find short patterns, and make fits of long sequences fast.

        "auto" takes none for tokens, for text and for fewer than 16 timesteps. Otherwise it takes one, or as many, up
        to four, as leave at most 32 timesteps. With an `encoder` it takes as many as the encoder has. For ragged data,
        "auto" counts the timesteps that nine in ten sequences in fit do not exceed. So the folds of a search may differ
        in their number of layers. The first call of `partial_fit` decides for all later ones.

        If sequences of numbers differ in length in fit, or did so in that of the `encoder`, the first layer also reads
        a channel that is 1 at every timestep, so that an end is not mistaken for zeros.

        Text and tokens need an `embedding_dim`. `bptt_steps` counts the steps after the convolutions.
        `attention_weights` shares the weight of such a step evenly among its timesteps.

    kernel_size : int, default=8
        Number of timesteps that a filter of a convolutional layer reads at once.

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
        It is also 0 where X is a single channel of measurements that is not convolved first, as one of up to 15
        timesteps is not: there dropout changes its size.

    recurrent_dropout : float in [0, 1), default=0.0
        Share of the hidden state of a recurrent layer that is dropped in training. The same units are dropped at every
        timestep.

    optimizer : str or dict, default="adam"
        Name of a Keras optimizer, such as "adam", "adamw" (Adam with decoupled weight decay [adamw]_), "lion" [lion]_,
        "rmsprop" or "sgd"; "nesterov", which is "sgd" with Nesterov's momentum of 0.9 [nesterov]_; or the dict that
        ``keras.optimizers.serialize`` returns. Optimizer objects are refused because they cannot be cloned.

    learning_rate : float or None, default=0.003
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

        With 100 samples or more, "auto" first makes a trial, to see whether so many epochs would learn the noise of the
        samples by heart. The trial holds out a share of `validation_fraction`, or more: at least 30 samples, with ten
        that are not of the most frequent class, but no more than a fourth of all. It takes a third of the epochs, and
        goes on, at most to the last epoch, until the loss of the held-out samples falls and is less than twice that in
        training. Of overlapping windows of series, in order, it holds out the last ones (see the guide).

        The verdict is noise if three things are true at the end of the trial. The held-out loss was least
        `n_iter_no_change` epochs ago, or more. It has risen since by a twentieth of the loss of a constant answer (for
        numbers by a fiftieth). The accuracy on the held-out samples, if there is one, has not grown by 0.05 since. Then
        the fit on all samples has one and a half times as many epochs as the trial had at its least loss, at least 5.
        Otherwise it has all epochs. The logger "skseq" shows the verdict at level INFO.

        There is no trial with `early_stopping` True or False, a `validation_fraction` above 0.25, `X_val`, `callbacks`
        or a `network`, nor in a fit that goes on from another one.

    batch_size : int or "auto", default="auto"
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
    classes_ : ndarray of shape (n_classes,) or list of such arrays
        Labels. One array per output if y is 2-D.

    n_outputs_ : int
        Number of labels per sequence.

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
        without skseq. It is built anew at every access. With `network` it is the model that your function builds.

    encoder_model_ : keras.Model
        The part of `model_` that reads the source. If the output layer also reads the ends of X (see `pooling`), they
        stand behind the codes. There is none with `network`.

    decoder_model_ : keras.Model
        The part of `model_` that turns what the encoder gives into the output. There is none with `network`.

    Notes
    -----
    The exported models read token sources as ids of `vocabulary_`. They have no masks, so pass sequences without
    padding.

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
    .. [1] Yang et al., "Hierarchical Attention Networks for Document Classification", NAACL 2016, equations 5 to 7.
    .. [concat] Howard and Ruder, "Universal Language Model Fine-tuning for Text Classification", ACL 2018, section 3.3.
    .. [cho] Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine
       Translation", EMNLP 2014, section 2.3.
    .. [conv] Karim, Majumdar, Darabi and Chen, "LSTM Fully Convolutional Networks for Time Series Classification", IEEE
       Access 2018. There the convolutions stand beside the recurrent layer; here it reads what they give.
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
    >>> from skseq import SequenceClassifier
    >>> words = ["haus", "maus", "laus", "house", "mouse", "louse"]
    >>> language = ["de", "de", "de", "en", "en", "en"]
    >>> model = SequenceClassifier(units=8, analyzer="char", random_state=0).fit(words, language)
    >>> model.predict(["haus", "mouse"])
    array(['de', 'en'], dtype='<U2')
    """

    classes_: Array | Any

    _trial_rules = OF_LABELS
    _ends_when_perfect = True
    _parameter_constraints = {
        **SequencePredictor._parameter_constraints,
        "class_weight": [dict, list, StrOptions({"balanced"}), None],
    }
    _task = "classify"

    def __init__(
        self,
        units: int = 64,
        *,
        pooling: Literal["auto", "mean", "last", "attention", "concat"] = "auto",
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
        network: Any = None,
        n_conv_layers: int | Literal["auto"] = "auto",
        kernel_size: int = 8,
        cell: Literal["auto", "lstm", "gru", "cho-gru"] = "auto",
        n_layers: int = 1,
        bidirectional: bool | Literal["auto"] = "auto",
        activation: Literal["tanh", "relu"] = "tanh",
        dropout: float | Literal["auto"] = "auto",
        recurrent_dropout: float = 0.0,
        optimizer: str | dict[str, Any] = "adam",
        learning_rate: float | None = 0.003,
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
        batch_size: int | Literal["auto"] = "auto",
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
        self.pooling = pooling
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
        self.network = network
        self.n_conv_layers = n_conv_layers
        self.kernel_size = kernel_size
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
        """Learn to label sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences. 2-D numbers hold one univariate sequence per row; 3-D numbers and 2-D tokens (integers or
            strings) are read as well. A list holds (t,) or (t, n_features) arrays or token lists of any lengths, or
            strings if there is an `analyzer`.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples in the loss.
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
            The fitted classifier.

        Raises
        ------
        ValueError
            If parameters or data are not as described.
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
        """Train for one epoch on X and y, from the current weights and the state of the optimizer.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences. Tokens must be in the parameter `vocabulary`, or in X of the first call.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Labels.
        classes : array-like or list of array-likes, default=None
            All labels that will ever come. For 2-D y one array for all outputs, or a list of arrays, one per output.
            The first call needs it, later calls may leave it out.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples in the loss.

        Returns
        -------
        self : object
            The fitted classifier.
        """
        if classes is None and not hasattr(self, "weights_"):
            raise ValueError("classes must be passed on the first call to partial_fit.")
        return self._fit(X, y, sample_weight, incremental=True, classes=classes)

    def _read(self, X, y, sample_weight, known, *, suffix="", **given):
        learnt, examples = super()._read(X, y, sample_weight, known, suffix=suffix, **given)
        labels = examples.targets["target"]
        of_tokens = (self.vocabulary, self.embedding_dim, self.encoder)
        chosen = self.source_type != "auto" or any(own is not None for own in of_tokens)
        if known.source is None and not chosen and sample_weight is None and labels.shape[1] == 1:
            warn = warn_if_told_by_size if learnt.source.reads_tokens else warn_if_told_by_name
            warn(learnt.source, examples.sequences, labels[:, 0], f"X{suffix}")
        learns = known.source is None and learnt.source.reads_tokens and self.vocabulary is None
        if learns and sample_weight is None and labels.shape[1] == 1:
            rows = rows_of(X, learnt.source.kind, f"X{suffix}")
            warn_if_told_by_case(learnt.source, examples.sequences, labels[:, 0], rows, f"X{suffix}")
        return learnt, examples

    def _read_targets(self, y, sequences, targets, argument, classes=None):
        y = LabelTargets.check(y, argument)
        if targets is None:
            warn_if_targets_in_a_column(y, argument, of_labels=True)
            warn_if_timesteps_as_labels(sequences, y)
            targets = LabelTargets.learn(y, classes, of=type(self).__name__, class_weight=self.class_weight)
        rows = targets.encode(y, argument)  # (n, n_outputs)
        if classes is not None:
            targets.check_same_classes(y, classes)
        return targets, rows

    def _warn_if_one_labelled_series(self, X, values, targets, rows, argument, target_argument):
        super()._warn_if_one_labelled_series(X, values, targets, rows, argument, target_argument)
        if values.ndim == 3 and rows["target"].shape[1] == 1 and not is_one_series(X):
            warn_if_labels_last(X, values, rows["target"][:, 0], argument, target_argument)

    def _assembled(self, rows, class_weights):
        """Rows with their weights times those of their classes, a product over outputs."""
        factors = [own[ids] for own, ids in zip(class_weights, rows["target"].T)]
        with np.errstate(over="ignore"):  # the error says it
            weights = np.prod([rows["weight"], *factors], axis=0)  # (n,)
        return self._with_weights(rows, weights, "sample_weight times class_weight"), {}

    def _strata(self, targets, rows):
        return None if targets.multioutput else rows["target"][:, 0]

    def _keep_learnt(self, learnt):
        super()._keep_learnt(learnt)
        self.classes_ = learnt.targets.in_form(learnt.targets.classes)

    def predict(self, X: SequencesLike, *, n_dropout_samples: int | None = None) -> Array:
        """Predict the most probable label of every output.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit; lists and 3-D X may have other lengths.
        n_dropout_samples : int or None, default=None
            As in `predict_proba`, whose most probable labels these are.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Labels, in the form of y in fit.

        Raises
        ------
        ValueError
            With `n_dropout_samples`, if the last fit had no dropout, or a `network` of your own.
        """
        return self._targets.decode([own.argmax(axis=1) for own in self._probabilities(X, n_dropout_samples)])

    def predict_proba(self, X: SequencesLike, *, n_dropout_samples: int | None = None) -> Array | Any:
        """Probabilities of the classes.

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
        p : ndarray of shape (n_samples, n_classes) or list of such arrays
            Probabilities in the order of `classes_`. One array per output if y is 2-D.

        Raises
        ------
        ValueError
            With `n_dropout_samples`, if the last fit had no dropout, or a `network` of your own.

        References
        ----------
        Gal and Ghahramani, "Dropout as a Bayesian Approximation: Representing Model Uncertainty in Deep Learning",
        ICML 2016.
        """
        return self._targets.in_form(self._probabilities(X, n_dropout_samples))

    def _probabilities(self, X, n_dropout_samples):
        """One array (n, n_classes) per output, float64."""
        source = self._as_network_reads(X)
        warn_if_far_shorter(source.real_lengths, self._learnt.source)
        warn_if_all_longer(source.real_lengths, self._learnt.source)
        if self._has_own_scale:
            warn_if_below_all(source.real_lengths, self._learnt.source)
        probs, _ = self._predict_moments("probs", source.rows, n_dropout_samples)
        parts = np.split(probs, np.cumsum(self._targets.sizes)[:-1], axis=1)  # outputs stand side by side
        return [part / part.sum(axis=1, keepdims=True) for part in parts]  # float32 sums to 1 only nearly

    def score(self, X: SequencesLike, y: SequencesLike, sample_weight: ArrayLike | None = None) -> float:
        """Accuracy: the share of samples whose labels are all right.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            True labels. A warning tells if fit did not see most of them.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples.

        Returns
        -------
        score : float
            Between 0 and 1.
        """
        predicted, targets = self.predict(X), self._targets
        about = {"known": targets.known_labels, "of": type(self).__name__}
        return exact_match(targets.check(y, "y"), predicted, sample_weight, **about)

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


@public
class SequenceRegressor(GroupsMixin, RegressorMixin, MultiOutputMixin, SequencePredictor):
    """Recurrent network from sequences to numbers: one number per sequence, or several.

    An encoder reads the sequence: convolutions, if they help, then recurrent layers. What `pooling` makes of its
    outputs goes through one linear layer. The network is trained on the squared error.

    Parameters
    ----------
    units : int, default=64
        Width of the recurrent layers.

    pooling : {"auto", "mean", "last", "attention", "concat"}, default="auto"
        What the output layer reads: the mean of all hidden states, the last one, their average weighted by learnt
        attention [1]_, or "concat": the mean, the largest values and the last state side by side [concat]_. Choose the
        mean if all of a sequence counts, "concat" if order, ends or extremes do, attention if a few timesteps decide,
        such as the words that answer a question, and the last state with an autoencoder as `encoder`.

        "auto" is "concat" with at most one convolution (by default: up to 64 timesteps), and "mean" with more.
        Convolutions blur the ends of a sequence. Of numbers that are scaled and convolved, the output layer then also
        reads the first and the last value of every feature, up to 10 standard deviations and without dropout.

    source_type : {"auto", "numeric", "tokens"}, default="auto"
        How X is read. "auto" reads strings as tokens, and all numbers as measurements.

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

    scale_targets : bool, default=True
        Whether the network learns to predict y standardised, as `scale_inputs` does for X: every column of y by its
        mean and standard deviation over the training samples. Outliers are cut in training as in X, and a
        `TrainingWarning` says if this removes most of the variance of y. Of 6 to 19 samples, one is an outlier if it is
        20 times further from all others than these are from each other. Predictions and exported models are in the
        units of y. A column that is constant so far is scaled in the first `partial_fit` in which it varies. With
        False, a network needs many epochs to learn large numbers.

    encoder : estimator or None, default=None
        A fitted estimator of skseq, such as a `LSTMAutoencoderTransformer`. Training starts from the weights of its
        encoder, from the scale of its inputs and from its vocabulary. It is never refitted or changed, and clones keep
        it. Features, `units`, `cell`, `n_layers`, `bidirectional`, `activation`, `embedding_dim` and convolutions must
        be the same as in the encoder. A parameter that is "auto" takes the value of the encoder. To search over
        encoders, wrap them in ``sklearn.frozen.FrozenEstimator``.

    freeze : bool, default=False
        Whether the weights taken from `encoder` stay as they are. Otherwise they are trained with all others.

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

    n_conv_layers : int or "auto", default="auto"
        Number of convolutional layers over time below the recurrent layers, as in [conv]_. Each layer has `units`
        filters with relu and a stride of two, so it halves the number of timesteps that the next layer reads.
        Convolutions find short patterns, and make fits of long sequences fast.

        "auto" takes none for tokens, for text and for fewer than 16 timesteps. Otherwise it takes one, or as many, up
        to four, as leave at most 32 timesteps. With an `encoder` it takes as many as the encoder has. For ragged data,
        "auto" counts the timesteps that nine in ten sequences in fit do not exceed. So the folds of a search may differ
        in their number of layers. The first call of `partial_fit` decides for all later ones.

        If sequences of numbers differ in length in fit, or did so in that of the `encoder`, the first layer also reads
        a channel that is 1 at every timestep, so that an end is not mistaken for zeros.

        Text and tokens need an `embedding_dim`. `bptt_steps` counts the steps after the convolutions.
        `attention_weights` shares the weight of such a step evenly among its timesteps.

    kernel_size : int, default=8
        Number of timesteps that a filter of a convolutional layer reads at once.

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
        It is also 0 where X are measurements that are not convolved first, as those of up to 15 timesteps are not:
        there dropout changes their size.

    recurrent_dropout : float in [0, 1), default=0.0
        Share of the hidden state of a recurrent layer that is dropped in training. The same units are dropped at every
        timestep.

    optimizer : str or dict, default="adam"
        Name of a Keras optimizer, such as "adam", "adamw" (Adam with decoupled weight decay [adamw]_), "lion" [lion]_,
        "rmsprop" or "sgd"; "nesterov", which is "sgd" with Nesterov's momentum of 0.9 [nesterov]_; or the dict that
        ``keras.optimizers.serialize`` returns. Optimizer objects are refused because they cannot be cloned.

    learning_rate : float or None, default=0.003
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

        With 100 samples or more, "auto" first makes a trial, to see whether so many epochs would learn the noise of the
        samples by heart. The trial holds out a share of `validation_fraction`, or more: at least 30 samples, with ten
        that are not of the most frequent class, but no more than a fourth of all. It takes a third of the epochs, and
        goes on, at most to the last epoch, until the loss of the held-out samples falls and is less than twice that in
        training. Of overlapping windows of series, in order, it holds out the last ones (see the guide).

        The verdict is noise if three things are true at the end of the trial. The held-out loss was least
        `n_iter_no_change` epochs ago, or more. It has risen since by a twentieth of the loss of a constant answer (for
        numbers by a fiftieth). The accuracy on the held-out samples, if there is one, has not grown by 0.05 since. Then
        the fit on all samples has one and a half times as many epochs as the trial had at its least loss, at least 5.
        Otherwise it has all epochs. The logger "skseq" shows the verdict at level INFO.

        There is no trial with `early_stopping` True or False, a `validation_fraction` above 0.25, `X_val`, `callbacks`
        or a `network`, nor in a fit that goes on from another one.

    batch_size : int or "auto", default="auto"
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
    n_outputs_ : int
        Number of targets per sequence.

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
        The part of `model_` that reads the source. If the output layer also reads the ends of X (see `pooling`), they
        stand behind the codes. There is none with `network`.

    decoder_model_ : keras.Model
        The part of `model_` that turns what the encoder gives into the output. There is none with `network`.

    See Also
    --------
    Seq2SeqRegressor : With ``calibration_fraction=0.2`` and y of shape (n_samples,) it has `predict_interval`, whose
        intervals are calibrated on samples that it has held out; `SequenceRegressor` has no intervals.

    Notes
    -----
    The exported models read token sources as ids of `vocabulary_`. They have no masks, so pass sequences without
    padding.

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
    .. [1] Yang et al., "Hierarchical Attention Networks for Document Classification", NAACL 2016, equations 5 to 7.
    .. [concat] Howard and Ruder, "Universal Language Model Fine-tuning for Text Classification", ACL 2018, section 3.3.
    .. [cho] Cho et al., "Learning Phrase Representations using RNN Encoder-Decoder for Statistical Machine
       Translation", EMNLP 2014, section 2.3.
    .. [conv] Karim, Majumdar, Darabi and Chen, "LSTM Fully Convolutional Networks for Time Series Classification", IEEE
       Access 2018. There the convolutions stand beside the recurrent layer; here it reads what they give.
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
    >>> from skseq import SequenceRegressor
    >>> rng = np.random.RandomState(0)
    >>> X = [rng.rand(length) for length in rng.randint(3, 8, size=60)]  # ragged
    >>> y = [x.sum() for x in X]
    >>> model = SequenceRegressor(units=16, epochs=60, random_state=0).fit(X, y)
    >>> bool(model.score(X, y) > 0.9)
    True
    """

    _trial_rules = OF_NUMBERS
    _parameter_constraints = {**SequencePredictor._parameter_constraints, "scale_targets": ["boolean"]}
    _task, _integers_are_tokens = "regress", False

    def __init__(
        self,
        units: int = 64,
        *,
        pooling: Literal["auto", "mean", "last", "attention", "concat"] = "auto",
        source_type: Literal["auto", "numeric", "tokens"] = "auto",
        analyzer: Literal["char", "word"] | Callable[..., Any] | None = None,
        embedding_dim: int | None = None,
        vocabulary: ArrayLike | None = None,
        handle_unknown: Literal["error", "use_unknown"] = "error",
        min_frequency: int = 1,
        max_vocabulary: int | None = None,
        scale_inputs: bool = True,
        scale_targets: bool = True,
        encoder: Any = None,
        freeze: bool = False,
        network: Any = None,
        n_conv_layers: int | Literal["auto"] = "auto",
        kernel_size: int = 8,
        cell: Literal["auto", "lstm", "gru", "cho-gru"] = "auto",
        n_layers: int = 1,
        bidirectional: bool | Literal["auto"] = "auto",
        activation: Literal["tanh", "relu"] = "tanh",
        dropout: float | Literal["auto"] = "auto",
        recurrent_dropout: float = 0.0,
        optimizer: str | dict[str, Any] = "adam",
        learning_rate: float | None = 0.003,
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
        batch_size: int | Literal["auto"] = "auto",
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
        self.pooling = pooling
        self.source_type = source_type
        self.analyzer = analyzer
        self.embedding_dim = embedding_dim
        self.vocabulary = vocabulary
        self.handle_unknown = handle_unknown
        self.min_frequency = min_frequency
        self.max_vocabulary = max_vocabulary
        self.scale_inputs = scale_inputs
        self.scale_targets = scale_targets
        self.encoder = encoder
        self.freeze = freeze
        self.network = network
        self.n_conv_layers = n_conv_layers
        self.kernel_size = kernel_size
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
        """Learn to predict numbers from sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences. 2-D numbers hold one univariate sequence per row; 3-D numbers and 2-D strings (tokens) are read
            as well. A list holds (t,) or (t, n_features) arrays or token lists of any lengths, or strings if there is
            an `analyzer`. Integers are measurements unless ``source_type="tokens"``.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples in the loss.
        groups : array-like of shape (n_samples,), default=None
            The group of each sample, such as a person or a machine. What the fit holds out by itself, in a trial or to
            stop early, are whole groups then.
        X_val, y_val : array-like of the kind of X and y, default=None
            Data to compute the validation loss on.
        sample_weight_val : array-like of shape (n_samples_val,), default=None
            Weights of the validation samples.

        Returns
        -------
        self : object
            The fitted regressor.

        Raises
        ------
        ValueError
            If parameters or data are not as described.
        FloatingPointError
            If the loss or its gradient stopped being finite.
        """
        return self._fit(X, y, sample_weight, (X_val, y_val, sample_weight_val), groups=groups)

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X: SequencesLike, y: SequencesLike, sample_weight: ArrayLike | None = None) -> Self:
        """Train for one epoch on X and y, from the current weights and the state of the optimizer.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences. Tokens must be in the parameter `vocabulary`, or in X of the first call.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples in the loss.

        Returns
        -------
        self : object
            The fitted regressor.
        """
        return self._fit(X, y, sample_weight, incremental=True)

    def _read_targets(self, y, sequences, targets, argument):
        y = NumberTargets.check(y, argument)
        if targets is None:
            warn_if_targets_in_a_column(y, argument)
            warn_if_timesteps_as_outputs(sequences, y)
            warn_if_numbers_told_by_lengths(sequences, y)
            warn_if_next_values(sequences, y)
            if y.ndim == 1 and sequences.values.ndim == 3:  # one number, and no tokens
                warn_if_angles(sequences, y)
            grows = grows_with(sequences.real_lengths, y)
            targets = NumberTargets.learn(y, dtype=self._number_type, of=type(self).__name__, grows=grows)
        return targets, targets.encode(y, argument)

    def _with_scales(self, learnt, data):
        learnt = super()._with_scales(learnt, data)
        numbers = data.rows["target"][:, None]  # (n, 1, n_outputs): one timestep
        scale = self._scale(self.scale_targets, data, numbers, known=learnt.targets.scale, alone=True)
        return replace(learnt, targets=replace(learnt.targets, scale=scale))

    def _starting_weights(self, network, rng, learnt):
        from skseq.nn.networks.weights import silent_in

        weights = super()._starting_weights(network, rng, learnt)
        return silent_in(np.flatnonzero(learnt.targets.scale.constant), weights)

    def _scaled_numbers(self, learnt, data):
        y = ("y", data.rows["target"][:, None], None, learnt.targets.scale)  # (n, 1, n_outputs)
        return [*super()._scaled_numbers(learnt, data), y]

    def _warn_of_scales(self, learnt, data):
        super()._warn_of_scales(learnt, data)
        weights = data.rows["weight"][data.samples] if "weight" in data.rows else None
        targets, of = data.rows["target"][data.samples], type(self).__name__
        if warn_if_one_stands_for_unknown(targets, of, multioutput=learnt.targets.multioutput):
            return True
        if not warn_if_cut(targets, weights, learnt.targets.scale, of):
            warn_if_orders_apart(targets, of)
        return False

    @overload
    def predict(
        self, X: SequencesLike, return_std: Literal[False] = False, *, n_dropout_samples: int | None = None
    ) -> Array: ...
    @overload
    def predict(
        self, X: SequencesLike, return_std: Literal[True], *, n_dropout_samples: int | None = None
    ) -> tuple[Array, Array]: ...
    def predict(
        self, X: SequencesLike, return_std: bool = False, *, n_dropout_samples: int | None = None
    ) -> Array | tuple[Array, Array]:
        """Predict numbers.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit; lists and 3-D X may have other lengths.
        return_std : bool, default=False
            Whether to return the standard deviation over the drawn networks, too. It needs `n_dropout_samples`.
        n_dropout_samples : int or None, default=None
            Number of networks to draw by dropout, at the rates of the last fit; their predictions are averaged. One
            draw has the same masks for all samples and timesteps. `random_state` decides the draws: an int gives the
            same ones in every call. None takes one network, without dropout.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Numbers in float64, in the form of y in fit.
        y_std : ndarray in the shape of y
            Standard deviation in the units of y, only with ``return_std=True``. It tells how unsure the network is of
            its answer, and leaves out the noise of y itself.

        Raises
        ------
        ValueError
            If ``return_std=True`` without `n_dropout_samples`. With it, if the last fit had no dropout, or a `network`
            of your own.

        References
        ----------
        Gal and Ghahramani, "Dropout as a Bayesian Approximation: Representing Model Uncertainty in Deep Learning",
        ICML 2016.
        """
        if return_std and n_dropout_samples is None:
            raise ValueError("return_std=True needs several predictions: pass n_dropout_samples=100, for example.")
        source = self._as_network_reads(X)
        warn_if_far_shorter(source.real_lengths, self._learnt.source)
        if self._has_own_scale:
            warn_if_below_all(source.real_lengths, self._learnt.source)
            warn_if_far_longer(source.real_lengths, self._learnt.source, self._targets.grows)
        mean, deviation = self._predict_moments("values", source.rows, n_dropout_samples)
        y = self._targets.decode(mean)
        return (y, self._targets.decode_deviations(deviation)) if return_std else y

    def score(self, X: SequencesLike, y: SequencesLike, sample_weight: ArrayLike | None = None) -> float:
        """Coefficient of determination R^2 of the predictions; of several outputs the mean of theirs.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            True numbers.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples.

        Returns
        -------
        score : float
            At most 1, that of perfect predictions; the mean of y would score 0.
        """
        y, predicted = NumberTargets.check(y, "y"), self.predict(X)
        check_same_samples(len(predicted), len(y), "X", "y")
        if y.size != predicted.size:
            self._targets.encode(y, "y")  # raises ValueError with both shapes
        return r2_score(y, predicted, sample_weight=check_weights(sample_weight, len(y)))
