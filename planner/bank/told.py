"""How a run is told: at the terminal as it goes, and at its end as JSON."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any, TextIO

from planner.bank.order import Answer, Order, State

#: how often it is said how far a run is where there is no screen and nothing ends
EVERY_S = 60.0
#: so many branches are named where a run begins
FEW = 5
COMMAND = ".venv/bin/python -m planner bank"


class Telling:
    """Tells how far a run is: a line a branch, and on a screen a last line that changes."""

    def __init__(self, order: Order, out: TextIO, *, slots: int, total: int) -> None:
        self._order, self._out, self._slots, self._total = order, out, max(1, slots), total
        self._began = time.monotonic()
        self._answers: list[Answer] = []
        self._running = min(slots, total)
        self._screen = out.isatty()
        self._said = self._began

    def running(self, count: int) -> None:
        """Hear how many branches are being planned."""
        self._running = count
        if self._screen:
            self._out.write(f"\r\033[K{self.standing()}")
            self._out.flush()
        elif time.monotonic() - self._said > EVERY_S:
            self._say(self.standing())

    def ended(self, answer: Answer) -> None:
        """Tell of a branch that has ended."""
        self._answers.append(answer)
        self._running = min(self._running, self._total - len(self._answers))
        head = "\r\033[K" if self._screen else ""
        count = f"[{len(self._answers)}/{self._total}]"
        self._say(f"{head}{count} {line(answer)}{'' if self._screen else f'  ({self.standing()})'}")

    def _say(self, text: str) -> None:
        self._out.write(f"{text}\n")
        self._out.flush()
        self._said = time.monotonic()

    def standing(self) -> str:
        """Say in one line how far the run is."""
        done = sum(one.state is State.PLANNED for one in self._answers)
        told = [f"{done} planned", f"{self._running} running", f"{len(self._answers) - done} not planned"]
        left = self.left_s()
        return ", ".join(told) + (f", about {left:.0f} s left" if left else "")

    def left_s(self) -> float:
        """Give about how many seconds are left, from those that have ended, else from what was asked; 0 if unknown."""
        left = self._total - len(self._answers)
        took = [one.took_s for one in self._answers if one.took_s and one.state is State.PLANNED]
        if not took and self._order.steps is not None:
            return 0.0  # how long steps take is not known yet
        each = sum(took) / len(took) if took else self._order.seconds
        # Those at work have begun: on average half of theirs is done.
        return max(0.0, each * (left - 0.5 * min(left, self._running)) / min(self._slots, max(1, left)))

    @property
    def wall_s(self) -> float:
        """How long it has taken so far."""
        return time.monotonic() - self._began


def beginning(order: Order, branches: Sequence[str], *, slots: int) -> str:
    """Say what begins; few branches by their codes.

    >>> from types import SimpleNamespace
    >>> beginning(SimpleNamespace(run="20261129-1", week="2026-W49"), ["YX01", "YX02"], slots=2)
    'Run 20261129-1: YX01, YX02 in 2026-W49, 2 at a time.'
    """
    named = ", ".join(branches) if len(branches) <= FEW else f"{len(branches)} branches"
    return f"Run {order.run}: {named} in {order.week}, {slots} at a time."


def line(answer: Answer) -> str:
    """Tell of one branch.

    >>> line(Answer("YX01", State.PLANNED, "1f", 212, 151234.4, took_s=24.2, peak_mb=810))
    'YX01  212 visits, worth 151,234, in 24 s with 810 MB'
    >>> line(Answer("YX02", State.REFUSED, reason="No crew has a shift."))
    'YX02  not planned: No crew has a shift.'
    >>> line(Answer("YX03", State.PLANNED, "2e", 90, 5100.0, again=True, estimated=True))
    'YX03  90 visits, worth 5,100, as saved before; travel is estimated, no street was looked at'
    >>> line(Answer("YX04", State.PLANNED, "3d", 900, 9e5, took_s=31.0, peak_mb=1200, threads=4))
    'YX04  900 visits, worth 900,000, in 31 s with 1200 MB, 4 threads'
    """
    if answer.state is not State.PLANNED:
        return f"{answer.branch}  not planned: {answer.reason}"
    how = f"in {answer.took_s:.0f} s with {answer.peak_mb:.0f} MB" if answer.took_s else "as saved before"
    how += f", {answer.threads} threads" if answer.threads > 1 else ""
    estimated = "; travel is estimated, no street was looked at" if answer.estimated else ""
    return f"{answer.branch}  {answer.visits:,} visits, worth {answer.worth:,.0f}, {how}{estimated}"


def again(order: Order, answers: Sequence[Answer], scheduler: str | None) -> str:
    """Give the command that plans once more what was not planned; empty where all was."""
    lost = [one.branch for one in answers if one.state is not State.PLANNED]
    where = f" --scheduler {scheduler}" if scheduler else ""
    return f"{COMMAND} --run {order.run} --only {','.join(lost)}{where}" if lost else ""


def report(order: Order, answers: Sequence[Answer], *, wall_s: float, slots: int, command: str) -> dict[str, Any]:
    """Give what came of a run as JSON can say it."""
    planned = [one for one in answers if one.state is State.PLANNED]
    return {
        "run": order.run,
        "week": order.week,
        "seed": order.seed,
        "seconds": order.seconds,
        "steps": order.steps,
        "at_once": slots,
        "wall_s": round(wall_s, 2),
        "planned": len(planned),
        "not_planned": len(answers) - len(planned),
        "worth": sum(one.worth for one in planned),
        "branches": [one.told() for one in sorted(answers, key=lambda one: one.branch)],
        "again": command or None,
    }


def closing(answers: Sequence[Answer], *, wall_s: float, command: str) -> str:
    """Say in the end what came of a run."""
    planned = [one for one in answers if one.state is State.PLANNED]
    told = f"{len(planned)} of {len(answers)} branches planned in {wall_s:.0f} s, worth "
    told += f"{sum(one.worth for one in planned):,.0f}.\n"
    return told + (f"Those that were not, alone and once more: {command}\n" if command else "")
