"""README and the pages in docs: their examples run, in short fits, and what they point to exists."""

import importlib
import logging
import re
import sys
import tomllib
import warnings
from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
BUILT = {"_build", "auto_gallery", "generated"}  # what Sphinx writes
WRITTEN = [path for path in sorted(ROOT.glob("docs/**/*.md")) if not BUILT & set(path.parts)]
PAGES = {str(path.relative_to(ROOT)): path for path in (ROOT / "README.md", ROOT / "CONTRIBUTING.md", *WRITTEN)}
COMMANDS = (
    *("anomalies", "defaults", "exploding", "footprint", "forecasting", "generation", "kills"),
    *("real_data", "reference", "soak", "speed", "tagging", "transduction"),
)


SHORTER = {
    r"epochs=\d+": "epochs=1",
    r"Seq2SeqRegressor\(units=32\)": "Seq2SeqRegressor(units=32, epochs=1)",
    r"cv=3": "cv=2",
    r"randint\(20, 40": "randint(20, 24",  # lengths of waves: without graphs, every timestep takes as long
    r"n_dropout_samples=100": "n_dropout_samples=3",
    r"for _ in range\(20\)": "for _ in range(2)",  # trials of a search
}
WITH_OPTIONAL = ["docs/tune.md", "docs/guide/pictures.md"]
OPTIONAL = ("mlflow", "optuna", "shap", "sqlalchemy", "wandb")  # sqlalchemy is what MLflow writes with


def examples(page):
    return re.findall(r"```python\n(.*?)```", PAGES[page].read_text(), flags=re.DOTALL)


def examples_that_can_run(page):
    """Those of optional libraries, too, if the libraries are installed; whether there are any of those."""
    blocks = re.findall(r"```(python|\{code-block\} python)\n(.*?)```", PAGES[page].read_text(), flags=re.DOTALL)
    able = {code: all(map(find_spec, re.findall(r"^import (\w+)", code, flags=re.MULTILINE))) for _, code in blocks}
    chosen = [(kind, code) for kind, code in blocks if able[code]]
    return [code for _, code in chosen], any(kind != "python" for kind, _ in chosen)


@pytest.fixture
def logging_as_it_was():
    """An example sets logging up, which would last as long as the process."""
    loggers = [logging.getLogger(), logging.getLogger("skseq")]
    before = [(logger.level, list(logger.handlers)) for logger in loggers]
    yield
    for logger, (level, handlers) in zip(loggers, before):
        logger.setLevel(level)
        logger.handlers[:] = handlers


@pytest.fixture
def few_samples(eager, monkeypatch):
    """Fits read all that they are given, and learn from eight samples in one epoch."""
    from skseq.nn.training import fitting

    fit_network = fitting.fit_network

    def fit(runner, data, options, *, validation=None, **more):
        few, validated = (part and part.take(part.samples[:8]) for part in (data, validation))
        short = replace(options, epochs=1)
        return fit_network(runner, few, short, validation=validated, **more)

    monkeypatch.setattr(fitting, "fit_network", fit)


@pytest.fixture(autouse=True)
def no_figures_left():
    """Matplotlib warns of more than 20 that are open."""
    yield
    if pyplot := sys.modules.get("matplotlib.pyplot"):
        pyplot.close("all")


@pytest.mark.slow
@pytest.mark.usefixtures("logging_as_it_was")
@pytest.mark.parametrize("page", [page for page in PAGES if examples(page)])
def test_examples_run(page, tmp_path, monkeypatch, request):
    """One session per page, from top to bottom. Code of other libraries stands in blocks of another kind.

    The README's fits are those of users but for their epochs; on other pages they are short, without graphs.
    """
    monkeypatch.chdir(tmp_path)  # two examples save a model
    if page != "README.md":  # which comes first: what is eager stays so for the whole module
        request.getfixturevalue("few_samples")
    code = "\n".join(examples(page))
    for written, run in SHORTER.items():
        code = re.sub(written, run, code)
    if "sklearn.callback" in code:
        pytest.importorskip("sklearn.callback")  # scikit-learn 1.9
    names = {"__name__": page}  # the one for scripts alone is what tests/test_workers.py runs, too
    exec(compile(code, page, "exec"), names)
    if page == "README.md":
        assert names["search"].predict(["gaus"])[0] in ("de", "en")
        assert (tmp_path / "words.keras").exists()


@pytest.mark.slow
@pytest.mark.usefixtures("few_samples")
@pytest.mark.parametrize("page", WITH_OPTIONAL)
def test_examples_of_optional_libraries_run(page, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # they write logs
    blocks, optional = examples_that_can_run(page)
    if not optional:
        pytest.skip("none of the libraries is installed")
    code = "\n".join(blocks)
    for written, run in SHORTER.items():
        code = re.sub(written, run, code)
    with warnings.catch_warnings():
        for library in OPTIONAL:
            warnings.filterwarnings("ignore", module=rf"{library}\.")  # of its own code, which is no matter of ours
        exec(compile(code, page, "exec"), {})


def test_the_extra_has_what_examples_import():
    extras = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["optional-dependencies"]
    installed = " ".join(extras["recipes"] + extras["tuning"])
    code = "".join(PAGES[page].read_text() for page in WITH_OPTIONAL)
    imported = set(re.findall(r"^import (\w+)", code, flags=re.MULTILINE)) & set(OPTIONAL)
    assert imported == {"mlflow", "optuna", "shap", "wandb"} == {name for name in OPTIONAL if name in installed}


def test_readme_and_guide_have_examples():
    assert examples("README.md")
    for page in PAGES:
        if page.startswith(("docs/guide/", "docs/coming_from/")) and not page.endswith("index.md"):
            assert examples(page), page


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page):
    """Also in a clone, in which nothing of the site is built."""
    for link in re.findall(r"\]\(([^)\s]+)\)", PAGES[page].read_text()):
        target, _, heading = link.partition("#")
        if "://" in target:
            continue
        file = (PAGES[page].parent / target).resolve() if target else PAGES[page]
        assert file.exists(), f"{page} points to {link}"
        if heading:
            assert heading in {_anchor(line) for line in file.read_text().splitlines() if line.startswith("#")}, link


def _anchor(heading):
    """The anchor that GitHub makes of a heading."""
    kept = re.sub(r"[^\w\- ]", "", heading.lstrip("#").strip().lower())
    return kept.replace(" ", "-")


@pytest.mark.parametrize("page", PAGES)
def test_figures_name_commands_that_exist(page):
    text = PAGES[page].read_text()
    known = {name: importlib.import_module(f"benchmarks.{name}").EXPERIMENTS for name in COMMANDS}
    for name, chosen in re.findall(r"`(?:python -m )?benchmarks\.(\w+)(?:\s--only\s([\w\-\s]+))?`", text):
        assert set(chosen.split()) <= set(known[name]), f"{name} --only {chosen}"
    experiments = {experiment for of_command in known.values() for experiment in of_command}
    for chosen in re.findall(r"`--only ([\w\- ]+)`", text):
        assert set(chosen.split()) <= experiments, chosen
