"""Numbers that came in texts, several in each or with decimal commas, and the code that reads them."""

import re

LOOKED_AT = 2000  # texts
SEVERAL = 3  # numbers of each text: fewer may well be a place, or a sum
NUMBER = re.compile(r"\s*[+-]?(?!0\d)(\d+\.?\d*|\.\d+)(e[+-]?\d+)?\s*", re.IGNORECASE)
DECIMAL_COMMA = re.compile(r"\s*[+-]?(?!0\d)\d+,\d+\s*")
OF_THOUSANDS = re.compile(r"[^,]*,\d{3}\s*")  # may be: 1,200
SEPARATORS = {"x.split()": None, "x.split(',')": ",", "x.split(';')": ";"}  # None: spaces and tabs


def reader_of_joined(texts):
    """Code that reads the numbers of a text x if all texts are numbers, most with a fraction; else "".

    Whole numbers may be ids, and two numbers a place.
    """
    texts = texts[:LOOKED_AT]
    for code, separator in SEPARATORS.items():
        if not all(_holds_several(text, separator) for text in texts):
            continue
        parts = [part for text in texts for part in text.split(separator)]
        number = reader_of_number(parts, "v")
        return f"[{number} for v in {code}]" if number and all(map(_is_number, parts)) else ""
    return ""


def reader_of_number(strings, name):
    """Code that makes a number of a string of this ``name``, if most of these have a fraction; else ""."""
    with_dots = sum(NUMBER.fullmatch(string) is not None and float(string) % 1 != 0 for string in strings)
    if with_dots > len(strings) / 2:
        return f"float({name})"
    return f"float({name}.replace(',', '.'))" if have_decimal_commas(strings) else ""


def have_decimal_commas(strings):
    """Whether most have decimal commas; places of a grid, such as '3,4' and '12,11', and thousands, have others."""
    decimals = [string.strip() for string in strings if DECIMAL_COMMA.fullmatch(string)]
    if len(decimals) <= len(strings) / 2 or all(map(OF_THOUSANDS.fullmatch, decimals)):
        return False
    whole, fractions = zip(*(decimal.lstrip("+-").split(",") for decimal in decimals))
    if max(map(len, fractions)) == 1:
        return max(map(len, whole)) > 1
    return any(len(fraction) > 1 and fraction.startswith("0") for fraction in fractions)


def _holds_several(text, separator):
    parts = text.split(separator)
    return len(parts) >= SEVERAL and _is_number(parts[0]) and _is_number(parts[-1])


def _is_number(string):
    return NUMBER.fullmatch(string) is not None or DECIMAL_COMMA.fullmatch(string) is not None
