"""Explosions as a user sees them: the warning, its figures, its remedies, and gradients that are cut."""

import numpy as np
import pytest
from warned import recorded

from skseq import LSTMAutoencoderTransformer, Seq2SeqClassifier
from skseq._base.diagnosis.exploding import explosion
from skseq.datasets import make_echo
from skseq.exceptions import ExplodingGradientWarning

pytestmark = pytest.mark.usefixtures("eager")

WAVES = np.sin(np.linspace(0, 6, 30) + np.arange(20)[:, None])


def unstable(**parameters):
    """A step size beyond the stability limit of a squared error: the loss grows at every update."""
    defaults = {"optimizer": "sgd", "learning_rate": 1.6, "clipnorm": None, "epochs": 16, "random_state": 0}
    defaults |= {"code": "repeated", "reverse_target": False, "learning_rate_schedule": "constant"}
    return LSTMAutoencoderTransformer(**{"units": 4, **defaults, **parameters})


def told(estimator, fit="fit"):
    """The messages of a fit that tell of an explosion; such a fit gives no other warnings."""
    caught = recorded(getattr(estimator, fit), WAVES)
    messages = [str(warning.message) for warning in caught if warning.category is ExplodingGradientWarning]
    assert not messages or len(messages) == len(caught)
    return messages


# --- a fit ------------------------------------------------------------------------------------------------------------


def test_an_exploding_fit_is_told_of_once_with_figures_and_remedies():
    model = unstable(activation="relu")
    [message] = told(model)
    history = model.history_
    losses = history["loss"]
    assert losses[-1] == max(losses) > 1e6 * losses[0]
    assert message == (
        f"Gradients of LSTMAutoencoderTransformer exploded: the loss went from {losses[0]:.3g} to {losses[-1]:.3g} in "
        "epoch 16. Try clipnorm=1.0 (now None), clipvalue=0.5 (now None), a smaller learning_rate (now 1.6), l2=1e-4 "
        "(now 0.0), bptt_steps=10 (now None), activation='tanh' (now 'relu'), a smaller batch_size (now 32). "
        "history_ has the figures of every epoch."
    )
    assert history["largest_weight"][-1] > 1000


@pytest.mark.parametrize("remedy", [{"clipnorm": 1.0}, {"clipvalue": 0.5}, {"learning_rate": 0.1}])
def test_a_remedy_ends_explosion_and_warning(remedy):
    model = unstable(**remedy)
    assert told(model) == []
    assert max(model.history_["loss"]) < 10
    assert max(model.history_["largest_weight"]) < 10


def test_the_warning_as_an_error_loses_nothing():
    model = unstable()
    with pytest.raises(ExplodingGradientWarning):
        model.fit(WAVES)
    assert len(model.history_["loss"]) == 16


def test_partial_fit_tells_once():
    """One epoch at a time it is the same fit, seen at the epoch in which it can be told."""
    model = unstable()
    messages = [told(model, "partial_fit") for _ in range(12)]
    assert sum(map(len, messages)) == 1


def test_a_diverged_fit_is_an_error_and_no_warning():
    with pytest.raises(FloatingPointError, match="diverged"):
        unstable(learning_rate=1e3).fit(WAVES)


def test_what_was_learnt_before_a_diverged_fit_is_not_lost():
    model = unstable(learning_rate=0.1, epochs=3, scale_inputs=False).fit(WAVES)
    expected, losses = model.transform(WAVES), list(model.history_["loss"])
    model.set_params(learning_rate=1e30)
    for warm_start in (False, True):
        with pytest.raises(FloatingPointError, match=r"diverged: .* The estimator is as it was before\.$"):
            model.set_params(warm_start=warm_start).fit(1e10 * WAVES)
        assert model.history_["loss"] == losses

    def more(n_calls=4):
        for _ in range(n_calls):
            model.partial_fit(1e10 * WAVES)

    with pytest.raises(FloatingPointError, match="as it was before"):
        more()
    assert model.history_["loss"][:3] == losses
    np.testing.assert_array_equal(model.set_params(warm_start=False).transform(WAVES), expected)


# --- the rule ---------------------------------------------------------------------------------------------------------


def history(loss, norm, largest_norm=None, weight=None):
    return {
        "loss": loss,
        "gradient_norm": norm,
        "largest_gradient_norm": norm if largest_norm is None else largest_norm,
        "largest_weight": [1.0] * len(loss) if weight is None else weight,
    }


def test_growing_norms():
    grown = history([1.0, 1.1, 1.2, 1.3], [0.1, 0.1, 11.0, 11.0])
    assert explosion(grown) == (
        "their norm grew from 0.1 in the first to 11 in the last epochs, while the loss went from 1 to 1.3"
    )
    assert explosion(history([1.0, 1.1, 1.2, 1.3], [0.1, 0.1, 9.0, 9.0])) is None  # less than 100 times
    assert explosion(history([1.0, 1.0, 0.99, 0.98], [0.1, 0.1, 11.0, 11.0])) is None  # it leaves a plateau
    assert explosion(history([1.0, 1.1, 1.2, 1.3], [1e-4, 1e-4, 0.5, 0.5])) is None  # still small


