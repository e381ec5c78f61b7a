"""A failing fit leaves the estimator as it was: the same attributes, and the same objects in them."""

import numpy as np
import pytest

from skseq.datasets import SequencePairGenerator
from skseq.preprocessing import SequencePadder, SequenceScaler, SequenceTokenizer

BAD = [[1.0, None], [2.0]]


@pytest.mark.parametrize(
    "transformer",
    [SequencePadder(), SequenceScaler(), SequenceTokenizer(), SequencePairGenerator()],
    ids=lambda transformer: type(transformer).__name__,
)
@pytest.mark.parametrize("fitted", [False, True])
def test_a_failing_fit_changes_nothing(transformer, fitted):
    if fitted:
        transformer.fit(["ab", "c"] if isinstance(transformer, SequenceTokenizer) else np.ones((2, 7)))
    before = dict(vars(transformer))
    with pytest.raises((TypeError, ValueError)):
        transformer.fit(BAD)
    assert vars(transformer).keys() == before.keys()
    assert all(vars(transformer)[name] is value for name, value in before.items())
