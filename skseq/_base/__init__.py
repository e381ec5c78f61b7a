"""What estimators share: the ladder of fit, sources, parameters, a user's own network."""
