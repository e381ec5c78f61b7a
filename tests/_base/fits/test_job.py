"""What a fit is to do: batches and epochs of "auto"."""

import pytest

from skseq import LSTMAutoencoderTransformer
from skseq._base.fits.job import Job


@pytest.mark.parametrize(
    ("n_samples", "batch_size"), [(1, 32), (32, 32), (33, 8), (255, 8), (256, 16), (511, 16), (512, 32), (10**6, 32)]
)
def test_auto_batches(n_samples, batch_size):
    assert Job(epochs=7, batch_size="auto").of(n_samples) == Job(epochs=7, batch_size=batch_size)


@pytest.mark.parametrize(("n_samples", "epochs"), [(1, 100), (1600, 100), (1601, 98), (16_000, 10), (10**6, 10)])
def test_auto_epochs_give_5000_updates(n_samples, epochs):
    assert Job(epochs="auto", batch_size=32).of(n_samples).epochs == epochs


@pytest.mark.parametrize(("n_samples", "epochs"), [(1, 300), (96, 300), (97, 250), (640, 50), (10**6, 50)])
def test_auto_epochs_of_autoencoders_give_1000_updates(n_samples, epochs):
    auto = LSTMAutoencoderTransformer._auto_epochs
    assert Job(epochs="auto", batch_size=32, auto=auto).of(n_samples).epochs == epochs
