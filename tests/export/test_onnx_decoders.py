"""Greedy decoders as ONNX files beside the estimators that they come from."""

import io
import json
import re

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from test_onnx import LENGTHS, RNG, SENSORS, WORDS, drawn, ids, metadata, outputs, session

from skseq import Seq2SeqClassifier, Seq2SeqTransducer
from skseq._base.decoders import decoding
from skseq.export import to_onnx

pytestmark = pytest.mark.usefixtures("untrained", "eager")
SMALL = {"units": 3, "epochs": 1, "random_state": 0}
TOKENS = np.stack([RNG.randint(0, 3, 8), RNG.randint(2, 6, 8)], axis=1)  # not every token at every position
ONE_WAY = {"attention": False, "cell": "lstm", "bidirectional": False}
DECODERS = {
    "state": {},
    "both directions": {"bidirectional": True, "n_layers": 2, "reverse_source": True},
    "code at every step": {"code": "both", "cell": "gru"},
    "bahdanau": {"attention": "bahdanau", "bidirectional": True},
    "dot": {"attention": "dot", "input_feeding": True, "n_layers": 2},
    "general": {"attention": "general", "decoder": "direct", "cell": "cho-gru"},
    "concat": {"attention": "concat", "decoder": "merge"},
    "direct": {"decoder": "direct"},
    "merge": {"decoder": "merge", "embedding_dim": 2},
}


@pytest.mark.parametrize("decoder", DECODERS.values(), ids=DECODERS)
def test_outputs_of_one_length(decoder):
    model = drawn(Seq2SeqClassifier(**SMALL, analyzer="char", **ONE_WAY | decoder).fit(WORDS, TOKENS))
    exported = session(model)
    written, probabilities = outputs(exported, ids(exported, WORDS), np.int64)
    tokens = np.array(json.loads(metadata(exported)["target_tokens"]))
    assert_array_equal(tokens[written], model.predict(WORDS))
    for position, expected in enumerate(model.predict_proba(WORDS)):
        possible = np.isin(tokens, model.classes_[position])
        assert_allclose(probabilities[:, position, possible], expected, atol=1e-5)
        assert not probabilities[:, position, ~possible].any()


def test_a_file_holds_no_critic():
    """It holds the same numbers as one of the same decoder without a critic."""
    files = []
    for training in ("professor_forcing", "teacher_forcing"):
        model = Seq2SeqClassifier(**SMALL, analyzer="char", training=training).fit(WORDS, TOKENS)  # untrained
        assert ("critic/output/bias" in model.weights_) == (training == "professor_forcing")
        to_onnx(model, file := io.BytesIO())
        files.append(file.getvalue())
    assert files[0] == files[1]


def test_one_label():
    model = drawn(Seq2SeqClassifier(**SMALL).fit(SENSORS, TOKENS[:, 0]))
    written, probabilities = outputs(session(model), SENSORS)
    assert_array_equal(written[:, 0], model.predict(SENSORS))
    assert_allclose(probabilities[:, 0], model.predict_proba(SENSORS), atol=1e-5)


@pytest.mark.parametrize("max_length", [None, 2, (0.5, 1)], ids=str)
@pytest.mark.parametrize("attention", [False, "bahdanau"])
def test_outputs_that_end(max_length, attention):
    targets = ["".join(RNG.choice(list("xyz"), n)) for n in LENGTHS]
    options = {"analyzer": "char", "target_analyzer": "char", "attention": attention, "max_length": max_length}
    model = drawn(Seq2SeqTransducer(**SMALL | {"units": 12}, **ONE_WAY | options).fit(WORDS, targets))
    model.weights_ = {name: 3 * x for name, x in model.weights_.items()}  # so that outputs differ, and some end
    exported = session(model)
    written, _, lengths = outputs(exported, ids(exported, WORDS), np.int64)
    assert [output.name for output in exported.get_outputs()] == ["output", "probabilities", "output_lengths"]
    tokens = json.loads(metadata(exported)["target_tokens"])
    assert tokens[0] is None
    found = ["".join(tokens[k] for k in row[:length]) for row, length in zip(written, lengths)]
    assert found == list(model.predict(WORDS))
    assert len(set(found)) > 2


@pytest.mark.parametrize("attention", [False, "bahdanau", "dot"])
def test_a_thousand_sources(attention):
    """Texts of 1 to 12 letters, in one batch, decoded as `predict` does."""
    rng, letters = np.random.RandomState(1), sorted(set("".join(WORDS)))
    sources = ["".join(rng.choice(letters, rng.randint(1, 13))) for _ in range(1000)]
    options = {"analyzer": "char", "target_analyzer": "char", "attention": attention, "max_length": (1, 1)}
    model = drawn(
        Seq2SeqTransducer(**SMALL | {"units": 12}, **ONE_WAY | options).fit(WORDS, [word[::-1] for word in WORDS])
    )
    model.weights_ = {name: 3 * x for name, x in model.weights_.items()}  # so that outputs differ, and some end
    exported = session(model)
    written, _, lengths = outputs(exported, ids(exported, sources), np.int64)
    tokens = json.loads(metadata(exported)["target_tokens"])
    found = ["".join(tokens[k] for k in row[:length]) for row, length in zip(written, lengths)]
    assert found == list(model.predict(sources))
    assert len(set(found)) > 50


def test_what_is_not_written():
    model = Seq2SeqClassifier(**SMALL, analyzer="char", attention="local-m").fit(WORDS, TOKENS)
    with pytest.raises(
        ValueError, match="attention='local-m': fit with 'bahdanau', 'dot', 'general', 'concat' or attention=False"
    ):
        to_onnx(model, io.BytesIO())
    model = Seq2SeqClassifier(**SMALL, analyzer="char", search="beam").fit(WORDS, TOKENS)
    with pytest.raises(ValueError, match="search='beam': set search='greedy'"):
        to_onnx(model, io.BytesIO())
    model.set_params(search="greedy", forced_prefix=[1])
    with pytest.raises(ValueError, match="forced_prefix=\\[1\\]: set forced_prefix=None"):
        to_onnx(model, io.BytesIO())


def test_no_constraint_is_dropped():
    """Each is written or refused, with a remedy that works."""
    model = Seq2SeqTransducer(**SMALL, analyzer="char", target_analyzer="char", max_length=5).fit(WORDS, WORDS)
    to_onnx(model, io.BytesIO())
    values = {"no_repeat_ngram": 2, "forced_prefix": "a", "allowed_outputs": ["ab"], "max_length": 3, "min_length": 1}
    assert set(values) == set(decoding.TOKENS + decoding.LENGTHS)
    for name in set(values) - {"max_length"}:
        model.set_params(**{name: values[name]})
        with pytest.raises(ValueError, match=f"but {name}=.*: set {name}=(None|0)\\.") as error:
            to_onnx(model, io.BytesIO())
        model.set_params(**{name: {"None": None, "0": 0}[re.search(r"=(None|0)\.", str(error.value)).group(1)]})
        to_onnx(model, io.BytesIO())
