"""Probabilities in whichever form an estimator gives them."""

import numpy as np


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
