"""SequenceEncoder: codes of text, tokens and numbers for tables."""

import pickle
import re

import numpy as np
import pandas as pd
import polars as pl
import pytest
from sklearn import config_context
from sklearn.base import clone
from sklearn.compose import ColumnTransformer
from sklearn.decomposition import PCA
from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils import estimator_html_repr

from skseq import (
    LSTMAutoencoderTransformer,
    SequenceClassifier,
    SequenceEncoder,
    SequenceGenerator,
    SequenceRegressor,
    SequenceTagger,
)

pytestmark = pytest.mark.usefixtures("eager")

SMALL = {"units": 3, "epochs": 1, "random_state": 0}
LETTERS = {**SMALL, "analyzer": "char"}
TEXTS = ["ab", "abba", "b", "bab", "aa", "bbb"]
LABELS = np.array([0, 1, 0, 1, 1, 0])
NUMBERS = np.random.RandomState(0).randn(6, 4)
TABLE = pd.DataFrame({"comment": TEXTS, "stars": [1.0, 2, 3, 4, 5, 6], "size": NUMBERS[:, 0]}, index=list("uvwxyz"))


def columns(encoder, names="comment"):
    return ColumnTransformer([("text", encoder, names), ("number", StandardScaler(), ["stars", "size"])])


# --- what the codes are -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [SequenceClassifier, SequenceRegressor])
@pytest.mark.parametrize("pooling", ["mean", "last", "attention", "concat"])
def test_codes_of_labels_are_what_the_output_layer_reads(kind, pooling):
    estimator = kind(**LETTERS, pooling=pooling)
    encoder = SequenceEncoder(estimator).fit(TEXTS, LABELS)
    codes = encoder.transform(TEXTS)
    weights = encoder.estimator_.weights_
    outputs = codes @ weights["output/kernel"] + weights["output/bias"]
    if kind is SequenceClassifier:
        log_probs = encoder.estimator_.predict_log_proba(TEXTS)
        np.testing.assert_allclose(outputs - outputs[:, :1], log_probs - log_probs[:, :1], atol=1e-5)
    else:
        mean, deviation = LABELS.mean(), LABELS.std()  # the scale of y
        np.testing.assert_allclose(outputs[:, 0] * deviation + mean, encoder.estimator_.predict(TEXTS), atol=1e-5)
    assert codes.dtype == np.float64


def test_codes_of_a_generator_are_the_mean_and_the_last_hidden_state():
    """After one letter they are the same; after two, the first is the mean of both states."""
    encoder = SequenceEncoder(SequenceGenerator(**LETTERS)).fit(TEXTS)
    one, two = encoder.transform(["a", "ab"])
    np.testing.assert_allclose(one[:3], one[3:], atol=1e-6)
    np.testing.assert_allclose(two[:3], (one[3:] + two[3:]) / 2, atol=1e-6)


def test_codes_of_an_autoencoder_are_its_own():
    encoder = SequenceEncoder(LSTMAutoencoderTransformer(**SMALL)).fit(NUMBERS)
    np.testing.assert_array_equal(encoder.transform(NUMBERS), encoder.estimator_.transform(NUMBERS))
    assert encoder.n_features_in_ == 4


def test_a_generator_does_not_read_y():
    encoder = SequenceEncoder(SequenceGenerator(**LETTERS))
    codes = encoder.fit(TEXTS, LABELS).transform(TEXTS)
    np.testing.assert_array_equal(clone(encoder).fit(TEXTS).transform(TEXTS), codes)


@pytest.mark.parametrize(
    ("X", "kind", "analyzer"),
    [
        (TEXTS, SequenceGenerator, "char"),
        (np.array(TEXTS), SequenceGenerator, "char"),
        (pd.Series(TEXTS), SequenceGenerator, "char"),
        (pl.Series(TEXTS), SequenceGenerator, "char"),
        (pd.DataFrame({"text": TEXTS}), SequenceGenerator, "char"),
        (pl.DataFrame({"text": TEXTS}), SequenceGenerator, "char"),
        (pl.DataFrame({"text": [list(text) for text in TEXTS]}), SequenceGenerator, None),
        ([list(text) for text in TEXTS], SequenceGenerator, None),
        (pd.Series([list(text) for text in TEXTS]), SequenceGenerator, None),
        (np.ones((6, 3), int), SequenceGenerator, None),
        (NUMBERS, LSTMAutoencoderTransformer, None),
        (pd.Series([row[: 2 + i % 3] for i, row in enumerate(NUMBERS)]), LSTMAutoencoderTransformer, None),
    ],
)
def test_the_default_learns_from_any_form_of_x(monkeypatch, X, kind, analyzer):
    monkeypatch.setattr(kind, "fit", lambda self, X, y: self)  # which estimator is all that is asked
    encoder = SequenceEncoder().fit(X)
    assert type(encoder.estimator_) is kind
    assert encoder.estimator_.get_params().get("analyzer") == analyzer


