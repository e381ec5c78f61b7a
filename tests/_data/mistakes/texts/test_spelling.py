"""What is said of tokens that differ only by case or by their form in Unicode."""

import re
import unicodedata
from collections import Counter

import numpy as np
import pytest
from quiet_fits import assert_no_warning
from warned import told

from skseq import SequenceClassifier
from skseq._data.mistakes.texts import spelling
from skseq._data.mistakes.texts.spelling import (
    advice_on_spelling,
    warn_if_forms_mix,
    warn_if_spelt_otherwise,
)
from skseq._data.source_form import SourceForm

SMALL = {"units": 2, "epochs": 1}
pytestmark = pytest.mark.usefixtures("eager", "untrained")
ACCENT = "e\u0301"  # e with a combining accent


@pytest.mark.parametrize(
    ("tokens", "known", "says"),
    [
        (["GREAT"], ["Great"], r"'GREAT' differs from 'Great' of fit only by case\. If case tells nothing: "),
        (["x", 3, "b"], ["B"], "'b' differs from 'B' of fit only by case"),
        (["i"], [*"CcNnI"], "'i' differs from 'I' of fit only by case"),
        (["i", "cL"], [*"CcNnOoI", "Cl"], "^$"),  # as in SMILES
        (["Q"], [*"AaBbCcq "], "'Q' differs from 'q' of fit only by case"),
        (["i\r"], [*"CcNnOo", "i"], "only by white space at its ends"),
        (["GREAT"], [*"CcNnOo", "Great"], "'GREAT' differs from 'Great' of fit only by case"),
        (["Ulm\r"], ["Ulm"], r"'Ulm.r' differs from 'Ulm' of fit only by white space at its ends: fit with"),
        (["\t"], [" ", "a"], r"^ '.t' is no letter"),
        ([ACCENT], ["\xe9"], r"only by its form in Unicode \('e.u0301' for '.xe9'\)"),
        (["e", ACCENT[1]], ["\xe9", "a"], "^ '.u0301' is a combining mark, which '\xe9' of fit holds in one character"),
        ([ACCENT[1]], ["e", "a"], "^$"),
        (["\u1112", "\u1161"], ["a", "\ud558"], r"^ '.u1112' is part of a syllable, which '\ud558' of fit"),
        (["\u1112"], ["\uc544", "a"], "^$"),
        (["x", "\xe9"], ["e", ACCENT[1]], r"^ '.xe9' is 'e.u0301' of fit in one character: fit with analyzer=letters"),
        (["\xe9"], ["e", "a"], "^$"),
        (["\u200d"], ["a"], "^$"),
        ([ACCENT.upper()], ["\xe9"], "only by case and its form in Unicode"),
        ([3, ("a",), "x", ""], ["a", 4, ("A",)], "^$"),
        (["\uff11"], ["1"], r"differs from '1' of fit only by its form in Unicode \('.uff11' for '1'\)"),
        (["1"], ["\uff11"], "only by its form in Unicode"),
        (["\uff22"], ["b"], "only by case and its form in Unicode"),
        (["\xb2"], ["2"], "only by its form in Unicode .*NFKC"),
        (["\ufb01"], ["f", "i"], r"^ '.ufb01' is 'fi' of fit in one character: .*NFKC"),
        (["\ufb01"], ["f", "a"], "^$"),
        (["\u2122"], ["T", "M"], "^$"),  # a trade mark is a sign of its own
        (["\xb2"], ["m", "\xb3"], "^$"),
        (["\u2019"], ["'"], r"only by typography \('.u2019' for \"'\"\)"),
        (["\u2013"], ["\u2014"], r"only by typography \('.u2013' for '.u2014'\)"),
        (["\u2019", "\u2013"], ["a"], "^$"),
        (
            ["\n", "\r"],
            ["a"],
            r"^ '.n', '.r' are no letters or signs.*: .* list\(' '.join\(text.split\(\)\)\)\.$",
        ),
        ([" "], ["a"], r"^ ' ' is no letter or sign.*: .* list\(''\.join\(text\.split\(\)\)\)\.$"),
        (["\ufeff"], ["a"], r"return list\(text.translate\(dict.fromkeys\(map\(ord, '.ufeff'\)\)\)\)\.$"),
        (["\u200b", "\n", "\x80"], ["a"], r"map\(ord, '.u200b.x80'\)\)\).split\(\)\)\)\.$"),
        ([*map(chr, range(0x80, 0xA0))], ["a"], r"^ '.x80', '.x81', .*'.x89', \.\.\. are no .*x80.*x9f'"),
    ],
)
def test_spellings(tokens, known, says):
    vocabulary = {token: index for index, token in enumerate(known, 1)}
    said = advice_on_spelling(tokens, vocabulary, kind="text", analyzer="char", rows="X")
    assert re.search(says, said)


