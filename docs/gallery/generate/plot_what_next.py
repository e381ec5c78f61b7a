"""
What will they look at next? Recommendations from sessions
==========================================================

Visitors of a shop look at one article after the other. Which articles should the page show next? What counts is what
they looked at before, in which order.
"""

from itertools import pairwise

import matplotlib.pyplot as plt
import numpy as np

from skseq import SequenceGenerator
from skseq.metrics import hit_rate_at_k

# %%
# 1,500 sessions of 5 to 12 looks at 60 articles. People go on with an article of the same kind as the one before the
# last, or with one that goes with the last one.

rng = np.random.default_rng(0)
kinds = ["shirt", "shoe", "hat", "lamp", "vase", "book"]
articles = [f"{kind} {number}" for kind in kinds for number in range(10)]


def session():
    looked = list(rng.integers(60, size=2))
    for _ in range(rng.integers(3, 11)):
        before, last = looked[-2:]
        if rng.random() < 0.8:  # the kind of the one before, the size of the last one or the next larger
            looked.append(before // 10 * 10 + (last + rng.integers(2)) % 10)
        else:
            looked.append(int(rng.integers(60)))
    return [articles[number] for number in looked]


sessions = [session() for _ in range(1_500)]
train, test = sessions[:1_200], sessions[1_200:]

# %%
# The model reads all but the last look of each test session. The baselines: what is looked at most, and what most often
# follows the last article.

model = SequenceGenerator(units=48, embedding_dim=16, end=False, recurrent_dropout=0.3, epochs=25, random_state=0).fit(
    train
)
begun, wanted = [own[:-1] for own in test], [own[-1] for own in test]
recommended, probabilities = model.predict_topk(begun, k=10)

follows = {article: dict.fromkeys(articles, 0) for article in articles}
for own in train:
    for first, second in pairwise(own):
        follows[first][second] += 1
pairs = [sorted(follows[own[-1]], key=follows[own[-1]].get, reverse=True)[:10] for own in begun]
everything = [article for own in train for article in own]
popular = [sorted(articles, key=everything.count, reverse=True)[:10]] * len(test)
methods = {"SequenceGenerator": recommended, "follows most often": pairs, "most popular": popular}
for name, lists in methods.items():
    print(f"Hit rate at 5, {name}: {hit_rate_at_k(wanted, lists, k=5):.0%}")

# %%
# How often the next article is in a list of so many, and the list of one session.

figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
ks = np.arange(1, 11)
for name, lists in methods.items():
    left.plot(ks, [100 * hit_rate_at_k(wanted, lists, k=k) for k in ks], "o-", label=name)
left.set(xlabel="length of the list", ylabel="next look is in the list [%]", title="300 new sessions", ylim=(0, 100))
left.legend(loc="center right")
right.barh(range(10), probabilities[0])
right.set(yticks=range(10), yticklabels=recommended[0], xlabel="probability")
right.set_title("After " + ", ".join(begun[0][-2:]))
right.invert_yaxis()
plt.show()