def test_the_default_reads_letters_that_it_has_not_seen(untrained):
    assert np.isfinite(SequenceEncoder().fit(TEXTS).transform(["abc", "d"])).all()


# --- in tables --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("names", ["comment", ["comment"]])
@pytest.mark.parametrize("table", [TABLE, pl.from_pandas(TABLE)], ids=["pandas", "polars"])
def test_a_column_of_text_beside_numbers(table, names):
    encoder = SequenceEncoder(SequenceClassifier(**LETTERS))
    model = make_pipeline(columns(encoder, names), LogisticRegression()).fit(table, LABELS)
    alone = clone(encoder).fit(TEXTS, LABELS).transform(TEXTS)
    np.testing.assert_allclose(model[0].transform(table)[:, :18], alone, atol=1e-6)
    assert model.predict(table).shape == (6,)


def test_frames_out_have_names_and_index():
    found = columns(SequenceEncoder(SequenceGenerator(**LETTERS))).set_output(transform="pandas").fit_transform(TABLE)
    assert list(found.columns[:2]) == ["text__sequenceencoder0", "text__sequenceencoder1"]
    assert found.shape == (6, 8)
    assert found.index.equals(TABLE.index)


@pytest.mark.parametrize("n_features", [1, 3])
@pytest.mark.parametrize(
    ("transformer", "names"),
    [
        (SequenceEncoder(SequenceClassifier(**SMALL)), "run"),
        (SequenceEncoder(SequenceClassifier(**SMALL)), ["run"]),
        (LSTMAutoencoderTransformer(**SMALL, output="last"), ["run"]),
    ],
    ids=["series", "column", "autoencoder"],
)
def test_codes_of_a_column_of_sequences_have_names(untrained, transformer, names, n_features):
    runs = [np.ones((4 + index % 2, n_features)) * index for index in range(6)]
    table = pd.DataFrame({"run": runs, "age": NUMBERS[:, 0]})
    learnt = ColumnTransformer([("run", transformer, names), ("age", StandardScaler(), ["age"])])
    learnt = learnt.set_output(transform="pandas").fit(table, LABELS)
    frame = learnt.transform(table)
    assert list(frame.columns) == list(learnt.get_feature_names_out())
    assert frame.columns[0].startswith("run__")
    with pytest.raises(ValueError, match="input_features should have length equal to number of features"):
        learnt.named_transformers_["run"].get_feature_names_out(["a", "b"])


def test_lists_of_tokens_in_a_column():
    table = TABLE.assign(comment=[list(text) for text in TEXTS])
    found = columns(SequenceEncoder(SequenceClassifier(**SMALL))).fit_transform(table, LABELS)
    expected = SequenceEncoder(SequenceClassifier(**LETTERS)).fit_transform(TEXTS, LABELS)
    np.testing.assert_allclose(found[:, : expected.shape[1]], expected, atol=1e-6)


# --- as a meta-estimator ----------------------------------------------------------------------------------------------


def test_the_given_estimator_stays_as_it_is():
    estimator = SequenceGenerator(**LETTERS)
    encoder = SequenceEncoder(estimator, random_state=1).fit(TEXTS)
    assert not hasattr(estimator, "weights_")
    assert estimator.random_state == 0
    assert encoder.estimator_.random_state not in (0, None)


def test_parameters_of_the_estimator_are_searched():
    pipeline = make_pipeline(SequenceEncoder(SequenceGenerator(**LETTERS)), LogisticRegression())
    search = GridSearchCV(pipeline, {"sequenceencoder__estimator__units": [1, 2]}, cv=2).fit(TEXTS, LABELS)
    assert search.best_estimator_[0].estimator_.units in (1, 2)


