"""skseq on real data that ships inside packages, beside simple baselines and published figures.

Five sets of labelled sequences: raw values and logistic regression, the published 1-nearest-neighbour DTW, codes of an
autoencoder and logistic regression, `SequenceClassifier` from scratch, and the same starting from the autoencoder's
encoder; with all labels and with 25, 10 and 5 % of them. Besides, text: weighted counts of letters and codes of
`SequenceEncoder`, each with logistic regression.
"""

import sys
from dataclasses import dataclass, field
from functools import partial

import numpy as np
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from benchmarks.harness.report import SECONDS, Report, add_seeds, chosen_scale, command_line, run_experiments, timed
from benchmarks.parts import plain
from benchmarks.tasks import archives
from benchmarks.tasks.country_names import country_names
from skseq import LSTMAutoencoderTransformer, SequenceClassifier, SequenceEncoder, SequenceGenerator

RAW, DTW, CODES, SCRATCH = "raw + LR", "1-NN DTW", "codes + LR", "SequenceClassifier"
PRETRAINED, FROZEN = "pre-trained", "frozen"
LETTERS, TRIPLES = "TF-IDF of letters", "TF-IDF of 1 to 3 letters"
WITH_Y, WITHOUT_Y = "codes of SequenceClassifier", "codes of SequenceGenerator"
NAME_SPLITS = 3
TABLES = ((RAW, DTW, CODES, SCRATCH, PRETRAINED, FROZEN), (LETTERS, TRIPLES, WITH_Y, WITHOUT_Y))

SHARES = (1, 0.25, 0.1, 0.05)
FIT = "fit and predict, all labels"
FEW = 0.1  # the share of labels that the claim on pre-training is about
ARCHIVE = tuple(name for name in archives.CLASSIFICATION if name != "digits")
LEAST_ACCURACY = {"JapaneseVowels": 0.97, "ItalyPowerDemand": 0.95, "BasicMotions": 0.95}
LONGEST_FIT = {"JapaneseVowels": 180}  # seconds


@dataclass(frozen=True, kw_only=True)
class Networks:
    """How the networks of one set are built and trained; chosen by cross-validation on the training part alone.

    Classifier and autoencoder share the encoder, so that the one can start from the other; the classifier is the same
    from scratch and pre-trained.
    """

    encoder: dict
    classifier: dict
    autoencoder: dict


NETWORKS = {
    "JapaneseVowels": Networks(
        encoder={"units": 64, "bidirectional": True},
        classifier={
            "pooling": "mean",
            "dropout": 0.5,
            "recurrent_dropout": 0.3,
            "learning_rate": 0.003,
            "epochs": 150,
        },
        autoencoder={"code": "both", "step_dropout": 0.2, "epochs": 40},
    ),
    "ItalyPowerDemand": Networks(
        encoder={"units": 64, "cell": "gru", "bidirectional": True},
        classifier={"epochs": 100},
        autoencoder={"code": "both", "epochs": 100},
    ),
    "BasicMotions": Networks(
        encoder={"units": 64, "bidirectional": True},
        classifier={"pooling": "attention", "dropout": 0.3, "learning_rate": 0.003, "epochs": 100},
        autoencoder={"code": "both", "epochs": 50},
    ),
    "GunPoint": Networks(
        encoder={"units": 64, "cell": "gru"},
        classifier={"pooling": "attention", "learning_rate": 0.003, "batch_size": 8, "epochs": 100},
        autoencoder={
            "code": "both",
            "reverse_target": True,
            "learning_rate": 0.003,
            "batch_size": 8,
            "epochs": 100,
        },
    ),
    "digits": Networks(
        encoder={"units": 64},
        classifier={"dropout": 0.3, "learning_rate": 0.003, "epochs": 40},
        autoencoder={"code": "both", "epochs": 40},
    ),
}


CHOSEN_WITH = {"output": "last", "reverse_target": False, "learning_rate_schedule": "constant"}  # the autoencoders


