"""What attention is for: accuracy by length, every kind on the echo task, and training on own outputs."""

from functools import partial

import numpy as np

from benchmarks.harness.report import SECONDS, pyplot_for, timed
from benchmarks.parts.echo import ECHO_PAIRS, echo_classifier, echo_generator
from benchmarks.tasks import text_pairs
from benchmarks.tasks.judged import judge
from skseq import Seq2SeqClassifier, Seq2SeqTransducer

NONE = "none"
KINDS = (NONE, "bahdanau", "dot", "general", "concat", "location", "local-m", "local-p")


def _parameter(kind):
    return False if kind == NONE else kind


# --- accuracy by length -------------------------------------------------------------------------------------

TRAINED = range(3, 11)
TESTED = (4, 6, 8, 10, 12, 14, 16, 20)
SHORT, LONG = [n for n in TESTED if n in TRAINED], [n for n in TESTED if n not in TRAINED]
EXACT, NEAR = "exactly right", "1 - edits / length"
BEYOND, CLAIMED = "bahdanau, for longer ones", 12
FOR_LONGER = {  # without any one of the last three, most outputs of 12 tokens are wrong
    "attention": "bahdanau",
    "bidirectional": True,
    "recurrent_dropout": 0.7,
    "learning_rate_schedule": "cosine",
}
SETTINGS = {kind: {"attention": _parameter(kind)} for kind in KINDS} | {BEYOND: FOR_LONGER}


def measure_lengths(report, scale):
    """Reversed tokens, trained on short sequences and tested on longer ones as well."""
    for seed in range(scale.seeds):
        X, y = text_pairs.reversal_pairs(scale.count(10_000), TRAINED, random_state=seed)
        for kind, parameters in SETTINGS.items():
            model = Seq2SeqTransducer(
                **scale.networks["lengths"] | parameters,
                max_length=(1, 5),  # as long as the source, and five more
                early_stopping=False,
                random_state=seed,
            )
            seconds, _ = timed(model.fit, X, y)
            report.add("lengths", "fit", SECONDS, kind, seconds)
            for length in _readable(kind):
                _add_length(report, scale, model, kind, length, seed)
    report.note("lengths", f"reversed tokens, trained on {TRAINED[0]} to {TRAINED[-1]} of them")
    report.note("lengths", "location scores fixed positions, so it cannot read a source longer than those in training")
    report.savers.append(partial(save_lengths, report))
    _claim_lengths(report)


def _readable(kind):
    return SHORT if kind == "location" else TESTED


def _add_length(report, scale, model, kind, length, seed):
    X, y = text_pairs.reversal_pairs(scale.count(500), [length], random_state=1_000 + seed)
    judged = judge(X, model.predict(X), [[target] for target in y])
    report.add("lengths", _at(EXACT, length), "%", kind, judged.exact)
    report.add("lengths", _at(NEAR, length), "%", kind, 100 * np.mean(1 - judged.edits / length))
    if length in (SHORT[-1], LONG[-1]):
        report.add("lengths", _at(f"predict {len(X):,}", length), SECONDS, kind, timed(model.predict, X)[0])
        if seed == 0:
            report.note("lengths", f"{kind}, length {length}, {judged.examples(1)}")


def _at(quantity, length):
    return f"{quantity}, length {length}"


def _claim_lengths(report):
    """Whole sequences at the trained lengths; tokens at longer ones, where no kind by itself writes whole sequences."""
    for quantity, lengths, where in ((EXACT, SHORT, "trained lengths"), (NEAR, LONG, "longer ones")):
        kinds = [kind for kind in KINDS if set(lengths) <= set(_readable(kind))]
        means = {k: np.mean([report.values("lengths", _at(quantity, n), k) for n in lengths]) for k in kinds}
        ranks = ", ".join(f"{kind} {means[kind]:.1f}" for kind in sorted(means, key=means.get, reverse=True))
        report.note("lengths", f"{quantity} at {where}, %: {ranks}")
        best = max(mean for kind, mean in means.items() if kind != NONE)
        report.claim("lengths", f"{quantity} at {where}, %, best attention minus none", best - means[NONE], low=5)
    right = report.values("lengths", _at(EXACT, CLAIMED), BEYOND).mean()
    report.claim("lengths", f"{EXACT}, length {CLAIMED}, %, {BEYOND}, mean of seeds", right, low=90)


