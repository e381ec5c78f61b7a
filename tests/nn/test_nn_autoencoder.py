"""The autoencoder's own ways: decoding from codes, looped and unrolled, at any length."""

from dataclasses import replace

import numpy as np
import pytest
from nn_tools import SPECS, compiled, make_rows, predict, random_weights

AUTOENCODERS = {name: spec for name, spec in SPECS.items() if hasattr(spec, "code")}


@pytest.mark.parametrize("unroll", [False, True], ids=["looped", "unrolled"])
@pytest.mark.parametrize("name", AUTOENCODERS)
def test_decoding_the_code_is_the_reconstruction(name, unroll):
    spec = replace(SPECS[name], unroll=unroll)
    weights, rows, network = random_weights(spec), make_rows(spec), compiled(spec)
    code = {"code": predict(network, weights, "states", rows)}
    decoded = predict(network, weights, "decoding", code, n_timesteps=np.int32(4))
    np.testing.assert_allclose(decoded, predict(network, weights, "reconstruction", rows), atol=1e-13)


def test_a_shorter_decoding_is_the_beginning_of_a_longer_one():
    spec = SPECS["repeated-lstm"]
    weights, network = random_weights(spec), compiled(spec)
    code = {"code": predict(network, weights, "states", make_rows(spec))}
    short, long = (predict(network, weights, "decoding", code, n_timesteps=np.int32(n)) for n in (2, 6))
    assert long.shape == (3, 6, spec.source_size)
    np.testing.assert_array_equal(short, long[:, :2])
