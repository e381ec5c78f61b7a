"""What is asked of a decoder at predict: searches and their constraints, n-best lists, log-probabilities, attention."""

from functools import partial
from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_consistent_length, check_random_state

from skseq._data.parts import working_memory
from skseq._data.training_data import TrainingData
from skseq._sklearn import Interval, StrOptions

__all__ = ["SEARCH_PARAMETERS", "SearchMixin"]

SEARCH_PARAMETERS = (
    "search",
    "beam_width",
    "length_penalty",
    "coverage_penalty",
    "temperature",
    "top_k",
    "top_p",
    "min_length",
    "max_length",
    "no_repeat_ngram",
    "allowed_outputs",
    "forced_prefix",
    "random_state",
)  # read at predict; an estimator whose outputs have one length has no length_penalty, min_length and max_length


class SearchMixin:
    """Searches for outputs by the parameters that are read at predict.

    What an estimator says of its outputs: the class that ends them (`_end`), how long they may be (`_limits`), which
    classes a position may have (`_allowed_classes`), the token of every class (`_tokens_by_class`), how an output
    falls into tokens (`_tokens_of`), and how classes become outputs (`_outputs_of`).
    """

    _search_constraints = {
        "search": [StrOptions({"greedy", "beam", "sampling"})],
        "beam_width": [Interval(Integral, 1, None, closed="left")],
        "coverage_penalty": [Interval(Real, 0, None, closed="left")],
        "temperature": [Interval(Real, 0, None, closed="neither")],
        "top_k": [Interval(Integral, 1, None, closed="left"), None],
        "top_p": [Interval(Real, 0, 1, closed="right"), None],
        "no_repeat_ngram": [Interval(Integral, 1, None, closed="left"), None],
        "allowed_outputs": ["array-like", callable, None],
        "forced_prefix": [str, "array-like", None],
    }

    # --- what can be asked --------------------------------------------------------------------------------------------

    def predict_nbest(self, X, n):
        """The best n outputs of a beam search of width `beam_width`; with ``search="sampling"``, n draws.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sources of the kind in fit.
        n : int
            Number of outputs of every sample, at most `beam_width` unless they are drawn.

        Returns
        -------
        outputs : ndarray of shape (n_samples, n) or (n_samples, n, ...)
            Outputs in the form that `predict` gives, best first or in the order of drawing.
        log_probs : ndarray of shape (n_samples, n)
            log P(output | source), natural logarithm, the end of the output included where there is one. Constraints
            forbid, they never change a probability. Where there are fewer outputs than n, -inf, and the output is None
            (empty; of a fixed length: the first class everywhere).
        """
        source = self._read_fitted(X)
        self._validate_params()  # beam_width may have been set anew
        if not isinstance(n, Integral) or n < 1 or (self.search != "sampling" and n > self.beam_width):
            raise ValueError(
                f"n must be an integer from 1 to beam_width={self.beam_width!r}. Got {n!r}. Set a larger beam_width, "
                "which is read at predict, or search='sampling'."
            )
        found = self._find(source, "sampling" if self.search == "sampling" else "beam", n_best=int(n))
        tokens, lengths, log_probs = (found[name][:, :n] for name in ("tokens", "lengths", "log_probs"))
        flat = self._outputs_of(tokens.reshape(-1, tokens.shape[2]), lengths.ravel())
        if flat.dtype == object:
            flat[np.isneginf(log_probs.ravel())] = None
        return flat.reshape(*log_probs.shape, *flat.shape[1:]), log_probs

    def score_samples(self, X, y=None):
        """Log-probability of outputs: log P(y | X), natural logarithm, the end of the output included.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sources of the kind in fit.
        y : array-like in the form of y in fit, default=None
            Outputs to be scored; tokens that fit did not see raise ValueError. None: what `predict` writes, so that low
            scores tell where it is unsure.

        Returns
        -------
        log_probs : ndarray of shape (n_samples,)
            Sums over the tokens of every output.
        """
        source = self._read_fitted(X)
        if y is None:
            return self._best(source)[2]
        given = self._given_targets(y, source)
        log_probs = self._predict("log_probs", {**source.rows, **given})
        return log_probs.astype(np.float64).sum(axis=1)

    def _n_scored_tokens(self, y):
        """How many tokens `score_samples` sums over, (n_samples,)."""
        given = self._given_targets(y)
        return given.get("target_lengths", np.full(len(given["target"]), given["target"].shape[1]))

    def _given_targets(self, y, source=None):
        """Rows of the network that hold given outputs; another number of them than of sources raises ValueError."""
        targets = self._check_targets(y, "y")
        if source is not None:
            check_consistent_length(source.values, targets)
        return self._encode_targets(targets, "y")

    # --- search -------------------------------------------------------------------------------------------------------

    def _best(self, source):
        """Classes (n, t), lengths and log-probabilities (n,) of the best output.

        Constraints that allow none raise ValueError.
        """
        found = self._find(source, self.search)
        lost = np.isneginf(found["log_probs"][:, 0])
        if lost.any():
            raise ValueError(
                f"No output of {np.count_nonzero(lost)} sample(s), the first at index {int(np.argmax(lost))}, is left "
                f"by the constraints: {', '.join(self._constraints_set()) or 'there are none'}. Loosen them, or set "
                "search='beam' and a larger beam_width."
            )
        return [found[name][:, 0] for name in ("tokens", "lengths", "log_probs")]

    def _constraints_set(self):
        """The constraints that are set, as text."""
        values = {name: getattr(self, name, None) for name in ("max_length", "no_repeat_ngram", "forced_prefix")}
        values["min_length"] = getattr(self, "min_length", None) or None
        named = [f"{name}={value!r}" for name, value in values.items() if value is not None]
        return named + (["allowed_outputs"] if self.allowed_outputs is not None else [])

    def _find(self, source, method, n_best=1):
        """The tokens, lengths and log_probs of all hypotheses of every sample; ``n_best`` is a number of draws."""
        from skseq.nn.networks.seq2seq_search import SearchOptions
        from skseq.nn.pool import lease

        self._validate_params()  # what fit has seen may have been set anew
        n_best = {"greedy": 1, "beam": int(self.beam_width), "sampling": n_best}[method]
        rows, shared = self._search_data(source, method, n_best)
        options = SearchOptions(
            method=method,
            n_best=n_best,
            end=self._end,
            no_repeat=None if self.no_repeat_ngram is None else int(self.no_repeat_ngram),
            asks=callable(self.allowed_outputs),
        )
        failed = []
        with lease(self._spec) as runner:
            runner.store.load(self.weights_)
            ask = partial(self._ask, failed)
            found = runner.search(TrainingData(rows, shared), options, ask, max_bytes=working_memory())
        if failed:
            raise failed[0]
        return found

    def _search_data(self, source, method, n_best):
        """(rows, shared) that `skseq.nn.networks.seq2seq_search.find` reads."""
        rows, shared, limits = dict(source.rows), {}, self._limits(source)
        allowed = self._allowed_classes()
        if allowed is not None and not allowed.all():
            shared["allowed"] = allowed
        if self._end is not None:
            rows["max_lengths"] = limits.astype(np.int32)
            shared["min_length"] = self._checked_min_length(limits)
        n_steps = int(limits.max()) + (self._end is not None)  # one more for the end
        shared["n_steps"] = np.int32(n_steps)
        if self.forced_prefix is not None:
            shared["prefix"] = self._checked_prefix(limits)
        if self.allowed_outputs is not None and not callable(self.allowed_outputs):
            shared |= self._closed_list(limits.max())
        if method == "beam":
            penalties = {"length_penalty": 0.0, "coverage_penalty": 0.0}  # outputs of one length have no length penalty
            shared |= {name: np.float64(getattr(self, name, default)) for name, default in penalties.items()}
        if method == "sampling":
            rows["uniform"] = self._uniform(len(source), n_best, n_steps)
            shared |= self._sampling_numbers()
        return rows, shared

    def _checked_min_length(self, limits):
        if self.min_length > limits.min():
            raise ValueError(
                f"min_length={self.min_length!r} is above the largest length of an output, {limits.min()} (sample "
                f"{int(limits.argmin())}): lower it, or raise max_length={self.max_length!r}."
            )
        return np.int32(self.min_length)

    def _checked_prefix(self, limits):
        (prefix,) = self._classes_of([self.forced_prefix], "forced_prefix")
        if len(prefix) > limits.min():
            raise ValueError(
                f"forced_prefix has {len(prefix)} token(s), above the largest length of an output, {limits.min()} "
                f"(sample {int(limits.argmin())}): shorten it{'' if self._end is None else ', or raise max_length'}."
            )
        return np.array(prefix, np.int32)

    def _uniform(self, n_samples, n_draws, n_steps):
        """A number in [0, 1) for every token that may be drawn.

        Those of draw k of row i depend on the seed, i and k alone: not on other rows, further draws or later tokens.
        """
        seed = int(check_random_state(self.random_state).randint(np.iinfo(np.int32).max))
        drawn = np.empty((n_samples, n_draws, n_steps), self._spec.dtype)
        for row, draw in np.ndindex(n_samples, n_draws):
            drawn[row, draw] = np.random.Generator(np.random.Philox(seed, counter=[0, 0, draw, row])).random(n_steps)
        return np.minimum(drawn, np.nextafter(drawn.dtype.type(1), drawn.dtype.type(0)), out=drawn)

    def _sampling_numbers(self):
        numbers = {"temperature": np.dtype(self._spec.dtype).type(self.temperature)}
        if self.top_k is not None:
            numbers["top_k"] = np.int32(min(self.top_k, self._target_size))
        if self.top_p is not None:
            numbers["top_p"] = np.dtype(self._spec.dtype).type(self.top_p)
        return numbers

    # --- what may be written ------------------------------------------------------------------------------------------

    def _closed_list(self, longest):
        """The tables of the closed list `allowed_outputs`, of outputs with at most ``longest`` tokens."""
        from skseq.nn.decoding.constraints import tokens_left, trie

        outputs = self.allowed_outputs
        if len(outputs) == 0:
            raise ValueError("allowed_outputs is empty, so nothing may be written: list at least one output, or None.")
        classes = self._classes_of(outputs, "allowed_outputs")
        if self._end is None:
            self._check_one_length(classes, longest)
            return {"outputs": trie(classes, self._target_size)}
        possible = [output for output in classes if self.min_length <= len(output) <= longest]
        if not possible:  # the others would lead a search to where it cannot end
            raise ValueError(
                f"allowed_outputs holds no output of {self.min_length} to {longest} tokens, which are min_length and "
                "the largest length of an output: list others, or set min_length and max_length."
            )
        table = trie(possible, self._target_size, self._end)
        return {"outputs": table, "outputs_left": tokens_left(table)}

    @staticmethod
    def _check_one_length(outputs, length):
        wrong = [len(output) for output in outputs if len(output) != length]
        if wrong:
            raise ValueError(f"allowed_outputs holds an output of {wrong[0]} token(s), but all outputs have {length}.")

    def _class_by_token(self):
        return {token: k for k, token in enumerate(self._tokens_by_class())}

    def _classes_of(self, outputs, argument):
        """Class ids of every output; a token that fit did not see raises ValueError."""
        classes = self._class_by_token()
        found = [self._tokens_of(output, argument) for output in outputs]
        unknown = next((token for output in found for token in output if token not in classes), None)
        if unknown is not None:
            raise ValueError(
                f"{argument} holds the token {unknown!r}, which is no target token of fit: {list(classes)[:10]}"
                f"{' ...' if len(classes) > 10 else ''}."
            )
        return [[classes[token] for token in output] for output in found]

    def _ask(self, failed, _, prefixes):
        """Which classes the function `allowed_outputs` lets follow class lists (n, t): (n, n_classes) bool.

        An error inside a graph would come out as one of TensorFlow: it is put into ``failed`` instead, and nothing more
        is allowed, which ends the search.
        """
        prefixes, answers = list(map(tuple, prefixes.tolist())), {}
        try:
            tokens, classes = self._tokens_by_class(), self._class_by_token()
            for prefix in () if failed else prefixes:
                if prefix not in answers:  # each is asked about once
                    answers[prefix] = self._allowed_after([tokens[k] for k in prefix], classes)
        except BaseException as error:
            failed.append(error)
        allowed = np.zeros((len(prefixes), self._target_size), bool)
        for row, prefix in enumerate(prefixes):
            allowed[row, answers.get(prefix, [])] = True
        return allowed

    def _allowed_after(self, prefix, classes):
        """Class ids that may follow a token list; ``classes`` has them by token."""
        answer = self.allowed_outputs(list(prefix))
        try:
            tokens = list(answer)
            known = [self._end if token is None and self._end is not None else classes.get(token) for token in tokens]
        except TypeError as error:
            raise TypeError(
                f"The function allowed_outputs must return the tokens that may follow {prefix!r}. Got {answer!r}."
            ) from error
        if None in known:
            raise ValueError(
                f"The function allowed_outputs allowed {tokens[known.index(None)]!r} after {prefix!r}, which is no "
                f"target token of fit{', nor None for the end of the output' if self._end is not None else ''}."
            )
        return known
