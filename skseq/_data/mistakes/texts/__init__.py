"""Tokens and texts that are most likely numbers, cut wrongly, or written in two ways."""
