"""The planning problem as values: which visits may be made, by which shifts, over which roads.

All times are integer seconds from ``origin``; a *place* is a row of the travel matrix; an *option* is one window of a
visit with its own value. The formats of the files are read and written in ``problem_format``.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

#: A matrix of travel times: float64, or float32 as large files hold it.
Seconds = NDArray[np.floating[Any]]

#: Two ids, the lesser first.
Pair = tuple[str, str]


class BadProblem(ValueError):
    """The problem, or a plan for it, breaks its format; the message is one sentence that names the key at fault."""


def pair(first: str, second: str) -> Pair:
    """Give two ids in order.

    >>> pair("D2", "D1")
    ('D1', 'D2')
    """
    return (first, second) if first <= second else (second, first)


@dataclass(frozen=True)
class Option:
    """One window in which a visit may begin (``opens <= begins <= closes``) and what it earns then.

    ``place`` and ``service_s`` are None where the visit's own apply.
    """

    opens: int
    closes: int
    value: float
    place: int | None = None
    service_s: int | None = None


@dataclass(frozen=True)
class Visit:
    """A candidate stop, made at most once. Without options it is always left out."""

    id: str
    place: int
    service_s: int
    required: bool = False
    needs: frozenset[str] = frozenset()
    options: tuple[Option, ...] = ()

    def place_in(self, option: int) -> int:
        """Give the place where the visit is made in that option."""
        own = self.options[option].place
        return self.place if own is None else own

    def service_in(self, option: int) -> int:
        """Give the seconds spent at the door in that option."""
        own = self.options[option].service_s
        return self.service_s if own is None else own


@dataclass(frozen=True)
class Break:
    """A pause that begins inside [opens, closes] and lasts ``lasts_s`` seconds."""

    opens: int
    closes: int
    lasts_s: int


@dataclass(frozen=True)
class Shift:
    """A crew on a day: where it starts and ends, when, with which skills and breaks."""

    id: str
    crew: str
    start_place: int
    end_place: int
    starts: int
    ends: int
    skills: frozenset[str] = frozenset()
    breaks: tuple[Break, ...] = ()
    max_stops: int | None = None


@dataclass(frozen=True)
class Lock:
    """A visit that must be made by this shift; at this position (from 0) and time where they are given."""

    visit: str
    shift: str
    position: int | None = None
    begins: int | None = None


@dataclass(frozen=True)
class PublishedRoute:
    """Which visits a shift was promised, in order."""

    shift: str
    visits: tuple[str, ...]


@dataclass(frozen=True)
class Published:
    """The plan people already know; every visit that changes its shift costs ``change_cost``."""

    routes: tuple[PublishedRoute, ...]
    change_cost: float

    def shift_of(self) -> dict[str, str]:
        """Give the shift of each visit that was promised."""
        return {visit: route.shift for route in self.routes for visit in route.visits}


@dataclass(frozen=True, eq=False)
class Problem:
    """Everything a plan is made from.

    Parameters
    ----------
    origin
        The aware instant from which all times count.
    travel_cost_per_s
        What a second of travel costs, in the unit of the values.
    seconds
        Travel from row to column, shape (n, n), NaN where there is no road, diagonal 0; neither symmetric nor metric.
    metres
        Length of the same legs, or None where unknown.
    hour_factors
        24 factors by the local hour in which a leg is departed; they multiply its time, not its cost.
    apart
        Pairs of visits that are never on one route (``pair``). They are no part of the file format, and one of which
        the problem has not both says nothing.
    """

    origin: datetime
    travel_cost_per_s: float
    seconds: Seconds
    visits: tuple[Visit, ...]
    shifts: tuple[Shift, ...]
    metres: NDArray[np.float64] | None = None
    locks: tuple[Lock, ...] = ()
    published: Published | None = None
    hour_factors: tuple[float, ...] | None = None
    apart: frozenset[Pair] = frozenset()

    def local_hour(self, at: int) -> int:
        """Give the local hour of the day (0 to 23) at this many seconds from the origin."""
        into_day = self.origin.hour * 3600 + self.origin.minute * 60 + self.origin.second
        return (into_day + at) // 3600 % 24
