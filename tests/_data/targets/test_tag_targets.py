"""The targets of a tagger: every form in, the same form out, and what is said of targets that have none."""

import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn import config_context
from sklearn.exceptions import DataConversionWarning

from skseq._data.targets.tag_targets import TagTargets
from skseq._data.working_memory import Derived

LENGTHS = np.array([3, 1, 2], np.int32)
RAGGED = [["B", "I", "O"], ["O"], ["B", "O"]]
IDS = np.array([[0, 1, 2], [2, 0, 0], [0, 2, 0]], np.int32)
EVEN = np.array([2, 2, 2], np.int32)
ARRAY = np.array([[7, 5], [5, 5], [9, 5]])


def objects(samples):
    array = np.empty(len(samples), object)
    array[:] = samples
    return array


def as_lists(samples):
    return [np.asarray(sample).tolist() for sample in samples]


# --- forms ------------------------------------------------------------------------------------------------------------

LISTS = {
    "lists": lambda y: y,
    "tuples": lambda y: tuple(map(tuple, y)),
    "arrays": lambda y: [np.array(tags) for tags in y],
    "object array": objects,
    "object array of arrays": lambda y: objects([np.array(tags) for tags in y]),
    "strings of any length": lambda y: [np.array(tags, np.dtypes.StringDType()) for tags in y],
    "NumPy strings": lambda y: [list(map(np.str_, tags)) for tags in y],
    "Series": lambda y: pd.Series(y, index=[5, 7, 9]),
    "polars Series": pl.Series,
}


@pytest.mark.parametrize("form", LISTS.values(), ids=LISTS)
def test_ragged_lists(form):
    targets = TagTargets.learn(form(RAGGED), LENGTHS)
    assert targets.classes.tolist() == ["B", "I", "O"]
    assert (targets.size, targets.form, targets.asks) == (3, "lists", "tags")
    rows = targets.encode(form(RAGGED), LENGTHS)
    assert list(rows) == ["target"]
    np.testing.assert_array_equal(rows["target"], IDS)
    assert rows["target"].dtype == np.int32
    decoded = targets.decode(IDS.astype(np.float32), LENGTHS)
    assert decoded.shape == (3,)
    assert decoded.dtype == object
    assert all(isinstance(tags, np.ndarray) for tags in decoded)
    assert as_lists(decoded) == RAGGED
    assert targets.labels(form(RAGGED)) == RAGGED


ARRAYS = {
    "integers": ARRAY,
    "floats": ARRAY.astype(float),
    "strings": ARRAY.astype(str),
    "strings of any length": ARRAY.astype(np.dtypes.StringDType()),
    "objects": ARRAY.astype(object),
    "frame": pd.DataFrame(ARRAY),
    "truth values": ARRAY == 5,
}


@pytest.mark.parametrize("y", ARRAYS.values(), ids=ARRAYS)
def test_arrays(y):
    targets = TagTargets.learn(y, EVEN)
    assert (targets.form, targets.asks) == ("array", "tags")
    np.testing.assert_array_equal(targets.decode(targets.encode(y, EVEN)["target"]), np.asarray(y))
    assert targets.labels(y) == [list(map(str, row)) for row in np.asarray(y).tolist()]


def test_lists_of_one_length_stay_lists():
    """A list means the same whatever the lengths in it; an array that meets other lengths becomes one of arrays."""
    targets = TagTargets.learn(ARRAY.tolist(), EVEN)
    decoded = targets.decode(targets.encode(ARRAY.tolist(), EVEN)["target"])
    assert decoded.shape == (3,)
    assert as_lists(decoded) == ARRAY.tolist()
    single = TagTargets.learn([[1, 2]], np.array([2])).decode(np.array([[0, 1]]))
    assert single.shape == (1,)
    ragged = TagTargets.learn(ARRAY, EVEN).decode(np.array([[0, 1], [2, 0], [1, 1]]), np.array([2, 1, 2]))
    assert as_lists(ragged) == [[5, 7], [9], [7, 7]]


def test_arrays_and_lists_go_together():
    targets = TagTargets.learn(ARRAY, EVEN)
    np.testing.assert_array_equal(targets.encode(ARRAY.tolist(), EVEN)["target"], [[1, 0], [0, 0], [2, 0]])
    np.testing.assert_array_equal(targets.encode([[5], [7, 9]], np.array([1, 2]))["target"], [[0, 0], [1, 2]])


