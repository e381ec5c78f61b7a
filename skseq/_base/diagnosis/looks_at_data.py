"""Checks of what a fit learnt, and of its data: (history, facts, parameters) -> `Seen`, or None if it does not tell."""

import numpy as np

from skseq._base.diagnosis.advice import (
    BY_ENDS,
    LEARNT_NOTHING,
    Seen,
    after_a_cut,
    in_words,
    is_cut,
    of_cut,
    of_phrases,
    or_motifs,
    reads_words,
    scales_to_set,
    telling,
    to_balance,
    to_tell_apart,
    to_weigh,
    uncut,
    with_values,
)
from skseq._base.fits.facts import DOUBTFUL, LEAST_EPOCHS, MUCH_LEFT, POOR, finite, poorest, share_of_constant
from skseq._base.fits.noise import FEWEST_EPOCHS, FEWEST_OF_OTHERS
from skseq._data.mistakes.numbers.levels import FARTHER_LEVELS

SAME = 1e-5  # accuracies are sums in float32
SILENT = 0.5  # share of the units: a fit does without some of them
EARLY = 0.15  # of the epochs: fits of words that a trial cut to 5 to 12 of 100 were near chance, not those with 62
TELLS = 0.95  # loss of held-out samples over that of a constant, below which probabilities tell more than labels
UNKNOWN = 0.5  # share of the tokens
FEW_OF_OTHERS = 30  # beside ten of a rare class, 1.02 times the loss of a constant was an area under ROC of 0.80
COLUMNS_TELL = 0.5  # a linear model must leave at most half of the errors that the fit leaves in training
SURELY = 2.5  # standard errors by which a linear model beats a constant, where a fit holds for no other samples
SUMMARIES_TELL = 0.5  # of the errors that a trial leaves in held-out samples, which it may leave at most
PAIRS_TELL = 0.05  # nats per token: a perplexity that is lower by a twentieth
PAIRS_TELL_OF_CUT = 0.1  # a fit that a trial cuts was up to 0.05 better than the trial, as its rate falls to 0
WIDE = 256  # units
COUNTED_PAIRS = (
    "these counts: follows = collections.defaultdict(collections.Counter), then follows[a][b] += 1 for each x of X and "
    "each a, b of itertools.pairwise(x), and follows[a].most_common(10)"
)
STEPS_TELL = 0.1  # share of the labels, more than all else: among thousands of timesteps, chance gives less
BY_EACH_SIZE = (
    "x / np.where((size := np.mean(np.abs(x), axis=0)) > 0, size, 1) of an array x of (n_timesteps, n_features)"
)
BY_ONE_SIZE = "x / (np.mean(np.abs(x)) or 1) of an array x, one size of all its features, which keep their proportions"
SIZES_TELL = 0.05, 3.0  # of the labels of other sequences, and standard errors: -0.05 or less where sizes matter
ELSEWHERE, WORSE_ELSEWHERE = 0.15, 2.0  # loss of groups held out over that of a constant, and over that in training
WITHOUT_GROUPS = "X without what is a group's own, such as its level: subtract a mean or first value, in fit and later"
DIFFERENCES = (
    "these differences in place of X or beside it, in fit and later: np.diff(x, axis=0, prepend=x[:1]) of an array x "
    "of (n_timesteps, n_features)"
)
LIKELIER = 1.0  # nats per timestep: walks had 1.1 and more, series that return to a level less
LEVELS_TELL = 0.05  # of a constant's errors: with 500 samples, chance gives less
INSIDE = 0.75  # share of counts inside 90 % intervals, where errors have twice Poisson's variance
MOVEMENTS_TELL = 0.05  # of the same: at most so much is left where levels say nothing


