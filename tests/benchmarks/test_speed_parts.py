"""The experiments of `benchmarks.speed`: each at the smallest size, and slopes, medians and claims worked by hand.

What the command runs in fresh processes runs here in this one, or gives figures that were made up. No test depends on
the clock.
"""

import json
import math
import os
import sys
from dataclasses import replace
from itertools import product
from types import SimpleNamespace

import numpy as np
import pytest
import tensorflow as tf

from benchmarks import speed
from benchmarks.harness.report import OURS, SCIKERAS, STOCK
from benchmarks.harness.speed_report import SKORCH, TORCH, Speeds
from benchmarks.parts import answers, cold, far, grid, growth, peak, updates, workers
from benchmarks.parts.updates import N_CLASSES, Task

pytestmark = [
    pytest.mark.usefixtures("eager"),
    pytest.mark.filterwarnings(
        "ignore:Even though the .tf.config.experimental_run_functions_eagerly. option:UserWarning"
    ),
]

IN_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="memory is read as Linux counts it")
TINY = replace(
    speed.QUICK,
    repeats=1,
    seconds=1e-9,
    n_sources=2,
    search=grid.GridScale(
        n_samples=12, epochs=1, repeats=1, grid={"units": [2], "learning_rate": [0.01], "batch_size": [32]}
    ),
    streamed_megabytes=1,
    memory_fits=2,
    memory_architectures=1,
)


@pytest.fixture(autouse=True)
def nothing_to_forget(monkeypatch):
    """Each clears the session of Keras and collects garbage, which takes half a second."""
    for module in (speed, growth, peak):
        monkeypatch.setattr(module, "forget", lambda: None)


@pytest.fixture
def report():
    return Speeds("toy", columns=())


@pytest.fixture
def here(monkeypatch):
    """Run in this process what else runs in a fresh one."""
    for module in (answers, far, growth):
        monkeypatch.setattr(module, "in_fresh_process", lambda function, *arguments: function(*arguments))


@pytest.fixture
def no_graphs(monkeypatch):
    """No side compiles or traces anything."""
    how = {"jit_compile": False, "unroll": False}
    for module in (updates, speed, peak):
        monkeypatch.setattr(module, "LONG_FIT", how)
    tf.config.run_functions_eagerly(True)
    yield
    tf.config.run_functions_eagerly(False)


def claimed(report):
    """Text of a claim -> (value, low, high)."""
    return {claim.text: (claim.value, claim.low, claim.high) for claim in report.claims}


def wanted(report):
    """(low, high) of the claims, in their order."""
    return [(claim.low, claim.high) for claim in report.claims]


def at_least(*figures):
    return [(low, math.inf) for low in figures]


def idle(by):
    """A contender that does nothing."""
    return speed.repeating(by, "", lambda: None)


# --- beside the others ------------------------------------------------------------------------------------------------


def test_shapes_in_which_another_one_is_faster(report):
    assert updates.behind({"a": 1.2, "b": 0.996, "c": 0.71, "d": 1.0}) == ["c (0.71)", "b (0.996)"]
    for quantity, ours in (("short", 1.0), ("long", 8.0)):
        for by, seconds in ((OURS, ours), (STOCK, 4.0), (TORCH, 16.0)):
            report.add("training", quantity, "s a pass", by, seconds)
        report.compared["training", quantity] = dict.fromkeys((OURS, STOCK, TORCH), ("", 0.0))
    speed.claim_ratios(report, "training", means={STOCK: 3.0, TORCH: 2.0}, least={STOCK: 1.0, TORCH: 1.0})
    assert report.notes == [
        "training: stock Keras is faster in 1 of 2: long (0.5)",
        "training: PyTorch is faster in 0 of 2",
    ]
    assert claimed(report) == {
        "stock Keras / skseq, geometric mean of 2 shapes": (pytest.approx(math.sqrt(4 * 0.5)), 3.0, math.inf),
        "stock Keras / skseq, median, at its least (long)": (0.5, 1.0, math.inf),
        "PyTorch / skseq, geometric mean of 2 shapes": (pytest.approx(math.sqrt(16 * 2)), 2.0, math.inf),
        "PyTorch / skseq, median, at its least (long)": (2, 1.0, math.inf),
    }


