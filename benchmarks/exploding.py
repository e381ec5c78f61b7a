"""One fit that explodes, and the same fit with each remedy, one at a time.

A stacked autoencoder of relu LSTMs on sine waves, without clipping: states are not bounded, and a recurrence over 30
steps in encoder and decoder multiplies whatever grows. Every remedy changes one parameter of it.
"""

import math
import sys
import warnings
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd

from benchmarks._report import OURS, Report, command_line, run_experiments
from skseq import LSTMAutoencoderTransformer
from skseq.exceptions import ExplodingGradientWarning

PLAIN = "none"
REMEDIES = {  # what is changed, alone; the reference names them all (capability 6)
    PLAIN: {},
    "clipped by norm": {"clipnorm": 1.0},
    "clipped by value": {"clipvalue": 0.5},
    "L2 penalty": {"l2": 1e-4},
    "L1 penalty": {"l1": 1e-5},
    "fewer layers": {"n_layers": 1},
    "smaller batches": {"batch_size": 8},
    "truncated gradients": {"bptt_steps": 10},
    "smaller learning rate": {"learning_rate": 0.001},
    "tanh": {"activation": "tanh"},
}
LEARNT = 0.05  # a tenth of the variance of a sine: the loss of a reconstruction that is worth something
TRACES = ("loss", "gradient_norm", "largest_gradient_norm", "largest_weight")


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is run."""

    n_samples: int = 200
    n_timesteps: int = 30
    units: int = 64
    epochs: int = 30
    seeds: int = 5


QUICK = Scale(n_samples=20, n_timesteps=10, units=8, epochs=4, seeds=2)


class Comparison(Report):
    """A row for every remedy: what became of its fits, over seeds."""

    def __init__(self, name):
        super().__init__(name)
        self.histories = {}  # remedy -> one history a seed

    def table(self):
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
    "learnt": _share,
    "diverged": _share,
    "warned": _share,
    "final loss": _mean,
    "largest gradient norm": _range,
    "largest weight": _range,
}


def waves(scale):
    """Sines of one length and random phases."""
    phases = np.random.RandomState(0).rand(scale.n_samples, 1) * 6
    return np.sin(np.linspace(0, 6, scale.n_timesteps) + phases)


def fit(scale, seed, **remedy):
    """History of one fit, whether it diverged, and whether it was warned of."""
    plain = {"activation": "relu", "n_layers": 2, "clipnorm": None, "learning_rate": 0.01, "epochs": scale.epochs}
    autoencoder = LSTMAutoencoderTransformer(scale.units, **{**plain, **remedy}, random_state=seed)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always", ExplodingGradientWarning)
        try:
            autoencoder.fit(waves(scale))
            diverged = False
        except FloatingPointError:
            diverged = True
    return autoencoder.history_, diverged, any(w.category is ExplodingGradientWarning for w in caught)


def compare(remedy, report, scale):
    """All seeds with one remedy."""
    fits = [fit(scale, seed, **REMEDIES[remedy]) for seed in range(scale.seeds)]
    report.histories[remedy] = [history for history, *_ in fits]
    loss = [math.inf if diverged else history["loss"][-1] for history, diverged, _ in fits]
    report.add(remedy, "learnt", "", OURS, np.less(loss, LEARNT).astype(float))
    report.add(remedy, "diverged", "", OURS, [float(diverged) for _, diverged, _ in fits])
    report.add(remedy, "warned", "", OURS, [float(warned) for *_, warned in fits])
    report.add(remedy, "final loss", "", OURS, loss)
    for name in ("largest_gradient_norm", "largest_weight"):
        report.add(remedy, name.replace("_", " "), "", OURS, [max(history[name]) for history, *_ in fits])


# --- claims, traces, picture --------------------------------------------------------------------------------


def claim(report, scale):
    """What must hold of the fit as it is and of the remedies that are known to work here."""
    for remedy, bounds in CLAIMED.items():
        if remedy in report.histories:
            learnt = report.values(remedy, "learnt", OURS).mean()
            report.claim(remedy, f"share of {scale.seeds} seeds that learnt", learnt, **bounds)


CLAIMED = {
    PLAIN: {"high": 0.4},
    "clipped by norm": {"low": 0.8},
    "smaller learning rate": {"low": 0.8},
    "tanh": {"low": 1},
}


def save_traces(report, folder):
    """Every epoch of every fit as CSV, and as a picture."""
    rows = [
        {"remedy": remedy, "seed": seed, "epoch": epoch + 1, **dict(zip(TRACES, values))}
        for remedy, histories in report.histories.items()
        for seed, history in enumerate(histories)
        for epoch, values in enumerate(zip(*(history[name] for name in TRACES)))
    ]
    pd.DataFrame(rows).to_csv(folder / "exploding_traces.csv", index=False)
    _plot(report.histories, folder / "exploding.png")


PANELS = {"largest_gradient_norm": ("largest gradient norm", (1e-2, 1e15)), "loss": ("loss", (1e-3, 1e3))}
COLUMNS = 5


def _plot(histories, path):
    """Two panels a remedy, norm above loss: the fit as it is in grey behind the fits with the remedy."""
    try:
        import matplotlib
    except ImportError:
        print(f"No plot at {path.name}: it needs matplotlib (pip install skseq[plots]).")
        return
    matplotlib.use("Agg")
    from matplotlib import pyplot

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
                axes.axhline(LEARNT, color="0.4", linestyle=":", linewidth=1)
            else:
                axes.set_title(f"{'no remedy' if remedy == PLAIN else remedy}\n{_changed(remedy)}", fontsize=11)
    figure.suptitle(
        "A fit that explodes (red; grey behind the others) and the same fit with one remedy each (blue). One line a "
        "seed; × where it diverged; dotted: learnt; losses above 1,000 leave the panel"
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
    scale = QUICK if arguments.quick else Scale()
    report = Comparison("exploding")
    report.note("all", f"autoencoder of 2 relu LSTM layers, {scale.units} units, Adam at 0.01, no clipping; {scale}")
    report.note("all", f"learnt: the final loss is below {LEARNT}; the data have a variance of 0.5")
    report.note("all", "largest gradient norm and weight: of a whole fit, median of the seeds (least to largest)")
    run_experiments(report, EXPERIMENTS, arguments.only, scale)
    claim(report, scale)
    report.savers.append(partial(save_traces, report))
    return report.finish(arguments.output, strict=not arguments.quick)


if __name__ == "__main__":
    sys.exit(main())
