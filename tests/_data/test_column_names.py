import re

import numpy as np
import pandas as pd
import polars as pl
import pyarrow as pa
import pytest
import skops.io
from sklearn.base import clone

from skseq import LSTMAutoencoderTransformer, Seq2SeqRegressor, SequenceClassifier, SequenceGenerator, SequenceTagger
from skseq._data.column_names import check_column_names
from skseq._load import load
from skseq.preprocessing import SequenceImputer, SequencePadder, SequenceScaler, as_sequences

RANDOM = np.random.RandomState(0)
AB = [pd.DataFrame({"a": RANDOM.rand(n), "b": RANDOM.rand(n)}) for n in (3, 3, 4, 4)]
BA = [frame[["b", "a"]] for frame in AB]
ARRAYS = [frame.to_numpy() for frame in BA]
FIT = {"units": 1, "epochs": 1, "random_state": 0}
READERS = {  # and a y
    SequenceClassifier(**FIT): [0, 1, 0, 1],
    SequenceTagger(**FIT): [0, 1, 0, 1],
    Seq2SeqRegressor(**FIT): [0.0, 1.0, 0.0, 1.0],
    SequenceGenerator(source_type="numeric", **FIT): None,
    LSTMAutoencoderTransformer(**FIT): None,
    SequenceScaler(): None,
    SequenceImputer(): None,
    SequencePadder(): None,
}
EXPECTED = r"has the columns \['b', 'a'\]. Expected \['a', 'b'\] in this order"


def _read(fitted, X):
    method = next(name for name in ("predict", "transform") if hasattr(fitted, name))
    return getattr(fitted, method)(X)


@pytest.mark.parametrize("estimator", READERS, ids=lambda estimator: type(estimator).__name__)
def test_frames_with_other_columns_than_in_fit_are_refused(estimator, untrained):
    fitted, y = clone(estimator).fit(AB, READERS[estimator]), READERS[estimator]
    for given in (BA, BA[:2]):  # ragged, and of one length
        with pytest.raises(ValueError, match=rf"X\[0\] {EXPECTED}"):
            _read(fitted, given)
    _read(fitted, AB), _read(fitted, ARRAYS)
    with pytest.raises(ValueError, match=rf"X\[2\] {EXPECTED}"):
        fitted.fit(AB[:2] + BA[2:], y)
    _read(fitted, AB)  # as before the fit that failed
    _read(fitted.fit(ARRAYS, y), AB)
    _read(fitted.fit(BA, y), BA)  # a new fit has names of its own


def test_frames_of_one_list_have_the_same_columns():
    with pytest.raises(ValueError, match=rf"data\[1\] {EXPECTED}"):
        as_sequences([AB[0], BA[0]], verbose=0)
    with pytest.raises(ValueError, match=rf"y\[1\] {EXPECTED}"):
        Seq2SeqRegressor(**FIT).fit(RANDOM.rand(2, 3), [AB[0], BA[0]])


ONE_HOT = pd.DataFrame({"eur": [5.0], "by_mail": [1.0], "by_shop": [0.0]})
OTHERS = [ONE_HOT[["eur", "by_shop"]], pd.DataFrame({"eur": [6.0], "by_web": [1.0], "by_shop": [0.0]})]
LIBRARIES = pytest.mark.parametrize("library", [pd, pl], ids=["pandas", "polars"])


def _advice(X, **options):
    with pytest.raises(ValueError, match="in this order, in all frames: it ") as error:
        check_column_names(X, "X", **options)
    return str(error.value)


@LIBRARIES
@pytest.mark.parametrize("other", OTHERS, ids=["lacking", "another"])
def test_one_hot_columns_that_new_data_lack(library, other):
    names = tuple(ONE_HOT.columns)
    X = [library.DataFrame(other.to_dict("list"))]
    advice = _advice(X, expected=names)
    assert "it lacks ['by_mail']" in advice
    assert "arrays" not in advice
    code = re.search(r"and pass (\[x.*? for x in X\])", advice)[1]
    (filled,) = eval(code, {"X": X, "names": list(names), "polars": pl})
    assert check_column_names([filled], "X", expected=names) == names
    assert filled.to_numpy().tolist() == [[other["eur"][0], 0, 0]]


@LIBRARIES
@pytest.mark.parametrize("other", OTHERS, ids=["lacking", "another"])
def test_one_hot_columns_that_other_frames_lack(library, other):
    X = [library.DataFrame(own.to_dict("list")) for own in (other, ONE_HOT)]
    _assert_filled_up(X, other)


