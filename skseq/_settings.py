"""What holds for the process: settings, which stand in the environment so that workers inherit them; its networks."""

from __future__ import annotations

import os
import sys
from numbers import Integral
from os import PathLike
from pathlib import Path

from skseq._arguments import check_path
from skseq._sklearn import Interval, validate_params


@validate_params({"n_threads": [Interval(Integral, 1, None, closed="left"), None]}, prefer_skip_nested_validation=True)
def set_n_threads(n_threads: int | None) -> None:
    """Set how many threads TensorFlow may use in this process, and in worker processes that it starts from now on.

    Call it before the first fit or prediction: TensorFlow starts its threads once. The environment variable
    `SKSEQ_N_THREADS` does the same, and is what this function sets.

    Without it, TensorFlow uses every core. In worker processes of joblib, dask, ray and spark it uses as many threads
    as these allow their numerical libraries (`OMP_NUM_THREADS`), so that two workers on two cores have one thread each.

    Parameters
    ----------
    n_threads : int or None
        Threads within an operation, and operations at a time. With one and the same number a seed gives the same
        weights on any number of cores of one kind of processor. None goes back to the default.

    Raises
    ------
    RuntimeError
        If TensorFlow has started with another number of threads.

    Examples
    --------
    >>> import skseq
    >>> skseq.set_n_threads(1)  # doctest: +SKIP
    """
    if "tensorflow" in sys.modules:  # else it is told when it loads
        from skseq.nn.threads import start_with

        start_with(n_threads)
    _set("SKSEQ_N_THREADS", n_threads)


@validate_params({"folder": [str, PathLike, None]}, prefer_skip_nested_validation=True)
def set_compile_cache(folder: str | PathLike[str] | None) -> None:
    """Set a folder in which compiled networks are kept, for this process and for all that start later.

    XLA compiles the networks of long fits, which takes seconds per network and process. With a folder, later processes
    read what an earlier one has compiled: worker processes of a search, a script that runs again. Call it before the
    first fit. The environment variable `SKSEQ_COMPILE_CACHE` does the same, and is what this function sets.

    Several processes may share a folder. It has a folder below for every release of TensorFlow, kind of processor and
    number of threads. Whenever a process starts, files that were cut off are removed, and beyond 1 GB the oldest ones.
    The files are programs: choose a folder that nobody else can write to.

    Parameters
    ----------
    folder : str, path-like or None
        The folder; it is made if it is not there. None, the default of a process: nothing is kept.

    Raises
    ------
    RuntimeError
        If TensorFlow has run: it reads its flags once.
    OSError
        If the folder cannot be made or written to.

    Examples
    --------
    >>> import skseq
    >>> skseq.set_compile_cache("~/.cache/skseq")  # doctest: +SKIP
    """
    if folder is not None:
        check_path("folder", folder)
    folder = None if folder is None else str(Path(folder).expanduser().absolute())
    if folder is not None:
        Path(folder).mkdir(mode=0o700, parents=True, exist_ok=True)
    if "tensorflow" in sys.modules:
        from skseq.nn.compile_cache import check_in_time

        check_in_time(folder)
    _set("SKSEQ_COMPILE_CACHE", folder)
    if folder is not None and "tensorflow" in sys.modules:  # whatever runs next has it read its flags
        from skseq.nn.process import start

        start()


def clear_pool() -> None:
    """Forget all compiled networks. The next fit compiles anew.

    Python frees what they held at its next full garbage collection, and the process keeps most of it for later fits.

    Examples
    --------
    >>> import skseq
    >>> skseq.clear_pool()
    """
    if "skseq.nn.pool" in sys.modules:  # else there are none
        sys.modules["skseq.nn.pool"].clear_pool()


def _set(name, value):
    """Set an environment variable; None removes it."""
    if value is None:
        os.environ.pop(name, None)
    else:
        os.environ[name] = str(value)
