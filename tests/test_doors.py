"""Private names of other libraries: each is still there and means what we take it for; and only the doors use them."""

import ast
from collections import defaultdict
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, nullcontext
from functools import cache, partial
from numbers import Integral
from pathlib import Path

import keras
import numpy as np
import pandas as pd
import pytest
import scikeras.wrappers
import tensorflow as tf
from numpy.testing import assert_allclose, assert_array_equal
from scikeras.wrappers import BaseWrapper, KerasClassifier
from sklearn.base import BaseEstimator, OneToOneFeatureMixin, TransformerMixin

import skseq
from skseq import _sklearn
from skseq._base import _scikeras
from skseq.nn import _keras, _tensorflow

ROOT = Path(skseq.__file__).parents[1]
DOORS = [Path(door.__file__) for door in (_sklearn, _scikeras, _keras, _tensorflow)]
LIBRARIES = {"keras", "scikeras", "sklearn", "tensorflow"}
INHERITED = {  # private names that our classes have from a base of scikit-learn, and what each is needed for
    "_validate_params": "check parameters that were set after fit",
    "_score_func": "score likelihoods",
    "_sign": "score likelihoods",
    "_kwargs": "score likelihoods",
    "_response_method": "score likelihoods",
}
OF_OTHERS = {
    "_ncols",  # matplotlib says the number of a legend's columns nowhere else
    "_get_protocol_attrs",  # tests of Python 3.11 keep what it gives, since they take longer without
}
OF_NAMED_TUPLES = {"_asdict", "_fields", "_make", "_replace"}  # public


@contextmanager
def needed(name, purpose):
    """Say which private name no longer does what it is used for."""
    try:
        yield
    except (Exception, pytest.fail.Exception) as error:
        pytest.fail(f"{name} is gone or has changed. skseq needs it to {purpose}: {type(error).__name__}: {error}")


# --- scikit-learn -----------------------------------------------------------------------------------------------------


class Thing(BaseEstimator):
    _parameter_constraints = {
        "n": [_sklearn.Interval(Integral, 1, None, closed="left")],
        "kind": [_sklearn.StrOptions({"a", "b"}), _sklearn.HasMethods("fit")],
    }

    def __init__(self, n=1, kind="a"):
        self.n, self.kind = n, kind

    @_sklearn._fit_context(prefer_skip_nested_validation=True)
    def fit(self, X, y=None):
        return self


@pytest.mark.parametrize("parameters", [{"n": 0}, {"n": 1.5}, {"kind": "c"}, {"kind": 3}, {"kind": Thing}], ids=str)
def test_constraints_are_checked_before_a_fit_and_on_demand(parameters):
    with needed("sklearn: _fit_context, _parameter_constraints", "check parameters in fit"):
        with pytest.raises(_sklearn.InvalidParameterError, match=f"'{next(iter(parameters))}' parameter of Thing"):
            Thing(**parameters).fit([[0]])
        Thing(2, kind=Thing()).fit([[0]])
    with needed("sklearn: BaseEstimator._validate_params", INHERITED["_validate_params"]):
        with pytest.raises(_sklearn.InvalidParameterError):
            Thing(**parameters)._validate_params()
        Thing()._validate_params()
    with needed("sklearn: validate_parameter_constraints", "check parameters that are read after fit, and no others"):
        check, name = partial(_sklearn.validate_parameter_constraints, Thing._parameter_constraints), "Thing"
        with pytest.raises(_sklearn.InvalidParameterError, match="parameter of Thing"):
            check(parameters, caller_name=name)
        check({"other": 0}, caller_name=name)


def test_constraints_of_functions():
    with needed("sklearn: validate_params", "check the arguments of metrics and of tasks"):

        @_sklearn.validate_params({"n": Thing._parameter_constraints["n"]}, prefer_skip_nested_validation=True)
        def double(n):
            return 2 * n

        assert double(2) == 4
        with pytest.raises(_sklearn.InvalidParameterError, match="'n' parameter of .*double"):
            double(0)


def test_sample_weights():
    with needed("sklearn: _check_sample_weight", "read sample_weight"):
        options = {"dtype": np.float64, "ensure_non_negative": True}
        assert_array_equal(_sklearn._check_sample_weight(None, np.empty(3), **options), [1, 1, 1])
        assert _sklearn._check_sample_weight([1, 2], np.empty(2), **options).dtype == np.float64
        with pytest.raises(ValueError, match="[Nn]egative"):
            _sklearn._check_sample_weight([1, -2], np.empty(2), **options)


