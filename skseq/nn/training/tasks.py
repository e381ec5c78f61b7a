"""What a fit tells of its runs and epochs to somebody who watches it: `skseq._base.fits.callbacks` has one who does."""


class NoTask:
    """A part of a fit that nobody watches; one that somebody watches has the same functions."""

    watched = False  # whether every epoch has to be told of when it begins and ends

    def begin(self, name, n_parts=0):
        """A part of this one begins, which itself has at most so many; returns its task."""
        return self

    def end(self, found=None):
        """The task ends; returns whether the rest of the tasks beside it is to be left out.

        ``found()`` gives what `_train` of an estimator would return if the fit ended now. It copies all weights, so it
        is called only if somebody asks for it.
        """
        return False
