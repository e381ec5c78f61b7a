"""Errors on series that follow a rule: of defaults and simple models, and of decoders that feed on their own forecasts.

In a forecast a recursive decoder goes on from its own steps, in training from true ones (Bengio, Vinyals, Jaitly and
Shazeer, "Scheduled Sampling for Sequence Prediction with Recurrent Neural Networks", NeurIPS 2015).
"""

import numpy as np
from sklearn.ensemble import RandomForestRegressor
from sklearn.linear_model import Ridge

from benchmarks.harness.report import SECONDS
from benchmarks.harness.timing import in_cpu
from benchmarks.tasks import rules
from skseq import Seq2SeqRegressor, clear_pool

__all__ = ["COMPARED", "feed_back", "follow_rules"]

MAE, CPU = "absolute error / that of a constant", "fit and forecast, CPU"
SCHEDULES = ("linear", "exponential", "inverse_sigmoid")
FED_BACK = {"teacher forcing": {"decoder": "recursive"}} | {
    name: {"decoder": "recursive", "scheduled_sampling": name} for name in SCHEDULES
}
COMPARED = ("Seq2SeqRegressor", "few epochs", "Ridge on windows", "RandomForestRegressor"), ("direct", *FED_BACK)
LONG = {  # forecasts of so many steps that small errors can grow
    "Mackey-Glass, 24 steps": lambda: rules.windows_of(rules.mackey_glass(1_200, 0), 24, 24, 700),
    "Lorenz, 12 steps": lambda: rules.windows_of(rules.lorenz(1_200, 0), 16, 12, 700),
    "autoregressive noise, 12 steps": lambda: rules.windows_of(rules.autoregressive(1_200, 0), 20, 12, 700),
    "doses, 24 hours": lambda: rules.doses(300, 200, 0),
}


def follow_rules(report, scale):
    """`Seq2SeqRegressor` by default, its first fit of few epochs alone, ridge and a forest."""
    for name, make in rules.TASKS.items():
        compare(report, f"rules: {name}", make(), scale, with_simple_models)


def feed_back(report, scale):
    """Recursive decoders that are told the truth in training, less and less of it, and the direct one."""
    for name, make in LONG.items():
        compare(report, f"own forecasts: {name}", make(), scale, with_schedules)


def compare(report, name, task, scale, models_of):
    for seed in range(scale.seeds):
        for by, model in models_of(task, seed, scale.network).items():
            clear_pool()
            cpu, error = in_cpu(error_on, model, task)
            report.add(name, MAE, "", by, error)
            report.add(name, CPU, SECONDS, by, cpu)
            print(f"{name}, {by}: {error:.4f}", flush=True)


def with_simple_models(task, seed, settings):
    own = {"random_state": seed} | past_of(task) | settings
    return {
        "Seq2SeqRegressor": Seq2SeqRegressor(**own),
        "few epochs": Seq2SeqRegressor(early_stopping=False, **own),
        "Ridge on windows": Ridge(1e-3),
        "RandomForestRegressor": RandomForestRegressor(random_state=seed),
    }


def with_schedules(task, seed, settings):
    own = {"random_state": seed} | past_of(task) | settings
    return {"direct": Seq2SeqRegressor(**own)} | {by: Seq2SeqRegressor(**how, **own) for by, how in FED_BACK.items()}


def past_of(task):
    """Which column of X is the past of y, where others stand beside it."""
    return {} if task.future is None else {"target_features": [0]}


def error_on(model, task):
    """Mean absolute error over that of the medians of training targets."""
    known, known_test = {}, {}
    if not isinstance(model, Seq2SeqRegressor):
        task = task.flat
    elif task.future is not None:
        known, known_test = {"X_future": task.future}, {"X_future": task.future_test}
    predicted = model.fit(task.X, task.y, **known).predict(task.X_test, **known_test)
    constant = np.median(task.y, axis=0)
    return np.abs(predicted - task.y_test).mean() / np.abs(constant - task.y_test).mean()
