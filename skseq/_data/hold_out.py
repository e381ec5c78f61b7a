"""Which samples are held out of training, to judge it: classes are in proportion, and groups stay whole."""

from dataclasses import dataclass

import numpy as np
from sklearn.model_selection import train_test_split

from skseq._data.tokens.vocabulary import is_missing

MOST_HELD_OUT = 0.25  # of the samples: a trial on fewer of them says little of a fit of all
N_DRAWS = 20  # of groups to hold out: one has too many samples, or a class alone, in some of them


@dataclass(frozen=True, kw_only=True, eq=False)
class HoldOut:
    """How samples are parted. ``classes`` (n_rows,) and ``groups`` (n_rows,) are whole numbers, or None.

    ``in_order`` is whether the last samples are held out, as they are of windows of one long sequence.
    """

    classes: np.ndarray | None = None
    groups: np.ndarray | None = None
    in_order: bool = False

    def split(self, samples, n_held_out, rng):
        """Indices of samples to train on and of those held out, with every class in both where the counts allow it."""
        if self.in_order:
            return samples[:-n_held_out], samples[-n_held_out:]
        if self.has_groups(samples):
            return self._by_groups(samples, n_held_out, rng)
        classes = None if self.classes is None else self.classes[samples]
        if classes is not None:
            counts = np.unique(classes, return_counts=True)[1]
            if counts.min() < 2 or min(n_held_out, len(samples) - n_held_out) < len(counts):
                classes = None  # scikit-learn would raise: a class is too rare, or a part too small for all classes
        return train_test_split(samples, test_size=n_held_out, random_state=rng, stratify=classes)

    def has_groups(self, samples):
        """Whether some of the groups of these samples can be held out: one alone is as good as none."""
        return self.groups is not None and bool(self._counts(samples)[1].any())

    def _by_groups(self, samples, n_held_out, rng):
        """Whole groups of so many samples at most, or the smallest group; of some draws the nearest in all classes.

        A group that has all samples of a class stays in training, as does one of each class.
        """
        counts, may = self._counts(samples)
        sizes, total = counts.sum(axis=1), counts.sum(axis=0)
        orders = [rng.permutation(np.flatnonzero(may)) for _ in range(N_DRAWS)]
        draws = [order[np.cumsum(sizes[order]) <= n_held_out] for order in orders]
        smallest = np.flatnonzero(may)[[sizes[may].argmin()]]
        draws = [some if len(some) and (counts[some].sum(axis=0) < total).all() else smallest for some in draws]
        wanted = total * n_held_out / len(samples)
        chosen = min(draws, key=lambda some: np.abs(counts[some].sum(axis=0) - wanted).sum())
        held_out = np.isin(np.unique(self.groups[samples], return_inverse=True)[1], chosen)
        return samples[~held_out], samples[held_out]

    def _counts(self, samples):
        """Samples of each class in each group (n_groups, n_classes), and which groups may be held out (n_groups,)."""
        groups = np.unique(self.groups[samples], return_inverse=True)[1]
        classes = np.zeros(len(samples), int) if self.classes is None else self.classes[samples]
        classes = np.unique(classes, return_inverse=True)[1]
        counts = np.zeros((groups.max() + 1, classes.max() + 1))
        np.add.at(counts, (groups, classes), 1)
        return counts, (counts < counts.sum(axis=0)).all(axis=1)


def group_numbers(groups, n_samples):
    """Groups (n_samples,) of any hashable values as whole numbers; anything else raises ValueError."""
    groups = np.asarray(groups)
    if groups.shape != (n_samples,):
        raise ValueError(
            f"groups must hold the group of each sample, shape ({n_samples},) for this X. Got shape {groups.shape}."
        )
    values = groups.tolist()
    missing = [index for index, value in enumerate(values) if is_missing(value)]
    if missing:
        raise ValueError(
            f"groups holds no group for {len(missing)} sample(s), the first at index {missing[0]}. Give each sample "
            "that is alone a group of its own, or leave it out."
        )
    numbers = {}
    return np.array([numbers.setdefault(value, len(numbers)) for value in values])
