"""Scaling by channel: numbers by hand, every form of X, and what is taken over from scikit-learn."""

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.base import clone
from sklearn.decomposition import PCA
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import (
    FunctionTransformer,
    MinMaxScaler,
    Normalizer,
    PowerTransformer,
    RobustScaler,
    StandardScaler,
)

from skseq.preprocessing import SequenceScaler

RAGGED = [np.array([[1.0, 100.0], [3.0, 300.0]]), np.array([[5.0, 200.0]])]


def objects(samples):
    array = np.empty(len(samples), object)
    for index, sample in enumerate(samples):
        array[index] = sample
    return array


# --- numbers by hand --------------------------------------------------------------------------------------------------


def test_one_scale_for_all_timesteps():
    """Mean 2 and standard deviation sqrt(2) of 0, 2, 2, 4."""
    scaled = SequenceScaler().fit_transform([[0.0, 2.0], [2.0, 4.0]])
    np.testing.assert_allclose(scaled, np.array([[-2, 0], [0, 2]]) / np.sqrt(2), rtol=1e-15)


def test_channels_have_a_scale_each():
    """Means 3 and 200, variances 8 / 3 and 20,000 / 3."""
    scaler = SequenceScaler().fit(RAGGED)
    np.testing.assert_allclose(scaler.scaler_.mean_, [3, 200])
    first, second = scaler.transform(RAGGED)
    np.testing.assert_allclose(first, [[-2 / np.sqrt(8 / 3), -100 / np.sqrt(2e4 / 3)], [0, 100 / np.sqrt(2e4 / 3)]])
    np.testing.assert_allclose(second, [[2 / np.sqrt(8 / 3), 0]])
    assert scaler.n_features_in_ == 2
    assert scaler.n_timesteps_in_ == 2


def test_every_regime_is_scaled_by_itself():
    """Levels 0 and 100; within them 1, 2, 3 and 40, 60 (of 100), whatever the order and the sequence."""
    X = [np.array([[1.0, 140.0], [101.0, 40.0]]), np.array([[3.0, 160.0], [99.0, 60.0], [2.0, 150.0]])]
    scaler = SequenceScaler(n_regimes=2).fit(X)
    first, second = scaler.transform(X)
    third = np.sqrt(2 / 3)  # the deviation of 1, 2, 3
    np.testing.assert_allclose(first, [[-1 / third, -1 / third], [1, -1]])
    np.testing.assert_allclose(second, [[1 / third, 1 / third], [-1, 1], [0, 0]], atol=1e-12)
    [other] = scaler.transform([np.array([[4.0, 150.0]])])
    np.testing.assert_allclose(other, [[2 / third, 0]], atol=1e-12)
    assert len(set(scaler.regimes_.predict(X[0]))) == 2
    minmax = SequenceScaler("minmax", n_regimes=2).fit_transform(X)
    np.testing.assert_allclose(minmax[1], [[1, 1], [0, 1], [0.5, 0.5]])
    frames = SequenceScaler(n_regimes=2).fit_transform([pd.DataFrame(x, columns=["a", "b"]) for x in X])
    np.testing.assert_allclose(frames[1].to_numpy(), second)


def test_several_regimes_have_no_more_than_transform():
    scaler = SequenceScaler(n_regimes=2).fit(RAGGED)
    for name in ("partial_fit", "inverse_transform"):
        assert not hasattr(scaler, name)
        with pytest.raises(AttributeError, match=f"several regimes has no {name}. Set n_regimes=1, and fit."):
            getattr(scaler, name)
    before = scaler.transform(RAGGED)
    for name in ("partial_fit", "inverse_transform"):
        assert not hasattr(scaler.set_params(n_regimes=1), name)  # until the next fit
    with pytest.raises(ValueError, match="n_regimes=4"):
        scaler.set_params(n_regimes=4).fit(RAGGED)
    np.testing.assert_equal(scaler.transform(RAGGED)[0], before[0])  # as it was
    assert SequenceScaler().fit(RAGGED).regimes_ is None
    with pytest.raises(ValueError, match=r"n_regimes=4, but X has 3 distinct timestep\(s\): set fewer regimes"):
        SequenceScaler(n_regimes=4).fit(RAGGED)
    with pytest.raises(ValueError, match="n_regimes"):
        SequenceScaler(n_regimes=0).fit(RAGGED)


def test_minmax_and_robust():
    X = [[0.0, 1.0, 2.0], [3.0, 4.0, 100.0]]
    np.testing.assert_allclose(SequenceScaler("minmax").fit_transform(X), np.array(X) / 100)
    # median (2 + 3) / 2; quartiles 1.25 and 3.75 of six values
    np.testing.assert_allclose(SequenceScaler("robust").fit_transform(X), (np.array(X) - 2.5) / 2.5)


@pytest.mark.parametrize(
    ("method", "own"),
    [
        ("standard", StandardScaler()),
        ("minmax", MinMaxScaler()),
        ("robust", RobustScaler()),
        (PowerTransformer(), PowerTransformer()),
    ],
    ids=["standard", "minmax", "robust", "power"],
)
def test_the_statistics_are_those_of_scikit_learn_on_all_steps(method, own):
    rng = np.random.RandomState(0)
    X = [rng.randn(length, 3) for length in (4, 1, 7)]
    expected = own.fit_transform(np.concatenate(X))
    np.testing.assert_array_equal(np.concatenate(list(SequenceScaler(method).fit_transform(X))), expected)


