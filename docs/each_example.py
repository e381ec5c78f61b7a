"""What happens before every example of the gallery, and after it."""

import warnings

from sklearn.exceptions import ConvergenceWarning

import skseq
from skseq.exceptions import TrainingWarning

_catching = []  # the filters of Sphinx, while an example runs


def starts_clean(gallery_conf, name, when):
    """Warnings are errors, as in the tests, and no network stays from example to example.

    What a fit warns of by its numbers is shown: another processor rounds otherwise, and a curve may end higher.
    """
    if when == "before":
        skseq.clear_pool()
        _catching.append(warnings.catch_warnings())
        _catching[-1].__enter__()
        warnings.resetwarnings()
        warnings.simplefilter("error")
        for kind in (ConvergenceWarning, TrainingWarning):
            warnings.simplefilter("default", kind)
        # Keras 3.15 variables lack the copy keyword that NumPy 2 asks __array__ for
        warnings.filterwarnings("ignore", "__array__ implementation doesn't accept a copy keyword", DeprecationWarning)
    elif _catching:
        _catching.pop().__exit__(None, None, None)
