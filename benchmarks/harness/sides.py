"""The same work on several sides in one process: skseq, stock Keras, and PyTorch where it is installed."""

from functools import partial
from importlib import import_module
from importlib.util import find_spec

from benchmarks.harness.report import SECONDS
from benchmarks.harness.timing import Ratio, alternating, seconds_of

__all__ = ["race", "torch_side"]


def torch_side(report, peer, shape):
    """{"PyTorch": the `TorchSide` of a module of `benchmarks.peers`}, or nothing and a note without PyTorch."""
    if find_spec("torch") is None:
        report.note("speed", "PyTorch is not installed: left out")
        return {}
    return {"PyTorch": import_module(f"benchmarks.peers.{peer}").TorchSide(shape)}


def race(report, what, text, sides, repeats):
    """(seconds of each side's method, the `Ratio` of each other one to the first): in alternation, once compiled."""
    ours = next(iter(sides))
    works = {by: getattr(side, what) for by, side in sides.items()}
    firsts = ", ".join(f"{by} {seconds_of(work):.2f} s" for by, work in works.items())
    report.note("speed", f"{text}, first: {firsts}")
    seconds = alternating({by: partial(seconds_of, work) for by, work in works.items()}, repeats)
    for by, values in seconds.items():
        report.add("speed", text, SECONDS, by, values)
    ratios = {by: Ratio.of(values, seconds[ours]) for by, values in seconds.items() if by != ours}
    for by, ratio in ratios.items():
        report.note("speed", f"{what}, {by} over skseq: {ratio}")
    return seconds, ratios
