"""One-hot columns that a few timesteps break, or of which one is left out: what the warning says, and silence."""

import re

import numpy as np
import pytest
from warned import told

from skseq import SequenceGenerator
from skseq._data.mistakes.numbers.broken_one_hot import warn_of_broken_one_hot
from skseq._data.sequences import Sequences
from skseq._data.targets.continuations import chosen_binary

STATES = np.eye(4)[np.random.RandomState(0).randint(4, size=(40, 10))]  # (40, 10, 4)
FLAGS = np.random.RandomState(1).rand(40, 10, 3) < [0.3, 0.5, 0.005]


def told_of(columns):
    """The messages about an array (n, t, f) of 0 and 1."""
    return told(warn_of_broken_one_hot, Sequences(values=columns), tuple(range(columns.shape[2])))


def mended(message, X):
    """What the recipe in a message makes of X, and how it is then drawn."""
    columns = eval(re.search(r"\[np\.insert.* in X\)\]", message)[0], {"np": np, "X": X})
    return columns, chosen_binary("auto", Sequences(values=np.array(columns)), None)


def broken(at=(3, 2), ones=()):
    X = STATES.copy()
    X[at] = np.isin(range(4), ones)
    return X


@pytest.mark.usefixtures("untrained")
def test_one_timestep_breaks_a_group():
    X = np.concatenate([np.random.RandomState(2).randn(40, 10, 1), broken()], axis=2)
    with pytest.warns(UserWarning, match=r"Features 1 to 4 of X are one-hot at all but 1 of 400 timesteps") as caught:
        SequenceGenerator(units=2, epochs=1).fit(list(X))
    message = str(caught[0].message)
    assert r"at X[3], timestep 2 (counted from 0), 0 of them are 1." in message
    columns, chosen = mended(message, X)
    assert chosen == ((1, 2, 3, 4, 5), ((1, 2, 3, 4, 5),))
    assert [np.argwhere(x[:, 5]).tolist() for x in columns[2:5]] == [[], [[2]], []]
    assert not told(SequenceGenerator(units=2, epochs=1).fit, columns)
    assert not told(SequenceGenerator(units=2, epochs=1, binary_features=[1, 2, 3, 4]).fit, X)


def test_several_ones_and_flags_beside_a_group():
    assert "timestep 2 (counted from 0), 2 of them are 1" in told_of(broken(ones=(0, 2)))[0]
    beside = np.concatenate([FLAGS[..., 2:], broken(), FLAGS[..., 2:]], axis=2)
    assert [message.split(" are")[0] for message in told_of(beside)] == ["Features 1 to 4 of X"]


def test_a_column_that_is_left_out():
    (message,) = told_of(STATES[..., 1:])
    assert message.startswith("Of the features 0 to 2 of X no two are ever 1 at one timestep")
    columns, chosen = mended(message, STATES[..., 1:])
    np.testing.assert_array_equal(columns, STATES[..., [1, 2, 3, 0]])
    assert chosen == ((0, 1, 2, 3), ((0, 1, 2, 3),))


OTHERS = np.eye(3)[np.random.RandomState(5).randint(3, size=(40, 10))]


@pytest.mark.parametrize(
    ("groups", "begins"),
    [
        ((broken(), broken(at=(5, 1))), [r"Features 0 to 3 of X .* Features 4 to 7 of X .* 1 there: \["]),
        ((STATES[..., 1:], OTHERS[..., 1:]), [r"Of the features 0 to 2, and of 3 to 4 of X no two"]),
        ((OTHERS[..., 1:], broken()), ["Features 2 to 5 of X are", "Of the features 0 to 1 of X no two"]),
    ],
    ids=["broken", "left out", "both"],
)
def test_one_expression_mends_all_groups(groups, begins):
    X = np.concatenate(groups, axis=2)
    messages = told_of(X)
    assert len(messages) == len(begins)
    sizes = [group.shape[2] + 1 for group in groups]
    for message, begin in zip(messages, begins):
        assert re.match(begin, message)
        _, (_, one_hot) = mended(message, X)
        assert list(map(len, one_hot)) == sizes


@pytest.mark.parametrize(
    "columns",
    [
        FLAGS,
        FLAGS[..., [2, 0]],
        FLAGS * [1, 0, 0] + [0, 0, 1],
        np.random.RandomState(3).rand(200, 10, 5) < 0.01,  # hardly ever two at once
        np.random.RandomState(4).rand(200, 10, 2) < [0.995, 0.003],  # nearly always one, but of itself
        STATES[:2, :8, :2],  # few timesteps
        FLAGS[..., :1],
        FLAGS[..., :0],
    ],
    ids=["flags", "rare beside", "constant", "rare", "nearly constant", "few", "one", "none"],
)
def test_flags_of_their_own(columns):
    assert told_of(columns.astype(float)) == []


# --- the first call of partial_fit ------------------------------------------------------------------------------------


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(
    ("columns", "feature", "named", "one_hot"),
    [
        (FLAGS[..., :1] * 0, "1 of X is 0", "[1]", ()),
        (FLAGS[..., :2] * [1, 0] + [0, 1], "2 of X is 1", "[1, 2]", ()),
        (np.insert(np.eye(2)[FLAGS[..., 0].astype(int)], [0, 2, 2], 0, axis=2), "1 of X is 0", "[(1, 2, 3, 4, 5)]", 5),
    ],
    ids=["flag", "beside a flag", "categories to come"],
)
def test_flags_that_are_constant_in_the_first_call(columns, feature, named, one_hot):
    X = np.concatenate([np.random.RandomState(2).randn(40, 10, 1), columns], axis=2)
    with pytest.warns(UserWarning, match=f"Feature {feature} at every timestep of the first call") as caught:
        SequenceGenerator(units=2).partial_fit(X)
    assert f"binary_features={named}," in str(caught[0].message)
    model = SequenceGenerator(units=2, binary_features=eval(named))
    assert told(model.partial_fit, X) == told(model.partial_fit, X) == []
    assert len(model._spec.binary) == columns.shape[2]
    assert model._spec.one_hot == (((1, 2, 3, 4, 5),) if one_hot else ())


@pytest.mark.usefixtures("untrained")
def test_later_calls_and_other_constants_are_not_told_of():
    X = np.concatenate([np.random.RandomState(2).randn(40, 10, 1), FLAGS], axis=2)
    model = SequenceGenerator(units=2)
    assert told(model.partial_fit, X) == told(model.partial_fit, X * [1, 0, 1, 1]) == []
