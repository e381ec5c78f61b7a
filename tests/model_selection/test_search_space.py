"""search_space: valid draws for every estimator, what is left out and why, and the searches that take it."""

import sys

import numpy as np
import pytest
from numpy.testing import assert_allclose
from scikeras.wrappers import BaseWrapper
from scipy import stats
from sklearn.base import clone
from sklearn.ensemble import BaggingClassifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import HalvingRandomSearchCV, ParameterSampler, RandomizedSearchCV
from sklearn.pipeline import Pipeline, make_pipeline

from skseq import (
    LSTMAutoencoderDetector,
    LSTMAutoencoderTransformer,
    Seq2SeqClassifier,
    Seq2SeqRegressor,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceEncoder,
    SequenceGenerator,
    SequenceRegressor,
    SequenceTagger,
    SeriesForecaster,
)
from skseq.model_selection import Range, search_space
from skseq.preprocessing import SequenceScaler

pytestmark = pytest.mark.usefixtures("eager")

rng = np.random.RandomState(0)
X, Y = rng.randn(12, 3), np.arange(12) % 2
TOKENS = np.where(X > 0, "a", "b")
SHARED = {"units", "n_layers", "cell", "bidirectional", "dropout", "learning_rate"}
SHARED |= {"weight_decay", "batch_size", "epochs"}
ADAMW = {"class_name": "AdamW", "config": {"learning_rate": 0.01, "weight_decay": 0.02}}

# estimator, data, parameters beyond those of all spaces
CASES = {
    "classifier": (SequenceClassifier(), (X, Y), {"pooling"}),
    "classifier of tokens": (
        SequenceClassifier(source_type="tokens", optimizer=ADAMW, learning_rate=None),
        (TOKENS, Y),
        {"pooling", "embedding_dim"},
    ),
    "regressor": (SequenceRegressor(optimizer="nesterov", warmup=0.1), (X, Y), {"pooling"}),
    "tagger": (SequenceTagger(), (X, TOKENS), {"transitions"}),
    "autoencoder": (LSTMAutoencoderTransformer(decoder="composite"), (X,), {"code"}),
    "detector": (LSTMAutoencoderDetector(), (X,), {"code"}),
    "seq2seq": (Seq2SeqClassifier(analyzer="char"), (["ab", "ba"] * 6, Y), {"attention", "embedding_dim"}),
    "fed": (Seq2SeqClassifier(input_feeding=True, attention="dot"), (X, Y), {"attention"}),
    "transducer": (Seq2SeqTransducer(decoder="merge", attention="dot"), (X, TOKENS), {"attention"}),
    "regressor of windows": (Seq2SeqRegressor(), (X, X[:, :2]), {"attention"}),
}


def draws(estimator, n):
    return list(ParameterSampler(search_space(estimator), n, random_state=0))


@pytest.mark.parametrize(("estimator", "data", "own"), CASES.values(), ids=CASES)
def test_draws_are_valid(estimator, data, own):
    expected = SHARED | own
    if estimator.learning_rate is None:  # the optimizer's configuration has these
        expected -= {"learning_rate", "weight_decay"}
    assert set(search_space(estimator)) == expected
    found = [clone(estimator).set_params(**draw) for draw in draws(estimator, 50)]
    for drawn in found:  # parameters are checked before data
        with pytest.raises(ValueError, match="^(?!.*parameter of)"):
            drawn.fit(*(part[:0] for part in data))
    for drawn in found[:2]:  # without what only takes time
        drawn.set_params(epochs=1, units=2, n_layers=1, batch_size=12).fit(*data)


def test_generators_search_the_dropout_that_they_have():
    generator = SequenceGenerator(analyzer="char")
    space = search_space(generator)
    assert set(space) == SHARED - {"dropout", "bidirectional"} | {"embedding_dim", "recurrent_dropout"}
    assert space["recurrent_dropout"].low <= generator.recurrent_dropout <= space["recurrent_dropout"].high
    other = search_space(SequenceGenerator(analyzer="char", dropout=0.1, recurrent_dropout=0.0))
    assert "dropout" in other
    assert "recurrent_dropout" not in other
    for draw in draws(generator, 2):
        drawn = clone(generator).set_params(**draw | {"epochs": 1, "units": 2, "n_layers": 1})
        assert np.isfinite(drawn.fit(["ab", "ba"] * 6).score(["ab"]))


