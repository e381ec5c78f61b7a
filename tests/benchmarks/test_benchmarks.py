"""What the benchmarks are built from: the .ts parser on texts written by hand, forms of sequences, scores, tables."""

import sys
from importlib.util import find_spec

import numpy as np
import pytest
from sklearn.datasets import load_digits

from benchmarks.anomalies import QUICK
from benchmarks.exploding import PLAIN, Comparison
from benchmarks.harness import report as harness_report
from benchmarks.harness.report import OURS, SECONDS, STOCK, Report
from benchmarks.peers.on_windows import ForestOnWindows, PCAOnWindows, mean_over_windows
from benchmarks.tasks import archives, odd
from benchmarks.tasks.archives import (
    AnomalousSeries,
    Split,
    few_labels,
    load,
    load_internal_bleeding,
    median_length,
    read_ts,
    resampled,
    standardised,
    taken,
)

RAGGED = """
# Two channels. A comment may say @data
@problemName Toy
@timeStamps false
@univariate false
@classLabel true b a1

@data
1,2,3:10,20,3e1:a1
-4.5,5:40,50:b
"""
EVEN = "@classlabel TRUE 1 2\n@DATA\n1,2:1\n3,4:2\n"


def test_ragged_text():
    X, y = read_ts(RAGGED)
    assert isinstance(X, list)
    np.testing.assert_array_equal(X[0], [[1, 10], [2, 20], [3, 30]])
    np.testing.assert_array_equal(X[1], [[-4.5, 40], [5, 50]])
    assert y.tolist() == ["a1", "b"]


def test_even_text():
    X, y = read_ts(EVEN)
    np.testing.assert_array_equal(X, [[[1], [2]], [[3], [4]]])
    assert y.tolist() == ["1", "2"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (EVEN.replace("@DATA\n", ""), "tags '@classLabel true' and '@data'"),
        (EVEN.replace("TRUE", "false"), "tags '@classLabel true' and '@data'"),
        ("@timeStamps true\n" + EVEN, "got '@timeStamps true'"),
        (RAGGED.replace("40,50", "40"), r"one length, got \[2, 1\] in the line '-4.5,5:40:b'"),
        (EVEN.replace("3,4", "3,?"), "could not convert string to float"),
    ],
)
def test_texts_that_cannot_be_read(text, message):
    with pytest.raises(ValueError, match=message):
        read_ts(text)


def test_without_aeon_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setattr(archives, "find_spec", lambda name: None)
    for loader in (lambda: load("GunPoint"), load_internal_bleeding):
        with pytest.raises(FileNotFoundError, match="pip install --no-deps aeon"):
            loader()


def test_a_missing_file_is_named(monkeypatch, tmp_path):
    (tmp_path / "aeon").mkdir()
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(FileNotFoundError, match="no data file Nothing/Nothing_TRAIN.ts"):
        archives.load_archive("Nothing")


def test_digits_are_rows_of_pixels():
    split = load("digits")
    assert split.X_train.shape == (898, 8, 8)
    assert split.X_test.shape == (899, 8, 8)
    assert set(split.y_train) == set(split.y_test) == set("0123456789")
    assert split.X_train[0, 0].tolist() == [0, 0, 5, 13, 9, 1, 0, 0]  # the first row of the first digit, a 0


@pytest.mark.skipif(find_spec("aeon") is None, reason="aeon's files are not there")
@pytest.mark.parametrize(  # sizes and lengths as the archives publish them
    ("name", "n_train", "n_test", "shortest", "longest", "n_channels", "n_classes"),
    [
        ("JapaneseVowels", 270, 370, 7, 29, 12, 9),
        ("ItalyPowerDemand", 67, 1029, 24, 24, 1, 2),
        ("BasicMotions", 40, 40, 100, 100, 6, 4),
        ("GunPoint", 50, 150, 150, 150, 1, 2),
    ],
)
def test_published_sizes(name, n_train, n_test, shortest, longest, n_channels, n_classes):
    split = load(name)
    sequences = [*split.X_train, *split.X_test]
    assert (len(split.X_train), len(split.X_test)) == (n_train, n_test)
    assert (len(split.y_train), len(split.y_test)) == (n_train, n_test)
    assert (min(map(len, sequences)), max(map(len, sequences))) == (shortest, longest)
    assert {sequence.shape[1] for sequence in sequences} == {n_channels}
    assert len(set(split.y_train)) == n_classes
    assert all(np.isfinite(sequence).all() for sequence in sequences)
    assert "aeon" not in sys.modules, "aeon is read, not run"


