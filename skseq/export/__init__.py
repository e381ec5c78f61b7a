"""Fitted estimators as files for programs that have neither skseq nor TensorFlow.

`to_onnx` writes ONNX (``pip install 'skseq[onnx]'``); the package onnx is imported only then.
"""

from skseq.export._onnx import to_onnx

__all__ = ["to_onnx"]
