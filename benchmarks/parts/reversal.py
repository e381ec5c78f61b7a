"""R6: the first 3 of 6 integers reversed, fitted and predicted from cold, in skseq and in stock Keras."""

from dataclasses import dataclass

import keras
import numpy as np

from benchmarks.harness.report import OURS, SECONDS, STOCK, timed
from benchmarks.parts import plain
from benchmarks.peers import stock_keras
from skseq import Seq2SeqClassifier, clear_pool
from skseq.datasets import SequencePairGenerator

REVERSED_TOKENS, N_REVERSED = 51, 3


@dataclass(frozen=True, kw_only=True)
class ReversalScale:
    """How much is run."""

    clipnorm: float | None = 1.0  # the default of the estimators; None is plain Adam
    reversed_pairs: int = 100_000
    new_pairs: int = 1_000
    default_seeds: int = 5  # with the schedule that is the default
    stock_new_pairs: int = 100  # fewer, since stock Keras predicts one token at a time


QUICK_REVERSAL = ReversalScale(reversed_pairs=1_000, new_pairs=50, default_seeds=1, stock_new_pairs=3)


def reversed_pairs(scale, seed):
    """Training pairs (X, y) and new pairs (X, y)."""
    draws = np.random.RandomState(seed)
    generator = SequencePairGenerator(
        task="reverse",
        n_timesteps=6,
        n_kept=N_REVERSED,
        cardinality=REVERSED_TOKENS,
        reserve_zero=True,
        random_state=draws,
    ).fit()
    return generator.sample(scale.reversed_pairs), generator.sample(scale.new_pairs)


def reverse_ours(report, scale, seed):
    """R6 in skseq from cold: add the seconds of fit and predict, and the share of new pairs that are right."""
    (X, y), (X_new, y_new) = reversed_pairs(scale, seed)
    clear_pool()
    classifier = reversing(scale, seed, learning_rate=0.001, learning_rate_schedule="constant")
    fit_seconds, _ = timed(classifier.fit, X, y)
    predict_seconds, _ = timed(classifier.predict, X_new)
    accuracy = classifier.score(X_new, y_new)
    _add_reversed(report, scale, OURS, fit_seconds, predict_seconds, accuracy)


def reversing(scale, seed, **path):
    """The network of R6, with a learning rate and its schedule if not by default."""
    return Seq2SeqClassifier(
        128,
        **plain.ENCODER_DECODER,
        **path,
        clipnorm=scale.clipnorm,
        epochs=1,
        batch_size=32,
        early_stopping=False,
        vocabulary=np.arange(1, REVERSED_TOKENS),
        random_state=seed,
    )


def reverse_by_default(report, scale):
    """R6 with the rate and the schedule that are the defaults: the share of new pairs that are right, by seed."""
    for seed in range(scale.default_seeds):
        pairs, new = reversed_pairs(scale, seed)
        right = reversing(scale, seed).fit(*pairs).score(*new)
        report.add("R6", "new pairs exactly right, default schedule", "", OURS, right)
    right = report.values("R6", "new pairs exactly right, default schedule", OURS)
    report.claim("R6", f"the same, mean of {scale.default_seeds} seeds", right.mean(), low=0.998)


def reverse_stock(report, scale, seed, **how):
    """R6 on stock Keras, built anew; ``how`` goes to `keras.Model.compile`."""
    (X, y), (X_new, y_new) = reversed_pairs(scale, seed)
    X_new, y_new = X_new[: scale.stock_new_pairs], y_new[: scale.stock_new_pairs]
    keras.utils.set_random_seed(seed)

    def build_and_fit():
        training, *inference = stock_keras.encoder_decoder(REVERSED_TOKENS, clipnorm=scale.clipnorm, **how)
        inputs = stock_keras.one_hot(X, REVERSED_TOKENS), stock_keras.teacher_forcing(y, REVERSED_TOKENS)
        training.fit(inputs, stock_keras.one_hot(y, REVERSED_TOKENS), epochs=1, batch_size=32, verbose=0)
        return inference

    def predict(encoder, decoder):
        sources = stock_keras.one_hot(X_new, REVERSED_TOKENS)
        return [stock_keras.predict_sequence(encoder, decoder, source, N_REVERSED) for source in sources]

    fit_seconds, inference = timed(build_and_fit)
    predict_seconds, predicted = timed(predict, *inference)
    accuracy = (np.array(predicted) == y_new).all(axis=1).mean()
    _add_reversed(report, scale, STOCK, fit_seconds, predict_seconds, accuracy)


def _add_reversed(report, scale, by, fit_seconds, predict_seconds, accuracy):
    report.add("R6", f"fit, {scale.reversed_pairs:,} pairs", SECONDS, by, fit_seconds)
    report.add("R6", "predict", SECONDS, by, predict_seconds)
    report.add("R6", "new pairs exactly right", "", by, accuracy)
