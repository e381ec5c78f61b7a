"""Real sequences that ship inside packages, with their published splits, read without importing those packages.

The UCR/UEA sets and the UCR anomaly series lie in aeon's wheel, the digits in scikit-learn. aeon is wanted for its
files alone: ``pip install --no-deps aeon`` puts them in place, and nothing of it is ever run. What is said here of the
files was read off aeon 1.6.0.
"""

from dataclasses import dataclass, replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

INSTALL = "pip install --no-deps aeon"
N_TRAINING_DIGITS = 898  # scikit-learn's own digits example cuts the set in half, unshuffled: 898 and 899

# Accuracy of 1-nearest-neighbour classification on the same splits, as published.
# * Univariate: 1 - error in DataSummary.csv of the UCR archive (Dau et al. 2018, "The UCR time series archive",
#   arXiv:1810.07758): ED (w=0), DTW (learned_w), DTW (w=100), the last without a window.
# * Multivariate: Bagnall et al. 2018, "The UEA multivariate time series classification archive, 2018",
#   arXiv:1811.00075, read where they are listed again: Sun et al. 2024 (arXiv:2308.08241, table 13: EDI, DTWI, DTWD)
#   and Marteau 2024 (arXiv:2405.17516: DTW-1NN-I, DTW-1NN-D) agree. DTW_D warps all channels together, DTW_I each one
#   alone. In that archive all series of a set have one length, so its JapaneseVowels is not ragged as aeon's is.
# * InceptionTime: Ismail Fawaz et al. 2020, "InceptionTime: Finding AlexNet for time series classification", figures of
#   the authors' repository (results-InceptionTime-128.csv, results-mts.csv), an ensemble of five networks.
# * digits: not found.
# On the raw values of the files read here, ED of both univariate sets, DTW of ItalyPowerDemand, DTW_D and DTW_I of
# BasicMotions and DTW_D of JapaneseVowels come out the same: the splits are the published ones.
PUBLISHED = {
    "JapaneseVowels": {"ED": 0.924, "DTW_I": 0.959, "DTW_D": 0.949},
    "ItalyPowerDemand": {"ED": 0.9553, "DTW learned window": 0.9553, "DTW": 0.9504},
    "BasicMotions": {"ED": 0.676, "DTW_I": 1.000, "DTW_D": 0.975},
    "GunPoint": {"ED": 0.9133, "DTW learned window": 0.9133, "DTW": 0.9067},
    "digits": {},
    "ArrowHead": {"ED": 0.8, "DTW learned window": 0.8, "DTW": 0.7029},
    "OSULeaf": {"ED": 0.5207, "DTW learned window": 0.6116, "DTW": 0.5909},
    "ACSF1": {"ED": 0.54, "DTW learned window": 0.62, "DTW": 0.64},
    "PickupGestureWiimoteZ": {},
}
INCEPTION_TIME = {
    "JapaneseVowels": 0.9919,
    "ItalyPowerDemand": 0.9650,
    "BasicMotions": 1.0,
    "GunPoint": 1.0,
    "ArrowHead": 0.8457,
    "OSULeaf": 0.9421,
    "ACSF1": 0.92,
    "PickupGestureWiimoteZ": 0.76,
}


@dataclass(frozen=True)
class Split:
    """Labelled sequences: each X an array (n, t, f), or a list of (t_i, f) arrays where lengths differ; y strings."""

    X_train: np.ndarray | list
    y_train: np.ndarray
    X_test: np.ndarray | list
    y_test: np.ndarray


@dataclass(frozen=True)
class AnomalousSeries:
    """A long series with one anomaly: train (t, f) is normal; the true span of test (t, f) is start <= i < stop."""

    train: np.ndarray
    test: np.ndarray
    start: int
    stop: int

    def distance(self, position):
        """How many points per position in the test part is away from the true span; 0 inside."""
        return max(self.start - position, position - (self.stop - 1), 0)


# --- what there is ------------------------------------------------------------------------------------------


def load_archive(name):
    """The default split of a UCR/UEA set in aeon's wheel."""
    X_train, y_train = read_ts(_aeon_file(name, f"{name}_TRAIN.ts").read_text())
    X_test, y_test = read_ts(_aeon_file(name, f"{name}_TEST.ts").read_text())
    return Split(X_train, y_train, X_test, y_test)


def load_digit_rows():
    """scikit-learn's digits as eight timesteps, the rows, of eight pixels."""
    images, labels = load_digits().images, load_digits().target.astype(str)
    cut = N_TRAINING_DIGITS
    return Split(images[:cut], labels[:cut], images[cut:], labels[cut:])


def load_internal_bleeding():
    """UCR anomaly series 135, InternalBleeding16: 1,200 normal points, and all 7,501, which start with the same."""
    stem = "135_UCR_Anomaly_InternalBleeding16"
    (train, is_anomaly), (test, is_test_anomaly) = read_marked("KDD-TSAD_135", f"{stem}_TRAIN.csv", f"{stem}_TEST.csv")
    if is_anomaly.any():
        raise ValueError("The training part of UCR anomaly series 135 marks anomalies; expected none.")
    span = np.flatnonzero(is_test_anomaly)
    return AnomalousSeries(train, test, int(span[0]), int(span[-1]) + 1)


