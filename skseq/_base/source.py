"""What estimators share that read a source of numbers, tokens or text: its parameters and the vocabulary."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from numbers import Integral
from typing import Any

import numpy as np

from skseq._arguments import brief
from skseq._base.estimator import MOST_UNITS
from skseq._base.pretrained import EncoderEstimator, check_encoder
from skseq._callers import warn_caller
from skseq._data.mistakes.numbers.likely_ids import ids_among, warn_of_ids
from skseq._data.mistakes.tables.count_tables import warn_if_counts
from skseq._data.mistakes.tables.events import advice_on_event, mostly_once
from skseq._data.mistakes.tables.likely_events import warn_if_events
from skseq._data.mistakes.tables.likely_series import warn_if_single_steps, warn_if_stream
from skseq._data.mistakes.targets.label_ends import warn_if_line_ends
from skseq._data.mistakes.texts.fasta_records import warn_if_records
from skseq._data.mistakes.texts.likely_measurements import warn_if_measured, warn_if_real
from skseq._data.mistakes.texts.likely_texts import warn_if_written
from skseq._data.mistakes.texts.lost_letters import warn_if_of_groups
from skseq._data.mistakes.texts.spelling import (
    advice_on_spelling,
    rows_of,
    warn_if_case_splits,
    warn_if_sources_mix_forms,
    warn_if_spelt_otherwise,
)
from skseq._data.mistakes.texts.text_ends import warn_if_sources_end_in_space
from skseq._data.mistakes.texts.token_types import warn_if_types_mix
from skseq._data.mistakes.texts.unknown_in_sources import warn_if_never_written
from skseq._data.mistakes.texts.unseen_later import warn_if_others_come
from skseq._data.mistakes.texts.unspaced import advice_on_unspaced, warn_if_unspaced
from skseq._data.plain import plain, refuse_sparse
from skseq._data.sequences import Sequences, as_samples, column_cells, pad
from skseq._data.source_form import SourceForm
from skseq._data.tokens import vocabulary
from skseq._data.tokens.analyzers import between_tokens, some_texts
from skseq._data.tokens.no_texts import warn_if_lists_are_split
from skseq._data.tokens.tokens import TOKEN_KINDS, holds_tuples, read_tokens, source_kind, token_labels
from skseq._data.working_memory import derived
from skseq._sklearn import Interval, StrOptions
from skseq.exceptions import TrainingWarning

_REMEDY_OF_ENCODER = (
    "Fit the encoder on data that hold them, too, or with handle_unknown='use_unknown' and min_frequency=2, and set "
    "handle_unknown='use_unknown' here as well"
)


class SourceEstimator(EncoderEstimator):
    """An estimator that reads numbers, tokens or text into an encoder."""

    vocabulary_: dict[Any, int]

    # what numbers have no use for, and its default
    _of_tokens = {"embedding_dim": None, "vocabulary": None, "max_vocabulary": None, "min_frequency": 1}
    _parameter_constraints = {
        **EncoderEstimator._parameter_constraints,
        "source_type": [StrOptions({"auto", "numeric", "tokens"})],
        "analyzer": [StrOptions({"char", "word"}), callable, None],
        "embedding_dim": [Interval(Integral, 1, MOST_UNITS, closed="both"), None],
        "vocabulary": ["array-like", None],
        "handle_unknown": [StrOptions({"error", "use_unknown"})],
        "min_frequency": [Interval(Integral, 1, None, closed="left")],
        "max_vocabulary": [Interval(Integral, 1, None, closed="left"), None],
    }

    _integers_are_tokens = True  # a regressor reads them as measurements
    _remedy_of_unknown = vocabulary.REMEDY
    _of_new_words = ""  # what to fit on, where other words come later than those of a fit
    _reads_new_texts = True  # those of generators may only be written
    _needs_neighbours = False  # whether sequences of one timestep make no sense, in whatever form they come

    def _read(self, X, y, sample_weight, known, *, suffix="", **given):
        if known.source is not None and not suffix:
            self._check_reads_as_before(known.source)
        learnt, examples = super()._read(X, y, sample_weight, known, suffix=suffix, **given)
        if known.source is None and learnt.source.analyzer == "char" and self.vocabulary is None:
            texts = plain(X, f"X{suffix}")
            if not warn_if_records(texts, f"X{suffix}"):
                warn_if_sources_end_in_space(texts, y, f"X{suffix}", f"y{suffix}")
        return learnt, examples

    def _check_reads_as_before(self, form):
        """Raise ValueError if a fit that goes on asks for another reading of X than that of the last fit."""
        changed = []
        if self.source_type != "auto" and (self.source_type == "tokens") != form.reads_tokens:
            changed.append(f"source_type={self.source_type!r}")
        names = all(isinstance(own, (str, type(None))) for own in (self.analyzer, form.analyzer))
        if names and self.analyzer != form.analyzer:
            changed.append(f"analyzer={self.analyzer!r}, which was {form.analyzer!r}")
        if form.reads_tokens and self.handle_unknown == "use_unknown" and not form.has_unknown:
            changed.append(f"handle_unknown={self.handle_unknown!r}, which was 'error'")
        if form.reads_tokens and self.vocabulary is not None:
            given = vocabulary.learn_vocabulary(list(self.vocabulary))
            if (differ := given.keys() ^ form.vocabulary.keys()) and self.encoder is None:
                changed.append(f"a vocabulary that differs in {len(differ)} token(s), such as {next(iter(differ))!r}")
        if changed:
            raise ValueError(
                f"{type(self).__name__} cannot go on from its last fit with {', and '.join(changed)}: its network "
                "reads what it was trained on. Begin anew, with warm_start=False or a sklearn.base.clone, or set the "
                "parameters back."
            )

    def _read_source(self, X, form, argument):
        """(`Sequences` of numbers as they are or of ids, `SourceForm`)."""
        refuse_sparse(X, argument)
        X = plain(X, argument)
        kind = self._kind_of(X) if form is None else form.kind
        if kind in TOKEN_KINDS:
            return self._read_ids(X, kind, form, argument)
        sequences, read = super()._read_source(X, form, argument)
        if form is not None:
            return sequences, read
        if self.source_type == "auto":
            if self._needs_neighbours:
                warn_if_single_steps(sequences, "numeric", argument)
            self._warn_if_ids(X, sequences, argument)
        return sequences, self._as_the_encoder_reads(read)

    def _warn_if_ids(self, X, sequences, argument):
        if (found := ids_among(sequences)) is None:
            return
        feature, distinct = found
        if sequences.univariate:
            feature, what_for = None, "for ids"
        elif holds_tuples(X):
            what_for = "to read every timestep as one token"
        else:
            code = vocabulary.tokens_of(sequences.values.shape[2]).format(argument)
            what_for = f"and pass {code} to read every timestep as one token"
        otherwise = "source_type='numeric' to read them as measurements without this warning"
        warn_of_ids(feature, distinct, argument, remedy=f"Set source_type='tokens' {what_for}, or {otherwise}")

    def _read_ids(self, X, kind, form, argument):
        is_first = form is None
        analyzer = self.analyzer if is_first else form.analyzer
        tokens, lengths = read_tokens(self, X, kind, reset=is_first, analyzer=analyzer, argument=argument)
        told = is_first and any(self._warnings_of_tokens(X, kind, tokens, lengths, argument))
        if is_first:
            form = self._form_of_tokens(X, kind, tokens, lengths)
        of_unknown = self._of_unknown(X, tokens, lengths, form, argument, is_first)
        sequences = _of_ids(partial(vocabulary.encode, vocabulary=form.vocabulary, **of_unknown), tokens, lengths)
        if is_first and not told:
            any(self._warnings_of_sequences(X, kind, tokens, lengths, form, sequences, argument))
        return sequences, form

    def _warnings_of_tokens(self, X, kind, tokens, lengths, argument):
        """Whether each warning of what tokens of a fit look like was told: no more are asked for after one that was."""
        is_text, learns = kind == "text", self.vocabulary is None
        if self.source_type == "auto" and learns and not is_text:
            yield warn_if_counts(X, argument)
            yield warn_if_measured(tokens, lengths, argument)
            yield warn_if_events(X, argument)
            in_columns = hasattr(X, "columns")
            yield warn_if_written(tokens, lengths, argument, rows_of(X, kind, argument), in_columns=in_columns)
        if is_text:
            yield warn_if_lists_are_split(X, self.analyzer, argument)
        elif learns:
            yield warn_if_real(tokens, argument)
        if callable(self.analyzer):
            yield warn_if_of_groups(*some_texts(X, tokens, lengths), argument, "analyzer")
        if self.analyzer == "word" and learns:
            yield warn_if_case_splits(tokens, lengths, argument)
            yield warn_if_unspaced(as_samples(X) or column_cells(X), tokens, argument)
        if learns and self.min_frequency == 1:
            yield self._warn_if_mostly_once(tokens, argument)

    def _warnings_of_sequences(self, X, kind, tokens, lengths, form, sequences, argument):
        """As `_warnings_of_tokens`, of what their vocabulary and their sequences look like."""
        if self.vocabulary is None:
            rows = rows_of(X, kind, argument)
            yield warn_if_line_ends(form.vocabulary, kind, rows, argument)
            of_text = {"kind": kind, "analyzer": form.analyzer, "rows": rows}
            yield warn_if_sources_mix_forms(tokens, lengths, form.vocabulary, argument, **of_text)
        if self.vocabulary is None and kind != "text":
            yield warn_if_types_mix(form.vocabulary, rows_of(X, kind, argument), argument)
        if self.source_type == "auto" and (self._needs_neighbours or _is_plain_column(X)):
            yield warn_if_single_steps(sequences, "tokens", argument)
        elif self.source_type == "auto" and kind == "text" and self.analyzer == "word":
            yield warn_if_stream(tokens, lengths, argument)
        if self._will_refuse_unknown and self._will_read_new(X, kind):
            yield warn_if_others_come(sequences, form.vocabulary, argument, self._remedy_of_unknown)

    @property
    def _will_refuse_unknown(self):
        """Whether predict refuses what this fit has not seen, and nobody has said what the tokens are."""
        return self.handle_unknown == "error" and self.vocabulary is None and self.encoder is None

    def _will_read_new(self, X, kind):
        """Whether X may hold words or items: other texts have letters, and frames are looked at as tables."""
        return self.analyzer != "char" and not hasattr(X, "columns") and (kind != "text" or self._reads_new_texts)

    def _form_of_tokens(self, X, kind, tokens, lengths):
        """The `SourceForm` of tokens of a fit."""
        return SourceForm(
            kind=kind,
            n_features=None,
            n_timesteps=lengths[1] if isinstance(lengths, tuple) else int(lengths.max()),
            dtype=self._number_type,
            vocabulary=self._learnt_vocabulary(tokens),
            analyzer=self.analyzer,
            between=between_tokens(X, tokens, lengths, self.analyzer),
        )

    def _of_unknown(self, X, tokens, lengths, form, argument, is_first):
        """What `vocabulary.encode` is to do with unknown tokens, and to say of them. Of later data it is said here."""
        unknown = self.handle_unknown == "use_unknown" and form.has_unknown  # the parameter may have been set after fit
        texts = (as_samples(X) or column_cells(X)) if form.kind == "text" else tokens
        rows = rows_of(X, form.kind, argument)
        of_text = {"kind": form.kind, "analyzer": form.analyzer, "rows": rows, "texts": texts}
        alike = partial(_advice_on_unknown, **of_text)
        if not is_first and unknown and argument == "X":  # X_val comes with an X, which is looked at
            found = vocabulary.unknown_tokens(tokens, form.vocabulary), len(tokens)
            in_fit, of = self._unknown_in_fit(), type(self).__name__
            told = {"in_fit": in_fit, "alike": alike, "of_words": "" if form.analyzer else self._of_new_words}
            if not (
                vocabulary.warn_if_unknown(*found, form, argument, of, **told)
                or warn_if_spelt_otherwise(*found, form, argument, in_fit=in_fit, **of_text)
            ):
                written = self._written_tokens
                warn_if_never_written(tokens, lengths, found[0], form, written, argument, in_fit=in_fit)
        more = {"unknown": unknown, "argument": argument, "alike": alike}
        if is_first and self.encoder is not None:
            return more | {"of": "the encoder", "remedy": _REMEDY_OF_ENCODER}
        anew = f" (each takes {vocabulary.ANEW})" if hasattr(self, "weights_") else ""
        given = is_first and self.vocabulary is not None
        return more | {"given": given, "remedy": f"{self._remedy_of_unknown}{anew}"}

    @property
    def _written_tokens(self):
        """The tokens that outputs of the last fit are made of, if they may copy those of X."""
        return ()

    def _unknown_in_fit(self):
        """The share of tokens of the last fit that were unknown."""
        facts = getattr(self, "_facts", None)  # files of older releases may have none
        return 0.0 if facts is None else facts.unknown or 0.0

    def _warn_if_mostly_once(self, tokens, argument):
        found = mostly_once(tokens)
        if found is None:
            return False
        n_distinct, n_once, event = found
        warn_caller(
            f"{n_once} of {n_distinct} distinct tokens of {argument} occur once, such as {brief(event)}: new data will "
            "hold others, and little is learnt of these. Round the numbers in tokens, or sort them into classes."
            f"{advice_on_event(event, argument, as_token=False)}",
            TrainingWarning,
        )
        return True

    def _encodings(self, X):
        """What a network that encodes sequences makes of each: (n, n_encodings)."""
        return self._predict("encoding", self._as_network_reads(X).rows)

    def _source_labels(self, X):
        """The tokens of X as strings, one list per sample, for displays; None if X holds measurements."""
        form = self._learnt.source
        return token_labels(self, X, form.kind, analyzer=form.analyzer) if form.reads_tokens else None

    def _kind_of(self, X):
        """What X holds; parameters that make no sense for it raise ValueError."""
        kind = source_kind(X, source_type=self.source_type, analyzer=self.analyzer, integers=self._integers_are_tokens)
        if self.analyzer is not None and self.source_type == "numeric":
            raise ValueError("source_type='numeric' and an analyzer exclude each other: an analyzer gives tokens.")
        if kind in TOKEN_KINDS:
            vocabulary.check_frequencies(self.handle_unknown, self.min_frequency, self.max_vocabulary)
            return kind
        for name, default in self._of_tokens.items():
            if (value := getattr(self, name)) is not None and (default is None or value > default):  # min_frequency > 1
                raise ValueError(
                    f"{name}={value!r} is for tokens, but X is read as measurements. Pass integers or strings, or "
                    f"source_type='tokens', or set {name}={default}."
                )
        return kind

    def _learnt_vocabulary(self, tokens):
        """{token: id}: that of the encoder, the one given, or all tokens that occur."""
        form = None if self.encoder is None else check_encoder(self.encoder)._learnt.source
        if form is not None and form.reads_tokens:  # its embedding has a row for each of these ids
            self._check_vocabulary_of_encoder(form)
            return form.vocabulary
        unknown = self.handle_unknown == "use_unknown"
        limits = {"min_frequency": self.min_frequency, "max_vocabulary": self.max_vocabulary}
        return vocabulary.given_or_learnt(self.vocabulary, tokens, unknown=unknown, **limits)

    def _check_vocabulary_of_encoder(self, form):
        """It stands: another one is an error, and it needs an id for unknown tokens if there are to be some."""
        known = form.vocabulary
        given = known if self.vocabulary is None else vocabulary.learn_vocabulary(list(self.vocabulary))
        if differ := [token for token in given | known if (token in given) != (token in known)]:
            raise ValueError(
                f"vocabulary and that of the encoder differ in {len(differ)} token(s), such as {differ[0]!r}: fit the "
                "encoder with this vocabulary too, or set vocabulary=None to take that of the encoder."
            )
        if self.handle_unknown == "use_unknown" and not form.has_unknown:
            raise ValueError(
                "handle_unknown='use_unknown' needs an id for unknown tokens, but the encoder's vocabulary has none: "
                "fit the encoder with handle_unknown='use_unknown' too, or set handle_unknown='error'."
            )

    def _train(self, training):
        result, spec = super()._train(training)
        form, tied = training.learnt.source, getattr(spec, "tied", False)  # then the softmax has trained all rows
        if training.goes_on or tied or self.encoder is not None or not form.reads_tokens or not form.has_unknown:
            return result, spec
        return replace(result, weights=with_unknown(result.weights, form.counts(training.data))), spec

    def _keep_learnt(self, learnt):
        vars(self).pop("vocabulary_", None)  # of an earlier fit, which may have been on tokens
        if learnt.source.reads_tokens:
            self.vocabulary_ = dict(learnt.source.vocabulary)

    def _source_fields(self, form):
        """Fields of the spec that the source decides."""
        return {
            "source_size": form.size,
            "tokens": form.reads_tokens,
            "embedding_dim": None if self.embedding_dim is None else int(self.embedding_dim),
            "frozen": bool(self.freeze),
        }


def with_unknown(weights, counts):
    """Weights with a row for unknown tokens, where none trained it: the mean of the rows of tokens that occur once.

    ``counts`` (n_ids,) says how often every id occurred in training. Without tokens that occur once all count alike.
    """
    if counts[vocabulary.UNKNOWN]:
        return weights
    once = counts == 1
    like = once if once.any() else counts > 0
    inputs = ("embedding",) if "embedding" in weights else ("encoder/0/kernel", "encoder/0/backward/kernel")
    found = dict(weights)
    for name in (name for name in inputs if name in weights):  # (n_ids, ...)
        found[name] = weights[name].copy()
        found[name][vocabulary.UNKNOWN] = weights[name][like].mean(axis=0)
    return found


def _of_ids(encode, tokens, lengths):
    """`Sequences` of the ids of tokens (n_tokens,), whose lengths are (n,), or of a table (n, t) that they came as."""
    if not isinstance(lengths, tuple):
        return Sequences(values=pad(encode(tokens), lengths), lengths=lengths)  # (n_tokens,) to (n, t)
    rows = tokens.reshape(lengths)
    return Sequences(
        values=derived(lambda index: encode(rows[index].ravel()).reshape(-1, lengths[1]), lengths, np.int32)
    )


def _advice_on_unknown(unknown, known, *, texts, analyzer, **more):
    """The end of an error about unknown tokens: how they become known ones, or others."""
    spelling = advice_on_spelling(unknown, known, texts=texts, analyzer=analyzer, **more)
    return spelling or advice_on_unspaced(unknown, texts, analyzer)


def _is_plain_column(X):
    """Whether X is a column (n, 1) whose cells are single values."""
    return getattr(X, "shape", ())[1:] == (1,) and as_samples(X) is None
