"""Numbers, tokens, weights and lengths that are checked, and refused with the name of the argument.

Errors of NumPy and pandas do not say which argument they are about; those raised here do, and what to pass instead.
"""

import re
from contextlib import contextmanager
from datetime import date, timedelta
from numbers import Real

import numpy as np
from sklearn.utils import check_array
from sklearn.utils.multiclass import check_classification_targets

from skseq._arguments import brief, library_of
from skseq._data.mistakes.tables.events import advice_on_chords, advice_on_events
from skseq._data.mistakes.tables.long_frames import log_of_several, long_frame
from skseq._data.mistakes.texts.joined_numbers import advice_on_commas
from skseq._data.mistakes.times.written_dates import unused_name
from skseq._data.plain import REMEDIES_OF_KINDS, plain, refuse_kind, stacked_vectors, until_mask
from skseq._sklearn import _check_sample_weight

_SEQUENCES = (
    "an array of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or a list of arrays "
    "(n_timesteps,) or (n_timesteps, n_features)"
)
IN_CELLS = (list, tuple, np.ndarray)  # sequences, as frames hold them
_TOKENS = "an array of tokens (n_samples, n_timesteps), or a list of token lists"
NUMBERS_OF_STEPS = (
    "For a number at every timestep pass windows and targets[:, -1] to a SequenceRegressor, from windows, targets, _ = "
    "skseq.preprocessing.SlidingWindows(window=24).split_series(X, y)."
)
ROOM_OF_WEIGHTS = 1e-8  # of the largest number: what sums of weighted losses may grow by


# --- numbers ----------------------------------------------------------------------------------------------------------


def check_numbers(X, argument, *, expected=_SEQUENCES, dtype=np.float64, check=check_array, **options):
    """`check_array` of numbers, or another ``check`` with its options; errors name the argument."""
    with naming(X, argument, expected):
        X = np.asarray(X) if isinstance(X, (list, tuple)) else X
        refuse_times(X, argument)
        return check(X, dtype=dtype, **options)


def check_sample(sample, where, *, expected):
    """Float64 numbers of one sample, in an array of any shape, up to its mask; what is not finite passes."""
    sample = plain(until_mask(sample, where), where)
    options = {"ensure_2d": False, "allow_nd": True, "ensure_all_finite": False, "ensure_min_samples": 0}
    return check_numbers(stacked_vectors(sample), where, expected=expected, input_name=where, **options)


def check_rows(sample, where):
    """The rows (t, c) of one sample (t,) or (t, c), see `check_sample`."""
    expected = "an array of numbers (n_timesteps,) or (n_timesteps, n_columns), one row for every step"
    rows = check_sample(sample, where, expected=expected)
    if rows.ndim not in (1, 2):
        among = ": put the rows of a single series into a list" if rows.ndim == 0 else ""
        raise ValueError(f"{where} must be {expected}. Got the shape {rows.shape}{among}.")
    return rows[:, None] if rows.ndim == 1 else rows


def refuse_times(X, argument):
    """Raise TypeError for dates, time differences and records, which NumPy would make numbers of without a word."""
    if hasattr(X, "columns"):
        for name, dtype in zip(X.columns, X.dtypes):
            if (kind := _kind(dtype)) in ("M", "m"):
                refuse_kind(kind, argument, *_remedies_of_times(X, name, kind, argument))
    else:
        refuse_kind(_kind(getattr(X, "dtype", None)), argument)
    if isinstance(X, np.ndarray) and X.dtype == object:
        for kind in set(map(type, X.ravel().tolist())):
            if issubclass(kind, (np.datetime64, date, np.timedelta64, timedelta)):  # those of pandas are Python's
                refuse_kind("M" if issubclass(kind, (np.datetime64, date)) else "m", argument)


def _of_long_frames(X, argument):
    """What to do with a frame in place of sequences whose columns are ids and times."""
    if not hasattr(X, "columns") or argument.partition("[")[0] not in ("X", "X_val"):
        return ""
    return _if_long(X, argument) or (
        " Only forecasters read the times of a series, in pandas from the index of its frame: or leave them out. A "
        "frame with one row per series and time goes through skseq.preprocessing.from_long."
    )


def _kind(dtype):
    """The kind of a type of NumPy, pandas or polars, which knows times by name."""
    kind = getattr(dtype, "kind", str(dtype))
    return {"Date": "M", "Time": "M", "Dura": "m"}.get(kind[:4], kind)


