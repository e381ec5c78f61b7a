"""What estimators share that write target tokens with a decoder: its parameters, fit, attention weights."""

import numpy as np
from sklearn.utils import check_consistent_length
from sklearn.utils.metaestimators import available_if

from skseq._base import all_or_nothing
from skseq._sequences import split
from skseq._sklearn import StrOptions
from skseq._source import SourceEstimator

__all__ = ["EncoderDecoderEstimator", "as_validation"]


def as_validation(X_val, y_val, sample_weight_val):
    """(X, y, weights) of the validation data, or None; one of X and y without the other raises ValueError."""
    if (X_val is None) != (y_val is None):
        raise ValueError("X_val and y_val go together: pass both or neither.")
    return None if X_val is None else (X_val, y_val, sample_weight_val)


def _attends(estimator):
    """Attention weights exist only with attention."""
    return bool(estimator.attention) and getattr(estimator, "_spec", estimator).attention is not None


class EncoderDecoderEstimator(SourceEstimator):
    """An estimator whose decoder writes target tokens through a softmax, one a step.

    What a subclass says of its targets: how they are checked (`_check_targets`), learnt (`_learn_targets`) and turned
    into class indices (`_encode_targets`), how many classes there are (`_target_size`), which of them a search may
    write (`_search_options`) and how long what it wrote is (`_output_lengths`).
    """

    _parameter_constraints = {
        **SourceEstimator._parameter_constraints,
        "attention": ["boolean", StrOptions({"bahdanau", "dot"})],
        "decoder": [StrOptions({"recursive", "direct"})],
    }

    # --- fit ----------------------------------------------------------------------------------------------------------

    def _fit(self, X, y, sample_weight, validation, *, epochs, incremental=False, **given):
        """Train; ``given`` is what the caller says of the targets beforehand."""
        goes_on = self._continues(incremental)
        with all_or_nothing(self):
            rows = self._rows(X, y, reset=not goes_on, **given)
            rows = self._with_weights(rows, sample_weight)
            shared = {"class_weight": self._class_weights(rows, incremental).astype(self.dtype)}
            if validation is not None:
                X_val, y_val, weight_val = validation
                validation = self._with_weights(self._rows(X_val, y_val, suffix="_val"), weight_val)
            diverged = self._train(
                self._make_spec(rows, epochs),
                rows,
                shared,
                validation=validation,
                goes_on=goes_on,
                incremental=incremental,
                epochs=epochs,
                stratify=self._stratify(rows),
            )
        self._raise_if_diverged(diverged)
        return self

    def _rows(self, X, y, *, reset=False, suffix="", **given):
        """What the network reads of every sample: source, target and their lengths where they differ."""
        if y is None:
            name = type(self).__name__
            raise ValueError(f"{name} requires y to be passed, but the target y is None.")
        source = self._read_source(X, reset=reset, argument=f"X{suffix}")
        y = self._check_targets(y, f"y{suffix}")
        check_consistent_length(source.values, y)
        if reset:
            self._learn_targets(y, **given)
        else:
            self._check_learnt(y, **given)
        return {**source.rows, **self._encode_targets(y, f"y{suffix}")}

    def _check_learnt(self, y):
        """Raise ValueError for targets that do not go with those learnt."""

    def _class_weights(self, rows, incremental):
        """One weight for every class."""
        return np.ones(self._target_size)

    def _stratify(self, rows):
        """Labels that a validation split keeps in proportion, or None."""

    def _make_spec(self, rows, epochs):
        from skseq.nn.spec import Seq2SeqSpec

        return Seq2SeqSpec(
            target_size=self._target_size,
            **self._source_fields(),
            decoder=self.decoder,
            attention={False: None, True: "bahdanau"}.get(self.attention, self.attention),
            **self._spec_fields(len(rows["source"]), epochs),
        )

    def _model_timesteps(self):
        return self.n_timesteps_in_, self.n_timesteps_out_

    # --- predict ------------------------------------------------------------------------------------------------------

    def _searched(self, what, source):
        """What the search finds for every sample, (n, t, ...): "tokens", "probs" or "attention"."""
        return self._predict(what, source.rows, **self._search_options(source))

    def _output_lengths(self, source):
        """Number of target timesteps of every output, (n,), or None if all have all of them."""

    @available_if(_attends)
    def attention_weights(self, X):
        """How much every step of the greedy output attends to every source timestep.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sources of the kind in fit.

        Returns
        -------
        weights : ndarray of shape (n_samples, n_timesteps_out, n_timesteps)
            Attention weights; they sum to 1 over source timesteps. If sources or targets are ragged, a 1-D object
            array of arrays (n_timesteps_out, n_timesteps) of the sample, in which targets end before their end token.
        """
        source = self._read_fitted(X)
        weights, lengths = self._searched("attention", source), self._output_lengths(source)
        if lengths is not None:
            return split(split(weights, lengths), source.real_lengths, axis=1)
        return weights if source.lengths is None else split(weights, source.lengths, axis=1)
