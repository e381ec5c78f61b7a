"""`SeriesForecaster()` by default, beside seasonal naive forecasts, ridge on windows, ETS, Theta and other networks.

"choice" ranks candidates for the defaults on the last steps of training series alone. All else forecasts the steps
that follow, which no choice has seen. The pools of series are those of competitions; two long series are forecast a
day ahead. "single" forecasts short series of which each is all that is known. "rules" forecasts series that follow a
rule, for which the few epochs of noisy ones are not enough; "own-forecasts" trains recursive decoders on what they
forecast. "intervals" compares sizes in which errors of ridge on windows are counted, and what its second fit gains.
"coverage" counts how often conformal intervals cover, step by step; "paths" compares the spread of drawn paths of an
autoregressive process with the formula. "speed" fits the same recursive network in PyTorch, if that is installed, and
draws paths from both.
"""

import sys
from dataclasses import dataclass, field
from functools import partial
from itertools import chain, product

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.linear_model import Ridge

from benchmarks.harness.report import SECONDS, Report, add_seeds, chosen_scale, command_line, run_experiments
from benchmarks.harness.sides import race, torch_side
from benchmarks.harness.timing import in_cpu
from benchmarks.parts import forecasting_speed
from benchmarks.parts.calibrated_intervals import compare_intervals
from benchmarks.parts.rules_followed import COMPARED, feed_back, follow_rules
from benchmarks.peers import darts_networks, neuralforecast_networks, statistical
from benchmarks.tasks.series import SeriesSet, load, load_demand, load_temperatures, load_traffic
from skseq import SeasonalNaive, Seq2SeqRegressor, SeriesForecaster, clear_pool
from skseq.metrics import (
    interval_coverage,
    mean_absolute_scaled_error,
    weighted_quantile_loss,
)

