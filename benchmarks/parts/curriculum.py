"""Sums of three digits, learnt from easy ones first or not (Zaremba and Sutskever, "Learning to execute", 2014).

Each call of `partial_fit` brings new sums: of three digits ("none"), of 1, then 2, then 3 ("naive"), of 1 to 3 digits,
drawn for each sum ("mix"), or for each sum either as naive or as mix ("combined").
"""

from dataclasses import dataclass, field
from itertools import chain, product, repeat

import numpy as np

from benchmarks.harness.report import SECONDS
from benchmarks.harness.timing import in_cpu
from skseq import Seq2SeqTransducer, clear_pool
from skseq.datasets import make_addition

__all__ = ["CURRICULA", "CurriculumScale", "follow_curricula"]

DIGITS = (1, 2, 3)
NONE, NAIVE, MIX, COMBINED = CURRICULA = ("none", "naive", "mix", "combined")
CPU = "fit, CPU"
DEFAULT, BAHDANAU = "default network", "weaker network, Bahdanau"
WEAKER = {"cell": "lstm", "bidirectional": False, "dropout": 0.0}
NETWORKS = {DEFAULT: {}, "weaker network": WEAKER, BAHDANAU: WEAKER | {"attention": "bahdanau"}}
SPARE = 200  # sums drawn on top: those held out are dropped


@dataclass(frozen=True, kw_only=True)
class CurriculumScale:
    """How much is run."""

    curriculum_seeds: int = 3
    curriculum_calls: tuple = (36, 84)  # of `partial_fit`; after the first number, the default network alone
    sums_per_call: int = 2_000
    new_sums: int = 500
    adder: dict = field(default_factory=lambda: {"units": 64})  # settings of all networks


QUICK_CURRICULUM = CurriculumScale(
    curriculum_seeds=1, curriculum_calls=(3,), sums_per_call=64, new_sums=20, adder={"units": 4}
)


def follow_curricula(report, scale):
    """Share of new sums of three digits that are right, for each curriculum, network and number of calls."""
    n_calls, *more = scale.curriculum_calls
    for case in (*product([n_calls], NETWORKS), *product(more, [DEFAULT])):
        clear_pool()
        for seed, curriculum in product(range(scale.curriculum_seeds), CURRICULA):
            add_share_right(report, curriculum, *case, scale, seed)
    claim(report, n_calls)


def add_share_right(report, curriculum, n_calls, network, scale, seed):
    """One row of the share, and one of the time."""
    quantity = right_after(n_calls, network)
    cpu, right = in_cpu(share_right, curriculum, n_calls, NETWORKS[network], scale, seed)
    report.add("curriculum", quantity, "%", curriculum, 100 * right)
    report.add("curriculum", f"{CPU}, {n_calls} calls, {network}", SECONDS, curriculum, cpu)
    print(f"{curriculum}, seed {seed}: {quantity} {100 * right:.1f} %", flush=True)


def right_after(n_calls, network):
    return f"right after {n_calls} calls, {network}"


def claim(report, n_calls):
    """The default network needs no curriculum; the weaker one with Bahdanau attention learns by the naive one."""
    for network, better, worse, low in ((DEFAULT, NONE, MIX, 20), (BAHDANAU, NAIVE, NONE, 3)):
        right = {name: report.values("curriculum", right_after(n_calls, network), name) for name in (better, worse)}
        gain = right[better].mean() - right[worse].mean()
        report.claim("curriculum", f"points right, {better} minus {worse}, {n_calls} calls, {network}", gain, low=low)


def share_right(curriculum, n_calls, settings, scale, seed):
    """Of one network after all calls, on sums that no call has brought, in either order."""
    rng = np.random.RandomState(seed)
    X_new, y_new = sums(DIGITS[-1], scale.new_sums, rng)
    held_out = set(map(terms, X_new))
    adder = Seq2SeqTransducer(
        analyzer="char",
        target_analyzer="char",
        max_length=4,
        learning_rate=0.005,
        random_state=seed,
        **scale.adder | settings,
    )
    for n_digits in digits_of_calls(n_calls):
        adder.partial_fit(*lesson(curriculum, n_digits, scale.sums_per_call, rng, held_out))
    return adder.score(X_new, y_new)


def digits_of_calls(n_calls):
    """1 for the first third of the calls, then 2, then 3."""
    return list(chain.from_iterable(repeat(n, n_calls // len(DIGITS)) for n in DIGITS))


def lesson(curriculum, n_digits, n_sums, rng, held_out=frozenset()):
    """Pairs of one call, when the naive curriculum has come to `n_digits`."""

    def draw(n):
        return without(held_out, *sums(n, n_sums + SPARE, rng), n_sums)

    if curriculum == NONE:
        return draw(DIGITS[-1])
    if curriculum == NAIVE:
        return draw(n_digits)
    mixed = one_of(rng, *map(draw, DIGITS))
    return mixed if curriculum == MIX else one_of(rng, draw(n_digits), mixed)


def sums(n_digits, n_sums, rng):
    """Sums as text: "42+137" and "179"."""
    pairs = make_addition(n_sums, n_digits=n_digits, random_state=rng)
    return [["".join(row).replace(" ", "") for row in part] for part in pairs]


def without(held_out, X, y, n_sums):
    """The first pairs that are not held out."""
    kept = [i for i, text in enumerate(X) if terms(text) not in held_out][:n_sums]
    return [[part[i] for i in kept] for part in (X, y)]


def one_of(rng, *draws):
    """For each pair, that of one of several draws, chosen at random."""
    which = rng.randint(len(draws), size=len(draws[0][0]))
    return [[part[k][i] for i, k in enumerate(which)] for part in zip(*draws)]


def terms(text):
    """Both numbers of a sum, the same for a+b and b+a."""
    return tuple(sorted(text.split("+")))
