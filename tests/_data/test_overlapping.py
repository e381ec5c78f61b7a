"""Windows that overlap, and the warnings about what is learnt of them."""

import re

import numpy as np
import pytest
from quiet_fits import assert_no_warning

from skseq import LSTMAutoencoderTransformer, Seq2SeqRegressor, SequenceClassifier, SequenceRegressor
from skseq._base.fits.noise import Trial, Verdict
from skseq._data.overlapping import last_block, next_value_columns, next_windows
from skseq._data.working_memory import Derived

RNG = np.random.RandomState(0)
WALK = 100 + RNG.randn(140).cumsum()
NOISE = RNG.randn(140)
LONG = 100 + RNG.randn(2, 350).cumsum(axis=1)
SMALL = {"units": 2, "epochs": 1}
pytestmark = pytest.mark.usefixtures("eager", "untrained")


def cut(series, window=12, stride=1):
    """Windows (n, window, ...) of a series (t, ...), and the value after each."""
    windows = np.stack([series[start : start + window] for start in range(0, len(series) - window, stride)])
    return windows, series[window::stride]


X, Y = cut(WALK)
BOTH, Y_OF_BOTH = cut(np.stack([NOISE, WALK], axis=1))  # (128, 12, 2), (128, 2)
TWO, Y_OF_TWO = cut(np.stack([WALK, WALK**2], axis=1))
SHUFFLED = RNG.permutation(128)[:96]
SEVERAL, Y_OF_SEVERAL = (np.concatenate(parts) for parts in zip(cut(WALK[:50]), cut(WALK[50:90]), cut(WALK[90:])))


# --- which windows go on in others ------------------------------------------------------------------------------------


def test_next_windows_in_order():
    found = next_windows(X[:, :, None])
    rows, following = found.rows, found.following
    assert found.stride == 1
    assert rows.tolist() == list(range(127))
    assert following.tolist() == list(range(1, 128))


def test_next_windows_in_any_order():
    found = next_windows(X[SHUFFLED, :, None])
    rows, following = found.rows, found.following
    starts = SHUFFLED.tolist()
    expected = [(row, starts.index(start + 1)) for row, start in enumerate(starts) if start + 1 in starts]
    assert list(zip(rows.tolist(), following.tolist())) == expected


@pytest.mark.parametrize("stride", range(1, 12))
def test_next_windows_some_steps_later(stride):
    """Two series of 30 windows or more; the last window of the first one has no next one."""
    windows, y = (np.concatenate(parts) for parts in zip(*(cut(series, stride=stride) for series in LONG)))
    n, found = len(windows) // 2, next_windows(windows[:, :, None])
    assert found.stride == stride
    looked_at = set(np.linspace(0, 2 * n - 2, min(2 * n - 1, 200)).astype(int))
    assert set(found.rows.tolist()) == looked_at - {n - 1}
    assert (found.following == found.rows + 1).all()
    assert next_value_columns(windows[:, :, None], y[:, None]) == [0]


@pytest.mark.parametrize("order", [slice(None), SHUFFLED], ids=["in order", "shuffled"])
def test_numbers_that_are_computed_where_they_are_indexed(order):
    values = X[order, :, None]
    large = Derived(lambda index: values[index], values.shape, values.dtype)
    assert next_value_columns(large, Y[order, None]) == [0]


def test_ends_of_several_series_have_no_next_window():
    found = next_windows(SEVERAL[:, :, None])
    assert set(range(len(SEVERAL))) - set(found.rows.tolist()) == {37, 65, 103}


@pytest.mark.parametrize(
    "values",
    [
        RNG.randn(100, 12),
        cut(LONG[0], stride=12)[0],
        X[:15],
        RNG.randint(2, size=(300, 3)),
        RNG.randint(2, size=(300, 8)),
        np.where(RNG.rand(300, 12) < 0.02, 1.0, 0.0),
        np.where(RNG.rand(300, 12) < 0.05, RNG.rand(300, 12), 0.0),
        np.tile([0.0, 1.0], (60, 6)),
        np.tile(RNG.randn(4), (60, 3)),
        np.pad(RNG.randn(60, 8), ((0, 0), (2, 2))),
        np.zeros((60, 12)),
        np.arange(60.0).repeat(12).reshape(60, 12),
        WALK[:, None],
    ],
    ids=[
        "noise",
        "apart",
        "few",
        "coins",
        "more coins",
        "rare",
        "rain",
        "in turn",
        "one wave",
        "padded",
        "zeros",
        "levels",
        "single steps",
    ],
)
def test_no_windows(values):
    assert next_windows(values[:, :, None]) is None


