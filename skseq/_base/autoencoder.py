"""What autoencoders share: numbers in, a network that writes them again, errors out."""

from numbers import Real

import numpy as np

from skseq._base.estimator import BaseSequenceEstimator
from skseq._data.sequences import Sequences, check_fits_dtype
from skseq._sklearn import Interval, StrOptions

__all__ = ["BaseAutoencoder"]


class BaseAutoencoder(BaseSequenceEstimator):
    """An estimator on an `AutoencoderSpec`."""

    _parameter_constraints = {
        **BaseSequenceEstimator._parameter_constraints,
        "code": [StrOptions({"repeated", "state", "both"})],
        "conditional": ["boolean"],
        "reverse_target": ["boolean"],
        "input_noise": [Interval(Real, 0, None, closed="left")],
        "step_dropout": [Interval(Real, 0, 1, closed="left")],
    }
    _task = "reconstruct"
    decoder, horizon = "reconstruct", None  # unless a subclass has them as parameters

    # --- data ---------------------------------------------------------------------------------------------------------

    def _in_dtype(self, sequences, dtype, argument="X"):
        values = check_fits_dtype(sequences.values, dtype, argument=argument)
        return Sequences(values=values, lengths=sequences.lengths, univariate=sequences.univariate)

    def _rows(self, sequences, *, argument="X"):
        """What training reads of every sample."""
        if self.decoder != "reconstruct":
            self._check_long_enough(sequences, self.horizon, argument)
        return self._in_dtype(sequences, self._number_type, argument).rows

    def _check_long_enough(self, sequences, horizon, argument="X"):
        """The prediction decoder needs a step to read and a step to write."""
        needed = 2 if horizon is None else int(horizon) + 1
        shortest = sequences.values.shape[1] if sequences.lengths is None else int(sequences.lengths.min())
        if shortest < needed:
            columns = f" (n_features={shortest})" if sequences.univariate and sequences.lengths is None else ""
            remedy = "" if horizon is None else "lower the horizon, or "
            raise ValueError(
                f"{argument} holds a sequence of {shortest} timestep(s){columns}, but decoder={self.decoder!r} with "
                f"horizon={horizon!r} needs at least {needed}: {remedy}leave out shorter sequences."
            )

    # --- the ladder ---------------------------------------------------------------------------------------------------

    def _fit_network(self, sequences, sample_weight, validation, *, epochs, goes_on=False, incremental=False):
        """Train on `Sequences`; validation is None or (`Sequences`, weights). Returns what diverged, or None."""
        rows = self._with_weights(self._rows(sequences), sample_weight)
        if validation is not None:
            validation = self._with_weights(self._rows(validation[0], argument="X_val"), validation[1])
        return self._train(
            self._make_spec(rows, epochs),
            rows,
            self._shared(self.horizon),
            validation=validation,
            goes_on=goes_on,
            incremental=incremental,
            epochs=epochs,
        )

    @staticmethod
    def _shared(horizon):
        """What every batch of a network with a held-back horizon reads."""
        return {} if horizon is None else {"horizon": np.int32(horizon)}

    def _make_spec(self, rows, epochs):
        if self.network is not None:
            return self._own_spec(rows)
        from skseq.nn.spec import AutoencoderSpec

        return AutoencoderSpec(
            source_size=rows["source"].shape[2],
            decoder=self.decoder,
            conditional=bool(self.conditional),
            held_back=self.horizon is not None,
            code=self.code,
            reverse_target=bool(self.reverse_target),
            input_noise=self.input_noise > 0,
            step_dropout=self.step_dropout > 0,
            **self._spec_fields(np.count_nonzero(rows["weight"]), epochs),
        )

    def _model_timesteps(self):
        horizon = 0 if self.horizon is None else int(self.horizon)
        return self.n_timesteps_in_ - horizon, horizon or self.n_timesteps_in_

    # --- what the fitted network writes -------------------------------------------------------------------------------

    def _reconstruction(self, sequences):
        """(n, t, f) of what the decoder writes; what stands on padding means nothing."""
        return self._predict("reconstruction", self._in_dtype(sequences, self._spec.dtype).rows)

    def _reconstruction_errors(self, sequences):
        """|x - x'|, (n, t, f) in float64, zero on padding."""
        errors = np.abs(sequences.values.astype(np.float64) - self._reconstruction(sequences))
        return errors if sequences.lengths is None else errors * sequences.mask[:, :, None]