@pytest.mark.parametrize("container", [list, np.array, pd.Series], ids=lambda kind: kind.__name__)
def test_containers(container):
    with needed("sklearn: _num_samples, _safe_indexing", "take some samples of what a display is given"):
        X = container([5, 6, 7])
        assert _sklearn._num_samples(X) == 3
        assert list(_sklearn._safe_indexing(X, [2, 0])) == [7, 5]


def test_feature_names():
    with needed("sklearn: _check_feature_names", "keep the names of columns of characters"):
        thing = Thing()
        _sklearn._check_feature_names(thing, pd.DataFrame({"one": ["a"], "two": ["b"]}), reset=True)
        assert_array_equal(thing.feature_names_in_, ["one", "two"])


def test_columns_are_wrapped_and_sequences_are_not():
    class Named(_sklearn.ColumnsOutMixin, OneToOneFeatureMixin, TransformerMixin, Thing):
        columns = True

        def _gives_columns(self):
            return self.columns

        def transform(self, X):
            return X

    thing, X = Named(), np.zeros((2, 1))
    thing.n_features_in_ = 1
    with needed("sklearn: _sklearn_auto_wrap_output_keys", "leave sequences alone that set_output is for"):
        assert isinstance(thing.set_output(transform="pandas").transform(X), pd.DataFrame)
        thing.columns = False
        assert thing.set_output(transform="pandas").transform(X) is X


def test_fitted_attributes():
    if hasattr(BaseEstimator, "_get_fitted_attr_html"):  # scikit-learn 1.9
        with needed("sklearn: _get_fitted_attr_html", "show what is fitted without building models"):
            thing = Thing()
            thing.sum_ = 12345
            assert "12345" in _sklearn.fitted_attributes_html(thing, "")._repr_html_()


def test_methods_that_are_missing_say_why():
    def refuses(thing):
        raise AttributeError(f"It needs n=2, not {thing.n}.")

    class Able(Thing):
        refused = _sklearn.available_if(refuses)(lambda self: None)
        missing = _sklearn.available_if(lambda thing: False)(lambda self: None)
        given = _sklearn.available_if(lambda thing: thing.n == 1)(lambda self: self.n)

    with needed("sklearn: _AvailableIfDescriptor", "say what makes a method available"):
        assert Able().given() == 1
        with pytest.raises(AttributeError, match=r"This 'Able' has no attribute '<lambda>'. It needs n=2, not 1.$"):
            Able().refused()
        with pytest.raises(AttributeError, match="'Able' has no attribute '<lambda>'$"):
            Able().missing()


def test_scorers():
    class Scorer(_sklearn._BaseScorer):
        def _score(self, method_caller, estimator, X, y_true, **kwargs):
            return self._sign * self._score_func(estimator, X, y_true), self._kwargs, self._response_method

    with needed("sklearn: _BaseScorer", INHERITED["_score_func"]):
        scorer = Scorer(lambda *given: len(given), -1, {"a": 1}, "score_samples")
        assert scorer(Thing(), [[0]], [0]) == (-3, {"a": 1}, "score_samples")


class Watched(_sklearn.CallbackSupportMixin, BaseEstimator):
    @_sklearn.with_callbacks
    def fit(self, X, y=None):
        self.n_told = 0
        context = _sklearn.begin_task(self, 2)
        context.subcontext(task_name="epoch").call_on_fit_task_end(estimator=self, X=X, y=y)
        return self


class Callback:
    torn_down = False

    def setup(self, estimator, context):
        pass

    def teardown(self, estimator, context):
        self.torn_down = True

    def on_fit_task_begin(self, estimator, context):
        pass

    def on_fit_task_end(self, estimator, context):
        estimator.n_told += context.task_name == "epoch" and context.parent.max_subtasks == 2


@pytest.mark.skipif(not _sklearn.HAS_CALLBACKS, reason="scikit-learn before 1.9 has no callbacks")
def test_callbacks():
    with needed("sklearn: _init_callback_context, _skl_callbacks", "tell callbacks of epochs"):
        assert not _sklearn.watches(Watched())
        callback = Callback()
        watched = Watched().set_callbacks(callback).fit([[0]])
        assert watched.n_told == 1
        assert callback.torn_down
        assert _sklearn.watches(watched)
        assert _sklearn.pop_callbacks(vars(watched))
        assert vars(watched) == {"n_told": 1}
        assert not _sklearn.pop_callbacks(vars(watched))


