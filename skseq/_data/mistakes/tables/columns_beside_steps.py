"""Tables with a numbered column for each timestep and a few columns beside these, which are read as timesteps."""

import re
from collections import Counter
from itertools import pairwise

import numpy as np

from skseq._arguments import is_frame, library_of
from skseq._callers import warn_caller
from skseq._data.mistakes.tables.other_quantities import is_other_quantity

FEWEST_STEPS = 6  # fewer may well be numbered among other features
MOST_OTHERS = 1 / 4  # of all columns
NEAREST = 3  # steps to compare with
NUMBER = re.compile(r"\d+")


def columns_beside_steps(X):
    """([names of numbered columns], [names of others beside them that hold something else]) of a frame; else None."""
    if not is_frame(X) or not all(isinstance(name, str) for name in X.columns):
        return None
    names = list(X.columns)
    templates = [NUMBER.sub("#", name) for name in names]
    template, n_steps = Counter(templates).most_common(1)[0] if names else ("", 0)
    if "#" not in template or n_steps < FEWEST_STEPS or not 0 < len(names) - n_steps <= MOST_OTHERS * len(names):
        return None
    steps = [index for index, own in enumerate(templates) if own == template]
    if not _are_in_order([tuple(map(int, NUMBER.findall(names[index]))) for index in steps]):
        return None
    values = np.asarray(X)
    if values.dtype.kind not in "iuf":
        return None
    others = [index for index in range(len(names)) if templates[index] != template and _differs(index, steps, values)]
    return ([names[index] for index in steps], [names[index] for index in others]) if others else None


def _are_in_order(numbers):
    pairs = list(pairwise(numbers))
    return all(one < other for one, other in pairs) or all(one > other for one, other in pairs)


def _differs(index, steps, values):
    """Whether a column of values (n, columns) holds another quantity than the steps nearest to it."""
    nearest = sorted(steps, key=lambda step: abs(step - index))[:NEAREST]
    return is_other_quantity(values[:, [index]].astype(float), values[:, nearest].astype(float))


def warn_if_columns_beside_steps(X, argument):
    """Warn where a few columns of a frame are most likely no timesteps, as all others are. Returns whether it did."""
    found = columns_beside_steps(X)
    if found is None:
        return False
    steps, others = found
    rest = f"{argument}.drop({'' if library_of(X) == 'polars' else 'columns='}{others!r})"
    one = len(others) == 1
    warn_caller(
        f"{argument} of shape {X.shape} is read as {len(X)} sequences of {X.shape[1]} timesteps, one per row, but "
        f"{len(steps)} columns are numbered, {steps[0]!r} to {steps[-1]!r}, and {', '.join(map(repr, others))} beside "
        f"them {'holds' if one else 'hold'} something else. If {'this is no timestep' if one else 'these are none'}, "
        f"pass {rest}, and later data alike. To learn from {'it' if one else 'them'}, too, put "
        f"ColumnTransformer([('steps', SequenceEncoder(), {rest}.columns)], remainder='passthrough') and a "
        "StandardScaler before a classifier or regressor of scikit-learn. Pass "
        f"{argument}.to_numpy() to read every column as a timestep without this warning."
    )
    return True