def test_a_forecaster_is_searched_by_what_it_has_inside():
    inside = SeriesForecaster(Seq2SeqRegressor())
    assert set(search_space(inside)) == {f"estimator__{name}" for name in search_space(inside.estimator)}
    with pytest.raises(TypeError, match="Got SequenceEncoder with estimator=None: name what .* LSTMAuto"):
        search_space(SequenceEncoder())
    with pytest.raises(TypeError, match="Got SeriesForecaster with estimator=None: name what .* Seq2SeqRegressor"):
        search_space(SeriesForecaster())


def test_rates_and_shares_lie_between_their_bounds():
    found = draws(SequenceClassifier(learning_rate=0.01), 200)
    rates, shares = (np.array([draw[name] for draw in found]) for name in ("learning_rate", "dropout"))
    assert 0.002 < rates.min() < 0.003 < 0.025 < rates.max() < 0.03
    assert np.median(rates) == pytest.approx(np.sqrt(0.002 * 0.03), rel=0.2)  # as many below as above, on a log scale
    assert 0 < shares.min() < 0.04 < 0.36 < shares.max() < 0.4


def test_numbers_lie_around_those_of_the_estimator():
    space = search_space(SequenceClassifier(units=10, epochs=7, batch_size=1))
    assert (space["units"], space["epochs"], space["batch_size"]) == ([5, 10, 20], [3, 7, 14], [1, 2])
    automatic = search_space(SequenceClassifier())
    assert (automatic["epochs"][0], automatic["batch_size"][0]) == ("auto", "auto")


def test_a_constant_rate_may_fall():
    falling = search_space(SequenceClassifier(learning_rate_schedule="constant"))["learning_rate_schedule"]
    assert falling == ["constant", "cosine"]
    assert "learning_rate_schedule" not in search_space(SequenceClassifier())


def test_a_range_draws_as_scipy_does():
    for own, theirs in (
        (Range(-2, 3), stats.uniform(-2, 5)),
        (Range(0.001, 10, log=True), stats.loguniform(0.001, 10)),
    ):
        assert isinstance(own.rvs(random_state=0), float)
        assert_allclose(own.rvs(random_state=0), theirs.rvs(random_state=0), rtol=1e-12)
        assert_allclose(own.rvs((3, 2), 1), theirs.rvs((3, 2), random_state=1), rtol=1e-12)


@pytest.mark.parametrize(
    ("bounds", "said"),
    [
        ((1, 1), "low < high, got low=1"),
        ((0, 1, True), "positive low, got 0"),
        (("a", 1), r"numbers from -8.99e\+307 to 8.99e\+307, got low='a'"),
        ((0, None), "got high=None"),
        ((0, np.inf), "got high=inf"),
        ((True, 2), "got low=True"),
        ((-1e308, 1e308), r"got low=-1e\+308"),  # their difference is infinite
        ((0, 10**400), "got high=1000"),
        ((1, 2, "no"), "log must be True or False. Got 'no'"),
    ],
)
def test_bounds_of_a_range(bounds, said):
    with pytest.raises(ValueError, match=said):
        Range(*bounds)


def test_draws_of_no_size_or_seed():
    for size in (-3, 1.5, True, (2, -1), "a"):
        with pytest.raises(ValueError, match="size must be None, an integer of at least 0 or a tuple of such"):
            Range(0, 1).rvs(size)
    with pytest.raises(ValueError, match="random_state must be .* Got 'a'"):
        Range(0, 1).rvs(random_state="a")


# --- what is left out -------------------------------------------------------------------------------------------------


def test_what_an_encoder_decides_is_left_out():
    encoder = LSTMAutoencoderTransformer(units=2, epochs=1).fit(X)
    estimator = SequenceClassifier(units=2, encoder=encoder)
    space = search_space(estimator)
    assert set(space) == (SHARED | {"pooling"}) - {"units", "n_layers", "cell", "bidirectional"}
    estimator.set_params(**draws(estimator, 1)[0]).set_params(epochs=1).fit(X, Y)


def build(meta):
    raise NotImplementedError


def test_a_network_of_ones_own_has_its_own_parameters():
    assert set(search_space(SequenceClassifier(network=BaseWrapper(build)))) == {"batch_size", "epochs"}


