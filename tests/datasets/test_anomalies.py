"""Series with known anomalies: what is normal stays as it was, and what is not is what its kind says."""

import numpy as np
import pytest

from skseq.datasets import make_anomalies
from skseq.datasets._anomalies import _RULES

KINDS = list(_RULES)
LASTING = [kind for kind in KINDS if kind != "spike"]
MANY = {"n_samples": 60, "anomaly_rate": 1, "random_state": 0}


def normal(**parameters):
    return make_anomalies(**{**MANY, "anomaly_rate": 0, **parameters})[0]


def spans(y):
    """First timestep and number of timesteps of the anomaly of each row."""
    return y.argmax(axis=1), y.sum(axis=1)


def channels(X, clean):
    """Which channel was changed in each series."""
    return (clean != X).any(axis=1).argmax(axis=1)


@pytest.mark.parametrize("kind", KINDS)
def test_only_one_channel_of_the_marked_span_differs_from_the_normal_series(kind):
    X, y = make_anomalies(kinds=[kind], **MANY)
    changed = normal() != X
    np.testing.assert_array_equal(changed.any(axis=2), y.astype(bool))
    np.testing.assert_array_equal(changed.any(axis=1).sum(axis=1), 1)
    assert set(channels(X, normal())) == {0, 1, 2}
    start, length = spans(y)
    np.testing.assert_array_equal((np.diff(y, axis=1) == 1).sum(axis=1), 1)  # one span, not at the first timestep
    assert start.min() >= 1
    assert (length == 1).all() if kind == "spike" else length.min() >= 10 and length.max() <= 30


@pytest.mark.parametrize(("anomaly_rate", "expected"), [(0, 0), (0.1, 4), (0.26, 10), (1.0, 40)])
def test_rate_is_a_share_of_series(anomaly_rate, expected):
    X, y = make_anomalies(40, n_timesteps=50, n_features=2, anomaly_rate=anomaly_rate, random_state=3)
    assert X.shape == (40, 50, 2)
    assert y.shape == (40, 50)
    assert (X.dtype, y.dtype) == (np.float64, np.int64)
    assert y.any(axis=1).sum() == expected


def test_kinds_take_turns():
    """One series in two is a spike, of one timestep."""
    _, y = make_anomalies(kinds=("spike", "flat"), **MANY)
    assert (y.sum(axis=1) == 1).sum() == 30


def test_every_kind_is_there_by_default():
    given, default = (make_anomalies(**kinds, **MANY) for kinds in ({"kinds": KINDS}, {}))
    np.testing.assert_array_equal(given[0], default[0])
    assert (default[1].sum(axis=1) == 1).sum() == 60 / len(KINDS)


def test_a_seed_repeats_and_a_state_moves_on():
    first, again, other = (make_anomalies(anomaly_rate=0.5, random_state=seed) for seed in (0, 0, 1))
    np.testing.assert_array_equal(first[0], again[0])
    np.testing.assert_array_equal(first[1], again[1])
    assert (first[0] != other[0]).any()
    state = np.random.RandomState(0)
    np.testing.assert_array_equal(make_anomalies(anomaly_rate=0.5, random_state=state)[0], first[0])
    assert (make_anomalies(anomaly_rate=0.5, random_state=state)[0] != first[0]).any()


# ---------------------------------------------------------------- the kinds, by what they say


def departures(kind, **parameters):
    """For every series: the values of its span, the normal ones, and the channel's gain."""
    X, y = make_anomalies(kinds=[kind], **{**MANY, **parameters})
    clean = normal(**parameters)
    gain = 10 ** np.array([-2 / 3, 0, 2 / 3])
    for sample, channel in enumerate(channels(X, clean)):
        marked = y[sample].astype(bool)
        yield X[sample, marked, channel], clean[sample, :, channel], marked, gain[channel]


def test_a_spike_is_off_by_one_to_two_gains():
    offs = np.array([(value[0] - clean[marked][0]) / gain for value, clean, marked, gain in departures("spike")])
    assert abs(offs).min() >= 1
    assert abs(offs).max() <= 2
    assert (offs < 0).any()
    assert (offs > 0).any()


def test_a_level_shift_is_constant():
    offs = [(values - clean[marked]) / gain for values, clean, marked, gain in departures("level shift")]
    assert max(np.ptp(off) for off in offs) < 1e-12
    assert min(abs(off[0]) for off in offs) >= 0.5 - 1e-12
    assert max(abs(off[0]) for off in offs) <= 1


