"""Sequences to predict from that are far longer than those of the fit: sums and counts do not grow with them."""

import numpy as np

from skseq._callers import warn_caller_once

LONGER = 3  # times the longest in fit
SOME = 0.1  # of the sequences: one long one is an odd one
FEWEST = 20  # samples: lengths of fewer go with y by chance
LEAST_TOLD, ABOVE_CHANCE = 0.1, 10  # R2, also times that of noise


@np.errstate(over="ignore", invalid="ignore")
def grows_with(lengths, y):
    """Whether an output of y (n,) or (n, n_outputs) grows with lengths (n,); None of equal ones, or of few."""
    if len(y) < FEWEST or np.ptp(lengths) == 0:
        return None
    outputs = np.reshape(y, (len(y), -1))
    varying = outputs[:, np.ptp(outputs, axis=0) > 0]
    told = [np.corrcoef(lengths, output)[0, 1] for output in varying.T]
    return bool(max(told, default=0) > np.sqrt(max(LEAST_TOLD, ABOVE_CHANCE / len(y))))


def warn_if_far_longer(lengths, form, grows):
    """Warn where some lengths (n,) are far above those of the `SourceForm` of a fit, if y may have grown with them.

    ``grows`` is what `grows_with` told of the fit. Of sequences of one length it told nothing.
    """
    far = np.quantile(lengths, 1 - SOME, method="lower") > LONGER * form.n_timesteps
    if form.reads_tokens or not far or not (grows or (grows is None and not form.ragged)):
        return
    longest, known = int(np.max(lengths)), form.n_timesteps
    growing = "In fit y grew with the length" if grows else "If y grows with the length, as sums and counts do"
    warn_caller_once(
        form,
        "longer",
        lambda: (
            f"X has sequences of {longest} timesteps, {longest / known:.3g} times as many as the longest in fit, "
            f"{known}. {growing}{', but' if grows else ':'} predictions hardly grow beyond those of fit. Cut long "
            f"sequences to {known} timesteps, and add up what is predicted for their parts: "
            f"[estimator.predict(numpy.array_split(numpy.asarray(x), -(-len(x) // {known}))).sum(axis=0) for x in X]."
        ),
    )
