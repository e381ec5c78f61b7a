"""How many new sequences will hold a token that fit has not seen: against what other draws of the same words hold."""

import re

import numpy as np
import pandas as pd
import pytest
from quiet_fits import assert_no_warning
from warned import told

from skseq import Seq2SeqTransducer, SequenceClassifier, SequenceGenerator, SequenceTagger
from skseq._data.mistakes.texts.unseen_later import warn_if_others_come
from skseq._data.sequences import Sequences
from skseq._data.tokens.vocabulary import UnknownTokensError

SMALL = {"units": 2, "epochs": 1, "embedding_dim": 2, "random_state": 0}
N_SAMPLES = 200
SAYS = re.compile(r"(\d+) of (\d+) sequences in X hold a token that no other .* about (\d+)% of them .*use_unknown'")
Y = [0, 1] * (N_SAMPLES // 2)
pytestmark = pytest.mark.usefixtures("eager", "untrained")


def ids(seed, n_tokens=400, n_samples=N_SAMPLES):
    """Sequences of 12 ids with a long tail (Zipf), from 1 on: (n, 12)."""
    rng = np.random.RandomState(seed)
    shares = 1 / np.arange(1, n_tokens + 1)
    return 1 + rng.choice(n_tokens, (n_samples, 12), p=shares / shares.sum())


def words(seed, **more):
    """Those as words, in lists of several lengths."""
    return [[f"w{k}" for k in own[: 12 - index % 2]] for index, own in enumerate(ids(seed, **more))]


def said_of(values, lengths=None):
    sequences = Sequences(values=values, lengths=lengths)
    return told(warn_if_others_come, sequences, {f"w{k}": k for k in range(1, 1001)}, "X", "set handle_unknown")


@pytest.mark.parametrize("seed", range(3))
def test_the_share_is_what_other_draws_hold(seed):
    X = ids(seed)
    held = np.mean([~np.isin(own, X).all() for draw in range(10, 16) for own in ids(draw)])
    [message] = said_of(X)
    n_new, n, percent = re.match(r"(\d+) of (\d+) .* about (\d+)%", message).groups()
    lone = [k for k in np.unique(X) if (k == X).any(axis=1).sum() == 1]
    assert (int(n_new), int(n)) == (np.isin(X, lone).any(axis=1).sum(), N_SAMPLES)
    assert int(percent) / 100 == pytest.approx(held, abs=0.1)


def test_sequences_are_counted_by_hand():
    X = np.tile([1, 2, 0], (100, 1))  # 0 is padding
    X[:20, 2] = np.arange(3, 23)
    [message] = said_of(X)
    assert message.startswith("20 of 100 sequences in X hold a token that no other sequence holds, such as 'w3': ")
    assert "about 20% of them" in message
    X[:20, 2] = np.arange(3, 23) // 2  # each in two sequences, but for the first and the last
    assert said_of(X) == []


def test_nothing_is_said_of_few():
    X = np.tile([1, 2, 0], (100, 1))
    X[:9, 2] = np.arange(3, 12)  # 9%, and 5% or less by chance
    assert said_of(X) == []
    assert said_of(ids(0, n_samples=49)) == []
    assert said_of(ids(0, n_tokens=20)) == []


def test_tables_in_pieces(monkeypatch):
    whole = said_of(ids(0))
    monkeypatch.setattr("skseq._data.working_memory.working_memory", lambda: 10_000)
    assert said_of(ids(0)) == whole


@pytest.mark.parametrize("X", [words(0), ids(0), [" ".join(own) for own in words(0)]], ids=["lists", "array", "texts"])
def test_advice_works(X):
    """Another draw is refused as it says; with what it advises it is read, and nothing is said."""
    later = words(1) if isinstance(X[0], list) else ids(1) if isinstance(X, np.ndarray) else [*map(" ".join, words(1))]
    more = {"analyzer": "word"} if isinstance(X[0], str) else {}
    model = SequenceClassifier(**SMALL, **more)
    [message] = told(model.fit, X, Y)
    assert SAYS.match(message)
    with pytest.raises(UnknownTokensError):
        model.predict(later)
    model.set_params(handle_unknown="use_unknown", min_frequency=2)
    assert_no_warning(model, X, Y)
    model.predict(later)
    assert_no_warning(model.set_params(min_frequency=1), X, Y)


def test_other_estimators():
    X = words(0)
    labels = [[len(word) % 2 for word in own] for own in X]
    assert len(list(filter(SAYS.match, told(SequenceTagger(**SMALL).fit, X, labels)))) == 1
    assert len(list(filter(SAYS.match, told(Seq2SeqTransducer(**SMALL).fit, X, labels)))) == 1
    assert len(list(filter(SAYS.match, told(SequenceGenerator(**SMALL).fit, X)))) == 1


def test_who_has_said_what_tokens_are_is_not_told():
    X = words(0)
    known = [f"w{k}" for k in range(1, 401)]
    assert_no_warning(SequenceClassifier(**SMALL, vocabulary=known), X, Y)
    encoder = SequenceClassifier(**SMALL, vocabulary=known).fit(X, Y)
    assert_no_warning(SequenceClassifier(**SMALL, encoder=encoder), X, Y)


def test_texts_that_may_only_be_written_are_left_alone():
    X = [" ".join(own) for own in words(0)]
    assert_no_warning(SequenceGenerator(**SMALL, analyzer="word"), X)
    assert_no_warning(SequenceClassifier(**SMALL, analyzer="char"), X, Y)


def test_of_tokens_with_another_warning_that_alone_is_told():
    """Chinese sentences, of which "word" makes a word each, and a frame of events."""
    rng = np.random.RandomState(0)
    X = ["".join(map(chr, rng.randint(0x4E00, 0x4F00, 9))) for _ in range(N_SAMPLES)]
    [message] = told(SequenceClassifier(**SMALL, analyzer="word").fit, X, Y)
    assert "as texts have no spaces" in message
    events = pd.DataFrame({"user": np.arange(N_SAMPLES) // 8, "item": [f"w{k}" for k in range(N_SAMPLES)]})
    [message] = told(SequenceClassifier(**SMALL).fit, events, Y)
    assert "events of longer sequences" in message
