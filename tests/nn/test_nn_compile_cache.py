"""The folder of compiled code: what it keeps and removes; that later processes use it; that cores change no number."""

import os

import pytest
import tensorflow as tf
from prepared import Program

import skseq
from skseq.nn import compile_cache
from skseq.nn.compile_cache import is_whole, name_of_folder, remove_oldest_files, remove_torn_files

ENTRY = b"\x0a\x02ab" + b"\x12\x81\x01" + 129 * b"x" + b"\x1a\x01c"  # fields 1, 2 and 3 of 2, 129 and 1 bytes


# --- the folder -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("content", "whole"),
    [
        (ENTRY, True),
        *((ENTRY[:n], False) for n in (0, 1, 2, 3, 5, 6, 60, len(ENTRY) - 3, len(ENTRY) - 1)),
        (ENTRY + b"\x1a", False),
        (b"\x08\x01", True),  # a number: of another release, which TensorFlow must know
    ],
)
def test_files_that_were_cut_off_are_recognised(tmp_path, content, whole):
    (tmp_path / "a.pb").write_bytes(content)
    assert is_whole(tmp_path / "a.pb") == whole


def test_torn_and_abandoned_files_are_removed(tmp_path):
    for name, content in {"whole.pb": ENTRY, "torn.pb": ENTRY[:9], "now.tmp": b"", "old.tmp": b""}.items():
        (tmp_path / name).write_bytes(content)
    os.utime(tmp_path / "old.tmp", (0, 1))
    remove_torn_files(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["now.tmp", "whole.pb"]


def test_the_oldest_files_of_all_releases_go_first(tmp_path):
    for number, release in enumerate(["tensorflow-1", "tensorflow-2", "tensorflow-1"]):
        (tmp_path / release).mkdir(exist_ok=True)
        path = tmp_path / release / f"{number}.pb"
        path.write_bytes(bytes(10))
        os.utime(path, (number, number))
    (tmp_path / "mine.txt").write_bytes(bytes(100))  # not of the cache
    remove_oldest_files(tmp_path, 20)
    assert sorted(path.name for path in tmp_path.rglob("*.*")) == ["1.pb", "2.pb", "mine.txt"]
    remove_oldest_files(tmp_path, 5)
    assert [path.name for path in tmp_path.rglob("*.*")] == ["mine.txt"]


def test_what_decides_the_code_has_a_folder_of_its_own(monkeypatch):
    names = {name_of_folder()}
    monkeypatch.setattr(compile_cache, "n_threads", lambda: 99)
    names.add(name_of_folder())
    monkeypatch.setattr(compile_cache, "_processor", lambda: ["another one"])
    names.add(name_of_folder())
    monkeypatch.setenv("XLA_FLAGS", "--xla_cpu_enable_fast_math=true")
    names.add(name_of_folder())
    monkeypatch.setattr(compile_cache.tf, "__version__", "2.0")
    names.add(name_of_folder())
    assert len(names) == 5
    assert name_of_folder() == name_of_folder()


# --- the setting ------------------------------------------------------------------------------------------------------


def test_too_late(tmp_path, monkeypatch):
    monkeypatch.delenv("SKSEQ_COMPILE_CACHE", raising=False)
    tf.zeros(1)
    with pytest.raises(RuntimeError, match=r"with no folder for compiled code\. Call skseq\.set_compile_cache, or"):
        skseq.set_compile_cache(tmp_path)
    assert "SKSEQ_COMPILE_CACHE" not in os.environ
    skseq.set_compile_cache(None)  # as it is
    monkeypatch.setenv("SKSEQ_COMPILE_CACHE", str(tmp_path))
    with (
        pytest.warns(UserWarning, match="No compiled code is kept, as SKSEQ_COMPILE_CACHE asks for: TensorFlow has"),
        compile_cache.kept_code(),
    ):
        assert "persistent_cache" not in os.environ.get("TF_XLA_FLAGS", "")


def test_a_folder_that_cannot_be_made(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(OSError, match="file"):
        skseq.set_compile_cache(tmp_path / "file" / "below")
    with pytest.raises(ValueError, match="'folder' parameter of set_compile_cache must be"):
        skseq.set_compile_cache(3)


# --- fresh processes --------------------------------------------------------------------------------------------------

FIT = """
import os, sys
one_core, folder = int(sys.argv[1]), sys.argv[2]
if one_core and hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
import warnings
import numpy as np
import skseq
warnings.simplefilter("error")
skseq.set_n_threads(2)
if folder:
    import skseq.nn, tensorflow as tf
told = os.environ.get("SKSEQ_COMPILE_CACHE") == folder  # as workers are by the process that starts them
if not told:
    skseq.set_compile_cache(folder or None)
assert os.environ.get("SKSEQ_COMPILE_CACHE", "") == folder
if folder and not told:
    tf.constant(1) + 1  # the folder holds, whatever else runs before the fit
rng = np.random.RandomState(0)
X, y = rng.randn(128, 20, 8), rng.randint(5, size=128)
how = {"cell": "gru", "bidirectional": False, "n_conv_layers": 0, "jit_compile": True}
fitted = skseq.SequenceClassifier(units=64, epochs=1, batch_size=128, random_state=0, **how).fit(X, y)
from skseq.nn.threads import n_threads
assert n_threads() == 2
assert "TF_XLA_FLAGS" not in os.environ
print(b"".join(fitted.weights_[name].tobytes() for name in sorted(fitted.weights_)).hex())
"""


def start(folder, *, one_core=False, **variables):
    """A process that fits with XLA and two threads, and writes its weights."""
    given = {name: value for name, value in os.environ.items() if not name.startswith("TF_")} | variables
    return Program(FIT, int(one_core), folder, env=given)


def weights_of(program):
    weights, errors = program.communicate()
    assert (program.poll(), errors) == (0, "")
    return weights


def test_other_processes_and_other_cores_give_the_same(tmp_path):
    """Two threads on all cores, or on one; code that was compiled, or read.

    Two processes compile at once, and a later one reads it. A last one has its folder by the environment alone, as
    workers have.
    """
    folder = tmp_path / "compiled code"  # a blank, which TensorFlow's flags would stop at
    weights, others = map(weights_of, [start(folder), start(folder)])
    assert weights == others
    (file,) = folder.glob("tensorflow-*/*")
    assert is_whole(file)
    written = file.stat().st_mtime_ns
    assert weights_of(start(folder)) == weights
    assert [file.stat().st_mtime_ns for file in folder.glob("tensorflow-*/*")] == [written]  # it was read
    own = tmp_path / "own"
    assert weights_of(start(own, one_core=True, SKSEQ_COMPILE_CACHE=str(own))) == weights
    assert list(own.glob("tensorflow-*/*.pb"))
