"""What the rules permit: rule packs, windows that may be used, and a second reading of a finished plan."""

from planner.rules.lint import Flag, flagged

__all__ = ["Flag", "flagged"]
