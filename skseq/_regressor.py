"""Seq2SeqRegressor: from sequences of numbers to the numbers that follow, or to others of several steps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from numbers import Integral, Real
from os import PathLike
from typing import Any, Literal, Self, overload

import numpy as np
from sklearn.base import MultiOutputMixin, RegressorMixin
from sklearn.metrics import r2_score
from sklearn.utils.validation import check_is_fitted

from skseq._arguments import as_random_state, check_count, check_switch, refuse_tables
from skseq._base.decoders.decoder import attends
from skseq._base.dropout_samples import DropoutSamplesMixin
from skseq._base.forecasts import distributions
from skseq._base.forecasts.forecast_values import GivenWindows
from skseq._base.forecasts.forecasting import ForecastingEstimator
from skseq._callers import warn_caller
from skseq._data.by_step import is_judged_step_by_step
from skseq._data.checks import check_weights
from skseq._data.forecasts import conformal
from skseq._data.sequences import split
from skseq._data.working_memory import working_memory
from skseq._files import public
from skseq._losses import DISTRIBUTIONS, LOSSES
from skseq._sklearn import Interval, StrOptions, _fit_context, available_if, wants
from skseq._typing import Array, ArrayLike, RandomState, SequencesLike
from skseq.exceptions import PathWarning


def _has_distribution(estimator):
    """Densities exist only of distributions."""
    loss = estimator._spec.loss if estimator.__sklearn_is_fitted__() else estimator.loss
    if loss in DISTRIBUTIONS:
        return True
    known = ", ".join(map(repr, DISTRIBUTIONS))
    raise AttributeError(f"loss={loss!r} is no distribution: fit with one of {known}.")


@public
class Seq2SeqRegressor(RegressorMixin, MultiOutputMixin, DropoutSamplesMixin, ForecastingEstimator):
    """Encoder-decoder network from sequences of numbers to the numbers of one or several steps: forecasts.

    An encoder reads a window, the past of a series. A decoder writes the steps that follow, with or without attention:
    points, quantiles or distributions. Every window is read and written on a scale of its own, so that the network can
    learn from series of all levels and sizes together. The decoder also reads what is known of the future (`X_future`)
    and of a series as a whole (`X_static`).

    Parameters
    ----------
    units : int, default=64
        Width of the recurrent layers.

    attention : bool or {"bahdanau", "dot", "general", "concat", "location", "local-m", "local-p"}, default=False
        Whether the decoder attends to all encoder outputs, and how it scores them. True means "bahdanau".

        - "bahdanau": additively, by the previous decoder state. The decoder starts from s_0 = tanh(W_s h_1). Its output
          is computed from the previous state, its input and the context [bahdanau]_.
        - "dot", "general", "concat": by the current state, as a product, as a product through a matrix, or additively.
          The output is computed from h~ = tanh(W_c [c; h]) [luong]_. A product needs encoder outputs as wide as the
          state. Those of a bidirectional encoder are wider: "dot" then means "general".
        - "location": by the current state alone, for every position up to the longest window in fit.
        - "local-m", "local-p": as "general", but only inside a part of the window. Its centre is the step of the
          forecast itself, or a position predicted from the state; around the latter a Gaussian weighs the scores.

    attention_window : int, default=10
        Number of source timesteps on either side of the centre that "local-m" and "local-p" look at: D of [luong]_.
        Other kinds do not use it.

    input_feeding : bool, default=False
        Whether h~ of a step is joined to the input of the next step. Only for the kinds of [luong]_.

    decoder : {"recursive", "direct"}, default="direct"
        What the decoder reads at every step, besides what is known of it.

        - "recursive": the numbers of the step before, in training the true ones (teacher forcing), in a forecast its
          own [sutskever]_. It forecasts any number of steps.
        - "direct": nothing; it writes all steps of the horizon at once. With "bahdanau" it reads the contexts.

    code : {"auto", "state", "repeated", "both"}, default="auto"
        How the code (the final states of the encoder) reaches the decoder, besides any attention: as its initial state,
        as an input at every step, or both. "auto" is "state" for "recursive" decoders. For "direct" ones it is
        "repeated", or "both" with an attention of [luong]_. With "bahdanau" it is neither.

    reverse_source : bool, default=False
        Whether the encoder reads the last timestep first [sutskever]_. Attention weights still stand in the order of X.

    scheduled_sampling : {"linear", "exponential", "inverse_sigmoid"} or None, default=None
        Train a recursive decoder on its own forecasts [scheduled]_. The step before is the true one with a certain
        probability, and else what was forecast for it. This probability falls with the number i of the update. None
        always feeds back the truth (teacher forcing).

        - "linear": max(floor, k - c * i)
        - "exponential": k ** i
        - "inverse_sigmoid": k / (k + exp(i / k))

    schedule_k : float or None, default=None
        The k of the schedule. None makes the probability fall over the whole fit: "linear" from 1 to the floor,
        "exponential" to 0.01, "inverse_sigmoid" to one half in the middle of the fit. i continues with `warm_start` and
        `partial_fit`: set `schedule_k` and `schedule_c` for them.

    schedule_c : float or None, default=None
        The c of the "linear" schedule. None makes the probability reach the floor at the end of the fit.

    schedule_floor : float in [0, 1], default=0.0
        Least probability of the true step in the "linear" schedule.

    loss : str, default="absolute_error"
        The loss of training, which decides what is forecast: the mean ("squared_error"), the median ("absolute_error"),
        a value between both ("huber", which is linear beyond one standard deviation of the targets), the `quantiles`
        ("quantile"), or a distribution [deepar]_: "normal", "student_t" or, for counts, "poisson" and
        "negative_binomial". `predict` returns the mean of a distribution, the location of a "student_t" and the median
        of quantiles. Counts are whole numbers of at least 0; sales of many articles, with their zeros, are
        "negative_binomial". From counts nothing can be subtracted: with these two `season` must be None, `scaling`
        "auto", "mean" or None, and `linear` False or "auto".

    quantiles : array-like of float, default=(0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
        Levels in (0, 1), ascending, that are learnt with ``loss="quantile"`` by the pinball loss [quantile]_. They
        never cross.

    scaling : {"auto", "difference", "standard", "mean", "robust"} or None, default="auto"
        The scale of every window, from its own past alone. "standard" subtracts the mean and divides by the standard
        deviation. "difference" divides by the mean absolute difference from the value one `season` before, or from the
        last value without one, to which it adds a tenth of the deviation. In that mean the deviation counts as one
        difference more. "mean" divides by the mean absolute value, of counts by 1 more than that [deepar]_. "robust"
        takes the median and the quartiles, or the deviation where the quartiles are equal. "auto" is "mean" for a loss
        of counts, "difference" with a season, else "standard". But "auto" divides all windows by their mean size if X
        or `X_future` holds covariates and this suits them better, such as rain, whose effect on a river is in its
        units: if a linear model then has at most 0.8 times the errors of windows in their own units, and of repeating
        the last value, in the last fifth of the samples (or `groups`). In the same way it tries "mean" beside
        covariates, which may raise a target by a share, as promotions raise sales. Without a season it tries one level
        and one size for all windows, since short ones do not show how far a series is from where it always comes back
        to. Windows beyond the levels of those in fit are then read as if they were at the nearest one, and a warning
        tells of far ones. The decoder is told the size that was divided by, and where the window lies. None scales all
        windows alike, as `scale_inputs` and `scale_targets` say. It has no effect if X does not hold the past of y.

    season : int or None, default=None
        Learn the distance from the last value (1), or from the value this many steps back (12 for monthly data with a
        yearly season). Windows must have that many timesteps. None learns the values themselves, which a `loss` of
        counts ("poisson", "negative_binomial") needs.

    linear : bool or "auto", default="auto"
        Whether the forecast is that of a linear model of the window plus what the network makes of its errors [hybrid]_
        [lstnet]_. The linear model is scikit-learn's `Ridge` for every step, in which large errors count less (three
        rounds of Huber's weights) if `loss` is "absolute_error", "huber", "quantile" or "student_t". It reads the last
        steps of a window (those of the shortest one, up to 1,000 numbers), the step one `season` before that of the
        forecast where these do not reach back to it, `X_future` of the step and `X_static`. "auto" is True for a direct
        decoder if X holds the past of y, unless a trial shows that the network learns more without it (see `epochs`).
        Windows that never move teach it nothing, unless there are no others. The penalty of `Ridge` is 1. With fewer
        than 500 samples, and fewer than ten for each input, it is chosen from 0.1 to 10,000 by the errors of five
        blocks of samples that are held out [blocks]_. They also say whether a linear model without `season` learns
        changes from the last value of a window, whether one with it learns those from the last season or from the mean
        of all whole ones in a window, on the level of the last, and for what share of the way a forecast follows such
        changes [stacked]_. The network then begins with a forecast of 0. Only the ratios of sample weights count: they
        are divided by their mean, so that the penalty is that of a fit without weights.

    target_features : "auto", list of int or None, default="auto"
        Which columns of X are the past of y, one for each target. "auto" takes all columns if X has as many as y has
        targets, and otherwise none. So "auto" takes a single column for the past of a single target, and forecasts
        follow its level. Columns from which y does not go on, such as those of another quantity, or of one that was
        not transformed as y was, are not taken without a `season`, and the fit warns: on the last fifth of the windows
        the best of three simple forecasts from the level of each window has more than 1.25 times the error of the mean
        of y, and more than twice that of this or of a ridge regression of X and y as they are, whichever is less. From
        fewer than 25 windows this cannot be told, and what the first `partial_fit` has taken stays.

    calibration_fraction : float in [0, 1), default=0.0
        Share of the samples, the last ones, that are kept from training, to learn from them how far off forecasts are:
        see `conformalize`. With `groups` in `fit` they are the last groups.

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

    scale_targets : bool, default=True
        Whether the network learns to write every target standardised, in the units of its window: mean and deviation
        over all steps of the training targets, learnt as `scale_inputs` says. A target that is constant so far is
        scaled in the first `partial_fit` in which it varies.

    encoder : estimator or None, default=None
        A fitted estimator of skseq, such as a `LSTMAutoencoderTransformer`. Training starts from the weights of its
        encoder and from the scale of its inputs, so it needs ``scaling=None``. It is never refitted or changed, and
        clones keep it. Features, `units`, `cell`, `n_layers`, `bidirectional` and `activation` must be the same. To
        search over encoders, wrap them in ``sklearn.frozen.FrozenEstimator``.

    freeze : bool, default=False
        Whether the weights taken from `encoder` stay as they are. Otherwise they are trained with all others.

    cell : {"auto", "lstm", "gru", "cho-gru"}, default="auto"
        Kind of recurrent layer. "cho-gru" is the gated recurrent unit as published [cho]_: its reset gate acts before
        the recurrent product (``keras.layers.GRU(reset_after=False)``). In "gru", as in Keras by default, the reset
        gate acts after the product. That takes one product per step instead of two, so it is faster.
        "auto" is that of the `encoder`, or "gru" without one.

    n_layers : int, default=1
        Number of recurrent layers in the encoder. The decoder has the same number.

    bidirectional : bool or "auto", default="auto"
        Whether the encoder also reads the sequence backwards. The outputs of both directions are joined, so an encoding
        is twice as wide.
        "auto" is as the `encoder` is, or True without one.

    activation : {"tanh", "relu"}, default="tanh"
        Activation of the candidate and of the output in the recurrent layers. With "relu" the states are not bounded.

    dropout : float in [0, 1), default=0.0
        Share of the inputs of a recurrent layer that is dropped in training. The same inputs are dropped at every
        timestep [dropout]_. The context of an attention is never dropped.

    recurrent_dropout : float in [0, 1), default=0.0
        Share of the hidden state of a recurrent layer that is dropped in training. The same units are dropped at every
        timestep.

    optimizer : str or dict, default="adam"
        Name of a Keras optimizer, such as "adam", "adamw" (Adam with decoupled weight decay [adamw]_), "lion" [lion]_,
        "rmsprop" or "sgd"; "nesterov", which is "sgd" with Nesterov's momentum of 0.9 [nesterov]_; or the dict that
        ``keras.optimizers.serialize`` returns. Optimizer objects are refused because they cannot be cloned.

    learning_rate : float or None, default=0.003
        Step size; with `warmup` or a schedule the largest one. None leaves it to the configuration in `optimizer`,
        which may hold a schedule of Keras. Few windows of series are learnt with a tenth of it (see `epochs`).

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
        pass from chunk to chunk, gradients do not. In the encoder, chunks are counted backwards from the last step
        read; in the decoder, from its first step. There is no cut between the encoder and the decoder: gradients pass
        through the initial state, and through what the decoder reads at every step (code, attention). A small number
        bounds how far a gradient can grow, and how far back a dependency can be learnt. None cuts nowhere.

        Cutting is not needed to save memory. From 1,000 timesteps on, layers that would keep more than half a gigabyte
        keep only their states, and compute the rest again for the gradient. The gradient stays exact, and an update
        takes 1.1 to 1.6 times as long [recompute]_.

    epochs : int or "auto", default="auto"
        Largest number of passes over the training data. Without a linear model (see `linear`), "auto" takes as many as
        give 5,000 updates, but at least 10 and at most 100. Beside a linear model it takes fewer, because the network
        soon learns what this model leaves, and then learns noise: as many as give 500 updates, at least one, and at
        most one for 50 samples, where this limit is from 5 to 100, or from 1 where the samples are few for the linear
        model. With `groups` in `fit` (windows of series), the limit is 100 / horizon, because every step of a series is
        then a target of many windows. If these windows are few for the linear model, the fit has a tenth of the
        `learning_rate`, unless a trial (see below) shows that more epochs pay.

        For series that follow a rule, with little noise, these are too few epochs. In such series, similar windows are
        followed by similar steps [rule]_. So with 100 samples or more (90 whose steps come before the last ones),
        "auto" looks at the last windows, a share of `validation_fraction`. If the four nearest of the earlier windows
        take away a third of the errors that a linear model makes there, "auto" makes a trial. The trial trains without
        the last windows, for as many epochs as without a linear model. If it leaves less than three quarters of these
        errors, the fit has one and a half times as many epochs as the trial had at the least loss of the last windows,
        but not more than the trial. Of samples that are few for the linear model, and without `groups`, the trial
        decides alone. If it pays, and with ``linear="auto"``, a second trial tells whether the network learns more
        without the linear model, and the fit is as the better one. There is no trial with `early_stopping` True or
        False, `X_val` or `callbacks`, nor in a fit that goes on from another one.

    batch_size : int or "auto", default="auto"
        Number of samples per update. "auto" is 32 above 511 samples, 16 above 255 and 8 above 32; up to 32 samples are
        one batch. If all samples fit into one batch, equal samples are merged into one that has the sum of their
        weights. Loss and gradient stay the same, but dropout and noise are then drawn once for all of them.

    shuffle : bool, default=True
        Whether the samples are put in a new order in every epoch.

    early_stopping : bool or "auto", default="auto"
        Whether training ends when the validation loss has not improved for `n_iter_no_change` epochs. The best weights
        are restored. "auto" is on whenever `X_val` is passed to `fit`, and above 10,000 samples if `epochs` is larger
        than `n_iter_no_change`. With 100 samples or more, it is also on if there are more than 30 epochs and no linear
        model beside the network (see `linear`), and then waits for at least 30 epochs. A recursive decoder, or a loss
        of counts, may otherwise learn the noise of a series by heart in many epochs. Held out then are the last groups.
        Without `groups` in `fit` they are random samples, or the last ones if most windows go on in the next one: then
        windows that reach into these are left out, unless more than a third of all would not train.

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
        Decides the initial weights, the order of samples, dropout and the validation split. The same int gives the same
        weights, bit for bit, also in threads, and in other processes with as many threads (`skseq.set_n_threads`).

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
    horizon_ : int
        Number of steps of y in fit, or of the longest target.

    n_targets_ : int
        Number of targets of every step.

    target_features_ : list of int or None
        The columns of X that are the past of y.

    n_future_features_in_, n_static_features_in_ : int
        Numbers of columns of `X_future` and `X_static` in fit.

    conformal_scores_ : ndarray of shape (n_calibration_samples, horizon, n_targets)
        Truth minus forecast of every calibration sample, in units of its window's size; NaN where a target has no such
        step, or never moves in the window, but in others. After such windows intervals are as wide as the errors there
        were large. Only after `conformalize`, or with `calibration_fraction`.

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
        The network from raw windows, and `X_future` and `X_static` where there are any, to forecasts in the units of y:
        (n_samples, horizon, n_targets), with one more axis for quantiles, or for the parameters of a distribution that
        has several, as in `predict_distribution`. Those of a recursive decoder hold given that all steps before were as
        forecast. It has stock Keras layers with the fitted weights, so it can be saved and loaded without skseq, and
        reads windows as long as the longest in fit. It is built anew at every access.

    encoder_model_ : keras.Model
        The part of `model_` that reads windows.

    decoder_model_ : keras.Model
        The part of `model_` that turns what the encoder gives into the numbers of the network, on the network's scale;
        a recursive decoder makes one step.

    Notes
    -----
    **Steps.** A recursive decoder is fed what it wrote at the step before, so `n_steps` may be any number, and a long
    forecast begins as a short one. A direct decoder writes `horizon_` steps at most. The validation loss is that of
    free-running forecasts.

    **Validation.** Windows of one series overlap. Pass the block numbers of `skseq.preprocessing.SlidingWindows` as
    `groups`, or the first and the last step of every target: early stopping and calibration then hold out the last
    blocks or steps, and no target that is held out shares a step with one that is learnt. With
    ``early_stopping="auto"`` training does not stop early if that leaves nothing to learn. Without `groups`, early
    stopping holds out random samples, which suits samples that have no timestep in common.

    References
    ----------
    .. [deepar] Salinas, Flunkert, Gasthaus and Januschowski, "DeepAR: Probabilistic Forecasting with Autoregressive
       Recurrent Networks", International Journal of Forecasting 2020.
    .. [hybrid] Zhang, "Time series forecasting using a hybrid ARIMA and neural network model", Neurocomputing 2003.
    .. [lstnet] Lai, Chang, Yang and Liu, "Modeling Long- and Short-Term Temporal Patterns with Deep Neural Networks",
       SIGIR 2018, section 3.6.
    .. [blocks] Burman, Chow and Nolan, "A cross-validatory method for dependent data", Biometrika 1994.
    .. [stacked] Breiman, "Stacked Regressions", Machine Learning 1996. Of forecasts p of targets t that are held
       out, the share is sum(t p) / sum(p ** 2 + 2 h / n (t - p) ** 2), from 0 to 1, with n samples and a horizon of h.
    .. [rule] Sugihara and May, "Nonlinear forecasting as a way of distinguishing chaos from measurement error in time
       series", Nature 1990.
    .. [quantile] Koenker and Bassett, "Regression Quantiles", Econometrica 1978.
    .. [conformal] Lei, G'Sell, Rinaldo, Tibshirani and Wasserman, "Distribution-Free Predictive Inference for
       Regression", Journal of the American Statistical Association 2018.
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
    .. [bahdanau] Bahdanau, Cho and Bengio, "Neural Machine Translation by Jointly Learning to Align and Translate",
       ICLR 2015, section 3 and appendix A.2.
    .. [luong] Luong, Pham and Manning, "Effective Approaches to Attention-based Neural Machine Translation", EMNLP
       2015, section 3.
    .. [sutskever] Sutskever, Vinyals and Le, "Sequence to Sequence Learning with Neural Networks", NeurIPS 2014.
    .. [scheduled] Bengio, Vinyals, Jaitly and Shazeer, "Scheduled Sampling for Sequence Prediction with Recurrent
       Neural Networks", NeurIPS 2015, section 2.4.

    Examples
    --------
    >>> import numpy as np
    >>> from skseq import Seq2SeqRegressor
    >>> from skseq.preprocessing import SlidingWindows
    >>> series = 100 + 5 * np.sin(np.arange(300) / 5)
    >>> X, y, groups = SlidingWindows(window=20, horizon=4).split_series([series])
    >>> model = Seq2SeqRegressor(units=16, epochs=30, random_state=0).fit(X[:250], y[:250])
    >>> model.predict(X[250:]).shape
    (27, 4)
    >>> bool(model.score(X[250:], y[250:]) > 0.95)
    True
    """

    _parameter_constraints = {
        **ForecastingEstimator._parameter_constraints,
        "decoder": [StrOptions({"recursive", "direct"})],
        "loss": [StrOptions(set(LOSSES))],
        "quantiles": ["array-like"],
        "scaling": [StrOptions({"auto", "difference", "standard", "mean", "robust"}), None],
        "linear": ["boolean", StrOptions({"auto"})],
        "season": [Interval(Integral, 1, None, closed="left"), None],
        "target_features": [StrOptions({"auto"}), "array-like", None],
        "calibration_fraction": [Interval(Real, 0, 1, closed="left")],
        "scale_targets": ["boolean"],
    }

    def __init__(
        self,
        units: int = 64,
        *,
        attention: Literal["bahdanau", "dot", "general", "concat", "location", "local-m", "local-p"] | bool = False,
        attention_window: int = 10,
        input_feeding: bool = False,
        decoder: Literal["recursive", "direct"] = "direct",
        code: Literal["auto", "state", "repeated", "both"] = "auto",
        reverse_source: bool = False,
        scheduled_sampling: Literal["linear", "exponential", "inverse_sigmoid"] | None = None,
        schedule_k: float | None = None,
        schedule_c: float | None = None,
        schedule_floor: float = 0.0,
        loss: str = "absolute_error",
        quantiles: ArrayLike = (0.05, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 0.95),
        scaling: Literal["auto", "difference", "standard", "mean", "robust"] | None = "auto",
        season: int | None = None,
        linear: bool | Literal["auto"] = "auto",
        target_features: Literal["auto"] | Sequence[int] | None = "auto",
        calibration_fraction: float = 0.0,
        scale_inputs: bool = True,
        scale_targets: bool = True,
        encoder: Any = None,
        freeze: bool = False,
        cell: Literal["auto", "lstm", "gru", "cho-gru"] = "auto",
        n_layers: int = 1,
        bidirectional: bool | Literal["auto"] = "auto",
        activation: Literal["tanh", "relu"] = "tanh",
        dropout: float = 0.0,
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
        self.attention = attention
        self.attention_window = attention_window
        self.input_feeding = input_feeding
        self.decoder = decoder
        self.code = code
        self.reverse_source = reverse_source
        self.scheduled_sampling = scheduled_sampling
        self.schedule_k = schedule_k
        self.schedule_c = schedule_c
        self.schedule_floor = schedule_floor
        self.loss = loss
        self.quantiles = quantiles
        self.scaling = scaling
        self.season = season
        self.linear = linear
        self.target_features = target_features
        self.calibration_fraction = calibration_fraction
        self.scale_inputs = scale_inputs
        self.scale_targets = scale_targets
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
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
        groups: ArrayLike | None = None,
        X_val: SequencesLike | None = None,
        y_val: SequencesLike | None = None,
        X_future_val: SequencesLike | None = None,
        X_static_val: SequencesLike | None = None,
        sample_weight_val: ArrayLike | None = None,
    ) -> Self:
        """Learn to forecast y from X.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Windows: the past of everything that is known, the targets' own past included. 2-D numbers hold one
            univariate window per row. A list holds (t,) or (t, n_features) arrays of any lengths.
        y : array-like of shape (n_samples,), (n_samples, horizon) or (n_samples, horizon, n_targets), or list
            The steps after every window, in the units of X. A list holds (h,) or (h, n_targets) arrays of any lengths.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples in the loss. Only their ratios count: a factor of all changes nothing, and samples of
            weight 0 are as if left out, but for the horizon, which is that of the longest y. One of weight 2 is as if
            given twice, to the last digit where all samples are one batch; else batches differ, and the penalty of the
            linear model (see `linear`) slightly.
        X_future : array-like of shape (n_samples, horizon) or (n_samples, horizon, n_columns), or list, default=None
            What is known of every step to come, such as the weekday or a price. Beside a ragged y a list of (h,) or (h,
            n_columns) arrays may hold as many rows as y has steps.
        X_static : array-like of shape (n_samples, n_columns), default=None
            What is known of every sample, such as the area of a shop. Categories must be one-hot encoded.
        groups : array-like of shape (n_samples,) or (n_samples, 2), default=None
            Numbers that ascend with time, such as those of `SlidingWindows`: what early stopping and calibration hold
            out are then the last of them. Two per sample are the first and the last step of its target: then the
            samples whose last step is not before the first one held out are not trained on.
        X_val, y_val : array-like of the kind of X and y, default=None
            Data to compute the validation loss on.
        X_future_val, X_static_val : array-like of the kind of X_future and X_static, default=None
            What is known of the validation samples.
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
        for name, value in {"X_future_val": X_future_val, "X_static_val": X_static_val}.items():
            if X_val is None and value is not None:
                raise ValueError(f"{name} needs X_val, whose samples it belongs to: pass both, or leave it out.")
        windows = GivenWindows(past=X, future=X_future, static=X_static, groups=groups)
        held_out = None if X_val is None else GivenWindows(past=X_val, future=X_future_val, static=X_static_val)
        return self._fit(windows, y, sample_weight, (held_out, y_val, sample_weight_val))

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(
        self,
        X: SequencesLike,
        y: SequencesLike,
        sample_weight: ArrayLike | None = None,
        *,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
    ) -> Self:
        """Train for one epoch on X and y, from the current weights and the state of the optimizer.

        The first call learns all else, and later ones keep it: the scales (which shorter calls learn from the first 20
        samples; what is constant so far is scaled once it varies), the size that stands for that of windows which never
        move, and the linear model (see `linear`). The first call has no linear model if it has fewer than two samples
        for each input of the model. So begin with as many samples as you can, or with `fit`, or set ``linear=False``.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Windows.
        y : array-like of shape (n_samples,), (n_samples, horizon) or (n_samples, horizon, n_targets), or list
            The steps after every window.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples in the loss.
        X_future : array-like of shape (n_samples, horizon) or (n_samples, horizon, n_columns), default=None
            What is known of every step to come.
        X_static : array-like of shape (n_samples, n_columns), default=None
            What is known of every sample.

        Returns
        -------
        self : object
            The fitted regressor.
        """
        return self._fit(GivenWindows(past=X, future=X_future, static=X_static), y, sample_weight, incremental=True)

    @overload
    def predict(
        self,
        X: SequencesLike,
        return_std: Literal[False] = False,
        *,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
        n_steps: int | ArrayLike | None = None,
        n_dropout_samples: int | None = None,
    ) -> Array: ...
    @overload
    def predict(
        self,
        X: SequencesLike,
        return_std: Literal[True],
        *,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
        n_steps: int | ArrayLike | None = None,
        n_dropout_samples: int | None = None,
    ) -> tuple[Array, Array]: ...
    def predict(
        self,
        X: SequencesLike,
        return_std: bool = False,
        *,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
        n_steps: int | ArrayLike | None = None,
        n_dropout_samples: int | None = None,
    ) -> Array | tuple[Array, Array]:
        """Forecast the steps after every window.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Windows of the kind in fit; lists and 3-D X may have other lengths.
        return_std : bool, default=False
            Whether to return the standard deviation over the drawn networks, too. It needs `n_dropout_samples`.
        X_future : array-like of shape (n_samples, n_steps) or (n_samples, n_steps, n_columns), or list, default=None
            What is known of every step, as in fit; a list if samples differ in `n_steps`.
        X_static : array-like of shape (n_samples, n_columns), default=None
            What is known of every sample, as in fit.
        n_steps : int or array-like of shape (n_samples,), default=None
            Number of steps; None: `horizon_`. More than that needs ``decoder="recursive"``. With a number for each
            sample, what is returned is a 1-D object array of one array per sample, which always has an axis of steps.
        n_dropout_samples : int or None, default=None
            Number of networks to draw by dropout, at the rates of the last fit; their forecasts are averaged. One draw
            has the same masks for all samples and timesteps, and with a recursive decoder it goes on from its own
            forecasts. The linear model (see `linear`) has no dropout. `random_state` decides the draws: an int gives
            the same ones in every call. None takes one network, without dropout.

        Returns
        -------
        y : ndarray of shape (n_samples,), (n_samples, n_steps) or (n_samples, n_steps, n_targets)
            In the form and the units of y in fit, float64. If y was ragged, all samples have as many steps, unless
            `n_steps` says otherwise.
        y_std : ndarray in the shape of y
            Standard deviation in the units of y, only with ``return_std=True``. It tells how unsure the network is of
            its forecast, and leaves out the noise of y itself.

        Raises
        ------
        ValueError
            If ``return_std=True`` without `n_dropout_samples`. With it, if the last fit had no dropout.

        References
        ----------
        Gal and Ghahramani, "Dropout as a Bayesian Approximation: Representing Model Uncertainty in Deep Learning",
        ICML 2016.
        """
        refuse_tables(return_std=return_std)
        check_switch("return_std", return_std)
        if return_std and n_dropout_samples is None:
            raise ValueError("return_std=True needs several predictions: pass n_dropout_samples=100, for example.")
        forecast = self._to_forecast(GivenWindows(past=X, future=X_future, static=X_static), n_steps)
        if n_dropout_samples is None:
            return self._in_form(self._predicted(forecast), forecast)
        steps = {"n_steps": np.int32(forecast.n_steps)}
        mean, deviation = self._predict_moments("points", forecast.rows, n_dropout_samples, **steps)  # (n, n_steps, k)
        y = self._in_form(forecast.in_units(mean), forecast)
        return (y, self._in_form(forecast.deviations_in_units(deviation), forecast)) if return_std else y

    def predict_quantiles(
        self,
        X: SequencesLike,
        quantiles: ArrayLike | None = None,
        *,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
        n_steps: int | ArrayLike | None = None,
    ) -> Array:
        """Forecast quantiles; they never cross.

        Of a distribution they are its own. With ``loss="quantile"`` they lie on straight lines between those that were
        learnt. If one is asked for beyond these, all are the forecast plus quantiles of the errors of the calibration
        samples. With other losses they come from these errors, too.

        With a recursive decoder and several steps, quantiles of a distribution and those within the learnt ones are
        those of 500 paths instead, which are drawn alike for all windows: what a network says of a step holds only
        given the steps before. This takes as long as ``sample_y(X, 500)``; quantiles of errors need no paths. The
        median of paths may differ from `predict`, whose steps follow forecasts; where quantiles on one side of the
        median alone were learnt, paths drift to that side.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Windows of the kind in fit.
        quantiles : array-like of float, default=None
            Levels in (0, 1), ascending. None: the parameter `quantiles`.
        X_future : array-like of shape (n_samples, n_steps) or (n_samples, n_steps, n_columns), or list, default=None
            What is known of every step, as in fit; a list if samples differ in `n_steps`.
        X_static : array-like of shape (n_samples, n_columns), default=None
            What is known of every sample, as in fit.
        n_steps : int or array-like of shape (n_samples,), default=None
            Number of steps; None: `horizon_`. More than that needs ``decoder="recursive"``. With a number for each
            sample, what is returned is a 1-D object array of one array per sample, which always has an axis of steps.

        Returns
        -------
        y : ndarray of shape (n_samples, n_steps, n_quantiles) or (n_samples, n_steps, n_targets, n_quantiles)
            Without the axis of steps if y in fit had none.

        Raises
        ------
        ValueError
            If levels are not ascending in (0, 1), or if errors are needed, as for levels outside of those learnt, and
            `conformalize` has not been called.
        """
        refuse_tables(quantiles=quantiles)
        levels = self._checked_levels(quantiles)
        forecast = self._to_forecast(GivenWindows(past=X, future=X_future, static=X_static), n_steps)
        return self._in_form(self._quantiles(forecast, levels), forecast)

    def predict_interval(
        self,
        X: SequencesLike,
        coverage: float | Sequence[float] = 0.9,
        *,
        method: Literal["auto", "conformal", "model"] = "auto",
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
        n_steps: int | ArrayLike | None = None,
    ) -> Array:
        """Forecast intervals that hold the truth of each step with a certain probability.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Windows of the kind in fit.
        coverage : float or list of float, default=0.9
            Probability in (0, 1).
        method : {"auto", "conformal", "model"}, default="auto"
            "conformal": the forecast plus and minus what the errors of the calibration samples say [1]_, step by step.
            They are valid if forecasts go on as they were in calibration. "model": between the quantiles that
            `predict_quantiles` gives; with a recursive decoder that learns quantiles or a distribution, it draws 500
            paths of each window, which "conformal" does not. "auto" is "conformal" if there are calibration samples.
        X_future : array-like of shape (n_samples, n_steps) or (n_samples, n_steps, n_columns), or list, default=None
            What is known of every step, as in fit; a list if samples differ in `n_steps`.
        X_static : array-like of shape (n_samples, n_columns), default=None
            What is known of every sample, as in fit.
        n_steps : int or array-like of shape (n_samples,), default=None
            Number of steps; None: `horizon_`. More than that needs ``decoder="recursive"``. With a number for each
            sample, what is returned is a 1-D object array of one array per sample, which always has an axis of steps.

        Returns
        -------
        interval : ndarray of shape (n_samples, n_steps, 2) or (n_samples, n_steps, n_targets, 2)
            Lower and upper bound in the last axis; a list of coverages adds one more axis, (..., 2, n_coverages).

        Raises
        ------
        ValueError
            If there are too few calibration samples for the coverage, if there are none and the loss says nothing of
            quantiles, or if the forecast is longer than those of the calibration.

        References
        ----------
        .. [1] Lei, G'Sell, Rinaldo, Tibshirani and Wasserman, "Distribution-Free Predictive Inference for Regression",
           Journal of the American Statistical Association 2018.
        """
        refuse_tables(coverage=coverage)
        conformal.check_levels("coverage", coverage)
        check_is_fitted(self)
        if method not in ("auto", "conformal", "model"):
            raise ValueError(f"method must be 'auto', 'conformal' or 'model'. Got {method!r}.")
        if method == "auto":
            method = "conformal" if self._is_calibrated else "model"
        forecast = self._to_forecast(GivenWindows(past=X, future=X_future, static=X_static), n_steps)
        if method == "model":
            return self._in_form(self._model_bounds(forecast, coverage), forecast)
        residuals = self._checked_scores("method='conformal' needs errors")
        return self._in_form(conformal.intervals(*self._with_sizes(forecast), residuals, coverage), forecast)

    @available_if(_has_distribution)
    def predict_distribution(
        self,
        X: SequencesLike,
        *,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
        n_steps: int | ArrayLike | None = None,
    ) -> dict[str, Array]:
        """Parameters of the distribution of every step, in the units of y.

        With a recursive decoder they are those of a step given that all steps before were as forecast: `sample_y` draws
        whole paths instead.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Windows of the kind in fit; lists and 3-D X may have other lengths.
        X_future : array-like of shape (n_samples, n_steps) or (n_samples, n_steps, n_columns), or list, default=None
            What is known of every step, as in fit; a list if samples differ in `n_steps`.
        X_static : array-like of shape (n_samples, n_columns), default=None
            What is known of every sample, as in fit.
        n_steps : int or array-like of shape (n_samples,), default=None
            Number of steps; None: `horizon_`. More than that needs ``decoder="recursive"``. With a number for each
            sample, what is returned is a 1-D object array of one array per sample, which always has an axis of steps.

        Returns
        -------
        parameters : dict of str to ndarray
            "loc" and "scale", and "df" with ``loss="student_t"``; "mu" of a "poisson", "n" and "p" of a
            "negative_binomial" (`nbinom`); as in `scipy.stats`, each in the form of `predict`.

        Raises
        ------
        AttributeError
            If `loss` is no distribution.
        """
        forecast = self._to_forecast(GivenWindows(past=X, future=X_future, static=X_static), n_steps)
        return {name: self._in_form(x, forecast) for name, x in self._distribution(forecast).items()}

    def sample_y(
        self,
        X: SequencesLike,
        n_samples: int = 1,
        random_state: RandomState = 0,
        *,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
        n_steps: int | ArrayLike | None = None,
    ) -> Array:
        """Draw whole paths of the steps to come.

        A recursive decoder is fed what was drawn at the step before. The steps of a direct decoder are drawn
        independently of each other. Of learnt quantiles, paths go beyond the outermost ones below and above the median
        in exponential tails [1]_, which are a guess: learn further `quantiles` where rare events matter. Of few levels,
        paths spread too widely: of a normal distribution 1.4 times as far with ``quantiles=(0.25, 0.75)``, 1.2 times
        with (0.1, 0.9), and 1.03 times with the default. With losses that say nothing of a distribution, a path is the
        forecast plus the errors of a calibration sample, drawn for each window by itself, whose steps depend on each
        other as they do in truth; so it is with a direct decoder of quantiles, if there are such samples. A warning
        says where steps are independent: sums over them then spread too little.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Windows of the kind in fit.
        n_samples : int, default=1
            Number of paths for every window.
        random_state : int, RandomState instance or None, default=0
            With an int, the paths of a window depend on it and on the place of the window in X, not on other windows.
        X_future : array-like of shape (n_samples, n_steps) or (n_samples, n_steps, n_columns), or list, default=None
            What is known of every step, as in fit; a list if samples differ in `n_steps`.
        X_static : array-like of shape (n_samples, n_columns), default=None
            What is known of every sample, as in fit.
        n_steps : int or array-like of shape (n_samples,), default=None
            Number of steps; None: `horizon_`. More than that needs ``decoder="recursive"``. With a number for each
            sample, what is returned is a 1-D object array of one array per sample, which always has an axis of steps.

        Returns
        -------
        y : ndarray of shape (n_windows, n_steps, n_samples) or (n_windows, n_steps, n_targets, n_samples)
            Without the axis of steps if y in fit had none.

        References
        ----------
        .. [1] Park, Maddix, Aubet, Kan, Gasthaus and Wang, "Learning Quantile Functions without Quantile Crossing for
           Distribution-free Time Series Forecasting", AISTATS 2022.
        """
        refuse_tables(n_samples=n_samples, random_state=random_state)
        check_count("n_samples", n_samples)
        forecast = self._to_forecast(GivenWindows(past=X, future=X_future, static=X_static), n_steps)
        drawn_alone = not (self._spec.recursive or self._draws_errors)
        if forecast.n_steps > 1 and drawn_alone and not is_judged_step_by_step():
            self._warn_of_steps_alone()
        return self._in_form(self._paths(forecast, int(n_samples), random_state), forecast)

    def conformalize(
        self,
        X: SequencesLike,
        y: SequencesLike,
        *,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
    ) -> Self:
        """Learn how far off forecasts are from samples that fit has not seen: for `predict_interval`.

        The samples should come after those of fit, and before those whose intervals are wanted.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Windows of the kind in fit.
        y : array-like in the form of y in fit
            The steps after every window.
        X_future : array-like of shape (n_samples, horizon) or (n_samples, horizon, n_columns), default=None
            What is known of every step, as in fit.
        X_static : array-like of shape (n_samples, n_columns), default=None
            What is known of every sample, as in fit.

        Returns
        -------
        self : object
            The regressor, with `conformal_scores_`.
        """
        check_is_fitted(self)
        windows = GivenWindows(past=X, future=X_future, static=X_static)
        _, examples = self._read(windows, y, None, self._learnt)
        self.conformal_scores_, self._still = self._scores(examples)
        return self

    def score(
        self,
        X: SequencesLike,
        y: SequencesLike,
        sample_weight: ArrayLike | None = None,
        *,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
    ) -> float:
        """R2, the mean over steps and targets of the share of variance that is explained.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Windows of the kind in fit.
        y : array-like in the form of y in fit
            The steps after every window.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples.
        X_future : array-like of shape (n_samples, n_steps) or (n_samples, n_steps, n_columns), or list, default=None
            What is known of every step, as in fit; a list if y is ragged.
        X_static : array-like of shape (n_samples, n_columns), default=None
            What is known of every sample, as in fit.

        Returns
        -------
        score : float
            At most 1. Steps that fewer than two samples have do not count.
        """
        windows = GivenWindows(past=X, future=X_future, static=X_static)
        true, lengths, forecast = self._true_and_forecast(windows, y, any_steps=True)
        found = self._predicted(forecast)
        weight = check_weights(sample_weight, len(true))
        counted, scores = weight > 0, []
        for step in range(true.shape[1]):
            real = counted & (lengths > step)
            if real.sum() > 1:
                scores.append(r2_score(true[real, step], found[real, step], sample_weight=weight[real]))
        if not scores:
            return r2_score(true[counted, 0], found[counted, 0])  # which warns of a single sample
        return float(np.mean(scores))

    @available_if(_has_distribution)
    def score_samples(
        self,
        X: SequencesLike,
        y: SequencesLike | None = None,
        *,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
    ) -> Array:
        """Log density of y, in the units of y, or log probability of counts: the sum over its steps and targets.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Windows of the kind in fit.
        y : array-like in the form of y in fit, default=None
            The steps after every window. None: those that `predict` gives, of counts rounded.
        X_future : array-like of shape (n_samples, horizon) or (n_samples, horizon, n_columns), default=None
            What is known of every step, as in fit.
        X_static : array-like of shape (n_samples, n_columns), default=None
            What is known of every sample, as in fit.

        Returns
        -------
        log_density : ndarray of shape (n_samples,)
            Natural logarithm.

        Raises
        ------
        AttributeError
            If `loss` is no distribution.
        """
        if y is None:
            y = self.predict(X, X_future=X_future, X_static=X_static)
            y = np.round(y) if self._targets.counts else y
        return self._log_densities(GivenWindows(past=X, future=X_future, static=X_static), y)

    @available_if(wants(attends, "attention=True, or the name of a kind of attention"))
    def attention_weights(
        self,
        X: SequencesLike,
        *,
        X_future: SequencesLike | None = None,
        X_static: SequencesLike | None = None,
        n_steps: int | ArrayLike | None = None,
    ) -> Array:
        """Weights with which every step of a forecast attends to every timestep of its window.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Windows of the kind in fit; lists and 3-D X may have other lengths.
        X_future : array-like of shape (n_samples, n_steps) or (n_samples, n_steps, n_columns), or list, default=None
            What is known of every step, as in fit; a list if samples differ in `n_steps`.
        X_static : array-like of shape (n_samples, n_columns), default=None
            What is known of every sample, as in fit.
        n_steps : int or array-like of shape (n_samples,), default=None
            Number of steps; None: `horizon_`. More than that needs ``decoder="recursive"``. With a number for each
            sample, what is returned is a 1-D object array of one array per sample, which always has an axis of steps.

        Returns
        -------
        weights : ndarray of shape (n_samples, n_steps, n_timesteps)
            Attention weights. They sum to 1 over timesteps (to less with "local-p"). If X is ragged, a 1-D object array
            of one array (n_steps, n_timesteps) per sample.
        """
        forecast = self._to_forecast(GivenWindows(past=X, future=X_future, static=X_static), n_steps)
        weights = self._predict("attention", forecast.rows, n_steps=np.int32(forecast.n_steps))
        weights, lengths = weights.transpose(0, 2, 1), forecast.rows.get("source_lengths")  # (n, n_steps, t)
        weights = weights if forecast.lengths is None else split(weights, forecast.lengths)
        return weights if lengths is None else split(weights, lengths, axis=1)

    # --- what all of them need ----------------------------------------------------------------------------------------

    def _output_labels(self, predicted):
        """A whole forecast as one string: steps may be equal where forecasts differ, such as days without sales."""
        return [["; ".join(steps)] for steps in super()._output_labels(predicted)]

    def _true_and_forecast(self, windows, y, *, any_steps=False):
        """(y (n, h, k), the lengths (n,) of its samples, the `Forecast` of these windows for as many steps)."""
        values = self._targets.check(y, "y", any_steps=any_steps)
        true = self._targets.encode(values)["target"]
        return true, values.lengths, self._to_forecast(windows, true.shape[1], values.lengths)

    def _predicted(self, forecast):
        """Points (n, n_steps, k) in the units of y."""
        return forecast.in_units(self._points(self._numbers(forecast.rows, forecast.n_steps)))

    def _in_form(self, numbers, forecast):
        """Numbers (n, n_steps, k, ...) as y was in fit; asked for several steps, with an axis of them."""
        targets = self._targets
        if not targets.has_targets:
            numbers = numbers[:, :, 0]
        if forecast.lengths is not None:
            return split(numbers, forecast.lengths)
        return numbers if targets.has_steps or forecast.n_steps > 1 else numbers[:, 0]

    def _checked_levels(self, quantiles):
        check_is_fitted(self)
        levels = self.quantiles if quantiles is None else quantiles
        conformal.check_ascending("quantiles", levels)
        return np.atleast_1d(np.asarray(levels, np.float64))

    def _quantiles(self, forecast, levels):
        """Quantiles (n, n_steps, k, n_levels) in the units of y: the model's own, or of errors where it has none."""
        loss = self._spec.loss
        too_far = loss == "quantile" and self._is_calibrated and distributions.beyond(self._spec.levels, levels)
        if loss in (*DISTRIBUTIONS, "quantile") and not too_far:
            return self._model_quantiles(forecast, levels)
        residuals = self._checked_scores(f"loss={loss!r} says nothing of quantiles")
        return conformal.quantiles(*self._with_sizes(forecast), residuals, levels)

    def _model_quantiles(self, forecast, levels):
        """Quantiles (n, n_steps, k, n_levels) in the units of y that were learnt, or are those of a distribution."""
        loss = self._spec.loss
        if loss == "quantile":
            distributions.check_learnt(self._spec.levels, levels)
        if self._spec.recursive and forecast.n_steps > 1:  # what it says of a step holds given the steps before
            parts = self._parts_of_paths(forecast, distributions.N_PATHS, 0, alike=True)
            found = [np.quantile(paths, levels, axis=-1) for paths in parts]  # (n_levels, n, n_steps, k) each
            return np.moveaxis(np.concatenate(found, axis=1), 0, -1)
        if loss == "quantile":
            numbers = self._numbers(forecast.rows, forecast.n_steps)
            return forecast.in_units(distributions.between(numbers, self._spec.levels, levels))
        return distributions.quantiles(loss, self._distribution(forecast), levels)

    def _distribution(self, forecast):
        """Parameters by name (n, n_steps, k) in the units of y."""
        numbers = self._numbers(forecast.rows, forecast.n_steps)
        if LOSSES[self._spec.loss].of_counts:
            return distributions.of_counts(numbers, forecast.rows["unit"][:, None].astype(np.float64))
        found = {"loc": forecast.in_units(numbers[..., 0]), "scale": forecast.deviations_in_units(numbers[..., 1])}
        return found | ({"df": numbers[..., 2]} if self._spec.loss == "student_t" else {})

    @property
    def _is_calibrated(self):
        return hasattr(self, "conformal_scores_")

    def _checked_scores(self, why):
        """Errors of calibration samples."""
        if not self._is_calibrated:
            raise conformal.NotCalibratedError(
                f"{why}, and no errors of calibration samples are known: call conformalize(X, y) with samples that fit "
                "has not seen, set calibration_fraction=0.2, or fit with loss='quantile', 'normal' or 'student_t'."
            )
        return self.conformal_scores_

    @property
    def _own_scaling(self):
        """The `WindowScaling` of its windows, in which those that never move have no size."""
        return replace(self._learnt.scaling, least=None)

    def _with_sizes(self, forecast):
        """Points (n, n_steps, k) in the units of y, and what one unit of a window is there (n, 1, k)."""
        return self._predicted(forecast), forecast.sizes(self._still)[:, None]

    def _model_bounds(self, forecast, coverage):
        """(n, n_steps, k, 2[, n_coverages])"""
        levels = np.atleast_1d(np.asarray(coverage, np.float64))
        both = np.concatenate([(1 - levels) / 2, (1 + levels) / 2])
        ascending, places = np.unique(both, return_inverse=True)
        found = self._quantiles(forecast, ascending)[..., places]
        bounds = found.reshape(*found.shape[:-1], 2, len(levels))
        return bounds[..., 0] if np.ndim(coverage) == 0 else bounds

    @property
    def _draws_errors(self):
        """Whether paths are forecasts plus errors of calibration samples, and not drawn from what was learnt."""
        loss = self._spec.loss
        if loss == "quantile":  # steps of a direct decoder would be independent, which errors are not
            return not self._spec.recursive and self._is_calibrated
        return loss not in DISTRIBUTIONS

    def _warn_of_steps_alone(self):
        loss = self._spec.loss
        errors = "hold samples out (calibration_windows in SeriesForecaster, else calibration_fraction), or "
        warn_caller(
            f"Each step of these paths is drawn by itself, because a direct decoder with loss={loss!r} does not learn "
            "how steps go together. Sums over steps will mostly spread too little: "
            f"{errors if loss == 'quantile' else ''}set decoder='recursive', or look at single steps alone.",
            PathWarning,
        )

    def _paths(self, forecast, n_paths, random_state):
        """Drawn paths (n, n_steps, k, n_paths) in the units of y."""
        if self._draws_errors:
            residuals = self._checked_scores(f"loss={self._spec.loss!r} says nothing of a distribution")
            return conformal.paths(*self._with_sizes(forecast), residuals, n_paths, random_state)
        return np.concatenate(list(self._parts_of_paths(forecast, n_paths, random_state)))

    def _parts_of_paths(self, forecast, n_paths, random_state, *, alike=False):
        """What `_paths` draws from the network, part by part of the windows; ``alike`` by the same draws for all."""
        from skseq.nn.training.compiled import in_whole_batches

        seed = int(as_random_state(random_state).randint(np.iinfo(np.int32).max))
        shape = (forecast.n_steps, n_paths, self._spec.n_targets, 2)  # so long paths begin as short ones
        step = in_whole_batches(working_memory() // (8 * int(np.prod(shape))))  # windows at a time
        for start in range(0, len(forecast), step):
            part = forecast.take(slice(start, start + step))
            places = [0] if alike else range(start, start + len(part))
            yield self._drawn(part, distributions.uniform(seed, places, shape))

    def _drawn(self, forecast, uniform):
        """Paths (n, n_steps, k, n_paths) in the units of y, by uniform numbers (n or 1, n_steps, n_paths, k, 2)."""
        uniform = uniform.astype(self._spec.dtype).swapaxes(1, 2)
        uniform = np.broadcast_to(uniform, (len(forecast), *uniform.shape[1:]))
        paths = self._predict("paths", forecast.rows | {"uniform": uniform})
        paths = np.moveaxis(paths.astype(np.float64), 1, -1)
        if self._learnt.larger != 1:
            paths = self._learnt.widened(paths, self._points(self._numbers(forecast.rows, forecast.n_steps))[..., None])
        paths = forecast.in_units(paths)
        return np.round(paths) if LOSSES[self._spec.loss].of_counts else paths

    def _log_densities(self, windows, y):
        """(n,) of y in its units."""
        true, lengths, forecast = self._true_and_forecast(windows, y)
        target = self._learnt.as_written(forecast.units.apply(true), forecast.rows)
        larger = self._learnt.larger
        if larger != 1:
            points = self._points(self._numbers(forecast.rows, target.shape[1]))
            target = (points + (target - points) / larger).astype(target.dtype)
        densities = self._predict("log_density", forecast.rows | {"target": target})  # (n, h, k)
        densities = densities.astype(np.float64) - np.log(larger)
        if not LOSSES[self._spec.loss].of_counts:  # whose probabilities have no unit
            densities -= np.log(forecast.deviations_in_units(np.ones(densities.shape)))
        densities[np.arange(densities.shape[1]) >= lengths[:, None]] = 0
        return densities.sum(axis=(1, 2))
