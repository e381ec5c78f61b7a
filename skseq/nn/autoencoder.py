"""The sequence autoencoder: encoder, code, unconditional decoder (Srivastava et al. 2015, section 2)."""

import tensorflow as tf

from skseq.nn import layers, networks

__all__ = ["Autoencoder"]


class Autoencoder:
    """Flow of tensors of an `AutoencoderSpec`."""

    metrics = ()

    def __init__(self, spec):
        self.spec = spec

    @property
    def reads_code(self):
        """Whether the code is the decoder's input at every step."""
        return self.spec.code in ("repeated", "both")

    @property
    def takes_states(self):
        """Whether the code is the decoder's initial state."""
        return self.spec.code in ("state", "both")

    def weights(self):
        """The table of weights, in a fixed order."""
        spec = self.spec
        yield from networks.encoder_weights(spec, spec.source_size)
        if self.takes_states:
            yield from networks.bridge_weights(spec, "bridge")
        input_size = spec.encoding_size if self.reads_code else None
        for layer in range(spec.n_layers):
            yield from networks.recurrent_weights(spec, f"decoder/{layer}", input_size)
            input_size = spec.units
        yield networks.kernel("output/kernel", spec.units, spec.source_size)
        yield networks.bias("output/bias", spec.source_size)

    def encode(self, weights, batch, noise):
        """Encoder outputs (t, b, d) and the final states of the top layer: the code."""
        source = tf.transpose(batch["source"], [1, 0, 2])
        outputs, states = networks.encode(self.spec, weights, source, batch.get("source_lengths"), noise)
        return outputs, states[-1]

    def decode(self, weights, code, n_timesteps, noise):
        """Reconstruction (t, b, f), in the order in which the decoder writes it, from the code (a list of states)."""
        spec, n_samples = self.spec, tf.shape(code[0])[0]
        first = networks.subset(weights, "decoder/0")
        states = networks.bridge(spec, networks.subset(weights, "bridge"), code) if self.takes_states else None
        if self.reads_code:  # the code is the same at every step: one product serves all
            projected = networks.project(code[0][None], first["kernel"], noise, spec)
        else:
            projected = tf.zeros([1, n_samples, networks.N_GATES[spec.cell] * spec.units], spec.dtype)
        projected = tf.tile(projected, [n_timesteps, 1, 1])
        outputs, _ = networks.run_layer(spec, first, None, noise, states=states, projected=projected)
        for layer in range(1, spec.n_layers):
            outputs, _ = networks.run_layer(spec, networks.subset(weights, f"decoder/{layer}"), outputs, noise)
        return layers.dense(outputs, weights["output/kernel"], weights["output/bias"])

    def in_order(self, sequences, lengths):
        """Turn a reversed target (t, b, f) back to the order of the source, or the source to the target's order."""
        return networks.reverse(sequences, lengths) if self.spec.reverse_target else sequences

    def reconstruct(self, weights, batch, noise):
        """Reconstruction of the source, (t, b, f), first timestep first."""
        _, code = self.encode(weights, batch, noise)
        decoded = self.decode(weights, code, batch["source"].shape[1] or tf.shape(batch["source"])[1], noise)
        return self.in_order(decoded, batch.get("source_lengths"))

    def losses(self, weights, batch, noise):
        """Squared error of every timestep, mean over features: (b, t), the weights of the steps, no metrics."""
        source, lengths = batch["source"], batch.get("source_lengths")
        reconstruction = tf.transpose(self.reconstruct(weights, batch, noise), [1, 0, 2])
        losses = tf.reduce_mean(tf.square(source - reconstruction), -1)
        step_weights = batch["weight"][:, None] * tf.ones_like(losses)
        if lengths is not None:
            step_weights *= tf.cast(tf.sequence_mask(lengths, tf.shape(source)[1]), losses.dtype)
        return losses, step_weights, {}

    # --- what can be asked of fitted weights: batch -> tensors, samples first -----------------------------------------

    def predict_states(self, weights, batch):
        """Final states of the top encoder layer, side by side: (b, n_states * d)."""
        return tf.concat(self.encode(weights, batch, networks.Silence())[1], -1)

    def predict_sequence(self, weights, batch):
        """Hidden state of the top encoder layer at every step: (b, t, d)."""
        return tf.transpose(self.encode(weights, batch, networks.Silence())[0], [1, 0, 2])

    def predict_reconstruction(self, weights, batch):
        """Reconstruction (b, t, f)."""
        return tf.transpose(self.reconstruct(weights, batch, networks.Silence()), [1, 0, 2])

    def predict_decoding(self, weights, batch):
        """Sequences (b, t, f) from codes (b, n_states * d); t is ``batch["n_timesteps"]``."""
        code = tf.split(batch["code"], batch["code"].shape[-1] // self.spec.encoding_size, axis=-1)
        decoded = self.decode(weights, code, batch["n_timesteps"], networks.Silence())
        return tf.transpose(self.in_order(decoded, None), [1, 0, 2])