@pytest.mark.parametrize("random_state", [None, 3])
def test_a_frozen_estimator_is_never_fitted(random_state):
    fitted = SequenceClassifier(**LETTERS).fit(TEXTS, LABELS)
    encoder = SequenceEncoder(FrozenEstimator(fitted), random_state=random_state)
    codes = clone(encoder).fit(TEXTS[:1]).transform(TEXTS)
    np.testing.assert_array_equal(codes, SequenceEncoder(fitted).fit(TEXTS, LABELS).transform(TEXTS))
    assert encoder.fit(TEXTS).estimator_.estimator is fitted
    assert encoder.get_feature_names_out().shape == (18,)  # mean, largest and last of two directions of 3 units


def test_weights_are_passed_on():
    weights = np.array([1.0, 0, 2, 1, 0, 3])
    encoder = SequenceEncoder(SequenceClassifier(**LETTERS))
    codes = encoder.fit(TEXTS, LABELS, sample_weight=weights).transform(TEXTS)
    assert np.abs(codes - clone(encoder).fit(TEXTS, LABELS).transform(TEXTS)).max() > 1e-3
    with config_context(enable_metadata_routing=True):
        routed = SequenceEncoder(SequenceClassifier(**LETTERS).set_fit_request(sample_weight=True))
        table = columns(routed).set_params(number=StandardScaler().set_fit_request(sample_weight=False))
        table.fit(TABLE, LABELS, sample_weight=weights)
        np.testing.assert_allclose(table.transform(TABLE)[:, :18], codes, atol=1e-6)
        with pytest.raises(TypeError, match="unexpected argument"):
            SequenceEncoder().fit(TEXTS, sample_weight=weights)


def test_copies_have_the_same_codes():
    encoder = SequenceEncoder(SequenceGenerator(**LETTERS)).fit(TEXTS)
    copied = pickle.loads(pickle.dumps(encoder))
    np.testing.assert_array_equal(copied.transform(TEXTS), encoder.transform(TEXTS))
    assert "SequenceGenerator" in estimator_html_repr(encoder)


# --- what is refused --------------------------------------------------------------------------------------------------


def test_a_failing_fit_changes_nothing():
    encoder = SequenceEncoder(SequenceGenerator(**LETTERS)).fit(TEXTS)
    before = dict(vars(encoder))
    with pytest.raises(ValueError, match="splits text"):
        encoder.fit(NUMBERS)
    assert vars(encoder) == before


@pytest.mark.parametrize("estimator", [SequenceTagger(), PCA(), make_pipeline(SequenceGenerator())])
def test_other_estimators_are_refused(estimator):
    with pytest.raises(TypeError, match="'estimator' parameter of SequenceEncoder must be a SequenceClassifier"):
        SequenceEncoder(estimator).fit(NUMBERS, LABELS)


TITLES = [f"number {n}" for n in range(12)]
BODIES = [f"all that is told of {n}" for n in range(12)]


def test_columns_of_texts_are_refused():
    """Each cell would be a token, and all new ones one unknown token."""
    titles = [f"on {title}" for title in TITLES]
    table = pd.DataFrame({"title": titles, "body": BODIES, "stars": 1.0})
    expected = r"X has 2 columns, with texts in 'title', 'body', .* \('title', SequenceEncoder\(\), 'title'\)"
    with pytest.raises(ValueError, match=expected):
        ColumnTransformer([("text", SequenceEncoder(), ["title", "body"])]).fit(table)
    for X in (table[["title", "body"]], pl.DataFrame({"title": titles, "body": BODIES})):
        with pytest.raises(ValueError, match=expected):
            SequenceEncoder().fit(X)
    with pytest.raises(ValueError, match="texts in 1, but"):
        SequenceEncoder().fit(np.array([["good", "bad"] * 6, BODIES]).T)


@pytest.mark.parametrize("frame", [pd.DataFrame, pl.DataFrame])
@pytest.mark.parametrize("estimator", [None, LSTMAutoencoderTransformer()])
def test_sequences_in_several_columns_need_an_encoder_each(frame, estimator):
    table = frame({"load": [[1.0, 2.0], [3.0]] * 4, "heat": [[0.5], [0.1, 0.2]] * 4})
    expected = r"columns 'load', 'heat', .*ColumnTransformer: \('load', SequenceEncoder\(\), 'load'\).*as_sequences"
    with pytest.raises(ValueError, match=expected):
        SequenceEncoder(estimator).fit(table)


