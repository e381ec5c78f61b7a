"""Targets that are most likely not what an estimator takes them for."""
