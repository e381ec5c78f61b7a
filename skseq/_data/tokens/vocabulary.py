"""Tokens to ids. Id 0 is reserved for padding on the right; id 1 stands for unknown tokens where there can be any."""

from collections import Counter
from contextlib import suppress
from functools import partial

import numpy as np

from skseq._arguments import library_of, of_python
from skseq._callers import warn_caller_once
from skseq._data.mistakes.tables.events import advice_on_event
from skseq._data.mistakes.texts.joined_numbers import SEVERAL, reader_of_numbers
from skseq._data.mistakes.texts.written_amounts import readers_of_amounts
from skseq._data.working_memory import slices

PAD = 0
UNKNOWN = 1
UNIQUE_COPIES = 16  # what numpy.unique holds of the tokens, at most
MANY = 20  # integers that were not seen in fit: of a vocabulary, fewer are missing at once
MOSTLY_UNKNOWN = 0.5  # of the tokens: a fit has usually seen most of what comes later
CHANCE = 5  # standard errors: tokens of one sequence are alike
FEWEST_TOKENS, FEWEST_ALL_UNKNOWN = 20, 2  # needed to judge, of fewer it may be chance; needed if all are unknown
END = 3  # letters of the ends of words that are advised
APART = 2  # range of integers for each of them: ids that are missing lie side by side, as those of new items do


def learn_vocabulary(tokens, *, unknown=False, min_frequency=1, max_vocabulary=None):
    """{token: id} in sorted order, from tokens in a flat array or list.

    Tokens that are rarer than ``min_frequency``, or not among the ``max_vocabulary`` most frequent, are left out. Ids
    begin at 1, or at 2 with a place for unknown tokens.
    """
    counts = _counts(tokens)
    kept = _in_order([token for token, count in counts.items() if count >= min_frequency])
    if max_vocabulary is not None:
        kept = _in_order(sorted(kept, key=lambda token: -counts[token])[:max_vocabulary])  # ties: first in order
    return {token: index for index, token in enumerate(kept, PAD + 1 + unknown)}


def check_frequencies(handle_unknown, min_frequency, max_vocabulary):
    """Raise ValueError for limits that leave tokens out where unknown ones are errors."""
    if handle_unknown == "error" and (min_frequency > 1 or max_vocabulary is not None):
        raise ValueError(
            f"min_frequency={min_frequency!r} and max_vocabulary={max_vocabulary!r} leave tokens of X out of the "
            "vocabulary, which handle_unknown='error' forbids: set handle_unknown='use_unknown'."
        )


def given_or_learnt(vocabulary, tokens, *, unknown, min_frequency, max_vocabulary):
    """{token: id} of the tokens in ``vocabulary``, of those learnt if it is None; an empty one raises ValueError."""
    if vocabulary is not None:
        check_tokens(list(vocabulary), "vocabulary")
        learnt, why = learn_vocabulary(list(vocabulary), unknown=unknown), "The parameter vocabulary holds no token."
    else:
        learnt = learn_vocabulary(tokens, unknown=unknown, min_frequency=min_frequency, max_vocabulary=max_vocabulary)
        why = f"No token of X is left in the vocabulary with min_frequency={min_frequency!r}: lower it."
    if not learnt:
        raise ValueError(why)
    return learnt


def _counts(tokens):
    if not isinstance(tokens, np.ndarray) or tokens.dtype == object:
        return Counter(_plain(tokens))  # hashed: these may have no common order
    counts = Counter()
    for part in slices(tokens, UNIQUE_COPIES):
        counts.update(dict(zip(*(values.tolist() for values in np.unique(tokens[part], return_counts=True)))))
    return counts


def _plain(tokens):
    """A list of Python values."""
    if isinstance(tokens, np.ndarray):  # of objects: NumPy's strings sort among others, dates stay what they are
        return [str(token) if isinstance(token, np.str_) else token for token in tokens.tolist()]
    return list(map(of_python, tokens))


def _in_order(tokens):
    """Sorted; tokens that have no common order by the name of their type and how they print."""
    try:
        return sorted(tokens)
    except TypeError:
        return sorted(tokens, key=_printed)


def _printed(token):
    """Name of the type, and how the token prints; numbers of NumPy as those of Python."""
    token = token.item() if isinstance(token, (np.number, np.bool_)) else token
    return type(token).__name__, repr(token)


ONE_KIND = "pass all of them as strings, or all as integers"


def distinct(tokens, *, argument="y", of="token", remedy=ONE_KIND):
    """`numpy.unique`; tokens that cannot be sorted, such as numbers among strings, raise ValueError.

    The error calls each ``of``, and suggests the ``remedy``.
    """
    try:
        return np.unique(tokens)
    except TypeError as error:
        kinds = sorted({type(token).__name__ for token in np.ravel(tokens).tolist()})
        what = f"mixes {of}s that have no common order" if len(kinds) > 1 else f"holds {of}s that have no order"
        raise ValueError(f"{argument} {what} (types {', '.join(kinds)}): {remedy}.") from error


