"""The reference experiments through the public estimators, beside the same experiments on stock Keras.

R1 to R5: reconstruction, prediction and composite autoencoder, the encoder as features, its states. Reversal: the same
waves written forwards and backwards. R6: encoder-decoder on reversed subsets. R7 and R8: echo without and with
attention, in one grid search. R9: their loss traces. "curriculum": sums, easy ones first or not. Gradients are clipped
the same way on both sides.
"""

import sys
from dataclasses import dataclass, replace
from functools import partial

import keras
import numpy as np
import pandas as pd
from sklearn.model_selection import GridSearchCV

from benchmarks.harness.report import (
    OURS,
    SCIKERAS,
    SECONDS,
    STOCK,
    Report,
    chosen_scale,
    command_line,
    pyplot_for,
    run_experiments,
    timed,
)
from benchmarks.parts.curriculum import CURRICULA, CurriculumScale, follow_curricula
from benchmarks.parts.echo import (
    DECODERS,
    ECHO_PAIRS,
    ECHO_TIMESTEPS,
    ECHO_TOKENS,
    echo_classifier,
    echo_generator,
)
from benchmarks.parts.reversal import ReversalScale, reverse_by_default, reverse_ours, reverse_stock
from benchmarks.peers import stock_keras
from skseq import LSTMAutoencoderTransformer, clear_pool

RAMP = np.arange(1, 10)[None] / 10  # one sample of nine timesteps
NAMES = {"R7": "without attention", "R8": "Bahdanau attention"}


@dataclass(frozen=True, kw_only=True)
class Scale(ReversalScale, CurriculumScale):
    """How much is run: by default what the reference says."""

    repeats: int = 10
    stock_repeats: int = 3
    ramp_epochs: int = 300
    echo_pairs: int = ECHO_PAIRS
    stock_fit_pairs: int = 200
    trace_epochs: int = 50
    trace_pairs: int = 100
    seeds: int = 5
    waves: int = 200
    wave_epochs: int = 60


QUICK = Scale(
    repeats=2,
    stock_repeats=1,
    ramp_epochs=20,
    reversed_pairs=1_000,
    new_pairs=50,
    default_seeds=1,
    stock_new_pairs=3,
    curriculum_seeds=1,
    curriculum_calls=(3,),
    sums_per_call=64,
    new_sums=20,
    adder={"units": 4},
    echo_pairs=100,
    stock_fit_pairs=5,
    trace_epochs=4,
    trace_pairs=20,
    seeds=2,
    waves=20,
    wave_epochs=2,
)


# --- R1, R4, R5: the reconstruction autoencoder -------------------------------------------------------------


def ramp_autoencoder(scale, **parameters):
    return LSTMAutoencoderTransformer(
        100,
        activation="relu",
        code="repeated",
        reverse_target=False,
        output="last",
        epochs=scale.ramp_epochs,
        learning_rate=0.001,
        learning_rate_schedule="constant",
        clipnorm=scale.clipnorm,
        scale_inputs=False,  # as in the reference, and in the stock network beside it
        **parameters,
    )


def reconstruct(report, scale):
    """R1: every step of the reconstruction within 0.01 of the input."""
    clear_pool()
    ours = [_reconstruct_ours(scale, seed) for seed in range(scale.repeats)]
    stock = [_reconstruct_stock(scale, seed) for seed in range(scale.stock_repeats)]
    for by, results in ((OURS, ours), (STOCK, stock)):
        seconds, errors = zip(*results)
        report.add("R1", f"fit, {scale.ramp_epochs} epochs", SECONDS, by, seconds)
        report.add("R1", "largest error of a step", "", by, errors)
    errors = report.values("R1", "largest error of a step", OURS)
    report.note("R1", f"largest error by seed: {_listed(errors)}; only the first fit compiles (repeat 0 in the CSV)")
    report.claim("R1", f"largest error of a step, worst of {scale.repeats} seeds", errors.max(), high=0.01)


def predict_ramp(report, scale):
    """R2: the input's own next steps, 2 to 9, all but the first within 0.03."""
    clear_pool()
    for seed in range(scale.repeats):
        seconds, autoencoder = timed(ramp_autoencoder(scale, decoder="predict", random_state=seed).fit, RAMP)
        report.add("R2", f"fit, {scale.ramp_epochs} epochs", SECONDS, OURS, seconds)
        _report_next(report, "R2", autoencoder)
    _claim_next(report, "R2", scale)


