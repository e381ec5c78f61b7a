"""benchmarks.parts.graphs: when XLA has paid, and what a choice costs, by hand; a network that is measured."""

from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.harness.report import Report
from benchmarks.parts import graphs
from skseq import SequenceClassifier
from skseq.nn.training import plan

WORK = plan.Work(n_updates=10, batch_size=32, n_source=20)


@pytest.fixture(scope="module")
def spec():
    """Of a network that XLA pays for from 20,000 timesteps on."""
    model = SequenceClassifier(units=4, epochs=1, batch_size=32, n_conv_layers=0, random_state=0)
    return model.fit(np.zeros((8, 20, 1)) + np.arange(8)[:, None, None], [0, 1] * 4)._spec


def test_starts_and_steps_give_the_timesteps_after_which_it_has_paid(spec):
    found = graphs.Measured((1.0, 4.0), (3e-4, 1e-4), spec, WORK, 20)
    assert found.pays_after == pytest.approx(15_000)  # 3 s at 0.2 ms each
    assert graphs.Measured((1.0, 4.0), (1e-4, 1e-4), spec, WORK, 20).pays_after == np.inf


def test_what_a_choice_costs_by_hand(spec, monkeypatch):
    """It has paid from 15,000 on, and is chosen from 20,000 on."""
    monkeypatch.setattr(graphs, "LENGTHS", np.array([10_000, 16_000, 40_000]))
    monkeypatch.setattr(plan, "XLA_TIMESTEPS", 20_000)
    found = graphs.Measured((1.0, 4.0), (3e-4, 1e-4), spec, WORK, 20)
    np.testing.assert_allclose(graphs.extra_time(found), [0, (1 + 4.8) / (4 + 1.6) - 1, 0])


def test_all_jobs_differ_and_suit_their_estimators():
    every = list(graphs.jobs())
    assert len({job.name for job in every}) == len(every) >= 30
    assert all(job.y is None or len(job.y) == len(job.X) for job in every)


def test_a_job_is_measured_by_three_fits_of_each_graph(spec, monkeypatch):
    """Of 10 updates of 20 timesteps in an epoch: a start of 1 or 4 s, and 0.3 or 0.1 ms for every timestep."""
    fits = []

    def seconds(job, compiled, epochs):
        fits.append((compiled, epochs))
        step, start = ((3e-4, 1.0), (1e-4, 4.0))[compiled]
        return start * (epochs == 1) + step * 200 * epochs, SimpleNamespace(_spec=spec)

    monkeypatch.setattr(graphs, "seconds", seconds)
    job = graphs.Job("one", SequenceClassifier(batch_size=32), np.zeros((320, 20, 1)), None)
    monkeypatch.setattr(plan, "XLA_TIMESTEPS", 15_000)  # after which it has paid
    found = graphs.measure(job, 1_000)
    np.testing.assert_allclose([*found.start, *found.step], [1, 4, 3e-4, 1e-4])
    assert fits == [(compiled, epochs) for compiled in (False, True) for epochs in (1, 5, 10)]
    assert found.per_update == 20
    report = Report("speed")
    monkeypatch.setattr(graphs, "jobs", lambda: [job])
    graphs.compare_graphs(report)
    assert report.claims[0].holds
