"""How near training comes to the matrix-multiply peak of the machine, and where the rest of the time goes.

The peak is measured in the same run: the best speed of a large square product and of the products that training
consists of. Counted are only products that no implementation can do without: those of the recurrence, of its
gradients, and of the output layer. Looking up ids takes none.
"""

from functools import partial

import keras
import numpy as np
import tensorflow as tf

from benchmarks.harness.report import OURS
from benchmarks.harness.timing import Contender, alternating, calibrated
from benchmarks.parts.updates import CLIPNORM, LONG_FIT, N_CLASSES, Task, forget, ours

__all__ = ["approach_peak", "products", "update_flops"]

LAYERS = 2  # encoder and decoder
N_GATES = 4


def products(task):
    """Name -> ((m, k, n), count per update) of the products (m, k) x (k, n) of an update."""
    b, u, c = task.batch_size, task.units, N_CLASSES
    steps, read, written = task.n_timesteps + task.n_written, task.n_timesteps * b, task.n_written * b
    shapes = {
        "recurrence": ((b, u, N_GATES * u), steps),
        "gradient by states": ((b, N_GATES * u, u), steps),
        "gradient by weights, encoder": ((u, read, N_GATES * u), 1),
        "gradient by weights, decoder": ((u, written, N_GATES * u), 1),
        "output layer": ((written, u, c), 1),
        "gradient by outputs of the decoder": ((written, c, u), 1),
        "gradient by the output kernel": ((u, written, c), 1),
    }
    return {f"products: {name}": value for name, value in shapes.items()}


def flops(m, k, n):
    return 2 * m * k * n


def update_flops(task):
    """Floating point operations in the products of one update."""
    return sum(count * flops(*shape) for shape, count in products(task).values())


def approach_peak(report, scale):
    """The share of the peak that an update reaches, and its parts, each timed alone."""
    for n_timesteps in scale.peak_timesteps:
        task = Task(batch_size=scale.peak_batch, n_timesteps=n_timesteps, units=scale.peak_units)
        _approach(report, scale, task)
    report.note(
        "peak",
        f"square: {scale.peak_square:,} x {scale.peak_square:,}; parts are timed alone, so they need not add "
        "up: the rest is what is left of the update (copies, loops, lookups, caches that are cold)",
    )


def _approach(report, scale, task):
    """Time the update and its parts in alternation."""
    shapes = products(task)
    square = (scale.peak_square,) * 3
    measured = {
        "update": (ours(task), 1),
        "square": (_product(*square), 1),
        **{name: (_product(*shape), count) for name, (shape, count) in shapes.items()},
        **{name: (part(task), count) for name, (part, count) in _OTHERS.items()},
    }
    for contender, _ in measured.values():
        contender.spent(1)
    sizes = {name: calibrated(contender, scale.seconds)[0] for name, (contender, _) in measured.items()}
    found = alternating({name: partial(measured[name][0].speed, n) for name, n in sizes.items()}, scale.repeats)
    seconds = {name: count * found[name] for name, (_, count) in measured.items()}
    _report_speed(report, task, square, shapes, found)
    _report_parts(report, task, seconds)
    forget()


def _report_speed(report, task, square, shapes, found):
    speeds = {"square": flops(*square) / found["square"]}
    speeds |= {name: flops(*shape) / found[name] for name, (shape, _) in shapes.items()}
    for name, values in speeds.items():
        report.add("peak", f"{task}: {name}", "GFLOP/s", OURS, values / 1e9)
    peak = max(float(np.median(values)) for values in speeds.values())
    reached = update_flops(task) / found["update"]
    report.add("peak", f"{task}: update", "GFLOP/s", OURS, reached / 1e9)
    share = float(np.median(reached)) / peak
    report.claim("peak", f"share of {peak / 1e9:.0f} GFLOP/s, {task}", share, low=0.4)


