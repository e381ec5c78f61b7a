"""What goes into each estimator, and what comes out: one row for each."""

import matplotlib.pyplot as plt
from matplotlib.patches import Circle, FancyBboxPatch, Rectangle

BLUE, ORANGE, GREY = "#3b7dd8", "#f0913a", "#9aa4b2"
PITCH, SIDE = 0.34, 0.26


def steps(axes, x, y, n, colour):
    for k in range(n):
        corner = (x + k * PITCH, y - SIDE / 2)
        axes.add_patch(FancyBboxPatch(corner, SIDE, SIDE, "round,pad=0,rounding_size=0.05", fc=colour, ec="none"))


def label(axes, x, y, n, colour):
    axes.add_patch(Circle((x + SIDE / 2, y), SIDE / 1.7, fc=colour, ec="none"))


def vector(axes, x, y, n, colour):
    for k in range(n):
        axes.add_patch(Rectangle((x + 0.16 * k, y - 0.6 * SIDE), 0.13, 1.2 * SIDE, fc=colour, ec="none"))


def odd(axes, x, y, n, colour):
    steps(axes, x, y, n, GREY)
    steps(axes, x + 3 * PITCH, y, 1, colour)


ROWS = [  # estimator, what comes out in words, steps in, drawing, how many
    ("SequenceClassifier", "a label", 5, label, 1),
    ("SequenceRegressor", "a number", 5, label, 1),
    ("SequenceTagger", "a label per step", 5, steps, 5),
    ("Seq2SeqClassifier", "steps, one length", 5, steps, 3),
    ("Seq2SeqTransducer", "steps, any length", 4, steps, 6),
    ("SequenceGenerator", "what comes next", 3, steps, 4),
    ("LSTMAutoencoderTransformer", "a vector", 5, vector, 4),
    ("SequenceEncoder", "a vector, in tables", 5, vector, 4),
    ("LSTMAutoencoderDetector", "what is odd", 5, odd, 5),
    ("SeriesForecaster, Seq2SeqRegressor", "the steps that follow", 5, steps, 3),
]

figure = plt.figure(figsize=(5.4, 7.3))
axes = figure.add_axes((0, 0, 1, 1))
for row, (estimator, words, n_in, draw, n_out) in enumerate(ROWS):
    y = -row * 1.0
    axes.text(0, y + 0.36, estimator, weight="bold", size=11, va="center")
    steps(axes, 0, y, n_in, BLUE)
    axes.annotate("", (2.45, y), (1.85, y), arrowprops={"arrowstyle": "-|>", "color": "#445"})
    draw(axes, 2.65, y, n_out, ORANGE)
    axes.text(4.85, y, words, size=11, va="center")
axes.set(xlim=(-0.1, 7.5), ylim=(-len(ROWS) + 0.6, 0.7), aspect="equal")
axes.axis("off")
