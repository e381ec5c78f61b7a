"""AttentionDisplay: the maps are the weights of the estimator, and their labels are its tokens."""

from itertools import pairwise
from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from displays import drawn_inside
from sklearn.base import BaseEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skseq import (
    LSTMAutoencoderTransformer,
    Seq2SeqClassifier,
    Seq2SeqRegressor,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceRegressor,
)
from skseq._base.fits.job import Learnt
from skseq.inspection import AttentionDisplay

pytest.importorskip("matplotlib")
import matplotlib.pyplot as plt

pytestmark = pytest.mark.usefixtures("eager")

TEXTS = ["3 May", "May 3rd", "4 June", "June 4th"]
MONTHS = np.array([list("05"), list("05"), list("06"), list("06")])
WORDS = [["the", "good", "dog"], ["bad"], ["a", "good", "fox", "jumps"], ["bad", "fox"], ["good"], ["so", "bad"]]
MOODS = ["good", "bad", "good", "bad", "good", "bad"]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def reader():
    """Text to two digits."""
    return Seq2SeqClassifier(units=3, attention=True, analyzer="char", epochs=1, random_state=0).fit(TEXTS, MONTHS)


@pytest.fixture(scope="module")
def pooler():
    """Ragged words to a label."""
    return SequenceClassifier(units=3, pooling="attention", epochs=1, random_state=0).fit(WORDS, MOODS)


@pytest.fixture(scope="module")
def waves():
    """(estimator, X): univariate measurements to three directions."""
    X = np.sin(np.linspace(0, 6, 8) + np.arange(10)[:, None])
    y = np.where(X[:, [1, 4, 7]] > 0, "up", "down")
    return Seq2SeqClassifier(units=3, attention="dot", epochs=1, random_state=0).fit(X, y), X


@pytest.mark.parametrize("random_state", [None, np.random.RandomState(0)], ids=["none", "instance"])
def test_a_drawn_output_has_its_own_weights(random_state):
    """Every search draws another output: labels and weights are those of one."""
    model = Seq2SeqTransducer(units=3, attention=True, analyzer="char", target_analyzer="char", max_length=9, epochs=1)
    model.fit(TEXTS, TEXTS).set_params(search="sampling", random_state=random_state)
    display = AttentionDisplay.from_estimator(model, TEXTS * 3)
    for weights, labels, text in zip(display.weights, display.target_labels, TEXTS):
        assert weights.shape == (len(labels), len(text))
        alone = model.attention_weights([text], ["".join(labels)])[0]
        np.testing.assert_allclose(weights, alone, atol=1e-6)


class Reverser(BaseEstimator):
    """Letters to letters: beam search writes the source backwards, greedy search nothing but z; sees what it writes.

    A letter that is no letter of the source is seen at the first timestep.
    """

    def __init__(self, search="greedy"):
        self.search = search

    def fit(self, X, y=None):
        self.fitted_ = True
        return self

    def predict(self, X):
        return [text[::-1] if self.search == "beam" else "z" for text in X]

    def attention_weights(self, X, y=None):
        y = self.predict(X) if y is None else y
        return [np.eye(len(x))[[max(x.find(letter), 0) for letter in target]] for x, target in zip(X, y)]

    def _source_labels(self, X):
        return [list(text) for text in X]

    @property
    def _targets(self):
        return SimpleNamespace(labels=lambda y: [list(text) for text in y])


class Bare(Reverser):
    """The same, but it does not know how the text is split."""

    def __getattribute__(self, name):
        if name in ("_source_labels", "_targets"):
            raise AttributeError(name)
        return super().__getattribute__(name)


def ticks(axes, which):
    return [text.get_text() for text in getattr(axes, f"get_{which}ticklabels")()]


def shown(display):
    return [np.asarray(image.get_array()) for image in display.images_]


def soft(n_target_steps, n_source_steps):
    weights = np.random.RandomState(0).rand(n_target_steps, n_source_steps)
    return weights / weights.sum(axis=1, keepdims=True)


