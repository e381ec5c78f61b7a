"""Every form of measurements, for every estimator: what is read, what comes back, and that padding never counts."""

import re
import tracemalloc
from array import array
from collections import deque
from functools import partial
from io import StringIO

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn.preprocessing import OrdinalEncoder

from skseq import (
    LSTMAutoencoderDetector,
    LSTMAutoencoderTransformer,
    Seq2SeqClassifier,
    Seq2SeqRegressor,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceRegressor,
    SequenceTagger,
    SeriesForecaster,
)
from skseq._data.number_sequences import read_numbers
from skseq._data.sequences import Sequences, as_samples, is_ragged, is_sequence, pad, split
from skseq.inspection import permutation_importance
from skseq.metrics import symmetric_mean_absolute_percentage_error
from skseq.preprocessing import (
    SequenceImputer,
    SequenceOneHotEncoder,
    SequencePadder,
    SequenceScaler,
    SequenceTokenizer,
    SlidingWindows,
    as_sequences,
)

pytestmark = pytest.mark.usefixtures("eager")

N_SAMPLES = 12
LENGTHS = np.array([3, 5, 4, 3, 6, 4, 5, 3, 4, 6, 5, 3])
rng = np.random.RandomState(0)
SERIES = [rng.randn(length) for length in LENGTHS]
VECTORS = [rng.randn(length, 2) for length in LENGTHS]
FLAT, CUBE = rng.randn(N_SAMPLES, 4), rng.randn(N_SAMPLES, 4, 2)
Y = np.arange(N_SAMPLES) % 2
COLUMNS = ["a", "b", "c", "d"]

SMALL = {"units": 4, "epochs": 1, "random_state": 0}
CLASSES = (
    SequenceClassifier,
    SequenceRegressor,
    Seq2SeqClassifier,
    Seq2SeqTransducer,
    LSTMAutoencoderTransformer,
    LSTMAutoencoderDetector,
)
EVERY = pytest.mark.parametrize("Estimator", CLASSES, ids=lambda cls: cls.__name__)
LIGHT = {"bidirectional": False, "dropout": 0.0, "attention": False, "n_conv_layers": 0}  # half of the operations


def small(Estimator):
    """An estimator of the class whose network has few operations: how X is read depends on none of its options."""
    options = Estimator().get_params()
    return Estimator(**SMALL, **{name: value for name, value in LIGHT.items() if name in options})


def objects(samples):
    return split(samples, [len(sample) for sample in samples])


def first_method(estimator):
    """What the estimator says of a sample, one number or vector each."""
    if isinstance(estimator, Seq2SeqTransducer):
        return estimator.predict
    name = next(n for n in ("predict_proba", "score_samples", "predict") if hasattr(estimator, n))
    return getattr(estimator, name)


# (X, n_features_in_, n_timesteps_in_)
FORMS = {
    "2-D": (FLAT, 4, 4),
    "2-D integers as floats": (FLAT.round(), 4, 4),
    "data frame": (pd.DataFrame(FLAT, columns=COLUMNS), 4, 4),
    "list of lists": (FLAT.tolist(), 4, 4),
    "3-D": (CUBE, 2, 4),
    "list of arrays of one length": (list(CUBE), 2, 4),
    "ragged (t,)": (SERIES, 1, 6),
    "ragged (t, f)": (VECTORS, 2, 6),
    "ragged nested lists": ([sample.tolist() for sample in VECTORS], 2, 6),
    "ragged tuple": (tuple(SERIES), 1, 6),
    "object array (t,)": (objects(SERIES), 1, 6),
    "object array (t, f)": (objects(VECTORS), 2, 6),
    "Series (t,)": (pd.Series(SERIES), 1, 6),
    "Series (t, f)": (pd.Series(VECTORS), 2, 6),
    "list of data frames": ([pd.DataFrame(sample, columns=["p", "q"]) for sample in VECTORS], 2, 6),
    "ragged float32": ([sample.astype(np.float32) for sample in VECTORS], 2, 6),
    "object array of one length": (objects(list(CUBE)), 2, 4),
    "list of (t,) arrays of one length": (list(FLAT), 1, 4),
}


