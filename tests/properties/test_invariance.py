"""What must change nothing: order, neighbours, padding, working memory, parameters set after a fit. What must agree.

Networks compute every row by itself. What is summed in float64 around them may differ in the last digit.
"""

import copy

import numpy as np
import parameters
import pytest
import strategies
from hypothesis import given
from hypothesis import strategies as st
from outcomes import check_clear, check_same, nested, outcome, unchanged
from registry import CASES, N, fit
from sklearn import config_context
from sklearn.metrics import accuracy_score, r2_score

from skseq import LSTMAutoencoderTransformer, SequenceClassifier, SequenceRegressor, SequenceTagger

pytestmark = [
    pytest.mark.usefixtures("eager", "recorded"),
    pytest.mark.filterwarnings("ignore:Feature .* at every timestep:UserWarning"),  # some drawn data are constant
]


def each(wanted):
    """Parametrize a test by the cases of which something is true."""
    cases = [case for case in CASES if wanted(case)]
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.name)


def asked(case, X, methods=None):
    """The results of all methods, or some, sample by sample."""
    return [list(own) for own in nested([getattr(case.fitted(), method)(X) for method in methods or case.methods])]


def tolerance(case):
    """What results may differ by: those of classifiers not at all."""
    return 0 if case.y in ("labels", "tags", "positions", "token lists", "texts") else 1e-12


# --- samples ----------------------------------------------------------------------------------------------------------


@each(lambda case: case.independent)
@given(data=st.data())
def test_a_sample_is_what_it_is_alone_or_among_others(case, data):
    X = data.draw(strategies.samples(case))
    index = data.draw(st.lists(st.integers(0, len(X) - 1), min_size=1, max_size=7))  # in any order, some again
    all_of_them, some = asked(case, X, case.placeless), asked(case, [X[i] for i in index], case.placeless)
    check_same(some, [[own[i] for i in index] for own in all_of_them], tolerance=tolerance(case))


@each(lambda case: case.independent and case.n_timesteps is None)
@given(data=st.data())
def test_padding_changes_nothing(case, data):
    X = data.draw(strategies.samples(case))
    longest = max(X, key=len)
    long = longest * 2 if isinstance(longest, (list, str)) else np.concatenate([longest] * 2)
    check_same([own[:-1] for own in asked(case, [*X, long])], asked(case, X), tolerance=tolerance(case))


@pytest.mark.parametrize("method", ["predict_proba", "predict", "score_samples", "score_samples of tags"])
def test_long_padding_changes_no_bit(method):
    """Sums over time go step by step: in parts as many as the longest sample has, the last bit would change."""
    rng = np.random.RandomState(0)
    X = [rng.normal(size=(t, 2)) for t in rng.randint(1, 61, size=12)]
    tags, options = [np.sign(x[:, 0]) for x in X], {"units": 8, "epochs": 1, "random_state": 0}
    if method == "predict_proba":
        ask = SequenceClassifier(**options).fit(X, np.arange(12) % 3).predict_proba
    elif method == "predict":
        ask = SequenceRegressor(**options).fit(X, 1e5 * np.arange(12.0)).predict
    elif method == "score_samples":
        ask = LSTMAutoencoderTransformer(**options).fit(X).score_samples
    else:
        model = SequenceTagger(**options).fit(X, tags)
        given = {id(x): own for x, own in zip(X, tags)}
        ask = lambda rows: model.score_samples(rows, [given[id(x)] for x in rows])  # noqa: E731
    np.testing.assert_array_equal(np.concatenate([ask(X[i : i + 1]) for i in range(12)]), ask(X))


@each(lambda case: True)
@given(data=st.data())
def test_working_memory_changes_nothing(case, data):
    X = data.draw(strategies.samples(case))
    whole = asked(case, X)
    with config_context(working_memory=data.draw(st.sampled_from([0, 1e-5, 1e-3]))):
        check_same(asked(case, X), whole, tolerance=tolerance(case))


@each(lambda case: case.is_network and "Detector" not in case.name)  # which holds out samples by their place
@given(order=st.permutations(range(N)))
def test_the_order_of_training_samples_changes_nothing(case, recorded, order):
    X, y = case.training()

    def trained_on(index):
        recorded.clear()
        case.fit([X[i] for i in index], None if y is None else [y[i] for i in index])
        return list(recorded)

    check_same(trained_on(order), trained_on(range(N)))


@each(lambda case: case.takes_weights and not case.has_own_network)
@given(counts=st.lists(st.integers(1, 3), min_size=N, max_size=N))
def test_a_weight_means_so_many_copies(case, recorded, counts):
    X, y = case.training()
    copies = np.repeat(np.arange(N), counts)

    def trained_on(index, **more):
        recorded.clear()
        case.fit([X[i] for i in index], None if y is None else [y[i] for i in index], **more)
        return list(recorded)

    check_same(trained_on(range(N), sample_weight=counts), trained_on(copies), tolerance=1e-5)


# --- parameters -------------------------------------------------------------------------------------------------------