def form_of(known="abcde\xe9\ud558"):
    """The form of a fit on these letters."""
    return SourceForm(kind="text", n_features=None, n_timesteps=9, dtype="float32", vocabulary=dict.fromkeys(known))


def told_of(text, form, **more):
    """What is said of the letters of a text after a fit of that form."""
    unknown = Counter(letter for letter in text if letter not in form.vocabulary)
    options = {"in_fit": 0.0, "kind": "text", "analyzer": "char", "rows": "X"} | more
    return told(warn_if_spelt_otherwise, unknown, len(text), form, "X", **options)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("caf" * 10 + ACCENT * 5, r"^5 of the 40 tokens of X .* token\. '.u0301' is a combining mark"),
        (unicodedata.normalize("NFD", "\ud558") * 10, r"^20 of the 20 .* '.u1112' is part of a syllable"),
        ("abcd\r\n" * 10, r"^20 of the 60 .* '.r', '.n' are no letters or signs"),
        ("\ufeffabcd" * 5, r"^5 of the 25 .* '.ufeff' is no letter or sign"),
        ("ABCD" * 5, r"^20 of the 20 .* 'A' differs from 'a' of fit only by case"),
        ("\uff41" * 5 + "b" * 15, r"^5 of the 20 .* '\uff41' differs from 'a' of fit only by its form"),
        ("Abcd" * 5 + "\r" * 5, r"^10 of the 25 .* 'A' differs"),
        ("Abcd\r" * 1 + "abcde" * 20 + "\r" * 4, r"^5 of the 109 .* '.r' is no"),  # one capital is usual
    ],
)
def test_unknown_tokens_that_are_spelt_otherwise(text, says):
    [message] = told_of(text, form_of())
    assert re.search(says, message)


@pytest.mark.parametrize(
    ("text", "more"),
    [
        ("abcd" * 10 + ACCENT * 4, {}),  # four may be chance
        ("abcde" * 200 + ACCENT * 5, {}),  # of 1,010
        ("Abcdeabcde" * 10, {}),  # a tenth are capitals
        ("xyz\U0001f642" * 10, {}),
        ("abcd\r\n" * 10, {"kind": "token lists", "analyzer": None}),
        ("abcd\r\n" * 10, {"in_fit": 0.4}),
        ("\r" * 19, {}),
    ],
    ids=str,
)
def test_unknown_tokens_that_are_few_or_others(text, more):
    assert told_of(text, form_of(), **more) == []


def test_each_line_is_told_once_and_pays_once_for_a_look_at_the_vocabulary(monkeypatch):
    form, looks = form_of(), []
    look = spelling._differences
    monkeypatch.setattr(spelling, "_differences", lambda *given: looks.append(given) or look(*given))
    said = [told_of("ABCD" * 5, form) for _ in range(3)]
    assert [len(own) for own in said] == [1, 0, 0]
    assert len(looks) == 1


def titles(capital, n=40):
    """Texts of six words, in every fifth of which each word is changed."""
    rng = np.random.RandomState(0)
    texts = [" ".join(rng.choice(["black", "large", "pack", "set", "deluxe"], 6)) for _ in range(n)]
    return [capital(text) if index % 5 == 0 else text for index, text in enumerate(texts)]