def test_one_label_per_sequence_stands_for_all_steps():
    targets = TagTargets.learn(["up", "down", "up"], LENGTHS)
    assert (targets.form, targets.asks) == ("labels", "probs")
    ids = targets.encode(np.array(["up", "down", "up"]), LENGTHS)["target"]
    np.testing.assert_array_equal(ids, [[1, 1, 1], [0, 0, 0], [1, 1, 0]])
    probs = np.array([[[0.6, 0.4], [0.6, 0.4], [0.0, 1.0]], [[0.7, 0.3], [0, 1], [0, 1]], [[0.1, 0.9]] * 3])
    expected = [[0.4, 0.6], [0.7, 0.3], [0.1, 0.9]]
    np.testing.assert_allclose(targets.decode_probs(probs, LENGTHS), expected)
    np.testing.assert_allclose(targets.decode_probs(probs[:1]), expected[:1])
    assert targets.decode(probs, LENGTHS).tolist() == ["up", "down", "up"]
    assert targets.labels(["up", "down"]) == [["up"], ["down"]]


@pytest.mark.parametrize(
    ("labels", "split"),
    [
        (["HHC", "CHC", "CCC"], "list(tags) for tags in y"),
        (["H H C", "C H C", "C C C"], "tags.split() for tags in y"),
        (["H|H|C", "C|H|C", "C|C|C"], "[tag.strip() for tag in tags.split('|')] for tags in y"),
    ],
)
def test_strings_as_long_as_their_sources_of_one_length_are_told_to_be_split(labels, split):
    with pytest.warns(UserWarning, match=re.escape(split)):
        assert TagTargets.learn(labels, np.array([3, 3, 3])).form == "labels"


CODES = [f"{number:03d}" for number in range(10, 25)]


@pytest.mark.parametrize(
    "labels", [["cat", "dog", "dog"], ["ab", "ba", "ab"], ["yes", "no", "yes"], ["a/b/c", "a/b"], CODES]
)
def test_names_of_classes_as_long_as_their_sources_by_chance(labels):
    n_timesteps = len(labels[0])
    assert TagTargets.learn(labels, np.full(len(labels), n_timesteps)).form == "labels"


def test_texts_in_the_place_of_labels():
    """Syllables of words, say, which are longer than these; names of few classes, and given ones, are left alone."""
    words = [f"syl-la-ble {number}" for number in range(20)]
    with pytest.warns(UserWarning, match=r"^y holds 20 strings, 20 of them distinct, and each is one class\. If these"):
        TagTargets.learn(words, np.arange(3, 23))
    TagTargets.learn(words, np.arange(3, 23), words)
    TagTargets.learn(words[:9] * 3, np.arange(3, 30))


def test_a_column_is_one_label_per_sequence_with_a_warning():
    y = np.array([[1], [0], [1]])
    with pytest.warns(DataConversionWarning, match="each label stands for all timesteps"):
        targets = TagTargets.learn(y, EVEN)
    assert targets.form == "labels"
    assert TagTargets.learn(y, np.ones(3, int)).form == "array"  # one timestep: one label per timestep


def test_probabilities_in_the_form_of_fit():
    probs = np.arange(18.0).reshape(3, 3, 2)
    targets = TagTargets.learn(ARRAY, EVEN)
    assert targets.decode_probs(probs) is probs
    parts = TagTargets.learn(RAGGED, LENGTHS).decode_probs(probs, LENGTHS)
    assert parts.shape == (3,)
    assert [part.shape for part in parts] == [(3, 2), (1, 2), (2, 2)]
    np.testing.assert_array_equal(parts[2], probs[2, :2])


def test_large_arrays_are_encoded_where_they_are_read():
    y = np.tile(ARRAY, (20, 1))
    with config_context(working_memory=100 / 2**20):
        targets = TagTargets.learn(y, np.full(60, 2))
        ids = targets.encode(y, np.full(60, 2))["target"]
        assert isinstance(ids, Derived)
        weights = targets.class_weights("balanced", {"target": ids, "weight": np.ones(60)})
    np.testing.assert_array_equal(ids, np.searchsorted([5, 7, 9], y))
    np.testing.assert_allclose(weights, 6 / (3 * np.array([4, 1, 1])))


# --- classes ----------------------------------------------------------------------------------------------------------