def settable(case):
    """Parameters that decide what is fitted, and are not read again."""
    values = case.make().get_params(deep=False)
    return {name: parameters.other(name, value) for name, value in values.items() if name not in parameters.READ_LATER}


@each(lambda case: case.is_network or hasattr(case.kind, "predict"))
@given(data=st.data())
def test_parameters_set_after_a_fit_change_no_prediction(case, data):
    others = settable(case)
    names = data.draw(st.lists(st.sampled_from(sorted(others)), min_size=1, unique=True))
    X = data.draw(strategies.samples(case))
    estimator = copy.copy(case.fitted()).set_params(**{name: others[name] for name in names})
    with unchanged(estimator):
        found = [getattr(estimator, method)(X) for method in case.methods]
    check_same(found, [getattr(case.fitted(), method)(X) for method in case.methods], tolerance=0)


@each(lambda case: case.kind.__name__ != "DecodingSearch" and case.is_public)
@strategies.MANY
@given(data=st.data())
def test_any_value_of_a_parameter_is_taken_or_refused_by_name(case, recorded, data):
    recorded.clear()
    estimator = case.make()
    name = data.draw(st.sampled_from(sorted(estimator.get_params(deep=False))))
    estimator.set_params(**{name: data.draw(parameters.JUNK)})
    with unchanged(estimator):
        error = outcome(lambda: fit(copy.copy(estimator), case, *case.training()))[1]
    if error is not None:
        check_clear(error, name, given=estimator)


# --- scores -----------------------------------------------------------------------------------------------------------


def scored(case):
    return case.is_public and case.is_network and hasattr(case.kind, "score")


@each(lambda case: scored(case) and case.y not in (None, "tags") and not case.is_conditional)
@given(data=st.data())
def test_scores_equal_those_of_the_predictions(case, data):
    X = data.draw(strategies.samples(case, n=st.integers(2, 5)))
    y = data.draw(strategies.targets(case.y, X))
    predicted = case.fitted().predict(X)
    if case.y in ("numbers", "horizon"):
        expected = r2_score(y, predicted)
    elif case.y == "labels":
        expected = accuracy_score(y, predicted)
    else:
        expected = np.mean([nested(one) == nested(other) for one, other in zip(y, predicted)])
    check_same(case.fitted().score(X, y), float(expected))


@each(lambda case: scored(case) and "sample_weight" in case.arguments("score"))
@given(data=st.data())
def test_a_weight_scores_as_so_many_copies(case, data):
    X = data.draw(strategies.samples(case, n=st.integers(2, 5)))
    y = None if case.y is None else data.draw(strategies.targets(case.y, X))
    counts = np.array(data.draw(st.lists(st.integers(1, 3), min_size=len(X), max_size=len(X))))
    copies = np.repeat(np.arange(len(X)), counts)
    repeated = [X[i] for i in copies], None if y is None else [y[i] for i in copies]
    check_same(case.fitted().score(X, y, sample_weight=counts), case.fitted().score(*repeated))


@each(lambda case: case.kind.__name__ == "SequenceGenerator" and case.y is None and "predict_proba" in case.methods)
@given(data=st.data())
def test_completions_differ_in_probability_as_their_scores_do(case, data):
    """What they begin with is the same."""
    X = data.draw(strategies.samples(case))
    outputs, log_probs = case.fitted().predict_nbest(X, 2, max_length=max(map(len, X)) + 2)
    for first, second, own in zip(*outputs.T, log_probs):
        if np.isfinite(own).all():  # there are two
            check_same(np.diff(case.fitted().score_samples([first, second])), np.diff(own), tolerance=1e-5)


def searches(case):
    return hasattr(case.kind, "predict_nbest") and case.is_network and case.kind.__name__ != "SequenceGenerator"


@each(searches)
@given(data=st.data())
def test_the_probability_of_an_output_is_that_of_scoring_it(case, data):
    X = data.draw(strategies.samples(case))
    search = data.draw(st.sampled_from(["greedy", "beam", "sampling"]))
    n = 1 if search == "greedy" else data.draw(st.integers(1, 2))
    estimator = copy.copy(case.fitted()).set_params(search=search, beam_width=3)
    outputs, log_probs = estimator.predict_nbest(X, n)
    for rank in range(n):
        found = np.isfinite(log_probs[:, rank])  # a beam may have fewer
        own = [x for x, is_there in zip(X, found) if is_there]
        if own:
            again = estimator.score_samples(own, outputs[found, rank])
            check_same(again, log_probs[found, rank], tolerance=1e-5)


@each(lambda case: "score_samples" in case.methods and (case.y is None or case.is_conditional) and scored(case))
@given(data=st.data())
def test_the_score_is_the_mean_over_samples_or_timesteps(case, data):
    X = data.draw(strategies.samples(case))
    single = case.fitted().score_samples(X)
    n_steps = len(X)
    if case.kind.__name__ == "SequenceGenerator":  # of all timesteps alike, the end among them
        n_steps = sum(map(len, X)) + len(X) * case.fitted()._spec.ends
    check_same(case.fitted().score(X), float(np.sum(single) / n_steps), tolerance=1e-5)
