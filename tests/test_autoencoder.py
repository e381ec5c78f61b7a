"""LSTMAutoencoderTransformer: shapes, directions of arrows, and what a user can see."""

import numpy as np
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from skseq import LSTMAutoencoderTransformer, SequenceClassifier

pytestmark = pytest.mark.usefixtures("eager")

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
    return LSTMAutoencoderTransformer(**{"units": 5, "epochs": 1, "random_state": 0, **parameters})


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
    model = small(output=output, code="repeated").fit(waves)
    np.testing.assert_allclose(model.inverse_transform(model.transform(waves)), model.reconstruct(waves), atol=1e-6)


def test_inverse_transform_says_what_is_missing(waves):
    model = small(output="last").fit(waves)
    with pytest.raises(ValueError, match=r"needs the cell state too.*Set output='state'"):
        model.inverse_transform(model.transform(waves))
    gru = small(output="last", cell="gru").fit(waves)  # a GRU has no cell state to miss
    np.testing.assert_allclose(gru.inverse_transform(gru.transform(waves)), gru.reconstruct(waves), atol=1e-6)


def test_inverse_transform_refuses_encodings_that_overflow(waves):
    model = small(output="state").fit(waves)
    with pytest.raises(ValueError, match=r"Input X contains infinity or a value too large for dtype\('float32'\)"):
        model.inverse_transform(np.full(model.transform(waves).shape, 1e300))


def test_inverse_transform_refuses_other_widths(waves):
    model = small().fit(waves)
    with pytest.raises(ValueError, match=r"shape \(n_samples, 10\).*Got an array of shape \(2, 7\)"):
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
    repeated = {"code": "repeated", "reverse_target": False, "output": "last", "learning_rate_schedule": "constant"}
    model = LSTMAutoencoderTransformer(
        units=100, activation="relu", epochs=300, learning_rate=0.001, clipnorm=None, random_state=0, **repeated
    ).fit(ramp)
    np.testing.assert_allclose(model.reconstruct(ramp), ramp, atol=0.01)
    assert model.transform(ramp).shape == (1, 100)  # R4


def test_other_lengths_after_fit_in_3d_only(waves, waves_3d):
    model = small().fit(waves_3d)
    longer = np.concatenate([waves_3d, waves_3d], axis=1)
    assert model.transform(longer).shape == (N_SAMPLES, 10)
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
    model = small(output="last").fit(waves)
    names = [f"lstmautoencodertransformer{k}" for k in range(5)]
    assert list(model.get_feature_names_out()) == names
    assert len(clone(model).set_params(output="state").fit(waves).get_feature_names_out()) == 10
    frame = model.set_output(transform="pandas").transform(waves)
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == names
    frame = model.set_output(transform="polars").transform(waves)
    assert isinstance(frame, pl.DataFrame)
    assert frame.columns == names


def test_set_output_leaves_sequences_of_encodings(waves):
    y = np.arange(len(waves)) % 2
    steps = small(output="sequence"), SequenceClassifier(units=3, epochs=1, random_state=0)
    expected = make_pipeline(*map(clone, steps)).fit(waves, y).predict_proba(waves)
    pipeline = make_pipeline(*steps).set_output(transform="pandas").fit(waves, y)
    np.testing.assert_array_equal(pipeline.predict_proba(waves), expected)
    model = pipeline[0]
    assert isinstance(model.transform(waves), np.ndarray)
    assert model.set_params(output="last").set_output(transform="pandas").transform(waves).shape == (N_SAMPLES, 5)
    assert isinstance(model.set_params(output="sequence").transform(waves), np.ndarray)


def test_sequences_of_encodings_have_no_names_and_stay_arrays(waves):
    model = small(output="sequence").fit(waves)
    assert not hasattr(model, "get_feature_names_out")
    with pytest.raises(AttributeError) as error:
        model.get_feature_names_out()
    assert "needs output='state' or 'last'" in str(error.value)
    with config_context(transform_output="pandas"):
        assert isinstance(model.transform(waves), np.ndarray)


def test_unfitted():
    with pytest.raises(NotFittedError):
        small().transform(np.zeros((2, 3)))
    with pytest.raises(NotFittedError):
        _ = small().model_


