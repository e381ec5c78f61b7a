"""What follows: windows and streams of one long sequence, which features are binary, classes and tokens, by hand."""

import numpy as np
import pytest

from skseq._data.sequences import Sequences
from skseq._data.source_form import SourceForm
from skseq._data.targets.continuations import (
    UNKNOWN,
    Continuations,
    binary_features,
    chosen_binary,
    followed,
    following_windows,
    one_hot_groups,
    streams,
)
from skseq._data.training_data import TrainingData


def form(kind="token lists", first=1, **fields):
    """Two tokens; with ``first=2`` there is an id for unknown ones."""
    given = {"vocabulary": {"a": first, "b": first + 1}, "n_features": None} | fields
    return SourceForm(kind=kind, n_timesteps=4, dtype="float32", **given)


def continuations(own=None, ends=True, **fields):
    return Continuations(form=form() if own is None else own, ends=ends, longest=4, **fields)


# --- one long sequence ------------------------------------------------------------------------------------------------


def test_windows_of_ids():
    rows = following_windows(np.array([5, 6, 7, 8, 9], np.int32), 2)
    np.testing.assert_array_equal(rows["source"], [[5, 6], [7, 8], [9, 0]])
    np.testing.assert_array_equal(rows["source_lengths"], [2, 2, 1])
    data = followed(TrainingData(rows, samples=np.array([2, 1])))
    np.testing.assert_array_equal(data.rows["before"], [0, 6, 8])  # the start, then the last step of the window before
    np.testing.assert_array_equal(data.samples, [2, 1])


def test_windows_of_numbers_that_fit():
    numbers = np.arange(8.0).reshape(4, 2)
    rows = following_windows(numbers, 2)
    np.testing.assert_array_equal(rows["source"], [numbers[:2], numbers[2:]])
    np.testing.assert_array_equal(rows["source_lengths"], [2, 2])
    np.testing.assert_array_equal(followed(TrainingData(rows)).rows["before"], [[0, 0], [2, 3]])


@pytest.mark.parametrize(
    ("n_windows", "batch_size", "batches"),
    [
        (8, 2, [[0, 4], [1, 5], [2, 6], [3, 7]]),
        (7, 2, [[0, 4], [1, 5], [2, 6], [3, 0]]),  # the second stream goes on with the first window
        (10, 2, [[0, 5], [1, 6], [2, 7], [3, 8], [4, 9]]),
        (17, 4, [[0, 5, 10, 15], [1, 6, 11, 16], [2, 7, 12, 0], [3, 8, 13, 1], [4, 9, 14, 2]]),
        (21, 8, [[0, 4, 8, 12, 16, 20], [1, 5, 9, 13, 17, 0], [2, 6, 10, 14, 18, 1], [3, 7, 11, 15, 19, 2]]),
        (5, 3, [[0, 4], [1, 0], [2, 1], [3, 2]]),  # four windows at least follow one another,
        (3, 8, [[0], [1], [2]]),  # or all of fewer
        (3, 1, [[0], [1], [2]]),
    ],
)
def test_streams(n_windows, batch_size, batches):
    """Windows at one place of batches follow one another, and each is there."""
    order, size = streams(n_windows, batch_size)
    np.testing.assert_array_equal(order.reshape(-1, size), batches)


# --- features of zeros and ones ---------------------------------------------------------------------------------------


def test_binary_features():
    """Nothing but 0 and 1 occurs, in one of them both, and padding does not count.

    A constant beside a measurement may be one that has not moved yet.
    """
    values = np.array([[[0, 0.5, 1, 0], [1, 1, 1, 1]], [[1, 0, 1, 0], [7, 7, 7, 7]]])
    sequences = Sequences(values=values, lengths=np.array([2, 1]))
    assert binary_features(sequences) == (0, 3)
    flags = Sequences(values=values[:, :, [0, 2, 3]], lengths=np.array([2, 1]))
    assert binary_features(flags) == (0, 1, 2)
    assert binary_features(flags, may_be_constant=False) == (0, 2)
    assert binary_features(Sequences(values=values)) == ()
    assert binary_features(Sequences(values=values[:, :, 1:3], lengths=np.array([2, 1]))) == ()  # none is both


def test_one_hot_groups():
    """Three one-hot columns after a flag, around a number, then a feature and its complement; padding is not read."""
    a, b, flag = np.array([0, 1, 2, 0]), np.array([0, 1, 1, 0]), np.array([0, 1, 0, 0])
    one = np.eye(3)[a]
    steps = np.column_stack([flag, one[:, :2], [0.5, 7, 2, 3], one[:, 2], b, 1 - b])
    values = np.concatenate([steps, np.full((2, 7), 9.0)]).reshape(2, 3, 7)
    sequences = Sequences(values=values, lengths=np.array([3, 1]))
    assert chosen_binary("auto", sequences, None) == ((0, 1, 2, 4, 5, 6), ((1, 2, 4), (5, 6)))
    assert one_hot_groups(sequences, (0, 1, 2)) == ()
    assert one_hot_groups(sequences, ()) == ()
    assert chosen_binary([6, 5], sequences, None) == ((5, 6), ())  # a list is taken as it is
    assert chosen_binary([0, (6, 5)], sequences, None) == ((0, 5, 6), ((5, 6),))


