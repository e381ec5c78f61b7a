"""Which graph suits the work ahead: looped or unrolled, compiled with XLA or not, all kept or worked out again.

Measured in one run on two shared cores (milliseconds an update, warm; trust the ratios):

==================================================  ======  ========  =====  =============
network                                             looped  unrolled  XLA    unrolled, XLA
==================================================  ======  ========  =====  =============
150 units, 5 steps in, 5 out, batch 1               2.2     1.7       1.8    1.6
the same with Bahdanau attention                    4.4     3.6       2.9    2.9
==================================================  ======  ========  =====  =============

XLA saves time at every timestep of an update, and compiling takes seconds for every new shape of a batch. What it
saves, and after how many timesteps it has paid (LSTM, two cores of an AMD EPYC, updates in pieces as below):

==========================================  ================  ==========  ============  =========
network, timesteps                          ms an update      compiling   saves a step  has paid
==========================================  ================  ==========  ============  =========
batch 1, 10 in, 10 out, 32 units            1.6 -> 0.2        1.6 s       0.07 ms       23,000
batch 1, 10 in, 10 out, 128 units           4.2 -> 0.6        1.8 s       0.18 ms       10,000
batch 32, 10 in, 10 out, 16 units           2.9 -> 1.1        2.5 s       0.09 ms       29,000
batch 32, 10 in, 10 out, 32 units           4.3 -> 0.8        2.1 s       0.17 ms       12,000
the same with Bahdanau attention            5.6 -> 2.4        3.6 s       0.16 ms       22,000
batch 32, 10 in, 10 out, 128 units          16 -> 6           2.9 s       0.52 ms       6,000
batch 256, 10 in, 10 out, 128 units         38 -> 27          2.1 s       0.55 ms       4,000
batch 32, 20 of numbers, one label, 32      1.6 -> 0.7        1.8 s       0.04 ms       40,000
batch 32, 20 of numbers, one label, 128     14 -> 5           1.2 s       0.45 ms       3,000
==========================================  ================  ==========  ============  =========

From 20,000 such steps on "auto" turns to it: there the cheapest of these networks lose up to a second, and the others
gain. Unrolling gains less than a third without XLA and next to nothing with it, and it makes a graph for every number
of timesteps: "auto" never unrolls.

XLA multiplies bfloat16 as float32. Without it a mixed network (`nn.kernels.precision`) has the bfloat16 units of the
processor, if there are any. What pays is decided by batch_size * units^2, which the products of a recurrence grow with:
from `MIXED_SIZE` on, "auto" compiles no mixed network. An encoder-decoder of 50 steps in and out, on the same two cores
(milliseconds an update; the noise is a tenth):

=====  =====  ======================  =======  ============  ========
units  batch  batch units^2 / 10^6    float32  float32, XLA  bfloat16
=====  =====  ======================  =======  ============  ========
64     32     0.1                     17       7             19
128    32     0.5                     29       18            31
64     256    1.0                     82       61            86
128    128    2.1                     91       67            87
256    32     2.1                     68       48            60
128    256    4.2                     167      132           161
256    256    16.8                    394      303           313
512    64     16.8                    300      270           223
=====  =====  ======================  =======  ============  ========

XLA gets `AT_ONCE` updates in one piece: a piece is launched once, its memory is taken once, and the weights stay in it.
Milliseconds an update, recursive encoder-decoder, as many steps in as out (on two cores of an AMD EPYC):

=================================  =====  =====  =====
batch, steps, units                1      8      32
=================================  =====  =====  =====
1, 6, 32                           0.51   0.21   0.23
1, 200, 32                         1.58   1.28   1.16
1, 6, 256                          2.57   1.80   1.65
32, 50, 32                         4.6    3.4    3.3
1, 5, 150 with Bahdanau attention  2.85   1.35   1.29
=================================  =====  =====  =====

Large ones gain as well: 256, 50, 256 takes 447 ms one by one and 353 ms in pieces of 16. The last piece of an epoch is
filled up, as XLA compiles for every shape; its filling is held, but not computed. (The tables above are of updates one
by one, so they show XLA slower than it is now.)

Batches of sequences of different lengths are cut to the longest one of their piece. With XLA every size of a batch is
compiled, so there are few sizes, and as many as the timesteps that they save are worth.

What a recurrent layer works out on its way forward is kept for its gradient, or worked out again, chunk by chunk
(`nn.kernels.checkpointed`): same gradient, 1.1 to 1.6 times the time of an update, and less memory. Peak of a process
with 128 units and batches of 32 (MB; 600 or so are TensorFlow's; LSTM, two updates):

====================================  =====  ============
network                               kept   worked out
====================================  =====  ============
3,200 steps in, one label             1,583  1,056
3,200 steps in, 3,200 tokens out      2,225  1,289
====================================  =====  ============

It begins at 1,000 timesteps, as with shorter sequences a smaller batch bounds the memory as well, and only where more
than `KEPT` bytes would be kept: about `NUMBERS_KEPT` a unit, timestep and sample, by the peaks above.

An LSTM layer that reads numbers can be one operation of TensorFlow for all timesteps (`nn.kernels.block_lstm`), where
XLA is not. It launches nothing step by step, but its products are slower. Time of the loop over time of the operation,
50 timesteps, classifier and autoencoder (fits of a tenth of a second, all that they cost included):

=====  ============  ==================  =======================  ========================
units  batch         1 feature, fit      as many as units, fit    predict, 1; as many
=====  ============  ==================  =======================  ========================
16     16            1.8, 2.2            2.7, 2.7                 1.0, 1.1; 1.0, 1.1
16     256           1.4, 1.2                                     1.8, 1.6
32     32            1.9, 1.8            1.5, 1.7                 1.3, 1.5; 1.0, 0.9
32     256           1.4, 0.8                                     1.6, 1.1
64     1             1.5, 1.2                                     1.1, 1.1
64     32            1.5, 1.2            1.0, 0.9                 1.4, 1.4; 0.9, 1.0
64     256           1.2, 0.9                                     0.9, 1.1
128    32, 256       0.9, 1.0                                     1.1, 1.0
=====  ============  ==================  =======================  ========================

So it is taken up to `BLOCK_UNITS` units and to `BLOCK_SIZE` of batch_size * units, in layers that read no more features
than they have units. The first fit of an architecture gains as well, as little has to be traced: 0.6 s instead of 0.9.

On a GPU layers that run over all timesteps at once are those of cuDNN (`nn.kernels.cudnn`) where it has a kernel and
nothing has to be worked out again. XLA has no such kernels, so "auto" does not compile there. This rule follows stock
Keras; it is not measured.
"""

