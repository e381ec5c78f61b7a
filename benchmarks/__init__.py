"""The reference experiments and the speed comparisons, each beside the same work on stock Keras."""

import logging
import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")  # a fresh Keras model for every fit makes TensorFlow talk
logging.getLogger("tensorflow").setLevel(logging.ERROR)

import skseq.nn  # noqa: E402, F401  loads TensorFlow without its start-up chatter
