"""Fits of windows beside a linear model that are made once more, of more epochs, where these pay."""

from dataclasses import replace

import keras
import numpy as np
import pytest

from skseq import Seq2SeqRegressor, SeriesForecaster
from skseq._base.fits import longer_fits, training
from skseq._base.fits.longer_fits import (
    LongerFitsMixin,
    TrialWindows,
    epochs_worth_having,
    errors_to_gain,
    left_if_a_rule,
    mean_errors,
    share_left,
)
from skseq.nn.training import fitting


def made_by_rule(n):
    """A logistic map: each number follows from the last, and no line is near."""
    numbers = [0.3]
    while len(numbers) < n:
        numbers.append(3.8 * numbers[-1] * (1 - numbers[-1]))
    return np.array(numbers)


def windows(series, n_steps=3, horizon=1):
    cut = np.lib.stride_tricks.sliding_window_view(series, n_steps + horizon)
    return cut[:, :n_steps], cut[:, n_steps:]


SMALL = {"units": 8, "bidirectional": False, "learning_rate": 0.03, "batch_size": 32, "random_state": 0}
RULE = windows(made_by_rule(143))
NOISE = windows(np.random.RandomState(0).randn(143))
N_FEW = 5  # epochs of 140 windows beside a linear model


def same_weights(one, other):
    assert one.weights_.keys() == other.weights_.keys()
    return all(np.array_equal(value, other.weights_[name]) for name, value in one.weights_.items())


def noted(monkeypatch, option):
    """A list of an option of all fits of a network to come, one after another, of which three epochs are trained."""
    found, fit_network = [], fitting.fit_network

    def counted(runner, data, options, **more):
        found.append(getattr(options, option))
        return fit_network(runner, data, replace(options, epochs=min(options.epochs, 3)), **more)

    monkeypatch.setattr(fitting, "fit_network", counted)
    return found


@pytest.fixture
def n_fits(monkeypatch):
    """The epochs that fits were to have."""
    return noted(monkeypatch, "epochs")


@pytest.fixture
def rates(monkeypatch):
    """The factors of their rates."""
    return noted(monkeypatch, "caution")


def test_what_follows_a_rule_has_more_epochs():
    X, y = RULE
    model = Seq2SeqRegressor(**SMALL).fit(X[:110], y[:110])
    assert model.n_iter_ > 10 * N_FEW
    few = Seq2SeqRegressor(**SMALL, epochs=N_FEW).fit(X[:110], y[:110])
    errors = [np.abs(fitted.predict(X[110:]) - y[110:]).mean() for fitted in (model, few)]
    assert errors[0] < errors[1] / 4
    assert same_weights(model, Seq2SeqRegressor(**SMALL, epochs=model.n_iter_).fit(X[:110], y[:110]))  # of all windows


def test_noise_has_one_fit_of_few_epochs(n_fits):
    Seq2SeqRegressor(**SMALL).fit(*NOISE)
    assert n_fits == [N_FEW]


def test_few_windows_of_series_beside_a_linear_model_have_a_tenth_of_the_rate(rates):
    few, series = SMALL, {"groups": np.arange(25)}  # of three inputs, 30 are no longer few
    X, y = (part[:25] for part in NOISE)
    Seq2SeqRegressor(**few).fit(X, y, **series)
    Seq2SeqRegressor(**few, calibration_fraction=0.4).fit(*(part[:40] for part in NOISE), groups=np.arange(40))
    assert rates == [0.1, 0.1]
    rates.clear()
    Seq2SeqRegressor(**few).fit(X, y)
    Seq2SeqRegressor(**few, epochs=2).fit(X, y, **series)
    Seq2SeqRegressor(**few, linear=False).fit(X, y, **series)
    Seq2SeqRegressor(**few).fit(*(part[:40] for part in NOISE), groups=np.arange(40))
    assert rates == [1] * 4