def _quick(networks):
    """The same in two epochs of eight units."""
    parts = {name: getattr(networks, name) | {"epochs": 2} for name in ("classifier", "autoencoder")}
    return Networks(encoder=networks.encoder | {"units": 8}, **parts)


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is run."""

    seeds: int = 5
    shares: tuple = SHARES
    networks: dict = field(default_factory=lambda: NETWORKS)


QUICK = Scale(
    seeds=1,
    shares=(1, FEW),
    networks={name: _quick(one) for name, one in NETWORKS.items()},
)


def classify(name, report, scale):
    """One set: every method with every share of the labels, for every seed."""
    split, networks = archives.standardised(archives.load(name)), scale.networks[name]
    _report_published(report, name)
    for seed in range(scale.seeds):
        seconds, autoencoder = timed(_autoencoder(networks, seed).fit, split.X_train)  # sees no label
        report.add(name, "fit autoencoder, no labels", SECONDS, PRETRAINED, seconds)
        for share in scale.shares:
            rows = _labelled(split.y_train, share, seed)
            for by, method in _methods(split, networks, autoencoder, seed).items():
                seconds, accuracy = timed(method, rows)
                report.add(name, f"accuracy, {_share(share)}", "", by, accuracy)
                if share == 1:
                    report.add(name, FIT, SECONDS, by, seconds)
    _note_labels(report, scale, name, split.y_train)
    _claim_accuracy(report, scale, name)


def _labelled(y, share, seed):
    """Row numbers of the sequences whose label may be used."""
    return np.arange(len(y)) if share == 1 else archives.few_labels(y, share, seed)


def _share(share):
    return "all labels" if share == 1 else f"{share:.0%} of the labels"


def _autoencoder(networks, seed):
    return LSTMAutoencoderTransformer(
        **{**networks.encoder, **CHOSEN_WITH, **networks.autoencoder}, early_stopping=False, random_state=seed
    )


def _classifier(networks, seed, **parameters):
    chosen = plain.NETWORK | plain.TRAINING | networks.encoder | networks.classifier
    return SequenceClassifier(**chosen, **parameters, early_stopping=False, random_state=seed)


def _methods(split, networks, autoencoder, seed):
    """What is compared: each takes the rows with labels, fits on them, and gives the accuracy on the test part."""

    def on_vectors(Z_train, Z_test, rows):
        model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=10_000))
        return model.fit(Z_train[rows], split.y_train[rows]).score(Z_test, split.y_test)

    def raw(rows):
        n_timesteps = archives.median_length(split.X_train)  # labels or not, lengths are known
        vectors = [archives.resampled(X, n_timesteps).reshape(len(X), -1) for X in (split.X_train, split.X_test)]
        return on_vectors(*vectors, rows)

    def codes(rows):
        return on_vectors(autoencoder.transform(split.X_train), autoencoder.transform(split.X_test), rows)

    def network(rows, **parameters):
        classifier = _classifier(networks, seed, **parameters)
        classifier.fit(archives.taken(split.X_train, rows), split.y_train[rows])
        return classifier.score(split.X_test, split.y_test)

    return {
        RAW: raw,
        CODES: codes,
        SCRATCH: network,
        PRETRAINED: partial(network, encoder=autoencoder),
        FROZEN: partial(network, encoder=autoencoder, freeze=True),
    }


def _report_published(report, name):
    """The best of the published DTW figures in the table, all in a note."""
    published = archives.PUBLISHED[name]
    warped = [accuracy for method, accuracy in published.items() if method.startswith("DTW")]
    if warped:
        report.add(name, f"accuracy, {_share(1)}", "", DTW, max(warped))
    figures = ", ".join(f"{method} {accuracy:.4g}" for method, accuracy in published.items())
    report.note(name, f"1-NN, published for this split: {figures or 'not found'}")


def _note_labels(report, scale, name, y):
    counts = ", ".join(f"{_share(share)} {len(_labelled(y, share, 0))}" for share in scale.shares)
    report.note(name, f"labels used: {counts}; {len(np.unique(y))} classes")


def _claim_accuracy(report, scale, name):
    if name in LEAST_ACCURACY:
        accuracy = report.values(name, f"accuracy, {_share(1)}", SCRATCH).mean()
        text = f"accuracy of SequenceClassifier, mean of {scale.seeds} seeds"
        report.claim(name, text, accuracy, low=LEAST_ACCURACY[name])
    if name in LONGEST_FIT:
        seconds = report.values(name, FIT, SCRATCH).max()
        report.claim(name, "seconds of SequenceClassifier, longest", seconds, high=LONGEST_FIT[name])


def claim_pretraining(report, scale):
    """Fine-tuned beats from scratch on at least three of the archive's four sets, once all have been run."""
    gains = {name: _gains(report, name).mean() for name in archives.CLASSIFICATION if len(_few(report, name, SCRATCH))}
    for name, gain in gains.items():
        pairs = ", ".join(f"{difference:+.3f}" for difference in _gains(report, name))
        text = f"pre-trained minus from scratch, {_share(FEW)}: {gain:+.4f}, mean of {scale.seeds} seeds ({pairs})"
        report.note(name, text)
    if set(ARCHIVE) <= set(gains):
        better = sum(gains[name] > 0 for name in ARCHIVE)
        text = f"archive sets, of four, on which pre-training helps with {_share(FEW)}"
        report.claim("pre-training", text, better, low=3)


