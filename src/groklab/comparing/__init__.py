"""Runs and multiruns side by side."""
