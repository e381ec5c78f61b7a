"""The frozen, hashable description of a network: all that decides its graph, nothing that does not.

Learning rate, dropout rates, penalties, where gradients through time are cut, epochs, batch size, numbers of samples
and of timesteps are not part of it: they are fed to the graph, so they never cause a new trace.
"""

from dataclasses import dataclass, field
from typing import Any, ClassVar

from skseq._losses import LOSSES


def _free(default):
    """A field that may change between fits: it decides how a network is trained, not what it is."""
    return field(default=default, metadata={"free": True})


@dataclass(frozen=True, kw_only=True)
class NetworkSpec:
    """What every network has: an encoder of recurrent layers and a way to be trained.

    Parameters
    ----------
    source_size : int
        Number of features of a timestep, or number of token ids (the padding id included).
    n_conv_layers, kernel_size : int
        The convolutions below the recurrent layers (`nn.kernels.convolution`), and how many timesteps each of them
        reads at once. Only networks with one vector per sequence have any, because each halves the timesteps.
    marks_steps : bool
        Whether the first convolution reads one more channel, which is 1 at every timestep. Behind the end of a sample
        all channels are 0, and only this channel tells that from measurements of 0.
    units, n_layers, bidirectional, cell, activation
        The recurrent layers. ``cell`` is "lstm", "gru" or "cho-gru" (reset before the product), ``activation``
        "tanh" or "relu".
    dropout, recurrent_dropout, penalty, truncated : bool
        Whether the graph has these parts at all; their rates, and the steps between two cuts, are fed.
    optimizer : str
        Serialised Keras optimizer configuration, as JSON with sorted keys.
    dtype : str
        "float32" or "float64".
    mixed : bool
        Whether matrix products are in bfloat16 and all else in ``dtype``.
    jit_compile : bool
        Whether one training step is compiled with XLA.
    unroll : bool
        Whether recurrences are written out step by step in the graph (then a number of timesteps has its own trace).
    recompute : bool
        Whether layers that run over all timesteps at once keep only states and compute the rest again for the
        gradient, which takes little memory.
    cudnn : bool
        Whether layers that run over all timesteps at once are stock Keras layers, which run on cuDNN on a GPU.
    block : bool
        Whether layers that run over all timesteps at once are one operation (`nn.kernels.block_lstm`), except where
        XLA compiles.
    short : bool
        Whether what attention multiplies, or what a layer gives, is so short that oneDNN does not pay
        (`nn.kernels.native`), except where XLA compiles.
    averaged : bool
        Whether means of the trained weights over updates are kept beside them; the share of every update is fed.
    frozen : bool
        Whether training leaves the encoder and its embedding as they are: a fixed feature map, without dropout.
    """

    source_size: int
    units: int
    n_conv_layers: int = 0
    kernel_size: int = 0
    marks_steps: bool = False
    cell: str = "lstm"
    n_layers: int = 1
    bidirectional: bool = False
    activation: str = "tanh"
    dropout: bool = _free(False)
    recurrent_dropout: bool = _free(False)
    penalty: bool = _free(False)
    truncated: bool = _free(False)
    optimizer: str = '{"class_name": "Adam", "config": {}}'
    dtype: str = "float32"
    mixed: bool = False
    jit_compile: bool = _free(False)
    unroll: bool = _free(False)
    recompute: bool = _free(False)
    cudnn: bool = _free(False)
    block: bool = _free(False)
    short: bool = _free(False)
    averaged: bool = _free(False)
    frozen: bool = False

    is_own: ClassVar[bool] = False  # whether it is the user's own

    @property
    def encoding_size(self):
        """Width of one encoder output: both directions together."""
        return self.units * (2 if self.bidirectional else 1)

    @property
    def n_decoders(self):
        """How many decoders run over the target."""
        return 1

    @property
    def widths(self):
        """Features that every recurrent layer reads in training; None where a layer cannot run on its inputs alone."""
        return [*self._encoder_widths(), *self._decoder_widths()]

    def _encoder_widths(self):
        first = self.units if self.n_conv_layers else getattr(self, "embedding_dim", None) or self.source_size
        return [first, *[self.encoding_size] * (self.n_layers - 1)]

    def _decoder_widths(self):
        return []

    @property
    def n_states(self):
        """States a recurrent layer carries: hidden and cell for the LSTM, hidden for both GRUs."""
        return 2 if self.cell == "lstm" else 1

    def trains(self, name):
        """Whether training moves the weight (or the weights of the layer) of this name."""
        return not (self.frozen and (name == "embedding" or name.startswith("encoder/")))


