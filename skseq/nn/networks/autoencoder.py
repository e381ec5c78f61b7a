"""The sequence autoencoder: encoder, code, and decoders that write the source or what follows (Srivastava et al. 2015).

Tensors are time first: (t, b, f). A decoder never sees the encoder, only its code.
"""

import tensorflow as tf

from skseq.nn.kernels.cells import input_bias, recurrent_step
from skseq.nn.kernels.loops import unfold
from skseq.nn.kernels.native import swapped, turning
from skseq.nn.kernels.products import dense
from skseq.nn.kernels.shapes import size_of
from skseq.nn.networks import encoder
from skseq.nn.networks.layer import ACTIVATIONS, LayerInputs, no_inputs, project, run_layer, zero_states
from skseq.nn.networks.network import Network
from skseq.nn.networks.noise import SILENCE
from skseq.nn.networks.weights import bias, gates_size, kernel, recurrent_weights, subset


def hold_back(batch):
    """Keep the last ``batch["horizon"]`` real steps of a source from the encoder: they are "future" (b, horizon, f).

    To be called outside of XLA, which must know every shape.
    """
    source, lengths, horizon = batch["source"], batch.get("source_lengths"), batch["horizon"]
    n_read = size_of(source, 1) - horizon  # the longest sample reads so many steps
    split = {name: x for name, x in batch.items() if name != "horizon"} | {"source": source[:, :n_read]}
    if lengths is None:
        return split | {"future": source[:, n_read:]}
    steps = (lengths - horizon)[:, None] + tf.range(horizon)  # (b, horizon): the last real ones of every sample
    return split | {"source_lengths": lengths - horizon, "future": tf.gather(source, steps, batch_dims=1)}


def n_steps(sequences):
    """Number of timesteps of (t, b, f): an int if the graph knows it."""
    return sequences.shape[0] or size_of(sequences, 0)


def summed(errors):
    """One loss for several decoders (name -> errors and weights of steps): the sum of their means over real steps.

    Like every loss it has the form sum(w l) / sum(w), here with one w and one l per sample s. w_s is the weight of all
    steps that the first decoder writes, and l_s = sum_k (W / W_k) sum_t w_kst e_kst / w_s over the decoders k. W_k is
    the weight of all steps of decoder k in the batch, W that of the first decoder.

    Over several batches the means are weighted by W. That is exact if W / W_k is the same in all batches, as it is for
    sequences of one length. The loss of each decoder, in the metrics, is always exact.
    """
    sums = {
        f"{name}_loss": (tf.reduce_sum(losses * step_weights, 1), tf.reduce_sum(step_weights, 1))
        for name, (losses, step_weights) in errors.items()
    }
    weight = next(iter(sums.values()))[1]  # w_s (b,)
    # (b,) for every decoder k, times W / W_k.
    amounts = [a * tf.math.divide_no_nan(tf.reduce_sum(weight), tf.reduce_sum(w)) for a, w in sums.values()]
    return tf.math.divide_no_nan(tf.add_n(amounts), weight), weight, sums


