"""Every public estimator, fitted on little data: what files are tested with. Run, it writes the file of this release.

Files of earlier releases in tests/data stay as they are: tests load them all.
"""

from pathlib import Path
from zipfile import ZIP_DEFLATED

import keras
import numpy as np
import skops.io
from sklearn.linear_model import Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

import skseq
from skseq import (
    DecodingSearch,
    LSTMAutoencoderDetector,
    LSTMAutoencoderTransformer,
    SeasonalNaive,
    Seq2SeqClassifier,
    Seq2SeqRegressor,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceEncoder,
    SequenceGenerator,
    SequenceRegressor,
    SequenceTagger,
    SeriesForecaster,
)
from skseq._files import plain, restored
from skseq.datasets import SequencePairGenerator
from skseq.metrics import neg_perplexity_scorer
from skseq.model_selection import BlockTimeSeriesSplit
from skseq.preprocessing import (
    SequenceImputer,
    SequenceOneHotEncoder,
    SequencePadder,
    SequenceScaler,
    SequenceTokenizer,
    SlidingWindows,
)

DATA = Path(__file__).parent / "data"
SMALL = {"units": 2, "epochs": 1, "random_state": 0}
RNG = np.random.RandomState(0)
RAGGED = [RNG.randn(n, 2) for n in (3, 5, 4, 6, 3, 5)]
LONGER = [np.random.RandomState(1).randn(n, 2) for n in (16, 20, 40, 18, 17, 70)]
LABELS = ["a", "b"] * 3
WINDOWS, STEPS = RNG.randn(12, 6), RNG.randn(12, 2)
SERIES = [np.sin(np.arange(30) / 3 + phase) for phase in (0, 1)]
TEXTS = ["ab", "bca", "c", "abc", "bb", "ca"]
ODD = [1, "1", b"1", (1, "a"), frozenset({2, 3}), (None,), 1.5, -1]  # tokens that files might well confuse
TOKENS = [ODD, ODD[::-1], ODD[2:], ODD[:5]]
TAGS = [["x", "y", *"x" * (len(own) - 2)] for own in TOKENS]
TARGETS = [[(1, 2), (3, 4)], [(3, 4)], [(1, 2), (1, 2)], [(3, 4), (1, 2)]]


def of_numbers():
    """Networks that read numbers."""
    encoder = LSTMAutoencoderTransformer(**SMALL, output="state").fit(RAGGED)
    return {
        "LSTMAutoencoderTransformer": (encoder, "transform", RAGGED),
        "LSTMAutoencoderDetector": (LSTMAutoencoderDetector(**SMALL, window=5).fit(SERIES), "score_timesteps", SERIES),
        "SequenceClassifier": (SequenceClassifier(**SMALL).fit(RAGGED, LABELS), "predict_proba", RAGGED),
        "SequenceClassifier with an encoder": (
            SequenceClassifier(**SMALL, encoder=encoder, freeze=True).fit(RAGGED, LABELS),
            "predict_proba",
            RAGGED,
        ),
        "SequenceClassifier that convolves": (SequenceClassifier(**SMALL).fit(LONGER, LABELS), "predict_proba", LONGER),
        "SequenceGenerator of numbers": (SequenceGenerator(**SMALL).fit(RAGGED), "predict", RAGGED),
        "SequenceRegressor": (SequenceRegressor(**SMALL).fit(WINDOWS, STEPS), "predict", WINDOWS),
        "Seq2SeqClassifier": (
            Seq2SeqClassifier(**SMALL, class_weight={True: 2.0}).fit(WINDOWS, STEPS > 0),
            "predict_proba",
            WINDOWS,
        ),
        "Seq2SeqRegressor": (Seq2SeqRegressor(**SMALL, loss="normal").fit(WINDOWS, STEPS), "predict", WINDOWS),
    }