@dataclass(frozen=True, kw_only=True)
class AutoencoderSpec(NetworkSpec):
    """Encoder, code, one decoder or two (Srivastava et al. 2015).

    Parameters
    ----------
    code : {"repeated", "state", "both"}
        How the code reaches a decoder: as its input at every step, as its initial state, or both.
    reverse_target : bool
        Whether the decoder that reconstructs writes the last timestep first.
    decoder : {"reconstruct", "predict", "composite"}
        Write the source, what follows, or both, each with a decoder of its own.
    conditional : bool
        Whether a decoder also reads the previous output at every step.
    held_back : bool
        Whether the decoder that predicts writes the last steps, which the encoder does not see (how many is fed).
        Otherwise it writes all steps but the first of what the encoder reads. With it, recurrences are never unrolled.
    input_noise, step_dropout : bool
        Whether the encoder reads a corrupted source in training; standard deviation and rate are fed.
    """

    code: str = "repeated"
    reverse_target: bool = False
    decoder: str = "reconstruct"
    conditional: bool = False
    held_back: bool = False
    input_noise: bool = _free(False)
    step_dropout: bool = _free(False)

    @property
    def reads_code(self):
        """Whether the code is a decoder's input at every step."""
        return self.code in ("repeated", "both")

    @property
    def takes_states(self):
        """Whether the code is a decoder's initial state."""
        return self.code in ("state", "both")

    @property
    def n_decoders(self):
        """As in `NetworkSpec`."""
        return 2 if self.decoder == "composite" else 1

    def _decoder_widths(self):
        first = None if self.conditional else self.encoding_size if self.reads_code else 1
        return [first, *[self.units] * (self.n_layers - 1)]


@dataclass(frozen=True, kw_only=True)
class DecoderSpec(NetworkSpec):
    """What all networks have whose decoder writes one output after another.

    Parameters
    ----------
    tokens : bool
        Whether the source is token ids rather than measurements.
    embedding_dim : int or None
        Width of a learnt token embedding; None means one-hot semantics.
    decoder : {"recursive", "direct", "merge"}
        Reads its previous output at every step; writes all steps at once; or encodes the previous outputs alone and
        joins them with the source after the recurrent layers.
    attention : {None, "bahdanau", "dot", "general", "concat", "location", "local-m", "local-p"}
        Alignment model.
    attention_window : int
        D of local attention: source steps on either side of the centre.
    source_steps : int or None
        Longest source that location attention can score.
    input_feeding : bool
        Whether the attentional state of the step before is joined to the next input.
    code : {"auto", "state", "repeated", "both"}
        How the final encoder states reach the decoder besides attention.
    reverse_source : bool
        Whether the encoder reads the last timestep first.
    scheduled_sampling : {None, "linear", "exponential", "inverse_sigmoid"}
        How the probability of feeding the true output falls in training; its constants are fed. None: always fed.
    """

    tokens: bool = False
    embedding_dim: int | None = None
    decoder: str = "recursive"
    attention: str | None = None
    attention_window: int = 10
    source_steps: int | None = None
    input_feeding: bool = False
    code: str = "auto"
    reverse_source: bool = False
    scheduled_sampling: str | None = _free(None)

    @property
    def recursive(self):
        """Whether the decoder reads its previous outputs."""
        return self.decoder in ("recursive", "merge")

    @property
    def additive(self):
        """Whether the previous decoder state scores, and the context enters the next one."""
        return self.attention == "bahdanau"

    @property
    def reads_code(self):
        """Whether the code is read at every step."""
        if self.code != "auto":
            return self.code in ("repeated", "both")
        return not self.additive and (self.decoder == "direct" or (self.decoder == "merge" and not self.attention))

    @property
    def takes_states(self):
        """Whether the decoder starts from the encoder's final states."""
        if self.code != "auto":
            return self.code in ("state", "both")
        return not self.additive and (
            self.decoder == "recursive" or (self.decoder == "direct" and bool(self.attention))
        )

    @property
    def combines(self):
        """Whether a layer joins decoder state and context (or code) before the softmax: Luong's h~, or a merge."""
        return self.decoder == "merge" or (self.attention is not None and not self.additive)

    @property
    def reads_inputs(self):
        """Whether the decoder is told anything at every step besides the source."""
        return self.input_size is not None

    @property
    def feeds_itself(self):
        """Whether training tells the decoder what it wrote itself."""
        return self.scheduled_sampling is not None

    def _decoder_widths(self):
        # A step needs what the one before gave, or two inputs are multiplied apart.
        stepwise = self.additive or self.input_feeding or self.feeds_itself
        joined = self.reads_inputs and self.reads_code and self.decoder != "merge"
        first = self.input_size or (self.encoding_size if self.reads_code else 1)
        return [None if stepwise or joined else first, *[self.units] * (self.n_layers - 1)]


