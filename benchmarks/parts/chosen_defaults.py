"""How the defaults of estimators that give sequences were chosen: candidates on small sets of many kinds.

What text is made of is given; all else is the default or the candidate's. Pairs that the other experiments test on are
left out, but for a few that are drawn twice.
"""

from functools import cache, partial
from itertools import islice

import numpy as np
from sklearn.datasets import load_digits

from benchmarks.harness.report import SECONDS, timed
from benchmarks.parts import plain
from benchmarks.tasks import text_pairs
from benchmarks.tasks.hmm import confused
from benchmarks.tasks.text_pairs import Pairs
from skseq import Seq2SeqClassifier, Seq2SeqTransducer, SequenceTagger, clear_pool
from skseq.datasets import make_reversed, make_sorted
from skseq.metrics import token_accuracy_score

JUDGED = 1_000  # pairs
DEFAULTS = "defaults"
RIGHT, FIT, EPOCHS = "right", "fit and predict", "epochs"
ALL_EPOCHS = "all epochs"
MOST_LOST = 0.3  # points of what is right, by fits that end once they are perfect, as a mean over all sets
MOST_EPOCHS = 0.9  # of all epochs: 0.8 was asked first, of another rule (docs/figures/labels.md)

ATTENTIONS = {"Bahdanau": {"attention": "bahdanau"}, "concat": {"attention": "concat"}}
TRANSDUCERS = {
    "no attention": {"attention": False},
    "no attention, dropout 0.1": {"attention": False, "dropout": 0.1},
    "LSTM, forwards, no dropout": {"cell": "lstm", "bidirectional": False, "dropout": 0.0},
    "LSTM, forwards": {"cell": "lstm", "bidirectional": False},
    "LSTM, no dropout": {"cell": "lstm", "dropout": 0.0},
    "LSTM": {"cell": "lstm"},
    "no dropout": {"dropout": 0.0},
    DEFAULTS: {},
    **ATTENTIONS,
    "dropout 0.2": {"dropout": 0.2},
    "rate 0.005": {"learning_rate": 0.005},
}
CLASSIFIERS = {
    "LSTM, forwards, no attention": plain.ENCODER_DECODER,
    "no attention": {"attention": False},
    "GRU, no attention": {"attention": False, "cell": "gru"},
    "LSTM, forwards, no dropout": {"cell": "lstm", "bidirectional": False, "dropout": 0.0},
    "no dropout": {"dropout": 0.0},
    DEFAULTS: {},
    **ATTENTIONS,
}
TAGGERS = {
    "LSTM, no dropout": {"cell": "lstm", "dropout": 0.0},
    "LSTM": {"cell": "lstm"},
    "no dropout": {"dropout": 0.0},
    DEFAULTS: {},
    "dropout 0.2": {"dropout": 0.2},
}


# --- the sets ---------------------------------------------------------------------------------------------------------


def _of_training(pairs, n):
    """n pairs to learn from and others to judge by, none of the test part."""
    X, y = pairs.X_train, pairs.y_train
    return Pairs(X[:n], y[:n], X[-JUDGED:], y[-JUDGED:])


def _in_columns(pairs):
    """Targets of one length as a table of characters."""
    y_train, y_test = (np.array([list(target) for target in part]) for part in (pairs.y_train, pairs.y_test))
    return Pairs(pairs.X_train, y_train, pairs.X_test, y_test)


_dates = cache(text_pairs.date_pairs)
_numbers = cache(text_pairs.number_pairs)
_phonemes = cache(lambda: text_pairs.phoneme_pairs()[0])


def _reversal(n):
    X, y = text_pairs.reversal_pairs(n + JUDGED, range(3, 11), random_state=1)
    return _of_training(Pairs(X, y, None, None), n)


def _sums(n):
    return text_pairs.addition_pairs(n + JUDGED, JUDGED, n_digits=2)


def _latin(n):
    """Words of Greek letters, with one or two Latin letters for each."""
    rng = np.random.RandomState(1)
    latin = str.maketrans("αβγδεζηικλμνξοπρστυφω", "avgdeziiklmnxoprstyfo")
    latin |= {ord("θ"): "th", ord("χ"): "ch", ord("ψ"): "ps"}
    letters = [chr(code) for code in sorted(latin)]
    words = ["".join(rng.choice(letters, rng.randint(3, 14))) for _ in range(n + JUDGED)]
    written = [word.translate(latin) for word in words]
    return Pairs(words[:n], written[:n], words[n:], written[n:])


def _images(n, lengths=(1, 2, 3, 4)):
    """Rows of images of digits, one image after another, (8 k, 8) each; and the digits, k of them."""
    digits, rng = load_digits(), np.random.RandomState(0)
    parts = np.split(rng.permutation(len(digits.target)), [1_200])  # no image in both parts
    drawn = [[rng.choice(part, rng.choice(lengths)) for _ in range(size)] for part, size in zip(parts, (n, JUDGED))]
    X = [[np.concatenate(digits.images[rows].transpose(0, 2, 1)) for rows in part] for part in drawn]
    y = [[digits.target[rows].tolist() for rows in part] for part in drawn]
    return Pairs(X[0], y[0], X[1], y[1])


def _three_images(n):
    pairs = _images(n, lengths=(3,))
    return Pairs(*map(np.array, (pairs.X_train, pairs.y_train, pairs.X_test, pairs.y_test)))


def _made(make, n, **rule):
    return Pairs(*make(n, random_state=1, **rule), *make(JUDGED, random_state=2, **rule))


