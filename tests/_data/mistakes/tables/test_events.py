"""Timesteps of several fields: errors and a warning that say what to pass instead."""

import warnings

import numpy as np
import pytest

from skseq import LSTMAutoencoderTransformer, SequenceClassifier, SequenceGenerator
from skseq._data.mistakes.tables.events import advice_on_event, advice_on_events, mostly_once
from skseq.exceptions import TrainingWarning
from skseq.preprocessing import SequenceOneHotEncoder

pytestmark = pytest.mark.usefixtures("eager")

RNG = np.random.RandomState(0)
SMALL = {"units": 2, "epochs": 1, "random_state": 0}
PAGES = ["home", "shop", "cart", "pay"]
DICTS = [
    [{"page": PAGES[RNG.randint(4)], "dwell": round(RNG.rand(), 3)} for _ in range(RNG.randint(2, 6))]
    for _ in range(20)
]
TUPLES = [[(event["page"], event["dwell"]) for event in events] for events in DICTS]
LISTS = [list(map(list, events)) for events in TUPLES]
EQUAL = [events[:2] for events in DICTS]
OF_PAGES = (
    r"\[\[event\['page'\] for event in events\] for events in X\]\. Or pass numbers \(n_timesteps, n_features\) .*"
)
OF_PAGES += r"event\['dwell'\] beside a column of 0 and 1 for each event\['page'\], as .*SequenceOneHotEncoder"
OF_FIRST = r"\[\[event\[0\] for event in events\] for events in X\]\. Or pass numbers .*event\[1\] beside .*event\[0\]"


@pytest.mark.parametrize("source_type", ["auto", "tokens"])
@pytest.mark.parametrize(("X", "words"), [(DICTS, OF_PAGES), (EQUAL, OF_PAGES), (LISTS, OF_FIRST)])
def test_errors_about_events_say_how_to_pass_their_fields(X, words, source_type):
    with pytest.raises((ValueError, TypeError), match=words):
        SequenceGenerator(**SMALL, source_type=source_type).fit(X)


@pytest.mark.parametrize(("X", "words"), [(TUPLES, OF_FIRST), ([own[:2] for own in TUPLES], OF_FIRST)])
def test_tuples_are_no_numbers(X, words):
    with pytest.raises(ValueError, match=words):
        SequenceClassifier(**SMALL).fit(X, [0, 1] * 10)
    with pytest.raises(ValueError, match=words):
        LSTMAutoencoderTransformer(**SMALL).fit(X)


def test_the_advice_works():
    X = DICTS
    pages = [[event["page"] for event in events] for events in X]
    assert set(SequenceGenerator(**SMALL).fit(pages).vocabulary_) == set(PAGES)
    columns = SequenceOneHotEncoder().fit_transform(pages)
    numbers = [np.column_stack([one, [event["dwell"] for event in events]]) for one, events in zip(columns, X)]
    assert SequenceClassifier(**SMALL).fit(numbers, [0, 1] * 10).n_features_in_ == 5


VISITS = [[(f"{page} page", RNG.randint(2)) for page in RNG.choice(PAGES, RNG.randint(3, 6))] for _ in range(20)]


@pytest.mark.parametrize("X", [VISITS, [events[:2] for events in VISITS]], ids=["ragged", "equal"])
def test_events_of_strings_and_integers_may_be_tokens(X):
    y, given = [0, 1] * 10, {**SMALL, "source_type": "tokens"}
    with pytest.raises(ValueError, match=r"fields, set source_type='tokens' to read each event as one token.*Or pass"):
        SequenceClassifier(**SMALL).fit(X, y)
    distinct = {event for events in X for event in events}
    assert set(SequenceClassifier(**given).fit(X, y).vocabulary_) == distinct
    lists = [list(map(list, events)) for events in X]
    told = r"set source_type='tokens' and pass \[list\(map\(tuple, events\)\) for events in X\] to read"
    with pytest.raises(ValueError, match=told):
        SequenceClassifier(**SMALL).fit(lists, y)
    assert (
        set(SequenceClassifier(**given).fit([list(map(tuple, events)) for events in lists], y).vocabulary_) == distinct
    )


