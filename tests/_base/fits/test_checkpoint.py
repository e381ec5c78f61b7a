"""Fits that end before their time and go on from their checkpoint, as if nothing had happened."""

import io
import json
import os
import re
import shutil
import signal
import warnings
from pathlib import Path

import keras
import numpy as np
import pytest
from prepared import Program
from scikeras.wrappers import KerasClassifier
from sklearn.model_selection import cross_val_score

from benchmarks import kills
from benchmarks.harness.report import Report
from skseq import (
    LSTMAutoencoderDetector,
    LSTMAutoencoderTransformer,
    Seq2SeqClassifier,
    Seq2SeqRegressor,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceGenerator,
    SequenceTagger,
    SeriesForecaster,
)
from skseq.nn.training import checkpoint
from skseq.nn.training.checkpoint import Checkpoint
from skseq.nn.training.checkpoint_file import UnreadableError, read_about, read_arrays, write

pytestmark = pytest.mark.usefixtures("eager")

RNG = np.random.RandomState(0)
RAGGED = [RNG.randn(n, 2) for n in RNG.randint(1, 3, 12)]
LABELS = ["a", "b"] * 6
WINDOWS, STEPS = RNG.randn(12, 4), RNG.randn(12, 2)
TEXTS = ["ab", "bc", "c", "ac", "bb", "ca"] * 2
SERIES = [np.sin(np.arange(20) / 3 + phase) for phase in (0, 1)]
SHORT = [own[:10] for own in SERIES]
SMALL = {"units": 2, "epochs": 4, "batch_size": 12, "random_state": 0}  # one update an epoch, of most data
TWO = SMALL | {"batch_size": 6}  # updates
ONE_WAY = SMALL | {"bidirectional": False}


class KilledError(BaseException):
    """Stands for SIGKILL: what comes after it in the code never runs."""


