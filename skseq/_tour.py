"""The guided tour: trains and shows the main job in about a minute, and writes the pictures it talks about."""

import argparse
import builtins
import time
from pathlib import Path

import numpy as np
from sklearn.datasets import load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from skseq import (
    LSTMAutoencoderTransformer,
    SeasonalNaive,
    Seq2SeqClassifier,
    Seq2SeqRegressor,
    Seq2SeqTransducer,
    SequenceGenerator,
    SeriesForecaster,
)
from skseq.datasets import SequencePairGenerator
from skseq.metrics import copied_fraction

WHAT_NEXT = """\
What to try next
  * your own sequences: arrays, lists of any lengths, token lists, text with analyzer="char" or "word"
  * anything scikit-learn does with an estimator: cross_val_predict, Pipeline, clone, pickle, set_output
  * Seq2SeqClassifier(attention="concat", n_layers=2, cell="lstm"), early_stopping, class_weight
  * SequenceClassifier, SequenceRegressor, SequenceTagger: one label or number per sequence, a label per timestep
  * SeriesForecaster().fit(frames).predict_interval(): from frames with dates to frames with dates
  * SequenceGenerator().fit(sessions).predict_topk(sessions): what comes next; sample(): new sequences, series, strokes
  * LSTMAutoencoderDetector: what is odd in sequences or in one long series
  * est.model_.save("network.keras"): a plain Keras model that loads without skseq
  * help(skseq.Seq2SeqTransducer), help(skseq.LSTMAutoencoderTransformer), help(skseq.datasets), help(skseq.metrics)
"""


def _rows_as_sequences(X):
    """An 8 x 8 image in 64 columns as a sequence of 8 rows, scaled to 0..1."""
    return np.reshape(X, (-1, 8, 8)) / 16  # (n, 64) to (n, 8, 8)


def search_echo(epochs=8, n_samples=2_000):
    """Grid search on the echo task: read 6 tokens, repeat the first 3. Returns the fitted search."""
    pairs = SequencePairGenerator(task="echo", n_timesteps=6, n_kept=3, cardinality=20, random_state=0).fit()
    X, y = pairs.sample(n_samples)
    model = Seq2SeqClassifier(epochs=epochs, learning_rate=0.005, random_state=0)
    grid = {"attention": [False, "bahdanau", "dot"], "units": [24, 48]}
    return GridSearchCV(model, grid, cv=2, verbose=2).fit(X, y)


def print_results(results):
    """One line per candidate, best first."""
    print(f"\n{'attention':>10} {'units':>6} {'whole sequence right':>21} {'seconds a fit':>14}")
    for index in np.argsort(results["rank_test_score"]):
        parameters = results["params"][index]
        print(
            f"{parameters['attention']!s:>10} {parameters['units']:>6} "
            f"{results['mean_test_score'][index]:>20.1%} {results['mean_fit_time'][index]:>15.1f}"
        )


def draw_alignment(search, path):
    """What every target step of three new pairs attends to, for the best model with attention."""
    from skseq.inspection import AttentionDisplay

    X, _ = SequencePairGenerator(task="echo", n_timesteps=6, n_kept=3, cardinality=20, random_state=1).fit().sample(3)
    _save(AttentionDisplay.from_estimator(search.best_estimator_, X).figure_, path)


def encode_digits(epochs=25, n_samples=None):
    """Autoencoder features of handwritten digits feeding a classifier. Returns the pipeline and its test data."""
    X, y = (part[:n_samples] for part in load_digits(return_X_y=True))
    X_train, X_test, y_train, y_test = train_test_split(X, y, test_size=0.25, random_state=0, stratify=y)
    pipeline = make_pipeline(
        FunctionTransformer(_rows_as_sequences),
        LSTMAutoencoderTransformer(units=64, epochs=epochs, random_state=0, verbose=1),
        LogisticRegression(max_iter=2_000),
    )
    pipeline.fit(X_train, y_train)
    return pipeline, X_test, y_test


