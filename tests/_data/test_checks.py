import re
from collections import UserList, deque
from datetime import date
from importlib.util import find_spec

import numpy as np
import pandas as pd
import polars as pl
import pytest
import scipy.sparse
from numpy.ma import masked_array
from sklearn.compose import ColumnTransformer
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder

from skseq import (
    LSTMAutoencoderDetector,
    LSTMAutoencoderTransformer,
    Seq2SeqClassifier,
    Seq2SeqRegressor,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceRegressor,
    SequenceTagger,
    SeriesForecaster,
)
from skseq._data.checks import check_numbers, check_weights
from skseq._data.number_sequences import read_numbers
from skseq._data.plain import plain
from skseq._data.targets.classes import check_classes
from skseq._data.targets.number_targets import NumberTargets
from skseq._data.targets.tag_targets import read_tags
from skseq._data.targets.token_targets import read_token_lists
from skseq._data.tokens.tokens import read_tokens
from skseq._data.values import read_values
from skseq.preprocessing import SequenceImputer, SequencePadder, SequenceScaler, SlidingWindows, from_long

X = np.arange(12.0).reshape(4, 3)
Y = np.array([0, 1, 0, 1])
FITTED = SequenceClassifier()
read_numbers(FITTED, X)  # columns
TIMES = (X * 1e4).astype("datetime64[ms]")
RECORDS = np.array([(1.0,), (2.0,)], [("a", float)])
READERS = {  # of numbers
    "X": lambda X: read_numbers(SequenceClassifier(), X)[0].values,
    "y": lambda y: NumberTargets.check(y, "y"),
    "y_true": lambda y: read_values(y, "y_true").values,
    "sample_weight": lambda weight: check_weights(weight, 4),
}


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_a_column_of_sequences_per_channel_has_a_remedy(frame):
    cells = [[1.0, 2.0], [3.0, 4.0, 5.0]]
    with pytest.raises(ValueError, match=r"its cells hold sequences.*as_sequences\(X\)\. Expected"):
        read_numbers(SequenceClassifier(), frame({"a": cells, "b": cells}))


LISTS = {"shop": [["a", "b"], ["b"], ["b", "a", "a"]], "eur": [[1.0, 2.0], [3.0], [4.0, 5.0, 6.0]]}


def _columns_used(message):
    """The `ColumnTransformer` that an error advises, with `FixedCodes`."""
    code = re.search(r"to use all (ColumnTransformer\(.*\)) before", message)[1]
    names = {"ColumnTransformer": ColumnTransformer, "SequenceEncoder": FixedCodes, "OneHotEncoder": OneHotEncoder}
    return eval(code, names)


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_columns_of_lists_of_strings_and_numbers_have_a_remedy(frame):
    X = frame(LISTS)
    with pytest.raises(ValueError, match="its cells hold sequences, those of column 'shop' of strings") as error:
        read_numbers(SequenceClassifier(), X)
    frames = eval(re.search(r" Pass (.*) if a row has", str(error.value))[1], {"X": X, "pandas": pd})
    values = read_numbers(SequenceClassifier(), frames)[0].values
    first = dict(zip(frames[0].columns, values[0, :2].T.tolist()))
    assert first == {"eur": [1, 2], "shop_a": [1, 0], "shop_b": [0, 1]}
    assert _columns_used(str(error.value)).fit_transform(X).tolist() == [[2, 2], [1, 1], [3, 3]]


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
@pytest.mark.parametrize(("row", "name"), [(0, "shop"), (2, "eur")])
@pytest.mark.parametrize("gap", [None, []], ids=["missing", "empty"])
def test_rows_that_lack_one_of_their_lists_are_left_out_first(gap, row, name, frame):
    """None of the codes reads them: pandas explodes no lists of several lengths."""
    X = frame(LISTS | {name: [gap if index == row else cell for index, cell in enumerate(LISTS[name])]})
    with pytest.raises(ValueError, match=rf"\. Row {row} has no sequence in '{name}': first leave out") as error:
        read_numbers(SequenceClassifier(), X)
    known = {"X": X, "pandas": pd, "polars": pl}
    rows, kept = re.search(r"by rows = (.*) and X = (.*)\. Expected", str(error.value)).groups()
    known["rows"] = eval(rows, known)
    known["X"] = eval(kept, known)
    assert known["rows"].tolist() == [index != row for index in range(3)]
    frames = eval(re.search(r" Pass (.*) if a row has", str(error.value))[1], known)
    lengths = [2, 1, 3]
    assert [len(own) for own in frames] == lengths[:row] + lengths[row + 1 :]
    read_numbers(SequenceClassifier(), frames)


def test_a_missing_list_before_lists_of_one_length():
    X = pd.DataFrame({"a": [None, [1.0, 2.0]], "b": [[1.0], [3.0, 4.0]]})
    with pytest.raises(ValueError, match=r"as_sequences\(X\)\. Row 0 has no sequence in 'a'"):
        read_numbers(SequenceClassifier(), X)


