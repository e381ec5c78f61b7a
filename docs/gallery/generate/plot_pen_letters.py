"""
A network that writes letters with a pen
========================================

A. V. Hershey drew letters for plotters, as strokes of a pen. A network reads the moves of the pen, (dx, dy, 1 where
it is lifted), and writes letters of its own. Asked for a letter, it writes that one (Graves, 2013).
"""

import matplotlib.pyplot as plt
import numpy as np
from HersheyFonts import HersheyFonts

from skseq import SequenceClassifier, SequenceGenerator

# %%
# Ten letters of two fonts. As two examples of a letter are few, each one is drawn 30 times, a little larger or
# smaller, narrower or slanted.

rng = np.random.default_rng(0)
letters = "CHKLMNSUVZ"


def moves(strokes):
    """Points of all strokes -> (t, 3): dx, dy, and whether the pen is lifted after the move."""
    points = np.array([(*point, k == len(line) - 1) for line in strokes for k, point in enumerate(line)], float)
    points[:, :2] = np.diff(points[:, :2], axis=0, prepend=points[:1, :2])
    return points


def drawn_anew(path):
    slant, width, height = 0.2 * rng.normal(), *np.exp(0.15 * rng.normal(size=2))
    return path * [width, height, 1] + np.outer(slant * path[:, 1], [1, 0, 0])


reader, paths, labels = HersheyFonts(), [], []
for font in ("futural", "rowmans"):
    reader.load_default_font(font)
    for letter in letters:
        paths += [drawn_anew(moves(reader.all_glyphs[letter].strokes)) for _ in range(30)]
        labels += [letter] * 30
print(f"{len(paths)} letters of {min(map(len, paths))} to {max(map(len, paths))} moves")

# %%
# The third feature holds 0 and 1 alone, so it is drawn by its probability.

writer = SequenceGenerator(
    units=96, n_components=5, covariance="full", recurrent_dropout=0.2, clipnorm=5.0, epochs=60, random_state=0
)
writer.fit(paths, labels)
written = writer.sample(y=list(letters) * 5, temperature=0.4, max_length=60, random_state=0)

# %%
# Can they be read? A classifier that has seen only the real letters says so.

critic = SequenceClassifier(epochs=20, random_state=0).fit(paths, labels)
print(f"Of 50 written letters, {critic.score(written, list(letters) * 5):.0%} are read as meant; by chance 10 %")

# %%
# Five of each, and a real one on top.

figure, grid = plt.subplots(6, 10, figsize=(9, 6), layout="constrained")
for column, letter in enumerate(letters):
    of_letter = [paths[labels.index(letter)], *written[column::10]]
    for row, path in enumerate(of_letter):
        at = np.cumsum(path[:, :2], axis=0)
        for stroke in np.split(at, np.flatnonzero(path[:-1, 2]) + 1):
            grid[row, column].plot(*stroke.T, color="black" if row else "tab:blue")
        grid[row, column].set(xticks=[], yticks=[], aspect="equal")
        grid[row, column].invert_yaxis()
        grid[row, column].axis("off")
figure.suptitle("Top: a letter of the fonts. Below: what the network writes when asked for it")
plt.show()