@EVERY
@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("form", FORMS)
def test_forms(Estimator, form):
    X, n_features, n_timesteps = FORMS[form]
    estimator = small(Estimator).fit(X, Y)
    assert (estimator.n_features_in_, estimator.n_timesteps_in_) == (n_features, n_timesteps)
    assert hasattr(estimator, "feature_names_in_") == (form == "data frame")
    assert len(first_method(estimator)(X)) == N_SAMPLES
    if Estimator is not LSTMAutoencoderDetector:
        assert np.isfinite(estimator.score(X, Y))


@EVERY
def test_containers_of_the_same_sequences_are_read_alike(Estimator):
    expected = first_method(small(Estimator).fit(VECTORS, Y))(VECTORS)
    for X in (
        objects(VECTORS),
        pd.Series(VECTORS),
        [sample.tolist() for sample in VECTORS],
        FORMS["list of data frames"][0],
    ):
        np.testing.assert_array_equal(first_method(small(Estimator).fit(X, Y))(X), expected)


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("samples", [SERIES, [list("ab"), ["b"], ["a"]] * 4], ids=["numbers", "tokens"])
def test_lists_of_pyarrow_are_read_as_a_series_of_them(samples):
    pa = pytest.importorskip("pyarrow")
    expected = SequenceClassifier(**SMALL).fit(pd.Series(samples), Y).predict_proba(pd.Series(samples))
    for X in (pa.array(samples), pa.chunked_array([samples]), pa.table({"a": samples})):
        fitted = SequenceClassifier(**SMALL).fit(X, pa.array(Y))
        np.testing.assert_array_equal(fitted.predict_proba(X), expected)


def parquet(frame, folder, read, **options):
    pytest.importorskip("pyarrow")
    frame.to_parquet(folder / "X.parquet")
    return read(folder / "X.parquet", **options)


def tuples(sample):
    array = np.empty(len(sample), object)
    array[:] = list(map(tuple, sample))
    return array


# what reads one vector per timestep from a list of lists of lists, and a folder
NESTED = {
    "Parquet": lambda X, folder: parquet(pd.DataFrame({"s": X}), folder, pd.read_parquet),
    "a column of Parquet": lambda X, folder: parquet(pd.DataFrame({"s": X}), folder, pd.read_parquet)["s"],
    "a list of its cells": lambda X, folder: list(parquet(pd.DataFrame({"s": X}), folder, pd.read_parquet)["s"]),
    "Arrow in pandas": lambda X, folder: parquet(
        pd.DataFrame({"s": X}), folder, pd.read_parquet, dtype_backend="pyarrow"
    ),
    "Parquet in polars": lambda X, folder: parquet(pd.DataFrame({"s": X}), folder, pl.read_parquet),
    "polars Series": lambda X, folder: pl.Series(X),
    "polars arrays in lists": lambda X, folder: pl.Series(X, dtype=pl.List(pl.Array(pl.Float64, 2))),
    "polars Series in a list": lambda X, folder: list(pl.Series(X)),
    "object arrays of tuples": lambda X, folder: [tuples(sample) for sample in X],
}
LISTS_OF_VECTORS = [sample.tolist() for sample in VECTORS]


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("read", NESTED.values(), ids=NESTED)
def test_vectors_in_cells_are_read_as_lists_of_them(read, tmp_path):
    X = read(LISTS_OF_VECTORS, tmp_path)
    model, same = (small(SequenceClassifier).fit(own, Y) for own in (X, LISTS_OF_VECTORS))
    np.testing.assert_array_equal(model.predict_proba(X), same.predict_proba(LISTS_OF_VECTORS))
    assert model.n_features_in_ == 2
    for scaled, expected in zip(SequenceScaler().fit_transform(X), SequenceScaler().fit_transform(VECTORS)):
        np.testing.assert_array_equal(scaled, expected)
    for values, expected in zip(as_sequences(list(as_samples(X)), layout="channels_last"), VECTORS):
        np.testing.assert_array_equal(values, expected)
    assert symmetric_mean_absolute_percentage_error(X, LISTS_OF_VECTORS) == 0
    found, known = (permutation_importance(same, own, Y, n_repeats=1, random_state=0) for own in (X, VECTORS))
    np.testing.assert_array_equal(found.importances_mean, known.importances_mean)


