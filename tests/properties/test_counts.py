"""Integers beyond any use: refused by the name of the parameter, or no limit at all."""

import re
from inspect import signature
from numbers import Integral

import pytest
from outcomes import check_clear, outcome
from registry import CASES, fit

from skseq._sklearn import Interval

HUGE = 10**30


def counts(case):
    """Names of the parameters that take integers."""
    rules = getattr(case.kind, "_parameter_constraints", {})
    known = signature(case.kind).parameters  # and not those of an estimator, which may have to be fitted to be made
    return [
        name
        for name in known
        if any(isinstance(rule, Interval) and rule.type is Integral for rule in rules.get(name, ()))
    ]


@pytest.mark.usefixtures("eager", "recorded")
@pytest.mark.parametrize("case", [case for case in CASES if counts(case)], ids=lambda case: case.name)
def test_every_count(case):
    """All at once; those that an error names are set back, until what is left works."""
    X, y = case.training()

    def use(huge):
        estimator = fit(case.make().set_params(**dict.fromkeys(huge, HUGE)), case, X, y)
        for method in case.methods:
            getattr(estimator, method)(X)

    huge = counts(case)
    while huge:
        _, error = outcome(lambda: use(huge))  # noqa: B023 - called at once
        if error is None:
            return
        check_clear(error, *huge, given=huge)
        huge = [name for name in huge if not re.search(rf"\b{name}\b", str(error))]
