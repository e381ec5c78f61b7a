"""Trials that say how many epochs are worth having: rules by hand, and what fits do with them."""

import logging
import signal
import warnings
from dataclasses import replace

import keras
import numpy as np
import pytest
from sklearn.metrics import accuracy_score

from skseq import Seq2SeqClassifier, SequenceClassifier, SequenceGenerator, SequenceRegressor, SequenceTagger
from skseq._base.diagnosis.fit_checks import diagnose
from skseq._base.fits.facts import Facts
from skseq._base.fits.noise import OF_LABELS, OF_TAGS, Rules, Trial, n_others, sees_noise
from skseq._data.constant_answer import ConstantAnswer
from skseq.exceptions import TrainingWarning
from skseq.nn.training.fitting import fit_network

RNG = np.random.RandomState(0)
STATES = RNG.randint(0, 2, 400)
WAVES = RNG.randn(400, 6, 2) + (STATES - 0.5)[:, None, None]
FLIPPED = np.where(RNG.rand(400) < 0.2, 1 - STATES, STATES)
X, Y, X_NEW, Y_NEW = WAVES[:120], FLIPPED[:120], WAVES[120:], STATES[120:]
NETWORK = {"units": 16, "bidirectional": False, "dropout": 0.0}
SMALL = {**NETWORK, "learning_rate": 0.02, "jit_compile": False, "random_state": 0}


def classifier(**parameters):
    return SequenceClassifier(**{**SMALL, "n_iter_no_change": 4, **parameters})


def trial(n_epochs=60, n_held_out=30, patience=4, constant_loss=1.0, held_out_loss=1.2, **rules):
    return Trial(
        rules=Rules(**rules),
        n_epochs=n_epochs,
        n_held_out=n_held_out,
        patience=patience,
        constant_loss=constant_loss,
        held_out_loss=held_out_loss,
    )


# --- the rules --------------------------------------------------------------------------------------------------------

RISING = [0.9, 0.8, 0.7, 0.6, 0.5, 0.5, 0.6, 0.7, 0.8, 0.9, 0.9]


def test_beside_another_model():
    """The network leaves its least loss, 0.6, of 1.2, or half of the errors that a constant makes of 30 labels."""
    history = {"val_loss": RISING}
    assert trial().beside(None, history) is None
    assert trial().beside(0.1, history) == (0.1, pytest.approx(0.5))
    labels = replace(trial(n_held_out=60), held_out_share=0.5)
    history["val_accuracy"] = [0.5] * 6 + [0.75] * 5
    assert labels.beside(0.2, history) == (0.2, pytest.approx(0.5))  # 6 and 15 wrong: above 1.5 * 21**0.5 apart
    assert labels.beside(0.3, history) is None  # 9 and 15: below 1.5 * 24**0.5
    assert trial().beside(0.1, history) is None  # several labels have no constant
    at_once = {"val_loss": [0.7, 0.6, 0.4, 0.2, 0.01], "val_accuracy": [0.6, 0.6, 0.7, 0.9, 1.0]}
    assert labels.beside(0.0, at_once) is None  # and nothing is wrong in the end


def test_a_trial_that_got_stuck():
    assert trial().is_stuck({"loss": [1.5] * 5 + [0.91] * 5})
    assert not trial().is_stuck({"loss": [1.5] * 5 + [0.89] * 5})


def test_of_other_models_the_best_one_counts():
    history = {"loss": [1.0] * 20, "val_loss": [0.5] * 20}
    others = {"summaries": 0.3, "columns": 0.1, "unknown": None}
    assert trial().beside_best(others, history) == {"columns": trial().beside(0.1, history)}
    assert trial().beside_best({"unknown": None}, history) == trial().beside_best({}, history) == {}


def test_a_loss_that_rises_again():
    history = {"val_loss": RISING}
    verdict = trial().verdict(history)
    assert not trial().is_over(history)  # it may fall again
    assert trial().is_over({"val_loss": [*RISING, 1.2, 1.2, 1.2]})
    assert verdict.noisy
    # Medians of five: 0.8, 0.75, 0.7, 0.6, 0.6, 0.6, 0.6, 0.7, 0.8, 0.85, 0.9. The first of the least is the fourth.
    assert verdict.n_epochs == 6  # one and a half times as many
    assert verdict.least == pytest.approx(0.6 / 1.2)


