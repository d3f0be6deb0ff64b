"""Predictions and targets in, metrics out; a network is never seen here."""
