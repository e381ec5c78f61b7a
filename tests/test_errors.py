"""Bad input gets a clear error: scikit-learn's own words where it has some."""

import traceback
from functools import partial

import numpy as np
import pandas as pd
import pytest
import scipy.sparse
from sklearn import config_context

from skseq import (
    LSTMAutoencoderDetector,
    LSTMAutoencoderTransformer,
    SeasonalNaive,
    Seq2SeqClassifier,
    Seq2SeqRegressor,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceGenerator,
    SequenceRegressor,
    SeriesForecaster,
)
from skseq._sklearn import InvalidParameterError
from skseq.datasets import make_echo
from skseq.inspection import occlusion_importance, permutation_importance
from skseq.preprocessing import SequenceImputer, SequenceScaler

pytestmark = pytest.mark.usefixtures("eager")

rng = np.random.RandomState(0)
X = rng.randn(12, 4)
Y = rng.randint(2, size=12)


def classifier(**parameters):
    return Seq2SeqClassifier(**{"units": 4, "epochs": 1, "random_state": 0, **parameters})


def autoencoder(**parameters):
    return LSTMAutoencoderTransformer(**{"units": 4, "epochs": 1, "random_state": 0, **parameters})


SMALL = {"units": 4, "epochs": 1, "random_state": 0}
ESTIMATORS = pytest.mark.parametrize(
    "estimator",
    [
        classifier(),
        autoencoder(),
        Seq2SeqTransducer(**SMALL),
        SequenceClassifier(**SMALL),
        SequenceRegressor(**SMALL),
        LSTMAutoencoderDetector(**SMALL),
    ],
    ids=lambda estimator: type(estimator).__name__,
)


def holding(value, ndim=2):
    bad = X.copy() if ndim == 2 else np.stack([X, X], axis=2)
    bad[(0,) * ndim] = value
    return bad