def _remedies_of_times(frame, name, kind, argument):
    """(What to do with a column of times or of time differences, what more) in a frame of pandas or polars.

    The rows of a whole frame may be of several sequences: from the last of one to the first of the next no time passes.
    """
    long = long_frame(frame) or log_of_several(frame) if argument in ("X", "X_val") else None
    if long is not None and long.time == name:
        return f"if its rows are timesteps of {long.n_sequences} sequences, {long.advice_with_gaps}", ""
    return _as_seconds(frame, name, kind, argument), _of_long_frames(frame, argument)


def _as_seconds(frame, name, kind, argument):
    """What to do with a column of times or of time differences in a frame of pandas or polars."""
    gaps = f"{argument}[{name!r}]{'.diff()' if kind == 'M' else ''}.dt.total_seconds()"
    gap = unused_name(list(frame.columns))
    if library_of(frame) == "polars":
        what = f"{argument}.with_columns({gap}={gaps}.fill_null(0)).drop({name!r})"
    else:
        what = f"{argument}.assign({gap}={gaps}.fillna(0)).drop(columns={name!r})"
    return f"pass numbers, such as the time since the last row in {what}"


@contextmanager
def naming(X, argument, expected=_SEQUENCES, *, what="numbers"):
    """Let errors about what X holds name the argument; most of those in scikit-learn's own words do already."""
    try:
        with np.errstate(invalid="ignore"):  # scikit-learn sums infinities of both signs; its error says it
            yield
    except OverflowError as error:
        raise too_large(argument) from error
    except (TypeError, ValueError) as error:
        message = _remedy_of_gaps(without_data(str(error)), argument, X)
        _refuse_complex(error, argument)
        if type(error).__name__ == "DuplicateError":  # of narwhals
            raise ValueError(f"{argument} has columns of one name: rename them. {message}") from error
        kind = TypeError if isinstance(error, TypeError) else ValueError
        if _names(argument, message):
            raise kind(message) from None  # the same words, without advice that does not hold here
        if _is_numeric(X):
            raise kind(f"{argument}: {message}") from error
        message = message.rstrip(".")
        if hasattr(X, "columns") and "array element with a sequence" in message:
            message = of_cells(X, argument)
        more = _of_long_frames(X, argument) if "could not convert string" in message else ""
        more += advice_on_commas(message, X, argument)
        more += advice_on_events(X, argument) or advice_on_chords(X, argument) or _advice_on_json(X, argument)
        more += _advice_on_rates(X, argument)
        raise kind(
            f"{argument} cannot be read as {what}: {message}. Expected {expected}. Got {_got(X)}.{more}"
        ) from error


def _advice_on_json(X, argument):
    """What to do with one string that seems to be a list in JSON, as requests to a server have it."""
    is_json = isinstance(X, (str, bytes)) and X[:1] in ("[", b"[")
    return f" Of JSON, pass what json.loads({argument}) gives." if is_json else ""


def _advice_on_rates(X, argument):
    """What to do with pairs of a recording and its sampling rate, as libraries that load sound give them."""
    pairs = list(X) if isinstance(X, (list, tuple)) else []
    if not pairs or not all(isinstance(pair, tuple) and len(pair) == 2 for pair in pairs):
        return ""
    for code, place in (("x, _", 1), ("_, x", 0)):
        if all(isinstance(pair[place], Real) and hasattr(pair[1 - place], "shape") for pair in pairs):
            return f" If these are recordings and their sampling rates, pass [x for {code} in {argument}]."
    return ""


def of_cells(X, argument):
    """What to do with a frame whose cells hold sequences, in some columns or in all of them."""
    some = columns_of(X, IN_CELLS)
    return f"{_sequences_of_cells(X, some, argument)}{_if_some_lack(X, some, argument)}"


def _sequences_of_cells(X, some, argument):
    if 0 < len(some) < len(X.columns):
        what = f"its column {some[0]!r} holds sequences, beside others that do not"
        return f"{what}. Pass {argument}[[{some[0]!r}]], or {with_all_columns(some, columns_of(X, str))}"
    strings = [name for name in some if _holds_strings(X[name])]
    if strings:
        what = f"its cells hold sequences, those of column {strings[0]!r} of strings"
        frames = _one_hot_steps(X, strings, argument)
        return f"{what}. Pass {frames} if a row has the same timesteps in all columns, or {with_all_columns(some)}"
    return (
        "its cells hold sequences. If each column has those of one channel, pass "
        f"skseq.preprocessing.as_sequences({argument})"
    )


