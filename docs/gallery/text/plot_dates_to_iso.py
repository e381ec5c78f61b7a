"""
Dates as people write them, to one form. From a CSV file to the letters that were read
======================================================================================

A column of a table holds dates in many languages and orders. How does a computer get them into the form of ISO 8601,
such as 2024-03-11? It learns from rows that somebody has typed in already.

This is a whole task, **from raw file to picture**.
"""

import datetime
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from babel.dates import format_date

from skseq import Seq2SeqTransducer
from skseq.inspection import AttentionDisplay
from skseq.metrics import sequence_accuracy_score

# %%
# The raw file
# ------------
# 2,300 days of five languages, written by babel as people there write them.

rng = np.random.default_rng(0)
locales, forms = ["en_US", "de", "fr", "es", "it"], ["short", "medium", "long", "full", "d MMM yyyy", "dd.MM.yyyy"]
days = [datetime.date(1970, 1, 1) + datetime.timedelta(days=int(n)) for n in rng.integers(0, 21_900, size=2_300)]
written = [format_date(day, rng.choice(forms), locale=rng.choice(locales)).lower() for day in days]
path = Path(tempfile.mkdtemp()) / "dates.csv"
pd.DataFrame({"written": written, "iso": [day.isoformat() for day in days]}).to_csv(path, index=False)

# %%
# Read it, fit
# ------------
# "3/4/99" may be in March or in April, and the century of "99" is a guess, so not all can be right.

table = pd.read_csv(path, dtype=str)
print(table.head())
train, test = table[:2_000], table[2_000:]
transducer = Seq2SeqTransducer(units=48, analyzer="char", target_analyzer="char", epochs=16, random_state=0)
transducer.fit(train["written"], train["iso"])
found = transducer.predict(test["written"])
parsed = pd.to_datetime(test["written"], format="mixed", errors="coerce").dt.strftime("%Y-%m-%d")
print(f"Wholly right of {len(test)} new dates: {sequence_accuracy_score(test['iso'], found):.1%}")
print(f"By pandas, which knows English: {np.mean(parsed == test['iso']):.1%}")
wrong = np.flatnonzero(found != test["iso"])[:3]
print(test.iloc[wrong].assign(found=found[wrong]))

# %%
# Look
# ----
# From top to bottom, what is written; from left to right, what was read. A dark field says which letters a digit was
# read off.

shown = [text for text in test["written"] if 14 < len(text) < 22][:2]
AttentionDisplay.from_estimator(transducer, shown).figure_.set_size_inches(11, 5)
plt.show()
