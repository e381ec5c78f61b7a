"""What is asked of a generator's network: log-probabilities, what follows, and sequences drawn or searched for."""

from copy import copy
from dataclasses import dataclass, replace
from functools import partial

import numpy as np
from scipy.special import logsumexp
from sklearn.utils.validation import check_is_fitted

from skseq._arguments import brief
from skseq._base.decoders.decoding import CUTS, READ_LATER, TOKENS
from skseq._base.source import SourceEstimator
from skseq._data.mistakes.targets.whole_outputs import warn_if_whole
from skseq._data.sequences import Sequences, as_samples, pad, sum_over_time
from skseq._data.targets.beginnings import (
    advice_on_cut_tokens,
    check_beginning,
    check_empty,
    is_empty,
    is_one_beginning,
    listed_beginnings,
    n_asked,
)
from skseq._data.targets.conditions import check_condition
from skseq._data.tokens.vocabulary import UnknownTokensError
from skseq._data.uniforms import uniforms
from skseq._data.working_memory import Derived, slices

PIECE = 512  # timesteps of a sequence without an end that are scored at a time


@dataclass(frozen=True, kw_only=True)
class Beginnings:
    """What sequences begin with: rows of the network, and how many timesteps each has, (n,)."""

    rows: dict
    real_lengths: np.ndarray

    def __len__(self):
        return len(self.real_lengths)

    def resized(self, n_samples):
        """The only one for so many samples; several are as many."""
        if len(self) == n_samples:
            return self
        rows = {name: np.repeat(x, n_samples, axis=0) for name, x in self.rows.items()}
        return Beginnings(rows=rows, real_lengths=np.repeat(self.real_lengths, n_samples))

    def with_rows(self, **rows):
        """These beginnings with more rows."""
        return replace(self, rows=self.rows | rows)


def beginnings(prefixes, n_samples, like):
    """`Beginnings` from one array of ids or of scaled numbers for each sample, or None of nothing.

    ``like`` is a step of zeros.
    """
    start = np.zeros((n_samples, *like.shape), like.dtype)  # before the first step
    lengths = np.zeros(n_samples, np.int32) if prefixes is None else np.array([len(x) for x in prefixes], np.int32)
    rows = {"before": start}
    if lengths.any():
        rows |= {"source": pad(np.concatenate(prefixes), lengths), "source_lengths": lengths}
    return Beginnings(rows=rows, real_lengths=lengths)


def told(begun):
    """`Beginnings` whose rows also hold the classes "begun" with (n, p), which then may count as written.

    The last of them stands before the first that is written; -1 is nothing.
    """
    if "source" not in begun.rows:
        return begun
    classes = begun.rows["source"] - 1  # (n, p)
    n_steps = classes.shape[1]
    places = np.arange(n_steps) - (n_steps - begun.real_lengths)[:, None]
    last = np.where(places >= 0, np.take_along_axis(classes, np.maximum(places, 0), axis=1), -1)
    return begun.with_rows(begun=last.astype(np.int32))


def check_no_choice(search):
    """Raise ValueError if a `Search` for numbers is to choose among tokens."""
    given = {name: getattr(search, name) for name in CUTS + TOKENS if getattr(search, name) is not None}
    for name, value in given.items():
        raise ValueError(f"{name}={brief(value, 60)} chooses among tokens, but X held numbers in fit: set {name}=None.")


def in_pieces(ask, rows, width, state_size):
    """(sums of log p (n,), rows of what is left to read) of sequences without an end, piece after piece.

    ``ask(rows) -> (n, 1 + state_size)`` gives the log p of a piece and the states after it. What is left is the last
    step, before which the states stand. Rows that are computed where they are indexed are read block after block.
    """
    source = rows["source"]
    blocks = slices(source) if isinstance(source, Derived) else [slice(None)]
    found = [_block_in_pieces(ask, {name: x[block] for name, x in rows.items()}, width, state_size) for block in blocks]
    log_probs, left = zip(*found)
    return np.concatenate(log_probs), {name: np.concatenate([part[name] for part in left]) for name in left[0]}


def _block_in_pieces(ask, rows, width, state_size):
    """What `in_pieces` gives of arrays."""
    source = rows["source"]
    n, t = source.shape[:2]
    lengths = rows.get("source_lengths", np.full(n, t, np.int32))
    states = np.zeros((n, state_size), np.float32)
    before, log_probs, first = np.zeros_like(source[:, 0]), np.zeros(n), True
    more = {name: x for name, x in rows.items() if name == "condition"}
    for start in range(0, t, width):
        piece = source[:, start : start + width]
        real = np.clip(lengths - start, 0, piece.shape[1]).astype(np.int32)
        given = {"source": piece, "source_lengths": real, "before": before, **more}
        found = ask(given if first else given | {"states": states})
        going_on = real > 0
        log_probs[going_on] += found[going_on, 0]
        states, first = found[:, 1:], False
        last = piece[np.arange(n), np.maximum(real - 1, 0)]
        before = np.where(going_on.reshape(-1, *[1] * (last.ndim - 1)), last, before)
    return log_probs, {"source": source[:, :0], "before": before, "states": states, **more}


