"""SequenceTagger: probabilities and paths against brute force over all paths, every form of y, workflows, errors."""

import pickle
from itertools import pairwise, product

import numpy as np
import pandas as pd
import pytest
from sklearn.base import clone
from sklearn.frozen import FrozenEstimator
from sklearn.model_selection import GridSearchCV, cross_val_predict
from sklearn.pipeline import make_pipeline

from skseq import LSTMAutoencoderTransformer, SequenceClassifier, SequenceTagger
from skseq._data.scaling import Scale
from skseq._data.source_form import SourceForm
from skseq.metrics import SCORERS, span_f1_scorer
from skseq.preprocessing import SequenceScaler

pytestmark = pytest.mark.usefixtures("eager")

rng = np.random.RandomState(0)
LENGTHS = [4, 2, 3, 1, 4, 3] * 3
RAGGED = [rng.randn(length, 2) for length in LENGTHS]
TAGS = [np.array(["low", "mid", "up"])[np.digitize(sample[:, 0], [-0.5, 0.5])] for sample in RAGGED]
X = rng.randn(12, 4, 2)
Y = np.digitize(X[:, :, 0], [-0.5, 0.5])
BOTH = pytest.mark.parametrize("transitions", [False, True], ids=["softmax", "crf"])


def tagger(**parameters):
    return SequenceTagger(**{"units": 3, "bidirectional": False, "epochs": 1, "random_state": 0, **parameters})


@pytest.fixture(scope="module")
def fitted():
    """A tagger of each kind, long enough in training for its numbers to differ from each other."""
    trained = {"bidirectional": True, "epochs": 4, "learning_rate": 0.1, "dtype": "float64"}
    return {kind: tagger(**trained, transitions=kind).fit(RAGGED, TAGS) for kind in (False, True)}


def path_scores(model, sample):
    """{path: score} of all paths of one sample, from the stock Keras model and the weights of the CRF."""
    emissions = np.asarray(model.model_(sample[None]))[0]
    if not model.transitions:
        return {path: np.log(emissions)[range(len(path)), path].sum() for path in product(range(3), repeat=len(sample))}
    matrix, start, end = (model.weights_[f"transitions/{name}"] for name in ("kernel", "start", "end"))
    return {
        path: start[path[0]]
        + end[path[-1]]
        + emissions[range(len(path)), path].sum()
        + sum(matrix[i, j] for i, j in pairwise(path))
        for path in product(range(3), repeat=len(sample))
    }


# --- the network ------------------------------------------------------------------------------------------------------


@BOTH
def test_brute_force_over_all_paths(fitted, transitions):
    model = fitted[transitions]
    found = zip(model.predict(RAGGED), model.predict_proba(RAGGED), model.score_samples(RAGGED, TAGS))
    for sample, tags, (path, marginals, log_prob) in zip(RAGGED[:6], TAGS, found):
        scores = path_scores(model, sample)
        odds = np.exp(list(scores.values()))
        paths = np.array(list(scores))
        assert path.tolist() == model.classes_[paths[odds.argmax()]].tolist()
        expected = [[odds[paths[:, t] == k].sum() for k in range(3)] for t in range(len(sample))] / odds.sum()
        np.testing.assert_allclose(marginals, expected, atol=1e-6)  # the exported models are float32 at their input
        true = tuple(np.searchsorted(model.classes_, tags))
        assert log_prob == pytest.approx(scores[true] - np.log(odds.sum()), abs=1e-5)


@BOTH
def test_rows_do_not_depend_on_their_neighbours(fitted, transitions):
    model = fitted[transitions]
    together = model.predict_proba(RAGGED)
    for index in (0, 3):
        alone = model.predict_proba([RAGGED[index]])
        np.testing.assert_allclose(alone[0], together[index], atol=1e-12)
        assert model.predict([RAGGED[index]])[0].tolist() == model.predict(RAGGED)[index].tolist()


def test_transitions_forbid_what_training_has_not():
    """Labels that only ever follow themselves: a CRF never leaves one, whatever a single step looks like."""
    noise = np.random.RandomState(1)
    states = np.repeat(noise.randint(2, size=60), 6).reshape(60, 6)
    samples = states + 1.2 * noise.randn(60, 6)
    options = {"units": 4, "epochs": 60, "bidirectional": False, "random_state": 0}
    model = SequenceTagger(transitions=True, **options).fit(samples, states)
    path = model.predict(samples)
    changes = np.mean(path[:, 1:] != path[:, :-1])
    free = SequenceTagger(**options).fit(samples, states).predict(samples)
    assert changes < np.mean(free[:, 1:] != free[:, :-1])
    matrix = model.weights_["transitions/kernel"]
    assert matrix[0, 0] + matrix[1, 1] > matrix[0, 1] + matrix[1, 0] + 1


