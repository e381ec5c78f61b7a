"""Choosing parameters.

`learning_rate_range` tries learning rates in one short run. It draws with matplotlib (``pip install 'skseq[plots]'``),
which is imported only then.
"""

from skseq.model_selection._learning_rate import LearningRateRange, learning_rate_range

__all__ = ["LearningRateRange", "learning_rate_range"]
