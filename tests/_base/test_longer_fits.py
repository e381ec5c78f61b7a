"""Fits of windows beside a linear model that are made once more, of more epochs, where these pay."""

import keras
import numpy as np
import pytest

from skseq import Seq2SeqRegressor, SeriesForecaster
from skseq._base.longer_fits import LongerFitsMixin, epochs_worth_having, is_promising
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


SMALL = {"units": 8, "learning_rate": 0.03, "batch_size": 32, "random_state": 0}
RULE = windows(made_by_rule(143))
NOISE = windows(np.random.RandomState(0).randn(143))
N_FEW = 5  # epochs of 140 windows beside a linear model


def same_weights(one, other):
    assert one.weights_.keys() == other.weights_.keys()
    return all(np.array_equal(value, other.weights_[name]) for name, value in one.weights_.items())


@pytest.fixture
def n_fits(monkeypatch):
    """The epochs of all fits of a network, one after another."""
    found, fit_network = [], fitting.fit_network

    def counted(runner, data, options, **more):
        found.append(options.epochs)
        return fit_network(runner, data, options, **more)

    monkeypatch.setattr(fitting, "fit_network", counted)
    return found


def test_what_follows_a_rule_has_more_epochs():
    X, y = RULE
    model = Seq2SeqRegressor(**SMALL).fit(X[:110], y[:110])
    assert model.n_iter_ > 10 * N_FEW
    few = Seq2SeqRegressor(**SMALL, epochs=N_FEW).fit(X[:110], y[:110])
    errors = [np.abs(fitted.predict(X[110:]) - y[110:]).mean() for fitted in (model, few)]
    assert errors[0] < errors[1] / 4
    assert same_weights(model, Seq2SeqRegressor(**SMALL, epochs=model.n_iter_).fit(X[:110], y[:110]))  # of all windows


def test_of_noise_the_first_fit_is_kept(n_fits):
    X, y = NOISE
    model = Seq2SeqRegressor(**SMALL).fit(X, y)
    assert n_fits == [N_FEW, N_FEW, 100]  # of all windows, then of the earlier ones
    assert model.n_iter_ == N_FEW
    assert "val_loss" not in model.history_
    assert same_weights(model, Seq2SeqRegressor(**SMALL, epochs=N_FEW).fit(X, y))


def test_what_was_learnt_with_other_weights_is_forgotten():
    X, y = NOISE
    model = Seq2SeqRegressor(**SMALL | {"units": 2}).fit(X[:110], y[:110]).conformalize(X[110:], y[110:])
    assert not hasattr(model.fit(X, y), "conformal_scores_")


def test_windows_of_series_hold_out_the_last_ones(n_fits):
    series = [made_by_rule(100), made_by_rule(100)[::-1] * 0.5]
    estimator = Seq2SeqRegressor(**SMALL | {"units": 2})
    SeriesForecaster(estimator, window=3, horizon=1, max_windows=None).fit(series)
    assert len(n_fits) >= 3


def test_what_a_linear_model_knows_has_one_fit(n_fits):
    X = np.random.RandomState(0).randn(140, 4)
    Seq2SeqRegressor(**SMALL | {"units": 2}).fit(X, X[:, ::-1])
    assert n_fits == [N_FEW]


@pytest.mark.parametrize(
    "given",
    [{"epochs": 3}, {"early_stopping": False}, {"callbacks": [keras.callbacks.Callback()]}, {"linear": False}],
    ids=lambda given: next(iter(given)),
)
def test_who_says_how_to_train_has_one_fit(n_fits, given):
    settings = SMALL | {"units": 2, "epochs": 3 if given == {"linear": False} else "auto"} | given
    Seq2SeqRegressor(**settings).fit(*NOISE)
    assert len(n_fits) == 1


def test_fits_that_go_on_and_few_windows_have_one_fit(n_fits):
    X, y = NOISE
    model = Seq2SeqRegressor(**SMALL | {"units": 2}, warm_start=True).fit(X[:99], y[:99])
    model.fit(X, y)
    model.partial_fit(X, y)
    model.set_params(warm_start=False).fit(X, y, X_val=X, y_val=y)
    assert len(n_fits) == 4


def test_an_interrupt_of_the_trial_keeps_the_first_fit(monkeypatch):
    def interrupted(*args):
        raise KeyboardInterrupt

    monkeypatch.setattr(LongerFitsMixin, "_longer", interrupted)
    model = Seq2SeqRegressor(**SMALL)
    with pytest.warns(UserWarning, match="interrupted by user: the weights learnt so far are kept"):
        model.fit(*RULE)
    assert same_weights(model, Seq2SeqRegressor(**SMALL, epochs=N_FEW).fit(*RULE))


@pytest.mark.parametrize("data", [RULE, NOISE], ids=["rule", "noise"])
def test_a_checkpoint_changes_nothing(tmp_path, data):
    folder = tmp_path / "fit"
    model = Seq2SeqRegressor(**SMALL, checkpoint=folder).fit(*data)
    assert not folder.exists()
    assert same_weights(model, Seq2SeqRegressor(**SMALL).fit(*data))


def test_a_trial_is_told(capsys):
    Seq2SeqRegressor(**SMALL | {"units": 2}, verbose=1).fit(*NOISE)
    assert "Seq2SeqRegressor tries up to 100 epochs without the last 14 of the samples." in capsys.readouterr().out


def test_limits():
    assert [is_promising(n, 0.9) for n in (99, 100, 299, 300)] == [False, True, True, False]
    assert [is_promising(300, left) for left in (0.75, 0.74)] == [False, True]
    assert not is_promising(100, np.inf)
    falling = np.linspace(1, 0.1, 20)
    assert epochs_worth_having(0.8, 0.61, falling) is None  # three quarters are 0.6
    assert epochs_worth_having(0.8, 0.59, falling) == 30
    assert epochs_worth_having(0.8, 0.59, np.r_[falling[:10], np.ones(10)]) == 12  # the eighth median of five
    assert epochs_worth_having(0.8, np.nan, falling) is None
