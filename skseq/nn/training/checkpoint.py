"""Fits that survive the machine: all that decides the rest of a fit, written to a folder while it runs.

What a fit is, `Checkpoint.begin` is told: its parameters, its data, where it starts. What has been learnt so far is a
`Moment`: numbers after an epoch, and the history. What follows from the history is computed from it again: early
stopping, plateaus, `Ending`. Batches, noise and dropout come from the random state and from the optimizer's counter.
"""

import logging
import re
import signal
import sys
import threading
import time
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from skseq._callers import warn_caller
from skseq._version import __version__
from skseq.nn.training.checkpoint_file import (
    PREFIX,
    SUFFIX,
    UNFINISHED,
    UnreadableError,
    digest_of,
    read_about,
    read_arrays,
    write,
)

FORMAT = 1  # of the description and of the names of arrays
N_KEPT = 2  # files in a folder: the last one may be damaged
WRITING_SHARE = 0.1  # of the time of a fit, at most
LOGGER = logging.getLogger("skseq")
_NAME = re.compile(re.escape(PREFIX) + r"(\d{8,12})" + re.escape(SUFFIX))
_SEED = "parameter random_state"
_MOST_LETTERS = 60  # of a parameter in an error
_MOST_FIGURES = 100  # names in a history
_MOST_TOLD = 1000  # letters of differences
_ARGUMENTS = {  # begin of the name of a row -> the argument of fit that it comes from
    "source": "X",
    "target": "y",
    "weight": "sample_weight",
    "future": "X_future",
    "static": "X_static",
}


@dataclass(frozen=True, kw_only=True)
class Moment:
    """What a run has learnt after an epoch.

    ``best`` are the best weights and slots so far, for early stopping; ``means`` those of `weight_average`; ``random``
    is the state of the random numbers that the next epoch begins with.
    """

    weights: dict
    slots: list
    means: dict
    history: dict
    random: dict
    best: tuple | None = None

    @classmethod
    def of(cls, store, history, rng, best):
        """That of a store with a history."""
        return cls(
            weights=store.weights(),
            slots=store.slots(),
            means=store.means(),
            history={name: list(values) for name, values in history.items()},
            random=rng.get_state(legacy=False),
            best=None if best is None or best.weights is None else (best.weights, best.slots),
        )

    def load(self, store, rng, best):
        """Have a store, random numbers and `Best` as they were; what `Best` counts follows from the history."""
        store.load(self.weights)
        store.load_slots(self.slots)
        store.load_means(self.means)
        rng.set_state(self.random)
        if best is not None and self.best is not None:
            best.weights, best.slots = self.best


@dataclass(frozen=True, kw_only=True)
class Earlier:
    """What the runs before have left: their losses, and what the best of them has learnt."""

    losses: list
    weights: dict
    slots: list
    history: dict
    diverged: str | None = None


