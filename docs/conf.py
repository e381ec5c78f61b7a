"""Sphinx builds the documentation site: `make html` in this folder, `.ci/run` with warnings as errors.

Pages are Markdown, the reference comes from docstrings, the examples are scripts that run while the site is built.
Nothing is fetched: the site works, and builds, without a network.
"""

import os
import re
import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parent), str(HERE)]
os.environ.setdefault("MPLBACKEND", "agg")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "2")

import skseq  # noqa: E402 - the package of this folder

project = "skseq"
author = "The skseq developers"
copyright = "2026, the skseq developers"
version = release = skseq.__version__
REPOSITORY = "https://github.com/skseq/skseq"

extensions = [
    "matplotlib.sphinxext.plot_directive",  # pictures drawn while the site is built
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "_templates", "gallery", "shared_docs.txt"]
templates_path = ["_templates"]
default_role = "autolink"  # `name` in a docstring: a link where it is ours, else emphasised

# --- pages ------------------------------------------------------------------------------------------------------------

myst_enable_extensions = ["colon_fence", "deflist"]
myst_heading_anchors = 4  # as GitHub makes them, so that links work there, too

plot_html_show_source_link = False
plot_html_show_formats = False
plot_formats = ["svg"]
plot_rcparams = {"svg.fonttype": "none"}  # text stays text

# --- reference --------------------------------------------------------------------------------------------------------

autosummary_generate = True
toc_object_entries_show_parents = "hide"
autodoc_typehints = "none"  # docstrings have the types
numpydoc_show_class_members = False  # the template lists them
numpydoc_validation_checks = {
    "all",
    "ES01",  # a summary may be all there is to say
    "EX01",  # classes and functions have examples, methods need none of their own
    "RT02",  # returns have names
    "SA01",  # likewise
    "SS05",  # takes nouns for verbs: "Scores of ..."
}
numpydoc_validation_exclude = {  # scikit-learn's
    *(r"\.get_metadata_routing$", r"\.get_params$", r"\.set_\w+_request$", r"\.set_output$", r"\.set_params$"),
    *(r"\.fit_transform$", r"\.fit_predict$", r"\.score$"),
}

# --- examples ---------------------------------------------------------------------------------------------------------

sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "auto_gallery",
    "filename_pattern": r"/plot_",
    "reset_modules": ("matplotlib", "each_example.starts_clean"),  # of each_example.py, beside this file
    "reset_modules_order": "both",
    "doc_module": ("skseq",),
    "backreferences_dir": "api/backreferences",
    "reference_url": {"skseq": None},
    "remove_config_comments": True,
    "show_memory": False,
    "write_computation_times": False,  # its tables come from another site
    "min_reported_time": 5,
}

# --- the look ---------------------------------------------------------------------------------------------------------

html_theme = "pydata_sphinx_theme"
html_title = "skseq"
html_context = {"default_mode": "auto"}  # light or dark, as the reader's system
html_static_path = ["_static"]
html_css_files = ["skseq.css"]
html_favicon = html_logo = "_static/skseq.svg"
html_sidebars = {page: [] for page in ("choose", "get_started", "index")}  # they have no pages below them
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "logo": {"text": "skseq", "alt_text": ""},
    "icon_links": [{"name": "GitHub", "url": REPOSITORY, "icon": "fa-brands fa-github"}],
    "header_links_before_dropdown": 6,
    "show_toc_level": 2,
    "show_nav_level": 1,
    "navigation_with_keys": False,
    "secondary_sidebar_items": ["page-toc"],
    "footer_start": ["copyright"],
    "footer_end": [],
}

# --- small repairs ----------------------------------------------------------------------------------------------------


def take_in_and_lead_out(app, page, content):
    """Pages take in the text of files that they include; links to what is no page lead to the repository."""
    folder = here = (HERE / page).parent
    if included := re.fullmatch(r"```{include} (\S+)\n```\n", content[0]):
        file = (here / included[1]).resolve()
        app.env.note_dependency(str(file))
        content[0], folder = file.read_text(), file.parent

    def address(match):
        target, hash_, heading = match[1].partition("#")
        path = (folder / target).resolve()
        if not path.exists():
            return match[0]
        if path.is_relative_to(HERE) and path.suffix == ".md":
            return f"]({os.path.relpath(path, here)}{hash_}{heading})"
        kind = "tree" if path.is_dir() else "blob"
        return f"]({REPOSITORY}/{kind}/main/{path.relative_to(HERE.parent)}{hash_}{heading})"

    content[0] = re.sub(r"\]\(((?!\w+:|#)[^)\s]+)\)", address, content[0])


def without_foreign_references(app, what, name, obj, options, lines):
    """Docstrings inherited from scikit-learn refer to pages of its site, and their formulas need one of a third."""
    without_labels = (re.sub(r":(?:ref|term):`~?([^`<]+?)(?:\s*<[^>]+>)?`", r"\1", line) for line in lines)
    lines[:] = [re.sub(r":math:`([^`]+)`", r"``\1``", line) for line in without_labels]


def setup(app):
    app.connect("source-read", take_in_and_lead_out)
    app.connect("autodoc-process-docstring", without_foreign_references, priority=100)
