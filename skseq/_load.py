"""Read files of skops that may come from anyone: what is in them is looked at before anything is made of it.

`skops.io.load` makes no object that is not trusted. But it reads whole members of the archive into memory, whatever
they unpack to. Here every member is unpacked in small pieces up to a limit, and arrays must have the size that their
header says. What skops then reads is a copy of the archive that is known to be harmless.
"""

from __future__ import annotations

import io
import json
import math
import re
import struct
import zipfile
import zlib
from collections.abc import Iterable, Sequence
from importlib import import_module
from os import PathLike
from typing import IO, Any

import numpy as np

from skseq._arguments import check_path
from skseq._trusted import FUNCTIONS, TRUSTED_TYPES

LIMIT, LIMIT_PER_BYTE = 2**24, 40  # bytes that members unpack to, all together; more for every byte of the file
DEEPEST = 300  # levels of a schema: a search over a pipeline of ensembles of pipelines has 44
LINES, BYTES_PER_LINE, PER_LINE = 50_000, 30, 8  # lines of a schema, more for every so many letters; values in a line
MAX_NAME = 200  # letters of a member's name
_PIECE = 2**16  # bytes that are unpacked at once
_SIGNS = (b",", b"[", b"{")
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*"')
_KERAS = {"metadata.json", "config.json", "model.weights.h5"}  # what a .keras file holds
_NAME = re.compile(r"[\w.-]+\.(npy|bin)|schema\.json")
_OF_PICKLE = re.compile(rb"\x80[\x02-\x05]|x[\x01^\x9c\xda]|\x1f\x8b|BZh|\xfd7z|\]\x00\x00")  # also packed by joblib
_OF_ONNX = re.compile(rb"\x08.\x12", re.DOTALL)  # the version of the format, and who wrote it


def load(file: str | PathLike[str] | IO[bytes], *, trusted: Sequence[str | type] = ()) -> Any:
    """Load what ``skops.io.dump`` has written, also from a file that may be hostile.

    Parameters
    ----------
    file : str, path-like or binary file object
        The file of skops.
    trusted : sequence of str or type, default=()
        What the file may mention besides `TRUSTED_TYPES`, such as a function of yours: see
        ``skops.io.get_untrusted_types``. A str is one name.

    Returns
    -------
    value : object
        What was stored, such as an estimator, a pipeline or a search.

    Raises
    ------
    ValueError
        If the file is damaged, if it would unpack to much more than it has on disk (16 MiB and 40 times its size), if
        it holds what no file of skseq does (arrays whose header lies, paths, sparse matrices), or if what it mentions,
        such as a function of yours, cannot be imported here.
    TypeError
        If it mentions something that is not trusted; skops raises a subclass.

    Examples
    --------
    >>> import os, tempfile
    >>> import skops.io, skseq
    >>> path = os.path.join(tempfile.mkdtemp(), "model.skops")
    >>> skops.io.dump(skseq.SeasonalNaive(2).fit([[1.0, 2.0]], [[1.0]]), path)
    >>> skseq.load(path).predict([[3.0, 4.0]])
    array([[3.]])
    """
    import skops.io

    if not hasattr(file, "read"):
        check_path("file", file, "a path or a binary file")
    names = _names(trusted)
    given = file if hasattr(file, "read") else open(file, "rb")  # noqa: SIM115 - closed below
    try:
        harmless = _harmless(given)
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, struct.error) as error:
        told = f"The file cannot be read, it is damaged or no file of skops: {error}.{_hint(given)}"
        raise ValueError(told) from error
    finally:
        if given is not file:
            given.close()
    try:
        return skops.io.load(harmless, trusted=[*TRUSTED_TYPES, *names])
    except ImportError as error:
        _check_are_here(names, error)
        raise
    except (KeyError, AttributeError, IndexError, RecursionError, OverflowError, ArithmeticError) as error:
        if isinstance(error, AttributeError):
            _check_are_here(names, error)
        raise ValueError(f"The file holds something that skseq does not write: {error!r}.") from error


def _names(trusted):
    """A list of what a file may mention; one name is a list of one."""
    names = list(trusted) if isinstance(trusted, Iterable) and not isinstance(trusted, (str, type)) else [trusted]
    if not all(isinstance(name, (str, type)) for name in names):
        raise TypeError(
            f"trusted must be a list of names, such as ['my_module.my_function'], or types. Got {trusted!r}. "
            "skops.io.get_untrusted_types(file=...) lists the names in a file: look at each before you trust it."
        )
    return names


def _check_are_here(names, error):
    """Raise ValueError if one of the names, all of which are trusted, cannot be imported."""
    for name in names:
        if not _is_here(name):
            raise ValueError(
                f"The file needs {name}, which cannot be imported here. Files hold the names of functions and classes, "
                "not their code: put it into a module that can be imported here and where the estimator is fitted, "
                "then fit and store it again."
            ) from error


def _is_here(name):
    module, _, own = name.rpartition(".") if isinstance(name, str) else ("", "", "")
    try:
        return not module or hasattr(import_module(module), own)
    except ImportError:
        return False


