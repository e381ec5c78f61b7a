"""Every display, with an estimator and data to draw it from: what `test_displays.py` asks of all of them."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cache

import numpy as np
import pandas as pd
from sklearn.linear_model import Ridge

from skseq import (
    LSTMAutoencoderDetector,
    LSTMAutoencoderTransformer,
    Seq2SeqClassifier,
    SequenceGenerator,
    SeriesForecaster,
)
from skseq.inspection import (
    AnomalyDisplay,
    AttentionDisplay,
    BacktestDisplay,
    CoverageDisplay,
    EncodingDisplay,
    ForecastDisplay,
    ForecastErrorDisplay,
    ImportanceDisplay,
    NextTokenDisplay,
    ReconstructionDisplay,
    SampleDisplay,
    TrainingDisplay,
)

SMALL = {"units": 3, "epochs": 2, "random_state": 0}
RNG = np.random.RandomState(0)
RAGGED = [RNG.randn(length, 2) for length in (6, 9, 4, 7, 8, 5) * 2]
NUMBERS = RNG.randn(8, 4)
TEXTS = ["3 May", "May 3rd", "4 June", "June 4th"]
MONTHS = np.array([list("05"), list("05"), list("06"), list("06")])
DAYS = pd.date_range("2024-02-01", periods=60)


@cache
def autoencoder():
    return LSTMAutoencoderTransformer(**SMALL).fit(RAGGED)


@cache
def detector():
    return LSTMAutoencoderDetector(**SMALL).fit(RAGGED)


@cache
def reader():
    return Seq2SeqClassifier(**SMALL, attention=True, analyzer="char").fit(TEXTS, MONTHS)


@cache
def generator():
    return SequenceGenerator(**SMALL, analyzer="char").fit(TEXTS)


@cache
def ridge():
    return Ridge().fit(NUMBERS, NUMBERS.sum(axis=1))


def series(n_targets):
    """Large numbers with long names, which need room."""
    names = [f"measurements of station {target}" for target in range(n_targets)]
    walks = 1e5 * np.cumsum(np.random.RandomState(1).randn(60, n_targets), axis=0)
    return pd.DataFrame(walks, DAYS, columns=names)


@cache
def forecaster(n_targets):
    own = SeriesForecaster(Ridge(), window=4, horizon=6, calibration_windows=9)
    return own.fit([series(n_targets)])


def drawn_inside(figure):
    """The renderer of a figure that is drawn, of which nothing is cut off."""
    figure.canvas.draw()
    renderer = figure.canvas.get_renderer()
    tight, (width, height) = figure.get_tightbbox(renderer), figure.get_size_inches()
    assert -0.01 <= tight.x0 < tight.x1 <= width + 0.01
    assert -0.01 <= tight.y0 < tight.y1 <= height + 0.01
    return renderer


@dataclass(frozen=True, eq=False)
class Row:
    """A display, how many panels it has, what it is drawn from, and what it says that another estimator lacks."""

    display: type
    n_panels: int
    model: Callable  # gives a fitted estimator
    data: tuple  # what `from_estimator` takes behind the estimator
    lacks: str
    options: dict = field(default_factory=dict)
    needs_fit: bool = True

    def from_estimator(self, estimator, **more):
        return self.display.from_estimator(estimator, *self.data, **self.options, **more)

    def draw(self, **where):
        return self.from_estimator(self.model(), **where)

    def __repr__(self):
        return f"{self.display.__name__}-{self.n_panels}"


def of_forecasts(n_targets):
    """Displays of forecasts, whose panels multiply with targets."""
    past, truth = [series(n_targets)[:-6]], [series(n_targets)[-6:]]
    names, levels = {"target_names": list(past[0].columns)}, {"coverage": [0.5, 0.8]}

    def model():
        return forecaster(n_targets)

    return (
        Row(BacktestDisplay, 2 * n_targets, model, (past,), "backtest", {"n_windows": 3}, needs_fit=False),
        Row(CoverageDisplay, 2 * n_targets, model, (past, truth), "predict_interval", names | levels),
        Row(ForecastDisplay, n_targets, model, (past, truth), "predict", levels),
        Row(ForecastErrorDisplay, 2 * n_targets, model, (past, truth), "predict", names),
    )


ROWS = (
    Row(AnomalyDisplay, 3, detector, (RAGGED,), "score_timesteps and predict_timesteps"),
    Row(AttentionDisplay, 3, reader, (TEXTS,), "attention_weights and predict"),
    Row(EncodingDisplay, 1, autoencoder, (RAGGED, [0, 1] * 6), "transform"),
    Row(ImportanceDisplay, 2, ridge, (NUMBERS,), "score_samples, predict_proba and predict", {"samples": [0, 1]}),
    Row(NextTokenDisplay, 2, generator, (TEXTS,), "sample"),
    Row(ReconstructionDisplay, 4, autoencoder, (RAGGED,), "reconstruct or predict_next", {"samples": [0, 1]}),
    Row(SampleDisplay, 3, generator, (), "sample", {"max_length": 9}),
    Row(TrainingDisplay, 2, autoencoder, (), "history_", {"keys": ["loss", "gradient_norm"]}),
    *of_forecasts(1),
    *of_forecasts(2),
)