def held_out(history, facts, parameters):
    if facts.held_out is None:
        return None
    ratio = f"{facts.held_out:.3g}"
    was = "no better than" if ratio == "1" else f"{ratio} times"
    says = (
        f"What {facts.of} learnt does not hold for other samples: at best, the loss of those that its trial held out "
        f"was {was} that of a constant."
    )
    trained = share_of_constant(history, facts)
    by_heart = facts.whole_trial and trained is not None and trained < POOR  # else nothing may be learnt yet
    # Answers that are right may be too sure, so that their loss alone is poor.
    found = facts.held_out > 1 and (facts.noisy or by_heart) and not facts.above_chance
    advice = telling(facts)
    if reads_words(facts, parameters):
        advice = f"{advice}, or {of_phrases(facts, parameters)}"
    if facts.rare and facts.n_others < FEW_OF_OTHERS:
        says += f" Only {facts.n_others} of them are outside the most frequent class, so this may be chance."
        advice = f"to judge {_of_rare(facts)}, and {advice}"
    if facts.grouped and not facts.tokens:
        advice = f"{WITHOUT_GROUPS}, or {advice}" if facts.wide is None else f"{advice}, or {WITHOUT_GROUPS}"
    return Seen(facts.held_out, found, says, or_motifs(advice, facts, parameters))


def early_cut(history, facts, parameters):
    """Later epochs may find more labels of texts right, though their loss gets worse."""
    if facts.held_out is None or not (is_cut(facts) and reads_words(facts, parameters)):
        return None
    share = facts.most_epochs / facts.uncut_epochs
    says = (
        f"{facts.of} may have learnt little: a trial gave it {facts.most_epochs} of {facts.uncut_epochs} epochs. At "
        f"best, the loss of what it held out was {facts.held_out:.3g} times that of a constant."
    )
    return Seen(share, share < EARLY and facts.held_out > POOR, says, of_phrases(facts, parameters))


def rare_classes(history, facts, parameters):
    if facts.n_others is None:
        return None
    cut, few = is_cut(facts), facts.n_others < FEWEST_OF_OTHERS
    trained = share_of_constant(history, facts)
    by_heart = trained is not None and trained < DOUBTFUL < (facts.lowest or 0)
    says, advice = (_cut_by_few if cut else _uncut_by_few)(facts, parameters)
    return Seen(facts.n_others, few and (cut or by_heart), says, advice)


def _of_rare(facts):
    """How fits with rare classes are compared; accuracies hardly count what is rare, and labels not what ranks."""
    n_classes = 2 if facts.constant.shares is None else len(facts.constant.shares)
    scoring = "roc_auc" if n_classes == 2 else "balanced_accuracy"
    return f"by cross-validation and a score that counts rare classes: cross_val_score(..., scoring={scoring!r})"


def _cut_by_few(facts, parameters):
    """(What was seen, advice) of a fit whose epochs a trial cut."""
    says = (
        f"A trial gave {facts.of} {facts.most_epochs} of its {facts.uncut_epochs} epochs, and may be wrong: it held "
        f"out only {facts.n_others} sample(s) outside the most frequent class."
    )
    ways = to_weigh(parameters), in_words(uncut(facts), parameters)
    advice = f"{', or '.join(filter(None, ways))}, and compare {_of_rare(facts)}"
    if facts.lowest is None or facts.lowest <= POOR:
        return says, advice
    says += f" At best, the loss of what it held out was {facts.lowest:.3g} times that of a constant."
    return says, or_motifs(advice, facts, parameters)


def _uncut_by_few(facts, parameters):
    """(What was seen, advice) of a fit that has all its epochs, and has learnt its samples much better than others."""
    says = (
        f"{facts.of} may have learnt its rare classes by heart. A trial left it all {facts.most_epochs} epochs, but "
        f"held out only {facts.n_others} sample(s) outside the most frequent class. At best, the loss of what it held "
        f"out was {facts.lowest or np.nan:.3g} times that of a constant."
    )
    advice = f"X_val and y_val with {FEWEST_OF_OTHERS} such samples or more, and compare {_of_rare(facts)}"
    return says, ", or ".join(filter(None, [to_weigh(parameters), advice]))


def dead_relu(history, facts, parameters):
    if facts.silent is None:
        return None
    says = f"{facts.silent:.0%} of the relu units in the last layer of the encoder of {facts.of} are always 0."
    advice = scales_to_set(parameters) | {"activation": "activation='tanh'", "learning_rate": "a smaller learning_rate"}
    return Seen(facts.silent, facts.silent > SILENT, says, advice)


