"""Displays: their numbers are those of the estimator's public methods, and the drawn artists show these numbers."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.datasets import load_iris
from sklearn.decomposition import PCA
from sklearn.frozen import FrozenEstimator
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skseq import LSTMAutoencoderDetector, LSTMAutoencoderTransformer, SequenceClassifier, SequenceEncoder
from skseq.inspection import AnomalyDisplay, EncodingDisplay, ReconstructionDisplay, TrainingDisplay
from skseq.inspection._axes import COLOURS, legend_above
from skseq.inspection._series import spans

pytest.importorskip("matplotlib")
import matplotlib.pyplot as plt
from matplotlib.colors import to_rgb

pytestmark = pytest.mark.usefixtures("eager")


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


def waves(n_samples=20, n_timesteps=8):
    return np.sin(np.linspace(0, 6, n_timesteps) + np.arange(n_samples)[:, None])


def ragged_waves(n_features=2):
    rng = np.random.RandomState(0)
    return [rng.randn(length, n_features) for length in (6, 9, 4, 7, 8, 5, 6, 9, 4, 7, 8, 5)]


@pytest.fixture(scope="module")
def composite():
    """Univariate: reconstructs all 8 steps, predicts the last 3."""
    model = LSTMAutoencoderTransformer(units=4, decoder="composite", horizon=3, epochs=2, random_state=0)
    return model.fit(waves(), X_val=waves(5))


@pytest.fixture(scope="module")
def autoencoder():
    """Ragged, with two features."""
    return LSTMAutoencoderTransformer(units=4, epochs=3, random_state=0).fit(ragged_waves())


@pytest.fixture(scope="module")
def detector():
    """Ragged, with two features."""
    return LSTMAutoencoderDetector(units=4, epochs=2, random_state=0).fit(ragged_waves())


class Spikes(BaseEstimator):
    """A detector whose score is the absolute first feature, with a threshold of 2."""

    def fit(self, X, y=None):
        self.timestep_offset_ = -2.0
        return self

    def score_timesteps(self, X):
        return [-np.abs(np.asarray(x)[:, 0]) for x in X]

    def predict_timesteps(self, X):
        return [np.where(score < self.timestep_offset_, -1, 1) for score in self.score_timesteps(X)]


class AsTheyAre(TransformerMixin, BaseEstimator):
    """Encodings that are X."""

    def fit(self, X, y=None):
        self.fitted_ = True
        return self

    def transform(self, X):
        return X


def texts(legend):
    return [text.get_text() for text in legend.get_texts()]


# --- series and reconstructions ---------------------------------------------------------------------------------------


def test_reconstruction_of_univariate_rows(composite):
    X = waves()
    display = ReconstructionDisplay.from_estimator(composite, X, samples=[4, -1])
    np.testing.assert_array_equal(display.samples, [4, 19])
    for shown, sample in enumerate((4, 19)):
        np.testing.assert_array_equal(display.series[shown][:, 0], X[sample])
        np.testing.assert_allclose(display.reconstructed[shown][:, 0], composite.reconstruct(X)[sample], rtol=1e-6)
        np.testing.assert_allclose(display.predicted[shown][:, 0], composite.predict_next(X)[sample], rtol=1e-6)
    assert display.lines_.shape == (2, 1, 3)
    assert display.errors_.shape == (2, 1, 2)
    assert [len(axes.lines) for axes in display.axes_[:, 0]] == [3, 3]
    assert [len(axes.collections) for axes in display.axes_[:, 0]] == [2, 2]
    assert [axes.get_ylabel() for axes in display.axes_[:, 0]] == ["sample 4", "sample 19"]
    assert texts(display.legend_) == ["series", "reconstruction", "prediction"]


def test_a_prediction_stands_over_the_steps_it_is_for(composite):
    _, reconstruction, prediction = ReconstructionDisplay.from_estimator(composite, waves()).lines_[0, 0]
    np.testing.assert_array_equal(reconstruction.get_xdata(), np.arange(8))
    np.testing.assert_array_equal(prediction.get_xdata(), [5, 6, 7])


def test_a_prediction_of_the_next_steps_begins_at_the_second():
    model = LSTMAutoencoderTransformer(units=3, decoder="predict", epochs=1, random_state=0).fit(ragged_waves())
    display = ReconstructionDisplay.from_estimator(model, ragged_waves(), samples=2, features=0)
    assert display.reconstructed is None
    assert texts(display.legend_) == ["series", "prediction"]
    np.testing.assert_array_equal(display.lines_[0, 0, 1].get_xdata(), [1, 2, 3])


def test_the_shaded_area_lies_between_the_series_and_what_was_written():
    series, written = np.array([[0.0], [1.0], [3.0]]), np.array([[1.0], [1.0], [2.0]])
    display = ReconstructionDisplay([series], reconstructed=[written]).plot()
    corners = {tuple(corner) for corner in display.errors_[0, 0, 0].get_paths()[0].vertices}
    assert {(0, 0), (0, 1), (1, 1), (2, 3), (2, 2)} == corners
    assert display.axes_[0, 0].get_ylabel() == "sample 0"


def test_reconstruction_of_ragged_samples(autoencoder):
    X = ragged_waves()
    display = ReconstructionDisplay.from_estimator(autoencoder, X)
    assert [len(series) for series in display.series] == [6, 9, 4]
    for shown, expected in zip(display.reconstructed, autoencoder.reconstruct(X)):
        np.testing.assert_allclose(shown, expected, rtol=1e-5)
    assert display.predicted is None
    assert display.lines_.shape == (3, 2, 2)
    assert [axes.get_title() for axes in display.axes_[0]] == ["feature 0", "feature 1"]


def test_features_by_index_and_name(autoencoder):
    frames = [pd.DataFrame(x, columns=["pulse", "pressure"]) for x in ragged_waves()]
    display = ReconstructionDisplay.from_estimator(autoencoder, frames, features=["pressure", 0], samples=[1])
    assert display.feature_names == ["pressure", "pulse"]
    np.testing.assert_array_equal(display.series[0], ragged_waves()[1][:, [1, 0]])
    display = ReconstructionDisplay.from_estimator(autoencoder, frames, features="b", feature_names=["a", "b"])
    assert [axes.get_title() for axes in display.axes_[0]] == ["b"]


def test_three_dimensional_x_and_many_features():
    X = np.random.RandomState(0).randn(2, 5, 6)
    model = LSTMAutoencoderTransformer(units=3, epochs=1, random_state=0).fit(X)
    display = ReconstructionDisplay.from_estimator(model, X)
    assert display.axes_.shape == (2, 4), "all of two samples, the first four features"
    np.testing.assert_allclose(display.reconstructed, model.reconstruct(X)[:, :, :4], rtol=1e-5)
    assert display.legend_.get_title().get_text() == "2 not drawn: feature 4, feature 5"
    chosen = ReconstructionDisplay.from_estimator(model, X, features=[5])
    assert chosen.legend_.get_title().get_text() == "", "what was chosen needs no list of the others"


def test_a_frame_of_rows_is_univariate(composite):
    frame = pd.DataFrame(waves(), columns=[f"t{step}" for step in range(8)])
    model = LSTMAutoencoderTransformer(units=3, epochs=1, random_state=0).fit(frame)
    display = ReconstructionDisplay.from_estimator(model, frame, samples=[3])
    np.testing.assert_array_equal(display.series[0][:, 0], waves()[3])
    assert display.axes_[0, 0].get_title() == ""


# --- anomalies --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("mask", "expected"),
    [
        ([0, 1, 1, 0, 0, 1], [[1, 3], [5, 6]]),
        ([1, 1, 0, 1], [[0, 2], [3, 4]]),
        ([1, 1], [[0, 2]]),
        ([0, 0], []),
    ],
)
def test_spans_by_hand(mask, expected):
    assert spans(np.array(mask, bool)).tolist() == expected


def test_anomalies_by_hand():
    series = np.array([[0.0, 1], [3, 1], [-4, 1], [0, 1], [2, 1], [5, 1]])  # odd where the first feature exceeds 2
    display = AnomalyDisplay.from_estimator(Spikes().fit([]), [series[:2], series], sample=1, y_true=[0, 0, 1, 1, 0, 0])
    np.testing.assert_array_equal(display.scores, [0, 3, 4, 0, 2, 5])
    assert display.threshold == 2
    assert display.flagged.tolist() == [False, True, True, False, False, True]
    assert display.flagged_spans_.tolist() == [[1, 3], [5, 6]]
    assert display.true_spans_.tolist() == [[2, 4]]
    first, second, lower = display.axes_
    assert [axes.lines[0] for axes in (first, second)] == display.lines_
    assert [len(axes.lines) for axes in display.axes_] == [1, 1, 2]
    assert [len(axes.collections) for axes in display.axes_] == [2, 2, 2]
    for flagged, true in zip(display.flagged_, display.true_):
        extents = [path.get_extents() for path in flagged.get_paths()]
        assert [(extent.x0, extent.x1) for extent in extents] == [(0.5, 2.5), (4.5, 5.5)]
        assert [(path.get_extents().x0, path.get_extents().x1) for path in true.get_paths()] == [(1.5, 3.5)]
    np.testing.assert_array_equal(display.threshold_line_.get_ydata(), [2, 2])
    for upper in (first, second):
        assert upper.get_xlim() == lower.get_xlim() == (-0.5, 5.5)
        assert upper.get_shared_x_axes().joined(upper, lower)


def test_the_data_do_not_reach_the_marks_of_true_anomalies():
    series = np.random.RandomState(0).randn(50, 1)
    for log_scale in (False, True):
        display = AnomalyDisplay.from_estimator(Spikes().fit([]), [series], y_true=np.ones(50), log_scale=log_scale)
        for axes, line in zip(display.axes_, (display.lines_[0], display.score_line_)):
            heights = axes.transAxes.inverted().transform(axes.transData.transform(line.get_xydata()))[:, 1]
            assert heights.max() < 0.94


def test_scores_are_those_of_the_detector(detector):
    X = ragged_waves()
    display = AnomalyDisplay.from_estimator(detector, X, sample=-3)
    np.testing.assert_array_equal(display.series, X[9])
    np.testing.assert_allclose(display.scores, -detector.score_timesteps(X)[9], rtol=1e-5)
    np.testing.assert_array_equal(display.flagged, detector.predict_timesteps(X)[9] == -1)
    assert display.threshold == -detector.timestep_offset_
    assert display.true_ is None
    assert texts(display.axes_[0].get_legend()) == ["score", "threshold", "flagged"]


def test_one_long_univariate_series():
    series = np.sin(np.arange(80) / 3)
    model = LSTMAutoencoderDetector(units=3, window=10, stride=5, epochs=1, random_state=0).fit([series])
    display = AnomalyDisplay.from_estimator(model, [series], log_scale=True)
    assert display.scores.shape == (80,)
    assert display.axes_[0].get_ylabel() == "series"
    assert display.axes_[1].get_yscale() == "log"


def widths_in_points(display, collection):
    """Of the drawn spans, on the page."""
    figure, (axes, _) = display.figure_, display.axes_
    figure.canvas.draw()
    extents = [axes.transData.transform([(p.get_extents().x0, 0), (p.get_extents().x1, 0)])[:, 0] for p in collection]
    return [(right - left) * 72 / figure.dpi for left, right in extents]


def test_every_flagged_span_can_be_seen_in_a_long_series():
    scores = np.zeros(60_000)
    scores[[100, 20_000, 50_000]] = 3
    scores[40_000:45_000] = 3
    display = AnomalyDisplay(np.zeros((60_000, 1)), scores, threshold=2).plot()
    assert display.flagged_spans_.tolist() == [[100, 101], [20_000, 20_001], [40_000, 45_000], [50_000, 50_001]]
    for axes, flagged in zip(display.axes_, display.flagged_):
        widths = widths_in_points(display, flagged.get_paths())
        assert min(widths) > 1.5
        first, _, long, _ = (path.get_extents() for path in flagged.get_paths())
        assert (first.x0 + first.x1) / 2 == pytest.approx(100)  # wider on both sides
        assert (long.x0, long.x1) == (39_999.5, 44_999.5)
        assert axes.get_xlim() == (-0.5, 59_999.5)


@pytest.mark.parametrize(("highest", "scale"), [(50.0, "linear"), (100.0, "log")])
def test_a_spike_does_not_flatten_the_scores(highest, scale):
    scores = np.array([1.0, 2, 1, 3, highest, 1])
    display = AnomalyDisplay(np.zeros((6, 1)), scores, threshold=2.5).plot()
    assert display.axes_[1].get_yscale() == scale
    assert display.clipped_line_ is None
    assert display.plot(log_scale=False).axes_[1].get_yscale() == "linear"
    assert display.axes_[1].get_ylim()[1] > highest


def test_a_spike_is_cut_off_where_no_logarithm_helps():
    scores = np.array([-3.0, -2, -3, -1, 100, -3])  # such as log-likelihoods
    display = AnomalyDisplay(np.zeros((6, 1)), scores, threshold=-1.5).plot()
    lower = display.axes_[1]
    assert lower.get_yscale() == "linear"
    np.testing.assert_allclose(lower.get_ylim(), [-3 - 0.12 * 6, -3 + 4 * 1.5])
    assert display.clipped_line_.get_xdata().tolist() == [4]
    assert display.flagged_spans_.tolist() == [[3, 5]]


@pytest.mark.parametrize("given", [True, False])
def test_dates_on_the_axis_of_anomalies(given):
    days = pd.date_range("2024-01-01", periods=40, freq="D")
    values = np.zeros(40)
    values[[10, 11]] = 3
    X, index = ([values], days) if given else ([pd.Series(values, days)], None)
    display = AnomalyDisplay.from_estimator(Pointwise().fit([]), X, index=index)
    np.testing.assert_array_equal(display.index, days.to_numpy().astype("M8[us]"))
    (span,) = display.flagged_[0].get_paths()
    from matplotlib.dates import num2date

    assert str(num2date(span.get_extents().x0))[:16] == "2024-01-10 12:00"  # half a day before the 11th
    assert str(num2date(span.get_extents().x1))[:16] == "2024-01-12 12:00"
    display.figure_.canvas.draw()
    shown = [label.get_text() for label in display.axes_[1].get_xticklabels()]
    assert any("Feb" in text or "02" in text for text in shown)
    with pytest.raises(ValueError, match="index must have one entry for each of the 40 steps"):
        AnomalyDisplay.from_estimator(Pointwise().fit([]), [values], index=days[:5])


class Pointwise(Spikes):
    """The same for series (t,)."""

    def score_timesteps(self, X):
        return [-np.abs(np.asarray(x)) for x in X]


def test_names_of_channels():
    frame = pd.DataFrame({"pulse": [1.0, 2], "pressure": [3.0, 4]})
    display = AnomalyDisplay.from_estimator(Spikes().fit([]), [frame])
    assert display.feature_names == ["pulse", "pressure"]
    assert [axes.get_ylabel() for axes in display.axes_] == ["pulse", "pressure", "anomaly score"]
    assert AnomalyDisplay.from_estimator(Spikes().fit([]), [frame], feature_names=["a", "b"]).feature_names == [
        "a",
        "b",
    ]
    assert AnomalyDisplay.from_estimator(Spikes().fit([]), [frame.to_numpy()]).feature_names == [
        "feature 0",
        "feature 1",
    ]


@pytest.mark.parametrize(
    ("series", "name"),
    [
        (pd.Series([1.0, 2, 3], name="pulse"), "pulse"),
        (pl.Series("pulse", [1.0, 2, 3]), "pulse"),
        (pd.Series([1.0, 2, 3], name=3), "series"),  # a row of a frame
        (np.array([1.0, 2, 3]), "series"),
    ],
)
def test_a_series_brings_its_name(series, name):
    assert AnomalyDisplay.from_estimator(Pointwise().fit([]), [series]).axes_[0].get_ylabel() == name


def test_features_of_any_unit_can_be_seen():
    """The smallest of them was 0.0005 of the height of a panel that all shared."""
    series = np.random.RandomState(0).rand(50, 3) * [100, 0.001, 5] + [101325, 0, 60]
    display = AnomalyDisplay(series, np.zeros(50), threshold=1).plot()
    assert display.axes_.shape == (4,)
    assert display.flagged_spans_.tolist() == []
    for axes, line in zip(display.axes_, display.lines_):
        heights = axes.transAxes.inverted().transform(axes.transData.transform(line.get_xydata()))[:, 1]
        assert np.ptp(heights) > 0.6


def test_of_many_features_the_first_four_are_drawn():
    series, names = np.zeros((6, 6)), list("abcdef")
    display = AnomalyDisplay.from_estimator(Spikes().fit([]), [series], feature_names=names)
    assert [axes.get_ylabel() for axes in display.axes_] == ["a", "b", "c", "d", "anomaly score"]
    assert display.axes_[0].get_legend().get_title().get_text() == "2 not drawn: e, f"
    chosen = AnomalyDisplay.from_estimator(Spikes().fit([]), [series], feature_names=names, features=["f", 0])
    assert [axes.get_ylabel() for axes in chosen.axes_] == ["f", "a", "anomaly score"]
    assert chosen.axes_[0].get_legend().get_title().get_text() == ""
    with pytest.raises(IndexError, match="features"):
        AnomalyDisplay.from_estimator(Spikes().fit([]), [series], features=6)


def test_without_flags_what_exceeds_the_threshold_is_flagged():
    assert AnomalyDisplay(np.zeros((3, 1)), np.array([1, 3, 2]), threshold=2).plot().flagged_spans_.tolist() == [[1, 2]]


def test_given_flags_are_shown_whatever_the_scores():
    scores, flagged = np.array([1, 3, 2]), np.array([True, False, False])
    display = AnomalyDisplay(np.zeros((3, 1)), scores, threshold=2, flagged=flagged).plot()
    assert display.flagged_spans_.tolist() == [[0, 1]]


# --- encodings --------------------------------------------------------------------------------------------------------


def test_the_map_is_that_of_scikit_learn(composite):
    X = waves()
    y = np.array(["odd", "even"] * 10)
    display = EncodingDisplay.from_estimator(composite, X, y)
    pca = PCA(n_components=2).fit(composite.transform(X))
    np.testing.assert_allclose(display.points, pca.transform(composite.transform(X)), atol=1e-6)
    np.testing.assert_allclose(display.explained_variance_ratio, pca.explained_variance_ratio_, rtol=1e-5)
    shares = [f"{share:.0%}" for share in pca.explained_variance_ratio_]
    assert display.ax_.get_xlabel() == f"principal component 1 ({shares[0]} of the variance)"
    assert display.ax_.get_ylabel() == f"principal component 2 ({shares[1]} of the variance)"
    assert texts(display.legend_) == ["even", "odd"]
    for points, label in zip(display.points_, ("even", "odd")):
        np.testing.assert_array_equal(points.get_offsets(), display.points[y == label])


def test_a_pipeline_that_ends_in_an_autoencoder():
    X = load_iris().data
    pipeline = make_pipeline(StandardScaler(), LSTMAutoencoderTransformer(units=3, epochs=1, random_state=0))
    pipeline.set_output(transform="pandas").fit(X)
    display = EncodingDisplay.from_estimator(pipeline, X, load_iris().target)
    assert display.points.shape == (150, 2)
    assert [len(points.get_offsets()) for points in display.points_] == [50, 50, 50]


def test_ragged_sequences_have_a_map(autoencoder):
    display = EncodingDisplay.from_estimator(autoencoder, ragged_waves())
    assert display.points.shape == (12, 2)
    assert len(display.points_) == 1
    assert display.legend_ is display.colorbar_ is None


def test_encodings_of_two_numbers_are_shown_as_they_are():
    Z = np.random.RandomState(0).randn(6, 2)
    display = EncodingDisplay.from_estimator(AsTheyAre().fit(Z), Z)
    np.testing.assert_array_equal(display.points, Z)
    assert display.explained_variance_ratio is None
    assert display.ax_.get_xlabel() == "encoding 0"


@pytest.mark.parametrize(
    ("y", "measured"),
    [
        (np.arange(30) / 4, True),
        (np.arange(30), True),  # more than 20 numbers
        (np.arange(30) % 20, False),
        (np.arange(30.0) % 3, False),
        (np.arange(30) % 2 == 0, False),
        (np.arange(30).astype(str), False),
    ],
    ids=["fractions", "many numbers", "integers", "whole floats", "booleans", "names"],
)
def test_labels_have_a_legend_and_numbers_a_colour_bar(y, measured):
    display = EncodingDisplay(np.random.RandomState(0).randn(30, 2), y=y).plot()
    assert (display.colorbar_ is not None) == measured
    assert (display.legend_ is None) == measured
    if measured:
        np.testing.assert_array_equal(display.points_[0].get_array(), y)
    else:
        assert texts(display.legend_) == [str(label) for label in np.unique(y)]
        looks = {(tuple(p.get_facecolor()[0]), p.get_paths()[0].vertices.round(6).tobytes()) for p in display.points_}
        assert len(looks) == len(np.unique(y)), "no two labels look alike"


@pytest.mark.parametrize("n_labels", [2, 25, 45, 80])
@pytest.mark.parametrize("name", ["{}", "class number {} of many", "{} of a class whose name goes on and on and on"])
def test_legends_of_many_labels_leave_room_for_the_map(n_labels, name):
    labels = [name.format(index) for index in range(10, 10 + n_labels)]
    display = EncodingDisplay(np.random.RandomState(0).randn(n_labels, 2), y=np.array(labels)).plot()
    figure, written = display.figure_, texts(display.legend_)
    figure.canvas.draw()
    tight, place = figure.get_tightbbox(figure.canvas.get_renderer()), display.ax_.get_position()
    width, height = figure.get_size_inches()
    assert -0.01 <= tight.x0 < tight.x1 <= width + 0.01, "nothing is cut off"
    assert -0.01 <= tight.y0 < tight.y1 <= height + 0.01
    assert min(place.width * width, place.height * height) > 3
    if n_labels < 80:
        assert written == [label if len(label) <= 40 else label[:39].rstrip() + "…" for label in labels]
    else:
        assert written[-1] == f"and {81 - len(written)} more"


def test_legends_beside_given_axes_leave_half_of_them():
    figure, (axes, _) = plt.subplots(1, 2, figsize=(12, 4), layout="constrained")
    y = np.array([f"class number {index} of many" for index in range(45)])
    display = EncodingDisplay(np.random.RandomState(0).randn(45, 2), y=y).plot(ax=axes)
    figure.canvas.draw()
    assert axes.get_position().width > 0.25
    assert figure.get_size_inches().tolist() == [12, 4]
    written = texts(display.legend_)
    assert written[-1] == f"and {46 - len(written)} more"


def test_scatter_kw_goes_before_the_defaults():
    display = EncodingDisplay(np.zeros((3, 2)), y=np.array([0, 0, 1])).plot(scatter_kw={"s": 3, "color": "red"})
    assert display.points_[0].get_sizes().tolist() == [3]
    assert to_rgb(display.points_[1].get_facecolor()[0]) == (1, 0, 0)


# --- training ---------------------------------------------------------------------------------------------------------


def test_history_of_one_fit(composite):
    display = TrainingDisplay.from_estimator(composite)
    name = "LSTMAutoencoderTransformer"
    assert list(display.lines_[0]) == [(name, "loss"), (name, "val_loss")]
    for (_, key), line in display.lines_[0].items():
        np.testing.assert_array_equal(line.get_xdata(), [1, 2])
        np.testing.assert_array_equal(line.get_ydata(), composite.history_[key])
    assert [line.get_linestyle() for line in display.lines_[0].values()] == ["-", "--"]
    assert texts(display.legend_) == ["training", "validation"]
    assert display.axes_[0].get_yscale() == "linear"


def test_validation_is_dashed_alone_too(composite):
    (line,) = TrainingDisplay.from_estimator(composite, keys="val_loss").lines_[0].values()
    assert line.get_linestyle() == "--"
    np.testing.assert_array_equal(line.get_ydata(), composite.history_["val_loss"])


def test_several_fits_and_keys(composite, autoencoder):
    fits = {"both": composite, "ragged": autoencoder}
    display = TrainingDisplay.from_estimator(fits, keys=["loss", "gradient_norm"], log_scale=True)
    assert [len(lines) for lines in display.lines_] == [3, 2]
    assert [axes.get_ylabel() for axes in display.axes_] == ["loss", "gradient norm"]
    assert {axes.get_yscale() for axes in display.axes_} == {"log"}
    assert texts(display.legend_) == ["both", "ragged", "training", "validation"]
    loss, val_loss, other = display.lines_[0].values()
    assert loss.get_color() == val_loss.get_color() == COLOURS[0]
    assert other.get_color() == COLOURS[1]
    np.testing.assert_array_equal(other.get_ydata(), autoencoder.history_["loss"])


def test_fits_in_a_list_are_numbered(composite, autoencoder):
    display = TrainingDisplay.from_estimator([autoencoder, composite], keys="largest_weight")
    assert list(display.histories) == ["0: LSTMAutoencoderTransformer", "1: LSTMAutoencoderTransformer"]
    assert len(display.lines_[0]) == 2


def test_a_single_fit_with_a_name_is_named(autoencoder, composite):
    display = TrainingDisplay.from_estimator({"my name": autoencoder})
    assert texts(display.legend_) == ["my name"]
    assert display.legend_.legend_handles[0].get_color() == display.lines_[0]["my name", "loss"].get_color()
    assert texts(TrainingDisplay.from_estimator({"both": composite}).legend_) == ["both", "training", "validation"]
    assert texts(TrainingDisplay.from_estimator([autoencoder]).legend_) == ["0: LSTMAutoencoderTransformer"]
    assert texts(TrainingDisplay({"fit": autoencoder.history_}).plot().legend_) == ["fit"]


def test_a_single_line_has_no_legend(autoencoder):
    assert TrainingDisplay.from_estimator(autoencoder).legend_ is None


# --- where things are drawn -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("display", [ReconstructionDisplay, TrainingDisplay])
def test_a_single_panel_takes_the_axes_itself(display, autoencoder):
    axes = plt.figure().add_axes((0.1, 0.1, 0.8, 0.8))
    if display is TrainingDisplay:
        drawn = display.from_estimator(autoencoder, ax=axes)
    else:
        drawn = display.from_estimator(autoencoder, ragged_waves(), samples=0, features=0, ax=axes)
    assert drawn.axes_.item() is axes


def test_legends_take_the_columns_that_fit():
    figure, axes = plt.subplots(layout="constrained")
    handles = axes.plot(np.zeros((2, 12)))
    labels = [f"channel number {index}" for index in range(12)]
    legend = legend_above(axes, handles, labels, of_figure=True)
    figure.canvas.draw()
    extent = legend.get_window_extent(figure.canvas.get_renderer())
    assert extent.x0 >= 0
    assert extent.x1 <= figure.bbox.x1
    assert 1 < legend._ncols < 12
    assert legend_above(axes, handles[:2], ["a" * 90, "b"])._ncols == 1
    six = legend_above(axes, handles[:6], ["a dozen words"] * 6, of_figure=True)
    assert six._ncols == 3, "two full rows, though four columns fit"


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("keys", [None, 3, (), [1]])
def test_keys_are_names(keys):
    history = {"loss": [1.0, 0.5]}
    with pytest.raises(ValueError, match="keys must be a name in history_, or a list of at least one"):
        TrainingDisplay({"fit": history}, keys=keys).plot()


def test_what_the_error_says_of_predictors_gives_a_map():
    X = np.random.RandomState(0).randn(12, 4)
    model = SequenceClassifier(units=3, epochs=1, random_state=0).fit(X, X[:, 0] > 0)
    with pytest.raises(TypeError, match=r"SequenceEncoder\(sklearn\.frozen\.FrozenEstimator\(model\)\)\.fit\(X\)\.$"):
        EncodingDisplay.from_estimator(model, X)
    encoder = SequenceEncoder(FrozenEstimator(model)).fit(X)
    assert EncodingDisplay.from_estimator(encoder, X).points.shape == (12, 2)
    with pytest.raises(TypeError, match=r"Got SequenceEncoder.*or a SequenceEncoder, its estimator_\.$"):
        TrainingDisplay.from_estimator(encoder)
    (history,) = TrainingDisplay.from_estimator(encoder.estimator_).histories.values()
    assert history == model.history_


def test_samples_and_features_that_do_not_exist(autoencoder, detector):
    X = ragged_waves()
    with pytest.raises(IndexError, match="samples has index 12, but there are 12: expected -12 to 11"):
        ReconstructionDisplay.from_estimator(autoencoder, X, samples=[0, 12])
    with pytest.raises(IndexError, match="sample has index -13, but there are 12"):
        AnomalyDisplay.from_estimator(detector, X, sample=-13)
    with pytest.raises(IndexError, match="features has index 2, but there are 2"):
        ReconstructionDisplay.from_estimator(autoencoder, X, features=[2])
    with pytest.raises(ValueError, match=r"features has \['pulse'\], but the features are \['a', 'b'\]"):
        ReconstructionDisplay.from_estimator(autoencoder, X, features=["pulse"], feature_names=["a", "b"])
    with pytest.raises(ValueError, match="samples must be integer indices, at least one"):
        ReconstructionDisplay.from_estimator(autoencoder, X, samples=[])
    with pytest.raises(ValueError, match="samples must be integer indices"):
        ReconstructionDisplay.from_estimator(autoencoder, X, samples=[True, False])
    with pytest.raises(ValueError, match=r"sample must be integer indices, at least one. Got \[1.5\]"):
        AnomalyDisplay.from_estimator(detector, X, sample=1.5)
    with pytest.raises(ValueError, match=r"feature_names must hold 2 names.* Got 1: \['a'\]"):
        AnomalyDisplay.from_estimator(detector, X, feature_names=["a"])


def test_a_sample_is_needed(detector, autoencoder):
    for no_series, message in [([1.0, 2.0], "got 1D array instead"), ([None], "Input X contains NaN")]:
        with pytest.raises(ValueError, match=message):
            ReconstructionDisplay.from_estimator(autoencoder, no_series)
    with pytest.raises(ValueError, match="X holds no sample: pass at least one"):
        AnomalyDisplay.from_estimator(detector, [])
    for series in (np.zeros(9), pd.Series(np.zeros(9)), [0.0, 1.0]):
        with pytest.raises(ValueError, match=r"got 1D array instead"):
            AnomalyDisplay.from_estimator(detector, series)


def test_true_anomalies_of_another_shape(detector):
    with pytest.raises(ValueError, match=r"y_true must have shape \(6,\).* Got shape \(7,\)"):
        AnomalyDisplay.from_estimator(detector, ragged_waves(), y_true=np.zeros(7))
    of_all = [np.zeros(len(sample)) for sample in ragged_waves()]
    for given in (of_all, pd.Series(of_all)):
        with pytest.raises(ValueError, match=r"shape \(9,\),.* Got sequences of labels: .* pass y_true\[1\]\.$"):
            AnomalyDisplay.from_estimator(detector, ragged_waves(), sample=1, y_true=given)
    with pytest.raises(ValueError, match=r"Got shape \(2, 6\): of labels of all samples pass y_true\[0\]"):
        AnomalyDisplay.from_estimator(detector, ragged_waves()[:1] * 2, y_true=of_all[:1] * 2)
    AnomalyDisplay.from_estimator(detector, ragged_waves(), sample=1, y_true=of_all[1])
    with pytest.raises(ValueError, match="y_true must hold 0 and 1 only"):
        AnomalyDisplay.from_estimator(detector, ragged_waves(), y_true=[1, -1, 1, 1, 1, 1])


def test_encodings_that_make_no_map(autoencoder):
    X = ragged_waves()
    for sequences in (X, np.zeros((4, 5, 2))):
        states = LSTMAutoencoderTransformer(units=3, output="sequence", epochs=1, random_state=0).fit(sequences)
        with pytest.raises(ValueError, match=r"needs one vector per sample.*set output='last' or 'state'"):
            EncodingDisplay.from_estimator(states, sequences)
    with pytest.raises(ValueError, match=r"at least 2 numbers.* gives shape \(4, 1\)"):
        EncodingDisplay.from_estimator(FunctionTransformer(), np.zeros((4, 1)))
    with pytest.raises(ValueError, match="EncodingDisplay needs at least 2 samples.* Got 1 in X"):
        EncodingDisplay.from_estimator(autoencoder, X[:1])
    with pytest.raises(ValueError, match=r"y must have shape \(12,\).* Got shape \(3,\)"):
        EncodingDisplay.from_estimator(autoencoder, X, [0, 1, 0])
    for labels in (["a", None] * 6, pd.Series(["a", np.nan] * 6), [1, pd.NA] * 6):
        with pytest.raises(ValueError, match=r"y holds (None|NaN|<NA>) among its labels: remove it, or put a label"):
            EncodingDisplay.from_estimator(autoencoder, X, labels)


def test_histories_without_the_key(autoencoder):
    with pytest.raises(ValueError, match=r"history_ of 'mine' has no \['accuracy'\], only \['loss', "):
        TrainingDisplay.from_estimator({"mine": autoencoder}, keys=["loss", "accuracy"])
