"""Which graph suits the work ahead: looped or unrolled, compiled with XLA or not, all kept or computed again.

Each limit below stands between two sides that were measured: docs/performance.md has a section for every one of them.
"""

from dataclasses import dataclass, replace
from math import ceil, inf
from typing import NamedTuple

import numpy as np

from skseq.nn.kernels import block_lstm, cudnn
from skseq.nn.kernels.convolution import STRIDE
from skseq.nn.training.batching import PARTS, batch_timesteps

XLA_TIMESTEPS = 12_000  # timesteps of all updates of a fit: "When XLA pays"
XLA_BLOCK_TIMESTEPS = 100_000  # where every layer is one operation
MIXED_BATCH_UNITS2 = 10_000_000  # batch_size * units^2: "XLA or bfloat16"
UPDATES_IN_PIECE, WAITING_BYTES = 32, 8_000_000  # "Updates in one piece"
N_SIZES = (1, 2, 4, 8)  # numbers of sizes that are tried
SINGLE_UPDATE_COST = 1.2  # time of an update alone, times that of one in a piece
COMPILATION = 20_000  # timesteps that take as long: "Sizes of batches under XLA"
RECOMPUTE_TIMESTEPS, RECOMPUTE_BYTES = 1000, 500_000_000  # "Keep or compute again"
NUMBERS_KEPT = 16  # per unit, timestep and sample
SAMPLED_WEIGHTS = 700_000  # of the output layer: "Sampled softmax and XLA"
CALL_SECONDS, MOST_GROWTH = 0.5, 2  # about, of a graph call: an interrupt waits for its end
TIMESTEP_SECONDS, WEIGHTS_PER_SECOND = 5e-4, 2e9  # of an update before any is measured: rather too slow
SHORT_PRODUCTS = 300_000  # multiplications of an update in one product of attention: "Short tensors"
SHORT_OUTPUTS = 150_000  # numbers that a layer without attention gives in an update: the same section
BLOCK_UNITS, BLOCK_BATCH_UNITS = 64, 4096  # units; batch_size * units: "One operation for a small LSTM layer"


@dataclass(frozen=True, kw_only=True)
class Work:
    """What a fit has ahead: so many updates of so many samples; n_source and n_target steps of the longest sample."""

    n_updates: int
    batch_size: int
    n_source: int
    n_target: int = 0


class Pieces(NamedTuple):
    """How updates run under XLA, which compiles for every shape.

    Batches have at most ``n_sizes`` sizes, and ``n_at_once`` updates of one size run as one piece.
    """

    n_sizes: int = 1
    n_at_once: int = 1


ONE_BY_ONE = Pieces()


def planned(spec, work, jit_compile="auto", unroll="auto"):
    """The spec with what suits the work: jit_compile, unroll, recompute, cudnn, block and short."""
    work = replace(work, n_source=ceil(work.n_source / STRIDE**spec.n_conv_layers))  # what the recurrent layers read
    unroll = False if unroll == "auto" else bool(unroll)
    long = max(work.n_source, work.n_target) >= RECOMPUTE_TIMESTEPS and bytes_kept(spec, work) > RECOMPUTE_BYTES
    recompute = long and not unroll
    on_gpu = cudnn.has_kernel(spec) and jit_compile in (False, "auto") and not unroll and not recompute
    small = spec.units <= BLOCK_UNITS and work.batch_size * spec.units <= BLOCK_BATCH_UNITS
    block = block_lstm.has_kernel(spec) and small and not (unroll or recompute or on_gpu)
    short = _is_short(spec, work)
    spec = replace(spec, unroll=unroll, recompute=recompute, cudnn=on_gpu, block=block, short=short)
    return replace(spec, jit_compile=_xla_pays(spec, work) if jit_compile == "auto" else bool(jit_compile))


def _is_short(spec, work):
    """Whether the tensors of an update are so short that waking up all threads for them does not pay."""
    if getattr(spec, "attention", None):
        return work.batch_size * work.n_source * work.n_target * spec.units <= SHORT_PRODUCTS
    return work.batch_size * max(work.n_source, work.n_target) * spec.encoding_size <= SHORT_OUTPUTS


def bytes_kept(spec, work):
    """Bytes that the recurrent layers keep of a batch for the gradient."""
    n_steps = work.n_source * (1 + spec.bidirectional) + spec.n_decoders * work.n_target
    return NUMBERS_KEPT * spec.units * spec.n_layers * n_steps * np.dtype(spec.dtype).itemsize * work.batch_size


