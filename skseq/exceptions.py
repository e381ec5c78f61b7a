"""Warnings of skseq."""

__all__ = ["ExplodingGradientWarning"]


class ExplodingGradientWarning(UserWarning):
    """Gradients or weights of a fit grew by orders of magnitude and the loss did not improve.

    It is given once, at the end of `fit`, and says what grew and what to try. The figures of every epoch are in the
    estimator's `history_`: "gradient_norm", "largest_gradient_norm" and "largest_weight".

    Examples
    --------
    Treat it as an error, for example in a grid search that should skip such candidates:

    >>> import warnings
    >>> from skseq.exceptions import ExplodingGradientWarning
    >>> warnings.simplefilter("error", ExplodingGradientWarning)
    """
