"""The file of a checkpoint: a description in JSON and the bytes of arrays, both with their sha256. No pickle, no zip.

What is read is never trusted: a file is at most as long as the fit that reads it could have written, and not a byte of
an array is allocated before that is known. In order:

* `MAGIC`, which ends in the number of the format;
* the length of the description, 8 bytes, and its sha256, 32 bytes;
* the description: {"about": what `write` was given, "arrays": [[name, dtype, shape], ...], "sha256": of all arrays};
* the bytes of one array after the other, in C order.
"""

import hashlib
import json
import math
import os
import tempfile
from contextlib import suppress
from pathlib import Path

import numpy as np

MAGIC = b"skseq checkpoint, format 1\n"
HEAD_BYTES = len(MAGIC) + 8 + 32
MAX_DESCRIPTION = 2**20  # bytes; that of a large network has some thousands
PREFIX, SUFFIX, UNFINISHED = "skseq-", ".checkpoint", ".unfinished"
_CHUNK = 2**20  # bytes that are hashed at once


class UnreadableError(ValueError):
    """A file that is torn, damaged or no checkpoint at all."""


def write(path, about, arrays):
    """Write a file as a whole or not at all: under another name, then to disk, then renamed."""
    arrays = {name: np.asarray(x, order="C") for name, x in arrays.items()}
    described = [[name, x.dtype.str, list(x.shape)] for name, x in arrays.items()]
    digest = hashlib.sha256()
    for x in arrays.values():
        digest.update(_bytes_of(x))
    description = json.dumps({"about": about, "arrays": described, "sha256": digest.hexdigest()}).encode()
    file = tempfile.NamedTemporaryFile(  # noqa: SIM115 - closed below
        dir=path.parent, prefix=PREFIX, suffix=UNFINISHED, delete=False
    )
    try:
        with file:
            file.write(MAGIC + len(description).to_bytes(8, "little") + hashlib.sha256(description).digest())
            file.write(description)
            for x in arrays.values():
                file.write(_bytes_of(x))
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
    except BaseException:  # an interrupt, too
        with suppress(OSError):
            os.unlink(file.name)
        raise
    _sync_folder(path.parent)


def read_about(file):
    """(what `write` was told, description) of an open file; not a byte of its arrays is read."""
    head = file.read(HEAD_BYTES)
    if len(head) < HEAD_BYTES or not head.startswith(MAGIC):
        raise UnreadableError("it does not begin as a checkpoint of this format does")
    length = int.from_bytes(head[len(MAGIC) : len(MAGIC) + 8], "little")
    if length > MAX_DESCRIPTION:
        raise UnreadableError(f"its description would have {length} bytes, more than {MAX_DESCRIPTION}")
    text = file.read(length)
    if hashlib.sha256(text).digest() != head[-32:]:
        raise UnreadableError("its description is torn")
    try:
        description = json.loads(text)
        return description["about"], description
    except (ValueError, TypeError, KeyError, RecursionError) as error:
        raise UnreadableError("its description is not as it should be") from error


def read_arrays(file, description, expected):
    """Name -> array, from an open file behind its description.

    ``expected(name)`` gives the (dtype, ((least, most) elements of every axis)) that an array may have, or None for one
    that is not wanted.
    """
    try:
        shapes = {name: _checked(dtype, shape, expected(name)) for name, dtype, shape in description["arrays"]}
        given = description["sha256"]
    except (ValueError, TypeError, KeyError) as error:
        raise UnreadableError("its arrays are not those of this fit") from error
    if len(shapes) != len(description["arrays"]):
        raise UnreadableError("it has two arrays of one name")
    n_bytes = sum(dtype.itemsize * math.prod(shape) for dtype, shape in shapes.values())
    if os.fstat(file.fileno()).st_size != file.tell() + n_bytes:
        raise UnreadableError("it is shorter or longer than its description says")
    arrays, digest = {}, hashlib.sha256()
    for name, (dtype, shape) in shapes.items():
        arrays[name] = np.empty(shape, dtype)
        view = memoryview(_bytes_of(arrays[name]))
        if file.readinto(view) != len(view):
            raise UnreadableError("it ends in the middle of an array")
        digest.update(view)
    if digest.hexdigest() != given:
        raise UnreadableError("its arrays are damaged")
    return arrays


def digest_of(*arrays):
    """sha256 of arrays: their types, shapes and numbers."""
    digest = hashlib.sha256()
    for x in arrays:
        digest.update(f"{x.dtype.str}{x.shape}".encode())
        flat = _bytes_of(np.asarray(x, order="C"))
        for start in range(0, len(flat), _CHUNK):
            digest.update(flat[start : start + _CHUNK])
    return digest.hexdigest()


def _checked(dtype, shape, expected):
    """(dtype, shape) of an array that a file may have."""
    wanted, limits = expected  # TypeError if there is none
    if dtype != wanted.str or len(shape) != len(limits):
        raise ValueError(dtype, shape)
    if not all(type(n) is int and least <= n <= most for n, (least, most) in zip(shape, limits)):
        raise ValueError(shape)
    return wanted, tuple(shape)


def _bytes_of(x):
    """The bytes of a contiguous array, without a copy: (n_bytes,) uint8."""
    return x.reshape(-1).view(np.uint8)


def _sync_folder(folder):
    """Have a new name survive a power cut, where the system can open folders."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
