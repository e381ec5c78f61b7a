"""
How sure is a number? Dropout at prediction
===========================================

A sensor hums; how fast? Some recordings are short and noisy, so some answers are worth less than others. A network that
was trained with dropout can say which: every draw of dropout is another network, and where the draws differ, the answer
is unsure (Gal and Ghahramani, 2016).
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.model_selection import train_test_split

from skseq import SequenceRegressor

# %%
# Recordings of 0.1 to 0.6 seconds, 100 values a second, of tones between 4 and 20 Hz, with much or little noise.

rng = np.random.default_rng(0)
hertz, noise = rng.uniform(4, 20, size=1_200), rng.uniform(0, 1.0, size=1_200)
recordings = []
for frequency, deviation in zip(hertz, noise):
    t = np.arange(rng.integers(10, 61)) / 100
    tone = np.sin(2 * np.pi * frequency * t + rng.uniform(0, 2 * np.pi))
    recordings.append(5 + tone + deviation * rng.normal(size=t.size))  # volts
X_train, X_test, y_train, y_test = train_test_split(recordings, hertz, random_state=0)

# %%
# ``return_std`` gives the deviation of 100 networks beside their mean.

regressor = SequenceRegressor(units=48, dropout=0.2, epochs=40, random_state=0).fit(X_train, y_train)
mean, std = regressor.predict(X_test, return_std=True, n_dropout_samples=100)
errors = np.abs(mean - y_test)
surest = np.argsort(std)[: len(std) // 2]
print(f"R2 on test recordings: {regressor.score(X_test, y_test):.2f}")
print(f"Mean error, all: {errors.mean():.2f} Hz; of the surer half: {errors[surest].mean():.2f} Hz")
print(f"Mean error of the mean of y: {np.abs(y_test - y_train.mean()).mean():.2f} Hz")

# %%
# Keep the answers it is surest of, and the error falls. The deviation is not calibrated, but it sorts.

order = np.argsort(std)
kept = np.arange(30, len(std) + 1)
mean_errors = np.cumsum(errors[order])[kept - 1] / kept
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
points = left.scatter(y_test, mean, c=std, s=14, cmap="viridis_r")
left.plot([4, 20], [4, 20], color="gray", linewidth=1)
left.set(xlabel="true frequency [Hz]", ylabel="predicted frequency [Hz]", title="Test recordings")
figure.colorbar(points, ax=left, label="deviation of 100 draws [Hz]")
right.plot(100 * kept / len(std), mean_errors, label="surest first")
right.axhline(errors.mean(), color="gray", linestyle="--", label="in any order")
right.set(xlabel="answers kept [%]", ylabel="mean error [Hz]", title="Error of the answers that are kept")
right.legend()
plt.show()
