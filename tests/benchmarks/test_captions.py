"""benchmarks.parts.captions: pairs of pictures and names, what is learnt of them, and a smoke run."""

from types import SimpleNamespace

import numpy as np
import pytest

from benchmarks.harness.report import OURS, Report
from benchmarks.parts import captions


def test_every_picture_has_a_name_in_each_language():
    pixels = np.arange(6.0).reshape(2, 3)
    names, conditions = captions.captions_of(pixels, np.array([7, 0]))
    assert names == ["seven", "zero", "sieben", "null"]
    np.testing.assert_array_equal(conditions, [[0, 1, 2, 0], [3, 4, 5, 0], [0, 1, 2, 1], [3, 4, 5, 1]])


def test_all_names_differ():
    """So a name says what digit it is, and in which language."""
    assert len({name for own in captions.NAMES.values() for name in own}) == 20


def test_held_out_pictures_are_others():
    (pixels, digits), (pixels_new, digits_new) = captions.split(1_400, 397, seed=0)
    assert (pixels.shape, pixels_new.shape) == ((1_400, 64), (397, 64))
    assert np.bincount(digits_new).min() >= 38  # ten kinds, about as many of each
    assert not {row.tobytes() for row in pixels} & {row.tobytes() for row in pixels_new}
    assert pixels.max() == 1
    other, _ = captions.split(1_400, 397, seed=1)
    assert digits.tolist() != other[1].tolist()


@pytest.mark.usefixtures("eager")
def test_a_smoke_run():
    report = Report("captions", columns=(captions.CAPTIONED,))
    scale = SimpleNamespace(seeds=1, network={"units": 4, "epochs": 1}, digits=(40, 20))
    captions.caption_digits(report, scale)
    for by in captions.CAPTIONED:
        (right,) = report.values("captions", captions.RIGHT, by)
        assert 0 <= right <= 100
    assert report.values("captions", captions.BITS, captions.NO_VECTOR)[0] > 0.8  # what the twenty names take
    assert len(report.claims) == 2
    assert OURS in str(report)


@pytest.mark.parametrize(("right", "gain", "holds"), [(97.0, 0.6, [True, True]), (90.0, 0.1, [False, False])])
def test_claims(right, gain, holds):
    report = Report("captions")
    report.add("captions", captions.RIGHT, "%", OURS, right)
    report.add("captions", captions.BITS, "", OURS, 0.1)
    report.add("captions", captions.BITS, "", captions.LANGUAGE_ALONE, 0.1 + gain)
    captions.claim(report, SimpleNamespace(seeds=1))
    assert [one.holds for one in report.claims] == holds
