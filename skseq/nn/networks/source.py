"""What the encoder hands to the decoder."""

from dataclasses import dataclass

import tensorflow as tf


@dataclass(frozen=True, kw_only=True)
class Source:
    """An encoded source: all that the decoder reads of it, computed once for all target steps.

    Shapes: b samples, s source steps, u units, d the width of an encoder output, g the gates of all units.

    Parameters
    ----------
    n_samples : int32 scalar
        b. A search has several hypotheses per sample, which are neighbours.
    states : list
        The decoder's states before the first step, a list of (b, u) for every layer.
    code : tensor of shape (b, d)
        The final hidden state of the top encoder layer.
    code_input : tensor of shape (b, g)
        What the code adds to the input of every step. Here and below: None where the network does not read it.
    code_combined : tensor of shape (b, u)
        What the code adds behind the recurrent layers (merge).
    values, keys : tensors of shape (b, s, d) and (b, s, d or u)
        Encoder outputs, of which contexts are sums, and what queries are compared with.
    mask, lengths : tensors of shape (b, s) and (b,)
        Which source steps are real, and how many; without a mask all are.
    """

    n_samples: tf.Tensor | None = None
    states: list | None = None
    code: tf.Tensor | None = None
    code_input: tf.Tensor | None = None
    code_combined: tf.Tensor | None = None
    values: tf.Tensor | None = None
    keys: tf.Tensor | None = None
    mask: tf.Tensor | None = None
    lengths: tf.Tensor | None = None

    def code_of(self, n_hypotheses):
        """What the code adds to the input of every hypothesis, (n_hypotheses, g), or None."""
        if self.code_input is None:
            return None
        # Not tf.repeat, which XLA cannot differentiate in a loop.
        return tf.gather(self.code_input, tf.range(n_hypotheses) // (n_hypotheses // self.n_samples))
