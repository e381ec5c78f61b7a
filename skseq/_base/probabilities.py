"""Probabilities in whichever form an estimator gives them."""

from __future__ import annotations

from typing import Any

import numpy as np

from skseq._typing import Array, SequencesLike


def logarithms(probs):
    """The natural logarithms of an array, a list of arrays or an object array of arrays; of 0 minus infinity."""
    if isinstance(probs, list):
        return [logarithms(own) for own in probs]
    if probs.dtype == object:  # of sequences of different lengths
        logs = np.empty(len(probs), object)
        for index, own in enumerate(probs):
            logs[index] = logarithms(own)
        return logs
    with np.errstate(divide="ignore"):
        return np.log(probs)


class LogProbabilitiesMixin:
    """`predict_log_proba` of an estimator whose `predict_proba` may drop units."""

    def predict_log_proba(self, X: SequencesLike, *, n_dropout_samples: int | None = None) -> Array | Any:
        """Natural logarithms of what `predict_proba` gives.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.
        n_dropout_samples : int or None, default=None
            As in `predict_proba`.

        Returns
        -------
        log_p : array or list in the form of `predict_proba`
            Log-probabilities, minus infinity for a probability of 0.
        """
        return logarithms(self.predict_proba(X, n_dropout_samples=n_dropout_samples))
