"""Source and target sequences of the classic sequence-to-sequence tasks.

A task is one rule, ``rule(source, n_kept) -> target``, over arrays of shape (n_samples, n_timesteps). The generator
draws sources and applies the rule. It also knows the right answers: ``transform`` applies the rule to any source.
"""

from __future__ import annotations

from typing import Any, Literal, Self

import numpy as np
from sklearn.base import BaseEstimator, ClassNamePrefixFeaturesOutMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted

from skseq._arguments import Count, as_random_state, check_count
from skseq._data.checks import naming, refuse_times
from skseq._data.plain import plain
from skseq._docs import DocLinkMixin
from skseq._files import StoredMixin, public
from skseq._sklearn import StrOptions, _check_feature_names, _fit_context, validate_data
from skseq._typing import Array, RandomState, SequencesLike
from skseq._whole import fits_whole
from skseq.datasets._rules import RULES, write_numbers


@public
class SequencePairGenerator(
    ClassNamePrefixFeaturesOutMixin, TransformerMixin, DocLinkMixin, StoredMixin, BaseEstimator
):
    """Draw source and target sequences of a synthetic task, and give the right target for any source.

    Sequence-to-sequence networks are often measured on these tasks. Each needs something else of a network: "echo" and
    "reverse" to carry the source through its states, "copy" to carry it over a delay, "sort" to compare tokens, and
    "addition" to carry digits.

    Parameters
    ----------
    task : {"echo", "reverse", "copy", "sort", "addition"}, default="echo"
        What the target is.

        - "echo": the first `n_kept` steps of the source.
        - "reverse": the first `n_kept` steps, last one first.
        - "sort": the first `n_kept` steps in ascending order.
        - "copy": the copy-memory task [1]_ [2]_. The source is `n_kept` symbols, blanks (0), a marker
          (`cardinality` - 1) just before the last `n_kept` steps, and blanks again. The target is blank except for the
          last `n_kept` steps, which repeat the symbols.
        - "addition": the source is the characters of ``a+b``, the target is the characters of the sum [3]_. Numbers are
          right-aligned with spaces.
    n_timesteps : int, default=5
        Length of the source. If `fit` gets an `X`, its number of columns is used instead. Not used by "addition", whose
        source has 2 * `n_digits` + 1 steps.
    n_kept : int or None, default=None
        Number of first steps of the source that the target is about. None means all of them. For "copy" it means as
        many as fit, (n_timesteps - 1) // 2, which is 0 for fewer than three steps. Not used by "addition".
    pad_target : bool, default=False
        Pad the target on the right to the length of the source, with 0 ("addition": with spaces).
    cardinality : int, default=50
        Number of distinct token ids, 0 to `cardinality` - 1. "copy" draws its symbols from 1 to `cardinality` - 2. Not
        used by "addition".
    reserve_zero : bool, default=False
        Whether tokens are drawn from 1 on, so that 0 is left for padding and the start token. "copy" always does so.
        Not used by "addition".
    n_digits : int, default=3
        Number of columns per number, 1 to 18, for "addition" only. Each number is uniform on 0 to 10 ** `n_digits` - 1.
    reverse_source : bool, default=False
        Whether the source is presented with its last step first [4]_. The target stays as it is, so its first step is
        close to what it depends on.
    random_state : int, RandomState instance or None, default=None
        Source of the draws. With an int every call of `sample` returns the same pairs. A RandomState instance moves on
        from call to call, so every call draws fresh pairs.

    Attributes
    ----------
    n_timesteps_in_ : int
        Length of the source.
    n_kept_ : int
        Number of steps of the source that the target is about.
    n_features_in_ : int
        Number of columns of the source, one per timestep.
    feature_names_in_ : ndarray of shape (`n_features_in_`,)
        Column names of `X` in `fit`, when it had string names.

    References
    ----------
    .. [1] S. Hochreiter and J. Schmidhuber, "Long short-term memory", Neural Computation 9(8), 1997.
    .. [2] M. Arjovsky, A. Shah and Y. Bengio, "Unitary evolution recurrent neural networks", ICML 2016,
       section 5.1.
    .. [3] W. Zaremba and I. Sutskever, "Learning to execute", arXiv:1410.4615, 2014.
    .. [4] I. Sutskever, O. Vinyals and Q. V. Le, "Sequence to sequence learning with neural networks",
       NeurIPS 2014, section 3.3.

    Examples
    --------
    >>> from skseq.datasets import SequencePairGenerator
    >>> generator = SequencePairGenerator("reverse", n_timesteps=6, n_kept=3, random_state=0).fit()
    >>> X, y = generator.sample(1000)
    >>> X.shape, y.shape
    ((1000, 6), (1000, 3))
    >>> generator.transform([[11, 12, 13, 14, 15, 16]])
    array([[13, 12, 11]])
    """

    n_timesteps_in_: int
    n_kept_: int
    n_features_in_: int
    feature_names_in_: Array

    _parameter_constraints = {
        "task": [StrOptions(set(RULES))],
        "n_timesteps": [Count()],
        "n_kept": [Count(), None],
        "pad_target": ["boolean"],
        "cardinality": [Count()],
        "reserve_zero": ["boolean"],
        "n_digits": [Count(most=18)],  # the sum of two 18-digit numbers fits int64
        "reverse_source": ["boolean"],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        task: Literal["echo", "reverse", "copy", "sort", "addition"] = "echo",
        *,
        n_timesteps: int = 5,
        n_kept: int | None = None,
        pad_target: bool = False,
        cardinality: int = 50,
        reserve_zero: bool = False,
        n_digits: int = 3,
        reverse_source: bool = False,
        random_state: RandomState = None,
    ):
        self.task = task
        self.n_timesteps = n_timesteps
        self.n_kept = n_kept
        self.pad_target = pad_target
        self.cardinality = cardinality
        self.reserve_zero = reserve_zero
        self.n_digits = n_digits
        self.reverse_source = reverse_source
        self.random_state = random_state

    @_fit_context(prefer_skip_nested_validation=True)
    @fits_whole
    def fit(self, X: SequencesLike | None = None, y: Any = None) -> Self:
        """Check the parameters and settle the lengths.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps), default=None
            Sources. Only their number of columns matters. It replaces the parameter `n_timesteps`.
        y : Ignored
            Present for API consistency.

        Returns
        -------
        self : SequencePairGenerator
            The fitted generator.

        Raises
        ------
        ValueError
            If `n_kept` does not fit into the source, if `cardinality` leaves nothing to draw from, or, for
            "addition", if `X` does not have 2 * `n_digits` + 1 columns.
        """
        if X is None:
            self.n_features_in_ = self._default_length()
            _check_feature_names(self, X, reset=True)  # forgets the names of an earlier fit
        else:
            self._validate(X, reset=True)
        self.n_timesteps_in_ = self.n_features_in_
        self._check_sum_length()
        self._check_cardinality()
        self.n_kept_ = self._settle_n_kept()
        self._n_features_out = self._target_length()  # scikit-learn makes as many feature names
        return self

    def sample(self, n_samples: int = 1) -> tuple[Array, Array]:
        """Draw pairs.

        Parameters
        ----------
        n_samples : int, default=1
            Number of pairs.

        Returns
        -------
        X : ndarray of shape (n_samples, `n_timesteps_in_`)
            Sources: int64 tokens, or one-character strings for "addition".
        y : ndarray of shape (n_samples, target_timesteps)
            Their targets, of the same dtype.
        """
        check_is_fitted(self)
        check_count("n_samples", n_samples)
        draw = {"addition": self._draw_sums, "copy": self._draw_memories}.get(self.task, self._draw_tokens)
        X = self._turned(draw(as_random_state(self.random_state), int(n_samples)))
        return np.ascontiguousarray(X), self._target(X)  # a reversed source is a view so far

    def transform(self, X: SequencesLike) -> Array:
        """Apply the task's rule to sources. This gives the right answers, which a perfect network would predict.

        Parameters
        ----------
        X : array-like of shape (n_samples, `n_timesteps_in_`)
            Sources, as `sample` presents them (last step first if `reverse_source`). Numbers of any type; for
            "addition", one-character strings.

        Returns
        -------
        y : ndarray of shape (n_samples, target_timesteps)
            Targets, of the dtype of `X`.

        Raises
        ------
        ValueError
            If `X` is not numeric or, for "addition", if a row is not a well-formed sum.
        """
        check_is_fitted(self)
        return self._target(self._validate(X, reset=False))

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        reads_text = self.task == "addition"
        tags.input_tags.string = reads_text
        tags.transformer_tags.preserves_dtype = [] if reads_text else ["float64", "float32", "int64", "int32"]
        return tags

    def _default_length(self):
        return 2 * self.n_digits + 1 if self.task == "addition" else self.n_timesteps

    def _check_sum_length(self):
        if self.task == "addition" and self.n_timesteps_in_ != self._default_length():
            raise ValueError(
                f"task='addition' with n_digits={self.n_digits} needs {self._default_length()} columns in X "
                f"(2 * n_digits + 1), got {self.n_timesteps_in_}: change n_digits, or pad the numbers."
            )

    def _token_range(self):
        """Tokens are drawn from low <= token < high."""
        if self.task == "copy":
            return 1, self.cardinality - 1  # 0 is the blank, the last id the marker
        return int(self.reserve_zero), self.cardinality

    def _check_cardinality(self):
        low, high = self._token_range()
        if self.task != "addition" and high <= low:
            raise ValueError(
                f"cardinality={self.cardinality} leaves no token to draw with task={self.task!r} and "
                f"reserve_zero={self.reserve_zero}: raise it to at least {self.cardinality + low + 1 - high}."
            )

    def _settle_n_kept(self):
        # in "copy" the source holds the symbols, the marker, and room to repeat the symbols
        longest = (self.n_timesteps_in_ - 1) // 2 if self.task == "copy" else self.n_timesteps_in_
        if self.n_kept is None or self.task == "addition":
            return longest
        if self.n_kept > longest:
            needed = 2 * self.n_kept + 1 if self.task == "copy" else self.n_kept
            raise ValueError(
                f"n_kept={self.n_kept} with task={self.task!r} needs at least {needed} source timesteps, "
                f"got {self.n_timesteps_in_}: lower n_kept, or lengthen the source (n_timesteps, or "
                "columns of X)."
            )
        return int(self.n_kept)

    def _target_length(self):
        if self.pad_target or self.task == "copy":
            return self.n_timesteps_in_
        return self.n_digits + 1 if self.task == "addition" else self.n_kept_  # a sum may carry into one digit more

    def _draw_tokens(self, rng, n_samples):
        return rng.randint(*self._token_range(), size=(n_samples, self.n_timesteps_in_), dtype=np.int64)

    def _draw_memories(self, rng, n_samples):
        n_timesteps, n_kept = self.n_timesteps_in_, self.n_kept_
        source = np.zeros((n_samples, n_timesteps), dtype=np.int64)
        source[:, :n_kept] = rng.randint(*self._token_range(), size=(n_samples, n_kept), dtype=np.int64)
        source[:, n_timesteps - n_kept - 1] = self.cardinality - 1
        return source

    def _draw_sums(self, rng, n_samples):
        highest = 10 ** int(self.n_digits)  # int: the power of a small NumPy integer overflows
        left, right = rng.randint(highest, size=(2, n_samples), dtype=np.int64)
        plus = np.full((n_samples, 1), "+")
        return np.hstack([write_numbers(left, self.n_digits), plus, write_numbers(right, self.n_digits)])

    def _turned(self, source):
        """Forward order <-> the order the source is presented in."""
        return source[:, ::-1] if self.reverse_source else source

    def _validate(self, X, *, reset):
        reads_text = self.task == "addition"
        if not reads_text:
            refuse_times(X, "X")
        with naming(X, "X", "an array of shape (n_samples, n_timesteps)"):
            X = validate_data(self, plain(X, "X"), reset=reset, dtype=None if reads_text else "numeric")
            if not reads_text and X.dtype == object:  # of a list, which scikit-learn left as it was
                X = validate_data(self, X, reset=False, dtype="numeric")
        if reads_text and X.dtype.kind not in "UO":  # object arrays may hold strings, as data frames do
            raise ValueError(f"task='addition' expects X of one-character strings, got dtype {X.dtype}.")
        return X

    def _target(self, X):
        """The task's rule on X as presented, padded: (n_samples, target_timesteps)."""
        answer = RULES[self.task](self._turned(X), self.n_kept_)
        blank = " " if self.task == "addition" else 0
        target = np.full((len(X), self._n_features_out), blank, dtype=answer.dtype)
        target[:, : answer.shape[1]] = answer
        return target
