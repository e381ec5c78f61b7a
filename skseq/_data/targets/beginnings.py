"""Beginnings of sequences, as a generator is asked to go on from: one or a list of them, some of them empty."""

import numpy as np

from skseq._arguments import MOST, brief, is_count
from skseq._data.sequences import column_cells, is_sequence
from skseq._data.tokens.analyzers import splitter

LOOKED_AT = 8  # texts, and last tokens of each: the error must come soon


def check_beginning(prefix, argument, form, expected="a beginning of a sequence in the form of X"):
    """Raise ValueError for what has no timesteps, or is a string where sequences are none."""
    if isinstance(prefix, bytes) or not hasattr(prefix, "__len__") or getattr(prefix, "shape", None) == ():
        raise ValueError(f"{argument} must be {expected}. Got {prefix!r}.")
    if isinstance(prefix, str) and form.kind != "text":
        remedy = f": pass a list of tokens, such as [{prefix!r}]" if form.reads_tokens else ""
        raise ValueError(
            f"{argument} must be {expected}, which held no text in fit. Got the string {prefix!r}{remedy}."
        )


def is_empty(sample):
    """Whether a sample is a sequence or a text without timesteps."""
    if not isinstance(sample, str) and not is_sequence(sample):
        return False
    return (sample.shape[0] if hasattr(sample, "shape") else len(sample)) == 0  # sparse samples have no length


def check_empty(sample, argument, form):
    """Raise ValueError for an empty sample that is not of the kind, or not as wide, as those in fit."""
    if isinstance(sample, str) != (form.kind == "text"):
        held, own = ("texts", '""') if form.kind == "text" else ("sequences, not texts,", "[]")
        raise ValueError(f"{argument} is {sample!r}, but X held {held} in fit: pass {own} where nothing comes before.")
    width, own_width = getattr(sample, "shape", (0,))[1:], () if form.reads_tokens else (form.n_features,)
    if width and width != own_width:
        steps = "tokens, one per timestep," if form.reads_tokens else f"{form.n_features} feature(s) per timestep"
        raise ValueError(
            f"{argument} has the shape {sample.shape}, but X held {steps} in fit: pass [] where nothing comes before."
        )


def is_one_beginning(prefix, form):
    """Whether this is one beginning rather than a list of them."""
    check_beginning(prefix, "prefix", form, "a beginning of a sequence in the form of X, or a list of them")
    if form.kind == "text":
        return isinstance(prefix, str)
    if len(prefix) == 0:
        return True
    if form.reads_tokens:
        return isinstance(prefix[0], tuple) or not is_sequence(prefix[0])
    return np.ndim(prefix[0]) == (0 if form.univariate else 1)


def listed_beginnings(prefix, form):
    """Beginnings in the rows of a frame, or of text in a column, as a list or an array; others as they are."""
    if not (hasattr(prefix, "columns") or (form.kind == "text" and getattr(prefix, "ndim", 0) == 2)):
        return prefix
    cells = column_cells(prefix)
    return prefix.to_numpy() if cells is None else cells


def n_asked(n_samples, given):
    """How many samples are wanted: as many as there are of what is ``given`` by name, one of which may be for all."""
    if n_samples is not None and not is_count(n_samples):
        raise ValueError(f"n_samples must be None or an integer from 1 to {MOST}. Got {n_samples!r}.")
    several = {name: len(x) for name, x in given.items() if len(x) != 1}
    wanted = set(several.values()) | ({int(n_samples)} if n_samples is not None else set())
    if len(wanted) > 1 or 0 in wanted:
        told = ", ".join(f"{name} has {size}" for name, size in several.items())
        asked = "" if n_samples is None else f"n_samples={n_samples}, but "
        raise ValueError(f"{asked}{told}: pass as many as there are to be samples, or one for all.")
    return wanted.pop() if wanted else 1


def advice_on_cut_tokens(texts, form):
    """The end of an error about unknown tokens, if a text ends where a known token has only begun; else nothing."""
    for text in texts[:LOOKED_AT] if form.kind == "text" else ():
        for token in list(splitter(form.analyzer)(text))[-LOOKED_AT:]:
            end = text[text.rfind(token) :] if isinstance(token, str) and token not in form.vocabulary else ""
            whole = next((known for known in form.vocabulary if end and str(known).startswith(end)), None)
            if whole is not None:
                return f" {brief(text)} ends inside a token, such as {whole!r}: end it before {end!r}, or add the rest."
    return ""
