"""What sequences depend on: labels and vectors by hand, and what is wrong with others."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import make_column_transformer
from sklearn.preprocessing import OneHotEncoder

from skseq._data.targets.conditions import Conditions, check_condition

GENRES = Conditions.learn(np.array(["folk", "jazz", "folk", "blues"]), [1.0, 2.0, 3.0, 0.0])
SIZES = Conditions.learn(np.array([[0.0, 5.0], [2.0, 5.0], [4.0, 5.0]]), [1.0, 2.0, 1.0])


def test_labels_by_hand():
    assert (GENRES.kind, GENRES.size, GENRES.classes.tolist()) == ("labels", 3, ["blues", "folk", "jazz"])
    np.testing.assert_allclose(GENRES.shares, [0, 4 / 6, 2 / 6])
    np.testing.assert_allclose(GENRES.log_shares, [-np.inf, np.log(4 / 6), np.log(2 / 6)])
    encoded = GENRES.encode(["jazz", "blues", "folk"], "float32")
    np.testing.assert_array_equal(encoded, [2, 0, 1])
    assert encoded.dtype == np.int32


def test_vectors_by_hand():
    """Mean 2 and deviation sqrt((4 + 0 + 4) / 4) = sqrt 2; what never varies is not divided."""
    assert (SIZES.kind, SIZES.size, SIZES.univariate) == ("vectors", 2, False)
    encoded = SIZES.encode([[4.0, 5.0], [2.0, 6.0]], "float32")
    np.testing.assert_allclose(encoded, [[np.sqrt(2), 0], [0, 1]], rtol=1e-6)
    assert encoded.dtype == np.float32


def test_a_constant_that_has_no_exact_mean_is_one():
    """The mean of three times 0.7 is not 0.7."""
    constant = Conditions.learn(np.full((3, 1), 0.7))
    np.testing.assert_allclose(constant.encode([[0.7], [1.7]], "float64"), [[0], [1]], atol=1e-12)


@pytest.mark.parametrize(
    ("y", "kind"),
    [
        ([0, 1, 2], "labels"),
        ([0.0, 1.0, 2.0], "labels"),
        ([True, False, True], "labels"),
        (np.array(["a", "b", "a"], object), "labels"),
        ([0.5, 1.0, 2.0], "vectors"),
        ([[0], [1], [2]], "vectors"),
    ],
)
def test_what_is_a_label(y, kind):
    """A whole number is; one with a fraction, and what has columns, is not."""
    conditions = Conditions.learn(np.asarray(y))
    assert conditions.kind == kind
    assert conditions.univariate == (kind == "vectors" and np.ndim(y) == 1)
    assert len(conditions.encode(y, "float64")) == 3


@pytest.mark.parametrize(
    ("conditions", "y", "message"),
    [
        (GENRES, ["jazz", "rock"], r"y holds the label 'rock', which y did not have in fit: 'blues', 'folk', 'jazz'\."),
        (GENRES, [["jazz"], ["folk"]], r"y must hold one label for each sequence, as in fit\. Got shape \(2, 1\)"),
        (GENRES, "jazz", "one label or vector for each sequence. Got 'jazz' alone"),
        (SIZES, [[1.0]], r"y must be of shape \(n_samples, 2\), as y was in fit. Got shape \(1, 1\)"),
        (SIZES, [1.0, 2.0], r"y must be of shape \(n_samples, 2\)"),
        (SIZES, [["a", "b"]], "y must hold labels, one for each sequence, or vectors of numbers"),
        (SIZES, [[np.nan, 1.0]], "NaN"),
        (Conditions.learn(np.array([0.5, 1.5])), [[0.5]], r"y must be of shape \(n_samples,\)"),
    ],
)
def test_wrong_conditions(conditions, y, message):
    with pytest.raises(ValueError, match=message):
        conditions.encode(y, "float64")


def test_one_condition_or_several():
    numbers, columns = Conditions.learn(np.array([0.5, 1.5])), Conditions.learn(np.array([[60.0], [61.0]]))
    assert (GENRES.listed("folk"), GENRES.listed(["folk", "jazz"])) == (["folk"], ["folk", "jazz"])
    assert (SIZES.listed([1.0, 5.0]), SIZES.listed([[1.0, 5.0]])) == ([[1.0, 5.0]], [[1.0, 5.0]])
    assert (numbers.listed(0.5), numbers.listed([0.5])) == ([0.5], [0.5])
    assert (columns.listed(60), columns.listed([60]), columns.listed([[60]])) == ([[60]], [[60]], [[60]])
    with pytest.raises(ValueError, match=r"y must be of shape \(n_samples, 2\), as y was in fit. Got shape \(1, 1\)"):
        SIZES.encode(SIZES.listed(1.0), np.float32)


def test_columns_that_are_no_numbers():
    y = pd.DataFrame({"language": ["de", "en"] * 3, "length": range(6)})
    with pytest.raises(ValueError, match=r"shape \(6, 2\), with a column that holds 'de': encode.* or pass a single"):
        Conditions.learn(y)
    encode = make_column_transformer((OneHotEncoder(sparse_output=False), ["language"]), remainder="passthrough")
    for encoded in (encode.fit_transform(y), pd.get_dummies(y)):
        assert Conditions.learn(encoded).kind == "vectors"
    with pytest.raises(ValueError, match=r"shape \(6, 1\), with .*'de': pass labels flat, as numpy.ravel\(y\)\."):
        Conditions.learn(y[["language"]])
    assert Conditions.learn(np.ravel(y[["language"]])).kind == "labels"


def test_many_labels_are_not_all_listed():
    with pytest.raises(ValueError, match=r"did not have in fit: 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, \.\.\.\. If y is a quan"):
        Conditions.learn(np.arange(20)).encode([20], "float32")


def test_numbers_that_are_labels_say_how_to_be_a_quantity():
    """As the error says, one in each row; of names nothing is said of quantities."""
    tempo = np.array([60.0, 90.0, 180.0])
    with pytest.raises(ValueError, match=r"the label 171.0, .*If y is a quantity, .* numpy.reshape\(y, \(-1, 1\)\)"):
        Conditions.learn(tempo).encode([171.0], "float64")
    numbers = Conditions.learn(np.reshape(tempo, (-1, 1)))
    assert numbers.encode(np.reshape([110.0], (-1, 1)), "float64") == 0  # the mean
    with pytest.raises(ValueError, match=r"in fit: 'blues', 'folk', 'jazz'\.$"):
        GENRES.encode([171.0], "float64")


def test_conditions_that_were_not_in_fit_or_are_missing():
    with pytest.raises(ValueError, match="y is given, but the last fit had y=None.*Fit with y, or leave y out"):
        check_condition(None, [1], 1)
    with pytest.raises(ValueError, match=r"y is missing: fit had y, vectors of 2 number\(s\).*one vector for each"):
        check_condition(SIZES, None, 1)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        check_condition(GENRES, ["jazz"], 2)
    check_condition(GENRES, None, 2)  # labels are averaged over
    check_condition(GENRES, ["jazz", "folk"], 2)
    check_condition(None, None, 2)


@pytest.mark.parametrize("form", [list, pd.Series, lambda y: np.array(y, object)], ids=["list", "column", "array"])
@pytest.mark.parametrize("missing", [np.nan, None, pd.NA], ids=str)
def test_labels_that_are_missing(form, missing):
    says = r"^y has no label at index 1: remove the sequence, or give it a label\.$"
    with pytest.raises(ValueError, match=says):
        Conditions.learn(form(["folk", missing, "jazz"]))
    with pytest.raises(ValueError, match=says):
        GENRES.encode(form(["folk", missing]), "float32")


def test_labels_of_two_kinds():
    with pytest.raises(ValueError, match=r"^y mixes labels that have no common order \(types int, str\): pass all of"):
        Conditions.learn([1, "1", 2])
