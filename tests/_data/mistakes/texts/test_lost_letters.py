"""Functions that lose letters of the texts that they split, and silence for those that change texts on purpose."""

import re
from functools import partial

import pytest
from quiet_fits import assert_no_warning

from skseq import Seq2SeqTransducer, SequenceClassifier, SequenceGenerator

pytestmark = pytest.mark.usefixtures("eager", "untrained")

MOLECULES = ["C[NH3+]", "CC", "C[O-]", "N"] * 5
SMALL = {"units": 2, "epochs": 1, "random_state": 0}
FORGETS = r"Cl|Br|[A-Za-z0-9()=#]"
KEEPS = r"\[[^\]]+\]|Cl|Br|."


def pattern(source):
    return partial(re.findall, source)


def fit_of(place, analyzer, texts=MOLECULES, **more):
    """(estimator, its data) with this analyzer of targets, or of the texts of a generator."""
    if place == "y":
        model = Seq2SeqTransducer(**SMALL, analyzer="char", target_analyzer=analyzer, **more)
        return model, (["a"] * len(texts), texts)
    return SequenceGenerator(**SMALL, analyzer=analyzer, **more), (texts,)


@pytest.mark.parametrize("place", ["y", "X"])
def test_a_pattern_that_forgets_signs(place):
    model, data = fit_of(place, pattern(FORGETS))
    name = "target_analyzer" if place == "y" else "analyzer"
    told = rf"^10 of 20 texts in {place} do not come back .* of {name}: 'C\[NH3\+\]' is written as 'CNH3'\. "
    with pytest.warns(UserWarning, match=told) as caught:
        model.fit(*data)
    assert len(caught) == 1
    end, code = re.search(r"'(\|\\S)' at its end\..* are meant, pass (.*)\.$", str(caught[0].message)).groups()
    assert_no_warning(*flat(fit_of(place, pattern(FORGETS + end))))
    texts = eval(code, {place: MOLECULES, name: pattern(FORGETS)})
    assert texts[:3] == ["CNH3", "CC", "CO"]
    assert_no_warning(*flat(fit_of(place, pattern(FORGETS), texts)))


def flat(fit):
    model, data = fit
    return model, *data


def test_lines_of_one_long_text():
    told = r"^10 of 20 texts in X .* 'C\[NH3\+\]' is written as 'C N H 3'.* pass ' '\.join\(analyzer\(X\)\)\.$"
    with pytest.warns(UserWarning, match=told):
        SequenceGenerator(**SMALL, analyzer=pattern(FORGETS)).fit("\n\n".join(MOLECULES))


def whole(text):
    """Tokens of texts of several lines alone."""
    _, rest = text.split("\n", 1)
    return list(rest)


def lower(text):
    return list(text.lower())


@pytest.mark.parametrize("place", ["y", "X"])
@pytest.mark.parametrize(
    ("analyzer", "texts", "more"),
    [
        (pattern(KEEPS), MOLECULES, {}),
        (lower, MOLECULES, {}),
        (str.split, ["So it is ", " so  it was"] * 10, {}),
        (pattern(FORGETS), [*["CC"] * 40, *["C[O-]"] * 2], {}),  # a few
        (lambda text: ["##" + sign for sign in text], MOLECULES, "".join),
        (partial(re.split, r"(\W)"), ["so it.", "is"] * 10, ""),
        (str.split, ["so it", "is"] * 10, "+"),
    ],
    ids=["kept", "case", "spaces", "a few", "own join", "split", "marks"],
)
def test_what_comes_back_is_not_told_of(place, analyzer, texts, more):
    join = {"target_join" if place == "y" else "join": more} if more != {} else {}
    if texts[0].endswith(" ") and place == "y":
        texts = list(map(str.strip, texts))
    assert_no_warning(*flat(fit_of(place, analyzer, texts, **join)))


def test_a_function_for_whole_texts():
    assert_no_warning(SequenceGenerator(**SMALL, analyzer=whole), "a\nbbb\nccc" * 3)


@pytest.mark.parametrize("source", [r"(\[[^\]]+\])|Br|Cl|.", r"(\[[^\]]+\])|(Br|Cl|.)", r"(\[([^\]]+)\]|.)"])
def test_groups_of_patterns(source):
    told = r" of {0}\[0\] = 'C\[NH3\+\]', with nothing, '', .* write \(\?:\.\.\.\) for each"
    generator, transducer = fit_of("X", pattern(source)), fit_of("y", pattern(source))
    classifier = SequenceClassifier(**SMALL, analyzer=pattern(source)), (MOLECULES, [0, 1] * 10)
    for (model, data), argument in ((generator, "X"), (transducer, "y"), (classifier, "X")):
        with pytest.warns(UserWarning, match=told.format(argument)) as caught:
            model.fit(*data)
        assert len(caught) == 1
    mended = re.sub(r"(?<!\\)\(", "(?:", source)
    assert_no_warning(classifier[0].set_params(analyzer=pattern(mended)), *classifier[1])


def pairs(text):
    return list(zip(text, text[1:] + "."))


@pytest.mark.parametrize(
    ("analyzer", "texts"),
    [
        (lambda text: text.split(","), ["a,,b", "b,a,"] * 10),
        (pairs, MOLECULES),
        (partial(re.split, r"(\W)"), ["a b."] * 20),
        (partial(re.split, r"[ ,;]"), ["a, b; a,", "b; a, b;"] * 10),
    ],
    ids=["empty fields", "pairs of letters", "split", "split at several signs"],
)
def test_tokens_that_are_meant(analyzer, texts):
    assert_no_warning(SequenceClassifier(**SMALL, analyzer=analyzer), texts, [0, 1] * 10)