def test_columns_of_lists_beside_names_have_a_remedy():
    X = pd.DataFrame({**LISTS, "age": [30, 40, 50], "region": list("nsn")})
    with pytest.raises(TypeError, match=r"its column 'shop' holds sequences, beside .* Pass X\[\['shop'\]\]") as error:
        SequenceClassifier().fit(X, [0, 1, 0])
    assert _columns_used(str(error.value)).fit_transform(X).tolist()[1] == [1, 1, 0, 1, 40]


@pytest.mark.parametrize("flip", [1, -1], ids=["sound first", "rate first"])
def test_recordings_beside_their_sampling_rates(flip):
    X = [(np.arange(4.0 + index), 8000)[::flip] for index in range(3)]
    with pytest.raises(ValueError, match="recordings and their sampling rates, pass ") as error:
        read_numbers(SequenceClassifier(), X)
    code = re.search(r"rates, pass (\[.*\])\.$", str(error.value))[1]
    assert read_numbers(SequenceClassifier(), eval(code, {"X": X}))[0].real_lengths.tolist() == [4, 5, 6]


def test_other_pairs_are_no_recordings():
    with pytest.raises(ValueError, match=r"at index 0\.$"):
        read_numbers(SequenceClassifier(), [(np.ones(3), np.ones(4))] * 3)


class FixedCodes(FunctionTransformer):
    """Takes the place of a `SequenceEncoder`: the lengths of the sequences."""

    def __init__(self):
        super().__init__(lambda column: np.array([[len(own)] for own in column]))


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
def test_a_column_of_sequences_beside_others_has_a_remedy(frame):
    X = frame({"age": [30, 40, 50, 60], "walk": [[1.0, 2.0], [3.0, 4.0, 5.0]] * 2, "name": list("abcd")})
    with pytest.raises(ValueError, match=r"its column 'walk' holds .* Pass X\[\['walk'\]\], .*remainder='passthrough'"):
        read_numbers(SequenceClassifier(), X)
    values, _ = read_numbers(SequenceClassifier(), X[["walk"]])  # what it advises
    assert len(values) == 4


def test_a_column_of_arrays_beside_names_has_a_remedy():
    X = pd.DataFrame({"age": [30, 40, 50, 60], "walk": [np.ones(2), np.ones(3)] * 2, "name": list("abcd")})
    with pytest.raises(ValueError, match=r"X cannot be read as tokens: its column 'walk' holds") as refusal:
        SequenceClassifier().fit(X, [0, 1] * 2)
    assert _columns_used(str(refusal.value)).fit_transform(X).shape == (4, 1 + 4 + 1)


@pytest.mark.parametrize("both", [[np.inf, -np.inf], [-np.inf, np.inf, 1.0]])
def test_infinities_of_both_signs_are_told_by_the_error_alone(both):
    """NumPy warns where scikit-learn sums them, and warnings are errors here."""
    for X in ([both] * 4, [both, [1.0]], np.tile(np.array(both)[:, None], (4, 1, 2))):
        with pytest.raises(ValueError, match="Input X contains infinity"):
            read_numbers(SequenceClassifier(), X)
    with pytest.raises(ValueError, match="Input y contains infinity"):
        NumberTargets.check(both, "y")


def test_missing_values_have_a_remedy():
    remedy = r"Input X contains NaN\.\nSequenceClassifier does .*SequenceImputer.*\(X, layout='tslearn'\) cuts"
    for missing in (np.where(X > 3, X, np.nan), np.full((4, 3, 2), np.nan), [[1.0], [np.nan, 2.0]] * 2):
        with pytest.raises(ValueError, match=remedy) as error:
            SequenceClassifier().fit(missing, Y)
        assert "sklearn" not in str(error.value)


@pytest.mark.parametrize("n_features", [None, 2])
def test_nan_behind_the_ends_are_to_be_cut_off_first(n_features):
    padded = np.where(np.arange(5) < [[3], [5], [4], [5]], 1.0, np.nan)  # (4, 5)
    gap = np.where(np.arange(5) == [[3], [2], [4], [1]], np.nan, 1.0)
    for missing, first in ((padded, "Here they seem to fill up shorter sequences"), (gap, "Fill gaps with")):
        missing = missing if n_features is None else np.stack([missing] * n_features, axis=2)
        with pytest.raises(ValueError, match=f"NaN natively. {first}"):
            SequenceClassifier().fit(missing, Y)


@pytest.mark.parametrize("form", [np.array, pd.DataFrame])
def test_ids_with_nan_behind_become_lists_of_tokens(form):
    ids = [[71.0, 83, 59], [71, 83], [59], [83, 59, 71]]
    X = form([row + [np.nan] * (3 - len(row)) for row in ids])
    with pytest.raises(ValueError, match="Here they seem to fill up shorter sequences: of ids") as error:
        SequenceClassifier().fit(X, Y)
    lists = eval(re.search(r"pass (\[.*\]); of", str(error.value))[1], {"np": np, "X": X})
    assert lists == ids
    assert {type(token) for x in lists for token in x} == {int}


