"""X as the list of inputs that a Keras model of several reads: estimators have one."""

from skseq._data.sequences import is_sequence

MOST = 3  # inputs


def refuse_several_inputs(X, y, argument, target_argument, *, has_decoder):
    """Raise ValueError where X is a list of 2 or 3 arrays, or lists of samples, as long as y."""
    inputs = list(X) if isinstance(X, (list, tuple)) else []
    n_samples = _n_rows(y)
    if not 2 <= len(inputs) <= min(MOST, n_samples - 1):
        return
    if any(not _holds_samples(own) or _n_rows(own) != n_samples for own in inputs):
        return
    if has_decoder:
        remedy = f"{argument}[0], the input of the encoder. No input of the decoder is needed: fit makes it of y"
    else:
        remedy = f"one of them, such as {argument}[0], or join what they hold of each timestep in one array"
    raise ValueError(
        f"{argument} is a list of {len(inputs)} inputs of {n_samples} rows each, as many as {target_argument} has, as "
        f"a Keras model of several inputs reads them. An estimator has one: pass {remedy}."
    )


def _n_rows(data):
    """How many rows data have; 0 of what has none."""
    shape = getattr(data, "shape", None)
    return shape[0] if shape else len(data) if isinstance(data, (list, tuple)) else 0


def _holds_samples(data):
    """Whether the rows of data are sequences, or texts."""
    if hasattr(data, "ndim"):
        return data.ndim > 1
    return isinstance(data, (list, tuple)) and bool(data) and (is_sequence(data[0]) or isinstance(data[0], str))