@pytest.mark.usefixtures("untrained")
def test_vectors_in_cells_as_targets():
    y = objects([objects([np.array(step) for step in sample]) for sample in VECTORS])
    assert Seq2SeqRegressor(**SMALL).fit(FLAT, y).predict(FLAT[:1])[0].shape[1] == 2


@pytest.mark.parametrize("step", [[1.0], ["a", "b"], [None, []]], ids=["other lengths", "text", "nested"])
def test_vectors_that_are_no_numbers_are_not_told_to_be_tokens(step):
    wrong = np.empty(2, object)
    wrong[0], wrong[1] = np.array([1.0, 2.0]), step
    for sample in (wrong, deque(wrong)):
        with pytest.raises(ValueError, match=r"^X\[0\] is not a sequence of numbers.*n_features\): ") as told:
            SequenceClassifier().fit([sample, *VECTORS[1:]], Y)
        assert "source_type" not in str(told.value)


@EVERY
@pytest.mark.parametrize("column", [FLAT[:, 0], SERIES], ids=["numbers", "lists"])
def test_tables_of_pyarrow_with_several_columns_are_refused(Estimator, column):
    table = pytest.importorskip("pyarrow").table({"a": column, "b": column})
    with pytest.raises(TypeError, match=r"^X is a Table .* 'b' of type .*X\.to_pandas\(\).*as_sequences\(X\)"):
        Estimator(**SMALL).fit(table, Y)


@EVERY
@pytest.mark.parametrize("container", [list, pd.Series])
def test_ragged_channels_first_are_told(Estimator, container):
    X = container([sample.T for sample in VECTORS])
    message = r"X looks channels first: X\[0\] has .* \(2, 3\) and X\[1\] \(2, 5\).*\(X, layout='channels_first'\)"
    with pytest.raises(ValueError, match=message):
        Estimator(**SMALL).fit(X, Y)


@EVERY
@pytest.mark.usefixtures("untrained")
def test_one_kind_of_x_after_another(Estimator):
    """A new fit leaves nothing of the old one's form behind."""
    estimator = small(Estimator).fit(FORMS["data frame"][0], Y)
    assert list(estimator.feature_names_in_) == COLUMNS
    for X, n_features in ((VECTORS, 2), (FLAT, 4), (SERIES, 1), (CUBE, 2)):
        estimator.fit(X, Y)
        assert estimator.n_features_in_ == n_features
        assert not hasattr(estimator, "feature_names_in_")
        assert len(first_method(estimator)(X)) == N_SAMPLES


@EVERY
@pytest.mark.usefixtures("untrained")
def test_lists_of_other_lengths_after_fit(Estimator):
    for X, others in (
        (FLAT, SERIES),
        (FLAT, np.ones((2, 7, 1))),
        (CUBE, VECTORS),
        (FLAT[:, :, None], [np.ones(9)]),
        (list(FLAT), np.ones((2, 7))),
        (SERIES, [np.ones(9), np.ones(2)]),
        (VECTORS, [np.ones((9, 2))]),
    ):
        assert len(first_method(small(Estimator).fit(X, Y))(others)) == len(others)
    fitted = small(Estimator).fit(SERIES, Y)
    assert len(first_method(fitted)(FLAT)) == len(first_method(fitted)(FLAT[:, :, None])) == N_SAMPLES
    np.testing.assert_array_equal(first_method(fitted)(FLAT), first_method(fitted)(FLAT[:, :, None]))
    np.testing.assert_array_equal(first_method(fitted)(FLAT), first_method(fitted)(list(FLAT)))


