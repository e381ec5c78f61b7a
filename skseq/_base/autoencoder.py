"""What autoencoders share: numbers in, a network that writes them again, errors out."""

from numbers import Real

import numpy as np

from skseq._base.estimator import BaseSequenceEstimator
from skseq._data import constant_answer
from skseq._data.mistakes.numbers.likely_ids import ids_among, warn_of_ids
from skseq._data.tokens.tokens import may_be_tokens
from skseq._data.tokens.vocabulary import tokens_of
from skseq._sklearn import Interval, StrOptions

OF_TOKENS = (
    "a SequenceGenerator has score_samples, which are low for anomalies (take thresholds from sequences that were "
    "held out), and a SequenceEncoder gives codes"
)


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
    _auto_epochs = 1000, 50, 300  # updates, fewest and most epochs: docs/figures/anomalies.md has what was compared
    decoder, horizon = "reconstruct", None  # unless a subclass has them as parameters

    def _read_source(self, X, form, argument):
        try:
            sequences, read = super()._read_source(X, form, argument)
        except ValueError as error:
            if not may_be_tokens(X):
                raise
            raise ValueError(
                f"{str(error).rstrip('.')}. {type(self).__name__} reads numbers alone. For tokens and texts, "
                f"{OF_TOKENS}."
            ) from error
        if form is None and (found := ids_among(sequences)) is not None:
            _warn_of_ids(*found, sequences, argument)
        return sequences, read

    def _rows(self, examples, argument):
        if self.decoder != "reconstruct":
            self._check_long_enough(examples.sequences, self.horizon, argument)
        return examples.sequences.rows

    def _check_long_enough(self, sequences, horizon, argument="X"):
        """The prediction decoder needs a step to read and a step to write."""
        needed = 2 if horizon is None else int(horizon) + 1
        shortest = int(sequences.real_lengths.min())
        if shortest < needed:
            columns = f" (n_features={shortest})" if sequences.univariate and sequences.lengths is None else ""
            remedy = "" if horizon is None else "lower the horizon, or "
            raise ValueError(
                f"{argument} holds a sequence of {shortest} timestep(s){columns}, but decoder={self.decoder!r} with "
                f"horizon={horizon!r} needs at least {needed}: {remedy}leave out shorter sequences."
            )

    def _assembled(self, rows, class_weights):
        return rows, self._shared(self.horizon)

    @staticmethod
    def _shared(horizon):
        """What every batch of a network with a held-back horizon reads."""
        return {} if horizon is None else {"horizon": np.int32(horizon)}

    def _make_spec(self, learnt, rows):
        from skseq.nn.spec import AutoencoderSpec

        return AutoencoderSpec(
            source_size=learnt.source.size,
            decoder=self.decoder,
            conditional=bool(self.conditional),
            held_back=self.horizon is not None,  # how many steps is fed, so that all horizons share one network
            code=self.code,
            reverse_target=bool(self.reverse_target),
            input_noise=self.input_noise > 0,
            step_dropout=self.step_dropout > 0,
            **self._spec_fields(),
        )

    def _rates(self, n_updates):
        noise = {"input_noise": self.input_noise, "step_dropout": self.step_dropout}
        return super()._rates(n_updates) | noise

    def _constant_answer(self, learnt, spec, data):
        horizon = int(self.horizon or 0)
        written = {"reconstruct": (0, horizon), "predict": (-horizon or 1, 0)}  # from which step on, and before the end
        decoders = written.values() if self.decoder == "composite" else [written[self.decoder]]
        return constant_answer.of_steps(data, decoders)

    def _model_timesteps(self, learnt):
        n_timesteps, horizon = learnt.source.n_timesteps, 0 if self.horizon is None else int(self.horizon)
        return n_timesteps - horizon, horizon or n_timesteps  # the encoder does not read what is to be forecast

    def _written(self, what, sequences, **shared):
        """What a decoder writes after the encoder has read the sequences: (n, t, f), in the units of X, float64."""
        form = self._learnt.source
        return form.scale.undo(self._predict(what, form.scaled(sequences).rows, **shared))

    def _reconstruction(self, sequences):
        """(n, t, f) of what the decoder writes; what stands on padding means nothing."""
        return self._written("reconstruction", sequences)

    def _reconstruction_errors(self, sequences):
        """|x - x'|, (n, t, f) in float64, zero on padding."""
        return _errors(sequences, self._reconstruction(sequences))

    def _errors_and_codes(self, sequences):
        """`_reconstruction_errors`, and final states side by side (n, n_encoding_features), by reading them once."""
        form = self._learnt.source
        found = self._predict("both", form.scaled(sequences).rows)
        return _errors(sequences, form.scale.undo(found["reconstruction"])), found["states"].astype(np.float64)


def _errors(sequences, written):
    """|x - x'|, (n, t, f) in float64, zero on padding, of sequences x and what was written x'."""
    errors = np.abs(sequences.values.astype(np.float64) - written)
    return errors if sequences.lengths is None else errors * sequences.mask[:, :, None]


def _warn_of_ids(feature, distinct, sequences, argument):
    """Warn of what `ids_among` found in sequences that only other estimators read as tokens."""
    code = "" if sequences.univariate else f" and {tokens_of(sequences.values.shape[2]).format(argument)}"
    remedy = f"If they are ids, take an estimator with source_type='tokens'{code}: {OF_TOKENS}"
    feature = None if sequences.univariate else feature
    warn_of_ids(feature, distinct, argument, remedy=remedy)
