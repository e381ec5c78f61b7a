"""What X was in fit, and how it is therefore read at predict."""

from dataclasses import dataclass, replace

import numpy as np

from skseq._data.scaling import Scale
from skseq._data.tokens import vocabulary as _vocabulary


@dataclass(frozen=True, kw_only=True, eq=False)
class SourceForm:
    """What reading found out about X.

    Parameters
    ----------
    kind : str
        One of the forms that `skseq._data.sequences` lists: "columns", "features" or "series" of numbers; "tokens",
        "token lists" or "text".
    n_features : int or None
        Width of a timestep of numbers; None for tokens.
    n_timesteps : int
        Timesteps of the longest sequence.
    dtype : str
        Type of the numbers in the network.
    vocabulary : dict or None
        {token: id}, None for numbers.
    analyzer : {"char", "word"}, callable or None
        How text is split.
    scale : Scale or None
        How numbers are scaled before the network reads them. None for tokens, and until it is learnt.
    usual_timesteps : int or None
        Timesteps that nine in ten sequences have at most; None is all of them.
    least_timesteps : int or None
        Timesteps of the shortest sequence of numbers; None is not known.
    ragged : bool
        Whether numbers came in sequences of different lengths, or an encoder that was trained before learnt from such.
    between : str
        What stands between tokens in text that a function splits.
    """

    kind: str
    n_features: int | None
    n_timesteps: int
    dtype: str
    vocabulary: dict | None = None
    analyzer: object = None
    scale: Scale | None = None
    usual_timesteps: int | None = None
    least_timesteps: int | None = None
    ragged: bool = False
    between: str = " "

    @property
    def reads_tokens(self):
        """Whether the network reads ids rather than numbers."""
        return self.vocabulary is not None

    @property
    def univariate(self):
        """Whether samples were (n_timesteps,) rather than (n_timesteps, n_features)."""
        return self.kind in ("columns", "series")

    @property
    def n_features_in(self):
        """What scikit-learn calls ``n_features_in_``: columns, or features of a timestep; None without either."""
        return self.n_timesteps if self.kind in ("columns", "tokens") else self.n_features

    @property
    def has_unknown(self):
        """Whether the vocabulary has an id for unknown tokens."""
        return min(self.vocabulary.values()) > _vocabulary.UNKNOWN

    @property
    def size(self):
        """Number of features of a timestep, or number of ids: padding, unknown (if there is one), tokens."""
        return max(self.vocabulary.values()) + 1 if self.reads_tokens else self.n_features

    def unknown_share(self, data):
        """Share of the tokens in `TrainingData` that are not in the vocabulary; None if all have to be."""
        if not self.reads_tokens or not self.has_unknown:
            return None
        counts = self.counts(data)
        return counts[_vocabulary.UNKNOWN] / counts.sum()

    def counts(self, data):
        """How often every id occurs in `TrainingData`, padding left out: (size,)."""
        counts = np.zeros(self.size, np.int64)
        for rows in data.parts("source"):
            counts += np.bincount(rows["source"].ravel(), minlength=self.size)
        counts[_vocabulary.PAD] = 0
        return counts

    def with_shortest_of(self, sequences):
        """The form after a fit that went on with these `Sequences`."""
        if self.least_timesteps is None or (least := int(sequences.real_lengths.min())) >= self.least_timesteps:
            return self
        return replace(self, least_timesteps=least)

    def scaled(self, sequences, argument="X", *, training=False):
        """`Sequences` as the network reads them: ids as they are, numbers scaled and in its dtype."""
        return sequences if self.reads_tokens else self.scale.apply(sequences, self.dtype, argument, training=training)
