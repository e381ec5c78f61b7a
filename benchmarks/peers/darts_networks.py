"""Networks of the package darts, one for all series, beside which forecasts are measured.

`RNNModel` writes step after step, told its own draws, from a normal distribution: darts' form of DeepAR (Salinas et
al. 2020). `BlockRNNModel` puts a dense layer on the last state and writes all steps at once. Each series is scaled to
zero mean and unit deviation, as darts' guides do; both read windows of two seasons or horizons, or as long as the
shortest series lets them, the last 96 of every series, and train with darts' defaults otherwise but for the epochs.
"""

import logging
import warnings
from importlib.util import find_spec

import numpy as np

INSTALL = "pip install u8darts torch pytorch-lightning"
NAMES = ("RNNModel", "BlockRNNModel")
LAST_WINDOWS, EPOCHS, N_PATHS = 96, 10, 200
LEVELS = np.r_[0.05, np.arange(1, 10) / 10, 0.95]


def installed():
    """Whether darts and PyTorch are there; they are no dependencies."""
    return all(find_spec(name) is not None for name in ("darts", "torch", "pytorch_lightning"))


def forecasts(name, train, horizon, season, seed):
    """Points (n, h), deciles (n, h, 9) and bounds of 90 % (n, h, 2) of every series by one network."""
    from darts import TimeSeries
    from darts.dataprocessing.transformers import Scaler
    from sklearn.preprocessing import StandardScaler

    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    scaler = Scaler(StandardScaler())
    series = scaler.fit_transform([TimeSeries.from_values(np.asarray(own, np.float32)) for own in train])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        window = min(max(2 * horizon, 2 * season), min(map(len, train)) - horizon - 1)
        model = _model(name, horizon, window, seed)
        model.fit(series, max_samples_per_ts=LAST_WINDOWS)
        found = model.predict(horizon, series=series, num_samples=N_PATHS)
    paths = np.stack([own.all_values()[:, 0] for own in scaler.inverse_transform(found)])  # (n, h, n_paths)
    quantiles = np.moveaxis(np.quantile(paths, LEVELS, axis=2), 0, 2)
    return np.median(paths, axis=2), quantiles[:, :, 1:-1], quantiles[:, :, [0, -1]]


def _model(name, horizon, window, seed):
    from darts import models
    from darts.utils.likelihood_models import GaussianLikelihood

    own = {"training_length": window + horizon} if name == "RNNModel" else {"output_chunk_length": horizon}
    quiet = {"accelerator": "cpu", "enable_progress_bar": False, "logger": False, "enable_model_summary": False}
    return getattr(models, name)(
        model="LSTM",
        input_chunk_length=window,
        likelihood=GaussianLikelihood(),
        n_epochs=EPOCHS,
        random_state=seed,
        pl_trainer_kwargs=quiet,
        **own,
    )
