"""Data sets: fetched and checked, cleaned, split by content, described by a card, opened with their hashes verified."""
