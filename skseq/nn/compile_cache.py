"""A folder of what XLA has compiled: processes that start later read it instead of compiling the same again.

TensorFlow itself reads and writes the files, each under a temporary name first, so that processes can share a folder.
It neither bounds the folder nor bears with a file that was cut off, and would run code of another processor. So every
release, processor and number of threads has a folder of its own below, which is tidied when a process starts.
"""

import hashlib
import os
import platform
import shlex
import time
from contextlib import contextmanager, suppress
from pathlib import Path

import tensorflow as tf

from skseq._callers import warn_caller
from skseq.nn._tensorflow import has_read_flags
from skseq.nn.threads import n_threads

OURS, FLAGS = "SKSEQ_COMPILE_CACHE", "TF_XLA_FLAGS"
MAX_BYTES = 10**9
ABANDONED = 3_600  # seconds after which a temporary file has no writer

_in_use = None


@contextmanager
def kept_code():
    """While TensorFlow reads its flags: have it use the folder of `SKSEQ_COMPILE_CACHE`, if there is one."""
    folder = os.environ.get(OURS)
    try:
        flag = folder and _flag_for(folder)
    except (OSError, RuntimeError) as error:
        warn_caller(f"No compiled code is kept, as {OURS} asks for: {error}")
        flag = None
    before = os.environ.get(FLAGS)
    if flag:
        os.environ[FLAGS] = f"{before or ''} {flag}".strip()
    try:
        yield
    finally:
        if flag:  # worker processes would inherit it, though with fewer threads they need another folder
            _restore(before)


def check_in_time(folder):
    """Raise RuntimeError where it is too late to use another folder, or none, from the first operation on."""
    if folder == _in_use:
        return
    if has_read_flags():
        raise RuntimeError(
            f"TensorFlow has started in this process, with {_in_use or 'no folder'} for compiled code. Call "
            f"skseq.set_compile_cache, or set {OURS}, before anything runs in TensorFlow."
        )


def _flag_for(folder):
    """The flag of TensorFlow for a folder that is there, is ours to write to, and is tidy."""
    global _in_use
    if has_read_flags():
        raise RuntimeError("TensorFlow has started in this process. Import skseq, and fit, before it runs.")
    path = Path(folder).expanduser().absolute()
    own = path / name_of_folder()
    own.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not os.access(own, os.W_OK):
        raise PermissionError(f"the folder {str(own)!r} cannot be written to. Name another one.")
    remove_torn_files(own)
    remove_oldest_files(path, MAX_BYTES)
    _in_use = str(path)
    return f"--tf_xla_persistent_cache_device_types=CPU --tf_xla_persistent_cache_directory={shlex.quote(str(own))}"


def _restore(before):
    if before is None:
        del os.environ[FLAGS]
    else:
        os.environ[FLAGS] = before


# --- what a folder holds ----------------------------------------------------------------------------------------------


def name_of_folder():
    """A name for all that decides what XLA compiles here, apart from the network."""
    flags = [os.environ.get(name, "") for name in ("XLA_FLAGS", FLAGS)]
    facts = [platform.machine(), *_processor(), *flags, str(n_threads())]
    return f"tensorflow-{tf.__version__}-{hashlib.sha256(repr(facts).encode()).hexdigest()[:12]}"


def _processor():
    """What the system says of the processor: on Linux its model and its instructions."""
    try:
        lines = Path("/proc/cpuinfo").read_text().splitlines()
    except OSError:
        return [platform.processor()]
    return sorted({line for line in lines if line.startswith(("model name", "flags", "Features", "CPU part"))})


def remove_torn_files(folder):
    """Remove files that were cut off, with which fits would fail, and temporary ones that nobody writes any more."""
    for path in folder.iterdir():
        with suppress(FileNotFoundError):  # another process was faster
            torn = not is_whole(path) if path.suffix == ".pb" else time.time() - path.stat().st_mtime > ABANDONED
            if torn:
                path.unlink()


def remove_oldest_files(folder, max_bytes):
    """Remove the files that were written first until all folders of all releases together keep to the limit."""
    files = []
    for path in folder.glob("tensorflow-*/*"):
        with suppress(FileNotFoundError):
            files.append((path.stat().st_mtime, path.stat().st_size, path))
    excess = sum(size for _, size, _ in files) - max_bytes
    for _, size, path in sorted(files):
        if excess <= 0:
            return
        path.unlink(missing_ok=True)
        excess -= size


def is_whole(path):
    """Whether a file has its three fields: key, network and code, each a tag, a length and so many bytes."""
    with open(path, "rb") as file:
        size, fields = os.fstat(file.fileno()).st_size, set()
        while file.tell() < size:
            tag, length = _varint(file), _varint(file)
            if length is None:
                return False
            if tag & 7 != 2:  # of a release with other fields: TensorFlow decides
                return True
            fields.add(tag >> 3)
            file.seek(length, os.SEEK_CUR)
        return file.tell() == size and fields >= {1, 2, 3}


def _varint(file):
    """A whole number: 7 bits per byte, the last ones first, while the top bit is set; None at the end of the file."""
    number = shift = 0
    while byte := file.read(1):
        number |= (byte[0] & 127) << shift
        if byte[0] < 128:
            return number
        shift += 7
    return None
