"""Pictures of tests and doctests are drawn without a screen; without matplotlib the doctests that draw are left out."""

import os
from importlib.util import find_spec

os.environ.setdefault("MPLBACKEND", "Agg")
collect_ignore_glob = [] if find_spec("matplotlib") else ["skseq/inspection/*"]
