"""Real `keras.Model`s of stock Keras layers that carry the weights of a network.

They are built on demand for export, plotting and callbacks; training and prediction never use them.
"""

from skseq.nn.export.autoencoder import autoencoder_models
from skseq.nn.export.forecast import forecast_models
from skseq.nn.export.generator import generator_models
from skseq.nn.export.pooled import pooled_models
from skseq.nn.export.seq2seq import seq2seq_models
from skseq.nn.export.stock_layers import Builder
from skseq.nn.export.tagger import tagger_models
from skseq.nn.spec import AutoencoderSpec, ForecastSpec, GeneratorSpec, PooledSpec, Seq2SeqSpec, TaggerSpec

_MODELS = {
    AutoencoderSpec: autoencoder_models,
    ForecastSpec: forecast_models,
    GeneratorSpec: generator_models,
    PooledSpec: pooled_models,
    Seq2SeqSpec: seq2seq_models,
    TaggerSpec: tagger_models,
}


def build_models(spec, n_source, n_target, scales=None):
    """(models, bindings) for a spec: models is a dict with "model", "encoder_model" and "decoder_model".

    ``scales`` has objects with a mean and a deviation per channel for what the network reads as "source" and writes as
    "target". The models read and write the numbers as they were before. Of forecasters there are "known", for the
    numbers that the decoder is told, and "windows", a `WindowScaling`, as well; of generators "condition".

    n_source and n_target are the numbers of timesteps that the encoder reads and the decoder writes. Only autoencoders
    are tied to n_source; the others take sources of any length.
    """
    builder, build = Builder(spec, scales), _MODELS[type(spec)]
    return build(builder, n_source, n_target), builder.bindings
