"""`SequenceGenerator` beside n-grams, hidden Markov models, stock Keras and PyTorch: what comes next, new sequences.

"alice" and "words" are bits per character of text that fit has not seen; each model of "words" also draws some, which
are judged by how many are real, different and copied. "colours" asks what a condition is worth, and "strokes" whether
what is drawn is what was asked for. "language" sums the probabilities of all sequences. "items" is the next item of a
session. "vocabulary" trains on thousands of tokens with the softmax over all and over a few. "speed" runs the same
network in stock Keras, and in PyTorch if that is installed. "professor" compares teacher forcing with professor forcing
on samples longer than all that was learnt, and says the log-likelihood of new sequences of numbers. "choice" compares
candidates for the defaults on other data than these, as far as there are any.
"""

import sys
from dataclasses import dataclass, field
from functools import partial
from itertools import product

import numpy as np
import pandas as pd

from benchmarks.harness.report import (
    OURS,
    SECONDS,
    STOCK,
    Report,
    add_seeds,
    chosen_scale,
    command_line,
    run_experiments,
    timed,
)
from benchmarks.harness.sides import race, torch_side
from benchmarks.harness.timing import in_cpu
from benchmarks.parts import generation_speed, generation_words
from benchmarks.parts.captions import CAPTIONED, caption_digits
from benchmarks.parts.generation_words import BITS, CPU_SECONDS, FIT, SAMPLE, TORCH, add_fit, in_bits
from benchmarks.peers import hidden_markov
from benchmarks.peers.ngrams import WittenBell
from benchmarks.tasks import corpora
from benchmarks.tasks.corpora import Corpus
from skseq import SequenceGenerator, clear_pool
from skseq.metrics import hit_rate_at_k, mean_reciprocal_rank, ndcg_at_k

DEFAULTS, TRUE, POPULAR, PLAIN = "defaults", "true model", "most popular", "no condition"
HIDDEN, REAL = "hidden Markov", "held out"
PERPLEXITY = "perplexity"
ORDERS = (1, 2, 3, 4, 5)
CHARACTERS = {"analyzer": "char", "handle_unknown": "use_unknown"}
ALICE = {"cell": "lstm", "units": 256, "recurrent_dropout": 0.3, "window": 50, "batch_size": 16, "epochs": 25}
WORDS = {"cell": "lstm", "units": 256, "recurrent_dropout": 0.3, "epochs": 20, "batch_size": 64}  # 100,000 of them
COLOURS = {}
STROKES = {  # every path is to be learnt by heart, but not to the last digit
    "cell": "lstm",
    "covariance": "full",
    "n_components": 20,
    "reg_covar": 0.01,
    "clipnorm": 10.0,
    "batch_size": 8,
    "learning_rate": 0.003,
    "epochs": 1_200,
    "recurrent_dropout": 0.1,
}
ITEMS = {"cell": "lstm", "units": 256, "epochs": 40}  # 900 pairs of items to tell apart
WAVES = {
    "units": 32,
    "cell": "gru",
    "n_components": 3,
    "epochs": 150,
    "recurrent_dropout": 0.0,
}
LARGE = {"cell": "lstm", "units": 128, "embedding_dim": 64, "recurrent_dropout": 0.2}  # vocabularies
TRAININGS = ("teacher_forcing", "professor_forcing", "professor_forcing_both")
HITS = "hit rate at 5"
RANKINGS = {HITS: hit_rate_at_k, "MRR at 5": mean_reciprocal_rank, "NDCG at 5": ndcg_at_k}
KEPT, LOG_P = "energy in the largest Fourier coefficient", "log p of a step"
TEMPERATURES = (1.0, 0.25)  # of strokes; the last one is claimed
MOST_BITS, MOST_SECONDS = 2.05, 300  # alice
LEAST_GAIN = {"words": 0.1, "colours": 0.25}  # bits per character
OFF = {"float32": 1e-5, "float64": 1e-10}  # from 1, of all probabilities together
LEAST_RIGHT, LEAST_HITS = 0.95, 0.98
LEAST_RATIO = {("fit", STOCK): 2.5, ("fit", TORCH): 1.5, ("sample", TORCH): 1.5}
MOST_SECONDS_OF_10_000 = 10


