"""scikit-learn's own checks, on defaults and variants, with nothing excused."""

from sklearn.utils.estimator_checks import parametrize_with_checks

from skseq import LSTMAutoencoderTransformer, Seq2SeqClassifier

AUTOENCODERS = [
    LSTMAutoencoderTransformer(units=8, epochs=5),
    LSTMAutoencoderTransformer(units=8, epochs=5, cell="gru", code="both", output="state"),
    LSTMAutoencoderTransformer(units=8, epochs=5, n_layers=2, bidirectional=True, reverse_target=True),
    LSTMAutoencoderTransformer(units=8, epochs=5, code="state", output="state", dtype="float64"),
    LSTMAutoencoderTransformer(units=8, epochs=5, output="sequence"),
]
CLASSIFIERS = [
    Seq2SeqClassifier(),
    Seq2SeqClassifier(cell="gru"),
    Seq2SeqClassifier(n_layers=2),
    Seq2SeqClassifier(bidirectional=True),
    Seq2SeqClassifier(attention="bahdanau"),
    Seq2SeqClassifier(attention="dot"),
    Seq2SeqClassifier(decoder="direct"),
    Seq2SeqClassifier(decoder="direct", attention=True, dtype="float64"),
    Seq2SeqClassifier(dtype="float64"),
]
EXPECTED_FAILURES = {}


@parametrize_with_checks(
    [LSTMAutoencoderTransformer(), *AUTOENCODERS, *CLASSIFIERS],
    expected_failed_checks=lambda estimator: EXPECTED_FAILURES,
    xfail_strict=True,
)
def test_check_estimator(estimator, check):
    check(estimator)
