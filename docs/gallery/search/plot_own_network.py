"""
A Keras network of your own, searched like ours
===============================================

A build function of Keras layers, wrapped by scikeras, takes the place of the network. Reading, padding, labels and
scores stay as they are, and what the function takes can be searched.
"""

import keras
import matplotlib.pyplot as plt
import numpy as np
from scikeras.wrappers import KerasClassifier
from sklearn.datasets import load_digits
from sklearn.model_selection import GridSearchCV, train_test_split

from skseq import SequenceClassifier

# %%
# Digits as sequences of eight rows.

X, y = load_digits(return_X_y=True)
X = X.reshape(-1, 8, 8)
X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.4, random_state=0, stratify=y)


def build(meta, filters=16, kernel_size=3):
    """Two convolutions over the rows. ``meta`` holds what was learnt from the data."""
    return keras.Sequential(
        [
            keras.Input((None, meta["n_features"])),
            keras.layers.Conv1D(filters, kernel_size, padding="same", activation="relu"),
            keras.layers.Conv1D(filters, kernel_size, padding="same", activation="relu"),
            keras.layers.GlobalMaxPooling1D(),
            keras.layers.Dense(meta["n_classes_"], activation="softmax"),
        ]
    )


# %%
# The names of parameters lead through the wrapper to the function.

own = SequenceClassifier(network=KerasClassifier(build, optimizer="adam"), epochs=8, random_state=0)
grid = {"network__model__filters": [8, 32], "network__model__kernel_size": [1, 3]}
search = GridSearchCV(own.set_params(network__optimizer__learning_rate=0.01), grid, cv=2).fit(X_train, y_train)
ours = SequenceClassifier(epochs=15, random_state=0).fit(X_train, y_train)
print("Best:", search.best_params_)
print(f"Right of {len(y_test)} digits: {search.score(X_test, y_test):.1%}")
print(f"By the network that is the default: {ours.score(X_test, y_test):.1%}")

# %%
# Accuracy in the folds.

results = search.cv_results_
figure, axes = plt.subplots(figsize=(6, 4), layout="constrained")
scores = np.reshape(results["mean_test_score"], (2, 2))
picture = axes.imshow(scores, cmap="Blues")
for (row, column), score in np.ndenumerate(scores):
    axes.text(column, row, f"{score:.1%}", ha="center", va="center", color="tab:orange", fontsize=14)
axes.set(xticks=[0, 1], xticklabels=[1, 3], yticks=[0, 1], yticklabels=[8, 32])
axes.set(xlabel="rows that a filter reads", ylabel="filters", title="Accuracy, mean of two folds")
figure.colorbar(picture, ax=axes, label="accuracy")
plt.show()
