"""
Which letters are the month? Spans in text
==========================================

People write dates in many ways and languages. Which part of the text is the day, which the month, which the year? A
conditional random field on top of the network makes labels fit together, and the F1 score counts whole spans.
"""

from string import Formatter

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from babel import Locale

from skseq import SequenceTagger
from skseq.metrics import span_f1_score, span_report

# %%
# Dates by rule, with the names of months in four languages, from babel. Every character gets a label: ``B-`` begins a
# span, ``I-`` goes on, ``O`` is outside. Months as numbers go up to 12, days here from 1 to 31, so that only the order
# and the signs between them tell which is which.

rng = np.random.default_rng(0)
months = [Locale(code).months["format"]["wide"] for code in ("en", "de", "fr", "es")]
patterns = [
    *("{DAY}. {NAME} {YEAR}", "{DAY} {NAME} {YEAR}", "{NAME} {DAY}, {YEAR}", "{DAY} de {NAME} de {YEAR}"),
    *("{YEAR}-{MONTH}-{DAY}", "{DAY}.{MONTH}.{YEAR}", "{MONTH}/{DAY}/{YEAR}", "at {HOUR} on {NAME} {DAY}, {YEAR}"),
]


def draw():
    month = int(rng.integers(1, 13))
    parts = {"DAY": rng.integers(1, 32), "MONTH": month, "YEAR": rng.integers(1950, 2030), "HOUR": rng.integers(1, 25)}
    parts["NAME"] = months[rng.integers(4)][month]
    text, labels = "", []
    for between, kind, *_ in Formatter().parse(str(rng.choice(patterns))):
        piece = str(parts[kind])
        kind = {"NAME": "MONTH", "HOUR": None}.get(kind, kind)
        text += between + piece
        labels += ["O"] * len(between)
        labels += ["O"] * len(piece) if kind is None else ["B-" + kind] + ["I-" + kind] * (len(piece) - 1)
    return text, labels


texts, labels = map(list, zip(*(draw() for _ in range(1_200))))
print(*texts[:4], sep="\n")

# %%
# The baseline gives every character its most frequent label.

tagger = SequenceTagger(units=32, analyzer="char", transitions=True, epochs=15, random_state=0)
tagger.fit(texts[:1_000], labels[:1_000])
pairs = list(zip("".join(texts[:1_000]), np.concatenate(labels[:1_000])))
usual = {
    c: max({b for a, b in pairs if a == c}, key=lambda label: pairs.count((c, label))) for c in {a for a, _ in pairs}
}
found, truth = tagger.predict(texts[1_000:]), labels[1_000:]
simple = [[usual.get(c, "O") for c in text] for text in texts[1_000:]]
print(f"F1 of whole spans in 200 new dates: {span_f1_score(truth, found):.3f}")
print(f"Of the most frequent labels: {span_f1_score(truth, simple):.3f}")
print(pd.DataFrame(span_report(truth, found)).T)

# %%
# Dates of people who write otherwise: the colours are what was found, strong where the tagger is sure.

new = ["3. März 2011", "12/3/1999", "3.12.1999", "on May 5, 2024", "at 7 on juin 30, 1987", "1 de enero de 2000"]
colours = {"DAY": "tab:orange", "MONTH": "tab:blue", "YEAR": "tab:green", "O": "lightgray"}
figure, axes = plt.subplots(figsize=(9, 3), layout="constrained")
for row, (text, own, p) in enumerate(zip(new, tagger.predict(new), tagger.predict_proba(new))):
    for column, (character, label, sure) in enumerate(zip(text, own, np.max(p, axis=1))):
        axes.barh(row, 1, left=column - 0.5, height=0.8, color=colours[label[2:] or "O"], alpha=0.7 * sure)
        axes.text(column, row, character, family="monospace", ha="center", va="center")
for kind, colour in colours.items():
    axes.barh(0, 0, color=colour, label={"O": "none"}.get(kind, kind.lower()))
axes.set(xlim=(-1, 22), xlabel="character", yticks=range(6), yticklabels=range(1, 7), ylabel="date")
axes.set_title("Parts of dates that it has not seen")
axes.invert_yaxis()
figure.legend(loc="outside right center")
plt.show()
