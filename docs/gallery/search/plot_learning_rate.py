"""
Which learning rate? One short run before the search
====================================================

A fit that learns nothing has most often a learning rate that is too small or too large. ``learning_rate_range``
raises the rate from update to update and shows where the loss falls (Smith, 2017).
"""

import warnings

import matplotlib.pyplot as plt
from sklearn.base import clone

from skseq import Seq2SeqClassifier
from skseq.datasets import make_reversed
from skseq.inspection import TrainingDisplay
from skseq.model_selection import learning_rate_range

# %%
# Read six tokens, write the first three backwards.

X, y = make_reversed(2_000, n_timesteps=6, n_kept=3, cardinality=8, random_state=0)
model = Seq2SeqClassifier(units=48, epochs=15, random_state=0)

# %%
# 200 updates of a copy take seconds.

found = learning_rate_range(model, X[:1_500], y[:1_500], n_updates=200)
found.plot()
found.figure_.set_size_inches(8, 4)
print(f"Suggested: {found.suggestion_:.3g}")
plt.show()

# %%
# Fits with the suggestion and with others beside it. The suggestion is on the safe side: ten times as much, where the
# loss was lowest, learns faster here. A fit that goes wrong warns; here the warnings are printed. What is scored is the
# share of whole sequences that are right.

fits = {}
for rate in (found.suggestion_ * factor for factor in (0.1, 1, 10, 300)):
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        fitted = clone(model).set_params(learning_rate=rate).fit(X[:1_500], y[:1_500])
    print(f"Learning rate {rate:.2g}: {fitted.score(X[1_500:], y[1_500:]):.0%} of new sequences are right")
    for warning in caught:
        print("    " + str(warning.message))
    fits[f"rate {rate:.2g}"] = fitted
print(f"By chance: {1 / 8**3:.1%}")

# %%
# The loss of each epoch.

display = TrainingDisplay.from_estimator(fits, log_scale=True)
display.figure_.set_size_inches(8, 4)
plt.show()
