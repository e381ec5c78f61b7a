"""LSTMAutoencoderDetector: what an autoencoder of normal sequences cannot write is odd."""

from numbers import Integral, Real

import numpy as np
from sklearn.base import OutlierMixin

from skseq._base.autoencoder import BaseAutoencoder
from skseq._base.estimator import Examples
from skseq._data.windows import mean_over_windows, windows_of
from skseq._docs import with_shared_docs
from skseq._sklearn import Interval, StrOptions, _fit_context

__all__ = ["LSTMAutoencoderDetector"]

MANY_SAMPLES = 10  # from so many on whole samples are held out, below the last steps of each, if there are windows


@with_shared_docs
class LSTMAutoencoderDetector(OutlierMixin, BaseAutoencoder):
    """Recurrent autoencoder that scores how unlike the sequences of fit a sequence is: EncDec-AD [1]_.

    The autoencoder learns to write normal sequences again. On normal sequences held out from training it learns how
    large its errors are, and how those of the features go together; what lies far outside is an anomaly. Long series
    are cut into windows, and every timestep gets a score of its own.

    Parameters
    ----------
    units : int, default=64
        Width of the recurrent layers.

    scoring : {"mahalanobis", "squared_error"}, default="mahalanobis"
        What makes a score of the errors e = abs(x - x') of a timestep: (e - mu)' S^-1 (e - mu), with mean mu and
        covariance S of the errors on held-out sequences ([1]_, section 2), or the mean of their squares.

    window : int or None, default=None
        Number of timesteps that the network reads at once. Longer sequences are cut into windows, and the errors of a
        timestep are means over all windows it is in. None reads every sequence whole.

    stride : int, default=1
        Timesteps from the start of a window to the start of the next, at most `window`. Larger ones are faster.

    aggregation : {"mean", "max"}, default="mean"
        What makes the score of a sequence of those of its timesteps. "max" finds short anomalies in long series.

    contamination : float in (0, 0.5] or "auto", default="auto"
        Share of the training sequences that `predict` calls outliers (of their timesteps in `predict_timesteps`).
        "auto" takes the training data for normal, and sets the thresholds by `quantile`.

    quantile : float in (0, 1], default=0.99
        Share of held-out normal sequences, and of their timesteps, that are called inliers if `contamination` is
        "auto".

    conditional : bool, default=False
        Whether the decoder also reads the step before the one it writes: the true one in training, its own afterwards.

    code : {"repeated", "state", "both"}, default="repeated"
        How the decoder gets the code: as its input at every step, as its initial state, or both.

    reverse_target : bool, default=True
        Whether the reconstruction is written last timestep first ([1]_, figure 1).

    input_noise : float, default=0.0
        Standard deviation of Gaussian noise on what the encoder reads in training, in the units of X.

    step_dropout : float in [0, 1), default=0.0
        Share of timesteps that the encoder reads as zeros in training.

    <shared parameters>

    Attributes
    ----------
    offset_ : float
        Threshold of `score_samples`: below it is an outlier.

    timestep_offset_ : float
        Threshold of `score_timesteps`.

    location_ : ndarray of shape (n_features,)
        Mean mu of the absolute errors on held-out sequences.

    covariance_ : ndarray of shape (n_features, n_features)
        Covariance S of the absolute errors on held-out sequences.

    precision_ : ndarray of shape (n_features, n_features)
        Inverse of S, of which eigenvalues below one millionth of the largest are raised to that: a singular S gives
        large scores, not infinite ones.

    <shared attributes>

    Notes
    -----
    What is held out is `X_val` if it is given; otherwise `validation_fraction` of the samples or, of fewer than 10
    samples with a `window`, of the timesteps at the end of each (at least a window of them, if as many remain). The
    same data stop training early if `early_stopping` is on. Scale X first: without that features with large numbers
    decide what is learnt.

    References
    ----------
    .. [1] Malhotra et al., "LSTM-based Encoder-Decoder for Multi-sensor Anomaly Detection", ICML 2016 Anomaly Detection
       Workshop.
    <shared references>

    Examples
    --------
    >>> import numpy as np
    >>> from skseq import LSTMAutoencoderDetector
    >>> X = np.sin(np.linspace(0, 6, 12) + np.arange(40)[:, None])  # 40 waves of 12 timesteps
    >>> detector = LSTMAutoencoderDetector(units=16, epochs=60, random_state=0).fit(X)
    >>> detector.predict([np.sin(np.linspace(0, 6, 12)), np.linspace(-1, 1, 12) ** 2])
    array([ 1, -1])
    """

    _parameter_constraints = {
        **BaseAutoencoder._parameter_constraints,
        "scoring": [StrOptions({"mahalanobis", "squared_error"})],
        "window": [Interval(Integral, 2, None, closed="left"), None],
        "stride": [Interval(Integral, 1, None, closed="left")],
        "aggregation": [StrOptions({"mean", "max"})],
        "contamination": [StrOptions({"auto"}), Interval(Real, 0, 0.5, closed="right")],
        "quantile": [Interval(Real, 0, 1, closed="right")],
    }

    def __init__(
        self,
        units=64,
        *,
        scoring="mahalanobis",
        window=None,
        stride=1,
        aggregation="mean",
        contamination="auto",
        quantile=0.99,
        conditional=False,
        code="repeated",
        reverse_target=True,
        input_noise=0.0,
        step_dropout=0.0,
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
        self.scoring = scoring
        self.window = window
        self.stride = stride
        self.aggregation = aggregation
        self.contamination = contamination
        self.quantile = quantile
        self.conditional = conditional
        self.code = code
        self.reverse_target = reverse_target
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
    def fit(self, X, y=None, *, X_val=None):
        """Learn what normal sequences look like.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Normal sequences, or mostly normal ones: 2-D X holds a univariate sequence a row, a list holds (t,) or (t,
            n_features) arrays of any lengths. One long series is a list of one array.
        y : Ignored
            Present for API consistency.
        X_val : array-like of the kind of X, default=None
            Normal sequences to learn the errors from, and to stop training on, instead of held-out ones of X.

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
        """
        validation = None if X_val is None else (X_val, None, None)
        return self._fit(X, validation=validation, epochs=int(self.epochs))

    def _learn(self, learnt, examples, validation, job):
        """Train on windows of the one part of the data, learn from the other what errors are usual."""
        if validation is None:
            train, held_out = self._hold_out(examples.sequences, self._rng(0))
        else:
            train, held_out = examples.sequences, validation.sequences
        windows = self._windows(train)
        stops = self._early_stops(len(windows), job.epochs, validation is not None)
        validation = Examples(sequences=self._windows(held_out)) if stops else None
        diverged = super()._learn(learnt, Examples(sequences=windows), validation, job)
        self._learn_errors(self._errors(held_out), held_out)
        self._set_offsets(examples.sequences if self.contamination != "auto" else held_out)
        return diverged

    def _model_timesteps(self, learnt):
        longest = learnt.source.n_timesteps
        n_timesteps = longest if self.window is None else min(int(self.window), longest)
        return n_timesteps, n_timesteps

    def _check_parameters(self):
        super()._check_parameters()
        if self.window is None and self.stride != 1:
            raise ValueError(f"stride={self.stride!r} is for windows, but window=None: set window, or stride=1.")
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
                f"n_samples={len(sequences)} with validation_fraction={self.validation_fraction!r} leaves none to "
                "train on: pass more sequences, X_val, or a window by which a long series is cut."
            )
        order = rng.permutation(len(sequences))
        return sequences.take(order[n_held_out:]), sequences.take(order[:n_held_out])

    def _hold_out_ends(self, sequences):
        """The first steps of every sequence, and its last ones: if it can be, at least a whole window of them."""
        lengths = sequences.real_lengths
        n_held_out = np.ceil(self.validation_fraction * lengths).astype(int)
        n_held_out = np.where(lengths >= 2 * self.window, np.maximum(n_held_out, self.window), n_held_out)
        if (n_held_out >= lengths).any():
            raise ValueError(
                f"validation_fraction={self.validation_fraction!r} of a sequence of {lengths.min()} timestep(s) leaves "
                "none to train on: pass longer sequences, or X_val."
            )
        return sequences.between(0, lengths - n_held_out), sequences.between(lengths - n_held_out, lengths)

    def _windows(self, sequences):
        """What the network reads at once; without a window sequences are their own windows."""
        if self.window is None:
            return sequences
        return windows_of(sequences, int(self.window), int(self.stride))

    def _learn_errors(self, errors, sequences):
        """Mean, covariance and inverse covariance of the errors on all real timesteps."""
        errors = errors[sequences.mask]
        self.location_ = errors.mean(axis=0)
        centred = errors - self.location_
        self.covariance_ = centred.T @ centred / len(errors)
        self.precision_ = _inverse(self.covariance_)

    def _set_offsets(self, sequences):
        """Thresholds: the share of the sequences, or of their timesteps, that scores below them is given."""
        share = 1 - self.quantile if self.contamination == "auto" else self.contamination
        scores = self._timestep_scores(sequences)
        self.timestep_offset_ = float(np.quantile(scores[sequences.mask], share))
        self.offset_ = float(np.quantile(self._sample_scores(scores, sequences), share))

    # --- scores -------------------------------------------------------------------------------------------------------

    def _errors(self, sequences):
        """|x - x'| of every timestep, a mean over the windows it is in: (n, t, f), zero on padding."""
        if self.window is None:
            return self._reconstruction_errors(sequences)
        return mean_over_windows(self._reconstruction_errors, sequences, int(self.window), int(self.stride))

    def _timestep_scores(self, sequences):
        """Scores (n, t): higher is more normal."""
        errors = self._errors(sequences)
        if self.scoring == "squared_error":
            return -np.mean(np.square(errors), axis=2)
        centred = errors - self.location_
        return -np.einsum("ntf,fg,ntg->nt", centred, self.precision_, centred)

    def _sample_scores(self, scores, sequences):
        """Scores (n,) from those of the real timesteps (n, t)."""
        if self.aggregation == "max":  # the largest anomaly is the lowest score
            return np.min(scores, axis=1, where=sequences.mask, initial=np.inf)
        return np.mean(scores, axis=1, where=sequences.mask)

    def score_samples(self, X):
        """Scores of sequences: higher is more normal.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit; lists and 3-D X may have other lengths.

        Returns
        -------
        scores : ndarray of shape (n_samples,)
            The negative anomaly score: `aggregation` over timesteps.
        """
        sequences = self._read_fitted(X)
        return self._sample_scores(self._timestep_scores(sequences), sequences)

    def score_timesteps(self, X):
        """Scores of every timestep: higher is more normal.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit; lists and 3-D X may have other lengths.

        Returns
        -------
        scores : ndarray of shape (n_samples, n_timesteps), or object array if X is ragged
            The negative anomaly score. With a `window` it depends on the timesteps at most a window away alone,
            whatever the length of the series.
        """
        sequences = self._read_fitted(X)
        return sequences.unpadded(self._timestep_scores(sequences))

    def decision_function(self, X):
        """Scores above the threshold: ``score_samples(X) - offset_``.

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

    def predict(self, X):
        """Which sequences are outliers.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.

        Returns
        -------
        y : ndarray of int of shape (n_samples,)
            -1 for outliers, 1 for inliers.
        """
        return np.where(self.decision_function(X) < 0, -1, 1)

    def predict_timesteps(self, X):
        """Which timesteps are outliers.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.

        Returns
        -------
        y : ndarray of int of shape (n_samples, n_timesteps), or object array if X is ragged
            -1 for outliers, 1 for inliers.
        """
        sequences = self._read_fitted(X)
        return sequences.unpadded(np.where(self._timestep_scores(sequences) < self.timestep_offset_, -1, 1))


def _inverse(covariance):
    """Inverse with eigenvalues raised to a millionth of the largest (to 1e-12 if all are zero)."""
    values, vectors = np.linalg.eigh(covariance)
    values = np.maximum(values, max(values.max() * 1e-6, 1e-12))
    return (vectors / values) @ vectors.T