@dataclass(frozen=True, kw_only=True)
class Scale:
    """How much is run."""

    seeds: int = 3
    network: dict = field(default_factory=dict)  # of all networks, besides the settings of an experiment
    characters: int | None = None  # of alice, the last ones
    words: tuple = (100_000, 5_000)  # to learn from, and held out
    drawn_words: int = 1_000
    colours: int | None = None
    language: tuple = (6, 1_000)  # longest sequence, and how many there are to learn from
    letters: str = corpora.DRAWN
    per_letter: int = 4
    sessions: tuple = (10_000, 2_000)
    waves: int = 300
    wave_steps: int = 200  # of waves that are drawn
    sampled_tokens: tuple = (None, 100, 500, 2_000)
    grouped_tokens: int = 20_000
    grouped_sequences: tuple = (10_000, 1_000)  # to learn from, and held out
    speed: generation_speed.Shape = field(default_factory=generation_speed.Shape)
    repeats: int = 3
    digits: tuple = (1_400, 397)  # to learn from, and held out
    choice: tuple = ()  # tasks; none means all
    choice_seeds: int = 1


QUICK = Scale(
    seeds=1,
    network={"units": 4, "epochs": 1},
    characters=3_000,
    words=(200, 50),
    drawn_words=20,
    colours=40,
    language=(3, 30),
    letters="AB",
    per_letter=1,
    sessions=(50, 20),
    waves=10,
    wave_steps=40,
    sampled_tokens=(5,),
    grouped_tokens=100,
    grouped_sequences=(40, 10),
    speed=generation_speed.Shape(batch_size=4, n_timesteps=5, units=4, n_batches=2, n_samples=4, many=8),
    repeats=1,
    digits=(40, 20),
    choice=("30 words",),
)


def generator(scale, seed, **settings):
    """A generator by default, but for the settings of an experiment. Every fit compiles anew."""
    clear_pool()
    return SequenceGenerator(**{"random_state": seed} | settings | scale.network)


def chain_of(order):
    return f"order {order}"


# --- text and words ---------------------------------------------------------------------------------------------------


def write_alice(report, scale):
    """Bits per character of the last tenth of one long text."""
    text = corpora.read_alice()
    if text is None:
        report.note("alice", f"left out, for {corpora.FOLDER / corpora.ARCHIVE} is not there: {corpora.INSTALL_ALICE}")
        return
    train, test = corpora.ends_of(text if scale.characters is None else text[-scale.characters :])
    add_chains(report, "alice", [train], [test], ends=False)
    add_hidden(report, "alice", [train], [test], ends=False)
    for seed in range(scale.seeds):
        model = generator(scale, seed, **CHARACTERS | ALICE)
        seconds, _ = timed(model.fit, [train])
        report.add("alice", FIT, SECONDS, OURS, seconds)
        report.add("alice", BITS, "", OURS, in_bits(model, [test]))
        say(report, "alice", BITS)
    report.claim("alice", f"{BITS}, mean of {scale.seeds}", report.values("alice", BITS, OURS).mean(), high=MOST_BITS)
    slowest = report.values("alice", FIT, OURS).max()
    report.claim("alice", "seconds of the slowest fit, compiling included", slowest, high=MOST_SECONDS)
    report.note("alice", f"settings besides the defaults: {ALICE or 'none'}")


def add_chains(report, name, train, test, *, ends):
    """Markov chains of the `ORDERS` on the same sequences; their least bits."""
    for order in ORDERS:
        seconds, chain = timed(WittenBell(order, ends=ends).fit, train)
        report.add(name, FIT, SECONDS, chain_of(order), seconds)
        report.add(name, BITS, "", chain_of(order), chain.bits(test))
    return min(report.values(name, BITS, chain_of(order))[-1] for order in ORDERS)


