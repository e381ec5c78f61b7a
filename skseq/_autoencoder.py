"""LSTMAutoencoderTransformer: sequences to fixed vectors and back."""

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_array
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skseq._base import BaseSequenceEstimator, all_or_nothing, with_shared_docs
from skseq._sequences import check_fits_dtype, read_source
from skseq._sklearn import StrOptions, _fit_context

__all__ = ["LSTMAutoencoderTransformer"]


def _gives_vectors(estimator):
    """Names of output features exist only for one vector a sample."""
    return estimator.output != "sequence"


@with_shared_docs
class LSTMAutoencoderTransformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, BaseSequenceEstimator):
    """Recurrent autoencoder: sequences to fixed-length encodings, learnt without labels.

    An encoder reads a sequence into its final state, the code; a decoder writes the sequence from the code alone. Both
    are trained together on the squared error of the reconstruction (Srivastava et al. 2015, section 2).

    Parameters
    ----------
    units : int, default=32
        Width of the recurrent layers and so of an encoding.

    code : {"repeated", "state", "both"}, default="repeated"
        How the decoder gets the code: as its input at every step, as its initial state, or both.

    reverse_target : bool, default=False
        Whether the decoder writes the last timestep first, which is easier to learn: it starts with what the encoder
        read last. Outputs are in the order of X either way.

    output : {"last", "state", "sequence"}, default="last"
        What `transform` gives: the last hidden state, hidden and cell state side by side (a GRU has the hidden state
        alone), or the hidden state at every timestep.

    <shared parameters>

    Attributes
    ----------
    <shared attributes>

    References
    ----------
    .. [1] Srivastava, Mansimov and Salakhutdinov, "Unsupervised Learning of Video Representations using LSTMs", ICML
       2015.
    <shared references>

    Examples
    --------
    >>> import numpy as np
    >>> from skseq import LSTMAutoencoderTransformer
    >>> X = np.sin(np.linspace(0, 6, 12) + np.arange(20)[:, None])  # 20 waves of 12 timesteps
    >>> autoencoder = LSTMAutoencoderTransformer(units=8, epochs=5, random_state=0).fit(X)
    >>> autoencoder.transform(X).shape
    (20, 8)
    >>> autoencoder.reconstruct(X).shape
    (20, 12)
    """

    _parameter_constraints = {
        **BaseSequenceEstimator._parameter_constraints,
        "code": [StrOptions({"repeated", "state", "both"})],
        "reverse_target": ["boolean"],
        "output": [StrOptions({"last", "state", "sequence"})],
    }

    def __init__(
        self,
        units=32,
        *,
        code="repeated",
        reverse_target=False,
        output="last",
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
        self.code = code
        self.reverse_target = reverse_target
        self.output = output
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
    def fit(self, X, y=None, sample_weight=None, *, X_val=None, sample_weight_val=None):
        """Learn to reconstruct sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features)
            Training sequences; 2-D X holds a univariate sequence a row.
        y : Ignored
            Present for API consistency.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples in the loss.
        X_val : array-like of the kind of X, default=None
            Sequences to compute the validation loss on.
        sample_weight_val : array-like of shape (n_samples_val,), default=None
            Weights of the validation samples.

        Returns
        -------
        self : object
            The fitted transformer.

        Raises
        ------
        ValueError
            If parameters or data are not as described.
        FloatingPointError
            If the loss or its gradient stopped being finite.
        """
        return self._fit(X, sample_weight, X_val, sample_weight_val, epochs=int(self.epochs))

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y=None, sample_weight=None):
        """One epoch over X, going on from the current weights and the state of the optimizer.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features)
            Training sequences.
        y : Ignored
            Present for API consistency.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples in the loss.

        Returns
        -------
        self : object
            The fitted transformer.
        """
        return self._fit(X, sample_weight, None, None, epochs=1, incremental=True)

    def _fit(self, X, sample_weight, X_val, sample_weight_val, *, epochs, incremental=False):
        goes_on = self._continues(incremental)
        with all_or_nothing(self):
            rows = self._with_weights(self._rows(X, reset=not goes_on), sample_weight)
            validation = None
            if X_val is not None:
                validation = self._with_weights(self._rows(X_val, argument="X_val"), sample_weight_val)
            spec = self._make_spec(rows, epochs)
            diverged = self._train(
                spec,
                rows,
                {},
                validation=validation,
                goes_on=goes_on,
                incremental=incremental,
                epochs=epochs,
            )
        self._raise_if_diverged(diverged)
        return self

    def _rows(self, X, *, reset=False, argument="X"):
        X = read_source(self, X, reset=reset)
        return {"source": check_fits_dtype(X, self.dtype, argument=argument)}

    def _make_spec(self, rows, epochs):
        from skseq.nn.spec import AutoencoderSpec

        return AutoencoderSpec(
            source_size=rows["source"].shape[2],
            code=self.code,
            reverse_target=bool(self.reverse_target),
            **self._spec_fields(len(rows["source"]), epochs),
        )

    def _model_timesteps(self):
        return self.n_timesteps_in_, self.n_timesteps_in_

    @property
    def _n_features_out(self):
        """Of what `transform` gives now; no such attribute before fit."""
        return self._encoding_width()

    def _encoding_width(self):
        return self._spec.encoding_size * (self._spec.n_states if self.output == "state" else 1)

    # --- encodings ----------------------------------------------------------------------------------------------------

    def transform(self, X):
        """Encode sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features)
            Sequences; 3-D X may have another number of timesteps than in fit.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_features_out) or (n_samples, n_timesteps, n_features_out)
            Encodings as `output` says, in the floating type of X.
        """
        check_is_fitted(self)
        X = read_source(self, X, reset=False)
        rows = {"source": check_fits_dtype(X, self._spec.dtype)}
        if self.output == "sequence":
            return self._predict("sequence", rows).astype(X.dtype, copy=False)
        states = self._predict("states", rows).astype(X.dtype, copy=False)
        return states if self.output == "state" else states[:, : self._spec.encoding_size].copy()

    @available_if(_gives_vectors)
    def get_feature_names_out(self, input_features=None):
        """Names of the output features: the class name in lower case and a number.

        Parameters
        ----------
        input_features : Ignored
            Only checked against `feature_names_in_`.

        Returns
        -------
        names : ndarray of str of shape (n_features_out,)
            Names. There are none for ``output="sequence"``, which is not one vector a sample.
        """
        return super().get_feature_names_out(input_features)

    def inverse_transform(self, X):
        """Decode encodings back to sequences of the length seen in fit.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features_out) or (n_samples, n_timesteps, n_features_out)
            Encodings, as `transform` gives them.

        Returns
        -------
        X_original : ndarray of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features)
            Reconstructed sequences, in the form of X in fit.

        Raises
        ------
        ValueError
            If the decoder needs the cell state (`code` is "state" or "both", cell "lstm") but `output` is not "state".
        """
        check_is_fitted(self)
        Z = check_array(
            X, dtype=(np.float64, np.float32), ensure_2d=False, allow_nd=True, estimator=self, input_name="X"
        )
        states = self._code_from(Z)
        steps = np.int32(self.n_timesteps_in_)
        decoded = self._predict("decoding", {"code": states.astype(self._spec.dtype)}, n_timesteps=steps)
        return self._in_form(decoded).astype(Z.dtype, copy=False)

    def _code_from(self, Z):
        """Hidden (and cell) states side by side, as the decoder takes them, from what `transform` gave."""
        size, n_states = self._spec.encoding_size, self._spec.n_states
        if self.output != "state" and n_states > 1 and self._spec.code != "repeated":
            raise ValueError(
                f"inverse_transform needs the cell state too, because the decoder starts from it (code={self.code!r}), "
                f"but output={self.output!r} leaves it out. Set output='state' or code='repeated'."
            )
        expected_ndim = 3 if self.output == "sequence" else 2
        if Z.ndim != expected_ndim or Z.shape[-1] != self._encoding_width():
            shape = "(n_samples, n_timesteps, {})" if expected_ndim == 3 else "(n_samples, {})"
            raise ValueError(
                f"inverse_transform expects encodings of shape {shape.format(self._encoding_width())}, as transform "
                f"gives them with output={self.output!r}. Got an array of shape {Z.shape}."
            )
        hidden = Z[:, -1] if expected_ndim == 3 else Z
        if hidden.shape[1] == n_states * size:
            return hidden
        return np.concatenate([hidden, np.zeros_like(hidden)], axis=1)  # a cell state that this decoder never reads

    def _in_form(self, sequences):
        return sequences[:, :, 0] if self._source_form == "columns" else sequences

    # --- reconstructions ----------------------------------------------------------------------------------------------

    def reconstruct(self, X):
        """Encode and decode sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features)
            Sequences.

        Returns
        -------
        X_reconstructed : ndarray of the shape of X
            What the decoder writes, in the order and the floating type of X.
        """
        check_is_fitted(self)
        X = read_source(self, X, reset=False)
        return self._in_form(self._reconstruction(X)).astype(X.dtype, copy=False)

    def _reconstruction(self, X):
        return self._predict("reconstruction", {"source": check_fits_dtype(X, self._spec.dtype)})

    def score_samples(self, X):
        """Negative mean squared error of the reconstruction of every sample: higher is more normal.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features)
            Sequences.

        Returns
        -------
        scores : ndarray of shape (n_samples,)
            Scores, at most 0, with the sign of scikit-learn's outlier estimators.
        """
        check_is_fitted(self)
        X = read_source(self, X, reset=False)
        return -np.mean(np.square(X.astype(np.float64) - self._reconstruction(X)), axis=(1, 2))

    def score(self, X, y=None, sample_weight=None):
        """Mean of `score_samples`: the negative mean squared error of the reconstruction.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features)
            Sequences.
        y : Ignored
            Present for API consistency.
        sample_weight : array-like of shape (n_samples,), default=None
            Weights of the samples.

        Returns
        -------
        score : float
            Higher is better, so that GridSearchCV works without y.
        """
        return float(np.average(self.score_samples(X), weights=sample_weight))

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.transformer_tags.preserves_dtype = ["float64", "float32"]
        return tags
