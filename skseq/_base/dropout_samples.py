"""What estimators share that predict with dropout: many networks drawn by it instead of one (Monte Carlo dropout)."""

import numpy as np

from skseq._arguments import MOST, as_random_state, is_count
from skseq._base.fits.job import AUTO_DROPOUT
from skseq._data.training_data import TrainingData
from skseq._data.working_memory import working_memory


class DropoutSamplesMixin:
    """Means and deviations over networks drawn by dropout.

    References
    ----------
    Gal and Ghahramani, "Dropout as a Bayesian Approximation: Representing Model Uncertainty in Deep Learning", ICML
    2016.
    """

    _dropout_rates: dict[str, float] | None = None  # files of older releases have none
    _no_auto_dropout = f"below {AUTO_DROPOUT[0]} samples, and where it would change the size of measurements"

    def _keep(self, learnt, spec, result, job):
        # Those of the fit: a parameter that is set later belongs to the next fit.
        self._dropout_rates = {"dropout": job.dropout, "recurrent_dropout": float(self.recurrent_dropout)}
        super()._keep(learnt, spec, result, job)

    def _predict_moments(self, what, rows, n_dropout_samples, **shared):
        """Mean and deviation (n, ...), float64, over this many draws. None: what `_predict` gives, and None."""
        from skseq.nn.pool import lease

        if n_dropout_samples is None:
            return self._predict(what, rows, **shared).astype(np.float64), None
        self._check_dropout_samples(n_dropout_samples)
        seed = int(as_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        draws = self._dropout_rates, seed, int(n_dropout_samples)
        with lease(self._spec, self.weights_) as runner:
            runner.store.load(self.weights_)
            moments = runner.predict_moments(what, TrainingData(rows, shared), *draws, max_bytes=working_memory())
        return [part.astype(np.float64) for part in moments]

    def _check_dropout_samples(self, n):
        """Raise ValueError unless there are networks to draw."""
        name, spec = type(self).__name__, self._spec
        if not is_count(n):
            raise ValueError(f"n_dropout_samples must be None or an integer from 1 to {MOST}. Got {n!r}.")
        if spec.is_own:
            raise ValueError(
                f"n_dropout_samples={n!r} is for the recurrent layers of {name}, but it was fitted with a network of "
                "your own: call its model_ several times with training=True, and take mean and deviation."
            )
        # A frozen encoder has no dropout; only decoders have recurrent layers behind it.
        if not (spec.dropout or (spec.recurrent_dropout and (hasattr(spec, "decoder") or not spec.frozen))):
            why = f' (dropout="auto" is none {self._no_auto_dropout})' if self.dropout == "auto" else ""
            raise ValueError(
                f"n_dropout_samples={n!r} draws networks by dropout, but {name} was fitted without any{why}: fit it "
                "with dropout=0.2, for example, or leave n_dropout_samples=None."
            )
        if self._dropout_rates is None:
            raise ValueError(
                f"n_dropout_samples={n!r} needs the rates of dropout in fit, but the file that {name} was loaded from "
                "has none: fit it anew, or leave n_dropout_samples=None."
            )
