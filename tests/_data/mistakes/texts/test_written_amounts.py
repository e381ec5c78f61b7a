"""Amounts that came as text are told from codes, and the code that is advised makes numbers of them."""

import re

import numpy as np
import pandas as pd
import pytest
from quiet_fits import assert_no_warning

from skseq import SequenceClassifier
from skseq._data.mistakes.texts.written_amounts import no_amount_among, readers_of_amounts

SMALL = {"units": 2, "epochs": 1}
pytestmark = pytest.mark.usefixtures("eager", "untrained")
RNG = np.random.RandomState(0)
BILLS = np.round(RNG.lognormal(4, 0.6, (20, 1)) * (1 + 0.1 * RNG.randn(20, 12)), 1)  # of households by month
WHOLE = np.round(BILLS)
Y = np.arange(20) % 2
WRITTEN = {
    "dollars": ("${:.0f}", WHOLE),
    "euros": ("€{:.1f}", BILLS),
    "euros behind": ("{:.1f} €", BILLS),
    "percent": ("{:.1f}%", BILLS),
    "unit": ("{:.0f}kWh", WHOLE),
    "letter": ("{:.0f} W", WHOLE),
    "negative": ("-${:.0f}", -WHOLE),
    "whole": ("{:.0f}", WHOLE),
    "thousands": ("{:,.2f}", 100 * WHOLE),
}


@pytest.mark.parametrize("form", [pd.DataFrame, np.array, list], ids=["frame", "array", "lists"])
@pytest.mark.parametrize(("written", "numbers"), WRITTEN.values(), ids=WRITTEN)
def test_what_it_says_reads_amounts(written, numbers, form):
    X = form([[written.format(abs(number)) for number in row] for row in numbers])
    with pytest.warns(UserWarning, match="X holds strings that are numbers, .* names without an order") as told:
        SequenceClassifier(**SMALL).fit(X, Y)
    assert len(told) == 1
    model, read = _as_advised(str(told[0].message), X)
    np.testing.assert_array_equal(np.array(read, float), numbers)
    assert_no_warning(model, read, Y)
    assert not hasattr(model, "vocabulary_")
    assert_no_warning(SequenceClassifier(**SMALL, source_type="tokens"), X, Y)


def _as_advised(message, X):
    """(model, X) as a warning says."""
    if "Set source_type='numeric' for measurements" in message:
        return SequenceClassifier(**SMALL, source_type="numeric"), X
    (code,) = re.findall(r"Pass (\[\[float.* for x in [\w.()]*?\]) for measurements", message)
    return SequenceClassifier(**SMALL), eval(code, {"X": X})


def _popular(names):
    """Sequences of names, of which few are used most."""
    weights = 1 / np.arange(1, len(names) + 1)
    return RNG.permutation(names)[RNG.choice(len(names), (40, 12), p=weights / weights.sum())].tolist()


CODES = {
    "items": [str(n) for n in range(4000, 4300)],
    "items from 1": [str(n) for n in range(1, 300)],
    "postcodes": [f"{n:05}" for n in range(1000, 99000, 300)],
    "tickers": [f"{n} HK" for n in range(1, 3000, 10)],
    "products": [f"{n}A" for n in range(4000, 4300)],
    "notes": [f"{name}{octave}" for name in "CDEFGAB" for octave in range(9)],
    "stations": [f"T{n}" for n in range(80)],
    "places of a grid": [f"{n},{k}" for n in range(19) for k in range(19)],
    "cards": [f"{n}{suit}" for n in range(2, 15) for suit in "shdc"],
    "ordinals": [f"{n}{'th' if n % 10 > 3 else ['th', 'st', 'nd', 'rd'][n % 10]}" for n in range(100)],
    "prices of a menu": ["$4.50", "$6.00", "$7.25", "$9.00"] * 20,
    "dates": [f"{1 + n % 28:02}.{1 + n // 28:02}.2024" for n in range(300)],
    "addresses": [f"192.168.{100 + n % 5}.{100 + n}" for n in range(100)],
    "versions": [f"{n // 20}.{n % 20}.0" for n in range(100)],
    "diseases": [f"{n}.{n % 10}" if n % 3 else f"V{n}" for n in range(100, 400)],
    "molecules": ["C", "c1", "1", "2", "(", ")", "=O"] * 10,
    "times": [f"{n // 60:02}:{n % 60:02}" for n in range(0, 1440, 15)],
}


@pytest.mark.parametrize("names", CODES.values(), ids=CODES)
def test_codes_are_tokens(names):
    assert_no_warning(SequenceClassifier(**SMALL), _popular(names), np.arange(40) % 2)


def test_postcodes_of_a_journey_are_tokens():
    """Neighbouring ones are near, but all have five digits."""
    places = RNG.randint(20000, 90000, (40, 1)) + RNG.randint(0, 300, (40, 12))
    assert_no_warning(SequenceClassifier(**SMALL), places.astype(str), np.arange(40) % 2)


@pytest.mark.parametrize(
    ("strings", "expected"),
    [
        (["1,200", "2,153"], [[1200, 2153], [1.2, 2.153]]),
        (["1.200,50 €", "8,5 €"], [[1200.5, 8.5]]),
        (["-5 °C", "12 °C"], [[-5, 12]]),
        (["$-5", "$ 1,200.5"], [[-5, 1200.5]]),
        (["5 km", "3 mi"], []),
        (["-$ 5.5", "-$ 6.5"], []),  # which float does not read
        (["C4", "D5"], []),
    ],
    ids=str,
)
def test_readers_of_amounts(strings, expected):
    codes = [code for code, _ in readers_of_amounts(strings)]
    assert [[eval(code, {"v": v}) for v in strings] for code in codes] == expected


def test_what_is_no_amount_is_named():
    amounts = [f"${n}" for n in range(30)]
    assert no_amount_among(amounts) == ""
    assert no_amount_among([*amounts, "n/a"]) == " (of 'n/a' that makes no number)"


@pytest.mark.parametrize(
    ("seen", "unknown", "says"),
    [
        ("$5", ["$7", "$8"], r"pass float\(v\.replace\('\$', ''\)\) of each string v"),
        ("5", ["7", "8"], "set source_type='numeric'"),
    ],
)
def test_unknown_amounts(seen, unknown, says):
    model = SequenceClassifier(**SMALL).fit([[seen, seen], [seen]], [0, 1])
    with pytest.raises(ValueError, match=f"If these strings are measurements, {says} before fit"):
        model.predict([unknown])
