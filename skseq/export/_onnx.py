"""Fitted estimators as ONNX files."""

from __future__ import annotations

import os
from dataclasses import fields
from os import PathLike
from typing import IO, Any, Literal

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skseq._arguments import check_path
from skseq._files import public
from skseq._sklearn import StrOptions, validate_params
from skseq.export._decoder import check_attention, greedy
from skseq.export._encoder import Encoder
from skseq.export._graph import Graph
from skseq.export._metadata import metadata_of

_OF_KERAS = "model_.export(path, format='onnx'), which Keras writes with the package tf2onnx"
_EXPORTED = (
    "SequenceClassifier, SequenceRegressor, SequenceTagger, LSTMAutoencoderTransformer, Seq2SeqClassifier and "
    "Seq2SeqTransducer"
)


@public
@validate_params(
    {"estimator": "no_validation", "path": "no_validation", "dtype": [StrOptions({"float64", "float32"})]},
    prefer_skip_nested_validation=True,
)
def to_onnx(
    estimator: Any, path: str | PathLike[str] | IO[bytes], *, dtype: Literal["float64", "float32"] = "float64"
) -> None:
    """Write a fitted estimator as an ONNX file, which runs without Python.

    The model reads raw data: it scales them itself, and leaves out padding by the lengths. Its outputs are those of
    `predict_proba`, `predict` or `transform` to about 1e-5, in deviations of a numeric y, for any number of sequences
    of any lengths. Networks in ``dtype="mixed_bfloat16"`` differ more, see Notes.

    Parameters
    ----------
    estimator : estimator
        A fitted `SequenceClassifier`, `SequenceRegressor`, `SequenceTagger` (without `transitions`),
        `LSTMAutoencoderTransformer`, `Seq2SeqClassifier` or `Seq2SeqTransducer` (both with ``search="greedy"``, without
        constraints, and without attention by position).

    path : str, path-like or binary file
        Where the file is written.

    dtype : {"float64", "float32"}, default="float64"
        Type of the numbers of X that the model reads, and of the numbers in the units of y that it writes. All between
        is float32. With "float32", data whose mean is large beside their deviation lose digits before they are scaled;
        some runtimes, of browsers and small devices, know no other type.

    Raises
    ------
    ImportError
        If the package onnx is not installed.
    ValueError
        If ONNX cannot say what this estimator does, or if JSON cannot say what its tokens or classes are. The message
        says what to change.
    sklearn.exceptions.NotFittedError
        If the estimator has not been fitted.

    Notes
    -----
    Inputs, for sequences that are padded on the right, with any numbers, or with ids of the vocabulary such as 0:

    - source: numbers (n_samples, n_timesteps, n_features), or (n_samples, n_timesteps) if sequences were univariate in
      fit; or ids of tokens (n_samples, n_timesteps), int64.
    - lengths: numbers of real timesteps (n_samples,), int64, at least 1.

    The file checks less than `predict`. The probabilities, values or encoding of a sequence with NaN or infinity at a
    real timestep are NaN. An id of no token may be read as that of another one: onnxruntime takes -1 for the last one.

    Outputs, in this order:

    - SequenceClassifier: probabilities (n_samples, n_classes); probabilities_0, probabilities_1 and so on if y was 2-D.
    - SequenceRegressor: values, in the form of y in fit.
    - SequenceTagger: probabilities (n_samples, n_timesteps, n_classes), which mean nothing on padding; or (n_samples,
      n_classes) if y had one label per sequence.
    - LSTMAutoencoderTransformer: encoding, as `transform` gives it for the `output` that is set now. Hidden states of
      every step are zero on padding.
    - Seq2SeqClassifier: output (n_samples, n_timesteps_out), int64, numbers of the tokens in "target_tokens"; and
      probabilities (n_samples, n_timesteps_out, n_classes) in their order.
    - Seq2SeqTransducer: the same, and output_lengths (n_samples,), int64, numbers of tokens before the end. The
      `max_length` is that which is set now.

    The metadata of the file are strings. What does not apply is left out.

    - skseq_version, and estimator, the name of the class
    - source_kind: "numbers", "tokens" or "text"
    - analyzer: "char", "word", or the name of a function
    - classes: a list in JSON, in the order of the probabilities; if y was 2-D a list of lists, one per output
    - target_tokens: a list in JSON, what decoders write by number; null is the end of an output
    - vocabulary: an object in JSON. "tokens" is a list; "first_id" is the id of its first token, and the others
      count on from there; "padding_id" is 0; "unknown_id" is null if every token has to be known.

    A network in ``dtype="mixed_bfloat16"`` is written with products in float32. The estimator itself rounds them more,
    so outputs differ by up to 0.02 or so, not 1e-5. A network of float64 is written in float32.

    Examples
    --------
    >>> import io
    >>> import numpy as np
    >>> from skseq import SequenceClassifier
    >>> from skseq.export import to_onnx
    >>> X, y = np.random.RandomState(0).randn(20, 3), [0, 1] * 10
    >>> file = io.BytesIO()
    >>> to_onnx(SequenceClassifier(units=2, epochs=1, random_state=0).fit(X, y), file)
    >>> import onnxruntime
    >>> session = onnxruntime.InferenceSession(file.getvalue())
    >>> lengths = np.full(len(X), 3)
    >>> session.run(["probabilities"], {"source": X, "lengths": lengths})[0].shape
    (20, 2)
    """
    if not hasattr(path, "write"):
        check_path("path", path, "a path or a binary file")
    _check_onnx()
    write = _writer(estimator)
    graph = Graph()
    encoder = Encoder(graph, estimator._spec, estimator.weights_)
    write(_Export(graph, estimator, encoder, dtype))
    model = graph.model(type(estimator).__name__, metadata_of(estimator))
    content = model.SerializeToString()
    if hasattr(path, "write"):
        path.write(content)
        return
    with open(os.fspath(path), "wb") as file:
        file.write(content)


