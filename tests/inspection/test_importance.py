"""Importances: known where the output is a known function of known cells, by brute force of networks."""

from itertools import pairwise

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import BaseEstimator, ClassifierMixin, RegressorMixin
from sklearn.linear_model import LinearRegression, LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skseq import LSTMAutoencoderDetector, Seq2SeqTransducer, SequenceClassifier, SequenceTagger
from skseq.inspection import ImportanceDisplay, occlusion_importance, permutation_importance


class Weighted(RegressorMixin, BaseEstimator):
    """The sum of w(t, f) * x(t, f) over what a sequence has, which takes any containers of numbers."""

    def __init__(self, weights=None):
        self.weights = weights

    def fit(self, X=None, y=None):
        self.fitted_ = True
        return self

    def predict(self, X):
        samples = [np.asarray(x, float).reshape(len(x), -1) for x in (X.to_numpy() if hasattr(X, "columns") else X)]
        return np.array([(x * self.weights[: len(x)]).sum() for x in samples])

    def score(self, X, y=None):
        return self.predict(X).sum() if y is None else -np.abs(self.predict(X) - y).sum()


class CountsA(ClassifierMixin, BaseEstimator):
    """The share of "a" among the tokens is the probability of True."""

    def __init__(self, analyzer=None):
        self.analyzer = analyzer

    def fit(self, X=None, y=None):
        self.classes_ = np.array([False, True])
        return self

    def predict_proba(self, X):
        self.seen_ = [list(x) if not isinstance(x, str) else x for x in X]
        true = np.array([np.mean([token == "a" for token in x]) for x in X])
        return np.stack([1 - true, true], axis=1)

    def predict(self, X):
        return self.predict_proba(X)[:, 1] > 0.5


WEIGHTS = np.array([[1.0, 0.0], [0.0, 2.0], [0.0, 0.0], [-1.0, 0.0]])
RNG = np.random.RandomState(0)


def ragged():
    return [RNG.randn(length, 2) for length in (4, 2, 3, 4, 1)]


# --- occlusion --------------------------------------------------------------------------------------------------------


def test_hiding_a_cell_takes_away_its_part_of_a_sum():
    X = RNG.randn(3, 4, 2)
    result = occlusion_importance(Weighted(WEIGHTS).fit(), X, baseline=[0.5, -0.5])
    np.testing.assert_allclose(result.importances, WEIGHTS * (X - [0.5, -0.5]), atol=1e-12)
    np.testing.assert_allclose(result.response, (WEIGHTS * X).sum(axis=(1, 2)))
    assert result.by == "cells"
    assert result.names == ["feature 0", "feature 1"]


def test_the_baseline_is_the_mean_over_real_timesteps():
    X = ragged()
    mean = np.concatenate(X).mean(axis=0)
    result = occlusion_importance(Weighted(WEIGHTS).fit(), X)
    for own, x in zip(result.importances, X):
        np.testing.assert_allclose(own, WEIGHTS[: len(x)] * (x - mean), atol=1e-12)


def test_timesteps_and_features_of_ragged_samples():
    X, model = ragged(), Weighted(WEIGHTS).fit()
    steps = occlusion_importance(model, X, by="timesteps", baseline=0)
    features = occlusion_importance(model, X, by="features", baseline=0)
    assert steps.names is None
    for of_steps, of_features, x in zip(steps.importances, features.importances, X):
        np.testing.assert_allclose(of_steps, (WEIGHTS[: len(x)] * x).sum(axis=1), atol=1e-12)
        np.testing.assert_allclose(of_features, (WEIGHTS[: len(x)] * x).sum(axis=0), atol=1e-12)


def test_a_timestep_has_the_mean_over_the_windows_that_hide_it():
    model = Weighted(np.ones((5, 1))).fit()
    X = [[1.0, 2, 3, 4, 5]]
    assert occlusion_importance(model, X, window=2, baseline=0).importances.tolist() == [[3, 3, 7, 7, 5]]
    overlapping = occlusion_importance(model, X, window=2, stride=1, baseline=0).importances
    np.testing.assert_allclose(overlapping, [[3, 4, 6, 8, (9 + 5) / 2]])  # of windows 3, 5, 7, 9 and a last one of 5
    gaps = occlusion_importance(model, X, window=1, stride=2, baseline=0).importances
    np.testing.assert_array_equal(gaps, [[1, np.nan, 3, np.nan, 5]])