def test_the_number_of_epochs():
    assert trial().verdict({"val_loss": [2.0, 1.8, 1.6, 1.4, *RISING]}).n_epochs == 12  # one and a half times 8
    assert trial().verdict({"val_loss": RISING[4:]}).n_epochs == 5  # the fewest


@pytest.mark.parametrize(("n_high", "noisy"), [(3, False), (4, True)])
def test_patience(n_high, noisy):
    history = {"val_loss": [0.9] * 3 + [0.5] * 5 + [1.1] * n_high}  # the first median of 0.5 is the fourth
    assert trial(patience=8).is_over(history) is noisy
    assert trial(patience=8).verdict(history).noisy is noisy


def test_a_loss_that_stays_does_not_rise():
    for end, noisy in ((0.51, False), (0.53, True)):
        losses = [0.9] * 3 + [0.5] * 3 + [end] * 8
        assert trial().verdict({"val_loss": losses}).noisy is noisy
        assert trial(constant_loss=2.0).verdict({"val_loss": losses}).noisy is False


def test_a_loss_that_hardly_falls_has_stayed():
    """By 0.002 in each epoch; the least median, 0.482, is the last."""
    history = {"val_loss": [0.9, 0.8, 0.7, 0.6, *np.linspace(0.5, 0.48, 11), 0.49]}
    assert not trial().verdict(history).noisy
    assert not trial(slack=0.002).verdict(history).noisy  # 0.484 was reached three epochs ago
    assert trial(slack=0.004).verdict(history).noisy
    assert trial(slack=0.004).verdict(history).n_epochs == 24  # one and a half times 16
    assert not trial(slack=0.004, constant_loss=0.5).verdict(history).noisy


def test_a_loss_that_never_left_that_of_a_constant_ends_no_trial_of_labels_at_once():
    """The constant answer has a loss of 1.2. A trial of 60 epochs has a third of them then."""
    for least, over in ((1.15, False), (1.13, True)):
        early = {"loss": [1.0] * 15, "val_loss": [1.4, *[least] * 3, *[2.0] * 11]}
        assert trial(waits=2.0).is_over(early) is over
        assert trial().is_over(early)
        later = {name: [*losses, *losses[-1:] * 5] for name, losses in early.items()}
        assert trial(waits=2.0).is_over(later)


@pytest.mark.parametrize(("constant_loss", "noisy"), [(0.55, False), (0.57, True), (1.2, True), (1.3, False)])
def test_what_stays_is_noise_if_something_is_learnt_and_much_is_left(constant_loss, noisy):
    """From 0.4 to 0.9 of the loss of a constant answer."""
    history = {"val_loss": [0.9] * 3 + [0.5] * 9}
    known = trial(slack=0.01, constant_loss=constant_loss, held_out_loss=0.0)
    assert known.verdict(history).noisy is noisy


def test_where_the_loss_stays_the_fit_has_the_epochs_of_the_trial():
    """Where it rises it has fewer."""
    for end, n_epochs in ((0.51, 20), (0.6, 6)):
        history = {"val_loss": [0.9] * 3 + [0.5] * 3 + [end] * 14}  # the least median of five is the fourth
        assert trial(slack=0.01).verdict(history).n_epochs == n_epochs
    assert OF_LABELS.slack == 0 < OF_TAGS.slack


def test_what_stays_with_more_that_is_right_is_no_noise():
    history = {"val_loss": [0.9] * 3 + [0.5] * 9, "val_accuracy": [0.5] * 6 + [0.6] * 6}
    assert not trial(slack=0.01).verdict(history).noisy
    assert trial(slack=0.01, by_accuracy=False).verdict(history).noisy


def test_a_loss_that_waits_at_that_of_a_constant_answer():
    """When it leaves it is chance, so a fit has more epochs; a loss that hardly leaves it has not waited."""
    waits = [1.2] * 8 + [0.9, 0.8, 0.7, 0.6, 0.5, 0.5, 0.5, 0.5, 0.5] + [0.9] * 7
    for waiting, n_epochs in (
        (0.0, 20),
        (2.0, 36),
    ):  # the least median is the thirteenth, the first below 1.14 the ninth
        assert trial(waits=waiting).verdict({"val_loss": waits}).n_epochs == n_epochs
    hardly = [1.2] * 8 + [1.09] * 5 + [1.3] * 7
    assert trial(waits=2.0).verdict({"val_loss": hardly}).n_epochs == 14  # one and a half times 9
    assert trial(waits=2.0, held_out_loss=0.0, constant_loss=1.2).verdict({"val_loss": waits}).n_epochs == 36


