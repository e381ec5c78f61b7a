"""Displays of generators: their numbers are those of the estimator, and the drawn artists show them."""

import numpy as np
import pytest

from skseq import SequenceClassifier, SequenceGenerator
from skseq.inspection import NextTokenDisplay, SampleDisplay
from skseq.inspection._axes import COLOURS

pytest.importorskip("matplotlib")
import matplotlib.pyplot as plt
from matplotlib.colors import to_rgb

pytestmark = pytest.mark.usefixtures("eager")

WORDS = ["banana", "bandana", "canal", "cab ana", "panama", "$anana"]


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def generator():
    return SequenceGenerator(units=4, analyzer="char", epochs=2, random_state=0).fit(WORDS)


@pytest.fixture(scope="module")
def series():
    X = np.sin(np.arange(8) + np.arange(12)[:, None])
    return SequenceGenerator(units=4, n_components=2, epochs=1, random_state=0).fit(X)


def strings(texts):
    return [text.get_text() for text in texts]


# --- what is expected -------------------------------------------------------------------------------------------------


def test_columns_are_what_the_generator_expects(generator):
    display = NextTokenDisplay.from_estimator(generator, WORDS, sample=2, k=3)
    assert display.tokens == [*"canal", "<end>"]
    np.testing.assert_allclose(display.log_probs, generator.score_timesteps(["canal"])[0], rtol=1e-5)
    for step in (1, 3, 5):
        p = generator.predict_proba(["canal"[:step]])[0]
        np.testing.assert_allclose(display.probs[step], np.sort(p)[::-1][:3], rtol=1e-5)
        best = [generator.classes_[index] for index in np.argsort(-p)[:3]]
        assert display.candidates[step] == ["<end>" if token is None else token for token in best]
        true = list(generator.classes_).index([*"canal", None][step])
        assert display.ranks[step] == np.sum(p > p[true])
    np.testing.assert_array_equal(display.image_.get_array(), display.probs.T)
    np.testing.assert_allclose([bar.get_height() for bar in display.bars_], -display.log_probs)
    assert [mark is not None for mark in display.marks_] == [rank < 3 for rank in display.ranks]
    for step, mark in enumerate(display.marks_):
        if mark is not None:
            x, y = mark.get_xy()
            assert (round(x + 0.46), round(y + 0.44)) == (step, display.ranks[step])


def test_a_condition_and_a_part_of_a_sequence():
    X, y = [list("abab"), list("cdcdcd")] * 3, ["ab", "cd"] * 3
    model = SequenceGenerator(units=4, epochs=1, random_state=0).fit(X, y)
    given = NextTokenDisplay.from_estimator(model, X, y, sample=1, start=2, n_shown=3)
    assert given.tokens == ["c", "d", "c"]
    np.testing.assert_allclose(given.log_probs, model.score_timesteps(X[1:2], y[1:2])[0][2:5], rtol=1e-5)
    assert given.ax_.get_xlabel() == "what came, from step 2"
    averaged = NextTokenDisplay.from_estimator(model, X, sample=1)
    assert averaged.log_probs.sum() == pytest.approx(model.score_samples(X[1:2])[0], rel=1e-5)


def test_arrays_without_an_end_and_more_candidates_than_there_are():
    X = np.array([[1, 2, 3, 1], [2, 3, 1, 2]])
    model = SequenceGenerator(units=4, epochs=1, random_state=0).fit(X)
    display = NextTokenDisplay.from_estimator(model, X, k=20)
    assert display.tokens == ["1", "2", "3", "1"]
    assert display.probs.shape == (4, 3)


def test_unknown_tokens_have_no_probability():
    model = SequenceGenerator(
        units=4, analyzer="char", epochs=1, handle_unknown="use_unknown", min_frequency=2, random_state=0
    ).fit(WORDS)
    display = NextTokenDisplay.from_estimator(model, ["bxa"])
    assert display.tokens == ["b", "<unknown>", "a", "<end>"]
    assert np.isnan(display.log_probs).tolist() == [False, True, False, False]
    assert display.marks_[1] is None


def test_every_temperature_has_the_same_random_numbers(generator):
    given = {"temperatures": (1.0, 1.0), "n_samples": 3, "max_length": 9}
    display = SampleDisplay.from_estimator(generator, random_state=np.random.RandomState(0), **given)
    first, second = display.samples
    assert first == second