@EVERY
def test_validation_data_in_any_form_of_the_same_kind(Estimator):
    for X, X_val in ((FLAT, SERIES), (SERIES, FLAT), (CUBE, VECTORS), (VECTORS, CUBE), (VECTORS, objects(VECTORS[:3]))):
        y_val = {"y_val": Y[: len(X_val)]} if Estimator in CLASSES[:4] else {}
        history = small(Estimator).fit(X, Y, X_val=X_val, **y_val).history_
        assert len(history["val_loss"]) == 1


@pytest.mark.parametrize("Estimator", CLASSES[:2], ids=lambda cls: cls.__name__)
def test_the_validation_loss_ignores_padding(Estimator):
    """A longer sequence of weight zero pads its neighbours, and changes nothing."""
    losses = []
    for X_val, weight in ((VECTORS[:4], None), ([*VECTORS[:4], np.ones((11, 2))], [1, 1, 1, 1, 0])):
        y_val = Y[: len(X_val)]
        model = Estimator(**SMALL, dtype="float64").fit(VECTORS, Y, X_val=X_val, y_val=y_val, sample_weight_val=weight)
        losses += model.history_["val_loss"]
    assert losses[0] == pytest.approx(losses[1], rel=1e-12)


# --- the padding contract ---------------------------------------------------------------------------------------------

SAYS = (
    "predict_proba",
    "attention_weights",
    "transform",
    "reconstruct",
    "reconstruction_errors",
    "predict_next",
    "forecast",
    "score_samples",
    "score_timesteps",
)


def all_outputs(model, X):
    """Name of a method -> one array per sample."""
    names = {name for name in SAYS if hasattr(model, name)}
    if isinstance(model, SequenceRegressor):
        names |= {"predict"}
    if getattr(model, "horizon", None) is None:
        names -= {"forecast"}  # it needs a horizon
    outputs = {name: getattr(model, name)(X) for name in names}
    return {k: list(np.stack(out, axis=1)) if isinstance(out, list) else list(out) for k, out in outputs.items()}


CONTRACT = {
    "last": SequenceClassifier(),
    "attention": SequenceClassifier(pooling="attention", cell="gru"),
    "mean": SequenceRegressor(pooling="mean", bidirectional=True),
    "Bahdanau": Seq2SeqClassifier(attention="bahdanau"),
    "composite": LSTMAutoencoderTransformer(decoder="composite", conditional=True, reverse_target=True, output="state"),
    "horizon": LSTMAutoencoderTransformer(decoder="composite", horizon=2, code="both", output="sequence"),
    "windows": LSTMAutoencoderDetector(window=3, scoring="squared_error"),
}


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(
    ("name", "dtype"), [*((name, "float64") for name in CONTRACT), ("last", "float32"), ("horizon", "float32")]
)
def test_a_sample_does_not_depend_on_its_neighbours(name, dtype):
    """Alone, in another order, beside a much longer sequence: each sample's outputs stay what they are."""
    X = [sample.astype(dtype) for sample in VECTORS[:4]]
    model = CONTRACT[name].set_params(**SMALL, dtype=dtype).fit(X, Y[:4])
    atol = {"float32": 1e-6, "float64": 1e-12}[dtype]
    together = all_outputs(model, X)
    backwards = all_outputs(model, X[::-1])
    padded = all_outputs(model, [*X, np.ones((11, 2), dtype)])
    alone = [all_outputs(model, X[index : index + 1]) for index in range(2)]
    assert together
    for method, expected in together.items():
        for index, sample in enumerate(expected):
            np.testing.assert_allclose(backwards[method][-1 - index], sample, atol=atol, err_msg=method)
            np.testing.assert_allclose(padded[method][index], sample, atol=atol, err_msg=method)
        for own, sample in zip(alone, expected):
            np.testing.assert_allclose(own[method][0], sample, atol=atol, err_msg=method)