def test_a_rise_on_the_way_is_no_verdict():
    """Then it is lowest at the end: a network may learn by heart first, and then what holds."""
    losses = [0.9, 0.8, 0.7, 0.7, 0.7, *[0.85] * 6, 0.6, 0.5, 0.4, 0.4, 0.4]
    assert trial().verdict({"val_loss": losses[:11]}).noisy
    assert not trial().is_over({"val_loss": losses[:11]})
    assert not trial().verdict({"val_loss": losses}).noisy


def test_more_that_is_right_is_no_noise():
    """A loss may rise because answers get too sure."""
    losses = [0.9] * 3 + [0.5] * 5 + [0.9] * 6  # the first least median is the fourth
    grows, falls = [0.5] * 6 + [0.6] * 8, [0.6] * 6 + [0.5] * 8
    for accuracy, noisy in ((grows, False), (falls, True), ([0.5] * 14, True)):
        history = {"val_loss": losses, "val_accuracy": accuracy}
        assert trial().verdict(history).noisy is noisy
        assert trial(by_accuracy=False).verdict(history).noisy


def test_one_bad_epoch_is_no_rise():
    losses = [0.9, 0.8, 0.7, 0.6, 0.5, 0.5, 0.5, 0.5, 0.5, 0.5, 5.0]
    assert not trial().is_over({"val_loss": losses})
    assert trial().verdict({"val_loss": losses}).n_epochs == 60


def test_what_is_solved_has_no_noise():
    losses = [0.09] * 3 + [0.3] * 10
    assert trial().is_over({"val_loss": losses[:1]})
    assert not trial().verdict({"val_loss": losses}).noisy
    assert trial(constant_loss=0.5).verdict({"val_loss": losses}).noisy


def test_the_longest_trial():
    assert trial().n_longest == 60
    assert trial(longest=0.5).n_longest == 30
    assert trial(n_epochs=15, longest=0.1).n_longest == 9  # patience, and the five of a median


def epochs_of_trial(held_out, training, **rules):
    """After how many epochs a trial with these losses is over."""
    ends = [trial(**rules).is_over({"val_loss": held_out[:n], "loss": training[:n]}) for n in range(1, 61)]
    return ends.index(True) + 1


def test_a_trial_whose_loss_falls_ends_after_a_third():
    falling = np.linspace(0.9, 0.3, 60).tolist()
    assert epochs_of_trial(falling, falling) == 20
    assert epochs_of_trial(falling, falling, share=0.5) == 30


def test_a_trial_goes_on_where_something_may_be_learnt_by_heart():
    falling, flat = np.linspace(0.9, 0.3, 60).tolist(), [0.9] * 5 + [0.5] * 55
    assert epochs_of_trial(flat, falling) == 60  # the least is long ago
    assert epochs_of_trial(falling, [0.4 * loss for loss in falling]) == 60  # training has far less
    again = [*flat[:40], *np.linspace(0.49, 0.3, 20)]
    assert epochs_of_trial(again, falling) == 42  # the median of 0.5, 0.49 and 0.48 is below the former least


def test_whole_trials():
    assert trial().verdict({"val_loss": [0.9] * 60}).whole
    assert not trial().verdict({"val_loss": [0.9] * 59}).whole


def test_few_samples_say_nothing_of_a_constant():
    assert trial(n_held_out=29).verdict({"val_loss": RISING}).least is None
    assert replace(trial(), n_others=9).verdict({"val_loss": RISING}).least is None
    assert replace(trial(), n_others=10).verdict({"val_loss": RISING}).least is not None
    assert replace(trial(), n_others=9).verdict({"val_loss": RISING}).lowest == pytest.approx(0.6 / 1.2)


