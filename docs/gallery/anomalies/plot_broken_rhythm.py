"""
Find where a rhythm breaks
==========================

An autoencoder learns to write normal windows of a long series. Where it fails on a new series, something is odd.
"""

import matplotlib.pyplot as plt
import numpy as np

from skseq import LSTMAutoencoderDetector
from skseq.inspection import AnomalyDisplay

# %%
# One long normal series is enough, and nothing has to be labelled. In the new series the rhythm stops for fifteen
# steps.
rng = np.random.RandomState(0)
normal = np.sin(np.arange(600) / 4) + 0.1 * rng.randn(600)
series = np.sin(np.arange(400) / 4) + 0.1 * rng.randn(400)
series[200:215] = 0.5

# %%
# A window of about one period is a good first choice.
detector = LSTMAutoencoderDetector(units=16, window=25, stride=5, epochs=30, random_state=0).fit([normal])
odd = np.flatnonzero(detector.predict_timesteps([series])[0] == -1)
print(f"odd from step {odd.min()} to {odd.max()}")

# %%
# The display shows the series, the score of each timestep, the threshold, and what lies below it.
AnomalyDisplay.from_estimator(detector, [series])
plt.show()