def _if_some_lack(X, names, argument):
    """What to do first if a row has no sequence in one of these columns, or an empty one, which no code reads."""
    cells = zip(*(X[name].to_numpy().tolist() for name in names))
    lacking = ((row, name) for row, own in enumerate(cells) for name, cell in zip(names, own) if not _has_steps(cell))
    row, name = next(lacking, (None, None))
    if row is None:
        return ""
    if library_of(X) == "polars":
        has_steps = f"polars.all_horizontal(polars.col({names}).list.len() > 0).fill_null(False)"
        rows, kept = f"{argument}.select({has_steps}).to_series().to_numpy()", f"{argument}.filter(rows)"
    else:
        rows, kept = (
            f"{argument}[{names}].apply(lambda own: own.str.len() > 0).all(axis=1).to_numpy()",
            f"{argument}[rows]",
        )
    return (
        f". Row {row} has no sequence in {name!r}: first leave out such rows, also of y, by rows = {rows} and "
        f"{argument} = {kept}"
    )


def _has_steps(cell):
    return isinstance(cell, IN_CELLS) and len(cell) > 0


def _holds_strings(column):
    """Whether the first item in the cells of a column is a string."""
    cells = column.to_numpy().tolist()
    return isinstance(next((item for cell in cells if isinstance(cell, IN_CELLS) for item in cell), None), str)


def _one_hot_steps(X, strings, argument):
    """Code for a frame of each row, with a row per timestep, and columns of 0 and 1 in place of strings."""
    names = list(X.columns)
    if library_of(X) == "polars":
        rows = f"{argument}.with_row_index('row').explode({names})"
        return f"{rows}.to_dummies({strings}).partition_by('row', maintain_order=True, include_key=False)"
    rows = f"{argument}.reset_index(drop=True).explode({names})"
    return f"[x for _, x in pandas.get_dummies({rows}, columns={strings}, dtype=float).groupby(level=0)]"


def columns_of(X, kinds):
    """Names of the columns of a frame in which a cell is of one of these kinds: others may be missing."""
    columns = {name: X[name].to_numpy() for name in X.columns}
    of_objects = [name for name, values in columns.items() if values.dtype == object]
    return [name for name in of_objects if any(isinstance(cell, kinds) for cell in columns[name].tolist())]


def with_all_columns(names, categories=()):
    """How to use columns of sequences or text beside others, some of which hold names, as the end of a sentence."""
    counts = [""] if len(names) == 1 else range(len(names))
    codes = ", ".join(f"('codes{count}', SequenceEncoder(), {name!r})" for count, name in zip(counts, names))
    of_names = f", ('names', OneHotEncoder(), {list(categories)})" if categories else ""
    return (
        f"to use all ColumnTransformer([{codes}{of_names}], remainder='passthrough') before an estimator of "
        "scikit-learn, and, as codes are many columns, a StandardScaler and a strong penalty, such as "
        "LogisticRegression(C=0.01)"
    )


def too_large(argument):
    """The error about a Python integer of which NumPy can make no float."""
    return ValueError(
        f"{argument} holds an integer beyond the largest float64, {np.finfo(np.float64).max:.3g}: divide all values by "
        "a power of ten, or replace this one."
    )


@contextmanager
def naming_tokens(X, argument, expected=_TOKENS):
    """Let errors about tokens name the argument."""
    try:
        yield
    except (TypeError, ValueError) as error:
        _refuse_complex(error, argument)
        message = without_data(str(error))
        if "encoded as NaN natively" in message:  # scikit-learn then names estimators of tables
            raise ValueError(
                f"Input {argument} contains NaN among its tokens: remove it, or put a token of your own in its place."
            ) from error
        if _names(argument, message):
            raise
        kind = TypeError if isinstance(error, TypeError) else ValueError
        message, *flat = re.split(" Reshape your data| Pass a DataFrame", message)  # to or with a column, as of a table
        if flat:
            message += f" Reshape your data to (n_samples, n_timesteps): a single sequence is [{argument}]"
            message += _of_digits(X, argument)
        if hasattr(X, "columns") and columns_of(X, IN_CELLS):
            message = of_cells(X, argument)
        raise kind(
            f"{argument} cannot be read as tokens: {message.rstrip('.')}. Expected {expected}. Got {_got(X)}."
            f"{advice_on_chords(X, argument)}"
        ) from error


RECURS = 0.5  # distinct ids of a log, or values of its column, over rows, at most: else hardly any comes again