def test_padding_does_not_count():
    """The same steps in one row, in rows of one length and in rows of different lengths."""
    steps = np.arange(6.0)
    forms = ([steps], steps.reshape(2, 3), [steps[:1], steps[1:4], steps[4:]])
    for X in forms:
        assert SequenceScaler().fit(X).scaler_.mean_ == 2.5


def test_partial_fit():
    rng = np.random.RandomState(0)
    X = objects([rng.randn(length, 2) for length in (3, 5, 2, 4)])
    for method in ("standard", "minmax"):
        parts = SequenceScaler(method).partial_fit(X[:1]).partial_fit(X[1:])
        for one, other in zip(parts.transform(X), SequenceScaler(method).fit_transform(X)):
            np.testing.assert_allclose(one, other, rtol=1e-12)
    refitted = SequenceScaler().partial_fit(X + 100.0).fit(X)
    np.testing.assert_array_equal(refitted.scaler_.mean_, SequenceScaler().fit(X).scaler_.mean_)
    assert not hasattr(SequenceScaler("robust"), "partial_fit")
    assert not hasattr(SequenceScaler(RobustScaler()), "partial_fit")
    assert not hasattr(SequenceScaler(FunctionTransformer()).fit(X), "partial_fit")
    for model, name in (
        (SequenceScaler("robust"), "RobustScaler"),
        (SequenceScaler(Normalizer()).fit(X), "Normalizer"),
    ):
        with pytest.raises(AttributeError, match=f"{name} has no partial_fit. Set method='standard' or 'minmax', and"):
            model.partial_fit(X)
    with pytest.raises(
        AttributeError, match="Normalizer has no inverse_transform. Set method='standard' or 'minmax' or"
    ):
        SequenceScaler(Normalizer()).fit(X).inverse_transform(X)
    with pytest.raises(ValueError, match="X has 3 features, but SequenceScaler is expecting 2"):
        parts.partial_fit([np.ones((2, 3)), np.ones((1, 3))])


# --- forms ------------------------------------------------------------------------------------------------------------

rng = np.random.RandomState(1)
SERIES, VECTORS = [rng.randn(3), rng.randn(1)], [rng.randn(3, 2), rng.randn(1, 2)]


@pytest.mark.parametrize("method", ["standard", "minmax", "robust"])
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("X", [rng.randn(4, 3), rng.randn(4, 3, 2)], ids=["columns", "features"])
def test_arrays_come_back_as_arrays(X, dtype, method):
    X = X.astype(dtype)
    before = X.copy()
    scaler = SequenceScaler(method).fit(X)
    scaled = scaler.transform(X)
    back = scaler.inverse_transform(scaled)
    assert scaled.shape == X.shape
    assert scaled.dtype == back.dtype == dtype
    np.testing.assert_allclose(back, X, rtol=1e-5, atol=1e-6)
    np.testing.assert_array_equal(X, before)


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
@pytest.mark.parametrize("container", [list, tuple, objects, pd.Series], ids=lambda f: f.__name__)
@pytest.mark.parametrize("samples", [SERIES, VECTORS], ids=["series", "features"])
def test_ragged_data_come_back_ragged(samples, container, dtype):
    samples = [sample.astype(dtype) for sample in samples]
    scaler = SequenceScaler().fit(container(samples))
    scaled = scaler.transform(container(samples))
    assert scaled.shape == (2,)
    assert scaled.dtype == object
    for sample, one, back in zip(samples, scaled, scaler.inverse_transform(scaled)):
        assert one.shape == sample.shape
        assert one.dtype == back.dtype == dtype
        np.testing.assert_allclose(back, sample, rtol=1e-5, atol=1e-6)


def test_other_lengths_after_fit():
    scaler = SequenceScaler("minmax").fit(np.arange(12.0).reshape(2, 3, 2))  # 0 to 10, and 1 to 11
    np.testing.assert_allclose(scaler.transform([[[5.0, 6.0]]]), [[[0.5, 0.5]]])
    columns = SequenceScaler("minmax").fit([[0.0, 10.0]])
    np.testing.assert_allclose(columns.transform([[5.0], [1.0, 2.0, 3.0]])[1], [0.1, 0.2, 0.3])
    with pytest.raises(ValueError, match="X has 3 features, but SequenceScaler is expecting 2"):
        columns.transform(np.ones((1, 3)))


def test_data_frames():
    frame = pd.DataFrame({"monday": [0.0, 2.0], "tuesday": [2.0, 4.0]}, index=["a", "b"])
    scaler = SequenceScaler("minmax").set_output(transform="pandas").fit(frame)
    pd.testing.assert_frame_equal(scaler.transform(frame), frame / 4)
    assert scaler.set_output(transform="polars").transform(frame).equals(pl.from_pandas(frame / 4))
    assert list(scaler.get_feature_names_out()) == ["monday", "tuesday"]
    assert isinstance(scaler.fit(RAGGED).transform(RAGGED), np.ndarray)


