"""Everything that touches TensorFlow. Importing this package imports TensorFlow, without its start-up chatter.

No operation runs on import: an estimator that is loaded from a file imports this package, and processes that are forked
afterwards can work (see `skseq.nn.process`).
"""

import os

from skseq.nn.chatter import LOADS_TENSORFLOW, without_chatter
from skseq.nn.garbage_collection import collection_held_back

if LOADS_TENSORFLOW:
    # Read by TensorFlow when it loads: errors only, and of code that was kept it logs errors that are none.
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3" if os.environ.get("SKSEQ_COMPILE_CACHE") else "2")
with without_chatter(), collection_held_back():
    from skseq.nn.threads import limit_threads

    limit_threads()

    import keras  # after TensorFlow has been quietened

if hasattr(os, "register_at_fork"):  # not on Windows
    from skseq.nn.process import note_fork

    os.register_at_fork(after_in_child=note_fork)

if keras.backend.backend() != "tensorflow":
    raise ImportError(
        f"skseq runs on the TensorFlow backend of Keras, but Keras uses {keras.backend.backend()!r}. Set the "
        "environment variable KERAS_BACKEND=tensorflow before Keras is imported."
    )