@pytest.mark.parametrize("working_memory", [0.00001, 1000])
def test_the_working_memory_changes_nothing(working_memory):
    from sklearn import config_context

    X = RNG.randn(3, 4, 2)
    with config_context(working_memory=working_memory):
        result = occlusion_importance(Weighted(WEIGHTS).fit(), X, baseline=0)
    np.testing.assert_allclose(result.importances, WEIGHTS * X, atol=1e-12)


def test_containers_come_back_as_they_were():
    seen = []

    def response(estimator, X):
        seen.append(X)
        return estimator.predict(X)

    frame = pd.DataFrame(RNG.randn(3, 4), columns=list("abcd"))
    frames = [pd.DataFrame(RNG.randn(2, 2), columns=["u", "v"], index=[5, 6])] * 2
    for X, weights in ((frame, WEIGHTS[:, :1]), (frames, WEIGHTS), (frame.to_numpy(), WEIGHTS[:, :1])):
        result = occlusion_importance(Weighted(weights).fit(), X, baseline=0, response=response)
        assert type(seen[-1]) is type(X)
        assert np.shape(result.importances) == np.shape(X)
    pd.testing.assert_index_equal(seen[1].columns, frame.columns)
    pd.testing.assert_index_equal(seen[3][0].index, frames[0].index)
    assert occlusion_importance(Weighted(WEIGHTS).fit(), frames).names == ["u", "v"]


def test_removed_and_replaced_tokens_by_hand():
    model = CountsA().fit()
    removed = occlusion_importance(model, [["a", "a", "b"], ["b", "a", "b", "b"]])
    # 2 of 3 are "a", of the rest 1 of 2 or all; 3 of 4 are none, of the rest 2 of 3 or all
    np.testing.assert_allclose(removed.importances[0], [2 / 3 - 1 / 2, 2 / 3 - 1 / 2, 2 / 3 - 1])
    np.testing.assert_allclose(removed.importances[1], np.subtract(3 / 4, [2 / 3, 1, 2 / 3, 2 / 3]))
    assert removed.names == [["a", "a", "b"], ["b", "a", "b", "b"]]
    replaced = occlusion_importance(model, [["a", "a", "b"]], baseline="long token")
    np.testing.assert_allclose(replaced.importances, [[1 / 3, 1 / 3, 0]])
    rows = occlusion_importance(model, np.array([["a", "a", "b"]]), [False], baseline="a")
    np.testing.assert_allclose(rows.importances, [[0, 0, 1 / 3]])


def test_tokens_of_text_leave_with_the_gap_before_them():
    model = CountsA("word").fit()
    occlusion_importance(model, ["It is, so."], response="predict_proba")
    assert model.seen_ == [" is, so.", "It, so.", "It is so.", "It is,.", "It is, so"]
    occlusion_importance(model, ["It is, so."], baseline="X", window=3)
    assert model.seen_ == ["X XX so.", "It is, XX"]


def test_of_several_numbers_the_mean_absolute_change():
    X, y = RNG.randn(20, 3), RNG.randn(20, 2)
    model = LinearRegression().fit(X, y)
    result = occlusion_importance(model, X[:2], baseline=0)
    np.testing.assert_allclose(result.importances, np.abs(model.coef_[:, None] * X[:2]).mean(axis=0), rtol=1e-9)
    assert result.response.shape == (2, 2)


def test_pipelines_are_explained_in_front_of_their_first_step():
    X = RNG.randn(40, 3, 2)
    flat = FunctionTransformer(lambda X: np.reshape(X, (len(X), -1)))
    model = make_pipeline(flat, LogisticRegression()).fit(X, X[:, 1, 1] > 0)
    result = occlusion_importance(model, X[:4], [True] * 4, baseline=0)
    for sample, cell in np.ndindex(4, 6):
        hidden = X[sample].copy()
        hidden.flat[cell] = 0
        expected = model.predict_proba(X[sample : sample + 1])[0, 1] - model.predict_proba(hidden[None])[0, 1]
        assert result.importances[sample].flat[cell] == pytest.approx(expected)


