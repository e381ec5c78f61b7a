"""The targets of a transducer: token lists of any lengths, and what it writes turned back into their form.

Class 0 of the softmax ends an output, class k is target token k. Targets are padded with 0 on the right, at least once:
the first 0 is learnt, the others are outside the target lengths. A target has one of these forms, decided in fit:

* "labels": (n,) scalars, each a target of one token; every output then has one token.
* "token lists": lists or arrays of hashable tokens, of any lengths; rows of 2-D arrays are such lists.
* "text": strings, split into tokens by an analyzer.
"""

from dataclasses import dataclass, replace
from numbers import Real

import numpy as np
from sklearn.utils import check_array

from skseq._arguments import brief
from skseq._callers import warn_caller
from skseq._data.checks import NUMBERS_OF_STEPS, check_same_samples, naming_tokens
from skseq._data.mistakes.texts.likely_measurements import warn_if_measured
from skseq._data.mistakes.texts.spelling import advice_on_spelling
from skseq._data.plain import flat_tokens, plain, tokens_of_vectors
from skseq._data.sequences import as_samples, column_cells, is_sequence, keep_types, pad
from skseq._data.tokens import vocabulary as _vocabulary
from skseq._data.tokens.analyzers import between_tokens, joined
from skseq._data.tokens.no_texts import if_written
from skseq._data.tokens.token_columns import with_columns
from skseq._data.tokens.tokens import analyzed
from skseq._data.tokens.vocabulary import check_targets, check_tokens

END = _vocabulary.PAD
FLOATS = (float, np.floating)  # whole numbers may have come as floats
FEW = 20  # targets below which most may well be distinct
NEARLY_ALL = 0.95  # of the targets
MANY_NEW, SOME_NEW = 3, 0.005  # texts that are written with other spaces, and their share: one or two may be odd
FEW_WRONG, MANY_WRONG = 3, 0.1  # targets that hold unknown tokens, and their share: some are usual in new data
OF_FEW = 0.1  # so large a share of few texts is enough
MOST_TOKENS = np.iinfo(np.int32).max - 1  # the network counts in int32, and the end is one more


@dataclass(frozen=True, kw_only=True)
class TokenLists:
    """Token lists one after another: tokens (n_tokens,) in a list, lengths (n,), and the form in which they came.

    ``dtype`` is that of labels.
    """

    tokens: list
    lengths: np.ndarray
    form: str
    dtype: np.dtype | None = None

    def __len__(self):
        return len(self.lengths)

    def __iter__(self):
        """The token list of every sample."""
        ends = np.cumsum(self.lengths)
        return (self.tokens[end - length : end] for end, length in zip(ends, self.lengths))


