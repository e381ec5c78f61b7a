"""
How early can one tell? Labels of sequences that are not over
=============================================================

A digit is scanned from top to bottom. After how many rows does a classifier know which digit it is? The same question
is asked of heartbeats, gestures and machines: a label is worth more before the end.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split

from skseq import SequenceClassifier

# %%
# An image is a sequence of 8 rows with 8 pixels each. Training sequences end after any number of rows: five cuts of
# every image.

images, digits = load_digits(return_X_y=True)
images = images.reshape(-1, 8, 8)
train, test, y_train, y_test = train_test_split(images, digits, test_size=0.3, random_state=0, stratify=digits)
rng = np.random.default_rng(0)
begun = [image[: rng.integers(1, 9)] for image in np.repeat(train, 5, axis=0)]

# %%
# A bidirectional GRU, of whose outputs over the rows that it has read the mean, the largest values and the last ones
# decide: the defaults.

classifier = SequenceClassifier(epochs=30, random_state=0)
classifier.fit(begun, np.repeat(y_train, 5))
n_rows = np.arange(1, 9)
ours = [classifier.score(test[:, :n], y_test) for n in n_rows]

# %%
# The baselines are eight logistic regressions, each of them fitted for its own number of rows. Where little has been
# read, the one network is ahead; of whole digits, the regression that has read nothing else.

theirs = []
for n in n_rows:
    regression = LogisticRegression(max_iter=2_000).fit(train[:, :n].reshape(-1, n * 8) / 16, y_train)
    theirs.append(regression.score(test[:, :n].reshape(-1, n * 8) / 16, y_test))
print(f"Right after 5 of 8 rows: {ours[4]:.0%}; logistic regression on these rows: {theirs[4]:.0%}")
print(f"Right after all rows: {ours[-1]:.0%}; logistic regression: {theirs[-1]:.0%}")

# %%
# Probabilities of one digit, row by row.

sample = next(i for i in range(len(test)) if y_test[i] == 8)
probabilities = classifier.predict_proba([test[sample, :n] for n in n_rows])  # (8, 10)
figure, (left, middle, right) = plt.subplots(1, 3, figsize=(12, 4), layout="constrained", width_ratios=(2, 1, 2))
left.plot(n_rows, ours, "o-", label="one SequenceClassifier")
left.plot(n_rows, theirs, "s--", label="eight logistic regressions")
left.set(xlabel="rows read", ylabel="share of test digits that are right", title="How early it knows")
left.legend()
middle.imshow(test[sample], cmap="gray_r")
middle.set(title=f"A test digit: {y_test[sample]}", xlabel="pixel", ylabel="row")
picture = right.imshow(probabilities, cmap="Blues", vmin=0, vmax=1)
right.set(xticks=range(10), yticks=range(8), yticklabels=n_rows, xlabel="digit", ylabel="rows read")
right.set_title("What it may be")
figure.colorbar(picture, ax=right, label="probability")
plt.show()