@pytest.mark.usefixtures("eager")
def test_networks_by_brute_force():
    words, labels = ["haus", "maus", "los"] * 4, [0, 1, 1] * 4
    model = SequenceClassifier(units=3, analyzer="char", epochs=1, random_state=0).fit(words, labels)
    (own,) = occlusion_importance(model, ["maus"], [1]).importances
    shorter = ["aus", "mus", "mas", "mau"]
    expected = model.predict_proba(["maus"])[0, 1] - model.predict_proba(shorter)[:, 1]
    np.testing.assert_allclose(own, expected, atol=1e-6)


@pytest.mark.usefixtures("eager")
def test_sequence_to_sequence_looks_at_the_log_probability_of_what_is_written():
    model = Seq2SeqTransducer(units=3, analyzer="char", target_analyzer="char", epochs=1, random_state=0)
    model.fit(["ab", "ba", "bb"], ["x", "yx", "y"])
    written = model.predict(["ab"])[0]
    (own,) = occlusion_importance(model, ["ab"]).importances
    expected = model.score_samples(["ab"], [written]) - model.score_samples(["b", "a"], [written] * 2)
    np.testing.assert_allclose(own, expected, atol=1e-5)


@pytest.mark.usefixtures("eager")
def test_taggers_need_a_token_and_detectors_score():
    tagger = SequenceTagger(units=3, epochs=1, random_state=0).fit([["u", "v"], ["v"]], [[0, 1], [1]])
    with pytest.raises(ValueError, match="tokens were removed.*Pass a token as baseline"):
        occlusion_importance(tagger, [["u", "v"]])
    (own,) = occlusion_importance(tagger, [["u", "v"]], [[0, 1]], baseline="u").importances
    scores = tagger.score_samples([["u", "v"], ["u", "u"]], [[0, 1], [0, 1]])
    np.testing.assert_allclose(own, [0, scores[0] - scores[1]], atol=1e-5)

    X = RNG.randn(5, 6)
    detector = LSTMAutoencoderDetector(units=3, epochs=1, random_state=0).fit(X)
    hidden = X[:1].copy()
    hidden[0, 2] = 0
    result = occlusion_importance(detector, X[:1], baseline=0)
    expected = detector.score_samples(X[:1]) - detector.score_samples(hidden)
    np.testing.assert_allclose(result.importances[:, 2], expected, atol=1e-5)


def masked(samples, beneath):
    """Samples in one masked array, with a number beneath the mask."""
    array = np.full((len(samples), max(map(len, samples)), *samples[0].shape[1:]), beneath, samples[0].dtype)
    mask = np.ones(array.shape, bool)
    for row, of_row, sample in zip(array, mask, samples):
        row[: len(sample)], of_row[: len(sample)] = sample, False
    return np.ma.array(array, mask=mask)


@pytest.mark.parametrize("by", ["features", "timesteps", "cells"])
def test_masked_timesteps_are_none(by):
    X, model = ragged(), Weighted(WEIGHTS).fit()
    for own, other in zip(*(occlusion_importance(model, x, by=by).importances for x in (X, masked(X, 99.0)))):
        np.testing.assert_array_equal(own, other)
    y = np.arange(5.0)
    listed, padded = (
        permutation_importance(model, x, y, by=by, random_state=0).importances for x in (X, masked(X, 99.0))
    )
    np.testing.assert_array_equal(listed, padded)


def test_masked_tokens_are_none():
    X = [np.array([0, 1, 1]), np.array([0]), np.array([1, 0])]
    model = SequenceClassifier(units=4, epochs=1, random_state=0).fit(masked(X, 1), [True, False, True])
    found = occlusion_importance(model, masked(X, 1), baseline=0)
    assert found.names == [[0, 1, 1], [0], [1, 0]]
    assert permutation_importance(model, masked(X, 1), [True, False, True], n_repeats=1).names == [0, 1]


# --- permutation ------------------------------------------------------------------------------------------------------


