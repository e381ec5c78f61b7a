"""How many new sequences will hold a token that fit has not seen: against what other draws of the same words hold."""

import numpy as np
import pytest
from warned import told

from skseq import SequenceClassifier, SequenceEncoder, SequenceGenerator
from skseq._data.mistakes.texts.unseen_later import others_to_come

N_SAMPLES, N_STEPS = 200, 12


def drawn(seed, n_tokens=400):
    """Sequences of tokens with a long tail (Zipf)."""
    rng = np.random.RandomState(seed)
    shares = 1 / np.arange(1, n_tokens + 1)
    return [list(rng.choice(n_tokens, N_STEPS, p=shares / shares.sum())) for _ in range(N_SAMPLES)]


def found_in(sequences, n_samples=N_SAMPLES):
    return others_to_come([token for own in sequences for token in own], n_samples)


@pytest.mark.parametrize("seed", range(3))
def test_the_share_is_what_other_draws_hold(seed):
    known = {token for own in drawn(seed) for token in own}
    held = np.mean([any(token not in known for token in own) for draw in range(10, 16) for own in drawn(draw)])
    n_distinct, n_once, token, share = found_in(drawn(seed))
    assert n_distinct == len(known)
    assert 20 <= n_once < n_distinct
    assert sum(own.count(token) for own in drawn(seed)) == 1
    assert share == pytest.approx(held, abs=0.1)


def test_nothing_is_found_in_a_closed_vocabulary_or_of_few():
    assert found_in(drawn(0, n_tokens=20)) is None
    assert found_in(drawn(0)[:10], 10) is None
    once = [[k] * (1 if k < 19 else 2) for k in range(100)]
    assert found_in(once, 100) is None  # 19 occur once


def test_fits_say_it_unless_unknown_tokens_have_an_id():
    X, y = [list(map(str, own)) for own in drawn(0)], [0, 1] * (N_SAMPLES // 2)
    size = {"units": 2, "epochs": 1, "embedding_dim": 2, "random_state": 0}

    def said(estimator, *args):
        return [message for message in told(estimator.fit, *args) if "was not seen in fit" in message]

    assert len(said(SequenceClassifier(**size), X, y)) == 1
    assert len(said(SequenceGenerator(**size), X)) == 1
    assert said(SequenceClassifier(**size, handle_unknown="use_unknown", min_frequency=2), X, y) == []
    assert said(SequenceClassifier(**size, vocabulary=[str(k) for k in range(400)]), X, y) == []
    assert said(SequenceEncoder(SequenceClassifier(**size, handle_unknown="use_unknown")), X, y) == []
