"""Optimizers that torch does not have as they are."""