def test_two_samples_exchange_their_parts():
    X = RNG.randn(2, 4, 2)
    y = (WEIGHTS * X).sum(axis=(1, 2))  # so that the score is 0 before
    model, apart = Weighted(WEIGHTS).fit(), WEIGHTS * (X[0] - X[1])
    expected = {
        "cells": 2 * np.abs(apart),
        "timesteps": 2 * np.abs(apart.sum(axis=1)),
        "features": 2 * np.abs(apart.sum(axis=0)),
    }
    for by, importances in expected.items():
        result = permutation_importance(model, X, y, by=by, n_repeats=2, random_state=0)
        np.testing.assert_allclose(result.importances, np.stack([importances] * 2, axis=-1), atol=1e-12)
        np.testing.assert_allclose(result.importances_mean, importances, atol=1e-12)
        np.testing.assert_allclose(result.importances_std, 0, atol=1e-12)
    windows = permutation_importance(model, X, y, by="timesteps", window=3, n_repeats=1).importances_mean
    first, last = 2 * np.abs(apart[:3].sum()), 2 * np.abs(apart[3].sum())
    np.testing.assert_allclose(windows, [first, first, first, last], atol=1e-12)


@pytest.mark.parametrize(
    "X", [RNG.randn(4, 5, 2), [list("abacb"), list("cabbc"), list("abc")]], ids=["numbers", "tokens"]
)
def test_a_window_alone_asks_for_importance_over_time(X):
    scoring = {"scoring": lambda *given: np.random.RandomState(0).rand(), "n_repeats": 1, "random_state": 0}
    model = (CountsA() if isinstance(X, list) else Weighted(np.ones((5, 2)))).fit()
    found = permutation_importance(model, X, window=2, **scoring)
    assert (found.by, found.importances.shape) == ("timesteps", (5, 1))
    assert permutation_importance(model, X, window=1, **scoring).by == ("tokens" if isinstance(X, list) else "features")


def test_short_samples_are_passed_over():
    """Of three samples the middle one is short: at later timesteps the others exchange, whatever the circle."""
    X = [[1.0, 2.0, 3.0], [10.0], [100.0, 200.0, 300.0]]
    seen = []

    def scoring(estimator, X, y):
        seen.append([list(x) for x in X])
        return 0.0

    permutation_importance(Weighted(np.ones((3, 1))).fit(), X, X, by="features", scoring=scoring, n_repeats=20)
    firsts = set()
    for changed in seen[1:]:
        assert [len(x) for x in changed] == [3, 1, 3]
        firsts.add(tuple(x[0] for x in changed))
        assert [changed[0][1:], changed[2][1:]] == [[200, 300], [2, 3]]
    assert firsts == {(10, 100, 1), (100, 1, 10)}, "both circles of three"


def test_a_timestep_that_one_sample_has_stays():
    model = Weighted(np.ones((3, 1))).fit()
    result = permutation_importance(model, [[1.0, 2.0, 3.0], [5.0]], [6.0, 5.0], by="timesteps", n_repeats=1)
    assert result.importances_mean.tolist() == [8, 0, 0]


def test_tokens_are_replaced_by_others():
    X = [["a", "b"], ["c", "b"], ["c", "a"]]
    model = CountsA().fit()

    def n_true(estimator, X, y=None):
        return sum(token == "a" for x in X for token in x)

    result = permutation_importance(model, X, scoring=n_true, n_repeats=3, random_state=0)
    assert result.by == "tokens"
    assert result.names == ["a", "b", "c"]
    assert result.importances[0].tolist() == [2, 2, 2], "no other token is an a"
    assert (result.importances[1:] <= 0).all()
    positions = permutation_importance(model, X, scoring=n_true, by="timesteps")
    assert positions.importances.tolist() == [[0] * 5] * 2, "tokens only change places"


def test_the_score_of_the_estimator_and_its_random_state():
    X = RNG.randn(30, 4, 2)
    y = X[:, 2, 1] > 0
    flat = FunctionTransformer(lambda X: np.reshape(X, (len(X), -1)))
    model = make_pipeline(flat, LogisticRegression()).fit(X, y)
    first, again = (permutation_importance(model, X, y, by="cells", random_state=3) for _ in range(2))
    np.testing.assert_array_equal(first.importances, again.importances)
    assert np.unravel_index(first.importances_mean.argmax(), (4, 2)) == (2, 1)
    assert permutation_importance(model, X, y, scoring="neg_log_loss").by == "features"


# --- errors -----------------------------------------------------------------------------------------------------------


TWO = [[1.0, 2.0], [3.0, 5.0]]


