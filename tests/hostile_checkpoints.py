"""Checkpoints of fits that mean harm."""

import io
import json
import zipfile
from pathlib import Path

import numpy as np
from hostile_parts import CODE, HARM, MUCH, WROTE, archive, cut, described, npy
from hostile_skops import harmless_skops


class Store:
    """What a checkpoint asks of a network: little weights and the state of an optimizer."""

    def __init__(self):
        self.own = {"encoder/0/kernel": np.ones((3, 4), np.float32), "output/bias": np.zeros(2, np.float32)}

    def load_slots(self, slots):
        """Nothing: they are always the same."""

    def slots(self):
        return [np.array(7), np.ones((3, 4), np.float32)]

    def weights(self):
        return self.own

    def means(self):
        return {}


class Runner:
    """A network that nobody compiles."""

    spec, store = "spec", Store()


def checkpoint_in(folder):
    """A `Checkpoint` that has looked into a folder."""
    from skseq._data.training_data import TrainingData
    from skseq.nn.training.checkpoint import Checkpoint
    from skseq.nn.training.fitting import FitOptions

    data = TrainingData({"source": np.zeros((5, 2)), "weight": np.ones(5)})
    options = FitOptions(epochs=10, batch_size=5, rates={}, n_runs=3)
    found = Checkpoint(folder, 0.0, {"units": 3})
    found.begin(Runner, data, None, options, weights=Runner.store.weights(), slots=None, rng=np.random.RandomState(0))
    return found


def written_in(folder):
    """The bytes of a file of that fit."""
    from skseq.nn.training.checkpoint import Moment

    own = checkpoint_in(folder)
    history = {"loss": [1.0, 0.5], "val_loss": [2.0, float("nan")]}
    own.save(Moment.of(Runner.store, history, np.random.RandomState(0), None))
    (path,) = Path(folder).iterdir()
    return path.read_bytes()


def members_of(data):
    """[(name, content)] of a checkpoint."""
    with zipfile.ZipFile(io.BytesIO(data)) as source:
        return [(name, source.read(name)) for name in source.namelist()]


def array_file(array):
    """An array as NumPy writes it, pickled if it holds objects."""
    file = io.BytesIO()
    np.save(file, array)
    return file.getvalue()


def replaced(members, name, content):
    """Members in which one array has another content, or another (name, content)."""
    new = content if isinstance(content, tuple) else (f"{name}.npy", content)
    return [new if own == f"{name}.npy" else (own, old) for own, old in members]


def description(members):
    return json.loads(np.load(io.BytesIO(dict(members)["about.npy"])).tobytes())


def with_text(members, text):
    """A checkpoint with another description."""
    return archive(replaced(members, "about", array_file(np.frombuffer(text, np.uint8))))


KERNEL = "weights/encoder/0/kernel"  # (3, 4) float32: 48 bytes


class Harmful:
    """Its pickle makes a file."""

    def __reduce__(self):
        return exec, (CODE,)


def checkpoint_files(folder):
    """(name, content) of every one."""
    data = written_in(folder)
    yield from cut(data, 12)
    members = members_of(data)
    for make in (lying_arrays, wrong_contents, strange_archives, lying_lists, texts, facts):
        for name, content in make(members):
            yield f"{make.__name__}: {name}", content
    yield "a pickle", HARM
    yield "a file of skops", harmless_skops()
    yield "a foreign npz", archive([("a.npy", array_file(np.zeros(3))), ("b.npy", array_file(np.zeros(3)))])
    yield "an array without archive", array_file(np.zeros((3, 4), np.float32))


def lying_arrays(members):
    """Arrays whose header says another type or shape than the fit has."""
    for shape in (
        (2**40, 2**40),
        (10**12,),
        (-1,),
        (-3, -4),
        (3.0, 4),
        ("3", 4),
        (3,),
        (12,),
        (4, 3),
        (3, 4, 1),
        ([3], 4),
        None,
        "34",
        {},
        (2**70,),
        (0, 2**62),
        (1,) * 70,
    ):
        for name, dtype in ((KERNEL, "<f4"), ("history", "<f8"), ("about", "|u1")):
            yield f"{name} {shape}", archive(replaced(members, name, npy(described(dtype, shape), bytes(48))))
    for dtype in (
        "|O",
        "|O8",
        "<f8",
        ">f4",
        "<U1000000000",
        "|V2147483647",
        "|S9",
        None,
        4,
        ["a"],
        [("a", "|O")],
        "os.system",
    ):
        yield f"type {dtype}", archive(replaced(members, KERNEL, npy(described(dtype, (3, 4)), bytes(48))))