def _hint(file):
    """What else a file may be, by its first bytes."""
    file.seek(0)
    head = file.read(3)
    if _OF_PICKLE.match(head):
        return " It may be of joblib or pickle: joblib.load reads these. It runs code in the file: know who wrote it."
    if _OF_ONNX.match(head):
        return " It may be an ONNX file, which holds no estimator: onnxruntime.InferenceSession reads these."
    return ""


def _harmless(file):
    """A copy of an archive, in memory and not packed, all of whose members have been looked at."""
    size = file.seek(0, io.SEEK_END)
    left = LIMIT + LIMIT_PER_BYTE * size
    copy = io.BytesIO()
    with zipfile.ZipFile(file) as source, zipfile.ZipFile(copy, "w") as target:
        members = source.infolist()
        _check_names([member.filename for member in members])
        for member in members:
            content = _unpacked(source, member, left)
            left -= len(content)
            if member.filename == "schema.json":
                _check_schema(content)
            elif member.filename.endswith(".npy"):
                _check_array(content, member.filename)
            target.writestr(member.filename, content)
    copy.seek(0)
    return copy


def _check_names(names):
    """Raise ValueError unless these are the names in a file of skops."""
    if _KERAS.issubset(names):
        raise ValueError(
            "The file is a model of Keras, not of skops: read it with keras.models.load_model. An estimator is stored "
            "with skops.io.dump(estimator, path)."
        )
    wrong = [name for name in names if len(name) > MAX_NAME or not _NAME.fullmatch(name)]
    if wrong:
        raise ValueError(f"The file holds {wrong[0][:MAX_NAME]!r}, which no file of skseq does.")
    if len(set(names)) < len(names) or "schema.json" not in names:
        raise ValueError("The file has two members of one name, or no schema: it is not as skops writes it.")


def _unpacked(source, member, limit):
    """The content of a member, of at most so many bytes."""
    if member.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise ValueError(f"{member.filename} is packed by a method that skseq does not unpack.")
    pieces, left = [], limit
    with source.open(member) as file:
        while piece := file.read(_PIECE):
            left -= len(piece)
            if left < 0:
                raise ValueError(
                    f"{member.filename} unpacks to far more than the file has on disk, as no model does. If you know "
                    "who wrote it, read it with skops.io.load."
                )
            pieces.append(piece)
    return b"".join(pieces)


def _check_schema(text):
    """Raise ValueError for a schema that would take far more memory than its text."""
    if text.count(b"\n") > LINES + len(text) // BYTES_PER_LINE or not all(map(_is_one_value, io.BytesIO(text))):
        raise ValueError("The schema of the file has far more values than skops writes into one of its size.")
    try:
        schema = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise ValueError(f"The schema of the file cannot be read: {error}.") from error
    if not isinstance(schema, dict):
        raise ValueError("The schema of the file is not as skops writes it.")
    _check_calls(schema)


def _check_calls(schema):
    """Raise ValueError for a schema that has a function called, which might take much memory, and not only named.

    So does one that is nested deeper than any estimator: how deep Python can follow depends on its release.
    """
    left = [(schema, 0)]
    while left:
        node, depth = left.pop()
        if depth > DEEPEST:
            raise ValueError(f"The schema of the file is nested more than {DEEPEST} deep, as no file of skseq is.")
        if isinstance(node, dict) and node.get("__loader__") != "FunctionNode":
            name = f"{node.get('__module__')}.{node.get('__class__')}"
            if name in FUNCTIONS:
                raise ValueError(f"The file has {name} called while it is read, as no file of skseq does.")
        if isinstance(node, (dict, list)):
            left += [(own, depth + 1) for own in (node.values() if isinstance(node, dict) else node)]


def _is_one_value(line):
    """Whether a line of a schema has about one value, as skops writes it."""
    if line.count(b'"') + sum(map(line.count, _SIGNS)) < PER_LINE:
        return True  # whatever stands in strings
    bare, n_strings = _STRING.subn(b"", line, count=PER_LINE)
    return n_strings < PER_LINE and sum(bare.count(sign) for sign in _SIGNS) < PER_LINE


def _check_array(content, name):
    """Raise ValueError unless an array has the bytes that its header says, and holds numbers, strings or times."""
    file = io.BytesIO(content)
    try:
        version = np.lib.format.read_magic(file)
        read = {(1, 0): np.lib.format.read_array_header_1_0, (2, 0): np.lib.format.read_array_header_2_0}[version]
        shape, _, dtype = read(file)
        n_bytes = dtype.itemsize * math.prod(shape)
        harmless = dtype.kind in "biufcmMSUV" and not dtype.hasobject and min(shape, default=0) >= 0
    except Exception as error:
        raise ValueError(f"{name} of the file is no array: {error}.") from error
    if not harmless or n_bytes != len(content) - file.tell():
        raise ValueError(f"{name} of the file is not the array that its header says.")
