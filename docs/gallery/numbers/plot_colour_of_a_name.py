"""
Which colour is "dusty teal"? Several numbers per text
======================================================

In a survey by xkcd, people named colours. The network reads a name and writes three numbers: red, green and blue.
"""

import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import XKCD_COLORS, to_rgb
from sklearn.dummy import DummyRegressor
from sklearn.metrics import mean_absolute_error
from sklearn.model_selection import train_test_split

from skseq import SequenceRegressor

# %%
# 949 names that come with matplotlib, and their colours from 0 to 1.

names = np.array([name.removeprefix("xkcd:") for name in XKCD_COLORS])
colours = np.array([to_rgb(colour) for colour in XKCD_COLORS.values()])  # (949, 3)
X_train, X_test, y_train, y_test = train_test_split(names, colours, test_size=150, random_state=0)

# %%
# y has three columns, so there are three numbers per name. Letter by letter the network also reads words that are new,
# such as "greeny".

regressor = SequenceRegressor(
    analyzer="char", dropout=0.1, learning_rate=0.01, epochs=70, early_stopping=True, random_state=0
).fit(X_train, y_train)
found = np.clip(regressor.predict(X_test), 0, 1)
mean = DummyRegressor().fit(X_train, y_train).predict(X_test)
print(f"Mean error of a channel: {mean_absolute_error(y_test, found):.3f}")
print(f"Of the mean colour: {mean_absolute_error(y_test, mean):.3f}")

# %%
# Names that it has not read, with the colour of the survey above and its own below. Of words that are in no other name,
# such as "petrol", it knows nothing.

figure, grid = plt.subplots(4, 5, figsize=(11, 5), layout="constrained")
for axes, name, truth, guess in zip(grid.flat, X_test[76:], y_test[76:], found[76:]):
    axes.imshow([[truth], [guess]], aspect="auto")
    axes.set(xticks=[], yticks=[0, 1], yticklabels=["true", "found"])
    axes.set_title(name, fontsize=10)
figure.suptitle("Colours of names that it has not read")
plt.show()

# %%
# It also has an answer for names that nobody gave.

invented = ["greenish red", "very dark blue", "light pinky purple", "dirty orange", "pale sea"]
figure, axes = plt.subplots(figsize=(11, 1.6), layout="constrained")
axes.imshow([np.clip(regressor.predict(invented), 0, 1)], aspect="auto")
axes.set(xticks=range(5), xticklabels=invented, yticks=[], title="Names that nobody gave")
plt.show()
