"""Sequences to sequences: what `Seq2SeqTransducer` learns of dates, numbers, pronunciations and sums, and attention.

Four jobs with held-out pairs, each with exact matches, edit distance, time, and its best and worst outputs; dates and
pronunciations also by beam search. Then what attention is for (`parts.attention`): accuracy by length, every kind of
attention on the echo task, and training on own outputs. "choice" shows how the defaults were chosen, and "ends" what
it costs that a fit ends once it is perfect on its training data.
"""

import sys
from dataclasses import dataclass, field, replace

import numpy as np

from benchmarks.harness.report import SECONDS, Report, chosen_scale, command_line, run_experiments, timed
from benchmarks.parts import attention, chosen_defaults, plain
from benchmarks.tasks import text_pairs
from benchmarks.tasks.judged import as_text, judge
from skseq import Seq2SeqClassifier, Seq2SeqTransducer

GREEDY, BEAM = "greedy", "beam 5"
BEAM_WIDTH = 5
FORWARD, REVERSED = "forward source", "reversed source"
FALLING = {"learning_rate_schedule": "cosine", "early_stopping": False}  # to 0 over all epochs
LANGUAGES = {"en": "English", "de": "German"}

# The network of every experiment: what was tried is in the README. The learning rate of those with held-out pairs falls
# to zero along a cosine.
TEXT = {"analyzer": "char", "target_analyzer": "char"}
CONSTANT = {"learning_rate_schedule": "constant"}
WIDE = plain.ENCODER_DECODER | {"units": 64, "bidirectional": True, "attention": True}
NETWORKS = {
    "dates": {**TEXT, **WIDE, "epochs": 20, "learning_rate": 0.005, "batch_size": 64},
    "numbers": {**TEXT, **WIDE, "epochs": 12, "learning_rate": 0.005, "batch_size": 64},
    "phonemes": {
        "analyzer": "char",
        **WIDE,
        "units": 160,
        "cell": "gru",
        "n_layers": 2,
        "dropout": 0.15,
        "label_smoothing": 0.1,
        "epochs": 13,
        "learning_rate": 0.003,
        "batch_size": 128,
    },
    "addition": {**plain.ENCODER_DECODER, "units": 128, "epochs": 30, "learning_rate": 0.003, "batch_size": 64},
    "lengths": {
        **plain.ENCODER_DECODER,
        "units": 64,
        "epochs": 12,
        "learning_rate": 0.005,
        **CONSTANT,
        "batch_size": 64,
    },
    "attention-kinds": {
        **TEXT,
        **plain.ENCODER_DECODER,
        "units": 64,
        "epochs": 10,
        "learning_rate": 0.005,
        **CONSTANT,
        "batch_size": 32,
    },
    "scheduled-sampling": {
        "units": 32,
        "cell": "gru",
        "dropout": 0.0,
        "bidirectional": True,
        "attention": "local-m",
        "epochs": 10,
        "learning_rate": 0.005,
        **CONSTANT,
        "batch_size": 32,
    },
}


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is run."""

    seeds: int = 3
    long_seeds: int = 1  # of the four jobs
    choice_seeds: int = 2
    candidates: int | None = None  # of "choice", the first ones; all of them
    divisor: int = 1  # of all numbers of pairs
    networks: dict = field(default_factory=lambda: NETWORKS)
    most: dict = field(default_factory=dict)  # settings of all fits of "choice"

    def count(self, n_pairs):
        return max(n_pairs // self.divisor, 1)


# Few texts do not hold every letter.
_SMALLEST = {"units": 4, "epochs": 1, "batch_size": 32, "handle_unknown": "use_unknown"}
QUICK = Scale(
    seeds=1,
    choice_seeds=1,
    candidates=2,
    divisor=100,
    networks={name: network | _SMALLEST for name, network in NETWORKS.items()},
    most=_SMALLEST,
)


# --- how outputs are judged ---------------------------------------------------------------------------------

EXACT, ERRORS = "exactly right", "edits in 100 target tokens"


def add_judged(report, experiment, by, judged):
    report.add(experiment, EXACT, "%", by, judged.exact)
    report.add(experiment, ERRORS, "", by, judged.error_rate)
    report.note(experiment, f"{by}, {judged.examples()}")


# --- dates, numbers, pronunciations -------------------------------------------------------------------------


def fit_transducer(report, scale, job, data, seed, experiment):
    """A transducer for the job, fitted, and what it writes greedily for the held-out sources."""
    network = scale.networks[job] | FALLING
    model = Seq2SeqTransducer(**network, random_state=seed)
    seconds, _ = timed(model.fit, data.X_train, data.y_train)
    report.add(experiment, FIT, SECONDS, GREEDY, seconds)
    return model, _searched(report, experiment, GREEDY, model, data.X_test)


FIT = "fit"


def _searched(report, experiment, by, model, X):
    """Outputs, and how long they take once compiled."""
    outputs = model.predict(X)
    seconds = [timed(model.predict, X)[0] for _ in range(3)]
    report.add(experiment, _predict(X), SECONDS, by, min(seconds))
    return outputs


def _predict(X):
    return f"predict {len(X):,}"


def search_beam(report, experiment, model, data, greedy):
    """What beam search writes, and how the model scores it beside the greedy outputs: log-probabilities (n,) each."""
    model.set_params(search="beam", beam_width=BEAM_WIDTH)
    outputs = _searched(report, experiment, BEAM, model, data.X_test)
    scores = {GREEDY: model.score_samples(data.X_test, greedy), BEAM: model.score_samples(data.X_test, outputs)}
    for by, log_probs in scores.items():
        report.add(experiment, "mean log-probability of the outputs", "nats", by, log_probs.mean())
    return outputs, scores


def date(report, scale):
    """Dates as people write them -> ISO 8601."""
    data = text_pairs.date_pairs(scale.count(10_000), scale.count(1_000))
    accepted = [[target] for target in data.y_test]
    for seed in range(scale.long_seeds):
        model, greedy = fit_transducer(report, scale, "dates", data, seed, "dates")
        add_judged(report, "dates", GREEDY, judge(data.X_test, greedy, accepted))
        beam, scores = search_beam(report, "dates", model, data, greedy)
        add_judged(report, "dates", BEAM, judge(data.X_test, beam, accepted))
        _compare_scores(report, data.X_test, {GREEDY: greedy, BEAM: beam}, scores)
    claim_fit(report, "dates", exact=99, minutes=5)
    ratio = np.divide(*(report.values("dates", _predict(data.X_test), by).mean() for by in (BEAM, GREEDY)))
    report.claim("dates", f"time of {BEAM} / greedy", ratio, high=8)


def _compare_scores(report, sources, outputs, scores):
    """Claims on the model's own scores, and where greedy search found the better output."""
    gain = scores[BEAM] - scores[GREEDY]
    text = f"{BEAM}: outputs that the model scores at least as high as greedy's, %"
    report.claim("dates", text, 100 * np.mean(gain >= 0), low=99.5)
    _claim_gain(report, "dates", scores, low=0)  # where greedy search finds the best output every time, there is none
    differing = sum(list(one) != list(other) for one, other in zip(outputs[GREEDY], outputs[BEAM]))
    report.note("dates", f"{BEAM} wrote something else than greedy {differing:,} times of {len(sources):,}")
    lost = np.flatnonzero(gain < 0)
    if len(lost):
        row = lost[gain[lost].argmin()]
        texts = [f"{by} {as_text(outputs[by][row])} ({scores[by][row]:.3f})" for by in (GREEDY, BEAM)]
        report.note(
            "dates",
            f"{len(lost)} scored lower: the greedy prefix was not among the best {BEAM_WIDTH} of its length, so it was "
            f"dropped before it turned out best, as for {as_text(sources[row])}: {', '.join(texts)}",
        )


