"""Mixtures of normal distributions and numbers that are 0 or 1: densities against scipy, draws against formulas."""

import numpy as np
import pytest
import tensorflow as tf
from nn_tools import generator_spec
from scipy import stats
from scipy.special import expit, logsumexp, softmax

from skseq.nn.networks import mixtures

DIAG = generator_spec(tokens=False, source_size=4, n_components=3, binary=(2,), ends=True)
FULL = generator_spec(
    tokens=False, source_size=3, n_components=3, binary=(0,), correlated=True, ends=True, reg_covar=0.01
)
GROUP = generator_spec(tokens=False, source_size=4, n_components=3, binary=(1, 2, 3), one_hot=((1, 2, 3),), ends=True)
both = pytest.mark.parametrize("spec", [DIAG, FULL], ids=["diag", "full"])


def outputs_of(spec, *shape, scale=1.0, seed=0):
    return np.random.RandomState(seed).normal(scale=scale, size=(*shape, spec.output_size))


def parts(spec, outputs):
    """Raw weights (..., k), means and deviations (..., k, d), correlation (..., k), binary (..., e) and end (...)."""
    k, d, e = spec.n_components, spec.n_continuous, len(spec.binary)
    sizes = np.cumsum([k, k * d, k * d, k * spec.correlated, e])
    weights, means, deviations, correlation, binary, end = np.split(outputs, sizes, axis=-1)
    shaped = [x.reshape(*x.shape[:-1], k, d) for x in (means, deviations)]
    return weights, *shaped, correlation, binary, end[..., 0]


def read_by_hand(spec, outputs):
    """Weights, means, covariances (..., k, d, d), probabilities of ones and of the end."""
    weights, means, deviations, correlation, binary, end = parts(spec, outputs)
    deviations = np.sqrt(np.log1p(np.exp(deviations + np.log(np.e - 1))) ** 2 + spec.reg_covar)
    covariances = np.square(deviations)[..., None] * np.eye(spec.n_continuous)
    if spec.correlated:
        covariances[..., 0, 1] = covariances[..., 1, 0] = 0.999 * np.tanh(correlation) * deviations.prod(-1)
    return softmax(weights, axis=-1), means, covariances, expit(binary), expit(end)


@both
def test_densities_are_those_of_scipy(spec):
    rng, outputs = np.random.RandomState(1), outputs_of(spec, 5)
    x, ones = rng.normal(size=(5, spec.n_continuous)), np.array([[0.0], [1], [1], [0], [1]])
    weights, means, covariances, p, p_end = read_by_hand(spec, outputs)
    expected = []
    for row in range(5):
        pairs = zip(means[row], covariances[row])
        logs = [stats.multivariate_normal.logpdf(x[row], mean, covariance) for mean, covariance in pairs]
        expected.append(logsumexp(logs, b=weights[row]) + stats.bernoulli.logpmf(ones[row, 0], p[row, 0]))
    mixture, end = mixtures.read_mixture(spec, outputs)
    np.testing.assert_allclose(mixtures.log_density(mixture, x, ones), expected, rtol=1e-12)
    for truth, chance in ((1.0, p_end), (0.0, 1 - p_end)):
        np.testing.assert_allclose(mixtures.cross_entropy(end, np.full(5, truth)), -np.log(chance), rtol=1e-12)


def test_a_distribution_begins_as_wide_as_the_data():
    """All outputs 0: components of equal weight, means of 0, deviations of 1, no correlation, ones as likely as not."""
    mixture, end = mixtures.read_mixture(FULL, np.zeros(FULL.output_size))
    np.testing.assert_allclose(np.exp(mixture.log_weights), 1 / 3)
    np.testing.assert_allclose(np.square(mixture.deviations), 1.01)
    assert not any(np.any(x) for x in (mixture.means, mixture.correlation, mixture.logits, end))


@pytest.mark.parametrize("temperature", [0.25, 2.0])
def test_temperature_divides_logits_and_multiplies_variances(temperature):
    outputs = outputs_of(FULL, 6)
    changed, end = mixtures.read_mixture(FULL, outputs, tf.constant(temperature, tf.float64))
    weights, _, _, _, binary, raw_end = parts(FULL, outputs)
    plain, _ = mixtures.read_mixture(FULL, outputs)
    np.testing.assert_allclose(np.exp(changed.log_weights), softmax(weights / temperature, axis=-1))
    np.testing.assert_allclose(np.square(changed.deviations), np.square(plain.deviations) * temperature)
    np.testing.assert_allclose(changed.logits, binary / temperature)
    np.testing.assert_allclose(end, raw_end / temperature)
    for same in ("means", "correlation"):
        np.testing.assert_array_equal(getattr(changed, same), getattr(plain, same))


def test_temperature_divides_logits_of_a_group():
    outputs = outputs_of(GROUP, 6)
    mixture, _ = mixtures.read_mixture(GROUP, outputs, tf.constant(0.5, tf.float64))
    np.testing.assert_allclose(np.exp(mixture.log_chances), [softmax(outputs[:, 9:12] / 0.5, axis=-1)])