@pytest.mark.parametrize(
    ("function", "X", "options", "match"),
    [
        (occlusion_importance, [[1.0, 2.0]], {"window": 0}, "window must be an integer from 1 to 2147483647. Got 0"),
        (
            occlusion_importance,
            [[1.0, 2.0]],
            {"by": "tokens"},
            "by must be .*'cells', 'timesteps', 'features'.*numbers",
        ),
        (occlusion_importance, [[1.0, 2.0]], {"baseline": [1, 2]}, r"one for each of the 1 feature\(s\)"),
        (occlusion_importance, [[1.0, 2.0]], {"response": "nothing"}, "response must be 'auto', a method of Weighted"),
        (occlusion_importance, [[1.0, 2.0]], {"source_type": "text"}, "source_type must be"),
        (occlusion_importance, ["ab"], {}, "no analyzer that splits"),
        (occlusion_importance, [["a"], ["b", "a"]], {}, r"Nothing is left of X\[0\].*pass a token as baseline"),
        (permutation_importance, [[1.0, 2.0]], {}, "at least two of them. Got one"),
        (permutation_importance, [["a", "a"]], {}, "two different tokens"),
        (permutation_importance, [["a", "b"]], {"by": "cells"}, "'timesteps', 'tokens' if X holds tokens"),
        (permutation_importance, [[1.0, 2.0]], {"n_repeats": 0}, "n_repeats must be an integer from 1 to"),
        (permutation_importance, [[1.0, 2.0]], {"n_repeats": 10**30}, "n_repeats must be an integer from 1 to"),
        (permutation_importance, [[1.0, 2.0]], {"window": 10**30}, "window must be an integer from 1 to"),
        (
            permutation_importance,
            TWO,
            {"by": "features", "window": 2},
            "by='features' changes all .*window=2 would count for nothing: set by='timesteps' or 'cells' for",
        ),
        (permutation_importance, [["a"], ["b"]], {"by": "tokens", "window": 2}, "window=2.*set by='timesteps' for"),
        (occlusion_importance, TWO, {"by": "features", "window": 2, "stride": 3}, "window=2 and stride=3 would count"),
        (ImportanceDisplay.from_estimator, TWO, {"by": "features", "stride": 2}, "so stride=2 would count"),
        (permutation_importance, TWO, {"scoring": lambda *given: "a"}, "scoring=.* must give a number. Got 'a'"),
        (permutation_importance, TWO, {"scoring": lambda *given: np.nan}, "scoring=.* must give a number. Got nan"),
        (permutation_importance, TWO, {"scoring": lambda *given: int("b")}, "scoring=.* failed: invalid literal"),
        (occlusion_importance, TWO, {"response": lambda *given: int("b")}, "response=.* failed: invalid literal"),
        (occlusion_importance, TWO, {"response": lambda *given: [0, np.nan]}, "response gave NaN .* at index 1"),
        (permutation_importance, TWO, {"random_state": -1}, "random_state must be .* Got -1"),
        (permutation_importance, [[1.0, 2.0]], {"y": [1, 2]}, "inconsistent numbers of samples"),
    ],
)
def test_errors(function, X, options, match):
    with pytest.raises(ValueError, match=match):
        function(CountsA().fit() if isinstance(X[0][0], str) else Weighted(np.ones((2, 1))).fit(), X, **options)


@pytest.mark.parametrize("X", [None, np.nan, 3, []], ids=repr)
def test_what_holds_no_samples_is_named(X):
    for function in (permutation_importance, occlusion_importance, ImportanceDisplay.from_estimator):
        with pytest.raises(ValueError, match="^X "):
            function(Weighted(np.ones((2, 1))).fit(), X)


def test_scores_that_need_targets():
    with pytest.raises(ValueError, match="y is None, and the score failed without true targets.*Pass y"):
        permutation_importance(CountsA().fit(), [["a", "b"], ["b", "a"]], scoring="accuracy")


def test_more_errors():
    with pytest.raises(ValueError, match="y has 'other', which is none of the classes"):
        occlusion_importance(CountsA().fit(), [["a", "b"]], ["other"])
    odd = CountsA(analyzer=lambda text: [text.upper()]).fit()
    with pytest.raises(ValueError, match="token 'AB', which does not stand in the text"):
        occlusion_importance(odd, ["ab"])
    with pytest.raises(TypeError, match="has none of score_samples, predict_proba and predict"):
        occlusion_importance(FunctionTransformer().fit([[1.0]]), [[1.0]])


