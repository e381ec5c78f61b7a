"""What random forests tell of the labels of timesteps: by values, by steps, and without levels, gains or sizes."""

import numpy as np
from sklearn.ensemble import RandomForestClassifier

FEWEST = 20  # sequences
STEPS_TOLD, LARGEST = 10_000, 1e30  # timesteps that forests see in half a second, and numbers that they can read
N_TREES, LEAST_IN_LEAF = 30, 5  # of 128 sequences at most, only where little was learnt
FAR_GAINS, GAINS_LOOKED_AT = 100, (0.05, 0.95)  # ratio of quantiles: 1,000 cost 0.05 of the accuracy, 100,000 0.2
OTHER_SIZES, STEPS_OF_SIZES = 3, (1_000, 5_000)  # such a ratio, and least and most timesteps that forests see
SAME_VALUE = 1e-4  # of the distance of two values: rounding is less
PARTS_SEEN = 50  # times as many timesteps have a say in sizes


def told_by_values_and_steps(sequences, tags):
    """Shares of timesteps whose tag a random forest tells by values, and by how these differ from the step before."""
    values, mask, tags = _some_steps(sequences, tags)
    return tuple(_told(x, mask, tags) for x in (values, np.diff(values, axis=1, prepend=values[:, :1])))


def told_by_gains(sequences, tags):
    """What `Facts.gains` is of `Sequences` of numbers with tags (n, t); None where gains do not lie far apart.

    (feature, ratio, share told by values, share told by values without levels and gains). The ratio is that of large
    deviations of a sequence to small ones.
    """
    values, mask, tags = _some_steps(sequences, tags)
    steps = {"axis": 1, "where": mask[:, :, None]}
    deviations = values.std(**steps)  # (n, f)
    ratios = _ratios(deviations)
    if len(values) < FEWEST or ratios.max() < FAR_GAINS:
        return None
    own = (values - values.mean(**steps)[:, None]) / np.where(deviations > 0, deviations, 1)[:, None]
    shares = (_told(x, mask, tags) for x in (values, own))
    return int(ratios.argmax()), float(ratios.max()), *shares


def told_without_sizes(sequences, tags, scale):
    """What `Facts.sizes` is of `Sequences` of numbers on a `Scale` with tags (n, t); None of one size, or of few.

    (feature, ratio, share told by values, share told if each sequence is divided by its mean size, standard error of
    the difference). The ratio is that of large sizes to small ones. A feature of None is one size of all features,
    if that tells more than a size of each. A channel of two values, such as 0 and 1, has no size of its own: how
    often it is 1 says something.
    """
    least, most = STEPS_OF_SIZES
    first = slice(PARTS_SEEN * most // len(sequences.values))  # steps of each: long sequences are looked at in part
    mask, tags = sequences.mask[:, first], tags[:, first]
    if len(mask) < FEWEST or mask.sum() < least:
        return None
    values = _in_units(sequences.values[:, first], scale)
    sizes = np.abs(values).mean(axis=1, where=mask[:, :, None])  # (n, f)
    candidates = [sizes * ~_have_two_values(values, mask)]
    if np.sum(_ratios(candidates[0]) >= OTHER_SIZES) > 1:  # a gain of all makes them differ in several
        candidates.append(sizes.mean(axis=1, keepdims=True))  # (n, 1)
    far = [own for own in candidates if _ratios(own).max() >= OTHER_SIZES]
    if not far:
        return None
    some = slice(None, None, -(-mask.size // most))

    def right(x):
        return _right_of_others(_around(x)[:, some], mask[:, some], tags[:, some])

    by_values, by_own = right(values), [right(values / np.where(own > 0, own, 1)[:, None]) for own in far]
    told, own = max(zip(by_own, far, strict=True), key=lambda found: found[0].mean())
    ratios, error = _ratios(own), np.std(told - by_values) / np.sqrt(len(values))
    feature = int(ratios.argmax()) if own is candidates[0] else None
    return feature, float(ratios.max()), float(by_values.mean()), float(told.mean()), float(error)


def _ratios(sizes):
    """Ratios of large sizes (n, f) of sequences to small ones, (f,); 0 where small ones are."""
    low, high = np.quantile(sizes, GAINS_LOOKED_AT, axis=0)
    return np.divide(high, low, out=np.zeros_like(high), where=low > 0)


def _in_units(scaled, scale):
    """Numbers (n, t, f) in the units of X, float64; what is but the rounding of a zero is zero."""
    values = np.clip(np.asarray(scaled, np.float64) * scale.deviation + scale.mean, -LARGEST, LARGEST)
    return np.where(np.abs(values) > np.finfo(scaled.dtype).eps * np.abs(scale.mean), values, 0.0)


def _have_two_values(values, mask):
    """Which channels of values (n, t, f) have two values at most at real timesteps, (f,)."""
    real = values[mask]  # (n_steps, f)
    low, high = real.min(axis=0), real.max(axis=0)
    return (np.minimum(real - low, high - real) <= SAME_VALUE * (high - low)).all(axis=0)


def _right_of_others(seen, mask, tags):
    """Share of tags (n, t) that a random forest tells in every sequence (n,), taught by the other half of them.

    Those of one person mostly stand together, which halves hardly part.
    """
    right, first = np.empty(len(seen)), np.arange(len(seen)) < len(seen) // 2
    for told, taught in ((first, ~first), (~first, first)):
        forest = RandomForestClassifier(N_TREES // 2, min_samples_leaf=LEAST_IN_LEAF, random_state=0)
        forest.fit(seen[taught][mask[taught]], tags[taught][mask[taught]])
        found = forest.predict(seen[told].reshape(-1, seen.shape[2])).reshape(-1, seen.shape[1])
        right[told] = np.mean(found == tags[told], axis=1, where=mask[told])
    return right


def _some_steps(sequences, tags):
    """Values (n, t, f), mask and tags (n, t) of so many timesteps as forests see, of two sequences at least."""
    n_steps = STEPS_TOLD // 2
    some = slice(max(2, STEPS_TOLD // min(n_steps, sequences.values.shape[1])))
    values, mask = sequences.values[some, :n_steps], sequences.mask[some, :n_steps]
    return np.clip(np.asarray(values, np.float64), -LARGEST, LARGEST), mask, tags[some, :n_steps]


def _told(x, mask, tags):
    """Share of timesteps whose tag a random forest tells by the numbers (n, t, f) of three, the own in the middle.

    Every second sequence teaches the forest; the others are told.
    """
    seen = _around(x)
    forest = RandomForestClassifier(N_TREES, min_samples_leaf=LEAST_IN_LEAF, random_state=0)
    forest.fit(seen[::2][mask[::2]], tags[::2][mask[::2]])
    return float(forest.score(seen[1::2][mask[1::2]], tags[1::2][mask[1::2]]))


def _around(x):
    """The numbers (n, t, f) of every timestep between those of its neighbours, (n, t, 3 f)."""
    padded = np.pad(x, ((0, 0), (1, 1), (0, 0)), mode="edge")
    return np.concatenate([padded[:, k : k + x.shape[1]] for k in range(3)], axis=2)
