"""Choosing parameters.

`learning_rate_range` tries learning rates in one short run. It draws with matplotlib (``pip install 'skseq[plots]'``),
which is imported only then. `search_space` says what a search may draw parameters from; so does it with optuna
(``pip install 'skseq[tuning]'``). `Range` is a distribution of numbers that files without pickle can hold.
`BlockTimeSeriesSplit` is a splitter for searches and cross-validation of windows, which trains on the past only.
`skseq.DecodingSearch`, a search over parameters of decoding, is found here as well.
"""

from importlib import import_module

from skseq.model_selection._block_split import BlockTimeSeriesSplit
from skseq.model_selection._learning_rate import LearningRateRange, learning_rate_range
from skseq.model_selection._search_space import Range, search_space

__all__ = [
    "BlockTimeSeriesSplit",
    "DecodingSearch",
    "LearningRateRange",
    "Range",
    "learning_rate_range",
    "search_space",
]


def __getattr__(name):
    if name == "DecodingSearch":  # a room above this one, which is opened only when it is asked for
        return getattr(import_module("skseq"), name)
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
