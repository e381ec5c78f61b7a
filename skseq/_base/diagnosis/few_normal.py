"""A detector of so few normal sequences that they do not show what is normal."""

import numpy as np

from skseq._callers import warn_caller
from skseq._data.mistakes.numbers.thresholds import LONG_WHOLE
from skseq.exceptions import TrainingWarning

FEW = 10  # of five, 0.2 to 0.4 of new normal ones were called outliers, of ten a tenth


def warn_if_few_are_normal(lengths):
    """Warn where a threshold is learnt from few sequences (n,) that are read whole; of long ones reading has told."""
    if len(lengths) >= FEW or np.median(lengths) >= LONG_WHOLE:
        return
    warn_caller(
        f"X holds {len(lengths)} sequences. So few do not show how far normal ones lie apart, and predict may call many "
        "normal ones outliers, or let odd ones pass. Pass 30 or more, of long series windows (set window), or rank "
        "sequences by score_samples alone.",
        TrainingWarning,
    )
