"""``make_...`` functions like those of `sklearn.datasets`: a thin layer over the generator."""

from __future__ import annotations

from inspect import signature

from skseq._arguments import Count
from skseq._sklearn import validate_params
from skseq._typing import Array, RandomState
from skseq.datasets._generator import SequencePairGenerator


def _validated(make):
    """Hold the parameters of a ``make_*`` function to the generator's constraints."""
    known = {"n_samples": [Count()], **SequencePairGenerator._parameter_constraints}
    constraints = {name: known[name] for name in signature(make).parameters}
    return validate_params(constraints, prefer_skip_nested_validation=True)(make)


def _draw(task, *, n_samples, **parameters):
    """Pairs of a task; a ``make_*`` function hands on its ``locals()``, which are its arguments by name."""
    return SequencePairGenerator(task, **parameters).fit().sample(n_samples)


@_validated
def make_echo(
    n_samples: int = 100,
    *,
    n_timesteps: int = 5,
    n_kept: int | None = None,
    pad_target: bool = False,
    cardinality: int = 50,
    reserve_zero: bool = False,
    reverse_source: bool = False,
    random_state: RandomState = None,
) -> tuple[Array, Array]:
    """Draw random sequences whose target is their own beginning.

    Parameters
    ----------
    n_samples : int, default=100
        Number of pairs.
    n_timesteps : int, default=5
        Length of the source.
    n_kept : int or None, default=None
        Length of the target, which is the first `n_kept` steps of the source. None means all.
    pad_target : bool, default=False
        Whether the target is padded with 0 on the right, to the length of the source.
    cardinality : int, default=50
        Number of distinct token ids, 0 to `cardinality` - 1.
    reserve_zero : bool, default=False
        Whether tokens are drawn from 1 on, so that 0 is left for padding and the start token.
    reverse_source : bool, default=False
        Whether the source is presented with its last step first.
    random_state : int, RandomState instance or None, default=None
        Source of the draws. An int gives the same pairs every time.

    Returns
    -------
    X : ndarray of shape (n_samples, n_timesteps), dtype int64
        Sources.
    y : ndarray of shape (n_samples, n_kept), or (n_samples, n_timesteps) if padded, dtype int64
        Targets.

    See Also
    --------
    SequencePairGenerator : The same as an estimator. Its `transform` returns the right target for any source.

    Examples
    --------
    >>> from skseq.datasets import make_echo
    >>> X, y = make_echo(n_kept=2, pad_target=True, random_state=0)
    >>> X.shape, y.shape
    ((100, 5), (100, 5))
    >>> bool((y[:, :2] == X[:, :2]).all() and (y[:, 2:] == 0).all())
    True
    """
    return _draw("echo", **locals())


@_validated
def make_reversed(
    n_samples: int = 100,
    *,
    n_timesteps: int = 5,
    n_kept: int | None = None,
    pad_target: bool = False,
    cardinality: int = 50,
    reserve_zero: bool = False,
    reverse_source: bool = False,
    random_state: RandomState = None,
) -> tuple[Array, Array]:
    """Draw random sequences whose target is their own beginning, last step first.

    Parameters
    ----------
    n_samples : int, default=100
        Number of pairs.
    n_timesteps : int, default=5
        Length of the source.
    n_kept : int or None, default=None
        Length of the target, which is the first `n_kept` steps of the source, reversed. None means all.
    pad_target : bool, default=False
        Whether the target is padded with 0 on the right, to the length of the source.
    cardinality : int, default=50
        Number of distinct token ids, 0 to `cardinality` - 1.
    reserve_zero : bool, default=False
        Whether tokens are drawn from 1 on, so that 0 is left for padding and the start token.
    reverse_source : bool, default=False
        Whether the source is presented with its last step first.
    random_state : int, RandomState instance or None, default=None
        Source of the draws. An int gives the same pairs every time.

    Returns
    -------
    X : ndarray of shape (n_samples, n_timesteps), dtype int64
        Sources.
    y : ndarray of shape (n_samples, n_kept), or (n_samples, n_timesteps) if padded, dtype int64
        Targets.

    See Also
    --------
    SequencePairGenerator : The same as an estimator. Its `transform` returns the right target for any source.

    Examples
    --------
    >>> from skseq.datasets import make_reversed
    >>> X, y = make_reversed(n_timesteps=6, n_kept=3, cardinality=51, reserve_zero=True, random_state=0)
    >>> bool((y == X[:, [2, 1, 0]]).all())
    True
    """
    return _draw("reverse", **locals())