def wrong_contents(members):
    """Arrays whose bytes are not those of an array of their type and shape, or far too many."""
    for name in (KERNEL, "about", "random"):
        yield f"objects as {name}", archive(replaced(members, name, array_file(np.array([Harmful()], object))))
        yield f"a pickle as {name}", archive(replaced(members, name, HARM))
        yield f"nothing as {name}", archive(replaced(members, name, b""))
    columns = npy(described("<f4", (3, 4)).replace("False", "True"), bytes(48))
    whole = npy(described("<f4", (3, 4)), bytes(48))
    for name, content in {
        "columns first": columns,
        "a byte more": whole + b"\0",
        "a byte less": whole[:-1],
        "no header": whole[:9],
        "version 9": b"\x93NUMPY\x09\x00" + whole[8:],
        "a header of 4 GB": b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + whole[10:],
        "code as header": npy(f"__import__('os').system('touch {WROTE}')", bytes(48)),
        "deep header": npy("{" * 5000, bytes(48)),
        "long header": npy("[" * 60_000, bytes(48)),
        "signs": npy("-" * 9000 + "1", bytes(48)),
    }.items():
        yield name, archive(replaced(members, KERNEL, content))
    for n in (2**20 + 1, 10**8):
        yield f"a description of {n} bytes", archive(replaced(members, "about", array_file(np.full(n, 32, np.uint8))))
        yield f"history of {n} numbers", archive(replaced(members, "history", array_file(np.zeros((1, n // 8)))))


def strange_archives(members):
    """Archives that no checkpoint is: packed, with other names, or with other members."""
    content = dict(members)[f"{KERNEL}.npy"]
    for name in (
        "../" + WROTE,
        "/tmp/" + WROTE,
        "weights/../" + WROTE,
        "slots/99999.npy",
        "weights/encoder/0/kernel",
        "..\\" + WROTE + ".npy",
        ".npy",
        "about.npy",
        "history.npy",
        "a" * 10_000,
    ):
        yield f"name {name[:30]}", archive(replaced(members, KERNEL, (name, content)))
    for method in (zipfile.ZIP_DEFLATED, zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        yield f"method {method}", archive(members, method)
    bomb = npy(described("<f4", (MUCH // 4,)), bytes(MUCH))
    yield "210 MB as an array", archive(replaced(members, KERNEL, bomb), zipfile.ZIP_DEFLATED)
    yield "210 MB as description", archive(replaced(members, "about", bytes(MUCH)), zipfile.ZIP_DEFLATED)
    yield "no members", archive([])
    yield "no description", archive(members[:-1])
    yield "a description alone", archive(members[-1:])
    yield "an array less", archive(members[1:])
    yield "all twice", archive(members * 2)
    yield "one twice", archive([*members, members[0]])
    yield "a million members", bytes(_listed_again(archive(members), 300_000))


def _listed_again(data, n):
    """An archive whose list names a member so many times: little on disk, much in memory."""
    start, end = data.index(b"PK\1\2"), data.rindex(b"PK\5\6")
    entry = data[start : data.index(b"PK\1\2", start + 4)]
    tail = bytearray(data[end:])
    tail[12:16] = (n * len(entry)).to_bytes(4, "little")
    return data[:start] + entry * n + tail


def lying_lists(members):
    """Archives whose list of members says what is not so of one, or of all."""
    whole = bytearray(archive(members))
    place = whole.rindex(b"PK\1\2", 0, whole.rindex(b"PK\1\2"))  # the last but one in the list
    for name, start, value, size in (
        ("method 8", 10, 8, 2),
        ("encrypted", 8, 1, 2),
        ("another checksum", 16, 7, 4),
        ("1 byte packed", 20, 1, 4),
        ("4 GB packed", 20, 2**32 - 1, 4),
        ("1 byte", 24, 1, 4),
        ("2 GB", 24, 2**31, 4),
        ("4 GB", 24, 2**32 - 1, 4),
        ("another place", 42, 0, 4),
        ("a place behind the end", 42, 2**31, 4),
    ):
        lying = whole.copy()
        lying[place + start : place + start + size] = value.to_bytes(size, "little")
        yield f"list says {name}", bytes(lying)
    both = whole.copy()  # packed and unpacked sizes agree, and are those of far more than there is
    both[place + 20 : place + 28] = (2**31).to_bytes(4, "little") * 2
    yield "list says 2 GB twice", bytes(both)
    shared = whole.copy()  # all members are the bytes of the first
    entry = -1
    while (entry := shared.find(b"PK\1\2", entry + 1)) >= 0:
        shared[entry + 42 : entry + 46] = bytes(4)
    yield "all members in one place", bytes(shared)


def texts(members):
    """Descriptions that are none."""
    for text in (
        b"",
        b"{}",
        b"[]",
        b"null",
        b"[" * 100_000,
        b'{"about":' * 100_000,
        b"1" * 10_000,
        b"\xff",
        b"NaN",
        b" " * 2**20,
    ):
        yield str(text[:9]), with_text(members, text)


def facts(members):
    """Descriptions of no fit, or of another."""
    own = description(members)
    for key, values in {
        "format": (None, 0, 2, "1", [], 2**70),
        "fit": (
            None,
            [],
            {},
            "a",
            7,
            {**own["fit"], "parameter units": "4"},
            {**own["fit"], "a" * 1000: "b" * 100_000},
            {"network": []},
        ),
        "run": (None, 0, -1, 4, 2**70, 1.5, "1", True, 2),
        "random": (
            None,
            [],
            [625, 0, 0.0],
            [-1, 0, 0.0],
            [0, 2, 0.0],
            ["0", 0, 0.0],
            [0, 0, "x"],
            [0, 0, None],
            [2**70, 0, 0.0],
        ),
        "history": (None, [], ["loss"], ["loss", 7], ["a", "b"], ["loss"] * 100_000, "loss"),
        "releases": (None, 7, "numpy", ["numpy"]),
    }.items():
        for value in values:
            yield f"{key} {str(value)[:30]}", with_text(members, json.dumps(own | {key: value}).encode())