@BOTH
def test_learns_what_stands_at_the_other_end(transitions):
    """The label of every step is the first token, which only an encoder that carries it on can tell."""
    words = ["".join(np.random.RandomState(seed).choice(list("ab"), 5)) for seed in range(60)]
    labels = [[word[0]] * 5 for word in words]
    model = tagger(units=8, bidirectional=True, epochs=40, analyzer="char", transitions=transitions).fit(words, labels)
    assert model.score(words, labels) > 0.95
    assert model.predict(["abbbb", "ba"])[1].tolist() == ["b", "b"]


def test_history_and_spec():
    model = tagger(bidirectional="auto").fit(RAGGED, TAGS, X_val=RAGGED[:3], y_val=TAGS[:3])
    assert {"loss", "token_accuracy", "val_loss", "val_token_accuracy"} <= set(model.history_)
    assert model.weights_["output/kernel"].shape == (6, 3)  # bidirectional by default
    assert tagger(transitions=True).fit(RAGGED, TAGS).weights_["transitions/kernel"].shape == (3, 3)


# --- forms of y -------------------------------------------------------------------------------------------------------


def test_arrays_stay_arrays():
    model = tagger().fit(X, Y)
    assert model.predict(X).shape == Y.shape
    assert model.predict_proba(X).shape == (*Y.shape, 3)
    np.testing.assert_allclose(model.predict_proba(X).sum(axis=-1), 1, rtol=1e-6)
    assert model.classes_.tolist() == [0, 1, 2]
    assert model.score(X, Y) == np.mean(model.predict(X) == Y)
    ragged = model.predict(RAGGED)  # other lengths after fit
    assert ragged.dtype == object
    assert [len(tags) for tags in ragged] == LENGTHS


def test_lists_stay_lists():
    model = tagger().fit(RAGGED, [tags.tolist() for tags in TAGS])
    written = model.predict(RAGGED)
    assert written.dtype == object
    assert [len(tags) for tags in written] == LENGTHS
    right = np.concatenate(written) == np.concatenate(TAGS)
    assert model.score(RAGGED, TAGS) == pytest.approx(right.mean())
    weights = np.arange(len(RAGGED))
    expected = np.average(right, weights=np.repeat(weights, LENGTHS))
    assert model.score(RAGGED, TAGS, sample_weight=weights) == pytest.approx(expected)


def test_one_label_per_sequence():
    model = tagger(epochs=5).fit(RAGGED, [tags[0] for tags in TAGS])
    labels, probs = model.predict(RAGGED), model.predict_proba(RAGGED)
    assert labels.shape == (len(RAGGED),)
    assert probs.shape == (len(RAGGED), 3)
    np.testing.assert_array_equal(labels, model.classes_[probs.argmax(axis=1)])
    with pytest.raises(ValueError, match="A perplexity per timestep needs one label per timestep"):
        SCORERS["neg_perplexity"](model, RAGGED, labels)


# --- weights ----------------------------------------------------------------------------------------------------------


@BOTH
def test_a_weight_of_two_is_a_sample_twice(transitions):
    """In one batch, where equal samples add up."""
    options = {"transitions": transitions, "batch_size": 64, "epochs": 2, "dtype": "float64"}
    weighted = tagger(**options).fit(RAGGED, TAGS, sample_weight=[2] * 6 + [1] * 12)
    doubled = tagger(**options).fit(RAGGED[:6] + RAGGED, TAGS[:6] + TAGS)
    np.testing.assert_allclose(np.concatenate(weighted.predict_proba(X)), np.concatenate(doubled.predict_proba(X)))


@pytest.mark.parametrize(
    "weights",
    [[np.ones(length) for length in LENGTHS], [[1.0] * length for length in LENGTHS], np.ones((18, 4))],
    ids=["arrays", "lists", "table"],
)
def test_weights_of_timesteps_are_told_what_stands_in_their_place(weights):
    """What they are told to do is done in `test_timesteps_without_a_label`."""
    holds = "holds weights of timesteps. Expected one number for every sequence, shape .n_samples,.."
    instead = " To leave out timesteps, give them a label of their own, with class_weight={that label: 0}"
    with pytest.raises(ValueError, match=f"^sample_weight {holds}{instead}"):
        tagger().fit(RAGGED, TAGS, sample_weight=weights)
    with pytest.raises(ValueError, match=f"^sample_weight_val {holds}{instead}"):
        tagger().fit(RAGGED, TAGS, X_val=RAGGED, y_val=TAGS, sample_weight_val=weights)
    with pytest.raises(ValueError, match=f"^sample_weight {holds}$"):
        tagger().fit(RAGGED, TAGS).score(RAGGED, TAGS, sample_weight=weights)


