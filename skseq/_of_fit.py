"""Parameters as they were in `fit`."""


class ParametersOfFitMixin:
    """An estimator that reads some parameters after `fit`, and for which those of `fit` count then."""

    def _keep_parameters(self, *names):
        """Let the values that these parameters have now count from here on."""
        self._in_fit = {name: getattr(self, name) for name in names}

    def _of_fit(self, name):
        """A parameter as it was in `fit`. Before one, and where a file of 0.1.0 holds none, it is what it is now."""
        return vars(self).get("_in_fit", {}).get(name, getattr(self, name))