def reconstruct_and_predict(report, scale):
    """R3: one encoder, two decoders, both losses summed: the tolerances of R1 and of R2."""
    clear_pool()
    for seed in range(scale.repeats):
        seconds, autoencoder = timed(ramp_autoencoder(scale, decoder="composite", random_state=seed).fit, RAMP)
        report.add("R3", f"fit, {scale.ramp_epochs} epochs", SECONDS, OURS, seconds)
        report.add("R3", RECONSTRUCTED, "", OURS, abs(autoencoder.reconstruct(RAMP) - RAMP).max())
        _report_next(report, "R3", autoencoder)
    errors = report.values("R3", RECONSTRUCTED, OURS)
    report.claim("R3", f"{RECONSTRUCTED}, worst of {scale.repeats} seeds", errors.max(), high=0.01)
    _claim_next(report, "R3", scale)


RECONSTRUCTED, PREDICTED = "largest error of a step reconstructed", "largest error of a step predicted, 0.3 on"


def _report_next(report, name, autoencoder):
    predicted = autoencoder.predict_next(RAMP)[0]
    report.add(name, "prediction of 0.2, the first step", "", OURS, predicted[0])
    report.add(name, PREDICTED, "", OURS, abs(predicted[1:] - RAMP[0, 2:]).max())


def _claim_next(report, name, scale):
    errors = report.values(name, PREDICTED, OURS)
    report.claim(name, f"{PREDICTED}, worst of {scale.repeats} seeds", errors.max(), high=0.03)


def reverse_target(report, scale):
    """A target written last step first is learnt faster (Srivastava et al. 2015, section 2.1)."""
    phases = np.random.RandomState(0).uniform(0, 2 * np.pi, (scale.waves, 2, 1))
    steps = np.linspace(0, 2 * np.pi, 20)
    waves = np.sin(steps + phases[:, 0]) + 0.5 * np.sin(2.7 * steps + phases[:, 1])
    for seed in range(scale.seeds):
        for target, reverse in (("forward", False), ("reversed", True)):
            autoencoder = LSTMAutoencoderTransformer(
                32,
                code="state",
                reverse_target=reverse,
                learning_rate=0.003,
                learning_rate_schedule="constant",
                epochs=scale.wave_epochs,
                random_state=seed,
            ).fit(waves)
            report.add("reversal", f"squared error, {target} target", "", OURS, -autoencoder.score(waves))
    forward, turned = (report.values("reversal", f"squared error, {t} target", OURS) for t in ("forward", "reversed"))
    report.note("reversal", f"reversed / forward by seed: {_listed(turned / forward)}")
    text = f"squared error, reversed / forward, mean of {scale.seeds} seeds"
    report.claim("reversal", text, turned.mean() / forward.mean(), high=0.99)


def _reconstruct_ours(scale, seed):
    seconds, autoencoder = timed(ramp_autoencoder(scale, random_state=seed).fit, RAMP)
    return seconds, abs(autoencoder.reconstruct(RAMP) - RAMP).max()


def _reconstruct_stock(scale, seed):
    keras.utils.set_random_seed(seed)
    source = RAMP[:, :, None]

    def build_and_fit():
        model = stock_keras.reconstruction_autoencoder(RAMP.shape[1], clipnorm=scale.clipnorm)
        model.fit(source, source, epochs=scale.ramp_epochs, verbose=0)
        return model

    seconds, model = timed(build_and_fit)
    return seconds, abs(model.predict(source, verbose=0) - source).max()


