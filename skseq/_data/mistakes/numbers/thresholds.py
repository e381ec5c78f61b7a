"""Sequences that are too few, too short or too long for codes or for thresholds of a detector: warnings."""

import numpy as np

from skseq._callers import warn_caller

FEW_WINDOWS, ENOUGH_WINDOWS = 5, 10  # side by side: of fewer, a quarter to all of normal timesteps are called outliers
FEW_WHOLE, LONG_WHOLE = 30, 200  # sequences, and timesteps of one: six of 800 gave 58 % false alarms, windows of 40 1 %
FEW_CODED = 10  # of 5 sequences of 500, codes keep a tenth to a quarter of what others vary, of 29 0.6 to 0.9
LONGER = 4  # times the timesteps that a threshold was learnt from: at 16 times, one in 15 normal ones is below it
SHORTER = 0.75  # of a window: half to 0.8 of normal pieces of 0.6 windows are outliers, and a tenth of those of 0.9
FAR_END = 2  # times the usual score: ends of waves have up to 1.4, with a trend 2.7 and more; of noise by heart 13
ENOUGH_BLOCKS, RISING, FAR_BLOCK, LEAST_SPREAD = 8, 0.9, 1, 0.1  # as long as the end; see `end_differs`
DECIDES, ENOUGH_STEPS = 0.9, 5  # of the squared errors at a threshold are of one feature; one step may be by chance
HIDES = 2.5  # variances of it: beside 2 of noise, 0.9 to 1 of faults of others were found, beside 3 and more 0 to 0.3
SHOWN = 0.1  # of its usual squared error is in held-out data: else "mahalanobis" learns nothing of it from them
TAIL = 30  # times the median: rare counts have less, and bytes on a busy wire much more
STRAYS = 1.5  # deviations over the middle half: 0.7 if normal, 1 of Laplace, 1.6 and more of keystrokes and payments


def warn_if_few_windows(lengths, window):
    """Warn where a few sequences (n,), cut into windows, give too few of them to tell what is usual."""
    n_steps = lengths.sum()
    if lengths.max() < window:
        seen = f"cuts nothing: X has {len(lengths)} sequence(s), the longest of {lengths.max()} timesteps"
    elif n_steps < FEW_WINDOWS * window:
        seen = f"is long for X, which has {n_steps} timesteps in {len(lengths)} sequence(s)"
    else:
        return
    least = n_steps // ENOUGH_WINDOWS
    warn_caller(
        f"window={window!r} {seen}, so there is little to learn from, and normal timesteps may be called outliers. "
        f"Set {f'window={least} or a smaller one' if least > 1 else 'a smaller window'}, or pass more timesteps."
    )


def warn_if_few_are_whole(lengths):
    """Warn where few sequences (n,) as long as series are to be written again whole."""
    if 1 < len(lengths) < FEW_WHOLE and np.median(lengths) >= LONG_WHOLE:
        warn_caller(
            f"X holds {len(lengths)} sequences of about {np.median(lengths):.0f} timesteps, each to be written again "
            "from one code. So few do not show what is normal, and normal timesteps may pass for odd. Set window, such "
            "as window=50 or about a period, by which they are cut, or pass more and shorter sequences."
        )


def warn_if_few_are_coded(lengths):
    """Warn where codes are learnt from few sequences (n,) as long as series."""
    if len(lengths) < FEW_CODED and np.median(lengths) >= LONG_WHOLE:
        few = "one sequence" if len(lengths) == 1 else f"{len(lengths)} sequences"
        warn_caller(
            f"X holds {few} of about {np.median(lengths):.0f} timesteps, each to be written again from one code. So "
            "few are learnt by heart at best, and codes of others mean little. Cut them into windows, such as "
            "skseq.preprocessing.SlidingWindows(window=50).split_series(X)[0], or pass more and shorter sequences."
        )


def warn_if_longer(lengths, judged, aggregation):
    """Warn where sequences (n,) are far longer than the longest of those that their threshold was learnt from."""
    if judged is None or lengths.max() <= LONGER * judged:
        return
    effect = "more of the normal ones are outliers" if aggregation == "max" else "the less a short anomaly counts"
    warn_caller(
        f"X has sequences of up to {lengths.max()} timesteps, but offset_, the threshold of whole sequences, was "
        f"learnt from those of up to {judged}. With aggregation={aggregation!r}, the longer they are, {effect}. Call "
        f"predict_timesteps, whose threshold suits all lengths, or cut X into sequences of about {judged} timesteps, "
        "or fit on 100 sequences or more as long as these."
    )


def warn_if_shorter(lengths, usual):
    """Warn where most sequences (n,) are far shorter than the windows that a threshold was learnt from."""
    if usual is None or np.median(lengths) >= SHORTER * usual:
        return
    warn_caller(
        f"Most sequences in X are far shorter (median of {np.median(lengths):g} timesteps) than the pieces of {usual} "
        "that thresholds were learnt from, so that most normal ones may be called outliers. Pass as many timesteps or "
        "more: with the new ones those before them."
    )


def warn_if_some_are_constant(constant, values):
    """Warn where features (f,) are constant, beside others that are not: they have no scale."""
    if not constant.any() or constant.all():
        return
    feature = np.flatnonzero(constant)[0]
    more = np.count_nonzero(constant) - 1
    others = f" (and of {more} other feature{'s' if more > 1 else ''} of X, too)" if more else ""
    warn_caller(
        f"Feature {feature} of X is {values[feature]:g} at every timestep in training, so later changes of it{others} "
        "count in its own unit: one of 0.1 may hardly be seen, and one of 10 drowns all else. Leave it out and check "
        "it by a rule of its own, divide it by the change that matters, or set scoring='mahalanobis'."
    )