@pytest.mark.parametrize(("better", "expected"), [(np.inf, [1, 1]), (0, [1, 0.1])])
def test_a_trial_and_what_pays_have_the_whole_rate(rates, monkeypatch, better, expected):
    monkeypatch.setattr(longer_fits, "BETTER", better)
    monkeypatch.setattr(longer_fits, "TELLING", np.inf)  # neighbours are enough
    X, y = windows(np.random.RandomState(0).randn(151), n_steps=20)  # 131 are few for 20 inputs
    Seq2SeqRegressor(**SMALL).fit(X, y, groups=np.arange(131))
    assert rates == expected


@pytest.mark.parametrize(
    "given",
    [
        {"learning_rate": 0.02},
        {"learning_rate": None, "optimizer": {"class_name": "sgd", "config": {"learning_rate": 0.02}}},
    ],
)
def test_the_tenth_of_the_rate_is_in_the_history(given):
    model = Seq2SeqRegressor(**SMALL | given, learning_rate_schedule="constant")
    model.fit(*(part[:25] for part in NOISE), groups=np.arange(25))
    assert model.history_["learning_rate"] == pytest.approx([0.002])


def test_a_trial_that_does_not_pay_changes_nothing(n_fits, monkeypatch):
    monkeypatch.setattr(longer_fits, "TELLING", 1e9)  # of the neighbours
    X, y = NOISE
    drawn = SMALL | {"random_state": np.random.RandomState(0)}
    model = Seq2SeqRegressor(**drawn).fit(X, y)
    assert n_fits == [100, N_FEW]  # of the earlier windows, then of all
    assert "val_loss" not in model.history_
    assert same_weights(model, Seq2SeqRegressor(**SMALL, epochs=N_FEW).fit(X, y))


def test_what_was_learnt_with_other_weights_is_forgotten(n_fits):
    X, y = RULE
    model = Seq2SeqRegressor(**SMALL | {"units": 2, "epochs": 1}).fit(X, y).conformalize(X, y)
    assert not hasattr(model.set_params(epochs="auto").fit(X, y), "conformal_scores_")
    assert len(n_fits) == 3


def test_windows_of_series_hold_out_the_last_ones(n_fits):
    network = Seq2SeqRegressor(**SMALL | {"units": 2})
    SeriesForecaster(network, window=3, horizon=1, max_windows=None).fit([made_by_rule(150)])
    assert len(n_fits) == 2


def test_what_a_linear_model_knows_has_one_fit(n_fits):
    X = np.random.RandomState(0).randn(140, 4)
    Seq2SeqRegressor(**SMALL | {"units": 2}).fit(X, X[:, ::-1])
    assert n_fits == [N_FEW]


def test_windows_without_weight_do_not_count(n_fits):
    X, y = RULE
    small = SMALL | {"units": 2, "batch_size": 64}
    with_them = Seq2SeqRegressor(**small).fit(X, y, sample_weight=np.r_[np.ones(120), np.zeros(20)])
    assert len(n_fits) == 2
    assert same_weights(with_them, Seq2SeqRegressor(**small).fit(X[:120], y[:120]))
    Seq2SeqRegressor(**small).fit(X, y, sample_weight=np.r_[np.zeros(120), np.ones(20)])
    assert len(n_fits) == 5


@pytest.mark.parametrize(
    "given",
    [{"epochs": 3}, {"early_stopping": False}, {"callbacks": [keras.callbacks.Callback()]}, {"linear": False}],
    ids=lambda given: next(iter(given)),
)
def test_who_says_how_to_train_has_one_fit(n_fits, given):
    settings = SMALL | {"units": 2, "epochs": 3 if given == {"linear": False} else "auto"} | given
    Seq2SeqRegressor(**settings).fit(*RULE)
    assert len(n_fits) == 1


def test_fits_that_go_on_and_few_windows_have_one_fit(n_fits):
    X, y = RULE
    model = Seq2SeqRegressor(**SMALL | {"units": 2}, warm_start=True).fit(X[:99], y[:99])
    model.fit(X, y)
    model.partial_fit(X, y)
    model.set_params(warm_start=False).fit(X, y, X_val=X, y_val=y)
    assert len(n_fits) == 4


