"""Fits with `checkpoint=` that are killed at random times, in processes of their own, and go on.

SIGKILL comes after a random time of training; then the fit is started again, until it was killed as often as it is to
be and ends by itself. What it leaves then is compared, bit for bit, with a fit that was never interrupted.
"""

import json
import pickle
import signal
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from subprocess import Popen
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks.harness.report import SECONDS, Report, chosen_scale, command_line, run_experiments
from skseq import SequenceClassifier, SequenceGenerator

KILLS = "kills"
CLASSIFIER, GENERATOR = "SequenceClassifier, two runs", "SequenceGenerator"
SECONDS_LEARNT = "training until a kill"


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is run."""

    n_fits: int = 10  # of each kind
    n_kills: int = 1  # of each fit
    seconds: float = 3.0  # of training until a kill, at most
    units: int = 16
    epochs: int = 60
    n_samples: int = 400
    bidirectional: bool = True  # the classifier
    kinds: tuple = (CLASSIFIER, GENERATOR)


QUICK = Scale(
    n_fits=1, n_kills=1, seconds=0.5, units=4, epochs=60, n_samples=100, bidirectional=False, kinds=(CLASSIFIER,)
)


def _fit(name, folder, scale):
    """One of the fits, to its end."""
    rng = np.random.RandomState(0)
    sequences = [rng.randn(n, 2) for n in rng.randint(5, 12, scale.n_samples)]
    common = {"units": scale.units, "epochs": scale.epochs, "batch_size": 32, "random_state": 0, "checkpoint": folder}
    if name == GENERATOR:
        return SequenceGenerator(**common, dropout=0.1, learning_rate_schedule="cosine").fit(sequences)
    classes = [int(x[:, 0].sum() > 0) for x in sequences]
    stops = {"early_stopping": True, "n_iter_no_change": scale.epochs, "n_init": 2}
    common["bidirectional"] = scale.bidirectional
    return SequenceClassifier(**common, **stops, recurrent_dropout=0.2, weight_average="ema").fit(sequences, classes)


def bytes_left(model):
    """All numbers that a fit leaves, as bytes."""
    return pickle.dumps((model.history_, model.weights_, model.optimizer_state_, model.init_losses_.tolist()))


def fit_in(name, folder, path, scale):
    """What a process does: the fit, and then one file."""
    model = _fit(name, folder or None, scale)
    Path(path).write_bytes(bytes_left(model))


def _run(name, folder, path, scale):
    code = "import json, sys; from benchmarks.kills import *; fit_in(*sys.argv[1:4], Scale(**json.loads(sys.argv[4])))"
    fields = json.dumps(vars(scale))
    return Popen([sys.executable, "-c", code, name, str(folder), str(path), fields])


def _wait_for_files(process, folder, seconds):
    """Wait until the process has gone on from its checkpoint, that is written a file, and some seconds more."""
    before = set(folder.glob("*"))
    while process.poll() is None and not set(folder.glob("*")) - before:
        time.sleep(0.01)
    time.sleep(seconds)


def _killed(name, place, scale, rng):
    """(seconds of training before each kill, what the fit leaves in the end, as bytes)."""
    folder, found, waited = place / "checkpoint", place / "found", []
    folder.mkdir()
    while not found.exists():
        process = _run(name, folder, found, scale)
        seconds = rng.uniform(0, scale.seconds)
        if len(waited) < scale.n_kills:
            _wait_for_files(process, folder, seconds)
            process.send_signal(signal.SIGKILL)
        code = process.wait()
        if code == -signal.SIGKILL:
            waited.append(seconds)
        elif code:
            raise RuntimeError(f"A fit that went on has failed with {code}.")
    if folder.exists():
        raise RuntimeError(f"A fit has ended and left its checkpoint: {sorted(folder.iterdir())}.")
    return waited, found.read_bytes()


def _expected(name, place, scale):
    """What a fit leaves that was never interrupted."""
    path = place / "expected"
    if _run(name, "", path, scale).wait():
        raise RuntimeError("A fit without checkpoint has failed.")
    return path.read_bytes()


def kill(report, scale):
    """Kill each fit as often as it is to be, and compare."""
    n_killed = n_equal = 0
    for name in scale.kinds:
        rng = np.random.RandomState(0)
        with TemporaryDirectory() as place:
            expected = _expected(name, Path(place), scale)
        for _ in range(scale.n_fits):
            with TemporaryDirectory() as place:
                waited, found = _killed(name, Path(place), scale, rng)
            report.add(KILLS, SECONDS_LEARNT, SECONDS, name, waited)
            n_killed += len(waited) > 0
            n_equal += len(waited) > 0 and found == expected
    n_fits = scale.n_fits * len(scale.kinds)
    report.claim(KILLS, f"fits of {n_fits} that were killed", n_killed, low=n_fits)
    report.claim(KILLS, f"fits of {n_fits} that were killed and ended bit-equal", n_equal, low=n_fits)


# --- command line -----------------------------------------------------------------------------------------------------

EXPERIMENTS = {KILLS: kill}


def main(arguments=None):
    parser = command_line(__doc__.splitlines()[0], EXPERIMENTS)
    parser.add_argument("--fits", dest="n_fits", type=int, help="fits of each kind (10 by default)")
    parser.add_argument("--kills", dest="n_kills", type=int, help="kills of each fit (1 by default)")
    options = parser.parse_args(arguments)
    scale = chosen_scale(options, Scale(), QUICK, "n_fits", "n_kills")
    report = Report("kills", columns=((CLASSIFIER, GENERATOR),))
    run_experiments(report, EXPERIMENTS, options.only, scale)
    return report.finish(options.output, strict=not options.quick)


if __name__ == "__main__":
    sys.exit(main())
