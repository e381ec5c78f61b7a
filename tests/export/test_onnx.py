"""ONNX files beside the estimators that they come from, on ragged batches, in onnxruntime."""

import io
import json
import sys
from datetime import date

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from skseq import (
    LSTMAutoencoderDetector,
    LSTMAutoencoderTransformer,
    Seq2SeqRegressor,
    SequenceClassifier,
    SequenceEncoder,
    SequenceGenerator,
    SequenceRegressor,
    SequenceTagger,
    SeriesForecaster,
)
from skseq._base.estimator import CELLS
from skseq.export import to_onnx
from skseq.nn.spec import POOLED_PARTS
from skseq.preprocessing import SequenceScaler

pytest.importorskip("onnx")
onnxruntime = pytest.importorskip("onnxruntime")
pytestmark = pytest.mark.usefixtures("untrained", "eager")

RNG = np.random.RandomState(0)
LENGTHS = [1, 7, 4, 12, 5, 2, 9, 3]  # odd ones below convolutions, too
SENSORS = [RNG.randn(n, 3) * [1, 20, 0.01] + [0, 300, -4] for n in LENGTHS]
CLASSES = ["a", "b", "c", "a", "b", "c", "a", "b"]
WORDS = ["".join(RNG.choice(list("abcdefghij"), n)) for n in LENGTHS]
SMALL = {"units": 3, "epochs": 1, "random_state": 0}


def session(estimator, **options):
    file = io.BytesIO()
    to_onnx(estimator, file, **options)
    return onnxruntime.InferenceSession(file.getvalue(), providers=["CPUExecutionProvider"])


def metadata(model):
    return model.get_modelmeta().custom_metadata_map


def outputs(model, samples, dtype=np.float64):
    """What the model writes for a ragged list of arrays, as a program without skseq would ask it."""
    padded = np.zeros((len(samples), max(map(len, samples)) + 2, *samples[0].shape[1:]), dtype)  # two steps too many
    for row, sample in zip(padded, samples):
        row[: len(sample)] = sample
    return model.run(None, {"source": padded, "lengths": np.array([len(sample) for sample in samples])})


def ids(model, sequences):
    """Ids of tokens by the metadata of the file alone."""
    known = json.loads(metadata(model)["vocabulary"])
    vocabulary = {token: index for index, token in enumerate(known["tokens"], known["first_id"])}
    return [np.array([vocabulary.get(token, known["unknown_id"]) for token in sequence]) for sequence in sequences]


def drawn(estimator):
    """The estimator with other weights: biases of a fresh network are zero, which would hide a wrong order."""
    rng = np.random.RandomState(1)
    estimator.weights_ = {name: rng.uniform(-1, 1, x.shape).astype(x.dtype) for name, x in estimator.weights_.items()}
    return estimator


LAYERS = {
    "lstm": {"cell": "lstm", "bidirectional": False, "pooling": "last"},
    "lstm, both directions, mean": {"cell": "lstm", "bidirectional": True, "pooling": "mean"},
    "two lstm": {"cell": "lstm", "n_layers": 2, "bidirectional": True, "pooling": "last"},
    "gru": {"cell": "gru", "bidirectional": False, "pooling": "last"},
    "gru, both directions, concat": {"cell": "gru", "bidirectional": True, "pooling": "concat"},
    "two gru, attention": {"cell": "gru", "n_layers": 2, "bidirectional": True, "pooling": "attention"},
    "cho-gru": {"cell": "cho-gru", "bidirectional": False, "pooling": "attention"},
    "cho-gru, both directions, relu": {"cell": "cho-gru", "bidirectional": True, "activation": "relu"},
    "relu": {"cell": "lstm", "bidirectional": True, "activation": "relu", "pooling": "last"},
    "convolution": {"n_conv_layers": 1, "kernel_size": 5},
    "two even convolutions": {"n_conv_layers": 2, "kernel_size": 4, "pooling": "attention"},
    "three convolutions": {"n_conv_layers": 3, "kernel_size": 1, "pooling": "last"},
    "as it comes": {},
}


