"""
Which language is a name in? Text, letter by letter
===================================================

What is called *Deutschland* in one language is *Alemania* in another. Which language is a name of a country written in?
The network reads letters, and its attention shows which of them gave the language away.
"""

import matplotlib.pyplot as plt
import numpy as np
from babel import Locale
from sklearn.feature_extraction.text import CountVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import ConfusionMatrixDisplay
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline

from skseq import SequenceClassifier

# %%
# Names of countries in five languages, from babel. Names that several of these languages share tell nothing.

languages = ["German", "Spanish", "Finnish", "Hungarian", "Dutch"]
codes = dict(zip(languages, ["de", "es", "fi", "hu", "nl"]))
names_of = {language: set(Locale(codes[language]).territories.values()) for language in languages}
pairs = [
    (name, language)
    for language in languages
    for name in sorted(names_of[language])
    if name[0].isalpha() and not any(name in names_of[other] for other in languages if other != language)
]
names, spoken = map(np.array, zip(*pairs))
X_train, X_test, y_train, y_test = train_test_split(names, spoken, random_state=0, stratify=spoken)
print(f"{len(X_train)} names to learn from, such as {', '.join(X_train[:4])}")

# %%
# ``analyzer="char"`` splits text into letters. Letters that no training name has become one unknown token.

classifier = SequenceClassifier(
    units=32,
    analyzer="char",
    handle_unknown="use_unknown",
    pooling="attention",
    dropout=0.2,
    learning_rate=0.01,
    epochs=90,
    random_state=0,
)
classifier.fit(X_train, y_train)
baseline = make_pipeline(CountVectorizer(analyzer="char"), LogisticRegression(max_iter=5_000)).fit(X_train, y_train)
print(f"Right of {len(y_test)} names: {classifier.score(X_test, y_test):.0%}")
print(f"By counts of letters alone: {baseline.score(X_test, y_test):.0%}")

# %%
# Which letters count? The darker, the more.

right_ones = np.flatnonzero(classifier.predict(X_test) == y_test)
shown = [next(i for i in right_ones if y_test[i] == language and 7 < len(X_test[i]) < 14) for language in languages]
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.5), layout="constrained")
for row, (name, weights) in enumerate(zip(X_test[shown], classifier.attention_weights(list(X_test[shown])))):
    for column, (letter, weight) in enumerate(zip(name, np.asarray(weights) / np.max(weights))):
        left.text(column, row, letter, ha="center", va="center", backgroundcolor=plt.cm.Blues(0.7 * weight))
left.set(xlim=(-1, 14), ylim=(4.5, -0.5), xlabel="letter", yticks=range(5), yticklabels=languages)
left.set_title("Attention, by letter")
ConfusionMatrixDisplay.from_estimator(
    classifier, X_test, y_test, labels=languages, ax=right, cmap="Blues", colorbar=False, xticks_rotation=30
)
right.set(title="Test names", xlabel="predicted language", ylabel="true language")
plt.show()