@_validated
def make_sorted(
    n_samples: int = 100,
    *,
    n_timesteps: int = 5,
    n_kept: int | None = None,
    pad_target: bool = False,
    cardinality: int = 50,
    reserve_zero: bool = False,
    reverse_source: bool = False,
    random_state: RandomState = None,
) -> tuple[Array, Array]:
    """Draw random sequences whose target is their own beginning in ascending order.

    Parameters
    ----------
    n_samples : int, default=100
        Number of pairs.
    n_timesteps : int, default=5
        Length of the source.
    n_kept : int or None, default=None
        Length of the target, which is the first `n_kept` steps of the source, sorted. None means all.
    pad_target : bool, default=False
        Whether the target is padded with 0 on the right, to the length of the source.
    cardinality : int, default=50
        Number of distinct token ids, 0 to `cardinality` - 1.
    reserve_zero : bool, default=False
        Whether tokens are drawn from 1 on, so that 0 is left for padding and the start token.
    reverse_source : bool, default=False
        Whether the source is presented with its last step first.
    random_state : int, RandomState instance or None, default=None
        Source of the draws. An int gives the same pairs every time.

    Returns
    -------
    X : ndarray of shape (n_samples, n_timesteps), dtype int64
        Sources.
    y : ndarray of shape (n_samples, n_kept), or (n_samples, n_timesteps) if padded, dtype int64
        Targets.

    See Also
    --------
    SequencePairGenerator : The same as an estimator. Its `transform` returns the right target for any source.

    Examples
    --------
    >>> from skseq.datasets import make_sorted
    >>> X, y = make_sorted(random_state=0)
    >>> bool((y[:, :-1] <= y[:, 1:]).all())
    True
    """
    return _draw("sort", **locals())


@_validated
def make_copy(
    n_samples: int = 100,
    *,
    n_timesteps: int = 30,
    n_kept: int | None = 10,
    cardinality: int = 10,
    reverse_source: bool = False,
    random_state: RandomState = None,
) -> tuple[Array, Array]:
    """Draw pairs of the copy-memory task: remember symbols over a delay, repeat them after the marker.

    The source is `n_kept` symbols, n_timesteps - 2 * `n_kept` - 1 blanks (0), the marker (`cardinality` - 1) and
    `n_kept` blanks. The target is blank except for the last `n_kept` steps, which repeat the symbols.

    Parameters
    ----------
    n_samples : int, default=100
        Number of pairs.
    n_timesteps : int, default=30
        Length of source and target, at least 2 * `n_kept` + 1. Longer sequences have a longer delay.
    n_kept : int or None, default=10
        Number of symbols to remember. None means as many as fit.
    cardinality : int, default=10
        Number of distinct token ids: the blank 0, symbols 1 to `cardinality` - 2, and the marker `cardinality` - 1.
    reverse_source : bool, default=False
        Whether the source is presented with its last step first.
    random_state : int, RandomState instance or None, default=None
        Source of the draws. An int gives the same pairs every time.

    Returns
    -------
    X : ndarray of shape (n_samples, n_timesteps), dtype int64
        Sources.
    y : ndarray of shape (n_samples, n_timesteps), dtype int64
        Targets.

    References
    ----------
    .. [1] S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation 9(8), 1997.
    .. [2] M. Arjovsky, A. Shah and Y. Bengio, "Unitary evolution recurrent neural networks", ICML 2016,
       section 5.1. Ten symbols of eight kinds, as here, and delays (n_timesteps - 2 * `n_kept`) of 100 and more.

    Examples
    --------
    >>> from skseq.datasets import make_copy
    >>> X, y = make_copy(1, n_timesteps=8, n_kept=2, cardinality=4, random_state=0)
    >>> X
    array([[1, 2, 0, 0, 0, 3, 0, 0]])
    >>> y
    array([[0, 0, 0, 0, 0, 0, 1, 2]])
    """
    return _draw("copy", **locals())


@_validated
def make_addition(
    n_samples: int = 100, *, n_digits: int = 3, reverse_source: bool = False, random_state: RandomState = None
) -> tuple[Array, Array]:
    """Draw sums of whole numbers, spelt out in characters.

    Parameters
    ----------
    n_samples : int, default=100
        Number of pairs.
    n_digits : int, default=3
        Number of columns per number, 1 to 18. Each number is uniform on 0 to 10 ** `n_digits` - 1.
    reverse_source : bool, default=False
        Whether the source is presented with its last character first.
    random_state : int, RandomState instance or None, default=None
        Source of the draws. An int gives the same pairs every time.

    Returns
    -------
    X : ndarray of shape (n_samples, 2 * n_digits + 1), dtype "<U1"
        The characters of ``a+b``, each number right-aligned with spaces.
    y : ndarray of shape (n_samples, n_digits + 1), dtype "<U1"
        The characters of the sum, right-aligned with spaces.

    References
    ----------
    .. [1] W. Zaremba and I. Sutskever, "Learning to execute", arXiv:1410.4615, 2014.

    Examples
    --------
    >>> from skseq.datasets import make_addition
    >>> X, y = make_addition(1, random_state=0)
    >>> "".join(X[0]), "".join(y[0])
    ('684+559', '1243')
    """
    return _draw("addition", **locals())