def draw_reconstructions(pipeline, X, path):
    """Ten test digits above what the decoder writes from their codes."""
    import matplotlib.pyplot as plt

    sequences = _rows_as_sequences(X[:10])
    reconstructed = pipeline["lstmautoencodertransformer"].reconstruct(sequences)
    figure, grid = plt.subplots(2, 10, figsize=(9, 2.4), layout="constrained")
    for column in range(10):
        for row, images in enumerate((sequences, reconstructed)):
            grid[row, column].imshow(images[column], cmap="gray_r", vmin=0, vmax=1)
            grid[row, column].set(xticks=[], yticks=[])
    grid[0, 0].set_ylabel("original")
    grid[1, 0].set_ylabel("decoded")
    figure.suptitle("Digits read row by row, and written back from one vector each")
    _save(figure, path)


def write_dates(epochs=12, n_samples=2_000):
    """Dates as people write them to ISO dates. Returns the fitted transducer and its test data."""
    rng = np.random.RandomState(0)
    days, months, years = (rng.randint(*limits, n_samples) for limits in ((1, 29), (1, 13), (1950, 2050)))
    dates = [f"{day}.{month}.{year}" for day, month, year in zip(days, months, years)]
    iso = [f"{year}-{month:02}-{day:02}" for day, month, year in zip(days, months, years)]
    model = Seq2SeqTransducer(
        units=48,
        attention="general",
        analyzer="char",
        target_analyzer="char",
        epochs=epochs,
        random_state=0,
    )
    n_train = n_samples * 9 // 10
    return model.fit(dates[:n_train], iso[:n_train]), dates[n_train:], iso[n_train:]


def print_dates(model, dates, iso):
    """How many are right, and what a beam search thinks of one."""
    print(f"Of {len(dates)} dates it has never seen, {model.score(dates, iso):.1%} are wholly right.")
    found, log_probs = model.set_params(search="beam").predict_nbest(dates[:1], 3)  # nothing is fitted again
    print(f"Beam search on {dates[0]!r}, three best outputs and their probabilities:")
    for text, log_prob in zip(found[0], log_probs[0]):
        print(f"  {text:<12} {np.exp(log_prob):.4f}")


def draw_dates(model, dates, path):
    """Which characters of three dates each written character was read off."""
    from skseq.inspection import AttentionDisplay

    _save(AttentionDisplay.from_estimator(model, dates[:3]).figure_, path)


def make_sales(n_shops=12, n_months=120):
    """Monthly sales of shops of any size, by rule: trend, season and noise. (n_shops, n_months)"""
    rng, months = np.random.RandomState(0), np.arange(n_months)
    level, growth = 10 ** rng.uniform(1, 4, (n_shops, 1)), rng.uniform(-0.003, 0.012, (n_shops, 1))
    angle = 2 * np.pi * (months - rng.randint(12, size=(n_shops, 1))) / 12
    season = 1 + 0.35 * np.cos(angle) + 0.15 * np.cos(2 * angle)
    drift = 0.01 * rng.randn(n_shops, n_months).cumsum(axis=1)
    return level * (1 + growth * months) * season * np.exp(drift + 0.06 * rng.randn(n_shops, n_months))


def forecast_sales(epochs=20):
    """The last year of every shop, forecast from the years before by a network and by the last year's sales.

    Returns the sales and both backtests.
    """
    sales = make_sales()
    shared = {"horizon": 12, "window": 24, "season": 12}
    model = Seq2SeqRegressor(scaling="mean", epochs=epochs, random_state=0)
    forecaster = SeriesForecaster(model, **shared, calibration_windows=3)
    naive = SeriesForecaster(SeasonalNaive(m=12), **shared).backtest(sales)
    return sales, forecaster.backtest(sales, coverage=0.9), naive


def print_forecasts(tested, naive):
    """How far off the forecasts are, and how often the truth lies within their bounds."""
    low, high = np.moveaxis(tested["y_interval"], -1, 0)
    inside = np.mean((low <= tested["y_true"]) & (tested["y_true"] <= high))
    ours, theirs = (-backtest["score"][0] for backtest in (tested, naive))
    print(f"Mean absolute scaled error of a year: {ours:.2f}; of the sales of the last year: {theirs:.2f}")
    print(f"Of the true values, {inside:.0%} lie within the intervals for 90 %.")


def draw_forecast(sales, tested, path):
    """The last years of one shop, the forecast with its interval, and what came true."""
    from skseq.inspection import ForecastDisplay

    forecast, interval, truth = (tested[name][0, 0] for name in ("y_pred", "y_interval", "y_true"))
    display = ForecastDisplay.from_predictions(
        sales[0, :-12], forecast, interval=interval, coverage=0.9, truth=truth, target_names=["sales"]
    )
    _save(display.figure_, path)