# --- pictures ---------------------------------------------------------------------------------------------------------


@pytest.fixture
def plt():
    pyplot = pytest.importorskip("matplotlib.pyplot")
    yield pyplot
    pyplot.close("all")


def test_heat_maps_show_the_numbers(plt):
    X, model = ragged(), Weighted(WEIGHTS).fit()
    display = ImportanceDisplay.from_estimator(model, X, samples=[0, -2])
    mean = np.concatenate(X).mean(axis=0)
    for image, x in zip(display.images_, (X[0], X[3])):
        np.testing.assert_allclose(image.get_array(), (WEIGHTS * (x - mean)).T, atol=1e-12)
        largest = max(np.abs(own).max() for own in display.importances)
        assert image.get_clim() == (-largest, largest)
    assert [axes.get_title() for axes in display.axes_] == ["sample 0", "sample 3"]
    assert [label.get_text() for label in display.axes_[0].get_yticklabels()] == ["feature 0", "feature 1"]
    assert display.colorbar_.ax.get_ylabel() == "importance"
    assert display.bars_ is display.lines_ is None


def test_bars_over_tokens(plt):
    display = ImportanceDisplay.from_estimator(CountsA().fit(), [["a", "b"], ["a", "a", "b"]], [True, False], samples=1)
    (bars,) = display.bars_
    np.testing.assert_allclose([bar.get_height() for bar in bars], np.subtract(1 / 3, [1 / 2, 1 / 2, 0]))
    assert [label.get_text() for label in display.axes_[0].get_xticklabels()] == ["a", "a", "b"]
    assert display.colorbar_ is display.images_ is None


LONG = ["acceleration left wrist (mg)", "acceleration right ankle (mg)", "barometric pressure [hPa]"]
SENTENCE = ["the", "extraordinarily", "quick", "brown", "fox", "jumps", "over", "lazy", "dogs"]


@pytest.mark.parametrize("n_panels", [1, 3])
@pytest.mark.parametrize(
    "names", [LONG, [f"{name} {index}" for index in range(10) for name in LONG], SENTENCE * 4], ids=len
)
def test_long_names_are_read_and_leave_room_for_bars(plt, names, n_panels):
    figure = ImportanceDisplay([np.arange(len(names))] * n_panels, labels=[names] * n_panels).plot().figure_
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    tight = figure.get_tightbbox(renderer)
    assert -0.01 <= tight.y0 < tight.y1 <= figure.get_figheight() + 0.01, "nothing is cut off"
    for axes in figure.axes:
        assert axes.get_position().height * figure.get_figheight() > 1
        labels = axes.get_xticklabels()
        assert [" ".join(label.get_text().split()) for label in labels] == names
        boxes = [label.get_window_extent(renderer) for label in labels]
        assert not any(left.overlaps(right) for left, right in pairwise(boxes))


def test_names_stand_upright_only_if_a_few_lines_are_too_narrow(plt):
    few, many = (
        ImportanceDisplay([np.arange(len(names))], labels=[names]).plot().axes_[0].get_xticklabels()
        for names in (LONG, LONG * 4)
    )
    assert [label.get_rotation() for label in few] == [0] * 3
    assert few[0].get_text() == "acceleration left\nwrist (mg)"
    assert [label.get_rotation() for label in many] == [90] * 12


def test_names_of_any_length_are_cut(plt):
    (label,) = ImportanceDisplay([np.ones(1)], labels=[["a" * 50]]).plot().axes_[0].get_xticklabels()
    assert label.get_text() == "a" * 39 + "…"


def test_a_univariate_series_over_its_importances(plt):
    display = ImportanceDisplay.from_estimator(Weighted(np.ones((3, 1))).fit(), [[1.0, 2, 6], [0.0, 3, 0]], samples=0)
    np.testing.assert_allclose(display.importances[0], [1 - 2, 0, 6 - 2], atol=1e-12)  # the mean of both is 2
    np.testing.assert_array_equal(display.lines_[0].get_ydata(), [1, 2, 6])
    np.testing.assert_allclose(display.images_[0].get_array(), [[-1, 0, 4]], atol=1e-12)
    assert display.axes_[0].get_xlabel() == "timestep"


