"""Warnings of skseq."""

__all__ = ["ExplodingGradientWarning", "PathWarning", "TrainingWarning"]


class TrainingWarning(UserWarning):
    """The training curve of a fit shows that it went wrong.

    A fit gives it at its end. The warning says what was seen, with figures, and what to try. It is about one of these:
    a loss that is no better than that of a constant answer, a validation loss that rises for most of the epochs,
    gradients that are always clipped, dead relu units, one class that is always predicted, or a vocabulary that lacks
    most of the tokens. The method `diagnose` of an estimator shows all figures in a table. For a loss that still falls
    at the end there is scikit-learn's `ConvergenceWarning`.

    A fit also gives it before the training, about its data: targets that are cut as outliers although they make up most
    of the variance, medians of targets that are mostly one value, tokens with numbers in them most of which occur once,
    few samples that are so long that they take most of the time, and too few normal sequences for a detector.

    Examples
    --------
    Keep quiet about fits that are short on purpose:

    >>> import warnings
    >>> from skseq.exceptions import TrainingWarning
    >>> warnings.simplefilter("ignore", TrainingWarning)
    """


class ExplodingGradientWarning(TrainingWarning):
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


class PathWarning(UserWarning):
    """Sums over the steps of paths that `sample_y` draws will spread too little.

    Either each step is drawn by itself, or the errors that are drawn are those of too few windows. Single steps are
    right nevertheless, so scorers of single steps do not give this warning.

    Examples
    --------
    Keep quiet where single steps are all that is wanted:

    >>> import warnings
    >>> from skseq.exceptions import PathWarning
    >>> warnings.simplefilter("ignore", PathWarning)
    """