def one_class(history, facts, parameters):
    name = "accuracy" if "accuracy" in history else "token_accuracy"
    accuracy, shares = finite(history, name, LEAST_EPOCHS), facts.constant.shares
    if accuracy is None or shares is None:
        return None
    shares = shares[(shares > 0) & (shares < 1)]
    if len(shares) == 0:  # there is but one class
        return None
    gap = np.abs(accuracy[-LEAST_EPOCHS:, None] - shares).max(axis=0).min()  # over epochs, then over classes
    says = (
        f"{facts.of} predicts one class for all: in each of the last {LEAST_EPOCHS} epochs its {name} was "
        f"{accuracy[-1]:.3g}, which is the share of that class."
    )
    advice = to_tell_apart(facts, parameters)
    if name == "accuracy" and (share := _what_probabilities_leave(history, facts)) is not None:
        says += f" But its probabilities tell more: its loss was {share:.2g} times that of a constant."
        return Seen(gap, gap < SAME, says + of_cut(facts), _of_rare_labels(facts, parameters))
    if facts.noisy:  # it has few epochs because of that
        advice = after_a_cut({name: text for name, text in advice.items() if name != "epochs"}, facts, parameters)
    return Seen(gap, gap < SAME, says + of_cut(facts), advice)


def _what_probabilities_leave(history, facts):
    """Loss over that of a constant, of held-out samples if there are any, where it is clearly below; else None."""
    trained = share_of_constant(history, facts)
    if trained is None or trained >= POOR:
        return None
    if not facts.noisy and facts.lowest is None:
        return trained
    return facts.lowest if facts.lowest is not None and facts.lowest < TELLS else None


def _of_rare_labels(facts, parameters):
    """What to do where no label but that of the most frequent class is ever the likeliest, as it may be."""
    balanced = "".join(f". Else try {text}" for text in to_balance(parameters).values())
    if len(facts.constant.shares) > 2:  # scikit-learn tunes one threshold alone
        return f"predict_proba, which ranks samples for each class{balanced}, and judge by scoring='roc_auc_ovr'"
    return (
        "predict_proba, which ranks samples, or a threshold of your own, such as by sklearn.model_selection."
        f"TunedThresholdClassifierCV{balanced}, and judge by scoring='roc_auc'"
    )


def only_class(history, facts, parameters):
    shares = facts.constant.shares
    if shares is None or facts.most_epochs < LEAST_EPOCHS:
        return None
    kind = "token" if facts.of == "SequenceGenerator" else "class"
    says = f"There is one {kind} only for {facts.of} to learn, so that it predicts that for all X, and ends at once."
    advice = "sequences of other tokens, too" if kind == "token" else "samples of other classes, too"
    return Seen(len(shares), facts.constant.of_one_class, says, advice)


def one_output(history, facts, parameters):
    if facts.same_output is None:
        return None
    says = f"{facts.of} predicts the same for all of X."
    return Seen(facts.same_output, facts.same_output == 1, says, to_tell_apart(facts, parameters))


def equal_sequences(history, facts, parameters):
    if facts.equal is None:
        return None
    n_distinct, least = facts.equal
    best = "mean y" if facts.of == "SequenceRegressor" else "most frequent y"
    if n_distinct == 1:
        what, known = "one distinct sequence", best
    else:
        what = f"{n_distinct} distinct sequences"
        known = f"{best} of each, and equal ones differ so much in y that this is hardly better than a constant"
    says = f"As {facts.of} reads it, X holds {what} only. It can learn nothing better than the {known}."
    advice = "an X that differs where y does"
    return Seen(least / facts.constant.loss, least > LEARNT_NOTHING * facts.constant.loss, says, advice)


