"""One label per timestep: `SequenceTagger` on data of which the best possible accuracy is known, beside CRFsuite.

A hidden Markov model writes the sequences: each of its states has two outputs, and shares each with another state, so
that an output alone says little. The states are to be told from the outputs. Nothing has more steps right than the most
probable states of that model itself (forward-backward), and no sequence is more often right as a whole than its most
probable path (Viterbi).
"""

import sys
from dataclasses import dataclass, field

import numpy as np

from benchmarks.harness.report import SECONDS, Report, add_seeds, chosen_scale, command_line, run_experiments, timed
from benchmarks.tasks.hmm import confused
from skseq import SequenceTagger
from skseq.metrics import sequence_accuracy_score, token_accuracy_score

HMM = "hidden-markov"
STEPS, WHOLE, FIT, PREDICT = "steps right", "sequences wholly right", "fit", "predict"
BEST_STEPS, BEST_PATHS = "forward-backward", "Viterbi"
SOFTMAX, CHAIN, CRFSUITE, MARGINALS = "SequenceTagger", "transitions=True", "CRFsuite", "CRFsuite, marginals"
FALLING = {"learning_rate_schedule": "cosine", "early_stopping": False}  # to 0 over all epochs
MAX_MISSING_POINTS = 0.5  # that may be missing to the best possible


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is run."""

    seeds: int = 3
    n_train: int = 10_000
    n_test: int = 4_000
    lengths: tuple = (5, 30)
    network: dict = field(
        default_factory=lambda: {
            "units": 32,
            "cell": "gru",
            "epochs": 10,
            "learning_rate": 0.01,
            "batch_size": 64,
            "dropout": 0.0,
            "recurrent_dropout": 0.2,
        }
    )


TINY = {"units": 4, "epochs": 1, "learning_rate": 0.01, "batch_size": 32}
QUICK = Scale(seeds=1, n_train=64, n_test=32, network=TINY)


@dataclass(frozen=True)
class Outputs:
    """Sequences of outputs, and the states behind them."""

    X_train: list
    y_train: list
    X_test: list
    y_test: list


def drawn(model, scale, seed):
    """`Outputs` of random lengths; another draw for every seed."""
    rng = np.random.RandomState(seed)
    shortest, longest = scale.lengths
    parts = [model.draw(rng.randint(shortest, longest + 1, n), rng) for n in (scale.n_train, scale.n_test)]
    return Outputs(*parts[0], *parts[1])


def tag(report, scale):
    """Every method on the same sequences, for every seed."""
    model = confused()
    for seed in range(scale.seeds):
        data = drawn(model, scale, seed)
        _add(report, BEST_STEPS, data, model.most_probable(data.X_test))
        _add(report, BEST_PATHS, data, model.best_paths(data.X_test))
        for by, transitions in ((SOFTMAX, False), (CHAIN, True)):
            _add(report, by, data, _tagged(report, scale, by, data, seed, transitions))
        for by, outputs in _crfsuite(report, data).items():
            _add(report, by, data, outputs)
    _claim(report, scale)
    shortest, longest = scale.lengths
    report.note(
        HMM, f"{scale.n_train:,} sequences to learn from, {scale.n_test:,} to tell, {shortest} to {longest} steps"
    )
    report.note(HMM, f"{CRFSUITE} reads the current output: a model of the form that made the data")


def _add(report, by, data, outputs):
    """Percentages of one method."""
    outputs = [np.asarray(states) for states in outputs]
    report.add(HMM, STEPS, "%", by, 100 * token_accuracy_score(data.y_test, outputs))
    report.add(HMM, WHOLE, "%", by, 100 * sequence_accuracy_score(data.y_test, outputs))


def _tagged(report, scale, by, data, seed, transitions):
    """What a tagger predicts; a learning rate that falls to zero, as in the other benchmarks with held-out data."""
    network = scale.network | FALLING
    tagger = SequenceTagger(**network, transitions=transitions, random_state=seed)
    seconds, _ = timed(tagger.fit, data.X_train, data.y_train)
    report.add(HMM, FIT, SECONDS, by, seconds)
    seconds, outputs = timed(tagger.predict, data.X_test)
    report.add(HMM, PREDICT, SECONDS, by, seconds)
    return outputs


def _crfsuite(report, data):
    """Best paths, and most probable states of every step, of a linear-chain CRF on the outputs themselves."""
    from sklearn_crfsuite import CRF

    def features(sequences):
        return [[{"output": str(output)} for output in outputs] for outputs in sequences]

    model = CRF(algorithm="lbfgs", c1=0, c2=0.01, max_iterations=200, all_possible_transitions=True)
    labels = [list(map(str, states)) for states in data.y_train]
    seconds, _ = timed(lambda: model.fit(features(data.X_train), labels))
    report.add(HMM, FIT, SECONDS, CRFSUITE, seconds)
    seconds, paths = timed(lambda: model.predict(features(data.X_test)))
    report.add(HMM, PREDICT, SECONDS, CRFSUITE, seconds)
    marginals = model.predict_marginals(features(data.X_test))
    return {
        CRFSUITE: [list(map(int, path)) for path in paths],
        MARGINALS: [[int(max(step, key=step.get)) for step in steps] for steps in marginals],
    }


def _claim(report, scale):
    steps = {by: report.values(HMM, STEPS, by).mean() for by in (BEST_STEPS, SOFTMAX, CRFSUITE)}
    missing, ahead = steps[BEST_STEPS] - steps[SOFTMAX], steps[SOFTMAX] - steps[CRFSUITE]
    of = f"mean of {scale.seeds} seeds"
    report.claim(HMM, f"steps right, {BEST_STEPS} minus {SOFTMAX}, {of}", missing, high=MAX_MISSING_POINTS)
    report.claim(HMM, f"steps right, {SOFTMAX} minus {CRFSUITE}'s best paths, {of}", ahead, low=0)


# --- command line -------------------------------------------------------------------------------------------

EXPERIMENTS = {HMM: tag}


def main(arguments=None):
    parser = command_line(__doc__.splitlines()[0], EXPERIMENTS)
    add_seeds(parser, Scale)
    options = parser.parse_args(arguments)
    scale = chosen_scale(options, Scale(), QUICK, "seeds")
    report = Report("tagging", columns=((BEST_STEPS, BEST_PATHS, SOFTMAX, CHAIN, CRFSUITE, MARGINALS),))
    run_experiments(report, EXPERIMENTS, options.only, scale)
    return report.finish(options.output, strict=not options.quick)


if __name__ == "__main__":
    sys.exit(main())
