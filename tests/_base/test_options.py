"""Options of parameters that are written another way."""

import functools
import re

import pytest

from skseq import Seq2SeqRegressor, Seq2SeqTransducer, SequenceClassifier, SequenceTagger
from skseq._base.options import advice_on_option
from skseq._sklearn import StrOptions

X, Y = [[1.0, 2.0], [2.0, 1.0]], [[0, 1], [1, 0]]


@pytest.mark.parametrize(
    ("parameters", "meant"),
    [
        ({"loss": "mse"}, "squared_error"),
        ({"loss": "MAE"}, "absolute_error"),
        ({"loss": "pinball"}, "quantile"),
        ({"loss": "pinball_loss"}, "quantile"),
        ({"loss": "squared-error"}, "squared_error"),
        ({"loss": "Gaussian"}, "normal"),
        ({"loss": "poison"}, "poisson"),
        ({"attention": "additive"}, "bahdanau"),
        ({"attention": "local_m"}, "local-m"),
        ({"cell": "LSTM"}, "lstm"),
        ({"learning_rate_schedule": "onecycle"}, "one_cycle"),
    ],
    ids=lambda value: str(value),
)
def test_the_option_that_is_meant(parameters, meant):
    with pytest.raises(ValueError, match=rf"must be .* Got '.*' instead\. Did you mean '{meant}'\?$"):
        Seq2SeqRegressor(**parameters).fit(X, X)


@pytest.mark.parametrize(
    "parameters", [{"activation": "sigmoid"}, {"cell": 3}, {"units": "many"}, {"dtype": "int"}], ids=str
)
def test_what_is_near_to_no_option(parameters):
    with pytest.raises(ValueError, match=r"Got .* instead\.$"):
        SequenceTagger(**parameters).fit(X, Y)


def test_synonyms_are_of_options_that_are_there():
    assert advice_on_option("mse", [StrOptions({"poisson"})]) == ""
    assert advice_on_option("mse", [None, StrOptions({"squared_error"})]) == " Did you mean 'squared_error'?"


@pytest.mark.parametrize("pattern", [r"\[[^\]]+\]|.", re.compile("Cl|Br|.")], ids=["string", "compiled"])
def test_patterns_in_place_of_analyzers(pattern):
    told = r"pass (functools\.partial\(.*\)); groups in it must be \(\?:\.\.\.\)\.$"
    for name in ("analyzer", "target_analyzer"):
        with pytest.raises(ValueError, match=rf"^The '{name}' parameter .* {told}") as error:
            Seq2SeqTransducer(**{name: pattern}).fit(["ab"], ["ab"])
    analyzer = eval(re.search(told, str(error.value))[1], {"functools": functools, "re": re, "pattern": pattern})
    assert analyzer("ClC") == re.findall(pattern, "ClC")
    with pytest.raises(ValueError, match=r"Got 'words' instead\. Did you mean 'word'\?$"):
        SequenceClassifier(analyzer="words").fit(["ab"], [0])
