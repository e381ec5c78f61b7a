"""What holds for every display: where it is drawn, that nothing is cut off, and its errors. A new one is a row."""

import builtins
import re

import pytest
from displays import ROWS, drawn_inside
from sklearn.base import BaseEstimator, clone
from sklearn.exceptions import NotFittedError
from sklearn.pipeline import make_pipeline

from skseq import inspection

pytest.importorskip("matplotlib")
import matplotlib.pyplot as plt

pytestmark = pytest.mark.usefixtures("eager")
each = pytest.mark.parametrize("row", ROWS, ids=repr)
each_with_panels = pytest.mark.parametrize("row", [row for row in ROWS if row.n_panels > 1], ids=repr)


@pytest.fixture(autouse=True)
def close_figures():
    yield
    plt.close("all")


class Nothing(BaseEstimator):
    """An estimator that can only be fitted."""

    def fit(self, X, y=None):
        self.fitted_ = True
        return self


def test_every_display_has_a_row():
    public = {name for name in inspection.__all__ if isinstance(getattr(inspection, name), type)}
    assert {row.display.__name__ for row in ROWS} == public


# --- where it is drawn ------------------------------------------------------------------------------------------------


@each
@pytest.mark.parametrize("layout", [None, "constrained"])
def test_a_given_axes_is_drawn_on_or_shared(row, layout):
    figure, (left, right) = plt.subplots(1, 2, layout=layout, figsize=(9, 5))
    drawn = row.draw(ax=right)
    assert drawn.figure_ is figure
    assert plt.get_fignums() == [figure.number]
    assert not left.has_data()
    figure.canvas.draw()
    place, own = right.get_position(), [axes for axes in figure.axes if axes not in (left, right)]
    assert len(own) >= row.n_panels or row.n_panels == 1
    room = 0.05 if layout else 1e-9  # a layout moves axes to make room for labels
    assert all(place.x0 <= axes.get_position().x0 + room for axes in own)


@each_with_panels
def test_one_given_axes_a_panel(row):
    figure, axes = plt.subplots(row.n_panels, layout="constrained")
    drawn = row.draw(ax=axes)
    assert drawn.figure_ is figure
    assert plt.get_fignums() == [figure.number]
    assert all(own.has_data() or own.child_axes or own.texts for own in axes)
    with pytest.raises(ValueError, match=f"ax must be {row.n_panels} Axes, or one .* Got {row.n_panels + 1} Axes"):
        row.draw(ax=plt.subplots(row.n_panels + 1)[1])
    with pytest.raises(ValueError, match="Got 1 Axes that stand in no grid"):
        row.draw(ax=plt.figure().add_axes((0, 0, 1, 1)))


@each
def test_what_is_no_axes(row):
    figure, axes = plt.subplots()
    for wrong in ("right", figure, [axes, None]):
        with pytest.raises(TypeError, match="ax must be matplotlib Axes.* Got (str|Figure|NoneType)"):
            row.draw(ax=wrong)


@each
def test_nothing_is_cut_off_and_legends_stand_beside_the_data(row):
    figure = row.draw().figure_
    renderer = drawn_inside(figure)
    legends = [*figure.legends, *(axes.get_legend() for axes in figure.axes if axes.get_legend() is not None)]
    for legend in legends:
        for axes in figure.axes:
            assert not legend.get_window_extent(renderer).overlaps(axes.get_window_extent(renderer))


@each
def test_it_can_be_drawn_again(row):
    drawn = row.draw()
    first = drawn.figure_
    assert drawn.plot() is drawn
    assert drawn.figure_ is not first


# --- errors -----------------------------------------------------------------------------------------------------------


@each
def test_another_estimator_is_told_what_it_lacks(row):
    for estimator in (Nothing().fit([]), make_pipeline(Nothing()).fit([])):
        with pytest.raises((TypeError, AttributeError), match=row.lacks) as raised:
            row.from_estimator(estimator)
        assert re.search("Nothing|Pipeline", str(raised.value))


@pytest.mark.parametrize("row", [row for row in ROWS if row.needs_fit], ids=repr)
def test_fit_comes_first(row):
    with pytest.raises(NotFittedError):
        row.from_estimator(clone(row.model()))


@each
def test_without_matplotlib_the_error_says_how_to_get_it(row, monkeypatch):
    model, real = row.model(), builtins.__import__

    def refuse(name, *args, **kwargs):
        if name.startswith("matplotlib"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", refuse)
    message = rf"{row.display.__name__} draws with matplotlib.*pip install 'skseq\[plots\]'"
    with pytest.raises(ImportError, match=message):
        row.from_estimator(model)
    with pytest.raises(ImportError, match=message):
        row.display.plot(row.display.__new__(row.display))
