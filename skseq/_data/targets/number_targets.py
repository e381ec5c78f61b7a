"""Targets that are numbers: one per sample, or several."""

from dataclasses import dataclass

import numpy as np

from skseq._data.checks import NUMBERS_OF_STEPS, check_numbers
from skseq._data.mistakes.targets.unknown_targets import refuse_unknown
from skseq._data.plain import plain
from skseq._data.scaling import Scale
from skseq._data.sequences import Sequences, as_samples, is_ragged
from skseq._data.values import four_digits


@dataclass(frozen=True, kw_only=True, eq=False)
class NumberTargets:
    """Numbers (n,) or (n, n_outputs).

    Parameters
    ----------
    n_outputs : int
        Numbers per sample.
    multioutput : bool
        Whether y was 2-D.
    dtype : str
        Type of the numbers in the network.
    of : str
        What errors call the estimator.
    scale : Scale or None
        How numbers are scaled before the network learns to write them. None until it is learnt.
    grows : bool or None
        Whether numbers grew with the lengths of the sequences. None where nobody can tell.
    """

    n_outputs: int
    multioutput: bool
    dtype: str
    of: str
    scale: Scale | None = None
    grows: bool | None = None

    @classmethod
    def learn(cls, y, *, dtype, of, grows=None):
        """From checked targets."""
        n_outputs = 1 if y.ndim == 1 else y.shape[1]
        return cls(n_outputs=n_outputs, multioutput=y.ndim == 2, dtype=dtype, of=of, grows=grows)

    @staticmethod
    def check(y, argument):
        """Y as an array of float64, (n,) or (n, n_outputs); anything else raises ValueError."""
        _refuse_sequences(y, argument)
        _refuse_masked(y, argument)
        options = {"ensure_2d": False, "allow_nd": True, "ensure_min_features": 0, "input_name": argument}
        expected = "numbers (n_samples,) or (n_samples, n_outputs)"
        given, options["ensure_all_finite"] = y, "allow-nan"  # whose place is told
        y = check_numbers(plain(y, argument), argument, expected=expected, **options)
        if y.ndim > 2 or y.ndim == 0:
            or_first = f", or pass {argument}[:, :, 0] here" if y.shape[2:] == (1,) else ""
            of_steps = f" To forecast several steps, use a Seq2SeqRegressor{or_first}." if y.ndim == 3 else ""
            raise ValueError(
                f"{argument} has shape {y.shape}. Expected (n_samples,) or (n_samples, n_outputs): one number, or "
                f"several, a sequence.{of_steps}"
            )
        if 0 in y.shape[1:]:
            raise ValueError(f"{argument} has shape {y.shape}, which holds no target.")
        _refuse_nan(y, given, argument)
        return y

    @property
    def sizes(self):
        """Width of every output of the network."""
        return (1,) * self.n_outputs

    def encode(self, y, argument):
        """Rows {"target": numbers (n, n_outputs)}, not scaled yet, from checked targets of the shape in fit."""
        expected = (self.n_outputs,) if self.multioutput else ()
        if y.shape[1:] != expected:
            wanted = f"(n_samples, {self.n_outputs})" if self.multioutput else "(n_samples,)"
            raise ValueError(f"{argument} has shape {y.shape}, but {self.of} was fitted on targets of shape {wanted}.")
        return {"target": y.reshape(len(y), self.n_outputs)}  # (n,) to (n, 1)

    def scaled(self, numbers, argument):
        """Numbers (n, n_outputs) of `encode` as training asks the network for them."""
        return self.scale.apply(Sequences(values=numbers), self.dtype, argument, training=True).values

    def decode(self, numbers):
        """What the network wrote (n, n_outputs) in the units and in the form of y in fit, float64."""
        return self._in_form(self.scale.undo(numbers))

    def decode_deviations(self, numbers):
        """Deviations of what the network wrote (n, n_outputs), as `decode` gives the numbers themselves."""
        return self._in_form(self.scale.undo_deviations(numbers))

    def _in_form(self, numbers):
        return numbers if self.multioutput else numbers[:, 0]

    def labels(self, y):
        """All numbers of a sample as one string, in a list of its own, for displays."""
        return [[four_digits(own)] for own in np.asarray(y).reshape(len(y), -1).tolist()]


def _refuse_masked(y, argument):
    """Raise ValueError for a mask of targets, which is no padding."""
    if np.ma.is_masked(y) and y.ndim <= 2:
        what = f"{argument} has a mask, which marks targets that are missing"
        refuse_unknown(np.ma.getmaskarray(y), what, f"np.logical_not(np.ma.getmaskarray({argument}))", argument)


def _refuse_nan(y, given, argument):
    """Raise ValueError for NaN in checked targets; as they were ``given``, pandas may hold its own NA."""
    if np.isnan(y).any():
        of_pandas = f"{argument}.notna().to_numpy()" if hasattr(given, "notna") else None
        known = of_pandas or f"np.isfinite(np.asarray({argument}, float))"
        refuse_unknown(np.isnan(y), f"Input {argument} contains NaN", known, argument)


def _refuse_sequences(y, argument):
    """Raise ValueError for sequences of different lengths: every sample has as many targets."""
    if not is_ragged(y):
        return
    lengths = [len(sample) for sample in as_samples(y)]
    other = next((index for index, length in enumerate(lengths) if length != lengths[0]), None)
    if other is not None:
        raise ValueError(
            f"{argument} holds {lengths[0]} number(s) at index 0 and {lengths[other]} at index {other}. Expected "
            f"(n_samples,) or (n_samples, n_outputs): as many for every sample. {NUMBERS_OF_STEPS}"
        )
