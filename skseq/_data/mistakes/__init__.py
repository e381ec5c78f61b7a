"""What is most likely a mistake in data: warnings and errors that say what it looks like, and what to pass instead."""
