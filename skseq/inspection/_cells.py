"""Sequences in any container as one padded array of cells, and back, for functions that change some of the cells."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from skseq._data.checks import check_same_samples
from skseq._data.plain import plain, stacked_vectors
from skseq._data.sequences import as_samples, is_sequence, pad, split
from skseq._data.tokens.analyzers import splitter
from skseq._data.tokens.token_columns import with_columns
from skseq._data.tokens.tokens import source_kind
from skseq.inspection._series import as_series, count_samples, each, feature_names_of
from skseq.metrics._scorers import innermost

REMOVED = object()  # in place of a token that is left out


@dataclass(frozen=True, kw_only=True)
class Cells:
    """Numbers, or places in ``vocabulary``, (n, t, f), padded on the right, and lengths (n,).

    ``write(samples, rows)`` puts changed samples, (t_i, f) or token lists, into the container of X as these rows of it.
    """

    values: np.ndarray
    lengths: np.ndarray
    write: Callable
    vocabulary: list | None = None
    feature_names: list | None = None
    univariate: bool = True

    @property
    def real(self):
        """True on real steps, (n, t)."""
        return np.arange(self.values.shape[1]) < self.lengths[:, None]

    def container(self, values, rows):
        """The container with other values (m, t, f) of these rows."""
        samples = [own[:length] for own, length in zip(values, self.lengths[rows])]
        return self.write(samples if self.vocabulary is None else self.tokens_of(samples), rows)

    def tokens_of(self, samples):
        """Token lists of places [(t_i, 1)]."""
        return [[self.vocabulary[place] for place in own[:, 0]] for own in samples]

    def unpadded(self, values):
        """(n, t, ...) as it is, or an object array of (t_i, ...) if lengths differ."""
        return values if (self.lengths == values.shape[1]).all() else split(values, self.lengths)


def read_cells(X, estimator, source_type="auto"):
    """`Cells` of X, as this estimator reads it."""
    if source_type not in ("auto", "numeric", "tokens"):
        raise ValueError(f"source_type must be 'auto', 'numeric' or 'tokens'. Got {source_type!r}.")
    final = innermost(estimator)
    form = getattr(getattr(final, "_learnt", None), "source", None)
    X = plain(X, "X")
    samples = as_samples(X)
    if samples and all(isinstance(sample, str) for sample in samples):
        return _read_texts(samples, getattr(final, "analyzer", None))
    kind = source_kind(X, source_type=source_type, analyzer=None, integers=getattr(form, "reads_tokens", False))
    rows = each(X) if samples is None else samples
    if not rows:
        raise ValueError("X holds no sample: pass at least one.")
    frame = X if samples is None and hasattr(X, "columns") else None
    if frame is not None:
        _refuse_table(frame, list(rows[0]))
    if not any(map(is_sequence, rows)):
        raise ValueError("X holds single values, one per sample. A single sequence is a list of it, [X].")
    if kind != "numbers":
        return _read_tokens(with_columns(rows, "X"), frame)
    return _read_numbers(rows, frame, stacked=samples is None)


def _refuse_table(frame, cells):
    """Raise ValueError for a table with a column of sequences beside others, by the cells of its first row."""
    held = [name for name, cell in zip(frame.columns, cells) if is_sequence(cell)]
    if held:
        raise ValueError(
            f"X is a table whose column {held[0]!r} holds sequences, beside others. Expected sequences alone: "
            "sklearn.inspection.permutation_importance permutes the columns of a table. For parts of the sequences "
            f"pass the estimator that reads them, and X[{held[0]!r}]."
        )


# --- numbers ----------------------------------------------------------------------------------------------------------


def _read_numbers(rows, frame, *, stacked):
    """Of rows (t_i,) or (t_i, f)."""
    rows = list(map(stacked_vectors, rows))
    arrays = [as_series(row) for row in rows]
    univariate = np.ndim(rows[0]) == 1
    if len({array.shape[1] for array in arrays}) > 1:
        raise ValueError(
            f"X must have the same features in all samples. Got shapes {sorted({a.shape for a in arrays})}."
        )
    lengths = np.array([len(array) for array in arrays])
    flat = (lambda own: own[:, 0]) if univariate else (lambda own: own)

    def write(samples, of):
        if stacked:
            return _in_frame(np.stack([flat(own) for own in samples]), frame)
        return [_like(flat(own), rows[row]) for own, row in zip(samples, of)]

    names = feature_names_of(rows[0], arrays[0].shape[1])
    values = pad(np.concatenate(arrays), lengths)
    return Cells(values=values, lengths=lengths, write=write, feature_names=names, univariate=univariate)


def _like(values, sample):
    """Values in a Series or frame of pandas like that of the sample; of other samples the values."""
    if not hasattr(sample, "iloc"):
        return values
    axis = {"name": sample.name} if values.ndim == 1 else {"columns": sample.columns}
    return type(sample)(values, index=sample.index, **axis)


def _in_frame(array, frame):
    if frame is None:
        return array
    return type(frame)(array, **{"columns" if hasattr(frame, "iloc") else "schema": list(frame.columns)})


# --- tokens -----------------------------------------------------------------------------------------------------------


def _read_tokens(rows, frame):
    """Of token lists; what is written are lists, or a frame if the samples still have one token per column."""
    lists = [row.tolist() if hasattr(row, "tolist") else list(row) for row in rows]

    def write(samples, of):
        kept = [[token for token in own if token is not REMOVED] for own in samples]
        _check_not_empty(kept, of)
        same = frame is not None and all(len(own) == frame.shape[1] for own in kept)
        return _in_frame(kept, frame) if same else kept

    return _numbered(lists, write)


def _read_texts(texts, analyzer):
    """Of strings; with a token what stands between it and the one before is left out."""
    if analyzer is None:
        raise ValueError(
            "X holds strings, and the estimator has no analyzer that splits them into tokens: pass token lists."
        )
    lists = [list(splitter(analyzer)(text)) for text in texts]
    gaps = [_gaps(text, tokens, analyzer) for text, tokens in zip(texts, lists)]

    def write(samples, of):
        _check_not_empty([[token for token in own if token is not REMOVED] for own in samples], of)
        return [_joined(own, gaps[row]) for own, row in zip(samples, of)]

    return _numbered(lists, write)


def _gaps(text, tokens, analyzer):
    """What stands before each token of a text, and after the last."""
    gaps, end = [], 0
    for token in tokens:
        start = text.find(token, end) if isinstance(token, str) else -1
        if start < 0:
            raise ValueError(
                f"analyzer={analyzer!r} made the token {token!r}, which does not stand in the text as it is, so the "
                "text cannot be changed token by token: split the texts yourself, and fit on token lists."
            )
        gaps.append(text[end:start])
        end = start + len(token)
    return [*gaps, text[end:]]


def _joined(tokens, gaps):
    return "".join(f"{gap}{token}" for gap, token in zip(gaps, tokens) if token is not REMOVED) + gaps[-1]


def _check_not_empty(lists, rows):
    for own, row in zip(lists, rows):
        if not own:
            raise ValueError(
                f"Nothing is left of X[{row}] without the tokens that are to be removed: pass a token as baseline that "
                "stands in their place, or a smaller window."
            )


def _numbered(lists, write):
    """`Cells` of token lists: places in the vocabulary, which begins with `REMOVED`."""
    lengths = np.array([len(own) for own in lists])
    if not lengths.all():
        raise ValueError(f"X[{int(np.argmin(lengths))}] has no tokens: remove such samples.")
    place_of = {REMOVED: 0}
    places = np.array([place_of.setdefault(token, len(place_of)) for own in lists for token in own])
    return Cells(values=pad(places[:, None], lengths), lengths=lengths, write=write, vocabulary=list(place_of))


# --- what may be asked ------------------------------------------------------------------------------------------------


def check_pairs(X, y):
    """Raise ValueError if X or y holds no samples, or y is given and has not as many as X."""
    n_samples = count_samples(X)
    if y is not None:
        check_same_samples(n_samples, count_samples(y, "y"), "X", "y")


def check_by(by, allowed, is_tokens):
    if by not in allowed:
        what = "tokens" if is_tokens else "numbers"
        raise ValueError(f"by must be 'auto' or one of {', '.join(map(repr, allowed))} if X holds {what}. Got {by!r}.")


def check_spans(by, **spans):
    """Raise ValueError for numbers of timesteps, by name, if a part spans all timesteps."""
    given = [f"{name}={span}" for name, span in spans.items() if span not in (None, 1)]
    if by in ("features", "tokens") and given:
        others = "by='timesteps'" if by == "tokens" else "by='timesteps' or 'cells'"
        raise ValueError(
            f"by={by!r} changes all timesteps at once, so {' and '.join(given)} would count for nothing: set {others} "
            f"for importance over time, or leave {' and '.join(spans)} out."
        )
