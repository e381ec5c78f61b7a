"""
Who will cancel? Lists of events beside numbers in one table
============================================================

A table of customers has two numbers in each row, and a list of what happened, of any length. ``SequenceEncoder`` turns
the lists into columns, so that one model reads everything. Do its codes tell more than counts of the events?
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.compose import ColumnTransformer
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skseq import SequenceClassifier, SequenceEncoder
from skseq.inspection import EncodingDisplay

# %%
# 800 customers. A complaint that nobody has answered since makes a customer cancel, and so does a high price. What
# else happens tells nothing.

rng = np.random.RandomState(0)
happens = ["complaint", "answer", "login", "payment", "newsletter"]
events = [list(rng.choice(happens, size=rng.randint(4, 15), p=[0.15, 0.15, 0.3, 0.2, 0.2])) for _ in range(800)]
table = pd.DataFrame({"events": events, "price": rng.uniform(5, 50, 800), "age": rng.randint(18, 80, 800)})


def is_open(events):
    """Whether the last complaint came after the last answer."""
    return next((event == "complaint" for event in reversed(events) if event in ("complaint", "answer")), False)


risk = 5 * table["events"].map(is_open) + 0.1 * (table["price"] - 27) - 2
cancels = np.where(rng.logistic(size=800) < risk, "cancels", "stays")
X_train, X_test, y_train, y_test = train_test_split(table, cancels, random_state=0, stratify=cancels)
print(X_train.head(3))

# %%
# Three models that differ in one entry of the ``ColumnTransformer``: nothing for the events, weighted counts of events
# and of pairs of neighbours, or codes. The classifier within the encoder learns from ``y`` what to keep.

encoder = SequenceEncoder(SequenceClassifier(units=16, learning_rate=0.01, epochs=20), random_state=0)
readers = {
    "numbers alone": "drop",
    "and counts of events": TfidfVectorizer(preprocessor=" ".join, ngram_range=(1, 2)),
    "and codes of events": encoder,
}
models = {
    name: make_pipeline(
        ColumnTransformer([("events", reader, "events"), ("numbers", StandardScaler(), ["price", "age"])]),
        LogisticRegression(max_iter=1_000),
    ).fit(X_train, y_train)
    for name, reader in readers.items()
}
scores = {name: model.score(X_test, y_test) for name, model in models.items()}
for name, score in scores.items():
    print(f"{name}: right about {score:.0%} of {len(y_test)} other customers")

# %%
# On a map of the codes of the test customers, open complaints lie apart from all others.

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
bars = left.barh(list(scores), [100 * score for score in scores.values()], color=["#9aa4b2", "#9aa4b2", "#f0913a"])
left.bar_label(bars, fmt="%.0f", padding=4)
left.set(xlabel="right answers (%)", xlim=(0, 100), title="Test customers")
left.invert_yaxis()
learnt = models["and codes of events"][0].named_transformers_["events"]
state = np.where(X_test["events"].map(is_open), "open complaint", "no open complaint")
EncodingDisplay.from_estimator(learnt, X_test["events"], state, ax=right)
right.set_title("Codes of events")
plt.show()
