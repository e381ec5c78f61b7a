"""Tokens that differ only by their type, such as 200 and "200": a file of JSON keeps numbers, one of CSV does not."""

from skseq._arguments import brief
from skseq._callers import warn_caller
from skseq._data.mistakes.texts.joined_numbers import NUMBER

SEVERAL = 2  # one may be so meant
HALF = 0.5  # of the numbers, and of the strings that are numbers: fewer may be counts beside names


def twins(tokens, vocabulary):
    """{token: the token of the vocabulary that prints alike} where one of the two is a string, and the other is not."""
    if all(isinstance(token, str) for token in [*tokens, *vocabulary]):
        return {}
    known = {token if isinstance(token, str) else str(token): token for token in vocabulary}
    found = {token: known.get(str(token)) for token in tokens}
    return {
        token: same
        for token, same in found.items()
        if same is not None and isinstance(token, str) != isinstance(same, str)
    }


def warn_if_types_mix(vocabulary, rows, argument):
    """Warn where most of the numbers in a vocabulary are in it as strings, too; ``rows`` is code that gives samples.

    Returns whether it did.
    """
    strings = [token for token in vocabulary if isinstance(token, str)]
    others = [token for token in vocabulary if not isinstance(token, str)]
    found = twins(others, strings)
    if len(found) < SEVERAL:
        return False
    written = sum(NUMBER.fullmatch(string) is not None for string in strings)
    if len(found) < HALF * max(len(others), written):
        return False
    number, string = next(iter(found.items()))
    warn_caller(
        f"{argument} holds {len(found)} of its tokens in two types, such as {brief(number)} and {brief(string)}, each "
        f"of which is a token of its own. If the two are the same, pass [[str(token) for token in x] for x in {rows}], "
        "later, too."
    )
    return True
