"""LSTMAutoencoderTransformer: sequences to fixed vectors and back."""

from numbers import Integral

import numpy as np
from sklearn.base import ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils import check_array
from sklearn.utils.metaestimators import available_if
from sklearn.utils.validation import check_is_fitted

from skseq._base.autoencoder import BaseAutoencoder
from skseq._base.own_network import NETWORK_CONSTRAINTS, OwnNetworkMixin
from skseq._data.parts import slices
from skseq._data.sequences import as_samples, check_lengths, is_ragged, split
from skseq._docs import with_shared_docs
from skseq._sklearn import Interval, StrOptions, _fit_context

__all__ = ["LSTMAutoencoderTransformer"]

COPIES = 16  # of what is scored: what was written, errors and their squares, in float64


def _gives_vectors(estimator):
    """Names of output features exist only for one vector a sample."""
    return estimator.output != "sequence"


def _reconstructs(estimator):
    """Reconstructions exist where there is a decoder for them."""
    return estimator._now("decoder") != "predict"


def _decodes(estimator):
    """Encodings can be decoded where the decoder is a network of its own."""
    return _reconstructs(estimator) and not estimator._has_own_network


def _forecasts(estimator):
    """Predictions exist where there is a decoder for them."""
    return estimator._now("decoder") != "reconstruct"


