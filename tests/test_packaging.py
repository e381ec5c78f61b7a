"""What is shipped: wheel and sdist, what citation and recipe say, and how a user reports versions."""

import re
import subprocess
import sys
import tarfile
import tomllib
import zipfile
from pathlib import Path

import pytest

import skseq

ROOT = Path(__file__).parents[1]
BUILT = {"__pycache__", "results", "_build", "auto_gallery", "backreferences", "generated"}
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]


@pytest.fixture(scope="module")
def built(tmp_path_factory):
    """Paths of a wheel and an sdist of this tree, the wheel built from the sdist."""
    for tool in ("build", "setuptools", "twine"):  # of the extra "release"
        pytest.importorskip(tool)
    out = tmp_path_factory.mktemp("dist")
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(command, check=True, capture_output=True)
    (wheel,), (sdist,) = out.glob("*.whl"), out.glob("*.tar.gz")
    return wheel, sdist


def test_the_wheel_holds_the_package_alone(built):
    with zipfile.ZipFile(built[0]) as wheel:
        names = wheel.namelist()
    assert {name.partition("/")[0] for name in names} == {"skseq", f"skseq-{skseq.__version__}.dist-info"}
    shipped = {name for name in names if name.startswith("skseq/")}
    assert shipped == {
        str(path.relative_to(ROOT)) for path in (ROOT / "skseq").rglob("*") if path.suffix == ".py" or path.stem == "py"
    }


def test_the_sdist_holds_what_its_tests_read(built):
    with tarfile.open(built[1]) as sdist:
        names = {name.partition("/")[2] for name in sdist.getnames()}
    for folder in ("tests", "benchmarks", "docs", "skseq"):
        tracked = {path.relative_to(ROOT) for path in (ROOT / folder).rglob("*") if path.is_file()}
        wanted = {str(path) for path in tracked if not BUILT & set(path.parts)}
        assert wanted <= names
    assert {"conftest.py", "LICENSE", "CITATION.cff", "CONTRIBUTING.md", "CHANGELOG.md", "conda/recipe.yaml"} <= names
    assert not [name for name in names if "__pycache__" in name or "benchmarks/results/" in name]


def test_the_metadata_are_as_the_index_wants_them(built):
    done = subprocess.run([sys.executable, "-m", "twine", "check", "--strict", *map(str, built)], capture_output=True)
    assert done.returncode == 0, done.stdout


def test_the_sdist_tests_itself(built, tmp_path):
    """A few fast tests of every kind, from the unpacked sdist on its own package."""
    with tarfile.open(built[1]) as sdist:
        sdist.extractall(tmp_path, filter="data")
    (tree,) = tmp_path.iterdir()
    few = ["tests/test_imports.py", "tests/benchmarks/test_layout.py", "tests/test_readme.py"]
    command = [sys.executable, "-m", "pytest", "-q", "-m", "not slow", "-p", "no:cacheprovider", *few]
    command.append("skseq/metrics/_forecasts.py")
    environment = {"PATH": "", "PYTHONPATH": str(tree), "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1"}
    done = subprocess.run(command, cwd=tree, capture_output=True, text=True, env=environment)
    assert done.returncode == 0, done.stdout


def test_the_same_version_everywhere():
    assert f'version: "{skseq.__version__}"' in (ROOT / "conda" / "recipe.yaml").read_text()
    assert f"\nversion: {skseq.__version__}\n" in (ROOT / "CITATION.cff").read_text()
    assert f"## {skseq.__version__}" in (ROOT / "CHANGELOG.md").read_text()


def test_the_recipe_needs_what_the_package_needs():
    recipe = (ROOT / "conda" / "recipe.yaml").read_text()
    needed = {re.sub(r"\s", "", line) for line in re.findall(r"^    - (\S+ >=[\d.]+)$", recipe, flags=re.MULTILINE)}
    assert needed == {*PROJECT["dependencies"], "setuptools>=77"}
    assert f'python_min: "{PROJECT["requires-python"].removeprefix(">=")}"' in recipe


def test_recipe_and_citation_are_yaml():
    yaml = pytest.importorskip("yaml")
    assert yaml.safe_load((ROOT / "conda" / "recipe.yaml").read_text())["schema_version"] == 1
    assert yaml.safe_load((ROOT / "CITATION.cff").read_text())["cff-version"] == "1.2.0"


def test_show_versions_names_what_is_installed(capsys):
    skseq.show_versions()
    shown = capsys.readouterr().out
    assert f"skseq: {skseq.__version__}" in shown
    for name in PROJECT["dependencies"]:
        assert re.search(rf"^    {name.partition('>')[0]}: \d", shown, flags=re.MULTILINE)
    assert "OMP_NUM_THREADS: " in shown


def test_dir_shows_public_names_alone():
    assert [name for name in dir(skseq) if not name.startswith("__")] == sorted(set(skseq.__all__) - {"__version__"})
