"""Taggers as `keras.Model`s of stock layers."""

import keras


def tagger_models(builder, *_):
    """Models for sources of any length; the decoder model is the layer on the encoder outputs: the head.

    They write the probabilities of the tags at every step. With transitions they write emission scores instead, as
    stock Keras has no layer for a CRF: its weights "transitions/..." are in no model.
    """
    spec = builder.spec
    activation = None if spec.transitions else "softmax"

    def head(outputs):
        return builder.dense("output", outputs, spec.n_tags, ["output/kernel"], "output/bias", activation)

    source = builder.source(None)
    outputs, _ = builder.encoder(builder.vectors(source))
    given = keras.Input((None, spec.encoding_size), dtype=spec.dtype, name="encoder_outputs")
    return {
        "model": keras.Model(source, head(outputs), name="tagger"),
        "encoder_model": keras.Model(source, outputs, name="encoder"),
        "decoder_model": keras.Model(given, head(given), name="head"),
    }