def test_columns_of_next_values():
    assert next_value_columns(BOTH, Y_OF_BOTH) == [0, 1]
    assert next_value_columns(BOTH[SHUFFLED], Y_OF_BOTH[SHUFFLED, ::-1]) == [1, 0]
    assert next_value_columns(BOTH.astype(np.float32), Y_OF_BOTH[:, 1:]) == [1]
    assert next_value_columns(BOTH, Y_OF_BOTH[:, [1, 1]]) is None
    assert next_value_columns(BOTH, np.abs(Y_OF_BOTH[:, 1:] - 100)) is None


# --- next values to SequenceRegressor ---------------------------------------------------------------------------------

NEXT = "overlapping windows of a series, and {} is its next value.*: "


@pytest.mark.parametrize(
    ("windows", "y", "parameters", "passed"),
    [
        (X, Y, {}, "y"),
        (X[SHUFFLED, :, None], Y[SHUFFLED], {}, "y"),
        (SEVERAL, Y_OF_SEVERAL, {}, "y"),
        (*cut(LONG[0], stride=5), {}, "y"),
        (X[:-2], np.stack([Y[:-2], Y[1:-1], Y[2:]], axis=1), {}, "y"),
        (X[:-2:2], np.stack([Y[:-2:2], Y[1:-1:2], Y[2::2]], axis=1), {}, "y"),
        (BOTH, Y_OF_BOTH[:, 1], {"target_features": [1]}, "y"),
        (TWO, Y_OF_TWO, {}, "y[:, None]"),
        (TWO, Y_OF_TWO[:, ::-1], {"target_features": [1, 0]}, "y[:, None]"),
        (X, np.stack([Y, NOISE[:128]], axis=1), {}, "y[:, 0]"),
    ],
    ids=[
        "windows",
        "shuffled",
        "of several",
        "five apart",
        "three steps",
        "three steps, two apart",
        "column",
        "two columns",
        "columns in another order",
        "first",
    ],
)
def test_next_values(windows, y, parameters, passed):
    """And the cure that the warning names is quiet and forecasts in the shape of y."""
    named = ", ".join(f"{name}={value}" for name, value in parameters.items())
    what = NEXT.format(re.escape(passed if passed == "y[:, 0]" else "y"))
    with pytest.warns(UserWarning, match=what + re.escape(f"Seq2SeqRegressor({named}).fit(X, {passed}).")):
        SequenceRegressor(**SMALL).fit(windows, y)
    model = Seq2SeqRegressor(**SMALL, **parameters)
    targets = {"y": y, "y[:, None]": y[:, None], "y[:, 0]": y[:, 0] if y.ndim > 1 else None}[passed]
    assert_no_warning(model, windows, targets)
    assert model.predict(windows).shape == targets.shape


@pytest.mark.parametrize(
    ("windows", "y"),
    [
        (cut(NOISE)),
        (cut(np.sin(np.arange(140) / 2))),
        (X, Y - X[:, -1]),
        (X, X.mean(axis=1)),
        (cut(LONG[0], stride=12)),
        (1e-10 * X, 1e-10 * NOISE[:128]),
        (list(X) + [X[0, :5]], [*Y, 0.0]),
    ],
    ids=["noise", "whole waves", "changes", "means", "apart", "small", "ragged"],
)
def test_numbers_that_a_regressor_learns(windows, y):
    assert_no_warning(SequenceRegressor(**SMALL), windows, y)


# --- the past of y among several columns ------------------------------------------------------------------------------


