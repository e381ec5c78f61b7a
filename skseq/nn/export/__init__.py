"""Fitted networks as models of stock Keras layers."""
