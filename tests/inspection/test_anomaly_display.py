"""AnomalyDisplay: which features it draws of many, and where the numbers of its axes stand."""

import numpy as np
import pandas as pd
import pytest
from sklearn.base import BaseEstimator

from skseq import LSTMAutoencoderDetector
from skseq.inspection import AnomalyDisplay

pytest.importorskip("matplotlib")
import matplotlib.pyplot as plt

pytestmark = pytest.mark.usefixtures("eager")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


class Flags(BaseEstimator):
    """Flags given steps."""

    timestep_offset_ = -1.0

    def __init__(self, flagged=()):
        self.flagged = flagged

    def fit(self, X, y=None):
        self.fitted_ = True
        return self

    def score_timesteps(self, X):
        return [np.where(np.isin(np.arange(len(x)), self.flagged), -2.0, 0.0) for x in X]

    def predict_timesteps(self, X):
        return [np.where(scores < -1, -1, 1) for scores in self.score_timesteps(X)]


class Unpadded(Flags):
    """That reads masked arrays up to their masks."""

    def score_timesteps(self, X):
        return super().score_timesteps([x.compressed() for x in X])


class Distances(Flags):
    """Whose errors are the numbers themselves."""

    def reconstruction_errors(self, X):
        return [np.abs(np.asarray(x)) for x in X]


class Mahalanobis(Distances):
    """That is used to large errors of the feature a, and that those of b and c rise together."""

    location_ = np.zeros(6)
    scoring = "mahalanobis"

    @property
    def precision_(self):
        covariance = np.diag([1e4, 1, 1, 1, 1, 1.0])
        covariance[1, 2] = covariance[2, 1] = 0.9
        return np.linalg.inv(covariance)


#        a  b  c  d  e  f
ERRORS = [[0, 0, 0, 9, 0, 9], [5, 2, 2, 0, 4, -3], [5, 2, 2, 0, 4, -3], [0, 0, 0, 9, 0, 9.0]]


def test_masked_timesteps_are_not_drawn():
    padded, labels = np.ma.array([[1.0, 2, 9], [3, 4, 5]], mask=[[0, 0, 1], [0, 0, 0]]), [0, 1, 1]
    truth = np.ma.array(labels, mask=[0, 0, 1])
    display = AnomalyDisplay.from_estimator(Unpadded([1]).fit(None), padded, y_true=truth)
    np.testing.assert_array_equal(display.series, [[1], [2]])
    np.testing.assert_array_equal(display.y_true, [False, True])


@pytest.mark.parametrize(
    ("detector", "drawn", "left_out"),
    [
        (Distances([1, 2]), "abef", "2 not drawn: c, d"),  # b and c alike: the first of them
        (Distances([0]), "abdf", "2 not drawn: c, e"),
        (Distances(), "adef", "2 not drawn: b, c"),  # nothing is flagged: all steps count
        (Mahalanobis([1, 2]), "bcef", "2 not drawn: a, d"),
        (Flags([1, 2]), "abcd", "2 not drawn: e, f"),  # no errors are known
    ],
)
def test_features_whose_errors_count_most_are_drawn(detector, drawn, left_out):
    frame = pd.DataFrame(ERRORS, columns=list("abcdef"))
    display = AnomalyDisplay.from_estimator(detector.fit([]), [frame])
    assert display.feature_names == list(drawn)
    np.testing.assert_array_equal(display.series, frame[list(drawn)])
    assert display.axes_[0].get_legend().get_title().get_text() == left_out


def test_up_to_four_and_chosen_features_are_drawn_as_they_are():
    frame = pd.DataFrame(ERRORS, columns=list("abcdef"))
    detector = Distances([1, 2]).fit([])
    assert AnomalyDisplay.from_estimator(detector, [frame[list("cdef")]]).feature_names == list("cdef")
    chosen = AnomalyDisplay.from_estimator(detector, [frame], features=["d", "a"])
    assert chosen.feature_names == ["d", "a"]
    assert chosen.left_out is None


@pytest.mark.parametrize("scoring", ["combined", "mahalanobis"])
def test_the_sensor_that_breaks_is_among_those_drawn(scoring):
    series = np.sin(np.arange(200)[:, None] / 3 + np.arange(6))
    detector = LSTMAutoencoderDetector(units=4, window=12, epochs=2, scoring=scoring, random_state=0).fit([series])
    series[100:106, 5] += 20
    display = AnomalyDisplay.from_estimator(detector, [series])
    assert display.feature_names[-1] == "feature 5"
    assert len(display.left_out) == 2


def test_the_power_of_ten_of_an_axis_stands_beside_the_legend():
    series = 1.2e6 + 4e4 * np.sin(np.arange(40) / 4)
    display = AnomalyDisplay(series[:, None], np.zeros(40), threshold=1, left_out=["b", "c"]).plot()
    display.figure_.canvas.draw()
    axes = display.axes_[0]
    assert axes.yaxis.get_offset_text().get_text() == "1e6"
    number, legend = (artist.get_window_extent() for artist in (axes.yaxis.get_offset_text(), axes.get_legend()))
    assert not number.overlaps(legend)