def encode(report, scale):
    """R4: the decoder dropped, the code is 100 numbers."""
    autoencoder = ramp_autoencoder(scale, random_state=0).fit(RAMP)
    encoder = autoencoder.encoder_model_  # of stock layers
    autoencoder.transform(RAMP), encoder.predict(RAMP[:, :, None], verbose=0)  # compiled now, timed warm
    for _ in range(scale.repeats):
        seconds, encoding = timed(autoencoder.transform, RAMP)
        report.add("R4", "transform, warm", SECONDS, OURS, seconds)
        seconds, hidden = timed(encoder.predict, RAMP[:, :, None], verbose=0)
        report.add("R4", "transform, warm", SECONDS, STOCK, seconds)
    report.claim("R4", "rows of the encoding", encoding.shape[0], low=1, high=1)
    report.claim("R4", "numbers in the code", encoding.shape[1], low=100, high=100)
    report.claim("R4", "encoding minus stock Keras, same weights", _gap(encoding, hidden), high=1e-5)


def read_states(report, scale):
    """R5: the states at every step, the last hidden and cell state, and the same from stock Keras."""
    autoencoder = ramp_autoencoder(scale, random_state=0).fit(RAMP)
    outputs = ("last", "state", "sequence")
    last, state, sequence = (autoencoder.set_params(output=name).transform(RAMP) for name in outputs)
    weights = autoencoder.encoder_model_.get_weights()
    hidden, *final = stock_keras.states_model(RAMP.shape[1], weights).predict(RAMP[:, :, None], verbose=0)
    report.claim("R5", "last of the sequence minus hidden state", _gap(sequence[:, -1], last), high=0)
    report.claim("R5", "first half of the states minus hidden state", _gap(state[:, : last.shape[1]], last), high=0)
    report.claim("R5", "sequence minus stock Keras, same weights", _gap(sequence, hidden), high=1e-5)
    report.claim("R5", "states minus stock Keras, same weights", _gap(state, np.hstack(final)), high=1e-5)


def _gap(left, right):
    """Largest absolute difference; arrays of other shapes differ by infinity."""
    return abs(left - right).max() if left.shape == right.shape else np.inf


def _listed(values):
    return ", ".join(f"{value:.4g}" for value in values)


# --- R6: encoder-decoder on reversed subsets ----------------------------------------------------------------


def reverse(report, scale):
    """R6: one epoch of teacher forcing, then new pairs one step at a time; each fit compiles anew."""
    reverse_by_default(report, scale)
    for seed in range(scale.stock_repeats):
        reverse_ours(report, scale, seed)
        reverse_stock(report, scale, seed)
    right = report.values("R6", "new pairs exactly right", OURS)
    fit, predict = f"fit, {scale.reversed_pairs:,} pairs", "predict"
    ours, stock = (report.values("R6", fit, by) + report.values("R6", predict, by) for by in (OURS, STOCK))
    report.note("R6", f"predict: {scale.new_pairs:,} pairs in skseq, {scale.stock_new_pairs} in stock Keras")
    report.note("R6", f"exactly right of {scale.new_pairs:,}, by seed: {_listed(right * scale.new_pairs)}")
    report.claim("R6", f"new pairs exactly right, worst of {scale.stock_repeats} seeds", right.min(), low=0.99)
    report.claim(
        "R6",
        f"fit and predict, stock Keras / skseq, mean of {scale.stock_repeats}",
        np.mean(stock / ours),
        low=5,
    )


# --- R7, R8: echo without and with attention ----------------------------------------------------------------


def search_attention(report, scale):
    """R7 and R8: one grid search over attention, every split with pairs of its own."""
    clear_pool()
    np.random.seed(0)  # noqa: NPY002  random_state=None draws from it: every fit has initial weights of its own
    search = GridSearchCV(
        echo_classifier(scale.clipnorm),
        {"attention": list(DECODERS.values())},
        cv=_own_pairs(scale),
        scoring={"new_pairs": _score, "first_100": _score_first_100},
        refit=False,
        error_score="raise",
    )
    search.fit(*echo_generator(0).sample(scale.repeats * (scale.echo_pairs + scale.new_pairs)))
    _report_search(report, scale, search)
    for experiment in DECODERS:
        for seed in range(scale.stock_repeats):
            _echo_stock(report, scale, experiment, seed)
    _claim_echo(report, scale)


def _own_pairs(scale):
    """Splits (train, test) that share no pair."""
    n_pairs = scale.echo_pairs + scale.new_pairs
    starts = n_pairs * np.arange(scale.repeats)
    return [np.split(start + np.arange(n_pairs), [scale.echo_pairs]) for start in starts]


