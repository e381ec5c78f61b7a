"""Seq2SeqTransducer: sequences of any length to token sequences or text of any length."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from numbers import Integral, Real
from os import PathLike
from typing import Any, Literal, Self

import numpy as np

from skseq._base.decoders.decoding import MOST_LENGTH_PENALTY
from skseq._base.decoders.encoder_decoder import EncoderDecoderEstimator
from skseq._base.fits.training import GroupsMixin
from skseq._data.checks import check_same_samples, check_weights
from skseq._data.mistakes.targets.output_lengths import line_of_lengths, warn_if_outputs_are_longer
from skseq._data.mistakes.targets.signs_and_padding import (
    warn_if_padded_targets,
    warn_if_signs,
    warn_if_texts_have_signs,
)
from skseq._data.mistakes.texts.lost_letters import warn_if_letters_are_lost, warn_if_of_groups
from skseq._data.mistakes.texts.spelling import warn_if_forms_mix
from skseq._data.mistakes.texts.text_ends import warn_if_ends_in_space
from skseq._data.mistakes.texts.unknown_in_sources import outputs_copy
from skseq._data.plain import plain
from skseq._data.targets.token_targets import (
    TokenTargets,
    between_targets,
    check_max_length,
    read_token_lists,
    warn_if_listed_in_vain,
    warn_if_measured_targets,
    warn_if_nearly_all_distinct,
    warn_if_never_right,
    warn_if_spaces_are_new,
)
from skseq._data.tokens.analyzers import joined, some_texts
from skseq._data.tokens.no_texts import warn_if_lists_are_split
from skseq._files import public
from skseq._sklearn import Interval, StrOptions, _fit_context
from skseq._typing import Array, ArrayLike, RandomState, SequencesLike


@public
class Seq2SeqTransducer(GroupsMixin, EncoderDecoderEstimator):
    """Encoder-decoder network from sequences of any length to token sequences or text of any length.

    An encoder reads the source. A decoder writes one token per step through a softmax, until it writes the end of the
    output, which it learns with every target. The recursive decoder is fed the token before: the true one in training
    (teacher forcing), its own at predict, where a search finds the output.

    For scikit-learn a transducer is not a classifier, so an integer ``cv`` means `KFold`.

    Parameters
    ----------
    units : int, default=64
        Width of the recurrent layers.

    attention : bool or {"bahdanau", "dot", "general", "concat", "location", "local-m", "local-p"}, default="dot"
        Whether the decoder attends to all encoder outputs, and how it scores them. "dot" learns from the fewest pairs.
        True means "bahdanau", which bears low learning rates, and goes a little further beyond the lengths in fit.

        - "bahdanau": additively, by the previous decoder state. The decoder starts from s_0 = tanh(W_s h_1). Its output
          is computed from the previous state, the previous token and the context [bahdanau]_.
        - "dot", "general", "concat": by the current state, as a product, as a product through a matrix, or additively.
          The output is computed from h~ = tanh(W_c [c; h]) [luong]_. A product needs encoder outputs as wide as the
          state. Those of a bidirectional encoder are wider: "dot" then means "general".
        - "location": by the current state alone, for every position up to the longest source in fit.
        - "local-m", "local-p": as "general", but only inside a window. Its centre is the target step itself, or a
          position predicted from the state; around the latter a Gaussian weighs the scores.

    attention_window : int, default=10
        Number of source timesteps on either side of the centre that "local-m" and "local-p" look at: D of [luong]_.
        Other kinds do not use it.

    input_feeding : bool, default=False
        Whether h~ of a step is joined to the input of the next step. Only for the kinds of [luong]_.

    decoder : {"recursive", "direct", "merge"}, default="recursive"
        What the decoder reads at every step.

        - "recursive": the token it wrote before [sutskever]_.
        - "direct": no token; it writes all steps at once. With "bahdanau" it reads only the contexts.
        - "merge": only the tokens so far. One layer before the output joins what it makes of them with the code
          (``attention=False``), or with the context of an attention of [luong]_ [merge]_.

    code : {"auto", "state", "repeated", "both"}, default="auto"
        How the code (the final states of the encoder) reaches the decoder, besides any attention: as its initial state
        ("state"), as an input at every step ("repeated"), or both. "auto" is "state" for "recursive" decoders. For
        "direct" decoders it is "repeated", or "both" with an attention of [luong]_. With "bahdanau" the code is not
        used. A "merge" decoder without attention joins the code after its recurrent layers.

    reverse_source : bool, default=False
        Whether the encoder reads the last timestep first [sutskever]_. Attention weights still stand in the order of X.

    training : {"teacher_forcing", "professor_forcing", "professor_forcing_both"}, default="teacher_forcing"
        How the decoder learns. "teacher_forcing": from the true tokens so far alone. With "professor_forcing" it also
        writes an output of its own for every source in a batch, each token drawn from the probabilities that it gives,
        and as many tokens as the target has. A critic (a second network) learns to distinguish the states and
        probabilities of such free outputs from those under true tokens. The decoder learns to make the free ones look
        like those under true tokens [professor]_, unless the critic is right in less than 75 % of all cases. The critic
        learns unless it is right in 99 %. "professor_forcing_both" also makes those under true tokens look like free
        ones. A fit takes several times as long.
        `history_` has the losses of both sides and the accuracy of the critic, whose weights no prediction reads. It
        needs a decoder that reads tokens, and no `scheduled_sampling`.

    scheduled_sampling : {"linear", "exponential", "inverse_sigmoid"} or None, default=None
        Train on own tokens [scheduled]_. Each token fed back is the true one with a certain probability, and else the
        most probable one of the step before. This probability falls with the number i of the update. None always feeds
        back the true token (teacher forcing).

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
        Least probability of the true token in the "linear" schedule.

    label_smoothing : float in [0, 1), default=0.0
        Share of every target that is spread evenly over all classes in the training loss [smoothing]_.

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

    target_analyzer : {"char", "word"}, callable or None, default=None
        How strings in y are split into tokens: "char" into characters, "word" into words and punctuation marks. A
        function gets a string and returns a list of tokens. None if y holds no text.

    target_vocabulary : array-like or None, default=None
        All target tokens. None learns them from y. Set it for `partial_fit`, which must know all tokens at its first
        call, and where one fold of a cross-validation may hold tokens that the others lack.

    target_join : str, callable or None, default=None
        How the tokens of an output become a string, if there is a `target_analyzer`. A string is put between the
        tokens. A function gets the list of tokens and returns the output; ``list`` leaves the tokens as they are. None
        joins characters directly, and words by one space, but not before ``, . ; : ! ? ) ] } %``, nor behind
        ``( [ {``. Tokens of a function are joined directly if that restores more of the first 500 texts of y in fit
        than one space does, else by one space. A fit warns if some texts of y had other spaces.

    search : {"greedy", "beam", "sampling"}, default="greedy"
        How `predict` finds its output. "greedy" takes the most probable token at every step. "beam" keeps the
        `beam_width` most probable beginnings. "sampling" draws every token. This parameter and those up to
        `forced_prefix` are read at predict: set them and predict again, without a new fit.

    beam_width : int, default=5
        Number of beginnings of an output that a beam search keeps at every step. It keeps as many finished outputs
        beside them, the best so far. A width of 1 is greedy.

    length_penalty : float, default=0.0
        The alpha of a beam search. Finished outputs are ordered by log P / ((5 + n) / 6) ** alpha, where n counts the
        tokens and the end [gnmt]_. Larger values favour longer outputs.

    coverage_penalty : float, default=0.0
        The beta of a beam search: how much an output loses for source timesteps that get no attention [gnmt]_. It has
        no effect without attention.

    temperature : float, default=1.0
        Log-probabilities are divided by it before a draw: below 1 sharpens, above 1 flattens.

    top_k : int or None, default=None
        Draw only from this many of the most probable tokens. None sets no limit.

    top_p : float in (0, 1] or None, default=None
        Draw only from the most probable tokens that together reach this probability [nucleus]_. None sets no limit.

    min_p : float in (0, 1] or None, default=None
        Draw only from tokens that are at least this many times as probable as the most probable one [minp]_. None sets
        no limit.

    min_length : int, default=0
        Smallest number of tokens in an output.

    max_length : int, (float, int) or None, default=None
        Largest number of tokens in an output. A pair (a, b) means a * source length + b, rounded down, and at least 1.
        None is the length of the longest target seen in training. Longer targets can be trained on, but are never
        predicted in full.

    no_repeat_ngram : int or None, default=None
        No sequence of this many tokens occurs twice in an output. None allows repeats.

    allowed_outputs : list, callable or None, default=None
        What may be written. A list holds all allowed outputs, in the form of y or as token lists (one-hot vectors as
        their indices); those of an impossible length are left out. Texts are written as they stand in the list. A
        function gets the list of tokens so far and returns the tokens that may come next, with None among them where
        the output may end. None allows everything.

    forced_prefix : list, str or None, default=None
        Tokens that every output begins with. A string if y holds text.

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
        "auto" is that of the `encoder`. Without one it is "gru" with `attention`, else "lstm", whose code keeps more.

    n_layers : int, default=1
        Number of recurrent layers in the encoder. The decoder has the same number.

    bidirectional : bool or "auto", default="auto"
        Whether the encoder also reads the sequence backwards. The outputs of both directions are joined, so an encoding
        is twice as wide.
        "auto" is as the `encoder` is, or True without one.

    activation : {"tanh", "relu"}, default="tanh"
        Activation of the candidate and of the output in the recurrent layers. With "relu" the states are not bounded.

    dropout : float in [0, 1) or "auto", default="auto"
        Share of the inputs of a recurrent layer that is dropped in training. The same inputs are dropped at every
        timestep [dropout]_. The context of an attention is never dropped.
        "auto" is 0.1 with `attention` in a `fit` on 100 samples or more, those held out included, and else 0. The first
        `partial_fit` counts its own samples; later ones keep to what the fit before had.

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
        pass from chunk to chunk, gradients do not. In the encoder, chunks are counted backwards from the last step
        read; in the decoder, from its first step. There is no cut between the encoder and the decoder: gradients pass
        through the initial state, and through what the decoder reads at every step (code, attention). A small number
        bounds how far a gradient can grow, and how far back a dependency can be learnt. None cuts nowhere.

        Cutting is not needed to save memory. From 1,000 timesteps on, layers that would keep more than half a gigabyte
        keep only their states, and compute the rest again for the gradient. The gradient stays exact, and an update
        takes 1.1 to 1.6 times as long [recompute]_.

    epochs : int or "auto", default="auto"
        Largest number of passes over the training data. "auto" takes as many as give 5,000 updates, but at least 10 and
        at most 100. So a fit of fewer than about 400 samples has fewer updates.

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
        Decides the initial weights, the order of samples, dropout and noise, the validation split, and what
        ``search="sampling"`` draws. The same int gives the same weights, bit for bit, also in threads and in other
        processes.

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
    target_vocabulary_ : dict
        Target token to class of the softmax, counted from 1 in sorted order. Class 0 is the end of an output.

    n_timesteps_out_ : int
        Number of timesteps of the longest target seen in training, its end included.

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
        The network from source, and tokens before each step, to output: stock Keras layers with the fitted weights, so
        it can be saved and loaded without skseq. It is built anew at every access.

    encoder_model_ : keras.Model
        The part of `model_` that reads the source.

    decoder_model_ : keras.Model
        The part of `model_` that turns what the encoder gives into the output.

    Notes
    -----
    Outputs hold plain Python values (``int``, ``str``), whatever the type of the arrays in y.

    The exported models read token sources as ids of `vocabulary_`. With a recursive decoder, `model_` also reads the
    token before each step: its class in `target_vocabulary_` plus 1, and 0 before the first step. `decoder_model_`
    reads one such token and what `encoder_model_` returns; it returns probabilities and the next states.

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
    .. [merge] Tanti, Gatt and Camilleri, "Where to put the image in an image caption generator", Natural Language
       Engineering 2018.
    .. [professor] Lamb et al., "Professor Forcing: A New Algorithm for Training Recurrent Networks", NeurIPS 2016.
    .. [scheduled] Bengio, Vinyals, Jaitly and Shazeer, "Scheduled Sampling for Sequence Prediction with Recurrent
       Neural Networks", NeurIPS 2015, section 2.4.
    .. [smoothing] Szegedy et al., "Rethinking the Inception Architecture for Computer Vision", CVPR 2016, section 7.
    .. [gnmt] Wu et al., "Google's Neural Machine Translation System", arXiv:1609.08144, 2016, equation 14.
    .. [nucleus] Holtzman et al., "The Curious Case of Neural Text Degeneration", ICLR 2020, section 3.1.
    .. [minp] Nguyen et al., "Turning Up the Heat: Min-p Sampling for Creative and Coherent LLM Outputs", ICLR 2025,
       arXiv:2407.01082, section 3.

    Examples
    --------
    >>> import numpy as np
    >>> from skseq import Seq2SeqTransducer
    >>> rng = np.random.RandomState(0)
    >>> X = ["".join(rng.choice(list("ab"), rng.randint(1, 4))) for _ in range(60)]
    >>> y = [text.replace("b", "bc") for text in X]
    >>> model = Seq2SeqTransducer(units=16, analyzer="char", target_analyzer="char", epochs=80, random_state=0)
    >>> model.fit(X, y).predict(["ab", "bba"])
    array(['abc', 'bcbca'], dtype=object)
    """

    target_vocabulary_: dict[Any, int]
    n_timesteps_out_: int

    _parameter_constraints = {
        **EncoderDecoderEstimator._parameter_constraints,
        "target_analyzer": [StrOptions({"char", "word"}), callable, None],
        "target_vocabulary": ["array-like", None],
        "target_join": [str, callable, None],
        "length_penalty": [Interval(Real, 0, MOST_LENGTH_PENALTY, closed="both")],
        "min_length": [Interval(Integral, 0, None, closed="left")],
        "max_length": [Interval(Integral, 1, None, closed="left"), tuple, list, None],
    }

    def __init__(
        self,
        units: int = 64,
        *,
        attention: Literal["bahdanau", "dot", "general", "concat", "location", "local-m", "local-p"] | bool = "dot",
        attention_window: int = 10,
        input_feeding: bool = False,
        decoder: Literal["recursive", "direct", "merge"] = "recursive",
        code: Literal["auto", "state", "repeated", "both"] = "auto",
        reverse_source: bool = False,
        training: Literal["teacher_forcing", "professor_forcing", "professor_forcing_both"] = "teacher_forcing",
        scheduled_sampling: Literal["linear", "exponential", "inverse_sigmoid"] | None = None,
        schedule_k: float | None = None,
        schedule_c: float | None = None,
        schedule_floor: float = 0.0,
        label_smoothing: float = 0.0,
        source_type: Literal["auto", "numeric", "tokens"] = "auto",
        analyzer: Literal["char", "word"] | Callable[..., Any] | None = None,
        embedding_dim: int | None = None,
        vocabulary: ArrayLike | None = None,
        handle_unknown: Literal["error", "use_unknown"] = "error",
        min_frequency: int = 1,
        max_vocabulary: int | None = None,
        scale_inputs: bool = True,
        target_analyzer: Literal["char", "word"] | Callable[..., Any] | None = None,
        target_vocabulary: ArrayLike | None = None,
        target_join: str | Callable[..., Any] | None = None,
        search: Literal["greedy", "beam", "sampling"] = "greedy",
        beam_width: int = 5,
        length_penalty: float = 0.0,
        coverage_penalty: float = 0.0,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        min_p: float | None = None,
        min_length: int = 0,
        max_length: int | tuple[float, int] | None = None,
        no_repeat_ngram: int | None = None,
        allowed_outputs: Sequence[Any] | Callable[[list[Any]], Any] | None = None,
        forced_prefix: Sequence[Any] | str | None = None,
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
        self.attention = attention
        self.attention_window = attention_window
        self.input_feeding = input_feeding
        self.decoder = decoder
        self.code = code
        self.reverse_source = reverse_source
        self.training = training
        self.scheduled_sampling = scheduled_sampling
        self.schedule_k = schedule_k
        self.schedule_c = schedule_c
        self.schedule_floor = schedule_floor
        self.label_smoothing = label_smoothing
        self.source_type = source_type
        self.analyzer = analyzer
        self.embedding_dim = embedding_dim
        self.vocabulary = vocabulary
        self.handle_unknown = handle_unknown
        self.min_frequency = min_frequency
        self.max_vocabulary = max_vocabulary
        self.scale_inputs = scale_inputs
        self.target_analyzer = target_analyzer
        self.target_vocabulary = target_vocabulary
        self.target_join = target_join
        self.search = search
        self.beam_width = beam_width
        self.length_penalty = length_penalty
        self.coverage_penalty = coverage_penalty
        self.temperature = temperature
        self.top_k = top_k
        self.top_p = top_p
        self.min_p = min_p
        self.min_length = min_length
        self.max_length = max_length
        self.no_repeat_ngram = no_repeat_ngram
        self.allowed_outputs = allowed_outputs
        self.forced_prefix = forced_prefix
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
        """Learn to write targets from sources.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sources. 2-D numbers hold one univariate sequence per row; 3-D numbers and 2-D tokens (integers or strings)
            are read as well. A list holds (t,) or (t, n_features) arrays or token lists of any lengths, or strings if
            there is an `analyzer`.
        y : list, array-like of shape (n_samples,) or (n_samples, n_timesteps_out)
            Targets: token lists of any lengths, in a list, a Series or an object array; 2-D tokens, one target per row;
            or strings if there is a `target_analyzer`. Tokens may be any hashable values. One number per sample is a
            target of one token, and then every output has one token. Empty targets are outputs that end at once.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples in the loss.
        groups : array-like of shape (n_samples,), default=None
            The group of each sample, such as a person or a machine. What the fit holds out by itself, in a trial or to
            stop early, are whole groups then.
        X_val, y_val : array-like of the kind of X and y, default=None
            Data to compute validation loss and metrics on.
        sample_weight_val : array-like of shape (n_samples_val,), default=None
            Weights of the validation samples.

        Returns
        -------
        self : object
            The fitted transducer.

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
            Sources of the kind in fit. Tokens must be in the parameter `vocabulary`, or in X of the first call.
        y : list, array-like of shape (n_samples,) or (n_samples, n_timesteps_out)
            Targets, of any lengths. Tokens must be in the parameter `target_vocabulary`, or in y of the first call.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples in the loss.

        Returns
        -------
        self : object
            The fitted transducer.
        """
        return self._fit(X, y, sample_weight, incremental=True)

    def _check_parameters(self):
        super()._check_parameters()
        if self.target_join is not None and self.target_analyzer is None:
            raise ValueError(
                f"target_join={self.target_join!r} makes text of tokens, but target_analyzer=None says that y holds no "
                "text: set a target_analyzer, or target_join=None."
            )
        check_max_length(self.max_length)

    def _read(self, X, y, sample_weight, known, *, suffix="", **given):
        learnt, examples = super()._read(X, y, sample_weight, known, suffix=suffix, **given)
        if known.targets is None and learnt.source.reads_tokens:
            ids, classes = examples.sequences.values, examples.targets["target"]
            copies = outputs_copy(ids, classes, learnt.source.vocabulary, learnt.targets.vocabulary)
            learnt = replace(learnt, targets=replace(learnt.targets, copies=copies))
        return learnt, examples

    def _read_targets(self, y, sequences, targets, argument):
        if targets is None:
            lists = read_token_lists(y, analyzer=self.target_analyzer, argument=argument)
            if self.target_vocabulary is None:
                warn_if_measured_targets(lists, argument)
                warn_if_nearly_all_distinct(lists, argument, self.target_analyzer)
            between = between_targets(y, lists, self.target_analyzer)
            if lists.form == "text":
                self._warn_of_texts(plain(y, argument), lists, argument, between)
            elif lists.form == "token lists":
                rows = f"numpy.asarray({argument})" if hasattr(y, "columns") else argument
                if not warn_if_padded_targets(lists, argument, rows):
                    warn_if_signs(lists, argument, rows)
            same = len(lists) == len(sequences)  # else an error follows
            line = line_of_lengths(sequences.real_lengths, lists.lengths) if same else None
            more = {"analyzer": self.target_analyzer, "join": self.target_join, "of": type(self).__name__, "line": line}
            targets = TokenTargets.learn(lists, self.target_vocabulary, between=between, **more)
        else:
            lists = targets.check(y, argument)
            targets = targets.seen(lists)  # longer outputs may have come
        return targets, targets.encode(lists, argument)

    def _warn_of_texts(self, y, lists, argument, between):
        """Warn of texts (n,) that are hard to write, or are not written as they are."""
        analyzer = self.target_analyzer
        if warn_if_lists_are_split(y, analyzer, argument, "target_analyzer"):
            return
        if callable(analyzer):
            texts, samples = some_texts(y, lists.tokens, lists.lengths)
            if warn_if_of_groups(texts, samples, argument, "target_analyzer"):
                return
            if not callable(self.target_join):
                self._warn_if_letters_are_lost(texts, samples, argument, between)
        # not y, which the analyzer may mend
        written = [joined(own, analyzer=analyzer, join=None, between=between) for own in lists]
        warn_if_forms_mix(written, argument)
        warn_if_ends_in_space(written, argument)
        warn_if_texts_have_signs(written, argument)
        if analyzer != "char" and self.target_join is None:
            warn_if_spaces_are_new(y, lists, argument, analyzer, between)

    def _warn_if_letters_are_lost(self, texts, samples, argument, between):
        between = between if self.target_join is None else self.target_join
        warn_if_letters_are_lost(
            texts,
            samples,
            argument,
            parameter="target_analyzer",
            join_parameter="target_join",
            between=between,
            then="Outputs will be so, too, and score, which compares tokens, counts them as right.",
        )

    def _class_weights(self, targets, rows, incremental):
        return np.ones(targets.size)  # the network weighs its classes, though none counts more here

    @property
    def _targets(self):
        return replace(super()._targets, join=self.target_join)  # which is read at predict

    @property
    def _written_tokens(self):
        return self._targets.vocabulary if self._targets.copies else ()

    def _find(self, source, search):
        targets, lengths = self._targets, source.real_lengths
        limits = targets.limits(lengths, self.max_length)
        farther = self._spec.attention == "bahdanau" and self._spec.recurrent_dropout  # as they were in fit
        warn_if_outputs_are_longer(targets.line, lengths, targets.n_timesteps - 1, limits, farther=farther)
        if self.max_length is None and search.is_closed and targets.end is not None:
            warn_if_listed_in_vain(search.listed, targets.n_timesteps - 1)
        return super()._find(source, search)

    def _keep_learnt(self, learnt):
        super()._keep_learnt(learnt)
        self.target_vocabulary_ = dict(learnt.targets.vocabulary)
        self.n_timesteps_out_ = learnt.targets.n_timesteps

    def predict(self, X: SequencesLike) -> Array:
        """Predict the best output that the search finds for every source: see `search` and the parameters after it.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sources of the kind in fit; lists and 3-D X may have other lengths.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            An object array of token lists, or of strings if there is a `target_analyzer`. If y in fit was (n_samples,)
            numbers, an array of one token per sample, in the type of y.
        """
        return self._best_outputs(self._as_network_reads(X))

    def score(self, X: SequencesLike, y: SequencesLike, sample_weight: ArrayLike | None = None) -> float:
        """Sequence accuracy: the share of samples whose whole output is right, token by token.

        `score` and scorers compare tokens; ``metrics.sequence_accuracy_score(y, predict(X))`` compares texts, which may
        have other spaces than y.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sources of the kind in fit.
        y : list, array-like of shape (n_samples,) or (n_samples, n_timesteps_out)
            True targets, in the form of y in fit. Tokens that fit did not see always count as wrong, and
            many such targets are warned of.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples.

        Returns
        -------
        score : float
            Between 0 and 1.
        """
        source = self._as_network_reads(X)
        lists = self._targets.check(y, "y")
        check_same_samples(len(source), len(lists), "X", "y")
        warn_if_never_right(lists, self._targets.vocabulary)
        ids, lengths, _ = self._best(source)  # (n, t) and (n,)
        right = self._targets.right(lists, ids, lengths)  # (n,)
        return float(np.average(right, weights=check_weights(sample_weight, len(right))))
