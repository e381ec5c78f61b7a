"""Numbers at the ends of float32 and float64, next to nothing and constant: no NaN comes out without a word."""

import forms
import numpy as np
import pytest
from outcomes import check_clear, nested, outcome
from registry import CASES

pytestmark = [
    pytest.mark.usefixtures("eager"),
    pytest.mark.filterwarnings("ignore:Feature .* at every timestep:UserWarning"),  # one is constant
]
NUMERIC = [case for case in CASES if case.X in forms.NUMBERS]
every_case = pytest.mark.parametrize("case", NUMERIC, ids=lambda case: case.name)
LARGE = (1e20, -float(np.finfo(np.float32).max), float(np.finfo(np.float64).max))
SMALL = (1e-20, float(np.finfo(np.float32).tiny), 1e-42, 5e-324)  # the last two are denormal, in float32 and float64


def check_numbers(case, call, given):
    """Fail if a result holds NaN, unless NumPy warns, or X is refused in clear words."""
    result, error = outcome(call)
    if error is None:
        assert "nan" not in repr(nested(result)), f"NaN for {given!r:.300}"
    elif not isinstance(error, RuntimeWarning):
        check_clear(error, case.argument, given=given)


def with_values(X, *values):
    """The samples with these values in the first one."""
    X = [np.array(sample) for sample in X]
    X[0].flat[1 : 1 + len(values)] = values
    return X


@every_case
def test_what_is_read_after_a_fit(case):
    X = case.training()[0][:2]
    for changed in (*(with_values(X, value) for value in LARGE), with_values(X, *SMALL)):
        for method in case.methods:
            check_numbers(case, lambda method=method, changed=changed: getattr(case.fitted(), method)(changed), changed)


@every_case
@pytest.mark.parametrize("form", ["one large", "denormal", "constant"])
def test_what_is_fitted(case, form):
    X, y = case.training()
    if form == "one large":
        X = with_values(X, LARGE[0])
    elif form == "denormal":
        X = [sample * SMALL[2] for sample in X]
    else:
        X = [np.full_like(sample, 7) for sample in X]
    estimator, error = outcome(lambda: case.fit(X, y))
    if error is not None:
        check_clear(error, case.argument, given=X)
        return
    for method in case.methods:
        check_numbers(case, lambda method=method: getattr(estimator, method)(X), X)