def mixed_over(log_priors, log_probs):
    """log sum_c p(c) p(x | c), of log p(x | c) (n, n_labels)."""
    return logsumexp(log_priors + log_probs, axis=1)


def posteriors(log_priors, log_probs):
    """p(c | x) (n, n_labels)."""
    joint = log_priors + log_probs
    return np.exp(joint - logsumexp(joint, axis=1, keepdims=True))


class GenerationMixin:
    """A fitted `BaseGenerator` that is asked."""

    # --- what comes next ----------------------------------------------------------------------------------------------

    def _read_beginnings(self, X):
        """What `_as_network_reads` gives of sequences some of which may be empty: the network reads the start alone."""
        check_is_fitted(self)
        samples = as_samples(X) or []
        empty = np.array([is_empty(sample) for sample in samples], bool)
        if not empty.any():
            return self._as_network_reads(X)
        form = self._learnt.source
        for index in np.flatnonzero(empty):
            check_empty(samples[index], f"X[{index}]", form)
        if empty.all():
            width, dtype = ((), np.int32) if form.reads_tokens else ((form.n_features,), self._spec.dtype)
            values, lengths = np.zeros((len(samples), 1, *width), dtype), np.zeros(len(samples), np.int32)
            return Sequences(values=values, lengths=lengths, univariate=form.univariate)
        other = next(sample for sample, nothing in zip(samples, empty) if not nothing)  # stands in for empty ones
        source = self._as_network_reads([other if nothing else sample for sample, nothing in zip(samples, empty)])
        return replace(source, lengths=np.where(empty, 0, source.real_lengths).astype(np.int32))

    def _next_log_probs(self, source, y):
        """log p of the next class (n, n_classes); that of unknown tokens is left out."""
        log_probs = self._next("next", source, y).astype(np.float64)
        known = log_probs[:, int(self._learnt.source.has_unknown) :]
        return known - np.logaddexp.reduce(known, axis=1, keepdims=True)

    def _next(self, what, source, y):
        """An output of the network after whole sequences (n, d); over labels that are not given its expectation."""
        rows, n_labels = self._conditioned(source.rows, y, len(source))
        if n_labels is None and not self._is_long(rows):
            return self._predict(what, rows)
        log_probs, left = self._read_so_far(rows)
        found = self._predict(what, left)
        if n_labels is None:
            return found
        weights = posteriors(self._targets.conditions.log_shares, log_probs.reshape(-1, n_labels))  # (n, labels)
        found = found.reshape(len(source), n_labels, -1)
        if what == "next":
            return np.logaddexp.reduce(np.log(np.maximum(weights, 1e-300))[..., None] + found, axis=1)
        return (weights[..., None] * found).sum(axis=1)

    def _next_along(self, X, y=None):
        """(tokens (t,), log p of what comes next (t + 1, n_classes)) along one sequence, for displays."""
        source = self._as_network_reads(X)
        n_steps = int(source.real_lengths[0])
        values = np.repeat(np.asarray(source.values[:1])[:, :n_steps], n_steps + 1, axis=0)
        beginnings = Sequences(values=values, lengths=np.arange(n_steps + 1, dtype=np.int32))
        known = None if y is None else np.repeat(np.asarray(y)[:1], n_steps + 1, axis=0)
        tokens = self._targets.next_tokens(values[0] - 1)  # class k is the token of id k + 1
        return tokens, self._next_log_probs(beginnings, known)

    def _is_long(self, rows):
        """Whether sequences without an end are read in pieces."""
        return rows["source"].shape[1] > PIECE and not self._spec.ends

    def _read_so_far(self, rows):
        """(log p of beginnings, their end left out, (n,), rows from which it goes on)."""
        if self._is_long(rows):
            return self._piecewise(rows)
        steps = self._predict("step_log_probs", rows).astype(np.float64)  # (n, t')
        if self._spec.ends:
            n_steps = rows.get("source_lengths", np.full(len(steps), steps.shape[1] - 1))[:, None]
            steps = np.where(np.arange(steps.shape[1]) < n_steps, steps, 0)
        return sum_over_time(steps), rows

    def _conditioned(self, rows, y, n_samples):
        """(rows with what they depend on, None), or every row once for each label, and how many there are."""
        check_is_fitted(self)
        conditions = self._targets.conditions
        check_condition(conditions, y, n_samples)
        if conditions is None:
            return rows, None
        if y is not None:
            return {**rows, "condition": conditions.encode(y, self._spec.dtype)}, None
        labels = np.tile(np.arange(conditions.size, dtype=np.int32), n_samples)
        repeated = {name: np.repeat(np.asarray(x), conditions.size, axis=0) for name, x in rows.items()}
        return {**repeated, "condition": labels}, conditions.size

    @property
    def _n_encodings(self):
        """The length of the mean of a sequence's hidden states beside the last one."""
        return 2 * self._spec.units

    def _check_encodes(self):
        """Raise ValueError if there are no encodings of X alone."""
        if hasattr(self, "weights_") and self._targets.conditions is not None:
            raise ValueError(
                "Codes are those of X alone, but this SequenceGenerator was fitted with y, on which its hidden states "
                "depend: fit it without y."
            )

    def _piecewise(self, rows):
        spec = self._spec
        ask = partial(self._predict, "continued")
        return in_pieces(ask, rows, PIECE, spec.n_layers * spec.n_states * spec.units)

    # --- how likely sequences are -------------------------------------------------------------------------------------

    def _log_probs(self, source, y):
        """log P(X | y) (n,) of `Sequences` as the network reads them."""
        rows, n_labels = self._conditioned(source.rows, y, len(source))
        if self._is_long(rows):
            log_probs, _ = self._piecewise(rows)
        else:
            log_probs = sum_over_time(self._predict("step_log_probs", rows).astype(np.float64))
        if n_labels is not None:
            log_probs = mixed_over(self._targets.conditions.log_shares, log_probs.reshape(-1, n_labels))
        return log_probs - source.real_lengths * self._log_units

    @property
    def _log_units(self):
        """What the density of a timestep loses by the scale on which the network reads it."""
        if self._learnt.source.reads_tokens:
            return 0.0
        return float(np.log(self._learnt.source.scale.deviation).sum())  # that of what is 0 or 1 is 1

    def _n_scored(self, X):
        """How many timesteps the log-likelihood of every sequence is a sum over, the end counted as one: (n,)."""
        return self._as_network_reads(X).real_lengths + self._spec.ends

    # --- new sequences ------------------------------------------------------------------------------------------------

    def _asked(self, **changed):
        """The `Search` that the parameters describe, but for what is changed to other values than None."""
        changed = {name: value for name, value in changed.items() if value is not None}
        asked = copy(self)
        vars(asked).update(changed)  # a subclass may have fewer parameters
        asked._validate_params(READ_LATER)
        return self._search(targets=replace(self._targets, join=self.join), **changed)

    def _room(self, begun, search, argument="prefix"):
        """How many timesteps may follow the prefixes of all samples, (n,)."""
        most = search.targets.most(search.max_length)
        room = most - begun.real_lengths
        if (room < 0).any():
            row = int(room.argmin())
            raise ValueError(
                f"{argument}[{row}] has {begun.real_lengths[row]} timesteps, above max_length={most}: shorten it, or "
                "raise max_length."
            )
        return room

    def _begun(self, n_samples, y, prefix, rng, argument="prefix"):
        """(`Beginnings` of all samples, their prefixes as they were given)."""
        conditions, form = self._targets.conditions, self._learnt.source
        check_condition(conditions, y, None)
        y = None if y is None else conditions.listed(y)
        prefix = listed_beginnings(prefix, form)
        given = [()] if prefix is None else [prefix] if is_one_beginning(prefix, form) else list(prefix)
        n = n_asked(n_samples, {argument: given} | ({} if y is None else {"y": y}))
        seed = int(rng.randint(np.iinfo(np.int32).max))  # drawn in any case, so that what follows is the same
        prefixes = None if prefix is None else self._read_prefixes(given, argument)
        like = np.zeros((), np.int32) if form.reads_tokens else np.zeros(form.n_features, self._spec.dtype)
        begun = beginnings(prefixes, len(given), like)
        if len(given) == 1:
            given = given * n
        if conditions is None:
            return begun.resized(n), given
        condition = self._drawn_labels(begun, n, seed) if y is None else self._asked_conditions(y, n)
        return begun.resized(n).with_rows(condition=condition), given

    def _asked_conditions(self, y, n):
        """What n samples depend on, as the network reads it."""
        encoded = self._targets.conditions.encode(y, self._spec.dtype)
        return np.resize(encoded, (n, *encoded.shape[1:]))

    def _drawn_labels(self, begun, n, seed):
        """Labels of n samples that are not given, each by its probability given the beginning."""
        conditions, shares = self._targets.conditions, None
        if begun.real_lengths.any():
            rows, n_labels = self._conditioned(begun.rows, None, len(begun))
            log_probs, _ = self._read_so_far(rows)
            shares = posteriors(conditions.log_shares, log_probs.reshape(-1, n_labels))  # (n_beginnings, n_labels)
            shares = np.resize(shares, (n, n_labels))
        return conditions.draw(uniforms(seed, n, 1, 1, np.float64)[:, 0, 0], shares)

    def _read_prefixes(self, prefix, argument):
        """Prefixes as the network reads them, one array of ids (t,) or scaled numbers (t, f) for each."""
        form = self._learnt.source
        for index, one in enumerate(prefix):
            check_beginning(one, f"{argument}[{index}]", form)
        empty = [len(one) == 0 for one in prefix]
        some = [one for one, nothing in zip(prefix, empty) if not nothing]
        width = () if form.reads_tokens else (form.n_features,)
        nothing = np.zeros((0, *width), np.int32 if form.reads_tokens else self._spec.dtype)
        if not some:
            return [nothing] * len(empty)
        kind = "token lists" if form.kind == "tokens" else form.kind  # any lengths
        some = some if form.reads_tokens else [np.asarray(one) for one in some]
        try:
            sequences = SourceEstimator._read_source(self, some, replace(form, kind=kind), argument)[0]
        except UnknownTokensError as error:
            raise ValueError(f"{error}{advice_on_cut_tokens(some, form)}") from error
        self._targets.check_binary(sequences, argument)
        source = form.scaled(sequences)
        read = iter(np.asarray(values)[:n] for values, n in zip(source.values, source.real_lengths))
        return [nothing if skip else next(read) for skip in empty]

    def _sample_tokens(self, begun, prefixes, search, room):
        if self._nothing_follows(room):
            return search.targets.decode_tokens([np.zeros(0, int)] * len(room), prefixes)
        tokens, lengths, _ = search.best_of(self._found_after(begun, search), "continuation", "Loosen them.")
        return search.targets.decode_tokens([ids[:n] for ids, n in zip(tokens, np.minimum(lengths, room))], prefixes)

    def _nothing_follows(self, room):
        """Whether no beginning has room for a timestep (n,), nor for an end."""
        return not (room.any() or self._targets.ends)

    def _found_after(self, begun, search):
        """What `_find` gives for beginnings, which then count where nothing may be written twice."""
        if search.is_closed and "source" in begun.rows:
            self._warn_if_whole(begun, search)
        return self._find(begun if search.no_repeat_ngram is None else told(begun), search)

    def _warn_if_whole(self, begun, search):
        form, tokens = self._learnt.source, search.targets.class_tokens
        rows = zip(begun.rows["source"].tolist(), begun.real_lengths)
        prefixes = [[tokens[index - 1] for index in ids[:n]] for ids, n in rows]
        between = ("" if form.analyzer == "char" else form.between) if form.kind == "text" else None
        warn_if_whole(prefixes, search.listed, search.allowed_outputs, between)

    def _completed(self, begun, prefixes, search, room, n):
        """What `predict_nbest` gives."""
        if self._nothing_follows(room):
            found = {"tokens": np.zeros((len(room), n, 0), int), "lengths": np.zeros((len(room), n), int)}
            found["log_probs"] = np.zeros((len(room), n))
        else:
            found = self._found_after(begun, search)
            search.best_of(found, "continuation", "Loosen them.")
        log_probs = found["log_probs"][:, :n].astype(np.float64)
        if not self._targets.ends:
            log_probs[room == 0] = np.where(np.arange(n) == 0, 0.0, -np.inf)  # the beginning alone, for sure
        sequences = np.full(log_probs.shape, None, object)
        for row, hypothesis in np.argwhere(np.isfinite(log_probs)):
            end = min(found["lengths"][row, hypothesis], room[row])
            written = search.targets.decode_tokens([found["tokens"][row, hypothesis, :end]], [prefixes[row]])
            sequences[row, hypothesis] = written[0]
        return sequences, log_probs

    def _sample_numbers(self, begun, prefixes, search, room):
        form, n_steps = self._learnt.source, int(room.max())
        written = np.zeros((len(begun), 0, form.n_features + 1), self._spec.dtype)
        if self._targets.ends:
            search.checked_min_lengths(begun.real_lengths, room)
        if n_steps:
            seed, width = int(search.random_state.randint(np.iinfo(np.int32).max)), form.n_features + 2
            rows = begun.rows | {
                "uniform": uniforms(seed, len(begun), n_steps, width, self._spec.dtype),
                "min_lengths": self._targets.least(begun.real_lengths, int(search.min_length)).astype(np.int32),
            }
            temperature = np.dtype(self._spec.dtype).type(search.temperature)
            written = self._predict("drawn", rows, temperature=temperature)
        lengths = np.minimum(written[:, :, -1].sum(axis=1).astype(int), room)
        samples = [form.scale.undo(steps[:n, :-1]) for steps, n in zip(written, lengths)]
        return self._targets.decode_numbers(samples, prefixes)