def test_every_cell_and_pooling_is_among_the_layers():
    for name, known in {"cell": CELLS, "pooling": POOLED_PARTS}.items():
        assert {layers[name] for layers in LAYERS.values() if name in layers} == set(known), name


@pytest.mark.filterwarnings("ignore:Most numbers of feature 2 of X")
@pytest.mark.parametrize("layers", LAYERS.values(), ids=LAYERS)
def test_probabilities(layers):
    model = drawn(SequenceClassifier(**SMALL, **layers).fit(SENSORS, CLASSES))
    far = [[1, 1, 1e3] * sample for sample in SENSORS]  # farther out than ends count
    (found,) = outputs(session(model), far)
    assert_allclose(found, model.predict_proba(far), atol=1e-5)


def test_convolutions_of_equal_lengths():
    """Where lengths differ, convolutions read one more channel, which these do not."""
    even = np.stack([sample[:1].repeat(9, axis=0) for sample in SENSORS]) + RNG.randn(8, 9, 3)
    model = drawn(SequenceClassifier(**SMALL, n_conv_layers=2).fit(even, CLASSES))
    assert model.weights_["encoder/convolution/0/kernel"].shape[1] == 3
    (found,) = outputs(session(model), even)
    assert_allclose(found, model.predict_proba(even), atol=1e-5)


@pytest.mark.parametrize("units", [2, 8], ids=["fewer gates than ids", "more gates than ids"])
@pytest.mark.parametrize("bidirectional", [False, True])
@pytest.mark.parametrize("embedding_dim", [None, 2])
def test_tokens(units, bidirectional, embedding_dim):
    options = {"units": units, "bidirectional": bidirectional, "embedding_dim": embedding_dim, "cell": "lstm"}
    model = SequenceClassifier(analyzer="char", epochs=1, random_state=0, **options).fit(WORDS, CLASSES)
    exported = session(drawn(model))
    (found,) = outputs(exported, ids(exported, WORDS), np.int64)
    assert_allclose(found, model.predict_proba(WORDS), atol=1e-5)


def test_tokens_below_convolutions():
    model = SequenceClassifier(**SMALL, analyzer="char", embedding_dim=2, n_conv_layers=1).fit(WORDS, CLASSES)
    exported = session(drawn(model))
    (found,) = outputs(exported, ids(exported, WORDS), np.int64)
    assert_allclose(found, model.predict_proba(WORDS), atol=1e-5)


def test_several_labels():
    targets = np.c_[CLASSES, ["x", "y"] * 4]
    model = drawn(SequenceClassifier(**SMALL).fit(SENSORS, targets))
    exported = session(model)
    assert json.loads(metadata(exported)["classes"]) == [["a", "b", "c"], ["x", "y"]]
    assert [output.name for output in exported.get_outputs()] == ["probabilities_0", "probabilities_1"]
    for found, expected in zip(outputs(exported, SENSORS), model.predict_proba(SENSORS)):
        assert_allclose(found, expected, atol=1e-5)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.DataConversionWarning")
def test_one_column_of_labels():
    model = SequenceClassifier(**SMALL).fit(SENSORS, np.c_[CLASSES])
    assert_allclose(outputs(session(model), SENSORS), model.predict_proba(SENSORS), atol=1e-5)


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.DataConversionWarning")
@pytest.mark.parametrize("columns", [(), (1,), (2,)], ids=str)
def test_numbers_in_the_units_of_y(columns):
    targets = 1e6 + 100 * RNG.randn(8, *columns)
    model = drawn(SequenceRegressor(**SMALL).fit(SENSORS, targets))
    (found,) = outputs(session(model), SENSORS)
    assert found.dtype == np.float64
    assert found.shape == targets.shape
    assert_allclose(found, model.predict(SENSORS), rtol=1e-9, atol=1e-3)  # 1e-5 of the deviation


