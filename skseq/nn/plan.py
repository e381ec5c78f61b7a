"""Which graph suits the work ahead: looped or unrolled, compiled with XLA or not."""

__all__ = ["plan"]


def plan(jit_compile, unroll, *, n_updates, n_timesteps):
    """The ``jit_compile`` and ``unroll`` fields of a spec; "auto" decides by the amount of work."""
    return {
        "jit_compile": False if jit_compile == "auto" else bool(jit_compile),
        "unroll": False if unroll == "auto" else bool(unroll),
    }
