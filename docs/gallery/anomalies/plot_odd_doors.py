"""
Which sequences are odd? Doors that do not close as they should
===============================================================

The motor of a train door draws current while it closes. Every closing is a sequence of its own, of its own length.
Which closings should a mechanic look at? There are no examples of faults, only of normal closings.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.ensemble import IsolationForest
from sklearn.metrics import roc_auc_score

from skseq import LSTMAutoencoderDetector

# %%
# Current in ampere, 20 values a second: start, run, and the push at the end. Faults: something rubs on the way (a short
# rise), or the end push comes twice.


def closing(rng, fault=None):
    n = rng.integers(50, 71)
    t = np.linspace(0, 1, n)
    current = 2 + 3 * np.exp(-t / 0.05) + 2.5 * np.exp(-(((t - 0.92) / 0.04) ** 2)) + rng.uniform(-0.3, 0.3)
    if fault == "rubs":
        current += 0.9 * np.exp(-(((t - rng.uniform(0.3, 0.7)) / 0.04) ** 2))
    elif fault == "pushes twice":
        current += 1.2 * np.exp(-(((t - 0.78) / 0.03) ** 2))
    return current + 0.1 * rng.normal(size=n)


rng = np.random.default_rng(0)
normal = [closing(rng) for _ in range(300)]
faults = rng.choice(["none", "rubs", "pushes twice"], size=200, p=[0.8, 0.1, 0.1])
later = [closing(rng, fault) for fault in faults]
odd = faults != "none"

# %%
# ``score_samples`` is low for what is odd; ``predict`` says -1 below a threshold that 1 % of normal closings reach.

detector = LSTMAutoencoderDetector(units=32, aggregation="max", random_state=0).fit(normal)
scores = detector.score_samples(later)


def summary(series):
    return np.array([[own.mean(), own.std(), own.min(), own.max(), len(own)] for own in series])


forest = IsolationForest(random_state=0).fit(summary(normal))
flagged = detector.predict(later) == -1
print(f"Area under the ROC curve: {roc_auc_score(odd, -scores):.3f}")
print(f"Of an isolation forest on summaries: {roc_auc_score(odd, -forest.score_samples(summary(later))):.3f}")
print(
    f"Flagged: {flagged[odd].sum()} of {odd.sum()} faults, and {flagged[~odd].sum()} of {(~odd).sum()} normal closings"
)

# %%
# The three oddest, and how far the scores lie apart.

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
left.plot(np.arange(len(normal[0])) / 20, normal[0], color="gray", label="a normal closing")
for number in np.argsort(scores)[:3]:
    left.plot(np.arange(len(later[number])) / 20, later[number], label=f"closing {number}: {faults[number]}")
left.set(xlabel="time [s]", ylabel="current [A]", title="The three oddest closings")
left.legend()
bins = np.geomspace((-scores).min(), (-scores).max(), 40)
for fault in ("none", "rubs", "pushes twice"):
    right.hist(-scores[faults == fault], bins=bins, alpha=0.7, label=fault)
right.axvline(-detector.offset_, color="black", linestyle="--", label="threshold")
right.set(xscale="log", xlabel="anomaly score", ylabel="closings", title="Scores by fault")
right.legend()
plt.show()