class UnknownTokensError(ValueError):
    """Tokens were not seen in fit."""


REMEDY = (
    "set handle_unknown='use_unknown' before fit, with min_frequency=2 if rare tokens do not decide, or pass all "
    "tokens as the parameter `vocabulary`"
)


ANEW = "a new fit, or partial_fit of a sklearn.base.clone"  # where a vocabulary is learnt


def encode(tokens, vocabulary, *, unknown=False, given=False, argument="X", remedy=REMEDY, alike=None, of=None):
    """Ids, int32, of tokens in a flat array or list.

    A token that is not in the vocabulary gets the id of unknown tokens, or raises ValueError if there is none; the
    error suggests the ``remedy``, and ends with what ``alike`` says of unknown tokens and the vocabulary. ``given`` is
    whether the tokens are those of a fit, and the vocabulary a parameter; ``of`` says whose it is, if another's.
    """
    if not isinstance(tokens, np.ndarray) or tokens.dtype == object:
        tokens = _plain(tokens)
        ids = _looked_up(tokens, vocabulary)
    else:
        ids = np.empty(len(tokens), np.int32)
        for part in slices(tokens, UNIQUE_COPIES):  # one look-up per distinct token
            kinds, inverse = np.unique(tokens[part], return_inverse=True)
            ids[part] = _looked_up(kinds.tolist(), vocabulary)[inverse]
    missing = np.flatnonzero(ids < 0)
    if len(missing) and not unknown:
        unseen = _in_order(set(_plain([tokens[index] for index in missing])))
        end = "" if alike is None or given else alike(unseen, vocabulary)
        _raise_unknown(unseen, argument, remedy, given, end, of)
    ids[missing] = PAD + 1  # the id of unknown tokens
    return ids


def _looked_up(tokens, vocabulary):
    """Ids, int32; -1 for tokens that are not in the vocabulary."""
    return np.array([vocabulary.get(token, -1) for token in tokens], np.int32)


def unknown_tokens(tokens, vocabulary):
    """How often every token that is not in the vocabulary occurs in a flat array or list, a Counter."""
    return Counter({token: n for token, n in _counts(tokens).items() if token not in vocabulary})


def _has_end(token):
    """Whether a token is a word, of more letters than its end."""
    return isinstance(token, str) and len(token) > END and token.isalpha()


def warn_if_unknown(unknown, n_tokens, form, argument, of, *, in_fit, alike, of_words=""):
    """Tell if most of ``n_tokens`` have the one id of unknown tokens of an estimator ``of``, and warn of it.

    ``unknown`` are the `unknown_tokens`, ``form`` is the `SourceForm` of the fit, and ``in_fit`` their share there: as
    many, and what is more by chance, are no news. The warning ends with what ``alike`` says of unknown tokens and the
    vocabulary, or with another remedy. If unknown tokens are words, this is also a fit on ``of_words``.
    """
    if n_tokens < FEWEST_ALL_UNKNOWN:
        return False
    n_unknown = unknown.total()
    usual = in_fit + CHANCE * np.sqrt(in_fit * (1 - in_fit) / n_tokens)
    if n_unknown <= max(MOSTLY_UNKNOWN, usual) * n_tokens or (n_unknown < n_tokens and n_tokens < FEWEST_TOKENS):
        return False
    frequent = [token for token, _ in unknown.most_common()]

    def says():
        remedy = alike(frequent, form.vocabulary) or _of_others(frequent, form.vocabulary, of_words)
        return (
            f"{n_unknown / n_tokens:.0%} of the {n_tokens} tokens of {argument} are unknown, such as "
            f"{frequent[0]!r:.40}: they are not in the vocabulary of {of}, which reads all of them as one and the same "
            f"token.{remedy}"
        )

    return warn_caller_once(form, "unknown", says)


def _of_others(unknown, known, of_words):
    """What to do with unknown tokens that are no other spelling of known ones."""
    shown = next((token for token in known if str(token).isalpha()), next(iter(known)))  # no punctuation
    or_else = f", or on {of_words}" if of_words and any(map(_has_end, unknown)) else ""
    return f" Pass tokens as in fit, such as {shown!r:.40}, or fit on data that hold these{or_else}."


