"""SequenceClassifier and SequenceRegressor: one label or number per sequence, or several."""

import numpy as np
from sklearn.base import ClassifierMixin, MultiOutputMixin, RegressorMixin

from skseq._base.estimator import as_validation
from skseq._base.sequence_predictor import SequencePredictor
from skseq._data.class_targets import ClassTargets, LabelTargets, exact_match
from skseq._data.number_targets import NumberTargets
from skseq._docs import with_shared_docs
from skseq._sklearn import StrOptions, _fit_context

__all__ = ["SequenceClassifier", "SequenceRegressor"]


@with_shared_docs
class SequenceClassifier(ClassifierMixin, MultiOutputMixin, SequencePredictor):
    """Recurrent network from sequences to labels: one label a sequence, or several.

    An encoder reads the sequence; what it says at the last timestep, or an average over timesteps, goes through one
    dense layer with a softmax for every output. The loss is the mean cross entropy of the outputs.

    Parameters
    ----------
    units : int, default=64
        Width of the recurrent layers.

    pooling : {"last", "attention", "mean"}, default="last"
        What the output layer reads: the last hidden state, an average of all hidden states by learnt attention [1]_,
        or their mean.

    <source parameters>

    class_weight : dict, list of dicts, "balanced" or None, default=None
        Weights of the classes, multiplied with the weights of the samples; a list holds one dict an output. "balanced"
        weighs classes inversely to their frequency.

    <encoder parameters>

    <network parameters>

    <shared parameters>

    Attributes
    ----------
    classes_ : ndarray of shape (n_classes,) or list of such arrays
        Labels; one array an output if y is 2-D.

    n_outputs_ : int
        Number of labels a sequence.

    <source attributes>

    <shared attributes>

    Notes
    -----
    The exported models read token sources as ids of `vocabulary_`, and sequences without padding: they have no masks.

    <memory notes>

    References
    ----------
    .. [1] Yang et al., "Hierarchical Attention Networks for Document Classification", NAACL 2016, equations 5 to 7.
    <shared references>

    Examples
    --------
    >>> from skseq import SequenceClassifier
    >>> words = ["haus", "maus", "laus", "house", "mouse", "louse"]
    >>> language = ["de", "de", "de", "en", "en", "en"]
    >>> model = SequenceClassifier(units=8, analyzer="char", epochs=30, random_state=0).fit(words, language)
    >>> model.predict(["haus", "mouse"])
    array(['de', 'en'], dtype='<U2')
    """

    _parameter_constraints = {
        **SequencePredictor._parameter_constraints,
        "class_weight": [dict, list, StrOptions({"balanced"}), None],
    }
    _task = "classify"

    def __init__(
        self,
        units=64,
        *,
        pooling="last",
        source_type="auto",
        analyzer=None,
        embedding_dim=None,
        vocabulary=None,
        handle_unknown="error",
        min_frequency=1,
        max_vocabulary=None,
        class_weight=None,
        encoder=None,
        freeze=False,
        network=None,
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
        bptt_steps=None,
        l1=0.0,
        l2=0.0,
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
        self.pooling = pooling
        self.source_type = source_type
        self.analyzer = analyzer
        self.embedding_dim = embedding_dim
        self.vocabulary = vocabulary
        self.handle_unknown = handle_unknown
        self.min_frequency = min_frequency
        self.max_vocabulary = max_vocabulary
        self.class_weight = class_weight
        self.encoder = encoder
        self.freeze = freeze
        self.network = network
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
        self.bptt_steps = bptt_steps
        self.l1 = l1
        self.l2 = l2
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
        """Learn to label sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences: 2-D numbers (a univariate sequence a row), 3-D numbers, 2-D tokens (integers or strings), lists
            of (t,) or (t, n_features) arrays or of tokens whose lengths differ, or strings if there is an `analyzer`.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Labels.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples in the loss.
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
        validation = as_validation(X_val, y_val, sample_weight_val)
        return self._fit(X, y, sample_weight, validation, epochs=int(self.epochs))

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, classes=None, sample_weight=None):
        """One epoch over X and y, going on from the current weights and the state of the optimizer.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences. Tokens must be in the parameter `vocabulary`, or in X of the first call.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Labels.
        classes : array-like or list of array-likes, default=None
            All labels that will ever come; for 2-D y for all outputs, or a list of arrays, one an output. Needed at
            the first call; later calls may leave it out.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples in the loss.

        Returns
        -------
        self : object
            The fitted classifier.
        """
        if not self._continues(True) and classes is None:
            raise ValueError("classes must be passed on the first call to partial_fit.")
        if self.class_weight == "balanced":
            raise ValueError(
                "class_weight='balanced' is not supported by partial_fit, which never sees all data: pass a dict."
            )
        return self._fit(X, y, sample_weight, None, epochs=1, incremental=True, classes=classes)

    def _encoded_targets(self, y, targets, argument, classes=None):
        y = LabelTargets.check(y, argument)
        if targets is None:
            targets = LabelTargets.learn(y, classes, of=type(self).__name__)
        rows = targets.encode(y, argument)
        if classes is not None:
            targets.check_classes(y, classes)
        return targets, rows

    def _class_weights(self, targets, rows, incremental):
        return targets.class_weights(self.class_weight, rows)

    def _assembled(self, rows, class_weights):
        """Rows with their weights times those of their classes, a product over outputs."""
        factor = np.prod([own[ids] for own, ids in zip(class_weights, rows["target"].T)], axis=0)
        weight = rows.pop("weight")
        return self._with_weights(rows, weight, factor=factor), {}

    def _strata(self, targets, rows):
        return None if targets.multioutput else rows["target"][:, 0]

    def _keep_learnt(self, learnt):
        super()._keep_learnt(learnt)
        self.classes_ = learnt.targets.in_form(learnt.targets.classes)

    # --- predict ------------------------------------------------------------------------------------------------------

    def predict(self, X):
        """The most probable label of every output.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit; lists and 3-D X may have other lengths.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            Labels, in the form of y in fit.
        """
        return self._targets.decode([own.argmax(axis=1) for own in self._probabilities(X)])

    def predict_proba(self, X):
        """Probabilities of the classes.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.

        Returns
        -------
        p : ndarray of shape (n_samples, n_classes) or list of such arrays
            In the order of `classes_`; one array an output if y is 2-D.
        """
        return self._targets.in_form(self._probabilities(X))

    def _probabilities(self, X):
        """One array (n, n_classes) per output, float64."""
        probs = self._predict("probs", self._read_fitted(X).rows).astype(np.float64)
        parts = np.split(probs, np.cumsum(self._targets.sizes)[:-1], axis=1)
        return [part / part.sum(axis=1, keepdims=True) for part in parts]

    def score(self, X, y, sample_weight=None):
        """Accuracy: the share of samples whose labels are all right.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            True labels.
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


@with_shared_docs
class SequenceRegressor(RegressorMixin, MultiOutputMixin, SequencePredictor):
    """Recurrent network from sequences to numbers: one number a sequence, or several.

    An encoder reads the sequence; what it says at the last timestep, or an average over timesteps, goes through one
    linear layer, trained on the squared error. Targets far from unit scale learn slowly: wrap the regressor in
    `sklearn.compose.TransformedTargetRegressor` with a `StandardScaler`.

    Parameters
    ----------
    units : int, default=64
        Width of the recurrent layers.

    pooling : {"last", "attention", "mean"}, default="last"
        What the output layer reads: the last hidden state, an average of all hidden states by learnt attention [1]_,
        or their mean.

    <source parameters>

    <encoder parameters>

    <network parameters>

    <shared parameters>

    Attributes
    ----------
    n_outputs_ : int
        Number of targets a sequence.

    <source attributes>

    <shared attributes>

    Notes
    -----
    The exported models read token sources as ids of `vocabulary_`, and sequences without padding: they have no masks.

    <memory notes>

    References
    ----------
    .. [1] Yang et al., "Hierarchical Attention Networks for Document Classification", NAACL 2016, equations 5 to 7.
    <shared references>

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

    _task, _integers_are_tokens = "regress", False

    def __init__(
        self,
        units=64,
        *,
        pooling="last",
        source_type="auto",
        analyzer=None,
        embedding_dim=None,
        vocabulary=None,
        handle_unknown="error",
        min_frequency=1,
        max_vocabulary=None,
        encoder=None,
        freeze=False,
        network=None,
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
        bptt_steps=None,
        l1=0.0,
        l2=0.0,
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
        self.pooling = pooling
        self.source_type = source_type
        self.analyzer = analyzer
        self.embedding_dim = embedding_dim
        self.vocabulary = vocabulary
        self.handle_unknown = handle_unknown
        self.min_frequency = min_frequency
        self.max_vocabulary = max_vocabulary
        self.encoder = encoder
        self.freeze = freeze
        self.network = network
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
        self.bptt_steps = bptt_steps
        self.l1 = l1
        self.l2 = l2
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

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y, sample_weight=None, *, X_val=None, y_val=None, sample_weight_val=None):
        """Learn to predict numbers from sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences: 2-D numbers (a univariate sequence a row), 3-D numbers, 2-D strings (tokens), lists of (t,) or
            (t, n_features) arrays or of tokens whose lengths differ, or strings if there is an `analyzer`. Integers
            are measurements unless ``source_type="tokens"``.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs)
            Targets.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples in the loss.
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
        validation = as_validation(X_val, y_val, sample_weight_val)
        return self._fit(X, y, sample_weight, validation, epochs=int(self.epochs))

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y, sample_weight=None):
        """One epoch over X and y, going on from the current weights and the state of the optimizer.

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
        return self._fit(X, y, sample_weight, None, epochs=1, incremental=True)

    def _encoded_targets(self, y, targets, argument):
        y = NumberTargets.check(y, argument)
        if targets is None:
            targets = NumberTargets.learn(y, dtype=self._number_type, of=type(self).__name__)
        return targets, targets.encode(y, argument)

    def predict(self, X):
        """Predicted numbers.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit; lists and 3-D X may have other lengths.

        Returns
        -------
        y : ndarray of shape (n_samples,) or (n_samples, n_outputs)
            float64, in the form of y in fit.
        """
        return self._targets.decode(self._predict("values", self._read_fitted(X).rows).astype(np.float64))