def test_an_interrupt_of_the_trial_keeps_what_it_has_learnt(monkeypatch, n_fits):
    tried = LongerFitsMixin._try

    def interrupted(self, *args):
        return replace(tried(self, *args), interrupted=True)

    model = Seq2SeqRegressor(**SMALL | {"units": 2, "epochs": 1}, calibration_fraction=0.1).fit(*RULE)
    scores, n_fits[:] = model.conformal_scores_, []
    monkeypatch.setattr(LongerFitsMixin, "_try", interrupted)
    with pytest.warns(UserWarning, match="interrupted by user: the weights learnt so far are kept"):
        model.set_params(epochs="auto").fit(*RULE)
    assert n_fits == [100]
    assert model.conformal_scores_.shape == scores.shape
    assert not np.array_equal(model.conformal_scores_, scores)
    assert model.predict(RULE[0]).shape == RULE[1].shape


def test_a_checkpoint_changes_nothing(tmp_path, n_fits):
    folder, small = tmp_path / "fit", SMALL | {"units": 2}
    model = Seq2SeqRegressor(**small, checkpoint=folder).fit(*RULE)
    assert not folder.exists()
    assert len(n_fits) == 2
    assert same_weights(model, Seq2SeqRegressor(**small).fit(*RULE))


def test_a_trial_is_told_and_leaves_warnings_to_the_fit(capsys, monkeypatch):
    looked = []
    monkeypatch.setattr(training, "warn_if_few_are_long", lambda data, job: looked.append(job.epochs))
    model = Seq2SeqRegressor(**SMALL | {"units": 2}, verbose=1).fit(*RULE)
    assert looked == [model.n_iter_]
    assert "Seq2SeqRegressor tries up to 100 epochs without the last 14 of the samples." in capsys.readouterr().out


def test_targets_of_different_lengths(n_fits):
    """The last of them lack the last steps, of which nothing is known."""
    series = made_by_rule(153)
    X, y = windows(series, horizon=6)
    y = [own[: max(1, min(6, len(y) - n))] for n, own in enumerate(y)]
    Seq2SeqRegressor(**SMALL | {"units": 2}).fit(X, y)
    assert len(n_fits) == 2


@pytest.mark.parametrize("scaling", ["auto", None])
@pytest.mark.filterwarnings("ignore:.* stood still in its last")
@pytest.mark.parametrize(
    "series",
    [
        np.r_[made_by_rule(130), np.full(30, 0.5)],
        np.stack([np.r_[made_by_rule(80), np.full(80, 0.5)], made_by_rule(160)], axis=1),
        np.stack([made_by_rule(160), np.full(160, 7.0)], axis=1),
    ],
    ids=["in the end", "one of two", "a constant beside it"],
)
def test_series_that_stand_still(n_fits, series, scaling):
    network = Seq2SeqRegressor(**SMALL | {"units": 2}, scaling=scaling)
    model = SeriesForecaster(network, window=3, horizon=1, max_windows=None).fit([series])
    assert np.isfinite(model.predict()).all()


# --- few samples that were not cut from series ------------------------------------------------------------------------

DRAWN = np.random.RandomState(0)
PAST, KNOWN = DRAWN.randn(160, 20), DRAWN.choice([-1.0, 1.0], (160, 1, 1))
PRODUCTS = KNOWN[:, 0] * PAST[:, -1:]  # no line is near, and no neighbour
TAUGHT = slice(0, 130)


def test_a_trial_decides_alone():
    model = Seq2SeqRegressor(**SMALL).fit(PAST[TAUGHT], PRODUCTS[TAUGHT], X_future=KNOWN[TAUGHT])
    assert model.n_iter_ > 20
    few = Seq2SeqRegressor(**SMALL, epochs=2).fit(PAST[TAUGHT], PRODUCTS[TAUGHT], X_future=KNOWN[TAUGHT])
    errors = [np.abs(fit.predict(PAST[130:], X_future=KNOWN[130:]) - PRODUCTS[130:]).mean() for fit in (model, few)]
    assert errors[0] < errors[1] / 2


