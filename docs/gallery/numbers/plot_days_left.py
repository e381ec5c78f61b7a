"""
How many days are left? From a log file to the remaining life of a machine
==========================================================================

Pumps are watched until they fail. Of one that still runs, how many days are left?

This is a whole task, **from raw file to picture**.
"""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.linear_model import LinearRegression
from sklearn.metrics import mean_absolute_error

from skseq import SequenceRegressor

# %%
# The raw file
# ------------
# One row per pump and day, from the first day to the last: vibration in mm/s and temperature in °C. Damage grows
# exponentially, in each pump at a pace of its own.

rng = np.random.default_rng(0)
rows = []
for pump in range(120):
    life, pace = rng.integers(60, 150), rng.uniform(15, 35)  # days
    damage = np.exp((np.arange(life) - life + 1) / pace)  # 1 on the last day
    vibration = rng.uniform(1, 3) + 6 * damage + 0.2 * rng.normal(size=life)
    temperature = rng.uniform(40, 60) + 25 * damage + 1.0 * rng.normal(size=life)
    days = np.arange(life)
    rows.append(pd.DataFrame({"pump": pump, "day": days, "mm/s": vibration.round(2), "°C": temperature.round(1)}))
path = Path(tempfile.mkdtemp()) / "pumps.csv"
pd.concat(rows).to_csv(path, index=False)

# %%
# Read it
# -------
# Every pump gives eight sequences, each of which ends on another day. Test pumps are others than training pumps.

table = pd.read_csv(path)
print(table.head(3))
X, y, pumps = [], [], []
for pump, log in table.groupby("pump"):
    for known in np.linspace(20, len(log), 8, dtype=int):
        X.append(log[["mm/s", "°C"]].to_numpy()[:known][-60:])  # what is older than 60 days says nothing
        y.append(len(log) - known)
        pumps.append(pump)
y, test = np.array(y), np.array(pumps) >= 90
X_train, X_test = ([X[i] for i in np.flatnonzero(chosen)] for chosen in (~test, test))

# %%
# Fit
# ---
# The baseline reads how much higher the last days are than the first, and how many days there are.

regressor = SequenceRegressor(pooling="last", dropout=0.1, epochs=40, random_state=0).fit(X_train, y[~test])


def rises(sequences):
    return np.array([np.r_[own[-5:].mean(axis=0) - own[:5].mean(axis=0), len(own)] for own in sequences])


baseline = LinearRegression().fit(rises(X_train), y[~test])
found, simple = regressor.predict(X_test), baseline.predict(rises(X_test))
last_month = y[test] < 30
print(f"Mean error of the last 30 days: {mean_absolute_error(y[test][last_month], found[last_month]):.1f} days")
print(f"Baseline: {mean_absolute_error(y[test][last_month], simple[last_month]):.1f} days")
print(
    f"Mean error of all days: {mean_absolute_error(y[test], found):.1f} and {mean_absolute_error(y[test], simple):.1f}"
)

# %%
# Look
# ----
# Long before the end there is nothing to see in a pump. The nearer the end, the surer the answer.

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
for pump in (90, 91, 92):
    log = table[table["pump"] == pump]
    left.plot(log["day"], log["mm/s"], label=f"pump {pump}")
left.set(xlabel="day", ylabel="vibration [mm/s]", title="Three test pumps until they fail")
left.legend()
right.plot([0, 130], [0, 130], color="gray", linewidth=1)
right.scatter(y[test], simple, s=12, alpha=0.5, label="linear regression")
right.scatter(y[test], found, s=12, label="SequenceRegressor")
right.set(xlabel="true days left", ylabel="predicted days left", title="Test pumps")
right.legend()
plt.show()
