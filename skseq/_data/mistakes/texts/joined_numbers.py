"""Numbers that came in texts, several in each or with decimal commas, and the code that reads them."""

import re

import numpy as np

LOOKED_AT = 2000  # texts
NEARLY_ALL = 0.95  # of strings: among codes of diseases, such as 250.1, some have letters or leading zeros
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
        number = reader_of_numbers(parts)
        return f"[{number} for v in {code}]" if number and all(map(_is_number, parts)) else ""
    return ""


def reader_of_numbers(strings):
    """Code that makes a number of a string v if nearly all are, most with a fraction; else ""."""
    numbers = [string for string in strings if _is_number(string)]
    if len(numbers) < NEARLY_ALL * len(strings):
        return ""
    if not _have_fractions(numbers) and not _have_decimal_commas(numbers):
        return ""
    return "float(v.replace(',', '.'))" if any("," in number for number in numbers) else "float(v)"


def advice_on_commas(message, X, argument):
    """The end of an error about X, where its ``message`` shows a string with a decimal comma; else nothing."""
    found = re.search(r"string to float: (?:np\.str_\()?'([^']*)'", message)
    if found is None or not DECIMAL_COMMA.fullmatch(found[1]) or isinstance(X, str):
        return ""
    of_one = "[float(str(v).replace(',', '.')) for v in {}]"
    rows, first = (f"{argument}.to_numpy()", "") if hasattr(X, "columns") else (argument, next(iter(X), ""))
    if np.ndim(first) == 2:
        code = f"[np.char.replace(np.array(x, str), ',', '.').astype(float) for x in {rows}]"
    elif isinstance(first, str) and rows == argument:
        code = of_one.format(rows)
    else:
        code = f"[{of_one.format('x')} for x in {rows}]"
    return f" If these are decimal commas, pass {code}."


def _have_decimal_commas(numbers):
    """Whether most have decimal commas; places of a grid, such as '3,4' and '12,11', and thousands, have others."""
    decimals = [number.strip() for number in numbers if DECIMAL_COMMA.fullmatch(number)]
    if len(decimals) <= len(numbers) / 2 or all(map(OF_THOUSANDS.fullmatch, decimals)):
        return False
    whole, fractions = zip(*(decimal.lstrip("+-").split(",") for decimal in decimals))
    if max(map(len, fractions)) == 1:
        return max(map(len, whole)) > 1
    return any(len(fraction) > 1 and fraction.startswith("0") for fraction in fractions)


def _have_fractions(numbers):
    """Whether most do, behind dots."""
    return sum("," not in number and float(number) % 1 != 0 for number in numbers) > len(numbers) / 2


def _holds_several(text, separator):
    parts = text.split(separator)
    return len(parts) >= SEVERAL and _is_number(parts[0]) and _is_number(parts[-1])


def _is_number(string):
    return NUMBER.fullmatch(string) is not None or DECIMAL_COMMA.fullmatch(string) is not None