def invent_errors(epochs=120):
    """The names of Python's errors and warnings, letter by letter. Returns the fitted generator and the names."""
    names = [name for name in dir(builtins) if name.endswith(("Error", "Warning"))]
    model = SequenceGenerator(
        units=32,
        analyzer="char",
        learning_rate=0.01,
        batch_size=8,
        epochs=epochs,
        random_state=0,
    )
    return model.fit(names), names


def print_errors(model, names):
    """Ten names that are new, and how many of a hundred are not."""
    drawn = model.sample(100, random_state=0, temperature=0.8)
    new = [name for name in dict.fromkeys(drawn) if name not in names]
    print(f"Of 100 names that it wrote, {copied_fraction(drawn, names):.0%} exist. Ten of the others:")
    for start in (0, 5):
        print("  " + ", ".join(new[start : start + 5]))


def _save(figure, path):
    import matplotlib.pyplot as plt

    figure.savefig(path, dpi=120)
    plt.close(figure)
    print(f"Picture written: {path}")


def _draw(function, *arguments):
    """Draw if matplotlib is there; say how to get it otherwise."""
    try:
        import matplotlib
    except ImportError:
        print("No picture: matplotlib is missing (pip install 'skseq[plots]').")
        return
    matplotlib.use("Agg")  # draws without a screen
    function(*arguments)


def _folder(name):
    """The output folder, made if need be; an error that says what to do if that fails."""
    path = Path(name)
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = path / ".skseq-can-write"  # permissions alone do not tell on every file system
        probe.touch()
        probe.unlink()
    except (OSError, ValueError) as error:  # ValueError: a character that no name may have
        why = getattr(error, "strerror", None) or error
        raise SystemExit(
            f"skseq: cannot write to the output folder {str(path)!r}: {why}. Choose another one with --output DIR."
        ) from error
    return path


def main(arguments=None):
    """Run the tour; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m skseq", description=__doc__)
    parser.add_argument(
        "--output", default="skseq-tour", metavar="DIR", help="folder for pictures (default: %(default)s)"
    )
    folder = _folder(parser.parse_args(arguments).output)
    start = time.perf_counter()
    print(
        "(a) Echo task: read 6 tokens, repeat the first 3. GridSearchCV over attention x units, 2 folds.\n", flush=True
    )
    search = search_echo()
    print_results(search.cv_results_)
    if hasattr(search.best_estimator_, "attention_weights"):
        print("\nEvery encoder state also knows its neighbours: attention may look one step beside the token it needs.")
        _draw(draw_alignment, search, folder / "echo-alignment.png")
    print("\n(b) Digits as sequences of 8 rows: autoencoder -> LogisticRegression in a Pipeline.\n", flush=True)
    pipeline, X_test, y_test = encode_digits()
    raw = make_pipeline(FunctionTransformer(_rows_as_sequences), pipeline["lstmautoencodertransformer"])
    codes = raw.transform(X_test)
    print(f"\nEvery digit is now a vector of {codes.shape[1]} numbers, learnt without labels.")
    print(f"Accuracy of LogisticRegression on them, {len(y_test)} test digits: {pipeline.score(X_test, y_test):.1%}")
    _draw(draw_reconstructions, pipeline, X_test, folder / "digits-reconstruction.png")
    print(
        "\n(c) Text to text: dates such as 3.11.1987 to ISO dates, letter by letter, with attention.\n",
        flush=True,
    )
    model, dates, iso = write_dates()
    print_dates(model, dates, iso)
    _draw(draw_dates, model, dates, folder / "dates-attention.png")
    print(
        "\n(d) Forecasts: a year of monthly sales of twelve shops, from the years before, with intervals.\n", flush=True
    )
    sales, tested, naive = forecast_sales()
    print_forecasts(tested, naive)
    _draw(draw_forecast, sales, tested, folder / "sales-forecast.png")
    print("\n(e) New sequences: names of errors that Python does not have, letter by letter.\n", flush=True)
    print_errors(*invent_errors())
    print(f"\n(f) {WHAT_NEXT}")
    print(f"Done in {time.perf_counter() - start:.0f} seconds.")
    return 0
