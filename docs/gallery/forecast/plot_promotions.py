"""
Sales with promotions: what is known ahead, tested as if in the past
====================================================================

A shop knows its promotions two weeks ahead. Do forecasts get better by them, and can their bounds be trusted? A
backtest forecasts again and again as if the rest of the series was not there yet.
"""

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge

from skseq import SeasonalNaive, SeriesForecaster
from skseq.inspection import BacktestDisplay, CoverageDisplay

# %%
# A year of daily sales of 20 shops, of a weekly rhythm. Promotions last four days, and sell about half as much again.

rng = np.random.default_rng(0)
days = pd.date_range("2024-01-01", periods=364)
week = np.array([5, 4, 4, 5, 7, 9, 3])[days.day_of_week]
sales, promotions = [], []
for size in 10 ** rng.uniform(1, 3, size=20):
    promoted = np.repeat(rng.random(91) < 0.15, 4).astype(float)
    growth = 1 + 0.002 * np.arange(364) * rng.uniform(-0.5, 1)
    sold = size * growth * (week + 3 * promoted + 0.6 * rng.normal(size=364))
    sales.append(pd.Series(sold.round(), days, name="sales"))
    promotions.append(pd.DataFrame({"promotion": promoted}, index=days))

# %%
# Any regressor of scikit-learn can stand inside, here ridge regression. Eight windows of each series are kept
# aside in a first fit, which shows how wide bounds must be; a second one learns from all.

shared = {"window": 28, "horizon": 14, "season": 7}
forecaster = SeriesForecaster(Ridge(), **shared, calibration_windows=8)
informed = forecaster.backtest(sales, X_future=promotions, n_windows=6, coverage=0.9)
blind = forecaster.backtest(sales, n_windows=6)
naive = SeriesForecaster(SeasonalNaive(m=7), **shared).backtest(sales, n_windows=6)
for name, tested in (("with promotions", informed), ("without", blind), ("the week before", naive)):
    print(f"Mean absolute scaled error, {name}: {-np.mean(tested['score']):.2f}")

# %%
# Six fortnights of one shop, and the error of each.

BacktestDisplay.from_backtest(sales, informed, sample=0, n_history=120).figure_.set_size_inches(11, 5)
plt.show()

# %%
# Share of the true values within the bounds, and how wide these are, by days ahead.

truth = informed["y_true"].reshape(-1, 14)
CoverageDisplay.from_predictions(truth, informed["y_interval"].reshape(-1, 14, 2), coverage=0.9)
plt.show()
