"""
What is the machine doing now? From a log file to phases in time
================================================================

A washing machine fills, heats, washes and spins. A meter logs its power and its water. Which phase is on at every
moment?

This is a whole task, **from raw file to picture**.
"""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sklearn.metrics import accuracy_score
from sklearn.tree import DecisionTreeClassifier

from skseq import SequenceTagger

# %%
# The raw file
# ------------
# One row a minute: power in watt, water in litres per minute, and for these washes somebody noted the phase. A rinse
# takes as much power and water as the first filling and the wash, so a single minute does not tell them apart.

rng = np.random.default_rng(0)
watt = {"fill": 40, "heat": 1900, "wash": 160, "rinse": 150, "spin": 420}
rows = []
for wash in range(120):
    minutes = {"fill": (3, 6), "heat": (8, 20), "wash": (15, 40), "rinse": (8, 16), "spin": (5, 10)}
    phases = np.repeat(list(minutes), [rng.integers(*bounds) for bounds in minutes.values()])
    power = np.array([watt[phase] for phase in phases]) * rng.uniform(0.85, 1.15, size=phases.size)
    pause = np.isin(phases, ["wash", "rinse", "spin"]) & (rng.random(phases.size) < 0.3)  # the drum rests
    power = np.where(pause, 15, power) + 10 * rng.normal(size=phases.size)
    water = np.where(phases == "fill", 4, 0) + np.where((phases == "rinse") & (rng.random(phases.size) < 0.3), 4, 0)
    of_wash = {"wash": wash, "minute": np.arange(phases.size), "watt": power.round(), "litres": water, "phase": phases}
    rows.append(pd.DataFrame(of_wash))
path = Path(tempfile.mkdtemp()) / "washes.csv"
pd.concat(rows).to_csv(path, index=False)

# %%
# Read it, fit
# ------------
# y has a label for every minute of every wash. With ``transitions=True`` the tagger also learns which phase follows
# which.

table = pd.read_csv(path)
print(table.head(3))
logs = [own[["watt", "litres"]].to_numpy() for _, own in table.groupby("wash")]
phases = [own["phase"].to_numpy() for _, own in table.groupby("wash")]
tagger = SequenceTagger(units=16, transitions=True, epochs=30, random_state=0).fit(logs[:90], phases[:90])
tree = DecisionTreeClassifier(max_depth=6).fit(np.vstack(logs[:90]), np.concatenate(phases[:90]))
truth = np.concatenate(phases[90:])
print(f"Minutes that are right: {tagger.score(logs[90:], phases[90:]):.1%}")
print(f"By the values of the minute alone: {accuracy_score(truth, tree.predict(np.vstack(logs[90:]))):.1%}")

# %%
# Look
# ----

log, found, alone = logs[90], tagger.predict(logs[90:91])[0], tree.predict(logs[90])
colours = dict(zip(watt, plt.cm.Set2.colors))
figure, (top, bottom) = plt.subplots(2, 1, figsize=(11, 5), layout="constrained", sharex=True, height_ratios=(2, 1))
top.step(np.arange(len(log)), log[:, 0], where="mid", color="black")
top.set(ylabel="power [W]", title="A wash that it has not seen")
for row, labels in enumerate((phases[90], found, alone)):
    for minute, phase in enumerate(labels):
        bottom.barh(row, 1, left=minute - 0.5, color=colours[phase], height=0.8)
for phase, colour in colours.items():
    bottom.barh(0, 0, color=colour, label=phase)
bottom.set(yticks=range(3), yticklabels=["noted", "tagger", "minute alone"])
bottom.set(xlabel="minute", xlim=(-0.5, len(log) - 0.5))
bottom.invert_yaxis()
figure.legend(loc="outside right center")
plt.show()
