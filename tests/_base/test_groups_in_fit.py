"""Fits that hold out whole groups: what a trial then sees, early stopping, and the way of groups in scikit-learn."""

import numpy as np
import pytest
import sklearn
from sklearn.model_selection import GridSearchCV, GroupKFold, cross_val_score

from skseq import (
    LSTMAutoencoderTransformer,
    Seq2SeqClassifier,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceGenerator,
    SequenceRegressor,
    SequenceTagger,
)
from skseq._data.hold_out import HoldOut

pytestmark = pytest.mark.usefixtures("eager")

N_GROUPS, EACH = 20, 6
GROUPS = np.repeat(np.arange(N_GROUPS), EACH)
DRAWN = np.random.RandomState(0)
X = DRAWN.randn(N_GROUPS, 1, 5)[GROUPS][:, 0] + 0.05 * DRAWN.randn(len(GROUPS), 5)  # a shape of each group
OF_GROUPS = DRAWN.randn(N_GROUPS)[GROUPS]  # a number of each group, which its shape says nothing of
LABELS = (OF_GROUPS > 0).astype(int)
SMALL = {"units": 4, "epochs": 1, "bidirectional": False, "random_state": 0}


@pytest.fixture
def held_out(monkeypatch):
    """The groups of the samples that fits hold out, a set for each time."""
    found, split = [], HoldOut.split

    def spy(self, samples, n_held_out, rng):
        parts = split(self, samples, n_held_out, rng)
        assert self.groups is None or not set(GROUPS[parts[0]]) & set(GROUPS[parts[1]])
        found.append(set(GROUPS[parts[1]]))
        return parts

    monkeypatch.setattr(HoldOut, "split", spy)
    return found


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(
    ("estimator", "y"),
    [
        (SequenceClassifier(**SMALL), LABELS),
        (SequenceRegressor(**SMALL), OF_GROUPS),
        (SequenceTagger(**SMALL), np.tile(LABELS[:, None], (1, 5))),
        (Seq2SeqClassifier(**SMALL), np.tile(LABELS[:, None], (1, 2))),
        (Seq2SeqTransducer(**SMALL), [["ab"[label]] for label in LABELS]),
        (LSTMAutoencoderTransformer(**SMALL), None),
        (SequenceGenerator(units=4, epochs=1, random_state=0), LABELS),
    ],
    ids=lambda value: type(value).__name__,
)
def test_early_stopping_holds_out_whole_groups(estimator, y, held_out):
    estimator.set_params(early_stopping=True).fit(X, y, groups=[f"person {group}" for group in GROUPS])
    [some] = held_out
    assert 1 <= len(some) <= 4
    with pytest.raises(ValueError, match="groups must hold the group of each sample"):
        estimator.fit(X, y, groups=GROUPS[:-1])


def test_a_trial_holds_out_a_fourth_of_the_groups(held_out, monkeypatch):
    """A fit that knows no groups sees others of the same group, and finds that all is well."""
    monkeypatch.setattr(SequenceRegressor, "_auto_epochs", (1, 34, 34))
    network = {"units": 8, "cell": "gru", "bidirectional": False, "n_conv_layers": 0}
    model = SequenceRegressor(**network, learning_rate=0.1, random_state=0).fit(X, OF_GROUPS)
    among_others = model._facts.lowest
    model.fit(X, OF_GROUPS, groups=GROUPS)
    assert model._facts.lowest > 4 * among_others
    assert [len(some) for some in held_out[1:]] == [5]


def test_one_long_sequence_has_one_group():
    model = SequenceGenerator(units=2, epochs=1, window=10, analyzer="char", random_state=0)
    model.fit(["abc" * 30], groups=["book"])
    with pytest.raises(ValueError, match=r"shape \(1,\) for this X\. Got shape \(2,\)"):
        model.fit(["abc" * 30], groups=["book", "page"])


@pytest.mark.usefixtures("untrained")
def test_groups_reach_fits_within_a_search(held_out):
    with sklearn.config_context(enable_metadata_routing=True):
        model = SequenceRegressor(**SMALL, early_stopping=True)
        GridSearchCV(model, {"learning_rate": [0.01, 0.02]}, cv=GroupKFold(2), refit=False).fit(
            X, OF_GROUPS, groups=GROUPS
        )
        cross_val_score(model, X, OF_GROUPS, params={"groups": GROUPS}, cv=GroupKFold(2))
    assert len(held_out) == 6