@pytest.mark.parametrize("values", [[[1.5, 2], [3, np.nan]], [[1, np.nan], [2, 3]]])
def test_gaps_of_tables_are_no_ends(values):
    with pytest.raises(ValueError, match=r"NaN natively. Fill gaps") as error:
        SequenceClassifier().fit(pd.DataFrame(values * 2), Y)
    assert "of ids" not in str(error.value)


@pytest.mark.parametrize("Reader", [SequenceClassifier, SequenceScaler, LSTMAutoencoderTransformer])
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (np.zeros((4, 3, 2, 2)), "X: Found array with dim 4, while dim <= 3 is required by .*n_timesteps, n_features"),
        ([np.zeros((3, 2, 2))] * 4, "X: Found array with dim 4, while dim <= 3 is required"),
        ([], r"X holds no sample: found array with 0 sample\(s\), while a minimum of 1 is required"),
        (np.array([]), "X holds no sample"),
        (pd.Series([], dtype=object), "X holds no sample"),
        (None, "X is None. .* expects an array, or a list of arrays"),
    ],
    ids=["4-D", "list of 3-D", "empty list", "empty array", "empty Series", "None"],
)
def test_what_holds_no_sequences(Reader, bad, message):
    for read in (Reader().fit, lambda X, y: read_numbers(FITTED, X, kind="columns")):
        with pytest.raises(ValueError, match=message) as error:
            read(bad, Y)
        assert "reshape your data" not in str(error.value).lower()


@pytest.mark.parametrize(
    "X",
    [
        np.ones((4, 3, 2, 2)),
        np.ones((4, 3, 2, 2, 3)),
        np.ones((4, 3, 2, 2), int),
        [np.ones((3, 2, 2))] * 4,
        np.ones((4, 3, 2, 2)).tolist(),
        [np.ones((3, 2, 2)), np.ones((5, 2, 2))] * 2,
        pd.Series([np.ones((3, 2, 2)), np.ones((5, 2, 2))] * 2).to_numpy(),
    ],
    ids=["array", "colours", "integers", "list", "nested lists", "ragged", "objects"],
)
def test_images_at_every_timestep(X, eager, untrained):
    with pytest.raises(ValueError, match="If a timestep is an array, such as an image, pass ") as error:
        SequenceClassifier().fit(X, Y)
    code = re.search(r"an image, pass (.*), which makes features", str(error.value))[1]
    model = SequenceClassifier(units=2, epochs=1).fit(eval(code, {"numpy": np, "X": X}), Y)
    assert model.n_features_in_ in (4, 12)


@pytest.mark.parametrize(
    "X",
    [
        np.ones((4, 1, 3, 2)),
        [np.ones((1, 3, 2)), np.ones((1, 5, 2))] * 2,
        np.ones((4, 1, 3, 2)).tolist(),
        pd.Series([np.ones((1, 3, 2)), np.ones((1, 5, 2))] * 2),
    ],
    ids=["array", "ragged", "nested lists", "series"],
)
def test_batches_of_one_are_taken_apart(X, eager, untrained):
    """Made features of its numbers, each would be a single timestep."""
    with pytest.raises(
        ValueError, match=r"Every sample holds one array: pass .*, without the axis of length 1\.$"
    ) as error:
        SequenceClassifier().fit(X, Y)
    code = re.search("one array: pass (.*), without", str(error.value))[1]
    model = SequenceClassifier(units=2, epochs=1).fit(eval(code, {"X": X}), Y)
    assert model.n_features_in_ == 2


def test_windows_that_a_pipeline_cuts_are_no_samples(eager, untrained):
    X = [np.ones((length, 2)) for length in (5, 6, 7, 8)]
    with pytest.raises(ValueError, match=r"before the Pipeline, by SlidingWindows\.split_series\(X, y\)"):
        make_pipeline(SlidingWindows(window=4), SequenceClassifier()).fit(X, Y)
    windows, y, _ = SlidingWindows(window=4).split_series(X, Y)
    assert SequenceClassifier(units=2, epochs=1).fit(windows, y).predict(windows).shape == (2 + 3 + 4 + 5,)


def test_a_lone_label_is_no_number():
    with pytest.raises(TypeError, match="y cannot be read as labels: .* Got 'ok' of type str"):
        SequenceClassifier().fit(X, "ok")


def test_tuples_of_a_time_and_a_value_hold_dates():
    days = pd.date_range("2024-01-01", periods=3)
    for lengths in ((3, 3, 3, 3), (3, 2, 3, 1)):
        with pytest.raises((TypeError, ValueError), match=r"X(\[0\])? holds dates, which are no numbers: pass numbers"):
            SequenceRegressor().fit([[(day, 1.0) for day in days[:length]] for length in lengths], Y)


# --- masks ------------------------------------------------------------------------------------------------------------


