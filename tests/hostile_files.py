"""More than 200 files that mean harm, made from harmless ones: files of skops, and checkpoints of fits.

Run with a folder of them, it reads each as users would, and prints as JSON how that ended and what it took.
"""

import copy
import io
import json
import os
import resource
import sys
import time
import warnings
import zipfile
from pathlib import Path

import numpy as np
import scipy.stats
import skops.io

import skseq
from skseq import SeasonalNaive
from skseq._files import FORMAT, MARK
from skseq.preprocessing import SequenceTokenizer

MUCH = 210_000_000  # bytes that a bomb unpacks to
MEMORY = 200e6  # bytes that all of them together may take at most
SECONDS = 10.0  # of processor time for each, on a slow processor
WROTE = "harm-was-done"  # the file that code in a hostile file would make


def npy(header, content=b""):
    """An array file with a header of one's own."""
    text = header.encode("latin1")
    return b"\x93NUMPY\x01\x00" + len(text).to_bytes(2, "little") + text + content


def described(dtype, shape):
    return f"{{'descr': {dtype!r}, 'fortran_order': False, 'shape': {shape}, }}\n"


def archive(members, method=zipfile.ZIP_STORED):
    """A file of skops with these members, [(name, content)]; a name may come twice."""
    file, level = io.BytesIO(), None if method == zipfile.ZIP_LZMA else 1
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(file, "w", method, compresslevel=level) as target:
        for name, content in members:
            target.writestr(name, content)
    return file.getvalue()


def opened(model):
    """(schema, {name: content} of the other members) of a stored model."""
    with zipfile.ZipFile(io.BytesIO(skops.io.dumps(model))) as source:
        members = {name: source.read(name) for name in source.namelist()}
    return json.loads(members.pop("schema.json")), members


def naive(**attributes):
    model = SeasonalNaive(2).fit(np.zeros((3, 4)), np.zeros((3, 1)))
    vars(model).update(attributes)
    return model


def as_skops(schema):
    """JSON, laid out as skops does."""
    return json.dumps(schema, indent=2)


def packed(schema, members=None):
    return archive([*(members or {}).items(), ("schema.json", as_skops(schema))], zipfile.ZIP_DEFLATED)


# --- files of skops ---------------------------------------------------------------------------------------------------


def cut(data, n):
    """Cut off at n places, and with a bit turned at n others."""
    for place in np.linspace(0, len(data) - 1, n).astype(int):
        yield f"cut off at {place}", data[:place]
        yield f"bit at {place}", data[:place] + bytes([data[place] ^ 0x10]) + data[place + 1 :]


CODE = f"open({WROTE!r}, 'w').close()"
CALLS = {  # name -> arguments that would do harm
    "os.system": [f"touch {WROTE}"],
    "builtins.eval": [CODE],
    "builtins.exec": [CODE],
    "builtins.open": [WROTE, "w"],
    "builtins.compile": [CODE, "", "exec"],
    "subprocess.call": [["touch", WROTE]],
    "subprocess.Popen": [["touch", WROTE]],
    "pathlib.Path.touch": [WROTE],
    "shutil.rmtree": ["."],
    "os.mkdir": [WROTE],
    "pickle.loads": [""],
    "joblib.load": [WROTE],
    "numpy.load": [WROTE],
    "importlib.import_module": ["antigravity"],
    "ctypes.CDLL": ["libc.so.6"],
    "operator.methodcaller": ["touch"],
    "functools.partial": [],
    "keras.models.load_model": [WROTE],
    "skops.io.load": [WROTE],
    "skseq.clear_pool": [],
    "skseq.load": [WROTE],
    "skseq._files._restored_value": ["Builder", {}],
    "sklearn.utils._testing.TempMemmap": [WROTE],
    "webbrowser.open": ["file:///"],
}
NODES = (
    "FunctionNode",
    "TypeNode",
    "ObjectNode",
    "MethodNode",
    "OperatorFuncNode",
    "PartialNode",
    "ConstructorFromReduceNode",
)


def foreign(name, arguments, loader):
    """What would have skops take a name from a module, and call it if it does that."""
    module, _, own = name.rpartition(".")
    about = {"__class__": own, "__module__": module, "__loader__": loader, "__id__": 1}
    text = {"__class__": "str", "__module__": "builtins", "__loader__": "JsonNode", "__id__": 3, "is_json": True}
    given = {"__class__": "tuple", "__module__": "builtins", "__loader__": "TupleNode", "__id__": 2}
    given["content"] = [{**text, "content": json.dumps(one)} for one in arguments]
    inner = {"func": {**about, "__loader__": "FunctionNode"}, "args": given, "kwds": given, "namespace": given}
    content = {"module_path": module, "function": own, "obj": given, "func": own, "attrs": given, **inner}
    return {**about, "content": content if loader in ("MethodNode", "PartialNode", "FunctionNode") else given,
            "args": given, "attrs": given, "constructor": inner["func"]}  # fmt: skip