@both
def test_draws_have_the_moments_of_the_mixture(spec):
    """Mean sum w m and covariance sum w (C + m m') - mean mean'; every uniform number serves one choice."""
    n, d, rng = 40_000, spec.n_continuous, np.random.RandomState(3)
    outputs = outputs_of(spec, 1, seed=2)
    weights, means, covariances, p, _ = (x[0] for x in read_by_hand(spec, outputs))
    mean = weights @ means
    covariance = np.einsum("k,kij->ij", weights, covariances + means[:, :, None] * means[:, None]) - np.outer(
        mean, mean
    )
    mixture, _ = mixtures.read_mixture(spec, np.repeat(outputs, n, axis=0))
    drawn, ones = mixtures.draw(mixture, rng.uniform(size=(n, 1 + d + len(spec.binary))))
    within = 5 * np.sqrt(np.diag(covariance) / n)
    assert (np.abs(drawn.numpy().mean(0) - mean) < within).all()
    np.testing.assert_allclose(np.cov(drawn, rowvar=False), covariance, atol=0.05 * np.diag(covariance).max())
    assert set(np.unique(ones)) == {0, 1}
    assert abs(np.mean(ones) - p[0]) < 5 / np.sqrt(n) / 2
    said, chances = mixtures.mean(mixture)
    np.testing.assert_allclose(said[0], mean)
    np.testing.assert_allclose(chances[0], p)


def test_draws_by_hand():
    """Components of 0.25 and 0.75: u = 0.25 chooses the second. Two features of correlation r from normal z."""
    mixture = mixtures.Mixture(
        log_weights=np.log([[0.25, 0.75]] * 2),
        means=np.array([[[0.0, 1.0], [10.0, 20.0]]] * 2),
        deviations=np.array([[[1.0, 2.0], [3.0, 4.0]]] * 2),
        correlation=np.array([[0.0, 0.6]] * 2),
        logits=np.log([[4.0]] * 2),
    )
    a, b = stats.norm.ppf([0.9, 0.2])
    drawn, ones = mixtures.draw(mixture, np.array([[0.24, 0.9, 0.2, 0.79], [0.25, 0.9, 0.2, 0.81]]))
    np.testing.assert_allclose(drawn, [[a, 1 + 2 * b], [10 + 3 * a, 20 + 4 * (0.6 * a + 0.8 * b)]])
    np.testing.assert_array_equal(ones, [[1], [0]])


def test_draws_of_a_group_by_hand():
    """Chances 0.2, 0.3 and 0.5: one number decides which is 1, even where rounding leaves the sum of them below it."""
    mixture = mixtures.Mixture(
        log_weights=np.zeros((4, 1)),
        means=np.zeros((4, 1, 0)),
        deviations=np.ones((4, 1, 0)),
        correlation=None,
        logits=np.zeros((4, 0)),
        log_chances=[np.log([[0.2, 0.3, 0.5]] * 3 + [[0.2, 0.3, 0.4999]])],
    )
    uniform = np.full((4, 4), 0.999)
    uniform[:, 1] = 0.19, 0.21, 0.51, 0.99995
    _, _, group = mixtures.draw(mixture, uniform)
    np.testing.assert_array_equal(group, np.eye(3)[[0, 1, 2, 2]])


@both
@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_extreme_outputs_stay_finite(spec, dtype):
    """Far from all components, deviations at their least, correlations near 1, chances near 0: gradients, too."""
    outputs = tf.constant(outputs_of(spec, 50, scale=300), dtype)
    x = tf.constant(np.random.RandomState(4).normal(scale=1e4, size=(50, spec.n_continuous)), dtype)
    with tf.GradientTape() as tape:
        tape.watch(outputs)
        mixture, end = mixtures.read_mixture(spec, outputs)
        ones = tf.ones_like(mixture.logits)
        log_p = mixtures.log_density(mixture, x, ones) - mixtures.cross_entropy(end, tf.ones_like(end))
    assert np.isfinite(log_p).all()
    assert np.isfinite(tape.gradient(log_p, outputs)).all()
    least, most = np.finfo(dtype).tiny, np.nextafter(np.ones((), dtype), np.zeros((), dtype))
    for u in (least, most):
        drawn, _ = mixtures.draw(mixture, tf.fill([50, 2 + spec.n_continuous], tf.constant(u, dtype)))
        assert np.isfinite(drawn).all()


def test_one_far_component_does_not_hide_the_others():
    """log(exp(-5e9) / 2 + N(0; 0, 1) / 2): exponentials alone would give log(0 + ...), here of thousands below."""
    mixture = mixtures.Mixture(
        log_weights=np.log([0.5, 0.5]),
        means=np.array([[1e5], [60.0]]),
        deviations=np.ones((2, 1)),
        correlation=None,
        logits=np.zeros(0),
    )
    expected = np.log(0.5) + stats.norm.logpdf(60)  # about -1,802
    np.testing.assert_allclose(mixtures.log_density(mixture, np.zeros(1), np.zeros(0)), expected)
