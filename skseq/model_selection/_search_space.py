"""search_space: what to search over, and between which bounds, for an estimator as it is configured."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from numbers import Real
from typing import Any, Literal

import numpy as np
from sklearn.base import BaseEstimator
from sklearn.frozen import FrozenEstimator

from skseq._arguments import Count, Number, as_random_state, brief, check_switch
from skseq._files import public
from skseq._sklearn import StrOptions, validate_params

_BOUND = Number(Real, -sys.float_info.max / 2, sys.float_info.max / 2, closed="both")  # the width is finite, too


@dataclass(frozen=True)
class Choice:
    """One of some values."""

    values: tuple


@public
@dataclass(frozen=True)
class Range:
    """Numbers between two bounds, as a distribution for scikit-learn's searches.

    `Range` draws as `scipy.stats.uniform` and `scipy.stats.loguniform` do, but files without pickle can hold it.
    Loading a distribution of SciPy runs code in its file, so `skseq.TRUSTED_TYPES` names none.

    Parameters
    ----------
    low : float
        The least number.
    high : float
        The largest number, above `low`.
    log : bool, default=False
        True makes every order of magnitude as likely; `low` then has to be positive.

    Raises
    ------
    ValueError
        If a bound is no finite number, if `high` is not above `low`, or if `low` is not positive and ``log=True``.

    Examples
    --------
    >>> from skseq.model_selection import Range
    >>> rates = Range(0.001, 0.1, log=True)  # as a value of param_distributions
    >>> round(rates.rvs(random_state=0), 4)
    0.0125
    """

    low: float
    high: float
    log: bool = False

    def __post_init__(self) -> None:
        for name in ("low", "high"):
            if not _BOUND.is_satisfied_by(getattr(self, name)):
                raise ValueError(
                    f"Range needs numbers from {_BOUND.left:.3g} to {_BOUND.right:.3g}, got {name}="
                    f"{brief(getattr(self, name), 80)}."
                )
        check_switch("log", self.log)
        if not self.low < self.high:
            raise ValueError(f"Range needs low < high, got low={self.low!r} and high={self.high!r}.")
        if self.log and self.low <= 0:
            raise ValueError(f"Range(log=True) needs a positive low, got {self.low!r}: use log=False.")

    def rvs(self, size: int | tuple[int, ...] | None = None, random_state: Any = None) -> Any:
        """Draw numbers.

        Parameters
        ----------
        size : int, tuple of int or None, default=None
            Shape of the result. None draws one number.
        random_state : int, RandomState or None, default=None
            Where draws come from.

        Returns
        -------
        numbers : float or ndarray
            Between the bounds.

        Raises
        ------
        ValueError
            If `size` or `random_state` is none of these.
        """
        lengths = size if isinstance(size, (list, tuple)) else () if size is None else (size,)
        if not all(map(Count(0).is_satisfied_by, lengths)):
            raise ValueError(f"size must be None, an integer of at least 0 or a tuple of such. Got {brief(size, 80)}.")
        share = as_random_state(random_state).uniform(size=size)
        if not self.log:
            return self.low + share * (self.high - self.low)
        drawn = np.exp(np.log(self.low) + share * (np.log(self.high) - np.log(self.low)))
        return float(drawn) if size is None else drawn


SPACE = {
    "cell": Choice(("lstm", "gru")),  # "cho-gru" takes one product per step more than "gru"
    "n_layers": Choice((1, 2)),  # more of them are slow, and need much data
    "bidirectional": Choice((False, True)),
    "pooling": Choice(("auto", "mean", "last", "attention", "concat")),
    "transitions": Choice((False, True)),
    "attention": Choice((False, "bahdanau", "dot", "general", "concat")),  # the others need a window, or bound lengths
    "code": Choice(("repeated", "state", "both")),
    "embedding_dim": Choice((None, 16, 32, 64)),
    "weight_decay": Choice((0.0, 0.001, 0.01, 0.1)),  # none, and around 0.01, PyTorch's default of AdamW
    "dropout": Range(0.0, 0.4),  # at most a little less than the usual rate of hidden layers (Srivastava et al. 2014)
    "recurrent_dropout": Range(0.0, 0.7),  # of estimators that have some: generators have 0.5
}
AROUND_ITS_OWN = ("units", "epochs", "batch_size", "learning_rate")
FALLING = Choice(("constant", "cosine"))  # for a constant rate; one of the falling paths stands for all
AUTOMATIC = {"epochs": ("auto", 50, 100), "batch_size": ("auto", 16, 32)}
RATES_BELOW, RATES_ABOVE = 5, 3  # with far higher ones recurrent layers under Adam tend to diverge
OF_THE_ENCODER = ("units", "cell", "n_layers", "bidirectional", "embedding_dim")
OF_THE_RATE = ("learning_rate", "learning_rate_schedule")


@validate_params(
    {
        "estimator": "no_validation",
        "resource": [str, None],
        "library": [StrOptions({"scikit-learn", "optuna"})],
    },
    prefer_skip_nested_validation=True,
)
def search_space(
    estimator: Any, *, resource: str | None = None, library: Literal["scikit-learn", "optuna"] = "scikit-learn"
) -> dict[str, Any]:
    """Parameters worth a search, and the values to draw them from.

    The space depends on the estimator: on its class, and on parameters that decide others. Tokens add `embedding_dim`.
    A given `encoder` removes the parameters that it decides. `recurrent_dropout` replaces `dropout` if the estimator
    has only the former. With a `network` of your own, only `epochs` and `batch_size` are left. Every draw is a valid
    set of parameters.

    Parameters
    ----------
    estimator : estimator
        An estimator of skseq, or one of scikit-learn with such estimators inside, such as a `Pipeline`. It stays as it
        is. Its `units`, `epochs` and `batch_size` are the middle of their values: half as many, as many, and twice as
        many; "auto" is joined by 50 and 100 epochs, 16 and 32 samples. Learning rates are from a fifth of its own to
        three times as much, and fall if its own do.

    resource : str or None, default=None
        Name of a parameter that is left out because the search sets it: that of the same name in
        `HalvingRandomSearchCV`, such as "epochs", or "step__epochs" of a step of a pipeline.

    library : {"scikit-learn", "optuna"}, default="scikit-learn"
        Whose distributions the values are. "scikit-learn": lists and `Range`, for `RandomizedSearchCV` and
        `HalvingRandomSearchCV`. "optuna": those of `optuna.distributions`, for `OptunaSearchCV` and ``Study.ask``.

    Returns
    -------
    space : dict of str to list or distribution
        Names as in ``get_params()``. Take entries out or replace them as you like.

    Raises
    ------
    TypeError
        If there is no estimator of skseq.
    ImportError
        If optuna is asked for, and missing.

    See Also
    --------
    learning_rate_range : Try learning rates in one short run.

    Notes
    -----
    An estimator may read tokens although no parameter says so (``source_type="auto"``). Then `embedding_dim` is in the
    space only if the estimator is fitted. Set ``source_type="tokens"`` to have it there anyway.

    References
    ----------
    Bergstra and Bengio, "Random Search for Hyper-Parameter Optimization", JMLR 2012.

    Examples
    --------
    >>> from skseq import SequenceClassifier
    >>> from skseq.model_selection import search_space
    >>> space = search_space(SequenceClassifier(), resource="epochs")
    >>> space["pooling"]
    ['auto', 'mean', 'last', 'attention', 'concat']
    >>> "epochs" in space
    False
    """
    space = {f"{prefix}{name}": x for prefix, own in _members(estimator).items() for name, x in _space(own).items()}
    space.pop(resource, None)
    if library == "scikit-learn":
        return {name: list(x.values) if isinstance(x, Choice) else x for name, x in space.items()}
    distributions = _optuna_distributions()
    return {name: _of_optuna(x, distributions) for name, x in space.items()}


def _members(estimator):
    """Prefix of its parameters -> estimator of skseq, for all that can be searched."""
    if _is_ours(estimator):
        return {"": estimator}
    parameters = estimator.get_params() if isinstance(estimator, BaseEstimator) and not _is_frozen(estimator) else {}
    closed = [name for name, value in parameters.items() if _is_ours(value) or _is_frozen(value)]
    found = {
        f"{name}__": value
        for name, value in parameters.items()
        if _is_ours(value) and not any(name.startswith(f"{other}__") for other in closed)  # such as an encoder
    }
    if not found:
        gives_codes = hasattr(estimator, "transform")
        usual = "LSTMAutoencoderTransformer()" if gives_codes else 'Seq2SeqRegressor(loss="quantile")'
        inside = f" with estimator=None: name what it is to have inside, such as {usual}"
        raise TypeError(
            "search_space needs an estimator of skseq, or one with such an estimator inside, which is not frozen. Got "
            f"{type(estimator).__name__}{inside if parameters.get('estimator', ()) is None else ''}."
        )
    return found


def _is_frozen(value):
    return isinstance(value, FrozenEstimator)


def _is_ours(value):
    return isinstance(value, BaseEstimator) and not _is_frozen(value) and hasattr(value, "_try_learning_rates")


def _space(estimator):
    """Name -> values of one estimator of skseq."""
    parameters = estimator.get_params(deep=False)
    own = {name: parameters[name] for name in AROUND_ITS_OWN if parameters[name] is not None}
    space = {name: _around(name, value) for name, value in own.items()}
    if parameters.get("network") is not None:
        return {name: space[name] for name in ("batch_size", "epochs")}
    space |= {name: values for name, values in SPACE.items() if name in parameters}
    if parameters["learning_rate_schedule"] == "constant":
        space["learning_rate_schedule"] = FALLING
    for name in _decided(estimator, parameters):
        space.pop(name, None)
    if "attention" in space:
        space["attention"] = _attentions(parameters)
        del space["code"]  # its value "auto" suits each of them
    return space


def _around(name, own):
    """Values around that of the estimator: rates between bounds; else half as many, as many and twice as many."""
    if own == "auto":
        return Choice(AUTOMATIC[name])
    if name == "learning_rate":
        return Range(own / RATES_BELOW, own * RATES_ABOVE, log=True)
    return Choice(tuple(sorted({max(1, own // 2), own, 2 * own})))


def _decided(estimator, parameters):
    """Names of parameters that others leave no choice."""
    config = parameters["optimizer"].get("config") or {} if isinstance(parameters["optimizer"], dict) else {}
    if parameters.get("encoder") is not None:
        yield from OF_THE_ENCODER
    if not _reads_tokens(estimator, parameters):
        yield "embedding_dim"
    # One kind of dropout is enough to search: that which the estimator has.
    yield "dropout" if parameters.get("recurrent_dropout") and not parameters["dropout"] else "recurrent_dropout"
    if parameters["learning_rate"] is None:  # the configuration of the optimizer has it
        yield from OF_THE_RATE
    if config.get("weight_decay") is not None:
        yield "weight_decay"


def _reads_tokens(estimator, parameters):
    """Whether X holds tokens, as far as one can tell."""
    said = parameters.get("analyzer") is not None or parameters.get("source_type") == "tokens"
    return said or parameters.get("vocabulary") is not None or hasattr(estimator, "vocabulary_")


def _attentions(parameters):
    """Those that go with the decoder."""
    barred = set()
    if parameters["input_feeding"]:
        barred = {False, "bahdanau"}
    elif parameters["decoder"] == "merge":
        barred = {"bahdanau"}
    return Choice(tuple(kind for kind in SPACE["attention"].values if kind not in barred))


def _of_optuna(values, distributions):
    if isinstance(values, Choice):
        return distributions.CategoricalDistribution(values.values)
    return distributions.FloatDistribution(values.low, values.high, log=values.log)


def _optuna_distributions():
    try:
        from optuna import distributions
    except ImportError as error:
        raise ImportError(
            "search_space(library='optuna') needs optuna: pip install 'skseq[tuning]', or use library='scikit-learn'."
        ) from error
    return distributions
