"""What hostile files are made of, and what would be the harm."""

import io
import warnings
import zipfile

import numpy as np

MUCH = 210_000_000  # bytes that a bomb unpacks to
WROTE = "harm-was-done"  # the file that code in a hostile file would make
CODE = f"open({WROTE!r}, 'w').close()"
HARM = b"cos\nsystem\n(S'touch " + WROTE.encode() + b"'\ntR."  # a pickle


def npy(header, content=b""):
    """An array file with a header of one's own."""
    text = header.encode("latin1")
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + content


def described(dtype, shape):
    return f"{{'descr': {dtype!r}, 'fortran_order': False, 'shape': {shape}, }}\n"


def archive(members, method=zipfile.ZIP_STORED):
    """A zip archive with these members, [(name, content)]; a name may come twice."""
    file, level = io.BytesIO(), None if method == zipfile.ZIP_LZMA else 1
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(file, "w", method, compresslevel=level) as target:
        for name, content in members:
            target.writestr(name, content)
    return file.getvalue()


def cut(data, n):
    """Cut off at n places, and with a bit turned at n others."""
    for place in np.linspace(0, len(data) - 1, n).astype(int):
        yield f"cut off at {place}", data[:place]
        yield f"bit at {place}", data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :]
