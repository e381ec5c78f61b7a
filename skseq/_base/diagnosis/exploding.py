"""The rule that tells an exploding fit from a healthy one by its history."""

import numpy as np

WINDOW_EPOCHS = 5  # the first and the last epochs, at most half of all
RISEN = 100  # loss of one epoch over that of the first
STALLED = 0.9  # loss of the last epochs over that of the median epoch
GROWN = 100  # norm of the last epochs over that of the first ones
BURST = 1000  # norm of one update over what is typical
BLOWN_UP = 100  # largest weight over what it was after the first epoch
NOTHING = 1e-3  # a loss that is next to nothing
LEARNT = 0.1  # share of the first epoch's loss below which a fit has learnt
UNIT = 1  # norms and weights below it have not exploded: it is the default clipnorm, and where forget biases begin


def explosion(history, *, few=False):
    """What exploded in a fit, in words and figures, or None.

    A fit has exploded if the loss of one epoch was 100 times that of the first, wherever it ended. It has exploded,
    too, if its loss has stalled (the last epochs are no better than 0.9 times the median epoch) and

    * the gradient norm kept growing: in the last epochs it is 100 times that of the first ones, and the loss is worse;
    * or it burst: one update had 1000 times the norm of the first epochs and of the median epoch;
    * or weights blew up: the largest is 100 times what it was after the first epoch.

    A fit whose loss ends next to nothing, and below a tenth of that of its first epoch, has not exploded: beside norms
    near 0 those of its first updates look like a burst. First and last epochs are medians of up to five. Norms up to 1
    are no explosion: a fit that goes on from a loss of 1e-6 may well pass through one of 1e-4. One epoch shows nothing,
    nor do epochs that are not finite. Losses of ``few`` samples, as in calls of `partial_fit`, jump: of ten
    or more they are compared with the largest of the first five.

    Measured on 60 fits (autoencoders and classifiers, Adam and SGD, 1 to 500 samples, 3 to 150 steps):

    =======================  =============  ===========  =============  =============  ===================
    fits                     rise of loss   norm growth  largest burst  weight growth  loss, last / median
    =======================  =============  ===========  =============  =============  ===================
    healthy                  up to 1.1      up to 25     up to 100      up to 3.8      0.04 to 1
    relu, Adam, no clipping  10 to 6e7      up to 8      3e4 to 9e11    up to 3        1 to 1.2
    SGD beyond stability     6e3 to 6e10    2e2 to 5e4   24 to 340      85 to 4e5      130 to 4400
    =======================  =============  ===========  =============  =============  ===================
    """
    names = ("loss", "gradient_norm", "largest_gradient_norm", "largest_weight")
    values = np.array([history.get(name, []) for name in names])
    epochs = np.flatnonzero(np.isfinite(values).all(axis=0))
    loss, norm, largest, weight = values[:, epochs]  # each (n_epochs,)
    window = min(WINDOW_EPOCHS, len(epochs) // 2)
    if window < (WINDOW_EPOCHS if few else 1):
        return None
    worst, begun = np.argmax(loss), loss[:WINDOW_EPOCHS].max() if few else loss[0]
    if loss[worst] > RISEN * begun > 0 and largest[worst] > UNIT:
        return f"the loss went from {begun:.3g} to {loss[worst]:.3g} in epoch {epochs[worst] + 1}"
    if np.median(loss[-window:]) < STALLED * np.median(loss):  # it still learns, whatever the norms do
        return None
    (first_loss, last_loss), (first, last) = (_ends(values, window) for values in (loss, norm))
    if 0 <= last_loss < min(NOTHING, LEARNT * loss[0]):  # densities have losses below 0, which say nothing of that
        return None
    typical, peak = max(first, np.median(norm)), np.argmax(largest)
    while_loss = f"while the loss went from {loss[0]:.3g} to {loss[-1]:.3g}"
    if last > max(UNIT, GROWN * first) and last_loss > first_loss:
        return f"their norm grew from {first:.3g} in the first to {last:.3g} in the last epochs, {while_loss}"
    if largest[peak] > max(UNIT, BURST * typical):
        return f"their norm went from {typical:.3g} to {largest[peak]:.3g} in epoch {epochs[peak] + 1}, {while_loss}"
    if weight[-1] > BLOWN_UP * max(UNIT, weight[0]):
        return f"the largest weight grew from {weight[0]:.3g} in epoch 1 to {weight[-1]:.3g}, {while_loss}"
    return None


def _ends(values, window):
    """Medians of the first and of the last epochs."""
    return np.median(values[:window]), np.median(values[-window:])
