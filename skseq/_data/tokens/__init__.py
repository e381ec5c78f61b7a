"""Tokens: read, split from texts, numbered, and drawn."""