# --- containers that come back ----------------------------------------------------------------------------------------


def test_ragged_outputs_are_object_arrays_without_padding():
    X = VECTORS
    encoder = LSTMAutoencoderTransformer(**SMALL, decoder="composite", output="sequence").fit(X)
    attending = SequenceClassifier(**SMALL, pooling="attention").fit(X, Y)
    detector = LSTMAutoencoderDetector(**SMALL).fit(X)
    for outputs, shapes in (
        (encoder.transform(X), [(n, 4) for n in LENGTHS]),
        (encoder.reconstruct(X), [(n, 2) for n in LENGTHS]),
        (encoder.reconstruction_errors(X), [(n, 2) for n in LENGTHS]),
        (encoder.predict_next(X), [(n - 1, 2) for n in LENGTHS]),
        (attending.attention_weights(X), [(n,) for n in LENGTHS]),
        (detector.score_timesteps(X), [(n,) for n in LENGTHS]),
        (detector.predict_timesteps(X), [(n,) for n in LENGTHS]),
    ):
        assert outputs.dtype == object
        assert [sample.shape for sample in outputs] == shapes
    for weights in attending.attention_weights(X):
        assert weights.sum() == pytest.approx(1, abs=1e-6)
    reconstructed = LSTMAutoencoderTransformer(**SMALL).fit(SERIES).reconstruct(SERIES)
    assert [sample.shape for sample in reconstructed] == [(n,) for n in LENGTHS]  # univariate, as it came


def test_ragged_attention_of_a_decoder_is_cut_along_source_timesteps():
    model = Seq2SeqClassifier(**SMALL, attention=True, dtype="float64").fit(VECTORS, np.stack([Y, Y], 1))
    weights = model.attention_weights(VECTORS)
    assert [w.shape for w in weights] == [(2, n) for n in LENGTHS]
    np.testing.assert_allclose([w.sum() for w in weights], 2, atol=1e-6)


def test_floating_type_of_ragged_x_is_kept():
    X = [sample.astype(np.float32) for sample in VECTORS]
    model = LSTMAutoencoderTransformer(**SMALL).fit(X)
    assert model.transform(X).dtype == np.float32
    assert {sample.dtype for sample in model.reconstruct(X)} == {np.dtype(np.float32)}
    assert model.reconstruct([*X[:-1], VECTORS[-1]])[0].dtype == np.float64  # one double makes all of them double


# --- Sequences --------------------------------------------------------------------------------------------------------


def test_sequences_by_hand():
    sequences = Sequences(values=pad(np.arange(5.0)[:, None], np.array([2, 3])), lengths=np.array([2, 3], np.int32))
    np.testing.assert_array_equal(sequences.values[:, :, 0], [[0, 1, 0], [2, 3, 4]])
    np.testing.assert_array_equal(sequences.mask, [[True, True, False], [True, True, True]])
    np.testing.assert_array_equal(sequences.take([1]).values[:, :, 0], [[2, 3, 4]])
    ends = sequences.between(sequences.lengths - 1, sequences.lengths)
    np.testing.assert_array_equal(ends.values[:, :, 0], [[1], [4]])
    assert ends.lengths is None
    starts = sequences.between(0, sequences.lengths - 1)
    np.testing.assert_array_equal(starts.values[:, :, 0], [[0, 0], [2, 3]])
    np.testing.assert_array_equal(starts.lengths, [1, 2])
    assert [sample.tolist() for sample in sequences.like(sequences.values)] == [[[0], [1]], [[2], [3], [4]]]
    assert set(sequences.rows) == {"source", "source_lengths"}


@pytest.mark.parametrize("n_steps", [1, 4, 6])
def test_as_many_steps_as_the_lengths_say(n_steps):
    """NumPy would write a single one into every step."""
    with pytest.raises(ValueError, match=f"have 5 timesteps by their lengths, but hold {n_steps}"):
        pad(np.zeros(n_steps), np.array([2, 3]))


