"""Tokens that later data will hold, and fit has not seen."""

from skseq._data.tokens.vocabulary import counts_of

FEWEST_ONCE = 20  # tokens that occur once: their number then says something
FEWEST_SAMPLES = 20
OFTEN = 0.1  # of new sequences


def others_to_come(tokens, n_samples):
    """(number of distinct tokens, of those that occur once, one of them, share of new sequences with another token).

    Of the flat ``tokens`` of so many samples; None if too few occur once, or too few sequences will hold others.

    References
    ----------
    Good 1953, The population frequencies of species and the estimation of population parameters: a next token is a new
    one with the probability n_1 / n, where n_1 of n tokens occur once.
    """
    if n_samples < FEWEST_SAMPLES or len(tokens) < FEWEST_ONCE:
        return None
    counts = counts_of(tokens)
    once = [token for token, n in counts.items() if n == 1]
    share = 1 - (1 - len(once) / len(tokens)) ** (len(tokens) / n_samples)
    return (len(counts), len(once), once[0], share) if len(once) >= FEWEST_ONCE and share >= OFTEN else None
