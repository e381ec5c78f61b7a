"""Times with offsets from UTC, as a local clock that is put forward and back has several of."""

import re
from datetime import datetime

_OFFSET = re.compile(r"\d\d:\d\d.*([+-](0\d|1[0-4])(:?(00|30|45))?)$")
ZONE = "Europe/Berlin"  # an example


def have_several_offsets(labels):
    """Whether all times, as text or as objects of Python, have an offset, and not all the same."""
    offsets = set(map(_offset_of, labels))
    return len(offsets) > 1 and None not in offsets


def _offset_of(label):
    if isinstance(label, str):
        found = _OFFSET.search(label)
        return found and found[1]
    return label.utcoffset() if isinstance(label, datetime) else None