# --- scikeras ---------------------------------------------------------------------------------------------------------


def build(meta, units=2):
    """A model that carries what it was built with."""
    model = keras.Sequential([keras.Input((meta["n_features"],)), keras.layers.Dense(units)])
    model.seen = meta
    return model


META = {"n_features": 3, "classes_": [0, 1]}


def test_what_scikeras_seeds_with(monkeypatch):
    class Seeded(Exception):
        pass

    def seed(*_):
        raise Seeded

    wrapper = KerasClassifier(model=build, random_state=0)
    with needed("scikeras: _random_state", "keep TensorFlow's global seed and determinism as they are"):
        monkeypatch.setattr(scikeras.wrappers, "tensorflow_random_state", seed)
        ready = _scikeras.prepared(wrapper, META)
        _scikeras.build_model(ready)
        ready._random_state = 0  # what its own fit does
        with pytest.raises(Seeded):
            _scikeras.build_model(ready)


def test_what_build_functions_of_scikeras_get():
    wrapper = KerasClassifier(model=build, model__units=5)
    with needed("scikeras: _build_keras_model, _get_metadata", "build a network with what was learnt in fit"):
        ready = _scikeras.prepared(wrapper, META)
        model = _scikeras.build_model(ready)
        assert model.seen == META
        assert model.output_shape == (None, 5)
        assert ready.classes_ == [0, 1]
        assert not hasattr(wrapper, "classes_")


def test_what_scikeras_compiles_with():
    wrapper = BaseWrapper(model=build, loss="mae", optimizer="sgd", optimizer__learning_rate=0.5, metrics=["mse"])
    with needed("scikeras: _get_compile_kwargs", "compile with the wrapper's optimizer, loss and metrics"):
        arguments = _scikeras.compile_arguments(_scikeras.prepared(wrapper, META))
        assert isinstance(arguments["optimizer"], keras.optimizers.SGD)
        assert float(arguments["optimizer"].learning_rate) == 0.5
        assert arguments["loss"] is keras.losses.mean_absolute_error
        assert [metric.name for metric in arguments["metrics"]] == ["mean_squared_error"]


def test_callbacks_of_scikeras():
    stop, end = keras.callbacks.EarlyStopping, keras.callbacks.TerminateOnNaN
    wrapper = BaseWrapper(model=build, callbacks=stop, callbacks__patience=7, fit__callbacks=end)
    with needed("scikeras: _initialize_callbacks, _fit_callbacks", "run the wrapper's callbacks"):
        first, second = _scikeras.fit_callbacks(_scikeras.prepared(wrapper, META))
        assert isinstance(first, stop)
        assert first.patience == 7
        assert isinstance(second, end)


def test_wrappers_of_scikeras():
    assert _scikeras.is_wrapper(KerasClassifier(build))
    assert not _scikeras.is_wrapper(build)
    assert _scikeras.is_default(KerasClassifier(build), "epochs", 1)
    assert not _scikeras.is_default(KerasClassifier(build), "epochs", 2)


# --- Keras ------------------------------------------------------------------------------------------------------------


def test_optimizers_sum_over_replicas_by_the_name_that_is_replaced(monkeypatch):
    """Under another name Keras would sum again, and memory would grow with every graph."""

    class Summed(Exception):
        pass

    def refuse(self, grads_and_vars):
        raise Summed

    with needed("keras: Optimizer._all_reduce_sum_gradients", "free the graphs of networks that the pool drops"):
        monkeypatch.setattr(keras.optimizers.SGD, "_all_reduce_sum_gradients", refuse)
        variable = keras.Variable([1.0])
        with pytest.raises(Summed):
            keras.optimizers.SGD(0.5).apply([tf.constant([1.0])], [variable])
        optimizer = keras.optimizers.SGD(0.5)
        _keras.reduce_nothing(optimizer)
        optimizer.apply([tf.constant([1.0])], [variable])
        assert_allclose(variable.numpy(), [0.5])


