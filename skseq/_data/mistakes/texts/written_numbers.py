"""Numbers that came as text, as exports of other programs write them: what makes numbers of them."""

import re
from numbers import Real

from skseq._arguments import brief

SIGNS = "%$€£¥"
_PLAIN = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?")
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}(,\d{3})+(\.\d*)?")  # 2,153 and 1,200.50
_DECIMAL = re.compile(r"[+-]?(\d+,\d+|[1-9]\d{0,2}(\.\d{3})+,\d+|[1-9]\d{0,2}(\.\d{3}){2,})")  # 8,8 and 1.200,50
_GROUPED = re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d+)?")  # dots between thousands


def is_written_number(text):
    """Whether a string is a number, also with commas, a percent sign or one of a currency."""
    return any(pattern.fullmatch(_bare(text)) for pattern in (_PLAIN, _THOUSANDS, _DECIMAL))


def remedy_of_numbers(cells, column, *, of_polars=False):
    """What makes numbers of strings, in code for their ``column``; "" if fewer than half of them are numbers."""
    strings = [cell for cell in cells if isinstance(cell, str)]
    numbers = [_bare(cell) for cell in strings if is_written_number(cell)]
    if not numbers or 2 * len(numbers) < len(strings):
        return ""
    signs = "".join(sign for sign in SIGNS if any(sign in cell for cell in strings))
    other = next((cell for cell in strings if not is_written_number(cell)), None)
    if not of_polars and any(isinstance(cell, Real) and cell == cell for cell in cells):  # .str makes NaN of these
        column += ".astype(str)"
    convert = _of_polars if of_polars else _of_pandas
    ways = [
        f"{where}convert it by {convert(column, signs, replaced, is_strict=other is None)}"
        f"{'' if of_polars or signs else _reading(marks)}"
        for where, replaced, marks in meanings(numbers)
    ]
    return "; ".join(ways) + ("" if other is None else f". That makes no number of {brief(other, 20)}")


def _bare(text):
    return text.strip(SIGNS + " ")


def meanings(numbers):
    """[(where it holds, what is replaced by what, the marks of read_csv)] of commas: two if nothing tells which."""
    commas = [number for number in numbers if not _PLAIN.fullmatch(number)]
    dots = [number for number in numbers if "." in number]
    if not commas:
        return [("", {}, {})]
    thousands = {",": ""}, {"thousands": ","}
    decimal = {",": "."}, {"decimal": ","}
    if dots and all(map(_GROUPED.fullmatch, dots)):
        decimal = {".": "", ",": "."}, {"decimal": ",", "thousands": "."}
    if not all(map(_THOUSANDS.fullmatch, commas)):
        return [("", *decimal)]
    if dots or not all(map(_DECIMAL.fullmatch, commas)):
        return [("", *thousands)]
    return [("if commas separate thousands, ", *thousands), ("if they are decimal commas, ", *decimal)]


def _of_pandas(column, signs, replaced, *, is_strict):
    stripped = f".str.strip({signs + ' '!r})" if signs else ""
    changed = "".join(f".str.replace({old!r}, {new!r})" for old, new in replaced.items())
    coerced = "" if is_strict else ", errors='coerce'"
    return f"pandas.to_numeric({column}{stripped}{changed}{coerced})"


def _of_polars(column, signs, replaced, *, is_strict):
    stripped = f".str.strip_chars({signs + ' '!r})" if signs else ""
    changed = "".join(f".str.replace_all({old!r}, {new!r}, literal=True)" for old, new in replaced.items())
    return f"{column}{stripped}{changed}.cast(float{'' if is_strict else ', strict=False'})"


def _reading(marks):
    """How a file is read so that nothing has to be converted."""
    options = ", ".join(f"{name}={mark!r}" for name, mark in marks.items())
    return options and f", or read it by pandas.read_csv(..., {options})"
