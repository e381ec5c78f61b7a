"""R7 and R8: the echo task and its network, without and with attention."""

import numpy as np

from benchmarks.parts import plain
from skseq import Seq2SeqClassifier
from skseq.datasets import SequencePairGenerator

ECHO_TOKENS, ECHO_TIMESTEPS, ECHO_PAIRS = 50, 5, 5_000
DECODERS = {"R7": False, "R8": "bahdanau"}  # the attention of each experiment


def echo_generator(random_state):
    """The first two of five tokens, padded with 0; every call of ``sample`` gives fresh pairs."""
    return SequencePairGenerator(
        task="echo",
        n_timesteps=ECHO_TIMESTEPS,
        n_kept=2,
        pad_target=True,
        cardinality=ECHO_TOKENS,
        random_state=np.random.RandomState(random_state),
    ).fit()


def echo_classifier(clipnorm=1.0, **parameters):
    """One update for every pair; only the network can know that the padding is constant."""
    return Seq2SeqClassifier(
        150,
        decoder="direct",
        learning_rate=0.001,
        learning_rate_schedule="constant",
        clipnorm=clipnorm,
        epochs=1,
        batch_size=1,
        shuffle=False,
        early_stopping=False,
        classes_per_position=False,
        vocabulary=np.arange(ECHO_TOKENS),
        **plain.ENCODER_DECODER | parameters,
    )
