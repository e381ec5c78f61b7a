"""What is asked of a decoder at predict: searches and their constraints, n-best lists, log-probabilities."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property, partial
from numbers import Integral, Real

import numpy as np

from skseq._arguments import MOST, as_random_state, brief, is_count
from skseq._base.estimator import MOST_UNITS
from skseq._data.checks import check_same_samples
from skseq._data.sequences import sum_over_time
from skseq._data.training_data import TrainingData
from skseq._data.uniforms import uniforms
from skseq._data.working_memory import working_memory
from skseq._sklearn import Interval, StrOptions
from skseq._typing import Array, SequencesLike

LEAST_TEMPERATURE = 1e-30  # as greedy as any below, of which float32 makes zero
MOST_TEMPERATURE = 1e30  # as uniform as any above, of which float32 makes infinity
MOST_LENGTH_PENALTY = 50  # which leaves nothing but the longest output; the power of a length overflows far beyond

# Every parameter of a search, in groups: those that forbid something are refused where they cannot be kept.
WAYS = ("search", "beam_width", "length_penalty", "coverage_penalty", "temperature", "random_state")  # forbid nothing
CUTS = ("top_k", "top_p", "min_p")  # forbid draws of improbable tokens
TOKENS = ("no_repeat_ngram", "forced_prefix", "allowed_outputs")  # constraints of what is written
LENGTHS = ("max_length", "min_length")  # constraints of how much
SEARCH_PARAMETERS = WAYS + CUTS + TOKENS + LENGTHS  # read at predict; what an estimator lacks stays as `Search` has it
READ_LATER = (*SEARCH_PARAMETERS, "join", "target_join")  # by predict and sample: only these need be valid then


@dataclass(frozen=True, kw_only=True, eq=False)
class Search:
    """How to look for outputs: the parameters that are read at predict, and what outputs there can be.

    ``targets`` is the targets object of the fit (see `skseq._data`), ``dtype`` the type of the network's numbers.
    """

    targets: object
    dtype: str
    search: str = "greedy"
    beam_width: int = 5
    length_penalty: float = 0.0
    coverage_penalty: float = 0.0
    temperature: float = 1.0
    top_k: int | None = None
    top_p: float | None = None
    min_p: float | None = None
    min_length: int = 0  # this, max_length and length_penalty: only of estimators whose outputs have any length
    max_length: int | tuple | None = None
    no_repeat_ngram: int | None = None
    allowed_outputs: object = None
    forced_prefix: object = None
    random_state: object = None
    n_draws: int = 1  # of every output, with search="sampling"

    @property
    def method(self):
        """The search that is run: a beam of width 1 is greedy."""
        return "greedy" if self.is_beam and self.beam_width == 1 else self.search

    @property
    def is_beam(self):
        """Whether hypotheses compete for `beam_width` places."""
        return self.search == "beam"

    @property
    def n_best(self):
        """Hypotheses per sample."""
        return int(self.beam_width) if self.is_beam else {"greedy": 1, "sampling": self.n_draws}[self.search]

    @property
    def given(self):
        """The constraints that are set, by name."""
        values = {name: getattr(self, name) for name in TOKENS + LENGTHS} | {"min_length": self.min_length or None}
        return {name: value for name, value in values.items() if value is not None}

    @property
    def constraints(self):
        """The constraints that are set, as text."""
        named = [name if name == "allowed_outputs" else f"{name}={value!r}" for name, value in self.given.items()]
        return ", ".join(named) or "there are none"

    def best_of(self, found, of, advice):
        """Classes (n, t), lengths and log-probabilities (n,) of the best hypotheses of what was found.

        Constraints that allow none raise ValueError, which says that no ``of`` is left, and what to do.
        """
        lost = np.isneginf(found["log_probs"][:, 0])
        if lost.any():
            asks = callable(self.allowed_outputs) and self.targets.end is not None
            end = " The function allowed_outputs must return None, too, where the output may end." if asks else ""
            raise ValueError(
                f"No {of} of {np.count_nonzero(lost)} sample(s), the first at index {int(np.argmax(lost))}, is left by "
                f"the constraints: {self.constraints}. {advice}{end}"
            )
        return [found[name][:, 0] for name in ("tokens", "lengths", "log_probs")]

    def options(self, data):
        """What decides the graph of the search in what `data` has given."""
        from skseq.nn.networks.seq2seq_search import SearchOptions

        longest = int(data.shared["n_steps"]) + (data.rows["begun"].shape[1] if "begun" in data.rows else 0)
        repeats = self.no_repeat_ngram is not None and self.no_repeat_ngram < longest  # else an output is too short
        return SearchOptions(
            method=self.method,
            end=self.targets.end,
            no_repeat=int(self.no_repeat_ngram) if repeats else None,
            asks=callable(self.allowed_outputs),
        )

    def data(self, source):
        """`TrainingData` that `skseq.nn.networks.seq2seq_search.find` reads, for `Sequences`."""
        from skseq.nn.networks.seq2seq_search import SEARCHES

        targets, limits = self.targets, self.targets.limits(source.real_lengths, self.max_length)  # limits: (n,)
        rows, shared, allowed = dict(source.rows), {}, targets.allowed
        if allowed is not None and not allowed.all():
            shared["allowed"] = allowed  # (t or 1, n_classes)
        if targets.end is not None:
            rows["max_lengths"] = limits.astype(np.int32)
            rows["min_lengths"] = self.checked_min_lengths(source.real_lengths, limits)
        n_steps = int(limits.max()) + (targets.end is not None)  # one more for the end
        shared["n_steps"] = np.int32(n_steps)
        if self.forced_prefix is not None:
            shared["prefix"] = self._checked_prefix(limits)
        if self.is_closed:
            shared |= self._closed_list(limits.max())
        _, reads = SEARCHES[self.method]
        shared |= {name: number for name, number in self._numbers().items() if name in reads}
        if "uniform" in reads:
            rows["uniform"] = self._uniform(len(source), n_steps)  # drawn here: a graph cannot draw from random_state
        return TrainingData(rows, shared)

    def parts(self, source):
        """`data`, in one part or, where outputs have no end, in one for each length that they may have.

        Else hypotheses would be judged, and constrained, by steps that are written for longer outputs alone.
        """
        data, limits = self.data(source), self.targets.limits(source.real_lengths, self.max_length)  # (n,)
        competes = self.is_beam and self.beam_width > 1
        looks_ahead = competes or self.no_repeat_ngram is not None or callable(self.allowed_outputs)
        lengths = np.unique(limits)
        if self.targets.end is not None or not looks_ahead or len(lengths) == 1:
            return [data]
        return [_of_length(data, np.flatnonzero(limits == n), n) for n in lengths if n > 0]

    def checked_min_lengths(self, lengths, limits):
        """How many steps must follow beginnings of these lengths, (n,); more than the limits (n,) raise ValueError."""
        least = self.targets.least(lengths, int(self.min_length))  # (n,), as the limits are
        if (least > limits).any():
            row = int((limits - least).argmin())
            raise ValueError(
                f"min_length={self.min_length!r} is above the largest length of an output, {limits[row]} (sample "
                f"{row}): lower it, or set a larger max_length (now {self.max_length!r})."
            )
        return least.astype(np.int32)

    def _checked_prefix(self, limits):
        tokens = self.targets.tokens_of(self.forced_prefix, "forced_prefix")
        (prefix,) = self._class_ids([tokens], "forced_prefix")
        if len(prefix) > limits.min():
            raise ValueError(
                f"forced_prefix has {len(prefix)} token(s), above the largest length of an output, {limits.min()} "
                f"(sample {int(limits.argmin())}): shorten it"
                f"{'' if self.targets.end is None else ', or raise max_length'}."
            )
        return np.array(prefix, np.int32)

    def _uniform(self, n_samples, n_steps):
        """A number in [0, 1) for every token that may be drawn.

        Those of draw k of row i depend on the seed, i and k alone: not on other rows, further draws or later tokens.
        """
        seed = int(as_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        return uniforms(seed, n_samples, n_steps, self.n_best, self.dtype).transpose(0, 2, 1)

    def _numbers(self):
        """The numbers that are set, of those that a search may read, as graphs have them."""
        number = np.dtype(self.dtype).type
        numbers = {
            "beam_width": np.int32(self.beam_width),
            "length_penalty": np.float64(self.length_penalty),
            "coverage_penalty": np.float64(self.coverage_penalty),
            "temperature": number(max(self.temperature, LEAST_TEMPERATURE)),
        }
        if self.top_k is not None:
            numbers["top_k"] = np.int32(min(self.top_k, self.targets.size))
        if self.top_p is not None:
            numbers["top_p"] = number(self.top_p)
        if self.min_p is not None:
            numbers["min_p"] = number(self.min_p)
        return numbers

    def _closed_list(self, longest):
        """The tables of the closed list `allowed_outputs`, of outputs with at most ``longest`` tokens."""
        from skseq.nn.decoding.constraints import tokens_left, trie

        if len(self.allowed_outputs) == 0:
            raise ValueError("allowed_outputs is empty, so nothing may be written: list at least one output, or None.")
        outputs = self._class_ids(self.listed, "allowed_outputs")
        size, end = self.targets.size, self.targets.end
        if end is None:
            if wrong := [len(output) for output in outputs if len(output) != longest]:
                raise ValueError(
                    f"allowed_outputs holds an output of {wrong[0]} token(s), but all outputs have {longest}."
                )
            return {"outputs": trie(outputs, size)}
        possible = [output for output in outputs if self.min_length <= len(output) <= longest]
        if not possible:  # the others would lead a search to where it cannot end
            raise ValueError(
                f"allowed_outputs holds no output of {self.min_length} to {longest} tokens, which are min_length and "
                "the largest length of an output: list others, or set min_length and max_length."
            )
        table = trie(possible, size, end)
        return {"outputs": table, "outputs_left": tokens_left(table)}

    @property
    def is_closed(self):
        """Whether `allowed_outputs` is a list."""
        return self.allowed_outputs is not None and not callable(self.allowed_outputs)

    @cached_property
    def listed(self):
        """The token list of every output of the closed list `allowed_outputs`."""
        return [self.targets.tokens_of(output, "allowed_outputs") for output in self.allowed_outputs]

    def decode(self, ids, lengths):
        """Outputs in the form of y in fit from classes (n, t); texts as they stand in the list `allowed_outputs`."""
        if not self.is_closed or getattr(self.targets, "form", None) != "text":
            return self.targets.decode(ids, lengths)
        texts = {}
        for tokens, output in zip(self.listed, self.allowed_outputs):
            if isinstance(output, str):
                texts.setdefault(tuple(tokens), str(output))
        return self.targets.decode(ids, lengths, texts)

    def _class_ids(self, outputs, argument):
        """Class ids of the tokens of every output; a token that fit did not see raises ValueError."""
        classes = self.targets.token_classes
        unknown = [token for output in outputs for token in output if token not in classes]  # None may be one of them
        if unknown:
            raise ValueError(
                f"{argument} holds the token {unknown[0]!r}, which is no target token of fit: {list(classes)[:10]}"
                f"{' ...' if len(classes) > 10 else ''}."
            )
        return [[classes[token] for token in output] for output in outputs]

    def ask(self, failed, _, prefixes):
        """Which classes the function `allowed_outputs` lets follow class lists (n, t): (n, n_classes) bool.

        An error inside a graph would come out as one of TensorFlow: it is put into ``failed`` instead, and nothing more
        is allowed, which ends the search.
        """
        prefixes, answers = list(map(tuple, prefixes.tolist())), {}
        try:
            tokens, classes = self.targets.class_tokens, self.targets.token_classes
            for prefix in () if failed else prefixes:
                if prefix not in answers:  # each is asked about once
                    answers[prefix] = self._allowed_after([tokens[k] for k in prefix], classes)
        except BaseException as error:
            failed.append(error)
        allowed = np.zeros((len(prefixes), self.targets.size), bool)  # (n, n_classes)
        for row, prefix in enumerate(prefixes):
            allowed[row, answers.get(prefix, [])] = True
        return allowed

    def _allowed_after(self, prefix, classes):
        """Class ids that may follow a token list; ``classes`` has them by token."""
        try:
            answer, end = self.allowed_outputs(list(prefix)), self.targets.end
        except (TypeError, ValueError) as error:
            kind = TypeError if isinstance(error, TypeError) else ValueError
            raise kind(f"The function allowed_outputs failed after {prefix!r}: {error}") from error
        try:
            tokens = list(answer)
            known = [end if token is None and end is not None else classes.get(token) for token in tokens]
        except TypeError as error:
            raise TypeError(
                f"The function allowed_outputs must return the tokens that may follow {prefix!r}. Got {answer!r}."
            ) from error
        if None in known:
            raise ValueError(
                f"The function allowed_outputs allowed {tokens[known.index(None)]!r} after {prefix!r}, which is no "
                f"target token of fit{', nor None for the end of the output' if end is not None else ''}."
            )
        return known


class FindMixin:
    """What a fitted network finds, and the parameters of any search."""

    _search_constraints = {
        "search": [StrOptions({"greedy", "beam", "sampling"})],
        "beam_width": [Interval(Integral, 1, MOST_UNITS, closed="both")],
        "coverage_penalty": [Interval(Real, 0, None, closed="left")],
        "temperature": [Interval(Real, 0, MOST_TEMPERATURE, closed="right")],
        "top_k": [Interval(Integral, 1, None, closed="left"), None],
        "top_p": [Interval(Real, 0, 1, closed="right"), None],
        "min_p": [Interval(Real, 0, 1, closed="right"), None],
        "no_repeat_ngram": [Interval(Integral, 1, None, closed="left"), None],
        "allowed_outputs": ["array-like", callable, None],
        "forced_prefix": [str, "array-like", None],
    }

    def _search(self, **changed):
        """The `Search` that the parameters describe, but for what is changed."""
        set_now = {name: getattr(self, name) for name in SEARCH_PARAMETERS if hasattr(self, name)}
        return Search(**{"targets": self._targets, "dtype": self._spec.dtype} | set_now | changed)

    def _find(self, source, search):
        """The tokens, lengths and log_probs of all hypotheses of every sample, whose rows are in ``source``."""
        from skseq.nn.pool import lease

        failed, parts = [], search.parts(source)
        ask, limits = partial(search.ask, failed), {"max_bytes": working_memory()}
        with lease(self._spec, self.weights_) as runner:
            runner.store.load(self.weights_)
            found = [runner.search(part, search.options(part), ask, **limits) for part in parts]
        if failed:
            raise failed[0]  # the user's own error, as `allowed_outputs` raised it
        return found[0] if parts[0].n_samples == len(source) else _joined(len(source), parts, found)


def _of_length(data, samples, n_steps):
    """Some samples of `TrainingData`, whose outputs have so many steps."""
    rows = {name: x[..., :n_steps] if name == "uniform" else x for name, x in data.rows.items()}
    return TrainingData(rows, data.shared | {"n_steps": np.int32(n_steps)}, samples)


def _joined(n_samples, parts, found):
    """What was found for parts of the samples, in the order of all; zeros after shorter outputs."""
    longest = max((one["tokens"] for one in found), key=lambda tokens: tokens.shape[-1])
    like = found[0] | {"tokens": longest}
    joined = {name: np.zeros((n_samples, *x.shape[1:]), x.dtype) for name, x in like.items()}
    for part, one in zip(parts, found):
        for name, x in one.items():
            joined[name][(part.samples, *map(slice, x.shape[1:]))] = x
    return joined


class SearchMixin(FindMixin):
    """Searches for outputs by the parameters that are read at predict."""

    def predict_nbest(self, X: SequencesLike, n: int) -> tuple[Array, Array]:
        """Find the n best outputs of a beam search of width `beam_width`; with ``search="sampling"``, draw n outputs.

        The best `beam_width` finished outputs are kept beside as many beginnings that go on. An output is missed only
        if its beginning falls out of the beam: a larger `beam_width` may find better ones.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sources of the kind in fit.
        n : int
            Number of outputs per sample, at most `beam_width` unless they are drawn.

        Returns
        -------
        outputs : ndarray of shape (n_samples, n) or (n_samples, n, ...)
            Outputs in the form that `predict` returns, best first or in the order of drawing.
        log_probs : ndarray of shape (n_samples, n)
            Natural logarithm of P(output | source), the end of the output included where there is one. Constraints
            forbid outputs, but never change a probability. If there are fewer than n outputs, the missing ones have
            -inf here and are None (outputs of a fixed length: the first class at every position).
        """
        source = self._as_network_reads(X)
        self._validate_params(READ_LATER)  # beam_width may have been set anew
        if not is_count(n):
            raise ValueError(f"n must be an integer of at least 1. Got {brief(n, 80)}.")
        search = self._search(n_draws=int(n), **{"search": "beam"} if self.search == "greedy" else {})
        if n > search.n_best:
            raise ValueError(
                f"n must be an integer from 1 to beam_width={self.beam_width!r}. Got {n!r}. Set a larger beam_width, "
                f"which is read at predict, or search='sampling', which takes up to {MOST}."
            )
        found = self._find(source, search)
        ids, lengths, log_probs = (found[name][:, :n] for name in ("tokens", "lengths", "log_probs"))
        flat = search.decode(ids.reshape(-1, ids.shape[2]), lengths.ravel())  # (n_samples * n, ...)
        if flat.dtype == object:
            flat[np.isneginf(log_probs.ravel())] = None  # what the search did not find
        return flat.reshape(*log_probs.shape, *flat.shape[1:]), log_probs

    def score_samples(self, X: SequencesLike, y: SequencesLike | None = None) -> Array:
        """Natural logarithm of the probability of outputs, log P(y | X), the end of the output included.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sources of the kind in fit.
        y : array-like in the form of y in fit, default=None
            Outputs to score. Tokens that fit did not see raise ValueError. None scores what `predict` writes: low
            scores then tell where it is unsure.

        Returns
        -------
        log_probs : ndarray of shape (n_samples,)
            Sums over the tokens of every output.
        """
        source = self._as_network_reads(X)
        if y is None:
            return self._best(source)[2]  # the search has summed them up already
        log_probs = self._predict("log_probs", {**source.rows, **self._given_targets(y, source)})
        return sum_over_time(log_probs.astype(np.float64))  # of (n, t), zero on padding

    def _given_targets(self, y, source):
        """Rows of the network that hold given outputs; another number of them than of sources raises ValueError."""
        given = self._targets.scored(y)
        check_same_samples(len(source), len(given["target"]), "X", "y")
        return given

    def _best_outputs(self, source):
        """The best outputs in the form of y in fit."""
        search = self._search()
        return search.decode(*self._best(source, search)[:2])

    def _best(self, source, search=None):
        """Classes (n, t), lengths and log-probabilities (n,) of the best output."""
        self._validate_params(READ_LATER)  # what fit has seen may have been set anew
        search = self._search() if search is None else search
        advice = "Loosen them, or set search='beam' and a larger beam_width."
        return search.best_of(self._find(source, search), "output", advice)
