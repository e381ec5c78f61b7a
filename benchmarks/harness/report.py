"""What the benchmarks share: the machine, timing, measurements, and claims that can fail."""

import argparse
import importlib
import math
import os
import platform
import sys
import time
from dataclasses import dataclass, replace
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pandas as pd

OURS, STOCK, SCIKERAS = "skseq", "stock Keras", "scikeras"
SECONDS = "s"
RESULTS = Path(__file__).parents[1] / "results"  # which git ignores
_PACKAGES = ("skseq", "tensorflow", "keras", "scikit-learn", "scikeras", "numpy")
_PEERS = ("torch", "skorch", "sklearn_crfsuite", "statsforecast", "hmmlearn", "darts")  # named if they were run


def timed(function, *args, **kwargs):
    """(seconds, result) of one call."""
    start = time.perf_counter()
    result = function(*args, **kwargs)
    return time.perf_counter() - start, result


def machine():
    """One line that says what the figures were measured on."""
    names = [*_PACKAGES, *(name for name in _PEERS if name in sys.modules)]
    packages = ", ".join(f"{name} {_version_of(name)}" for name in names)
    python = f"Python {platform.python_version()}"
    return f"{_processor()}, {os.cpu_count()} cores, {platform.system()}, {python}, {packages}"


def _version_of(name):
    try:
        return version(name)
    except PackageNotFoundError:  # a nightly release has another name
        return importlib.import_module(name).__version__ if find_spec(name) else "not installed"


def _processor():
    """The processor's name as Linux knows it, else as Python does."""
    info = Path("/proc/cpuinfo")
    lines = info.read_text().splitlines() if info.exists() else []
    names = [line.partition(":")[2].strip() for line in lines if line.startswith("model name")]
    return names[0] if names else platform.processor()


@dataclass(frozen=True)
class Claim:
    """A figure that a run must reach: low <= value <= high."""

    experiment: str
    text: str
    value: float
    low: float = -math.inf
    high: float = math.inf

    @property
    def holds(self):
        return self.low <= self.value <= self.high

    def __str__(self):
        bounds = [f"at least {self.low:.4g}"] if self.low > -math.inf else []
        bounds += [f"at most {self.high:.4g}"] if self.high < math.inf else []
        verdict = "PASS" if self.holds else "FAIL"
        return f"{verdict}  {self.experiment}: {self.text}: {self.value:.4g} ({' and '.join(bounds)})"


class Report:
    """Measurements side by side, notes on how they were made, and claims."""

    def __init__(self, name, columns=((OURS, STOCK, SCIKERAS),)):
        self.name, self.records, self.claims, self.notes = name, [], [], []
        self.columns = columns  # a table for every group of implementations that are compared
        self.savers = []  # called with the folder when everything is written

    def add(self, experiment, quantity, unit, by, values):
        """Measurements of one quantity by one implementation, one for every repeat."""
        what = {"experiment": experiment, "quantity": quantity, "unit": unit, "by": by}
        first = len(self.values(experiment, quantity, by))
        for repeat, value in enumerate(np.atleast_1d(values).tolist(), start=first):
            self.records.append({**what, "repeat": repeat, "value": value})

    def claim(self, experiment, text, value, **bounds):
        self.claims.append(Claim(experiment, text, float(value), **bounds))

    def note(self, experiment, text):
        self.notes.append(f"{experiment}: {text}")

    def values(self, experiment, quantity, by):
        """What was added, as an array."""
        key = {"experiment": experiment, "quantity": quantity, "by": by}
        return np.array([record["value"] for record in self.records if key.items() <= record.items()])

    def shown(self, columns):
        """Records of the table of some implementations."""
        return [record for record in self.records if record["by"] in columns]

    def table(self, columns):
        """A row for every quantity, a column for every implementation; a ratio for seconds beside stock Keras."""
        records = pd.DataFrame(self.shown(columns))
        if records.empty:
            return records
        grouped = records.groupby(["experiment", "quantity", "unit", "by"], sort=False)["value"]
        order = list(dict.fromkeys(zip(records["experiment"], records["quantity"], records["unit"])))
        cells, means = grouped.agg(_cell).unstack("by"), grouped.mean().unstack("by")
        table = cells[[by for by in columns if by in cells]]
        if OURS in columns:
            in_seconds = table.index.get_level_values("unit") == SECONDS
            ratio = _ratio(means).where(in_seconds).map("{:.1f}".format, na_action="ignore")
            table = table.assign(**{f"others / {OURS}": ratio})
        return table.reindex(sorted(order, key=lambda key: key[0])).astype(object).fillna("")

    def __str__(self):
        tables = [self.table(columns) for columns in self.columns]
        tables = [table.reset_index().to_string(index=False) for table in tables if not table.empty]
        parts = [machine(), *tables, "\n".join(self.notes), "\n".join(map(str, self.claims))]
        return "\n\n".join(part for part in parts if part)

    def finish(self, folder, *, strict):
        """Print and write everything. Exit status: 1 if a claim fails that counts, so not in a smoke run."""
        if not strict:
            self.note("smoke run", "the sizes are tiny, so the claims below do not count")
        print(self)
        folder.mkdir(parents=True, exist_ok=True)
        (folder / f"{self.name}.txt").write_text(f"{self}\n")
        pd.DataFrame(self.records).to_csv(folder / f"{self.name}.csv", index=False)
        for save in self.savers:
            save(folder)
        return int(strict and not all(claim.holds for claim in self.claims))


def _ratio(means):
    """Mean of the other implementation over the mean of skseq."""
    means = means.reindex(columns=[OURS, STOCK, SCIKERAS])
    return means[STOCK].fillna(means[SCIKERAS]) / means[OURS]


def _cell(values):
    """mean ± standard deviation, and of how many."""
    if len(values) == 1:
        return f"{values.iloc[0]:.4g}"
    return f"{values.mean():.4g} ± {values.std():.2g} (n={len(values)})"


def pyplot_for(path):
    """pyplot that draws into files, or None, said in a line, without matplotlib."""
    try:
        import matplotlib
    except ImportError:
        print(f"No plot at {path.name}: it needs matplotlib (pip install skseq[plots]).")
        return None
    matplotlib.use("Agg")
    from matplotlib import pyplot

    return pyplot


def command_line(description, experiments):
    """A parser with what every benchmark takes."""
    parser = argparse.ArgumentParser(description=description)
    parser.add_argument("--only", nargs="+", choices=experiments, default=list(experiments), help="run these alone")
    parser.add_argument("--quick", action="store_true", help="a smoke run: tiny sizes, no claim counts")
    parser.add_argument("--output", type=Path, default=RESULTS, help="folder for the results")
    return parser


def add_seeds(parser, scale):
    """The option of benchmarks that repeat what they do with several seeds."""
    parser.add_argument("--seeds", type=int, help=f"seeds ({scale.seeds} by default)")


def chosen_scale(options, scale, quick, *names):
    """`scale`, or `quick` if that was asked for, with what the options named ``names`` were given as."""
    given = {name: getattr(options, name) for name in names}
    return replace(quick if options.quick else scale, **{name: x for name, x in given.items() if x is not None})


def run_experiments(report, experiments, only, *arguments):
    """Run each chosen experiment once, saying how long it took; two names may stand for one function."""
    for run in dict.fromkeys(experiments[name] for name in only):
        names = " and ".join(name for name in experiments if experiments[name] is run)
        print(f"{names} ...", end=" ", flush=True)
        seconds, _ = timed(run, report, *arguments)
        print(f"{seconds:.0f} s", flush=True)
    print()
