"""The direction of imports in `benchmarks`, read off the AST: commands on top, what they share below."""

import ast
from pathlib import Path

import pytest

from benchmarks.harness.report import RESULTS

ROOT = Path(__file__).parents[2] / "benchmarks"
COMMANDS = {f"benchmarks.{path.stem}" for path in ROOT.glob("*.py")} - {"benchmarks.__init__"}
BELOW = {  # folder -> the folders that it may import from
    "harness": {"harness"},
    "tasks": {"harness", "tasks"},
    "peers": {"harness", "peers"},
    "parts": {"harness", "tasks", "peers", "parts"},
}


def imported(path):
    """Every module of `benchmarks` that a file names in an import, wherever it stands; `from a import b` names a.b."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
    return {name for name in names if name.startswith("benchmarks.")}


def test_the_reading_of_imports_finds_some():
    """A test of absence needs one of presence."""
    assert {"benchmarks.speed", "benchmarks.reference"} <= COMMANDS
    assert "benchmarks.parts.echo" in imported(ROOT / "reference.py") & imported(ROOT / "parts" / "attention.py")


def test_no_module_imports_a_command():
    assert {path.name: imported(path) & COMMANDS for path in ROOT.rglob("*.py") if imported(path) & COMMANDS} == {}


@pytest.mark.parametrize("folder", BELOW)
def test_imports_run_down(folder):
    for path in (ROOT / folder).glob("*.py"):
        assert {name.split(".")[1] for name in imported(path)} <= BELOW[folder], path.name


def test_results_land_where_git_ignores_them():
    assert RESULTS == ROOT / "results"
