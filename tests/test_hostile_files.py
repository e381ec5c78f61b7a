"""Files that mean harm do none: they are refused in words, in little time and memory."""

import io
import json
import pickle
import sys
import zipfile
from dataclasses import replace
from pathlib import Path
from types import ModuleType

import hostile_files
import joblib
import numpy as np
import pytest
import skops.io
from hostile_parts import WROTE
from prepared import printed
from test_files import letters

import skseq
from skseq import SeasonalNaive, SequenceRegressor

ROOT = Path(skseq.__file__).parents[1]
BITS = ("bit at ", "checkpoint: bit at ")  # of a date, for example
MAY_BE_READ = (*BITS, "schemas: without content", "schemas: content None")  # an empty estimator


@pytest.fixture(scope="module")
def told(tmp_path_factory):
    """What a process of its own says of every file, and the folder that it ran in."""
    folder = tmp_path_factory.mktemp("hostile")
    assert hostile_files.make(folder) >= 200
    names = json.loads((folder / "names.json").read_text())
    assert sum(name.startswith("checkpoint") for name in names) >= 120
    return json.loads(printed("import hostile_files; hostile_files.main()", folder, cwd=folder)), folder


def test_hostile_files_are_refused(told):
    wrong = {name: ended for name, ended, _, _ in told[0] if ended != "refused" and not name.startswith(MAY_BE_READ)}
    assert wrong == {}


def test_none_runs_code_or_writes_elsewhere(told):
    numbers = {str(k) for k, (name, *_) in enumerate(told[0]) if not name.startswith("checkpoint")}  # moved away
    assert {path.name for path in told[1].iterdir()} == {"made", "kept", "names.json", *numbers}
    assert list((told[1] / "kept").iterdir()) == []
    assert not Path("/tmp", WROTE).exists()


def test_little_memory_and_time(told):
    _, _, seconds, memory = zip(*told[0])
    assert memory[-1] < hostile_files.MEMORY  # of the whole process, so of each file
    assert max(seconds) < hostile_files.SECONDS


def test_load_reads_what_skops_writes(tmp_path):
    model = SeasonalNaive(2).fit(np.eye(3, 4), np.ones((3, 1)))
    path = tmp_path / "model.skops"
    skops.io.dump({"a": [model]}, path)
    for file in (path, str(path), io.BytesIO(path.read_bytes())):
        np.testing.assert_array_equal(skseq.load(file)["a"][0].predict(np.eye(1, 4)), model.predict(np.eye(1, 4)))


def test_a_model_of_keras_is_told(tmp_path):
    with zipfile.ZipFile(tmp_path / "model.keras", "w") as file:
        for name in ("metadata.json", "config.json", "model.weights.h5"):
            file.writestr(name, "{}")
    with pytest.raises(ValueError, match=r"a model of Keras, not of skops: read it with keras\.models\.load_model"):
        skseq.load(tmp_path / "model.keras")


def test_load_trusts_what_it_is_told_to():
    data = skops.io.dumps(skseq.preprocessing.SequenceTokenizer(analyzer=letters).fit(["ab"]))
    with pytest.raises(TypeError, match="letters"):
        skseq.load(io.BytesIO(data))
    assert skseq.load(io.BytesIO(data), trusted=[f"{letters.__module__}.letters"]).analyzer is letters


def test_one_name_is_trusted_as_it_is_and_no_flag():
    data = skops.io.dumps(skseq.preprocessing.SequenceTokenizer(analyzer=letters).fit(["ab"]))
    assert skseq.load(io.BytesIO(data), trusted=f"{letters.__module__}.letters").analyzer is letters
    for wrong in (True, None, 3, [letters, 3]):
        with pytest.raises(TypeError, match=r"trusted must be a list of names, such as \['my_module.my_function'\]"):
            skseq.load(io.BytesIO(data), trusted=wrong)


def of_another_script(text):
    return list(text)


@pytest.mark.parametrize("module", ["__main__", "module_that_is_elsewhere"])
def test_a_function_that_is_not_here(monkeypatch, module):
    """As one of a script, or of a module, that loads the file no longer has."""
    elsewhere = ModuleType(module)
    elsewhere.of_another_script = of_another_script
    with monkeypatch.context() as there:
        there.setitem(sys.modules, module, elsewhere)
        there.setattr(of_another_script, "__module__", module)
        data = skops.io.dumps(skseq.preprocessing.SequenceTokenizer(analyzer=of_another_script).fit(["ab"]))
    name = f"{module}.of_another_script"
    with pytest.raises(ValueError, match=f"The file needs {name}, which cannot be imported here.*put it into a module"):
        skseq.load(io.BytesIO(data), trusted=[name, "skseq.SeasonalNaive"])


def test_files_of_joblib_and_onnx_are_told():
    for compress in (0, "zlib", "gzip", "bz2", "lzma", "xz"):
        joblib.dump(SeasonalNaive(2), file := io.BytesIO(), compress=compress)
        with pytest.raises(ValueError, match=r"no file of skops: .*joblib\.load reads these"):
            skseq.load(file)
    with pytest.raises(ValueError, match=r"joblib\.load reads these"):
        skseq.load(io.BytesIO(pickle.dumps(SeasonalNaive(2))))
    with pytest.raises(ValueError, match=r"no file of skops: .*onnxruntime\.InferenceSession reads these"):
        skseq.load(io.BytesIO(b"\x08\x08\x12\x05skseq"))  # how files of `to_onnx` begin
    with pytest.raises(ValueError, match=r"no file of skops: [^.]*\.$"):
        skseq.load(io.BytesIO(b"something else"))


@pytest.mark.filterwarnings("ignore::sklearn.exceptions.InconsistentVersionWarning")  # they hold its estimators, too
def test_files_of_earlier_releases_are_not_taken_for_hostile():
    for path in (ROOT / "tests" / "data").glob("*.skops"):
        assert len(skseq.load(path)) > 20


@pytest.mark.parametrize(
    "lie", [{"units": 2**40}, {"n_layers": 10**9}, {"source_size": 2**50}, {"bidirectional": False}]
)
def test_a_network_that_is_not_that_of_its_weights_takes_no_memory(untrained, lie):
    model = SequenceRegressor(units=2, epochs=1).fit(np.eye(4), np.arange(4.0))
    model._spec = replace(model._spec, **lie)
    with pytest.raises(ValueError, match="fitted weights are"):
        model.predict(np.eye(4))
