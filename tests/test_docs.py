"""Docstrings: whole in the files, in step with shared_docs.txt and with the signatures, and shown by scikit-learn."""

import ast
import importlib
import importlib.util
import inspect
import re
import subprocess
import sys
import tomllib
from itertools import combinations
from pathlib import Path

import pytest
from sklearn.linear_model import LinearRegression
from sklearn.utils import estimator_html_repr

import skseq
from skseq._base.decoders.decoding import SEARCH_PARAMETERS
from skseq._base.estimator import CELLS
from skseq._sklearn import StrOptions
from skseq.metrics import FORECAST_SCORERS
from skseq.metrics._forecast_scorers import _FORECASTS

ROOT = Path(skseq.__file__).parent
TOOL = ROOT.parent / "docs" / "docstrings.py"


def load_tool():
    spec = importlib.util.spec_from_file_location("docstrings", TOOL)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


docstrings = load_tool()


def public(module):
    """Everything that a module offers, and what its public submodules offer."""
    for name in module.__all__:
        value = getattr(module, name)
        if inspect.ismodule(value):
            yield from public(value)
        elif inspect.isclass(value) or inspect.isfunction(value):
            yield value


PUBLIC = list(dict.fromkeys(public(skseq)))
ESTIMATORS = [value for value in PUBLIC if hasattr(value, "get_params")]
each_estimator = pytest.mark.parametrize("estimator", ESTIMATORS, ids=lambda estimator: estimator.__name__)


def instance(estimator):
    parameters = inspect.signature(estimator).parameters.values()
    return estimator(**{p.name: None for p in parameters if p.default is inspect.Parameter.empty})


# --- what stands in the files: on every version of Python the same ----------------------------------------------------


def functions(path):
    """Name, arguments and docstring of all public functions, methods and classes of a file."""
    for node in ast.parse(path.read_text()).body:
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_"):
            yield from documented(node, node.name)


def documented(node, name):
    if isinstance(node, ast.FunctionDef):
        yield name, node.args, ast.get_docstring(node) or ""
        return
    for item in node.body:
        if isinstance(item, ast.FunctionDef) and item.name == "__init__":
            yield name, item.args, ast.get_docstring(node) or ""
        elif isinstance(item, ast.FunctionDef) and not item.name.startswith("_"):
            yield from documented(item, f"{name}.{item.name}")


def parameters_of(arguments):
    """Parameter -> AST of its default, or None."""
    positional = [*arguments.posonlyargs, *arguments.args]
    defaults = [None] * (len(positional) - len(arguments.defaults)) + arguments.defaults + arguments.kw_defaults
    named = dict(zip((argument.arg for argument in [*positional, *arguments.kwonlyargs]), defaults))
    return {name: default for name, default in named.items() if name not in ("self", "cls")}


def documented_parameters(doc):
    """[(name, type)] of the section Parameters, in its order."""
    text = docstrings.sections(doc).get("Parameters", "")
    heads = [line.partition(" : ") for line in text.split("\n") if re.match(r"\S", line)]
    return [(name, kind) for names, _, kind in heads for name in names.replace("*", "").split(", ")]


DOCUMENTED = {
    f"{path.relative_to(ROOT)}: {name}": (arguments, doc)
    for path in sorted(ROOT.rglob("*.py"))
    if ROOT / "nn" not in path.parents  # the engine is private
    for name, arguments, doc in functions(path)
    if "\nParameters\n---" in doc
}


def test_the_reading_of_files_finds_docstrings():
    assert len(DOCUMENTED) > 100
    assert "_seq2seq.py: Seq2SeqClassifier" in DOCUMENTED
    assert "_seq2seq.py: Seq2SeqClassifier.predict" in DOCUMENTED
    assert "metrics/_bleu.py: bleu_score" in DOCUMENTED
    assert {"Seq2SeqClassifier", "SequencePadder", "SequencePairGenerator"} <= {own.__name__ for own in ESTIMATORS}