def test_moments_of_adam():
    with needed("keras: Adam._momentums, Adam._velocities", "take a step of Adam in one operation"):
        optimizer, gradients = keras.optimizers.Adam(), [tf.constant([2.0]), tf.constant([3.0])]
        optimizer.apply(gradients, [keras.Variable([1.0]), keras.Variable([1.0])])
        first, second = _keras.adam_moments(optimizer)
        assert_allclose([m.numpy() for m in first], [[0.2], [0.3]], rtol=1e-5)  # (1 - beta_1) g
        assert_allclose([v.numpy() for v in second], [[0.004], [0.009]], rtol=1e-4)  # (1 - beta_2) g^2


@pytest.mark.parametrize("in_graph", [False, True])
def test_masks_of_outputs(in_graph):
    """Under another name weights of samples would be wrong, since Keras' mean counts real steps only."""
    layers = keras.layers.Embedding(5, 2, mask_zero=True), keras.layers.Activation("tanh")
    masked, plain = keras.Sequential(layers), keras.layers.LSTM(2, return_sequences=True)
    found = []

    def look():
        found[:] = [_keras.carries_mask(masked(np.array([[1, 0]]))), _keras.carries_mask(plain(np.ones((1, 2, 2))))]

    with needed("keras: _keras_mask", "know what Keras' mean over a batch counts"):
        (tf.function(look) if in_graph else look)()
        assert found == [True, False]


def test_losses_read_the_mask_of_an_output():
    with needed("keras: _keras_mask", "know what Keras' mean over a batch counts"):
        outputs = tf.constant([[[2.0], [9.0]]])
        outputs._keras_mask = tf.constant([[True, False]])
        assert float(keras.losses.MeanSquaredError()(tf.zeros((1, 2, 1)), outputs)) == 4


# --- TensorFlow -------------------------------------------------------------------------------------------------------


def test_gradients_are_recorded_without_a_registry():
    assert _tensorflow.CAN_RECORD, (
        "tensorflow.python.eager.record is gone: skseq still trains, but memory grows with every network it compiles"
    )
    with needed("tensorflow: record.stop_recording, record.record_operation", "give kernels gradients of their own"):
        x = tf.constant(3.0)
        with tf.GradientTape() as tape:
            tape.watch(x)
            with _tensorflow.stop_recording():
                y = x * x
            _tensorflow.record_operation("square", [y], [x], lambda dy: [100 * dy])
        assert float(tape.gradient(y, x)) == 100
        with tf.GradientTape() as tape:
            tape.watch(x)
            with _tensorflow.stop_recording():
                y = x * x
        assert tape.gradient(y, x) is None


def test_a_step_of_adam():
    """Kingma & Ba 2015: the first step moves a weight by the learning rate, against the sign of its gradient."""
    with needed("tensorflow: raw_ops.ResourceApplyAdam", "take a step of Adam in one operation"):
        weight, m, v = (tf.Variable([value]) for value in (1.0, 0.0, 0.0))
        numbers = {"beta1_power": 0.9, "beta2_power": 0.99, "lr": 0.1, "beta1": 0.9, "beta2": 0.99, "epsilon": 0.0}
        _tensorflow.apply_adam(var=weight.handle, m=m.handle, v=v.handle, **numbers, grad=tf.constant([-2.0]))
        assert_allclose([weight.numpy(), m.numpy(), v.numpy()], [[1.1], [-0.2], [0.04]], rtol=1e-5)


def test_the_gradient_of_tanh():
    with needed("tensorflow: raw_ops.TanhGrad", "write out the gradient of attention"):
        assert float(_tensorflow.tanh_gradient(y=tf.constant(0.5), dy=tf.constant(2.0))) == 1.5


def test_graphs_are_rewritten_in_one_round():
    with needed("tensorflow: context().function_call_options", "have a first fit wait less"):
        assert _tensorflow.FunctionCallOptions is not None
        before = _tensorflow.context().function_call_options
        with _tensorflow.one_round_of_rewriting():
            config = _tensorflow.context().function_call_options.config_proto_serialized
            assert tf.function(lambda x: 2 * x)(tf.constant(3.0)) == 6
        rewriting = _tensorflow.config_pb2.ConfigProto.FromString(config).graph_options.rewrite_options
        assert rewriting.meta_optimizer_iterations == 1
        assert _tensorflow.context().function_call_options is before