def add_hidden(report, name, train, test, *, ends):
    """Bits of a hidden Markov model on the same sequences, where hmmlearn is installed."""
    if not hidden_markov.installed():
        report.note(name, f"left out, for hmmlearn is not installed: {HIDDEN} ({hidden_markov.INSTALL})")
        return
    seconds, model = timed(hidden_markov.HiddenMarkov(ends=ends).fit, train)
    report.add(name, FIT, SECONDS, HIDDEN, seconds)
    report.add(name, BITS, "", HIDDEN, model.bits(test))


def say(report, name, quantity, by=OURS):
    """One line while a long experiment goes on."""
    print(f"{name}, {by}: {quantity} {report.values(name, quantity, by)[-1]:.4f}", flush=True)


def write_words(report, scale):
    """Bits per character of words that fit has not seen, their end counted as one; and words that each model draws."""
    data, judge = corpora.spellings(*scale.words), generation_words.Judge(report, scale.drawn_words)
    judge.add_drawn(REAL, data.X_test[: scale.drawn_words], data)
    for by, model in counting_models(report).items():
        judge.fit(by, model, data)
        for seed in range(scale.seeds):
            judge.draw(by, partial(model.sample, longest=max(map(len, data.X_train))), data, seed)
    for seed in range(scale.seeds):
        ours = generator(scale, seed, analyzer="char", **WORDS)
        for by, model in generation_words.networks(report, ours).items():
            judge.fit(by, model, data)
            judge.draw(by, model.sample, data, seed)
    least = min(report.values("words", BITS, chain_of(order)).mean() for order in ORDERS)
    gain = least - report.values("words", BITS, OURS).mean()
    report.claim("words", f"{BITS} below those of the best chain, mean of {scale.seeds}", gain, low=LEAST_GAIN["words"])
    sizes = f"{len(data.X_train):,} words to learn from, {len(data.X_test):,} held out"
    report.note("words", f"{sizes}; settings besides the defaults: {WORDS}")


def counting_models(report):
    """Column -> a model of words that counts, and so needs no seed but for what it draws."""
    models = {chain_of(order): WittenBell(order, ends=True) for order in ORDERS}
    if hidden_markov.installed():
        return models | {HIDDEN: hidden_markov.HiddenMarkov(ends=True)}
    report.note("words", f"left out, for hmmlearn is not installed: {HIDDEN} ({hidden_markov.INSTALL})")
    return models


# --- what sequences depend on -----------------------------------------------------------------------------------------


def name_colours(report, scale):
    """Bits per character of names of colours, with their red, green and blue and without; a split for every seed."""
    for seed in range(scale.seeds):
        data = corpora.colours(random_state=seed)
        data = data if scale.colours is None else Corpus(*(part[: scale.colours] for part in data))
        add_chains(report, "colours", data.X_train, data.X_test, ends=True)
        add_hidden(report, "colours", data.X_train, data.X_test, ends=True)
        for by, parts in ((OURS, data), (PLAIN, data._replace(y_train=None, y_test=None))):
            model = generator(scale, seed, **CHARACTERS | COLOURS)
            seconds, _ = timed(model.fit, parts.X_train, parts.y_train)
            report.add("colours", FIT, SECONDS, by, seconds)
            report.add("colours", BITS, "", by, in_bits(model, parts.X_test, parts.y_test))
            say(report, "colours", BITS, by)
    gains = report.values("colours", BITS, PLAIN) - report.values("colours", BITS, OURS)
    text = f"{BITS} that the colour is worth, mean of {scale.seeds}"
    report.claim("colours", text, gains.mean(), low=LEAST_GAIN["colours"])
    report.note("colours", f"settings besides the defaults: {COLOURS or 'none'}")