def _raise_unknown(tokens, argument, remedy, given, end, of):
    shown = ", ".join(f"{token!r:.80}" for token in tokens[:5]) + (", ..." if len(tokens) > 5 else "")
    if given:
        raise ValueError(
            f"{argument} contains {len(tokens)} token(s) that are not in the parameter `vocabulary`: {shown}. Add them "
            f"to it, set vocabulary=None to take all tokens of {argument}, set handle_unknown='use_unknown', or remove "
            f"them from {argument}."
        )
    if of is not None:
        raise ValueError(
            f"{argument} contains {len(tokens)} token(s) that are not in the vocabulary of {of}: {shown}. "
            f"{remedy}.{end}"
        )
    advice = f"{remedy[0].upper()}{remedy[1:]}. Or fit on data that holds them, or remove them from {argument}."
    if argument.startswith("X") and not end:
        advice = _with_advice_on_numbers(advice, tokens)
    told = f"{argument} contains {len(tokens)} token(s) that were not seen in fit: {shown}. {advice}{end}"
    raise UnknownTokensError(told)


def _with_advice_on_numbers(advice, tokens):
    """The advice on unknown tokens, and what to do if they are no tokens at all."""
    strings = [token for token in tokens if isinstance(token, str)]
    number = reader_of_numbers(strings) if len(strings) >= SEVERAL else ""
    integers = [token for token in tokens if isinstance(token, int) and not isinstance(token, bool)]
    wide = len(integers) >= MANY and max(integers) - min(integers) >= APART * len(integers)
    fractions = any(isinstance(token, float) and token % 1 for token in tokens)
    if number or wide or fractions or (integers and min(integers) < -1):
        fit_on = advice[0].lower() + advice[1:]
        remedy = f"pass {number} of each string v" if "," in number else "set source_type='numeric'"
        return f"They look like measurements: {remedy} before fit. If they are tokens, {fit_on}"
    if integers:
        return f"{advice} If these integers are measurements, set source_type='numeric' before fit."
    if strings and (readers := readers_of_amounts(strings)):
        ways = [f"{when}pass {code} of each string v" for code, when in readers]
        remedy = "set source_type='numeric'" if readers[0][0] == "float(v)" else ", or ".join(ways)
        return f"{advice} If these strings are measurements, {remedy} before fit."
    return advice


# --- what can be a token ----------------------------------------------------------------------------------------------


def check_tokens(tokens, argument, *, allowed=(), lengths=None):
    """The distinct tokens; one that is missing, unless ``allowed``, or cannot be looked up raises ValueError.

    With the ``lengths`` (n,) of samples that hold them, the error says where the first one is.
    """
    try:
        kinds = set(tokens)
    except TypeError as error:
        wrong = [token for token in tokens if not _is_hashable(token)] or [None]  # of an iterator, among the rest
        others, remedy = isinstance(tokens, (list, np.ndarray)) and len(wrong) < len(tokens), ""
        if "vocabulary" not in argument:
            remedy = advice_on_event(wrong[0], argument) or _as_one(wrong, argument, others=others)
        raise ValueError(
            f"{argument} holds tokens that cannot be looked up ({error}). Expected integers, strings or other hashable "
            f"values, one per timestep.{remedy}"
        ) from error
    refuse_missing(kinds.difference(allowed), argument, place=partial(_place_of_missing, tokens, lengths, argument))
    return kinds


def _place_of_missing(tokens, lengths, argument):
    """Where the first missing token is, in words that follow others; "" without lengths (n,)."""
    if lengths is None:
        return ""
    ends, index = np.cumsum(lengths), next(index for index, token in enumerate(tokens) if is_missing(token))
    sample = int(np.searchsorted(ends, index, side="right"))
    return f", first in {argument}[{sample}] at timestep {index - int(ends[sample] - lengths[sample])}"


def _as_one(wrong, argument, *, others=False):
    """What to do with tokens that are lists, or sets, of several values each; else nothing.

    ``others`` is whether there are tokens beside these, which stay as they are.
    """
    if others and isinstance(wrong[0], (list, set)):
        kind, made = ("set", "frozenset") if isinstance(wrong[0], set) else ("list", "tuple")
        return as_tuples(
            argument, f"[[{made}(step) if isinstance(step, {kind}) else step for step in x] for x in {{}}]"
        )
    if isinstance(wrong[0], set):
        return as_tuples(argument, "[[frozenset(step) for step in x] for x in {}]")
    if not isinstance(wrong[0], list):
        return ""
    lengths = {len(token) for token in wrong if isinstance(token, list)}
    if len(lengths) == 1:
        return as_tuples(argument, tokens_of(lengths.pop()))
    return as_tuples(argument, "[[tuple(step) for step in x] for x in {}]")


TUPLES = "[list(map(tuple, np.asarray(x).tolist())) for x in {}]"  # of vectors, in lists, arrays or frames
FLAT = "[np.ravel(x).tolist() for x in {}]"  # of single values in columns


def tokens_of(n_values):
    """Code that makes one token of the ``n_values`` of each timestep: a column of one value holds the tokens itself."""
    return FLAT if n_values == 1 else TUPLES


