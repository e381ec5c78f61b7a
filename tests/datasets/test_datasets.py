"""The pair generator: expected targets are worked out by hand from the task's definition."""

import pickle
from inspect import signature

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.utils import estimator_checks
from sklearn.utils.estimator_checks import parametrize_with_checks

from skseq import datasets
from skseq.datasets import (
    SequencePairGenerator,
    make_addition,
    make_anomalies,
    make_copy,
    make_echo,
    make_reversed,
    make_sorted,
)

TASKS = ["echo", "reverse", "copy", "sort", "addition"]
MAKERS = {
    "echo": make_echo,
    "reverse": make_reversed,
    "copy": make_copy,
    "sort": make_sorted,
    "addition": make_addition,
}
VARIANTS = [
    SequencePairGenerator(),
    SequencePairGenerator("reverse"),
    SequencePairGenerator("sort"),
    SequencePairGenerator("copy"),
    SequencePairGenerator("copy", reverse_source=True),
    SequencePairGenerator(pad_target=True, reserve_zero=True),
    SequencePairGenerator("reverse", reverse_source=True),
]
MORE_CHECKS = [  # scikit-learn runs these on its own estimators, but check_estimator does not yield them
    "check_param_validation",
    "check_set_output_transform",
    "check_set_output_transform_pandas",
    "check_set_output_transform_polars",
    "check_global_output_transform_pandas",
    "check_global_set_output_transform_polars",
    "check_transformer_get_feature_names_out",
    "check_transformer_get_feature_names_out_pandas",
    "check_get_feature_names_out_error",
    "check_dataframe_column_names_consistency",
]


def generator(task="echo", **parameters):
    return SequencePairGenerator(task, **parameters).fit()


def text(rows):
    return ["".join(row) for row in rows]


def test_every_estimator_of_data_is_checked():
    public = {getattr(datasets, name) for name in datasets.__all__}
    assert {type(estimator) for estimator in VARIANTS} == {thing for thing in public if isinstance(thing, type)}


@parametrize_with_checks(VARIANTS)
def test_scikit_learn_checks(estimator, check):
    check(estimator)


@pytest.mark.filterwarnings("ignore:X .* feature names")  # the checks mix frames and arrays
@pytest.mark.parametrize("check", MORE_CHECKS)
@pytest.mark.parametrize("estimator", VARIANTS[:5], ids=str)
def test_more_scikit_learn_checks(estimator, check):
    getattr(estimator_checks, check)(type(estimator).__name__, estimator)


# ---------------------------------------------------------------- the rules, by hand


@pytest.mark.parametrize(
    ("task", "parameters", "expected"),
    [
        ("echo", {}, [7, 3, 9, 1, 5]),
        ("echo", {"n_kept": 2}, [7, 3]),
        ("echo", {"n_kept": 2, "pad_target": True}, [7, 3, 0, 0, 0]),
        ("reverse", {}, [5, 1, 9, 3, 7]),
        ("reverse", {"n_kept": 3}, [9, 3, 7]),
        ("reverse", {"n_kept": 3, "pad_target": True}, [9, 3, 7, 0, 0]),
        ("sort", {}, [1, 3, 5, 7, 9]),
        ("sort", {"n_kept": 3}, [3, 7, 9]),
        ("copy", {}, [0, 0, 0, 7, 3]),
        ("copy", {"n_kept": 1}, [0, 0, 0, 0, 7]),
    ],
)
@pytest.mark.parametrize("reverse_source", [False, True])
def test_target_by_hand(task, parameters, expected, reverse_source):
    source = [7, 3, 9, 1, 5]
    presented = source[::-1] if reverse_source else source
    fitted = generator(task, reverse_source=reverse_source, **parameters)
    np.testing.assert_array_equal(fitted.transform([presented]), [expected])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (" 12+  7", "  19"),
        ("999+999", "1998"),
        ("  0+  0", "   0"),
        ("100+  0", " 100"),
        ("  5+  5", "  10"),
        ("007+ 01", "   8"),
    ],
)
def test_sum_by_hand(source, expected):
    assert text(generator("addition").transform([list(source)])) == [expected]
    assert text(generator("addition", reverse_source=True).transform([list(source[::-1])])) == [expected]
    assert text(generator("addition", pad_target=True).transform([list(source)])) == [expected + "   "]


