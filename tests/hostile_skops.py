"""Files of skops that mean harm."""

import copy
import io
import json
import zipfile

import numpy as np
import scipy.stats
import skops.io
from hostile_parts import CODE, HARM, MUCH, WROTE, archive, cut, described, npy

from skseq import SeasonalNaive
from skseq._files import FORMAT, MARK
from skseq.preprocessing import SequenceTokenizer


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
    for number, start, many in (("a million", "", 10**6), ("half a million", "a" * 18, 500_000)):
        names = ",\n  ".join(f'"{start}{k}": {k}' for k in range(many))
        yield f"{number} names", archive([("schema.json", f"{{{names}}}")], zipfile.ZIP_DEFLATED)
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
        yield f"type {dtype}", packed(schema, members | {name: npy(described(dtype, (1,)), HARM)})
    for header in (
        f"__import__('os').system('touch {WROTE}')",
        "{" * 5000,
        "{'descr': '<f8'}",
        "",
        "[" * 60000,
        "\0" * 9,
    ):
        yield f"header {header[:20]!r}", packed(schema, members | {name: npy(header, bytes(24))})
    yield "a pickle", packed(schema, members | {name: HARM})
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


NOW = np.array("2024-01-01", "M8[ns]")


def _zones():
    """Time zones that would be read from any file, or that are none."""
    yield from ("dateutil//etc/passwd", "dateutil/../../../etc/passwd", "/etc/localtime", "dateutil/", "", 5, ["UTC"])
    for ahead in ({MARK: "timedelta", "parts": [10**6, 0, 0]}, "a", 7, None):
        yield {MARK: "tuple", "items": [ahead, "dateutil"]}
    yield {MARK: "Timestamp", "utc": NOW, "zone": None}


def _offsets():
    """Classes that are no offsets, and offsets that pandas would compute anything with, or take much memory for."""
    for name in ("os.system", "to_offset", "BaseOffset", "Tick", "__class__", "DateOffset", ["Week"], None):
        yield {"name": name, "steps": {}}
    yield from ({"name": "Week", "steps": {}, "n": n} for n in ("a", 10**30, 1.5, None, True))
    yield {"name": "Week", "steps": {}, "normalize": "no"}
    yield from ({"name": "Week", "steps": steps} for steps in ({"weekday": -9}, {"weekday": "a"}, {"no": 1}, 5, "no"))
    yield {"name": "FY5253", "steps": {"startingMonth": 2**40, "weekday": 1, "variation": "last"}}
    yield {"name": "BusinessHour", "steps": {"start": "a" * 10**6}}
    yield {"name": "BusinessDay", "steps": {"offset": {MARK: "Decimal", "parts": ["1"]}}}
    for more in (np.zeros(3), np.zeros((2, 2), "M8[D]"), np.zeros(10**6, "M8[D]"), np.zeros(3, "M8[ns]"), None, "a"):
        yield {"name": "CustomBusinessDay", "steps": {"weekmask": "1111100", "holidays": more}}
    for mask in ("0000000", "no", 7, "Mon " * 10**5, [1] * 7):
        yield {"name": "CustomBusinessDay", "steps": {"weekmask": mask, "holidays": np.zeros(3, "M8[D]")}}
    yield {"name": "CustomBusinessDay", "steps": {"calendar": "a"}}
    yield {"name": "CustomBusinessDay", "steps": {"holidays": np.zeros(3, "M8[D]")}}


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
        *({MARK: "Timestamp", "utc": NOW, "zone": zone} for zone in _zones()),
        *({MARK: "offset_of", "n": 1, "normalize": False, **own} for own in _offsets()),
        {MARK: "weekday", "day": "a", "nth": 0},
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