# --- how estimators split and name ------------------------------------------------------------------------------------


def test_source_labels_are_the_tokens_that_the_estimator_reads(reader, pooler, waves):
    assert reader._source_labels(["3 M", "a"]) == [["3", " ", "M"], ["a"]]
    assert reader._source_labels(pd.Series(["yM"])) == [["y", "M"]]
    assert pooler._source_labels(WORDS[:2]) == [["the", "good", "dog"], ["bad"]]
    assert pooler._source_labels([["unheard"]]) == [["unheard"]]
    assert waves[0]._source_labels(waves[1]) is None


@pytest.mark.parametrize(
    ("parameters", "X", "labels"),
    [
        ({}, np.array([[1, 20], [3, 4]]), [["1", "20"], ["3", "4"]]),
        ({}, np.array([["a", "bc"], ["d", "e"]], object), [["a", "bc"], ["d", "e"]]),
        ({}, [[1, 20, 3], [4]], [["1", "20", "3"], ["4"]]),
        ({"source_type": "tokens"}, [[("a", 1)], [("b", 2), ("a", 1)]], [["('a', 1)"], ["('b', 2)", "('a', 1)"]]),
        ({"analyzer": "word"}, ["Don't stop", "now."], [["Don", "'", "t", "stop"], ["now", "."]]),
        ({"analyzer": str.split}, ["Don't stop", "now."], [["Don't", "stop"], ["now."]]),
    ],
    ids=["integers", "strings", "lists", "tuples", "words", "function"],
)
def test_source_labels_of_every_kind_of_token(parameters, X, labels):
    model = SequenceClassifier(**parameters)
    model._learnt = Learnt(source=model._read_source(X, None, "X")[1])  # what fit does first
    assert model._source_labels(X) == labels


# --- maps -------------------------------------------------------------------------------------------------------------


def test_text_to_tokens(reader):
    display = AttentionDisplay.from_estimator(reader, TEXTS, samples=[1, -1])
    expected, written = reader.attention_weights(TEXTS), reader.predict(TEXTS)
    assert display.samples.tolist() == [1, 3]
    for axes, weights, sample in zip(display.axes_, shown(display), (1, 3)):
        assert weights.shape == (2, len(TEXTS[sample]))
        np.testing.assert_allclose(weights, expected[sample], rtol=1e-5)
        assert ticks(axes, "x") == list(TEXTS[sample].replace(" ", "\N{OPEN BOX}"))
        assert ticks(axes, "y") == written[sample].tolist()
        assert axes.get_title() == f"sample {sample}"
    assert [axes.get_xlabel() for axes in display.axes_] == ["source", "source"]
    assert [axes.get_ylabel() for axes in display.axes_] == ["target", ""]
    assert display.series_axes_ is display.series_lines_ is None


def test_rows_run_downwards_and_columns_to_the_right():
    display = AttentionDisplay.from_estimator(Reverser("beam").fit([]), ["abc"])
    np.testing.assert_array_equal(shown(display)[0], [[0, 0, 1], [0, 1, 0], [1, 0, 0]])
    assert ticks(display.axes_[0], "x") == ["a", "b", "c"]
    assert ticks(display.axes_[0], "y") == ["c", "b", "a"]
    assert display.axes_[0].get_xlim() == (-0.5, 2.5)
    assert display.axes_[0].get_ylim() == (2.5, -0.5)


def test_the_search_of_the_estimator_is_what_is_drawn():
    model = Reverser("greedy").fit([])
    assert AttentionDisplay.from_estimator(model, ["abc"]).target_labels == [["z"]]
    display = AttentionDisplay.from_estimator(model.set_params(search="beam"), ["abc"])
    assert display.target_labels == [["c", "b", "a"]]
    assert display.weights[0].shape == (3, 3)


