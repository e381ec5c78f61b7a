"""The guided tour: what it prints and writes (on a fraction of its data), and what it says if it cannot write."""

import builtins

import numpy as np
import pytest
from sklearn.base import clone

from skseq import _tour
from skseq.datasets import make_echo

pytest.importorskip("matplotlib")
pytestmark = pytest.mark.usefixtures("eager")


def assert_short_lines(printed):
    """One line a step, none of which a terminal breaks or writes anew."""
    assert max(map(len, printed.splitlines())) < 120
    assert "\r" not in printed


def test_search_and_alignment(tmp_path, capsys):
    search = _tour.search_echo(epochs=1, n_samples=64)
    _tour.print_results(search.cv_results_)
    printed = capsys.readouterr().out
    assert printed.count("bahdanau") >= 2
    assert "whole sequence right" in printed
    assert_short_lines(printed)
    search.best_estimator_ = clone(search.best_estimator_).set_params(attention="dot")
    search.best_estimator_.fit(*make_echo(100, n_timesteps=6, cardinality=20, random_state=0))
    _tour.draw_alignment(search, tmp_path / "alignment.png")
    assert (tmp_path / "alignment.png").read_bytes().startswith(b"\x89PNG")
    assert f"Picture written: {tmp_path / 'alignment.png'}" in capsys.readouterr().out


def test_digits_and_reconstructions(tmp_path):
    pipeline, X_test, y_test = _tour.encode_digits(epochs=1, n_samples=150)
    assert pipeline.score(X_test, y_test) > 0.3
    _tour.draw_reconstructions(pipeline, X_test, tmp_path / "digits.png")
    assert (tmp_path / "digits.png").read_bytes().startswith(b"\x89PNG")


def test_dates_and_their_attention(tmp_path, capsys):
    model, dates, iso = _tour.write_dates(epochs=1, n_samples=70)
    _tour.print_dates(model, dates, iso)
    _tour.draw_dates(model, dates, tmp_path / "dates.png")
    printed = capsys.readouterr().out
    assert f"Of {len(dates)} dates" in printed
    assert_short_lines(printed)
    assert f"Beam search on {dates[0]!r}" in printed
    assert (tmp_path / "dates.png").read_bytes().startswith(b"\x89PNG")


def test_forecasts_and_their_picture(tmp_path, capsys):
    sales, tested, naive = _tour.forecast_sales(epochs=1)
    assert sales.shape == (12, 120)
    _tour.print_forecasts(tested, naive)
    printed = capsys.readouterr().out
    assert "Mean absolute scaled error" in printed
    assert "within the intervals" in printed
    assert_short_lines(printed)
    _tour.draw_forecast(sales, tested, tmp_path / "sales.png")
    assert (tmp_path / "sales.png").read_bytes().startswith(b"\x89PNG")


def test_invented_errors(capsys):
    model, names = _tour.invent_errors(epochs=2)
    assert {"ValueError", "UserWarning"} < set(names)
    _tour.print_errors(model, names)
    printed = capsys.readouterr().out.splitlines()
    assert "Of 100 names that it wrote, 0% exist" in printed[0]
    invented = [name for line in printed[1:] for name in line.strip().split(", ")]
    assert len(set(invented) - set(names)) == 10


def test_digits_become_eight_rows():
    np.testing.assert_array_equal(_tour._rows_as_sequences(np.full((2, 64), 16.0)), np.ones((2, 8, 8)))


def test_an_output_folder_that_no_system_can_name():
    with pytest.raises(SystemExit, match=r"cannot write to the output folder .*--output DIR"):
        _tour._folder("\0")


def test_an_output_folder_that_cannot_be_written_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(SystemExit, match=r"cannot write to the output folder '.*file/folder'.*--output DIR"):
        _tour.main(["--output", str(tmp_path / "file" / "folder")])


def test_without_matplotlib_the_tour_says_how_to_get_it(monkeypatch, capsys):
    real = builtins.__import__

    def refuse(name, *args, **kwargs):
        if name == "matplotlib":
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    _tour._draw(pytest.fail)
    assert "pip install 'skseq[plots]'" in capsys.readouterr().out