def save_lengths(report, folder):
    """Accuracy by length as a picture: mean and spread over the seeds, the trained lengths shaded."""
    path = folder / "lengths.png"
    pyplot = pyplot_for(path)
    if pyplot is None:
        return
    figure, panels = pyplot.subplots(1, 2, figsize=(11, 4.5), layout="constrained", sharey=True)
    for axes, quantity in zip(panels, (EXACT, NEAR)):
        for kind in SETTINGS:
            lengths = _readable(kind)
            values = np.array([report.values("lengths", _at(quantity, n), kind) for n in lengths])
            mean, spread = values.mean(axis=1), values.std(axis=1)
            axes.plot(lengths, mean, marker="o", label=kind, linestyle="--" if kind == NONE else "-")
            axes.fill_between(lengths, mean - spread, mean + spread, alpha=0.15)
        axes.axvspan(TRAINED[0], TRAINED[-1], color="grey", alpha=0.15)
        axes.set(xlabel="source length (trained on: shaded)", ylabel="%", title=quantity)
    panels[0].legend()
    figure.savefig(path, dpi=150)
    pyplot.close(figure)


# --- the echo task with every kind --------------------------------------------------------------------------

ECHO, DATES = "attention-kinds, R8", "attention-kinds, dates"
ECHOED, DATED = "accuracy, 1,000 pairs", "exactly right, 1,000 dates"
AS_GIVEN = "accuracy at the learning rate of R8"
# What differs from R8: at its learning rate of 0.001 Luong's products have hardly begun after 5,000 pairs.
ECHO_NETWORKS = {
    "bahdanau": {},
    "dot": {"learning_rate": 0.003},
    "general": {"learning_rate": 0.003},
    "concat": {"learning_rate": 0.003},
    "location": {"learning_rate": 0.003},
    "local-m": {"learning_rate": 0.003},
    "local-p": {"learning_rate": 0.003},
}
BLIND = {}  # the kinds that cannot see where they must look, and why


def compare_kinds(report, scale):
    """Each kind of attention on R8 and, beside each other with one network, on a third of the dates."""
    for seed in range(scale.seeds):
        for kind in ECHO_NETWORKS:
            report.add(ECHO, AS_GIVEN, "", kind, _echo(report, scale, kind, seed, "fit at the learning rate of R8"))
            report.add(ECHO, ECHOED, "", kind, _echo(report, scale, kind, seed, "fit", **ECHO_NETWORKS[kind]))
            _date(report, scale, kind, seed)
    for kind in ECHO_NETWORKS:
        if kind in BLIND:
            report.note(ECHO, f"{kind} cannot: {BLIND[kind]}")
        else:
            accuracy = report.values(ECHO, ECHOED, kind).mean()
            report.claim(ECHO, f"{kind}: accuracy, mean of {scale.seeds} seeds", accuracy, low=0.9)


def _echo(report, scale, kind, seed, what, **network):
    """Share of new pairs that are right in R8: 5,000 updates of one fresh pair each."""
    generator = echo_generator(seed)
    (X, y), (X_new, y_new) = generator.sample(scale.count(ECHO_PAIRS)), generator.sample(1_000)
    classifier = echo_classifier(attention=kind, random_state=seed).set_params(**network)
    report.add(ECHO, what, SECONDS, kind, timed(classifier.fit, X, y)[0])
    return classifier.score(X_new, y_new)