def constants_of(values, share):
    """How many constants a graph has that reads all these values, and what it gives."""

    def read():
        return [tf.constant(value) for value in values]

    with share():
        graph = tf.function(read, autograph=False).get_concrete_function()
    return sum(op.type == "Const" for op in graph.graph.get_operations()), [x.numpy() for x in graph()]


EQUAL = [2, 2, [1, 2], [1, 2], np.float32(3), np.float32(3), np.arange(3), np.arange(3)]
DIFFERENT = [1, 1.0, True, 0.0, -0.0, [1], [1.0], np.float64(1), np.float32(1), [np.float64(1)], [[1]], [1, 2]]


def test_equal_constants_of_a_graph_are_one():
    with needed("tensorflow: ops._create_graph_constant", "have a first fit wait less"):
        assert _tensorflow.make_constant is not None
        n_constants, found = constants_of(EQUAL, _tensorflow.shared_constants)
        assert n_constants == len(EQUAL) / 2
        for value, expected in zip(found, EQUAL, strict=True):
            assert_array_equal(value, expected)


def test_different_constants_stay_apart():
    apart, found = constants_of(DIFFERENT, _tensorflow.shared_constants)
    also, expected = constants_of(DIFFERENT, nullcontext)
    assert apart == also == len(DIFFERENT)
    for one, other in zip(found, expected, strict=True):
        assert (one.dtype, one.tobytes()) == (other.dtype, other.tobytes())


def test_objects_are_no_numbers():
    """What an array of objects holds are addresses."""
    assert _tensorflow._identity(np.array(["a"], object)) != _tensorflow._identity(np.array(["a"], object))


def test_constants_of_others_are_their_own(monkeypatch):
    """Of graphs that are traced later or by another thread, and all in a release that makes them elsewhere."""
    with _tensorflow.shared_constants(), ThreadPoolExecutor(1) as others:
        assert others.submit(constants_of, EQUAL, nullcontext).result()[0] == len(EQUAL)
    assert constants_of(EQUAL, nullcontext)[0] == len(EQUAL)
    monkeypatch.setattr(_tensorflow.ops, "_create_graph_constant", _tensorflow.make_constant)
    monkeypatch.setattr(_tensorflow, "make_constant", None)
    assert constants_of(EQUAL, _tensorflow.shared_constants)[0] == len(EQUAL)


def test_whether_tensorflow_has_run(monkeypatch):
    with needed("tensorflow: context()._initialized", "tell whether a fork is safe"):
        tf.constant(1.0)
        assert _tensorflow.has_run()
        monkeypatch.setattr(_tensorflow.context(), "_initialized", False)
        assert not _tensorflow.has_run()


def test_the_block_lstm_and_its_gradient():
    """What they take and give; `tests/nn/kernels/test_nn_block_lstm.py` has their numbers."""
    n_steps, n_samples, units, size = 3, 2, 4, 5
    zeros = tf.zeros([n_samples, units])
    given = {
        "seq_len_max": tf.constant(n_steps, tf.int64),
        "x": tf.ones([n_steps, n_samples, size]),
        "cs_prev": zeros,
        "h_prev": zeros,
        "w": tf.ones([size + units, 4 * units]),
        **dict.fromkeys(("wci", "wcf", "wco"), tf.zeros([units])),
        "b": tf.zeros([4 * units]),
        "use_peephole": False,
    }
    with needed("tensorflow: raw_ops.BlockLSTMV2, BlockLSTMGradV2", "run small LSTM layers in one operation"):
        found = _tensorflow.block_lstm(**given)
        assert found._fields == ("i", "cs", "f", "o", "ci", "co", "h")
        assert found.h.shape == found.cs.shape == (n_steps, n_samples, units)
        ones = tf.ones_like(found.h)
        gradients = _tensorflow.block_lstm_gradient(**given, **found._asdict(), h_grad=ones, cs_grad=ones)
        for name, value in {"x": "x", "h_prev": "h_prev", "cs_prev": "cs_prev", "w": "w", "b": "b"}.items():
            assert getattr(gradients, f"{name}_grad").shape == given[value].shape


# --- nobody else uses them --------------------------------------------------------------------------------------------


def is_private(name):
    return name.startswith("_") and not name.startswith("__") and name.strip("_") != ""


