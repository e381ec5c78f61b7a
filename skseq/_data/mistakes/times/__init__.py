"""Times of rows and windows that are most likely not what they are taken for."""
