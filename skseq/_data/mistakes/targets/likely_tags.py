"""Labels of timesteps that are most likely padding, numbers, or in X as well: what to pass instead."""

import numpy as np

from skseq._arguments import brief
from skseq._callers import warn_caller
from skseq._data.checks import NUMBERS_OF_STEPS
from skseq._data.mistakes.limits import LOOKED_AT, MANY, NEARLY_ALL, SOME
from skseq._data.mistakes.numbers.likely_padding import STEPS_LOOKED_AT, length_of_run, runs_of_padding, sides_of_some
from skseq._data.sequences import as_samples, is_sequence

SMALL_STEP = 0.05  # of the classes in their order, whatever lies apart: a melody leaps by more
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
