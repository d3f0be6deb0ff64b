"""Hydra finds groklab's launchers and sweepers here; nothing heavy is imported before one is used."""
