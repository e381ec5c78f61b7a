"""Encoders trained before: where weights start, what stays as it is, what copies keep, what does not fit."""

import copy
import pickle

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skseq import (
    LSTMAutoencoderDetector,
    LSTMAutoencoderTransformer,
    Seq2SeqClassifier,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceGenerator,
    SequenceRegressor,
)

pytestmark = pytest.mark.usefixtures("eager")

rng = np.random.RandomState(0)
X = [rng.randn(length, 2) for length in rng.randint(2, 6, size=16)]
Y = np.arange(16) % 2
TEXT = ["abc", "ba", "cab", "c"] * 4
SMALL = {"units": 4, "epochs": 1, "random_state": 0}
LEARNERS = pytest.mark.parametrize(
    "Estimator",
    [SequenceClassifier, SequenceRegressor, Seq2SeqClassifier, Seq2SeqTransducer],
    ids=lambda cls: cls.__name__,
)


@pytest.fixture(scope="module")
def encoder():
    return LSTMAutoencoderTransformer(**SMALL, decoder="composite", output="last").fit(X)


@pytest.fixture(scope="module")
def reader():
    """A classifier of text."""
    network = {"cell": "lstm", "bidirectional": False, "embedding_dim": 3}
    return SequenceClassifier(**SMALL, **network, analyzer="char").fit(TEXT, Y)


def classifier(**parameters):
    return SequenceClassifier(**{**SMALL, **parameters})


def of_encoder(weights):
    return {name: value for name, value in weights.items() if name == "embedding" or name.startswith("encoder/")}


def assert_same(weights, others):
    assert weights.keys() == others.keys()
    assert weights
    for name, value in weights.items():
        np.testing.assert_array_equal(others[name], value, err_msg=name)


# --- weights ----------------------------------------------------------------------------------------------------------


@LEARNERS
def test_frozen_weights_stay_bit_for_bit(encoder, Estimator):
    model = Estimator(**SMALL, encoder=encoder, freeze=True, dropout=0.3).fit(X, Y)
    assert_same(of_encoder(model.weights_), of_encoder(encoder.weights_))
    model.partial_fit(X, Y)
    assert_same(of_encoder(model.weights_), of_encoder(encoder.weights_))
    assert len(model.history_["loss"]) == 2
    assert np.isfinite(model.score(X, Y))


@LEARNERS
def test_training_starts_from_the_encoder(encoder, Estimator):
    """After one update that is too small to see the weights are the encoder's; after real ones they are not."""
    model = Estimator(**SMALL, encoder=encoder, learning_rate=1e-12).fit(X, Y)
    for name, value in of_encoder(encoder.weights_).items():
        np.testing.assert_allclose(model.weights_[name], value, atol=1e-9)
    model = Estimator(**SMALL, encoder=encoder).fit(X, Y)
    kernel = "encoder/0/kernel"
    assert 1e-4 < np.abs(model.weights_[kernel] - encoder.weights_[kernel]).max() < 0.1


def test_a_frozen_encoder_encodes_as_it_did(encoder):
    """The prediction is read off the very encodings that the autoencoder gives."""
    model = SequenceRegressor(**SMALL, encoder=encoder, freeze=True, pooling="last", scale_targets=False).fit(X, Y)
    expected = encoder.transform(X) @ model.weights_["output/kernel"] + model.weights_["output/bias"]
    np.testing.assert_allclose(model.predict(X), expected[:, 0], atol=1e-6)


def test_the_encoder_is_neither_refitted_nor_changed(encoder):
    before = pickle.dumps(encoder)
    classifier(encoder=encoder).fit(X, Y)
    classifier(encoder=FrozenEstimator(encoder), freeze=True).fit(X, Y).partial_fit(X, Y)
    clone(classifier(encoder=encoder)).fit(X[::-1], Y)
    cross_val_score(classifier(encoder=encoder), X, Y, cv=2)
    assert pickle.dumps(encoder) == before


