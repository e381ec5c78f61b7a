"""Seq2SeqClassifier: sequences to labels or fixed-length token sequences."""

import numpy as np
from sklearn.base import ClassifierMixin, MultiOutputMixin

from skseq._base.encoder_decoder import EncoderDecoderEstimator
from skseq._base.estimator import as_validation
from skseq._data.class_targets import ClassTargets, exact_match
from skseq._docs import with_shared_docs
from skseq._sklearn import StrOptions, _fit_context

__all__ = ["Seq2SeqClassifier"]


@with_shared_docs
class Seq2SeqClassifier(ClassifierMixin, MultiOutputMixin, EncoderDecoderEstimator):
    """Encoder-decoder network from sequences to labels or to token sequences of one length.

    An encoder reads the source; a decoder writes one token a step through a softmax. The recursive decoder is fed its
    previous token: the true one in training (teacher forcing), its own at predict, where a search finds the output.
    The direct decoder never sees a token.

    Parameters
    ----------
    units : int, default=64
        Width of the recurrent layers.

    <decoder parameters>

    <source parameters>

    classes_per_position : bool, default=True
        Whether only tokens seen at a position in fit can be predicted there. False allows all tokens everywhere;
        then every entry of `classes_` holds all tokens. Training is the same either way.

    class_weight : dict, "balanced" or None, default=None
        Weights of the target tokens in the loss. "balanced" weighs them inversely to their frequency, all positions
        together.

    <search parameters>

    <encoder parameters>

    <shared parameters>

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,) or list of such arrays
        Labels if y is 1-D; else the tokens that can be predicted at every position.

    target_tokens_ : ndarray
        All target tokens, sorted: the classes of the softmax.

    <source attributes>

    n_timesteps_out_ : int
        Number of target timesteps.

    <shared attributes>

    Notes
    -----
    The exported models read token sources as ids of `vocabulary_`. `model_` of a recursive decoder also reads the
    token before each step, as its index in `target_tokens_` plus 1, where 0 stands before the first step;
    `decoder_model_` reads one such token and what `encoder_model_` gives, and gives probabilities and the next states.

    <memory notes>

    References
    ----------
    <decoder references>
    <shared references>

    Examples
    --------
    >>> from skseq import Seq2SeqClassifier
    >>> from skseq.datasets import make_echo
    >>> X, y = make_echo(200, n_timesteps=4, n_kept=2, cardinality=4, random_state=0)
    >>> model = Seq2SeqClassifier(units=16, attention=True, epochs=30, random_state=0).fit(X, y)
    >>> model.predict([[3, 1, 0, 2]])
    array([[3, 1]])
    """

    _parameter_constraints = {
        **EncoderDecoderEstimator._parameter_constraints,
        "classes_per_position": ["boolean"],
        "class_weight": [dict, StrOptions({"balanced"}), None],
    }

    def __init__(
        self,
        units=64,
        *,
        attention=False,
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
        classes_per_position=True,
        class_weight=None,
        search="greedy",
        beam_width=5,
        coverage_penalty=0.0,
        temperature=1.0,
        top_k=None,
        top_p=None,
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
        self.classes_per_position = classes_per_position
        self.class_weight = class_weight
        self.search = search
        self.beam_width = beam_width
        self.coverage_penalty = coverage_penalty
        self.temperature = temperature
        self.top_k = top_k
        self.top_p = top_p
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
        y : array-like of shape (n_samples,), (n_samples, n_timesteps_out) or (n_samples, n_timesteps_out, n_classes)
            Targets: labels, tokens (integers or strings), or one-hot vectors.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples in the loss.
        X_val, y_val : array-like of the kind of X and y, default=None
            Data to compute validation loss and metrics on.
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
        validation = as_validation(X_val, y_val, sample_weight_val)
        return self._fit(X, y, sample_weight, validation, epochs=int(self.epochs))

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """One epoch over X and y, going on from the current weights and the state of the optimizer.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sources of the kind in fit. Tokens must be in the parameter `vocabulary`, or in X of the first call.
        y : array-like of shape (n_samples,), (n_samples, n_timesteps_out) or (n_samples, n_timesteps_out, n_classes)
            Targets.
        classes : array-like or list of array-likes, default=None
            All labels or target tokens that will ever come, for every position or as a list of arrays, one a position.
            Needed at the first call; later calls may leave it out. One-hot targets need none.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples in the loss.

        Returns
        -------
        self : object
            The fitted classifier.
        """
        if not self._continues(True) and classes is None and np.ndim(y) < 3:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        return self._fit(X, y, sample_weight, None, epochs=1, incremental=True, classes=classes)

    def _checked_targets(self, y, argument):
        return ClassTargets.check(y, argument)

    def _learnt_targets(self, y, targets, argument, classes=None):
        if targets is None:
            return ClassTargets.learn(y, classes, per_position=self.classes_per_position, of=type(self).__name__)
        if classes is not None:
            targets.check_classes(y, classes)
        return targets

    def _class_weights(self, targets, rows, incremental):
        if incremental and self.class_weight == "balanced":
            raise ValueError(
                "class_weight='balanced' is not supported by partial_fit, which never sees all data: pass a dict."
            )
        return targets.class_weights(self.class_weight, rows)

    def _strata(self, targets, rows):
        return rows["target"][:, 0] if targets.form == "labels" else None

    def _keep_learnt(self, learnt):
        super()._keep_learnt(learnt)
        targets = learnt.targets
        self.classes_, self.target_tokens_, self.n_timesteps_out_ = targets.classes, targets.tokens, targets.n_timesteps

    # --- predict ------------------------------------------------------------------------------------------------------

    def predict(self, X):
        """The best output of every source that the search finds: see `search` and the parameters after it.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sources of the kind in fit; lists and 3-D X may have other lengths.

        Returns
        -------
        y : ndarray in the form of y in fit
            Labels, tokens or one-hot vectors.
        """
        ids, lengths, _ = self._best(self._read_fitted(X))
        return self._targets.decode(ids, lengths)

    def predict_proba(self, X):
        """Probabilities of the classes along the greedy path, whatever `search` is.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sources of the kind in fit.

        Returns
        -------
        p : ndarray of shape (n_samples, n_classes), list of such arrays, or ndarray of (n_samples, n_timesteps_out, \
n_classes)
            For labels, tokens (one array a position, in the order of ``classes_[position]``) or one-hot targets.
        """
        source = self._read_fitted(X)
        probs = self._predict("probs", source.rows, allowed=self._targets.allowed).astype(np.float64)
        return self._targets.split_probabilities(probs / probs.sum(axis=-1, keepdims=True))

    # --- score --------------------------------------------------------------------------------------------------------

    def score(self, X, y, sample_weight=None):
        """Sequence accuracy: the share of samples whose whole output is right (plain accuracy for labels).

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sources of the kind in fit.
        y : array-like in the form of y in fit
            True targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples.

        Returns
        -------
        score : float
            Between 0 and 1.
        """
        y = ClassTargets.check(y, "y")
        return exact_match(y, self.predict(X), sample_weight, of=type(self).__name__)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags
