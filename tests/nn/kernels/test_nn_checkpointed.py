"""Layers that compute chunks again for their gradient, against the same layers that keep everything."""

from dataclasses import replace

import numpy as np
import pytest
from nn_tools import SPECS, data_of, eager, gradients, lengths, make_rows, random_weights

NOISE = {"dropout": True, "recurrent_dropout": True, "truncated": True}


@pytest.mark.parametrize(
    ("name", "n_timesteps", "fields"),
    [
        ("last-gru-2-layers-tokens-regress", 7, NOISE),  # chunks of 3, the last one with one step
        ("both-gru-2-layers-bidirectional-reversed", 5, NOISE),
        ("general-recursive-cho-gru-both", 9, NOISE),
        ("recursive-lstm-2-layers", 4, {"jit_compile": True, "n_layers": 1}),
        ("mean-lstm-2-layers-regress", 1, {}),
    ],
)
def test_gradients_are_those_of_layers_that_keep_everything(name, n_timesteps, fields):
    """With the same dropout masks, and gradients cut at every second step counted over the whole sequence."""
    kept = replace(SPECS[name], **fields)
    rows = make_rows(kept, n_timesteps=n_timesteps, n_timesteps_out=n_timesteps)
    rows["source_lengths"] = lengths([n_timesteps, 1, (n_timesteps + 1) // 2])
    weights, data, options = random_weights(kept), data_of(kept, rows), {"bptt_steps": 2}
    options |= {"dropout": 0.2, "recurrent_dropout": 0.2}
    expected = gradients(eager(replace(kept, jit_compile=False)), weights, data, **options)
    actual = gradients(eager(replace(kept, recompute=True)), weights, data, **options)
    for weight, gradient in actual.items():
        np.testing.assert_allclose(gradient, expected[weight], rtol=1e-9, atol=1e-12, err_msg=weight)
    assert n_timesteps == 1 or all(np.abs(gradient).max() > 1e-5 for gradient in expected.values())
