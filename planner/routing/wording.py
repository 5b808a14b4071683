"""The sentences about a change of a plan."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import NamedTuple

from planner.routing.changes import Change, Kind

#: What sums of money may be off by.
LEAST = 1e-6


class Again(NamedTuple):
    """What is said of a visit that would still fit, with its ``{gain}``, and what can be done about it."""

    fits: str
    action: str


#: A plan that was made in a limited time.
SHORT = Again("It would still fit and add {gain}, but this plan did not look for it.", "Plan again with the search.")


def advised(change: Change) -> str:
    """Say what to change, and what the plan gains or loses by it."""
    return " ".join((_changed(change), _outcome(change)))


def in_place(instead: Change) -> str:
    """Say who would make room and where he would go, what the plan would lose, and from which value it would not.

    What the prices of a proof say beyond that is marked as theirs.
    """
    visits, value, shift = ", ".join(instead.displaced), _value(instead.break_even), instead.shift
    if not visits:
        return f"From a value of {value} the trip on {shift} would pay."
    change, told = f"{abs(instead.gain):,.0f}", []
    if instead.moved:
        told += [f"It would take the place of {visits} on {shift}.", *_elsewhere(instead)]
    if instead.gain > 0 and instead.moved:
        told.append(f"The plan would then gain {change}: a longer search may find room.")
    elif instead.gain > 0:
        told.append(f"In place of {visits} on {shift} it would add {change}: a longer search may find room.")
    elif instead.moved:
        told.append(f"The plan would then lose {change}; from a value of {value} it would go in.")
    else:
        told.append(
            f"In place of {visits} on {shift} the plan would lose {change}; from a value of {value} it would go in."
        )
    if instead.least_value is not None:
        told.append(f"By the prices of the proof it could pay from about {_value(instead.least_value)} on.")
    return " ".join(told)


def marked(instead: Change) -> str:
    """Say what marking the visit as required would do."""
    visits, lost = ", ".join(instead.displaced), f"{abs(instead.gain):,.0f}"
    if not instead.moved:
        return f"Mark it as required: it takes the place of {visits} on {instead.shift}, and the plan loses {lost}."
    taken = f"Mark it as required: it takes the place of {visits} on {instead.shift}."
    return " ".join((taken, *_elsewhere(instead), f"The plan then loses {lost}."))


def _elsewhere(instead: Change) -> Iterator[str]:
    """Say where those who made room could be made."""
    for one in instead.moved:
        if one.instead_of:
            yield f"Instead, {one.visit} could take the place of {', '.join(one.instead_of)} on {one.shift}."
        else:
            yield f"Elsewhere, {one.visit} would fit on {one.shift}."


def _value(value: float) -> str:
    """Give a value from which something pays, in whole units."""
    return f"{math.ceil(value - LEAST):,}"


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