def untrusted():
    """Names that a file must not be able to have called or imported."""
    schema, members = opened(naive())
    for name, arguments in CALLS.items():
        for loader in NODES:
            hostile = copy.deepcopy(schema)
            hostile["content"]["content"]["m"] = foreign(name, arguments, loader)
            yield f"{loader} of {name}", packed(hostile, members)
        yield (
            f"{name} in the place of the estimator",
            packed({**schema, **foreign(name, arguments, "ObjectNode")}, members),
        )


def trusted():
    """Names that are trusted, in places where they would be called; and one that executes a string of its state."""
    schema, members = opened([np.arange(10_000), np.arange(10_000)])
    for name in ("_classification.balanced_accuracy_score", "cluster._supervised.rand_score"):
        module, _, own = f"sklearn.metrics.{name}".rpartition(".")
        for loader in ("ConstructorFromReduceNode", "ListNode", "TupleNode", "DictNode", "TypeNode", "ObjectNode"):
            called = {"__class__": own, "__module__": module, "__loader__": loader, "content": schema}
            yield f"{loader} of {name}", packed({**schema, "content": [called]}, members)  # a table of 800 MB
    distribution = scipy.stats.loguniform(1, 2)
    vars(distribution.dist)["_parse_arg_template"] = CODE
    yield "a distribution", skops.io.dumps(distribution)


