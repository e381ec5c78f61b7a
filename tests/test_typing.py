"""What type checkers see: public names with their types, and a user's script with right and wrong lines."""

import inspect
import json
import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

import skseq
import skseq.preprocessing

ROOT = Path(__file__).parents[1]
SCRIPT = ROOT / "tests" / "data" / "typed_script.py"
LEAST = 0.95  # of public names have a known type
ALIASES = {"Any", "ClassWeight", "RandomState", "Scoring"}  # which may hold None
OF_SKLEARN = re.compile("Type of (base class|metaclass)")  # our classes derive from scikit-learn's, which have no types


def run(checker, *arguments):
    """Standard output of a type checker of the extra "typing"."""
    if find_spec(checker) is None:
        pytest.skip(f"{checker} is not installed: pip install 'skseq[typing]'")
    command = [sys.executable, "-m", checker, *map(str, arguments)]
    path = os.pathsep.join((str(Path(sys.executable).parent), os.environ["PATH"]))  # where pyright looks for Python
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env={**os.environ, "PATH": path})
    if checker == "pyright" and not done.stdout:
        pytest.skip(f"pyright does not run: {done.stderr[-200:]}")  # it is fetched when it first runs
    return done.stdout


def test_public_names_have_types():
    """All that users import, with all that these names lead to. The engine, `skseq.nn`, is private."""
    found = json.loads(run("pyright", "--verifytypes", "skseq", "--ignoreexternal", "--outputjson"))
    symbols = [own for own in found["typeCompleteness"]["symbols"] if not own["name"].startswith("skseq.nn.")]
    problems = {own["name"]: [one["message"] for one in own["diagnostics"]] for own in symbols}
    unknown = {name for name, messages in problems.items() if any(not OF_SKLEARN.match(one) for one in messages)}
    assert len(symbols) > 1000
    assert len(unknown) <= (1 - LEAST) * len(symbols), sorted(unknown)


def test_parameters_may_be_none_where_their_types_say_so():
    public = [getattr(module, name) for module in (skseq, skseq.preprocessing) for name in module.__all__]
    for estimator in (one for one in public if hasattr(one, "_parameter_constraints")):
        types = {name: one.annotation for name, one in inspect.signature(estimator).parameters.items()}
        for name, constraints in estimator._parameter_constraints.items():
            if constraints != "no_validation" and types.get(name, "Any") not in ALIASES:
                accepted = any(one is None for one in constraints)
                assert ("None" in types[name]) == accepted, (estimator, name)


def test_pyright_reads_a_users_script(tmp_path):
    (tmp_path / SCRIPT.name).write_text(SCRIPT.read_text())  # pyright reads below its settings alone
    settings = {"extraPaths": [str(ROOT)], "reportUnnecessaryTypeIgnoreComment": "error"}
    settings |= {"enableTypeIgnoreComments": False}  # those are mypy's
    (tmp_path / "pyrightconfig.json").write_text(json.dumps(settings))
    found = json.loads(run("pyright", "--project", tmp_path, "--pythonpath", sys.executable, "--outputjson"))
    errors = [problem for problem in found["generalDiagnostics"] if problem["severity"] == "error"]
    assert found["summary"]["filesAnalyzed"] == 1
    assert errors == []


def test_mypy_reads_a_users_script(tmp_path):
    options = ("--follow-imports=silent", "--warn-unused-ignores", "--cache-dir", tmp_path)
    assert run("mypy", *options, SCRIPT) == "Success: no issues found in 1 source file\n"