@dataclass(frozen=True, kw_only=True, eq=False)
class TokenTargets:
    """What the targets of a transducer were in fit.

    Parameters
    ----------
    form : {"labels", "token lists", "text"}
        How they came.
    vocabulary : dict
        {token: class}, from 1 on; class 0 is the end.
    n_timesteps : int
        Tokens of the longest target, its end included.
    dtype : dtype or None
        That of labels.
    analyzer : {"char", "word"}, callable or None
        How text is split.
    join : str, callable or None
        How text is made of tokens.
    between : str
        What stands between the tokens of a function where ``join`` is None.
    of : str
        What errors call the estimator.
    line : tuple or None
        The `line_of_lengths` of the first fit.
    copies : bool
        Whether targets of the first fit may copy tokens of their sources, see `outputs_copy`.
    """

    form: str
    vocabulary: dict
    n_timesteps: int
    dtype: np.dtype | None = None
    analyzer: object = None
    join: object = None
    between: str = " "
    of: str
    line: tuple | None = None
    copies: bool = True

    @classmethod
    def learn(cls, lists, vocabulary=None, *, analyzer=None, join=None, between=" ", of, line=None):
        """From `TokenLists`, with the tokens that are given as ``vocabulary`` or, if it is None, those of the lists."""
        tokens = lists.tokens if vocabulary is None else list(vocabulary)
        if not tokens:
            name = "y holds" if vocabulary is None else "The parameter target_vocabulary holds"
            raise ValueError(f"{name} no token: nothing but the end of an output could be learnt.")
        if vocabulary is not None:
            check_tokens(tokens, "target_vocabulary")
        learnt = _vocabulary.learn_vocabulary(tokens)
        more = {"analyzer": analyzer, "join": join, "between": between, "of": of, "line": line}
        own = cls(form=lists.form, vocabulary=learnt, n_timesteps=0, dtype=lists.dtype, **more)
        return own.seen(lists)  # which measures their lengths

    def seen(self, lists):
        """These targets, after these were trained on as well."""
        return replace(self, n_timesteps=max(self.n_timesteps, int(lists.lengths.max()) + 1))

    def check(self, y, argument):
        """`TokenLists` of the form in fit; anything else raises ValueError."""
        lists = read_token_lists(y, analyzer=self.analyzer, argument=argument)
        if lists.form != self.form:
            raise ValueError(
                f"{argument} holds {lists.form}, but {self.of} was fitted on {self.form}: pass targets in the form "
                "they had in fit."
            )
        return lists

    @property
    def size(self):
        """Number of classes of the softmax."""
        return len(self.vocabulary) + 1

    @property
    def end(self):
        """The class that ends an output; None where outputs have one token."""
        return None if self.form == "labels" else END

    @property
    def class_tokens(self):
        """The token of every class; None for the end."""
        return [None, *self.vocabulary]  # in the order of their classes

    @property
    def token_classes(self):
        """{token: class}; the end is no token."""
        return self.vocabulary

    @property
    def allowed(self):
        """Which classes can be predicted, (1, n_classes) of bool, or None for all: a label never is the end."""
        return None if self.end is not None else np.arange(self.size)[None] != END

    @staticmethod
    def least(source_lengths, min_length):
        """Fewest tokens of every output, (n,)."""
        return np.full(len(source_lengths), min_length)

    def limits(self, source_lengths, max_length=None):
        """Largest number of tokens of every output, (n,), at least 1."""
        if self.form == "labels":
            return np.ones(len(source_lengths), int)
        check_max_length(max_length)
        if isinstance(max_length, (tuple, list)):
            factor, more = max_length
            with np.errstate(over="ignore"):  # the error below says it
                limits = np.floor(factor * source_lengths.astype(np.float64) + more)
        else:
            longest = self.n_timesteps - 1 if max_length is None else int(max_length)  # the end is no token
            limits = np.full(len(source_lengths), longest, np.float64)
        if limits.max() > MOST_TOKENS:
            raise ValueError(
                f"max_length={max_length!r} lets outputs have {limits.max():.0f} tokens, but {MOST_TOKENS} is the most "
                "that can be counted: lower it."
            )
        return np.maximum(limits, 1).astype(np.int64)

    def encode(self, lists, argument):
        """Rows of the network: classes (n, t + 1), each target ended by END, and lengths with that end."""
        remedy = f"pass them all as the parameter `target_vocabulary` of {_vocabulary.ANEW}"
        ids = _vocabulary.encode(lists.tokens, self.vocabulary, argument=argument, remedy=remedy)
        target = np.pad(pad(ids, lists.lengths), ((0, 0), (0, 1)), constant_values=END)  # padding is END as well
        return {"target": target, "target_lengths": lists.lengths + np.int32(1)}

    def scored(self, y):
        """Rows of the network that hold given outputs; the token of a label is all there is to it."""
        rows = self.encode(self.check(y, "y"), "y")  # (n, t + 1)
        return rows if self.end is not None else {"target": rows["target"][:, :1]}

    def n_scored(self, y):
        """How many tokens every given output has, its end included, (n,)."""
        lengths = self.check(y, "y").lengths
        return lengths if self.end is None else lengths + 1

    def right(self, y, ids, lengths):
        """Which outputs of classes (n, t) equal these checked targets, token by token: (n,) of bool."""
        return np.array([list(target) == output for target, output in zip(y, self.token_lists(ids, lengths))])

    def token_pairs(self, y, outputs):
        """Token lists of text y and of what was predicted for it, which is split again; other forms as they are.

        An output that equals what `decode` writes of the true tokens has these, even if nothing stands between them.
        """
        if self.form != "text":
            return y, outputs
        true, outputs = list(self.check(y, "y")), list(outputs)
        check_same_samples(len(outputs), len(true), "X", "y")
        if not all(isinstance(output, str) for output in outputs):  # `join` left the tokens as they are
            return true, outputs
        split = read_token_lists(outputs, analyzer=self.analyzer, argument="y_pred")
        return true, [own if self._text(own) == output else found for own, output, found in zip(true, outputs, split)]

    def decode(self, ids, lengths, texts=None):
        """Outputs in the form of y in fit from classes (n, t): labels in their dtype, or a 1-D object array.

        ``texts`` are {tokens: text} that are written so, where text would be made of these tokens.
        """
        tokens = self.class_tokens
        if self.form == "labels":  # what a search did not find is the first one
            return np.array([tokens[k] for k in np.where(lengths > 0, ids[:, 0], END + 1)], self.dtype)
        written = self.token_lists(ids, lengths)
        outputs = np.empty(len(written), object)  # made empty: NumPy would stack lists of one length
        outputs[:] = written if self.form != "text" else [self._text(output, texts) for output in written]
        return outputs

    def token_lists(self, ids, lengths):
        """The token list of every output of classes (n, t)."""
        tokens = self.class_tokens
        return [[tokens[k] for k in row[:length]] for row, length in zip(ids.tolist(), lengths)]

    def _text(self, tokens, texts=None):
        text = joined(tokens, analyzer=self.analyzer, join=self.join, between=self.between)
        return texts.get(tuple(tokens), text) if texts and isinstance(text, str) else text  # of `join` it may be none

    def tokens_of(self, output, argument):
        """The token list of one output, given as text (if y was) or as tokens."""
        if self.form == "labels":
            return list(output) if is_sequence(output) else [output]  # a string is one label
        analyzer = self.analyzer if isinstance(output, str) else None  # lists are tokens already
        return next(iter(read_token_lists([output], analyzer=analyzer, argument=argument)))

    def labels(self, y):
        """Tokens of targets as strings, one list per sample, for displays."""
        return [[str(token) for token in target] for target in self.check(y, "y")]


