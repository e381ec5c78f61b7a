"""Types of the public signatures, under short names that keep what an editor shows readable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, DTypeLike, NDArray

Array: TypeAlias = NDArray[Any]
SequencesLike: TypeAlias = ArrayLike | Sequence[Any]  # X, and every form of y
RandomState: TypeAlias = int | np.random.RandomState | None
ClassWeight: TypeAlias = Mapping[Any, float] | Sequence[Mapping[Any, float]] | str | None
Scorer: TypeAlias = Callable[..., Any]  # of an estimator, X and perhaps y
Scoring: TypeAlias = str | Callable[..., Any] | Sequence[str] | Mapping[str, Any] | None

if TYPE_CHECKING:
    from matplotlib.axes import Axes as _Axes
    from matplotlib.figure import Figure

    Axes: TypeAlias = _Axes | Sequence[_Axes] | NDArray[Any]
else:
    Axes = Figure = Any  # matplotlib is loaded where something is drawn

__all__ = [
    "Array",
    "ArrayLike",
    "Axes",
    "ClassWeight",
    "DTypeLike",
    "Figure",
    "RandomState",
    "Scorer",
    "Scoring",
    "SequencesLike",
]