DAYS = pd.date_range("2024-01-01", periods=4, tz="Europe/Berlin")


def test_series_and_frames_in_a_list_keep_dates_and_names():
    series = [pd.Series([0, 4], DAYS[:2], name="level"), pd.Series([2.0, 1.0, 3.0], DAYS[1:])]
    scaler = SequenceScaler("minmax")
    scaled = scaler.fit_transform(series)
    pd.testing.assert_series_equal(scaled[0], pd.Series([0.0, 1.0], DAYS[:2], name="level"))
    pd.testing.assert_series_equal(scaled[1], pd.Series([0.5, 0.25, 0.75], DAYS[1:]))
    pd.testing.assert_series_equal(scaler.inverse_transform(scaled)[0], series[0].astype(float))
    frame = pd.DataFrame({"a": [0.0, 4.0], "b": [1.0, 3.0]}, DAYS[:2])
    (found,) = scaler.fit_transform([frame])
    pd.testing.assert_frame_equal(found, pd.DataFrame({"a": [0.0, 1.0], "b": [0.0, 1.0]}, DAYS[:2]))
    dated = pl.DataFrame({"day": DAYS[:2], "a": [0.0, 4.0]})
    (found,) = scaler.fit_transform([dated])
    assert found.equals(pl.DataFrame({"day": DAYS[:2], "a": [0.0, 1.0]}))
    assert isinstance(scaler.fit([[0.0, 4.0]]).transform(series[:1]), np.ndarray)  # a fit on a table


def test_constant_channels_stay_finite():
    np.testing.assert_array_equal(SequenceScaler().fit_transform([[7.0, 7.0]]), [[0, 0]])


# --- in scikit-learn --------------------------------------------------------------------------------------------------


def test_parameters_of_a_transformer_can_be_searched():
    X, y = objects(VECTORS * 6), np.arange(12.0)
    last = FunctionTransformer(lambda X: np.stack([sample[-1] for sample in X]))
    pipeline = make_pipeline(SequenceScaler(MinMaxScaler()), last, Ridge())
    grid = {"sequencescaler__method__feature_range": [(0, 1), (-1, 1)], "sequencescaler__method": [MinMaxScaler()]}
    search = GridSearchCV(pipeline, grid, cv=3).fit(X, y)
    assert search.best_params_["sequencescaler__method__feature_range"] in [(0, 1), (-1, 1)]
    given = MinMaxScaler(feature_range=(-1, 1))
    scaler = SequenceScaler(given)
    np.testing.assert_array_equal(scaler.fit_transform([[0.0, 1.0, 2.0]]), [[-1, 0, 1]])
    assert not hasattr(given, "scale_")  # a clone is fitted
    assert clone(scaler).method.feature_range == (-1, 1)


# --- errors -----------------------------------------------------------------------------------------------------------


def test_a_method_must_keep_the_channels():
    scaler = SequenceScaler(PCA(1)).fit(RAGGED)
    with pytest.raises(ValueError, match=r"method=PCA.* shape \(3, 1\) for timesteps of shape \(3, 2\)"):
        scaler.transform(RAGGED)


@pytest.mark.parametrize("method", ["other", None, StandardScaler])
def test_bad_methods(method):
    error = (ValueError, TypeError)
    with pytest.raises(error):
        SequenceScaler(method).fit(RAGGED)


@pytest.mark.parametrize(
    ("X", "message"),
    [
        ([np.ones(2), np.ones(0)], "1 empty sequence"),
        ([np.ones((2, 1)), np.ones((3, 2))], "one n_features"),
        ([["a", "b"], ["c"]], r"X\[0\] is not a sequence of numbers"),
        ([[1.0, np.nan], [1.0]], "NaN"),
        (np.ones(3), "Reshape your data"),
    ],
)
def test_bad_data(X, message):
    with pytest.raises(ValueError, match=message):
        SequenceScaler().fit(X)


@pytest.mark.parametrize(("method", "unit"), [("minmax", 1e-20), ("robust", 1e-20), ("standard", 1e-170)])
def test_features_that_move_too_little(method, unit):
    """scikit-learn leaves them as they are."""
    X = np.array([[0.0, 1.0, 2.0, 4.0]]) * unit
    with pytest.raises(ValueError, match=rf"Feature 0 of X moves by 4e-\d+, which method='{method}' would take"):
        SequenceScaler(method=method).fit(X)
    if method != "robust":
        with pytest.raises(ValueError, match=r"Feature 0 of X moves by"):
            SequenceScaler(method=method).partial_fit(X)
    SequenceScaler(method=method).fit([[0.3, 0.1 + 0.2]])  # rounding: it is constant
    SequenceScaler(method="minmax").partial_fit([[0.0, 1.0]]).partial_fit([[0.3, 0.1 + 0.2]])  # it moves by 1
    X = X / unit
    np.testing.assert_allclose(SequenceScaler().fit_transform(X * 1e-120), SequenceScaler().fit_transform(X))
