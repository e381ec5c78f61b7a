"""Fits with `checkpoint=` that are killed at random times, in processes of their own, and go on.

Each fit is started again until it ends by itself; SIGKILL comes after a random time, until it was killed as often as it
is to be. What it leaves then is compared, bit for bit, with a fit that was never interrupted.
"""

import json
import pickle
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.harness.report import SECONDS, Report, command_line, run_experiments
from skseq import SequenceClassifier, SequenceGenerator

KILLS = "kills"
CLASSIFIER, GENERATOR = "SequenceClassifier, two runs", "SequenceGenerator"
ALL, SECONDS_LEARNT = "kills", "training until a kill"


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is run."""

    n_kills: int = 10  # of each fit
    seconds: float = 3.0  # of training until a kill, at most
    units: int = 16
    epochs: int = 60
    n_samples: int = 400
    fits: tuple = (CLASSIFIER, GENERATOR)


QUICK = Scale(n_kills=2, seconds=0.5, units=4, epochs=60, n_samples=100, fits=(CLASSIFIER,))


def _fit(name, folder, scale):
    """One of the fits, to its end."""
    rng = np.random.RandomState(0)
    sequences = [rng.randn(n, 2) for n in rng.randint(5, 12, scale.n_samples)]
    common = {"units": scale.units, "epochs": scale.epochs, "batch_size": 32, "random_state": 0, "checkpoint": folder}
    if name == GENERATOR:
        return SequenceGenerator(**common, dropout=0.1, learning_rate_schedule="cosine").fit(sequences)
    classes = [int(x[:, 0].sum() > 0) for x in sequences]
    stops = {"early_stopping": True, "n_iter_no_change": scale.epochs, "n_init": 2}
    return SequenceClassifier(**common, **stops, recurrent_dropout=0.2, weight_average="ema").fit(sequences, classes)


def _left(model):
    """All numbers that a fit leaves, as bytes."""
    return pickle.dumps((model.history_, model.weights_, model.optimizer_state_, model.init_losses_.tolist()))


def fit_in(name, folder, path, scale):
    """What a process does: the fit, and then one file."""
    model = _fit(name, folder or None, scale)
    Path(path).write_bytes(_left(model))


def _run(name, folder, path, scale):
    code = "import json, sys; from benchmarks.kills import *; fit_in(*sys.argv[1:4], Scale(**json.loads(sys.argv[4])))"
    fields = json.dumps(vars(scale))
    return subprocess.Popen([sys.executable, "-c", code, name, str(folder), str(path), fields])


def _wait_for_files(process, folder, seconds):
    """Wait until the process has gone on from its checkpoint, that is written a file, and some seconds more."""
    before = set(folder.glob("*"))
    while process.poll() is None and not set(folder.glob("*")) - before:
        time.sleep(0.01)
    time.sleep(seconds)


def kill(report, scale):
    """Kill each fit as often as it is to be, and compare."""
    n_killed = n_equal = 0
    for name in scale.fits:
        rng = np.random.RandomState(0)
        with TemporaryDirectory() as place:
            folder, expected, found = (Path(place) / part for part in ("checkpoint", "expected", "found"))
            if _run(name, "", expected, scale).wait():
                raise RuntimeError("A fit without checkpoint has failed.")
            folder.mkdir()
            killed = 0
            while not found.exists():
                process = _run(name, folder, found, scale)
                if killed < scale.n_kills:
                    seconds = rng.uniform(0, scale.seconds)
                    _wait_for_files(process, folder, seconds)
                    process.send_signal(signal.SIGKILL)
                    report.add(KILLS, SECONDS_LEARNT, SECONDS, name, seconds)
                code = process.wait()
                if code == -signal.SIGKILL:
                    killed += 1
                elif code:
                    raise RuntimeError(f"A fit that went on has failed with {code}.")
            equal = found.read_bytes() == expected.read_bytes() and not folder.exists()
        report.add(KILLS, ALL, "kills", name, killed)
        n_killed, n_equal = n_killed + killed, n_equal + (killed if equal else 0)
    report.claim(KILLS, "kills", n_killed, low=scale.n_kills * len(scale.fits))
    report.claim(KILLS, "kills after which a fit ended bit-equal, of all", n_equal / max(n_killed, 1), low=1)


# --- command line -----------------------------------------------------------------------------------------------------

EXPERIMENTS = {KILLS: kill}


def main(arguments=None):
    parser = command_line(__doc__.splitlines()[0], EXPERIMENTS)
    parser.add_argument("--kills", type=int, help="kills of each fit (10 by default)")
    options = parser.parse_args(arguments)
    scale = QUICK if options.quick else Scale()
    if options.kills is not None:
        scale = replace(scale, n_kills=options.kills)
    report = Report("kills", columns=((CLASSIFIER, GENERATOR),))
    run_experiments(report, EXPERIMENTS, options.only, scale)
    return report.finish(options.output, strict=not options.quick)


if __name__ == "__main__":
    sys.exit(main())