def _segments(n):
    segments = text_pairs.Segments()
    return Pairs(*segments.draw(n, random_state=1), *segments.draw(JUDGED, random_state=2))


def _confused(n, heard=None):
    """Outputs of a hidden Markov model and its states; or a noisy number for each of two channels."""
    rng, model = np.random.RandomState(1), confused()
    drawn = [model.draw(rng.randint(5, 31, size), rng) for size in (n, JUDGED)]
    (X, y), (X_new, y_new) = drawn if heard is None else [(list(map(heard, states)), states) for _, states in drawn]
    return Pairs(X, y, X_new, y_new)


def _channels(n, noise=0.8):
    rng, angles = np.random.RandomState(2), np.arange(8) * np.pi / 4
    places = np.stack([np.cos(angles), np.sin(2 * angles)], axis=1)  # (8 states, 2)
    return _confused(n, lambda states: places[states] + noise * rng.randn(len(states), 2))


FROM_TEXT = {"analyzer": "char", "handle_unknown": "use_unknown"}
TEXT = FROM_TEXT | {"target_analyzer": "char"}
WRITTEN = {  # pairs to learn from, how to draw them, settings
    "dates": ((300, 1_000), lambda n: _of_training(_dates(), n), TEXT),
    "numbers": ((1_000,), lambda n: _of_training(_numbers(), n), TEXT),
    "phonemes": ((1_000, 3_000), lambda n: _of_training(_phonemes(), n), FROM_TEXT),
    "Greek letters": ((100, 400), _latin, TEXT),
    "reversed": ((1_000,), _reversal, {}),
    "sums": ((2_500,), _sums, {}),
    "images": ((300, 1_000), _images, {}),
}
OF_ONE_LENGTH = {
    "dates": ((300, 1_000), lambda n: _in_columns(_of_training(_dates(), n)), FROM_TEXT),
    "reversed": ((300, 1_000), partial(_made, make_reversed, n_timesteps=6, n_kept=3, cardinality=20), {}),
    "sorted": ((300, 1_000), partial(_made, make_sorted, n_timesteps=5, cardinality=20), {}),
    "noisy labels": ((300, 1_000), _segments, {}),
    "images": ((300, 1_000), _three_images, {}),
}

OF_STEPS = ("noisy labels", "hidden Markov states", "channels")  # where single steps count
TAGGED = {
    "hidden Markov states": ((300, 1_000), _confused, {}),
    "noisy labels": ((300, 1_000), _segments, {}),
    "channels": ((300, 1_000), _channels, {}),
}


# --- the comparison ---------------------------------------------------------------------------------------------------


def choose(report, scale):
    """Share of outputs that are wholly right, by set and candidate; of labels of steps, the share of steps."""
    _compare(report, scale, "transducer", WRITTEN, TRANSDUCERS, Seq2SeqTransducer)
    _compare(report, scale, "classifier", OF_ONE_LENGTH, CLASSIFIERS, Seq2SeqClassifier)
    _compare(report, scale, "tagger", TAGGED, TAGGERS, SequenceTagger)


def compare_endings(report, scale):
    """The same of fits that end once they are perfect on their training data, beside those of all epochs."""
    candidates = {ALL_EPOCHS: {"early_stopping": False}, DEFAULTS: {}}
    cases = [
        *_compare(report, scale, "transducer", WRITTEN, candidates, Seq2SeqTransducer, "ends"),
        *_compare(report, scale, "classifier", OF_ONE_LENGTH, candidates, Seq2SeqClassifier, "ends"),
    ]
    mean = {
        (what, by): np.mean([report.values(case, what, by).mean() for case in cases])
        for what in (RIGHT, EPOCHS, FIT)
        for by in candidates
    }
    lost = mean[RIGHT, ALL_EPOCHS] - mean[RIGHT, DEFAULTS]
    report.claim("ends", f"points lost by ending early, mean of {len(cases)} sets", lost, high=MOST_LOST)
    for what, most in ((EPOCHS, MOST_EPOCHS), (FIT, 1.0)):
        share = mean[what, DEFAULTS] / mean[what, ALL_EPOCHS]
        report.claim(
            "ends", f"{what} of fits that may end over those of all epochs, means of these sets", share, high=most
        )


def _compare(report, scale, of, sets, candidates, kind, experiment="choice"):
    """Add what every candidate has right, and what it takes; returns the names of the sets in the report."""
    cases = []
    for name, (sizes, draw, settings) in sets.items():
        for n in sorted({scale.count(size) for size in sizes}):
            pairs, case = draw(n), f"{experiment}: {of}, {name}, {n:,} pairs"
            for by, candidate in islice(candidates.items(), scale.candidates):
                clear_pool()  # every candidate compiles its own network
                for seed in range(scale.choice_seeds):
                    model = kind(**settings | candidate | scale.most, random_state=seed)
                    seconds, outputs = timed(_fit_and_predict, model, pairs)
                    report.add(case, FIT, SECONDS, by, seconds)
                    report.add(case, EPOCHS, "", by, model.n_iter_)
                    report.add(case, RIGHT, "%", by, 100 * _share_right(outputs, pairs.y_test, name in OF_STEPS))
                print(case, by, report.values(case, RIGHT, by).round(1), flush=True)
            cases.append(case)
    return cases


def _fit_and_predict(model, pairs):
    return model.fit(pairs.X_train, pairs.y_train).predict(pairs.X_test)


def _share_right(outputs, targets, of_steps):
    if of_steps:
        return token_accuracy_score(targets, list(outputs))
    return np.mean([list(output) == list(target) for output, target in zip(outputs, targets)])