@pytest.mark.parametrize("scaled", [True, False])
def test_float32_in_and_out(scaled):
    model = SequenceRegressor(**SMALL, scale_inputs=scaled, scale_targets=scaled).fit(SENSORS, RNG.randn(8))
    (found,) = outputs(session(drawn(model), dtype="float32"), SENSORS, np.float32)
    assert found.dtype == np.float32
    assert_allclose(found, model.predict(SENSORS), atol=1e-4)


def test_targets_that_are_constant():
    estimator = SequenceRegressor(**SMALL).fit(SENSORS, np.c_[LENGTHS, [2.5e-6] * len(LENGTHS)])
    (values,) = outputs(session(estimator), SENSORS)
    assert (values[:, 1] == 2.5e-6).all()


def test_float64_keeps_the_digits_that_float32_lacks():
    far = [sample[:, :1] + 1e7 for sample in SENSORS]
    model = drawn(SequenceRegressor(**SMALL).fit(far, RNG.randn(8)))
    assert_allclose(outputs(session(model), far)[0], model.predict(far), atol=1e-5)


def test_a_network_of_float64_is_written_in_float32():
    model = drawn(SequenceRegressor(**SMALL, dtype="float64").fit(SENSORS, RNG.randn(8)))
    assert_allclose(outputs(session(model), SENSORS)[0], model.predict(SENSORS), atol=1e-5)


def test_a_mixed_network_is_written_in_float32():
    mixed = drawn(SequenceClassifier(**SMALL, dtype="mixed_bfloat16").fit(SENSORS, CLASSES))
    (found,) = outputs(session(mixed), SENSORS)
    single = SequenceClassifier(**SMALL).fit(SENSORS, CLASSES)
    single.weights_ = mixed.weights_
    assert_allclose(found, single.predict_proba(SENSORS), atol=1e-5)
    assert 1e-5 < np.abs(found - mixed.predict_proba(SENSORS)).max() < 0.05


@pytest.mark.parametrize("output", ["last", "state", "sequence"])
@pytest.mark.parametrize("layers", [{"cell": "lstm", "n_layers": 2, "bidirectional": True}, {"cell": "gru"}], ids=str)
def test_encodings(output, layers):
    model = drawn(LSTMAutoencoderTransformer(**SMALL, **layers, output=output).fit(SENSORS))
    (found,) = outputs(session(model), SENSORS)
    for own, expected in zip(found, model.transform(SENSORS)):
        assert_allclose(own[: len(expected)], expected, atol=1e-5)
        assert not own[len(expected) :].any()


def test_univariate_sequences_have_no_last_axis():
    X = RNG.randn(8, 6)
    model = drawn(LSTMAutoencoderTransformer(**SMALL).fit(X))
    assert_allclose(outputs(session(model), list(X))[0], model.transform(X), atol=1e-5)


def test_tags():
    tags = [list(word.upper()) for word in WORDS]
    model = drawn(SequenceTagger(**SMALL, analyzer="char").fit(WORDS, tags))
    exported = session(model)
    (found,) = outputs(exported, ids(exported, WORDS), np.int64)
    for own, expected in zip(found, model.predict_proba(WORDS)):
        assert_allclose(own[: len(expected)], expected, atol=1e-5)


def test_tags_of_whole_sequences():
    model = drawn(SequenceTagger(**SMALL).fit(SENSORS, CLASSES))
    assert_allclose(outputs(session(model), SENSORS)[0], model.predict_proba(SENSORS), atol=1e-5)


# --- metadata ---------------------------------------------------------------------------------------------------------


def test_metadata_of_text():
    options = {"analyzer": "word", "handle_unknown": "use_unknown"}
    model = SequenceClassifier(**SMALL, **options).fit(["to be", "not to be"], [1, 0])
    found = metadata(session(model))
    assert found["estimator"] == "SequenceClassifier"
    assert (found["source_kind"], found["analyzer"]) == ("text", "word")
    assert json.loads(found["classes"]) == [0, 1]
    expected = {"tokens": ["be", "not", "to"], "first_id": 2, "padding_id": 0, "unknown_id": 1}
    assert json.loads(found["vocabulary"]) == expected