def test_given_classes():
    targets = TagTargets.learn(RAGGED, LENGTHS, ["O", "B", "I", "E"])
    assert targets.classes.tolist() == ["B", "E", "I", "O"]
    np.testing.assert_array_equal(targets.encode([["E"]], np.array([1]))["target"], [[1]])
    targets.check_same_classes(["E", "O", "B", "I"])
    with pytest.raises(ValueError, match="is not the same as on last call to partial_fit"):
        targets.check_same_classes(["O", "B", "I"])
    with pytest.raises(ValueError, match=r"Got \{'O'\}: pass list\(classes\)"):
        TagTargets.learn(RAGGED, LENGTHS, {"O"})
    for wrong in ("O", [["O", "B"]]):
        with pytest.raises(ValueError, match="classes must be a 1-D array of all labels"):
            TagTargets.learn(RAGGED, LENGTHS, wrong)


def test_class_weights_by_hand():
    """Weights 1, 2, 4 of samples: B in steps of weight 1 + 4, I 1, O 1 + 2 + 4; 13 in all, and 3 classes of 4 seen."""
    targets = TagTargets.learn(RAGGED, LENGTHS, list("BEIO"))
    rows = targets.encode(RAGGED, LENGTHS) | {"weight": np.array([1.0, 2, 4]), "source_lengths": LENGTHS}
    assert targets.class_weights(None, rows).tolist() == [1, 1, 1, 1]
    assert targets.class_weights({"I": 3, "O": 0}, rows).tolist() == [1, 1, 3, 0]
    balanced = targets.class_weights("balanced", rows)
    np.testing.assert_allclose(balanced, [13 / 15, 1, 13 / 3, 13 / 21])
    with pytest.raises(ValueError, match="class_weight has a weight for 'X', which is no label of y: the labels are"):
        targets.class_weights({"X": 1}, rows)


# --- accuracy ---------------------------------------------------------------------------------------------------------


def test_accuracy_by_hand():
    targets, predicted = TagTargets.learn(RAGGED, LENGTHS), objects([["B", "O", "O"], ["O"], ["I", "I"]])
    assert targets.accuracy(RAGGED, predicted, LENGTHS) == pytest.approx(3 / 6)
    assert targets.accuracy(RAGGED, predicted, LENGTHS, [1, 5, 2]) == pytest.approx((2 + 5) / (3 + 5 + 4))
    assert targets.accuracy([["B", "?", "O"], ["O"], ["?", "O"]], predicted, LENGTHS) == pytest.approx(3 / 6)
    with pytest.raises(ValueError, match="y holds numbers, such as .* but labels in fit were strings"):
        targets.accuracy([[1, 0, 0], [0], [1, 0]], predicted, LENGTHS)
    whole = TagTargets.learn([1, 0, 1], LENGTHS)
    assert whole.accuracy([1, 1, 1], [1, 0, 1], LENGTHS, [1, 5, 2]) == pytest.approx(3 / 8)
    assert TagTargets.learn(ARRAY, EVEN).accuracy(ARRAY, ARRAY[::-1], EVEN) == pytest.approx(4 / 6)


# --- errors -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("lengths", "texts"),
    [
        ([3, 1, 2], ["BIO", "O", "BO"]),
        ([3, 3], ["B I O", "O O O"]),
        ([3, 1], ["B, I, O", "O"]),
        ([3, 3], ["B|I|O", "O|O|O"]),
    ],
)
def test_strings_after_labels_of_timesteps_are_told_to_be_split(lengths, texts):
    lengths = np.array(lengths)
    targets = TagTargets.learn([list("BIO")], np.array([3]))
    with pytest.raises(ValueError, match="A string is one label: pass") as refusal:
        targets.check(texts, lengths)
    code = str(refusal.value).split("pass ")[1].split(" for one label per timestep")[0]
    assert targets.check(eval(code, {"y": texts}), lengths).tolist() == re.findall(r"\w", "".join(texts))


