"""SequenceEncoder: one row of learnt numbers for each sequence, in tables too."""

from __future__ import annotations

from typing import Any, Self

import numpy as np
from sklearn import get_config
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, MetaEstimatorMixin, TransformerMixin, clone
from sklearn.frozen import FrozenEstimator
from sklearn.utils import get_tags
from sklearn.utils.metadata_routing import MetadataRouter, MethodMapping, process_routing
from sklearn.utils.validation import check_is_fitted

from skseq._base.diagnosis.fit_checks import Diagnosis
from skseq._base.random_states import with_random_states
from skseq._data.column_names import names_of_inputs
from skseq._data.mistakes.texts.likely_texts import whole_texts
from skseq._data.mistakes.texts.spelling import rows_of
from skseq._data.plain import plain
from skseq._data.sequences import as_samples, column_cells, is_sequence, refuse_nothing
from skseq._data.tokens.no_texts import if_written
from skseq._data.tokens.tokens import TOKEN_KINDS, is_text_or_missing, source_kind
from skseq._docs import DocLinkMixin
from skseq._files import StoredMixin, public
from skseq._sklearn import HasMethods, _fit_context, available_if
from skseq._typing import Array, ArrayLike, RandomState, SequencesLike
from skseq._whole import fits_whole

FEW_WORDS = 3  # names of two words may all differ, and be tokens nevertheless


def _diagnoses(encoder):
    """Whether the estimator inside tells what its fit shows."""
    return encoder.estimator is None or hasattr(_inner(getattr(encoder, "estimator_", encoder.estimator)), "diagnose")


