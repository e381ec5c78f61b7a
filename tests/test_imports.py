"""The direction of imports, read off the AST; what an import loads; what TensorFlow says on the error stream."""

import ast
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

import skseq

ROOT = Path(skseq.__file__).parent
HEAVY = ("tensorflow", "keras")
META = ("DecodingSearch", "SequenceEncoder", "SeriesForecaster")  # they hold estimators
FUNCTIONS = ("clear_pool", "load", "set_compile_cache", "set_n_threads", "show_versions")
ESTIMATORS = {module for name, module in skseq._HOME.items() if name not in (*META, *FUNCTIONS)}
LEVELS = [  # a room imports from rooms above it in this list alone; those of one line do not know each other
    ["skseq._losses"],
    [
        "skseq._callers",
        "skseq._version",
        "skseq._sklearn",
        "skseq._of_fit",
        "skseq._trusted",
        "skseq._typing",
        "skseq._whole",
        "skseq.exceptions",
        "skseq.nn.spec",
        "skseq.nn._keras",
        "skseq.nn._tensorflow",
        "skseq.nn.chatter",
        "skseq.nn.garbage_collection",
    ],
    ["skseq._arguments", "skseq.nn.threads"],
    ["skseq._stored_times"],
    [
        "skseq._docs",
        "skseq._files",
        "skseq._load",
        "skseq._show_versions",
        "skseq._data",
        "skseq.nn.compile_cache",
        "skseq.nn.kernels",
    ],
    [
        "skseq.datasets",
        "skseq.metrics",
        "skseq.preprocessing",
        "skseq.nn.decoding",
        "skseq.nn.process",
    ],
    ["skseq._settings", "skseq.export", "skseq.inspection"],
    ["skseq.nn.networks"],
    ["skseq.nn.export"],
    ["skseq.nn.training"],
    ["skseq.nn.pool"],
    ["skseq._base"],
    [*sorted(ESTIMATORS), "skseq._decoding_search"],
    ["skseq._encoder", "skseq._forecaster", "skseq.model_selection"],  # know defaults of theirs; and `DecodingSearch`
    ["skseq"],
    ["skseq._tour"],
    ["skseq.__main__"],
]
EVERYWHERE = ["skseq._arguments", "skseq._callers", "skseq._losses", "skseq._typing"]
MAY_IMPORT = {  # rooms that know fewer others than their level allows
    "skseq._data": ["skseq._sklearn"],
    "skseq._base": [
        "skseq._data",
        "skseq._docs",
        "skseq._files",
        "skseq._sklearn",
        "skseq._whole",
        "skseq.exceptions",
        "skseq.nn",
    ],
    "skseq.datasets": ["skseq._data", "skseq._docs", "skseq._files", "skseq._sklearn", "skseq._whole"],
    "skseq.export": ["skseq._data", "skseq._files", "skseq._sklearn", "skseq._version", "skseq.nn"],
    "skseq.inspection": ["skseq._data", "skseq._sklearn", "skseq.metrics"],  # displays take any estimator
    "skseq.metrics": ["skseq._data", "skseq._files", "skseq._sklearn"],
    "skseq.model_selection": [
        "skseq._data",
        "skseq._decoding_search",
        "skseq._files",
        "skseq._sklearn",
        "skseq.inspection",  # which draws
    ],
    "skseq.preprocessing": [
        "skseq._data",
        "skseq._docs",
        "skseq._files",
        "skseq._of_fit",
        "skseq._sklearn",
        "skseq._whole",
    ],
    "skseq.nn": ["skseq.nn", "skseq._version", "skseq._whole"],  # neither scikit-learn nor estimators
    "skseq.nn.kernels": ["skseq.nn._tensorflow"],
    "skseq.nn.decoding": ["skseq.nn.kernels"],
}