@pytest.mark.parametrize(
    ("experiment", "shapes", "figures"), [("training", 1, (3.0, 1, 2.0, 1)), ("attention", 2, (3.0, 1.4, 2.2, 1))]
)
def test_training_beside_the_others(report, monkeypatch, experiment, shapes, figures):
    def contenders(task, keras_settings, n_threads):
        return map(idle, (OURS, STOCK, TORCH))

    monkeypatch.setattr(speed, "contenders", contenders)
    speed.EXPERIMENTS[experiment](report, TINY)
    assert wanted(report) == at_least(*figures)
    assert len(report.medians(experiment, STOCK)) == len(report.medians(experiment, TORCH)) == shapes


@pytest.mark.usefixtures("no_graphs")
def test_an_update_of_everyone():
    pytest.importorskip("torch")
    found = list(updates.contenders(Task(batch_size=2, n_timesteps=2, units=3, attention="dot"), ((False, 1),), (1,)))
    assert [contender.by for contender in found] == [OURS, STOCK, TORCH]
    assert all(contender.spent(1) > 0 for contender in found)


@pytest.mark.usefixtures("no_graphs")
def test_decoding_beside_the_others(report, monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.setattr(speed, "_decode_in_keras", lambda task, sources, share: idle(STOCK))
    speed.decode(report, TINY)
    assert wanted(report) == at_least(1000, 1, 2)
    assert [set(found) for found in report.compared.values()] == [{OURS, STOCK, TORCH}, {OURS, TORCH}]


@pytest.mark.parametrize(("steps", "figure"), [((6, 3), 1.0), ((20, 20), 1.3)])
def test_what_is_claimed_of_greedy_search(report, monkeypatch, steps, figure):
    monkeypatch.setattr(speed, "_decoders", lambda task, scale: map(idle, (OURS, STOCK, TORCH)))
    assert steps in speed.Scale().decoding
    speed.decode(report, replace(TINY, decoding=(steps,), beams=()))
    assert wanted(report) == at_least(1000, figure)


def test_r6_end_to_end_by_hand(report, monkeypatch):
    """Fit and predict: 2 s, and 10 s by stock Keras."""

    def add(by, fit, predict):
        report.add("R6", f"fit, {TINY.end_to_end.reversed_pairs:,} pairs", "s", by, fit)
        report.add("R6", "predict", "s", by, predict)

    monkeypatch.setattr(speed, "reverse_ours", lambda *given: add(OURS, 1.5, 0.5))
    monkeypatch.setattr(speed, "reverse_stock", lambda *given, **how: add(STOCK, 3.0, 7.0))
    speed.reverse_end_to_end(report, TINY)
    assert [(claim.value, claim.low) for claim in report.claims] == [(5, 5)]


@pytest.mark.usefixtures("no_graphs")
def test_updates_by_single_pairs(report, monkeypatch):
    for name in ("fit_each", "train_on_each"):
        monkeypatch.setattr(speed.stock_keras, name, lambda model, source, target: None)
    speed.update_single_pairs(report, TINY)
    assert wanted(report) == at_least(70)
    (found,) = report.compared.values()
    assert set(found) == {OURS, STOCK, speed.ON_BATCH}


def test_the_grid_beside_scikeras_and_skorch(report, monkeypatch):
    """skseq stands in for scikeras, whose fits trace a graph each."""
    pytest.importorskip("torch")
    monkeypatch.setattr(grid, "CLASSIFIERS", dict.fromkeys((OURS, SCIKERAS), grid.our_classifier))
    monkeypatch.setattr(grid, "NAMES", dict.fromkeys((OURS, SCIKERAS), grid.NAMES[OURS]))
    speed.search_grid(report, TINY)
    assert wanted(report) == [*at_least(40, 1.5), (-math.inf, 1.5)]
    assert len(report.values("grid", grid.SEARCH, SKORCH)) == 1


def test_the_ratio_of_grids_is_the_median_of_repeats(report):
    for by, seconds in ((OURS, [1, 2, 3]), (SCIKERAS, [10, 2, 60]), (SKORCH, [3, 6, 3])):
        report.add("grid", grid.SEARCH, "s", by, seconds)
    grid.claim_grid(report, low=40)
    grid.claim_grid(report, SKORCH, low=1.5)
    assert [claim.value for claim in report.claims] == [10, 3]


# --- beam search in PyTorch -------------------------------------------------------------------------------------------


def torch_twin(fitted, task):
    """The network of an estimator in PyTorch; gates stand in the same order, and one of two biases is zero."""
    torch = pytest.importorskip("torch")
    weights, network = fitted.weights_, updates.peers_torch().EncoderDecoder(N_CLASSES, task.units, task.attention)
    found = {"output.weight": weights["output/kernel"].T, "output.bias": weights["output/bias"]}
    for layer in ("encoder", "decoder"):
        found[f"{layer}.weight_ih_l0"] = weights[f"{layer}/0/kernel"].T
        found[f"{layer}.weight_hh_l0"] = weights[f"{layer}/0/recurrent_kernel"].T
        found[f"{layer}.bias_ih_l0"] = weights[f"{layer}/0/bias"]
        found[f"{layer}.bias_hh_l0"] = np.zeros_like(weights[f"{layer}/0/bias"])
    if task.attention:
        found["combine.weight"] = np.concatenate([weights["combine/context"], weights["combine/hidden"]]).T
    network.load_state_dict({name: torch.tensor(value) for name, value in found.items()})
    return network


@pytest.mark.parametrize("attention", [None, "dot"])
def test_torch_finds_what_skseq_finds(attention):
    task = Task(batch_size=4, n_timesteps=3, units=5, n_target=4, attention=attention)
    X, y = task.pairs(30)
    fitted = task.estimator(jit_compile=False).partial_fit(X, y, classes=np.arange(N_CLASSES))
    network, peers = torch_twin(fitted, task), updates.peers_torch()
    (source,) = peers.as_tensors(X + 1)
    greedy, (beam, log_probs) = peers.greedy(network, source, 4), peers.beam(network, source, 4, 3)
    np.testing.assert_array_equal(greedy, fitted.predict(X))
    fitted.set_params(search="beam", beam_width=3)
    np.testing.assert_array_equal(beam, fitted.predict(X))
    np.testing.assert_allclose(log_probs, fitted.predict_nbest(X, 1)[1][:, 0], rtol=1e-5)
    assert (beam != greedy).any()


@pytest.mark.parametrize("attention", [None, "dot"])
def test_a_beam_that_drops_nothing_finds_the_best_of_all_outputs(attention):
    torch = pytest.importorskip("torch")
    peers = updates.peers_torch()
    torch.manual_seed(0)
    network = peers.EncoderDecoder(3, 4, attention)
    for weight in network.parameters():
        weight.data.mul_(4)  # or all outputs are about equally probable
    source, outputs = torch.tensor([[1, 3], [2, 2], [3, 1]]), torch.tensor(list(product(range(3), repeat=3)))
    previous = torch.nn.functional.pad(outputs + 1, (1, 0))[:, :-1]
    for row, (found, log_prob) in enumerate(zip(*peers.beam(network, source, 3, width=9))):
        steps = torch.log_softmax(network(source[[row]].expand(27, -1), previous), -1)  # (27, 3, 3)
        all_log_probs = steps.detach().gather(2, outputs[..., None]).sum((1, 2))
        assert found.tolist() == outputs[all_log_probs.argmax()].tolist()
        assert float(log_prob) == pytest.approx(float(all_log_probs.max()), rel=1e-5)


# --- from cold --------------------------------------------------------------------------------------------------------


def test_cold_fits_at_the_best_settings(report, monkeypatch):
    """Made-up seconds: of all twelve jobs the first takes PyTorch less than 2 s, so it may be behind."""
    settings = {(STOCK, (False, 1)): 9.0, (STOCK, (True, 20)): 6.0, (TORCH, 1): 4.0, (TORCH, 2): 5.0}

    def seconds(function, by, job, how):
        assert function is cold._seconds
        if by == TORCH and job == cold.JOBS[0]:
            return 1.0
        return settings.get((by, how), 2.0)

    monkeypatch.setattr(cold, "in_fresh_process", seconds)
    cold.start_cold(report, replace(TINY, keras_settings=((False, 1), (True, 20)), threads=(1, 2), cold_jobs=cold.JOBS))
    assert len(cold.JOBS) >= 12
    keras, torch, long = report.claims
    assert (keras.value, keras.low) == (pytest.approx(3), 2.5)
    assert (torch.value, torch.low) == (pytest.approx((0.5 * 2 ** (len(cold.JOBS) - 1)) ** (1 / len(cold.JOBS))), 1.5)
    assert (long.value, long.low) == (2, 1)
    assert "least of 11 that take it 2 s" in long.text
    assert f"cold: PyTorch is faster in 1 of 12: {cold.JOBS[0]} (0.5)" in report.notes
    assert {r["setting"] for r in report.records if r["by"] == STOCK} == {"XLA, 20 an execution"}


@pytest.mark.usefixtures("no_graphs")
@pytest.mark.parametrize(("by", "how"), [(OURS, None), (STOCK, (False, 1)), (TORCH, 1)])
def test_a_cold_fit(by, how):
    if by == TORCH:
        pytest.importorskip("torch")
    assert cold._seconds(by, cold.QUICK_JOBS[0], how) > 0


def test_first_updates_with_and_without_a_cache(report, monkeypatch):
    seen = []

    def seconds(function, jit_compile):
        assert function is cold.first_update
        seen.append((jit_compile, "SKSEQ_COMPILE_CACHE" in os.environ))
        return 1.0

    monkeypatch.delenv("SKSEQ_COMPILE_CACHE", raising=False)
    monkeypatch.setattr(cold, "in_fresh_process", seconds)
    cold.update_first(report, TINY)
    assert seen == [(True, True), (False, False), (True, False), (True, True)]  # the first one fills the cache
    assert wanted(report) == [(-math.inf, 0.4), (-math.inf, 1.5), (-math.inf, 0.7)]
    assert cold.first_update(False) > 0


# --- on workers -------------------------------------------------------------------------------------------------------


def run_of(seconds, fit, start=0.0):
    return {"seconds": seconds, "fit": fit, "start": start, "memory": 600.0, "threads": 1}


def test_claims_about_workers(report, monkeypatch):
    """A short search may not be slower on two workers, a long one must be faster; starts are the median of all."""
    runs = {(1, 1): run_of(10, 0.8), (1, 2): run_of(16, 0.9, 6), (30, 1): run_of(75, 6), (30, 2): run_of(50, 7, 4)}
    monkeypatch.setattr(workers, "in_fresh_interpreter", lambda scale, epochs, n_jobs: runs[epochs, n_jobs])
    workers.search_on_workers(report, workers.WorkerScale(repeats=2))
    assert [(claim.value, claim.low, claim.high) for claim in report.claims] == [
        (10 / 16, 1.0, math.inf),
        (75 / 50, 1.3, math.inf),
        (5.0, -math.inf, 3),
    ]
    assert report.values("workers", "peak memory of a worker, 1 epoch(s)", OURS).tolist() == [600, 600]


@IN_LINUX
def test_the_search_of_one_worker():
    found = workers.search(workers.WorkerScale(n_samples=12, n_timesteps=2), epochs=1, n_jobs=1)
    assert found.keys() == run_of(1, 1).keys()
    assert found["seconds"] > found["fit"] > found["start"] == 0
    assert json.loads(json.dumps(found)) == found  # which is how another process gets it


def test_what_a_fresh_interpreter_is_told_is_python(monkeypatch, capsys):
    scale = workers.WorkerScale(n_samples=12, n_timesteps=2)

    def run(command, **how):
        assert command[:2] == [sys.executable, "-c"]
        exec(command[2], {})
        return SimpleNamespace(stdout=capsys.readouterr().out)

    monkeypatch.setattr(workers, "search", lambda *given: [given == (scale, 3, 2)])
    monkeypatch.setattr(workers.subprocess, "run", run)
    assert workers.in_fresh_interpreter(scale, 3, 2) == [True]


# --- one answer -------------------------------------------------------------------------------------------------------


def test_answers_by_hand(report, monkeypatch):
    """Medians: of 2, 1 and 6 ms; of the sums of loading and first answers."""
    firsts = iter([(0.2, 0.4), (0.6, 0.9), (0.1, 0.3)])

    def seconds(function, *arguments):
        return [0.002, 0.001, 0.006] if function is answers.warm_answers else next(firsts)

    monkeypatch.setattr(answers, "in_fresh_process", seconds)
    answers.answer(report, replace(TINY, repeats=3, answered=("SequenceTagger",)))
    warm, first = report.claims
    assert (warm.value, warm.high) == (pytest.approx(2), 2)
    assert (first.value, first.high) == (pytest.approx(0.6), 1)
    assert report.values("answers", "predict of one row, SequenceTagger, least", OURS) == pytest.approx([1])


@pytest.mark.usefixtures("here")
@pytest.mark.parametrize("name", answers.ANSWERED)
def test_answers_of_every_estimator(name, tmp_path, untrained):
    path = tmp_path / "fitted.joblib"
    assert len(answers.warm_answers(name, path, 2)) == 2
    assert all(seconds > 0 for seconds in answers.first_answer(path))


# --- growth -----------------------------------------------------------------------------------------------------------


def test_slopes_from_each_size_to_the_next():
    assert far.stepwise_slopes([1, 2, 8], [3.0, 6.0, 96.0]) == "1.00, 2.00"


@IN_LINUX
@pytest.mark.parametrize("axis", far.AXES)
def test_every_axis_can_be_followed(axis):
    assert axis in far.MAKE
    first, second, in_cpu, peak_megabytes = far.fitted_twice(axis, 4)
    assert min(first, second) > 0
    assert in_cpu >= 0
    assert peak_megabytes > 100


def test_going_far(report, monkeypatch):
    monkeypatch.setattr(far, "in_fresh_process", lambda function, axis, size: (9.0, 0.1 * size, 0.2 * size, 700.0))
    far.go_far(report, SimpleNamespace(far={"units": (4, 8, 16)}))
    assert "far: log-log slopes of the second fit over units, from each size to the next: 1.00, 1.00" in report.notes
    assert report.values("far", "16 units: second fit", OURS) == pytest.approx([1.6])


def test_time_over_fits_by_hand(report):
    """The first fit takes 1 s, then 0.1 s each, and 0.2 s each in the second half: 1, 1.2, 2.4 s together."""
    each = [1.0, *[0.1] * 4, *[0.2] * 5]
    growth.report_fits(report, "one network", (1, 3, 10), each)
    (claim,) = report.claims
    assert (claim.value, claim.high) == (pytest.approx(2), 1.1)
    assert report.curves["time of one network over fits"] == ([1, 3, 10], pytest.approx([1.0, 1.2, 2.4]))
    assert report.values("growth", "one more fit of one network", OURS) == pytest.approx([1.2 / 7])
    assert f"{math.log(1.2) / math.log(3):.2f}, {math.log(2) / math.log(10 / 3):.2f}" in report.notes[0]


def test_many_fits_are_of_one_network_or_of_different_ones(monkeypatch):
    fitted = []

    class Classifier:
        def __init__(self, units, **parameters):
            fitted.append(units)

        def fit(self, X, y):
            return self

    monkeypatch.setattr(growth, "SequenceClassifier", Classifier)
    assert len(growth.seconds_of_fits(4, False)) == len(growth.seconds_of_fits(4, True)) == 4
    assert fitted[:4] == [16] * 4
    assert sorted(fitted[4:]) == [8, 9, 10, 11]


def test_growth_by_hand(report, monkeypatch):
    """Seconds in proportion to timesteps and samples, memory to samples: 2 MB for 1,000 of them, of 4 kB each."""
    figures = {growth.memory_of_fit: lambda n: 10 + 0.002 * n, growth.seconds_of_fits: lambda n, _: [1.0] * n}
    monkeypatch.setattr(growth, "in_fresh_process", lambda function, *given: figures[function](*given))
    monkeypatch.setattr(growth, "ours", lambda task: Proportional(0.1 * task.n_timesteps))
    growth.grow(report, replace(TINY, growth_timesteps=(3, 6, 12), growth_samples=(64, 640), growth_fits=(1, 2, 4)))
    in_time, in_samples, in_memory, *over_fits = report.claims
    assert [(claim.value, claim.low, claim.high) for claim in (in_time, in_samples)] == [
        (pytest.approx(1), 0.9, 1.1)
    ] * 2
    assert (in_memory.value, in_memory.high) == (pytest.approx(0.002 * 2**20 / 4_000), 1)
    assert [(claim.value, claim.high) for claim in over_fits] == [(1, 1.1)] * 2
    assert report.curves["time over timesteps"] == ([3, 6, 12], pytest.approx([0.3, 0.6, 1.2]))


class Proportional:
    """A contender that takes so many seconds per piece."""

    granule = share = 1

    def __init__(self, seconds):
        self.seconds = seconds

    def spent(self, n):
        return n * self.seconds

    def speed(self, n):
        return self.seconds


@IN_LINUX
@pytest.mark.usefixtures("here", "untrained")
@pytest.mark.parametrize(
    ("experiment", "highest"), [("memmap", [2 * TINY.working_memory]), ("long", [2, 2]), ("memory", [20])]
)
def test_memory(report, experiment, highest):
    speed.EXPERIMENTS[experiment](report, TINY)
    assert wanted(report) == [(-math.inf, high) for high in highest]


@pytest.mark.usefixtures("no_graphs")
def test_the_peak(report):
    speed.approach_peak(report, TINY)
    assert wanted(report) == at_least(0.4)


# --- the command ------------------------------------------------------------------------------------------------------


def run_command(monkeypatch, folder, *arguments):
    monkeypatch.setattr(sys, "argv", ["speed", *arguments, "--output", str(folder)])
    return speed.main()


@pytest.mark.usefixtures("here", "untrained")
def test_a_quick_run_writes_everything_and_counts_no_claim(monkeypatch, tmp_path):
    assert run_command(monkeypatch, tmp_path, "--quick", "--only", "answers") == 0
    assert "predict of one row, SequenceRegressor" in (tmp_path / "speed.txt").read_text()
    assert (tmp_path / "speed.csv").exists()


def test_a_claim_that_fails_is_printed_as_missed(monkeypatch, tmp_path):
    firsts = {answers.warm_answers: [0.003], answers.first_answer: (0.1, 0.1)}
    monkeypatch.setattr(answers, "in_fresh_process", lambda function, *_: firsts[function])
    assert run_command(monkeypatch, tmp_path, "--only", "answers", "--repeats", "1") == 1
    text = (tmp_path / "speed.txt").read_text()
    assert "FAIL  answers: ms of predict of one row, SequenceTagger, median of 1: 3 (at most 2)" in text
    assert "PASS  answers: seconds of load and first predict, SequenceTagger, median of 1: 0.2 (at most 1)" in text
