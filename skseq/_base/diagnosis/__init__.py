"""What a fit is warned of, while it reads, trains and predicts, and the table of checks that `diagnose` shows."""

from skseq._base.diagnosis.fit_checks import Check, Diagnosis

__all__ = ["Check", "Diagnosis"]  # pickles of earlier versions look for them here