def module_name(path):
    parts = path.relative_to(ROOT.parent).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def imported(path):
    """Every module that a file names in an import, wherever it stands; `from a import b` names a and a.b."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} has a relative import, which this test does not read"
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return names


def is_in(name, packages):
    return any(name == package or name.startswith(f"{package}.") for package in packages)


MODULES = {module_name(path): path for path in sorted(ROOT.rglob("*.py"))}


@cache
def imports():
    """Module -> what it imports; every worker collects these tests, and one runs them and reads all files."""
    return {name: imported(path) for name, path in MODULES.items()}


def users_of(packages, among):
    """Modules below one of the names ``among`` that import from one of the packages, with what they import."""
    found = {name: {i for i in names if is_in(i, packages)} for name, names in imports().items() if is_in(name, among)}
    return {name: names for name, names in found.items() if names}


def room_of(module):
    """The longest name in `LEVELS` that the module stands below."""
    return max((room for level in LEVELS for room in level if is_in(module, [room])), key=len)


def neighbours(module):
    """Other rooms that a module imports from."""
    return {room_of(name) for name in imports()[module] if name in MODULES} - {room_of(module)}


LEVEL_OF = {room: number for number, level in enumerate(LEVELS) for room in level}


def test_the_reading_of_imports_finds_some():
    """A test of absence needs one of presence."""
    assert "skseq.nn.training.compiled" in users_of(["tensorflow"], ["skseq.nn"])
    assert "skseq._base.estimator" in users_of(["sklearn"], ["skseq"])
    assert "skseq._base.estimator" in users_of(["skseq.nn"], ["skseq"])  # inside a function
    assert set(MODULES) >= ESTIMATORS
    rooms = ("networks", "process", "spec", "threads", "training")
    assert neighbours("skseq.nn.pool") == {f"skseq.nn.{room}" for room in rooms}


def test_every_module_has_a_room():
    shared = [name for name in MODULES if room_of(name) == "skseq" and name not in ("skseq", "skseq.nn")]
    assert shared == [], "give new modules a level in LEVELS"


@pytest.mark.parametrize("module", sorted(MODULES))
def test_imports_between_rooms_point_down(module):
    """So estimators import no estimator, and there is no circle of rooms."""
    wrong = {room for room in neighbours(module) if LEVEL_OF[room] >= LEVEL_OF[room_of(module)]}
    assert module == "skseq" or wrong == set()  # the front door names the tour's neighbours only to load them lazily


@pytest.mark.parametrize("room", sorted(MAY_IMPORT))
def test_rooms_that_know_few_others(room):
    found = {name for module in MODULES if is_in(module, [room]) for name in neighbours(module)}
    assert {name for name in found if not is_in(name, [room, *EVERYWHERE, *MAY_IMPORT[room]])} == set()


def run_by(module):
    """Modules that run before this one can: those that it imports, and the packages that these stand in."""
    imported = imports()[module] & set(MODULES)
    packages = {name.rsplit(".", n)[0] for name in imported for n in range(1, name.count(".") + 1)}
    own = {name for name in packages if is_in(module, [name])}  # they are on their way already
    return (imported | (packages - own)) - {module, "skseq"}


def test_there_is_no_circle_of_modules():
    """Modules leave one after the other that import only modules which have left; in a circle none can."""
    left, waiting = set(), {name: run_by(name) for name in MODULES}
    while leaving := {name for name, names in waiting.items() if names <= left}:
        left |= leaving
        waiting = {name: names for name, names in waiting.items() if name not in leaving}
    assert waiting == {}


def test_the_engine_does_not_know_scikit_learn():
    assert users_of(["sklearn"], ["skseq.nn"]) == {}


def test_tensorflow_is_imported_by_the_engine_only():
    assert set(users_of(["tensorflow"], ["skseq"])) <= {name for name in MODULES if is_in(name, ["skseq.nn"])}
    light = ["skseq._data", "skseq.datasets", "skseq.inspection", "skseq.metrics", "skseq.preprocessing"]
    light += ["skseq.export", "skseq.model_selection"]
    assert users_of(HEAVY, light) == {}


def test_scikeras_is_imported_by_one_module_only():
    assert len(users_of(["scikeras"], ["skseq"])) == 1


# --- fresh interpreters -----------------------------------------------------------------------------------------------


def run(code, *flags):
    """Standard output and error of a program in a fresh interpreter, as the shell gives them."""
    done = subprocess.run([sys.executable, *flags, "-c", code], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout, done.stderr


def test_importing_skseq_does_not_import_tensorflow():
    code = """
import sys
import skseq
assert "LSTMAutoencoderTransformer" in dir(skseq)
assert "sklearn" not in sys.modules, "even scikit-learn waits for the first estimator"
import skseq.datasets, skseq.export, skseq.inspection, skseq.metrics, skseq.model_selection, skseq.preprocessing
skseq.datasets.make_echo(3, random_state=0)
from skseq import *
clear_pool()
LSTMAutoencoderDetector(), LSTMAutoencoderTransformer(), Seq2SeqClassifier(), SequenceClassifier()
DecodingSearch(Seq2SeqTransducer(), {"beam_width": [1, 5]}), SequenceEncoder(), SequenceRegressor(), SequenceTagger()
skseq.SeriesForecaster(skseq.SeasonalNaive()).fit([[1.0, 2.0, 3.0]]).predict()
print(sorted({"tensorflow", "keras", "matplotlib", "onnx", "polars", "sacrebleu"} & set(sys.modules)))
"""
    assert run(code, "-W", "error") == ("[]\n", "")


@pytest.fixture(scope="module")
def first_fits():
    """What a program prints and leaves on the error stream; one for two tests, since TensorFlow takes 5 s to load."""
    code = """
import sys
import numpy as np
from skseq import LSTMAutoencoderTransformer, SequenceClassifier
X = np.random.RandomState(0).rand(6, 3)
for dtype in ("float32", "float64"):
    estimator = LSTMAutoencoderTransformer(units=2, epochs=2, dtype=dtype).fit(X)
    print(estimator.inverse_transform(estimator.transform(X)).shape)
try:
    SequenceClassifier(network="lstm").fit(X, [0, 1] * 3)
except TypeError:
    print("scikeras" in sys.modules)
"""
    return run(code)


def test_a_first_fit_leaves_the_error_stream_empty(first_fits):
    """The start-up chatter of TensorFlow, from Python and from C++, stays away; so do warnings."""
    printed, errors = first_fits
    assert printed.startswith("(6, 3)\n(6, 3)\n")
    assert errors == ""


def test_scikeras_waits_for_a_network(first_fits):
    """Importing it changes how Keras models are pickled: neither imports nor fits without `network` do that."""
    assert first_fits[0].endswith("\nFalse\n")


def test_dir_lists_the_public_names():
    assert set(skseq.__all__) <= set(dir(skseq))
    for name in skseq.__all__:
        assert getattr(skseq, name) is not None
    with pytest.raises(AttributeError, match="'skseq' has no attribute 'nothing'") as error:
        _ = skseq.nothing
    assert (error.value.name, error.value.obj) == ("nothing", skseq)  # so that Python says what was meant


def test_why_a_name_cannot_be_loaded_is_said(monkeypatch):
    def broken(name):
        raise AttributeError("'NoneType' object has no attribute 'split'")

    monkeypatch.setattr(skseq, "import_module", broken)
    with pytest.raises(ImportError, match=r"skseq.SequenceTagger cannot be loaded: 'NoneType' object has no attribute"):
        exec("from skseq import SequenceTagger")
