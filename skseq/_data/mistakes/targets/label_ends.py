"""Labels and tokens with white space at their ends, as files with other ends of lines have them."""

from skseq._callers import warn_caller


def warn_if_ends_differ(classes, argument, *, nested, strip="strip"):
    """Warn where two of the distinct labels differ only by white space at their ends, which ``strip`` takes away.

    ``nested`` is code that gives lists of labels one by one, or None where y has one label for each sample.
    """
    spellings = {}
    for label in classes:
        if isinstance(label, str) and label.strip():
            spellings.setdefault(getattr(label, strip)(), []).append(label)
    alike = next((own for own in spellings.values() if len(own) > 1), None)
    if alike is None:
        return
    one, other = alike[:2]
    of_one = f"[label.{strip}() for label in {{}}]"
    code = of_one.format(argument) if nested is None else f"[{of_one.format('labels')} for labels in {nested}]"
    warn_caller(
        f"{argument} holds labels that differ only by white space at their ends, such as {one!r:.40} and {other!r:.40},"
        f" and each is a class of its own. If they are one, pass {code}, and alike later."
    )


def warn_if_line_ends(tokens, kind, rows, argument):
    r"""Warn where distinct tokens end in "\r", as those of lines of Windows do; ``rows`` gives the samples.

    Returns whether it did.
    """
    ends = [token for token in tokens if isinstance(token, str) and token.endswith("\r") and token.strip()]
    if not ends or not all(isinstance(token, str) for token in tokens):
        return False
    code = f"[[token.strip() for token in x] for x in {rows}]"
    if kind == "text":
        code = f"[text.replace('\\r', '') for text in {rows}]"
    warn_caller(
        f"{argument} holds tokens that end in the end of a line, such as {ends[0]!r:.40}, and are others than those "
        f"without it. Pass {code}, later, too."
    )
    return True
