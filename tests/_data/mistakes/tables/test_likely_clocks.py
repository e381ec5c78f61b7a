"""Columns that count timesteps are told of, and no others."""

import numpy as np
import pandas as pd
import polars as pl
import pytest

from skseq import LSTMAutoencoderTransformer
from skseq._data.mistakes.tables.likely_clocks import warn_of_clocks
from skseq.preprocessing import from_long

TOLD = r"Column 't' of the frames in X counts timesteps, .* \[x.drop\('t'\) for x in X\]"


def long(starts=(0, 100)):
    rows = [(number, start + 2 * step, 0.5 * step) for number, start in enumerate(starts) for step in range(4)]
    return pl.DataFrame(rows, schema=["id", "t", "v"], orient="row")


@pytest.mark.usefixtures("untrained")
def test_the_times_that_from_long_leaves_in_frames_of_polars():
    series = from_long(long(), id="id", time="t", value="v")
    with pytest.warns(UserWarning, match=TOLD):
        LSTMAutoencoderTransformer(units=2, epochs=1).fit(series.X)
    LSTMAutoencoderTransformer(units=2, epochs=1).fit([x.drop("t") for x in series.X])
    series = from_long(long().to_pandas(), id="id", time="t", value="v")  # they are its index
    LSTMAutoencoderTransformer(units=2, epochs=1).fit(series.X)


@pytest.mark.parametrize("library", [pd.DataFrame, pl.DataFrame])
def test_columns_that_do_not_count_are_features(library):
    def frames(*columns):
        return [library({"t": own, "v": np.arange(4.0)}) for own in columns]

    with pytest.warns(UserWarning, match=TOLD):
        warn_of_clocks(frames([1, 2, 3, 4], [7, 10, 13, 16]), ("t", "v"), "X")
    for columns in (
        ([1, 2, 3, 4], [1, 2, 3, 4]),  # tells nothing of a sequence
        ([1, 2, 3, 4], [7, 8, 9, 11]),
        ([4, 3, 2, 1], [8, 7, 6, 5]),
        ([1.0, 2.0, 3.0, 4.0], [7.0, 8.0, 9.0, 10.0]),
        ([3, 3, 3, 3], [4, 4, 4, 4]),
        ([1, 2, 3, 4],),
    ):
        warn_of_clocks(frames(*columns), ("t", "v"), "X")
    warn_of_clocks([library({"t": own}) for own in ([1, 2, 3], [7, 8, 9])], ("t",), "X")  # all that there is


def test_columns_of_one_name_are_features():
    twice = [pd.DataFrame(np.arange(8).reshape(4, 2) + first, columns=["v", "v"]) for first in (0, 9)]
    warn_of_clocks(twice, ("v", "v"), "X")
    for number, frame in enumerate(twice):
        frame.insert(1, "t", [7 * number + step for step in range(4)])
    with pytest.warns(UserWarning, match=TOLD):
        warn_of_clocks(twice, ("v", "t", "v"), "X")