@public
class SequenceEncoder(
    ClassNamePrefixFeaturesOutMixin, TransformerMixin, MetaEstimatorMixin, DocLinkMixin, StoredMixin, BaseEstimator
):
    """Turn text, tokens or series into codes: a network learns a row of numbers for each.

    A `ColumnTransformer` puts the codes beside the other columns of a table, for any estimator to read. Which network
    learns them, and whether from y, is up to `estimator`.

    Parameters
    ----------
    estimator : estimator, default=None
        The estimator that learns the codes. It is cloned and fitted. To use a fitted estimator as it is, wrap it in
        ``sklearn.frozen.FrozenEstimator``.

        - `SequenceClassifier` or `SequenceRegressor`: learns y. A code is what its output layer reads: the hidden
          states, pooled as its `pooling` says.
        - `SequenceGenerator`: learns which token or number comes next, without y. A code is the mean of the hidden
          states over all timesteps, and beside it the last hidden state.
        - `LSTMAutoencoderTransformer`: learns to reconstruct numbers, without y. A code is what its `transform` gives.

        None learns without y: text and tokens by ``SequenceGenerator(handle_unknown="use_unknown")``, with
        ``analyzer="char"`` for text, numbers by ``LSTMAutoencoderTransformer()``.

    random_state : int, RandomState instance or None, default=None
        Decides all that is random in the fit: every parameter named `random_state` of the clone of `estimator` is drawn
        from it. None leaves these as they are.

    Attributes
    ----------
    estimator_ : estimator
        The fitted estimator.

    n_features_in_ : int
        Number of columns or features of X in fit, where `estimator_` has it: not for text and lists of tokens.

    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Names of the columns, if X was a data frame of numbers with string names.

    See Also
    --------
    LSTMAutoencoderTransformer : Codes of numbers that can be written back as sequences.
    sklearn.feature_extraction.text.TfidfVectorizer : Weighted counts of words or letters. Compare codes of text with
        these.

    Notes
    -----
    **Scale.** Codes learnt without y are not on one scale: linear models read them best behind a `StandardScaler`.

    **Codes learnt from y** contain information about the y of their training samples. An estimator that is fitted on
    the codes of the same samples relies on them too much. If this hurts, learn the codes from other samples and freeze
    them, or learn them without y.

    **Sample weights** are passed on to `estimator`: as they are or, with metadata routing, as `estimator` requests.

    Examples
    --------
    >>> import pandas as pd
    >>> from sklearn.compose import ColumnTransformer
    >>> from sklearn.linear_model import LogisticRegression
    >>> from sklearn.pipeline import make_pipeline
    >>> from sklearn.preprocessing import StandardScaler
    >>> from skseq import SequenceClassifier, SequenceEncoder
    >>> comments = ["works well", "does not work", "it works", "not well"] * 5
    >>> table = pd.DataFrame({"comment": comments, "stars": [4, 3, 3, 2] * 5})
    >>> happy = [1, 0, 1, 0] * 5
    >>> codes = SequenceEncoder(SequenceClassifier(units=4, analyzer="word", epochs=20), random_state=0)
    >>> columns = ColumnTransformer([("text", codes, "comment"), ("number", StandardScaler(), ["stars"])])
    >>> model = make_pipeline(columns, LogisticRegression()).fit(table, happy)
    >>> columns.fit_transform(table, happy).shape  # mean, largest and last of 4 units in 2 directions; the stars
    (20, 25)
    """

    estimator_: Any

    _parameter_constraints = {"estimator": [HasMethods("fit"), None], "random_state": ["random_state"]}

    def __init__(self, estimator: Any = None, *, random_state: RandomState = None):
        self.estimator = estimator
        self.random_state = random_state

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.three_d_array = True
        tags.target_tags.required = _learns_y(self.estimator)
        return tags

    def get_metadata_routing(self) -> MetadataRouter:
        """Tell that metadata of a fit belong to `estimator`.

        Returns
        -------
        routing : MetadataRouter
            The routing.
        """
        mapping = MethodMapping().add(caller="fit", callee="fit").add(caller="fit_transform", callee="fit")
        router = MetadataRouter(owner=self)
        return router if self.estimator is None else router.add(estimator=self.estimator, method_mapping=mapping)

    @property
    def n_features_in_(self) -> int:
        """Number of columns or features of X in fit."""
        return _inner(self.estimator_).n_features_in_

    @property
    def feature_names_in_(self) -> Array:
        """Names of the columns of X in fit."""
        return _inner(self.estimator_).feature_names_in_

    @_fit_context(prefer_skip_nested_validation=False)
    @fits_whole
    def fit(self, X: SequencesLike, y: SequencesLike | None = None, **fit_params: Any) -> Self:
        """Learn codes.

        Parameters
        ----------
        X : array-like or list
            Text, tokens or numbers, in any form that the estimator reads; also a column of a data frame that holds
            strings or lists.
        y : array-like of shape (n_samples,) or (n_samples, n_outputs), default=None
            What a classifier or regressor learns. The others do not read it.
        **fit_params : dict
            Passed on to ``estimator.fit``, for example `sample_weight`.

        Returns
        -------
        self : object
            The fitted encoder.

        Raises
        ------
        TypeError
            If `estimator` is of another kind.
        ValueError
            If X is not what the estimator reads, or if it needs y and there is none.
        """
        _check_one_sequence_each(X)
        _check_no_single_numbers(X)
        estimator = _default(X) if self.estimator is None else clone(self.estimator)
        _check_gives_codes(_inner(estimator))
        estimator = with_random_states(estimator, self.random_state)
        fit_params = self._routed(fit_params)
        self.estimator_ = estimator.fit(X, y if _learns_y(estimator) else None, **fit_params)
        return self

    @available_if(_diagnoses)
    def diagnose(self, X: SequencesLike | None = None) -> Diagnosis:
        """Print a table of what the last fit of `estimator_` shows of itself: all that it warns of.

        Parameters
        ----------
        X : array-like or list, default=None
            Data of the kind in fit to look at. None shows what is known from fit, and computes nothing.

        Returns
        -------
        diagnosis : tuple
            As ``diagnose`` of the estimator gives it.
        """
        check_is_fitted(self)
        return _inner(self.estimator_).diagnose(X)

    def transform(self, X: SequencesLike) -> Array:
        """Give the codes.

        Parameters
        ----------
        X : array-like or list
            Data of the kind in fit.

        Returns
        -------
        codes : ndarray of shape (n_samples, n_codes)
            One row for each sample.
        """
        check_is_fitted(self)
        return np.asarray(_inner(self.estimator_)._encodings(X), np.float64)

    def get_feature_names_out(self, input_features: ArrayLike | None = None) -> Array:
        """Names of the codes: the class name in lower case and a number.

        Parameters
        ----------
        input_features : Ignored
            Only checked against `feature_names_in_`. A column of sequences has one name.

        Returns
        -------
        names : ndarray of str of shape (n_codes,)
            Names.
        """
        check_is_fitted(self)
        kind = _inner(self.estimator_)._learnt.source.kind
        return super().get_feature_names_out(names_of_inputs(kind, input_features))

    def _routed(self, fit_params):
        """What of the metadata the fit of the estimator gets."""
        if not get_config()["enable_metadata_routing"] or not fit_params:
            return fit_params
        return process_routing(self, "fit", **fit_params).estimator.fit

    @property
    def _n_features_out(self):
        return _inner(self.estimator_)._n_encodings


