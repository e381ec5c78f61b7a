"""How fast skseq is: beside stock Keras, PyTorch, scikeras and skorch, beside the machine's peak, and as work grows.

Everything is compared in one run, in alternation, with every side at the best of its settings. skseq runs through its
public estimators; only which graph a long fit would choose is asked of `skseq.nn.training.plan`.
"""

import sys
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import product

import numpy as np

from benchmarks.harness.report import OURS, SCIKERAS, STOCK, chosen_scale, command_line, run_experiments, timed
from benchmarks.harness.speed_picture import draw
from benchmarks.harness.speed_report import SKORCH, TORCH, Speeds
from benchmarks.harness.timing import PATIENCE, Contender, geometric_mean
from benchmarks.parts import cold, grid
from benchmarks.parts.answers import ANSWERED, answer
from benchmarks.parts.echo import DECODERS, ECHO_TIMESTEPS, ECHO_TOKENS, echo_classifier, echo_generator
from benchmarks.parts.far import AXES, QUICK_AXES, go_far
from benchmarks.parts.graphs import compare_graphs
from benchmarks.parts.growth import STREAMED, fit_long_sequences, grow, keep_fitting, stream_files
from benchmarks.parts.peak import approach_peak
from benchmarks.parts.precision import MIXED, compare_precisions
from benchmarks.parts.reversal import QUICK_REVERSAL, ReversalScale, reverse_ours, reverse_stock
from benchmarks.parts.updates import (
    KERAS_SETTINGS,
    LONG_FIT,
    N_CLASSES,
    THREADS,
    Task,
    contenders,
    forget,
    in_threads,
    note_behind,
    peers_torch,
    setting_name,
    thread_name,
)
from benchmarks.parts.workers import WorkerScale, search_on_workers
from benchmarks.peers import stock_keras


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is run."""

    repeats: int = 5
    seconds: float = 0.5  # that one timed call takes, about
    keras_settings: tuple = KERAS_SETTINGS
    threads: tuple = THREADS
    batches: tuple = (1, 32, 256)
    timesteps: tuple = (6, 50, 200)
    units: tuple = (32, 128, 256)
    attentions: tuple = ("dot", "bahdanau")
    attention_timesteps: tuple = (10, 50)
    attention_units: int = 128
    peak_timesteps: tuple = (6, 50)
    peak_units: int = 256
    peak_batch: int = 256
    most_graphs: int | None = None  # networks, the first ones
    peak_square: int = 2_048
    precision_shapes: tuple = (
        {"batch_size": 64, "n_timesteps": 50, "units": 512},
        {"batch_size": 256, "n_timesteps": 50, "units": 256},
        {"batch_size": 32, "n_timesteps": 50, "units": 256},
        {"batch_size": 256, "n_timesteps": 50, "units": 128},
        {"batch_size": 32, "n_timesteps": 50, "units": 128},
        {"batch_size": 256, "n_timesteps": 10, "units": 256, "attention": "bahdanau"},
    )
    precision_seeds: int = 3
    precision_pairs: int = 20_000
    precision_units: int = 256
    precision_batch: int = 128
    precision_epochs: int = 12
    cold_jobs: tuple = cold.JOBS
    new_pairs: int = 2_000
    end_to_end: ReversalScale = field(default_factory=ReversalScale)
    end_to_end_repeats: int = 3
    n_sources: int = 1_000
    n_loop_sources: int = 5
    decoding: tuple = ((6, 3), (20, 20))  # steps in and out
    beams: tuple = (None, "dot")  # kinds of attention
    beam_timesteps: tuple = (25, 10)  # in and out: about as many characters as a date written out, and 1969-10-03
    beam_width: int = 5
    search: grid.GridScale = field(default_factory=grid.GridScale)
    workers: WorkerScale = field(default_factory=WorkerScale)
    growth_units: int = 32
    growth_timesteps: tuple = (50, 100, 200, 400, 800, 1_600, 3_200)
    growth_samples: tuple = (1_000, 4_000, 16_000, 64_000)
    growth_fits: tuple = (1, 3, 10, 30, 100)
    far: dict = field(default_factory=lambda: AXES)
    streamed: tuple = tuple(STREAMED)
    streamed_megabytes: int = 400
    working_memory: int = 32  # MB
    long_timesteps: int = 3_200
    long_units: int = 128
    memory_fits: int = 200
    memory_architectures: int = 20
    answered: tuple = ANSWERED
    answer_calls: int = 200


QUICK = Scale(
    repeats=2,
    seconds=0.02,
    keras_settings=((False, 1),),
    batches=(2,),
    timesteps=(3,),
    units=(4,),
    attention_timesteps=(3,),
    attention_units=4,
    peak_timesteps=(3,),
    peak_units=8,
    peak_batch=4,
    most_graphs=1,
    peak_square=64,
    precision_shapes=({"batch_size": 2, "n_timesteps": 3, "units": 4},),
    precision_seeds=1,
    precision_pairs=400,
    precision_units=4,
    precision_epochs=1,
    cold_jobs=cold.QUICK_JOBS,
    new_pairs=10,
    end_to_end=QUICK_REVERSAL,
    end_to_end_repeats=1,
    n_sources=20,
    n_loop_sources=1,
    decoding=((3, 2),),
    beams=("dot",),
    beam_timesteps=(3, 2),
    beam_width=2,
    search=grid.GridScale(**grid.QUICK_SEARCH),
    workers=WorkerScale(n_samples=20, n_timesteps=4, epochs=(1,), repeats=1),
    growth_units=4,
    growth_timesteps=(3, 6),
    growth_samples=(100, 400),
    growth_fits=(1, 2, 4),
    far=QUICK_AXES,
    streamed=("SequenceRegressor",),
    streamed_megabytes=8,
    working_memory=1,
    long_timesteps=20,
    long_units=4,
    memory_fits=8,
    memory_architectures=2,
    answered=("SequenceRegressor",),
    answer_calls=3,
)

# --- training ---------------------------------------------------------------------------------------------------------


def train(report, scale):
    """Encoder-decoders of every shape."""
    for batch_size, n_timesteps, units in product(scale.batches, scale.timesteps, scale.units):
        _compare_updates(report, scale, "training", Task(batch_size=batch_size, n_timesteps=n_timesteps, units=units))
    report.note("training", f"n steps in, n out, {N_CLASSES} tokens; time of one update, over partial_fit of many")
    claim_ratios(report, "training", means={STOCK: 3.0, TORCH: 2.0}, least={STOCK: 1.0, TORCH: 1.0})


def train_attention(report, scale):
    """The same with attention: the current state scores (dot), or the one before (Bahdanau)."""
    shapes = product(scale.attentions, scale.batches, scale.attention_timesteps)
    for attention, batch_size, n_timesteps in shapes:
        task = Task(batch_size=batch_size, n_timesteps=n_timesteps, units=scale.attention_units, attention=attention)
        _compare_updates(report, scale, "attention", task)
    report.note(
        "attention", "Bahdanau in stock Keras is a cell of one's own in keras.layers.RNN, in PyTorch nn.LSTMCell"
    )
    claim_ratios(report, "attention", means={STOCK: 3.0, TORCH: 2.2}, least={STOCK: 1.4, TORCH: 1.0})


def _compare_updates(report, scale, experiment, task):
    report.compare(
        experiment,
        str(task),
        contenders(task, scale.keras_settings, scale.threads),
        piece="update",
        seconds=scale.seconds,
        repeats=scale.repeats,
    )
    forget()


def claim_ratios(report, experiment, *, means, least):
    """How many times as fast as each other one: the geometric mean over all shapes, and the shape with the least."""
    for by, low in means.items():
        over = report.medians(experiment, by)
        text = f"{by} / skseq, geometric mean of {len(over)} shapes"
        report.claim(experiment, text, geometric_mean(over.values()), low=low)
        slowest = min(over, key=over.get)
        report.claim(experiment, f"{by} / skseq, median, at its least ({slowest})", over[slowest], low=least[by])
    note_behind(report, experiment)


# --- R6 and R8 --------------------------------------------------------------------------------------------------------


def reverse_end_to_end(report, scale):
    """R6: fit and predict from cold, stock Keras at the setting whose fit is the fastest."""
    settings = [{"jit_compile": jit, "steps_per_execution": steps} for jit, steps in scale.keras_settings]
    tries = Speeds("tries", columns=())
    for how in settings if len(settings) > 1 else ():
        reverse_stock(tries, replace(scale.end_to_end, stock_new_pairs=1), 0, **how)
    fit = f"fit, {scale.end_to_end.reversed_pairs:,} pairs"
    seconds = tries.values("R6", fit, STOCK)
    how = settings[int(np.argmin(seconds)) if len(seconds) else 0]
    for seed in range(scale.end_to_end_repeats):
        runs = [partial(reverse_ours, report, scale.end_to_end, seed)]
        runs += [partial(reverse_stock, report, scale.end_to_end, seed, **how)]
        for run in runs[:: -1 if seed % 2 else 1]:
            run()
    ours, stock = (report.values("R6", fit, by) + report.values("R6", "predict", by) for by in (OURS, STOCK))
    report.note("R6", f"from cold; stock Keras with {how}, the fastest fit of {len(settings)} settings")
    report.note(
        "R6",
        f"predict: {scale.end_to_end.new_pairs:,} pairs in skseq, {scale.end_to_end.stock_new_pairs} in stock Keras, "
        "which counts against skseq",
    )
    text = f"fit and predict, stock Keras / skseq, median of {len(ours)}"
    report.claim("R6", text, np.median(stock / ours), low=5)
    forget()


def update_single_pairs(report, scale):
    """R8: one update for every pair, and for stock Keras one `Model.fit` for every pair."""
    generator = echo_generator(0)
    attention = DECODERS["R8"]

    def in_skseq():
        how = LONG_FIT
        estimator = echo_classifier(scale.end_to_end.clipnorm, attention=attention, random_state=0, **how)

        def ready(n):
            X, y = generator.sample(n)
            return lambda: estimator.partial_fit(X, y, classes=np.arange(ECHO_TOKENS))

        return Contender(by=OURS, setting=setting_name(**how), ready=ready)

    def in_keras(jit_compile, by, train_on):
        model = stock_keras.direct_network(
            ECHO_TIMESTEPS,
            ECHO_TOKENS,
            attention=bool(attention),
            clipnorm=scale.end_to_end.clipnorm,
            jit_compile=jit_compile,
        )

        def ready(n):
            source, target = (stock_keras.one_hot(x, ECHO_TOKENS) for x in generator.sample(n))
            return lambda: train_on(model, source, target)

        return Contender(by=by, setting=setting_name(jit_compile), ready=ready)

    def everyone():
        yield in_skseq()
        ways = {STOCK: stock_keras.fit_each, ON_BATCH: stock_keras.train_on_each}
        for (by, train_on), jit_compile in product(ways.items(), sorted({jit for jit, _ in scale.keras_settings})):
            yield in_keras(jit_compile, by, train_on)

    quantity = "an update by one pair, Bahdanau, 5 steps, 150 units"
    report.compare("R8", quantity, everyone(), piece="update", seconds=scale.seconds, repeats=scale.repeats)
    text = "one Model.fit per pair, stock Keras / skseq, median"
    report.claim("R8", text, report.ratio("R8", quantity, STOCK).median, low=70)
    forget()


ON_BATCH = f"{STOCK}, train_on_batch"

# --- decoding ---------------------------------------------------------------------------------------------------------


OVER_TORCH = {(6, 3): 1.0, (20, 20): 1.3}  # wanted of greedy search, by steps in and out
BEAM_OVER_TORCH = 2


def decode(report, scale):
    """Outputs of many sources: `predict`, one step at a time in stock Keras, all sources at once in PyTorch."""
    for steps in scale.decoding:
        _decode_greedily(report, scale, *steps)
    for attention in scale.beams:
        _search_beams(report, scale, attention)
    note_behind(report, "decoding")
    report.note(
        "decoding",
        f"stock Keras calls Model.predict for every token, timed on {scale.n_loop_sources} sources; PyTorch decodes "
        f"all sources in one batch; beam: its shape is that of dates, {N_CLASSES} tokens, lengths all alike",
    )


def _decode_greedily(report, scale, n_timesteps, n_target):
    task = Task(batch_size=32, n_timesteps=n_timesteps, n_target=n_target, units=128)
    quantity = f"{scale.n_sources:,} sources, {n_timesteps} in, {n_target} out, 128 units"
    _compare_passes(report, scale, quantity, _decoders(task, scale))
    loop, torch = (report.ratio("decoding", quantity, by).median for by in (STOCK, TORCH))
    report.claim("decoding", f"stock Keras / skseq, {quantity}, median", loop, low=1000)
    low = OVER_TORCH.get((n_timesteps, n_target), 1)
    report.claim("decoding", f"PyTorch / skseq, {quantity}, median", torch, low=low)


def _search_beams(report, scale, attention):
    n_timesteps, n_target = scale.beam_timesteps
    task = Task(batch_size=32, n_timesteps=n_timesteps, n_target=n_target, units=128, attention=attention)
    quantity = (
        f"beam {scale.beam_width}, {attention or 'no attention'}, {scale.n_sources:,} sources, {n_timesteps} in, "
        f"{n_target} out, 128 units"
    )
    _compare_passes(report, scale, quantity, _beams(task, scale))
    ratio = report.ratio("decoding", quantity, TORCH).median
    report.claim("decoding", f"PyTorch / skseq, {quantity}, median", ratio, low=BEAM_OVER_TORCH)


def _compare_passes(report, scale, quantity, sides):
    report.compare("decoding", quantity, sides, piece="pass", seconds=scale.seconds, repeats=scale.repeats)
    forget()


def _decoders(task, scale):
    sources, _ = task.pairs(scale.n_sources)
    yield _decode_ours(task, sources)
    yield _decode_in_keras(task, sources[: scale.n_loop_sources], share=scale.n_loop_sources / scale.n_sources)
    for count in scale.threads:
        yield _decode_in_torch(task, sources, count, peers_torch().greedy)


def _beams(task, scale):
    """Beam search in skseq and in PyTorch; stock Keras has none."""
    sources, _ = task.pairs(scale.n_sources)
    yield _decode_ours(task, sources, search="beam", beam_width=scale.beam_width)
    for count in scale.threads:
        yield _decode_in_torch(task, sources, count, partial(peers_torch().beam, width=scale.beam_width))


def _decode_ours(task, sources, **search):
    estimator = task.estimator(**search)
    estimator.partial_fit(*task.pairs(task.batch_size), classes=np.arange(N_CLASSES))
    return repeating(OURS, "predict", lambda: estimator.predict(sources))


def _decode_in_keras(task, sources, share):
    n_ids = N_CLASSES + 1
    _, encoder, decoder = stock_keras.encoder_decoder(n_ids, clipnorm=None, units=task.units)
    vectors = stock_keras.one_hot(sources + 1, n_ids)

    def decode_all():
        for vector in vectors:
            stock_keras.predict_sequence(encoder, decoder, vector, task.n_written)

    return repeating(STOCK, "predict", decode_all, share)


def _decode_in_torch(task, sources, count, find):
    peers = peers_torch()
    network = peers.EncoderDecoder(N_CLASSES, task.units, task.attention).eval()
    (source,) = peers.as_tensors(sources + 1)
    call = in_threads(count, lambda: find(network, source, task.n_written))
    return repeating(TORCH, thread_name(count), call)


def repeating(by, setting, call, share=1.0):
    """A contender whose piece of work is one call."""

    def ready(n):
        return lambda: [call() for _ in range(n)]

    return Contender(by=by, setting=setting, ready=ready, share=share)


# --- grid search ------------------------------------------------------------------------------------------------------


def search_grid(report, scale):
    """36 fits of small networks, beside scikeras and skorch."""
    sides = {by: (grid.CLASSIFIERS[by], grid.NAMES[by]) for by in (OURS, SCIKERAS)}
    sides[SKORCH] = _skorch_classifier, SKORCH_NAMES
    count = _fastest_threads(scale)
    for repeat in range(scale.search.repeats):
        for by, how in list(sides.items())[:: -1 if repeat % 2 else 1]:
            in_threads(count, partial(grid.search_once, report, scale.search, by, *how))()
    grid.note_grid(report, scale.search)
    report.note("grid", f"skorch on {thread_name(count)}, the fastest of {scale.threads} in a single fit")
    grid.claim_grid(report, low=40)
    grid.claim_grid(report, SKORCH, low=1.5)
    first = np.median(report.values("grid", grid.FIRST_FIT, OURS))
    report.claim("grid", "seconds of the first fit of a new architecture, median", first, high=1.5)
    forget()


SKORCH_NAMES = {"units": "module__units", "learning_rate": "lr", "batch_size": "batch_size"}


def _skorch_classifier(scale, **parameters):
    parameters = {SKORCH_NAMES[name]: value for name, value in parameters.items()}
    return peers_torch().label_classifier(1, 2, epochs=scale.epochs, **parameters)


def _fastest_threads(scale):
    """The number of threads with which skorch fits fastest, warm."""
    X, y = grid.waves(scale.search.n_samples)
    fits = {count: in_threads(count, partial(_fit_skorch, scale, X, y)) for count in scale.threads}
    for fit in fits.values():
        fit()
    seconds = {count: timed(fit)[0] for count, fit in fits.items()}
    return min(seconds, key=seconds.get)


def _fit_skorch(scale, X, y):
    _skorch_classifier(scale.search).fit(X, y)


# --- the command ------------------------------------------------------------------------------------------------------

EXPERIMENTS = {
    "training": train,
    "attention": train_attention,
    "peak": approach_peak,
    "precision": compare_precisions,
    "R6": reverse_end_to_end,
    "cold": cold.start_cold,
    "first": cold.update_first,
    "R8": update_single_pairs,
    "decoding": decode,
    "grid": search_grid,
    "workers": lambda report, scale: search_on_workers(report, scale.workers),
    "answers": answer,
    "graphs": lambda report, scale: compare_graphs(report, scale.most_graphs),
    "growth": grow,
    "far": go_far,
    "memmap": stream_files,
    "long": fit_long_sequences,
    "memory": keep_fitting,
}
NEED_TORCH = {"training", "attention", "cold", "decoding", "grid"}


def main():
    parser = command_line("Measure how fast skseq is.", EXPERIMENTS)
    parser.add_argument("--repeats", type=int, help=f"repeats of every comparison (default {Scale.repeats})")
    arguments = parser.parse_args()
    if NEED_TORCH & set(arguments.only):
        peers_torch()  # what is missing is said at once
    scale = chosen_scale(arguments, Scale(), QUICK, "repeats")
    report = Speeds("speed", columns=((OURS, MIXED, STOCK, SCIKERAS, SKORCH),))
    report.note(
        "all",
        "in brackets: the fastest setting, and what its first call took on top (compiling); ratios: median (least to "
        f"largest) of {scale.repeats} alternating repeats",
    )
    report.note(
        "all",
        f"stock Keras: the best of {len(scale.keras_settings)} settings (with or without XLA, steps per execution; 20 "
        f"only where 20 updates take less than {PATIENCE * scale.seconds:.3g} s); PyTorch: the best of {scale.threads} "
        "threads; skseq: the graph that a long fit chooses",
    )
    run_experiments(report, EXPERIMENTS, arguments.only, scale)
    report.savers.append(partial(draw, report))
    return report.finish(arguments.output, strict=not arguments.quick)


if __name__ == "__main__":
    sys.exit(main())
