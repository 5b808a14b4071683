"""A plan as values: who goes where, in which order and when, and what is left out and why.

Times are integer seconds from the problem's origin. The file format is read and written in ``plan_format``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Status(StrEnum):
    """What the plan claims of itself."""

    FEASIBLE = "feasible"
    OPTIMAL = "optimal"
    REQUIRED_MISSING = "required_missing"
    NO_PLAN_IN_TIME = "no_plan_in_time"


@dataclass(frozen=True)
class Stop:
    """A visit as planned: which option, when the crew arrives, when it begins and when it leaves."""

    visit: str
    option: int
    arrives: int
    begins: int
    leaves: int


@dataclass(frozen=True)
class Pause:
    """A break as planned."""

    begins: int
    lasts_s: int


@dataclass(frozen=True)
class Route:
    """What one shift does, in order."""

    shift: str
    leaves_start: int
    reaches_end: int
    stops: tuple[Stop, ...]
    breaks: tuple[Pause, ...] = ()


@dataclass(frozen=True)
class LeftOut:
    """A visit that is not made: a code of docs/reasons.md, the detail in words, and what could be done."""

    visit: str
    reason: str
    detail: str
    action: str


@dataclass(frozen=True)
class Prices:
    """What the bound's prices tell of a plan: estimates, the nearer the bound the better.

    Parameters
    ----------
    visits
        What it is worth to the whole that a visit is made, by the visit's id.
    shifts
        What one more shift like this one would earn, by the shift's id.
    """

    visits: Mapping[str, float]
    shifts: Mapping[str, float]


@dataclass(frozen=True)
class Plan:
    """Routes, left-out visits and what is known of their quality.

    ``objective`` is earned values less travel cost (and less the cost of changes to a published plan);
    ``bound`` is None where none was computed, and no plan can earn more than it where ``bound_is_valid``. ``prices``
    are known where it is of the kind ``ng-route``; they have a file of their own.
    """

    routes: tuple[Route, ...]
    left_out: tuple[LeftOut, ...]
    objective: float
    status: str
    bound: float | None = None
    bound_is_valid: bool = False
    bound_kind: str | None = None
    search_s: float = 0.0
    seed: int | None = None
    made_with: str = ""
    prices: Prices | None = None