@pytest.mark.parametrize(
    ("X", "n_timesteps", "ragged"),
    [
        ([[1, 2], [3]], None, True),
        ([[1, 2], [3, 4]], None, False),
        ([[1, 2], [3, 4]], 3, True),
        ([[1, 2], [3, 4]], 2, False),
        (FLAT, 7, False),
        (objects(list(FLAT)), None, True),
        (["ab", "c"], None, False),
        ([1, 2], None, False),
        ([], None, False),
        (None, None, False),
    ],
)
def test_is_ragged(X, n_timesteps, ragged):
    assert is_ragged(X, n_timesteps) == ragged


@pytest.mark.parametrize(
    ("sample", "sequence"),
    [
        (deque([1.0]), True),
        (array("d", [1.0]), True),
        (pl.Series([1.0]), True),
        (pl.DataFrame({"a": [1.0]}), True),
        (range(2), True),
        ("ab", False),
        (b"ab", False),
        (np.str_("ab"), False),
        ({"a": 1}, False),
        ({1}, False),
        (np.float64(1), False),
        (None, False),
    ],
    ids=repr,
)
def test_is_sequence(sample, sequence):
    assert is_sequence(sample) == sequence


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("container", [deque, partial(array, "d")], ids=["deque", "array.array"])
def test_containers_of_the_standard_library_are_sequences(container):
    X = [container(sample.tolist()) for sample in SERIES]
    model, same = (SequenceClassifier(**SMALL).fit(own, Y) for own in (X, SERIES))
    np.testing.assert_array_equal(model.predict_proba(X), same.predict_proba(SERIES))
    words = list(map(list, ["ab", "b", "abc"]))
    assert list(SequenceClassifier(**SMALL).fit(list(map(deque, words)), Y[:3]).vocabulary_) == ["a", "b", "c"]


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize("steps", [FLAT, CUBE], ids=["numbers", "vectors"])
def test_a_column_of_arrays_of_polars_is_read_as_a_series_of_them(steps):
    column = pl.Series("s", steps, dtype=pl.Array(pl.Float64, steps.shape[1:]))
    frame, series = pl.DataFrame({"s": column}), pd.Series(list(steps))
    model, same = (SequenceClassifier(**SMALL).fit(own, Y) for own in (frame, series))
    np.testing.assert_array_equal(model.predict_proba(frame), same.predict_proba(series))


@pytest.mark.usefixtures("untrained")
def test_containers_of_tensorflow_are_named_with_what_to_pass():
    import tensorflow as tf

    ragged = tf.ragged.constant([sample.tolist() for sample in SERIES], dtype=tf.float64)
    says = r"^{0} is a RaggedTensor of TensorFlow\. .*: pass \[row\.numpy\(\) for row in {0}\]\.$"
    with pytest.raises(TypeError, match=says.format("X")):
        SequenceClassifier().fit(ragged, Y)
    with pytest.raises(TypeError, match=says.format("y")):
        SequenceTagger().fit(SERIES, ragged)
    for own, expected in zip([row.numpy() for row in ragged], SERIES, strict=True):
        np.testing.assert_array_equal(own, expected)
    pairs = tf.data.Dataset.from_tensor_slices((FLAT, Y))
    says = r"^X is a Dataset of TensorFlow\. .*: pass list\(X\.as_numpy_iterator\(\)\), of X\.map\(lambda X, y: X\) if"
    with pytest.raises(TypeError, match=says):
        SequenceClassifier().fit(pairs, Y)
    np.testing.assert_array_equal(list(pairs.map(lambda X, y: X).as_numpy_iterator()), FLAT)
    np.testing.assert_array_equal(list(tf.data.Dataset.from_tensor_slices(FLAT).as_numpy_iterator()), FLAT)
    for strings, expected in ((["é", "ab"], ["é", "ab"]), ([["a", "b"]], [["a", "b"]])):
        tensor = tf.constant(strings)
        says = (
            r"^X is a Tensor of bytes of TensorFlow\. .*: pass numpy\.char\.decode\(X\.numpy\(\)\.astype\(bytes\)\)\.$"
        )
        with pytest.raises(TypeError, match=says):
            SequenceClassifier(analyzer="char").fit(tensor, Y)
        assert np.char.decode(tensor.numpy().astype(bytes)).tolist() == expected


