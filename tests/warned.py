"""What a call warns of."""

import warnings


def recorded(call, /, *data, **more):
    """All warnings of a call, as Python records them."""
    with warnings.catch_warnings(record=True, action="always") as caught:
        call(*data, **more)
    return caught


def told(call, /, *data, **more):
    """Their messages. What an object tells once at each line that calls it comes once: all calls are at this line."""
    return [str(warning.message) for warning in recorded(call, *data, **more)]
