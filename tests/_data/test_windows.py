"""Windows: where they start, what they hold, and means over them by hand."""

import numpy as np
import pytest
from sklearn import config_context

from skseq._data import windows as _windows
from skseq._data.sequences import Sequences, pad
from skseq._data.windows import mean_over_windows, window_starts, windows_of
from skseq._data.working_memory import Derived


def sequences(*samples):
    lengths = np.array([len(sample) for sample in samples], np.int32)
    values = pad(np.concatenate(samples)[:, None].astype(float), lengths)
    return Sequences(values=values, lengths=None if len(set(lengths)) == 1 else lengths)


@pytest.mark.parametrize(
    ("length", "window", "stride", "starts"),
    [
        (5, 3, 1, [0, 1, 2]),
        (5, 3, 2, [0, 2]),
        (6, 3, 2, [0, 2, 3]),  # the last one ends with the sequence
        (7, 3, 3, [0, 3, 4]),
        (3, 3, 1, [0]),
        (2, 3, 1, [0]),
    ],
)
def test_starts(length, window, stride, starts):
    np.testing.assert_array_equal(window_starts(length, window, stride), starts)


def test_windows_of_equal_sequences():
    windows = windows_of(sequences([1, 2, 3, 4], [5, 6, 7, 8]), 3, 1)
    np.testing.assert_array_equal(windows.values[:, :, 0], [[1, 2, 3], [2, 3, 4], [5, 6, 7], [6, 7, 8]])
    assert windows.lengths is None


def test_sequences_shorter_than_the_window_are_windows_of_their_own():
    windows = windows_of(sequences([1, 2], [5, 6, 7, 8]), 3, 1)
    np.testing.assert_array_equal(windows.values[:, :, 0], [[1, 2, 0], [5, 6, 7], [6, 7, 8]])
    np.testing.assert_array_equal(windows.lengths, [2, 3, 3])
    windows = windows_of(sequences([1, 2], [5]), 9, 1)
    np.testing.assert_array_equal(windows.values[:, :, 0], [[1, 2], [5, 0]])
    np.testing.assert_array_equal(windows.lengths, [2, 1])


def test_many_windows_are_cut_when_they_are_read():
    """Five floats of 8 bytes per window, ten windows: more than 100 bytes, and the same as those cut at once."""
    series = sequences(np.arange(12), np.arange(4, 9), [7, 7])
    at_once = windows_of(series, 5, 1)
    with config_context(working_memory=100 / 2**20):
        windows = windows_of(series, 5, 1)
    assert isinstance(windows.values, Derived)
    assert windows.values.shape == (10, 5, 1)
    np.testing.assert_array_equal(windows.values, at_once.values)
    np.testing.assert_array_equal(windows.values[[9, 0]], at_once.values[[9, 0]])
    np.testing.assert_array_equal(windows.lengths, [5] * 9 + [2])


def test_means_over_windows_by_hand():
    """Every window says 10 * its first value + the place in it; timesteps get the mean of what is said of them."""

    def says(windows):
        return 10 * windows.values[:, :1] + np.arange(windows.values.shape[1])[:, None]

    means = mean_over_windows(says, sequences([1, 2, 3], [7, 8, 9, 4]), 2, 1)
    np.testing.assert_array_equal(means[:, :, 0], [[10, (11 + 20) / 2, 21, 0], [70, (71 + 80) / 2, (81 + 90) / 2, 91]])
    means = mean_over_windows(says, sequences([7, 8, 9, 4], [1]), 3, 2)  # starts 0 and 1; and a short one
    np.testing.assert_array_equal(means[:, :, 0], [[70, (71 + 80) / 2, (72 + 81) / 2, 82], [10, 0, 0, 0]])


@pytest.mark.parametrize("chunk", [1, 2, 5])
def test_chunks_change_nothing_and_bound_the_windows_at_a_time(monkeypatch, chunk):
    rng = np.random.RandomState(0)
    both = sequences(rng.randn(9), rng.randn(2), rng.randn(6))
    sizes = []

    def says(windows):
        sizes.append(len(windows))
        assert windows.values.shape[1] == 4  # however short the windows of a chunk are
        return np.cumsum(windows.values, axis=1)

    expected = mean_over_windows(says, both, 4, 1)
    assert sizes == [6 + 1 + 3]
    monkeypatch.setattr(_windows, "CHUNK_WINDOWS", chunk)
    np.testing.assert_array_equal(mean_over_windows(says, both, 4, 1), expected)
    assert max(sizes[1:]) == chunk
    assert sum(sizes[1:]) == 10
