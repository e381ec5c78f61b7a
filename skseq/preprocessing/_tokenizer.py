"""Text and tokens to ids and back."""

from __future__ import annotations

from collections.abc import Callable
from numbers import Integral
from typing import Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils import check_array
from sklearn.utils.validation import check_is_fitted

from skseq._data.plain import plain
from skseq._data.sequences import as_samples, is_ragged
from skseq._data.tokens import vocabulary as _vocabulary
from skseq._data.tokens.analyzers import joined
from skseq._data.tokens.tokens import source_kind
from skseq._docs import DocLinkMixin
from skseq._files import StoredMixin, public
from skseq._sklearn import Interval, StrOptions, _fit_context
from skseq._typing import Array, ArrayLike, SequencesLike
from skseq._whole import fits_whole
from skseq.preprocessing._steps import SequencesOutMixin, Steps, array_of, lists_of, objects_of, read_token_steps

_UNKNOWN_TEXT = "\N{REPLACEMENT CHARACTER}"


@public
class SequenceTokenizer(
    SequencesOutMixin, TransformerMixin, DocLinkMixin, StoredMixin, BaseEstimator, auto_wrap_output_keys=None
):
    """Split text into tokens, give each token an id, and turn ids back into text.

    The estimators of skseq split text themselves, by their parameter `analyzer`, in the same way. Use this transformer
    if you need the ids: for other models, for several estimators on one vocabulary, or to see what a model reads. A
    `SequenceRegressor` takes ids for measurements, unless it has ``source_type="tokens"``.

    Parameters
    ----------
    analyzer : {"char", "word"}, callable or None, default="char"
        How a string is split into tokens: "char" into characters, "word" into words and punctuation marks. A function
        gets a string and returns a list of hashable tokens. None reads X as tokens that are split already: token lists
        or a 2-D array.
    joiner : str, callable or None, default=None
        How `inverse_transform` joins the tokens of a text. A string is put between the tokens. A function gets the list
        of tokens and returns a string. None joins characters by nothing, which gives back exactly the text that was
        split. It joins other tokens by a blank, although there may have been none: "it's" comes back as "it ' s". With
        "word" none stands before ``, . ; : ! ? ) ] } %``, nor behind ``( [ {``.
    vocabulary : array-like of tokens or None, default=None
        All tokens. None learns them from X.
    handle_unknown : {"error", "use_unknown"}, default="error"
        What to do with a token that is not in the vocabulary. "error" raises ValueError, "use_unknown" gives it id 1.
    min_frequency : int, default=1
        Tokens that occur less often than this in X are left out of the vocabulary. Values above 1 need
        ``handle_unknown="use_unknown"``.
    max_vocabulary : int or None, default=None
        Only this many of the most frequent tokens are in the vocabulary. Needs ``handle_unknown="use_unknown"``.

    Attributes
    ----------
    vocabulary_ : dict
        Token to id, in ascending order of tokens. 0 is reserved for padding. Ids begin at 1, or at 2 with
        ``handle_unknown="use_unknown"``.
    n_timesteps_in_ : int
        Number of tokens of the longest sequence in `fit`.
    n_features_in_ : int
        Number of columns of 2-D X, one per timestep. Not set for text and token lists.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names of `X` in `fit`, when it had string names.

    See Also
    --------
    SequencePadder : Puts ids of any lengths into one array, padded with 0.
    SequenceOneHotEncoder : Turns tokens into vectors.

    Notes
    -----
    Ids of text are ragged, so there are no feature names and ``set_output`` changes nothing.

    Examples
    --------
    >>> from skseq.preprocessing import SequencePadder, SequenceTokenizer
    >>> tokenizer = SequenceTokenizer().fit(["noon", "to"])
    >>> tokenizer.vocabulary_
    {'n': 1, 'o': 2, 't': 3}
    >>> ids = tokenizer.transform(["not", "on"])
    >>> ids
    array([array([1, 2, 3], dtype=int32), array([2, 1], dtype=int32)],
          dtype=object)
    >>> tokenizer.inverse_transform(ids)
    array(['not', 'on'], dtype=object)

    Padding gives no text:

    >>> padded = SequencePadder().fit_transform(ids)
    >>> padded
    array([[1, 2, 3],
           [2, 1, 0]], dtype=int32)
    >>> tokenizer.inverse_transform(padded)
    array(['not', 'on'], dtype=object)

    Words, of which only frequent ones get ids of their own:

    >>> tokenizer = SequenceTokenizer("word", handle_unknown="use_unknown", min_frequency=2)
    >>> tokenizer.fit_transform(["to be or", "not to be"])[0]
    array([3, 2, 1], dtype=int32)
    """

    vocabulary_: dict[Any, int]
    n_timesteps_in_: int
    n_features_in_: int
    feature_names_in_: Array

    _parameter_constraints = {
        "analyzer": [StrOptions({"char", "word"}), callable, None],
        "joiner": [str, callable, None],
        "vocabulary": ["array-like", None],
        "handle_unknown": [StrOptions({"error", "use_unknown"})],
        "min_frequency": [Interval(Integral, 1, None, closed="left")],
        "max_vocabulary": [Interval(Integral, 1, None, closed="left"), None],
    }

    def __init__(
        self,
        analyzer: Literal["char", "word"] | Callable[..., Any] | None = "char",
        *,
        joiner: str | Callable[..., Any] | None = None,
        vocabulary: ArrayLike | None = None,
        handle_unknown: Literal["error", "use_unknown"] = "error",
        min_frequency: int = 1,
        max_vocabulary: int | None = None,
    ):
        self.analyzer = analyzer
        self.joiner = joiner
        self.vocabulary = vocabulary
        self.handle_unknown = handle_unknown
        self.min_frequency = min_frequency
        self.max_vocabulary = max_vocabulary

    @_fit_context(prefer_skip_nested_validation=True)
    @fits_whole
    def fit(self, X: SequencesLike, y: Any = None) -> Self:
        """Learn the vocabulary.

        Parameters
        ----------
        X : list, Series or 1-D array of str, or tokens
            Texts. With ``analyzer=None`` token lists, or an array of tokens of shape (n_samples, n_timesteps).
        y : Ignored
            Present for API consistency.

        Returns
        -------
        self : SequenceTokenizer
            The fitted tokenizer.

        Raises
        ------
        ValueError
            If X is not as described, if a text has no tokens, if parameters exclude each other, or if no token is
            left for the vocabulary.
        """
        _vocabulary.check_frequencies(self.handle_unknown, self.min_frequency, self.max_vocabulary)
        X = plain(X, "X")
        self._source_kind = source_kind(X, source_type="tokens", analyzer=self.analyzer, integers=True)
        steps = read_token_steps(self, X, reset=True, analyzer=self.analyzer)
        self.vocabulary_ = _vocabulary.given_or_learnt(
            self.vocabulary,
            steps.flat,
            unknown=self.handle_unknown == "use_unknown",
            min_frequency=self.min_frequency,
            max_vocabulary=self.max_vocabulary,
        )
        self._ids(steps.flat)  # for its error
        return self

    def transform(self, X: SequencesLike) -> Array:
        """Turn tokens into ids.

        Parameters
        ----------
        X : list, Series or 1-D array of str, or tokens
            Texts or tokens, as in `fit`.

        Returns
        -------
        ids : 1-D object array of int32 arrays, or ndarray of int32 of shape (n_samples, n_timesteps)
            One array of ids per text or token list. A 2-D array of tokens gives a 2-D array of ids.

        Raises
        ------
        ValueError
            If a token is not in the vocabulary and `handle_unknown` is "error", or if a text has no tokens.
        """
        check_is_fitted(self)
        steps = read_token_steps(self, X, reset=False, analyzer=self.analyzer)
        return steps.like(self._ids(steps.flat))

    def inverse_transform(self, X: SequencesLike) -> Array:
        """Turn ids into texts or tokens. Padding (id 0) is left out wherever it stands.

        Parameters
        ----------
        X : list or 1-D object array of int arrays, or array of int of shape (n_samples, n_timesteps)
            Ids, padded or not.

        Returns
        -------
        texts : 1-D object array of str
            Texts, joined as `joiner` says. Unknown tokens become the character U+FFFD. With ``analyzer=None`` a 1-D
            object array of token lists, or a 2-D array of tokens if X had that form here and in `fit`. Unknown tokens
            are then None, and so is padding in a 2-D array.

        Raises
        ------
        ValueError
            If X does not hold ids of the vocabulary, or if tokens that are not strings would be joined by a string.
        """
        check_is_fitted(self)
        steps = self._read_ids(X)
        if self._source_kind == "tokens" and not steps.ragged:
            return steps.like(self._tokens(steps.flat))  # a rectangle cannot leave padding out
        real = steps.flat != _vocabulary.PAD
        lengths = np.add.reduceat(real.astype(int), steps.offsets)  # (n,), without padding; may be 0
        sequences = lists_of(self._tokens(steps.flat[real]), lengths)
        return sequences if self.analyzer is None else objects_of(list(map(self._join, sequences)))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.input_tags.two_d_array = self.analyzer is None
        tags.input_tags.one_d_array = tags.input_tags.string = self.analyzer is not None
        tags.input_tags.categorical = self.analyzer is None
        tags.transformer_tags.preserves_dtype = []  # ids are integers
        return tags

    def _ids(self, tokens):
        unknown = min(self.vocabulary_.values()) > _vocabulary.PAD + 1  # if ids begin at 2, 1 is that of unknown ones
        return _vocabulary.encode(tokens, self.vocabulary_, unknown=unknown)

    def _tokens(self, ids):
        """Tokens of ids (n_steps,), None for padding and unknown ones."""
        first, tokens = min(self.vocabulary_.values()), list(self.vocabulary_)
        if (ids >= first).all():  # without None strings stay an array of strings
            return array_of(tokens)[ids - first]
        return array_of([*[None] * first, *tokens])[ids]

    def _read_ids(self, X):
        """`Steps` of ids that are in the vocabulary or stand for padding."""
        X = plain(X, "X")
        ragged = is_ragged(X)
        samples = as_samples(X) if ragged else check_array(X, dtype=None, input_name="X")
        lengths = np.array([len(sample) for sample in samples])
        if (lengths == 0).any():
            raise ValueError(f"X[{int(lengths.argmin())}] holds no ids: remove it, or pad it with 0.")
        flat = np.concatenate(samples)
        if flat.ndim != 1 or flat.dtype.kind not in "iu":
            raise ValueError(
                f"X must hold ids, integers, one per timestep. Got {flat.dtype}: pass what transform gives."
            )
        largest = max(self.vocabulary_.values())
        wrong = flat[(flat < 0) | (flat > largest)]
        if wrong.size:
            raise ValueError(
                f"X holds ids that are not in the vocabulary, such as {wrong[0]}: they go from 0, padding, "
                f"to {largest}."
            )
        return Steps(flat=flat, lengths=lengths, ragged=ragged)

    def _join(self, tokens):
        """A text from its tokens."""
        tokens = [_UNKNOWN_TEXT if token is None else token for token in tokens]
        if not callable(self.joiner) and not all(isinstance(token, str) for token in tokens):
            raise ValueError(
                f"joiner={self.joiner!r} joins strings, but analyzer={self.analyzer!r} gave tokens of other types: set "
                "joiner to a function from a list of tokens to a string."
            )
        return joined(tokens, analyzer=self.analyzer, join=self.joiner)
