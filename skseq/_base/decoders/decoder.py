"""What estimators share whose decoder writes one output after another: its parameters, and what goes together."""

from numbers import Integral, Real

import numpy as np
from scipy.special import lambertw

from skseq._data.mistakes.tables.several_inputs import refuse_several_inputs
from skseq._sklearn import Interval, StrOptions

LAST_TRUTH = 0.01  # probability of the true output after the last update of an exponential schedule
KINDS = ("bahdanau", "dot", "general", "concat", "location", "local-m", "local-p")


def attends(estimator):
    """Attention weights exist only with attention."""
    if estimator.__sklearn_is_fitted__():
        return estimator._spec.attention is not None  # whatever the parameter has been set to since
    return bool(estimator.attention)


class DecoderMixin:
    """Parameters of a decoder, to stand left of a `BaseSequenceEstimator`."""

    _decoder_constraints = {
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
    }

    @property
    def _attention_kind(self):
        """The alignment model, or None."""
        return {False: None, True: "bahdanau"}.get(self.attention, self.attention)  # others are named

    def _read(self, X, y, sample_weight, known, *, suffix="", **given):
        refuse_several_inputs(X, y, f"X{suffix}", f"y{suffix}", has_decoder=True)
        learnt, examples = super()._read(X, y, sample_weight, known, suffix=suffix, **given)
        check_positions(examples.sequences, self._source_steps(learnt.source), f"X{suffix}")
        return learnt, examples

    def _source_steps(self, form):
        """Longest source that location attention can score, as it has a weight per position; None for the others."""
        return form.n_timesteps if self._attention_kind == "location" else None

    def _decoder_fields(self, form):
        """Fields of the spec that the decoder has, for sources of this form."""
        kind = self._attention_kind
        return {
            "decoder": self.decoder,
            "attention": kind,
            "attention_window": int(self.attention_window) if kind in ("local-m", "local-p") else 10,  # else ignored
            "source_steps": self._source_steps(form),
            "input_feeding": bool(self.input_feeding),
            "code": self.code,
            "reverse_source": bool(self.reverse_source),
            "scheduled_sampling": self.scheduled_sampling,
        }

    def _check_parameters(self):
        """Raise ValueError for parts that do not go together."""
        super()._check_parameters()
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
            instead = {
                "attention": "attention=False, or one of Luong's kinds, such as 'dot'",
                "input_feeding": "input_feeding=False",
                "code": "code='auto'",
            }
            for name in (name for name, brings in into_state.items() if brings):  # the first of them is enough
                raise ValueError(
                    "decoder='merge' joins the source with an encoding of the outputs alone, but "
                    f"{name}={getattr(self, name)!r} brings the source into that encoding. Set {instead[name]}; or "
                    "decoder='recursive'."
                )
        if self.scheduled_sampling is not None and self.decoder == "direct":
            raise ValueError(
                f"scheduled_sampling={self.scheduled_sampling!r} feeds the decoder its own outputs, but "
                "decoder='direct' reads none: set scheduled_sampling=None, or decoder='recursive'."
            )

    def _rates(self, n_updates):
        return {**super()._rates(n_updates), **self._schedule(n_updates)}

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
        c = max(k - floor, 0) / n_updates if c is None else c  # a line from k down to the floor
        return {"schedule_k": float(k), "schedule_c": float(c), "schedule_floor": float(floor)}

    def _read_fitted(self, X):
        source = super()._read_fitted(X)
        check_positions(source, self._spec.source_steps, "X")
        return source


def check_positions(source, most, argument):
    """Raise ValueError for sequences that are longer than location attention has positions; without it most is None."""
    longest = source.real_lengths.max()
    if most is not None and longest > most:
        raise ValueError(
            f"{argument} holds a sequence of {longest} timesteps, but attention='location' scores the {most} positions "
            "of the longest sequence in fit: use another attention, or fit on longer sequences."
        )