def test_results_are_drawn(plt):
    X = RNG.randn(2, 4, 2)
    model, y = Weighted(WEIGHTS).fit(), np.zeros(2)
    bars = ImportanceDisplay.from_importances(permutation_importance(model, X, y))
    assert [label.get_text() for label in bars.axes_[0].get_xticklabels()] == ["feature 0", "feature 1"]
    result = permutation_importance(model, X, y, by="cells", random_state=0)
    grid = ImportanceDisplay.from_importances(result, colorbar=False)
    np.testing.assert_array_equal(grid.images_[0].get_array(), result.importances_mean.T)
    assert grid.colorbar_ is None
    steps = ImportanceDisplay.from_importances(permutation_importance(model, X, y, by="timesteps"))
    assert steps.axes_[0].get_xlabel() == "timestep"
    shown = ImportanceDisplay.from_importances(occlusion_importance(model, X), samples=1)
    assert [axes.get_title() for axes in shown.axes_] == ["sample 1"]
    many = [[str(token)] for token in range(30)]
    result = permutation_importance(CountsA().fit(), many, scoring=lambda estimator, X, y=None: float(["7"] in X))
    most = ImportanceDisplay.from_importances(result)
    assert len(most.bars_[0]) == 20
    assert most.axes_[0].get_xticklabels()[0].get_text() == "7"


def test_errors_of_pictures(plt):
    with pytest.raises(TypeError, match="result must be what occlusion_importance or permutation_importance"):
        ImportanceDisplay.from_importances(np.zeros(3))
    with pytest.raises(ValueError, match="importances must be a list of arrays"):
        ImportanceDisplay([np.zeros(2), np.zeros((2, 2))]).plot()
    with pytest.raises(ValueError, match=r"labels must have as many entries .* Got \[1\] for \[2\]"):
        ImportanceDisplay([np.zeros(2)], labels=[["a"]]).plot()
    with pytest.raises(IndexError, match="samples has index 2"):
        ImportanceDisplay.from_estimator(CountsA().fit(), [["a", "b"]] * 2, samples=2)


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize("importance", [permutation_importance, occlusion_importance])
def test_a_column_of_sequences_beside_others(importance, library):
    table = pd.DataFrame({"age": [40.0, 50.0], "pulse": [[70.0, 71.0], [60.0]]})
    table = pl.from_pandas(table) if library == "polars" else table
    with pytest.raises(
        ValueError, match=r"column 'pulse' holds sequences.*sklearn\.inspection\.permutation_importance"
    ):
        importance(Weighted(np.ones((2, 1))).fit(), table, [1.0, 2.0])


@pytest.mark.parametrize("scoring", [["r2"], ("r2", "max_error"), {"a": "r2"}], ids=repr)
def test_several_scores_are_refused(scoring):
    with pytest.raises(ValueError, match="scoring must be one name, a callable or None"):
        permutation_importance(Weighted(np.ones((3, 1))).fit(), np.ones((4, 3)), np.ones(4), scoring=scoring)


def test_every_step_before_the_estimator_is_taken():
    """Those of a pipeline in a pipeline, too."""
    X, double = [[1.0, 2.0], [3.0, 5.0]], FunctionTransformer(lambda X: 2 * np.asarray(X))
    weighted = Weighted(np.array([[1.0], [10.0]]))
    nested = make_pipeline(double, make_pipeline(double, weighted)).fit(X)
    plain, found = (occlusion_importance(own, X, baseline=0.0).importances for own in (weighted.fit(X), nested))
    np.testing.assert_allclose(found, 4 * plain)


@pytest.mark.parametrize("form", [np.asarray, list, pd.Series], ids=["array", "list", "Series"])
def test_a_single_sequence_is_a_list_of_it(form, untrained):
    X = np.random.RandomState(0).randn(6, 5)
    model = SequenceClassifier(units=2, epochs=1).fit(list(X), [0, 1] * 3)
    with pytest.raises(ValueError, match=r"A single sequence is a list of it, \[X\]"):
        occlusion_importance(model, form(X[0]))