@pytest.mark.parametrize(("n_others", "rare"), [(14, True), (15, False), (None, False)])
def test_rare_classes_are_counted(n_others, rare):
    """Below a quarter of 60, whatever the class weights are."""
    assert replace(trial(n_held_out=60), n_others=n_others).verdict({"val_loss": RISING}).rare is rare


@pytest.mark.parametrize("name", ["val_accuracy", "val_token_accuracy"])
def test_more_is_right_than_chance_gives(name):
    """The standard error of a share of 0.5 of 100 is 0.05, and the median of the last five counts."""

    def above_chance(accuracies, share=0.5, n_held_out=100):
        known = replace(trial(n_held_out=n_held_out), held_out_share=share)
        return known.verdict({"val_loss": RISING, name: accuracies}).above_chance

    assert above_chance([0.5] * 6 + [0.4, 0.63, 0.63, 0.63, 0.9])
    assert not above_chance([0.9] * 6 + [0.62] * 5)
    assert not above_chance([0.63] * 11, n_held_out=90)
    assert not above_chance([0.63] * 11, share=None)
    assert not replace(trial(), held_out_share=0.5).verdict({"val_loss": RISING}).above_chance  # of numbers


def test_losses_that_are_not_finite():
    verdict = trial().verdict({"val_loss": [0.9, 0.5, np.nan]})
    assert (verdict.n_epochs, verdict.noisy) == (60, False)


def test_other_rules():
    losses = [2.0, 1.8, 1.6, 1.4, *RISING]
    assert trial(times=2.0).verdict({"val_loss": losses}).n_epochs == 16
    assert trial(times=9.0).verdict({"val_loss": losses}).n_epochs == 60
    assert not trial(rise=0.4).verdict({"val_loss": losses}).noisy
    assert trial(solved=0.55).is_over({"val_loss": RISING})


@pytest.mark.parametrize(
    ("rules", "fraction", "n_samples", "n_held_out"),
    [(Rules(), 0.1, 100, 25), (Rules(), 0.1, 157, 30), (Rules(), 0.1, 601, 61), (OF_TAGS, 0.1, 100, 10)],
)
def test_so_many_are_held_out(rules, fraction, n_samples, n_held_out):
    """30 at least, but no more than a fourth; of sequences with many labels each the fraction alone counts."""
    assert rules.n_held_out(fraction, n_samples) == n_held_out


@pytest.mark.parametrize(("n_others", "n_held_out"), [(600, 100), (100, 100), (50, 200), (20, 250), (None, 100)])
def test_so_many_are_held_out_that_some_are_rare(n_others, n_held_out):
    """Ten that are not of the most frequent class of 1,000 samples, but no more than a fourth."""
    assert Rules().n_held_out(0.1, 1_000, n_others) == n_held_out
    assert OF_TAGS.n_held_out(0.1, 1_000, n_others) == 100


def test_samples_that_are_not_of_the_most_frequent_class():
    classes = np.array([0, 1, 1, 2, 1, 0])
    assert n_others(classes, np.arange(6)) == 3
    assert n_others(classes, np.array([1, 2, 4])) == 0
    assert n_others(None, np.arange(6)) is None


@pytest.mark.parametrize(("n_epochs", "sees"), [(29, False), (30, True)])
def test_epochs_that_are_enough(n_epochs, sees):
    assert sees_noise(Rules(), n_epochs, 10) is sees


# --- fits -------------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def noisy():
    return classifier().fit(X, Y)


def test_a_noisy_fit_has_fewer_epochs_and_is_better(noisy):
    assert 5 <= noisy.n_iter_ < 34
    by_heart = classifier(epochs=100, early_stopping=False).fit(X, Y)
    assert by_heart.n_iter_ == 100
    assert accuracy_score(Y_NEW, noisy.predict(X_NEW)) > accuracy_score(Y_NEW, by_heart.predict(X_NEW)) + 0.05


def test_it_is_the_fit_with_so_many_epochs(noisy):
    same = classifier(epochs=noisy.n_iter_).fit(X, Y)
    np.testing.assert_array_equal(same.predict_proba(X_NEW), noisy.predict_proba(X_NEW))
    assert "val_loss" not in noisy.history_  # the trial leaves nothing


