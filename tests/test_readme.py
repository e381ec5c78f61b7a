"""The README's examples run, with one epoch a fit."""

import re
from pathlib import Path

README = Path(__file__).parents[1] / "README.md"


def test_examples_run(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)  # one example saves a model
    examples = re.findall(r"```python\n(.*?)```", README.read_text(), flags=re.DOTALL)
    code = re.sub(r"epochs=\d+", "epochs=1", "\n".join(examples)).replace("cv=3", "cv=2")
    names = {}
    exec(compile(code, str(README), "exec"), names)
    assert names["model"].predict([[1, 2, 3, 4, 5, 6]]).shape == (1, 3)
    assert (tmp_path / "reversed.keras").exists()
