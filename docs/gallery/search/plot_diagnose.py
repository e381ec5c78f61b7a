"""
Why does it not learn? A fit that says what is wrong
====================================================

A fit that went wrong warns, says what it saw, in figures, and what to try. ``diagnose`` shows the same as a table at
any time.
"""

import warnings

import matplotlib.pyplot as plt
import numpy as np

from skseq import SequenceRegressor
from skseq.exceptions import TrainingWarning
from skseq.inspection import TrainingDisplay

# %%
# The mean price of 20 days, in euros, from the changes in price. Somebody has switched off the scaling of y: the
# network would have to write numbers about 1,000, with weights that begin near 0.

rng = np.random.default_rng(0)
walks = rng.normal(size=(400, 20)).cumsum(axis=1)
euros = 1_000 + 50 * walks.mean(axis=1)
wrong = SequenceRegressor(units=16, epochs=25, scale_targets=False, random_state=0)
with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always", TrainingWarning)
    wrong.fit(walks[:300], euros[:300])
for warning in caught:
    print(warning.category.__name__, "-", warning.message)

# %%
# The table of all checks.

diagnosis = wrong.diagnose()
print("Found:", [check.name for check in diagnosis.found])

# %%
# Do what it says.

mended = SequenceRegressor(units=16, epochs=25, random_state=0).fit(walks[:300], euros[:300])
print(f"R2 before: {wrong.score(walks[300:], euros[300:]):.2f}, after: {mended.score(walks[300:], euros[300:]):.2f}")

# %%
# Losses are those of what the network writes: squared euros above, squared deviations of y below. The gradients of the
# first are thousands of times as large as a step may be.

display = TrainingDisplay.from_estimator(
    {"scale_targets=False": wrong, "default": mended}, keys=("loss", "gradient_norm"), log_scale=True
)
display.figure_.set_size_inches(8, 5)
plt.show()
