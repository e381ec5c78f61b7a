"""Labels of rows, as pandas has them: those of X and y in another order are most likely a mistake."""

from skseq._callers import warn_caller


def warn_if_in_another_order(X, y, argument, target_argument):
    """Warn where X and y have the same labels of rows, each once, in another order."""
    rows, others = (getattr(own, "index", None) for own in (X, y))
    if not (hasattr(rows, "is_unique") and hasattr(others, "is_unique")):  # a list has an index method
        return
    if len(rows) != len(others) or rows.equals(others) or not (rows.is_unique and others.is_unique):
        return
    if rows.difference(others, sort=False).empty:
        warn_caller(
            f"{argument} and {target_argument} have the same labels of rows in another order, and samples are paired "
            f"by position. If that is right, pass {target_argument}.to_numpy(). If rows of the same label belong "
            f"together, pass {target_argument}.loc[{argument}.index]."
        )