def draw_letters(report, scale):
    """Share of pen paths that are nearest to a template of the letter that was asked for."""
    found = corpora.strokes(letters=scale.letters)
    if found is None:
        report.note("strokes", f"left out, for hershey-fonts is not installed: {corpora.INSTALL_STROKES}")
        return
    paths, letters = found
    asked = list(scale.letters) * scale.per_letter
    for seed in range(scale.seeds):
        model = generator(scale, seed, **STROKES)
        seconds, _ = timed(model.fit, paths, letters)
        report.add("strokes", FIT, SECONDS, OURS, seconds)
        for temperature in TEMPERATURES:
            drawn = model.sample(y=asked, random_state=seed, temperature=temperature)
            report.add("strokes", right_at(temperature), "%", OURS, 100 * right_letters(drawn, asked, paths, letters))
            say(report, "strokes", right_at(temperature))
    coolest = right_at(TEMPERATURES[-1])
    right = report.values("strokes", coolest, OURS).mean() / 100
    report.claim("strokes", f"{coolest}, mean of {scale.seeds}", right, low=LEAST_RIGHT)
    report.note("strokes", f"settings besides the defaults: {STROKES}")
    report.note("strokes", f"{len(paths)} paths of {len(set(letters))} letters in {len(corpora.FONTS)} fonts")


def right_at(temperature):
    return f"right letters, temperature {temperature:g}"


def right_letters(drawn, asked, paths, letters):
    """Share of paths drawn whose nearest template has the letter."""
    templates = [corpora.places(path) for path in paths]
    nearest = [letters[corpora.nearest_template(corpora.places(path), templates)] for path in drawn]
    return np.mean([own == wanted for own, wanted in zip(nearest, asked)])


# --- all sequences of a language --------------------------------------------------------------------------------------


def enumerate_language(report, scale):
    """Probabilities of all sequences, of one length without an end, and of any length with one."""
    longest, n = scale.language
    rng = np.random.RandomState(0)
    words = ["".join(rng.choice(list("aab"), size=rng.randint(1, longest + 1))) for _ in range(n)]
    rows = rng.choice(3, p=[0.6, 0.3, 0.1], size=(n, longest))
    for dtype, most in OFF.items():
        settings = {"units": 16, "epochs": 10, "dtype": dtype} | scale.network
        ending = generator(scale, 0, analyzer="char", **settings).fit(words)
        endless = generator(scale, 0, source_type="tokens", **settings).fit(rows)
        sums = {"with an end": all_with_end(ending, "ab", longest), "one length": all_of_length(endless, 3, longest)}
        for name, total in sums.items():
            report.add("language", f"sum of all, {name}, {dtype}", "", OURS, total)
            report.claim("language", f"sum of all, {name}, {dtype}: off 1", abs(total - 1), high=most)


def all_of_length(model, n_tokens, n_timesteps):
    """Sum over all sequences of one length of a model without an end."""
    everything = np.array(list(product(range(n_tokens), repeat=n_timesteps)))
    return float(np.exp(model.score_samples(everything)).sum())


def all_with_end(model, alphabet, longest):
    """Sum over all sequences that end within some steps, the empty one included, and over all that go on after them."""
    total = 0.0
    for n in range(1, longest + 1):
        everything = ["".join(letters) for letters in product(alphabet, repeat=n)]
        steps = np.array(model.score_timesteps(everything))  # (sequences, n + 1): the last step is the end
        begun = np.exp(steps[:, :-1].sum(axis=1))
        ended = np.exp(model.score_samples(everything))
        if n == 1:
            total += 1 - begun.sum()  # nothing but the end
        total += (ended if n < longest else begun).sum()
    return float(total)


# --- the next item ----------------------------------------------------------------------------------------------------