class Checkpoint:
    """The folder of one fit of an estimator with these parameters.

    ``interrupted`` is whether an interrupt has ended the fit, which then goes on from its files another time.
    """

    def __init__(self, folder, minutes, parameters):
        self.folder, self.minutes = Path(folder), minutes
        self.parameters = {f"parameter {name}": _described(value) for name, value in parameters.items()}
        self._passed, self._told_of = (), {}
        self.interrupted = False
        self.run, self.earlier = 1, None  # the number of the run to go on with, and the `Earlier` ones
        self._found = None  # the `Moment` to go on from
        self._waiting = None  # (moment, its run, the runs before) that are not written yet
        self._good = [0]  # numbers of the last files that can be read
        self._written, self._seconds, self._told = -np.inf, 0.0, False  # when a file was written, and how long it took

    # --- a fit --------------------------------------------------------------------------------------------------------

    def note_arguments(self, **arguments):
        """Note which arguments of fit were passed, not None: of X and X_val, how many samples they hold."""
        self._passed = tuple(name for name, value in arguments.items() if value is not None)
        counted = (name for name in ("X", "X_val") if name in self._passed)
        self._told_of = {f"samples of {name}": len(arguments[name]) for name in counted}

    def note_data(self, data, validation):
        """Note the data that were passed as they were: those of the network are scaled and split."""
        digests = _data_digests(data, "") | ({} if validation is None else _data_digests(validation, "_val"))
        self._told_of |= {f"given {name}": value for name, value in digests.items() if name in self._passed}

    def begin(self, runner, data, validation, options, *, weights, slots, rng):
        """Look what the folder holds of this fit; another fit raises ValueError, which names the differences.

        The fit starts at these weights and slots (None: those of a new optimizer).
        """
        _check_random_state(rng)
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except (OSError, ValueError) as error:  # ValueError: a name that no system has
            raise ValueError(f"checkpoint={str(self.folder)!r} must be a folder to write to: {error}") from error
        runner.store.load_slots(slots)
        slots = runner.store.slots()
        self._fingerprint = {
            **self.parameters,
            **self._told_of,
            "network": _described(repr(runner.spec)),
            **_data_digests(data, ""),
            **({} if validation is None else _validation_digests(validation, data)),
            "random_state": _digest_of_state(rng),
            "weights to start with": digest_of(*weights.values(), *slots),
        }
        self._shapes = _shapes(weights, slots, runner.store.means())
        self._n_epochs, self._n_runs = options.epochs, options.n_runs
        self._find()

    def _find(self):
        """Read the newest file that can be read."""
        numbers = sorted(self._own_files(), reverse=True)
        for number in numbers:
            path = self._path(number)
            try:
                self._read(path)
            except (UnreadableError, OSError) as error:
                warn_caller(f"{path} is skipped: {error}.")
            else:
                self._good = [number]
                return

    def _read(self, path):
        about = read_about(path)
        try:
            form, theirs, by = about["format"], dict(about["fit"]), dict(about["releases"])
        except (KeyError, TypeError, ValueError) as error:
            raise UnreadableError("its description is not as it should be") from error
        if form != FORMAT:
            raise UnreadableError("it was written by a release whose files are others")
        self._check_same_fit(theirs, path)
        arrays = read_arrays(path, self._expected)
        try:
            run = _int(about["run"], 1, self._n_runs)
            found, earlier = self._moment(about, arrays), self._earlier_of(about, arrays, run)
        except (KeyError, TypeError, ValueError, IndexError) as error:
            raise UnreadableError("its description is not as it should be") from error
        self.run, self.earlier, self._found = run, earlier, found
        if by != _releases():
            message = "%s was written with %s, and this is %s: the fit may end with other last digits."
            LOGGER.warning(message, path, by, _releases())

    def _check_same_fit(self, theirs, path):
        own = self._fingerprint
        differ = {name: (theirs.get(name), own.get(name)) for name in {**own, **theirs}}
        differ = {name: pair for name, pair in differ.items() if pair[0] != pair[1]}
        # A seed and the generator that it makes draw the same.
        if "random_state" not in differ or None in differ.get(_SEED, ()):
            differ.pop(_SEED, None)
        if any(not name.startswith("given ") for name in differ):  # else only data differ that the network reads alike
            words = "; ".join(_difference(name, *differ[name]) for name in _causes(differ))
            raise ValueError(
                f"checkpoint={str(self.folder)!r} holds another fit ({path.name}): {words[:_MOST_TOLD]}. "
                "Fit as that fit did to go on where it stopped. Pass another folder, or delete its files, to begin "
                "anew. In searches, cross-validation and ensembles set checkpoint=None: their fits share a folder."
            )

    # --- runs and epochs ----------------------------------------------------------------------------------------------

    @contextmanager
    def of_run(self, run):
        """Have files be of this run for a while; SIGTERM then is an interrupt."""
        self.run = run
        try:
            with terminated_as_interrupted():
                yield
        except KeyboardInterrupt:
            self.interrupted = True
            raise

    def interrupt(self):
        """Write what has been learnt, for a fit that ends before its time."""
        self.interrupted = True
        self.flush()

    def found(self):
        """The `Moment` to go on from; None in the runs that follow, and where a fit begins."""
        found, self._found = self._found, None
        return found

    def end_run(self, losses, best):
        """Keep what a run has left: the losses so far and the best result."""
        kept = {"weights": best.weights, "slots": best.slots, "history": best.history, "diverged": best.diverged}
        self.earlier = Earlier(losses=list(losses), **kept)

    def save(self, moment):
        """Write a moment if it is time to, else keep it in case of an interrupt."""
        self._waiting = moment, self.run, self.earlier
        since = time.monotonic() - self._written
        if since >= max(60 * self.minutes, self._seconds / WRITING_SHARE):
            self.flush()

    def flush(self):
        """Write the last moment unless it is written."""
        if self._waiting is None:
            return
        began = time.monotonic()
        number = self._good[-1] + 1
        try:
            self.folder.mkdir(parents=True, exist_ok=True)  # a cleaner may have taken it
            write(self._path(number), *self._contents(*self._waiting))
        except OSError as error:  # a full disk: a fit is worth more than its checkpoint
            if not self._told:
                warn_caller(f"The checkpoint in {self.folder} cannot be written: {error}.")
            self._told = True
        else:
            self._waiting, self._good = None, [*self._good, number][-N_KEPT:]
            self._delete(until=self._good[0])
        self._written = time.monotonic()
        self._seconds = self._written - began

    def remove(self):
        """Delete the files of a fit that has ended, and the folder if nothing else is in it."""
        with suppress(OSError):  # what has been learnt is worth more than a clean folder
            self._delete(until=np.inf)
            self.folder.rmdir()

    def _delete(self, until):
        """Delete the files with lower numbers, and those whose writing was cut off."""
        unfinished = self.folder.glob(f"{PREFIX}*{UNFINISHED}")
        for path in [*(self._path(number) for number in self._own_files() if number < until), *unfinished]:
            with suppress(OSError):
                path.unlink()

    def _own_files(self):
        """Their numbers; pipes and the like are none, and a folder that has gone has none."""
        try:
            paths = list(self.folder.iterdir())
        except FileNotFoundError:
            return []
        return [int(match[1]) for path in paths if (match := _NAME.fullmatch(path.name)) and path.is_file()]

    def _path(self, number):
        return self.folder / f"{PREFIX}{number:08d}{SUFFIX}"

    # --- a moment as JSON and arrays ----------------------------------------------------------------------------------

    def _contents(self, moment, run, earlier):
        """(about, arrays) of a moment in a run after `Earlier` ones."""
        random = moment.random
        about = {
            "format": FORMAT,
            "fit": self._fingerprint,
            "run": run,
            "releases": _releases(),
            "random": [int(random["state"]["pos"]), int(random["has_gauss"]), float(random["gauss"])],
            "history": list(moment.history),
            "earlier history": None if earlier is None else list(earlier.history),
            "diverged": None if earlier is None else earlier.diverged,
        }
        arrays = {
            "random": random["state"]["key"],
            **_flat("weights", moment.weights),
            **_flat("slots", moment.slots),
            **_flat("means", moment.means),
            "history": _stacked(moment.history),
        }
        if moment.best is not None:
            arrays |= _flat("best/weights", moment.best[0]) | _flat("best/slots", moment.best[1])
        if earlier is not None:
            arrays |= _flat("earlier/weights", earlier.weights) | _flat("earlier/slots", earlier.slots)
            arrays["earlier/history"] = _stacked(earlier.history)
            arrays["losses"] = np.array(earlier.losses, np.float64)
        return about, arrays

    def _moment(self, about, arrays):
        position, has_gauss, gauss = about["random"]
        random = {
            "bit_generator": "MT19937",
            "state": {"key": arrays["random"], "pos": _int(position, 0, 624)},
            "has_gauss": _int(has_gauss, 0, 1),
            "gauss": float(gauss),
        }
        best = None
        if "best/slots/00000" in arrays:
            best = self._whole(arrays, "best/weights"), self._slots(arrays, "best/slots")
        return Moment(
            weights=self._whole(arrays, "weights"),
            slots=self._slots(arrays, "slots"),
            means=self._whole(arrays, "means"),
            history=_unstacked(about["history"], arrays["history"]),
            random=random,
            best=best,
        )

    def _earlier_of(self, about, arrays, run):
        if run == 1:
            return None
        if len(arrays["losses"]) != run - 1 or type(about["diverged"]) not in (str, type(None)):
            raise UnreadableError("its earlier runs are not as they should be")
        return Earlier(
            losses=arrays["losses"].tolist(),
            weights=self._whole(arrays, "earlier/weights"),
            slots=self._slots(arrays, "earlier/slots"),
            history=_unstacked(about["earlier history"], arrays["earlier/history"]),
            diverged=about["diverged"],
        )

    def _whole(self, arrays, part):
        """The arrays of a part of the file, in the order of the network; KeyError if one is missing."""
        names = [name for name in self._shapes if name.startswith(f"{part}/")]
        return {name.removeprefix(f"{part}/"): arrays[name] for name in names}

    def _slots(self, arrays, part):
        return list(self._whole(arrays, part).values())

    def _expected(self, name):
        """(dtype, limits of every axis) of an array that a file may have; None if it may not."""
        if name in ("history", "earlier/history"):
            return np.dtype(np.float64), ((1, _MOST_FIGURES), (0, self._n_epochs))
        if name == "losses":
            return np.dtype(np.float64), ((1, self._n_runs),)
        return self._shapes.get(name)