@with_shared_docs
class LSTMAutoencoderTransformer(ClassNamePrefixFeaturesOutMixin, TransformerMixin, OwnNetworkMixin, BaseAutoencoder):
    """Recurrent autoencoder: sequences to fixed-length encodings, learnt without labels.

    An encoder reads a sequence into its final state, the code; decoders write from the code alone: the sequence again,
    its next steps, or both. All are trained together on the squared error [1]_.

    Parameters
    ----------
    units : int, default=64
        Width of the recurrent layers and so of an encoding.

    decoder : {"reconstruct", "predict", "composite"}, default="reconstruct"
        What is written: the sequence that was read, what comes next, or both by two decoders on one encoder, the two
        losses summed ([1]_, sections 2.2 to 2.4).

    horizon : int or None, default=None
        How many steps at the end of a training sequence the encoder does not see and the prediction decoder writes;
        `forecast` needs it. None predicts the sequence's own next steps: all of it is read, and the second to the
        last step are written. Of no effect on ``decoder="reconstruct"``, which then has to be None.

    conditional : bool, default=False
        Whether decoders also read the step before the one they write: the true one in training, their own output
        afterwards ([1]_, section 2.4).

    code : {"repeated", "state", "both"}, default="repeated"
        How a decoder gets the code: as its input at every step, as its initial state, or both.

    reverse_target : bool, default=False
        Whether the reconstruction is written last timestep first, which is easier to learn: it starts with what the
        encoder read last. Outputs are in the order of X either way.

    input_noise : float, default=0.0
        Standard deviation of Gaussian noise on what the encoder reads in training, in the units of X; the targets stay
        clean [2]_.

    step_dropout : float in [0, 1), default=0.0
        Share of timesteps that the encoder reads as zeros in training; the targets stay whole.

    output : {"last", "state", "sequence"}, default="last"
        What `transform` gives: the last hidden state, hidden and cell state side by side (a GRU has the hidden state
        alone), or the hidden state at every timestep.

    <network parameters>

        `transform` then gives the output of the model's layer named "encoding", (n_samples, n_encodings); there is no
        `inverse_transform`, `forecast` or `predict_next`.

    <shared parameters>

    Attributes
    ----------
    horizon_ : int or None
        `horizon` in fit.

    <shared attributes>

    Notes
    -----
    <memory notes>

    References
    ----------
    .. [1] Srivastava, Mansimov and Salakhutdinov, "Unsupervised Learning of Video Representations using LSTMs", ICML
       2015.
    .. [2] Vincent, Larochelle, Bengio and Manzagol, "Extracting and Composing Robust Features with Denoising
       Autoencoders", ICML 2008.
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
        **BaseAutoencoder._parameter_constraints,
        "decoder": [StrOptions({"reconstruct", "predict", "composite"})],
        "horizon": [Interval(Integral, 1, None, closed="left"), None],
        "output": [StrOptions({"last", "state", "sequence"})],
        **NETWORK_CONSTRAINTS,
    }

    def __init__(
        self,
        units=64,
        *,
        decoder="reconstruct",
        horizon=None,
        conditional=False,
        code="repeated",
        reverse_target=False,
        input_noise=0.0,
        step_dropout=0.0,
        output="last",
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
        self.decoder = decoder
        self.horizon = horizon
        self.conditional = conditional
        self.code = code
        self.reverse_target = reverse_target
        self.input_noise = input_noise
        self.step_dropout = step_dropout
        self.output = output
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
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Training sequences: 2-D X holds a univariate sequence a row, a list holds (t,) or (t, n_features) arrays of
            any lengths.
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
        validation = None if X_val is None else (X_val, None, sample_weight_val)
        return self._fit(X, None, sample_weight, validation, epochs=int(self.epochs))

    @_fit_context(prefer_skip_nested_validation=True)
    def partial_fit(self, X, y=None, sample_weight=None):
        """One epoch over X, going on from the current weights and the state of the optimizer.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
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
        return self._fit(X, None, sample_weight, epochs=1, incremental=True)

    def _check_parameters(self):
        super()._check_parameters()
        if self.decoder == "reconstruct" and self.horizon is not None:
            raise ValueError(
                f"horizon={self.horizon!r} is for the prediction decoder, but decoder='reconstruct' has none: set "
                "decoder='predict' or 'composite', or horizon=None."
            )

    def _keep_learnt(self, learnt):
        super()._keep_learnt(learnt)
        self.horizon_ = self.horizon

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
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit; lists and 3-D X may have other lengths.

        Returns
        -------
        Z : ndarray of shape (n_samples, n_features_out) or (n_samples, n_timesteps, n_features_out)
            Encodings as `output` says, in the floating type of X. With ``output="sequence"`` and ragged X a 1-D object
            array of (n_timesteps of the sample, n_features_out) arrays.
        """
        sequences = self._read_fitted(X)
        if self._has_own_network and self.output != "last":
            raise ValueError(f"output={self.output!r} has no meaning for a network of your own: set output='last'.")
        dtype, rows = sequences.values.dtype, sequences.astype(self._spec.dtype).rows
        if self.output == "sequence":
            return sequences.unpadded(self._predict("sequence", rows).astype(dtype, copy=False))
        states = self._predict("states", rows).astype(dtype, copy=False)
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

    @available_if(_decodes)
    def inverse_transform(self, X, lengths=None):
        """Decode encodings back to sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_features_out) or (n_samples, n_timesteps, n_features_out)
            Encodings, as `transform` gives them.
        lengths : array-like of int of shape (n_samples,), default=None
            How many timesteps to write for every sample. None writes as many as the (longest) sequences of fit had or,
            for ragged encodings of ``output="sequence"``, as many as each of them has.

        Returns
        -------
        X_original : ndarray of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features)
            Reconstructed sequences, univariate ones without the last axis as in fit. With `lengths`, and of ragged
            encodings, a 1-D object array of one array a sample.

        Raises
        ------
        ValueError
            If the decoder needs the cell state (`code` is "state" or "both", cell "lstm") but `output` is not "state",
            or if X or lengths do not have the shapes above.
        """
        check_is_fitted(self)
        if is_ragged(X):
            X, own = self._last_steps(as_samples(X))
            lengths = own if lengths is None else lengths
        Z = check_array(
            X, dtype=(np.float64, np.float32), ensure_2d=False, allow_nd=True, estimator=self, input_name="X"
        )
        rows = {"code": self._code_from(Z).astype(self._spec.dtype)}
        n_timesteps = self.n_timesteps_in_
        if lengths is not None:
            rows["lengths"] = lengths = self._checked_lengths(lengths, len(Z))
            n_timesteps = int(lengths.max())
        decoded = self._predict("decoding", rows, n_timesteps=np.int32(n_timesteps)).astype(Z.dtype, copy=False)
        decoded = decoded[:, :, 0] if self._learnt.source.univariate else decoded
        return decoded if lengths is None else split(decoded, lengths)

    def _last_steps(self, samples):
        """Last hidden state and length of every ragged sequence of hidden states, as `transform` gives them."""
        shapes = {np.shape(sample)[1:] for sample in samples}
        if self.output != "sequence" or shapes != {(self._encoding_width(),)}:
            raise ValueError(
                "inverse_transform takes an object array or a ragged list only as transform gives it with "
                f"output='sequence': one (n_timesteps, {self._spec.encoding_size}) array a sample."
            )
        lengths = check_lengths(samples)
        return np.stack([np.asarray(sample)[-1:] for sample in samples]), lengths

    @staticmethod
    def _checked_lengths(lengths, n_samples):
        lengths = np.asarray(lengths)
        if lengths.shape != (n_samples,) or lengths.dtype.kind not in "iu" or lengths.min() < 1:
            raise ValueError(
                f"lengths must be {n_samples} integers of at least 1, one a sample. Got {lengths!r} of shape "
                f"{lengths.shape}."
            )
        return lengths.astype(np.int32)

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

    # --- what the decoders write --------------------------------------------------------------------------------------

    @available_if(_reconstructs)
    def reconstruct(self, X):
        """Encode and decode sequences.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences.

        Returns
        -------
        X_reconstructed : ndarray of the shape of X, or object array if X is ragged
            What the decoder writes, in the order and the floating type of X.
        """
        sequences = self._read_fitted(X)
        return sequences.like(self._reconstruction(sequences).astype(sequences.values.dtype, copy=False))

    @available_if(_reconstructs)
    def reconstruction_errors(self, X):
        """Absolute errors of the reconstruction, one for every feature of every timestep.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences.

        Returns
        -------
        errors : ndarray of the shape of X, or object array if X is ragged
            abs(X - reconstruct(X)), float64.
        """
        sequences = self._read_fitted(X)
        return sequences.like(self._reconstruction_errors(sequences))

    @available_if(_forecasts)
    def forecast(self, X, n_steps=None):
        """Steps that follow a sequence.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences up to now, of any length if they are 3-D or a list. 2-D X is held to the columns of fit: pass
            ``list(X)`` to forecast from fewer.
        n_steps : int, default=None
            Steps to write. None writes `horizon` steps; more than that the network was not trained for.

        Returns
        -------
        X_next : ndarray of shape (n_samples, n_steps) or (n_samples, n_steps, n_features)
            The steps after the last one of every sample, without the last axis if samples are (n_timesteps,).

        Raises
        ------
        ValueError
            If there was no `horizon` in fit: then the decoder has learnt to write only what the encoder has read.
        """
        sequences = self._read_fitted(X)
        if not self._spec.held_back:
            raise ValueError(
                "forecast needs a network that was trained to write what it has not read: set horizon to the number "
                "of steps to forecast, and fit again."
            )
        n_steps = self.horizon_ if n_steps is None else n_steps
        if not isinstance(n_steps, Integral) or isinstance(n_steps, bool) or n_steps < 1:
            raise ValueError(f"n_steps must be an integer of at least 1. Got {n_steps!r}.")
        rows = sequences.astype(self._spec.dtype).rows
        steps = self._predict("forecast", rows, n_steps=np.int32(n_steps)).astype(sequences.values.dtype, copy=False)
        return steps[:, :, 0] if sequences.univariate else steps

    @available_if(_forecasts)
    def predict_next(self, X):
        """What the prediction decoder makes of the part of X that it was trained to write.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences.

        Returns
        -------
        X_predicted : ndarray or object array
            With a `horizon` its last `horizon` steps, from the steps before them: (n_samples, horizon) or (n_samples,
            horizon, n_features). Without one the second to the last step, from all of them: (n_samples, n_timesteps -
            1) or (n_samples, n_timesteps - 1, n_features), an object array if X is ragged.
        """
        sequences = self._read_fitted(X)
        written, _, lengths = self._next_steps(sequences)
        written = written.astype(sequences.values.dtype, copy=False)
        written = written[:, :, 0] if sequences.univariate else written
        return written if lengths is None else split(written, lengths)

    def _next_steps(self, sequences):
        """Predicted steps and true steps (n, t, f), and how many of them are real (None: all)."""
        self._check_long_enough(sequences, self.horizon_)
        rows = sequences.astype(self._spec.dtype).rows
        written = self._predict("next", rows, **self._shared(self.horizon_))
        values, lengths = sequences.values, sequences.lengths
        if not self._spec.held_back:
            return written, values[:, 1:], None if lengths is None else lengths - 1
        horizon = int(self.horizon_)
        ends = np.full(len(values), values.shape[1]) if lengths is None else lengths
        steps = ends[:, None] - horizon + np.arange(horizon)
        return written, np.take_along_axis(values, steps[:, :, None], axis=1), None

    def score_samples(self, X):
        """Negative mean squared error of every sample: higher is more normal.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences.

        Returns
        -------
        scores : ndarray of shape (n_samples,)
            Scores, at most 0, with the sign of scikit-learn's outlier estimators: of the reconstruction, of the
            prediction, or of both added for ``decoder="composite"``; means over features and real timesteps.
        """
        from skseq.nn.training.compiled import PREDICT_ROWS

        sequences = self._read_fitted(X)
        parts = slices(sequences.values, COPIES, PREDICT_ROWS)
        return np.concatenate([self._scores(sequences.take(part)) for part in parts])

    def _scores(self, sequences):
        """`score_samples` of some `Sequences`."""
        scores = np.zeros(len(sequences))
        if _reconstructs(self):
            scores -= _mean_over_steps(np.square(self._reconstruction_errors(sequences)), sequences.lengths)
        if _forecasts(self):
            written, true, lengths = self._next_steps(sequences)
            scores -= _mean_over_steps(np.square(true.astype(np.float64) - written), lengths)
        return scores

    def score(self, X, y=None, sample_weight=None):
        """Mean of `score_samples`: the negative mean squared error of the reconstruction.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
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


def _mean_over_steps(values, lengths):
    """Mean over features and real timesteps, (n,), of values (n, t, f)."""
    if lengths is None:
        return values.mean(axis=(1, 2))
    mask = np.arange(values.shape[1]) < lengths[:, None]
    return (values.mean(axis=2) * mask).sum(axis=1) / lengths
