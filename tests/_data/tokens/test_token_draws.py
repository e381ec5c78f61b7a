"""Tables for the draws of a sampled softmax: what is drawn how often, and how probable it is among the draws."""

import numpy as np
import pytest

from skseq._data.tokens.token_draws import UNIFORM, draw_tables

SHARES = {
    "uneven": np.array([0.7, 0.05, 0.25, 0.0]),
    "even": np.full(5, 0.2),
    "one token alone": np.array([0.0, 1.0, 0.0]),
    "many": np.sort(np.random.RandomState(0).dirichlet(np.full(1_000, 0.3))),
}
every_share = pytest.mark.parametrize("shares", SHARES.values(), ids=SHARES)


def drawn_probabilities(tables):
    """Of the alias method: a class is taken at random, and kept by its share, else its alias takes its place."""
    share, alias = tables["drawn_share"], tables["drawn_alias"]
    p = np.zeros(len(share))
    np.add.at(p, alias, 1 - share)
    return (p + share) / len(share)


@every_share
def test_tokens_are_drawn_by_their_shares_and_one_draw_in_ten_takes_all_alike(shares):
    tables = draw_tables(shares, 10, "float64")
    expected = 0.9 * shares + 0.1 / len(shares)
    assert UNIFORM == 0.1
    np.testing.assert_allclose(drawn_probabilities(tables), expected, rtol=1e-9)
    assert tables["drawn_share"].min() >= 0
    assert tables["drawn_share"].max() <= 1


def test_the_chance_to_be_among_the_draws_by_hand():
    """Of two classes with 0.9 and 0.1 of all draws, three draws miss them with 0.001 and 0.729."""
    shares = np.array([(0.9 - 0.05) / 0.9, (0.1 - 0.05) / 0.9])
    chances = np.exp(draw_tables(shares, 3, "float64")["drawn_log_chance"])
    np.testing.assert_allclose(chances, [0.999, 0.271], rtol=1e-12)


@every_share
def test_every_token_has_a_chance_also_in_float32(shares):
    tables = draw_tables(shares, 1, "float32")
    assert np.isfinite(tables["drawn_log_chance"]).all()
    assert {name: x.dtype for name, x in tables.items()} == {
        "drawn_share": np.float32,
        "drawn_alias": np.int32,
        "drawn_log_chance": np.float32,
    }