@BOTH
def test_class_weights(transitions):
    def share_of_up(class_weight):
        trained = {"epochs": 2, "learning_rate": 0.1, "class_weight": class_weight}
        model = tagger(**trained, transitions=transitions).fit(RAGGED, TAGS)
        return np.mean([probs[:, 2].mean() for probs in model.predict_proba(RAGGED)])

    assert share_of_up({"up": 10}) > share_of_up(None) > share_of_up({"up": 0.1})
    counts = np.unique(np.concatenate(TAGS), return_counts=True)[1]
    balanced = {label: counts.sum() / (3 * n) for label, n in zip(("low", "mid", "up"), counts)}
    assert share_of_up("balanced") == pytest.approx(share_of_up(balanced), rel=1e-5)


def test_timesteps_without_a_label():
    """A label of weight 0 stands for them: they have no part in what is learnt."""
    partly = [np.where(np.arange(len(tags)) % 3 == 1, "?", tags) for tags in TAGS]
    model = tagger(units=8, bidirectional=True, epochs=60, class_weight={"?": 0}).fit(RAGGED, partly)
    assert model.score(RAGGED, TAGS) > 0.8  # most of what has no label is right, too
    assert "?" not in np.concatenate(model.predict(RAGGED))
    assert "?" in np.concatenate(model.set_params(class_weight=None).fit(RAGGED, partly).predict(RAGGED))


def test_a_crf_leaves_no_label_out():
    with pytest.raises(ValueError, match=r"class_weight of 'mid' is 0, but with transitions=True .* transitions=False"):
        tagger(transitions=True, class_weight={"up": 2, "mid": 0}).fit(RAGGED, TAGS)
    tagger(transitions=True, class_weight={"mid": 0.5}).fit(RAGGED, TAGS)


# --- workflows --------------------------------------------------------------------------------------------------------


def test_partial_fit():
    model = tagger().partial_fit(RAGGED, TAGS, classes=["up", "mid", "low", "none"])
    before = model.history_["loss"][-1]
    for _ in range(5):
        model.partial_fit(RAGGED, TAGS)
    assert model.history_["loss"][-1] < before
    assert model.classes_.tolist() == ["low", "mid", "none", "up"]
    with pytest.raises(ValueError, match="not the same as on last call"):
        model.partial_fit(RAGGED, TAGS, classes=["up", "mid", "low"])
    with pytest.raises(ValueError, match="class_weight='balanced' is not supported by partial_fit"):
        tagger(class_weight="balanced").partial_fit(RAGGED, TAGS)


def test_starts_from_an_encoder():
    options = {"units": 3, "epochs": 1, "random_state": 0}
    encoder = LSTMAutoencoderTransformer(**options).fit(X)
    model = tagger(encoder=FrozenEstimator(encoder), bidirectional="auto", freeze=True).fit(
        X, Y
    )  # as the encoder: LSTM, one direction
    np.testing.assert_array_equal(model.weights_["encoder/0/kernel"], encoder.weights_["encoder/0/kernel"])
    labels = SequenceClassifier(**options, bidirectional=False, encoder=tagger().fit(X, Y)).fit(X, Y[:, 0])
    assert labels.predict(X).shape == (12,)  # and others may start from a tagger


@pytest.mark.parametrize(("n_samples", "rate"), [(99, 0.0), (100, 0.1)])
def test_reads_both_ways_and_drops_a_tenth_by_default(n_samples, rate):
    sources = np.random.RandomState(0).randn(n_samples, 3, 1)
    named = {"cell": "gru", "bidirectional": True, "dropout": rate}
    auto, other = (
        SequenceTagger(units=3, epochs=1, random_state=0, **more).fit(sources, (sources[:, :, 0] > 0).astype(int))
        for more in ({}, named)
    )
    np.testing.assert_equal(auto.weights_, other.weights_)


@BOTH
def test_clone_pickle_and_seed(transitions):
    model = tagger(transitions=transitions).fit(RAGGED, TAGS)
    again = clone(model).fit(RAGGED, TAGS)
    copied = pickle.loads(pickle.dumps(model))
    expected = np.concatenate(model.predict_proba(RAGGED))
    for other in (again, copied):
        np.testing.assert_array_equal(np.concatenate(other.predict_proba(RAGGED)), expected)


