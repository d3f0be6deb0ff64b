"""Optuna's studies: spaces, samplers, trials that are asked for and told of."""
