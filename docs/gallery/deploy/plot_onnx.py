"""
Predict without TensorFlow: an ONNX file
========================================

``to_onnx`` writes a file that runs in onnxruntime, on servers, phones and in browsers. The file scales what it reads,
and takes sequences of different lengths in one batch.
"""

import json
import tempfile
import time
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import onnxruntime
from sklearn.model_selection import train_test_split

from skseq import SequenceClassifier
from skseq.export import to_onnx

# %%
# Which way does a gesture turn? Positions of a hand in millimetres, 20 to 40 of them.

rng = np.random.default_rng(0)
directions = rng.choice(["left", "right"], size=400)
gestures = []
for direction in directions:
    turn = np.linspace(0, rng.uniform(2, 5), rng.integers(20, 41)) * (1 if direction == "left" else -1)
    angle, size = rng.uniform(0, 2 * np.pi) + turn, rng.uniform(50, 300)
    place = size * np.c_[np.cos(angle), np.sin(angle)] + rng.uniform(-500, 500, size=2)
    gestures.append(place + 4 * rng.normal(size=place.shape))
X_train, X_test, y_train, y_test = train_test_split(gestures, directions, random_state=0)
classifier = SequenceClassifier(units=32, learning_rate=0.01, epochs=40, random_state=0).fit(X_train, y_train)
print(f"Right of {len(y_test)} gestures: {classifier.score(X_test, y_test):.0%}; by chance 50 %")

# %%
# Write the file. What follows needs the file and onnxruntime alone.

path = Path(tempfile.mkdtemp()) / "gesture.onnx"
to_onnx(classifier, path)
session = onnxruntime.InferenceSession(path)
print({own.name: own.shape for own in session.get_inputs()}, f"{path.stat().st_size / 1e3:.0f} kB")

# %%
# A batch is padded on the right, with anything, and has the lengths beside it. Classes are in the file.

lengths = np.array([len(gesture) for gesture in X_test])
batch = np.zeros((len(X_test), lengths.max(), 2))
for row, gesture in zip(batch, X_test):
    row[: len(gesture)] = gesture
(probabilities,) = session.run(None, {"source": batch, "lengths": lengths})
classes = json.loads(session.get_modelmeta().custom_metadata_map["classes"])
same = np.abs(probabilities - classifier.predict_proba(X_test)).max()
print(f"Classes {classes}; largest difference of a probability: {same:.1e}")

# %%
# How long one gesture takes, and some of them with what the file says.


def milliseconds(predict):
    predict()
    start = time.perf_counter()
    for _ in range(20):
        predict()
    return 50 * (time.perf_counter() - start)


one = {"source": batch[:1], "lengths": lengths[:1]}
times = {
    "onnxruntime": milliseconds(lambda: session.run(None, one)),
    "SequenceClassifier": milliseconds(lambda: classifier.predict_proba(X_test[:1])),
}
figure, (left, right) = plt.subplots(1, 2, figsize=(11, 4.2), layout="constrained")
left.bar(list(times), list(times.values()))
left.set(ylabel="time for one gesture [ms]", yscale="log", title="Predict one gesture")
for gesture, p in zip(X_test[:8], probabilities):
    colour = "tab:blue" if p.argmax() == 0 else "tab:orange"
    right.plot(*gesture.T, color=colour)
    right.plot(*gesture[-1], "o", color=colour)
for name, colour in zip(classes, ("tab:blue", "tab:orange")):
    right.plot([], [], color=colour, label=f"turns {name}")
right.set(xlabel="x [mm]", ylabel="y [mm]", title="Gestures, as the file reads them; dots are their ends")
right.legend()
plt.show()
