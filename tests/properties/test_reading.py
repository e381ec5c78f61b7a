"""Whatever comes in is read right or refused in words that name the argument; a refused call changes nothing.

What is right is what the plain form of the same data gives. At predict these are the results. Networks are not trained
here: of their fits, what they would train on is compared.
"""

from functools import partial

import forms
import numpy as np
import pytest
import strategies
from hypothesis import given
from hypothesis import strategies as st
from outcomes import check_clear, check_same, differ, nested, outcome, unchanged
from registry import CASES, N, fit, training_y

pytestmark = [
    pytest.mark.usefixtures("eager", "recorded"),
    pytest.mark.filterwarnings("ignore:Feature .* at every timestep:UserWarning"),  # some drawn data are constant
]
FITTED = [case for case in CASES if not case.has_own_network]  # which fit by Keras, for long, on what others read


def each(cases):
    return pytest.mark.parametrize("case", cases, ids=lambda case: case.name)


every_case, every_fit = each(CASES), each(FITTED)
with_y = each([case for case in FITTED if case.y])
with_weights = each([case for case in FITTED if case.takes_weights])
with_validation = each([case for case in FITTED if case.takes_validation])


# --- at predict -------------------------------------------------------------------------------------------------------


def results(case, X):
    return [getattr(case.fitted(), method)(X) for method in case.methods]


def right_or_refused(case, X, data):
    """Of one of the methods: the result for the plain form of X, if it has one, or a clear error."""
    method = data.draw(st.sampled_from(case.methods))
    if X is None and method in case.optional:
        return  # it predicts what it was fitted on
    with unchanged(case.fitted()):
        result, error = outcome(lambda: getattr(case.fitted(), method)(X))
    if error is not None:
        check_clear(error, case.argument, given=X)
        return
    check_is_one_of(
        result, [partial(getattr(case.fitted(), method), plain) for plain in case.meanings(X, case.X)], given=X
    )


def check_is_one_of(found, calls, *, given):
    """Fail unless what was made of an input is what one of its plain forms gives."""
    found = nested(found)
    expected = [nested(result) for result, error in map(outcome, calls) if error is None]
    assert not all(differ(found, own) for own in expected), f"{given!r:.300} was read as {found!r:.300}"


@every_case
@given(data=st.data())
def test_every_form_gives_the_same_results(case, data):
    plain = data.draw(strategies.samples(case))
    name, X = data.draw(strategies.named(forms.forms(case.X, plain)))
    found, error = outcome(partial(results, case, X))
    assert error is None, f"{name} was refused: {error}"
    check_same(found, results(case, plain))


@every_case
@strategies.MANY
@given(data=st.data())
def test_what_is_broken_is_refused(case, data):
    _, X = data.draw(strategies.named(forms.broken(case.X, data.draw(strategies.samples(case)))))
    right_or_refused(case, X, data)


@every_case
@strategies.MANY
@given(data=st.data())
def test_anything_is_read_right_or_refused(case, data):
    right_or_refused(case, data.draw(strategies.JUNK), data)


# --- in fit -----------------------------------------------------------------------------------------------------------


def learnt(case, recorded, X, y, **more):
    """What a fit trains a network on, or what others then give for the same data."""
    recorded.clear()
    estimator = case.fit(X, y, **more)
    if case.is_network:
        return list(recorded)
    return [getattr(estimator, method)(X) for method in case.methods]


def refused_clearly(case, recorded, *arguments, X=None, y=None, **more):
    """Whether a fit refuses what it is given: in clear words, and without a change to the estimator."""
    X = case.training()[0] if X is None else X
    estimator = case.make()
    recorded.clear()
    with unchanged(estimator):
        error = outcome(lambda: fit(estimator, case, X, y, **more))[1]
        if error is None:
            return False
    check_clear(error, *arguments, given=more or (y if "y" in arguments else X))
    return True


@every_fit
@given(data=st.data())
def test_every_form_is_learnt_as_the_same(case, recorded, data):
    plain, y = case.training()
    name, X = data.draw(strategies.named(forms.forms(case.X, plain)))
    found, error = outcome(lambda: learnt(case, recorded, X, y))
    assert error is None, f"{name} was refused: {error}"
    check_same(found, learnt(case, recorded, plain, y))


