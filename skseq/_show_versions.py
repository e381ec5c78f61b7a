"""What a report of a bug should say of the machine."""

import os
import platform
import sys
from importlib.metadata import PackageNotFoundError, version

from skseq._version import __version__

_NEEDED = ("numpy", "scipy", "scikit-learn", "tensorflow", "keras", "scikeras", "rapidfuzz", "joblib", "threadpoolctl")
_OPTIONAL = (
    "matplotlib",
    "pandas",
    "polars",
    "pyarrow",
    "skops",
    "onnx",
    "onnxruntime",
    "tf2onnx",
    "sacrebleu",
    "optuna",
    "optuna-integration",
    "dask",
    "distributed",
)
_SETTINGS = (
    "CUDA_VISIBLE_DEVICES",
    "KERAS_BACKEND",
    "OMP_NUM_THREADS",
    "SKSEQ_COMPILE_CACHE",
    "SKSEQ_N_THREADS",
    "TF_NUM_INTRAOP_THREADS",
    "TF_XLA_FLAGS",
    "XLA_FLAGS",
)


def show_versions() -> None:
    """Print what a bug report should contain: versions, the machine, and settings that change what TensorFlow does.

    No package is imported for it. Devices are listed if TensorFlow has been.

    Examples
    --------
    >>> import skseq
    >>> skseq.show_versions()  # doctest: +ELLIPSIS
    skseq: ...
    python: ...
    machine: ...
    <BLANKLINE>
    needed
        numpy: ...
    """
    print(f"skseq: {__version__}")
    print(f"python: {' '.join(sys.version.split())}")
    print(f"machine: {platform.platform()}, {os.cpu_count()} CPUs, {_devices()}")
    for title, names in (("needed", _NEEDED), ("optional", _OPTIONAL)):
        print(f"\n{title}")
        for name in names:
            print(f"    {name}: {_version_of(name)}")
    print("\nsettings")
    for name in _SETTINGS:
        print(f"    {name}: {os.environ.get(name, 'not set')}")


def _version_of(name):
    try:
        return version(name)
    except PackageNotFoundError:  # a nightly release has another name
        return getattr(sys.modules.get(name), "__version__", "not installed")


def _devices():
    """What TensorFlow runs on, where that is known: to ask it starts it."""
    tensorflow = sys.modules.get("tensorflow")
    if tensorflow is None:
        return "TensorFlow not imported"
    return ", ".join(device.name for device in tensorflow.config.list_physical_devices())