@pytest.mark.parametrize(
    ("Encoder", "parameters"),
    [
        (LSTMAutoencoderTransformer, {"cell": "gru"}),
        (LSTMAutoencoderDetector, {"activation": "relu"}),
        (Seq2SeqClassifier, {"n_layers": 2, "bidirectional": True}),
    ],
)
def test_encoders_of_every_kind(Encoder, parameters):
    encoder = Encoder(**SMALL, **parameters).fit(X, Y)
    model = classifier(encoder=encoder, freeze=True, **parameters).fit(X, Y)
    assert_same(of_encoder(model.weights_), of_encoder(encoder.weights_))


def test_float_types_may_differ(encoder):
    model = classifier(encoder=encoder, freeze=True, dtype="float64").fit(X, Y)
    for name, value in of_encoder(encoder.weights_).items():
        assert model.weights_[name].dtype == np.float64
        np.testing.assert_array_equal(model.weights_[name], value.astype(np.float64))


def test_univariate_encoders_serve_columns_and_series_alike():
    encoder = LSTMAutoencoderTransformer(**SMALL).fit([sample[:, 0] for sample in X])
    assert classifier(encoder=encoder).fit(rng.randn(16, 4), Y).n_features_in_ == 4
    assert classifier(encoder=encoder).fit(rng.randn(16, 4, 1), Y).n_features_in_ == 1


# --- tokens -----------------------------------------------------------------------------------------------------------


@LEARNERS
def test_the_vocabulary_comes_with_the_encoder(reader, Estimator):
    """Even if the new data hold fewer tokens, so that the same letter has the same row in the embedding."""
    model = Estimator(**SMALL, analyzer="char", embedding_dim=3, encoder=reader, freeze=True).fit(
        ["b", "bb"] * 4, Y[:8]
    )
    assert model.vocabulary_ == reader.vocabulary_ == {"a": 1, "b": 2, "c": 3}
    assert model.vocabulary_ is not reader.vocabulary_
    assert_same(of_encoder(model.weights_), of_encoder(reader.weights_))
    assert model.predict(["abc"]).shape[0] == 1
    with pytest.raises(ValueError, match="not seen in fit: 'z'"):
        model.predict(["z"])


def test_a_vocabulary_beside_that_of_the_encoder_is_the_same(reader):
    model = classifier(analyzer="char", embedding_dim=3, encoder=reader, vocabulary=["c", "b", "a"]).fit(TEXT, Y)
    assert model.vocabulary_ == reader.vocabulary_
    for other, token in ((["a", "c"], "b"), (["a", "b", "c", "d"], "d")):
        with pytest.raises(ValueError, match=f"that of the encoder differ in 1 .* such as '{token}': fit the encoder"):
            classifier(analyzer="char", embedding_dim=3, encoder=reader, vocabulary=other).fit(TEXT, Y)


def test_unknown_tokens_go_with_the_encoder():
    reader = classifier(analyzer="char", handle_unknown="use_unknown").fit(TEXT, Y)
    model = classifier(analyzer="char", handle_unknown="use_unknown", encoder=reader).fit(["axb", "by"] * 4, Y[:8])
    assert model.vocabulary_ == {"a": 2, "b": 3, "c": 4}
    with pytest.raises(ValueError, match=r"not in the vocabulary of the encoder: 'x', 'y'\. Fit the encoder"):
        classifier(analyzer="char", encoder=reader).fit(["axb", "by"] * 4, Y[:8])


# --- generators -------------------------------------------------------------------------------------------------------


FORWARDS = {"cell": "lstm", "bidirectional": False}


@pytest.fixture(scope="module")
def writer():
    """A generator of text, which has learnt without labels."""
    return SequenceGenerator(**SMALL, analyzer="char", embedding_dim=3).fit(TEXT)