@pytest.mark.parametrize(("shares", "keeps"), [([0.6, 0.7], True), ([0.7, 0.6], False), ([0.8], True)])
def test_the_best_of_the_trials_counts(shares, keeps, monkeypatch, n_fits):
    left = iter(shares)
    monkeypatch.setattr(Seq2SeqRegressor, "_mean_errors", lambda self, examples: np.array([next(left)]))
    monkeypatch.setattr(Seq2SeqRegressor, "_errors_of_linear", lambda self, examples: np.ones(1))
    model = Seq2SeqRegressor(**SMALL | {"units": 2}).fit(PAST, PRODUCTS)
    assert n_fits == [100] * len(shares) + [3]
    assert (model._learnt.linear is not None) is keeps
    assert model._learnt.wants_linear  # it may go on with the same parameters


@pytest.mark.usefixtures("n_fits")
def test_errors_of_the_linear_model(monkeypatch):
    """Those of the forecast of a network that adds nothing."""
    seen = []
    errors_of_linear = Seq2SeqRegressor._errors_of_linear

    def noted(self, examples):
        found = errors_of_linear(self, examples)
        self.weights_ = {name: np.zeros_like(value) for name, value in self.weights_.items()}
        seen.append((found, self._mean_errors(examples)))
        return found

    monkeypatch.setattr(Seq2SeqRegressor, "_errors_of_linear", noted)
    Seq2SeqRegressor(**SMALL | {"units": 2, "loss": "squared_error"}).fit(PAST, PRODUCTS)
    [(found, expected)] = seen
    np.testing.assert_allclose(found, expected, rtol=1e-6)


def test_a_linear_model_that_is_asked_for_stays(monkeypatch, n_fits):
    monkeypatch.setattr(Seq2SeqRegressor, "_mean_errors", lambda self, examples: np.array([0.1]))
    model = Seq2SeqRegressor(**SMALL | {"units": 2}, linear=True).fit(PAST, PRODUCTS)
    assert n_fits == [100, 3]
    assert model._learnt.linear is not None


def test_a_fit_without_the_linear_model_goes_on_without_it(monkeypatch, n_fits):
    left = iter([0.7, 0.6])
    monkeypatch.setattr(Seq2SeqRegressor, "_mean_errors", lambda self, examples: np.array([next(left)]))
    monkeypatch.setattr(Seq2SeqRegressor, "_errors_of_linear", lambda self, examples: np.ones(1))
    model = Seq2SeqRegressor(**SMALL | {"units": 2}, warm_start=True).fit(PAST, PRODUCTS)
    model.fit(PAST, PRODUCTS)
    assert n_fits == [100, 100, 3, 100]
    assert model._learnt.linear is None


def test_an_interrupt_of_the_second_trial_keeps_the_first(monkeypatch, n_fits):
    tried, left, results = LongerFitsMixin._try, iter([0.7]), []

    def interrupted(self, *args):
        results.append(replace(tried(self, *args), interrupted=len(results) == 1))
        return results[-1]

    monkeypatch.setattr(LongerFitsMixin, "_try", interrupted)
    monkeypatch.setattr(Seq2SeqRegressor, "_mean_errors", lambda self, examples: np.array([next(left)]))
    monkeypatch.setattr(Seq2SeqRegressor, "_errors_of_linear", lambda self, examples: np.ones(1))
    with pytest.warns(UserWarning, match="interrupted by user: the weights learnt so far are kept"):
        model = Seq2SeqRegressor(**SMALL | {"units": 2}).fit(PAST, PRODUCTS)
    assert n_fits == [100, 100]
    assert model._learnt.linear is not None
    assert all(np.array_equal(value, results[0].weights[name]) for name, value in model.weights_.items())


@pytest.mark.parametrize("y", [PAST[:, -1:], np.zeros((160, 1))], ids=["a line", "a constant"])
def test_there_is_nothing_to_gain(y, n_fits):
    Seq2SeqRegressor(**SMALL | {"units": 2}).fit(PAST, y)
    assert n_fits == [100, 3]


