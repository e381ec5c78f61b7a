"""Pictures of fitted estimators, used like the displays of scikit-learn.

``Display.from_estimator`` computes the numbers by public methods of the estimator, and draws them. A display that is
made from numbers draws them with ``plot``. Drawing needs matplotlib (``pip install 'skseq[plots]'``), which is imported
only then. Legends stand outside the axes: make your own figures with ``layout="constrained"``, which leaves room for
them.
"""

from skseq.inspection._anomaly import AnomalyDisplay
from skseq.inspection._attention import AttentionDisplay
from skseq.inspection._encoding import EncodingDisplay
from skseq.inspection._reconstruction import ReconstructionDisplay
from skseq.inspection._training import TrainingDisplay

__all__ = ["AnomalyDisplay", "AttentionDisplay", "EncodingDisplay", "ReconstructionDisplay", "TrainingDisplay"]
