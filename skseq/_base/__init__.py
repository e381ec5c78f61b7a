"""What estimators share: the ladder of fit, sources, decoders, searches at predict."""