def test_errors_there_are_to_gain():
    """Of six targets in three columns: half of what they differ by, nothing, and none that is known."""
    targets = np.array([[1.0, 5.0, np.nan], [-1.0, 7.0, np.nan]])[:, None]
    forecast = np.array([[0.5, 5.01, 0.0], [-0.5, 7.0, 0.0]])[:, None]
    np.testing.assert_array_equal(errors_to_gain(targets, forecast), [0.5, np.nan, np.nan])
    np.testing.assert_allclose(mean_errors(targets, forecast), [0.5, 0.005, np.nan])
    assert share_left(np.array([0.1, 9.0, 9.0]), np.array([0.5, np.nan, 0.0])) == 0.2
    assert share_left(np.ones(1), np.array([np.nan])) == 1


def test_a_few_windows_of_a_series_have_one_fit(n_fits):
    network = Seq2SeqRegressor(**SMALL | {"units": 2})
    SeriesForecaster(network, window=20, horizon=1, max_windows=None).fit([DRAWN.randn(140)])
    assert n_fits == [2]


# --- neighbours -------------------------------------------------------------------------------------------------------


def seen(read, targets, sizes=None):
    columns = [np.array(x, float)[:, None] for x in (read, read if sizes is None else sizes)]
    return TrialWindows(
        read=columns[0], sizes=columns[1][:, : sizes is not None], targets=np.array(targets, float)[:, None, None]
    )


def test_neighbours():
    """Each later window is one of the earlier ones, so that the nearest one knows all, or half of its target.

    A linear model sees nothing in what goes up and down evenly, so that it leaves the target.
    """
    earlier = seen(range(-8, 9), [1, -1] * 8 + [1])
    [left] = left_if_a_rule(earlier, seen([-8, -7, 0, 3], [1, -1, 1, -1]))
    assert left == pytest.approx(1, rel=0.1)  # their mean is 1/17
    assert left_if_a_rule(earlier, seen([-8, -7, 0, 3], [2.5, -2.5, 2.5, -2.5])) is not None  # three fifths are left
    assert left_if_a_rule(earlier, seen([-8, -7, 0, 3], [4, -4, 4, -4])) is None  # three quarters
    assert left_if_a_rule(earlier, seen([-8, -7, 0, 3], [-1, 1, -1, 1])) is None
    assert left_if_a_rule(earlier, seen([-8, -7, 0, 3], [1, np.nan, 1, -1])) is not None
    for few in (seen([-8, -7, 0], [1, -1, 1]), seen([], [])):  # fewer than four
        assert left_if_a_rule(earlier, few) is left_if_a_rule(few, earlier) is None
    line = seen(range(201), range(201))
    assert left_if_a_rule(line, line) is None  # but for the penalty a line knows all
    assert left_if_a_rule(line, seen([0, 1, 2, 1e300], [0, 1, 2, 3])) is None
    assert left_if_a_rule(seen([0, 1e300, 2, 1e200], [0, 1, 2, 3]), seen([0, 1, 2, 3], [0, 1, 2, 3])) is None
    alike = seen([0] * 16, [1, -1] * 8, sizes=range(16))
    assert left_if_a_rule(alike, seen([0] * 4, [1, -1, 1, -1], sizes=[0, 3, 6, 9])) is not None  # sizes tell


def test_neighbours_are_near_in_all_that_is_known_or_in_the_past_alone():
    """Among a hundred numbers that are known beforehand and say nothing, none is near."""
    drawn, steps = np.random.RandomState(0).randn(80, 100), np.arange(60.0)[:, None]
    targets, asked = np.array([1.0, -1] * 30)[:, None, None], slice(20, 40)
    for n_past, found in ((None, False), (1, True)):
        earlier, later = (
            TrialWindows(
                read=np.concatenate([steps[own], drawn[told]], axis=1),
                sizes=np.zeros((len(targets[own]), 0)),
                targets=targets[own],
                n_past=n_past,
            )
            for own, told in ((slice(None), slice(60)), (asked, slice(60, 80)))
        )
        assert (left_if_a_rule(earlier, later) is not None) == found


def test_epochs_worth_having():
    falling = np.linspace(1, 0.1, 20)
    assert epochs_worth_having(falling) == 30
    assert epochs_worth_having(np.r_[falling[:10], np.ones(10)]) == 12  # the eighth median of five