def _of_digits(X, argument):
    """How numbers, one per sample, become sequences of their digits, or ids, one per row, lists."""
    if not argument.startswith("X") or not np.issubdtype(np.asarray(X).dtype, np.integer):
        return ""
    lists = ""
    if len(np.unique(np.asarray(X))) <= RECURS * len(X):
        lists = (
            ". If these are ids, one per row of a log, pass lists of them, such as "
            "frame.groupby('session')['item'].agg(list) with your own frame and columns"
        )
    digits = f"[str(x) for x in {argument}], with analyzer='char' in fit"
    return f"{lists}. If each number is a sample, whose digits are the tokens, pass {digits}"


def check_no_measurements(labels, argument, remedy=""):
    """scikit-learn's check of labels, which refuses numbers with fractions, with the name of the argument."""
    try:
        check_classification_targets(labels)
    except ValueError as error:
        if labels.dtype == object and all(isinstance(label, (bool, np.bool_)) for label in labels.ravel().tolist()):
            remedy = f"These are truth values of dtype object: pass {argument}.astype(bool)."
        raise ValueError(f"{argument}: {error}{remedy and ' ' + remedy}") from error


def without_data(message):
    """A message of scikit-learn or NumPy without the array that it shows, of any length, and 80 letters of a string."""
    message = re.sub(r" instead:\narray=.*\n(?=Reshape your data)", " instead. ", message, flags=re.DOTALL)
    return re.sub(r"(could not convert string to float: .{80}).+", r"\1...", message, flags=re.DOTALL)


def _names(argument, message):
    return re.search(rf"\b{re.escape(argument)}\b", message) is not None


_IDS = "[[int(v) for v in x if v == v] for x in np.asarray({}, float)]"  # of whole numbers with NaN behind
SEVERAL_ENDS = 3  # columns at which rows of a frame end: in a table, one or two of them may have gaps


def _remedy_of_gaps(message, argument, X):
    """A message of scikit-learn about NaN with what skseq has against them, not estimators of tables."""
    said, found, _ = message.partition("encoded as NaN natively.")
    if not found:
        return message
    fills = (
        "Fill gaps with skseq.preprocessing.SequenceImputer, in a pipeline; for methods that it does not pass on, give "
        f"its last step pipeline[:-1].transform({argument})."
    )
    cuts = f"skseq.preprocessing.as_sequences({argument}, layout='tslearn') cuts them off."
    X = _rows_of(X)
    if _fill_up(X):
        tokens = f"of ids or other tokens pass {_IDS.format(argument)}; of measurements, " if _are_whole(X) else ""
        return f"{said}{found} Here they seem to fill up shorter sequences: {tokens}{cuts} {fills}"
    return f"{said}{found} {fills} Where NaN only fill up shorter sequences, {cuts}"


def _rows_of(X):
    """The array (n, t) of a frame of numbers whose rows end at several columns, as sequences do; else X as it is."""
    if not hasattr(X, "columns") or getattr(X.columns, "nlevels", 1) > 1 or not _is_numeric(X):
        return X
    rows = np.asarray(X, np.float64)
    return rows if len(np.unique(np.isnan(rows).sum(axis=1))) >= SEVERAL_ENDS else X


def _are_whole(X):
    return X.ndim == 2 and bool((X[np.isfinite(X)] % 1 == 0).all())


def _fill_up(X):
    """Whether all NaN of an array (n, t) or (n, t, f) stand behind the ends of sequences, which have some numbers."""
    if not isinstance(X, np.ndarray) or X.ndim not in (2, 3) or X.dtype.kind != "f":
        return False
    missing = np.isnan(X).reshape(*X.shape[:2], -1)
    steps = missing.all(axis=2)
    at_end = not steps[:, 0].any() and bool((np.diff(steps.astype(int), axis=1) >= 0).all())
    return at_end and bool((missing == steps[..., None]).all())


def _refuse_complex(error, argument):
    """Raise ValueError in our words if an error of scikit-learn is about complex numbers: it shows all of them."""
    if str(error).startswith("Complex data not supported"):
        what, remedy = REMEDIES_OF_KINDS["c"]
        remedy = remedy if argument[0] == "X" else "pass real numbers"
        raise ValueError(f"Complex data not supported: {argument} holds {what}. P{remedy[1:]}.") from error


