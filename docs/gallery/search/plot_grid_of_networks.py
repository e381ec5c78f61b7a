"""
Which network is best? A grid search like any other
====================================================

Cells and ways to gather what was read are parameters, so scikit-learn's searches try them. Networks of one
shape are compiled once, which makes a search as fast as its training.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, train_test_split

from skseq import SequenceClassifier

# %%
# Does a series rise more often in its first or in its second half? 400 walks of 8 to 20 steps.

rng = np.random.default_rng(0)
walks, labels = [], []
for _ in range(400):
    steps = rng.choice([-1.0, 1.0], size=rng.integers(8, 21))
    first, second = (half.mean() for half in np.array_split(steps, 2))
    walks.append(np.cumsum(steps + 0.2 * rng.normal(size=steps.size)))
    labels.append("first half" if first > second else "second half")
X_train, X_test, y_train, y_test = train_test_split(walks, labels, random_state=0, stratify=labels)

# %%
# Six candidates in three folds are 18 fits. Some of them learn slowly, and would warn that more epochs help.

grid = {"pooling": ["last", "mean", "attention"], "cell": ["gru", "lstm"]}
candidate = SequenceClassifier(units=16, n_conv_layers=0, learning_rate=0.02, batch_size=32, epochs=25, random_state=0)
with warnings.catch_warnings():
    warnings.simplefilter("ignore", ConvergenceWarning)
    search = GridSearchCV(candidate, grid, cv=3).fit(X_train, y_train)
print("Best:", search.best_params_)
print(f"Right of the test walks: {search.score(X_test, y_test):.1%}")
print(f"The more frequent label: {DummyClassifier().fit(X_train, y_train).score(X_test, y_test):.1%}")

# %%
# All candidates, with the spread of their folds.

results = search.cv_results_
order = np.argsort(results["mean_test_score"])
names = ["{pooling}, {cell}".format(**results["params"][k]) for k in order]
figure, axes = plt.subplots(figsize=(8, 3.5), layout="constrained")
axes.errorbar(results["mean_test_score"][order], names, xerr=results["std_test_score"][order], fmt="o", capsize=3)
axes.set(xlabel="accuracy, mean and deviation of three folds", ylabel="candidate", title="Six networks")
axes.grid(axis="x")
plt.show()