def _date(report, scale, kind, seed):
    data = text_pairs.date_pairs(scale.count(4_000), scale.count(1_000), random_state=seed)
    network = scale.networks["attention-kinds"] | {"attention": kind}
    model = Seq2SeqTransducer(**network, early_stopping=False, random_state=seed)
    report.add(DATES, "fit", SECONDS, kind, timed(model.fit, data.X_train, data.y_train)[0])
    report.add(DATES, DATED, "", kind, model.score(data.X_test, data.y_test))


# --- training on own outputs --------------------------------------------------------------------------------

FORCED, BOUND = "teacher forcing", "best possible"
DECAYS = ("linear", "exponential", "inverse_sigmoid")
SCHEDULES = (FORCED, *DECAYS, BOUND)
LABELS = "labels right, on its own outputs"


def sample_own_outputs(report, scale):
    """A label for every noisy observation: what the last label says is tempting, and wrong once an output was wrong."""
    segments = text_pairs.Segments()
    for seed in range(scale.seeds):
        X, y = segments.draw(scale.count(3_000), random_state=seed)
        X_new, y_new = segments.draw(scale.count(1_000), random_state=1_000 + seed)
        for by in (FORCED, *DECAYS):
            model = Seq2SeqClassifier(
                **scale.networks["scheduled-sampling"],
                scheduled_sampling=None if by == FORCED else by,
                early_stopping=False,
                random_state=seed,
            )
            report.add("scheduled-sampling", "fit", SECONDS, by, timed(model.fit, X, y)[0])
            report.add("scheduled-sampling", LABELS, "%", by, 100 * np.mean(model.predict(X_new) == y_new))
        report.add("scheduled-sampling", LABELS, "%", BOUND, 100 * np.mean(segments.most_probable(X_new) == y_new))
    forced = report.values("scheduled-sampling", LABELS, FORCED)
    for by in DECAYS:
        gain = (report.values("scheduled-sampling", LABELS, by) - forced).mean()
        text = f"{LABELS}, %, {by} minus {FORCED}, mean of {scale.seeds} seeds"
        report.claim("scheduled-sampling", text, gain, low=2)


# --- professor forcing --------------------------------------------------------------------------------------

TRAININGS = ("teacher_forcing", "professor_forcing", "professor_forcing_both")
DRAWN, LOG_P, TOLD = "labels right, drawn", "log p of a label", "critic right, best epoch"


def force(report, scale):
    """The labels of `sample_own_outputs`, with a critic of how the decoder behaves on its own."""
    segments, experiment = text_pairs.Segments(), "professor"
    for seed in range(scale.seeds):
        X, y = segments.draw(scale.count(3_000), random_state=seed)
        X_new, y_new = segments.draw(scale.count(1_000), random_state=1_000 + seed)
        for training in TRAININGS:
            network = scale.networks["scheduled-sampling"] | {"training": training}
            model = Seq2SeqClassifier(**network, early_stopping=False, random_state=seed)
            report.add(experiment, "fit", SECONDS, training, timed(model.fit, X, y)[0])
            report.add(experiment, LABELS, "%", training, 100 * np.mean(model.predict(X_new) == y_new))
            if "critic_accuracy" in model.history_:
                report.add(experiment, TOLD, "%", training, 100 * max(model.history_["critic_accuracy"]))
            log_probs = model.score_samples(X_new, y_new) / segments.n_timesteps
            report.add(experiment, LOG_P, "", training, log_probs.mean())
            drawn = model.set_params(search="sampling").predict(X_new)
            report.add(experiment, DRAWN, "%", training, 100 * np.mean(drawn == y_new))
    taught, *others = (report.values(experiment, LABELS, training) for training in TRAININGS)
    for training, right in zip(TRAININGS[1:], others):
        gain = right - taught
        text = f"{LABELS}, %, {training} less {TRAININGS[0]}, mean of {scale.seeds} seeds, at least its spread"
        report.claim(experiment, text, gain.mean(), low=gain.std())