NETWORK, NAIVE, MEANS, RIDGE, SMOOTHED, AVERAGED, FORMULA, DEFAULTS = (
    "SeriesForecaster",
    "seasonal naive",
    "mean of the last seasons",
    "Ridge on windows",
    "Ridge beside smoothing",
    "Ridge beside means of seasons",
    "formula",
    "defaults",
)
MASE, WQL, RMSE, CPU = "MASE", "WQL", "RMSE / sd", "fit and forecast, CPU"
RELATIVE, EXACT = "absolute error / that of seasonal naive", 0.01  # of it: smaller ones are exact
COVERED, LEAST, LARGEST = "covered by 90 %", "the same, least of all steps", "the same, largest of all steps"
WIDTH = "width of 90 %, in mean seasonal differences"
DECILES = tuple(np.arange(1, 10) / 10)
FREQUENCIES = ("monthly", "quarterly", "yearly")
SETS = tuple(f"{name} {kind}" for name in ("Tourism", "M3", "M1") for kind in FREQUENCIES)
FORECASTERS_OWN = ("max_windows", "exponential_smoothing", "n_seasons")  # what candidates set of SeriesForecaster
NETWORKS = {"darts": darts_networks, "neuralforecast": neuralforecast_networks}
POOLS = {"tourism": "Tourism", "m3": "M3"}
LONG = {"demand": load_demand, "traffic": load_traffic, "temperatures": load_temperatures}
PUBLISHED = {  # MASE and WQL in the tables of chronos_zeroshot, autogluon/fev
    "tourism": "AutoETS 1.531, 0.100; AutoARIMA 1.483, 0.091; AutoTheta 1.666, 0.091",
    "m3": "AutoETS 0.863, 0.093; AutoARIMA 0.875, 0.098; AutoTheta 0.855, 0.095",
}
MOST = {  # that a mean over seeds may have
    ("tourism", MASE): 1.45,
    ("tourism", WQL): 0.088,
    ("tourism", CPU): 600,
    ("m3", MASE): 0.88,
    ("demand", RMSE): 0.14,
    ("traffic", RMSE): 0.225,
}
COVERAGE_90 = {"low": 0.84, "high": 0.97}  # at every step: all windows calibrate at one time
COVERAGES, FARTHEST = (0.8, 0.9, 0.95), 0.05  # from what is promised, at every step
MOST_WIDTH = 1.2  # times the width of ETS
PHI, STEPS_AHEAD, MOST_OFF = 0.8, 10, 0.05
MOST_SEASONS = 8  # that a mean is of, as many as there are in the training part
TORCH = "PyTorch"
LEAST_RATIO, MOST_SECONDS_OF_PATHS = 1.5, 2.0  # of a fit in PyTorch over one of skseq; of 1,000 x 100 paths


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is run."""

    seeds: int = 3
    peers: tuple = ("AutoETS", "AutoTheta")
    packages: tuple = ("darts", "neuralforecast")
    most_series: int | None = None
    most_blocks: int | None = None  # of a long series, the last ones
    most_steps: int | None = None  # before them
    network: dict = field(default_factory=dict)  # of all networks, besides the defaults
    n_processes: int = 5_000
    n_paths: int = 400
    speed: forecasting_speed.Shape = field(default_factory=forecasting_speed.Shape)
    repeats: int = 5
    single_sets: tuple = SETS
    single_series: int = 30
    interval_sets: tuple = SETS
    interval_series: int = 60
    choice_sets: tuple = SETS
    choice_series: int = 200
    choice_seeds: int = 1


QUICK = Scale(
    seeds=1,
    packages=(),
    most_series=24,  # intervals of 95 % need 19
    most_blocks=2,
    most_steps=1_500,
    network={"units": 4, "epochs": 1},
    n_processes=40,
    n_paths=5,
    speed=forecasting_speed.Shape(
        n_windows=8, window=5, horizon=3, units=4, batch_size=4, epochs=1, n_forecasts=4, n_paths=2
    ),
    repeats=1,
    single_sets=("M1 quarterly",),
    single_series=3,
    interval_sets=("M1 quarterly",),
    interval_series=3,
    choice_sets=("Tourism yearly",),
    choice_series=6,
)


def network(scale, seed, season=None, **settings):
    """The default estimator of `SeriesForecaster`, with a seed."""
    return Seq2SeqRegressor(**{"loss": "quantile", "season": season, "random_state": seed} | scale.network | settings)


# --- pools of series --------------------------------------------------------------------------------------------------


@dataclass(frozen=True, eq=False)
class Forecasts:
    """Of n series: points (n, h), deciles (n, h, 9) and bounds of 90 % (n, h, 2)."""

    points: np.ndarray
    deciles: np.ndarray
    bounds: np.ndarray


def forecast_pool(name, report, scale):
    """MASE, WQL and coverage by step of every method on the monthly series of one competition."""
    data = few(load(POOLS[name], "monthly"), scale.most_series)
    for by in scale.peers if statistical.installed() else ():
        add_forecasts(report, name, by, data, *in_cpu(peer, statistical, by, data))
    for package in scale.packages:
        add_networks(report, name, package, data, scale)
    for by, forecaster in simple_forecasters(data.horizon, data.season).items():
        add_forecasts(report, name, by, data, *in_cpu(forecasts_of, forecaster, data.train))
    for seed in range(scale.seeds):
        clear_pool()  # every seed compiles its own network
        forecaster = SeriesForecaster(network(scale, seed, data.season), horizon=data.horizon, season=data.season)
        add_forecasts(report, name, NETWORK, data, *in_cpu(forecasts_of, forecaster, data.train))
    report.note(name, f"published, MASE and WQL: {PUBLISHED[name]}")
    if not statistical.installed():
        report.note(name, f"left out, for statsforecast is not installed ({statistical.INSTALL}): {scale.peers}")
    claim_pool(report, name, scale)


def add_networks(report, name, package, data, scale):
    """Forecasts of the networks of another package, one for each seed."""
    networks = NETWORKS[package]
    if not networks.installed():
        report.note(name, f"left out, for {package} is not installed ({networks.INSTALL}): {networks.NAMES}")
        return
    for by, seed in product(networks.NAMES, range(scale.seeds)):
        add_forecasts(report, name, by, data, *in_cpu(peer, networks, by, data, seed))


def peer(package, by, data, *seed):
    """`Forecasts` of another package's model."""
    return Forecasts(*package.forecasts(by, data.train, data.horizon, data.season, *seed))


def few(data, most):
    """The first series of a set."""
    return data if most is None else data._replace(train=data.train[:most], test=data.test[:most])