def test_sum_of_the_largest_numbers():
    nines = "9" * 18
    target = generator("addition", n_digits=18).transform([list(f"{nines}+{nines}")])
    assert text(target) == ["1999999999999999998"]
    X, _ = generator("addition", n_digits=np.int32(18), random_state=0).sample(20)
    assert max(len(row.lstrip()) for row in text(X)) == 37


def test_sums_agree_with_python():
    X, y = make_addition(500, n_digits=4, random_state=0)
    assert [sum(map(int, row.split("+"))) for row in text(X)] == [int(row) for row in text(y)]
    assert all(len(row) == 9 and row[4] == "+" for row in text(X))


def test_copy_source_has_symbols_blanks_marker_blanks():
    assert (make_copy(1, n_timesteps=9, n_kept=None)[1] > 0).sum() == 4  # 2 * 4 + 1 = 9
    X, y = make_copy(200, n_timesteps=9, n_kept=3, cardinality=6, random_state=0)
    assert set(np.unique(X[:, :3])) == {1, 2, 3, 4}
    np.testing.assert_array_equal(X[:, 3:], np.tile([0, 0, 5, 0, 0, 0], (200, 1)))
    assert not y[:, :6].any()
    np.testing.assert_array_equal(y[:, 6:], X[:, :3])


@pytest.mark.parametrize("n_timesteps", [1, 2])
def test_copy_keeps_nothing_where_nothing_fits(n_timesteps):
    fitted = generator("copy", n_timesteps=n_timesteps, random_state=0)
    X, y = fitted.sample(3)
    assert fitted.n_kept_ == 0
    assert X.shape == y.shape == (3, n_timesteps)
    assert not y.any()


# ---------------------------------------------------------------- the reference experiments


def test_r6_reversed_subset():
    X, y = make_reversed(2000, n_timesteps=6, n_kept=3, cardinality=51, reserve_zero=True, random_state=0)
    assert X.shape == (2000, 6)
    assert y.shape == (2000, 3)
    assert set(np.unique(X)) == set(range(1, 51))
    np.testing.assert_array_equal(y, X[:, [2, 1, 0]])


def test_r7_padded_echo():
    X, y = make_echo(2000, n_timesteps=5, n_kept=2, pad_target=True, cardinality=50, random_state=0)
    assert X.shape == y.shape == (2000, 5)
    assert set(np.unique(X)) == set(range(50))
    np.testing.assert_array_equal(y[:, :2], X[:, :2])
    assert not y[:, 2:].any()


# ---------------------------------------------------------------- sampling


@pytest.mark.parametrize("reverse_source", [False, True])
@pytest.mark.parametrize("pad_target", [False, True])
@pytest.mark.parametrize("task", TASKS)
def test_transform_is_the_oracle_of_sample(task, pad_target, reverse_source):
    fitted = generator(task, n_timesteps=7, pad_target=pad_target, reverse_source=reverse_source, random_state=0)
    X, y = fitted.sample(50)
    target = fitted.transform(X)
    np.testing.assert_array_equal(target, y)
    assert target.dtype == y.dtype == X.dtype
    assert X.dtype == (np.dtype("U1") if task == "addition" else np.int64)
    assert len(fitted.get_feature_names_out()) == y.shape[1]


@pytest.mark.parametrize("task", TASKS)
def test_reverse_source_turns_only_the_source(task):
    X, y = generator(task, random_state=0).sample(20)
    X_turned, y_turned = generator(task, reverse_source=True, random_state=0).sample(20)
    np.testing.assert_array_equal(X_turned, X[:, ::-1])
    np.testing.assert_array_equal(y_turned, y)


