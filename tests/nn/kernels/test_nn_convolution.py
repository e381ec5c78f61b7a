"""The convolution that halves the timesteps, against its equation and against Keras."""

import keras
import numpy as np
import pytest

from skseq.nn.kernels.convolution import convolve, halved, padding


def written_out(x, kernel, bias):
    """relu(sum_j x[2 i + j - before] kernel[j] + bias), step by step, for one sample (t, f)."""
    before, _ = padding(len(kernel))
    outputs = np.tile(bias, (-(-len(x) // 2), 1))
    for i in range(len(outputs)):
        for j in range(len(kernel)):
            if 0 <= (step := 2 * i + j - before) < len(x):
                outputs[i] += x[step] @ kernel[j]
    return np.maximum(outputs, 0)


@pytest.fixture(params=[(t, k) for t in (1, 2, 5, 8) for k in (1, 2, 3, 8)], ids=str)
def numbers(request):
    n_timesteps, kernel_size = request.param
    rng = np.random.RandomState(0)
    return rng.normal(size=(n_timesteps, 3, 2)), rng.normal(size=(kernel_size, 2, 4)), rng.normal(size=4)


def test_convolution_is_the_equation(numbers):
    x, kernel, bias = numbers
    expected = np.stack([written_out(x[:, sample], kernel, bias) for sample in range(3)], axis=1)
    np.testing.assert_allclose(convolve(x, kernel, bias), expected, atol=1e-12)
    assert len(expected) == halved(len(x))


def test_convolution_is_that_of_keras(numbers):
    x, kernel, bias = numbers
    layer = keras.layers.Conv1D(4, len(kernel), strides=2, activation="relu", dtype="float64")
    padded = keras.layers.ZeroPadding1D(padding(len(kernel)), dtype="float64")(x.transpose(1, 0, 2))
    layer.build(padded.shape)
    layer.set_weights([kernel, bias])
    np.testing.assert_allclose(convolve(x, kernel, bias), np.transpose(layer(padded), (1, 0, 2)), atol=1e-12)


def test_zeros_behind_a_sample_change_nothing(numbers):
    x, kernel, bias = numbers
    longer = np.concatenate([x, np.zeros((3, 3, 2))])
    np.testing.assert_allclose(convolve(longer, kernel, bias)[: halved(len(x))], convolve(x, kernel, bias), atol=1e-12)