def test_search_over_ragged_sequences_with_scorers():
    bio = [["B-X" if tag == "up" else "O" for tag in tags] for tags in TAGS]
    pipeline = make_pipeline(SequenceScaler(), tagger())
    scoring = {"spans": span_f1_scorer, **{name: SCORERS[name] for name in ("token_accuracy", "sequence_accuracy")}}
    grid = {"sequencetagger__transitions": [False, True]}
    search = GridSearchCV(pipeline, grid, scoring=scoring, refit="token_accuracy", cv=2, error_score="raise")
    search.fit(RAGGED, bio)
    assert np.isfinite(search.cv_results_["mean_test_spans"]).all()
    assert ((search.cv_results_["mean_test_token_accuracy"] > 0) & (search.cv_results_["mean_test_spans"] <= 1)).all()
    written = cross_val_predict(tagger(), np.array(RAGGED, object), np.array(TAGS, object), cv=2)
    assert [len(tags) for tags in written] == LENGTHS


def test_perplexity_counts_steps():
    model = tagger().fit(RAGGED, TAGS)
    expected = np.exp(-model.score_samples(RAGGED, TAGS).sum() / sum(LENGTHS))
    assert SCORERS["neg_perplexity"](model, RAGGED, TAGS) == pytest.approx(-expected)


def test_score_samples_of_what_predict_writes():
    model = tagger(transitions=True).fit(RAGGED, TAGS)
    np.testing.assert_allclose(model.score_samples(RAGGED), model.score_samples(RAGGED, model.predict(RAGGED)))
    assert (model.score_samples(RAGGED) >= model.score_samples(RAGGED, TAGS) - 1e-6).all()


# --- errors -----------------------------------------------------------------------------------------------------------


def test_every_timestep_needs_one_label():
    wrong = [tags.tolist() for tags in TAGS]
    wrong[2] = [*wrong[2], "up"]
    with pytest.raises(ValueError, match=r"y\[2\] holds 4 label\(s\), but X\[2\] has 3 timestep"):
        tagger().fit(RAGGED, wrong)
    with pytest.raises(ValueError, match=r"y_val\[2\] holds 4 label\(s\), but X_val\[2\] has 3 timestep"):
        tagger().fit(RAGGED, TAGS, X_val=RAGGED, y_val=wrong)
    model = tagger().fit(RAGGED, TAGS)
    with pytest.raises(ValueError, match=r"y\[2\] holds 4 label"):
        model.score(RAGGED, wrong)


@pytest.mark.parametrize("form", [np.asarray, list])
def test_channels_first_are_transposed(form):
    first, labels = rng.randn(12, 2, 4), Y
    with pytest.raises(
        ValueError, match=r"X\[0\] has 2 timestep.* If samples are 2 channel\(s\) over 4 times"
    ) as caught:
        tagger().fit(form(first), labels)
    remedy = str(caught.value).partition(", pass X" if form is np.asarray else ", pass [")[2].rstrip(".")
    read = eval(("X" if form is np.asarray else "[") + remedy, {"np": np, "X": form(first)})
    np.testing.assert_array_equal(read, np.swapaxes(first, 1, 2))
    with pytest.raises(ValueError, match=r"without padding\.$"):
        tagger().fit(form(first), labels[:, :3])


def test_other_bad_targets():
    with pytest.raises(ValueError, match="SequenceTagger requires y to be passed"):
        tagger().fit(RAGGED, None)
    with pytest.raises(ValueError, match="inconsistent numbers of samples"):
        tagger().fit(RAGGED, TAGS[:-1])
    with pytest.raises(ValueError, match="y holds one label per sequence, but fit had one label per timestep"):
        tagger().fit(RAGGED, TAGS).score(RAGGED, [tags[0] for tags in TAGS])
    with pytest.raises(ValueError, match=r"label\(s\) that were not seen in fit: 'odd'"):
        tagger().fit(RAGGED, TAGS).score_samples(RAGGED[3:4], [["odd"]])
    own = "put a label of your own in its place, with class_weight={that label: 0}, so that nothing is learnt from its"
    with pytest.raises(ValueError, match=f"y holds None among its labels: remove it, or {own}"):
        tagger().fit([["a"]], [[None]])
    with pytest.raises(ValueError, match=f"Input y contains NaN among its labels: remove it, or {own}"):
        tagger().fit(X, np.where(Y == 0, np.nan, Y))
    with pytest.raises(
        ValueError, match="class_weight has a weight for 'odd', which is no label of y: .* Correct it, or leave it out"
    ):
        tagger(class_weight={"odd": 1}).fit(RAGGED, TAGS)