def test_partial_fit_continues_where_fit_stopped(waves):
    """One epoch of fit and one of partial_fit end at the loss of two epochs: weights and Adam's slots are kept."""
    still = {"shuffle": False, "batch_size": 8, "learning_rate_schedule": "constant"}  # as it is in `partial_fit`
    together = small(epochs=2, **still).fit(waves)
    apart = small(epochs=1, **still).fit(waves).partial_fit(waves)
    np.testing.assert_allclose(apart.history_["loss"], together.history_["loss"], rtol=1e-6)
    for name, value in together.weights_.items():
        np.testing.assert_allclose(apart.weights_[name], value, atol=1e-6)


def test_warm_start_goes_on_and_checks_the_network(waves):
    model = small(warm_start=True, epochs=3).fit(waves)
    first = model.history_["loss"]
    model.fit(waves)
    assert len(model.history_["loss"]) == 6
    assert model.n_iter_ == 3
    assert model.history_["loss"][:3] == first
    assert model.history_["loss"][3] < first[0]
    before = clone(model).set_params(warm_start=False).fit(waves)
    model.set_params(units=7)
    with pytest.raises(ValueError, match="cannot go on from its last fit with units=7, which was 5: its weights"):
        model.fit(waves)
    assert model.transform(waves).shape == before.transform(waves).shape  # the failed fit changed nothing


@pytest.mark.parametrize(
    ("warm_start", "message"),
    [
        (False, r"\. Call fit, or partial_fit of a sklearn\.base\.clone, to begin anew, or set the parameters back"),
        (True, r"\. Call fit with warm_start=False, or partial_fit of a sklearn\.base\.clone, to begin anew, or set"),
    ],
)
def test_a_partial_fit_after_a_changed_parameter_says_how_to_begin_anew(waves, warm_start, message):
    model = small(epochs=1, warm_start=warm_start).partial_fit(waves)
    with pytest.raises(ValueError, match=message):
        model.set_params(units=7).partial_fit(waves)
    clone(model).partial_fit(waves)
    model.set_params(units=5).partial_fit(waves)
    model.set_params(units=7, warm_start=False).fit(waves)


# --- decoders of what comes next --------------------------------------------------------------------------------------

RAGGED_LENGTHS = np.array([4, 6, 5, 4, 6, 5, 5, 4])


@pytest.fixture(scope="module")
def ragged(waves_3d):
    """Eight pieces of the waves, (4 to 6, 2)."""
    return [sample[:length] for sample, length in zip(waves_3d, RAGGED_LENGTHS)]


def test_which_methods_there_are(waves):
    reconstructs, forecasts = (
        ("reconstruct", "inverse_transform", "reconstruction_errors"),
        ("forecast", "predict_next"),
    )
    for decoder, has, has_not in (
        ("reconstruct", reconstructs, forecasts),
        ("predict", forecasts, reconstructs),
        ("composite", reconstructs + forecasts, ()),
    ):
        model = small(decoder=decoder)
        assert all(hasattr(model, name) for name in has)
        assert not any(hasattr(model, name) for name in has_not)
        for name in has_not:
            with pytest.raises(AttributeError, match=f"has no attribute '{name}'") as error:
                getattr(model, name)
            assert "This method needs decoder=" in str(error.value)
            assert "or 'composite'" in str(error.value)
    fitted = small(decoder="predict", horizon=2).fit(waves).set_params(decoder="reconstruct")  # what was fitted counts
    assert all(hasattr(fitted, name) for name in forecasts)
    assert not any(hasattr(fitted, name) for name in reconstructs)


def test_shapes_of_predictions(waves, waves_3d, ragged):
    horizon, own = small(decoder="predict", horizon=2), small(decoder="composite")
    assert horizon.fit(waves).predict_next(waves).shape == horizon.forecast(waves).shape == (N_SAMPLES, 2)
    horizon.fit(waves_3d), own.fit(waves_3d)
    assert horizon.predict_next(waves_3d).shape == horizon.forecast(waves_3d).shape == (N_SAMPLES, 2, 2)
    assert horizon.forecast(waves_3d, n_steps=5).shape == (N_SAMPLES, 5, 2)
    assert horizon.predict_next(ragged).shape == horizon.forecast(ragged).shape == (8, 2, 2)
    assert own.predict_next(waves_3d).shape == (N_SAMPLES, N_TIMESTEPS - 1, 2)
    assert [sample.shape for sample in own.predict_next(ragged)] == [(n - 1, 2) for n in RAGGED_LENGTHS]
    assert horizon.forecast(waves_3d.astype(np.float32)).dtype == np.float32