CLASSIFICATION = ("JapaneseVowels", "ItalyPowerDemand", "BasicMotions", "GunPoint", "digits")
LONG = ("ArrowHead", "OSULeaf", "ACSF1", "PickupGestureWiimoteZ")  # up to 1,460 timesteps, 36 to 200 training samples


def load(name):
    """One of the sets in CLASSIFICATION or LONG."""
    return load_digit_rows() if name == "digits" else load_archive(name)


# --- files --------------------------------------------------------------------------------------------------


def _aeon_file(folder, name):
    """Path of a data file of the installed aeon; finding a package's folder does not import it."""
    spec = find_spec("aeon")
    if spec is None:
        raise FileNotFoundError(f"The benchmarks on real data read files of the package aeon. Install it: {INSTALL}")
    for root in spec.submodule_search_locations:
        path = Path(root, "datasets", "data", folder, name)
        if path.exists():
            return path
    raise FileNotFoundError(f"The installed aeon has no data file {folder}/{name}. aeon 1.6.0 has it: {INSTALL}==1.6.0")


def read_marked(folder, *names):
    """For every file, values (t, 1) and marks (t,) of its columns timestamp, value, is_anomaly."""
    columns = (np.loadtxt(_aeon_file(folder, name), delimiter=",", skiprows=1, unpack=True) for name in names)
    return [(values[:, None], is_anomaly.astype(bool)) for _, values, is_anomaly in columns]


def read_ts(text):
    """Sequences and labels of a .ts text.

    Comments start with #, the header's tags with @. After @data per line is one sequence: its channels and, last, its
    label, apart by colons; a channel's values are apart by commas. Timestamps and missing values are refused.
    """
    lines = [line.strip() for line in text.splitlines()]
    lines = [line for line in lines if line and not line.startswith("#")]
    tags = [line.lower().split() for line in lines if line.startswith("@")]
    labelled = {("@classlabel", "true"), ("@targetlabel", "true")} & {tuple(tag[:2]) for tag in tags}
    if ["@data"] not in tags or not labelled:
        raise ValueError("Expected a .ts text with the tags '@classLabel true' and '@data'.")
    if ["@timestamps", "true"] in tags:
        raise ValueError("Expected a .ts text of bare values, got '@timeStamps true'.")
    sequences, labels = zip(*[_read_sequence(line) for line in lines if not line.startswith("@")])
    return stacked(sequences), np.array(labels)


def _read_sequence(line):
    """ "1,2,3:4,5,6:label" -> (3, 2) and the label."""
    *channels, label = line.split(":")
    values = [[float(value) for value in channel.split(",")] for channel in channels]
    if len({len(channel) for channel in values}) != 1:
        raise ValueError(f"Expected channels of one length, got {[len(c) for c in values]} in the line {line[:60]!r}")
    return np.array(values).T, label


# --- forms --------------------------------------------------------------------------------------------------


def stacked(sequences):
    """(t_i, f) arrays -> one array (n, t, f) if they are of one length, else a list."""
    sequences = list(sequences)
    return np.stack(sequences) if len({len(sequence) for sequence in sequences}) == 1 else sequences


def taken(X, rows):
    """Some of the sequences, in either form."""
    return [X[row] for row in rows] if isinstance(X, list) else X[rows]


def standardised(split):
    """Every channel with mean 0 and standard deviation 1 over all timesteps of the training part."""
    steps = np.concatenate(list(split.X_train))
    mean, deviation = steps.mean(axis=0), steps.std(axis=0)
    deviation = np.where(deviation > 0, deviation, 1.0)

    def scaled(X):
        return stacked((sequence - mean) / deviation for sequence in X)

    return replace(split, X_train=scaled(split.X_train), X_test=scaled(split.X_test))


def median_length(X):
    return int(np.median([len(sequence) for sequence in X]))


def resampled(X, n_timesteps):
    """(t_i, f) -> (n, n_timesteps, f): each channel read off, by straight lines, at evenly spaced points."""
    return np.stack([_resample(sequence, n_timesteps) for sequence in X])


def _resample(sequence, n_timesteps):
    points = np.linspace(0, len(sequence) - 1, n_timesteps)
    return np.stack([np.interp(points, np.arange(len(sequence)), channel) for channel in sequence.T], axis=1)


def few_labels(y, share, random_state):
    """Row numbers of a stratified share of the labels, and at least as many as classes: one each if they are even."""
    n_labels = max(round(share * len(y)), len(np.unique(y)))
    rows, _ = train_test_split(np.arange(len(y)), train_size=n_labels, stratify=y, random_state=random_state)
    return np.sort(rows)
