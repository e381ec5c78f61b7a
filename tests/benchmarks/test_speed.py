"""What the speed benchmark is built from: alternation, choice of settings, ratios, slopes, pictures; equal networks.

No test depends on the clock: where time counts, the clock is a fake one.
"""

import sys
from itertools import pairwise

import numpy as np
import pytest

from benchmarks.harness import memory
from benchmarks.harness import report as _report
from benchmarks.harness.report import OURS, SECONDS, STOCK
from benchmarks.harness.speed_picture import draw
from benchmarks.harness.speed_report import RATIOS, TORCH, Speeds
from benchmarks.harness.timing import Contender, Ratio, alternating, calibrated, chosen, geometric_mean, slope
from benchmarks.parts import updates
from benchmarks.parts.peak import products, update_flops
from benchmarks.parts.updates import N_CLASSES, Task
from benchmarks.peers import stock_keras


class Clock:
    """A clock that only moves when it is told to, and contenders that move it."""

    def __init__(self):
        self.now = 0.0

    def perf_counter(self):
        return self.now

    def contender(self, by, seconds, *, setting="", overhead=0.0, compiling=0.0, **fields):
        """One that takes so many seconds per piece, so many per call, and so many more at its first call."""
        calls = []

        def ready(n):
            def run():
                self.now += overhead + n * seconds + (0 if calls else compiling)
                calls.append(n)

            return run

        contender = Contender(by=by, setting=setting, ready=ready, **fields)
        return contender, calls


@pytest.fixture
def clock(monkeypatch):
    clock = Clock()
    monkeypatch.setattr(_report, "time", clock)
    return clock


# --- timing -----------------------------------------------------------------------------------------------------------


def test_repeats_alternate_and_every_second_one_runs_backwards():
    order = []
    measures = {name: lambda name=name: order.append(name) or len(order) for name in "abc"}
    found = alternating(measures, 3)
    assert "".join(order) == "abc" + "cba" + "abc"
    assert {name: values.tolist() for name, values in found.items()} == {"a": [1, 6, 7], "b": [2, 5, 8], "c": [3, 4, 9]}


def test_a_call_is_made_long_enough_for_what_it_measures(clock):
    contender, calls = clock.contender(OURS, 0.001, overhead=0.01)
    n, speed = calibrated(contender, 1.0)
    assert 0.5 <= 0.01 + n * 0.001 <= 1.0
    assert speed == pytest.approx(0.001 + 0.01 / n)
    assert calls[0] == 1
    assert all(after <= 20 * before for before, after in pairwise(calls))


def test_a_slow_piece_is_timed_once_and_a_fast_one_so_often_at_most(clock):
    slow, calls = clock.contender(OURS, 5.0)
    assert calibrated(slow, 1.0) == (1, 5.0)
    assert calls == [1]
    fast, _ = clock.contender(OURS, 1e-6)
    assert calibrated(fast, 1.0, most=100)[0] == 100


def test_calls_are_multiples_of_the_granule_and_shares_count(clock):
    contender, calls = clock.contender(STOCK, 0.01, granule=20, share=0.5)
    n, speed = calibrated(contender, 1.0, most=90)
    assert n == 100  # up to the next multiple
    assert not any(n % 20 for n in calls)
    assert speed == pytest.approx(0.02)  # a piece is half of what is compared


def test_everyone_is_timed_at_the_fastest_setting(clock):
    contenders = [
        clock.contender(OURS, 0.01, setting="only", compiling=2.0)[0],
        clock.contender(STOCK, 0.03, setting="slow")[0],
        clock.contender(STOCK, 0.02, setting="fast", compiling=3.0)[0],
        clock.contender(STOCK, 0.04, setting="slower")[0],
    ]
    best = chosen(iter(contenders), 0.1)
    assert {by: one.contender.setting for by, one in best.items()} == {OURS: "only", STOCK: "fast"}
    assert best[STOCK].compiling == pytest.approx(3.0)
    assert best[STOCK].measure() == pytest.approx(0.02)


def test_many_steps_at_once_are_not_tried_where_they_would_take_minutes(clock):
    one, _ = clock.contender(STOCK, 2.0, setting="1")
    many, calls = clock.contender(STOCK, 1.9, setting="20", granule=20)
    assert chosen([one, many], 0.5)[STOCK].contender.setting == "1"
    assert calls == []
    one, _ = clock.contender(STOCK, 0.01, setting="1")
    many, calls = clock.contender(STOCK, 0.009, setting="20", granule=20)
    assert chosen([one, many], 0.5)[STOCK].contender.setting == "20"
    assert calls


def test_ratios_of_repeats():
    ratio = Ratio.of([2.0, 9.0, 8.0], [1.0, 3.0, 2.0])
    assert (ratio.median, ratio.least, ratio.largest) == (3, 2, 4)
    assert str(ratio) == "3 (2 to 4)"
    assert geometric_mean([1, 8, 1]) == pytest.approx(2)


def test_slopes():
    x = np.array([50, 100, 400, 3200])
    assert slope(x, 0.3 * x**1.25, log=True) == pytest.approx(1.25)
    assert slope(x, 7 + 0.5 * x) == pytest.approx(0.5)


# --- the report -------------------------------------------------------------------------------------------------------