def _width_of_outputs(spec):
    """Numbers that the output layer of a generator reads."""
    return spec.embedding_dim if spec.tied else spec.units


def _xla_pays(spec, work):
    if spec.cudnn or (spec.mixed and work.batch_size * spec.units**2 >= MIXED_BATCH_UNITS2):
        return False
    if getattr(spec, "n_sampled_tokens", None) and _width_of_outputs(spec) * spec.target_size > SAMPLED_WEIGHTS:
        return False
    n_steps = work.n_updates * (work.n_source + work.n_target)
    if spec.block and all(width and block_lstm.has_place(width, spec.units) for width in spec.widths):
        return n_steps >= XLA_BLOCK_TIMESTEPS
    return n_steps >= XLA_TIMESTEPS


def updates_in_piece(data, batch_size, max_bytes=None):
    """How many updates XLA runs as one piece: `UPDATES_IN_PIECE`, or fewer, so that few bytes wait for their turn.

    At most `WAITING_BYTES` wait, and at most a quarter of ``max_bytes``. A call with fewer updates fills its piece
    up: XLA compiles for every shape, which takes seconds, and filling costs next to nothing.
    """
    waiting = WAITING_BYTES if max_bytes is None else min(WAITING_BYTES, max_bytes // 4)
    return max(1, min(UPDATES_IN_PIECE, waiting // (data.bytes_per_row * batch_size)))


def plan_pieces(data, batches, epochs, max_bytes=None):
    """The cheapest `Pieces`, timesteps and compilations together; ``batches`` are those of one epoch.

    A compilation takes 1 to 4 s and a timestep 0.01 to 1.4 ms: it counts as `COMPILATION` timesteps.
    """

    def cost(pieces):
        found = batch_timesteps(data.rows, batches, **pieces._asdict())
        n = epochs * found.sum(dtype=np.int64) * (1 if pieces.n_at_once > 1 else SINGLE_UPDATE_COST)
        return n + COMPILATION * len(np.unique(found, axis=0))

    in_piece = updates_in_piece(data, batches.shape[1], max_bytes)
    return min((Pieces(n_sizes, n) for n_sizes in N_SIZES for n in dict.fromkeys((in_piece, 1))), key=cost)


# --- how an epoch is cut into graph calls -----------------------------------------------------------------------------


def updates_in_call(first, most, in_piece=1):
    """How many updates of an epoch a graph call has from the ``first`` on, at most ``most``.

    They are whole pieces of ``in_piece`` updates or a part of one: XLA then meets no other shapes than in one call.
    """
    left = in_piece - first % in_piece  # of a piece that is begun, or all of one
    if left < in_piece or most < in_piece:
        return min(most, left)
    return most - most % in_piece


def work_of_updates(rows, timesteps):
    """Timesteps of source and target of every batch (n_batches,), from those (n_batches, 2) that lengths cut it to."""
    whole = [x.shape[1] for part, x in rows.items() if part in PARTS and f"{part}_lengths" not in rows and x.ndim > 1]
    return timesteps.sum(axis=-1) + sum(whole) + 1  # 1: an update without timesteps is some work, too


class Pace:
    """How many updates a graph call has to take about `CALL_SECONDS`: estimated at first, then measured call by call.

    The estimate is for a network of ``n_weights`` numbers. It is rather too slow: the first call has too few updates.
    """

    def __init__(self, n_weights, batch_size):
        self.seconds = TIMESTEP_SECONDS + n_weights * batch_size / WEIGHTS_PER_SECOND  # per timestep
        self.most, self.measured = inf, False

    def n_updates(self, work):
        """How many of the updates with so much work (`work_of_updates`) the next call may have."""
        n = np.searchsorted(np.cumsum(work), CALL_SECONDS / self.seconds, side="right")
        return int(max(1, min(n, self.most)))

    def measure(self, work, seconds):
        """Take how long a call with so much work took; the first one is left out, because it may have compiled.

        Calls grow slowly, as short updates may be longer than their timesteps tell. Very short ones tell little.
        """
        found = seconds / work.sum()
        if self.measured and (found < self.seconds or seconds > CALL_SECONDS / 10):
            self.seconds = found
        self.most = MOST_GROWTH * len(work) if not self.measured else max(self.most, MOST_GROWTH * len(work))
        self.measured = True