def as_tuples(argument, code=TUPLES):
    """What to do with sequences of vectors that are to be tokens, the end of an error.

    The usual ``code`` is for vectors of one length, which may be in arrays or frames.
    """
    if code == FLAT:
        return f" If a timestep is one token, in a column of its own, pass {code.format(argument)}."
    return f" If a timestep is one token of several values, pass {code.format(argument)}."


def check_hashable(tokens, name, *, remedy="", in_samples=False):
    """Raise TypeError, as scikit-learn asks of arrays of objects, for tokens that cannot be looked up.

    Of those ``in_samples`` that are lists it is said how each becomes one token.
    """
    wrong = [token for token in tokens if not _is_hashable(token)]
    if wrong:
        kinds = sorted({type(token).__name__ for token in wrong})
        more = advice_on_event(wrong[0], name)
        if not more and in_samples:
            more = _as_one(wrong, name, others=len(wrong) < len(tokens))
        remedy = remedy or "convert the tokens, with str say, or pass one column if each of several holds sequences"
        raise TypeError(
            f"A token in the {name} argument must be hashable, such as a string, a number or a tuple, got {kinds}: "
            f"{remedy}.{more}"
        )


def _is_hashable(token):
    try:
        hash(token)
    except TypeError:
        return False
    return True


def refuse_missing(tokens, argument, kind="token", then="", place=str):
    """Raise ValueError if a token, or label, is None, NaN, NaT or pandas.NA; ``then`` ends the advice.

    ``place()`` says where it is.
    """
    if missing := next((repr(token) for token in tokens if is_missing(token)), None):
        shown = "NaN" if missing == "nan" else missing
        of_words = shown == "NaN" and any(isinstance(token, str) for token in tokens)
        raise ValueError(
            f"{argument} holds {shown} among its {kind}s{place()}: {_replaced(kind, then)}{_OF_PANDAS * of_words}"
        )


_OF_PANDAS = (
    " pandas reads words such as 'null', 'None' and 'NA' as NaN: read a file of words with "
    "pandas.read_csv(..., keep_default_na=False)."
)


def _replaced(kind, then):
    with_label = ", with its label where y has one for each token" if kind == "token" else ""
    return f"remove it{with_label}, or put a {kind} of your own in its place{then}."


def check_objects(X, argument, kind="token", then=""):
    """X, of a list the array; `refuse_missing` of objects, among which scikit-learn looks for NaN alone."""
    given = X
    if isinstance(X, (list, tuple)):
        X = np.asarray(X)
    array = np.asarray(X) if hasattr(X, "to_numpy") else X
    if getattr(array, "dtype", None) is np.dtype(object):
        listed = tokens = array.ravel().tolist()
        with suppress(TypeError):  # those that cannot be looked up are refused later
            tokens = set(tokens)
        if not any(map(is_missing, tokens)):
            return X
        lengths = None
        if kind == "token" and array.ndim == 2:
            _refuse_filled_rows(given, array, argument)
            n_rows, n_columns = array.shape
            lengths = np.full(n_rows, n_columns)
        refuse_missing(listed, argument, kind, then, place=partial(_place_of_missing, listed, lengths, argument))
    return X


def _refuse_filled_rows(X, array, argument):
    """Raise ValueError if no row of an array (n, t) has a token behind one that is missing: rows were filled up."""
    missing = np.array([list(map(is_missing, row)) for row in array.tolist()])
    if (missing[:, :-1] & ~missing[:, 1:]).any() or missing.all(axis=1).any():
        return
    if library_of(X) == "pandas":
        lists = f"[row.dropna().tolist() for _, row in {argument}.iterrows()]"
    else:
        rows = f"{argument}.iter_rows()" if library_of(X) == "polars" else argument
        lists = f"[[token for token in row if {_is_there(array[missing].tolist())}] for row in {rows}]"
    raise ValueError(
        f"{argument} has rows that are filled up at their ends with tokens that are missing (None or NaN). Pass lists "
        f"without these, {lists}."
    )


def _is_there(missing):
    """What is true of a token that is none of these missing ones."""
    if all(token is None for token in missing):
        return "token is not None"
    return "token == token" if all(isinstance(token, float) for token in missing) else "not pandas.isna(token)"


def check_targets(y, argument, kind="token", then=""):
    """`check_objects`, and no NaN among numbers: scikit-learn, whose words these are, does not say what to do."""
    y = check_objects(y, argument, kind, then)
    array = np.asarray(y)
    if array.dtype.kind == "f" and np.isnan(array).any():
        raise ValueError(f"Input {argument} contains NaN among its {kind}s: {_replaced(kind, then)}")
    return y


def is_missing(token):
    """Whether a token is no value."""
    try:
        return token is None or bool(token != token)  # NaN and NaT differ from themselves
    except TypeError:  # of pandas.NA nothing is known
        return True
    except (NotImplementedError, ValueError):  # a record of Biopython, or an array, is a value
        return False
