"""Data sets: fetched, cleaned, split by content, described by a card, opened with their hashes verified."""
