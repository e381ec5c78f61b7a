"""The parameter `class_weight`."""


class ClassWeightMixin:
    """An estimator whose classes may count differently. It stands left of the estimator whose hook it overrides."""

    def _class_weights(self, targets, rows, incremental):
        given = self.class_weight if isinstance(self.class_weight, list) else [self.class_weight]  # one per output
        if incremental and "balanced" in given:
            raise ValueError(
                "class_weight='balanced' is not supported by partial_fit, which never sees all data: pass a dict."
            )
        return targets.class_weights(self.class_weight, rows)
