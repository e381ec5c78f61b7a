"""Options of parameters that are written another way: which one is most likely meant."""

import re
from difflib import get_close_matches

from skseq._sklearn import StrOptions

_SYNONYMS = {  # what other libraries and papers call an option
    "mse": "squared_error",
    "l2": "squared_error",
    "mean_squared_error": "squared_error",
    "mae": "absolute_error",
    "l1": "absolute_error",
    "mean_absolute_error": "absolute_error",
    "median": "absolute_error",
    "pinball": "quantile",
    "smooth_l1": "huber",
    "gaussian": "normal",
    "t": "student_t",
    "nb": "negative_binomial",
    "additive": "bahdanau",
    "multiplicative": "general",
    "luong": "general",
    "cosine_annealing": "cosine",
    "bfloat16": "mixed_bfloat16",
}
SIGNS = re.compile(r"[][\\|+*.()]")  # of patterns of regular expressions
NEAR = 0.7  # of difflib's ratio: words that share a few letters only are below


def advice_on_option(value, constraints):
    """The end of an error about the ``value`` of a parameter with these constraints; nothing if none is near."""
    options = [option for one in constraints if isinstance(one, StrOptions) for option in sorted(one.options)]
    if "word" in options and _is_pattern(value):
        return " Of a pattern, pass functools.partial(re.findall, pattern); groups in it must be (?:...)."
    if not isinstance(value, str) or not options:
        return ""
    name = value.strip().lower().replace("-", "_").replace(" ", "_")
    plain = {option.replace("-", "_"): option for option in options}
    near = [_SYNONYMS.get(name.removesuffix("_loss"), name), *get_close_matches(name, plain, n=1, cutoff=NEAR)]
    meant = next((plain[one] for one in near if one in plain), None)
    return "" if meant is None else f" Did you mean {meant!r}?"


def _is_pattern(value):
    return isinstance(value, re.Pattern) or (isinstance(value, str) and SIGNS.search(value) is not None)
