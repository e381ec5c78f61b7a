"""What callbacks of scikit-learn (`sklearn.callback`, 1.9 and later) see of a fit: its tasks.

The fit is one task. Its parts are the epochs, or with ``n_init`` the runs, whose parts are the epochs. `FitTask` has
the form of `skseq.nn.training.tasks.NoTask`, so that the engine knows nothing of scikit-learn.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, Self

from skseq._sklearn import HAS_CALLBACKS, CallbackSupportMixin, available_if, begin_task


@dataclass(frozen=True, kw_only=True)
class FitTask:
    """A part of a fit that callbacks watch.

    ``given`` is what they are told of the data: X, y and metadata. ``attributes`` makes those of an estimator that has
    ended its fit of what training has found.
    """

    estimator: Any
    given: dict
    attributes: Callable
    context: Any = None
    watched = True

    def begin_fit(self, n_parts):
        """The task of the whole fit begins."""
        return replace(self, context=begin_task(self.estimator, n_parts))._told()

    def begin(self, name, n_parts=0):
        """See `NoTask`."""
        return replace(self, context=self.context.subcontext(task_name=name, max_subtasks=n_parts))._told()

    def _told(self):
        self.context.call_on_fit_task_begin(estimator=self.estimator, **self.given)
        return self

    def end(self, found=None):
        """See `NoTask`."""
        return self._end(None if found is None else lambda: self.attributes(*found()))

    def end_fit(self):
        """The whole fit ends, and the estimator is what it will be."""
        return self._end({})

    def _end(self, attributes):
        given = {**self.given, "reconstruction_attributes": attributes}
        return self.context.call_on_fit_task_end(estimator=self.estimator, **given)


def _has_callbacks(_):
    if not HAS_CALLBACKS:
        raise AttributeError("Callbacks of scikit-learn need scikit-learn 1.9 or later. Update it.")
    return True


class CallbacksMixin(CallbackSupportMixin):
    """Estimators whose fits callbacks of scikit-learn can follow."""

    @available_if(_has_callbacks)
    def set_callbacks(self, *callbacks: Any) -> Self:
        """Set callbacks of scikit-learn, which follow `fit`; needs scikit-learn 1.9.

        They are told when the fit and each of its epochs begins and ends (with ``n_init``, also each run), and may
        end training after an epoch: what was learnt until then is kept. `partial_fit` calls none. Clones have the same
        callbacks, and those of a search or a pipeline come down to its estimators. Unlike the parameter
        `callbacks`, which holds callbacks of Keras, they are no parameter.

        Parameters
        ----------
        *callbacks : callbacks of `sklearn.callback`
            Such as ``ProgressBar()`` or ``ScoringMonitor(scoring="accuracy")``; without any, those set before go.

        Returns
        -------
        self : object
            The estimator.

        Examples
        --------
        >>> import numpy as np
        >>> from sklearn.callback import ScoringMonitor
        >>> from skseq import SequenceClassifier
        >>> X, y = np.random.RandomState(0).randn(20, 5), [0, 1] * 10
        >>> monitor = ScoringMonitor(scoring="accuracy")
        >>> model = SequenceClassifier(units=4, epochs=5, random_state=0).set_callbacks(monitor).fit(X, y)
        >>> [entry["task_name"] for entry in monitor.get_logs().data]
        ['fit', 'epoch', 'epoch', 'epoch', 'epoch', 'epoch']
        """
        try:
            return super().set_callbacks(*callbacks)
        except TypeError as error:
            raise TypeError(
                f"set_callbacks of {type(self).__name__} takes callbacks of scikit-learn such as ProgressBar(). Got "
                f"{', '.join(type(callback).__name__ for callback in callbacks)}. Callbacks of Keras go into the "
                "parameter callbacks."
            ) from error