def test_a_given_target_takes_the_place_of_the_prediction():
    display = AttentionDisplay.from_estimator(Reverser().fit([]), ["abc", "de", "f"], ["ab", "e", "ff"], samples=[1, 0])
    assert display.target_labels == [["e"], ["a", "b"]]
    np.testing.assert_array_equal(shown(display)[0], [[0, 1]])
    np.testing.assert_array_equal(shown(display)[1], [[1, 0, 0], [0, 1, 0]])


def test_the_first_three_are_shown_and_all_on_one_scale(reader):
    display = AttentionDisplay.from_estimator(reader, TEXTS)
    assert display.samples.tolist() == [0, 1, 2]
    largest = max(weights.max() for weights in reader.attention_weights(TEXTS[:3]))
    for image in display.images_:
        np.testing.assert_allclose(image.get_clim(), (0, largest), rtol=1e-5)
    assert display.colorbar_.mappable is display.images_[0]


def test_weights_that_pool_make_one_row_a_sample(pooler):
    display = AttentionDisplay.from_estimator(pooler, WORDS, samples=range(6))
    expected, written = pooler.attention_weights(WORDS), pooler.predict(WORDS)
    for axes, weights, own, words, label in zip(display.axes_, shown(display), expected, WORDS, written):
        np.testing.assert_allclose(weights, [own], rtol=1e-5)
        assert ticks(axes, "x") == words
        assert ticks(axes, "y") == [label]
    display.figure_.canvas.draw()
    assert len({axes.get_position().x0 for axes in display.axes_}) == 1, "one below the other"


def test_measurements_are_drawn_above_the_map(waves):
    model, X = waves
    display = AttentionDisplay.from_estimator(model, X, samples=[4, 2])
    np.testing.assert_allclose(shown(display), model.attention_weights(X)[[4, 2]], rtol=1e-5)
    display.figure_.canvas.draw()
    for axes, above, lines, sample in zip(display.axes_, display.series_axes_, display.series_lines_, (4, 2)):
        (line,) = lines
        assert line.axes is above
        np.testing.assert_array_equal(line.get_xydata(), np.stack([np.arange(8), X[sample]], axis=1))
        assert above.get_xlim() == axes.get_xlim() == (-0.5, 7.5)
        assert ticks(axes, "y") == model.predict(X)[sample].tolist()
        below, top = axes.get_position(), above.get_position()
        assert below.y1 < top.y0
        np.testing.assert_allclose([below.x0, below.x1], [top.x0, top.x1])
        assert above.get_title() == f"sample {sample}"
    assert display.axes_[1].get_xlabel() == "source timestep"
    assert all(float(tick.replace("\N{MINUS SIGN}", "-")).is_integer() for tick in ticks(display.axes_[1], "x"))


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("decoder", ["direct", "recursive"])
@pytest.mark.parametrize("of", ["steps", "targets", "ragged y", "ragged X"])
def test_steps_of_forecasts_are_named_by_their_values(decoder, of):
    rng = np.random.RandomState(0)
    X, y = rng.randn(10, 6, 2), 100 + rng.randn(10, 3, 2)
    X = [own[index % 3 :] for index, own in enumerate(X)] if of == "ragged X" else X
    y = y if of == "targets" else y[:, :, 0]
    y = [own[: 1 + index % 3] for index, own in enumerate(y)] if of == "ragged y" else y
    model = Seq2SeqRegressor(units=2, attention=True, decoder=decoder, target_features=None, epochs=1, random_state=0)
    display = AttentionDisplay.from_estimator(model.fit(X, y), X[:4], samples=[3, 1])
    expected, forecasts = model.attention_weights(X[:4]), model.predict(X[:4])
    for axes, weights, sample in zip(display.axes_, shown(display), (3, 1)):
        np.testing.assert_allclose(weights, expected[sample], rtol=1e-5)
        named = [[float(part) for part in label.split(",")] for label in ticks(axes, "y")]
        np.testing.assert_allclose(named, forecasts[sample].reshape(3, -1), rtol=1e-3)