import numpy as np

from skseq.nn.training.batching import bytes_a_row, timesteps

__all__ = ["JIT_STEPS", "KEPT", "LONG", "MIXED_SIZE", "bytes_kept", "for_xla", "plan", "updates_at_once"]

JIT_STEPS = 20_000
LONG = 1000
KEPT, NUMBERS_KEPT = 500_000_000, 16
BLOCK_UNITS, BLOCK_SIZE = 64, 4096
MIXED_SIZE = 10_000_000
SIZES = (1, 2, 4, 8)
AT_ONCE = 32
ALONE = 1.2
HELD = 8_000_000


def bytes_kept(*, units, n_layers, bidirectional, dtype, n_timesteps, n_decoders=1, **_):
    """What recurrent layers with these fields of a spec keep of a sample for the gradient.

    n_timesteps are those of the source and, where there are decoders, of what each of them writes.
    """
    n_source, *n_written = n_timesteps
    n_steps = n_source * (1 + bidirectional) + n_decoders * sum(n_written)
    return NUMBERS_KEPT * units * n_layers * n_steps * np.dtype(dtype).itemsize


def plan(
    jit_compile,
    unroll,
    *,
    n_steps,
    n_timesteps,
    kept=np.inf,
    batch_size=1,
    units=1,
    mixed=False,
    cudnn=False,
    block=False,
):
    """The ``jit_compile``, ``unroll``, ``recompute``, ``cudnn`` and ``block`` fields of a spec.

    n_steps counts every timestep of every update to come, n_timesteps are those of the longest sequence, kept are
    the `bytes_kept` of a batch; cudnn and block say whether these have a kernel (`has_kernel`).
    """
    unroll = False if unroll == "auto" else bool(unroll)
    recompute = n_timesteps >= LONG and kept > KEPT and not unroll
    cudnn = cudnn and jit_compile in (False, "auto") and not unroll and not recompute
    block = block and units <= BLOCK_UNITS and batch_size * units <= BLOCK_SIZE and not (unroll or recompute or cudnn)
    pays = n_steps >= JIT_STEPS and not cudnn and not (mixed and batch_size * units**2 >= MIXED_SIZE)
    return {
        "jit_compile": pays if jit_compile == "auto" else bool(jit_compile),
        "unroll": unroll,
        "recompute": recompute,
        "cudnn": cudnn,
        "block": block,
    }


def updates_at_once(rows, batch_size, memory=None):
    """How many updates are one piece for XLA: `AT_ONCE`, or fewer, so that few bytes wait for their turn.

    That is at most `HELD`, and a quarter of ``memory``. However few updates a call has, its piece is as long, filled
    up: XLA compiles for every shape, which takes seconds, and filling costs next to nothing.
    """
    held = HELD if memory is None else min(HELD, memory // 4)
    return max(1, min(AT_ONCE, held // (bytes_a_row(rows) * batch_size)))


def for_xla(rows, drawn, epochs, memory=None):
    """(n_sizes, n_at_once): in how many sizes XLA compiles the batches of a fit, and how many updates are one piece.

    What costs least, timesteps and compilations together. ``drawn`` are the batches of one epoch. A compilation, 1 to
    4 s where a timestep takes 0.01 to 1.4 ms, counts as `JIT_STEPS` timesteps, an update that is alone as `ALONE`.
    """

    def cost(how):
        n_sizes, n_at_once = how
        found = timesteps(rows, drawn, n_sizes=n_sizes, n_at_once=n_at_once)
        n = epochs * found.sum(dtype=np.int64) * (1 if n_at_once > 1 else ALONE)
        return n + JIT_STEPS * len(np.unique(found, axis=0))

    at_once = updates_at_once(rows, drawn.shape[1], memory)
    return min(((n_sizes, n_at_once) for n_sizes in SIZES for n_at_once in dict.fromkeys((at_once, 1))), key=cost)