@pytest.mark.parametrize("capital", [str.title, str.upper])
def test_words_in_several_cases_are_told_until_an_analyzer_makes_them_one(capital):
    X, y = titles(capital), [0, 1] * 20
    with pytest.warns(
        UserWarning, match="^20% of the words in X .* such as '.*' from '.*'.*case tells nothing"
    ) as told:
        SequenceClassifier(**SMALL, analyzer="word").fit(X, y)
    lower = eval(re.search(r"tells nothing, pass (\[.*\]), later, too\. A function", str(told[0].message))[1], {"X": X})
    model = SequenceClassifier(**SMALL, analyzer="word").fit(lower, y)  # warnings are errors
    assert list(model.vocabulary_) == ["black", "deluxe", "large", "pack", "set"]


@pytest.mark.parametrize(
    "X",
    [
        titles(str.capitalize),  # the first word alone
        [". ".join(map(str.capitalize, text.split())) + "." for text in titles(str)] + titles(str),
        ["C c N n " * 5] * 20,  # symbols
        titles(str.title, n=5),
    ],
    ids=["sentences", "words alone", "symbols", "few"],
)
def test_capitals_that_are_usual_are_not_told(X):
    assert_no_warning(SequenceClassifier(**SMALL, analyzer="word"), X, np.arange(len(X)) % 2)


def refused(model, X):
    with pytest.raises(
        ValueError, match="not seen in fit: .* (of fit only by|is a combining mark|are no letters)"
    ) as caught:
        model.predict(X)
    return str(caught.value)


@pytest.mark.parametrize(
    ("X", "new"),
    [
        (["Jos\xe9", "Ana"], ["Jos" + ACCENT]),
        (["ab", "b"], ["AB"]),
        (["10-20", "it's"], ["\uff11\uff10"]),
        (["ab", "b"], ["\ufeffab", "a\u200bb\x80"]),
        (["10-20", "it's"], ["10\u201320", "it\u2019s"]),
        (["10\u201420", "it's"], ["10\u201320", "it\u2019s"]),
    ],
)
def test_an_analyzer_of_the_error_reads_letters_of_any_spelling(X, new):
    said = refused(SequenceClassifier(**SMALL, analyzer="char").fit(X, [0, 1]), new)
    name, code = re.search(r"fit with analyzer=(\w+), where (def .*)\.$", said).groups()
    scope = {"unicodedata": unicodedata}
    exec(code, scope)
    assert SequenceClassifier(**SMALL, analyzer=scope[name]).fit(X, [0, 1]).predict(new).shape == (len(new),)


@pytest.mark.parametrize(
    ("X", "new"),
    [
        (["Great film", "bad film"], ["GREAT film"]),
        (["I don't know", "well-made"], ["I don\u2019t know", "well\u2013made"]),
        (["find 12", "the"], ["\ufb01nd \uff11\uff12"]),
        (["Caf\xe9 noir", "th\xe9"], ["CAF" + ACCENT.upper() + " noir"]),
        ([f"man{ACCENT}ana voy", "\u0939\u093f\u0928\u094d\u0926\u0940"], [f"Man{ACCENT}ana"]),
    ],
)
def test_words_of_any_spelling_are_read_as_the_error_says(X, new):
    model = SequenceClassifier(**SMALL, analyzer="word").fit(X, [0, 1])
    code = re.search(r"pass (\[.* for text in X\]), in fit, too\.$", refused(model, new))[1]
    alike, later = (eval(code, {"X": texts, "unicodedata": unicodedata}) for texts in (X, new))
    n_words = len(model.vocabulary_)
    model.fit(alike, [0, 1]).predict(later)
    assert len(model.vocabulary_) == n_words  # marks leave words whole