def test_a_mask_is_the_end_of_a_sequence():
    padded = masked_array(X, [[0, 0, 1], [0, 1, 1], [0, 0, 0], [0, 0, 1]])
    ends = [[0, 1], [3], [6, 7, 8], [9, 10]]
    assert [sample.tolist() for sample in plain(padded, "X")] == ends
    assert [sample.tolist() for sample in plain(list(padded), "X")] == ends
    read = read_numbers(SequenceClassifier(), padded)[0]
    np.testing.assert_array_equal(read.lengths, [2, 1, 3, 2])
    assert read_token_lists(padded.astype(int), analyzer=None, argument="y").tokens == [0, 1, 3, 6, 7, 8, 9, 10]
    wide = masked_array(np.stack([X, X], 2), np.repeat(padded.mask[..., None], 2, axis=2))  # (n, t, f)
    assert [sample.shape for sample in plain(wide, "X")] == [(2, 2), (1, 2), (3, 2), (2, 2)]
    assert [sample.tolist() for sample in plain([masked_array([]), masked_array([1.0, 2], [0, 1])], "X")] == [[], [1]]


def test_masks_in_the_cells_of_a_column():
    cells = [masked_array([1.0, 2, 999], [0, 0, 1]), masked_array([1.0, 2, 3, 4], [0, 0, 0, 0])]
    column = np.empty((2, 1), object)
    column[:, 0] = cells
    for X in (column, pd.DataFrame({"s": cells})):
        assert [sample.tolist() for sample in plain(X, "X")] == [[1, 2], [1, 2, 3, 4]]


def test_without_masked_steps_nothing_is_copied():
    whole = masked_array(X)
    assert np.shares_memory(plain(whole, "X"), X)
    assert plain(X, "X") is X


@pytest.mark.parametrize(
    ("X", "message"),
    [
        (masked_array(X, [[0, 1, 0], *[[0, 0, 0]] * 3]), r"X\[0\] is masked at step 1, but not from there to its end"),
        ([X[0], masked_array(X[1], [1, 0, 0])], r"X\[1\] is masked at step 0"),
        (masked_array(X[..., None].repeat(2, 2), [[[0, 0], [0, 0], [0, 1]]] + [[[0, 0]] * 3] * 3), "in all features"),
        (masked_array([1, 2], [0, 1]), "X is masked at index 1.* leave out the samples"),
    ],
)
def test_other_masks_are_refused(X, message):
    with pytest.raises(ValueError, match=message):
        plain(X, "X")


# --- what is no number ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("argument", READERS)
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (TIMES, "dates, which are no numbers"),
        (TIMES - TIMES[0], "time differences"),
        (TIMES.tolist(), "dates, which are no numbers"),
        ([[pd.Timestamp("2024-01-01"), 1.0]] * 4, "dates, which are no numbers"),
        ([[pd.Timedelta(1, "D"), 1.0]] * 4, "time differences"),
        (np.array([[np.datetime64("NaT", "D"), 1.0]] * 4, object), "dates"),
        (pd.DataFrame({"a": [1.0] * 4, "when": pd.date_range("2020", periods=4)}), "dates"),
        (pl.DataFrame({"when": pl.Series(TIMES[:, 0])}), "dates"),
        (X * 1j, "Complex data not supported: .* holds complex numbers. Pass real "),
        ((row for row in X), "Got a generator"),
        ({1, 2}, "Got a set"),
        ({"a": X}, "Got a dict, which has no order or|Got a dict, whose values have names"),
        (np.array([[None], [{"a": 1.0}]], object), "Got a dict"),
        (pd.DataFrame({"a": [1.0] * 4, "b": list("abcd")}), "could not convert .* Got column 'b' of type (str|object)"),
        ([[1.0, pd.NA]] * 4, "NAType"),
        ([["a", "b"]] * 4, "could not convert string to float"),
    ],
    ids=lambda value: "" if isinstance(value, str) else type(value).__name__,
)
def test_numbers_are_asked_for(argument, bad, message):
    with pytest.raises((TypeError, ValueError), match=rf"(?s)^(?=.*{argument}\b).*({message})"):
        READERS[argument](bad)


def test_a_dict_of_sequences_is_most_likely_what_from_long_gives():
    with pytest.raises(TypeError, match="values have names: pass one of them, such as series.X of what from_long"):
        plain({"a": X}, "X")


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        ([RECORDS, RECORDS[:1]], r"X\[0\] holds structured records, .* pass their fields as columns"),
        ([TIMES[0], TIMES[1][:2]], r"X\[0\] holds dates"),
        ([{1}, {2}], r"X\[0\] must be .* Got a set"),
        ({"a": X[0]}.values(), "X must be .* Got a dict_values, .*: pass a list of what it holds"),
        ([X[0], {"a": 1}], r"X\[1\] must be .* Got a dict"),
        ([scipy.sparse.csr_array(X)] * 2, r"X\[0\] is a sparse csr_array, .* pass X\[0\].toarray"),
        (
            pd.DataFrame(X).astype(pd.SparseDtype(float)),
            r"X is a sparse DataFrame, .*: pass X\.sparse\.to_dense\(\)\.$",
        ),
        ([X[0], "ab"], r"X cannot be read as numbers: .* Got 'ab' of type str at index 1"),
        ("[[1, 2], [3, 4]]", r"X cannot be read as numbers: .* Of JSON, pass what json\.loads\(X\) gives\.$"),
        ("ab", r"Got 'ab' of type str\.$"),
        (5, "X is a single number, 5. .* expects an array, or a list of arrays, with one per sample"),
        (np.float64(0.5), "X is a single number"),
        (np.array(5), r"X is a single number, array\(5\)\. "),
        ([[]], r"X holds 1 empty sequence\(s\), the first at index 0"),
        ([[], []], r"X holds 2 empty sequence\(s\), the first at index 0"),
        (pd.DataFrame({"a": [[1.0]] * 2, "b": [[1.0]] * 2}), "Got column 'a' of type object and column 'b'"),
        pytest.param(
            pd.DataFrame(X, columns=["a", "a", "b"]),
            "X has columns of one name: rename them",
            marks=pytest.mark.skipif(not find_spec("narwhals"), reason="scikit-learn takes them without it"),
        ),
        (np.zeros((4, 0, 2)), "X has 0 timestep"),
    ],
    ids=lambda value: "" if isinstance(value, str) else type(value).__name__,
)
def test_bad_sequences(bad, message):
    with pytest.raises((TypeError, ValueError), match=f"(?s){message}"):
        READERS["X"](bad)