@pytest.mark.skipif(find_spec("aeon") is None, reason="aeon's files are not there")
def test_internal_bleeding():
    series = load_internal_bleeding()
    assert (series.start, series.stop) == (4187, 4199)  # the archive's file name: 1200_4187_4199
    assert series.train.shape == (1200, 1)
    assert series.test.shape == (7501, 1)
    np.testing.assert_array_equal(series.test[:1200], series.train)


# --- forms ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("position", "expected"), [(3, 2), (4, 1), (5, 0), (7, 0), (8, 1), (10, 3)])
def test_distance_to_the_span(position, expected):
    assert AnomalousSeries(np.zeros((2, 1)), np.zeros((20, 1)), start=5, stop=8).distance(position) == expected


def test_standardised_by_the_training_part():
    ragged = [np.array([[0.0, 5.0], [2.0, 5.0]]), np.array([[4.0, 5.0]])]
    scaled = standardised(Split(ragged, np.array(["a", "b"]), [np.array([[2.0, 6.0]])], np.array(["a"])))
    deviation = np.sqrt(8 / 3)  # of 0, 2, 4
    np.testing.assert_allclose(np.concatenate(scaled.X_train)[:, 0], np.array([-2, 0, 2]) / deviation)
    np.testing.assert_allclose(np.concatenate(scaled.X_train)[:, 1], 0)  # a constant channel is only centred
    np.testing.assert_allclose(scaled.X_test[0], [[0, 1]])


def test_resampled_by_straight_lines():
    X = [np.array([[0.0, 3.0], [1.0, 3.0], [4.0, 3.0]]), np.array([[7.0, 1.0]])]
    expected = [[[0, 3], [0.5, 3], [1, 3], [2.5, 3], [4, 3]], [[7, 1]] * 5]
    np.testing.assert_allclose(resampled(X, 5), expected)
    assert median_length([*X, *X, X[0]]) == 3


def test_few_labels_are_stratified():
    y = np.repeat(["a", "b", "c"], 20)
    rows = few_labels(y, 0.1, random_state=0)
    assert sorted(y[rows]) == ["a", "a", "b", "b", "c", "c"]
    np.testing.assert_array_equal(rows, few_labels(y, 0.1, random_state=0))
    assert rows.tolist() != few_labels(y, 0.1, random_state=1).tolist()
    assert sorted(y[few_labels(y, 0.001, random_state=0)]) == ["a", "b", "c"]  # at least one per class


def test_taken_from_either_form():
    X = np.arange(12.0).reshape(3, 2, 2)
    np.testing.assert_array_equal(taken(X, [2, 0]), X[[2, 0]])
    np.testing.assert_array_equal(taken(list(X), [2, 0]), X[[2, 0]])
    assert isinstance(taken(list(X), [2, 0]), list)


