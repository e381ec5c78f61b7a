"""What a fit shows of itself: checks of its history and of some facts, each with a figure, a limit and a remedy.

All functions are of values: a history, `Facts` and parameters go in, a `Diagnosis` comes out.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from itertools import chain
from typing import NamedTuple

from sklearn.exceptions import ConvergenceWarning

import skseq._base.diagnosis.looks_at_curves as curves
import skseq._base.diagnosis.looks_at_data as data
from skseq._base.diagnosis.advice import LEARNT_NOTHING, in_words
from skseq._base.diagnosis.exploding import RISEN
from skseq._base.fits.facts import POOR, judged
from skseq._base.fits.noise import FEWEST_OF_OTHERS
from skseq._data.mistakes.numbers.levels import FARTHER_LEVELS
from skseq.exceptions import ExplodingGradientWarning, TrainingWarning


@dataclass(frozen=True, kw_only=True)
class Check:
    """One thing that a fit is looked at for.

    Parameters
    ----------
    name : str
        What it is.
    measured : str
        What the value is.
    limit : str
        For which values it warns.
    value : float or None
        None if this fit does not tell.
    found : bool
        Whether it warns.
    message : str
        If it warns: what was seen, with figures, and what to do.
    category : type
        The class of the warning.
    """

    name: str
    measured: str
    limit: str
    value: float | None = None
    found: bool = False
    message: str = ""
    category: type = field(default=TrainingWarning, repr=False)


class Diagnosis(tuple[Check, ...]):
    """The checks of a fit. As a string it is a table."""

    __slots__ = ()

    @property
    def found(self) -> list[Check]:
        """The checks that warn, as a list."""
        return [check for check in self if check.found]

    @property
    def told(self) -> list[Check]:
        """The checks that a fit warns of: those that no other one explains."""
        names = {check.name for check in self.found}
        alone = next((look.name for look in reversed(LOOKS) if look.explains is ALL and look.name in names), None)
        if alone is not None:
            return [check for check in self.found if check.name == alone]
        explained = set(chain.from_iterable(look.explains for look in LOOKS if look.name in names))
        return [check for check in self.found if check.name not in explained]

    def __repr__(self) -> str:
        return f"<Diagnosis: {len(self.found)} of {len(self)} checks warn>"

    def __str__(self) -> str:
        rows = [("check", "what is measured", "value", "warns if", "")]
        for check in self:
            value = "-" if check.value is None else f"{check.value:.3g}"
            rows.append((check.name, check.measured, value, check.limit, "WARNS" if check.found else ""))
        widths = [max(map(len, column)) for column in zip(*rows)]
        lines = ["  ".join(cell.ljust(width) for cell, width in zip(row, widths)).rstrip() for row in rows]
        return "\n".join([*lines, *(f"- {check.message}" for check in self.found)])


ALL = ("all",)  # other checks
LITTLE_LEARNT = ("constant answer", "held-out samples", "early cut")  # checks that say so, whatever the reason


class Look(NamedTuple):
    """What a fit is looked at for, besides what `Check` says of it: by which function, and which checks it explains.

    Of those that explain `ALL` others, the last one counts.
    """

    name: str
    measured: str
    limit: str
    see: Callable  # (history, facts, parameters) -> `Seen`, or None if the fit does not tell
    category: type = TrainingWarning
    explains: tuple[str, ...] = ()

    def check(self, history, facts, parameters):
        """The `Check` of a fit."""
        seen = self.see(history, facts, parameters)
        told = {} if seen is None else {"value": float(seen.value), "found": bool(seen.found)}
        if told.get("found"):
            told["message"] = f"{seen.says} Try {in_words(seen.advice, parameters)}."
        return Check(name=self.name, measured=self.measured, limit=self.limit, category=self.category, **told)


def diagnose(history, facts, parameters):
    """The `Diagnosis` of a fit with these parameters, from the history of the estimator."""
    history = judged(history, facts)
    return Diagnosis(look.check(history, facts, parameters) for look in LOOKS)


LOOKS = (
    Look(
        "exploding gradients",
        "highest loss / loss of the first epoch",
        f"> {RISEN} (or norms)",
        curves.exploding,
        ExplodingGradientWarning,
        explains=ALL,
    ),
    Look(
        "constant answer",
        "loss at the end / loss of a constant answer",
        f"> {LEARNT_NOTHING} (> {POOR} if it got stuck)",
        curves.constant_answer,
        explains=("early cut",),
    ),
    Look(
        "rising validation loss",
        "share of epochs after the best, and worse",
        f"> {curves.RISING}, or all far too high",
        curves.validation,
    ),
    Look(
        "held-out samples",
        "their least loss in a trial / loss of a constant answer",
        "> 1, learnt by heart",
        data.held_out,
        explains=("early cut",),
    ),
    Look(
        "early cut",
        "epochs that a trial left to a classifier of words / all",
        f"< {data.EARLY} if held-out samples leave > {POOR}",
        data.early_cut,
    ),
    Look(
        "rare classes",
        "held-out samples not of the most frequent class",
        f"< {FEWEST_OF_OTHERS} if cut, or by heart",
        data.rare_classes,
    ),
    Look(
        "still falling",
        "fall per tenth of the epochs / loss of a constant answer",
        f"> {curves.STEEP} (> {curves.STEEP_BEFORE} before the rate fell)",
        curves.still_falling,
        ConvergenceWarning,
    ),
    Look(
        "mean of weights",
        "epoch that is kept / epochs, with weight_average='swa'",
        f"<= {curves.MEAN_BEGINS}",
        curves.mean_of_weights,
    ),
    Look(
        "clipped gradients",
        "smallest mean norm of an epoch / clipnorm (or 1)",
        f"> {curves.CLIPPED:g}",
        curves.clipped,
    ),
    Look("dead relu", "share of encoder units that are always 0", f"> {data.SILENT}", data.dead_relu),
    Look("one class", "distance of the accuracy from the share of a class", f"< {data.SAME}", data.one_class),
    Look("only class", "number of classes in fit", "= 1", data.only_class),
    Look("one output", "share of predictions for X that are the same", "= 1", data.one_output),
    Look(
        "equal sequences",
        "least loss for few distinct X / loss of a constant answer",
        f"> {LEARNT_NOTHING}",
        data.equal_sequences,
        explains=(*LITTLE_LEARNT, "one class"),
    ),
    Look(
        "levels",
        "distance of the levels of sequences / what one moves",
        f"> {FARTHER_LEVELS} in poor fits, by heart, or if steps tell",
        data.levels,
        explains=LITTLE_LEARNT,
    ),
    Look(
        "steps",
        "share right by steps, less that by values or in training",
        f"> {data.STEPS_TELL} in poor fits",
        data.steps,
        explains=(*LITTLE_LEARNT, "levels"),
    ),
    Look(
        "gains",
        "share right without gains, less that with them or in training",
        f"> {data.STEPS_TELL}",
        data.gains,
        explains=(*LITTLE_LEARNT, "sizes"),
    ),
    Look(
        "sizes",
        "share of other sequences right without sizes, less that with them",
        f"> {data.SIZES_TELL[0]}, and certain",
        data.sizes,
        explains=LITTLE_LEARNT,
    ),
    Look(
        "columns",
        "errors of a linear model of columns / in training",
        f"< {data.COLUMNS_TELL} if many are left, or surely less than a constant, if the fit holds for no others",
        data.columns,
        explains=(*LITTLE_LEARNT, "one class", "levels", "summaries", "columns in a trial"),
    ),
    Look(
        "summaries",
        "errors of a linear model of summaries / in a trial",
        f"< {data.SUMMARIES_TELL} if many are left",
        data.summaries,
        explains=LITTLE_LEARNT,
    ),
    Look(
        "columns in a trial",
        "errors of a linear model of columns / in a trial",
        f"< {data.SUMMARIES_TELL} if many are left",
        data.columns_in_trial,
        explains=(*LITTLE_LEARNT, "one class"),
    ),
    Look(
        "pairs",
        "log-likelihood by counted pairs, less that held out, nats per token",
        f"> {data.PAIRS_TELL} ({data.PAIRS_TELL_OF_CUT} if a trial cut the epochs), and certain",
        data.pairs,
        explains=LITTLE_LEARNT,
    ),
    Look("poisson", "share of counts in intervals of 90 %", f"< {data.INSIDE}", data.poisson),
    Look("unknown tokens", "share of tokens outside the vocabulary", f"> {data.UNKNOWN}", data.unknown),
    Look(
        "wandering",
        "log-density by steps, less that learnt, nats per timestep",
        f"> {data.LIKELIER:g}",
        data.wandering,
    ),
    Look(
        "together",
        "log-probability by whole rows, less that learnt, nats per timestep",
        f"> {data.LIKELIER:g}",
        data.together,
        explains=LITTLE_LEARNT,
    ),
    Look(
        "beyond scales",
        "share of numbers beyond the scale of the first calls",
        ">= 0.25, which vary most",
        data.beyond,
        explains=ALL,
    ),
)