def next_item(report, scale):
    """Share of sessions whose last item is among five that are recommended after all others."""
    model_of_data = corpora.SecondOrderChain()
    train, test = (model_of_data.draw(n, random_state=k) for k, n in enumerate(scale.sessions))
    begun, last = [session[:-1] for session in test], [session[-1] for session in test]
    popular = np.bincount(np.concatenate(train), minlength=model_of_data.n_items).argsort()[::-1]
    recommended = {TRUE: model_of_data.topk(begun, 5), POPULAR: [popular[:5]] * len(begun)}
    for order in (1, 2):
        chain = WittenBell(order, ends=True).fit(train)
        recommended[chain_of(order)] = [chain.topk(session, 5) for session in begun]
    for by, items in recommended.items():
        add_recommended(report, by, items, last)
    for seed in range(scale.seeds):
        model = generator(scale, seed, **ITEMS)
        add_fit(report, "items", OURS, model, train)
        add_recommended(report, OURS, model.predict_topk(begun, 5)[0], last)
        say(report, "items", HITS)
    hits = {by: report.values("items", HITS, by).mean() for by in (OURS, TRUE)}
    text = f"hit rate at 5 over that of the true model, mean of {scale.seeds}"
    report.claim("items", text, hits[OURS] / max(hits[TRUE], 1e-9), low=LEAST_HITS)
    report.note("items", f"settings besides the defaults: {ITEMS}")


def add_recommended(report, by, items, last):
    """How often and how far up the last items are among the recommended ones."""
    for quantity, metric in RANKINGS.items():
        report.add("items", quantity, "", by, metric(last, items, k=5))


# --- large vocabularies -----------------------------------------------------------------------------------------------


def sample_tokens(report, scale):
    """Perplexity of held-out tokens and time of a fit: the softmax of an update over all tokens, and over a few."""
    for name, (train, test, settings, least) in large_vocabularies(scale).items():
        group = f"vocabulary: {name}"
        report.add(group, PERPLEXITY, "", TRUE, least)
        for n in scale.sampled_tokens:
            by = sampled(n)
            for seed in range(scale.seeds):
                model = generator(scale, seed, n_sampled_tokens=n, **LARGE | settings)
                seconds, _ = in_cpu(model.fit, train)
                report.add(group, CPU_SECONDS, SECONDS, by, seconds)
                report.add(group, PERPLEXITY, "", by, model.perplexity(test))
                say(report, group, PERPLEXITY, by)
        told = {key: value for key, value in (LARGE | settings).items() if key != "vocabulary"}
        report.note(group, f"settings besides the defaults: {told}; {len(model.classes_):,} tokens")


def sampled(n):
    """How the column of so many draws is called."""
    return "all tokens" if n is None else f"{n:,} drawn"


def large_vocabularies(scale):
    """Name -> (sequences to learn from, held-out ones, settings, perplexity of the true model if that is known)."""
    source = corpora.GroupedTokens(scale.grouped_tokens)
    train, test = (source.draw(n, k) for k, n in enumerate(scale.grouped_sequences))
    text, end = corpora.ends_of(corpora.topics()[: scale.characters])
    made = {"vocabulary": np.arange(source.n_tokens), "source_type": "tokens", "epochs": 5}
    words = {"analyzer": "word", "handle_unknown": "use_unknown", "window": 20, "epochs": 5}
    return {
        "groups of tokens": (train, test, made, source.perplexity(test)),
        "words of the Python reference": ([text], [end], words, np.nan),
    }


# --- speed ------------------------------------------------------------------------------------------------------------


def be_fast(report, scale):
    """Seconds of an epoch and of drawing, in alternation with the same network elsewhere."""
    shape = scale.speed
    sides = {OURS: generation_speed.Ours(shape), STOCK: generation_speed.StockKeras(shape)}
    sides |= torch_side(report, "torch_generation", shape)
    for what, text in generation_speed.names(shape).items():
        _, ratios = race(report, what, text, sides, scale.repeats)
        for by in ratios:
            if (what, by) in LEAST_RATIO:
                report.claim("speed", f"{what}, {by} over skseq", ratios[by].median, low=LEAST_RATIO[what, by])
    sides[OURS].sample(shape.many)
    seconds = np.array([timed(sides[OURS].sample, shape.many)[0] for _ in range(scale.repeats)])
    report.add("speed", f"{shape.many:,} x {shape.n_timesteps} tokens drawn", SECONDS, OURS, seconds)
    text = f"seconds of {shape.many:,} x {shape.n_timesteps} tokens"
    report.claim("speed", text, np.median(seconds), high=MOST_SECONDS_OF_10_000)


# --- samples that are longer than all that was learnt -----------------------------------------------------------------