def logarithms_of(numbers):
    """Code of a logarithm of each feature x of numbers (n_steps, f) that has a long tail, "" of the others."""
    return [_logarithm_of(x) for x in numbers.T.astype(np.float64)]  # float32 has no squares of 1e20


def _logarithm_of(x):
    """Code of what takes the tail of numbers (n_steps,) away; "" if there is none, or if it stays far out."""
    size = np.median(np.abs(x))
    if x.min() >= 0:
        return "np.log1p(x)" if 1 + x.max() >= TAIL * (1 + size) else ""
    if size > 0 and _strays(x) > STRAYS and _strays(np.arcsinh(x / size)) < STRAYS:
        return f"np.arcsinh(x / {size:.3g})"
    return ""


def _strays(x):
    """The deviation of numbers (n_steps,) over the width of their middle half."""
    return x.std() / max(np.subtract(*np.quantile(x, [0.75, 0.25])), 1e-12)


def warn_if_one_feature_decides(squares, shown, names, logarithms, told):
    """Warn where one feature makes up nearly all of the squared errors (n_steps, f) of timesteps that set thresholds.

    They are in variances of each feature, times its weight. ``shown`` (f,) is the squared error in held-out data over
    the usual one, ``names`` are those of the columns, or None, ``logarithms`` (f,) is what `logarithms_of` gives, and
    ``told`` (f,) are features with another warning already.
    """
    mean = squares.mean(axis=0)
    feature, total = int(mean.argmax()), mean.sum()
    if told[feature]:
        return
    if len(squares) < ENOUGH_STEPS or len(mean) == 1 or mean[feature] < max(HIDES, DECIDES * total):
        return
    name = f" ({names[feature]!r})" if names is not None and len(names) == len(mean) else ""
    first = second = ""
    if logarithms[feature]:  # "mahalanobis" found fewer impostors by keystrokes, in 12 cases of 12
        first = f"pass {logarithms[feature]} of this feature x, which has a long tail, in fit and later, or "
    elif shown[feature] >= SHOWN:
        second = ", or set scoring='mahalanobis', which weights each feature by its usual errors"
    warn_caller(
        f"Feature {feature}{name} of X makes up {min(mean[feature] / total, 0.999):.1%} of the squared errors that set "
        "the thresholds, so faults of the other features hardly count. If these timesteps are not normal, leave them "
        f"out of X. Else {first}leave the feature out and check it by a rule of its own{second}."
    )


def end_differs(series, n_end):
    """Whether the last steps of a series (t, f) have other levels or movements than blocks as long before them.

    They do where the levels of blocks rise or fall nearly all along, or where the level or the logarithm of the
    deviation of the end lies outside the blocks before by more than these lie apart.
    """
    n_blocks = len(series) // n_end
    if n_blocks < ENOUGH_BLOCKS:
        return False
    blocks = np.asarray(series[len(series) - n_blocks * n_end :], np.float64).reshape(n_blocks, n_end, -1)
    spread = blocks[:-1].std(axis=(0, 1))  # (f,)
    moving = spread > 0
    blocks = blocks[:, :, moving] / spread[moving]
    levels = blocks.mean(axis=1)  # (n_blocks, f)
    ranks = levels.argsort(axis=0).argsort(axis=0) - (n_blocks - 1) / 2
    rising = np.abs(ranks.T @ (np.arange(n_blocks) - (n_blocks - 1) / 2)) * 12 / (n_blocks**3 - n_blocks) > RISING
    if (rising & (np.ptp(levels, axis=0) > LEAST_SPREAD)).any():
        return True
    of_blocks = np.concatenate([levels, np.log(np.maximum(blocks.std(axis=1), 1e-3))], axis=1)
    low, high = of_blocks[:-1].min(axis=0), of_blocks[:-1].max(axis=0)
    beyond = np.maximum(of_blocks[-1] - high, low - of_blocks[-1])
    return bool((beyond > FAR_BLOCK * np.maximum(high - low, LEAST_SPREAD)).any())


def warn_if_ends_differ(train, held_out, train_scores, scores):
    """Warn where the ends of `Sequences` that are held out score far worse, by scores (n_steps,), and have moved away.

    A network that has learnt noise by heart gives any end a bad score, so both must be.
    """
    ratio = np.median(scores) / min(np.median(train_scores), -1e-12)
    if ratio <= FAR_END:
        return
    ends = held_out.real_lengths
    n_differ = 0
    for first, n_first, last, n_last in zip(train.values, train.real_lengths, held_out.values, ends):
        n_differ += end_differs(np.concatenate([first[:n_first], last[:n_last]]), n_last)
    if 2 * n_differ < len(ends):
        return
    warn_caller(
        f"The ends of the series in X, {ends.max()} timesteps or less that are held out, have {ratio:.3g} times the "
        "usual anomaly scores, and other levels or movements than the steps before: there is a trend, or a change. "
        "Thresholds may not hold for what follows. Subtract a rolling mean, or take differences, in fit and later (see "
        "'Levels and trends' in the guide), or fit on steps after the change."
    )
