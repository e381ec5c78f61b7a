"""SequenceClassifier and SequenceRegressor: one label or number per sequence, or several."""

import numpy as np
from sklearn.base import ClassifierMixin, MultiOutputMixin, RegressorMixin
from sklearn.utils import check_array, check_consistent_length
from sklearn.utils.metaestimators import available_if

from skseq._base.estimator import all_or_nothing
from skseq._base.own_network import NETWORK_CONSTRAINTS
from skseq._base.source import SourceEstimator
from skseq._data import class_targets
from skseq._data.sequences import check_fits_dtype
from skseq._docs import with_shared_docs
from skseq._sklearn import StrOptions, _fit_context

__all__ = ["SequenceClassifier", "SequenceRegressor"]


def _pools_by_attention(estimator):
    """Attention weights exist only where attention pools."""
    return not estimator._has_own_network and getattr(estimator, "_spec", estimator).pooling == "attention"


class _SequencePredictor(SourceEstimator):
    """An encoder, pooling over timesteps, and one dense layer: on a `PooledSpec`."""

    _parameter_constraints = {
        **SourceEstimator._parameter_constraints,
        "pooling": [StrOptions({"last", "attention", "mean"})],
        **NETWORK_CONSTRAINTS,
    }

    def _fit(self, X, y, sample_weight, validation, *, epochs, incremental=False, classes=None):
        self._check_network()
        goes_on = self._continues(incremental)
        with all_or_nothing(self):
            rows = self._with_weights(self._rows(X, y, reset=not goes_on, classes=classes), sample_weight)
            class_weights = self._class_weights(rows["target"], rows["weight"])
            rows = self._weighted_by_class(rows, class_weights)
            if validation is not None:
                X_val, y_val, weight_val = validation
                validation = self._with_weights(self._rows(X_val, y_val, suffix="_val"), weight_val)
                validation = self._weighted_by_class(validation, class_weights)
            diverged = self._train(
                self._make_spec(rows, epochs),
                rows,
                {},
                validation=validation,
                goes_on=goes_on,
                incremental=incremental,
                epochs=epochs,
                stratify=self._strata(rows["target"]),
            )
        self._raise_if_diverged(diverged)
        return self

    def _class_weights(self, targets, sample_weight):
        """One array of class weights an output; None without classes."""

    def _strata(self, targets):
        """The labels that a validation split keeps the shares of; None without one label a sequence."""

    def _weighted_by_class(self, rows, class_weights):
        """Rows with their weights times those of their classes, a product over outputs."""
        if class_weights is None:
            return rows
        factor = np.prod([own[ids] for own, ids in zip(class_weights, rows["target"].T)], axis=0)
        weight = rows.pop("weight")
        return self._with_weights(rows, weight, factor=factor)

    def _rows(self, X, y, *, reset=False, suffix="", classes=None):
        """(rows without weights, target ids or numbers (n, n_outputs))."""
        if y is None:
            name = type(self).__name__
            raise ValueError(f"{name} requires y to be passed, but the target y is None.")
        source = self._read_source(X, reset=reset, argument=f"X{suffix}")
        target = self._read_targets(y, reset=reset, argument=f"y{suffix}", classes=classes)
        check_consistent_length(source.values, target)
        return {**source.rows, "target": target}

    def _make_spec(self, rows, epochs):
        if self.network is not None:
            return self._own_spec(rows, self._output_sizes)
        from skseq.nn.spec import PooledSpec

        return PooledSpec(
            sizes=self._output_sizes,
            task=self._task,
            pooling=self.pooling,
            **self._source_fields(),
            **self._spec_fields(np.count_nonzero(rows["weight"]), epochs),
        )

    def _model_timesteps(self):
        return self.n_timesteps_in_, 0

    def _in_form(self, outputs):
        """Outputs (n, n_outputs) in the form of y in fit."""
        return outputs if self._multioutput else outputs[:, 0]

    @available_if(_pools_by_attention)
    def attention_weights(self, X):
        """How much every timestep counts in the vector that the output layer reads.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.

        Returns
        -------
        weights : ndarray of shape (n_samples, n_timesteps), or object array if X is ragged
            Attention weights; those of a sample sum to 1.
        """
        source = self._read_fitted(X)
        return source.unpadded(self._predict("attention", source.rows))

    def _target_labels(self, y):
        """All outputs of a sample as one string, in a list a sample, for displays."""
        form = "{:.4g}" if self._task == "regress" else "{}"
        return [[", ".join(map(form.format, outputs))] for outputs in np.asarray(y).reshape(len(y), -1).tolist()]


