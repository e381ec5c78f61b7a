"""Labels of timesteps that are most likely padding, numbers, or in X as well: what to pass instead."""

import numpy as np
from sklearn.ensemble import RandomForestClassifier

from skseq._arguments import brief
from skseq._callers import warn_caller
from skseq._data.checks import NUMBERS_OF_STEPS
from skseq._data.mistakes.likely_padding import STEPS_LOOKED_AT, length_of_run, runs_of_padding, sides_of_some
from skseq._data.mistakes.limits import LOOKED_AT, MANY, NEARLY_ALL, SOME
from skseq._data.sequences import as_samples, is_sequence

SMALL_STEP = 0.05  # of the classes in their order, whatever lies apart: a melody leaps by more
STEPS_TOLD, LARGEST = 10_000, 1e30  # timesteps that forests see in half a second, and numbers that they can read
N_TREES, LEAST_IN_LEAF = 30, 5  # of 128 sequences at most, only where little was learnt
FAR_GAINS, GAINS_LOOKED_AT = 100, (0.05, 0.95)  # ratio of quantiles: 1,000 cost 0.05 of the accuracy, 100,000 0.2
OTHER_SIZES, STEPS_OF_SIZES = 3, (1_000, 5_000)  # such a ratio, and least and most timesteps that forests see
SAME_VALUE = 1e-4  # of the distance of two values: rounding is less
PARTS_SEEN = 50  # times as many timesteps have a say in sizes
MOVING = 0.5  # of the timesteps: states that follow each other stay for many


def warn_if_labelled_padding(sequences, tags, classes):
    """Warn where samples end in padding with one label, which `warn_if_padded` cannot tell from machines that are off.

    ``tags`` (n, t) are indices of ``classes``.
    """
    sides = sides_of_some(sequences) if len(classes) > 1 else []
    for where, values in sides:
        own = np.asarray(tags[: len(values)])
        label = _label_of_padding(values, own if where == "end" else own[:, ::-1])
        if label is not None:
            warn_caller(
                f"X and y look padded: most samples {where} in a run of one timestep, which is nowhere else in X, with "
                f"the label {classes.tolist()[label]!r}. It is learnt and scored as any other. Pass lists without "
                "padding: with lengths as the numbers of real timesteps, "
                f"[x[{':n' if where == 'end' else '-n:'}] for x, n in zip(X, lengths)], and y likewise."
            )
            return


def _label_of_padding(values, tags):
    """The label of the padding on the right of values (n, t, f) with tags (n, t), or None without such."""
    runs = runs_of_padding(values)
    if runs is None or runs.all():  # the longest have no padding, but all may end in a state that lasts
        return None
    label = np.bincount(tags[runs >= 2, -1]).argmax()
    differ = tags.size > runs.sum() and (tags != label).any()
    return label if differ and (length_of_run(tags == label) >= runs).all() else None


