"""What estimators share that write target tokens with a decoder: its parameters, fit, attention weights."""

from numbers import Integral, Real

import numpy as np
from scipy.special import lambertw
from sklearn.utils import check_consistent_length
from sklearn.utils.metaestimators import available_if

from skseq._base.decoding import SearchMixin
from skseq._base.estimator import all_or_nothing
from skseq._base.source import SourceEstimator
from skseq._data.sequences import split
from skseq._sklearn import Interval, StrOptions

__all__ = ["EncoderDecoderEstimator", "as_validation"]

LAST_TRUTH = 0.01  # probability of the true token after the last update of an exponential schedule
KINDS = ("bahdanau", "dot", "general", "concat", "location", "local-m", "local-p")


def as_validation(X_val, y_val, sample_weight_val):
    """(X, y, weights) of the validation data, or None; one of X and y without the other raises ValueError."""
    if (X_val is None) != (y_val is None):
        raise ValueError("X_val and y_val go together: pass both or neither.")
    return None if X_val is None else (X_val, y_val, sample_weight_val)


def _attends(estimator):
    """Attention weights exist only with attention."""
    return bool(estimator.attention) and getattr(estimator, "_spec", estimator).attention is not None


class EncoderDecoderEstimator(SearchMixin, SourceEstimator):
    """An estimator whose decoder writes target tokens through a softmax, one a step.

    What a subclass says of its targets: how they are checked (`_check_targets`), learnt (`_learn_targets`) and turned
    into class indices (`_encode_targets`), how many classes there are (`_target_size`), and what `SearchMixin` asks.
    """

    _parameter_constraints = {
        **SourceEstimator._parameter_constraints,
        **SearchMixin._search_constraints,
        "attention": ["boolean", StrOptions(set(KINDS))],
        "attention_window": [Interval(Integral, 1, None, closed="left")],
        "input_feeding": ["boolean"],
        "decoder": [StrOptions({"recursive", "direct", "merge"})],
        "code": [StrOptions({"auto", "state", "repeated", "both"})],
        "reverse_source": ["boolean"],
        "scheduled_sampling": [StrOptions({"linear", "exponential", "inverse_sigmoid"}), None],
        "schedule_k": [Interval(Real, 0, None, closed="neither"), None],
        "schedule_c": [Interval(Real, 0, None, closed="left"), None],
        "schedule_floor": [Interval(Real, 0, 1, closed="both")],
        "label_smoothing": [Interval(Real, 0, 1, closed="left")],
    }

    # --- fit ----------------------------------------------------------------------------------------------------------

    def _fit(self, X, y, sample_weight, validation, *, epochs, incremental=False, **given):
        """Train; ``given`` is what the caller says of the targets beforehand."""
        goes_on = self._continues(incremental)
        with all_or_nothing(self):
            rows = self._rows(X, y, reset=not goes_on, **given)
            rows = self._with_weights(rows, sample_weight)
            shared = {"class_weight": self._class_weights(rows, incremental).astype(self._number_type)}
            if validation is not None:
                X_val, y_val, weight_val = validation
                validation = self._with_weights(self._rows(X_val, y_val, suffix="_val"), weight_val)
            diverged = self._train(
                self._make_spec(rows, epochs),
                rows,
                shared,
                validation=validation,
                goes_on=goes_on,
                incremental=incremental,
                epochs=epochs,
                stratify=self._stratify(rows),
            )
        self._raise_if_diverged(diverged)
        return self

    def _rows(self, X, y, *, reset=False, suffix="", **given):
        """What the network reads of every sample: source, target and their lengths where they differ."""
        if y is None:
            name = type(self).__name__
            raise ValueError(f"{name} requires y to be passed, but the target y is None.")
        source = self._read_source(X, reset=reset, argument=f"X{suffix}")
        if self._attention_kind == "location":
            _check_positions(source, self.n_timesteps_in_, f"X{suffix}")
        y = self._check_targets(y, f"y{suffix}")
        check_consistent_length(source.values, y)
        if reset:
            self._learn_targets(y, **given)
        else:
            self._check_learnt(y, **given)
        return {**source.rows, **self._encode_targets(y, f"y{suffix}")}

    def _check_learnt(self, y):
        """Raise ValueError for targets that do not go with those learnt."""

    def _class_weights(self, rows, incremental):
        """One weight for every class."""
        return np.ones(self._target_size)

    def _stratify(self, rows):
        """Labels that a validation split keeps in proportion, or None."""

    # --- from parameters to the network -------------------------------------------------------------------------------

    @property
    def _attention_kind(self):
        """The alignment model, or None."""
        return {False: None, True: "bahdanau"}.get(self.attention, self.attention)

    def _make_spec(self, rows, epochs):
        from skseq.nn.spec import Seq2SeqSpec

        self._check_architecture()
        kind = self._attention_kind
        return Seq2SeqSpec(
            target_size=self._target_size,
            **self._source_fields(),
            decoder=self.decoder,
            attention=kind,
            attention_window=int(self.attention_window) if kind in ("local-m", "local-p") else 10,
            source_steps=self.n_timesteps_in_ if kind == "location" else None,
            input_feeding=bool(self.input_feeding),
            code=self.code,
            reverse_source=bool(self.reverse_source),
            scheduled_sampling=self.scheduled_sampling,
            label_smoothing=self.label_smoothing > 0,
            **self._spec_fields(np.count_nonzero(rows["weight"]), epochs),
        )

    def _check_architecture(self):
        """Raise ValueError for parts that do not go together."""
        kind = self._attention_kind
        if self.input_feeding and kind in (None, "bahdanau"):
            raise ValueError(
                "input_feeding=True feeds what one of Luong's attentions makes of a step to the next step, but "
                f"attention={self.attention!r}. Set input_feeding=False, or attention to 'dot', 'general', 'concat', "
                "'location', 'local-m' or 'local-p'."
            )
        if self.decoder == "merge":
            into_state = {"attention": kind == "bahdanau", "input_feeding": self.input_feeding}
            into_state["code"] = self.code in ("state", "both")
            for name in (name for name, brings in into_state.items() if brings):
                raise ValueError(
                    "decoder='merge' joins the source with an encoding of the outputs alone, but "
                    f"{name}={getattr(self, name)!r} brings the source into that encoding. Set another value, or "
                    "decoder='recursive'."
                )
        if self.scheduled_sampling is not None and self.decoder == "direct":
            raise ValueError(
                f"scheduled_sampling={self.scheduled_sampling!r} feeds the decoder its own tokens, but "
                "decoder='direct' reads no tokens: set scheduled_sampling=None, or decoder='recursive'."
            )

    def _rates(self, n_updates):
        return {
            **super()._rates(n_updates),
            "label_smoothing": self.label_smoothing,
            **self._schedule(n_updates),
        }

    def _schedule(self, n_updates):
        """The constants of scheduled sampling; those that are None make it fall over the whole fit."""
        kind, k, c, floor = self.scheduled_sampling, self.schedule_k, self.schedule_c, self.schedule_floor
        if k is None:
            k = {
                "exponential": LAST_TRUTH ** (1 / n_updates),
                "inverse_sigmoid": np.exp(lambertw(n_updates / 2).real),  # half at i = k ln k: the middle of the fit
            }.get(kind, 1.0)
        if kind == "exponential" and k >= 1:
            raise ValueError(f"scheduled_sampling='exponential' needs schedule_k below 1. Got {k!r}.")
        if kind == "inverse_sigmoid" and k < 1:
            raise ValueError(f"scheduled_sampling='inverse_sigmoid' needs schedule_k of at least 1. Got {k!r}.")
        c = max(k - floor, 0) / n_updates if c is None else c
        return {"schedule_k": float(k), "schedule_c": float(c), "schedule_floor": float(floor)}

    def _model_timesteps(self):
        return self.n_timesteps_in_, self.n_timesteps_out_

    # --- predict ------------------------------------------------------------------------------------------------------

    def _read_fitted(self, X, argument="X"):
        """`Sequences`; those longer than location attention can score raise ValueError."""
        source = super()._read_fitted(X, argument)
        if self._spec.source_steps is not None:
            _check_positions(source, self._spec.source_steps, argument)
        return source

    @available_if(_attends)
    def attention_weights(self, X, y=None):
        """Weights with which every step of the output attends to every source timestep.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sources of the kind in fit.
        y : array-like in the form of y in fit, default=None
            Outputs whose weights are computed. None takes what `predict` writes.

        Returns
        -------
        weights : ndarray of shape (n_samples, n_timesteps_out, n_timesteps)
            Attention weights. They sum to 1 over source timesteps (to less with "local-p"). If sources or targets are
            ragged, a 1-D object array of one array (n_timesteps_out, n_timesteps) per sample. The end token of a target
            has no row in it.
        """
        source = self._read_fitted(X)
        if y is None:
            target, lengths, _ = self._best(source)
        else:
            given = self._given_targets(y, source)
            target, lengths = given["target"], given.get("target_lengths", 1) - 1
        weights = self._predict("attention", {**source.rows, "target": target})
        if self._end is not None:
            return split(split(weights, lengths), source.real_lengths, axis=1)
        return weights if source.lengths is None else split(weights, source.lengths, axis=1)


def _check_positions(source, most, argument):
    """Raise ValueError for sequences that are longer than location attention has positions."""
    longest = source.real_lengths.max()
    if longest > most:
        raise ValueError(
            f"{argument} holds a sequence of {longest} timesteps, but attention='location' scores the {most} positions "
            "of the longest sequence in fit: use another attention, or fit on longer sequences."
        )