@contextmanager
def terminated_as_interrupted():
    """Have SIGTERM raise KeyboardInterrupt for a while, as Ctrl-C does; a handler of the user's stays."""
    ours = threading.current_thread() is threading.main_thread() and signal.getsignal(signal.SIGTERM) is signal.SIG_DFL
    if not ours:
        yield
        return
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


# --- what a fit is ----------------------------------------------------------------------------------------------------


def _described(value):
    """A value as it stands in the file and in errors: the same in every process."""
    if isinstance(value, np.ndarray) and value.dtype != object:
        return f"array {value.shape} {digest_of(value)[:16]}"
    name = getattr(value, "__qualname__", None)
    text = re.sub(r" at 0x[0-9a-f]+", "", f"{value.__module__}.{name}" if name else repr(value))
    if len(text) <= _MOST_LETTERS:
        return text
    return f"{text[:_MOST_LETTERS]}... ({digest_of(np.frombuffer(text.encode(), np.uint8))[:16]})"


def _data_digests(data, suffix):
    """Argument of fit -> digest of the rows that come from it."""
    names = {}
    for name in [*data.rows, *data.shared]:
        argument = next((own for begin, own in _ARGUMENTS.items() if name.startswith(begin)), name)
        names.setdefault(f"{argument}{suffix}", []).append(data.rows.get(name, data.shared.get(name)))
    found = {name: digest_of(*map(np.asarray, arrays)) for name, arrays in names.items()}
    return found | {f"samples{suffix}": digest_of(data.samples)}