@pytest.fixture(autouse=True, scope="module")
def no_graph():
    """Whether a call is a graph depends on how many epochs share it, so on time: here none is one."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("eager_network.MAX_TIMESTEPS", 10**6)
        yield


@pytest.fixture
def killed_at(monkeypatch):
    """``killed_at(k)`` lets a fit end right behind its k-th file; None lets it end by itself."""
    save = Checkpoint.save

    def arm(last):
        left = [last]

        def saved(self, moment):
            self._written = -np.inf  # every moment is written
            save(self, moment)
            left[0] = left[0] and left[0] - 1
            if left[0] == 0:
                raise KilledError

        monkeypatch.setattr(Checkpoint, "save", saved)

    return arm


def assert_same(model, expected):
    """All that a fit leaves, to the last bit."""
    model, expected = (getattr(own, "estimator_", own) for own in (model, expected))
    assert repr(model.history_) == repr(expected.history_)
    assert model.weights_.keys() == expected.weights_.keys()
    for name, value in expected.weights_.items():
        np.testing.assert_array_equal(model.weights_[name], value, err_msg=name)
    for value, other in zip(model.optimizer_state_, expected.optimizer_state_, strict=True):
        np.testing.assert_array_equal(value, other)
    np.testing.assert_array_equal(model.init_losses_, expected.init_losses_)


def classifier(**parameters):
    return SequenceClassifier(**{**TWO, "bidirectional": False, **parameters})


def files_of(folder):
    return sorted(path.name for path in Path(folder).iterdir())


# --- what a fit goes on with ------------------------------------------------------------------------------------------

STOPS = {"early_stopping": True, "n_iter_no_change": 2, "learning_rate": 0.2, "epochs": 9}
NOISE = {"dropout": 0.2, "recurrent_dropout": 0.1}
CHARS = {"analyzer": "char"}
PAIRS = {"analyzer": "char", "target_analyzer": "char"}
PLATEAU = {"learning_rate_schedule": "reduce_on_plateau", "early_stopping": False, "epochs": 6}  # two of them are
FITS = {  # name -> a fit with these parameters
    "encodings": lambda c: LSTMAutoencoderTransformer(**SMALL, input_noise=0.1, **c).fit(RAGGED),
    "detector": lambda c: LSTMAutoencoderDetector(**SMALL, window=5, early_stopping=True, **c).fit(SERIES),
    "tags": lambda c: SequenceTagger(**SMALL, **CHARS, transitions=True, **c).fit(TEXTS, [*map(list, TEXTS)]),
    "sampling": lambda c: Seq2SeqClassifier(**ONE_WAY, scheduled_sampling="linear", **c).fit(WINDOWS, STEPS > 0),
    "forecasts": lambda c: Seq2SeqRegressor(**ONE_WAY, loss="normal", **c).fit(WINDOWS, STEPS),
    "series": lambda c: SeriesForecaster(Seq2SeqRegressor(**ONE_WAY, **c), window=3, horizon=2).fit(SHORT),
    "texts": lambda c: Seq2SeqTransducer(**SMALL, **PAIRS, **NOISE, **c).fit(TEXTS, TEXTS),
    "next tokens": lambda c: SequenceGenerator(**TWO, **CHARS, **c).fit(TEXTS),
    "few tokens": lambda c: SequenceGenerator(**SMALL, **CHARS, n_sampled_tokens=2, **c).fit(TEXTS),
    "one text": lambda c: SequenceGenerator(**SMALL, **CHARS, **c).fit(["".join(TEXTS[:6])]),
    "critic": lambda c: SequenceGenerator(**SMALL, **CHARS, training="professor_forcing", **c).fit(TEXTS),
    "early stopping": lambda c: classifier(**STOPS, **c).fit(RAGGED, LABELS),
    "validation data": lambda c: classifier(**STOPS, **c).fit(RAGGED, LABELS, X_val=RAGGED[:4], y_val=LABELS[:4]),
    "plateau": lambda c: classifier(**STOPS | PLATEAU, **c).fit(RAGGED, LABELS),
    "noise and mean of the end": lambda c: classifier(**NOISE, weight_average="swa", **c).fit(RAGGED, LABELS),
    "moving mean": lambda c: classifier(weight_average="ema", **STOPS, **c).fit(RAGGED, LABELS),
    "several runs": lambda c: classifier(n_init=3, **STOPS | {"epochs": 2}, **c).fit(RAGGED, LABELS),
    "another optimizer": lambda c: classifier(optimizer="nesterov", shuffle=False, **c).fit(RAGGED, LABELS),
}


@pytest.mark.parametrize("name", FITS)
def test_a_fit_that_is_killed_again_and_again_ends_as_one_that_never_was(tmp_path, killed_at, name):
    expected, folder, times = FITS[name]({}), tmp_path / "kept", 0
    for last in (1, 2, None):
        killed_at(last)
        try:
            model = FITS[name]({"checkpoint": folder})
        except KilledError:
            times += 1
            assert 1 <= len(files_of(folder)) <= 2
        else:
            break
    assert times >= 2
    assert_same(model, expected)
    assert not folder.exists()  # the fit has ended


def test_data_that_the_network_reads_alike_go_on_and_end_as_a_fit_on_them(tmp_path, killed_at):
    """What is scaled away makes no difference: only the scale does, which is learnt from the data that are given."""
    whole = [np.round(own * 64) for own in RAGGED]
    moved = [own * 2 + 64 for own in whole]  # exact
    killed_at(1)
    with pytest.raises(KilledError):
        classifier(checkpoint=tmp_path).fit(whole, LABELS)
    killed_at(None)
    model = classifier(checkpoint=tmp_path).fit(moved, LABELS)
    expected = classifier().fit(moved, LABELS)
    assert_same(model, expected)
    np.testing.assert_array_equal(model.predict_proba(moved), expected.predict_proba(moved))


def test_losses_that_end_a_fit_are_looked_at_again(tmp_path, killed_at, monkeypatch):
    """Of text the loss gets next to nothing; several epochs share a call, at most four, however fast they are."""
    from skseq.nn.training import ending, fitting

    fit = {"units": 8, "epochs": 60, "learning_rate": 0.05, "n_iter_no_change": 3, "random_state": 0}
    fit |= {"attention": False, "bidirectional": False}
    monkeypatch.setattr("skseq._base.fits.training.PERFECT", 0.4)
    monkeypatch.setattr(ending, "NEAR", 1.0)
    monkeypatch.setattr(fitting, "MAX_CALL_INDICES", 4 * len(TEXTS))

    def fitted(**more):
        return Seq2SeqTransducer(**fit, analyzer="char", target_analyzer="char", **more).fit(TEXTS, TEXTS)

    expected, times = fitted(), 0
    assert expected.n_iter_ < 60
    while True:
        killed_at(3)
        try:
            model = fitted(checkpoint=tmp_path)
        except KilledError:
            times += 1
        else:
            break
    assert times >= 2
    assert_same(model, expected)


def test_a_fit_that_goes_on_from_the_last_one_has_a_checkpoint_too(tmp_path, killed_at):
    def twice(**more):
        model = classifier(warm_start=True).fit(RAGGED, LABELS)
        return model.set_params(**more).fit(RAGGED, LABELS)

    killed_at(1)
    with pytest.raises(KilledError):
        twice(checkpoint=tmp_path)
    killed_at(None)
    assert_same(twice(checkpoint=tmp_path), twice())


def test_other_starting_weights_are_another_fit(tmp_path, killed_at):
    model = classifier(warm_start=True, checkpoint=tmp_path)
    killed_at(1)
    with pytest.raises(KilledError):
        model.fit(RAGGED, LABELS)
    model.set_params(checkpoint=None).fit(RAGGED, LABELS).set_params(checkpoint=tmp_path)
    with pytest.raises(ValueError, match="holds another fit.*weights to start with is another"):
        model.fit(RAGGED, LABELS)


# --- files ------------------------------------------------------------------------------------------------------------


def cut_classifier(**parameters):
    """Its epochs share no call, and so no file."""
    return classifier(**{"early_stopping": True, "batch_size": 12, **parameters})


@pytest.fixture(scope="module")
def whole():
    """That fit, which nothing has cut off."""
    return cut_classifier().fit(RAGGED, LABELS)


@pytest.fixture(scope="module")
def cut_once(tmp_path_factory):
    """A folder of that fit, cut off behind its third file."""
    folder, left, save = tmp_path_factory.mktemp("cut"), [3], Checkpoint.save

    def saved(self, moment):
        self._written = -np.inf
        save(self, moment)
        left[0] -= 1
        if not left[0]:
            raise KilledError

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Checkpoint, "save", saved)
        with pytest.raises(KilledError):
            cut_classifier(checkpoint=folder).fit(RAGGED, LABELS)
    return folder


@pytest.fixture
def cut_off(cut_once, tmp_path):
    """A copy of it."""
    return Path(shutil.copytree(cut_once, tmp_path / "cut"))


def test_the_last_two_files_are_kept(cut_off):
    assert files_of(cut_off) == ["skseq-00000002.npz", "skseq-00000003.npz"]


def repacked(data, savez=np.savez, drop=(), **arrays):
    """A file with other arrays in the place of some, or without them."""
    with np.load(io.BytesIO(data)) as found:
        arrays = {name: found[name] for name in found if name not in drop} | arrays
    file = io.BytesIO()
    savez(file, **arrays)
    return file.getvalue()


def described(data, **changes):
    """A file with another description."""
    with np.load(io.BytesIO(data)) as found:
        about = json.loads(found["about"].tobytes()) | changes
    return repacked(data, about=np.frombuffer(json.dumps(about).encode(), np.uint8))


def turned(data, place):
    """A file with one bit turned."""
    return data[:place] + bytes([data[place] ^ 1]) + data[place + 1 :]


DAMAGES = {
    "torn": lambda data: data[: len(data) // 2],
    "torn in the list of members": lambda data: data[:-100],
    "empty": lambda data: b"",
    "foreign": lambda data: repacked(data, drop=["about"]),
    "another format": lambda data: described(data, format=2),
    "packed": lambda data: repacked(data, np.savez_compressed),
    "one bit of an array": lambda data: turned(data, data.index(b"NUMPY") + 200),
    "one bit of the description": lambda data: turned(data, data.index(b'"fit"')),
    "another type": lambda data: repacked(data, random=np.zeros(624)),
    "another shape": lambda data: repacked(data, random=np.zeros(623, np.uint32)),
    "an array more": lambda data: repacked(data, more=np.zeros(1)),
    "an array less": lambda data: repacked(data, drop=["random"]),
}


@pytest.mark.parametrize("damage", DAMAGES)
def test_a_damaged_file_is_skipped_for_the_one_before(cut_off, damage, whole):
    last = cut_off / "skseq-00000003.npz"
    last.write_bytes(DAMAGES[damage](last.read_bytes()))
    with pytest.warns(UserWarning, match=r"skseq-00000003\.npz is skipped: it"):
        model = cut_classifier(checkpoint=cut_off).fit(RAGGED, LABELS)
    assert_same(model, whole)


def test_no_bit_can_be_turned_unseen(tmp_path):
    """What is read is what was written, or nothing: one bit of every byte, and CRC sees those of a member alike."""
    kinds = {"a": np.arange(6, dtype=np.float32).reshape(2, 3), "b/c": np.array(7)}
    path, about = tmp_path / "file", {"x": [1, 2]}
    write(path, about, kinds)
    expected = {name: (x.dtype, tuple((n, n) for n in x.shape)) for name, x in kinds.items()}.get
    data, n_refused = path.read_bytes(), 0
    for place in range(len(data)):
        path.write_bytes(data[:place] + bytes([data[place] ^ 1 << place % 8]) + data[place + 1 :])
        try:
            found = read_about(path), read_arrays(path, expected)
        except UnreadableError:
            n_refused += 1
        else:
            assert found[0] == about
            assert found[1].keys() == kinds.keys()
            assert all(np.array_equal(found[1][name], x) for name, x in kinds.items())
    assert n_refused > 0.6 * len(data)  # the others are of dates and the like


def test_without_a_file_that_can_be_read_a_fit_begins_anew(cut_off, whole):
    for path in cut_off.iterdir():
        path.write_bytes(b"")
    with pytest.warns(UserWarning, match="is skipped"):
        model = cut_classifier(checkpoint=cut_off).fit(RAGGED, LABELS)
    assert_same(model, whole)


def test_what_else_is_in_the_folder_stays(cut_off):
    (cut_off / "skseq-00000009.npz").mkdir()  # no file
    for name in ("notes.txt", "skseq-1.npz", "model-00000001.npz"):
        (cut_off / name).write_text("mine")
    (cut_off / "skseq-abc.unfinished").write_text("of a write that was cut off")
    cut_classifier(checkpoint=cut_off).fit(RAGGED, LABELS)
    assert files_of(cut_off) == [
        "model-00000001.npz", "notes.txt", "skseq-00000009.npz", "skseq-1.npz",
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"units": 3}, "units is 2 there and 3 here"),
        ({"random_state": 1}, "random_state is 0 there and 1 here"),
        ({"epochs": 5}, "epochs is 4 there and 5 here"),
        ({"learning_rate": 0.5}, "learning_rate is .* there and 0.5 here"),
        ({"X": [x**2 for x in RAGGED]}, "X is another"),
        ({"y": LABELS[::-1]}, "y is another"),
        ({"sample_weight": np.arange(1, 13)}, "sample_weight is only in this fit"),
        ({"X_val": RAGGED, "y_val": LABELS}, "X_val is only in this fit"),
    ],
)
def test_another_fit_is_refused_with_what_differs(cut_off, change, words):
    data = {"X": RAGGED, "y": LABELS} | {name: x for name, x in change.items() if name in ("X", "y") or "_val" in name}
    data |= {name: x for name, x in change.items() if name == "sample_weight"}
    parameters = {name: value for name, value in change.items() if name not in data}
    before = files_of(cut_off)
    with pytest.raises(ValueError, match=f"holds another fit.*{words}"):
        cut_classifier(checkpoint=cut_off, **parameters).fit(**data)
    assert files_of(cut_off) == before


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"units": 3}, "units is 2 there and 3 here"),
        ({"random_state": 1}, "random_state is 0 there and 1 here"),
        ({"X": RAGGED[:-1], "y": LABELS[:-1]}, "X has 12 sample(s) there and 11 here"),
        ({"X": [x**2 for x in RAGGED]}, "X is another"),
        ({"y": LABELS[::-1]}, "y is another"),
        ({"sample_weight": np.arange(1, 13)}, "sample_weight is only in this fit"),
        ({"X_val": RAGGED, "y_val": LABELS}, "X_val is only in this fit"),
    ],
)
def test_of_what_differs_the_first_cause_is_told_alone(cut_off, change, words):
    """Other samples have other scales, weights and draws: none of these was passed."""
    parameters = {name: x for name, x in change.items() if name in ("units", "random_state")}
    given = {"X": RAGGED, "y": LABELS} | {name: x for name, x in change.items() if name not in parameters}
    with pytest.raises(ValueError, match=re.escape(f".npz): {words}. Fit as that fit did")):
        cut_classifier(checkpoint=cut_off, **parameters).fit(**given)


@pytest.mark.parametrize("seeded", [np.int64, np.random.RandomState])
def test_a_generator_in_the_state_of_the_seed_goes_on_with_the_same_fit(cut_off, whole, seeded):
    assert_same(cut_classifier(checkpoint=cut_off, random_state=seeded(0)).fit(RAGGED, LABELS), whole)


@pytest.mark.parametrize(
    ("seeded", "words"),
    [
        (np.int64, "random_state is 0 there and 1 here. Fit"),
        (np.random.RandomState, "random_state is another; weights to start with is another. Fit"),
    ],
)
def test_another_state_of_the_generator_is_another_fit(cut_off, seeded, words):
    with pytest.raises(ValueError, match=re.escape(f".npz): {words}")):
        cut_classifier(checkpoint=cut_off, random_state=seeded(1)).fit(RAGGED, LABELS)


def test_of_a_fit_without_y_the_targets_are_not_told(tmp_path, killed_at):
    killed_at(1)
    with pytest.raises(KilledError):
        FITS["next tokens"]({"checkpoint": tmp_path})
    with pytest.raises(ValueError, match=r"\.npz\): X is another\. Fit"):
        SequenceGenerator(**TWO, **CHARS, checkpoint=tmp_path).fit([text[::-1] for text in TEXTS])


def test_where_the_folder_is_and_how_often_it_is_written_may_change(cut_off, whole):
    moved = cut_off.rename(cut_off.with_name("moved"))
    with warnings.catch_warnings(action="error", category=UserWarning):
        model = cut_classifier(checkpoint=str(moved), checkpoint_minutes=5, verbose=0).fit(RAGGED, LABELS)
    assert_same(model, whole)


def test_a_file_that_cannot_be_written_is_told_once_and_the_fit_goes_on(tmp_path, monkeypatch, whole):
    def full(*arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("skseq.nn.training.checkpoint.write", full)
    with pytest.warns(UserWarning, match="cannot be written: .*No space left") as told:
        model = cut_classifier(checkpoint=tmp_path).fit(RAGGED, LABELS)
    assert len([one for one in told if "cannot be written" in str(one.message)]) == 1
    assert_same(model, whole)


@pytest.mark.parametrize("gone_after", [1, 4])
def test_a_folder_that_goes_meanwhile_does_not_disturb_a_fit(tmp_path, monkeypatch, whole, gone_after):
    """A cleaner takes it after the first epoch, or after the last."""
    folder, save, n_saved = tmp_path / "kept", Checkpoint.save, []

    def cleaned(self, moment):
        save(self, moment)
        n_saved.append(moment)
        if len(n_saved) == gone_after:
            shutil.rmtree(folder)

    monkeypatch.setattr(Checkpoint, "save", cleaned)
    assert_same(cut_classifier(checkpoint=folder, checkpoint_minutes=0).fit(RAGGED, LABELS), whole)
    assert len(n_saved) == 4
    assert not folder.exists()


def test_fits_of_a_search_cannot_share_a_folder(cut_off):
    given = {"cv": 2, "error_score": "raise"}
    with pytest.raises(ValueError, match="cross-validation and ensembles set checkpoint=None"):
        cross_val_score(cut_classifier(checkpoint=cut_off), RAGGED, LABELS, **given)
    model = cut_classifier(checkpoint=cut_off).set_params(checkpoint=None)
    assert np.isfinite(cross_val_score(model, RAGGED, LABELS, **given)).all()


def test_minutes_between_two_files(tmp_path, monkeypatch):
    """On a clock of its own: an epoch takes 40 s, and every other one is written."""
    now, written = [0.0], []

    def monotonic():
        return now[0]

    save, write = Checkpoint.save, Checkpoint.flush

    def saved(self, moment):
        now[0] += 40.0
        save(self, moment)

    def flush(self):
        written.append(now[0])
        write(self)

    monkeypatch.setattr("skseq.nn.training.checkpoint.time.monotonic", monotonic)
    monkeypatch.setattr(Checkpoint, "save", saved)
    monkeypatch.setattr(Checkpoint, "flush", flush)
    cut_classifier(checkpoint=tmp_path, checkpoint_minutes=1, epochs=6).fit(RAGGED, LABELS)
    assert written == [40.0, 120.0, 200.0]


# --- parameters -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({"random_state": None}, "needs random_state"),
        ({"callbacks": [keras.callbacks.TerminateOnNaN()]}, "cannot store what callbacks hold"),
        ({"network": KerasClassifier(lambda meta: None)}, "what a network of your own holds is not known"),
        ({"random_state": np.random.RandomState(np.random.PCG64(0))}, "needs random_state to be an int"),
        ({"checkpoint": __file__}, "must be a folder to write to"),
        ({"checkpoint": "a\0"}, "must be a folder to write to"),
        ({"checkpoint": ""}, "names no folder"),
    ],
)
def test_what_no_checkpoint_can_hold_is_refused(tmp_path, parameters, words):
    with pytest.raises(ValueError, match=f"checkpoint.*{words}"):
        classifier(**{"checkpoint": tmp_path, **parameters}).fit(RAGGED, LABELS)


def test_partial_fit_leaves_the_folder_alone(tmp_path):
    classifier(checkpoint=tmp_path / "none").partial_fit(RAGGED, LABELS, classes=["a", "b"])
    assert files_of(tmp_path) == []


def test_a_fit_that_diverges_has_ended(tmp_path):
    raw = {"activation": "relu", "scale_inputs": False, "clipnorm": None}
    model = LSTMAutoencoderTransformer(**SMALL, **raw, checkpoint=tmp_path / "kept")
    with pytest.raises(FloatingPointError):
        model.fit([1e30 * x for x in RAGGED])
    assert files_of(tmp_path) == []


# --- interrupts and kills ---------------------------------------------------------------------------------------------


@pytest.fixture
def signalled(monkeypatch):
    """``signalled(number)`` sends this process a signal after the second epoch of its next fit."""
    save, before = Checkpoint.save, signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a process in the background has none

    def arm(number):
        left = [2]

        def saved(self, moment):
            self._written = np.inf  # so long ago it is not: nothing is written before the end
            save(self, moment)
            left[0] -= 1
            if left[0] == 0:
                os.kill(os.getpid(), number)

        monkeypatch.setattr(Checkpoint, "save", saved)

    yield arm
    signal.signal(signal.SIGINT, before)
    assert signal.getsignal(signal.SIGTERM) == signal.SIG_DFL


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_keeps_what_was_learnt_and_writes_it(tmp_path, signalled, monkeypatch, number):
    signalled(number)
    with pytest.warns(UserWarning, match="interrupted by user"):
        model = classifier(checkpoint=tmp_path, early_stopping=True).fit(RAGGED, LABELS)
    assert model.n_iter_ == 2
    assert files_of(tmp_path) == ["skseq-00000001.npz"]
    monkeypatch.undo()
    model = classifier(checkpoint=tmp_path, early_stopping=True).fit(RAGGED, LABELS)
    assert model.n_iter_ == 4
    assert_same(model, classifier(early_stopping=True).fit(RAGGED, LABELS))


def test_an_interrupt_in_a_later_run_goes_on_there(tmp_path, signalled, monkeypatch):
    fit = {"n_init": 3, "epochs": 1, "early_stopping": True}
    signalled(signal.SIGTERM)  # after the first epoch of the second run
    with pytest.warns(UserWarning, match="interrupted by user"):
        model = classifier(checkpoint=tmp_path, **fit).fit(RAGGED, LABELS)
    assert len(model.init_losses_) == 2
    monkeypatch.undo()
    model = classifier(checkpoint=tmp_path, **fit).fit(RAGGED, LABELS)
    assert_same(model, classifier(**fit).fit(RAGGED, LABELS))


def test_runs_that_end_write_no_more_often(tmp_path, monkeypatch):
    written = []
    monkeypatch.setattr(checkpoint, "write", lambda path, about, arrays: written.append(path))
    classifier(n_init=3, epochs=2, checkpoint=tmp_path, checkpoint_minutes=60).fit(RAGGED, LABELS)
    assert len(written) == 1


def test_an_interrupt_before_a_later_run_has_kept_anything_begins_it_anew(tmp_path, signalled, monkeypatch):
    """What waits to be written of the run before is no part of it."""
    fit = {"n_init": 2, "epochs": 1, "early_stopping": True}
    signalled(0)  # signal 0 does nothing, but no file is written before the end
    save = Checkpoint.save

    def killed_or_saved(self, moment):
        if self.run == 2:
            os.kill(os.getpid(), signal.SIGTERM)
        save(self, moment)

    monkeypatch.setattr(Checkpoint, "save", killed_or_saved)
    with pytest.warns(UserWarning, match="interrupted by user"):
        classifier(checkpoint=tmp_path, **fit).fit(RAGGED, LABELS)
    monkeypatch.undo()
    (path,) = tmp_path.iterdir()
    assert read_about(path)["run"] == 1  # which had ended, and is not trained again
    model = classifier(checkpoint=tmp_path, **fit).fit(RAGGED, LABELS)
    assert len(set(model.init_losses_)) == 2
    assert_same(model, classifier(**fit).fit(RAGGED, LABELS))


def test_a_handler_of_the_users_own_stays():
    from skseq.nn.training.checkpoint import terminated_as_interrupted

    def handler(number, frame):
        pass

    signal.signal(signal.SIGTERM, handler)
    try:
        with terminated_as_interrupted():
            assert signal.getsignal(signal.SIGTERM) is handler
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL)


@pytest.mark.filterwarnings("ignore:SequenceClassifier has not converged")
def test_a_fit_that_is_really_killed(monkeypatch):
    """Once; kills again and again are shown above, and `python -m benchmarks.kills` has twenty real ones."""
    monkeypatch.setattr("eager_network.MAX_TIMESTEPS", 0)  # this process fits what is expected, by graphs as the others
    monkeypatch.setattr(kills, "_expected", lambda name, place, scale: kills.bytes_left(kills._fit(name, None, scale)))
    monkeypatch.setattr(kills, "Popen", lambda command: Program(*command[2:]))  # behind the -c
    report = Report("kills")
    kills.kill(report, kills.QUICK)
    assert all(claim.holds for claim in report.claims), report.claims