@ESTIMATORS
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (X[:, 0], "Expected 2D array, got 1D array instead"),
        (X[:, :, None, None], "Found array with dim 4"),
        (holding(np.nan), r"(?s)Input X contains NaN.* The first is at timestep 0 of X\[0\]\.$"),
        (holding(np.inf), r"Input X contains infinity or a value too large.* at timestep 0 of X\[0\]\.$"),
        (holding(np.nan, 3)[::-1], r"(?s)Input X contains NaN.* The first is at timestep 0, feature 0 of X\[11\]\.$"),
        (holding(-np.inf, 3), r"Input X contains infinity.* timestep 0, feature 0 of X\[0\]\. It is -inf, as the log"),
        (np.full((12, 4), np.inf, "float16"), r"for dtype\('float16'\).* of X\[0\]\. float16 ends at 65504: compute"),
        (holding(1e300), r"Input X contains infinity or a value too large for dtype\('float32'\)"),
        (X.astype(complex), "Complex data not supported"),
        (scipy.sparse.csr_array(X), "Sparse data was passed"),
        (np.zeros((0, 4)), r"Found array with 0 sample\(s\)"),
        (np.zeros((0, 4, 2)), r"Found array with 0 sample\(s\)"),
        (np.zeros((12, 0)), r"Found array with 0 feature\(s\)"),
        (np.zeros((12, 0, 2)), "a sequence of zero length cannot be read"),
        ([[3.0], [1.0, np.nan]] * 6, r"(?s)Input X contains NaN.* The first is at timestep 1 of X\[1\]\."),
        (
            [[1.0, 1e300], *[[3.0, 1.0, 2.0]] * 11],
            r"Input X contains infinity or a value too large for dtype\('float32'\)",
        ),
        ([[1.0], []] * 6, r"X holds 6 empty sequence\(s\), the first at index 1"),
        ([[1.0, 2.0, 3.0], [[1.0, 2.0]]] * 6, r"the shape \(\) or \(2,\).* Got \(3,\) in X\[0\], \(1, 2\) in X\[1\]"),
        ([np.ones((2, 2)), np.ones((3, 3))] * 6, r"whose timesteps have the shape \(2,\) or \(3,\)"),
        ([np.ones((2, 2, 2)), np.ones((3, 2, 2))] * 6, r"whose timesteps have the shape \(2, 2\)\. Expected"),
        ([[1.0, [2.0]], [3.0]] * 6, r"X\[0\] is not a sequence of numbers"),
        ([[1.0, "a"], [3.0, 4.0]] * 6, "could not convert string to float"),
        ([[1.0, "a"], [3.0]] * 6, r"X\[0\] is not a sequence of numbers.*could not convert string to float"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_bad_x_in_fit(estimator, bad, message):
    with pytest.raises((ValueError, TypeError), match=message):
        estimator.fit(bad, Y)


@ESTIMATORS
def test_bad_x_after_fit(estimator):
    method = "predict" if hasattr(estimator, "predict") else "transform"
    fitted = estimator.fit(X, Y)
    name = type(estimator).__name__
    with pytest.raises(ValueError, match=f"X has 3 features, but {name} is expecting 4 features as input.*list"):
        getattr(fitted, method)(X[:, :3])
    with pytest.raises(ValueError, match=r"If they are only begun, first fit on such, X\[:, :3\], or on several"):
        getattr(fitted, method)(X[:, :3])
    with pytest.raises(ValueError, match=r"has 8 features.* list\(X\)\.$"):
        getattr(fitted, method)(np.c_[X, X])
    with pytest.raises(ValueError, match=f"X holds sequences of 2 features, but {name} was fitted on univariate"):
        getattr(fitted, method)(np.stack([X, X], axis=2))
    fitted = estimator.fit(np.stack([X, X], axis=2), Y)
    with pytest.raises(ValueError, match=f"X has 3 features, but {name} is expecting 2 features as input"):
        getattr(fitted, method)(np.stack([X] * 3, axis=2))
    with pytest.raises(ValueError, match=rf"Expected 3D array, got 2D array instead: {name} was fitted on X of shape"):
        getattr(fitted, method)(X)
    with pytest.raises(ValueError, match=r"X has shape \(4, 2\)\. A single sequence is a list of it, \[X\]"):
        getattr(fitted, method)(X[:, :2][:4])


@ESTIMATORS
def test_bad_ragged_x_after_fit(estimator):
    method = "predict" if hasattr(estimator, "predict") else "transform"
    name = type(estimator).__name__
    series, vectors = [sample[: 2 + i % 3] for i, sample in enumerate(X)], [np.ones((2 + i % 3, 2)) for i in range(12)]
    fitted = estimator.fit(X, Y)
    with pytest.raises(ValueError, match=f"X holds sequences of 2 features, but {name} was fitted on univariate"):
        getattr(fitted, method)(vectors)
    for one, other, n, expected in ((series, vectors, 2, 1), (vectors, series, 1, 2)):
        fitted = estimator.fit(one, Y)
        with pytest.raises(ValueError, match=f"X has {n} features, but {name} is expecting {expected} features"):
            getattr(fitted, method)(other)


@ESTIMATORS
def test_bad_validation_data_are_named(estimator):
    y_val = {} if "LSTM" in type(estimator).__name__ else {"y_val": Y}
    for data in (X, np.stack([X, X], axis=2), [*X[:-1], X[-1, :2]]):
        bad = [np.full_like(sample, np.nan) for sample in data]
        with pytest.raises(ValueError, match="Input X_val contains NaN"):
            estimator.fit(data, Y, X_val=bad, **y_val)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (Y[:5], "Found input variables with inconsistent numbers of samples"),
        (None, "requires y to be passed, but the target y is None"),
        (rng.randn(12), "Unknown label type: continuous"),
        (np.array([True, False] * 6, object), r"truth values of dtype object: pass y.astype\(bool\)\.$"),
        (rng.randn(12, 2), "Unknown label type: continuous-multioutput"),
        (np.where(Y, np.nan, 1.0), "Input y contains NaN"),
        (np.zeros((12, 0), int), "targets of zero length"),
        (np.zeros((12, 2, 3)), "3-D y must be one-hot"),
        (np.zeros((12, 2, 3, 4)), r"y has 4 dimensions \(shape \(12, 2, 3, 4\)\)"),
        ([[0, 1], [1]] * 6, "y holds targets of different lengths"),
    ],
    ids=lambda value: value[:40] if isinstance(value, str) else "",
)
def test_bad_y(bad, message):
    with pytest.raises(ValueError, match=message):
        classifier().fit(X, bad)


@pytest.mark.parametrize("bad", [holding(np.nan), [[3.0], [1.0, np.nan]] * 6])
def test_a_traceback_has_one_error(bad):
    """That of scikit-learn, which says the same, would be printed above it, with estimators that are no remedy."""
    with pytest.raises(ValueError, match="Input X contains NaN") as raised:
        SequenceRegressor().fit(bad, np.arange(12.0))
    printed = "".join(traceback.format_exception(raised.value))
    assert printed.count("ValueError: ") == 1
    assert "HistGradientBoosting" not in printed