def _claim_gain(report, experiment, scores, low):
    gain = (scores[BEAM] - scores[GREEDY]).mean()
    report.claim(experiment, f"{BEAM}: mean gain in log-probability over greedy", gain, low=low)


def claim_fit(report, experiment, *, exact, minutes):
    report.claim(experiment, "exactly right, %, worst seed", report.values(experiment, EXACT, GREEDY).min(), low=exact)
    seconds = report.values(experiment, FIT, GREEDY).max()
    report.claim(experiment, "seconds to fit, slowest seed", seconds, high=60 * minutes)


def number(report, scale):
    """Numbers below a million in words -> digits; the claim is on English."""
    for language, name in LANGUAGES.items():
        data, experiment = (
            text_pairs.number_pairs(language, scale.count(10_000), scale.count(1_000)),
            f"numbers, {name}",
        )
        for seed in range(scale.long_seeds):
            _, greedy = fit_transducer(report, scale, "numbers", data, seed, experiment)
            judged = judge(data.X_test, greedy, [[target] for target in data.y_test])
            add_judged(report, experiment, GREEDY, judged)
    claim_fit(report, f"numbers, {LANGUAGES['en']}", exact=98, minutes=5)


FIRST = "word error rate, first pronunciation alone"
WORDS, PHONEMES = "word error rate", "phoneme error rate"


