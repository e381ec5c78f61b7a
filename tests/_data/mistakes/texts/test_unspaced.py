"""Texts without spaces that analyzer="word" cannot split, and silence for names that recur."""

import numpy as np
import pandas as pd
import pytest
from quiet_fits import assert_no_warning
from warned import told

from skseq import SequenceClassifier, SequenceTagger

pytestmark = pytest.mark.usefixtures("eager", "untrained")

rng = np.random.RandomState(0)
WORDS = ["\u6211\u4eec", "\u660e\u5929", "\u53bb", "\u5317\u4eac", "\u559c\u6b22", "\u82f9\u679c", "\u8001\u5e08"]
SENTENCES = ["".join(rng.choice(WORDS, 6)) for _ in range(40)]
Y = np.arange(40) % 2
SMALL = {"units": 2, "epochs": 1, "random_state": 0, "analyzer": "word"}


@pytest.mark.parametrize("end", ["", "\u3002"], ids=["words", "with a full stop"])
@pytest.mark.parametrize("form", [list, pd.Series, pd.DataFrame], ids=lambda form: form.__name__)
def test_sentences_without_spaces(form, end):
    X = form([text + end for text in SENTENCES])
    with pytest.warns(UserWarning, match=r"^\d+ of the 40 words .* of X occur once.* Set analyzer='char' ") as caught:
        SequenceClassifier(**SMALL).fit(X, Y)
    assert len(caught) == 1
    assert_no_warning(SequenceClassifier(**SMALL | {"analyzer": "char"}), X, Y)


def test_a_tagger_of_sentences_without_spaces():
    """The warning is of the analyzer, not of rows of a table, and the error names what gives a token per label."""
    tags = [["B"] * len(text) for text in SENTENCES]
    error = r"Set analyzer='char' to split into characters, or pass token lists\.$"
    with pytest.warns(UserWarning, match="occur once") as caught, pytest.raises(ValueError, match=error):
        SequenceTagger(**SMALL).fit(SENTENCES, tags)
    assert len(caught) == 1
    assert_no_warning(SequenceTagger(**SMALL | {"analyzer": "char"}), SENTENCES, tags)


@pytest.mark.parametrize(
    "X",
    [
        ["Bern", "Rome", "Oslo", "Kyiv"] * 10,  # names that recur
        SENTENCES[:5] * 8,
        [f"{name} is" for name in SENTENCES],
        SENTENCES[:19],
    ],
    ids=["names", "recurring", "several words", "few"],
)
def test_words_that_are_split_or_recur(X):
    assert_no_warning(SequenceClassifier(**SMALL), X, np.arange(len(X)) % 2)


def test_new_sentences():
    model = SequenceClassifier(**SMALL | {"handle_unknown": "use_unknown"})
    with pytest.warns(UserWarning, match="occur once"):
        model.fit(SENTENCES, Y)
    new = ["".join(reversed(text)) for text in SENTENCES]
    [message] = told(model.predict, new)
    assert message.startswith("100% of the 40 tokens of X are unknown")
    assert message.endswith(
        "Texts have no spaces, so that analyzer='word' hardly splits them: fit with analyzer='char'."
    )
    names = SequenceClassifier(**SMALL).fit(["Bern", "Rome"] * 20, Y)
    with pytest.raises(ValueError, match="fit with analyzer='char'"):
        names.predict(new)
    with pytest.raises(ValueError, match=r"'Oslo'.*or remove them from X\.$"):
        names.predict(["Oslo"])
