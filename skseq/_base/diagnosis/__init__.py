"""What a fit is warned of, while it reads, trains and predicts, and the table of checks that `diagnose` shows."""
