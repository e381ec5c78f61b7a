"""
Watch a fit in TensorBoard: callbacks of Keras
==============================================

``callbacks`` takes callbacks of Keras as they are. This one writes logs that ``tensorboard --logdir logs`` shows
while a fit runs; here they are read back and drawn. Others save each epoch, stop a fit, or send a message.
"""

import tempfile

import keras
import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.util.tensor_util import make_ndarray

from skseq import SequenceClassifier

# %%
# Digits as sequences of eight rows. A second set tells how well others are read after each epoch.

X, y = load_digits(return_X_y=True)
X = X.reshape(-1, 8, 8)
X_train, X_val, y_train, y_val = train_test_split(X, y, test_size=0.3, random_state=0, stratify=y)
logs = tempfile.mkdtemp()
board = keras.callbacks.TensorBoard(logs, write_graph=False)
classifier = SequenceClassifier(epochs=15, callbacks=[board], random_state=0)
classifier.fit(X_train, y_train, X_val=X_val, y_val=y_val)
print(f"Right of {len(y_val)} others: {classifier.score(X_val, y_val):.1%}; by chance 10 %")

# %%
# What TensorBoard shows, in a picture.

figure, grid = plt.subplots(1, 2, figsize=(11, 4), layout="constrained")
for part in ("train", "validation"):
    events = EventAccumulator(f"{logs}/{part}")
    events.Reload()
    for axes, quantity in zip(grid, ("loss", "accuracy")):
        values = [make_ndarray(event.tensor_proto) for event in events.Tensors(f"epoch_{quantity}")]
        axes.plot(np.arange(1, len(values) + 1), values, "o-", label=part)
        axes.set(xlabel="epoch", ylabel=quantity, title=f"{quantity} of each epoch".capitalize())
        axes.legend()
plt.show()