def _score(classifier, X, y):
    return classifier.score(X, y)


def _score_first_100(classifier, X, y):
    return classifier.score(X[:100], y[:100])


def _by_split(search, what):
    """Array (n_candidates, n_splits) of a score."""
    return np.stack([search.cv_results_[f"split{k}_test_{what}"] for k in range(search.n_splits_)], axis=1)


def _report_search(report, scale, search):
    accuracies, first = _by_split(search, "new_pairs"), _by_split(search, "first_100")
    for row, experiment in enumerate(DECODERS):
        report.add(experiment, f"accuracy, {scale.new_pairs:,} pairs", "", OURS, accuracies[row])
        report.add(experiment, "accuracy, 100 pairs", "", OURS, first[row])
        seconds, spread = (search.cv_results_[f"{what}_fit_time"][row] for what in ("mean", "std"))
        report.add(experiment, _updates(scale), SECONDS, OURS, seconds)
        report.note(experiment, f"{_updates(scale)}: {seconds:.3g} ± {spread:.2g} s over the splits")
        report.note(experiment, f"{NAMES[experiment]}, accuracy by split: {_listed(accuracies[row])}")
    report.note("R7", "accuracy is the share of pairs with all five outputs right, cv_results_ of one GridSearchCV")


def _updates(scale):
    return f"{scale.echo_pairs:,} single-pair updates"


def _echo_stock(report, scale, experiment, seed):
    """Accuracy through `train_on_batch`, and the time of one `Model.fit` per pair from a part of the pairs."""
    generator = echo_generator(seed + 1)
    (X, y), (X_new, y_new) = generator.sample(scale.echo_pairs), generator.sample(scale.new_pairs)
    source, target = (stock_keras.one_hot(tokens, ECHO_TOKENS) for tokens in (X, y))
    keras.utils.set_random_seed(seed)
    model = stock_keras.direct_network(
        ECHO_TIMESTEPS, ECHO_TOKENS, attention=DECODERS[experiment], clipnorm=scale.clipnorm
    )
    seconds, _ = timed(stock_keras.train_on_each, model, source, target)
    accuracy = stock_keras.sequence_accuracy(model, stock_keras.one_hot(X_new, ECHO_TOKENS), y_new)
    report.add(experiment, f"accuracy, {scale.new_pairs:,} pairs", "", STOCK, accuracy)
    report.add(experiment, f"{_updates(scale)}, train_on_batch", SECONDS, STOCK, seconds)

    part = slice(scale.stock_fit_pairs)
    stock_keras.fit_each(model, source[:1], target[:1])  # traced here, so that the rate below can be extrapolated
    seconds, _ = timed(stock_keras.fit_each, model, source[part], target[part])
    report.add(experiment, _updates(scale), SECONDS, STOCK, seconds / scale.stock_fit_pairs * scale.echo_pairs)


def _claim_echo(report, scale):
    report.note("R7", f"stock Keras: one Model.fit per pair, extrapolated from {scale.stock_fit_pairs} warm ones")
    band, times = {"R7": {"low": 0.18, "high": 0.29}, "R8": {"low": 0.95}}, {"R7": 20, "R8": 70}
    for experiment in DECODERS:
        accuracy = report.values(experiment, f"accuracy, {scale.new_pairs:,} pairs", OURS).mean()
        report.claim(experiment, f"accuracy, mean of {scale.repeats} repeats", accuracy, **band[experiment])
        ours, stock = (report.values(experiment, _updates(scale), by).mean() for by in (OURS, STOCK))
        report.claim(experiment, f"{_updates(scale)}, stock Keras / skseq", stock / ours, low=times[experiment])


# --- R9: loss traces ----------------------------------------------------------------------------------------