def _check_onnx():
    try:
        import onnx  # noqa: F401 - whether it is there
    except ImportError as error:
        raise ImportError("to_onnx needs the package onnx: pip install 'skseq[onnx]'.") from error


def _writer(estimator):
    """The function that writes the outputs of a fitted estimator; what cannot be written raises ValueError."""
    from skseq.nn.spec import AutoencoderSpec, PooledSpec, Seq2SeqSpec, TaggerSpec  # with TensorFlow

    name = type(estimator).__name__
    if hasattr(estimator, "best_estimator_"):
        raise ValueError(f"to_onnx writes {_EXPORTED}, got {name}: pass its best_estimator_.")
    if hasattr(estimator, "steps"):
        raise ValueError(
            f"to_onnx writes {_EXPORTED}, got {name}: pass its last step, pipeline[-1]. The steps before it are not in "
            "the file, which reads what pipeline[:-1].transform(X) gives: apply them yourself, or leave them out and "
            "fit again. Numbers need no scaler: with scale_inputs=True the file standardises them."
        )
    if not hasattr(estimator, "_learnt") and not hasattr(type(estimator), "encoder_model_"):
        raise ValueError(f"to_onnx writes {_EXPORTED}, got {name}{_inside(estimator)}.")
    check_is_fitted(estimator)
    spec = estimator._spec
    if spec.is_own:
        raise ValueError(f"This {name} has a network of your own, which to_onnx does not know: call {_OF_KERAS}.")
    if getattr(spec, "transitions", False):
        raise ValueError(
            "ONNX has no operator for the CRF of transitions=True: fit with transitions=False, or write the emission "
            f"scores with {_OF_KERAS}, and decode them yourself."
        )
    if type(spec) is PooledSpec:
        return _write_probabilities if spec.task == "classify" else _write_values
    if type(spec) is TaggerSpec:
        return _write_tags
    if type(spec) is AutoencoderSpec and hasattr(estimator, "transform"):
        return _write_encoding
    if type(spec) is Seq2SeqSpec:
        _check_greedy(estimator)
        return _write_greedy
    raise ValueError(f"to_onnx writes {_EXPORTED}, got {name}: call {_OF_KERAS}.")


def _inside(estimator):
    """What an error says of an estimator that holds another one: whether to pass that, or to ask Keras."""
    inner = getattr(estimator, "estimator_", None)
    if inner is None:
        return ""
    try:
        _writer(inner)
    except ValueError:
        return f": call estimator_.{_OF_KERAS}" if hasattr(type(inner), "model_") else ""
    return ": pass its estimator_"


def _check_greedy(estimator):
    """Raise ValueError for a search that is not written, or attention by position."""
    check_attention(estimator._spec.attention)
    search = estimator._search()
    asked = search.given | ({} if search.search == "greedy" else {"search": search.search})
    asked.pop("max_length", None)  # which is written
    defaults = {field.name: field.default for field in fields(search)}
    for name, value in asked.items():
        raise ValueError(
            f"to_onnx writes greedy search without constraints, but {name}={value!r}: set {name}={defaults[name]!r}. "
            "It is read at predict, so no new fit is needed."
        )


