"""Long frames of pandas with a column of times that nobody named, and rows in another order than these."""

from datetime import date

import numpy as np

from skseq._data.pandas_times import holds_times


def refuse_unnamed_times(frame, groups, ids):
    """Raise ValueError where times that are no id fall within one of the (id, rows), and no other times say the order.

    Times that never change within an id, such as days of birth, say no order.
    """
    columns = [name for name in frame.columns if name not in ids and _are_times(frame[name])]
    falls = {name: _first_fall(groups, name) for name in columns}
    if any(fall is None and _changes(groups, name) for name, fall in falls.items()):
        return
    for name, fall in falls.items():
        if fall is not None:
            key, row, time = fall
            by = [*ids, name]
            raise ValueError(
                f"Series {key!r} has the {name} {time} after a later one, in its row {row}, but time is None: rows "
                f"would be read in the order in which they stand. Pass frame.sort_values({by!r}, kind='stable'), with "
                f"time={name!r} if each time is there once, or frame.drop(columns={name!r}) to keep this order."
            )


def _are_times(column):
    return holds_times(column) or (column.dtype == object and isinstance(next(iter(column.dropna()), None), date))


def _first_fall(groups, name):
    """(id, row, time) of the first time that is earlier than the one before it, or None."""
    for key, rows in groups:
        known = np.flatnonzero(rows[name].notna())
        times = rows[name].iloc[known]
        if not times.is_monotonic_increasing:
            values = times.to_numpy()
            place = int((values[1:] < values[:-1]).argmax()) + 1
            return key, int(known[place]), times.iloc[place]
    return None


def _changes(groups, name):
    return any(rows[name].nunique() > 1 for _, rows in groups)
