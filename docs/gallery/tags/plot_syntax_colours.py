"""
A syntax highlighter that has learnt Python
===========================================

One label for every character: is it part of a comment, a string, a keyword, a name or a number? The raw data are the
files of Python's own library, which its module ``tokenize`` labels.
"""

import io
import keyword
import re
import textwrap
import tokenize
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np

from skseq import SequenceTagger

KINDS = {tokenize.COMMENT: "comment", tokenize.STRING: "string", tokenize.NUMBER: "number"}

# %%
# Labels by ``tokenize``: the characters of a token get the kind of the token.


def labels_of(source):
    labels = [["other"] * len(line) for line in source.splitlines(keepends=True)]
    for token in tokenize.generate_tokens(io.StringIO(source).readline):
        kind = KINDS.get(token.type)
        if token.type == tokenize.NAME:
            kind = "keyword" if keyword.iskeyword(token.string) else "name"
        if kind and token.start[0] == token.end[0]:
            (row, first), (_, last) = token.start, token.end
            labels[row - 1][first:last] = [kind] * (last - first)
    return labels


# %%
# Lines of four files to learn from, and of one that is new. Text over several lines is left out.

folder = Path(textwrap.__file__).parent


def lines_of(name):
    source = re.sub(r'("""|\'\'\').*?\1', "None", (folder / name).read_text(), flags=re.DOTALL)
    pairs = zip(source.splitlines(), labels_of(source))
    return [(line, labels[: len(line)]) for line, labels in pairs if line.strip() and len(line) < 90]


train = [pair for name in ("textwrap.py", "calendar.py", "random.py", "shlex.py") for pair in lines_of(name)]
test = lines_of("bisect.py") + lines_of("colorsys.py")
X_train, y_train = zip(*train)
X_test, y_test = zip(*test)
tagger = SequenceTagger(units=48, analyzer="char", handle_unknown="use_unknown", epochs=12, random_state=0)
tagger.fit(X_train, y_train)

# %%
# The baseline gives every character its most frequent label.

characters, labels = np.array(list("".join(X_train))), np.concatenate(y_train)
usual = {c: max(set(labels[characters == c]), key=list(labels[characters == c]).count) for c in set(characters)}
wanted, simple = np.concatenate(y_test), [usual.get(c, "other") for c in "".join(X_test)]
print(f"{len(X_train)} lines to learn from; characters of {len(X_test)} new lines that are right:")
print(f"tagger {tagger.score(list(X_test), list(y_test)):.1%}, most frequent label {np.mean(wanted == simple):.1%}")

# %%
# Code that it has not seen, in the colours of the predicted labels.

colours = {"comment": "gray", "string": "green", "number": "darkorange", "keyword": "blue", "name": "black"}
code = [
    "def area(radius, pi=3.14):  # of a circle",
    "    if radius is not None and radius > 0:",
    "        return pi * radius ** 2",
    "    print('no # comment here', radius)",
    "    raise ValueError('not 1 circle')  # 'nor' a string",
]
figure, axes = plt.subplots(figsize=(9, 2.4), layout="constrained")
for row, (line, found) in enumerate(zip(code, tagger.predict(code))):
    for column, (character, label) in enumerate(zip(line, found)):
        axes.text(column, row, character, color=colours.get(label, "firebrick"), family="monospace", fontsize=12)
for label, colour in [*colours.items(), ("other", "firebrick")]:
    axes.plot([], [], "s", color=colour, label=label)
axes.set(xlim=(-1, 55), ylim=(len(code), -1), xticks=[], yticks=range(5), yticklabels=range(1, 6), ylabel="line")
axes.set_title("Code that it has not seen")
figure.legend(loc="outside right center")
plt.show()
