"""The one door to what scikit-learn keeps private: if a release moves a helper, only this file changes.

Our classes also inherit private names of `BaseEstimator` and `_BaseScorer`: ``tests/test_doors.py`` has them all.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

from sklearn.base import BaseEstimator
from sklearn.metrics._scorer import _BaseScorer  # scorers whose metric is not a function of (y_true, y_pred)
from sklearn.utils import _safe_indexing  # some samples of any container: list, array, data frame
from sklearn.utils._param_validation import (
    HasMethods as HasMethodsOrIsClass,  # all four: what `_parameter_constraints` is written in, and what it raises
)
from sklearn.utils._param_validation import (
    Interval,
    InvalidParameterError,
    StrOptions,
    validate_parameter_constraints,  # the check itself, also of some parameters alone
)
from sklearn.utils.validation import (
    _check_feature_names,  # names of columns, where the data are no numbers that `validate_data` could read
    _check_sample_weight,  # sample weights with scikit-learn's own messages
    _num_samples,  # number of samples of any container
    validate_data,
)

if TYPE_CHECKING:  # scikit-learn has no types: without these, what they decorate would have none either
    Function = TypeVar("Function", bound=Callable[..., Any])

    def _fit_context(*, prefer_skip_nested_validation: bool) -> Callable[[Function], Function]: ...
    def available_if(check: Callable[[Any], object]) -> Callable[[Function], Function]: ...
    def validate_params(
        parameter_constraints: dict[str, Any], *, prefer_skip_nested_validation: bool
    ) -> Callable[[Function], Function]: ...

    def with_callbacks(method: Function) -> Function: ...

    class CallbackSupportMixin:
        """scikit-learn's mixin of estimators that call callbacks."""

        def set_callbacks(self, *callbacks: Any) -> Any:
            """Set the callbacks of this estimator."""

else:
    from sklearn.base import _fit_context  # checks `_parameter_constraints` before a fit; nothing public does
    from sklearn.utils._available_if import _AvailableIfDescriptor
    from sklearn.utils._param_validation import validate_params  # the same checks for functions

    class _SaysWhy(_AvailableIfDescriptor):
        """The method of scikit-learn's `available_if`, whose error only says that there is no such attribute."""

        def _check(self, obj, owner):
            try:
                super()._check(obj, owner=owner)
            except AttributeError as error:
                cause = error.__cause__  # what `check` raised
                raise AttributeError(f"{error}. {cause}" if cause else str(error)) from cause

    def available_if(check):
        """A method that exists only where ``check(estimator)`` is true; what it raises says what to do."""
        return lambda method: _SaysWhy(method, check, attribute_name=method.__name__)

    try:
        from sklearn.callback import CallbackSupportMixin, with_callbacks
    except ImportError:  # before 1.9: estimators have no `set_callbacks`, and nothing below is called

        class CallbackSupportMixin:
            """What estimators inherit where there are no callbacks."""

        def with_callbacks(method):
            return method


HAS_CALLBACKS = hasattr(CallbackSupportMixin, "set_callbacks")

__all__ = [
    "HAS_CALLBACKS",
    "CallbackSupportMixin",
    "ColumnsOutMixin",
    "HasMethods",
    "Interval",
    "InvalidParameterError",
    "StrOptions",
    "_BaseScorer",
    "_check_feature_names",
    "_check_sample_weight",
    "_fit_context",
    "_num_samples",
    "_safe_indexing",
    "available_if",
    "begin_task",
    "fitted_attributes_html",
    "pop_callbacks",
    "validate_data",
    "validate_parameter_constraints",
    "validate_params",
    "wants",
    "watches",
    "with_callbacks",
]


class HasMethods(HasMethodsOrIsClass):
    """An object with these methods. A class has them, too, but is no estimator: it was not called."""

    def is_satisfied_by(self, val):
        return not isinstance(val, type) and super().is_satisfied_by(val)


class ColumnsOutMixin:
    """``set_output`` for results that are columns, as `_gives_columns` says, and without effect on all others.

    scikit-learn wraps the results of every class that has names of outputs, and asks `_sklearn_auto_wrap_output_keys`
    of which methods.
    """

    def __init_subclass__(cls, **options: Any) -> None:
        super().__init_subclass__(**options)
        cls._sklearn_auto_wrap_output_keys = property(lambda self: {"transform"} if self._gives_columns() else set())

    def set_output(self, *, transform: Any = None) -> Any:
        """Set the container of `transform`, of columns alone; sequences stay as they are.

        Parameters
        ----------
        transform : {"default", "pandas", "polars"}, default=None
            The container. None changes nothing.

        Returns
        -------
        self : object
            The transformer.
        """
        return super().set_output(transform=transform) if self._gives_columns() else self


def wants(check, parameters):
    """A check for `available_if` that says what to set."""

    def checked(estimator):
        if not check(estimator):
            raise AttributeError(f"This method needs {parameters}. Set that, and fit.")
        return True

    return checked


def fitted_attributes_html(estimator, doc_link):
    """What scikit-learn shows of a fitted estimator since 1.9, which alone calls this; it looks at all of `dir`."""
    return BaseEstimator._get_fitted_attr_html(estimator, doc_link)


def watches(estimator):
    """Whether callbacks follow the fits of an estimator: its own, or those of one that holds it."""
    return bool(getattr(estimator, "_skl_callbacks", ()))


def pop_callbacks(state):
    """Take callbacks out of the attributes of an estimator; returns whether there were any."""
    return bool(state.pop("_skl_callbacks", ()))


def begin_task(estimator, n_parts):
    """The context of a whole fit, which sets its callbacks up; private, but meant for estimators of other libraries."""
    return estimator._init_callback_context(max_subtasks=n_parts)
