"""The same work on stock Keras, PyTorch and scikit-learn."""