@dataclass(frozen=True, kw_only=True)
class Seq2SeqSpec(DecoderSpec):
    """Encoder-decoder with a softmax over target tokens.

    Parameters
    ----------
    target_size : int
        Number of target classes.
    label_smoothing : bool
        Whether the loss has this part at all; its size is fed.
    training : {"teacher_forcing", "professor_forcing", "professor_forcing_both"}
        Whether a critic compares how the decoder behaves when it is taught and on its own (`nn.networks.critic`).
    end : int or None
        The class that ends a target, which is not drawn where the decoder is on its own in training. Else None.
    """

    target_size: int
    label_smoothing: bool = _free(False)
    training: str = "teacher_forcing"
    end: int | None = None

    @property
    def feeds_itself(self):
        """As in `DecoderSpec`."""
        return super().feeds_itself or self.training != "teacher_forcing"

    @property
    def behaviour_size(self):
        """Width of what a critic reads of every step."""
        return self.units + self.target_size

    @property
    def input_size(self):
        """Number of ids that the decoder may be told: all classes and the start token; None if it is told none."""
        return self.target_size + 1 if self.recursive else None

    @property
    def output_size(self):
        """Numbers that the output layer writes at every step."""
        return self.target_size


@dataclass(frozen=True, kw_only=True)
class ForecastSpec(DecoderSpec):
    """Encoder-decoder that writes numbers: points, quantiles or distributions.

    Parameters
    ----------
    n_targets : int
        Numbers to forecast at every step.
    n_future : int
        Numbers that are known of every step beforehand, besides what was written at the step before.
    loss : str
        What is lost, and so what is written: a name in `nn.networks.heads`.
    levels : tuple of float
        Those of ``loss="quantile"``, ascending.
    """

    n_targets: int
    n_future: int = 0
    loss: str = "squared_error"
    levels: tuple[float, ...] = ()

    @property
    def input_size(self):
        """Numbers that the decoder is told at every step; None if it is told none."""
        return (self.n_targets if self.recursive else 0) + self.n_future or None

    @property
    def numbers_per_target(self):
        """What the head of the loss reads."""
        return LOSSES[self.loss].n_numbers or len(self.levels)

    @property
    def output_size(self):
        """Numbers that the output layer writes at every step."""
        return self.n_targets * self.numbers_per_target


POOLED_PARTS = {  # pooling -> what stands side by side in the vector of a sequence
    "last": ("last",),
    "attention": ("attention",),
    "mean": ("mean",),
    "concat": ("mean", "max", "last"),
}


@dataclass(frozen=True, kw_only=True)
class PooledSpec(NetworkSpec):
    """Encoder, one vector per sequence, one dense layer: labels or numbers for the whole sequence.

    Parameters
    ----------
    sizes : tuple of int
        Number of classes of every output; ``(1,) * n_outputs`` in regression.
    task : {"classify", "regress"}
        A softmax for every output, or numbers.
    tokens, embedding_dim
        How the source is read, as in `DecoderSpec`.
    pooling : {"last", "attention", "mean", "concat"}
        How the encoder outputs become one vector: the final hidden state, a weighted or plain mean over steps, or the
        plain mean, the largest values and the final hidden state side by side.
    reads_ends : bool
        Whether the output layer also reads the first and the last number of every feature, which must be scaled.
    """

    sizes: tuple[int, ...]
    task: str = "classify"
    tokens: bool = False
    embedding_dim: int | None = None
    pooling: str = "last"
    reads_ends: bool = False
    most_of_ends: ClassVar[float] = 10.0  # deviations: what is farther out counts as this

    @property
    def pooled_size(self):
        """Width of the vector that stands for a sequence."""
        return self.encoding_size * len(POOLED_PARTS[self.pooling])

    @property
    def ends_size(self):
        """How many numbers of the source the output layer reads beside that vector."""
        return 2 * self.source_size if self.reads_ends else 0


@dataclass(frozen=True, kw_only=True)
class TaggerSpec(NetworkSpec):
    """Encoder, one dense layer over its outputs: one tag per timestep.

    Parameters
    ----------
    n_tags : int
        Number of tags.
    tokens, embedding_dim
        How the source is read, as in `DecoderSpec`.
    transitions : bool
        Whether a linear-chain CRF scores whole paths of tags (Lafferty et al. 2001), rather than a softmax each step.
    """

    n_tags: int
    tokens: bool = False
    embedding_dim: int | None = None
    transitions: bool = False