def test_metadata_of_tokens_and_numbers():
    tokens = metadata(session(SequenceClassifier(**SMALL).fit([[3, 1], [2]], [0, 1])))
    expected = {"tokens": [1, 2, 3], "first_id": 1, "padding_id": 0, "unknown_id": None}
    assert json.loads(tokens["vocabulary"]) == expected
    assert set(tokens) == {"skseq_version", "estimator", "source_kind", "vocabulary", "classes"}
    numbers = metadata(session(SequenceRegressor(**SMALL).fit(SENSORS, RNG.randn(8))))
    assert set(numbers) == {"skseq_version", "estimator", "source_kind"}


def test_unknown_tokens_have_their_id():
    options = {"analyzer": "char", "handle_unknown": "use_unknown"}
    model = drawn(SequenceClassifier(**SMALL, **options).fit(WORDS, CLASSES))
    exported, new = session(model), ["abxyz", "?"]
    (found,) = outputs(exported, ids(exported, new), np.int64)
    assert_allclose(found, model.predict_proba(new), atol=1e-5)


@pytest.mark.parametrize("token", [("a", 1), date(2020, 1, 1), float("inf")], ids=repr)
def test_tokens_that_json_has_no_form_for(token):
    model = SequenceClassifier(**SMALL, source_type="tokens").fit([["a", token], ["a"]], [0, 1])
    with pytest.raises(ValueError, match="no form for one of the tokens"):
        to_onnx(model, io.BytesIO())


# --- files and errors -------------------------------------------------------------------------------------------------


def test_files_are_equal_and_the_estimator_is_left_alone(tmp_path):
    model = SequenceClassifier(**SMALL).fit(SENSORS, CLASSES)
    before, file = vars(model).copy(), io.BytesIO()
    for path in (file, tmp_path / "a.onnx", str(tmp_path / "b.onnx")):
        to_onnx(model, path)
    assert file.getvalue() == (tmp_path / "a.onnx").read_bytes() == (tmp_path / "b.onnx").read_bytes()
    assert vars(model).keys() == before.keys()
    assert all(vars(model)[name] is value for name, value in before.items())


def test_what_has_no_onnx():
    walks = [np.arange(6.0), np.arange(7.0)]
    searched = GridSearchCV(SequenceClassifier(**SMALL), {"units": [2]}, cv=2, refit=True)
    searched.fit(SENSORS, ["a", "b"] * 4)
    for estimator, error in [
        (SequenceTagger(**SMALL, transitions=True).fit(SENSORS, CLASSES), "fit with transitions=False"),
        (LSTMAutoencoderDetector(**SMALL).fit(SENSORS), "got LSTMAutoencoderDetector: call model_.export.*tf2onnx"),
        (SequenceEncoder(SequenceClassifier(**SMALL)).fit(SENSORS, ["a", "b"] * 4), "Encoder: pass its estimator_\\."),
        (SequenceEncoder(SequenceGenerator(**SMALL)).fit(SENSORS), "Encoder: call estimator_.model_.export"),
        (SeriesForecaster(Seq2SeqRegressor(**SMALL), window=2).fit(walks), "caster: call estimator_.model_.export"),
        (SeriesForecaster(Ridge(), window=2).fit(walks), "got SeriesForecaster\\."),
        (searched, "got GridSearchCV: pass its best_estimator_\\."),
        (np.zeros(3), "got ndarray"),
    ]:
        with pytest.raises(ValueError, match=error):
            to_onnx(estimator, io.BytesIO())
    with pytest.raises(NotFittedError):
        to_onnx(SequenceClassifier(), io.BytesIO())
    with pytest.raises(ValueError, match="'dtype' parameter of to_onnx must be"):
        to_onnx(searched.best_estimator_, io.BytesIO(), dtype="float16")