@with_shared_docs
class SequenceClassifier(ClassifierMixin, MultiOutputMixin, _SequencePredictor):
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
        **_SequencePredictor._parameter_constraints,
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
        if (X_val is None) != (y_val is None):
            raise ValueError("X_val and y_val go together: pass both or neither.")
        validation = None if X_val is None else (X_val, y_val, sample_weight_val)
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

    def _read_targets(self, y, *, reset, argument, classes=None):
        """Class ids (n, n_outputs), int32."""
        y = class_targets.check_targets(y, argument=argument, n_dimensions=2)
        if reset:
            self._multioutput = y.ndim == 2
            self.n_outputs_ = y.shape[1] if self._multioutput else 1
            self.classes_ = class_targets.learn_classes(y, classes)
        elif (y.ndim == 2) != self._multioutput or (self._multioutput and y.shape[1] != self.n_outputs_):
            wanted = f"(n_samples, {self.n_outputs_})" if self._multioutput else "(n_samples,)"
            raise ValueError(
                f"{argument} has shape {y.shape}, but {type(self).__name__} was fitted on targets of shape {wanted}."
            )
        elif classes is not None:
            class_targets.check_equal_classes(class_targets.learn_classes(y, classes), self.classes_, classes)
        columns = y.T if self._multioutput else [y]
        ids = [
            class_targets.class_ids(column, own, argument=argument, of="label")
            for column, own in zip(columns, self._all_classes)
        ]
        return np.stack(ids, axis=1)

    @property
    def _all_classes(self):
        """One array of classes an output."""
        return self.classes_ if self._multioutput else [self.classes_]

    @property
    def _output_sizes(self):
        return tuple(len(classes) for classes in self._all_classes)

    def _class_weights(self, targets, sample_weight):
        """One array of class weights an output; weighted samples count by their weight in "balanced"."""
        given = self.class_weight if isinstance(self.class_weight, list) else [self.class_weight] * self.n_outputs_
        if len(given) != self.n_outputs_:
            raise ValueError(
                f"class_weight lists {len(given)} dict(s), but y has {self.n_outputs_} output(s): one dict an output."
            )
        triples = zip(given, self._all_classes, targets.T)
        return [_of_classes(own, classes, ids, sample_weight) for own, classes, ids in triples]

    def _strata(self, targets):
        return None if self._multioutput else targets[:, 0]

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
        probs = self._probabilities(X)
        labels = [classes[own.argmax(axis=1)] for classes, own in zip(self._all_classes, probs)]
        return self._in_form(np.stack(labels, axis=1))

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
        probs = self._probabilities(X)
        return probs if self._multioutput else probs[0]

    def _probabilities(self, X):
        """One array (n, n_classes) an output, float64."""
        probs = self._predict("probs", self._read_fitted(X).rows).astype(np.float64)
        parts = np.split(probs, np.cumsum(self._output_sizes)[:-1], axis=1)
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
        return class_targets.exact_match(y, self.predict(X), sample_weight, of=type(self).__name__)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.classifier_tags.multi_label = True
        return tags


def _of_classes(class_weight, classes, ids, sample_weight):
    """Weights of the classes of one output, (n_classes,), from its part of the parameter `class_weight`."""
    if isinstance(class_weight, dict):
        class_targets.check_class_weight(class_weight, classes, of="label")
        return np.array([class_weight.get(label, 1.0) for label in classes.tolist()], np.float64)
    weights = np.ones(len(classes))
    if class_weight == "balanced":
        counts = np.bincount(ids, sample_weight, minlength=len(classes))
        seen = counts > 0  # of the others no frequency is known
        weights[seen] = counts.sum() / (np.count_nonzero(seen) * counts[seen])
    elif class_weight is not None:
        raise ValueError(f"class_weight must be a dict, 'balanced' or None, or a list of these. Got {class_weight!r}.")
    return weights


@with_shared_docs
class SequenceRegressor(RegressorMixin, MultiOutputMixin, _SequencePredictor):
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
        if (X_val is None) != (y_val is None):
            raise ValueError("X_val and y_val go together: pass both or neither.")
        validation = None if X_val is None else (X_val, y_val, sample_weight_val)
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

    def _read_targets(self, y, *, reset, argument, classes=None):
        """Targets (n, n_outputs) in the network's dtype."""
        y = check_array(y, dtype=np.float64, ensure_2d=False, allow_nd=True, ensure_min_features=0, input_name=argument)
        if y.ndim > 2 or y.ndim == 0:
            raise ValueError(
                f"{argument} has shape {y.shape}. Expected (n_samples,) or (n_samples, n_outputs): one number, or "
                "several, a sequence."
            )
        if 0 in y.shape[1:]:
            raise ValueError(f"{argument} has shape {y.shape}, which holds no target.")
        if reset:
            self._multioutput = y.ndim == 2
            self.n_outputs_ = y.shape[1] if self._multioutput else 1
        elif (y.ndim == 2) != self._multioutput or (self._multioutput and y.shape[1] != self.n_outputs_):
            wanted = f"(n_samples, {self.n_outputs_})" if self._multioutput else "(n_samples,)"
            raise ValueError(
                f"{argument} has shape {y.shape}, but {type(self).__name__} was fitted on targets of shape {wanted}."
            )
        return check_fits_dtype(y.reshape(len(y), self.n_outputs_), self._number_type, argument=argument)

    @property
    def _output_sizes(self):
        return (1,) * self.n_outputs_

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
        return self._in_form(self._predict("values", self._read_fitted(X).rows).astype(np.float64))
