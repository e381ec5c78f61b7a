"""What a model does not say by its tensors: vocabulary, classes and the kind of estimator, as strings."""

import json
from types import NoneType

import numpy as np

from skseq._arguments import of_python
from skseq._data.tokens.vocabulary import PAD
from skseq._version import __version__


def metadata_of(estimator):
    """Strings by name, see `to_onnx`."""
    form, targets = estimator._learnt.source, estimator._learnt.targets
    kind = "text" if form.analyzer is not None else "tokens" if form.reads_tokens else "numbers"
    metadata = {"skseq_version": __version__, "estimator": type(estimator).__name__, "source_kind": kind}
    if form.analyzer is not None:
        metadata["analyzer"] = getattr(form.analyzer, "__qualname__", str(form.analyzer))
    if form.reads_tokens:
        metadata["vocabulary"] = json.dumps(_vocabulary(form))
    if hasattr(targets, "class_tokens"):  # of a decoder
        metadata["target_tokens"] = json.dumps(_plain(targets.class_tokens, "target tokens"))
    elif getattr(targets, "classes", None) is not None:
        metadata["classes"] = json.dumps(_classes(targets))
    return metadata


def _vocabulary(form):
    first = min(form.vocabulary.values())
    tokens = _plain(sorted(form.vocabulary, key=form.vocabulary.get), "tokens")  # their ids have no gaps
    unknown = PAD + 1 if form.has_unknown else None
    return {"tokens": tokens, "first_id": first, "padding_id": PAD, "unknown_id": unknown}


def _classes(targets):
    """A list of labels; of several outputs a list for each."""
    if isinstance(targets.classes, list):
        return targets.in_form([_plain(own, "classes") for own in targets.classes])
    return _plain(targets.classes, "classes")


def _plain(values, of):
    """A list of what JSON has a form for; anything else raises ValueError."""
    values = list(map(of_python, values))
    for value in values:
        infinite = isinstance(value, float) and not np.isfinite(value)
        if infinite or not isinstance(value, (str, int, float, NoneType)):
            raise ValueError(
                f"The metadata of an ONNX file are JSON, which has no form for one of the {of}, {value!r} of type "
                f"{type(value).__name__}: fit on strings or numbers."
            )
    return values