@pytest.mark.parametrize("where", DOCUMENTED)
def test_parameters_are_documented_once_in_order_with_their_defaults(where):
    arguments, doc = DOCUMENTED[where]
    parameters, found = parameters_of(arguments), documented_parameters(doc)
    for more in (arguments.vararg, arguments.kwarg):
        if more is not None:
            parameters[more.arg] = None
    assert [name for name, _ in found] == list(parameters)
    for name, kind in found:
        if kind == "Ignored":
            continue
        text = re.search(r"default=(.+)", kind)
        assert (text is None) == (parameters[name] is None), f"{name} : {kind}"
        if text is not None:
            assert ast.dump(ast.parse(text.group(1), mode="eval").body) == ast.dump(parameters[name]), name


def choices(text):
    """The strings that a type names, in a docstring's braces or quotes or in a Literal."""
    return set(re.findall(r"""["']([^"']*)["']""", text))


@pytest.mark.parametrize("where", DOCUMENTED)
def test_parameters_have_types_with_the_documented_choices(where):
    arguments, doc = DOCUMENTED[where]
    every = [*arguments.posonlyargs, *arguments.args, arguments.vararg, *arguments.kwonlyargs, arguments.kwarg]
    types = {
        argument.arg: argument.annotation for argument in every if argument and argument.arg not in ("self", "cls")
    }
    assert [name for name, annotation in types.items() if annotation is None] == []
    for name, kind in documented_parameters(doc):
        annotation = ast.unparse(types[name])
        if "Literal" in annotation:
            assert choices(annotation) == choices(kind.partition("default=")[0]), name


@each_estimator
def test_documented_choices_are_those_that_are_accepted(estimator):
    for name, kind in documented_parameters(inspect.getdoc(estimator)):
        options = estimator._parameter_constraints[name]
        accepted = set().union(*(one.options for one in options if isinstance(one, StrOptions)))
        documented = choices(kind.partition("default=")[0])
        assert accepted == documented or not documented, name


def file_of(cls):
    """Where a class is written, which may have no `__init__`; its module is the public one."""
    method = next(value for value in vars(cls).values() if inspect.isfunction(value))
    return Path(inspect.getsourcefile(inspect.unwrap(method)))


@each_estimator
def test_editors_and_help_show_every_parameter(estimator):
    """The docstring stands whole in the file, and what runs shows the same."""
    source = file_of(estimator).read_text()
    (node,) = (node for node in ast.parse(source).body if getattr(node, "name", "") == estimator.__name__)
    assert inspect.getdoc(estimator) == ast.get_docstring(node)
    assert [name for name, _ in documented_parameters(ast.get_docstring(node))] == list(
        inspect.signature(estimator).parameters
    )


@pytest.mark.parametrize("value", PUBLIC, ids=lambda value: value.__name__)
def test_sections_parse_as_numpydoc(value):
    """An unknown or a repeated section is a warning or an error of the parser."""
    docscrape = pytest.importorskip("sklearn.externals._numpydoc.docscrape")
    parsed = docscrape.NumpyDocString(inspect.getdoc(value))
    assert parsed["Summary"]
    for name, method in inspect.getmembers(value, inspect.isfunction):
        if inspect.isclass(value) and not name.startswith("_") and method.__module__.startswith("skseq"):
            assert docscrape.NumpyDocString(inspect.getdoc(method))["Summary"], name


def test_parameters_that_estimators_share_have_one_order():
    """Of two parameters the same one comes first in all signatures that have both."""
    seen = {}
    for estimator in ESTIMATORS:
        for pair in combinations(inspect.signature(estimator).parameters, 2):
            assert pair[::-1] not in seen, f"{pair} in {estimator.__name__}, the reverse in {seen[pair[::-1]]}"
            seen[pair] = estimator.__name__


# --- the site ---------------------------------------------------------------------------------------------------------

REFERENCE = ROOT.parent / "docs" / "api"
MODULES = ["skseq", *(f"skseq.{name}" for name in skseq._SUBMODULES)]


@pytest.mark.parametrize("module", MODULES)
def test_the_reference_has_every_public_name(module):
    text = (REFERENCE / f"{module}.md").read_text()
    listed = re.findall(r"^   (\w+)$", text, flags=re.MULTILINE) + re.findall(r"py:data:: (\w+)", text)
    names = importlib.import_module(module).__all__
    assert sorted(listed) == sorted(name for name in names if f"{module}.{name}" not in MODULES)


