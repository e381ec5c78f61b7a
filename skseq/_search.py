"""What is asked of a decoder at predict: searches and their constraints, n-best lists, log-probabilities, attention."""

from numbers import Integral, Real

import numpy as np
from sklearn.utils import check_consistent_length, check_random_state

from skseq._sklearn import Interval, StrOptions

__all__ = ["SearchMixin"]


class SearchMixin:
    """Searches for outputs by the parameters that are read at predict.

    What an estimator says of its outputs: the class that ends them (`_end`), how long they may be (`_limits`), which
    classes a position may have (`_allowed_classes`), the token of every class (`_tokens_by_class`), how an output
    falls into tokens (`_tokens_of`), and how classes become outputs (`_outputs_of`).
    """

    _search_constraints = {
        "search": [StrOptions({"greedy", "beam", "sampling"})],
        "beam_width": [Interval(Integral, 1, None, closed="left")],
        "length_penalty": [Interval(Real, 0, None, closed="left")],
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
        if not isinstance(n, Integral) or n < 1 or (self.search != "sampling" and n > self.beam_width):
            raise ValueError(
                f"n must be an integer from 1 to beam_width={self.beam_width!r}. Got {n!r}. Set a larger beam_width, "
                "which is read at predict, or search='sampling'."
            )
        source = self._read_fitted(X)
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
                f"by the constraints: {', '.join(self._constraints_set()) or 'there are none'}. Loosen them, or set a "
                "larger beam_width."
            )
        return [found[name][:, 0] for name in ("tokens", "lengths", "log_probs")]

    def _constraints_set(self):
        """The constraints that are set, as text."""
        defaults = {"min_length": 0, "max_length": None, "no_repeat_ngram": None, "forced_prefix": None}
        named = [
            f"{name}={getattr(self, name)!r}"
            for name, default in defaults.items()
            if getattr(self, name, default) != default
        ]
        return named + (["allowed_outputs"] if self.allowed_outputs is not None else [])

    def _find(self, source, method, n_best=1):
        """The tokens, lengths and log_probs of all hypotheses of every sample; ``n_best`` is a number of draws."""
        from skseq.nn.pool import lease
        from skseq.nn.search import SearchOptions

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
        with lease(self._spec) as network:
            network.store.load(self.weights_)
            return network.predict("found", {"rows": rows, "shared": shared}, len(source), options, self._ask)

    def _search_data(self, source, method, n_best):
        """(rows, shared) that `skseq.nn.search.find` reads."""
        rows, shared, limits = dict(source.rows), {}, self._limits(source)
        allowed = self._allowed_classes()
        if allowed is not None:
            shared["allowed"] = allowed
        if self._end is not None:
            rows["max_lengths"] = limits.astype(np.int32)
            shared["min_length"] = self._checked_min_length(limits)
        n_steps = int(limits.max()) + (self._end is not None)  # one more for the end
        shared["n_steps"] = np.int32(n_steps)
        if self.forced_prefix is not None:
            shared["prefix"] = np.array(self._classes_of([self.forced_prefix], "forced_prefix")[0], np.int32)
        if self.allowed_outputs is not None and not callable(self.allowed_outputs):
            shared["outputs"] = self._trie()
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

    def _uniform(self, n_samples, n_draws, n_steps):
        """A number in [0, 1) for every token that may be drawn; more draws do not change the first ones."""
        drawn = check_random_state(self.random_state).random_sample((n_draws, n_samples, n_steps))
        return drawn.transpose(1, 0, 2).astype(self._spec.dtype)

    def _sampling_numbers(self):
        numbers = {"temperature": np.dtype(self._spec.dtype).type(self.temperature)}
        if self.top_k is not None:
            numbers["top_k"] = np.int32(min(self.top_k, self._target_size))
        if self.top_p is not None:
            numbers["top_p"] = np.dtype(self._spec.dtype).type(self.top_p)
        return numbers

    # --- what may be written ------------------------------------------------------------------------------------------

    def _trie(self):
        """The table of the closed list `allowed_outputs`."""
        from skseq.nn.constraints import trie

        outputs = self.allowed_outputs
        if len(outputs) == 0:
            raise ValueError("allowed_outputs is empty, so nothing may be written: list at least one output, or None.")
        classes = self._classes_of(outputs, "allowed_outputs")
        wrong = [len(output) for output in classes if self._end is None and len(output) != self.n_timesteps_out_]
        if wrong:
            raise ValueError(
                f"allowed_outputs holds an output of {wrong[0]} token(s), but all outputs have {self.n_timesteps_out_}."
            )
        return trie(classes, self._target_size, self._end)

    def _class_by_token(self):
        return {token: k for k, token in enumerate(self._tokens_by_class()) if k != self._end}

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

    def _ask(self, _, prefixes):
        """Which classes the function `allowed_outputs` lets follow token lists (n, t): (n, n_classes)."""
        tokens, allowed = self._tokens_by_class(), np.zeros((len(prefixes), self._target_size), bool)
        classes = self._class_by_token()
        for row, prefix in enumerate(prefixes.tolist()):
            for token in self.allowed_outputs([tokens[k] for k in prefix]):
                k = self._end if token is None and self._end is not None else classes.get(token)
                if k is None:
                    raise ValueError(
                        f"The function allowed_outputs allowed {token!r}, which is no target token of fit"
                        f"{', nor None for the end of the output' if self._end is not None else ''}."
                    )
                allowed[row, k] = True
        return allowed
