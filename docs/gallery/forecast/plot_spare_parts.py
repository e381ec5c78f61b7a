"""
How many spare parts to keep? Forecasts of counts
=================================================

Of most spare parts none is asked for on most days, and then three at once. A mean of 0.4 does not say how many to keep.
A network with a negative binomial distribution gives probabilities of whole numbers.
"""

import matplotlib.pyplot as plt
import numpy as np

from skseq import Seq2SeqRegressor
from skseq.metrics import weighted_quantile_loss
from skseq.preprocessing import SlidingWindows

# %%
# 40 parts, 420 days, each part with a mean of its own that swings over the month.

rng = np.random.default_rng(0)
day = np.arange(420)
means = 10 ** rng.uniform(-0.5, 0.8, size=(40, 1)) * np.exp(np.sin(2 * np.pi * (day / 28 + rng.random((40, 1)))))
demand = rng.negative_binomial(2, 2 / (2 + means)).astype(float)  # (40, 420)
windows, following, blocks = SlidingWindows(window=56, horizon=7, stride=3, n_blocks=5, align="end").split_series(
    demand
)
past, last = blocks < 4, blocks == 4

# %%
# The baseline takes the quantiles of the window itself. Quantiles are whole numbers, so that more days than 10 % may
# lie at the lowest one or below.

levels = [0.1, 0.5, 0.9, 0.95]
regressor = Seq2SeqRegressor(units=32, loss="negative_binomial", decoder="recursive", epochs=20, random_state=0)
regressor.fit(windows[past], following[past])
quantiles = regressor.predict_quantiles(windows[last], levels)  # (n, 7, 4), whole numbers
simple = np.quantile(windows[last], levels, axis=1).T[:, None].repeat(7, axis=1)
print(f"Quantile loss: {weighted_quantile_loss(following[last], quantiles, quantiles=levels):.3f}")
print(f"Of the quantiles of the window: {weighted_quantile_loss(following[last], simple, quantiles=levels):.3f}")
for k, level in enumerate(levels):
    print(f"Days with at most the {level:.0%} quantile: {np.mean(following[last] <= quantiles[..., k]):.0%}")

# %%
# Draws of whole paths answer questions about sums: how many parts does a week take?

sample = int(windows[last].mean(axis=1).argmax())
paths = regressor.sample_y(windows[last][sample : sample + 1], n_samples=1_000)[0]  # (7, 1000)
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
left.bar(np.arange(-28, 0), windows[last][sample, -28:], color="gray", label="asked for")
left.bar(np.arange(7), following[last][sample], color="tab:blue", alpha=0.5, label="asked for later")
left.step(np.arange(7), quantiles[sample, :, 1], where="mid", color="tab:orange", label="median")
left.step(np.arange(7), quantiles[sample, :, 3], where="mid", color="tab:red", label="95 % quantile")
left.set(xlabel="day", ylabel="parts per day", title="One part")
left.legend()
right.hist(paths.sum(axis=0), bins=np.arange(0, paths.sum(axis=0).max() + 5, 5), color="lightgray")
right.axvline(np.quantile(paths.sum(axis=0), 0.95), color="tab:red", label="enough in 95 % of weeks")
right.axvline(following[last][sample].sum(), color="tab:blue", label="what came")
right.set(xlabel="parts per week", ylabel="paths of 1,000", title="What a week may take")
right.legend()
plt.show()