def test_the_index_of_the_reference_has_every_module():
    listed = re.findall(r"^(skseq[\w.]*)$", (REFERENCE / "index.md").read_text(), flags=re.MULTILINE)
    assert sorted(listed) == sorted(MODULES)


@each_estimator
def test_html_links_to_the_page_of_the_site(estimator):
    (address,) = re.findall(r'href="(https://[^"#]*)"', estimator_html_repr(instance(estimator)).split("params")[0])[:1]
    module = "skseq" if hasattr(skseq, estimator.__name__) else estimator.__module__
    project = tomllib.loads((ROOT.parent / "pyproject.toml").read_text())["project"]
    assert address == f"{project['urls']['Documentation']}api/generated/{module}.{estimator.__name__}.html"


def pages():
    built = {"_build", "auto_gallery", "generated"}
    return {path for path in (ROOT.parent / "docs").rglob("*.md") if not built & set(path.parts)}


def test_every_page_is_in_a_table_of_contents():
    """Sphinx warns of those that are not, too, but is not installed everywhere."""
    found = {ROOT.parent / "docs" / "index.md"}
    for page in pages():
        for block in re.findall(r"```{toctree}\n(.*?)```", page.read_text(), flags=re.DOTALL):
            found |= {(page.parent / f"{line}.md").resolve() for line in block.split() if not line.startswith(":")}
    assert pages() <= found


LISTS = {  # where a list stands in prose: file, words before and after it, what names are quoted in, the names
    "cells": ("docs/parameters.md", "`cell` (", ";", '"', CELLS),
    "searches": ("skseq/_decoding_search.py", "The parameters are", "All others", "`", SEARCH_PARAMETERS),
    "scorers": ("docs/guide/metrics.md", "`FORECAST_SCORERS` holds", ")", '"', FORECAST_SCORERS),
    "metrics": (
        "skseq/metrics/_forecast_scorers.py",
        "metric : callable",
        "In a pipeline",
        "`",
        [metric.__name__ for metric in _FORECASTS],
    ),
}


@pytest.mark.parametrize(("path", "before", "after", "mark", "names"), LISTS.values(), ids=LISTS)
def test_lists_in_prose_are_whole(path, before, after, mark, names):
    text = (ROOT.parent / path).read_text().partition(before)[2].partition(after)[0]
    assert sorted(re.findall(rf"{mark}([\w-]+){mark}", text)) == sorted(names)


# --- where the docstrings are shown, and where there are none ---------------------------------------------------------


@each_estimator
def test_html_describes_every_parameter(estimator):
    """scikit-learn shows descriptions since 1.8, beside a link."""
    if "param-doc-description" not in estimator_html_repr(LinearRegression()):
        pytest.skip("this scikit-learn shows no descriptions")
    html = estimator_html_repr(instance(estimator))
    pattern = r"--doc-link-(\w+);\"\s+rel.*?param-doc-description\"[^>]*>(.*?)</span>"
    descriptions = {name: text.strip() for name, text in re.findall(pattern, html, flags=re.DOTALL)}
    for name in inspect.signature(estimator).parameters:
        head, _, text = descriptions[name].partition("<br><br>")
        assert head.startswith(f"{name}: ")
        assert len(text) > 10, name