def levels(history, facts, parameters):
    if facts.levels is None:
        return None
    feature, ratio = facts.levels
    poor = poorest(history, facts) > POOR
    says = f"The levels of sequences in feature {feature} of X differ by {ratio:.3g} times what one of them moves"
    by_steps = not poor and _is_told_by_steps(facts)
    if poor:
        says = f"{facts.of} learnt little. {says}, so that movements hardly count."
    elif by_steps:
        says = f"{says}, so that movements hardly count. But these tell labels: {_of_steps(facts)}."
    else:
        says = f"{says}, and {facts.of} may have learnt levels by heart.{_of_other_levels(facts)}"
    elsewhere = _errs_in_other_groups(history, facts)
    if elsewhere and not poor:
        says += (
            f" Groups that its trial held out have {facts.held_out:.2g} times the loss of a constant, and those in "
            f"training {share_of_constant(history, facts):.2g} times."
        )
    found = ratio > FARTHER_LEVELS and (poor or by_steps or elsewhere or _is_by_levels(facts))
    return Seen(ratio, found, says, DIFFERENCES if by_steps and not facts.steps else _without_levels(facts))


def _without_levels(facts):
    """What to do if levels do not matter."""
    if facts.steps:
        return (
            "the steps of this feature, which never falls, as absolute times and readings of counters do not: "
            f"{facts.steps} of each array x, in fit and later"
        )
    if facts.scales:
        return (
            "X without levels if these do not matter. Sequences move in proportion to them: divide each by its own "
            "mean, in fit and later, x / np.mean(x, axis=0) of an array x of (n_timesteps, n_features)"
        )
    return (
        "X without levels if these do not matter: subtract from each sequence its own mean or first value, in fit and "
        "later, such as np.mean(x, axis=0) from an array x of (n_timesteps, n_features)"
    )


def _is_told_by_steps(facts):
    """Whether movements tell labels of timesteps that values do not tell."""
    if facts.shares_told is None or facts.constant.shares is None:
        return False
    by_values, by_steps = facts.shares_told
    return by_steps - max(by_values, facts.constant.shares.max()) > STEPS_TELL


def _of_steps(facts):
    by_values, by_steps = facts.shares_told
    return (
        "a random forest that sees only by how much three timesteps differ from those before them is right in "
        f"{100 * by_steps:.0f} % of other timesteps, one that sees their values in {100 * by_values:.0f} %"
    )


def _errs_in_other_groups(history, facts):
    """Whether whole groups that a trial held out are told much worse than those in training.

    Levels are hardly the reason if the fit errs less at other levels than movements alone would.
    """
    trained = share_of_constant(history, facts)
    if not facts.grouped or facts.held_out is None or trained is None:
        return False
    if facts.other_levels is not None:
        by_movements, _, elsewhere = facts.other_levels
        if elsewhere < by_movements:
            return False
    return facts.held_out > max(ELSEWHERE, WORSE_ELSEWHERE * trained)


def _is_by_levels(facts):
    """Whether the fit errs at other levels, where movements alone tell nearly all."""
    if facts.other_levels is None:
        return False
    by_movements, left, elsewhere = facts.other_levels
    of_levels = min(1, elsewhere) / (2 if facts.constant.shares is None else 1)  # squares of a wrong level count twice
    return elsewhere - left > LEVELS_TELL and by_movements < min(MOVEMENTS_TELL, COLUMNS_TELL * of_levels)


def _of_other_levels(facts):
    if facts.other_levels is None:
        return ""
    by_movements, left, elsewhere = facts.other_levels
    errors = "squared errors" if facts.constant.shares is None else "wrong labels"
    return (
        f" If each has the level of another one, it leaves {elsewhere:.2g} of the {errors} of a constant answer in "
        f"training, not {left:.2g}. A linear model of movements alone leaves {by_movements:.2g} in samples that it has "
        "not seen."
    )


def steps(history, facts, parameters):
    right = finite(history, "token_accuracy", 1)
    if facts.shares_told is None or right is None:
        return None
    by_values, by_steps = facts.shares_told
    gap = by_steps - max(by_values, right[-1])
    says = (
        f"{facts.of} learnt little of how X changes: {_of_steps(facts)}, and {facts.of} in {100 * right[-1]:.0f} % of "
        "those in training."
    )
    return Seen(gap, gap > STEPS_TELL and poorest(history, facts) > DOUBTFUL, says, DIFFERENCES)