def test_of_a_pipeline_the_last_step_is_written():
    """The error says so, and what it says holds: the file reads what the steps before give."""
    pipeline = make_pipeline(SequenceScaler(), SequenceClassifier(**SMALL)).fit(SENSORS, CLASSES)
    with pytest.raises(
        ValueError, match=r"got Pipeline: pass its last step, pipeline\[-1\]. .*pipeline\[:-1\].transform"
    ):
        to_onnx(pipeline, io.BytesIO())
    (found,) = outputs(session(drawn(pipeline[-1])), pipeline[:-1].transform(SENSORS))
    assert_allclose(found, pipeline.predict_proba(SENSORS), atol=1e-5)


def test_a_missing_package_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "onnx", None)
    with pytest.raises(ImportError, match=r"pip install 'skseq\[onnx\]'"):
        to_onnx(SequenceClassifier(), io.BytesIO())


def test_any_batch_of_any_length():
    model = drawn(SequenceClassifier(**SMALL).fit(SENSORS, CLASSES))
    exported = session(model)
    for samples in (SENSORS[:1], SENSORS[::2], [np.concatenate(SENSORS)]):
        assert_allclose(outputs(exported, samples)[0], model.predict_proba(samples), atol=1e-5)
    assert_array_equal(outputs(exported, SENSORS)[0][:1], outputs(exported, SENSORS[:1])[0])


def padded_with(value, samples, dtype=np.float64):
    """Inputs of a model, for samples that are padded with a value."""
    batch = np.full((len(samples), 14, *samples[0].shape[1:]), value, dtype)
    for row, sample in zip(batch, samples):
        row[: len(sample)] = sample
    return {"source": batch, "lengths": np.array([len(sample) for sample in samples])}


@pytest.mark.parametrize("padding", [np.nan, np.inf, -1e300], ids=str)
@pytest.mark.parametrize("layers", ["convolution", "two even convolutions", "two gru, attention", "as it comes"])
def test_padding_has_no_effect_whatever_it_is(layers, padding):
    model = session(drawn(SequenceClassifier(**SMALL, **LAYERS[layers]).fit(SENSORS, CLASSES)))
    (found,) = model.run(None, padded_with(padding, SENSORS))
    (expected,) = model.run(None, padded_with(0, SENSORS))
    assert_array_equal(found, expected)


def test_padding_with_nan_changes_no_value_and_no_tag():
    regressor = session(drawn(SequenceRegressor(**SMALL, n_conv_layers=1).fit(SENSORS, RNG.randn(8))))
    found, expected = (regressor.run(None, padded_with(value, SENSORS))[0] for value in (np.nan, 0))
    assert_array_equal(found, expected)
    tags = [list("abc" * n)[:n] for n in LENGTHS]
    tagger = session(drawn(SequenceTagger(**SMALL).fit(SENSORS, tags)))
    found, expected = (tagger.run(None, padded_with(value, SENSORS))[0] for value in (np.nan, 0))
    for length, *own in zip(LENGTHS, found, expected):
        assert_array_equal(*(probabilities[:length] for probabilities in own))


@pytest.mark.parametrize("wrong", [np.nan, np.inf])
@pytest.mark.parametrize("step", [0, 3, 6])
@pytest.mark.parametrize("layers", [{}, {"n_conv_layers": 1}, {"pooling": "attention"}], ids=str)
def test_numbers_that_are_not_finite_give_nan(layers, step, wrong):
    model = session(drawn(SequenceClassifier(**SMALL, **layers).fit(SENSORS, CLASSES)))
    inputs = padded_with(0, SENSORS)
    (expected,) = model.run(None, inputs)
    inputs["source"][1, step, 2] = wrong  # of 7 timesteps
    (found,) = model.run(None, inputs)
    assert np.isnan(found[1]).all()
    assert_array_equal(np.delete(found, 1, axis=0), np.delete(expected, 1, axis=0))