@pytest.fixture
def report(clock):
    """Two comparisons, a plain row, a curve over each axis, and parts."""
    report = Speeds("toy", columns=((OURS, STOCK),))
    for quantity, ours in (("short", 0.010), ("long", 0.040)):
        contenders = [
            clock.contender(OURS, ours, setting="XLA", compiling=1.5)[0],
            clock.contender(STOCK, 0.020, setting="no XLA")[0],
            clock.contender(TORCH, 0.080, setting="2 threads")[0],
        ]
        report.compare("training", quantity, contenders, piece="update", seconds=0.1, repeats=2)
    report.add("R6", "predict", SECONDS, OURS, 1.0)
    report.curves["time over samples"] = [1, 10], [0.1, 1.1]
    report.curves["memory over fits"] = [1, 2], [500.0, 501.0]
    report.curves["parts of an update"] = ["gates", "the rest"], [0.25, 0.75]
    return report


def test_the_table_of_ratios_names_settings_compiling_and_ratios(report):
    ratios, plain = (report.table(columns) for columns in report.columns)
    assert report.columns[0] == RATIOS
    short = ratios.loc[("training", "short")]
    assert short[f"{OURS}, ms"] == "10 [XLA; 1.5 s]"
    assert short[f"{STOCK}, ms"] == "20 [no XLA; 0.0 s]"
    assert short[f"{STOCK} / {OURS}"] == "2 (2 to 2)"
    assert short[f"{TORCH} / {OURS}"] == "8 (8 to 8)"
    assert plain.index.get_level_values("experiment").tolist() == ["R6"]  # nothing twice
    assert "training" in str(report)


def test_medians_of_an_experiment(report):
    assert report.medians("training", STOCK) == pytest.approx({"short": 2, "long": 0.5})
    assert report.medians("training", "nobody") == {}
    assert report.medians("R6", STOCK) == {}


def test_every_repeat_and_setting_is_in_the_records(report):
    rows = [r for r in report.records if (r["quantity"], r["by"]) == ("short", STOCK)]
    assert [(row["repeat"], row["setting"]) for row in rows] == [(0, "no XLA"), (1, "no XLA")]
    assert [row["value"] for row in rows] == pytest.approx([0.02, 0.02])
    assert all("setting" in record for record in report.records)


def test_the_picture_is_drawn_and_the_curves_are_written(report, tmp_path):
    draw(report, tmp_path)
    assert (tmp_path / "speed.png").read_bytes().startswith(b"\x89PNG")
    lines = (tmp_path / "speed_curves.csv").read_text().splitlines()
    assert lines[0] == "curve,x,y"
    assert "time over samples,10,1.1" in lines
    assert "parts of an update,gates,0.25" in lines


# --- the networks that are compared -----------------------------------------------------------------------------------


@pytest.mark.usefixtures("eager")
@pytest.mark.parametrize("attention", [None, "dot", "bahdanau"])
def test_stock_keras_has_a_network_of_the_same_size(attention):
    task = Task(batch_size=4, n_timesteps=3, units=5, attention=attention)
    X, y = task.pairs(4)
    fitted = task.estimator(jit_compile=False).partial_fit(X, y, classes=np.arange(N_CLASSES))
    model = stock_keras.id_encoder_decoder(3, N_CLASSES, units=5, attention=attention, clipnorm=1.0)
    assert model.count_params() == sum(weight.size for weight in fitted.weights_.values())
    source, previous, target = (array[0] for array in task.batches(1))
    model.run_eagerly = True
    loss = model.train_on_batch([source, previous], target)
    assert loss == pytest.approx(np.log(N_CLASSES), rel=0.1)  # near the constant answer: nothing is learnt yet


def test_batches_hold_the_pairs_shifted_by_one():
    task = Task(batch_size=2, n_timesteps=4, units=1, n_target=3)
    X, y = task.pairs(6)
    source, previous, target = task.batches(3)
    assert source.shape == (3, 2, 4)
    assert previous.shape == target.shape == (3, 2, 3)
    np.testing.assert_array_equal(source.reshape(6, 4), X + 1)
    np.testing.assert_array_equal(target.reshape(6, 3), y)
    np.testing.assert_array_equal(previous[..., 0], 0)
    np.testing.assert_array_equal(previous[..., 1:], target[..., :-1] + 1)


def test_products_of_an_update_by_hand():
    """Two layers of 3 units, 2 steps each, batch 5: an LSTM product is 2 x 5 x 3 x 12 = 360 operations."""
    task = Task(batch_size=5, n_timesteps=2, units=3)
    recurrence = 2 * 2 * 360  # forwards
    output = 2 * (2 * 5) * 3 * N_CLASSES
    assert update_flops(task) == 3 * recurrence + 3 * output  # forwards, gradient by states, gradient by weights
    assert len(products(task)) == 7


def test_without_torch_the_error_says_how_to_get_it(monkeypatch):
    monkeypatch.setitem(sys.modules, "torch", None)
    monkeypatch.delitem(sys.modules, "benchmarks.peers.torch_loops", raising=False)
    monkeypatch.delattr("benchmarks.peers.torch_loops", raising=False)
    with pytest.raises(ImportError, match=r"PyTorch and skorch cannot be run .*pip install -e '\.\[benchmarks\]'"):
        updates.peers_torch()


# --- memory -----------------------------------------------------------------------------------------------------------


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read as Linux counts it")
def test_the_peak_is_seen_after_it_has_gone_and_can_start_anew():
    before = memory.resident_memory()
    block = np.ones(16 * 2**20)  # 128 MB
    del block
    assert memory.peak_memory() >= before + 120
    memory.reset_peak_memory()
    assert memory.peak_memory() < before + 100
