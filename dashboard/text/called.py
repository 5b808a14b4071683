"""What a plan's ids and amounts are called on the page: debtors by name and stop, shifts by crew and day, money."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from dashboard import formats
from dashboard.text import _
from dashboard.text.words import skill
from planner.view import RouteView, WeekView

#: the places of a sentence that hold visits, a shift, or an amount in whole units of the currency
VISITS = frozenset({"visit", "visits", "others"})
SHIFTS = frozenset({"shift"})
AMOUNTS = frozenset({"value", "loss", "gain", "change", "cost"})
#: the places that hold skills
NEEDS = frozenset({"needs"})
#: A figure of a sentence is the table's one, rounded otherwise, if it is less than this away.
SAME = 1.0


@dataclass(frozen=True)
class Called:
    """Words for visits and shifts by id, in one language, and the currency; what is not in them is said as it came."""

    visits: Mapping[str, str] = field(default_factory=dict)
    shifts: Mapping[str, str] = field(default_factory=dict)
    currency: str = "CNY"
    #: those on a route with day and crew too: a number of a stop is there once a day and crew
    placed: Mapping[str, str] = field(default_factory=dict)

    def at(self, visit: str) -> str:
        """Name a visit where others are named that may be on any route of the week."""
        return self.placed.get(visit) or self.visits.get(visit, visit)

    def filled(self, values: Mapping[str, str], worth: float | None = None) -> dict[str, str]:
        """Give what stands in the places of one sentence in words; ``worth``, in units, replaces its own rounding."""
        return {place: self.word(place, value, worth) for place, value in values.items()}

    def word(self, place: str, value: str, worth: float | None) -> str:
        """Give the words for one place."""
        if place in VISITS:
            return _(", ").join(self.visits.get(one, one) for one in value.split(", "))
        if place in SHIFTS:
            return self.shifts.get(value, value)
        if place in NEEDS:
            return _(", ").join(skill(one) for one in value.split(", "))
        amount = amount_of(value) if place in AMOUNTS else None
        if amount is None:
            return value
        if place == "value" and worth is not None and abs(amount - worth) < SAME:
            amount = whole(worth)
        return formats.money(100 * amount, self.currency)


def called(view: WeekView) -> Called:
    """Name the stops and shifts of a plan in the session's language; who may not see names is told by id and stop."""
    return Called(
        {stop.debtor_id: stop_words(stop.name or stop.debtor_id, stop.number) for r in view.routes for stop in r.stops}
        | {one.debtor_id: one.name for one in view.left_out if one.name},
        {r.shift_id: shift_words(r, view.routes) for r in view.routes},
        view.currency,
        {
            stop.debtor_id: _("{name} ({day} · {crew}, stop {n})").format(
                name=stop.name or stop.debtor_id, day=formats.day(r.day), crew=r.crew_name, n=stop.number
            )
            for r in view.routes
            for stop in r.stops
        },
    )


def shift_words(route: RouteView, among: Sequence[RouteView]) -> str:
    """Name a shift by crew and day; by its hours too where the crew has another ``among`` them that day."""
    words = _("{crew}, {day}").format(crew=route.crew_name, day=formats.day(route.day))
    same = [one for one in among if (one.crew_id, one.day) == (route.crew_id, route.day)]
    return f"{words} {formats.span(route.shift_starts_at, route.shift_ends_at)}" if len(same) > 1 else words


def stop_words(name: str, number: int) -> str:
    """Name a debtor with the number of his stop, by which he is found on the map."""
    return _("{name} (stop {n})").format(name=name, n=number)


def whole(units: float) -> int:
    """Give an amount that something is worth at most in whole units: never more than it is, as the planner says it.

    >>> whole(5.99), whole(6 - 1e-9)
    (5, 6)
    """
    return math.floor(units + 1e-6)


def amount_of(text: str) -> float | None:
    """Read an amount of the planner, None where it is none.

    >>> amount_of("1,955"), amount_of("much")
    (1955.0, None)
    """
    try:
        amount = float(text.replace(",", ""))
    except ValueError:
        return None
    return amount if math.isfinite(amount) else None
