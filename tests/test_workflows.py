"""Used as people use scikit-learn: pipelines, searches, cross-validation, copies, other processes, routing."""

import copy
import io
import pickle

import joblib
import numpy as np
import pytest
import sklearn
from packaging.version import parse
from sklearn import config_context
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, cross_val_predict, cross_validate
from sklearn.pipeline import Pipeline, make_pipeline
from sklearn.preprocessing import FunctionTransformer, StandardScaler

from skseq import (
    LSTMAutoencoderDetector,
    LSTMAutoencoderTransformer,
    Seq2SeqClassifier,
    SequenceClassifier,
    SequenceRegressor,
)
from skseq.datasets import make_echo

pytestmark = pytest.mark.usefixtures("eager")


@pytest.fixture(scope="module")
def labelled():
    """Rising and falling noisy lines, (60, 6), and their direction."""
    rng = np.random.RandomState(0)
    y = rng.randint(2, size=60)
    return np.linspace(0, 2, 6) * (2 * y[:, None] - 1) + 0.3 * rng.randn(60, 6), y


@pytest.fixture(scope="module")
def echo():
    return make_echo(80, n_timesteps=4, n_kept=2, cardinality=4, random_state=0)


LIGHT = {"bidirectional": False, "dropout": 0.0}  # half of the operations


def classifier(**parameters):
    light = {"units": 8, "epochs": 1, "attention": False, **LIGHT, "random_state": 0}
    return Seq2SeqClassifier(**{**light, **parameters})


def autoencoder(**parameters):
    return LSTMAutoencoderTransformer(**{"units": 6, "epochs": 1, "random_state": 0, **parameters})


def assert_same_weights(one, other):
    assert one.weights_.keys() == other.weights_.keys()
    for name, value in one.weights_.items():
        np.testing.assert_array_equal(other.weights_[name], value, err_msg=name)


# --- pipelines and searches -------------------------------------------------------------------------------------------


def test_autoencoder_feeds_a_classifier_under_grid_search(labelled):
    X, y = labelled
    pipeline = Pipeline([("encode", autoencoder()), ("classify", LogisticRegression())])
    search = GridSearchCV(pipeline, {"encode__units": [4, 6], "encode__code": ["repeated"]}, cv=3).fit(X, y)
    assert search.best_score_ > 0.9
    assert len(search.cv_results_["params"]) == 2
    encoding = search.best_estimator_["encode"].transform(X)  # of hidden and cell state
    assert encoding.shape == (60, 2 * search.best_params_["encode__units"])


def test_grid_search_over_an_autoencoder_without_y(labelled):
    X, _ = labelled
    search = GridSearchCV(autoencoder(), {"epochs": [1, 20]}, cv=2).fit(X)
    assert search.best_params_ == {"epochs": 20}
    fold = autoencoder(epochs=20).fit(X[30:])
    expected = -((fold.reconstruct(X[:30]) - X[:30]) ** 2).mean()
    assert search.cv_results_["split0_test_score"][1] == pytest.approx(expected, rel=1e-12)


def test_scaler_before_a_sequence_classifier(labelled):
    X, y = labelled
    model = make_pipeline(StandardScaler(), classifier(epochs=30)).fit(1e4 * X + 1e5, y)
    assert model.score(1e4 * X + 1e5, y) > 0.9


def fit(model, X, y):
    return model.fit(X, y)


def test_cross_val_predict(echo, labelled):
    X, y = echo
    assert cross_val_predict(classifier(), X, y, cv=2).shape == y.shape
    probs = cross_val_predict(classifier(), X, y, cv=2, method="predict_proba")
    assert [p.shape for p in probs] == [(80, 4), (80, 4)]
    np.testing.assert_allclose(probs[1].sum(axis=1), 1)
    X, y = labelled
    assert cross_val_predict(classifier(), X, y, cv=2, method="predict_proba").shape == (60, 2)


def test_multimetric_scoring(labelled):
    X, y = labelled
    results = cross_validate(classifier(epochs=30), X, y, cv=2, scoring=["accuracy", "roc_auc", "neg_log_loss"])
    assert results["test_accuracy"].min() > 0.9
    assert results["test_roc_auc"].min() > 0.9
    assert results["test_neg_log_loss"].min() > -0.3  # -0.69 is that of a coin


# --- copies -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def attending(eager, echo):
    """A fitted classifier with attention."""
    return classifier(attention=True).fit(*echo)


@pytest.mark.parametrize("how", ["pickle", "joblib", "deepcopy"])
def test_copies_predict_alike_and_go_on_alike(echo, attending, how):
    (X, y), model = echo, copy.copy(attending)
    if how == "pickle":
        twin = pickle.loads(pickle.dumps(model))
    elif how == "deepcopy":
        twin = copy.deepcopy(model)
    else:
        buffer = io.BytesIO()
        joblib.dump(model, buffer)
        buffer.seek(0)
        twin = joblib.load(buffer)
    np.testing.assert_array_equal(twin.predict_proba(X)[0], model.predict_proba(X)[0])
    assert_same_weights(twin.partial_fit(X, y), model.partial_fit(X, y))


