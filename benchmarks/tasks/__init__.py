"""The data that benchmarks learn from."""