@pytest.mark.parametrize(
    ("y", "message"),
    [
        (
            [["B", "I", "O"], ["O"], ["B"]],
            r"y\[2\] holds 1 label\(s\), but X\[2\] has 2 timestep\(s\). 1 of 3 samples differ",
        ),
        (
            np.zeros((3, 3), int),
            r"y\[1\] holds 3 label\(s\), but X\[1\] has 1 .* lists of label lists, without padding",
        ),
        ([["B", "I", "O"], [], ["B", "O"]], r"y\[1\] holds 0 label\(s\), but X\[1\] has 1"),
        ([["B", "I", "O"], ["O"]], "inconsistent numbers of samples"),
        ([1, 0], "inconsistent numbers of samples"),
        ([["B", "I", "O"], "O", ["B", "O"]], r"y\[1\] = 'O' is no list of labels, but other elements .* list\(tags\)"),
        (["BIO", "O", "BO"], r"y holds strings, each with as many characters .* pass \[list\(tags\) for tags in y\]"),
        (["B I O", "O", "B O"], r"y holds strings, each with as many words .* pass \[tags.split\(\) for tags in y\]"),
        (
            ["['B', 'I', 'O']", "['O']", "['B', 'O']"],
            r"each would be one label\. .*ast.literal_eval\(text\)",
        ),
        (np.array(["BIO", "O", "BO"]), r"A string is one label: pass \[list\(tags\)"),
        ([[1, 2, np.nan], [1], [2, 1]], "Input y contains NaN"),
        (objects([["B", None, "O"], ["O"], ["B", "O"]]), "y holds None among its labels"),
        ([[[1, 0], [0, 1], [0, 1]], [[1, 0]], [[1, 0]] * 2], r"y holds \[1, 0\] as a label.* pass the argmax"),
        ([[("B", 1), "O", "O"], ["O"], ["O", "O"]], r"y holds \('B', 1\) as a label"),
        (np.eye(3)[IDS], r"y has 3 dimensions \(shape \(3, 3, 3\)\).* pass y.argmax\(axis=-1\)"),
        ([[1, "a", 2], [1], [2, 1]], r"y mixes labels that have no common order \(types int, str\)"),
        (
            [[0.5, 0.25, 2], [1.1], [2.7, 1]],
            "Unknown label type: continuous.* For a number at every timestep pass windows",
        ),
        ("BIO", "y must hold labels for every sample, in a list or an array. Got 'BIO'"),
        (None, "y must hold labels for every sample"),
    ],
    ids=str,
)
def test_bad_targets(y, message):
    with pytest.raises(ValueError, match=message):
        TagTargets.learn(y, LENGTHS)


@pytest.mark.parametrize("dtype", [np.uint8, np.int16, np.uint64, bool])
def test_arrays_of_labels_keep_their_type(dtype):
    y = [np.array(own, dtype) for own in ([0, 1, 1], [0], [1, 0])]
    targets = TagTargets.learn(y, LENGTHS)
    assert targets.classes.dtype == dtype
    back = targets.decode(np.asarray(targets.encode(y, LENGTHS)["target"]), LENGTHS)
    assert [own.dtype for own in back] == [dtype] * 3
    assert as_lists(back) == as_lists(y)
    mixed = [y[0], y[1].astype(np.int64), y[2]]
    assert TagTargets.learn(mixed, LENGTHS).classes.tolist() == [0, 1]


def test_labels_as_columns():
    columns = [np.array(labels)[:, None] for labels in RAGGED]
    with pytest.raises(ValueError, match=r"y holds labels as columns .*: pass \[np\.ravel\(labels\) for labels in y\]"):
        TagTargets.learn(columns, LENGTHS)
    assert TagTargets.learn([np.ravel(labels) for labels in columns], LENGTHS).classes.tolist() == ["B", "I", "O"]
    cube = IDS[:, :, None]
    with pytest.raises(ValueError, match=r"y has the shape \(3, 3, 1\), labels as columns.* pass y\[:, :, 0\]"):
        TagTargets.learn(cube, LENGTHS)
    assert TagTargets.learn(cube[:, :, 0], np.array([3, 3, 3])).form == "array"


def test_unknown_labels_and_other_forms():
    targets = TagTargets.learn(RAGGED, LENGTHS)
    with pytest.raises(ValueError, match=r"y_val contains label\(s\) that were not seen in fit: 'E'\. Leave such"):
        targets.encode([["E", "O"]], np.array([2]), argument="y_val")
    with pytest.raises(ValueError, match=r"y_val\[0\] holds 2 label\(s\), but X_val\[0\] has 3"):
        targets.encode([["O", "O"]], np.array([3]), argument="y_val")
    with pytest.raises(ValueError, match="y holds one label per sequence, but fit had one label per timestep"):
        targets.encode(["B", "O", "I"], LENGTHS)
    with pytest.raises(ValueError, match="y holds one label per timestep, but fit had one label per sequence"):
        TagTargets.learn(["B", "O", "O"], LENGTHS).encode(RAGGED, LENGTHS)
