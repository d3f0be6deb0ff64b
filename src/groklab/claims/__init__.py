"""Assertions with a statistical verdict."""
