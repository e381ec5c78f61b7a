"""What encoder-decoder networks share, whether they write tokens or numbers: the way from a batch to a `Source`."""

from skseq.nn.networks import encoder
from skseq.nn.networks.network import Network
from skseq.nn.networks.seq2seq_decoder import Seq2SeqDecoder


class EncoderDecoder(Network):
    """An encoder, and a decoder that reads what it has made of the source."""

    def __init__(self, spec):
        self.spec, self.decoder = spec, Seq2SeqDecoder(spec)

    def encode(self, weights, batch, noise):
        """The `Source` of a batch: all that the decoder reads of it."""
        spec = self.spec
        outputs, states = encoder.encode_source(spec, weights, batch, noise, backwards=spec.reverse_source)
        return self.decoder.read(weights, outputs, states, batch.get("source_lengths"), noise)