def test_what_was_read_as_tokens_has_an_embedding():
    estimator = SequenceClassifier(units=2, epochs=1)
    assert "embedding_dim" not in search_space(estimator)
    assert "embedding_dim" in search_space(estimator.fit(TOKENS, Y))
    assert "embedding_dim" not in search_space(estimator.fit(X, Y))


# --- estimators inside others -----------------------------------------------------------------------------------------


def test_names_in_pipelines_and_ensembles():
    expected = set(search_space(SequenceClassifier()))
    pipeline = Pipeline([("scale", SequenceScaler()), ("learn", SequenceClassifier())])
    assert set(search_space(pipeline)) == {f"learn__{name}" for name in expected}
    assert set(search_space(BaggingClassifier(pipeline))) == {f"estimator__learn__{name}" for name in expected}
    assert set(search_space(pipeline, resource="learn__epochs")) == {f"learn__{name}" for name in expected - {"epochs"}}
    both = Pipeline([("encode", LSTMAutoencoderTransformer()), ("learn", LogisticRegression())])
    assert search_space(both)["encode__code"] == ["repeated", "state", "both"]


def test_encoders_and_frozen_estimators_are_not_searched():
    encoder = LSTMAutoencoderTransformer(units=2, epochs=1).fit(X)
    inner = make_pipeline(FrozenEstimator(encoder), SequenceClassifier(encoder=encoder))
    assert {name.rpartition("__")[0] for name in search_space(inner)} == {"sequenceclassifier"}


@pytest.mark.parametrize(
    "estimator",
    [LogisticRegression(), make_pipeline(LogisticRegression()), FrozenEstimator(SequenceTagger()), SequenceTagger],
)
def test_without_an_estimator_of_skseq(estimator):
    with pytest.raises(TypeError, match="search_space needs an estimator of skseq"):
        search_space(estimator)


# --- the searches that take it ----------------------------------------------------------------------------------------


def small_space(estimator, **options):
    """Of narrow networks, and few of them: what takes time has no part in how a space is taken."""
    fast = {"units": 2, "n_layers": 1, "bidirectional": False, "batch_size": 12, "cell": "lstm"}
    return {name: x for name, x in search_space(estimator.set_params(**fast), **options).items() if name not in fast}


def test_randomized_search():
    estimator = SequenceClassifier(epochs=1, random_state=0)
    search = RandomizedSearchCV(estimator, small_space(estimator), n_iter=2, cv=2, random_state=0).fit(X, Y)
    assert len(search.cv_results_["params"]) == 2


def test_halving_search_over_epochs():
    estimator = SequenceClassifier(random_state=0)
    space = small_space(estimator, resource="epochs")
    search = HalvingRandomSearchCV(
        estimator, space, resource="epochs", n_candidates=3, min_resources=1, max_resources=3, cv=2, random_state=0
    ).fit(X, Y)
    assert search.n_resources_ == [1, 3]
    assert search.best_estimator_.n_iter_ == 3


def test_optuna_takes_its_own_distributions():
    optuna = pytest.importorskip("optuna")
    optuna.logging.set_verbosity(optuna.logging.WARNING)
    for estimator, data, own in CASES.values():
        study = optuna.create_study(sampler=optuna.samplers.RandomSampler(seed=0))
        space = search_space(estimator, library="optuna")
        assert own < set(space)
        with pytest.raises(ValueError, match="^(?!.*parameter of)"):
            clone(estimator).set_params(**study.ask(space).params).fit(*(part[:0] for part in data))


@pytest.mark.filterwarnings("ignore")  # OptunaSearchCV warns of itself, and of what it uses of optuna
def test_optuna_search():
    optuna_integration = pytest.importorskip("optuna_integration")
    estimator = SequenceClassifier(epochs=1, random_state=0)
    space = small_space(estimator, library="optuna")
    search = optuna_integration.OptunaSearchCV(estimator, space, n_trials=2, cv=2, random_state=0)
    assert set(search.fit(X, Y).best_params_) == set(space)


def test_without_optuna(monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(ImportError, match=r"needs optuna: pip install 'skseq\[tuning\]'"):
        search_space(SequenceClassifier(), library="optuna")


def test_the_search_over_decoding_is_found_here_as_well():
    from skseq import DecodingSearch, model_selection

    assert model_selection.DecodingSearch is DecodingSearch
