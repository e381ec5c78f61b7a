"""Recurrences and products as functions of tensors, with written-out gradients."""
