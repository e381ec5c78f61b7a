"""Tables of counts that are read as sequences of tokens."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from quiet_fits import assert_no_warning
from sklearn.feature_extraction.text import CountVectorizer

from skseq import SequenceClassifier
from skseq._data.mistakes.tables.count_tables import warn_if_counts

SMALL = {"units": 2, "epochs": 1}
pytestmark = pytest.mark.usefixtures("eager", "untrained")
RNG = np.random.RandomState(0)
KINDS = np.array(["buy", "login", "support", "view"])
LOG = pd.DataFrame(
    {
        "account": RNG.permutation(np.arange(2000) % 100),
        "page": RNG.choice(KINDS, 2000, p=[0.1, 0.3, 0.1, 0.5]),
        "time": pd.Timestamp("2026-01-01") + pd.to_timedelta(np.arange(2000)[::-1], "min"),
    }
)
COUNTS = pd.crosstab(LOG.account, LOG.page)
LABELS = [0, 1] * 50
CODES = RNG.randint(0, 9, size=(100, 3))  # used evenly
OTHERS = {
    "an array": COUNTS.to_numpy(),
    "numbered columns": COUNTS.set_axis([f"hour_{place}" for place in range(4)], axis=1),
    "columns without names": COUNTS.set_axis(range(4), axis=1),
    "columns of times": COUNTS.set_axis(["morning", "noon", "evening", "night"], axis=1),
    "few rows": COUNTS[:49],
    "flags": COUNTS.clip(upper=1),
    "measurements": COUNTS / 2,
    "negative": COUNTS - 5,
    "answers from 1 on": COUNTS + 1,
    "tokens at places": pd.DataFrame(RNG.choice(9, (100, 4), p=np.arange(9, 0, -1) / 45), columns=list("abcd")),
    "codes of several columns": pd.DataFrame(CODES // [1, 2, 3], columns=["of", "in", "by"]),
    "codes of two peaks": pd.DataFrame({"of": [0, 9] * 50, "in": [1, 8] * 20 + [1] * 60, "by": [7] * 100}),
    "names": COUNTS.astype(str),
}


def test_a_crosstab_is_no_sequence():
    says = r"^X of shape \(100, 4\) is .* 'buy', 'login', \.\.\. hold what .* such as (log\..*) of their log"
    with pytest.warns(UserWarning, match=says) as caught:
        SequenceClassifier(**SMALL).fit(COUNTS, LABELS)
    events = eval(re.match(says, str(caught[0].message))[1], {"log": LOG})
    assert [len(own) for own in events] == COUNTS.sum(axis=1).tolist()
    assert events[3] == LOG[LOG.account == 3].page.tolist()[::-1]
    assert_no_warning(SequenceClassifier(**SMALL), events, LABELS)
    assert_no_warning(SequenceClassifier(**SMALL, source_type="tokens"), COUNTS, LABELS)


def test_counts_in_polars():
    with pytest.warns(UserWarning, match="hold what look like counts") as caught:
        assert warn_if_counts(pl.from_pandas(COUNTS), "X")
    code = re.search(r"such as (log\..*) of their log", str(caught[0].message))[1]
    log = pl.from_pandas(LOG.rename(columns={"account": "customer", "page": "event"}))
    assert sorted(map(len, eval(code, {"log": log}))) == sorted(COUNTS.sum(axis=1))


WORDS = np.array([f"{a}{b}" for a in "bcdfghklm" for b in ["ad", "en", "im", "os", "42"]])
POPULARITY = 1 / np.arange(1, 46) / (1 / np.arange(1, 46)).sum()


def test_counts_of_words():
    """A few of the words have digits, and most occur in few texts."""
    texts = [" ".join(RNG.choice(WORDS, 80, p=POPULARITY)) for _ in range(100)]
    counter = CountVectorizer()
    X = pd.DataFrame(counter.fit_transform(texts).toarray(), columns=counter.get_feature_names_out())
    with pytest.warns(UserWarning, match="If they count words, pass the texts with analyzer='word'"):
        SequenceClassifier(**SMALL).fit(X, LABELS)


@pytest.mark.parametrize("X", OTHERS.values(), ids=OTHERS)
def test_other_integers_are_no_counts(X):
    assert not warn_if_counts(X, "X")
