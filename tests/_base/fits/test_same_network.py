"""What the error of a fit that cannot go on says has changed."""

import re
from dataclasses import fields

import pytest

from skseq import (
    LSTMAutoencoderTransformer,
    Seq2SeqRegressor,
    Seq2SeqTransducer,
    SequenceClassifier,
    SequenceGenerator,
    SequenceRegressor,
)
from skseq._base.fits.same_network import changes, is_same_network
from skseq.nn.spec import AutoencoderSpec, ForecastSpec, GeneratorSpec, PooledSpec, Seq2SeqSpec

pytestmark = pytest.mark.usefixtures("eager")

X = [[0.0, 1, 2], [2.0, 1, 0]] * 4
RAGGED = [[0.0, 1, 2], [2.0, 1]] * 4
Y = [0, 1] * 4
TEXTS = ["abc", "cab"] * 4
SGD = {"class_name": "SGD", "config": {"momentum": 0.5}}


@pytest.mark.usefixtures("untrained")
@pytest.mark.parametrize(
    ("estimator", "data", "changed", "says"),
    [
        (
            SequenceClassifier(),
            (X, Y),
            {"units": 7, "n_layers": 2},
            "units=7, which was 2, and n_layers=2, which was 1",
        ),
        (SequenceClassifier(), (X, Y), {"dtype": "mixed_bfloat16"}, "dtype='mixed_bfloat16', which was 'float32'"),
        (SequenceClassifier(), (X, Y), {"optimizer": "nesterov"}, "optimizer='nesterov', which was 'adam'"),
        (SequenceClassifier(), (X, Y), {"n_conv_layers": 1}, "n_conv_layers=1, which was 0"),
        (SequenceClassifier(), (RAGGED, Y), {"n_conv_layers": 1}, "n_conv_layers=1, which was 0"),
        (SequenceClassifier(), (X, Y), {"pooling": "last"}, "pooling='last', which was 'concat'"),
        (SequenceClassifier(n_conv_layers=1), (X, Y), {"pooling": "concat"}, "pooling='concat', which was 'auto'"),
        (
            SequenceClassifier(n_conv_layers=1, pooling="concat"),
            (X, Y),
            {"pooling": "auto"},
            "pooling='auto', which was 'concat'",
        ),
        (
            SequenceRegressor(optimizer=SGD),
            (X, Y),
            {"optimizer": "sgd"},
            "momentum=0.0 of the optimizer, which was 0.5",
        ),
        (
            SequenceRegressor(optimizer="adamw", weight_decay=0.1),
            (X, Y),
            {"weight_decay": None},
            "another weight_decay in the configuration of the optimizer",
        ),
        (
            Seq2SeqTransducer(analyzer="char", target_analyzer="char", cell="gru"),
            (TEXTS, TEXTS),
            {"attention": False, "training": "professor_forcing"},
            "attention=False, which was 'dot', and training='professor_forcing', which was 'teacher_forcing'",
        ),
        (SequenceGenerator(), (X,), {"n_components": 2}, "n_components=2, which was 10"),
        (
            LSTMAutoencoderTransformer(),
            (X,),
            {"decoder": "predict", "horizon": 1},
            "decoder='predict', which was 'reconstruct', and horizon='a number', which was None",
        ),
        (
            Seq2SeqRegressor(quantiles=(0.1, 0.5)),
            (X, Y),
            {"loss": "quantile"},
            "loss='quantile', which was 'absolute_error'",
        ),
    ],
)
def test_what_has_changed(estimator, data, changed, says):
    """And with what was before the fit goes on."""
    before = {name: getattr(estimator, name) for name in changed}
    model = estimator.set_params(units=2, epochs=1, warm_start=True).fit(*data)
    before |= {"units": 2} if "units" in changed else {}
    error = (
        f"{type(model).__name__} cannot go on from its last fit with {says}: its weights belong to the network as it "
        "was. Use warm_start=False, or set the parameters back."
    )
    with pytest.raises(ValueError, match=re.escape(error)):
        model.set_params(**changed).fit(*data)
    model.set_params(**before).fit(*data)
    model.set_params(warm_start=False, **changed).fit(*data)


OTHERS = {
    PooledSpec: {"sizes": (2,)},
    Seq2SeqSpec: {"target_size": 3},
    ForecastSpec: {"n_targets": 1, "loss": "quantile", "levels": (0.5,)},
    GeneratorSpec: {},
    AutoencoderSpec: {},
}


@pytest.mark.parametrize("kind", OTHERS)
def test_every_field_that_makes_another_network_is_told_of(kind):
    spec = kind(source_size=1, units=2, **OTHERS[kind])
    for field in fields(kind):
        was = getattr(spec, field.name)
        other = not was if isinstance(was, bool) else (was or 0) + 1 if not isinstance(was, (str, tuple)) else was * 2
        if field.name == "optimizer":
            other = '{"class_name": "SGD", "config": {}}'
        if field.name in ("source_steps", "end", "kernel_size", "marks_steps"):  # they follow from others
            continue
        moved = kind(**{**{each.name: getattr(spec, each.name) for each in fields(kind)}, field.name: other})
        assert is_same_network(moved, spec) is (changes(moved, spec) == [])
