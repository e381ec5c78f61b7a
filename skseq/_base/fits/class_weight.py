"""The parameter `class_weight`."""

from skseq._data.checks import network_weights


class ClassWeightMixin:
    """An estimator whose classes may count differently. It stands left of the estimator whose hook it overrides."""

    def _class_weights(self, targets, rows, incremental):
        given = self.class_weight if isinstance(self.class_weight, list) else [self.class_weight]  # one per output
        if incremental and "balanced" in given:
            raise ValueError(
                "class_weight='balanced' is not supported by partial_fit, which never sees all data: pass a dict."
            )
        weights = targets.class_weights(self.class_weight, rows)
        for own in weights if isinstance(weights, list) else [weights]:
            network_weights(own, "class_weight", self._number_type)  # raises ValueError for too large ones
        return weights
