"""skseq: sequence learning for scikit-learn.

Recurrent encoder-decoder networks as ordinary scikit-learn estimators. Public names load on first use, so
``import skseq`` does not import TensorFlow.
"""

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from skseq._trusted import TRUSTED_TYPES
from skseq._version import __version__

if TYPE_CHECKING:
    from skseq import datasets, exceptions, export, inspection, metrics, model_selection, preprocessing
    from skseq._autoencoder import LSTMAutoencoderTransformer
    from skseq._decoding_search import DecodingSearch
    from skseq._detector import LSTMAutoencoderDetector
    from skseq._encoder import SequenceEncoder
    from skseq._forecaster import SeriesForecaster
    from skseq._generator import SequenceGenerator
    from skseq._load import load
    from skseq._naive import SeasonalNaive
    from skseq._regressor import Seq2SeqRegressor
    from skseq._seq2seq import Seq2SeqClassifier
    from skseq._sequence import SequenceClassifier, SequenceRegressor
    from skseq._settings import clear_pool, set_compile_cache, set_n_threads
    from skseq._show_versions import show_versions
    from skseq._tagger import SequenceTagger
    from skseq._transducer import Seq2SeqTransducer

_HOME = {  # public name -> the module it lives in
    "DecodingSearch": "skseq._decoding_search",
    "LSTMAutoencoderDetector": "skseq._detector",
    "LSTMAutoencoderTransformer": "skseq._autoencoder",
    "SeasonalNaive": "skseq._naive",
    "Seq2SeqClassifier": "skseq._seq2seq",
    "Seq2SeqRegressor": "skseq._regressor",
    "Seq2SeqTransducer": "skseq._transducer",
    "SequenceClassifier": "skseq._sequence",
    "SequenceEncoder": "skseq._encoder",
    "SequenceGenerator": "skseq._generator",
    "SequenceRegressor": "skseq._sequence",
    "SequenceTagger": "skseq._tagger",
    "SeriesForecaster": "skseq._forecaster",
    "clear_pool": "skseq._settings",
    "load": "skseq._load",
    "set_compile_cache": "skseq._settings",
    "set_n_threads": "skseq._settings",
    "show_versions": "skseq._show_versions",
}
_SUBMODULES = ("datasets", "exceptions", "export", "inspection", "metrics", "model_selection", "preprocessing")

__all__ = [
    "TRUSTED_TYPES",
    "DecodingSearch",
    "LSTMAutoencoderDetector",
    "LSTMAutoencoderTransformer",
    "SeasonalNaive",
    "Seq2SeqClassifier",
    "Seq2SeqRegressor",
    "Seq2SeqTransducer",
    "SequenceClassifier",
    "SequenceEncoder",
    "SequenceGenerator",
    "SequenceRegressor",
    "SequenceTagger",
    "SeriesForecaster",
    "__version__",
    "clear_pool",
    "datasets",
    "exceptions",
    "export",
    "inspection",
    "load",
    "metrics",
    "model_selection",
    "preprocessing",
    "set_compile_cache",
    "set_n_threads",
    "show_versions",
]


if not TYPE_CHECKING:  # to type checkers it would be any name

    def __getattr__(name):
        if name in _HOME:
            try:
                return getattr(import_module(_HOME[name]), name)  # only now: `import skseq` stays fast
            except AttributeError as error:  # Python would say no more than that the name cannot be imported
                raise ImportError(f"skseq.{name} cannot be loaded: {error}") from error
        if name in _SUBMODULES:
            return import_module(f"skseq.{name}")
        raise AttributeError(f"module 'skseq' has no attribute {name!r}", name=name, obj=sys.modules[__name__])


def __dir__() -> list[str]:
    return sorted({*__all__, *(name for name in globals() if name.startswith("__"))})  # not what the file itself uses
