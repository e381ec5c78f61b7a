"""The picture of `benchmarks.speed`: ratios as dots with their spread, growth, memory, parts of an update."""

import pandas as pd

from benchmarks.harness.report import OURS

__all__ = ["draw"]

COLUMNS = 2
LINES_PER_INCH = 5


def draw(report, folder):
    """All panels for which there is something, as speed.png, and the curves as CSV."""
    rows = [(name, x, y) for name, (xs, ys) in report.curves.items() for x, y in zip(xs, ys)]
    pd.DataFrame(rows, columns=["curve", "x", "y"]).to_csv(folder / "speed_curves.csv", index=False)
    panels = [*_ratio_panels(report), *_curve_panels(report)]
    if panels:
        _plot(panels, folder / "speed.png")


def _ratio_panels(report):
    """(draw, height in inches) of the ratios: a panel for every experiment, decoding and R8 in one."""
    experiments = dict.fromkeys(experiment for experiment, _ in report.compared)
    for experiment in experiments:
        quantities = [quantity for name, quantity in report.compared if name == experiment]
        yield _Ratios(report, experiment, quantities), 1.6 + len(quantities) / LINES_PER_INCH


def _curve_panels(report):
    for name, (x, y) in report.curves.items():
        kind = _Parts if name.startswith("parts") else _Curve
        yield kind(name, x, y), 3.2


class _Ratios:
    """A line for everything compared, a dot for every peer, and least to largest over the repeats."""

    def __init__(self, report, experiment, quantities):
        self.report, self.experiment, self.quantities = report, experiment, quantities

    def __call__(self, axes):
        found = [self.report.compared[self.experiment, quantity] for quantity in self.quantities]
        others = [by for by in dict.fromkeys(by for peers in found for by in peers) if by != OURS]
        for colour, by in enumerate(others):
            lines = [line for line, peers in enumerate(found) if by in peers]
            ratios = [self.report.ratio(self.experiment, self.quantities[line], by) for line in lines]
            medians = [ratio.median for ratio in ratios]
            axes.hlines(lines, [r.least for r in ratios], [r.largest for r in ratios], color=f"C{colour}", linewidth=2)
            axes.plot(medians, lines, "o", color=f"C{colour}", markersize=5, label=by)
        axes.axvline(1, color="0.4", linestyle=":", linewidth=1)
        axes.set(title=self.experiment, xscale="log", xlabel=f"times as long as {OURS}")
        axes.xaxis.set_major_formatter("{x:g}")
        axes.xaxis.set_minor_formatter("")
        axes.set_yticks(range(len(self.quantities)), self.quantities, fontsize=8)
        axes.set_ylim(len(self.quantities) - 0.5, -0.5)
        axes.legend(fontsize=8)


class _Curve:
    """A curve, on two logarithmic axes but for memory over fits; seconds beside a straight growth."""

    def __init__(self, name, x, y):
        self.name, self.x, self.y = name, x, y

    def __call__(self, axes):
        is_time = self.name.startswith("time")
        axes.plot(self.x, self.y, "o-" if len(self.x) < 20 else "-", markersize=4)
        if is_time:
            straight = [self.y[-1] * x / self.x[-1] for x in self.x]
            axes.plot(self.x, straight, color="0.4", linestyle=":", linewidth=1, label="in proportion")
            axes.set(xscale="log", yscale="log")
            axes.legend(fontsize=8)
        else:
            axes.set_ylim(0, 1.15 * max(self.y))
        unit = "seconds" if is_time else "MB"
        axes.set(title=self.name, xlabel=self.name.rpartition(" ")[2], ylabel=unit)


class _Parts:
    """A bar for every part of an update, as its share."""

    def __init__(self, name, x, y):
        self.name, self.x, self.y = name, x, y

    def __call__(self, axes):
        axes.barh(self.x, self.y)
        axes.invert_yaxis()
        axes.tick_params(axis="y", labelsize=8)
        axes.set(title=self.name, xlabel="share of the update's time")


def _plot(panels, path):
    try:
        import matplotlib
    except ImportError:
        print(f"No plot at {path.name}: it needs matplotlib (pip install skseq[plots]).")
        return
    matplotlib.use("Agg")
    from matplotlib import pyplot

    rows = [panels[start : start + COLUMNS] for start in range(0, len(panels), COLUMNS)]
    heights = [max(height for _, height in row) for row in rows]
    figure, grid = pyplot.subplots(
        len(rows),
        COLUMNS,
        figsize=(8 * COLUMNS, sum(heights)),
        height_ratios=heights,
        layout="constrained",
        squeeze=False,
    )
    for axes in grid.flat[len(panels) :]:
        axes.set_visible(False)
    for axes, (panel, _) in zip(grid.flat, panels):
        panel(axes)
    figure.savefig(path, dpi=110)
    pyplot.close(figure)