# --- samples that are no sequences ------------------------------------------------------------------------------------

ALONE = {
    "nan": (np.nan, r"is missing \(nan\): leave the sample out"),
    "None": (None, r"is missing \(None\): leave the sample out"),
    "NA": (pd.NA, r"is missing \(<NA>\): leave the sample out"),
    "number": (2.5, r"is a single number, 2\.5, but .* put it into a list, \[2\.5\]"),
    "number of NumPy": (np.array(3), r"is a single number, 3, but"),
}


@pytest.mark.parametrize("alone", ALONE)
@pytest.mark.parametrize("samples", [SERIES, VECTORS, [list("ab"), ["b"], [1, 2]]], ids=["(t,)", "(t, f)", "tokens"])
def test_a_sample_that_is_no_sequence_is_named(alone, samples):
    value, says = ALONE[alone]
    *some, last = samples[:3]
    for X, index in (([*some, last, value], 3), ([value, *some, last], 0), ([*some, value, last], 2)):
        for container in (list, pd.Series, lambda X: pd.DataFrame({"x": pd.Series(X)})):
            with pytest.raises(ValueError, match=rf"^X\[{index}\] {says}"):
                SequenceClassifier(vocabulary=["a", "b"] if isinstance(last, list) else None).fit(container(X), Y[:4])


@pytest.mark.usefixtures("untrained")
def test_a_sample_that_is_no_sequence_is_named_after_fit_and_by_transformers():
    X = [*SERIES[:2], np.nan]
    tokens = [["a"], ["b", "c"], np.nan]
    for read in (
        SequenceClassifier(**SMALL).fit(SERIES, Y).predict,
        SequenceClassifier(**SMALL).fit(FLAT, Y).predict,
        SequenceScaler().fit,
        SequencePadder().fit,
        SequenceImputer().fit,
        SlidingWindows().fit,
        SeriesForecaster().fit,
        lambda X: as_sequences([*X[:2], X[2]]),
        lambda X: SequenceTokenizer(analyzer=None).fit(tokens),
        lambda X: SequenceOneHotEncoder().fit(tokens),
        lambda X: SequenceClassifier(**SMALL).fit(FLAT, Y, X_val=X, y_val=Y[:3]),
    ):
        with pytest.raises(ValueError, match=r"^(X|X_val|data)\[2\] is missing \(nan\)"):
            read(X)


@pytest.mark.parametrize("dtype", ["Int64", "UInt8", "Float64", "boolean", "Float32"])
def test_missing_values_of_nullable_types_are_nan(dtype):
    """1, missing, 0 on a line: 0.5 in between."""
    gap = pd.DataFrame({"a": pd.array([1, None, 0], dtype=dtype), "b": [1.0, 2.0, np.nan]})
    full = pd.DataFrame({"a": pd.array([1, 1], dtype=dtype), "b": [1.0, 2.0]})
    for frames in ([gap, full], [gap, gap]):
        filled = SequenceImputer("interpolate").fit_transform(frames)
        np.testing.assert_array_equal(filled[0], [[1, 1], [0.5, 2], [0, 2]])
        assert list(filled[0].columns) == ["a", "b"]
        columns = SequenceImputer("interpolate").fit_transform([own["a"] for own in frames])
        np.testing.assert_array_equal(columns[0], [1, 0.5, 0])
        with pytest.raises(ValueError, match=r"Input X contains NaN\.\n.* Fill gaps with .*SequenceImputer"):
            SequenceClassifier().fit(frames, [0, 1])


