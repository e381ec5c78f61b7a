"""
What is in this picture? Captions in two languages
==================================================

A network looks at a picture of a written digit and spells its name, letter by letter, in English or in German. Other
pictures and other captions work the same: the caption is X, the picture and the language are y.

This is the image captioning of Vinyals et al. (2015), "Show and tell", in small.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from skseq import SequenceGenerator

# %%
# 1,797 pictures of 8 x 8 pixels come with scikit-learn; 397 of them are held out. Each one has two captions. The
# condition of a caption has 65 numbers: the pixels, and 1 for German.

names = {
    "English": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    "German": ["null", "eins", "zwei", "drei", "vier", "fünf", "sechs", "sieben", "acht", "neun"],
}
pixels, digits = load_digits(return_X_y=True)
pixels_train, pixels_test, digits_train, digits_test = train_test_split(
    pixels / 16, digits, test_size=397, stratify=digits, random_state=0
)


def captions_of(pixels, digits):
    """Names of all pictures in English, then in German, and the condition of each name."""
    written = [own[digit] for own in names.values() for digit in digits]
    conditions = [np.c_[pixels, np.full(len(pixels), is_german)] for is_german in (0, 1)]
    return written, np.concatenate(conditions)


# %%
# Fit, and write captions of the held-out pictures. Greedy search writes the most probable letter each time. A name
# counts only if every letter is right. The baseline reads the digit from the pixels, so it need not spell.

X_train, y_train = captions_of(pixels_train, digits_train)
X_test, y_test = captions_of(pixels_test, digits_test)
writer = SequenceGenerator(units=64, analyzer="char", epochs=20, search="greedy", random_state=0)
written = writer.fit(X_train, y_train).sample(y=y_test)

right = np.reshape([own == name for own, name in zip(written, X_test)], (2, -1))  # (languages, pictures)
for language, own in zip(names, right):
    print(f"Names whole and correct, {language}: {own.mean():.1%}")
baseline = LogisticRegression(max_iter=1_000).fit(pixels_train, digits_train)
print(f"Digits that logistic regression reads: {baseline.score(pixels_test, digits_test):.1%}")
print(f"Bits per letter, the end included: {-writer.score(X_test, y_test) / np.log(2):.3f}")

# %%
# The network learns to spell from the captions alone, so it may write a word that is none, such as half one name and
# half another. ``allowed_outputs`` permits only the twenty names. It needs no new fit.

known = sorted(set(X_train))
print("No names:", sorted(set(written) - set(known)))
among_names = writer.set_params(allowed_outputs=known).sample(y=y_test)
print(f"Whole and correct, of the twenty names: {np.mean([own == name for own, name in zip(among_names, X_test)]):.1%}")

# %%
# Held-out pictures with their captions: 24 on top, and below 8 with at least one wrong caption, in red with the digit.

wrong = np.flatnonzero(~right.all(axis=0))[:8]
shown = [*np.flatnonzero(right.all(axis=0))[:24], *wrong]
figure, grid = plt.subplots(4, 8, figsize=(9, 5.6), layout="constrained")
for axes in grid.flat:
    axes.axis("off")
for axes, k in zip(grid.flat, shown):
    axes.imshow(pixels_test[k].reshape(8, 8), cmap="gray_r")
    both = f"{written[k]}\n{written[len(digits_test) + k]}"
    axes.set_title(f"{both} ({digits_test[k]})" if k in wrong else both, color="tab:red" if k in wrong else "k", size=9)
figure.suptitle("Captions of new pictures. In the last row, at least one is wrong")
plt.show()
