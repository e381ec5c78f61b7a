"""The example gallery: every file is an example that the site can show, and the web service of one of them answers.

The build of the site runs all examples. These tests read them, and run the one whose service they call.
"""

import ast
import contextlib
import re
import runpy
import threading
import time
from pathlib import Path

import pytest

GALLERY = Path(__file__).parents[1] / "docs" / "gallery"
EXAMPLES = sorted(GALLERY.glob("*/plot_*.py"))
JOBS = ("label", "numbers", "anomalies", "tags", "text", "forecast", "generate")
NETWORK = {"aiohttp", "ftplib", "http", "requests", "smtplib", "socket", "ssl", "urllib", "urllib3", "wget"}
SERVICE = GALLERY / "deploy" / "plot_serve_fastapi.py"
each_example = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.stem.removeprefix("plot_"))


def imported(tree):
    """The first part of every name that a file imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name.partition(".")[0] for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module.partition(".")[0]


def test_there_are_examples_in_every_section():
    assert len(EXAMPLES) >= 22
    sections = {path.parent for path in EXAMPLES}
    assert {section.name for section in sections} >= {*JOBS, "search", "deploy"}
    for folder in (GALLERY, *sections):
        assert (folder / "GALLERY_HEADER.rst").exists()


@pytest.mark.parametrize("job", JOBS)
def test_every_job_has_an_example_from_raw_file_to_picture(job):
    texts = [path.read_text() for path in EXAMPLES if path.parent.name == job]
    assert any("**from raw file to picture**" in text for text in texts)


@each_example
def test_examples_have_a_title_a_picture_and_few_lines(path):
    text = path.read_text()
    tree = ast.parse(text)
    title, underline, *_ = ast.get_docstring(tree).splitlines()
    assert set(underline) == {"="}
    assert len(underline) >= len(title) > 10
    assert len(text.splitlines()) < 120
    assert re.search(r"plt\.show\(\)|\.plot\(|Display\.from_", text)
    assert "\n# %%\n" in text


@each_example
def test_examples_load_nothing_from_a_network(path):
    text = path.read_text()
    names = set(imported(ast.parse(text)))
    assert not names & NETWORK
    assert "httpx" not in names or path == SERVICE
    assert not re.search(r"\bfetch_|read_\w+\(\s*[\"']https?:", text)
    assert all("127.0.0.1" in url for url in re.findall(r"https?://\S+", text))


# --- the web service --------------------------------------------------------------------------------------------------


@contextlib.contextmanager
def running(app):
    """Serve an app on a free port of this machine; gives a client of it."""
    import httpx
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_config=None))
    thread = threading.Thread(target=server.run)
    thread.start()
    try:
        while not server.started and thread.is_alive():
            time.sleep(0.02)
        port = server.servers[0].sockets[0].getsockname()[1]
        with httpx.Client(base_url=f"http://127.0.0.1:{port}", trust_env=False) as client:
            yield client
    finally:
        server.should_exit = True
        thread.join()


@pytest.fixture(scope="module")
def service():
    """What the example has made: its app, and the estimator behind it."""
    for package in ("fastapi", "uvicorn", "httpx", "skops", "matplotlib"):
        pytest.importorskip(package)
    import matplotlib.pyplot as plt

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(plt, "show", lambda: None)  # with a screen, Agg would warn
        names = runpy.run_path(str(SERVICE))
    plt.close("all")
    return names


def test_a_served_estimator_answers(service):
    words = ["haus", "gouse", "tor"]
    with running(service["app"]) as client:
        answer = client.post("/language", json={"words": words})
    assert answer.status_code == 200
    expected = service["classifier"].predict_proba(words)
    assert [[own["de"], own["en"]] for own in answer.json()] == pytest.approx(expected)


@pytest.mark.parametrize("words", [["haus", "hôtel"], [], ["haus", ""]])
def test_a_served_estimator_says_what_is_wrong_with_bad_input(service, words):
    with pytest.raises(ValueError) as error:  # noqa: PT011, whatever it says is what the service must say
        service["classifier"].predict_proba(words)
    with running(service["app"]) as client:
        answer = client.post("/language", json={"words": words})
        assert client.post("/language", json={"words": ["haus"]}).status_code == 200  # it serves on
    assert answer.status_code == 422
    assert answer.json() == {"detail": str(error.value)}


@pytest.mark.parametrize("body", [{"words": "haus"}, {"words": [3]}, {"word": ["haus"]}])
def test_a_served_estimator_refuses_what_is_no_question(service, body):
    with running(service["app"]) as client:
        answer = client.post("/language", json=body)
    assert answer.status_code == 422
    assert "words" in str(answer.json()["detail"])
