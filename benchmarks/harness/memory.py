"""Memory of a process as Linux counts it, and processes to measure it in."""

import gc
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from threading import Event

__all__ = ["in_fresh_process", "peak_anonymous_memory", "peak_memory", "reset_peak_memory", "resident_memory"]

_STATUS, _REFERENCES = Path("/proc/self/status"), Path("/proc/self/clear_refs")


def in_fresh_process(function, *arguments):
    """What a function gives in a new interpreter: nothing that ran before is in its memory."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as process:
        return process.submit(function, *arguments).result()


def resident_memory():
    """Resident memory of this process, in MB, after a garbage collection."""
    gc.collect()
    return _megabytes("VmRSS")


def peak_memory():
    """The most resident memory since this process started or `reset_peak_memory`, in MB."""
    return _megabytes("VmHWM")


def reset_peak_memory():
    """Let the peak start anew from what is resident now."""
    _REFERENCES.write_text("5")


def peak_anonymous_memory(function, *arguments):
    """MB that a call needs on top at most, without the pages of mapped files: looked at every few milliseconds."""
    gc.collect()
    before, ended = _megabytes("RssAnon"), Event()

    def watch():
        peak = before
        while not ended.wait(0.003):
            peak = max(peak, _megabytes("RssAnon"))
        return peak

    with ThreadPoolExecutor(1) as pool:
        peak = pool.submit(watch)
        try:
            function(*arguments)
        finally:
            ended.set()
        return peak.result() - before


def _megabytes(name):
    kilobytes = next(line.split()[1] for line in _STATUS.read_text().splitlines() if line.startswith(f"{name}:"))
    return int(kilobytes) / 1024