def of_tokens():
    """Networks that read tokens and texts, and what is put around them."""
    transducer = Seq2SeqTransducer(**SMALL, analyzer="char", target_analyzer="char").fit(TEXTS, TEXTS[::-1])
    return {
        "SequenceClassifier of any tokens": (
            SequenceClassifier(**SMALL, source_type="tokens").fit(TOKENS, [True, False] * 2),
            "predict_proba",
            TOKENS,
        ),
        "SequenceGenerator": (
            SequenceGenerator(**SMALL, source_type="tokens").fit(TOKENS, [True, False] * 2),
            "score_samples",
            TOKENS,
        ),
        "SequenceTagger": (
            SequenceTagger(**SMALL, transitions=True, source_type="tokens").fit(
                TOKENS, [["x"] * len(own) for own in TOKENS]
            ),
            "predict",
            TOKENS,
        ),
        "Seq2SeqTransducer": (transducer, "predict", TEXTS),
        "Seq2SeqTransducer of tuples": (
            Seq2SeqTransducer(**SMALL, max_length=3, source_type="tokens").fit(TOKENS, TARGETS),
            "predict",
            TOKENS,
        ),
        "DecodingSearch": (
            DecodingSearch(
                transducer, {"search": ["beam"], "length_penalty": [0.0, 1.0]}, scoring=neg_perplexity_scorer
            ).fit(TEXTS, TEXTS[::-1]),
            "predict",
            TEXTS,
        ),
        "SequenceEncoder": (
            SequenceEncoder(SequenceGenerator(**SMALL, analyzer="char")).fit(TEXTS),
            "transform",
            TEXTS,
        ),
    }


def of_series():
    """Forecasters."""
    return {
        "SeasonalNaive": (SeasonalNaive(2).fit(WINDOWS, STEPS), "predict", WINDOWS),
        "SeriesForecaster": (
            SeriesForecaster(Ridge(), window=6, calibration_windows=9).fit(SERIES),
            "predict_interval",
            SERIES,
        ),
        "SeriesForecaster of windows": (
            SeriesForecaster(Seq2SeqRegressor(**SMALL), window=6, horizon=2).fit(SERIES),
            "predict",
            None,  # the series of fit
        ),
        "SeriesForecaster with smoothing": (
            SeriesForecaster(Ridge(), window=6, horizon=2, exponential_smoothing=True).fit(SERIES),
            "predict",
            None,
        ),
    }


def transformers():
    """What makes and prepares data."""
    return {
        "SequencePairGenerator": (SequencePairGenerator(random_state=0).fit(), "transform", [[1, 2, 3, 4, 5]]),
        "SequenceImputer": (SequenceImputer().fit(RAGGED), "transform", RAGGED),
        "SequencePadder": (SequencePadder().fit(RAGGED), "transform", RAGGED),
        "SequenceScaler": (SequenceScaler().fit(RAGGED), "transform", RAGGED),
        "SequenceTokenizer": (SequenceTokenizer(analyzer=None).fit(TOKENS), "transform", TOKENS),
        "SequenceOneHotEncoder": (SequenceOneHotEncoder().fit(TOKENS), "transform", TOKENS),
        "SlidingWindows": (SlidingWindows(6, horizon=1).fit(SERIES), "transform", SERIES),
    }


def of_sklearn():
    """Estimators of scikit-learn that hold ours."""
    return {
        "Pipeline": (
            make_pipeline(SequenceScaler(), SequenceClassifier(**SMALL)).fit(RAGGED, LABELS),
            "predict_proba",
            RAGGED,
        ),
        "GridSearchCV": (
            GridSearchCV(SequenceClassifier(**SMALL), {"cell": ["lstm", "gru"]}, cv=2).fit(RAGGED, LABELS),
            "predict_proba",
            RAGGED,
        ),
        "GridSearchCV over blocks": (
            GridSearchCV(
                SequenceRegressor(**SMALL),
                {"units": [1, 2]},
                cv=BlockTimeSeriesSplit(2),
                scoring="neg_mean_absolute_error",
            ).fit(WINDOWS, STEPS[:, 0], groups=np.arange(12)),
            "predict",
            WINDOWS,
        ),
    }


def fitted():
    """Name -> (fitted estimator, method, X)."""
    return of_numbers() | of_tokens() | of_series() | transformers() | of_sklearn()


def build(meta):
    """A network of one's own."""
    layers = [keras.layers.GlobalAveragePooling1D(), keras.layers.Dense(meta["n_classes_"], activation="softmax")]
    return keras.Sequential([keras.Input((None, meta["n_features"])), *layers])


def called(model, method, X):
    """What a method gives, as a list of numbers and strings per sample."""
    return [np.asarray(own).tolist() for own in getattr(model, method)(X)]


def store(path, models):
    """All of them in one file, each with what it is asked and what it gives."""
    asked = {name: (called(*entry), *entry[:2], plain(entry[2])) for name, entry in models.items()}
    skops.io.dump(asked, path, compression=ZIP_DEFLATED)


def load(path):
    """Name -> (what it gave, estimator, method, X)."""
    stored = skops.io.load(path, trusted=skseq.TRUSTED_TYPES)
    return {name: (*entry[:3], restored(entry[3])) for name, entry in stored.items()}


if __name__ == "__main__":
    DATA.mkdir(exist_ok=True)
    store(DATA / f"skseq-{skseq.__version__}.skops", fitted())