@pytest.mark.parametrize("Estimator", [LSTMAutoencoderTransformer, LSTMAutoencoderDetector])
def test_autoencoders_say_what_reads_tokens(Estimator):
    advice = "reads numbers alone.* SequenceGenerator .* SequenceEncoder"
    tokens = [["a", "b"], ["c"]] * 6
    frame = pd.DataFrame([["a", "b"]] * 12)
    for X in (tokens, pd.Series(tokens), [["a", "b"]] * 12, frame, frame.to_numpy(), ["ab", "c"] * 6):
        with pytest.raises(ValueError, match=advice) as raised:
            Estimator().fit(X)
        assert "source_type" not in str(raised.value)
    with pytest.raises(ValueError, match="Input X contains NaN") as raised:
        Estimator().fit([[3.0], [1.0, np.nan]] * 6)
    assert "SequenceGenerator" not in str(raised.value)


def test_unknown_tokens_are_named():
    tokens, targets = make_echo(20, n_timesteps=3, cardinality=4, random_state=0)
    fitted = classifier().fit(tokens, targets)
    with pytest.raises(ValueError, match=r"X contains 2 token\(s\) that were not seen in fit: 7, 9.*`vocabulary`"):
        fitted.predict([[7, 0, 9]])
    with pytest.raises(ValueError, match=r"X_val contains 1 token\(s\) that were not seen"):
        fitted.fit(tokens, targets, X_val=[[0, 1, 8]], y_val=targets[:1])
    with pytest.raises(
        ValueError, match=r"y_val contains token\(s\) that were not seen in fit: 8\. Leave such .* a token to X and y"
    ):
        fitted.fit(tokens, targets, X_val=tokens[:1], y_val=[[8, 8, 8]])


def test_targets_unlike_those_of_fit():
    tokens, targets = make_echo(20, n_timesteps=3, cardinality=4, random_state=0)
    fitted = classifier().fit(tokens, targets)
    with pytest.raises(ValueError, match=r"y has shape \(20,\), but Seq2SeqClassifier predicts targets of shape"):
        fitted.score(tokens, targets[:, 0])
    with pytest.raises(ValueError, match=r"y_val has shape \(20, 2\).*fitted on targets of shape \(n_samples, 3\)"):
        fitted.fit(tokens, targets, X_val=tokens, y_val=targets[:, :2])
    with pytest.raises(ValueError, match="X_val and y_val go together"):
        fitted.fit(tokens, targets, X_val=tokens)


@pytest.mark.parametrize("early_stopping", [True, "auto"])
def test_what_belongs_to_validation_samples_needs_them(early_stopping):
    given = {**SMALL, "early_stopping": early_stopping}
    for estimator in (SequenceClassifier(**given), autoencoder(early_stopping=early_stopping)):
        with pytest.raises(ValueError, match="sample_weight_val needs X_val"):
            estimator.fit(X, Y, sample_weight_val="rubbish")
    for name in ("X_future_val", "X_static_val"):
        with pytest.raises(ValueError, match=f"{name} needs X_val"):
            Seq2SeqRegressor(**given).fit(X, X[:, :2], **{name: "rubbish"})
    with pytest.raises(ValueError, match="X_val and y_val go together"):
        SequenceGenerator(**given).fit(X, y_val=Y)


def test_scores_name_what_does_not_fit_together():
    pairs = r"\[12, 3\], which are those of X and y"
    for estimator in (SequenceRegressor(**SMALL), Seq2SeqRegressor(**SMALL)):
        fitted = estimator.fit(X, X[:, 0])
        for score in (fitted.score, partial(occlusion_importance, fitted), partial(permutation_importance, fitted)):
            with pytest.raises(ValueError, match=pairs):
                score(X, X[:3, 0])
    with pytest.raises(
        ValueError, match=r"y has shape \(12, 2\), but SequenceRegressor was fitted on targets of shape"
    ):
        SequenceRegressor(**SMALL).fit(X, X[:, 0]).score(X, X[:, :2])
    assert np.isfinite(SequenceRegressor(**SMALL).fit(X, X[:, 0]).score(X, X[:, :1]))  # a column is no error


