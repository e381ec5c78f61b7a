"""
Two shapes of waves, of many lengths
====================================

A classifier reads ragged sequences as they are: no padding, no scaling, no network to write. Here it tells sines from
saw teeth, whose periods, phases and lengths differ.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import ConfusionMatrixDisplay

from skseq import SequenceClassifier
from skseq.inspection import TrainingDisplay

# %%
# Sixty of each kind. A list of arrays is all that a classifier needs.
rng = np.random.RandomState(0)


def wave(kind):
    """(n_timesteps,) of random length, period and phase, with noise."""
    turns = np.arange(rng.randint(30, 60)) / rng.uniform(8, 16) + rng.rand()
    clean = np.sin(2 * np.pi * turns) if kind == "sine" else 2 * (turns % 1) - 1
    return clean + 0.3 * rng.randn(turns.size)


kinds = ["sine", "saw"] * 60
waves = [wave(kind) for kind in kinds]

figure, axes = plt.subplots(2, 2, sharey=True, layout="constrained", figsize=(7, 3.5))
for ax, series, kind in zip(axes.flat, waves, kinds):
    ax.plot(series)
    ax.set_title(kind)

# %%
# Two thirds are for training. The training curve says whether the fit was long enough.
classifier = SequenceClassifier(units=16, epochs=60, random_state=0).fit(waves[:80], kinds[:80])
TrainingDisplay.from_estimator(classifier)

# %%
# The share of new sequences that get the right label, and which are taken for which:
print(f"{classifier.score(waves[80:], kinds[80:]):.0%} right")
ConfusionMatrixDisplay.from_estimator(classifier, waves[80:], kinds[80:])
plt.show()