def read_token_lists(y, *, analyzer, argument):
    """`TokenLists` of any form; what has none of the forms raises ValueError."""
    y = with_columns(plain(y, argument), argument)
    if analyzer is not None:
        texts = analyzed(y, analyzer, argument, parameter="target_analyzer", may_be_empty=True)
        return _token_lists(texts, "text", argument)
    samples = as_samples(y) or []
    nested = [is_sequence(sample) for sample in samples]
    if samples and all(isinstance(sample, str) for sample in samples):
        raise ValueError(
            f"{argument} holds strings, and nothing says how to split them into tokens. Set the parameter "
            "target_analyzer: 'char', 'word', or a function from a string to a list of tokens. If every string is one "
            f"token, pass lists of one token.{if_written(samples, argument, measured=False)}"
        )
    if any(nested) and not all(nested):
        index = nested.index(False)
        raise ValueError(
            f"{argument}[{index}] = {samples[index]!r} is no sequence, but other elements of {argument} are. Expected "
            "a list of tokens for every sample, or one token for every sample."
        )
    if any(nested):
        return _token_lists(samples, "token lists", argument)
    y = _read_array(y, argument)
    if y.ndim == 1:
        return _token_lists(y[:, None], "labels", argument, y.dtype)  # lists of one token
    return _token_lists(y, "token lists", argument)


def warn_if_measured_targets(lists, argument):
    """`warn_if_measured` of integers in `TokenLists`; to sort tokens is a task for a transducer."""
    if lists.form != "token lists":
        return
    lengths = lists.lengths[lists.lengths > 0]
    if len(lengths) == len(lists) and lengths.min() == lengths.max():
        lengths = len(lengths), int(lengths[0])  # as of an array
    remedy = (
        "A SequenceRegressor learns to predict numbers; pass all tokens as the parameter target_vocabulary to read "
        f"them as tokens without this warning. {NUMBERS_OF_STEPS}"
    )
    warn_if_measured(lists.tokens, lengths, argument, remedy=remedy, may_be_sorted=True)


def warn_if_nearly_all_distinct(lists, argument, analyzer):
    """Warn where nearly all targets in `TokenLists` are one token, and most of these are distinct: few are learnt.

    Characters that are split already, as of Chinese, are left alone.
    """
    tokens = [own[0] for own in lists if len(own) == 1]
    n_distinct = len(set(tokens))
    if len(lists) < FEW or len(tokens) < NEARLY_ALL * len(lists) or n_distinct <= len(lists) / 2 or analyzer == "char":
        return
    texts = {"text": argument, "labels": f"[str(token) for token in {argument}]"}
    texts = texts.get(lists.form, f"[' '.join(map(str, tokens)) for tokens in {argument}]")
    warn_caller(
        f"{len(tokens)} of {len(lists)} targets in {argument} are one token, such as {brief(tokens[0])}, and "
        f"{n_distinct} of these are distinct: no others can be written, and little is learnt of each. To write them "
        f"letter by letter, or digit by digit, set target_analyzer='char' and pass {texts}."
    )


def warn_if_listed_in_vain(listed, longest):
    """Warn where some of the listed outputs, token lists, have more tokens than the ``longest`` target in fit.

    That is the limit where there is no other. Where all have, an error follows.
    """
    too_long = [len(tokens) for tokens in listed if len(tokens) > longest]
    if 0 < len(too_long) < len(listed):
        warn_caller(
            f"{len(too_long)} of {len(listed)} allowed_outputs have more tokens than the longest target in fit, "
            f"{longest}, and are never written. Fit on targets of such lengths, too. max_length={max(too_long)}, which "
            "is read at predict, allows them, but outputs longer than those in fit are usually wrong; "
            f"max_length={longest} leaves them out without this warning."
        )


