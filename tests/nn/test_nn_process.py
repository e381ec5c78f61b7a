"""Where TensorFlow cannot run our networks, an error says so at once; a tape or a debugger does not disturb."""

import os
import pickle
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

import skseq
from skseq import SequenceClassifier
from skseq.nn import process

X, Y = np.arange(12.0).reshape(4, 3), [0, 1, 0, 1]
SMALL = {"units": 4, "epochs": 1, "cell": "lstm", "bidirectional": False, "n_conv_layers": 0}


@pytest.fixture(scope="module")
def classifier():
    return SequenceClassifier(**SMALL, random_state=0).fit(X, Y)


@pytest.mark.parametrize(
    ("scope", "message"),
    [
        (lambda: tf.Graph().as_default(), "eager execution, which is off here: call fit and predict outside"),
        (lambda: tf.distribute.OneDeviceStrategy("/cpu:0").scope(), r"outside of strategy\.scope"),
    ],
    ids=["graph", "strategy"],
)
def test_scopes_in_which_nothing_runs(classifier, scope, message):
    for ask in (lambda: SequenceClassifier(units=4, epochs=1).fit(X, Y), lambda: classifier.predict(X)):
        with scope(), pytest.raises(RuntimeError, match=message):
            ask()
    with scope(), pytest.raises(RuntimeError, match=message):
        _ = classifier.model_


def test_a_tape_of_the_caller_changes_nothing(classifier):
    skseq.clear_pool()
    with tf.GradientTape():
        again = SequenceClassifier(**SMALL, random_state=0).fit(X, Y)  # traced under the tape
        again.fit(X, Y).predict(X)
    for name, value in classifier.weights_.items():
        np.testing.assert_array_equal(again.weights_[name], value)


def test_numbers_that_TensorFlow_checks_are_finite():
    """Without limits for gradients, none is infinite: TensorFlow's debugger would stop there."""
    tf.debugging.enable_check_numerics()
    try:
        SequenceClassifier(units=3, epochs=1, clipnorm=None, clipvalue=None).fit(X, Y)
    finally:
        tf.debugging.disable_check_numerics()


def test_a_fork_is_noted_if_TensorFlow_has_run(monkeypatch):
    monkeypatch.setattr(process, "_forked", False)
    monkeypatch.setattr(process, "_started", False)
    monkeypatch.setattr(process, "has_run", lambda: False)
    process.note_fork()
    process.check_process()  # starts TensorFlow, during which another thread may fork
    process.note_fork()
    with pytest.raises(RuntimeError, match=r"forked .* default backend 'loky'.*may be loaded before"):
        process.check_process()
    monkeypatch.setattr(process, "_forked", False)
    monkeypatch.setattr(process, "_started", False)
    monkeypatch.setattr(process, "has_run", lambda: True)
    process.note_fork()
    with pytest.raises(RuntimeError, match=r"forked .* default backend 'loky'"):
        process.check_process()


FITS = """
import gc, os, pickle, signal, sys, tempfile
import numpy as np
import skseq
from skseq import SequenceClassifier

def none(*arguments, **options):
    raise FileNotFoundError("No usable temporary directory found")

X, y = np.arange(12.0).reshape(4, 3), [0, 1, 0, 1]
{before}
full, usual = [], gc.get_threshold()
gc.callbacks.append(lambda phase, info: full.append(phase) if info["generation"] == 2 else None)
import skseq.nn
n_young = len(gc.get_objects(generation=0))
print(len(full), gc.get_threshold() == usual, gc.get_freeze_count(), n_young < 2_000 < len(gc.get_objects()))
for loaded in pickle.load(open(sys.argv[1], "rb")), skseq.load(sys.argv[2]):
    pid = os.fork()
    if pid == 0:
        signal.alarm(60)
        print(loaded.predict_proba(X).tobytes().hex(), flush=True)
        os._exit(0)
    os.waitpid(pid, 0)
fitted = SequenceClassifier(units=2, epochs=1, bidirectional=False, n_conv_layers=0, verbose=0).fit(X, y)
print(len(fitted.predict(X)), flush=True)
pid = os.fork()
if pid == 0:
    signal.alarm(60)  # the error comes at once; without it the child would wait for ever
    for ask in (lambda: fitted.predict(X), lambda: SequenceClassifier(units=2, optimizer="sgd").fit(X, y)):
        try:
            ask()
        except RuntimeError as error:
            print(str(error)[:23], flush=True)
    os._exit(0)
print(os.waitpid(pid, 0)[1])
"""


@pytest.mark.skipif(not hasattr(sys, "getdlopenflags"), reason="no forks on Windows")
def test_no_error_stream_no_temporary_folder_and_forks(classifier, tmp_path):
    """The error stream is closed as by ``2>&-``. Estimators that were loaded before a fork answer, others do not.

    No full garbage collection runs while TensorFlow is imported, and the next one of what is young has little to look
    through.
    """
    files = tmp_path / "model.pickle", tmp_path / "model.skops"
    files[0].write_bytes(pickle.dumps(classifier))
    pytest.importorskip("skops.io").dump(classifier, files[1])
    code = FITS.format(before="sys.stderr = None; tempfile.TemporaryFile = none")
    options = {"stdout": subprocess.PIPE, "text": True, "timeout": 300, "preexec_fn": lambda: os.close(2)}
    done = subprocess.run([sys.executable, "-W", "ignore", "-c", code, *map(str, files)], **options)
    probabilities = classifier.predict_proba(X).tobytes().hex()
    refused = "This process was forked\n"
    collected = "0 True 0 True\n"
    assert done.stdout == f"{collected}{probabilities}\n{probabilities}\n4\n{refused}{refused}0\n", done.stderr