@ESTIMATORS
@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("units", 0),
        ("units", 2.5),
        ("cell", "rnn"),
        ("n_layers", 0),
        ("bidirectional", "yes"),
        ("activation", "sigmoid"),
        ("dropout", 1.0),
        ("recurrent_dropout", -0.1),
        ("optimizer", 3),
        ("learning_rate", 0.0),
        ("learning_rate_schedule", "cosines"),
        ("warmup", 1.0),
        ("weight_decay", -0.1),
        ("weight_average", "mean"),
        ("clipnorm", 0),
        ("clipvalue", -1),
        ("l1", -1e-3),
        ("l2", -1e-3),
        ("epochs", 0),
        ("batch_size", 0),
        ("early_stopping", "never"),
        ("validation_fraction", 1.0),
        ("n_iter_no_change", 0),
        ("n_init", 0),
        ("dtype", "float16"),
        ("jit_compile", "maybe"),
        ("unroll", 3),
    ],
)
def test_bad_parameters(estimator, parameter, value):
    estimator = type(estimator)(**{parameter: value})
    with pytest.raises(
        InvalidParameterError, match=f"The '{parameter}' parameter of {type(estimator).__name__} must be"
    ):
        estimator.fit(X, Y)


@pytest.mark.parametrize(
    ("estimator", "parameter"),
    [
        (classifier(attention="luong"), "attention"),
        (classifier(decoder="both"), "decoder"),
        (classifier(source_type="text"), "source_type"),
        (classifier(embedding_dim=0), "embedding_dim"),
        (classifier(class_weight="even"), "class_weight"),
        (autoencoder(code="copied"), "code"),
        (autoencoder(output="all"), "output"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_bad_own_parameters(estimator, parameter):
    with pytest.raises(InvalidParameterError, match=f"The '{parameter}' parameter"):
        estimator.fit(X, Y)


@ESTIMATORS
def test_bad_sample_weights(estimator):
    if isinstance(estimator, LSTMAutoencoderDetector):
        pytest.skip("takes none: a quantile of weighted scores is another estimator")
    with pytest.raises(ValueError, match="at least one (non-zero number|must be positive)"):
        estimator.fit(X, Y, sample_weight=np.zeros(12))
    with pytest.raises(ValueError, match="Negative values in data passed to `sample_weight`"):
        estimator.fit(X, Y, sample_weight=-np.ones(12))
    with pytest.raises(ValueError, match=r"sample_weight.shape == \(3,\), expected \(12,\)"):
        estimator.fit(X, Y, sample_weight=np.ones(3))


def test_nan_is_called_nan_where_all_is_assumed_to_be_finite():
    bad, message = holding(np.nan), "Input X contains NaN or infinity.* under assume_finite=True.*SequenceImputer"
    with config_context(assume_finite=True):
        for scale_inputs in (True, False):
            with pytest.raises(ValueError, match=message):
                classifier(scale_inputs=scale_inputs).fit(bad, Y)
        classifier().fit(SequenceImputer().fit_transform(bad), Y)


def test_mixed_tokens():
    mixed = np.array([["a", 1]] * 12, dtype=object)
    assert classifier(source_type="tokens").fit(mixed, Y).vocabulary_ == {1: 1, "a": 2}  # an order is found for sources
    with pytest.raises(ValueError, match=r"y mixes tokens that have no common order \(types int, str\)"):
        classifier().fit(X, mixed)


@pytest.mark.parametrize(
    ("parameters", "message"),
    [
        ({"embedding_dim": 2}, "embedding_dim=2 is for tokens, but X is read as measurements"),
        ({"vocabulary": [1, 2]}, "vocabulary=.* is for tokens, but X is read as measurements"),
        ({"class_weight": {0: -1, 1: 1}}, "class_weight must map target tokens to weights of at least 0. Got 0: -1"),
        ({"class_weight": {7: 1}}, "class_weight has a weight for 7, which is no target token of y"),
        ({"optimizer": {"class_name": "SGD", "config": {"loss_scale_factor": 8.0}}}, "cannot scale the loss"),
        ({"optimizer": {"class_name": "SGD", "config": {"gradient_accumulation_steps": 4}}}, "larger batch_size"),
        ({"optimizer": {"class_name": "SGD", "config": {"momentumm": 1}}}, "momentumm"),
    ],
    ids=lambda value: "" if isinstance(value, str) else next(iter(value)),
)
def test_parameters_that_do_not_go_together(parameters, message):
    with pytest.raises(ValueError, match=message):
        classifier(**parameters).fit(X, Y)


def test_partial_fit_checks_classes():
    fitted = classifier().partial_fit(X, Y, classes=[0, 1, 2])
    with pytest.raises(ValueError, match="is not the same as on last call to partial_fit"):
        fitted.partial_fit(X, Y, classes=[0, 1])
    with pytest.raises(ValueError, match=r"classes must be an array of tokens.*Got 5"):
        classifier().partial_fit(X, Y, classes=5)
    with pytest.raises(ValueError, match=r"classes must be an array of tokens.*Got \[\{0, 1\}\]"):
        classifier().partial_fit(X, Y, classes=[{0, 1}])
    for wrong in ("01", {0: "a", 1: "b"}):
        with pytest.raises(ValueError, match=r"classes must be an array of tokens"):
            SequenceClassifier(**SMALL).partial_fit(X, Y, classes=wrong)
    classes = {0, 1}
    with pytest.raises(ValueError, match=r"Got \{0, 1\}: pass list\(classes\)"):
        SequenceClassifier(**SMALL).partial_fit(X, Y, classes=classes)
    SequenceClassifier(**SMALL).partial_fit(X, Y, classes=list(classes))
    with pytest.raises(ValueError, match="class_weight='balanced' is not supported by partial_fit"):
        classifier(class_weight="balanced").partial_fit(X, Y, classes=[0, 1])


# --- tokens, y and containers ---------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "bad", [3.0, len, b"abc", np.zeros((3, 0)), np.zeros((3, 2, 2)), [["a"], None], [["a"], 3.0], np.ones((2, 2)) * 1j]
)
def test_errors_about_tokens_name_the_argument(bad):
    fitted = SequenceClassifier(**SMALL).fit([["a", "b"], ["b"]] * 6, Y)
    with pytest.raises((TypeError, ValueError), match=r"\bX\b"):
        fitted.predict(bad)
    with pytest.raises((TypeError, ValueError), match=r"\bX_val\b"):
        SequenceClassifier(**SMALL).fit([["a", "b"], ["b"]] * 6, Y, X_val=bad, y_val=Y[:2])


def test_strings_of_any_length_are_read_after_a_fit_on_token_lists():
    fitted = SequenceClassifier(**SMALL).fit([["a", "b"], ["b"]] * 6, Y)
    table = np.array([["a", "b"]])
    as_read = fitted.predict_proba(table.astype(np.dtypes.StringDType()))
    np.testing.assert_array_equal(as_read, fitted.predict_proba(table))


def test_records_are_no_labels():
    records = np.zeros(12, [("a", float)])
    with pytest.raises(TypeError, match="y holds structured records"):
        SequenceClassifier(**SMALL).fit(X, records)


@pytest.mark.parametrize("kind", [Seq2SeqRegressor, SeasonalNaive])
@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (object(), r"\by\b"),
        (b"abc", r"\by\b"),
        (scipy.sparse.csr_array(X), r"\by\b"),
        ([*X[:-1, :2], None], r"\by\b"),
        (X[:5, 0], r"inconsistent numbers of samples: \[12, 5\], which are those of X and y"),
    ],
)
def test_errors_about_horizons_name_y(kind, bad, message):
    regressor = kind(**SMALL) if kind is Seq2SeqRegressor else kind()
    with pytest.raises((TypeError, ValueError), match=message):
        regressor.fit(X, bad)


@pytest.mark.parametrize(
    ("bad", "message"),
    [
        (np.full(12, np.datetime64("2024-01-01")), "y holds dates"),
        (np.ma.array(np.ones(12), mask=[1] + [0] * 11), "y is masked"),
    ],
)
def test_the_naive_regressor_reads_y_as_all_others_do(bad, message):
    with pytest.raises((TypeError, ValueError), match=message):
        SeasonalNaive().fit(X, bad)


def test_a_transducer_needs_a_target():
    with pytest.raises(ValueError, match="y_val holds no sample"):
        Seq2SeqTransducer(**SMALL, target_analyzer="char").fit(X, ["ab"] * 12, X_val=X, y_val=[])


def test_frames_after_a_fit_on_arrays():
    arrays = [np.arange(6.0), np.arange(8.0)]
    forecaster = SeriesForecaster(SeasonalNaive(), window=2).fit(arrays)
    found = forecaster.predict([pd.Series(own) for own in arrays])
    assert [own.tolist() for own in found] == [[5.0], [7.0]]


def test_numbers_too_large_to_scale():
    with pytest.raises(ValueError, match=r"X holds numbers up to 1e\+300, which are too large to square"):
        SequenceScaler().fit([[1e300, 0.0]])