# --- anomaly tasks ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("seed", range(3))
def test_the_offset_series_is_odd_once_in_every_third(seed):
    task = odd.offset_series(seed, QUICK)
    (series,), (marks,) = task.test, task.odd
    assert series.shape == (QUICK.long_steps, 1)
    assert series.mean() == pytest.approx(50, abs=2)
    starts = np.flatnonzero(np.diff(marks) == 1) + 1
    assert (starts // (QUICK.long_steps / 3)).tolist() == [0, 1, 2]
    assert marks.sum() == 3 + 60 + 80


def test_one_class_is_normal():
    task = odd.one_class("digits", 3, QUICK)
    assert (len(task.test), task.window) == (899, None)
    assert len(task.train) + (task.odd == 0).sum() == np.sum(load_digits().target == 3)


# --- scores and tables ------------------------------------------------------------------------------------------------


def test_a_timestep_scores_as_its_windows_on_average():
    """Four timesteps, windows of two: the middle ones lie in two windows each."""
    np.testing.assert_allclose(mean_over_windows(np.array([1.0, 3.0, 8.0]), np.arange(3), 2), [1, 2, 5.5, 8])
    np.testing.assert_allclose(mean_over_windows(np.array([1.0, 3.0]), np.arange(2), 1), [1, 3])
    np.testing.assert_allclose(mean_over_windows(np.array([1.0, 3.0]), np.array([0, 2]), 3), [1, 1, 2, 3, 3])


@pytest.mark.parametrize("peer", [ForestOnWindows(4, random_state=0), PCAOnWindows(4, stride=2)], ids=["forest", "PCA"])
def test_peers_find_what_sticks_out(peer):
    rng = np.random.RandomState(0)
    X_train, X = rng.normal(size=(20, 30, 2)), rng.normal(size=(2, 40, 2))
    X[1, 20:24] += 8
    scores = peer.fit(X_train).score_timesteps(X)
    assert scores.shape == (2, 40)
    np.testing.assert_array_equal(scores, np.stack(peer.score_timesteps(list(X))))
    sample, timestep = np.unravel_index(scores.argmin(), scores.shape)
    assert sample == 1
    assert 20 <= timestep < 24


def test_a_report_has_a_table_for_every_group_of_columns():
    report = Report("toy", columns=(("a", "b"), ("c",), ("d",)))
    report.add("R", "accuracy", "", "b", [0.25, 0.75])
    report.add("R", "accuracy", "", "a", 1.0)
    report.add("R", "time", SECONDS, "c", 2.0)
    both, single, none = (report.table(columns) for columns in report.columns)
    assert both.columns.tolist() == ["a", "b"]
    assert both.loc[("R", "accuracy", "")].tolist() == ["1", "0.5 ± 0.35 (n=2)"]
    assert single.loc[("R", "time", SECONDS)].tolist() == ["2"]
    assert none.empty
    text = str(report)
    assert text.count("experiment") == 2
    assert "others" not in text


def test_seconds_beside_stock_keras_have_a_ratio():
    report = Report("toy")
    for by, seconds in ((OURS, 2.0), (STOCK, 5.0)):
        report.add("R", "fit", SECONDS, by, seconds)
        report.add("R", "error", "", by, seconds)
    table = report.table((OURS, STOCK))
    assert table[f"others / {OURS}"].tolist() == ["2.5", ""]


def test_the_table_of_remedies_has_a_row_for_each_and_names_what_it_changes():
    report = Comparison("toy")
    for remedy, loss in ((PLAIN, [np.inf, np.inf]), ("fewer layers", [0.25, np.inf])):
        report.histories[remedy] = []
        for quantity in ("cured", "diverged", "warned"):
            report.add(remedy, quantity, "", OURS, [0, 1])
        for quantity in ("final loss", "largest gradient norm", "largest weight"):
            report.add(remedy, quantity, "", OURS, loss)
    (table,) = (report.table(columns) for columns in report.columns)
    assert table["changed"].tolist() == ["nothing: as it is", "n_layers=1"]
    assert table["cured"].tolist() == ["1 of 2", "1 of 2"]
    assert table["final loss"].tolist() == ["-", "0.25 ± 0"]  # of those that did not diverge
    assert "n_layers=1" in str(report)


def test_a_package_that_is_not_there_costs_no_figures():
    """The machine is named when hours of work are done."""
    assert harness_report._version_of("skseq_of_nobody") == "not installed"