@every_fit
@strategies.MANY
@given(data=st.data())
def test_broken_data_are_not_learnt(case, recorded, data):
    _, X = data.draw(strategies.named(forms.broken(case.X, case.training()[0])))
    check_learnt_right(case, recorded, X)


@every_fit
@strategies.MANY
@given(data=st.data())
def test_anything_is_learnt_right_or_refused(case, recorded, data):
    check_learnt_right(case, recorded, data.draw(strategies.JUNK))


def check_learnt_right(case, recorded, X):
    """A fit on anything is refused in clear words, or learns what X means as text, as tokens or as numbers."""
    if X is None and ("fit" in case.optional or case.argument != "X"):
        return  # there is nothing beside
    n = len(X) if hasattr(X, "__len__") and not hasattr(X, "toarray") else N
    y = None if case.y is None else [training_y(case.y)[i % N] for i in range(n)]
    estimator = case.make()
    error = outcome(lambda: learnt(case, recorded, X, y))[1]
    if error is not None:
        if outcome(lambda: fit(case.make(), case, X, y))[1] is not None:  # not only a method that was asked after it
            with unchanged(estimator):
                outcome(lambda: fit(estimator, case, X, y))
        check_clear(error, case.argument, "y", given=X)
        return
    plain = case.meanings(X, "text", "numbers", "strings", "integers")
    check_is_one_of(learnt(case, recorded, X, y), [partial(learnt, case, recorded, own, y) for own in plain], given=X)


@with_y
@given(data=st.data())
def test_every_form_of_y_is_learnt_as_the_same(case, recorded, data):
    X, plain = case.training()
    name, y = data.draw(strategies.named(forms.forms_of_y(case.y, plain)))
    found, error = outcome(lambda: learnt(case, recorded, X, y))
    assert error is None, f"{name} was refused: {error}"
    check_same(found, learnt(case, recorded, X, plain))


@with_y
@strategies.MANY
@given(data=st.data())
def test_broken_targets_are_refused(case, recorded, data):
    name, y = data.draw(strategies.named(forms.broken_y(case.y, case.training()[1])))
    if case.is_conditional and name in ("nothing", "measurements"):
        return  # sequences may depend on nothing, or on numbers
    assert refused_clearly(case, recorded, "y", y=y), f"{name} was learnt without a word"


@with_weights
@strategies.MANY
@given(data=st.data())
def test_broken_weights_are_refused(case, recorded, data):
    name, weights = data.draw(strategies.named(forms.broken_weights(N)))
    y = case.training()[1]
    assert refused_clearly(case, recorded, "sample_weight", y=y, sample_weight=weights), f"{name} were taken"


@with_weights
@given(weights=st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), min_size=N, max_size=N).filter(any), data=st.data())
def test_every_form_of_weights_is_the_same(case, recorded, weights, data):
    X, y = case.training()
    table = forms.forms_of_y("numbers", weights)
    _, given_weights = data.draw(strategies.named(table))
    found, error = outcome(lambda: learnt(case, recorded, X, y, sample_weight=given_weights))
    assert error is None, f"{given_weights!r} was refused: {error}"
    check_same(found, learnt(case, recorded, X, y, sample_weight=np.array(weights)))


@with_validation
@strategies.MANY
@given(data=st.data())
def test_broken_validation_data_are_named(case, recorded, data):
    X, y = case.training()
    _, X_val = data.draw(strategies.named(forms.broken(case.X, X)))
    if X_val is None or case.readable(X_val) is not None:
        return
    more = {"X_val": X_val} | ({} if y is None else {"y_val": y})
    assert refused_clearly(case, recorded, "X_val", y=y, **more), f"{X_val!r:.200} was taken"


@with_validation
@strategies.MANY
@given(data=st.data())
def test_broken_validation_targets_are_named(case, recorded, data):
    X, y = case.training()
    if y is None:
        return
    name, y_val = data.draw(strategies.named(forms.broken_y(case.y, y)))
    assert refused_clearly(case, recorded, "y_val", y=y, X_val=X, y_val=y_val), f"{name} was taken"
