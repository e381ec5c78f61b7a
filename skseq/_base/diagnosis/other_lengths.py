"""Sequences to predict from that are far shorter or far longer than those of the fit.

The ends of shorter ones are not known yet. Sums and counts do not grow with longer ones, and waves that are sampled at
a higher rate look slower.
"""

import numpy as np

from skseq._callers import warn_caller_once

SHORTER = 0.6  # times those of the fit: of seasons of 22 dates, 12 made a classifier worse than the most frequent class
MOST = 0.9  # of the sequences
FEWEST_STEPS = 10  # of short sequences few steps may be all there is
BELOW_ALL = 0.5  # times the shortest of a fit on several lengths
FEWEST_OF_SHORTEST = 7  # steps: less than half of fewer is one or two
LONGER = 3  # times the longest in fit
SOME = 0.1  # of the sequences: one short or long one is an odd one
ALL_LONGER, FEW = 1.7, 0.1  # times the one length of fit; of the sequences: at 1.95 times, accuracy fell from 1 to 0.73
FEWEST = 20  # samples: lengths of fewer go with y by chance
LEAST_TOLD, ABOVE_CHANCE = 0.1, 10  # R2, also times that of noise


def warn_if_far_shorter(lengths, form):
    """Warn where nearly all lengths (n,) are far below the one that all sequences of the fit of a `SourceForm` had.

    A fit on several lengths has seen that some end sooner, and tokens of words come in any number.
    """
    known = form.n_timesteps
    if form.reads_tokens or form.ragged or known < FEWEST_STEPS or np.min(lengths) >= SHORTER * known:
        return  # nearly always: a quantile of the lengths of one row takes ten times as long as the least
    if np.quantile(lengths, MOST) >= SHORTER * known:
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
    if form.reads_tokens or not (grows or (grows is None and not form.ragged)):
        return
    if np.quantile(lengths, 1 - SOME, method="lower") <= LONGER * form.n_timesteps:
        return
    longest, known = int(np.max(lengths)), form.n_timesteps
    growing = "In fit y grew with the length" if grows else "If y grows with the length, as sums and counts do"
    rate = "" if grows else f" {_of_rate(known)}"
    warn_caller_once(
        form,
        "longer",
        lambda: (
            f"X has sequences of {longest} timesteps, {longest / known:.3g} times as many as the longest in fit, "
            f"{known}. {growing}{', but' if grows else ':'} predictions hardly grow beyond those of fit. Cut long "
            f"sequences to {known} timesteps, and add up what is predicted for their parts: "
            f"[estimator.predict(numpy.array_split(numpy.asarray(x), -(-len(x) // {known}))).sum(axis=0) for x in X]."
            f"{rate}"
        ),
    )


def warn_if_all_longer(lengths, form):
    """Warn where nearly all lengths (n,) are far above the one that all sequences of the fit of a `SourceForm` had."""
    known = form.n_timesteps
    if form.reads_tokens or form.ragged or known < FEWEST_STEPS or np.max(lengths) <= ALL_LONGER * known:
        return
    shortest = int(np.quantile(lengths, FEW, method="lower"))
    if shortest <= ALL_LONGER * known:
        return
    warn_caller_once(
        form,
        "all longer",
        lambda: (
            f"X has sequences of {shortest} timesteps, and all in fit had {known}: predictions may be far off, and "
            f"look sure. {_of_rate(known)} If they go on for longer, cut them: [x[:{known}] for x in X]."
        ),
    )


def _of_rate(known):
    """What to do with the same time in more timesteps than those of the fit."""
    return (
        "If they were sampled at a higher rate over the same time, pass them at that of fit: "
        f"[scipy.signal.resample(x, {known}) for x in X]."
    )
