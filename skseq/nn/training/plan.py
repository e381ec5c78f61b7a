"""Which graph suits the work ahead: looped or unrolled, compiled with XLA or not, all kept or computed again.

Each limit below stands between two sides that were measured: docs/performance.md has a section for every one of them.
"""

import numpy as np

from skseq.nn.training.batching import batch_timesteps

XLA_TIMESTEPS = 20_000  # timesteps of all updates of a fit: "When XLA pays"
MIXED_BATCH_UNITS2 = 10_000_000  # batch_size * units^2: "XLA or bfloat16"
UPDATES_IN_PIECE, WAITING_BYTES = 32, 8_000_000  # "Updates in one piece"
N_SIZES, SINGLE_UPDATE_COST = (1, 2, 4, 8), 1.2  # numbers of sizes tried; time of an update alone over one in a piece
RECOMPUTE_TIMESTEPS, RECOMPUTE_BYTES = 1000, 500_000_000  # "Keep or compute again"
NUMBERS_KEPT = 16  # per unit, timestep and sample
BLOCK_UNITS, BLOCK_BATCH_UNITS = 64, 4096  # units; batch_size * units: "One operation for a small LSTM layer"


def bytes_kept(*, units, n_layers, bidirectional, dtype, n_timesteps, n_decoders=1, **_):
    """Bytes that recurrent layers with these fields of a spec keep of one sample for the gradient.

    ``n_timesteps`` holds those of the source and, where there are decoders, of what each of them writes.
    """
    n_source, *n_target = n_timesteps
    n_steps = n_source * (1 + bidirectional) + n_decoders * sum(n_target)
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

    n_steps counts all timesteps of all updates to come, n_timesteps those of the longest sequence; kept are the
    `bytes_kept` of a batch; cudnn and block say whether these two have a kernel for the network (`has_kernel`).
    """
    unroll = False if unroll == "auto" else bool(unroll)
    recompute = n_timesteps >= RECOMPUTE_TIMESTEPS and kept > RECOMPUTE_BYTES and not unroll
    cudnn = cudnn and jit_compile in (False, "auto") and not unroll and not recompute
    small = units <= BLOCK_UNITS and batch_size * units <= BLOCK_BATCH_UNITS
    block = block and small and not (unroll or recompute or cudnn)
    in_bfloat16 = mixed and batch_size * units**2 >= MIXED_BATCH_UNITS2
    pays = n_steps >= XLA_TIMESTEPS and not cudnn and not in_bfloat16
    return {
        "jit_compile": pays if jit_compile == "auto" else bool(jit_compile),
        "unroll": unroll,
        "recompute": recompute,
        "cudnn": cudnn,
        "block": block,
    }


def updates_in_piece(data, batch_size, max_bytes=None):
    """How many updates XLA runs as one piece: `UPDATES_IN_PIECE`, or fewer, so that few bytes wait for their turn.

    At most `WAITING_BYTES` wait, and at most a quarter of ``max_bytes``. A call with fewer updates fills its piece
    up: XLA compiles for every shape, which takes seconds, and filling costs next to nothing.
    """
    waiting = WAITING_BYTES if max_bytes is None else min(WAITING_BYTES, max_bytes // 4)
    return max(1, min(UPDATES_IN_PIECE, waiting // (data.bytes_per_row * batch_size)))


def plan_pieces(data, batches, epochs, max_bytes=None):
    """(n_sizes, n_at_once): how many sizes of batches XLA compiles, and how many updates run as one piece.

    The cheapest choice, timesteps and compilations together; ``batches`` are those of one epoch. A compilation takes 1
    to 4 s and a timestep 0.01 to 1.4 ms: it counts as `XLA_TIMESTEPS` timesteps.
    """

    def cost(choice):
        n_sizes, n_at_once = choice
        found = batch_timesteps(data.rows, batches, n_sizes=n_sizes, n_at_once=n_at_once)
        n = epochs * found.sum(dtype=np.int64) * (1 if n_at_once > 1 else SINGLE_UPDATE_COST)
        return n + XLA_TIMESTEPS * len(np.unique(found, axis=0))

    in_piece = updates_in_piece(data, batches.shape[1], max_bytes)
    return min(((n_sizes, n_at_once) for n_sizes in N_SIZES for n_at_once in dict.fromkeys((in_piece, 1))), key=cost)
