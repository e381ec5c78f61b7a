"""More than 200 files that mean harm, made from harmless ones: files of skops, and checkpoints of fits.

A process that is told a folder of them reads each as users would, and prints as JSON how that ended and what it took.
"""

import io
import json
import resource
import sys
import time
import warnings
from pathlib import Path

from hostile_checkpoints import checkpoint_files, checkpoint_in, written_in
from hostile_skops import harmless_skops, skops_files

import skseq

MEMORY = 250e6  # bytes that all of them together may take at most
SECONDS = 10.0  # of processor time for each, on a slow processor


def read_skops(file, folder):
    """As users do who do not know who wrote a file."""
    return skseq.load(file)


def read_checkpoint(file, folder):
    """As a fit does whose folder holds it; a fit that finds nothing begins anew."""
    path = Path(folder) / "skseq-00000001.npz"
    file.rename(path)
    try:
        with warnings.catch_warnings(action="ignore", category=UserWarning):
            found = checkpoint_in(folder).found()
    finally:
        path.unlink()
    if found is None:
        raise ValueError("it was skipped")
    return found


def memory():
    """Bytes that this process has held at most."""
    return 1024 * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss


def make(folder):
    """Write all of them into a folder, and their names; returns how many there are."""
    checkpoints, names = Path(folder) / "made", []
    checkpoints.mkdir(parents=True)
    of_fits = ((f"checkpoint: {name}", content) for name, content in checkpoint_files(checkpoints))
    for found in (skops_files(), of_fits):
        for name, content in found:
            (Path(folder) / str(len(names))).write_bytes(content)
            names.append(name)
    (Path(folder) / "names.json").write_text(json.dumps(names))
    return len(names)


def read(folder):
    """[[name, how reading ended, processor seconds, bytes of memory since the beginning]] of all files in a folder."""
    kept, told = Path(folder) / "kept", []
    kept.mkdir()
    # what is hostile is not the reading
    assert type(read_skops(io.BytesIO(harmless_skops()), kept)).__name__ == "SeasonalNaive"
    (harmless := Path(folder) / "harmless").write_bytes(written_in(kept))
    assert read_checkpoint(harmless, kept).history["loss"] == [1.0, 0.5]
    began = memory()
    for number, name in enumerate(json.loads((Path(folder) / "names.json").read_text())):
        file, seconds = Path(folder) / str(number), time.process_time()
        try:
            (read_checkpoint if name.startswith("checkpoint") else read_skops)(file, kept)
            ended = "read"
        except Exception as error:
            ended = "refused" if isinstance(error, (ValueError, TypeError)) else repr(error)
        told.append([name, ended, time.process_time() - seconds, memory() - began])
    return told


def main():
    """Read a folder in a process whose working folder it is, where harm would be seen."""
    json.dump(read(sys.argv[1]), sys.stdout)
