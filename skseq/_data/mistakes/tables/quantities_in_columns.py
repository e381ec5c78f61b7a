"""Tables of several quantities with a column for each of them at each time, which are read as one long sequence."""

import re
from itertools import pairwise
from typing import NamedTuple

import numpy as np

from skseq._arguments import is_frame
from skseq._callers import warn_caller
from skseq._data.mistakes.tables.other_quantities import goes_on, is_other_quantity

FEWEST_TIMES = 4  # fewer are hardly a sequence
NAMED = 3  # quantities in a message
DATE = re.compile(r"(?<!\d)(?:19|20)\d\d[-_./]?(?:0[1-9]|1[0-2])(?:[-_./]?(?:0[1-9]|[12]\d|3[01]))?(?!\d)")
TIME = re.compile(  # or a side
    r"(?<![^\W_])(?:jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|"
    r"oct(?:ober)?|nov(?:ember)?|dec(?:ember)?|mon(?:day)?|tues?(?:day)?|wed(?:nesday)?|thu(?:rs?(?:day)?)?|fri(?:day)?|"
    r"sat(?:urday)?|sun(?:day)?|weekdays?|weekends?|spring|summer|autumn|fall|winter|am|pm|day|night|morning|noon|"
    r"afternoon|evening|left|right|(?:q|quarter)_?[1-4]|(?:h|half)_?[12]|(?:y|year)?_?(?:19|20)\d\d)(?![^\W_])",
    re.IGNORECASE,
)
NUMBERED = re.compile(r"(\D*[^\W\d_]\D*)(\d+)")  # names of words, not of others that are numbered: trial_1_07, h00_30
SPLITS = [  # names to a quantity and a time, or the other way round
    re.compile(pattern)
    for pattern in (
        r"(.*?)[\W_]+(\d.*)",  # ndvi_2024-03-22
        r"(.*\D)(\d+)",  # swir_1_20240322, NDVI20240322
        r"(.*)[\W_]+(.+)",  # 20240322T105021_T31UFS_B4
        r"(.*)_(.+)",  # swir_1_2024-03-22
        r"(\d.*?)_(.+)",  # 20240322_swir_1
    )
]


class Quantities(NamedTuple):
    """The quantities that columns hold, at how many times, and whether all times of one stand side by side."""

    names: list
    n_times: int
    side_by_side: bool

    def code(self, frame):
        """What makes (n, t, f) of a frame of that name, in code."""
        n = len(self.names)
        if self.side_by_side:
            return f"{frame}.to_numpy().reshape(len({frame}), {n}, {self.n_times}).transpose(0, 2, 1)"
        return f"{frame}.to_numpy().reshape(len({frame}), {self.n_times}, {n})"

    def cube(self, table):
        """(n, t, f) of an array (n, f * t)."""
        n = len(self.names)
        if self.side_by_side:
            return table.reshape(len(table), n, self.n_times).transpose(0, 2, 1)
        return table.reshape(len(table), self.n_times, n)


def quantities_of(frame, fewest_times=FEWEST_TIMES):
    """`Quantities` of a frame of pandas or polars whose columns are several of them at the same times; else None.

    Times are dates that ascend. They may be numbers, too, in two levels of columns, and where the quantities alternate,
    as x0, y0, x1, y1: those of mon_0, mon_1, ..., tue_0, tue_1 may as well be hours of one series. Where parts of the
    day, the week or the year, years or sides alternate, as am_1, pm_1, am_2, pm_2, they are no quantities.
    """
    if not is_frame(frame):
        return None
    names = list(frame.columns)
    if names and all(isinstance(name, tuple) and len(name) == 2 for name in names):
        return _in_order([tuple(map(str, name)) for name in names], fewest_times, numbers=True)
    if not names or not all(isinstance(name, str) for name in names):
        return None
    matches = ([pattern.fullmatch(name) for name in names] for pattern in SPLITS)
    pairs = ([match.groups() for match in found] for found in matches if all(found))
    return next(filter(None, (_in_order(own, fewest_times) for own in pairs)), None)


def _in_order(pairs, fewest_times, *, numbers=False):
    """`Quantities` if pairs of labels are all of some quantities and times, in the order of one and then the other."""
    firsts, seconds = (list(dict.fromkeys(labels)) for labels in zip(*pairs))
    if min(len(firsts), len(seconds)) < 2 or len(firsts) * len(seconds) != len(pairs):
        return None
    by_first = [(first, second) for first in firsts for second in seconds]
    if pairs != by_first and pairs != [(first, second) for second in seconds for first in firsts]:
        return None
    for names, times, is_first in ((firsts, seconds, True), (seconds, firsts, False)):
        side_by_side = (pairs == by_first) == is_first
        if not numbers and not side_by_side and _are_times(names):
            continue
        may_be_numbers = numbers or not side_by_side
        if len(times) >= fewest_times and _ascend(times, may_be_numbers) and not _ascend(names, may_be_numbers):
            return Quantities([name.rstrip("_-. ") for name in names], len(times), side_by_side)
    return None


def _are_times(names):
    """Whether names are alike but for a part of the day, the week or the year, a year, or a side."""
    return all(map(TIME.search, names)) and len({TIME.sub("", name) for name in names}) == 1


def _ascend(labels, numbers):
    """Whether labels hold dates that ascend, or are ``numbers`` that do."""
    found = [DATE.search(label) for label in labels]
    if all(found):
        times = [re.sub(r"\D", "", label[date.start() :]) for label, date in zip(labels, found)]
    elif numbers and all(map(str.isdecimal, labels)):
        times = list(map(int, labels))
    else:
        return False
    return all(one < other for one, other in pairwise(times))


def quantities_in_blocks(frame):
    """`Quantities` of a frame whose columns vib_0, vib_1, ..., press_0, press_1, ... hold other values; else None.

    Names alone do not tell them from one series in parts, such as pre_0, pre_1, ..., post_0, post_1.
    """
    matches = [NUMBERED.fullmatch(name) for name in frame.columns if isinstance(name, str)] if is_frame(frame) else []
    if not matches or not all(matches) or len(matches) < len(frame.columns):
        return None
    found = _in_order([match.groups() for match in matches], FEWEST_TIMES, numbers=True)
    values = np.asarray(frame)
    if found is None or not found.side_by_side or _are_times(found.names) or values.dtype.kind not in "iuf":
        return None
    blocks = np.split(values.astype(float), len(found.names), axis=1)
    return found if all(_is_of_another(other, one) for one, other in pairwise(blocks)) else None


def _is_of_another(other, one):
    """Whether a block (n, t) holds another quantity than the one before it, whose last step its first one follows."""
    return is_other_quantity(other, one[:, ::-1]) and not goes_on(other[:, 0], one[:, ::-1])


def warn_if_quantities_in_columns(X, argument):
    """Warn where the columns of a frame are most likely quantities at the same times. Returns whether it did."""
    found = quantities_of(X) or quantities_in_blocks(X)
    if found is None or np.asarray(X).dtype.kind not in "iuf":  # strings are no features
        return False
    names = [*map(repr, found.names[:NAMED]), *["..."] * (len(found.names) > NAMED)]
    warn_caller(
        f"{argument} of shape {X.shape} is read as {len(X)} sequences of {X.shape[1]} timesteps, one per row, but its "
        f"columns name {len(found.names)} quantities, {', '.join(names)}, at the same {found.n_times} times. If these "
        f"are features of {found.n_times} timesteps, pass {found.code(argument)}, and later data alike. Pass "
        f"{argument}.to_numpy() to read every column as a timestep without this warning."
    )
    return True
