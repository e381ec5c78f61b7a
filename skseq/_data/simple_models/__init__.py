"""Simple models of data, whose errors `diagnose` holds against those of a network."""