@pytest.mark.parametrize("task", TASKS)
def test_a_seed_repeats_and_a_generator_moves_on(task):
    seeded, moving = generator(task, random_state=0), generator(task, random_state=np.random.RandomState(0))
    first, again = seeded.sample(50)[0], seeded.sample(50)[0]
    np.testing.assert_array_equal(first, again)
    np.testing.assert_array_equal(first, moving.sample(50)[0])
    assert (first != moving.sample(50)[0]).any()


@pytest.mark.parametrize("task", TASKS)
def test_make_functions_are_the_generator(task):
    lengths = {"n_timesteps": 30, "n_kept": 10, "cardinality": 10} if task == "copy" else {}
    X, y = MAKERS[task](random_state=3)
    X_expected, y_expected = generator(task, random_state=3, **lengths).sample(100)
    np.testing.assert_array_equal(X, X_expected)
    np.testing.assert_array_equal(y, y_expected)


def test_clone_and_pickle_sample_the_same():
    fitted = generator("sort", n_kept=3, random_state=1)
    X, y = fitted.sample(10)
    for twin in (clone(fitted).fit(), pickle.loads(pickle.dumps(fitted))):
        np.testing.assert_array_equal(twin.sample(10)[0], X)
        np.testing.assert_array_equal(twin.transform(X), y)


def test_samples_do_not_share_memory():
    X, y = generator(random_state=0).sample(5)
    assert not np.shares_memory(X, y)
    assert not np.shares_memory(X, generator().transform(X))


# ---------------------------------------------------------------- fit on data, containers, types


def test_fit_on_data_takes_its_length():
    fitted = SequencePairGenerator("reverse", n_timesteps=3, random_state=0).fit(np.ones((4, 8)))
    assert fitted.n_timesteps_in_ == fitted.n_features_in_ == fitted.n_kept_ == 8
    assert fitted.sample(2)[0].shape == (2, 8)


def test_fit_without_data_forgets_feature_names():
    fitted = SequencePairGenerator().fit(pd.DataFrame({"a": [1], "b": [2]}))
    assert list(fitted.feature_names_in_) == ["a", "b"]
    assert not hasattr(fitted.fit(), "feature_names_in_")
    assert fitted.n_features_in_ == 5


@pytest.mark.parametrize("dtype", ["float32", "float64", "int16", "int64", "uint8"])
@pytest.mark.parametrize("task", ["echo", "reverse", "copy", "sort"])
def test_dtype_passes_through(task, dtype):
    assert generator(task, pad_target=True).transform(np.ones((2, 5), dtype)).dtype == dtype


@pytest.mark.parametrize("task", TASKS)
def test_set_output_pandas(task):
    fitted = generator(task, random_state=0).set_output(transform="pandas")
    X, y = fitted.sample(3)
    frame = fitted.transform(X)
    assert isinstance(frame, pd.DataFrame)
    assert list(frame.columns) == [f"sequencepairgenerator{i}" for i in range(y.shape[1])]
    np.testing.assert_array_equal(frame.to_numpy(), y)


@pytest.mark.parametrize("container", [list, np.array, lambda X: np.array(X, object), pd.DataFrame])
def test_sums_in_any_container(container):
    X = container([list("1+2"), list("9+9")])
    fitted = SequencePairGenerator("addition", n_digits=1).fit(X)
    assert text(fitted.transform(X)) == [" 3", "18"]
    assert text(fitted.fit_transform(X)) == [" 3", "18"]


def test_in_a_pipeline():
    pipeline = make_pipeline(FunctionTransformer(np.negative), SequencePairGenerator("sort"))
    np.testing.assert_array_equal(pipeline.fit_transform([[1, 3, 2]]), [[-3, -2, -1]])


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("task", "parameters", "message"),
    [
        ("echo", {"n_kept": 6}, "n_kept=6 with task='echo' needs at least 6 source timesteps, got 5"),
        ("copy", {"n_kept": 3}, "n_kept=3 with task='copy' needs at least 7 source timesteps, got 5"),
        ("copy", {"cardinality": 2}, "cardinality=2 leaves no token .* at least 3"),
        ("sort", {"cardinality": 1, "reserve_zero": True}, "cardinality=1 leaves no token .* at least 2"),
        ("addition", {"n_digits": 19}, r"'n_digits' parameter .* range \[1, 18\]"),
    ],
)
def test_parameters_that_do_not_fit(task, parameters, message):
    with pytest.raises(ValueError, match=message):
        generator(task, **parameters)


