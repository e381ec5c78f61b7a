"""Token sources: rows of tokens, ragged lists of tokens, and text that is split into tokens."""

from collections.abc import Iterable
from itertools import islice
from numbers import Integral

import numpy as np
from sklearn.utils import check_array

from skseq._arguments import brief
from skseq._data.checks import IN_CELLS, columns_of, naming_tokens, of_cells
from skseq._data.mistakes.limits import FEW_NAMES, MANY
from skseq._data.plain import flat_tokens, plain
from skseq._data.sequences import (
    as_samples,
    check_lengths,
    column_cells,
    is_ragged,
    is_sequence,
    keep_types,
    refuse_lone_samples,
    refuse_nothing,
)
from skseq._data.times.time_order import check_times_ascend
from skseq._data.tokens.analyzers import splitter
from skseq._data.tokens.no_texts import got_no_texts, if_written, read_from_bytes
from skseq._data.tokens.token_columns import with_columns, with_lone_columns
from skseq._data.tokens.vocabulary import as_tuples, check_hashable, check_objects, check_tokens, is_missing, tokens_of
from skseq._sklearn import validate_data

TOKEN_KINDS = ("tokens", "token lists", "text")


def source_kind(X, *, source_type, analyzer, integers):
    """What X holds: "numbers", "tokens" (2-D), "token lists" (ragged) or "text"; ``integers`` may be tokens, or not."""
    if analyzer is not None:
        return "text"
    samples = as_samples(X) or []
    if any(isinstance(sample, str) for sample in samples) and all(map(is_text_or_missing, samples)):
        raise ValueError(
            "X holds strings, and nothing says how to split them into tokens. Expected a 2D array of tokens, token "
            "lists, or strings with the parameter analyzer: 'char', 'word', or a function from a string to a list of "
            f"tokens.{if_written(samples) or _if_recurring(samples)}"
        )
    if samples and isinstance(samples[0], bytes):
        raise ValueError(
            f"X holds bytes, such as {brief(samples[0])}, which are no text: {read_from_bytes(samples, 'X')}."
        )
    refuse_lone_samples(samples, "X")
    if source_type == "numeric":
        return "numbers"
    X = with_columns(X, "X") if source_type == "tokens" else _with_columns_of_strings(X)
    samples, ragged = as_samples(X) or [], is_ragged(X)
    if source_type == "tokens":  # whatever the tokens are: numbers with fractions, too
        return "token lists" if ragged or holds_tuples(X) else "tokens"
    if ragged:
        return "token lists" if _hold_tokens(samples, integers) else "numbers"
    return "tokens" if _looks_like_tokens(X, integers) else "numbers"


def may_be_tokens(X):
    """Whether X, which cannot be read as numbers, holds strings: texts or tokens."""
    X = _with_columns_of_strings(X)
    samples = as_samples(X) or ()
    if any(isinstance(sample, str) for sample in samples):
        return True
    return _hold_tokens(samples, integers=False) if is_ragged(X) else _looks_like_tokens(X, integers=False)


def _with_columns_of_strings(X):
    """X, with lists in the place of its frames if all have one column and hold strings; else as it is."""
    columns = with_lone_columns(X, "X")
    return columns if columns is not X and _are_tokens(flat_tokens(columns), integers=False) else X


def _if_recurring(texts):
    """What to do with strings of which few are distinct, as the names of events are."""
    if len(texts) < MANY or len(set(map(str, texts))) > FEW_NAMES * len(texts):
        return ""
    return " If they are the events of one stream, it is one sequence: pass [X]."


def is_text_or_missing(sample):
    """Whether a sample is a string, or no value at all."""
    return isinstance(sample, str) or (not is_sequence(sample) and is_missing(sample))


def holds_tuples(X):
    """Whether tokens of a list of lists are themselves sequences, which an array would take apart."""
    listed = isinstance(X, (list, tuple)) and all(map(is_sequence, X))
    return listed and any(isinstance(token, tuple) for token in flat_tokens(X))


def _hold_tokens(samples, integers):
    """Whether the samples hold strings, or integers only; arrays say so by their type."""
    if any(getattr(sample, "ndim", 1) > 1 for sample in samples):  # (n_timesteps, n_features), data frames included
        return False
    if any(getattr(getattr(sample, "dtype", None), "kind", "") in ("f", "c", "b") for sample in samples):
        return False
    return _are_tokens(flat_tokens(samples), integers)


