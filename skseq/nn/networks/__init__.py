"""From a spec to weights, losses and outputs."""