def test_covariates_of_a_forecast_go_to_the_estimator():
    rng = np.random.RandomState(0)
    X, y, X_future, X_static = rng.randn(10, 6), rng.randn(10, 3), rng.randn(10, 3), rng.randn(10, 1)
    model = Seq2SeqRegressor(units=2, attention=True, epochs=1, random_state=0)
    model.fit(X, y, X_future=X_future, X_static=X_static)
    display = AttentionDisplay.from_estimator(model, X, samples=[4], X_future=X_future, X_static=X_static)
    expected = model.attention_weights(X, X_future=X_future, X_static=X_static)[[4]]
    np.testing.assert_allclose(shown(display), expected, rtol=1e-5)
    with pytest.raises(ValueError, match="X_future must have one entry per sample of X"):
        AttentionDisplay.from_estimator(model, X, X_future=X_future[:3], X_static=X_static)


def test_ragged_measurements_of_several_features():
    rng = np.random.RandomState(0)
    X = [rng.randn(length, 3) for length in (4, 1, 6, 5)]
    model = SequenceRegressor(units=2, pooling="attention", epochs=1, random_state=0).fit(X, [1.0, 2, 3, 4])
    display = AttentionDisplay.from_estimator(model, X)
    assert [weights.shape for weights in shown(display)] == [(1, 4), (1, 1), (1, 6)]
    for lines, series in zip(display.series_lines_, X):
        np.testing.assert_array_equal([line.get_ydata() for line in lines], series.T)
    assert len({line.get_color() for line in display.series_lines_[0]}) == 3
    assert [ticks(axes, "y") for axes in display.axes_] == [[f"{value:.4g}"] for value in model.predict(X)[:3]]


def test_an_estimator_that_names_nothing_has_its_steps_counted():
    display = AttentionDisplay.from_estimator(Bare("beam").fit([]), ["abc"])
    assert display.source_labels is display.target_labels is display.series is None
    assert display.axes_[0].get_xlabel() == "source timestep"
    assert display.axes_[0].get_ylabel() == "target step"


def test_the_row_behind_the_last_label_is_that_of_the_end_token():
    display = AttentionDisplay([soft(3, 2)], target_labels=[["a", "b"]]).plot()
    assert ticks(display.axes_[0], "y") == ["a", "b", "<end>"]


def test_an_output_without_steps_is_an_empty_row():
    display = AttentionDisplay([np.zeros((0, 2)), soft(2, 2)], target_labels=[[], ["a", "b"]]).plot()
    assert display.images_[0].get_array().mask.tolist() == [[True, True]]
    assert ticks(display.axes_[0], "y") == ["(nothing)"]
    display.figure_.canvas.draw()


# --- labels that can be read ------------------------------------------------------------------------------------------


def test_blanks_are_seen_long_labels_cut_and_dollars_no_formula():
    labels = [" ", "\n", "internationalization", "$a$"]
    display = AttentionDisplay([soft(2, 4)], source_labels=[labels]).plot()
    assert ticks(display.axes_[0], "x") == ["\N{OPEN BOX}", r"\n", "internationaliz…", "$a$"]
    assert not any(text.get_parse_math() for text in display.axes_[0].get_xticklabels())
    assert display.source_labels == [labels]


def texts_of(axes, which):
    """Extents of the labels along an axis in drawn order, and their sizes in points."""
    renderer = axes.figure.canvas.get_renderer()
    labels = getattr(axes, f"get_{which}ticklabels")()
    return [label.get_window_extent(renderer) for label in labels], [label.get_fontsize() for label in labels]