class Decoder:
    """One decoder of an `AutoencoderSpec`, from a code (a list of states) to frames (t, b, f).

    If no step needs an earlier step's output, because there is no feedback or because the outputs are known (teacher
    forcing), every layer runs over all steps in one call. A conditional decoder on its own is a loop over `step`.
    """

    def __init__(self, spec, name=""):
        self.spec, self.name = spec, name

    def weights(self):
        """The decoder's part of the table of weights."""
        spec, prefix = self.spec, self.name and f"{self.name}/"
        if spec.takes_states:
            yield from encoder.bridge_weights(spec, f"{prefix}bridge")
        input_size = spec.encoding_size if spec.reads_code else None
        for layer in range(spec.n_layers):
            yield from recurrent_weights(spec, f"{prefix}decoder/{layer}", input_size)
            input_size = spec.units
        if spec.conditional:
            # Without a bias: the layer has one.
            yield kernel(f"{prefix}decoder/0/frame_kernel", spec.source_size, gates_size(spec))
        yield kernel(f"{prefix}output/kernel", spec.units, spec.source_size)
        yield bias(f"{prefix}output/bias", spec.source_size)

    def _own(self, weights):
        return subset(weights, self.name) if self.name else weights

    def _first_states(self, own, code):
        """The states before the first step, of every layer."""
        zeros = zero_states(self.spec, size_of(code[0], 0))
        first = encoder.bridge(self.spec, subset(own, "bridge"), code) if self.spec.takes_states else zeros
        return [first] + [zeros] * (self.spec.n_layers - 1)  # the code is of one layer: it starts the lowest one

    def _projected(self, own, code, noise):
        """What every step reads of the code (1, b, gates)."""
        if self.spec.reads_code:
            return project(code[0][None], own["decoder/0/kernel"], noise)
        return tf.zeros([1, size_of(code[0], 0), gates_size(self.spec)], self.spec.dtype)

    def _readout(self, own, hidden):
        return dense(hidden, own["output/kernel"], own["output/bias"])

    def at_once(self, weights, code, n_timesteps, noise, before=None):
        """All frames (t, b, f); a conditional decoder is told the frame ``before`` each of them, (t, b, f)."""
        spec, own = self.spec, self._own(weights)
        inputs = self._inputs(own, code, n_timesteps, noise, before)
        for layer, state in enumerate(self._first_states(own, code)):
            hidden, _ = run_layer(spec, subset(own, f"decoder/{layer}"), inputs, noise, states=state)
            inputs = LayerInputs(hidden)  # (t, b, u): each layer reads the one below
        return self._readout(own, hidden)

    def _inputs(self, own, code, n_timesteps, noise, before):
        """What the first layer reads."""
        if self.spec.reads_code and not self.spec.conditional:
            return LayerInputs(code[0][None], n_timesteps=n_timesteps)
        if not self.spec.conditional:
            return no_inputs(self.spec, size_of(code[0], 0), n_timesteps)
        projected = self._projected(own, code, noise)  # (1, b, g)
        return LayerInputs(projected + project(before, own["decoder/0/frame_kernel"], noise), projected=True)

    def step(self, own, projected, frame, states):
        """(frame (b, f), states) after one step, from the code's part of the input (b, gates) and the frame before."""
        spec, new_states = self.spec, []
        inputs = projected + dense(frame, own["decoder/0/frame_kernel"])  # (b, g)
        for layer, state in enumerate(states):
            layer_weights = subset(own, f"decoder/{layer}")
            if layer:
                inputs = dense(new_states[-1][0], layer_weights["kernel"])
            inputs += input_bias(spec.cell, layer_weights)
            activation = ACTIVATIONS[spec.activation]
            new_states.append(recurrent_step(spec.cell, inputs, state, layer_weights, activation=activation))
        return self._readout(own, new_states[-1][0]), new_states

    def write(self, weights, code, n_timesteps, first):
        """Frames (t, b, f) from the code alone; a conditional decoder reads ``first`` (b, f), then its own frames."""
        spec = self.spec
        if not spec.conditional:
            return self.at_once(weights, code, n_timesteps, SILENCE)
        own = self._own(weights)
        projected, states = self._projected(own, code, SILENCE), self._first_states(own, code)

        def step(_, carried):
            frame, states = self.step(own, projected[0], *carried)
            return {"frame": frame}, (frame, states)

        like = {"frame": tf.TensorSpec([None, spec.source_size], spec.dtype)}
        unroll = spec.unroll and isinstance(n_timesteps, int)
        return unfold(step, (first, states), n_timesteps, like, unroll=unroll)["frame"]


