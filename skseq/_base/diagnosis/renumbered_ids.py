"""Integers of X that a network of the user's own reads by other numbers than its rows are made for."""

from numbers import Integral

from skseq._callers import warn_caller


def warn_if_renumbered(form, embeddings):
    """Warn where integers are read as other ids than they are by a model whose embeddings have rows for their own.

    ``form`` is the `SourceForm` of tokens, and ``embeddings`` are (rows, trains) of each embedding of the model. One
    that trains enough rows, which were drawn, learns any ids.
    """
    ids = form.vocabulary
    if any(not isinstance(token, Integral) or isinstance(token, bool) or token < 0 for token in ids):
        return
    moved = [token for token, own in ids.items() if token != own]
    own_rows = [rows for rows, _ in embeddings if rows > max(ids)]
    if not moved or not own_rows or any(trains and rows >= form.size for rows, trains in embeddings):
        return
    rows = own_rows[0]
    known = ", handle_unknown='error'" if form.has_unknown else ""
    pad = " and pass X without its padding, [x[x != 0] for x in map(numpy.asarray, X)], now and later"
    warn_caller(
        f"The network reads the integers of X as numbers of its own, {ids[moved[0]]} for {moved[0]!r}, in an embedding "
        f"of {rows} rows; meta['vocabulary_size'] is {form.size}. If these rows are those of your ids, as of "
        f"pretrained vectors, set vocabulary=list(range(1, {rows})){known}{pad if 0 in ids else ''}: then every id is "
        "read as it is. If not, give the embedding meta['vocabulary_size'] rows that are trained."
    )
