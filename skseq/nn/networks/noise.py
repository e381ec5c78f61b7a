"""What makes a training step differ from a prediction: `Noise` in the one, `Silence` in the other.

`DrawnNetwork` is a prediction with dropout.
"""

from copy import copy

import tensorflow as tf

from skseq.nn.kernels.draws import Draws

AGAIN = 1000  # the first draw of a step function; those of what comes before it count from 0


def dropout_mask(uniform, rate):
    """Zeros with probability ``rate``, else 1 / (1 - rate), from as many numbers in (0, 1)."""
    return tf.cast(uniform >= rate, uniform.dtype) / (1 - rate)


class Noise:
    """Dropout masks and noise, each with its own draws; own tokens, rates of losses, and where gradients are cut.

    ``seed`` is that of the epoch, and how many updates there were; None where nothing is drawn.

    ``carried`` are states that go on from batch to batch, see `Carried`. What the spec does not have is None.
    """

    learns = True

    def __init__(self, spec, rates, seed, carried=None):
        self.spec, self.rates, self.seed, self.carried = spec, rates, seed, carried
        self.draws, self.count = None if seed is None else Draws(seed), 0

    def _next(self):
        self.count += 1
        return self.count

    def _mask(self, rate, shape):
        return dropout_mask(self.uniform(shape), self.rates[rate])

    @property
    def compiled(self):
        """Whether XLA will read the graph: predict and evaluate are left to TensorFlow."""
        return self.spec.jit_compile

    @property
    def bptt_steps(self):
        """Timesteps between two cuts of the gradient through time, an int32 scalar; None if it is never cut."""
        return self.rates["bptt_steps"] if self.spec.truncated else None

    def rate(self, name):
        """What is set for a field of the spec, such as the share of ``label_smoothing``; None where it is off."""
        return self.rates[name] if getattr(self.spec, name) else None

    def own_tokens(self, shape):
        """Where a decoder is fed its own token instead of the true one (scheduled sampling), or None.

        epsilon_i is the probability of the true token, i the number of updates so far (Bengio et al. 2015, section
        2.4): max(floor, k - c i), k^i, or k / (k + exp(i / k)) = sigmoid(ln k - i / k).
        """
        kind, dtype = self.spec.scheduled_sampling, self.spec.dtype
        if kind is None:
            return None
        n_updates, k = self.seed[1], self.rates["schedule_k"]  # the second half of an update's seed counts updates
        i = tf.cast(n_updates, dtype)
        if kind == "linear":
            true = tf.maximum(self.rates["schedule_floor"], k - self.rates["schedule_c"] * i)
        else:
            true = tf.pow(k, i) if kind == "exponential" else tf.sigmoid(tf.math.log(k) - i / k)
        return self.uniform(shape) >= true

    def uniform(self, shape):
        """Numbers in (0, 1) to draw a network's own outputs with."""
        return self.draws.uniform(self._next(), shape, self.spec.dtype)

    def integers(self, shape, n):
        """Whole numbers below n, each as likely as any other."""
        return self.draws.integers(self._next(), shape, n)

    def restarted(self):
        """A copy that draws the same masks again, so that all timesteps of a step function share them."""
        again = copy(self)
        again.count = AGAIN
        return again

    def inputs(self, n_samples, width):
        """Mask of a layer's inputs (n_samples, width), shared by all timesteps."""
        return self._mask("dropout", [n_samples, width]) if self.spec.dropout else None

    def states(self, n_samples, width):
        """Mask of a layer's hidden state (n_samples, width), shared by all timesteps."""
        return self._mask("recurrent_dropout", [n_samples, width]) if self.spec.recurrent_dropout else None

    def corrupt(self, source):
        """x + sigma N(0, 1), then whole steps of (t, b, f) at zero: what a denoising encoder reads (Vincent 2008)."""
        shape, dtype = tf.shape(source), self.spec.dtype
        if self.spec.input_noise:
            source += self.rates["input_noise"] * self.draws.normal(self._next(), shape, dtype)
        if self.spec.step_dropout:
            drawn = self.uniform([*tf.unstack(shape)[:2], 1])  # (t, b, 1): all features of a step together
            source *= tf.cast(drawn >= self.rates["step_dropout"], dtype)
        return source


class Carried:
    """States (b, s) of all layers after the last batch, for the next one to go on from; 0 where an epoch begins."""

    def __init__(self, spec):
        self.width, self.dtype = spec.n_layers * spec.n_states * spec.units, spec.dtype
        self.states = tf.Variable(tf.zeros([1, self.width], spec.dtype), shape=[None, self.width], trainable=False)

    def begin(self, n_samples):
        """Zeros for so many samples."""
        self.states.assign(tf.zeros([n_samples, self.width], self.dtype))

    def begin_again(self, again):
        """Zeros for as many samples as there were, where ``again`` is true."""
        states = self.states.read_value()
        self.states.assign(tf.where(again, tf.zeros_like(states), states))

    def keep(self, states):
        """The states (b, u) of every layer after this batch."""
        self.states.assign(tf.stop_gradient(tf.concat([x for layer in states for x in layer], -1)))


class DrawnNetwork(Noise):
    """Dropout in a prediction, without a gradient: one mask for all samples, as if one network had been drawn.

    So what a sample gets depends neither on its neighbours in a batch nor on its place.
    """

    learns, compiled, bptt_steps = False, False, None

    def _mask(self, rate, shape):
        n_samples, width = shape
        return tf.tile(super()._mask(rate, [1, width]), [n_samples, 1])


class Silence:
    """No noise: for predictions, and for a part that does not learn; ``compiled`` as in `Noise`.

    ``learns`` says that a gradient must pass through such a part all the same.
    """

    bptt_steps = None
    carried = None

    def __init__(self, compiled=False, learns=False):
        self.compiled, self.learns = compiled, learns

    def inputs(self, *_):
        """Nothing: no mask, no own token, no rate."""

    states = inputs
    own_tokens = inputs
    rate = inputs

    def corrupt(self, source):
        """The source as it is."""
        return source

    def restarted(self):
        """Itself."""
        return self


SILENCE = Silence()  # it has no state: a default for predictions