@pytest.mark.parametrize(
    "long", ["[" + "1.5, " * 9999, ["a" * 9999], [["a" * 9999], ["b", "c"]]], ids=["string", "list", "lists"]
)
def test_errors_show_the_beginning_of_a_long_string(long):
    """A server may pass them on."""
    with pytest.raises(ValueError, match="could not convert string to float: .{80}") as raised:
        READERS["X"](long)
    assert len(str(raised.value)) < 600


def test_errors_in_other_words_than_ours_name_the_argument_too():
    with pytest.raises(ValueError, match=r"X_val: Found array with 0 sample\(s\)"):
        check_numbers(X[:0], "X_val")


@pytest.mark.parametrize("container", [deque, UserList])
def test_a_sequence_of_the_standard_library_is_a_list(container):
    samples = [np.ones(2), np.ones(3)]
    assert plain(container(samples), "X") == samples
    assert isinstance(plain(container(samples), "X"), list)


class Told:
    """What only tells NumPy how to read it."""

    def __init__(self, values, name):
        setattr(self, name, getattr(values, name))
        self.values = values


class Converted:
    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.asarray(self.values, dtype)


@pytest.mark.parametrize(
    "tells", [Converted, lambda values: Told(values, "__array_interface__")], ids=["array", "interface"]
)
@pytest.mark.parametrize("shape", [(4, 3), (4, 3, 2)], ids=str)
def test_what_tells_numpy_how_to_read_it_is_an_array(tells, shape, eager, untrained):
    values = np.arange(np.prod(shape, dtype=float)).reshape(shape)
    model = SequenceClassifier(units=2, epochs=1, random_state=0).fit(tells(values), Y)
    assert model.n_features_in_ == shape[-1]
    np.testing.assert_array_equal(model.predict_proba(tells(values)), model.predict_proba(values))


def test_samples_that_tell_numpy_how_to_read_them_are_arrays():
    samples = plain([Converted([1.0, 2.0]), Converted([3.0]), np.ones(2)], "X")
    assert [sample.tolist() for sample in samples] == [[1, 2], [3], [1, 1]]


def test_sequences_of_polars_and_ranges():
    expected = READERS["X"]([[1.0, 2.0], [1.0]])
    for given in (
        pl.Series([[1.0, 2.0], [1.0]]),
        [pl.Series([1.0, 2.0]), pl.Series([1.0])],
        [range(1, 3), range(1, 2)],
    ):
        np.testing.assert_array_equal(READERS["X"](given), expected)


# --- tokens -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("missing", [None, pd.NA, pd.NaT, np.datetime64("NaT", "D"), float("nan")], ids=repr)
@pytest.mark.parametrize("second", [["a"], ["a", "b"]], ids=["ragged", "array"])
def test_missing_tokens_are_refused(missing, second):
    tokens, kind = [[missing, "a"], second], "token lists" if len(second) == 1 else "tokens"
    what = r"(None|NaN|NaT|<NA>|np.datetime64\('NaT'.*\)) among its (tokens|labels)"
    holds = rf"holds {what}(, first in [Xy]\[0\] at timestep 0)?: remove it"
    with pytest.raises(ValueError, match=f"X {holds}"):
        read_tokens(SequenceClassifier(), tokens, kind, reset=True)
    with pytest.raises(ValueError, match=f"y {holds}"):
        read_token_lists(tokens, analyzer=None, argument="y")
    with pytest.raises(ValueError, match=f"y {holds}"):
        check_classes([["a", missing], ["a", "b"]], argument="y", n_dimensions=2)
    with pytest.raises(ValueError, match=f"vocabulary {holds}"):
        SequenceClassifier(vocabulary=["a", missing]).fit([["a", "b"]], [0])


def test_frames_of_strings_with_missing_ones():
    frame = pd.DataFrame({"a": ["a", None], "b": ["a", "b"]})
    with pytest.raises(ValueError, match="X holds (NaN|None) among its tokens"):
        SequenceClassifier().fit(frame, [0, 1])