@pytest.mark.parametrize("order", [slice(None), SHUFFLED], ids=["in order", "shuffled"])
def test_the_past_of_y_that_no_parameter_names(order):
    windows, y = BOTH[order], Y_OF_BOTH[order, 1]
    with pytest.warns(UserWarning, match=r"y is the next value of column 1 of X, .*Set target_features=\[1\]"):
        Seq2SeqRegressor(**SMALL).fit(windows, y)
    assert_no_warning(Seq2SeqRegressor(**SMALL, target_features=[1]), windows, y)
    assert_no_warning(Seq2SeqRegressor(**SMALL, target_features=None), windows, y)


def test_several_targets_that_no_parameter_names():
    three, y = cut(np.stack([NOISE, WALK, NOISE**2], axis=1))
    with pytest.warns(UserWarning, match=r"next value of columns \[2, 1\] of X, .*Set target_features=\[2, 1\]"):
        Seq2SeqRegressor(**SMALL).fit(three, y[:, None, [2, 1]])
    assert_no_warning(Seq2SeqRegressor(**SMALL, target_features=[2, 1]), three, y[:, None, [2, 1]])


@pytest.mark.parametrize("y", [RNG.randn(128), Y_OF_BOTH.sum(axis=1)], ids=["noise", "sum"])
def test_targets_that_are_of_no_column(y):
    assert_no_warning(Seq2SeqRegressor(**SMALL), BOTH, y)


# --- windows as the features of one timestep --------------------------------------------------------------------------


@pytest.mark.parametrize("estimator", [SequenceRegressor, Seq2SeqRegressor])
@pytest.mark.parametrize("order", [slice(None), SHUFFLED], ids=["in order", "shuffled"])
def test_windows_as_features(estimator, order):
    windows, y = X[order, None, :], Y[order]
    message = r"read as one timestep of 12 features, .* pass X\[:, 0, :\], of shape \((128|96), 12\)"
    with pytest.warns(UserWarning, match=message):
        estimator(**SMALL).fit(windows, y)
    assert_no_warning(Seq2SeqRegressor(**SMALL), windows[:, 0, :], y)


def test_features_that_are_no_windows():
    both = np.stack([WALK, NOISE], axis=1)
    lags, _ = cut(both, window=6)  # (134, 6, 2): laid flat, rows overlap by all but two
    assert_no_warning(SequenceRegressor(**SMALL), lags.reshape(len(lags), 1, 12), RNG.randn(len(lags)))
    assert_no_warning(SequenceRegressor(**SMALL), RNG.randn(60, 1, 5), RNG.randn(60))
    assert_no_warning(LSTMAutoencoderTransformer(**SMALL), RNG.randn(60, 1, 5))


# --- what a trial holds out -------------------------------------------------------------------------------------------

RISES = (X[:, -1] < Y).astype(int)


def test_the_last_block_shares_no_timestep_with_what_is_trained_on():
    samples = np.arange(2, 128)  # those of weight
    train, held_out = last_block({"source": X[:, :, None]}, samples, 30, labels=RISES)
    assert held_out.tolist() == list(range(98, 128))
    assert train.tolist() == list(range(2, 86))  # the window that starts at 85 ends at 96, and its label at 97


@pytest.mark.parametrize(("stride", "n_between"), [(2, 6), (5, 3), (11, 2)])
def test_the_last_block_of_windows_some_steps_apart(stride, n_between):
    """So many windows of 12 steps lie between the parts that they share no timestep."""
    windows = cut(RNG.randn(12 + 100 * stride), stride=stride)[0][:, :, None]
    train, held_out = last_block({"source": windows}, np.arange(100), 20, numbers=RNG.randn(100, 1))
    assert held_out.tolist() == list(range(75, 100))  # a fourth at most
    assert train.tolist() == list(range(75 - n_between))
    assert stride * train[-1] + 12 <= stride * held_out[0]


