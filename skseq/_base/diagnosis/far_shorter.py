"""Sequences to predict from that end far before all of the fit, whose ends are not known yet."""

import numpy as np

from skseq._callers import warn_caller_once

SHORTER = 0.6  # times those of the fit: of seasons of 22 dates, 12 made a classifier worse than the most frequent class
MOST = 0.9  # of the sequences
FEWEST_STEPS = 10  # of short sequences few steps may be all there is
BELOW_ALL, SOME = 0.5, 0.1  # times the shortest of a fit on several lengths, and of the sequences
FEWEST_OF_SHORTEST = 7  # steps: below half of fewer are one or two


def warn_if_far_shorter(lengths, form):
    """Warn where nearly all lengths (n,) are far below the one that all sequences of the fit of a `SourceForm` had.

    A fit on several lengths has seen that some end sooner, and tokens of words come in any number.
    """
    known = form.n_timesteps
    if form.reads_tokens or form.ragged or known < FEWEST_STEPS or np.quantile(lengths, MOST) >= SHORTER * known:
        return
    longest = int(np.quantile(lengths, MOST, method="higher"))
    warn_caller_once(
        form,
        "shorter",
        lambda: (
            f"X has sequences of {longest} timesteps, and all in fit had {known}: if what comes later tells more than "
            "what comes first, as the end of a season does, predictions may be far off, and look sure. Fit on "
            f"sequences cut as these are, [x[:{longest}] for x in X], or on beginnings of many lengths. If these were "
            "sampled at a lower rate over the same time, fit on sequences at that rate instead: "
            f"[scipy.signal.resample(x, {longest}) for x in X]."
        ),
    )


def warn_if_below_all(lengths, form):
    """Warn where some lengths (n,) are far below the shortest of several in the fit of a `SourceForm`.

    One of several short ones is an odd one.
    """
    known = form.least_timesteps
    if form.reads_tokens or not form.ragged or known is None or known < FEWEST_OF_SHORTEST:
        return
    if np.quantile(lengths, SOME, method="higher") >= BELOW_ALL * known:
        return
    n_below, least = np.count_nonzero(lengths < BELOW_ALL * known), np.min(lengths)
    warn_caller_once(
        form,
        "below all",
        lambda: (
            f"X has sequences that are far shorter than the shortest in fit, {known} timesteps: {n_below} of "
            f"{len(lengths)}, from {least} on. What such beginnings mean was not learnt: predictions may be far off, "
            "and look sure. Fit on beginnings of many lengths: "
            "[x[: numpy.random.randint(1, len(x) + 1)] for x in X]."
        ),
    )
