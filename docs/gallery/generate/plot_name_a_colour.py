"""
What would people call this colour? From a CSV file to new names
================================================================

In a survey by xkcd, people named 949 colours. A generator learns to spell such names, given red, green and blue, and
then names colours of which nobody was asked.

This is a whole task, **from raw file to picture**.
"""

import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from matplotlib.colors import XKCD_COLORS, hsv_to_rgb, to_rgb

from skseq import SequenceGenerator
from skseq.metrics import copied_fraction

# %%
# The raw file
# ------------

colours = np.round([to_rgb(colour) for colour in XKCD_COLORS.values()], 3)
names = [name.removeprefix("xkcd:") for name in XKCD_COLORS]
path = Path(tempfile.mkdtemp()) / "colours.csv"
pd.DataFrame(colours, columns=["red", "green", "blue"]).assign(name=names).to_csv(path, index=False)

# %%
# Read it, fit
# ------------
# The names are X, since they are what is to be written; what they depend on is y. The score is the log-likelihood of a
# letter of names that it has not read.

table = pd.read_csv(path).sample(frac=1, random_state=0)
print(table.head(3))
given = table[["red", "green", "blue"]].to_numpy()
train, test = slice(0, 850), slice(850, None)
settings = {"units": 64, "analyzer": "char", "learning_rate": 0.01, "epochs": 40}
names = table["name"].tolist()
painter = SequenceGenerator(**settings, early_stopping=True, random_state=0).fit(names[train], given[train])
blind = SequenceGenerator(**settings, early_stopping=True, random_state=0).fit(names[train])
print(f"Bits per letter of new names, knowing the colour: {-painter.score(names[test], given[test]) / np.log(2):.2f}")
print(f"Not knowing it: {-blind.score(names[test]) / np.log(2):.2f}")

# %%
# Look
# ----
# The most probable name of twelve hues, light and dark, by beam search.

hues = np.linspace(0, 1, 12, endpoint=False)
asked = np.array([[hsv_to_rgb((hue, s, v)) for hue in hues] for s, v in ((0.35, 1), (1, 0.9), (1, 0.45))])  # (3, 12, 3)
written = painter.set_params(search="beam").sample(y=asked.reshape(-1, 3), random_state=0)
figure, axes = plt.subplots(figsize=(12, 4), layout="constrained")
axes.imshow(asked, aspect="auto")
for place, name in enumerate(written):
    row, column = divmod(place, 12)
    colour = "white" if asked[row, column] @ (0.3, 0.6, 0.1) < 0.5 else "black"
    axes.text(column, row, name.replace(" ", "\n"), ha="center", va="center", color=colour, fontsize=9)
axes.set(xticks=range(12), xticklabels=range(0, 360, 30), xlabel="hue [°]", yticks=range(3))
axes.set(yticklabels=["light", "full", "dark"], title="Colours as the network calls them")
plt.show()

# %%
# Names by chance, of one colour. Some exist, some are new.

drawn = painter.set_params(search="sampling").sample(8, y=[0.1, 0.5, 0.45], temperature=0.8, random_state=0)
print(", ".join(drawn))
print(f"{copied_fraction(drawn, names[train]):.0%} of them were in the survey")
