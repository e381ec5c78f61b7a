"""What displays share of matplotlib: the check that it is there, panels, colours, legends."""

from functools import partial
from itertools import chain
from textwrap import wrap

import numpy as np

# Okabe and Ito, "Color Universal Design", 2008: distinct for any colour vision; their yellow is too pale for lines
COLOURS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9", "#000000")
MORE_COLOURS = (*COLOURS, "#882255", "#999933", "#999999")  # wine, olive, grey of Tol, "Colour Schemes", 2021, "muted"
INK = "0.15"  # of what was measured; what a network makes of it has colours
LEGEND_POINTS = 9
MIN_POINTS, MAX_POINTS = 6, 10  # size of labels
MAX_LETTERS = 16  # of a label
MAX_NAME_LETTERS, MAX_NAME_LINES = 40, 3  # of a feature or target
BLANKS = str.maketrans({" ": "\N{OPEN BOX}", "\n": r"\n", "\t": r"\t"})


def check_matplotlib(display):
    """Raise an ImportError that says what to install if matplotlib is missing."""
    try:
        import matplotlib.pyplot  # noqa: F401
    except ImportError as error:
        raise ImportError(
            f"{display} draws with matplotlib, which cannot be imported: pip install 'skseq[plots]'."
        ) from error


def panels(ax, n_rows, n_columns=1, *, figsize, **layout):
    """(n_rows, n_columns) Axes: of a new figure, in the place of a given Axes, or given ones.

    ``layout`` goes to matplotlib: sharex, sharey, height_ratios and width_ratios.
    """
    import matplotlib.pyplot as plt
    from matplotlib.axes import Axes

    if ax is None:
        return plt.subplots(n_rows, n_columns, figsize=figsize, layout="constrained", squeeze=False, **layout)[1]
    given = np.array([ax] if isinstance(ax, Axes) else ax, dtype=object)
    wrong = [type(one).__name__ for one in given.flat if not isinstance(one, Axes)]
    if wrong:
        raise TypeError(f"ax must be matplotlib Axes, as plt.subplots gives them, or an array of them. Got {wrong[0]}.")
    if given.size == n_rows * n_columns:
        return given.reshape(n_rows, n_columns)
    if given.size != 1 or given.item().get_subplotspec() is None:
        raise ValueError(
            f"ax must be {n_rows * n_columns} Axes, or one made by plt.subplots, whose place they then share. Got "
            f"{given.size} Axes{'' if given.size > 1 else ' that stand in no grid'}."
        )
    given.item().set_axis_off()
    laid_out = given.item().figure.canvas.figure.get_layout_engine() is not None  # and gaps as wide as labels need
    gaps = {} if laid_out else {"hspace": 0.3, "wspace": 0.5}
    grid = gaps | {name: layout.pop(name, None) for name in ("height_ratios", "width_ratios")}
    return given.item().get_subplotspec().subgridspec(n_rows, n_columns, **grid).subplots(squeeze=False, **layout)


def draw_line(axes, values, *, start=0, places=None, **style):
    """A line over steps numbered from ``start``, or over their places (n,) on the axis.

    A single value gets a marker, as nothing else of it would show.
    """
    places = np.arange(start, start + len(values)) if places is None else places
    marker = "o" if len(values) == 1 else None
    return axes.plot(places, values, **{"marker": marker} | style)[0]


def draw_band(axes, places, lower, upper, *, width=1, **style):
    """An area between bounds (n,) at places (n,); that of a single step is most of a step, of this width, wide."""
    if len(places) == 1:
        places, lower, upper = [places[0] - 0.4 * width, places[0] + 0.4 * width], [*lower] * 2, [*upper] * 2
    return axes.fill_between(places, lower, upper, **{"lw": 0} | style)


def legend_above(axes, handles, labels, *, of_figure=False, width=1, lines=0, **options):
    """A legend at the top of the figure, or on top of the axes, above this many ``lines`` of title.

    On top of axes it takes the ``width`` of this many of them. ``options`` go to matplotlib.
    """
    figure = axes.figure.canvas.figure  # the whole of it, if the axes stand in a subfigure
    share = 1 if of_figure else width * axes.get_position().width
    style = {"ncols": _n_columns(labels, share * figure.get_figwidth() * 72), "fontsize": LEGEND_POINTS}
    style |= {"columnspacing": 1.5, "borderpad": 0.2, "frameon": False} | options
    if of_figure:
        return figure.legend(handles, labels, loc="outside upper center", **style)
    place = {"loc": "lower left", "bbox_to_anchor": (0, 1), "borderaxespad": 0.2 + 1.9 * lines}
    legend = axes.legend(handles, labels, **place, **style)
    if width > 1:  # a layout would make room for all of it beside these axes alone
        legend.get_tightbbox = partial(_narrow_extent, legend, axes)
    return legend