def test_a_fit_without_noise_is_as_without_a_trial():
    far_apart, y = X + 4 * STATES[:120, None, None], STATES[:120]
    model, same = classifier().fit(far_apart, y), classifier(epochs=100).fit(far_apart, y)
    assert model.n_iter_ == same.n_iter_ > 5
    np.testing.assert_array_equal(same.predict_proba(X_NEW), model.predict_proba(X_NEW))


def test_a_regressor_and_a_tagger():
    settings, rng = {**SMALL, "n_iter_no_change": 4}, np.random.RandomState(1)
    assert SequenceRegressor(**settings).fit(X, STATES[:120] + 0.7 * rng.randn(120)).n_iter_ < 34
    labels = np.where(rng.rand(120, 6) < 0.3, 1 - STATES[:120, None], STATES[:120, None])
    assert SequenceTagger(**settings).fit(X, labels).n_iter_ < 34


@pytest.fixture
def n_fits(monkeypatch):
    """Whether samples were held out of each fit so far, in a list; no fit has more than three epochs."""
    found = []

    def counted(runner, data, options, **more):
        found.append(more["validation"] is not None)
        return fit_network(runner, data, replace(options, epochs=min(options.epochs, 3)), **more)

    monkeypatch.setattr("skseq.nn.training.fitting.fit_network", counted)
    return found


def test_a_trial_is_the_first_fit(n_fits):
    classifier(n_init=2).fit(X, Y)
    assert n_fits == [True, False, False]


@pytest.mark.parametrize(
    ("parameters", "n_samples"),
    [({}, 99), ({"early_stopping": False}, 120), ({"epochs": 40}, 120), ({"n_iter_no_change": 40}, 120)],
)
def test_fits_without_a_trial(n_fits, parameters, n_samples):
    classifier(**parameters).fit(X[:n_samples], Y[:n_samples])
    assert n_fits == [False]


def test_what_would_not_be_alike(n_fits):
    classifier(validation_fraction=0.995).fit(X, Y)
    classifier(callbacks=[keras.callbacks.Callback()]).fit(X, Y)
    assert n_fits == [False, False]


def test_validation_data_and_early_stopping_need_no_trial(n_fits):
    classifier(early_stopping=True).fit(X, Y)
    classifier().fit(X, Y, X_val=X_NEW, y_val=Y_NEW)
    assert n_fits == [True, True]


def test_neither_has_what_goes_on(n_fits):
    model = classifier(warm_start=True).fit(X[:50], Y[:50])
    model.fit(X, Y)
    model.partial_fit(X, Y)
    assert n_fits == [False] * 3


def test_steps_of_taggers_count(n_fits):
    tags = np.repeat(Y[:45, None], 25, axis=1)
    long, short = np.tile(X[:45], (1, 5, 1))[:, :25], np.tile(X[:45], (1, 4, 1))[:, :22]
    for sequences in (long, short):  # 1,125 and 990 steps
        SequenceTagger(**SMALL, n_iter_no_change=4).fit(sequences, tags[:, : sequences.shape[1]])
    assert n_fits == [True, False, False]


TOKENS = RNG.randint(0, 4, (100, 4))


def generator(**parameters):
    return SequenceGenerator(
        learning_rate=0.05, recurrent_dropout=0.0, n_iter_no_change=4, random_state=0, **parameters
    )


def test_a_generator_of_tokens_has_fewer_epochs():
    assert generator(units=16).fit(TOKENS).n_iter_ < 120


def test_generators_of_tokens_have_one(n_fits):
    model = generator(units=2).fit(TOKENS)
    model.set_params(window=4).fit(np.tile(TOKENS, (1, 2)).reshape(1, -1))  # 200 windows of one sequence
    model.set_params(n_components=1).fit(RNG.randn(100, 2))
    model.set_params(n_sampled_tokens=2).fit(TOKENS)  # whose loss is no likelihood
    assert n_fits == [True, False, False, False, False]


def test_encoder_decoders_have_none(n_fits):
    tokens = (X[:120, :, 0] > 0).astype(int)
    network = {"units": 4, "attention": False, "bidirectional": False, "random_state": 0}
    Seq2SeqClassifier(**network, epochs="auto", n_iter_no_change=2).fit(tokens, tokens[:, :2])
    assert n_fits == [False]


