"""Pictures of tests and doctests are drawn without a screen; doctests of extras that are not installed are left out.

Doctests run in the file that they stand in, though public classes and functions name the package that they are imported
from as their module.
"""

import doctest
import inspect
import os
from importlib.util import find_spec

os.environ.setdefault("MPLBACKEND", "Agg")
_NEEDS = {
    "skseq/_base/fits/callbacks.py": "sklearn.callback",  # scikit-learn 1.9
    "skseq/export/*": "onnxruntime",
    "skseq/inspection/*": "matplotlib",
    "skseq/metrics/_bleu.py": "sacrebleu",
}
collect_ignore_glob = [path for path, package in _NEEDS.items() if not find_spec(package)]
_from_module = doctest.DocTestFinder._from_module


def _home(value):
    """The module in which one of our classes or functions is written."""
    function = vars(value).get("__init__") if inspect.isclass(value) else value
    return getattr(inspect.unwrap(function), "__globals__", {}).get("__name__")


def _is_written_in(self, module, value):
    ours = str(getattr(value, "__module__", "")).startswith("skseq")
    home = _home(value) if ours else None
    return _from_module(self, module, value) if home is None else home == module.__name__


doctest.DocTestFinder._from_module = _is_written_in
