"""The compiled epoch and the loop around it."""