def test_a_classifier_starts_from_a_generator(writer):
    """What it is has "auto" layers for is as in the generator."""
    model = classifier(encoder=writer, freeze=True, analyzer="char", embedding_dim=3).fit(TEXT, Y)
    assert_same(of_encoder(model.weights_), of_encoder(writer.weights_))
    assert model.vocabulary_ == writer.vocabulary_
    assert model.predict_proba(TEXT).shape == (16, 2)
    moved = classifier(encoder=writer, analyzer="char", embedding_dim=3).fit(TEXT, Y)
    assert np.abs(moved.weights_["embedding"] - writer.weights_["embedding"]).max() > 1e-4


@pytest.mark.parametrize("how", [{}, {"tie_embeddings": True, "dropout": 0.3}], ids=["plain", "tied"])
def test_a_generator_starts_from_a_classifier(reader, how):
    model = SequenceGenerator(**SMALL, **how, analyzer="char", embedding_dim=3, encoder=reader, freeze=True)
    model.fit(["b", "bb", "bab"] * 4, Y[:12])
    assert model.vocabulary_ == reader.vocabulary_  # c was not seen, but may be written
    assert model.classes_.tolist() == ["a", "b", "c", None]
    assert_same(of_encoder(model.weights_), of_encoder(reader.weights_))
    assert np.isfinite(model.score(TEXT))
    model.partial_fit(TEXT, Y)
    assert_same(of_encoder(model.weights_), of_encoder(reader.weights_))


def test_a_generator_starts_from_an_autoencoder(encoder):
    """It reads numbers on the scale of the autoencoder, and writes those of X."""
    model = SequenceGenerator(**SMALL, n_components=2, encoder=encoder, learning_rate=1e-12).fit(X)
    for name, value in of_encoder(encoder.weights_).items():
        np.testing.assert_allclose(model.weights_[name], value, atol=1e-9)
    scale, theirs = model._learnt.source.scale, encoder._learnt.source.scale
    np.testing.assert_array_equal(scale.deviation, theirs.deviation)
    assert np.isfinite(model.sample(2, random_state=0)[0]).all()
    assert_same(clone(model).fit(X).weights_, model.weights_)


def test_features_of_zeros_and_ones_on_the_scale_of_an_encoder():
    """Standardised, they are no more 0 or 1: then they are numbers like any others."""
    pens = np.random.RandomState(0).randn(12, 4, 2)
    pens[:, :, 1] = pens[:, :, 1] > 0
    scaled = LSTMAutoencoderTransformer(**SMALL).fit(pens)
    model = SequenceGenerator(**SMALL, encoder=scaled).fit(pens)
    assert model._spec.binary == ()
    with pytest.raises(ValueError, match="Feature 1 is named in binary_features, but the encoder.*scale_inputs=False"):
        SequenceGenerator(**SMALL, encoder=scaled, binary_features=[1]).fit(pens)
    plain = LSTMAutoencoderTransformer(**SMALL, scale_inputs=False).fit(pens)
    model = SequenceGenerator(**SMALL, encoder=plain).fit(pens)
    assert model._spec.binary == (1,)
    assert set(np.unique(model.sample(5, random_state=0)[:, :, 1])) <= {0, 1}


def test_a_generator_reads_forwards():
    both_ways = classifier(analyzer="char").fit(TEXT, Y)
    message = "reads forwards alone.*fit the SequenceClassifier with bidirectional=False"
    with pytest.raises(ValueError, match=message):
        SequenceGenerator(**SMALL, cell="gru", analyzer="char", encoder=both_ways).fit(TEXT)
    one_way = classifier(analyzer="char", **FORWARDS).fit(TEXT, Y)
    with pytest.raises(ValueError, match="encoder has units=4, but SequenceGenerator has units=5: set units=4"):
        SequenceGenerator(**SMALL | {"units": 5}, analyzer="char", encoder=one_way).fit(TEXT)