def force(report, scale):
    """How much samples of 200 steps are one wave, from waves of 30 steps, a frequency and a phase each."""
    report.add("professor", KEPT, "", TRUE, kept(waves(400, 200, 99)))
    for seed in range(scale.seeds if hidden_markov.installed() else 0):
        force_one(report, HIDDEN, hidden_markov.HiddenMixtures(random_state=seed), scale, seed)
    for training in TRAININGS:
        for seed in range(scale.seeds):
            force_one(report, training, generator(scale, seed, **WAVES, training=training), scale, seed)
    taught, forced = (report.values("professor", KEPT, training) for training in TRAININGS[:2])
    text = f"{KEPT}, professor forcing less teacher forcing, mean of {scale.seeds}"
    report.claim("professor", text, forced.mean() - taught.mean(), low=taught.std())
    report.note("professor", f"settings besides the defaults: {WAVES}")


def force_one(report, by, model, scale, seed):
    """Seconds of a fit and of drawing, log p of new waves of 30 steps, and the energy that drawn, longer ones keep."""
    add_fit(report, "professor", by, model, waves(scale.waves, 30, seed))
    report.add("professor", LOG_P, "", by, model.score(waves(scale.waves, 30, 50)))
    seconds, drawn = timed(model.sample, scale.waves, max_length=scale.wave_steps, random_state=0)
    report.add("professor", SAMPLE, SECONDS, by, seconds)
    report.add("professor", KEPT, "", by, kept(drawn))
    say(report, "professor", KEPT, by)


def waves(n, n_timesteps, seed):
    """Noisy sine waves (n, n_timesteps)."""
    rng = np.random.RandomState(seed)
    frequencies, phases = rng.uniform(0.15, 0.35, (n, 1)), rng.uniform(0, 2 * np.pi, (n, 1))
    return np.sin(frequencies * np.arange(n_timesteps) + phases) + 0.05 * rng.randn(n, n_timesteps)


def kept(samples):
    """Mean share of the energy of a wave (n, t) that its largest Fourier coefficient has."""
    energy = np.abs(np.fft.rfft(samples - samples.mean(axis=1, keepdims=True), axis=1)) ** 2
    return np.mean(energy.max(axis=1) / energy.sum(axis=1))


# --- the choice of the defaults ---------------------------------------------------------------------------------------


def of_numbers(maker, n):
    return Corpus(maker(n, 0), maker(500, 1))


