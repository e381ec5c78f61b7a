"""
From "three hundred and two" to 302: several answers and how probable they are
===============================================================================

A transducer writes numbers that somebody spelled. Beam search keeps several candidates, so that a person can choose
where the network is unsure, as with words that are misspelled.
"""

import matplotlib.pyplot as plt
import numpy as np
from num2words import num2words
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.neighbors import KNeighborsRegressor
from sklearn.pipeline import make_pipeline

from skseq import Seq2SeqTransducer

# %%
# 2,000 numbers up to 9,999, to be learnt word by word; the rest is new.

numbers = np.random.default_rng(0).permutation(10_000)
words = [num2words(int(number)).replace("-", " ").replace(",", "") for number in numbers]
digits = [str(number) for number in numbers]
train, test = slice(0, 2_000), slice(2_000, 2_500)
transducer = Seq2SeqTransducer(
    units=48, analyzer="word", target_analyzer="char", handle_unknown="use_unknown", epochs=20, random_state=0
)
transducer.fit(words[train], digits[train])

# %%
# The baseline takes the training number whose words are most alike.

nearest = make_pipeline(CountVectorizer(ngram_range=(1, 2)), KNeighborsRegressor(1)).fit(words[train], numbers[train])
print(f"Right of 500 new numbers: {transducer.score(words[test], digits[test]):.1%}")
print(f"The most alike of the known ones: {np.mean(nearest.predict(words[test]) == numbers[test]):.1%}")

# %%
# The search is a parameter that is read at predict, so no new fit is needed. An unknown word, here a misspelled one,
# makes it unsure; log-probabilities say how much.

transducer.set_params(search="beam", beam_width=10)
questions = ["six thousand four hundred and twelve", "six thousand four hundred and twelv", "nine thosand and fifty"]
outputs, log_probs = transducer.predict_nbest(questions, 5)
figure, grid = plt.subplots(1, 3, figsize=(11, 3.2), layout="constrained", sharex=True)
for axes, question, candidates, log_p in zip(grid, questions, outputs, log_probs):
    axes.barh(range(5), np.exp(log_p))
    axes.set(yticks=range(5), yticklabels=candidates, xlabel="probability", xlim=(0, 1))
    axes.set_title(question, fontsize=10)
    axes.invert_yaxis()
grid[0].set_ylabel("candidate")
plt.show()
