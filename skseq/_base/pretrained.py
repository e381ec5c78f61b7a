"""An encoder that was trained before: its numbers, whether they fit, and estimators that may start from one."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, ClassVar, Self

from sklearn.exceptions import NotFittedError
from sklearn.frozen import FrozenEstimator
from sklearn.utils.validation import check_is_fitted

from skseq._base.estimator import CELLS, BaseSequenceEstimator
from skseq._data.column_names import check_order_of_names
from skseq._sklearn import HasMethods, StrOptions

_FIELDS = (  # of specs, which must agree
    *("units", "cell", "n_layers", "bidirectional", "activation", "embedding_dim"),
    *("n_conv_layers", "kernel_size"),
)
BEST_LAYERS = {"cell": "gru", "bidirectional": True}  # by benchmarks.defaults and its like for each task
AUTO_LAYERS = {  # constraints of estimators that may leave this to the encoder, and without one take the best
    "cell": [StrOptions(CELLS | {"auto"})],
    "bidirectional": ["boolean", StrOptions({"auto"})],
}


def check_encoder(encoder):
    """The fitted skseq estimator itself; anything else raises an error that says what to pass."""
    fitted = encoder.estimator if isinstance(encoder, FrozenEstimator) else encoder
    if not isinstance(fitted, BaseSequenceEstimator):
        raise TypeError(
            "The 'encoder' parameter must be a fitted estimator of skseq, such as a LSTMAutoencoderTransformer, or a "
            f"FrozenEstimator around one. Got {type(fitted).__name__}."
        )
    try:
        check_is_fitted(fitted)
    except NotFittedError as error:
        raise ValueError(
            f"The 'encoder' parameter must be fitted, but this {type(fitted).__name__} is not: fit it first. Searches "
            "clone the values of their grid, which makes estimators unfitted: there, wrap the fitted encoder in "
            "sklearn.frozen.FrozenEstimator."
        ) from error
    if fitted._spec.is_own:
        raise ValueError("The 'encoder' parameter must not have been fitted with a network of its own.")
    return fitted


def _reads(spec):
    return "tokens" if getattr(spec, "tokens", False) else "measurements"  # an autoencoder's spec has no such field


def encoder_weights(encoder, spec, like, *, of):
    """The encoder's weights by name, in the types of ``like``; a network of another kind raises ValueError.

    ``of`` is what errors call the estimator that starts from them.
    """
    encoder = check_encoder(encoder)
    theirs, given = type(encoder).__name__, encoder._spec
    if _reads(given) != _reads(spec):
        raise ValueError(f"encoder reads {_reads(given)}, but X holds {_reads(spec)}: fit the {theirs} on data like X.")
    if given.source_size != spec.source_size:
        raise ValueError(
            f"encoder reads {given.source_size} features, but X has {spec.source_size}: fit the {theirs} on sequences "
            "of the same features."
        )
    if given.n_conv_layers and not hasattr(spec, "pooling"):
        raise ValueError(
            f"encoder has n_conv_layers={given.n_conv_layers!r}, but the encoder of {of} has no convolutions: fit the "
            f"{theirs} with n_conv_layers=0."
        )
    if given.bidirectional and hasattr(spec, "tied"):  # a generator, which has no such parameter
        raise ValueError(
            f"encoder has bidirectional=True, but {of} reads forwards alone, as what comes next would be read "
            f"backwards: fit the {theirs} with bidirectional=False."
        )
    theirs_and_mine = {name: (getattr(given, name, None), getattr(spec, name, None)) for name in _FIELDS}
    differ = {name: pair for name, pair in theirs_and_mine.items() if pair[0] != pair[1]}
    if differ:
        has, own = (", ".join(f"{name}={pair[k]!r}" for name, pair in differ.items()) for k in (0, 1))
        raise ValueError(
            f"encoder has {has}, but {of} has {own}: set {has} to start from this encoder, or fit another one."
        )
    return {
        name: encoder.weights_[name].astype(value.dtype)
        for name, value in like.items()
        if name == "embedding" or name.startswith("encoder/")  # its decoder or output layer is left out
    }


class EncoderEstimator(BaseSequenceEstimator):
    """An estimator that has targets, and an encoder that may have been trained before."""

    _parameter_constraints = {
        **BaseSequenceEstimator._parameter_constraints,
        "encoder": [HasMethods("fit"), None],
        "freeze": ["boolean"],
    }
    _best_layers: ClassVar = {}  # parameters that may be "auto", and what that is without an encoder

    def _layer_fields(self):
        """What is "auto" is as in the encoder, if there is one."""
        best = self._best_layers if self.encoder is None else vars(check_encoder(self.encoder)._spec)
        auto = {name: best[name] for name in self._best_layers if getattr(self, name) == "auto"}
        return super()._layer_fields() | auto

    def __sklearn_tags__(self) -> Any:
        tags = super().__sklearn_tags__()
        tags.target_tags.required = True
        tags.target_tags.multi_output = True
        return tags

    def _as_the_encoder_reads(self, form):
        """The form with the scale of the encoder, and with its lengths: its weights are for numbers like these."""
        theirs = None if self.encoder is None else check_encoder(self.encoder)._learnt.source
        if theirs is None or theirs.n_features != form.n_features:  # then `encoder_weights` says what is wrong
            return form
        known = getattr(check_encoder(self.encoder), "_column_names", None)  # files of older releases have none
        check_order_of_names(self._column_names, known)
        scale = None if theirs.scale is None else theirs.scale.kept()
        return replace(form, scale=scale, ragged=theirs.ragged)

    def _starting_weights(self, network, rng, learnt):
        weights = super()._starting_weights(network, rng, learnt)  # those of the decoder stay
        if self.encoder is not None:
            weights |= encoder_weights(self.encoder, network.spec, weights, of=type(self).__name__)
        elif self.freeze:
            raise ValueError("freeze=True leaves the encoder as it is given, but encoder=None: pass a fitted encoder.")
        return weights

    def __sklearn_clone__(self) -> Any:
        """A clone keeps a fitted encoder, as it keeps any other value; it is never refitted."""
        copied = super().__sklearn_clone__()
        copied.encoder = self.encoder
        return copied

    def set_params(self, **parameters: Any) -> Self:
        """Set parameters by name. Those of a fitted `encoder` cannot be changed.

        Parameters
        ----------
        **parameters : dict
            Parameters of the estimator.

        Returns
        -------
        self : object
            The estimator.
        """
        own = {name: value for name, value in parameters.items() if not name.startswith("encoder__")}
        encoder = own.get("encoder", self.encoder)
        known = encoder.get_params() if hasattr(encoder, "get_params") else {}
        nested = {name.removeprefix("encoder__"): parameters[name] for name in parameters.keys() - own.keys()}
        # what get_params gave can be set again; `own` stands for a name that the encoder does not have
        changed = [f"encoder__{name}" for name, value in nested.items() if value is not known.get(name, own)]
        if changed:
            raise ValueError(
                f"{', '.join(sorted(changed))} cannot be set: an encoder is fitted, and shared by all clones. Fit "
                "another encoder and pass it as `encoder`."
            )
        return super().set_params(**own)