def trace_losses(report, scale):
    """R9: the loss of every epoch of fresh pairs, through `partial_fit`."""
    traces = {name: np.array([_trace(scale, name, seed) for seed in range(scale.repeats)]) for name in DECODERS}
    for name, losses in traces.items():
        report.add("R9", f"mean loss, {NAMES[name]}", "nats", OURS, losses.mean(axis=1))
        report.add("R9", f"epochs to half the first loss, {NAMES[name]}", "", OURS, _epochs_to_half(losses))
    report.note(
        "R9",
        f"{scale.trace_epochs} epochs of {scale.trace_pairs} fresh pairs, one update per pair; inf: never half",
    )
    report.savers.append(partial(save_traces, traces))
    lower, sooner = (measure(traces["R7"]) > measure(traces["R8"]) for measure in (_area, _epochs_to_half))
    report.claim("R9", "share of repeats in which the mean loss is lower with attention", lower.mean(), low=1)
    report.claim("R9", "share of repeats in which attention halves the loss sooner", sooner.mean(), low=1)


def _trace(scale, experiment, seed):
    """Loss of every epoch (n_epochs,)."""
    generator = echo_generator(seed)
    classifier = echo_classifier(scale.clipnorm, attention=DECODERS[experiment], random_state=seed)
    for _ in range(scale.trace_epochs):
        classifier.partial_fit(*generator.sample(scale.trace_pairs), classes=np.arange(ECHO_TOKENS))
    return classifier.history_["loss"]


def _area(losses):
    return losses.mean(axis=1)


def _epochs_to_half(losses):
    """First epoch whose loss is at most half of the first one, counted from 1; inf if there is none."""
    below = losses <= losses[:, :1] / 2
    return np.where(below.any(axis=1), below.argmax(axis=1) + 1.0, np.inf)


def save_traces(traces, folder):
    """The traces as CSV, one row per epoch of a repeat, and as a plot of mean and spread."""
    rows = [
        {"experiment": name, "repeat": repeat, "epoch": epoch + 1, "loss": loss}
        for name, losses in traces.items()
        for (repeat, epoch), loss in np.ndenumerate(losses)
    ]
    pd.DataFrame(rows).to_csv(folder / "loss_traces.csv", index=False)
    _plot_traces(traces, folder / "loss_traces.png")


def _plot_traces(traces, path):
    pyplot = pyplot_for(path)
    if pyplot is None:
        return

    figure, axes = pyplot.subplots(figsize=(7, 4.5), layout="constrained")
    for name, losses in traces.items():
        epochs, mean, spread = np.arange(1, losses.shape[1] + 1), losses.mean(axis=0), losses.std(axis=0)
        axes.plot(epochs, mean, label=f"{name}: {NAMES[name]}")
        axes.fill_between(epochs, mean - spread, mean + spread, alpha=0.25)
    axes.set(
        xlabel="epoch",
        ylabel="training loss (nats per token)",
        title=f"Mean and spread of {len(losses)} repeats",
    )
    axes.set_ylim(bottom=0)
    axes.legend()
    figure.savefig(path, dpi=150)
    pyplot.close(figure)


# --- the command --------------------------------------------------------------------------------------------

EXPERIMENTS = {
    "R1": reconstruct,
    "R2": predict_ramp,
    "R3": reconstruct_and_predict,
    "reversal": reverse_target,
    "R4": encode,
    "R5": read_states,
    "R6": reverse,
    "R7": search_attention,
    "R8": search_attention,
    "R9": trace_losses,
    "curriculum": follow_curricula,
}


def main():
    parser = command_line("Run the reference experiments beside stock Keras.", EXPERIMENTS)
    parser.add_argument("--repeats", type=int, help=f"repeats of R1 to R3 and R7 to R9 (default {Scale.repeats})")
    parser.add_argument("--no-clipping", action="store_true", help="plain Adam, in skseq and in stock Keras")
    arguments = parser.parse_args()
    scale = chosen_scale(arguments, Scale(), QUICK)
    if arguments.no_clipping:
        scale = replace(scale, clipnorm=None)
    if arguments.repeats is not None:
        scale = replace(scale, repeats=arguments.repeats, stock_repeats=min(scale.stock_repeats, arguments.repeats))
    report = Report("reference", columns=((OURS, STOCK, SCIKERAS), CURRICULA))
    report.note(
        "all", f"gradients clipped to norm {scale.clipnorm} in both" if scale.clipnorm else "plain Adam in both"
    )
    run_experiments(report, EXPERIMENTS, arguments.only, scale)
    return report.finish(arguments.output, strict=not arguments.quick)


if __name__ == "__main__":
    sys.exit(main())
