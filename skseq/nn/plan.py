"""Which graph suits the work ahead: looped or unrolled, compiled with XLA or not.

Measured on two cores (milliseconds an update; the ratios matter):

==================================================  ======  ========  =====  =============
network                                             looped  unrolled  XLA    unrolled, XLA
==================================================  ======  ========  =====  =============
150 units, 5 steps in, 5 out, batch 1               3.0     2.3       1.3    1.2
the same with Bahdanau attention                    5.6     5.2       2.2    2.0
==================================================  ======  ========  =====  =============

XLA saves 0.15 to 0.3 ms for every timestep of every update, and compiling takes 4 to 8 seconds for every new shape of a
batch: it breaks even at some 50,000 such steps, and there "auto" turns to it. Unrolling gains a quarter at best without
XLA and next to nothing with it, and it makes a graph for every number of timesteps: "auto" never unrolls.
"""

__all__ = ["JIT_STEPS", "plan"]

JIT_STEPS = 50_000


def plan(jit_compile, unroll, *, n_steps):
    """The ``jit_compile`` and ``unroll`` fields of a spec; n_steps counts every timestep of every update to come."""
    return {
        "jit_compile": n_steps >= JIT_STEPS if jit_compile == "auto" else bool(jit_compile),
        "unroll": False if unroll == "auto" else bool(unroll),
    }
