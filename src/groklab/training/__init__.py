"""Fitting a task: feed, exact resume, atomic checkpoints."""