@LIBRARIES
@pytest.mark.parametrize("other", OTHERS, ids=["lacking", "another"])
@pytest.mark.parametrize("kind", [int, bool])
def test_one_hot_columns_of_other_types(library, other, kind):
    _assert_filled_up([library.DataFrame(own.to_dict("list")) for own in (other.astype(kind), ONE_HOT)], other)


def _assert_filled_up(X, other):
    names, code = re.search(r"set names = (.*), and pass (\[x.*? for x in X\])", _advice(X)).groups()
    known = {"X": X, "pandas": pd, "polars": pl}
    filled = eval(code, known | {"names": eval(names, known)})
    assert set(check_column_names(filled, "X")) == {*other.columns, *ONE_HOT.columns}
    assert filled[1]["by_mail"].to_list() == [1]


def test_columns_of_one_name_are_told():
    twice = ONE_HOT.rename(columns={"by_shop": "eur"})
    for expected in (("eur", "by_web"), ("by_mail", "eur")):
        with pytest.raises(ValueError, match=r": it has 2 columns named 'eur', so rename or drop them\.$"):
            check_column_names([twice], "X", expected=expected)
    assert _advice([ONE_HOT], expected=("eur", "eur", "by_mail", "by_web")).endswith("rename them.")


def test_columns_of_one_name_as_in_fit():
    """In another order they are told apart by position alone, and dropping one would not help."""
    fitted = pd.DataFrame([[1.0, 2.0, 3.0]], columns=list("abb"))
    moved, scaler = fitted.iloc[:, [1, 0, 2]], SequenceScaler().fit([fitted])
    with pytest.raises(ValueError, match=r"Expected \['a', 'b', 'b'\] in .* or pass arrays, which are read") as error:
        scaler.transform([fitted, moved])
    own = eval(re.search(r": pass (.*) in its place, if", str(error.value))[1], {"X": [fitted, moved]})
    pd.testing.assert_frame_equal(own, fitted)
    scaler.transform([fitted, own]), scaler.transform([moved.to_numpy()])
    table = pa.table([[2.0], [1.0], [3.0]], names=list("bab"))
    with pytest.raises(ValueError, match=r"in all frames: pass arrays, which are read by position\.$"):
        check_column_names([table], "X", expected=tuple("abb"))
    advice = _advice([fitted.set_axis(list("abc"), axis=1)], expected=tuple("abb"))
    assert advice.endswith("it lacks ['b'] and adds ['c']. If only names differ, rename them.")


def test_columns_that_are_more_or_no_strings():
    with pytest.raises(ValueError, match=r": select them by name\.$"):
        check_column_names([ONE_HOT], "X", expected=("eur", "by_mail"))
    assert _advice([ONE_HOT.rename(columns={"eur": 7})], expected=("a", "b")).endswith("rename them.")


@pytest.mark.parametrize("estimator", READERS, ids=lambda estimator: type(estimator).__name__)
@pytest.mark.parametrize("frames", [pd.DataFrame, pl.DataFrame])
def test_columns_of_dates_are_no_features(estimator, frames):
    """Polars makes numbers of them; the imputer and the scaler leave those of polars alone."""
    days = np.array(["2024-01-01", "2024-01-02", "2024-01-03"], "datetime64[ms]")
    X = [frames({"day": days, "a": [1.0, 2.0, 3.0]})] * 4
    if isinstance(estimator, (SequenceImputer, SequenceScaler)) and frames is pl.DataFrame:
        assert clone(estimator).fit(X).n_features_in_ == 1
        return
    for given in (X, [own[:2] for own in X[:3]] + X[3:]):
        with pytest.raises(TypeError, match=r"X\[0\] holds dates, which are no numbers"):
            clone(estimator).fit(given, READERS[estimator])


def test_names_are_strings_and_those_of_arrays_are_none():
    numbered = pd.DataFrame(np.zeros((2, 2)))
    assert check_column_names([numbered, np.zeros((2, 2)), [0.0]], "X", expected=("a", "b")) == ("a", "b")
    assert check_column_names([numbered], "X") is None
    assert check_column_names([pl.DataFrame({"a": [1.0]}), pd.DataFrame({"a": [1.0]})], "X") == ("a",)
    with pytest.raises(ValueError, match=r"X\[0\] has the columns \['1', '0'\]"):
        check_column_names([numbered[[1, 0]]], "X", expected=("0", "1"))


def test_files_keep_the_names(tmp_path):
    scaler = SequenceScaler().fit(AB)
    skops.io.dump(scaler, tmp_path / "scaler.skops")
    with pytest.raises(ValueError, match=rf"X\[0\] {EXPECTED}"):
        load(tmp_path / "scaler.skops").transform(BA)
    del scaler._column_names  # as in files of older releases
    scaler.transform(BA)