def _validation_digests(validation, data):
    if validation.rows is data.rows:  # held out of the training data
        return {"samples_val": digest_of(validation.samples)}
    return _data_digests(validation, "_val")


def _check_random_state(rng):
    if rng.get_state(legacy=False)["bit_generator"] != "MT19937":
        raise ValueError("checkpoint needs random_state to be an int, or a RandomState as NumPy makes it.")


def _digest_of_state(rng):
    state = rng.get_state(legacy=False)
    rest = np.array([state["state"]["pos"], state["has_gauss"], state["gauss"]], np.float64)
    return digest_of(state["state"]["key"], rest)


def _causes(differ):
    """Names of what differs that may be why the rest does: of other samples the scale and the weights are others."""
    for begin in ("parameter ", "samples of ", "given ", ("random_state", "weights ")):
        if found := [name for name in differ if name.startswith(begin)]:
            return found
    return list(differ)


def _difference(name, theirs, own):
    """In words."""
    name = name.removeprefix("given ")
    if theirs is None or own is None:
        name = name.removeprefix("parameter ").removeprefix("samples of ")
        return f"{name} is only in {'this fit' if theirs is None else 'that fit'}"
    if name.startswith("parameter "):
        return f"{name.removeprefix('parameter ')} is {theirs} there and {own} here"
    if name.startswith("samples of "):
        return f"{name.removeprefix('samples of ')} has {theirs} sample(s) there and {own} here"
    return f"{name} is another"


def _releases():
    return {"skseq": __version__, **{name: sys.modules[name].__version__ for name in ("tensorflow", "keras", "numpy")}}


def _int(value, least, most):
    if type(value) is not int or not least <= value <= most:
        raise UnreadableError("its description is not as it should be")
    return value


# --- names of arrays --------------------------------------------------------------------------------------------------


def _flat(part, arrays):
    named = arrays.items() if isinstance(arrays, dict) else ((f"{k:05d}", x) for k, x in enumerate(arrays))
    return {f"{part}/{name}": x for name, x in named}


def _stacked(history):
    """(n_names, n_epochs)"""
    return np.array(list(history.values()), np.float64)


def _unstacked(names, rows):
    if len(names) != len(rows) or not all(type(name) is str for name in names) or "loss" not in names:
        raise UnreadableError("its history is not as it should be")
    return dict(zip(names, rows.tolist()))


def _shapes(weights, slots, means):
    """Name -> (dtype, limits of every axis) of the arrays of a moment and of earlier runs."""
    like = {"random": np.zeros(624, np.uint32), **_flat("means", means)}
    for part in ("", "best/", "earlier/"):
        like |= _flat(f"{part}weights", weights) | _flat(f"{part}slots", slots)
    return {name: (x.dtype, tuple((n, n) for n in x.shape)) for name, x in like.items()}
