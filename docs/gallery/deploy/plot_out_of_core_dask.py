"""
Predict for an array that is larger than memory: Dask
=====================================================

A fitted estimator is a function from a block of an array to a block of predictions, which is all that Dask needs: it
reads blocks from a file, predicts, and never holds more than a few of them.
"""

import tempfile
from pathlib import Path

import dask
import dask.array as da
import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import average_precision_score

from skseq import SequenceClassifier

# %%
# The raw file: vibrations of a bearing, 60,000 windows of 64 values as 16-bit numbers, of which one in ten is from a
# damaged bearing, which rings when a ball passes. Dask gets a map of the file, not its content.

rng = np.random.default_rng(0)
path = Path(tempfile.mkdtemp()) / "vibrations.dat"
n, block = 60_000, 4_000
damaged = np.zeros(n, bool)
raw = np.memmap(path, dtype=np.int16, mode="w+", shape=(n, 64))
for start in range(0, n, block):
    own = rng.random(block) < 0.1
    ringing = np.exp(-np.arange(20) / 5) * np.sin(np.arange(20) * 1.9)
    windows = rng.uniform(150, 600, size=(block, 1)) * rng.normal(size=(block, 64))
    for row in np.flatnonzero(own):
        first = rng.integers(0, 44)
        windows[row, first : first + 20] += 2_200 * ringing
    raw[start : start + block], damaged[start : start + block] = windows.astype(np.int16), own
raw.flush()

# %%
# Fit on the first 1,500 windows, which somebody has looked at.

mapped = np.memmap(path, dtype=np.int16, mode="r", shape=(n, 64))
classifier = SequenceClassifier(units=16, epochs=25, random_state=0).fit(mapped[:1_500].astype(float), damaged[:1_500])

# %%
# ``map_blocks`` predicts block by block. One thread reads at a time, since TensorFlow has threads of its own.

windows = da.from_array(mapped, chunks=(block, 64))


def probability(part):
    return classifier.predict_proba(part.astype(float))[:, 1]


lazy = windows.map_blocks(probability, dtype=float, drop_axis=1, meta=np.empty(0))
with dask.config.set(scheduler="single-threaded"):
    found = lazy.compute()
print(f"{windows.nbytes / 1e6:.1f} MB in {windows.npartitions} blocks")
rest = slice(1_500, None)
loudness = windows.astype(float).std(axis=1).compute()
print(f"Average precision: {average_precision_score(damaged[rest], found[rest]):.3f}")
print(f"Of the deviation of a window: {average_precision_score(damaged[rest], loudness[rest]):.3f}")

# %%
# Look
# ----

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
for name, row in (("most probably damaged", found.argmax()), ("least probably", found.argmin())):
    left.plot(np.arange(64), mapped[row], label=name)
left.set(xlabel="time [samples]", ylabel="vibration [counts]", title="Two windows")
left.legend()
bins = np.linspace(0, 1, 30)
right.hist(
    [found[rest][~damaged[rest]], found[rest][damaged[rest]]], bins=bins, stacked=True, label=["sound", "damaged"]
)
right.set(xlabel="probability of damage", ylabel="windows", yscale="log", title="All windows of the file")
right.legend()
plt.show()