# --- copies -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("wrap", [lambda encoder: encoder, FrozenEstimator], ids=["bare", "FrozenEstimator"])
def test_copies_keep_the_encoder(encoder, wrap):
    given = wrap(encoder)
    model = classifier(encoder=given, freeze=True)
    assert clone(model).encoder is given
    assert clone(clone(make_pipeline(FunctionTransformer(), model))[-1]).encoder is given
    expected = clone(model).fit(X, Y)
    for copied in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert_same(copied.fit(X, Y).weights_, expected.weights_)
    twin = pickle.loads(pickle.dumps(expected))
    np.testing.assert_array_equal(twin.predict_proba(X), expected.predict_proba(X))
    assert_same(twin.partial_fit(X, Y).weights_, expected.partial_fit(X, Y).weights_)


def test_grid_search_over_other_parameters_keeps_the_encoder(encoder):
    search = GridSearchCV(classifier(encoder=encoder), {"freeze": [True, False], "pooling": ["last", "mean"]}, cv=2)
    search.fit(X, Y)
    assert search.best_estimator_.encoder is encoder
    frozen = clone(search.best_estimator_).set_params(freeze=True).fit(X, Y)
    assert_same(of_encoder(frozen.weights_), of_encoder(encoder.weights_))


def test_grid_search_over_encoders(encoder):
    other = LSTMAutoencoderTransformer(**{**SMALL, "random_state": 1}).fit(X)
    grid = {"encoder": [None, FrozenEstimator(encoder), FrozenEstimator(other)]}
    search = GridSearchCV(classifier(), grid, cv=2, error_score="raise").fit(X, Y)
    assert np.isfinite(search.cv_results_["mean_test_score"]).all()
    bare = GridSearchCV(classifier(), {"encoder": [encoder]}, cv=2, error_score="raise")
    with pytest.raises(ValueError, match=r"must be fitted.*Searches clone.*sklearn.frozen.FrozenEstimator"):
        bare.fit(X, Y)


# --- what does not fit ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"units": 5}, "encoder has units=4, but SequenceClassifier has units=5: set units=4"),
        ({"cell": "gru"}, "encoder has cell='lstm', but .* cell='gru': set cell='lstm'"),
        ({"n_layers": 2}, "encoder has n_layers=1"),
        ({"bidirectional": True}, "encoder has bidirectional=False"),
        ({"activation": "relu"}, "encoder has activation='tanh'"),
    ],
)
def test_other_networks(encoder, parameters, message):
    with pytest.raises(ValueError, match=message):
        classifier(encoder=encoder, **parameters).fit(X, Y)


def test_other_data(encoder, reader):
    with pytest.raises(
        ValueError, match="encoder reads 2 features, but X has 1: fit the LSTMAutoencoderTransformer on"
    ):
        classifier(encoder=encoder).fit(rng.randn(16, 4), Y)
    with pytest.raises(ValueError, match="encoder reads measurements, but X holds tokens"):
        classifier(encoder=encoder, analyzer="char").fit(TEXT, Y)
    with pytest.raises(ValueError, match="encoder reads tokens, but X holds measurements"):
        classifier(encoder=reader).fit(X, Y)
    with pytest.raises(ValueError, match="encoder has embedding_dim=3, but SequenceClassifier has embedding_dim=None"):
        classifier(encoder=reader, analyzer="char").fit(TEXT, Y)
    with pytest.raises(ValueError, match="but the encoder's vocabulary has none: fit the encoder"):
        classifier(encoder=reader, analyzer="char", embedding_dim=3, handle_unknown="use_unknown").fit(TEXT, Y)


@pytest.mark.parametrize(
    ("encoder", "error", "message"),
    [
        (LSTMAutoencoderTransformer(), ValueError, "must be fitted, but this LSTMAutoencoderTransformer is not"),
        (FrozenEstimator(LSTMAutoencoderTransformer()), ValueError, "must be fitted, but this"),
        (LogisticRegression(), TypeError, "must be a fitted estimator of skseq.*Got LogisticRegression"),
        (make_pipeline(FunctionTransformer()), TypeError, "Got Pipeline"),
        ("autoencoder", ValueError, "The 'encoder' parameter"),
    ],
    ids=["unfitted", "unfitted in FrozenEstimator", "another library", "pipeline", "string"],
)
def test_no_fitted_encoder(encoder, error, message):
    model = classifier(encoder=encoder)
    with pytest.raises(error, match=message):
        model.fit(X, Y)
    assert not hasattr(model, "weights_")
    assert not hasattr(model, "classes_")