@pytest.mark.parametrize(
    ("columns", "groups"),
    [
        ("0ab00", ((0, 1, 2, 3, 4),)),
        ("a0b", ((0, 1, 2),)),
        ("0f0ab", ((3, 4),)),
        ("fa0b0", ((1, 2, 3),)),
        ("ab0AB", ((0, 1), (3, 4))),
        ("1ab10", ((1, 2),)),
        ("f0f1", ()),
    ],
)
def test_constant_features_beside_groups(columns, groups):
    """Zeros within a group, or beside it alone, are categories that have not come yet; a and b, A and B are one-hot."""
    known = {"0": [0, 0, 0, 0], "1": [1, 1, 1, 1], "a": [1, 0, 1, 0], "b": [0, 1, 0, 1]}
    known |= {"A": [1, 1, 0, 0], "B": [0, 0, 1, 1], "f": [0, 1, 1, 1]}
    values = np.array([[known[column] for column in columns]]).swapaxes(1, 2)
    assert chosen_binary("auto", Sequences(values=values), None) == (tuple(range(len(columns))), groups)


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ([(0, 1)], r"the group \(0, 1\), of which .* but 0 are at one of X\. Write 0, 1 without the parentheses"),
        ([(0, 2), 2], r"the feature 2 of the group \(0, 2\) twice"),
        ([(0, 3)], "names the feature 3, but X has 3"),
    ],
)
def test_groups_that_are_none(asked, message):
    values = np.array([[[0, 0, 1], [1, 0, 0], [0, 1, 1]]])
    with pytest.raises(ValueError, match=message):
        chosen_binary(asked, Sequences(values=values), None)


# --- classes and tokens -----------------------------------------------------------------------------------------------


def test_classes():
    """The end comes last; unknown tokens have a class, but are never written."""
    with_end, without = continuations(), continuations(ends=False)
    assert (with_end.size, with_end.end, without.size, without.end) == (3, 2, 2, None)
    assert with_end.class_tokens == ["a", "b", None]
    assert with_end.token_classes == {"a": 0, "b": 1}
    assert with_end.allowed.tolist() == [[True, True, True]]
    unknown = continuations(form(first=2))
    assert (unknown.size, unknown.end) == (4, 3)
    assert unknown.class_tokens == [UNKNOWN, "a", "b", None]
    assert unknown.token_classes == {"a": 1, "b": 2}
    assert unknown.allowed.tolist() == [[False, True, True, True]]


def more_sequences():
    return Sequences(values=np.zeros((2, 7), np.int32), lengths=np.array([6, 5]))


def test_lengths():
    own, begun = continuations(), np.array([0, 1, 3])
    np.testing.assert_array_equal(own.limits(begun), [4, 3, 1])
    np.testing.assert_array_equal(own.limits(begun, 6), [6, 5, 3])
    np.testing.assert_array_equal(own.least(begun, 0), [1, 0, 0])  # a sequence has one step at least
    np.testing.assert_array_equal(own.least(begun, 2), [2, 1, 0])
    more = own.seen(more_sequences())
    assert (more.varied, own.seen(Sequences(values=np.zeros((2, 4), np.int32))).varied) == (True, False)
    assert (more.longest, own.seen(Sequences(values=np.zeros((2, 3), np.int32))).longest) == (6, 4)
    for one in (continuations(carried=True), continuations(alone=True, ends=False)):
        with pytest.raises(ValueError, match="max_length=None, but fit, or each .* one sequence, .* no end.*sample"):
            one.most(None)
        assert one.most(9) == 9
    assert continuations(alone=True).most(None) == 4  # as it was asked for
    assert continuations(alone=True, ends=False).seen(more_sequences()).most(None) == 6


def test_tokens_of_an_output():
    assert continuations(form("text", analyzer="char")).tokens_of("ab", "prefix") == ["a", "b"]
    assert continuations(form("text", analyzer="word")).tokens_of("a b", "prefix") == ["a", "b"]
    assert continuations().tokens_of(["a", "b"], "prefix") == ["a", "b"]


@pytest.mark.parametrize(
    ("analyzer", "join", "expected"),
    [
        ("char", None, ["ab", "bb"]),
        ("word", None, ["a b", "b b"]),
        (str.split, None, ["a b", "b b"]),
        ("word", "-", ["a-b", "b-b"]),
        ("char", lambda tokens: "".join(tokens).upper(), ["AB", "BB"]),
    ],
)
def test_text_is_joined(analyzer, join, expected):
    own = continuations(form("text", analyzer=analyzer), join=join)
    assert own.decode_tokens([np.array([0, 1]), np.array([1])], ["", "b"]) == expected


