"""
Where is the heart out of step? From a CSV file to flagged seconds
==================================================================

An electrocardiogram of a minute, in which nearly all beats are normal. Which are not? Nobody has marked examples; there
is only a recording that is known to be normal.

This is a whole task, **from raw file to picture**.
"""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import average_precision_score

from skseq import LSTMAutoencoderDetector
from skseq.inspection import AnomalyDisplay

# %%
# The raw files
# -------------
# Beats by rule: P wave, QRS complex and T wave are bumps at their place in a beat. 50 values a second, in millivolts.
# In the second file, three beats are late and twice as wide. None of their values is extreme.

places, widths, heights = (
    np.array([0.2, 0.37, 0.4, 0.43, 0.7]),
    [0.04, 0.012, 0.014, 0.012, 0.06],
    [0.15, -0.2, 1, -0.3, 0.3],
)


def beat(length, shift=0.0, wide=1.0):
    t = np.linspace(0, 1, length, endpoint=False)[:, None]
    bumps = np.exp(-(((t - places - shift) / (np.array(widths) * wide)) ** 2) / 2)
    return bumps @ heights


def recording(n_beats, odd, seed):
    rng = np.random.default_rng(seed)
    kinds = [{"wide": 2.2, "shift": 0.08} if number in odd else {} for number in range(n_beats)]
    beats = [beat(rng.integers(38, 43), **kind) for kind in kinds]
    wrong = np.repeat([number in odd for number in range(n_beats)], [len(own) for own in beats])
    ecg = np.concatenate(beats)
    drift = 0.1 * np.sin(np.arange(ecg.size) / 90)  # breathing
    seconds = (np.arange(ecg.size) / 50).round(2)
    return pd.DataFrame(
        {"seconds": seconds, "mV": (ecg + drift + 0.03 * rng.normal(size=ecg.size)).round(3), "odd": wrong}
    )


folder = Path(tempfile.mkdtemp())
recording(150, odd=(), seed=0).to_csv(folder / "normal.csv", index=False)
recording(75, odd=(20, 41, 60), seed=1).to_csv(folder / "patient.csv", index=False)

# %%
# Read them, fit
# --------------
# A window of about one beat. The detector learns to write normal windows; what it cannot write later is odd. Of normal
# timesteps, one in a thousand may be above the threshold.

normal, patient = pd.read_csv(folder / "normal.csv"), pd.read_csv(folder / "patient.csv")
detector = LSTMAutoencoderDetector(units=32, window=40, quantile=0.999, random_state=0).fit([normal["mV"].to_numpy()])
scores = detector.score_timesteps([patient["mV"].to_numpy()])[0]  # high is normal
far = np.abs(patient["mV"] - normal["mV"].mean())
print(f"Average precision: {average_precision_score(patient['odd'], -scores):.2f}")
print(f"Of the distance from the mean: {average_precision_score(patient['odd'], far):.2f}")
print(f"Odd share: {patient['odd'].mean():.2f}")

# %%
# Look
# ----

display = AnomalyDisplay.from_estimator(
    detector,
    [patient["mV"].to_numpy()],
    y_true=patient["odd"],
    index=patient["seconds"],
    feature_names=["ECG [mV]"],
)
display.axes_[-1].set_xlabel("time [s]")
display.figure_.set_size_inches(11, 5)
plt.show()

# %%
# A normal beat and a flagged one.

figure, axes = plt.subplots(figsize=(11, 3.5), layout="constrained")
worst = int(scores.argmin())
for name, start in (("normal", 120), ("flagged", worst - 60)):
    own = patient["mV"].to_numpy()[start : start + 120]
    axes.plot(np.arange(own.size) / 50, own, label=f"{name}, from {start / 50:.0f} s")
axes.set(xlabel="time since the beginning of the excerpt [s]", ylabel="ECG [mV]", title="Three beats each")
axes.legend()
plt.show()
