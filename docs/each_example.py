"""What happens before every example of the gallery, and after it."""

import warnings

import skseq


def starts_clean(gallery_conf, name):
    """Warnings are errors, as in the tests, and no network stays from example to example."""
    skseq.clear_pool()
    warnings.resetwarnings()
    warnings.simplefilter("error")
    # Keras 3.15 variables lack the copy keyword that NumPy 2 asks __array__ for
    warnings.filterwarnings("ignore", "__array__ implementation doesn't accept a copy keyword", DeprecationWarning)
