"""What is said of UTF-8 that was read in another encoding."""

import re

import numpy as np
import pytest

from skseq import SequenceClassifier
from skseq._data.mistakes.texts.misread_files import LOOKED_AT, advice_on_encoding

SMALL = {"units": 2, "epochs": 1}
pytestmark = pytest.mark.usefixtures("eager", "untrained")
TEXTS = ["f\xfcr alle", "\xdcber uns", "drei \u20ac", "gro\xdf", "klein"] * 4
Y = np.arange(20) % 2


def misread(texts, encoding):
    return [text.encode().decode(encoding) for text in texts]


def advice(texts, known="adefglru\xfc\xdc\xdf\u20ac"):
    return advice_on_encoding(texts, dict.fromkeys(known), kind="text", rows="X")


@pytest.mark.parametrize("analyzer", ["char", "word"])
@pytest.mark.parametrize("encoding", ["latin1", "cp1252"])
def test_texts_are_mended_as_the_messages_say(analyzer, encoding):
    X, options = misread(TEXTS, encoding), SMALL | {"analyzer": analyzer}
    strict = SequenceClassifier(**options).fit(TEXTS, Y)
    with pytest.raises(ValueError, match=f"not seen in fit: .* in UTF-8 that was read as {encoding}: ") as caught:
        strict.predict(X)
    with pytest.warns(UserWarning, match=f"in UTF-8 that was read as {encoding}: pass") as told:
        SequenceClassifier(**options, handle_unknown="use_unknown").fit(TEXTS, Y).predict(X)
    for said in (str(caught.value), str(told[0].message)):
        code = re.search(r"pass (\[.* for text in X\]), or read the file with encoding='utf-8'\.$", said)[1]
        assert eval(code, {"X": X}) == TEXTS


def test_tokens():
    X = [text.split() for text in TEXTS]
    new = [misread(x, "latin1") for x in X]
    with pytest.raises(ValueError, match="in UTF-8 that was read as latin1: ") as caught:
        SequenceClassifier(**SMALL).fit(X, Y).predict(new)
    code = re.search(r"pass (\[\[.*\]), or read the file", str(caught.value))[1]
    assert eval(code, {"X": new}) == X


@pytest.mark.parametrize("X", [["f\xc3\xbcr", "gro\xc3\x9f", "gr\xfcn"], ["f\xc3\xbcr", "gro\xc3\x9f", "\ufffd"]])
def test_where_some_texts_cannot_be_mended_the_file_is_to_be_read_again(X):
    said = advice(X)
    assert said.endswith("in UTF-8 that was read as latin1: read the file with encoding='utf-8'")


@pytest.mark.parametrize(
    ("X", "known"),
    [
        (["f\xfcr", "gro\xdf", "alle"], "abc\xfc\xdf"),  # is no UTF-8
        (["f\xc3\xbcr", "klein"], "adefklr\xfc"),  # one text may be so meant
        (["f\xc3\xbcr", "gro\xc3\x9f"], "adefklr\xc3\xbc\x9f"),  # as in fit
        (["CAF\xc9\xbb", "TH\xc9\xbb"], "ACEFHT\xc9\xe9"),  # a letter before a quotation mark is UTF-8 by chance
        (["f\xc3\xbcr", "gro\xc3\x9f", "gr\xfcn", "\xe9", "\xe8"], "\xfc\xdf"),
        (["abc", "b"], "abc"),
        ([1, 2, ("a",)], "abc"),
    ],
    ids=ascii,
)
def test_texts_as_they_were_written(X, known):
    assert advice(X, known) == ""


def test_of_many_texts_the_first_are_looked_at_but_the_code_must_mend_all():
    few = misread([f"gr\xfcn {n}" for n in range(LOOKED_AT)], "latin1")
    assert "pass [text.encode" in advice(few + ["f"])
    assert "pass [text.encode" in advice([str(n) for n in range(5_000)] + few)  # what is ASCII does not count
    assert advice([*few, "gr\xfcn"]).endswith(": read the file with encoding='utf-8'")
    assert advice([f"gr\xfcn {n}" for n in range(LOOKED_AT)] + few) == ""
