"""What is said of whole sequences that are listed as what may follow a prefix."""

import itertools
import re

import numpy as np
import pytest
from warned import told

from skseq import SequenceGenerator
from skseq._data.mistakes.targets.whole_outputs import warn_if_whole

pytestmark = pytest.mark.usefixtures("eager", "untrained")
NAMES = [
    f"{verb}_{noun}{end}"
    for verb in ("get", "set", "load")
    for noun in ("user", "order", "config", "name")
    for end in ("", "_by_id", "_count")
]
WORDS = [name.replace("_", " ") for name in NAMES]
LISTS = [name.split() for name in WORDS]


@pytest.mark.parametrize(
    ("names", "prefix", "analyzer"),
    [
        (NAMES, "get_us", "char"),
        (NAMES, "get_user", "char"),  # one of them is the prefix itself
        (NAMES, "get_us", list),
        (WORDS, "get user", "word"),
        (WORDS, "get user", str.split),
        (LISTS, ["get", "user"], None),
        (np.array([[5, 6, 7, 8], [1, 2, 3, 4]] * 2), [5, 6], None),
    ],
    ids=["letters", "one is the prefix", "function", "words", "function of words", "lists", "array"],
)
def test_what_the_warning_says_makes_ends(names, prefix, analyzer):
    model = SequenceGenerator(units=2, epochs=1, analyzer=analyzer, end=True, random_state=0).fit(names)
    model.set_params(allowed_outputs=names)
    with pytest.warns(UserWarning, match=r"of \d+ allowed_outputs begin with the prefix") as warned:
        model.predict_nbest([prefix], 1, max_length=30)
    with pytest.warns(UserWarning, match="allowed_outputs begin"):
        model.sample(2, prefix=prefix, max_length=30)
    code = re.search(r"as allowed_outputs: (\[.*\]), with names for what", str(warned[0].message))[1]
    model.set_params(allowed_outputs=eval(code, {"names": names}))
    written = model.sample(5, prefix=prefix, random_state=0)  # warnings are errors
    assert all(list(sample) in list(map(list, names)) for sample in written)


def test_prefixes_that_differ():
    prefixes, listed = list(map(list, ["get_us", "set_or", "xyz"])), list(map(list, NAMES))
    [message] = told(warn_if_whole, prefixes, listed, NAMES, "")
    assert message.startswith("3 of 36 allowed_outputs begin with the prefix 'get_us' themselves, such as 'get_user'")
    assert message.endswith(" Prefixes that differ need a call each, with ends of their own.")
    assert told(warn_if_whole, [list("xyz"), list("xzy"), list("get_us")], listed, NAMES, "") == []
    [message] = told(warn_if_whole, [list("se"), list("get_us")], listed, NAMES, "")  # of two lengths
    assert message.startswith("12 of 36 allowed_outputs begin with the prefix 'se' themselves")


def test_spaces_that_a_short_code_does_not_cut():
    names = ["isn't it here", "was she there"] * 3
    words = [["isn", "'", "t", "it", "here"], ["was", "she", "there"]] * 3
    [message] = told(warn_if_whole, [["isn", "'", "t"]], words, names, " ")
    assert message.endswith("pass their ends alone as allowed_outputs.")


@pytest.mark.parametrize(
    ("prefix", "listed"),
    [
        ("get_us", [name.removeprefix("get_us") for name in NAMES if name.startswith("get_us")]),
        ("AT", list(itertools.product("ACGT", repeat=3))),  # codons, all of them
        ("in", ["ing", "ed", "s", "er", "ation"]),
        ("g", NAMES),
        ("", NAMES),
        ("load_user_count", NAMES),  # is one of them, and none goes on from there
        ("get_us", []),
    ],
    ids=["ends", "codons", "ing", "one letter", "nothing", "whole", "none"],
)
def test_ends(prefix, listed):
    listed = list(map(list, listed))
    assert told(warn_if_whole, [list(prefix)], listed, listed, None) == []
