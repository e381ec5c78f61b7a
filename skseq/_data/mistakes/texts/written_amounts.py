"""Strings that are read as tokens, and are most likely amounts: numbers with a sign, a unit or commas of thousands."""

import re
from collections import Counter

from skseq._arguments import brief
from skseq._data.mistakes.texts.joined_numbers import NEARLY_ALL
from skseq._data.mistakes.texts.written_numbers import SIGNS, is_written_number, meanings

AMOUNT = re.compile(rf"\s*[+-]?([{SIGNS}]?)\s*[+-]?([\d.,]*\d)\s*([{SIGNS}]?|°?[^\W\d_][^\W\d_/²³]{{0,5}})\s*")
APART = re.compile(rf"\s*[+-][{SIGNS}]?\s")  # as float does not read them


def readers_of_amounts(strings):
    """[(code, if)]: what makes a number of a string v; none if they are no amounts.

    There are two where nothing tells whether commas separate thousands, and ``if`` says so.
    """
    mark, numbers = parts_of_amounts(strings)
    if not numbers:
        return []
    removed = f".replace({mark!r}, '')" if mark else ""
    return [
        (f"float(v{removed}{''.join(f'.replace({old!r}, {new!r})' for old, new in replaced.items())})", when)
        for when, replaced, _ in meanings(numbers)
    ]


def no_amount_among(strings):
    """The end of a sentence about readers of amounts that says of which string they make no number; else nothing."""
    mark, _ = parts_of_amounts(strings)
    other = next((string for string in strings if _amount(string) is None or _amount(string)[0] != mark), None)
    return "" if other is None else f" (of {brief(other, 20)} that makes no number)"


def parts_of_amounts(strings):
    """(sign or unit, numbers without it) if nearly all strings are numbers with the same one, or bare; else none."""
    found = [amount for amount in map(_amount, strings) if amount is not None]
    if len(found) < NEARLY_ALL * len(strings):
        return "", []
    ((mark, _),) = Counter(mark for mark, _ in found).most_common(1)
    numbers = [number for own, number in found if own == mark]
    return (mark, numbers) if len(numbers) >= NEARLY_ALL * len(strings) else ("", [])


def _amount(string):
    """(sign or unit, number) of a string; None of one that is no number."""
    found = AMOUNT.fullmatch(string)
    if found is None or (found[1] and found[3]) or not is_written_number(found[2]) or APART.match(string):
        return None
    return found[1] or found[3], found[2]