def _is_numeric(X):
    """Whether NumPy makes numbers of X; of sparse data scikit-learn says enough."""
    if hasattr(X, "toarray"):
        return True
    try:
        np.asarray(X, np.float64)
    except (OverflowError, TypeError, ValueError):
        return False
    return True


def _got(X):
    """The first column or sample of X that makes no numbers, or what X is."""
    if hasattr(X, "columns"):
        wrong = [f"column {name!r} of type {X[name].dtype}" for name in X.columns if not _is_numeric(X[name])]
        return " and ".join(wrong[:3]) or "columns whose types have no numbers in common"
    X = X.to_numpy() if hasattr(X, "iloc") else X
    if isinstance(X, (list, tuple, np.ndarray)) and len(X):
        wrong = next((index for index, sample in enumerate(X) if not _is_numeric(sample)), None)
        if wrong is not None:
            return f"{brief(X[wrong], 80)} of type {type(X[wrong]).__name__} at index {wrong}"
        shapes = [np.shape(sample) for sample in X]
        if not any(shapes):
            return f"{len(X)} single values, such as {X[0]}"
        wrong = next((index for index, shape in enumerate(shapes) if shape != shapes[0]), None)
        if wrong is not None:
            return f"samples of shape {shapes[0]} and, at index {wrong}, {shapes[wrong]}"
    return f"{brief(X, 80)} of type {type(X).__name__}"


# --- weights, lengths and numbers of samples --------------------------------------------------------------------------


def check_weights(sample_weight, n_samples, argument="sample_weight", *, dtype=np.float64):
    """Weights (n,), not negative and not all zero; None is 1 for all. What is too small for the type is zero."""

    def check(given, dtype):
        return _check_sample_weight(given, np.empty(n_samples), dtype=dtype, ensure_non_negative=True)

    expected = "one number for every sample, shape (n_samples,)"
    try:
        weights = check_numbers(plain(sample_weight, argument), "sample_weight", expected=expected, check=check)
    except (TypeError, ValueError) as error:
        if argument == "sample_weight":  # the one name that scikit-learn knows
            raise
        raise type(error)(re.sub("sample_weight|Sample weights", argument, str(error))) from error
    return network_weights(weights, argument, dtype)


def network_weights(weights, argument, dtype):
    """Weights (n,) of float64 in a network's dtype, in which they are summed and multiplied with losses."""
    most = np.finfo(dtype).max * ROOM_OF_WEIGHTS
    if weights.max(initial=0) > most:
        remedy = "" if np.dtype(dtype) == np.float64 else ", or set dtype='float64'"
        raise ValueError(
            f"{argument} holds {weights.max():.3g}. Expected at most {most:.3g}, so that sums are finite in "
            f"{np.dtype(dtype).name}. Ratios of weights matter: divide them all by one number{remedy}."
        )
    # TensorFlow takes numbers below the smallest normal one for zero
    weights = np.where(weights < np.finfo(dtype).tiny, 0, weights).astype(dtype)
    if not weights.any():
        of = "class" if argument == "class_weight" else "sample"
        raise ValueError(f"{argument} is zero for every {of}: at least one must be positive.")
    return weights


def check_same_samples(n_samples, n_others, argument, other, X=None):
    """Raise ValueError unless two arguments have as many samples; of X it is said what its rows may be."""
    if n_samples != n_others:
        raise ValueError(
            f"Found input variables with inconsistent numbers of samples: [{n_samples}, {n_others}], which are those "
            f"of {argument} and {other}. Pass one entry of {other} for every sample of {argument}."
            f"{_if_long(X, argument)}"
        )


def _if_long(X, argument):
    """What to do if the rows of X are timesteps, where they look so."""
    levels, long = getattr(getattr(X, "index", None), "nlevels", 1), long_frame(X)
    if levels > 1:
        return (
            f" The index of {argument} has {levels} levels. If its rows are timesteps, make a sequence of each series "
            f"by skseq.preprocessing.from_long({argument}.reset_index(), ...)."
        )
    return "" if long is None else f" If its rows are timesteps of {long.n_sequences} sequences, {long.advice}."


def given_lengths(lengths, n_samples):
    """Numbers of timesteps (n,) that a caller asks for, as an array of integers."""
    lengths = np.asarray(lengths)
    if lengths.shape != (n_samples,) or lengths.dtype.kind not in "iu" or lengths.min(initial=1) < 1:
        raise ValueError(
            f"lengths must be {n_samples} integers of at least 1, one per sample. Got {brief(lengths, 80)} of shape "
            f"{lengths.shape}."
        )
    return lengths
