"""What estimators share that read a source of numbers, tokens or text: its parameters, the vocabulary, the encoder."""

from functools import partial
from numbers import Integral

import numpy as np
from sklearn.utils.validation import check_is_fitted

from skseq._base.estimator import BaseSequenceEstimator
from skseq._base.pretrained import check_encoder, encoder_weights
from skseq._data import vocabulary
from skseq._data.parts import derived
from skseq._data.sequences import Sequences, check_fits_dtype, pad, read_numbers
from skseq._data.tokens import read_tokens, source_kind, token_labels
from skseq._sklearn import HasMethods, Interval, StrOptions

__all__ = ["SourceEstimator"]


class SourceEstimator(BaseSequenceEstimator):
    """An estimator that reads sources into an encoder; `_source_kind` says what they were in fit."""

    _parameter_constraints = {
        **BaseSequenceEstimator._parameter_constraints,
        "source_type": [StrOptions({"auto", "numeric", "tokens"})],
        "analyzer": [StrOptions({"char", "word"}), callable, None],
        "embedding_dim": [Interval(Integral, 1, None, closed="left"), None],
        "vocabulary": ["array-like", None],
        "handle_unknown": [StrOptions({"error", "use_unknown"})],
        "min_frequency": [Interval(Integral, 1, None, closed="left")],
        "max_vocabulary": [Interval(Integral, 1, None, closed="left"), None],
        "encoder": [HasMethods("fit"), None],
        "freeze": ["boolean"],
    }

    _integers_are_tokens = True

    @property
    def _reads_tokens(self):
        return self._source_kind != "numbers"

    @property
    def _source_size(self):
        """Number of features of a timestep, or number of ids: padding, unknown (if there is one), tokens."""
        if self._reads_tokens:
            return max(self.vocabulary_.values()) + 1
        return self.n_features_in_ if self._source_form != "columns" else 1

    def _source_fields(self):
        """Fields of the spec that the source decides."""
        return {
            "source_size": self._source_size,
            "tokens": self._reads_tokens,
            "embedding_dim": None if self.embedding_dim is None else int(self.embedding_dim),
            "frozen": bool(self.freeze),
        }

    @property
    def _has_unknown(self):
        """Whether the vocabulary was learnt with an id for unknown tokens."""
        return min(self.vocabulary_.values()) > vocabulary.PAD + 1

    def _read_fitted(self, X, argument="X"):
        """`_read_source` for a fitted estimator."""
        check_is_fitted(self)
        return self._read_source(X, argument=argument, dtype=self._spec.dtype)

    def _read_source(self, X, *, reset=False, argument="X", dtype=None):
        """`Sequences` of numbers in the network's dtype, or of ids."""
        if reset:
            self._check_source_parameters(X)
        if not self._reads_tokens:
            sequences = read_numbers(self, X, reset=reset, argument=argument)
            values = check_fits_dtype(sequences.values, dtype or self._number_type, argument=argument)
            return Sequences(values=values, lengths=sequences.lengths, univariate=sequences.univariate)
        tokens, lengths = read_tokens(
            self, X, self._source_kind, reset=reset, analyzer=self.analyzer, argument=argument
        )
        if reset:
            self._learn_vocabulary(tokens)
        unknown = self.handle_unknown == "use_unknown" and self._has_unknown
        encode = partial(vocabulary.encode, vocabulary=self.vocabulary_, unknown=unknown, argument=argument)
        if isinstance(lengths, tuple):
            rows = tokens.reshape(lengths)
            ids = derived(lambda index: encode(rows[index].ravel()).reshape(-1, lengths[1]), lengths, np.int32)
            sequences = Sequences(values=ids)
        else:
            sequences = Sequences(values=pad(encode(tokens), lengths), lengths=lengths)
        if reset:
            self.n_timesteps_in_ = sequences.values.shape[1]
        return sequences

    def _source_labels(self, X):
        """The tokens of X as strings, a list a sample, for displays; None if X holds measurements."""
        if not self._reads_tokens:
            return None
        return token_labels(self, X, self._source_kind, analyzer=self.analyzer)

    def _check_source_parameters(self, X):
        """Decide what X holds; parameters that make no sense for it raise ValueError."""
        self._source_kind = source_kind(
            X, source_type=self.source_type, analyzer=self.analyzer, integers=self._integers_are_tokens
        )
        vars(self).pop("vocabulary_", None)
        if self.analyzer is not None and self.source_type == "numeric":
            raise ValueError("source_type='numeric' and an analyzer exclude each other: an analyzer gives tokens.")
        if not self._reads_tokens:
            unset = {"embedding_dim": None, "vocabulary": None, "max_vocabulary": None, "min_frequency": 1}
            for name, default in unset.items():
                if (value := getattr(self, name)) is not None and (default is None or value > default):
                    raise ValueError(
                        f"{name}={value!r} is for tokens, but X is read as measurements. Pass integers or strings, or "
                        f"source_type='tokens', or set {name}={default}."
                    )
        else:
            vocabulary.check_frequencies(self.handle_unknown, self.min_frequency, self.max_vocabulary)

    def _learn_vocabulary(self, tokens):
        unknown = self.handle_unknown == "use_unknown"
        if self.encoder is not None:
            self.vocabulary_ = dict(getattr(check_encoder(self.encoder), "vocabulary_", {}))
            if self.vocabulary_:
                self._check_vocabulary_of_encoder()
                return
        self.vocabulary_ = vocabulary.given_or_learnt(
            self.vocabulary,
            tokens,
            unknown=unknown,
            min_frequency=self.min_frequency,
            max_vocabulary=self.max_vocabulary,
        )

    def _check_vocabulary_of_encoder(self):
        """It stands: another one is an error, and it needs an id for unknown tokens if there are to be some."""
        given = self.vocabulary_ if self.vocabulary is None else vocabulary.learn_vocabulary(list(self.vocabulary))
        if differ := [token for token in given | self.vocabulary_ if (token in given) != (token in self.vocabulary_)]:
            raise ValueError(
                f"vocabulary and that of the encoder differ in {len(differ)} token(s), such as {differ[0]!r}: fit the "
                "encoder with this vocabulary too, or set vocabulary=None to take that of the encoder."
            )
        if self.handle_unknown == "use_unknown" and not self._has_unknown:
            raise ValueError(
                "handle_unknown='use_unknown' needs an id for unknown tokens, which the vocabulary of the encoder has "
                "not: fit the encoder with handle_unknown='use_unknown' too, or set handle_unknown='error'."
            )

    # --- an encoder that was trained before ---------------------------------------------------------------------------

    def _starting_weights(self, network, rng):
        weights = super()._starting_weights(network, rng)
        if self.encoder is not None:
            weights |= encoder_weights(self, network.spec, weights)
        elif self.freeze:
            raise ValueError("freeze=True leaves the encoder as it is given, but encoder=None: pass a fitted encoder.")
        return weights

    def __sklearn_clone__(self):
        """A clone keeps a fitted encoder, as it keeps any other value; it is never refitted."""
        copied = super().__sklearn_clone__()
        copied.encoder = self.encoder
        return copied

    def set_params(self, **parameters):
        """Set parameters by name. Those of a fitted `encoder` cannot be changed.

        Parameters
        ----------
        **parameters : dict
            Parameters of the estimator.

        Returns
        -------
        self : object
            The estimator.
        """
        own = {name: value for name, value in parameters.items() if not name.startswith("encoder__")}
        encoder = own.get("encoder", self.encoder)
        known = encoder.get_params() if hasattr(encoder, "get_params") else {}
        nested = {name.removeprefix("encoder__"): parameters[name] for name in parameters.keys() - own.keys()}
        changed = [f"encoder__{name}" for name, value in nested.items() if value is not known.get(name, own)]
        if changed:
            raise ValueError(
                f"{', '.join(sorted(changed))} cannot be set: an encoder is fitted, and shared by all clones. Fit "
                "another encoder and pass it as `encoder`."
            )
        return super().set_params(**own)
