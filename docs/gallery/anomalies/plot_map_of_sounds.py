"""
What kinds are there? A map of sequences without labels
=======================================================

Hundreds of recordings, all of another length, and hardly any labels. An autoencoder makes a vector of each recording:
what is near to each other sounds alike, and ten labels are enough for a classifier.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skseq import LSTMAutoencoderTransformer
from skseq.inspection import EncodingDisplay, ReconstructionDisplay

# %%
# Waves of three forms, 30 to 50 values long, with any phase.

rng = np.random.default_rng(0)
forms = {"sine": np.sin, "square": lambda a: np.sign(np.sin(a)), "saw": lambda a: (a / np.pi) % 2 - 1}
kinds = rng.choice(list(forms), size=600)
waves = []
for kind in kinds:
    angles = 2 * np.pi * np.arange(rng.integers(30, 51)) / 20 + rng.uniform(0, 2 * np.pi)
    waves.append(forms[kind](angles) + 0.1 * rng.normal(size=angles.size))

# %%
# The autoencoder reads no labels. Of the codes, a classifier sees ten with their labels.

autoencoder = LSTMAutoencoderTransformer(units=32, random_state=0).fit(waves)
codes = autoencoder.transform(waves)  # (600, 64)
summary = np.array([[own.mean(), own.std(), own.min(), own.max()] for own in waves])
labelled, rest = slice(0, 10), slice(10, None)
for name, features in (("codes", codes), ("mean, deviation, least and largest value", summary)):
    classifier = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1_000))
    share = classifier.fit(features[labelled], kinds[labelled]).score(features[rest], kinds[rest])
    print(f"Right of 590 by ten labels, from {name}: {share:.0%}")

# %%
# The map: two principal components of the codes. Around the circle, the phase changes; from the outer ring to the inner
# one, the form. Nobody has told the network of either.

EncodingDisplay.from_estimator(autoencoder, waves, kinds).figure_.set_size_inches(7, 5)
plt.show()

# %%
# What the decoder writes from the codes of three waves.

first = [int(np.flatnonzero(kinds == kind)[0]) for kind in forms]
ReconstructionDisplay.from_estimator(autoencoder, waves, samples=first).figure_.set_size_inches(9, 5)
plt.show()
