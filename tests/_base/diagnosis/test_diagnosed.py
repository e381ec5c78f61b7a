"""What an estimator says of its last fit: when it warns, and the table of `diagnose`."""

import pickle
import warnings

import numpy as np
import pytest
from sklearn.exceptions import NotFittedError
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from told_fits import NOISE, RARE, WORDS, X, Y, classifier, told, value_of

from skseq import LSTMAutoencoderDetector, LSTMAutoencoderTransformer, Seq2SeqTransducer, SequenceTagger
from skseq._base.diagnosis.fit_checks import Check, Diagnosis
from skseq.exceptions import TrainingWarning

pytestmark = pytest.mark.usefixtures("eager")


# --- warnings ---------------------------------------------------------------------------------------------------------


def test_partial_fit_is_diagnosed_but_not_told_of():
    model = classifier(learning_rate=1e-9, random_state=1)
    for _ in range(6):
        assert told(model, X, NOISE, fit="partial_fit", classes=[0, 1]) == []
    assert "constant answer" in [check.name for check in model.diagnose().found]


def test_a_warm_start_is_judged_by_its_own_epochs():
    model = classifier(learning_rate=1e-9, random_state=1, warm_start=True)
    assert len(told(model, X, NOISE)) == 1
    assert told(model.set_params(epochs=2), X, NOISE) == []
    assert len(model.history_["loss"]) == 7


def test_a_warning_as_an_error_leaves_the_estimator_fitted():
    model = classifier(learning_rate=1e-9, random_state=1)
    with warnings.catch_warnings():
        warnings.simplefilter("error", TrainingWarning)
        with pytest.raises(TrainingWarning, match="learnt nothing"):
            model.fit(X, NOISE)
    assert len(model.history_["loss"]) == 5
    assert set(model.predict(X)) <= set(NOISE)


def fits_within(estimator):
    """Ways to fit it, by itself and by scikit-learn."""
    yield lambda: estimator.fit(X, NOISE)
    yield lambda: make_pipeline(FunctionTransformer(), estimator).fit(X, NOISE)
    yield lambda: cross_val_score(estimator, X, NOISE, cv=2)
    yield lambda: GridSearchCV(estimator, {"epochs": [5]}, cv=2).fit(X, NOISE)


def test_a_warning_shows_the_line_that_called():
    for fit in fits_within(classifier(learning_rate=1e-9, random_state=1)):
        with pytest.warns(TrainingWarning, match="learnt nothing") as caught:
            fit()
        own = [warning for warning in caught if issubclass(warning.category, TrainingWarning)]
        assert {warning.filename for warning in own} == {__file__}


def test_a_fit_knows_whether_its_epochs_were_left_to_it(untrained):
    for epochs in ("auto", 1):
        model = classifier(epochs=epochs).fit(X, Y).set_params(epochs=2)  # which is of the next fit
        assert model._facts.auto_epochs == (epochs == "auto")


# --- diagnose ---------------------------------------------------------------------------------------------------------


def test_diagnose_prints_a_table_and_returns_it(capsys):
    model = classifier(learning_rate=1e-9, random_state=1).fit(X, NOISE)
    diagnosis = model.diagnose()
    printed = capsys.readouterr().out
    assert printed == f"{diagnosis}\n"
    lines = printed.splitlines()
    assert lines[0].split("  ")[0] == "check"
    assert lines[2].startswith("constant answer ")
    assert "> 0.99 (> 0.9 if it got stuck) " in lines[2]
    assert lines[2].endswith("WARNS")
    [found] = diagnosis.found
    assert lines[-1] == f"- {found.message}"
    assert found.value == pytest.approx(np.median(model.history_["loss"][-2:]) / np.log(2))
    assert len(lines) == len(diagnosis) + 2
    assert repr(diagnosis) == "<Diagnosis: 1 of 27 checks warn>"


def test_diagnose_is_the_same_after_pickling():
    model = classifier().fit(X, Y)
    assert pickle.loads(pickle.dumps(model)).diagnose() == model.diagnose()


def test_a_diagnosis_that_the_version_before_has_pickled():
    """Its classes were in the module that is a package now; in protocol 2, a name ends with its line."""
    diagnosis = Diagnosis([Check(name="steps", measured="a", limit="b", value=1.0)])
    written = pickle.dumps(diagnosis, protocol=2)
    before = written.replace(b"skseq._base.diagnosis.fit_checks\n", b"skseq._base.diagnosis\n")
    assert written != before
    assert pickle.loads(before) == diagnosis


def test_diagnose_looks_at_other_sequences():
    model = classifier(activation="relu", epochs=6).fit(X, RARE)
    known, looked = model.diagnose(), model.diagnose(X[:10])
    counts = np.bincount(model.predict(X[:10]))
    assert value_of("one output", known) is None
    assert value_of("one output", looked) == counts.max() / 10
    outputs = model.set_params(pooling="mean")  # a parameter of the next fit changes nothing
    assert outputs.diagnose(X[:10]) == looked


def test_units_that_are_dead_for_some_sequences_alone():
    """Those that are 0 after every real step of every sequence."""
    model = classifier(activation="relu", units=6, epochs=9).fit([x[: 2 + k % 2] for k, x in enumerate(X)], Y)
    assert value_of("dead relu", model.diagnose()) is None  # a fit that has learnt is not looked at
    sequences = [X[21, :1], X[2]]
    steps = [X[21, :1], X[2, :1], X[2, :2], X[2]]  # the last hidden states of these are all hidden states
    hidden = np.concatenate([model._predict("encoding", model._as_network_reads([x]).rows) for x in steps])
    share = np.mean((hidden == 0).all(axis=0))
    assert value_of("dead relu", model.diagnose(sequences)) == pytest.approx(share)
    alone = np.mean(hidden[0] == 0)
    assert value_of("dead relu", model.diagnose([X[21, :1]])) == pytest.approx(alone)
    assert alone > share


def test_unknown_tokens_of_other_sequences():
    of_words = {"analyzer": "word", "target_analyzer": "word", "handle_unknown": "use_unknown"}
    model = Seq2SeqTransducer(units=2, epochs=1, **of_words).fit(WORDS, WORDS)
    assert value_of("unknown tokens", model.diagnose()) == 0
    with pytest.warns(UserWarning, match="no output can hold them"):
        assert value_of("unknown tokens", model.diagnose(["a x", "y a b"])) == 0.4


@pytest.mark.parametrize("estimator", [LSTMAutoencoderTransformer(), LSTMAutoencoderDetector(window=2)])
def test_autoencoders_are_diagnosed(estimator):
    estimator.set_params(units=2, epochs=5, random_state=0).fit(X)
    diagnosis = estimator.diagnose(X)
    assert 0.5 < value_of("constant answer", diagnosis) < 1.1
    assert value_of("one output", diagnosis) is None


def test_an_unfitted_estimator_has_no_diagnosis():
    with pytest.raises(NotFittedError):
        classifier().diagnose()


class OfLetters(SequenceTagger):
    """A subclass with parameters of its own."""

    def __init__(self, units=2):
        super().__init__(units, analyzer="char", handle_unknown="use_unknown", epochs=1, random_state=0)


def test_a_subclass_with_fewer_parameters():
    model = OfLetters().fit(["ab", "ba"] * 3, [["x", "y"], ["y", "x"]] * 3)
    assert "loss" in str(model.diagnose())
    assert model.get_params() == {"units": 2}
