"""Scenarios of a week: planned like it, kept apart from it, compared with it, adopted as a draft."""
