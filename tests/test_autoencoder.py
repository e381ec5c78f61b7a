"""LSTMAutoencoderTransformer: shapes, directions of arrows, and what a user can see."""

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import NotFittedError

from skseq import LSTMAutoencoderTransformer

N_SAMPLES, N_TIMESTEPS = 24, 6


@pytest.fixture(scope="module")
def waves():
    """Sine waves with different phases, (n_samples, n_timesteps)."""
    phases = np.linspace(0, 2 * np.pi, N_SAMPLES, endpoint=False)
    return np.sin(np.linspace(0, 3, N_TIMESTEPS) + phases[:, None])


@pytest.fixture(scope="module")
def waves_3d(waves):
    """The same with a second channel, (n_samples, n_timesteps, 2)."""
    return np.stack([waves, waves[::-1]], axis=2)


def small(**parameters):
    return LSTMAutoencoderTransformer(**{"units": 5, "epochs": 3, "random_state": 0, **parameters})


@pytest.mark.parametrize("cell", ["lstm", "gru"])
@pytest.mark.parametrize("bidirectional", [False, True])
def test_output_shapes(waves_3d, cell, bidirectional):
    width = 5 * (1 + bidirectional)
    n_states = 2 if cell == "lstm" else 1
    model = small(cell=cell, bidirectional=bidirectional, output="sequence").fit(waves_3d)
    sequence = model.transform(waves_3d)
    last = model.set_params(output="last").transform(waves_3d)
    state = model.set_params(output="state").transform(waves_3d)
    assert sequence.shape == (N_SAMPLES, N_TIMESTEPS, width)
    assert last.shape == (N_SAMPLES, width)
    assert state.shape == (N_SAMPLES, n_states * width)
    np.testing.assert_array_equal(state[:, :width], last)
    np.testing.assert_array_equal(sequence[:, -1, :5], last[:, :5])  # R5: the forward state of the last step


@pytest.mark.parametrize("code", ["repeated", "state", "both"])
@pytest.mark.parametrize("reverse_target", [False, True])
@pytest.mark.parametrize("form", ["waves", "waves_3d"])
def test_inverse_transform_of_transform_is_reconstruct(request, code, reverse_target, form):
    X = request.getfixturevalue(form)
    model = small(code=code, reverse_target=reverse_target, output="state").fit(X)
    reconstructed = model.reconstruct(X)
    assert reconstructed.shape == X.shape
    np.testing.assert_allclose(model.inverse_transform(model.transform(X)), reconstructed, atol=1e-6)


@pytest.mark.parametrize("output", ["last", "sequence"])
def test_repeated_code_inverts_from_hidden_states_alone(waves, output):
    model = small(output=output).fit(waves)
    np.testing.assert_allclose(model.inverse_transform(model.transform(waves)), model.reconstruct(waves), atol=1e-6)


def test_inverse_transform_says_what_is_missing(waves):
    model = small(code="state").fit(waves)
    with pytest.raises(ValueError, match=r"needs the cell state too.*Set output='state'"):
        model.inverse_transform(model.transform(waves))
    gru = small(code="state", cell="gru").fit(waves)  # a GRU has no cell state to miss
    np.testing.assert_allclose(gru.inverse_transform(gru.transform(waves)), gru.reconstruct(waves), atol=1e-6)


def test_inverse_transform_refuses_other_widths(waves):
    model = small().fit(waves)
    with pytest.raises(ValueError, match=r"shape \(n_samples, 5\).*Got an array of shape \(2, 7\)"):
        model.inverse_transform(np.zeros((2, 7)))


def test_scores_are_negative_squared_errors(waves_3d):
    model = small().fit(waves_3d)
    errors = ((waves_3d - model.reconstruct(waves_3d)) ** 2).mean(axis=(1, 2))
    np.testing.assert_allclose(model.score_samples(waves_3d), -errors, rtol=1e-5)
    assert model.score(waves_3d) == pytest.approx(-errors.mean(), rel=1e-5)
    weights = np.arange(N_SAMPLES)
    assert model.score(waves_3d, sample_weight=weights) == pytest.approx(-np.average(errors, weights=weights), rel=1e-5)


