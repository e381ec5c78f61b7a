"""
More data than memory: learn from files, part by part
=====================================================

Measurements come as many CSV files that do not fit into memory together. ``partial_fit`` reads one after the other. The
budget here is 8 MB, and the files hold more than that.
"""

import tempfile
import tracemalloc
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from skseq import SequenceRegressor

BUDGET = 8_000_000  # bytes of measurements in memory at a time

# %%
# The raw files
# -------------
# 16 files of 1,500 breaths each: air flow while somebody breathes out for three seconds, 60 values in litres per
# second. A physician wants to know how many percent of the air leave in the first second; beside each breath stands
# the answer of a better instrument.


def write_breaths(path, n, seed):
    rng = np.random.default_rng(seed)
    peak, decay = rng.uniform(2, 10, size=(n, 1)), rng.uniform(0.3, 2, size=(n, 1))  # litres per second, seconds
    seconds = np.arange(60) / 20
    flow = peak * np.exp(-seconds / decay) * (1 - np.exp(-seconds / 0.05))
    percent = 100 * flow[:, :20].sum(axis=1) / flow.sum(axis=1)
    columns = [f"{second:.2f} s" for second in seconds]
    table = pd.DataFrame((flow + 0.2 * rng.normal(size=flow.shape)).round(2), columns=columns)
    table.assign(percent=percent.round(1)).to_csv(path, index=False)


folder = Path(tempfile.mkdtemp())
for number in range(16):
    write_breaths(folder / f"breaths-{number:02}.csv", 1_500, seed=number)
files = sorted(folder.glob("*.csv"))
n_bytes = len(files) * 1_500 * 60 * 8  # float64
print(f"{len(files)} files, {n_bytes / 1e6:.1f} MB of numbers; budget {BUDGET / 1e6:.0f} MB")

# %%
# Part by part
# ------------
# One call is one epoch over one file. The first 20 samples or more learn the scale, that of constant channels a later
# call, so begin with data that are typical. The last file is held out.


def read(path):
    table = pd.read_csv(path)
    return table.drop(columns="percent").to_numpy(), table["percent"].to_numpy()


X_test, y_test = (values[:500] for values in read(files[-1]))
regressor = SequenceRegressor(units=32, batch_size=32, random_state=0)
n_read, errors, most = 0, [], 0
tracemalloc.start()
for path in files[:-1]:
    tracemalloc.reset_peak()
    regressor.partial_fit(*read(path))
    most = max(most, tracemalloc.get_traced_memory()[1])
    errors.append(np.abs(regressor.predict(X_test) - y_test).mean())
tracemalloc.stop()
print(f"Most memory while a file was read and learnt: {most / 1e6:.1f} MB")
print(f"R2 on the last file: {regressor.score(X_test, y_test):.3f}; of its mean: 0")

# %%
# Look
# ----

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
left.plot(np.arange(1, len(errors) + 1), errors, "o-", label="SequenceRegressor")
left.axhline(np.abs(y_test - y_test.mean()).mean(), color="gray", linestyle="--", label="mean of all breaths")
left.set(
    xlabel="files read",
    ylabel="mean error [percentage points]",
    title="Error on a file that is never learnt",
    ylim=(0, None),
)
left.legend()
right.scatter(y_test, regressor.predict(X_test), s=10)
right.plot([y_test.min(), y_test.max()], [y_test.min(), y_test.max()], color="gray", linewidth=1)
right.set(xlabel="true share of the first second [%]", ylabel="predicted share [%]", title="After all files")
plt.show()
