"""Products with weights: of one step, of all steps, and their gradient."""

import tensorflow as tf

from skseq.nn.kernels.precision import product
from skseq.nn.kernels.shapes import with_rows_of


def as_matrix(x):
    """(..., d) to (n, d)."""
    return x if x.shape.rank == 2 else tf.reshape(x, [-1, x.shape[-1]])


def dense(inputs, kernel, bias=None):
    """inputs @ kernel + bias over the last axis."""
    outputs = product(as_matrix(inputs), kernel)  # XLA has no tensordot inside a loop
    if inputs.shape.rank != 2:
        outputs = with_rows_of(inputs, outputs)
    return outputs if bias is None else outputs + bias


def weight_gradient(inputs, d_outputs):
    """sum_t inputs_t' d_outputs_t: one product over all timesteps and samples."""
    return product(as_matrix(inputs), as_matrix(d_outputs), transpose_a=True)