def bombs():
    """Members that unpack to far more than they are, or say that they do not."""
    schema, _ = opened(naive(a_=np.zeros(3)))
    text = as_skops(schema)
    zeros = bytes(MUCH)
    array = npy(described("<f8", (len(zeros) // 8,)), zeros)
    for content, name in ((array, "1.npy"), (zeros, "1.bin"), (zeros, "1.npy")):
        yield f"210 MB as {name}", archive([(name, content), ("schema.json", text)], zipfile.ZIP_DEFLATED)
    yield "210 MB of schema", archive([("schema.json", b" " * MUCH)], zipfile.ZIP_DEFLATED)
    yield "a million lists", archive([("schema.json", b"[" + b"[]," * 10**6 + b"0]")], zipfile.ZIP_DEFLATED)
    yield (
        "a million names",
        archive([("schema.json", as_skops({str(k): k for k in range(10**6)}))], zipfile.ZIP_DEFLATED),
    )
    dense = {f"{'a' * 18}{k}": k for k in range(500_000)}
    yield "half a million names", archive([("schema.json", as_skops(dense))], zipfile.ZIP_DEFLATED)
    yield "a million lines", archive([("schema.json", b"[\n" + b"[],\n" * 10**6 + b"0]")], zipfile.ZIP_DEFLATED)
    yield "many members", archive([(f"{k}.bin", bytes(10**6)) for k in range(210)], zipfile.ZIP_DEFLATED)
    data = bytearray(archive([("1.npy", array), ("schema.json", text)], zipfile.ZIP_DEFLATED))
    for said in (10, 1000, 2**31):  # what the directory says that the first member unpacks to
        lying = data.copy()
        place = lying.rindex(b"PK\1\2", 0, lying.rindex(b"PK\1\2"))
        lying[place + 24 : place + 28] = said.to_bytes(4, "little")
        yield f"210 MB that are said to be {said} bytes", bytes(lying)
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        yield f"method {method}", archive([("1.npy", array[:1000]), ("schema.json", text)], method)
    nested = archive([("1.npy", array)], zipfile.ZIP_DEFLATED)
    yield "a bomb in a bomb", archive([("1.npz", nested), ("schema.json", text)], zipfile.ZIP_DEFLATED)


def arrays():
    """Arrays whose header asks for more than there is, or for objects."""
    schema, members = opened(naive(a_=np.zeros(3)))
    name = next(iter(members))
    harm = b"cos\nsystem\n(S'touch " + WROTE.encode() + b"'\ntR."
    for shape in (
        "(10**6,)",
        (10**9,),
        (10**12,),
        (2**62,),
        (2**64,),
        (-1,),
        (10**5, 10**5),
        (1,) * 70,
        (2**31,) * 3,
        (0, 2**62),
    ):
        yield f"shape {shape}", packed(schema, members | {name: npy(described("<f8", shape), bytes(24))})
    for dtype in (
        "|O",
        "|O8",
        "<U1000000000",
        "|S2147483647",
        "|V1000000000",
        [("a", "|O")],
        "O,O",
        "not a type",
        8,
        None,
    ):
        yield f"type {dtype}", packed(schema, members | {name: npy(described(dtype, (1,)), harm)})
    for header in (
        f"__import__('os').system('touch {WROTE}')",
        "{" * 5000,
        "{'descr': '<f8'}",
        "",
        "[" * 60000,
        "\0" * 9,
    ):
        yield f"header {header[:20]!r}", packed(schema, members | {name: npy(header, bytes(24))})
    yield "a pickle", packed(schema, members | {name: harm})
    yield "no content", packed(schema, members | {name: b""})
    yield "version 9", packed(schema, members | {name: b"\x93NUMPY\x09\x00" + bytes(100)})
    yield "a header of 4 GB", packed(schema, members | {name: b"\x93NUMPY\x02\x00\xff\xff\xff\xff" + bytes(100)})


def paths():
    """Members that would be written or read elsewhere if anything were unpacked to disk."""
    schema, members = opened(naive(a_=np.zeros(3)))
    name, content = next(iter(members.items()))
    for path in (
        "../" + WROTE,
        "/tmp/" + WROTE,
        "..\\" + WROTE,
        "C:\\" + WROTE,
        "a/../../" + WROTE,
        "/etc/passwd",
        "~/" + WROTE,
        "a" * 9999,
    ):
        hostile = json.loads(as_skops(schema).replace(name, path.replace("\\", "\\\\")))
        yield f"member {path[:30]}", packed(hostile, {**members, path: content})
        yield f"no member {path[:30]}", packed(hostile, members)
    yield "a name twice", archive([(name, content), (name, content), ("schema.json", as_skops(schema))])
    yield "two schemas", archive([("schema.json", "{}"), ("schema.json", as_skops(schema))])
    yield "no schema", archive([(name, content)])


def schemas():
    """What is no schema, or none that skops could have written."""
    schema, _ = opened(naive())
    text = as_skops(schema)
    for wrong in (
        "",
        "null",
        "[]",
        "1",
        '"a"',
        "{",
        "{}",
        "[" * 100_000,
        '{"a":' * 100_000,
        "1" * 10**6,
        "\xff",
        '{"protocol": 2}',
    ):
        yield f"schema {wrong[:12]!r}", archive([("schema.json", wrong.encode("latin1"))])
    for key in ("__class__", "__module__", "__loader__", "content", "protocol"):
        yield f"without {key}", packed({name: value for name, value in schema.items() if name != key})
        for value in (None, 7, [], {}, "a" * 10**5, "os.system"):
            yield f"{key} {str(value)[:12]}", packed({**schema, key: value})
    yield "NaN", archive([("schema.json", text.replace('"protocol": 2', '"protocol": NaN'))])


def states():
    """Values that we restore ourselves: trusted classes, whose state lies."""
    own = [
        {MARK: "array", "dtype": "O", "shape": [10**10], "items": []},
        {MARK: "array", "dtype": "T", "shape": [10**10], "items": [1]},
        {MARK: "array", "dtype": "O", "shape": [-1], "items": [1]},
        {MARK: "array", "dtype": "O", "shape": [2**40, 2**40], "items": {MARK: "range", "parts": [0, 2**62, 1]}},
        {MARK: "array", "dtype": "O", "shape": ["a"], "items": [1]},
        {MARK: "list", "text": "[" * 100_000},
        {MARK: "list", "text": "1" * 10_000},
        {MARK: "list", "text": 5},
        {MARK: "set", "items": [[1]]},
        {MARK: "dict", "keys": [{}], "values": [1]},
        {MARK: "Unheard", "parts": []},
        {MARK: "Builder", "fields": {"wrapper": "os.system", "meta": {}, "more": 1}},
        {MARK: "Scale", "fields": {"mean": "a", "deviation": None, "and": 1}},
        {MARK: "FlatRegressor", "fields": {}},
        {MARK: "Scale", "fields": 7},
        {MARK: ["list"], "text": "[]"},
        {MARK: "bytes", "parts": ["zz"]},
        {MARK: "bytes", "parts": [1, 2, 3]},
        {MARK: "complex", "parts": ["a"]},
        {MARK: "date", "parts": ["2020-99-99"]},
        {MARK: "timedelta", "parts": [10**12]},
        {MARK: "Decimal", "parts": ["x"]},
        {MARK: "Fraction", "parts": [1, 0]},
        {MARK: "UUID", "parts": ["x"]},
        {MARK: "dtype", "name": "os.system"},
        {MARK: "dtype", "name": "f8,no"},
        {MARK: "scalar", "value": 5},
        {MARK: "Timestamp", "utc": 5, "zone": "../../etc/passwd"},
        {MARK: "Period", "ordinal": "a", "freq": "os"},
        {MARK: "offset", "freq": "__import__('os')"},
        {MARK: "DateOffset", "n": "a", "normalize": 1, "steps": {"no": 1}},
        {MARK: "polars_datetime", "unit": "no", "zone": "../.."},
    ]
    for k, value in enumerate(own):
        yield f"value {k}: {str(value)[:60]}", _with_state(a_=value)
    for number in (FORMAT + 1, "1", None, -1.5, [], 10**300):
        yield f"format {str(number)[:9]}", _with_state(skseq_format=number)
    deep = value = {}
    for _ in range(300):
        value["a"] = value = {}
    yield "300 dicts in one another", _with_state(a_=deep)


class _Hostile(SeasonalNaive):
    """Writes any state, in the name of a class that is trusted."""

    def __getstate__(self):
        return self.__dict__["state"]


_Hostile.__module__, _Hostile.__name__, _Hostile.__qualname__ = "skseq", "SeasonalNaive", "SeasonalNaive"


def _with_state(**values):
    model = _Hostile.__new__(_Hostile)
    vars(model)["state"] = {**naive().__getstate__(), **values}
    return skops.io.dumps(model, compression=zipfile.ZIP_DEFLATED)


def skops_files():
    """(name, content) of every one."""
    tokens = SequenceTokenizer(analyzer=None).fit([[1, "a"], [b"1"]])
    yield from cut(skops.io.dumps(tokens, compression=zipfile.ZIP_DEFLATED), 12)
    for make in (untrusted, trusted, bombs, arrays, paths, schemas, states):
        for name, content in make():
            yield f"{make.__name__}: {name}", content


def harmless_skops():
    """What the hostile ones are made of: a test of refusals needs one of acceptance."""
    return skops.io.dumps(naive(a_=np.zeros(3), b_=(1, b"2")), compression=zipfile.ZIP_DEFLATED)


# --- checkpoints ------------------------------------------------------------------------------------------------------


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
HARM = b"cos\nsystem\n(S'touch " + WROTE.encode() + b"'\ntR."


class Harmful:
    """Its pickle makes a file."""

    def __reduce__(self):
        return exec, (CODE,)


def checkpoint_files(folder):
    """(name, content) of every one."""
    data = written_in(folder)
    yield from cut(data, 12)
    members = members_of(data)
    for make in (lying_arrays, strange_archives, texts, facts):
        for name, content in make(members):
            yield f"{make.__name__}: {name}", content
    yield "a pickle", HARM
    yield "a file of skops", harmless_skops()
    yield "a foreign npz", archive([("a.npy", array_file(np.zeros(3))), ("b.npy", array_file(np.zeros(3)))])
    yield "an array without archive", array_file(np.zeros((3, 4), np.float32))


def lying_arrays(members):
    """Arrays of another type or shape than the fit has, or than their bytes."""
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
    """Archives that no checkpoint is: packed, with other names, or whose list of members lies."""
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


def _listed_again(data, n):
    """An archive whose list names a member so many times: little on disk, much in memory."""
    start, end = data.index(b"PK\1\2"), data.rindex(b"PK\5\6")
    entry = data[start : data.index(b"PK\1\2", start + 4)]
    tail = bytearray(data[end:])
    tail[12:16] = (n * len(entry)).to_bytes(4, "little")
    return data[:start] + entry * n + tail


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


# --- what reading them takes ------------------------------------------------------------------------------------------


def read_skops(content, folder):
    """As users do who do not know who wrote a file."""
    return skseq.load(io.BytesIO(content))


def read_checkpoint(content, folder):
    """As a fit does whose folder holds it; a fit that finds nothing begins anew."""
    path = Path(folder) / "skseq-00000001.npz"
    path.write_bytes(content)
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
    assert type(read_skops(harmless_skops(), kept)).__name__ == "SeasonalNaive"  # what is hostile is not the reading
    assert read_checkpoint(written_in(kept), kept).history["loss"] == [1.0, 0.5]
    began = memory()
    for number, name in enumerate(json.loads((Path(folder) / "names.json").read_text())):
        content, seconds = (Path(folder) / str(number)).read_bytes(), time.process_time()
        try:
            (read_checkpoint if name.startswith("checkpoint") else read_skops)(content, kept)
            ended = "read"
        except Exception as error:
            ended = "refused" if isinstance(error, (ValueError, TypeError)) else repr(error)
        told.append([name, ended, time.process_time() - seconds, memory() - began])
    return told


if __name__ == "__main__":
    os.chdir(sys.argv[1])  # where harm would be seen
    json.dump(read(sys.argv[1]), sys.stdout)