class _Export:
    """What all writers need: the encoder on the inputs of the model, and the outputs by name."""

    def __init__(self, graph, estimator, encoder, dtype):
        self.graph, self.estimator, self.encoder, self.dtype = graph, estimator, encoder, dtype
        self.spec, self.learnt = estimator._spec, estimator._learnt
        self.source = self._source()
        self.lengths = graph.cast(graph.input("lengths", np.int64, ["n_samples"]), np.int32)
        self.encoded = encoder.encode(self.source, self.lengths)
        self.fault = None if self.learnt.source.reads_tokens else self._fault()

    def _source(self):
        """Ids (b, t), or float32 numbers (b, t, f) on the scale of the network."""
        form, graph, shape = self.learnt.source, self.graph, ["n_samples", "n_timesteps"]
        if form.reads_tokens:
            return graph.input("source", np.int64, shape)
        read = graph.input("source", self.dtype, shape if form.univariate else [*shape, form.n_features])
        if form.univariate:
            read = graph.add("Unsqueeze", read, [-1])
        mean, deviation = (np.asarray(x, self.dtype) for x in (form.scale.mean, form.scale.deviation))
        return graph.cast(graph.add("Div", graph.add("Sub", read, mean), deviation), np.float32)

    def _fault(self):
        """0 for samples of finite numbers, NaN for others (b, 1, 1): recurrent nodes of runtimes may lose NaN."""
        zeros = self.graph.add("Mul", self.encoder.real(self.source, self.lengths), np.array(0, np.float32))
        return self.graph.add("ReduceSum", zeros, [1, 2], keepdims=1)

    def samples_first(self):
        """Encoder outputs (b, t, d)."""
        return self.graph.add("Transpose", self.encoded.outputs, perm=[1, 0, 2])

    def write(self, name, tensor, *shape, dtype=np.float32):
        """An output; the shape is that of one sample. Numbers of a sample that is not finite are NaN."""
        if self.fault is not None and np.dtype(dtype).kind == "f":
            fault = self.graph.add("Reshape", self.fault, [-1, *[1] * len(shape)])
            tensor = self.graph.add("Add", tensor, self.graph.cast(fault, dtype))
        self.graph.output(name, tensor, dtype, ["n_samples", *shape])


def _head(export):
    """Logits or numbers of all outputs side by side (b, sum(sizes))."""
    encoder = export.encoder
    outputs = encoder.dense(encoder.pooled(export.encoded), "output/kernel", "output/bias")
    if not export.spec.reads_ends:
        return outputs
    return export.graph.add("Add", outputs, encoder.dense(encoder.ends(export.source, export.lengths), "output/ends"))


def _write_probabilities(export):
    add, sizes, logits = export.graph.add, export.spec.sizes, _head(export)
    if not export.learnt.targets.multioutput:
        return export.write("probabilities", add("Softmax", logits, axis=-1), sizes[0])
    parts = add("Split", logits, np.array(sizes), n_outputs=len(sizes), axis=1) if len(sizes) > 1 else [logits]
    for k, (own, size) in enumerate(zip(parts, sizes)):
        export.write(f"probabilities_{k}", add("Softmax", own, axis=-1), size)


def _write_values(export):
    graph, targets = export.graph, export.learnt.targets
    mean, deviation = (np.asarray(x, export.dtype) for x in (targets.scale.mean, targets.scale.deviation))
    values = graph.add("Add", graph.add("Mul", graph.cast(_head(export), export.dtype), deviation), mean)
    shape = [targets.n_outputs] if targets.multioutput else []
    values = values if targets.multioutput else graph.add("Squeeze", values, [1])
    export.write("values", values, *shape, dtype=export.dtype)


def _write_tags(export):
    logits = export.encoder.dense(export.samples_first(), "output/kernel", "output/bias")
    probabilities, n_tags = export.graph.add("Softmax", logits, axis=-1), export.spec.n_tags  # (b, t, n_tags)
    if export.learnt.targets.form == "labels":
        export.write("probabilities", export.encoder.mean(probabilities, export.lengths), n_tags)
    else:
        export.write("probabilities", probabilities, "n_timesteps", n_tags)


def _write_encoding(export):
    output, size = export.estimator.output, export.spec.encoding_size
    if output == "sequence":
        return export.write("encoding", export.samples_first(), "n_timesteps", size)
    states = export.encoded.states[-1] if output == "state" else export.encoded.states[-1][:1]
    export.write("encoding", export.graph.add("Concat", *states, axis=1), len(states) * size)


def _write_greedy(export):
    graph, spec, targets = export.graph, export.spec, export.learnt.targets
    if targets.end is None:
        how = {"allowed": targets.allowed, "n_steps": int(targets.limits(np.ones(1))[0])}
    else:
        how = {"limits": _limits(export, export.estimator.max_length)}
    classes, probabilities = greedy(graph, spec, export.estimator.weights_, export.encoded, **how)
    export.write("output", classes, "n_timesteps_out", dtype=np.int64)
    export.write("probabilities", probabilities, "n_timesteps_out", spec.target_size)
    if targets.end is not None:
        written = graph.cast(graph.add("Greater", classes, np.array(0)), np.int64)
        export.write("output_lengths", graph.add("ReduceSum", written, [1], keepdims=0), dtype=np.int64)


def _limits(export, max_length):
    """Most tokens of every output (b,), int32, as `TokenTargets.limits` has them."""
    graph, pair = export.graph, isinstance(max_length, (tuple, list))
    factor, more = max_length if pair else (0, export.learnt.targets.limits(np.ones(1), max_length)[0])
    longest = graph.add("Mul", graph.cast(export.lengths, np.float64), np.array(factor, np.float64))
    longest = graph.add("Floor", graph.add("Add", longest, np.array(more, np.float64)))
    return graph.cast(graph.add("Max", longest, np.array(1.0)), np.int32)