@pytest.mark.parametrize("conditional", [False, True])
def test_predict_next_is_the_forecast_of_what_comes_before(waves_3d, ragged, conditional):
    model = small(decoder="composite", horizon=2, conditional=conditional, code="both").fit(ragged)
    np.testing.assert_allclose(model.predict_next(waves_3d), model.forecast(waves_3d[:, :-2]), atol=1e-6)
    cut = [sample[:-2] for sample in ragged]
    np.testing.assert_allclose(model.predict_next(ragged), model.forecast(cut), atol=1e-6)
    longer = model.forecast(cut, n_steps=4)  # the first steps of a longer forecast
    np.testing.assert_allclose(longer[:, :2], model.forecast(cut), atol=1e-6)


def test_forecasts_come_true():
    """Waves of one frequency and any phase: two steps tell the next three."""
    X = np.sin(0.6 * np.arange(9) + np.linspace(0, 6, 40)[:, None])
    model = small(units=12, decoder="predict", horizon=3, conditional=True, epochs=150).fit(X[::2])
    np.testing.assert_allclose(model.forecast(list(X[1::2, :-3])), X[1::2, -3:], atol=0.2)
    assert np.abs(model.predict_next(X) - X[:, -3:]).mean() < 0.05


def test_what_was_fitted_counts_for_predict_next(waves):
    model = small(decoder="composite", horizon=2).fit(waves)
    expected = model.predict_next(waves)
    for horizon in (None, 3):
        np.testing.assert_array_equal(model.set_params(horizon=horizon).predict_next(waves), expected)
        assert model.horizon_ == 2


@pytest.mark.parametrize(("decoder", "horizon"), [("reconstruct", None), ("predict", 2), ("composite", None)])
def test_scores_by_hand(ragged, decoder, horizon):
    """Means over features and real steps of the squared errors of what each decoder writes, added."""
    model = small(decoder=decoder, horizon=horizon).fit(ragged)
    expected = np.zeros(8)
    for index, sample in enumerate(ragged):
        if decoder != "predict":
            expected[index] -= np.mean((sample - model.reconstruct([sample])[0]) ** 2)
        if decoder != "reconstruct":
            true = sample[1:] if horizon is None else sample[-2:]
            expected[index] -= np.mean((true - model.predict_next([sample])[0]) ** 2)
    np.testing.assert_allclose(model.score_samples(ragged), expected, rtol=1e-5)
    assert model.score(ragged) == pytest.approx(expected.mean(), rel=1e-5)


def test_losses_of_a_composite_are_added(waves):
    still = {"epochs": 1, "learning_rate": 1e-15, "dtype": "float64"}
    model = small(decoder="composite", horizon=2, scale_inputs=False, **still).fit(waves)
    parts = [model.history_[f"{name}_loss"][0] for name in ("reconstruction", "prediction")]
    assert model.history_["loss"][0] == pytest.approx(sum(parts))
    errors = np.mean((model.predict_next(waves) - waves[:, -2:]) ** 2)
    assert parts[1] == pytest.approx(errors, rel=1e-9)
    read = list(waves[:, :-2])  # what the encoder sees in training is what is reconstructed
    assert parts[0] == pytest.approx(np.mean((np.stack(model.reconstruct(read)) - waves[:, :-2]) ** 2), rel=1e-9)


def test_reconstruction_errors(waves_3d, ragged):
    model = small().fit(waves_3d)
    np.testing.assert_allclose(
        model.reconstruction_errors(waves_3d), np.abs(waves_3d - model.reconstruct(waves_3d)), rtol=1e-12
    )
    errors = model.reconstruction_errors(ragged)
    for sample, written, error in zip(ragged, model.reconstruct(ragged), errors):
        np.testing.assert_allclose(error, np.abs(sample - written), atol=1e-6)
        assert error.dtype == np.float64


# --- ragged encodings -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("reverse_target", "conditional"), [(False, True), (True, False)])
def test_inverse_transform_with_lengths_is_reconstruct(ragged, reverse_target, conditional):
    model = small(output="state", reverse_target=reverse_target, conditional=conditional).fit(ragged)
    written = model.inverse_transform(model.transform(ragged), lengths=RAGGED_LENGTHS)
    for one, other in zip(written, model.reconstruct(ragged)):
        np.testing.assert_allclose(one, other, atol=1e-6)
    assert model.inverse_transform(model.transform(ragged)).shape == (8, 6, 2)
    longer = model.inverse_transform(model.transform(ragged), lengths=[9] * 8)
    assert [sample.shape for sample in longer] == [(9, 2)] * 8