def test_the_last_block_of_numbers_is_longer():
    """Of 128, twice 13, and at most a fourth; of two numbers of each window, as of one."""
    windows = np.stack([cut(NOISE)[0], np.full((128, 12), 0.1)], axis=2)  # and a constant
    samples, numbers = np.arange(128), RNG.randn(128, 2)
    for n_held_out, n_longer in ((13, 26), (20, 32), (40, 40)):
        train, held_out = last_block({"source": windows}, samples, n_held_out, numbers=numbers)
        assert held_out.tolist() == list(range(128 - n_longer, 128))
        assert train.tolist() == list(range(128 - n_longer - 12))
    for values in (RNG.randn(128, 12, 1), windows[SHUFFLED], X[:, :, None]):  # the last is a walk that ends elsewhere
        assert last_block({"source": values}, np.arange(len(values)), 13, numbers=numbers[: len(values)]) is None
    numbers[-26:, 1] += 2
    assert last_block({"source": windows}, samples, 13, numbers=numbers) is None
    numbers[:45, 1] += 2  # now some of the others lie there, too
    assert last_block({"source": windows}, samples, 13, numbers=numbers) is not None


@pytest.mark.parametrize("stride", [1, 2])
def test_the_last_block_of_windows_of_tokens(stride):
    """The last ids are others than the first: as such they lie nowhere."""
    ids = cut(np.sort(RNG.randint(5, 50, 12 + 100 * stride)) + RNG.randint(3, size=12 + 100 * stride), stride=stride)[0]
    n_between = -(-12 // stride)
    train, held_out = last_block({"source": ids}, np.arange(100), 20, numbers=RNG.randn(100, 1))
    assert held_out.tolist() == list(range(75, 100))
    assert train.tolist() == list(range(75 - n_between))
    train, held_out = last_block({"source": ids}, np.arange(100), 30, labels=np.arange(100) % 2)
    assert held_out.tolist() == list(range(70, 100))
    assert train.tolist() == list(range(70 - n_between))


@pytest.mark.parametrize(
    ("rows", "n_held_out", "classes"),
    [
        ({"source": X[SHUFFLED, :, None]}, 30, RISES[SHUFFLED]),
        ({"source": RNG.randn(128, 12, 1)}, 30, RISES),
        ({"source": X[:, :, None]}, 30, None),
        ({"source": X[:, :, None]}, 60, RISES),
        ({"source": X[:, :, None]}, 30, np.arange(128) // 10 % 2),
        ({"source": X[:, :, None]}, 30, np.minimum(np.arange(128) // 64, 1)),
        ({"source": X[:, :, None], "source_lengths": np.full(128, 12)}, 30, RISES),
        ({"source": RNG.randint(5, size=(128, 12))}, 30, RISES),
    ],
    ids=["shuffled", "samples", "numbers", "too few", "lasting states", "sorted", "ragged", "samples of tokens"],
)
def test_no_last_block(rows, n_held_out, classes):
    n = len(rows["source"])
    assert last_block(rows, np.arange(n), n_held_out, labels=classes) is None


ALARMS = [list(row) for row in cut(np.array(list("abcdefgh"))[RNG.randint(8, size=140)])[0]]


@pytest.mark.parametrize(
    ("estimator", "X", "y"),
    [(SequenceClassifier, X, RISES), (SequenceRegressor, *cut(NOISE)), (SequenceRegressor, ALARMS, cut(NOISE)[1])],
    ids=["labels", "numbers", "tokens"],
)
def test_a_trial_of_windows_holds_out_the_last_of_them(monkeypatch, estimator, X, y):
    seen = []
    scaled = estimator._scaled
    monkeypatch.setattr(estimator, "_scaled", lambda *given: seen.append(given[4:6]) or scaled(*given))
    monkeypatch.setattr(Trial, "verdict", lambda *given: Verdict(n_epochs=5, noisy=True, least=None))
    monkeypatch.setattr(Trial, "beside", lambda *given: None)
    monkeypatch.setattr(Trial, "is_stuck", lambda *given: False)
    assert_no_warning(estimator(units=2, random_state=0), X, y)
    (train, held_out), (_, nothing) = seen  # of the trial, and of the fit
    n_held_out = 30 if estimator is SequenceClassifier else 32
    assert held_out.tolist() == list(range(128 - n_held_out, 128))
    assert train.max() == 128 - n_held_out - 12 - 1
    assert nothing is None
