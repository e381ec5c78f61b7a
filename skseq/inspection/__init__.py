"""Pictures of fitted estimators, used like the displays of scikit-learn, and what predictions rely on.

``Display.from_estimator`` computes the numbers by public methods of the estimator, and draws them. Displays of
forecasts draw given numbers, too, with ``Display.from_predictions``. A display that is made by its constructor draws
with ``plot``. Drawing needs matplotlib (``pip install 'skseq[plots]'``), which is imported only then. Legends stand
outside the axes: make your own figures with ``layout="constrained"``, which leaves room for them.
"""

from skseq.inspection._anomaly import AnomalyDisplay
from skseq.inspection._attention import AttentionDisplay
from skseq.inspection._backtest import BacktestDisplay
from skseq.inspection._coverage import CoverageDisplay
from skseq.inspection._encoding import EncodingDisplay
from skseq.inspection._forecast import ForecastDisplay
from skseq.inspection._forecast_error import ForecastErrorDisplay
from skseq.inspection._importance_display import ImportanceDisplay
from skseq.inspection._next_token import NextTokenDisplay
from skseq.inspection._occlusion import occlusion_importance
from skseq.inspection._permutation import permutation_importance
from skseq.inspection._reconstruction import ReconstructionDisplay
from skseq.inspection._sample import SampleDisplay
from skseq.inspection._training import TrainingDisplay

__all__ = [
    "AnomalyDisplay",
    "AttentionDisplay",
    "BacktestDisplay",
    "CoverageDisplay",
    "EncodingDisplay",
    "ForecastDisplay",
    "ForecastErrorDisplay",
    "ImportanceDisplay",
    "NextTokenDisplay",
    "ReconstructionDisplay",
    "SampleDisplay",
    "TrainingDisplay",
    "occlusion_importance",
    "permutation_importance",
]
