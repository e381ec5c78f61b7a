"""
What a prediction relies on
===========================

A classifier learns to tell languages from words, and another one to find a bump in one of three channels. Two questions
then have two answers: which parts does *this* prediction rest on (occlusion), and which parts does the classifier need
over many samples (permutation)?
"""

# %%
# Words
# -----
# Endings and letter pairs tell German words from English ones. Hidden letter by letter, each word shows which of its
# letters speak for the predicted language: the probability falls without them.

import numpy as np

from skseq import SequenceClassifier
from skseq.inspection import ImportanceDisplay, occlusion_importance, permutation_importance

german = ["haus", "maus", "laus", "braun", "garten", "wasser", "besser", "schuh", "kuh", "und", "hund", "mund"]
english = ["house", "mouse", "louse", "brown", "garden", "water", "better", "shoe", "cow", "and", "hound", "mouth"]
words, language = (german + english) * 5, (["de"] * 12 + ["en"] * 12) * 5
reader = SequenceClassifier(units=16, analyzer="char", epochs=40, random_state=0).fit(words, language)
ImportanceDisplay.from_estimator(reader, words, samples=[1, 13, 3])

# %%
# Over all words, the question is what the score loses if a letter is always replaced by others.

result = permutation_importance(reader, words, language, n_repeats=5, random_state=0)
ImportanceDisplay.from_importances(result)

# %%
# Channels
# --------
# Of three channels of noise one, the second, has a bump, up or down, which decides the class. It comes at any time.

rng = np.random.RandomState(0)
X = 0.5 * rng.randn(300, 24, 3)
y = rng.randint(2, size=300)
for sample, start, label in zip(X, rng.randint(20, size=300), y):
    sample[start : start + 4, 1] += 2 if label else -2
finder = SequenceClassifier(units=16, epochs=10, random_state=0).fit(X[:200], y[:200])

# %%
# Occlusion shows which timesteps a prediction needs. A window of six hides a whole bump at once. Where next to nothing
# is lost, as in the first sample, the classifier says the same without the bump.

ImportanceDisplay.from_estimator(finder, X[200:], samples=[0, 1, 2], window=6, stride=1)

# %%
# Permutation shows that the second channel counts, and no other: at no single time, because the bump moves.

result = permutation_importance(finder, X[200:], y[200:], random_state=0)
ImportanceDisplay.from_importances(result)

# %%
# The numbers stand in the result, in the shape of X.

result = occlusion_importance(finder, X[200:210], window=6)
print(result.importances.shape, result.response)
