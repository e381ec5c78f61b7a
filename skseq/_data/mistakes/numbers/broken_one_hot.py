"""Columns that are not drawn as flags or as one-hot: warnings that say what breaks them, and what mends them."""

import numpy as np

from skseq._callers import warn_caller

BROKEN = 0.01  # of the timesteps at most: then they are errors, or categories that are missing
BY_CHANCE = 0.1  # of the broken timesteps that independent columns would have
CLASHES, SHARE = 30, 0.05  # timesteps at which several would be 1 if columns were independent: as many, and of all


def warn_of_broken_one_hot(sequences, columns):
    """Warn of columns of 0 and 1 side by side of which nearly always one is 1, or never several, but often none.

    ``columns`` are those of real steps (n, t, f) that are drawn each on its own.
    """
    ones = np.asarray(sequences.values)[sequences.mask][:, list(columns)].T.astype(bool)  # (n_columns, n_steps)
    varies = ones.any(axis=1) & ~ones.all(axis=1)
    ones, columns = ones[varies], np.array(columns, int)[varies].tolist()
    runs = [_without_flags_beside(ones, *run) for run in _runs(ones, BROKEN)]
    broken = _apart([run for run in runs if _are_nearly_one_hot(ones, *run)])
    others = _apart([run for run in _runs(ones, 0) if _would_clash(ones, *run)], broken)
    with_the_rest = _with_the_rest(sorted(columns[start:end] for start, end in broken + others))
    if broken:
        wrong = {tuple(columns[start:end]): _breaks(ones, start, end) for start, end in broken}
        _warn_of_some(sequences, wrong, with_the_rest)
    if others:
        _warn_of_none([columns[start:end] for start, end in others], with_the_rest)


def _apart(runs, taken=()):
    """The runs without such as share columns with one before them, or with one that is ``taken``."""
    found = []
    for start, end in runs:
        if all(end <= first or last <= start for first, last in [*taken, *found]):
            found.append((start, end))
    return found


def _breaks(ones, start, end):
    """The steps at which not exactly one column of a run is 1."""
    return np.flatnonzero(ones[start:end].sum(axis=0) != 1)


def _runs(ones, most):
    """(start, end) of longest runs of columns of which several are 1 at the share ``most`` of the steps or fewer."""
    start, n_ones, runs = 0, np.zeros(ones.shape[1], int), []
    for end, column in enumerate(ones):
        n_ones += column
        is_longest = True
        while np.count_nonzero(n_ones > 1) > most * n_ones.size:
            if is_longest:
                runs.append((start, end))
            is_longest = False
            n_ones -= ones[start]
            start += 1
    return [(start, end) for start, end in [*runs, (start, len(ones))] if end - start > 1]


def _without_flags_beside(ones, start, end):
    """A run without columns at its ends that break it more often than they complete it, as rare flags do."""
    n_ones = ones[start:end].sum(axis=0)
    while end - start > 1:
        first, last = (np.count_nonzero(n_ones - ones[k] != 1) for k in (start, end - 1))
        if min(first, last) >= np.count_nonzero(n_ones != 1):
            break
        if first < last:
            n_ones, start = n_ones - ones[start], start + 1
        else:
            n_ones, end = n_ones - ones[end - 1], end - 1
    return start, end


def _are_nearly_one_hot(ones, start, end):
    _, one = _by_chance(ones[start:end].mean(axis=1))
    n_wrong = _breaks(ones, start, end).size
    return end - start > 1 and n_wrong <= min(BROKEN, BY_CHANCE * (1 - one)) * ones.shape[1]


def _would_clash(ones, start, end):
    """Whether independent columns with so many ones would often be 1 together."""
    (none, one), n_steps = _by_chance(ones[start:end].mean(axis=1)), ones.shape[1]
    return (1 - none - one) * n_steps >= max(CLASHES, SHARE * n_steps)


def _by_chance(shares):
    """How probable it is that none, and that one of independent columns is 1, which have these shares of ones."""
    none = np.prod(1 - shares)
    return none, none * np.sum(shares / (1 - shares))  # no share is 1: both values occur


def _with_the_rest(groups):
    """What makes sequences with one column more behind each group, which is 1 where none of the group is."""
    places = [group[-1] + 1 for group in groups]
    return (
        f"[np.insert(x, {places}, np.column_stack([~x[:, k].any(axis=1) for k in {groups}]), axis=1) for x in "
        "(np.asarray(x, float) for x in X)]"
    )


def _named(group):
    side_by_side = group[-1] - group[0] == len(group) - 1
    return f"{group[0]} to {group[-1]}" if side_by_side else ", ".join(map(str, group))


def _warn_of_some(sequences, wrong, with_the_rest):
    """Warn of groups that are not one-hot at the real steps ``wrong`` of each."""
    steps = np.argwhere(sequences.mask)
    found = []
    for group, own in wrong.items():
        row, timestep = places = steps[own[0]]
        n_ones = int(np.asarray(sequences.values)[*places, list(group)].sum())
        found.append(
            f"Features {_named(group)} of X are one-hot at all but {own.size} of {len(steps)} timesteps: at "
            f"X[{row}], timestep {timestep} (counted from 0), {n_ones} of them are 1."
        )
    warn_caller(
        f"{' '.join(found)} So each is drawn on its own, and samples have none or several at a timestep. Mend or "
        f"remove such timesteps or, where none is 1, add a column that is 1 there: {with_the_rest}."
    )


def _warn_of_none(groups, with_the_rest):
    warn_caller(
        f"Of the features {', and of '.join(map(_named, groups))} of X no two are ever 1 at one timestep, "
        "but each is drawn on its own, so that samples have several. Add a column that is 1 where none of them is: "
        f"{with_the_rest}. If they may be 1 together, pass binary_features as a list."
    )


# --- the first call of partial_fit ------------------------------------------------------------------------------------


def warn_if_constant_so_far(sequences, binary, groups):
    """Warn of features of the first call of `partial_fit` that are 0, or 1, throughout: what they are is decided now.

    ``binary`` are those that are drawn by their probability, some of them in one-hot ``groups``.
    """
    numbers = np.asarray(sequences.values)[sequences.mask]
    constant = np.flatnonzero((numbers == numbers[0]).all(axis=0) & np.isin(numbers[0], (0, 1))).tolist()
    if constant:
        warn_caller(
            f"Feature {constant[0]} of X is {numbers[0, constant[0]]:g} at every timestep of the first call "
            "of partial_fit, so that it is drawn as a measurement after all later ones, too. If it is a flag, set "
            f"binary_features={_flags_and_groups(binary, groups, constant, numbers[0])}, where a tuple holds one-hot "
            "columns, and begin anew."
        )


def _flags_and_groups(binary, groups, constant, values):
    """What `binary_features` may be: zeros beside a group are most likely categories that have not come yet."""
    own = [*constant, *(k for k in binary if k not in sum(groups, ()))]
    parts = []
    for group in map(set, groups):
        while beside := [k for k in own if values[k] == 0 and k in constant and {k - 1, k + 1} & group]:
            group.update(beside)
            own = [k for k in own if k not in beside]
        parts.append(tuple(sorted(group)))
    return sorted(own) + parts