def test_a_prefix_is_kept_as_it_is():
    own = continuations(form("text", analyzer="word"))
    assert own.decode_tokens([np.array([0]), np.array([], int)], ["b,  B", "b"]) == ["b,  B a", "b"]
    assert own.decode_tokens([np.array([0])], ["B ("]) == ["B (a"]


@pytest.mark.parametrize(
    ("analyzer", "join", "prefix", "expected"),
    [
        ("word", None, "b ", "b a b"),
        ("word", None, "b\n", "b\na b"),
        ("word", " ", "b ", "b a b"),
        (str.split, None, "b ", "b a b"),
        (str.split, None, " ", " a b"),
        (str.splitlines, "\n", "b ", "b \na\nb"),  # a line may end in a space
        ("word", "-", "b ", "b -a-b"),
        ("word", "", "b ", "b ab"),
        ("char", None, "b ", "b ab"),
    ],
)
def test_no_second_space_follows_a_prefix(analyzer, join, prefix, expected):
    own = continuations(form("text", analyzer=analyzer), join=join)
    assert own.decode_tokens([np.array([0, 1])], [prefix]) == [expected]
    assert own.decode_tokens([np.array([], int)], [prefix]) == [prefix]


def test_nothing_stands_between_tokens_of_a_function_where_fit_learnt_so():
    own = continuations(form("text", analyzer=list, between=""))
    assert own.decode_tokens([np.array([0, 1])], ["b"]) == ["bab"]
    assert continuations(own.form, join=" ").decode_tokens([np.array([0, 1])], ["b"]) == ["b a b"]


def test_samples_are_in_the_form_of_X():
    classes, nothing = [np.array([0, 1]), np.array([1])], [[], ["a"]]
    assert continuations().decode_tokens(classes, nothing) == [["a", "b"], ["a", "b"]]
    assert continuations(form(first=2)).decode_tokens([np.array([1, 2])], [[]]) == [["a", "b"]]
    own = continuations(form("tokens"), lists=False, dtype=np.dtype("<U1"))
    array = own.decode_tokens(classes, nothing)
    assert (array.dtype, array.tolist()) == (np.dtype("<U1"), [["a", "b"], ["a", "b"]])
    ragged = own.decode_tokens(classes, [[], []])
    assert ragged.dtype == object
    assert [sample.tolist() for sample in ragged] == [["a", "b"], ["b"]]


def test_numbers_are_in_the_form_of_X():
    samples, nothing = [np.array([[1.0], [2]]), np.array([[3.0], [4]])], [np.zeros(0)] * 2
    columns = continuations(form("columns", vocabulary=None, n_features=1), lists=False)
    np.testing.assert_array_equal(columns.decode_numbers(samples, nothing), [[1, 2], [3, 4]])
    features = continuations(form("features", vocabulary=None, n_features=1), lists=False)
    assert features.decode_numbers(samples, nothing).shape == (2, 2, 1)
    series = continuations(form("series", vocabulary=None, n_features=1))
    begun = series.decode_numbers(samples, [np.array([7.0]), np.zeros(0)])
    assert [sample.tolist() for sample in begun] == [[7, 1, 2], [3, 4]]


def test_features_that_were_zero_or_one():
    own = continuations(form("features", vocabulary=None, n_features=2), ends=False, binary=(1,))
    values = np.array([[[0.5, 1.0], [2.0, 0.0]], [[0.5, 0.0], [2.0, 9.0]]])
    own.check_binary(Sequences(values=values, lengths=np.array([2, 1])), "X")  # padding may hold anything
    with pytest.raises(ValueError, match=r"Feature 1 of X_val was 0 or 1 .* but is 9\.0 now\. Fit with binary"):
        own.check_binary(Sequences(values=values), "X_val")
    own = continuations(own.form, ends=False, binary=(0, 1, 2, 3, 4), one_hot=((3, 4),))
    with pytest.raises(ValueError, match=r"Feature 1 .* Fit with binary_features=\[0, 2, \(3, 4\)\] if"):
        own.check_binary(Sequences(values=np.array([[[0, 9, 0, 1, 0]]])), "X")


def test_next_tokens():
    assert continuations().next_tokens([2, 0]).tolist() == [None, "a"]
    unknown = continuations(form(first=2))
    assert unknown.next_tokens([[1, 3], [2, 1]]).tolist() == [["a", None], ["b", "a"]]
    numbers = form("tokens", vocabulary={10: 1, 20: 2})
    array = continuations(numbers, ends=False, lists=False, dtype=np.dtype(np.int64))
    assert array.next_tokens([1, 0]).dtype == np.int64
    assert array.labels(array.next_tokens([1, 0])) == [["20"], ["10"]]
