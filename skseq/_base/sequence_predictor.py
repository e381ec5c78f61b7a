"""What estimators share that give one output per sequence: an encoder, pooling over timesteps, one dense layer."""

from sklearn.utils.metaestimators import available_if

from skseq._base.own_network import NETWORK_CONSTRAINTS, OwnNetworkMixin
from skseq._base.source import SourceEstimator
from skseq._data import constant_answer
from skseq._sklearn import StrOptions


def _pools_by_attention(estimator):
    """Attention weights exist only where attention pools."""
    if estimator.__sklearn_is_fitted__():
        return estimator._spec.pooling == "attention"  # a network of one's own has None
    return estimator.network is None and estimator.pooling == "attention"


class _PooledEstimator(SourceEstimator):
    """An estimator on a `PooledSpec`."""

    def _make_spec(self, learnt, data, epochs):
        from skseq.nn.spec import PooledSpec

        return PooledSpec(
            sizes=learnt.targets.sizes,
            task=self._task,
            pooling=self.pooling,
            **self._source_fields(learnt.source),
            **self._spec_fields(data.n_samples, epochs, self._model_timesteps(learnt)),
        )

    def _constant_answer(self, learnt, spec, data):
        classifies = self._task == "classify"
        return constant_answer.of_labels(data, spec.sizes) if classifies else constant_answer.of_numbers(data)

    def _keep_learnt(self, learnt):
        super()._keep_learnt(learnt)
        self.n_outputs_ = len(learnt.targets.sizes)


class SequencePredictor(OwnNetworkMixin, _PooledEstimator):
    """The same, or a network of the user's own."""

    _parameter_constraints = {
        **SourceEstimator._parameter_constraints,
        "pooling": [StrOptions({"last", "attention", "mean"})],
        **NETWORK_CONSTRAINTS,
    }

    @available_if(_pools_by_attention)
    def attention_weights(self, X):
        """Weights of the timesteps in the vector that the output layer reads.

        Parameters
        ----------
        X : array-like of shape (n_samples, n_timesteps) or (n_samples, n_timesteps, n_features), or list
            Sequences of the kind in fit.

        Returns
        -------
        weights : ndarray of shape (n_samples, n_timesteps), or object array if X is ragged
            Attention weights. They sum to 1 over the timesteps of a sample.
        """
        source = self._read_fitted(X)
        return source.unpadded(self._predict("attention", source.rows))  # (n, t)
