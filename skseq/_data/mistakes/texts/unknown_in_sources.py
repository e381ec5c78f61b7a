"""Unknown tokens of sources from which outputs copy: no output can hold them."""

from itertools import compress

import numpy as np

from skseq._arguments import brief
from skseq._callers import warn_caller_once
from skseq._data.mistakes.limits import LOOKED_AT, NEARLY_ALL

OFTEN = 0.01  # of the tokens: a stray letter or two are less
COPIED = 0.05  # of the words of sources, which outputs hold as well: of a label hardly any
CHANCE = 5  # standard errors: tokens of one sequence are alike


def warn_if_never_written(tokens, lengths, unknown, form, written, argument, *, in_fit):
    """Warn where outputs of the tokens ``written`` would most likely copy ``unknown`` tokens of sources, a Counter.

    ``form`` is the `SourceForm` of the fit, and ``in_fit`` the share of unknown tokens there: as many are no news.
    """
    n_tokens = len(tokens)
    usual = in_fit + CHANCE * np.sqrt(in_fit * (1 - in_fit) / max(1, n_tokens))
    if unknown.total() <= max(OFTEN, usual) * n_tokens:
        return

    def says():
        if not _copies(form.vocabulary, written):
            return ""
        n_each = np.full(*lengths) if isinstance(lengths, tuple) else lengths  # (n,)
        of = np.repeat(np.arange(len(n_each)), n_each)  # the source of each token
        sources = set(compress(of.tolist(), (token in unknown for token in _listed(tokens))))
        return (
            f"{len(sources)} of {len(n_each)} sources in {argument} hold tokens that the vocabulary lacks, such as "
            f"{brief(unknown.most_common(1)[0][0], 40)}. All of them are read as one token, and no output can hold "
            "them: where outputs copy tokens of their source, others stand in their place. Fit on pairs that hold "
            "them, or put placeholders, such as NAME and NUMBER, in the place of names and numbers, in all X and y, "
            "and put these back into the outputs."
        )

    warn_caller_once(form, "never written", says)


def outputs_copy(sources, targets, known, written):
    """Whether outputs hold tokens of their own source more often than those of another one, or nearly always.

    ``sources`` (n, t) are ids of ``known`` tokens, and ``targets`` (n, t_out) classes of those ``written``. The first
    of them are looked at.
    """
    class_of = {known[token]: written[token] for token in _words(known) if token in written}
    shared = set(class_of.values())
    held = [{class_of[index] for index in own if index in class_of} for own in sources[:LOOKED_AT].tolist()]
    outputs = [shared.intersection(own) for own in targets[:LOOKED_AT].tolist()]
    of_own = sum(len(own & output) for own, output in zip(held, outputs))
    of_another = sum(len(other & output) for other, output in zip(held[1:] + held[:1], outputs))
    by_chance = of_another + CHANCE * np.sqrt(of_another)
    return bool(of_own > by_chance) or 0 < NEARLY_ALL * sum(map(len, outputs)) <= of_own


def _words(tokens):
    """Those that are no punctuation."""
    return [token for token in tokens if not isinstance(token, str) or any(map(str.isalnum, token))]


def _listed(tokens):
    return tokens.tolist() if isinstance(tokens, np.ndarray) else tokens


def _copies(known, written):
    """Whether outputs seem to copy: of the words and numbers that sources hold, they have some."""
    words = _words(known)
    return sum(token in written for token in words) > COPIED * len(words)
