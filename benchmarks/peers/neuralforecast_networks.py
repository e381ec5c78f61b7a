"""Networks of the package neuralforecast, one for all series, beside which forecasts are measured.

`LSTM` puts a dense layer on the states of an LSTM and learns quantiles; `DeepAR` writes step after step, told its own
draws, from Student's t distribution. Both read windows of two seasons or horizons, scaled by the package in each
window, and train with its defaults otherwise but for the updates and, of DeepAR, the windows in each.
"""

import logging
import warnings
from importlib.util import find_spec

import numpy as np
import pandas as pd

INSTALL = "pip install neuralforecast"
NAMES = ("LSTM", "DeepAR")
LEVELS = (0.05, *np.arange(1, 10) / 10, 0.95)
COLUMNS = [f"lo-{c}.0" for c in (90, 80, 60, 40, 20)] + ["median"] + [f"hi-{c}.0" for c in (20, 40, 60, 80, 90)]
OWN = {"LSTM": {"max_steps": 1_000}, "DeepAR": {"max_steps": 300, "windows_batch_size": 128, "scaler_type": "standard"}}


def installed():
    """Whether neuralforecast is there; it is no dependency."""
    return find_spec("neuralforecast") is not None


def forecasts(name, train, horizon, season, seed):
    """Points (n, h), deciles (n, h, 9) and bounds of 90 % (n, h, 2) of every series by one network."""
    from neuralforecast import NeuralForecast

    logging.getLogger("pytorch_lightning").setLevel(logging.ERROR)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        package = NeuralForecast(models=[_model(name, horizon, 2 * max(horizon, season), seed)], freq=1)
        package.fit(_long(train))
        found = package.predict()
    quantiles = np.stack([found[f"{name}-{column}"] for column in COLUMNS], axis=1)
    quantiles = quantiles.reshape(len(train), horizon, len(LEVELS))
    return quantiles[:, :, len(LEVELS) // 2], quantiles[:, :, 1:-1], quantiles[:, :, [0, -1]]


def _long(train):
    """The series as one frame, with positions for times."""
    return pd.concat(pd.DataFrame({"unique_id": i, "ds": range(len(own)), "y": own}) for i, own in enumerate(train))


def _model(name, horizon, window, seed):
    from neuralforecast import models
    from neuralforecast.losses.pytorch import DistributionLoss, MQLoss

    levels = list(LEVELS)
    loss = MQLoss(quantiles=levels) if name == "LSTM" else DistributionLoss("StudentT", quantiles=levels)
    quiet = {"accelerator": "cpu", "enable_progress_bar": False, "logger": False, "enable_model_summary": False}
    return getattr(models, name)(
        h=horizon,
        input_size=window,
        loss=loss,
        random_seed=seed,
        start_padding_enabled=True,
        enable_checkpointing=False,
        **OWN[name],
        **quiet,
    )