@pytest.mark.parametrize("method", ["score", "score_samples"])
def test_unknown_tokens_are_told_once(method):
    model = tagger(handle_unknown="use_unknown").fit([["a", "b"], ["b", "c"]], [[0, 1], [1, 0]])
    given = {"y": [[0] * 6]} if method == "score" else {}
    with pytest.warns(UserWarning, match="100% of the 6 tokens of X are unknown") as told:
        getattr(model, method)([list("uvwxyz")], **given)
    assert len(told) == 1


def test_predictions_are_no_unsplit_text():
    """Labels as long as their sources, by chance: nobody is asked to split what predict wrote."""
    model = tagger(epochs=1).fit([np.ones(1), np.ones(3), np.ones(2)], ["a", "yes", "yes"])
    assert 0 <= model.score([np.ones(1), np.ones(3)], ["a", "yes"]) <= 1
    assert np.isfinite(model.score_samples([np.ones(1), np.ones(3)])).all()
    with pytest.raises(ValueError, match="as many characters as its source has timesteps"):
        tagger().fit([np.ones(1), np.ones(3)], ["a", "yes"])


def test_labels_that_do_not_go_with_the_words_of_an_analyzer():
    texts, tags = ["call O'Neil now", "hi"] * 3, [["O", "P", "O"], ["O"]] * 3
    with pytest.raises(ValueError, match=r"analyzer='word' makes .*'O', .* of X\[0\]\. Set analyzer=str\.split to"):
        tagger(analyzer="word").fit(texts, tags)
    tagger(analyzer=str.split).fit(texts, tags, X_val=texts, y_val=tags)
    with pytest.raises(ValueError, match=r"analyzer='char' makes \['h', 'i'\] of X_val\[0\]\. Set another analyzer"):
        tagger(analyzer="char").fit(["hi"], [["O", "O"]], X_val=["hi"], y_val=[["O", "O", "O"]])
    with pytest.raises(ValueError, match=r"without padding\.$"):
        tagger().fit([["call", "now"], ["hi"]], [["O"], ["O"]])


@pytest.mark.parametrize("transitions", [False, True])
def test_read_forwards_a_label_does_not_depend_on_the_next_timestep(transitions):
    """As the warning of labels that stand there says. With transitions, labels before it do all the same."""
    tosses = np.random.RandomState(0).randint(2, size=(40, 7))
    X, y = tosses[:, :-1], tosses[:, 1:]
    model = tagger(epochs=2, batch_size=40, transitions=transitions).fit(X, y)
    before, after = (model.predict_proba(own)[:, :4] for own in (X, np.where(np.arange(6) < 4, X, 1 - X)))
    assert np.allclose(before, after, rtol=0, atol=1e-7) == (not transitions)


def test_labels_at_other_times_than_their_steps_are_refused():
    days = pd.date_range("2025-01-01", periods=5)
    X = [pd.DataFrame({"load": np.arange(5.0)}, days) for _ in range(4)]
    y = [pd.Series(list("abbab"), days) for _ in range(4)]
    tagger = SequenceTagger(units=2, epochs=1)
    late = [*y[:2], y[2].set_axis(days + pd.Timedelta(days=1)), y[3]]
    message = r"X\[2\] and y\[2\] have the times 2025-01-01 00:00:00 and 2025-01-02 00:00:00 at step 0"
    with pytest.raises(ValueError, match=message):
        tagger.fit(X, late)
    tagger.fit(X, [own.reset_index(drop=True) for own in y])
    X, y = ([own.set_axis(pd.Index(np.arange(5))) for own in samples] for samples in (X, y))
    with pytest.raises(ValueError, match=r"X\[0\] and y\[0\] have the index labels 0 and 4 at step 0"):
        tagger.fit(X, [own[::-1] for own in y])
    tagger.fit(X, [own[::-1].reindex(x.index) for x, own in zip(X, y)])


def test_levels_are_looked_at_where_steps_may_tell():
    rng, model = np.random.RandomState(0), SequenceTagger()
    walks = rng.randn(12, 9, 1).cumsum(axis=1)
    X = np.stack(walks + 1000 * rng.randn(12, 1, 1))
    form = SourceForm(kind="features", n_features=1, n_timesteps=9, dtype="float64", scale=Scale.none(1))
    rows = {"target": (np.diff(X[..., 0], axis=1, prepend=0) > 0).astype(int)}
    found = model._told_beside_levels(rows | {"source": X}, form)
    assert set(found) == {"levels", "scales", "steps", "shares_told"}
    assert model._told_beside_levels(rows | {"source": walks}, form) == {}
