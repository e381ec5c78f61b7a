"""A warning of labels of rows in another order, and none of labels that say nothing."""

import numpy as np
import pandas as pd
import pytest
from quiet_fits import assert_no_warning

from skseq import SequenceClassifier
from skseq._data.mistakes.tables.row_labels import warn_if_in_another_order

X = pd.Series([[1.0, 2.0], [3.0, 4.0], [5.0, 6.0], [7.0, 8.0]], index=["a", "b", "c", "d"])
Y = pd.Series([0, 1, 0, 1], index=["b", "a", "d", "c"])


@pytest.mark.usefixtures("eager", "untrained")
def test_the_same_labels_in_another_order():
    model = SequenceClassifier(units=2, epochs=1, random_state=0)
    with pytest.warns(UserWarning, match="X and y have the same labels of rows in another order") as told:
        model.fit(X, Y)
    for code in ("y.to_numpy()", "y.loc[X.index]"):
        assert code in str(told[0].message)
        assert_no_warning(model, X, eval(code, {"X": X, "y": Y}))
    frame = pd.DataFrame(np.eye(4), index=X.index)
    with pytest.warns(UserWarning, match=r"pass y_val\.loc"):
        model.fit(frame, Y.loc[X.index], X_val=frame, y_val=Y)


@pytest.mark.parametrize(
    ("x", "y"),
    [
        (X, Y.loc[X.index]),
        (X, Y.to_numpy()),
        (X.tolist(), Y),
        (X, Y.reset_index(drop=True)),  # other labels
        (X, Y.set_axis(["b", "a", "a", "c"])),
        (X.set_axis(list("abbc")), Y.set_axis(list("abcb"))),
        (X.iloc[:3], Y),
        (X, None),
    ],
)
def test_of_other_labels_nothing_is_said(x, y, recwarn):
    warn_if_in_another_order(x, y, "X", "y")
    assert len(recwarn) == 0