def _inner(estimator):
    """The estimator within a frozen one, or itself."""
    return estimator.estimator if isinstance(estimator, FrozenEstimator) else estimator


def _learns_y(estimator):
    """Whether a fit needs y; a frozen one and the default need none."""
    if estimator is None or isinstance(estimator, FrozenEstimator):
        return False
    return get_tags(estimator).target_tags.required


def _default(X):
    """What learns codes of X without y."""
    X = plain(X, "X")
    refuse_nothing(X, "X", "SequenceEncoder")
    cells = as_samples(X) or column_cells(X) or []
    if any(isinstance(cell, str) for cell in cells) and all(map(is_text_or_missing, cells)):
        _check_no_lists(cells, rows_of(X, "text", "X"))
        from skseq._generator import SequenceGenerator  # only now: estimators load when they are used

        return SequenceGenerator(analyzer="char", handle_unknown="use_unknown")
    kind = source_kind(X, source_type="auto", analyzer=None, integers=True)
    if kind == "tokens" and hasattr(X, "shape"):
        _check_no_texts(X)
    if kind in TOKEN_KINDS:
        from skseq._generator import SequenceGenerator

        return SequenceGenerator(handle_unknown="use_unknown")
    from skseq._autoencoder import LSTMAutoencoderTransformer

    return LSTMAutoencoderTransformer()


def _check_no_lists(texts, rows):
    """Raise ValueError for texts all of which look like lists or numbers, as a CSV file keeps these."""
    if advice := if_written(texts, rows):
        raise ValueError(
            "X holds strings that look like lists or numbers, which an encoder would read letter by letter."
            f"{advice} If they are texts nevertheless, set estimator=SequenceGenerator(analyzer='char', "
            "handle_unknown='use_unknown')."
        )


def _check_no_texts(X):
    """Raise ValueError for a table in which columns of texts would be read as a token for each cell."""
    columns = np.asarray(X, object).T.tolist()
    strings = [[cell for cell in column if isinstance(cell, str)] for column in columns]
    names = getattr(X, "columns", range(len(columns)))
    names = [name for name, own in zip(names, strings) if len(whole_texts(own, n_words=FEW_WORDS)) > 0]
    if names:
        raise ValueError(
            f"X has {len(columns)} columns, with texts in {', '.join(map(repr, names))}, but an encoder reads one text "
            "per sample. Join the texts of each sample to one, or use one SequenceEncoder per column, such as in a "
            f"ColumnTransformer: ({str(names[0])!r}, SequenceEncoder(), {names[0]!r})."
        )


def _check_one_sequence_each(X):
    """Raise ValueError for a table with sequences in the cells of several columns."""
    if not hasattr(X, "columns") or len(X) == 0:
        return
    names = [name for name, cell in zip(X.columns, np.asarray(X[:1], object)[0]) if is_sequence(cell)]
    if len(names) > 1:
        raise ValueError(
            f"X has sequences in the columns {', '.join(map(repr, names))}, but an encoder reads one sequence per "
            "sample. Use one SequenceEncoder per column, such as in a ColumnTransformer: "
            f"({str(names[0])!r}, SequenceEncoder(), {names[0]!r}). If the columns are channels of one sequence, pass "
            "skseq.preprocessing.as_sequences(X)."
        )


def _check_no_single_numbers(X):
    """Raise ValueError for a frame whose only column holds a number in each row."""
    if not hasattr(X, "columns") or len(X.columns) != 1:
        return
    if np.asarray(X[:1]).dtype.kind in "biuf":
        name = X.columns[0]
        raise ValueError(
            f"X has the column {name!r} alone, with one number in each row, which is no sequence. Expected a sequence "
            f"or a text in each row: leave {name!r} out of the encoder, and let it pass beside the codes, such as by "
            f"ColumnTransformer([('codes', SequenceEncoder(), ...), ('numbers', 'passthrough', [{name!r}])])."
        )


def _check_gives_codes(estimator):
    """Raise TypeError for an estimator without codes, and ValueError for one that has none as it is set."""
    if not hasattr(type(estimator), "_check_encodes"):
        raise TypeError(
            "The 'estimator' parameter of SequenceEncoder must be a SequenceClassifier, SequenceRegressor, "
            "SequenceGenerator or LSTMAutoencoderTransformer, or a FrozenEstimator around one. Steps before it go into "
            f"a pipeline around SequenceEncoder. Got {type(estimator).__name__}."
        )
    estimator._check_encodes()
