"""Pictures of tests and doctests are drawn without a screen; doctests of extras that are not installed are left out."""

import os
from importlib.util import find_spec

os.environ.setdefault("MPLBACKEND", "Agg")
_NEEDS = {"skseq/inspection/*": "matplotlib", "skseq/metrics/_bleu.py": "sacrebleu"}
collect_ignore_glob = [path for path, package in _NEEDS.items() if not find_spec(package)]