def of_text(text, n):
    return Corpus([text[:n]], [text[n : n + n // 3]])


def of_sessions(n):
    chain = corpora.SecondOrderChain(random_state=1)
    return Corpus(chain.draw(n, 2), chain.draw(1_000, 3))


def of_letters():
    paths, _ = corpora.strokes()
    return corpora.split(paths, 160, 48, 0)


WHOLE_WORDS = {"analyzer": "word", "handle_unknown": "use_unknown", "min_frequency": 2}
TASKS = {  # a corpus, and what it needs besides the defaults
    "30 words": (partial(corpora.spellings, 30, 1_000), CHARACTERS),
    "300 words": (partial(corpora.spellings, 300, 1_000), CHARACTERS),
    "3,000 words": (partial(corpora.spellings, 3_000, 1_000), CHARACTERS),
    "300 pronunciations": (partial(corpora.pronunciations, 300, 1_000), {"handle_unknown": "use_unknown"}),
    "300 lines": (partial(corpora.sentences, 300, 300), CHARACTERS),
    "1,000 lines by word": (partial(corpora.sentences, 1_000, 300), WHOLE_WORDS),
    "colours": (partial(corpora.colours, random_state=9), CHARACTERS),
    "300 sessions": (partial(of_sessions, 300), {}),
    "3,000 sessions": (partial(of_sessions, 3_000), {}),
    "60,000 characters": (lambda: of_text(corpora.topics(), 60_000), CHARACTERS),
    "30 walks": (partial(of_numbers, corpora.walks, 30), {}),
    "300 walks": (partial(of_numbers, corpora.walks, 300), {}),
    "300 waves": (partial(of_numbers, corpora.waves, 300), {}),
    "strokes": (of_letters, {}),
    "one wave": (lambda: Corpus([corpora.long_wave(5_000, 0)], [corpora.long_wave(2_000, 1)]), {}),
}
CANDIDATES = {  # what they set besides the defaults
    DEFAULTS: {},
    "former": {"learning_rate": 0.01, "recurrent_dropout": 0.0, "epochs": 100},
    "former, 30 epochs": {"learning_rate": 0.01, "recurrent_dropout": 0.0, "epochs": 30},
    "recurrent dropout 0": {"recurrent_dropout": 0.0},
    "recurrent dropout 0.3": {"recurrent_dropout": 0.3},
    "dropout 0.3 instead": {"recurrent_dropout": 0.0, "dropout": 0.3},
    "dropout 0.1 besides": {"dropout": 0.1},
    "rate 0.003": {"learning_rate": 0.003},
    "rate 0.01": {"learning_rate": 0.01},
    "50 epochs": {"epochs": 50},
    "100 epochs": {"epochs": 100},
    "early stopping": {"early_stopping": True},
    "clipnorm 0.1": {"clipnorm": 0.1},
    "batches by size": {"batch_size": "auto"},
    "64 units": {"units": 64},
    "LSTM": {"cell": "lstm"},
}
LOSS = "-log p of a step"


def choose(report, scale):
    """-log p of a held-out step, in bits of tokens and nats of numbers, and ranks over the tasks."""
    names = scale.choice or [name for name in TASKS if name != "strokes" or corpora.strokes() is not None]
    for name in names:
        make, needed = TASKS[name]
        data = make()
        for by, settings in CANDIDATES.items():
            for seed in range(scale.choice_seeds):
                model = generator(scale, seed, **needed | settings)
                seconds, _ = timed(model.fit, data.X_train, data.y_train)
                unit = np.log(2) if hasattr(model, "classes_") else 1.0
                report.add(f"choice: {name}", LOSS, "", by, -model.score(data.X_test, data.y_test) / unit)
                report.add(f"choice: {name}", FIT, SECONDS, by, seconds)
            say(report, f"choice: {name}", LOSS, by)
    means = {name: {by: report.values(f"choice: {name}", LOSS, by).mean() for by in CANDIDATES} for name in names}
    ranks = pd.DataFrame(means).rank().mean(axis=1).sort_values()
    told = ", ".join(f"{by} {rank:.2f}" for by, rank in ranks.items())
    report.note("choice", f"mean rank over {len(names)} tasks (1 is best): {told}")


# --- command line -----------------------------------------------------------------------------------------------------

EXPERIMENTS = {
    "alice": write_alice,
    "words": write_words,
    "colours": name_colours,
    "language": enumerate_language,
    "strokes": draw_letters,
    "items": next_item,
    "vocabulary": sample_tokens,
    "speed": be_fast,
    "captions": caption_digits,
    "professor": force,
    "choice": choose,
}


def main(arguments=None):
    parser = command_line(__doc__.splitlines()[0], EXPERIMENTS)
    add_seeds(parser, Scale)
    parser.add_argument("--words", type=int, nargs=2, metavar="N", help="words to learn from, and held out")
    options = parser.parse_args(arguments)
    scale = chosen_scale(options, Scale(), QUICK, "seeds", "words")
    chains = tuple(chain_of(order) for order in ORDERS)
    softmaxes = tuple(map(sampled, scale.sampled_tokens))
    sides = OURS, STOCK, TORCH, PLAIN, *chains, HIDDEN, REAL, TRUE, POPULAR, *TRAININGS, *softmaxes
    sides = tuple(dict.fromkeys((*sides, *CAPTIONED)))
    columns = sides, tuple(CANDIDATES)
    report = Report("generation", columns=columns)
    run_experiments(report, EXPERIMENTS, options.only, scale)
    return report.finish(options.output, strict=not options.quick)


if __name__ == "__main__":
    sys.exit(main())
