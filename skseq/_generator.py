"""SequenceGenerator: what comes next, and new sequences."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from numbers import Integral
from os import PathLike
from typing import Any, Literal, Self

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skseq._arguments import as_random_state, brief, is_count
from skseq._base.decoders.generation import GenerationMixin, check_no_choice
from skseq._base.decoders.generator import BaseGenerator
from skseq._base.diagnosis.fit_checks import Diagnosis
from skseq._data.checks import check_weights
from skseq._files import public
from skseq._sklearn import _fit_context, available_if, wants
from skseq._typing import Array, ArrayLike, RandomState, SequencesLike

USUAL_TOKENS = 10  # that come next, where nobody says how many: as many as metrics of recommendations count
_TOKENS = "X to be read as tokens, not as numbers: source_type='tokens', or strings or integers, one per timestep"


def _reads_tokens(estimator):
    """Only tokens have probabilities; numbers have densities. Before fit, where parameters say that there are some."""
    if estimator.__sklearn_is_fitted__():
        return estimator._learnt.source.reads_tokens
    return estimator.source_type == "tokens" or estimator.analyzer is not None


@public
class SequenceGenerator(GenerationMixin, BaseGenerator):
    """Recurrent network that learns a distribution of sequences: what comes next, and new sequences.

    A recurrent network reads a sequence from its start. After every step it gives a distribution of what follows: a
    softmax over all tokens or, for numbers, a mixture of normal distributions [graves]_, [bishop]_. So the probability
    of a whole sequence is known, and `sample` draws new sequences step by step. Sequences in lists also have an end,
    which is learnt (see `end`).

    The generator is a density estimator, as `sklearn.neighbors.KernelDensity` is. y is optional, and holds a condition
    on which each sequence depends: a label, such as a genre, or a vector, such as an image to be described [caption]_.
    `score` is the mean log-likelihood of a timestep given y, so cross-validation works as it is.

    X may be one long sequence: text, or a series. It is cut into windows, and the states of the network go on from each
    window to the next (truncated backpropagation through time). Such a model does not learn an end, so `sample` needs a
    `max_length`.

    Parameters
    ----------
    units : int, default=128
        Width of the recurrent layers.

    n_components : int, default=10
        Number of normal distributions in the mixture from which numbers are drawn. It has no effect on tokens.

    covariance : {"diag", "full"}, default="diag"
        "diag": the features of a component are independent. "full": the two continuous features of a step are
        correlated, as the steps of a pen are [graves]_. It needs exactly two of them.

    reg_covar : float, default=1e-6
        Added to the variances of the components, in units of the variance of a feature in fit, so that no density grows
        without bound. Set a larger value to sample clean data, such as pen strokes (0.0025: standard deviations of a
        twentieth). A network that has learnt such data to the last digit goes astray after the first step that is a
        little off.

    binary_features : "auto" or list of int or tuple of int, default="auto"
        Features of numbers that are 0 or 1, such as whether a pen is lifted: each is drawn by its probability rather
        than from the mixture. Of a group of them, such as one-hot columns, exactly one is 1 at every timestep: which
        one is drawn from a softmax, so that samples are one-hot, too. "auto" takes the features that hold nothing else
        in fit, and as groups those side by side of which exactly one is 1 at every timestep; features of other kinds
        may stand between. Features that are 0, or 1, throughout are taken where all hold 0 and 1 alone, and one of them
        both: beside measurements, and in the first call of `partial_fit`, they are measurements, which may move later.
        Later data may break a group, but each step that does counts as one in a million. A list is taken as it is: an
        integer is a feature on its own, and a tuple of them a group, as in ``[2, (3, 4, 5)]``.

    end : bool or "auto", default="auto"
        Whether sequences have an end, which is learnt as if it were one more token. "auto": lists of sequences and text
        have one; arrays, whose sequences all have one length, and one sequence alone, long or short, have none.

    window : int, default=100
        Timesteps of the windows that one long sequence is cut into. Gradients reach back as far as a window does.

    tie_embeddings : bool, default=False
        Whether the output layer multiplies with the embedding of the tokens, so that both are one table [tied]_. It
        needs an `embedding_dim`.

    training : {"teacher_forcing", "professor_forcing", "professor_forcing_both"}, default="teacher_forcing"
        How the network learns. "teacher_forcing": from the true sequence so far alone. With "professor_forcing" it also
        writes a sequence of its own for every one in a batch, and a critic learns to tell its states when it writes
        from those when it is taught. The network learns to make the former look like the latter [professor]_, so that
        long samples stay what training sequences are, unless the critic is right in less than 75 % of all cases. The
        critic learns unless it is right in 99 %. "professor_forcing_both" also makes what is taught look free. It takes
        several times as long. `history_` has the losses of both sides and the accuracy of the critic. Predictions and
        exported models do not have the critic, but `n_weights_` counts it.

    n_sampled_tokens : int or None, default=None
        Number of tokens that an update draws, to compare the next token with these only (sampled softmax [sampled]_,
        [vocabulary]_). None compares with all tokens, which takes most of the time of a fit from some 5,000 tokens on.
        All timesteps of a batch share the draws; a token that is drawn twice counts once. Nine draws in ten are by the
        frequency of tokens in X, and one in ten is uniform. Fewer draws make updates faster, but need more epochs:
        begin with 500 to 2,000. A number of draws that reaches the number of classes (tokens, and the end) means None.

        Only updates draw. Validation losses, scores, probabilities, samples and exported models are over all tokens.
        The training loss in `history_` is that over the drawn tokens, so it is lower than a validation loss, and there
        is no "token_accuracy". It needs ``training="teacher_forcing"``.

    join : str, callable or None, default=None
        How text is made of tokens: what is put between them, or a function from a list of tokens to a string. None puts
        nothing between characters, and a space between words, but not before ``, . ; : ! ? ) ] } %``, nor behind
        ``( [ {``. Between tokens of a function it puts nothing if that restores more of the first 500 texts in fit than
        a space does, else a space. No second space follows a prefix that ends in one. Read when sampling.

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

        All unknown tokens share one probability. If scores are to find odd sequences, leave `min_frequency` at 1: else
        a new token is as likely as all rare ones together.

    min_frequency : int, default=1
        Tokens that occur less often than this in X count as unknown. Values above 1 need
        ``handle_unknown="use_unknown"``.

        Scores of fits compare only where both know the same tokens: the fewer are known, the higher they are.

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

    search : {"sampling", "greedy", "beam"}, default="sampling"
        How `sample` writes tokens. "sampling" draws them. "greedy" takes the most probable one at every step, "beam"
        the most probable sequence that a beam search finds: both give the same for every sample with the same prefix
        and condition. Numbers are always drawn. This and all parameters up to `forced_prefix` are read when sampling.

    beam_width : int, default=5
        Number of unfinished sequences that a beam search keeps at every step. It keeps as many finished ones beside
        them, the best so far. A width of 1 is greedy.

    length_penalty : float, default=0.0
        A beam search ranks sequences by log P / ((5 + n) / 6) ** length_penalty, where n counts the tokens and the end:
        higher values favour longer ones [gnmt]_.

    temperature : float, default=1.0
        Log-probabilities are divided by it before a draw: below 1 sharpens, above 1 flattens. Of numbers, it also
        multiplies the variances of the components [sketch]_.

    top_k : int or None, default=None
        Draw only from this many of the most probable tokens. None sets no limit.

    top_p : float in (0, 1] or None, default=None
        Draw only from the most probable tokens that together reach this probability [nucleus]_. None sets no limit.

    min_p : float in (0, 1] or None, default=None
        Draw only from tokens that are at least this many times as probable as the most probable one [minp]_. None sets
        no limit.

    min_length : int, default=0
        Smallest number of timesteps in a sequence, including those of a prefix. Without a prefix, at least one is
        written.

    max_length : int or None, default=None
        Largest number of timesteps in a sequence, including those of a prefix. None: as many as the longest sequence in
        fit; it must be given after a fit on one sequence alone.

    no_repeat_ngram : int or None, default=None
        No sequence of this many tokens is written twice, nor again if the prefix holds it. None allows repeats.

    allowed_outputs : list, callable or None, default=None
        What may be written after a prefix. A list holds all allowed continuations, in the form of X or as token lists;
        those of an impossible length are left out. A function gets the list of tokens written so far, without those of
        the prefix, and returns those that may come next, with None among them where the sequence may end. None allows
        everything.

    forced_prefix : list, str or None, default=None
        Tokens that all that is written begins with, after the `prefix` of a sample.

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

    activation : {"tanh", "relu"}, default="tanh"
        Activation of the candidate and of the output in the recurrent layers. With "relu" the states are not bounded.

    dropout : float in [0, 1), default=0.0
        Share of the inputs of a recurrent layer that is dropped in training. The same inputs are dropped at every
        timestep [dropout]_.

    recurrent_dropout : float in [0, 1), default=0.5
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
        pass from chunk to chunk, gradients do not. Chunks are counted from the first step; of one long sequence, each
        window is cut so. A small number bounds how far a gradient can grow, and how far back a dependency can be
        learnt. None cuts nowhere.

        Cutting is not needed to save memory. From 1,000 timesteps on, layers that would keep more than half a gigabyte
        keep only their states, and compute the rest again for the gradient. The gradient stays exact, and an update
        takes 1.1 to 1.6 times as long [recompute]_.

    epochs : int or "auto", default="auto"
        Largest number of passes over the training data. "auto" takes as many as give 1,000 updates, but at least 15 and
        at most 80, because few tokens are soon learnt by heart. For one long text it takes as many as give 2,000
        updates, from 10 to 100. For numbers it takes as many as give 2,000 updates, from 10 to 200.

        With 100 sequences of tokens or more, "auto" first makes a trial. The trial holds out a share of
        `validation_fraction`, and takes up to two thirds of the epochs. If the held-out loss was least
        `n_iter_no_change` epochs before the end, or more, and has risen since by a hundredth of the loss of a constant
        answer, the fit on all sequences has only twice as many epochs as the trial had at its least loss. The logger
        "skseq" shows the verdict at level INFO. There is no trial with `early_stopping` True or False, `X_val`,
        `callbacks` or `n_sampled_tokens`, nor in a fit that goes on from another one.

    batch_size : int or "auto", default="auto"
        Number of sequences per update. "auto" is 32. Few long sequences of tokens would then have fewer updates than
        `epochs` aims at. For these "auto" is 16, 8, 4 or less, as long as an update still has 512 tokens.

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
    classes_ : ndarray of shape (n_classes,)
        Tokens in the order of the columns of `predict_proba`; the last one is None if sequences have an end. Of tokens
        only.

    condition_type_ : {"labels", "vectors"} or None
        What y was in fit. "labels" if there was one label for each sequence (integers, strings or truth values),
        "vectors" if there were numbers with fractions, or several for each sequence.

    condition_classes_ : ndarray of shape (n_labels,)
        The labels of y, if it had labels.

    max_length_ : int
        Timesteps of the longest sequence in fit.

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
        The network from a source, token ids (n_samples, n_timesteps) or numbers in the units of X, to what follows its
        start and each of its timesteps; if there was a y, from [source, y], where labels are indices into
        `condition_classes_`. Of tokens it writes probabilities (n_samples, n_timesteps + 1, n_classes), that of id 1
        first and that of the end last. Of numbers it writes a list: weights, means and deviations of the components in
        the units of X; where there are any, their correlations, the probabilities of binary features being 1, and that
        of the end. It has stock Keras layers with the fitted weights, so it can be saved and loaded without skseq. It
        is built anew at every access.

    encoder_model_ : keras.Model
        Reads what `model_` reads, and writes what follows the whole source, then the states of the layers. A source may
        have no timesteps.

    decoder_model_ : keras.Model
        Reads one more timestep, y if there was one, and the states; writes what `encoder_model_` writes.

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
    .. [graves] Graves, "Generating Sequences With Recurrent Neural Networks", arXiv:1308.0850, 2013.
    .. [bishop] Bishop, "Mixture Density Networks", NCRG/94/004, Aston University, 1994.
    .. [caption] Vinyals, Toshev, Bengio and Erhan, "Show and Tell: A Neural Image Caption Generator", CVPR 2015.
    .. [tied] Press and Wolf, "Using the Output Embedding to Improve Language Models", EACL 2017.
    .. [sampled] Bengio and Senécal, "Adaptive Importance Sampling to Accelerate Training of a Neural Probabilistic
       Language Model", IEEE Transactions on Neural Networks 2008.
    .. [vocabulary] Jean, Cho, Memisevic and Bengio, "On Using Very Large Target Vocabulary for Neural Machine
       Translation", ACL 2015, section 3.
    .. [sketch] Ha and Eck, "A Neural Representation of Sketch Drawings", ICLR 2018, section 3.3.
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
    .. [professor] Lamb et al., "Professor Forcing: A New Algorithm for Training Recurrent Networks", NeurIPS 2016.
    .. [gnmt] Wu et al., "Google's Neural Machine Translation System", arXiv:1609.08144, 2016, equation 14.
    .. [nucleus] Holtzman et al., "The Curious Case of Neural Text Degeneration", ICLR 2020, section 3.1.
    .. [minp] Nguyen et al., "Turning Up the Heat: Min-p Sampling for Creative and Coherent LLM Outputs", ICLR 2025,
       arXiv:2407.01082, section 3.

    Examples
    --------
    >>> from skseq import SequenceGenerator
    >>> words = ["banana", "bandana", "canal", "cabana", "panama", "manana"] * 5
    >>> model = SequenceGenerator(units=16, analyzer="char", learning_rate=0.03, epochs=200, random_state=0).fit(words)
    >>> model.sample(prefix="pa", temperature=0.2, random_state=0)
    ['panama']
    >>> model.predict(["pan", "banana"])  # None: the end
    array(['a', None], dtype=object)
    >>> tokens, p = model.predict_topk(["pan"], k=2)
    >>> tokens.shape
    (1, 2)
    >>> bool(model.perplexity(["banana"]) < model.perplexity(["nabana"]))
    True

    With a label for each sequence:

    >>> X, y = ["abab", "ababab", "cdcd", "cdcdcd"] * 5, ["ab", "ab", "cd", "cd"] * 5
    >>> model = SequenceGenerator(units=16, analyzer="char", learning_rate=0.03, epochs=100, random_state=0).fit(X, y)
    >>> [text[:4] for text in model.sample(y=["cd", "ab"], temperature=0.2, random_state=0)]
    ['cdcd', 'abab']

    Numbers, and the next one of a beginning:

    >>> import numpy as np
    >>> waves = np.sin(np.arange(20) / 2 + np.arange(40)[:, None])
    >>> model = SequenceGenerator(units=8, n_components=2, epochs=5, random_state=0).fit(waves)
    >>> model.sample(3, prefix=waves[0, :5]).shape
    (3, 20)
    >>> model.predict(waves).shape
    (40,)
    """

    classes_: Array
    condition_type_: Literal["labels", "vectors"] | None
    condition_classes_: Array
    max_length_: int

    def __init__(
        self,
        units: int = 128,
        *,
        n_components: int = 10,
        covariance: Literal["diag", "full"] = "diag",
        reg_covar: float = 1e-6,
        binary_features: Literal["auto"] | Sequence[int | Sequence[int]] = "auto",
        end: bool | Literal["auto"] = "auto",
        window: int = 100,
        tie_embeddings: bool = False,
        training: Literal["teacher_forcing", "professor_forcing", "professor_forcing_both"] = "teacher_forcing",
        n_sampled_tokens: int | None = None,
        join: str | Callable[..., Any] | None = None,
        source_type: Literal["auto", "numeric", "tokens"] = "auto",
        analyzer: Literal["char", "word"] | Callable[..., Any] | None = None,
        embedding_dim: int | None = None,
        vocabulary: ArrayLike | None = None,
        handle_unknown: Literal["error", "use_unknown"] = "error",
        min_frequency: int = 1,
        max_vocabulary: int | None = None,
        scale_inputs: bool = True,
        search: Literal["sampling", "greedy", "beam"] = "sampling",
        beam_width: int = 5,
        length_penalty: float = 0.0,
        temperature: float = 1.0,
        top_k: int | None = None,
        top_p: float | None = None,
        min_p: float | None = None,
        min_length: int = 0,
        max_length: int | None = None,
        no_repeat_ngram: int | None = None,
        allowed_outputs: Sequence[Any] | Callable[[list[Any]], Any] | None = None,
        forced_prefix: Sequence[Any] | str | None = None,
        encoder: Any = None,
        freeze: bool = False,
        cell: Literal["auto", "lstm", "gru", "cho-gru"] = "auto",
        n_layers: int = 1,
        activation: Literal["tanh", "relu"] = "tanh",
        dropout: float = 0.0,
        recurrent_dropout: float = 0.5,
        optimizer: str | dict[str, Any] = "adam",
        learning_rate: float | None = 0.005,
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
        self.n_components = n_components
        self.covariance = covariance
        self.reg_covar = reg_covar
        self.binary_features = binary_features
        self.end = end
        self.window = window
        self.tie_embeddings = tie_embeddings
        self.training = training
        self.n_sampled_tokens = n_sampled_tokens
        self.join = join
        self.source_type = source_type
        self.analyzer = analyzer
        self.embedding_dim = embedding_dim
        self.vocabulary = vocabulary
        self.handle_unknown = handle_unknown
        self.min_frequency = min_frequency
        self.max_vocabulary = max_vocabulary
        self.scale_inputs = scale_inputs
        self.search = search
        self.beam_width = beam_width
        self.length_penalty = length_penalty
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

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = False  # y is what sequences depend on, if they do
        tags.target_tags.multi_output = False
        return tags

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(
        self,
        X: SequencesLike,
        y: SequencesLike | None = None,
        sample_weight: ArrayLike | None = None,
        *,
        groups: ArrayLike | None = None,
        X_val: SequencesLike | None = None,
        y_val: SequencesLike | None = None,
        sample_weight_val: ArrayLike | None = None,
    ) -> Self:
        """Learn the distribution of sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences: lists of tokens, strings if there is an `analyzer`, 2-D tokens or numbers, 3-D numbers, or lists
            of (t,) or (t, n_features) arrays whose lengths differ. One sequence longer than `window` is read as one
            long text or series.
        y : array-like of shape (n_samples,) or (n_samples, n_numbers), default=None
            What each sequence depends on: labels, or vectors of numbers. One number with a fraction is a vector.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the sequences in the loss; each of its timesteps has the weight of the sequence.
        groups : array-like of shape (n_samples,), default=None
            The group of each sequence, such as a person with several sessions. What the fit holds out by itself, in a
            trial or to stop early, are whole groups then. One long sequence has none.
        X_val, y_val : array-like of the kind of X and y, default=None
            Data to compute the validation loss on. If X is one long sequence, X_val must be one, too.
        sample_weight_val : array-like of shape (n_samples_val,), default=None
            Weights of the validation sequences.

        Returns
        -------
        self : object
            The fitted generator.

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
        self, X: SequencesLike, y: SequencesLike | None = None, sample_weight: ArrayLike | None = None
    ) -> Self:
        """One epoch over X, going on from the current weights and the state of the optimizer.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences. Tokens must be in the parameter `vocabulary`, or in X of the first call. After one
            long sequence, pass one sequence in each call.
        y : array-like of shape (n_samples,) or (n_samples, n_numbers), default=None
            What each sequence depends on. Labels must be in y of the first call.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the sequences in the loss.

        Returns
        -------
        self : object
            The fitted generator.
        """
        return self._fit(X, y, sample_weight, incremental=True, in_stream=True)

    # --- what comes next ----------------------------------------------------------------------------------------------

    def predict(self, X: SequencesLike, y: SequencesLike | None = None) -> Array:
        """What is most likely to come next: the most probable token, or the mean of the next numbers.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Beginnings of sequences, of the kind in fit: lists of any lengths, 2-D arrays with the columns of fit.
            After an empty one, ``[]`` or ``""``, the first timestep comes next.
        y : array-like of shape (n_samples,) or (n_samples, n_numbers), default=None
            What each sequence depends on, as in fit. Without it, labels are averaged over, each by its probability
            given the beginning; vectors must be given.

        Returns
        -------
        following : ndarray of shape (n_samples,) or (n_samples, n_features)
            Tokens, None where the sequence most probably ends; or numbers in the units of X.
        """
        source = self._read_beginnings(X)
        if self._learnt.source.reads_tokens:
            log_probs = self._next_log_probs(source, y)
            return self._targets.next_tokens(np.argmax(log_probs, axis=1) + self._learnt.source.has_unknown)
        means = self._learnt.source.scale.undo(self._next("mean", source, y)[:, :-1])
        return means[:, 0] if self._learnt.source.univariate else means

    @available_if(wants(_reads_tokens, _TOKENS))
    def predict_proba(self, X: SequencesLike, y: SequencesLike | None = None) -> Array:
        """Probability of every token to come next.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps), or list
            Beginnings of sequences, of the kind in fit: lists of any lengths, 2-D arrays with the columns of fit.
            After an empty one, ``[]`` or ``""``, the first timestep comes next.
        y : array-like of shape (n_samples,) or (n_samples, n_numbers), default=None
            What each sequence depends on, as in `predict`.

        Returns
        -------
        p : ndarray of shape (n_samples, n_classes)
            In the order of `classes_`. Where tokens may be unknown, given that the next one is not.
        """
        return np.exp(self._next_log_probs(self._read_beginnings(X), y))

    @available_if(wants(_reads_tokens, _TOKENS))
    def predict_topk(
        self, X: SequencesLike, k: int | None = None, y: SequencesLike | None = None, *, exclude_seen: bool = False
    ) -> tuple[Array, Array]:
        """The k tokens that are most likely to come next: recommendations.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps), or list
            Beginnings of sequences, of the kind in fit: lists of any lengths, 2-D arrays with the columns of fit.
            After an empty one, ``[]`` or ``""``, the first timestep comes next.
        k : int, default=None
            How many tokens to give, at most as many as there are. None: 10, as many as
            the metrics of next items count, or all if there are fewer.
        y : array-like of shape (n_samples,) or (n_samples, n_numbers), default=None
            What each sequence depends on, as in `predict`.
        exclude_seen : bool, default=False
            Whether to leave out what the beginning already holds. If fewer than k tokens are left, they come last, with
            probability 0.

        Returns
        -------
        tokens : ndarray of shape (n_samples, k)
            Best first. The end is none of them.
        p : ndarray of shape (n_samples, k)
            Their probabilities.
        """
        source, targets, form = self._read_beginnings(X), self._targets, self._learnt.source
        k = min(USUAL_TOKENS, len(form.vocabulary)) if k is None else k
        if not isinstance(k, Integral) or not 1 <= k <= len(form.vocabulary):
            raise ValueError(f"k must be an integer from 1 to {len(form.vocabulary)}, the number of tokens. Got {k!r}.")
        p = np.exp(self._next_log_probs(source, y))[:, : len(form.vocabulary)]
        if exclude_seen:
            seen = np.where(source.mask, np.asarray(source.values) - 1 - form.has_unknown, -1)  # (n, t)
            for row, own in enumerate(seen):
                p[row, own[own >= 0]] = 0
        best = np.argsort(-p, axis=1, kind="stable")[:, : int(k)]
        return targets.next_tokens(best + form.has_unknown), np.take_along_axis(p, best, axis=1)

    @available_if(wants(_reads_tokens, _TOKENS))
    def predict_nbest(
        self, X: SequencesLike, n: int, y: SequencesLike | None = None, *, max_length: int | None = None
    ) -> tuple[Array, Array]:
        """Find completions: the n best sequences with given beginnings that a beam search finds.

        The beam has a width of `beam_width`, or n if that is more; a larger one may find better sequences. Finished
        sequences have places of their own, beside those that go on. Whatever `search` is, there are no draws.
        Constraints hold as in `sample`: `allowed_outputs` and `forced_prefix` are of what follows the beginning, not of
        whole sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps), or list
            Beginnings of sequences, as `sample` takes a list of prefixes. After an empty one, ``[]`` or ``""``, all
            of a sequence is found.
        n : int
            How many sequences to find for each beginning.
        y : array-like of shape (n_samples,) or (n_samples, n_numbers), default=None
            What each sequence depends on. It must be given if there was a y in fit.
        max_length : int, default=None
            Most timesteps of a sequence, the beginning included. None takes the parameter.

        Returns
        -------
        sequences : ndarray of object of shape (n_samples, n)
            Best first, with `length_penalty` by the penalised score; each begins with the tokens of its beginning, and
            is in the form of a sample of X in fit. None where fewer than n were found.
        log_probs : ndarray of shape (n_samples, n)
            Natural logarithm of P(what follows | beginning), the end included where there is one; -inf of None.
        """
        check_is_fitted(self)
        if not is_count(n):
            raise ValueError(f"n must be an integer of at least 1. Got {brief(n, 80)}.")
        if y is None and self._targets.conditions is not None:
            raise ValueError("Sequences depend on y in fit: pass y, such as [label] * len(X) for one label.")
        own, width = self._search(), max(int(n), int(self.beam_width))
        search = self._asked(search=own.search if own.is_beam else "beam", beam_width=width, max_length=max_length)
        begun, beginnings = self._begun(None, y, X, as_random_state(0), argument="X")
        return self._completed(begun, beginnings, search, self._room(begun, search, "X"), int(n))

    # --- how likely sequences are -------------------------------------------------------------------------------------

    def score_samples(self, X: SequencesLike, y: SequencesLike | None = None) -> Array:
        """Natural logarithm of the probability of sequences, their end included where there is one.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.
        y : array-like of shape (n_samples,) or (n_samples, n_numbers), default=None
            What each sequence depends on, as in fit. Without it, labels are averaged over, each as often as it was in
            fit; vectors must be given.

        Returns
        -------
        log_probs : ndarray of shape (n_samples,)
            The log P(X | y). Of numbers the density in their units: it grows by log(1 / a) for each continuous feature
            of a timestep if X is multiplied by a. A component of the mixture is never narrower than the square root of
            `reg_covar`, by default a thousandth of the deviation of a feature, so that no density grows without bound.
        """
        return self._log_probs(self._as_network_reads(X), y)

    def score_timesteps(self, X: SequencesLike, y: SequencesLike | None = None) -> list[Array]:
        """Natural logarithm of the probability of every timestep given those before it.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.
        y : array-like of shape (n_samples,) or (n_samples, n_numbers), default=None
            What each sequence depends on; it must be given if it was in fit.

        Returns
        -------
        log_probs : list of ndarray of shape (n_timesteps,) or (n_timesteps + 1,)
            One array for each sequence; the last number is that of the end, if sequences have one. They sum to
            `score_samples`.
        """
        source = self._as_network_reads(X)
        rows, n_labels = self._conditioned(source.rows, y, len(source))
        if n_labels is not None:
            raise ValueError("y is missing: a single timestep has no probability without what its sequence depends on.")
        steps = self._predict("step_log_probs", rows).astype(np.float64)
        found = [row[: n + self._spec.ends] for row, n in zip(steps, source.real_lengths)]
        for row, n in zip(found, source.real_lengths):
            row[:n] -= self._log_units
        return found

    def score(self, X: SequencesLike, y: SequencesLike | None = None, sample_weight: ArrayLike | None = None) -> float:
        """Mean log-likelihood of a timestep, the end counted as one: ``exp(-score)`` is the perplexity.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.
        y : array-like of shape (n_samples,) or (n_samples, n_numbers), default=None
            What each sequence depends on, as in `score_samples`.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the sequences.

        Returns
        -------
        score : float
            Sum of all log-likelihoods over the number of all timesteps; higher is better.
        """
        source = self._as_network_reads(X)
        weight = check_weights(sample_weight, len(source))
        n_steps = source.real_lengths + self._spec.ends
        return float(weight @ self._log_probs(source, y) / (weight @ n_steps))

    def perplexity(
        self, X: SequencesLike, y: SequencesLike | None = None, sample_weight: ArrayLike | None = None
    ) -> float:
        """Between how many equally probable tokens it chooses: exp of the negative mean log-likelihood of a timestep.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.
        y : array-like of shape (n_samples,) or (n_samples, n_numbers), default=None
            What each sequence depends on, as in `score_samples`.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the sequences.

        Returns
        -------
        perplexity : float
            At least 1 for tokens. ``log2`` of it are bits per token.
        """
        return float(np.exp(-self.score(X, y, sample_weight)))

    # --- what went wrong ----------------------------------------------------------------------------------------------

    def diagnose(self, X: SequencesLike | None = None, y: SequencesLike | None = None) -> Diagnosis:
        """Print a table of what the last fit shows of itself: all that it warns of, with figures and limits.

        Parameters
        ----------
        X : array-like of the kind in fit, default=None
            Sequences to look at, training data or others: what is predicted for them, how many of their tokens are
            unknown, and which units of a relu network are 0 for the first 128 of them. None shows what is known from
            fit, and computes nothing.
        y : array-like of shape (n_samples,) or (n_samples, n_numbers), default=None
            What each sequence of X depends on, as in `predict`.

        Returns
        -------
        diagnosis : tuple
            One entry for every check, with ``name``, ``measured``, ``value``, ``limit``, ``found`` and ``message``.
            The list ``diagnosis.found`` has those that warn. ``str(diagnosis)`` is the table.

        Raises
        ------
        ValueError
            If y comes without X, or is not as in fit.

        Examples
        --------
        >>> from skseq import SequenceGenerator
        >>> X, y = ["abab", "cdcd"] * 10, [[0.5], [1.5]] * 10
        >>> model = SequenceGenerator(units=4, analyzer="char", epochs=2, random_state=0).fit(X, y)
        >>> diagnosis = model.diagnose(X, y)  # doctest: +ELLIPSIS
        check                   what is measured ...
        """
        if X is None and y is not None:
            raise ValueError("y tells of sequences X: pass X, too, or neither.")
        return self._diagnosed(X, y=y)

    # --- new sequences ------------------------------------------------------------------------------------------------

    def sample(
        self,
        n_samples: int | None = None,
        *,
        y: SequencesLike | None = None,
        prefix: SequencesLike | None = None,
        max_length: int | None = None,
        random_state: RandomState = None,
        temperature: float | int | None = None,
        top_k: float | int | None = None,
        top_p: float | int | None = None,
        min_p: float | int | None = None,
    ) -> Array | Any:
        """Write new sequences.

        Parameters
        ----------
        n_samples : int, default=None
            How many. None: as many as y or prefix has, else 1.
        y : array-like of shape (n_samples,) or (n_samples, n_numbers), or one of them, default=None
            What each sequence is to depend on; one alone is for all. Without it, labels are drawn as often as they were
            in fit, or after a prefix by its probability given that; vectors must be given.
        prefix : list of beginnings, or one of them, default=None
            What sequences begin with, in the form of X: it is kept as it is. One alone (a string, a list of tokens, an
            array of one sequence) is for all. An empty one ("" of text) is no beginning. All of it is read, also where
            it is longer than `window`.
        max_length : int, default=None
            Most timesteps of a sequence, the prefix included. None takes the parameter.
        random_state : int, RandomState instance or None, default=None
            Decides what is drawn; None takes the parameter. What is drawn for a row depends on this and on the place of
            the row alone: more samples, other neighbours or a larger `max_length` do not change it.
        temperature, top_k, top_p, min_p : float, int, float, float, default=None
            As the parameters of these names, which None takes.

        Returns
        -------
        samples : list, or ndarray of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features)
            In the form of X in fit: a list of strings, of token lists or of arrays; an array if X was one and all
            samples have one length.
        """
        check_is_fitted(self)
        rng = as_random_state(self.random_state if random_state is None else random_state)
        chosen = {"temperature": temperature, "top_k": top_k, "top_p": top_p, "min_p": min_p}
        search = self._asked(max_length=max_length, random_state=rng, **chosen)
        begun, prefixes = self._begun(n_samples, y, prefix, rng)
        room = self._room(begun, search)
        if self._learnt.source.reads_tokens:
            return self._sample_tokens(begun, prefixes, search, room)
        check_no_choice(search)
        return self._sample_numbers(begun, prefixes, search, room)