def test_estimators_work_without_docstrings():
    """``python -OO`` strips them."""
    code = """
import inspect
import skseq
from skseq._sklearn import StrOptions
for name in skseq.__all__:
    if name == "TRUSTED_TYPES":
        continue
    value = getattr(skseq, name)
    if hasattr(value, "get_params"):
        assert False, "assertions are stripped too"
        needed = [p.name for p in inspect.signature(value).parameters.values() if p.default is p.empty]
        print(name, value.__doc__, type(value(**dict.fromkeys(needed))).__name__)
"""
    done = subprocess.run([sys.executable, "-OO", "-c", code], capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    names = [name for name in skseq.__all__ if hasattr(getattr(skseq, name), "get_params")]
    assert done.stdout.splitlines() == [f"{name} None {name}" for name in names]


# --- the tool ---------------------------------------------------------------------------------------------------------


def test_docstrings_are_in_step_with_the_shared_texts(capsys):
    status = docstrings.main(["--check"])
    assert status == 0, capsys.readouterr().out


def test_no_docstring_shows_a_place_for_a_shared_text():
    """A sentence that begins with three dots, where a text was not put in."""
    place = re.compile(r"^ *\.\.\. [A-Z][a-z]* [a-z]", re.MULTILINE)  # unlike lines of an example
    assert place.search('    ... With fewer samples, "auto" ends a fit.')
    assert [name for name in skseq.__all__ if place.search(getattr(skseq, name).__doc__)] == []


SHARED = """
=== Parameters

size : int
    How large.

    - lists stay [paper]_

name : str
    What it is called.

=== Parameters: Special, loud

name : str
    ...

    Written in capitals.

=== Attributes: size

size_ : int
    How large it was.

=== Notes: loud

**Noise.** There is some.

=== References

.. [paper] Somebody, "Something", 1999.
.. [other] Nobody, "Nothing", 2000.
"""

BEFORE = '''
class Plain:
    """A summary.

    Parameters
    ----------
    own : float, default=1
        Only here.

    size : str
        Out of date.

    Notes
    -----
    A note of its own.

    References
    ----------
    .. [1] Own.
    .. [other] Out of date.
    """

    def __init__(self, size, *, own=1, name="x"):
        self.size = size
'''

AFTER = '''
class Plain:
    """A summary.

    Parameters
    ----------
    size : int
        How large.

        - lists stay [paper]_

    own : float, default=1
        Only here.

    name : str, default="x"
        What it is called.

    Attributes
    ----------
    size_ : int
        How large it was.

    Notes
    -----
    A note of its own.

    References
    ----------
    .. [1] Own.
    .. [paper] Somebody, "Something", 1999.
    """

    def __init__(self, size, *, own=1, name="x"):
        self.size = size
'''


def written(source, shared=SHARED):
    return docstrings.new_source(source, docstrings.read_groups(shared))


def test_the_tool_writes_shared_texts_and_leaves_the_rest():
    assert written(BEFORE) == AFTER
    assert written(AFTER) == AFTER


def test_the_tool_writes_what_is_for_some_estimators():
    by_name = written(BEFORE.replace("Plain", "Special"))
    assert "        What it is called.\n\n        Written in capitals.\n" in by_name
    assert "**Noise.**" not in by_name
    parameter = BEFORE.replace("own", "loud")
    assert "Written in capitals." in written(parameter)
    assert "    A note of its loud.\n\n    **Noise.** There is some.\n" in written(
        parameter.replace("its own", "its loud")
    )


@pytest.mark.parametrize(("old", "new"), [("own=1", "own=1, more=2"), ("own=1, ", "")])
def test_the_tool_names_parameters_that_are_not_documented_or_not_there(old, new):
    with pytest.raises(SystemExit, match=r"Plain: .*\['(more|own)'\]"):
        written(BEFORE.replace(old, new))


def test_the_tool_names_groups_of_others_that_describe_a_parameter():
    heading, attributes = "=== Parameters: pitch, Other", "=== Attributes: size"
    shared = SHARED.replace(attributes, f"{heading}\n\nmore : int\n    Further ones.\n\n{attributes}")
    source = BEFORE.replace("own=1", "own=1, more=2")
    with pytest.raises(SystemExit, match=f"describes more below '{heading}': if .*, add Plain to that heading"):
        written(source, shared)
    mended = written(source, shared.replace(heading, f"{heading}, Plain"))
    assert "    more : int, default=2\n        Further ones." in mended


def test_the_tool_shows_what_is_out_of_step(tmp_path, monkeypatch, capsys):
    (tmp_path / "docs").mkdir()
    (tmp_path / "skseq").mkdir()
    (tmp_path / "docs" / "shared_docs.txt").write_text(SHARED)
    path = tmp_path / "skseq" / "_plain.py"
    path.write_text(BEFORE)
    monkeypatch.setattr(docstrings, "HERE", tmp_path / "docs")
    assert docstrings.main(["--check"]) == 1
    assert "+    size : int\n" in capsys.readouterr().out
    assert path.read_text() == BEFORE
    assert docstrings.main([]) == 0
    assert path.read_text() == AFTER
    assert docstrings.main(["--check"]) == 0
