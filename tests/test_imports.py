"""The direction of imports, read off the AST; what an import loads; what TensorFlow says on the error stream."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import skseq

ROOT = Path(skseq.__file__).parent
HEAVY = ("tensorflow", "keras")
ESTIMATORS = {"skseq._autoencoder", "skseq._detector", "skseq._sequence", "skseq._seq2seq", "skseq._transducer"}


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


MODULES = {module_name(path): imported(path) for path in sorted(ROOT.rglob("*.py"))}


def users_of(packages, among):
    """Modules below one of the names ``among`` that import from one of the packages, with what they import."""
    found = {name: {i for i in names if is_in(i, packages)} for name, names in MODULES.items() if is_in(name, among)}
    return {name: names for name, names in found.items() if names}


def test_the_reading_of_imports_finds_some():
    """A test of absence needs one of presence."""
    assert "skseq.nn.training.compiled" in users_of(["tensorflow"], ["skseq.nn"])
    assert "skseq._base.estimator" in users_of(["sklearn"], ["skseq"])
    assert "skseq._base.estimator" in users_of(["skseq.nn"], ["skseq"])  # inside a function
    assert set(MODULES) >= ESTIMATORS


def test_the_engine_does_not_know_scikit_learn_nor_the_estimators():
    assert users_of(["sklearn"], ["skseq.nn"]) == {}
    others = [name for name in MODULES if name != "skseq" and not is_in(name, ["skseq.nn"])]
    assert users_of(others, ["skseq.nn"]) == {}


def test_datasets_inspection_metrics_and_preprocessing_do_not_know_the_engine():
    packages = ["skseq.datasets", "skseq.inspection", "skseq.metrics", "skseq.preprocessing"]
    assert users_of(["skseq.nn", *HEAVY], packages) == {}
    assert users_of([*ESTIMATORS, "skseq._base"], packages) == {}
    assert "skseq.metrics._scorers" in users_of(["skseq._sklearn"], packages)


def test_inspection_takes_any_estimator_and_imports_none():
    assert users_of(["skseq.inspection"], ["skseq.inspection"]) != {}
    names = {name for names in users_of(["skseq"], ["skseq.inspection"]).values() for name in names}
    assert {name for name in names if not is_in(name, ["skseq.inspection", "skseq._sklearn"])} == set()


def test_tensorflow_is_imported_by_the_engine_only():
    assert set(users_of(["tensorflow"], ["skseq"])) <= {name for name in MODULES if is_in(name, ["skseq.nn"])}


def test_scikeras_is_imported_by_one_module_only():
    assert set(users_of(["scikeras"], ["skseq"])) == {"skseq._base._scikeras"}


def test_estimators_do_not_import_each_other():
    for name in ESTIMATORS:
        assert users_of(ESTIMATORS - {name}, [name]) == {}


def test_what_estimators_share_does_not_import_estimators():
    shared = [name for name in MODULES if is_in(name, ["skseq._base", "skseq._data"])]
    assert "skseq._base.estimator" in shared
    assert users_of(ESTIMATORS, shared) == {}
    assert "skseq._base.autoencoder" in MODULES["skseq._detector"] & MODULES["skseq._autoencoder"]  # they share bases
    assert "skseq._base.source" in MODULES["skseq._sequence"] & MODULES["skseq._base.encoder_decoder"]
    assert "skseq._base.encoder_decoder" in MODULES["skseq._seq2seq"] & MODULES["skseq._transducer"]


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
import skseq.datasets, skseq.inspection, skseq.metrics, skseq.preprocessing
skseq.datasets.make_echo(3, random_state=0)
from skseq import LSTMAutoencoderDetector, LSTMAutoencoderTransformer, Seq2SeqClassifier, Seq2SeqTransducer
from skseq import DecodingSearch, SequenceClassifier, SequenceRegressor
LSTMAutoencoderDetector(), LSTMAutoencoderTransformer(), Seq2SeqClassifier(), SequenceClassifier()
DecodingSearch(Seq2SeqTransducer(), {"beam_width": [1, 5]}), SequenceRegressor()
print(sorted({"tensorflow", "keras", "matplotlib", "sacrebleu"} & set(sys.modules)))
"""
    assert run(code, "-W", "error") == ("[]\n", "")


def test_a_first_fit_leaves_the_error_stream_empty():
    """The start-up chatter of TensorFlow, from Python and from C++, stays away; so do warnings."""
    code = """
import numpy as np
from skseq import LSTMAutoencoderTransformer
X = np.random.RandomState(0).rand(6, 3)
for dtype in ("float32", "float64"):
    estimator = LSTMAutoencoderTransformer(units=2, epochs=2, dtype=dtype).fit(X)
    print(estimator.inverse_transform(estimator.transform(X)).shape)
"""
    assert run(code) == ("(6, 3)\n(6, 3)\n", "")


def test_scikeras_waits_for_a_network():
    """Importing it changes how Keras models are pickled: neither imports nor fits without `network` do that."""
    code = """
import sys
import numpy as np
from skseq import SequenceClassifier
X = np.random.RandomState(0).rand(6, 3)
SequenceClassifier(units=2, epochs=1).fit(X, [0, 1] * 3).predict(X)
try:
    SequenceClassifier(network="lstm").fit(X, [0, 1] * 3)
except TypeError:
    print("scikeras" in sys.modules)
"""
    assert run(code) == ("False\n", "")


def test_dir_lists_the_public_names():
    assert set(skseq.__all__) <= set(dir(skseq))
    for name in skseq.__all__:
        assert getattr(skseq, name) is not None
    with pytest.raises(AttributeError, match="'skseq' has no attribute 'nothing'"):
        _ = skseq.nothing
