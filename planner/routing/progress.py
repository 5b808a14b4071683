"""When to stop, and what is told on the way.

A ``Budget`` answers one question, the share of it that is used, so that a search stops by steps in a test, by the
clock in production, and at once when somebody cancels. The clock here only measures how long the search has run.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True)
class Progress:
    """What a running search reports: seconds so far, the best objective, visits planned, and what it is doing.

    ``bound`` is the least value known that no plan can exceed, None while there is none. ``uplift`` is what the visits
    planned are worth, None where nobody said what visits are worth.
    """

    elapsed_s: float
    objective: float
    planned: int
    phase: str
    bound: float | None = None
    uplift: float | None = None


class Budget(Protocol):
    """A rule for stopping."""

    def used(self, steps: int) -> float:
        """Give the share of the budget that is used after so many steps; 1 or more means stop."""
        ...

    def next(self, steps: int, most: int) -> int:
        """Give how many steps, at most ``most``, may follow before ``used`` is asked again."""
        ...


@dataclass(frozen=True)
class Steps:
    """Stop after a number of steps."""

    most: int
    cancelled: Callable[[], bool] | None = None

    def used(self, steps: int) -> float:
        """Give the share of the steps that are done."""
        if self.cancelled is not None and self.cancelled():
            return 1.0
        return steps / self.most if self.most > 0 else 1.0

    def next(self, steps: int, most: int) -> int:
        """Give what is left of the steps, at most ``most``."""
        return min(most, self.most - steps)


@dataclass(frozen=True)
class Until:
    """Stop when the clock says so; both instants are of ``time.monotonic``."""

    began: float
    ends: float
    cancelled: Callable[[], bool] | None = None

    def used(self, steps: int) -> float:  # noqa: ARG002
        """Give the share of the time that has passed."""
        if self.cancelled is not None and self.cancelled():
            return 1.0
        whole = self.ends - self.began
        return (time.monotonic() - self.began) / whole if whole > 0 else 1.0

    def next(self, steps: int, most: int) -> int:  # noqa: ARG002
        """Give ``most``: the clock is asked that often."""
        return most