def gains(history, facts, parameters):
    right = finite(history, "token_accuracy", 1)
    if facts.gains is None or right is None:
        return None
    feature, ratio, by_values, by_own = facts.gains
    gap = by_own - max(by_values, right[-1])
    says = (
        f"Sequences have gains of their own in feature {feature} of X: the deviation of some is {ratio:,.0f} times "
        f"that of others. A random forest that sees three timesteps is right in {100 * by_own:.0f} % of the others "
        f"if each sequence is divided by its own deviation, in {100 * by_values:.0f} % if not, and {facts.of} in "
        f"{100 * right[-1]:.0f} % of those in training."
    )
    advice = (
        "X without gains, in fit and later: (x - np.mean(x, axis=0)) / np.std(x, axis=0) of an array x of "
        "(n_timesteps, n_features)"
    )
    return Seen(gap, gap > STEPS_TELL, says, advice)


def sizes(history, facts, parameters):
    if facts.sizes is None or facts.constant.shares is None:
        return None
    feature, ratio, by_values, by_own, error = facts.sizes
    least, errors = SIZES_TELL
    gap = by_own - max(by_values, facts.constant.shares.max())
    of = "over all features" if feature is None else f"in feature {feature}"
    says = (
        f"Sequences have sizes of their own {of} of X, and {facts.of} may have learnt them by heart: "
        f"the mean size of some is {ratio:,.0f} times that of others. A random forest that sees three timesteps is "
        f"right in {100 * by_own:.0f} % of those of other sequences if each sequence is divided by its own mean size, "
        f"and in {100 * by_values:.0f} % if not."
    )
    advice = f"X without gains, in fit and later: {BY_ONE_SIZE if feature is None else BY_EACH_SIZE}"
    return Seen(gap, gap > max(least, errors * error), says, advice)


def columns(history, facts, parameters):
    if facts.columns is None:
        return None
    by_columns, left, error = (*facts.columns, np.inf)[:3]  # older files have no error
    errors, model = _linear_model(facts)
    ratio, found = _beside(by_columns, left, COLUMNS_TELL)
    model = f"{model}()"
    surely = not found and _holds_for_no_others(facts) and 1 - by_columns > SURELY * error
    if surely:
        model = "RidgeClassifierCV(np.logspace(-3, 4, 8))"  # with fewer penalties it may learn noise
    says = (
        f"{facts.of} leaves {left:.2g} of the {errors} of a constant answer in training. A linear model to which every "
        f"timestep of X is a column of its own leaves {by_columns:.2g} in samples that it has not seen."
    )
    says += _why_columns(facts)
    advice = _of_columns(model, facts, parameters)
    if is_cut(facts) and (facts.lowest or 1) < POOR:  # then it is not said otherwise
        says, advice = says + of_cut(facts), f"{in_words(uncut(facts), parameters)}, or {advice}"
    if surely:
        says += f" What {facts.of} learnt does not hold for other samples."
    return Seen(ratio, found or surely, says, advice)


def columns_in_trial(history, facts, parameters):
    if facts.columns_in_trial is None or _went_beyond_its_trial(history, facts):
        return None
    if facts.n_epochs > (facts.tried_epochs or np.inf):  # on ArrowHead the fit was then the better one
        return None
    by_columns, left = facts.columns_in_trial
    errors, model = _linear_model(facts)
    says = (
        f"A trial of {facts.of} left {left:.2g} of the {errors} of a constant answer in samples that it held out. "
        "There a linear model to which every timestep of X is a column of its own leaves "
        f"{by_columns:.2g}.{_why_columns(facts)}"
    )
    advice = _of_columns(f"{model}()", facts, parameters)
    return Seen(*_beside(by_columns, left, SUMMARIES_TELL), says, advice)


def _went_beyond_its_trial(history, facts):
    """Whether a fit learnt, though its trial, which began as another one, got stuck and so tells nothing of it."""
    return facts.stuck_trial and (share_of_constant(history, facts) or 1.0) < DOUBTFUL


def _why_columns(facts):
    """What X may be where its columns tell much."""
    if facts.tokens:
        return " It may matter at which timestep a token stands, as in strings that are aligned."
    return " X may be a table or a spectrum, or it matters at which timestep a value stands."


