"""The sentences about a change of a plan."""

from __future__ import annotations

import math

from planner.routing.changes import Change, Kind

#: What sums of money may be off by.
LEAST = 1e-6


def advised(change: Change) -> str:
    """Say what to change, and what the plan gains or loses by it."""
    return " ".join((_changed(change), _outcome(change)))


def in_place(instead: Change) -> str:
    """Say which visits would have to make room, what the plan would lose, and from which value on it would not."""
    visits, value = ", ".join(instead.displaced), f"{math.ceil(instead.break_even - LEAST):,}"
    if not visits:
        return f"From a value of {value} the trip on {instead.shift} would pay."
    shift, change = instead.shift, f"{abs(instead.gain):,.0f}"
    if instead.gain > 0:
        return f"In place of {visits} on {shift} it would add {change}: a longer search may find room."
    return f"In place of {visits} on {shift} the plan would lose {change}; from a value of {value} it would go in."


def marked(instead: Change) -> str:
    """Say what marking the visit as required would do."""
    visits, lost = ", ".join(instead.displaced), f"{abs(min(0.0, instead.gain)):,.0f}"
    return f"Mark it as required: it takes the place of {visits} on {instead.shift}, and the plan loses {lost}."


def _outcome(change: Change) -> str:
    if change.gain < 0:
        return f"Then there is room for it, and the plan loses {abs(change.gain):,.0f}."
    return f"Then there is room for it, and the plan gains {change.gain:,.0f}."


def _changed(change: Change) -> str:
    shift, minutes, needs = change.shift, change.minutes, ", ".join(sorted(change.skills))
    match change.kind:
        case Kind.MORE_STOPS:
            if minutes:
                return f"Let {shift} make {change.stops} stops, and lengthen it by {minutes} min at its end."
            return f"Let {shift} make {change.stops} stops."
        case Kind.SKILL:
            if minutes:
                return (
                    f"Give the crew of {shift} the skill {needs}, and lengthen the shift by {minutes} min at its end."
                )
            return f"Give the crew of {shift} the skill {needs}."
        case Kind.SHIFT_MORE:
            return _more(shift, minutes, needs)
        case _:
            return f"Lengthen {shift} by {minutes} min at its end."


def _more(shift: str, minutes: int, needs: str) -> str:
    if needs and minutes:
        return f"Add a shift like {shift} that ends {minutes} min later, of a crew with the skill {needs}."
    if needs:
        return f"Add a shift like {shift}, of a crew with the skill {needs}."
    if minutes:
        return f"Add a shift like {shift} that ends {minutes} min later."
    return f"Add a shift like {shift}."