# --- what is said -----------------------------------------------------------------------------------------------------


def test_the_log(caplog):
    with caplog.at_level(logging.INFO, logger="skseq"):
        model = classifier().fit(X, Y)
    says = [record.getMessage() for record in caplog.records]
    assert says[0] == "SequenceClassifier tries up to 100 of 100 epochs without 30 of the samples."
    assert says[1] == f"SequenceClassifier has {model.n_iter_} of its 100 epochs: more would learn noise."


def test_verbose_prints_the_trial_and_the_fit(capsys):
    model = classifier(verbose=1).fit(X, Y)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "SequenceClassifier tries up to 100 of 100 epochs without 30 of the samples."
    assert lines[1].startswith("epoch   1/100  loss ")
    assert "val_loss" in lines[1]
    assert lines[-1].startswith(f"epoch {model.n_iter_}/{model.n_iter_}  loss ")


def test_y_that_has_nothing_to_do_with_x_is_told():
    with pytest.warns(TrainingWarning) as caught:
        model = classifier().fit(WAVES[:320], np.random.RandomState(13).randint(0, 2, 320))
    says = (
        "What SequenceClassifier learnt does not hold for other samples: at best, the loss of those that its trial "
        f"held out was {model._facts.held_out:.3g} times that of a constant. Try whether X and y are in the same "
        "order, an X that tells more of y, and more samples."
    )
    assert says in [str(warning.message) for warning in caught]
    assert 1 < model._facts.held_out < 1.1
    assert not model._facts.above_chance


def test_answers_that_are_right_but_too_sure_hold():
    """As of texts with many rare words: the loss alone never falls below that of a constant."""
    trials = []

    def too_sure(*args, **kwargs):
        result = fit_network(*args, **kwargs)
        if trials:
            return result
        trials.append(result)
        losses = np.linspace(1.0, 3.0, len(result.history["val_loss"])).tolist()
        return replace(result, history=result.history | {"val_loss": losses})

    with pytest.MonkeyPatch.context() as patch, warnings.catch_warnings():
        patch.setattr("skseq.nn.training.fitting.fit_network", too_sure)
        warnings.simplefilter("error", TrainingWarning)
        model = classifier().fit(X, STATES[:120])
    assert trials
    assert model._facts.held_out > 1
    assert model._facts.above_chance


def test_gradients_of_noise_may_be_clipped():
    known = {"of": "Model", "n_epochs": 5, "most_epochs": 5, "early_stopping": False, "clipnorm": 1.0}
    norms = {"gradient_norm": [5.0] * 5, "largest_gradient_norm": [5.0] * 5, "largest_weight": [1.0] * 5}
    history = {"loss": [1.0, 0.9, 0.8, 0.7, 0.6], **norms}
    for noisy in (False, True):
        facts = Facts(constant=ConstantAnswer(loss=1.0), noisy=noisy, **known)
        found = [check.name for check in diagnose(history, facts, classifier().get_params()).found]
        assert found == ([] if noisy else ["clipped gradients"])


def test_held_out_samples_are_told_of_only_if_their_loss_rises():
    """Else nothing was learnt yet: the parity of five bits takes longer."""
    bits = np.random.RandomState(0).randint(0, 2, (300, 6)).astype(float)
    model = classifier(units=32, learning_rate=1e-3, n_iter_no_change=10, source_type="numeric")
    with warnings.catch_warnings():
        warnings.simplefilter("error", TrainingWarning)
        model.fit(bits[:, :, None], bits[:, :5].sum(axis=1) % 2)
    assert model.n_iter_ == 100


# --- interrupts -------------------------------------------------------------------------------------------------------


def test_an_interrupt_of_the_trial_ends_the_fit(monkeypatch, n_fits):
    is_over = Trial.is_over

    def interrupted(self, history):
        if len(history["loss"]) == 3:
            signal.raise_signal(signal.SIGINT)
        return is_over(self, history)

    monkeypatch.setattr(Trial, "is_over", interrupted)
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with pytest.warns(UserWarning, match="interrupted by user"):
            model = classifier().fit(X, Y)
    finally:
        signal.signal(signal.SIGINT, before)
    assert n_fits == [True]
    assert model.n_iter_ == 3
    assert model.predict(X_NEW).shape == (280,)