def test_ragged_encodings_know_their_lengths(ragged):
    model = small(output="sequence", code="repeated").fit(ragged)
    Z = model.transform(ragged)
    for encodings in (Z, list(Z)):
        for one, other in zip(model.inverse_transform(encodings), model.reconstruct(ragged)):
            np.testing.assert_allclose(one, other, atol=1e-6)
    assert [sample.shape for sample in model.inverse_transform(Z, lengths=[2] * 8)] == [(2, 2)] * 8


def test_bad_encodings(ragged):
    model = small(output="sequence", code="repeated").fit(ragged)
    Z = model.transform(ragged)
    with pytest.raises(ValueError, match=r"only as transform gives it.*one \(n_timesteps, 5\) array per sample"):
        model.inverse_transform([sample[:, :3] for sample in Z])
    with pytest.raises(ValueError, match=r"holds 1 empty sequence\(s\), the first at index 1"):
        model.inverse_transform([Z[0], Z[1][:0]])
    with pytest.raises(ValueError, match=r"only as transform gives it with output='sequence'"):
        model.set_params(output="last").inverse_transform(Z)
    Z = model.transform(ragged)
    for lengths in ([1, 2], [1.0] * 8, [0] * 8, 7):
        with pytest.raises(ValueError, match="lengths must be 8 integers of at least 1, one per sample"):
            model.inverse_transform(Z, lengths=lengths)


# --- noise ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("noise", [{"input_noise": 0.5}, {"step_dropout": 0.5}])
def test_noise_is_of_training_alone_and_of_the_random_state(waves, noise):
    model = small(**noise).fit(waves)
    np.testing.assert_array_equal(model.transform(waves), model.transform(waves))
    again = small(**noise).fit(waves)
    np.testing.assert_array_equal(again.weights_["encoder/0/kernel"], model.weights_["encoder/0/kernel"])
    assert np.abs(small().fit(waves).weights_["encoder/0/kernel"] - model.weights_["encoder/0/kernel"]).max() > 1e-5


def test_a_denoising_autoencoder_is_less_impressed_by_noise(waves):
    """Trained on noise it writes cleaner waves from noisy ones than without."""
    noisy = waves + 0.5 * np.random.RandomState(0).randn(*waves.shape)
    errors = {
        level: np.mean((small(units=12, epochs=120, input_noise=level).fit(waves).reconstruct(noisy) - waves) ** 2)
        for level in (0.0, 0.5)
    }
    assert errors[0.5] < errors[0.0]


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "n_timesteps", "message"),
    [
        ({"horizon": 2}, 6, "horizon=2 is for the prediction decoder, but decoder='reconstruct' has none"),
        ({"decoder": "predict", "horizon": 6}, 6, "X holds a sequence of 6 .* needs at least 7: lower the horizon"),
        ({"decoder": "predict"}, 1, "X holds a sequence of 1 .* needs at least 2: leave out shorter sequences"),
        ({"decoder": "predict", "horizon": 0}, 6, "The 'horizon' parameter"),
        ({"decoder": "both"}, 6, "The 'decoder' parameter"),
        ({"step_dropout": 1.0}, 6, "The 'step_dropout' parameter"),
        ({"input_noise": -1.0}, 6, "The 'input_noise' parameter"),
    ],
)
def test_bad_parameters(waves, parameters, n_timesteps, message):
    with pytest.raises(ValueError, match=message):
        small(**parameters).fit(waves[:, :n_timesteps])


def test_bad_requests(waves, ragged):
    model = small(decoder="composite", horizon=4)
    with pytest.raises(ValueError, match="X holds a sequence of 4 timestep.*needs at least 5"):
        model.fit(ragged)
    with pytest.raises(ValueError, match="X_val holds a sequence of 2 timestep"):
        model.fit(waves, X_val=[waves[0], waves[1, :2]])
    model.fit(waves)
    with pytest.raises(ValueError, match="X holds a sequence of 4 timestep"):
        model.predict_next([waves[0, :4]])
    for n_steps in (0, 2.5, True, "two", 10**30):
        with pytest.raises(ValueError, match="n_steps must be an integer from 1 to"):
            model.forecast(waves, n_steps)
    with pytest.raises(ValueError, match="forecast needs a network .*: set horizon to the number of steps"):
        small(decoder="predict").fit(waves).forecast(waves)