def test_a_fitted_estimator_is_numbers(echo, attending):
    """No live Keras or TensorFlow object hangs on an estimator, whatever it was asked for."""
    model = copy.copy(attending)
    model.predict(echo[0])
    _ = model.model_
    modules = set()

    class Watch(pickle.Unpickler):
        def find_class(self, module, name):
            modules.add(module.partition(".")[0])
            return super().find_class(module, name)

    Watch(io.BytesIO(pickle.dumps(model))).load()
    assert modules == {"skseq", "numpy"}


def test_clone_and_repr():
    model = classifier(attention="concat", cell="gru")
    assert clone(model).get_params() == model.get_params()
    assert "attention='concat'" in repr(model)


# --- seeds ------------------------------------------------------------------------------------------------------------


def test_random_state_decides_and_nothing_global_is_touched(echo):
    X, y = echo
    np.random.seed(7)
    before = np.random.get_state()[1].copy()
    model = classifier(random_state=3, dropout=0.3).fit(X, y)
    np.testing.assert_array_equal(np.random.get_state()[1], before)
    assert_same_weights(model, classifier(random_state=3, dropout=0.3).fit(X, y))
    other = classifier(random_state=4, dropout=0.3).fit(X, y)
    assert np.abs(other.weights_["output/kernel"] - model.weights_["output/kernel"]).max() > 0.01


def test_random_state_instance_advances(echo):
    rng = np.random.RandomState(0)
    first, second = (classifier(random_state=rng).fit(*echo) for _ in range(2))
    assert np.abs(first.weights_["output/kernel"] - second.weights_["output/kernel"]).max() > 0.01


# --- routing ----------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(parse(sklearn.__version__) < parse("1.8"), reason="a search scores no Pipeline with weights there")
def test_sample_weight_is_routed_through_search_and_pipeline(labelled):
    X, y = labelled
    weight = np.where(y == 1, 1.0, 1e-6)  # label 0 hardly counts
    with config_context(enable_metadata_routing=True):
        model = classifier(epochs=10)  # soon says 1 whatever it reads
        model.set_fit_request(sample_weight=True).set_score_request(sample_weight=True)
        pipeline = make_pipeline(StandardScaler().set_fit_request(sample_weight=False), model)
        search = GridSearchCV(pipeline, {"seq2seqclassifier__units": [4, 8]}, cv=2).fit(X, y, sample_weight=weight)
    assert search.best_score_ > 0.99  # label 0 does not count in the score either
    assert search.predict(X).mean() > clone(pipeline).fit(X, y).predict(X).mean() + 0.2


def test_validation_data_are_routed_through_a_pipeline(labelled):
    X, y = labelled
    with config_context(enable_metadata_routing=True):
        model = classifier(epochs=3).set_fit_request(X_val=True, y_val=True)
        pipeline = make_pipeline(StandardScaler(), model)
        pipeline.set_params(transform_input=["X_val"])
        pipeline.fit(X[:40], y[:40], X_val=X[40:], y_val=y[40:])
    history = pipeline[-1].history_
    assert len(history["val_loss"]) == pipeline[-1].n_iter_
    scaled = pipeline[0].transform(X[40:])
    direct = classifier(epochs=3).fit(pipeline[0].transform(X[:40]), y[:40], X_val=scaled, y_val=y[40:])
    assert history["val_loss"] == direct.history_["val_loss"]


# --- ragged lists and text --------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def ragged():
    """Rising and falling pieces of lines, (3 to 6,), and their direction."""
    rng = np.random.RandomState(0)
    y = rng.randint(2, size=60)
    lengths = rng.randint(3, 7, size=60)
    return [np.arange(n) * (2.0 * up - 1) + 0.3 * rng.randn(n) for n, up in zip(lengths, y)], y


WORDS = ["haus", "maus", "laus", "house", "mouse", "louse"] * 5
LANGUAGES = ["de", "de", "de", "en", "en", "en"] * 5
SMALL = {"units": 6, "epochs": 20, **LIGHT, "random_state": 0}


def doubled(samples):
    return [2 * sample for sample in samples]


def lowered(texts):
    return [text.lower() for text in texts]


def test_pipelines_of_ragged_lists(ragged):
    X, y = ragged
    double = FunctionTransformer(doubled)
    assert make_pipeline(double, SequenceClassifier(**SMALL)).fit(X, y).score(X, y) > 0.9
    assert make_pipeline(double, SequenceRegressor(**SMALL)).fit(X, y).score(X, y) > 0.5
    flagged = make_pipeline(double, LSTMAutoencoderDetector(**SMALL, contamination=0.1)).fit_predict(X)
    assert [(flagged == label).sum() for label in (-1, 1)] == [6, 54]
    features = make_pipeline(double, autoencoder(epochs=20), LogisticRegression()).fit(X, y)
    assert features.score(X, y) > 0.9


