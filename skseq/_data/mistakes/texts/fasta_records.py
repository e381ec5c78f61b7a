"""Texts that are whole records of FASTA files, whose names and ends of lines would be read as letters."""

import re

from skseq._arguments import brief
from skseq._callers import warn_caller
from skseq._data.mistakes.texts.spelling import rows_of
from skseq._data.sequences import as_samples, column_cells

FEWEST = 3
NEARLY_ALL = 0.9  # of the texts
_SEQUENCE = re.compile(r"[A-Z*-]+")


def warn_if_records(X, argument):
    """Warn where nearly all texts are a line with a name and then a sequence in capital letters; returns whether so."""
    texts = as_samples(X) or column_cells(X) or []
    records = [lines for text in texts if (lines := _record(text)) is not None]
    if len(records) < max(FEWEST, NEARLY_ALL * len(texts)) or not _are_named(records):
        return False
    warn_caller(
        f"{len(records)} of {len(texts)} texts in {argument} look like records of a FASTA file, with names such as "
        f"{brief(records[0][0])} in their first lines and sequences in those below. analyzer='char' reads names and "
        "ends of lines as letters of the sequence, and a name may tell y. Pass [''.join(x.strip().splitlines()[1:]) "
        f"for x in {rows_of(X, 'text', argument)}], and alike later."
    )
    return True


def _record(text):
    """The lines of a text if all but the first hold a sequence, else None."""
    name, *lines = text.strip().splitlines() or [""]
    return [name, *lines] if lines and all(map(_SEQUENCE.fullmatch, lines)) else None


def _are_named(records):
    """Whether first lines begin with ">", or are names: nearly all distinct, with signs that no sequence has."""
    if all(name.startswith(">") for name, *_ in records):
        return True
    letters = set().union(*(line for _, *lines in records for line in lines))
    n_names = len({name for name, *_ in records if not letters.issuperset(name)})
    return n_names >= NEARLY_ALL * len(records)