def test_letters_can_be_read(generator):
    display = NextTokenDisplay.from_estimator(generator, ["cab ana"], k=20)
    assert "\N{OPEN BOX}" in strings(display.texts_[3])
    assert "$" in strings(display.texts_[0])
    assert all(text.get_visible() for column in display.texts_ for text in column)
    dark = NextTokenDisplay([*"ab"], [["a"], ["b"]], np.array([[0.9], [0.1]]), np.log([0.9, 0.1]), [0, 0]).plot()
    assert to_rgb(dark.texts_[0][0].get_color()) == (1, 1, 1)
    assert to_rgb(dark.texts_[1][0].get_color()) != (1, 1, 1)


@pytest.mark.parametrize(
    ("given", "error", "message"),
    [
        ({"sample": 6}, IndexError, "sample has index 6, but there are 6"),
        ({"sample": [0, 1]}, ValueError, "sample must be a single index"),
        ({"k": 0}, ValueError, "k must be an integer from 1 to"),
        ({"n_shown": 0}, ValueError, "n_shown must be an integer"),
        ({"colorbar": np.nan}, ValueError, "colorbar must be True or False. Got nan"),
        ({"start": 7}, ValueError, "start must be a step of the sequence, from 0 to 6. Got 7"),
    ],
)
def test_bad_requests(generator, given, error, message):
    with pytest.raises(error, match=message):
        NextTokenDisplay.from_estimator(generator, WORDS, **given)


def test_estimators_that_expect_no_tokens(series):
    with pytest.raises(TypeError, match=r"NextTokenDisplay needs an estimator with predict_proba and predict_topk"):
        NextTokenDisplay.from_estimator(series, np.ones((1, 8)))
    classifier = SequenceClassifier(units=4, epochs=1).fit(np.ones((4, 5)), [0, 1, 0, 1])
    for display, given in ((NextTokenDisplay, [np.ones((4, 5))]), (SampleDisplay, [])):
        with pytest.raises(TypeError, match=f"{display.__name__} needs an estimator with sample"):
            display.from_estimator(classifier, *given)


# --- what is written --------------------------------------------------------------------------------------------------


def test_texts_are_what_is_sampled(generator):
    display = SampleDisplay.from_estimator(generator, temperatures=(0.5, 1), n_samples=3, prefix="ba", max_length=9)
    assert display.axes_.shape == (1, 2)
    for column, texts, temperature in zip(display.samples, display.texts_, (0.5, 1)):
        expected = generator.sample(3, prefix="ba", max_length=9, temperature=temperature, random_state=0)
        assert column == expected
        assert strings(texts) == expected
    assert [axes.get_title(loc="left") for axes in display.axes_[0]] == ["temperature 0.5", "temperature 1"]


def test_long_texts_take_several_lines():
    display = SampleDisplay([["a\nb", "word " * 400], ["c", "d"]], (1, 2)).plot()
    (short, long_), _ = display.texts_
    assert short.get_text() == "a\N{RETURN SYMBOL}b"
    lines = long_.get_text().split("\n")
    assert len(lines) == 12
    assert max(map(len, lines)) <= 55
    assert lines[-1].endswith("…")


def test_tokens_have_blanks_between_them():
    display = SampleDisplay([[["tea", "milk"], [1, 2]]], [1.0]).plot()
    assert strings(display.texts_[0]) == ["tea milk", "1 2"]


def test_numbers_are_series(series):
    display = SampleDisplay.from_estimator(series, temperatures=0.5, n_samples=2)
    assert display.axes_.shape == (2, 1)
    for lines, sample in zip(display.lines_[0], series.sample(2, temperature=0.5, random_state=0)):
        (line,) = lines
        np.testing.assert_array_equal(line.get_ydata(), sample)
    two = SampleDisplay([[np.ones((4, 2))], [np.zeros((3, 2))]], [1, 2]).plot()
    assert [line.get_color() for line in two.lines_[0][0]] == list(COLOURS[:2])


