"""Start-up chatter of TensorFlow, held back while it loads and runs for the first time. Imports no TensorFlow."""

import os
import re
import sys
import tempfile
from contextlib import contextmanager

LOADS_TENSORFLOW = "tensorflow" not in sys.modules  # else the user has, and sees what it says
_CHATTER = re.compile(
    r"^(WARNING: All log messages before absl|[IWE]\d{4} |\d{4}-\d\d-\d\d [\d:.]+: [IWE] |To enable the following)"
)


@contextmanager
def without_chatter():
    """Hold back what C++ writes to the error stream for a while; pass on all that is not TensorFlow's chatter."""
    if not LOADS_TENSORFLOW:
        yield
        return
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
