"""Networks of one LSTM layer, forwards, and a constant rate: what R1 to R9 are made of.

The defaults of these estimators are others. Benchmarks of one recurrent layer, and settings that were chosen with
these, say so.
"""

NETWORK = {"n_conv_layers": 0, "pooling": "last", "cell": "lstm", "bidirectional": False, "dropout": 0.0}
ENCODER_DECODER = {"attention": False, "cell": "lstm", "bidirectional": False, "dropout": 0.0}
TRAINING = {"learning_rate": 0.01, "learning_rate_schedule": "constant", "epochs": 50, "batch_size": 32}
