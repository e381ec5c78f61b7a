"""learning_rate_range: which learning rates a network learns at."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn.base import clone
from sklearn.utils.validation import has_fit_parameter

from skseq._arguments import MOST, is_count
from skseq._typing import Array, ArrayLike, Axes, Figure, SequencesLike
from skseq.inspection._axes import COLOURS, check_matplotlib, legend_above, panels

SMOOTHED_SHARE = 10  # the smoothed loss is a mean over this part of all updates
BELOW_BEST = 10  # the suggestion is this many times smaller than the rate of the lowest loss
SHOWN_RISE = 2  # losses above this many times the first one are cut off in the picture


class LearningRateRange:
    """Losses over a learning rate that rises from update to update.

    `learning_rate_range` makes it.

    Parameters
    ----------
    learning_rates : array-like of shape (n_updates,)
        Rate of every update, in ascending order.

    losses : array-like of shape (n_updates,)
        Training loss of every update. From the first one on that is not finite, both are left out.

    Attributes
    ----------
    learning_rates_ : ndarray of shape (n_updates,)
        Rate of every update whose loss was finite.

    losses_ : ndarray of shape (n_updates,)
        Training loss of these updates, each of its own batch.

    smoothed_losses_ : ndarray of shape (n_updates,)
        Mean of every loss and its neighbours, over a tenth of all updates.

    suggestion_ : float
        A tenth of the rate at which the smoothed loss is lowest: above that rate training becomes unstable.

    lines_ : list of matplotlib Line2D
        Losses, smoothed losses and the suggestion. Only after `plot`.

    legend_ : matplotlib Legend
        Legend, on top of the picture. Only after `plot`.

    ax_ : matplotlib Axes
        Axes with the picture. Only after `plot`.

    figure_ : matplotlib Figure
        Figure that holds the picture. Only after `plot`.

    See Also
    --------
    learning_rate_range : Try learning rates in one short run.

    Examples
    --------
    >>> from skseq.model_selection import LearningRateRange
    >>> found = LearningRateRange([0.001, 0.01, 0.1, 1.0], [2.0, 1.0, 0.5, float("nan")])
    >>> len(found.losses_), round(found.suggestion_, 3)
    (3, 0.01)
    """

    learning_rates_: Array
    losses_: Array
    smoothed_losses_: Array
    suggestion_: float
    lines_: Any
    legend_: Any
    ax_: Any
    figure_: Figure

    def __init__(self, learning_rates: ArrayLike, losses: ArrayLike):
        rates, losses = np.asarray(learning_rates, float), np.asarray(losses, float)
        n_finite = len(losses) if np.isfinite(losses).all() else int(np.argmin(np.isfinite(losses)))
        if n_finite == 0:
            raise ValueError("losses begin with one that is not finite: lower the lowest learning rate.")
        self.learning_rates_, self.losses_ = rates[:n_finite], losses[:n_finite]
        self.smoothed_losses_ = _smoothed(self.losses_, len(losses) // SMOOTHED_SHARE)
        self.suggestion_ = float(self.learning_rates_[np.argmin(self.smoothed_losses_)] / BELOW_BEST)

    def plot(self, *, ax: Axes | None = None) -> Self:
        """Draw the losses over the learning rate, and the suggestion.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw. None makes a new figure.

        Returns
        -------
        found : :class:`~skseq.model_selection.LearningRateRange`
            The object itself.

        Raises
        ------
        ImportError
            If matplotlib is missing.
        """
        check_matplotlib(type(self).__name__)
        self.ax_ = axes = panels(ax, 1, figsize=(6.4, 3.8)).item()
        self.figure_ = axes.figure
        rates, colour = self.learning_rates_, COLOURS[0]
        (losses,) = axes.plot(rates, self.losses_, color=colour, alpha=0.3, lw=1)
        (smoothed,) = axes.plot(rates, self.smoothed_losses_, color=colour, lw=2)
        self.lines_ = [losses, smoothed, axes.axvline(self.suggestion_, color=COLOURS[1], ls="--")]
        least, most = self.losses_.min(), min(self.losses_.max(), SHOWN_RISE * self.smoothed_losses_[0])
        margin = 0.05 * (most - least) or 0.05
        axes.set(xscale="log", xlabel="learning rate", ylabel="loss", ylim=(least - margin, most + margin))
        labels = ["loss of an update", "smoothed", f"suggestion: {self.suggestion_:.2g}"]
        self.legend_ = legend_above(axes, self.lines_, labels, of_figure=ax is None)
        return self


def learning_rate_range(
    estimator: Any,
    X: SequencesLike,
    y: SequencesLike | None = None,
    *,
    sample_weight: ArrayLike | None = None,
    X_future: SequencesLike | None = None,
    X_static: SequencesLike | None = None,
    low: float = 1e-5,
    high: float = 1.0,
    n_updates: int = 100,
) -> LearningRateRange:
    """Try learning rates in one short run of a copy of an estimator (Smith 2017).

    The rate rises from update to update, by the same factor every time. The loss first stays, then falls, and rises
    again where the rate is too high. Training learns best at rates for which it falls steeply.

    Parameters
    ----------
    estimator : estimator
        An estimator of skseq with networks of its own, fitted or not. It stays as it is. All of its parameters count
        but those that say when and how its rate changes.

    X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
        Sequences of the kind in fit.

    y : array-like of the kind in fit, default=None
        Targets. None for estimators that have none.

    sample_weight : array-like of shape (n_samples,), default=None
        Weights of the samples in the loss.

    X_future, X_static : array-like of the kind in fit, default=None
        What is known of every step to come and of every sample, for a `Seq2SeqRegressor`.

    low : float, default=1e-5
        Rate of the first update.

    high : float, default=1.0
        Rate of the last update.

    n_updates : int, default=100
        Number of updates, each on another batch of `batch_size` samples. More of them give a smoother picture.

    Returns
    -------
    found : :class:`~skseq.model_selection.LearningRateRange`
        Rates, losses and a suggestion. Its `plot` draws them.

    Raises
    ------
    TypeError
        If the estimator is not one of skseq that trains a network, or knows no `X_future` or `X_static`.
    ValueError
        If the estimator has a `network` of your own, or if the rates are not in ascending order.

    References
    ----------
    Smith, "Cyclical Learning Rates for Training Neural Networks", WACV 2017, section 3.3.

    Examples
    --------
    >>> import numpy as np
    >>> from skseq import SequenceClassifier
    >>> from skseq.model_selection import learning_rate_range
    >>> X = np.random.RandomState(0).randn(200, 8)
    >>> y = X.mean(axis=1) > 0
    >>> model = SequenceClassifier(units=16, random_state=0)
    >>> found = learning_rate_range(model, X, y)
    >>> 0.001 < found.suggestion_ < 0.1
    True
    >>> best = model.set_params(learning_rate=found.suggestion_, epochs=20).fit(X, y)
    """
    _check(estimator, low, high, n_updates)
    known = _known(estimator, {"X_future": X_future, "X_static": X_static})
    trial = clone(estimator).set_params(
        optimizer=_without_rate(estimator.optimizer),
        learning_rate=high,
        learning_rate_schedule="constant",
        warmup=0.0,
        shuffle=True,
        early_stopping=False,
        warm_start=False,
        callbacks=None,
        verbose=0,
        jit_compile=False,  # which takes longer than so few updates
    )
    factors = (low / high) ** np.linspace(1, 0, n_updates)
    history = trial._try_learning_rates(X, y, sample_weight, factors, **known)
    return LearningRateRange(history["learning_rate"], history["loss"])


def _check(estimator, low, high, n_updates):
    """Raise an error that says what to pass instead."""
    name = type(estimator).__name__
    if not hasattr(estimator, "_try_learning_rates"):
        raise TypeError(
            f"learning_rate_range needs an estimator of skseq that trains a network. Got {name}. Of a Pipeline, pass "
            "its last step, and X as the steps before it give it; of a search or a SequenceEncoder, its estimator; of "
            "a SeriesForecaster, its estimator or a Seq2SeqRegressor, with X and y from X, y, _ = "
            "skseq.preprocessing.SlidingWindows(window=24, horizon=6).split_series(series)."
        )
    if getattr(estimator, "network", None) is not None:
        raise ValueError(f"learning_rate_range cannot set the rate of a network of your own: {name} has network=.")
    if not 0 < low < high:
        raise ValueError(f"low must be above 0 and below high. Got low={low!r} and high={high!r}.")
    if not is_count(n_updates) or n_updates < 2:
        raise ValueError(f"n_updates must be a whole number from 2 to {MOST}. Got {n_updates!r}.")


def _known(estimator, given):
    """Arguments by name that were given; the `fit` of the estimator must have them, too."""
    known = {name: value for name, value in given.items() if value is not None}
    for name in known:
        if not has_fit_parameter(estimator, name):
            raise TypeError(f"{type(estimator).__name__} knows no {name}: leave it out.")
    return known


def _without_rate(optimizer):
    """The parameter `optimizer` without a learning rate of its own."""
    if isinstance(optimizer, str) or not isinstance(optimizer.get("config"), dict):
        return optimizer
    return {**optimizer, "config": {name: x for name, x in optimizer["config"].items() if name != "learning_rate"}}


def _smoothed(losses, width):
    """Mean of every loss and of its neighbours, fewer at the ends, (n,)."""
    n_neighbours = max(0, min(width, len(losses)) - 1) // 2  # on either side
    kernel = np.ones(2 * n_neighbours + 1)
    counts = np.convolve(np.ones(len(losses)), kernel, "same")
    return np.convolve(losses, kernel, "same") / counts