@pytest.mark.parametrize("n_steps", [1, 6, 40])
@pytest.mark.parametrize("length", [1, 5])
def test_one_to_forty_tokens_are_all_named_and_apart(n_steps, length):
    labels = [[f"{step:0{length}}"[:length] for step in range(n_steps)]]
    display = AttentionDisplay([soft(n_steps, n_steps)], source_labels=labels, target_labels=labels).plot()
    display.figure_.canvas.draw()
    for which in "xy":
        assert ticks(display.axes_[0], which) == labels[0]
        extents, sizes = texts_of(display.axes_[0], which)
        assert not any(one.overlaps(other) for one, other in pairwise(extents))
        assert min(sizes) >= 6


def test_of_very_many_tokens_some_are_named():
    labels = [[str(step) for step in range(200)]]
    display = AttentionDisplay([soft(200, 200)], source_labels=labels, target_labels=labels).plot()
    display.figure_.canvas.draw()
    for which in "xy":
        named = list(map(int, ticks(display.axes_[0], which)))
        assert 20 < len(named) < 200
        assert named == list(getattr(display.axes_[0], f"get_{which}ticks")()), "labels stand at their steps"
        extents, _ = texts_of(display.axes_[0], which)
        assert not any(one.overlaps(other) for one, other in pairwise(extents))


@pytest.mark.parametrize(
    ("of", "n_samples"),
    [("reader", 1), ("reader", 5), ("reader", 6), ("pooler", 1), ("pooler", 6), ("waves", 1), ("waves", 6)],
)
def test_nothing_is_cut_off_and_no_panels_overlap(of, n_samples, reader, pooler, waves):
    estimator, X = {"reader": (reader, TEXTS * 2), "pooler": (pooler, WORDS), "waves": waves}[of]
    display = AttentionDisplay.from_estimator(estimator, X, samples=range(n_samples))
    renderer = drawn_inside(display.figure_)
    assert len(display.axes_) == n_samples
    boxes = [axes.get_tightbbox(renderer).padded(-1) for axes in [*display.axes_, display.colorbar_.ax]]
    assert not any(one.overlaps(other) for place, one in enumerate(boxes) for other in boxes[place + 1 :])


# --- where and how it is drawn ----------------------------------------------------------------------------------------


def test_the_colour_bar_shares_the_place_of_a_given_axes(waves):
    figure, (_, right) = plt.subplots(1, 2)
    place = right.get_position()
    display = AttentionDisplay.from_estimator(*waves, ax=right)
    figure.canvas.draw()
    for axes in [*display.axes_, display.colorbar_.ax]:
        own = axes.get_position()
        assert place.x0 <= own.x0 + 1e-9
        assert own.x1 <= place.x1 + 1e-9


def test_one_given_axes_a_sample(reader):
    figure, axes = plt.subplots(2, 2, layout="constrained")
    display = AttentionDisplay.from_estimator(reader, TEXTS, samples=range(4), ax=axes)
    assert display.axes_.tolist() == axes.ravel().tolist()
    assert [own.get_xlabel() for own in display.axes_] == ["", "", "source", "source"]
    assert [own.get_ylabel() for own in display.axes_] == ["target", "", "target", ""]
    figure.canvas.draw()
    with pytest.raises(ValueError, match="ax must be 3 Axes, or one .* Got 4 Axes"):
        AttentionDisplay.from_estimator(reader, TEXTS, ax=axes)


def test_one_sample_takes_the_axes_itself(reader, waves):
    axes = plt.figure().add_axes((0.1, 0.1, 0.8, 0.8))
    assert AttentionDisplay.from_estimator(reader, TEXTS, samples=0, ax=axes).axes_.item() is axes
    axes = plt.figure().add_axes((0.1, 0.1, 0.8, 0.8))
    display = AttentionDisplay.from_estimator(*waves, samples=0, ax=axes)
    assert [display.axes_.item(), display.series_axes_.item()] == axes.child_axes