def _narrow_extent(legend, axes, renderer=None):
    """Where a legend is drawn, and of its width only what is above the axes."""
    from matplotlib.transforms import Bbox

    drawn, within = type(legend).get_tightbbox(legend, renderer), axes.get_window_extent(renderer)
    return Bbox([[max(drawn.x0, within.x0), drawn.y0], [min(drawn.x1, within.x1), drawn.y1]])


def _n_columns(labels, room):
    """How many columns of labels, filled one after another, fit into a width of ``room`` points."""
    for n_columns in range(len(labels), 1, -1):
        columns = np.array_split(labels, n_columns)
        letters = sum(max(map(len, column)) for column in columns)
        if LEGEND_POINTS * (0.6 * letters + 4.6 * n_columns) <= room:  # 4.6: handle and gaps
            n_rows = -(-len(labels) // n_columns)
            return -(-len(labels) // n_rows)  # six labels stand in 3 + 3, not in 5 + 1
    return 1


def whole_numbers(axis):
    """Ticks of an axis at whole numbers only: timesteps, epochs."""
    from matplotlib.ticker import MaxNLocator

    axis.set_major_locator(MaxNLocator(nbins="auto", steps=[1, 2, 5, 10], integer=True, min_n_ticks=1))


def few_numbers(axes):
    """Ticks of a narrow panel that do not touch: at most five, whose powers of ten stand at the end of the axis."""
    axes.locator_params(axis="x", nbins=4)
    axes.ticklabel_format(scilimits=(-3, 5))


def from_zero(axes):
    """A vertical axis that begins at 0."""
    axes.update_datalim([(0, 0)], updatex=False)
    axes.autoscale_view(scalex=False)
    axes.set_ylim(bottom=0)


def beside_each_other():
    """Draws a tuple of handles in a legend beside each other, for ``handler_map``, and not on top of each other."""
    from matplotlib.legend_handler import HandlerTuple

    return HandlerTuple(ndivide=None, pad=0.3)


def written(label):
    """A label with visible blanks, cut if it is too long."""
    label = str(label).translate(BLANKS)
    return label if len(label) <= MAX_LETTERS else f"{label[: MAX_LETTERS - 1]}…"


def shortened(name):
    """A name of a feature or target, cut if it is too long."""
    name = str(name)
    return name if len(name) <= MAX_NAME_LETTERS else f"{name[: MAX_NAME_LETTERS - 1].rstrip()}…"


def wrapped(name, letters):
    """A name of a feature or target in a few lines of this many letters, cut if it is too long."""
    return "\n".join(wrap(str(name), letters, max_lines=MAX_NAME_LINES, placeholder=" …"))


def name_panels(row, names, letters):
    """Write names above panels, in lines of this many letters, and give the largest number of lines."""
    titles = [wrapped(name, letters) for name in names]
    for axes, title in zip(row, titles):
        axes.set_title(title, fontsize="medium")
    return max(1 + title.count("\n") for title in titles)


def name_ticks(axes, which, labels):
    """Labels along an axis in a size that fits, or only some of them if no size does; None numbers the steps."""
    axis = getattr(axes, f"{which}axis")
    if labels is None:
        whole_numbers(axis)
        return
    extent = axes.get_window_extent()
    room = (extent.width if which == "x" else extent.height) / axes.figure.dpi * 72 / len(labels)  # points each
    labels, upright = below_each_other(labels, room) if which == "x" else (labels, False)
    ticks = range(0, len(labels), max(1, int(np.ceil(MIN_POINTS / room))))
    style = {"fontsize": letter_size(room), "rotation": 90 if upright else 0, "parse_math": False}
    axis.set_ticks(ticks, [labels[tick] for tick in ticks], **style)  # parse_math: a token may be a dollar sign
    axes.tick_params(axis=which, length=0)


def letter_size(room):
    """Size of labels along an axis, with this many points for each."""
    return float(np.clip(0.7 * room, MIN_POINTS, MAX_POINTS))


def below_each_other(labels, room):
    """(labels below an axis with this many points for each, whether they stand upright).

    Names of several words that are too long for one line stand on a few.
    """
    size = letter_size(room)
    if points(labels, size) <= room:
        return labels, False
    letters = max(1, int(room / points("a", size)))
    lines = [wrap(label, letters, break_long_words=False, break_on_hyphens=False) for label in labels]
    if max(map(len, lines)) > MAX_NAME_LINES or points(list(chain(*lines)), size) > room:
        return labels, True
    return ["\n".join(own) for own in lines], False


def points(labels, size=MAX_POINTS):
    """Width of the longest label, in points."""
    return 0.65 * size * max(map(len, labels))  # letters are about 0.65 times as wide as high