def _are_tokens(tokens, integers):
    """Whether there are strings among them and no floats, or all are integers; truth values are measurements."""
    kinds = {type(token) for token in tokens}
    if any(issubclass(kind, str) for kind in kinds):  # NaN is a token that is missing
        return not any(isinstance(token, (float, np.floating)) and token == token for token in tokens)
    return bool(kinds) and integers and all(issubclass(kind, Integral) and kind is not bool for kind in kinds)


def _looks_like_tokens(X, integers):
    """Whether a 2-D X holds strings, or integers only."""
    if hasattr(X, "toarray"):  # sparse containers
        return False
    try:
        array = np.asarray(keep_types(X))
    except ValueError:  # scikit-learn says what is wrong with it
        return False
    kinds = "iuUST" if integers else "UST"
    if array.ndim != 2:  # of 1-D tokens, reading says what is wrong
        return array.ndim < 2 and array.dtype.kind in kinds
    return _are_tokens(array.ravel().tolist(), integers) if array.dtype == object else array.dtype.kind in kinds


def read_tokens(estimator, X, kind, *, reset, analyzer=None, argument="X"):
    """(flat tokens, lengths): tokens of all samples one after another, and (n,) lengths or the (n, t) of equal ones.

    Sets or checks ``n_features_in_`` where X has columns.
    """
    X = plain(X, argument)
    refuse_nothing(X, argument, type(estimator).__name__)
    samples = as_samples(X) or ()
    refuse_lone_samples(samples, argument)
    check_times_ascend(samples, argument)
    with naming_tokens(X, argument):
        return _read_tokens(estimator, with_columns(X, argument), kind, reset, analyzer, argument)


def _read_tokens(estimator, X, kind, reset, analyzer, argument):
    if kind == "text":
        samples = analyzed(X, analyzer, argument, is_first=reset)
    elif not reset and (text := _first_text(X, known := getattr(estimator, "vocabulary_", ()))) is not None:
        index, found = text
        raise ValueError(
            f"{argument}[{index}] is a text, {brief(found, 80)}, but {type(estimator).__name__} was fitted on lists of "
            f"tokens: pass lists of them here, {_as_lists(found, known, argument)}."
        )
    elif kind == "token lists" or is_ragged(X, None if reset else estimator.n_features_in_):
        samples = as_samples(X)
    else:
        if isinstance(X, (list, tuple)):
            _check_one_dimensional(X, argument)
        X = check_objects(keep_types(X), argument)
        if getattr(X, "ndim", 2) > 2:
            raise ValueError(
                f"{argument} has the shape {X.shape}, but tokens are one per timestep: pass an array (n_samples, "
                f"n_timesteps), or a list of token lists.{as_tuples(argument, tokens_of(X.shape[-1]))}"
            )
        tokens = validate_data(estimator, X, dtype=None, reset=reset)
        if tokens.dtype == object:
            is_frame = hasattr(X, "columns")
            remedy = of_cells(X, argument) if is_frame and columns_of(X, IN_CELLS) else ""
            check_hashable(tokens.ravel().tolist(), argument, remedy=remedy, in_samples=not is_frame)
        return tokens.ravel(), tokens.shape
    if reset:
        for name in ("n_features_in_", "feature_names_in_"):  # of an earlier fit on columns
            vars(estimator).pop(name, None)
    if samples is None or any(isinstance(sample, (str, bytes)) or not hasattr(sample, "__len__") for sample in samples):
        X = keep_types(X)  # token lists may come as an array, too
        samples = list(check_array(X, dtype=None, input_name=argument))
    if not samples:
        raise ValueError(f"{argument} holds no sample: found array with 0 sample(s), while a minimum of 1 is required.")
    lengths = check_lengths(samples, argument=argument)
    tokens = flat_tokens(samples)
    check_tokens(tokens, argument, lengths=lengths)
    return tokens, lengths


def how_split(X, analyzer, argument, index, n_labels):
    """What an analyzer made of one text of X, and what else may be meant, for an error about its number of labels."""
    text = (as_samples(X) or column_cells(X))[index]
    (tokens,) = analyzed([text], analyzer, argument)
    remedy = "Set another analyzer"
    if len(text.split()) == n_labels:
        remedy = "Set analyzer=str.split to split at spaces alone"
    elif len(text) == n_labels:
        remedy = "Set analyzer='char' to split into characters"
    return f" analyzer={analyzer!r} makes {brief(tokens, 200)} of {argument}[{index}]. {remedy}, or pass token lists."


