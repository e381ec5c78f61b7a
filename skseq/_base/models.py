"""The Keras models of a fitted estimator: `model_`, `encoder_model_` and `decoder_model_`."""

from __future__ import annotations

import warnings
from copy import copy
from typing import Any

from sklearn.utils.validation import check_is_fitted

from skseq._sklearn import fitted_attributes_html

_MODELS = ("model_", "encoder_model_", "decoder_model_")  # built whenever they are asked for


class ModelsMixin:
    """An estimator whose network can be had as Keras models. What lists or shows its attributes builds none."""

    _hides_models = False

    def _export(self, name):
        from skseq.nn.export.models import build_models
        from skseq.nn.export.stock_layers import set_weights
        from skseq.nn.process import check_process

        check_is_fitted(self)
        check_process()
        models, bindings = build_models(self._spec, *self._model_timesteps(self._learnt), self._learnt.scales)
        set_weights(bindings, self.weights_)  # a new model at every call: what a user does to it stays out of here
        model = models[name]
        model(model.input)  # Keras exports only a model that has been called to ONNX
        return model

    def _models(self):
        """Names of the models that there are."""
        return _MODELS if hasattr(self, "weights_") else ()

    def __dir__(self) -> list[str]:
        """Names of what there is. To ask for a model would build it."""
        models = () if self._hides_models else self._models()
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)  # of attributes to come and go, as scikit-learn has it
            return [x for x in object.__dir__(self) if (x in models if x in _MODELS else hasattr(self, x))]

    def _get_fitted_attr_html(self, doc_link=""):
        """What scikit-learn shows of a fitted estimator, but no models: all would be built, twice."""
        shown = copy(self)
        shown._hides_models = True
        return fitted_attributes_html(shown, doc_link)

    @property
    def model_(self) -> Any:
        """A `keras.Model` of stock layers with the fitted weights, from source (and decoder inputs) to output."""
        return self._export("model")

    @property
    def encoder_model_(self) -> Any:
        """A `keras.Model` of stock layers with the fitted weights, from source to what the decoder reads."""
        return self._export("encoder_model")

    @property
    def decoder_model_(self) -> Any:
        """A `keras.Model` of stock layers with the fitted weights, from what the encoder gives to output."""
        return self._export("decoder_model")
