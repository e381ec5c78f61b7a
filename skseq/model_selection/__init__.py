"""Choosing parameters.

`learning_rate_range` tries learning rates in one short run. It draws with matplotlib (``pip install 'skseq[plots]'``),
which is imported only then. `search_space` says what a search may draw parameters from; so does it with optuna
(``pip install 'skseq[tuning]'``). `Range` is a distribution of numbers that files without pickle can hold.
`BlockTimeSeriesSplit` is a splitter for searches and cross-validation of windows, which trains on the past only.
`skseq.DecodingSearch`, a search over parameters of decoding, is found here as well.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from skseq.model_selection._block_split import BlockTimeSeriesSplit
from skseq.model_selection._learning_rate import LearningRateRange, learning_rate_range
from skseq.model_selection._search_space import Range, search_space

if TYPE_CHECKING:
    from skseq._decoding_search import DecodingSearch

__all__ = [
    "BlockTimeSeriesSplit",
    "DecodingSearch",
    "LearningRateRange",
    "Range",
    "learning_rate_range",
    "search_space",
]


if not TYPE_CHECKING:  # type checkers would take any name

    def __getattr__(name):
        if name == "DecodingSearch":  # it knows what estimators share, which takes long to import
            return getattr(import_module("skseq"), name)
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
