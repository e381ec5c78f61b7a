"""The grid search of 36 fits: what is searched, the classifiers of skseq and scikeras, and one search from cold."""

from dataclasses import dataclass, field

import keras
import numpy as np
from scikeras.wrappers import KerasClassifier
from sklearn.model_selection import GridSearchCV, StratifiedKFold

from benchmarks.harness.report import OURS, SCIKERAS, SECONDS, timed
from benchmarks.parts import plain
from benchmarks.peers import stock_keras
from skseq import Seq2SeqClassifier, clear_pool

N_TIMESTEPS = 10
GRID = {"units": [16, 32], "learning_rate": [0.001, 0.01, 0.03], "batch_size": [16, 32]}
QUICK_GRID = {"units": [16, 32], "learning_rate": [0.01], "batch_size": [32]}
SCIKERAS_NAMES = {
    "units": "model__units",
    "learning_rate": "optimizer__learning_rate",
    "batch_size": "batch_size",
}
SEARCH, FIRST_FIT, SECOND_FIT = "whole search, cold", "one fit, the first", "one fit, the second"


@dataclass(frozen=True, kw_only=True)
class GridScale:
    """How much is run."""

    n_samples: int = 100
    epochs: int = 10
    repeats: int = 3
    grid: dict = field(default_factory=lambda: GRID)


QUICK_SEARCH = {"n_samples": 30, "epochs": 2, "repeats": 1, "grid": QUICK_GRID}


def waves(n_samples):
    """Noisy sines (n_samples, n_timesteps, 1), labelled by whether they start upwards."""
    draws = np.random.RandomState(0)
    phase, noise = draws.uniform(0, 2 * np.pi, n_samples), draws.normal(0, 0.3, (n_samples, N_TIMESTEPS))
    X = np.sin(np.linspace(0, 3, N_TIMESTEPS) + phase[:, None]) + noise
    return X[:, :, None], (np.cos(phase) > 0).astype(int)


def our_classifier(scale, **parameters):
    """Encoder, code repeated once, decoder, softmax."""
    return Seq2SeqClassifier(
        **plain.ENCODER_DECODER,
        decoder="direct",
        learning_rate_schedule="constant",
        epochs=scale.epochs,
        random_state=0,
        **parameters,
    )


def scikeras_classifier(scale, **parameters):
    """The same network, the same clipping."""
    return KerasClassifier(
        model=_scikeras_network,
        loss="sparse_categorical_crossentropy",
        optimizer=keras.optimizers.Adam,
        optimizer__global_clipnorm=1.0,
        epochs=scale.epochs,
        random_state=0,
        verbose=0,
        **{SCIKERAS_NAMES[name]: value for name, value in ({"units": 16} | parameters).items()},
    )


def _scikeras_network(meta, units):
    _, n_timesteps, n_features = meta["X_shape_"]
    return stock_keras.label_network(n_timesteps, n_features, meta["n_classes_"], units)


CLASSIFIERS = {OURS: our_classifier, SCIKERAS: scikeras_classifier}
NAMES = {OURS: {name: name for name in GRID}, SCIKERAS: SCIKERAS_NAMES}  # of the parameters in the grid


def note_grid(report, scale):
    """Note what is searched."""
    n_candidates = int(np.prod([len(values) for values in scale.grid.values()]))
    report.note(
        "grid",
        f"{n_candidates} candidates x 3 folds = {3 * n_candidates} fits of {scale.epochs} epochs on "
        f"{scale.n_samples} sequences of {N_TIMESTEPS} timesteps, {scale.grid}, no refit; only another `units` is "
        "another network",
    )


def claim_grid(report, by=SCIKERAS, **bounds):
    """Claim how many times faster the whole search is than by another one."""
    ours, others = (report.values("grid", SEARCH, name) for name in (OURS, by))
    report.claim("grid", f"{SEARCH}, {by} / skseq, median of repeats", np.median(others / ours), **bounds)


def search_once(report, scale, by, make, names):
    """One search from cold and two single fits; ``names`` maps the grid's parameters to those of ``make``."""
    X, y = waves(scale.n_samples)
    clear_pool()
    search = GridSearchCV(
        make(scale),
        {names[name]: values for name, values in scale.grid.items()},
        cv=StratifiedKFold(3),
        scoring="accuracy",
        refit=False,
        error_score="raise",
    )
    seconds, _ = timed(search.fit, X, y)
    report.add("grid", SEARCH, SECONDS, by, seconds)
    report.add("grid", "best mean accuracy", "", by, search.cv_results_["mean_test_score"].max())
    clear_pool()
    for quantity in (FIRST_FIT, SECOND_FIT):
        report.add("grid", quantity, SECONDS, by, timed(make(scale, units=16).fit, X, y)[0])