def phoneme(report, scale):
    """Letters -> phonemes. Any listed pronunciation is right, as the field counts; the first alone is reported too."""
    data, variants = text_pairs.phoneme_pairs(scale.count(109_000), scale.count(2_000))
    for seed in range(scale.long_seeds):
        model, greedy = fit_transducer(report, scale, "phonemes", data, seed, "phonemes")
        _add_errors(report, GREEDY, data, variants, greedy)
        beam, scores = search_beam(report, "phonemes", model, data, greedy)
        _claim_gain(report, "phonemes", scores, low=1e-9)
        _add_errors(report, BEAM, data, variants, beam)
    several = sum(len(right) > 1 for right in variants.values())
    report.note(
        "phonemes",
        f"trained on the first pronunciation of a word; {several} of {len(variants):,} test words have several, any of "
        "which is right: the nearest counts. Published for the current dictionary: words wrong about 34 % for "
        "finite-state models, 31 % for transformers",
    )
    for by, quantity, high in ((GREEDY, WORDS, 30.5), (BEAM, WORDS, 29.5), (GREEDY, PHONEMES, 9.5)):
        worst = report.values("phonemes", quantity, by).max()
        report.claim("phonemes", f"{quantity}, %, {by}, worst seed", worst, high=high)
    less = report.values("phonemes", WORDS, GREEDY) - report.values("phonemes", WORDS, BEAM)
    report.claim("phonemes", f"{WORDS}, {GREEDY} minus {BEAM}, mean of seeds", less.mean(), low=0)
    report.claim("phonemes", "seconds to fit, slowest seed", report.values("phonemes", FIT, GREEDY).max(), high=600)


def _add_errors(report, by, data, variants, outputs):
    outputs = [tuple(output) for output in outputs]
    judged = judge(data.X_test, outputs, [variants[word] for word in data.X_test])
    first = judge(data.X_test, outputs, [[tuple(target)] for target in data.y_test])
    report.add("phonemes", WORDS, "%", by, 100 - judged.exact)
    report.add("phonemes", PHONEMES, "%", by, judged.error_rate)
    report.add("phonemes", FIRST, "%", by, 100 - first.exact)
    report.note("phonemes", f"{by}, {judged.examples()}")


# --- sums ---------------------------------------------------------------------------------------------------

CHARACTERS = "characters right"


def add(report, scale):
    """Three-digit sums, the source forwards and last character first, at equal epochs."""
    data = text_pairs.addition_pairs(scale.count(50_000), scale.count(5_000))
    network = scale.networks["addition"] | FALLING
    for seed in range(scale.long_seeds):
        for by, reverse in ((FORWARD, False), (REVERSED, True)):
            model = Seq2SeqClassifier(**network, reverse_source=reverse, random_state=seed)
            seconds, _ = timed(model.fit, data.X_train, data.y_train)
            outputs = model.predict(data.X_test)
            report.add("addition", FIT, SECONDS, by, seconds)
            report.add("addition", _predict(data.X_test), SECONDS, by, timed(model.predict, data.X_test)[0])
            report.add("addition", CHARACTERS, "%", by, 100 * np.mean(outputs == data.y_test))
            accepted = [["".join(target)] for target in data.y_test]
            add_judged(report, "addition", by, judge(data.X_test, ["".join(output) for output in outputs], accepted))
    forward, turned = (report.values("addition", CHARACTERS, by) for by in (FORWARD, REVERSED))
    report.claim("addition", f"{CHARACTERS}, %, {REVERSED}, worst seed", turned.min(), low=99)
    report.claim("addition", f"{CHARACTERS}, %, {REVERSED} minus {FORWARD}", (turned - forward).mean(), low=1e-9)


# --- the command --------------------------------------------------------------------------------------------

EXPERIMENTS = {
    "dates": date,
    "numbers": number,
    "phonemes": phoneme,
    "addition": add,
    "lengths": attention.measure_lengths,
    "attention-kinds": attention.compare_kinds,
    "scheduled-sampling": attention.sample_own_outputs,
    "professor": attention.force,
    "choice": chosen_defaults.choose,
    "ends": chosen_defaults.compare_endings,
}


def main(arguments=None):
    parser = command_line(__doc__.splitlines()[0], EXPERIMENTS)
    parser.add_argument(
        "--seeds", type=int, help="seeds (1 for the four jobs, 2 for choice, 3 for the rest by default)"
    )
    options = parser.parse_args(arguments)
    scale = chosen_scale(options, Scale(), QUICK)
    if options.seeds is not None:
        scale = replace(scale, seeds=options.seeds, long_seeds=options.seeds, choice_seeds=options.seeds)
    columns = (
        (GREEDY, BEAM),
        (FORWARD, REVERSED),
        tuple(attention.SETTINGS),
        attention.SCHEDULES,
        attention.TRAININGS,
        (
            chosen_defaults.ALL_EPOCHS,
            *chosen_defaults.TRANSDUCERS | chosen_defaults.CLASSIFIERS | chosen_defaults.TAGGERS,
        ),
    )
    report = Report("transduction", columns=columns)
    run_experiments(report, EXPERIMENTS, options.only, scale)
    return report.finish(options.output, strict=not options.quick)


if __name__ == "__main__":
    sys.exit(main())