def _first_text(X, vocabulary):
    """(index, string) of the first text, if X holds nothing but strings; else None.

    Texts are no tokens of the vocabulary, and have several words, or are more of the strings than those that are.
    """
    samples = as_samples(X) or ()
    if not all(isinstance(sample, str) for sample in samples):
        return None
    others = [(index, text) for index, text in enumerate(samples) if text not in vocabulary]
    texts = [other for other in others if len(other[1].split()) > 1]
    mostly = vocabulary and len(others) > len(samples) / 2
    return next(iter(texts or (others if mostly else ())), None)


def _as_lists(text, vocabulary, argument):
    """How texts become lists of the tokens of a vocabulary."""
    if len(text.split()) > 1:
        return f"such as [text.split() for text in {argument}]"
    if all(isinstance(token, str) and len(token) == 1 for token in vocabulary):
        return f"such as [list(text) for text in {argument}]"
    by_function = f"[split(text) for text in {argument}] with the function that split those of fit"
    return f"{by_function}, or [{argument}] if it is one list of tokens"


def _check_one_dimensional(samples, argument):
    """Raise ValueError if a sample has features: NumPy would make a token of a single one, a list of several."""
    for index, sample in enumerate(samples):
        if getattr(sample, "ndim", 1) > 1:
            raise ValueError(
                f"{argument}[{index}] has the shape {np.shape(sample)}, but tokens are one per timestep: pass a list "
                f"or 1-D array of them for each sample.{as_tuples(argument, tokens_of(np.shape(sample)[-1]))}"
            )


def token_labels(estimator, X, kind, *, analyzer=None):
    """The tokens of X as a fitted estimator reads them, as strings: one list per sample."""
    tokens, lengths = read_tokens(estimator, X, kind, reset=False, analyzer=analyzer)
    if isinstance(lengths, tuple):
        n_samples, n_timesteps = lengths
        lengths = [n_timesteps] * n_samples
    labels = map(str, tokens)  # an iterator: every sample takes its own from it
    return [list(islice(labels, length)) for length in lengths]


def _split(text, analyzer, parameter, place):
    """Tokens of a text, which stands at this place."""
    try:
        tokens = splitter(analyzer)(text)
    except (TypeError, ValueError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"{parameter}={analyzer!r} cannot split {place} = {text!r}: {error}") from error
    if not isinstance(tokens, Iterable):
        raise ValueError(f"{parameter}={analyzer!r} must give a list of tokens for every string. It gave {tokens!r}.")
    if isinstance(tokens, (set, frozenset)):  # views and keys of a dict have the order of the text
        raise ValueError(
            f"{parameter}={analyzer!r} gave a {type(tokens).__name__} for {place} = {brief(text)}, which has no order: "
            "that of its strings differs from process to process. Return a list, such as list(dict.fromkeys(tokens)) "
            "for each token once."
        )
    return list(tokens)


def analyzed(X, analyzer, argument, *, parameter="analyzer", may_be_empty=False, is_first=True):
    """Token lists from strings: characters, words and punctuation marks, or what a function makes of each.

    ``parameter`` is what errors call the analyzer, and ``is_first`` whether it can still be set, as in fit.
    """
    samples = as_samples(X)
    texts = column_cells(X) if samples is None else samples  # None for a string alone
    elements = X if texts is None and np.ndim(X) == 1 else texts or []  # numbers and dates may be in an array
    others = [(index, element) for index, element in enumerate(elements) if not isinstance(element, str)]
    wrong = next((other for other in others if is_missing(other[1])), others[0] if others else None)
    if texts is None or wrong is not None:
        raise ValueError(
            f"{parameter}={analyzer!r} splits text, so {argument} must be a list, Series or 1-D array of strings. Got "
            f"{got_no_texts(X, wrong, argument, parameter, analyzer, is_first)}."
        )
    samples = [_split(text, analyzer, parameter, f"{argument}[{index}]") for index, text in enumerate(texts)]
    for index, (text, tokens) in enumerate(zip(texts, samples)):
        if not tokens and not may_be_empty:
            raise ValueError(
                f"{argument}[{index}] = {text!r} has no tokens under {parameter}={analyzer!r}: remove such samples, or "
                "use an analyzer that gives each at least one token."
            )
    return samples
