"""LSTMAutoencoderDetector: what an autoencoder of normal sequences cannot write is odd."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral, Real
from os import PathLike
from typing import Any, Literal, Self

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from scipy import stats
from scipy.ndimage import convolve1d
from sklearn.base import OutlierMixin

from skseq._arguments import Count
from skseq._base.autoencoder import BaseAutoencoder
from skseq._base.diagnosis.few_normal import warn_if_few_are_normal
from skseq._base.fits.facts import LEAST_EPOCHS
from skseq._base.fits.job import Examples
from skseq._data.mistakes.numbers.clocks_as_values import warn_if_clocks
from skseq._data.mistakes.numbers.levels import FAR_LEVELS, FARTHER_LEVELS, warn_if_levels_differ
from skseq._data.mistakes.numbers.likely_ids import ids_among
from skseq._data.mistakes.numbers.other_sizes import warn_if_sizes_differ
from skseq._data.mistakes.numbers.skewed_features import are_skewed, warn_if_skewed
from skseq._data.mistakes.numbers.still_passes import MUCH_LEFT, share_left, stood_still, warn_if_still_passes
from skseq._data.mistakes.numbers.thresholds import (
    logarithms_of,
    warn_if_ends_differ,
    warn_if_few_are_whole,
    warn_if_few_windows,
    warn_if_longer,
    warn_if_one_feature_decides,
    warn_if_shorter,
    warn_if_some_are_constant,
)
from skseq._data.mistakes.numbers.wandering_levels import mostly_wander, warn_if_walks_alarm
from skseq._data.mistakes.tables.likely_series import warn_if_one_series
from skseq._data.mistakes.targets.ignored_targets import warn_if_pairs
from skseq._data.training_data import TrainingData
from skseq._data.windows import mean_over_windows, windows_of
from skseq._data.working_memory import evenly, some_of
from skseq._files import public
from skseq._of_fit import ParametersOfFitMixin
from skseq._sklearn import Interval, StrOptions, _fit_context
from skseq._typing import Array, RandomState, SequencesLike

MANY_WINDOWS = 600  # with stride="auto": that many show what is usual, and a fit takes seconds
ROUNDING = 1e-9  # of the share 1 - quantile
WINDOWS_LOOKED_AT = 2000  # of the training data, for what is usual
STILL_LOOKED_AT = 200  # of the held-out sequences
FEW_PLACES = 5  # as many timesteps of the mean error are added to those of each place
MOST_OF_A_FEATURE, LEAST_USUAL = 2, 1e-4  # times the middle one, and variances: none learnt by heart sets the measure
LEAST_SHARE = 0.2  # of the mean eigenvalue is added to those of the codes: few sequences do not span all directions
_MORE_SAMPLES = "pass more sequences, X_val, or a smaller fraction"
_A_WINDOW = "set window, such as window=50, by which a long series is cut; or pass more sequences, or X_val"
FEW_SHORT = 0.05  # of the windows in fit: they do not show what scores of so short ones are usual
MIDDLE_HALF = 1.349  # standard deviations of normal numbers from the first quartile to the third
MANY_SAMPLES = 10  # with a window: hold out whole samples if there are this many, else the last steps of each


@public
class LSTMAutoencoderDetector(ParametersOfFitMixin, OutlierMixin, BaseAutoencoder):
    """Recurrent autoencoder that scores how far a sequence is from those seen in fit: EncDec-AD [1]_.

    The autoencoder learns to reconstruct normal sequences. From normal sequences that are held out from training, the
    detector learns how large the errors usually are, and how the errors of the features correlate. A sequence with far
    larger errors is an anomaly. Long series are cut into windows, and every timestep gets a score of its own.

    Parameters
    ----------
    units : int, default=64
        Width of the recurrent layers.

    scoring : {"combined", "squared_error", "mahalanobis"}, default="combined"
        How the errors e = abs(x - x') of a timestep become its score. They are in standard deviations of each feature,
        so that large features do not drown small ones, or in the units of X with ``scale_inputs=False``.

        - "combined": the mean of w (e / s) ** 2, plus the distance of the code (c - m)' P (c - m) [combined]_. In the
          training data s is the usual error of timesteps at the same place of a window, or of a sequence that is read
          whole; m is the mean of the codes, and P their inverse covariance, so that both terms are about 1. An anomaly
          that the network can write, such as a shift of the level, has a code far from the usual ones. The weight w of
          a feature is 1, or less if it is written far worse than most, such as noise or a count: its mean w e ** 2 is
          at most twice the median of those of all features. So it does not hide faults of the others. With
          ``scale_inputs=False`` every w is 1.
        - "squared_error": the mean of e ** 2.
        - "mahalanobis": (e - mu)' S^-1 (e - mu), with mean mu and covariance S of the errors on held-out sequences
          ([1]_, section 2): features that are usually written well count for more.

    window : int or None, default=None
        Number of timesteps that the network reads at once. Longer sequences are cut into windows. The error of a
        timestep is then the mean over all windows that contain it. None reads every sequence whole. Sequences shorter
        than a window and than those of `fit` are reconstructed badly, so most are called outliers.

    stride : int or "auto", default="auto"
        Number of timesteps from the start of a window to the start of the next, at most `window`. Larger values are
        faster. "auto" is 1 if all series together have up to 600 timesteps. For longer series it grows, so that fit
        reads about 600 windows, up to a quarter of `window`. So at least four windows contain each timestep, except
        near the ends of a series.

    smoothing : int or "auto", default="auto"
        Number of timesteps over which scores are smoothed: the score of a timestep becomes a mean over its neighbours,
        whose weights fall linearly to 0 at this many timesteps before and after it. Noise then counts for less, and
        anomalies that last count for more [smoothing]_; a spike is spread over its neighbours. 1 leaves scores as they
        are. "auto" is a quarter of `window`, and 1 without windows.

    aggregation : {"mean", "max"}, default="mean"
        How the scores of the timesteps become the score of a sequence: their mean, or their largest anomaly. "max"
        finds short anomalies in long series, but scores of long sequences are then lower than those of short ones.

    contamination : float in (0, 0.5] or "auto", default="auto"
        Share of the training sequences that `predict` calls outliers, and of their timesteps that `predict_timesteps`
        calls outliers. "auto" takes all training data for normal, and sets the thresholds by `quantile`.
        New normal sequences are outliers more often, since the network has not learnt them: after a fit on 30, several
        times as often (see "Few sequences" in the guide).

    quantile : float in (0, 1], default=0.99
        Share of the held-out normal sequences, and of their timesteps, that count as inliers if `contamination` is
        "auto". Few held-out sequences do not show such rare scores: with 0.99, fewer than 100 of them, or of windows
        that fit into them side by side (fewer than 1 / (1 - `quantile`)). The thresholds at which this share of the
        training data are inliers then count instead, if they are more lenient. The threshold of `predict` is then also
        at least as lenient as a prediction bound: the held-out scores tell where those of new sequences lie, and the
        training data how far apart they are, as cube roots of scores are nearly normal [bound]_. After a fit on fewer
        than about 100 sequences, more new normal ones are outliers than this says (see "Few sequences" in the guide).

        With a `window` and fewer than 10 held-out sequences, there are too few sequences for the threshold of
        `predict`. Three thresholds are then learnt from windows, each read as a sequence: from windows of the held-out
        sequences, from windows of the training data, and from pieces of the held-out sequences that are as long as a
        window, or shorter, so that ten fit side by side. The most lenient of the three counts.

    conditional : bool, default=False
        Whether the decoder also reads the step before the one it writes: in training the true step, afterwards its own
        output.

    code : {"state", "repeated", "both"}, default="state"
        How the decoder gets the code: as its initial state, as its input at every step, or as both.

    reverse_target : bool, default=True
        Whether the decoder writes the reconstruction with the last timestep first ([1]_, figure 1).

    scale_inputs : bool, default=True
        Whether the network reads every channel of X standardised: its mean is subtracted, and the difference is divided
        by its standard deviation. Both are learnt in fit from the timesteps that are not held out (see Notes). Outliers
        have little influence: let the span be the distance between the 5th and the 95th percentile. A value more than
        one span beyond these percentiles counts as one span beyond. In training, the network reads and writes values
        cut at five spans beyond; scores are those of the values as they are. Where ten samples or more, and a fifth of
        all, hold values beyond the cut, the percentiles are those of the least and the largest value of each sample. 20
        one-hot columns or more are divided by half the distance of their values. A constant channel is not divided.
        `warm_start` keeps the scale. The exported models contain the scale, so they read the units of X.

    input_noise : float, default=0.0
        Standard deviation of Gaussian noise that is added to what the encoder reads in training: in standard deviations
        of each channel, or in the units of X with ``scale_inputs=False``.

    step_dropout : float in [0, 1), default=0.0
        Share of timesteps that the encoder reads as zeros in training, which are the mean of each channel with
        `scale_inputs`.

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

    learning_rate : float or None, default=0.005
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
        Share of the samples held out if no `X_val` is passed, to learn the errors from and for early stopping (see
        Notes).

    n_iter_no_change : int, default=10
        Number of epochs to wait for a better validation loss.

    n_init : int, default=1
        Number of runs of a fit. Each begins with other initial weights and has another order of samples. The run with
        the lowest loss on the held-out data is kept (see Notes): that of its last epoch, or of the best one if training
        may stop early. `init_losses_` has the losses of all runs.

        The first run is that of ``n_init=1``. All runs share one compiled network. A run that diverges loses against
        all that do not. An interrupt ends all runs and keeps the best so far. Each run calls `callbacks` as a fit of
        its own. A fit that continues (`warm_start`) is one run.

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
    offset_ : float
        Threshold of `score_samples`: sequences with a lower score are outliers. It fits sequences as long as those that
        it was learnt from, which are windows if `fit` has few long series (see `quantile`).

    window_ : int or None
        Number of timesteps that the network reads at once. None without windows.

    stride_ : int or None
        Timesteps from the start of a window to the start of the next. None without windows.

    smoothing_ : int
        How many timesteps away the neighbours of a timestep no longer count for its score.

    timestep_offset_ : float
        Threshold of `score_timesteps`: timesteps with a lower score are outliers. It is that of the training data
        where these are more lenient, and few are held out (see `quantile`).

    location_ : ndarray of shape (n_features,)
        Mean mu of the absolute errors on held-out sequences, in the units that `scoring` names.

    covariance_ : ndarray of shape (n_features, n_features)
        Covariance S of the absolute errors on held-out sequences.

    precision_ : ndarray of shape (n_features, n_features)
        Inverse of S. Eigenvalues of S below one millionth of the largest are raised to that first, so a singular S
        gives large scores, not infinite ones.

    typical_errors_ : ndarray of shape (n_places,)
        Root of the mean weighted squared error s of the training data at every place of a window, or of a sequence that
        is read whole, in the units that `scoring` names. Places that few sequences have are drawn towards the mean of
        all. Only with ``scoring="combined"``, as the next three.

    feature_weights_ : ndarray of shape (n_features,)
        What the squared error of each feature counts for, w: at most 1.

    code_location_ : ndarray of shape (n_encoding_features,)
        Mean m of the codes of the training data: the last hidden and cell state side by side.

    code_precision_ : ndarray of shape (n_encoding_features, n_encoding_features)
        Inverse P of the covariance of these codes, to whose eigenvalues 0.2 times their mean has been added; scaled so
        that the mean distance of the training data is 1.

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
        State of the optimizer, from which `warm_start` continues.

    model_ : keras.Model
        The network from source to output: stock Keras layers with the fitted weights, so it can be saved and loaded
        without skseq. It is built anew at every access.

    encoder_model_ : keras.Model
        The part of `model_` that reads the source.

    decoder_model_ : keras.Model
        The part of `model_` that turns what the encoder gives into the output.
        With `conditional` it makes one step. Before the first step of a reconstruction it reads the mean of each
        channel, or zeros with ``scale_inputs=False``.

    Notes
    -----
    The errors are learnt from held-out data: `X_val` if it is passed, otherwise `validation_fraction` of the samples.
    With a `window` and fewer than 10 samples, the last timesteps of each sample are held out instead: that fraction of
    them, and at least one window if the sample is two windows long. If `early_stopping` is on, the same data end
    training.

    References
    ----------
    .. [1] Malhotra et al., "LSTM-based Encoder-Decoder for Multi-sensor Anomaly Detection", ICML 2016 Anomaly Detection
       Workshop.
    .. [combined] Yue and Qin, "Reconstruction-Based Fault Identification Using a Combined Index", Industrial &
       Engineering Chemistry Research 40(20), 2001: the sum of squared error and distance of the code, each divided by
       its limit.
    .. [bound] Wilson and Hilferty, "The Distribution of Chi-Square", PNAS 17(12), 1931; Hahn and Meeker, "Statistical
       Intervals", Wiley 1991: the prediction interval of one further observation.
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
    .. [smoothing] Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016, section 7.

    Examples
    --------
    >>> import numpy as np
    >>> from skseq import LSTMAutoencoderDetector
    >>> X = np.sin(np.linspace(0, 6, 12) + np.arange(100)[:, None])  # 100 waves of 12 timesteps
    >>> detector = LSTMAutoencoderDetector(units=16, epochs=60, random_state=0).fit(X)
    >>> detector.predict([np.sin(np.linspace(0, 6, 12)), np.linspace(-1, 1, 12) ** 2])
    array([ 1, -1])
    """

    offset_: float
    window_: int | None
    stride_: int | None
    smoothing_: int
    timestep_offset_: float
    location_: Array
    covariance_: Array
    precision_: Array
    typical_errors_: Array
    feature_weights_: Array
    code_location_: Array
    code_precision_: Array

    _parameter_constraints = {
        **BaseAutoencoder._parameter_constraints,
        "scoring": [StrOptions({"combined", "mahalanobis", "squared_error"})],
        "window": [Count(2), None],
        "stride": [Interval(Integral, 1, None, closed="left"), StrOptions({"auto"})],
        "smoothing": [Count(), StrOptions({"auto"})],
        "aggregation": [StrOptions({"mean", "max"})],
        "contamination": [StrOptions({"auto"}), Interval(Real, 0, 0.5, closed="right")],
        "quantile": [Interval(Real, 0, 1, closed="right")],
    }

    def __init__(
        self,
        units: int = 64,
        *,
        scoring: Literal["combined", "squared_error", "mahalanobis"] = "combined",
        window: int | None = None,
        stride: int | Literal["auto"] = "auto",
        smoothing: int | Literal["auto"] = "auto",
        aggregation: Literal["mean", "max"] = "mean",
        contamination: float | Literal["auto"] = "auto",
        quantile: float = 0.99,
        conditional: bool = False,
        code: Literal["state", "repeated", "both"] = "state",
        reverse_target: bool = True,
        scale_inputs: bool = True,
        input_noise: float = 0.0,
        step_dropout: float = 0.0,
        cell: Literal["lstm", "gru", "cho-gru"] = "lstm",
        n_layers: int = 1,
        bidirectional: bool = False,
        activation: Literal["tanh", "relu"] = "tanh",
        dropout: float = 0.0,
        recurrent_dropout: float = 0.0,
        optimizer: str | dict[str, Any] = "adam",
        learning_rate: float | None = 0.005,
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
        self.scoring = scoring
        self.window = window
        self.stride = stride
        self.smoothing = smoothing
        self.aggregation = aggregation
        self.contamination = contamination
        self.quantile = quantile
        self.conditional = conditional
        self.code = code
        self.reverse_target = reverse_target
        self.scale_inputs = scale_inputs
        self.input_noise = input_noise
        self.step_dropout = step_dropout
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
    def fit(self, X: SequencesLike, y: Any = None, *, X_val: SequencesLike | None = None) -> Self:
        """Learn what normal sequences look like.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Normal sequences, or mostly normal ones. 2-D X holds one univariate sequence per row. A list holds (t,) or
            (t, n_features) arrays of any lengths. One long series is a list of one array.
        y : Ignored
            Present for API consistency.
        X_val : array-like of the kind of X, default=None
            Normal sequences to learn the errors from and to end training by, instead of a part of X.

        Returns
        -------
        self : object
            The fitted detector.

        Raises
        ------
        ValueError
            If parameters or data are not as described, or if nothing can be held out.
        FloatingPointError
            If the loss or its gradient stopped being finite.

        Warns
        -----
        UserWarning
            Of levels that differ by far more than series move, of series that move by far less than others, of trends,
            of series that wander as random walks do if far more timesteps in training are outliers than `quantile`
            says, of skewed features, of sequences that would look more normal if they stood still, and of other X of
            which little is learnt.
        skseq.exceptions.TrainingWarning
            Of ten sequences or fewer, without `X_val`.
        """
        warn_if_pairs(X, y, type(self).__name__)
        return self._fit(X, None, None, (X_val, None, None), ignored_y=y)

    def _learn(self, learnt, examples, validation, job):
        """Train on windows of the one part of the data, learn from the other what errors are usual."""
        effect = "movements hardly count, and a series that stops moving may pass for normal"
        least = FARTHER_LEVELS if self.window is None else FAR_LEVELS
        told = warn_if_clocks(examples.sequences, effect)
        told = told or warn_if_levels_differ(examples.sequences, effect, least=least, counters=False)
        if self.window is None:
            warn_if_few_are_whole(examples.sequences.real_lengths)
            if self.contamination == "auto" and validation is None:
                warn_if_few_are_normal(examples.sequences.real_lengths)
        elif not told:
            warn_if_sizes_differ(examples.sequences, self.window)
        ends = validation is None and self.window is not None and len(examples.sequences) < MANY_SAMPLES
        wanders = self.window is not None and mostly_wander(examples.sequences)
        walk = wanders and validation is None and self.contamination == "auto"
        if validation is None:  # errors on what was trained on would be too small
            train, held_out = self._hold_out(examples.sequences, self._rng(0))
        else:
            train, held_out = examples.sequences, validation.sequences
        learnt = self._with_scales(learnt, TrainingData(train.rows))  # of timesteps, not of windows
        scale = learnt.source.scale
        if self.scoring != "mahalanobis":  # which weights each feature by its own errors
            warn_if_some_are_constant(np.broadcast_to(scale.constant, scale.mean.shape), scale.mean)
        if not (wanders or told):  # by levels, which come first
            warn_if_skewed(train.values[train.mask], self._column_names)
        self.window_ = None if self.window is None else int(self.window)
        self.stride_ = self._found_stride(train.real_lengths)
        self._keep_parameters("scoring", "aggregation")  # thresholds are those of these
        self.smoothing_ = max(1, (self.window_ or 0) // 4) if self.smoothing == "auto" else int(self.smoothing)
        windows = self._windows(train)
        stops = self._early_stops(len(windows), job, validation is not None)
        judges = stops or job.n_runs > 1  # several runs are compared on it, too
        validation = Examples(sequences=self._windows(held_out)) if judges else None
        if job.rate_factors is None:  # else only the losses count
            judged = examples.sequences if self.contamination != "auto" else held_out
            job = replace(
                job, rest=lambda fitted: fitted._learn_thresholds(windows, train, held_out, judged, ends, walk)
            )
        job = replace(job, stops=stops, told_levels=told)
        return super()._learn(learnt, Examples(sequences=windows), validation, job)

    def _learn_thresholds(self, windows, train, held_out, judged, ends, walk):
        """What errors are usual, from windows of the training data and held-out sequences, and what scores are odd.

        ``ends`` is whether the latter are the ends of the former, and ``walk`` whether both wander.
        """
        self._learn_errors(self._errors(held_out), held_out)
        if self.scoring == "combined":
            self._learn_usual(windows)
        self._set_offsets(judged, train, windows, ends)
        if self.n_iter_ >= LEAST_EPOCHS and ids_among(train) is None:  # else reading has told
            self._warn_if_still_passes(self._windows(held_out))
        if walk:
            some = train.take(evenly(len(train), WINDOWS_LOOKED_AT))
            share = np.mean(self._timestep_scores(some)[some.mask] < self.timestep_offset_)
            warn_if_walks_alarm(share, 1 - self.quantile, (some.values[some.mask] > 0).all())

    def _read_source(self, X, form, argument):
        sequences, read = super()._read_source(X, form, argument)
        if form is None and self.window is not None and read.n_timesteps == 1 < self.window:  # most likely a column
            raise ValueError(
                f"X holds {len(sequences)} sequence(s) of one timestep (shape={np.shape(X)}, n_features=1), which "
                f"window={self.window!r} cannot cut: one long series is a list of one array, [X]."
            )
        return sequences, read

    def _warn_if_one_series(self, X, values, argument):
        warn_if_one_series(X, values, argument, window=self.window)

    def _model_timesteps(self, learnt):
        longest = learnt.source.n_timesteps
        n_timesteps = longest if self.window_ is None else min(self.window_, longest)
        return n_timesteps, n_timesteps

    def _check_parameters(self):
        super()._check_parameters()
        if self.stride == "auto":
            return
        if self.window is None and self.stride != 1:
            raise ValueError(f"stride={self.stride!r} is for windows, but window=None: set window, or stride='auto'.")
        if self.window is not None and self.stride > self.window:
            raise ValueError(
                f"stride={self.stride!r} is larger than window={self.window!r}, which leaves timesteps in no window: "
                "lower the stride."
            )

    def _hold_out(self, sequences, rng):
        """(training, held-out) sequences."""
        if self.window is None or len(sequences) >= MANY_SAMPLES:
            return self._hold_out_samples(sequences, rng)
        return self._hold_out_ends(sequences)

    def _hold_out_samples(self, sequences, rng):
        n_held_out = int(np.ceil(self.validation_fraction * len(sequences)))
        if n_held_out == len(sequences):
            raise ValueError(
                f"validation_fraction={self.validation_fraction!r} of X with n_samples={len(sequences)} leaves none to "
                f"train on: {_MORE_SAMPLES if len(sequences) > 1 else _A_WINDOW}."
            )
        order = rng.permutation(len(sequences))  # the first of them are held out
        return sequences.take(order[n_held_out:]), sequences.take(order[:n_held_out])

    def _hold_out_ends(self, sequences):
        """The first steps of every sequence, and its last ones: if it can be, at least a whole window of them."""
        lengths = sequences.real_lengths
        n_held_out = np.ceil(self.validation_fraction * lengths).astype(int)  # (n,)
        n_held_out = np.where(lengths >= 2 * self.window, np.maximum(n_held_out, self.window), n_held_out)
        if (n_held_out >= lengths).any():
            raise ValueError(
                f"validation_fraction={self.validation_fraction!r} of a sequence of X with {lengths.min()} timestep(s) "
                "leaves none to train on: pass longer sequences, or X_val."
            )
        warn_if_few_windows(lengths, self.window)
        return sequences.between(0, lengths - n_held_out), sequences.between(lengths - n_held_out, lengths)

    def _windows(self, sequences):
        """What the network reads at once; without a window sequences are their own windows."""
        if self.window_ is None:
            return sequences
        return windows_of(sequences, self.window_, self.stride_)

    def _found_stride(self, lengths):
        """Timesteps from window to window; None without windows."""
        if self.window is None:
            return None
        if self.stride != "auto":
            return int(self.stride)
        more = np.maximum(lengths - self.window, 0)  # places for windows besides the one that every sequence has
        stride = -(-more.sum() // max(1, MANY_WINDOWS - len(lengths)))
        return int(max(1, min(stride, more.max(), self.window // 4)))

    def _learn_errors(self, errors, sequences):
        """Mean, covariance and inverse covariance of the errors on all real timesteps."""
        errors = errors[sequences.mask]  # (n_steps, f)
        self.location_ = errors.mean(axis=0)
        centred = errors - self.location_
        self.covariance_ = centred.T @ centred / len(errors)  # (f, f)
        self.precision_ = _inverse(self.covariance_)

    def _learn_usual(self, windows):
        """How large errors are at each place of these windows, and where their codes lie."""
        windows = windows.take(evenly(len(windows), WINDOWS_LOOKED_AT))
        errors, codes = self._errors_and_codes(windows)
        squares = np.square(errors / self._learnt.source.scale.deviation)  # (n, t, f)
        self.feature_weights_ = np.ones(squares.shape[2])
        if self.scale_inputs:
            usual = squares[windows.mask].mean(axis=0)
            self.feature_weights_ = _feature_weights(usual, self._learnt.source.scale.constant)
        self.typical_errors_ = _typical_errors(np.mean(squares * self.feature_weights_, axis=2), windows.mask)
        self.code_location_ = codes.mean(axis=0)
        self.code_precision_ = _code_precision(codes - self.code_location_)

    def _warn_if_still_passes(self, windows):
        """Warn where what is held out would look more normal if it stood still."""
        some = windows.take(evenly(len(windows), STILL_LOOKED_AT))
        mask, errors = some.mask, self._reconstruction_errors(some)
        left = share_left(np.square(errors[mask]), some.values[mask])
        if left > MUCH_LEFT:
            still = replace(some, values=stood_still(some))
            scores = [self._sample_scores(self._timestep_scores(own), own) for own in (some, still)]
            warn_if_still_passes(left, *scores, self.scoring, self.window_)

    def _set_offsets(self, sequences, train, training_windows, ends):
        """Thresholds: the share of the sequences, or of their timesteps, that scores below them is given.

        Where few are held out, the thresholds of the training data count if they are more lenient.
        """
        auto = self.contamination == "auto"
        share = 1 - self.quantile if auto else self.contamination
        parts = [sequences]
        if auto and self._n_pieces(sequences) * share < 1 - ROUNDING:
            parts.append(train.take(evenly(len(train), WINDOWS_LOOKED_AT)))
        scored = [(self._timestep_scores(part), part) for part in parts]
        of_steps = [scores[part.mask] for scores, part in scored]
        self.timestep_offset_ = _lowest_quantile(of_steps, share)
        if ends and len(scored) > 1:
            warn_if_ends_differ(train, sequences, of_steps[1], of_steps[0])  # of all: there are fewer than 10
        if auto and self.scale_inputs and self.scoring != "mahalanobis" and sequences.values.shape[2] > 1:
            self._warn_if_one_feature_decides(scored, share, train)
        few = auto and self.window_ is not None and len(sequences) < MANY_SAMPLES
        longest = max(own.real_lengths.max() for own in (sequences, training_windows))  # its own data warn of nothing
        self._longest_judged = self.window_ if few else int(longest)
        self._shortest_usual = int(np.quantile(training_windows.real_lengths, FEW_SHORT)) if self.window_ else None
        if few:
            self.offset_ = self._offset_of_windows(scored[0][0], sequences, training_windows, share)
        else:
            scores = [self._sample_scores(*own) for own in scored]
            self.offset_ = _lowest_quantile(scores, share)
            if len(scored) > 1 and share > 0:
                self.offset_ = min(self.offset_, _bound_of_few(*scores, share))

    def _warn_if_one_feature_decides(self, scored, share, train):
        """By scores (n, t) and `Sequences` of each part of the data that may set thresholds."""
        squares, scores = map(np.concatenate, zip(*(self._judged_squares(*own) for own in scored)))
        held_out = np.square(self.location_) + np.diag(self.covariance_)  # means of squared errors, (f,)
        shown = held_out * self._weights_of_features() / np.maximum(squares.mean(axis=0), 1e-12)
        judged = squares[scores <= np.quantile(scores, share)]
        numbers = train.values[train.mask]
        logarithms, told = logarithms_of(numbers), are_skewed(numbers)
        warn_if_one_feature_decides(judged, shown, self._column_names, logarithms, told)

    def _judged_squares(self, scores, sequences):
        """Weighted squared errors (n_steps, f) of real timesteps, smoothed as scores (n, t) are, and these scores.

        Sequences that are judged whole give their own score to each of their timesteps.
        """
        squares, mask = np.square(self._errors(sequences)) * self._weights_of_features(), sequences.mask
        if self.smoothing_ > 1:
            squares = np.stack([_smoothed(own, mask, self.smoothing_) for own in np.moveaxis(squares, 2, 0)], axis=2)
        if self.window_ is None and self.aggregation == "mean":
            scores = np.broadcast_to(self._sample_scores(scores, sequences)[:, None], mask.shape)
        return squares[mask], scores[mask]

    def _n_pieces(self, sequences):
        """How many sequences there are, or with a window how many windows fit into them side by side."""
        n_windows = 0 if self.window_ is None else int(sequences.real_lengths.sum()) // self.window_
        return max(len(sequences), n_windows)

    def _offset_of_windows(self, scores, sequences, training_windows, share):
        """The lowest threshold of three: of held-out pieces, and of held-out and of training windows read on their own.

        Pieces are scored among their neighbours, windows as a sequence of that length would be, with no neighbours to
        average over. Few held-out ones have too little to say of rare scores, and training ones may be learnt by heart.
        """
        windows = (windows_of(sequences, self.window_, 1), training_windows)
        found = [self._piece_scores(scores, sequences), *map(self._scores_alone, windows)]
        return _lowest_quantile([own for own in found if len(own)], share)

    def _scores_alone(self, windows):
        """Scores of some windows as sequences of their own, without those that are shorter than a window."""
        whole = np.flatnonzero(windows.real_lengths == self.window_)
        if not whole.size:
            return np.empty(0)
        windows = windows.take(some_of(whole, WINDOWS_LOOKED_AT))
        return self._sample_scores(self._timestep_scores(windows), windows)

    def _read_judged(self, X):
        """`Sequences` of X to be judged by a threshold."""
        sequences = self._read_fitted(X)
        warn_if_shorter(sequences.real_lengths, getattr(self, "_shortest_usual", None))  # older files have none
        return sequences

    def _errors(self, sequences):
        """|x - x'| of every timestep, a mean over the windows it is in: (n, t, f), zero on padding.

        In deviations of each feature, so that those with large numbers do not drown the others.
        """
        return self._over_windows(self._reconstruction_errors, sequences) / self._learnt.source.scale.deviation

    def _over_windows(self, function, sequences):
        """What a function gives of windows (n_windows, window, f), for every timestep a mean over its windows."""
        if self.window_ is None:
            return function(sequences)
        return mean_over_windows(function, sequences, self.window_, self.stride_)

    def _errors_and_distances(self, windows):
        """sqrt(w) |x - x'| / s of each feature, and the distance of the code, the same for all steps: (n, t, f + 1).

        Places beyond those of the training data are as the last one.
        """
        errors, codes = self._errors_and_codes(windows)
        places = np.minimum(np.arange(errors.shape[1]), len(self.typical_errors_) - 1)
        errors = errors / self._learnt.source.scale.deviation * np.sqrt(self._weights_of_features())
        distances = np.broadcast_to(self._code_distances(codes)[:, None, None], (*errors.shape[:2], 1))
        return np.concatenate([errors / self.typical_errors_[places, None], distances], axis=2)

    def _code_distances(self, codes):
        """(c - m)' P (c - m) of codes c: (n,)."""
        centred = codes - self.code_location_
        return np.einsum("nc,cd,nd->n", centred, self.code_precision_, centred)

    def _weights_of_features(self):
        """What squared errors of each feature count for, (f,) or 1."""
        is_weighted = self._of_fit("scoring") == "combined" and hasattr(self, "feature_weights_")  # not in old files
        return self.feature_weights_ if is_weighted else 1

    def _timestep_scores(self, sequences):
        """Scores (n, t): higher is more normal."""
        scoring = self._of_fit("scoring")
        if scoring == "combined":
            found = self._over_windows(self._errors_and_distances, sequences)
            scores = -np.mean(np.square(found[:, :, :-1]), axis=2) - found[:, :, -1]
        elif scoring == "squared_error":
            scores = -np.mean(np.square(self._errors(sequences)), axis=2)
        else:
            centred = self._errors(sequences) - self.location_  # (n, t, f)
            scores = -np.einsum("ntf,fg,ntg->nt", centred, self.precision_, centred)
        return scores if self.smoothing_ == 1 else _smoothed(scores, sequences.mask, self.smoothing_)

    def _sample_scores(self, scores, sequences):
        """Scores (n,) from those of the real timesteps (n, t)."""
        if self._of_fit("aggregation") == "max":  # the largest anomaly is the lowest score
            return np.min(scores, axis=1, where=sequences.mask, initial=np.inf)
        return np.mean(scores, axis=1, where=sequences.mask)

    def _piece_scores(self, scores, sequences):
        """Scores of all pieces as long as a window, or shorter, so that ten fit side by side into the sequences."""
        lengths = sequences.real_lengths
        n_steps = int(max(1, min(self.window_, lengths.sum() // MANY_SAMPLES)))
        long_enough = [own[:length] for own, length in zip(scores, lengths) if length >= n_steps]
        of_piece = np.min if self._of_fit("aggregation") == "max" else np.mean
        return np.concatenate([of_piece(sliding_window_view(own, n_steps), axis=1) for own in long_enough])

    def score_samples(self, X: SequencesLike) -> Array:
        """Scores of sequences: higher is more normal.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit; lists and 3-D X may have other lengths.

        Returns
        -------
        scores : ndarray of shape (n_samples,)
            Negative anomaly scores, put together over timesteps by `aggregation`.
        """
        sequences = self._read_fitted(X)
        return self._sample_scores(self._timestep_scores(sequences), sequences)

    def score_timesteps(self, X: SequencesLike) -> Array:
        """Scores of every timestep: higher is more normal.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit; lists and 3-D X may have other lengths.

        Returns
        -------
        scores : ndarray of shape (n_samples, n_timesteps), or object array if X is ragged
            Negative anomaly scores. With a `window`, a score depends only on timesteps at most one window and
            `smoothing_` away, however long the series is.
        """
        sequences = self._read_fitted(X)
        return sequences.unpadded(self._timestep_scores(sequences))

    def reconstruction_errors(self, X: SequencesLike) -> Array:
        """Absolute errors of the reconstruction, one per feature and timestep: they tell which feature is odd.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit; lists and 3-D X may have other lengths.

        Returns
        -------
        errors : ndarray of the shape of X, or object array if X is ragged
            Absolute errors, float64: in standard deviations of each feature, or in the units of X with
            ``scale_inputs=False`` and for features that were constant in fit. With a `window`, the error of a timestep
            is the mean over all windows that contain it. They are not smoothed.

        Examples
        --------
        >>> import numpy as np
        >>> from skseq import LSTMAutoencoderDetector
        >>> waves = np.sin(np.arange(12) / 2 + np.arange(100)[:, None])
        >>> X = np.stack([waves, 50 * waves], axis=2)  # two sensors
        >>> detector = LSTMAutoencoderDetector(units=16, epochs=60, random_state=0).fit(X)
        >>> X[3, 5:8, 1] += 60
        >>> errors = detector.reconstruction_errors(X)
        >>> errors.shape
        (100, 12, 2)
        >>> int(np.square(errors[3]).sum(axis=0).argmax())  # the second sensor
        1
        """
        sequences = self._read_fitted(X)
        return sequences.like(self._errors(sequences))

    def decision_function(self, X: SequencesLike) -> Array:
        """Distance of the scores from the threshold: ``score_samples(X) - offset_``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.

        Returns
        -------
        scores : ndarray of shape (n_samples,)
            Negative for outliers.
        """
        return self.score_samples(X) - self.offset_

    def predict(self, X: SequencesLike) -> Array:
        """Tell which sequences are outliers.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.

        Returns
        -------
        y : ndarray of int of shape (n_samples,)
            -1 for outliers, 1 for inliers. One threshold, `offset_`, is for all lengths: a `UserWarning` says if
            sequences are more than four times as long as what it was learnt from, or if most have less than three
            quarters of a window.
        """
        sequences = self._read_judged(X)
        longest = getattr(self, "_longest_judged", None)  # files of older releases have none
        warn_if_longer(sequences.real_lengths, longest, self._of_fit("aggregation"))
        scores = self._sample_scores(self._timestep_scores(sequences), sequences)
        return np.where(scores - self.offset_ < 0, -1, 1)

    def predict_timesteps(self, X: SequencesLike) -> Array:
        """Tell which timesteps are outliers.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.

        Returns
        -------
        y : ndarray of int of shape (n_samples, n_timesteps), or object array if X is ragged
            -1 for outliers, 1 for inliers. A `UserWarning` says if most sequences have less than three quarters of a
            window.
        """
        sequences = self._read_judged(X)
        return sequences.unpadded(np.where(self._timestep_scores(sequences) < self.timestep_offset_, -1, 1))


def _smoothed(scores, mask, n_steps):
    """Means (n, t) over the real neighbours of each timestep, with weights that are 0 from ``n_steps`` away on."""
    weights = n_steps - np.abs(np.arange(1.0 - n_steps, n_steps))  # (2 n_steps - 1,)
    totals, counts = (convolve1d(x, weights, axis=1, mode="constant") for x in (scores * mask, mask.astype(float)))
    return totals / np.maximum(counts, 1)  # padding may have no real neighbour


def _lowest_quantile(scores, share):
    """The most lenient threshold (low scores are odd) below which this share of some scores (n,) lies."""
    return float(min(np.quantile(own, share) for own in scores))


def _bound_of_few(held_out, trained, share):
    """The score below which this share of new ones is expected: a prediction bound from few held-out scores (k,).

    Scores are sums of squares, whose cube roots are nearly normal (Wilson and Hilferty 1931). Held-out ones tell where
    others lie. Those of the training data (n,) are nearer to 0, but tell as well how far apart scores lie, relative to
    their mean. The middle half of all counts, if that is less, as some sequences in fit may be odd; so of ten rather
    more than the share is below.
    """
    roots, of_trained = np.cbrt(-held_out), np.cbrt(-trained)
    middle = roots.mean()
    relative = of_trained * (middle / max(of_trained.mean(), 1e-12))
    apart = np.concatenate([roots - middle, relative - relative.mean()])
    freedom = max(len(apart) - 2, 1)
    spread = min(apart.std(), np.subtract(*np.quantile(apart, [0.75, 0.25])) / MIDDLE_HALF)
    spread *= np.sqrt(len(apart) / freedom * (1 + 1 / len(roots)))
    return -float((middle + stats.t.ppf(1 - share, freedom) * spread) ** 3)


def _inverse(covariance):
    """Inverse with eigenvalues raised to a millionth of the largest (to 1e-12 if all are zero)."""
    values, vectors = np.linalg.eigh(covariance)  # ascending (f,), columns of (f, f)
    values = np.maximum(values, max(values.max() * 1e-6, 1e-12))
    return (vectors / values) @ vectors.T


def _typical_errors(squares, mask):
    """Root mean square (t,) of the real errors at each place, from squared errors (n, t)."""
    mean = np.mean(squares, where=mask)
    totals = np.sum(squares, axis=0, where=mask) + FEW_PLACES * mean
    return np.sqrt(np.maximum(totals / (mask.sum(axis=0) + FEW_PLACES), 1e-12))  # what is written perfectly has 0


def _feature_weights(usual, constant):
    """What makes each of the usual squared errors (f,) at most twice the median of those of features that vary."""
    varies = ~np.broadcast_to(constant, usual.shape)
    middle = np.quantile(usual[varies], 0.5, method="lower") if varies.any() else 0.0
    most = MOST_OF_A_FEATURE * max(middle, LEAST_USUAL)
    return most / np.maximum(usual, most)


def _code_precision(centred):
    """(C + 0.2 mean(lambda) I)^-1 for the covariance C of centred codes (n, d), scaled to a mean distance of 1."""
    values, vectors = np.linalg.eigh(centred.T @ centred / len(centred))  # ascending (d,), columns of (d, d)
    values = np.maximum(values, 0)
    if not values.any():  # all codes are one: nothing is known of how far they may be
        return np.zeros_like(vectors)
    raised = values + LEAST_SHARE * values.mean()
    return (vectors / raised) @ vectors.T / np.sum(values / raised)