def test_token_lists_and_own_analyzers():
    X, new = [["Buy", "sell"], ["hold"]], [["BUY"]]
    said = refused(SequenceClassifier(**SMALL).fit(X, [0, 1]), new)
    code = re.search(r"pass (\[\[.*\]), in fit, too\.$", said)[1]
    model = SequenceClassifier(**SMALL).fit(eval(code, {"X": X}), [0, 1])
    model.predict(eval(code, {"X": new}))
    said = refused(SequenceClassifier(**SMALL, analyzer=str.split).fit(["Buy sell", "hold"], [0, 1]), ["BUY"])
    assert said.endswith("let the analyzer split text.lower(), in fit, too.")


# --- texts that are written -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("word", ["caf\xe9", "\ud55c", "\xc5"])  # a letter with an accent, a syllable of jamo, a ring
def test_letters_in_two_forms(word):
    y = [word, unicodedata.normalize("NFD", word), "tea"] * 5
    [message] = told(warn_if_forms_mix, y, "y")
    assert "5 of 15 texts have them in several characters, and 5 in one" in message
    code = re.search(r"Pass (\[.*\]), in score", message)[1]
    assert told(warn_if_forms_mix, eval(code, {"unicodedata": unicodedata, "y": y}), "y") == []


@pytest.mark.parametrize(
    "texts",
    [
        ["caf\xe9", "nai" + "\u0308" + "ve"] * 5,  # two letters, each in one form
        ["caf\xe9"] * 10 + ["cafe\u0301"] * 2,
        ["caf\xe9"] * 400 + ["cafe\u0301"] * 3,
        ["\u0958"] * 10,  # has no composed form
        ["cafe", "the\u0301"] * 5,
    ],
    ids=ascii,
)
def test_letters_in_one_form(texts):
    assert told(warn_if_forms_mix, texts, "y") == []


@pytest.mark.parametrize(("analyzer", "later"), [("char", 0), ("word", 0), (list, 0), ("char", 20_000)])
def test_texts_in_two_forms_that_are_read(analyzer, later):
    """Their files often come one after another."""
    n = 5 + later // 50
    X = ["tea"] * later + ["caf\xe9", "tea"] * n + ["cafe\u0301", "milk"] * n
    y = np.arange(len(X)) % 2
    model = SequenceClassifier(**SMALL, analyzer=analyzer)
    [message] = [said for said in told(model.fit, X, y) if "two forms of Unicode" in said]
    assert "such as '\\xe9' and 'e\\u0301'" in message
    assert "Each form is read as tokens of its own, and of each less is learnt. " in message
    scope = {"unicodedata": unicodedata, "X": X}
    if analyzer == "char":
        exec(re.search(r"Fit with analyzer=letters, where (def .*)\.$", message)[1], scope)
        model.set_params(analyzer=scope["letters"])
    elif analyzer == "word":
        X = eval(re.search(r"Pass (\[.*\]), later, too\.$", message)[1], scope)
    else:
        assert message.endswith("Let the analyzer split unicodedata.normalize('NFC', text), later, too.")
        model.set_params(analyzer=lambda text: list(unicodedata.normalize("NFC", text)))
    assert all("Unicode" not in said for said in told(model.fit, X, y))


def test_token_lists_in_two_forms():
    X = [["caf\xe9", "noir"], ["cafe\u0301", "noir"]] * 10
    model = SequenceClassifier(**SMALL)
    [message] = [said for said in told(model.fit, X, [0, 1] * 10) if "two forms of Unicode" in said]
    code = re.search(r"Pass (\[.*\]), later, too\.$", message)[1]
    scope = {"unicodedata": unicodedata, "X": X}
    assert all("Unicode" not in said for said in told(model.fit, eval(code, scope), [0, 1] * 10))
    table = np.array([["e", "\xe9"], ["e", "\u0301"]] * 10)  # whose lengths are a pair
    assert any("two forms of Unicode" in said for said in told(model.fit, table, [0, 1] * 10))
    assert all("Unicode" not in said for said in told(model.fit, X[::2] * 2, [0, 1] * 10))
