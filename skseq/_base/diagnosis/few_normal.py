"""A detector of so few normal sequences that they do not show what is normal."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.mistakes.numbers.thresholds import LONG_WHOLE
from skseq.exceptions import TrainingWarning

FEW = 10  # of five, 0.36 of new normal ones were called outliers, of ten 0.16 and 0.28, of twenty 0.10 and 0.13


def warn_if_few_are_normal(lengths):
    """Warn where a threshold is learnt from few sequences (n,) that are read whole; of long ones reading has told."""
    if len(lengths) > FEW or np.median(lengths) >= LONG_WHOLE:
        return
    warn_caller(
        f"X holds {len(lengths)} sequences. So few do not show how far normal ones lie apart: predict may call many of "
        "them outliers, or let odd ones pass. Pass 30 sequences or more, or as many as X_val; or set window, if each "
        "holds several cycles; or only rank new ones, by score_samples.",
        TrainingWarning,
    )