@pytest.mark.parametrize("missing", [None, np.nan, pd.NA], ids=str)
@pytest.mark.parametrize(
    "form", [list, pd.Series, lambda X: pd.DataFrame({"text": X})], ids=["list", "Series", "frame"]
)
def test_a_missing_text_is_named(form, missing):
    with pytest.raises(ValueError, match=r"X\[2\] = (None|nan|<NA>)\. It is missing"):
        SequenceEncoder().fit(form(["good work", "bad thing", missing] * 10))


@pytest.mark.parametrize(
    "form", [list, pd.Series, lambda X: pd.DataFrame({"walk": X})], ids=["list", "Series", "frame"]
)
def test_lists_that_went_through_a_csv_are_no_texts(form):
    told = r"look like lists .*by letter\. '\[1.76, 2.16\]' looks like a list: pass .*ast.literal_eval\(text\)"
    with pytest.raises(ValueError, match=told):
        SequenceEncoder().fit(form(["[1.76, 2.16]", "[0.5]"] * 5))


def test_lists_of_scalars_of_numpy_that_went_through_a_csv_are_no_texts():
    told = r"'\[np.float64\(1.76\)\]' looks like a list: pass .*ast.literal_eval\(re.sub\("
    with pytest.raises(ValueError, match=told):
        SequenceEncoder().fit(["[np.float64(1.76)]", "[np.float64(0.5), np.float64(2.5)]"] * 5)


def test_texts_with_brackets_are_texts(untrained):
    """As of a formula; with an estimator that reads letters all texts are, though lists are told of."""
    SequenceEncoder().fit(["[Na+].[Cl-]", "CCO", "[13C]"] * 2)
    SequenceEncoder().fit(["[C][=C][Ring1]", "[CH3]", "[13C][O]"] * 2)
    reader = SequenceGenerator(**LETTERS, handle_unknown="use_unknown")
    with pytest.warns(UserWarning, match="X holds strings that analyzer='char' splits"):
        SequenceEncoder(reader).fit(["[1.76, 2.16]", "[0.5]"] * 5)
    SequenceEncoder(reader.set_params(analyzer=list)).fit(["[1.76, 2.16]", "[0.5]"] * 5)  # warnings are errors


def test_what_has_no_codes_is_refused():
    with pytest.raises(NotFittedError):
        SequenceEncoder().transform(TEXTS)
    with pytest.raises(ValueError, match="output='sequence'"):
        SequenceEncoder(LSTMAutoencoderTransformer(output="sequence")).fit(NUMBERS)
    with pytest.raises(ValueError, match="fit it without y"):
        SequenceEncoder(FrozenEstimator(SequenceGenerator(**LETTERS).fit(TEXTS, LABELS))).fit(TEXTS)
    with pytest.raises(ValueError, match="network of its own"):
        SequenceEncoder(SequenceClassifier(network=object())).fit(NUMBERS, LABELS)
    with pytest.raises(ValueError, match="y"):
        SequenceEncoder(SequenceClassifier(**LETTERS)).fit(TEXTS)


def test_it_shows_what_its_fit_shows(capsys):
    encoder = SequenceEncoder(SequenceGenerator(**LETTERS)).fit(TEXTS)
    diagnosis = encoder.diagnose(TEXTS)
    assert capsys.readouterr().out.splitlines() == str(diagnosis).splitlines()
    assert [check.name for check in diagnosis] == [check.name for check in encoder.estimator_.diagnose()]
    assert hasattr(SequenceEncoder(), "diagnose")
    with pytest.raises(NotFittedError):
        SequenceEncoder().diagnose()


@pytest.mark.usefixtures("eager", "untrained")
def test_a_column_of_single_numbers_is_to_pass_beside_the_codes():
    table = pd.DataFrame({"walk": list(np.random.RandomState(0).randn(20, 6)), "age": np.arange(20)})
    with pytest.raises(ValueError, match=r"the column 'age' alone, with one number in each row") as refusal:
        SequenceEncoder().fit(table[["age"]])
    encoder = SequenceEncoder(LSTMAutoencoderTransformer(units=2, epochs=1))
    advice = re.search(r"ColumnTransformer\(.*\)\]\)", str(refusal.value))[0].replace("...", "'walk'")
    codes = eval(advice, {"ColumnTransformer": ColumnTransformer, "SequenceEncoder": lambda: encoder})
    assert codes.fit_transform(table).shape == (20, 4 + 1)
