"""What dtype="mixed_bfloat16" gains in time, and what it costs in accuracy, beside float32.

Time is that of one update, either side at its faster setting of XLA. Accuracy is that of an encoder-decoder which is
trained on reversed pairs, on the same pairs and from the same initial weights.
"""

from pathlib import Path

import numpy as np

from benchmarks.harness.report import OURS, timed
from benchmarks.harness.timing import Contender
from benchmarks.parts import plain
from benchmarks.parts.updates import N_CLASSES, Task, forget, setting_name
from skseq import Seq2SeqClassifier
from skseq.datasets import SequencePairGenerator

__all__ = ["MIXED", "compare_precisions"]

MIXED = f"{OURS}, bfloat16"
DTYPES = {OURS: "float32", MIXED: "mixed_bfloat16"}
UNITS = {"avx512_bf16", "amx_bf16"}  # what Linux calls instructions that multiply in bfloat16
N_REVERSED = 3


def compare_precisions(report, scale):
    """Updates of every shape, and what is learnt."""
    for shape in scale.precision_shapes:
        task = Task(**shape)
        contenders = (_updates(task, by, jit) for by in DTYPES for jit in (False, True))
        report.compare("precision", str(task), contenders, piece="update", seconds=scale.seconds, repeats=scale.repeats)
        forget()
    for seed in range(scale.precision_seeds):
        for by in list(DTYPES)[:: -1 if seed % 2 else 1]:
            _learn(report, scale, by, seed)
    _claim(report, scale)


def _updates(task, by, jit_compile):
    """Epochs of `partial_fit`."""
    how = {"jit_compile": jit_compile, "unroll": False}
    estimator = task.estimator(dtype=DTYPES[by], **how)

    def ready(n):
        X, y = task.pairs(n * task.batch_size)
        return lambda: estimator.partial_fit(X, y, classes=np.arange(N_CLASSES))

    return Contender(by=by, setting=setting_name(**how), ready=ready)


def _learn(report, scale, by, seed):
    """Fit on reversed pairs; the loss and the share that is right of new ones."""
    generator = SequencePairGenerator(
        task="reverse",
        n_timesteps=6,
        n_kept=N_REVERSED,
        cardinality=N_CLASSES,
        random_state=np.random.RandomState(seed),
    ).fit()
    (X, y), (X_new, y_new) = generator.sample(scale.precision_pairs), generator.sample(scale.new_pairs)
    classifier = Seq2SeqClassifier(
        scale.precision_units,
        **plain.ENCODER_DECODER,
        learning_rate=0.001,
        learning_rate_schedule="constant",
        epochs=scale.precision_epochs,
        batch_size=scale.precision_batch,
        early_stopping=False,
        vocabulary=np.arange(N_CLASSES),
        classes_per_position=False,
        dtype=DTYPES[by],
        random_state=seed,
    )
    seconds, _ = timed(classifier.fit, X, y, X_val=X_new, y_val=y_new)
    report.add("precision", "fit on reversed pairs", "s, compiling included", by, seconds)
    report.add("precision", LOSS, "nats per token", by, classifier.history_["val_loss"][-1])
    report.add("precision", RIGHT, "", by, classifier.score(X_new, y_new))
    forget()


LOSS, RIGHT = "loss of new pairs", "new pairs exactly right"


def _claim(report, scale):
    losses, right = ({by: report.values("precision", name, by) for by in DTYPES} for name in (LOSS, RIGHT))
    pairs = "; ".join(f"{a:.4g} / {b:.4g}" for a, b in zip(*losses.values()))
    report.note("precision", f"loss of new pairs in float32 / in bfloat16 by seed: {pairs}")
    lost = np.mean(right[OURS]) - np.mean(right[MIXED])
    report.claim("precision", "share of new pairs exactly right that bfloat16 costs, mean", lost, high=0.01)
    units = sorted(UNITS & set(_flags()))
    report.note("precision", f"bfloat16 instructions of the processor: {', '.join(units) or 'none'}")
    if units:
        over = report.medians("precision", MIXED)
        widest = str(Task(**scale.precision_shapes[0]))
        report.claim("precision", f"{MIXED} / {OURS}, {widest}, median", over[widest], high=0.9)


def _flags():
    """What the processor can do, as Linux has it."""
    info = Path("/proc/cpuinfo")
    return info.read_text().split() if info.exists() else []
