"""What encoder-decoders take by default: their layers and their dropout."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal, assert_equal

from skseq import LSTMAutoencoderTransformer, Seq2SeqClassifier, Seq2SeqTransducer

pytestmark = pytest.mark.usefixtures("eager")
ONE_UPDATE = {"epochs": 1, "batch_size": 120, "optimizer": "sgd"}  # whose first step is not the same for any gradient
SMALL = {"units": 3, **ONE_UPDATE, "random_state": 0}
X = np.random.RandomState(0).randn(120, 2, 1)
Y = (X[:, :, 0] > 0).astype(int)
GRU, LSTM = {"cell": "gru", "bidirectional": True}, {"cell": "lstm", "bidirectional": True}


@pytest.mark.parametrize(("attention", "layers"), [(True, GRU), ("dot", GRU), (False, LSTM)])
@pytest.mark.parametrize("Estimator", [Seq2SeqClassifier, Seq2SeqTransducer])
def test_layers_follow_the_attention(Estimator, attention, layers):
    given = SMALL | {"attention": attention, "dropout": 0.0}
    auto, named = Estimator(**given).fit(X, Y), Estimator(**given, **layers).fit(X, Y)
    assert_equal(auto.weights_, named.weights_)


@pytest.mark.parametrize("Estimator", [Seq2SeqClassifier, Seq2SeqTransducer])
def test_layers_are_those_of_the_encoder(Estimator):
    encoder = LSTMAutoencoderTransformer(**SMALL, cell="cho-gru").fit(X)
    given = SMALL | {"encoder": encoder, "freeze": True}
    model = Estimator(**given).fit(X, Y)
    named = Estimator(**given, cell="cho-gru", bidirectional=False).fit(X, Y)
    assert_equal(model.weights_, named.weights_)
    assert_array_equal(model.weights_["encoder/0/kernel"], encoder.weights_["encoder/0/kernel"])


@pytest.mark.parametrize(
    ("n_samples", "attention", "rate"), [(99, True, 0.0), (100, True, 0.1), (100, "dot", 0.1), (120, False, 0.0)]
)
@pytest.mark.parametrize("Estimator", [Seq2SeqClassifier, Seq2SeqTransducer])
def test_a_tenth_is_dropped_where_they_attend(Estimator, n_samples, attention, rate):
    given = SMALL | {"attention": attention}
    auto, named = (Estimator(**given, **more).fit(X[:n_samples], Y[:n_samples]) for more in ({}, {"dropout": rate}))
    assert_equal(auto.weights_, named.weights_)
    if rate:
        other = Estimator(**given, dropout=0.0).fit(X[:n_samples], Y[:n_samples])
        assert np.abs(other.weights_["output/kernel"] - auto.weights_["output/kernel"]).max() > 1e-6


def test_a_stream_keeps_to_the_dropout_of_its_first_batch():
    auto, named = (
        Seq2SeqTransducer(**SMALL, **more).partial_fit(X, Y).partial_fit(X[:50], Y[:50])
        for more in ({}, {"dropout": 0.1})
    )
    assert_equal(auto.weights_, named.weights_)