def warn_if_numbers(sequences, tags, classes):
    """Warn where labels are most likely readings: many whole numbers, and nearly all neighbours in time are near.

    ``tags`` (n, t) are indices of ``classes``. Those that number states which follow each other stay for long. Returns
    whether it warned.
    """
    if classes.dtype.kind not in "iuf" or len(classes) <= SOME:
        return False
    n_timesteps = sequences.values.shape[1]
    n_samples = min(LOOKED_AT, max(1, STEPS_LOOKED_AT // n_timesteps))
    steps = np.abs(np.diff(tags[:n_samples], axis=1))[sequences.take(slice(n_samples)).mask[:, 1:]]
    if len(steps) < SOME or np.mean(steps > 0) < MOVING:
        return False
    small = steps <= max(1, SMALL_STEP * len(classes))
    begins_again = steps == len(classes) - 1  # as hours of the day do
    if np.mean(small) < NEARLY_ALL or begins_again.any():
        return False
    warn_caller(
        f"y holds {len(classes)} distinct whole numbers from {classes[0]:g} to {classes[-1]:g}, and neighbours in time "
        "differ by little: they look like a quantity, but are learnt as labels without an order. "
        f"{NUMBERS_OF_STEPS} Labels that are names are read as strings without this warning."
    )
    return True


def check_no_labels(X, y, argument, *, are_tokens):
    """Refuse X whose timesteps are tuples of strings, such as (word, tag), one value of which is always the label in y.

    Tuples are tokens to those that say so: then X is warned of where there are enough timesteps.
    """
    found = _place_of_labels(_first_samples(X), _first_samples(y))
    if found is None:
        return
    step, place, n_steps = found
    says = (
        f"{argument} holds the labels: value {place} of each timestep, such as {brief(step, 80)}, is "
        "its label in y. Pass "
        f"the tokens alone, [[step[{int(place == 0)}] for step in x] for x in {argument}]."
    )
    if not are_tokens:
        raise ValueError(says)
    if n_steps >= MANY:
        warn_caller(says)


def _first_samples(X):
    if isinstance(X, np.ndarray) and X.ndim > 1:
        return list(X[:SOME])
    listed = isinstance(X, (list, tuple)) or hasattr(X, "iloc")
    return (as_samples(X) or [])[:SOME] if listed else []


def _place_of_labels(samples, targets):
    """(a timestep, the index of the label in each, how many there are), or None if these are no such samples."""
    if not samples or len(samples) != len(targets) or not all(map(is_sequence, [*samples, *targets])):
        return None
    if any(hasattr(sequence, "toarray") for sequence in [*samples, *targets]):  # sparse ones are refused later
        return None
    if any(len(sample) != len(labels) for sample, labels in zip(samples, targets)):
        return None
    pairs = [pair for sample, labels in zip(samples, targets) for pair in zip(sample, labels)]
    steps = [step for step, _ in pairs]
    if not all(isinstance(step, (tuple, list)) for step in steps):
        return None
    if not all(isinstance(value, str) for step, label in pairs for value in (*step, label)):
        return None
    n_values = {len(step) for step in steps}
    if len(n_values) != 1 or min(n_values) < 2:
        return None
    places = (place for place in range(min(n_values)) if all(step[place] == label for step, label in pairs))
    place = next(places, None)
    return None if place is None else (steps[0], place, len(steps))


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
    low, high = np.quantile(deviations, GAINS_LOOKED_AT, axis=0)
    ratios = np.divide(high, low, out=np.zeros_like(high), where=low > 0)  # (f,)
    if len(values) < SOME or ratios.max() < FAR_GAINS:
        return None
    own = (values - values.mean(**steps)[:, None]) / np.where(deviations > 0, deviations, 1)[:, None]
    shares = (_told(x, mask, tags) for x in (values, own))
    return int(ratios.argmax()), float(ratios.max()), *shares


def told_without_sizes(sequences, tags, scale):
    """What `Facts.sizes` is of `Sequences` of numbers on a `Scale` with tags (n, t); None of one size, or of few.

    (feature, ratio, share told by values, share told if each sequence is divided by its mean size, standard error of
    the difference). The ratio is that of large sizes to small ones. A channel of two values, such as 0 and 1, has no
    size of its own: how often it is 1 says something.
    """
    least, most = STEPS_OF_SIZES
    first = slice(PARTS_SEEN * most // len(sequences.values))  # steps of each: long sequences are looked at in part
    mask, tags = sequences.mask[:, first], tags[:, first]
    values = _in_units(sequences.values[:, first], scale)
    sizes = np.abs(values).mean(axis=1, where=mask[:, :, None])  # (n, f)
    sizes[:, _have_two_values(values, mask)] = 0
    low, high = np.quantile(sizes, GAINS_LOOKED_AT, axis=0)
    ratios = np.divide(high, low, out=np.zeros_like(high), where=low > 0)  # (f,)
    if len(values) < SOME or mask.sum() < least or ratios.max() < OTHER_SIZES:
        return None
    some = slice(None, None, -(-mask.size // most))
    own = values / np.where(sizes > 0, sizes, 1)[:, None]
    by_values, by_own = (_right_of_others(_around(x)[:, some], mask[:, some], tags[:, some]) for x in (values, own))
    error = np.std(by_own - by_values) / np.sqrt(len(values))
    return int(ratios.argmax()), float(ratios.max()), float(by_values.mean()), float(by_own.mean()), float(error)


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
