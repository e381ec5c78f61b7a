"""DecodingSearch: a grid of search parameters, tried on a fitted model."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import copy
from time import perf_counter
from typing import Any, Self

import numpy as np
from scipy.stats import rankdata
from sklearn.base import BaseEstimator, MetaEstimatorMixin
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import ParameterGrid
from sklearn.utils.validation import check_is_fitted

from skseq._arguments import as_score, brief
from skseq._base.decoders.decoding import SEARCH_PARAMETERS, SearchMixin
from skseq._callers import warn_caller
from skseq._docs import DocLinkMixin
from skseq._files import StoredMixin, public
from skseq._sklearn import HasMethods, _fit_context, available_if
from skseq._typing import Array, Scoring, SequencesLike
from skseq._whole import fits_whole
from skseq.metrics._by_name import scorer_of


def _best_has(method):
    """Whether the estimator that is asked has a method."""

    def check(search):
        asked = getattr(search, "best_estimator_", search.estimator)
        if not hasattr(asked, method):
            own = " Search over its last step, and pass X as the steps before it give it." * hasattr(asked, "steps")
            raise AttributeError(f"The estimator, {type(asked).__name__}, has no {method}.{own}")
        return True

    return check


@public
class DecodingSearch(MetaEstimatorMixin, DocLinkMixin, StoredMixin, BaseEstimator):
    """Exhaustive search over the parameters that a fitted estimator reads at predict. Nothing is fitted.

    Beam width, penalties, temperature and constraints decide which output of a fitted network is found. The search
    tries every combination of a grid on held-out data, with the same weights, and keeps the best.

    Parameters
    ----------
    estimator : estimator
        A fitted `Seq2SeqTransducer` or `Seq2SeqClassifier`, or a fitted pipeline that ends in one. It is never changed.
        Other searches clone it, which makes it unfitted: there, wrap it in ``sklearn.frozen.FrozenEstimator``.

    param_grid : dict or list of dict
        Lists of values by parameter name, as in `GridSearchCV`. In a pipeline the names are ``<step>__<parameter>``.
        The parameters are `search`, `beam_width`, `length_penalty`, `coverage_penalty`, `temperature`, `top_k`,
        `top_p`, `min_p`, `min_length`, `max_length`, `no_repeat_ngram`, `allowed_outputs`, `forced_prefix` and
        `random_state`.
        All others are read in fit.

    scoring : str, callable, list, tuple, dict or None, default=None
        How combinations are judged, as in `GridSearchCV`, for example by one of `skseq.metrics.SCORERS`. None uses the
        estimator's own `score`. In a list of names or a dict of scorers, the first metric decides.

    Attributes
    ----------
    best_params_ : dict
        The combination with the highest score. Of several with this score, the first in the grid.

    best_score_ : float
        Its score.

    best_index_ : int
        Index of this combination in `results_`.

    best_estimator_ : estimator
        A copy of the estimator with these parameters, which shares its fitted weights.

    results_ : dict of str to list or ndarray
        One entry per combination, ready for a data frame: "params", a list of dicts; "param_<name>", masked arrays;
        "score"; "rank" (1 is best); and "seconds", the time that scoring took. The first search of a kind also builds
        its graph in that time. With several metrics "score_<metric>" and "rank_<metric>".

    scorer_ : callable
        The scorer, which is called with (estimator, X, y).

    See Also
    --------
    sklearn.model_selection.GridSearchCV : Search over parameters of the fit.

    Examples
    --------
    >>> import numpy as np
    >>> from skseq import DecodingSearch, Seq2SeqTransducer
    >>> rng = np.random.RandomState(0)
    >>> X = ["".join(rng.choice(list("ab"), rng.randint(1, 4))) for _ in range(60)]
    >>> y = [text.replace("b", "bc") for text in X]
    >>> model = Seq2SeqTransducer(units=16, analyzer="char", target_analyzer="char", epochs=80, random_state=0)
    >>> model.fit(X[:40], y[:40])
    Seq2SeqTransducer(...)
    >>> grid = {"search": ["beam"], "beam_width": [2, 4], "max_length": [2, (2, 0)]}
    >>> search = DecodingSearch(model, grid).fit(X[40:], y[40:])
    >>> search.best_params_
    {'beam_width': 2, 'max_length': (2, 0), 'search': 'beam'}
    >>> search.predict(["ab", "bba"])
    array(['abc', 'bcbca'], dtype=object)
    """

    best_params_: dict[str, Any]
    best_score_: float
    best_index_: int
    best_estimator_: Any
    results_: dict[str, Any]
    scorer_: Callable[..., Any]

    _parameter_constraints = {
        "estimator": [HasMethods(["fit", "predict"])],
        "param_grid": [dict, list],
        "scoring": [str, callable, list, tuple, dict, None],  # `scorer_of` knows which names there are
    }

    def __init__(
        self, estimator: Any, param_grid: dict[str, Any] | Sequence[dict[str, Any]], *, scoring: Scoring = None
    ):
        self.estimator = estimator
        self.param_grid = param_grid
        self.scoring = scoring

    @_fit_context(prefer_skip_nested_validation=False)
    @fits_whole
    def fit(self, X: SequencesLike, y: SequencesLike) -> Self:
        """Try every combination of the grid on data that the estimator was not fitted on.

        Parameters
        ----------
        X : array-like or list
            Sources of the kind that the estimator was fitted on.
        y : array-like or list
            True outputs in the form of y in its fit.

        Returns
        -------
        self : object
            The search.

        Raises
        ------
        NotFittedError
            If the estimator is not fitted.
        ValueError
            If the grid is empty or names a parameter that is not read at predict, if a score is no number, or if no
            combination has a finite score by the first metric.
        """
        estimator = _fitted(self.estimator)
        candidates = _candidates(self.param_grid, estimator)
        self.scorer_ = scorer_of(estimator, self.scoring)
        found = [_tried(_with_parameters(estimator, params), params, self.scorer_, X, y) for params in candidates]
        _check_scores([scores for scores, _ in found])
        self.results_ = {"params": candidates, **_columns(candidates)}
        for name in found[0][0]:  # one per metric
            scores = np.array([by_name[name] for by_name, _ in found])
            ranks = rankdata(-np.nan_to_num(scores, nan=-np.inf), method="min")  # the highest is 1, NaN is last
            self.results_ |= {f"score{name}": scores, f"rank{name}": ranks.astype(np.int32)}
        self.results_["seconds"] = np.array([seconds for _, seconds in found])
        first = next(iter(found[0][0]))
        _warn_if_not_read(candidates, estimator, self.results_[f"score{first}"])
        self.best_index_ = int(self.results_[f"rank{first}"].argmin())
        self.best_params_ = candidates[self.best_index_]
        self.best_score_ = float(self.results_[f"score{first}"][self.best_index_])
        self.best_estimator_ = _with_parameters(estimator, self.best_params_)
        return self

    def predict(self, X: SequencesLike) -> Array:
        """Predict with the best combination.

        Parameters
        ----------
        X : array-like or list
            Sources of the kind that the estimator was fitted on.

        Returns
        -------
        y : ndarray
            Outputs in the form that the estimator returns.
        """
        check_is_fitted(self)
        return self.best_estimator_.predict(X)

    @available_if(_best_has("predict_nbest"))
    def predict_nbest(self, X: SequencesLike, n: int) -> tuple[Array, Array]:
        """Find the n best outputs with the best combination. Pipelines do not have this method.

        Parameters
        ----------
        X : array-like or list
            Sources of the kind that the estimator was fitted on.
        n : int
            Number of outputs of every sample.

        Returns
        -------
        outputs : ndarray of shape (n_samples, n) or (n_samples, n, ...)
            Outputs in the form that `predict` returns, best first.
        log_probs : ndarray of shape (n_samples, n)
            The log P(output | source).
        """
        check_is_fitted(self)
        return self.best_estimator_.predict_nbest(X, n)

    def score(self, X: SequencesLike, y: SequencesLike) -> float:
        """Score the best combination by `scoring`. Of several metrics, the first counts.

        Parameters
        ----------
        X : array-like or list
            Sources of the kind that the estimator was fitted on.
        y : array-like or list
            True outputs.

        Returns
        -------
        score : float
            The higher, the better.
        """
        check_is_fitted(self)
        return next(iter(_scores(self.scorer_, self.best_estimator_, X, y).values()))


def _fitted(estimator):
    """The fitted estimator; anything else raises an error that says what to pass."""
    if isinstance(estimator, FrozenEstimator):  # it passes no search parameters on
        estimator = estimator.estimator
    last = _last(estimator)[1]
    if not isinstance(last, SearchMixin):
        raise TypeError(
            "The 'estimator' parameter of DecodingSearch must be a Seq2SeqTransducer or Seq2SeqClassifier, or a "
            f"pipeline that ends in one; of a search, pass best_estimator_. Got {type(last).__name__}."
        )
    remedy = (
        "DecodingSearch fits nothing, and this %(name)s is not fitted: fit it first. Searches clone their estimators, "
        "which makes them unfitted: there, wrap it in sklearn.frozen.FrozenEstimator."
    )
    check_is_fitted(last, msg=remedy)
    return estimator


def _last(estimator):
    """(what stands before the names of its parameters, the estimator itself), at the end of pipelines."""
    if not hasattr(estimator, "steps"):
        return "", estimator
    name, last = estimator.steps[-1]
    prefix, last = _last(last)  # which may be a pipeline itself
    return f"{name}__{prefix}", last


def _candidates(param_grid, estimator):
    """All combinations of the grid; names that are not read at predict raise ValueError."""
    candidates = list(ParameterGrid(param_grid))
    names = sorted({name for params in candidates for name in params})
    if not names:
        raise ValueError(f"param_grid={param_grid!r} is empty: name at least one parameter and its values.")
    prefix, last = _last(estimator)
    known = [f"{prefix}{name}" for name in SEARCH_PARAMETERS if name in last.get_params(deep=False)]
    if wrong := [name for name in names if name not in known]:
        raise ValueError(
            f"param_grid names {', '.join(map(repr, wrong))}, but {type(estimator).__name__} reads only these at "
            f"predict: {', '.join(known)}. Other parameters are read in fit: search over them with GridSearchCV."
        )
    return candidates


def _warn_if_not_read(candidates, estimator, scores):
    """Warn of parameters with several values in the grid, but one score (n,), that none of its searches reads.

    A scorer may ask for the n best outputs, of which a beam search is made in any case.
    """
    from skseq.nn.networks.seq2seq_search import SEARCHES

    prefix, last = _last(estimator)
    searches = {params.get(f"{prefix}search", last.search) for params in candidates}
    for search, (_, names) in SEARCHES.items():
        own = [prefix + name for name in names if name in SEARCH_PARAMETERS]
        if search not in searches and (tuned := _without_effect(candidates, own, scores)):
            warn_caller(
                f"param_grid has several values of {', '.join(tuned)}, which search="
                f"{' and '.join(map(repr, sorted(searches)))} does not read: set '{prefix}search': ['{search}'] in it."
            )


def _without_effect(candidates, names, scores):
    """Those of the names with several values, if combinations that differ in them alone have the same score."""
    tuned = [name for name in names if len({repr(params[name]) for params in candidates if name in params}) > 1]
    found = {}
    for params, score in zip(candidates, scores):
        others = repr({name: value for name, value in params.items() if name not in names})
        found.setdefault(others, set()).add(score)
    return tuned if all(len(own) == 1 for own in found.values()) else []


def _with_parameters(estimator, params):
    """A shallow copy of an estimator, or of a pipeline and its last step, with parameters set."""
    estimator = copy(estimator)  # shares the fitted numbers: a clone would be unfitted
    if not hasattr(estimator, "steps"):
        return estimator.set_params(**params)
    name, last = estimator.steps[-1]
    own = {parameter.removeprefix(f"{name}__"): value for parameter, value in params.items()}
    estimator.steps = [*estimator.steps[:-1], (name, _with_parameters(last, own))]
    return estimator


def _tried(estimator, params, scorer, X, y):
    """(scores, seconds) of one combination, which an error names."""
    start = perf_counter()
    try:
        scores = _scores(scorer, estimator, X, y)
    except Exception as error:
        error.add_note(f"DecodingSearch was at the candidate {params!r}.")
        raise
    return scores, perf_counter() - start


def _scores(scorer, estimator, X, y):
    """Score by suffix of its name in the results: none for one metric, "_<metric>" for several."""
    scores = scorer(estimator, X, y)
    named = {f"_{name}": score for name, score in scores.items()} if isinstance(scores, dict) else {"": scores}
    return {name: as_score(score, scorer) for name, score in named.items()}


def _check_scores(found):
    """Raise ValueError unless a combination has a finite score by the first metric, and warn of each NaN."""
    first = next(iter(found[0]))
    if not any(np.isfinite(scores[first]) for scores in found):
        raise ValueError(
            f"No combination of param_grid has a finite score{first}, so none is the best. Got "
            f"{brief([scores[first] for scores in found], 80)}: choose another scoring, or check X and y."
        )
    for name in found[0]:
        n_wrong = sum(np.isnan(scores[name]) for scores in found)
        if n_wrong:
            warn_caller(
                f"score{name} is NaN for {n_wrong} of {len(found)} combination(s) of param_grid: they rank last."
            )


def _columns(candidates):
    """A masked array "param_<name>" of the values of every parameter, masked where a combination does not name it."""
    columns = {}
    for name in sorted({name for params in candidates for name in params}):
        values = np.empty(len(candidates), object)  # filled one by one: a value may be a list itself
        for index, params in enumerate(candidates):
            values[index] = params.get(name)
        columns[f"param_{name}"] = np.ma.array(values, mask=[name not in params for params in candidates])
    return columns
