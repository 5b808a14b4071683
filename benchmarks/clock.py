"""A budget in CPU seconds: on a shared machine the wall clock says more about the neighbours than about an engine."""

from __future__ import annotations

import time


class CpuSeconds:
    """CPU seconds of this process, all threads of it, counted from the first question on.

    It starts late on purpose: stating a model, and compiling, are nobody's search. It is a ``Budget`` of our search,
    and ``over`` is what other engines ask.
    """

    def __init__(self, seconds: float) -> None:
        self.seconds = seconds
        self.began: float | None = None

    def spent(self) -> float:
        """Give the CPU seconds since the first question."""
        now = time.process_time()
        if self.began is None:
            self.began = now
        return now - self.began

    def over(self) -> bool:
        """Say whether the seconds are spent."""
        return self.spent() >= self.seconds

    def used(self, steps: int) -> float:  # noqa: ARG002
        """Give the share that is used."""
        return self.spent() / self.seconds

    def next(self, steps: int, most: int) -> int:  # noqa: ARG002
        """Give ``most``."""
        return most