def test_a_nul_at_the_end_is_part_of_a_token():
    tokens, _ = read_tokens(SequenceClassifier(), [["a\0", "a"]], "tokens", reset=True)
    assert set(tokens.tolist()) == {"a\0", "a"}
    assert set(read_token_lists([["a\0", "a"]], analyzer=None, argument="y").tokens) == {"a\0", "a"}
    assert set(check_classes(["a\0", "a"], argument="y", n_dimensions=2).tolist()) == {"a\0", "a"}


def test_integers_that_might_be_missing_stay_integers():
    labels = pd.Series(Y, dtype="Int16")
    assert check_classes(labels, argument="y", n_dimensions=2).dtype == np.int16
    frame = pd.DataFrame({"a": labels, "b": labels})
    tokens, _ = read_tokens(SequenceClassifier(), frame, "tokens", reset=True)
    assert tokens.dtype == np.int16
    labels[0] = pd.NA
    says = "Input y contains NaN among its labels: remove it, or put a label of your own in its place"
    for own in (labels, labels.astype("Float64"), labels.astype(float), labels.to_numpy(float, na_value=np.nan)):
        with pytest.raises(ValueError, match=says):
            check_classes(own, argument="y", n_dimensions=2)
    assert set(check_classes(labels.fillna(7), argument="y", n_dimensions=2)) == {0, 1, 7}


@pytest.mark.parametrize("dtype", ["boolean", "bool[pyarrow]"])
def test_booleans_that_might_be_missing_stay_booleans(dtype):
    labels = pd.Series([True, False], dtype=dtype)
    assert check_classes(labels, argument="y", n_dimensions=2).dtype == bool
    frame = pd.DataFrame({"a": labels, "b": labels})
    assert read_tokens(SequenceClassifier(), frame, "tokens", reset=True)[0].dtype == bool
    assert read_tags(frame, np.array([2, 2]))[1].dtype == bool
    labels[0] = pd.NA
    with pytest.raises(ValueError, match="y holds <NA> among its labels"):
        check_classes(labels, argument="y", n_dimensions=2)


# --- integers beyond float64 ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("argument", READERS)
def test_an_integer_beyond_float64_is_named(argument):
    flat, listed = [10**400, 1, 1, 1], [[10**400], [1, 2]]
    for given in (listed,) if argument == "X" else (flat,) if argument in ("y", "sample_weight") else (flat, listed):
        with pytest.raises(ValueError, match=rf"{argument}(\[0\])? holds an integer beyond the largest float64"):
            READERS[argument](given)


# --- weights ----------------------------------------------------------------------------------------------------------

ESTIMATORS = {  # and a y
    SequenceClassifier: Y,
    SequenceRegressor: Y,
    SequenceTagger: Y,
    Seq2SeqClassifier: Y,
    Seq2SeqTransducer: Y,
    LSTMAutoencoderTransformer: None,
}


@pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda estimator: estimator.__name__)
def test_score_checks_weights_as_fit_does(estimator, untrained):
    y, fitted = ESTIMATORS[estimator], estimator(units=1, epochs=1, random_state=0)
    fitted.fit(X, y)
    for weight, message in {
        (-1.0,) * 4: "Negative values",
        (np.nan,) * 4: "sample_weight contains NaN",
        (0.0,) * 4: "non-zero|zero for every sample",
        (1.0,): "expected",
        ("a",) * 4: "sample_weight cannot be read as numbers",
    }.items():
        with pytest.raises(ValueError, match=message):
            fitted.score(X, y, sample_weight=weight)
        with pytest.raises(ValueError, match=message):
            fitted.fit(X, y, sample_weight=weight)
    assert np.isfinite(fitted.score(X, y, sample_weight=[1, 0, 0, 2]))


@pytest.mark.parametrize(("dtype", "fine", "large"), [(np.float32, 1e30, 1e31), (np.float64, 1e300, 1e301)])
def test_weights_whose_sums_would_overflow_are_refused(dtype, fine, large):
    assert (check_weights([fine] * 4, 4, dtype=dtype) == dtype(fine)).all()
    with pytest.raises(ValueError, match=r"sample_weight_val holds 1e\+301|sample_weight_val holds 1e\+31"):
        check_weights([large] * 4, 4, "sample_weight_val", dtype=dtype)


@pytest.mark.parametrize("estimator", [SequenceClassifier, SequenceTagger, Seq2SeqClassifier])
def test_class_weights_whose_sums_would_overflow_are_refused(estimator):
    given = {"units": 1, "epochs": 1, "random_state": 0}
    for weight in (1e308, 1e31, 1e16):  # the last one times that of the samples
        fitted = estimator(class_weight={0: weight, 1: weight}, **given)
        with pytest.raises(ValueError, match="class_weight holds 1e"):
            fitted.fit(X, Y, sample_weight=[1e16] * 4)
    with pytest.raises(ValueError, match="class_weight must map"):
        estimator(class_weight={0: 10**400}, **given).fit(X, Y)


