"""What estimators share that write one output after another: decoders, searches, and generators."""