def test_training_lowers_the_error_and_an_odd_one_scores_lowest(waves):
    start = small(epochs=1).fit(waves)
    model = small(epochs=150, units=12).fit(waves)
    assert model.score(waves) > -0.05 > start.score(waves)
    odd = np.vstack([waves, 2 * (-1.0) ** np.arange(N_TIMESTEPS)])
    assert model.score_samples(odd).argmin() == N_SAMPLES


def test_r1_reconstructs_the_ramp():
    """One sample, 0.1 to 0.9, 100 relu units, Adam, MSE, 300 epochs: every step within 0.01 (reference R1)."""
    ramp = np.linspace(0.1, 0.9, 9).reshape(1, 9, 1)
    model = LSTMAutoencoderTransformer(
        units=100, activation="relu", epochs=300, learning_rate=0.001, clipnorm=None, random_state=0
    ).fit(ramp)
    np.testing.assert_allclose(model.reconstruct(ramp), ramp, atol=0.01)
    assert model.transform(ramp).shape == (1, 100)  # R4


def test_other_lengths_after_fit_in_3d_only(waves, waves_3d):
    model = small().fit(waves_3d)
    longer = np.concatenate([waves_3d, waves_3d], axis=1)
    assert model.transform(longer).shape == (N_SAMPLES, 5)
    assert model.reconstruct(longer).shape == longer.shape
    with pytest.raises(ValueError, match="X has 12 features, but LSTMAutoencoderTransformer is expecting 6 features"):
        small().fit(waves).transform(np.hstack([waves, waves]))


@pytest.mark.parametrize("dtype", [np.float32, np.float64, np.int64])
def test_floating_type_of_x_is_kept(waves, dtype):
    X = (10 * waves).astype(dtype)
    model = small().fit(X)
    expected = np.float64 if dtype == np.int64 else dtype
    assert model.transform(X).dtype == expected
    assert model.reconstruct(X).dtype == expected


def test_set_output_pandas_and_polars(waves):
    pd, pl = pytest.importorskip("pandas"), pytest.importorskip("polars")
    model = small().fit(waves)
    names = [f"lstmautoencodertransformer{k}" for k in range(5)]
    assert list(model.get_feature_names_out()) == names
    assert len(clone(model).set_params(output="state").fit(waves).get_feature_names_out()) == 10
    frame = model.set_output(transform="pandas").transform(waves)
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == names
    frame = model.set_output(transform="polars").transform(waves)
    assert isinstance(frame, pl.DataFrame)
    assert frame.columns == names


def test_sequences_of_encodings_have_no_names_and_stay_arrays(waves):
    model = small(output="sequence").fit(waves)
    assert not hasattr(model, "get_feature_names_out")
    with config_context(transform_output="pandas"):
        assert isinstance(model.transform(waves), np.ndarray)


def test_unfitted():
    with pytest.raises(NotFittedError):
        small().transform(np.zeros((2, 3)))
    with pytest.raises(NotFittedError):
        _ = small().model_


def test_partial_fit_continues_where_fit_stopped(waves):
    """One epoch of fit and one of partial_fit end at the loss of two epochs: weights and Adam's slots are kept."""
    together = small(epochs=2, shuffle=False, batch_size=8).fit(waves)
    apart = small(epochs=1, shuffle=False, batch_size=8).fit(waves).partial_fit(waves)
    np.testing.assert_allclose(apart.history_["loss"], together.history_["loss"], rtol=1e-6)
    for name, value in together.weights_.items():
        np.testing.assert_allclose(apart.weights_[name], value, atol=1e-6)


def test_warm_start_goes_on_and_checks_the_network(waves):
    model = small(warm_start=True).fit(waves)
    first = model.history_["loss"]
    model.fit(waves)
    assert len(model.history_["loss"]) == 6
    assert model.n_iter_ == 3
    assert model.history_["loss"][:3] == first
    assert model.history_["loss"][3] < first[0]
    before = clone(model).set_params(warm_start=False).fit(waves)
    model.set_params(units=7)
    with pytest.raises(ValueError, match="cannot go on from its last fit"):
        model.fit(waves)
    assert model.transform(waves).shape == before.transform(waves).shape  # the failed fit changed nothing
