"""What is said of tokens that differ only by their type."""

import re

import numpy as np
import pandas as pd
import pytest
from quiet_fits import assert_no_warning
from warned import told

from skseq import SequenceClassifier
from skseq._data.mistakes.texts.token_types import twins, warn_if_types_mix

SMALL = {"units": 2, "epochs": 1}
pytestmark = pytest.mark.usefixtures("eager", "untrained")
EVENTS = [["GET", 200, 404], ["PUT", 201, 200, 404]] * 10
WRITTEN = [[str(token) for token in x] for x in EVENTS]
Y = [0, 1] * 10


@pytest.mark.parametrize(
    ("tokens", "known", "found"),
    [
        (["200", "x"], [200, "y"], {"200": 200}),
        ([200, 7], ["200"], {200: "200"}),
        ([200.0], ["200"], {}),  # str would not make them one
        (["b'a'", "(1, 2)"], [(1, 2)], {"(1, 2)": (1, 2)}),
        (["a"], ["b"], {}),
        ([1], [2], {}),
    ],
)
def test_twins(tokens, known, found):
    assert twins(tokens, dict.fromkeys(known)) == found


@pytest.mark.parametrize(("X", "new"), [(EVENTS, WRITTEN), (WRITTEN, EVENTS)])
def test_tokens_of_another_type_are_told_with_what_makes_them_one(X, new):
    with pytest.raises(ValueError, match="not seen in fit: .* differs from .* of fit only by its type") as caught:
        SequenceClassifier(**SMALL).fit(X, Y).predict(new)
    assert "measurements" not in str(caught.value)
    with pytest.warns(UserWarning, match="only by its type") as told:
        SequenceClassifier(**SMALL, handle_unknown="use_unknown").fit(X, Y).predict(new)
    for said in (str(caught.value), str(told[0].message)):
        code = re.search(r"only by its type: pass (\[\[.*\]), in fit, too\.$", said)[1]
        model = SequenceClassifier(**SMALL).fit(eval(code, {"X": X}), Y)
        model.predict(eval(code, {"X": new}))


def test_frames():
    X = pd.DataFrame({"method": ["GET", "PUT"] * 10, "code": [200, 404] * 10})
    model = SequenceClassifier(**SMALL, source_type="tokens").fit(X, Y)
    with pytest.raises(ValueError, match="'200' differs from 200") as caught:
        model.predict(X.astype(str))
    code = re.search(r"pass (\[\[.*\]), in fit, too\.$", str(caught.value))[1]
    model.fit(eval(code, {"X": X}), Y).predict(eval(code, {"X": X.astype(str)}))


def test_a_fit_on_both_types():
    X = EVENTS[:10] + WRITTEN[10:]
    with pytest.warns(UserWarning, match=r"^X holds 3 of its tokens in two types, such as 200 and '200', ") as told:
        SequenceClassifier(**SMALL).fit(X, Y)
    code = re.search(r"pass (\[\[.*\]), later, too\.$", str(told[0].message))[1]
    assert_no_warning(SequenceClassifier(**SMALL), eval(code, {"X": X}), Y)


@pytest.mark.parametrize(
    "vocabulary",
    [
        [1, 2, "user"],
        [1, "1", "user"],
        [1, 2, 3, *map(str, range(1, 100))],  # counts, and numbers of items
        [*range(100), "1", "2", "3"],
        ["1", "2", b"1", (1,)],
        np.arange(9).tolist(),
    ],
    ids=str,
)
def test_other_tokens_of_several_types(vocabulary):
    assert not told(warn_if_types_mix, dict.fromkeys(vocabulary), "X", "X")