def simple_forecasters(horizon, season, window=None):
    """What a network must beat."""
    own = {"horizon": horizon, "season": season}
    return {
        NAIVE: SeriesForecaster(SeasonalNaive(m=season), window=season, **own),
        RIDGE: SeriesForecaster(Ridge(), window=window, **own),
        SMOOTHED: SeriesForecaster(Ridge(), window=window, exponential_smoothing=True, **own),
    }


def forecasts_of(forecaster, train):
    """Points of a forecaster that calibrates nothing, the rest of one that knows errors of the last horizon."""
    points = clone(forecaster).fit(train).predict()
    calibrated = clone(forecaster).set_params(calibration_windows=1).fit(train)
    return Forecasts(
        points=points, deciles=calibrated.predict_quantiles(quantiles=DECILES), bounds=calibrated.predict_interval()
    )


def add_forecasts(report, name, by, data, cpu, found):
    """Judge forecasts of the steps that follow."""
    for quantity, value in errors_of(data, found).items():
        report.add(name, quantity, "", by, value)
    by_step = interval_coverage(data.test, found.bounds, multioutput="raw_values")
    for quantity, value in ((COVERED, by_step.mean()), (LEAST, by_step.min()), (LARGEST, by_step.max())):
        report.add(name, quantity, "", by, value)
    report.add(name, WIDTH, "", by, width_of(data, found.bounds))
    report.add(name, CPU, SECONDS, by, cpu)
    print(f"{name}, {by}: {MASE} {report.values(name, MASE, by)[-1]:.3f}", flush=True)


def errors_of(data, found):
    """{MASE: that of points, WQL: that of deciles}."""
    scaled = {"y_train": data.train, "m": data.season, "handle_constant": "skip"}
    return {
        MASE: mean_absolute_scaled_error(data.test, found.points, **scaled),
        WQL: weighted_quantile_loss(data.test, found.deciles, DECILES),
    }


def width_of(data, bounds):
    """The mean width of intervals (n, h, 2), each in what MASE divides by, where that is not 0."""
    moves = np.array([np.abs(own[data.season :] - own[: -data.season]).mean() for own in data.train])
    return np.mean(np.diff(bounds, axis=2)[moves > 0] / moves[moves > 0][:, None, None])


def claim_pool(report, name, scale):
    claim_most(report, name, scale)
    if name == "tourism":
        claim_coverage(report, name)
    elif "AutoETS" in scale.peers and statistical.installed():
        wider = report.values(name, WIDTH, NETWORK).mean() / report.values(name, WIDTH, "AutoETS").mean()
        report.claim(name, f"{WIDTH}, over that of AutoETS", wider, high=MOST_WIDTH)


def claim_most(report, name, scale):
    """The `MOST` that means over seeds may have."""
    for (own, quantity), most in MOST.items():
        if own == name:
            mean = report.values(name, quantity, NETWORK).mean()
            report.claim(name, f"{quantity}, mean of {scale.seeds} seeds", mean, high=most)


def claim_coverage(report, name):
    for quantity in (LEAST, LARGEST):
        values = report.values(name, quantity, NETWORK)
        worst = values.min() if quantity == LEAST else values.max()
        report.claim(name, f"{COVERED}, {quantity.removeprefix('the same, ')}, worst seed", worst, **COVERAGE_90)


# --- long series ------------------------------------------------------------------------------------------------------


