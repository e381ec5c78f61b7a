"""Seq2SeqTransducer: sequences of any length to token sequences or text of any length."""

from dataclasses import replace
from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_consistent_length

from skseq._base.encoder_decoder import EncoderDecoderEstimator
from skseq._base.estimator import as_validation
from skseq._data.token_targets import TokenTargets, check_max_length, read_token_lists
from skseq._docs import with_shared_docs
from skseq._sklearn import Interval, StrOptions, _fit_context

__all__ = ["Seq2SeqTransducer"]


@with_shared_docs
class Seq2SeqTransducer(EncoderDecoderEstimator):
    """Encoder-decoder network from sequences of any length to token sequences or text of any length.

    An encoder reads the source; a decoder writes one token a step through a softmax, until it writes the end of the
    output, which is learnt with every target. The recursive decoder is fed its previous token: the true one in training
    (teacher forcing), its own at predict, where a search finds the output.

    It is no classifier to scikit-learn: an integer ``cv`` means `KFold`.

    Parameters
    ----------
    units : int, default=64
        Width of the recurrent layers.

    <decoder parameters>

    <source parameters>

    target_analyzer : {"char", "word"}, callable or None, default=None
        How strings in y are split into tokens: into characters, into words and punctuation marks, or by a function from
        a string to a list of tokens. None if y holds no text.

    target_vocabulary : array-like or None, default=None
        All target tokens. None learns them from y. Give them to `partial_fit`, which must know them at its first call,
        and wherever a fold may hold tokens that others do not.

    target_join : str, callable or None, default=None
        How the tokens of an output become a string, if there is a `target_analyzer`: a string to put between them, or
        a function from a list of tokens to the output (``list`` leaves them as they are). None joins characters by
        nothing, other tokens by one space.

    <search parameters>

    length_penalty : float, default=0.0
        alpha of a beam search: finished outputs are ordered by log P / ((5 + n) / 6) ** alpha, where n counts the
        tokens and the end [gnmt]_. More favours longer outputs.

    min_length : int, default=0
        Number of tokens before which an output may not end. Read at predict.

    max_length : int, (float, int) or None, default=None
        Number of tokens after which an output ends at the latest. A pair (a, b) means a * source length + b, rounded
        down, and at least 1. None is the length of the longest target seen in training. It is read at predict; longer
        targets can be trained on, but are never predicted in full.

    <encoder parameters>

    <shared parameters>

    Attributes
    ----------
    target_vocabulary_ : dict
        Target token to class of the softmax, from 1 on in sorted order. Class 0 is the end of an output.

    <source attributes>

    n_timesteps_out_ : int
        Number of target timesteps of the longest target seen in training, its end included.

    <shared attributes>

    Notes
    -----
    Outputs hold plain Python values (``int``, ``str``), whatever the type of the arrays in y.

    The exported models read token sources as ids of `vocabulary_`. `model_` of a recursive decoder also reads the
    token before each step, as its class in `target_vocabulary_` plus 1, where 0 stands before the first step;
    `decoder_model_` reads one such token and what `encoder_model_` gives, and gives probabilities and the next states.

    <memory notes>

    References
    ----------
    <decoder references>
    <shared references>

    Examples
    --------
    >>> import numpy as np
    >>> from skseq import Seq2SeqTransducer
    >>> rng = np.random.RandomState(0)
    >>> X = ["".join(rng.choice(list("ab"), rng.randint(1, 4))) for _ in range(60)]
    >>> y = [text.replace("b", "bc") for text in X]
    >>> model = Seq2SeqTransducer(units=16, analyzer="char", target_analyzer="char", epochs=40, random_state=0)
    >>> model.fit(X, y).predict(["ab", "bba"])
    array(['abc', 'bcbca'], dtype=object)
    """

    _parameter_constraints = {
        **EncoderDecoderEstimator._parameter_constraints,
        "target_analyzer": [StrOptions({"char", "word"}), callable, None],
        "target_vocabulary": ["array-like", None],
        "target_join": [str, callable, None],
        "length_penalty": [Interval(Real, 0, None, closed="left")],
        "min_length": [Interval(Integral, 0, None, closed="left")],
        "max_length": [Interval(Integral, 1, None, closed="left"), tuple, list, None],
    }

    def __init__(
        self,
        units=64,
        *,
        attention=True,
        attention_window=10,
        input_feeding=False,
        decoder="recursive",
        code="auto",
        reverse_source=False,
        scheduled_sampling=None,
        schedule_k=None,
        schedule_c=None,
        schedule_floor=0.0,
        label_smoothing=0.0,
        source_type="auto",
        analyzer=None,
        embedding_dim=None,
        vocabulary=None,
        handle_unknown="error",
        min_frequency=1,
        max_vocabulary=None,
        target_analyzer=None,
        target_vocabulary=None,
        target_join=None,
        search="greedy",
        beam_width=5,
        length_penalty=0.0,
        coverage_penalty=0.0,
        temperature=1.0,
        top_k=None,
        top_p=None,
        min_length=0,
        max_length=None,
        no_repeat_ngram=None,
        allowed_outputs=None,
        forced_prefix=None,
        encoder=None,
        freeze=False,
        cell="lstm",
        n_layers=1,
        bidirectional=False,
        activation="tanh",
        dropout=0.0,
        recurrent_dropout=0.0,
        optimizer="adam",
        learning_rate=0.01,
        clipnorm=1.0,
        clipvalue=None,
        l1=0.0,
        l2=0.0,
        bptt_steps=None,
        epochs=50,
        batch_size=32,
        shuffle=True,
        early_stopping="auto",
        validation_fraction=0.1,
        n_iter_no_change=10,
        warm_start=False,
        callbacks=None,
        random_state=None,
        verbose=0,
        dtype="float32",
        jit_compile="auto",
        unroll="auto",
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
        self.label_smoothing = label_smoothing
        self.source_type = source_type
        self.analyzer = analyzer
        self.embedding_dim = embedding_dim
        self.vocabulary = vocabulary
        self.handle_unknown = handle_unknown
        self.min_frequency = min_frequency
        self.max_vocabulary = max_vocabulary
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
        self.warm_start = warm_start
        self.callbacks = callbacks
        self.random_state = random_state
        self.verbose = verbose
        self.dtype = dtype
        self.jit_compile = jit_compile
        self.unroll = unroll

    # --- fit ----------------------------------------------------------------------------------------------------------

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None, *, X_val=None, y_val=None, sample_weight_val=None):
        """Learn to write targets from sources.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sources: 2-D numbers (a univariate sequence a row), 3-D numbers, 2-D tokens (integers or strings), lists of
            (t,) or (t, n_features) arrays or of tokens whose lengths differ, or strings if there is an `analyzer`.
        y : list, array-like of shape (n_samples,) or (n_samples, n_timesteps_out)
            Targets: token lists of any lengths, of any hashable values, in a list, a Series or an object array; rows of
            tokens; strings if there is a `target_analyzer`. One number a sample is a target of one token, and then
            every output has one token. Empty targets are outputs that end at once.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples in the loss.
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
        validation = as_validation(X_val, y_val, sample_weight_val)
        return self._fit(X, y, sample_weight, validation, epochs=int(self.epochs))

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, sample_weight=None):
        """One epoch over X and y, going on from the current weights and the state of the optimizer.

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
        return self._fit(X, y, sample_weight, None, epochs=1, incremental=True)

    def _check_parameters(self):
        super()._check_parameters()
        if self.target_join is not None and self.target_analyzer is None:
            raise ValueError(
                f"target_join={self.target_join!r} makes text of tokens, but target_analyzer=None says that y holds no "
                "text: set a target_analyzer, or target_join=None."
            )
        check_max_length(self.max_length)

    def _checked_targets(self, y, argument):
        return read_token_lists(y, analyzer=self.target_analyzer, argument=argument)

    def _learnt_targets(self, lists, targets, argument):
        if targets is None:
            more = {"analyzer": self.target_analyzer, "join": self.target_join, "of": type(self).__name__}
            return TokenTargets.learn(lists, self.target_vocabulary, **more)
        targets.check_form(lists, argument)
        return targets.seen(lists)

    @property
    def _targets(self):
        return replace(super()._targets, join=self.target_join)  # which is read at predict

    def _keep_learnt(self, learnt):
        super()._keep_learnt(learnt)
        self.target_vocabulary_ = dict(learnt.targets.vocabulary)
        self.n_timesteps_out_ = learnt.targets.n_timesteps

    # --- predict ------------------------------------------------------------------------------------------------------

    def predict(self, X):
        """The best output of every source that the search finds: see `search` and the parameters after it.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sources of the kind in fit; lists and 3-D X may have other lengths.

        Returns
        -------
        y : ndarray of shape (n_samples,)
            Token lists, or strings if there is a `target_analyzer`, in an object array; one token a sample, of the type
            of y, if y was (n_samples,) numbers in fit.
        """
        return self._targets.decode(*self._best(self._read_fitted(X))[:2])

    # --- score --------------------------------------------------------------------------------------------------------

    def score(self, X, y, sample_weight=None):
        """Sequence accuracy: the share of samples whose whole output is right, token by token.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sources of the kind in fit.
        y : list, array-like of shape (n_samples,) or (n_samples, n_timesteps_out)
            True targets in the form of y in fit. Tokens that fit did not see are never right.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples.

        Returns
        -------
        score : float
            Between 0 and 1.
        """
        source = self._read_fitted(X)
        lists = self._targets.check(y, "y")
        check_consistent_length(source.values, lists)
        ids, lengths, _ = self._best(source)
        return float(np.average(self._targets.right(lists, ids, lengths), weights=sample_weight))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.target_tags.multi_output = True
        return tags
