"""BlockTimeSeriesSplit: train on earlier blocks of time, test on later ones."""

from __future__ import annotations

from collections.abc import Iterator
from numbers import Integral
from typing import Any

import numpy as np
from sklearn.model_selection import BaseCrossValidator

from skseq._data.groups import check_groups
from skseq._files import public
from skseq._sklearn import Interval, _num_samples, validate_params
from skseq._typing import Array, ArrayLike, SequencesLike


@public
class BlockTimeSeriesSplit(BaseCrossValidator):
    """Train on earlier blocks of time, test on later ones.

    `groups` holds the number of the block of every sample, as `SlidingWindows.split_series` returns it. The last
    ``n_splits * test_blocks`` blocks are tested, `test_blocks` of them in every split. Training samples come from the
    blocks before. Windows of different blocks share no timestep, so neither do the two sides of a split.

    Parameters
    ----------
    n_splits : int, default=5
        Number of splits.
    gap : int, default=0
        Number of blocks between training and test that are in neither, for data that are known late or that depend on
        what came shortly before.
    test_blocks : int, default=1
        Number of blocks in every test set.
    max_train_blocks : int or None, default=None
        Largest number of blocks to train on: the last ones before the gap, so that the training set moves along with
        the test set. None trains on all earlier blocks, more of them from split to split.

    See Also
    --------
    skseq.preprocessing.SlidingWindows : Cuts series into windows and numbers their blocks.
    sklearn.model_selection.TimeSeriesSplit : Counts samples. Its two sides share timesteps if the samples are windows
        that overlap, and with several series it trains on one and tests on another.

    Notes
    -----
    **Several series.** A block number must mean the same span of time in all series: set ``align`` of `SlidingWindows`.
    Without it the numbers count on from series to series, and splits would train on whole series and test on others.

    **Other groups.** Any numbers or dates that ascend with time will do, such as years. Blocks are the distinct values,
    in ascending order; a number that no sample has is no block. Samples of different groups must not share timesteps.

    **Predictions.** `cross_val_predict` needs every sample in one test set. The first blocks are in none, so it raises
    an error, as with `TimeSeriesSplit`.

    Examples
    --------
    >>> import numpy as np
    >>> from sklearn.linear_model import LinearRegression
    >>> from sklearn.model_selection import cross_val_score
    >>> from skseq.model_selection import BlockTimeSeriesSplit
    >>> from skseq.preprocessing import SlidingWindows
    >>> long, short = np.sin(np.arange(200) / 5), np.cos(np.arange(120) / 5)
    >>> cutter = SlidingWindows(window=10, horizon=2, n_blocks=5, align="end")
    >>> windows, y, groups = cutter.split_series([long, short])
    >>> splitter = BlockTimeSeriesSplit(n_splits=2, gap=1)
    >>> for train, test in splitter.split(windows, y, groups):
    ...     print(np.unique(groups[train]), np.unique(groups[test]))
    [0 1] [3]
    [0 1 2] [4]
    >>> scores = cross_val_score(LinearRegression(), windows, y, groups=groups, cv=splitter)
    >>> bool(scores.min() > 0.99)
    True
    """

    __metadata_request__split = {"groups": True}  # scikit-learn's word: searches pass groups on without being told

    @validate_params(
        {
            "n_splits": [Interval(Integral, 1, None, closed="left")],
            "gap": [Interval(Integral, 0, None, closed="left")],
            "test_blocks": [Interval(Integral, 1, None, closed="left")],
            "max_train_blocks": [Interval(Integral, 1, None, closed="left"), None],
        },
        prefer_skip_nested_validation=True,
    )
    def __init__(self, n_splits: int = 5, *, gap: int = 0, test_blocks: int = 1, max_train_blocks: int | None = None):
        self.n_splits = n_splits
        self.gap = gap
        self.test_blocks = test_blocks
        self.max_train_blocks = max_train_blocks

    def split(self, X: SequencesLike, y: Any = None, groups: ArrayLike | None = None) -> Iterator[tuple[Array, Array]]:
        """Generate indices of training and test samples, earlier test blocks first.

        Parameters
        ----------
        X : array-like of shape (n_samples, ...), or list
            Samples, of which only the number counts.
        y : Ignored
            Present for API consistency.
        groups : array-like of shape (n_samples,), default=None
            Number of the block of every sample. Numbers, or dates, ascend with time. None raises an error.

        Yields
        ------
        train : ndarray of int
            Ascending indices of the training samples.
        test : ndarray of int
            Ascending indices of the test samples.

        Raises
        ------
        ValueError
            If groups are missing, are not one number or date per sample, or hold too few blocks.
        """
        numbers, ranks = np.unique(_checked(groups, _num_samples(X)), return_inverse=True)
        self._check_enough(len(numbers))
        for first in range(len(numbers) - self.n_splits * self.test_blocks, len(numbers), self.test_blocks):
            end = first - self.gap
            start = 0 if self.max_train_blocks is None else max(0, end - self.max_train_blocks)
            yield _between(ranks, start, end), _between(ranks, first, first + self.test_blocks)

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Return the number of splits.

        Parameters
        ----------
        X : Ignored
            Present for API consistency.
        y : Ignored
            Present for API consistency.
        groups : Ignored
            Present for API consistency.

        Returns
        -------
        n_splits : int
            The parameter `n_splits`.
        """
        return self.n_splits

    def _check_enough(self, n_blocks):
        tested = self.n_splits * self.test_blocks
        needed = tested + self.gap + 1
        if n_blocks >= needed:
            return
        remedy = f"set gap to at most {n_blocks - tested - 1}" if n_blocks > tested else "set smaller numbers"
        raise ValueError(
            f"n_splits={self.n_splits} and test_blocks={self.test_blocks} with gap={self.gap} need at least {needed} "
            f"blocks (n_splits * test_blocks + gap, and one to train on), but groups holds {n_blocks}: {remedy}, or "
            "cut the series into more blocks."
        )


def _checked(groups, n_samples):
    """Block numbers as an array (n_samples,)."""
    if groups is None:
        raise ValueError(
            "The 'groups' parameter should not be None: BlockTimeSeriesSplit needs the block of every sample. Pass the "
            "groups of SlidingWindows.split_series. SeriesForecaster cuts windows itself and needs none: take its "
            "backtest, TimeSeriesSplit for a single series, or KFold for several."
        )
    return check_groups(groups, n_samples)


def _between(ranks, start, end):
    return np.flatnonzero((start <= ranks) & (ranks < end))
