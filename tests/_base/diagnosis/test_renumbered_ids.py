"""A warning where integers are read as other ids than an embedding has rows for, and none where it learns any."""

import keras
import numpy as np
import pytest
from quiet_fits import assert_no_warning
from scikeras.wrappers import KerasClassifier

from skseq import SequenceClassifier

ROWS = 9
IDS = [[3, 5], [8, 3, 5], [5], [8, 8]] * 3  # 3, 5 and 8 become 1, 2 and 3
Y = [0, 1, 0, 1] * 3
PADDED = np.array([[3, 5, 0], [8, 3, 5], [5, 0, 0], [8, 8, 0]] * 3)


def own(rows=None, *, trains=True, **parameters):
    """A classifier whose embedding has so many rows, or those of its vocabulary."""

    def build(meta):
        size = meta["vocabulary_size"] if rows is None else rows
        embedding = keras.layers.Embedding(size, 2, mask_zero=True, trainable=trains, embeddings_initializer="ones")
        layers = [embedding, keras.layers.GlobalAveragePooling1D(), keras.layers.Dense(1, activation="sigmoid")]
        return keras.Sequential([keras.Input((None,), dtype="int32"), *layers])

    return SequenceClassifier(
        network=KerasClassifier(build, optimizer="sgd", run_eagerly=True), epochs=1, random_state=0, **parameters
    )


@pytest.mark.parametrize("parameters", [{}, {"handle_unknown": "use_unknown", "min_frequency": 1}])
@pytest.mark.parametrize("X", [IDS, PADDED], ids=["lists", "padded"])
def test_what_the_advice_makes_of_them(X, parameters):
    model = own(ROWS, trains=False, **parameters)
    with pytest.warns(UserWarning, match="pretrained") as told:
        model.fit(X, Y)
    [message] = [str(one.message) for one in told if "pretrained" in str(one.message)]
    advice, *without = message.split(" set ")[1].split(":")[0].split(" and pass X without its padding, ")
    model.set_params(**eval(f"dict({advice})"))
    if without:
        X = eval(without[0].removesuffix(", now and later"), {"numpy": np, "X": X})
    assert_no_warning(model, X, Y)
    assert all(token == own_id for token, own_id in model.vocabulary_.items())


def test_embeddings_that_learn_any_ids():
    assert_no_warning(own(), IDS, Y)
    assert_no_warning(own(4), IDS, Y)  # padding and three ids
    assert_no_warning(own(100), IDS, Y)  # as of most tutorials
    assert_no_warning(own(5), [["a", "b"]] * 12, Y)
    assert_no_warning(own(4, trains=False), [[1, 2, 3], [2, 1]] * 6, Y)  # read as they are


def test_too_few_rows():
    with pytest.raises(ValueError, match=r"looks up 3 in an embedding of 3 rows.*\['vocabulary_size'\] rows, 4 here"):
        own(3).fit(IDS, Y)