def warn_if_never_right(lists, vocabulary):
    """Warn where many targets in `TokenLists` hold tokens that are not in the vocabulary, which no output can have."""
    n_wrong = sum(not vocabulary.keys() >= set(own) for own in lists)
    if n_wrong < FEW_WRONG or n_wrong <= MANY_WRONG * len(lists):
        return
    unknown = [token for token, _ in _vocabulary.unknown_tokens(lists.tokens, vocabulary).most_common()]
    spelling = advice_on_spelling(unknown, vocabulary, kind=lists.form, analyzer=None, rows="y")
    warn_caller(
        f"{n_wrong} of {len(lists)} targets in y hold tokens that fit did not see, such as "
        f"{brief(unknown[0], 80)}. No output can have these, so that all count as wrong: fit on targets "
        "with such tokens, "
        f"too.{spelling}"
    )


def between_targets(y, lists, analyzer):
    """`between_tokens` of targets that were read as `TokenLists`."""
    return between_tokens(plain(y, "y"), lists.tokens, lists.lengths, analyzer)


def warn_if_spaces_are_new(y, lists, argument, analyzer, between):
    """Warn where some texts have their spaces at other places than what is written of their tokens.

    An analyzer that changes more than that, such as capitals, does so on purpose.
    """
    texts = as_samples(y) or column_cells(y)
    tokens = [list(map(str, own)) for own in lists]
    written = [joined(own, analyzer=analyzer, join=None, between=between) for own in tokens]
    pairs = list(zip(texts, written))
    new = [index for index, pair in enumerate(pairs) if _differ_by_spaces(*pair)]
    without = ["".join(own) for own in tokens] == texts
    enough = max(min(MANY_NEW, OF_FEW * len(texts)), SOME_NEW * len(texts))
    if not new or (len(new) < enough and not without):
        return
    text, other = pairs[new[0]]
    remedy = (
        "Set target_join='' for none, or target_analyzer='char' if tokens are characters."
        if without
        else "Set target_analyzer='char', or let tokens hold the spaces, such as by "
        "target_analyzer=functools.partial(re.findall, r'\\w+|\\W') and target_join=''."
    )
    warn_caller(
        f"Outputs will have other spaces than {len(new)} of the {len(texts)} texts in {argument}, "
        f"{brief(other, 80)} for "
        f"{argument}[{new[0]}] = {brief(text, 80)}. {remedy} "
        "score and scorers compare tokens, not texts."
    )


def _differ_by_spaces(text, other):
    """Whether two texts have spaces at other places, but nothing else that differs."""
    words, others = text.split(), other.split()
    return words != others and "".join(words) == "".join(others)


def _token_lists(samples, form, argument, dtype=None):
    if not len(samples):
        raise ValueError(f"{argument} holds no sample: found array with 0 sample(s), while a minimum of 1 is required.")
    tokens = flat_tokens(samples)
    distinct = check_tokens(tokens, argument)
    if form != "text":  # an analyzer of one's own says what its tokens are
        _check_no_measurements(distinct, argument, "" if form == "labels" else NUMBERS_OF_STEPS)
    return TokenLists(tokens=tokens, lengths=np.array([len(s) for s in samples], np.int32), form=form, dtype=dtype)


def _read_array(y, argument):
    """Targets (n,) or (n, t)."""
    if np.asarray(y).ndim == 0:
        raise ValueError(f"{argument} must hold a target for every sample, in a list or an array. Got {y!r}.")
    with naming_tokens(y, argument, "token lists, or one token for every sample"):
        y = check_targets(keep_types(y), argument)
        y = check_array(y, dtype=None, ensure_2d=False, allow_nd=True, ensure_min_features=0, input_name=argument)
    if y.ndim > 2:
        of_vectors = f" If it holds one-hot vectors, pass {tokens_of_vectors(argument)}." if y.ndim == 3 else ""
        raise ValueError(
            f"{argument} has {y.ndim} dimensions (shape {y.shape}). Expected token lists, shape (n_samples,) or "
            f"(n_samples, n_timesteps_out): one token per timestep.{of_vectors}"
        )
    return y


def _check_no_measurements(tokens, argument, remedy):
    """Raise ValueError for numbers with fractions, unless there are other tokens among these distinct ones."""
    fractions = any(isinstance(token, FLOATS) and not float(token).is_integer() for token in tokens)
    if fractions and all(isinstance(token, Real) for token in tokens):
        raise ValueError(
            f"{argument} holds numbers with fractions, which are measurements and no tokens. A SequenceRegressor "
            f"learns to predict numbers; pass token lists, integers or strings here.{remedy and ' ' + remedy}"
        )


def check_max_length(max_length):
    """Raise ValueError for a pair that makes no length."""
    if isinstance(max_length, (tuple, list)):
        numbers = len(max_length) == 2 and all(isinstance(part, Real) and np.isfinite(part) for part in max_length)
        if not numbers or max_length[0] < 0:
            raise ValueError(
                "max_length must be None, an int of at least 1, or a pair (a, b) for a * source length + b with a of at"
                f" least 0. Got {max_length!r}."
            )
