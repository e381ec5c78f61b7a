"""How benchmarks measure, compare and report."""