@dataclass(frozen=True, kw_only=True)
class GeneratorSpec(NetworkSpec):
    """Recurrent layers and an output layer that says what follows every step.

    Parameters
    ----------
    tokens, embedding_dim
        How a sequence is read, as in `DecoderSpec`.
    tied : bool
        Whether the output layer multiplies with the embedding of the tokens instead of weights of its own.
    ends : bool
        Whether sequences have an end, which is learnt. Of tokens it is the last class.
    condition : {None, "labels", "vectors"}
        What a sequence may depend on: one of ``condition_size`` labels, or a vector of so many numbers.
    training : {"teacher_forcing", "professor_forcing", "professor_forcing_both"}
        Whether a critic compares how the network behaves when it is taught and on its own (`nn.networks.critic`).
    n_sampled_tokens : int or None
        Draws that the softmax of an update is over, besides the targets (`nn.networks.sampled_softmax`). None: it is
        over all tokens.
    carried : bool
        Whether training goes on from the states after the batch before.
    n_components : int
        Of the mixture that numbers are drawn from.
    correlated : bool
        Whether the two continuous features of a component are correlated.
    reg_covar : float
        Added to the variances of components: no density grows without bound.
    binary : tuple of int
        Features that are 0 or 1.
    one_hot : tuple of tuple of int
        Groups of them of which exactly one is 1.
    """

    tokens: bool = False
    embedding_dim: int | None = None
    tied: bool = False
    ends: bool = False
    condition: str | None = None
    condition_size: int = 0
    training: str = "teacher_forcing"
    n_sampled_tokens: int | None = _free(None)
    carried: bool = False
    n_components: int = 0
    correlated: bool = False
    reg_covar: float = 1e-6
    binary: tuple[int, ...] = ()
    one_hot: tuple[tuple[int, ...], ...] = ()

    @property
    def target_size(self):
        """Number of classes: all ids but that of padding, and the end."""
        return self.source_size - 1 + self.ends

    @property
    def behaviour_size(self):
        """Width of what a critic reads of every step."""
        return self.units + (self.output_size if self.tokens else 0)

    @property
    def n_continuous(self):
        """Number of features that are not just 0 or 1."""
        return self.source_size - len(self.binary)

    @property
    def feature_parts(self):
        """Features that are not just 0 or 1, those that are but belong to no group, then every group."""
        continuous = tuple(k for k in range(self.source_size) if k not in self.binary)
        alone = tuple(k for k in self.binary if not any(k in group for group in self.one_hot))
        return continuous, alone, *self.one_hot

    def _encoder_widths(self):
        first, *others = super()._encoder_widths()
        return [None if self.condition else first, *others]

    @property
    def output_size(self):
        """Numbers that the output layer writes at every step."""
        return self.target_size if self.tokens else sum(self.mixture_sizes)

    @property
    def mixture_sizes(self):
        """Numbers of every part of a `Mixture`: weights, means, deviations, correlation, features, groups; the end."""
        k, d = self.n_components, self.n_continuous
        return [k, k * d, k * d, k * self.correlated, *map(len, self.feature_parts[1:]), int(self.ends)]


@dataclass(frozen=True, kw_only=True)
class OwnNetworkSpec:
    """A network of the user's own.

    Parameters
    ----------
    token : str
        Tells this network from all others: every fit has its own.
    builder : object
        ``build(seed)`` gives a `keras.Model`, ``compile(model, default_loss)`` sets its loss, ``callbacks()`` and
        ``fit_arguments()`` are for ``keras.Model.fit``.
    task : {"classify", "regress", "reconstruct"}
        What the model writes.
    sizes : tuple of int
        As in `PooledSpec`; empty for reconstructions.
    source_size, n_timesteps, tokens, dtype
        What the model reads.
    encoding_size : int or None
        Width of the output of the layer named "encoding".
    """

    token: str
    builder: Any = field(compare=False, repr=False)
    task: str = field(compare=False)
    source_size: int = field(compare=False)
    n_timesteps: int = field(compare=False)
    sizes: tuple[int, ...] = field(default=(), compare=False)
    tokens: bool = field(default=False, compare=False)
    dtype: str = field(default="float32", compare=False)
    encoding_size: int | None = field(default=None, compare=False)

    is_own: ClassVar[bool] = True
    decoder: ClassVar[str] = "reconstruct"
    pooling: ClassVar[None] = None