def _of_columns(model, facts, parameters):
    """Code of a linear model to which every timestep is a column, and of a network beside one."""
    first, columns = "StandardScaler()", "np.reshape(X, (len(X), -1))"
    if facts.tokens:
        first, columns = "OneHotEncoder(handle_unknown='ignore')", _token_columns(parameters.get("analyzer"))
    advice = f"make_pipeline({first}, {model}) of scikit-learn, on {columns}"
    if facts.tokens or facts.constant.shares is not None:
        return advice
    return f"{advice}, or, where y is what follows each window of a series, skseq.Seq2SeqRegressor().fit(X, y)"


def _holds_for_no_others(facts):
    """Whether a trial did no better than a constant; in other groups a linear model may not, either."""
    return facts.held_out is not None and facts.held_out > 1 and not (facts.above_chance or facts.grouped)


def summaries(history, facts, parameters):
    if facts.summaries is None or _went_beyond_its_trial(history, facts):
        return None
    by_summaries, left = facts.summaries
    errors, model = _linear_model(facts)
    what = "length, mean, deviation, least, largest, first and last value of each sequence"
    if facts.tokens:
        what = "count, the share and the presence of each token in a sequence, whatever their order,"
    says = (
        f"A trial of {facts.of} left {left:.2g} of the {errors} of a constant answer in samples that it held out. "
        f"There a linear model of the {what} leaves {by_summaries:.2g}."
    )
    advice = _of_counts(model, parameters.get("analyzer")) if facts.tokens else _of_summaries(model)
    return Seen(*_beside(by_summaries, left, SUMMARIES_TELL), says, advice)


def _of_summaries(model):
    """Code of a linear model of a few numbers of each sequence."""
    arrays = "skseq.preprocessing.as_sequences(X, 'tslearn', verbose=0)"  # of frames and masked arrays, too
    return (
        f"make_pipeline(StandardScaler(), {model}()) of scikit-learn, on np.array([np.r_[x.mean(0), x.std(0), "
        f"x.min(0), x.max(0), x[0], x[-1], len(x)] for x in {arrays}]), or shorter sequences that hold what matters, "
        "such as the last timesteps"
    )


def _of_counts(model, analyzer):
    """Code of a linear model of how often each token occurs, of its share, and of whether it does."""
    splits = {
        None: "analyzer=lambda x: map(str, x)",
        "char": "analyzer='char', lowercase=False",
        "word": r"lowercase=False, token_pattern=r'\w+|[^\w\s]'",
    }.get(analyzer, "analyzer=analyzer")  # a function
    array = "np.array(X), or the one column," if analyzer is None else "np.ravel(X)"
    return (
        f"make_pipeline(CountVectorizer({splits}), make_union('passthrough', Normalizer('l1'), "
        f"Binarizer()), StandardScaler(with_mean=False), {model}()) of scikit-learn, on X ({array} of a frame)"
    )


def _linear_model(facts):
    """What errors are counted, and the linear model of scikit-learn that is advised."""
    return ("squared errors", "RidgeCV") if facts.constant.shares is None else ("wrong labels", "LogisticRegression")


def _beside(by_linear, left, times):
    """The errors of a linear model over what a fit ``left``; whether that is much, and the ratio below ``times``."""
    ratio = by_linear / left if left else np.inf
    return ratio, left > MUCH_LEFT and by_linear < times * left


def pairs(history, facts, parameters):
    if facts.pairs is None or finite(history, "loss", LEAST_EPOCHS) is None:
        return None
    by_pairs, left, error = facts.pairs
    gain = left - by_pairs
    least = PAIRS_TELL_OF_CUT if is_cut(facts) else PAIRS_TELL
    much = left > MUCH_LEFT * (facts.constant.loss or np.inf)  # a trial may end early where little is left
    found = much and gain > max(least, SURELY * error)
    says = (
        f"Counted pairs of neighbours tell the next token better than {facts.of}: in held-out sequences, they have a "
        f"mean log-likelihood of {-by_pairs:.3g} per token, and {facts.of} had {-left:.3g} at best."
    )
    advice = filter(None, [in_words(_soon_learnt(facts, parameters), parameters), "more sequences", COUNTED_PAIRS])
    return Seen(gain, found, says, ", or ".join(advice))