def test_tokens_that_are_missing_in_nullable_types_stay_tokens():
    tags = [pd.Series(pd.array(["a", None], dtype="string")), pd.Series(pd.array(["a"], dtype="string"))]
    with pytest.raises(ValueError, match="X holds .* among its tokens"):
        SequenceClassifier().fit(tags, [0, 1])


MODES = [pd.DataFrame({"x": np.arange(4.0) * n, "mode": ["auto"] * n + ["man"] * (4 - n)}) for n in (1, 2, 4)]


@pytest.mark.parametrize(
    "X",
    [
        MODES,
        [own.astype({"mode": "category"}) for own in MODES],
        [own.astype({"mode": "string"}) for own in MODES],
        [own[: 3 + n % 2] for n, own in enumerate(MODES)],
        [pl.from_pandas(own) for own in MODES],
    ],
    ids=["strings", "categories", "nullable", "ragged", "polars"],
)
@pytest.mark.parametrize("model", [SequenceClassifier(), SequenceScaler(), SeriesForecaster()], ids=type)
def test_a_column_of_strings_in_a_frame_is_named(X, model):
    with pytest.raises(ValueError, match=r"X\[0\] has the column 'mode' of strings, such as 'auto': ") as refusal:
        model.fit(X, None if isinstance(model, SeriesForecaster) else [0, 1, 0])
    advice = str(refusal.value).split("'auto': ")[1]
    if isinstance(model, SeriesForecaster):  # there the numbers would be one more target
        assert advice == "drop it, or pass numbers made of it in X_past, X_future or X_static."
    else:
        assert advice.startswith("make one-hot columns of it, the same in all frames, by ")
        assert ("get_dummies" in advice) is isinstance(X[0], pd.DataFrame)


def test_a_column_of_strings_of_one_series_and_of_covariates_is_named():
    days = pd.date_range("2024-01-01", periods=3)
    sold, open_ = pd.DataFrame({"sold": [1.0, 2.0, 3.0]}, days), pd.DataFrame({"open": ["yes", "no", "yes"]}, days)
    with pytest.raises(ValueError, match=r"^X has the column 'open' of strings, such as 'yes': drop it"):
        SeriesForecaster().fit(sold.join(open_))
    for name in ("X_past", "X_future"):
        with pytest.raises(ValueError, match=rf"^{name}\[0\] has the column 'open' of strings, such as 'yes': make"):
            SeriesForecaster().fit(sold, **{name: open_})


def test_a_column_of_strings_may_be_encoded(eager, untrained):
    encoder = OrdinalEncoder().fit(pd.concat(MODES)[["mode"]])
    encoded = [own.assign(mode=encoder.transform(own[["mode"]])) for own in MODES]
    with pytest.raises(ValueError, match="strings") as refusal:
        SequenceClassifier().fit(MODES, [0, 1, 0])
    split_up = eval(re.search(r"\[x for .*?\)\]", str(refusal.value))[0], {"pandas": pd, "X": MODES})
    for X, n_features in ((encoded, 2), (split_up, 3), ([own[["x"]].assign(size="1.5") for own in MODES], 2)):
        assert SequenceClassifier(units=2, epochs=1).fit(X, [0, 1, 0]).n_features_in_ == n_features


def test_a_list_is_read_with_one_copy():
    X = [np.random.RandomState(0).randn(n, 10) for n in (4_000, 5_000)] * 20
    tracemalloc.start()
    read, _ = read_numbers(SequenceClassifier(), X)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 1.2 * read.values.nbytes
    np.testing.assert_array_equal(read.values[1], X[1])
    np.testing.assert_array_equal(read.values[0, :4_000], X[0])
    assert not read.values[0, 4_000:].any()


def test_decimal_commas_are_to_be_read_as_such():
    frame = pd.read_csv(StringIO("flow;state\n11,65;1\n-3,5;2"), sep=";")
    with pytest.raises(
        ValueError, match=r"column 'flow' of strings, such as '11,65': .* read .*read_csv\(\.\.\., decimal=','"
    ):
        SequenceRegressor().fit([frame, frame], [0.0, 1.0])