def test_the_smallest_parameters_that_fit():
    assert generator("copy", n_timesteps=7, n_kept=3, cardinality=3).n_kept_ == 3
    X, _ = generator("sort", cardinality=2, reserve_zero=True).sample(4)
    assert (X == 1).all()


def test_n_kept_beyond_the_columns_of_X():
    with pytest.raises(ValueError, match=r"n_kept=4 .* got 3"):
        SequencePairGenerator(n_kept=4).fit([[1, 2, 3]])


@pytest.mark.parametrize(
    "row",
    [
        list("1 2+  3"),  # space between digits
        list("12 +  3"),  # space after the last
        list("   +  3"),  # no number
        list(" 12-  3"),  # no plus
        list(" 12+ 3x"),  # no digit
        list(" 12+ ٣٤"),  # digits of another script
        [" ", "1", "22", "+", " ", " ", "3"],  # two characters in a cell
        [" ", "1", "", "+", " ", " ", "3"],  # none
        [" ", "1", 2, "+", " ", " ", "3"],  # not a string
    ],
)
def test_malformed_sums_are_named(row):
    good = list(" 12+  3")
    with pytest.raises(ValueError, match=r"Row 1 of X is not a sum: .* n_digits=3 .* 1 of 2"):
        generator("addition").transform(np.array([good, row], dtype=object))


def test_sums_of_another_width_or_type():
    with pytest.raises(ValueError, match=r"n_digits=3 needs 7 columns in X .* got 5"):
        SequencePairGenerator("addition").fit([list("12+34")])
    with pytest.raises(ValueError, match="expecting 7 features"):
        generator("addition").transform([list("12+34")])
    with pytest.raises(ValueError, match="one-character strings, got dtype float64"):
        SequencePairGenerator("addition").fit(np.ones((2, 7)))


def test_dates_are_no_pairs():
    with pytest.raises(TypeError, match="X holds dates, which are no numbers"):
        SequencePairGenerator(n_timesteps=4).fit(np.full((3, 4), np.datetime64("2024-01-01")))


@pytest.mark.parametrize("method", ["sample", "transform"])
def test_not_fitted(method):
    arguments = [] if method == "sample" else [[[1, 2]]]
    with pytest.raises(NotFittedError):
        getattr(SequencePairGenerator(), method)(*arguments)


def test_sample_needs_a_positive_count():
    for n_samples in (0, 1.5, True, 10**30):
        with pytest.raises(ValueError, match=f"n_samples must be an integer from 1 to 2147483647. Got {n_samples}"):
            generator().sample(n_samples)


@pytest.mark.parametrize("make", [*MAKERS.values(), make_anomalies], ids=lambda make: make.__name__)
def test_neither_booleans_nor_huge_integers_are_counts(make):
    names = {"n_samples", "n_timesteps", "n_kept", "cardinality", "n_digits", "n_features"}
    for name in names & signature(make).parameters.keys():
        for value in (True, 10**30):
            with pytest.raises(ValueError, match=f"'{name}' parameter of {make.__name__} must be an int in the range"):
                make(**{name: value})


@pytest.mark.parametrize("task", TASKS)
def test_make_functions_name_themselves_in_errors(task):
    maker = MAKERS[task]
    with pytest.raises(ValueError, match=f"'n_samples' parameter of {maker.__name__} must be"):
        maker(0)
    with pytest.raises(ValueError, match=f"'random_state' parameter of {maker.__name__} must be"):
        maker(random_state="zero")
    with pytest.raises(ValueError, match="random_state must be .* Got True"):
        maker(random_state=True)