def _soon_learnt(facts, parameters):
    """What brought networks of few sequences of many tokens near to counted pairs."""
    advice = {"units": f"units={WIDE}"} if np.min(parameters["units"]) < WIDE else {}
    if parameters["cell"] == "lstm":
        advice["cell"] = "cell='gru'"
    if facts.uncut_epochs is None and facts.most_epochs > FEWEST_EPOCHS:  # else a trial finds out
        advice["epochs"] = f"epochs={max(FEWEST_EPOCHS, facts.most_epochs // 3)}"
    return advice


def poisson(history, facts, parameters):
    if facts.inside is None:
        return None
    says = (
        f"Of the counts in training, {facts.inside:.0%} lie in the intervals by loss='poisson' that are to hold 90%: "
        "they vary more than Poisson's distribution allows, or forecasts of them are poor. Intervals and drawn paths "
        "are too narrow."
    )
    return Seen(facts.inside, facts.inside < INSIDE, says, {"loss": "loss='negative_binomial'"})


def _token_columns(analyzer):
    """How tokens of samples of one length become columns."""
    if analyzer is None:
        return "np.array(X)"
    return "[list(text) for text in X]" if analyzer == "char" else "lists of its tokens, one list per text"


def unknown(history, facts, parameters):
    if facts.unknown is None:
        return None
    advice = {"analyzer": "another analyzer"} if parameters["analyzer"] is not None else {}
    if parameters["min_frequency"] > 1:
        advice["min_frequency"] = "a smaller min_frequency"
    if parameters["max_vocabulary"] is not None:
        advice["max_vocabulary"] = "a larger max_vocabulary"
    advice = [with_values(advice, parameters)]
    if parameters["vocabulary"] is not None:  # which may be long
        advice.insert(0, "a vocabulary with the tokens of X, or None")
    if facts.of == "SequenceTagger" and facts.words and parameters["analyzer"] is None:
        advice.append(BY_ENDS)
    advice = ", ".join(filter(None, advice)) or "a fit of samples that hold more of these tokens"
    says = f"{facts.unknown:.0%} of the tokens that {facts.of} reads are unknown: they are not in its vocabulary."
    return Seen(facts.unknown, facts.unknown > UNKNOWN, says, advice)


def wandering(history, facts, parameters):
    if facts.by_steps is None:
        return None
    says = (
        "X wanders: its steps are far smaller than its levels. One normal distribution for all steps gives its "
        f"timesteps log-densities that are higher by {facts.by_steps:.1f} than those learnt."
    )
    advice = "to learn the steps, [np.diff(x, axis=0) for x in X], and sum what is sampled: np.cumsum(steps, axis=0)"
    return Seen(facts.by_steps, facts.by_steps > LIKELIER, says, advice)


def together(history, facts, parameters):
    if facts.by_rows is None:
        return None
    says = (
        "Features of X that are 0 or 1 depend on each other at a timestep, as notes of a chord do, but each is drawn "
        "on its own, so that samples hold combinations that X does not. Whole rows, counted after the row before them, "
        f"have log-probabilities that are higher by {facts.by_rows:.1f} than those learnt."
    )
    rows = "[[tuple(np.flatnonzero(row).tolist()) for row in np.asarray(x)] for x in X]"
    advice = f"to learn what is 1 at a timestep as one token, {rows} with source_type='tokens'"
    return Seen(facts.by_rows, facts.by_rows > LIKELIER, says, advice)


def beyond(history, facts, parameters):
    if facts.beyond is None:
        return None
    name, share, least, most, farthest = facts.beyond
    says = (
        f"{share:.0%} of {name} lies beyond {least:.4g} to {most:.4g}, as far as {farthest:.4g}: there {facts.of} cuts "
        "numbers in training, now and later, by the scale of its first calls, so that it learns little of them."
    )
    advice = "a new fit, or partial_fit of a sklearn.base.clone, that begins with data that vary as much as these"
    return Seen(share, True, says, advice)
