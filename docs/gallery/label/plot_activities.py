"""
What is somebody doing? From a CSV file to a confusion matrix
=============================================================

A phone on the belt records acceleration. Recordings last as long as they last, and the file has a row for every
timestep. Which of four activities does each recording show?

This is a whole task, **from raw file to picture**.
"""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skseq import SequenceClassifier

# %%
# The raw file
# ------------
# 400 recordings of 2 to 5 seconds, 25 rows a second, in milli-g. People move with more or less force, so what tells
# activities apart is their rhythm.

rng = np.random.default_rng(0)
rhythms = {"cycling": 1.2, "walking": 1.8, "climbing": 2.3, "running": 2.9}  # steps per second
rows = []
for recording in range(400):
    activity = rng.choice(list(rhythms))
    t = np.arange(rng.integers(50, 126)) / 25  # seconds
    beat = 2 * np.pi * (rhythms[activity] + 0.12 * rng.normal()) * t + rng.uniform(0, 2 * np.pi)
    force = rng.uniform(100, 400)  # milli-g
    x = 1000 + force * np.sin(beat) + 80 * rng.normal(size=t.size)
    y = 0.4 * force * np.sin(2 * beat + 1) + 80 * rng.normal(size=t.size)
    rows.append(
        pd.DataFrame({"recording": recording, "seconds": t, "x": x.round(), "y": y.round(), "activity": activity})
    )
path = Path(tempfile.mkdtemp()) / "acceleration.csv"
pd.concat(rows).to_csv(path, index=False)

# %%
# Read it
# -------
# One array of shape (timesteps, 2) per recording, as long as it is. Neither padding nor scaling is needed.

table = pd.read_csv(path)
print(table.head(3))
recordings = [own[["x", "y"]].to_numpy() for _, own in table.groupby("recording")]
activities = table.groupby("recording")["activity"].first().to_numpy()
X_train, X_test, y_train, y_test = train_test_split(recordings, activities, random_state=0, stratify=activities)

# %%
# Fit
# ---
# The baseline knows the mean and the deviation of each channel, but no order.

classifier = SequenceClassifier(epochs=40, random_state=0).fit(X_train, y_train)


def summary(recordings):
    return np.array([np.r_[own.mean(axis=0), own.std(axis=0)] for own in recordings])


baseline = make_pipeline(StandardScaler(), LogisticRegression()).fit(summary(X_train), y_train)
print(f"Right of {len(y_test)} recordings: {classifier.score(X_test, y_test):.0%}")
print(f"By mean and deviation alone: {baseline.score(summary(X_test), y_test):.0%}")

# %%
# Look
# ----

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
for offset, activity in enumerate(rhythms):
    own = X_test[list(y_test).index(activity)][:75, 0]
    left.plot(np.arange(own.size) / 25, own + 1500 * offset, label=activity)
left.set(
    xlabel="time [s]",
    ylabel="vertical acceleration [milli-g], shifted",
    title="One recording of each activity",
    ylim=(0, 7300),
)
left.legend(loc="upper center", ncols=4)
ConfusionMatrixDisplay.from_estimator(
    classifier, X_test, y_test, labels=list(rhythms), ax=right, cmap="Blues", colorbar=False
)
right.set(title="Test recordings", xlabel="predicted activity", ylabel="true activity")
plt.show()