def forecast_long(name, report, scale):
    """Root mean squared error over the deviation of the training part, a day ahead, block by block."""
    series = ending(LONG[name](), scale)
    own = {"horizon": series.horizon, "season": series.season}
    n_seasons = min(MOST_SEASONS, (len(series.values) - series.n_test - series.horizon) // series.season)
    simple = simple_forecasters(**own) | {
        MEANS: SeriesForecaster(SeasonalNaive(n_seasons=n_seasons), **own),
        AVERAGED: SeriesForecaster(Ridge(), n_seasons=MOST_SEASONS, **own),
    }
    for by, forecaster in simple.items():
        add_backtest(report, name, by, series._replace(known=None) if by in (NAIVE, MEANS) else series, forecaster)
    for seed in range(scale.seeds):
        clear_pool()
        forecaster = SeriesForecaster(network(scale, seed, series.season), horizon=series.horizon, season=series.season)
        add_backtest(report, name, NETWORK, series, forecaster)
    claim_most(report, name, scale)


def ending(series, scale):
    """The end of a series."""
    n_test = series.n_test if scale.most_blocks is None else scale.most_blocks * series.horizon
    first = 0 if scale.most_steps is None else max(0, len(series.values) - n_test - scale.most_steps)
    known = None if series.known is None else series.known[first:]
    return series._replace(values=series.values[first:], known=known, n_test=n_test)


def add_backtest(report, name, by, series, forecaster):
    n_blocks = series.n_test // series.horizon
    known = None if series.known is None else [series.known]
    cpu, found = in_cpu(forecaster.backtest, [series.values], n_windows=n_blocks, X_future=known)
    errors = found["y_true"] - found["y_pred"]
    deviation = series.values[: -series.n_test].std()
    report.add(name, RMSE, "", by, np.sqrt(np.mean(errors**2)) / deviation)
    report.add(name, CPU, SECONDS, by, cpu)
    print(f"{name}, {by}: {RMSE} {report.values(name, RMSE, by)[-1]:.4f}", flush=True)


# --- single short series ----------------------------------------------------------------------------------------------


def forecast_single(report, scale):
    """Series that are all that a forecaster learns from: how far it errs beside seasonal naive, what intervals hold."""
    for name in scale.single_sets:
        data = spread(load(*name.split()), scale.single_series)
        season = None if data.season == 1 else data.season
        naive = SeriesForecaster(SeasonalNaive(m=data.season), horizon=data.horizon)
        naive = errors_alone(data, fits_alone(naive, data))
        ridge = SeriesForecaster(Ridge(), horizon=data.horizon, season=season)
        add_alone(report, name, RIDGE, data, naive, *in_cpu(fits_alone, ridge, data))
        for seed in range(scale.seeds):
            clear_pool()
            forecaster = SeriesForecaster(network(scale, seed, season), horizon=data.horizon, season=season)
            cpu, fits = in_cpu(fits_alone, forecaster, data)
            add_alone(report, name, NETWORK, data, naive, cpu, fits)
            report.add(f"single: {name}", COVERED, "", NETWORK, covered_alone(data, fits))


def spread(data, most):
    """So many series of a set, evenly, of those with a season beyond a horizon."""
    long = [i for i, own in enumerate(data.train) if len(own) >= data.season + data.horizon]
    some = np.unique(np.array(long)[np.linspace(0, len(long) - 1, most).astype(int)])
    return data._replace(train=[data.train[i] for i in some], test=data.test[some])


def fits_alone(forecaster, data):
    """[(a forecaster that has learnt from the one series that it forecasts, its forecast)]."""
    fits = [clone(forecaster).fit([own]) for own in data.train]
    return [(fit, fit.predict()[0]) for fit in fits]


def errors_alone(data, fits):
    """Mean absolute errors (n_series,)."""
    return np.array([np.abs(truth - np.ravel(points)).mean() for truth, (_, points) in zip(data.test, fits)])


def covered_alone(data, fits):
    """The share of all values that intervals of 90 % hold."""
    bounds = np.stack([np.reshape(fit.predict_interval(coverage=0.9)[0], (-1, 2)) for fit, _ in fits])
    return interval_coverage(data.test, bounds)


def add_alone(report, name, by, data, naive, cpu, fits):
    """The geometric mean of relative errors (Davydenko and Fildes 2013), where seasonal naive is not exact."""
    errors = errors_alone(data, fits)
    ratio = np.exp(np.mean(np.log(np.maximum(errors, EXACT * naive)[naive > 0] / naive[naive > 0])))
    report.add(f"single: {name}", RELATIVE, "", by, ratio)
    report.add(f"single: {name}", CPU, SECONDS, by, cpu)
    print(f"{name}, {by}: {ratio:.3f}", flush=True)


# --- intervals and paths ----------------------------------------------------------------------------------------------


def cover(report, scale):
    """How often conformal intervals of the monthly series of M3 cover, step by step."""
    data = few(load("M3", "monthly"), scale.most_series)
    for seed in range(scale.seeds):
        clear_pool()
        forecaster = SeriesForecaster(
            network(scale, seed, data.season), horizon=data.horizon, season=data.season, calibration_windows=1
        )
        forecaster.fit(data.train)
        for coverage in COVERAGES:
            bounds = forecaster.predict_interval(coverage=coverage)
            by_step = interval_coverage(data.test, bounds, multioutput="raw_values")
            for step, value in enumerate(by_step, start=1):
                report.add("coverage", f"{coverage:.0%}, step {step:02}", "", NETWORK, value)
    claim_steps(report, data.horizon, scale)


def claim_steps(report, horizon, scale):
    for coverage in COVERAGES:
        steps = [
            report.values("coverage", f"{coverage:.0%}, step {step:02}", NETWORK) for step in range(1, horizon + 1)
        ]
        off = np.abs(np.array(steps).mean(axis=1) - coverage).max()
        report.claim(
            "coverage", f"{coverage:.0%}: farthest of all steps, mean of {scale.seeds} seeds", off, high=FARTHEST
        )


def autoregressive(n_processes, n_steps, random_state):
    """Stationary processes (n_processes, n_steps) y[t] = PHI y[t - 1] + e with e ~ N(0, 1)."""
    noise = np.random.RandomState(random_state).normal(size=(n_processes, n_steps))
    y = np.empty_like(noise)
    y[:, 0] = noise[:, 0] / np.sqrt(1 - PHI**2)
    for t in range(1, n_steps):
        y[:, t] = PHI * y[:, t - 1] + noise[:, t]
    return y


def spread_of_paths(report, scale):
    """Deviation of paths around their mean after some steps: sqrt((1 - PHI^2h) / (1 - PHI^2)) (Box and Jenkins)."""
    exact = np.sqrt((1 - PHI ** (2 * STEPS_AHEAD)) / (1 - PHI**2))
    report.add("paths", f"deviation after {STEPS_AHEAD} steps", "", FORMULA, exact)
    for seed in range(scale.seeds):
        y = autoregressive(scale.n_processes, 12 + STEPS_AHEAD, seed)
        settings = {"decoder": "recursive", "loss": "normal", "scaling": None, "epochs": 10} | scale.network
        model = Seq2SeqRegressor(random_state=seed, **settings)
        paths = model.fit(y[:, :12], y[:, 12:]).sample_y(y[:200, :12], scale.n_paths)  # (n, h, n_paths)
        found = np.sqrt(paths[:, -1].var(axis=1).mean())
        report.add("paths", f"deviation after {STEPS_AHEAD} steps", "", NETWORK, found)
        report.claim("paths", f"deviation over that of the formula, seed {seed}", found / exact, low=0.95, high=1.05)


def be_fast(report, scale):
    """Seconds of a fit and of drawn paths, in alternation with the same network in PyTorch."""
    sides = {NETWORK: forecasting_speed.Ours(scale.speed)} | torch_side(report, "torch_forecasting", scale.speed)
    fit, paths = forecasting_speed.names(scale.speed).items()
    _, ratios = race(report, *fit, sides, scale.repeats)
    if TORCH in ratios:
        report.claim("speed", f"fit, {TORCH} over skseq", ratios[TORCH].median, low=LEAST_RATIO)
    seconds, _ = race(report, *paths, sides, scale.repeats)
    median = np.median(seconds[NETWORK])
    report.claim("speed", f"seconds of {paths[1]}, median", median, high=MOST_SECONDS_OF_PATHS)


# --- the choice of the defaults ---------------------------------------------------------------------------------------

FORMER = {"loss": "squared_error", "cell": "lstm", "bidirectional": False, "scaling": "standard"}
CANDIDATES = {  # what they set besides the defaults
    "former": FORMER | {"epochs": 10},
    "squared error": {"loss": "squared_error"},
    "absolute error": {"loss": "absolute_error"},
    "divided by the deviation": {"scaling": "standard"},
    "divided by the mean": {"scaling": "mean"},
    "LSTM": {"cell": "lstm"},
    "one direction": {"bidirectional": False},
    "LSTM, one direction": {"cell": "lstm", "bidirectional": False},
    "attention": {"attention": True},
    "no linear model": {"linear": False},  # nor exponential smoothing, which is for the linear model
    "no season": {"season": None},
    "10 epochs": {"epochs": 10},
    "dropout 0.1": {"dropout": 0.1},
    "dropout 0.2": {"dropout": 0.2},
    "16 units": {"units": 16},
    "last 24 windows": {"max_windows": 24},
    "last 48 windows": {"max_windows": 48},
    "all windows": {"max_windows": None},
    "no smoothing": {"exponential_smoothing": False, "n_seasons": None},
    "means of 8 seasons": {"exponential_smoothing": False, "n_seasons": 8},
    DEFAULTS: {},
}


def choose(report, scale):
    """MASE and WQL of every candidate for the last horizon of training series, and ranks over the sets."""
    for name in scale.choice_sets:
        data = held_back(load(*name.split()), scale.choice_series)
        for by, seed in product(CANDIDATES, range(scale.choice_seeds)):
            candidate = forecaster_with(CANDIDATES[by], data, seed, scale)
            add_choice(report, name, by, data, *in_cpu(forecasts_of, candidate, data.train))
    for quantity in (MASE, WQL):
        ranks = ranks_of(report, quantity, scale)
        report.note("choice", f"{quantity}, mean rank over {len(scale.choice_sets)} sets (1 is best): {ranks}")


def add_choice(report, name, by, data, cpu, found):
    """Judge the forecasts of one candidate."""
    error = errors_of(data, found)
    for quantity, value in error.items():
        report.add(f"choice: {name}", quantity, "", by, value)
    report.add(f"choice: {name}", CPU, SECONDS, by, cpu)
    print(name, by, *(f"{quantity} {value:.4f}" for quantity, value in error.items()), flush=True)


def held_back(data, most_series):
    """The last horizon of training series in the place of the test. Short series are left out."""
    horizon, season = data.horizon, data.season
    least = max(2 * horizon, 3 * season) + 2 * horizon
    train = [series for series in data.train if len(series) >= least]
    if len(train) > most_series:
        train = [train[i] for i in np.linspace(0, len(train) - 1, most_series).astype(int)]
    return SeriesSet(
        [series[:-horizon] for series in train], np.array([series[-horizon:] for series in train]), horizon, season
    )


def forecaster_with(settings, data, seed, scale):
    """A forecaster with some settings of its own and of its network."""
    own = {name: value for name, value in settings.items() if name in FORECASTERS_OWN}
    others = {"season": data.season} | {name: x for name, x in settings.items() if name not in FORECASTERS_OWN}
    estimator = network(scale, seed, **others)
    return SeriesForecaster(estimator, horizon=data.horizon, season=data.season, **own)


def ranks_of(report, quantity, scale):
    """Candidates and their mean ranks, best first."""
    means = pd.DataFrame(
        {
            name: {by: report.values(f"choice: {name}", quantity, by).mean() for by in CANDIDATES}
            for name in scale.choice_sets
        }
    )
    ranks = means.rank().mean(axis=1).sort_values()
    return ", ".join(f"{by} {rank:.2f}" for by, rank in ranks.items())


# --- command line -----------------------------------------------------------------------------------------------------

EXPERIMENTS = {
    **{name: partial(forecast_pool, name) for name in POOLS},
    **{name: partial(forecast_long, name) for name in LONG},
    "single": forecast_single,
    "rules": follow_rules,
    "own-forecasts": feed_back,
    "intervals": compare_intervals,
    "coverage": cover,
    "paths": spread_of_paths,
    "speed": be_fast,
    "choice": choose,
}


def main(arguments=None):
    parser = command_line(__doc__.splitlines()[0], EXPERIMENTS)
    add_seeds(parser, Scale)
    parser.add_argument("--peers", nargs="+", choices=statistical.NAMES, help="AutoETS and AutoTheta by default")
    options = parser.parse_args(arguments)
    scale = chosen_scale(options, Scale(), QUICK, "seeds", "peers")
    report = Report(
        "forecasting",
        columns=(
            (
                NETWORK,
                NAIVE,
                MEANS,
                RIDGE,
                SMOOTHED,
                AVERAGED,
                *statistical.NAMES,
                *chain.from_iterable(own.NAMES for own in NETWORKS.values()),
                FORMULA,
                TORCH,
            ),
            tuple(CANDIDATES),
            *COMPARED,
        ),
    )
    run_experiments(report, EXPERIMENTS, options.only, scale)
    return report.finish(options.output, strict=not options.quick)


if __name__ == "__main__":
    sys.exit(main())
