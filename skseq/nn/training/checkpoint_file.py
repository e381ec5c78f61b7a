"""The file of a checkpoint: arrays in NumPy's format ``.npz``, not packed, beside a description in JSON.

What is read is never trusted. Nothing is allocated for an array before its size in the archive, its header and what the
fit may have agree, no pickle is loaded, and nothing is unpacked to disk. The checksums of the archive (CRC-32) find
damage: every member is read to its end.
"""

import hashlib
import io
import json
import math
import os
import struct
import tempfile
import zipfile
from contextlib import suppress
from pathlib import Path

import numpy as np

MAX_DESCRIPTION = 2**20  # bytes; that of a large network has some thousands
MAX_READ = 2**20  # bytes that zipfile and NumPy read at once: more would be a directory of members that no fit has
PREFIX, SUFFIX, UNFINISHED = "skseq-", ".npz", ".unfinished"
_ABOUT = "about"  # the name of the description
_HEADERS = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}
_DAMAGE = (zipfile.BadZipFile, struct.error, ValueError, TypeError, KeyError, EOFError, RuntimeError, OSError)
_CHUNK = 2**20  # bytes that are hashed at once


class UnreadableError(ValueError):
    """A file that is torn, damaged or no checkpoint at all."""


def write(path, about, arrays):
    """Write a file as a whole or not at all: under another name, then to disk, then renamed."""
    arrays = {name: np.asarray(x, order="C") for name, x in arrays.items()}
    arrays[_ABOUT] = np.frombuffer(json.dumps(about).encode(), np.uint8)
    file = tempfile.NamedTemporaryFile(  # noqa: SIM115 - closed below
        dir=path.parent, prefix=PREFIX, suffix=UNFINISHED, delete=False
    )
    try:
        with file:
            np.savez(file, **arrays)
            file.flush()
            os.fsync(file.fileno())
        Path(file.name).replace(path)
    except BaseException:  # an interrupt, too
        with suppress(OSError):
            os.unlink(file.name)
        raise
    _sync_folder(path.parent)


def read_about(path):
    """What `write` was told of the arrays in a file; none of them is read."""
    found = _read(path, [_ABOUT], {_ABOUT: (np.dtype(np.uint8), ((0, MAX_DESCRIPTION),))}.get)
    try:
        return json.loads(found[_ABOUT].tobytes())
    except (ValueError, RecursionError) as error:
        raise UnreadableError("its description is not as it should be") from error


def read_arrays(path, expected):
    """Name -> array, from a file.

    ``expected(name)`` gives the (dtype, ((least, most) elements of every axis)) that an array may have, or None for one
    that is not wanted.
    """
    return _read(path, None, expected)


def _read(path, names, expected):
    """Name -> array; without names all but the description."""
    try:
        with _Careful(io.FileIO(path)) as file, zipfile.ZipFile(file) as source:
            members = _members(source, os.fstat(file.fileno()).st_size)
            names = members.keys() - {_ABOUT} if names is None else names
            return {name: _array(source, members[name], expected(name)) for name in names}
    except _DAMAGE as error:
        raise UnreadableError(f"it is damaged, or no checkpoint of this fit ({str(error)[:200]})") from error


class _Careful(io.BufferedReader):
    """A file that gives no more than `MAX_READ` bytes at once."""

    def read(self, size=-1):
        if size > MAX_READ:
            raise UnreadableError("a list of so many members is no checkpoint's")
        return super().read(size)


def _members(source, n_bytes):
    """Name of an array -> member of an archive that has so many bytes on disk."""
    members = {member.filename.removesuffix(".npy"): member for member in source.infolist()}
    if [f"{name}.npy" for name in members] != source.namelist():
        raise UnreadableError("it has two members of one name, or one that is no array")
    if any(m.compress_type != zipfile.ZIP_STORED or m.file_size != m.compress_size for m in members.values()):
        raise UnreadableError("its members are packed")
    if sum(member.file_size for member in members.values()) > n_bytes:
        raise UnreadableError("its members are longer than the file")
    return members


def _array(source, member, expected):
    """The array of a member; its header must have this (dtype, limits of every axis), and its bytes be all there is."""
    wanted, limits = expected  # TypeError if it is not wanted
    with source.open(member) as file:
        shape, fortran, dtype = _header(file)
        n_bytes = member.file_size - file.tell()
    within = len(shape) == len(limits) and all(least <= n <= most for n, (least, most) in zip(shape, limits))
    if dtype != wanted or fortran or not within or n_bytes != wanted.itemsize * math.prod(shape):
        raise UnreadableError(f"its {member.filename[:100]} has another shape or type")
    with source.open(member) as file:  # again: seeking would turn the checksum off
        array = np.lib.format.read_array(file, allow_pickle=False)
        file.read(1)  # at its end the checksum is looked at
    return array


def _header(file):
    """(shape, whether columns come first, dtype) as an array file says at its beginning."""
    try:
        return _HEADERS[np.lib.format.read_magic(file)](file)
    except Exception as error:  # NumPy parses it as Python, which fails in many ways
        raise UnreadableError("the header of an array cannot be read") from error


def digest_of(*arrays):
    """sha256 of arrays: their types, shapes and numbers."""
    digest = hashlib.sha256()
    for x in arrays:
        digest.update(f"{x.dtype.str}{x.shape}".encode())
        flat = np.asarray(x, order="C").reshape(-1).view(np.uint8)
        for start in range(0, len(flat), _CHUNK):
            digest.update(flat[start : start + _CHUNK])
    return digest.hexdigest()


def _sync_folder(folder):
    """Have a new name survive a power cut, where the system can open folders."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
