"""dtype="mixed_bfloat16" of the estimators: float32 goes in and comes out, products of bfloat16 lie between."""

import pickle

import numpy as np
import pytest
from sklearn.base import clone

from skseq import LSTMAutoencoderTransformer, Seq2SeqClassifier, SequenceClassifier, SequenceRegressor
from skseq.nn.spec import PooledSpec
from skseq.nn.training.plan import Work, planned

pytestmark = pytest.mark.usefixtures("eager")

SMALL = {"units": 3, "epochs": 1, "random_state": 0, "dtype": "mixed_bfloat16"}
IDS = np.array([[0, 1], [1, 0], [1, 1], [0, 0]])
NUMBERS = np.array([[0.1, 0.5], [0.7, 0.3], [0.2, 0.9], [0.6, 0.4]], np.float32)
LABELS = np.array([0, 1, 1, 0])
FITS = {  # estimator, X, y, a method with numbers from the network
    "autoencoder": (LSTMAutoencoderTransformer(**SMALL), NUMBERS, None, "transform"),
    "encoder-decoder": (Seq2SeqClassifier(**SMALL), IDS, IDS, "predict_proba"),
    "classifier": (SequenceClassifier(**SMALL), NUMBERS, LABELS, "predict_proba"),
    "regressor": (SequenceRegressor(**SMALL), NUMBERS, NUMBERS[:, 0], "predict"),
}


@pytest.mark.parametrize("name", FITS)
def test_all_is_float32_but_for_the_rounding_of_products(name):
    estimator, X, y, method = FITS[name]
    mixed = clone(estimator).fit(X, y)
    single = clone(estimator).set_params(dtype="float32").fit(X, y)
    losses = [model.history_["loss"][0] for model in (mixed, single)]  # of the weights that both started from
    assert losses[0] != losses[1]
    assert losses[0] == pytest.approx(losses[1], rel=0.01)
    assert {value.dtype for value in mixed.weights_.values()} == {np.dtype("float32")}
    written = np.asarray(getattr(pickle.loads(pickle.dumps(mixed)), method)(X))
    assert written.dtype == (X.dtype if method == "transform" else np.float64)
    assert np.isfinite(written).all()


def test_models_to_export_are_float32():
    estimator, X, y, _ = FITS["classifier"]
    fitted = clone(estimator).fit(X, y)
    assert fitted.model_.compute_dtype == "float32"
    np.testing.assert_allclose(fitted.model_.predict(X[..., None], verbose=0), fitted.predict_proba(X), atol=0.01)


def test_auto_compiles_large_products_in_float32_alone():
    for dtype, units, compiled in [
        ("mixed_bfloat16", 1000, False),
        ("mixed_bfloat16", 3, True),
        ("float32", 1000, True),
    ]:
        spec = PooledSpec(source_size=1, sizes=(2,), **SequenceClassifier(units, dtype=dtype)._spec_fields())
        assert planned(spec, Work(n_updates=2000, batch_size=32, n_source=50)).jit_compile is compiled


def test_a_fit_does_not_go_on_in_another_precision():
    estimator, X, y, _ = FITS["classifier"]
    fitted = clone(estimator).set_params(warm_start=True).fit(X, y)
    with pytest.raises(ValueError, match="with dtype='float32', which was 'mixed_bfloat16': "):
        fitted.set_params(dtype="float32").fit(X, y)