class Autoencoder(Network):
    """Flow of tensors of an `AutoencoderSpec`."""

    parts = {"both": ("reconstruction", "states")}

    def __init__(self, spec):
        self.spec = spec
        decoders = {"reconstruction": Decoder(spec), "prediction": Decoder(spec, "predictor")}
        if spec.decoder != "composite":
            decoders.pop("prediction" if spec.decoder == "reconstruct" else "reconstruction")
        self.decoders = decoders

    @property
    def metrics(self):
        """With two decoders, the loss of each."""
        return tuple(f"{name}_loss" for name in self.decoders) if len(self.decoders) > 1 else ()

    @property
    def least(self):
        """Fewest timesteps of a batch: without its first step, something must be left to predict."""
        return 1 if self.spec.decoder == "reconstruct" or self.spec.held_back else 2

    @property
    def timed(self):
        """Which axes of a prediction, from the second on, are timesteps of the source."""
        names = ("sequence", "reconstruction") if self.spec.held_back else ("sequence", "reconstruction", "next")
        return dict.fromkeys(names, ("source",))

    def weights(self):
        """The table of weights, in a fixed order."""
        yield from encoder.encoder_weights(self.spec, self.spec.source_size)
        for decoder in self.decoders.values():
            yield from decoder.weights()

    def encode(self, weights, batch, noise):
        """Encoder outputs (t, b, d) and the final states of the top layer: the code."""
        source = noise.corrupt(swapped(batch["source"]))  # (t, b, f): a target stays as it is
        outputs, states = encoder.encode(self.spec, weights, source, batch.get("source_lengths"), noise)
        return outputs, states[-1]

    def in_order(self, sequences, lengths):
        """Turn a reversed target (t, b, f) back to the order of the source, or the source to the target's order."""
        return turning(size_of(sequences, 0), lengths)(sequences) if self.spec.reverse_target else sequences

    # --- what the decoders have to write ------------------------------------------------------------------------------

    def first_frame(self, name, batch):
        """The frame (b, f) that a conditional decoder reads first: zeros, or the last one known to a prediction."""
        source, lengths = batch["source"], batch.get("source_lengths")
        if name == "reconstruction":
            return tf.zeros_like(source[:, 0])  # a reconstruction has nothing before its first step
        if not self.spec.held_back:
            return source[:, 0]  # what is predicted begins at step 2
        return encoder.last_step(source, lengths)

    def targets(self, name, batch):
        """What a decoder has to write (t, b, f), and how many steps of it are real (b,): None if all are."""
        source, lengths = swapped(batch["source"]), batch.get("source_lengths")
        if name == "reconstruction":
            return self.in_order(source, lengths), lengths
        if self.spec.held_back:
            return swapped(batch["future"]), None
        return source[1:], None if lengths is None else lengths - 1

    def errors(self, name, weights, code, batch, noise):
        """Squared error of every step of a decoder, mean over features: (b, t), and the weights of the steps."""
        targets, lengths = self.targets(name, batch)
        # Teacher forcing: every step reads the true frame before it.
        before = tf.concat([self.first_frame(name, batch)[None], targets[:-1]], 0)
        written = self.decoders[name].at_once(weights, code, n_steps(targets), noise, before)
        losses = swapped(tf.reduce_mean(tf.square(targets - written), -1))  # (b, t)
        step_weights = batch["weight"][:, None] * tf.ones_like(losses)
        if lengths is not None:
            step_weights *= tf.cast(tf.sequence_mask(lengths, size_of(targets, 0)), losses.dtype)
        return losses, step_weights

    def losses(self, weights, batch, noise):
        """Errors of every step (b, t), the weights of the steps, no metrics; with two decoders see `summed`."""
        _, code = self.encode(weights, batch, noise)
        errors = {name: self.errors(name, weights, code, batch, noise) for name in self.decoders}
        return summed(errors) if self.metrics else (*errors.popitem()[1], {})

    # --- what can be asked of fitted weights: batch -> tensors, samples first -----------------------------------------

    def predict_states(self, weights, batch):
        """Final states of the top encoder layer, side by side: (b, n_states * d)."""
        return tf.concat(self.encode(weights, batch, SILENCE)[1], -1)

    def predict_sequence(self, weights, batch):
        """Hidden state of the top encoder layer at every step: (b, t, d)."""
        return swapped(self.encode(weights, batch, SILENCE)[0])

    def write(self, name, weights, batch, n_timesteps):
        """What a decoder writes (t, b, f) after the encoder has read the whole source, without being told any of it."""
        _, code = self.encode(weights, batch, SILENCE)
        return self.decoders[name].write(weights, code, n_timesteps, self.first_frame(name, batch))

    def predict_reconstruction(self, weights, batch):
        """Reconstruction (b, t, f)."""
        return self.predict_both(weights, batch)["reconstruction"]

    def predict_both(self, weights, batch):
        """Reconstruction (b, t, f) and final states (b, n_states * d), by name, of one reading."""
        _, code = self.encode(weights, batch, SILENCE)
        n_timesteps = n_steps(self.targets("reconstruction", batch)[0])
        first = self.first_frame("reconstruction", batch)
        written = self.decoders["reconstruction"].write(weights, code, n_timesteps, first)
        return {
            "reconstruction": swapped(self.in_order(written, batch.get("source_lengths"))),
            "states": tf.concat(code, -1),
        }

    def predict_forecast(self, weights, batch):
        """The ``batch["n_steps"]`` steps after the last real one (b, n_steps, f), by what was trained on a horizon."""
        return swapped(self.write("prediction", weights, batch, batch["n_steps"]))

    def predict_next(self, weights, batch):
        """What the prediction was trained to write: steps 2 to t (b, t - 1, f), or the horizon (b, horizon, f)."""
        n_timesteps = n_steps(self.targets("prediction", batch)[0])
        return swapped(self.write("prediction", weights, batch, n_timesteps))

    def predict_decoding(self, weights, batch):
        """Sequences (b, t, f) from codes (b, n_states * d).

        t is ``batch["n_timesteps"]``. A reversed target begins at its length, if the batch has "lengths" (b,).
        """
        # A tensor (b, d) for every state.
        code = tf.split(batch["code"], batch["code"].shape[-1] // self.spec.encoding_size, axis=-1)
        first = tf.zeros([size_of(code[0], 0), self.spec.source_size], self.spec.dtype)  # (b, f), as in `first_frame`
        written = self.decoders["reconstruction"].write(weights, code, batch["n_timesteps"], first)
        return swapped(self.in_order(written, batch.get("lengths")))