def test_a_loss_that_bursts():
    """Wherever the fit ends: here it only found its way back to where it began."""
    assert explosion(history([1.0, 101.0, 0.8, 0.5], [2.0] * 4)) == "the loss went from 1 to 101 in epoch 2"
    assert explosion(history([1.0, 99.0, 0.8, 0.5], [2.0] * 4)) is None
    assert explosion(history([1e-6, 1e-3, 1e-6, 1e-6], [0.1] * 4)) is None  # it went on from a good fit


def test_losses_of_few_samples_jump():
    losses = [0.1, 1.0, 0.5, 0.3, 0.2, 0.2, 0.2, 0.2, 0.2, 99.0]
    assert explosion(history(losses, [2.0] * 10), few=True) is None
    assert explosion(history(losses, [2.0] * 10)) == "the loss went from 0.1 to 99 in epoch 10"
    assert explosion(history([*losses, 101.0], [2.0] * 11), few=True) == "the loss went from 1 to 101 in epoch 11"
    assert explosion(history([1.0, 1e9], [2.0] * 2), few=True) is None  # too few


def test_a_perfect_fit_has_not_exploded():
    """Its norms end so near 0 that the first updates look like a burst."""
    norms = [1.0, 1e-3, 1e-5, 1e-5, 1e-5, 1e-5, 1e-5, 1e-5, 1e-5, 1e-5]
    losses = [0.03, 1e-4, 1e-6, 1e-6, 1e-6, 1e-6, 1e-6, 1e-6, 1e-6, 1e-6]
    largest = [3.6, *norms[1:]]
    assert explosion(history(losses, norms, largest)) is None
    stuck = [0.03, *[0.02] * 9]
    assert "in epoch 1" in explosion(history(stuck, norms, largest))
    assert "in epoch 1" in explosion(history([2e-6, *losses[1:]], norms, largest))  # it was as small before
    assert "in epoch 1" in explosion(history([0.03, *[-2.0] * 6, *[-1.0] * 3], norms, largest))  # of a density


def test_one_update_that_bursts():
    norms, bursts = [0.2, 0.4, 0.2, 0.2], [0.5, 0.4, 301.0, 0.2]
    assert explosion(history([1.0, 1.0, 3.0, 1.0], norms, bursts)) == (
        "their norm went from 0.3 to 301 in epoch 3, while the loss went from 1 to 1"
    )
    assert explosion(history([1.0, 1.0, 3.0, 1.0], norms, [0.5, 0.4, 299.0, 0.2])) is None
    assert explosion(history([1.0, 0.8, 0.3, 0.1], norms, bursts)) is None  # it has learnt all the same


def test_weights_that_blow_up():
    weights = [2.0, 10.0, 100.0, 201.0]
    assert explosion(history([1.0] * 4, [1.0] * 4, weight=weights)) == (
        "the largest weight grew from 2 in epoch 1 to 201, while the loss went from 1 to 1"
    )
    assert explosion(history([1.0] * 4, [1.0] * 4, weight=[2.0, 10.0, 100.0, 199.0])) is None
    assert explosion(history([1e6, 1e5, 1e4, 1e3], [1.0] * 4, weight=weights)) is None  # large targets


def test_nothing_to_tell_of():
    assert explosion({}) is None
    assert explosion(history([1.0], [1e9])) is None
    assert explosion(history([0.0] * 4, [0.0] * 4)) is None
    assert explosion(history([1.0, np.nan, np.inf], [1.0, np.nan, np.inf])) is None


# --- truncated backpropagation ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("attention", [False, "bahdanau", "dot"])
def test_bptt_steps_as_long_as_the_sequences_change_nothing(attention):
    X, y = make_echo(20, n_timesteps=4, n_kept=3, cardinality=3, random_state=0)
    common = {"units": 4, "attention": attention, "epochs": 2, "random_state": 0, "dtype": "float64"}
    losses = {k: Seq2SeqClassifier(**common, bptt_steps=k).fit(X, y).history_["loss"] for k in (None, 4, 2**40, 1)}
    for bptt_steps in (4, 2**40):
        assert losses[bptt_steps] == pytest.approx(losses[None], rel=1e-12)
    assert losses[1] != pytest.approx(losses[None], rel=1e-9)


def test_bptt_steps_may_change_between_fits():
    model = LSTMAutoencoderTransformer(units=3, epochs=2, random_state=0, warm_start=True).fit(WAVES)
    model.set_params(bptt_steps=5).fit(WAVES)
    assert len(model.history_["loss"]) == 4


@pytest.mark.parametrize("bptt_steps", [0, 2.5, "all"])
def test_bptt_steps_must_be_a_positive_integer_or_none(bptt_steps):
    with pytest.raises(ValueError, match="'bptt_steps' parameter of LSTMAutoencoderTransformer must be"):
        LSTMAutoencoderTransformer(bptt_steps=bptt_steps).fit(WAVES)
