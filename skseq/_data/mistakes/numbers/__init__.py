"""Numbers of sequences that most likely are no measurements, or from which little can be learnt."""