def test_weights_that_the_network_takes_for_zero_are_zero():
    assert check_weights([1e-45, 1.0], 2, dtype="float32").tolist() == [0, 1]
    with pytest.raises(ValueError, match="zero for every sample"):
        check_weights([1e-45], 1, dtype="float32")


def test_errors_name_the_arguments_of_validation_data():
    classifier = SequenceClassifier(units=1, epochs=1)
    for given, message in [
        ({"y_val": Y[:2]}, r"inconsistent numbers of samples: \[4, 2\], which are those of X_val and y_val"),
        (
            {"y_val": Y, "sample_weight_val": [0] * 4},
            "sample_weight_val (must contain at least one non-zero|is zero for every sample)",
        ),
        ({"y_val": Y, "sample_weight_val": [1]}, r"sample_weight_val.shape == \(1,\)"),
    ]:
        with pytest.raises(ValueError, match=message):
            classifier.fit(X, Y, X_val=X, **given)
    with pytest.raises(ValueError, match=r"\[4, 2\], which are those of X and y\."):
        classifier.fit(X, Y[:2])


@pytest.mark.parametrize("weight", ["a", None, 1j, np.inf, -1], ids=repr)
@pytest.mark.parametrize("estimator", [SequenceClassifier, SequenceTagger, Seq2SeqClassifier])
def test_class_weights_are_numbers(estimator, weight):
    with pytest.raises(ValueError, match="class_weight must map .* to weights"):
        estimator(class_weight={0: weight}).fit(X, Y)


@pytest.mark.parametrize("estimator", [SequenceClassifier, SequenceTagger, Seq2SeqClassifier])
def test_class_weights_that_are_all_zero(estimator):
    with pytest.raises(ValueError, match="class_weight is zero for every"):
        estimator(class_weight={0: 0, 1: 0}).fit(X, Y)


def test_long_frames_in_place_of_sequences():
    """A frame of ids, times and values, and the same times as strings, as pandas.read_csv gives them."""
    frame = pd.DataFrame({"shop": 1, "day": pd.date_range("2020", periods=4), "sold": [3.0, 1.0, 2.0, 2.0]})
    for long in (frame, frame.astype({"day": str})):
        with pytest.raises((TypeError, ValueError), match="one row per series and time goes through .*from_long"):
            SequenceRegressor().fit(long, [1.0] * 4)
    with pytest.raises(TypeError, match=r"X\[0\] holds dates.* Only forecasters read the times of a series, in pandas"):
        SequenceRegressor().fit([frame, frame], [1.0] * 2)


@pytest.mark.parametrize("library", ["pandas", "polars"])
@pytest.mark.parametrize(("first", "seconds"), [("2020-01-01", [0, 3600, 7200]), (None, [5, 3600, 7200])])
def test_what_an_error_says_of_times_in_frames_helps(first, seconds, library):
    """Dates become seconds since the last row, time differences just seconds."""
    spans = pd.to_timedelta(seconds, unit="s")
    times = spans if first is None else pd.Timestamp(first) + spans.to_series().cumsum().array
    frame = pd.DataFrame({"sold": [3.0, 1.0, 2.0], "time": times})
    X = [pl.from_pandas(frame) if library == "polars" else frame]
    with pytest.raises(TypeError, match="which are no numbers: pass numbers") as refusal:
        SequenceRegressor().fit(X, [1.0])
    own = eval(str(refusal.value).split("since the last row in ")[1].split(". Only")[0], {"X": X, "pl": pl})
    np.testing.assert_array_equal(own[["sold", "gap"]].to_numpy(), np.stack([frame["sold"], seconds], axis=1))
    with pytest.raises(TypeError, match=r"\(gap_2="):
        SequenceRegressor().fit([frame.assign(gap=1.0)], [1.0])
    assert len(own.columns) == 2


LAZY = [SequenceClassifier(), SequenceRegressor(), SeriesForecaster(), SlidingWindows(), SequenceScaler()]


@pytest.mark.parametrize("estimator", LAZY)
def test_frames_that_are_not_computed(estimator):
    """polars warns whoever asks them for their columns, and warnings are errors here."""
    lazy = pl.DataFrame({"t": [date(2024, 1, 1), date(2024, 1, 2)], "y": [1.0, 2.0]}).lazy()
    with pytest.raises(TypeError, match=r"^X is a LazyFrame of polars, .*: pass X\.collect\(\)\.$"):
        estimator.fit(lazy, [0, 1])
    with pytest.raises(TypeError, match=r"^X\[1\] is a LazyFrame of polars, .*: pass X\[1\]\.collect\(\)\.$"):
        estimator.fit([lazy.collect(), lazy], [0, 1])


def test_covariates_that_are_not_computed():
    lazy = pl.DataFrame({"a": np.arange(40.0)}).lazy()
    for name, given, where in (("X_past", [lazy], r"X_past\[0\]"), ("X_static", lazy, "X_static")):
        with pytest.raises(TypeError, match=f"^{where} is a LazyFrame of polars"):
            SeriesForecaster().fit([np.arange(40.0)], **{name: given})