def _few(report, name, by):
    return report.values(name, f"accuracy, {_share(FEW)}", by)


def _gains(report, name):
    """By seed: both see the same labels."""
    return _few(report, name, PRETRAINED) - _few(report, name, SCRATCH)


# --- names of countries: text -----------------------------------------------------------------------------------------


def classify_names(report, scale):
    """Which language is a name in? Every reader of text, with logistic regression, on splits of their own."""
    names, languages = country_names()
    for seed in range(min(scale.seeds, NAME_SPLITS)):
        parts = train_test_split(names, languages, random_state=seed, stratify=languages)
        for by, model in _readers(seed, {"epochs": 1} if scale is QUICK else {}).items():
            seconds, accuracy = timed(_accuracy, model, *parts)
            report.add("names", "accuracy", "", by, accuracy)
            report.add("names", FIT, SECONDS, by, seconds)
    report.note("names", f"{len(names)} names in 5 languages, three quarters of them to train on")
    for by, least in ((WITH_Y, 0.66), (WITHOUT_Y, 0.64)):
        report.claim("names", f"accuracy of {by}, mean", report.values("names", "accuracy", by).mean(), low=least)


def _readers(seed, training):
    """By what text becomes numbers: a model of each; strengths of penalties suit the readers, not these data."""
    text = {"analyzer": "char", "handle_unknown": "use_unknown", "random_state": seed, **training}
    counts = {LETTERS: (1, 1), TRIPLES: (1, 3)}
    codes = {WITH_Y: SequenceClassifier(**text), WITHOUT_Y: SequenceGenerator(**text)}
    return {
        by: make_pipeline(
            TfidfVectorizer(analyzer="char", ngram_range=sizes), LogisticRegression(C=10, max_iter=10_000)
        )
        for by, sizes in counts.items()
    } | {
        by: make_pipeline(SequenceEncoder(estimator), StandardScaler(), LogisticRegression(C=0.1, max_iter=10_000))
        for by, estimator in codes.items()
    }


def _accuracy(model, X_train, X_test, y_train, y_test):
    return model.fit(X_train, y_train).score(X_test, y_test)


# --- command line -------------------------------------------------------------------------------------------

EXPERIMENTS = {name: partial(classify, name) for name in archives.CLASSIFICATION} | {"names": classify_names}


def main(arguments=None):
    parser = command_line(__doc__.splitlines()[0], EXPERIMENTS)
    add_seeds(parser, Scale)
    options = parser.parse_args(arguments)
    scale = chosen_scale(options, Scale(), QUICK, "seeds")
    report = Report("real_data", columns=TABLES)
    run_experiments(report, EXPERIMENTS, options.only, scale)
    claim_pretraining(report, scale)
    return report.finish(options.output, strict=not options.quick)


if __name__ == "__main__":
    sys.exit(main())