def test_notes_may_be_tokens():
    notes = [[("C4", 0.5), ("D4", 0.25)] * 4, [("E4", 0.5), ("D4", 0.25)] * 3] * 5
    told = (
        r"fields, set source_type='tokens' to read each event as one token, where .* as notes do\. Or pass the tokens"
    )
    with pytest.raises(ValueError, match=told):
        SequenceGenerator(**SMALL).fit(notes)
    assert ("C4", 0.5) in SequenceGenerator(**SMALL, source_type="tokens").fit(notes).vocabulary_


@pytest.mark.parametrize(
    ("steps", "field"),
    [([("login", "ok"), ("login", "fail"), ("su", "ok")], 0), ([(80, "10.0.0.1", "ok"), (443, "10.0.0.7", "ok")], 1)],
    ids=["strings alone", "addresses"],
)
def test_tuples_of_names_may_be_tokens(steps, field):
    X = [steps * 4, steps * 3] * 5
    told = rf"set source_type='tokens' to read each event as one token.* one field, .*\[\[event\[{field}\] for"
    for own in (X, [steps] * 10):
        with pytest.raises(ValueError, match=told):
            SequenceGenerator(**SMALL).fit(own)
        assert set(SequenceGenerator(**SMALL, source_type="tokens").fit(own).vocabulary_) == set(steps)


def test_events_that_are_no_tokens():
    assert "source_type" not in advice_on_events([[{"page": "home", "visit": 1}]], "X")
    assert "source_type" not in advice_on_event(("home", 1), "X", as_token=False)  # they are, and hardly occur again


@pytest.mark.parametrize(
    ("event", "words"),
    [
        ({"x": 1.0, "y": 2.0}, " Pass the numbers of each event, [[[event['x'], event['y']] for event in events] for "),
        (("2024-01-01", 2.0), " Pass the numbers of each event, [[[event[1]] for event in events] for events in X]."),
        (
            {"time": "2024-01-01", "page": "pay"},
            " If a timestep is an event of several fields, pass the tokens of one field,",
        ),
    ],
)
def test_fields_of_other_kinds(event, words):
    assert advice_on_events([[event]], "X").startswith(words)
    assert advice_on_events([[], [event]], "X").startswith(words)


@pytest.mark.parametrize(
    "X", [[], [[]], [[1.0]], [["a"]], [[[1.0, 2.0]]], [[["a", "b"]]], np.ones((2, 2)), None, ["ab"]]
)
def test_what_holds_no_events(X):
    assert advice_on_events(X, "X") == ""


def test_of_lists_of_strings_the_error_names_tuples_which_are_tokens():
    X, y = [[["a", "b"], ["b", "c"]], [["b", "c"]]] * 5, [0, 1] * 5
    classifier = SequenceClassifier(units=2, epochs=1, source_type="tokens")
    with pytest.raises(ValueError, match=r"pass \[list\(map\(tuple, np\.asarray\(x\)\.tolist\(\)\)\) for x in X\]"):
        classifier.fit(X, y)
    classifier.fit([list(map(tuple, np.asarray(x).tolist())) for x in X], y)
    assert set(classifier.vocabulary_) == {("a", "b"), ("b", "c")}


# --- tokens that hardly occur again -----------------------------------------------------------------------------------


def test_tokens_of_which_most_occur_once_are_told_with_remedies_that_work():
    tuples, given = TUPLES, {**SMALL, "source_type": "tokens"}
    with pytest.warns(TrainingWarning, match=rf"\d\d of \d\d distinct tokens of X occur once, such as \('.*{OF_FIRST}"):
        SequenceGenerator(**given).fit(tuples)
    with warnings.catch_warnings(action="error", category=TrainingWarning):
        SequenceGenerator(**given).fit(
            [[(page, "long" if dwell > 0.5 else "short") for page, dwell in x] for x in tuples]
        )
        SequenceGenerator(**given).fit([[(page, round(dwell)) for page, dwell in x] for x in tuples])


def test_which_tokens_hardly_occur_again():
    pairs = [("a", 0.5 + k) for k in range(60)]
    assert mostly_once(pairs) == (60, 60, ("a", 0.5))
    assert mostly_once(pairs[:49]) is None  # few
    assert mostly_once(pairs + pairs[:30]) is None  # half of them
    assert mostly_once(pairs + pairs[:29]) == (60, 31, ("a", 0.5))
    assert mostly_once([f"word {k}" for k in range(60)]) is None
    assert mostly_once(list(range(60))) is None
    assert mostly_once([(f"word {k}", "noun") for k in range(60)]) is None
    assert mostly_once([(60 + k, 4) for k in range(60)]) is None  # notes