def test_grid_searches_of_ragged_lists(ragged):
    X, y = ragged
    grid = {"pooling": ["last", "attention"]}
    model = SequenceClassifier(**SMALL, learning_rate=0.03)
    search = GridSearchCV(model, grid, cv=2, error_score="raise").fit(X, y)
    assert search.best_score_ > 0.9
    search = GridSearchCV(LSTMAutoencoderTransformer(**SMALL), {"epochs": [1, 20]}, cv=2).fit(X)
    assert search.best_params_ == {"epochs": 20}
    folds = cross_validate(
        SequenceRegressor(**SMALL, learning_rate=0.03), X, y, cv=2, scoring=["r2", "neg_mean_squared_error"]
    )
    assert folds["test_r2"].min() > 0.3


def test_cross_val_predict_of_ragged_lists(ragged):
    X, y = ragged
    assert cross_val_predict(SequenceClassifier(**SMALL), X, y, cv=2, method="predict_proba").shape == (60, 2)
    pairs = np.stack([y, 1 - y], axis=1)
    probs = cross_val_predict(SequenceClassifier(**SMALL), X, pairs, cv=2, method="predict_proba")
    assert [p.shape for p in probs] == [(60, 2), (60, 2)]
    assert cross_val_predict(SequenceRegressor(**SMALL), X, y, cv=2).shape == (60,)
    assert cross_val_predict(LSTMAutoencoderDetector(**SMALL), X, cv=2, method="decision_function").shape == (60,)


def test_text_in_pipeline_search_and_cross_validation():
    pipeline = make_pipeline(
        FunctionTransformer(lowered), SequenceClassifier(**SMALL, learning_rate=0.03, analyzer="char")
    )
    shouted = [word.upper() for word in WORDS]
    search = GridSearchCV(pipeline, {"sequenceclassifier__embedding_dim": [None, 4]}, cv=2, error_score="raise")
    assert search.fit(shouted, LANGUAGES).best_score_ > 0.9
    assert search.predict(["MAUS", "mouse"]).tolist() == ["de", "en"]
    predicted = cross_val_predict(pipeline, shouted, LANGUAGES, cv=3)
    assert np.mean(predicted == LANGUAGES) > 0.9


@pytest.fixture(scope="module")
def others(eager, ragged):
    """The other estimators, fitted, by a method of theirs."""
    small = {"units": 4, "epochs": 1, **LIGHT, "random_state": 0}
    models = {
        "attention_weights": SequenceClassifier(**small, pooling="attention"),
        "predict": SequenceRegressor(**small),
        "score_timesteps": LSTMAutoencoderDetector(**small, window=3),
        "forecast": autoencoder(decoder="predict", horizon=1),
    }
    return {method: model.fit(*ragged) for method, model in models.items()}


@pytest.mark.parametrize("how", ["pickle", "joblib", "deepcopy"])
def test_copies_of_the_other_estimators(ragged, others, how, tmp_path):
    (X, _), models = ragged, others
    if how == "pickle":
        twins = pickle.loads(pickle.dumps(models))
    elif how == "deepcopy":
        twins = copy.deepcopy(models)
    else:
        joblib.dump(models, tmp_path / "models")
        twins = joblib.load(tmp_path / "models")
    for method, model in models.items():
        for one, other in zip(getattr(twins[method], method)(X), getattr(model, method)(X)):
            np.testing.assert_array_equal(one, other)
        assert clone(model).get_params() == twins[method].get_params() == model.get_params()


@pytest.mark.parametrize("method", ["attention_weights", "predict", "score_timesteps", "forecast"])
def test_a_clone_learns_the_same(ragged, others, method):
    assert_same_weights(clone(others[method]).fit(*ragged), others[method])


def test_ragged_fits_in_threads_give_the_same(ragged):
    X, y = ragged
    models = [SequenceClassifier(**{**SMALL, "epochs": 2}, pooling=pooling) for pooling in ("last", "mean")] * 2
    fitted = joblib.Parallel(n_jobs=2, backend="threading")(joblib.delayed(fit)(model, X, y) for model in models)
    for model in fitted:
        assert_same_weights(model, clone(model).fit(X, y))


def test_validation_data_of_ragged_lists_are_routed(ragged):
    X, y = ragged
    with config_context(enable_metadata_routing=True):
        model = SequenceClassifier(**{**SMALL, "epochs": 2}).set_fit_request(X_val=True, y_val=True)
        pipeline = make_pipeline(FunctionTransformer(doubled), model).set_params(transform_input=["X_val"])
        pipeline.fit(X[:40], y[:40], X_val=X[40:], y_val=y[40:])
    direct = SequenceClassifier(**{**SMALL, "epochs": 2})
    direct.fit(doubled(X[:40]), y[:40], X_val=doubled(X[40:]), y_val=y[40:])
    assert pipeline[-1].history_["val_loss"] == direct.history_["val_loss"]
