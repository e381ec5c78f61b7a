"""The frozen, hashable description of a network: all that decides its graph, nothing that does not.

Learning rate, dropout rates, penalties, where gradients through time are cut, epochs, batch size, numbers of samples
and of timesteps are not part of it: they are fed to the graph, so they never cause a new trace.
"""

from dataclasses import dataclass

__all__ = ["AutoencoderSpec", "NetworkSpec", "Seq2SeqSpec"]


@dataclass(frozen=True, kw_only=True)
class NetworkSpec:
    """What every encoder-decoder network has: an encoder of recurrent layers and a way to be trained.

    Parameters
    ----------
    source_size : int
        Number of features of a timestep, or number of token ids (the padding id included).
    units, n_layers, bidirectional, cell, activation
        The recurrent layers. ``cell`` is "lstm" or "gru", ``activation`` "tanh" or "relu".
    dropout, recurrent_dropout, penalty, truncated : bool
        Whether the graph has these parts at all; their rates, and the steps between two cuts, are fed.
    optimizer : str
        Serialised Keras optimizer configuration, as JSON with sorted keys.
    dtype : str
        "float32" or "float64".
    jit_compile : bool
        Whether one training step is compiled with XLA.
    unroll : bool
        Whether recurrences are written out step by step in the graph (then a number of timesteps has its own trace).
    """

    source_size: int
    units: int
    cell: str = "lstm"
    n_layers: int = 1
    bidirectional: bool = False
    activation: str = "tanh"
    dropout: bool = False
    recurrent_dropout: bool = False
    penalty: bool = False
    truncated: bool = False
    optimizer: str = '{"class_name": "Adam", "config": {}}'
    dtype: str = "float32"
    jit_compile: bool = False
    unroll: bool = False

    @property
    def encoding_size(self):
        """Width of one encoder output: both directions together."""
        return self.units * (2 if self.bidirectional else 1)

    @property
    def n_states(self):
        """States a recurrent layer carries: hidden and cell for the LSTM, hidden for the GRU."""
        return 2 if self.cell == "lstm" else 1


@dataclass(frozen=True, kw_only=True)
class AutoencoderSpec(NetworkSpec):
    """Encoder, code, unconditional decoder (Srivastava et al. 2015).

    Parameters
    ----------
    code : {"repeated", "state", "both"}
        How the code reaches the decoder: as its input at every step, as its initial state, or both.
    reverse_target : bool
        Whether the decoder writes the last timestep first.
    """

    code: str = "repeated"
    reverse_target: bool = False


@dataclass(frozen=True, kw_only=True)
class Seq2SeqSpec(NetworkSpec):
    """Encoder-decoder with a softmax over target tokens.

    Parameters
    ----------
    target_size : int
        Number of target classes.
    tokens : bool
        Whether the source is token ids rather than measurements.
    embedding_dim : int or None
        Width of a learnt token embedding; None means one-hot semantics.
    decoder : {"recursive", "direct"}
        Fed back its previous token, or all steps at once from the code alone.
    attention : {None, "bahdanau", "dot"}
        Alignment model.
    """

    target_size: int
    tokens: bool = False
    embedding_dim: int | None = None
    decoder: str = "recursive"
    attention: str | None = None
