"""Labels in `score` that fit did not see: which are told, that the code makes them one, and which are not."""

import re

import numpy as np
import pandas as pd
import pytest
from quiet_fits import assert_no_warning
from warned import told

from skseq import Seq2SeqClassifier, SequenceClassifier, SequenceTagger
from skseq._data.mistakes.targets.unseen_labels import warn_if_unseen

X = [["a", "b"], ["b", "a"]] * 3
LABELS, TAGS = ["N", "V"] * 3, [["N", "V"], ["V", "N"]] * 3
pytestmark = pytest.mark.usefixtures("eager", "untrained")


@pytest.mark.parametrize("change", [str.lower, "{}\r".format], ids=["case", "ends"])
@pytest.mark.parametrize(
    ("model", "y"),
    [
        (SequenceClassifier, LABELS),
        (SequenceClassifier, np.array(TAGS)),
        (SequenceClassifier, pd.DataFrame(TAGS)),
        (SequenceTagger, LABELS),
        (SequenceTagger, TAGS),
        (SequenceTagger, np.array(TAGS)),
        (Seq2SeqClassifier, LABELS),
        (Seq2SeqClassifier, TAGS),
    ],
    ids=lambda value: getattr(value, "__name__", type(value).__name__),
)
def test_labels_become_one_as_the_warning_says(model, y, change):
    others = [change(label) for label in y] if y is LABELS else [list(map(change, own)) for own in np.asarray(y)]
    others = {list: list, np.ndarray: np.array, pd.DataFrame: pd.DataFrame}[type(y)](others)
    fitted = model(units=2, epochs=1).fit(X, y)
    assert told(fitted.score, X, y) == []
    [message] = told(fitted.score, X, others)
    code = re.search(r"so that all count as wrong\. .* pass (.*), in fit, too\.$", message)[1]
    in_fit, later = (eval(code, {"y": own, "numpy": np}) for own in (y, others))
    assert in_fit == later
    assert_no_warning(fitted, X, in_fit)
    assert told(fitted.score, X, later) == []


def test_other_labels():
    [message] = told(warn_if_unseen, np.array(["x", "y", "x"]), ["N", "V"], nested=None)
    assert message.startswith("3 of 3 labels in y were not seen in fit, such as 'x'. No prediction can be one of")
    assert message.endswith(" Fit saw labels such as 'N': pass these, or fit on samples with others, too.")


@pytest.mark.parametrize("labels", [["N", "x"] * 9, ["x", "x"], ["N", "n", "V", "v"], ["N"] * 9])
def test_labels_of_which_fit_may_lack_some(labels):
    assert told(warn_if_unseen, np.array(labels), ["N", "V"], nested=None) == []


def test_one_hot_vectors_are_those_of_fit():
    y = np.eye(2, dtype=int)[np.resize([0, 1], (6, 2))]
    assert told(Seq2SeqClassifier(units=2, epochs=1).fit(X, y).score, X, y) == []
