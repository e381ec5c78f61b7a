"""Greedy search, beam search and sampling over a step function, and what constrains them."""
