"""Everything that touches TensorFlow. Importing this package imports TensorFlow, without its start-up chatter."""

import os
import re
import sys
import tempfile
from contextlib import contextmanager, nullcontext

_CHATTER = re.compile(
    r"^(WARNING: All log messages before absl|[IWE]\d{4} |\d{4}-\d\d-\d\d [\d:.]+: [IWE] |To enable the following)"
)


@contextmanager
def _without_chatter():
    """Hold back what C++ writes to the error stream while TensorFlow loads; pass on all that is not its chatter."""
    try:
        sys.stderr.flush()
        file = tempfile.TemporaryFile()  # noqa: SIM115 - closed below
        kept = os.dup(2)
    except (AttributeError, OSError, ValueError):  # no error stream, or no folder that can be written to
        yield
        return
    with file as held:
        os.dup2(held.fileno(), 2)
        try:
            yield
        finally:
            sys.stderr.flush()
            os.dup2(kept, 2)
            os.close(kept)
            held.seek(0)
            for line in held.read().decode(errors="replace").splitlines(keepends=True):
                if not _CHATTER.match(line):
                    sys.stderr.write(line)


_loads_tensorflow = "tensorflow" not in sys.modules  # else the user has, and sees what it says
if _loads_tensorflow:
    # Read by TensorFlow when it loads: errors only, and of code that was kept it logs errors that are none.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3" if os.environ.get("SKSEQ_COMPILE_CACHE") else "2")
with _without_chatter() if _loads_tensorflow else nullcontext():
    import tensorflow as tf

    from skseq.nn.compile_cache import kept_code
    from skseq.nn.threads import limit_threads

    limit_threads()
    with kept_code() as has_folder:
        if _loads_tensorflow or has_folder:
            # The driver is asked for, and oneDNN reports on the processor, at the first operation: have it now.
            tf.transpose(tf.zeros((2, 2), tf.int32))

import keras  # noqa: E402 - after TensorFlow has been quietened

if hasattr(os, "register_at_fork"):  # not on Windows
    from skseq.nn.process import note_fork

    os.register_at_fork(after_in_child=note_fork)

if keras.backend.backend() != "tensorflow":
    raise ImportError(
        f"skseq runs on the TensorFlow backend of Keras, but Keras uses {keras.backend.backend()!r}. Set the "
        "environment variable KERAS_BACKEND=tensorflow before Keras is imported."
    )