def test_nothing_to_freeze():
    with pytest.raises(ValueError, match="freeze=True leaves the encoder as it is given, but encoder=None"):
        classifier(freeze=True).fit(X, Y)


def test_parameters_of_the_encoder_cannot_be_set(encoder):
    model = classifier(encoder=encoder)
    for parameters in ({"encoder__units": 3}, {"encoder": encoder, "encoder__units": 3}, {"encoder__nothing": 1}):
        with pytest.raises(ValueError, match=r"encoder__\w+ cannot be set: an encoder is fitted"):
            model.set_params(**parameters)
    assert model.encoder.units == 4
    assert classifier().set_params(**model.get_params()).encoder is encoder  # as they are
    with pytest.raises(ValueError, match="encoder__units cannot be set"):
        GridSearchCV(model, {"encoder__units": [3, 4]}, cv=2, error_score="raise").fit(X, Y)


def test_thawing_needs_a_new_fit(encoder):
    """The optimizer of a frozen network has no state for the encoder's weights."""
    model = classifier(encoder=encoder, freeze=True, warm_start=True).fit(X, Y)
    with pytest.raises(ValueError, match="cannot go on from its last fit with freeze=False, which was True: "):
        model.set_params(freeze=False).fit(X, Y)
    thawed = classifier(encoder=FrozenEstimator(model)).fit(X, Y)
    assert np.isfinite(thawed.history_["loss"]).all()


# --- convolutions -----------------------------------------------------------------------------------------------------

LONGER = np.random.RandomState(0).randn(8, 20, 2)


def test_convolutions_are_as_in_the_encoder():
    """Their width, too; a classifier of shorter sequences would have none by itself."""
    encoder = classifier(kernel_size=3, n_conv_layers=2, epochs=1).fit(LONGER, Y[:8])
    model = classifier(encoder=encoder, freeze=True, epochs=1).fit(LONGER[:, :5], Y[:8])
    for name, value in of_encoder(encoder.weights_).items():
        np.testing.assert_array_equal(model.weights_[name], value)
    assert model.weights_["encoder/convolution/1/kernel"].shape == (3, 4, 4)


def test_an_encoder_with_convolutions_is_not_for_decoders():
    encoder = classifier(epochs=1).fit(LONGER, Y[:8])
    with pytest.raises(ValueError, match="n_conv_layers=1.*fit the SequenceClassifier with n_conv_layers=0"):
        Seq2SeqClassifier(**SMALL, encoder=encoder).fit(LONGER, np.stack([Y[:8]] * 2, 1))


def test_columns_that_the_encoder_knows_stand_where_they_did():
    """Columns of another machine may have other names."""
    frames = [pd.DataFrame(x, columns=["heat", "flow"]) for x in np.random.RandomState(0).randn(6, 4, 2)]
    encoder = LSTMAutoencoderTransformer(units=2, epochs=1, random_state=0).fit(frames)
    model = SequenceClassifier(units=2, epochs=1, encoder=encoder, bidirectional=False, random_state=0)
    y = [0, 1] * 3
    for names in (["flow", "heat"], ["flow", "other"]):
        with pytest.raises(ValueError, match=r"encoder was fitted on \['heat', 'flow'\], in this order.*by name"):
            model.fit([x.set_axis(names, axis=1) for x in frames], y)
    for names in (["heat", "flow"], ["heat 2", "flow 2"], ["heat", "other"]):
        model.fit([x.set_axis(names, axis=1) for x in frames], y)
    model.fit([x.to_numpy()[:, ::-1] for x in frames], y)