def test_im_kw_goes_before_the_defaults_and_the_colour_bar_can_be_left_out(reader):
    display = AttentionDisplay.from_estimator(reader, TEXTS, im_kw={"cmap": "magma", "vmax": 1}, colorbar=False)
    assert display.images_[0].get_cmap().name == "magma"
    assert display.images_[0].get_clim() == (0, 1)
    assert display.colorbar_ is None
    assert len(display.figure_.axes) == 3


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("estimator", "settings"),
    [
        (Seq2SeqClassifier(attention=False), "Seq2SeqClassifier has none: set attention=True and fit"),
        (SequenceClassifier(), "SequenceClassifier has none: set pooling='attention' and fit"),
        (
            SequenceRegressor(network="lstm", pooling="attention"),
            "SequenceRegressor has none: set pooling='attention' and network=None and fit",
        ),
    ],
    ids=["sequences", "labels", "own network"],
)
def test_without_attention_the_error_says_what_to_set(estimator, settings):
    with pytest.raises(TypeError, match=f"AttentionDisplay shows attention weights, of which this {settings}"):
        AttentionDisplay.from_estimator(estimator, np.zeros((4, 3)))


def test_another_estimator_is_told_what_it_lacks():
    message = "AttentionDisplay needs an estimator with attention_weights and predict. Got"
    model = LogisticRegression().fit([[0.0], [1]], [0, 1])
    search = GridSearchCV(Seq2SeqClassifier(), {"attention": [True, False]})
    for estimator in (model, make_pipeline(model), LSTMAutoencoderTransformer(), search):
        with pytest.raises(TypeError, match=f"{message} {type(estimator).__name__}.*pass the step.*best_estimator_"):
            AttentionDisplay.from_estimator(estimator, [[0.0], [1]])


def test_targets_for_weights_that_depend_on_none(pooler):
    with pytest.raises(ValueError, match=r"attention_weights of SequenceClassifier takes no targets: leave y out"):
        AttentionDisplay.from_estimator(pooler, WORDS, MOODS)
    X = np.arange(24.0).reshape(4, 6)
    model = Seq2SeqRegressor(units=2, attention=True, epochs=1, random_state=0).fit(X, X[:, :2])
    with pytest.raises(ValueError, match=r"attention_weights of Seq2SeqRegressor takes no targets: leave y out"):
        AttentionDisplay.from_estimator(model, X, X[:, :2])


def test_samples_and_targets_that_do_not_exist(reader):
    with pytest.raises(IndexError, match="samples has index 4, but there are 4"):
        AttentionDisplay.from_estimator(reader, TEXTS, samples=4)
    with pytest.raises(ValueError, match=r"inconsistent numbers of samples: \[3, 2\], which are those of X and y"):
        AttentionDisplay.from_estimator(Reverser().fit([]), ["a", "b", "c"], ["a", "b"])
    for y, message in [(3, "y must be an array or a list of samples. Got 3"), ([], "y holds no sample")]:
        with pytest.raises(ValueError, match=message):
            AttentionDisplay.from_estimator(reader, TEXTS, y)
    with pytest.raises(ValueError, match=r"X must be .* Got one string: pass a list of it, \[X\]"):
        AttentionDisplay.from_estimator(reader, "".join(TEXTS))  # not one sample per letter


def test_labels_that_fit_no_weights():
    with pytest.raises(ValueError, match="source_labels must hold 1 lists of labels, one per sample. Got 2"):
        AttentionDisplay([soft(2, 2)], source_labels=[["a", "b"], ["a"]]).plot()
    with pytest.raises(ValueError, match="colorbar must be True or False. Got 'no'"):
        AttentionDisplay([soft(2, 2)]).plot(colorbar="no")
    with pytest.raises(ValueError, match=r"source_labels\[0\] holds 1 labels.* shape \(2, 2\): expected 2 .*timestep"):
        AttentionDisplay([soft(2, 2)], source_labels=[["a"]]).plot()
    with pytest.raises(ValueError, match=r"target_labels\[1\] holds 3 labels.*expected 2 labels, one per target step"):
        AttentionDisplay([soft(1, 2), soft(2, 2)], target_labels=[["a"], ["a", "b", "c"]]).plot()