def test_what_an_error_about_gaps_says_helps_methods_that_a_pipeline_lacks():
    gaps = np.where(np.arange(24) % 7 == 3, np.nan, 1.0 * np.arange(24)).reshape(4, 6)
    detector = LSTMAutoencoderDetector(units=2, epochs=1, random_state=0)
    with pytest.raises(
        ValueError, match=r"SequenceImputer, in a pipeline; .* give its last step pipeline\[:-1\]\.transform\(X\)"
    ):
        detector.fit(gaps)
    pipeline = make_pipeline(SequenceImputer("interpolate"), detector).fit(gaps)
    assert not hasattr(pipeline, "score_timesteps")
    assert pipeline[-1].score_timesteps(pipeline[:-1].transform(gaps)).shape == gaps.shape


def test_forecasters_refuse_what_others_refuse():
    with pytest.raises(TypeError, match="X holds dates"):
        Seq2SeqRegressor().fit(TIMES, X[:, :2])
    with pytest.raises(ValueError, match=r"y\[0\] is masked at step 0"):
        Seq2SeqRegressor().fit(X, masked_array(X, X < 1))


@pytest.mark.parametrize("X", [list(range(500)), [1.5] * 500], ids=["tokens", "numbers"])
def test_errors_do_not_show_all_data(X):
    with pytest.raises(ValueError, match=r"got 1D array instead.* Reshape your data.*\[X\]\.") as error:
        SequencePadder().fit(X)
    assert len(str(error.value)) < 500


# --- frames of several series -----------------------------------------------------------------------------------------

RUNS = pd.DataFrame({"run": np.repeat([3, 5, 8], 4), "time": np.tile(np.arange(4), 3), "x": np.arange(12.0) % 5})


@pytest.mark.parametrize("frame", [RUNS, pl.from_pandas(RUNS)], ids=["pandas", "polars"])
def test_groups_that_are_not_asked_for_anything(frame, eager, untrained):
    grouped = frame.groupby("run") if frame is RUNS else frame.group_by("run", maintain_order=True)
    order = "sort=False" if frame is RUNS else "maintain_order=True"
    with pytest.raises(TypeError, match=rf"X is a (DataFrame)?GroupBy of .* With {order} groups stay") as error:
        SequenceClassifier().fit(grouped, [0, 1, 0])
    code = re.search(r"pass (.*), where 'a' and 'b' are", str(error.value))[1].replace("'a', 'b'", "'x'")
    SequenceClassifier(units=2, epochs=1).fit(eval(code, {"X": grouped}), [0, 1, 0])
    with pytest.raises(TypeError, match="Got .*GroupBy: pass the frame itself, without groupby"):
        from_long(grouped, id="run", time="time", value="x")


def test_a_grouped_column(eager, untrained):
    groups, X = RUNS.groupby("run", sort=False)["x"], [["a", "b", "a", "b"]] * 3
    for model in (SequenceClassifier(), SequenceScaler(), SeriesForecaster(), SequenceTagger()):
        with pytest.raises(TypeError, match=r"X is a SeriesGroupBy of pandas, .*: pass X\.agg\(list\)\."):
            model.fit(groups, [0, 1, 0])
    with pytest.raises(TypeError, match=r"y is a SeriesGroupBy of pandas, .*: pass y\.agg\(list\)\."):
        SequenceTagger().fit(X, groups)
    SequenceTagger(units=2, epochs=1).fit(X, groups.agg(list))
    SequenceClassifier(units=2, epochs=1).fit(groups.agg(list), [0, 1, 0])


@pytest.mark.parametrize("grouped", [RUNS.groupby("run"), RUNS.groupby("run")["x"]], ids=["frames", "Series"])
@pytest.mark.parametrize("model", [SequenceClassifier(), SequenceImputer(), SequenceTagger()], ids=type)
def test_pairs_of_groupby(grouped, model):
    with pytest.raises(TypeError, match=r"X\[0\] is a pair of 3 and a .*: pass \[own for _, own in X\], .*from_long"):
        model.fit(list(grouped), [0, 1, 0])


def test_what_pairs_of_groupby_become(eager, untrained):
    expected = [[0, 1, 2, 3], [4, 0, 1, 2], [3, 4, 0, 1]]
    for X in ([own for _, own in RUNS.groupby("run")["x"]], from_long(RUNS, id="run", time="time", value="x").X):
        np.testing.assert_array_equal(list(X), expected)
        SequenceClassifier(units=2, epochs=1).fit(X, [0, 1, 0])


def test_pairs_that_are_samples():
    X = [("a", "b"), ("b", "a")]
    assert plain(X, "X") is X
    assert plain([(np.ones(2), np.ones(2))], "X") is not None


def test_an_index_of_two_levels(eager, untrained):
    table = RUNS.set_index(["run", "time"])
    with pytest.raises(ValueError, match=r"\[12, 3\].* The index of X has 2 levels.*from_long\(X\.reset_index\(\), "):
        SequenceClassifier(units=2, epochs=1).fit(table, [0, 1, 0])
    X = from_long(table.reset_index(), id="run", time="time", value="x").X
    SequenceClassifier(units=2, epochs=1).fit(X, [0, 1, 0])
