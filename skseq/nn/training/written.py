"""What a network has written is looked at before anyone reads it as an answer."""

import numpy as np


def check_written(outputs, weights):
    """Raise FloatingPointError for outputs (n, ...) that are NaN or infinite; ``weights()`` wrote them.

    Minus infinity is the logarithm of a probability that is 0.
    """
    if outputs.dtype.kind != "f" or np.isfinite(outputs).all():
        return
    wrong = (np.isnan(outputs) | np.isposinf(outputs)).reshape(len(outputs), -1).any(axis=1)  # (n,)
    if wrong.any():
        largest = max(float(np.abs(weight).max()) for weight in weights().values())
        raise FloatingPointError(
            f"The fitted network writes NaN or infinity for {np.count_nonzero(wrong)} of {len(wrong)} samples, the "
            f"first at index {int(np.argmax(wrong))}. Its largest weight is {largest:.1e}. If that is huge, its fit "
            "diverged: fit anew, with a smaller learning_rate or clipnorm. Else X holds numbers that are far beyond "
            "those in fit: leave such samples out."
        )
