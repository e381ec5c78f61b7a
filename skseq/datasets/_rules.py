"""The rules of the tasks: ``rule(source, n_kept) -> target``, over arrays of shape (n_samples, n_timesteps)."""

import numpy as np


def _echo(source, n_kept):
    return source[:, :n_kept]


def _reverse(source, n_kept):
    return source[:, :n_kept][:, ::-1]


def _sort(source, n_kept):
    return np.sort(source[:, :n_kept], axis=1)


def _copy(source, n_kept):
    target = np.zeros_like(source)
    target[:, target.shape[1] - n_kept :] = source[:, :n_kept]
    return target


def _add(source, n_kept):
    n_digits = n_kept // 2  # n_digits, "+", n_digits
    codes = _code_points(source)
    left, left_reads = _read_numbers(codes[:, :n_digits])
    right, right_reads = _read_numbers(codes[:, n_digits + 1 :])
    _check_sums(source, left_reads & right_reads & (codes[:, n_digits] == ord("+")), n_digits)
    return write_numbers(left + right, n_digits + 1)


RULES = {"echo": _echo, "reverse": _reverse, "copy": _copy, "sort": _sort, "addition": _add}


def _code_points(X):
    """Code point of every cell; 0 where a cell is not one character."""
    if X.dtype.kind == "O":
        is_string = np.frompyfunc(lambda cell: isinstance(cell, str), 1, 1)(X).astype(bool)
        X = np.where(is_string, X, "")
    pairs = np.ascontiguousarray(X, dtype="U2")  # room for two, so that "12" is not cut to a valid "1"
    codes = pairs.view(np.uint32).reshape(*X.shape, 2)
    return np.where(codes[..., 1] == 0, codes[..., 0], 0)


def _read_numbers(codes):
    """Code points (n_samples, n_digits) -> values (n_samples,), and which rows are a right-aligned number."""
    digits = codes.astype(np.int64) - ord("0")
    is_digit = (digits >= 0) & (digits <= 9)
    is_lead = (codes == ord(" ")) & ~np.logical_or.accumulate(is_digit, axis=1)  # a space before every digit
    reads = (is_digit | is_lead).all(axis=1) & is_digit[:, -1]
    powers = 10 ** np.arange(codes.shape[1] - 1, -1, -1, dtype=np.int64)
    return np.where(is_digit, digits, 0) @ powers, reads


def write_numbers(values, n_digits):
    """Values (n_samples,) -> one-character strings (n_samples, n_digits), right-aligned with spaces."""
    codes = np.empty((len(values), n_digits), dtype=np.uint32)
    for column in reversed(range(n_digits)):
        shows = (values > 0) | (column == n_digits - 1)  # no leading zeros, but 0 itself is "0"
        codes[:, column] = np.where(shows, ord("0") + values % 10, ord(" "))
        values = values // 10
    return codes.view("U1")


def _check_sums(source, reads, n_digits):
    if reads.all():
        return
    row = np.flatnonzero(~reads)[0]
    example = list(f"{1:>{n_digits}}+{2:>{n_digits}}")
    raise ValueError(
        f"Row {row} of X is not a sum: expected one character per column, two whole numbers right-aligned "
        f"with spaces to n_digits={n_digits} columns and a '+' between them, such as {example}; got "
        f"{source[row].tolist()} (in forward order). Rows that are not sums: {np.count_nonzero(~reads)} of "
        f"{len(reads)}."
    )