def defined(nodes):
    """Names that a file gives to something of its own."""
    for node in nodes:
        if isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name
        elif isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store):
            yield node.id
        elif isinstance(node, ast.Attribute) and isinstance(node.ctx, ast.Store) and _is_ours(node.value):
            yield node.attr


def used(nodes):
    """(line, name, whether on self) of every private attribute, also where it is a word for getattr and its like."""
    for node in nodes:
        if isinstance(node, ast.Attribute) and is_private(node.attr):
            yield node.lineno, node.attr, _is_self(node.value)
        elif isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"getattr", "hasattr", "setattr"}:
            name = node.args[1].value if isinstance(node.args[1], ast.Constant) else ""
            if is_private(name):
                yield node.lineno, name, _is_self(node.args[0])


def _is_ours(node):
    return _is_self(node) or getattr(node, "id", "") == "estimator"


def _is_self(node):
    of_parents = isinstance(node, ast.Call) and getattr(node.func, "id", "") == "super"
    return of_parents or getattr(node, "id", "") in {"self", "cls"}


def imported(nodes):
    """(line, name) of every private module or name that a file imports from one of the libraries."""
    for node in nodes:
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            first, *rest = name.split(".")
            if first in LIBRARIES and (any(map(is_private, rest)) or rest[:1] in (["python"], ["src"])):
                yield node.lineno, name


class Names:
    """What a piece of code defines, uses and imports, and the lines that name ``raw_ops``."""

    def __init__(self, code):
        nodes = list(ast.walk(ast.parse(code)))
        self.defined = set(defined(nodes))
        self.used, self.imported = list(used(nodes)), list(imported(nodes))
        self.raw = [(node.lineno, "raw_ops") for node in nodes if getattr(node, "attr", "") == "raw_ops"]


@cache
def names(path):
    return Names(path.read_text())


def names_in(folder):
    return {path: names(path) for path in sorted((ROOT / folder).rglob("*.py")) if path not in DOORS}


@cache
def names_behind_doors():
    return {name for door in DOORS for _, name, _ in names(door).used} | {"raw_ops"}


@cache
def names_of_ours():
    return set().union(*(own.defined for own in names_in("skseq").values())) - names_behind_doors()


def test_the_reading_of_private_names_finds_some():
    """A test of absence needs one of presence."""
    assert {"_random_state", "_all_reduce_sum_gradients", "_keras_mask"} <= names_behind_doors()
    assert "tensorflow.python.eager.record" in {name for _, name in names(Path(_tensorflow.__file__)).imported}
    code = "a._b; self._c; getattr(a, '_d'); self._e = 1; a._f = 1; named_tuple._asdict()\ndef _g(): super()._h"
    own = Names(code)
    assert {name: on_self for _, name, on_self in own.used} == {
        **dict.fromkeys(["_b", "_d", "_f", "_asdict"], False),
        **dict.fromkeys(["_c", "_e", "_h"], True),
    }
    assert own.defined == {"_e", "_g"}


@pytest.mark.parametrize("folder", ["skseq", "benchmarks", "tests"])
def test_private_names_are_used_by_doors_only(folder):
    """A private name is one of ours, or one that our classes inherit, or it stands in a door."""
    ours = names_of_ours()
    wrong = defaultdict(list)
    for path, own in names_in(folder).items():
        if path == Path(__file__):
            continue
        known = ours | own.defined | OF_NAMED_TUPLES | OF_OTHERS
        known_if_on_self = {True: known | INHERITED.keys(), False: known}
        found = [(line, name) for line, name, on_self in own.used if name not in known_if_on_self[on_self]]
        for line, name in (*found, *own.imported, *(own.raw if folder == "skseq" else ())):
            wrong[f"{path.relative_to(ROOT)}:{line}"].append(name)
    assert not wrong, f"private names of other libraries belong into a door ({', '.join(d.name for d in DOORS)})"


def test_every_inherited_name_is_used():
    on_self = {name for own in names_in("skseq").values() for _, name, on_self in own.used if on_self}
    assert set(INHERITED) <= on_self


@pytest.mark.parametrize("door", DOORS, ids=lambda path: path.stem)
def test_doors_say_what_each_private_name_is_for(door):
    for function in ast.parse(door.read_text()).body:
        if isinstance(function, ast.FunctionDef):
            described = ast.get_docstring(function)
            assert described, f"{function.name} of {door.name} has no docstring"
            assert "\n" not in described
