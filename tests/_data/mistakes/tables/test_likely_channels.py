"""Arrays whose features are most likely the timesteps, and arrays that are as they should be: who is warned."""

import re

import numpy as np
import pytest
from quiet_fits import assert_no_warning
from warned import told

import skseq
from skseq import LSTMAutoencoderTransformer
from skseq._data.mistakes.tables.likely_channels import smooth_and_wide, warn_if_channels_first
from skseq._data.number_sequences import read_numbers

RNG = np.random.RandomState(0)
WALKS = RNG.randn(20, 3, 100).cumsum(axis=2)  # channels first
SMALL = {"units": 2, "epochs": 1}
pytestmark = pytest.mark.usefixtures("eager", "untrained")


def test_series_with_channels_first():
    with pytest.warns(UserWarning, match=r"X of shape \(20, 3, 100\) is read as 3 timestep.*layout='channels_first'"):
        LSTMAutoencoderTransformer(**SMALL).fit(WALKS)
    with pytest.warns(UserWarning, match="is read as 1 timestep"):
        LSTMAutoencoderTransformer(**SMALL).fit(WALKS[:, :1])


NOISES = np.random.RandomState(1).randn(60, 300)
SPEECH = NOISES[:, 2:] + NOISES[:, 1:-1] + NOISES[:, :-2]  # neighbours share two of three: a roughness of 1/3
CURVES = np.random.RandomState(1).randn(60, 13, 50).cumsum(axis=2)
CEPSTRAL = CURVES + np.array([-300, 80, -20, 15, -5, 10, -10, 5, -5, 5, 0, 5, 0])[:, None]


@pytest.mark.parametrize("X", [SPEECH[:, None], list(SPEECH[:, None]), CEPSTRAL], ids=["mono", "list", "coefficients"])
def test_sound_with_channels_first(X):
    with pytest.warns(UserWarning, match=r"is read as 13? timestep.*neighbouring features are as alike") as caught:
        LSTMAutoencoderTransformer(**SMALL).fit(X)
    message = str(caught[0].message)
    for code in re.findall(r"pass (\[.*?\]), or what (.*?\)) gives", message)[0]:
        passed = eval(code, {"X": X, "skseq": skseq})
        np.testing.assert_array_equal(passed[1], X[1].T)
    assert_no_warning(LSTMAutoencoderTransformer(**SMALL), [x.T for x in X])


NOISY_WALKS = RNG.randn(30, 6, 60)
NOISY_WALKS = 1.2 * NOISY_WALKS[:, :, 1:] + NOISY_WALKS[:, :, :-1]  # a roughness of half of that of noise
BANDS = np.repeat(NOISY_WALKS[:, :3], 2, axis=1) + np.arange(6)[:, None]  # two of each tone; levels rise from 0 to 5


@pytest.mark.parametrize("X", [NOISY_WALKS, BANDS], ids=["acceleration", "spectrogram"])
def test_noisy_channels_first_whose_steps_alone_are_correlated(X):
    assert told(warn_if_channels_first, X, "X")
    assert not told(warn_if_channels_first, X.transpose(0, 2, 1), "X")


REPEATED = 3 * RNG.randn(60, 10, 1) + RNG.randn(60, 10, 20)  # one quantity of 10 steps, measured by 20 alike
COURSE = NOISY_WALKS[:, :, :40] + 0.7 * np.sin(np.arange(40) / 6)  # 6 spectra of each sample
FOLDED = np.convolve(RNG.randn(30 * 7 * 24 + 4), np.ones(5), "valid").reshape(30, 7, 24)  # hours of 7 days, which go on


@pytest.mark.parametrize(
    "X", [REPEATED, COURSE, FOLDED, NOISY_WALKS[:19], 0 * NOISY_WALKS], ids=["alike", "course", "hours", "few", "0"]
)
def test_arrays_whose_steps_are_not_told_from_features(X):
    assert not told(warn_if_channels_first, X, "X")


PAIRS = np.repeat(NOISES[:, :150], 2, axis=1) + 0.2 * NOISES  # columns (60, 300), alike by twos
QUARTERS = np.sin(np.arange(96) / 15) + 0.02 * np.random.RandomState(1).randn(40, 14, 96)
WEEKS = np.array([1, 1, 1, 1, 1, 0.2, 0.2] * 2)[:, None] * (3 + QUARTERS)


@pytest.mark.parametrize(
    "X",
    [
        WALKS.transpose(0, 2, 1),
        NOISES[:, None],
        PAIRS[:, None],
        np.repeat(PAIRS, 2, axis=1)[:, None],
        WEEKS,
        RNG.randn(20, 5, 50),  # embeddings: features have no order
        np.eye(40)[RNG.randint(40, size=(20, 10))],  # one-hot vectors
        RNG.randn(20, 6, 30).cumsum(axis=1).cumsum(axis=2),  # frames that are smooth along both axes
        WALKS[:, :, :3],
        np.zeros((20, 2, 30)),
        np.sin(np.arange(24) / 4) + 0.1 * RNG.randn(20, 7, 1) + 0.05 * RNG.randn(20, 7, 24),  # days of hours
    ],
    ids=[
        "channels last", "columns", "pairs", "fours", "weeks", "embeddings", "one-hot", "smooth frames", "square",
        "constant", "days",
    ],
)  # fmt: skip
def test_other_arrays(X):
    assert_no_warning(LSTMAutoencoderTransformer(**SMALL), X)


ENVELOPES = np.exp(-(((np.arange(150) - 20 - 100 * np.random.RandomState(0).rand(30, 1, 1)) / 5) ** 2))
STEREO = ENVELOPES * [[0.4], [0.6]]  # (30, 2, 150)
WAVES = np.sin(np.arange(40) / 3 + 6 * np.random.RandomState(0).rand(30, 8, 1))  # (30, 8, 40): 8 channels


@pytest.mark.parametrize(
    ("X", "expected"),
    [
        (STEREO, (2, 150)),
        (STEREO.transpose(0, 2, 1), None),
        (STEREO[:, :, :19], None),
        (list(STEREO[:, :1]) + [np.zeros((2, 150))], None),
        (np.random.RandomState(0).randn(30, 2, 150), None),
        (WAVES, (8, 40)),
        (WAVES[:, :, :15], None),
        (np.sort(WAVES, axis=1), None),  # frames that are smooth along both axes
    ],
    ids=["stereo", "channels last", "not wide", "ragged", "embeddings", "channels", "not wider", "frames"],
)
def test_features_that_may_be_timesteps_are_left_to_later_warnings(X, expected):
    """Two spectra of each sample look the same."""
    assert smooth_and_wide(read_numbers(LSTMAutoencoderTransformer(), X)[0]) == expected


def test_of_numbers_near_the_largest_nothing_is_told():
    assert not told(warn_if_channels_first, 1e200 * WALKS.reshape(1, 3, 2000), "X")