def test_features_of_any_unit_can_be_seen():
    """One vertical axis per feature, in all panels of it, which shows all of the feature."""
    rng = np.random.RandomState(0)
    samples = [[rng.randn(5, 3) * [1, 1000, 0.1] * temperature for _ in range(2)] for temperature in (1, 2)]
    display = SampleDisplay(samples, [1, 2], kind="series", feature_names=["a", "pressure at the inlet", "c"]).plot()
    assert display.axes_.shape == (6, 2)
    labels = ["a", "pressure at\nthe inlet", "c"]
    assert [axes.get_ylabel() for axes in display.axes_.T.ravel()] == labels * 2 + [""] * 6
    for feature, size in enumerate([1, 1000, 0.1]):
        ((low, high),) = {axes.get_ylim() for axes in display.axes_[feature::3].ravel()}
        assert low < min(own[:, feature].min() for column in samples for own in column) < 0
        assert max(own[:, feature].max() for column in samples for own in column) < high < 10 * size
    for column, lines in enumerate(display.lines_):
        for row, own in enumerate(lines):
            np.testing.assert_array_equal([line.get_ydata() for line in own], samples[column][row].T)
            assert [line.axes for line in own] == display.axes_[3 * row : 3 * row + 3, column].tolist()


def test_the_first_four_features_are_shown_and_the_others_named():
    samples = [[np.arange(12.0).reshape(2, 6)]]
    display = SampleDisplay(samples, [1]).plot()
    assert [line.get_ydata()[0] for line in display.lines_[0][0]] == [0, 1, 2, 3]
    assert display.figure_.get_supxlabel() == "2 not drawn: feature 4, feature 5"
    chosen = SampleDisplay(samples, [1], features=["f", 0], feature_names=list("abcdef")).plot()
    assert [line.get_ydata()[0] for line in chosen.lines_[0][0]] == [5, 0]
    assert [axes.get_ylabel() for axes in chosen.axes_[:, 0]] == ["f", "a"]
    assert chosen.figure_.get_supxlabel() == ""
    with pytest.raises(ValueError, match="features has \\['g'\\], but the features are"):
        SampleDisplay(samples, [1], features="g").plot()


PEN = np.array([[1.0, 0, 0], [0, 2, 1], [3, 0, 1], [0, 1, 0], [1, 1, 0]])


@pytest.mark.parametrize("cumulate", [True, False])
def test_strokes_are_paths_between_lifts_of_the_pen(cumulate):
    display = SampleDisplay([[PEN]], [1.0], cumulate=cumulate).plot()
    steps = [line.get_xydata() for line in display.lines_[0][0]]
    points = [[1, 0], [1, 2], [4, 2], [4, 3], [5, 4]] if cumulate else PEN[:, :2].tolist()
    np.testing.assert_array_equal(np.concatenate(steps), points)
    assert [len(step) for step in steps] == [2, 1, 2]
    assert display.lines_[0][0][1].get_marker() == "."  # a point alone has no line
    assert SampleDisplay([[PEN]], [1.0], kind="series").plot().lines_[0][0][2].get_ydata().tolist() == [0, 1, 1, 0, 0]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda model: SampleDisplay.from_estimator(model, temperatures=0), "temperatures must be numbers above 0"),
        (lambda model: SampleDisplay.from_estimator(model, temperatures=[]), "at least one. Got \\[\\]"),
        (lambda model: SampleDisplay.from_estimator(model, temperatures="high"), "Got 'high'"),
        (lambda model: SampleDisplay.from_estimator(model, n_samples=0), "n_samples must be an integer"),
        (lambda model: SampleDisplay.from_estimator(model, cumulate="no"), "cumulate must be True or False. Got 'no'"),
        (lambda model: SampleDisplay.from_estimator(model, random_state="a"), "random_state must be .* Got 'a'"),
        (lambda model: SampleDisplay.from_estimator(model, kind="ink"), "kind must be .* Got 'ink'"),
        (lambda model: SampleDisplay([[np.ones(3)]], [1.0], kind="strokes").plot(), "samples of three features.*3,"),
        (
            lambda model: SampleDisplay.from_estimator(model, kind="strokes"),
            "'strokes' draws numbers.* kind='text'",
        ),
        (lambda model: SampleDisplay([["12"]], [1.0], kind="series").plot(), "Got the sample '12': set kind='text'"),
        (lambda model: SampleDisplay([[["a", "b"]]], [1.0], kind="series").plot(), "Got the sample .*'a', 'b'"),
    ],
)
def test_bad_samples(generator, call, message):
    with pytest.raises(ValueError, match=message):
        call(generator)