def test_noise_has_half_a_gain_to_one():
    added = np.concatenate([(values - clean[marked]) / gain for values, clean, marked, gain in departures("noise")])
    assert 0.5 < added.std() < 1
    assert abs(added.mean()) < 0.1  # about 1,200 draws: a standard error of 0.02


def test_a_flat_channel_keeps_its_last_value():
    for values, clean, marked, _ in departures("flat"):
        np.testing.assert_array_equal(values, clean[marked.argmax() - 1])


def test_a_faster_channel_moves_further_a_step():
    """Root mean square of the steps in the spans, over that of the normal series, in the channel of least noise."""
    steps = [
        (np.diff(values).std(), np.diff(clean[marked]).std())
        for values, clean, marked, gain in departures("frequency", n_samples=200)
        if gain > 1
    ]
    fast, usual = (np.sqrt(np.mean(np.square(side))) for side in zip(*steps))
    assert 1.8 < fast / usual < 3


def test_a_decoupled_channel_is_plausible_alone_and_not_with_the_others():
    """In a span the correlation with the next channel is gone; the deviation of the values is as usual."""
    X, y = make_anomalies(kinds=["decoupling"], **{**MANY, "n_samples": 400})
    clean = normal(n_samples=400)
    rows = channels(X, clean) == 2  # the one of least noise
    marked = y[rows].astype(bool)
    left, right = X[rows][marked][:, 1:].T
    usual_left, usual_right = clean[rows][marked][:, 1:].T
    assert right.std() / usual_right.std() == pytest.approx(1, abs=0.1)
    assert np.corrcoef(usual_left, usual_right)[0, 1] > 0.7
    assert np.corrcoef(left, right)[0, 1] < 0


# ---------------------------------------------------------------- normal behaviour


def test_channels_differ_in_scale_and_share_their_waves():
    """Standard deviations by hand: gain sqrt(1 + noise^2), place = 1/6, 3/6, 5/6."""
    X = normal(n_samples=300)
    place = np.array([1, 3, 5]) / 6
    gain, noise = 10 ** (2 * place - 1), 0.02 * 30 ** (1 - place)
    np.testing.assert_allclose(X.std(axis=(0, 1)), gain * np.sqrt(1 + noise**2), rtol=0.03)
    correlation = np.corrcoef(X.reshape(-1, 3), rowvar=False)
    angles = place * np.pi / 2
    expected = np.cos(angles[:, None] - angles) / np.sqrt(np.outer(1 + noise**2, 1 + noise**2))
    np.fill_diagonal(expected, 1)
    np.testing.assert_allclose(correlation, expected, atol=0.05)


def test_other_seeds_are_of_the_same_process():
    one, other = normal(n_samples=300, random_state=1), normal(n_samples=300, random_state=2)
    np.testing.assert_allclose(one.std(axis=(0, 1)), other.std(axis=(0, 1)), rtol=0.05)


# ---------------------------------------------------------------- errors


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"kinds": ("spike", "dip")}, r"kinds=.* must name one or more of .*'spike'.* got \['dip'\]"),
        ({"kinds": ()}, "got none"),
        ({"kinds": "spike"}, "'kinds' parameter of make_anomalies must be an instance of 'list' or .*'tuple'"),
        ({"n_features": 1}, "n_features=1, leave 'decoupling' out of kinds"),
        ({"n_samples": 0}, "'n_samples' parameter of make_anomalies"),
        ({"n_timesteps": 39}, "'n_timesteps' parameter of make_anomalies"),
        ({"anomaly_rate": 1.1}, "'anomaly_rate' parameter of make_anomalies"),
        ({"anomaly_rate": True}, "'anomaly_rate' parameter of make_anomalies"),
        ({"random_state": True}, "random_state must be .* Got True"),
        ({"random_state": "zero"}, "'random_state' parameter of make_anomalies"),
    ],
)
def test_errors_name_the_parameter(parameters, message):
    with pytest.raises(ValueError, match=message):
        make_anomalies(**parameters)


def test_one_channel_does_without_decoupling():
    X, y = make_anomalies(n_features=1, n_timesteps=40, kinds=LASTING[:-1], **MANY)
    assert X.shape == (60, 40, 1)
    assert 2 <= y.sum(axis=1).min() <= y.sum(axis=1).max() <= 6