def _report_parts(report, task, seconds):
    """Milliseconds and shares of the parts; the picture gets them, too."""
    medians = {name: float(np.median(values)) for name, values in seconds.items() if name != "square"}
    whole = medians.pop("update")
    medians["the rest"] = whole - sum(medians.values())
    for name, part in medians.items():
        report.add("peak", f"{task}: {name}", "ms per update", OURS, 1000 * part)
    report.curves[f"parts of an update, {task}"] = list(medians), [part / whole for part in medians.values()]
    shares = ", ".join(f"{name} {part / whole:.0%}" for name, part in medians.items())
    report.note("peak", f"{task}: {1000 * whole:.3g} ms per update: {shares}")


# --- what is timed alone ----------------------------------------------------------------------------------------------


def _repeated(call):
    """A contender whose piece of work is one call."""

    def ready(n):
        def run():
            for _ in range(n):
                call()

        return run

    return Contender(by=OURS, setting="", ready=ready)


def _product(m, k, n):
    """One product of float32 matrices, run eagerly."""
    left, right = (tf.random.stateless_normal(shape, [0, 1]) for shape in ((m, k), (k, n)))
    return _repeated(lambda: tf.linalg.matmul(left, right))


def _compiled(function):
    return tf.function(function, autograph=False, jit_compile=LONG_FIT["jit_compile"])


def _gates(task):
    """Gates of an LSTM forwards and backwards over all steps of a layer, without any product."""
    pre = tf.random.stateless_normal([task.n_timesteps, task.batch_size, N_GATES * task.units], [0, 1])
    zeros = tf.zeros([task.batch_size, task.units])

    def forward(t, h, c, kept):
        i, f, g, o = tf.split(pre[t], N_GATES, axis=-1)
        i, f, g, o = tf.sigmoid(i), tf.sigmoid(f), tf.tanh(g), tf.sigmoid(o)
        c = f * c + i * g
        return t + 1, o * tf.tanh(c), c, kept.write(t, tf.concat([i, f, g, o, c], -1))

    def backward(t, dh, dc, kept, found):
        i, f, g, o, c = tf.split(kept[t], N_GATES + 1, axis=-1)
        squashed = tf.tanh(c)
        dc = dc + dh * o * (1 - squashed * squashed)
        gradients = dc * g * i * (1 - i), dc * c * f * (1 - f), dc * i * (1 - g * g), dh * squashed * o * (1 - o)
        return t - 1, dh, dc * f, kept, found.write(t, tf.concat(gradients, -1))

    def run():
        arrays = [tf.TensorArray(tf.float32, task.n_timesteps) for _ in range(2)]
        first = tf.constant(0), zeros, zeros, arrays[0]
        _, h, c, kept = tf.while_loop(lambda t, *_: t < task.n_timesteps, forward, first)
        last = tf.constant(task.n_timesteps - 1), h, c, kept.stack(), arrays[1]
        return tf.while_loop(lambda t, *_: t >= 0, backward, last)[-1].stack()

    return _repeated(_compiled(run))


def _loss(task):
    """Softmax, cross entropy and its gradient by the logits of all steps."""
    logits = tf.random.stateless_normal([task.n_written * task.batch_size, N_CLASSES], [0, 1])
    targets = tf.zeros(len(logits), tf.int32)

    def run():
        with tf.GradientTape() as tape:
            tape.watch(logits)
            loss = tf.reduce_mean(tf.nn.sparse_softmax_cross_entropy_with_logits(targets, logits))
        return loss, tape.gradient(loss, logits)

    return _repeated(_compiled(run))


def _adam(task):
    """Norm, clipping and Adam for all weights."""
    X, y = task.pairs(1)
    fitted = task.estimator(jit_compile=False).partial_fit(X, y, classes=np.arange(N_CLASSES))
    variables = [keras.Variable(value) for value in fitted.weights_.values()]
    gradients = [tf.constant(value) for value in fitted.weights_.values()]
    optimizer = keras.optimizers.Adam(0.001, global_clipnorm=CLIPNORM)
    optimizer.build(variables)
    return _repeated(_compiled(lambda: optimizer.apply(gradients, variables)))


_OTHERS = {
    "gates without products": (_gates, LAYERS),
    "loss and its gradient": (_loss, 1),
    "clipping and Adam": (_adam, 1),
}
