"""One fit that explodes, and the same fit with each remedy, one at a time.

The textbook case: two layers of relu LSTMs forecast the next value of sine waves after 60 steps, by plain gradient
descent on all samples at once with large steps and no clipping. Every remedy changes one parameter of it.
"""

import math
import sys
import warnings
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from benchmarks.harness.report import OURS, Report, chosen_scale, command_line, pyplot_for, run_experiments
from benchmarks.parts import plain
from skseq import SequenceRegressor
from skseq.exceptions import ExplodingGradientWarning

PLAIN = "none"
REMEDIES = {  # what is changed, alone; the reference names them all (capability 6)
    PLAIN: {},
    "clipped by norm": {"clipnorm": 0.5},
    "clipped by value": {"clipvalue": 0.02},
    "L1 penalty": {"l1": 0.01},
    "L2 penalty": {"l2": 0.025},
    "fewer layers": {"n_layers": 1},
    "smaller batches": {"batch_size": 16},
    "truncated gradients": {"bptt_steps": 5},
    "smaller learning rate": {"learning_rate": 0.06},
    "tanh": {"activation": "tanh"},
}
CURED = 0.95  # a cured fit ends below this share of the loss of the constant answer, finite and without a warning
TRACES = ("loss", "gradient_norm", "largest_gradient_norm", "largest_weight")


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is run."""

    n_samples: int = 256
    n_timesteps: int = 60
    units: int = 16
    epochs: int = 60
    seeds: int = 5


QUICK = Scale(n_samples=32, n_timesteps=10, units=4, epochs=4, seeds=2)


class Comparison(Report):
    """A row for every remedy: what became of its fits, over seeds."""

    def __init__(self, name):
        super().__init__(name)
        self.histories = {}  # remedy -> one history per seed

    def table(self, columns):
        rows = [
            {"remedy": remedy, "changed": _changed(remedy)}
            | {quantity: cell(self.values(remedy, quantity, OURS)) for quantity, cell in _CELLS.items()}
            for remedy in self.histories
        ]
        return pd.DataFrame(rows).set_index("remedy")


def _changed(remedy):
    return ", ".join(f"{name}={value}" for name, value in REMEDIES[remedy].items()) or "nothing: as it is"


def _share(values):
    return f"{values.sum():.0f} of {len(values)}"


def _mean(values):
    """Mean ± standard deviation over the seeds that did not diverge."""
    values = values[np.isfinite(values)]
    return f"{values.mean():.3g} ± {values.std():.2g}" if len(values) else "-"


def _range(values):
    """Median, and least to largest: gradient norms differ by orders of magnitude."""
    values = np.where(np.isfinite(values), values, np.inf)
    return f"{np.median(values):.2g} ({values.min():.2g} to {values.max():.2g})"


_CELLS = {
    "cured": _share,
    "diverged": _share,
    "warned": _share,
    "final loss": _mean,
    "largest gradient norm": _range,
    "largest weight": _range,
}


def waves(scale):
    """Sines of random frequencies and phases, and the next value of each."""
    rng = np.random.RandomState(0)
    frequencies, phases = rng.uniform(0.1, 0.5, (scale.n_samples, 1)), rng.rand(scale.n_samples, 1) * 2 * np.pi
    values = np.sin(frequencies * np.arange(scale.n_timesteps + 1) + phases)
    return values[:, :-1], values[:, -1]


def constant_loss(scale):
    """Loss of the best constant answer: the variance of the targets."""
    return waves(scale)[1].var()


def fit(scale, seed, **remedy):
    """History of one fit, whether it diverged, and whether it was warned of."""
    prone = {
        **plain.NETWORK,
        "learning_rate_schedule": "constant",
        "activation": "relu",
        "n_layers": 2,
        "scale_inputs": False,  # it would be one more remedy
        "scale_targets": False,
        "optimizer": "sgd",
        "learning_rate": 0.3,
        "batch_size": scale.n_samples,
        "clipnorm": None,
        "epochs": scale.epochs,
        "jit_compile": True,  # always, so that all fits round alike
    }
    regressor = SequenceRegressor(scale.units, **{**prone, **remedy}, random_state=seed)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ExplodingGradientWarning)
        try:
            regressor.fit(*waves(scale))
            diverged = False
        except FloatingPointError:
            diverged = True
    return regressor.history_, diverged, any(w.category is ExplodingGradientWarning for w in caught)


def compare(remedy, report, scale):
    """All seeds with one remedy."""
    fits = [fit(scale, seed, **REMEDIES[remedy]) for seed in range(scale.seeds)]
    report.histories[remedy] = [history for history, *_ in fits]
    diverged, warned = (np.array(flags, float) for flags in list(zip(*fits))[1:])
    loss = np.where(diverged, math.inf, [history["loss"][-1] for history, *_ in fits])
    cured = (loss < CURED * constant_loss(scale)) & (warned == 0)
    report.add(remedy, "cured", "", OURS, cured.astype(float))
    report.add(remedy, "diverged", "", OURS, diverged)
    report.add(remedy, "warned", "", OURS, warned)
    report.add(remedy, "final loss", "", OURS, loss)
    for name in ("largest_gradient_norm", "largest_weight"):
        report.add(remedy, name.replace("_", " "), "", OURS, [max(history[name]) for history, *_ in fits])


# --- claims, traces, picture --------------------------------------------------------------------------------


def claim(report, scale):
    """What must hold of the fit as it is and of the remedies that work here, in at least four of five seeds."""
    for remedy, bounds in CLAIMED.items():
        if remedy in report.histories:
            cured = report.values(remedy, "cured", OURS).mean()
            report.claim(remedy, f"share of {scale.seeds} seeds that end well", cured, **bounds)


NO_CURE = {"L1 penalty", "L2 penalty"}  # no strength was found that ends the explosion and lets the network learn
CLAIMED = {PLAIN: {"high": 0.4}} | {remedy: {"low": 0.8} for remedy in REMEDIES if remedy not in {PLAIN, *NO_CURE}}


def save_traces(report, scale, folder):
    """Every epoch of every fit as CSV, and as a picture."""
    rows = [
        {"remedy": remedy, "seed": seed, "epoch": epoch + 1, **dict(zip(TRACES, values))}
        for remedy, histories in report.histories.items()
        for seed, history in enumerate(histories)
        for epoch, values in enumerate(zip(*(history[name] for name in TRACES)))
    ]
    pd.DataFrame(rows).to_csv(folder / "exploding_traces.csv", index=False)
    _plot(report.histories, scale, folder / "exploding.png")


PANELS = {"largest_gradient_norm": ("largest gradient norm", (1e-2, 1e15)), "loss": ("loss", (5e-4, 1e3))}
COLUMNS = 5


def _plot(histories, scale, path):
    """Two panels a remedy, norm above loss: the fit as it is in grey behind the fits with the remedy."""
    pyplot = pyplot_for(path)
    if pyplot is None:
        return

    n_rows = 2 * -(-len(histories) // COLUMNS)
    figure, grid = pyplot.subplots(n_rows, COLUMNS, figsize=(15, 3.1 * n_rows), layout="constrained", squeeze=False)
    for axes in grid.flat:
        axes.set_visible(False)
    for k, (remedy, with_remedy) in enumerate(histories.items()):
        block, column = divmod(k, COLUMNS)
        for below, (name, (label, limits)) in enumerate(PANELS.items()):
            axes = grid[2 * block + below, column]
            axes.set(visible=True, yscale="log", ylim=limits, xlabel="epoch" if below else None)
            if column == 0:
                axes.set_ylabel(label)
            for history in histories.get(PLAIN, []):
                _line(axes, history[name], color="0.75")
            for history in with_remedy:
                _line(axes, history[name], color="C3" if remedy == PLAIN else "C0")
            if name == "loss":
                axes.axhline(CURED * constant_loss(scale), color="0.4", linestyle=":", linewidth=1)
            else:
                axes.set_title(f"{'no remedy' if remedy == PLAIN else remedy}\n{_changed(remedy)}", fontsize=11)
    figure.suptitle(
        "A fit that explodes (red; grey behind the others) and the same fit with one remedy each (blue).\nOne line a "
        "seed; × where it diverged; dotted: what a cured fit ends below; losses above 1,000 leave the panel"
    )
    figure.savefig(path, dpi=110)
    pyplot.close(figure)


def _line(axes, values, **style):
    """One trace; a cross at its last finite epoch if it diverged."""
    values = np.array(values)
    finite = np.isfinite(values)
    epochs = np.arange(1, len(values) + 1)
    axes.plot(epochs[finite], values[finite], linewidth=1.3, **style)
    if not finite.all() and finite.any():
        low, high = axes.get_ylim()
        axes.plot(epochs[finite][-1], np.clip(values[finite][-1], low, high), "x", markersize=8, clip_on=False, **style)


# --- the command --------------------------------------------------------------------------------------------

EXPERIMENTS = {remedy: partial(compare, remedy) for remedy in REMEDIES}


def main():
    arguments = command_line("Run a fit that explodes, and the same fit with each remedy.", EXPERIMENTS).parse_args()
    scale = chosen_scale(arguments, Scale(), QUICK)
    report = Comparison("exploding")
    report.note("all", f"2 relu LSTM layers, gradient descent at 0.3 on all samples at once, no clipping; {scale}")
    report.note(
        "all",
        f"cured: not diverged, not warned of, and the final loss is below {CURED} times {constant_loss(scale):.3g}, "
        "the loss of the constant answer",
    )
    report.note("all", "largest gradient norm and weight: of a whole fit, median of the seeds (least to largest)")
    run_experiments(report, EXPERIMENTS, arguments.only, scale)
    claim(report, scale)
    report.savers.append(partial(save_traces, report, scale))
    return report.finish(arguments.output, strict=not arguments.quick)


if __name__ == "__main__":
    sys.exit(main())
